"""Nights to draw, made once each: their debrief and their scene; and parts of a debrief written by hand, to be drawn too."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests import as_shipped
from twin.debrief import outcome, report, whatif
from twin.engine import replay
from twin.engine import session as sessions
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.film.scene import Scene, scene

COURSES: dict[str, tuple[tuple[int, str, str], ...]] = {
    "half right": (
        (360, "control-room", "check MOVE-101"), (430, "control-room", "doubt LT-101"), (440, "field", "check DIP-101"),
        (1290, "control-room", "stop TR-1"),
    ),
    "wrong order": (
        (200, "control-room", "close XV-101"), (260, "control-room", "open XV-101"), (900, "control-room", "check MOVE-101"),
        (1270, "control-room", "stop TR-1"), (1280, "control-room", "doubt LT-101"),
    ),
    "foolish": (
        (120, "control-room", "doubt LT-102"), (150, "control-room", "doubt FT-S"), (200, "control-room", "doubt ZT-101"),
        (300, "control-room", "call outside"), (1280, "control-room", "doubt LT-101"), (1290, "field", "check DIP-101"),
        (1300, "control-room", "close XV-101"), (1400, "control-room", "open XV-101"),
    ),
}  # fmt: skip
"""What a crew did in gauge-sticks: tick, post, act."""


Told = tuple[Session, dict[str, Any], Scene]


@cache
def of_readme() -> Told:
    """The night of the README, of the drill as it is shipped, by its name."""
    settings = ("night=sticks", "berth=into-1", "plan.doubt-101.delay=14 min")
    with as_shipped():
        its = sessions.start(Setup("gauge-sticks", settings=settings))
    return _told(its)


@cache
def late() -> tuple[Session, dict[str, Any], Scene]:
    """Gauge-sticks with the doubt fourteen minutes late: the session, its report with answers, its scene."""
    its = sessions.start(Setup("gauge-sticks", settings=("plan.doubt-gauge.delay=14 min",)))
    return _told(its)


@cache
def crew(course: str) -> tuple[Session, dict[str, Any], Scene]:
    """Gauge-sticks as a crew played it."""
    its = sessions.start(Setup("gauge-sticks", taken=("control-room", "field")))
    for tick, post, act in COURSES[course]:
        its.command(post, act, tick)
    return _told(its)


@cache
def second() -> tuple[Session, dict[str, Any], Scene]:
    """The half right crew with a second chance, in which the transfer is stopped before the window closes."""
    with tempfile.TemporaryDirectory() as folder:
        first = sessions.start(Setup("gauge-sticks", taken=("control-room", "field")), Path(folder) / "first.twin")
        for tick, post, act in COURSES["half right"]:
            first.command(post, act, tick)
        first.finish(outcome.sealed)
        first.close()
        its = replay.second_chance(first, 1230, Path(folder) / "second.twin", act="stop TR-1", closes=1284)
        its.command("control-room", "stop TR-1", 1250)
        told = _told(its)
        its.close()
    return told


@cache
def other(name: str, posts: str = "plan", settings: tuple[str, ...] = ()) -> tuple[dict[str, Any], Scene]:
    """Another night, without answers."""
    its = sessions.start(Setup(name, posts=posts, settings=settings))
    its.finish(outcome.sealed)
    found = report.report(its)
    return found, scene(its, found)


def _told(its: Session) -> tuple[Session, dict[str, Any], Scene]:
    its.finish(outcome.sealed)
    found = report.report(its, whatif.answers(its))
    return its, found, scene(its, found)


def _steps(thing: str) -> dict[str, Any]:
    """Five steps of one thing: in time, late, and never."""
    done = (
        (400, 700, "check MOVE-101"),
        (1290, 1150, "check DIP-101"),
        (430, 600, "doubt LT-101"),
        (1290, 600, "stop TR-1"),
        (None, 600, ""),
    )
    names = ("noticed", "checked", "named", "acted", "told")
    return {
        "thing": thing, "text": f"{thing} shows something else than the truth", "onset_s": 91, "shown_s": 160,
        "steps": [{"step": n, "t_s": t, "by": "control-room" if act else "", "act": act, "due_s": due,
                   "showed": "LT-101 14.34 m, FT-S 1040 m3/h, XV-101 open" if act else ""}
                  for n, (t, due, act) in zip(names, done, strict=True)],
        "gap": {"known_s": 430, "acted_s": 1290, "seconds": 860},
    }  # fmt: skip


BY_HAND: dict[str, Any] = {
    "headline": {
        "text": "LT-101 showed something else than the truth from 02:11, and it was believed for 5 min; it was known at 02:17 and acted on at "
        "02:31, 14 min later; the last chance (stop TR-1) was 02:31:24, and the plan allowed until 02:20:00.",
        "cause": "LT-101 showed something else than the truth", "gap": {"known_s": 430, "acted_s": 1290},
        "last_chance": {"closes_s": 1284, "text": "stop TR-1"},
    },
    "things": [_steps("LT-101"), _steps("LS-101")],
    "false_alarms": [
        {"t_s": 120, "post": "control-room", "act": "doubt LT-102", "loses": False, "text": "control-room: doubt LT-102, and nothing shown pointed at it"},
        {"t_s": 150, "post": "control-room", "act": "doubt FT-S", "loses": True, "text": "control-room: doubt FT-S at <b>1050 m3/h</b>, and nothing shown pointed at it"},
    ],
    "trade": [{"transfer": "TR-1", "moved_m3": 375.0, "amount_m3": 1200.0, "costs_s": 43200,
               "text": "TR-1 was ended at 375 m3 of 1200 m3: it costs 12 h in trade."}],
    "findings": [{"text": "The plan allows longer than the plant does: check DIP-101 until 02:29:10, and it helped until 02:20:00.", "line": "dip", "allowed_s": 720, "closes_s": 600}],
}  # fmt: skip
"""Parts of a debrief of gauge-sticks, with every kind of row."""


def full(found: dict[str, Any]) -> dict[str, Any]:
    """A debrief with the parts by hand, a window of either act, and a reason of luck."""
    w = next(w for w in found["windows"] if w["closes_s"] is not None and w["what"] == "act")
    either = {
        **w,
        "act": "either of stop TR-1, close XV-101",
        "what": "either",
        "members": ["stop TR-1", "close XV-101"],
    }
    luck = {
        **found["luck"],
        "differed": {
            "name": "ship.flow",
            "text": "ship.flow differed most: 1060 m3/h where it ended worse, 1040 m3/h where it ended better (medians)",
        },
    }
    return {**found, **BY_HAND, "windows": [either, *found["windows"]], "luck": luck}


def unfinished(found: dict[str, Any]) -> dict[str, Any]:
    """The same debrief of a run that was left: no score, no marks."""
    left = {
        "text": "The run is unfinished: it stands at 02:35:00 and is not scored.",
        "cause": "",
        "gap": None,
        "last_chance": None,
    }
    return {**found, "finished": False, "score": None, "marks": [], "headline": left}
