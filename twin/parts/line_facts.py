"""The lines of a farm as numbers: what never changes of them, built from what a file says. What flows in them is `line.py`."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, bools, floats, ints, padded
from twin.parts.line_entry import HOLE, Ends, Line, nearest, pure, springs, standing, wets
from twin.physics import fronts, hydraulics, piping

SPRING = 0.1  # of its set pressure, over which a relief valve opens as far as it can (API 520 for liquids, recalled)
ARM_K = 2.4  # four swivels and bends of a loading arm, 0.6 each (assumed)


@dataclass(frozen=True, slots=True)
class Lines:
    """Fixed facts."""

    names: tuple[str, ...]
    links: tuple[str, ...]  # these, and holes behind them
    holes_m: Floats  # (H,) the bore of the line of each
    vessels: tuple[str, ...]
    senders: tuple[str, ...]
    pumps: tuple[str, ...]
    carried: tuple[str, ...]  # products, and warmth
    offers: Floats  # (Q + 1, S) 1 for the product of each sender
    piping: piping.Piping
    valves: Ints  # (L, K), padded with the index behind the last valve: always open
    valve_s2_m5: Floats  # (L, K) what a loss coefficient of 1 takes there
    globes: Bools  # (L, K) control valves; (L, 0) where there are none
    gates: Ints  # (L, K) transfers one of which must run: X is one that always does, X + 1 one that never does
    spring: Ints  # (L,) its relief valve, or the index behind the last
    spring_m: Floats  # (L,) head that it is set to
    fills: tuple[str, ...]  # lines of which it matters what stands in them, because several products may come
    fills_m3: Floats  # (Q + 1, T) of each product at the start
    density_kg_m3: Floats  # (Q,)
    water: int  # its number among the products
    pure: Floats  # (Q + 1, L) 1 for the product of each line, water apart; (0, L) where several may come to one
    wets: Ints  # vessels at lines from which water may come where nobody offers it
    settles: Bools  # (M,) vessels in which water lies under the rest
    from_vessel: Bools  # (L,) lines that begin where something is stored
    to_vessel: Bools  # (L,)
    before: Ints  # (P, K) valves between a pump and the start of its line, padded as `valves`
    both_ways: int = 2
    slugs: int = fronts.SLUGS


def build(named: dict[str, Line], ends: Ends) -> Lines:
    """The lines of a farm."""
    entries = {**named, **ends.holes}
    order = {v: i for i, v in enumerate(ends.bore_m)}
    through = [[v for v in its.through if v in order] for its in entries.values()]
    per_k = [[float(hydraulics.per_k_s2_m5(ends.bore_m[v])) for v in its] for its in through]
    width = max([1, *(len(its) for its in per_k)])
    relieves = springs(entries, ends)
    stands = standing(entries, ends)
    before: dict[str, list[int]] = {}
    for its in entries.values():
        here: list[int] = []
        for one in its.through:
            if one in order:
                here.append(order[one])
            else:
                before[one] = list(here)
    return Lines(
        names=tuple(named),
        links=tuple(entries),
        holes_m=floats(its.size_m for its in ends.holes.values()),
        vessels=ends.vessels,
        senders=tuple(ends.senders),
        pumps=tuple(ends.curves),
        carried=ends.carried,
        offers=np.array([[float(p == q) for p in ends.senders.values()] for q in ends.carried]),
        piping=_piping(entries, ends, stands),
        valves=padded([[order[v] for v in its] for its in through], len(order)),
        valve_s2_m5=np.array([its + [0.0] * (width - len(its)) for its in per_k]).reshape(len(entries), width),
        globes=bools(v in ends.globes for v in (*order, ""))[
            padded([[order[v] for v in its] for its in through], len(order))
        ]
        if ends.globes
        else np.zeros((len(entries), 0), dtype=bool),
        gates=padded(
            [
                (
                    []
                    if relief or its.name in ends.holes
                    else [*ends.gates.get(its.start, ()), *ends.gates.get(its.end, ())]
                )
                or [ends.transfers]
                for its, (relief, _) in zip(entries.values(), relieves, strict=True)
            ],
            ends.transfers + 1,
        ),
        spring=ints(order[v] if v else len(order) for v, _ in relieves),
        spring_m=floats(high for _, high in relieves),
        fills=tuple(stands),
        fills_m3=np.array(
            [[entries[n].fill_m3 * (its == q) for n, its in stands.items()] for q in ends.carried]
        ).reshape(len(ends.carried), len(stands)),
        density_kg_m3=ends.densities,
        water=ends.products.index("water"),
        pure=pure(entries, ends),
        wets=wets(entries, ends),
        settles=bools(v in ends.lip_m and ends.liquids.get(v) != "water" for v in ends.vessels),
        from_vessel=bools(its.start in ends.vessels for its in entries.values()),
        to_vessel=bools(its.end in ends.vessels for its in entries.values()),
        before=padded([before.get(p, []) for p in ends.curves], len(order)),
    )


def _piping(entries: dict[str, Line], ends: Ends, stands: Mapping[str, str]) -> piping.Piping:
    viscosity = nearest(entries, ends, ends.viscosity_m2_s, ends.thin[0])
    number = {p: n for n, p in enumerate(ends.curves)}
    links = []
    for its, nu, (relief, high) in zip(entries.values(), viscosity, springs(entries, ends), strict=True):
        leaves, enters = (
            its.mouth_m(ends.lip_m[e], at_end=at_end) if e in ends.lip_m else 0.0
            for e, at_end in ((its.start, False), (its.end, True))
        )
        if its.name in ends.holes:  # it runs out as high as it is, not where what takes it begins
            floor = {v: float(z) for v, z in zip(ends.vessels, ends.base_m, strict=True)}
            enters = floor.get(its.start, 0.0) + leaves - floor[its.end]
        below = [ends.below_m3(str(e), z) if z else 0.0 for e, z in ((its.start, leaves), (its.end, enters))]
        links.append(
            piping.Link(
                str(its.start), str(its.end), its.size_m, its.length_m, its.wall_m, nu, ARM_K if its.kind == "arm" else 0.0,
                (leaves, enters), (below[0], below[1]), tuple((number[p], ends.curves[p]) for p in its.through if p in number),
                SPRING * float(hydraulics.free_head_slope(high, ends.bore_m[relief])) if relief else 0.0,
                its.leaves == "floating", its.name in stands,
            )
        )  # fmt: skip
    walls = sum(its.name == HOLE.format(its.start) and its.start not in ends.lip_m for its in ends.holes.values())
    # what comes through the wall of a bund leaked before: those holes stand first, and are not counted
    return piping.build(
        links, ends.vessels, ends.base_m, tuple(ends.senders), ends.groups, ends.thin[0], len(ends.holes) - walls
    )


def at_start(its: Lines, worlds: int) -> Floats:
    """What stands in lines before the first scan, (W, Q, T, K)."""
    content = np.zeros((worlds, *its.fills_m3.shape, its.slugs))
    content[..., 0] = its.fills_m3
    return content
