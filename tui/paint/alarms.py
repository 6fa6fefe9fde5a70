"""The alarm list, and the help that opens on one alarm."""

from rich.cells import cell_len

from tui.cells import Page, wrap
from tui.paint.frame import PRIORITY
from tui.state import Ui
from tui.words import W, told, word
from twin.language.sentence import tokens
from twin.seat.picture import Snapshot, TankRow
from twin.seat.view import ASIDE, UNSEEN, AlarmRow, LineRow

STATE = {"unacknowledged": "U", "acknowledged": "A", "returned": "R", "shelved": "S", "suppressed": "D",
         "out of service": "O"}  # fmt: skip


def paint(page: Page, snap: Snapshot, ui: Ui, y: int, height: int) -> None:
    """Title and rows: priority, state, tag, since, what, value, limit."""
    wide = page.columns >= 120
    live = [a for a in snap.alarms if a.state not in ASIDE]
    page.put(0, y, "[2]", "dim")
    x = page.put(4, y, W["alarms"].format(count=len(live)), "strong") + 2
    first = next((a.name for a in snap.alarms if a.first_out), "")
    if first:
        x = page.put(x, y, W["first out"].format(tag=first), "dim") + 2
    for state in ASIDE:
        if count := sum(a.state == state for a in snap.alarms):
            x = page.put(x, y, f"{count} {word(f'state.{state}')}", "dim") + 2
    if not snap.alarms:
        page.put(4, y + 1, W["no alarm"], "dim")
        return
    rows = height - 1
    if wide:
        heads = ((2, W["head priority"]), (6, W["head state"]), (8, W["head tag"]), (18, W["head since"]), (28, W["head what"]),
                 (66, W["limit"]))  # fmt: skip
        for at, head in heads:
            page.put(at, y + 1, head, "dim")
        page.put(55, y + 1, W["head value"], "dim", width=10, right=True)
        rows -= 1
    top = y + height - rows
    names = [a.name for a in snap.alarms]
    at = names.index(ui.alarm) if ui.alarm in names else 0
    first_row = max(0, min(at - rows + 1, len(names) - rows)) if at >= rows else 0
    shown = snap.alarms[first_row : first_row + rows]
    for i, alarm in enumerate(shown):
        _row(page, snap, alarm, top + i, wide=wide, here=alarm.name == ui.alarm)
        if alarm.name == ui.alarm:
            page.shade(top + i, "sel", 0, 77 if wide else 79)
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
    unacked = alarm.state in UNSEEN
    page.put(2 if wide else 1, y, glyph, f"{role} chip" if unacked else role)
    page.put(6 if wide else 5, y, STATE[alarm.state], "strong" if unacked else "dim")
    page.put(8 if wide else 7, y, alarm.name, "strong" if unacked else "text", width=9 if wide else 8)
    since = snap.moment(alarm.since)
    page.put(18 if wide else 16, y, since if wide else since[:5], "dim")
    what = alarm.cause or alarm.limit
    page.put(28 if wide else 22, y, what, "text", width=26)
    value_role = "dis" if not alarm.good else role if alarm.state != "returned" else "dim"
    page.put(55 if wide else 49, y, told(alarm.value), value_role, width=10, right=True)
    page.put(66 if wide else 61, y, _limit(alarm), "dim", width=12)


def _limit(alarm: AlarmRow) -> str:
    """The comparison alone: `> 14.6 m`, also of a vote."""
    at = next((i for i, word in enumerate(alarm.limit.split()) if word in {"<", ">", "<=", ">="}), None)
    return "" if at is None else " ".join(alarm.limit.split()[at:])


def steps_for(snap: Snapshot, alarm: AlarmRow) -> list[tuple[LineRow, str]]:
    """The acts of the plan lines that name this alarm in their cue, for these seats."""
    return [(line, do) for line in snap.lines if alarm.name in tokens(line.cue) for do in line.do]


