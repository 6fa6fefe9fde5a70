"""One scan of N tanks in W worlds, beside one plain SimPy process a tank, in the same interleaved rounds.

Processor time, not wall time: all of this is one thread, and other work on the machine shall not count.
"""

import gc
import statistics
import time
from collections.abc import Callable

from benchmarks import counting, farms
from benchmarks.record import Record
from benchmarks.simpy_tanks import World
from twin.engine.scan import Block

TANKS = (1, 20, 200)
WORLDS = (1, 10, 100, 1000, 10_000)
MOST_TANK_WORLDS = 200_000  # about 250 MB; more is left out and said so
MOST_FOR_SIMPY = 20_000
ROUNDS = 5
A_ROUND_S = 0.06  # aimed at; at least two scans


class _Timed:
    """Something that is advanced scan by scan, and its seconds a scan in each round."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self.advance = advance
        self.seconds: list[float] = []
        began = time.process_time()
        advance(2)
        self.scans = max(2, min(200, int(A_ROUND_S / (time.process_time() - began) * 2)))

    def round(self) -> None:
        began = time.process_time()
        self.advance(self.scans)
        self.seconds.append((time.process_time() - began) / self.scans)


def _of_twin(n: int, w: int) -> _Timed:
    block = Block(farms.model(n), 0, list(range(w)))
    block.advance(3)
    return _Timed(lambda scans: block.advance(block.world.tick + scans))


def _of_simpy(n: int, w: int) -> _Timed:
    worlds = [World(n) for _ in range(w)]

    def advance(scans: int) -> None:
        for world in worlds:
            world.advance(scans)

    return _Timed(advance)


def run(record: Record) -> None:
    """The table, W by N."""
    print("one scan: median of", ROUNDS, "interleaved rounds\n")
    print(f"{'N':>4} {'W':>6} {'us a scan':>11} {'ns a tank-scan':>15} {'SimPy ns':>10} {'SimPy / twin':>13}")
    for n in TANKS:
        for w in WORLDS:
            if n * w > MOST_TANK_WORLDS:
                print(f"{n:4} {w:6} {'left out: more than ' + format(MOST_TANK_WORLDS, ',') + ' tank-worlds':>40}")
                continue
            _row(record, n, w)
    print("\nNumPy calls of a scan at W = 1 (ufuncs, functions, indexing; making and copying arrays left out)")
    for n in TANKS:
        found = counting.calls_a_scan(farms.model(n))
        print(f"  N = {n:3}: {sum(found.values()):.0f}  (" + ", ".join(f"{k} {v:.0f}" for k, v in found.items()) + ")")
        record.add(f"scan N={n} W=1 NumPy calls", sum(found.values()), "calls")


def _row(record: Record, n: int, w: int) -> None:
    twin = _of_twin(n, w)
    rival = _of_simpy(n, w) if n * w <= MOST_FOR_SIMPY else None
    gc.collect()
    for _ in range(ROUNDS):
        twin.round()
        if rival:
            rival.round()
    seconds = statistics.median(twin.seconds)
    ns = seconds / (n * w) * 1e9
    record.add(f"scan N={n} W={w}", seconds * 1e6, "us")
    record.add(f"scan N={n} W={w} a tank", ns, "ns")
    theirs = ratio = ""
    if rival:
        times = statistics.median(b / a for a, b in zip(twin.seconds, rival.seconds, strict=True))
        record.add(f"scan N={n} W={w} SimPy / twin", times, "ratio")
        theirs, ratio = f"{statistics.median(rival.seconds) / (n * w) * 1e9:10.0f}", f"{times:13.2f}"
    print(f"{n:4} {w:6} {seconds * 1e6:11.1f} {ns:15.1f} {theirs:>10} {ratio:>13}", flush=True)
