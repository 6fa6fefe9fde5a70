"""The instructor's desk: five keys, a form that knows what can break, and a command line."""

from collections.abc import Callable

from textual import events

from tui.canvas import Canvas
from tui.cells import Page
from tui.client import Client
from tui.paint import desk as paint
from tui.paint import frame
from tui.store import Store
from tui.typed import Typed
from tui.words import WHENS, W

_TYPED_IN_A_VALUE = " .-/%"


class Teach(Typed):
    """The desk of one drill. `store` is the engine's, or the far end of an attached terminal."""

    def __init__(self, store: Store | Client) -> None:
        self.ui = paint.DeskUi()
        super().__init__(store, self.ui)
        self._keys: dict[str, Callable[[], None]] = {
            "f5": self._freeze, "5": self._freeze, "space": self._freeze, "f6": self._step, "6": self._step, "f7": self._snap, "7": self._snap, "f8": self._back,
            "8": self._back, "f9": self._inject, "9": self._inject, "k": self._mark, "E": self._end, "upper_e": self._end, "comma": self._slower,
            "full_stop": self._faster, "question_mark": self._help, "tab": self._other_page, "v": self._other_page,
        }  # fmt: skip

    def tick(self) -> None:
        """Draws, and takes in what was answered."""
        self.app.mind_the_size()
        self.take_in()
        if self.store.fault:
            self.tell(W["plant stopped"].format(why=self.store.fault), bad=True)
        self.draw()
        if self.store.ended:
            self.app.end(self.store, [])

    def draw(self) -> None:
        """The page."""
        size = self.size
        page = Page(max(1, size.width), max(1, size.height), ascii_only=self.app.ascii_only, strict=self.app.strict)
        if page.columns < 80 or page.rows < 24:
            frame.too_small(page)
        else:
            paint.paint(page, self.store.desk, self.ui)
        self.query_one(Canvas).show(page)

    def submitted(self, text: str) -> None:
        if text in {"q", "leave", "quit"}:
            self.ui.leaving = True
        elif text:
            self.remember(text)
            self.store.order(text)

    # keys

    def screen_key(self, event: events.Key) -> None:
        if self.ui.leaving:
            self.ui.leaving = False
            if event.key in {"y", "Y"}:
                self.app.leave(self.store)
        elif self.ui.form is not None:
            self._form_key(event.key, event.character or "", self.ui.form)
        else:
            self._desk_key(event.key, event.character or "")
        self.draw()

    def _desk_key(self, key: str, character: str) -> None:
        if key in {"q", "ctrl+c", "ctrl+q"}:
            self.ui.leaving = True
        elif key == "escape":
            self.ui.keys, self.ui.answer = False, ""
        elif key in {"up", "down"}:
            names = [t.name for t in self.store.desk.things]
            at = names.index(self.ui.thing) if self.ui.thing in names else 0
            self.ui.thing = names[min(max(at + (1 if key == "down" else -1), 0), len(names) - 1)]
        elif key == "enter":
            self._inject()
        elif character in {":", "o"}:
            self.open_line("")
        elif key in self._keys or character in self._keys:
            (self._keys.get(character) or self._keys[key])()

    def _freeze(self) -> None:
        self.store.run_or_freeze()

    def _step(self) -> None:
        self.store.order("step")

    def _snap(self) -> None:
        self.open_line("snap ")

    def _back(self) -> None:
        self.open_line("back 2 min")
        self.tell(W["back where"])

    def _mark(self) -> None:
        self.open_line("mark ")

    def _end(self) -> None:
        self.store.order("end")

    def _slower(self) -> None:
        self.store.faster(0.5)

    def _faster(self) -> None:
        self.store.faster(2.0)

    def _help(self) -> None:
        self.ui.keys = not self.ui.keys

    def _other_page(self) -> None:
        self.ui.page = "2" if self.ui.page == "1" else "1"

    # the form

    def _inject(self) -> None:
        """The form for the thing under the cursor; a post gets the line, for only a person knows the words."""
        names = [t.name for t in self.store.desk.things]
        thing = self.ui.thing if self.ui.thing in names else names[0]
        kind = next(t.kind for t in self.store.desk.things if t.name == thing)
        if kind == "post":
            self.open_line(f'tell {thing} "')
        else:
            self.ui.form = paint.Form(thing)

    def _form_key(self, key: str, character: str, form: paint.Form) -> None:
        text = paint.sentence(self.store.desk, form)
        if key == "escape":
            self.ui.form = None
        elif key in {"up", "down"}:
            offers = next((len(t.offers) for t in self.store.desk.things if t.name == form.thing), 1)
            form.at, form.value = (form.at + (1 if key == "down" else -1)) % offers, None
        elif key in {"left", "right"}:
            form.when = (form.when + (1 if key == "right" else -1)) % len(WHENS)
        elif key == "enter":
            self.ui.form = None
            if form.when == len(WHENS) - 1:
                self.open_line("when ")
                self.tell(W["condition first"].format(line=text))
                self.query_one("Input").value = f"{text} when "  # type: ignore[attr-defined]
                self.query_one("Input").cursor_position = len(text) + 6  # type: ignore[attr-defined]
            else:
                self.store.order(f"{WHENS[form.when]}{text}")
        elif character == "e" and form.value is None:
            self.ui.form = None
            self.open_line(f"{WHENS[form.when]}{text}" if form.when < len(WHENS) - 1 else f"{text} when ")
        elif key == "backspace":
            form.value = (form.value or "")[:-1]
        elif character and (character.isalnum() or character in _TYPED_IN_A_VALUE):
            form.value = (form.value or "") + character
