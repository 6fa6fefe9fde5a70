"""Temperature: what meets mixes, nothing of it is lost, liquid swells; air, sun, ground and heater each do their own."""

import pathlib

import numpy as np
import pytest
from farms import alone, happened, opened, signal, told
from hypothesis import given, settings
from hypothesis import strategies as st
from test_network import ROUNDING_M3, acts, cells, farm, levels, second, text_of, turned

from twin.base.fault import Faults, Place
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.language.sentence import Path
from twin.parts import tank, vessels
from twin.physics import heat, substances

ZERO_K = 273.15
RECEIPT = """\
scenario: Hot receipt
weather: {air: 15 degC}
farm:
  farm: Hot receipt
  nodes: {ship: {product: gasoline, flow: 1000 m3/h, temperature: 45 degC, answers: 0 s}}
  tanks: {A: {product: gasoline, diameter: 20 m, height: 14 m, insulated: yes}}
  lines: {L: {from: ship, to: A, through: [V], size: 300 mm, length: 20 m}}
  valves: {V: {kind: motor, stroke: 1 s}}
  transfers: {TB: {from: ship, to: A, through: [L]}}
starts: 2026-01-12 10:00
lasts: 2 h
initially: {A: {level: 2 m, temperature: 5 degC}, TB: {running: yes}}
"""
ONE = """\
scenario: A tank
weather: {air: %s}
farm:
  farm: A tank
  tanks: {A: {product: diesel, diameter: 10 m, height: 12 m%s}}
starts: 2026-01-12 10:00
lasts: 3 d
initially: {A: {level: 10 m%s}}
"""


def _mass(block: Block) -> float:
    return float((block.world.tanks.volume_m3[0] * block.model.tanks.density_kg_m3[:, None]).sum())


def _read(block: Block, quantity: str) -> float:
    """A quantity of the tank that is another one in other units."""
    its = block.model.signals.column(Path("A", quantity, Place("law", 1, 1)))
    return float(block.world.signals[0, its.index] * its.scale)


def test_a_hot_receipt_warms_a_tank_to_what_the_two_make(tmp_path: pathlib.Path) -> None:
    block = alone(opened(tmp_path, RECEIPT))
    block.advance(3600)
    gasoline = substances.products()["gasoline"]
    cold, hot = (v * float(substances.density(gasoline, ZERO_K + t)) for v, t in ((np.pi * 200, 5), (1000, 45)))
    mixed = (cold * 5 + hot * 45) / (cold + hot)
    assert signal(block, "A.temperature")[-1] - ZERO_K == pytest.approx(mixed, abs=0.15), "the walls take a little"
    assert _read(block, "mass") == pytest.approx(cold + hot, rel=2e-3)
    swollen = (cold + hot) / float(substances.density(gasoline, signal(block, "A.temperature")[-1]))
    assert signal(block, "A.volume")[-1] == pytest.approx(swollen, rel=2e-3)


def test_a_level_is_read_as_warm_as_the_tank_and_a_mass_is_a_mass(tmp_path: pathlib.Path) -> None:
    hot = alone(opened(tmp_path, ONE % ("15 degC", "", ", temperature: 60 degC")))
    assert signal(hot, "A.level")[0] == pytest.approx(10.0)
    diesel = substances.products()["diesel"]
    assert _read(hot, "mass") == pytest.approx(250 * np.pi * float(substances.density(diesel, ZERO_K + 60)), rel=1e-12)
    weighed = alone(
        opened(tmp_path, (ONE % ("15 degC", "", ", temperature: 60 degC")).replace("level: 10 m", "mass: 500 t"))
    )
    assert _read(weighed, "mass") == pytest.approx(5e5, rel=1e-12)
    cold = alone(opened(tmp_path, ONE % ("-10 degC", "", "")))
    assert _read(cold, "standard-volume") > signal(cold, "A.volume")[0] == pytest.approx(250 * np.pi)
    assert _read(cold, "standard-volume") * diesel.density_kg_m3 == pytest.approx(_read(cold, "mass"), rel=1e-9)


