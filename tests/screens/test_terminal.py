"""The console in a real terminal of 80x24: start, act, kill -9, resume, finish; verify says yes."""

import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.meeting import found
from twin.journal import chain

TWIN = f"{sys.executable} -m twin"


class Terminal:
    """A tmux of its own."""

    def __init__(self, where: Path, columns: int = 80, rows: int = 24) -> None:
        assert shutil.which("tmux")
        self.where = where
        self.name = f"c{uuid.uuid4().hex[:8]}"
        self("new-session", "-d", "-s", "d", "-x", str(columns), "-y", str(rows), "-c", str(where), "bash", "--norc")

    def __call__(self, *words: str) -> str:
        return subprocess.run(["tmux", "-L", self.name, *words], capture_output=True, text=True, check=False).stdout

    def screen(self) -> str:
        return self("capture-pane", "-p", "-t", "d")

    def line(self, text: str) -> None:
        self("send-keys", "-t", "d", "-l", text)
        self("send-keys", "-t", "d", "Enter")

    def keys(self, *keys: str) -> None:
        self("send-keys", "-t", "d", *keys)

    def wait_for(self, text: str, seconds: float = 30.0) -> str:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if text in (seen := self.screen()):
                return seen
            time.sleep(0.1)
        raise AssertionError(f"{text!r} never came:\n{self.screen()}")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    its = Terminal(tmp_path)
    yield its
    its("kill-server")


def _order(terminal: Terminal, text: str) -> None:
    terminal.line(f":{text}")


@pytest.mark.machine
def test_start_act_kill_resume_finish_verify(terminal: Terminal) -> None:
    terminal.line(f"{TWIN} drill first-watch --speed 2 --out console-run.twin")
    terminal.wait_for("TRAINING, NOT LIVE PLANT")
    terminal.wait_for("LAH-101")
    _order(terminal, "stop TR-1")
    terminal.wait_for("asked: stop TR-1")
    subprocess.run(["pkill", "-9", "-f", "out console-run.twin"], check=False)
    terminal.line("reset; clear")
    terminal.line(f"{TWIN} drill --resume console-run.twin --speed 10")
    terminal.wait_for("RUN x10")  # the picture of the console that was killed may still stand
    _order(terminal, "close XV-101")
    terminal.wait_for("XV-101 PROVEN")
    _order(terminal, "end")
    terminal.wait_for("1000000")
    terminal.keys("q")
    terminal.wait_for("proof: twin verify console-run.twin")
    terminal.line("clear")
    terminal.line(f"{TWIN} verify console-run.twin")
    terminal.wait_for("console-run.twin: verified")


@pytest.mark.machine
def test_a_burst_of_keys_is_what_was_typed(terminal: Terminal) -> None:
    """What a slow link delivers at once: each key finds the line as the one before it left it."""
    terminal.line(f"{TWIN} drill first-watch --out run.twin")
    terminal.wait_for("10:00:0")
    terminal("send-keys", "-t", "d", "-l", ' :skip to 10:01\r:check MOVE-101\r3:tell field "水位上升"\r:clo\tXV-101\rh')
    terminal.wait_for("asked: close XV-101")
    orders = [r.body["do"] for r in chain.read(terminal.where / "run.twin")[0] if r.kind == "command"]
    assert orders == ["take control-room", "check MOVE-101", 'tell field "水位上升"', "close XV-101"]


@pytest.mark.machine
def test_what_is_typed_before_the_console_stands_is_entered(terminal: Terminal) -> None:
    terminal.line(f"{TWIN} drill first-watch --out run.twin")
    terminal.line(':tell field "typed ahead"')
    terminal.wait_for("asked: tell field")


def test_resizing_asking_to_leave_and_no_colour(terminal: Terminal) -> None:
    terminal.line(f"NO_COLOR=1 {TWIN} drill first-watch --ascii --out b.twin")
    terminal.wait_for("TANKS 8")
    terminal("resize-window", "-t", "d", "-x", "60", "-y", "20")
    terminal.wait_for("80x24 is needed")
    terminal("resize-window", "-t", "d", "-x", "120", "-y", "40")
    terminal.wait_for("PROCEDURE")
    terminal.keys("q")
    terminal.wait_for("Leave?")
    terminal.keys("y")
    terminal.wait_for("resume: twin drill --resume b.twin")


@pytest.mark.machine
def test_a_run_file_that_cannot_be_written_leaves_the_screen_with_a_sentence(
    tmp_path: Path, terminal: Terminal
) -> None:
    terminal.line(f"ulimit -f 30; {TWIN} drill first-watch --speed 1 --out c.twin; echo status $?")
    seen = ""
    until = time.monotonic() + 40
    while time.monotonic() < until and "stopped" not in seen and "cannot be written" not in seen:
        seen = terminal.screen()
        if "SIM" in seen:
            _order(terminal, 'tell field "' + "x" * 200 + '"')
        time.sleep(0.2)
    assert "cannot be written" in seen or "The plant stopped" in seen
    assert "Traceback" not in seen


