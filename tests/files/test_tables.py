"""Farms out of the lists that plants keep, the way back, and the map of what came of them."""

import csv
import json
from pathlib import Path

import pytest

from twin.cli.main import DONE, USAGE, main
from twin.engine.checks import check_file, open_farm
from twin.parts.alarm import Alarm
from twin.parts.line_entry import Line
from twin.parts.tank_entry import Tank

ALARMS = """\
Tag,Service,Set point,Unit,Priority,Cause,Consequence,Response time,Operator action,Area
LAH-101,east tank,10.8,m,2,receipt not ended,runs over,5 min,stop the receipt,A
LAHH-101,east tank,11.4,m,High,receipt not ended,"petrol in the bund, a cloud",3 min,stop it and close,A
LAL-101,,1.5 m,,low,,pump loses suction,10 min,'=stop the pump,A
TAH-102,,> 45 degC,,low,,,,,B
"""
TANKS = """\
tag;product;diameter [m];height [m];overflows above [m];roof;in;x [m];y [m]
T-101;gasoline;20;12;11,8;internal floating;bund;0;0
T-102;gasoline;20;12;11,7;cone;bund;40;0
"""
LINES = """\
tag,from,to,through,size,length
L-1,ship,M-1,,300 mm,400 m
L-101,M-1,T-101,XV-101,300 mm,50 m
L-102,M-1,T-102,XV-102; P-2,300 mm,90 m
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("alarms.csv", ALARMS), ("tanks.csv", TANKS), ("lines.csv", LINES)):
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


LISTS = ("--from-csv", "alarms.csv", "--tanks", "tanks.csv", "--lines", "lines.csv")


def test_a_farm_is_made_of_lists_and_passes_check(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "farm", "f.yaml", *LISTS]) == DONE
    told = capsys.readouterr().err
    assert "nothing is made of the column 'Area'" in told
    assert "4 alarms" in told
    assert not check_file("f.yaml").mistakes
    farm = open_farm("f.yaml").spec.farm
    high = farm.of(Alarm)["LAHH-101"]
    assert (high.when.text, high.priority, high.response_s, high.text) == (
        "LT-101 > 11.4 m",
        "high",
        180.0,
        "east tank",
    )
    assert high.consequence == "petrol in the bund, a cloud"
    assert farm.of(Alarm)["LAL-101"].action == "=stop the pump"
    assert farm.of(Tank)["T-101"].lip_m == pytest.approx(11.8)
    assert farm.of(Line)["L-102"].through == ("XV-102", "P-2")
    text = (here / "f.yaml").read_text()
    assert "TR-T-101: {from: ship, to: T-101, through: [L-1, L-101]" in text
    assert "cue: LAHH-101, post: control-room, do: [stop TR-T-101], within: 3 min" in text


def test_the_alarms_come_back_as_they_went_in(here: Path) -> None:
    assert main(["new", "farm", "f.yaml", *LISTS]) == DONE
    assert main(["export", "f.yaml", "--alarms", "back.csv"]) == DONE
    assert main(["new", "farm", "g.yaml", "--from-csv", "back.csv", *LISTS[2:]]) == DONE
    assert main(["export", "g.yaml", "--alarms", "again.csv"]) == DONE
    assert (here / "back.csv").read_text() == (here / "again.csv").read_text()
    back = {row["tag"]: row for row in csv.DictReader((here / "back.csv").read_text().splitlines())}
    for row in csv.DictReader(ALARMS.splitlines()):
        its = back[row["Tag"]]
        assert (its["consequence"], its["response time"]) == (row["Consequence"], row["Response time"])
        assert its["action"] == row["Operator action"]  # guarded as it was: no spreadsheet runs it
        assert row["Set point"].strip("> ").split()[0] in its["limit"]


def test_alarms_alone_make_a_farm_whose_figures_say_that_they_are_supposed(here: Path) -> None:
    assert main(["new", "farm", "f.yaml", "--from-csv", "alarms.csv"]) == DONE
    assert not check_file("f.yaml").mistakes
    assert "height: 12.5 m (A1)" in (here / "f.yaml").read_text()  # above every limit


@pytest.mark.parametrize(("file", "old", "new", "said"), [
    ("alarms.csv", "10.8,m", "ten,m", "alarms.csv:2:1: "),
    ("alarms.csv", "10.8,m", "10.8,", "alarms.csv:2:1: "),
    ("alarms.csv", "10.8,m", ",", "LAH-101 has no limit"),
    ("alarms.csv", "LAH-101,east", "Alarm7,east", "alarms.csv:2:1: Alarm7 does not tell which instrument it is of"),
    ("alarms.csv", "TAH-102,,>", "PAH-102,,>", "alarms.csv:5:1: nobody says what PT-102 measures"),
    ("alarms.csv", "LAHH-101", "LAH-101", "alarms.csv:3:1: LAH-101 stands here twice"),
    ("alarms.csv", "Tag,", "What,", "has no column of names"),
    ("tanks.csv", "gasoline;20;12;11,8", "gasolin;20;12;11,8", "tanks.csv:2:1: "),
    ("tanks.csv", "T-102;", ";", "tanks.csv:3:1: this row has no name"),
    ("lines.csv", "L-1,ship,M-1,,", "L-1,ship,M-1,", "lines.csv:2:1: this line has 5 cells"),
    ("lines.csv", "50 m", "50 bar", "lines.csv:3:1: "),
])  # fmt: skip
def test_a_row_that_cannot_be_meant_is_named_and_nothing_is_written(
    here: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, said: str
) -> None:
    text = (here / file).read_text()
    assert old in text
    (here / file).write_text(text.replace(old, new, 1))
    assert main(["new", "farm", "f.yaml", *LISTS]) == USAGE
    assert said in capsys.readouterr().err
    assert not (here / "f.yaml").exists()


def test_all_mistakes_of_a_table_come_at_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ALARMS.replace("LAH-101,east", "Alarm7,east").replace("TAH-102,,>", "PAH-102,,>").replace("1.5 m,", ",")
    (here / "alarms.csv").write_text(text)
    assert main(["new", "farm", "f.yaml", *LISTS]) == USAGE
    said = capsys.readouterr().err
    assert [f"alarms.csv:{n}:1: " in said for n in (2, 3, 4, 5)] == [True, False, True, True]


def test_what_stands_in_a_cell_or_a_files_name_is_text(here: Path) -> None:
    odd = here / "a\nplan: {x: 1}\n.csv"
    odd.write_text(ALARMS.replace("receipt not ended", '"}, when: LT-1 > 1 m, {""a"": &b *b"'))
    assert main(["new", "farm", "f.yaml", "--from-csv", str(odd), *LISTS[2:]]) == DONE
    farm = open_farm("f.yaml").spec.farm
    assert farm.of(Alarm)["LAH-101"].cause == '}, when: LT-1 > 1 m, {"a": &b *b'
    assert farm.of(Alarm)["LAH-101"].when.text == "LT-101 > 10.8 m"


def test_a_line_slower_than_its_alarm_is_doubted(here: Path) -> None:
    assert main(["new", "farm", "f.yaml", *LISTS]) == DONE
    text = (here / "f.yaml").read_text()
    assert "slower-than-alarm" not in {f.kind for f in check_file("f.yaml").warnings}
    (here / "f.yaml").write_text(
        text.replace("do: [stop TR-T-101], within: 3 min", "do: [stop TR-T-101], within: 4 min")
    )
    (doubt,) = [f for f in check_file("f.yaml").warnings if f.kind == "slower-than-alarm"]
    assert "240 s to answer LAHH-101, whose response time is 180 s" in doubt.what


def test_the_map_draws_what_stands_where_and_what_guards_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "harbour", "--out", "m.png"]) == DONE
    shown = capsys.readouterr().out
    assert "(101)" in shown
    assert shown.index("(201)") < shown.index("(101)") < shown.index(" ship ")  # north is up
    assert (
        "T-101: gasoline, 5816 m3; fed by TR-1; instruments DIP-101, LS-101, LT-101; alarms LAH-101, LAHH-101; interlocks LZ-101"
        in shown
    )
    assert (here / "m.png").read_bytes().startswith(b"\x89PNG")
    assert main(["map", "gauge-sticks", "--json"]) == DONE
    found = json.loads(capsys.readouterr().out)
    assert {tank["name"] for tank in found["tanks"]} >= {"T-101", "T-204"}
    assert main(["map", "harbour", "--out", "m.doc"]) == USAGE
