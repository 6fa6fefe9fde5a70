"""Outside commands as text: `moment post do`, one a line."""

from dataclasses import dataclass

from twin.base.fault import Fault, Place, nearest
from twin.engine import instructor
from twin.engine.model import Model
from twin.engine.orders import INSTRUCTOR, Command
from twin.engine.parts import WORDS
from twin.engine.resolve import resolve
from twin.language import grammar as g
from twin.language.nodes import Text
from twin.language.sentence import Sentence, parse

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a command file: when (tick of the scan that acts), who, what. `rewind_to` is a tick, or -1."""

    number: int
    tick: int
    post: str
    sentence: str
    rewind_to: int = -1


def order(model: Model, post: str, sentence: str, place: Place | None = None) -> Command:
    """A sentence by a post, ready to be handed in; raises Fault where it cannot be understood."""
    where = place or Place("command", 1, 1)
    if len(sentence) > LONGEST or not all(c.isprintable() for c in sentence):
        raise Fault("this is no command.", f"Write at most {LONGEST} characters that print.", where)
    if post == INSTRUCTOR:
        return instructor.order(model, sentence, where)
    if post not in model.posts.names:
        raise Fault(f"{post!r} is no post.", nearest(post, model.posts.names), where)
    action = resolve(model.signals, parse(g.act, Text(sentence, where), WORDS))
    if action.verb == "set" and action.kind != "valve":
        raise Fault("people set valves; quantities and faults belong to the timeline.", "", where)
    if action.verb in {"shelve", "bypass"} and not action.because:
        raise Fault(f"`{action.verb}` needs a reason.", 'Add because "…".', where)
    return Command(post, sentence, action)


def line(model: Model, text: str, number: int, file: str) -> Line | None:
    """One line of a command file; None for an empty one or a comment. Raises Fault at its place."""
    stripped = text.strip()
    if not stripped or stripped.startswith("#"):
        return None
    if len(stripped) > 2 * LONGEST or any(not c.isprintable() for c in stripped.replace("\t", " ")):
        raise Fault("this is no command.", f"Write at most {LONGEST} characters that print.", Place(file, number, 1))
    place = Place(file, number, len(text) - len(text.lstrip()) + 1)
    s = Sentence(Text(stripped, place))
    tick = model.clock.tick(s.moment())
    post = s.take("a post")
    if post.text not in (*model.posts.names, INSTRUCTOR):
        raise Fault(f"{post.text!r} is no post.", nearest(post.text, [*model.posts.names, INSTRUCTOR]), post.place)
    if s.done():
        raise Fault("what is to be done is missing.", "", s.end)
    rest = stripped[s.words[s.at].place.column - place.column :]
    if post.text == INSTRUCTOR:
        if s.peek() == "rewind":
            return Line(number, tick, INSTRUCTOR, rest, _rewind(model, s, tick))
        order(model, INSTRUCTOR, rest, s.words[s.at].place)
        return Line(number, tick, INSTRUCTOR, rest)
    order(model, post.text, rest, s.words[s.at].place)
    return Line(number, tick, post.text, rest)


def _rewind(model: Model, s: Sentence, now: int) -> int:
    verb = s.take("rewind")
    if verb.text != "rewind":
        raise Fault(f"{verb.text!r} is not for a command file.", "The instructor's rewind to MOMENT is.", verb.place)
    s.expect("to")
    place = s.end if s.done() else s.words[s.at].place
    tick = model.clock.tick(s.moment())
    s.finish()
    if tick >= now:
        raise Fault("one can only go back.", "Name a moment before this one.", place)
    return tick


def read(model: Model, text: str, file: str) -> list[Line]:
    """All lines of a command file in their order; moments may fall only after a rewind."""
    found: list[Line] = []
    latest = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        its = line(model, raw, number, file)
        if its is None:
            continue
        if its.tick < latest:
            raise Fault(
                "this moment lies before the line above.", "Sort the lines, or rewind first.", Place(file, number, 1)
            )
        if its.tick > model.spec.lasts_s:
            raise Fault("this moment lies after the end of the scenario.", "", Place(file, number, 1))
        latest = its.tick if its.rewind_to < 0 else its.rewind_to
        found.append(its)
    return found
