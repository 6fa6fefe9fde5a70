"""A permissive says no at the desk while its condition does not hold; it moves nothing, and a man at the wheel does not ask it."""

from pathlib import Path

import pytest
from farms import alone, opened, told

from twin.base.fault import Faults
from twin.engine.scan import Block

FARM = """\
scenario: Permissive
farm:
  farm: One tank and a pump
  utilities:
    grid: {kind: power}
    BPCS: {kind: controller, power: grid}
    SIS: {kind: controller, power: grid}
  nodes: {rack: {receives: diesel}}
  tanks: {T: {product: diesel, diameter: 10 m, height: 10 m, at: [0 m, 0 m]}}
  lines: {L: {from: T, to: rack, through: [XV, P], size: 200 mm, length: 20 m}}
  valves: {XV: {kind: motor, stroke: 10 s, power: grid, crank: 30 s, at: [5 m, 0 m]}}
  pumps: {P: {curve: [[0 m3/h, 30 m], [200 m3/h, 20 m]], power: grid, at: [8 m, 0 m]}}
  instruments: {LT: {measures: T.level, range: 0 m .. 10 m}}
  interlocks:
    PERM: {when: LT > 1 m, permits: [start P, open XV], system: SIS}
    LZ: {when: LT < 0.5 m, then: [stop P], latch: no, system: SIS}
  transfers: {TR: {from: T, to: rack, through: [L]}}
  posts: {supervisor: {may: [any]}}
  people: {outside: {post: field, at: [5 m, 1 m]}, chief: {post: supervisor, at: [20 m, 0 m]}}
starts: 2026-01-12 10:00
lasts: 20 min
initially: {T: {level: LEVEL}}
"""


def _block(tmp_path: Path, level: str) -> Block:
    block = alone(opened(tmp_path, FARM.replace("LEVEL", level)))
    block.advance(5)
    return block


@pytest.mark.parametrize("order", ["start P", "open XV", "set XV to 50 %", "start TR"])
@pytest.mark.parametrize(("level", "so"), [("5 m", True), ("0.8 m", False)])
def test_what_it_permits_is_done_only_while_it_holds(tmp_path: Path, order: str, level: str, so: bool) -> None:
    block = _block(tmp_path, level)
    answer = told(block, "control-room", order)
    assert answer.accepted == so
    assert so or "PERM does not permit" in str(answer.why)


def test_it_moves_nothing_itself_and_closing_is_always_free(tmp_path: Path) -> None:
    block = _block(tmp_path, "0.8 m")
    assert told(block, "control-room", "close XV").accepted
    assert told(block, "control-room", "stop TR").accepted
    block.advance(60)
    assert not block.world.interlocks.tripped.any()
    assert not {"trip", "no-trip"} & block.first[0].keys()
    assert not told(block, "supervisor", "trip PERM").accepted


def test_a_man_at_the_wheel_asks_no_permissive(tmp_path: Path) -> None:
    block = _block(tmp_path, "0.8 m")
    assert told(block, "field", "open XV").accepted
    block.advance(120)
    assert block.world.valves.position[0, 0] == 1.0


def test_a_bypassed_one_permits_and_one_without_its_controller_does_not(tmp_path: Path) -> None:
    block = _block(tmp_path, "0.8 m")
    assert told(block, "supervisor", 'bypass PERM for 5 min because "to drain the heel"').accepted
    assert told(block, "control-room", "start P").accepted
    lost = alone(
        opened(tmp_path, FARM.replace("LEVEL", "5 m") + "timeline: {dies: {cue: at +2 s, do: set SIS.lost}}\n")
    )
    lost.advance(5)
    assert not told(lost, "control-room", "open XV").accepted


def test_a_trip_without_a_latch_lets_go_by_itself(tmp_path: Path) -> None:
    text = FARM.replace("LEVEL", "0.4 m").replace(
        "nodes: {rack: {receives: diesel}}",
        "nodes: {rack: {receives: diesel}, ship: {product: diesel, flow: 600 m3/h}}",
    )
    text = text.replace("  lines: {", "  lines: {L-S: {from: ship, to: T}, ").replace(
        "  transfers: {", "  transfers: {TS: {from: ship, to: T, through: [L-S]}, "
    )
    block = alone(opened(tmp_path, text.replace("T: {level: 0.4 m}", "T: {level: 0.4 m}, TS: {running: yes}")))
    block.advance(5)
    assert block.world.interlocks.tripped.any()
    block.advance(400)
    assert not block.world.interlocks.tripped.any()


@pytest.mark.parametrize(("entry", "said"), [
    ("PERM: {when: LT > 1 m}", "PERM does nothing"),
    ("PERM: {when: LT > 1 m, permits: [open XV], then: [close XV]}", "PERM both acts and permits"),
    ("PERM: {button: yes, permits: [open XV]}", "PERM permits on no condition"),
])  # fmt: skip
def test_one_that_is_neither_is_refused(tmp_path: Path, entry: str, said: str) -> None:
    text = FARM.replace("LEVEL", "5 m").replace(
        "PERM: {when: LT > 1 m, permits: [start P, open XV], system: SIS}", entry
    )
    with pytest.raises(Faults, match=said):
        opened(tmp_path, text)
