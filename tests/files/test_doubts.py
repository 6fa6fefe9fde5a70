"""What cannot be meant is said, with the number that makes it so; and where it is meant, nothing is said."""

import json
from pathlib import Path

import pytest

from twin.base.fault import Fault
from twin.cli.main import main
from twin.engine.checks import check_file
from twin.engine.doubts import DOUBTS
from twin.language import files

NONSENSE = Path(__file__).parent / "nonsense.yaml"
FARM = """\
farm: Plain
utilities:
  grid: {kind: power}
tanks:
  T-1: {product: gasoline, diameter: 20 m, height: 12 m, overflows above: 11.5 m, in: bund, at: [0 m, 0 m]}
places:
  bund: {kind: bund, area: 2500 m2, wall: 1.5 m}
nodes:
  ship: {product: gasoline, flow: 600 m3/h, answers: 10 s}
  rack: {receives: gasoline}
lines:
  L-1: {from: ship, to: T-1, through: [XV-1]}
  L-2: {from: T-1, to: rack, through: [XV-2]}
valves:
  XV-1: {kind: motor, stroke: 40 s, power: grid, at: [12 m, 0 m]}
  XV-2: {kind: motor, stroke: 40 s, at: [14 m, 0 m]}
instruments:
  LT-1: {measures: T-1.level, range: 0 m .. 12 m}
  LS-1: {measures: T-1.level > 11.2 m}
  ZT-1: {measures: XV-1.position}
  ZT-2: {measures: XV-2.position}
alarms:
  LAH-1: {when: LT-1 > 10.8 m, deadband: 20 mm, delay: 3 s, priority: high, action: end the receipt, response time: 3 min}
  LAHH-1: {when: LT-1 > 10.9 m, priority: high}
  LAL-1: {when: LT-1 < 1 m, deadband: 20 mm}
transfers:
  TR-1: {from: ship, to: T-1, through: [L-1], amount: 2000 m3, rate: 500 m3/h}
  TR-2: {from: T-1, to: rack, through: [L-2]}
posts:
  control-room: {may: [any]}
people:
  walker: {post: field, at: [50 m, 0 m]}
interlocks:
  IS-1: {when: LT-1 > 11 m, then: [close XV-1], proof: ZT-1 < 2 %, reset by: control-room}
  IS-2: {when: LS-1, then: [close XV-1], proof: ZT-1 < 2 %}
plan:
  closes: {cue: LAH-1, post: control-room, do: [stop TR-1, close XV-1], within: 3 min}
  walk: {cue: LAH-1, post: field, do: close XV-2}
"""

