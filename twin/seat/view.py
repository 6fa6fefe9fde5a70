"""What a seat may see of a run: readings, alarms, orders, plan lines, radio. Never the truth.

The console and the line mode draw these; they hold no plant logic of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from twin.base import chance
from twin.base.arrays import NEVER
from twin.base.units import from_si, shown_unit
from twin.engine import cues
from twin.engine.model import Line
from twin.engine.orders import Event
from twin.engine.parts import WORDS
from twin.engine.session import Session
from twin.language.words import Heard
from twin.parts.action import ACTIVE, HANDS, PHASES
from twin.parts.alarm import PRIORITIES, Alarm, state_of
from twin.parts.gauge import Instrument
from twin.parts.post import Post
from twin.text.say import Said, plain, say


@dataclass(frozen=True, slots=True)
class Reading:
    """What one instrument or calculated value shows. `known` is False for a value nobody has worked out yet."""

    name: str
    thing: str
    quantity: str
    value: float
    unit: str
    good: bool
    known: bool
    by_hand: bool

    @property
    def says(self) -> Said:
        """The value with its unit; marked when its quality is bad."""
        if not self.known:
            return say("reading.not-read" if self.by_hand else "reading.none")
        if self.unit == "flag":
            shown = say("reading.on" if self.value > 0.5 else "reading.off")
        else:
            digits = 0 if self.unit in {"%", "s"} else 2 if self.unit in {"m"} else 1
            shown = plain(f"{self.value:.{digits}f} {self.unit}".strip())
        return shown if self.good else say("reading.bad", shown=shown)


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm that is not normal."""

    name: str
    priority: str
    state: str
    since: int
    limit: str
    value: Said | None
    first_out: bool
    cause: str
    action: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order that has not ended, or how it ended."""

    cell: int
    post: str
    sentence: str
    phase: str
    due: int
    active: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of the plan for a seat."""

    name: str
    post: str
    cue: str
    do: tuple[str, ...]
    within_s: float | None
    because: str
    applies: bool  # its cue holds now, in a guided run
    proven: bool
    done: bool  # somebody did all of its acts


def readings(session: Session, seats: Iterable[str] = ()) -> list[Reading]:
    """Every instrument, then every calculated value of the farm file, by name.

    Seats that are all out in the field have no board: they know what somebody read by hand.
    """
    found = _readings(session)
    return [r for r in found if r.by_hand and r.thing] if outside(seats) else found


def outside(seats: Iterable[str]) -> bool:
    """Whether all of these seats are out in the field, without a board."""
    listed = set(seats)
    return bool(listed) and listed <= set(HANDS)


def _readings(session: Session) -> list[Reading]:
    model, world = session.model, session.block.world
    board, gauges = model.signals, model.instruments
    found = []
    for i, name in enumerate(gauges.names):
        path = model.spec.farm.of(Instrument)[name].watched
        by_hand = bool(gauges.read_by_hand[i])
        good = bool(world.instruments.good[0, i])
        column = board.first_instrument + i
        found.append(
            _reading(session, name, path.thing, path.quantity, column, good or by_hand, good or not by_hand, by_hand)
        )
    for k, name in enumerate(model.calculated.names):
        if " " in name:
            continue  # worked out for a sentence, not for people
        known = bool(world.calculated.known[0, k])
        by_hand = bool(model.calculated.by_hand_s[k] > 0)
        found.append(_reading(session, name, "", "calculated", board.first_calculated + k, True, known, by_hand))
    return found


def _reading(
    session: Session,
    name: str,
    thing: str,
    quantity: str,
    column: int,
    good: bool,
    known: bool,
    by_hand: bool,
) -> Reading:
    board = session.model.signals
    dimension = board.dimensions[column]
    value = float(session.block.world.signals[0, column])
    unit = "flag" if dimension == "flag" else shown_unit(dimension)
    shown = value if unit in {"", "flag"} else from_si(value, unit)
    return Reading(name, thing, quantity, shown, unit, good, known, by_hand)