def test_what_differs_in_nothing_from_the_day_stays_as_it_is(tmp_path: pathlib.Path) -> None:
    block = alone(opened(tmp_path, ONE % ("-10 degC", "", "")))
    block.advance(3600)
    assert np.ptp(signal(block, "A.level")) == 0.0
    assert np.ptp(signal(block, "A.temperature")) == 0.0


def test_a_bare_tank_cools_as_the_closed_solution_says_and_an_insulated_one_hardly(tmp_path: pathlib.Path) -> None:
    found = {}
    for more in ("", ", insulated: yes"):
        block = alone(opened(tmp_path, ONE % ("0 degC", more, ", temperature: 50 degC")), record=False)
        block.advance(14400)
        its = block.model.tanks
        found[more] = float(block.world.tanks.temperature_k[0, 0]) - ZERO_K
        area, wall = 25 * np.pi, np.pi * 100
        ua = float(its.loses_w_m2k[0]) * (area + wall) + tank.GROUND_W_M2K * area
        capacity = float(its.heat_j_m3k[its.product[0]]) * float(block.world.tanks.day_m3[0, 0])
        due = heat.lumped(np.float64(capacity), 1.0, np.float64(ua), 0.0, np.float64(50.0), 14400.0)
        assert found[more] == pytest.approx(float(due), rel=0.01), "the level sinks a little while it cools"
    assert found[""] < found[", insulated: yes"] - 0.5


@pytest.mark.parametrize(
    ("what", "value"), [("A.heater", "200 kW"), ("weather.sun", "1 kW/m2"), ("weather.air", "35 degC")]
)
def test_heater_sun_and_warm_air_warm_it(tmp_path: pathlib.Path, what: str, value: str) -> None:
    block = alone(opened(tmp_path, ONE % ("10 degC", "", "")))
    told(block, "instructor", f"set {what} to {value}")
    block.advance(7200)
    warmer = signal(block, "A.temperature")[-1] - signal(block, "A.temperature")[0]
    capacity = float(block.model.tanks.heat_j_m3k[block.model.tanks.product[0]]) * 250 * np.pi
    area, wall = 25 * np.pi, 100.0
    watts = {
        "A.heater": 200e3, "weather.sun": heat.WHITE * 1000 * (area + 0.5 * wall),
        "weather.air": 25 * vessels.BARE_W_M2K * (area + np.pi * wall),
    }[what]  # fmt: skip
    assert warmer == pytest.approx(watts * 7200 / capacity, rel=0.02)
    assert signal(block, "A.level")[-1] > signal(block, "A.level")[0], "it swells"


def test_a_full_tank_that_is_heated_runs_over(tmp_path: pathlib.Path) -> None:
    block = alone(opened(tmp_path, (ONE % ("10 degC", "", "")).replace("10 m", "11.999 m")))
    was = _mass(block)
    told(block, "instructor", "set A.heater to 5 MW")
    block.advance(3600)
    assert len(happened(block, "overflow", "A")) == 1, "it runs, and does not drip"
    assert _mass(block) == pytest.approx(was, rel=1e-12), "what ran over lies on the ground"
    ground = block.model.tanks.ground
    assert block.world.tanks.temperature_k[0, ground] > ZERO_K + 10.0, "and is as warm as it ran over"


@pytest.mark.parametrize(("product", "degrees"), [("diesel", 180.0), ("ethanol", 78.3), ("water", 100.0)])
@pytest.mark.parametrize("level", ["1 mm", "6 m"])
def test_a_coil_heats_to_its_steam_or_to_where_the_product_boils(
    tmp_path: pathlib.Path, product: str, degrees: float, level: str
) -> None:
    text = (ONE % ("10 degC", "", "")).replace("diesel", product).replace("10 m}}", f"{level}}}}}", 1)
    block = alone(opened(tmp_path, text), record=False)
    told(block, "instructor", "set A.heater to 100 MW")
    block.advance(5000)
    assert block.world.tanks.temperature_k[0, 0] - ZERO_K == pytest.approx(degrees, abs=0.3)


