"""Key to screen and cells a frame while a farm of 40 tanks runs at 60 times speed."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.record import Record
from tui.app import Console
from tui.canvas import Canvas
from tui.room import Room

TANKS = 40
KEYS = 60
GOAL_MS = 100.0
BYTES_A_CELL = 1.3  # a row of 80 cells costs about 100 bytes and its cursor move (measured by the designers)


def _farm() -> str:
    tanks = "".join(
        f"    T-{n}: {{product: gasoline, diameter: 20 m, height: 15 m}}\n" for n in range(100, 100 + TANKS)
    )
    gauges = "".join(
        f"    LT-{n}: {{measures: T-{n}.level, range: 0 m .. 15 m, noise: 1 mm, resolution: 1 mm}}\n"
        for n in range(100, 100 + TANKS)
    )
    alarms = "".join(
        f"    LAH-{n}: {{when: LT-{n} > 8.05 m, deadband: 20 mm, priority: high}}\n" for n in range(100, 100 + TANKS)
    )
    lines = "".join(f"    L-{n}: {{from: S-{n}, to: T-{n}, through: [XV-{n}]}}\n" for n in range(100, 110))
    senders = "".join(f"    S-{n}: {{product: gasoline, flow: 800 m3/h}}\n" for n in range(100, 110))
    valves = "".join(f"    XV-{n}: {{kind: motor}}\n" for n in range(100, 110))
    transfers = "".join(f"    TR-{n}: {{from: S-{n}, to: T-{n}, through: [L-{n}]}}\n" for n in range(100, 110))
    levels = "".join(f"  T-{n}: {{level: 8 m}}\n" for n in range(100, 100 + TANKS))
    running = "".join(f"  TR-{n}: {{running: yes}}\n" for n in range(100, 110))
    return (
        f"scenario: Forty\nfarm:\n  farm: Forty\n  tanks:\n{tanks}  instruments:\n{gauges}  alarms:\n{alarms}"
        f"  nodes:\n{senders}  lines:\n{lines}  valves:\n{valves}  transfers:\n{transfers}"
        f"starts: 2026-01-01 10:00\nlasts: 2 h\ninitially:\n{levels}{running}"
    )


async def _times(path: Path, out: Path) -> tuple[list[float], float]:
    console = Console(scenario=str(path), out=out, speed=60.0)
    async with console.run_test(size=(120, 40)) as pilot:
        while not isinstance(console.screen, Room) or console.screen.store.before < 1.0:
            await pilot.pause(0.05)
        canvas = console.screen.query_one(Canvas)
        found = []
        sent = canvas.sent
        began = time.perf_counter()
        for i in range(KEYS):
            shown = canvas.page
            start = time.perf_counter()
            console.simulate_key("down" if i % 2 else "up")
            while canvas.page is shown:
                await asyncio.sleep(0.001)
            found.append((time.perf_counter() - start) * 1000)
            await pilot.pause(0.03)
        seconds = time.perf_counter() - began
        return found, (canvas.sent - sent) / (seconds * 8)


def run(figures: Record) -> None:
    """Prints and notes the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forty.yaml"
        path.write_text(_farm(), encoding="utf-8")
        times, cells = asyncio.run(_times(path, Path(folder) / "run.twin"))
    times.sort()
    median, worst = statistics.median(times), times[int(0.99 * (len(times) - 1))]
    print(f"  key to screen: median {median:.0f} ms, 99th percentile {worst:.0f} ms (goal {GOAL_MS:.0f} ms)")
    print(f"  a frame repaints {cells:.0f} cells of 4800, about {cells * BYTES_A_CELL / 1000:.1f} kB")
    figures.add("console key to screen, median", median, "ms")
    figures.add("console key to screen, 99th percentile", worst, "ms")
    figures.add("console cells a frame", cells, "cells")
    figures.goal("console key to screen, 99th percentile", worst, GOAL_MS, "ms", least=False)
