"""What a seat may see of a run: readings, alarms, orders, plan lines, radio. Never the truth.

The console and the line mode draw these; they hold no plant logic of their own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from twin.base import chance
from twin.base.arrays import NEVER
from twin.engine import cues, relations
from twin.engine.model import Line, Model
from twin.engine.orders import Act, Event
from twin.engine.parts import WORDS
from twin.engine.scan import Block
from twin.engine.session import Session
from twin.language.spec import PlanLine
from twin.language.words import Heard
from twin.parts.action import ACTIVE, HANDS, PHASES
from twin.parts.alarm import PRIORITIES, Alarm, state_of
from twin.parts.gauge_entry import Instrument
from twin.parts.post import Post
from twin.parts.tank_entry import Tank
from twin.seat import amounts
from twin.seat.found import Found
from twin.text.say import Said, say

DOUBTS = ("bad", "out", "doubted")
"""Why not to believe a reading, the worst first."""
UNSEEN = ("unacknowledged", "returned")
ASIDE = ("shelved", "suppressed", "out of service")
"""States of an alarm: of those that ask for an acknowledgement, and of those put aside."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one instrument or calculated value shows. `known` is False for a value nobody has worked out yet.

    `doubt`: why not to believe it, as this seat knows: bad (no supply, a bad signal), out (of service), doubted (by
    somebody); "" where nothing speaks against it. What is worked out of others has the doubt of the worst of them.
    """

    name: str
    thing: str
    quantity: str
    value: float
    unit: str
    doubt: str
    known: bool
    by_hand: bool

    @property
    def good(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.doubt

    @property
    def says(self) -> Said:
        """The value with its unit, and why not to believe it."""
        if not self.known:
            return say("reading.not-read" if self.by_hand else "reading.none")
        shown = amounts.written(self.value, self.unit)
        return Said(f"reading.{self.doubt}", (("shown", shown),)) if self.doubt else shown

    @property
    def short(self) -> Said:
        """The value with its unit, and a mark where it is not to be believed."""
        if not self.known:
            return self.says
        shown = amounts.written(self.value, self.unit)
        return say("reading.marked", shown=shown) if self.doubt else shown


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm that is not normal."""

    name: str
    thing: str  # what it is of
    priority: str
    state: str
    since: int
    limit: str
    value: Said | None  # marked where it is not to be believed
    good: bool
    first_out: bool
    cause: str
    action: str
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order that has not ended, or how it ended. Ticks; `number` tells it from all others of its run."""

    number: int
    post: str
    sentence: str
    phase: str
    issued: int
    due: int  # of an active one: by when it ends, NEVER where nothing says so
    ended: int  # NEVER for an active one

    @property
    def active(self) -> bool:
        return self.ended >= NEVER

    @property
    def failed(self) -> bool:
        """Whether it ended without what it was given for."""
        return not self.active and self.phase != "PROVEN"


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
    doubts, found = _doubts(session), []
    for i, name in enumerate(gauges.names):
        path = model.spec.farm.of(Instrument)[name].watched
        by_hand = bool(gauges.read_by_hand[i])
        good = bool(world.instruments.good[0, i])
        column = board.first_instrument + i
        doubt = doubts.get(column, "")
        found.append(_reading(session, name, path.thing, path.quantity, column, doubt, good or not by_hand, by_hand))
    for k, name in enumerate(model.calculated.names):
        if " " in name:
            continue  # worked out for a sentence, not for people
        known = bool(world.calculated.known[0, k])
        by_hand = bool(model.calculated.by_hand_s[k] > 0)
        doubt = min((doubts[c] for c in model.calculated.made_from(k) if c in doubts), key=DOUBTS.index, default="")
        found.append(_reading(session, name, "", "calculated", board.first_calculated + k, doubt, known, by_hand))
    return found


def _doubts(session: Session) -> dict[int, str]:
    """By column of an instrument: why not to believe it. What somebody doubts he says to everybody."""
    gauges, first = session.model.instruments, session.model.signals.first_instrument
    doubted = {a.thing for a in session.block.acts[0] if a.verb == "doubt" and not a.end}
    out = relations.of(session.model).out_of_service
    found = {}
    for i, name in enumerate(gauges.names):
        bad = not gauges.read_by_hand[i] and not session.block.world.instruments.good[0, i]
        doubt = "out" if name in out else "bad" if bad else "doubted" if name in doubted else ""
        if doubt:
            found[first + i] = doubt
    return found


def _reading(
    session: Session,
    name: str,
    thing: str,
    quantity: str,
    column: int,
    doubt: str,
    known: bool,
    by_hand: bool,
) -> Reading:
    shown, unit = amounts.of_signal(session.model, column, float(session.block.world.signals[0, column]))
    return Reading(name, thing, quantity, shown, unit, doubt, known, by_hand)


def alarms(session: Session, seats: Iterable[str] = ()) -> list[AlarmRow]:
    """Alarms that are not normal: by priority, unacknowledged first, then by time; put aside last; none for seats in the field."""
    if outside(seats):
        return []
    model, world = session.model, session.block.world
    since = {e.subject: e.tick for e in session.block.events[0] if e.kind == "alarm"}
    read = {r.name: r for r in _readings(session)}
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
        reading = read.get(cues.read_name(spec.when))
        value, good = (None, True) if reading is None else (reading.short, reading.good)
        rows.append(
            AlarmRow(name, model.alarms.subjects[a], PRIORITIES[int(model.alarms.priority[a])], state, since.get(name, 0), spec.when.text,
                     value, good, bool(world.alarms.first_out[0, a]), spec.cause, "" if session.setup.assessed else spec.action, spec.consequence)
        )  # fmt: skip
    return sorted(
        rows, key=lambda r: (r.state in ASIDE, PRIORITIES.index(r.priority), r.state not in UNSEEN, -r.since, r.name)
    )


def orders(session: Session, posts: Iterable[str]) -> list[OrderRow]:
    """Orders of these posts that are under way, in the order in which they were given."""
    model, world = session.model, session.block.world
    wanted, rows = set(posts), []
    for (row, cell), order in session.block.stage.orders.items():
        phase, post = int(world.table.phase[row, cell]), model.posts.names[order.post]
        if phase in ACTIVE and post in wanted:
            its = (order.action.sentence, PHASES[phase], order.issued, int(world.table.due[row, cell]), NEVER)
            rows.append((order.issued, OrderRow(-1 - cell, post, *its)))
    return [r for _, r in sorted(rows, key=lambda r: (r[0], -r[1].number))]


def ended(session: Session, posts: Iterable[str]) -> list[OrderRow]:
    """Orders that people in these posts gave and that have ended, in the order in which they ended."""
    wanted = set(posts)
    begun: dict[int, Act] = {}
    rows: dict[int, OrderRow] = {}  # by the event that told the order: one that timed out may be proven later
    for act in session.block.acts[0]:
        if act.by_plan or act.post not in wanted:
            continue
        first = begun.get(act.cell)
        if not act.end:
            begun[act.cell] = act
        elif first is not None and first.sentence == act.sentence:
            rows.pop(first.event, None)
            rows[first.event] = OrderRow(
                first.event, act.post, act.sentence, act.end, first.tick, NEVER, act.tick
            )  # fmt: skip
    return list(rows.values())


def lines(session: Session, posts: Iterable[str]) -> list[LineRow]:
    """The plan lines of these posts: what a role card says, and where each line stands; in an assessed run not which is due.

    The farm's own lines are always there, and so are rounds. A line that the drill brings along for its own night would
    tell what is to go wrong: a guided run shows it from its cue on, an assessed run does not.
    """
    world = session.block.world
    asked = session.block.asked[0] if not session.setup.assessed else {}
    wanted = set(posts)
    rows = []
    for number, line in enumerate(session.model.plan):
        post = session.model.posts.names[line.post]
        if post in wanted and (
            number in asked or line.cue_text == "start" or line.name not in of_the_night(session.model)
        ):
            applies = bool(world.holds[0, number]) and not session.setup.assessed
            rows.append(_line_row(session, number, line, post, applies))
    return rows


@cache
def of_the_night(model: Model) -> frozenset[str]:
    """Lines of the plan that stand in the drill's own file, where its farm is another's."""
    here, farm = model.spec.place.file, model.spec.farm
    if all(tank.place.file == here for tank in farm.of(Tank).values()):
        return frozenset()
    return frozenset(name for name, line in farm.of(PlanLine).items() if line.place.file == here)


def _line_row(session: Session, number: int, line: Line, post: str, applies: bool) -> LineRow:
    world = session.block.world
    given = {(a.verb, a.thing) for a in session.block.acts[0] if not a.end}
    return LineRow(
        line.name, post, line.cue_text, tuple(d.sentence for d in line.actions), line.within_s, line.because, applies,
        bool(world.proven[0, number]), {(d.verb, d.thing) for d in line.actions} <= given,
    )  # fmt: skip


def hears(model: Model, event: Event, posts: frozenset[str]) -> bool:
    """Whether somebody in one of these seats sees or hears an event: by how its kind is heard alone."""
    heard = WORDS.events[event.kind].heard
    if heard is Heard.DESK:
        return not posts <= set(HANDS)
    if heard is Heard.SAID:
        return event.subject not in model.posts.names or event.subject in posts or event.by in posts
    if heard in {Heard.OWN, Heard.ASKER}:
        return event.by in posts
    return heard in {Heard.RADIO, Heard.ALL}


def heard_at(block: Block, row: int, number: int, event: Event, posts: frozenset[str]) -> int | None:
    """The tick at which somebody in these seats hears an event; None when the radio loses it.

    What is said to a post comes later, or not at all, by its `radio` and `misses`; who says it hears it at once.
    """
    if event.kind != "said" or event.subject not in posts or event.by in posts:
        return event.tick
    spec = block.model.spec.farm.of(Post).get(event.subject)
    if spec is None or (spec.radio_s == 0.0 and spec.misses == 0.0):
        return event.tick
    if spec.misses and chance.uniform(block.seed, block.numbers[row], f"{event.subject}.radio", number) < spec.misses:
        return None
    return event.tick + round(float(spec.radio_s))


def messages(
    session: Session, posts: frozenset[str], first: int, checks: Mapping[int, Found]
) -> tuple[list[Event], int]:
    """What these seats have seen and heard by now from the first-th on, with the tick they heard it; and where to go on.

    The end of a check says what it found (`found.by_event`).
    """
    heard = []
    for number, event in enumerate(session.block.events[0]):
        if hears(session.model, event, posts):
            at = heard_at(session.block, 0, number, event, posts)
            if at is not None and at <= session.tick:
                heard.append((at, number, event))
    heard.sort(key=lambda h: h[:2])
    said = [(at, e, checks[n].ended(e.said) if n in checks else e.said) for at, n, e in heard[first:]]
    return [replace(event, tick=at, said=says) for at, event, says in said], len(heard)
