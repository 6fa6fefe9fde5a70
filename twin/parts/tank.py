"""Tanks, and all else that holds liquid: bunds, pits, sinks and the ground around. They fill, run over, and lose nothing.

Volumes keep the density of their product at its reference temperature: heat comes with the whole plant (decision 0003).
*Vessels* stand in this order: tanks, bunds, pits (nodes that hold), sinks (nodes that receive), the ground.
"""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, array, bools, floats, gathered, ints, padded, some, summed
from twin.language.words import EventKind, Heard
from twin.parts.action import Row, look, seen
from twin.parts.part import Does, Edge, Part, Path, readable
from twin.parts.tank_entry import BOTTOMLESS_M3, PIT_DEPTH_M, Pool, Tank
from twin.physics import geometry
from twin.physics.strapping import Strapping
from twin.physics.substances import products
from twin.text.say import Amount, Said, say

SPOILT = 0.005  # share of something else from which a tank is off its specification (assumed; many products allow less)
LOOK_S = 30  # to see the state of a thing that one stands at


@dataclass(frozen=True, slots=True)
class Vessels:
    """What holds liquid, (M,) each."""

    names: tuple[str, ...]
    n_tanks: int
    tanks: tuple[str, ...]
    products: tuple[str, ...]  # all of the farm
    density_kg_m3: Floats  # (Q,)
    area_m2: Floats  # of the floor; of those with a table their greatest
    tables: tuple[tuple[int, Strapping], ...]  # by vessel: of those that are no upright cylinder
    capacity_m3: Floats  # volume at the lip, the wall or the brim
    spills_to: Ints  # vessel that takes what runs over
    spilled_by: Ints  # (M, K) vessels that spill into each
    base_m: Floats  # height of the floor above the ground
    legs_m: Floats
    draught_m: Floats
    any_draught: bool
    some_legs: bool
    product: Ints  # of a tank: index of what it holds; -1 for others
    mixed: tuple[str, ...]  # tanks into which something else may come than they hold
    taped: tuple[str, ...]  # tanks of which an instrument measures the ullage
    allowed: Bools  # (Q, T) what is right in each: its product, water, in a slop tank everything
    water: int  # its number among the products
    height_m: Floats  # (T,) of the shell
    papers_m3: Floats  # (T,) what papers say that it holds
    protected: Bools  # sinks and pits that nothing may reach
    open_m2: Floats  # (M,) on which rain falls into it
    some_open: bool
    air_k: Floats  # (T,) temperature at the start

    @property
    def ground(self) -> int:
        return len(self.names) - 1

    @property
    def liquid_columns(self) -> tuple[str, ...]:
        """What a tank holds is called its volume, what lies elsewhere liquid."""
        return tuple(f"{n}.volume" if i < self.n_tanks else f"{n}.liquid" for i, n in enumerate(self.names))

    def index(self, name: str) -> int:
        return self.names.index(name)


def _brim_m(its: Vessels, m: int) -> float:
    bare = _bare_of(its, m, float(its.capacity_m3[m]))
    return float(geometry.level_under_roof(np.array([bare]), its.legs_m[m], its.draught_m[m])[0]) + 1e-9


def _bare_of(its: Vessels, m: int, volume_m3: float) -> float:
    """Level of a volume without a roof."""
    table = dict(its.tables).get(m)
    return volume_m3 / float(its.area_m2[m]) if table is None else float(table.level(np.array([volume_m3]))[0])


def below_m3(its: Vessels, m: int, level_m: float) -> float:
    """What lies below a level, without a roof."""
    table = dict(its.tables).get(m)
    return level_m * float(its.area_m2[m]) if table is None else float(table.volume(np.array([level_m]))[0])


def _brim_m3(its: Vessels, m: int) -> float:
    return float(its.capacity_m3[m])


def contamination(its: Vessels, volume_m3: Floats) -> Floats:
    """Share of what does not belong there in each tank, (W, T) of volumes (W, Q, M); water is no contamination."""
    held = volume_m3[:, :, : its.n_tanks]
    wrong: Floats = summed(held * ~its.allowed, 1) / np.maximum(summed(held, 1), 1e-9)
    return wrong


def water_m(its: Vessels, volume_m3: Floats) -> Floats:
    """Depth of the water at the bottom of each tank, (W, T)."""
    bare = _bare(its, volume_m3[:, its.water])
    return bare[:, : its.n_tanks]


def _density(its: Vessels, m: int) -> float:
    return float(its.density_kg_m3[its.product[m]])


def _ullage(its: Vessels, level_m: Floats) -> Floats:
    at = [its.names.index(name) for name in its.taped]
    return its.height_m[at] - level_m[:, at]


