"""A name that is wrong is answered with the nearest that is right, or with all that are known: once, at its place."""

from pathlib import Path

import pytest

from twin.base.fault import MOST_LISTED, Fault, Faults, nearest
from twin.base.units import UNITS, unknown
from twin.cli.main import USAGE, main
from twin.engine.checks import check_file
from twin.engine.compile import open_model
from twin.language.files import Files

SOUND = """\
scenario: Names
farm:
  farm: Two tanks
  utilities: {grid: {kind: power}}
  tanks:
    T-1: {product: gasoline, diameter: 20 m, height: 12 m, in: bund}
    T-2: {like: T-1}
  places: {bund: {kind: bund, area: 2000 m2}}
  nodes: {ship: {product: gasoline, flow: 600 m3/h}}
  lines: {L-1: {from: ship, to: T-1, through: [XV-1]}}
  valves: {XV-1: {kind: motor, stroke: 40 s, power: grid}}
  instruments: {LT-1: {measures: T-1.level, noise: 1 mm}, ZT-1: {measures: XV-1.position}}
  calculated: {RISE: {is: change of LT-1 over 5 min}}
  alarms: {LAH-1: {when: LT-1 > 10.8 m, priority: high}}
  interlocks: {IS-1: {when: LT-1 > 11 m, then: [close XV-1], proof: ZT-1 < 2 %, reset by: control-room}}
  transfers: {TR-1: {from: ship, to: T-1, through: [L-1]}}
  posts: {control-room: {may: [stop, open]}}
  plan: {ends: {cue: LAH-1, post: control-room, do: [stop TR-1 because filled]}}
starts: 2026-01-12 10:00
lasts: 20 min (R1)
initially: {T-1: {level: 10.6 m}}
references: {R1: {assumed: shown}}
timeline: {sticks: {cue: at 10:05, do: set LT-1.stuck}}
uncertain: {sticks.delay: uniform 0 s .. 4 s, ship.flow: normal 600 m3/h sd 5 m3/h}
objectives: {dry: {that: no overflow T-1, mark: containment}}
facts: {full: {of: max T-1.level, is: 1 m .. 20 m}}
"""
POSTS = "Known: control-room, field, fire-crew, principal, safety, supervisor."
WRONG = {
    "tag": ("when: LT-1 > 10.8", "when: TL-1 > 10.8", "'TL-1'. Did you mean ZT-1 or LT-1?"),
    "tag in other capitals": ("when: LT-1 > 10.8", "when: lt-1 > 10.8", "'lt-1'. Did you mean LT-1"),
    "tag far off": ("when: LT-1 > 10.8", "when: wombat > 10.8", "'wombat'. Known: LT-1, RISE, ZT-1."),
    "alarm in a cue": ("cue: LAH-1", "cue: LAH-11", "'LAH-11'. Did you mean LAH-1 or"),
    "line in a cue": ("that: no overflow T-1", "that: end before overflow T-1", "'end'. Did you mean ends?"),
    "proven line": ("that: no overflow T-1", "that: proven wombat", "no line that this cue may name. Known: ends, sticks."),
    "thing to act on": ("stop TR-1", "stop TR-9", "'TR-9'. Did you mean TR-1?"),
    "thing of another kind": ("stop TR-1", "stop XV-1", "transfer or pump is wanted here. Known: TR-1."),
    "section of another kind": ("in: bund", "in: XV-1", "one of places is wanted here. Known: bund."),
    "people where there are none": ("stop TR-1", "call brigade", "This farm has nothing of that kind."),
    "measured thing": ("measures: T-1.level", "measures: T-9.level", "'T-9'. Did you mean T-2 or T-1?"),
    "quantity": ("measures: T-1.level", "measures: T-1.lvel", "no 'lvel'. Did you mean level?"),
    "quantity far off": ("measures: T-1.level", "measures: T-1.xyz", "Known: by-papers, contamination, day-volume, filled,"),
    "quantity to set": ("LT-1.stuck", "LT-1.stick", "LT-1.stick cannot be set. Did you mean stuck?"),
    "quantity to start with": ("{level: 10.6 m}", "{levle: 10.6 m}", "Did you mean level?"),
    "uncertain quantity": ("ship.flow:", "ship.flaw:", "Did you mean flow?"),
    "uncertain line": ("sticks.delay:", "stick.delay:", "nothing here is called 'stick'. Did you mean sticks?"),
    "verb": ("[stop TR-1", "[stp TR-1", "'stp' is no verb. Did you mean stop or set?"),
    "verb far off": ("[stop TR-1", "[wombat TR-1", "no verb. Known: acknowledge, approve, bypass, call,"),
    "verb of a post": ("may: [stop, open]", "may: [stop, opn]", "no verb. Did you mean open"),
    "preposition": ("because filled", "becuase filled", "'becuase' does not belong here. Did you mean because?"),
    "event": ("overflow T-1", "overflw T-1", "no event or verb. Did you mean overflow"),
    "word that begins an atom": ("cue: at 10:05", "cue: drwan sticks", "no event or verb. Did you mean drawn"),
    "event far off": ("overflow T-1", "wombat T-1", "no event or verb. Known: withdraw, acknowledge, alarm,"),
    "section": ("  valves:", "  valvs:", "no section. Did you mean valves?"),
    "section far off": ("  valves:", "  wombats:", "no section. Known: alarms, calculated, defaults, farm,"),
    "section of a scenario": ("objectives:", "objetives:", "no section. Did you mean objectives?"),
    "key": ("stroke: 40 s", "stoke: 40 s", "no key of valves. Did you mean stroke?"),
    "key far off": ("stroke: 40 s", "wombat: 40 s", "no key of valves. Known: air, alias, at, band,"),
    "choice": ("kind: motor", "kind: moter", "not one of hand, motor, pneumatic, control, check, relief. Did you mean motor?"),
    "choice far off": ("kind: motor", "kind: wombat", "not one of hand, motor, pneumatic, control, check, relief."),
    "unit in words": ("diameter: 20 m,", "diameter: 20 metres,", "no known unit. Did you mean m?"),
    "unit of time in words": ("stroke: 40 s", "stroke: 40 sec", "no known unit. Did you mean s?"),
    "unit far off": ("stroke: 40 s", "stroke: 40 q", "no known unit. Known: d, h, min, s, y."),
    "unit of another dimension": ("diameter: 20 m,", "diameter: 20 s,", "length is wanted here. Use m, mm, cm,"),
    "mark of an objective": ("mark: containment", "mark: contanment", "Did you mean containment?"),
    "mark without a reference": ("20 min (R1)", "20 min (R2)", "the mark (R2) is explained by no reference. Known: R1."),
    "product": ("product: gasoline, diameter", "product: wombat, diameter", "no product that can be stored here. Known: acetone,"),
    "utility": ("power: grid", "power: gird", "Did you mean grid?"),
    "end of a transfer": ("TR-1: {from: ship", "TR-1: {from: shp", "Did you mean ship?"),
    "post": ("post: control-room", "post: wombat", POSTS),
    "who resets": ("reset by: control-room", "reset by: controlroom", "Did you mean control-room?"),
    "distribution": ("uniform 0 s", "unifrm 0 s", "Did you mean uniform?"),
    "measure": ("of: max T-1.level", "of: maxi T-1.level", "'maxi' is no measure. Did you mean max?"),
    "measured thing of a fact": ("of: max T-1.level", "of: max T-9.level", "Did you mean T-2 or T-1?"),
    "calculated value": ("change of LT-1 over", "chnge of LT-1 over", "no calculated value. Did you mean change?"),
    "like": ("T-2: {like: T-1}", "T-2: {like: T-9}", "Did you mean T-2 or T-1?"),
}  # fmt: skip


