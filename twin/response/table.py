"""The process table: phase, due tick and count of everything in a world that waits.

The table is the truth; a SimPy process is only the waiter of one cell and can be started at any phase. What a
cell does when its time or its proof comes is worked out in the drain of the inbox, never by the waiter.
"""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import NEVER, Ints

IDLE, REACT, PROVE, PROVEN, FAILED, TIMED_OUT, LEFT = range(7)
WAIT, WALK, WORK, CONSENT, STARTING, STOPPING = range(7, 13)
ACTIVE = frozenset({REACT, PROVE, WAIT, WALK, WORK, CONSENT, STARTING, STOPPING})
PHASES = ("idle", "reacting", "under way", "PROVEN", "FAILED", "TIMED OUT", "left",
          "waiting for people", "on the way", "at work", "waiting for consent", "starting", "stopping")  # fmt: skip
SPARE_ORDERS = 32


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each kind of cell starts. Kinds stand in the order in which they act at one tick."""

    injects: int  # timeline entries
    reverts: int  # ends of `set … for`, one per act of the timeline
    senders: int  # answers of senders, one per transfer
    trips: int  # strokes to be proven, one per interlock
    bypasses: int  # ends of bypasses, one per interlock
    shelves: int  # ends of shelving, one per alarm
    sightings: int  # what is seen and not yet reported, one per observed event word
    repeats: int  # lines of the plan with `every`
    lines: int  # lines of the plan
    orders: int  # acts of the plan, one each, then spare ones for outside commands
    end: int

    def kind(self, cell: int) -> tuple[str, int]:
        """The kind of a cell and its number within the kind."""
        found = "injects"
        for name in ("reverts", "senders", "trips", "bypasses", "shelves", "sightings", "repeats", "lines", "orders"):
            if cell < getattr(self, name):
                break
            found = name
        return found, cell - int(getattr(self, found))


@dataclass(slots=True)
class Table:
    """(W, cells) each; written in place, by the drain alone."""

    phase: Ints
    due: Ints
    count: Ints  # grows with every change: a waiter whose count is old ends
    epoch: Ints  # how often it was begun: numbers the draws

    def copy(self) -> "Table":
        return Table(self.phase.copy(), self.due.copy(), self.count.copy(), self.epoch.copy())

    def put(self, row: int, cell: int, phase: int, due: int = NEVER) -> None:
        """A cell enters a phase that ends at a tick at the latest."""
        self.phase[row, cell] = phase
        self.due[row, cell] = due
        self.count[row, cell] += 1


def start(worlds: int, layout: Layout) -> Table:
    """Nothing waits."""
    shape = (worlds, layout.end)
    return Table(
        phase=np.zeros(shape, dtype=np.int64),
        due=np.full(shape, NEVER),
        count=np.zeros(shape, dtype=np.int64),
        epoch=np.zeros(shape, dtype=np.int64),
    )
