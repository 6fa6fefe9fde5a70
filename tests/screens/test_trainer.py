"""The instructor's desk by keystrokes: the walk-through, going back, a drill improvised and kept, the lobby's form."""

import asyncio
import json
import re
import time
from pathlib import Path

import pytest

from tests.screens.play import Player
from tui.app import Console
from tui.teach import Teach
from twin.base.fault import Fault
from twin.cli.main import main
from twin.cli.run import verify
from twin.debrief import outcome
from twin.engine import replay
from twin.engine import session as sessions
from twin.engine.setup import Setup

ROOT = Path(__file__).parent.parent.parent


def teach(where: Path, scenario: str, keys: list[str], size: tuple[int, int] = (120, 40)) -> tuple[list[str], Path]:
    """What the instructor sees after each line of keys; nobody has come, so the clock stands."""
    out = where / "evening.twin"

    async def go() -> list[str]:
        console = Console(scenario=scenario, out=out, seats=("instructor",), strict=True)
        seen = []
        async with console.run_test(size=size) as pilot:
            player = Player(console, pilot)
            await player.settle()
            for line in keys:
                await player.give(line)
                seen.append(player.text())
        return seen

    return asyncio.run(go()), out


def test_the_walk_through_of_the_trainers_page_key_by_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "trainer.md").read_text(encoding="utf-8").split("## Key by key")[1]
    steps = re.findall(r"^\d+\. (.*(?:\n   .*)*)", page, flags=re.MULTILINE)
    assert len(steps) >= 10
    keys, wanted = [], []
    for step in steps[1:]:  # the first starts the drill
        typed = re.findall(r"`([^`]+)`", step.split("shows")[0])
        shown = re.findall(r"\*\*([^*]+)\*\*", step)
        for n, one in enumerate(typed):
            keys.append(one.lower() if re.fullmatch(r"F\d", one) else one)
            wanted.append(shown if n == len(typed) - 1 else [])
    seen, run = teach(tmp_path, "gauge-sticks", keys)
    for key, screen, words in zip(keys, seen, wanted, strict=True):
        for word in words:
            assert word in screen, f"after {key}: {word!r} is not on the screen\n{screen}"
    assert verify(run) == {"verified": True, "finished": True}
    assert main(["check", "drills/evening-one.yaml"]) == 0


IMPROVISED = [":skip to 02:12", "f9", "enter", ":tell control-room \"Ship here. We are late.\"", ":in 3 min tell field \"Is it raining?\"",
              ":when T-101.level > 14.6 m set LT-102.bias to 0.5 m", ":set weather.wind.speed to 12 m/s", ":save as improvised", ":skip to 02:35"]  # fmt: skip


def test_a_drill_improvised_by_keystrokes_plays_again_within_a_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    seen, run = teach(tmp_path, "gauge-sticks", IMPROVISED, (80, 24))
    assert "kept: drills/improvised.yaml" in "\n".join(seen)
    assert main(["check", "drills/improvised.yaml"]) == 0
    first = _told(run)
    assert len(first) == 7
    assert main(["run", "drills/improvised.yaml", "--out", "again.twin"]) == 0
    second = _told(Path("again.twin"))
    for what, tick in first.items():
        assert abs(second[what] - tick) <= 1, what
    assert main(["new", "scenario", "from.yaml", "--from", str(run)]) == 0
    kept, made = (Path(p).read_text().splitlines()[1:] for p in ("drills/improvised.yaml", "from.yaml"))
    assert kept == made


def _told(run: Path) -> dict[str, int]:
    """Injects and messages of a run, whoever gave them: what, and when it acted."""
    from twin.journal import chain

    its = replay.replay(chain.read(run)[0], check=True)
    found = {}
    for event in its.block.events[0]:
        if event.kind == "inject":
            found[event.text.partition(": ")[2].partition(" (")[0]] = event.tick
        elif event.kind == "said" and event.text.startswith("to "):
            found[event.text] = event.tick
    return {k: t for k, t in found.items() if "repair" not in k and k != "set LT-101.stuck"}


