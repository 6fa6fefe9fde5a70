"""The fixed frame: identity, worst news, the sentence; pending orders, the command line, the keys."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui.cells import Page, wrap
from tui.state import Ui
from tui.words import BADGE, W, told, word
from twin.seat.picture import Snapshot, span
from twin.seat.view import ASIDE, UNSEEN, OrderRow

PRIORITY = {"high": ("!!1", "p1"), "medium": (" !2", "p2"), "low": (" .3", "p3")}


def top(page: Page, snap: Snapshot, ui: Ui) -> None:
    """Rows 0 to 2."""
    wide = page.columns >= 120
    for y in (0, 1):
        page.shade(y, "raised")
    page.put(0, 0, f"  {BADGE}  ".ljust(11), "badge")
    page.put(12, 0, W["training"], "strong")
    if wide:
        page.put(39, 0, snap.title, "text", width=26)
    page.put(66 if wide else 37, 0, _clock(snap, ui), "strong", width=8)
    page.put(75 if wide else 46, 0, W["sim"], "dim")
    page.put(79 if wide else 50, 0, snap.clock, "strong")
    mode = W["guided"] if ui.guided else W["assessed"]
    page.put(0, 0, mode, "strong", width=page.columns - wide, right=True)
    x, room = (89, 19) if wide else (59, 12)
    seat = "+".join(snap.seats)
    page.put(x, 0, seat if cell_len(seat) <= room else f"{snap.seats[0]}+{len(snap.seats) - 1}", "text", width=room)
    _worst(page, snap, wide=wide)
    _sentence(page, snap, ui)


def _clock(snap: Snapshot, ui: Ui) -> str:
    """What the clock does."""
    if snap.over:
        return W["ended"]
    if ui.waits_for:
        return W["waiting"]
    return W["frozen"] if ui.frozen else W["run"].format(speed=ui.speed)


def _worst(page: Page, snap: Snapshot, *, wide: bool) -> None:
    live = [a for a in snap.alarms if a.state not in ASIDE]
    x = page.put(1, 1, W["alarms"].format(count=len(live)), "strong") + 1
    for priority, (glyph, role) in PRIORITY.items():
        count = sum(a.priority == priority for a in live)
        if count:
            x = page.put(x, 1, f" {glyph.strip()} {count} ", f"{role} chip") + 1
    unacked = sum(a.state in UNSEEN for a in live)
    if unacked:
        x = page.put(x, 1, W["unacked"].format(count=unacked), "strong") + 2
    if snap.flood:
        x = page.put(x, 1, f" {W['flood'].format(rate=snap.rate)} ", "p2 chip") + 1
    if snap.tripped:
        x = page.put(x, 1, W["trip"].format(count=len(snap.tripped)), "strong") + 2
    if snap.bypassed:
        x = page.put(x, 1, f" {W['bypass'].format(count=len(snap.bypassed))} ", "dis chip") + 1
    if wide:
        page.put(0, 1, W["wind"].format(wind=snap.wind), "dim", width=page.columns - 1, right=True)


def _sentence(page: Page, snap: Snapshot, ui: Ui) -> None:
    if not snap.sentence:
        return
    glyph, role = PRIORITY[snap.sentence_priority or "low"]
    chip = f"{role} chip"
    page.put(0, 2, " " * page.columns, chip)
    parts = snap.sentence if ui.guided else snap.sentence[:2]
    text = glyph.strip()
    for i, part in enumerate(told(p) for p in parts):  # a part that does not fit is left out whole
        longer = f"{text}{'   ' if i else ' '}{part}"
        text = longer if part and cell_len(longer) <= page.columns - 2 else text
    page.put(1, 2, text, chip)


def bottom(page: Page, snap: Snapshot, ui: Ui, keys: Sequence[tuple[str, str]]) -> None:
    """The last rows: pending, the answer to what was typed, the keys."""
    rows = page.rows
    _pending(page, snap, ui, rows - 3 if rows < 40 else rows - 4, 1 if rows < 40 else 2)
    page.put(0, rows - 2, ":", "key")
    keys_row(page, keys)


def answer(page: Page, text: str, role: str) -> None:
    """What was answered, whole: what does not fit the row of the line takes the rows above it."""
    lines = wrap(text, page.columns - 3)
    for i, line in enumerate(lines[-4:]):
        y = page.rows - 1 - len(lines[-4:]) + i
        if i + 1 < len(lines[-4:]):
            page.clear(y, ground="sel")
        page.put(2, y, line, role)


def keys_row(page: Page, keys: Sequence[tuple[str, str]], gap: int = 2) -> None:
    """The last row: keys with what they do, as many as there is room for."""
    page.shade(page.rows - 1, "raised")
    x = 1
    for key, label in keys:
        length = cell_len(key) + 1 + cell_len(label)
        if x + length > page.columns - 1:
            break
        page.put(x, page.rows - 1, key, "key")
        page.put(x + cell_len(key) + 1, page.rows - 1, label, "text")
        x += length + gap


def waiting(snap: Snapshot, ui: Ui) -> list[OrderRow]:
    """Orders as they are shown: what failed and was not seen yet, what is under way by when it ends, what was proven."""
    failed = [o for o in snap.orders if o.failed and o.number not in ui.cleared]
    active = [o for o in snap.orders if o.active]
    proven = [o for o in snap.orders if not o.active and not o.failed]
    return [
        *sorted(failed, key=lambda o: -o.ended), *sorted(active, key=lambda o: o.due), *sorted(proven, key=lambda o: -o.ended)
    ]  # fmt: skip


def _pending(page: Page, snap: Snapshot, ui: Ui, y: int, rows: int) -> None:
    shown, last = waiting(snap, ui), y + rows - 1
    x = left = page.put(0, y, W["pending"], "strong") + 2
    if not shown:
        page.put(x, y, W["nothing pending"], "dim")
        return
    clears = f"c {W['clear failed']}" if shown[0].failed else ""
    right = page.columns - 1 - (cell_len(clears) + 2 if clears else 0)
    page.put(0, y, clears, "dim", width=page.columns - 1, right=True)
    for number, order in enumerate(shown):
        state = _state(snap, order)
        length = cell_len(order.sentence) + 1 + cell_len(state)
        rest = 7 if number + 1 < len(shown) and y == last else 0  # for how many more there are
        if x + length + rest > right and x > left:
            if y == last:
                page.put(x, y, W["more"].format(count=len(shown) - number), "dim")
                return
            x, y, right = left, y + 1, page.columns - 1
        width = max(8, right - rest - x - cell_len(state) - 1)
        x = page.put(x, y, order.sentence, "text", width=width) + 1
        x = page.put(x, y, state, "key" if order.active else "p1" if order.failed else "dim") + 3


def _state(snap: Snapshot, order: OrderRow) -> str:
    """How an order stands, and how much of its time is used."""
    state = word(f"phase.{order.phase}")
    if order.active and order.due < snap.tick + 86400:
        return W["used"].format(
            state=state, used=span(snap.tick - order.issued), allowed=span(order.due - order.issued)
        )
    return state


SMALLEST = (80, 24)


def fits(columns: int, rows: int) -> bool:
    """Whether a window is large enough for a page."""
    return columns >= SMALLEST[0] and rows >= SMALLEST[1]


def too_small(page: Page) -> None:
    """What a small window says."""
    page.put(0, 0, W["training"], "strong", width=page.columns)
    if page.rows > 1:
        page.put(0, 1, W["small"].format(columns=page.columns, rows=page.rows), "p2", width=page.columns)
