"""What sets a quantity, at once, over a time or for a time: the timeline's and the instructor's `set`, by one machinery.

Every act of the timeline has a slot of its own in `World.changes`, the instructor's take spare ones behind them. The end
of a `for` is a cell of the process table.
"""

import numpy as np

from twin.base.arrays import NEVER
from twin.engine.orders import INSTRUCTOR
from twin.engine.plan import Plan
from twin.engine.stage import Stage
from twin.engine.tasks import SPARE_RETURNS
from twin.parts.action import ACTIVE, IDLE, WORK, Action
from twin.text.say import say


class Changes:
    """Quantities that are set, on their way, or on their way back."""

    def __init__(self, stage: Stage, plan: Plan) -> None:
        self.stage, self.plan, self.model = stage, plan, stage.model
        self.own = len(self.model.acts)  # slots of the timeline

    def spare(self, row: int) -> int:
        """A free slot for the instructor, -1 when all are taken."""
        its, first = self.stage.world.changes, self.model.tasks.first("returns")
        for n in range(SPARE_RETURNS):
            resting = its.began[row, self.own + n] >= NEVER
            if resting and self.stage.world.table.phase[row, first + n] not in ACTIVE:
                return self.own + n
        return -1

    def begin(self, row: int, slot: int, action: Action) -> None:
        """A `set` that somebody gave: what it ends, what it writes now, and what it has still to do."""
        assert action.address is not None
        assert action.value is not None
        address, world = action.address, self.stage.world
        cells = self.stage.cells(address.array)
        old = float(cells[row, address.index])
        self._overtake(row, action, returns=slot >= self.own)
        if slot >= self.own:
            self.stage.lasting[(row, slot)] = action
        if action.over_ticks:
            world.changes.source[row, slot] = old
            world.changes.began[row, slot] = world.tick
            self.stage.moves = True
        else:
            cells[row, address.index] = address.bounded(old + action.value) if action.is_change else action.value
        if action.for_ticks:
            world.changes.before[row, slot] = old
            self.plan.put(row, self._cell(slot), WORK, world.tick + action.for_ticks)

    def _cell(self, slot: int) -> int:
        """The cell of the process table that ends a slot's `for`."""
        if slot < self.own:
            return self.model.tasks.first("reverts") + slot
        return self.model.tasks.first("returns") + slot - self.own

    def _action(self, row: int, slot: int) -> Action:
        return self.model.acts[slot] if slot < self.own else self.stage.lasting[(row, slot)]

    def _overtake(self, row: int, action: Action, *, returns: bool) -> None:
        """A new value ends every way that still moves the same cell; the instructor's ends his own returns of it too."""
        its = self.stage.world.changes
        for slot in np.flatnonzero(its.began[row] < NEVER).tolist():
            if self._action(row, slot).cell == action.cell:
                its.began[row, slot] = NEVER
        for (at, slot), other in list(self.stage.lasting.items()) if returns else ():
            if at == row and other.cell == action.cell:
                self.plan.put(row, self._cell(slot), IDLE)

    def move(self) -> None:
        """Every quantity that is on its way, one scan further."""
        began = self.stage.world.changes.began
        self.stage.moves = bool((began < NEVER).any())
        for slot in np.flatnonzero((began < NEVER).any(axis=0)).tolist():
            rows = np.flatnonzero(began[:, slot] < NEVER)
            if slot < self.own:
                self._move(rows, slot, self.model.acts[slot])
            else:
                for row in rows:
                    self._move(rows[rows == row], slot, self.stage.lasting[(int(row), slot)])

    def _move(self, rows: np.ndarray[tuple[int], np.dtype[np.intp]], slot: int, action: Action) -> None:
        world, address = self.stage.world, action.address
        assert address is not None
        assert action.value is not None
        began, source = world.changes.began[rows, slot], world.changes.source[rows, slot]
        share = np.minimum((world.tick - began) / action.over_ticks, 1.0)
        target = source + action.value if action.is_change else np.full(len(source), action.value)
        target = np.minimum(np.maximum(target, address.least), address.most)
        self.stage.cells(address.array)[rows, address.index] = source + (target - source) * share
        world.changes.began[rows, slot] = np.where(share >= 1.0, NEVER, began)

    def back(self, row: int, slot: int) -> None:
        """The end of `set … for`: the quantity goes back to what it was."""
        action = self._action(row, slot)
        assert action.address is not None
        self.stage.put(row, self._cell(slot), IDLE)
        self._overtake(row, action, returns=False)
        cells = self.stage.cells(action.address.array)
        cells[row, action.address.index] = float(self.stage.world.changes.before[row, slot])
        own = slot < self.own
        said = say("inject.over" if own else "inject.instructor-over", act=action.sentence)
        self.stage.emit(row, "inject", action.thing, said, "" if own else INSTRUCTOR)
