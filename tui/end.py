"""The end of a drill: the score and why, the windows, one thing different, luck; Enter on a window is a second chance."""

import threading

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from tui.canvas import Canvas, show_on
from tui.cells import Page
from tui.paint import debrief, frame
from tui.shell import Shell
from tui.words import W
from twin.base.fault import Fault, Faults
from twin.base.json import Json
from twin.debrief import report, whatif
from twin.engine.session import Session

LOOKS_A_SECOND = 5
CHANCE_BEFORE_S = 120  # a second chance begins so long before its window shut


class _Gone(Exception):
    """The screen was left while copies were being lived."""


class End(Screen[None]):
    """What it came to. The plant's thread has ended: the session is this screen's alone."""

    app: Shell

    def __init__(self, session: Session, hints: list[str]) -> None:
        super().__init__()
        self.session, self.hints = session, hints
        self.found: Json = report.report(session)
        self.share = 0.0
        self.ready = False  # the what-if answers are there (or will never be)
        self.answer = ""
        self.tab = "1"
        self.at = 0
        self._left = threading.Event()

    def compose(self) -> ComposeResult:
        """One canvas."""
        yield Canvas(self.app.look)

    def on_mount(self) -> None:
        threading.Thread(target=self._look_for_answers, name="what if", daemon=True).start()
        self.set_interval(1 / LOOKS_A_SECOND, self.draw)
        self.call_after_refresh(self.draw)

    def on_unmount(self) -> None:
        self._left.set()

    def on_resize(self, event: events.Resize) -> None:
        self.draw()

    def _look_for_answers(self) -> None:
        """In its own thread: copies of this world with one thing different each."""

        def told(share: float) -> None:
            if self._left.is_set():
                raise _Gone
            self.share = share

        try:
            self.found = report.report(self.session, whatif.answers(self.session, told))
        except _Gone:
            return
        except (Fault, Faults) as fault:
            self.answer = str(fault)
        except Exception as error:  # the score stays; one sentence says what is missing
            self.answer = W["end no answers"].format(why=f"{type(error).__name__}: {error}")
        self.ready = True

    def draw(self) -> None:
        """The page."""
        size = self.size
        page = Page(max(1, size.width), max(1, size.height), ascii_only=self.app.ascii_only, strict=self.app.strict)
        if not frame.fits(page.columns, page.rows):
            frame.too_small(page)
        else:
            path = str(self.session.journal.path) if self.session.journal else ""
            its = debrief.End(
                self.found, self.tab, self.at, 1.0 if self.ready else self.share, tuple(self.hints), path, self.answer,
            )  # fmt: skip
            debrief.paint_end(page, its)
        show_on(self, page)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        windows = self.found.get("windows", [])
        if event.key in {"q", "ctrl+c", "ctrl+q"}:
            self.app.exit(0)
        elif event.key == "escape":
            self.app.to_the_list()
        elif (event.character or "") in debrief.pages(self.found):
            self.tab = event.character or ""
        elif event.key in {"up", "down"}:
            self.at = min(max(self.at + (1 if event.key == "down" else -1), 0), max(0, len(windows) - 1))
        elif event.key == "enter":
            self._second_chance(windows)
        self.draw()

    def _second_chance(self, windows: list[Json]) -> None:
        """Into the seat of the window under the cursor, in this very world, two minutes before it shut."""
        if not windows:
            self.answer = W["end no windows"] if self.ready else W["end wait"].format(share=100 * self.share)
            return
        window = windows[self.at]
        if window["closes_s"] is None:
            self.answer = W["end open"].format(act=window["act"])
            return
        tick = max(0, int(window["closes_s"]) - CHANCE_BEFORE_S)
        try:
            self.app.second_chance(
                self.session,
                tick,
                window["post"],
                window["lines"][0] if window["what"] == "line" else window["members"][0],
                int(window["closes_s"]),
            )
        except (Fault, Faults) as fault:
            self.answer = str(fault)
