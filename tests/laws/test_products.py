"""Several products in one farm: batches follow each other through a header, what is wrong in a tank is a quantity, water settles."""

from pathlib import Path

import numpy as np
import pytest
from farms import alone, happened, opened, signal, told
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.base.fault import Faults
from twin.engine import sense
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.physics import fronts

HEADER = """\
scenario: Two products through one header
farm:
  farm: Two products through one header
  nodes: {ship: {product: gasoline, flow: 900 m3/h, answers: 0 s}, barge: {product: diesel, flow: 600 m3/h, answers: 0 s}, H: {}}
  tanks:
    G: {product: gasoline, diameter: 10 m, height: 14 m}
    D: {product: diesel, diameter: 10 m, height: 14 m}
    S: {product: diesel, slops: yes, diameter: 6 m, height: 8 m}
  lines:
    LS: {from: ship, to: H, size: 300 mm, length: 100 m}
    LB: {from: barge, to: H, size: 300 mm, length: 40 m}
    LG: {from: H, to: G, through: [VG], size: 300 mm, length: 200 m, enters: top}
    LD: {from: H, to: D, through: [VD], size: 300 mm, length: 200 m, enters: top}
    LX: {from: H, to: S, through: [VX], size: 300 mm, length: 50 m, enters: top}
  valves: {VG: {kind: motor, stroke: 1 s}, VD: {kind: motor, stroke: 1 s}, VX: {kind: motor, stroke: 1 s}}
  instruments: {QT: {measures: D.contamination, range: 0 % .. 100 %}, DT: {measures: LD.density, range: 600 kg/m3 .. 1000 kg/m3}}
  alarms: {QAH: {when: QT > 0.5 %, priority: high, action: stop it}}
  transfers:
    TG: {from: ship, to: G, through: [LS, LG]}
    TD: {from: barge, to: D, through: [LB, LD]}
    TX: {from: barge, to: S, through: [LB, LX]}
starts: 2026-01-12 10:00
lasts: 1 h
initially: {G: {level: 2 m}, D: {level: 2 m}}
"""
PIPE_M2 = np.pi * 0.3**2 / 4


def _lived(tmp_path: Path, text: str, *acts: tuple[int, str], seconds: int) -> Block:
    block = Block(opened(tmp_path, text), 0, [0], [Override(posts="none")], record=True)
    for tick, act in acts:
        block.advance(tick)
        assert told(block, "control-room", act).accepted
    block.advance(seconds)
    assert float(block.balance_error()[0]) <= 1e-9
    return block


def test_what_stands_in_a_line_comes_first_and_then_no_more(tmp_path: Path) -> None:
    clean = _lived(tmp_path, HEADER, (1, "start TD"), seconds=600)
    assert signal(clean, "D.contamination").max() == 0.0
    dirty = _lived(tmp_path, HEADER.replace("LD: {", "LD: {product: gasoline, "), (1, "start TD"), seconds=600)
    wrong = signal(dirty, "D.contamination") * signal(dirty, "D.volume")
    assert wrong[-1] == pytest.approx(200 * PIPE_M2, rel=1e-6)
    over = 2 + 200 * PIPE_M2 / (600 / 3600)
    assert np.flatnonzero(np.diff(wrong) > 1e-9)[-1] == pytest.approx(over, abs=3)


def test_a_front_is_sharp_and_shows_on_the_densitometer(tmp_path: Path) -> None:
    block = _lived(tmp_path, HEADER, (1, "start TG"), (400, "stop TG"), (440, "start TD"), seconds=900)
    shown = signal(block, "DT")[440:]
    assert {round(v) for v in np.unique(shown.round(6))} <= {round(shown.min()), round(shown.max())}, "one or the other"


def test_contamination_is_a_quantity_with_an_event_and_an_alarm_and_no_refusal(tmp_path: Path) -> None:
    block = _lived(tmp_path, HEADER, (1, "start TG"), (300, "open VD"), seconds=900)
    assert signal(block, "D.contamination")[-1] > 0.1
    assert len(happened(block, "contaminated", "D")) == 1
    assert happened(block, "alarm", "QAH")
    assert any("gasoline" in str(w) and "diesel" in str(w) for w in sense.warnings(block.model.spec, block.model.names))
    assert signal(block, "G.contamination")[-1] < 0.05


def test_nothing_is_wrong_in_a_slop_tank(tmp_path: Path) -> None:
    block = _lived(tmp_path, HEADER, (1, "start TG"), (300, "open VX"), seconds=600)
    assert signal(block, "S.volume")[-1] > 10
    assert signal(block, "S.contamination").max() == 0.0


