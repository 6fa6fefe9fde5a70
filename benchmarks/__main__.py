"""`python -m benchmarks`: every table, and one line a figure in history.csv."""

import platform
import time

import numpy as np

from benchmarks import campaign, drill, record, scan, start


def main() -> None:
    """All benchmarks in one process; a crash is the only failure."""
    began = time.monotonic()
    figures = record.Record()
    print(f"{record.cpu()}, Python {platform.python_version()}, NumPy {np.__version__}, commit {record.commit()}")
    for part in (start, drill, scan, campaign):
        print(f"\n== {part.__name__.rpartition('.')[2]}")
        part.run(figures)
    figures.write()
    print(f"\n{len(figures.figures)} figures added to {record.HISTORY.name} in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
