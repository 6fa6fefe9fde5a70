"""What lets go: holes pass what an orifice does, nothing that leaks is lost, a column that is stopped presses as Joukowsky says."""

from pathlib import Path

import numpy as np
import pytest
from farms import LIFT, after, happened, opened, signal, told

from twin.base.fault import Faults
from twin.debrief import outcome
from twin.engine.scan import Block
from twin.physics import hydraulics, surge

BAR = 1e5
TANK = """\
scenario: A tank with a hole
farm:
  farm: A tank with a hole
  places: {bund: {kind: bund, area: 400 m2, wall: 2 m}}
  tanks: {A: {product: diesel, diameter: 10 m, height: 12 m, in: bund, hole height: 2 m}}
starts: 2026-01-12 10:00
lasts: 12 h
initially: {A: {level: 10 m, hole: 100 mm}}
"""
JETTY = """\
scenario: A ship is stopped
farm:
  farm: A ship is stopped
  places: {bund: {kind: bund, area: 4000 m2, wall: 2 m}}
  nodes: {ship: {product: gasoline, flow: 1100 m3/h, answers: 30 s, pressure: 6 bar}, M: {at: [0 m, 0 m]}, apron: {holds: 300 m3}}
  tanks: {A: {product: gasoline, diameter: 20 m, height: 14 m, in: bund}}
  lines:
    H: {kind: hose, from: ship, to: M, size: 250 mm, length: 20 m, withstands: 60 bar, leaks to: apron}
    L: {from: M, to: A, through: [V], size: 300 mm, length: 1500 m}
  valves: {V: {kind: motor, stroke: 6 s}}
  transfers: {T: {from: ship, to: A, through: [H, L]}}
  people: {outside: {post: field, at: [0 m, 0 m]}}
starts: 2026-01-12 10:00
lasts: 2 h
initially: {A: {level: 6 m}, T: {running: yes}}
"""


def _pressure(block: Block) -> float:
    return float(signal(block, "H.pressure").max())


def _rise(stroke_s: float) -> float:
    """Of the whole way, ship to valve, as Joukowsky says: each line counts by its length."""
    lengths, areas = (20.0, 1500.0), (np.pi / 4 * 0.25**2, np.pi / 4 * 0.3**2)
    speed = 1100 / 3600 * sum(n / a for n, a in zip(lengths, areas, strict=True)) / sum(lengths)
    return float(surge.joukowsky(745.0, 1100.0, speed, sum(lengths), stroke_s))


def test_a_hole_passes_what_an_orifice_does_down_to_where_it_is(tmp_path: Path) -> None:
    block = after(tmp_path, TANK, seconds=20000)
    level = signal(block, "A.level")
    due = hydraulics.drain_time(25 * np.pi, np.pi / 4 * 0.1**2, 0.62, 8.0, 2.0)
    assert np.flatnonzero(level <= 4.0)[0] == pytest.approx(float(due), rel=0.02)
    assert level[-1] == pytest.approx(2.0, abs=0.01)
    assert block.world.spilled.volume_m3[0, 0] == pytest.approx(25 * np.pi * 8.0, rel=0.01)
    assert signal(block, "bund.liquid")[-1] == pytest.approx(25 * np.pi * 8.0, rel=0.01)
    assert float(block.balance_error()[0]) <= 1e-12
    assert happened(block, {"leak", "leak-ends"})[0].kind == "leak"


def test_a_hole_begins_and_ends_when_the_scenario_says_so(tmp_path: Path) -> None:
    text = (
        TANK.replace("hole: 100 mm", "hole: 0 mm")
        + "timeline: {x: {cue: at +1 min, do: set A.hole to 20 mm for 5 min}}\n"
    )
    block = after(tmp_path, text, seconds=600)
    assert [(e.kind, e.tick) for e in happened(block, {"leak", "leak-ends"}, "A")] == [("leak", 61), ("leak-ends", 361)]
    leak = signal(block, "A.leak")
    assert leak[100] == pytest.approx(0.62 * np.pi / 4 * 0.02**2 * np.sqrt(2 * 9.80665 * 8.0), rel=0.02)


@pytest.mark.parametrize("stroke_s", [1, 2, 6, 20, 60])
def test_a_valve_that_closes_against_a_ship_presses_as_joukowsky_says(tmp_path: Path, stroke_s: int) -> None:
    block = after(tmp_path, JETTY.replace("stroke: 6 s", f"stroke: {stroke_s} s"), "close V", seconds=90)
    assert _pressure(block) == pytest.approx(6 * BAR + _rise(stroke_s), rel=0.03)
    assert not happened(block, "burst")


