"""A screen with a canvas and a command line over its last row but one: history, completion, Escape."""

from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Input

from tui.canvas import Canvas

if TYPE_CHECKING:
    from tui.app import Console

FRAMES_A_SECOND = 8


class Typed(Screen[None]):
    """What the room and the instructor's desk share. They draw, take keys, complete, and are handed what was typed."""

    app: "Console"
    CSS = """
    Typed { layers: page line; }
    Canvas { layer: page; }
    #line { layer: line; dock: bottom; height: 1; margin: 0 0 1 2; width: 100%; }
    Input { height: 1; border: none; padding: 0; width: 100%; background: $background; color: $foreground; }
    Input:focus { border: none; }
    #line.hidden { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: list[str] = []
        self.history_at = 0

    # what a screen brings

    def draw(self) -> None:
        """A new page."""
        raise NotImplementedError

    def words_after(self, text: str) -> list[str]:
        """Words that may come next on the line."""
        raise NotImplementedError

    def tell(self, text: str, *, bad: bool = False) -> None:
        """A sentence over the keys."""
        raise NotImplementedError

    def submitted(self, text: str) -> None:
        """What was typed and entered, without the colon."""
        raise NotImplementedError

    def left_line(self) -> None:
        """The line was left with Escape."""

    # the line

    def compose(self) -> ComposeResult:
        """A canvas, and the command line."""
        yield Canvas(self.app.look)
        with Container(id="line", classes="hidden"):
            yield Input(select_on_focus=False)

    def on_mount(self) -> None:
        self.query_one(Input).can_focus = False
        self.set_focus(None)

    @property
    def typing(self) -> bool:
        return bool(self.query_one(Input).has_focus)

    def open_line(self, text: str) -> None:
        """The line, with something on it."""
        line = self.query_one(Input)
        self.query_one("#line").remove_class("hidden")
        line.can_focus = True
        line.value = text
        line.cursor_position = len(text)
        self.history_at = len(self.history)
        self.tell("")
        self.set_focus(line)

    def close_line(self) -> None:
        """No line."""
        line = self.query_one(Input)
        line.can_focus = False
        self.set_focus(None)
        self.query_one("#line").add_class("hidden")

    def line_key(self, event: events.Key) -> None:
        """A key while the line is open."""
        line = self.query_one(Input)
        if event.key == "escape":
            event.stop()
            self.left_line()
            self.close_line()
            self.draw()
        elif event.key == "tab":
            event.stop()
            event.prevent_default()
            self._complete(line)
        elif event.key in {"up", "down"} and self.history:
            event.stop()
            step = -1 if event.key == "up" else 1
            self.history_at = min(max(self.history_at + step, 0), len(self.history))
            line.value = self.history[self.history_at] if self.history_at < len(self.history) else ""
            line.cursor_position = len(line.value)

    def _complete(self, line: Input) -> None:
        """As far as all candidates agree; they are listed when there are several."""
        words = self.words_after(line.value[: line.cursor_position])
        if not words:
            return
        begun = "" if not line.value or line.value[-1].isspace() else line.value.split()[-1]
        common = words[0]
        for word in words[1:]:
            while not word.startswith(common):
                common = common[:-1]
        ending = " " if len(words) == 1 else ""
        line.value = line.value[: len(line.value) - len(begun)] + common + ending
        line.cursor_position = len(line.value)
        self.tell("  ".join(words))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip().removeprefix(":").strip()
        self.close_line()
        self.submitted(text)
        self.draw()

    def remember(self, text: str) -> None:
        """For Up and Down."""
        if not self.history or self.history[-1] != text:
            self.history.append(text)
