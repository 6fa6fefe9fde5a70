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

from twin.base.arrays import Bools, Ints, array, ints, padded, select, some, with_none
from twin.language import fields as f
from twin.language import readers as r
from twin.language.entry import Thing, key
from twin.language.sentence import Amount
from twin.language.syntax import Cue
from twin.language.words import EventKind, Heard
from twin.parts.action import IDLE, WORK, Begun, Order, Row, done
from twin.parts.part import Does, Edge, Part, Path, Task, fault
from twin.text.say import Said, say

LONGEST_SHELF_S = 12 * 3600
FLOOD_STARTS_ABOVE = 10
FLOOD_ENDS_BELOW = 5
FLOOD_WINDOW_S = 600
_CELL_S = 10
_CELLS = FLOOD_WINDOW_S // _CELL_S
PRIORITIES = ("high", "medium", "low")
STATES = ("normal", "unacknowledged", "acknowledged", "returned", "shelved", "suppressed", "out of service")


@dataclass(frozen=True, kw_only=True)
class Alarm(Thing):
    """An ISA-18.2 alarm."""

    when: Cue = key(r.cue(), "when", "what raises it")
    deadband: Amount | None = key(
        f.amount(), "deadband", "it clears this far inside the limit", default=None, why="none"
    )
    delay_s: float = key(f.quantity("time", 0, 3600), "delay", "before it is raised", default=0.0, why="none")
    off_delay_s: float = key(f.quantity("time", 0, 3600), "off delay", "before it clears", default=0.0, why="none")
    priority: str = key(
        f.choice("low", "medium", "high"),
        "priority",
        "how soon it must be answered",
        default="medium",
        why="the middle one",
    )
    cause: str = key(f.words(), "cause", "what usually raises it", default="")
    action: str = key(f.words(), "action", "what to do", default="")
    consequence: str = key(f.words(), "consequence", "what comes of it where nobody acts", default="")
    response_s: float | None = key(
        f.quantity("time", 1),
        "response time",
        "within which somebody must have acted, from the rationalisation",
        default=None,
    )
    suppressed: Cue | None = key(r.cue(), "suppressed when", "by design, while this holds", default=None)


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
    subjects: tuple[str, ...]  # the thing that each watches
    says: tuple[str, ...]  # its sentence
    watches: Ints  # column of the reading in its sentence, -1 where it is on or off

    @property
    def cells(self) -> int:
        """Of the count for floods."""
        return _CELLS

    @property
    def farm(self) -> tuple[str, ...]:
        """All alarms together, as one thing."""
        return ("alarms",)


@dataclass(frozen=True, slots=True)
class State:
    """Flags of every alarm, (W, A), and the count for floods. Nothing stands before the first scan."""

    standing: Bools = array(bool)
    announced: Bools = array(bool)  # standing, and neither suppressed, shelved nor out of service
    acknowledged: Bools = array(bool, start=True)
    suppressed: Bools = array(bool)
    differs_for: Ints = array(int)  # ticks for which the condition has differed from `standing`
    first_out: Bools = array(bool)
    risen: Ints = array(int, along=("cells",))  # (W, cells) rises in each cell of ten seconds
    flood: Bools = array(bool, along=())  # (W,)


@dataclass(slots=True)
class Controls:
    """(W, A)."""

    shelved: Bools = array(bool, path=Path("shelved", "flag", "put aside for a time"))
    out_of_service: Bools = array(
        bool, path=fault("out-of-service", "flag", "taken out by a permit", "out of service")
    )  # fmt: skip