def test_the_same_alone_and_beside_others(tmp_path: Path) -> None:
    model = opened(tmp_path, HEADER)
    cells = [
        (("TG", "running", "yes"),),
        (("TD", "running", "yes"), ("VX", "position", "40 %")),
        (("TG", "running", "yes"), ("TD", "running", "yes")),
    ]
    of = [Override(posts="none", cells=c) for c in cells]
    together = Block(model, 0, [0, 1, 2], of)
    together.advance(700)
    for row in range(3):
        single = Block(model, 0, [row], [of[row]])
        single.advance(700)
        assert single.bits(0) == together.bits(row)


products = st.integers(0, 2)


@given(st.lists(st.tuples(st.floats(-3, 3), products), min_size=1, max_size=60))
@settings(deadline=None, derandomize=True, database=None, max_examples=80)
def test_a_line_keeps_its_volume_and_loses_nothing(moves: list[tuple[float, int]]) -> None:
    content = np.zeros((1, 4, 1, fronts.SLUGS))  # three products, and warmth
    content[0, 0, 0, 0] = 10.0
    total = content.sum(axis=(2, 3))[0]
    for flow, product in moves:
        along = np.array([[flow]])
        share = np.zeros((1, 4, 1))
        share[0, product, 0] = 1.0
        out, through = fronts.leaving(content, along)
        content = fronts.pushed(content, along, share)
        total = total - out[0, :, 0]
        total[product] += abs(flow) - float(through[0, 0])
        assert content.sum() == pytest.approx(10.0, rel=1e-12)
        assert content.min() >= -1e-12
        assert content.sum(axis=(0, 2, 3)) == pytest.approx(total, abs=1e-9)


def test_batches_leave_in_the_order_in_which_they_came() -> None:
    content = np.zeros((1, 4, 1, fronts.SLUGS))  # three products, and warmth
    content[0, 0, 0, 0] = 10.0
    came: list[int] = []
    for product in [1] * 4 + [2] * 6 + [0] * 5 + [1] * 20:
        share = np.zeros((1, 4, 1))
        share[0, product, 0] = 1.0
        out, _ = fronts.leaving(content, np.array([[1.0]]))
        came.append(int(out[0, :, 0].argmax()))
        assert out.max() == pytest.approx(1.0)
        content = fronts.pushed(content, np.array([[1.0]]), share)
    assert came == [0] * 10 + [1] * 4 + [2] * 6 + [0] * 5 + [1] * 10
    back, _ = fronts.leaving(content, np.array([[-1.0]]))
    assert back[0, 1, 0] == 1.0, "the last in is the first out when it turns round"


# water

BOTTOM = """\
scenario: Water under gasoline
farm:
  farm: Water under gasoline
  nodes: {road: {receives: gasoline}}
  tanks: {A: {product: gasoline, diameter: 10 m, height: 12 m}}
  lines: {L: {from: A, to: road, through: [V], size: 200 mm, length: 20 m%s}}
  valves: {V: {kind: motor, stroke: 1 s, size: 200 mm}}
  instruments: {WI: {measures: A.water, by hand: 3 min}, UT: {measures: A.ullage, range: 0 m .. 12 m}, IN: {measures: A.innage, range: 0 m .. 12 m}}
  transfers: {TR: {from: A, to: road, through: [L]}}
starts: 2026-01-12 10:00
lasts: 2 h
initially: {A: {level: 6 m, water: 0.5 m}, TR: {running: yes}}
"""


def test_water_lies_at_the_bottom_and_a_low_nozzle_draws_it_first(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, BOTTOM % ""))
    assert signal(block, "A.water")[0] == pytest.approx(0.5)
    assert signal(block, "A.level")[0] == pytest.approx(6.0), "it is part of what is there"
    assert signal(block, "A.contamination")[0] == 0.0, "water is none"
    block.advance(100)
    fell = signal(block, "A.volume")[0] - signal(block, "A.volume")[-1]
    assert (signal(block, "A.water")[0] - signal(block, "A.water")[-1]) * np.pi * 25 == pytest.approx(fell, rel=1e-6)
    block.advance(1500)
    assert signal(block, "A.water")[-1] == pytest.approx(0.0, abs=1e-6)
    assert float(block.balance_error()[0]) <= 1e-9


def test_a_nozzle_above_the_water_draws_none_and_one_in_it_leaves_what_lies_below(tmp_path: Path) -> None:
    above = alone(opened(tmp_path, BOTTOM % ", height: 0.6 m"))
    above.advance(600)
    assert signal(above, "A.water")[-1] == pytest.approx(0.5)
    inside = alone(opened(tmp_path, BOTTOM % ", height: 0.2 m"))
    inside.advance(1500)
    assert signal(inside, "A.water")[-1] == pytest.approx(0.2, abs=1e-6)