@pytest.mark.parametrize("content", ["mass: 900 t", "filled: 100 %", "level: 12 m"])
@pytest.mark.parametrize(("product", "degrees"), [("methanol", 62), ("diesel", 77), ("diesel", -20)])
def test_what_begins_full_and_warm_or_cold_does_not_run_over(
    tmp_path: pathlib.Path, content: str, product: str, degrees: int
) -> None:
    text = ONE % (f"{degrees} degC" if degrees < 0 else "15 degC", ", insulated: yes", f", temperature: {degrees} degC")
    text = text.replace("diesel", product).replace("level: 10 m", content.replace("900", "745"))
    block = alone(opened(tmp_path, text), record=False)
    block.advance(5)
    assert not happened(block, "overflow")


def test_mass_and_standard_volume_count_the_water_as_water(tmp_path: pathlib.Path) -> None:
    block = alone(opened(tmp_path, ONE % ("15 degC", "", ", water: 1 m")))
    area, water, diesel = 25 * np.pi, *(substances.products()[q].density_kg_m3 for q in ("water", "diesel"))
    assert _read(block, "mass") == pytest.approx(area * (water + 9 * diesel), rel=1e-3)
    assert _read(block, "standard-volume") == pytest.approx(area * 10, rel=1e-9), "the day has 15 degC"


@pytest.mark.parametrize("degrees", [60, 15, -20])
def test_a_nozzle_is_where_it_is_whatever_the_temperature(tmp_path: pathlib.Path, degrees: int) -> None:
    text = (ONE % ("15 degC", ", insulated: yes", f", temperature: {degrees} degC")).replace(
        "  tanks: {",
        "  lines: {L: {from: A, to: B, size: 500 mm, length: 20 m, height: 8 m}}\n  tanks: {B: {product: diesel, diameter: 30 m, height: 9 m}, ",
    )
    block = alone(opened(tmp_path, text))
    block.advance(1800)
    assert signal(block, "A.level")[-1] == pytest.approx(8.0, abs=0.01)


def test_a_hot_batch_comes_when_what_stood_in_the_line_is_through(tmp_path: pathlib.Path) -> None:
    text = RECEIPT.replace("length: 20 m", "length: 2000 m").replace(
        "tanks: {", "tanks: {B: {product: diesel, diameter: 10 m, height: 10 m}, "
    )
    text = text.replace("lines: {", "lines: {M: {from: B, to: A, size: 50 mm, enters: top, through: [W]}, ").replace(
        "valves: {", "valves: {W: {kind: motor}, "
    )
    block = alone(opened(tmp_path, text))
    block.advance(1200)
    line_s = np.pi / 4 * 0.3**2 * 2000 * 3.6
    warm = np.flatnonzero(signal(block, "A.temperature") > signal(block, "A.temperature")[0] + 0.5)
    before = signal(block, "A.temperature")[int(line_s) - 5] - ZERO_K
    assert before < 8.0, "what stood in the line was at 15 degC"
    assert signal(block, "A.temperature")[-1] - ZERO_K > before + 5.0
    assert len(warm)


def test_temperature_is_no_lever(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Faults, match=r"set A\.heater"):
        opened(
            tmp_path, (ONE % ("10 degC", "", "")) + "timeline: {x: {cue: start, do: set A.temperature to 40 degC}}\n"
        )


# whole farms

Line = tuple[str, str, int, int, str, str]
warmths = st.lists(st.sampled_from([5, 15, 15, 45]), min_size=5, max_size=5)


def _hot(text: str, ship_c: int) -> str:
    return text.replace("flow: 700 m3/h", f"flow: 700 m3/h, temperature: {ship_c} degC")


def _cells(levels_m: list[float], degrees: list[int], water_m: float) -> tuple[tuple[str, str, str], ...]:
    """Levels and temperatures of the tanks, and water at the bottom of the first."""
    warm = (
        (f"T-{n}", "temperature", f"{degrees_c} degC") for n, degrees_c in enumerate(degrees[: len(levels_m)], start=1)
    )
    return (*cells(levels_m, water_m), *warm)


