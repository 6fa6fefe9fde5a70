"""The single changes whose worth is asked: acts moved, added or dropped, barriers mended, faults taken out."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from twin.base.units import shown_unit
from twin.debrief.acts import Course, OneAct
from twin.debrief.edits import moved, moved_together
from twin.engine import start
from twin.engine.copies import Copy, Given
from twin.engine.model import Model
from twin.engine.orders import INSTRUCTOR
from twin.engine.parts import PARTS, Parts, faults, part_of
from twin.engine.session import Session
from twin.engine.world import Controls
from twin.language.sentence import Path, spoken_path
from twin.parts.action import Action
from twin.parts.line_entry import Line
from twin.parts.transfer_entry import Transfer
from twin.parts.valve_entry import Valve
from twin.seat.deeds import Key
from twin.seat.yardstick import Asked
from twin.text.say import Said, of_part, plain, say

MOTOR_STROKE = "60 s"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that could have been otherwise: a row of the table."""

    what: Said
    kind: str  # act-moved, act-added, act-dropped, fault-out, barrier
    was: Said  # what it was
    copy: Copy
    settings: tuple[str, ...]
    how: str  # what a person types to see it: settings of a run, or lines of a command file


def changes(course: Course) -> list[Change]:
    """Every change worth asking about in this run."""
    return [*_late_and_missing(course), *_dropped(course), *_barriers(course), *_motors(course), *_injects(course)]


def _late_and_missing(course: Course) -> Iterator[Change]:
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


def _was(session: Session, row: Asked) -> Said:
    return say("was.never") if row.done is None else say("was.done", at=session.model.clock.text(row.done)[:5])


def _in_time(course: Course, row: Asked, act: OneAct) -> Change:
    session = course.session
    kind = "act-added" if row.done is None else "act-moved"
    tick = max(row.due, row.cue + 1)
    when = session.model.clock.text(tick)
    return Change(
        say("change.act-at", act=row.sentence, at=when[:5]), kind, _was(session, row), moved(course, act, tick), (),
        f"{when} {row.post} {row.sentence}",
    )  # fmt: skip


def _line_in_time(course: Course, rows: list[Asked], all_act: list[OneAct]) -> Change:
    session, first = course.session, rows[0]
    tick = max(first.due, first.cue + 1)  # acts of one line have one cue and one time
    when = session.model.clock.text(tick)
    changes = [(act, tick) for act in all_act]
    return Change(
        say("change.line-at", line=first.line, at=when[:5]), "act-moved" if all(r.done is not None for r in rows) else "act-added",
        _was(session, first), moved_together(course, changes), (),
        "; ".join(f"{when} {r.post} {r.sentence}" for r in rows),
    )  # fmt: skip


def _dropped(course: Course) -> Iterator[Change]:
    session = course.session
    for act in course.acts:
        if act.done:
            when = session.model.clock.text(act.done[0])
            yield Change(
                say("change.without", what=act.sentence), "act-dropped", say("was.done-by", at=when[:5], who=act.post),
                moved(course, act, None), (), f"{act.post} never: {act.sentence}",
            )  # fmt: skip


# barriers and faults


def fault_cells(model: Model, parts: Parts = PARTS) -> dict[str, dict[str, tuple[str, int]]]:
    """Thing to quantity to the cell of the controls that says whether it is sound: all faults that parts declare."""
    found: dict[str, dict[str, tuple[str, int]]] = {}
    listed = faults(parts)
    for name in model.names.section:
        for kind, quantity in listed:
            if kind == model.names.kind(name) and model.signals.sets(name, quantity):
                found.setdefault(name, {})[quantity] = model.signals.address(
                    Path(name, quantity, model.spec.place)
                ).cell
    return found


def _spoilt(course: Course) -> set[tuple[str, int]]:
    """Cells that the timeline or the instructor made unsound in this run."""
    model, accepted = course.session.model, course.session.block.world.accepted[0]
    actions = [a for i, inject in enumerate(model.injects) if accepted[len(model.plan) + i] for a in inject.actions]
    actions += [action for _, action in _instructed(course)]
    return {a.cell for a in actions if a.cell is not None and a.value}


