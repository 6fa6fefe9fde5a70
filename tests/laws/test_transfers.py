"""Transfers: each takes its own rate, meters end at their amount, and what goes wrong is said."""

from pathlib import Path

import pytest
from farms import alone, happened, opened, signal, told

from twin.cli.main import main
from twin.engine.scan import Block
from twin.engine.world import Override

M3_H = 3600

HEADER = """\
scenario: One ship, two tanks
farm:
  farm: Two tanks behind one header
  nodes: {ship: {product: gasoline, flow: 1000 m3/h, answers: 10 s}, H: {}}
  tanks: {A: {product: gasoline, diameter: 20 m, height: 14 m}, B: {product: gasoline, diameter: 20 m, height: 14 m}}
  lines:
    L0: {from: ship, to: H}
    LA: {from: H, to: A, through: [VA], enters: top}
    LB: {from: H, to: B, through: [VB], enters: top}
  valves: {VA: {kind: motor, stroke: 10 s}, VB: {kind: motor, stroke: 10 s}}
  transfers:
    TA: {from: ship, to: A, through: [L0, LA], rate: 300 m3/h}
    TB: {from: ship, to: B, through: [L0, LB], rate: 400 m3/h}
starts: 2026-01-12 10:00
lasts: 20 min
initially: {A: {level: 2 m}, B: {level: 5 m}, TA: {running: yes}, TB: {running: yes}}
"""

PAIR = """\
scenario: Tank to tank
farm:
  farm: Two tanks and a line
  nodes: {road: {receives: gasoline}}
  tanks: {A: {product: gasoline, diameter: 20 m, height: 14 m}, B: {product: gasoline, diameter: 20 m, height: 14 m}}
  lines:
    L: {from: A, to: B, through: [V], size: 300 mm, length: 200 m}
    R: {from: A, to: road, through: [W], size: 300 mm, length: 1 km}
  valves: {V: {kind: motor, stroke: 60 s}, W: {kind: motor, stroke: 20 s}}
  transfers:
    TR: {from: A, to: B, through: [L], amount: 100 m3, stops: by meter}
    OUT: {from: A, to: road, through: [R], rate: 100 m3/h}
starts: 2026-01-12 10:00
lasts: 1 h
initially: {A: {level: 10 m}, B: {level: 2 m}}
"""


def test_transfers_of_one_sender_add_up_and_each_keeps_its_rate(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, HEADER))
    block.advance(60)
    flows = {name: float(signal(block, f"{name}.flow")[-1]) * M3_H for name in ("L0", "LA", "LB")}
    assert flows == pytest.approx({"L0": 700, "LA": 300, "LB": 400}, rel=1e-9)


def test_what_one_way_no_longer_takes_does_not_go_the_other(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, HEADER))
    told(block, "control-room", "close VA")
    block.advance(60)
    assert float(signal(block, "LB.flow")[-1]) * M3_H == pytest.approx(400, rel=1e-9), "TB is throttled to its rate"
    assert float(signal(block, "L0.flow")[-1]) * M3_H == pytest.approx(400, rel=1e-9)
    assert float(block.balance_error()[0]) <= 1e-12


def test_together_they_get_no_more_than_the_ship_offers(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, HEADER.replace("flow: 1000", "flow: 500")))
    block.advance(60)
    assert float(signal(block, "L0.flow")[-1]) * M3_H == pytest.approx(500, rel=1e-9)
    assert max(float(signal(block, f"{n}.flow")[-1]) * M3_H - most for n, most in (("LA", 300), ("LB", 400))) <= 1e-6
    said = {e.subject for e in happened(block, "transfer") if "asks for" in e.text}
    assert said & {"TA", "TB"}, "somebody hears that a rate is not reached"


@pytest.mark.parametrize("stroke", ["1 s", "60 s", "5 min"])
def test_a_meter_ends_between_tanks_at_its_amount(tmp_path: Path, stroke: str) -> None:
    block = _run(tmp_path, PAIR.replace("stroke: 60 s", f"stroke: {stroke}"), "TR", 3000)
    moved, gained = (
        float(signal(block, "TR.moved")[-1]),
        float(signal(block, "B.volume")[-1] - signal(block, "B.volume")[0]),
    )
    assert moved == pytest.approx(gained, abs=1e-6)
    assert moved == pytest.approx(100, rel=0.02)


@pytest.mark.parametrize("answers", ["0 s", "20 s", "3 min"])
def test_a_meter_ends_a_ship_at_its_amount(tmp_path: Path, answers: str) -> None:
    text = HEADER.replace("answers: 10 s", f"answers: {answers}").replace(
        "rate: 300 m3/h", "amount: 60 m3, stops: by meter"
    )
    block = _run(tmp_path, text, "TA", 1100, cells=(("VB", "position", "0 %"),), others=("TB",))
    assert float(signal(block, "TA.moved")[-1]) == pytest.approx(60, abs=0.4)


def test_two_stages_end_at_the_amount(tmp_path: Path) -> None:
    one = _run(tmp_path, PAIR, "TR", 3000)
    two = _run(tmp_path, PAIR.replace("stops: by meter}", "stops: by meter, trickles: 30 m3/h}"), "TR", 3000)
    missed = [abs(float(signal(block, "TR.moved")[-1]) - 100) for block in (one, two)]
    assert missed[1] < 0.2 < 2.0
    assert float(signal(two, "L.flow")[330:420].min()) * M3_H <= 30 + 1e-6
    assert missed[1] <= missed[0] + 0.05


