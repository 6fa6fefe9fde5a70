"""Heads at nodes and flows in links, solved together: what a set of pipes carries between given heads.

The global gradient method (Todini and Pilati 1988), as in EPANET: every link is replaced by the tangent of its loss, the heads
that balance the tangents are found, the flows follow, and so again until no flow changes. The linear heads come by star-mesh
transformation: a node is taken out by joining its neighbours directly. Conductances are only ever added, multiplied and divided,
never subtracted, so that wide and narrow pipes keep their digits beside each other; the order of taking out is fixed by the
graph, and nodes that do not touch each other go together. Each world stops by its own convergence: the bits of one do not depend
on who stands beside it.

A link may be limited in either direction: a check valve, a throttled rate, a tank that has no more to give. At its limit it carries
just that, until the head that presses on it turns round.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np

from twin.base.arrays import Bools, Element, Floats, Ints, every, folded, ints, padded, paired, select, some, throughout
from twin.physics import geometry, hydraulics
from twin.physics.pumps import Curves

CELLS = 512
FASTEST_M_S = 30.0  # the friction tables end here; beyond, the last tangent goes on
LAMINAR_RE, TURBULENT_RE = 2000.0, 4000.0
STIFF_S_M2 = 1e15  # m of head a m3/s at a limit
ROUNDS = 200
CAREFUL_FROM = 12  # from this round on limits are met one by one
SETTLED = 1e-5  # a flow may still change by this share: the next tangent would change it by the square of that
STILL_M_S = 1e-6  # slower than this is still
NOTHING_M3_S = 1e-12  # by so little no limit is passed: what rounding leaves of a flow that is none
CREEP_M = 1e-6  # of velocity head: below, fittings take head by the flow and not by its square, as pipes do (assumed)
START_M_S = 0.3  # of a link that nothing has flowed through yet
TRIED_M_S, TRIED = 15.0, 4.0  # nothing faster is tried from a slow flow, nor more than so many times a fast one


@dataclass(frozen=True, slots=True)
class Round:
    """Nodes taken out together, none next to another. -1 in a table of indices: nothing."""

    nodes: Ints  # (P,)
    edges: Ints  # (P, K) edges to what is left
    neighbours: Ints  # (P, K) nodes at their other ends
    to_nodes: Ints  # (T,) nodes that get something
    node_slots: Ints  # (T, 2^k) from which of (P, K)
    left: Ints  # (R,) pairs of (P, K): one end of a new edge
    right: Ints  # (R,) the other
    to_edges: Ints  # (U,)
    edge_slots: Ints  # (U, 2^k) from which of R


@dataclass(frozen=True, slots=True)
class Graph:
    """How links join nodes, and the order in which nodes are taken out."""

    n_nodes: int
    n_edges: int
    start: Ints  # (L,) node at the first end of each link
    end: Ints  # (L,)
    of_edge: Ints  # (edges with links, 2^k) links of each; those that taking out makes stand behind them
    at_node: Ints  # (N, 2^k) ends of links: l is the start of link l, L + l its end
    rounds: tuple[Round, ...]


@dataclass(frozen=True, slots=True)
class Pipes:
    """What a flow costs in each link, (L,) each."""

    friction_m: Floats  # (L, CELLS + 1) head at equal steps of the root of the flow
    cells_per_root: Floats  # 1 / sqrt(m3/s)
    forth_s2_m5: Floats  # fittings, entrance and exit, for a flow from start to end
    back_s2_m5: Floats
    loose_s_m2: Floats  # head that a flow takes at least: finer differences are not told apart
    area_m2: Floats
    pumps: tuple[Curves, ...] = ()


@dataclass(frozen=True, slots=True)
class Push:
    """What drives and what binds, of W worlds."""

    open: Bools  # (W, L) whether anything can flow
    forth_s2_m5: Floats  # (W, L) what fittings and valves take of a flow from start to end
    back_s2_m5: Floats  # (W, L)
    forth_m3_s: Floats  # (W, L) most that may flow from start to end
    back_m3_s: Floats  # (W, L) most the other way
    start_tied: Bools  # (W, L) whether the first end stands under the head of its node, or at a height of its own
    end_tied: Bools  # (W, L)
    start_m: Floats  # (W, L) height of a first end that is not tied
    end_m: Floats  # (W, L)
    stores_m2_s: Floats  # (W, N) flow that raises a node by a metre in this tick: its area by time; 0 of a joint
    head_m: Floats  # (W, N) at the beginning of the tick, where something is stored
    lift_m: Floats  # (W, L) head that a link adds from start to end, besides its pumps; or (W, 0): none does, and nothing pumps
    speed: Floats  # (W, P) of pumps


# the graph


def graph(n_nodes: int, start: Sequence[int], end: Sequence[int]) -> Graph:
    """The graph of links (L,) between nodes. A node is taken out after those with fewer neighbours."""
    edges: dict[tuple[int, int], int] = {}
    links: dict[int, list[int]] = {}
    ends: list[list[int]] = [[] for _ in range(n_nodes)]
    for link, (a, b) in enumerate(zip(start, end, strict=True)):
        ends[a].append(link)
        ends[b].append(len(start) + link)
        if a != b:
            links.setdefault(edges.setdefault(_between(a, b), len(edges)), []).append(link)
    rounds = tuple(_rounds(n_nodes, edges))
    return Graph(n_nodes, len(edges), ints(start), ints(end), paired(links.values()), paired(ends), rounds)


def _between(a: int, b: int) -> tuple[int, int]:
    return min(a, b), max(a, b)


def _rounds(n_nodes: int, edges: dict[tuple[int, int], int]) -> Iterator[Round]:
    """Who is taken out when; adds to the edges those that taking out makes."""
    beside: list[set[int]] = [set() for _ in range(n_nodes)]
    for a, b in edges:
        beside[a].add(b)
        beside[b].add(a)
    left = [n for n in range(n_nodes) if beside[n]]
    while left:
        nodes = _apart(left, beside)
        yield _taken_out(nodes, beside, edges)
        for n in nodes:
            for other in beside[n]:
                beside[other] = (beside[other] | beside[n]) - {other, n}
        left = [n for n in left if n not in nodes]


def _apart(left: list[int], beside: list[set[int]]) -> list[int]:
    """Nodes with the fewest neighbours, or two at most, none next to another; in the order of their numbers."""
    few = max(2, min(len(beside[n]) for n in left))
    nodes: set[int] = set()
    for n in sorted(left, key=lambda n: (len(beside[n]), n)):
        if len(beside[n]) <= few and not beside[n] & nodes:
            nodes.add(n)
    return sorted(nodes)


def _taken_out(nodes: list[int], beside: list[set[int]], edges: dict[tuple[int, int], int]) -> Round:
    others = [sorted(beside[n]) for n in nodes]
    width = max(1, *(len(its) for its in others))
    to_nodes: dict[int, list[int]] = {}
    to_edges: dict[int, list[int]] = {}
    pairs: list[tuple[int, int]] = []
    for p, its in enumerate(others):
        for k, one in enumerate(its):
            to_nodes.setdefault(one, []).append(p * width + k)
            for m, other in enumerate(its[k + 1 :], start=k + 1):
                number = edges.setdefault((one, other), len(edges))
                to_edges.setdefault(number, []).append(len(pairs))
                pairs.append((p * width + k, p * width + m))
    return Round(
        nodes=ints(nodes),
        edges=padded([[edges[_between(n, o)] for o in its] for n, its in zip(nodes, others, strict=True)], -1),
        neighbours=padded(others, -1),
        to_nodes=ints(to_nodes),
        node_slots=paired(to_nodes.values()),
        left=ints(a for a, _ in pairs),
        right=ints(b for _, b in pairs),
        to_edges=ints(to_edges),
        edge_slots=paired(to_edges.values()),
    )


def heads(its: Graph, ground: Floats, given: Floats, links: Floats) -> Floats:
    """Heads (W, N) that balance linear conductances.

    ground  (W, N)  m2/s  conductance of each node to the height 0, 0 or above
    given   (W, N)  m3/s  flow into each node from outside
    links   (W, L)  m2/s  conductance of each link
    returns         m     0 where a node hangs on nothing
    """
    given, ground = given.copy(), ground.copy()
    n, made = len(ground), its.n_edges - len(its.of_edge)
    edges = np.concatenate((folded(links, its.of_edge), np.zeros((n, made + 1))), axis=1)
    out: list[tuple[Floats, Floats]] = []
    for r in its.rounds:
        joins = edges.take(r.edges, axis=1)
        whole = hung = ground.take(r.nodes, axis=1)
        for k in range(joins.shape[2]):
            whole = whole + joins[:, :, k]
        whole = select(whole > 0.0, whole, 1.0)
        share = joins / whole[:, :, None]
        pushed = given.take(r.nodes, axis=1)
        out.append((share, pushed / whole))
        ground[:, r.to_nodes] += folded((share * hung[:, :, None]).reshape(n, -1), r.node_slots)
        given[:, r.to_nodes] += folded((share * pushed[:, :, None]).reshape(n, -1), r.node_slots)
        if len(r.left):
            new = share.reshape(n, -1).take(r.left, axis=1) * joins.reshape(n, -1).take(r.right, axis=1)
            edges[:, r.to_edges] += folded(new, r.edge_slots)
    found = np.zeros((n, its.n_nodes + 1))
    for r, (share, alone) in zip(reversed(its.rounds), reversed(out), strict=True):
        head = alone
        for k in range(share.shape[2]):
            head = head + share[:, :, k] * found.take(r.neighbours[:, k], axis=1)
        found[:, r.nodes] = head
    return found[:, :-1]


# what a flow costs


def smooth_friction_factor(reynolds: Element, relative_roughness: Element) -> Element:
    """Darcy friction factor without a jump: 64/Re up to 2000, Colebrook from 4000 on, straight between."""
    laminar = 64.0 / np.minimum(reynolds, LAMINAR_RE)
    turbulent = hydraulics.friction_factor(np.maximum(reynolds, TURBULENT_RE), relative_roughness)
    share = np.minimum(np.maximum((reynolds - LAMINAR_RE) / (TURBULENT_RE - LAMINAR_RE), 0.0), 1.0)
    return laminar + (turbulent - laminar) * share


def pipes(
    size_m: Floats, length_m: Floats, roughness_m: Floats, viscosity_m2_s: Floats, forth_k: Floats, back_k: Floats,
    loose_s_m2: Floats, pumps: tuple[Curves, ...] = (),
) -> Pipes:  # fmt: skip
    """What a flow costs in links of these sizes, (L,) each; fittings by direction, on the size of the link."""
    area = geometry.circle_area(size_m)
    most = area * FASTEST_M_S
    steps = np.arange(CELLS + 1) / CELLS
    kinds = list(zip(size_m.tolist(), roughness_m.tolist(), viscosity_m2_s.tolist(), strict=True))
    first = {kind: n for n, kind in reversed(list(enumerate(kinds)))}
    per_m = {(d, e, nu): _friction_per_m(d, e, nu, most[n] * steps * steps) for (d, e, nu), n in first.items()}
    table = [per_m[kind] * length for kind, length in zip(kinds, length_m.tolist(), strict=True)]
    per_k = hydraulics.per_k_s2_m5(size_m)
    return Pipes(
        friction_m=np.array(table).reshape(-1, CELLS + 1),
        cells_per_root=CELLS / np.sqrt(most),
        forth_s2_m5=forth_k * per_k,
        back_s2_m5=back_k * per_k,
        loose_s_m2=loose_s_m2,
        area_m2=area,
        pumps=pumps,
    )


def _friction_per_m(size_m: float, roughness_m: float, viscosity_m2_s: float, flow_m3_s: Floats) -> Floats:
    speed = flow_m3_s / float(geometry.circle_area(size_m))
    reynolds = np.maximum(speed * size_m / viscosity_m2_s, 1e-9)
    factor = smooth_friction_factor(reynolds, roughness_m / size_m)
    found: Floats = factor * speed * speed / (2.0 * hydraulics.G_M_S2 * size_m)
    return found


def loss(its: Pipes, push: Push, flow: Floats) -> tuple[Floats, Floats]:
    """Head that each link takes from its flow, with its sign, and the tangent: (W, L) m, s/m2."""
    size = np.abs(flow)
    place = np.minimum(np.sqrt(size) * its.cells_per_root, CELLS - 1e-9)
    low = place.astype(np.int64)
    at = low + np.arange(size.shape[1]) * (CELLS + 1)
    flat = its.friction_m.reshape(-1)
    below = flat.take(at)
    root = low / its.cells_per_root
    wide = (2.0 * low + 1.0) / (its.cells_per_root * its.cells_per_root)
    steep = (flat.take(at + 1) - below) / wide
    forth = flow > 0.0
    fittings = select(forth, push.forth_s2_m5, push.back_s2_m5)
    lift = push.lift_m
    if lift.shape[1]:
        lift, fittings = lift.copy(), fittings.copy()
        for layer in its.pumps:
            adds, droops = layer.at(push.speed[:, layer.pump], flow[:, layer.link])
            lift[:, layer.link] += adds
            fittings[:, layer.link] += droops
    bent = np.sqrt(fittings * (fittings * size * size + CREEP_M))  # s/m2
    bends = bent + fittings * fittings * size * size / np.maximum(bent, 1e-30)
    head = below + steep * (size - root * root) + (bent + its.loose_s_m2) * size
    signed = select(forth, head, -head)
    return signed - lift if lift.shape[1] else signed, steep + bends + its.loose_s_m2


# flows


def flows(its: Graph, of: Pipes, push: Push, before: Floats) -> tuple[Floats, Floats]:
    """Flow in each link from its first end to its second, (W, L) m3/s, and the head of each node, (W, N) m.

    `before` is the flow to begin with, 0 where not known.
    """
    begin = select(push.forth_m3_s > 0.0, of.area_m2, -of.area_m2) * START_M_S
    most, still = of.area_m2 * TRIED_M_S, of.area_m2 * STILL_M_S
    flow = select(push.open, select(before != 0.0, before, begin), 0.0)
    flow, bound = _bounded(push, flow)
    bound = bound * push.open
    found, heads_m, rows, left = flow.copy(), push.head_m.copy(), np.arange(len(flow)), push
    for n in range(ROUNDS):
        new, presses, heads_m[rows] = _nearer(its, of, left, flow, bound)
        if n < CAREFUL_FROM:
            faster = np.maximum(most, TRIED * np.abs(flow))
            tried, touches = _bounded(left, np.minimum(np.maximum(new, -faster), faster))
            again = select(bound != 0, select(presses * bound >= 0.0, bound, 0), touches) * left.open
            found[rows] = new
        else:
            tried, again = _carefully(left, flow, bound, new, presses)
            found[rows] = tried
        settled = throughout((again == bound) & (np.abs(new - flow) <= SETTLED * np.abs(new) + still))
        if every(settled):
            break
        flow, bound = tried, again
        if some(settled):
            rows, flow, bound = rows[~settled], flow[~settled], bound[~settled]
            left = Push(*(getattr(left, item.name)[~settled] for item in fields(Push)))
    return found, heads_m


def _carefully(push: Push, flow: Floats, bound: Ints, new: Floats, presses: Floats) -> tuple[Floats, Ints]:
    """The way from a flow to the next one as far as the first limit on it, and which limits hold then.

    Where no limit is on the way, the one that is pressed away from hardest is let go, alone. So continuity, once it is met,
    stays met, and limits that depend on one another cannot take turns for ever, as they may when all are moved at once.
    """
    step = new - flow
    room = np.maximum(select(step > 0.0, push.forth_m3_s - flow, push.back_m3_s + flow), 0.0)
    hits = push.open & (bound == 0) & (np.abs(step) > room + NOTHING_M3_S)
    share = select(hits, room / select(hits, np.abs(step), 1.0), 1.0)
    reach = share.min(axis=1, keepdims=True)
    first = hits & (share <= reach)
    tried = flow + reach * step
    again = select(first, select(step > 0.0, 1, -1), bound)
    tried = select(again == 1, push.forth_m3_s, select(again == -1, -push.back_m3_s, tried))
    wrong = select(push.open & (bound * presses < 0.0) & ~hits.any(axis=1, keepdims=True), np.abs(presses), 0.0)
    hardest = (wrong > 0.0) & (np.arange(flow.shape[1]) == wrong.argmax(axis=1)[:, None])
    return tried, select(hardest, 0, again)


def _bounded(push: Push, flow: Floats) -> tuple[Floats, Ints]:
    """Flows within their limits, and which limit they touch: 1 forth, -1 back, 0 none."""
    touches = select(flow >= push.forth_m3_s, 1, select(flow <= -push.back_m3_s, -1, 0))
    return np.minimum(np.maximum(flow, -push.back_m3_s), push.forth_m3_s), touches


def _nearer(its: Graph, of: Pipes, push: Push, flow: Floats, bound: Ints) -> tuple[Floats, Floats, Floats]:
    """The flows that balance the tangents at these flows, the head by which each is pressed on from there, and the heads."""
    head, tangent = loss(of, push, flow)
    tangent = select(bound != 0, STIFF_S_M2, tangent)
    carries = select(push.open, 1.0 / tangent, 0.0)
    rest = select(push.open, flow - carries * head, 0.0)  # what would flow between equal heads
    joined, into_start, into_end, ground = carries, -rest, rest, push.stores_m2_s
    if not every(push.start_tied & push.end_tied):
        joined = select(push.start_tied & push.end_tied, carries, 0.0)
        into_start = select(push.start_tied, into_start + select(push.end_tied, 0.0, carries * push.end_m), 0.0)
        into_end = select(push.end_tied, into_end + select(push.start_tied, 0.0, carries * push.start_m), 0.0)
        alone = (
            select(push.start_tied & ~push.end_tied, carries, 0.0),
            select(push.end_tied & ~push.start_tied, carries, 0.0),
        )
        ground = ground + folded(np.concatenate(alone, axis=1), its.at_node)
    pushed = push.stores_m2_s * push.head_m + folded(np.concatenate((into_start, into_end), axis=1), its.at_node)
    head_m = heads(its, ground, pushed, joined)
    at_start = select(push.start_tied, head_m.take(its.start, axis=1), push.start_m)
    at_end = select(push.end_tied, head_m.take(its.end, axis=1), push.end_m)
    return rest + carries * (at_start - at_end), at_start - at_end - head, head_m
