"""Centrifugal pumps: head by flow and speed."""

from typing import NamedTuple

import numpy as np

from twin.base.arrays import Element, Floats, Ints, floats


def operating_flow(
    pump_shutoff_head_m: Element,
    pump_curve_a_m_per_m3s2: Element,
    static_head_m: Element,
    system_k_m_per_m3s2: Element,
) -> Element:
    """Flow at which a pump's quadratic curve meets a system: H0 - a Q^2 = Hs + k Q^2.

    pump_shutoff_head_m      m        H0
    pump_curve_a_m_per_m3s2  s2/m5    a
    static_head_m            m        Hs; above the shut-off head nothing flows
    system_k_m_per_m3s2      s2/m5    k, a + k above 0
    returns                  m3/s
    """
    spare = np.maximum(pump_shutoff_head_m - static_head_m, 0.0)
    return np.sqrt(spare / (pump_curve_a_m_per_m3s2 + system_k_m_per_m3s2))


class Curve(NamedTuple):
    """A pump curve in pieces, each straight in the square of the flow: head = lift - droop Q^2 from `square` on. (P,) each."""

    square_m6_s2: tuple[float, ...]
    lift_m: tuple[float, ...]
    droop_s2_m5: tuple[float, ...]


def curve(points: tuple[tuple[float, float], ...]) -> Curve:
    """The curve through points (flow m3/s, head m), flows rising from 0, heads falling; the last piece goes on.

    Two points are the usual parabola, H0 - a Q^2.
    """
    squares = [q * q for q, _ in points]
    heads = [h for _, h in points]
    droop = [(heads[n] - heads[n + 1]) / (squares[n + 1] - squares[n]) for n in range(len(points) - 1)]
    lift = [h + a * s for h, a, s in zip(heads, droop, squares, strict=False)]
    return Curve(tuple(squares[:-1]), tuple(lift), tuple(droop))


class Curves(NamedTuple):
    """Pumps one behind another in links: at most one of each link. (P,) pumps, (P, K) pieces, filled up with the last."""

    pump: Ints  # number of each
    link: Ints
    square_m6_s2: Floats
    lift_m: Floats
    droop_s2_m5: Floats

    def at(self, speed: Floats, flow: Floats) -> tuple[Floats, Floats]:
        """Lift (m) and droop (s2/m5) of each at a share of its speed (W, P) and a flow (W, P), by the affinity laws.

        A pump that stands still lifts nothing and is a fitting, the same both ways; one against which liquid runs back lifts what it
        does at no flow. The head it gives is lift - droop Q |Q|.
        """
        square = speed * speed
        found_m, found = square * self.lift_m[:, 0], np.broadcast_to(self.droop_s2_m5[:, 0], speed.shape)
        for k in range(1, self.lift_m.shape[1]):
            beyond = (flow > 0.0) & (flow * flow > square * self.square_m6_s2[:, k])
            found_m = np.where(beyond, square * self.lift_m[:, k], found_m)
            found = np.where(beyond, self.droop_s2_m5[:, k], found)
        return found_m, np.where(flow > 0.0, found, self.droop_s2_m5[:, -1])


def in_links(its: list[tuple[int, int, Curve]]) -> tuple[Curves, ...]:
    """Pumps (number, link, curve) in layers, so that no layer has two of one link."""
    layers: list[list[tuple[int, int, Curve]]] = []
    for one in its:
        free = next((layer for layer in layers if all(one[1] != other[1] for other in layer)), None)
        if free is None:
            layers.append([one])
        else:
            free.append(one)
    return tuple(_layer(layer) for layer in layers)


def _layer(its: list[tuple[int, int, Curve]]) -> Curves:
    width = max(len(c.lift_m) for _, _, c in its)

    def table(rows: list[tuple[float, ...]]) -> Floats:
        return np.array([floats((*row, *(row[-1],) * (width - len(row)))) for row in rows])

    return Curves(
        np.array([p for p, _, _ in its]), np.array([k for _, k, _ in its]),
        table([c.square_m6_s2 for _, _, c in its]), table([c.lift_m for _, _, c in its]),
        table([c.droop_s2_m5 for _, _, c in its]),
    )  # fmt: skip
