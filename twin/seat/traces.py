"""What an instrument showed lately, against time, with the alarm limits on it."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from twin.base.arrays import Floats
from twin.engine import cues
from twin.engine.model import Model
from twin.engine.session import Session
from twin.parts.alarm import Alarm
from twin.seat.view import Reading

TREND_S = 1800
MOST_POINTS = 600
SPARK_CELLS = 10
SPARK_SAMPLES = 2 * SPARK_CELLS
SPARK_SPAN_S = 900


class Trace(NamedTuple):
    """The last half hour of an instrument, in the unit people see, with its nearest alarm limit (NaN: none)."""

    values: Floats
    unit: str
    limit: float


def limits(model: Model, instrument: str) -> list[tuple[float, str]]:
    """The limits of alarms on an instrument, in SI, each with its priority."""
    found = []
    for alarm in model.spec.farm.of(Alarm).values():
        limit = cues.read_limit(alarm.when)
        if limit is not None and instrument and cues.read_name(alarm.when) == instrument:
            dimension = model.signals.dimensions[model.signals.at[instrument]]
            found.append((limit.si(dimension), alarm.priority))
    return found


def trace(session: Session, name: str) -> Trace | None:
    """The trace of an instrument or calculated value; None where there is none of this name."""
    signals, recorder = session.model.signals, session.block.recorder
    if name not in signals.at or recorder is None or signals.at[name] < signals.first_instrument:
        return None
    column = signals.at[name]
    step = max(1, min(TREND_S, session.tick) // MOST_POINTS)
    ticks = range(max(0, session.tick - TREND_S), session.tick + 1, step)
    values = np.array([signals.for_people(column, float(recorder.signals[t][0, column])) for t in ticks])
    known = [signals.for_people(column, limit) for limit, _ in limits(session.model, name)]
    nearest = min(known, key=lambda v: abs(v - values[-1])) if known else float("nan")
    return Trace(values, signals.unit(column), nearest)


def of_board(session: Session, readings: Iterable[Reading], names: Iterable[str]) -> dict[str, Trace]:
    """The traces asked for, of what a board shows: its readings."""
    shown = {r.name for r in readings} if names else set()
    return {name: its for name in names if name in shown and (its := trace(session, name)) is not None}


def spark(session: Session, gauge: str) -> tuple[float, ...]:
    """The last quarter of an hour of a gauge, 0 to 1, scaled by the larger of its span and a tenth of its range."""
    recorder = session.block.recorder
    if recorder is None:
        return ()
    column = session.model.signals.at[gauge]
    step = SPARK_SPAN_S // SPARK_SAMPLES
    ticks = [session.tick - step * i for i in range(SPARK_SAMPLES)][::-1]
    values = [float(recorder.signals[t][0, column]) for t in ticks if t >= 0]
    i = session.model.instruments.names.index(gauge)
    tenth = min(float(session.model.instruments.high[i] - session.model.instruments.low[i]) / 10, 1e6)
    reach = max(max(values) - min(values), tenth, 1e-9)
    middle = (max(values) + min(values)) / 2
    return tuple(min(max((v - middle) / reach + 0.5, 0.0), 1.0) for v in values)
