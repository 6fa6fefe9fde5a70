"""Flow through holes, pipes and valves.

Sources: TNO Yellow Book CPR 14E (2005), equations 2.194 to 2.197 (holes, draining); Darcy and Weisbach with
Colebrook (1939) for pipes, 64/Re below a Reynolds number of 2040. Newtonian liquids that do not flash.
"""

import numpy as np

from twin.base import elementary
from twin.base.arrays import Element, halved, select
from twin.physics.geometry import circle_area

G_M_S2 = 9.80665
SHARP = 0.62  # coefficient of discharge of a sharp-edged hole
LAMINAR_BELOW = 2040.0
OPEN_VALVE_K = 0.2
_ROUNDS = 24  # each round of the fixed-point iterations gains about a digit


def hole_mass_flow(
    head_m: Element, overpressure_pa: Element, area_m2: Element, density_kg_m3: Element, coefficient: Element
) -> Element:
    """Mass flow of liquid out of a hole.

    head_m           m      liquid above the hole; below zero is dry
    overpressure_pa  Pa     above ambient, on the liquid
    area_m2          m2
    density_kg_m3    kg/m3
    coefficient      -      0.62 sharp edge, 0.82 short tube, 0.96 rounded
    returns          kg/s
    """
    push_pa = np.maximum(density_kg_m3 * G_M_S2 * head_m + overpressure_pa, 0.0)
    return coefficient * area_m2 * np.sqrt(2.0 * density_kg_m3 * push_pa)


def drain_time(
    tank_area_m2: Element,
    hole_area_m2: Element,
    discharge_coefficient: Element,
    initial_head_m: Element,
    final_head_m: Element,
) -> Element:
    """Time in which an upright tank drains through a hole from one head to another.

    tank_area_m2           m2
    hole_area_m2           m2
    discharge_coefficient  -
    initial_head_m         m     above the hole
    final_head_m           m     above the hole, at most the initial head
    returns                s
    """
    per_root = tank_area_m2 / (discharge_coefficient * hole_area_m2) * np.sqrt(2.0 / G_M_S2)
    return per_root * (np.sqrt(initial_head_m) - np.sqrt(final_head_m))


def friction_factor(reynolds: Element, relative_roughness: Element) -> Element:
    """Darcy friction factor.

    reynolds            -    above 0
    relative_roughness  -    0 to 0.05
    returns             -    64/Re below 2040, Colebrook above
    """
    turbulent = np.maximum(reynolds, LAMINAR_BELOW)
    inverse_root = 8.0 + 0.0 * turbulent
    for _ in range(_ROUNDS):
        inverse_root = -2.0 * elementary.log10(relative_roughness / 3.7 + 2.51 * inverse_root / turbulent)
    laminar = 64.0 / np.minimum(reynolds, LAMINAR_BELOW)
    return select(reynolds < LAMINAR_BELOW, laminar, 1.0 / (inverse_root * inverse_root))


def head_loss(
    flow_m3_s: Element,
    diameter_m: Element,
    length_m: Element,
    roughness_m: Element,
    minor_k: Element,
    kinematic_viscosity_m2_s: Element,
) -> Element:
    """Head a pipe takes from a flow: friction and the sum of its fittings.

    flow_m3_s                 m3/s  above 0
    diameter_m                m
    length_m                  m
    roughness_m               m
    minor_k                   -     sum over fittings, entrance and exit
    kinematic_viscosity_m2_s  m2/s
    returns                   m
    """
    speed = flow_m3_s / circle_area(diameter_m)
    reynolds = speed * diameter_m / kinematic_viscosity_m2_s
    friction = friction_factor(reynolds, roughness_m / diameter_m) * length_m / diameter_m
    return (friction + minor_k) * speed * speed / (2.0 * G_M_S2)


def gravity_pipe_flow(
    pipe_diameter_m: Element,
    pipe_length_m: Element,
    roughness_m: Element,
    head_difference_m: Element,
    sum_minor_k: Element,
    density_kg_m3: Element,
    viscosity_pa_s: Element,
) -> Element:
    """Flow that a head drives through a pipe, by 60 halvings of the flow between nothing and no friction.

    pipe_diameter_m    m
    pipe_length_m      m
    roughness_m        m
    head_difference_m  m      above 0
    sum_minor_k        -      above 0: a pipe without any loss has no such flow
    density_kg_m3      kg/m3
    viscosity_pa_s     Pa s
    returns            m3/s
    """
    nu_m2_s = viscosity_pa_s / density_kg_m3
    free_m_s = np.sqrt(2.0 * G_M_S2 * head_difference_m / sum_minor_k)
    high = circle_area(pipe_diameter_m) * free_m_s

    def runs(flow_m3_s: Element) -> Element:
        loss_m = head_loss(flow_m3_s, pipe_diameter_m, pipe_length_m, roughness_m, sum_minor_k, nu_m2_s)
        return loss_m < head_difference_m

    low, high = halved(runs, high * 1e-9, high)
    return (low + high) / 2.0


def per_k_s2_m5(diameter_m: Element) -> Element:
    """Head that a loss coefficient of 1 takes of the square of a flow, 1 / (2 g A^2).

    diameter_m  m      on whose area the coefficient counts
    returns     s2/m5
    """
    area_m2 = circle_area(diameter_m)
    return 1.0 / (2.0 * G_M_S2 * area_m2 * area_m2)


def free_head_slope(head_m: Element, diameter_m: Element) -> Element:
    """A head by the flow that it drives through a sharp-edged hole, s/m2."""
    return head_m / (SHARP * circle_area(diameter_m) * np.sqrt(2.0 * G_M_S2 * head_m))


CONTROL_VALVE_K = 6.0  # of a globe valve that stands open (Crane TP-410: 340 fT, 4 to 6, recalled)
RANGEABILITY = 50.0  # of the flow that it passes open to the least that it can hold (usual)


def control_valve_k(opening: Element) -> Element:
    """Loss coefficient of a control valve by its opening, on the speed in its bore: equal percentage, and tight when shut.

    What it passes is (R^x - 1) / (R - 1) of what it passes open, R = 50.

    opening  -  0 to 1
    returns  -
    """
    passes = (elementary.exp(np.minimum(opening, 1.0) * elementary.log(np.float64(RANGEABILITY))) - 1.0) / (
        RANGEABILITY - 1.0
    )
    tight = np.maximum(passes, 1e-6)
    return CONTROL_VALVE_K / (tight * tight)


def gate_valve_k(opening: Element) -> Element:
    """Loss coefficient of a gate valve by its opening, on the speed in its bore.

    0.2 when open (Crane TP-410, recalled), and what the jet behind the gate loses: (1 / (Cc x) - 1)^2 (Borda and Carnot) with
    Weisbach's contraction Cc = 0.62 + 0.38 x^3. A seat that passes a little is a sharp-edged hole: 0.62 of what Torricelli
    allows. Makers' curves differ by up to a factor of two in mid stroke, which matters for the seconds of a stroke only.

    opening  -  0 to 1
    returns  -
    """
    tight = np.maximum(opening, 1e-6)
    jet = 1.0 / ((0.62 + 0.38 * (tight * tight * tight)) * tight) - 1.0
    return OPEN_VALVE_K + jet * jet
