"""The map: bunds and tanks where they stand, tanks in the colour of their worst alarm, the wind. Drawn of what a seat sees."""

from collections.abc import Callable, Mapping

from rich.cells import cell_len

from tui.cells import Page
from tui.paint.frame import PRIORITY
from tui.words import W
from twin.engine.model import Model
from twin.parts.tank_entry import Tank
from twin.seat.ground import Bund, Ground, Spot
from twin.seat.ground import of as ground_of
from twin.seat.picture import Snapshot, TankRow

SCALES_M = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500)
NARROW = 60  # columns below which tanks and bunds alone are drawn
_ARROWS = "↓↙←↖↑↗→↘"  # where wind from north, north-east, … blows to
_PLAIN = "v/<\\^/>\\"


def paint(page: Page, snap: Snapshot, ground: Ground, x: int, y: int, width: int, height: int) -> None:
    """Title, the ground, the wind. A cell is twice as high as it is wide where there is room for that."""
    page.put(x, y, "[4]", "dim")
    after = page.put(x + 4, y, W["map"], "strong") + 2
    tanks = {t.name for t in snap.tanks}
    spots = tuple(s for s in ground.spots if width >= NARROW or s.name in tanks)
    if not spots:
        page.put_lines(x + 4, y + 1, W["no map"], "dim", width=width - 4, bottom=y + height)
        return
    across, up = _ground(page, ground.bunds, spots, {t.name: t for t in snap.tanks}, x, y, width, height)
    page.put(after, y, W["map scale"].format(across=across, up=up), "dim", width=width - (after - x))
    wind = f"{snap.wind} {_arrow(page, snap.wind)}"
    page.put(x, y + height - 1, W["wind"].format(wind=wind), "dim", width=width)


def _ground(
    page: Page, bunds: tuple[Bund, ...], spots: tuple[Spot, ...], tanks: Mapping[str, TankRow | None], x: int, y: int,
    width: int, height: int,
) -> tuple[int, int]:  # fmt: skip
    """Bunds and spots under a row of title; returns how many metres a cell is across and up."""
    left_m, low_m, right_m, high_m = Ground(spots, bunds).box_m
    across = _scale((right_m - left_m) / max(1, width - 6))  # names stand at the right of their spot
    up = _scale(max((high_m - low_m) / max(1, height - 4), 2.0 * across))

    def at(x_m: float, y_m: float) -> tuple[int, int]:
        return x + 1 + round((x_m - left_m) / across), y + 1 + round((high_m - y_m) / up)

    for bund in bunds:
        _bund(page, bund, at, x + width, y + height - 1)
    for spot in spots:
        _spot(page, tanks, spot, *at(spot.x_m, spot.y_m), x, x + width, y + height - 1)
    return across, up


def as_text(model: Model, columns: int, rows: int) -> str:
    """The ground of a farm alone, for `twin map`."""
    its, page = ground_of(model), Page(columns, rows)
    if not its.spots:
        return W["no map"]
    across, up = _ground(page, its.bunds, its.spots, dict.fromkeys(model.spec.farm.of(Tank)), 0, 0, columns, rows)
    drawn = ["".join(mark for mark, _, _ in row).rstrip() for row in page.cells]
    return "\n".join([W["map scale"].format(across=across, up=up), *(line for line in drawn if line)])


def _scale(wanted: float) -> int:
    """Metres a cell that are easy to read."""
    return next((s for s in SCALES_M if s >= wanted), SCALES_M[-1])


def _bund(page: Page, its: Bund, at: Callable[[float, float], tuple[int, int]], right: int, bottom: int) -> None:
    (x0, y1), (x1, y0) = at(its.box_m[0], its.box_m[1]), at(its.box_m[2], its.box_m[3])
    x1, y1 = min(x1, right - 1), min(y1, bottom - 1)
    for x in range(x0, x1 + 1):
        for y in (y0, y1):
            _over(page, x, y, "─")
    for y in range(y0, y1 + 1):
        for x in (x0, x1):
            _over(page, x, y, "│" if y not in {y0, y1} else "+")
    if cell_len(its.name) < x1 - x0 - 2:
        page.clear(y0, x0 + 2, x0 + 1 + cell_len(its.name))
        page.put(x0 + 2, y0, its.name, "dim")


def _over(page: Page, x: int, y: int, mark: str) -> None:
    page.clear(y, x, x)
    page.put(x, y, mark, "rule")


def _spot(
    page: Page, tanks: Mapping[str, TankRow | None], spot: Spot, x: int, y: int, left: int, right: int, bottom: int
) -> None:
    """A tank as (101), anything else by its name; nothing is written over a name that stands there."""
    tank, is_tank = tanks.get(spot.name), spot.name in tanks
    text = f"({spot.name.rpartition('-')[2]})" if is_tank else spot.name
    x = max(left, min(x - (cell_len(text) // 2 if is_tank else 0), right - cell_len(text)))
    if not (y < bottom and all(page.cells[y][i][0] in {" ", "─", "│", "+"} for i in range(x, x + cell_len(text)))):
        return
    role = "text" if is_tank else "dim"
    if tank is not None:
        role = "dis" if not tank.good else PRIORITY[tank.priority][1] if tank.priority else "text"
        role += " chip" if tank.unacknowledged and tank.good else ""
    page.clear(y, x, x + cell_len(text) - 1)
    page.put(x, y, text, role)


def _arrow(page: Page, wind: str) -> str:
    """Where the wind blows to, north up."""
    octant = round(float(wind.split(maxsplit=1)[0]) / 45.0) % 8
    return (_PLAIN if page.ascii_only else _ARROWS)[octant]