def _of_tanks(its: Vessels, values: Floats) -> Floats:
    return values[:, : its.n_tanks]


_NOTHING_COMES = (
    "holds its product and nothing else in this farm.",
    "Give a tank water under `initially`, or join another product.",
)


@dataclass(frozen=True, slots=True)
class State:
    """What is in the vessels now."""

    volume_m3: Floats = array(  # (W, Q, M) of each product in each vessel
        along=("products", "names"),
        path=(
            readable("contamination", "fraction", "share of what does not belong there; water is none", read=contamination,
                     things="mixed", lacking=_NOTHING_COMES),
            readable("water", "length", "depth of the water at its bottom", read=water_m, things="mixed", lacking=_NOTHING_COMES,
                     writes="content.water", least=0, most=1000, most_of=_brim_m, at_start=True),
        ),
    )  # fmt: skip
    total_m3: Floats = array(  # (W, M) all products
        path=readable(
            "volume", "volume", "liquid held", spelled="liquid_columns", writes="content.volume", least=0, most=1e7,
            most_of=_brim_m3, at_start=True,
        )
    )  # fmt: skip
    level_m: Floats = array(  # (W, M) as a gauge would meet it
        path=readable(
            "level", "length", "liquid level above the bottom", read=_of_tanks, things="tanks", writes="content.level",
            least=0, most=1000, most_of=_brim_m, at_start=True,
        )
    )  # fmt: skip
    overflow_m3_s: Floats = array(
        path=readable("overflow", "volume flow", "over the lip")
    )  # (W, M) over lip, wall or brim
    escaped_m3: Floats = array()  # (W, M) that left each vessel over its lip, gross
    spilled_m3: Floats = array(along=("products",))  # (W, Q) over the lips of tanks, gross


@dataclass(slots=True)
class Controls:
    """(W, T)."""

    temperature_k: Floats = array(
        along=("tanks",), start="air_k",
        path=readable(
            "temperature", "temperature", "of the liquid", things="tanks", writes="temperature_k", least=150, most=700
        ),
    )  # fmt: skip


def build(
    tanks: dict[str, Tank], pools: list[Pool], listed: tuple[str, ...], mixed: tuple[str, ...], taped: tuple[str, ...],
    air_k: float,
) -> Vessels:  # fmt: skip
    """The vessels of a farm: its tanks, then all else that holds, then the ground.

    listed  products
    mixed   tanks into which something else may come than they hold
    taped   tanks of which an instrument measures the ullage
    """
    known = products()
    pools = [*pools, Pool("ground", BOTTOMLESS_M3, BOTTOMLESS_M3, base_m=-PIT_DEPTH_M, is_sink=True)]
    names = (*tanks, *(p.name for p in pools))
    ground = len(names) - 1
    listed_tanks = list(tanks.values())
    tables = tuple((m, its) for m, t in enumerate(listed_tanks) if (its := t.strapping) is not None)
    areas = [float(geometry.circle_area(t.diameter_m)) for t in listed_tanks]
    for m, its in tables:
        areas[m] = float(its.surface(its.volume_m3).max())
    legs = [t.legs_m if t.floats else 0.0 for t in listed_tanks]
    draughts = [
        t.roof_mass_kg / (known[t.product].density_kg_m3 * a) if t.floats else 0.0
        for t, a in zip(listed_tanks, areas, strict=True)
    ]
    bares = [
        float(geometry.bare_level(floats([t.lips_m]), floats([z]), floats([d]))[0])
        for t, z, d in zip(listed_tanks, legs, draughts, strict=True)
    ]
    holds = [a * b for a, b in zip(areas, bares, strict=True)]
    for m, its in tables:
        holds[m] = float(its.volume(floats([bares[m]]))[0])
    others = [0.0] * len(pools)
    spills = [names.index(t.bund) if t.bund else ground for t in tanks.values()]
    spills += [
        m if p.is_sink else names.index(p.spills_to) if p.spills_to else ground
        for m, p in enumerate(pools, start=len(tanks))
    ]
    return Vessels(
        names=names,
        n_tanks=len(tanks),
        tanks=tuple(tanks),
        products=listed,
        density_kg_m3=floats(known[p].density_kg_m3 for p in listed),
        area_m2=floats([*areas, *(p.area_m2 for p in pools)]),
        tables=tables,
        capacity_m3=floats([*holds, *(p.capacity_m3 for p in pools)]),
        spills_to=ints(spills),
        spilled_by=padded(
            [[m for m, to in enumerate(spills) if to == n and m != n] for n in range(len(names))], len(names)
        ),
        base_m=floats([*(t.stands_m for t in listed_tanks), *(p.base_m for p in pools)]),
        legs_m=floats([*legs, *others]),
        draught_m=floats([*draughts, *others]),
        any_draught=any(draughts),
        some_legs=any(legs),
        mixed=mixed,
        taped=taped,
        allowed=np.array(
            [[t.slops or q in {t.product, "water"} for t in listed_tanks] for q in listed], dtype=bool
        ).reshape(len(listed), len(tanks)),
        water=listed.index("water"),
        height_m=floats(t.height_m for t in listed_tanks),
        papers_m3=floats(dict(t.believed).get("capacity", v) for t, v in zip(listed_tanks, holds, strict=True)),
        product=ints([*(listed.index(t.product) for t in tanks.values()), *(-1 for _ in pools)]),
        protected=bools([*(False for _ in tanks), *(p.protected for p in pools)]),
        open_m2=floats([*(a * (t.roof == "open") for t, a in zip(listed_tanks, areas, strict=True)), *others]),
        some_open=any(t.roof == "open" for t in listed_tanks),
        air_k=floats([air_k] * len(tanks)),
    )


