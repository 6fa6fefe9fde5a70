"""One world as verbs, edges and tasks see it: the `Row` of `twin.parts.action`, over the stage."""

from collections.abc import Iterable
from typing import Protocol, TypeVar, cast

import numpy as np

from twin.base.arrays import NEVER
from twin.engine import plant
from twin.engine.model import Model
from twin.engine.parts import PARTS, does, part_of
from twin.engine.stage import Stage, Way
from twin.parts import interlock, people
from twin.parts import valve as valves
from twin.parts.action import (
    EXTRA_PROOF_S,
    HANDS,
    STROKES_ALLOWED,
    WORK,
    Action,
    Begun,
    Order,
)
from twin.parts.gauge_entry import Instrument
from twin.parts.place import Place
from twin.parts.tank_entry import Tank
from twin.text.say import Amount, Said, say

T = TypeVar("T")

_STATES = {part.state: part.section for part in PARTS if part.state is not None}
_CONTROLS = {part.controls: part.section for part in PARTS if part.controls is not None}


def facts_of(model: Model) -> dict[type, object]:
    """The facts of every part, by their class."""
    sections = {*_STATES.values(), *_CONTROLS.values()}
    return {type(its): its for its in (getattr(model, section) for section in sections)}


class Plan(Protocol):
    """What a row asks of the plan: orders that go on, end, or wait for consent; seats."""

    def put(self, row: int, cell: int, phase: int, due: int = NEVER) -> None:
        """A cell enters a phase and falls asleep."""
        ...

    def finish(self, order: Order, row: int, phase: int, why: Said | None = None) -> None:
        """An order ends."""
        ...

    def consent(self, order: Order, row: int, post: str) -> None:
        """A post approves."""
        ...

    def sit_down(self, row: int, post: int) -> None:
        """A person takes a post."""
        ...

    def hand_back(self, row: int, post: int) -> None:
        """A post goes back to the plan."""
        ...


