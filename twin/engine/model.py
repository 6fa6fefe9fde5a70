"""A scenario compiled: parts, tables and people as one value that every world shares and no run changes."""

from dataclasses import dataclass

from twin.base.arrays import Floats, Ints
from twin.engine.cues import Clock
from twin.engine.logic import Atoms, Expressions, Tests, Votes
from twin.engine.signals import Signals
from twin.engine.tasks import Layout
from twin.language.names import Names
from twin.language.spec import ScenarioSpec
from twin.parts import (
    alarm,
    gauge,
    interlock,
    leak,
    line_facts,
    node,
    people,
    post,
    pump,
    spill,
    transfer,
    utility,
    value,
    valve,
    vent,
    vessels,
    weather,
)
from twin.parts.action import Action

MARKS = ("containment", "detection", "isolation", "call and muster", "environment", "plant saved")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the plan."""

    name: str
    post: int
    actions: tuple[Action, ...]
    orders: tuple[int, ...]  # cell of each action's order
    has_proof: bool
    within_s: float | None
    every_ticks: int
    delay_s: float
    because: str
    cue_text: str


@dataclass(frozen=True, slots=True)
class Inject:
    """An entry of the timeline; post -1 is the world itself."""

    name: str
    post: int
    actions: tuple[Action, ...]
    first_act: int  # number of its first act among all acts of the timeline
    delay_ticks: int
    because: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Sentences whose first times are kept: objectives, cues of calls and musters, facts. (J,) each; -1: none."""

    names: tuple[str, ...]
    first: Ints  # expression A
    second: Ints  # expression B


@dataclass(frozen=True, slots=True)
class FactsTable:
    """What facts measure, (F,) each."""

    names: tuple[str, ...]
    form: tuple[str, ...]
    at_end: tuple[bool, ...]  # read from the signals when the run ends
    column: Ints  # of the signals, -1 when it measures a time
    scale: Floats
    dimension: tuple[str, ...]
    low: Floats
    high: Floats

    @property
    def reads_any(self) -> bool:
        """Whether something has to be measured while the run goes on."""
        return any(c >= 0 and not end for c, end in zip(self.column.tolist(), self.at_end, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Everything a run reads and never writes: one model is equal to itself alone. The facts of each part stand under the name of its section."""

    spec: ScenarioSpec
    names: Names
    signals: Signals
    clock: Clock
    utilities: utility.Utilities
    nodes: node.Senders
    tanks: vessels.Vessels
    lines: line_facts.Lines
    valves: valve.Valves
    pumps: pump.Pumps
    vents: vent.Vents
    leaks: leak.Leaks
    transfers: transfer.Transfers
    weather: weather.Day
    spilled: spill.Spills
    instruments: gauge.Gauges
    calculated: value.Values
    interlocks: interlock.Interlocks
    alarms: alarm.Alarms
    posts: post.Authority
    people: people.Crews
    tests: Tests
    votes: Votes
    atoms: Atoms
    guards: Expressions  # alarms, their suppressions, interlocks
    cues: Expressions  # plan cues, plan proofs, injects, judged A, judged B
    alarm_system: int  # utility that alarms and desks run in
    interlock_proof: Ints  # (K,) expression, -1 without
    interlock_acts: tuple[tuple[Action, ...], ...]
    happened: tuple[tuple[str, str, bool], ...]
    happened_at: dict[tuple[str, str, bool], int]
    moments: Ints
    plan: tuple[Line, ...]
    injects: tuple[Inject, ...]
    judged: Judged
    facts: FactsTable
    tasks: Layout
    acts: tuple[Action, ...]  # of the timeline, in order

    @property
    def line_names(self) -> tuple[str, ...]:
        """Lines of the plan, then of the timeline."""
        return (*(line.name for line in self.plan), *(inject.name for inject in self.injects))

    def post(self, name: str) -> int:
        return self.posts.names.index(name)
