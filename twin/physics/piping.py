"""Piping: how lines, senders and what holds liquid hang together, and what flows in them in one tick.

*Nodes* are the vessels, which store, and then the joints, where lines meet and nothing is stored. *Links* are the lines and then,
from nowhere into its joint, one for each sender. A *mouth* is where a line ends in a vessel, at a height. What a valve, a pump or a
transfer does to a line arrives here as numbers: how far it is open in each direction, what its valves resist, what holds it shut
below a head, at which speed its pumps turn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, bools, floats, folded, gathered, ints, paired, select, some, summed
from twin.physics import fronts, mixing, network, ways
from twin.physics.pumps import Curve, in_links

ENTRANCE_K, EXIT_K = 0.5, 1.0  # where a line leaves what holds liquid, and where it ends in it (sharp edges)
UNBOUND = 1e12  # m3/s: no limit
SENDER_HEAD_M, SENDER_SLOPE_S_M2 = 1000.0, 100.0  # a sender holds its flow up to some such head (assumed)
SENDER_SIZE_M = 0.01  # small, so that what is still of a sender is still of every line
LOOSE_S_M2 = 1e-4
LAST_OF_IT = 0.999  # share of what lies above an outlet that may leave in one tick, by all lines together


@dataclass(frozen=True, slots=True)
class Piping:
    """Fixed facts of a set of lines."""

    n_lines: int
    n_vessels: int
    graph: network.Graph
    pipes: network.Pipes
    at_joint: Ints  # (J, 2^k) ends of lines: l for a start, L + l for an end, -1 for none
    joints: mixing.Joints
    at_vessel: Ints  # (M + 1, 2^k) the same; the last are all holes together
    source: Ints  # (S,) joint of each sender
    joined: Ints  # (parts, 2^k) lines that joints join, -1 for none
    last: Ints  # (1, 2^k) lines that end where liquid is stored
    part: Ints  # (L,) of which part each line is
    source_part: Ints  # (S,)
    floor_m: Floats  # (N,) height above the ground
    start_m: Floats  # (links,) height of a first end above the ground
    end_m: Floats
    start_m3: Floats  # (links,) what lies below a first end in its vessel
    end_m3: Floats
    outlets: Floats  # (N,) ends of lines at each vessel
    pumped: Ints  # (P,) the line of each pump
    floats: Bools  # (L,) drawn from under the surface at its start
    fills: Ints  # (T,) lines of which it matters what stands in them


@dataclass(frozen=True, slots=True)
class Ways:
    """How lines stand, in the directions forth and back: (W, 2, L), and what drives and binds them."""

    opening: Floats  # tightest valve; 0 where nothing passes
    resists_s2_m5: Floats  # of the valves
    holds_m: Floats  # (W, L) head below which nothing flows: what a relief valve is set to
    most_m3_s: Floats  # (W, L) to which a line is throttled
    speed: Floats  # (W, P) of pumps, share of the rated one


class Link(NamedTuple):
    """A line as a pipe between two ends."""

    start: str
    end: str
    size_m: float
    length_m: float
    wall_m: float  # roughness
    viscosity_m2_s: float
    bends: float  # loss coefficient of what belongs to the line itself
    mouths_m: tuple[float, float]  # height of its ends above the floors of the vessels there
    below_m3: tuple[float, float]  # what lies below them
    pumps: tuple[tuple[int, Curve], ...]  # number and curve of each in it
    loose_s_m2: float  # head that a flow takes at least: of a spring that gives
    floats: bool  # at its start it draws from under the surface
    fills: bool  # it matters what stands in it


def build(
    links: list[Link], vessels: tuple[str, ...], base_m: Floats, senders: tuple[str, ...], groups: Mapping[str, str],
    thin_m2_s: float, holes: int = 0,
) -> Piping:  # fmt: skip
    """The piping of these lines, of which the last are holes.

    base_m     (M,) height of the floors of the vessels
    groups     by end of a line: what it is joined to without passing anything that holds liquid
    thin_m2_s  viscosity of what senders push
    """
    joints = sorted({n for its in links for n in (its.start, its.end)} - set(vessels) | set(senders))
    node = {name: n for n, name in enumerate((*vessels, *joints))}
    m, n_links = len(vessels), len(links) + len(senders)
    start, end, source = [node[k.start] for k in links], [node[k.end] for k in links], [node[s] for s in senders]
    parts = [
        next((groups[e] for e in (its.end, its.start) if e not in vessels), f"line {n}") for n, its in enumerate(links)
    ]
    listed = sorted({*parts, *(groups.get(s, s) for s in senders)})
    at_start, at_end = bools(n < m for n in start), bools(n < m for n in end)
    bends = floats(its.bends for its in links)
    floor = np.concatenate((base_m, np.zeros(len(joints))))
    leaves, enters = (floats(its.mouths_m[k] for its in links) for k in (0, 1))
    pumped = [(p, k, curve) for k, its in enumerate(links) for p, curve in its.pumps]
    line_of = {p: k for p, k, _ in pumped}
    at_joint = paired(_ends_at(start, end, range(m, len(node))))
    return Piping(
        n_lines=len(links),
        n_vessels=m,
        graph=network.graph(len(node), [*start, *source], [*end, *source]),
        pipes=network.pipes(
            floats([*(its.size_m for its in links), *(SENDER_SIZE_M for _ in source)]),
            _both([its.length_m for its in links], n_links),
            _both([its.wall_m for its in links], n_links),
            floats([*(its.viscosity_m2_s for its in links), *(thin_m2_s for _ in source)]),
            _both(ENTRANCE_K * at_start + EXIT_K * at_end + bends, n_links),
            _both(EXIT_K * at_start + ENTRANCE_K * at_end + bends, n_links),
            floats([*(max(LOOSE_S_M2, its.loose_s_m2) for its in links), *(SENDER_SLOPE_S_M2 for _ in source)]),
            in_links(pumped),
        ),
        at_joint=at_joint,
        joints=mixing.joints(start, end, m, at_joint),
        at_vessel=paired([*_ends_at(start, end, range(m)), range(2 * len(links) - holes, 2 * len(links))]),
        source=ints(source),
        joined=paired([[k for k, its in enumerate(parts) if its == p] for p in listed]),
        last=paired([[k for k in range(len(links)) if at_start[k] or at_end[k]]]),
        part=ints(listed.index(p) for p in parts),
        source_part=ints(listed.index(groups.get(s, s)) for s in senders),
        floor_m=floor,
        start_m=np.concatenate((floor[start] + leaves, np.full(len(source), SENDER_HEAD_M))),
        end_m=_both(floor[end] + enters, n_links),
        start_m3=_both([its.below_m3[0] for its in links], n_links),
        end_m3=_both([its.below_m3[1] for its in links], n_links),
        outlets=floats(max(1, start.count(n) + end.count(n)) if n < m else 1 for n in range(len(node))),
        pumped=ints(line_of[p] for p in sorted(line_of)),
        floats=bools(its.floats for its in links),
        fills=ints(k for k, its in enumerate(links) if its.fills),
    )


def _both(of_lines: Iterable[float], n_links: int) -> Floats:
    """A value of each line, nothing for the senders behind them."""
    found = floats(of_lines)
    return np.concatenate((found, np.zeros(n_links - len(found))))


def _ends_at(start: list[int], end: list[int], nodes: Iterable[int]) -> list[list[int]]:
    """The ends of lines at each node: l for the start of line l, L + l for its end."""
    found: dict[int, list[int]] = {n: [] for n in nodes}
    for k, (a, b) in enumerate(zip(start, end, strict=True)):
        if a in found:
            found[a].append(k)
        if b in found:
            found[b].append(len(start) + k)
    return list(found.values())


def by_continuity(its: Piping, now: Ways, taken: Floats) -> tuple[Bools, Floats]:
    """Which lines belong to a part whose flows follow from what senders give, (W, L), and these flows."""
    m, n = its.n_vessels, its.n_lines
    forth, back = now.opening[:, 0], now.opening[:, 1]
    into = np.zeros((len(forth), len(its.at_joint)))
    into[:, its.source - m] = taken
    open_ = np.maximum(forth, back) > 0.0
    known, flow = ways.decided(its.graph.start[:n], its.graph.end[:n], its.at_joint, m, open_, into)
    # what is more than a line may carry, or the wrong way, is found with the rest; and so what pumps push
    too_much = (flow > select(forth > 0.0, now.most_m3_s, 0.0)) | (-flow > select(back > 0.0, now.most_m3_s, 0.0))
    left = ~known | too_much
    if len(its.pumped):
        turns = np.zeros(flow.shape, dtype=bool)
        for p, k in enumerate(its.pumped.tolist()):
            turns[:, k] |= now.speed[:, p] > 0.0
        left = left | (turns & open_)
    undecided = folded(left.astype(np.float64), its.joined)
    return undecided.take(its.part, axis=1) == 0.0, flow + 0.0  # no -0


def taken(its: Piping, opening: Floats, asked: Floats) -> Floats:
    """What senders give, (W, S): all they are asked for while their ways are open, the share of the opening below that.

    A closing valve passes its share of opening: the sender's pump has head to spare until the last of the stroke (assumed).
    """
    m, n = its.n_vessels, its.n_lines
    start, end = its.graph.start[:n], its.graph.end[:n]
    found = np.zeros(asked.shape)
    for s, joint in enumerate(its.source.tolist()):
        if some(asked[:, s]):
            wide = ways.widest(start, end, its.at_joint, m, opening, joint)
            arrives = folded(wide, its.last)[:, 0]
            leaves = folded(opening.reshape(len(opening), -1), its.at_joint)[:, joint - m]
            found[:, s] = asked[:, s] * np.minimum(np.minimum(arrives, leaves), 1.0)
    return found


def push(
    its: Piping, now: Ways, supply: Floats, level_m: Floats, total_m3: Floats, area_m2: Floats,
    shrinks: Floats, dt_s: float,
) -> network.Push:  # fmt: skip
    """What drives and binds the lines of these worlds, and the senders behind them.

    supply             (W, S)  m3/s
    level_m, total_m3  (W, M)
    area_m2            (W, M)  of the surface in each vessel
    shrinks            (W, M)  volume as flows count it, by that in the vessel
    """
    w, n, m, senders = len(supply), its.n_lines, its.n_vessels, supply.shape[1]
    joints = len(its.at_joint)
    held = np.concatenate((level_m, np.zeros((w, joints))), axis=1) + its.floor_m
    surface = held.copy()
    surface[:, m:] = np.inf  # joints are full
    start, end = its.graph.start, its.graph.end
    there = np.concatenate((total_m3, np.full((w, joints), UNBOUND)), axis=1)
    last = LAST_OF_IT / (dt_s * its.outlets)
    last = last * np.concatenate((shrinks, np.ones((w, joints))), axis=1)
    from_start = np.maximum(there[:, start] - its.start_m3, 0.0) * last[:, start]
    from_end = np.maximum(there[:, end] - its.end_m3, 0.0) * last[:, end]
    throttled = np.concatenate((now.most_m3_s, supply), axis=1)
    forth, back = (np.concatenate((now.opening[:, k], supply), axis=1) > 0.0 for k in (0, 1))
    back[:, n:] = False
    tied = surface[:, start] > its.start_m
    tied[:, n:] = False
    of_senders = np.zeros((w, senders))
    resists = [np.concatenate((now.resists_s2_m5[:, k], of_senders), axis=1) for k in (0, 1)]
    lift = (
        -np.concatenate((now.holds_m, of_senders), axis=1) if len(its.pumped) or some(now.holds_m) else np.zeros((w, 0))
    )
    stores = np.zeros(held.shape)
    stores[:, :m] = area_m2 * shrinks / dt_s
    return network.Push(
        open=forth | back,
        forth_s2_m5=its.pipes.forth_s2_m5 + resists[0],
        back_s2_m5=its.pipes.back_s2_m5 + resists[1],
        forth_m3_s=select(forth, np.minimum(throttled, from_start), 0.0),
        back_m3_s=select(back, np.minimum(throttled, from_end), 0.0),
        start_tied=tied,
        end_tied=surface[:, end] > its.end_m,
        start_m=np.broadcast_to(its.start_m, (w, n + senders)),
        end_m=np.broadcast_to(its.end_m, (w, n + senders)),
        stores_m2_s=stores,
        head_m=held,
        lift_m=lift,
        speed=now.speed,
    )


def suctions(its: Piping, opening: Floats, joints_m: Floats, level_m: Floats) -> Floats:
    """Head at the suction of each pump above the ground, (W, P): of the liquid that stands there, far below where none does.

    A joint is full: before a line that is shut it stays so, whatever its head.

    opening   (W, L)  forth
    joints_m  (W, P)  head where the line of each begins, while it is open
    level_m   (W, M)
    """
    start = its.graph.start[its.pumped]
    vessel = np.minimum(start, its.n_vessels - 1)
    surface = level_m.take(vessel, axis=1) + its.floor_m[vessel]
    of_vessel = select(surface > its.start_m[its.pumped], surface, -UNBOUND)
    of_joint = select(opening.take(its.pumped, axis=1) > 0.0, joints_m, UNBOUND)
    found: Floats = select(start < its.n_vessels, of_vessel, of_joint)
    return found


def drawn(
    its: Piping,
    volume_m3: Floats,
    warmer_k: Floats,
    shrinks: Floats,
    flow: Floats,
    water: int,
    settles: Bools,
    dt_s: float,
) -> tuple[Floats, Floats]:
    """Share of each product in what would leave a vessel at the start and at the end of each line, and its warmth, (W, Q + 1, L).

    Water settles in tanks of something else: a mouth above it draws none, one below it draws it first. What floats draws it last.
    A tank without water gives none, whatever stands in the worlds beside it, and what rounding left below nothing gives nothing.

    volume_m3  (W, Q, M)
    warmer_k   (W, M)  than the day
    shrinks    (W, M)  volume on the day by that in the vessel
    flow       (W, L)
    water      its number among the products
    settles    (M,)  vessels in which water lies under the rest
    """
    m, n = its.n_vessels, its.n_lines
    held = np.maximum(volume_m3, 0.0)
    shares = held / np.maximum(summed(held, 1), mixing.LEAST)[:, None, :]
    at = [np.minimum(ends[:n], m - 1) for ends in (its.graph.start, its.graph.end)]
    mixed = shares.take(at[0], axis=2), shares.take(at[1], axis=2)
    warm = warmer_k.take(at[0], axis=1)[:, None, :], warmer_k.take(at[1], axis=1)[:, None, :]
    if not some(held[:, water] * settles):
        return np.concatenate((mixed[0], warm[0]), axis=1), np.concatenate((mixed[1], warm[1]), axis=1)
    rest_m3 = summed(np.delete(held, water, axis=1), 1)
    found = []
    for k, below in enumerate((its.start_m3[:n], its.end_m3[:n])):
        of, outlets = at[k], its.outlets[at[k]]
        draws, wet_m3 = np.maximum(np.abs(flow) * dt_s * outlets, mixing.LEAST), held[:, water, of]
        under = np.minimum(np.maximum(wet_m3 - below * shrinks.take(of, axis=1), 0.0) / draws, 1.0)
        last = 1.0 - np.minimum(rest_m3[:, of] / draws, 1.0)
        share = select(its.floats if k == 0 else False, last, np.maximum(under, last))
        others = held[:, :, of] / np.maximum(rest_m3[:, of], mixing.LEAST)[:, None, :] * (1.0 - share)[:, None, :]
        others[:, water] = share
        shares = select((settles[of] & (wet_m3 > 0.0))[:, None, :], others, mixed[k])
        found.append(np.concatenate((shares, warm[k]), axis=1))
    return found[0], found[1]


def moved(
    its: Piping,
    offers: Floats,
    flow: Floats,
    supply: Floats,
    warmer_k: Floats,
    draws: tuple[Floats, Floats],
    content_m3: Floats,
    dt_s: float,
) -> tuple[Floats, Floats, Floats]:
    """What every vessel gains, and what leaks behind them, (W, Q + 1, M + 1), each product in the share in which it comes, and warmth; what senders give, (W, Q + 1);
    what stands in lines.

    What meets in a joint leaves it mixed; what stands in a line leaves it before what comes in.

    offers      (Q + 1, S)        1 for the product of each sender
    flow        (W, L)
    supply      (W, S)
    warmer_k    (W, S)            what senders offer, than the day
    draws       (W, Q + 1, L)     shares at both ends, see `drawn`
    content_m3  (W, Q + 1, T, K)  of the lines that `fills` names
    """
    m, n, w = its.n_vessels, its.n_lines, len(flow)
    offered = supply[:, None, :] * offers
    offered[:, -1] = supply * warmer_k
    comes = np.zeros((w, len(offers), len(its.at_joint)))
    comes[..., its.source - m] = offered
    own, along = None, flow[:, its.fills] * dt_s
    if len(its.fills):
        out, through = fronts.leaving(content_m3, along)
        stood, passes = np.zeros((w, len(offers), n)), np.abs(flow)
        stood[..., its.fills], passes[:, its.fills] = out / dt_s, through / dt_s
        own = stood, passes
    enters, leaves = mixing.carried(its.joints, flow, draws, comes, own)
    if len(its.fills):
        size = np.maximum(np.abs(flow[:, its.fills]), 1e-30)[:, None, :]
        content_m3 = fronts.pushed(content_m3, along, enters[..., its.fills] / size)
    forth = (flow > 0.0)[:, None, :]
    both = np.concatenate((select(forth, -enters, leaves), select(forth, leaves, -enters)), axis=2) * dt_s
    of_all = np.arange(supply.shape[1] + 1)[None, :]  # and the nothing behind them
    return folded(both, its.at_vessel), gathered(offered * dt_s, of_all)[..., 0], content_m3


def moved_alone(
    its: Piping, offers: Floats, flow: Floats, supply: Floats, pure: Floats, dt_s: float
) -> tuple[Floats, Floats]:
    """What `moved` gives where each line carries one product, nothing else can come and nothing is warmer than the day, the same bits.

    pure  (Q + 1, L)  1 for the product of each line
    """
    carried = flow[:, None, :] * pure * dt_s
    of_all = np.arange(supply.shape[1] + 1)[None, :]
    gain = folded(np.concatenate((-carried, carried), axis=2), its.at_vessel)
    return gain, gathered(supply[:, None, :] * offers * dt_s, of_all)[..., 0]
