"""Lines: pipes from end to end, and what flows in them: pushed by senders, driven by levels.

Every scan in which something may flow, the heads of all joints and the flows of all lines are found together
(`twin.physics.network`); where continuity alone decides, from what senders push, nothing is solved. Everything is sorted by name,
so the order in a file changes no result.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from twin.base.arrays import (
    Bools,
    Floats,
    Ints,
    array,
    bools,
    floats,
    folded,
    gathered,
    ints,
    padded,
    paired,
    select,
    some,
    throughout,
)
from twin.language import fields as f
from twin.language.entry import Entry, key
from twin.parts.action import Row, look, seen
from twin.parts.part import Does, Part, readable
from twin.physics import geometry, hydraulics, network, ways
from twin.text.say import Said, say

ENTRANCE_K, EXIT_K = 0.5, 1.0  # where a line leaves what holds liquid, and where it ends in it (sharp edges)
UNBOUND = 1e12  # m3/s: no limit
SENDER_HEAD_M, SENDER_SLOPE_S_M2 = 1000.0, 100.0  # a sender holds its flow up to some such head (assumed)
SENDER_SIZE_M = 0.01  # small, so that what is still of a sender is still of every line
LOOSE_S_M2 = 1e-4
LAST_OF_IT = 0.999  # share of what lies above an outlet that may leave in one tick, by all lines together
USUAL_M_S = 2.0
FLOWS_M3_S = 1e-4  # what a person hears
LOOK_S = 30


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
    """What lines must know of where they end: vessels in their order, and senders."""

    vessels: tuple[str, ...]
    joins: Mapping[str, tuple[str, str]]  # by line: from, to
    groups: Mapping[str, str]  # by end of a line: what it is joined to without passing anything that holds liquid
    area_m2: Floats  # (M,)
    base_m: Floats
    lip_m: dict[str, float]  # of each tank
    viscosity_m2_s: Mapping[str, float]  # of what a tank holds or a sender offers
    thin_m2_s: float  # of all else
    gates: Mapping[str, tuple[int, ...]]  # by vessel out of the farm: transfers one of which must run
    senders: Mapping[str, str]  # what each offers
    products: tuple[str, ...]  # all of the farm
    bore_m: Mapping[str, float]  # of each valve
    transfers: int  # how many


@dataclass(frozen=True, slots=True)
class Lines:
    """Fixed facts. Links are the lines and then, from nowhere into its joint, one for each sender.

    Nodes are the vessels and then the joints: where lines meet and nothing is stored.
    """

    names: tuple[str, ...]
    vessels: tuple[str, ...]
    senders: tuple[str, ...]
    products: tuple[str, ...]
    offered: Ints  # (S,) product of each sender
    graph: network.Graph
    pipes: network.Pipes
    at_joint: Ints  # (J, 2^k) ends of lines: l for a start, L + l for an end, -1 for none
    at_vessel: Ints  # (M, 2^k) the same
    source: Ints  # (S,) joint of each sender
    joined: Ints  # (parts, 2^k) lines that joints join, -1 for none
    last: Ints  # (1, 2^k) lines that end where liquid is stored
    part: Ints  # (L,) of which part each line is
    source_part: Ints  # (S,)
    valves: Ints  # (L, K), padded with the index behind the last valve: always open
    valve_s2_m5: Floats  # (L, K) what a loss coefficient of 1 takes there
    gates: Ints  # (L, K) transfers one of which must run: X is one that always does, X + 1 one that never does
    area_m2: Floats  # (N,) 0 of a joint
    floor_m: Floats  # (N,) height above the ground
    start_m: Floats  # (links,) height of a first end above the ground
    end_m: Floats
    start_m3: Floats  # (links,) what lies below a first end in its vessel
    end_m3: Floats
    outlets: Floats  # (N,) ends of lines at each vessel


@dataclass(frozen=True, slots=True)
class Wants:
    """What others ask of the lines in this tick."""

    asked_m3_s: Floats  # (W, S) of each sender
    most_m3_s: Floats  # (W, L) to which a line is throttled
    running: Bools  # (W, X) transfers


@dataclass(frozen=True, slots=True)
class State:
    """What flows now."""

    opening: Floats = array()  # (W, L) tightest valve of each line; 0 where a gate is shut
    resists_s2_m5: Floats = array()  # (W, L) of the valves
    most_m3_s: Floats = array()  # (W, L) to which it is throttled
    asked_m3_s: Floats = array(along=("senders",))  # (W, S)
    taken_m3_s: Floats = array(along=("senders",))  # (W, S) of that, what the openings of their ways let them give
    known: Bools = array(bool)  # (W, L) whether continuity alone decides
    supply_m3_s: Floats = array(along=("senders",))  # (W, S) what senders give
    levels: Bools = array(bool, along=())  # (W,) whether levels drive something: the flow changes by itself
    line_flow_m3_s: Floats = array(  # (W, L)
        path=readable("flow", "volume flow", "from its first end to its second")
    )
    drift_m3_s: Floats = array()  # (W, L) by how much levels changed it in this tick: the next begins from there
    gain_m3: Floats = array(along=("products", "vessels"))  # (W, Q, M) what each vessel gained in this tick
    given_m3: Floats = array(along=("products",))  # (W, Q) what senders gave in this tick


def build(entries: dict[str, Line], ends: Ends) -> Lines:
    """The lines of a farm."""
    joints = sorted(
        {n for its in entries.values() for n in (its.start, its.end)} - set(ends.vessels) | set(ends.senders)
    )
    node = {name: n for n, name in enumerate((*ends.vessels, *joints))}
    m, lines = len(ends.vessels), list(entries.values())
    start, end = [node[its.start] for its in lines], [node[its.end] for its in lines]
    source = [node[s] for s in ends.senders]
    parts = [
        next((ends.groups[e] for e in (its.end, its.start) if e not in ends.vessels), n) for n, its in entries.items()
    ]
    listed = sorted({*parts, *(ends.groups.get(s, s) for s in ends.senders)})
    order, viscosity = {v: i for i, v in enumerate(ends.bore_m)}, _viscosities(entries, ends)
    at_start, at_end = bools(n < m for n in start), bools(n < m for n in end)
    n_links = len(lines) + len(source)
    area, floor = (np.concatenate((its, np.zeros(len(joints)))) for its in (ends.area_m2, ends.base_m))
    leaves = [ends.lip_m.get(its.start, 0.0) if its.leaves == "top" else 0.0 for its in lines]
    enters = [ends.lip_m.get(its.end, 0.0) if its.enters == "top" else 0.0 for its in lines]
    per_k = [[float(hydraulics.per_k_s2_m5(ends.bore_m[v])) for v in its.through] for its in lines]
    width = max([1, *(len(its) for its in per_k)])
    return Lines(
        names=tuple(entries),
        vessels=ends.vessels,
        senders=tuple(ends.senders),
        products=ends.products,
        offered=ints(ends.products.index(p) for p in ends.senders.values()),
        graph=network.graph(len(node), [*start, *source], [*end, *source]),
        pipes=network.pipes(
            floats([*(its.size_m for its in lines), *(SENDER_SIZE_M for _ in source)]),
            floats([*(its.length_m for its in lines), *(0.0 for _ in source)]),
            floats([*(its.roughness_m for its in lines), *(0.0 for _ in source)]),
            floats([*viscosity, *(ends.thin_m2_s for _ in source)]),
            _both(ENTRANCE_K * at_start + EXIT_K * at_end, n_links),
            _both(EXIT_K * at_start + ENTRANCE_K * at_end, n_links),
            floats([*(LOOSE_S_M2 for _ in lines), *(SENDER_SLOPE_S_M2 for _ in source)]),
        ),
        at_joint=paired(_ends_at(start, end, range(m, len(node)))),
        at_vessel=paired(_ends_at(start, end, range(m))),
        source=ints(source),
        joined=paired([[k for k, its in enumerate(parts) if its == p] for p in listed]),
        last=paired([[k for k in range(len(lines)) if at_start[k] or at_end[k]]]),
        part=ints(listed.index(p) for p in parts),
        source_part=ints(listed.index(ends.groups.get(s, s)) for s in ends.senders),
        valves=padded([[order[v] for v in its.through] for its in lines], len(order)),
        valve_s2_m5=np.array([its + [0.0] * (width - len(its)) for its in per_k]).reshape(len(lines), width),
        gates=padded(
            [[*ends.gates.get(its.start, ()), *ends.gates.get(its.end, ())] or [ends.transfers] for its in lines],
            ends.transfers + 1,
        ),
        area_m2=area,
        floor_m=floor,
        start_m=floats([*(floor[n] + z for n, z in zip(start, leaves, strict=True)), *(SENDER_HEAD_M for _ in source)]),
        end_m=floats([*(floor[n] + z for n, z in zip(end, enters, strict=True)), *(0.0 for _ in source)]),
        start_m3=floats([*(area[n] * z for n, z in zip(start, leaves, strict=True)), *(0.0 for _ in source)]),
        end_m3=floats([*(area[n] * z for n, z in zip(end, enters, strict=True)), *(0.0 for _ in source)]),
        outlets=floats(max(1, start.count(n) + end.count(n)) if n < m else 1 for n in range(len(node))),
    )


def costs(entries: dict[str, Line], ends: Ends) -> dict[str, float]:
    """What each line takes of a usual flow, its valves open, in s2/m5: head by the square of the flow."""
    found = {}
    for (name, its), viscosity in zip(entries.items(), _viscosities(entries, ends), strict=True):
        flow = float(geometry.circle_area(its.size_m)) * USUAL_M_S
        mouths = sum(k for e, k in ((its.start, ENTRANCE_K), (its.end, EXIT_K)) if e in ends.vessels)
        fittings = hydraulics.OPEN_VALVE_K * len(its.through) + mouths
        head = hydraulics.head_loss(flow, its.size_m, its.length_m, its.roughness_m, fittings, viscosity)
        found[name] = float(head) / (flow * flow)
    return found


def _ends_at(start: list[int], end: list[int], nodes: Iterable[int]) -> list[list[int]]:
    found: dict[int, list[int]] = {n: [] for n in nodes}
    for k, (a, b) in enumerate(zip(start, end, strict=True)):
        if a in found:
            found[a].append(k)
        if b in found:
            found[b].append(len(start) + k)
    return list(found.values())


def _both(of_lines: Floats, n_links: int) -> Floats:
    """A value of each line, nothing for the senders behind them."""
    return np.concatenate((of_lines, np.zeros(n_links - len(of_lines))))


def _viscosities(entries: dict[str, Line], ends: Ends) -> list[float]:
    """Of each line: what its ends hold or offer, else what the nearest line with such an end does."""
    known = {n: v for n, its in entries.items() for e in (its.end, its.start) if (v := ends.viscosity_m2_s.get(e))}
    near = ways.nearest(ends.joins, frozenset(ends.vessels), known)
    return [near.get(n, ends.thin_m2_s) for n in entries]


# the flow of one tick


def step(
    its: Lines, now: State, wants: Wants | None, position: Floats, passing: Floats, level_m: Floats, volume_m3: Floats,
    total_m3: Floats, dt_s: float,
) -> State:  # fmt: skip
    """What flows in this tick, and what that moves; worlds in which nothing changed keep what they had.

    wants              None where no valve moved and nobody asked for anything else since the last tick
    position, passing  (W, V)
    level_m, total_m3  (W, M)
    volume_m3          (W, Q, M)
    """
    opening, resists, most, asked = now.opening, now.resists_s2_m5, now.most_m3_s, now.asked_m3_s
    anew = np.zeros(len(level_m), dtype=bool)
    if wants is not None:
        opening, resists = _open(its, wants, position, passing)
        most, asked = wants.most_m3_s, wants.asked_m3_s
        same = (opening == now.opening, resists == now.resists_s2_m5, most == now.most_m3_s, asked == now.asked_m3_s)
        anew = ~throughout(np.concatenate(same, axis=1))
    known, taken, flow = now.known, now.taken_m3_s, now.line_flow_m3_s.copy()
    if some(anew):
        known, taken = known.copy(), taken.copy()
        taken[anew] = _taken(its, opening[anew], asked[anew])
        known[anew], flow[anew] = _by_continuity(its, opening[anew], most[anew], taken[anew])
    levels = ~throughout(known)
    rows = np.flatnonzero(anew | levels)
    if not len(rows):
        return now
    supply, drift = taken.copy(), np.zeros(flow.shape)
    if some(levels):
        at = np.flatnonzero(levels)
        push = _push(its, opening[at], resists[at], most[at], taken[at], level_m[at], total_m3[at], dt_s)
        begin = np.concatenate((now.line_flow_m3_s[at] + now.drift_m3_s[at], taken[at]), axis=1)
        found = network.flows(its.graph, its.pipes, push, begin)
        bound = np.minimum(np.maximum(found, -push.back_m3_s), push.forth_m3_s)  # of what presses on a shut check
        n, solved = len(its.names), folded((~known[at]).astype(np.float64), its.joined) > 0.0
        flow[at] = select(known[at], flow[at], bound[:, :n]) + 0.0  # no -0
        drift[at] = select(anew[at, None], 0.0, flow[at] - now.line_flow_m3_s[at])
        supply[at] = select(solved.take(its.source_part, axis=1), found[:, n:], taken[at])
    gain, given = now.gain_m3.copy(), now.given_m3.copy()
    gain[rows], given[rows] = _moved(its, flow[rows], supply[rows], volume_m3[rows], total_m3[rows], dt_s)
    return State(opening, resists, most, asked, taken, known, supply, levels, flow, drift, gain, given)


def _open(its: Lines, wants: Wants, position: Floats, passing: Floats) -> tuple[Floats, Floats]:
    """How far each line is open, (W, L), and what its valves resist."""
    always = np.ones((len(position), 1))
    each = np.concatenate((np.maximum(position, passing), always), axis=1)[:, its.valves]
    runs = np.concatenate((wants.running, always > 0.0, always < 0.0), axis=1)[:, its.gates].any(axis=2)
    opening: Floats = select(runs, each.min(axis=2), 0.0)
    costs = hydraulics.gate_valve_k(each) * its.valve_s2_m5
    resists = costs[:, :, 0]
    for k in range(1, costs.shape[2]):
        resists = resists + costs[:, :, k]
    return opening, resists


def _by_continuity(its: Lines, opening: Floats, most: Floats, taken: Floats) -> tuple[Bools, Floats]:
    """Which lines belong to a part whose flows follow from what senders give, (W, L), and these flows."""
    m, n = len(its.vessels), len(its.names)
    into = np.zeros((len(opening), len(its.at_joint)))
    into[:, its.source - m] = taken
    known, flow = ways.decided(its.graph.start[:n], its.graph.end[:n], its.at_joint, m, opening > 0.0, into)
    # what is more than a line may carry is found with the rest
    left = folded((~known | (np.abs(flow) > most)).astype(np.float64), its.joined)
    return left.take(its.part, axis=1) == 0.0, flow + 0.0  # no -0


def _taken(its: Lines, opening: Floats, asked: Floats) -> Floats:
    """What senders give, (W, S): all they are asked for while their ways are open, the share of the opening below that.

    A closing valve passes its share of opening: the sender's pump has head to spare until the last of the stroke (assumed).
    """
    m, n = len(its.vessels), len(its.names)
    start, end = its.graph.start[:n], its.graph.end[:n]
    taken = np.zeros(asked.shape)
    for s, joint in enumerate(its.source.tolist()):
        if some(asked[:, s]):
            wide = ways.widest(start, end, its.at_joint, m, opening, joint)
            arrives = folded(wide, its.last)[:, 0]
            leaves = folded(np.concatenate((opening, opening), axis=1), its.at_joint)[:, joint - m]
            taken[:, s] = asked[:, s] * np.minimum(np.minimum(arrives, leaves), 1.0)
    return taken


def _push(
    its: Lines, opening: Floats, resists: Floats, most: Floats, supply: Floats, level_m: Floats, total_m3: Floats, dt_s: float
) -> network.Push:  # fmt: skip
    """What drives and binds the lines of these worlds, and the senders behind them."""
    w, n, joints, senders = len(opening), len(its.names), len(its.at_joint), len(its.senders)
    held = np.concatenate((level_m, np.zeros((w, joints))), axis=1) + its.floor_m
    surface = select(its.area_m2 > 0.0, held, np.inf)  # joints are full
    start, end = its.graph.start, its.graph.end
    there = np.concatenate((total_m3, np.full((w, joints), UNBOUND)), axis=1)
    last = LAST_OF_IT / (dt_s * its.outlets)
    from_start = np.maximum(there[:, start] - its.start_m3, 0.0) * last[start]
    from_end = np.maximum(there[:, end] - its.end_m3, 0.0) * last[end]
    throttled = np.concatenate((most, supply), axis=1)
    from_end[:, n:] = 0.0
    tied = surface[:, start] > its.start_m
    tied[:, n:] = False
    return network.Push(
        open=np.concatenate((opening, supply), axis=1) > 0.0,
        valves_s2_m5=np.concatenate((resists, np.zeros((w, senders))), axis=1),
        forth_m3_s=np.minimum(throttled, from_start),
        back_m3_s=np.minimum(throttled, from_end),
        start_tied=tied,
        end_tied=surface[:, end] > its.end_m,
        start_m=np.broadcast_to(its.start_m, (w, n + senders)),
        end_m=np.broadcast_to(its.end_m, (w, n + senders)),
        stores_m2_s=np.broadcast_to(its.area_m2 / dt_s, held.shape),
        head_m=held,
    )


def _moved(
    its: Lines, flow: Floats, supply: Floats, volume_m3: Floats, total_m3: Floats, dt_s: float
) -> tuple[Floats, Floats]:
    """What every vessel gains, (W, Q, M), each product in the share in which it comes; what senders give, (W, Q).

    What meets in a joint leaves it mixed.
    """
    m, n, w = len(its.vessels), len(its.names), len(flow)
    offers = (np.arange(len(its.products))[:, None] == its.offered).astype(np.float64)  # (Q, S)
    offered = supply[:, None, :] * offers
    comes = np.zeros((w, len(its.products), len(its.at_joint)))
    comes[..., its.source - m] = offered
    held = volume_m3 / np.maximum(total_m3, 1e-9)[:, None, :]
    carried = ways.carried(its.graph.start[:n], its.graph.end[:n], its.at_joint, flow, held, comes) * dt_s
    of_all = np.arange(len(its.senders) + 1)[None, :]  # and the nothing behind them
    gain = folded(np.concatenate((-carried, carried), axis=2), its.at_vessel)
    return gain, gathered(offered * dt_s, of_all)[..., 0]


def _sees(row: Row, thing: str) -> Said:
    flow = float(row.state(State).line_flow_m3_s[row.at, row.facts(Lines).names.index(thing)])
    return say("seen.line-flows" if abs(flow) > FLOWS_M3_S else "seen.line", thing=thing)


PART = Part(
    "lines", "line", Line, State,
    verbs=(Does("check", look, work=lambda row, order: LOOK_S, worked=seen),),
    sees=_sees,
)  # fmt: skip
