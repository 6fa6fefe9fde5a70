"""One frozen picture of what the seats may see, made in the engine's thread and drawn in the screen's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import Bools
from twin.engine.session import Session
from twin.language import grammar as g
from twin.language.sentence import Name
from twin.parts.gauge import Instrument
from twin.parts.interlock import Interlock
from twin.parts.line import Line
from twin.parts.tank import Tank
from twin.parts.transfer import Transfer
from twin.parts.value import Calculated
from twin.seat import traces, view
from twin.text.say import Said, plain, say

DAY_S = 86400


@dataclass(frozen=True, slots=True)
class TankRow:
    """One tank as its instruments show it. Values are absent where nothing shows them."""

    name: str
    product: str
    level_m: float | None
    good: bool
    filled: float | None  # share of the shell's height
    limits: tuple[tuple[float, str], ...]  # share of the height, priority
    spark: tuple[float, ...]  # 0 to 1, oldest first
    flow_m3_h: float | None
    to_limit: Said | None
    to_limit_s: float | None
    temperature: str
    inlet: Said | None
    inlet_role: str
    trip: Said | None
    trip_role: str
    priority: str  # of its worst alarm, "" when normal
    unacknowledged: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the screens draw."""

    tick: int
    lasts: int
    clock: str
    start_s: int
    title: str
    seats: tuple[str, ...]
    over: bool
    tanks: tuple[TankRow, ...]
    readings: tuple[view.Reading, ...]
    alarms: tuple[view.AlarmRow, ...]
    orders: tuple[view.OrderRow, ...]
    lines: tuple[view.LineRow, ...]
    log: tuple[tuple[int, str, str, Said], ...]  # tick, kind, subject, what it says
    rate: int  # alarms in ten minutes
    rates: tuple[int, ...]  # in each cell of ten seconds, oldest first
    flood: bool
    tripped: tuple[str, ...]
    bypassed: tuple[str, ...]
    wind: str
    sentence: tuple[Said, ...]  # what goes wrong, and when; "" parts left out
    sentence_priority: str

    def moment(self, tick: int) -> str:
        """The clock at a tick."""
        whole = (self.start_s + tick) % DAY_S
        return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def span(seconds: float) -> str:
    """A span as h:mm:ss."""
    whole = max(0, int(seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


@dataclass(frozen=True, slots=True)
class Board:
    """What every seat at a desk sees alike (and, with little on it, every seat outside)."""

    readings: tuple[view.Reading, ...]
    alarms: tuple[view.AlarmRow, ...]
    tanks: tuple[TankRow, ...]


def board_of(session: Session, seats: tuple[str, ...]) -> Board:
    """The board that these seats have."""
    readings, alarms = tuple(view.readings(session, seats)), tuple(view.alarms(session, seats))
    tanks = (_tank(session, name, readings, alarms) for name in session.model.spec.farm.of(Tank))
    if view.outside(seats):
        tanks = (replace(its, trip=None, trip_role="dim") for its in tanks)
    return Board(readings, alarms, tuple(tanks))


def take(session: Session, seats: tuple[str, ...], boards: dict[bool, Board] | None = None) -> Snapshot:
    """The picture of a session as these seats see it now; `boards` keeps what several of them share at one tick."""
    model, world = session.model, session.block.world
    known = boards if boards is not None else {}
    outside = view.outside(seats)
    if outside not in known:
        known[outside] = board_of(session, seats)
    readings, alarms, tanks = known[outside].readings, known[outside].alarms, known[outside].tanks
    helped = not session.setup.assessed
    start = model.clock.start
    events, _ = view.messages(session, frozenset(seats), 0)
    sentence, priority = _sentence(tanks, alarms)
    day = world.controls.weather
    cell = session.tick // 10 % world.alarms.risen.shape[1]
    risen = world.alarms.risen[0] * (not outside)
    rates = tuple(int(v) for v in np.roll(risen, -cell - 1))
    return Snapshot(
        tick=session.tick,
        lasts=session.lasts,
        clock=model.clock.text(session.tick),
        start_s=start.hour * 3600 + start.minute * 60 + start.second,
        title=model.spec.title,
        seats=seats,
        over=session.over,
        tanks=tanks,
        readings=readings,
        alarms=alarms,
        orders=tuple(
            o
            for o in view.orders(session, seats, ended_since=max(0, session.tick - 180))
            if not o.sentence.startswith(("take ", "hand ", "acknowledge"))
        ),
        lines=tuple(view.lines(session, seats)),
        log=tuple((e.tick, e.kind, e.subject, e.said) for e in events[-400:]),
        rate=sum(rates),
        rates=rates,
        flood=bool(world.alarms.flood[0]) and not outside,
        tripped=_where_board(outside, model.interlocks.names, world.interlocks.tripped[0]),
        bypassed=_where_board(outside, model.interlocks.names, world.controls.interlocks.bypassed[0]),
        wind=f"{day.comes_from_deg[0, 0]:.0f} {day.wind_m_s[0, 0]:.1f} m/s {model.spec.weather.stability}",
        sentence=sentence if helped else sentence[:2],
        sentence_priority=priority,
    )


def _where_board(outside: bool, names: Sequence[str], so: Bools) -> tuple[str, ...]:
    """The interlocks that a board shows so; nothing to seats without one."""
    return () if outside else tuple(name for name, holds in zip(names, so, strict=True) if holds)


def _tank(
    session: Session, name: str, readings: tuple[view.Reading, ...], alarms: tuple[view.AlarmRow, ...]
) -> TankRow:
    model = session.model
    spec = model.spec.farm.of(Tank)[name]
    level = next(
        (r for r in readings if r.thing == name and r.quantity == "level" and not r.by_hand and r.unit == "m"), None
    )
    mine = [a for a in alarms if _watches(session, a.name) == name]
    urgent = [a for a in mine if a.state in {"unacknowledged", "acknowledged", "returned"}]
    flow = _inflow(session, name, readings)
    to_limit, seconds = _to_limit(session, name, readings)
    inlet, inlet_role = _inlet(session, name, readings)
    trip, trip_role = _trip(session, name)
    temperature = next((r for r in readings if r.thing == name and r.quantity == "temperature"), None)
    return TankRow(
        name=name,
        product=str(spec.product),
        level_m=level.value if level and level.known else None,
        good=level.good if level else True,
        filled=min(max(level.value / spec.height_m, 0.0), 1.0) if level and level.known else None,
        limits=tuple(
            sorted((limit / spec.height_m, p) for limit, p in traces.limits(model, level.name if level else ""))
        ),
        spark=traces.spark(session, level.name) if level else (),
        flow_m3_h=flow,
        to_limit=to_limit,
        to_limit_s=seconds,
        temperature="" if temperature is None else f"{temperature.value:.1f}" if temperature.known else "--",
        inlet=inlet,
        inlet_role=inlet_role,
        trip=trip,
        trip_role=trip_role,
        priority=urgent[0].priority if urgent else "",
        unacknowledged=any(a.state in {"unacknowledged", "returned"} for a in urgent),
    )


def _watches(session: Session, alarm: str) -> str:
    model = session.model
    return model.alarms.subjects[model.alarms.names.index(alarm)]


def _inflow(session: Session, tank: str, readings: tuple[view.Reading, ...]) -> float | None:
    """What flow meters on the way of a transfer into or out of this tank show; None where there is none."""
    farm = session.model.spec.farm
    total, found = 0.0, False
    for transfer in farm.of(Transfer).values():
        sign = 1.0 if transfer.end == tank else -1.0 if transfer.start == tank else 0.0
        meter = next((r for r in readings if r.quantity == "flow" and r.thing in transfer.through), None)
        if sign and meter is not None:
            total, found = total + sign * meter.value, True
    return total if found else None


def _to_limit(session: Session, tank: str, readings: tuple[view.Reading, ...]) -> tuple[Said | None, float | None]:
    """A declared `time until` of this tank, as words; a farm without one shows none."""
    for name, value in session.model.spec.farm.of(Calculated).items():
        derived = value.value
        gauge = session.model.spec.farm.of(Instrument).get(derived.of.text) if isinstance(derived.of, Name) else None
        if derived.form != "time until" or gauge is None or gauge.watched.thing != tank:
            continue
        reading = next((r for r in readings if r.name == name), None)
        if reading is not None and reading.known and reading.value < 12 * 3600:
            return say("tank.full" if derived.sign == ">" else "tank.empty", span=span(reading.value)), reading.value
    return None, None


def _inlet(session: Session, tank: str, readings: tuple[view.Reading, ...]) -> tuple[Said | None, str]:
    """The valve on a line into this tank, as its feedback shows it."""
    for line in session.model.spec.farm.of(Line).values():
        if tank not in {str(line.start), str(line.end)} or not line.through:
            continue
        valve = str(line.through[-1])
        shown = next((r for r in readings if r.thing == valve and r.quantity == "position"), None)
        if shown is None:
            return say("tank.no-proof"), "dim"
        if not shown.good:
            return say("tank.bad"), "dis"
        if shown.value < 2:
            return say("tank.shut"), "dim"
        if shown.value > 98:
            return say("tank.open"), "text"
        return plain(f"{shown.value:.0f}%"), "key"
    return None, "dim"


def _trip(session: Session, tank: str) -> tuple[Said | None, str]:
    """The interlock that watches this tank."""
    world, model = session.block.world, session.model
    entries = model.spec.farm.of(Instrument)
    for k, name in enumerate(model.interlocks.names):
        cue = model.spec.farm.of(Interlock)[name].when
        if cue is None:
            continue
        things = {entries[name].watched.thing for name in _read_by(cue) if name in entries}
        if tank in things:
            if world.controls.interlocks.bypassed[0, k]:
                return say("tank.bypass"), "dis"
            return (say("tank.tripped"), "p2") if world.interlocks.tripped[0, k] else (say("tank.ok"), "dim")
    return None, "dim"


def _read_by(cue: g.Cue) -> Iterator[str]:
    """The names that a cue reads, one by one or in votes."""
    for term in cue.terms:
        atom = term.atom
        readings = atom.of if isinstance(atom, g.Vote) else (atom.reading,) if isinstance(atom, g.Test) else ()
        yield from (reading.text for reading in readings if isinstance(reading, Name))


def _sentence(tanks: tuple[TankRow, ...], alarms: tuple[view.AlarmRow, ...]) -> tuple[tuple[Said, ...], str]:
    """Largest harm first: subject, verb, time; then rate; then why. Instrument values only."""
    threatened = sorted((t.to_limit_s, t) for t in tanks if t.to_limit_s is not None and t.priority)
    if threatened:
        seconds, tank = threatened[0]
        rate = plain(
            f"{tank.flow_m3_h:+.0f} m3/h" if tank.flow_m3_h else ""
        )  # each part keeps its place: the third is why
        inlet = say("tank.inlet", state=tank.inlet) if tank.inlet else plain("")
        return (say("tank.is-full", name=tank.name, span=span(seconds)), rate, inlet), tank.priority
    worst = next((a for a in alarms if a.state == "unacknowledged"), None) or next(
        (a for a in alarms if a.state == "acknowledged"), None
    )
    if worst is None:
        return (), ""
    now = [say("tank.now", value=worst.value)] if worst.value else []
    return (say("alarm.stands", name=worst.name, says=worst.limit), *now), worst.priority
