"""A farm as fixed arrays and index tables: what the kernels of a scan read, the same for every world.

Everything is sorted by name, so the order in a file changes no result. *Vessels* are all that hold liquid, in this
order: tanks, bunds, pits (nodes that hold), sinks (nodes that receive), and the ground around. *Paths* are chains of
lines between a sender and a vessel, or between two vessels: flow is worked out for a path, never for a single pipe.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.base.arrays import Bools, Element, Floats, Ints
from twin.base.fault import Fault
from twin.farm.names import Names
from twin.farm.products import products
from twin.farm.spec import FarmSpec
from twin.physics import geometry, hydraulics

BOTTOMLESS_M3 = 1e12
PIT_DEPTH_M = 1.0
MAX_PATHS = 2000
TABLE_CELLS = 256
TABLE_HEAD_M = 40.0
VALVE_K = 0.2  # an open gate valve (Crane TP-410, recalled)
ENTRANCE_AND_EXIT_K = 1.5


@dataclass(frozen=True, slots=True)
class Vessels:
    """What holds liquid, (M,) each."""

    names: tuple[str, ...]
    n_tanks: int
    area_m2: Floats
    capacity_m3: Floats  # volume at the lip, the wall or the brim
    spills_to: Ints  # vessel that takes what runs over
    base_m: Floats  # height of the floor above the ground
    legs_m: Floats
    draught_m: Floats
    any_draught: bool
    product: Ints  # of a tank: index of what it holds; -1 for others
    protected: Bools  # sinks and pits that nothing may reach

    @property
    def ground(self) -> int:
        return len(self.names) - 1


@dataclass(frozen=True, slots=True)
class Paths:
    """Chains of lines. Sender paths come first (n_senders of them), then paths between vessels."""

    names: tuple[str, ...]
    n_senders: int
    valves: Ints  # (P, most valves), padded with the index behind the last valve: always open
    sender: Ints  # (P of senders,) node that feeds it
    lines: tuple[tuple[tuple[int, int], ...], ...]  # per path: (line, +1 or -1)
    end_a: Ints  # (G,) vessel at the first end of each path between vessels
    end_b: Ints  # (P,) vessel at its second end
    crest_m: Floats  # (G,) highest point both levels must pass
    gate: Ints  # (G,) transfer that must run, or the index behind the last: none
    open_flow_m3_s: Floats  # (G, TABLE_CELLS + 1) flow over equal steps of the root of the head
    valve_resistance_s2_m5: Floats  # (G,)
    levelling_m2: Floats  # (G,) 1 / (1/A + 1/B) / the paths that share an end, m2: caps the flow


@dataclass(frozen=True, slots=True)
class Plant:
    """One farm as arrays. Index tables are padded with the index behind the last entry."""

    names: Names
    products: tuple[str, ...]
    density_kg_m3: Floats  # (Q,)
    vessels: Vessels
    paths: Paths
    lines: tuple[str, ...]
    valves: tuple[str, ...]
    stroke_s: Floats  # (V,)
    crank_s: Floats
    motor: Bools
    remote: Bools
    valve_power: Ints  # (V,) utility, or the index behind the last: never lost
    senders: tuple[str, ...]
    sender_product: Ints  # (S,)
    sender_share: Floats  # (Q, P of senders) 1 where a path carries the product
    sender_answers_s: Floats
    transfers: tuple[str, ...]
    transfer_sender: Ints  # (X,) sender index or -1
    transfer_rate_m3_s: Floats  # (X,) what is asked for, 1e12 when all that is offered
    transfer_amount_m3: Floats  # (X,) 1e12 when no amount is stated
    transfer_metered: Bools
    transfer_last: Ints  # (X,) line whose flow it counts
    transfer_sign: Floats
    transfer_valves: tuple[tuple[int, ...], ...]  # remote valves on its way
    utilities: tuple[str, ...]
    utility_from: Ints  # (U,) utility that feeds it, or the index behind the last
    battery_s: Floats
    utility_order: tuple[int, ...]  # feeding ones first
    slots_in: Ints  # (M, K) indices into the signed path flows that reach each vessel
    slots_line: Ints  # (L, K)
    slots_sender: Ints  # (S, K) paths of each sender
    slots_transfer: Ints  # (S, K) transfers of each sender
    slots_spill: Ints  # (M, K) vessels that spill into each vessel

    def vessel(self, name: str) -> int:
        return self.vessels.names.index(name)


def padded(rows: Iterable[Iterable[int]], fill: int) -> Ints:
    """Rows of indices as one table, short ones filled up."""
    lists = [list(row) for row in rows]
    width = max([len(row) for row in lists], default=0) or 1
    return np.array([row + [fill] * (width - len(row)) for row in lists], dtype=np.int64).reshape(len(lists), width)


def index_of(names: tuple[str, ...], name: str) -> int:
    """Where a name stands, or the index behind the last for ""."""
    return names.index(name) if name else len(names)


def floats(values: Iterable[float]) -> Floats:
    """Numbers as an array."""
    return np.array(list(values), dtype=np.float64)


def ints(values: Iterable[int]) -> Ints:
    """Whole numbers as an array."""
    return np.array(list(values), dtype=np.int64)


def build(farm: FarmSpec, names: Names) -> Plant:
    """The arrays of a farm whose names are known to be right; raises Fault where it cannot be."""
    listed = _products(farm)
    senders = tuple(n for n, node in farm.of("nodes").items() if node.flow_m3_s is not None)
    vessels = _vessels(farm, listed)
    valves = tuple(farm.of("valves"))
    utilities = tuple(farm.of("utilities"))
    lines = tuple(farm.of("lines"))
    transfers = tuple(farm.of("transfers"))
    table = products()
    paths = _paths(farm, vessels, senders, lines, valves, transfers)
    valve_list: list[Any] = list(farm.of("valves").values())
    transfer_list: list[Any] = list(farm.of("transfers").values())
    last = [_last_line(farm, t, lines) for t in transfer_list]
    n_paths = len(paths.names)
    reaching = [
        [p for p in range(n_paths) if paths.end_b[p] == m]
        + [n_paths + g for g in range(len(paths.end_a)) if paths.end_a[g] == m]
        for m in range(len(vessels.names))
    ]
    none = n_paths + len(paths.end_a)
    return Plant(
        names=names,
        products=listed,
        density_kg_m3=floats(table[p].density_kg_m3 for p in listed),
        vessels=vessels,
        paths=paths,
        lines=lines,
        valves=valves,
        stroke_s=floats(v.stroke_s for v in valve_list),
        crank_s=floats(v.crank_s if v.kind == "motor" else v.stroke_s for v in valve_list),
        motor=np.array([v.kind == "motor" for v in valve_list], dtype=bool),
        remote=np.array([v.kind == "motor" if v.remote is None else v.remote for v in valve_list], dtype=bool),
        valve_power=ints(index_of(utilities, v.power) for v in valve_list),
        senders=senders,
        sender_product=ints(listed.index(farm.of("nodes")[s].product) for s in senders),
        sender_share=np.array(
            [[float(farm.of("nodes")[senders[s]].product == q) for s in paths.sender] for q in listed]
        ).reshape(len(listed), paths.n_senders),
        sender_answers_s=floats(farm.of("nodes")[s].answers_s for s in senders),
        transfers=transfers,
        transfer_sender=ints(senders.index(t.start) if t.start in senders else -1 for t in transfer_list),
        transfer_rate_m3_s=floats(BOTTOMLESS_M3 if t.rate_m3_s is None else t.rate_m3_s for t in transfer_list),
        transfer_amount_m3=floats(BOTTOMLESS_M3 if t.amount_m3 is None else t.amount_m3 for t in transfer_list),
        transfer_metered=np.array([t.stops == "by meter" for t in transfer_list], dtype=bool),
        transfer_last=ints(line for line, _ in last),
        transfer_sign=floats(sign for _, sign in last),
        transfer_valves=tuple(_way(farm, t, valves) for t in transfer_list),
        utilities=utilities,
        utility_from=ints(index_of(utilities, u.source or u.power) for u in farm.of("utilities").values()),
        battery_s=floats(u.lasts_s for u in farm.of("utilities").values()),
        utility_order=_feeding_order(farm, utilities),
        slots_in=padded(reaching, none),
        slots_line=padded(
            [
                [p if sign > 0 else n_paths + p for p, way in enumerate(paths.lines) for one, sign in way if one == n]
                for n in range(len(lines))
            ],
            2 * n_paths,
        ),
        slots_sender=padded(
            [[p for p in range(paths.n_senders) if paths.sender[p] == s] for s in range(len(senders))], n_paths
        ),
        slots_transfer=padded(
            [[x for x, t in enumerate(transfer_list) if t.start == s] for s in senders], len(transfers)
        ),
        slots_spill=padded(
            [[m for m, to in enumerate(vessels.spills_to) if to == n and m != n] for n in range(len(vessels.names))],
            len(vessels.names),
        ),
    )


def _products(farm: FarmSpec) -> tuple[str, ...]:
    used = {t.product for t in farm.of("tanks").values()}
    used |= {p for n in farm.of("nodes").values() for p in (n.product, n.receives) if p}
    return tuple(sorted({str(p) for p in used} | {"water"}))


def _vessels(farm: FarmSpec, listed: tuple[str, ...]) -> Vessels:
    tanks: dict[str, Any] = farm.of("tanks")
    bunds: dict[str, Any] = {n: p for n, p in farm.of("places").items() if p.kind == "bund"}
    nodes: dict[str, Any] = farm.of("nodes")
    pits = {n: node for n, node in nodes.items() if node.holds_m3 is not None}
    sinks = {
        n: node for n, node in nodes.items()
        if n not in pits and node.flow_m3_s is None and (node.receives or node.protected)
    }  # fmt: skip
    names = (*tanks, *bunds, *pits, *sinks, "ground")
    n_rest = len(sinks) + 1
    areas = [float(geometry.circle_area(t.diameter_m)) for t in tanks.values()]
    draughts = [
        t.roof_mass_kg / (products()[t.product].density_kg_m3 * a) if t.roof == "internal floating" else 0.0
        for t, a in zip(tanks.values(), areas, strict=True)
    ]
    lips = [t.height_m if t.lip_m is None else t.lip_m for t in tanks.values()]
    bares = [
        float(geometry.bare_level(floats([lip]), floats([t.legs_m]), floats([d]))[0])
        for lip, t, d in zip(lips, tanks.values(), draughts, strict=True)
    ]
    capacity = [a * b for a, b in zip(areas, bares, strict=True)]
    capacity += [p.area_m2 * p.wall_m for p in bunds.values()]
    capacity += [n.holds_m3 for n in pits.values()] + [BOTTOMLESS_M3] * n_rest
    spills = [names.index(t.bund) if t.bund else len(names) - 1 for t in tanks.values()]
    spills += [len(names) - 1] * len(bunds)
    spills += [names.index(n.spills_to) if n.spills_to else len(names) - 1 for n in pits.values()]
    spills += list(range(len(names) - n_rest, len(names)))
    others = [0.0] * (len(names) - len(tanks))
    return Vessels(
        names=names,
        n_tanks=len(tanks),
        area_m2=floats([*areas, *(p.area_m2 for p in bunds.values()),
                        *(n.holds_m3 / PIT_DEPTH_M for n in pits.values()), *[BOTTOMLESS_M3] * n_rest]),
        capacity_m3=floats(capacity),
        spills_to=ints(spills),
        base_m=floats([0.0] * (len(tanks) + len(bunds)) + [-PIT_DEPTH_M] * (len(pits) + n_rest)),
        legs_m=floats([*(t.legs_m for t in tanks.values()), *others]),
        draught_m=floats([*draughts, *others]),
        any_draught=any(draughts),
        product=ints([*(listed.index(t.product) for t in tanks.values()), *(-1 for _ in others)]),
        protected=np.array([bool(getattr(nodes.get(n), "protected", False)) for n in names], dtype=bool),
    )  # fmt: skip


def _paths(
    farm: FarmSpec, vessels: Vessels, senders: tuple[str, ...], lines: tuple[str, ...],
    valves: tuple[str, ...], transfers: tuple[str, ...],
) -> Paths:  # fmt: skip
    meets: dict[str, list[tuple[str, str, int]]] = {}
    for name, line in farm.of("lines").items():
        meets.setdefault(line.start, []).append((name, line.end, 1))
        meets.setdefault(line.end, []).append((name, line.start, -1))
    stops = set(vessels.names) | set(senders)
    found: list[tuple[str, str, tuple[tuple[str, int], ...]]] = []

    def walk(start: str, here: str, way: tuple[tuple[str, int], ...], seen: frozenset[str]) -> None:
        for line, other, sign in sorted(meets.get(here, [])):
            if other in seen:
                continue
            onward = (*way, (line, sign))
            if other in stops:
                found.append((start, other, onward))
                if len(found) > MAX_PATHS:
                    raise Fault(f"more than {MAX_PATHS} ways lead through the lines.", "Split the farm.", farm.place)
            else:
                walk(start, other, onward, seen | {other})

    order = {name: i for i, name in enumerate(vessels.names)}
    for start in (*senders, *vessels.names[:-1]):
        walk(start, start, (), frozenset({start}))
    sent = sorted((s, e, w) for s, e, w in found if s in senders and e in order)
    between = sorted((s, e, w) for s, e, w in found if s in order and e in order and order[s] < order[e])
    between = [(s, e, w) for s, e, w in between if not _from_top_both(farm, w)]
    shared = {name: sum(name in (s, e) for s, e, _ in between) for name in order}
    all_paths = [*sent, *between]
    return Paths(
        names=tuple(f"{s} to {e} by {' '.join(n for n, _ in w)}" for s, e, w in all_paths),
        n_senders=len(sent),
        valves=padded(
            [[valves.index(v) for line, _ in w for v in farm.of("lines")[line].through] for _, _, w in all_paths],
            len(valves),
        ),
        sender=ints(senders.index(s) for s, _, _ in sent),
        lines=tuple(tuple((lines.index(line), sign) for line, sign in w) for _, _, w in all_paths),
        end_a=ints(order[s] for s, _, _ in between),
        end_b=ints(order[e] for _, e, _ in all_paths),
        crest_m=floats(_crest(farm, w) for _, _, w in between),
        gate=ints(_gate(farm, s, e, transfers) for s, e, _ in between),
        open_flow_m3_s=np.array([_flow_table(farm, vessels, s, w) for s, _, w in between]).reshape(-1, TABLE_CELLS + 1),
        valve_resistance_s2_m5=floats(_valve_resistance(farm, w) for _, _, w in between),
        levelling_m2=floats(
            1.0 / (1.0 / vessels.area_m2[order[s]] + 1.0 / vessels.area_m2[order[e]]) / max(shared[s], shared[e])
            for s, e, _ in between
        ),
    )


def _ends(farm: FarmSpec, way: tuple[tuple[str, int], ...]) -> list[tuple[str, str]]:
    """The tank ends of a way: (thing, top or bottom)."""
    found = []
    for line_name, _ in way:
        line = farm.of("lines")[line_name]
        found += [(line.start, line.leaves), (line.end, line.enters)]
    return [(name, how) for name, how in found if name in farm.of("tanks")]


def _crest(farm: FarmSpec, way: tuple[tuple[str, int], ...]) -> float:
    tops = [0.0]
    for name, how in _ends(farm, way):
        tank = farm.of("tanks")[name]
        if how == "top":
            tops.append(tank.height_m if tank.lip_m is None else tank.lip_m)
    return max(tops)


def _from_top_both(farm: FarmSpec, way: tuple[tuple[str, int], ...]) -> bool:
    ends = _ends(farm, way)
    return len(ends) == 2 and all(how == "top" for _, how in ends)


def _gate(farm: FarmSpec, start: str, end: str, transfers: tuple[str, ...]) -> int:
    """The transfer that must run before anything goes from a tank out of the farm."""
    nodes = farm.of("nodes")
    for i, name in enumerate(transfers):
        transfer = farm.of("transfers")[name]
        if {transfer.start, transfer.end} == {start, end} and (start in nodes or end in nodes):
            return i
    return len(transfers)


def _pipes(farm: FarmSpec, way: tuple[tuple[str, int], ...]) -> list[tuple[float, float, float, float]]:
    """Diameter, length, roughness and fittings of each line of a way."""
    pipes = []
    for i, (name, _) in enumerate(way):
        line = farm.of("lines")[name]
        fittings = VALVE_K * len(line.through) + (ENTRANCE_AND_EXIT_K if i == 0 else 0.0)
        pipes.append((line.size_m, line.length_m, line.roughness_m, fittings))
    return pipes


def series_flow_m3_s(pipes: list[tuple[float, float, float, float]], head_m: Floats, viscosity_m2_s: float) -> Floats:
    """Flow that a head drives through pipes in series, by 60 halvings; one pipe is `gravity_pipe_flow`.

    pipes           m, m, m, -   diameter, length, roughness, fittings of each
    head_m          m            0 and above
    viscosity_m2_s  m2/s         kinematic
    returns         m3/s
    """
    narrowest = min(d for d, _, _, _ in pipes)
    high = geometry.circle_area(narrowest) * np.sqrt(
        2.0 * hydraulics.G_M_S2 * np.maximum(head_m, 1e-12) / ENTRANCE_AND_EXIT_K
    )
    low = high * 1e-9
    for _ in range(60):
        middle = (low + high) / 2.0
        loss: Element = 0.0 * middle
        for diameter, length, roughness, fittings in pipes:
            loss = loss + hydraulics.head_loss(middle, diameter, length, roughness, fittings, viscosity_m2_s)
        below = loss < head_m
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(head_m > 0.0, (low + high) / 2.0, 0.0)


def _flow_table(farm: FarmSpec, vessels: Vessels, start: str, way: tuple[tuple[str, int], ...]) -> Floats:
    index = vessels.names.index(start)
    tanks = farm.of("tanks")
    product = products()[tanks[start].product if index < vessels.n_tanks else "water"]
    roots = np.arange(TABLE_CELLS + 1) * (float(np.sqrt(TABLE_HEAD_M)) / TABLE_CELLS)
    return series_flow_m3_s(_pipes(farm, way), roots * roots, product.viscosity_pa_s / product.density_kg_m3)


def _valve_resistance(farm: FarmSpec, way: tuple[tuple[str, int], ...]) -> float:
    total = 0.0
    for name, _ in way:
        for valve in farm.of("lines")[name].through:
            area = float(geometry.circle_area(farm.of("valves")[valve].size_m))
            total += VALVE_K / (2.0 * hydraulics.G_M_S2 * area * area)
    return total


def _last_line(farm: FarmSpec, transfer: Any, lines: tuple[str, ...]) -> tuple[int, float]:
    """The line whose flow a transfer counts, and its sign towards the transfer's end."""
    name = transfer.through[-1]
    line = farm.of("lines")[name]
    return lines.index(name), -1.0 if line.start == transfer.end else 1.0


def _way(farm: FarmSpec, transfer: Any, valves: tuple[str, ...]) -> tuple[int, ...]:
    found = []
    for line in transfer.through:
        for valve in farm.of("lines")[line].through:
            spec = farm.of("valves")[valve]
            if spec.kind == "motor" if spec.remote is None else spec.remote:
                found.append(valves.index(valve))
    return tuple(found)


def _feeding_order(farm: FarmSpec, utilities: tuple[str, ...]) -> tuple[int, ...]:
    order: list[str] = []
    waiting = list(utilities)
    while waiting:
        ready = [n for n in waiting if (u := farm.of("utilities")[n]) and (u.source or u.power) in {"", *order}]
        if not ready:
            its = farm.of("utilities")[waiting[0]]
            raise Fault(f"{waiting[0]} feeds itself, round about.", "", its.place)
        order += ready
        waiting = [n for n in waiting if n not in ready]
    return tuple(utilities.index(n) for n in order)
