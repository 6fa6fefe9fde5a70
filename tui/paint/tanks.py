"""The tanks: value, bar with its limits through it, trend, flow, time to the limit, inlet and trip; abnormal first."""

from tui.cells import Page
from tui.paint.frame import PRIORITY
from tui.state import Ui
from tui.words import W, told
from twin.seat.picture import Snapshot, TankRow

_DOTS = (0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08)  # braille, left and right column, low to high
_ORDER = {"high": 0, "medium": 1, "low": 2, "": 3}


def sorted_tanks(snap: Snapshot) -> list[TankRow]:
    """Abnormal first, then what moves, then the rest by name."""
    return sorted(snap.tanks, key=lambda t: (_ORDER[t.priority], t.good, not t.flow_m3_h, t.name))


def paint(page: Page, snap: Snapshot, ui: Ui, y: int, height: int) -> None:
    """Title, heads and as many tanks as there are rows; the rest packed in the last row."""
    wide = page.columns >= 120
    page.put(0, y, "[1]", "dim")
    x = page.put(4, y, W["tanks"].format(count=len(snap.tanks)), "strong") + 2
    page.put(x, y, W["abnormal first"], "dim")
    if wide:
        y += 1
        height -= 1
        heads = ((0, W["head priority"]), (4, W["head tank"]), (10, W["head product"]), (22, "m"), (26, "%"), (29, "0"), (49, "100"),
                 (53, "15 min"), (66, "m3/h"), (73, W["head to limit"]), (90, "C"), (102, W["head inlet"]), (112, W["head trip"]))  # fmt: skip
        for at, head in heads:
            page.put(at, y, head, "dim")
    tanks = sorted_tanks(snap)
    rows = height - 1
    packed: list[TankRow] = []
    if len(tanks) > rows:
        tanks, packed = tanks[: rows - 1], tanks[rows - 1 :]
    for i, tank in enumerate(tanks):
        (_wide if wide else _narrow)(page, tank, ui, y + 1 + i)
        if ui.pane == "tanks" and ui.tank == tank.name:
            page.shade(y + 1 + i, "sel", 0, 119 if wide else 79)
    if packed:
        _packed(page, packed, y + 1 + len(tanks))


def _value_role(tank: TankRow) -> str:
    if not tank.good:
        return "dis"
    return PRIORITY[tank.priority][1] if tank.priority in {"high", "medium"} else "text"


def _mark(page: Page, tank: TankRow, y: int) -> None:
    if not tank.good:
        page.put(0, y, " ? ", "dis chip")
    elif tank.priority:
        glyph, role = PRIORITY[tank.priority]
        page.put(0, y, glyph, f"{role} chip" if tank.unacknowledged else role)


def _wide(page: Page, tank: TankRow, ui: Ui, y: int) -> None:
    _mark(page, tank, y)
    page.put(4, y, tank.name, "strong" if tank.priority else "text", width=6)
    page.put(10, y, tank.product, "dim", width=8)
    page.put(18, y, "--" if tank.level_m is None else f"{tank.level_m:.2f}", _value_role(tank), width=6, right=True)
    page.put(24, y, "" if tank.good else "?", "dis")
    if tank.filled is not None:
        page.put(25, y, f"{100 * tank.filled:.0f}", "dim", width=3, right=True)
        bar(page, tank, 29, y, 22)
    spark(page, tank, 53, y)
    if tank.flow_m3_h is not None:
        page.put(64, y, f"{tank.flow_m3_h:+.0f}" if abs(tank.flow_m3_h) >= 0.5 else "0", "text", width=6, right=True)
        page.put(70, y, _arrow(tank), "text")
    page.put(73, y, told(tank.to_limit), _value_role(tank) if tank.priority else "text", width=13)
    page.put(87, y, tank.temperature, "dim", width=4, right=True)
    page.put(102, y, told(tank.inlet), tank.inlet_role, width=9)
    page.put(112, y, told(tank.trip), tank.trip_role, width=8)


def _narrow(page: Page, tank: TankRow, ui: Ui, y: int) -> None:
    _mark(page, tank, y)
    page.put(4, y, tank.name, "strong" if tank.priority else "text", width=6)
    page.put(10, y, "--" if tank.level_m is None else f"{tank.level_m:.2f}", _value_role(tank), width=5, right=True)
    page.put(15, y, "m" if tank.good else "?", "dim" if tank.good else "dis")
    if tank.filled is not None:
        page.put(16, y, f"{100 * tank.filled:.0f}%", "dim", width=4, right=True)
        bar(page, tank, 21, y, 20)
    if tank.flow_m3_h is not None:
        page.put(42, y, f"{tank.flow_m3_h:+.0f}" if abs(tank.flow_m3_h) >= 0.5 else "0", "text", width=5, right=True)
        page.put(47, y, _arrow(tank), "text")
    page.put(49, y, told(tank.to_limit), _value_role(tank) if tank.priority else "text", width=13)
    page.put(63, y, told(tank.inlet), tank.inlet_role, width=8)
    page.put(72, y, told(tank.trip), tank.trip_role, width=8)


def _arrow(tank: TankRow) -> str:
    if tank.flow_m3_h is None or abs(tank.flow_m3_h) < 0.5:
        return " "
    return "▲" if tank.flow_m3_h > 0 else "▼"


def bar(page: Page, tank: TankRow, x: int, y: int, width: int) -> None:
    """0 to 100 % of the height; limits stand through it and take their colour once crossed."""
    assert tank.filled is not None
    full = tank.filled * width
    limits = {min(int(share * width), width - 1): priority for share, priority in tank.limits}
    for i in range(width):
        if i in limits:
            crossed = tank.filled >= (i + 0.5) / width
            role = PRIORITY[limits[i]][1] if crossed else "text"
            page.put(x + i, y, "┃" if limits[i] == "high" else "│", role)
        elif i + 1 <= full:
            page.put(x + i, y, "▄", "fill" if tank.good else "dis")
        elif i + 0.5 <= full:
            page.put(x + i, y, "▖", "fill" if tank.good else "dis")
        else:
            page.put(x + i, y, "·" if page.ascii_only else "▄", "track")


def spark(page: Page, tank: TankRow, x: int, y: int) -> None:
    """The last quarter of an hour, two samples a cell, four levels."""
    samples = list(tank.spark)
    x += 10 - (len(samples) + 1) // 2  # the present stands at the right
    for cell in range(10):
        pair = samples[2 * cell : 2 * cell + 2]
        if not pair:
            return
        levels = [min(3, int(v * 4)) for v in pair]
        if page.ascii_only:
            page.put(x + cell, y, "_.-^"[levels[0]], "dim")
            continue
        dots = sum(_DOTS[side][level] for side, level in enumerate(levels))
        page.put(x + cell, y, chr(0x2800 + dots), "dim" if tank.good else "dis")


def _packed(page: Page, tanks: list[TankRow], y: int) -> None:
    x = page.put(0, y, W["normal"], "dim") + 3
    for number, tank in enumerate(tanks):
        text = f"{tank.name} {100 * tank.filled:.0f}%" if tank.filled is not None else f"{tank.name} --"
        if x + len(text) > page.columns - 10:
            page.put(x, y, f"+{len(tanks) - number}", "dim")
            return
        x = page.put(x, y, text, "dim") + 3
