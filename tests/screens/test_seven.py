"""The drills as they are shipped, played by keystrokes from the screen: the right acts win, the wrong ones are named.

First watch is played as the README tells: tests/screens/test_play.py.
"""

from pathlib import Path

import pytest

from tests.screens.test_play import _play

GOOD = {  # of seed 0
    "gauge-sticks": [":skip 4 min", ":check MOVE-102", ":skip 61 s", ":doubt LT-102", ":stop TR-2", ":close XV-102", ":end"],
    "valve-does-not-close": [
        ":skip to next alarm", ":skip to next alarm", ":stop TR-2", ":close XV-102", ":skip 2 min",
        ':tell field about XV-102 "Turn it by hand."', ":end",
    ],
    "shift-change": [":check MOVE-102", ":skip 61 s", ":doubt LT-102", ":stop TR-2", ":close XV-102", ":end"],
    "keep-pumping": [":skip to next alarm", ":skip to next alarm", "h", "enter", "enter", ":end"],
    "two-things": [
        ":skip to next alarm", ":report JB-4", ":skip to next alarm", ":stop TR-2", ":close XV-102", ":end"],
    "power-dips": [":skip 4 min", ":report grid", ":stop-work", ":end"],
}  # fmt: skip
BAD = {
    "gauge-sticks": [":stop TR-2", ":close XV-102", ":end"],
    "valve-does-not-close": [":skip to next alarm", ":skip to next alarm", ":stop TR-2", ":close XV-102", ":end"],
    "shift-change": [":doubt LT-102", ":end"],
    "keep-pumping": [":trip ESD-1", "t r i p enter", ":end"],
    "two-things": [":skip to next alarm", ":acknowledge", ":end"],
    "power-dips": [":skip 4 min", ":close XV-102", ":end"],
}


pytestmark = pytest.mark.usefixtures("as_shipped")


@pytest.mark.parametrize("name", GOOD)
def test_the_right_acts_keep_every_mark(tmp_path: Path, name: str) -> None:
    seen, _ = _play(tmp_path, name, GOOD[name])
    assert "1000000" in seen[-1], seen[-2:]


@pytest.mark.parametrize("name", BAD)
def test_the_wrong_ones_do_not(tmp_path: Path, name: str) -> None:
    seen, _ = _play(tmp_path, name, BAD[name])
    assert "1000000" not in seen[-1]
    assert "-  detection" in seen[-1] or "-  containment" in seen[-1]
