"""The lobby: choose a drill, seats and mode; go on with an unfinished run."""

import json
from pathlib import Path
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from tui.canvas import Canvas
from tui.cells import Page
from tui.edit import Form
from tui.paint import frame, lists
from tui.paint import lobby as paint
from tui.shell import Shell
from tui.words import SEATS, W
from twin.base.fault import Fault, Faults
from twin.text.say import spoken


class Lobby(Screen[None]):
    """The list of drills."""

    app: Shell

    def __init__(self) -> None:
        super().__init__()
        self.choices: list[paint.Choice] = []
        self.at = 0
        self.seats: set[str] = set()
        self.answer = ""
        self.keys = False
        self.form: Form | None = None
        self.unfinished: Path | None = None

    def compose(self) -> ComposeResult:
        """One canvas."""
        yield Canvas(self.app.look)

    def on_mount(self) -> None:
        self.choices = _choices()
        self.unfinished = _unfinished()
        self._seat_of_choice()
        self.call_after_refresh(self.draw)

    def on_screen_resume(self) -> None:
        self.choices = _choices() or self.choices
        self.unfinished = _unfinished()
        self.draw()

    def on_resize(self, event: events.Resize) -> None:
        self.draw()

    def _seat_of_choice(self) -> None:
        self.seats = {self.app.offered_seat(self.choices[self.at].name)} if self.choices else {"control-room"}

    def draw(self) -> None:
        """A new page."""
        size = self.size
        page = Page(max(1, size.width), max(1, size.height), ascii_only=self.app.ascii_only)
        if page.columns < 80 or page.rows < 24:
            frame.too_small(page)
        elif self.keys:
            lists.paint_keys(page, 2, page.rows - 3)
        elif self.form is not None:
            paint.paint_form(page, self.form.source, self.form.rows(), self.form.at, self.answer)
        else:
            unfinished = self.unfinished.name if self.unfinished else ""
            paint.paint_lobby(page, self.choices, self.at, self.seats, self.app.guided, unfinished, self.answer)
        self.query_one(Canvas).show(page)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.answer = ""
        if self.keys:
            self.keys = False
        elif self.form is not None:
            self._form_key(event.key, event.character or "", self.form)
        elif event.key in {"up", "down", "home", "end"}:
            steps = {"up": self.at - 1, "down": self.at + 1, "home": 0, "end": len(self.choices) - 1}
            self.at = min(max(steps[event.key], 0), len(self.choices) - 1)
            self._seat_of_choice()
        elif event.key == "enter":
            self._go(lambda: self.app.begin(self.choices[self.at].name, tuple(s for s in SEATS if s in self.seats)))
            return
        elif event.key == "c" and self.unfinished:
            self._go(lambda: self.app.go_on(self.unfinished))
            return
        elif event.key in {"q", "escape", "ctrl+c"}:
            self.app.exit(0)
            return
        else:
            self._choose(event.key, event.character or "")
        self.draw()

    def _choose(self, key: str, character: str) -> None:
        """Seats, mode, the form, the keys."""
        if key == "space":
            self._next_seat()
        elif character.isdigit() and 1 <= int(character) <= len(SEATS):
            self.seats ^= {SEATS[int(character) - 1]}
        elif key == "g":
            self.app.guided = not self.app.guided
        elif key == "e" and self.choices:
            self.form = self._opened(self.choices[self.at].name)
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
            self.choices = _choices()
            self.at = next((i for i, c in enumerate(self.choices) if c.name == str(path)), 0)
            self._seat_of_choice()
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

    def _go(self, act: Any) -> None:
        try:
            if not self.seats:
                raise Fault("take at least one seat.")
            act()
        except Fault as fault:
            self.answer = str(fault)
            self.draw()
        except Faults as faults:
            self.answer = str(faults.faults[0])
            self.draw()


def _choices() -> list[paint.Choice]:
    """Own drills first, then shipped ones by level."""
    from twin.engine.compile import open_model
    from twin.language import files

    own = sorted(str(p) for p in files.own().glob("*.yaml")) if files.own().is_dir() else []
    lasts = _last_scores()
    found = []
    shipped = [files.in_language(name, spoken()) for name in files.shipped_scenarios()]
    for name in [*own, *shipped]:
        try:
            spec = open_model(files.Files(), name, [])[0].spec
        except (Fault, Faults):
            found.append(paint.Choice(name, W["has mistakes"].format(name=name), 0, 0, "", f"twin check {name}", True))
            continue
        found.append(paint.Choice(name, spec.title, _played_s(spec), spec.level, lasts.get(name, ""), spec.briefing))
    return sorted(found, key=lambda c: (c.name not in own, c.level, c.title))


def _played_s(spec: Any) -> int:
    """How long a person sits there: from the moment the seat opens."""
    from twin.engine.cues import Clock
    from twin.language.load import start_of

    opens = Clock(start_of(spec)).tick(spec.drill.start) if spec.drill.start else 0
    return int(spec.lasts_s - opens)


def _runs() -> list[Path]:
    folder = Path("runs")
    return sorted(folder.glob("*.twin"), key=lambda p: p.stat().st_mtime) if folder.is_dir() else []


def _last_scores() -> dict[str, str]:
    """The score of the last finished run of each scenario, read from the ends of run files."""
    found = {}
    for path in _runs()[-200:]:
        try:
            lines = path.read_bytes().splitlines()
            header, last = json.loads(lines[0])["body"], json.loads(lines[-1])
            if last["kind"] == "outcome":
                found[str(header["scenario"])] = str(last["body"]["score"])
        except (OSError, ValueError, KeyError, IndexError, TypeError):
            continue
    return found


def _unfinished() -> Path | None:
    """The last run that has no outcome yet."""
    for path in reversed(_runs()[-20:]):
        try:
            last = path.read_bytes().splitlines()[-1]
            if json.loads(last)["kind"] != "outcome":
                return path
            return None
        except (OSError, ValueError, KeyError, IndexError, TypeError):
            return path
    return None
