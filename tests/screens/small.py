"""A small farm whose tanks share one meter, a day on it, and pages of it as text and roles."""

import re
from pathlib import Path

from tui.cells import Page
from tui.paint import room
from tui.state import Ui
from twin.engine import session as sessions
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.seat.picture import Snapshot

KEPT = Path(__file__).parent.parent / "drills" / "kept" / "named" / "gauge-sticks.yaml"
SIZES = [(80, 24), (120, 40), (200, 60)]
DESK = ("control-room",)
FARM = """\
farm: Small
defaults:
  instruments: {power: UPS-1, system: BPCS}
utilities:
  UPS-1: {kind: power}
  UPS-2: {kind: power}
  BPCS: {kind: controller, power: UPS-2}
tanks:
  T-1: {product: gasoline, diameter: 22 m, height: 16 m, overflows above: 15.3 m, in: bund, at: [0 m, 0 m]}
  T-2 .. T-9: {like: T-1, at: [50 m, 0 m], step: [50 m, 0 m]}
places:
  bund: {kind: bund, area: 9000 m2, wall: 1.5 m}
nodes:
  ship: {product: gasoline, flow: 1000 m3/h}
  M-1: {at: [-15 m, 6 m]}
lines:
  L-S: {from: ship, to: M-1}
  L-1: {from: M-1, to: T-1, through: [XV-1]}
  L-2: {from: M-1, to: T-2, through: [XV-2]}
valves:
  XV-1: {kind: motor, stroke: 40 s, at: [12 m, 0 m]}
  XV-2: {like: XV-1}
instruments:
  LT-1: {measures: T-1.level, range: 0 m .. 16 m, lag: 3 s, noise: 1 mm, resolution: 1 mm}
  LT-2 .. LT-9: {like: LT-1, measures: T-2.level}
  TT-1: {measures: T-1.temperature, range: -50 degC .. 100 degC}
  FT-S: {measures: L-S.flow, range: 0 m3/h .. 1500 m3/h, lag: 2 s, noise: 1 m3/h}
  LS-1: {measures: T-1.level > 15 m, kind: independent switch, if bad: ignore}
  ZT-1: {measures: XV-1.position}
  ZT-2: {measures: XV-2.position}
  DIP-1: {measures: T-1.level, by hand: 3 min, noise: 3 mm, at: T-1}
calculated:
  FULL-1: {is: time until LT-1 > 15.3 m}
  FULL-2: {is: time until LT-2 > 15.3 m}
  MOVE-1: {is: gap of LT-1 and FT-S, by hand: 1 min}
alarms:
  LAH-1: {when: LT-1 > 14.4 m, deadband: 20 mm, delay: 3 s, priority: medium, action: end the receipt}
interlocks:
  LZ-1: {when: 1oo1 of LS-1, then: [close XV-1, stop TR-1], proof: ZT-1 < 2 %}
people:
  outside: {post: field, at: [10 m, 10 m]}
transfers:
  TR-1: {from: ship, to: T-1, through: [L-S, L-1], stops: by hand}
  TR-2: {from: ship, to: T-2, through: [L-S, L-2], stops: by hand}
"""
DAY = """\
scenario: Small day
farm: small
starts: 2026-01-12 10:00
lasts: 40 min
initially: {T-1: {level: 14.0 m}, T-2: {level: 14.8 m}, TR-1: {running: yes}, XV-2: {position: 0 %}}
"""


def small_day(folder: Path) -> Path:
    """A day on a farm of two tanks on one meter."""
    farm = FARM.replace("  LT-2 .. LT-9: {like: LT-1, measures: T-2.level}\n", "".join(f"  LT-{n}: {{like: LT-1, measures: T-{n}.level}}\n" for n in range(2, 10)))  # fmt: skip
    (folder / "small.yaml").write_text(farm)
    (folder / "day.yaml").write_text(DAY)
    return folder / "day.yaml"


def lived(scenario: Path, tick: int, *orders: tuple[int, str, str], assessed: bool = False) -> Session:
    posts = tuple(dict.fromkeys(["control-room", *(p for _, p, _ in orders if p != "instructor")]))
    its = sessions.start(Setup(str(scenario), taken=posts, assessed=assessed))
    for when, post, do in orders:
        its.command(post, do, when)
    its.advance(tick)
    return its


def drawn(snap: Snapshot, size: tuple[int, int], **more: object) -> Page:
    return room.paint(snap, Ui(**more), *size, traces={}, strict=True)  # type: ignore[arg-type]


def text(page: Page) -> str:
    return "\n".join(page.text(y) for y in range(page.rows))


def roles(page: Page, word: str) -> set[str]:
    """The roles in which a word stands on a page, wherever it does."""
    found = set()
    for y in range(page.rows):
        row = "".join(c or " " for c, _, _ in page.cells[y])
        for hit in re.finditer(re.escape(word), row):
            found |= {page.cells[y][x][1] for x in range(*hit.span())}
    return found
