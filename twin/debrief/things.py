"""The single changes whose worth is asked: acts moved, added or dropped, barriers mended, faults taken out."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from twin.debrief.acts import Asked, Course, Deeds, Key
from twin.debrief.otherwise import as_it_was, moved, moved_together
from twin.engine import world
from twin.engine.commands import order
from twin.engine.copies import Copy, Given
from twin.engine.instructor import INSTRUCTOR
from twin.engine.session import Session
from twin.farm.grammar import Path
from twin.farm.state import Controls
from twin.response.deed import Deed

MOTOR_STROKE = "60 s"

FAULTS = {
    ("instrument", "stuck"): "stuck",
    ("instrument", "dead"): "dead",
    ("instrument", "bad"): "a bad signal",
    ("instrument", "off-scale"): "off scale",
    ("instrument", "bias"): "beside the truth",
    ("instrument", "drift"): "drifting",
    ("valve", "stuck"): "stuck",
    ("valve", "motor-fault"): "its motor faulty",
    ("valve", "passing"): "passing when closed",
    ("interlock", "bypassed"): "bypassed",
    ("alarm", "out-of-service"): "out of service",
    ("utility", "lost"): "lost",
}
"""Quantities that say that a thing is not sound: zero is sound. A utility lost is a fault, the others are barriers."""

_MENDED = {
    "instrument": "{} healthy", "valve": "{} healthy", "interlock": "{} in service", "alarm": "{} in service",
    "utility": "{} not lost",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that could have been otherwise: a row of the table."""

    change: str  # in words
    kind: str  # act-moved, act-added, act-dropped, fault-out, barrier
    was: str  # what it was, in words
    copy: Copy
    settings: tuple[str, ...]
    how: str  # what a person types to see it: settings of a run, or lines of a command file


def things(course: Course) -> list[Thing]:
    """Every change worth asking about in this run."""
    session = course.session
    return [*_late_and_missing(course), *_dropped(course), *_barriers(session), *_motors(session), *_injects(session)]


def _late_and_missing(course: Course) -> Iterator[Thing]:
    """Late acts at their allowed time; acts that nobody did, done then. A line late as a whole also as one row."""
    session = course.session
    by_key = {d.key: d for d in course.acts}
    rows = [r for r in course.asked if not r.every and r.key in by_key and r.due + 1 <= session.tick]
    seen: set[Key] = set()
    for row in rows:
        if row.key not in seen and (row.late_s or row.done is None):
            seen.add(row.key)
            yield _in_time(session, row, by_key[row.key])
    for line in dict.fromkeys(r.line for r in rows):
        mine = [r for r in rows if r.line == line]
        if len(mine) > 1 and all(r.late_s or r.done is None for r in mine):
            yield _line_in_time(session, mine, [by_key[r.key] for r in mine])


def _was(session: Session, row: Asked) -> str:
    return "never done" if row.done is None else f"done {session.model.clock.text(row.done)[:5]}"


def _in_time(session: Session, row: Asked, deeds: Deeds) -> Thing:
    kind = "act-added" if row.done is None else "act-moved"
    when = session.model.clock.text(row.due)
    return Thing(
        f"{row.sentence} at {when[:5]}", kind, _was(session, row), moved(session, deeds, max(row.due, row.cue + 1)), (),
        f"{when} {row.post} {row.sentence}",
    )  # fmt: skip


def _line_in_time(session: Session, rows: list[Asked], all_deeds: list[Deeds]) -> Thing:
    first = rows[0]
    when = session.model.clock.text(first.due)
    changes = [(deeds, max(row.due, row.cue + 1)) for row, deeds in zip(rows, all_deeds, strict=True)]
    return Thing(
        f"{first.line} (all its acts) at {when[:5]}", "act-moved" if any(r.done is not None for r in rows) else "act-added",
        _was(session, first), moved_together(session, changes), (),
        "; ".join(f"{when} {r.post} {r.sentence}" for r in rows),
    )  # fmt: skip


def _dropped(course: Course) -> Iterator[Thing]:
    session = course.session
    for deeds in course.acts:
        if deeds.done:
            when = session.model.clock.text(deeds.done[0])
            yield Thing(
                f"without {deeds.sentence}", "act-dropped", f"done {when[:5]} by {deeds.post}",
                moved(session, deeds, None), (), f"{deeds.post} never: {deeds.sentence}",
            )  # fmt: skip


# barriers and faults


