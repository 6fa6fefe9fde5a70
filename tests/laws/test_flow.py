"""Liquid obeys geometry and hydraulics: levels invert, more head never means less flow, nothing overshoots."""

from pathlib import Path

import numpy as np
import pytest
from farms import PAIR, Kept, alone, happened, opened, signal
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.engine import flow
from twin.engine.compile import open_model
from twin.engine.model import Model
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.language.files import Files
from twin.parts import line, node, transfer, vessels
from twin.physics import actuators, geometry, hydraulics
from twin.physics.piping import ENTRANCE_K, EXIT_K
from twin.physics.substances import products

STAR = """\
scenario: Star
farm:
  farm: Small tanks joined by pipes far too wide for them
  tanks:
    T-1 .. T-4: {product: water, diameter: 2 m, height: 6 m}
    T-5: {product: water, diameter: 3 m, height: 6 m}
  lines:
    L-1: {from: T-1, to: T-5, size: 1 m, length: 2 m}
    L-2: {from: T-2, to: T-5, size: 1 m, length: 2 m}
    L-3: {from: T-3, to: T-5, size: 1 m, length: 2 m}
    L-4: {from: T-4, to: T-5, size: 1 m, length: 2 m}
    L-5: {from: T-1, to: T-2, size: 1 m, length: 2 m}
starts: 2026-01-01 10:00
lasts: 10 min
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return opened(tmp_path_factory.mktemp("pair"), PAIR)


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(opened(tmp_path_factory.mktemp("star"), STAR))


@pytest.fixture(scope="module")
def harbour() -> Kept:
    return Kept(open_model(Files(), "first-watch", [])[0])


SHAPES = [
    (geometry.flat_volume, geometry.flat_level),
    (geometry.cone_down_volume, geometry.cone_down_level),
    (geometry.cone_up_volume, geometry.cone_up_level),
]


@pytest.mark.parametrize(("volume", "level"), SHAPES, ids=["flat", "cone down", "cone up"])
@given(st.floats(0, 30), st.floats(1, 120), st.floats(0.05, 3))
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_a_level_gives_a_volume_that_gives_the_level(volume, level, high: float, across: float, cone: float) -> None:  # type: ignore[no-untyped-def]
    there = volume(np.float64(high), np.float64(across), np.float64(cone))
    back = float(level(there, np.float64(across), np.float64(cone)))
    again = float(volume(np.float64(back), np.float64(across), np.float64(cone)))
    assert again == pytest.approx(float(there), rel=1e-12, abs=1e-12)
    if high > 1e-3:  # below, the volume of a cone is too flat in the level to tell it
        assert back == pytest.approx(high, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(("volume", "level"), SHAPES, ids=["flat", "cone down", "cone up"])
def test_a_higher_level_is_a_larger_volume_and_back(volume, level) -> None:  # type: ignore[no-untyped-def]
    levels = np.linspace(0, 5, 2001)
    volumes = volume(levels, np.float64(20), np.float64(1.2))
    assert (np.diff(volumes) > -1e-12).all()
    assert (np.diff(level(np.linspace(0, 900, 2001), np.float64(20), np.float64(1.2))) > -1e-12).all()


@given(st.floats(0, 20), st.floats(0, 5), st.floats(0, 0.2))
@settings(deadline=None, derandomize=True, database=None, max_examples=200)
def test_the_level_under_a_floating_roof_inverts(bare: float, legs: float, draught: float) -> None:
    gauged = geometry.level_under_roof(np.float64(bare), np.float64(legs), np.float64(draught))
    assert float(geometry.bare_level(gauged, np.float64(legs), np.float64(draught))) == pytest.approx(bare, abs=1e-12)
    assert bare <= gauged <= bare + draught + 1e-12


def test_the_level_under_a_floating_roof_rises_with_the_liquid() -> None:
    bare = np.linspace(0, 5, 5001)
    gauged = geometry.level_under_roof(bare, np.float64(1.8), np.float64(0.1))
    assert (np.diff(gauged) > 0).all()
    assert (np.diff(geometry.bare_level(gauged, np.float64(1.8), np.float64(0.1))) > 0).all()


@given(st.floats(1e-6, 1), st.floats(1e-6, 1))
@settings(deadline=None, derandomize=True, database=None, max_examples=200)
def test_a_wider_valve_never_costs_more_and_a_seat_passes_less_than_torricelli(x: float, y: float) -> None:
    costs = hydraulics.gate_valve_k(np.array([min(x, y), max(x, y), 1.0]))
    assert costs[0] >= costs[1] >= costs[2] == hydraulics.OPEN_VALVE_K
    assert (
        x / np.sqrt(1.0 + hydraulics.gate_valve_k(np.float64(x))) <= x
    )  # speed in the opening, of what the head would give
    assert 1.0 / np.sqrt(hydraulics.gate_valve_k(np.float64(1e-3))) == pytest.approx(0.62e-3, rel=2e-3)


def _flow_ab(model: Model, heads: list[float], opening: float) -> np.ndarray:  # type: ignore[type-arg]
    """Flow from TA to TB through L-AB at these differences of level, its valve open by a share."""
    cells = (
        ("XB", "position", f"{opening * 100} %"),
        ("XN", "position", "0 %"),
        ("XA", "position", "0 %"),
        ("HV", "position", "0 %"),
    )
    of = [
        Override(posts="none", cells=(("TA", "level", f"{0.2 + h} m"), ("TB", "level", "0.2 m"), *cells)) for h in heads
    ]
    world = Block(model, 0, [0] * len(of), of).world
    found = flow.flowing(model, world, 1e-3).line_flow_m3_s  # so soon that no level moves
    return np.asarray(found[:, model.lines.names.index("L-AB")])


HEADS = [*np.geomspace(0.02, 7.2, 40).tolist()]


def _pipe(heads: list[float], valve_k: float) -> np.ndarray:  # type: ignore[type-arg]
    gasoline = products()["gasoline"]
    return np.asarray(
        hydraulics.gravity_pipe_flow(
            np.float64(0.15), np.float64(30.0), np.float64(4.5e-5), np.array(heads), np.float64(valve_k + ENTRANCE_K + EXIT_K),
            np.float64(gasoline.density_kg_m3), np.float64(gasoline.viscosity_pa_s),
        )
    )  # fmt: skip


@pytest.mark.parametrize("opening", [1.0, 0.9, 0.5, 0.2, 0.05])
def test_a_line_flows_as_a_pipe_with_its_valve(tmp_path: Path, opening: float) -> None:
    model = opened(tmp_path, PAIR.replace("XB: {like: XA, stroke: 30 s", "XB: {like: XA, size: 150 mm, stroke: 30 s"))
    ours = _flow_ab(model, HEADS, opening)
    assert ours == pytest.approx(_pipe(HEADS, float(hydraulics.gate_valve_k(np.float64(opening)))), rel=0.005)


def test_flow_between_tanks_runs_downhill_and_is_as_great_backwards(pair: Model) -> None:
    assert (_flow_ab(pair, HEADS, 1.0) > 0).all()
    cells = (
        ("XB", "position", "100 %"),
        ("XN", "position", "0 %"),
        ("XA", "position", "0 %"),
        ("HV", "position", "0 %"),
    )
    of = [Override(posts="none", cells=(("TA", "level", "2 m"), ("TB", "level", "3 m"), *cells))]
    world = Block(pair, 0, [0], of).world
    back = flow.flowing(pair, world, 1e-3).line_flow_m3_s[0, pair.lines.names.index("L-AB")]
    assert back == pytest.approx(-_flow_ab(pair, [1.0], 1.0)[0], rel=1e-9)


@given(st.lists(st.floats(0, 6), min_size=5, max_size=5))
@settings(deadline=None, derandomize=True, database=None, max_examples=60)
def test_levelling_never_overshoots(star: Kept, levels: list[float]) -> None:
    """However wide the pipes, the highest level never rises and the lowest never falls."""
    cells = tuple((f"T-{n + 1}", "level", f"{level:.6f} m") for n, level in enumerate(levels))
    world = Block(star.model, 0, [0], [Override(cells=cells)]).world
    tanks = slice(0, 5)
    for _ in range(60):
        before = world.tanks
        flow.step(star.model, world, True, 1.0)
        state = world.tanks
        assert state.level_m[0, tanks].max() <= before.level_m[0, tanks].max() + 1e-9
        assert state.level_m[0, tanks].min() >= before.level_m[0, tanks].min() - 1e-9


def test_levelling_by_the_levels_before_would_be_caught(star: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with levels that do not give while liquid leaves them, the same pipes throw the level over."""
    monkeypatch.setattr(vessels, "surface_of", lambda its, total: np.full(total.shape, 1e12))
    cells = (("T-1", "level", "6 m"), ("T-5", "level", "1 m"), ("T-2", "level", "2 m"))
    world = Block(star.model, 0, [0], [Override(cells=cells)]).world
    lowest = [0.0]
    for _ in range(60):
        before = world.tanks
        flow.step(star.model, world, True, 1.0)
        lowest.append(float(world.tanks.level_m[0, :5].max() - before.level_m[0, :5].max()))
    assert max(lowest) > 1e-3


