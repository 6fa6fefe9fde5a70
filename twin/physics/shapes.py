"""Every shape of tank by name: upright on a flat or conical bottom, lying with four kinds of heads, a sphere.

Volumes and surfaces below a level. Upright shapes and whole heads in closed form; partly wetted heads by Simpson's rule along their
axis, 128 intervals a piece of the profile. Source: elementary solids; checked against the fluids package (TANK), within 1e-6.
`length_m` of an upright shape is its shell, of a lying one from tangent to tangent; a torispherical head has a dish of one diameter
and a knuckle of 6 % of it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from twin.base import elementary
from twin.base.arrays import Element, halved, select
from twin.physics import geometry
from twin.physics.geometry import PI

DISH, KNUCKLE = 1.0, 0.06  # radii of a torispherical head, of the diameter
_INTERVALS = 128


class Piece(NamedTuple):
    """A piece of the profile of a head along its axis, (from, to) m from the tangent line.

    `radius` gives the radius at a place; `surface` what a radian of the wetted arc adds to the surface there, m2 a m.
    """

    start: float
    end: float
    radius: Callable[[Element], Element]
    surface: Callable[[Element], Element]


class Shape(NamedTuple):
    """Answers of (level, diameter, length, cone height), m; `top` is the highest level of (diameter, length, cone height)."""

    volume: Callable[[Element, float, float, float], Element]
    wetted_area: Callable[[Element, float, float, float], Element]
    top: Callable[[float, float, float], float]
    lies: bool = False
    closed: Callable[[Element, float, float], Element] | None = None  # level of (volume, diameter, cone height)

    def level(self, volume_m3: Element, diameter_m: float, length_m: float, cone_height_m: float) -> Element:
        """Level of a volume, m: in closed form, or by 60 halvings of the height. An upright shell ends nowhere."""
        if self.closed is not None:
            return self.closed(volume_m3, diameter_m, cone_height_m)
        low, high = halved(
            lambda level: self.volume(level, diameter_m, length_m, cone_height_m) < volume_m3,
            0.0 * volume_m3,
            0.0 * volume_m3 + self.top(diameter_m, length_m, cone_height_m),
        )
        return (low + high) / 2.0


# lying cylinders


def segment_area(level_m: Element, radius_m: Element) -> Element:
    """Area of a circle below a level.

    level_m   m   above its lowest point; from 0 to twice the radius
    radius_m  m
    returns   m2
    """
    height = np.minimum(np.maximum(level_m, 0.0), 2.0 * radius_m)
    chord = np.sqrt(np.maximum(height * (2.0 * radius_m - height), 0.0))
    angle = elementary.arc_cosine((radius_m - height) / np.maximum(radius_m, 1e-300))
    return radius_m * radius_m * angle - (radius_m - height) * chord


def _lying(heads: Callable[[float], list[Piece]]) -> Shape:
    def volume(level_m: Element, diameter_m: float, length_m: float, cone_height_m: float) -> Element:
        shell = segment_area(level_m, diameter_m / 2.0) * length_m
        return shell + 2.0 * _below(heads(diameter_m), level_m, diameter_m / 2.0, _sliced)

    def wetted(level_m: Element, diameter_m: float, length_m: float, cone_height_m: float) -> Element:
        radius = diameter_m / 2.0
        level = np.minimum(np.maximum(level_m, 0.0), diameter_m)
        shell = 2.0 * radius * elementary.arc_cosine((radius - level) / radius) * length_m
        pieces = heads(diameter_m)
        ends = _below(pieces, level_m, radius, _touched) if pieces else segment_area(level, radius)
        return shell + 2.0 * ends

    return Shape(volume, wetted, lambda diameter_m, length_m, cone_height_m: diameter_m, lies=True)


def _sliced(piece: Piece, x: Element, depth: Element) -> Element:
    return segment_area(depth, piece.radius(x))


def _touched(piece: Piece, x: Element, depth: Element) -> Element:
    radius = piece.radius(x)
    angle = elementary.arc_cosine((radius - np.maximum(depth, 0.0)) / np.maximum(radius, 1e-300))
    return 2.0 * angle * piece.surface(x)


def _below(
    pieces: list[Piece], level_m: Element, radius_m: float, of: Callable[[Piece, Element, Element], Element]
) -> Element:  # fmt: skip
    """What lies below a level in one head: above the axis, the whole less what lies as high above the level."""
    low = np.minimum(np.maximum(level_m, 0.0), 2.0 * radius_m)
    upper = low > radius_m
    low = np.asarray(select(upper, 2.0 * radius_m - low, low))[..., None]
    half = np.full(low.shape, radius_m)
    part, whole = (sum(_along(p, h, radius_m, of) for p in pieces) for h in (low, half))
    return select(upper, 2.0 * whole - part, part) + 0.0


def _along(piece: Piece, level: Element, radius_m: float, of: Callable[[Piece, Element, Element], Element]) -> Element:
    """The integral along a piece, as far as the level reaches; nodes crowd where the liquid tapers out."""
    _, high = halved(  # where the head rises above the level
        lambda x: piece.radius(x) > radius_m - level, piece.start + 0.0 * level, piece.end + 0.0 * level
    )
    share = np.arange(_INTERVALS + 1) / _INTERVALS
    weight = np.where(np.arange(_INTERVALS + 1) % 2 == 1, 4.0, 2.0)
    weight[0] = weight[-1] = 1.0
    reach = high - piece.start
    x = piece.start + reach * (1.0 - (1.0 - share) * (1.0 - share))
    depth = level - radius_m + piece.radius(x)
    values = of(piece, x, depth) * (2.0 * (1.0 - share)) * weight
    total = values[..., 0]
    for k in range(1, _INTERVALS + 1):
        total = total + values[..., k]
    return total * reach[..., 0] / (3.0 * _INTERVALS)


def _flat(diameter_m: float) -> list[Piece]:
    return []


def _ellipsoid(depth_of_radius: float) -> Callable[[float], list[Piece]]:
    def profile(diameter_m: float) -> list[Piece]:
        r = diameter_m / 2.0
        depth = depth_of_radius * r

        def radius(x: Element) -> Element:
            return r * np.sqrt(np.maximum(1.0 - (x / depth) * (x / depth), 0.0))

        def surface(x: Element) -> Element:
            slope = r * r * x / (depth * depth)  # radius times its slope
            return np.sqrt(radius(x) * radius(x) + slope * slope)

        return [Piece(0.0, depth, radius, surface)]

    return profile


def _torispherical(diameter_m: float) -> list[Piece]:
    r, dish, knuckle = diameter_m / 2.0, DISH * diameter_m, KNUCKLE * diameter_m
    to_centre = np.sqrt((dish - knuckle) * (dish - knuckle) - (r - knuckle) * (r - knuckle))
    depth = dish - float(to_centre)
    joint = knuckle * (dish - depth) / (dish - knuckle)

    def at_knuckle(x: Element) -> Element:
        return r - knuckle + np.sqrt(np.maximum(knuckle * knuckle - x * x, 0.0))

    def at_dish(x: Element) -> Element:
        from_centre = x + dish - depth
        return np.sqrt(np.maximum(dish * dish - from_centre * from_centre, 0.0))

    return [
        Piece(0.0, joint, at_knuckle, lambda x: at_knuckle(x) * knuckle / np.sqrt(knuckle * knuckle - x * x)),
        Piece(joint, depth, at_dish, lambda x: dish + 0.0 * x),
    ]


# upright shells and spheres


def _upright(
    volume: Callable[..., Element], level: Callable[..., Element], wetted: Callable[..., Element], *, on_cone: bool = False
) -> Shape:  # fmt: skip
    return Shape(
        lambda level, diameter, length, cone: volume(level, diameter, cone),
        lambda level, diameter, length, cone: wetted(level, diameter, cone),
        lambda diameter, length, cone: length + (cone if on_cone else 0.0),
        closed=level,
    )


def _sphere_volume(level_m: Element, diameter_m: float, length_m: float, cone_height_m: float) -> Element:
    return PI * level_m * level_m * (1.5 * diameter_m - level_m) / 3.0


def _sphere_wetted(level_m: Element, diameter_m: float, length_m: float, cone_height_m: float) -> Element:
    return PI * diameter_m * level_m


SHAPES = {
    "vertical": _upright(geometry.flat_volume, geometry.flat_level, geometry.flat_wetted_area),
    "vertical, cone down": _upright(
        geometry.cone_down_volume, geometry.cone_down_level, geometry.cone_down_wetted_area, on_cone=True
    ),
    "vertical, cone up": _upright(geometry.cone_up_volume, geometry.cone_up_level, geometry.cone_up_wetted_area),
    "horizontal, flat ends": _lying(_flat),
    "horizontal, ellipsoidal heads": _lying(_ellipsoid(0.5)),
    "horizontal, torispherical heads": _lying(_torispherical),
    "horizontal, hemispherical heads": _lying(_ellipsoid(1.0)),
    "sphere": Shape(_sphere_volume, _sphere_wetted, lambda diameter, length, cone: diameter),
}
