"""Pumps: they run up and down, lose their suction, work against a shut line, and wear their seal."""

from pathlib import Path

import pytest
from farms import LIFT, after, flow_m3_h, happened, opened, orders, signal, told

from twin.engine.scan import Block
from twin.engine.world import Override


def test_a_transfer_starts_its_pump_and_stops_it(tmp_path: Path) -> None:
    block = after(tmp_path, LIFT, "start TR", seconds=120)
    assert flow_m3_h(block) > 200
    assert [e.said.key for e in happened(block, "pump", "P")] == ["pump.runs"]
    told(block, "control-room", "stop TR")
    block.advance(240)
    assert flow_m3_h(block) == 0.0
    assert [e.said.key for e in happened(block, "pump", "P")] == ["pump.runs", "pump.stands"]
    assert float(block.balance_error()[0]) <= 1e-12


def test_a_pump_runs_up_and_without_power_down(tmp_path: Path) -> None:
    block = after(tmp_path, LIFT, "start P", seconds=12)
    speed = signal(block, "P.speed")
    assert speed[1] < speed[2] < speed[4] < 1.0 == speed[5]
    told(block, "instructor", "set grid.lost")
    block.advance(30)
    assert float(signal(block, "P.speed")[-1]) == 0.0


def test_liquid_runs_back_through_a_standing_pump_and_not_through_a_check_valve(tmp_path: Path) -> None:
    bare = after(tmp_path, LIFT, "open V", seconds=120)
    assert flow_m3_h(bare) < -100
    checked = LIFT.replace("[S, P, V]", "[S, P, C, V]").replace("valves: {", "valves: {C: {kind: check}, ")
    held = after(tmp_path, checked, "open V", seconds=120)
    assert flow_m3_h(held) == 0.0
    assert after(tmp_path, checked, "start TR", seconds=120).world.valves.position[0, 0] == 1.0, "it swings open"
    stuck = after(tmp_path, checked, "open V", seconds=120, C_stuck="yes")
    assert flow_m3_h(stuck) == pytest.approx(flow_m3_h(bare), rel=0.02)
    passing = after(tmp_path, checked, "open V", seconds=120, C_passing="2 %")
    assert -36 < flow_m3_h(passing) < -10


def test_against_a_shut_line_a_pump_is_below_its_minimum_flow_and_its_seal_goes(tmp_path: Path) -> None:
    block = after(tmp_path, LIFT, "start P", seconds=900)
    low = happened(block, "pump-low", "P")
    assert [e.said.key for e in low] == ["pump.low"]
    assert 30 <= low[0].tick <= 40
    assert not happened(block, "pump-dry")
    (seal,) = happened(block, "seal-failed", "P")
    assert 600 <= seal.tick <= 650
    double = after(tmp_path, LIFT.replace("power: grid, at", "seal: double, power: grid, at"), "start P", seconds=900)
    assert not happened(double, "seal-failed")


@pytest.mark.parametrize("why", ["the valve before it is shut", "its nozzle is above the surface"])
def test_without_liquid_it_runs_dry_and_that_is_another_thing(tmp_path: Path, why: str) -> None:
    if why.startswith("the valve"):
        block = after(tmp_path, LIFT, "open V", "close S", "start P", seconds=240)
    else:
        block = after(
            tmp_path,
            LIFT.replace("length: 200 m}", "length: 200 m, height: 1 m}"),
            "start TR",
            seconds=240,
            A_level="0.9 m",
        )
    assert [e.said.key for e in happened(block, "pump-dry", "P")] == ["pump.dry"]
    assert happened(block, "seal-failed", "P")
    assert flow_m3_h(block) <= 0.0


def test_a_pump_that_loses_its_suction_gets_it_back(tmp_path: Path) -> None:
    text = LIFT.replace("length: 200 m}", "length: 200 m, height: 1 m}")
    block = after(tmp_path, text, "start TR", seconds=500, A_level="1.05 m", B_level="1 m")
    assert happened(block, "pump-dry", "P")
    assert float(signal(block, "A.level")[-1]) == pytest.approx(1.0, abs=0.01), "the heel stays"


@pytest.mark.parametrize("beside", ["normally: open", "normally: closed"])
@pytest.mark.parametrize(("level", "dry"), [("0.5 m", True), ("3 m", False)])
def test_whether_it_is_dry_is_not_the_business_of_tanks_beside_it(
    tmp_path: Path, beside: str, level: str, dry: bool
) -> None:
    """Against a shut line nothing of its own is solved, and what levels beside it is."""
    text = (
        LIFT.replace("length: 200 m}}", "length: 200 m, height: 1 m}, LX: {from: Y, to: Z, through: [VX]}}")
        .replace("at: [50 m, 0 m, 6 m]}}", "at: [50 m, 0 m, 6 m]}, Y: {like: A}, Z: {like: A}}")
        .replace("V: {kind: motor, stroke: 10 s}}", f"V: {{kind: motor, stroke: 10 s}}, VX: {{{beside}}}}}")
        .replace("B: {level: 6 m}", "B: {level: 6 m}, Y: {level: 8 m}, Z: {level: 1 m}")
    )
    block = after(tmp_path, text, "start P", seconds=60, A_level=level)
    assert bool(happened(block, "pump-dry", "P")) == dry
    assert bool(happened(block, "pump-low", "P")) != dry


