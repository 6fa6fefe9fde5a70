"""What people do, and a world as a verb sees it: actions and orders with their phases, and the `Row`.

A part says what an order does to its own things. Whatever else it needs of the world, it asks of the row: parts do not
know each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from twin.base.arrays import NEVER
from twin.base.fault import Fault, Place
from twin.base.units import from_si, shown_unit
from twin.text.say import Amount, Said, say

T = TypeVar("T")

IDLE, REACT, PROVE, PROVEN, FAILED, TIMED_OUT, LEFT = range(7)
WAIT, WALK, WORK, CONSENT, STARTING, STOPPING = range(7, 13)
ACTIVE = frozenset({REACT, PROVE, WAIT, WALK, WORK, CONSENT, STARTING, STOPPING})
PHASES = ("idle", "reacting", "under way", "PROVEN", "FAILED", "TIMED OUT", "left",
          "waiting for people", "on the way", "at work", "waiting for consent", "starting", "stopping")  # fmt: skip

STROKES_ALLOWED = 2.0  # of a valve's stroke, and this much more, until its proof must have come
EXTRA_PROOF_S = 30.0
HANDS = ("field", "fire-crew")
"""Posts that act at the thing itself; all others act from a desk."""


@dataclass(frozen=True, slots=True)
class Address:
    """A cell of an array that a settable quantity writes: array value = given value * scale."""

    array: str  # where it stands in a world: controls.valves.target
    index: int
    dimension: str  # a dimension of the units table, or "flag"
    scale: float = 1.0
    least: float = -1e15
    most: float = 1e15

    @property
    def cell(self) -> tuple[str, int]:
        """Which cell it is: array and index."""
        return self.array, self.index

    def inside(self, value: float, said: str, place: Place) -> float:
        """The value, when it can be; raises Fault otherwise."""
        if not self.least <= value <= self.most:
            raise Fault(
                f"{said} is outside what can be, {self._shown(self.least)} to {self._shown(self.most)}.", "", place
            )
        return value

    def bounded(self, value: float) -> float:
        """A drawn value, kept inside what can be."""
        return min(max(value, self.least), self.most)

    def _shown(self, value: float) -> str:
        name = shown_unit(self.dimension)
        return f"{from_si(value, name) if name else value:.6g} {name}".strip()


@dataclass(frozen=True, slots=True)
class Action:
    """One act, its names resolved, ready to be done. `value` is in SI, or 0 and 1 for no and yes."""

    verb: str
    kind: str  # of the thing: valve, transfer, …; "" when there is none
    thing: str
    sentence: str
    place: Place | None = None
    value: float | None = None
    address: Address | None = None
    to: str = ""  # a place, post or thing; of a message, what it names
    over_ticks: int = 0
    for_ticks: int = 0
    is_change: bool = False  # `by`: the value is added
    kit: tuple[str, ...] = ()
    says: str = ""
    because: str = ""

    @property
    def cell(self) -> tuple[str, int] | None:
        """The cell of the controls that it sets, None when it sets none."""
        return self.address.cell if self.address is not None else None

    @property
    def key(self) -> tuple[str, str, str]:
        """What act it is, however it is worded: verb, thing, to."""
        return self.verb, self.thing, self.to

    def answers(self, asked: "Action") -> bool:
        """Whether doing this is doing what was asked; a message may name more than it was to."""
        return answers(self.key, asked.key)

    @property
    def position(self) -> float:
        """Where a valve is to stand, 0 closed to 1 open."""
        if self.verb == "set":
            assert self.value is not None
            return self.value
        return 1.0 if self.verb == "open" else 0.0


def answers(done: tuple[str, str, str], asked: tuple[str, str, str]) -> bool:
    """Whether an act (verb, thing, to) is what another asks for; a message may name more than it was to."""
    if done[:2] != asked[:2]:
        return False
    return done[2] == asked[2] or (done[0] == "tell" and set(asked[2].split()) <= set(done[2].split()))


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody was told to do, or does; its phase and times stand in the process table."""

    post: int
    action: Action
    line: int  # of the plan, -1 outside it
    by_plan: bool
    issued: int
    cell: int = -1  # of the process table, -1 when the world itself acts
    proof: int = -1  # column of what proves it
    crews: tuple[int, ...] = ()
    consents: frozenset[str] = frozenset()  # posts that must still approve

    @property
    def thing(self) -> str:
        return self.action.thing


