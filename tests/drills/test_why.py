"""Why it happened and what would have helped: the debrief against searches from outside."""

import csv
from pathlib import Path

import pytest
from asking import main, twin

from twin.debrief import outcome, whatif
from twin.engine import session as sessions
from twin.engine.setup import Setup

LATE = "plan.doubt-gauge.delay=85 min"
STICKY = """
scenario: A valve that may stick
like: first-watch
farm: {like: harbour, nodes: {ship: {answers: 20 min}}}
uncertain:
  XV-101.stuck: choice yes 0.3 or no 0.7
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_nobody_acting_learns_what_the_plan_would_have_asked(capsys: pytest.CaptureFixture[str]) -> None:
    twin(capsys, "run", "gauge-sticks", "--posts", "none", "--out", "none.twin")
    found = twin(capsys, "debrief", "none.twin")
    assert found["score"] == "1000"
    assert [m["instrument"] for m in found["misled"]] == ["LT-101"]  # the switch is out of service: everybody knows
    assert {a["act"]: a["done_s"] for a in found["acts"]} == {
        "check MOVE-101": None, "doubt LT-101": None, "stop TR-1": None, "close XV-101": None, "check DIP-101": None,
    }  # fmt: skip
    assert found["baselines"]["plan"]["score"] == "1000000"
    assert found["baselines"]["none"]["digest"] == found["digest"]
    assert found["one_thing"][0]["change"] == "doubt-gauge (all its acts) at 02:19"  # only that names the gauge too
    assert next(r for r in found["one_thing"] if r["kind"] == "barrier")["change"] == "LS-101 healthy"
    assert found["windows"][0]["act"] == "all of doubt-gauge: doubt LT-101, stop TR-1, close XV-101"


@pytest.mark.parametrize("act", ["stop TR-1", pytest.param("doubt LT-101", marks=pytest.mark.long)])
def test_a_window_closes_where_a_search_from_outside_finds_it(capsys: pytest.CaptureFixture[str], act: str) -> None:
    twin(capsys, "run", "gauge-sticks", "--posts", "none", "--out", "none.twin")
    window = next(w for w in twin(capsys, "debrief", "none.twin")["windows"] if w["act"] == act)

    def marks(tick: int) -> int:
        Path("acts.txt").write_text(f"+{tick} s control-room {act}\n", encoding="utf-8")
        name = f"{act.split(maxsplit=1)[0]}-{tick}.twin"
        words = ("run", "gauge-sticks", "--posts", "none", "--commands", "acts.txt", "--out", name)
        return str(twin(capsys, *words)["score"]).count("0")

    helps, too_late = window["cue_s"] + 1, 1499
    best = marks(helps)
    assert best > marks(too_late)
    while too_late - helps > 1:
        middle = (helps + too_late) // 2
        helps, too_late = (middle, too_late) if marks(middle) >= best else (helps, middle)
    assert abs(window["closes_s"] - helps) <= 1


def test_a_row_of_one_thing_is_what_the_setting_makes(capsys: pytest.CaptureFixture[str]) -> None:
    twin(capsys, "run", "gauge-sticks", "--posts", "none", "--out", "none.twin")
    row = next(r for r in twin(capsys, "debrief", "none.twin")["one_thing"] if r["change"] == "LS-101 healthy")
    assert row["from"] == "--set LS-101.dead=no"
    mended = twin(capsys, "run", "gauge-sticks", "--posts", "none", *row["from"].split(), "--out", "mended.twin")
    assert (row["digest"], row["score"]) == (mended["digest"], mended["score"])
    assert row["spilled_m3"] == mended["totals"]["spilled_m3"]


def test_every_kind_of_one_thing_has_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    Path("one.yaml").write_text(
        "scenario: All kinds\nlike: gauge-sticks\n"
        "farm: {like: harbour, valves: {XV-101: {kind: hand}}, plan: {look: {cue: start, post: field, do: check T-102},"
        " slow: {cue: LT-102 > 1 m, post: supervisor, do: report T-102, within: 1 s, delay: 2 min}}}\n"
        "timeline: {more: {cue: at +5 min, do: set ship.flow to 1100 m3/h}}\n", encoding="utf-8",
    )  # fmt: skip
    Path("acts.txt").write_text("+400 s control-room stop TR-1\n", encoding="utf-8")
    twin(capsys, "run", "one.yaml", "--commands", "acts.txt", "--out", "one.twin")
    rows = twin(capsys, "debrief", "one.twin")["one_thing"]
    assert {r["kind"] for r in rows} == {"act-moved", "act-added", "act-dropped", "fault-out", "barrier"}
    motor = next(r for r in rows if "motor valve" in r["change"])
    words = ("run", "one.yaml", "--commands", "acts.txt", "--set", "XV-101.kind=motor", "--set", "XV-101.stroke=60 s")
    assert twin(capsys, *words, "--out", "motor.twin")["digest"] == motor["digest"]


@pytest.mark.parametrize("seed", [s if s < 2 else pytest.param(s, marks=pytest.mark.long) for s in range(20)])
def test_luck_tells_a_known_probability(seed: int) -> None:
    Path("sticky.yaml").write_text(STICKY, encoding="utf-8")
    its = sessions.start(Setup("sticky.yaml", seed=seed))
    its.finish(outcome.sealed)
    found = whatif.in_other_worlds(whatif.Batch(its))
    good = its.outcome is not None and its.outcome["score"] == "1000000"
    bad = found.worse if good else found.same
    assert (found.worse if good else found.better) + found.same == 100
    assert 16 <= bad <= 46, "the 99.9 % interval of 100 draws at 0.3"
    assert found.near_miss == good
    assert found.bad_luck != good  # seven of ten other worlds end better


def test_every_figure_of_a_debrief_can_be_worked_out_from_the_export(capsys: pytest.CaptureFixture[str]) -> None:
    twin(capsys, "run", "gauge-sticks", "--set", "plan.doubt-gauge.delay=14 min", "--out", "late.twin")
    found = twin(capsys, "debrief", "late.twin")
    files = twin(capsys, "export", "late.twin", "--out", "late.csv")
    with Path(files["signals"]).open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    column = {name.partition(" [")[0]: [float(r[i]) for r in rows[1:]] for i, name in enumerate(rows[0]) if i > 1}
    with Path(files["events"]).open(encoding="utf-8") as stream:
        events = {f"event {e['event']}": e for e in csv.DictReader(stream)}

    assert found["totals"]["spilled_m3"] == column["spilled.volume"][-1] > 0
    assert found["totals"]["spilled_kg"] == pytest.approx(1000 * column["spilled.mass"][-1], rel=1e-12)
    for its in found["misled"]:
        if its["gap"] is not None:
            truth, shown = (column[n] for n in (f"{its['thing']}.level", its["instrument"]))
            stretch = range(its["onset_s"], (its["first_doubt_s"] or found["simulated_s"]) + 1)
            at = max(stretch, key=lambda t: abs(truth[t] - shown[t]))
            assert (its["gap"]["at_s"], its["gap"]["value"]) == (at, abs(truth[at] - shown[at]))
            frozen = next(t for t in range(1, its["onset_s"]) if shown[t:] and len(set(shown[t : its["onset_s"]])) == 1)
            assert abs(its["since_s"] - frozen) <= 1, "the gauge froze when the debrief says so"
    for act in found["acts"]:
        if act["done_s"] is not None:
            event = events[act["from"]["done_s"]]
            assert int(event["t_s"]) == act["done_s"]
            assert act["act"] in event["text"]
            assert act["late_s"] == max(0, act["done_s"] - act["expected_s"] - round(act["allowed_s"]))
    for mark in found["marks"]:
        if mark["from"].startswith("event"):
            assert int(events[mark["from"]]["t_s"]) == mark["t_s"]
    assert found["alarm_load"]["control-room"]["alarms"] == sum(e["kind"] == "alarm" for e in events.values())
    overflow = next(int(e["t_s"]) for e in events.values() if e["kind"] == "overflow")
    assert next(m for m in found["marks"] if m["mark"] == "containment")["t_s"] == overflow


def test_an_earlier_course_is_debriefed_as_it_stood(capsys: pytest.CaptureFixture[str]) -> None:
    Path("acts.txt").write_text("+700 s instructor rewind to +100 s\n+200 s control-room stop TR-1\n", encoding="utf-8")
    twin(capsys, "run", "first-watch", "--posts", "none", "--commands", "acts.txt", "--out", "back.twin")
    first = twin(capsys, "debrief", "back.twin", "--course", "1")
    last = twin(capsys, "debrief", "back.twin")
    assert (first["simulated_s"], first["finished"]) == (700, False)
    assert (last["simulated_s"], last["finished"]) == (720, True)
    assert first["totals"]["spilled_m3"] > 0.0 == last["totals"]["spilled_m3"]
    assert main(["debrief", "back.twin", "--course", "3"]) == 2
    assert "has 2 courses" in capsys.readouterr().err


@pytest.mark.long
def test_buncefield_with_the_doubt_85_minutes_late(capsys: pytest.CaptureFixture[str]) -> None:
    twin(capsys, "run", "buncefield-2005", "--set", LATE, "--out", "late.twin")
    found = twin(capsys, "debrief", "late.twin")
    gauge = found["misled"][0]
    assert gauge["instrument"] == "LT-912"
    assert abs(gauge["since_s"] - (8 * 3600 + 5 * 60)) <= 1, "it froze at 03:05"
    assert 2.4 < gauge["gap"]["value"] < 2.6
    assert "LS-912 healthy" in [r["change"] for r in found["one_thing"][:3]]
    healthy = next(r for r in found["one_thing"] if r["change"] == "LS-912 healthy")
    mended = twin(capsys, "run", "buncefield-2005", "--set", LATE, "--set", "LS-912.dead=no", "--out", "mended.twin")
    assert (mended["digest"], mended["score"]) == (healthy["digest"], healthy["score"])
    window = next(w for w in found["windows"] if w["act"] == "stop TR-1")

    def dry(tick: int) -> bool:
        Path("acts.txt").write_text(f"+{tick} s control-room stop TR-1\n", encoding="utf-8")
        words = ("run", "buncefield-2005", "--posts", "none", "--commands", "acts.txt", "--set", f"lasts={38000} s")
        return not twin(capsys, *words, "--out", f"{tick}.twin")["totals"]["spilled_m3"] > 0

    assert dry(window["closes_s"] - 60)
    assert not dry(window["closes_s"] + 60)
