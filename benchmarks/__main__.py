"""`python -m benchmarks`: every table, and one line a figure in history.csv."""

import os
import platform
import time

import numpy as np

from benchmarks import campaign, console, consoles, drill, record, scan, start, why


def main() -> None:
    """All benchmarks in one process; a crash is the only failure."""
    began = time.monotonic()
    figures = record.Record(record.commit())
    print(f"{record.cpu()}, Python {platform.python_version()}, NumPy {np.__version__}, commit {figures.commit}")
    for part in (start, drill, console, consoles, scan, campaign, why):
        print(f"\n== {part.__name__.rpartition('.')[2]}")
        part.run(figures)
    busy = (time.monotonic() - began) / (time.process_time() + children())
    figures.add("wall time / processor time", busy, "ratio")
    if busy > 1.1:
        print(f"\nThe machine is busy: wall time is {busy:.2f} times processor time. Take the ratios, not the seconds.")
    figures.write()
    print(f"\n{len(figures.figures)} figures added to {record.HISTORY.name} in {time.monotonic() - began:.0f} s")


def children() -> float:
    """Processor time of the processes that were started."""
    used = os.times()
    return used.children_user + used.children_system


if __name__ == "__main__":
    main()
