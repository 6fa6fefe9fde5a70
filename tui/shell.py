"""What the screens know of the application that shows them: its look, and where one goes from here."""

import os
import sys
from pathlib import Path
from typing import Any

from textual import events
from textual.app import App
from textual.geometry import Size

from twin.engine.session import Session


class Shell(App[int]):
    """The application as a screen sees it; `tui.app` is the one there is."""

    look = "dark"
    ascii_only = False
    strict = False  # painters raise where text would be cut (tests)
    guided = True
    has_lobby = False

    seed = 0

    def begin(self, name: str, seats: tuple[str, ...], seed: int) -> None:
        """A new run of a scenario."""
        raise NotImplementedError

    def go_on(self, path: Path | None) -> None:
        """An unfinished run."""
        raise NotImplementedError

    def second_chance(self, parent: Session, tick: int, post: str, act: str, closes: int) -> None:
        """A new run of the same world from a tick on."""
        raise NotImplementedError

    def end(self, store: Any, hints: list[str]) -> None:
        """The end of a drill replaces its room."""
        raise NotImplementedError

    def to_the_list(self) -> None:
        """After the end: back to the list of drills."""
        raise NotImplementedError

    def leave(self, store: Any) -> None:
        """Everything is kept; back to the list, or out."""
        raise NotImplementedError

    def mind_the_size(self) -> None:
        """A signal of a resize can be lost while the screen starts: look, and say it again."""
        if self.is_headless:
            return
        try:
            columns, rows = os.get_terminal_size(sys.__stdout__.fileno())  # type: ignore[union-attr]
        except (OSError, ValueError):
            return
        if (columns, rows) != (self.size.width, self.size.height):
            size = Size(columns, rows)
            self.post_message(events.Resize(size, size))
