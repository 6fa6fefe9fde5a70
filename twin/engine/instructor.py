"""What the instructor does to a world while it is lived: now, later, on a condition, or for somebody who is absent.

A line is `[at MOMENT | in DURATION | when CUE] DO`, or `DO when CUE`; DO is what a timeline entry may do, or `as POST DO`.
It goes into the journal as text and is read again from there. What waits (a condition, the end of `for`, a way of `over`)
is worked out by the inbox and `changes`, like all that takes time.
"""

from dataclasses import dataclass

from twin.base.fault import Fault, Place
from twin.engine import sentences
from twin.engine.model import Model
from twin.engine.orders import INSTRUCTOR, Command
from twin.engine.parts import WORDS
from twin.engine.resolve import resolve
from twin.language import grammar as g
from twin.language.nodes import Text
from twin.language.sentence import Sentence, parse


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the instructor, read: what, for whom, at which tick (None: the next scan), on which condition."""

    do: str  # the sentence that the journal keeps, without `at` and `in`
    tick: int | None
    command: Command


def order(model: Model, sentence: str, place: Place) -> Command:
    """A sentence of the instructor as the journal keeps it; raises Fault where it cannot be understood."""
    if sentence.startswith("as "):
        post, _, do = sentence[3:].strip().partition(" ")
        if post not in model.posts.names:
            raise Fault(f"{post!r} is no post.", f"Posts: {', '.join(model.posts.names)}.", place)
        action = resolve(model.signals, parse(g.act, Text(do, place), WORDS))
        if action.verb == "take" or (action.verb == "set" and action.kind != "valve"):
            raise Fault("that is not for a post to do.", "Leave out `as` and the post.", place)
        return Command(INSTRUCTOR, sentence, action, for_plan=True, acts_for=post)
    cue, do = _condition(sentence, place)
    action = resolve(model.signals, parse(g.act, Text(do, place), WORDS))
    if action.verb not in WORDS.of_the_world or (action.verb == "tell" and not action.says):
        raise Fault(
            f"the instructor does not {action.verb}.",
            f"Known: {', '.join(sorted(WORDS.of_the_world))}, as POST …",
            place,
        )
    condition = None if cue is None else sentences.condition(model, cue)
    return Command(INSTRUCTOR, sentence, action, condition=condition)


def told(model: Model, line: str, now: int) -> Told:
    """A typed line; `at` and `in` become the tick. Raises Fault where it cannot be understood."""
    place = Place("typed", 1, 1)
    text, tick = line.strip(), None
    words = text.split(maxsplit=1)
    if len(words) == 2 and words[0] in {"at", "in"}:
        s = Sentence(Text(words[1], place))
        tick = (
            model.clock.tick(s.moment())
            if words[0] == "at"
            else now + max(1, round(s.duration("a duration after `in`")))
        )
        if s.done():
            raise Fault("what is to be done is missing.", "Such as: in 5 min set LT-101.stuck", place)
        text = words[1][s.words[s.at].place.column - 1 :]
        if not now < tick <= model.spec.lasts_s:
            span = f"{model.clock.text(now + 1)} to {model.clock.text(model.spec.lasts_s)}"
            raise Fault("that moment has passed, or never comes.", f"There is {span}.", place)
    return Told(text, tick, order(model, text, place))


def _condition(sentence: str, place: Place) -> tuple[g.Cue | None, str]:
    """The cue before or behind an act, and the act."""
    words = Sentence(Text(sentence, place)).words
    if words and words[0].text == "when" and not words[0].quoted:
        for n in range(2, len(words)):
            if words[n].quoted or words[n].text not in WORDS.of_the_world:
                continue
            cut = words[n].place.column - place.column
            try:
                cue = parse(g.cue, Text(sentence[words[1].place.column - place.column : cut].strip(), place), WORDS)
                parse(g.act, Text(sentence[cut:], place), WORDS)
            except Fault:
                continue
            return cue, sentence[cut:]
        raise Fault("this is no condition and act.", "Such as: when T-101.level > 9 m set LT-101.stuck", place)
    behind = next((w for w in words[1:] if w.text == "when" and not w.quoted), None)
    if behind is None:
        return None, sentence
    cut = behind.place.column - place.column
    return parse(g.cue, Text(sentence[cut + 4 :].strip(), place), WORDS), sentence[:cut].strip()
