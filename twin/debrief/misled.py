"""When the crew was misled: each instrument that showed something else than the truth, since when, by how much."""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import NEVER
from twin.debrief import history
from twin.engine.parts import fault_places
from twin.engine.session import Session
from twin.engine.start import cells
from twin.parts.gauge import Instrument

_DOUBTS = frozenset({"doubt", "report"})


@dataclass(frozen=True, slots=True)
class Gap:
    """The largest difference between truth and shown before somebody doubted."""

    value: float  # in the unit shown to people
    unit: str
    tick: int
    truth: float
    shown: float


@dataclass(frozen=True, slots=True)
class Misled:
    """One instrument that misled. `gap` is None for a switch, `first_doubt` when nobody ever doubted it."""

    instrument: str
    thing: str
    quantity: str
    since: int  # when its fault began; 0 when it was there at the start
    onset: int  # when it first showed something else than the truth: ten times its noise beside it
    gap: Gap | None
    first_doubt: int | None


def misled(session: Session) -> list[Misled]:
    """Every instrument that misled, in order of onset. Needs the history of the session."""
    model, block = session.model, session.block
    found = []
    for i, name in enumerate(model.instruments.names):
        onset = int(block.world.instruments.onset[0, i])
        if onset >= NEVER:
            continue
        since = _began(session, i, onset)
        path = model.spec.farm.of(Instrument)[name].watched
        doubt = next(
            (a.tick for a in block.acts[0] if a.verb in _DOUBTS and not a.end and a.thing in {name, path.thing}
             and a.tick >= onset), None,
        )  # fmt: skip
        gap = None if model.instruments.is_switch[i] else _gap(session, i, onset, doubt)
        found.append(Misled(name, path.thing, path.quantity, since, onset, gap, doubt))
    return sorted(found, key=lambda m: (m.onset, m.instrument))


def _began(session: Session, i: int, onset: int) -> int:
    """When the fault behind an onset was set: the last inject on the instrument before it, else the start."""
    model = session.model
    name = model.instruments.names[i]
    arrays = {a.address.array for inject in model.injects for a in inject.actions if a.address and a.thing == name}
    faulty = any(
        float(cells(session.block.world.controls, a)[0, i]) for a in fault_places("instrument") if a not in arrays
    )
    set_at = [e.tick for e in session.block.events[0] if e.kind == "inject" and e.subject == name and e.tick <= onset]
    if set_at:
        return max(set_at)
    return 0 if faulty else onset


def _gap(session: Session, i: int, onset: int, doubt: int | None) -> Gap:
    board = session.model.signals
    column = board.first_instrument + i
    last = session.tick if doubt is None else doubt
    truth = history.true_of(session, i)[onset : last + 1]
    shown = history.column(session, column)[onset : last + 1]
    at = int(np.argmax(np.abs(truth - shown)))
    true_value, shown_value = (board.for_people(column, float(v[at])) for v in (truth, shown))
    return Gap(abs(true_value - shown_value), board.unit(column), onset + at, true_value, shown_value)
