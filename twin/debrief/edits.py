"""The run as a copy, and the run with acts moved, added or left out: how a what-if question is put."""

import dataclasses
from collections.abc import Iterable

from twin.debrief.acts import Course, OneAct
from twin.engine.copies import Beginning, Copy, Given
from twin.engine.orders import Command
from twin.engine.session import Session

EARLIEST_SHARED = 0.25  # of the run: copies that part earlier are lived from the start, with those that must be


def moved(course: Course, act: OneAct, tick: int | None) -> Copy:
    """The run with one act given at a tick instead of when it was, or (None) never."""
    if act.every:
        return _begun_later(course, act, tick)
    return moved_together(course, [(act, tick)])


def moved_together(course: Course, changes: Iterable[tuple[OneAct, int | None]]) -> Copy:
    """The run with several acts each given at a tick, or never, instead of when they were."""
    base = course.base
    commands, gone = base.commands, base.override.acts_dropped
    for act, tick in changes:
        commands = tuple(c for c in commands if c.for_plan or course.keys[c] != act.key)
        gone |= frozenset(act.lines)
        if tick is not None:
            commands = _adding(commands, _by_plan(tick, act))
    override = dataclasses.replace(base.override, acts_dropped=gone)
    return dataclasses.replace(base, override=override, commands=commands)


def _begun_later(course: Course, act: OneAct, tick: int | None) -> Copy:
    """An act that comes round again and again is begun later: the line by its delay, what people did by leaving it out."""
    base = course.base
    mine = [c for c in base.commands if course.keys[c] == act.key]
    commands = tuple(c for c in base.commands if c not in mine or (tick is not None and c.tick > tick))
    if tick is None:
        override = dataclasses.replace(base.override, dropped=base.override.dropped | {act.every})
        return dataclasses.replace(base, override=override, commands=commands)
    if mine or not act.done:  # people did it, or nobody: the plan begins nothing that could be delayed
        return dataclasses.replace(base, commands=_adding(commands, _by_plan(tick, act)))
    assert act.cue is not None
    later = float(max(0, tick - act.cue - 1))
    override = dataclasses.replace(base.override, delayed=((act.every, later),) if later else ())
    return dataclasses.replace(base, override=override)


def _by_plan(tick: int, act: OneAct) -> Given:
    """An act as the plan of its post would do it, whoever sits there."""
    return Given(tick, Command(act.post, act.sentence, act.action, for_plan=True))


def _adding(commands: tuple[Given, ...], given: Given) -> tuple[Given, ...]:
    return tuple(sorted((*commands, given), key=lambda c: c.tick))


def parts_at(session: Session, base: Copy, copy: Copy) -> int:
    """The first tick at which a copy can differ from the run (the base), 0 when it may from its start on."""
    without = dataclasses.replace(copy.override, acts_dropped=base.override.acts_dropped)
    if copy.world != base.world or without != base.override:
        return 0
    changed = set(copy.commands) ^ set(base.commands)
    names = [line.name for line in session.model.plan]
    cues = session.block.asked[0]
    lines = [cues[n] for line, _ in copy.override.acts_dropped if (n := names.index(line)) in cues]
    return min([*(g.tick for g in changed), *lines, session.tick])


def beginning(session: Session, tick: int) -> Beginning | None:
    """The last snapshot of the run before a tick; None when there is none worth the while."""
    known = [t for t in session.snapshots if EARLIEST_SHARED * session.tick <= t < tick]
    return Beginning(session.block, session.snapshots[max(known)]) if known else None
