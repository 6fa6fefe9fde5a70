"""Valves: a stroke by motor or by hand, sticking, passing when closed; opened and closed from the desk or at the valve."""

from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, array, bools, floats, index_of, ints, select, some, with_none
from twin.language import fields as f
from twin.language.entry import Entry, Point, key
from twin.language.words import EventKind, Heard
from twin.parts.action import PROVE, Begun, Order, Row, look, seen
from twin.parts.part import Does, Edge, Part, fault, readable
from twin.text.say import Amount, Said, say

PROVEN_WITHIN = 0.02
AT_THE_VALVE_S = 2  # to begin and to leave off turning
LOOK_S = 30


@dataclass(frozen=True, kw_only=True)
class Valve(Entry):
    """A hand or motor valve."""

    kind: str = key(f.choice("hand", "motor"), "kind", "what moves it", default="hand", why="the plainest valve")
    size_m: float = key(f.quantity("length", 0.01, 2), "size", "nominal size", default=0.3, why="assumed: DN 300")
    stroke_s: float = key(
        f.quantity("time", 1, 3600),
        "stroke",
        "end to end",
        default=60.0,
        why="MOV gate 305 mm/min at DN 300 (recalled)",
    )
    power: str = key(f.name_of("utilities"), "power", "what its motor runs on", default="", why="never lost")
    on_power_loss: str = key(f.choice("stay"), "on power loss", "a motor valve stays where it is", default="stay")
    crank_s: float = key(
        f.quantity("time", 1, 7200),
        "crank",
        "end to end by hand",
        default=384.0,
        why="DN 300 geared, 160 turns at 25 a minute (recalled)",
    )
    normally: str = key(
        f.choice("open", "closed"),
        "normally",
        "how it stands at the start",
        default="closed",
        why="nothing flows that nobody asked for",
    )
    remote: bool | None = key(
        f.flag(), "remote", "whether the desk can move it", default=None, why="motor valves are, hand valves are not"
    )
    at: Point | None = key(f.point(), "at", "where it is", default=None)

    @property
    def from_desk(self) -> bool:
        """Whether the desk can move it."""
        return self.kind == "motor" if self.remote is None else self.remote


@dataclass(frozen=True, slots=True)
class Valves:
    """Fixed facts, (V,) each."""

    names: tuple[str, ...]
    stroke_s: Floats
    crank_s: Floats
    motor: Bools
    remote: Bools
    power: Ints  # utility, or the index behind the last: never lost
    normally: Floats
    shut_test: Ints  # test that shows it closed, -1 without feedback
    open_test: Ints


@dataclass(frozen=True, slots=True)
class State:
    """(W, V)."""

    position: Floats = array(  # 0 closed, 1 open
        path=readable("position", "fraction", "0 closed, 100 % open", writes="target", least=0, most=1)
    )


@dataclass(slots=True)
class Controls:
    """(W, V) each."""

    target: Floats = array(start="normally")  # position asked for from the desk or by hand
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


def build(entries: dict[str, Valve], utilities: tuple[str, ...], shut_test: Ints, open_test: Ints) -> Valves:
    """The valves of a farm."""
    listed = list(entries.values())
    return Valves(
        names=tuple(entries),
        stroke_s=floats(v.stroke_s for v in listed),
        crank_s=floats(v.crank_s if v.kind == "motor" else v.stroke_s for v in listed),
        motor=bools(v.kind == "motor" for v in listed),
        remote=bools(v.from_desk for v in listed),
        power=ints(index_of(utilities, v.power) for v in listed),
        normally=floats(1.0 if v.normally == "open" else 0.0 for v in listed),
        shut_test=shut_test,
        open_test=open_test,
    )


def stroked(
    position: Floats,
    demand: Floats,
    powered: Bools,
    by_hand: Bools,
    stuck: Bools,
    stroke_s: Floats,
    crank_s: Floats,
    dt_s: float,
) -> Floats:
    """Where valves are after one tick on their way to a demand.

    position, demand  -  0 closed, 1 open
    powered, by_hand, stuck  -  bool
    stroke_s, crank_s, dt_s  s  end to end by motor, by hand; the tick
    returns           -
    """
    by_motor = select(powered, dt_s / stroke_s, 0.0)
    reach = select(by_hand, dt_s / crank_s, by_motor)
    reach = select(stuck, 0.0, reach)
    gap = demand - position
    return select(np.abs(gap) <= reach, demand, position + select(gap > 0.0, reach, -reach))


def step(its: Valves, now: State, set_: Controls, forced: Floats | None, alive: Bools, dt_s: float) -> State:
    """The valves one tick later.

    forced  (W, V)      where trips hold them, -1 where none does; None when nothing is tripped
    alive   (W, U + 1)  supplies
    """
    demand = set_.target if forced is None else select(forced >= 0.0, forced, set_.target)
    if not some(demand != now.position):
        return now
    turns = motor_turns(its, set_, alive)
    by_hand = set_.by_hand if forced is None else set_.by_hand & ~(turns & (forced >= 0.0))  # a trip's motor takes over
    return State(stroked(now.position, demand, turns, by_hand, set_.stuck, its.stroke_s, its.crank_s, dt_s))


def motor_turns(its: Valves, set_: Controls, alive: Bools) -> Bools:
    """Which motors turn when they are told to, (W, V)."""
    return alive[:, its.power] & its.motor & ~set_.motor_fault


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


# what people do


def _move(row: Row, order: Order) -> Begun | Said:
    if row.by_hand(order):
        return row.somebody_goes(order)
    if reason := row.desk_is_dead():
        return reason
    its = row.facts(Valves)
    v = its.names.index(order.thing)
    if not its.remote[v]:
        return say("why.by-hand", thing=order.thing)
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
    ),
    events=(EventKind("valve", Heard.DESK, "a valve with position feedback came to an end of its stroke"),),
    verbs=(
        Does("open", _move, work=_turn, worked=_turned),
        Does("close", _move, work=_turn, worked=_turned),
        Does("set", _move, work=_turn, worked=_turned, due=_set_due),
        Does("check", look, work=lambda row, order: LOOK_S, worked=seen),
    ),
    sees=_sees, rank=2,
)  # fmt: skip
