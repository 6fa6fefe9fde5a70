"""One axis of time for trends, lanes and film: linear, with at most one quiet stretch squeezed."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from twin.base.arrays import Floats

QUIET_SHARE = 0.34  # of the width, for a squeezed stretch
SQUEEZE_FROM = 0.6  # of the span: a quiet stretch shorter than this stays as it is
PAD = 0.03  # of the span, left of the first thing of interest after the quiet


@dataclass(frozen=True, slots=True)
class Axis:
    """Ticks to shares of the width. `quiet` is the squeezed stretch, or None."""

    first: int
    last: int
    quiet: tuple[int, int] | None
    start_s: int  # seconds of the day at tick 0

    def at(self, tick: npt.ArrayLike) -> Floats:
        """Share of the width, 0 to 1."""
        if self.quiet is None:
            return np.asarray((np.asarray(tick, dtype=float) - self.first) / max(1, self.last - self.first))
        begin, end = self.quiet
        left = (begin - self.first) / max(1, self.last - self.first - (end - begin)) * (1 - QUIET_SHARE)
        return np.asarray(
            np.interp(
                np.asarray(tick, dtype=float), [self.first, begin, end, self.last], [0.0, left, left + QUIET_SHARE, 1.0]
            )
        )

    def clock(self, tick: float) -> str:
        """hh:mm of a tick."""
        whole = (self.start_s + int(tick)) % 86400
        return f"{whole // 3600:02d}:{whole // 60 % 60:02d}"

    def marks(self, most: int = 6) -> list[int]:
        """Ticks at round times, at most about so many, none close to another in the picture."""
        span = self.last - self.first
        step = next((s for s in (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400) if span / s <= most), 28800)
        first = -(-(self.start_s + self.first) // step) * step - self.start_s
        found = list(range(first, self.last + 1, step))
        if self.quiet is not None:
            begin, end = self.quiet
            fine = next((s for s in (60, 120, 300, 600, 900, 1800, 3600) if (self.last - end) / s <= most - 1), 7200)
            after = -(-(self.start_s + end) // fine) * fine - self.start_s
            found = [t for t in found if t <= begin][-1:] + list(range(after, self.last + 1, fine))
        kept: list[int] = []
        for tick in found:
            if not kept or float(self.at(tick)) - float(self.at(kept[-1])) >= 0.8 / (most + 1):
                kept.append(tick)
        return kept


def axis(first: int, last: int, interest: Iterable[int], start_s: int) -> Axis:
    """The axis from one tick to another; the longest stretch without anything of interest is squeezed when it is long."""
    points = sorted({t for t in interest if first < t < last} | {first, last})
    longest = max(itertools.pairwise(points), key=lambda p: p[1] - p[0])
    pad = round(PAD * (last - first))
    if longest[1] - longest[0] > SQUEEZE_FROM * (last - first):
        return Axis(first, last, (min(longest[0] + pad, longest[1]), max(longest[0] + pad, longest[1] - pad)), start_s)
    return Axis(first, last, None, start_s)