def alarms(session: Session, seats: Iterable[str] = ()) -> list[AlarmRow]:
    """Alarms that are not normal: unacknowledged first, then by priority and time; none for seats in the field."""
    if outside(seats):
        return []
    model, world = session.model, session.block.world
    since = {e.subject: e.tick for e in session.block.events[0] if e.kind == "alarm"}
    value_of = {r.name: r.says for r in _readings(session)}
    rows = []
    for a, name in enumerate(model.alarms.names):
        flags = (
            bool(world.alarms.standing[0, a]), bool(world.alarms.acknowledged[0, a]), bool(world.controls.alarms.shelved[0, a]),
            bool(world.alarms.suppressed[0, a]), bool(world.controls.alarms.out_of_service[0, a]),
        )  # fmt: skip
        state = state_of(*flags)
        if state == "normal":
            continue
        spec = model.spec.farm.of(Alarm)[name]
        reading = cues.read_name(spec.when)
        rows.append(
            AlarmRow(name, PRIORITIES[int(model.alarms.priority[a])], state, since.get(name, 0), spec.when.text,
                     value_of.get(reading), bool(world.alarms.first_out[0, a]), spec.cause, "" if session.setup.assessed else spec.action)
        )  # fmt: skip
    order = {"unacknowledged": 0, "returned": 1}
    return sorted(rows, key=lambda r: (order.get(r.state, 2), PRIORITIES.index(r.priority), -r.since, r.name))


def orders(session: Session, posts: Iterable[str], *, ended_since: int = NEVER) -> list[OrderRow]:
    """Orders of these posts that are under way, and those that ended since a tick, in the order they were given."""
    model, world = session.model, session.block.world
    wanted = set(posts)
    rows = []
    for (row, cell), order in session.block.stage.orders.items():
        phase = int(world.table.phase[row, cell])
        post = model.posts.names[order.post]
        active = phase in ACTIVE
        if post in wanted and (active or order.issued >= ended_since):
            due = int(world.table.due[row, cell])
            rows.append((order.issued, cell, OrderRow(cell, post, order.action.sentence, PHASES[phase], due, active)))
    return [r for _, _, r in sorted(rows, key=lambda r: r[:2])]


def lines(session: Session, posts: Iterable[str]) -> list[LineRow]:
    """The plan lines of these posts: what a role card says, and where each line stands; in an assessed run not which is due."""
    world = session.block.world
    wanted = set(posts)
    rows = []
    for number, line in enumerate(session.model.plan):
        post = session.model.posts.names[line.post]
        if post in wanted:
            applies = bool(world.holds[0, number]) and not session.setup.assessed
            rows.append(_line_row(session, number, line, post, applies))
    return rows


def _line_row(session: Session, number: int, line: Line, post: str, applies: bool) -> LineRow:
    world = session.block.world
    given = {(a.verb, a.thing) for a in session.block.acts[0] if not a.end}
    return LineRow(
        line.name, post, line.cue_text, tuple(d.sentence for d in line.actions), line.within_s, line.because, applies,
        bool(world.proven[0, number]), {(d.verb, d.thing) for d in line.actions} <= given,
    )  # fmt: skip


def hears(session: Session, event: Event, posts: frozenset[str]) -> bool:
    """Whether somebody in one of these seats sees or hears an event: by how its kind is heard alone."""
    heard = WORDS.events[event.kind].heard
    if heard is Heard.DESK:
        return not posts <= set(HANDS)
    if heard is Heard.SAID:
        return event.subject not in session.model.posts.names or event.subject in posts or event.by in posts
    if heard in {Heard.OWN, Heard.ASKER}:
        return event.by in posts
    return heard in {Heard.RADIO, Heard.ALL}


def heard_at(session: Session, number: int, event: Event, posts: frozenset[str]) -> int | None:
    """The tick at which somebody in these seats hears an event; None when the radio loses it.

    What is said to a post comes later, or not at all, by its `radio` and `misses`; who says it hears it at once.
    """
    if event.kind != "said" or event.subject not in posts or event.by in posts:
        return event.tick
    spec = session.model.spec.farm.of(Post).get(event.subject)
    if spec is None or (spec.radio_s == 0.0 and spec.misses == 0.0):
        return event.tick
    setup = session.setup
    if spec.misses and chance.uniform(setup.seed, setup.world, f"{event.subject}.radio", number) < spec.misses:
        return None
    return event.tick + round(float(spec.radio_s))


def messages(session: Session, posts: frozenset[str], first: int) -> tuple[list[Event], int]:
    """What these seats have seen and heard by now from the first-th on, with the tick they heard it; and where to go on."""
    heard = []
    for number, event in enumerate(session.block.events[0]):
        if hears(session, event, posts):
            at = heard_at(session, number, event, posts)
            if at is not None and at <= session.tick:
                heard.append((at, number, event))
    heard.sort(key=lambda h: h[:2])
    return [replace(event, tick=at) for at, _, event in heard[first:]], len(heard)
