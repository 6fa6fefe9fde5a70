"""One frozen picture of what the seats may see, made in the engine's thread and drawn in the screen's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import Bools
from twin.engine import relations
from twin.engine.orders import Event
from twin.engine.session import Session
from twin.language import grammar as g
from twin.language.sentence import Name
from twin.parts.gauge_entry import Instrument
from twin.parts.interlock import Interlock
from twin.parts.line_entry import Line
from twin.parts.tank_entry import Tank
from twin.parts.transfer_entry import Transfer
from twin.parts.value import Calculated
from twin.parts.valve_entry import BY_ITSELF, Valve
from twin.seat import traces, view
from twin.seat.found import Found, by_event, latest
from twin.text.say import Said, plain, say

DAY_S = 86400
SHUT, OPEN = 2.0, 98.0  # %: a feedback below and above these shows a valve at its end
PROVEN_S = 60  # what was proven stands so long among the orders
MOVES_OVER_S, RATE_OVER_S = (
    300,
    60,
)  # a level is looked at so long for whether it moves; where a meter shows nothing, less


@dataclass(frozen=True, slots=True)
class TankRow:
    """One tank as its instruments show it. Values are absent where nothing shows them."""

    name: str
    product: str
    bund: str  # it stands in, "" for open ground
    level_m: float | None
    good: bool  # nothing speaks against the level
    filled: float | None  # share of the shell's height
    limits: tuple[tuple[float, str], ...]  # share of the height, priority
    spark: tuple[float, ...]  # 0 to 1, oldest first
    flow_m3_h: float | None  # 0 where a meter shows no more than its noise
    flow_good: bool
    to_limit: Said | None
    to_limit_s: float | None
    to_limit_good: bool
    temperature: str
    temperature_good: bool
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
    found: tuple[Found, ...]  # the last of each check
    orders: tuple[view.OrderRow, ...]
    lines: tuple[view.LineRow, ...]
    log: tuple[tuple[int, str, str, Said], ...]  # tick, kind, who says it to whom ("" for the plant), what it says
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
    checks: dict[int, Found]  # of everybody, by the event that told their end


def board_of(session: Session, seats: tuple[str, ...]) -> Board:
    """The board that these seats have."""
    readings, alarms = tuple(view.readings(session, seats)), tuple(view.alarms(session, seats))
    tanks = (_tank(session, name, readings, alarms) for name in session.model.spec.farm.of(Tank))
    if view.outside(seats):
        tanks = (replace(its, trip=None, trip_role="dim") for its in tanks)
    return Board(readings, alarms, tuple(tanks), by_event(session))


def take(session: Session, seats: tuple[str, ...], boards: dict[bool, Board] | None = None) -> Snapshot:
    """The picture of a session as these seats see it now; `boards` keeps what several of them share at one tick."""
    model, world = session.model, session.block.world
    known = boards if boards is not None else {}
    outside = view.outside(seats)
    if outside not in known:
        known[outside] = board_of(session, seats)
    board = known[outside]
    readings, alarms, tanks = board.readings, board.alarms, board.tanks
    helped = not session.setup.assessed
    events, _ = view.messages(session, frozenset(seats), 0, board.checks)
    sentence, priority = _sentence(tanks, alarms)
    day = world.controls.weather
    cell = session.tick // 10 % world.alarms.risen.shape[1]
    risen = world.alarms.risen[0] * (not outside)
    rates = tuple(int(v) for v in np.roll(risen, -cell - 1))
    return Snapshot(
        tick=session.tick,
        lasts=session.lasts,
        clock=model.clock.text(session.tick),
        start_s=model.clock.of_day_s,
        title=model.spec.title,
        seats=seats,
        over=session.over,
        tanks=tanks,
        readings=readings,
        alarms=alarms,
        found=latest(model, board.checks.values(), (r.name for r in readings), seats),
        orders=_orders(session, seats),
        lines=tuple(view.lines(session, seats)),
        log=tuple((e.tick, e.kind, *_spoken(e)) for e in events[-400:]),
        rate=sum(rates),
        rates=rates,
        flood=bool(world.alarms.flood[0]) and not outside,
        tripped=_where_board(outside, model.interlocks.names, world.interlocks.tripped[0]),
        bypassed=_where_board(outside, model.interlocks.names, world.controls.interlocks.bypassed[0]),
        wind=f"{day.comes_from_deg[0, 0]:.0f} {day.wind_m_s[0, 0]:.1f} m/s {model.spec.weather.stability}",
        sentence=sentence if helped else sentence[:2],
        sentence_priority=priority,
    )


def _spoken(event: Event) -> tuple[str, Said]:
    """Who says something to whom, and what without them; of what nobody says, "" and the whole sentence."""
    if event.said.key == "said.to":
        return f"{event.by}>{event.subject}", plain(f'"{event.said.get("words")}"')
    return event.by, event.said


def _orders(session: Session, seats: tuple[str, ...]) -> tuple[view.OrderRow, ...]:
    """What is under way, what failed, and for a minute what was proven; seats and acknowledgements are no orders."""
    since = session.tick - PROVEN_S
    ended = (o for o in view.ended(session, seats) if o.failed or o.ended >= since)
    rows = (*view.orders(session, seats), *ended)
    return tuple(o for o in rows if o.sentence.split()[0] not in {"take", "hand", "acknowledge"})


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
    mine = [a for a in alarms if a.thing == name]
    urgent = [a for a in mine if a.state not in view.ASIDE]
    flow, flow_good = _inflow(session, name, readings)
    over_s = MOVES_OVER_S if flow is None or not flow_good else RATE_OVER_S
    filling = bool(flow) or (level is not None and _moves(session, level.name, over_s))
    to_limit, seconds, to_limit_good = _to_limit(session, name, readings) if filling else (None, None, True)
    inlet, inlet_role = _inlet(session, name, readings)
    trip, trip_role = _trip(session, name, readings)
    temperature = next((r for r in readings if r.thing == name and r.quantity == "temperature"), None)
    return TankRow(
        name=name,
        product=str(spec.product),
        bund=str(spec.bund),
        level_m=level.value if level and level.known else None,
        good=level.good if level else True,
        filled=min(max(level.value / spec.height_m, 0.0), 1.0) if level and level.known else None,
        limits=tuple(
            sorted((limit / spec.height_m, p) for limit, p in traces.limits(model, level.name if level else ""))
        ),
        spark=traces.spark(session, level.name) if level else (),
        flow_m3_h=flow,
        flow_good=flow_good,
        to_limit=to_limit,
        to_limit_s=seconds,
        to_limit_good=to_limit_good,
        temperature="" if temperature is None else f"{temperature.value:.1f}" if temperature.known else "--",
        temperature_good=temperature is None or temperature.good,
        inlet=inlet,
        inlet_role=inlet_role,
        trip=trip,
        trip_role=trip_role,
        priority=urgent[0].priority if urgent else "",
        unacknowledged=any(a.state in view.UNSEEN for a in urgent),
    )


def _inflow(session: Session, tank: str, readings: tuple[view.Reading, ...]) -> tuple[float | None, bool]:
    """What meters on the way of a transfer into or out of this tank show, and whether they can be believed.

    None where there is no meter. What several ways share counts for those that no valve's feedback shows shut; where all
    of them are shown shut and the meter still counts, that is for everybody to see.
    """
    model = session.model
    transfers = model.spec.farm.of(Transfer)
    shut = {r.thing for r in readings if r.quantity == "position" and r.good and r.value < SHUT}
    open_ways = [t for t in transfers.values() if not relations.of(model).ways[t.name] & shut]
    total, metered, good = 0.0, False, True
    for transfer in transfers.values():
        sign = 1.0 if transfer.end == tank else -1.0 if transfer.start == tank else 0.0
        meter = next((r for r in readings if r.quantity == "flow" and r.thing in transfer.through), None)
        if not sign or meter is None:
            continue
        metered, good = True, good and meter.good
        elsewhere = transfer not in open_ways and any(meter.thing in t.through for t in open_ways)
        if not elsewhere and abs(meter.value) > _noise(session, meter):
            total += sign * meter.value
    return (total if metered else None), good


def _noise(session: Session, meter: view.Reading) -> float:
    """What an instrument may show where nothing is, in the unit that people see."""
    gauges = session.model.instruments
    i = gauges.names.index(meter.name)
    column = session.model.signals.first_instrument + i
    return abs(session.model.signals.for_people(column, float(gauges.allowed[i])))


def _moves(session: Session, gauge: str, over_s: int) -> bool:
    """Whether a level has changed in so long by more than its noise: where no meter shows that something flows."""
    recorder, gauges = session.block.recorder, session.model.instruments
    if recorder is None:
        return False
    i, now = gauges.names.index(gauge), session.tick
    column = session.model.signals.first_instrument + i
    before = float(recorder.signals[max(0, now - over_s)][0, column])
    return abs(float(recorder.signals[now][0, column]) - before) > float(gauges.allowed[i])


def _to_limit(
    session: Session, tank: str, readings: tuple[view.Reading, ...]
) -> tuple[Said | None, float | None, bool]:
    """A declared `time until` of this tank, as words; a farm without one shows none."""
    for name, value in session.model.spec.farm.of(Calculated).items():
        derived = value.value
        gauge = session.model.spec.farm.of(Instrument).get(derived.of.text) if isinstance(derived.of, Name) else None
        if derived.form != "time until" or gauge is None or gauge.watched.thing != tank:
            continue
        reading = next((r for r in readings if r.name == name), None)
        if reading is not None and reading.known and reading.value < 12 * 3600:
            seconds = traces.steady(session, name)
            return say("tank.full" if derived.sign == ">" else "tank.empty", span=span(seconds)), seconds, reading.good
    return None, None, True


def _inlet(session: Session, tank: str, readings: tuple[view.Reading, ...]) -> tuple[Said | None, str]:
    """The valve on a line into this tank, as its feedback shows it; one that acts by itself shows nothing."""
    valves = session.model.spec.farm.of(Valve)
    for line in session.model.spec.farm.of(Line).values():
        moved = [str(v) for v in line.through if v in valves and valves[v].kind not in BY_ITSELF]
        if tank not in {str(line.start), str(line.end)} or not moved:
            continue
        valve = moved[-1]
        shown = next((r for r in readings if r.thing == valve and r.quantity == "position"), None)
        if shown is None:
            return say("tank.no-proof"), "dim"
        says, role = _position(shown)
        return (says, role) if shown.good else (say("reading.marked", shown=says), "dis")
    return None, "dim"


def _position(shown: view.Reading) -> tuple[Said, str]:
    """A valve as its feedback shows it."""
    if shown.value < SHUT:
        return say("tank.shut"), "dim"
    if shown.value > OPEN:
        return say("tank.open"), "text"
    return plain(f"{shown.value:.0f}%"), "key"


def _trip(session: Session, tank: str, readings: tuple[view.Reading, ...]) -> tuple[Said | None, str]:
    """The interlock that watches this tank; one that reads what cannot be believed is not called ok."""
    world, model = session.block.world, session.model
    entries = model.spec.farm.of(Instrument)
    for k, name in enumerate(model.interlocks.names):
        cue = model.spec.farm.of(Interlock)[name].when
        if cue is None or model.interlocks.permissive[k]:
            continue
        read = {name for name in _read_by(cue) if name in entries}
        if tank not in {entries[name].watched.thing for name in read}:
            continue
        if world.controls.interlocks.bypassed[0, k]:
            return say("tank.bypass"), "dis"
        if world.interlocks.tripped[0, k]:
            return say("tank.tripped"), "p2"
        doubts = [r.doubt for r in readings if r.name in read and r.doubt]
        if doubts:
            return Said(f"tank.{min(doubts, key=view.DOUBTS.index)}"), "dis"
        return say("tank.ok"), "dim"
    return None, "dim"


def _read_by(cue: g.Cue) -> Iterator[str]:
    """The names that a cue reads, one by one or in votes."""
    for term in cue.flat:
        atom = term.atom
        readings = atom.of if isinstance(atom, g.Vote) else (atom.reading,) if isinstance(atom, g.Test) else ()
        yield from (reading.text for reading in readings if isinstance(reading, Name))


def _sentence(tanks: tuple[TankRow, ...], alarms: tuple[view.AlarmRow, ...]) -> tuple[tuple[Said, ...], str]:
    """Largest harm first: subject, verb, time; then rate; then why. Instrument values only, marked where one is doubted."""
    threatened = [t for t in tanks if t.to_limit_s is not None and t.priority]
    if threatened:
        tank = min(threatened, key=lambda t: (t.to_limit_s, t.name))
        is_full = say("tank.is-full", name=tank.name, span=span(tank.to_limit_s or 0.0))
        rate = plain(f"{tank.flow_m3_h:+.0f} m3/h") if tank.flow_m3_h else None
        inlet = say("tank.inlet", state=tank.inlet) if tank.inlet else None
        parts = ((is_full, tank.to_limit_good), (rate, tank.flow_good), (inlet, True))
        said = [plain("") if p is None else p if good else say("reading.marked", shown=p) for p, good in parts]
        return tuple(said), tank.priority  # each part keeps its place: the third is why
    worst = next((a for a in alarms if a.state in {"unacknowledged", "acknowledged"}), None)
    if worst is None:
        return (), ""
    now = [say("tank.now", value=worst.value)] if worst.value else []
    return (say("alarm.stands", name=worst.name, says=worst.limit), *now), worst.priority
