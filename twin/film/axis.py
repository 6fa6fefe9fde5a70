"""One axis of time for trends, lanes and film: linear, with at most one quiet stretch squeezed."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from twin.base.arrays import Floats

QUIET_SHARE = 0.34  # of the width, for a squeezed stretch
SQUEEZE_FROM = 0.6  # of the span: a quiet stretch shorter than this stays as it is
TICKS_APART_IN = 0.55  # hh:mm at the size of the ticks, with room
ROUND_S = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800)
DAY_S = 86400
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

    def marks(self, width_in: float) -> list[int]:
        """Ticks at round times whose labels do not touch in so wide a picture; finer beside a squeezed stretch than in it."""
        apart = TICKS_APART_IN / width_in
        if self.quiet is None:
            found = self._round(self.first, self.last, apart)
        else:
            begin, end = self.quiet
            found = [*self._round(self.first, begin, apart)[-1:], *self._round(end, self.last, apart)]
        kept: list[int] = []
        for tick in found:
            if not kept or float(self.at(tick)) - float(self.at(kept[-1])) >= apart:
                kept.append(tick)
        return kept

    def _round(self, first: int, last: int, apart: float) -> list[int]:
        """Round times of a stretch that is drawn evenly, at least so far apart."""
        share = float(self.at(last)) - float(self.at(first))
        step = next((s for s in ROUND_S if s * share >= apart * (last - first)), DAY_S)
        begin = -(-(self.start_s + first) // step) * step - self.start_s
        return list(range(begin, last + 1, step))


def axis(first: int, last: int, interest: Iterable[int], start_s: int) -> Axis:
    """The axis from one tick to another; the longest stretch without anything of interest is squeezed when it is long."""
    points = sorted({t for t in interest if first < t < last} | {first, last})
    longest = max(itertools.pairwise(points), key=lambda p: p[1] - p[0])
    pad = round(PAD * (last - first))
    if longest[1] - longest[0] > SQUEEZE_FROM * (last - first):
        return Axis(first, last, (min(longest[0] + pad, longest[1]), max(longest[0] + pad, longest[1] - pad)), start_s)
    return Axis(first, last, None, start_s)
