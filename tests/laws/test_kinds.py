"""Kinds of valves, lines and tanks: each has a law that its neighbour would break."""

from pathlib import Path

import numpy as np
import pytest
from farms import LIFT, M3_H, after, alone, flow_m3_h, happened, opened, orders, signal, told

from twin.base.fault import Faults
from twin.engine import sense

# valves


def test_without_air_a_pneumatic_valve_goes_where_its_spring_takes_it(tmp_path: Path) -> None:
    text = LIFT.replace(
        "V: {kind: motor, stroke: 10 s}", "V: {kind: pneumatic, stroke: 10 s, air: air, on air loss: %s}"
    )
    ends = {}
    for to in ("open", "closed", "stay"):
        block = after(tmp_path, text % to, "set V to 50 %", seconds=20)
        told(block, "instructor", "set compressor.lost")
        block.advance(39)
        assert float(signal(block, "V.position")[-1]) == pytest.approx(0.5), "the receiver holds"
        block.advance(60)
        ends[to] = float(signal(block, "V.position")[-1])
    assert ends == {"open": 1.0, "closed": 0.0, "stay": 0.5}
    motor = after(tmp_path, LIFT.replace("stroke: 10 s}}", "stroke: 10 s, power: grid}}"), "set V to 50 %", seconds=20)
    told(motor, "instructor", "set grid.lost")
    motor.advance(60)
    assert float(signal(motor, "V.position")[-1]) == 0.5


CONTROL = LIFT.replace(
    "V: {kind: motor, stroke: 10 s}", "V: {kind: control, stroke: 20 s, control: FT, set point: 200 m3/h}"
).replace("  transfers:", "  instruments: {FT: {measures: L.flow, range: 0 m3/h .. 600 m3/h, lag: 2 s}}\n  transfers:")


def test_a_control_valve_holds_its_set_point_and_moves_to_another(tmp_path: Path) -> None:
    block = after(tmp_path, CONTROL, "start TR", seconds=300)
    assert flow_m3_h(block) == pytest.approx(200, abs=4)
    told(block, "control-room", "set V to 120 m3/h")
    block.advance(600)
    assert flow_m3_h(block) == pytest.approx(120, abs=4)
    told(block, "control-room", "set V to 100 %")
    block.advance(660)
    assert flow_m3_h(block) > 250, "somebody took it by hand"


def test_a_control_valve_holds_its_reading_while_a_transfer_runs_through_it(tmp_path: Path) -> None:
    downhill = CONTROL.replace("A: {level: 6 m}", "A: {level: 13.9 m}").replace(
        "at: [50 m, 0 m, 6 m]", "at: [50 m, 0 m, 0 m]"
    )
    block = after(tmp_path, downhill.replace("set point: 200", "set point: 80"), seconds=60)
    assert flow_m3_h(block) == 0.0, "nobody has started anything"
    told(block, "control-room", "start TR")
    block.advance(700)
    assert flow_m3_h(block) == pytest.approx(80, abs=4)
    told(block, "control-room", "stop TR")
    block.advance(760)
    assert signal(block, "V.position")[-1] == 0.0
    assert flow_m3_h(block) == 0.0
    told(block, "control-room", "start TR")
    block.advance(1400)
    assert flow_m3_h(block) == pytest.approx(80, abs=4), "a second time it is not left where the first ended"


def test_a_transfer_through_a_control_valve_is_begun_though_the_valve_comes_to_no_end(tmp_path: Path) -> None:
    shown = CONTROL.replace("instruments: {", "instruments: {ZT: {measures: V.position, range: 0 % .. 100 %}, ")
    block = after(tmp_path, shown, "start TR", seconds=300)
    assert [text for _, text in orders(block) if "timed out" in text.lower()] == []
    assert 0.02 < signal(block, "V.position")[-1] < 0.98
    told(block, "control-room", "open V")
    block.advance(900)
    assert any("open V" in text for _, text in orders(block) if "proven" in text.lower()), (
        "an order to open it is proven by its end"
    )