@given(farm, levels, warmths, acts, second, st.sampled_from([0.0, 0.4]))
@settings(deadline=None, derandomize=True, database=None, max_examples=20)
def test_whatever_is_built_loses_no_warmth_and_nothing_grows_warmer_than_what_came(
    tmp_path_factory: pytest.TempPathFactory, lines: list[Line], levels_m: list[float], degrees: list[int],
    moves: list[tuple[int, int, int]], second: str, water_m: float,
) -> None:  # fmt: skip
    model = opened(tmp_path_factory.mktemp("warm"), _hot(text_of(lines, second=second), degrees[4]))
    block = Block(model, 0, [0], [Override(posts="none", cells=_cells(levels_m, degrees, water_m))])
    low, high = min(*degrees, 15) - 1e-3, max(*degrees, 15) + 1e-3

    def watched(until: int) -> None:
        for tick in range(block.world.tick + 1, until + 1):
            before = block.world.lines.content_m3[:, -1].sum()
            block.advance(tick)
            lines, warm = block.world.lines, block.world.tanks.temperature_k - ZERO_K
            moved = lines.gain_m3[0, -1]
            left = float(moved.sum() + lines.content_m3[:, -1].sum() - before - lines.given_m3[0, -1])
            assert abs(left) <= 1e-9 * max(1.0, float(np.abs(moved).max())), "what leaves one place comes to another"
            assert low <= float(warm.min()) <= float(warm.max()) <= high, tick

    turned(block, moves, watched)
    watched(240)
    assert float(block.balance_error()[0]) <= 1e-9
    assert float(block.world.tanks.volume_m3.min()) >= -ROUNDING_M3


@given(farm, levels, second)
@settings(deadline=None, derandomize=True, database=None, max_examples=12)
def test_a_world_as_warm_as_the_day_has_the_same_bits_beside_warm_ones(
    tmp_path_factory: pytest.TempPathFactory, lines: list[Line], levels_m: list[float], second: str
) -> None:  # fmt: skip
    model = opened(tmp_path_factory.mktemp("beside"), text_of(lines, second=second))
    cool = Override(posts="none", cells=_cells(levels_m, [15] * 4, 0.0))
    warm = Override(posts="none", cells=(*_cells(levels_m, [5, 45, 15, 30], 0.1), ("ship", "temperature", "60 degC")))
    together, lonely = Block(model, 0, [0, 1], [warm, cool]), Block(model, 0, [1], [cool])
    for tick in (1, 2, 30):
        together.advance(tick)
        lonely.advance(tick)
        assert together.bits(1) == lonely.bits(0)
    apart = Block(model, 0, [0], [warm])
    apart.advance(30)
    assert together.bits(0) == apart.bits(0)


@pytest.mark.parametrize("batches", [False, True])
def test_a_line_of_one_product_keeps_how_warm_it_is_where_it_says_so(tmp_path: pathlib.Path, batches: bool) -> None:
    text = f"""\
scenario: A long line
farm:
  farm: A long line
  nodes: {{ship: {{product: diesel, flow: 600 m3/h, temperature: 60 degC, answers: 0 s}}}}
  tanks: {{A: {{product: diesel, diameter: 10 m, height: 10 m, insulated: yes}}}}
  lines: {{L: {{from: ship, to: A, size: 300 mm, length: 700 m, batches: {"yes" if batches else "no"}}}}}
  transfers: {{T: {{from: ship, to: A, through: [L]}}}}
starts: 2026-01-12 10:00
lasts: 30 min
weather: {{air: 10 degC}}
initially: {{A: {{level: 1 m}}, T: {{running: yes}}}}
"""
    block = alone(opened(tmp_path, text))
    block.advance(600)
    warm = signal(block, "A.temperature") - 283.15
    fills_s = np.pi / 4 * 0.3**2 * 700 / (600 / 3600)
    first = int(np.flatnonzero(warm > 0.01)[0])
    assert first == pytest.approx(fills_s if batches else 1, rel=0.06)  # 600 m3/h are as warm as the ship
    assert float(block.balance_error()[0]) <= 1e-9