def start(its: Vessels, volume_m3: Floats) -> tuple[Floats, Floats]:
    """Totals and levels (W, M) of contents (W, Q, M)."""
    total = total_of(volume_m3)
    return total, level_of(its, total)


def content_m3(its: Vessels, m: int, quantity: str, value: float) -> float:
    """The volume that a content makes, given as level, water, volume, liquid, mass or share of the whole; never above the brim."""
    if quantity == "water":
        value = below_m3(its, m, value)
    elif quantity == "level":
        bare = geometry.bare_level(np.float64(value), its.legs_m[m], its.draught_m[m])
        value = below_m3(its, m, float(bare))
    elif quantity == "mass":
        value = value / _density(its, m)
    elif quantity == "filled":
        value = value * float(its.capacity_m3[m])
    return min(max(value, 0.0), float(its.capacity_m3[m]))


def total_of(volume_m3: Floats) -> Floats:
    """All products of each vessel, (W, Q, M) to (W, M); added one by one, so that the order is fixed."""
    total = volume_m3[:, 0]
    for q in range(1, volume_m3.shape[1]):
        total = total + volume_m3[:, q]
    return total


def level_of(its: Vessels, total_m3: Floats) -> Floats:
    """Levels (W, M) of total volumes (W, M)."""
    bare = _bare(its, total_m3)
    level: Floats = geometry.level_under_roof(bare, its.legs_m, its.draught_m) if its.any_draught else bare
    return level


def _bare(its: Vessels, total_m3: Floats) -> Floats:
    bare = total_m3 / its.area_m2
    for m, table in its.tables:
        bare[:, m] = table.level(total_m3[:, m])
    return bare


def surface_of(its: Vessels, total_m3: Floats) -> Floats:
    """Area of the surface in each vessel, (W, M)."""
    found = np.broadcast_to(its.area_m2, total_m3.shape)
    if its.tables:
        found = found.copy()
        for m, table in its.tables:
            found[:, m] = table.surface(total_m3[:, m])
    return found


def landed(its: Vessels, level_m: Floats) -> Bools:
    """Which floating roofs stand on their legs, (W, T) of levels (W, M)."""
    legs = its.legs_m[: its.n_tanks]
    if not its.some_legs:
        return np.zeros((len(level_m), its.n_tanks), dtype=bool)
    stands: Bools = (level_m[:, : its.n_tanks] <= legs) & (legs > 0.0)
    return stands


def step(its: Vessels, now: State, gain_m3: Floats, dt_s: float) -> State:
    """The vessels one tick later, each having gained (W, Q, M) of each product."""
    volume = now.volume_m3 + gain_m3
    total = total_of(volume)
    excess = np.maximum(total - its.capacity_m3, 0.0)
    if some(excess):
        return _run_over(its, now, volume, total, excess, dt_s)
    overflow = excess if some(now.overflow_m3_s) else now.overflow_m3_s
    return State(volume, total, level_of(its, total), overflow, now.escaped_m3, now.spilled_m3)


def _run_over(its: Vessels, now: State, volume: Floats, total: Floats, excess: Floats, dt_s: float) -> State:
    """What stands above a lip goes to the bund, pit or ground below, in this tick."""
    over = excess[:, None, :] * (volume / np.maximum(total, 1e-9)[:, None, :])
    volume = volume - over + gathered(over, its.spilled_by)
    spilled = now.spilled_m3 + over[..., : its.n_tanks].sum(axis=-1)
    total = total_of(volume)
    return State(volume, total, level_of(its, total), excess / dt_s, now.escaped_m3 + excess, spilled)


