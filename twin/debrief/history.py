"""The signals of one lived world as arrays, one value a second from the start, row 0 the start."""

import numpy as np

from twin.base.arrays import Floats
from twin.engine.session import Session


def values(session: Session) -> Floats:
    """The whole board of world 0, (ticks + 1, columns), in SI."""
    recorder = session.block.recorder
    assert recorder is not None, "this session keeps no history"
    return np.concatenate(recorder.signals, axis=0)


def column(session: Session, index: int) -> Floats:
    """One column of the board, (ticks + 1,), in SI."""
    recorder = session.block.recorder
    assert recorder is not None, "this session keeps no history"
    return np.array([row[0, index] for row in recorder.signals])


def true_of(session: Session, instrument: int) -> Floats:
    """What an instrument could have shown: the truth in its unit, kept inside its range."""
    gauges = session.model.instruments
    truth = column(session, int(gauges.column[instrument])) * float(gauges.scale[instrument])
    found: Floats = np.minimum(np.maximum(truth, gauges.low[instrument]), gauges.high[instrument])
    return found


def people(session: Session, name: str) -> tuple[Floats, str]:
    """A signal in the unit that people see, and that unit."""
    board = session.model.signals
    index = board.at[name]
    found = column(session, index)
    return np.array([board.for_people(index, float(v)) for v in found]), board.unit(index)
