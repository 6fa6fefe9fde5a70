"""The console: lobby, room and end, one after the other."""

import os
import sys
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.screen import Screen
from textual.theme import Theme

from tui.canvas import Canvas
from tui.cells import Page
from tui.lobby import Lobby
from tui.paint import ends, frame
from tui.palette import Orders
from tui.roles import THEMES
from tui.roles import page as page_colours
from tui.room import Room
from tui.state import Ui
from tui.store import Store
from twin.base.fault import Fault, Faults, nearest
from twin.debrief import outcome
from twin.engine import session as sessions
from twin.engine.session import Session, Setup


class End(Screen[None]):
    """What it came to."""

    app: "Console"

    def __init__(self, session: Session, found: Any, hints: list[str]) -> None:
        super().__init__()
        self.session, self.found, self.hints = session, found, hints

    def compose(self) -> ComposeResult:
        """One canvas."""
        yield Canvas(self.app.look)

    def on_mount(self) -> None:
        self.call_after_refresh(self.draw)

    def on_resize(self, event: events.Resize) -> None:
        self.draw()

    def draw(self) -> None:
        """The page."""
        size = self.size
        page = Page(max(1, size.width), max(1, size.height), ascii_only=self.app.ascii_only)
        if page.columns < 80 or page.rows < 24:
            frame.too_small(page)
        else:
            path = str(self.session.journal.path) if self.session.journal else ""
            ends.paint_end(page, self.session.model.spec.title, self.found, self.hints, path, self._trade_h())
        self.query_one(Canvas).show(page)

    def _trade_h(self) -> float:
        """Hours that stopping early cost in trade: shown beside the score, never in it."""
        transfers = self.session.model.spec.farm.of("transfers")
        moved = self.session.block.world.farm.moved_m3[0]
        names = self.session.model.plant.transfers
        early = [
            transfers[n].late_costs_s for x, n in enumerate(names)
            if transfers[n].amount_m3 and moved[x] < transfers[n].amount_m3
            and any(a.verb in {"stop", "trip", "stop-work"} and not a.end for a in self.session.block.acts[0])
        ]  # fmt: skip
        return max(early, default=0.0) / 3600

    def on_key(self, event: events.Key) -> None:
        event.stop()
        if event.key in {"enter", "escape"} and self.app.has_lobby:
            self.app.pop_screen()
        elif event.key in {"q", "enter", "escape", "ctrl+c"}:
            self.app.exit(0)


class Console(App[int]):
    """The whole console. `strict` makes painters raise where text would be cut (tests)."""

    COMMANDS: ClassVar = {Orders}
    CSS = "Screen { background: $background; }"

    def __init__(
        self, *, scenario: str = "", resume: Path | None = None, out: Path | None = None, seats: tuple[str, ...] = (),
        guided: bool = True, seed: int = 0, world: int = 0, settings: tuple[str, ...] = (), speed: float = 1.0,
        look: str = "dark", ascii_only: bool = False, strict: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.scenario, self.resume_path, self.out, self.seats = scenario, resume, out, seats
        self.guided, self.seed, self.world, self.settings, self.speed = guided, seed, world, settings, speed
        self.look, self.ascii_only, self.strict = look, ascii_only, strict
        self.has_lobby = not scenario and resume is None
        self.said: list[str] = []
        self.failed: Fault | Faults | None = None  # why the drill could not begin
        assert look in THEMES
        text, ground = page_colours(look)
        self.register_theme(Theme(name="twin", primary=text, foreground=text, background=ground, dark=look != "light"))
        self.theme = "twin"

    def on_mount(self) -> None:
        try:
            if self.has_lobby:
                self.push_screen(Lobby())
            elif self.resume_path is not None:
                self.go_on(self.resume_path)
            else:
                self.begin(self.scenario, self.seats)
        except (Fault, Faults) as fault:
            self.failed = fault
            self.exit(2)

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

    def offered_seat(self, name: str) -> str:
        """The seat a scenario offers first."""
        from twin.engine.model import open_model
        from twin.farm.files import Files

        try:
            return str(open_model(Files(), name, [])[0].spec.drill.post)
        except (Fault, Faults):
            return "control-room"

    def begin(self, name: str, seats: tuple[str, ...]) -> None:
        """A new run of a scenario; the time before the seat opens runs at full speed."""
        from twin.cli.run import run_file

        its = sessions.start(Setup(name, self.seed, self.world, self.settings))
        taken = seats or (str(its.model.spec.drill.post),)
        for post in taken:
            if post not in its.model.authority.posts:
                raise Fault(f"{post!r} is no post.", nearest(post, its.model.authority.posts))
        sessions.keep(its, self.out or run_file(name))
        self._enter(its, taken)

    def go_on(self, path: Path | None) -> None:
        """An unfinished run."""
        assert path is not None
        its, _ = sessions.resume(path, outcome.sealed)
        if its.outcome is not None:
            self.push_screen(End(its, its.outcome, []))
            return
        self._enter(its, seats_of(its, self.seats))

    def _enter(self, its: Session, seats: tuple[str, ...]) -> None:
        start = its.model.spec.drill.start
        store = Store(its, seats, self.speed, its.model.clock.tick(start) if start else 0)
        self.push_screen(
            Room(store, Ui(guided=self.guided, ascii_only=self.ascii_only, theme=self.look, speed=self.speed))
        )

    def end(self, store: Store, ui: Ui) -> None:
        """The end of a drill replaces its room."""
        assert store.outcome is not None
        self.said.append(f"proof: twin verify {store.session.journal.path}" if store.session.journal else "")
        self.switch_screen(End(store.session, store.outcome, ui.hints))

    def leave(self, store: Store) -> None:
        """Everything is kept; back to the list, or out."""
        if store.session.journal:
            self.said.append(f"resume: twin drill --resume {store.session.journal.path}")
        if self.has_lobby:
            self.pop_screen()
        else:
            self.exit(0)


def seats_of(its: Session, asked: tuple[str, ...]) -> tuple[str, ...]:
    """The seats that people hold in a resumed run."""
    if asked:
        return asked
    posts = its.model.authority.posts
    held = tuple(p for i, p in enumerate(posts) if not its.block.world.controls.on_plan[0, i])
    queued = tuple(c.post for c in its.commands if c.sentence == f"take {c.post}")
    return held or queued or (str(its.model.spec.drill.post),)