CASES = [
    ("limit-out-of-range", "0 m .. 12 m", "0 m .. 10.8 m", "LAH-1 waits for LT-1 > 10.80 m, and that shows 0.00 m .. 10.80 m"),
    ("limit-out-of-range", "0 m .. 12 m", "1 m .. 12 m", "LAL-1 waits for LT-1 < 1.00 m, and that shows 1.00 m .. 12.00 m"),
    ("limit-above-lip", "LT-1 > 10.8 m", "LT-1 > 11.8 m", "LAH-1 waits for 11.80 m, and T-1 is full at 11.50 m"),
    ("limit-above-lip", "T-1.level > 11.2 m", "T-1.level > 11.5 m", "LS-1 switches at 11.50 m, and T-1 is full at 11.50 m"),
    ("range-too-short", "0 m .. 12 m", "0 m .. 12 mm", "LT-1 shows up to 0.0120 m, and T-1 is full at 11.50 m"),
    ("deadband-too-wide", "deadband: 20 mm, delay", "deadband: 11 m, delay", "LAH-1 comes at 10.80 m and clears 11.00 m inside: never"),
    ("deadband-too-wide", "1 m, deadband: 20 mm", "1 m, deadband: 11 m", "LAL-1 comes at 1.00 m and clears 11.00 m inside: never"),
    ("order-of-limits", "LT-1 > 10.9 m", "LT-1 > 10.7 m", "LAHH-1 comes at 10.70 m, before LAH-1 at 10.80 m"),
    ("order-of-limits", "LT-1 < 1 m", "LT-1 > 1 m", "LAL-1 is called a low alarm, and comes with LT-1 > 1.00 m"),
    ("order-of-limits", "LT-1 > 11 m", "LT-1 > 10.5 m", "IS-1 trips at 10.50 m, before any alarm warns: the first comes at 10.80 m"),
    ("never-true", "LT-1 > 10.8 m", "LT-1 > 10.8 m and LT-1 < 10 m", "LT-1 cannot be above 10.80 m and below 10.00 m at once"),
    ("proof-by-another", "proof: ZT-1 < 2 %, reset", "proof: ZT-2 < 2 %, reset", "IS-1 is proven by what is read of XV-2"),
    ("trip-fills", "11 m, then: [close XV-1]", "11 m, then: [open XV-1]", "IS-1 says open XV-1 when T-1 is at 11.00 m, and that fills T-1 by L-1"),
    ("trip-fills", "LS-1, then: [close XV-1]", "LS-1, then: [open XV-1]", "IS-2 says open XV-1 when T-1 is at 11.20 m, and that fills T-1 by L-1"),
    ("too-fast", "to: T-1, through: [XV-1]}", "to: T-1, through: [XV-1], size: 100 mm}",
     "TR-1 sends 500 m3/h through L-1 of 0.100 m: 17.7 m/s, above 7 m/s. Make it 0.159 m wide"),
    ("amount", "amount: 2000 m3", "amount: 4000 m3", "TR-1 moves 4000 m3 into T-1, which holds 3613 m3"),
    ("amount", "rate: 500 m3/h", "rate: 700 m3/h", "TR-1 asks for 700 m3/h, and ship offers 600 m3/h"),
    ("bund-too-small", "area: 2500 m2", "area: 2000 m2", "bund holds 3000 m3, and T-1 in it 3613 m3. A wall of 1.9 m would hold it"),
    ("nobody-there", "people:\n  walker: {post: field, at: [50 m, 0 m]}\n", "", "walk sends field to close XV-2, and nobody says where field is"),
    ("nobody-there", ", at: [14 m, 0 m]", "", "walk sends field to close XV-2, and nobody says where XV-2 is"),
    ("shared-act", "plan:\n", "plan:\n  again: {cue: stop TR-1, post: control-room, do: close XV-1}\n",
     "again and closes both ask to close XV-1, and one of them begins with the other"),
    ("slower-than-alarm", "within: 3 min", "within: 4 min", "closes may take 240 s to answer LAH-1, whose response time is 180 s"),
    ("look-alike", "TR-2: {from", "TR-Ζ: {from: T-1, to: rack, through: [L-2]}\n  TR-Z: {from: T-1, to: rack, through: [L-2]}\n  TR-2: {from",
     "TR-Ζ and TR-Z look alike: Ζ is greek capital letter zeta"),
]  # fmt: skip


UT = "  LS-1: {measures"
ULLAGE = "  UT-1: {measures: T-1.ullage, range: 0 m .. 12 m}\n  LS-1: {measures"
VOTE = "  A-1: {like: LT-1}\n  B-1: {like: LT-1}\n  FT-1: {measures: L-1.flow, range: 0 m3/h .. 900 m3/h}\n  LS-1: {measures"
MEANT = [
    (UT, ULLAGE, "alarms:\n", "alarms:\n  UAH-1: {when: UT-1 < 1.5 m}\n  UAHH-1: {when: UT-1 < 1.2 m}\n  UAL-1: {when: UT-1 > 10 m}\n"),
    (UT, VOTE, "alarms:\n", "alarms:\n  DISC-1: {when: 1oo3 of LT-1 A-1 B-1 > 9 m and A-1 < 8 m}\n"),
    (UT, VOTE, "LS-1, then: [close XV-1], proof: ZT-1 < 2 %", "LS-1, then: [close XV-1], proof: FT-1 < 5 m3/h"),
    (UT, UT, "interlocks:\n", "interlocks:\n  IS-3: {when: LT-1 > 11.1 m, then: [trip IS-1], proof: ZT-1 < 2 %}\n"),
    (UT, UT, "interlocks:\n", "interlocks:\n  SUMP-1: {when: LT-1 > 3 m, then: [close XV-1], latch: no}\n"),
    (UT, VOTE, "interlocks:\n", "interlocks:\n  RUNOUT: {when: FT-1 > 500 m3/h and LT-1 > 10 m, then: [close XV-1]}\n"),
    (UT, UT, "alarms:\n", "alarms:\n  CRITICAL-1: {when: LT-1 > 10.8 m}\n  FINAL-1: {when: LT-1 > 10.8 m}\n  TOTAL-1: {when: LT-1 > 1 m}\n"),
    (UT, UT, "plan:\n", "plan:\n  again: {cue: closes then 90 s and not proven closes, post: control-room, do: close XV-1}\n"),
]  # fmt: skip
NOT_SEEN = [
    ("limit-above-lip", "X-1: {when: UT-1 < 0.5 m}", "X-1 waits for 0.50 m, and T-1 is full at 0.50 m"),
    ("order-of-limits", "UAHH-1: {when: UT-1 < 1.5 m}\n  UAH-1: {when: UT-1 < 1.2 m}", "UAHH-1 comes at 1.50 m, before UAH-1 at 1.20 m"),
    ("order-of-limits", "UAH-1: {when: UT-1 > 9 m}", "UAH-1 is called a high alarm, and comes with UT-1 > 9.00 m"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "first", "other", "second"), MEANT)
