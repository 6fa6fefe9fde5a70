"""What an instrument showed lately, against time, with the alarm limits on it."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from twin.base.arrays import Floats
from twin.engine.model import Model
from twin.engine.session import Session
from twin.seat import amounts
from twin.seat.view import Reading

TREND_S = 1800
MOST_POINTS = 600
SPARK_CELLS = 10
SPARK_SAMPLES = 2 * SPARK_CELLS
SPARK_SPAN_S = 900
STEADY_OVER_S = 180
CHANGED_OVER_S, CHANGED = 30, 0.15  # the last so many seconds, and by how much they must point elsewhere
FAR_S = 86400.0
STEPS_S = ((1.0, 60.0), (5.0, 300.0), (10.0, 1200.0), (60.0, 7200.0), (600.0, float("inf")))  # step, for less than


class Trace(NamedTuple):
    """The last half hour of an instrument, in the unit people see: values, the tick of the first and of the last, and the
    limits of its alarms with their priority."""

    values: Floats
    unit: str
    first: int
    last: int
    limits: tuple[tuple[float, float, str, str], ...]  # where, +1 for above and -1 for below, priority, alarm


def limits(model: Model, instrument: str) -> list[tuple[float, str]]:
    """The limits of alarms on an instrument, in SI, each with its priority."""
    return [(limit.at, limit.priority) for limit in amounts.limits(model) if limit.reads == instrument]


def trace(session: Session, name: str) -> Trace | None:
    """The trace of an instrument or calculated value; None where there is none of this name."""
    signals, recorder = session.model.signals, session.block.recorder
    if name not in signals.at or recorder is None or signals.at[name] < signals.first_instrument:
        return None
    column = signals.at[name]
    step = max(1, min(TREND_S, session.tick) // MOST_POINTS)
    ticks = range(session.tick, max(0, session.tick - TREND_S) - 1, -step)[::-1]
    values = np.array([signals.for_people(column, float(recorder.signals[t][0, column])) for t in ticks])
    known = [its for its in amounts.limits(session.model) if its.reads == name]
    lines = tuple((signals.for_people(column, its.at), its.sign, its.priority, its.alarm) for its in known)
    return Trace(values, signals.unit(column), ticks[0], session.tick, lines)


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


def steady(session: Session, name: str) -> float:
    """A time until something, in seconds, that noise does not make jump: of the moments it pointed at lately, the middle
    one, told the more roughly the further off it is. Where the last of them point elsewhere, what flows has changed: they
    alone are asked."""
    signals, recorder = session.model.signals, session.block.recorder
    column = signals.at[name]
    now = float(session.block.world.signals[0, column])
    if recorder is not None and now > 0.0:
        ticks = range(max(0, session.tick - STEADY_OVER_S), session.tick + 1)
        until = [(t, float(recorder.signals[t][0, column])) for t in ticks]
        long, short = (
            max(0.0, float(np.median(moments)) - session.tick) if moments else now
            for moments in ([t + v for t, v in part if 0.0 < v < FAR_S] for part in (until, until[-CHANGED_OVER_S:]))
        )
        now = short if abs(short - long) > CHANGED * short else long
    step = next(s for s, below in STEPS_S if now < below)
    return now // step * step
