"""What checks found: the value, when it was taken, and what it means beside what the board showed then."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from twin.engine import relations
from twin.engine.model import Model
from twin.engine.orders import Act
from twin.engine.session import Session
from twin.language.sentence import Name
from twin.parts.gauge_entry import Instrument
from twin.parts.value import Calculated
from twin.seat import amounts
from twin.text.say import Said, plain, say


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found. `thing`: what it is of; `means`: None where nothing else on the farm says anything of it."""

    name: str
    thing: str
    post: str
    tick: int
    value: Said
    means: Said | None

    def ended(self, said: Said) -> Said:
        """The end of the check with what it found."""
        if self.means is None:
            return say("found.value", ends=said, value=self.value)
        return say("found.ends", ends=said, value=self.value, means=self.means)


def by_event(session: Session) -> dict[int, Found]:
    """What each check of a value found that came to its end, in order, by the number of the event that told it."""
    found = {}
    for act in session.block.acts[0]:
        if act.verb == "check" and act.end == "PROVEN" and (its := _of(session, act)) is not None:
            found[act.event - 1] = its
    return found


def latest(model: Model, checks: Iterable[Found], names: Iterable[str], posts: Iterable[str]) -> tuple[Found, ...]:
    """The last of each that these posts know: what was read or worked out by hand everybody with its reading does."""
    known, mine = set(names), set(posts)
    gauges, values = model.instruments, model.calculated
    by_hand = {n for n, so in zip(gauges.names, gauges.read_by_hand, strict=True) if so}
    by_hand |= {n for n, seconds in zip(values.names, values.by_hand_s, strict=True) if seconds > 0.0}
    last = {its.name: its for its in checks if its.name in known and (its.name in by_hand or its.post in mine)}
    return tuple(last.values())


def _of(session: Session, act: Act) -> Found | None:
    model, recorder = session.model, session.block.recorder
    gauges, values = model.instruments.names, model.calculated.names
    if act.thing not in {*gauges, *values} or recorder is None or act.tick >= len(recorder.signals):
        return None
    row = recorder.signals[act.tick][0]  # the scan of that second took the reading in
    column = model.signals.at[act.thing]
    value = amounts.written(*amounts.of_signal(model, column, float(row[column])))
    if act.thing in values:
        thing, means = _of_gap(session, act.thing, float(row[column]))
    else:
        thing, means = relations.of(model).watched[act.thing], _of_gauge(session, act, row)
    return Found(act.thing, thing, act.post, act.tick, value, means)


def _of_gap(session: Session, name: str, value: float) -> tuple[str, Said | None]:
    """Whether what a meter counted is what the level shows."""
    model = session.model
    derived = model.spec.farm.of(Calculated)[name].value
    level = derived.of.text if isinstance(derived.of, Name) else ""
    meter = derived.other.text if isinstance(derived.other, Name) else ""
    thing = relations.of(model).watched.get(level, "")
    if derived.form != "gap" or not level or not meter:
        return thing, None
    if abs(value) <= amounts.gap_seen_m3(model).get(name, 0.0):
        return thing, say("found.gap-none", level=level, meter=meter)
    return thing, say("found.gap-more" if value > 0.0 else "found.gap-less", level=level, meter=meter)


def _of_gauge(session: Session, act: Act, row: np.ndarray) -> Said | None:
    """What the board showed of the same quantity then, and where nothing does, whether a limit is passed."""
    model = session.model
    entries, gauges, first = model.spec.farm.of(Instrument), model.instruments, model.signals.first_instrument
    mine = gauges.names.index(act.thing)
    for i, name in enumerate(gauges.names):
        other = entries[name].watched
        same = (other.thing, other.quantity) == (entries[act.thing].watched.thing, entries[act.thing].watched.quantity)
        if i == mine or not same or gauges.is_switch[i] or gauges.is_switch[mine] or gauges.read_by_hand[i]:
            continue
        if act.board is not None and not act.board.good[i]:
            continue
        apart = abs(float(row[first + i] - row[first + mine])) > float(amounts.different(model)[i])
        shown = amounts.written(*amounts.of_signal(model, first + i, float(row[first + i])))
        return say("found.apart" if apart else "found.agrees", other=name, shown=shown)
    return _of_limits(session, act.thing, float(row[first + mine]))


def _of_limits(session: Session, name: str, value: float) -> Said | None:
    """Which alarm limits a reading stands past."""
    mine = [limit for limit in amounts.limits(session.model) if limit.reads == name]
    past = tuple(plain(limit.alarm) for limit in mine if limit.passed(value))
    return say("found.past", names=past) if past else say("found.within") if mine else None