def test_two_tanks_end_level(star: Kept) -> None:
    cells = (("T-1", "level", "5 m"), ("T-2", "level", "1 m"), ("T-5", "level", "2 m"))
    block = Block(star.model, 0, [0], [Override(cells=cells)])
    block.advance(600)
    assert np.ptp(block.world.tanks.level_m[0, :5]) < 0.01


def test_a_pipe_that_enters_at_the_top_never_siphons_back(tmp_path: Path) -> None:
    text = PAIR.replace("size: 80 mm, length: 40 m}", "size: 80 mm, length: 40 m, enters: top}")
    model = opened(tmp_path, text)
    of = [Override(posts="none", cells=(("TB", "level", "1 m"), ("TA", "level", "7 m"), ("XN", "position", "100 %"),
                                        ("XB", "position", "0 %"), ("TR-1", "running", "no"), ("XA", "position", "0 %")))]  # fmt: skip
    block = Block(model, 0, [0], of, record=True)
    block.advance(300)
    assert (signal(block, "L-N.flow") == 0.0).all()


stroke = st.floats(1, 600)
share = st.floats(0, 1)


def _stroked(
    position: float, demand: float, motor_s: float, crank_s: float, *, power: bool, hand: bool, stuck: bool
) -> float:
    return float(
        actuators.stroked(
            np.float64(position), np.float64(demand), np.bool_(power), np.bool_(hand), np.bool_(stuck), np.float64(motor_s),
            np.float64(crank_s), 1.0,
        )
    )  # fmt: skip