def build(entries: dict[str, Alarm], subjects: dict[str, str], watches: dict[str, int]) -> Alarms:
    """The alarms of a farm; `subjects` gives the thing that each watches, `watches` the column of its reading or -1."""
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
        subjects=tuple(subjects[n] for n in listed),
        says=tuple(a.when.text for a in entries.values()),
        watches=ints(watches[n] for n in listed),
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
    seen = ~suppressed & ~hidden
    announced = state.standing & seen
    begins_a_cell = tick % _CELL_S == 0 and some(state.risen[:, tick // _CELL_S % _CELLS])
    if not (
        begins_a_cell or some(differs) or some(state.differs_for) or some(announced != state.announced)
        or some(suppressed != state.suppressed)
        or some(state.first_out & ~_still_first(state, seen))
    ):  # fmt: skip
        return state  # nothing changes: same bits
    differs_for = select(differs, state.differs_for + 1, 0)
    wait = select(state.standing, alarms.off_delay_ticks, alarms.delay_ticks)
    flips = differs & (differs_for > wait) & alive
    standing = state.standing ^ flips
    differs_for = select(flips, 0, differs_for)
    announced = standing & seen
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
    first_out = _still_first(state, seen) & (standing | ~acknowledged)
    if some(rises):  # else nothing new can be first
        first_out = first_out | _first(alarms, state, rises, seen)
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


def _still_first(state: State, seen: Bools) -> Bools:
    """First-outs of before that are in sight and still stand or wait for an acknowledgement."""
    return state.first_out & (state.standing | ~state.acknowledged) & seen


def _first(alarms: Alarms, state: State, rises: Bools, seen: Bools) -> Bools:
    """Which rises are the first of a group in which nobody saw anything stand: what is put aside is seen by nobody."""
    returned = ~state.standing & ~state.acknowledged
    stood = (state.announced | returned) & seen
    busy = with_none(stood)[:, alarms.members].sum(axis=-1) > 0
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


# edges and tasks


def _announced(row: Row, a: int, begins: bool) -> None:
    its, now = row.facts(Alarms), row.state(State)
    name = its.names[a]
    if begins:
        first = bool(now.first_out[row.at, a])
        if its.watches[a] >= 0:
            value = row.reading(int(its.watches[a]))
            said = say("alarm.reads-first" if first else "alarm.reads", name=name, says=its.says[a], value=value)
        else:
            said = say("alarm.first" if first else "alarm.stands", name=name, says=its.says[a])
        row.emit("alarm", name, said)
    elif not now.standing[row.at, a]:
        row.emit("alarm-cleared", name, say("alarm.cleared", name=name))


def _flood(row: Row, _: int, begins: bool) -> None:
    count = int(row.state(State).risen[row.at].sum())
    row.emit("flood" if begins else "flood-ends", "alarms", say("alarm.flood", count=count))


def _shelf_ends(row: Row, a: int) -> None:
    row.wait("shelves", a, IDLE)
    row.write(Controls).shelved[row.at, a] = False


# what people do


def _acknowledge(row: Row, order: Order) -> Begun | Said:
    now = row.state(State)
    acknowledged = now.acknowledged.copy()
    if order.thing:
        a = row.facts(Alarms).names.index(order.thing)
        if acknowledged[row.at, a]:
            return say("why.nothing-to-acknowledge", thing=order.thing)
        acknowledged[row.at, a] = True
    else:
        acknowledged[row.at] = True
    row.replace(replace(now, acknowledged=acknowledged))
    return done(order)


def _shelve(row: Row, order: Order) -> Begun | Said:
    if not 0 < order.action.for_ticks <= LONGEST_SHELF_S:
        return say("why.shelf-span")
    if not order.action.because:
        return say("why.shelf-reason")
    a = row.facts(Alarms).names.index(order.thing)
    row.write(Controls).shelved[row.at, a] = True
    row.wait("shelves", a, WORK, row.tick + order.action.for_ticks)
    return done(order)


PART = Part(
    "alarms", "alarm", Alarm, State, Controls,
    edges=(
        Edge("announced", ("alarms.announced",), lambda its, announced: announced, _announced, found=False),
        Edge("flood", ("alarms.flood",), lambda its, flood: flood[:, None], _flood, things="farm"),
    ),
    events=(
        EventKind("alarm", Heard.DESK, "an alarm stands", "alarm-cleared", weight=3, urgent=True, told=True, pictured=True,
                  marked=True, counted=True),
        EventKind("alarm-cleared", Heard.DESK, "an alarm returned to normal"),
        EventKind("flood", Heard.DESK, "alarms come faster than one person can take them", "flood-ends", told=True),
        EventKind("flood-ends", Heard.DESK, "alarms come slowly again"),
    ),
    verbs=(Does("acknowledge", _acknowledge, kinds=("", "alarm")), Does("shelve", _shelve)),
    tasks=(Task("shelves", _shelf_ends),),
    mended="{name} in service", rank=6, out_of_service=lambda its: "out-of-service",
)  # fmt: skip