def test_going_back_two_minutes_in_a_two_hours_drill_takes_no_three_seconds(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(
        "scenario: Two hours\nlike: gauge-sticks\nlasts: 2 h 5 min\nobjectives: none\n", encoding="utf-8"
    )
    its = sessions.start(Setup(str(tmp_path / "long.yaml")), tmp_path / "long.twin")
    its.instruct("set LT-104.stuck")
    its.advance(7199)
    alone = sessions.start(Setup(str(tmp_path / "long.yaml")))
    alone.instruct("set LT-104.stuck")
    began = time.monotonic()
    its.rewind(7199 - 120)
    assert time.monotonic() - began < 3.0
    its.instruct("set LT-103.stuck")
    alone.advance(7079)
    alone.instruct("set LT-103.stuck")
    assert its.finish(outcome.sealed)["digest"] == alone.finish(outcome.sealed)["digest"]
    its.close()
    assert verify(tmp_path / "long.twin") == {"verified": True, "finished": True}


def test_both_courses_are_replayed_from_the_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    its = sessions.start(Setup("first-watch", posts="none"), tmp_path / "two.twin")
    its.advance(700)
    its.rewind(200)
    its.command("control-room", "take control-room")
    its.command("control-room", "stop TR-1")
    its.finish(outcome.sealed)
    its.close()
    spilled = []
    for course in ("1", "2"):
        capsys.readouterr()
        assert main(["debrief", str(tmp_path / "two.twin"), "--course", course, "--quick", "--json"]) == 0
        spilled.append(json.loads(capsys.readouterr().out)["totals"]["spilled_m3"])
    assert spilled[0] > 0.0 == spilled[1]


BAD_LINES = {
    "doubt LT-101": "the instructor does not doubt",
    "set LT-101.stuckk": "Did you mean stuck or sunk?",
    "at 01:00 set LT-101.stuck": "has passed, or never comes",
    "when T-101.level set LT-101.stuck": "a limit is missing",
    "when nonsense > 3 m set LT-101.stuck": "",
    "when LAH-101 then 10 s set LT-101.stuck": "`then` is for cues of a scenario",
    "as nobody close XV-101": "is no post",
    "set T-101.level to 3 m": "nothing appears or vanishes",
    "in 5 min": "what is to be done is missing",
    "tell control-room": "words in double quotes",
    "when 2oo2 of LT-101, LT-102 > 3 m set LT-101.stuck": "a vote is for interlocks",
    "set LT-101.bias to \x1b[31m": "",
}


@pytest.mark.parametrize("line", list(BAD_LINES))
def test_a_line_that_cannot_be_is_answered_in_a_sentence(line: str) -> None:
    its = sessions.start(Setup("first-watch"))
    its.advance(10)
    with pytest.raises(Fault) as caught:
        its.instruct(line)
    assert BAD_LINES[line] in str(caught.value)
    assert not its.commands


def test_the_lobby_makes_a_drill_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def go() -> None:
        console = Console(strict=True)
        async with console.run_test(size=(80, 24)) as pilot:
            player = Player(console, pilot)
            await player.settle()
            await player.press("e")
            assert "A DRILL OF YOUR OWN, LIKE first-watch" in player.text()
            await player.press(*["down"] * 6)
            await player.press(*"LT", "minus", *"999", "full_stop", *"stuck", "enter")
            assert "LT-999" in player.text()
            assert not list((tmp_path / "drills").glob("*"))
            await player.press(
                *["backspace"] * 12, *"LT", "minus", *"101", "full_stop", *"stuck", "up", *"field", "enter"
            )
            assert "kept as drills/my-first-watch.yaml" in player.text()
            await player.press("enter")
            assert "My first watch" in player.text() or "LOG AND RADIO" in player.text()

    asyncio.run(go())
    assert main(["check", "drills/my-first-watch.yaml"]) == 0
    its = sessions.start(Setup("drills/my-first-watch.yaml"))
    its.advance(30)
    controls, model = its.block.world.controls, its.model
    assert controls.instruments.stuck[0, model.instruments.names.index("LT-101")]
    assert not controls.posts.on_plan[0, model.post("field")]
    assert controls.posts.on_plan[0, model.post("supervisor")]


def test_the_desk_is_that_of_the_keys_it_names(tmp_path: Path) -> None:
    assert Teach.on_key is not None
    seen, _ = teach(
        tmp_path,
        "first-watch",
        ["question_mark", "question_mark", "f9", "right", "right", "right", "enter", "escape", "tab"],
        (80, 24),
    )
    assert "F9 or 9" in seen[0]
    assert "[on a condition]" in seen[5]
    assert "SNAPSHOTS" in seen[8]


def test_the_desk_shows_what_a_seat_sees(tmp_path: Path) -> None:
    keys = [":skip to 02:15", *["v"] * 7, "v", "f9 escape", "escape"]
    seen, _ = teach(tmp_path, "gauge-sticks", keys, (80, 24))
    for post, screen in zip(("control-room", "field"), seen[1:], strict=False):
        assert f"INSTRUCTOR: what {post} sees" in screen
        assert "READING AND TRUTH" not in screen
    assert "[1] TANKS 8" in seen[1], "the board that the control room has"
    assert "14.28m" not in seen[2], "the field has none"
    assert "READING AND TRUTH" in seen[7], "after the last seat comes the desk again"
    assert "what control-room sees" in seen[8]
    assert "READING AND TRUTH" in seen[-1]


def test_the_drill_ends_where_it_stands_once_its_word_is_typed(tmp_path: Path) -> None:
    keys = [":skip to 02:15", "E", "n o enter", "E", "escape", "E", "e n d enter"]
    seen, run = teach(tmp_path, "gauge-sticks", keys, (80, 24))
    asks = "This ends the drill in every seat, scored to this moment. Type end and Enter"
    assert [asks in screen for screen in seen] == [False, True, False, True, False, True, False]
    assert "left: end" in seen[2]
    assert "Score and windows" in seen[-1]
    assert "Score and windows" not in "".join(seen[:-1])
    last = json.loads(run.read_text(encoding="utf-8").splitlines()[-1])
    assert last["kind"] == "outcome"
    assert last["body"]["tick"] == 300, "from 02:10 to 02:15, and no further"
    assert verify(run) == {"verified": True, "finished": True}


@pytest.mark.parametrize(
    "seat",
    ["field", "principal", *(pytest.param(s, marks=pytest.mark.long) for s in ("supervisor", "fire-crew", "safety"))],
)
def test_every_seat_of_a_drill_can_be_sat_in_alone(tmp_path: Path, seat: str) -> None:
    async def go() -> str:
        console = Console(scenario="gauge-sticks", out=tmp_path / "seat.twin", seats=(seat,), strict=True)
        async with console.run_test(size=(80, 24)) as pilot:
            player = Player(console, pilot)
            await player.settle()
            await player.press("space")
            await player.give(":skip 2 min")
            return player.text()

    shown = asyncio.run(go())
    assert "02:12" in shown.splitlines()[0]
    assert "The plant stopped" not in shown
