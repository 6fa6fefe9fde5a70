"""The console: lobby, room and end, one after the other."""

import asyncio
import contextlib
import signal
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding
from textual.theme import Theme

from tui.client import Client
from tui.end import End
from tui.lobby import Lobby
from tui.palette import Orders
from tui.roles import THEMES
from tui.roles import page as page_colours
from tui.room import Room
from tui.server import Server
from tui.shell import Shell
from tui.state import Ui
from tui.store import Store
from tui.teach import Teach
from tui.typed import Typed
from tui.words import W, word
from twin.base.fault import Fault, Faults
from twin.debrief import outcome
from twin.engine import replay
from twin.engine import session as sessions
from twin.engine.orders import INSTRUCTOR
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.seat.player import known_seats, seats_of

KEY_S = 0.2  # what the next key waits at most for the one before it


class Console(Shell):
    """The whole console. `strict` makes painters raise where text would be cut (tests)."""

    COMMANDS: ClassVar = {Orders}
    BINDINGS: ClassVar = [Binding("ctrl+q", "quit", priority=True), Binding("ctrl+c", "quit", priority=True)]
    CSS = "Screen { background: $background; }"

    def __init__(
        self, *, scenario: str = "", resume: Path | None = None, out: Path | None = None, seats: tuple[str, ...] = (),
        guided: bool = True, seed: int = 0, world: int = 0, settings: tuple[str, ...] = (), speed: float = 1.0,
        look: str = "dark", ascii_only: bool = False, strict: bool = False, attach: Path | None = None, key: str = "",
        open_to: str = "", others: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__()
        self.attach_to, self.key, self.open_to, self.others = attach, key, open_to, others
        self.scenario, self.resume_path, self.out, self.seats = scenario, resume, out, seats
        self.guided, self.seed, self.world, self.settings, self.speed = guided, seed, world, settings, speed
        self.look, self.ascii_only, self.strict = look, ascii_only, strict
        self.has_lobby = not scenario and resume is None and attach is None
        self.said: list[str] = []
        self.failed: Fault | Faults | None = None  # why the drill could not begin
        assert look in THEMES
        text, ground = page_colours(look)
        self.register_theme(Theme(name="twin", primary=text, foreground=text, background=ground, dark=look != "light"))
        self.theme = "twin"

    async def on_event(self, event: events.Event) -> None:
        """Keys come in bursts over a slow link: each finds the line as the one before it left it."""
        if isinstance(event, events.Key) and event.key == "ctrl+j":
            event = events.Key("enter", "\r")  # what was typed before the console had the terminal ends in newlines
        screen = self.screen if self.screen_stack else None
        if not (
            isinstance(event, events.Key)
            and not event.is_forwarded
            and isinstance(screen, Typed)
            and screen.waits_for(event.key)
        ):
            await super().on_event(event)
            return
        screen.handled.clear()
        await super().on_event(event)
        with contextlib.suppress(TimeoutError):  # a key that was bound to something else
            await asyncio.wait_for(screen.handled.wait(), KEY_S)

    def on_mount(self) -> None:
        if not self.is_headless:
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self._sent_away, 128 + number)
        try:
            if self.has_lobby:
                self.push_screen(Lobby())
            elif self.attach_to is not None:
                self.attach(self.attach_to)
            elif self.resume_path is not None:
                self.go_on(self.resume_path)
            else:
                self.begin(self.scenario, self.seats, self.seed)
        except (Fault, Faults) as fault:
            self.failed = fault
            self.exit(2)

    def begin(self, name: str, seats: tuple[str, ...], seed: int) -> None:
        """A new run of a scenario; the time before the seat opens runs at full speed."""
        from twin.cli.run import run_file

        its = sessions.start(Setup(name, seed, self.world, self.settings, assessed=not self.guided))
        taken = known_seats(its, seats, INSTRUCTOR)
        if INSTRUCTOR in taken and len(taken) > 1:
            raise Fault("the instructor sits alone.", "Act for a post with `as POST …`.")
        sessions.keep(its, self.out or run_file(name))
        self._enter(its, taken)

    def go_on(self, path: Path | None) -> None:
        """An unfinished run."""
        assert path is not None
        its, _ = replay.resume_for_people(path, outcome.sealed)
        if its.outcome is not None:
            its.close()
            self.push_screen(End(its, [s.hint for s in its.commands if s.hint]))
            return
        self._enter(its, seats_of(its, self.seats))

    def _enter(self, its: Session, seats: tuple[str, ...]) -> None:
        start = its.model.spec.drill.start
        opens = its.model.clock.tick(start) if start else 0
        store = Store(its, seats, self.speed, opens, self._awaited(its, seats))
        self._opened(store)
        if INSTRUCTOR in seats:
            desk = Teach(store)
            run = its.journal.path if its.journal else ""
            desk.tell(W["attach with"].format(run=run, key=store.key))
            self.push_screen(desk)
            return
        self.push_screen(
            Room(
                store, Ui(guided=not its.setup.assessed, ascii_only=self.ascii_only, theme=self.look, speed=self.speed)
            )
        )

    def _awaited(self, its: Session, seats: tuple[str, ...]) -> tuple[str, ...]:
        """The seats that the drill waits for: those named, else an instructor's drill for the seat it offers."""
        if self.others:
            return tuple(dict.fromkeys(post for post in known_seats(its, self.others) if post not in seats))
        return (str(its.model.spec.drill.post),) if INSTRUCTOR in seats else ()

    def _opened(self, store: Store) -> None:
        """Other terminals of this machine may attach where that was asked for, or an instructor sits here."""
        if store.session.journal is None or not (self.open_to or INSTRUCTOR in store.seats):
            return
        server = Server(store, store.session.journal.path, self.open_to or "owner")
        store.on_start, store.on_end, store.on_stop = server.start, server.end, server.stop

    def attach(self, run: Path) -> None:
        """A seat of a drill that runs in another terminal."""
        far = Client(run, self.seats or ("control-room",), self.key)
        if INSTRUCTOR in far.seats:
            self.push_screen(Teach(far))
        else:
            self.push_screen(Room(far, Ui(guided=not far.assessed, ascii_only=self.ascii_only, theme=self.look)))

    def end(self, store: Any, hints: list[str]) -> None:
        """The end of a drill replaces its room."""
        if isinstance(store, Client):
            if store.lived is None:
                self.said.append(W["end elsewhere"].format(score=store.score))
                self.exit(0)
                return
            self.said.append(word("line.score", title=store.title, score=store.score))
            self.switch_screen(End(store.lived, hints))
            return
        if journal := store.session.journal:
            figures, line = store.session.last_seal
            self.said += [word("line.proof", path=str(journal.path)), word("line.seal", figures=figures, line=line)]
        self.switch_screen(End(store.session, hints))

    def second_chance(self, parent: Session, tick: int, post: str, act: str, closes: int) -> None:
        """A new run of the same world from a tick on, with a person in the post whose window is about to shut."""
        from twin.cli.run import run_file

        its = replay.second_chance(parent, tick, run_file(parent.setup.scenario), act=act, closes=closes)
        store = Store(its, seats_of(its, tuple(dict.fromkeys((post, *seats_of(its, ()))))), self.speed, tick)
        self._opened(store)
        ui = Ui(guided=not its.setup.assessed, ascii_only=self.ascii_only, theme=self.look, speed=self.speed)
        ui.answer = W["two start"].format(act=act, closed=its.model.clock.text(closes))
        self.switch_screen(Room(store, ui))

    async def action_quit(self) -> None:
        """Ctrl-Q and Ctrl-C: out at once; everything is kept."""
        self._sent_away(0)

    def _sent_away(self, status: int) -> None:
        """Out, from whatever screen: the terminal is left as it was, and the line that resumes is printed."""
        for screen in self.screen_stack:
            if isinstance(screen, Typed):
                self._how_to_go_on(screen.store)
        self.exit(status)

    def _how_to_go_on(self, store: Any) -> None:
        if isinstance(store, Client):
            self.said.append(W["attach"].format(run=self.attach_to, post=store.seats[0]))
        elif store.session.journal:
            self.said.append(word("line.resume", more="", path=str(store.session.journal.path)))

    def to_the_list(self) -> None:
        """After the end: back to the list of drills, wherever one came from."""
        if self.has_lobby:
            self.pop_screen()
        else:
            self.has_lobby, self.out = True, None  # the next run has a file of its own
            self.switch_screen(Lobby())

    def leave(self, store: Any) -> None:
        """Everything is kept; back to the list, or out."""
        self._how_to_go_on(store)
        if isinstance(store, Client):
            self.exit(0)
            return
        if self.has_lobby:
            self.pop_screen()
        else:
            self.exit(0)
