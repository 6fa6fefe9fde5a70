"""The runs kept in ./runs, read off their first and last lines: what was played, when, and what it came to."""

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RUNS = Path("runs")
MOST = 200  # of the newest are looked at
HARM = "harm"
"""Stands among the marks that were lost when somebody was killed or hurt."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A run file. `score` is empty while it has no outcome; `lost`: the marks that were not kept, then `HARM`."""

    path: Path
    drill: str
    seed: int
    day: datetime.date
    lasted_s: int
    score: str = ""
    lost: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether it was brought to its end with every mark kept and nobody harmed."""
        return bool(self.score) and not self.lost


def drill_of(scenario: str) -> str:
    """What a drill is called in whatever language, and wherever its file lies."""
    return Path(scenario).name.partition(".")[0]


def newest(runs: Path = RUNS) -> list[Kept]:
    """The runs of a folder, the newest first; what cannot be read as one is left out."""
    files = [(p.stat().st_mtime, p) for p in runs.glob("*.twin") if p.is_file()] if runs.is_dir() else []
    found = (_read(path, changed) for changed, path in sorted(files, reverse=True)[:MOST])
    return [its for its in found if its is not None]


def last_of(drill: str, runs: Iterable[Kept]) -> Kept | None:
    """The newest of these runs of a drill that was brought to its end."""
    return next((its for its in runs if its.drill == drill and its.score), None)


def next_seed(drill: str, runs: Iterable[Kept], first: int) -> int:
    """The seed after that of the newest run of a drill; the first where there is none."""
    return next((its.seed + 1 for its in runs if its.drill == drill), first)


def _day(seconds: float) -> datetime.date:
    return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC).astimezone().date()


def _read(path: Path, changed: float) -> Kept | None:
    try:
        lines = path.read_bytes().splitlines()
        header, last = json.loads(lines[0])["body"], _last(lines)
        body = last["body"]
        ended = last["kind"] == "outcome"
        lost = [str(m["mark"]) for m in body["marks"] if not m["met"]] if ended else []
        lost += [HARM] if ended and any(body["harm"].values()) else []
        return Kept(
            path, drill_of(str(header["scenario"])), int(header["seed"]), _day(changed),
            int(body.get("tick", 0)), str(body["score"]) if ended else "", tuple(lost),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _last(lines: list[bytes]) -> Any:
    """The last whole record: a run that was killed may end in a piece of one."""
    try:
        return json.loads(lines[-1])
    except ValueError:
        return json.loads(lines[-2])
