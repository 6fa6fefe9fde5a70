"""How a value is written for people, and from when on a person sees a difference between two: screens and judgement alike."""

from functools import cache
from typing import NamedTuple

import numpy as np

from twin.base import units
from twin.base.arrays import Bools, Floats
from twin.engine import cues
from twin.engine.model import Model
from twin.language.syntax import Test
from twin.parts.alarm import Alarm
from twin.text.say import Said, plain, say

STEPS = 5  # of the last digit on the screen: what a person sees as a difference (assumed)


def digits_of(unit: str) -> int:
    """How many digits behind the point a reading is shown with."""
    return 0 if unit in {"%", "s"} else 2 if unit in {"m"} else 1


def written(value: float, unit: str) -> Said:
    """A value in the unit that people see; a flag is on or off."""
    if unit == "flag":
        return say("reading.on" if value > 0.5 else "reading.off")
    return plain(f"{value:z.{digits_of(unit)}f} {unit}".strip())


def of_signal(model: Model, column: int, value: float) -> tuple[float, str]:
    """What stands in a signal, in the unit that people see, and that unit."""
    board = model.signals
    unit = "flag" if board.dimensions[column] == "flag" else board.unit(column)
    return board.for_people(column, value), unit


def _step(unit: str) -> float:
    """A difference that a person sees on the screen, in SI."""
    return STEPS * 10.0 ** -digits_of(unit) * (units.unit(unit).factor if unit else 1.0)


@cache
def different(model: Model) -> Floats:
    """From when on a person sees a difference, (I,) in SI: some steps of the last digit, never less than what misleads."""
    board, gauges = model.signals, model.instruments
    steps = np.array([_step(board.unit(board.first_instrument + i)) for i in range(len(gauges.names))])
    seen: Floats = np.maximum(steps, gauges.allowed)
    return seen


@cache
def gap_seen_m3(model: Model) -> dict[str, float]:
    """By gap of a level and a flow: from how much on a person sees one."""
    values, first = model.calculated, model.signals.first_instrument
    columns = [(k, int(values.column[k]) - first) for k in range(values.n_gaps)]
    return {
        values.names[k]: float(different(model)[i] * values.area_m2[k])
        for k, i in columns
        if 0 <= i < len(model.instruments.names)
    }


class Limit(NamedTuple):
    """The limit of an alarm on a reading, in SI: past it where sign * (value - at) is above zero."""

    alarm: str
    reads: str
    column: int
    sign: float
    at: float
    priority: str
    delay_s: float

    def passed(self, value: float) -> bool:
        """Whether a reading stands past it."""
        return self.sign * (value - self.at) > 0.0


@cache
def limits(model: Model) -> tuple[Limit, ...]:
    """The limits of the alarms that compare one reading with one."""
    board, found = model.signals, []
    for name, alarm in model.spec.farm.of(Alarm).items():
        limit, read, atom = cues.read_limit(alarm.when), cues.read_name(alarm.when), alarm.when.flat[0].atom
        if limit is None or read not in board.at:
            continue
        column, sign = board.at[read], -1.0 if isinstance(atom, Test) and atom.sign == "<" else 1.0
        at = limit.si(board.dimensions[column])
        found.append(Limit(name, read, column, sign, at, alarm.priority, alarm.delay_s))
    return tuple(found)


def on_board(model: Model, good: Bools) -> frozenset[str]:
    """The instruments that stand on the board and have a signal; `good` is the quality of all, (I,)."""
    gauges = model.instruments
    return frozenset(n for i, n in enumerate(gauges.names) if good[i] and not gauges.read_by_hand[i])
