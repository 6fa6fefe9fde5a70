"""What stands in lines: batches one behind another, pushed along without mixing.

A line holds up to K *slugs* from its start to its end, each with its share of every product. What enters joins the slug there
where it is nearly the same, else it begins a new one; where there is no room for another, the two nearest to the entrance become
one. Mixing at the front itself is left out: in a long pipe it is some hundred metres (Austin and Palfrey 1963, recalled), in a
terminal's header less than what the valves make.

Of all that a slug carries the last is no product: warmth, which goes with the volume and takes up none of it (see `mixing`).
"""

import numpy as np

from twin.base.arrays import Bools, Floats, select, summed

SLUGS = 6
_BACKWARDS = np.arange(SLUGS - 1, -1, -1)
ALIKE = 0.005  # shares that differ by less are one batch,
ALIKE_K = 2.0  # where they are also nearly as warm


def _volume(carried: Floats) -> Floats:
    """All products together, (W, Q + 1, ...) to (W, ...)."""
    return summed(carried[:, :-1], 1)


def leaving(content_m3: Floats, flow_m3: Floats) -> tuple[Floats, Floats]:
    """What leaves lines at the end that they flow to, (W, Q + 1, T) m3, and how much passes right through them, (W, T) m3.

    content_m3  (W, Q + 1, T, K)  from start to end
    flow_m3     (W, T)            in this tick, from start to end
    """
    along = _along(content_m3, flow_m3 < 0.0)
    left = np.abs(flow_m3)
    out = np.zeros(along.shape[:3])
    for k in range(along.shape[3] - 1, -1, -1):
        held = _volume(along[..., k])
        take = np.minimum(held, left)
        out = out + along[..., k] * (take / np.maximum(held, 1e-30))[:, None, :]
        left = left - take
    return out, left


def pushed(content_m3: Floats, flow_m3: Floats, enters: Floats) -> Floats:
    """What stands in lines after a tick, as content_m3; its volume is what it was.

    enters  (W, Q + 1, T)  share of each product in what comes in, and its warmth
    """
    back = flow_m3 < 0.0
    along = _along(content_m3, back).copy()
    volume = _volume(summed(along, 3))
    come = np.minimum(np.abs(flow_m3), volume)
    left = come.copy()
    for k in range(along.shape[3] - 1, -1, -1):
        held = _volume(along[..., k])
        take = np.minimum(held, left)
        along[..., k] *= ((held - take) / np.maximum(held, 1e-30))[:, None, :]
        left = left - take
    first = _volume(along[..., 0])
    shares = along[..., 0] / np.maximum(first, 1e-30)[:, None, :]
    differ = np.abs(shares - enters)
    alike = (first <= 0.0) | ((differ[:, :-1].max(axis=1) <= ALIKE) & (differ[:, -1] <= ALIKE_K))
    along = np.where((alike | (come <= 0.0))[:, None, :, None], along, _made_room(along))
    along[..., 0] += enters * come[:, None, :]
    return _along(along, back)


def _along(content_m3: Floats, back: Bools) -> Floats:
    """Slugs in the direction of the flow."""
    return select(back[:, None, :, None], content_m3.take(_BACKWARDS, axis=3), content_m3)


def _made_room(along: Floats) -> Floats:
    """The same slugs with the first place free: those before the first gap move up, and where there is none the first two join."""
    free = _volume(along) <= 0.0  # (W, T, K)
    k = along.shape[3]
    gap = select(free.any(axis=2), free.argmax(axis=2), k)  # the first free place
    moved = along.copy()
    for n in range(1, k):
        moved[..., n] = select((n <= gap)[:, None, :], along[..., n - 1], along[..., n])
    full = (gap == k)[:, None, :]
    moved[..., 1] = select(full, along[..., 0] + along[..., 1], moved[..., 1])
    for n in range(2, k):
        moved[..., n] = select(full, along[..., n], moved[..., n])
    moved[..., 0] = 0.0
    return moved


def density_at_end(content_m3: Floats, density_kg_m3: Floats) -> Floats:
    """Density of what stands at the second end of each line, (W, T) kg/m3.

    content_m3     (W, Q + 1, T, K)
    density_kg_m3  (Q,)
    """
    mass = summed(content_m3[:, :-1] * density_kg_m3[:, None, None], 1)
    volume = _volume(content_m3)
    found: Floats = mass[..., 0] / np.maximum(volume[..., 0], 1e-30)
    for k in range(1, SLUGS):
        found = select(volume[..., k] > 0.0, mass[..., k] / np.maximum(volume[..., k], 1e-30), found)
    return found
