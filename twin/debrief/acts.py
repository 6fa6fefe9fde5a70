"""What the plan asked for and what was done: one row an act, with its cue, its time and how late it came.

An act is a post, a verb and a thing. Two lines of the plan that ask for the same act are two rows of the yardstick
(`asked`) and one act of the what-if answers (`acts`): there is one valve to shut. Where nobody acts, most cues never
come: a line whose cue came only in the plan's own course of the same night is asked for at that tick.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from twin.engine.block import Block
from twin.engine.commands import order
from twin.engine.copies import Copy, Given
from twin.engine.instructor import INSTRUCTOR
from twin.engine.orders import Command
from twin.engine.session import Session
from twin.engine.world import Override
from twin.response.deed import Deed

WITHOUT_EFFECT = frozenset({"take", "hand", "acknowledge"})
"""Acts that change no plant and no mark: seats, and taking note of an alarm."""

Key = tuple[str, str, str, str]  # post, verb, thing, to


@dataclass(frozen=True, slots=True)
class Asked:
    """One act that the plan asked for. Ticks; `done` is None when nobody did it."""

    line: str
    post: str
    sentence: str
    key: Key
    cue: int
    allowed_s: float | None
    done: int | None
    every: bool  # its line comes round again and again
    elsewhere: bool  # its cue came in the plan's own course alone

    @property
    def due(self) -> int:
        """The last tick that counts as in time; the cue itself where the plan names no time."""
        return self.cue + round(self.allowed_s or 0.0)

    @property
    def late_s(self) -> int:
        """Seconds behind the time allowed, 0 when in time or never done."""
        return max(0, self.done - self.due) if self.done is not None else 0


@dataclass(frozen=True, slots=True)
class Deeds:
    """One act of the what-if answers: who does what, on which cue, and when it was done."""

    key: Key
    sentence: str
    cue: int | None  # None: the crew did what no line had asked for
    due: int | None
    done: tuple[int, ...]  # ticks at which it was given and accepted
    lines: tuple[tuple[str, str], ...]  # (line, sentence) that ask for it
    every: str  # the line that comes round again and again, "" for none

    @property
    def post(self) -> str:
        return self.key[0]


def key_of(post: str, deed: Deed) -> Key:
    """The act that a deed of a post is."""
    return post, deed.verb, deed.thing, deed.to


def as_it_was(session: Session) -> Copy:
    """The run itself as a copy without a change: it has the identical digest."""
    setup = session.setup
    override = Override(posts=setup.posts, taken=frozenset(setup.taken))
    return Copy(setup.world, override, tuple(Given(s.tick, s.post, s.sentence) for s in session.commands))


@dataclass(frozen=True, slots=True)
class Course:
    """A lived session with its yardstick, by cue, and its acts, once each; and the copy that changes are made to."""

    session: Session
    asked: tuple[Asked, ...]
    acts: tuple[Deeds, ...]
    base: Copy
    keys: Mapping[Given, Key]  # the act that each outside command of the base is


def course(session: Session, by_plan: Mapping[int, int]) -> Course:
    """The course of a session; `by_plan` tells when each plan line's cue came in the plan's own course."""
    rows = asked(session, by_plan)
    base = as_it_was(session)
    keys = {g: _key(order(session.model, g.post, g.sentence)) for g in base.commands}
    return Course(session, tuple(rows), tuple(_acts(session, rows)), base, keys)


def _key(command: Command) -> Key:
    return key_of(command.acts_for or command.post, command.deed)


def asked(session: Session, by_plan: Mapping[int, int]) -> list[Asked]:
    """Every act of every plan line whose cue came, by the time of the cue."""
    block, model = session.block, session.model
    cues = {**{n: t for n, t in by_plan.items() if t < session.tick}, **block.asked[0]}
    rows = []
    for number, cue in sorted(cues.items(), key=lambda item: (item[1], item[0])):
        line = model.lines[number]
        post = model.authority.posts[line.post]
        rows += [
            Asked(line.name, post, deed.sentence, key_of(post, deed), cue, line.within_s,
                  _done(block, key_of(post, deed), cue), bool(line.every_ticks), number not in block.asked[0])
            for deed in line.deeds
        ]  # fmt: skip
    return rows


def _done(block: Block, key: Key, cue: int) -> int | None:
    """When an act was given: by its post since the cue, else by another post, else by its post before."""
    acts = [a for a in block.acts[0] if not a.end and (a.verb, a.thing, a.to) == key[1:]]
    mine = [a.tick for a in acts if a.post == key[0]]
    since = [t for t in mine if t >= cue] or [a.tick for a in acts if a.tick >= cue]
    if since:
        return min(since)
    return max(mine) if mine else None


def _acts(session: Session, rows: list[Asked]) -> list[Deeds]:
    """Every act that the plan asked for or the crew did, once each, in the order of cue or deed."""
    by_key: dict[Key, list[Asked]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    sentences = {row.key: row.sentence for row in reversed(rows)}
    for key, sentence in _crew(session):
        by_key.setdefault(key, [])
        sentences.setdefault(key, sentence)
    found = [_deeds(session, key, its, sentences[key]) for key, its in by_key.items() if key[1] not in WITHOUT_EFFECT]
    return sorted(found, key=lambda d: (d.cue if d.cue is not None else d.done[0], d.key))


def _crew(session: Session) -> Iterator[tuple[Key, str]]:
    """What people did: the outside commands that were accepted, those that the instructor gave for somebody too."""
    for one in session.accepted():
        command = order(session.model, one.post, one.sentence)
        if command.acts_for or one.post != INSTRUCTOR:
            yield _key(command), command.deed.sentence


def _deeds(session: Session, key: Key, rows: list[Asked], sentence: str) -> Deeds:
    done = tuple(a.tick for a in session.block.acts[0] if not a.end and (a.post, a.verb, a.thing, a.to) == key)
    first = min(rows, key=lambda r: r.cue, default=None)
    lines = tuple(
        (line.name, deed.sentence)
        for line in session.model.lines
        for deed in line.deeds
        if key_of(session.model.authority.posts[line.post], deed) == key
    )
    return Deeds(
        key, sentence, first.cue if first else None, first.due if first else None, done, lines,
        next((r.line for r in rows if r.every), ""),
    )  # fmt: skip
