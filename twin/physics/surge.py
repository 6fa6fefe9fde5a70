"""Pressure surge: what a column of liquid does when it is stopped."""

from typing import NamedTuple

import numpy as np

from twin.base.arrays import Element, Floats, Ints, floats, ints


def joukowsky(
    density_kg_m3: Element, wave_speed_m_s: Element, velocity_change_m_s: Element, length_m: Element, stroke_s: Element
) -> Element:
    """Rise of pressure before a valve that closes, Pa: rho a dv where it closes within the line's period 2 L / a, in proportion
    less where it takes longer.

    density_kg_m3        kg/m3
    wave_speed_m_s       m/s   of pressure in the line: some 1100 in steel full of oil, less in a hose
    velocity_change_m_s  m/s   what is stopped
    length_m             m     from the valve to where the wave is thrown back: the ship, a tank
    stroke_s             s     in which the flow falls, evenly

    Joukowsky 1898; beyond the period Michaud 1878, 2 rho L dv / t. Friction, which takes some of it in long lines, and the line's later
    swinging are left out.
    """
    period = 2.0 * length_m / wave_speed_m_s
    share = np.minimum(1.0, period / np.maximum(stroke_s, 1e-9))
    return density_kg_m3 * wave_speed_m_s * velocity_change_m_s * share


class Column(NamedTuple):
    """The liquid in lines that follow one another: how a change of their flow presses."""

    length_m: float
    by_area_m: float  # length by cross section, 1/m
    density_kg_m3: float
    wave_speed_m_s: float

    @property
    def period_s(self) -> float:
        """In which a wave goes to the far end and comes back."""
        return 2.0 * self.length_m / self.wave_speed_m_s

    @property
    def kick_pa_s_m3(self) -> float:
        """Rise for a change of flow within the period."""
        speed = self.by_area_m / max(self.length_m, 1e-9)  # of 1 m3/s, as each line counts by its length
        return float(joukowsky(self.density_kg_m3, self.wave_speed_m_s, speed, self.length_m, 0.0))


class Window(NamedTuple):
    """Where, in a memory of one flow a second, each column's flow of a period ago stands."""

    ticks: int
    at: Ints  # (S,) this one and the next
    share: Floats  # (S,) of the next


def window(periods_s: list[float]) -> Window:
    """The memory for columns of these periods."""
    at = [int(t) for t in periods_s]
    return Window(
        max([a + 2 for a in at], default=0), ints(at), floats(t - a for t, a in zip(periods_s, at, strict=True))
    )


def fell(its: Window, memory_m3_s: Floats) -> Floats:
    """By how much flows fell within the period of each column, (W, S): memory (W, S, ticks), this second's first."""
    each = np.arange(len(its.at))
    then = memory_m3_s[:, each, its.at] * (1.0 - its.share) + memory_m3_s[:, each, its.at + 1] * its.share
    found: Floats = np.maximum(then - memory_m3_s[:, :, 0], 0.0)
    return found