@dataclass(frozen=True, slots=True)
class Begun:
    """An order under way (or done), with what proves it."""

    order: Order
    phase: int
    due: int = NEVER


def done(order: Order) -> Begun:
    """An order that is over as soon as it is given."""
    return Begun(order, PROVEN)


class Row(Protocol):
    """One world at one moment, for what verbs, edges and tasks do. Everything written goes through it."""

    @property
    def at(self) -> int:
        """The row of the arrays."""
        ...

    @property
    def tick(self) -> int:
        """The scan that takes what is done now."""
        ...

    # the arrays of a part, by the class that declares them

    def facts(self, kind: type[T]) -> T:
        """What never changes of a part."""
        ...

    def state(self, kind: type[T]) -> T:
        """What changes of a part; to be read only, save where it says that it is written in place."""
        ...

    def controls(self, kind: type[T]) -> T:
        """What is set of a part; to be read only."""
        ...

    def write(self, kind: type[T]) -> T:
        """What is set of a part, to be written: copied before the first write of a scan."""
        ...

    def replace(self, new: object) -> None:
        """A new state of a part."""
        ...

    # what happens, and what waits

    def emit(self, kind: str, subject: str, said: Said, by: str = "") -> None:
        """Something happened; `by` whom, where a post or somebody did it."""
        ...

    def wait(self, task: str, number: int, phase: int, due: int = NEVER) -> None:
        """A task enters a phase that ends at a tick at the latest."""
        ...

    def phase(self, task: str, number: int) -> int:
        """The phase of a task."""
        ...

    def shows(self, column: int) -> bool:
        """Whether a proof holds as of the last scan."""
        ...

    def edge(self, name: str, number: int) -> int:
        """The column of an edge: `valves.closed`."""
        ...

    # orders

    def post(self, order: Order) -> str:
        """Who gave it."""
        ...

    def by_hand(self, order: Order) -> bool:
        """Whether it is carried out at the thing rather than from a desk."""
        ...

    def line_proof(self, order: Order) -> int:
        """The column of the proof that the order's line of the plan names, -1 for none."""
        ...

    def orders_in(self, phase: int) -> list[Order]:
        """The orders that are in a phase, by cell."""
        ...

    def keep(self, begun: Begun) -> None:
        """An order goes on in another phase."""
        ...

    def finish(self, order: Order, phase: int, why: Said | None = None) -> None:
        """An order ends PROVEN, FAILED or TIMED OUT."""
        ...

    def end_cell(self, cell: int, phase: int, why: Said) -> None:
        """The order of a cell, where there is one, ends."""
        ...

    def approve(self, order: Order, post: str) -> None:
        """A post gives the consent that an order waits for."""
        ...

    def sit_down(self, post: int) -> None:
        """A person takes a post: the plan's lines of it are left as they are."""
        ...

    def hand_back(self, post: int) -> None:
        """A post goes back to the plan: lines whose cue stands and that are not proven begin."""
        ...

    # what a part asks of the others

    def desk_is_dead(self) -> Said | None:
        """Why nothing can be done from a desk; None when it can."""
        ...

    def alive(self, utility: int) -> bool:
        """Whether a supply or controller is alive."""
        ...

    def held_off(self, pump: int) -> bool:
        """Whether a trip holds a pump off."""
        ...

    def drive(self, pump: int, *, runs: bool) -> None:
        """A pump is asked to run or to stand."""
        ...

    def somebody_goes(self, order: Order) -> Begun | Said:
        """Somebody of the post goes to the thing; waits for a free person when all are busy."""
        ...

    def look_round(self, order: Order) -> set[str]:
        """What the people of the order's post see of overflows where they are."""
        ...

    def see(self, word: str, thing: str) -> None:
        """People near enough see it; the desk knows when one of them has reported."""
        ...

    def speaks(self, who: str) -> bool:
        """Whether a post or crew can speak and hear: the radio of its post is not lost."""
        ...

    def told_by_radio(self, word: str, thing: str, tick: int, who: str) -> None:
        """From a tick on the desk knows of an event."""
        ...

    def point(self, thing: object) -> tuple[float, float] | None:
        """The coordinates of a thing, a place or a point."""
        ...

    def stands_in_walls(self, thing: str) -> float:
        """Height of the bund wall around a tank, 0 for none."""
        ...

    def running_over(self) -> list[tuple[str, str]]:
        """What runs over now: the word of the event, and the vessel."""
        ...

    def hour(self) -> int:
        """The hour of the day."""
        ...

    def walks(self, crew: int, arrives: int, there: tuple[float, float]) -> None:
        """Keeps a way for pictures."""
        ...

    def held(self, valve: int) -> float:
        """Where a trip holds a valve: 0 closed, 1 open, -1 where none does."""
        ...

    def ask(self, valve: int, position: float, *, by_hand: bool | None = False) -> bool:
        """A valve is asked to a position, and whether it obeys; `by_hand` None leaves who turns it."""
        ...

    def make_way(self, valve: int) -> None:
        """A valve is asked to let a transfer through: one that holds a reading holds it from now on."""
        ...

    def driven(self, valve: int, position: float) -> bool:
        """Whether its motor is on the way to this position."""
        ...

    def stroke_due(self, valve: int) -> int:
        """The tick by which a valve must have shown that it moved."""
        ...

    def feedback(self, order: Order, valve: int, position: float) -> int:
        """The column that proves a valve's move: of the order's line, else of its own feedback; -1 for none."""
        ...

    def run(self, action: Action) -> None:
        """What a trip or a meter does besides holding valves: it stops and starts transfers, without a person."""
        ...

    def restart_gaps(self, transfer: int) -> None:
        """Gaps that belong to a transfer count from now."""
        ...

    def take_reading(self, section: str, number: int) -> None:
        """A reading taken by hand, or a value worked out, enters in this very scan."""
        ...

    def position_shown(self, valve: str) -> float | None:
        """The position that an instrument shows of a valve, None without one."""
        ...

    def trip_proof(self, interlock: int) -> int:
        """The column of the proof that an interlock names, -1 for none."""
        ...

    def trip_acts(self, interlock: int) -> Iterable[Action]:
        """What an interlock does when it trips."""
        ...

    def sound(self, column: int) -> bool:
        """Whether what stands in a signal is of good quality; the truth always is."""
        ...

    def reading(self, column: int) -> Amount:
        """A signal, as people read it."""
        ...

    def sees_of(self, kind: str, thing: str) -> Said:
        """What a person who stands at a thing sees of it: the truth."""
        ...


def happens(row: Row, kind: str, name: str, said: Said) -> None:
    """Something happens to a thing that whoever is near enough sees."""
    row.emit(kind, name, said)
    row.see(kind, name)


def look(row: Row, order: Order) -> Begun | Said:
    """To look at a thing somebody goes there."""
    if row.by_hand(order):
        return row.somebody_goes(order)
    return say("why.looked-at", thing=order.thing)


def seen(row: Row, order: Order) -> None:
    """Somebody who looked at a thing says what is there."""
    who = row.post(order)
    row.emit("seen", order.thing, say("seen.at", who=who, what=row.sees_of(order.action.kind, order.thing)), who)
