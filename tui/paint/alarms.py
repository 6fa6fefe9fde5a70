"""The alarm list, and the help that opens on one alarm."""

from tui.cells import Page, wrap
from tui.paint.frame import PRIORITY
from tui.state import Ui
from tui.words import W, told
from twin.seat.picture import Snapshot
from twin.seat.view import AlarmRow, LineRow

STATE = {"unacknowledged": "U", "acknowledged": "A", "returned": "R", "shelved": "S", "suppressed": "D",
         "out of service": "O"}  # fmt: skip


def paint(page: Page, snap: Snapshot, ui: Ui, y: int, height: int) -> None:
    """Title and rows: priority, state, tag, since, what, value, limit."""
    wide = page.columns >= 120
    live = [a for a in snap.alarms if a.state not in {"shelved", "suppressed", "out of service"}]
    page.put(0, y, "[2]", "dim")
    x = page.put(4, y, W["alarms"].format(count=len(live)), "strong") + 2
    first = next((a.name for a in snap.alarms if a.first_out), "")
    if first:
        x = page.put(x, y, W["first out"].format(tag=first), "dim") + 2
    aside = sum(a.state == "shelved" for a in snap.alarms)
    if aside:
        page.put(x, y, W["shelved"].format(count=aside), "dim")
    if not snap.alarms:
        page.put(4, y + 1, W["no alarm"], "dim")
        return
    rows = height - 1
    names = [a.name for a in snap.alarms]
    at = names.index(ui.alarm) if ui.alarm in names else 0
    first_row = max(0, min(at - rows + 1, len(names) - rows)) if at >= rows else 0
    shown = snap.alarms[first_row : first_row + rows]
    for i, alarm in enumerate(shown):
        _row(page, snap, alarm, y + 1 + i, wide=wide, here=alarm.name == ui.alarm)
        if alarm.name == ui.alarm:
            page.shade(y + 1 + i, "sel", 0, 77 if wide else 79)
    if first_row + rows < len(names):
        page.put(
            0,
            y,
            W["more below"].format(count=len(names) - first_row - rows),
            "dim",
            width=78 if wide else 80,
            right=True,
        )


def _row(page: Page, snap: Snapshot, alarm: AlarmRow, y: int, *, wide: bool, here: bool) -> None:
    glyph, role = PRIORITY[alarm.priority]
    page.put(0, y, ">" if here else " ", "key")
    unacked = alarm.state in {"unacknowledged", "returned"}
    page.put(2 if wide else 1, y, glyph, f"{role} chip" if unacked else role)
    page.put(6 if wide else 5, y, STATE[alarm.state], "strong" if unacked else "dim")
    page.put(8 if wide else 7, y, alarm.name, "strong" if unacked else "text", width=9 if wide else 8)
    since = snap.moment(alarm.since)
    page.put(18 if wide else 16, y, since if wide else since[:5], "dim")
    what = alarm.cause or alarm.limit
    page.put(28 if wide else 22, y, what, "text", width=26)
    page.put(
        55 if wide else 49, y, told(alarm.value), role if alarm.state != "returned" else "dim", width=10, right=True
    )
    limit = alarm.limit.split(" ", 1)[-1] if " " in alarm.limit else ""
    page.put(66 if wide else 61, y, limit, "dim", width=12)


def steps_for(snap: Snapshot, alarm: AlarmRow) -> list[tuple[LineRow, str]]:
    """The acts of the plan lines that name this alarm in their cue, for these seats."""
    return [(line, do) for line in snap.lines if alarm.name in line.cue.split() for do in line.do]


def paint_help(page: Page, snap: Snapshot, ui: Ui, alarm: AlarmRow, x: int, y: int, height: int) -> None:
    """Now and limit, why it happens, what to do: each step runs with Enter. Assessed: cause and limit only."""
    width = page.columns - x
    bottom = y + height
    glyph, role = PRIORITY[alarm.priority]
    page.put(x, y, glyph, f"{role} chip")
    page.put(x + 4, y, alarm.name, "strong", width=width - 4)
    y += 1
    for label, value in (
        (W["now"], told(alarm.value)),
        (W["limit"], alarm.limit),
        (W["raised"], snap.moment(alarm.since)),
    ):
        page.put(x, y, label, "dim")
        page.put(x + 8, y, value, "text", width=width - 8)
        y += 1
    y = _paragraph(page, W["why"], alarm.cause, x, y, width, bottom)
    if not ui.guided:
        page.put(x, min(y, bottom - 1), W["assessed help"], "dim", width=width)
        return
    y = _paragraph(page, W["do"], alarm.action, x, y, width, bottom)
    steps = steps_for(snap, alarm)
    if not steps and y < bottom:
        page.put(x, y, W["no step"], "dim", width=width)
    for i, (line, do) in enumerate(steps):
        if y >= bottom:
            return
        chosen = i == ui.step % max(1, len(steps))
        page.put(
            x, y, f"{'>' if chosen else ' '} {do}", "key" if chosen else "text", width=width - (12 if chosen else 0)
        )
        if chosen:
            page.shade(y, "sel", x)
            page.put(x, y, W["send this"], "key", width=width, right=True, ground="sel")
        y += 1
        if chosen and line.because:
            for part in wrap(line.because, width - 4):
                if y < bottom:
                    page.put(x + 4, y, part, "dim")
                    y += 1


def _paragraph(page: Page, title: str, text: str, x: int, y: int, width: int, bottom: int) -> int:
    if not text or y >= bottom:
        return y
    if page.rows >= 40:
        y += 1
    page.put(x, y, title, "strong", width=width)
    y += 1
    for part in wrap(text, width):
        if y < bottom:
            page.put(x, y, part, "text")
            y += 1
    return y
