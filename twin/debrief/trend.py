"""A recorded trend beside the twin's own signal: read from CSV as historians write it, and compared in one number."""

import datetime
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from twin.base import sheet
from twin.base.arrays import Floats, floats
from twin.base.fault import Fault, Place, nearest
from twin.base.units import from_si, to_si
from twin.debrief import history
from twin.engine.cues import Clock
from twin.engine.session import Session

MOST_BYTES = 64 * 1024 * 1024
TIMES = ("t_s", "clock", "time", "timestamp", "date", "datetime", "zeit", "时间")
DAY_S = 86400
MOST = 1e15  # no reading is larger
_HEAD = re.compile(r"\s*(.*?)\s*(?:\[([^\]]*)\])?\s*\Z")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?\Z")


class Recorded(NamedTuple):
    """One column of a file as it stands there: what it is called, its unit or "", seconds after the start of the run."""

    name: str
    unit: str
    t_s: Floats
    cells: tuple[str, ...]  # empty where a value is missing
    places: tuple[Place, ...]

    @property
    def values(self) -> Floats:
        """Its numbers, NaN where one is missing; raises Fault where one is none."""
        return floats(_number(cell, place) for cell, place in zip(self.cells, self.places, strict=True))


class Compared(NamedTuple):
    """A recorded trend beside a signal, in the unit that people see."""

    signal: str
    unit: str
    t_s: Floats
    recorded: Floats
    twin: Floats
    outside: int  # points before the start of the run or after its end, left out

    @property
    def rms(self) -> float:
        """Root of the mean square of the differences."""
        return math.sqrt(float(np.mean(np.square(self.recorded - self.twin))))

    @property
    def mean(self) -> float:
        """Recorded less twin."""
        return float(np.mean(self.recorded - self.twin))

    @property
    def worst(self) -> int:
        """The point where they lie furthest apart."""
        return int(np.abs(self.recorded - self.twin).argmax())

    @property
    def most(self) -> float:
        """How far apart that is."""
        return float(np.abs(self.recorded - self.twin).max())


def read(path: Path, clock: Clock) -> list[Recorded]:
    """The columns of a trend; raises Fault where it is none, with line and column."""
    its = sheet.read(path, MOST_BYTES)
    heads = [_HEAD.match(cell) for cell in its.heads]
    names = [(m.group(1), m.group(2) or "") if m else ("", "") for m in heads]
    time = next((k for k, (name, _) in enumerate(names) if name.casefold() in TIMES), None)
    if time is None or len(names) < 2:
        what = "no column of time" if time is None else "a column of time and nothing else"
        raise Fault(
            f"{path} has {what}.", f"It wants one called {' or '.join(TIMES[:4])}, and values.", Place(str(path), 1, 1)
        )
    when: list[float] = []
    kept: list[tuple[str, ...]] = []
    for row, place in zip(its.rows, its.places, strict=True):
        cells = row if its.comma else tuple(cell.replace(",", ".") for cell in row)
        when.append(_second(cells[time], clock, when[-1] if when else None, place))
        kept.append(cells)
    if not when:
        raise Fault(f"{path} holds no values.", "", Place(str(path), 1, 1))
    return [
        Recorded(name, unit, floats(when), tuple(row[k] for row in kept), its.places)
        for k, (name, unit) in enumerate(names)
        if name and name.casefold() not in TIMES
    ]


def _number(cell: str, place: Place) -> float:
    """A number that a plant may show; NaN where one is missing or is none that could be."""
    try:
        number = float(cell) if cell else math.nan
    except ValueError:
        raise Fault(f"{cell[:40]!r} is no number.", "Leave a missing value empty.", place) from None
    return number if abs(number) < MOST else math.nan


def _second(cell: str, clock: Clock, before: float | None, place: Place) -> float:
    """Seconds after the start: a number, a date and time, or a time of day: the first is the nearest to the start."""
    found: float | None = None
    if match := _CLOCK.match(cell):
        hour, minute, second = (float(part or 0) for part in match.groups())
        if hour < 24 and minute < 60 and second < 60:
            found = (hour * 3600 + minute * 60 + second - clock.of_day_s + DAY_S / 2) % DAY_S - DAY_S / 2
            if before is not None and found <= before - DAY_S / 2:  # past another midnight
                found += DAY_S * math.ceil((before - DAY_S / 2 - found) / DAY_S + 1e-9)
    else:
        found = _counted(cell, clock.start)
    if found is None or not math.isfinite(found):
        raise Fault(
            f"{cell[:40]!r} is no time.", "Write seconds after the start, 02:14:10 or 2026-01-12 02:14:10.", place
        )
    if before is not None and found <= before:
        raise Fault("times must rise.", "Sort the lines.", place)
    return found


def _counted(cell: str, start: datetime.datetime) -> float | None:
    try:
        return float(cell)
    except ValueError:
        pass
    try:
        return (datetime.datetime.fromisoformat(cell).replace(tzinfo=None) - start).total_seconds()
    except ValueError:
        return None


def compare(session: Session, recorded: list[Recorded], signal: str = "") -> Iterator[Compared]:
    """Each column that names a signal beside it, or one column beside a named one; raises Fault where none does."""
    board = session.model.signals
    if signal and signal not in board.at:
        raise Fault(f"there is no signal {signal!r}.", nearest(signal, board.at))
    mine = [(its, signal or its.name) for its in recorded if signal or its.name in board.at]
    if signal:
        mine = [pair for pair in mine if pair[0].name == signal] or (mine if len(recorded) == 1 else [])
    if not mine and signal:
        raise Fault(
            f"no column is called {signal}, and several are there.", "Keep one of them, or call it like the signal."
        )
    if not mine:
        names = ", ".join(its.name for its in recorded[:8])
        raise Fault(
            f"none of its columns ({names}) is called like a signal.",
            f"Name it with --signal. {nearest(recorded[0].name, board.at)}",
        )
    for its, name in mine:
        yield _beside(session, its, name)


def _beside(session: Session, its: Recorded, name: str) -> Compared:
    board = session.model.signals
    index = board.at[name]
    unit, dimension = board.unit(index), board.dimensions[index]
    values = its.values
    if its.unit and its.unit != unit:
        values = floats(from_si(to_si(float(v), its.unit, dimension), unit) if unit else to_si(float(v), its.unit, dimension)
                        for v in values)  # fmt: skip
    shown, _ = history.people(session, name)
    inside = (its.t_s >= 0) & (its.t_s <= len(shown) - 1) & np.isfinite(values)
    if not np.isfinite(values).any():
        raise Fault(f"{its.name} holds no value.", "", its.places[0])
    if not inside.any():
        raise Fault(
            f"no point of {its.name} lies in the run.",
            f"It lasts {len(shown) - 1} s from {session.model.clock.iso(0)}.",
        )
    twin = np.interp(its.t_s[inside], np.arange(len(shown)), shown)
    return Compared(name, unit, its.t_s[inside], values[inside], twin, int(np.isfinite(values).sum() - inside.sum()))
