"""Valves: moved by hand, by motor or by air; those that act by themselves; those that hold a reading at a set point.

| kind | moves by | when its supply is lost | passes |
|---|---|---|---|
| hand | somebody at its wheel | | both ways |
| motor | a motor | stays; by hand it moves | both ways |
| pneumatic | air | its spring takes it where `on air loss` says | both ways |
| control | air, to hold a reading at a set point, or a position when somebody sets one | like pneumatic | both ways |
| check | the flow | | from the start of its line to its end only |
| relief | the pressure before it against a spring | | as check, from its set pressure on |
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, array, bools, floats, index_of, ints, select, some, with_none
from twin.language.words import EventKind, Heard
from twin.parts.action import PROVE, Begun, Order, Row, done, look, seen
from twin.parts.part import Does, Edge, Part, fault, readable, settable
from twin.parts.valve_entry import BY_AIR, BY_ITSELF, FAILS_TO, Valve
from twin.physics import actuators
from twin.text.say import Amount, Said, say

PROVEN_WITHIN = 0.02
AT_THE_VALVE_S = 2  # to begin and to leave off turning
LOOK_S = 30
MOVES_M3_S = 1e-6  # flow that lifts a check or relief valve


@dataclass(frozen=True, slots=True)
class Hold:
    """What a control valve holds."""

    instrument: int
    dimension: str
    set_point: float
    band: float


@dataclass(frozen=True, slots=True)
class Around:
    """What valves must know of others: utilities, the lines they stand in, readings they hold."""

    utilities: tuple[str, ...]
    line: dict[str, int]  # of each valve
    held: dict[str, Hold]  # by control valve
    on_ways: frozenset[str]  # valves on the way of a transfer, which takes them over


@dataclass(frozen=True, slots=True)
class Valves:
    """Fixed facts, (V,) each."""

    names: tuple[str, ...]
    stroke_s: Floats
    crank_s: Floats
    motor: Bools  # has a drive: a motor, or air
    remote: Bools
    power: Ints  # utility, or the index behind the last: never lost
    air: Ints  # the same
    fails_to: Floats  # where a spring takes it, -1 where none does
    springs: bool  # some have one
    controls: bool  # some hold a reading
    some_by_itself: bool
    by_itself: Bools
    check: Bools
    relief: Bools
    line: Ints  # in which it stands
    reads: Ints  # instrument whose reading it holds, -1
    dimensions: tuple[str, ...]  # of that reading, "" where it holds none
    set_points: Floats
    automatic: Bools  # follows its set point from the start on
    per_band: Floats  # share of the stroke for a unit of the reading, with its sign
    reset_s: Floats
    normally: Floats
    shut_test: Ints  # test that shows it closed, -1 without feedback
    open_test: Ints


@dataclass(frozen=True, slots=True)
class State:
    """(W, V)."""

    position: Floats = array(  # 0 closed, 1 open
        path=readable("position", "fraction", "0 closed, 100 % open", writes="target", least=0, most=1)
    )
    wound: Floats = array()  # what a controller has gathered up, 0 to 1


@dataclass(slots=True)
class Controls:
    """(W, V) each."""

    target: Floats = array(start="normally")  # position asked for from the desk or by hand
    automatic: Bools = array(
        bool, start="automatic", path=settable("automatic", "flag", "a control valve follows its set point")
    )
    set_point: Floats = array(
        start="set_points",
        path=settable(
            "set-point", "its", "what a control valve holds", dimension_of=lambda its, v: its.dimensions[v],
            lacking=("holds no reading.", "Make it kind: control with `control` and `set point`."),
        ),
    )  # fmt: skip
    by_hand: Bools = array(bool)  # a person turns it
    stuck: Bools = array(bool, path=fault("stuck", "flag", "does not move", "stuck"))
    motor_fault: Bools = array(
        bool,
        path=fault(
            "motor-fault", "flag", "its motor does not turn; by hand it moves", "its motor faulty", "motor faulty"
        ),
    )
    passing: Floats = array(
        path=fault(
            "passing", "fraction", "opening that remains when it is closed", "passing when closed", "passes", offer="to",
            value="10 %", least=0, most=1,
        )
    )  # fmt: skip


def build(entries: dict[str, Valve], around: Around, shut_test: Ints, open_test: Ints) -> Valves:
    """The valves of a farm."""
    listed = list(entries.values())
    held = [around.held.get(v.name) for v in listed]
    sign = [-1.0 if v.opening == "lowers" else 1.0 for v in listed]
    return Valves(
        names=tuple(entries),
        stroke_s=floats(v.stroke_s for v in listed),
        crank_s=floats(v.crank_s if v.kind == "motor" else v.stroke_s for v in listed),
        motor=bools(v.kind in {"motor", *BY_AIR} for v in listed),
        remote=bools(v.from_desk for v in listed),
        power=ints(index_of(around.utilities, v.power) for v in listed),
        air=ints(index_of(around.utilities, v.air) for v in listed),
        fails_to=floats(FAILS_TO[v.on_air_loss] if v.kind in BY_AIR else -1.0 for v in listed),
        springs=any(v.kind in BY_AIR and v.on_air_loss != "stay" for v in listed),
        controls=bool(around.held),
        some_by_itself=any(v.kind in BY_ITSELF for v in listed),
        by_itself=bools(v.kind in BY_ITSELF for v in listed),
        check=bools(v.kind == "check" for v in listed),
        relief=bools(v.kind == "relief" for v in listed),
        line=ints(around.line.get(v.name, 0) for v in listed),
        reads=ints(-1 if h is None else h.instrument for h in held),
        dimensions=tuple("" if h is None else h.dimension for h in held),
        set_points=floats(0.0 if h is None else h.set_point for h in held),
        automatic=bools(h is not None and v.name not in around.on_ways for h, v in zip(held, listed, strict=True)),
        per_band=floats(0.0 if h is None else s / h.band for h, s in zip(held, sign, strict=True)),
        reset_s=floats(v.reset_s for v in listed),
        normally=floats(1.0 if v.normally == "open" and v.kind not in BY_ITSELF else 0.0 for v in listed),
        shut_test=shut_test,
        open_test=open_test,
    )


def at_start(its: Valves, set_: Controls) -> State:
    """Valves stand where they are asked to; a controller takes over from there."""
    position = set_.target.copy()
    return State(position, select(its.reads >= 0, position, its.normally))


class Readings(NamedTuple):
    """What controllers see: readings and their quality (W, I) of the last scan, and whether their system runs (W, 1)."""

    shown: Floats
    good: Bools
    system: Bools


def step(
    its: Valves, now: State, set_: Controls, forced: Floats | None, alive: Bools, readings: Readings, dt_s: float
) -> State:
    """The valves one tick later.

    forced  (W, V)      where trips hold them, -1 where none does; None when nothing is tripped
    alive   (W, U + 1)  supplies
    """
    demand, wound = set_.target, now.wound
    if its.controls:
        demand, wound = _controlled(its, now, set_, readings, dt_s)
    if forced is not None:
        demand = select(forced >= 0.0, forced, demand)
    turns = motor_turns(its, set_, alive) if its.springs else None
    if turns is not None:
        falls = (its.fails_to >= 0.0) & ~(alive[:, its.power] & alive[:, its.air])
        demand, turns = select(falls, its.fails_to, demand), turns | (falls & ~set_.motor_fault)
    if its.some_by_itself:
        demand = select(its.by_itself, now.position, demand)
    if not some(demand != now.position):
        return now if wound is now.wound else replace(now, wound=wound)
    if turns is None:
        turns = motor_turns(its, set_, alive)
    by_hand = set_.by_hand if forced is None else set_.by_hand & ~(turns & (forced >= 0.0))  # a trip's motor takes over
    return State(
        actuators.stroked(now.position, demand, turns, by_hand, set_.stuck, its.stroke_s, its.crank_s, dt_s), wound
    )


def _controlled(its: Valves, now: State, set_: Controls, readings: Readings, dt_s: float) -> tuple[Floats, Floats]:
    """Where controllers want their valves (W, V), and what they have gathered.

    One whose reading is bad, or whose system is lost, leaves its valve where it is.
    """
    sees = set_.automatic & readings.good[:, its.reads] & readings.system & (its.reads >= 0)
    error = (set_.set_point - readings.shown[:, its.reads]) * its.per_band
    wants, wound = actuators.controlled(error, now.wound, now.position, sees, its.reset_s, dt_s)
    stands = select(set_.automatic, now.position, set_.target)
    return select(sees, wants, stands), select(its.reads >= 0, wound, now.wound)


def motor_turns(its: Valves, set_: Controls, alive: Bools) -> Bools:
    """Which drives move their valve when they are told to, (W, V)."""
    return alive[:, its.power] & alive[:, its.air] & its.motor & ~set_.motor_fault


def opens(its: Valves, now: State, set_: Controls) -> tuple[Floats, Floats, Bools]:
    """How far each is open from the start of its line to its end, and back, (W, V), and which springs hold shut.

    A check valve that is stuck hangs open; a relief valve that is stuck never lifts, one that passes has no spring left.
    """
    either = np.maximum(now.position, set_.passing)
    none = np.zeros(either.shape, dtype=bool)
    if not its.some_by_itself:
        return either, either, none
    springs = its.relief & ~set_.stuck & (set_.passing <= 0.0)
    forth = select(its.check | springs, 1.0, select(its.relief, set_.passing, either))
    back = select(its.by_itself, select(its.check & set_.stuck, 1.0, set_.passing), either)
    return forth, back, springs


def swung(its: Valves, now: State, flow_m3_s: Floats) -> State:
    """Check and relief valves stand as what flows in their lines (W, L) has left them."""
    if not its.some_by_itself:
        return now
    lifted = (flow_m3_s[:, its.line] > MOVES_M3_S).astype(np.float64)
    position = select(its.by_itself, lifted, now.position)
    return now if not some(position != now.position) else replace(now, position=position)


# edges


def _shown_shut(its: Valves, tests: Bools) -> Bools:
    return with_none(tests)[:, its.shut_test]


def _shown_open(its: Valves, tests: Bools) -> Bools:
    return with_none(tests)[:, its.open_test]


def _shut(row: Row, v: int, begins: bool) -> None:
    if begins:
        name = row.facts(Valves).names[v]
        row.emit("valve", name, say("valve.shut", name=name))


def _open(row: Row, v: int, begins: bool) -> None:
    if begins:
        name = row.facts(Valves).names[v]
        row.emit("valve", name, say("valve.open", name=name))


def _lifted(its: Valves, position: Floats) -> Bools:
    return its.relief & (position > 0.0)


def _lifts(row: Row, v: int, begins: bool) -> None:
    name = row.facts(Valves).names[v]
    row.emit("pressure-relief", name, say("valve.lifts" if begins else "valve.reseats", name=name))


# what people do


def _move(row: Row, order: Order) -> Begun | Said:
    its = row.facts(Valves)
    v = its.names.index(order.thing)
    if its.by_itself[v]:
        return say("why.by-itself", thing=order.thing)
    if row.by_hand(order):
        return row.somebody_goes(order)
    if reason := row.desk_is_dead():
        return reason
    if not its.remote[v]:
        return say("why.by-hand", thing=order.thing)
    if order.action.address is not None and order.action.address.array.endswith(".set_point"):
        set_ = row.write(Controls)
        set_.set_point[row.at, v], set_.automatic[row.at, v] = order.action.value, True
        return done(order)
    position = order.action.position
    held = row.held(v)
    if held >= 0.0 and held != position:
        return say("why.held-shut" if held == 0.0 else "why.held-open", thing=order.thing)
    row.ask(v, position)
    return Begun(replace(order, proof=row.feedback(order, v, position)), PROVE, row.stroke_due(v))


def _turn(row: Row, order: Order) -> int:
    """Turning by hand begins now; how long it takes."""
    its = row.facts(Valves)
    v = its.names.index(order.thing)
    if not row.driven(v, order.action.position):
        row.ask(v, order.action.position, by_hand=True)
    left = abs(float(row.state(State).position[row.at, v]) - order.action.position)
    return int(np.ceil(left * float(its.crank_s[v]))) + AT_THE_VALVE_S


def _turned(row: Row, order: Order) -> Said | None:
    v = row.facts(Valves).names.index(order.thing)
    position = float(row.state(State).position[row.at, v])
    row.write(Controls).by_hand[row.at, v] = False
    seen(row, order)
    return None if abs(position - order.action.position) < PROVEN_WITHIN else say("why.does-not-move")


def _set_due(row: Row, order: Order) -> bool:
    """The feedback of a valve proves the position it was set to."""
    shown = row.position_shown(order.thing)
    return shown is not None and abs(shown - order.action.position) < PROVEN_WITHIN


def _sees(row: Row, thing: str) -> Said:
    v = row.facts(Valves).names.index(thing)
    open_ = Amount(float(row.state(State).position[row.at, v]), "fraction", 0)
    stuck = row.controls(Controls).stuck[row.at, v]
    return say("seen.valve-stuck" if stuck else "seen.valve", thing=thing, open=open_)


PART = Part(
    "valves", "valve", Valve, State, Controls,
    edges=(
        Edge("closed", ("tests",), _shown_shut, _shut),
        Edge("opened", ("tests",), _shown_open, _open),
        Edge("lifted", ("valves.position",), _lifted, _lifts, found=False, never=lambda its: not some(its.relief)),
    ),
    events=(
        EventKind("valve", Heard.DESK, "a valve with position feedback came to an end of its stroke"),
        EventKind("pressure-relief", Heard.NEAR, "a relief valve lifts, or is shut again", weight=3, told=True, pictured=True),
    ),
    verbs=(
        Does("open", _move, work=_turn, worked=_turned),
        Does("close", _move, work=_turn, worked=_turned),
        Does("set", _move, work=_turn, worked=_turned, due=_set_due),
        Does("check", look, work=lambda row, order: LOOK_S, worked=seen),
    ),
    sees=_sees, rank=2,
)  # fmt: skip