def test_told_first_a_ship_is_stopped_without_a_blow_and_a_hose_that_a_blow_would_burst_holds(tmp_path: Path) -> None:
    weak = JETTY.replace("60 bar", "15 bar")
    slammed = after(tmp_path, weak, "close V", seconds=60)
    (burst,) = happened(slammed, "burst", "H")
    assert burst.tick <= 8
    assert happened(slammed, "leak", "H")
    told(slammed, "field", "check H")
    slammed.advance(100)
    assert any("H leaks" in e.text for e in happened(slammed, "seen"))
    assert signal(slammed, "apron.liquid")[-1] > 10.0
    assert float(slammed.balance_error()[0]) <= 1e-12
    block = after(tmp_path, weak, "stop T", seconds=5)
    block.advance(200)
    assert not happened(block, "burst") or block.world.valves.position[0, 0] == 0.0
    waited = after(tmp_path, weak.replace("stroke: 6 s", "stroke: 6 s, remote: no"), seconds=2)
    told(waited, "control-room", "stop T")
    waited.advance(120)
    assert not happened(waited, "burst")
    assert _pressure(waited) == pytest.approx(6 * BAR, rel=1e-9), "no rise where the sender ends the flow"


def test_a_start_against_a_shut_valve_and_a_slower_last_part_are_no_blows(tmp_path: Path) -> None:
    shut = JETTY.replace(", T: {running: yes}", "").replace(
        "to: A, through: [H, L]}", "to: A, through: [H, L], amount: 40 m3, trickles: 60 m3/h, stops: by meter}"
    )
    block = after(tmp_path, shut, "start T", seconds=100)
    assert _pressure(block) == pytest.approx(6 * BAR, rel=1e-9)


def test_what_a_burst_hose_spills_ends_when_the_ship_and_the_valve_are_shut(tmp_path: Path) -> None:
    block = after(tmp_path, JETTY.replace("60 bar", "5 bar"), seconds=10)
    assert happened(block, "burst", "H"), "it does not even withstand the ship"
    told(block, "control-room", "stop T")
    block.advance(120)
    flows = signal(block, "H.leak")
    assert flows[5:20].min() > 1000 / 3600
    assert flows[-1] == 0.0
    assert [e.kind for e in happened(block, {"leak", "leak-ends"}, "H")] == ["leak", "leak-ends"]


def test_a_pump_against_a_closing_valve_presses_too(tmp_path: Path) -> None:
    text = LIFT.replace("size: 250 mm, length: 200 m", "size: 250 mm, length: 2000 m, withstands: 40 bar").replace(
        "V: {kind: motor, stroke: 10 s}", "V: {kind: motor, stroke: 1 s}"
    )
    block = after(tmp_path, text, "start TR", seconds=120)
    speed = float(signal(block, "L.flow")[-1]) / (np.pi / 4 * 0.25**2)
    told(block, "control-room", "close V")
    block.advance(140)
    head = 40 * 9.80665 * 745.0
    assert float(signal(block, "L.pressure").max()) == pytest.approx(head + 745.0 * 1100 * speed, rel=0.05)


def test_a_failed_seal_leaks_until_the_valve_before_it_is_shut(tmp_path: Path) -> None:
    block = after(
        tmp_path, LIFT.replace("power: grid, at", "leaks to: ground, power: grid, at"), "start P", seconds=900
    )
    assert happened(block, "seal-failed", "P")
    assert happened(block, "leak", "P")
    told(block, "control-room", "stop P")
    told(block, "control-room", "close S")
    block.advance(960)
    assert happened(block, "leak-ends", "P")
    assert float(block.balance_error()[0]) <= 1e-12


def test_a_line_that_cannot_leak_here_says_how_it_could(tmp_path: Path) -> None:
    block = after(tmp_path, JETTY)
    with pytest.raises(Exception, match="leaks to: bund"):
        told(block, "instructor", "set L.hole to 20 mm")
    with pytest.raises(Faults, match="withstands: 15 bar"):
        opened(tmp_path, JETTY.replace("starts:", "  instruments: {PT: {measures: L.pressure}}\nstarts:"))


def test_a_hole_in_the_wall_of_a_bund_lets_out_what_lies_there_and_spills_it_once(tmp_path: Path) -> None:
    found = {}
    for wall in ("", "bund: {hole: 80 mm}, "):
        text = TANK.replace("initially: {A", f"initially: {{{wall}A").replace("lasts: 12 h", "lasts: 2 h")
        block = after(tmp_path, text, seconds=7200)
        its = block.model.tanks
        found[wall] = [float(block.world.tanks.total_m3[0, its.index(name)]) for name in ("bund", "ground")]
        left = 25 * np.pi * (10.0 - float(signal(block, "A.level")[-1]))
        assert float(block.world.spilled.volume_m3[0, 0]) == pytest.approx(left, rel=1e-6)
        assert sum(found[wall]) == pytest.approx(left, rel=1e-6)
        marks = {m.mark: m.met for m in outcome.judged(block, 0)[0]}
        assert marks["environment"] == (not wall)
        assert not wall or happened(block, "leak", "bund")
    assert found[""][1] == 0.0
    assert found["bund: {hole: 80 mm}, "][1] > 10.0


def test_a_line_under_pressure_packs_as_its_wave_speed_says(tmp_path: Path) -> None:
    block = after(tmp_path, JETTY, seconds=60)
    held = np.pi / 4 * 0.25**2 * 20.0
    density = block.model.leaks.pack_m3_pa[0]
    assert float(signal(block, "H.pack")[-1]) == pytest.approx(6 * BAR * density, rel=1e-9)
    assert float(signal(block, "H.pack")[-1]) == pytest.approx(held * 6 * BAR / (735.0 * 1100.0**2), rel=0.05)
