"""When the crew was misled: each instrument that showed something else than the truth, since when, by how much."""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import NEVER
from twin.base.units import difference, shown_unit
from twin.debrief import history
from twin.engine import relations
from twin.engine.model import Model
from twin.engine.orders import Act
from twin.engine.parts import fault_places
from twin.engine.session import Session
from twin.engine.start import cells
from twin.language.sentence import tokens
from twin.parts.gauge_entry import Instrument

_DOUBTS = frozenset({"doubt", "report"})


@dataclass(frozen=True, slots=True)
class Gap:
    """The largest difference between truth and shown before somebody doubted."""

    value: float  # in the unit in which people see a difference
    unit: str
    tick: int
    truth: float  # in the unit in which they see the reading
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
    frozen = _frozen(session)
    found = []
    for i, name in enumerate(model.instruments.names):
        onset = min(int(block.world.instruments.onset[0, i]), frozen.get(i, (NEVER, NEVER))[1])
        if onset >= NEVER or name in relations.of(model).out_of_service:
            continue
        since = _began(session, i, onset) if i not in frozen else frozen[i][0]
        hangs_on = {u for u, hangs in relations.of(model).supplies.items() if name in hangs} if i in frozen else set()
        dark = min((e.tick for e in block.events[0] if e.kind == "power" and e.subject in hangs_on), default=onset)
        path = model.spec.farm.of(Instrument)[name].watched
        doubt = next(
            (a.tick for a in block.acts[0] if not a.end and (
                (a.tick >= onset and _doubts(a, {name, path.thing})) or (a.tick >= dark and _doubts(a, hangs_on)))), None,
        )  # fmt: skip
        if doubt is not None and doubt < onset:
            continue  # its supply was named lost before it misled anybody
        gap = None if model.instruments.is_switch[i] else _gap(session, i, onset, doubt)
        found.append(Misled(name, path.thing, path.quantity, since, onset, gap, doubt))
    return sorted(found, key=lambda m: (m.onset, m.instrument))


def _doubts(act: Act, names: set[str]) -> bool:
    """Whether an act says that something is wrong with one of these."""
    return (act.verb in _DOUBTS and act.thing in names) or (act.verb == "tell" and bool(names & set(tokens(act.to))))


def _frozen(session: Session) -> dict[int, tuple[int, int]]:
    """Instruments that hold what they last showed because their supply was lost: since when it was, and from when they lie beside the truth."""
    model, hangs = session.model, relations.of(session.model).supplies
    gauges, board = model.instruments, model.signals
    lost: dict[str, int] = {}
    back: dict[str, int] = {}
    for event in session.block.events[0]:
        if event.kind == "power":
            (lost if event.said.key == "power.lost" else back).setdefault(event.subject, event.tick)
    found: dict[int, tuple[int, int]] = {}
    for i in range(len(gauges.names)):
        supplies = [u for u in lost if gauges.names[i] in hangs[u] and u in _feeds(model, i)]
        if not supplies or gauges.read_by_hand[i]:
            continue
        first = min(lost[u] for u in supplies)
        until = max(back.get(u, session.tick) for u in supplies)
        truth = history.true_of(session, i)
        if gauges.is_switch[i]:
            truth = (truth - gauges.trips_at[i]) * gauges.sign[i] > 0.0
        gap = np.abs(truth - history.column(session, board.first_instrument + i))[first : until + 1]
        away = np.flatnonzero(gap > gauges.allowed[i])
        if len(away):
            found[i] = first, first + int(away[0])
    return found


def _feeds(model: Model, i: int) -> set[str]:
    """The supply and the controller that an instrument hangs on directly."""
    gauges, names = model.instruments, model.utilities.names
    return {names[int(u)] for u in (gauges.power[i], gauges.system[i]) if int(u) < len(names)}


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
    unit = shown_unit(difference(board.dimensions[column]))
    return Gap(abs(true_value - shown_value), unit, onset + at, true_value, shown_value)
