"""What follows from who is joined to whom alone: flows that continuity decides, and how wide the widest way is."""

from collections.abc import Mapping

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, folded, select, some


def decided(
    start: Ints, end: Ints, at_joint: Ints, first_joint: int, open_: Bools, into: Floats
) -> tuple[Bools, Floats]:
    """The flows that follow from what comes into the joints, whatever the heads: where every other link is known.

    start, end   (L,)    nodes of each link; those from `first_joint` on store nothing
    at_joint     (J, K)  ends of links at each joint, l for a start, L + l for an end, -1 for none
    open_        (W, L)  links that can carry anything
    into         (W, J)  m3/s  from outside
    returns      (W, L)  whether a flow is known; m3/s, from start to end
    """
    from_joint, to_joint = start >= first_joint, end >= first_joint
    known, flow = ~open_, np.zeros(open_.shape)
    for _ in range(len(at_joint)):
        if known.all():
            break
        unknown = (~known).astype(np.float64)
        last = folded(np.concatenate((unknown, unknown), axis=1), at_joint) == 1.0
        due = into + folded(np.concatenate((-flow, flow), axis=1), at_joint)
        by_start = ~known & from_joint & last.take(start - first_joint, axis=1, mode="clip")
        by_end = ~known & ~by_start & to_joint & last.take(end - first_joint, axis=1, mode="clip")
        if not some(by_start | by_end):
            break
        flow = select(by_start, due.take(start - first_joint, axis=1, mode="clip"), flow)
        flow = select(by_end, -due.take(end - first_joint, axis=1, mode="clip"), flow)
        known = known | by_start | by_end
    return known, flow


def widest(start: Ints, end: Ints, at_joint: Ints, first_joint: int, opening: Floats, source: int) -> Floats:
    """The opening of the widest way from a joint to each link, (W, L): its narrowest place, the link itself among them.

    opening  (W, 2, L)  0 to 1, from start to end and back
    source              the joint where the ways begin
    """
    none = np.zeros((len(opening), 1))
    reached = np.zeros((len(opening), len(at_joint)))
    reached[:, source - first_joint] = 1.0
    while True:
        padded = np.concatenate((np.zeros((len(opening), 1)), reached), axis=1)
        from_start = padded.take(np.maximum(start - first_joint + 1, 0), axis=1)
        from_end = padded.take(np.maximum(end - first_joint + 1, 0), axis=1)
        forth, back = np.minimum(opening[:, 0], from_start), np.minimum(opening[:, 1], from_end)
        arrives = np.concatenate((back, forth, none), axis=1)[:, at_joint].max(axis=2)  # at its start, at its end
        wider = np.maximum(reached, arrives)
        if not some(wider > reached):
            return np.maximum(forth, back)
        reached = wider


def groups(joins: Mapping[str, tuple[str, str]], stores: frozenset[str]) -> dict[str, str]:
    """By end of a link: the first of all ends to which it is joined without passing one that stores."""
    first = {e: e for its in joins.values() for e in its}
    through = [its for its in joins.values() if not stores & set(its)]
    while apart := [(a, b) for a, b in through if first[a] != first[b]]:
        for a, b in apart:
            first[a] = first[b] = min(first[a], first[b])
    return first


def nearest(
    joins: Mapping[str, tuple[str, str]], stores: frozenset[str], known: Mapping[str, float]
) -> dict[str, float]:
    """A value of each link: its own where it is known, else that of the nearest link that has one; none where nothing joins."""
    found = dict(known)
    while True:
        beside = {e: v for n, v in reversed(found.items()) for e in joins[n] if e not in stores}
        more = {n: beside[e] for n, its in joins.items() if n not in found for e in its if e in beside}
        if not more:
            return found
        found |= more
