"""The console as designed: headings, log with speakers, map, help, trends with axis and cursor, the time line of the end."""

import re
from pathlib import Path

import pytest

from tests.screens.small import DESK, SIZES, drawn, lived, roles, small_day, text
from tui.cells import Page
from tui.paint import debrief, room
from tui.state import Ui
from tui.words import word
from twin.engine import session as sessions
from twin.engine.parts import WORDS
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.language.words import Heard
from twin.seat import facts, traces
from twin.seat.picture import take

WIDE = [s for s in SIZES if s[0] >= 120]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A day on a farm whose tanks share one meter."""
    return small_day(tmp_path)


def _filling(small: Path, tick: int = 700, **more: bool) -> Session:
    return lived(small, tick, (300, "control-room", 'tell field "go and look"'), **more)


@pytest.mark.parametrize("size", SIZES)
def test_the_log_says_who_speaks_to_whom(small: Path, size: tuple[int, int]) -> None:
    page = text(drawn(take(_filling(small), DESK), size, tab="3"))
    assert re.search(r'10:05:00  control-room>field +"go and look"', page)
    assert re.search(r"10:0\d:\d\d  alarm +LAH-1: LT-1 > 14.4 m", page)


def test_every_kind_that_somebody_hears_has_a_speaker() -> None:
    for kind in WORDS.events.values():
        if kind.since == "spine" and kind.heard not in {Heard.NOBODY, Heard.NEAR}:
            assert word(f"log.{kind.name}")


@pytest.mark.parametrize("size", WIDE)
def test_the_alarms_have_headings(small: Path, size: tuple[int, int]) -> None:
    page = drawn(take(_filling(small), DESK), size, tab="2")
    heads, first = page.text(5), page.text(6)
    for head, value in (("tag", "LAH-1"), ("what", "LT-1"), ("limit", "> 14.4")):
        assert heads.index(head) == (first.rindex(value) if head == "limit" else first.index(value))


@pytest.mark.parametrize("size", WIDE)
def test_the_map_shows_tanks_by_what_the_board_shows_of_them(small: Path, size: tuple[int, int]) -> None:
    its = _filling(small)
    ground = facts.of(its.model).ground
    page = drawn(take(its, DESK), size, ground=ground)
    assert roles(page, "(1)") == {"p2 chip"}
    assert roles(page, "(2)") == {"text"}
    its.command("control-room", "doubt LT-2")
    its.advance(710)
    assert roles(drawn(take(its, DESK), size, ground=ground), "(2)") == {"dis"}
    its = lived(small, 700, (5, "instructor", "set LT-1.stuck"))  # in truth it fills on
    assert roles(drawn(take(its, DESK), size, ground=ground), "(1)") == {"text"}


def test_a_farm_without_positions_has_no_map(small: Path) -> None:
    assert "no positions" in text(drawn(take(_filling(small), DESK), (120, 40), tab="4"))


@pytest.mark.parametrize("size", SIZES)
def test_help_says_how_long_there_is_and_what_comes_of_nothing_but_in_assessed_runs_not(
    small: Path, size: tuple[int, int]
) -> None:
    page = text(drawn(take(_filling(small), DESK), size, help=True, alarm="LAH-1", tab="2"))
    assert re.search(r"time left +full 0:\d\d:\d\d", page)
    assert "IF YOU DO NOTHING" in page
    assert re.search(r"T-1 is full at about 10:\d\d:\d\d: what comes then +runs over into bund", " ".join(page.split()))
    held = text(
        drawn(take(_filling(small, assessed=True), DESK), size, help=True, alarm="LAH-1", tab="2", guided=False)
    )
    assert "IF YOU DO NOTHING" not in held
    assert "WHAT TO DO" not in held


@pytest.mark.parametrize("columns", [20, 22])
def test_two_limits_close_together_are_two_ticks(columns: int) -> None:
    its = sessions.start(Setup("first-watch", taken=DESK))
    its.advance(90)
    page = drawn(take(its, DESK), (80, 24) if columns == 20 else (120, 40))
    row = next(page.text(y) for y in range(page.rows) if page.text(y).startswith("!!1 T-101"))
    assert "│┃" in row


def _trend(its: Session, size: tuple[int, int], cursor: int) -> Page:
    snap = take(its, DESK)
    found = traces.of_board(its, snap.readings, ("LT-1", "FT-S"))
    return room.paint(snap, Ui(tab="7", cursor=cursor), *size, traces=found, strict=True)


@pytest.mark.parametrize("size", SIZES)
def test_trends_share_an_axis_of_time_and_the_cursor_reads_them(small: Path, size: tuple[int, int]) -> None:
    its = _filling(small)
    now, before = _trend(its, size, 0), _trend(its, size, 300)
    assert re.search(r"10:00 .*10:05 .*10:10", text(now))
    assert "cursor 10:11:40" in text(now)
    assert "cursor 10:06:40" in text(before)
    assert its.block.recorder is not None
    stood = float(its.block.recorder.signals[400][0, its.model.signals.at["LT-1"]])
    assert any(f"{stood + d:.2f}" in text(before) for d in (-0.01, 0.0, 0.01))
    level = f"{stood:.2f}"
    assert "key" in roles(before, level) or any("key" in roles(before, f"{stood + d:.2f}") for d in (-0.01, 0.01))
    assert roles(now, "LAH-1") >= {"p2"}
    axis = next(y for y in range(now.rows) if "A alarm" in now.text(y))
    assert now.cells[axis][now.text(axis).index("A")][1] == "p2 chip"


def test_a_line_takes_the_colour_of_the_limit_that_it_is_past(small: Path) -> None:
    page = _trend(_filling(small), (120, 40), 1000)
    line = {role for row in page.cells for c, role, _ in row if 0x2800 < ord(c or " ") < 0x2900}
    assert line == {"text", "p2"}


def test_the_end_draws_each_act_against_its_moment() -> None:
    window = {"what": "act", "act": "close XV-1", "members": ["close XV-1"], "lines": [], "kind": "window",
              "closes_s": 600, "done_s": 700, "worth": {"harm": 0, "marks": 0, "spilled_m3": 0.0}}  # fmt: skip
    early = {**window, "act": "stop TR-1", "done_s": 550}
    found = {"title": "T", "score": "1", "clock": ["2026-01-12 10:00:00"], "marks": [], "trade": [],
             "totals": {"spilled_m3": 0.0}, "windows": [window, early]}  # fmt: skip
    page = Page(120, 40, strict=True)
    debrief.paint_end(page, debrief.End(found, "1", 0, 1.0, (), "", ""))
    rows = text(page).splitlines()
    at = next(i for i, row in enumerate(rows) if "TIME LINE" in row)
    late, in_time = rows[at + 2], rows[at + 3]
    assert late.index("|") < late.index("x", 33)
    assert in_time.index("o", 33) < in_time.index("|")
