"""Every shape of tank: what lies below a level rises with it, gives the level back, and fills the whole; gas through nozzles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.physics import gas, pumps
from twin.physics.shapes import SHAPES

QUICK = settings(deadline=None, derandomize=True, database=None, max_examples=40)
LYING = [name for name, its in SHAPES.items() if its.lies]


@pytest.mark.parametrize("name", SHAPES)
@given(st.floats(0.001, 0.999), st.floats(1, 40), st.floats(2, 30), st.floats(0.05, 3))
@QUICK
def test_a_level_gives_a_volume_that_gives_the_level(
    name: str, share: float, across: float, long: float, cone: float
) -> None:
    its = SHAPES[name]
    level = share * its.top(across, long, cone)
    volume = its.volume(np.float64(level), across, long, cone)
    assert float(its.level(volume, across, long, cone)) == pytest.approx(level, abs=1e-6)


@pytest.mark.parametrize("name", SHAPES)
def test_volume_and_wetted_area_rise_and_volume_is_what_the_surface_sweeps(name: str) -> None:
    its = SHAPES[name]
    levels = np.linspace(0, its.top(4.0, 12.0, 1.1), 801)
    volume, wetted = (f(levels, 4.0, 12.0, 1.1) for f in (its.volume, its.wetted_area))
    assert volume[0] == pytest.approx(0.0, abs=1e-12)
    assert (np.diff(volume) > 0).all()
    assert (np.diff(wetted) > -1e-9).all()
    step = levels[1] - levels[0]
    width = np.diff(volume) / step  # the mean surface over a step is never more than a box around it
    assert width.max() <= 4.0 * (12.0 + 4.0)


@pytest.mark.parametrize("name", LYING)
def test_a_lying_tank_is_the_same_upside_down(name: str) -> None:
    its = SHAPES[name]
    levels = np.linspace(0, 3.0, 61)
    whole = its.volume(np.float64(3.0), 3.0, 12.0, 0.0)
    assert its.volume(levels, 3.0, 12.0, 0.0) + its.volume(levels[::-1], 3.0, 12.0, 0.0) == pytest.approx(whole)


def test_hemispherical_heads_make_a_sphere_and_each_kind_of_head_is_told_from_its_neighbour() -> None:
    levels = np.linspace(0.0, 3.0, 41)
    ends = SHAPES["horizontal, hemispherical heads"].volume(levels, 3.0, 0.0, 0.0)
    assert ends == pytest.approx(SHAPES["sphere"].volume(levels, 3.0, 0.0, 0.0), rel=1e-6, abs=1e-9)
    wet = SHAPES["horizontal, hemispherical heads"].wetted_area(levels, 3.0, 0.0, 0.0)
    assert wet == pytest.approx(SHAPES["sphere"].wetted_area(levels, 3.0, 0.0, 0.0), rel=1e-5, abs=1e-4)
    held = {name: float(SHAPES[name].volume(np.float64(1.2), 3.0, 12.0, 0.0)) for name in LYING}
    assert len({round(v, 3) for v in held.values()}) == len(LYING)


def test_a_nozzle_chokes_without_a_jump_and_passes_nothing_uphill() -> None:
    down = np.linspace(0.1e5, 1.5e5, 20001)
    flow = gas.nozzle_mass_flow(0.62, 1e-3, 1.2e5, down, 293.15, 0.029, 1.4)
    near = down < 1.19e5  # where both sides press alike, the flow goes out as a root does
    assert np.abs(np.diff(flow[near])).max() < 1e-3 * flow.max()
    assert (np.diff(flow) <= 1e-12).all()
    assert (flow[down >= 1.2e5] == 0.0).all()
    critical = 1.2e5 * (2 / 2.4) ** (1.4 / 0.4)
    assert np.ptp(flow[down < critical]) == 0.0


def test_a_pump_curve_goes_through_its_points_and_follows_the_affinity_laws() -> None:
    its = pumps.curve(((0.0, 60.0), (0.1, 55.0), (0.2, 30.0)))
    (layer,) = pumps.in_links([(0, 0, its)])
    flow = np.array([[0.0], [0.1], [0.2], [-0.1]])
    lift, droop = layer.at(np.ones((4, 1)), flow)
    assert (lift - droop * flow * np.abs(flow))[:, 0] == pytest.approx([60.0, 55.0, 30.0, 60.0 + (25.0 / 0.03) * 0.01])
    half, bend = layer.at(np.full((4, 1), 0.5), flow / 2)
    assert (half - bend * (flow / 2) * np.abs(flow / 2))[:, 0] == pytest.approx(
        [15.0, 13.75, 7.5, 15.0 + (25.0 / 0.03) * 0.0025]
    )
    near = np.array([[-1e-9], [1e-9], [0.1 - 1e-9], [0.1 + 1e-9], [-0.1 - 1e-9], [-0.1 + 1e-9]])
    lift, droop = layer.at(np.ones((6, 1)), near)
    head = (lift - droop * near * np.abs(near))[:, 0]
    assert head[0::2] == pytest.approx(head[1::2], abs=1e-6), "no jump where it turns round, nor where pieces meet"
    still, cost = layer.at(np.zeros((1, 1)), np.array([[0.1]]))
    assert float(still[0, 0]) == 0.0
    assert float(cost[0, 0]) > 0.0
