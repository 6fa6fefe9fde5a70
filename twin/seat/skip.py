"""A skip of the clock: up to a moment, or until somebody in these seats hears an alarm; why it stopped where it did.

It stops also where a limit is passed and its alarm keeps silent, where nothing on the board moves any more, and after a
while without an alarm: nobody is carried to the end of a drill unawares. All of it is what the seats are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from twin.base.arrays import Ints
from twin.engine.orders import INSTRUCTOR, Event
from twin.engine.parts import kinds
from twin.engine.session import Session
from twin.parts.action import ACTIVE
from twin.seat import amounts, view
from twin.text.say import Said, say

LONGEST_QUIET_S = 600  # without an alarm; in a long drill a tenth of it
STILL_S = 300  # nothing has moved for so long
SILENT_S = 5  # behind the delay of an alarm whose limit is passed
_STOPS = kinds("urgent")


@dataclass(slots=True)
class Skip:
    """As fast as it goes up to a tick; with `stops` until something asks for the person. `why` it stopped earlier."""

    session: Session
    to: int
    stops: bool
    seats: frozenset[str]
    why: Said | None = None
    _from: int = field(init=False)
    _passed: dict[str, int] = field(init=False)  # limits that a reading stands past, and since when

    def __post_init__(self) -> None:
        self._from = self.session.tick
        self._passed = dict.fromkeys((limit.alarm for limit in self._past()), -1)

    @property
    def quiet_s(self) -> int:
        """How long it goes on without an alarm."""
        return max(LONGEST_QUIET_S, self.session.lasts // 10)

    def stopped(self, new: Sequence[Event]) -> bool:
        """Whether it stops at this tick; `new` has happened in it."""
        if self.stops:
            self.why = self._heard(new) or self._silent() or self._still() or self._quiet()
        return self.why is not None

    def _heard(self, new: Sequence[Event]) -> Said | None:
        """Something urgent that these seats hear."""
        for event in new:
            calls = event.kind in _STOPS or (event.kind == "seen" and event.by not in self.seats)
            if calls and (INSTRUCTOR in self.seats or view.hears(self.session.model, event, self.seats)):
                return say("skip.heard", what=event.said)
        return None

    @property
    def _has_board(self) -> bool:
        return not view.outside(self.seats)

    def _past(self) -> list[amounts.Limit]:
        """The limits that readings on the board stand past."""
        world, model = self.session.block.world, self.session.model
        if not self._has_board:
            return []
        there = amounts.on_board(model, world.instruments.good[0])
        return [
            limit
            for limit in amounts.limits(model)
            if limit.reads in there and limit.passed(float(world.signals[0, limit.column]))
        ]

    def _silent(self) -> Said | None:
        """A limit that was passed on the way, whose alarm should have come and has not."""
        now, alarms = self.session.tick, self.session.model.alarms.names
        world = self.session.block.world
        aside = world.controls.alarms.shelved | world.controls.alarms.out_of_service | world.alarms.suppressed
        rings = (world.alarms.standing & ~aside)[0]
        for limit in self._past():
            since = self._passed.setdefault(limit.alarm, now)
            late = since >= 0 and now - since > limit.delay_s + SILENT_S
            if late and not rings[alarms.index(limit.alarm)]:
                return say("skip.silent", name=limit.reads, alarm=limit.alarm)
        return None

    def _still(self) -> Said | None:
        """Nothing flows, no level moves, no order of these seats is under way: what the board shows stands still."""
        now = self.session.tick
        recorder = self.session.block.recorder
        if now - self._from < STILL_S or now % 10 or recorder is None or not self._has_board:
            return None
        world, model = self.session.block.world, self.session.model
        gauges, first = model.instruments, model.signals.first_instrument
        shown = ~gauges.read_by_hand & ~gauges.is_switch
        if not world.instruments.good[0, shown].all() or self._ordered(world.table.phase):
            return None
        span = slice(first, first + len(gauges.names))
        here, before = (recorder.signals[t][0, span] for t in (now, now - STILL_S))
        flows = np.array([d == "volume flow" for d in model.signals.dimensions[span]]) & (here > gauges.allowed)
        moves = np.abs(here - before) > gauges.allowed
        return None if (shown & (flows | moves)).any() else say("skip.still")

    def _ordered(self, phase: Ints) -> bool:
        """Whether an order of these seats is under way."""
        orders = self.session.block.stage.orders
        names = self.session.model.posts.names
        return any(int(phase[at]) in ACTIVE and names[its.post] in self.seats for at, its in orders.items())

    def _quiet(self) -> Said | None:
        now = self.session.tick
        if now - self._from < self.quiet_s or now >= self.to:
            return None
        return say("skip.quiet", minutes=self.quiet_s // 60)