@pytest.mark.parametrize("which", WRONG)
def test_a_wrong_name_is_answered_once_with_what_would_be_right(tmp_path: Path, which: str) -> None:
    right, wrong, said = WRONG[which]
    assert right in SOUND
    path = tmp_path / "names.yaml"
    path.write_text(SOUND)
    assert check_file(str(path)).mistakes == []
    path.write_text(SOUND.replace(right, wrong, 1))
    if which == "people where there are none":
        path.write_text(path.read_text().replace("[stop, open]", "[any]"))
    found = check_file(str(path)).mistakes
    if which == "product":
        assert {f.message for f in found} == {found[0].message}, "T-2 is like T-1"
    else:
        assert len(found) == 1, [str(f) for f in found]
    assert said in found[0].message
    assert found[0].place is not None


@pytest.mark.parametrize(("setting", "said"), [
    ("T-1.levle=3 m", "T-1 has no 'levle'. Did you mean level or believed?"),
    ("T-9.level=3 m", "nothing here is called 'T-9'. Did you mean T-2 or T-1?"),
    ("timeline.stcks=none", "nothing in timeline is called 'stcks'. Did you mean sticks?"),
    ("plan.wombat=none", "nothing in plan is called 'wombat'. Known: ends."),
    ("T-1.level=3", "3 needs a unit of length. Units: m,"),
])  # fmt: skip
def test_a_wrong_setting_is_answered_with_what_would_be_right(tmp_path: Path, setting: str, said: str) -> None:
    (tmp_path / "names.yaml").write_text(SOUND)
    with pytest.raises((Fault, Faults)) as raised:
        open_model(Files(), str(tmp_path / "names.yaml"), [setting])
    assert said in str(raised.value)


@pytest.mark.parametrize(("words", "said"), [
    ("check wombat", "no scenario or farm called 'wombat'. Known: bayamon, buncefield-2005,"),
    ("check harbr", "Did you mean harbour?"),
    ("run frst-watch", "Did you mean first-watch?"),
    ("calc tank_volme", "Did you mean tank_volume or"),
    ("drill first-watch --plain --post feild", "'feild' is no post. Did you mean field?"),
])  # fmt: skip
def test_a_wrong_argument_is_answered_with_what_would_be_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words.split()) == USAGE
    assert said in capsys.readouterr().err


def test_of_many_known_words_those_with_the_same_initial_come_first_and_the_rest_is_counted() -> None:
    known = [f"{letter}{n:03d}" for letter in "abc" for n in range(40)]
    said = nearest("bxxxxxxxxxx", known)
    listed = said.removeprefix("Known: ").partition(" and ")[0].split(", ")
    assert listed == [f"b{n:03d}" for n in range(MOST_LISTED)]
    assert said.endswith(f" and {120 - MOST_LISTED} more.")
    assert nearest("x", []) == ""


def test_how_people_write_a_unit_never_hides_one_of_the_table() -> None:
    words = {
        "sec": "s",
        "Hours": "h",
        "m3/hr": "m3/h",
        "litres": "L",
        "C": "degC",
        "F": "degF",
        "percent": "%",
        "l": "L",
    }
    for word, its in words.items():
        assert word not in UNITS
        assert unknown(word).fix == f"Did you mean {its}?"
