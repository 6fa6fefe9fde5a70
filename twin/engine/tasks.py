"""The process table: phase, due tick and count of everything in a world that waits.

The table is the truth; a SimPy process is only the sleeper of one cell and can be started at any phase. What a cell does
when its time or its proof comes is worked out by the inbox, never by the sleeper.
"""

import bisect
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.base.arrays import NEVER, Ints
from twin.engine.parts import PARTS, Parts
from twin.parts.part import Task

SPARE_ORDERS = 32  # for outside commands
SPARE_RETURNS = 32  # of what the instructor sets for a time

OWN = ("injects", "reverts", "sightings", "repeats", "lines", "orders", "returns")
"""What waits and belongs to no part: entries of the timeline and ends of what they set for a time, what is seen and not
yet reported, lines of the plan that come round, lines of the plan, orders, ends of what the instructor set for a time."""


def tasks(parts: Parts = PARTS) -> dict[str, tuple[str, Task]]:
    """Every task of the parts by its name, with the section of its part."""
    return {task.name: (part.section, task) for part in parts for task in part.tasks}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each kind of cell starts. Kinds stand in the order in which they act at one tick."""

    names: tuple[str, ...]
    firsts: tuple[int, ...]
    end: int

    def first(self, name: str) -> int:
        """The first cell of a kind."""
        return self.firsts[self.names.index(name)]

    def after(self, name: str) -> int:
        """The cell behind the last of a kind."""
        return (*self.firsts, self.end)[self.names.index(name) + 1]

    def kind(self, cell: int) -> tuple[str, int]:
        """The kind of a cell and its number within the kind."""
        at = bisect.bisect_right(self.firsts, cell) - 1
        return self.names[at], cell - self.firsts[at]


def layout(sizes: Mapping[str, int], parts: Parts = PARTS) -> Layout:
    """The layout for so many things of each kind; the instructor's returns come last."""
    names = (*OWN[:-1], *tasks(parts), OWN[-1])
    counts = [sizes.get(name, 0) for name in names]
    firsts = tuple(sum(counts[:i]) for i in range(len(counts)))
    return Layout(names, firsts, sum(counts))


@dataclass(slots=True)
class Table:
    """(W, cells) each; written in place, between two scans alone."""

    phase: Ints
    due: Ints
    count: Ints  # grows with every change: a sleeper whose count is old ends
    epoch: Ints  # how often it was begun: numbers the draws

    def copy(self) -> "Table":
        return Table(self.phase.copy(), self.due.copy(), self.count.copy(), self.epoch.copy())

    def put(self, row: int, cell: int, phase: int, due: int = NEVER) -> None:
        """A cell enters a phase that ends at a tick at the latest."""
        self.phase[row, cell] = phase
        self.due[row, cell] = due
        self.count[row, cell] += 1


def start(worlds: int, its: Layout) -> Table:
    """Nothing waits."""
    shape = (worlds, its.end)
    return Table(
        phase=np.zeros(shape, dtype=np.int64),
        due=np.full(shape, NEVER),
        count=np.zeros(shape, dtype=np.int64),
        epoch=np.zeros(shape, dtype=np.int64),
    )
