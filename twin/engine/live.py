"""Wall time against simulated time: pace and freeze. Nothing here reaches the model."""

import time
from dataclasses import dataclass, field

from twin.engine.session import Session

LONGEST_STEP_S = 0.02
TICKS_A_STEP = 30
MARK_EVERY_S = 1.0


@dataclass(slots=True)
class Live:
    """A session that runs at a multiple of wall time. Call `step` often."""

    session: Session
    speed: float = 1.0
    frozen: bool = False
    _wall: float = field(default_factory=time.monotonic)
    _tick: int = -1
    _marked: float = 0.0

    def __post_init__(self) -> None:
        self.anchor()

    def anchor(self) -> None:
        """Counts from here: after a pause, a change of speed, a rewind."""
        self._wall, self._tick = time.monotonic(), self.session.tick

    def owed(self) -> int:
        """Ticks that wall time is ahead."""
        if self.frozen:
            return 0
        return self._tick + int((time.monotonic() - self._wall) * self.speed) - self.session.tick

    def step(self) -> int:
        """Advances by what is owed, for at most a short while; returns how many ticks."""
        began, start = time.monotonic(), self.session.tick
        while (owed := self.owed()) > 0 and not self.session.over:
            self.session.advance(self.session.tick + min(owed, TICKS_A_STEP))
            if time.monotonic() - began > LONGEST_STEP_S:
                break
        if self.session.over:
            self.frozen = True
        self._mark()
        return self.session.tick - start

    def _mark(self) -> None:
        now = time.monotonic()
        if now - self._marked >= MARK_EVERY_S and not self.frozen:
            self.session.mark()
            self._marked = now

    def freeze(self) -> None:
        """Stands still; the tick reached is noted."""
        if not self.frozen:
            self.frozen = True
            self.session.mark()

    def run(self, speed: float | None = None) -> None:
        """Goes on, perhaps at another speed."""
        self.speed = speed or self.speed
        self.frozen = False
        self.anchor()
