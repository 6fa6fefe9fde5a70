"""What is shared by all that happens between two scans: the worlds, what is known of their past, who waits for what.

The stage holds and keeps; it decides nothing. The scan, the inbox, the plan and the row work on it.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from twin.base import chance
from twin.base.arrays import NEVER, Bools, Floats, copied
from twin.engine import edges
from twin.engine.clock import Clock, Woken
from twin.engine.model import Model
from twin.engine.orders import Act, Answer, Board, Command, Event
from twin.engine.start import cells
from twin.engine.world import Override, World
from twin.parts import post
from twin.parts.action import Action, Order
from twin.text.say import Said

REACTION_SIGMA = 0.4


class Asked(NamedTuple):
    """An outside command for the next scan, and whom to answer."""

    row: int
    command: Command
    answer: Callable[[Answer], None] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A condition of the instructor that waits in one world."""

    row: int
    command: Command
    armed: int  # tick
    fires: bool = False  # the last scan found that it holds


@dataclass(frozen=True, slots=True)
class Way:
    """A crew on its way: from where, to where, between which ticks."""

    row: int
    crew: int
    start: int
    arrives: int
    here: tuple[float, float]
    there: tuple[float, float]


@dataclass(slots=True)
class Recorder:
    """What a block keeps of its past besides the events."""

    signals: list[Floats] = field(default_factory=list)  # one (W, C) a tick, row 0 the start
    ways: list[Way] = field(default_factory=list)


@dataclass(slots=True)
class Past:
    """What happened in each world: events, acts, first times, and the running hash of it all."""

    events: list[list[Event]]
    acts: list[list[Act]]
    first: list[dict[str, int]]
    asked: list[dict[int, int]]  # by line of the plan: when its cue first came
    rounds: list[dict[int, list[int]]]  # by line that comes round again and again: when it asked for its acts
    hashes: list[Any]

    @classmethod
    def of(cls, n: int) -> "Past":
        return cls([[] for _ in range(n)], [[] for _ in range(n)], [{} for _ in range(n)], [{} for _ in range(n)], [{} for _ in range(n)],
                   [hashlib.sha256() for _ in range(n)])  # fmt: skip


