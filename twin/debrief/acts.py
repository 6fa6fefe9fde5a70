"""What the plan asked for and what was done: one row an act, with its cue, its time and how late it came.

An act is a post, a verb and a thing. Two lines of the plan that ask for the same act are two rows of the yardstick
(`asked`) and one act of the what-if answers (`acts`): there is one valve to shut. Where nobody acts, most cues never
come: a line whose cue came only in the plan's own course of the same night is asked for at that tick.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from twin.engine.copies import Copy, Given
from twin.engine.orders import INSTRUCTOR, Command
from twin.engine.session import Session
from twin.engine.world import Override
from twin.parts.action import Action
from twin.seat.deeds import REFUSED, Deed, Key, deeds, key_of
from twin.seat.yardstick import Asked, asked


@dataclass(frozen=True, slots=True)
class OneAct:
    """One act of the what-if answers: who does what, on which cue, and when it was done."""

    post: str
    action: Action
    cue: int | None  # None: the crew did what no line had asked for
    due: int | None
    done: tuple[int, ...]  # ticks at which it was given and accepted
    counts: int | None  # when it was done: on its cue by the yardstick, else the last that nothing failed or took back
    lines: tuple[tuple[str, str], ...]  # (line, sentence) that ask for it
    every: str  # the line that comes round again and again, "" for none

    @property
    def key(self) -> Key:
        return key_of(self.post, self.action)

    @property
    def sentence(self) -> str:
        return self.action.sentence


def as_it_was(session: Session) -> Copy:
    """The run itself as a copy without a change: it has the identical digest."""
    setup = session.setup
    override = Override(posts=setup.posts, taken=frozenset(setup.taken))
    return Copy(setup.world, override, tuple(Given(s.tick, s.command) for s in session.commands))


@dataclass(frozen=True, slots=True)
class Course:
    """A lived session with its yardstick, by cue, and its acts, once each; and the copy that changes are made to."""

    session: Session
    asked: tuple[Asked, ...]
    acts: tuple[OneAct, ...]
    base: Copy
    keys: Mapping[Given, Key]  # the act that each outside command of the base is
    deeds: tuple[Deed, ...]  # all that people did


def course(session: Session, by_plan: Mapping[int, int]) -> Course:
    """The course of a session; `by_plan` tells when each plan line's cue came in the plan's own course."""
    done = deeds(session)
    rows = asked(session, by_plan, done)
    base = as_it_was(session)
    keys = {g: _key(g.command) for g in base.commands}
    return Course(session, tuple(rows), tuple(_acts(session, rows, done)), base, keys, tuple(done))


def _key(command: Command) -> Key:
    return key_of(command.acts_for or command.post, command.action)


def _acts(session: Session, rows: list[Asked], done: list[Deed]) -> list[OneAct]:
    """Every act that the plan asked for or the crew did, once each, in the order of cue or doing."""
    by_key: dict[Key, list[Asked]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    actions = {row.key: row.action for row in reversed(rows)}
    for key, action in _crew(session):
        by_key.setdefault(key, [])
        actions.setdefault(key, action)
    verbs = session.model.names.known.verbs
    found = [_one(session, key[0], actions[key], its, done) for key, its in by_key.items() if not verbs[key[1]].idle]
    return sorted(found, key=lambda one: (one.cue if one.cue is not None else one.done[0], one.key))


def _crew(session: Session) -> Iterator[tuple[Key, Action]]:
    """What people did: the outside commands that were accepted, those that the instructor gave for somebody too."""
    for one in session.accepted():
        if one.command.acts_for or one.post != INSTRUCTOR:
            yield _key(one.command), one.command.action


def _one(session: Session, post: str, action: Action, rows: list[Asked], deeds_: list[Deed]) -> OneAct:
    key = key_of(post, action)
    mine = [d for d in deeds_ if d.key == key and d.end != REFUSED]
    done = tuple(d.tick for d in mine)
    stands = [d.tick for d in mine if not d.failed and d.undone is None]
    first = min(rows, key=lambda r: r.cue, default=None)
    on_cue = next((r.done for r in rows if r.done is not None), None) if first is not None and first.every else None
    lines = tuple(
        (line.name, its.sentence)
        for line in session.model.plan
        for its in line.actions
        if key_of(session.model.posts.names[line.post], its) == key
    )
    return OneAct(
        post, action, first.cue if first else None, first.due if first else None, done,
        (on_cue or first.done) if first else next(iter([*stands, *done]), None), lines,
        next((r.line for r in rows if r.every), ""),
    )  # fmt: skip
