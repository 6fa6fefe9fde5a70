"""Pumps: centrifugal, on a curve; they run up and down, lose their suction, work against a shut line, and wear their seal.

A pump stands in a line (`through`) and lifts from its first end to its second; nothing but a check valve keeps liquid from running
back through one that stands still. It has *lost its suction* while nothing reaches it: its nozzle is above the surface, a valve
before it is shut, or it would have to draw liquid higher than air presses it. It is *below its minimum flow* while it turns and
passes less than that: its liquid grows hot.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, array, bools, floats, index_of, ints, select, some
from twin.language import fields as f
from twin.language import readers as r
from twin.language.entry import Point, Thing, key
from twin.language.words import EventKind, Heard
from twin.parts.action import EXTRA_PROOF_S, PROVE, Begun, Order, Row, done, happens, look, seen
from twin.parts.part import Does, Edge, Part, fault, readable, settable
from twin.physics import pumps
from twin.text.say import Said, say

RUN_UP_S, RUN_DOWN_S = 5.0, 10.0  # from rest to full speed and back (assumed: a motor on the line, a light rotor)
LIFTS_UP_TO_M = (
    9.0  # what air presses up, less what a pump needs itself (10.3 m of water less an NPSH of 1.3 m, assumed)
)
DRY_S, LOW_S = 5.0, 30.0  # so long before anybody hears it
SEAL_LASTS_S = {"single": (120.0, 600.0), "double": (900.0, 1800.0)}  # dry, and below the minimum flow (assumed)
LEAST_FLOW = 0.1  # of the largest flow of the curve, where no minimum is given (assumed)
AT_THE_SWITCH_S = 5
LOOK_S = 30


@dataclass(frozen=True, kw_only=True)
class Pump(Thing):
    """A centrifugal pump in a line."""

    curve: tuple[tuple[float, float], ...] = key(
        r.points("volume flow", "length"),
        "curve",
        "[flow, head] from no flow on, heads falling; two points make a parabola",
    )
    power: str = key(
        f.name_of("utilities", "word:diesel"),
        "power",
        "what drives it; diesel needs nothing",
        default="",
        why="never lost",
    )
    seal: str = key(f.choice("single", "double"), "seal", "its shaft seal", default="single", why="the usual one")
    least_m3_s: float | None = key(
        f.quantity("volume flow", 0),
        "minimum flow",
        "below which its liquid grows hot",
        default=None,
        why="assumed: a tenth of the largest flow of its curve",
    )
    leaks_to: str = key(
        f.name_of("places", "nodes", "word:ground"), "leaks to", "the bund or pit under it, where a failed seal leaks", default="",
        why="a seal that fails leaks nothing",
    )  # fmt: skip
    fails_to_start: float = key(
        f.quantity("fraction", 0, 1),
        "fails to start",
        "of all attempts, drawn once a world",
        default=0.0,
        why="none stated",
    )
    remote: bool = key(f.flag(), "remote", "whether the desk can start and stop it", default=True, why="usual")
    at: Point | None = key(
        f.point(), "at", "where it is, and how high", default=None, why="as high as the end that its line begins at"
    )


@dataclass(frozen=True, slots=True)
class Pumps:
    """Fixed facts, (P,) each."""

    names: tuple[str, ...]
    power: Ints  # utility, or the index behind the last: never lost
    remote: Bools
    line: Ints
    height_m: Floats  # above the ground
    least_m3_s: Floats
    dry_lasts_s: Floats
    low_lasts_s: Floats
    fails_to_start: Floats


@dataclass(frozen=True, slots=True)
class State:
    """(W, P)."""

    speed: Floats = array(path=readable("speed", "fraction", "share of its rated speed"))
    starved: Bools = array(bool, path=readable("dry", "flag", "whether it turns and nothing reaches it"))
    dry_s: Floats = array()  # for how long
    low_s: Floats = array()  # for how long it has turned below its minimum flow
    worn: Floats = array(path=readable("seal-worn", "fraction", "how far its seal is worn; at 100 % it has failed"))


@dataclass(slots=True)
class Controls:
    """(W, P)."""

    asked: Bools = array(bool, path=settable("running", "flag", "asked to run", reads="*"))
    seized: Bools = array(bool, path=fault("seized", "flag", "does not turn", "seized"))
    stubborn: Bools = array(
        bool, path=fault("does-not-start", "flag", "does not start when it is asked to; a running one goes on", "not starting")
    )  # fmt: skip


def build(entries: dict[str, Pump], utilities: tuple[str, ...], line: Ints, heights_m: Iterable[float]) -> Pumps:
    """The pumps of a farm, the line that each stands in, and its height."""
    listed = list(entries.values())
    lasts = [SEAL_LASTS_S[p.seal] for p in listed]
    return Pumps(
        names=tuple(entries),
        power=ints(index_of(utilities, "" if p.power == "diesel" else p.power) for p in listed),
        remote=bools(p.remote for p in listed),
        line=line,
        height_m=floats(heights_m),
        least_m3_s=floats(LEAST_FLOW * p.curve[-1][0] if p.least_m3_s is None else p.least_m3_s for p in listed),
        dry_lasts_s=floats(dry for dry, _ in lasts),
        low_lasts_s=floats(low for _, low in lasts),
        fails_to_start=floats(p.fails_to_start for p in listed),
    )


def at_start(its: Pumps, set_: Controls) -> Floats:
    """Speeds of pumps that run before the first scan."""
    return (set_.asked & ~set_.seized).astype(np.float64)


def curves(entries: dict[str, Pump]) -> dict[str, pumps.Curve]:
    """The curve of each pump."""
    return {name: pumps.curve(its.curve) for name, its in entries.items()}


def step(its: Pumps, now: State, set_: Controls, held_off: Bools | None, alive: Bools, dt_s: float) -> State:
    """The speeds one tick later.

    held_off  (W, P)      by trips; None when nothing is tripped
    alive     (W, U + 1)  supplies
    """
    if not its.names:
        return now
    drives = set_.asked & alive[:, its.power] & ~set_.seized & ~(set_.stubborn & (now.speed <= 0.0))
    if held_off is not None:
        drives = drives & ~held_off
    due = drives.astype(np.float64)
    if not some(due != now.speed):
        return now
    stops = select(set_.seized, 1.0, dt_s / RUN_DOWN_S)
    speed = np.minimum(np.maximum(due, now.speed - stops), now.speed + dt_s / RUN_UP_S)
    return replace(now, speed=speed)


def felt(its: Pumps, now: State, flow_m3_s: Floats, suction_m: Floats, dt_s: float) -> State:
    """What this tick did to them: without liquid, below their minimum flow, and to their seals.

    flow_m3_s  (W, L)
    suction_m  (W, P)  head at the suction above the ground, far below where nothing reaches it
    """
    turns = now.speed > 0.0
    if not (some(turns) or some(now.starved) or some(now.low_s)):
        return now
    flow = flow_m3_s[:, its.line]
    low = turns & (flow < its.least_m3_s)
    starved = low & (suction_m - its.height_m < -LIFTS_UP_TO_M)
    dry_s = select(starved, now.dry_s + dt_s, 0.0)
    low_s = select(low & ~starved, now.low_s + dt_s, 0.0)
    wear = select(starved, dt_s / its.dry_lasts_s, select(low_s > LOW_S, dt_s / its.low_lasts_s, 0.0))
    return State(now.speed, starved, dry_s, low_s, np.minimum(now.worn + wear, 1.0))


# edges


def _told(kind: str, begins: str, ends: str = "") -> Callable[[Row, int, bool], None]:
    def turned(row: Row, p: int, so: bool) -> None:
        name = row.facts(Pumps).names[p]
        if key_ := begins if so else ends:
            row.emit(kind, name, say(key_, name=name))

    return turned


def _seal(row: Row, p: int, begins: bool) -> None:
    if begins:
        name = row.facts(Pumps).names[p]
        happens(row, "seal-failed", name, say("pump.seal", name=name))


# what people do


def _start(row: Row, order: Order) -> Begun | Said:
    return _run(row, order, runs=True)


def _stop(row: Row, order: Order) -> Begun | Said:
    return _run(row, order, runs=False)


def _run(row: Row, order: Order, *, runs: bool) -> Begun | Said:
    if row.by_hand(order):
        return row.somebody_goes(order)
    if reason := row.desk_is_dead():
        return reason
    its = row.facts(Pumps)
    p = its.names.index(order.thing)
    if not its.remote[p]:
        return say("why.by-switch", thing=order.thing)
    return _switched(row, order, p, runs=runs)


def _switched(row: Row, order: Order, p: int, *, runs: bool) -> Begun | Said:
    if runs and row.held_off(p):
        return say("why.held-off", thing=order.thing)
    row.write(Controls).asked[row.at, p] = runs
    line_proof = row.line_proof(order)
    proof = line_proof if line_proof >= 0 else row.edge("pumps.runs" if runs else "pumps.stands", p)
    if proof != line_proof and row.shows(proof):
        return done(order)
    return Begun(
        replace(order, proof=proof), PROVE, row.tick + round(2 * (RUN_UP_S if runs else RUN_DOWN_S) + EXTRA_PROOF_S)
    )


def _press(row: Row, order: Order) -> int:
    """A person presses the button at the pump, and stays until it has come to its speed or to rest."""
    p = row.facts(Pumps).names.index(order.thing)
    runs = order.action.verb == "start"
    if not (runs and row.held_off(p)):
        row.write(Controls).asked[row.at, p] = runs
    return AT_THE_SWITCH_S + round(RUN_UP_S if runs else RUN_DOWN_S)


def _pressed(row: Row, order: Order) -> Said | None:
    p = row.facts(Pumps).names.index(order.thing)
    runs = order.action.verb == "start"
    if runs and row.held_off(p):
        return say("why.held-off", thing=order.thing)
    seen(row, order)
    speed = float(row.state(State).speed[row.at, p])
    return None if speed == (1.0 if runs else 0.0) else say("why.does-not-turn" if runs else "why.does-not-stop")


def _sees(row: Row, thing: str) -> Said:
    p = row.facts(Pumps).names.index(thing)
    now = row.state(State)
    if now.worn[row.at, p] >= 1.0:
        return say("seen.pump-seal", thing=thing)
    if now.speed[row.at, p] <= 0.0:
        return say("seen.pump-stands", thing=thing)
    return say("seen.pump-dry" if now.starved[row.at, p] else "seen.pump-runs", thing=thing)


PART = Part(
    "pumps", "pump", Pump, State, Controls,
    edges=(
        Edge("runs", ("pumps.speed",), lambda its, speed: speed >= 1.0, _told("pump", "pump.runs")),
        Edge("stands", ("pumps.speed",), lambda its, speed: speed <= 0.0, _told("pump", "pump.stands")),
        Edge("dry", ("pumps.dry_s",), lambda its, dry_s: dry_s >= DRY_S, _told("pump-dry", "pump.dry", "pump.primed"), found=False),
        Edge("low", ("pumps.low_s",), lambda its, low_s: low_s >= LOW_S, _told("pump-low", "pump.low", "pump.no-longer-low"),
             found=False),
        Edge("seal", ("pumps.worn",), lambda its, worn: worn >= 1.0, _seal, found=False),
    ),
    events=(
        EventKind("pump", Heard.DESK, "a pump came to its speed or to rest", weight=6, told=True, pictured=True),
        EventKind("pump-dry", Heard.DESK, "a pump lost its suction, or got it back", weight=3, told=True, pictured=True),
        EventKind("pump-low", Heard.DESK, "a pump works below its minimum flow, or no longer", weight=3, told=True, pictured=True),
        EventKind("seal-failed", Heard.NEAR, "the seal of a pump failed", weight=1, told=True, pictured=True, marked=True,
                  counted=True),
    ),
    verbs=(
        Does("start", _start, work=_press, worked=_pressed),
        Does("stop", _stop, work=_press, worked=_pressed),
        Does("check", look, work=lambda row, order: LOOK_S, worked=seen),
    ),
    sees=_sees, rank=4,
)  # fmt: skip