@dataclass(slots=True)
class Stage:
    """A block of worlds as what happens in it sees it."""

    model: Model
    seed: int
    numbers: list[int]
    overrides: list[Override]
    sound: list[frozenset[tuple[str, int]]]  # cells that no inject spoils
    world: World
    columns: edges.Edges
    past: Past
    clock: Clock
    recorder: Recorder | None
    orders: dict[tuple[int, int], Order] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    woken: list[Woken] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    lasting: dict[tuple[int, int], Action] = field(
        default_factory=dict
    )  # of the instructor: by row and slot of changes
    watchers: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    moves: bool = False  # some quantity is on its way
    touched: bool = True  # something was done that a sentence may speak of
    taken: dict[str, Bools] = field(default_factory=dict)  # read by hand or worked out in this scan, by section
    afresh: Bools | None = None  # gaps that start again in this scan
    _written: set[str] = field(default_factory=set)  # parts whose controls were copied in this scan

    # what is set

    def write(self, section: str) -> Any:
        """The controls of a part, copied before the first write of a scan, so that who kept them sees the change."""
        its = getattr(self.world.controls, section)
        if section not in self._written:
            self._written.add(section)
            its = copied(its, all_of_it=True)
            self.world.controls = replace(self.world.controls, **{section: its})
        return its

    def cells(self, array: str) -> Any:
        """The array of the controls at a place such as controls.valves.target, to be written."""
        self.write(array.split(".")[1])
        return cells(self.world.controls, array)

    def settled(self) -> None:
        """From here on a write makes new controls: the plant has read these."""
        self._written.clear()

    # what waits

    def put(self, row: int, cell: int, phase: int, due: int = NEVER) -> None:
        """A cell enters a phase; nobody sleeps for it."""
        self.world.table.put(row, cell, phase, due)

    def sleep(self, row: int, cell: int, proof: int) -> None:
        """A cell that has a time or a proof to wait for falls asleep."""
        due = int(self.world.table.due[row, cell])
        if due >= NEVER and proof < 0:
            self.clock.forget(row, cell)
            return
        if proof >= 0:
            watching = self.watchers.setdefault((row, proof), [])
            if cell not in watching:
                watching.append(cell)
        self.clock.sleep(row, cell, due, int(self.world.table.count[row, cell]))

    def shows(self, row: int, column: int) -> bool:
        """Whether a proof holds as of the last scan."""
        if column < 0:
            return False
        if column >= self.columns.end:
            return bool(self.world.holds[row, column - self.columns.end])
        return bool(self.world.edges[row, column])

    # what happened

    def emit(self, row: int, kind: str, subject: str, said: Said, by: str = "") -> None:
        """Something happened in one world at this tick."""
        tick, past = self.world.tick, self.past
        past.events[row].append(Event(tick, kind, subject, by, said))
        past.first[row].setdefault(kind, tick)
        past.hashes[row].update(f"{tick}|{kind}|{subject}|{by}|{said.bits}\n".encode())
        self.happen(row, kind, subject, observed=False)
        if self.model.names.known.events[kind].heard.at_once:
            self.happen(row, kind, subject, observed=True)

    def happen(self, row: int, word: str, thing: str, *, observed: bool) -> None:
        """Marks that an event or verb happened, where some cue asks for it; its opposite is undone."""
        self.touched = True
        for key in {(word, thing, observed), (word, "", observed)}:
            self._mark(row, key, so=True)
        for other in self._undone(word):
            keys = [(other, thing, observed)]
            if not self._another_stands(row, other, word, thing):
                keys.append((other, "", observed))
            for key in keys:
                self._mark(row, key, so=False)

    def _mark(self, row: int, key: tuple[str, str, bool], *, so: bool) -> None:
        number = self.model.happened_at.get(key)
        if number is not None:
            self.world.happened[row, number] = so

    def _undone(self, word: str) -> Iterator[str]:
        events = self.model.names.known.events
        if word in events and events[word].undone_by:
            yield events[word].undone_by
        else:
            yield from (e.name for e in events.values() if e.undone_by == word)

    def _another_stands(self, row: int, word: str, opposite: str, thing: str) -> bool:
        """Whether an event still stands for some other thing."""
        last = {e.subject: e.kind for e in self.past.events[row] if e.kind in {word, opposite}}
        return any(kind == word for subject, kind in last.items() if subject != thing)

    def note(self, row: int, order: Order, end: str = "", why: Said | None = None) -> None:
        """Keeps what a person did or finished, which the last event told, for the judgement."""
        name, action = self.model.posts.names[order.post], order.action
        board = None
        if not order.by_plan or action.verb == "check":
            board = Board(self.world.signals[row].copy(), self.world.instruments.good[row].copy())
        act = Act(
            self.world.tick, name, action.verb, action.thing, action.to, end, action.sentence, order.by_plan, order.cell,
            order.line, len(self.past.events[row]), why, board,
        )  # fmt: skip
        self.past.acts[row].append(act)

    # who reacts

    def on_plan(self, row: int, who: int) -> bool:
        """Whether the plan acts for a post."""
        return bool(self.world.controls.posts.on_plan[row, who])

    def reaction_s(self, row: int, who: int, name: str, count: int) -> float:
        """Seconds in which a post reacts this time."""
        its: post.Controls = self.world.controls.posts
        median = float(its.reacts_s[row, who]) * (2.0 if self.world.slow[row] else 1.0)
        return chance.lognormal(median, REACTION_SIGMA, self.seed, self.numbers[row], name, count)

    def gaps_afresh(self, none: Bools) -> Bools:
        """Which gaps start again in this scan; `none` where none does."""
        return none if self.afresh is None else self.afresh

    def heard_by_hand(self, section: str, number: int, row: int, count: int) -> None:
        """A reading taken by hand enters in this very scan."""
        if section not in self.taken:
            self.taken[section] = np.zeros((len(self.numbers), count), dtype=bool)
        self.taken[section][row, number] = True
