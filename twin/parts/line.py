"""Lines: pipes from end to end, and the flow along them: what senders push, and what levels drive by gravity.

*Paths* are chains of lines between a sender and a vessel, or between two vessels: flow is worked out for a path, never
for a single pipe. Everything is sorted by name, so the order in a file changes no result.
"""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import Bools, Element, Floats, Ints, array, floats, gathered, ints, padded, select, some
from twin.base.fault import Fault, Place
from twin.language import fields as f
from twin.language.entry import Entry, key
from twin.parts.action import Row, look, seen
from twin.parts.part import Does, Part, readable
from twin.physics import geometry, hydraulics
from twin.text.say import Said, say

MAX_PATHS = 2000
TABLE_CELLS = 256
TABLE_HEAD_M = 40.0
VALVE_K = 0.2  # an open gate valve (Crane TP-410, recalled)
ENTRANCE_AND_EXIT_K = 1.5
FLOWS_M3_S = 1e-4  # what a person hears
LOOK_S = 30
_CELLS_PER_ROOT = TABLE_CELLS / float(np.sqrt(TABLE_HEAD_M))

Way = tuple[tuple[str, int], ...]  # lines with +1 or -1


@dataclass(frozen=True, kw_only=True)
class Line(Entry):
    """A pipe from one end to another through valves."""

    start: str = key(f.name_of("nodes", "tanks", "places"), "from", "its first end")
    end: str = key(f.name_of("nodes", "tanks", "places"), "to", "its second end")
    through: tuple[str, ...] = key(f.names_of("valves"), "through", "valves in order", default=())
    size_m: float = key(f.quantity("length", 0.01, 2), "size", "inner diameter", default=0.3, why="assumed: DN 300")
    length_m: float = key(f.quantity("length", 0, 1e5), "length", "along the pipe", default=100.0, why="assumed")
    roughness_m: float = key(
        f.quantity("length", 0, 0.01),
        "roughness",
        "of the pipe wall",
        default=4.5e-5,
        why="commercial steel (Moody 1944)",
    )
    holds_m3: float = key(
        f.quantity("volume", 0), "holds", "liquid in the pipe, always full", default=0.0, why="not counted"
    )
    enters: str = key(
        f.choice("top", "bottom"),
        "enters",
        "how it enters the tank at its end",
        default="bottom",
        why="usual for floating roofs",
    )
    leaves: str = key(
        f.choice("top", "bottom"), "leaves", "how it leaves the tank at its start", default="bottom", why="usual"
    )


@dataclass(frozen=True, slots=True)
class Ends:
    """What a path must know of where it ends: vessels in their order, those that are tanks first."""

    vessels: tuple[str, ...]
    n_tanks: int
    area_m2: Floats
    lip_m: dict[str, float]  # of each tank
    viscosity_m2_s: Floats  # (M,) of what a vessel holds
    base_m: Floats
    products: tuple[str, ...]
    senders: tuple[str, ...]
    place: Place  # of the farm, for a fault that belongs to no line


@dataclass(frozen=True, slots=True)
class Gates:
    """What a path must know of valves and transfers."""

    valves: tuple[str, ...]
    bore_m: dict[str, float]
    transfers: tuple[tuple[str, str], ...]  # start and end, of each
    nodes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lines:
    """Fixed facts. Paths of senders come first (n_senders of them), then paths between vessels."""

    names: tuple[str, ...]
    paths: tuple[str, ...]
    products: tuple[str, ...]
    vessels: tuple[str, ...]
    n_senders: int
    n_gates: int  # transfers
    some_gated: bool
    valves: Ints  # (P, most valves), padded with the index behind the last valve: always open
    sender: Ints  # (P of senders,) node that feeds it
    end_a: Ints  # (G,) vessel at the first end of each path between vessels
    end_b: Ints  # (P,) vessel at its second end
    base_m: Floats  # (M,) of the vessels
    crest_m: Floats  # (G,) highest point both levels must pass
    gate: Ints  # (G,) transfer that must run, or the index behind the last: none
    open_flow_m3_s: Floats  # (G, TABLE_CELLS + 1) flow over equal steps of the root of the head
    valve_resistance_s2_m5: Floats  # (G,)
    levelling_m2: Floats  # (G,) 1 / (1/A + 1/B) / the paths that share an end, m2: caps the flow
    reaching: Ints  # (M, K) indices into the signed path flows that reach each vessel
    carried: Ints  # (L, K) the same for each line


@dataclass(frozen=True, slots=True)
class State:
    """What flows now."""

    opening: Floats = array(along=("paths",))  # (W, P) of each path: its tightest valve
    flow_m3_s: Floats = array(along=("paths",))  # (W, P)
    gain_m3: Floats = array(along=("products", "vessels"))  # (W, Q, M) what each vessel gained in this tick
    given_m3: Floats = array(along=("products",))  # (W, Q) what senders gave in this tick
    line_flow_m3_s: Floats = array(  # (W, L)
        path=readable("flow", "volume flow", "from its first end to its second")
    )