def _faulty(session: Session) -> dict[str, dict[str, str]]:
    """What was not sound at the start or made so by the timeline: thing to quantity to the word for it."""
    model = session.model
    base = as_it_was(session)
    start = world.start(model, session.setup.seed, [base.world], [base.override]).controls
    found: dict[str, dict[str, str]] = {}
    for name in model.names.section:
        kind = model.names.kind(name)
        for (of, quantity), word in FAULTS.items():
            if of == kind and _spoilt(session, start, name, quantity):
                found.setdefault(name, {})[quantity] = word
    return found


def _spoilt(session: Session, start: Controls, thing: str, quantity: str) -> bool:
    model = session.model
    address = model.board.address(Path(thing, quantity, model.spec.place))
    if float(getattr(start, address.array)[0, address.index]):
        return True
    n_lines = len(model.lines)
    cell = (address.array, address.index)
    if any(
        d.address is not None and (d.address.array, d.address.index) == cell and d.value
        for _, d in _instructed(session)
    ):
        return True
    return any(
        bool(session.block.world.accepted[0, n_lines + i])
        and any(d.address is not None and (d.address.array, d.address.index) == (address.array, address.index) and d.value
                for d in inject.deeds)
        for i, inject in enumerate(model.injects)
    )  # fmt: skip


def _barriers(session: Session) -> Iterator[Thing]:
    for name, faults in _faulty(session).items():
        kind = session.model.names.kind(name)
        override = dataclasses.replace(as_it_was(session).override, repaired=frozenset((name, q) for q in faults))
        zero = {"bias": "0", "drift": "0", "passing": "0 %"}
        yield Thing(
            _MENDED[kind].format(name), "fault-out" if kind == "utility" else "barrier", "was " + ", ".join(faults.values()),
            dataclasses.replace(as_it_was(session), override=override), (),
            " ".join(f"--set {name}.{q}={zero.get(q, 'no')}" for q in faults),
        )  # fmt: skip


def _motors(session: Session) -> Iterator[Thing]:
    """A hand valve on the way of a transfer made a motor valve."""
    farm = session.model.spec.farm
    ways = {str(line) for t in farm.of("transfers").values() for line in t.through}
    valves = {str(v) for line in ways for v in farm.of("lines")[line].through}
    for name in sorted(valves):
        if farm.of("valves")[name].kind == "hand":
            settings = (f"{name}.kind=motor", f"{name}.stroke={MOTOR_STROKE}")
            yield Thing(
                f"{name} a motor valve, {MOTOR_STROKE}", "barrier", "was turned by hand", as_it_was(session), settings,
                " ".join(f"--set {s!r}" for s in settings),
            )  # fmt: skip


def _injects(session: Session) -> Iterator[Thing]:
    """What the world itself did, taken out; what only spoils a barrier is that barrier's row."""
    model = session.model
    base = as_it_was(session)
    for i, inject in enumerate(model.injects):
        if (
            inject.post < 0
            and session.block.world.accepted[0, len(model.lines) + i]
            and not _only_faults(session, inject.deeds)
        ):
            override = dataclasses.replace(base.override, dropped=base.override.dropped | {inject.name})
            what = inject.because or ", ".join(d.sentence for d in inject.deeds)
            yield Thing(
                f"without {inject.name}", "fault-out", what, dataclasses.replace(base, override=override), (),
                f"timeline.{inject.name} never",
            )  # fmt: skip

    for given, deed in _instructed(session):
        if not _only_faults(session, (deed,)):
            left = tuple(c for c in base.commands if c != given)
            yield Thing(
                f"without {deed.sentence}", "fault-out", "by the instructor", dataclasses.replace(base, commands=left), (),
                f"instructor never: {deed.sentence}",
            )  # fmt: skip


def _instructed(session: Session) -> Iterator[tuple[Given, Deed]]:
    """What the instructor did to the world itself."""
    for index, one in enumerate(session.commands):
        answer = session.answers.get(index)
        if one.post == INSTRUCTOR and answer is not None and answer.accepted:
            command = order(session.model, one.post, one.sentence)
            if not command.acts_for:
                yield Given(one.tick, one.post, one.sentence), command.deed


def _only_faults(session: Session, deeds: tuple[Deed, ...]) -> bool:
    """Whether deeds do nothing but say things, or spoil what has a row of its own."""
    board = session.model.board
    cells = {
        (a.array, a.index)
        for name in session.model.names.section
        for (kind, quantity) in FAULTS
        if kind == session.model.names.kind(name)
        for a in [board.address(Path(name, quantity, session.model.spec.place))]
    }
    return all(
        d.verb == "tell" or (d.address is not None and (d.address.array, d.address.index) in cells) for d in deeds
    )
