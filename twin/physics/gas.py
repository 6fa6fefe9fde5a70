"""Gas through holes, vents and nozzles. Source: TNO Yellow Book CPR 14E (2005), equations 2.22 to 2.26."""

import numpy as np

from twin.base import elementary
from twin.base.arrays import Element, select

R_J_MOL_K = 8.314462618


def nozzle_mass_flow(
    coefficient: Element,
    area_m2: Element,
    upstream_pa: Element,
    downstream_pa: Element,
    upstream_k: Element,
    molar_mass_kg_mol: Element,
    heat_capacity_ratio: Element,
) -> Element:
    """Mass flow of an ideal gas through a nozzle, isentropic up to its throat; choked at the critical ratio, without a jump there.

    coefficient          -       of discharge: 0.62 sharp edge, 1 a nozzle
    area_m2              m2
    upstream_pa          Pa      absolute
    downstream_pa        Pa      absolute; above upstream nothing flows
    upstream_k           K
    molar_mass_kg_mol    kg/mol
    heat_capacity_ratio  -       above 1, constant
    returns              kg/s
    """
    k = heat_capacity_ratio
    ratio = np.minimum(downstream_pa / upstream_pa, 1.0)
    critical = elementary.power(2.0 / (k + 1.0), k / (k - 1.0))
    density = upstream_pa * molar_mass_kg_mol / (R_J_MOL_K * upstream_k)
    throat = np.maximum(ratio, critical)
    choked = np.sqrt(density * upstream_pa * k * elementary.power(2.0 / (k + 1.0), (k + 1.0) / (k - 1.0)))
    share = np.maximum(1.0 - elementary.power(throat, (k - 1.0) / k), 0.0)
    below = np.sqrt(2.0 * k / (k - 1.0) * density * upstream_pa * elementary.power(throat, 2.0 / k) * share)
    return coefficient * area_m2 * select(ratio <= critical, choked, below)
