"""What holds liquid in a farm, and what follows from its shape: tanks, bunds, pits, sinks and the ground around.

*Vessels* stand in this order: tanks, bunds, pits (nodes that hold), sinks (nodes that receive), the ground. What is in them, and
what that does, is `tank.py`.
"""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import Bools, Element, Floats, Ints, bools, floats, ints, padded, summed
from twin.parts.tank_entry import BOTTOMLESS_M3, PIT_DEPTH_M, Pool, Tank
from twin.physics import geometry, substances
from twin.physics.strapping import Strapping
from twin.physics.substances import Substance, products

STEAM_K = 453.15  # of 10 bar in a coil (assumed)
BARE_W_M2K, INSULATED_W_M2K = 5.0, 0.4  # through steel alone; through 80 mm of mineral wool (engineering figures)


@dataclass(frozen=True, slots=True)
class Vessels:
    """What holds liquid, (M,) each."""

    names: tuple[str, ...]
    n_tanks: int
    tanks: tuple[str, ...]
    products: tuple[str, ...]  # all of the farm
    carried: tuple[str, ...]  # these, and warmth
    liquids: tuple[Substance, ...]  # (Q,)
    density_kg_m3: Floats  # (Q,) on the day
    heat_j_m3k: Floats  # (Q,) heat capacity
    day_k: Floats  # (M,) as warm as the air at the start
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
    separates: Bools  # interceptors
    some_separate: bool
    across_m: Floats  # (T,)
    loses_w_m2k: Floats  # (T,) through wall and roof
    hottest_k: Floats  # (T,) to which its coil heats it: that of its steam, or where its product boils

    @property
    def ground(self) -> int:
        return len(self.names) - 1

    @property
    def liquid_columns(self) -> tuple[str, ...]:
        """What a tank holds is called its volume, what lies elsewhere liquid."""
        return tuple(f"{n}.volume" if i < self.n_tanks else f"{n}.liquid" for i, n in enumerate(self.names))

    def index(self, name: str) -> int:
        return self.names.index(name)


def brim_m(its: Vessels, m: int) -> float:
    """The highest level of a vessel."""
    bare = bare_of(its, m, float(its.capacity_m3[m]))
    return float(geometry.level_under_roof(np.array([bare]), its.legs_m[m], its.draught_m[m])[0]) + 1e-9


def bare_of(its: Vessels, m: int, volume_m3: float) -> float:
    """Level of a volume without a roof."""
    table = dict(its.tables).get(m)
    return volume_m3 / float(its.area_m2[m]) if table is None else float(table.level(np.array([volume_m3]))[0])


def below_m3(its: Vessels, m: int, level_m: float) -> float:
    """What lies below a level, without a roof."""
    table = dict(its.tables).get(m)
    return level_m * float(its.area_m2[m]) if table is None else float(table.volume(np.array([level_m]))[0])


def brim_m3(its: Vessels, m: int) -> float:
    """What it holds at most."""
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


def at_15c(its: Vessels, m: int) -> float:
    """What its product has at 15 degC of what it has on the day."""
    return float(swells(its, int(its.product[m]), np.float64(substances.AT_15C_K)))


def standard_m3(its: Vessels, volume_m3: Floats) -> Floats:
    """What tanks that hold several products would hold at 15 degC, (W, T) of volumes (W, Q, M)."""
    shrinks = floats(swells(its, q, np.float64(substances.AT_15C_K)) for q in range(len(its.products)))
    return summed(volume_m3[:, :, : its.n_tanks] * shrinks[:, None], 1)


def mass_kg(its: Vessels, volume_m3: Floats) -> Floats:
    """The mass of all that is in tanks that hold several products, (W, T) of volumes (W, Q, M)."""
    return summed(volume_m3[:, :, : its.n_tanks] * its.density_kg_m3[:, None], 1)


def density(its: Vessels, m: int) -> float:
    """Density of the product of a tank on the day, kg/m3."""
    return float(its.density_kg_m3[its.product[m]])


def ullage(its: Vessels, level_m: Floats) -> Floats:
    """From the top of the shell down to the liquid in tanks that are measured so, (W, taped)."""
    at = [its.names.index(name) for name in its.taped]
    return its.height_m[at] - level_m[:, at]


def of_tanks(its: Vessels, values: Floats) -> Floats:
    """Of values of all vessels (W, M) those of tanks, (W, T)."""
    return values[:, : its.n_tanks]


