"""How fast the plant really goes: seconds of the plant in one of the wall, lately."""

import time
from dataclasses import dataclass, field

OVER_S = 2.0


@dataclass(slots=True)
class Pace:
    """The moments of the last pictures: wall time and tick."""

    _seen: list[tuple[float, int]] = field(default_factory=list)

    def note(self, tick: int) -> None:
        """A picture at a tick."""
        now = time.monotonic()
        self._seen = [*[p for p in self._seen if now - p[0] < OVER_S], (now, tick)]

    @property
    def ratio(self) -> float:
        """Seconds of the plant in one of the wall; 0 where too little was seen."""
        if len(self._seen) < 2:
            return 0.0
        (t0, k0), (t1, k1) = self._seen[0], self._seen[-1]
        return (k1 - k0) / (t1 - t0) if t1 > t0 else 0.0
