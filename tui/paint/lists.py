"""Log and radio, the procedure, trends, the keys: lists that fill a page or a pane."""

import numpy as np
from rich.cells import cell_len

from tui.cells import Page, wrap
from tui.state import Ui
from tui.words import W, help_rows, told
from twin.seat.picture import Snapshot, span
from twin.seat.view import LineRow

_ROLE = {"alarm": "p2", "trip": "p1", "trip-unproven": "p1", "refused": "p1", "alarm-cleared": "dim", "valve": "dim",
         "crew": "dim", "power": "p2", "said": "text", "seen": "strong"}  # fmt: skip


def paint_log(page: Page, snap: Snapshot, ui: Ui, x: int, y: int, width: int, height: int) -> None:
    """Newest first: clock, and what was seen, said or done."""
    page.put(x, y, "[3]", "dim")
    page.put(x + 4, y, W["log"], "strong")
    entries = list(reversed(snap.log))[ui.scroll if ui.tab == "3" else 0 :]
    row = y + 1
    for tick, kind, _, said in entries:
        if row >= y + height:
            return
        page.put(x, row, snap.moment(tick), "dim")
        page.put(x + 10, row, told(said), _ROLE.get(kind, "text"), width=width - 10)
        row += 1


def paint_plan(page: Page, snap: Snapshot, ui: Ui, x: int, y: int, width: int, height: int, *, whole: bool) -> None:
    """The lines of the seats: ticked only on proof, with what is missing at the right."""
    page.put(x, y, "[6]", "dim")
    page.put(x + 4, y, W["procedure"], "strong")
    if not snap.lines:
        page.put(x + 4, y + 1, W["no lines"], "dim", width=width - 4)
        return
    row = y + 1
    for line in sorted(snap.lines, key=lambda r: (not (r.applies and not r.proven), r.proven, r.name)):
        if row >= y + height:
            return
        now = line.applies and not line.proven and ui.guided
        box = "[x]" if line.proven else "[>]" if now else "[ ]"
        missing = "" if line.proven else W["no proof"] if line.done else ""
        page.put(x, row, box, "key" if now else "dim")
        page.put(
            x + 4,
            row,
            "; ".join(line.do),
            "strong" if now else "text",
            width=width - 4 - (cell_len(missing) + 1 if missing else 0),
        )
        if missing:
            page.put(x, row, missing, "p1", width=width, right=True)
        row += 1
        if whole:
            row = _line_details(page, line, x + 4, row, width - 4, y + height)


def _line_details(page: Page, line: LineRow, x: int, row: int, width: int, bottom: int) -> int:
    where = {"post": line.post, "cue": line.cue}
    text = (
        W["plan line within"].format(**where, span=span(line.within_s))
        if line.within_s
        else W["plan line"].format(**where)
    )
    because = W["because"].format(because=line.because) if line.because else ""
    for part in [*wrap(text, width), *wrap(because, width)]:
        if row < bottom:
            page.put(x, row, part, "dim")
            row += 1
    return row


def paint_trend(
    page: Page, snap: Snapshot, ui: Ui, traces: dict[str, tuple[np.ndarray, str, float]], y: int, height: int
) -> None:
    """One panel a signal, its own scale, shared time: the last half hour, limits named at the right."""
    page.put(0, y, "[7]", "dim")
    page.put(4, y, W["trend"], "strong")
    if not traces:
        page.put(4, y + 1, W["trend add"], "dim", width=page.columns - 4)
        return
    each = max(4, (height - 1) // len(traces))
    width = page.columns - 24
    for number, (name, (values, unit, limit)) in enumerate(traces.items()):
        top = y + 1 + number * each
        if top + each > y + height + 1:
            return
        _panel(page, name, values, unit, limit, top, min(each - 1, 12), width)
    bottom = y + 1 + len(traces) * each
    if bottom < y + height:
        page.put(21, bottom - 1, snap.moment(max(0, snap.tick - min(1800, snap.tick))), "dim")
        page.put(0, bottom - 1, snap.clock, "dim", width=width, right=True)


def _panel(page: Page, name: str, values: np.ndarray, unit: str, limit: float, y: int, height: int, width: int) -> None:
    low, high = float(values.min()), float(values.max())
    if np.isfinite(limit):
        low, high = min(low, limit), max(high, limit)
    if high - low < 1e-6:
        low, high = low - 0.5, high + 0.5
    page.put(0, y, f"{name} {values[-1]:.2f} {unit}".strip(), "strong", width=20)
    page.put(width + 1, y, f"{high:.2f}", "dim", width=20)
    page.put(width + 1, y + height - 1, f"{low:.2f}", "dim", width=20)
    rows = 4 * height
    dots: dict[tuple[int, int], int] = {}
    samples = values[np.linspace(0, len(values) - 1, 2 * (width - 21)).astype(int)]
    for i, value in enumerate(samples):
        level = rows - 1 - min(rows - 1, int((value - low) / (high - low) * (rows - 1) + 0.5))
        cell = (21 + i // 2, level // 4)
        dots[cell] = dots.get(cell, 0) | (0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80)[level % 4 + 4 * (i % 2)]
    if np.isfinite(limit):
        row = min(height - 1, int((high - limit) / (high - low) * (height - 1) + 0.5))
        for x in range(21, width):
            if (x, row) not in dots and x % 2:
                page.put(x, y + row, "-", "p2")
        page.put(
            width + 1,
            y + row if 0 < row < height - 1 else y + (1 if row == 0 else height - 2),
            f"{W['limit']} {limit:.2f}",
            "p2",
            width=20,
        )
    for (x, row), bits in dots.items():
        page.put(x, y + row, "*" if page.ascii_only else chr(0x2800 + bits), "text")


def paint_keys(page: Page, y: int, height: int) -> None:
    """Every key, and that each act is also a command."""
    page.put(0, y, W["keys title"], "strong")
    for i, (key, about) in enumerate(help_rows("room")):
        if i + 1 >= height:
            return
        page.put(2, y + 1 + i, key, "key", width=22)
        page.put(25, y + 1 + i, about, "text", width=page.columns - 25)
