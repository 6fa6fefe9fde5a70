"""The console shows evidence: what checks found, what is not to be believed, how long something takes; all from a board."""

import itertools
import re
from pathlib import Path

import pytest

from tests.screens.small import DAY, DESK, KEPT, SIZES, drawn, lived, roles, small_day, text
from tui.cells import Page
from twin.engine import session as sessions
from twin.engine.setup import Setup
from twin.seat import amounts, view
from twin.seat.picture import Snapshot, take


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A day on a farm whose tanks share one meter."""
    return small_day(tmp_path)


# what a check found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("assessed", [False, True])
def test_a_check_shows_its_value_its_age_and_what_it_means_in_log_tank_and_procedure(
    size: tuple[int, int], assessed: bool
) -> None:
    its = lived(KEPT, 400, (200, "control-room", "check MOVE-101"), assessed=assessed)
    (found,) = (f for f in take(its, DESK).found)
    value = str(found.value)
    assert float(value.split(maxsplit=1)[0]) > amounts.gap_seen_m3(its.model)["MOVE-101"]
    says = f"{value}: FT-S counted more than LT-101 shows"
    page = " ".join(text(drawn(take(its, DESK), size, guided=not assessed)).split())
    assert f"MOVE-101 {value}, 0:02:{20 - (found.tick - 260):02d} ago: FT-S counted more than LT-101 shows" in page
    log = " ".join(text(drawn(take(its, DESK), size, tab="3", guided=not assessed)).split())
    assert f"PROVEN, {says}" in log
    plan = " ".join(text(drawn(take(its, DESK), size, tab="6", guided=not assessed)).split())
    if "check MOVE-101" in plan:
        assert "FT-S counted more than LT-101 shows" in plan


def test_a_check_of_a_sound_gauge_finds_nothing_apart(small: Path) -> None:
    its = lived(small, 400, (60, "control-room", "check MOVE-1"), (60, "field", "check DIP-1"))
    found = {f.name: f for f in take(its, DESK).found}
    assert str(found["MOVE-1"].means) == "LT-1 and FT-S agree"
    assert re.fullmatch(r"LT-1 shows 14\.\d\d m, the same", str(found["DIP-1"].means))


def test_a_dip_beside_a_stuck_gauge_says_so(small: Path) -> None:
    its = lived(small, 700, (5, "instructor", "set LT-1.stuck"), (300, "field", "check DIP-1"))
    (dip,) = (f for f in take(its, DESK).found if f.name == "DIP-1")
    assert re.fullmatch(r"LT-1 shows 14\.0\d m, not the same", str(dip.means))
    assert dip.thing == "T-1"


def test_what_another_post_worked_out_at_its_own_desk_is_not_known_here(small: Path) -> None:
    its = lived(small, 300, (60, "supervisor", "check LT-1"))
    assert not take(its, DESK).found
    assert [f.name for f in take(its, ("supervisor",)).found] == ["LT-1"]
    assert str(take(its, ("supervisor",)).found[0].means) == "within its limits"


def test_seats_outside_are_shown_what_was_read_by_hand_alone(small: Path) -> None:
    its = lived(small, 500, (60, "control-room", "check MOVE-1"), (60, "field", "check DIP-1"))
    assert [f.name for f in take(its, ("field",)).found] == ["DIP-1"]


# what is not to be believed


def _marks(snap: Snapshot, tab: str = "1", size: tuple[int, int] = (120, 40)) -> Page:
    return drawn(snap, size, tab=tab)


@pytest.mark.parametrize("size", SIZES)
def test_a_doubted_level_is_marked_wherever_it_stands(small: Path, size: tuple[int, int]) -> None:
    its = lived(small, 700, (600, "control-room", "doubt LT-1"))
    snap = take(its, DESK)
    level = f"{next(t.level_m for t in snap.tanks if t.name == 'T-1'):.2f}"
    page = drawn(snap, size)
    assert roles(page, f"{level}?") | roles(page, f"{level} m?") == {"dis"}
    assert re.search(r"full 0:\d\d:\d\d\?", text(page))
    assert re.search(r"IS FULL IN 0:\d\d:\d\d\?", text(page))
    assert str(next(r for r in view.readings(its) if r.name == "LT-1").says).endswith("m DOUBTED")
    assert next(r for r in view.readings(its) if r.name == "FULL-1").doubt == "doubted"


def test_what_was_worked_out_of_a_doubted_gauge_is_marked_too(small: Path) -> None:
    its = lived(small, 400, (200, "control-room", "check MOVE-1"))
    assert re.search(r"MOVE-1 -?[\d.]+ m3, 0:", text(drawn(take(its, DESK), (80, 24))))
    its.command("control-room", "doubt LT-1")
    its.advance(410)
    assert re.search(r"MOVE-1 -?[\d.]+ m3\?, 0:", text(drawn(take(its, DESK), (80, 24))))


@pytest.mark.parametrize("size", SIZES)
def test_a_doubted_meter_is_marked_in_the_row_and_in_the_sentence(small: Path, size: tuple[int, int]) -> None:
    snap = take(lived(small, 700, (600, "control-room", "doubt FT-S")), DESK)
    page = drawn(snap, size)
    assert roles(page, "+1000?") == {"dis"} or re.search(r"\+\d{3,4}\?", text(page))
    assert re.search(r"\+\d+ m3/h\?", page.text(2))


def test_tanks_packed_together_keep_their_mark(small: Path) -> None:
    snap = take(lived(small, 120, *((60, "control-room", f"doubt LT-{n}") for n in range(2, 10))), DESK)
    page = drawn(snap, (80, 24))
    packed = next(page.text(y) for y in range(24) if page.text(y).startswith("normal"))
    assert set(re.findall(r"T-\d \d+%", packed)) == set(re.findall(r"T-\d \d+%(?=\?)", packed)) != set()
    assert any(page.text(y).startswith("    T-1") for y in range(24)), "what moves has a row"
    assert "dis" in roles(page, re.findall(r"T-\d \d+%\?", packed)[-1])


@pytest.mark.parametrize("lost", ["UPS-1", "UPS-2"])
def test_what_a_lost_supply_has_frozen_is_marked(small: Path, lost: str) -> None:
    """The instruments hang on UPS-1, their controller on UPS-2: without either they hold their last value."""
    snap = take(lived(small, 300, (60, "instructor", f"isolate {lost}")), DESK)
    row = next(t for t in snap.tanks if t.name == "T-1")
    assert not row.good
    assert not row.flow_good
    assert not row.temperature_good
    assert row.inlet_role == "dis"
    assert str(row.trip) == "BAD"
    assert all(r.doubt == "bad" for r in snap.readings if r.known and not r.by_hand and r.name != "MOVE-1")
    page = drawn(snap, (120, 40))
    assert str(row.inlet).endswith("?")
    assert f"{row.temperature}?" in text(page)


def test_a_switch_out_of_service_is_not_called_ok(small: Path) -> None:
    small.write_text(
        DAY.replace("farm: small", "farm: {like: small, works: {W-1: {kind: out of service, of: LS-1, because: test}}}")
    )
    row = next(t for t in take(lived(small, 5), DESK).tanks if t.name == "T-1")
    assert str(row.trip) == "OUT"
    assert row.trip_role == "dis"


def test_what_only_the_truth_knows_marks_nothing(small: Path) -> None:
    its = lived(small, 300, (5, "instructor", "set LT-1.stuck"), (5, "instructor", "set LS-1.dead"))
    row = next(t for t in take(its, DESK).tanks if t.name == "T-1")
    assert row.good
    assert str(row.trip) == "ok"


# the time to a limit


def test_the_time_to_a_limit_is_steady(small: Path) -> None:
    its = lived(small, 180)
    shown, raw = [], []
    for tick in range(180, 780):
        its.advance(tick)
        snap = take(its, DESK)
        row = next(t for t in snap.tanks if t.name == "T-1")
        assert row.to_limit_s is not None
        shown.append(row.to_limit_s)
        raw.append(next(r.value for r in snap.readings if r.name == "FULL-1"))
    rises = [b - a for a, b in itertools.pairwise(shown) if b > a]
    assert sum(b > a for a, b in itertools.pairwise(raw)) > 100, "the value itself jumps"
    assert len(rises) <= 2
    assert max(rises, default=0.0) <= 60.0
    assert abs(shown[-1] - raw[-1]) < 120.0


@pytest.mark.parametrize("inlet", ["0 %", "100 %"])
def test_where_nothing_flows_no_tank_is_called_full_in(small: Path, inlet: str) -> None:
    """Noise alone lets a level seem to rise, and a meter that stands at nothing to count."""
    small.write_text(DAY.replace("TR-1: {running: yes}", f"XV-1: {{position: {inlet}}}"))
    its = lived(small, 70)
    for tick in range(70, 400):
        its.advance(tick)
        for row in take(its, DESK).tanks[:2]:
            assert row.to_limit is None
            assert row.flow_m3_h == 0.0


def test_a_meter_that_counts_behind_a_valve_shown_shut_is_seen(small: Path) -> None:
    its = lived(small, 300, (5, "instructor", "set ZT-1.bias to -100 %"))
    rows = {t.name: t for t in take(its, DESK).tanks}
    assert str(rows["T-1"].inlet) == "shut"
    assert rows["T-1"].flow_m3_h is not None
    assert rows["T-1"].flow_m3_h > 900.0


def test_a_level_that_rises_is_told_though_the_meter_shows_nothing(small: Path) -> None:
    its = lived(small, 300, (5, "instructor", "set FT-S.bias to -1500 m3/h"))
    row = next(t for t in take(its, DESK).tanks if t.name == "T-1")
    assert row.flow_m3_h == 0.0
    assert row.to_limit is not None


def test_the_time_to_a_limit_follows_what_flows(small: Path) -> None:
    its = lived(small, 400, (300, "instructor", "set ship.flow to 500 m3/h"))
    for tick in range(400, 480, 10):
        its.advance(tick)
        snap = take(its, DESK)
        row = next(t for t in snap.tanks if t.name == "T-1")
        raw = next(r.value for r in snap.readings if r.name == "FULL-1")
        assert row.to_limit_s is not None
        assert abs(row.to_limit_s - raw) < 0.2 * raw, tick


def test_a_shared_meter_counts_for_the_tank_whose_valve_is_open(small: Path) -> None:
    rows = {t.name: t for t in take(lived(small, 300), DESK).tanks}
    assert rows["T-1"].flow_m3_h > 900.0
    assert rows["T-2"].flow_m3_h == 0.0
    assert rows["T-2"].to_limit is None


# how it is drawn


@pytest.mark.parametrize("size", SIZES)
def test_in_mono_an_empty_bar_is_not_drawn_like_a_full_one(small: Path, size: tuple[int, int]) -> None:
    snap = take(lived(small, 5), DESK)
    page = drawn(snap, size, theme="mono")
    row = next(page.text(y) for y in range(page.rows) if "T-3" in page.text(y))
    filled = next(t.filled for t in snap.tanks if t.name == "T-3")
    width = 22 if size[0] >= 120 else 20
    assert filled is not None
    assert abs(row.count("▄") - filled * width) <= 1.0
    assert row.count("▄") + row.count("▖") + row.count("·") == width


def test_priority_orders_before_acknowledgement(tmp_path: Path) -> None:
    its = sessions.start(Setup("first-watch", taken=DESK))
    its.command("control-room", "acknowledge LAHH-101", 75)
    its.advance(90)
    assert [(a.name, a.state) for a in view.alarms(its)] == [
        ("LAHH-101", "acknowledged"),
        ("LAH-101", "unacknowledged"),
    ]
