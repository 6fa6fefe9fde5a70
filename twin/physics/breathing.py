"""The vapour space of a tank: an ideal gas above its liquid, and vents that let it out and in.

Gas is counted as p V / T, J/K, which stays while no vent passes any. Pressures are above that of the air outside. What the liquid gives
off, and what condenses, is left out: the gas is air or nitrogen.
"""

from typing import NamedTuple

import numpy as np

from twin.base.arrays import Element, Floats, Ints, every, gathered, select
from twin.physics import gas, geometry

ATMOSPHERE_PA = 101325.0
NORMAL_J_K = ATMOSPHERE_PA / 273.15  # of a normal cubic metre: at 0 degC and 1 atm
NORMAL_KG = 1.2928  # of air in one
AIR_KG_MOL, AIR_RATIO, AIR_J_M3K = 0.02896, 1.4, 1200.0  # the last at constant pressure, by volume
DISCHARGE = 0.6  # of a hole with a pallet over it (assumed; a sharp edge has 0.62)
CLOSE_PA, ROUNDS = 1e-6, 60


class Side(NamedTuple):
    """What vents pass in one direction, (V,) or (W, V)."""

    opens_pa: Floats
    full_pa: Floats  # above `opens_pa`: fully open
    capacity_j_k_s: Floats  # when fully open; 0 where nothing passes this way


def passes(pressure_pa: Floats, its: Side) -> tuple[Floats, Floats]:
    """Gas that passes at a pressure before the vents, J/K/s, and by how much more at one Pa more.

    None below the set pressure, straight up to the capacity where a vent is fully open, with the root of the pressure beyond; a vent
    that is fully open below nothing is a regulator: it passes its capacity and no more.
    """
    span = its.full_pa - its.opens_pa
    lift = np.minimum(np.maximum((pressure_pa - its.opens_pa) / span, 0.0), 1.0)
    beyond = (its.full_pa > 0.0) & (pressure_pa > its.full_pa)
    root = np.sqrt(select(beyond, pressure_pa / np.maximum(its.full_pa, 1e-9), 1.0))
    slope = select(
        beyond, 0.5 * root / np.maximum(pressure_pa, 1e-9), select((lift > 0.0) & (lift < 1.0), 1.0 / span, 0.0)
    )
    return its.capacity_j_k_s * lift * root, its.capacity_j_k_s * slope


def net(pressure_pa: Floats, tank_of: Ints, vents_of: Ints, out: Side, into: Side) -> tuple[Floats, Floats, Floats]:
    """What all vents of each tank let out less what they let in, (W, B), its slope, and that of each vent, (W, V).

    pressure_pa  (W, B)
    tank_of      (V,)    the tank of each vent
    vents_of     (B, K)  the vents of each tank, padded with V
    """
    before = pressure_pa[:, tank_of]
    leaves, more = passes(before, out)
    enters, less = passes(-before, into)
    each = leaves - enters
    return gathered(each, vents_of), gathered(more + less, vents_of), each


def settled(
    closed_pa: Floats, rises_pa: Floats, tank_of: Ints, vents_of: Ints, out: Side, into: Side
) -> tuple[Floats, Floats]:
    """Pressures at the end of a tick, (W, B), with what vents pass at these, (W, V): the answer to p = closed - rises x net(p).

    closed_pa  (W, B)  what they would be with all vents shut
    rises_pa   (W, B)  by how much one J/K/s less raises them in the tick

    By Euler backwards, so that no vapour space is too small for the step. What vents pass never falls as pressure rises: one answer,
    between where all is shut and where vents pass what they would there. Newton's steps, halves where these leave the bounds or gain little; each tank
    stops where it is found, whoever stands beside it.
    """
    at = closed_pa
    passed, slope, each = net(at, tank_of, vents_of, out, into)
    off = rises_pa * passed
    low, high = np.minimum(at, at - off), np.maximum(at, at - off)
    last = np.full(at.shape, np.inf)
    for _ in range(ROUNDS):
        done = np.abs(off) <= CLOSE_PA
        if every(done):
            break
        low, high = select(off < 0.0, at, low), select(off > 0.0, at, high)
        tried = at - off / (1.0 + rises_pa * slope)
        newton = (tried > low) & (tried < high) & (np.abs(off) <= 0.5 * last)
        tried, last = select(newton, tried, 0.5 * (low + high)), np.abs(off)
        at = select(done, at, tried)
        passed, slope, each = net(at, tank_of, vents_of, out, into)
        off = at - closed_pa + rises_pa * passed
    return at, each


def gas_temperature(
    gas_k: Element, volume_m3: Element, wall_m2: Element, wall_k: Element, surface_m2: Element, liquid_k: Element,
    film_w_m2k: float, dt_s: float,
) -> Element:  # fmt: skip
    """How warm the gas is a tick later, K, between wall and roof on one side and the liquid on the other; by Euler backwards."""
    capacity = AIR_J_M3K * volume_m3
    through = film_w_m2k * dt_s
    warms = capacity * gas_k + through * (wall_m2 * wall_k + surface_m2 * liquid_k)
    return warms / (capacity + through * (wall_m2 + surface_m2))


def capacity_j_k_s(size_m: Element, full_pa: Element) -> Element:
    """What a hole of a size passes of air at 20 degC at a pressure, J/K/s: API 2000's theoretical flow, times a coefficient of discharge."""
    area = geometry.circle_area(size_m)
    flow = gas.nozzle_mass_flow(DISCHARGE, area, ATMOSPHERE_PA + full_pa, ATMOSPHERE_PA, 293.15, AIR_KG_MOL, AIR_RATIO)
    return flow / NORMAL_KG * NORMAL_J_K
