"""The whole page of a running drill: which panes lie where at which size."""

from rich.cells import cell_len

from tui.cells import Page
from tui.paint import alarms, frame, lists, tanks
from tui.state import Ui
from tui.words import W, keys, tabs
from twin.seat.picture import Snapshot
from twin.seat.view import AlarmRow, LineRow

SMALLEST = (80, 24)


def paint(
    snap: Snapshot, ui: Ui, columns: int, rows: int, *, traces: dict[str, object], fault: str = "", strict: bool = False
) -> Page:
    """A page of this size."""
    page = Page(columns, rows, ascii_only=ui.ascii_only, strict=strict)
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        frame.too_small(page)
        return page
    frame.top(page, snap, ui)
    first, last = 3, rows - 4 if rows < 40 else rows - 5
    if rows < 40 or columns < 120:
        _tabs(page, ui)
        first = 4
    else:
        first = 4
    height = last - first + 1
    if ui.keys:
        lists.paint_keys(page, first, height)
    elif ui.tab == "1":
        _overview(page, snap, ui, first, height)
    elif ui.tab == "2":
        _alarm_page(page, snap, ui, first, height)
    elif ui.tab == "3":
        lists.paint_log(page, snap, ui, 0, first, columns, height)
    elif ui.tab == "6":
        lists.paint_plan(page, snap, ui, 0, first, columns, height, whole=True)
    else:
        lists.paint_trend(page, snap, ui, traces, first, height)  # type: ignore[arg-type]
    frame.bottom(page, snap, ui, keys("help") if ui.help else keys("room"))
    if fault:
        page.clear(2)
        page.put(0, 2, W["plant stopped"].format(why=fault), "p1 chip", width=columns)
    _over(page, snap, ui)
    return page


def _tabs(page: Page, ui: Ui) -> None:
    x = 0
    for key, name in tabs("room"):
        text = f"[{key}]{name}"
        x = page.put(x, 3, text, "badge" if key == ui.tab else "dim") + 2


def _overview(page: Page, snap: Snapshot, ui: Ui, y: int, height: int) -> None:
    wide = page.columns >= 120 and page.rows >= 40
    if not wide:
        n_tanks = min(len(snap.tanks) + 1, 6)
        tanks.paint(page, snap, ui, y, n_tanks)
        left = height - n_tanks
        n_alarms = max(4, left * 7 // 12)
        if ui.help and (alarm := _chosen(snap, ui)) is not None:
            alarms.paint_help(page, snap, ui, alarm, 0, y + n_tanks, left)
            return
        alarms.paint(page, snap, ui, y + n_tanks, n_alarms)
        lists.paint_log(page, snap, ui, 0, y + n_tanks + n_alarms, page.columns, left - n_alarms)
        return
    n_tanks = min(len(snap.tanks) + 2, max(10, height - 22))
    tanks.paint(page, snap, ui, y, n_tanks)
    below = y + n_tanks + 1
    left = height - n_tanks - 1
    n_alarms = left * 11 // 20
    alarms.paint(page, snap, ui, below, n_alarms)
    lists.paint_log(page, snap, ui, 0, below + n_alarms + 1, 78, left - n_alarms - 1)
    alarm = _chosen(snap, ui) if ui.help else None
    if alarm is not None:
        alarms.paint_help(page, snap, ui, alarm, 82, below, left)
    else:
        lists.paint_plan(page, snap, ui, 82, below, page.columns - 83, left, whole=True)


def _alarm_page(page: Page, snap: Snapshot, ui: Ui, y: int, height: int) -> None:
    alarm = _chosen(snap, ui)
    if page.columns >= 120:
        alarms.paint(page, snap, ui, y, height)
        if alarm is not None:
            alarms.paint_help(page, snap, ui, alarm, 82, y, height)
    elif ui.help and alarm is not None:
        alarms.paint_help(page, snap, ui, alarm, 0, y, height)
    else:
        alarms.paint(page, snap, ui, y, height)


def _chosen(snap: Snapshot, ui: Ui) -> AlarmRow | None:
    return next((a for a in snap.alarms if a.name == ui.alarm), None)


def hint_of(snap: Snapshot, ui: Ui) -> LineRow | None:
    """The plan line that applies now and that nobody has done, in guided mode."""
    if not ui.guided or ui.hints_off:
        return None
    return next(
        (r for r in snap.lines if r.applies and not r.done and r.cue != "start" and r.name not in ui.hidden), None
    )


def _over(page: Page, snap: Snapshot, ui: Ui) -> None:
    """What takes the bottom rows: the word that is asked for, the question on leaving, the hint."""
    pending = page.rows - 3 if page.rows < 40 else page.rows - 4
    if ui.confirm[1]:
        post, sentence = ui.confirm
        for y in range(pending - 2, pending + 1):
            page.clear(y, ground="sel")
        page.put(1, pending - 2, W["confirm does"].format(sentence=sentence), "strong", width=page.columns - 2)
        page.put(1, pending - 1, W["confirm who"].format(post=post), "text", width=page.columns - 2)
        page.put(1, pending, W["confirm"].format(word=sentence.split()[0]), "p2", width=page.columns - 2)
    elif ui.leaving:
        page.clear(pending, ground="sel")
        page.put(1, pending, W["leave?"], "strong", width=page.columns - 2)
    elif (hint := hint_of(snap, ui)) is not None and not ui.keys:
        y = pending - 1
        page.clear(y, ground="sel")
        text = W["hint"].format(line=hint.name, do="; ".join(hint.do), because=hint.because or W["the plan says so"])
        page.put(1, y, text, "key", width=page.columns - 2 - cell_len(W["hint keys"]) - 2)
        page.put(0, y, W["hint keys"], "dim", width=page.columns - 1, right=True)
