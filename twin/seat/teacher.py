"""The instructor's own words: step, back, names for moments, marks, keeping a drill, and what is done to the world."""

from twin.base.fault import Fault, Place
from twin.engine import export_scenario
from twin.engine.session import RATINGS
from twin.language.nodes import Text
from twin.language.sentence import Sentence
from twin.seat.player import CLOCK, Player
from twin.text.say import Said, plain, say

WORDS = (*CLOCK, "step", "back", "snap", "mark", "save", "set", "tell", "as", "at", "in", "when", "start", "stop", "open",
         "close", "trip", "isolate", "hand")  # fmt: skip
CLOCK_WORDS = (*CLOCK, "step", "back", "rewind")
BEGINS = ("run", "speed", "skip", "step", "end")
"""Words that begin a drill which waits for somebody."""
LONGEST_NAME, LONGEST_MARK, LONGEST_WORD = 40, 400, 80


def obey(player: Player, author: str, text: str) -> tuple[Said | None, int | None]:
    """A line of the instructor; the answer, and the index of the outside command where it became one."""
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    session = player.session
    if word == "end":
        session.end(author)
    elif word in CLOCK:
        player.clock(("instructor",), text)
        session.note(kind="clock", by=author, text=text[:LONGEST_WORD])
    elif word == "step":
        player.live.freeze()
        session.note(kind="clock", by=author, text="step")
        session.advance(session.tick + 1)
    elif word in {"back", "rewind"}:
        session.rewind(_moment(player, rest.removeprefix("to ").strip()))
        player.live.freeze()
    elif word in {"snap", "snapshot"}:
        return _snap(player, author, rest), None
    elif word == "mark":
        return _mark(player, author, rest), None
    elif word == "save":
        kept = export_scenario.save(session, rest.removeprefix("as ").strip())
        return say("teacher.kept", path=str(kept)), None
    else:
        if word == "hand" and rest in session.model.posts.names:
            text = f"as {rest} hand {rest}"
        one = session.instruct(text.removeprefix("inject ").strip())
        return plain(f"{session.model.clock.text(one.tick)}  {one.sentence}"), session.commands.index(one)
    return None, None


def goes_back(text: str) -> bool:
    """Whether a line rewinds."""
    return text.split(maxsplit=1)[0] in {"back", "rewind"}


def _moment(player: Player, where: str) -> int:
    """A moment to go back to: a time of day, a while ago, or a name."""
    session = player.session
    named = session.named()
    if where in named:
        return named[where]
    s = Sentence(Text(where or "2 min", Place("typed", 1, 1)))
    if ":" in where:
        return session.model.clock.tick(s.moment())
    ago = s.duration("a time such as 10:05, 2 min, or the name of a snapshot")
    return max(0, session.tick - round(ago))


def _snap(player: Player, author: str, name: str) -> Said:
    session = player.session
    given = name or f"moment {len(session.named()) + 1}"
    if len(given) > LONGEST_NAME or not given.isprintable():
        raise Fault(f"a name is at most {LONGEST_NAME} characters that print.")
    session.note(kind="name", name=given, by=author)
    return say("teacher.called", moment=session.model.clock.text(session.tick), name=given)


def _mark(player: Player, author: str, text: str) -> Said:
    """A note, perhaps with a rating before it and the mark of the score that it is about: `S isolation: asked twice`."""
    if not text or len(text) > LONGEST_MARK or not text.isprintable():
        raise Fault("a mark needs a few words.", "Such as: mark S isolation: asked twice")
    rating, _, rest = text.partition(" ")
    fields = {"kind": "mark", "by": author, "text": text}
    if rating in RATINGS and rest:
        mark, colon, note = rest.partition(":")
        fields |= {"rating": rating, "text": (note if colon else rest).strip()}
        if colon:
            fields["mark"] = mark.strip()
    player.session.note(**fields)
    return say("teacher.noted")
