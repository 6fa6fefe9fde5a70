"""The rules of the marks, on small farms where every tick is known: what counts, what comes too late, what is a tie."""

from pathlib import Path

import pytest
from farms import alone, opened, told

from twin.debrief import outcome, score
from twin.engine import session as sessions
from twin.engine.checks import check_file
from twin.engine.scan import Block
from twin.engine.setup import Setup
from twin.language.spec import Objective

FILLING = """\
scenario: Filling
farm:
  farm: One tank that a stuck gauge does not show
  nodes:
    ship: {product: gasoline, flow: 1000 m3/h, answers: 5 s}
    road: {receives: gasoline}
  places: {bund: {kind: bund, area: 900 m2, wall: 1 m, at: [0 m, 0 m]}}
  tanks: {TK: {product: gasoline, diameter: 6 m, height: 6 m, in: bund, at: [0 m, 0 m]}}
  valves: {XV: {kind: motor, stroke: 5 s}, XR: {kind: motor, stroke: 5 s, size: 500 mm}}
  lines:
    L-1: {from: ship, to: TK, through: [XV], enters: top}
    L-2: {from: TK, to: road, through: [XR], size: 500 mm, length: 2 m}
  instruments:
    LT: {measures: TK.level, range: 0 m .. 6 m, noise: 1 mm}
    LT-2: {measures: TK.level, range: 0 m .. 6 m, noise: 1 mm}
    ZT: {measures: XV.position, range: 0 % .. 100 %}
  alarms: {LAH: {when: LT-2 > 5 m}}
  transfers:
    TR: {from: ship, to: TK, through: [L-1]}
    OUT: {from: TK, to: road, through: [L-2]}
starts: 2026-01-01 10:00
lasts: 20 min
initially: {TK: {level: 4 m}, TR: {running: yes}}
timeline: {sticks: {cue: at +10 s, do: set LT.stuck}}
"""


def _mark(block: Block, name: str) -> score.Mark:
    return next(m for m in score.marks(block, 0) if m.mark == name)


def _spill_at(folder: Path) -> int:
    block = alone(opened(folder, FILLING))
    block.advance(600)
    return next(e.tick for e in block.events[0] if e.kind == "overflow")


@pytest.mark.parametrize(("beside", "met"), [(-2, True), (0, True), (1, False), (60, False)])
def test_an_act_counts_as_detection_until_the_spill_and_not_after(tmp_path: Path, beside: int, met: bool) -> None:
    spill = _spill_at(tmp_path)
    block = alone(opened(tmp_path, FILLING))
    block.advance(spill + beside - 1)
    assert told(block, "field", "doubt LT").accepted
    block.advance(spill + 120)
    assert _mark(block, "detection").met is met


def test_an_act_before_anything_misled_is_no_detection(tmp_path: Path) -> None:
    spill = _spill_at(tmp_path)
    block = alone(opened(tmp_path, FILLING))
    assert told(block, "control-room", "check LT").accepted
    block.advance(spill + 60)
    assert not _mark(block, "detection").met


@pytest.mark.parametrize(("that", "met"), [
    ("at +60 s before at +61 s", True),
    ("at +60 s before at +60 s", False),
    ("at +61 s before at +60 s", False),
    ("no at +60 s before at +60 s", True),
    ("no at +60 s before at +61 s", False),
    ("at +61 s before at +1 h", True),
])  # fmt: skip
def test_before_is_strict(tmp_path: Path, that: str, met: bool) -> None:
    text = FILLING + f"objectives: {{first: {{that: {that}, mark: containment}}}}\n"
    block = alone(opened(tmp_path, text))
    block.advance(120)
    its = block.model.spec.of(Objective)["first"]
    assert score.objective(block, 0, its)[0] is met


@pytest.mark.parametrize(("seconds", "met"), [(59, False), (60, True), (61, True)])
def test_within_counts_its_last_second(tmp_path: Path, seconds: int, met: bool) -> None:
    text = FILLING + f"objectives: {{soon: {{that: at +2 min within {seconds} s of at +60 s, mark: containment}}}}\n"
    block = alone(opened(tmp_path, text))
    block.advance(200)
    assert score.objective(block, 0, block.model.spec.of(Objective)["soon"])[0] is met


def test_a_spill_loses_containment_and_no_spill_keeps_it(tmp_path: Path) -> None:
    spill = _spill_at(tmp_path)
    for beside, met in ((-1, True), (0, False)):
        block = alone(opened(tmp_path, FILLING))
        block.advance(spill + beside)
        assert _mark(block, "containment").met is met
    assert outcome.totals(block, 0)["spilled_m3"] > 0.0


def test_three_doubts_of_sound_instruments_lose_detection_and_two_do_not(tmp_path: Path) -> None:
    text = FILLING.replace(
        "    ZT:", "    A-1 .. A-3: {measures: TK.level, range: 0 m .. 6 m}\n    ZT:"
    )  # fmt: skip
    for doubts, met in ((2, True), (3, False)):
        block = alone(opened(tmp_path, text))
        block.advance(60)
        for number in range(1, doubts + 1):
            assert told(block, "field", f"doubt A-{number}").accepted
        assert told(block, "field", "doubt LT").accepted
        block.advance(120)
        assert _mark(block, "detection").met is met


def test_a_call_counts_when_it_is_made_and_a_muster_when_heads_are_counted(tmp_path: Path) -> None:
    text = FILLING.replace(
        "  transfers:",
        "  people: {brigade: {in: bund, muster: bund}}\n"
        "  plan: {rings: {cue: at +10 s, post: supervisor, do: [call brigade], within: 1 min}}\n"
        "  transfers:",
    )
    for tick, met in ((70, True), (71, False)):
        block = alone(opened(tmp_path, text))
        block.advance(tick - 1)
        assert told(block, "supervisor", "call brigade").accepted
        block.advance(200)
        assert _mark(block, "call and muster").met is met


def test_the_marks_of_nobody_harmed_are_zeros_behind_a_one_and_of_somebody_a_naught() -> None:
    met = [score.Mark("containment", True, 0, ""), score.Mark("detection", False, 0, "")]
    assert score.score_of(met) == "10"
    assert score.score_of(met, harmed=1) == "0"


PAST = """\
scenario: Moments
like: first-watch
timeline:
  early: {cue: at 09:59, do: set LT-101.stuck}
  last: {cue: at 10:12, do: set LT-102.stuck}
objectives:
  dry: none
  shut: none
  stopped: {that: stop TR-1 before at 10:45, mark: isolation}
facts:
  late: {of: time of overflow T-101, is: 10:30 .. 10:40}
"""


def test_a_moment_past_the_end_counts_as_the_end_and_is_warned_about(tmp_path: Path) -> None:
    """Nobody acting never meets an objective on it."""
    path = tmp_path / "past.yaml"
    path.write_text(PAST, encoding="utf-8")
    said = [str(w) for w in check_file(str(path)).warnings]
    assert len([w for w in said if "after the end of the run" in w]) == 2
    assert len([w for w in said if "comes with the last second" in w]) == 1
    assert len([w for w in said if "documented at a moment outside the run" in w]) == 1
    for posts, met in (("none", False), ("plan", True)):
        its = sessions.start(Setup(str(path), posts=posts))
        its.advance(its.lasts)
        mark = next(m for m in score.marks(its.block, 0) if m.mark == "isolation")
        assert mark.met is met, posts
