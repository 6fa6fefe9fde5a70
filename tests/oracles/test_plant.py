"""Small plants whose flows a process engineer worked out by hand: each once gave another answer."""

import time
from pathlib import Path

import numpy as np
import pytest

from twin.engine.compile import open_model
from twin.engine.scan import Block
from twin.language.files import Files

HERE = Path(__file__).parent / "plant"


def _lived(name: str, seconds: int) -> Block:
    block = Block(open_model(Files(), str(HERE / f"{name}.yaml"), [])[0], 0, [0])
    block.advance(seconds)
    assert float(block.balance_error()[0]) <= 1e-9
    return block


def _flows(name: str, seconds: int = 300) -> dict[str, float]:
    """m3/h by line."""
    block = _lived(name, seconds)
    return dict(zip(block.model.lines.names, (block.world.lines.line_flow_m3_s[0] * 3600).tolist(), strict=True))


def test_two_senders_with_other_fan_outs_run_side_by_side() -> None:
    assert _flows("01-two-senders-crash") == pytest.approx({"L-1": 600, "L-2": 600, "L-3": 0, "L-4": 0})


def test_each_transfer_of_a_sender_takes_its_own_rate() -> None:
    assert _flows("02-two-transfers-rate") == pytest.approx({"L0": 700, "LA": 300, "LB": 400})


def test_a_shared_header_carries_what_its_pipe_allows() -> None:
    flows = _flows("03-header-gravity-x7", 1)
    assert flows["LA"] == pytest.approx(1390, rel=0.005)
    assert sum(flows[f"L{n}"] for n in range(10)) == pytest.approx(flows["LA"], rel=1e-9)


def test_a_seat_that_passes_a_hundredth_passes_less_than_torricelli_allows() -> None:
    area = np.pi * 0.15**2
    free = 0.01 * area * np.sqrt(2 * 9.80665 * 8.0) * 3600
    assert _flows("04-passing-beats-torricelli", 1)["L"] == pytest.approx(0.62 * free, rel=0.01)


def test_a_rate_holds_on_a_transfer_that_no_sender_pumps() -> None:
    assert _flows("06-rate-ignored")["L"] == pytest.approx(100)


def test_parallel_lines_share_by_resistance_and_what_moves_is_what_comes() -> None:
    block = _lived("08-parallel-lines", 300)
    flows = dict(zip(block.model.lines.names, (block.world.lines.line_flow_m3_s[0] * 3600).tolist(), strict=True))
    assert flows["LA"] + flows["LB"] == pytest.approx(1000)
    assert 5 < flows["LA"] / flows["LB"] < 12, "a DN 100 beside a DN 300"
    tank = block.model.tanks.names.index("A")
    gained = float(block.world.tanks.total_m3[0, tank]) - 2 * np.pi * 100
    assert float(block.world.transfers.moved_m3[0, 0]) == pytest.approx(gained, rel=1e-9)


def test_a_meter_between_tanks_allows_for_what_its_valve_still_passes() -> None:
    block = _lived("09-meter-tank-to-tank", 3600)
    gained = float(block.world.tanks.total_m3[0, block.model.tanks.names.index("B")]) - 2 * np.pi * 100
    assert float(block.world.transfers.moved_m3[0, 0]) == pytest.approx(gained, rel=1e-9)
    assert gained == pytest.approx(100, rel=0.005)


def _big(tanks: int, headers: int) -> str:
    """A farm of many tanks behind a few headers, with an hour in which every header fills one."""
    text = ["scenario: Big\nfarm:\n  farm: Big\n  nodes:"]
    text += [f"    S{h}: {{product: gasoline, flow: 800 m3/h}}\n    H{h}: {{}}" for h in range(headers)]
    text += ["  tanks:"]
    text += [
        f"    TK-{i}: {{product: gasoline, diameter: {10 + i % 30} m, height: 14 m, overflows above: 13.5 m}}"
        for i in range(tanks)
    ]
    text += ["  lines:", *(f"    LS{h}: {{from: S{h}, to: H{h}}}" for h in range(headers))]
    text += [f"    L{i}: {{from: H{i % headers}, to: TK-{i}, through: [XV-{i}]}}" for i in range(tanks)]
    text += ["  valves:", *(f"    XV-{i}: {{kind: motor, stroke: 40 s}}" for i in range(tanks))]
    text += [
        "  instruments:",
        *(f"    LT-{i}: {{measures: TK-{i}.level, noise: 1 mm, lag: 3 s}}" for i in range(tanks)),
    ]
    text += [f"    FT-{i}: {{measures: L{i}.flow, noise: 1 m3/h}}" for i in range(tanks)]
    text += ["  alarms:", *(f"    LAH-{i}: {{when: LT-{i} > 12 m, deadband: 20 mm, delay: 3 s}}" for i in range(tanks))]
    text += [
        "  transfers:",
        *(f"    TR-{h}: {{from: S{h}, to: TK-{h}, through: [LS{h}, L{h}]}}" for h in range(headers)),
    ]
    text += ["starts: 2026-01-12 10:00\nlasts: 1 h\ninitially:"]
    text += [f"  TK-{i}: {{level: {11.5 if i < headers else 1 + 12 * i / tanks} m}}" for i in range(tanks)]
    text += [f"  TR-{h}: {{running: yes}}" for h in range(headers)]
    return "\n".join(text) + "\n"


@pytest.mark.parametrize(("tanks", "headers"), [(60, 2), (200, 10)])
def test_a_big_farm_is_read_and_solved_in_a_few_rounds(tmp_path: Path, tanks: int, headers: int) -> None:
    """Tanks go together, then headers: the number of array operations does not grow with the farm."""
    (tmp_path / "big.yaml").write_text(_big(tanks, headers), encoding="utf-8")
    model = open_model(Files(), str(tmp_path / "big.yaml"), [])[0]
    assert len(model.lines.piping.graph.rounds) <= 3
    assert model.lines.piping.graph.n_edges == tanks + headers
    block = Block(model, 0, [0])
    for valve in range(0, tanks, 3):
        block.stage.write("valves").target[0, valve] = 1.0
    block.advance(60)
    assert float(block.balance_error()[0]) <= 1e-9


@pytest.mark.long
@pytest.mark.parametrize(("tanks", "headers"), [(60, 2), (200, 10)])
def test_a_big_farm_is_read_in_two_seconds_and_lives_an_hour_in_ten(tmp_path: Path, tanks: int, headers: int) -> None:
    (tmp_path / "big.yaml").write_text(_big(tanks, headers), encoding="utf-8")
    began = time.process_time()
    block = Block(open_model(Files(), str(tmp_path / "big.yaml"), [])[0], 0, [0])
    read = time.process_time()
    block.advance(3600)
    assert read - began < 2.0
    assert time.process_time() - read < 10.0
