"""Shares of the time of a run by room, from cProfile. It makes Python dearer than NumPy: read shares, not seconds."""

import cProfile
import pstats
from collections.abc import Callable
from typing import Any

ROOMS = {
    "flow": (("flow.py", "step"),),
    "instruments": (("board.py", "truth"), ("gauge.py", "step"), ("calculated.py", "step"), ("block.py", "_noise"), ("block.py", "_faults")),
    "protection": (("block.py", "_protect"),),
    "edges": (("block.py", "_notice"),),
    "inbox": (("drain.py", "run"), ("drain.py", "ramp")),
    "digests": (("block.py", "take_digest"),),
}  # fmt: skip


def profiled(work: Callable[[], Any]) -> pstats.Stats:
    """The profile of a piece of work."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return pstats.Stats(profile)


def _rows(stats: pstats.Stats) -> dict[tuple[str, int, str], tuple[int, int, float, float, Any]]:
    return stats.stats  # type: ignore[attr-defined,no-any-return]


def cumulative(stats: pstats.Stats, file: str, function: str) -> float:
    """Seconds in a function and all that it calls."""
    return sum(
        row[3]
        for (path, _, name), row in _rows(stats).items()
        if name == function and path.endswith("/" + file) and "/twin/" in path
    )


def shares(stats: pstats.Stats) -> dict[str, float]:
    """Share of each room; "rest" is the clock, SimPy, history and what else a scan does."""
    total = stats.total_tt  # type: ignore[attr-defined]
    found = {room: sum(cumulative(stats, *f) for f in functions) / total for room, functions in ROOMS.items()}
    return {**found, "rest": 1.0 - sum(found.values())}


def top(stats: pstats.Stats, most: int = 10) -> list[str]:
    """The functions with the most time of their own."""
    total = stats.total_tt  # type: ignore[attr-defined]
    rows = sorted(_rows(stats).items(), key=lambda item: -item[1][2])[:most]
    return [
        f"{row[2] / total:5.1%}  {row[0]:9,} calls  {path.rsplit('/', 1)[-1]}:{line} {name}"
        for (path, line, name), row in rows
    ]