def paint_help(page: Page, snap: Snapshot, ui: Ui, alarm: AlarmRow, x: int, y: int, height: int) -> None:
    """Now and limit, why it happens, what to do: each step runs with Enter. Assessed: cause and limit only."""
    width = page.columns - x
    bottom = y + height
    glyph, role = PRIORITY[alarm.priority]
    page.put(x, y, glyph, f"{role} chip")
    page.put(x + 4, y, alarm.name, "strong", width=width - 4)
    y += 1
    tank = next((t for t in snap.tanks if t.name == alarm.thing), None)
    until = tank.to_limit_s if tank is not None else None
    for label, value, role in (
        (W["now"], told(alarm.value), "text" if alarm.good else "dis"),
        (W["limit"], alarm.limit, "text"),
        (W["raised"], snap.moment(alarm.since), "text"),
        (W["time left"], "" if tank is None or until is None else _left(tank), "text"),
    ):
        if value:
            page.put(x, y, label, "dim")
            page.put(x + 10, y, value, role, width=width - 10)
            y += 1
    y = _paragraph(page, W["why"], alarm.cause, x, y, width, bottom)
    if not ui.guided:
        page.put(x, min(y, bottom - 1), W["assessed help"], "dim", width=width)
        return
    y = _paragraph(page, W["do"], alarm.action, x, y, width, bottom)
    y = _steps(page, snap, ui, alarm, x, y, width, bottom)
    nothing = alarm.consequence
    if tank is not None and until is not None:
        words = W["runs over"] if tank.flow_m3_h is None or tank.flow_m3_h > 0 else W["runs empty"]
        ends = words.format(name=tank.name, at=snap.moment(snap.tick + int(until)), bund=tank.bund or W["open ground"])
        nothing = f"{nothing} {ends}".strip()
    y = _paragraph(page, W["do nothing"], nothing, x, y, width, bottom)
    _tried(page, snap, alarm, x, y, width, bottom)


def _left(tank: TankRow) -> str:
    """How long until its limit."""
    return told(tank.to_limit) + ("" if tank.to_limit_good else "?")


def _tried(page: Page, snap: Snapshot, alarm: AlarmRow, x: int, y: int, width: int, bottom: int) -> None:
    """Orders of these steps that were given, and how they stand."""
    steps = {do for _, do in steps_for(snap, alarm)}
    tried = [o for o in snap.orders if o.sentence in steps]
    if not tried or y + 1 >= bottom:
        return
    y += 1 if page.rows >= 40 else 0
    page.put(x, y, W["tried"], "strong", width=width)
    for order in tried[: bottom - y - 1]:
        y += 1
        state = word(f"phase.{order.phase}")
        page.put(x, y, f"{snap.moment(order.issued)} {order.sentence}", "text", width=width - cell_len(state) - 1)
        page.put(x, y, state, "key" if order.active else "p1" if order.failed else "dim", width=width, right=True)


def _steps(page: Page, snap: Snapshot, ui: Ui, alarm: AlarmRow, x: int, y: int, width: int, bottom: int) -> int:
    """What to do, step by step; the one under the cursor is sent by Enter. Returns the row after it."""
    steps = steps_for(snap, alarm)
    if not steps and y < bottom:
        y = page.put_lines(x, y, W["no step"], "dim", width=width, bottom=bottom)
    for i, (line, do) in enumerate(steps):
        if y >= bottom:
            return y
        chosen = i == ui.step % max(1, len(steps))
        page.put(
            x, y, f"{'>' if chosen else ' '} {do}", "key" if chosen else "text", width=width - (12 if chosen else 0)
        )
        if chosen:
            page.shade(y, "sel", x)
            page.put(x, y, W["send this"], "key", width=width, right=True, ground="sel")
        y += 1
        if chosen and line.because:
            y = page.put_lines(x + 4, y, line.because, "dim", width=width - 4, bottom=bottom)
    return y


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
