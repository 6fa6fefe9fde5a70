"""The lobby: what it says of a drill and of the runs before, another evening each time, and the drill of the day."""

import asyncio
import datetime
import io
import json
import os
import time
from pathlib import Path

import pytest

from tests.screens.play import Player
from tui.app import Console
from tui.end import End
from tui.lobby import Lobby
from tui.room import Room
from twin.base.fault import Fault
from twin.cli.drill import today
from twin.cli.main import main
from twin.seat.kept import Kept, drill_of, last_of, newest, next_seed
from twin.seat.offers import Offer, offers, todays

DAY = datetime.date(2026, 11, 26)


def kept(drill: str, *lost: str, seed: int = 0) -> Kept:
    return Kept(Path(f"runs/{drill}.twin"), drill, seed, DAY, 2000, "1000000" if not lost else "100000", lost)


def shelf(*levels: int) -> list[Offer]:
    return [Offer(f"d{i}", f"D {i}", 600, level, farm="F", night=True) for i, level in enumerate(levels)]


def days(drills: list[Offer], runs: list[Kept]) -> set[str]:
    """All drills that the date can choose."""
    return {todays(drills, runs, DAY + datetime.timedelta(days=n))[0].name for n in range(40)}


# the runs that were kept


@pytest.mark.usefixtures("as_shipped")
def test_a_run_is_read_off_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert newest() == []
    assert main(["run", "first-watch", "--posts", "none", "--seed", "7"]) == 0
    (its,) = newest()
    assert (its.drill, its.seed, its.day, its.lasted_s) == ("first-watch", 7, today(), 2100)
    assert its.score == "1000"
    assert its.lost == ("containment", "detection", "isolation")
    whole = its.path.read_bytes()
    torn = tmp_path / "runs" / "torn.twin"
    torn.write_bytes(b"\n".join(whole.split(b"\n")[:3]) + b'\n{"body":{"ti')
    os.utime(torn, (time.time() + 60, time.time() + 60))
    first, second = newest()
    assert (first.path, first.score, first.lasted_s, first.clean) == (Path("runs/torn.twin"), "", 1200, False)
    assert second == its


def test_what_is_no_run_is_left_out(tmp_path: Path) -> None:
    deep = b'{"body":' + b"[" * 100_000
    for i, text in enumerate(
        (b"", b"\n", b"[]\n[]", b"\xff\xfe", b'{"body":{}}\n', b'{"body":null}\n{"kind":1}', deep)
    ):
        (tmp_path / f"{i}.twin").write_bytes(text)
    os.mkfifo(tmp_path / "pipe.twin")
    (tmp_path / "folder.twin").mkdir()
    (tmp_path / "gone.twin").symlink_to("nowhere")
    assert newest(tmp_path) == []


def test_the_next_evening_is_another_one() -> None:
    runs = [kept("first-watch", seed=7), kept("first-watch", seed=3), kept("power-dips", seed=1)]
    assert next_seed("first-watch", runs, 0) == 8
    assert next_seed("two-things", runs, 4) == 4
    assert drill_of("drills/mine.yaml") == "mine"
    assert drill_of("first-watch.zh") == "first-watch"


# the drill of the day


def test_the_day_chooses_among_drills_up_to_one_level_above_what_was_mastered() -> None:
    drills = shelf(1, 2, 2, 3, 4)
    assert days(drills, []) == {"d0"}
    assert days(drills, [kept("d0")]) == {"d1", "d2"}
    assert days(drills, [kept("d1"), kept("d0")]) == {"d2", "d3"}
    assert days(drills, [kept("d0"), kept("d1", "detection")]) == {"d1", "d2"}, "lost the last time: once more"
    assert days(drills, [kept(f"d{i}") for i in range(5)]) == {"d1", "d2", "d3", "d4"}, "all mastered: not the last one"
    assert days(drills, [kept("d0", "detection"), kept("d0")]) == {"d0"}, "the last time counts, not the best"


def test_the_drill_done_last_waits_while_there_is_another() -> None:
    drills = shelf(1, 1, 1)
    assert days(drills, [kept("d1", "detection")]) == {"d0", "d2"}
    assert days(shelf(1), [kept("d0", "detection")]) == {"d0"}


def test_two_on_one_day_live_the_same_evening_and_the_next_day_another() -> None:
    drills = shelf(1)
    assert todays(drills, [], DAY) == (drills[0], 20261126)
    assert todays(drills, [], DAY + datetime.timedelta(days=1))[1] == 20261127


def test_nights_that_draw_nothing_ones_own_and_broken_ones_are_not_chosen() -> None:
    its = [
        Offer("a", level=1, farm="F"),
        Offer("b", level=1, night=True),
        Offer("c", level=1, farm="F", night=True, own=True),
    ]
    with pytest.raises(Fault, match="no drill here draws"):
        todays(its, [], DAY)
    assert days([*its, *shelf(1)], []) == {"d0"}


@pytest.mark.usefixtures("as_shipped")
def test_every_drill_that_draws_what_is_wrong_can_be_the_drill_of_a_day() -> None:
    drills = offers()
    drawn = {o.name for o in drills if o.night}
    assert drawn == {
        "first-watch", "gauge-sticks", "valve-does-not-close", "shift-change", "keep-pumping", "two-things", "power-dips",
        "hammer-at-the-jetty", "power-and-air-failure",
    }  # fmt: skip
    mastered = [kept("power-dips"), kept("first-watch", "detection")]
    assert days(drills, mastered) == drawn - {"power-dips"}
    assert days(drills, []) == {"first-watch"}


