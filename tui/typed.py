"""A screen of one drill: its store, a canvas, and a command line over its last row but one."""

import asyncio
from typing import Protocol

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Input

from tui.canvas import Canvas
from tui.client import Client
from tui.shell import Shell
from tui.store import Store
from tui.words import W, told
from twin.engine.completion import begun_word

FRAMES_A_SECOND = 8


class Answered(Protocol):
    """What a screen remembers: among it the sentence over its keys."""

    answer: str
    answer_is_bad: bool


class Typed(Screen[None]):
    """What the room and the instructor's desk share. They draw, take keys, and are handed what was typed.

    `store` is the engine's, or the far end of an attached terminal.
    """

    app: Shell
    CSS = """
    Typed { layers: page line; }
    Canvas { layer: page; }
    #line { layer: line; dock: bottom; height: 1; margin: 0 0 1 2; width: 100%; }
    Input { height: 1; border: none; padding: 0; width: 100%; background: $background; color: $foreground; }
    Input:focus { border: none; }
    #line.hidden { display: none; }
    """

    def __init__(self, store: Store | Client, ui: Answered) -> None:
        super().__init__()
        self.store = store
        self.said: Answered = ui
        self.heard = 0
        self.history: list[str] = []
        self.history_at = 0
        self.handled = asyncio.Event()  # the last key that opens or closes the line, or that the screen itself takes

    # what a screen brings

    def tick(self) -> None:
        """Looks at the store, some times a second."""
        raise NotImplementedError

    def draw(self) -> None:
        """A new page."""
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
        self.store.start()
        self.set_interval(1 / FRAMES_A_SECOND, self.tick)
        self.call_after_refresh(self.draw)

    def on_unmount(self) -> None:
        self.store.stop()

    def on_resize(self, event: events.Resize) -> None:
        self.draw()

    def tell(self, text: str, *, bad: bool = False) -> None:
        """A sentence over the keys."""
        self.said.answer, self.said.answer_is_bad = text, bad

    def take_in(self) -> bool:
        """What was answered since, and how far the time before the drill is; whether there was an answer."""
        new = len(self.store.answers) > self.heard
        if new:
            said, bad = self.store.answers[-1]
            self.tell(told(said), bad=bad)
            self.heard = len(self.store.answers)
        if self.store.before < 1.0:
            self.tell(W["before"].format(share=100 * self.store.before))
        elif self.said.answer.startswith(W["before"][:8]):
            self.said.answer = ""
        return new

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

    def waits_for(self, key: str) -> bool:
        """Whether the next key must wait for this one: it may open or close the line, and so decide who the next is for."""
        return self.focused is None or key in {"enter", "escape", "tab", "up", "down"}

    def on_key(self, event: events.Key) -> None:
        if self.typing:
            self.line_key(event)
        else:
            event.stop()
            event.prevent_default()
            self.screen_key(event)
        self.handled.set()

    def screen_key(self, event: events.Key) -> None:
        """A key while no line is open."""
        raise NotImplementedError

    def line_key(self, event: events.Key) -> None:
        """A key while the line is open."""
        line = self.query_one(Input)
        if event.key == "enter":  # here, not by the binding of the line: the next key waits until it is closed
            event.stop()
            self._entered(line.value)
        elif event.key == "escape":
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
        words = self.store.complete(line.value[: line.cursor_position])
        such = self.store.facts.example(line.value.split()[0]) if line.value.strip() else ""
        such = W["such as"].format(example=such) if such else ""
        if not words:
            self.tell(such)
            return
        begun = begun_word(line.value)
        common = words[0]
        for word in words[1:]:
            while not word.startswith(common):
                common = common[:-1]
        ending = " " if len(words) == 1 else ""
        line.value = line.value[: len(line.value) - len(begun)] + common + ending
        line.cursor_position = len(line.value)
        self.tell("   ".join(t for t in ("  ".join(words), such) if t))

    def _entered(self, value: str) -> None:
        text = value.strip().removeprefix(":").strip()
        self.close_line()
        self.submitted(text)
        self.draw()

    def remember(self, text: str) -> None:
        """For Up and Down."""
        if not self.history or self.history[-1] != text:
            self.history.append(text)
