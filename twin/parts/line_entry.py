"""What a file may say of a line, and what follows from where it ends. What flows in it is `line.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from twin.base.arrays import Floats, Ints, ints
from twin.language import fields as f
from twin.language.entry import Thing, key
from twin.physics import geometry, hydraulics, piping, pumps, ways

HOSE_WALL_M = 1e-3  # roughness of a hose's inner wire (assumed)
USUAL_M_S = 2.0
HOLE = "hole in {}"  # the line of the network through which a thing leaks
LEAKS_M3_S = 1e-6  # what a person sees drip


@dataclass(frozen=True, kw_only=True)
class Line(Thing):
    """A pipe, hose or loading arm from one end to another, through valves and pumps."""

    kind: str = key(f.choice("pipe", "hose", "arm"), "kind", "what it is", default="pipe", why="the usual line")

    start: str = key(f.name_of("nodes", "tanks", "places"), "from", "its first end")
    end: str = key(f.name_of("nodes", "tanks", "places"), "to", "its second end")
    through: tuple[str, ...] = key(f.names_of("valves", "pumps"), "through", "valves and pumps in order", default=())
    size_m: float = key(f.quantity("length", 0.01, 2), "size", "inner diameter", default=0.3, why="assumed: DN 300")
    length_m: float = key(f.quantity("length", 0, 1e5), "length", "along the pipe", default=100.0, why="assumed")
    roughness_m: float = key(
        f.quantity("length", 0, 0.01),
        "roughness",
        "of the pipe wall",
        default=4.5e-5,
        why="commercial steel (Moody 1944); a hose has 1 mm (assumed)",
    )
    holds_m3: float | None = key(
        f.quantity("volume", 0),
        "holds",
        "liquid in the pipe, always full",
        default=None,
        why="what its size and length make",
    )
    enters: str = key(
        f.choice("top", "bottom"),
        "enters",
        "how it enters the tank at its end",
        default="bottom",
        why="usual for floating roofs",
    )
    leaves: str = key(
        f.choice("top", "bottom", "floating"),
        "leaves",
        "how it leaves the tank at its start; floating: by an arm that draws from under the surface",
        default="bottom",
        why="usual",
    )
    height_m: float = key(
        f.quantity("length", 0, 40),
        "height",
        "of its nozzle above the bottom of a tank it joins; below it nothing is drawn",
        default=0.0,
        why="at the bottom: no heel",
    )
    end_height_m: float | None = key(
        f.quantity("length", 0, 40),
        "end height",
        "of the nozzle at its end, where that is another",
        default=None,
        why="the same as `height`",
    )

    withstands_pa: float | None = key(
        f.quantity("pressure", 1e4, 1e8),
        "withstands",
        "pressure above which it bursts",
        default=None,
        why="whatever comes",
    )
    wave_m_s: float = key(
        f.quantity("speed", 100, 1500), "wave speed", "of pressure in it", default=1100.0,
        why="steel full of oil (recalled); a hose has less",
    )  # fmt: skip
    leaks_to: str = key(
        f.name_of("places", "nodes"), "leaks to", "the bund or pit under it, where it may leak", default="",
        why="the ground, and no leak but where a scenario speaks of one",
    )  # fmt: skip
    batches: bool = key(
        f.flag(), "batches", "keeps what stands in it, batch behind batch, though one product alone comes: for how warm it is",
        default=False, why="what is as warm as what comes needs none; several products always do",
    )  # fmt: skip
    product: str = key(
        f.product(),
        "product",
        "what stands in it at the start",
        default="",
        why="what the nearest tank or sender holds",
    )

    @property
    def bore_m2(self) -> float:
        """Its cross section."""
        return float(geometry.circle_area(self.size_m))

    @property
    def fill_m3(self) -> float:
        """The liquid that stands in it."""
        return self.bore_m2 * self.length_m if self.holds_m3 is None else self.holds_m3

    @property
    def wall_m(self) -> float:
        """Roughness of the wall."""
        return HOSE_WALL_M if self.kind == "hose" and "roughness" not in self.given else self.roughness_m

    def mouth_m(self, lip_m: float, *, at_end: bool) -> float:
        """Height of an end above the bottom of the tank there."""
        if (self.enters if at_end else self.leaves) == "top":
            return lip_m
        return self.end_height_m if at_end and self.end_height_m is not None else self.height_m


@dataclass(frozen=True, slots=True)
class Ends:
    """What lines must know of where they end, and of what stands in them: vessels in their order, and senders."""

    vessels: tuple[str, ...]
    joins: Mapping[str, tuple[str, str]]  # by line: from, to
    groups: Mapping[str, str]  # by end of a line: what it is joined to without passing anything that holds liquid
    base_m: Floats  # (M,)
    lip_m: dict[str, float]  # of each tank
    below_m3: Callable[[str, float], float]  # what lies below a height in a vessel
    viscosity_m2_s: Mapping[str, float]  # of what a tank holds or a sender offers
    density_kg_m3: Mapping[str, float]
    densities: Floats  # (Q,) of each product of the farm
    thin: tuple[float, float]  # viscosity and density of all else
    gates: Mapping[str, tuple[int, ...]]  # by vessel out of the farm: transfers one of which must run
    senders: Mapping[str, str]  # what each offers
    products: tuple[str, ...]  # all of the farm
    carried: tuple[str, ...]  # these, and warmth
    bore_m: Mapping[str, float]  # of each valve
    globes: frozenset[str]  # valves with the characteristic of a control valve
    opens_pa: Mapping[str, float]  # of each relief valve: the pressure it is set to
    curves: Mapping[str, pumps.Curve]  # of each pump
    transfers: int  # how many
    liquids: Mapping[str, str]  # what a tank holds or a sender offers
    meets: Mapping[str, frozenset[str]]  # by end of a line: the products that may come there
    holes: Mapping[str, Line]  # where things may leak: lines behind all others


def nearest(entries: dict[str, Line], ends: Ends, of: Mapping[str, float], else_: float) -> list[float]:
    """A value of each line: what its ends hold or offer, else what the nearest line with such an end does."""
    known = {n: v for n, its in entries.items() for e in (its.end, its.start) if (v := of.get(e))}
    near = ways.nearest(ends.joins, frozenset(ends.vessels), known)
    return [near.get(n, else_) for n in entries]


def standing(entries: dict[str, Line], ends: Ends) -> dict[str, str]:
    """What stands at the start in each line of which that matters, because several products may come.

    A line that drains a bund or a pit stands empty, and so does one to which no tank and no sender is joined: nobody had what
    would stand in it.
    """
    number = {q: float(n) for n, q in enumerate(ends.products)}
    at_ends = {
        n: number[q]
        for n, its in entries.items()
        for e in (its.start, its.end)
        if (q := ends.liquids.get(e, "")) in number
    }
    known = at_ends | {n: number[str(its.product)] for n, its in entries.items() if str(its.product) in number}
    near = ways.nearest(ends.joins, frozenset(ends.vessels), known)
    return {n: ends.products[int(near[n])] for n, its in entries.items() if n in near and _keeps(its, ends)}


def _keeps(its: Line, ends: Ends) -> bool:
    """Whether a line keeps batches of several products behind one another."""
    drains = its.start in ends.vessels and its.start not in ends.lip_m and its.start not in ends.gates
    return its.fill_m3 > 0.0 and (its.batches or len(may_come(its, ends)) > 1) and not drains


def may_come(its: Line, ends: Ends) -> tuple[str, ...]:
    """The products that may come to a line; water where nothing else does."""
    return tuple(sorted(ends.meets.get(str(its.start), ()))) or ("water",)


def pure(entries: dict[str, Line], ends: Ends) -> Floats:
    """The product of each line where nothing else can come, water apart."""
    come = [may_come(its, ends) for its in entries.values()]
    if any(len(its) > 1 for its in come) or any(its.batches for its in entries.values()):
        return np.zeros((0, len(entries)))
    return np.array([[float(its == (q,)) for its in come] for q in ends.carried])


def wets(entries: dict[str, Line], ends: Ends) -> Ints:
    """The vessels at ends of lines in which water would be something else."""
    dry = {str(e) for its in entries.values() if may_come(its, ends) != ("water",) for e in (its.start, its.end)}
    return ints(m for m, v in enumerate(ends.vessels) if v in dry)


def densities(entries: dict[str, Line], ends: Ends) -> dict[str, float]:
    """The density of what stands in each line."""
    return dict(zip(entries, nearest(entries, ends, ends.density_kg_m3, ends.thin[1]), strict=True))


def springs(entries: dict[str, Line], ends: Ends) -> list[tuple[str, float]]:
    """The relief valve of each line, "" without one, and the head that it is set to."""
    density = nearest(entries, ends, ends.density_kg_m3, ends.thin[1])
    found = [next((v for v in its.through if v in ends.opens_pa), "") for its in entries.values()]
    return [
        (v, ends.opens_pa[v] / (rho * hydraulics.G_M_S2) if v else 0.0) for v, rho in zip(found, density, strict=True)
    ]


def costs(entries: dict[str, Line], ends: Ends) -> dict[str, float]:
    """What each line takes of a usual flow, its valves open, in s2/m5: head by the square of the flow."""
    found = {}
    viscosities = nearest(entries, ends, ends.viscosity_m2_s, ends.thin[0])
    for (name, its), viscosity in zip(entries.items(), viscosities, strict=True):
        flow = float(geometry.circle_area(its.size_m)) * USUAL_M_S
        at = ((its.start, piping.ENTRANCE_K), (its.end, piping.EXIT_K))
        fittings = hydraulics.OPEN_VALVE_K * sum(v in ends.bore_m for v in its.through) + sum(
            k for e, k in at if e in ends.vessels
        )
        head = hydraulics.head_loss(flow, its.size_m, its.length_m, its.wall_m, fittings, viscosity)
        found[name] = float(head) / (flow * flow)
    return found
