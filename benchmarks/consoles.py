"""Eight terminals attached to one drill of forty tanks at ten times speed: from a key to the picture that shows it.

Once by themselves, once while a flood of lines, garbage, forty that say nothing and one that reads nothing come as well.
"""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.console import _farm
from benchmarks.record import Record

SEATS = ("control-room", "field", "supervisor", "fire-crew", "safety", "principal", "second-desk", "third-desk")
OTHERS = ("loud", "lazy")  # seats of those that disturb
KEYS = 25  # for each terminal
GOAL_MS = 150.0
THINK_S = 0.1  # about eight keys a second, all terminals together
SPEED = 10.0


def run(record: Record) -> None:
    """The drill in this process, the terminals in another, as on a terminal server."""
    from tui.server import Server
    from tui.store import Store
    from twin.engine import session as sessions
    from twin.engine.setup import Setup

    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "forty.yaml"
        posts = "  posts:\n" + "".join(f"    {seat}: {{may: [acknowledge]}}\n" for seat in (*SEATS[6:], *OTHERS))
        scenario.write_text(_farm().replace("  farm: Forty\n", "  farm: Forty\n" + posts), encoding="utf-8")
        run_file = Path(folder) / "eight.twin"
        store = Store(sessions.start(Setup(str(scenario)), run_file), ("instructor",), SPEED)
        server = Server(store, run_file)
        store.on_start, store.on_end, store.on_stop = server.start, server.end, server.stop
        store.start()
        while store.before < 1.0:
            time.sleep(0.02)
        _measured(record, store, run_file, "eight attached terminals")
        disturb = subprocess.Popen([sys.executable, "-m", "benchmarks.consoles", "disturb", str(server.path)])
        time.sleep(2.0)
        _measured(record, store, run_file, "eight attached terminals, disturbed")
        assert disturb.poll() is None, "it disturbed to the end"
        disturb.kill()
        disturb.wait()
        store.stop()


def _measured(record: Record, store: Any, run_file: Path, what: str) -> None:
    far = subprocess.run(
        [sys.executable, "-m", "benchmarks.consoles", str(run_file)], capture_output=True, text=True, check=False
    )
    assert far.returncode == 0, far.stderr
    found = np.array(json.loads(far.stdout))
    p50, p99 = (float(np.percentile(found, p)) for p in (50, 99))
    print(
        f"key to screen, {what}, forty tanks at {SPEED:g} x (true {store.desk.ratio:.1f} x): p50 {p50:.0f} ms, p99 {p99:.0f} ms of {len(found)}"
    )
    record.add(f"key to screen p99, {what}", p99, "ms")
    record.goal(f"key to screen p99, {what}", p99, GOAL_MS, "ms", least=False)


def disturb(path: str) -> None:
    """A flood, garbage, forty that say nothing and one that reads nothing, again and again until it is killed."""
    lazy = _linked(path)
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lazy.sendall(b'{"seats": ["lazy"]}\n')
    silent: list[socket.socket] = []
    while True:
        silent = [*silent[-39:], _linked(path)]
        for words in (b"\xff\n", b'{"seats": ["loud"]}\n' + b'{"order": "dance"}\n' * 300_000):
            its = _linked(path)
            with contextlib.suppress(OSError):
                its.sendall(words)
            its.close()
        time.sleep(0.05)


def _linked(path: str) -> socket.socket:
    its = socket.socket(socket.AF_UNIX)
    its.settimeout(10.0)
    its.connect(path)
    return its


def far_end(run_file: Path) -> list[float]:
    """All terminals press in turn; each waits for its own words on its own picture."""
    from tui.client import Client

    terminals = [Client(run_file, (seat,)) for seat in SEATS]
    time.sleep(1.0)
    found, tag = [], time.time_ns() % 1_000_000  # words of an earlier round are not taken for ours
    for n in range(KEYS):
        for terminal in terminals:
            words = f"key {n} of {terminal.seats[0]} {tag}"
            began = time.perf_counter()
            terminal.order(f'tell principal "{words}"')
            while not any(
                words == said.get("words") for _, _, _, said in terminal.snapshot.log if said.key == "said.to"
            ):
                if time.perf_counter() - began > 10.0 or terminal.fault:
                    raise RuntimeError(f"it never came: {terminal.fault or terminal.answers[-1:]}")
                time.sleep(0.001)
            found.append((time.perf_counter() - began) * 1000)
            time.sleep(THINK_S)
    for terminal in terminals:
        terminal.stop()
    return found


if __name__ == "__main__" and sys.argv[1] == "disturb":
    disturb(sys.argv[2])
elif __name__ == "__main__":
    print(json.dumps(far_end(Path(sys.argv[1]))))
