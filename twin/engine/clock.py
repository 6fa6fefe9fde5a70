"""SimPy, and nothing else: the clock of a block of worlds, the scan at every tick, and who sleeps until when.

SimPy carries what happens at a moment, NumPy what happens all the time. The scan is an event with the lowest priority, so
it runs after all else that is due at its tick. A sleeper is a short SimPy process of one cell of the process table: it
sleeps until the cell's time or its proof, leaves a note, and ends.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

import simpy
from simpy.events import Event as Moment

from twin.base.arrays import NEVER

_LAST = 1_000  # a priority behind all of SimPy's own


@dataclass(frozen=True, slots=True, order=True)
class Woken:
    """A note: the cell of a world whose time or proof has come, with the count that it had when it fell asleep."""

    row: int
    cell: int
    count: int


class Clock:
    """Ticks from a moment on; calls `scan` at the end of each, and hands notes to `leave`."""

    def __init__(self, tick: int, scan: Callable[[], None], leave: Callable[[Woken], None]) -> None:
        self._env = simpy.Environment(initial_time=tick)
        self._scan, self._leave = scan, leave
        self._asleep: dict[tuple[int, int], tuple[Moment, int]] = {}
        self._schedule()

    def step(self) -> None:
        """Runs the next event."""
        self._env.step()

    def sleep(self, row: int, cell: int, due: int, count: int) -> None:
        """A cell sleeps until a tick, or until it is woken; its former sleeper, if there is one, ends unheard."""
        moment = self._env.event()
        self._asleep[(row, cell)] = (moment, count)
        self._env.process(self._sleeper(row, cell, due, count, moment))

    def forget(self, row: int, cell: int) -> None:
        """Whoever sleeps for a cell ends unheard."""
        self._asleep.pop((row, cell), None)

    def wake(self, row: int, cell: int) -> None:
        """Ends the sleep of a cell now."""
        found = self._asleep.get((row, cell))
        if found is not None and not found[0].triggered:
            found[0].succeed()

    def owed(self) -> list[Woken]:
        """Notes of sleepers that are awake at this tick and have not yet left them."""
        awake = sorted(key for key, (moment, _) in self._asleep.items() if moment.triggered)
        return [Woken(row, cell, self._asleep[(row, cell)][1]) for row, cell in awake]

    def _schedule(self) -> None:
        due = Moment(self._env)
        due._ok, due._value = True, None  # a bare event; SimPy's own way to trigger one later
        due.callbacks = [self._tick]
        self._env.schedule(due, priority=_LAST, delay=1)  # type: ignore[arg-type]

    def _tick(self, _: object) -> None:
        self._scan()
        self._schedule()

    def _sleeper(self, row: int, cell: int, due: int, count: int, moment: Moment) -> Generator[Moment, object, None]:
        key = (row, cell)
        if due < NEVER:
            timeout = self._env.timeout(max(0, due - int(self._env.now)))
            assert timeout.callbacks is not None
            timeout.callbacks.append(lambda _: self.wake(row, cell) if self._is(key, moment) else None)
        yield moment
        if self._is(key, moment):  # else the cell went on without this sleeper
            del self._asleep[key]
            self._leave(Woken(row, cell, count))

    def _is(self, key: tuple[int, int], moment: Moment) -> bool:
        found = self._asleep.get(key)
        return found is not None and found[0] is moment