def test_who_turns_a_control_valve_by_hand_is_not_overruled_by_a_start(tmp_path: Path) -> None:
    """Without air it does not obey: the man at its wheel closes it, and no controller opens it again."""
    text = CONTROL.replace(
        "kind: control, stroke: 20 s", "kind: control, air: air, on air loss: stay, stroke: 300 s, at: [30 m, 0 m]"
    )
    block = after(tmp_path, text, "start TR", seconds=900)
    told(block, "instructor", "set compressor.lost")
    block.advance(960)
    stood = signal(block, "V.position")[-1]
    assert stood > 0.0
    told(block, "field", "close V")
    for tick in range(961, 1300):
        block.advance(tick)
        if block.world.controls.valves.by_hand[0].any():
            break
    told(block, "control-room", "start TR")
    assert block.world.controls.valves.by_hand[0].any(), "he is at the wheel"
    block.advance(block.world.tick + 400)
    assert signal(block, "V.position")[-1] == 0.0


@pytest.mark.parametrize(
    ("said", "opening", "automatic"),
    [
        ("", 1.0, True),
        ("V: {automatic: no}", 1.0, False),
        ("V: {position: 30 %}", 0.3, True),
        ("P: {running: no}", 1.0, True),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_is_said_of_a_valve_at_the_start_stands_above_what_its_transfer_would_make_of_it(
    tmp_path: Path, said: str, opening: float, automatic: bool, first: bool
) -> None:
    """In whichever order a file says it; and the controller takes over from there."""
    both = [said] * bool(said) + ["TR: {running: yes}"]
    text = CONTROL.replace("initially: {", f"initially: {{{', '.join(both if first else both[::-1])}, ")
    block = alone(opened(tmp_path, text))
    set_, v = block.world.controls, block.model.valves.names.index("V")
    assert block.world.valves.position[0, v] == opening
    assert bool(set_.valves.automatic[0, v]) == automatic
    assert bool(set_.pumps.asked[0, 0]) == (said != "P: {running: no}")
    if said == "V: {automatic: no}":
        block.advance(100)
        assert signal(block, "V.position")[-1] == opening


def test_a_control_valve_that_a_trip_closed_does_not_open_by_itself(tmp_path: Path) -> None:
    text = CONTROL.replace(
        "  transfers:", "  interlocks: {IL: {then: [close V], button: yes, system: BPCS}}\n  transfers:"
    )
    block = after(tmp_path, text, "start TR", "trip IL", seconds=100)
    assert signal(block, "V.position")[-1] == 0.0
    assert told(block, "control-room", "reset IL").accepted
    block.advance(300)
    assert signal(block, "V.position")[-1] == 0.0
    told(block, "control-room", "set V to 150 m3/h")
    block.advance(600)
    assert signal(block, "V.position")[-1] > 0.0


def test_a_control_valve_believes_its_gauge(tmp_path: Path) -> None:
    block = after(tmp_path, CONTROL, "start TR", seconds=300)
    told(block, "instructor", "set FT.bias to -80 m3/h")
    block.advance(700)
    assert flow_m3_h(block) == pytest.approx(280, abs=8)
    told(block, "instructor", "set FT.bad")
    block.advance(710)
    stood = float(signal(block, "V.position")[-1])
    block.advance(800)
    assert float(signal(block, "V.position")[-1]) == stood, "a bad signal leaves it where it is"


def test_a_level_is_held_by_what_leaves(tmp_path: Path) -> None:
    text = """\
scenario: Level
farm:
  farm: Level
  nodes: {ship: {product: gasoline, flow: 300 m3/h}, road: {receives: gasoline}}
  tanks: {T: {product: gasoline, diameter: 6 m, height: 12 m}}
  lines: {IN: {from: ship, to: T}, OUT: {from: T, to: road, through: [LV], size: 200 mm}}
  valves: {LV: {kind: control, size: 200 mm, stroke: 10 s, control: LT, set point: 5 m, opening: lowers, band: 2 m, reset time: 10 min}}
  instruments: {LT: {measures: T.level, range: 0 m .. 12 m, noise: 1 mm}}
  transfers: {TI: {from: ship, to: T, through: [IN]}, TO: {from: T, to: road, through: [OUT]}}
starts: 2026-01-12 10:00
lasts: 4 h
initially: {T: {level: 7 m}, TI: {running: yes}, TO: {running: yes}}
"""
    block = alone(opened(tmp_path, text))
    block.advance(4 * 3600)
    last = signal(block, "T.level")[-3600:]
    assert last == pytest.approx(np.full(3600, 5.0), abs=0.1)


def test_a_relief_valve_lifts_at_its_pressure_and_a_check_valve_at_none(tmp_path: Path) -> None:
    text = (
        LIFT.replace(
            "L: {from: A, to: B, through: [S, P, V], size: 250 mm, length: 200 m}",
            "L: {from: A, to: H, through: [S, P], size: 250 mm}, D: {from: H, to: B, through: [V], size: 250 mm}, "
            "R: {from: H, to: A, through: [RV], size: 100 mm}",
        )
        .replace("tanks:", "nodes: {H: {}}\n  tanks:")
        .replace("through: [L]", "through: [L, D]")
    )
    high = text.replace("valves: {", "valves: {RV: {kind: relief, size: 100 mm, relief: 5 bar}, ")
    low = text.replace("valves: {", "valves: {RV: {kind: relief, size: 100 mm, relief: 1 bar}, ")
    check = text.replace("valves: {", "valves: {RV: {kind: check, size: 100 mm}, ")
    shut = [after(tmp_path, its, "start P", seconds=60) for its in (high, low, check)]
    flows = [flow_m3_h(block, "R") for block in shut]
    assert flows[0] == 0.0, "40 m of gasoline are 2.9 bar"
    assert 20 < flows[1] < flows[2]
    assert [e.said.key for e in happened(shut[1], "pressure-relief", "RV")] == ["valve.lifts"]
    told(shut[1], "control-room", "open V")
    told(shut[2], "control-room", "open V")
    shut[1].advance(200)
    shut[2].advance(200)
    assert flow_m3_h(shut[1], "R") < flows[1]
    stuck = after(tmp_path, low, "start P", seconds=60, RV_stuck="yes")
    assert flow_m3_h(stuck, "R") == 0.0


@pytest.mark.parametrize("kind", ["check", "relief, relief: 3 bar"])
def test_nobody_opens_what_acts_by_itself(tmp_path: Path, kind: str) -> None:
    text = LIFT.replace("S: {kind: motor, stroke: 10 s, normally: open}", f"S: {{kind: {kind}}}")
    with pytest.raises(Faults, match="acts by itself"):
        opened(tmp_path, text + "timeline: {t: {cue: at +1 min, post: control-room, do: close S}}\n")


# lines


def test_a_hose_takes_more_head_than_a_pipe_and_an_arm_something_between(tmp_path: Path) -> None:
    flows = [
        flow_m3_h(
            after(
                tmp_path,
                LIFT.replace("size: 250 mm, length: 200 m", f"kind: {kind}, size: 250 mm, length: 200 m"),
                "start TR",
                seconds=90,
            )
        )
        for kind in ("pipe", "arm", "hose")
    ]
    assert flows[0] > flows[1] > flows[2] > 100


def test_what_is_uncoupled_passes_nothing(tmp_path: Path) -> None:
    assert flow_m3_h(after(tmp_path, LIFT, "start TR", seconds=90, L_uncoupled="yes")) == 0.0


@pytest.mark.parametrize(
    ("line", "giver", "heel"), [("height: 1.5 m", "B", 1.5), ("height: 2 m, end height: 0.4 m", "B", 0.4)]
)
def test_a_nozzle_leaves_a_heel_at_either_end(tmp_path: Path, line: str, giver: str, heel: float) -> None:
    text = LIFT.replace("[S, P, V], size: 250 mm, length: 200 m", f"[V], size: 250 mm, length: 20 m, {line}")
    text = text.replace("  pumps: {P: {curve: [[0 m3/h, 40 m], [400 m3/h, 25 m]], power: grid, at: [25 m, 0 m]}}\n", "")
    block = after(tmp_path, text, "open V", seconds=3500, A_level="0 m", B_level="3 m")
    assert float(signal(block, f"{giver}.level")[-1]) == pytest.approx(heel, abs=0.02)


# tanks


@pytest.mark.parametrize(
    ("its", "holds"),
    [
        ("diameter: 20 m, height: 14 m", 4398.2),
        ("roof: dome, diameter: 20 m, height: 14 m", 4398.2),
        ("roof: sphere, diameter: 20 m", 4188.8),
        ("roof: bullet, diameter: 3 m, length: 12 m", 91.89),
        ("roof: bullet, heads: flat, diameter: 3 m, length: 12 m", 84.82),
        ("shape: box, length: 72 m, width: 48 m, height: 8 m, roof: open", 27648.0),
        ("diameter: 30 m, height: 15 m, bottom: cone down, bottom height: 0.9375 m", 10823.8),
        ("diameter: 20 m, height: 10 m, table: [[0 m, 0 m3], [5 m, 1600 m3], [10 m, 3100 m3]]", 3100.0),
    ],
)
def test_a_tank_holds_what_its_shape_does_and_fills_by_it(tmp_path: Path, its: str, holds: float) -> None:
    text = f"""\
scenario: Shapes
farm:
  farm: Shapes
  nodes: {{ship: {{product: gasoline, flow: 600 m3/h}}}}
  tanks: {{T: {{product: gasoline, {its}}}}}
  lines: {{IN: {{from: ship, to: T}}}}
  transfers: {{TI: {{from: ship, to: T, through: [IN]}}}}
starts: 2026-01-12 10:00
lasts: 10 min
initially: {{T: {{filled: 40 %}}, TI: {{running: yes}}}}
"""
    block = alone(opened(tmp_path, text))
    block.advance(600)
    volume, level = signal(block, "T.volume"), signal(block, "T.level")
    assert volume[0] == pytest.approx(0.4 * holds, rel=1e-4)
    whole = float(block.model.tanks.capacity_m3[0])
    assert whole == pytest.approx(holds, rel=1e-4)
    if volume[-1] < whole:
        assert volume[-1] - volume[0] == pytest.approx(100.0, rel=1e-6)
    assert (np.diff(level) >= 0).all()
    assert float(block.balance_error()[0]) <= 1e-12


def test_papers_that_allow_more_than_a_tank_takes_are_warned_of_and_stand_beside_the_truth(tmp_path: Path) -> None:
    text = LIFT.replace(
        "A: {product: gasoline,",
        "A: {working: 0.5 m .. 13 m, believed: {capacity: 5000 m3, high: 13.5 m, low: 0.2 m}, product: gasoline,",
    )
    text = text.replace(
        "  transfers:", "  instruments: {PI: {measures: A.by-papers}, FI: {measures: A.filled}}\n  transfers:"
    )
    model = opened(tmp_path, text)
    said = " ".join(map(str, sense.warnings(model.spec, model.names)))
    assert "papers of A say 5000 m3; below its lip it holds 4398 m3" in said
    assert "work it at 13.5 m, beyond its true 13 m" in said
    assert "work it at 0.2 m, beyond its true 0.5 m" in said
    block = alone(model)
    block.advance(5)
    assert signal(block, "PI")[-1] / signal(block, "FI")[-1] == pytest.approx(4398.2 / 5000, rel=1e-3)


def test_two_spheres_level_without_swinging(tmp_path: Path) -> None:
    text = """\
scenario: Spheres
farm:
  farm: Spheres
  tanks: {A: {roof: sphere, product: gasoline, diameter: 8 m}, B: {roof: bullet, product: gasoline, diameter: 4 m, length: 10 m}}
  lines: {L: {from: A, to: B, through: [V], size: 400 mm, length: 10 m}}
  valves: {V: {kind: hand, normally: open, size: 400 mm}}
starts: 2026-01-12 10:00
lasts: 1 h
initially: {A: {level: 5 m}, B: {level: 0.5 m}}
"""
    block = alone(opened(tmp_path, text))
    block.advance(3600)
    a, b = signal(block, "A.level"), signal(block, "B.level")
    assert a[-1] == pytest.approx(b[-1], abs=0.01)
    assert (np.diff(a) <= 1e-9).all()
    assert float(block.balance_error()[0]) <= 1e-12


# names


def test_people_may_call_a_thing_by_its_alias(tmp_path: Path) -> None:
    text = LIFT.replace("power: grid, at: [25 m", "alias: FEED-PUMP, power: grid, at: [25 m")
    block = after(tmp_path, text, "start FEED-PUMP", "open V", seconds=30)
    assert float(signal(block, "P.speed")[-1]) == 1.0
    told(block, "control-room", 'tell field "look at the feed-pump"')
    block.advance(33)
    assert ("tell", "field", "P") in {(act.verb, act.thing, act.to) for act in block.acts[0]}


@pytest.mark.parametrize(
    ("alias", "why"), [("V", "name of another thing"), ("a=b", "cannot be a name"), ("open", "word of the language")]
)
def test_an_alias_is_a_name_of_its_own(tmp_path: Path, alias: str, why: str) -> None:
    with pytest.raises(Faults, match=why):
        opened(tmp_path, LIFT.replace("power: grid, at: [25 m", f"alias: {alias}, power: grid, at: [25 m"))


# what a stranger found


@pytest.mark.parametrize(("more", "set_point"), [("", 150), ("", 250), (", stroke: 10 s", 150), (", stroke: 10 s", 40)])
def test_a_control_valve_with_what_nobody_said_holds_a_gravity_flow(tmp_path: Path, more: str, set_point: int) -> None:
    text = f"""\
scenario: Control
farm:
  farm: Control
  tanks: {{A: {{product: diesel, diameter: 20 m, height: 12 m, at: [0 m, 0 m, 20 m]}}, B: {{product: diesel, diameter: 20 m, height: 12 m}}}}
  valves: {{FV: {{kind: control, control: FT, set point: {set_point} m3/h, size: 200 mm{more}}}}}
  lines: {{L: {{from: A, to: B, through: [FV], size: 200 mm, length: 200 m}}}}
  instruments: {{FT: {{measures: L.flow, range: 0 m3/h .. 400 m3/h}}}}
starts: 2026-01-12 10:00
lasts: 1 h
initially: {{A: {{level: 6 m}}, B: {{level: 2 m}}}}
"""
    block = alone(opened(tmp_path, text))
    block.advance(1200)
    assert signal(block, "L.flow")[-300:] * M3_H == pytest.approx(np.full(300, set_point), rel=0.01)


def test_a_meter_ends_what_leaves_the_farm_at_its_amount(tmp_path: Path) -> None:
    text = """\
scenario: Out
farm:
  farm: Out
  nodes: {out: {receives: diesel}}
  tanks: {A: {product: diesel, diameter: 20 m, height: 12 m}}
  valves: {V: {kind: motor, stroke: 10 s, size: 200 mm}}
  lines: {L: {from: A, to: out, through: [V], size: 200 mm, length: 60 m}}
  transfers: {TR: {from: A, to: out, through: [L], amount: 60 m3, stops: by meter}}
starts: 2026-01-12 10:00
lasts: 1 h
initially: {A: {level: 6 m}}
"""
    block = after(tmp_path, text, "start TR", seconds=1200)
    assert float(signal(block, "TR.moved")[-1]) == pytest.approx(60, rel=0.005)


def test_a_set_point_in_another_unit_is_answered_with_both_that_fit(tmp_path: Path) -> None:
    with pytest.raises(Faults, match=r"a position in %, or a set point in m3/s"):
        opened(tmp_path, CONTROL + "timeline: {t: {cue: at +1 min, post: control-room, do: set V to 2 m}}\n")


@pytest.mark.parametrize("shape", ["roof: sphere, diameter: 12 m", "diameter: 12 m, height: 9 m"])
def test_a_gap_counts_by_the_shape_of_its_tank(tmp_path: Path, shape: str) -> None:
    text = f"""\
scenario: Gap
farm:
  farm: Gap
  nodes: {{ship: {{product: gasoline, flow: 600 m3/h, answers: 0 s}}}}
  tanks: {{T: {{product: gasoline, {shape}}}}}
  lines: {{L: {{from: ship, to: T}}}}
  instruments: {{LT: {{measures: T.level, range: 0 m .. 12 m}}, FT: {{measures: L.flow, range: 0 m3/h .. 900 m3/h}}}}
  calculated: {{GAP: {{is: gap of LT and FT}}}}
  transfers: {{TR: {{from: ship, to: T, through: [L]}}}}
starts: 2026-01-12 10:00
lasts: 1 h
initially: {{T: {{level: 2 m}}}}
"""
    block = after(tmp_path, text, "start TR", seconds=1800)
    assert signal(block, "T.volume")[-1] - signal(block, "T.volume")[0] > 250
    assert abs(float(signal(block, "GAP")[-1])) < 1.0