# edges


def _overflow(row: Row, m: int, begins: bool) -> None:
    its, now = row.facts(Vessels), row.state(State)
    name = its.names[m]
    if m < its.n_tanks and begins:
        row.emit("overflow", name, say("overflow.begins", name=name))  # how fast is known when a minute has passed
        row.see("overflow", name)
    elif m < its.n_tanks:
        gross = Amount(float(now.escaped_m3[row.at, m]), "volume", 1)
        row.emit("overflow-ends", name, say("overflow.ends", name=name, volume=gross))
        row.see("overflow-ends", name)
    elif begins:
        row.emit("bund-full", name, say("overflow.bund", name=name))
        row.see("bund-full", name)


def _spoilt(its: Vessels, volume_m3: Floats) -> Bools:
    spoilt: Bools = contamination(its, volume_m3) > SPOILT
    return spoilt


def _contaminated(row: Row, t: int, begins: bool) -> None:
    if begins:
        its = row.facts(Vessels)
        share = Amount(float(contamination(its, row.state(State).volume_m3)[row.at, t]), "fraction", 1)
        row.emit("contaminated", its.tanks[t], say("tanks.contaminated", name=its.tanks[t], share=share))


def _landed(row: Row, m: int, begins: bool) -> None:
    if begins:
        name = row.facts(Vessels).names[m]
        row.emit("roof-landed", name, say("overflow.landed", name=name))


# what people do


def _sees(row: Row, thing: str) -> Said:
    m = row.facts(Vessels).index(thing)
    runs = row.state(State).overflow_m3_s[row.at, m] > 0.0
    return say("seen.tank-over" if runs else "seen.tank", thing=thing)


PART = Part(
    "tanks", "tank", Tank, State, Controls,
    paths=(
        Path("mass", "mass", "liquid held", of="volume", scale=_density, writes="content.mass", least=0, most=1e10,
             most_of=lambda its, m: _brim_m3(its, m) * _density(its, m), at_start=True),
        Path("filled", "fraction", "share of the volume at the lip", of="volume",
             scale=lambda its, m: 1.0 / float(its.capacity_m3[m]), writes="content.filled", least=0, most=1,
             most_of=lambda its, m: 1.0, at_start=True),
        Path("innage", "length", "liquid by the tape, from the bottom up: a dip", of="level", scale=lambda its, m: 1.0),
        Path("ullage", "length", "from the top of the shell down to the liquid", reads="level_m", read=_ullage, things="taped",
             lacking=("has no ullage where no instrument measures one.", "Give it one: `measures: T-1.ullage`.")),
        Path("by-papers", "fraction", "share of the capacity that its papers say", of="volume",
             scale=lambda its, m: 1.0 / float(its.papers_m3[m])),
        Path("landed", "flag", "whether its floating roof stands on the legs", reads="level_m", read=landed, things="tanks"),
        Path("liquid", "volume", "liquid lying in it", kind="bund", writes="content.liquid", least=0, most=1e7,
             most_of=_brim_m3, at_start=True),
        Path("overflow", "volume flow", "over the wall", kind="bund"),
    ),
    edges=(
        Edge("overflow", ("tanks.overflow_m3_s",), lambda its, flow: flow > 0.0, _overflow, found=False),
        Edge("contaminated", ("tanks.volume_m3",), _spoilt, _contaminated, things="mixed", never=lambda its: not its.mixed),
        Edge("landed", ("tanks.level_m",), landed, _landed, things="tanks", never=lambda its: not its.some_legs),
    ),
    events=(
        EventKind("overflow", Heard.NEAR, "liquid runs over the lip of a tank", "overflow-ends", weight=0, told=True,
                  pictured=True, marked=True, counted=True),
        EventKind("overflow-ends", Heard.NEAR, "an overflow stopped", weight=2, told=True, pictured=True),
        EventKind("bund-full", Heard.NEAR, "liquid runs over the wall of a bund", weight=0, told=True, pictured=True,
                  marked=True, counted=True),
        EventKind("contaminated", Heard.NOBODY, "more than 0.5 % of something else has come into a tank", weight=2, told=True,
                  pictured=True, marked=True, counted=True),
        EventKind("roof-landed", Heard.NEAR, "a floating roof stands on its legs", told=True),
    ),
    verbs=(Does("check", look, work=lambda row, order: LOOK_S, worked=seen),),
    sees=_sees,
)  # fmt: skip