def _barriers(course: Course) -> Iterator[Change]:
    """What was not sound at the start, or made so: the thing healthy or in service."""
    model, base = course.session.model, course.base
    begun = start.start(model, course.session.setup.seed, [base.world], [base.override]).controls
    spoilt, listed = _spoilt(course), faults()
    for name, its in fault_cells(model).items():
        kind = model.names.kind(name)
        part = part_of(kind)
        assert part is not None  # it has a fault
        wrong = [q for q, cell in its.items() if cell in spoilt or float(start.cells(begun, cell[0])[0, cell[1]])]
        if not wrong:
            continue
        override = dataclasses.replace(base.override, repaired=frozenset((name, q) for q in wrong))
        yield Change(
            of_part(part.mended, name=name), part.mending, say("was.so", what=tuple(of_part(listed[(kind, q)].unsound) for q in wrong)),
            dataclasses.replace(base, override=override), (),
            _mended_by(course, [(f"{spoken_path(name, q)}={_sound(model, name, q)}", its[q]) for q in wrong], begun),
        )  # fmt: skip


def _mended_by(course: Course, wrong: list[tuple[str, tuple[str, int]]], begun: Controls) -> str:
    """What a person types so that these cells are sound: settings of the start and the timeline, commands left out."""
    model = course.session.model
    cells = {cell for _, cell in wrong}
    at_start = [f"--set {text}" for text, (array, i) in wrong if float(start.cells(begun, array)[0, i])]
    timeline = [f"--set timeline.{its.name}=none" for its in model.injects if any(a.cell in cells for a in its.actions)]
    by_instructor = [f"instructor never: {a.sentence}" for _, a in _instructed(course) if a.cell in cells]
    return "; ".join([*([" ".join([*at_start, *timeline])] if at_start or timeline else []), *by_instructor])


def _sound(model: Model, name: str, quantity: str) -> str:
    """How a quantity is written that is sound: no, 0 %, 0 m."""
    dimension = model.signals.address(Path(name, quantity, model.spec.place)).dimension
    return "no" if dimension == "flag" else f"0 {shown_unit(dimension)}".strip()


def _motors(course: Course) -> Iterator[Change]:
    """A hand valve on the way of a transfer made a motor valve."""
    farm = course.session.model.spec.farm
    ways = {str(line) for t in farm.of(Transfer).values() for line in t.through}
    valves = {str(v) for line in ways for v in farm.of(Line)[line].through} & farm.of(Valve).keys()
    for name in sorted(valves):
        if farm.of(Valve)[name].kind == "hand":
            settings = (f"{name}.kind=motor", f"{name}.stroke={MOTOR_STROKE}")
            yield Change(
                say("change.motor", name=name, stroke=MOTOR_STROKE), "barrier", say("was.by-hand"), course.base, settings,
                " ".join(f"--set {s!r}" for s in settings),
            )  # fmt: skip


def _injects(course: Course) -> Iterator[Change]:
    """What the world itself did, taken out; what only says things, or spoils what has a row of its own, is left."""
    model, base, accepted = course.session.model, course.base, course.session.block.world.accepted[0]
    own_row = {cell for cells in fault_cells(model).values() for cell in cells.values()}

    def counts(act: Iterable[Action]) -> bool:
        return any(d.verb != "tell" and d.cell not in own_row for d in act)

    for i, inject in enumerate(model.injects):
        if inject.post < 0 and accepted[len(model.plan) + i] and counts(inject.actions):
            override = dataclasses.replace(base.override, dropped=base.override.dropped | {inject.name})
            what = plain(inject.because or ", ".join(d.sentence for d in inject.actions))
            yield Change(
                say("change.without", what=inject.name), "fault-out", what, dataclasses.replace(base, override=override), (),
                f"timeline.{inject.name} never",
            )  # fmt: skip
    for given, action in _instructed(course):
        if counts([action]):
            left = tuple(c for c in base.commands if c != given)
            yield Change(
                say("change.without", what=action.sentence), "fault-out", say("was.by-instructor"), dataclasses.replace(base, commands=left), (),
                f"instructor never: {action.sentence}",
            )  # fmt: skip


def _instructed(course: Course) -> Iterator[tuple[Given, Action]]:
    """What the instructor did to the world itself."""
    for one in course.session.accepted():
        if one.post == INSTRUCTOR and not one.command.acts_for:
            yield Given(one.tick, one.command), one.command.action
