"""The control room: keys and typed lines to orders, pictures to pages."""

from collections.abc import Callable

from textual import events

from tui.canvas import show_on
from tui.client import Client
from tui.paint import alarms as alarm_paint
from tui.paint import frame, room
from tui.paint.tanks import sorted_tanks
from tui.state import Ui
from tui.store import Store
from tui.typed import Typed
from tui.words import W
from twin.engine.parts import WORDS
from twin.language.sentence import spoken, tokens
from twin.seat.radio import messages
from twin.seat.traces import TREND_S
from twin.seat.view import UNSEEN


class Room(Typed):
    """One drill being lived through. `store` is the engine's, or the far end of an attached terminal."""

    def __init__(self, store: Store | Client, ui: Ui) -> None:
        super().__init__(store, ui)
        self.ui = ui
        self.seen: object = None
        self.belled: set[str] = set()
        self.ui.posts = tuple(p for p in store.of_kinds("post") if p not in store.seats)
        self.ui.ground = store.facts.ground
        self._always: dict[str, Callable[[], None]] = {
            "question_mark": self._keys, "space": self._pause, "comma": self._slower, "full_stop": self._faster, "p": self._plan,
            "c": self._clear, "r": self._radio, "m": self._map,
        }  # fmt: skip
        self._on_page: dict[str, Callable[[], None]] = {  # these act on what the page shows
            "a": self._acknowledge, "A": self._acknowledge_all, "upper_a": self._acknowledge_all, "s": self._shelve,
            "h": self._help, "t": self._trend, "enter": self._enter,
        }  # fmt: skip
        self._on_hint: dict[str, Callable[[], None]] = {"x": self._hide, "X": self._no_hints, "upper_x": self._no_hints}

    def tick(self) -> None:
        """Draws when there is something new."""
        self.app.mind_the_size()
        if self.take_in():
            self.seen = None
        if self.store.snapshot is not self.seen or self.store.fault:
            self._ring()
            self.draw()
        if self.store.ended:
            self.app.end(self.store, self.ui.hints)

    def _ring(self) -> None:
        """The bell, once for each new alarm of the first priority."""
        new = {a.name for a in self.store.snapshot.alarms if a.priority == "high" and a.state == "unacknowledged"}
        if new - self.belled:
            self.app.bell()
        self.belled = new

    def draw(self) -> None:
        """A new page from the latest picture."""
        snap = self.store.snapshot
        self.seen = snap
        self.ui.waits_for = self.store.waits_for
        self.ui.frozen, self.ui.speed = self.store.frozen, self.store.pace
        names = [a.name for a in snap.alarms]
        if self.ui.alarm not in names or not (self.ui.moved or self.ui.help):
            unseen = [a.name for a in snap.alarms if a.state in UNSEEN]
            self.ui.alarm = (unseen or names or [""])[0]
            self.ui.help = self.ui.help and bool(names)
        size = self.size
        page = room.paint(
            snap, self.ui, max(1, size.width), max(1, size.height), traces=dict(self.store.traces), fault=self.store.fault,
            strict=self.app.strict,
        )  # fmt: skip
        show_on(self, page)

    # keys

    def screen_key(self, event: events.Key) -> None:
        if self.ui.leaving:
            self._leave_key(event)
        elif self.ui.radio is not None:
            self._radio_key(event.key, event.character or "", self.ui.radio)
        else:
            self._room_key(event.key, event.character or "")
        self.draw()

    def _leave_key(self, event: events.Key) -> None:
        self.ui.leaving = False
        if event.key in {"y", "Y"}:
            self.app.leave(self.store)

    def _room_key(self, key: str, character: str) -> None:
        """What acts on a page acts only while that page is drawn: not behind the keys, another tab or in too small a window."""
        ui = self.ui
        drawn = frame.fits(self.size.width, self.size.height)
        if key in {"q", "ctrl+c", "ctrl+q"}:
            ui.leaving = True
        elif character in {":", "o"}:
            self.open_line("")
        elif not drawn and key != "space":
            return
        elif character in {"1", "2", "3", "4", "6", "7"}:
            ui.tab, ui.help, ui.keys, ui.scroll = character, False, False, 0
            ui.pane = "alarms" if character == "2" else ui.pane
        elif key in _CURSOR or (ui.tab == "7" and key in _SIDEWAYS and not ui.keys):
            self._move(_CURSOR.get(key, 0) or _SIDEWAYS[key])
        elif key in {"tab", "shift+tab"}:
            self._other_pane()
        elif key == "escape":
            ui.tab = ui.tab if ui.keys or ui.help else "1"
            ui.help, ui.keys, ui.answer, ui.scroll = False, False, "", 0
        elif key in self._always:
            self._always[key]()
        elif key in self._on_page and ui.tab in {"1", "2"} and not ui.keys:
            self._on_page[key]()
        elif key in self._on_hint and not (ui.keys or ui.help):
            self._on_hint[key]()

    def _other_pane(self) -> None:
        ui = self.ui
        if ui.tab != "1" or ui.keys:
            return
        ui.pane = "tanks" if ui.pane == "alarms" else "alarms"
        ui.tank = ui.tank or (sorted_tanks(self.store.snapshot)[0].name if self.store.snapshot.tanks else "")

    def _enter(self) -> None:
        ui = self.ui
        if ui.pane == "tanks" and not ui.help:
            self._trend()
        elif not ui.help and ui.alarm:
            ui.help, ui.step = True, 0
        elif ui.help and ui.guided:
            self._send_step()

    def _send_step(self) -> None:
        alarm = next((a for a in self.store.snapshot.alarms if a.name == self.ui.alarm), None)
        steps = alarm_paint.steps_for(self.store.snapshot, alarm) if alarm else []
        if steps:
            line, do = steps[self.ui.step % len(steps)]
            self.ui.hints.append(f"{self.store.snapshot.clock} {line.name}")
            self.ui.step += 1
            self.send(do, line.name)

    def _move(self, by: int) -> None:
        ui, snap = self.ui, self.store.snapshot
        if ui.keys or ui.tab in {"3", "6"}:
            most = room.scrolls(snap, ui)
            ui.scroll = min(max(0, ui.scroll + by), max(0, most - 1))
        elif ui.tab == "7":
            ui.cursor = min(max(0, ui.cursor - by * CURSOR_S), TREND_S)
        elif ui.help and ui.guided:
            ui.step += by
        elif ui.pane == "tanks":
            names = [t.name for t in sorted_tanks(snap)]
            ui.tank = _moved(names, ui.tank, by)
        else:
            ui.moved = True
            ui.alarm = _moved([a.name for a in snap.alarms], ui.alarm, by)

    def _acknowledge(self) -> None:
        if self.ui.alarm:
            self.send(f"acknowledge {spoken(self.ui.alarm)}")

    def _acknowledge_all(self) -> None:
        self.send("acknowledge")

    def _shelve(self) -> None:
        if self.ui.alarm:
            self.open_line(f'shelve {self.ui.alarm} for 30 min because "')

    def _help(self) -> None:
        if self.ui.alarm:
            self.ui.help, self.ui.step = not self.ui.help, 0

    def _plan(self) -> None:
        self.ui.tab = "1" if self.ui.tab == "6" else "6"

    def _map(self) -> None:
        self.ui.tab = "1" if self.ui.tab == "4" else "4"

    def _keys(self) -> None:
        self.ui.keys, self.ui.scroll = not self.ui.keys, 0

    def _clear(self) -> None:
        """Orders that failed were seen: they leave the orders that are pending."""
        self.ui.cleared |= {o.number for o in self.store.snapshot.orders if o.failed}

    # the radio

    def _radio(self) -> None:
        if self.ui.posts:
            self.ui.radio = (0, 0)
        else:
            self.open_line("tell ")

    def _radio_key(self, key: str, character: str, at: tuple[int, int]) -> None:
        """Left and right choose the post, up and down the message; Enter puts it on the line, to be sent or changed."""
        ui, (post, message) = self.ui, at
        offered = messages(self.store.snapshot, ui.posts[post])
        if key in {"left", "right"}:
            ui.radio = ((post + (1 if key == "right" else -1)) % len(ui.posts), 0)
        elif key in {"up", "down"}:
            ui.radio = (post, (message + (1 if key == "down" else -1)) % (len(offered) + 1))
        elif key == "enter":
            ui.radio = None
            self.open_line([*offered, f'tell {ui.posts[post]} "'][min(message, len(offered))])
        elif key == "escape" or character in {":", "o", "r"}:
            ui.radio = None
            if character in {":", "o"}:
                self.open_line("")

    def _pause(self) -> None:
        self.store.run_or_freeze()

    def _slower(self) -> None:
        self.store.faster(0.5)

    def _faster(self) -> None:
        self.store.faster(2.0)

    def _hide(self) -> None:
        hint = room.hint_of(self.store.snapshot, self.ui)
        if hint is not None:
            self.ui.hidden.add(hint.name)

    def _no_hints(self) -> None:
        self.ui.hints_off = True

    def _trend(self) -> None:
        snap, ui = self.store.snapshot, self.ui
        thing = ui.tank if ui.pane == "tanks" else ""
        names = [r.name for r in snap.readings if thing and r.thing == thing and not r.by_hand and r.unit != "flag"]
        if not names and ui.alarm:
            limit = next((a.limit for a in snap.alarms if a.name == ui.alarm), "")
            names = [r.name for r in snap.readings if r.name in tokens(limit)]
        for name in names:
            if name not in ui.signals:
                ui.signals.append(name)
        ui.signals = ui.signals[-4:]
        self.store.want(tuple(ui.signals))
        ui.tab = "7"

    # the command line

    def left_line(self) -> None:
        self.ui.confirm = ("", "")

    def submitted(self, text: str) -> None:
        post, waiting = self.ui.confirm
        if waiting:
            self.ui.confirm = ("", "")
            if text == waiting.split()[0]:
                self.store.order(waiting, post)
            else:
                self.tell(W["left"].format(line=waiting))
        elif text:
            self.remember(text)
            self.send(text)

    def send(self, text: str, hint: str = "") -> None:
        """An order goes out; some ask for their word first, acknowledging never does. `hint`: whose step it is."""
        if text in {"q", "leave", "quit"}:
            self.ui.leaving = True
            return
        verb = text.split(maxsplit=1)[0]
        if verb in WORDS.verbs and WORDS.verbs[verb].asks_word:
            seat = next((s for s in self.store.seats if self.store.may(s, verb)), self.store.seats[0])
            self.ui.confirm, self.ui.stakes = (
                (seat, text),
                self.store.facts.stakes_of(" ".join(map(spoken, tokens(text)[:2]))),
            )
            self.call_later(self.open_line, "")
            return
        self.store.order(text, hint=hint)


CURSOR_S = 10  # what an arrow moves the cursor of the trends
_CURSOR = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8, "home": -10_000, "end": 10_000}
_SIDEWAYS = {"left": -1, "right": 1}


def _moved(names: list[str], now: str, by: int) -> str:
    if not names:
        return ""
    at = names.index(now) if now in names else 0
    return names[min(max(at + by, 0), len(names) - 1)]
