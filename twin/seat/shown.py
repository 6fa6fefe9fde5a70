"""What a post had been shown at a second that something is wrong: by its board, by radio, by what somebody found out.

Judgement asks this, never what was drawn for a night. What is heard is decided by `view`, as for the screen. The board is
that of the second in which somebody acted: a reading whose signal is bad, readings that cannot both be so, a valve that is
not where it was asked to be, a gap that somebody worked out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from twin.base.arrays import Bools, Floats, bools
from twin.engine import relations
from twin.engine.model import Model
from twin.engine.orders import Act, Board, Event
from twin.engine.relations import Names, Relations
from twin.engine.scan import Block
from twin.parts.action import HANDS
from twin.parts.gauge_entry import Instrument
from twin.seat import amounts, view
from twin.text.say import sentence

NOTHING: Names = frozenset()
_POINTS = frozenset(
    {"alarm", "trip", "trip-unproven", "power", "overflow", "bund-full", "seen", "unheard", "said", "order"}
)


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that pointed at things, from a tick on: which event told it, and which posts heard it when."""

    number: int
    event: Event
    things: Names


@dataclass(slots=True)
class Shown:
    """The signs of one world, found once; `wrong` are the names of what really is wrong in it."""

    block: Block
    row: int
    wrong: Names
    _signs: list[Sign] | None = None
    _heard: dict[tuple[int, str], int | None] = field(default_factory=dict)
    _boards: dict[int, Names] = field(default_factory=dict)  # by the event of the act

    @property
    def signs(self) -> list[Sign]:
        """Every event that points at something, in the order of events; worked out when somebody asks."""
        if self._signs is None:
            listed = enumerate(self.block.events[self.row])
            self._signs = [Sign(n, e, its) for n, e in listed if e.kind in _POINTS and (its := self._pointed_at(e))]
        return self._signs

    @property
    def related(self) -> Relations:
        return relations.of(self.block.model)

    # who knows what

    def at(self, act: Act) -> Names:
        """The things that the post of an act had been shown something of when it acted."""
        heard = self.heard(act.post, act.tick, act.event - 1)
        boards = [self.on_board(a) for a in self._acts_of(act.post, act.event)] if act.post not in HANDS else []
        return heard.union(*boards) | self._found_out(act)

    def _acts_of(self, post: str, event: int) -> list[Act]:
        """What a post did up to an act: what its board showed then it has seen."""
        return [a for a in self.block.acts[self.row] if a.post == post and a.event <= event and a.board is not None]

    def heard(self, post: str, tick: int, before: int) -> Names:
        """The things that events up to a number, heard by a tick, pointed this post at."""
        found: set[str] = set()
        for sign in self.signs:
            if sign.number >= before:
                break
            at = self._hears(sign, post)
            if at is not None and at <= tick:
                found |= sign.things
        return frozenset(found)

    def first(self, things: Names) -> tuple[int, Event] | None:
        """When an event first pointed some post at one of these things."""
        heard = [
            (at, s.number, s.event) for s in self.signs if s.things & things for post in self.block.model.posts.names
            if (at := self._hears(s, post)) is not None
        ]  # fmt: skip
        if not heard:
            return None
        at, _, event = min(heard, key=lambda h: h[:2])
        return at, event

    def _hears(self, sign: Sign, post: str) -> int | None:
        key = (sign.number, post)
        if key not in self._heard:
            self._heard[key] = self._hears_at(sign, post)
        return self._heard[key]

    def _hears_at(self, sign: Sign, post: str) -> int | None:
        """When a post hears it; None for never. What somebody said counts when he knew, or was not one of the posts."""
        event, posts = sign.event, frozenset({post})
        if not view.hears(self.block.model, event, posts):
            return None
        if event.kind == "said":
            if event.by == post:
                return None  # nobody shows himself something by saying it
            if event.by in self.block.model.posts.names and not self._knew(sign):
                return None
        return view.heard_at(self.block, self.row, sign.number, event, posts)

    def _knew(self, sign: Sign) -> bool:
        """Whether who said it had been shown it himself."""
        number, event = sign.number, sign.event
        act = next((a for a in self.block.acts[self.row] if a.event == number + 2), None)  # told right behind it
        if act is not None and act.by_plan:
            return True
        if sign.things & self.heard(event.by, event.tick, number):
            return True
        if act is None or event.by in HANDS:
            return False
        return bool(sign.things & (self.on_board(act) | self._found_out(act)))

    # what events point at

    def _pointed_at(self, event: Event) -> Names:
        """The things that an event points at: where it tells that something may be wrong."""
        its, name = self.related, event.subject
        if event.kind == "alarm":
            alarms = self.block.model.alarms
            return frozenset({name, alarms.subjects[alarms.names.index(name)]}) | its.reads.get(name, NOTHING)
        if event.kind == "power":
            return its.supplies[name] if event.said.key == "power.lost" else NOTHING
        if event.kind == "said":
            return (frozenset({name}) & its.model.names.section.keys() - set(its.model.posts.names)) | its.spoken_of(
                sentence(event.said)
            )
        if event.kind == "order":
            ended = event.said.get("phase")
            proven = getattr(ended, "key", "") == "phase.PROVEN"
            return NOTHING if proven else frozenset({name}) | its.moves(name)
        if event.kind in {"seen", "unheard"} and event.said.key != "seen.event":
            return frozenset({name}) & self.wrong  # who looked at a sound thing has seen nothing wrong
        return frozenset({name}) | its.reads.get(name, NOTHING) | its.moves(name)

    # the board

    def on_board(self, act: Act) -> Names:
        """What the board showed when an act was done: nothing where it kept none."""
        board = act.board
        if board is None:
            return NOTHING
        if act.event not in self._boards:
            self._boards[act.event] = frozenset(
                {
                    *self._bad(board),
                    *self._contradicting(board, act.tick),
                    *self._gaps(board),
                    *self._past_limits(board),
                    *self._not_there(act, board),
                }
            )
        return self._boards[act.event]

    def _bad(self, board: Board) -> Iterator[str]:
        """Readings whose signal is bad, save where the briefing says so."""
        its, gauges = self.related, self.block.model.instruments
        for i in np.flatnonzero(~board.good & ~gauges.read_by_hand).tolist():
            name = gauges.names[i]
            if name not in its.out_of_service:
                yield from (name, its.watched[name])
                yield from (u for u, hangs in its.supplies.items() if name in hangs)

    def _contradicting(self, board: Board, tick: int) -> Iterator[str]:
        """Readings that lie beside the truth where a sound one on the same way shows that."""
        its, gauges, panel = self.related, self.block.model.instruments, _panel(self.block.model)
        misled = self.block.world.instruments.onset[self.row] <= tick
        if not misled.any():
            return
        shown = board.good & panel.gauges
        wrong = np.flatnonzero(shown & misled & (_away(self.block.model, board) > panel.different)).tolist()
        tells = shown & ~misled & ~panel.positions  # that a valve stands open shows no flow
        sound = [gauges.names[i] for i in np.flatnonzero(tells).tolist()] if wrong else []
        for i in wrong:
            name = gauges.names[i]
            ways = [way for x, way in its.ways.items() if its.watched[name] in way and self._runs(x, board)]
            for other in sound:
                if its.watched[other] == its.watched[name] or any(its.watched[other] in way for way in ways):
                    yield from (name, its.watched[name], other)

    def _runs(self, transfer: str, board: Board) -> bool:
        return bool(board.signals[self.block.model.signals.at[f"{transfer}.running"]] > 0.0)

    def _gaps(self, board: Board) -> Iterator[str]:
        """What somebody worked out between a level and a flow, larger than one sees as a difference."""
        for column, seen, things in _panel(self.block.model).gaps:
            if abs(board.signals[column]) > seen:
                yield from things

    def _past_limits(self, board: Board) -> Iterator[str]:
        """Readings that stand past the limit of an alarm, whether it has been announced yet or not."""
        for i, column, sign, limit, things in _panel(self.block.model).limits:
            if board.good[i] and sign * (board.signals[column] - limit) > 0.0:
                yield from things

    def _not_there(self, act: Act, board: Board) -> Iterator[str]:
        """Valves that their feedback does not show where they were last asked to be, though a stroke is over."""
        model = self.block.model
        asked: dict[str, Act] = {}
        for one in self.block.acts[self.row]:
            if one.event >= act.event:
                break
            if one.verb in {"open", "close"} and not one.end:
                asked[one.thing] = one
        columns = _panel(model).position_of
        for name, one in asked.items():
            stroke = float(model.valves.stroke_s[model.valves.names.index(name)])
            wanted = 1.0 if one.verb == "open" else 0.0
            if name in columns and abs(board.signals[columns[name]] - wanted) > 0.02 and act.tick - one.tick > stroke:
                yield name

    # what somebody found out

    def _found_out(self, act: Act) -> Names:
        """What readings taken by hand before an act contradict."""
        its, model = self.related, self.block.model
        found: set[str] = set()
        for one in self.block.acts[self.row]:
            if one.event >= act.event:
                break
            if one.verb == "check" and one.end == "PROVEN" and one.board is not None and one.thing in its.watched:
                away, path = _away(model, one.board), model.spec.farm.of(Instrument)[one.thing].watched
                for i in np.flatnonzero(away > _panel(model).different).tolist():
                    name = model.instruments.names[i]
                    other = model.spec.farm.of(Instrument)[name].watched
                    if name != one.thing and (other.thing, other.quantity) == (path.thing, path.quantity):
                        found |= {name, path.thing}
        return frozenset(found)


