"""The line mode: a stranger finishes First watch with what it says; time, seats, mistakes; a real terminal."""

import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

TWIN = [sys.executable, "-m", "twin"]
STRANGER = [
    "help",
    "skip to next alarm",
    "alarms",
    "hint",
    "stop TR-1",
    "close XV-101",
    "run for 1 min",
    "pending",
    "end",
]


def _drill(where: Path, lines: list[str], *options: str) -> str:
    done = subprocess.run(
        [*TWIN, "drill", "first-watch", "--plain", *options],
        input="\n".join(lines) + "\n",
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


def _verify(where: Path, run: str) -> None:
    done = subprocess.run([*TWIN, "verify", run], cwd=where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_stranger_finishes_with_what_the_lines_say(tmp_path: Path) -> None:
    told = _drill(tmp_path, STRANGER, "--out", "a.twin")
    assert "TRAINING, NOT LIVE PLANT" in told
    assert "close XV-101 by control-room: PROVEN" in told
    assert "score 1000000" in told
    assert "hints taken" in told
    _verify(tmp_path, "a.twin")


def test_doing_nothing_is_lost_and_says_why(tmp_path: Path) -> None:
    told = _drill(tmp_path, ["end"])
    assert "score 1000\n" in told
    assert "- containment" in told
    assert "overflow T-101: 10:1" in told


def test_assessed_gives_no_hint(tmp_path: Path) -> None:
    told = _drill(tmp_path, ["skip to next alarm", "run for 1 min", "hint", "alarms", "leave"], "--mode", "assessed")
    assert "? in an assessed drill the clock runs on by itself" in told
    assert "LAH-101" in told, "a script's time stands between its lines, and `run for` goes on"
    assert "there are no hints in an assessed drill" in told
    assert "cause:" not in told


def test_mistakes_are_answered_and_lose_nothing(tmp_path: Path) -> None:
    lines = ["clsoe XV-101", "close XV-999", 'bypass LZ-101 for 1 h because "x"', "speed fast", "skip to 09:00", "set T-101.level to 3 m",
             "\x1b[2J", 'tell supervisor "unfinished', "as field close XV-101", "leave"]  # fmt: skip
    told = _drill(tmp_path, lines)
    assert "Did you mean close?" in told
    assert "control-room may not bypass. supervisor, safety, principal may." in told
    assert "\x1b" not in told
    assert told.count("? ") >= 8


def test_leave_and_resume_end_with_the_digest_of_one_never_interrupted(tmp_path: Path) -> None:
    parts = [["skip 70 s", "stop TR-1", "leave"], ["skip 30 s", "close XV-101", "end"]]
    _drill(tmp_path, parts[0], "--out", "a.twin")
    done = subprocess.run(
        [*TWIN, "drill", "--plain", "--resume", "a.twin"],
        input="\n".join(parts[1]),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    whole = _drill(tmp_path, [*parts[0][:-1], *parts[1]], "--out", "b.twin")
    digests = [line for line in done.stdout.splitlines() if "digest" in line]
    assert digests
    assert digests == [line for line in whole.splitlines() if "digest" in line]
    _verify(tmp_path, "a.twin")


def test_the_truth_is_never_told(tmp_path: Path) -> None:
    told = _drill(tmp_path, ["skip 11 min", "show", "alarms", "leave"])
    assert "inject" not in told
    assert "T-101 overflows" not in told  # nobody at the desk sees the lip; somebody near it says so
    assert "sees: liquid runs over" in told


@pytest.mark.machine
def test_a_real_terminal_completes_runs_and_survives_kill_9(tmp_path: Path) -> None:
    assert shutil.which("tmux")
    name = f"t{uuid.uuid4().hex[:8]}"

    def tmux(*words: str) -> str:
        return subprocess.run(["tmux", "-L", name, *words], capture_output=True, text=True, check=False).stdout

    def wait_for(text: str, seconds: float = 20.0) -> str:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            screen = tmux("capture-pane", "-p", "-t", "d")
            if text in screen:
                return screen
            time.sleep(0.1)
        raise AssertionError(f"{text!r} never came:\n{tmux('capture-pane', '-p', '-t', 'd')}")

    start = " ".join([*TWIN, "drill", "first-watch", "--plain", "--speed", "5", "--out", "plain-run.twin"])
    try:
        tmux("new-session", "-d", "-s", "d", "-x", "80", "-y", "24", "-c", str(tmp_path), "bash", "--norc")
        tmux("send-keys", "-t", "d", start, "Enter")
        wait_for("x5>")
        tmux("send-keys", "-t", "d", "sto", "Tab")
        wait_for("> stop")
        tmux("send-keys", "-t", "d", " TR-1", "Enter")
        wait_for("accepted: stop TR-1")
        subprocess.run(["pkill", "-9", "-f", "out plain-run.twin"], check=False)
        tmux("send-keys", "-t", "d", "clear", "Enter")
        tmux(
            "send-keys",
            "-t",
            "d",
            " ".join([*TWIN, "drill", "--plain", "--speed", "50", "--resume", "plain-run.twin"]),
            "Enter",
        )
        wait_for("x50>")
        tmux("send-keys", "-t", "d", "close XV-101", "Enter")
        wait_for("close XV-101 by control-room: PROVEN")
        tmux("send-keys", "-t", "d", "end", "Enter")
        wait_for("score 1000000")
        tmux("send-keys", "-t", "d", " ".join([*TWIN, "verify", "plain-run.twin"]), "Enter")
        wait_for("plain-run.twin: verified")
    finally:
        tmux("kill-server")
