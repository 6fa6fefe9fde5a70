"""How long a class waits: for the debrief, for what would have helped, for the page with its film."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.record import Record

CASES = {
    "gauge-sticks (25 min)": ("gauge-sticks", "plan.doubt-gauge.delay=14 min", 5.0, 30.0, 60.0),
    "buncefield-2005 (11 h)": ("buncefield-2005", "plan.doubt-gauge.delay=85 min", 15.0, 120.0, 60.0),
}
"""Scenario, setting, and the goals in s for: what happened, what would have helped, the film of the last hours."""


def run(record: Record) -> None:
    """Whole processes, as a user starts them; one round each."""
    with tempfile.TemporaryDirectory() as folder:
        for name, (scenario, setting, quick, whole, film) in CASES.items():
            _seconds(folder, "run", scenario, "--set", setting, "--out", f"{scenario}.twin")
            steps = {
                "debrief --quick": (quick, ("debrief", f"{scenario}.twin", "--quick")),
                "debrief": (whole, ("debrief", f"{scenario}.twin")),
                "replay to a page": (film, ("replay", f"{scenario}.twin", "--out", f"{scenario}.html")),
            }
            for step, (goal, words) in steps.items():
                took = _seconds(folder, *words)
                record.add(f"{step} {name}", took, "s")
                record.goal(f"{step} of {name}", took, goal, "s", least=False)


def _seconds(folder: str, *words: str) -> float:
    root = str(Path(__file__).parent.parent)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "twin", *words], cwd=folder, env={**os.environ, "PYTHONPATH": root}, check=True,
        capture_output=True,
    )  # fmt: skip
    return time.perf_counter() - began
