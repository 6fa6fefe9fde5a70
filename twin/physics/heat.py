"""Heat: what warms and cools liquid in a tank, and what a fire below it does."""

import numpy as np

from twin.base import elementary
from twin.base.arrays import Element, select

WHITE = 0.17  # of the sun a white tank takes up (AP-42 7.1)
FIRE_W = 43.19e3  # at 1 m2: API 521, 21 000 F A^0.82 in Btu/h and ft2


def lumped(
    mass_kg: Element, cp_j_kgk: Element, ua_w_k: Element, ambient_k: Element, initial_k: Element, elapsed_s: Element,
    constant_heat_w: Element = 0.0,
) -> Element:  # fmt: skip
    """Temperature of well mixed contents after a time, K, that lose heat by UA to what is around; UA may be 0.

    The exact solution, so that no step is too long.
    """
    share = ua_w_k * elapsed_s / (mass_kg * cp_j_kgk)
    lasts = select(share > 1e-8, (1.0 - elementary.exp(-share)) / np.maximum(share, 1e-8), 1.0)
    rate_w = constant_heat_w + ua_w_k * (ambient_k - initial_k)
    return initial_k + rate_w * elapsed_s / (mass_kg * cp_j_kgk) * lasts


def fire_heat_input(wetted_area_m2: Element, environment_factor: Element = 1.0) -> Element:
    """Heat that an open fire gives to the liquid behind a wetted wall, W: 43.19 kW F A^0.82.

    wetted_area_m2      m2  up to 7.6 m above the ground
    environment_factor  -   1 bare, less under insulation or water

    API 521, adequate drainage and fire fighting; API 2000 gives less for an atmospheric tank above 260 m2.
    """
    return FIRE_W * environment_factor * elementary.power(wetted_area_m2, 0.82)


def fire_time_to_boil(
    wetted_area_m2: Element, liquid_mass_kg: Element, cp_j_kgk: Element, initial_k: Element, boiling_k: Element,
    environment_factor: Element = 1.0,
) -> Element:  # fmt: skip
    """Seconds until liquid in a fire boils, all of it equally warm: later than its surface does."""
    heat = liquid_mass_kg * cp_j_kgk * np.maximum(boiling_k - initial_k, 0.0)
    return heat / fire_heat_input(wetted_area_m2, environment_factor)


def fire_boil_off_rate(
    wetted_area_m2: Element, latent_heat_j_kg: Element, environment_factor: Element = 1.0
) -> Element:
    """What boils away in a fire, kg/s."""
    return fire_heat_input(wetted_area_m2, environment_factor) / latent_heat_j_kg
