"""Trends: one panel a signal on its own scale, over one axis of time, with limits, a cursor and what rang on the axis."""

from collections.abc import Mapping

import numpy as np

from tui.cells import Page
from tui.paint.frame import PRIORITY
from tui.state import Ui
from tui.words import W, word
from twin.seat.amounts import digits_of
from twin.seat.picture import Snapshot, span
from twin.seat.traces import Trace

LEFT, RIGHT = 10, 22  # columns beside the plot: the scale, and what stands now with the limits' names
TALLEST = 12
LEAST_SPAN = 0.02  # of what is shown: the smallest scale of a panel
MARKS_S = (60, 300, 600)
_DOTS = (0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80)  # braille: left column from the top, then the right one
_CHIPS = {"alarm", "trip", "trip-unproven"}


def paint(page: Page, snap: Snapshot, ui: Ui, traces: Mapping[str, Trace], y: int, height: int) -> None:
    """Title, panels, axis."""
    page.put(0, y, "[7]", "dim")
    x = page.put(4, y, W["trend"], "strong") + 2
    if not traces:
        page.put_lines(4, y + 1, W["trend add"], "dim", width=page.columns - 5, bottom=y + 3)
        return
    first = min(its.first for its in traces.values())
    plot = _Plot(page, LEFT, page.columns - LEFT - RIGHT, first, max(first + 1, snap.tick))
    cursor = max(first, snap.tick - ui.cursor)
    x = page.put(x, y, W["trend span"].format(span=span(snap.tick - first)), "dim") + 2
    page.put(x, y, W["trend cursor"].format(at=snap.moment(cursor)), "key", width=max(1, page.columns - x))
    each = min(TALLEST + 1, (height - 3) // len(traces))
    for number, (name, its) in enumerate(traces.items()):
        good = next((r.good for r in snap.readings if r.name == name), True)
        _panel(plot, name, its, y + 1 + number * each, each - 1, cursor, good=good)
    _axis(plot, snap, y + 1 + len(traces) * each)


class _Plot:
    """Where a tick lies on a page."""

    def __init__(self, page: Page, left: int, width: int, first: int, last: int) -> None:
        self.page, self.left, self.width, self.first, self.last = page, left, width, first, last

    def column(self, tick: float) -> int:
        """The column of a tick."""
        return self.left + round((tick - self.first) / (self.last - self.first) * (self.width - 1))


def _panel(plot: _Plot, name: str, its: Trace, y: int, height: int, cursor: int, *, good: bool) -> None:
    """One signal: name, scale and value now; the line takes the colour of a limit while it is beyond it."""
    page, values = plot.page, its.values
    marks = [at for at, _, _, _ in its.limits]
    low, high = min(float(values.min()), *marks, np.inf), max(float(values.max()), *marks, -np.inf)
    least = max(LEAST_SPAN * max(abs(low), abs(high)), 0.05)  # so that noise stays flat
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
    digits, right = max(digits_of(its.unit), 1 if high - low < 20 else 0), plot.left + plot.width + 1
    ticks = np.linspace(its.first, its.last, len(values))
    at_cursor = float(values[int(np.argmin(np.abs(ticks - cursor)))])
    page.put(0, y, name, "strong" if good else "dis", width=LEFT - 1)
    page.put(0, y + 1, f"{high:.{digits}f}", "dim", width=LEFT - 1, right=True)
    page.put(0, y + height - 1, f"{low:.{digits}f}", "dim", width=LEFT - 1, right=True)
    now = f"{values[-1]:.{digits}f} {its.unit}".strip() + ("" if good else "?")
    page.put(right, y, now, "strong" if good else "dis", width=RIGHT - 2, right=True)
    dots, roles = _line(plot, its, ticks, (low, high), height)
    _limits(plot, its, (low, high), y, height, dots)
    x = plot.column(cursor)
    for (column, row), bits in dots.items():
        page.put(column, y + row, "*" if page.ascii_only else chr(0x2800 + bits), roles[column] if good else "dis")
    for row in range(height):
        if (x, row) not in dots and page.cells[y + row][x][0] in {" ", "-"}:
            page.clear(y + row, x, x)
            page.put(x, y + row, "|" if page.ascii_only else "╎", "key")
    _reading(plot, f"{at_cursor:.{digits}f}", x, y, height, dots)


def _reading(plot: _Plot, text: str, x: int, y: int, height: int, dots: dict[tuple[int, int], int]) -> None:
    """What stood at the cursor, beside it, in a row where the line leaves room."""
    for left in (x - len(text) - 1, x + 2):
        if plot.left <= left and left + len(text) <= plot.left + plot.width:
            for row in (0, height - 1):
                if all((left + i, row) not in dots for i in range(len(text))):
                    plot.page.clear(y + row, left, left + len(text) - 1)
                    plot.page.put(left, y + row, text, "key")
                    return


def _line(
    plot: _Plot, its: Trace, ticks: np.ndarray, scale: tuple[float, float], height: int
) -> tuple[dict[tuple[int, int], int], dict[int, str]]:
    """The dots of the line by cell, and the role of each column."""
    (low, high), rows = scale, 4 * height
    dots: dict[tuple[int, int], int] = {}
    roles: dict[int, str] = {}
    first, last = plot.column(its.first), plot.column(its.last)
    for half in range(2 * (last - first + 1)):
        tick = its.first + (its.last - its.first) * half / max(1, 2 * (last - first + 1) - 1)
        value = float(its.values[int(np.argmin(np.abs(ticks - tick)))])
        level = rows - 1 - min(rows - 1, max(0, int((value - low) / (high - low) * (rows - 1) + 0.5)))
        cell = (first + half // 2, level // 4)
        dots[cell] = dots.get(cell, 0) | _DOTS[level % 4 + 4 * (half % 2)]
        roles[cell[0]] = _beyond(its, value)
    return dots, roles


def _beyond(its: Trace, value: float) -> str:
    """The role of the worst limit that a value stands past."""
    past = {priority for at, sign, priority, _ in its.limits if sign * (value - at) > 0.0}
    worst = next((p for p in PRIORITY if p in past), "")
    return PRIORITY[worst][1] if worst else "text"


def _limits(
    plot: _Plot, its: Trace, scale: tuple[float, float], y: int, height: int, dots: dict[tuple[int, int], int]
) -> None:
    """Limits as dashes in their colour, named at the right."""
    (low, high), taken = scale, {0}
    for at, _, priority, alarm in its.limits:
        role = PRIORITY[priority][1]
        row = min(height - 1, max(0, int((high - at) / (high - low) * (height - 1) + 0.5)))
        for x in range(plot.left, plot.left + plot.width, 2):
            if (x, row) not in dots and plot.page.cells[y + row][x][0] == " ":
                plot.page.put(x, y + row, "-", role)
        name = next((r for r in (row, row + 1, row - 1) if r not in taken and 0 < r < height), -1)
        if name >= 0:
            taken.add(name)
            plot.page.put(plot.left + plot.width + 1, y + name, f"{alarm} {at:g}", role, width=RIGHT - 2)


def _axis(plot: _Plot, snap: Snapshot, y: int) -> None:
    """The time, and what rang or tripped, as chips on the axis."""
    page, long = plot.page, plot.last - plot.first
    step = next((m for m in MARKS_S if long / m <= plot.width / 12), MARKS_S[-1])
    page.put(plot.left, y, "─" * plot.width, "rule")
    begin = -(-(plot.first + snap.start_s) // step) * step - snap.start_s
    for tick in range(begin, plot.last + 1, step):
        x = plot.column(tick)
        page.clear(y, x, x)
        page.put(x, y, "|", "rule")
        if x + 5 <= plot.left + plot.width and x >= plot.left:
            page.put(x, y + 1, snap.moment(tick)[:5], "dim")
    taken: set[int] = set()
    for tick, kind, _, said in snap.log:
        if kind in _CHIPS and plot.first <= tick <= plot.last:
            name = str(said.get("name"))
            letter, x = ("T" if kind != "alarm" else "A"), plot.column(tick)
            priority = next((a.priority for a in snap.alarms if a.name == name), "high" if kind != "alarm" else "low")
            if x not in taken:
                taken.add(x)
                page.clear(y, x, x)
                page.put(x, y, letter, f"{PRIORITY[priority][1]} chip")
    page.put(plot.left + plot.width + 1, y, word("console.trend chips"), "dim", width=RIGHT - 2)
