"""All that a block of worlds is at a tick, as one value of arrays: one state a part, and what watches and waits."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.base.arrays import NEVER, Bools, Floats, Ints, array, copied, declared
from twin.base.fault import Fault
from twin.engine import tasks
from twin.parts import (
    alarm,
    gauge,
    interlock,
    leak,
    line,
    node,
    people,
    post,
    pump,
    spill,
    tank,
    transfer,
    utility,
    value,
    valve,
    vent,
    weather,
)

CREWS = ("plan", "slow", "none")
"""Who acts: everybody by the plan, by the plan but slowly, nobody."""


@dataclass(frozen=True, slots=True)
class Override:
    """What makes one copy of a world differ from another. Nothing by default. Raises Fault for an unknown crew."""

    posts: str = "plan"  # one of CREWS
    taken: frozenset[str] = frozenset()  # posts that the plan does not act for from the first scan on
    delayed: tuple[tuple[str, float], ...] = ()  # lines of plan or timeline, seconds later
    dropped: frozenset[str] = frozenset()  # lines of plan or timeline that never act
    cells: tuple[tuple[str, str, str], ...] = ()  # (thing, quantity, value): starting values laid over
    acts_dropped: frozenset[tuple[str, str]] = frozenset()  # (line of the plan, sentence of its act) never given
    repaired: frozenset[tuple[str, str]] = frozenset()  # (thing, quantity): starts sound, and no inject spoils it
    drawn: tuple[str, ...] = ()  # words that are drawn, whatever chance says

    def __post_init__(self) -> None:
        if self.posts not in CREWS:
            raise Fault(f"posts cannot be {self.posts!r}.", f"Known: {', '.join(CREWS)}.")


@dataclass(frozen=True, slots=True)
class Controls:
    """What only people and the scenario set, of each part that has any. A part's own is copied before it is written."""

    utilities: utility.Controls
    nodes: node.Controls
    tanks: tank.Controls
    lines: line.Controls
    valves: valve.Controls
    pumps: pump.Controls
    vents: vent.Controls
    leaks: leak.Controls
    transfers: transfer.Controls
    weather: weather.Controls
    instruments: gauge.Controls
    interlocks: interlock.Controls
    alarms: alarm.Controls
    posts: post.Controls


@dataclass(slots=True)
class Changes:
    """Quantities on their way to a new value, and what they go back to: (W, acts of the timeline, then spare ones)."""

    source: Floats  # value at the start of an `over`
    began: Ints  # tick, NEVER while it rests
    before: Floats  # value that the end of a `for` goes back to

    def copy(self) -> "Changes":
        return Changes(self.source.copy(), self.began.copy(), self.before.copy())


@dataclass(slots=True)
class World:
    """Everything that changes, worlds first. The state of each part stands under the name of its section."""

    tick: int
    controls: Controls
    utilities: utility.State
    nodes: node.State
    tanks: tank.State
    lines: line.State
    valves: valve.State
    pumps: pump.State
    vents: vent.State
    leaks: leak.State
    transfers: transfer.State
    spilled: spill.State
    instruments: gauge.State
    calculated: value.State
    interlocks: interlock.State
    alarms: alarm.State
    people: people.State
    table: tasks.Table
    changes: Changes
    tests: Bools  # (W, T)
    guard_since: Ints  # (W, held atoms of the guards)
    cue_since: Ints
    edges: Bools  # (W, edge columns)
    holds: Bools  # (W, cue expressions)
    judged_first: Ints  # (W, J) first tick of A
    judged_second: Ints  # of B
    judged_after: Ints  # of A at or after the first B
    judged_at: Bools  # A at the first B
    fact_value: Floats  # (W, F)
    fact_count: Ints
    start_m3: Floats  # (W, Q) all that was there at tick 0
    line_delay_s: Floats  # (W, lines) drawn or set
    line_dropped: Bools  # (W, lines)
    slow: Bools  # (W,)
    happened: Bools = array(bool, in_place=True)  # (W, H)
    accepted: Bools = array(bool, in_place=True)  # (W, lines)
    proven: Bools = array(bool, in_place=True)  # (W, lines)
    signals: Floats = field(default_factory=lambda: np.zeros((0, 0)))  # (W, C) of the last scan


def copy(world: World) -> World:
    """A copy that shares only what is never written in place."""
    changed: dict[str, Any] = {"table": world.table.copy(), "changes": world.changes.copy()}
    for item in dataclasses.fields(world):
        found = getattr(world, item.name)
        if item.name in changed or not dataclasses.is_dataclass(found):
            continue
        if isinstance(found, Controls):
            parts = {f.name: copied(getattr(found, f.name), all_of_it=True) for f in dataclasses.fields(found)}
            changed[item.name] = Controls(**parts)
        else:
            changed[item.name] = copied(found)
    changed |= {n: getattr(world, n).copy() for n, its in declared(World).items() if its.in_place}
    return dataclasses.replace(world, **changed)


def nothing(worlds: int, count: int) -> Bools:
    """So many that are not so."""
    return np.zeros((worlds, count), dtype=bool)


def never(worlds: int, count: int) -> Ints:
    """So many ticks that never come."""
    return np.full((worlds, count), NEVER)
