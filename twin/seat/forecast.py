"""What runs over next, in truth: a copy of the world is lived ahead, in which nobody does more than is asked for already.

The plan acts in the seats that it has, timeline and instructor's conditions go on, valves end their strokes and senders run
down: none of that is seen by the rate of this second. The copy stays right until somebody does something.
"""

from dataclasses import dataclass, field

from twin.engine import snapshot as snapshots
from twin.engine.scan import Block
from twin.engine.session import Session, Stamped, block

AHEAD_S = 7200


@dataclass(slots=True)
class Forecast:
    """The copy of one session. Call `look` often; it lives a stretch of the copy."""

    session: Session
    next: tuple[str, int] | None = None  # the vessel that runs over next, and when
    _copy: Block | None = None
    _due: list[Stamped] = field(default_factory=list)
    _known: tuple[int, int] = (0, 0)  # course and commands that the copy knows
    _goal: int = 0

    @property
    def ready(self) -> bool:
        """Whether the copy has been where it goes."""
        return (
            self._copy is not None
            and self._stands
            and (self._found() is not None or self._copy.world.tick >= self._goal)
        )

    @property
    def _stands(self) -> bool:
        return self._known == (self.session.course, len(self.session.commands))

    def look(self, ticks: int) -> bool:
        """Lives ahead by at most so many ticks, anew where something was done since; whether what runs over next changed."""
        its = self.session
        if self._copy is None or not self._stands or self._copy.world.tick < its.tick:
            self._begin()
        assert self._copy is not None
        if self._goal - its.tick < AHEAD_S // 2:
            self._goal = min(its.lasts, its.tick + AHEAD_S)
        self._advance(self._copy, min(self._goal, self._copy.world.tick + ticks))
        was = self.next
        if self.ready:
            self.next = self._found()
        return self.next != was

    def _begin(self) -> None:
        its = self.session
        self._copy = block(its.model, its.setup, record=False)
        snapshots.go_on_from(self._copy, its.block, snapshots.take(its.block))
        self._due = sorted((c for c in its.commands if c.tick > its.tick), key=lambda c: c.tick)
        self._known = its.course, len(its.commands)
        self._goal = min(its.lasts, its.tick + AHEAD_S)

    def _advance(self, copy: Block, to: int) -> None:
        events = copy.events[0]
        found = self._found() is not None
        while copy.world.tick < to and not found:
            while self._due and self._due[0].tick <= copy.world.tick + 1:
                copy.submit(0, self._due.pop(0).command)
            known = len(events)
            copy.advance(copy.world.tick + 1)
            found = any(e.kind == "overflow" for e in events[known:])

    def _found(self) -> tuple[str, int] | None:
        assert self._copy is not None
        now = self.session.tick
        return next(((e.subject, e.tick) for e in self._copy.events[0] if e.kind == "overflow" and e.tick > now), None)