def _away(model: Model, board: Board) -> Floats:
    """How far each instrument shows beside the truth, (I,), in the unit of what it measures."""
    gauges, first = model.instruments, model.signals.first_instrument
    truth = board.signals[gauges.column] * gauges.scale
    truth = np.where(
        gauges.is_switch, (truth - gauges.trips_at) * gauges.sign > 0.0, np.clip(truth, gauges.low, gauges.high)
    )
    return np.abs(board.signals[first : first + len(gauges.names)] - truth)


@dataclass(frozen=True, slots=True)
class _Panel:
    """What never changes of a board: which columns are what, and from when on a person sees a difference."""

    different: Floats  # (I,), SI: what a person sees
    gauges: Bools  # (I,): what stands on it and is no switch
    positions: Bools  # (I,): of valves
    position_of: dict[str, int]  # by valve: the column that shows it
    gaps: tuple[tuple[int, float, Names], ...]  # column, m3, what it points at
    limits: tuple[tuple[int, int, float, float, Names], ...]  # instrument, column, sign, limit, what it points at


@cache
def _panel(model: Model) -> _Panel:
    gauges, signals, its = model.instruments, model.signals, relations.of(model)
    entries = model.spec.farm.of(Instrument)
    first = signals.first_instrument
    watched = [entries[name].watched for name in gauges.names]
    positions = bools(path.quantity == "position" for path in watched)
    return _Panel(
        amounts.different(model),
        ~gauges.read_by_hand & ~gauges.is_switch,
        positions,
        {path.thing: first + i for i, path in enumerate(watched) if positions[i] and not gauges.is_switch[i]},
        tuple(_gaps_of(model, its)),
        tuple(_limits_of(model, its)),
    )


def _gaps_of(model: Model, its: Relations) -> Iterator[tuple[int, float, Names]]:
    for name, seen in amounts.gap_seen_m3(model).items():
        read = its.reads.get(name, NOTHING)
        things = frozenset({name, *read, *(its.watched[n] for n in read)})
        yield model.signals.first_calculated + model.calculated.names.index(name), seen, things


def _limits_of(model: Model, its: Relations) -> Iterator[tuple[int, int, float, float, Names]]:
    for limit in amounts.limits(model):
        if limit.reads in its.watched:
            things = frozenset({limit.alarm, limit.reads, its.watched[limit.reads]})
            i = limit.column - model.signals.first_instrument
            yield i, limit.column, limit.sign, limit.at, things
