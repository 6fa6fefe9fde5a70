"""The whole page of a running drill: which panes lie where at which size."""

from collections.abc import Mapping

from rich.cells import cell_len

from tui.cells import Page, wrap
from tui.paint import alarms, frame, lists, tanks, trends
from tui.paint import map as map_paint
from tui.state import Ui
from tui.words import W, keys, tabs, told
from twin.seat.picture import Snapshot
from twin.seat.radio import messages
from twin.seat.traces import Trace
from twin.seat.view import AlarmRow, LineRow

WIDEST = 200  # columns from which the side column begins further right


def scrolls(snap: Snapshot, ui: Ui) -> int:
    """How many rows the list on the page has."""
    return len(lists.key_rows()) if ui.keys else len(snap.log) if ui.tab == "3" else len(snap.lines)


def paint(
    snap: Snapshot,
    ui: Ui,
    columns: int,
    rows: int,
    *,
    traces: Mapping[str, Trace],
    fault: str = "",
    strict: bool = False,
) -> Page:
    """A page of this size."""
    page = Page(columns, rows, ascii_only=ui.ascii_only, mono=ui.theme == "mono", strict=strict)
    if not frame.fits(columns, rows):
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
        lists.paint_keys(page, first, height, ui.scroll)
    elif ui.tab == "1":
        _overview(page, snap, ui, first, height)
    elif ui.tab == "2":
        _alarm_page(page, snap, ui, first, height)
    elif ui.tab == "3":
        lists.paint_log(page, snap, ui, 0, first, columns, height)
    elif ui.tab == "4":
        map_paint.paint(page, snap, ui.ground, 0, first, columns, height)
    elif ui.tab == "6":
        lists.paint_plan(page, snap, ui, 0, first, columns, height)
    else:
        trends.paint(page, snap, ui, traces, first, height)
    frame.bottom(
        page, snap, ui, keys("room") if not ui.help else [k for k in keys("help") if ui.guided or k[0] != "enter"]
    )
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
        n_tanks = min(tanks.rows_wanted(snap) + 1, 6)
        tanks.paint(page, snap, ui, y, n_tanks)
        left = height - n_tanks
        n_alarms = max(4, left * 7 // 12)
        if ui.help and (alarm := _chosen(snap, ui)) is not None:
            alarms.paint_help(page, snap, ui, alarm, 0, y + n_tanks, left)
            return
        alarms.paint(page, snap, ui, y + n_tanks, n_alarms)
        lists.paint_log(page, snap, ui, 0, y + n_tanks + n_alarms, page.columns, left - n_alarms)
        return
    n_tanks = min(tanks.rows_wanted(snap) + 2, max(10, height - 22))
    tanks.paint(page, snap, ui, y, n_tanks)
    below, left = y + n_tanks + 1, height - n_tanks - 1
    n_alarms = left * 11 // 20
    alarms.paint(page, snap, ui, below, n_alarms)
    side = 124 if page.columns >= WIDEST else 82
    lists.paint_log(page, snap, ui, 0, below + n_alarms + 1, side - 4, left - n_alarms - 1)
    alarm = _chosen(snap, ui) if ui.help else None
    if alarm is not None:
        alarms.paint_help(page, snap, ui, alarm, side, below, left)
        return
    width, n_map = page.columns - side - 1, n_alarms if page.rows < 60 else left * 13 // 20
    map_paint.paint(page, snap, ui.ground, side, below, width, n_map)
    lists.paint_plan(page, snap, ui, side, below + n_map + 1, width, left - n_map - 1, brief=page.rows < 60)


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
    """What lies over the last rows: the hint, the answer to what was typed; the word asked for, the question on leaving, radio."""
    hint = hint_of(snap, ui)
    if hint is not None and not (ui.keys or ui.help or ui.confirm[1] or ui.radio):
        acts, because = "; ".join(hint.do), hint.because or W["the plan says so"]
        rows = [
            (W["hint title"], hint.name, "strong"), (W["hint why"], because, "text"), (W["hint do"], acts, "key"),
            ("", W["hint keys"], "dim"),
        ]  # fmt: skip
        beside = page.columns >= 120 and page.rows >= 40 and ui.tab == "1"  # map and procedure stay to be seen
        _rows(page, rows, above=True, width=78 if beside else page.columns)
    if ui.answer:
        frame.answer(page, ui.answer, "p1" if ui.answer_is_bad else "dim")
    if ui.confirm[1]:
        _confirm(page, ui)
    elif ui.leaving:
        _rows(page, [("", W["leave?"], "strong")])
    elif ui.waits_for:
        _rows(page, [("", W["waits for"].format(posts=", ".join(ui.waits_for)), "strong")])
    elif ui.radio is not None:
        _radio(page, snap, ui, *ui.radio)


def _rows(page: Page, rows: list[tuple[str, str, str]], *, above: bool = False, width: int = 0) -> None:
    """Labels and texts in the rows up to that of the pending orders (`above`: up to the one before), wrapped, on a ground."""
    pending, width = page.rows - 3 if page.rows < 40 else page.rows - 4, width or page.columns
    left = 2 + max(cell_len(label) for label, _, _ in rows) + (2 if any(label for label, _, _ in rows) else -1)
    lines = [
        (label if i == 0 else "", line, role)
        for label, text, role in rows
        for i, line in enumerate(wrap(text, width - left - 1))
    ]
    last = pending - 1 if above else page.rows - 3
    for (label, line, role), y in zip(lines, range(last - len(lines) + 1, last + 1), strict=True):
        page.clear(y, 0, width - 1, ground="sel")
        page.put(1, y, label, "strong" if label.isupper() else "dim")
        page.put(left, y, line, role)


def _confirm(page: Page, ui: Ui) -> None:
    """What an order would do, what it costs and what proves it; then its word."""
    post, sentence = ui.confirm
    rows = [(W["confirm title"], sentence, "p2")]
    if ui.stakes is not None:
        rows.append((W["confirm does"], told(ui.stakes.does), "text"))
        rows += [(W["confirm costs"] if i == 0 else "", told(c), "text") for i, c in enumerate(ui.stakes.costs)]
        rows += [(W["confirm proof"], ui.stakes.proof, "text")] if ui.stakes.proof else []
    rows += [(W["confirm who"], post, "text"), ("", W["confirm"].format(word=sentence.split()[0]), "p2")]
    _rows(page, rows)


def _radio(page: Page, snap: Snapshot, ui: Ui, post: int, message: int) -> None:
    """The posts that hear, and the messages that fit the one under the cursor."""
    to = ui.posts[post]
    names = "  ".join(f"[{p}]" if p == to else p for p in ui.posts)
    offered = [*messages(snap, to), W["radio own"].format(post=to)]
    at = min(message, len(offered) - 1)
    rows = [(W["radio title"], W["radio keys"], "dim"), ("", names, "key")]
    rows += [(">" if i == at else "", text, "key" if i == at else "text") for i, text in enumerate(offered)]
    _rows(page, rows)
