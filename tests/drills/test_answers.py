"""What would have helped, of what people decide: lines as a whole, either of several acts, findings, luck; each by a run."""

from pathlib import Path
from typing import Any

import pytest
from asking import twin

from twin.debrief import luck
from twin.debrief.fate import Fate
from twin.engine.compile import open_model
from twin.engine.starting import drawn, uncertain_target
from twin.language.files import Files

EITHER = "+900 s control-room doubt LT-101\n+1000 s control-room stop TR-1\n+1010 s control-room close XV-101\n"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _debrief(capsys: pytest.CaptureFixture[str], text: str, *more: str, scenario: str = "gauge-sticks") -> Any:
    Path("acts.txt").write_text(text, encoding="utf-8")
    twin(capsys, "run", scenario, "--commands", "acts.txt", "--out", "run.twin", "--force", *more)
    return twin(capsys, "debrief", "run.twin")


def _figures(capsys: pytest.CaptureFixture[str], text: str, scenario: str = "gauge-sticks") -> tuple[str, float]:
    """Score and spill of a run with these commands: an independent run, no copy."""
    Path("other.txt").write_text(text or "# none\n", encoding="utf-8")
    found = twin(capsys, "run", scenario, "--commands", "other.txt", "--out", "other.twin", "--force")
    return str(found["score"]), float(found["totals"]["spilled_m3"])


def test_acts_either_of_which_would_do_are_one_group_with_one_window(capsys: pytest.CaptureFixture[str]) -> None:
    idle = "+700 s control-room call outside\n+710 s control-room check FT-S\n"  # without effect, alone and together
    found = _debrief(capsys, idle + EITHER)
    (group,) = [w for w in found["windows"] if w["what"] == "either"]
    assert group["members"] == ["stop TR-1", "close XV-101"]
    assert group["act"] == "either of stop TR-1, close XV-101"
    alone = {w["act"]: w for w in found["windows"] if w["what"] == "act"}
    assert not group.keys() - alone["doubt LT-101"].keys()
    assert not {"stop TR-1", "close XV-101"} & alone.keys(), "alone each made no difference: the group speaks for them"
    was = (found["score"], found["totals"]["spilled_m3"])
    lines = EITHER.splitlines(keepends=True)
    assert _figures(capsys, idle + lines[0] + lines[2]) == was, "without the stop it ends as it did"
    assert _figures(capsys, lines[0] + lines[1]) == was, "without the close it ends as it did"
    score, spilled = _figures(capsys, lines[0])
    assert spilled > 0.0
    assert int(score) < int(found["score"])


def test_the_window_of_a_group_closes_where_a_run_says(capsys: pytest.CaptureFixture[str]) -> None:
    found = _debrief(capsys, EITHER)
    (group,) = [w for w in found["windows"] if w["what"] == "either"]
    closes = group["closes_s"]

    def at(tick: int) -> tuple[str, float]:
        text = EITHER.splitlines(keepends=True)[0]
        return _figures(capsys, text + f"+{tick} s control-room stop TR-1\n+{tick} s control-room close XV-101\n")

    assert at(closes)[0] == found["score"]
    assert int(at(closes + 1)[0]) < int(found["score"])


def test_a_line_of_the_plan_has_a_window_as_a_whole(capsys: pytest.CaptureFixture[str]) -> None:
    found = _debrief(
        capsys, "+360 s control-room check MOVE-101\n+430 s control-room doubt LT-101\n+1290 s control-room stop TR-1\n"
    )
    line = next(w for w in found["windows"] if w["what"] == "line")
    assert line["lines"] == ["doubt-gauge"]
    assert line["members"] == ["doubt LT-101", "stop TR-1", "close XV-101"]
    assert line["done_s"] is None, "one of its acts is missing"
    before = "+360 s control-room check MOVE-101\n"

    def at(tick: int) -> str:
        acts = ("doubt LT-101", "stop TR-1", "close XV-101")
        return _figures(capsys, before + "".join(f"+{tick} s control-room {a}\n" for a in acts))[0]

    assert at(line["closes_s"]) == "1000000"
    assert int(at(line["closes_s"] + 1)) < 1000000


def test_a_plan_that_allows_longer_than_the_plant_is_named_first(capsys: pytest.CaptureFixture[str]) -> None:
    text = "scenario: Slow plan\nlike: gauge-sticks\nfarm: {plan: {doubt-gauge: {within: 16 min}}}\n"
    Path("slow.yaml").write_text(text, encoding="utf-8")
    found = _debrief(capsys, "+360 s control-room check MOVE-101\n", scenario="slow.yaml")
    assert found["findings"][0]["line"] == "doubt-gauge"
    window = next(w for w in found["windows"] if w["what"] == "line")
    assert found["findings"][0]["closes_s"] == window["closes_s"] < found["findings"][0]["allowed_s"] == window["due_s"]
    assert all(f["line"] != "doubt-gauge" for f in found["findings"][1:]), "the line speaks for its acts"
    assert _debrief(capsys, "+360 s control-room check MOVE-101\n")["findings"] == []


