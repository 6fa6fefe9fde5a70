"""What happens between two scans: commands of people, and cells of the process table whose time or proof has come.

All that is written is written here and in what this calls, world by world: first what was asked from outside, in the order
of asking, then the cells that woke, in the order of the process table.
"""

from collections.abc import Callable
from dataclasses import replace

from twin.engine import sentences
from twin.engine.changes import Changes
from twin.engine.clock import Woken
from twin.engine.model import Inject
from twin.engine.orders import INSTRUCTOR, Answer, Command
from twin.engine.plan import Plan
from twin.engine.stage import Asked, Stage, Standing
from twin.engine.tasks import tasks
from twin.parts.action import ACTIVE, IDLE, PROVEN, REACT, Action, Order
from twin.text.say import Said, say

MOST_STANDING = 200


class Inbox:
    """The notes of one scan, and what is done on them."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.model = stage, stage.model
        self.plan = Plan(stage)
        self.changes = Changes(stage, self.plan)
        self._wakes: dict[str, Callable[[int, int], None]] = {
            "injects": self._inject, "reverts": self.changes.back, "sightings": self._sighting, "repeats": self.plan.repeat,
            "lines": self.plan.line_goes_on, "orders": self._order,
            "returns": lambda row, number: self.changes.back(row, self.changes.own + number),
        }  # fmt: skip
        for name, (_, task) in tasks().items():
            self._wakes[name] = lambda row, number, task=task: task.wake(self.plan.rows[row], number)  # type: ignore[misc]

    def take(self) -> None:
        """All that was asked and all that woke since the last scan."""
        stage = self.stage
        asked, woken = stage.asked, sorted(stage.woken)
        stage.asked, stage.woken = [], []
        waits = [its for its in stage.standing if its.fires]
        if asked or woken or stage.standing:
            stage.touched = True
        if waits:
            stage.standing = [its for its in stage.standing if not its.fires]
            for its in waits:
                self._instructed(its.row, its.command.action)
        for row in sorted({a.row for a in asked} | {w.row for w in woken}):
            for one in (a for a in asked if a.row == row):
                self._ask(one)
            for note in (w for w in woken if w.row == row):
                self._wake(note)
        if stage.moves:
            stage.touched = True
            self.changes.move()

    def look(self) -> None:
        """At the end of a scan: conditions that hold act at the next one."""
        stage = self.stage
        for n, its in enumerate(stage.standing):
            condition = its.command.condition
            assert condition is not None
            past = stage.past
            if not its.fires and sentences.holds(
                self.model, stage.world, its.row, condition, past.events[its.row], past.acts[its.row]
            ):
                stage.standing[n] = replace(its, fires=True)

    # asked from outside

    def _ask(self, one: Asked) -> None:
        answer = self._answer(one.row, one.command)
        if one.answer is not None:
            one.answer(answer)

    def _answer(self, row: int, command: Command) -> Answer:
        if command.post == INSTRUCTOR and not command.acts_for:
            return self._from_instructor(row, command)
        name, action = command.acts_for or command.post, command.action
        post = self.model.post(name)
        on_plan = self.stage.on_plan(row, post)
        refused = self.model.posts.refusal(name, action)
        if on_plan and refused is None and not command.for_plan and action.verb != "take":
            sits_not = say("why.on-the-plan", post=name)
            self.plan.refuse(row, name, action, sits_not)
            return Answer(False, sits_not)
        why = self.plan.give(row, post, action, -1, by_plan=command.for_plan and on_plan)
        return Answer(why is None, why)

    def _from_instructor(self, row: int, command: Command) -> Answer:
        """The instructor acts on the world, now or when a condition holds."""
        if command.condition is None:
            why = self._instructed(row, command.action)
            return Answer(why is None, why)
        if len(self.stage.standing) >= MOST_STANDING:
            return Answer(False, say("why.too-many-conditions"))
        self.stage.standing.append(Standing(row, command, self.stage.world.tick))
        action = command.action
        said = say("inject.instructor", act=command.sentence)
        self.stage.emit(row, "armed", action.thing or action.verb, said, INSTRUCTOR)
        return Answer(True)

    def _instructed(self, row: int, action: Action) -> Said | None:
        """What the instructor does to the world at once; returns why not, or None."""
        told = say("inject.instructor", act=action.sentence)
        if action.verb == "tell":
            self.stage.emit(row, "inject", action.thing, told, INSTRUCTOR)
            self._say_to(row, action)
        elif action.verb != "set":
            begun = self.plan.begin(row, self._of_the_world(action))
            if isinstance(begun, Said):
                return begun
            self.stage.emit(row, "inject", action.thing, told, INSTRUCTOR)
        elif action.cell not in self.stage.sound[row]:  # else a copy in which this is mended
            slot = self.changes.spare(row)
            if slot < 0 and (action.over_ticks or action.for_ticks):
                return say("why.too-much-set")
            self.stage.emit(row, "inject", action.thing, told, INSTRUCTOR)
            self.changes.begin(row, max(slot, self.changes.own), action)
        return None

    def _say_to(self, row: int, action: Action) -> None:
        """Somebody outside the farm's posts says something to a post."""
        self.stage.emit(row, "said", action.thing, say("said.from-nobody", to=action.thing, words=action.says))

    def _of_the_world(self, action: Action) -> Order:
        return Order(0, action, -1, by_plan=True, issued=self.stage.world.tick)

    # woken

    def _wake(self, note: Woken) -> None:
        if self.stage.world.table.count[note.row, note.cell] == note.count:  # else the cell has gone on
            kind, number = self.model.tasks.kind(note.cell)
            self._wakes[kind](note.row, number)

    def _order(self, row: int, number: int) -> None:
        self.plan.go_on(row, self.stage.orders[(row, self.model.tasks.first("orders") + number)])

    def _sighting(self, row: int, number: int) -> None:
        self.stage.put(row, self.model.tasks.first("sightings") + number, IDLE)
        word, thing, _ = self.model.happened[number]
        self.stage.happen(row, word, thing, observed=True)

    def _inject(self, row: int, number: int) -> None:
        """An entry of the timeline acts."""
        its, world = self.model.injects[number], self.stage.world
        self.stage.put(row, self.model.tasks.first("injects") + number, PROVEN)
        world.accepted[row, len(self.model.plan) + number] = True
        world.proven[row, len(self.model.plan) + number] = True
        for i, action in enumerate(its.actions):
            if its.post >= 0:
                self.plan.give(row, its.post, action, -1, by_plan=True)
            elif action.cell not in self.stage.sound[row]:
                self._world_does(row, its, its.first_act + i, action)

    def _world_does(self, row: int, its: Inject, slot: int, action: Action) -> None:
        """The world itself does something."""
        if its.because:
            told = say("inject.timeline-because", name=its.name, act=action.sentence, because=its.because)
        else:
            told = say("inject.timeline", name=its.name, act=action.sentence)
        self.stage.emit(row, "inject", action.thing, told)
        if action.verb == "tell":
            self._say_to(row, action)
        elif action.verb == "set":
            self.changes.begin(row, slot, action)
        else:
            begun = self.plan.begin(row, self._of_the_world(action))
            if isinstance(begun, Said):
                refused = say("order.refused", who=its.name, act=action.sentence, why=begun)
                self.stage.emit(row, "refused", action.thing, refused)

    # what the last scan found

    def edge(self, row: int, column: int, *, begins: bool) -> None:
        """One column of the plant and its protection changed."""
        its = self.stage.columns.of(column)
        its.edge.turned(self.plan.rows[row], column - its.first, begins)
        self._wake_watchers(row, column, begins)

    def cue(self, row: int, column: int, *, begins: bool) -> None:
        """One sentence began or ceased to hold."""
        n_lines, n_injects = len(self.model.plan), len(self.model.injects)
        if begins and column < n_lines:
            self.plan.cue_comes(row, column)
        elif begins and column < 2 * n_lines:
            number = column - n_lines
            if self.model.plan[number].has_proof and self.stage.world.accepted[row, number]:
                self.stage.world.proven[row, number] = True
        elif begins and column < 2 * n_lines + n_injects:
            self._inject_comes(row, column - 2 * n_lines)
        self._wake_watchers(row, self.stage.columns.end + column, begins)

    def _inject_comes(self, row: int, number: int) -> None:
        world, cell = self.stage.world, self.model.tasks.first("injects") + number
        its = len(self.model.plan) + number
        if world.line_dropped[row, its] or world.table.phase[row, cell] in ACTIVE:
            return
        delay = self.model.injects[number].delay_ticks + round(float(world.line_delay_s[row, its]))
        self.plan.put(row, cell, REACT, world.tick + max(0, delay))  # what scan k notices acts in scan k + 1

    def _wake_watchers(self, row: int, column: int, begins: bool) -> None:
        for cell in self.stage.watchers.get((row, column), ()) if begins else ():
            if self.plan.proof_of(row, cell) == column:  # else it no longer waits for this
                self.stage.clock.wake(row, cell)