def _sent_away(terminal: Terminal, how: str, command: str, resumes: str) -> None:
    """Ends a drill by a key or a signal: the line that resumes is printed, and what is typed is seen again."""
    if how.startswith("C-"):
        terminal.keys(how)
    else:
        subprocess.run(["pkill", f"-{how}", "-f", command], check=True)
    seen = terminal.wait_for(resumes, 15)
    assert "Traceback" not in seen
    terminal.wait_for("\necho", 5)


@pytest.mark.machine
@pytest.mark.parametrize("how", ["TERM", "HUP", "C-c", "C-q"])
def test_however_it_is_ended_the_terminal_is_as_it_was_and_the_line_that_resumes_is_there(
    tmp_path: Path, terminal: Terminal, how: str
) -> None:
    terminal.line(f"{TWIN} drill first-watch --open --out e-{how}.twin; stty -a | tr ' ;' '\\n' | grep -x echo")
    terminal.wait_for("TANKS 8")
    _order(terminal, 'tell field "law"')
    assert terminal("display", "-p", "-t", "d", "#{alternate_on}").strip() == "1"
    _sent_away(
        terminal, how, f"drill first-watch --open --out e-{how}.twin", f"resume: twin drill --resume e-{how}.twin"
    )
    flags = "#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{keypad_flag}"
    assert terminal("display", "-p", "-t", "d", flags).split() == ["0", "0", "1", "0"]
    assert not list(found(tmp_path / f"e-{how}.twin")), "nobody can attach to what is gone"
    terminal.line(f"{TWIN} verify e-{how}.twin")
    terminal.wait_for("verified, unfinished", 20)


@pytest.mark.machine
@pytest.mark.parametrize("how", ["TERM", "HUP", "C-c", "C-d"])
def test_however_the_line_mode_is_ended_the_terminal_is_as_it_was(terminal: Terminal, how: str) -> None:
    terminal.line(f"{TWIN} drill first-watch --plain --out p-{how}.twin; stty -a | tr ' ;' '\\n' | grep -x echo")
    terminal.wait_for("x1>")
    terminal.line('tell field "law"')
    terminal.wait_for("accepted")
    _sent_away(
        terminal,
        how,
        f"drill first-watch --plain --out p-{how}.twin",
        f"resume: twin drill --plain --resume p-{how}.twin",
    )


def _attached(evening: Path, run: Path, seat: str) -> Terminal:
    its = Terminal(evening)
    its.line(f"{TWIN} drill --attach {run} --post {seat}")
    its.wait_for("LOG AND RADIO" if seat == "field" else "TANKS")
    return its


@pytest.mark.machine
def test_an_instructor_and_two_seats_on_one_run(tmp_path: Path) -> None:
    run = tmp_path / "evening.twin"
    teacher = Terminal(tmp_path, 120, 40)
    others: list[Terminal] = []
    try:
        teacher.line(f"{TWIN} drill gauge-sticks --post instructor --out {run}")
        teacher.wait_for("READING AND TRUTH")
        desk, field = (_attached(tmp_path, run, seat) for seat in ("control-room", "field"))
        others += [desk, field]
        teacher.wait_for("field attached")
        teacher.keys("F5")
        teacher.wait_for("FROZEN")
        desk.keys(":")
        time.sleep(0.3)
        desk.line("stop TR-1")
        desk.wait_for("what you type now is not kept")
        teacher.keys("Down", "Down", "F9")
        teacher.wait_for("INJECT into")
        teacher.keys("Enter")
        teacher.keys("F5")
        teacher.wait_for("RUN x1")
        desk.keys(":")
        time.sleep(0.3)
        desk.line('tell field "look at XV-101"')
        field.wait_for("look at XV-101")
        field("kill-server")
        teacher.wait_for("field away")
        again = _attached(tmp_path, run, "field")
        others.append(again)
        teacher.wait_for("field attached")
        desk.keys(":")
        time.sleep(0.3)
        desk.line("hand control-room")
        desk.wait_for("asked: hand control-room")
        teacher.keys("E")
        teacher.wait_for("Type end and Enter")
        teacher.line("end")
        for its in (teacher, desk, again):
            its.wait_for("Score and windows", 60)
        teacher.keys("q")
        teacher.wait_for("proof: twin verify")
        done = subprocess.run([*TWIN.split(), "verify", str(run)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    finally:
        for its in (teacher, *others):
            its("kill-server")