def test_the_headline_says_cause_gap_last_chance_and_what_the_plan_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    found = _debrief(
        capsys, "+360 s control-room check MOVE-101\n+430 s control-room doubt LT-101\n+1290 s control-room stop TR-1\n"
    )
    its = found["headline"]
    window = found["windows"][0]
    assert its["last_chance"]["closes_s"] == window["closes_s"]
    assert its["gap"] == {"known_s": 430, "acted_s": 1290}
    for part in (
        "LT-101",
        "believed for 5 min",
        "14 min later",
        "the last chance",
        "02:31:2",
        "the plan allowed until 02:20:00",
    ):
        assert part in its["text"], part


def test_a_change_that_makes_it_worse_is_shown_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    found = _debrief(capsys, EITHER)
    effects = {(r["change"], r["effect"]) for r in found["one_thing"]}
    assert ("without doubt LT-101", "worse") in effects
    assert ("without stop TR-1", "same") in effects
    for row in found["one_thing"]:
        better = int(row["score"]) > int(found["score"]) or (
            row["score"] == found["score"] and row["spilled_m3"] < found["totals"]["spilled_m3"] - 0.5
        )
        assert (row["effect"] == "better") == better


def _fate(lost: int) -> Fate:
    return Fate("1" + "0" * (6 - lost), ("containment",) * lost, 0, 0.0, 0, "")


def test_the_quantity_that_differed_most_is_named_where_it_is_clear() -> None:
    model = open_model(Files(), "gauge-sticks", [])[0]
    flow = next(u for u in model.spec.uncertain if u.path.thing == "ship")
    _, dimension = uncertain_target(model.signals, model.line_names, flow)
    worlds = range(1, 101)
    flows = [drawn(flow, dimension, 0, w) for w in worlds]
    middle = sorted(flows)[60]
    by_flow = luck.differed(model, 0, worlds, [_fate(2 if f > middle else 0) for f in flows])
    assert by_flow is not None
    assert (by_flow.name, by_flow.clear) == ("ship.flow", 1.0)
    assert by_flow.worse > by_flow.better
    assert luck.differed(model, 0, worlds, [_fate(w % 2) for w in worlds]) is None, "a coin tells nothing"
    assert luck.differed(model, 0, worlds, [_fate(0)] * 100) is None


def test_misled_by_a_lost_supply(capsys: pytest.CaptureFixture[str]) -> None:
    twin(capsys, "run", "power-dips", "--posts", "none", "--out", "dark.twin")
    found = twin(capsys, "debrief", "dark.twin", "--quick")
    assert "LT-101" in {m["instrument"] for m in found["misled"]}
    gauge = next(m for m in found["misled"] if m["instrument"] == "LT-101")
    dark = next(e for e in found["things"] if e["kind"] == "supply")
    assert dark["onset_s"] < gauge["onset_s"]
    assert gauge["gap"]["value"] > 0.1
    assert not {m["instrument"] for m in found["misled"]} & {"LT-102", "LT-103"}, "what stands still is shown rightly"


def test_an_overflow_is_told_with_the_rate_of_its_first_whole_minute(capsys: pytest.CaptureFixture[str]) -> None:
    twin(capsys, "run", "gauge-sticks", "--posts", "none", "--out", "none.twin")
    found = twin(capsys, "debrief", "none.twin", "--quick")
    told = next(s["text"] for s in found["story"] if "overflows" in s["text"])
    files = twin(capsys, "export", "none.twin", "--out", "none.csv", "--force")
    rows = Path(files["signals"]).read_text(encoding="utf-8").splitlines()
    column = next(i for i, name in enumerate(rows[0].split(",")) if name.startswith("spilled.volume"))
    spilled = [float(r.split(",")[column]) for r in rows[1:]]
    began = next(t for t, v in enumerate(spilled) if v > 0.0)
    rate = (spilled[began + 59] - spilled[began - 1]) * 60
    assert told == f"T-101 overflows, {rate:.0f} m3/h in its first minute"


def test_who_named_the_lost_supply_was_not_misled_by_what_hung_on_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = _debrief(capsys, "+200 s control-room report grid\n+210 s control-room stop TR-1\n", scenario="power-dips")
    assert found["misled"] == []
    (thing,) = found["things"]
    assert (thing["thing"], thing["steps"][2]["t_s"]) == ("grid", 200)


def test_the_story_says_what_was_said_and_not_what_the_plan_would_have(capsys: pytest.CaptureFixture[str]) -> None:
    text = '+130 s control-room close XV-101\n+200 s control-room tell field "XV-101关不上，用手轮"\n'
    found = _debrief(capsys, text, scenario="valve-does-not-close")
    said = next(s["text"] for s in found["story"] if "call-out" in s["text"])
    assert "XV-101关不上" in said
    assert "Turn it by hand" not in said
    assert next(t for t in found["things"])["steps"][2]["t_s"] == 200
