"""What follows from who is joined to whom alone: flows that continuity decides, and how wide the widest way is."""

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, gathered, select, some


def decided(
    start: Ints, end: Ints, at_joint: Ints, first_joint: int, open_: Bools, into: Floats
) -> tuple[Bools, Floats]:
    """The flows that follow from what comes into the joints, whatever the heads: where every other link is known.

    start, end   (L,)    nodes of each link; those from `first_joint` on store nothing
    at_joint     (J, K)  ends of links at each joint, l for a start, L + l for an end, padded with 2 L
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
        last = gathered(np.concatenate((unknown, unknown), axis=1), at_joint) == 1.0
        due = into + gathered(np.concatenate((-flow, flow), axis=1), at_joint)
        by_start = ~known & from_joint & np.take(last, start - first_joint, axis=1, mode="clip")
        by_end = ~known & ~by_start & to_joint & np.take(last, end - first_joint, axis=1, mode="clip")
        if not some(by_start | by_end):
            break
        flow = select(by_start, np.take(due, start - first_joint, axis=1, mode="clip"), flow)
        flow = select(by_end, -np.take(due, end - first_joint, axis=1, mode="clip"), flow)
        known = known | by_start | by_end
    return known, flow


def widest(start: Ints, end: Ints, at_joint: Ints, first_joint: int, opening: Floats, source: int) -> Floats:
    """The opening of the widest way from a joint to each link, (W, L): its narrowest place, the link itself among them.

    opening  (W, L)  0 to 1
    source           the joint where the ways begin
    """
    none = np.zeros((len(opening), 1))
    reached = np.zeros((len(opening), len(at_joint)))
    reached[:, source - first_joint] = 1.0
    while True:
        padded = np.concatenate((np.zeros((len(opening), 1)), reached), axis=1)
        from_start = np.take(padded, np.maximum(start - first_joint + 1, 0), axis=1)
        from_end = np.take(padded, np.maximum(end - first_joint + 1, 0), axis=1)
        forth, back = np.minimum(opening, from_start), np.minimum(opening, from_end)
        arrives = np.concatenate((back, forth, none), axis=1)[:, at_joint].max(axis=2)  # at its start, at its end
        wider = np.maximum(reached, arrives)
        if not some(wider > reached):
            return np.maximum(forth, back)
        reached = wider


def carried(start: Ints, end: Ints, at_joint: Ints, flow: Floats, held: Floats, comes: Floats) -> Floats:
    """What a flow carries of each product, (W, Q, L), from start to end: what meets in a joint leaves it mixed.

    flow   (W, L)
    held   (W, Q, M)  share of each product in what stores liquid: the nodes before the joints
    comes  (W, Q, J)  of each product into the joints from outside
    """
    giver = np.broadcast_to(select(flow > 0.0, start, end)[:, None, :], (*held.shape[:2], flow.shape[1]))
    arrives = np.concatenate((np.maximum(-flow, 0.0), np.maximum(flow, 0.0)), axis=1)[:, None, :]
    through = gathered(arrives, at_joint) + comes.sum(axis=1, keepdims=True)
    mix = np.zeros(comes.shape)
    shares = np.take_along_axis(np.concatenate((held, mix), axis=2), giver, axis=2)
    for _ in range(len(at_joint)):  # from joint to joint
        new = (comes + gathered(np.concatenate((shares, shares), axis=2) * arrives, at_joint)) / np.maximum(
            through, 1e-30
        )
        if not some(new != mix):
            break
        mix = new
        shares = np.take_along_axis(np.concatenate((held, mix), axis=2), giver, axis=2)
    found: Floats = flow[:, None, :] * shares
    return found