@given(share, share, stroke, stroke, st.booleans(), st.booleans(), st.booleans())
@settings(deadline=None, derandomize=True, database=None, max_examples=300)
def test_a_valve_never_passes_its_demand(
    position: float, demand: float, motor_s: float, crank_s: float, power: bool, hand: bool, stuck: bool
) -> None:
    moved = _stroked(position, demand, motor_s, crank_s, power=power, hand=hand, stuck=stuck)
    assert min(position, demand) <= moved <= max(position, demand)
    if stuck or not (power or hand):
        assert moved == position
    elif position != demand:
        reach = 1.0 / (crank_s if hand else motor_s)
        assert abs(moved - position) == pytest.approx(min(reach, abs(demand - position)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("start", "demand"), [(0.0, 1.0), (1.0, 0.0)])
@given(st.integers(1, 300), st.integers(1, 300))
@settings(deadline=None, derandomize=True, database=None, max_examples=50)
def test_a_stroke_takes_its_time_end_to_end(start: float, demand: float, motor_s: int, crank_s: int) -> None:
    for seconds, power, hand in ((motor_s, True, False), (crank_s, False, True), (crank_s, True, True)):
        position, ticks = start, 0
        while position != demand:
            position = _stroked(position, demand, motor_s, crank_s, power=power, hand=hand, stuck=False)
            ticks += 1
        assert seconds <= ticks <= seconds + 1  # one more where shares of a second do not add up


wide = st.one_of(st.just(0.0), st.floats(1e-3, 1))


@given(wide, wide, st.floats(0, 2000), st.booleans())
@settings(deadline=None, derandomize=True, database=None, max_examples=150)
def test_a_sender_never_gives_more_than_it_offers(harbour: Kept, a: float, b: float, offers: float, runs: bool) -> None:
    cells = (("ship", "flow", f"{offers:.6f} m3/h"), ("TR-1", "running", "yes" if runs else "no"))
    world = Block(harbour.model, 0, [0], [Override(posts="none", cells=cells)]).world
    rates = transfer.rates(harbour.model.transfers, world.transfers.moved_m3)
    asked = node.asked(harbour.model.nodes, world.controls.nodes, transfer.wanted(world.controls.transfers, rates))
    position = np.array([[{"XV-101": a, "XV-102": b}.get(name, 1.0) for name in harbour.model.valves.names]])
    wants = line.Wants(
        asked,
        np.zeros(asked.shape),
        transfer.throttles(harbour.model.transfers, world.controls.transfers, rates),
        world.controls.transfers.running,
        np.zeros((1, 0)),
        line.Fittings(position, position, np.zeros(position.shape, dtype=bool), np.zeros((1, 0))),
    )
    its = world.tanks
    area = vessels.surface_of(harbour.model.tanks, its.total_m3)
    held = line.Held(
        its.level_m, its.total_m3, its.volume_m3, area, np.zeros(its.level_m.shape), np.ones(its.level_m.shape)
    )
    now = line.step(harbour.model.lines, world.lines, world.controls.lines, wants, held, 1.0)
    most = round(offers, 6) / 3600 if runs else 0.0
    supply = float(now.supply_m3_s.sum())
    assert supply == pytest.approx(most * min(a + b, 1.0), rel=1e-9, abs=1e-11)
    assert float(now.given_m3.sum()) == pytest.approx(float(now.gain_m3.sum()), rel=1e-9, abs=1e-11)


def test_a_transfer_takes_no_more_than_the_rate_it_asks_for(tmp_path: Path) -> None:
    text = PAIR.replace("through: [L-S]}", "through: [L-S], rate: 200 m3/h}")
    block = alone(opened(tmp_path, text))
    block.advance(30)
    assert signal(block, "L-S.flow")[-1] == pytest.approx(200 / 3600, rel=1e-12)


def test_what_runs_over_goes_into_the_bund_and_then_over_its_wall(tmp_path: Path) -> None:
    text = PAIR.replace("area: 400 m2, wall: 1 m", "area: 20 m2, wall: 0.5 m")
    model = opened(tmp_path, text)
    of = [Override(posts="none", dropped=frozenset({"dark", "jams"}),
                   cells=(("TA", "level", "7.1 m"), ("TB", "level", "7.4 m"), ("LS-A", "dead", "yes")))]  # fmt: skip
    block = Block(model, 0, [0], of, record=True)
    block.advance(600)
    farm, vessels = block.world.tanks, model.tanks.names
    assert happened(block, "overflow", "TA")
    assert happened(block, "bund-full", "bund")
    total = dict(zip(vessels, farm.total_m3[0], strict=True))
    assert 10.0 - 1e-9 <= total["bund"] < 10.0 + 1.0, "full, and what came in this very second"
    assert total["bund"] + total["ground"] == pytest.approx(farm.spilled_m3.sum(), rel=1e-9)
    assert signal(block, "TA.level").max() <= 7.5 + 1e-9
    assert float(block.balance_error()[0]) <= 1e-9


EMPTYING = """\
scenario: Emptying
farm:
  farm: A little liquid under a heavy roof, over wide outlets
  nodes: {road: {receives: water}}
  tanks: {TK: {product: water, diameter: 3 m, height: 6 m, roof: internal floating, roof mass: 4 t}}
  lines:
    L-1: {from: TK, to: road, size: 1 m, length: 1 m}
    L-2: {from: TK, to: road, size: 1 m, length: 1 m}
starts: 2026-01-01 10:00
lasts: 10 min
initially: {TK: {level: 300 mm}}
"""


def test_a_tank_gives_no_more_than_it_holds_however_hard_its_roof_presses(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, EMPTYING))
    block.advance(120)
    volume = signal(block, "TK.volume")
    assert (volume >= 0.0).all()
    assert (np.diff(volume) <= 0.0).all()
    assert volume[-1] < 1e-6 < volume[0]