def build(entries: dict[str, Line], ends: Ends, gates: Gates) -> Lines:
    """The lines of a farm and the paths through them; raises Fault where there are too many."""
    sent, between = _ways(entries, ends)
    order = {name: i for i, name in enumerate(ends.vessels)}
    lines = tuple(entries)
    all_paths = [*sent, *between]
    shared = {name: sum(name in (s, e) for s, e, _ in between) for name in order}
    end_a, end_b = ints(order[s] for s, _, _ in between), ints(order[e] for _, e, _ in all_paths)
    n, both = len(all_paths), len(all_paths) + len(between)
    ways = [[(lines.index(line), sign) for line, sign in w] for _, _, w in all_paths]
    gate = ints(_gate(s, e, gates) for s, e, _ in between)
    return Lines(
        names=lines,
        paths=tuple(f"{s} to {e} by {' '.join(n for n, _ in w)}" for s, e, w in all_paths),
        products=ends.products,
        vessels=ends.vessels,
        n_senders=len(sent),
        n_gates=len(gates.transfers),
        some_gated=bool((gate < len(gates.transfers)).any()),
        valves=padded(
            [[gates.valves.index(v) for line, _ in w for v in entries[line].through] for _, _, w in all_paths],
            len(gates.valves),
        ),
        sender=ints(ends.senders.index(s) for s, _, _ in sent),
        end_a=end_a,
        end_b=end_b,
        base_m=ends.base_m,
        crest_m=floats(_crest(entries, ends, w) for _, _, w in between),
        gate=gate,
        open_flow_m3_s=np.array(
            [_flow_table(entries, float(ends.viscosity_m2_s[order[s]]), w) for s, _, w in between]
        ).reshape(-1, TABLE_CELLS + 1),
        valve_resistance_s2_m5=floats(_valve_resistance(entries, gates, w) for _, _, w in between),
        levelling_m2=floats(
            1.0 / (1.0 / ends.area_m2[order[s]] + 1.0 / ends.area_m2[order[e]]) / max(shared[s], shared[e])
            for s, e, _ in between
        ),
        reaching=padded(
            [[p for p in range(n) if end_b[p] == m] + [n + g for g in range(len(between)) if end_a[g] == m]
             for m in range(len(ends.vessels))], both,
        ),
        carried=padded(
            [[p if sign > 0 else n + p for p, way in enumerate(ways) for one, sign in way if one == k]
             for k in range(len(lines))], 2 * n,
        ),
    )  # fmt: skip


def _ways(entries: dict[str, Line], ends: Ends) -> tuple[list[tuple[str, str, Way]], list[tuple[str, str, Way]]]:
    """Every way from a sender to a vessel, and between two vessels: (start, end, lines)."""
    meets: dict[str, list[tuple[str, str, int]]] = {}
    for name, line in entries.items():
        meets.setdefault(line.start, []).append((name, line.end, 1))
        meets.setdefault(line.end, []).append((name, line.start, -1))
    stops = set(ends.vessels) | set(ends.senders)
    found: list[tuple[str, str, Way]] = []

    def walk(start: str, here: str, way: Way, seen_: frozenset[str]) -> None:
        for line, other, sign in sorted(meets.get(here, [])):
            if other in seen_:
                continue
            onward = (*way, (line, sign))
            if other in stops:
                found.append((start, other, onward))
                if len(found) > MAX_PATHS:
                    raise Fault(f"more than {MAX_PATHS} ways lead through the lines.", "Split the farm.", ends.place)
            else:
                walk(start, other, onward, seen_ | {other})

    order = {name: i for i, name in enumerate(ends.vessels)}
    for start in (*ends.senders, *ends.vessels[:-1]):
        walk(start, start, (), frozenset({start}))
    sent = sorted((s, e, w) for s, e, w in found if s in ends.senders and e in order)
    between = sorted((s, e, w) for s, e, w in found if s in order and e in order and order[s] < order[e])
    return sent, [(s, e, w) for s, e, w in between if not _from_top_both(entries, ends, w)]


def _tank_ends(entries: dict[str, Line], ends: Ends, way: Way) -> list[tuple[str, str]]:
    """The tank ends of a way: (thing, top or bottom)."""
    found = []
    for name, _ in way:
        line = entries[name]
        found += [(line.start, line.leaves), (line.end, line.enters)]
    return [(name, how) for name, how in found if name in ends.lip_m]


def _crest(entries: dict[str, Line], ends: Ends, way: Way) -> float:
    tops = [ends.lip_m[name] for name, how in _tank_ends(entries, ends, way) if how == "top"]
    return max([0.0, *tops])


def _from_top_both(entries: dict[str, Line], ends: Ends, way: Way) -> bool:
    its = _tank_ends(entries, ends, way)
    return len(its) == 2 and all(how == "top" for _, how in its)


def _gate(start: str, end: str, gates: Gates) -> int:
    """The transfer that must run before anything goes from a tank out of the farm."""
    if start in gates.nodes or end in gates.nodes:
        for i, ends in enumerate(gates.transfers):
            if set(ends) == {start, end}:
                return i
    return len(gates.transfers)


