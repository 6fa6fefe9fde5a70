"""Vents, and the vapour space of the tanks that have any: it breathes in and out, and a tank that cannot is sucked in or blown open.

A tank without a vent in the file breathes as it likes, and nothing of this is worked out. One that has some holds gas above its liquid:
that grows denser as the tank fills, thinner as it empties, warmer in the sun and colder in the rain; see `twin.physics.breathing`.
Filling with what is volatile drives out twice as much: it gives off vapour as it comes in (API 2000, recalled). The pressure of the gas
drives no liquid (a metre of product is some 70 mbar).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, array, floats, index_of, ints, padded, select, some
from twin.language import fields as f
from twin.language.entry import Point, Thing, key
from twin.language.words import EventKind, Heard
from twin.parts.action import Begun, Order, Row, happens, look, seen
from twin.parts.part import Does, Edge, Part, fault, readable
from twin.parts.tank_entry import Tank
from twin.parts.vessels import Vessels, below_m3
from twin.physics import breathing, geometry, heat
from twin.physics.breathing import ATMOSPHERE_PA, NORMAL_J_K, Side
from twin.physics.substances import products
from twin.text.say import Said, say

FILM_W_M2K = 5.0  # between gas and the wall or the liquid (API 2000 counts with 4 inside)
SUNNY_W_M2K = 15.0  # between a wall in the sun and the air (assumed)
LEAST_SPACE = 1e-3  # of the tank: a full one still has some gas under its roof
OPEN_FULL_PA = 250.0  # an open vent passes its capacity at 2.5 mbar
REGULATES = 0.1  # of its set point, below which a nitrogen regulator is fully open (assumed)
FREE_S, LOOK_S = 60, 30
NEEDS = {
    "pressure/vacuum": ("opens", "sucks"), "relief": ("opens",), "nitrogen": ("opens", "capacity", "nitrogen"), "open": (),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Vent(Thing):
    """What lets gas out of a tank and into it."""

    on: str = key(f.name_of("tanks"), "on", "the tank that breathes through it")
    kind: str = key(
        f.choice(*NEEDS), "kind", "relief: out only, large; nitrogen: a regulator that keeps up a blanket; open: a bare pipe",
        default="pressure/vacuum", why="the usual one on a fixed roof",
    )  # fmt: skip
    opens_pa: float = key(
        f.quantity("pressure", 0, 1e5), "opens", "pressure at which it lets gas out; of nitrogen below which it lets some in",
        default=0.0,
    )  # fmt: skip
    sucks_pa: float = key(
        f.quantity("pressure", 0, 1e4), "sucks", "vacuum at which it lets air in", default=0.0, why="none goes in"
    )
    over: float = key(
        f.quantity("fraction", 0.01, 4), "overpressure", "above its set pressure at which it is fully open", default=1.0,
        why="a weight-loaded pallet (assumed); a full-lift one has 10 %",
    )  # fmt: skip
    size_m: float = key(f.quantity("length", 0.01, 2), "size", "nominal size", default=0.2, why="assumed: DN 200")
    capacity_nm3_s: float | None = key(
        f.quantity("gas flow", 1e-6, 1e3), "capacity", "of air, fully open", default=None,
        why="what its size passes by API 2000, with a coefficient of 0.6",
    )  # fmt: skip
    nitrogen: str = key(f.name_of("utilities"), "nitrogen", "where a regulator has it from", default="")
    at: Point | None = key(f.point(), "at", "where a person gets at it", default=None, why="at its tank")


@dataclass(frozen=True, slots=True)
class Vents:
    """Fixed facts: vents (V,) and the tanks that breathe through them (B,)."""

    names: tuple[str, ...]
    tanks: tuple[str, ...]
    pressures: tuple[str, ...]  # what their pressure is called
    at: Ints  # (B,) vessel
    tank_of: Ints  # (V,) which of these tanks
    vents_of: Ints  # (B, K), padded with V
    out: Side  # (V,)
    into: Side
    supply: Ints  # (V,) utility of a regulator, else the index behind the last
    space_m3: Floats  # (B,) below the top of the shell
    area_m2: Floats
    around_m: Floats  # of the shell
    height_m: Floats
    collapses_pa: Floats
    parts_pa: Floats
    volatile: Floats  # 1 where what comes in gives off as much vapour again
    starts_j_k: Floats  # (B,) gas of an empty tank on the day: what a world starts with is less by what is liquid
    day_k: Floats


@dataclass(frozen=True, slots=True)
class State:
    """(W, B), and (W, V)."""

    gas_j_k: Floats = array(along=("tanks",), start="starts_j_k")
    gas_k: Floats = array(along=("tanks",), start="day_k")
    pressure_pa: Floats = array(
        along=("tanks",),
        path=readable(
            "pressure", "pressure", "of the gas above its liquid, more than outside", kind="tank", spelled="pressures",
            lacking=("has no vent: it breathes as it likes.", "Give it one: vents: {PV-1: {on: T-1, opens: 20 mbar, sucks: 5 mbar}}."),
        ),
    )  # fmt: skip
    space_m3: Floats = array(along=("tanks",))
    collapsed: Bools = array(bool, along=("tanks",))
    parted: Bools = array(bool, along=("tanks",))  # its roof from its shell
    flow_j_k_s: Floats = array(  # that left through each vent in this tick
        path=readable(
            "flow",
            "gas flow",
            "out of the tank; what goes in is below nothing",
            read=lambda its, flow: flow / NORMAL_J_K,
        )
    )


@dataclass(slots=True)
class Controls:
    """(W, V)."""

    blocked: Bools = array(
        bool, path=fault("blocked", "flag", "nothing passes: ice, a plastic sheet, a bird's nest", "blocked")
    )
    sticks_pa: Floats = array(
        path=fault(
            "sticks", "pressure", "so much more than its set pressure is wanted to lift it", "sticking", offer="to",
            value="15 mbar", least=0, most=1e5,
        )
    )  # fmt: skip


def build(entries: dict[str, Vent], tanks: dict[str, Tank], its: Vessels, utilities: tuple[str, ...]) -> Vents:
    """The vents of a farm, and the tanks that breathe through them."""
    listed = list(entries.values())
    on = tuple(name for name in tanks if any(v.on == name for v in listed))
    at = [its.index(name) for name in on]
    out, into = ([_side(v, outwards=outwards) for v in listed] for outwards in (True, False))
    space = [below_m3(its, m, tanks[name].height_m) for name, m in zip(on, at, strict=True)]
    return Vents(
        names=tuple(entries),
        tanks=on,
        pressures=tuple(f"{name}.pressure" for name in on),
        at=ints(at),
        tank_of=ints(on.index(v.on) for v in listed),
        vents_of=padded([[n for n, v in enumerate(listed) if v.on == name] for name in on], len(listed)),
        out=Side(*(floats(row[k] for row in out) for k in range(3))),
        into=Side(*(floats(row[k] for row in into) for k in range(3))),
        supply=ints(index_of(utilities, v.nitrogen) for v in listed),
        space_m3=floats(space),
        area_m2=its.area_m2[at] if at else np.zeros(0),
        around_m=floats(geometry.PI * tanks[name].diameter_m for name in on),
        height_m=floats(tanks[name].height_m for name in on),
        collapses_pa=floats(tanks[name].collapses_pa for name in on),
        parts_pa=floats(tanks[name].parts_pa for name in on),
        volatile=floats(products()[tanks[name].product].volatile for name in on),
        starts_j_k=floats(ATMOSPHERE_PA * v / its.day_k[0] for v in space),
        day_k=np.full(len(on), its.day_k[0]),
    )


def _side(its: Vent, *, outwards: bool) -> tuple[float, float, float]:
    """Set pressure, pressure where it is fully open, and capacity in one direction; nothing where it passes none that way."""
    if its.kind == "open":
        sets, full = 0.0, OPEN_FULL_PA
    elif its.kind == "nitrogen":
        sets, full = -its.opens_pa, -(1.0 - REGULATES) * its.opens_pa
    else:
        sets = its.opens_pa if outwards else its.sucks_pa
        full = sets * (1.0 + its.over)
    passes = {"open": True, "nitrogen": not outwards, "relief": outwards}.get(its.kind, sets > 0.0)
    if not passes:
        return 1.0, 2.0, 0.0
    if its.capacity_nm3_s is not None:
        return sets, full, its.capacity_nm3_s * NORMAL_J_K
    return sets, full, float(breathing.capacity_j_k_s(its.size_m, full))


def begins(its: Vents, now: State, total_m3: Floats) -> State:
    """Worlds at the start: at the pressure of the air, with gas where there is no liquid; total_m3 (W, M)."""
    if not its.names:
        return now
    space = _space(its, total_m3)
    return replace(now, gas_j_k=ATMOSPHERE_PA * space / now.gas_k, space_m3=space)


def _space(its: Vents, total_m3: Floats) -> Floats:
    space: Floats = np.maximum(its.space_m3 - total_m3[:, its.at], LEAST_SPACE * its.space_m3)
    return space


@dataclass(frozen=True, slots=True)
class Outside:
    """What is around tanks and in them, at the end of a tick."""

    total_m3: Floats  # (W, M)
    level_m: Floats  # (W, M)
    liquid_k: Floats  # (W, M)
    air_k: Floats  # (W, 1)
    sun_w_m2: Floats  # (W, 1)
    rain_m_s: Floats  # (W, 1)
    alive: Bools  # (W, U + 1) supplies


def step(its: Vents, now: State, set_: Controls, to: Outside, dt_s: float) -> State:
    """The vapour spaces one tick later."""
    if not its.names:
        return now
    space = _space(its, to.total_m3)
    warm_k = to.air_k + select(to.rain_m_s > 0.0, 0.0, 0.5 * heat.WHITE * to.sun_w_m2 / SUNNY_W_M2K)
    dry_m2 = its.area_m2 + its.around_m * np.maximum(its.height_m - to.level_m[:, its.at], 0.0)
    gas_k = breathing.gas_temperature(
        now.gas_k, space, dry_m2, warm_k, its.area_m2, to.liquid_k[:, its.at], FILM_W_M2K, dt_s
    )
    passes = ~set_.blocked & to.alive[:, its.supply]
    out, into = (
        Side(s.opens_pa + set_.sticks_pa, s.full_pa + set_.sticks_pa, select(passes, s.capacity_j_k_s, 0.0))
        for s in (its.out, its.into)
    )
    rises = gas_k * dt_s / space
    comes_m3 = np.maximum(now.space_m3 - space, 0.0)
    gas_j_k = now.gas_j_k + its.volatile * comes_m3 * ATMOSPHERE_PA / gas_k
    closed = gas_j_k * gas_k / space - ATMOSPHERE_PA
    found, each = breathing.settled(closed, rises, its.tank_of, its.vents_of, out, into)
    opened = now.collapsed | now.parted
    if some(opened):
        found = select(opened, 0.0, found)
        each = select(opened[:, its.tank_of], 0.0, each)
    return State(
        gas_j_k=(found + ATMOSPHERE_PA) * space / gas_k,
        gas_k=gas_k,
        space_m3=space,
        pressure_pa=found,
        collapsed=now.collapsed | (found < -its.collapses_pa),
        parted=now.parted | (found > its.parts_pa),
        flow_j_k_s=each,
    )


# edges


def _lets_go(kind: str, said: str) -> Callable[[Row, int, bool], None]:
    def turned(row: Row, b: int, begins: bool) -> None:
        if begins:
            name = row.facts(Vents).tanks[b]
            happens(row, kind, name, say(said, name=name))

    return turned


# what people do


def _frees(row: Row, order: Order) -> Begun | Said:
    if row.by_hand(order):
        return row.somebody_goes(order)
    return say("why.by-hand-only", thing=order.thing)


def _freed(row: Row, order: Order) -> Said | None:
    """Whoever stands at it takes off what blocks it and lifts its pallets by hand."""
    v = row.facts(Vents).names.index(order.thing)
    set_ = row.write(Controls)
    set_.blocked[row.at, v], set_.sticks_pa[row.at, v] = False, 0.0
    return None


def _sees(row: Row, thing: str) -> Said:
    v = row.facts(Vents).names.index(thing)
    set_, flow = row.controls(Controls), float(row.state(State).flow_j_k_s[row.at, v])
    if set_.blocked[row.at, v]:
        return say("seen.vent-blocked", thing=thing)
    if flow == 0.0:
        return say("seen.vent-shut", thing=thing)
    return say("seen.vent-out" if flow > 0.0 else "seen.vent-in", thing=thing)


PART = Part(
    "vents", "vent", Vent, State, Controls,
    edges=(
        Edge("collapsed", ("vents.collapsed",), lambda its, so: so, _lets_go("tank-collapsed", "vents.collapsed"), things="tanks"),
        Edge("parted", ("vents.parted",), lambda its, so: so, _lets_go("roof-parted", "vents.parted"), things="tanks"),
    ),
    events=(
        EventKind("tank-collapsed", Heard.NEAR, "a tank was sucked in", weight=0, told=True, pictured=True, marked=True,
                  counted=True),
        EventKind("roof-parted", Heard.NEAR, "the roof of a tank parted from its shell", weight=0, told=True, pictured=True,
                  marked=True, counted=True),
    ),
    verbs=(
        Does("open", _frees, work=lambda row, order: FREE_S, worked=_freed),
        Does("check", look, work=lambda row, order: LOOK_S, worked=seen),
    ),
    sees=_sees, rank=5,
)  # fmt: skip
