"""The tanks: value, bar with its limits through it, trend, flow, time to the limit, inlet and trip; abnormal first."""

from rich.cells import cell_len

from tui.cells import Page, wrap
from tui.paint.frame import PRIORITY
from tui.state import Ui
from tui.words import W, told
from twin.seat.found import Found
from twin.seat.picture import Snapshot, TankRow, span
from twin.text.say import say

_DOTS = (0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08)  # braille, left and right column, low to high
BESIDE = ("pressure", "contamination", "density", "water", "leak", "speed")
_ORDER = {"high": 0, "medium": 1, "low": 2, "": 3}


def sorted_tanks(snap: Snapshot) -> list[TankRow]:
    """Abnormal first, then what cannot be believed, what was checked, what moves, then the rest by name.

    A tank that stands still and has only lost its gauge comes behind those that move: a flood of lost signals hides none.
    """
    checked = {f.thing for f in snap.found}

    def rank(t: TankRow) -> tuple[bool, int, bool, bool, bool, str]:
        moves = bool(t.flow_m3_h)
        idle = not moves and (not t.good or not t.priority)
        return idle, _ORDER[t.priority], t.good, t.name not in checked, not moves, t.name

    return sorted(snap.tanks, key=rank)


def found_text(snap: Snapshot, its: Found) -> str:
    """What a check found, how long ago, and what it means; marked where what it was read of is not to be believed now."""
    ago = span(snap.tick - its.tick)
    doubted = any(r.name == its.name and not r.good for r in snap.readings)
    value = say("reading.marked", shown=its.value) if doubted else its.value
    if its.means is None:
        return told(say("found.row", name=its.name, value=value, ago=ago))
    return told(say("found.row-means", name=its.name, value=value, ago=ago, means=its.means))


def _lines_of(snap: Snapshot, tank: TankRow, width: int) -> list[str]:
    """What checks found of a tank, the last first, in lines of its own below its row."""
    mine = sorted((f for f in snap.found if f.thing == tank.name), key=lambda f: -f.tick)
    return [line for f in mine for line in wrap(found_text(snap, f), width)]


def _others(snap: Snapshot, width: int) -> list[str]:
    """What instruments show that stands in no column: pressures, densities, water, leaks, in lines below the tanks."""
    shown = (r for r in snap.readings if r.quantity in BESIDE and not r.by_hand)
    return wrap("   ".join(f"{r.name} {told(r.says)}" for r in shown), width)


def rows_wanted(snap: Snapshot) -> int:
    """How many rows all tanks take with what checks found of them and other readings, title and heads left out."""
    return sum(1 + len(_lines_of(snap, t, 74)) for t in snap.tanks) + len(_others(snap, 74))


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
    tanks, last = sorted_tanks(snap), y + height - 1
    row = y + 1
    for number, tank in enumerate(tanks):
        lines = _lines_of(snap, tank, page.columns - 6)
        left_over = number + 1 < len(tanks)
        if row + left_over > last or (row + len(lines) + left_over > last and number):
            _packed(page, tanks[number:], row)
            return
        (_wide if wide else _narrow)(page, tank, row)
        if ui.pane == "tanks" and ui.tank == tank.name:
            page.put(3, row, ">", "key")
            page.shade(row, "sel", 0, 119 if wide else 79)
        row += 1
        for line in lines[: max(0, last - left_over - row + 1)]:
            page.put(4, row, line, "text", width=page.columns - 5)
            row += 1
    for line in _others(snap, page.columns - 6)[: max(0, last - row + 1)]:
        page.put(4, row, line, "dim", width=page.columns - 5)
        row += 1


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