class Row:
    """One world of a stage."""

    def __init__(self, stage: Stage, plan: Plan, at: int, facts: dict[type, object]) -> None:
        self.stage, self.plan, self.at = stage, plan, at
        self.model, self._facts = stage.model, facts

    @property
    def tick(self) -> int:
        return self.stage.world.tick

    # the arrays of a part

    def facts(self, kind: type[T]) -> T:
        """What never changes of a part."""
        return cast("T", self._facts[kind])

    def state(self, kind: type[T]) -> T:
        """What changes of a part."""
        return cast("T", getattr(self.stage.world, _STATES[kind]))

    def controls(self, kind: type[T]) -> T:
        """What is set of a part."""
        return cast("T", getattr(self.stage.world.controls, _CONTROLS[kind]))

    def write(self, kind: type[T]) -> T:
        """What is set of a part, to be written."""
        return cast("T", self.stage.write(_CONTROLS[kind]))

    def replace(self, new: object) -> None:
        """A new state of a part."""
        setattr(self.stage.world, _STATES[type(new)], new)

    # what happens, and what waits

    def emit(self, kind: str, subject: str, said: Said, by: str = "") -> None:
        """Something happened. What somebody sees who cannot say so, for his radio is lost, stays with him."""
        if kind == "seen" and not self.speaks(by):
            kind, by = "unheard", self._post_of(by)
        self.stage.emit(self.at, kind, subject, said, by)

    def _post_of(self, who: str) -> str:
        """The post of a crew; a post is its own."""
        crews = self.model.people
        post = crews.post[crews.names.index(who)] if who in crews.names else -1
        return self.model.posts.names[post] if post >= 0 else who

    def speaks(self, who: str) -> bool:
        """Whether a post or crew can speak and hear: the radio of its post is not lost."""
        posts, post = self.model.posts, self._post_of(who)
        return post not in posts.names or self.alive(posts.radio[posts.names.index(post)])

    def wait(self, task: str, number: int, phase: int, due: int = NEVER) -> None:
        """A task enters a phase that ends at a tick at the latest."""
        self.plan.put(self.at, self.model.tasks.first(task) + number, phase, due)

    def phase(self, task: str, number: int) -> int:
        """The phase of a task."""
        return int(self.stage.world.table.phase[self.at, self.model.tasks.first(task) + number])

    def shows(self, column: int) -> bool:
        """Whether a proof holds as of the last scan."""
        return self.stage.shows(self.at, column)

    def edge(self, name: str, number: int) -> int:
        """The column of an edge."""
        return self.stage.columns.at[name].first + number

    # orders

    def post(self, order: Order) -> str:
        """Who gave it."""
        return self.model.posts.names[order.post]

    def by_hand(self, order: Order) -> bool:
        """Whether it is carried out at the thing rather than from a desk."""
        return self.post(order) in HANDS

    def line_proof(self, order: Order) -> int:
        """The column of the proof that the order's line of the plan names, -1 for none."""
        if order.line < 0 or not self.model.plan[order.line].has_proof:
            return -1
        return self.stage.columns.end + len(self.model.plan) + order.line

    def orders_in(self, phase: int) -> list[Order]:
        """The orders that are in a phase, by cell."""
        first, end = self.model.tasks.first("orders"), self.model.tasks.after("orders")
        cells = np.flatnonzero(self.stage.world.table.phase[self.at, first:end] == phase) + first
        return [self.stage.orders[(self.at, cell)] for cell in cells.tolist()]

    def keep(self, begun: Begun) -> None:
        """An order goes on in another phase."""
        self.stage.orders[(self.at, begun.order.cell)] = begun.order
        self.plan.put(self.at, begun.order.cell, begun.phase, begun.due)

    def finish(self, order: Order, phase: int, why: Said | None = None) -> None:
        """An order ends."""
        self.plan.finish(order, self.at, phase, why)

    def end_cell(self, cell: int, phase: int, why: Said) -> None:
        """The order of a cell, where there is one, ends."""
        order = self.stage.orders.get((self.at, cell))
        if order is not None:
            self.finish(order, phase, why)

    def approve(self, order: Order, post: str) -> None:
        """A post gives the consent that an order waits for."""
        self.plan.consent(order, self.at, post)

    def sit_down(self, post: int) -> None:
        """A person takes a post."""
        self.plan.sit_down(self.at, post)

    def hand_back(self, post: int) -> None:
        """A post goes back to the plan."""
        self.plan.hand_back(self.at, post)

    # what a part asks of the others

    def alive(self, utility: int) -> bool:
        """Whether a supply or controller is alive."""
        return bool(self.stage.world.utilities.alive[self.at, utility])

    def desk_is_dead(self) -> Said | None:
        """Why nothing can be done from a desk; None when it can."""
        return None if self.alive(self.model.alarm_system) else say("why.desk-dead")

    def somebody_goes(self, order: Order) -> Begun | Said:
        """Somebody of the post goes to the thing."""
        return people.goes(self, order)

    def look_round(self, order: Order) -> set[str]:
        """What the people of the order's post see of overflows where they are."""
        ours = [g for g, p in enumerate(self.model.people.post) if p == order.post]
        return {thing for g in ours for thing in people.look_round(self, g)}

    def see(self, word: str, thing: str) -> None:
        """People near enough see it."""
        people.see(self, word, thing)

    def told_by_radio(self, word: str, thing: str, tick: int, who: str) -> None:
        """From a tick on the desk knows of an event that somebody saw; where he can say so."""
        if not self.speaks(who):
            return
        for key, number in self.model.happened_at.items():
            if key[0] == word and key[1] in {thing, ""} and key[2]:
                self.wait("sightings", number, WORK, tick)

    def point(self, thing: object) -> tuple[float, float] | None:
        """Where a person acts on a thing."""
        return plant.where(self.model.names, thing)

    def stands_in_walls(self, thing: str) -> float:
        """Height of the bund wall around a tank, 0 for none."""
        farm = self.model.spec.farm
        its = farm.of(Tank).get(thing)
        bund = farm.of(Place).get(its.bund) if its is not None and its.bund else None
        return bund.wall_m if bund is not None else 0.0

    def running_over(self) -> list[tuple[str, str]]:
        """What runs over now: the word of the event, and the vessel."""
        its = self.model.tanks
        over = np.flatnonzero(self.stage.world.tanks.overflow_m3_s[self.at] > 0.0).tolist()
        return [("overflow" if m < its.n_tanks else "bund-full", its.names[m]) for m in over]

    def hour(self) -> int:
        """The hour of the day."""
        return self.model.clock.hour(self.tick)

    def walks(self, crew: int, arrives: int, there: tuple[float, float]) -> None:
        """Keeps a way for pictures."""
        if self.stage.recorder is not None:
            its = self.stage.world.people
            here = float(its.x_m[self.at, crew]), float(its.y_m[self.at, crew])
            self.stage.recorder.ways.append(Way(self.at, crew, self.tick, arrives, here, there))

    def held(self, valve: int) -> float:
        """Where a trip holds a valve: 0 closed, 1 open, -1 where none does."""
        return float(interlock.forced(self.model.interlocks, self.stage.world.interlocks.tripped)[self.at, valve])

    def held_off(self, pump: int) -> bool:
        """Whether a trip holds a pump off."""
        return bool(interlock.held_off(self.model.interlocks, self.stage.world.interlocks.tripped)[self.at, pump])

    def drive(self, pump: int, *, runs: bool) -> None:
        """A pump is asked to run or to stand."""
        self.stage.write("pumps").asked[self.at, pump] = runs

    def ask(self, valve: int, position: float, *, by_hand: bool | None = False) -> bool:
        """A valve is asked to a position; `by_hand` None leaves who turns it. A control valve holds no reading any more.

        A motor that turns takes a valve from the man at its wheel; one that does not leaves it to him, and the valve does not obey.
        """
        its = self.stage.write("valves")
        if by_hand is False and its.by_hand[self.at, valve] and not self._motor_turns(valve):
            return False
        its.target[self.at, valve], its.automatic[self.at, valve] = position, False
        if by_hand is not None:
            its.by_hand[self.at, valve] = by_hand
        return True

    def make_way(self, valve: int) -> None:
        """A valve is asked to let a transfer through: one that holds a reading holds it from now on."""
        if self.ask(valve, 1.0):
            self.stage.write("valves").automatic[self.at, valve] = self.model.valves.reads[valve] >= 0

    def driven(self, valve: int, position: float) -> bool:
        """Whether its motor is on the way to this position: nobody needs to turn it."""
        its = self.stage.world.controls.valves
        return (
            self._motor_turns(valve)
            and not its.by_hand[self.at, valve]
            and float(its.target[self.at, valve]) == position
        )

    def _motor_turns(self, valve: int) -> bool:
        """Whether its motor turns when it is told to."""
        world = self.stage.world
        return bool(valves.motor_turns(self.model.valves, world.controls.valves, world.utilities.alive)[self.at, valve])

    def stroke_due(self, valve: int) -> int:
        """The tick by which a valve must have shown that it moved."""
        return self.tick + round(STROKES_ALLOWED * float(self.model.valves.stroke_s[valve]) + EXTRA_PROOF_S)

    def feedback(self, order: Order, valve: int, position: float) -> int:
        """The column that proves a valve's move: of the order's line, else of its own feedback; -1 for none.

        One that holds a reading comes to rest anywhere: no end of its stroke proves it.
        """
        proof = self.line_proof(order)
        if proof >= 0 or self.controls(valves.Controls).automatic[self.at, valve]:
            return proof
        if position == 0.0 and self.model.valves.shut_test[valve] >= 0:
            return self.edge("valves.closed", valve)
        if position == 1.0 and self.model.valves.open_test[valve] >= 0:
            return self.edge("valves.opened", valve)
        return -1

    def run(self, action: Action) -> None:
        """What a trip or a meter does besides holding valves and pumps, without a person."""
        if action.kind != "transfer":
            return
        its = does(action.verb, action.kind)
        assert its is not None
        its.begin(self, Order(0, action, -1, by_plan=True, issued=self.tick))
        self.stage.happen(self.at, action.verb, action.thing, observed=False)

    def restart_gaps(self, transfer: int) -> None:
        """Gaps that belong to a transfer count from now."""
        gaps = list(self.model.calculated.starts_with[transfer])
        if gaps:
            if self.stage.afresh is None:
                shape = (len(self.stage.numbers), len(self.model.calculated.names))
                self.stage.afresh = np.zeros(shape, dtype=bool)
            self.stage.afresh[self.at, gaps] = True

    def take_reading(self, section: str, number: int) -> None:
        """A reading taken by hand, or a value worked out, enters in this very scan."""
        its = self.model.instruments if section == "instruments" else self.model.calculated
        self.stage.heard_by_hand(section, number, self.at, len(its.names))

    def position_shown(self, valve: str) -> float | None:
        """The position that an instrument shows of a valve, None without one."""
        entries = self.model.spec.farm.of(Instrument)
        for i, name in enumerate(self.model.instruments.names):
            path = entries[name].watched
            if path.thing == valve and path.quantity == "position":
                return float(self.stage.world.instruments.shown[self.at, i])
        return None

    def trip_proof(self, interlock_: int) -> int:
        """The column of the proof that an interlock names, -1 for none."""
        proof = int(self.model.interlock_proof[interlock_])
        return -1 if proof < 0 else self.stage.columns.end + proof

    def trip_acts(self, interlock_: int) -> Iterable[Action]:
        """What an interlock does when it trips."""
        return self.model.interlock_acts[interlock_]

    def sound(self, column: int) -> bool:
        """Whether what stands in a signal is of good quality; the truth always is."""
        i = column - self.model.signals.first_instrument
        return not 0 <= i < len(self.model.instruments.names) or bool(self.stage.world.instruments.good[self.at, i])

    def reading(self, column: int) -> Amount:
        """A signal, as people read it."""
        return Amount(float(self.stage.world.signals[self.at, column]), self.model.signals.dimensions[column])

    def sees_of(self, kind: str, thing: str) -> Said:
        """What a person who stands at a thing sees of it: the truth."""
        part = part_of(kind)
        if part is None or part.sees is None:
            return say("seen.nothing", thing=thing)
        return part.sees(self, thing)
