"""Key to screen, and bytes a frame in a real pseudo-terminal, while a farm of 40 tanks runs at 60 times speed."""

import asyncio
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

from benchmarks.record import Record
from tui.app import Console
from tui.canvas import Canvas
from tui.room import Room

TANKS = 40
KEYS = 60
GOAL_MS = 100.0
COLUMNS, ROWS = 120, 40
SETTLE_S, WATCH_S = 6.0, 8.0
CLOCK = b"SIM"  # the top row, with the clock that moves, is written once a frame


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
    async with console.run_test(size=(COLUMNS, ROWS)) as pilot:
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


def _read(terminal: int, seconds: float) -> bytes:
    """All that the program writes in that time."""
    found, end = bytearray(), time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.05)[0]:
            found += os.read(terminal, 1 << 16)
    return bytes(found)


def _bytes(path: Path, out: Path) -> tuple[float, float]:
    """Bytes a frame and frames a second, as they leave the program."""
    command = [sys.executable, "-m", "twin", "drill", str(path), "--speed", "60", "--out", str(out)]
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execvpe(command[0], command, {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"})
    try:
        _read(terminal, SETTLE_S)
        written = _read(terminal, WATCH_S)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)
    frames = written.count(CLOCK)
    if not frames:
        raise RuntimeError("the console drew no frame in its terminal")
    return len(written) / frames, frames / WATCH_S


def run(figures: Record) -> None:
    """Prints and notes the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forty.yaml"
        path.write_text(_farm(), encoding="utf-8")
        times, cells = asyncio.run(_times(path, Path(folder) / "run.twin"))
        size, rate = _bytes(path, Path(folder) / "seen.twin")
    times.sort()
    median, worst = statistics.median(times), times[int(0.99 * (len(times) - 1))]
    print(f"  key to screen: median {median:.0f} ms, 99th percentile {worst:.0f} ms (goal {GOAL_MS:.0f} ms)")
    print(
        f"  a frame changes {cells:.0f} cells of {COLUMNS * ROWS}; {size / 1000:.1f} kB a frame, {rate:.1f} frames a second"
    )
    figures.add("console key to screen, median", median, "ms")
    figures.add("console key to screen, 99th percentile", worst, "ms")
    figures.add("console cells a frame", cells, "cells")
    figures.add("console bytes a frame", size, "bytes")
    figures.goal("console key to screen, 99th percentile", worst, GOAL_MS, "ms", least=False)
