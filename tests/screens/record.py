"""Draws the pages that are compared and shown; `python -m tests.screens.record [NAME …]` (make screens) records them anew.

A page is kept as its text and, below, one letter a cell for its role: a change of colour shows as well as one of words.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui.app import Console
from tui.canvas import Canvas
from tui.cells import Page

HERE = Path(__file__).parent / "pages"
DOCS = Path(__file__).parent.parent.parent / "docs"
LETTERS = {"text": ".", "dim": "d", "strong": "S", "key": "k", "p1": "1", "p2": "2", "p3": "3", "p1 chip": "A", "p2 chip": "B",
           "p3 chip": "C", "dis": "v", "dis chip": "V", "badge": "T", "fill": "f", "track": "t", "rule": "r"}  # fmt: skip

FROZEN = ["space"]
ALARM = [*FROZEN, ":skip to 10:01:10"]
CHANCE = [*FROZEN, ":end", "answers", "enter", "space", ":stop TR-1", ":close XV-101", ":end", "answers", "5"]
TEACHES: dict[str, object] = {"seats": ("instructor",)}
DESK = [
    ":skip to 02:18",
    ":snap quarter past",
    ":mark S detection: looked twice",
    ":set LT-102.dead",
    "f6",
    "escape",
]
PAGES: dict[str, tuple[str, list[str], tuple[int, int], dict[str, object]]] = {
    "lobby-120": ("", [], (120, 40), {}),
    "lobby-80": ("", [], (80, 24), {}),
    "overview-120": ("first-watch", ALARM, (120, 40), {}),
    "overview-80": ("first-watch", ALARM, (80, 24), {}),
    "overview-80-mono": ("first-watch", ALARM, (80, 24), {"look": "mono"}),
    "overview-80-ascii": ("first-watch", ALARM, (80, 24), {"ascii_only": True}),
    "overview-200": ("first-watch", ALARM, (200, 60), {}),
    "help-120": ("first-watch", [*ALARM, "h"], (120, 40), {}),
    "help-80": ("first-watch", [*ALARM, "h"], (80, 24), {}),
    "alarms-120": ("first-watch", [*ALARM, "2"], (120, 40), {}),
    "assessed-120": ("first-watch", ["@10:01:10", "h"], (120, 40), {"guided": False}),
    "trend-120": ("first-watch", [*FROZEN, ":skip to 10:08", "tab", "t"], (120, 40), {}),
    "plan-80": ("first-watch", [*ALARM, "6"], (80, 24), {}),
    "confirm-80": ("first-watch", [*ALARM, ":trip ESD-1"], (80, 24), {}),
    "found-80": (
        "gauge-sticks",
        [*FROZEN, ":skip to 02:16", ":check MOVE-101", ":skip 65 s", ":doubt LT-101", ":skip 5 s"],
        (80, 24),
        {},
    ),
    "failed-80": ("valve-does-not-close", [*FROZEN, ":skip to 22:41:20", ":close XV-101", ":skip 2 min"], (80, 24), {}),
    "radio-80": ("first-watch", [*ALARM, "r", "down"], (80, 24), {}),
    "keys-120": ("first-watch", [*ALARM, "question_mark"], (120, 40), {}),
    "end-120": ("first-watch", [*FROZEN, ":end", "answers"], (120, 40), {}),
    "end-80": ("first-watch", [*FROZEN, ":end", "answers"], (80, 24), {}),
    "end-story-80": ("gauge-sticks", [*FROZEN, ":end", "answers", "2"], (80, 24), {}),
    "end-steps-80": ("gauge-sticks", [*FROZEN, ":end", "answers", "3"], (80, 24), {}),
    "end-what-if-120": ("gauge-sticks", [*FROZEN, ":end", "answers", "4"], (120, 40), {}),
    "end-what-if-80": ("gauge-sticks", [*FROZEN, ":end", "answers", "4"], (80, 24), {}),
    "second-chance-120": ("gauge-sticks", CHANCE, (120, 40), {}),
    "desk-120": ("gauge-sticks", DESK, (120, 40), TEACHES),
    "desk-waits-80": ("gauge-sticks", ["escape"], (80, 24), TEACHES),
    "desk-seat-80": ("gauge-sticks", [*DESK, "v"], (80, 24), TEACHES),
    "seat-waits-80": ("first-watch", [], (80, 24), {"open_to": "owner", "others": ("field", "supervisor")}),
    "desk-80": ("gauge-sticks", DESK, (80, 24), TEACHES),
    "desk-form-80": ("gauge-sticks", [*DESK, "f9"], (80, 24), TEACHES),
    "desk-other-80": ("gauge-sticks", [*DESK, "tab"], (80, 24), TEACHES),
}


@contextmanager
def elsewhere() -> Iterator[None]:
    """An empty folder to work in, so that no runs of before are listed."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def drawn(name: str) -> tuple[Page, str]:
    """A page of the table, played to, and its screen as SVG."""
    from tests.screens.play import Player

    scenario, keys, size, more = PAGES[name]

    async def go() -> tuple[Page, str]:
        console = Console(scenario=scenario, out=Path("run.twin") if scenario else None, strict=True, **more)  # type: ignore[arg-type]
        async with console.run_test(size=size) as pilot:
            player = Player(console, pilot)
            await player.settle()
            for line in keys:
                await player.give(line)
            return console.screen.query_one(Canvas).page, console.export_screenshot(title="Tankfarm Twin")

    with elsewhere():
        return asyncio.run(go())


def as_text(page: Page) -> str:
    """Text, then roles."""
    roles = ["".join(LETTERS.get(role, "?") if c.strip() else " " for c, role, _ in row).rstrip() for row in page.cells]
    return "\n".join([*(page.text(y) for y in range(page.rows)), "-" * page.columns, *roles]) + "\n"


def main(names: list[str]) -> None:
    HERE.mkdir(exist_ok=True)
    for name in names or PAGES:
        page, svg = drawn(name)
        (HERE / f"{name}.txt").write_text(as_text(page), encoding="utf-8")
        if name == "help-120":
            (DOCS / "console.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