def test_what_can_be_meant_is_not_doubted(tmp_path: Path, one: str, first: str, other: str, second: str) -> None:
    assert FARM.count(one) == FARM.count(other) == 1
    assert _found(tmp_path, FARM.replace(one, first).replace(other, second)) == []


@pytest.mark.parametrize(("kind", "alarm", "says"), NOT_SEEN)
def test_an_ullage_is_read_the_other_way_round(tmp_path: Path, kind: str, alarm: str, says: str) -> None:
    found = _found(tmp_path, FARM.replace(UT, ULLAGE).replace("alarms:\n", f"alarms:\n  {alarm}\n"))
    assert [(f.kind, says in f.message) for f in found] == [(kind, True)]


def _found(folder: Path, text: str) -> list[Fault]:
    path = folder / "farm.yaml"
    path.write_text(text, encoding="utf-8")
    report = check_file(str(path))
    assert not report.mistakes, report.mistakes
    return report.warnings


def test_of_a_plain_farm_nothing_is_doubted(tmp_path: Path) -> None:
    assert _found(tmp_path, FARM) == []


@pytest.mark.parametrize(("kind", "sound", "odd", "says"), CASES)
def test_one_thing_that_cannot_be_meant_is_one_doubt(
    tmp_path: Path, kind: str, sound: str, odd: str, says: str
) -> None:
    assert FARM.count(sound) == 1
    found = [f for f in _found(tmp_path, FARM.replace(sound, odd)) if f.kind == kind]
    assert [says in f.message for f in found][:1] == [True], [f.message for f in found]
    assert found[0].place is not None


def test_every_kind_of_doubt_is_tried() -> None:
    assert {kind for kind, _ in DOUBTS} == {kind for kind, *_ in CASES} | {"wants-harm"}


def test_nonsense_is_doubted_in_eleven_ways_or_more() -> None:
    kinds = {f.kind for f in check_file(str(NONSENSE)).warnings}
    assert len(kinds) >= 11, kinds
    assert "wants-harm" in kinds


@pytest.mark.parametrize(
    "name", sorted(p.stem for p in (*files.shipped().glob("*.yaml"), *(files.shipped() / "farms").glob("*.yaml")))
)
def test_of_what_is_shipped_nothing_is_doubted(name: str) -> None:
    assert check_file(name).warnings == []


def test_strict_makes_them_mistakes_and_machines_are_told_the_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(NONSENSE)
    assert main(["check", path]) == 0
    assert "no mistakes" in capsys.readouterr().out
    assert main(["check", "--strict", path]) == 1
    assert "no mistakes" not in capsys.readouterr().out
    main(["check", "--json", path])
    assert {"bund-too-small", "too-fast"} <= {w["kind"] for w in json.loads(capsys.readouterr().out)["warnings"]}
    main(["check", "--sarif", path])
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert {r["level"] for r in run["results"]} == {"warning"}
    assert {r["ruleId"] for r in run["results"]} == {r["id"] for r in run["tool"]["driver"]["rules"]}
    assert all(r["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1 for r in run["results"])


@pytest.mark.parametrize("kind", ["farm", "scenario"])
def test_of_what_new_writes_nothing_is_doubted(tmp_path: Path, kind: str) -> None:
    assert main(["new", kind, str(tmp_path / "mine.yaml")]) == 0
    assert main(["check", "--strict", str(tmp_path / "mine.yaml")]) == 0