@pytest.mark.usefixtures("as_shipped")
def test_the_drill_of_the_day_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    day = today()
    assert main(["drill", "--daily", "--plain"]) == 0
    header = json.loads(next((tmp_path / "runs").glob("*.twin")).read_text(encoding="utf-8").splitlines()[0])["body"]
    if day == today():  # midnight did not pass
        assert (header["scenario"], header["seed"]) == ("first-watch", int(f"{day:%Y%m%d}"))
    for more in (["first-watch"], ["--seed", "3"], ["--again"]):
        assert main(["drill", "--daily", "--plain", *more]) == 2
        assert "picks the drill and its seed itself" in capsys.readouterr().err


@pytest.mark.usefixtures("as_shipped")
def test_again_has_the_next_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["run", "first-watch", "--seed", "7"]) == 0
    assert main(["drill", "first-watch", "--again", "--plain"]) == 0
    assert sorted(its.seed for its in newest()) == [7, 8]
    assert last_of("first-watch", newest()) is not None


# by keys


def lobby(folder: Path, monkeypatch: pytest.MonkeyPatch, *keys: str, size: tuple[int, int] = (120, 40)) -> list[str]:
    """The screens after each key."""
    monkeypatch.chdir(folder)

    async def go() -> list[str]:
        console = Console(strict=True)
        async with console.run_test(size=size) as pilot:
            player = Player(console, pilot)
            await player.settle()
            seen = [player.text()]
            for key in keys:
                await player.press(key)
                seen.append(f"{type(console.screen).__name__}\n{player.text()}")
            return seen

    return asyncio.run(go())


def test_the_lobby_lists_drills_and_starts_the_chosen_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def go() -> None:
        console = Console(strict=True)
        async with console.run_test(size=(120, 40)) as pilot:
            player = Player(console, pilot)
            await player.settle()
            assert isinstance(console.screen, Lobby)
            assert "First watch" in player.text()
            assert "Control room" in player.text()
            await player.press("g")
            assert "assessed" in player.text()
            await player.press("enter")
            assert isinstance(console.screen, Room)
            await player.press("colon")
            await player.type("end")
            for _ in range(200):
                if isinstance(console.screen, End):
                    break
                await pilot.pause(0.05)
            assert isinstance(console.screen, End)
            await player.press("escape")
            assert isinstance(console.screen, Lobby)

    asyncio.run(go())
    assert list((tmp_path / "runs").glob("first-watch-*.twin"))


@pytest.mark.usefixtures("as_shipped")
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (120, 30)])
def test_the_lobby_says_what_the_evening_is_and_how_the_last_one_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "first-watch", "--posts", "none", "--seed", "7"]) == 0
    whole = next((tmp_path / "runs").glob("*.twin")).read_bytes()
    unfinished = tmp_path / "runs" / "left.twin"
    unfinished.write_bytes(b"\n".join(whole.split(b"\n")[:3]) + b"\n")
    os.utime(unfinished, (time.time() + 60, time.time() + 60))
    (screen,) = lobby(tmp_path, monkeypatch, size=size)
    for word in (
        f"1000  {today()}",
        "seed 8, another each time",
        "lost: containment, detection",
        "c  continue left, 20",
    ):
        assert " ".join(word.split()) in " ".join(screen.split())
    if size[0] == 120 and size[1] == 40:
        assert "4 °C, wind 3 m/s from 240°, D" in screen
        assert "Jetty terminal, eight tanks" in screen


@pytest.mark.usefixtures("as_shipped")
def test_finding_the_last_debrief_and_todays_drill_by_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "power-dips", "--seed", "2"]) == 0
    seen = lobby(tmp_path, monkeypatch, "slash", *"dip", "enter", "d", "escape", "escape")
    assert "/di_" in seen[3]
    assert "First watch" in seen[0]
    assert "First watch" not in seen[4]
    assert "Power dips" in seen[4]
    assert seen[6].startswith("End\n")
    assert "Power dips" in seen[6]
    assert seen[7].startswith("Lobby\n")
    assert "First watch" in seen[8], "Esc shows all again"
    seen = lobby(tmp_path, monkeypatch, "d", "c", "t")  # at the first watch
    assert "there is no debrief of it yet" in seen[1]
    assert "there is nothing to go on with" in seen[2]
    assert seen[3].startswith("Room\n")
    begun = newest()[0]
    assert begun.seed == int(f"{begun.day:%Y%m%d}")
    assert begun.drill != "power-dips", "not the one done last"


def test_a_search_that_finds_nothing_leaves_all_and_a_stray_key_is_harmless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = lobby(tmp_path, monkeypatch, "slash", *"zzzz", "enter", "down", "home", "x", "f5", size=(80, 24))
    assert "First watch" in seen[5]
    assert "> First watch" in seen[-1]


def test_a_file_with_mistakes_is_listed_and_says_how_to_find_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "drills").mkdir()
    (tmp_path / "drills" / "broken.yaml").write_text("scenario: X\nlike: nothing-there\n", encoding="utf-8")
    first, after = lobby(tmp_path, monkeypatch, "enter", size=(80, 24))
    assert "twin check drills/broken.yaml" in first
    assert after.startswith("Lobby\n")
    assert "nothing-there" in after
