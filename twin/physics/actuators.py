"""What moves valves: a stroke at its speed, and a proportional and integral controller."""

import numpy as np

from twin.base.arrays import Bools, Element, select


def stroked(
    position: Element, demand: Element, driven: Bools, by_hand: Bools, stuck: Bools, stroke_s: Element, crank_s: Element,
    dt_s: float,
) -> Element:  # fmt: skip
    """Where valves are after one tick on their way to a demand.

    position, demand        -     0 closed, 1 open
    driven, by_hand, stuck  bool
    stroke_s, crank_s       s     end to end by its drive, by hand
    dt_s                    s     the tick
    returns                 -
    """
    by_drive = select(driven, dt_s / stroke_s, 0.0)
    reach = select(by_hand, dt_s / crank_s, by_drive)
    reach = select(stuck, 0.0, reach)
    gap = demand - position
    return select(np.abs(gap) <= reach, demand, position + select(gap > 0.0, reach, -reach))


def controlled(
    error: Element, wound: Element, position: Element, acts: Bools, reset_s: Element, dt_s: float
) -> tuple[Element, Element]:
    """What a controller asks of its valve, and what it has gathered: proportional and integral, each within the stroke.

    While it does not act it follows the valve, so that it takes over without a bump.

    error     -     set point less reading, as a share of the stroke
    wound     -     gathered so far, 0 to 1
    position  -     of the valve
    acts      bool  whether it is switched to automatic and sees its reading
    reset_s   s     in which a standing error moves the valve as far again
    returns   -, -
    """
    gathered = np.minimum(np.maximum(wound + error * (dt_s / reset_s), 0.0), 1.0)
    follows = np.minimum(np.maximum(position - error, 0.0), 1.0)
    now = select(acts, gathered, follows)
    return np.minimum(np.maximum(now + error, 0.0), 1.0), now
