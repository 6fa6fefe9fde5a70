"""First watch in Chinese, by keystrokes in the smallest window and in plain lines: no other English word, no broken column."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.screens.test_play import _play
from tui import codec
from tui.app import Console
from tui.cells import wrap
from twin.base.fault import Fault
from twin.base.units import UNITS
from twin.cli.plain import LOCAL
from twin.engine.compile import open_model
from twin.engine.parts import WORDS
from twin.language.files import Files, in_language, known_scenarios
from twin.language.words import POSTS
from twin.physics.substances import products
from twin.text import say

NAMED = {
    "TWIN",
    "twin",
    "verify",
    "drill",
    "resume",
    "VERB",
    "THING",
    "ISA",
}  # programs, standards, what stands for a name
KEYS = {"Enter", "Esc", "PgDn", "Tab", "ctrl", "esc", "enter", "space", "up", "down", "arrows"}
GRAMMAR = {"for", "to", "next", "alarm", "and", "not", "proven", "then", "overflow", "because", "everywhere"}


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    say.speak("zh")
    yield
    say.speak("en")


def _allowed() -> set[str]:
    """Names of things, posts and lines, units, and the words of orders and cues: the same in every language."""
    model, _ = open_model(Files(), "first-watch.zh", [])
    names = {*model.names.section, *model.line_names, *POSTS, *WORDS.verbs, *products()}
    quantities = {q for _, q in WORDS.quantities}
    words = {part for name in (*names, *quantities, *UNITS) for part in re.findall(r"[A-Za-z]{2,}", name)}
    return words | NAMED | KEYS | GRAMMAR | set(LOCAL)


def _english(text: str) -> set[str]:
    whole = re.sub(r"/\S+|[\w-]*…\w*", "", text)  # a path; and what is cut may be a part of any name
    return set(re.findall(r"[A-Za-z]{2,}", whole)) - _allowed()


WHOLE = [":skip to next alarm", "question_mark", "escape", "h", "enter", "escape", "2", "3", "6", "7", "1", "tab", "t", "1", "r", "escape",
         "colon escape", ":trip ESD-1", "escape", ":isolate grid", "i s o l a t e enter", ":hand control-room", ":take control-room",
         ":shelve LAH-101 for 5 min because 检修", ":check MOVE-101", ":doubt LT-101", ":skip 2 min", "h", "enter", "escape",
         ":stop TR-1", ":close XV-101", ":skip 2 min", "q", "n", ":end", "2", "answers", "3", "4", "1"]  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), pytest.param((120, 40), marks=pytest.mark.long)])
def test_first_watch_is_played_without_another_english_word(tmp_path: Path, size: tuple[int, int]) -> None:
    seen, _ = _play(tmp_path, "first-watch.zh", WHOLE, size=size)
    for keys, screen in zip(WHOLE, seen, strict=True):
        assert not _english(screen), (keys, screen)
        assert all(cell_len(row) <= size[0] for row in screen.splitlines()), keys
        assert "演练，非真实装置" in screen
    assert "1" in seen[-1]


def test_a_lost_first_watch_names_what_was_lost(tmp_path: Path) -> None:
    keys = [":end", "2", "answers", "3", "4", "1"]
    seen, _ = _play(tmp_path, "first-watch.zh", keys, size=(80, 24))
    for line, screen in zip(keys, seen, strict=True):
        assert not _english(screen), (line, screen)
    assert "overflow T-101：10:1" in seen[0]
    assert "T-101 溢流" in seen[1]


def test_in_plain_lines(tmp_path: Path) -> None:
    typed = "help\nhelp stop\nhelp skip\nshow\nshow T-101\nplan\nalarms\nhint\nskip to next alarm\nalarms\nhint\nisolate grid\nstop TR-1\nclose XV-101\npending\nskip 2 min\nplan\nfreeze\nspeed 5\nend\n"
    done = subprocess.run(
        [sys.executable, "-m", "twin", "drill", "first-watch", "--plain", "--language", "zh", "--out", str(tmp_path / "run.twin")],
        input=typed, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = "\n".join(row for row in done.stdout.splitlines() if not row.startswith(">")).replace(str(tmp_path), "")
    told = re.sub(r"sha256:[0-9a-f]+|([0-9a-f]{4}[ ，]){4}", "", told)
    assert not _english(told), done.stdout
    columns = {
        cell_len(re.split(r"(?=未读|\d+\.\d+ m\b)", row)[0])
        for row in told.splitlines()
        if re.match(r"  (LT|MOVE|DIP)-", row)
    }
    assert len(columns) == 1, "what is shown stands in one column"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("environment", "speaks"),
    [({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "en_GB.UTF-8"}, "en"), ({"LANG": "zh_CN", "LC_ALL": "C"}, "en"), ({}, "en"),
     ({"LANG": "fr_FR.UTF-8"}, "en"), ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "C"}, "zh"), ({"LANG": "zh"}, "zh")],
)  # fmt: skip
def test_the_environment_says_what_is_read(environment: dict[str, str], speaks: str) -> None:
    assert say.offered("", environment) == speaks
    assert say.offered("zh", environment) == "zh"


def test_a_drill_in_another_language_is_the_same_drill() -> None:
    one, other = (open_model(Files(), name, [])[0] for name in ("first-watch", "first-watch.zh"))
    assert in_language("first-watch", "zh") == "first-watch.zh"
    assert in_language("gauge-sticks", "zh") == "gauge-sticks"
    assert "first-watch.zh" not in known_scenarios()
    assert one.names.section == other.names.section
    assert one.line_names == other.line_names
    assert [line.cue_text for line in one.plan] == [line.cue_text for line in other.plan]
    assert not _english(" ".join([other.spec.title, other.spec.briefing, *(line.because for line in other.plan)]))


@pytest.mark.parametrize("width", [2, 7, 20, 40])
def test_wide_text_is_broken_between_characters_and_not_before_a_closing_mark(width: int) -> None:
    text = "一条船正向 T-101 卸汽油，每小时 1100 m3。没有人说过由谁结束。"
    lines = wrap(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    if width > 7:
        assert all(cell_len(line) <= width for line in lines)
    assert not any(line[0] in "，。" for line in lines)


def test_the_lobby_in_chinese() -> None:
    import asyncio

    async def go() -> str:
        console = Console(strict=True)
        async with console.run_test(size=(120, 40)) as pilot:
            await pilot.pause(0.5)
            from tests.screens.play import Player

            return Player(console, pilot).text()

    screen = asyncio.run(go())
    for word in ("初次值守", "选择演练", "你的岗位", "中控室", "算什么"):
        assert word in screen


@pytest.mark.parametrize(
    "said",
    [say.say("overflow.ends", name="T-1", volume=say.Amount(0.1 + 2**-55, "volume", 1)), say.plain("{}"),
     say.of_part("{name} healthy", name="LS-101"), say.say("desk.why", what=(say.of_part("dead"), say.of_part("drifts"))),
     say.say("console.refused", post="field", reason=say.say("why.busy", thing="operator"))],
)  # fmt: skip
def test_what_is_said_goes_over_the_socket_as_it_is(said: say.Said) -> None:
    assert codec.unpack(say.Said, codec.pack(said)) == said


@pytest.mark.parametrize(
    "sent",
    ["", "7", "[]", '{"key": "nothing", "values": {}}', '{"key": "overflow.ends", "values": {}}', '{"key": "~{", "values": {}}',
     '{"key": "~{a.b}", "values": {"a": "x"}}', '{"key": "plain", "values": {"text": [1, 2]}}', '{"key": "~{0}", "values": {}}', 7, None],
)  # fmt: skip
def test_what_cannot_be_said_is_refused_at_the_far_end(sent: object) -> None:
    with pytest.raises(Fault):
        codec.unpack(say.Said, sent)
