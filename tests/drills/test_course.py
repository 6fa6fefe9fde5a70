"""One truthful course: every act at its own second, by whom and how it ended; story, table and windows say the same."""

from pathlib import Path
from typing import Any

import pytest
from asking import lived

from twin.debrief import report, whatif
from twin.debrief.text import told
from twin.engine import session as sessions
from twin.engine.setup import Setup
from twin.seat import view
from twin.seat.deeds import REFUSED, deeds

HALF_RIGHT = """\
+360 s control-room check MOVE-101
+430 s control-room doubt LT-101
+440 s field check DIP-101
+1290 s control-room stop TR-1
"""
WRONG_ORDER = """\
+200 s control-room close XV-101
+260 s control-room open XV-101
+900 s control-room check MOVE-101
+1270 s control-room stop TR-1
+1280 s control-room doubt LT-101
"""
FOOLISH = """\
+120 s control-room doubt LT-102
+300 s control-room call outside
+1280 s control-room doubt LT-101
+1290 s field check DIP-101
+1300 s control-room close XV-101
+1400 s control-room open XV-101
"""
REWOUND = """\
+600 s instructor set XV-101.motor-fault
+700 s control-room check MOVE-101
+1000 s control-room stop TR-1
+1300 s control-room close XV-101
+1380 s instructor rewind to +640 s
+800 s control-room doubt LT-101
+810 s control-room stop TR-1
+900 s field close XV-101
"""


def _asked(found: dict[str, Any], act: str) -> dict[str, Any]:
    return next(a for a in found["acts"] if a["act"] == act)


def _story(found: dict[str, Any]) -> str:
    return "\n".join(line["text"] for line in found["story"])


def test_each_act_of_a_line_has_its_own_second() -> None:
    found = report.report(lived("gauge-sticks", HALF_RIGHT))
    assert [(_asked(found, a)["done_s"], _asked(found, a)["late_s"]) for a in ("doubt LT-101", "stop TR-1", "close XV-101")] == [
        (430, 0), (1290, 690), (None, None)]  # fmt: skip
    assert "doubt LT-101 in time, stop TR-1 11 min late, close XV-101 never." in _story(found)
    assert "close XV-101: never done" in "\n".join(told(found))


def test_what_was_taken_back_before_its_cue_is_not_done_in_time() -> None:
    found = report.report(lived("gauge-sticks", WRONG_ORDER))
    shut = _asked(found, "close XV-101")
    assert (shut["done_s"], shut["tried_s"], shut["undone_s"]) == (None, 200, 260)
    assert shut["undone_by"] == "control-room open XV-101"
    assert "close XV-101 before it was asked for, taken back 02:14 by control-room open XV-101" in _story(found)
    assert "control-room: open XV-101, PROVEN; it took back control-room close XV-101." in _story(found)


def test_the_fatal_act_and_the_whole_loss_are_in_the_story() -> None:
    its = lived("gauge-sticks", FOOLISH)
    story = _story(report.report(its))
    assert "it took back control-room close XV-101" in story
    spilled = float(its.block.world.tanks.spilled_m3[0].sum())
    assert f"T-101 still overflows at the end; {spilled:.1f} m3 were spilled in all" in story


def test_the_last_course_has_what_people_and_the_instructor_did_in_it_and_nothing_else() -> None:
    its = lived("gauge-sticks", REWOUND)
    found = report.report(its)
    assert [(d["t_s"], d["act"]) for d in found["deeds"]] == [
        (800, "doubt LT-101"),
        (810, "stop TR-1"),
        (900, "close XV-101"),
    ]
    for told_so in (
        "instructor: set XV-101.motor-fault",
        "control-room: doubt LT-101",
        "control-room: stop TR-1, PROVEN",
    ):
        assert told_so in _story(found)


def test_an_order_that_failed_is_not_in_time_and_says_why() -> None:
    its = sessions.start(Setup("valve-does-not-close", settings=("lasts=9 min",)))
    its.advance(its.lasts)
    its.last_digest()
    found = report.report(its)
    failed = [d for d in deeds(its) if d.end == "TIMED OUT"]
    assert failed
    for d in failed:
        rows = [a for a in found["acts"] if a["act"] == d.sentence and a["post"] == d.post]
        assert all(a["done_s"] != d.tick for a in rows)
        assert any(a.get("tried_s") == d.tick and a["end"] == "TIMED OUT" for a in rows)
    assert "TIMED OUT" in "\n".join(told(found))
    assert "close XV-101 TIMED OUT" in _story(found)


def test_an_order_that_somebody_else_proved_late_says_so() -> None:
    its = sessions.start(Setup("valve-does-not-close"))
    its.advance(its.lasts)
    its.last_digest()
    found = report.report(its)
    assert "close XV-101 in time, PROVEN, late" in _story(found)
    assert "close XV-101: in time, PROVEN late, 22:50:07" in "\n".join(told(found))


def test_what_another_post_did_is_said_with_its_name_and_counts_for_nobody_else() -> None:
    found = report.report(
        lived(
            "gauge-sticks",
            "+1 s control-room check MOVE-101\n+430 s field stop TR-1\n+700 s control-room check MOVE-101\n",
        )
    )
    stop = _asked(found, "stop TR-1")
    assert stop["post"] == "control-room"
    assert stop["done_s"] is None
    story = [d for d in found["deeds"] if d["act"] == "stop TR-1"]
    assert [(d["post"], d["t_s"]) for d in story] == [("field", 430)]


def test_a_refused_act_stands_in_the_course_as_refused() -> None:
    found = [d for d in deeds(lived("gauge-sticks", "+60 s control-room isolate grid\n")) if d.end == REFUSED]
    assert [(d.tick, d.post, d.sentence) for d in found] == [(60, "control-room", "isolate grid")]
    assert found[0].why is not None


@pytest.mark.parametrize(
    "name", ["first-watch", "gauge-sticks", "keep-pumping", "power-dips", "valve-does-not-close", "overfill-saved"]
)
def test_every_line_of_the_course_is_the_event_it_came_from(name: str, tmp_path: Path) -> None:
    its = sessions.start(Setup(name, posts="slow"))
    its.advance(its.lasts)
    its.last_digest()
    events = its.block.events[0]
    found = deeds(its)
    assert len(found) == sum(e.kind in {"command", "refused"} for e in events)
    for d in found:
        event = events[d.event - 1]
        assert (event.tick, event.by) == (d.tick, d.post)
        assert event.said.get("act") == d.sentence
        ends = [
            e
            for e in events
            if e.kind == "order" and (e.tick, e.by, e.said.get("act")) == (d.ended, d.post, d.sentence)
        ]
        assert d.at_once or d.end in {"", REFUSED} or ends


def test_an_assessed_run_does_not_say_which_line_is_due() -> None:
    its = sessions.start(Setup("first-watch", assessed=True))
    its.advance(10)
    assert bool(its.block.world.holds[0, : len(its.model.plan)].any())
    assert not any(r.applies for r in view.lines(its, its.model.posts.names))


def test_an_act_that_only_harms_is_called_harmful_and_one_that_changes_nothing_useless() -> None:
    found = report.report(its := lived("gauge-sticks", FOOLISH), whatif.answers(its))
    kinds = {w["act"]: w["kind"] for w in found["windows"]}
    assert kinds["open XV-101"] == "harmful"
    assert kinds["call outside"] == "useless"
    assert kinds["close XV-101"] in {"closed", "open"}
    told_so = "\n".join(told(found))
    assert "open XV-101 (control-room): harmful: never doing it ends better" in told_so
    assert "call outside (control-room): made no difference" in told_so
