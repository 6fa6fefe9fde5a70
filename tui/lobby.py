"""The lobby: choose a drill, seats and mode; go on with an unfinished run, or see the last debrief once more."""

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from tui.canvas import Canvas, show_on
from tui.cells import Page
from tui.edit import Form
from tui.paint import frame, lists
from tui.paint import lobby as paint
from tui.shell import Shell
from tui.words import SEATS, W
from twin.base.fault import Fault, Faults
from twin.cli.drill import today
from twin.seat.kept import Kept, last_of, newest, next_seed
from twin.seat.offers import Offer, offers, todays

LONGEST_SOUGHT = 30


class Lobby(Screen[None]):
    """The list of drills."""

    app: Shell

    def __init__(self) -> None:
        super().__init__()
        self.drills: list[Offer] = []
        self.runs: list[Kept] = []
        self.at = 0
        self.seats: set[str] = set()
        self.answer = ""
        self.keys = False
        self.form: Form | None = None
        self.sought: str | None = None  # what is being typed to find a drill
        self.filter = ""

    def compose(self) -> ComposeResult:
        """One canvas."""
        yield Canvas(self.app.look)

    def on_mount(self) -> None:
        self._look_again()
        self.call_after_refresh(self.draw)

    def on_screen_resume(self) -> None:
        self._look_again(self.chosen.name if self.drills else "")
        self.draw()

    def on_resize(self, event: events.Resize) -> None:
        self.draw()

    def _look_again(self, name: str = "") -> None:
        """What lies in the folders now; at the drill of that name."""
        self.drills, self.runs = offers(), newest()
        self._go_to(next((i for i, its in enumerate(self.shown) if its.name == name), self.at))

    @property
    def shown(self) -> list[Offer]:
        """The drills that the filter leaves; all of them where it would leave none."""
        sought = (self.filter if self.sought is None else self.sought).casefold()
        return [its for its in self.drills if sought in f"{its.name} {its.title}".casefold()] or self.drills

    @property
    def chosen(self) -> Offer:
        """The drill the cursor is at."""
        return self.shown[self.at]

    @property
    def seed(self) -> int:
        """Of the next evening of the chosen drill: another one each time."""
        return next_seed(self.chosen.drill, self.runs, self.app.seed)

    @property
    def unfinished(self) -> Kept | None:
        """The newest run, while it has no outcome."""
        return self.runs[0] if self.runs and not self.runs[0].score else None

    def _go_to(self, at: int) -> None:
        self.at = min(max(at, 0), len(self.shown) - 1)
        self.seats = {self.chosen.seat}

    def draw(self) -> None:
        """A new page."""
        size = self.size
        page = Page(max(1, size.width), max(1, size.height), ascii_only=self.app.ascii_only)
        if not frame.fits(page.columns, page.rows):
            frame.too_small(page)
        elif self.keys:
            lists.paint_keys(page, 2, page.rows - 3)
        elif self.form is not None:
            paint.paint_form(page, self.form.source, self.form.rows(), self.form.at, self.answer)
        else:
            paint.paint_lobby(page, self._board())
        show_on(self, page)

    def _board(self) -> paint.Board:
        rows = [(its, last_of(its.drill, self.runs)) for its in self.shown]
        return paint.Board(
            rows, self.at, self.seats, self.app.guided, self.seed, self.unfinished, self.sought or self.filter,
            self.answer, seeking=self.sought is not None,
        )  # fmt: skip

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.answer = ""
        if self.keys:
            self.keys = False
        elif self.form is not None:
            self._form_key(event.key, event.character or "", self.form)
        elif self.sought is not None:
            self._seek(event.key, event.character or "", self.sought)
        elif event.key in {"up", "down", "home", "end"}:
            steps = {"up": self.at - 1, "down": self.at + 1, "home": 0, "end": len(self.shown) - 1}
            self._go_to(steps[event.key])
        elif event.key == "escape" and self.filter:
            self.filter = ""
            self._go_to(0)
        elif event.key in {"q", "escape", "ctrl+c"}:
            self.app.exit(0)
            return
        elif event.key in {"enter", "t", "c", "d"}:
            if self._go(event.key):
                return
        else:
            self._choose(event.key, event.character or "")
        self.draw()

    def _seek(self, key: str, character: str, sought: str) -> None:
        """Letters narrow the list; Enter keeps it so, Esc shows all."""
        if key in {"enter", "escape"}:
            self.filter, self.sought = (sought if key == "enter" else ""), None
        elif key == "backspace":
            self.sought = sought[:-1]
        elif character.isprintable() and len(sought) < LONGEST_SOUGHT:
            self.sought = sought + character
        self._go_to(0 if key != "enter" else self.at)

    def _choose(self, key: str, character: str) -> None:
        """Seats, mode, the form, the keys."""
        if key == "space":
            self._next_seat()
        elif character.isdigit() and 1 <= int(character) <= len(SEATS):
            self.seats ^= {SEATS[int(character) - 1]}
        elif key == "g":
            self.app.guided = not self.app.guided
        elif key == "e":
            self.form = self._opened(self.chosen.name)
        elif character == "/":
            self.sought = ""
        elif key == "question_mark":
            self.keys = True

    def _opened(self, name: str) -> "Form | None":
        try:
            return Form.of(name)
        except (Fault, Faults) as fault:
            self.answer = str(fault).splitlines()[0]
            return None

    def _form_key(self, key: str, character: str, form: "Form") -> None:
        if key == "escape":
            self.form = None
        elif key in {"up", "down", "tab"}:
            form.at = (form.at + (-1 if key == "up" else 1)) % len(form.values)
        elif key == "enter":
            try:
                path = form.save()
            except (Fault, Faults) as fault:
                self.answer = str(fault).splitlines()[0]
                return
            self.form = None
            self.filter = ""
            self._look_again(str(path))
            self.answer = W["form saved"].format(path=path)
        elif key == "backspace":
            form.values[form.at] = form.values[form.at][:-1]
        elif character and character.isprintable() and len(form.values[form.at]) < 80:
            form.values[form.at] += character

    def _next_seat(self) -> None:
        """One key goes round the seats; the digits 1 to 6 take several."""
        posts = list(SEATS)
        now = posts.index(next(iter(self.seats))) if len(self.seats) == 1 else -1
        self.seats = {posts[(now + 1) % len(posts)]}

    def _go(self, key: str) -> bool:
        """Out of the lobby; False, and why, where it cannot be."""
        acts: dict[str, Callable[[], None]] = {
            "enter": lambda: self._begin(self.chosen, self.seed), "t": self._todays, "c": self._go_on, "d": self._debrief
        }  # fmt: skip
        try:
            acts[key]()
        except Fault as fault:
            self.answer = str(fault)
        except Faults as faults:
            self.answer = str(faults.faults[0])
        return not self.answer

    def _begin(self, drill: Offer, seed: int) -> None:
        if not self.seats:
            raise Fault("take at least one seat.")
        self.app.begin(drill.name, tuple(s for s in SEATS if s in self.seats), seed)

    def _todays(self) -> None:
        """The drill of the day comes under the cursor and begins, in the seat it offers."""
        drill, seed = todays(self.drills, self.runs, today())
        self.filter = ""
        self._go_to(self.drills.index(drill))
        self._begin(drill, seed)

    def _go_on(self) -> None:
        if self.unfinished is None:
            raise Fault(W["lobby nothing unfinished"])
        self.app.go_on(self.unfinished.path)

    def _debrief(self) -> None:
        last = last_of(self.chosen.drill, self.runs)
        if last is None:
            raise Fault(W["lobby no debrief"].format(title=self.chosen.title))
        self.app.go_on(last.path)