def test_a_floating_suction_draws_water_last(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, BOTTOM % ", leaves: floating"))
    block.advance(600)
    assert signal(block, "A.water")[-1] == pytest.approx(0.5), "a nozzle at the bottom would have drawn it all"
    block.advance(7200)
    assert signal(block, "A.water")[-1] < 0.45, "then it has nothing else"


@pytest.mark.parametrize(("roof", "rises"), [("open", True), ("external floating", False), ("dome", False)])
def test_rain_falls_into_an_open_tank_and_into_no_other(tmp_path: Path, roof: str, rises: bool) -> None:
    text = (
        BOTTOM.replace(
            "A: {product: gasoline,",
            f"O: {{roof: open, product: water, diameter: 9 m, height: 9 m}}, A: {{roof: {roof}, product: gasoline,",
        )
        % ""
    )
    text = text.replace("TR: {running: yes}}", "V: {position: 0 %}}\nweather: {rain: 36 mm/h}")
    block = alone(opened(tmp_path, text))
    block.advance(3600)
    fell = signal(block, "A.level")[-1] - signal(block, "A.level")[0]
    assert fell == pytest.approx(0.036 if rises else 0.0, abs=1e-4)
    assert signal(block, "A.water")[-1] == pytest.approx(0.5 + fell, abs=1e-4)
    assert float(block.balance_error()[0]) <= 1e-9


def test_what_is_read_by_the_tape(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, BOTTOM % ""))
    block.advance(30)
    assert signal(block, "UT")[-1] == pytest.approx(12 - signal(block, "A.level")[-1], abs=1e-3)
    assert signal(block, "IN")[-1] == pytest.approx(signal(block, "A.level")[-1], abs=1e-3)


def test_a_quantity_that_cannot_be_is_answered_with_what_would_be_needed(tmp_path: Path) -> None:
    plain = BOTTOM.replace(", water: 0.5 m", "") % ""
    with pytest.raises(Faults, match="nothing else in this farm"):
        opened(tmp_path, plain)
    with pytest.raises(Faults, match="no instrument measures one"):
        opened(
            tmp_path,
            (BOTTOM % "").replace("UT: {measures: A.ullage, range: 0 m .. 12 m}, ", "")
            + "objectives: {o: {that: no A.ullage < 2 m, mark: containment}}\n",
        )


# where what runs over comes from

PITS = """\
scenario: A pit below a pit
farm:
  farm: A pit below a pit
  nodes: {ship: {product: diesel, flow: 500 m3/h, answers: 0 s}, high: {holds: 5 m3, spills to: low}, low: {holds: 50 m3}}
  tanks: {A: {product: gasoline, diameter: 8 m, height: 10 m}}
  lines: {LS: {from: ship, to: high}, L: {from: low, to: A, through: [P], length: 20 m}}
  pumps: {P: {curve: [[0 m3/h, 30 m], [200 m3/h, 20 m]]}}
  instruments: {QT: {measures: A.contamination, range: 0 % .. 100 %}}
  transfers: {TS: {from: ship, to: high, through: [LS]}, TR: {from: low, to: A, through: [L]}}
starts: 2026-01-01 10:00
lasts: 10 min
initially: {TS: {running: yes}, A: {level: 1 m}, TR: {running: yes}}
"""


def test_a_pit_gives_what_ran_over_into_it(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, PITS))
    block.advance(200)
    its = block.model.tanks
    volume = dict(zip(its.names, block.world.tanks.volume_m3[0].T.tolist(), strict=True))
    diesel, gasoline = its.products.index("diesel"), its.products.index("gasoline")
    assert volume["A"][diesel] == pytest.approx(200 * 500 / 3600 - 5 - volume["low"][diesel] - 20 * PIPE_M2, rel=0.02)
    assert volume["A"][gasoline] == pytest.approx(np.pi * 16 + 20 * PIPE_M2), "and what stood in the line before it"
    assert float(block.world.tanks.volume_m3.min()) == 0.0
    assert float(block.balance_error()[0]) <= 1e-9


def test_what_is_held_below_nothing_is_an_error_of_the_balance(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, PITS))
    block.advance(10)
    volume = block.world.tanks.volume_m3
    more = float(volume[0, 0, 1]) + 1.0
    volume[0, 0, :2] += (more, -more)  # nothing is lost, and one holds less than nothing
    assert float(block.balance_error()[0]) > 0.01


def test_what_stands_in_a_line_may_be_what_no_tank_holds(tmp_path: Path) -> None:
    text = HEADER.replace("LG: {", "LG: {product: ethanol, ").replace("LD: {", "LD: {product: gasoline, ")
    block = _lived(tmp_path, text, (1, "start TG"), seconds=600)
    ethanol = block.model.tanks.products.index("ethanol")
    assert float(block.world.tanks.volume_m3[0, ethanol, 0]) == pytest.approx(0.0, abs=1e-9), "D comes before G"
    assert float(block.world.tanks.volume_m3[0, ethanol, 1]) == pytest.approx(200 * PIPE_M2)
    one = HEADER.replace("product: diesel", "product: gasoline").replace("LG: {", "LG: {product: ethanol, ")
    only = _lived(tmp_path, one, (1, "start TG"), seconds=600)
    assert signal(only, "G.contamination")[-1] > 0.01, "also where all tanks hold the same"