def test_a_rate_throttles_and_stays_while_the_valve_closes(tmp_path: Path) -> None:
    block = _run(tmp_path, PAIR.replace("amount: 100 m3, stops: by meter", "rate: 100 m3/h"), "TR", 120)
    assert float(signal(block, "L.flow")[-1]) * M3_H == pytest.approx(100, rel=1e-9)
    told(block, "control-room", "stop TR")
    block.advance(200)
    assert float(signal(block, "L.flow").max()) * M3_H <= 100 * (1 + 1e-9)
    assert float(signal(block, "L.flow")[-1]) == 0.0


def test_a_rate_that_the_head_does_not_give_is_said_once(tmp_path: Path) -> None:
    block = _run(tmp_path, PAIR.replace("A: {level: 10 m}", "A: {level: 30 mm}"), "OUT", 600)
    said = [e.text for e in happened(block, "transfer", "OUT") if "asks for" in e.text]
    assert len(said) == 1
    assert "not the 100 m3/h it asks for" in said[0]


def test_a_transfer_that_runs_backwards_says_so(tmp_path: Path) -> None:
    block = _run(tmp_path, PAIR.replace("B: {level: 2 m}", "B: {level: 12 m}"), "TR", 120)
    assert float(signal(block, "TR.moved")[-1]) < 0
    assert [e.text for e in happened(block, "transfer", "TR") if "backwards" in e.text] == [
        "TR runs backwards: liquid comes back from where it goes"
    ]


def test_nothing_leaves_the_farm_while_no_transfer_asks_for_it(tmp_path: Path) -> None:
    block = _run(tmp_path, PAIR, "TR", 60, cells=(("W", "position", "100 %"),))
    assert (signal(block, "R.flow") == 0.0).all()


def test_a_second_stage_without_an_amount_is_warned_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, said in ((PAIR, False), (PAIR.replace("rate: 100 m3/h", "trickles: 20 m3/h"), True)):
        (tmp_path / "night.yaml").write_text(text, encoding="utf-8")
        assert main(["check", str(tmp_path / "night.yaml")]) == 0
        assert ("OUT trickles for the last of its amount, and has none." in capsys.readouterr().out) is said


def test_what_another_brings_by_the_same_line_is_not_counted_twice(tmp_path: Path) -> None:
    text = (
        HEADER.replace("answers: 10 s}, H", "answers: 10 s}, pipe: {product: gasoline, flow: 200 m3/h}, H")
        .replace("    LA:", "    LP: {from: pipe, to: H}\n    LA:")
        .replace(
            "    TB: {from: ship, to: B, through: [L0, LB], rate: 400 m3/h}",
            "    TB: {from: pipe, to: A, through: [LP, LA], rate: 500 m3/h}",
        )
    )
    block = alone(opened(tmp_path, text.replace("rate: 300 m3/h", "rate: 300 m3/h, late costs: 1 h")))
    block.advance(60)
    told(block, "control-room", "stop TA")
    block.advance(63)
    told(block, "control-room", "open VA")
    block.advance(200)
    ship, moved = signal(block, "L0.flow"), signal(block, "TA.moved")
    stopped = int((ship > 0).nonzero()[0][-1]) + 1
    assert 60 < stopped < 100
    assert float(signal(block, "LA.flow")[-1]) * M3_H == pytest.approx(200, rel=1e-6)
    assert float(moved[-1]) == float(moved[stopped])
    assert float(moved[60]) == pytest.approx(300 / M3_H * 60, rel=1e-6), "three of five parts are the ship's"


def test_an_end_out_of_the_farm_opens_for_its_own_transfers_alone(tmp_path: Path) -> None:
    text = PAIR.replace("road: {receives: gasoline}", "road: {receives: gasoline}, rail: {receives: gasoline}").replace(
        "  valves: {V:", "    Z: {from: B, to: rail, through: [Y]}\n    Q: {from: B, to: rail}\n  valves: {Y: {kind: hand}, V:"
    ).replace("starts:", "    BY-1: {from: B, to: rail, through: [Z]}\n    BY-2: {from: B, to: rail, through: [Q]}\nstarts:")  # fmt: skip
    block = _run(tmp_path, text, "BY-2", 30, cells=(("W", "position", "100 %"), ("Y", "position", "100 %")))
    assert (signal(block, "R.flow") == 0.0).all(), "nothing asked for the road"
    assert float(signal(block, "Z.flow")[-1]) > 0.0
    assert float(signal(block, "Q.flow")[-1]) > 0.0


def _run(
    folder: Path,
    text: str,
    transfer: str,
    seconds: int,
    cells: tuple[tuple[str, str, str], ...] = (),
    others: tuple[str, ...] = (),
) -> Block:
    off = tuple((name, "running", "no") for name in others)
    of = Override(posts="none", cells=((transfer, "running", "yes"), *off, *cells))
    block = Block(opened(folder, text), 0, [0], [of], record=True)
    block.advance(seconds)
    return block
