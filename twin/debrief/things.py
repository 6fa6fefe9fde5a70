"""The single changes whose worth is asked: acts moved, added or dropped, barriers mended, faults taken out."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from twin.debrief.acts import Asked, Course, Deeds, Key
from twin.debrief.otherwise import moved, moved_together
from twin.engine import world
from twin.engine.commands import order
from twin.engine.copies import Copy, Given
from twin.engine.instructor import INSTRUCTOR
from twin.engine.model import Model
from twin.engine.session import Session
from twin.farm.grammar import Path
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
    return [*_late_and_missing(course), *_dropped(course), *_barriers(course), *_motors(course), *_injects(course)]


def _late_and_missing(course: Course) -> Iterator[Thing]:
    """Late acts at their allowed time; acts that nobody did, done then. A line late as a whole also as one row."""
    by_key = {d.key: d for d in course.acts}
    rows = [r for r in course.asked if not r.every and r.key in by_key and r.due + 1 <= course.session.tick]
    seen: set[Key] = set()
    for row in rows:
        if row.key not in seen and (row.late_s or row.done is None):
            seen.add(row.key)
            yield _in_time(course, row, by_key[row.key])
    for line in dict.fromkeys(r.line for r in rows):
        mine = [r for r in rows if r.line == line]
        if len(mine) > 1 and all(r.late_s or r.done is None for r in mine):
            yield _line_in_time(course, mine, [by_key[r.key] for r in mine])


def _was(session: Session, row: Asked) -> str:
    return "never done" if row.done is None else f"done {session.model.clock.text(row.done)[:5]}"


def _in_time(course: Course, row: Asked, deeds: Deeds) -> Thing:
    session = course.session
    kind = "act-added" if row.done is None else "act-moved"
    when = session.model.clock.text(row.due)
    return Thing(
        f"{row.sentence} at {when[:5]}", kind, _was(session, row), moved(course, deeds, max(row.due, row.cue + 1)), (),
        f"{when} {row.post} {row.sentence}",
    )  # fmt: skip


def _line_in_time(course: Course, rows: list[Asked], all_deeds: list[Deeds]) -> Thing:
    session, first = course.session, rows[0]
    when = session.model.clock.text(first.due)
    changes = [(deeds, max(row.due, row.cue + 1)) for row, deeds in zip(rows, all_deeds, strict=True)]
    return Thing(
        f"{first.line} (all its acts) at {when[:5]}", "act-moved" if any(r.done is not None for r in rows) else "act-added",
        _was(session, first), moved_together(course, changes), (),
        "; ".join(f"{when} {r.post} {r.sentence}" for r in rows),
    )  # fmt: skip


def _dropped(course: Course) -> Iterator[Thing]:
    session = course.session
    for deeds in course.acts:
        if deeds.done:
            when = session.model.clock.text(deeds.done[0])
            yield Thing(
                f"without {deeds.sentence}", "act-dropped", f"done {when[:5]} by {deeds.post}",
                moved(course, deeds, None), (), f"{deeds.post} never: {deeds.sentence}",
            )  # fmt: skip


# barriers and faults


def fault_cells(model: Model) -> dict[str, dict[str, tuple[str, int]]]:
    """Thing to quantity to the cell of the controls that says whether it is sound: all that FAULTS knows of a farm."""
    found: dict[str, dict[str, tuple[str, int]]] = {}
    for name in model.names.section:
        for kind, quantity in FAULTS:
            if kind == model.names.kind(name):
                found.setdefault(name, {})[quantity] = model.board.address(Path(name, quantity, model.spec.place)).cell
    return found


def _spoilt(course: Course) -> set[tuple[str, int]]:
    """Cells that the timeline or the instructor made unsound in this run."""
    model, accepted = course.session.model, course.session.block.world.accepted[0]
    deeds = [d for i, inject in enumerate(model.injects) if accepted[len(model.lines) + i] for d in inject.deeds]
    deeds += [deed for _, deed in _instructed(course)]
    return {d.cell for d in deeds if d.cell is not None and d.value}


def _barriers(course: Course) -> Iterator[Thing]:
    """What was not sound at the start, or made so: the thing healthy or in service."""
    model, base = course.session.model, course.base
    start = world.start(model, course.session.setup.seed, [base.world], [base.override]).controls
    spoilt = _spoilt(course)
    zero = {"bias": "0", "drift": "0", "passing": "0 %"}
    for name, cells in fault_cells(model).items():
        kind = model.names.kind(name)
        faults = [q for q, cell in cells.items() if cell in spoilt or float(getattr(start, cell[0])[0, cell[1]])]
        if not faults:
            continue
        override = dataclasses.replace(base.override, repaired=frozenset((name, q) for q in faults))
        yield Thing(
            _MENDED[kind].format(name), "fault-out" if kind == "utility" else "barrier",
            "was " + ", ".join(FAULTS[(kind, q)] for q in faults), dataclasses.replace(base, override=override), (),
            " ".join(f"--set {name}.{q}={zero.get(q, 'no')}" for q in faults),
        )  # fmt: skip


def _motors(course: Course) -> Iterator[Thing]:
    """A hand valve on the way of a transfer made a motor valve."""
    farm = course.session.model.spec.farm
    ways = {str(line) for t in farm.of("transfers").values() for line in t.through}
    valves = {str(v) for line in ways for v in farm.of("lines")[line].through}
    for name in sorted(valves):
        if farm.of("valves")[name].kind == "hand":
            settings = (f"{name}.kind=motor", f"{name}.stroke={MOTOR_STROKE}")
            yield Thing(
                f"{name} a motor valve, {MOTOR_STROKE}", "barrier", "was turned by hand", course.base, settings,
                " ".join(f"--set {s!r}" for s in settings),
            )  # fmt: skip


def _injects(course: Course) -> Iterator[Thing]:
    """What the world itself did, taken out; what only says things, or spoils what has a row of its own, is left."""
    model, base, accepted = course.session.model, course.base, course.session.block.world.accepted[0]
    own_row = {cell for cells in fault_cells(model).values() for cell in cells.values()}

    def counts(deeds: Iterable[Deed]) -> bool:
        return any(d.verb != "tell" and d.cell not in own_row for d in deeds)

    for i, inject in enumerate(model.injects):
        if inject.post < 0 and accepted[len(model.lines) + i] and counts(inject.deeds):
            override = dataclasses.replace(base.override, dropped=base.override.dropped | {inject.name})
            what = inject.because or ", ".join(d.sentence for d in inject.deeds)
            yield Thing(
                f"without {inject.name}", "fault-out", what, dataclasses.replace(base, override=override), (),
                f"timeline.{inject.name} never",
            )  # fmt: skip
    for given, deed in _instructed(course):
        if counts([deed]):
            left = tuple(c for c in base.commands if c != given)
            yield Thing(
                f"without {deed.sentence}", "fault-out", "by the instructor", dataclasses.replace(base, commands=left), (),
                f"instructor never: {deed.sentence}",
            )  # fmt: skip


def _instructed(course: Course) -> Iterator[tuple[Given, Deed]]:
    """What the instructor did to the world itself."""
    for one in course.session.accepted():
        if one.post == INSTRUCTOR:
            command = order(course.session.model, one.post, one.sentence)
            if not command.acts_for:
                yield Given(one.tick, one.post, one.sentence), command.deed
