"""The instructor's desk: five keys, a form that knows what can break, and a command line."""

from collections.abc import Callable

from textual import events

from tui.canvas import show_on
from tui.cells import Page
from tui.client import Client
from tui.paint import desk as paint
from tui.paint import frame, room
from tui.state import Ui
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
            "full_stop": self._faster, "question_mark": self._help, "tab": self._other_page, "v": self._watch,
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
        watched = self.store.watched
        if watched is not None and frame.fits(size.width, size.height):
            seat = Ui(
                guided=not self.store.assessed, ascii_only=self.app.ascii_only, theme=self.app.look,
                speed=self.store.pace, frozen=self.store.frozen, waits_for=self.store.waits_for,
            )  # fmt: skip
            page = room.paint(watched, seat, size.width, size.height, traces={}, strict=self.app.strict)
            paint.paint_watched(page, watched, self.ui)
            show_on(self, page)
            return
        page = Page(max(1, size.width), max(1, size.height), ascii_only=self.app.ascii_only, strict=self.app.strict)
        if not frame.fits(page.columns, page.rows):
            frame.too_small(page)
        else:
            paint.paint(page, self.store.desk, self.ui)
        show_on(self, page)

    def left_line(self) -> None:
        self.ui.question = self.ui.asks_for = ""

    def submitted(self, text: str) -> None:
        word = self.ui.asks_for
        self.left_line()
        if word and text != word:
            self.tell(W["left"].format(line=word))
        elif text in {"q", "leave", "quit"}:
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
        """What acts on a thing of the list acts only while the list is drawn."""
        listed = not self.ui.keys and (self.ui.page == "1" or self.size.width >= paint.WIDE)
        if key in {"q", "ctrl+c", "ctrl+q"}:
            self.ui.leaving = True
        elif key == "escape":
            self.ui.keys, self.ui.answer, self.ui.watches = False, "", ""
            self.store.watch("")
        elif not listed and (key in {"up", "down", "enter", "f9"} or character == "9"):
            return
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
        self.ui.question = W["back where"]

    def _mark(self) -> None:
        self.open_line("mark ")

    def _end(self) -> None:
        """Ends it for everybody, once the word is typed."""
        self.open_line("")
        self.ui.question, self.ui.asks_for = W["desk end"], "end"

    def _slower(self) -> None:
        self.store.faster(0.5)

    def _faster(self) -> None:
        self.store.faster(2.0)

    def _help(self) -> None:
        self.ui.keys = not self.ui.keys

    def _other_page(self) -> None:
        self.ui.page = "2" if self.ui.page == "1" else "1"

    def _watch(self) -> None:
        """What a seat sees: of those that somebody sits in one after the other, of all where nobody does; then the desk again."""
        seats = [str(s.text) for s in self.store.desk.seats if s.role == "strong"]
        seats = [*(seats or [str(s.text) for s in self.store.desk.seats]), ""]
        at = seats.index(self.ui.watches) if self.ui.watches in seats else -1
        self.ui.watches = seats[(at + 1) % len(seats)]
        self.store.watch(self.ui.watches)

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
                self.open_line(f"{text} when ")
                self.ui.question = W["condition last"]
            else:
                self.store.order(f"{WHENS[form.when]}{text}")
        elif character == "e" and form.value is None:
            self.ui.form = None
            self.open_line(f"{WHENS[form.when]}{text}" if form.when < len(WHENS) - 1 else f"{text} when ")
        elif key == "backspace":
            form.value = (form.value or "")[:-1]
        elif character and (character.isalnum() or character in _TYPED_IN_A_VALUE):
            form.value = (form.value or "") + character
