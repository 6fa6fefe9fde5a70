"""What liquids become where lines meet: what comes into a joint leaves it mixed, also where it comes round again.

The shares in the joints balance: of each product as much leaves a joint as comes into it. That is a set of linear equations, solved
by taking joints out one after another, as `network.heads` does: what passed through a joint is led from the one before it directly
to the one behind it. A joint is divided by what comes into it from others and never by a difference, so that nothing is lost where a
pump sends round a thousand times what leaves (Grassmann, Taksar and Heyman 1985).

Of all that is carried the last is no product: warmth, in K of the whole, goes with the volume and takes up none of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.base.arrays import Floats, Ints, folded, ints, select, summed
from twin.physics import network

LEAST = 1e-300  # divides what is nothing


@dataclass(frozen=True, slots=True)
class Joints:
    """How lines join joints."""

    at_start: Ints  # (L,) joint at the start of each line, J where something is stored
    at_end: Ints  # (L,)
    slots: Ints  # (J, 2^k) ends of lines at each: l for a start, L + l for an end, -1 for none
    between: Ints  # (B,) lines from joint to joint
    up: Floats  # (B,) 1 where it runs to the joint of the higher number, -1 where to the lower
    graph: network.Graph  # of these


def joints(start: Sequence[int], end: Sequence[int], first: int, slots: Ints) -> Joints:
    """The joints of lines between nodes, of which those from `first` on store nothing."""
    n = len(slots)
    at = [ints(node - first if node >= first else n for node in ends) for ends in (start, end)]
    both = [k for k, (a, b) in enumerate(zip(start, end, strict=True)) if a >= first and b >= first]
    a, b = (its[both] for its in at)
    return Joints(
        at_start=at[0],
        at_end=at[1],
        slots=slots,
        between=ints(both),
        up=np.where(a < b, 1.0, -1.0),
        graph=network.graph(n, a.tolist(), b.tolist()),
    )


def carried(
    its: Joints, flow: Floats, drawn: tuple[Floats, Floats], comes: Floats, own: tuple[Floats, Floats] | None = None
) -> tuple[Floats, Floats]:
    """What enters each line of each product, and of warmth, and what leaves it, (W, Q + 1, L) m3/s and m3 K/s.

    flow   (W, L)         from start to end
    drawn  (W, Q + 1, L)  share of each product in what would leave a vessel at the start, and at the end, of each line
    comes  (W, Q + 1, J)  of each product into the joints from outside
    own    (W, Q + 1, L)  what leaves of what stood in the line, and (W, L) what passes right through it; None: all does
    """
    forth, size = (flow > 0.0)[:, None, :], np.abs(flow)
    stood, through = (0.0, size) if own is None else own
    passes = through[:, None, :]
    from_joint = select(forth, its.at_start, its.at_end) < len(its.slots)
    of_vessel = select(from_joint, 0.0, select(forth, *drawn))
    gives = stood + passes * of_vessel
    into = comes + folded(np.concatenate((select(forth, 0.0, gives), select(forth, gives, 0.0)), axis=2), its.slots)
    onward = select(flow > 0.0, through, -through).take(its.between, axis=1) * its.up
    shares = mixed(its.graph, np.maximum(onward, 0.0), np.maximum(-onward, 0.0), into)
    shares = np.concatenate((shares, np.zeros((*shares.shape[:2], 1))), axis=2)  # and nothing where something is stored
    of_joint = select(forth, shares.take(its.at_start, axis=2), shares.take(its.at_end, axis=2))
    of = select(from_joint, of_joint, of_vessel)
    return size[:, None, :] * of, stood + passes * of


def mixed(its: network.Graph, up: Floats, down: Floats, into: Floats) -> Floats:
    """Share of each product in each joint, and its warmth, (W, Q + 1, J); 0 where nothing comes.

    up    (W, B)         m3/s  what each line carries from the joint of the lower number to that of the higher
    down  (W, B)         m3/s  and back
    into  (W, Q + 1, J)  m3/s  what comes from elsewhere
    """
    w, q = into.shape[:2]
    into = into.copy()
    made = np.zeros((w, its.n_edges - len(its.of_edge) + 1))
    up, down = (np.concatenate((folded(each, its.of_edge), made), axis=1) for each in (up, down))
    out: list[tuple[Floats, Floats]] = []
    for r in its.rounds:
        lower = r.neighbours < r.nodes[:, None]
        rises, falls = up.take(r.edges, axis=1), down.take(r.edges, axis=1)
        comes, goes = select(lower, rises, falls), select(lower, falls, rises)
        alone = into.take(r.nodes, axis=2)
        whole = np.maximum(summed(comes, 2) + summed(alone[:, :-1], 1), LEAST)
        share, alone = comes / whole[:, :, None], alone / whole[:, None, :]
        out.append((share, alone))
        gets = (alone[..., None] * goes[:, None]).reshape(w, q, -1)
        into[:, :, r.to_nodes] += folded(gets, r.node_slots)
        if len(r.left):
            flat = share.reshape(w, -1), goes.reshape(w, -1)
            up[:, r.to_edges] += folded(flat[0].take(r.left, axis=1) * flat[1].take(r.right, axis=1), r.edge_slots)
            down[:, r.to_edges] += folded(flat[0].take(r.right, axis=1) * flat[1].take(r.left, axis=1), r.edge_slots)
    found = np.zeros((w, q, its.n_nodes + 1))
    found[..., :-1] = into  # of joints that no other joins
    for r, (share, alone) in zip(reversed(its.rounds), reversed(out), strict=True):
        mix = alone
        for k in range(share.shape[2]):
            mix = mix + share[:, None, :, k] * found.take(r.neighbours[:, k], axis=2)
        found[..., r.nodes] = mix
    found = found[..., :-1]
    return (
        found / np.maximum(summed(found[:, :-1], 1), LEAST)[:, None, :]
    )  # what is of one product is so to the last digit