def build(
    tanks: dict[str, Tank], pools: list[Pool], listed: tuple[str, ...], mixed: tuple[str, ...], taped: tuple[str, ...],
    day_k: float,
) -> Vessels:  # fmt: skip
    """The vessels of a farm: its tanks, then all else that holds, then the ground.

    listed  products
    mixed   tanks into which something else may come than they hold
    taped   tanks of which an instrument measures the ullage
    day_k   temperature of the air at the start
    """
    known = products()
    pools = [*pools, Pool("ground", BOTTOMLESS_M3, BOTTOMLESS_M3, base_m=-PIT_DEPTH_M, is_sink=True)]
    names = (*tanks, *(p.name for p in pools))
    listed_tanks = list(tanks.values())
    tables = tuple((m, its) for m, t in enumerate(listed_tanks) if (its := t.strapping) is not None)
    areas = [float(geometry.circle_area(t.diameter_m)) for t in listed_tanks]
    for m, its in tables:
        areas[m] = float(its.surface(its.volume_m3).max())
    legs = [t.legs_m if t.floats else 0.0 for t in listed_tanks]
    draughts = [
        t.roof_mass_kg / (float(substances.density(known[t.product], day_k)) * a) if t.floats else 0.0
        for t, a in zip(listed_tanks, areas, strict=True)
    ]
    holds = _capacities(listed_tanks, tables, areas, legs, draughts)
    others = [0.0] * len(pools)
    spills = _spills(names, tanks, pools)
    return Vessels(
        names=names,
        n_tanks=len(tanks),
        tanks=tuple(tanks),
        products=listed,
        carried=(*listed, "warmth"),
        liquids=tuple(known[p] for p in listed),
        density_kg_m3=floats(substances.density(known[p], day_k) for p in listed),
        heat_j_m3k=floats(substances.density(known[p], day_k) * known[p].heat_j_kgk for p in listed),
        day_k=np.full(len(names), day_k),
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
        open_m2=floats(
            [*(a * (t.roof == "open") for t, a in zip(listed_tanks, areas, strict=True)), *(p.rained_m2 for p in pools)]
        ),
        some_open=any(t.roof == "open" for t in listed_tanks) or any(p.rained_m2 for p in pools),
        separates=bools([*(False for _ in tanks), *(p.separates for p in pools)]),
        some_separate=any(p.separates for p in pools),
        across_m=floats(t.diameter_m for t in listed_tanks),
        hottest_k=floats(min(STEAM_K, known[t.product].boils_at_k or STEAM_K) for t in listed_tanks),
        loses_w_m2k=floats(INSULATED_W_M2K if t.insulated else BARE_W_M2K for t in listed_tanks),
    )


def _capacities(
    tanks: list[Tank], tables: tuple[tuple[int, Strapping], ...], areas: list[float], legs: list[float], draughts: list[float]
) -> list[float]:  # fmt: skip
    """What each tank holds below its lip, its roof afloat."""
    bares = [
        float(geometry.bare_level(floats([t.lips_m]), floats([z]), floats([d]))[0])
        for t, z, d in zip(tanks, legs, draughts, strict=True)
    ]
    holds = [a * b for a, b in zip(areas, bares, strict=True)]
    for m, its in tables:
        holds[m] = float(its.volume(floats([bares[m]]))[0])
    return holds


def _spills(names: tuple[str, ...], tanks: dict[str, Tank], pools: list[Pool]) -> list[int]:
    """The vessel that takes what runs over each; a sink itself."""
    ground = len(names) - 1
    found = [names.index(t.bund) if t.bund else ground for t in tanks.values()]
    return found + [
        m if p.is_sink else names.index(p.spills_to) if p.spills_to else ground
        for m, p in enumerate(pools, start=len(tanks))
    ]


def content_m3(its: Vessels, m: int, quantity: str, value: float) -> float:
    """The volume that a content makes as warm as it is, given as level, water, volume, liquid or share of the whole; of a mass that on
    the day. Never above the brim.
    """
    if quantity == "water":
        value = below_m3(its, m, value)
    elif quantity == "level":
        bare = geometry.bare_level(np.float64(value), its.legs_m[m], its.draught_m[m])
        value = below_m3(its, m, float(bare))
    elif quantity == "mass":
        value = value / density(its, m)
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


def swells(its: Vessels, q: int, temperature_k: Element) -> Element:
    """Volume of a product at a temperature by that on the day: 1 where they are the same, at most 2."""
    return substances.swells(its.liquids[q], its.density_kg_m3[q], its.day_k[0], temperature_k)
