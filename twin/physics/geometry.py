"""Volume, level and wetted area of upright tanks.

Exact geometry; source: the fluids documentation (TANK) and elementary solids. A bottom that points down adds
liquid below the shell (level from its apex); one that points up takes it away (level from the shell's edge).
"""

import numpy as np

from twin.base import elementary
from twin.base.arrays import Element, halved, select

PI = elementary.PI


def circle_area(diameter_m: Element) -> Element:
    """Area of a circle.

    diameter_m  m
    returns     m2
    """
    return PI / 4.0 * diameter_m * diameter_m


def flat_volume(level_m: Element, diameter_m: Element, cone_height_m: Element) -> Element:
    """Liquid in a tank with a flat bottom (cone_height_m is not used: every shape has the same door).

    level_m     m     above the bottom
    diameter_m  m
    returns     m3
    """
    return circle_area(diameter_m) * level_m + 0.0 * cone_height_m


def flat_level(volume_m3: Element, diameter_m: Element, cone_height_m: Element) -> Element:
    """Level of a volume in a tank with a flat bottom.

    volume_m3   m3
    diameter_m  m
    returns     m
    """
    return volume_m3 / circle_area(diameter_m) + 0.0 * cone_height_m


def flat_wetted_area(level_m: Element, diameter_m: Element, cone_height_m: Element) -> Element:
    """Shell and bottom touched by liquid in a tank with a flat bottom.

    level_m     m
    diameter_m  m
    returns     m2
    """
    return circle_area(diameter_m) + PI * diameter_m * level_m + 0.0 * cone_height_m


def cone_down_volume(level_m: Element, diameter_m: Element, cone_height_m: Element) -> Element:
    """Liquid above the apex of a bottom that points down.

    level_m        m     above the apex
    diameter_m     m
    cone_height_m  m     above 0
    returns        m3
    """
    third = circle_area(diameter_m) / 3.0
    share = np.minimum(level_m, cone_height_m) / cone_height_m
    in_cone = third * cone_height_m * share * share * share
    return in_cone + 3.0 * third * np.maximum(level_m - cone_height_m, 0.0)


def cone_down_level(volume_m3: Element, diameter_m: Element, cone_height_m: Element) -> Element:
    """Level above the apex of a bottom that points down.

    volume_m3      m3
    diameter_m     m
    cone_height_m  m     above 0
    returns        m
    """
    area = circle_area(diameter_m)
    cone = area * cone_height_m / 3.0
    inside = cone_height_m * elementary.power(np.minimum(volume_m3 / cone, 1.0), 1.0 / 3.0)
    return select(volume_m3 < cone, inside, cone_height_m + (volume_m3 - cone) / area)


def cone_down_wetted_area(level_m: Element, diameter_m: Element, cone_height_m: Element) -> Element:
    """Cone and shell touched by liquid, bottom pointing down.

    level_m        m     above the apex
    diameter_m     m
    cone_height_m  m     above 0
    returns        m2
    """
    radius = diameter_m / 2.0
    slant = np.sqrt(radius * radius + cone_height_m * cone_height_m)
    share = np.minimum(level_m, cone_height_m) / cone_height_m
    shell = PI * diameter_m * np.maximum(level_m - cone_height_m, 0.0)
    return PI * radius * slant * share * share + shell


def cone_up_volume(level_m: Element, diameter_m: Element, cone_height_m: Element) -> Element:
    """Liquid above the edge of a bottom that points up.

    level_m        m     above the lowest edge
    diameter_m     m
    cone_height_m  m     above 0
    returns        m3
    """
    area = circle_area(diameter_m)
    dry = np.maximum(1.0 - level_m / cone_height_m, 0.0)
    return area * level_m - area * cone_height_m / 3.0 * (1.0 - dry * dry * dry)


def cone_up_level(volume_m3: Element, diameter_m: Element, cone_height_m: Element) -> Element:
    """Level above the edge of a bottom that points up; below the apex by 60 halvings.

    volume_m3      m3
    diameter_m     m
    cone_height_m  m     above 0
    returns        m
    """
    area = circle_area(diameter_m)
    low, high = halved(
        lambda level: cone_up_volume(level, diameter_m, cone_height_m) < volume_m3, 0.0 * volume_m3, 0.0 * volume_m3 + cone_height_m
    )  # fmt: skip
    above = volume_m3 / area + cone_height_m / 3.0
    return select(above >= cone_height_m, above, (low + high) / 2.0)


def cone_up_wetted_area(level_m: Element, diameter_m: Element, cone_height_m: Element) -> Element:
    """Cone and shell touched by liquid, bottom pointing up.

    level_m        m     above the lowest edge
    diameter_m     m
    cone_height_m  m     above 0
    returns        m2
    """
    radius = diameter_m / 2.0
    slant = np.sqrt(radius * radius + cone_height_m * cone_height_m)
    dry = np.maximum(1.0 - level_m / cone_height_m, 0.0)
    return PI * radius * slant * (1.0 - dry * dry) + PI * diameter_m * level_m


def level_under_roof(bare_level_m: Element, legs_m: Element, draught_m: Element) -> Element:
    """Level a gauge meets in a tank with a floating roof.

    A landed roof stands on its legs. Once liquid reaches it, it takes up its own weight of liquid
    (Archimedes), which lifts the level by its draught, m / (rho A). Pontoons are taken as spread over the
    whole deck, so that the lift grows evenly over one draught. Without a roof the draught is 0.

    bare_level_m  m     volume / area
    legs_m        m     height of the landed roof
    draught_m     m     roof mass / (density area); 0 to 0.2
    returns       m
    """
    return bare_level_m + np.minimum(np.maximum(bare_level_m - legs_m, 0.0), draught_m)


def bare_level(level_m: Element, legs_m: Element, draught_m: Element) -> Element:
    """The inverse of `level_under_roof`: volume / area at a gauged level.

    level_m    m
    legs_m     m
    draught_m  m
    returns    m
    """
    lifted = np.minimum(np.maximum(level_m - legs_m, 0.0) / 2.0, draught_m)
    return level_m - lifted