def test_a_tank_that_fills_gives_a_pump_its_suction_back_though_its_line_is_shut(tmp_path: Path) -> None:
    text = (
        LIFT.replace("length: 200 m}}", "length: 200 m, height: 1 m}, LS: {from: ship, to: A}}")
        .replace("  tanks:", "  nodes: {ship: {product: gasoline, flow: 900 m3/h, answers: 0 s}}\n  tanks:")
        .replace("transfers: {", "transfers: {TS: {from: ship, to: A, through: [LS]}, ")
    )
    block = after(tmp_path, text, "start P", "start TS", seconds=600, A_level="0.9 m")
    assert [e.said.key for e in happened(block, "pump-dry", "P")] == ["pump.dry", "pump.primed"]


@pytest.mark.parametrize("zero", [0, -30, 40])
@pytest.mark.parametrize("above", [0, 12])
def test_a_pump_draws_from_its_own_height(tmp_path: Path, zero: int, above: int) -> None:
    """A farm on a hill or in a hollow is the same farm; twelve metres above the surface air presses nothing up."""
    text = (
        LIFT.replace("A: {product: gasoline, diameter: 20 m, height: 14 m}", f"A: {{product: gasoline, diameter: 20 m, height: 14 m, at: [0 m, 0 m, {zero} m]}}")
        .replace("at: [50 m, 0 m, 6 m]", f"at: [50 m, 0 m, {zero + 6} m]")
        .replace("at: [25 m, 0 m]", f"at: [25 m, 0 m, {zero + above} m]")
    )  # fmt: skip
    block = after(tmp_path, text, "start P", "set V to 1 %", seconds=60, A_level="2 m")
    assert bool(happened(block, "pump-dry", "P")) == (above == 12)


@pytest.mark.parametrize(("at", "dry"), [("[25 m, 0 m]", False), ("[25 m, 0 m, 0 m]", True)])
def test_a_pump_whose_place_has_no_height_stands_as_high_as_its_line_begins(tmp_path: Path, at: str, dry: bool) -> None:
    """In a hollow 20 m deep: a pump at the height of the farm could draw nothing from it."""
    text = LIFT.replace("height: 14 m}, B:", "height: 14 m, at: [0 m, 0 m, -20 m]}, B:").replace(
        "at: [25 m, 0 m]}}", f"at: {at}}}}}"
    )
    block = after(tmp_path, text, "start P", seconds=60)
    assert bool(happened(block, "pump-dry", "P")) == dry


def test_a_trip_holds_a_pump_off(tmp_path: Path) -> None:
    text = LIFT.replace(
        "  transfers:", "  interlocks: {ESD: {then: [stop P, close V], button: yes, system: BPCS}}\n  transfers:"
    )
    block = after(tmp_path, text, "start TR", seconds=60)
    told(block, "control-room", "trip ESD")
    block.advance(100)
    assert float(signal(block, "P.speed")[-1]) == 0.0
    told(block, "control-room", "start P")
    block.advance(110)
    assert float(signal(block, "P.speed")[-1]) == 0.0
    told(block, "control-room", "reset ESD")
    block.advance(120)
    told(block, "control-room", "start P")
    block.advance(140)
    assert float(signal(block, "P.speed")[-1]) == 1.0


def test_somebody_at_the_pump_stops_it_when_the_desk_is_dead(tmp_path: Path) -> None:
    block = after(tmp_path, LIFT, "start TR", seconds=60)
    told(block, "instructor", "set BPCS.lost")
    block.advance(62)
    told(block, "control-room", "stop P")
    told(block, "field", "stop P")
    block.advance(200)
    assert float(signal(block, "P.speed")[-1]) == 0.0


def test_somebody_at_a_seized_pump_finds_that_it_does_not_turn(tmp_path: Path) -> None:
    block = after(tmp_path, LIFT, seconds=1, P_seized="yes")
    told(block, "field", "start P")
    block.advance(120)
    assert any("it does not turn" in text for _, text in orders(block))


def test_some_pumps_fail_to_start_and_none_while_it_runs(tmp_path: Path) -> None:
    text = LIFT.replace("power: grid, at", "fails to start: 40 %, power: grid, at")
    block = Block(
        opened(tmp_path, text), 0, list(range(100)), [Override(posts="none", cells=(("TR", "running", "yes"),))] * 100
    )
    block.advance(20)
    runs = block.world.pumps.speed[:, 0] > 0
    assert runs.all(), "those that run go on"
    asked = Block(opened(tmp_path, text), 0, list(range(100)), [Override(posts="none")] * 100)
    assert 25 <= int(asked.world.controls.pumps.stubborn[:, 0].sum()) <= 55
