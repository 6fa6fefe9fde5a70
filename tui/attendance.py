"""Who sits at which screen of a drill: who came, who went away, who is still waited for."""

import time
from dataclasses import dataclass, field

from tui.console import Console
from twin.base.fault import Fault
from twin.engine.orders import INSTRUCTOR
from twin.engine.session import Session
from twin.seat.desk import Item
from twin.text.say import say

GRACE_S = 30.0  # wall time after which the plan takes a seat whose console went away


@dataclass(slots=True)
class Attendance:
    """The consoles of a drill and their seats. `awaited`: seats without which it does not begin by itself."""

    session: Session
    consoles: list[Console]
    awaited: tuple[str, ...] = ()
    away: dict[str, float] = field(default_factory=dict)  # post to when its console went away

    @property
    def taught(self) -> bool:
        """Whether somebody sits in the instructor's seat."""
        return any(c.teaches for c in self.consoles)

    @property
    def missing(self) -> tuple[str, ...]:
        """Seats that are waited for, and nobody came."""
        return tuple(post for post in self.awaited if not self.sits(post))

    def sits(self, post: str) -> bool:
        """Whether a console has this seat."""
        return any(post in c.seats for c in self.consoles)

    def seats_with(self, post: str) -> tuple[str, ...]:
        """The seats of whoever has this one; it alone where nobody has."""
        return next((c.seats for c in self.consoles if post in c.seats), (post,))

    def attach(self, console: Console) -> None:
        """A further console; its seat is taken when the plan has it. Raises Fault when somebody sits there."""
        for seat in console.seats:
            if self.sits(seat):
                raise Fault(f"somebody sits in {seat} already.", "Take another seat with --post.")
        self.consoles.append(console)
        for seat in console.seats:
            self.away.pop(seat, None)
            if seat != INSTRUCTOR and self.session.on_plan(seat) and not self.session.over:
                self.session.command(seat, f"take {seat}")

    def detach(self, console: Console) -> None:
        """A console went away; the plan takes its seats after the grace time."""
        if console in self.consoles:
            self.consoles.remove(console)
            self.away.update(dict.fromkeys((s for s in console.seats if s != INSTRUCTOR), time.monotonic()))

    def hand_back(self) -> None:
        """Seats whose console went away are handed to the plan when their time is over."""
        for post, since in list(self.away.items()):
            if time.monotonic() - since > GRACE_S:
                del self.away[post]
                if not self.session.on_plan(post) and not self.session.over:
                    self.session.command(post, f"hand {post}")
                    for console in self.consoles:
                        console.say(say("console.nobody came", post=post))

    def rows(self) -> tuple[Item, ...]:
        """Every post: who sits there."""
        return tuple(self._row(i, post) for i, post in enumerate(self.session.model.posts.names))

    def _row(self, i: int, post: str) -> Item:
        if self.sits(post):
            return Item.of(post, say("desk.attached"), "strong")
        if post in self.away:
            left = max(0, round(GRACE_S - (time.monotonic() - self.away[post])))
            return Item.of(post, say("desk.away", seconds=left), "p2")
        plan = bool(self.session.block.world.controls.posts.on_plan[0, i])
        return Item.of(post, say("desk.plan" if plan else "desk.nobody"), "dim" if plan else "p2")
