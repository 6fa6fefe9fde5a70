"""Alarms to ISA-18.2: dead-band and delays, acknowledgement, shelving, suppression, first-out, flood.

The dead-band acts on return only. The seven states follow from five flags:

    normal                not standing, acknowledged
    unacknowledged        standing, not acknowledged
    acknowledged          standing, acknowledged
    returned              not standing, not acknowledged
    shelved               put aside by a person for a time
    suppressed            by design, while its condition holds
    out of service        by a permit

A flood starts above 10 rises in 10 minutes and ends below 5 (EEMUA 191 by exida; the lower figure recalled).
"""

from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import Bools, Ints, select, some
from twin.farm.names import Names
from twin.farm.plant import ints, padded

FLOOD_STARTS_ABOVE = 10
FLOOD_ENDS_BELOW = 5
FLOOD_WINDOW_S = 600
_CELL_S = 10
_CELLS = FLOOD_WINDOW_S // _CELL_S
PRIORITIES = ("high", "medium", "low")
STATES = ("normal", "unacknowledged", "acknowledged", "returned", "shelved", "suppressed", "out of service")


@dataclass(frozen=True, slots=True)
class Alarms:
    """Fixed facts, (A,) each."""

    names: tuple[str, ...]
    delay_ticks: Ints
    off_delay_ticks: Ints
    priority: Ints
    group: Ints  # alarms of one tank, line or transfer share a first-out
    rank: Ints  # order among those that rise together
    members: Ints  # (groups, k)


@dataclass(frozen=True, slots=True)
class State:
    """Flags of every alarm, (W, A), and the count for floods."""

    standing: Bools
    announced: Bools  # standing, and neither suppressed, shelved nor out of service
    acknowledged: Bools
    suppressed: Bools
    differs_for: Ints  # ticks for which the condition has differed from `standing`
    first_out: Bools
    risen: Ints  # (W, cells) rises in each cell of ten seconds
    flood: Bools  # (W,)


def build(names: Names, subjects: dict[str, str]) -> Alarms:
    """The alarms of a farm; `subjects` gives the thing that each watches."""
    entries = names.farm.of("alarms")
    listed = tuple(entries)
    groups = sorted(set(subjects.values()))
    priority = [PRIORITIES.index(a.priority) for a in entries.values()]
    order = sorted(range(len(listed)), key=lambda i: (priority[i], listed[i]))
    return Alarms(
        names=listed,
        delay_ticks=ints(round(a.delay_s) for a in entries.values()),
        off_delay_ticks=ints(round(a.off_delay_s) for a in entries.values()),
        priority=ints(priority),
        group=ints(groups.index(subjects[n]) for n in listed),
        rank=ints(order.index(i) for i in range(len(listed))),
        members=padded([[i for i, n in enumerate(listed) if subjects[n] == group] for group in groups], len(listed)),
    )


def start(alarms: Alarms, worlds: int) -> State:
    """Nothing stands before the first scan."""
    shape = (worlds, len(alarms.names))
    return State(
        standing=np.zeros(shape, dtype=bool),
        announced=np.zeros(shape, dtype=bool),
        acknowledged=np.ones(shape, dtype=bool),
        suppressed=np.zeros(shape, dtype=bool),
        differs_for=np.zeros(shape, dtype=np.int64),
        first_out=np.zeros(shape, dtype=bool),
        risen=np.zeros((worlds, _CELLS), dtype=np.int64),
        flood=np.zeros(worlds, dtype=bool),
    )


def step(
    alarms: Alarms, state: State, condition: Bools, suppressed: Bools, hidden: Bools, alive: Bools, tick: int
) -> State:
    """Alarms one tick later.

    condition, suppressed  (W, A)  what their sentences say
    hidden                 (W, A)  shelved or out of service: not announced
    alive                  (W, 1)  the controller they run in
    """
    if not alarms.names:
        return state
    differs = condition != state.standing
    announced = state.standing & ~suppressed & ~hidden
    begins_a_cell = tick % _CELL_S == 0 and some(state.risen[:, tick // _CELL_S % _CELLS])
    if not (
        begins_a_cell or some(differs) or some(state.differs_for) or some(announced != state.announced)
        or some(suppressed != state.suppressed)
        or some(state.first_out & ~_still_first(state))
    ):  # fmt: skip
        return state  # nothing changes: same bits
    differs_for = select(differs, state.differs_for + 1, 0)
    wait = select(state.standing, alarms.off_delay_ticks, alarms.delay_ticks)
    flips = differs & (differs_for > wait) & alive
    standing = state.standing ^ flips
    differs_for = select(flips, 0, differs_for)
    announced = standing & ~suppressed & ~hidden
    rises = announced & ~state.announced
    acknowledged = state.acknowledged & ~rises
    cell = tick // _CELL_S % _CELLS
    risen = state.risen
    if tick % _CELL_S == 0 or some(rises):  # else the cell keeps what it holds
        risen = risen.copy()
        if tick % _CELL_S == 0:
            risen[:, cell] = 0
        risen[:, cell] += rises.sum(axis=-1)
    count = risen.sum(axis=-1)
    flood = select(state.flood, count >= FLOOD_ENDS_BELOW, count > FLOOD_STARTS_ABOVE)
    first_out = _still_first(state) & (standing | ~acknowledged)
    if some(rises):  # else nothing new can be first
        first_out = first_out | _first(alarms, state, rises)
    return replace(
        state,
        standing=standing,
        announced=announced,
        acknowledged=acknowledged,
        suppressed=suppressed,
        differs_for=differs_for,
        first_out=first_out,
        risen=risen,
        flood=flood,
    )


def _still_first(state: State) -> Bools:
    """First-outs of before that still stand or wait for an acknowledgement."""
    return state.first_out & (state.standing | ~state.acknowledged)


def _first(alarms: Alarms, state: State, rises: Bools) -> Bools:
    """Which rises are the first of a group in which nothing stood."""
    stood = state.standing | ~state.acknowledged
    wide = np.concatenate((stood, np.zeros((len(stood), 1), dtype=bool)), axis=1)
    busy = wide[:, alarms.members].sum(axis=-1) > 0
    ranks = select(rises, alarms.rank, len(alarms.names) + 1)
    wide_ranks = np.concatenate((ranks, np.full((len(ranks), 1), len(alarms.names) + 1)), axis=1)
    lowest = wide_ranks[:, alarms.members].min(axis=-1)
    first: Bools = rises & (ranks == lowest[:, alarms.group]) & ~busy[:, alarms.group]
    return first


def state_of(standing: bool, acknowledged: bool, shelved: bool, suppressed: bool, out_of_service: bool) -> str:
    """The ISA-18.2 state that five flags make."""
    if out_of_service:
        return STATES[6]
    if suppressed:
        return STATES[5]
    if shelved:
        return STATES[4]
    if standing:
        return STATES[2] if acknowledged else STATES[1]
    return STATES[0] if acknowledged else STATES[3]