def _pipes(entries: dict[str, Line], way: Way) -> list[tuple[float, float, float, float]]:
    """Diameter, length, roughness and fittings of each line of a way."""
    pipes = []
    for i, (name, _) in enumerate(way):
        line = entries[name]
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


def _flow_table(entries: dict[str, Line], viscosity_m2_s: float, way: Way) -> Floats:
    roots = np.arange(TABLE_CELLS + 1) * (float(np.sqrt(TABLE_HEAD_M)) / TABLE_CELLS)
    return series_flow_m3_s(_pipes(entries, way), roots * roots, viscosity_m2_s)


def _valve_resistance(entries: dict[str, Line], gates: Gates, way: Way) -> float:
    total = 0.0
    for name, _ in way:
        for valve in entries[name].through:
            area = float(geometry.circle_area(gates.bore_m[valve]))
            total += VALVE_K / (2.0 * hydraulics.G_M_S2 * area * area)
    return total


# the flow of one tick


def opening_of(its: Lines, position: Floats, passing: Floats) -> Floats:
    """How far each path is open, (W, P), of the positions (W, V) of its valves and what they pass when closed."""
    wide = np.concatenate((np.maximum(position, passing), np.ones((len(position), 1))), axis=1)
    opening: Floats = wide[:, its.valves].min(axis=-1)
    return opening


def gravity_flows(
    its: Lines, level_m: Floats, total_m3: Floats, running: Bools, opening: Floats, dt_s: float
) -> Floats:
    """Flow along each path between vessels, (W, G), from first end to second; capped by what levels them.

    level_m, total_m3  (W, M)
    running            (W, X)  transfers that are asked for
    opening            (W, G)
    """
    head = level_m + its.base_m
    end_b = its.end_b[its.n_senders :]
    drive = np.maximum(head[:, its.end_a], its.crest_m) - np.maximum(head[:, end_b], its.crest_m)
    size_m = np.abs(drive)
    cells = np.minimum(np.sqrt(size_m) * _CELLS_PER_ROOT, TABLE_CELLS - 1e-9)
    low = np.floor(cells).astype(np.int64)
    flat = its.open_flow_m3_s.reshape(-1)
    offset = low + np.arange(len(its.end_a)) * (TABLE_CELLS + 1)
    below = flat[offset]
    open_flow = below + (flat[offset + 1] - below) * (cells - low)
    flow = hydraulics.throttled_flow(size_m, open_flow, its.valve_resistance_s2_m5, opening)
    if its.some_gated:
        gates = np.concatenate((running, np.ones((len(opening), 1), dtype=bool)), axis=1)[:, its.gate]
        flow = select(gates, flow, 0.0)
    giver = select(drive > 0.0, total_m3[:, its.end_a], total_m3[:, end_b])
    flow = np.minimum(flow, size_m * its.levelling_m2 / dt_s)
    flow = np.minimum(flow, giver / (dt_s * len(its.end_a)))
    return select(drive > 0.0, flow, -flow) + 0.0  # no -0


def moved(
    its: Lines, flow: Floats, share: Floats, volume_m3: Floats, total_m3: Floats, dt_s: float, *, levels_out: bool
) -> tuple[Floats, Floats]:
    """What every vessel gains (W, Q, M) by the flows of one tick, each product in its share; what senders give (W, Q).

    share  (Q, paths of senders)  1 where a path carries the product
    """
    n = its.n_senders
    in_flow = flow[:, None, :n] * (share * dt_s)
    between = np.zeros((*in_flow.shape[:2], 2 * len(its.end_a)))
    if levels_out:
        levelling = flow[:, None, n:]
        mixed = volume_m3 / np.maximum(total_m3, 1e-9)[:, None, :]
        of_path = levelling * select(levelling > 0.0, mixed[..., its.end_a], mixed[..., its.end_b[n:]]) * dt_s
        between = np.concatenate((of_path, -of_path), axis=-1)
    return gathered(np.concatenate((in_flow, between), axis=-1), its.reaching), in_flow.sum(axis=-1)


def line_flows(its: Lines, flow: Floats) -> Floats:
    """Flow of each line, (W, L), of the flows along paths."""
    return gathered(np.concatenate((flow, -flow), axis=1), its.carried)


def some_level_out(its: Lines, opening: Floats) -> bool:
    """Whether any path between vessels is open at all."""
    return its.n_senders < opening.shape[1] and some(opening[:, its.n_senders :])


def _sees(row: Row, thing: str) -> Said:
    flow = float(row.state(State).line_flow_m3_s[row.at, row.facts(Lines).names.index(thing)])
    return say("seen.line-flows" if abs(flow) > FLOWS_M3_S else "seen.line", thing=thing)


PART = Part(
    "lines", "line", Line, State,
    verbs=(Does("check", look, work=lambda row, order: LOOK_S, worked=seen),),
    sees=_sees,
)  # fmt: skip
