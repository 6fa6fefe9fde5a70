"""A drill asks for recognition: blind acts keep no score, plays of a crew come to what they are worth, rounds are judged."""

from pathlib import Path
from typing import Any

import pytest
from asking import lived

from twin.debrief import report
from twin.debrief.text import told
from twin.engine import session as sessions
from twin.engine.setup import Setup

KEPT = Path(__file__).parent / "kept"
EVERYTHING = ("LT-101", "LT-102", "LT-103", "LT-104", "FT-S", "ZT-101", "ZT-102", "LS-101")


def _of(scenario: str, text: str) -> dict[str, Any]:
    return report.report(lived(scenario, text))


def _kept(name: str) -> dict[str, Any]:
    return _of(str(KEPT / "named" / "gauge-sticks.yaml"), (KEPT / f"{name}.cmd").read_text(encoding="utf-8"))


def _met(found: dict[str, Any], mark: str) -> bool:
    return bool(next(m["met"] for m in found["marks"] if m["mark"] == mark))


# no limit stands yet in these when somebody acts blindly
@pytest.mark.parametrize("scenario", ["gauge-sticks", "keep-pumping"])
@pytest.mark.parametrize("text", [
    "+5 s control-room stop TR-1\n+5 s control-room close XV-101\n",
    "+5 s control-room trip ESD-1\n",
    "".join(f"+{5 + n} s control-room doubt {name}\n" for n, name in enumerate(EVERYTHING)),
    "".join(f"+{5 + n} s control-room report {name}\n" for n, name in enumerate(EVERYTHING)),
], ids=["stop and close", "emergency stop", "doubts", "reports"])  # fmt: skip
def test_blind_acts_lose_detection(scenario: str, text: str) -> None:
    assert not _met(_of(scenario, text), "detection")


@pytest.mark.parametrize("scenario", ["first-watch", "power-dips", "valve-does-not-close"])
def test_past_a_limit_stopping_is_no_false_alarm(scenario: str) -> None:
    found = _of(scenario, "+5 s control-room stop TR-1\n+5 s control-room close XV-101\n")
    assert found["false_alarms"] == []
    ended = scenario != "valve-does-not-close"  # there the ship hears nobody and pumps on
    assert [t["costs_s"] for t in found["trade"]] == ([12 * 3600] if ended else [])


def test_doubts_of_everything_lose_detection_where_a_limit_stands_too() -> None:
    text = "".join(f"+{90 + n} s control-room doubt {name}\n" for n, name in enumerate(EVERYTHING))
    for scenario in ("first-watch", "power-dips", "valve-does-not-close"):
        assert not _met(_of(scenario, text), "detection"), scenario


def test_a_message_that_names_nothing_is_no_detection() -> None:
    text = '+300 s control-room tell field "look out"\n+310 s control-room tell supervisor "all well"\n'
    assert not _met(_of("gauge-sticks", text), "detection")
    assert (
        _met(_of("gauge-sticks", "+300 s control-room tell field about LT-101\n"), "detection") is False
    )  # an objective asks for the doubt


def test_half_right_knew_in_time_and_acted_late() -> None:
    found = _kept("half-right")
    assert {m["mark"] for m in found["marks"] if not m["met"]} == {"containment"}
    (thing,) = found["things"]
    steps = {s["step"]: s["t_s"] for s in thing["steps"]}
    assert steps == {"noticed": 360, "checked": 420, "named": 430, "acted": 1290, "told": None}
    assert thing["gap"] == {"known_s": 430, "acted_s": 1290, "seconds": 860}
    assert "it was known at 02:17 and acted on at 02:31, 14 min later" in found["headline"]["text"]
    assert "MOVE-101 27" not in next(s["showed"] for s in thing["steps"] if s["step"] == "noticed"), (
        "not worked out yet"
    )


def test_foolish_cried_wolf() -> None:
    found = _kept("foolish")
    assert not _met(found, "detection")
    assert [a["act"] for a in found["false_alarms"]] == ["doubt LT-102", "doubt ZT-101"]
    assert [a["loses"] for a in found["false_alarms"]] == [False, False]


def test_a_check_that_repeats_is_judged_round_by_round() -> None:
    found = _kept("half-right")
    rounds = [a for a in found["acts"] if a["act"] == "check MOVE-101"]
    assert [a["expected_s"] for a in rounds] == [1, 301, 601, 901, 1201]
    assert [a["done_s"] for a in rounds] == [None, 360, None, None, None]
    assert any("1 of 5 rounds in time" in s["text"] for s in found["story"])


def test_an_act_for_one_line_is_none_for_another() -> None:
    its = sessions.start(Setup(str(KEPT / "shared-act.yaml")))
    its.advance(its.lasts)
    cues = its.block.asked[0]
    names = [line.name for line in its.model.plan]
    swing, doubt, dip = (names.index(n) for n in ("swing", "doubt-1", "dip"))
    closed = next(a.tick for a in its.block.acts[0] if a.sentence == "close XV-1")
    assert cues[swing] < closed < cues[doubt] <= cues[dip], "the routine close starts nothing that waits for the doubt"
    doubted = next(a.tick for a in its.block.acts[0] if a.sentence == "doubt LT-1")
    assert cues[dip] == doubted


def test_out_of_old_readings_nothing_is_worked_out() -> None:
    its = sessions.start(Setup(str(KEPT / "dead-controller.yaml")))
    its.advance(its.lasts)
    gone = next(e.tick for e in its.block.events[0] if e.subject == "BPCS" and e.said.key == "power.lost")
    back = next(e.tick for e in its.block.events[0] if e.subject == "BPCS" and e.said.key == "power.back")
    ends = [(a.tick, a.end, a.why) for a in its.block.acts[0] if a.thing == "MOVE-1" and a.end]
    during = [(end, str(why)) for tick, end, why in ends if gone < tick < back]
    assert during
    assert all(end == "FAILED" and "stale" in why for end, why in during)
    assert {end for tick, end, _ in ends if not gone < tick < back} == {"PROVEN"}


def test_an_unfinished_run_is_called_so_and_not_scored() -> None:
    its = lived("gauge-sticks", "+300 s control-room doubt LT-101\n", until=900)
    found = report.report(its)
    assert found["score"] is None
    assert found["marks"] == []
    lines = told(found)
    assert any("unfinished" in line for line in lines)
    assert not any(line.startswith(("score", "  + ", "  - ")) for line in lines)


def test_a_call_that_the_night_asked_for_is_lost_when_nobody_looks() -> None:
    its = sessions.start(Setup("buncefield-2005", posts="none"))
    its.advance(its.lasts)
    found = report.report(its)
    lost = next(m for m in found["marks"] if m["mark"] == "call and muster")
    assert not lost["met"]
    assert lost["evidence"] == "call works-brigade: not within 120 s"


def test_what_the_emergency_stop_did_is_not_called_left_undone() -> None:
    found = _of("first-watch", "+130 s control-room trip ESD-1\n")
    stop = next(a for a in found["acts"] if a["act"] == "stop TR-1")
    assert (stop["done_s"], stop["instead"]["act"], stop["instead"]["t_s"]) == (None, "trip ESD-1", 130)
    assert any("stop TR-1: never done; trip ESD-1 by control-room did it 10:02:10" in line for line in told(found))
    assert "LZ" not in str(stop["instead"])
