"""How long a command takes to start: the help, and a run until its first scan."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.record import Record

ROUNDS = 7
GOAL_HELP_S = 0.3


def run(record: Record) -> None:
    """Fresh processes, interleaved; `run` lasts one second, which is its first scan."""
    commands = {
        "python -c pass": ["-c", "pass"],
        "twin --help": ["-m", "twin", "--help"],
        "twin run first-watch, first scan": ["-m", "twin", "run", "first-watch", "--set", "lasts=1 s"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, arguments in commands.items():
            times[name].append(_seconds(arguments))
    for name, seconds in times.items():
        print(f"start of {name}: median {statistics.median(seconds):.3f} s of {ROUNDS}, least {min(seconds):.3f} s")
        record.add(f"start {name}", statistics.median(seconds), "s")
    record.goal("start of twin --help", statistics.median(times["twin --help"]), GOAL_HELP_S, "s", least=False)


def _seconds(arguments: list[str]) -> float:
    root = str(Path(__file__).parent.parent)
    with tempfile.TemporaryDirectory() as folder:  # the run file goes there
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": root},
            check=True,
            capture_output=True,
        )
        return time.perf_counter() - began
