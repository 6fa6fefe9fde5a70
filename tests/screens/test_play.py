"""The console played by keystrokes alone: a stranger finishes First watch; the end names every mark lost."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.screens.play import Player
from tui.app import Console
from tui.canvas import Canvas
from tui.end import End


def _play(
    where: Path, scenario: str, keys: list[str], *, size: tuple[int, int] = (120, 40), **more: object
) -> tuple[list[str], Path]:
    """Plays lines (`:text` is typed and entered, anything else are keys); the screens after each, and the run file."""
    out = where / "run.twin"

    async def go() -> list[str]:
        console = Console(scenario=scenario, out=out, strict=True, **more)  # type: ignore[arg-type]
        seen = []
        async with console.run_test(size=size) as pilot:
            player = Player(console, pilot)
            await player.settle()
            await player.press("space")  # the clock stands; time goes on by `skip` alone, so that ticks are certain
            for line in keys:
                await player.give(line)
                seen.append(player.text())
        return seen

    return asyncio.run(go()), out


def _verified(run: Path) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "twin", "verify", str(run)], capture_output=True, text=True, check=False
    )
    return done.returncode == 0


GOOD = [":skip to 10:00:30", ":skip to next alarm", "h", "enter", "enter", ":skip 1 min", "escape", ":end"]


def test_first_watch_is_won_by_what_the_screen_says(tmp_path: Path) -> None:
    seen, run = _play(tmp_path, "first-watch", GOOD)
    assert "LAHH-101" in seen[2]
    assert "WHAT TO DO" in seen[2]
    assert "> stop TR-1" in seen[2]
    assert "close XV-101 PROVEN" in seen[5]
    assert "1000000" in seen[-1]
    assert "Hints taken" in seen[-1]
    assert "TRAINING, NOT LIVE PLANT" in seen[-1]
    assert _verified(run)


def test_the_bad_course_names_each_mark_lost_with_its_time(tmp_path: Path) -> None:
    seen, _ = _play(tmp_path, "first-watch", [":end"])
    for mark in ("containment", "detection", "isolation"):
        line = next(row for row in seen[-1].splitlines() if row.strip().startswith(f"-  {mark}"))
        assert "10:1" in line


def test_a_word_is_asked_for_before_a_trip_and_escape_leaves_it(tmp_path: Path) -> None:
    keys = [":skip to next alarm", ":trip ESD-1", "escape", ":trip ESD-1", "t r i p enter", ":skip 1 min"]
    seen, _ = _play(tmp_path, "first-watch", keys)
    assert "This needs its word. Type trip" in seen[1]
    assert "This needs its word" not in seen[2]
    assert "ESD-1 trips" in seen[-1]


def test_what_a_post_may_not_do_is_refused_with_who_may(tmp_path: Path) -> None:
    seen, _ = _play(tmp_path, "first-watch", [":isolate grid", "i s o l a t e enter", ":clsoe XV-101"])
    assert "supervisor, safety, principal may" in seen[1]
    assert "Did you mean close?" in seen[2]


def test_assessed_gives_cause_and_limit_only(tmp_path: Path) -> None:
    seen, run = _play(tmp_path, "first-watch", ["@10:01:10", "h", "enter"], guided=False)
    assert "assessed: cause and limit only" in seen[1]
    assert "WHAT TO DO" not in seen[1]
    assert "HINT" not in seen[0]
    assert "Send step" not in seen[1]
    assert not any("stop TR-1" in line for line in run.read_text().splitlines() if '"command"' in line), (
        "nothing sends itself"
    )


def test_an_assessed_clock_runs_on_by_itself(tmp_path: Path) -> None:
    seen, _ = _play(tmp_path, "first-watch", ["space", ":skip 1 min", ":speed 0.5", ":freeze"], guided=False)
    for screen in seen:
        assert "no freeze, no skip, not slower" in screen
        assert "RUN x1" in screen


def test_after_the_end_escape_goes_to_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seen, _ = _play(tmp_path, "first-watch", [":end", "escape"])
    assert "Choose a drill" in seen[-1]
    assert "a 1 when nobody was hurt, then a 0 for each of six marks met" in " ".join(seen[0].split())


# keys act on what is drawn


def test_no_key_acts_on_a_page_that_is_not_drawn(tmp_path: Path) -> None:
    keys = [
        ":skip to 10:01:10",
        "7",
        "a",
        "s",
        "h",
        "A",
        "1",
        "question_mark",
        "a",
        "enter",
        "escape",
        "3",
        "enter",
        "x",
    ]
    seen, run = _play(tmp_path, "first-watch", keys)
    assert not any("acknowledge" in line for line in run.read_text().splitlines())
    assert "2 unack" in seen[-1]
    assert "shelve" not in seen[3]


def test_in_too_small_a_window_no_key_acts_on_what_it_hides(tmp_path: Path) -> None:
    _, run = _play(tmp_path, "first-watch", ["@10:01:10", "a", "A", "h", "enter"], size=(60, 20))
    assert not any('"do"' in line and "take" not in line for line in run.read_text().splitlines())


def test_the_word_that_is_asked_for_says_what_it_does_what_it_costs_and_what_proves_it(tmp_path: Path) -> None:
    seen, _ = _play(tmp_path, "first-watch", [":trip ESD-1", "escape", ":as supervisor isolate grid"], size=(80, 24))
    for said in ("close XV-101, close XV-102, stop TR-1", "12 h lost in trade", "until it is reset", "ZT-101 < 2 %"):
        assert said in seen[0]


def test_the_radio_offers_posts_and_messages_that_fit(tmp_path: Path) -> None:
    keys = [":skip to 10:01:10", "r", "right", "down", "enter", "enter", ":skip 1 min"]
    seen, run = _play(tmp_path, "first-watch", keys, size=(80, 24))
    assert "[field]" in seen[1]
    assert 'tell field "go and look at T-101"' in seen[1]
    assert "[supervisor]" in seen[2]
    orders = [json.loads(line)["body"] for line in run.read_text().splitlines() if '"command"' in line]
    assert orders[-1]["do"].startswith('tell supervisor "LAH-101 stands: LT-101 > 14.4 m, now 14.81 m')


def test_an_order_that_timed_out_stands_first_until_it_was_seen(tmp_path: Path) -> None:
    keys = [":skip to 22:41:20", ":close XV-101", ":skip 2 min", ":skip 5 min", "c"]
    seen, _ = _play(tmp_path, "valve-does-not-close", keys, size=(80, 24))
    for screen in seen[2:4]:
        pending = next(row for row in screen.splitlines() if row.startswith("PENDING"))
        assert pending.startswith("PENDING  close XV-101 TIMED OUT")
        assert pending.endswith("c seen")
    assert "TIMED OUT" not in next(row for row in seen[4].splitlines() if row.startswith("PENDING"))


@pytest.mark.parametrize(
    "size", [(80, 24), *(pytest.param(s, marks=pytest.mark.long) for s in ((120, 40), (200, 60), (100, 30)))]
)
def test_every_page_fits_its_window(tmp_path: Path, size: tuple[int, int]) -> None:
    keys = [
        ":skip to next alarm",
        ":skip to next alarm",
        "h",
        "escape",
        "2",
        "3",
        "6",
        "1",
        "tab",
        "t",
        "question_mark",
        "q",
        "n",
    ]
    seen, _ = _play(tmp_path, "first-watch", keys, size=size)
    for screen in seen:
        assert "TRAINING, NOT LIVE PLANT" in screen


def test_a_window_that_is_too_small_says_what_it_needs(tmp_path: Path) -> None:
    seen, _ = _play(tmp_path, "first-watch", ["a"], size=(60, 20))
    assert "80x24 is needed" in seen[0]


def test_the_end_may_be_drawn_while_its_screen_goes(tmp_path: Path) -> None:
    async def go() -> None:
        console = Console(scenario="first-watch", out=tmp_path / "run.twin", strict=True)
        async with console.run_test(size=(80, 24)) as pilot:
            player = Player(console, pilot)
            await player.settle()
            await player.give(":end")
            for _ in range(200):
                if isinstance(console.screen, End):
                    break
                await pilot.pause(0.05)
            screen = console.screen
            assert isinstance(screen, End)
            await screen.query(Canvas).remove()
            screen.draw()

    asyncio.run(go())


def test_the_same_orders_at_the_same_ticks_in_plain_lines_give_the_same_digest(tmp_path: Path) -> None:
    seen, run = _play(tmp_path, "first-watch", [":skip to 10:01", ":stop TR-1", ":close XV-101", ":end"])
    assert "1000000" in seen[-1]
    lines = "skip to 10:01\nstop TR-1\nclose XV-101\nend\n"
    plain = tmp_path / "plain.twin"
    command = [sys.executable, "-m", "twin", "drill", "first-watch", "--plain", "--out", str(plain)]
    subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    records = [[json.loads(line) for line in path.read_text().splitlines()] for path in (run, plain)]
    orders = [[r["body"] for r in course if r["kind"] == "command"] for course in records]
    assert orders[0] == orders[1]
    assert records[0][-1]["body"]["digest"] == records[1][-1]["body"]["digest"]


@pytest.mark.usefixtures("as_shipped")
def test_the_first_drill_of_the_readme_key_by_key(tmp_path: Path) -> None:
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
    steps = re.findall(r"^\d\. (.*(?:\n   .*)*)", readme.split("key by key")[1], flags=re.MULTILINE)
    keys, promises = [], []
    for step in steps:
        typed = re.findall(r"`([^`]+)`", step)
        keys += [t for t in typed if t.startswith(":") or t in {"space", "h", "escape"}]
        keys += ["enter"] * typed.count("enter")
        promises += [t for t in typed if t.endswith("PROVEN")]
    assert keys == [
        "space",
        ":skip to next alarm",
        ":skip to next alarm",
        "h",
        "enter",
        "enter",
        ":skip 1 min",
        "escape",
        ":end",
    ]
    seen, run = _play(tmp_path, "first-watch", keys[1:])  # `_play` presses the space bar itself
    assert "no alarm for 10 min" in seen[0]
    assert "LAH-102" in seen[1]
    assert "> stop TR-2" in seen[2]
    assert promises == ["close XV-102 PROVEN"]
    assert promises[0] in seen[keys.index(":skip 1 min") - 1]
    assert "1000000" in seen[-1]
    assert _verified(run)


COURSES = {
    "gauge-sticks": [
        ":skip to 02:15",
        ":check MOVE-101",
        ":skip 65 s",
        ":doubt LT-101",
        ":stop TR-1",
        ":close XV-101",
        ":end",
    ],
    "valve-does-not-close": [
        ":skip to 22:41:20",
        ":close XV-101",
        ":skip 2 min",
        ':tell field "turn XV-101 by hand"',
        ":end",
    ],
    "keep-pumping": [":skip to 04:42", ":skip to next alarm", "h", "enter", "enter", ":end"],
    "power-dips": [":skip to 19:23", ":stop TR-1", ":end"],
}


QUICK = ("gauge-sticks", "valve-does-not-close")  # the courses that `make test` plays; the long round plays all
PLAYED = [n if n in QUICK else pytest.param(n, marks=pytest.mark.long) for n in COURSES]


@pytest.mark.parametrize("scenario", PLAYED)
def test_the_good_course_of_each_drill_keeps_the_score(tmp_path: Path, scenario: str) -> None:
    seen, run = _play(tmp_path, scenario, COURSES[scenario], size=(80, 24))
    assert "1000000" in seen[-1], seen[-1]
    assert _verified(run)


@pytest.mark.parametrize("scenario", PLAYED)
def test_the_bad_course_of_each_drill_names_what_was_lost(tmp_path: Path, scenario: str) -> None:
    seen, _ = _play(tmp_path, scenario, [":end"])
    assert "1000000" not in seen[-1]
    assert "-  containment" in seen[-1]


LOST = [":end", "answers"]
RIGHT = [*LOST, "enter", "space", ":doubt LT-101", ":stop TR-1", ":close XV-101", ":end", "answers", "5"]


@pytest.mark.parametrize("size", [(80, 24), pytest.param((120, 40), marks=pytest.mark.long)])
def test_a_second_chance_of_a_lost_drill_is_won_by_the_right_act(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.chdir(tmp_path)
    seen, first = _play(tmp_path, "gauge-sticks", RIGHT, size=size)
    assert "02:31:24" in seen[1], "the window of the end of the receipt"
    assert "Second chance: doubt-gauge before 02:31:24" in seen[2]
    assert "02:29:2" in seen[2].splitlines()[0], "two minutes before it shut"
    (second,) = (tmp_path / "runs").glob("gauge-sticks-*.twin")
    scores = [json.loads(path.read_text().splitlines()[-1])["body"]["score"] for path in (first, second)]
    assert int(scores[1]) > int(scores[0])
    assert scores[0] in seen[-1]
    assert scores[1] in seen[-1]
    assert _verified(first)
    assert _verified(second)
    header = json.loads(second.read_text().splitlines()[0])["body"]
    assert header["parent"]["digest"] == json.loads(first.read_text().splitlines()[-1])["body"]["digest"]


def test_a_window_that_made_no_difference_is_no_second_chance(tmp_path: Path) -> None:
    seen, _ = _play(tmp_path, "first-watch", [":end", "answers", "down down down down", "enter"])
    assert "its moment made no difference; choose a window that closed" in seen[-1]


def test_the_palette_finds_and_sends_an_order(tmp_path: Path) -> None:
    seen, run = _play(tmp_path, "first-watch", ["ctrl+p", "c l o s e space X V", "enter", ":skip 1 min"])
    assert "XV-101 PROVEN" in seen[-1] or "XV-102" in seen[-1]
    assert any(
        r["body"]["do"].startswith("close XV")
        for r in map(json.loads, run.read_text().splitlines())
        if r["kind"] == "command"
    )


def test_a_seat_handed_over_keeps_its_pending_orders(tmp_path: Path) -> None:
    keys = [":skip to 10:00:30", ":close XV-101", ":take supervisor", ":hand control-room", ":skip 1 min"]
    seen, _ = _play(tmp_path, "first-watch", keys)
    assert "supervisor" in seen[-1].splitlines()[0]
    assert "XV-101 shows closed" in seen[-1]


@pytest.mark.parametrize("scenario", ["no-such-drill", "bad.yaml"])
def test_a_drill_that_cannot_begin_says_why(tmp_path: Path, scenario: str) -> None:
    (tmp_path / "bad.yaml").write_text("scenario: Bad\nfarm: harbour\nlasts: soon\n")
    console = Console(scenario=str(tmp_path / scenario) if scenario.endswith("yaml") else scenario)

    async def go() -> None:
        async with console.run_test(size=(80, 24)) as pilot:
            await pilot.pause(0.1)

    asyncio.run(go())
    assert console.failed is not None
    assert console.return_value == 2