def test_a_drain_gives_what_ran_over_and_nothing_before_it(tmp_path: Path) -> None:
    text = (
        PITS.replace("  tanks: {", "  places: {bund: {kind: bund, area: 100 m2, wall: 1 m}}\n  tanks: {D: {product: diesel, diameter: 5 m, height: 8 m, in: bund}, ")
        .replace("height: 10 m}}", "height: 10 m, in: bund}}")
        .replace("LS: {from: ship, to: high}", "LS: {from: ship, to: D}, LD: {from: bund, to: high, size: 200 mm}")
        .replace("from: ship, to: high, through", "from: ship, to: D, through")
        .replace("initially: {", "initially: {D: {level: 7.9 m}, ")
    )  # fmt: skip
    block = alone(opened(tmp_path, text))
    block.advance(500)
    its = block.model.tanks
    volume = dict(zip(its.names, block.world.tanks.volume_m3[0].T.tolist(), strict=True))
    diesel, gasoline = its.products.index("diesel"), its.products.index("gasoline")
    assert volume["bund"][diesel] > 1.0
    assert volume["high"][diesel] == 5.0
    assert volume["high"][gasoline] == volume["bund"][gasoline] == 0.0
    assert float(block.balance_error()[0]) <= 1e-9


LAST = """\
scenario: The last of it
farm:
  farm: The last of it
  nodes: {road: {receives: gasoline}}
  tanks: {A: {product: gasoline, diameter: 8 m, height: 10 m}, B: {product: diesel, diameter: 8 m, height: 10 m}}
  lines: {L: {from: A, to: road, size: 300 mm, length: 10 m}, M: {from: B, to: A, size: 80 mm, length: 10 m, enters: top}}
  transfers: {TR: {from: A, to: road, through: [L]}}
starts: 2026-01-01 10:00
lasts: 10 min
initially: {A: {level: 0.01 m}, B: {level: 1 m, water: 0 m}, TR: {running: yes}}
"""


@pytest.mark.parametrize("beside", ["0 m", "0.005 m"])
def test_a_dry_tank_runs_out_the_same_beside_a_wet_one(tmp_path: Path, beside: str) -> None:
    model = opened(tmp_path, LAST)
    dry, wet = Override(posts="none"), Override(posts="none", cells=(("B", "water", beside),))
    lonely, both = Block(model, 0, [0], [dry]), Block(model, 0, [0, 1], [dry, wet])
    for tick in range(1, 100):
        lonely.advance(tick)
        both.advance(tick)
        assert both.bits(0) == lonely.bits(0), tick
    assert (both.world.tanks.volume_m3[0, model.tanks.water] == 0.0).all()


def test_a_nearly_empty_tank_gives_no_water_that_it_does_not_have(tmp_path: Path) -> None:
    """Water goes first, then all else; of neither is more given than there was."""
    block = Block(
        opened(tmp_path, LAST),
        0,
        [0],
        [Override(posts="none", cells=(("A", "water", "0.001 m"), ("B", "level", "0 m")))],
    )
    for tick in range(1, 60):
        block.advance(tick)
        assert float(block.world.tanks.volume_m3.min()) >= -1e-17, tick


def test_a_line_behind_an_empty_pit_holds_what_nobody_had(tmp_path: Path) -> None:
    """Nothing stands in lines to which no tank and no sender is joined: it would come out of nothing."""
    text = PITS.replace("nodes: {", "nodes: {yard: {}, far: {receives: diesel}, ").replace(
        "  lines: {", "  lines: {LY: {from: low, to: yard, length: 500 m}, LF: {from: yard, to: far, length: 500 m}, "
    )
    block = alone(opened(tmp_path, text))
    filled = dict(zip(block.model.lines.fills, block.model.lines.fills_m3.sum(axis=0).tolist(), strict=True))
    assert "LF" not in filled
    assert set(filled) == {"L"}, "the line before the tank stands full"
    stated = alone(opened(tmp_path, text.replace("to: far,", "to: far, product: gasoline,")))
    assert "LF" in stated.model.lines.fills, "somebody said what stands in it"
    with pytest.raises(Faults, match="LF keeps no batches"):
        opened(tmp_path, text.replace("{QT:", "{DT: {measures: LF.density, range: 500 kg/m3 .. 900 kg/m3}, QT:"))