def _wide(page: Page, tank: TankRow, y: int) -> None:
    _mark(page, tank, y)
    page.put(4, y, tank.name, "strong" if tank.priority else "text", width=6)
    page.put(10, y, tank.product, "dim", width=8)
    page.put(18, y, "--" if tank.level_m is None else f"{tank.level_m:.2f}", _value_role(tank), width=6, right=True)
    page.put(24, y, "" if tank.good else "?", "dis")
    if tank.filled is not None:
        page.put(25, y, f"{100 * tank.filled:.0f}", "dim", width=3, right=True)
        bar(page, tank, 29, y, 22)
    spark(page, tank, 53, y)
    _flow(page, tank, 64, y)
    _to_limit(page, tank, 73, y)
    page.put(86, y, tank.temperature, "dim" if tank.temperature_good else "dis", width=5, right=True)
    page.put(91, y, "" if tank.temperature_good else "?", "dis")
    page.put(102, y, told(tank.inlet), tank.inlet_role, width=9)
    page.put(112, y, told(tank.trip), tank.trip_role, width=8)


def _narrow(page: Page, tank: TankRow, y: int) -> None:
    _mark(page, tank, y)
    page.put(4, y, tank.name, "strong" if tank.priority else "text", width=6)
    page.put(10, y, "--" if tank.level_m is None else f"{tank.level_m:.2f}", _value_role(tank), width=5, right=True)
    page.put(15, y, "m" if tank.good else "?", "dim" if tank.good else "dis")
    if tank.filled is not None:
        page.put(16, y, f"{100 * tank.filled:.0f}%", "dim", width=4, right=True)
        bar(page, tank, 21, y, 20)
    _flow(page, tank, 41, y)
    _to_limit(page, tank, 49, y)
    page.put(63, y, told(tank.inlet), tank.inlet_role, width=8)
    page.put(72, y, told(tank.trip), tank.trip_role, width=8)


def _flow(page: Page, tank: TankRow, x: int, y: int) -> None:
    """What flows, and which way; a mark in the place of the arrow where the meter is not to be believed."""
    if tank.flow_m3_h is None:
        return
    flows = abs(tank.flow_m3_h) >= 0.5
    page.put(x, y, f"{tank.flow_m3_h:+.0f}" if flows else "0", "text" if tank.flow_good else "dis", width=6, right=True)
    arrow = "?" if not tank.flow_good else "▲" if flows and tank.flow_m3_h > 0 else "▼" if flows else " "
    page.put(x + 6, y, arrow, "text" if tank.flow_good else "dis")


def _to_limit(page: Page, tank: TankRow, x: int, y: int) -> None:
    if tank.to_limit is None:
        return
    role = "dis" if not tank.to_limit_good else _value_role(tank) if tank.priority else "text"
    page.put(x, y, told(tank.to_limit) + ("" if tank.to_limit_good else "?"), role, width=13)


def bar(page: Page, tank: TankRow, x: int, y: int, width: int) -> None:
    """0 to 100 % of the height; limits stand through it and take their colour once crossed. Without colours empty is a dot."""
    assert tank.filled is not None
    full = tank.filled * width
    limits = _ticks(tank, width)
    for i in range(width):
        if i in limits:
            share, priority = limits[i]
            page.put(
                x + i, y, "┃" if priority == "high" else "│", PRIORITY[priority][1] if tank.filled >= share else "text"
            )
        elif i + 1 <= full:
            page.put(x + i, y, "▄", "fill" if tank.good else "dis")
        elif i + 0.5 <= full:
            page.put(x + i, y, "▖", "fill" if tank.good else "dis")
        else:
            page.put(x + i, y, "·" if page.ascii_only or page.mono else "▄", "track")


def _ticks(tank: TankRow, width: int) -> dict[int, tuple[float, str]]:
    """By cell: the limit that stands there. Of two in one cell the lower one stands a cell further left."""
    found: dict[int, tuple[float, str]] = {}
    for share, priority in sorted(tank.limits, reverse=True):
        at = min(int(share * width), width - 1)
        found[at if at not in found else max(0, at - 1)] = (share, priority)
    return found


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
    """Tanks that nothing is the matter with in one row; a mark where a level is not to be believed."""
    x = page.put(0, y, W["normal"], "dim") + 3
    for number, tank in enumerate(tanks):
        text = f"{tank.name} {100 * tank.filled:.0f}%" if tank.filled is not None else f"{tank.name} --"
        text += "" if tank.good else "?"
        if x + cell_len(text) > page.columns - 10:
            page.put(x, y, f"+{len(tanks) - number}", "dim")
            return
        x = page.put(x, y, text, "dim" if tank.good else "dis") + 3
