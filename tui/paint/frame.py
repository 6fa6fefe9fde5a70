"""The fixed frame: identity, worst news, the sentence; pending orders, the command line, the keys."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui.cells import Page
from tui.state import Ui
from tui.words import BADGE, W, told, word
from twin.seat.picture import Snapshot, span

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
    state = W["ended"] if snap.over else W["frozen"] if ui.frozen else W["run"].format(speed=ui.speed)
    page.put(66 if wide else 38, 0, state, "strong", width=8)
    page.put(75 if wide else 47, 0, W["sim"], "dim")
    page.put(79 if wide else 51, 0, snap.clock, "strong")
    seat = "+".join(snap.seats)
    mode = W["guided"] if ui.guided else W["assessed"]
    page.put(89 if wide else 60, 0, seat, "text", width=19 if wide else 11)
    page.put(0, 0, mode, "strong", width=page.columns - 1, right=True)
    _worst(page, snap, wide=wide)
    _sentence(page, snap, ui)


def _worst(page: Page, snap: Snapshot, *, wide: bool) -> None:
    live = [a for a in snap.alarms if a.state in {"unacknowledged", "acknowledged", "returned"}]
    x = page.put(1, 1, W["alarms"].format(count=len(live)), "strong") + 1
    for priority, (glyph, role) in PRIORITY.items():
        count = sum(a.priority == priority for a in live)
        if count:
            x = page.put(x, 1, f" {glyph.strip()} {count} ", f"{role} chip") + 1
    unacked = sum(a.state in {"unacknowledged", "returned"} for a in live)
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
    page.put(
        1,
        2,
        f"{glyph.strip()} " + "   ".join(text for part in parts if (text := told(part))),
        chip,
        width=page.columns - 2,
    )


def bottom(page: Page, snap: Snapshot, ui: Ui, keys: Sequence[tuple[str, str]]) -> None:
    """The last rows: pending, the answer to what was typed, the keys."""
    rows = page.rows
    _pending(page, snap, ui, rows - 3 if rows < 40 else rows - 4)
    page.put(0, rows - 2, ":", "key")
    if ui.answer:
        page.put(2, rows - 2, ui.answer, "p1" if ui.answer_is_bad else "dim", width=page.columns - 3)
    keys_row(page, keys)


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


def _pending(page: Page, snap: Snapshot, ui: Ui, y: int) -> None:
    shown = [o for o in snap.orders if o.active or o.phase in {"FAILED", "TIMED OUT", "PROVEN"}][-6:]
    x = page.put(0, y, W["pending"], "strong") + 2
    if not shown:
        page.put(x, y, W["nothing pending"], "dim")
        return
    for number, order in enumerate(reversed(shown)):
        state = word(f"phase.{order.phase}")
        if order.active and order.due < snap.tick + 86400:
            state += f" {span(order.due - snap.tick)}"
        length = cell_len(order.sentence) + cell_len(state) + 4
        if x + length > page.columns - 8:
            page.put(x, y, W["more"].format(count=len(shown) - number), "dim")
            return
        x = page.put(x, y, order.sentence, "text") + 1
        role = "key" if order.active else "dim" if order.phase == "PROVEN" else "p1"
        x = page.put(x, y, state, role) + 3


def too_small(page: Page) -> None:
    """What a small window says."""
    page.put(0, 0, W["training"], "strong", width=page.columns)
    if page.rows > 1:
        page.put(0, 1, W["small"].format(columns=page.columns, rows=page.rows), "p2", width=page.columns)
