"""Prints figures and adds them to history.csv, one line each."""

import csv
import datetime
import platform
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import simpy

HISTORY = Path(__file__).parent / "history.csv"
FIELDS = ("date", "commit", "cpu", "python", "numpy", "simpy", "name", "value", "unit")


@dataclass(slots=True)
class Record:
    """The figures of one run of the benchmarks, and the commit as it was at the start: files may change meanwhile."""

    commit: str
    figures: list[tuple[str, float, str]] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str) -> None:
        self.figures.append((name, value, unit))

    def goal(self, name: str, reached: float, goal: float, unit: str, *, least: bool) -> None:
        """Prints what is reached against a goal: at least, or at most."""
        met = reached >= goal if least else reached <= goal
        word = "at least" if least else "at most"
        print(f"goal: {name} {word} {goal:g} {unit}: {reached:.3g} {unit}, {'met' if met else 'NOT met'}")

    def write(self) -> None:
        """Appends every figure to the history."""
        fresh = not HISTORY.exists()
        stamp = [
            datetime.datetime.now(tz=datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), self.commit, cpu(),
            platform.python_version(), np.__version__, simpy.__version__,
        ]  # fmt: skip
        with HISTORY.open("a", newline="", encoding="utf-8") as file:
            rows = csv.writer(file, lineterminator="\n")
            if fresh:
                rows.writerow(FIELDS)
            rows.writerows([*stamp, name, f"{value:.6g}", unit] for name, value, unit in self.figures)


def commit() -> str:
    """Short name of the commit, with + when files differ from it; empty outside a checkout."""
    folder = Path(__file__).parent
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--abbrev=10"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()


def cpu() -> str:
    """The model name of the processor, as the system tells it."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")), "")
