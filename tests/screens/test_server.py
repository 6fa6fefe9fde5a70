"""Several terminals on one drill: each sees what its post may, none harms another, the plan takes an empty seat."""

import contextlib
import json
import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tui import attendance, codec, meeting
from tui.client import Client
from tui.meeting import OPEN, found
from tui.server import HELLO_S, MOST_WAITING, Server
from tui.store import Store
from twin.base.fault import Fault
from twin.cli.main import main
from twin.cli.run import verify
from twin.debrief import report
from twin.engine import session as sessions
from twin.engine.setup import Setup
from twin.seat.picture import Snapshot, take


class Evening:
    """A drill with an instructor, and the file it writes."""

    def __init__(self, folder: Path, scenario: str = "gauge-sticks", awaited: tuple[str, ...] = ()) -> None:
        self.run = folder / "evening.twin"
        self.store = Store(sessions.start(Setup(scenario), self.run), ("instructor",), awaited=awaited)
        self.server = Server(self.store, self.run, "machine")
        self.store.on_start, self.store.on_end, self.store.on_stop = (
            self.server.start,
            self.server.end,
            self.server.stop,
        )
        self.store.start()
        self.far: list[Client] = []
        until(lambda: self.store.idle)
        self.teach("freeze")

    def attach(self, *seats: str, key: str = "") -> Client:
        self.far.append(Client(self.run, seats, key))
        return self.far[-1]

    def teach(self, *lines: str) -> None:
        for line in lines:
            before = len(self.store.answers)
            self.store.order(line)
            until(lambda: self.store.idle)
            bad = [str(text) for text, is_bad in self.store.answers[before:] if is_bad]
            assert not bad, bad

    def close(self) -> None:
        for far in self.far:
            far.stop()
        self.store.stop()


def until(true: Callable[[], Any], seconds: float = 15.0) -> None:
    for _ in range(int(seconds / 0.01)):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    its = Evening(tmp_path)
    yield its
    its.close()


def test_a_picture_is_the_same_after_its_way_over_the_wire() -> None:
    its = sessions.start(Setup("first-watch"))
    its.advance(120)
    shown = take(its, ("control-room",))
    assert codec.unpack(Snapshot, json.loads(json.dumps(codec.pack(shown)))) == shown
    with pytest.raises(Fault, match="another language"):
        codec.unpack(Snapshot, [1, 2])


def test_two_seats_and_an_instructor_live_one_drill(evening: Evening) -> None:
    desk, field = evening.attach("control-room"), evening.attach("field")
    until(lambda: [str(s.state) for s in evening.store.desk.seats][:2] == ["attached", "attached"])
    evening.teach("run", "skip to 02:12")
    desk.order('tell field "go and look at XV-101"')
    until(lambda: any('"go and look at XV-101"' in str(text) for _, _, _, text in field.snapshot.log))
    evening.teach("freeze")
    desk.order("stop TR-1")
    until(lambda: desk.answers and desk.answers[-1][1])
    assert "what you type now is not kept" in str(desk.answers[-1][0])
    evening.teach("run")
    desk.order("freeze")
    until(lambda: "the clock belongs to" in str(desk.answers[-1][0]))
    evening.teach("end")
    until(lambda: evening.store.ended and desk.ended and field.ended)
    here = report.report(evening.store.session)
    assert here["finished"]
    assert evening.store.session.tick < evening.store.session.model.spec.lasts_s, "ended where it stood"
    assert [report.report(far.lived) for far in (desk, field)] == [here, here]
    assert desk.lived.seal == evening.store.session.seal
    records = [json.loads(line) for line in evening.run.read_text().splitlines()]
    refused = [r["body"] for r in records if r["kind"] == "mark" and r["body"].get("kind") == "refused"]
    assert [(r["post"], r["text"]) for r in refused] == [("control-room", "stop TR-1")]
    assert not any(r["kind"] == "command" and r["body"]["do"] == "stop TR-1" for r in records), "never queued"
    evening.close()
    assert verify(evening.run) == {"verified": True, "finished": True}
    assert stat.S_IMODE(evening.run.stat().st_mode) == 0o600


def test_who_freezes_or_goes_back_does_it_on_every_screen_at_once(evening: Evening) -> None:
    field = evening.attach("field")
    evening.teach("run")
    until(lambda: not field.frozen and field.snapshot.tick > 3)
    evening.teach("freeze")
    until(lambda: field.frozen, 2.0)
    assert field.snapshot.tick == evening.store.session.tick
    evening.teach("skip to 02:12")
    evening.teach("back to 02:11")
    until(lambda: field.snapshot.tick == 60, 2.0)


# before it begins


def test_a_drill_waits_until_the_seats_are_there(tmp_path: Path) -> None:
    its = Evening(tmp_path, awaited=("control-room", "field"))
    store = its.store
    try:
        assert store.desk.waits_for == ("control-room", "field")
        desk = its.attach("control-room")
        until(lambda: desk.waits_for == store.desk.waits_for == ("field",))
        desk.order("stop TR-1")
        until(lambda: desk.answers)
        assert str(desk.answers[-1][0]) == "the drill has not begun: it waits for field."
        time.sleep(1.5)
        assert store.session.tick == 0, "the clock stands"
        field = its.attach("field")
        until(lambda: store.session.tick > 0 and field.snapshot.tick > 0)
        assert field.waits_for == desk.waits_for == store.waits_for == ()
        assert "stop TR-1" not in [c.sentence for c in store.session.commands], "never queued"
    finally:
        its.close()


@pytest.mark.parametrize("line", ["run", "skip 5 s", "step", "speed 2"])
def test_the_instructor_begins_without_those_who_are_not_there(tmp_path: Path, line: str) -> None:
    its = Evening(tmp_path, awaited=("control-room", "field"))
    try:
        field = its.attach("field")
        its.teach(line)
        until(lambda: its.store.session.tick > 0 and field.waits_for == ())
        its.teach("freeze")
        assert its.store.waits_for == (), "once begun it waits for nobody"
    finally:
        its.close()


def test_who_runs_an_open_drill_begins_without_the_others_and_a_closed_one_waits_for_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(sessions.start(Setup("first-watch"), tmp_path / "run.twin"), ("control-room",), awaited=("field",))
    store.start()
    until(lambda: store.idle)
    store.order("stop TR-1")
    until(lambda: store.answers)
    assert (store.waits_for, store.session.tick) == (("field",), 0)
    store.run_or_freeze()
    until(lambda: store.session.tick > 0)
    assert store.waits_for == ()
    store.stop()
    assert main(["drill", "first-watch", "--with", "field"]) == 2
    assert "none can attach here" in capsys.readouterr().err


def test_freezing_running_and_going_back_are_drawn_in_every_seat_at_once(evening: Evening) -> None:
    """The clock is so slow that no tick of it brings a picture."""
    far = [evening.attach("control-room"), evening.attach("field")]
    evening.teach("run", "skip 30 s", "speed 0.1")
    for line, frozen in (("freeze", True), ("run", False), ("freeze", True)):
        evening.teach(line)
        until(lambda frozen=frozen: all(its.frozen == frozen for its in far), 1.0)  # type: ignore[misc]
    now = evening.store.session.tick
    evening.teach("back 20 s")
    until(lambda: all(its.snapshot.tick == now - 20 for its in far), 1.0)
    evening.teach("step")
    until(lambda: all(its.snapshot.tick == now - 19 for its in far), 1.0)


def test_the_desk_tells_what_will_run_over_and_takes_it_back_when_somebody_acts(evening: Evening) -> None:
    desk = evening.attach("control-room")
    for seat in ("field", "supervisor"):
        evening.attach(seat)
    evening.teach("run", "skip 1 min", "freeze")
    until(lambda: str(evening.store.desk.sentence).startswith("IN TRUTH T-101 RUNS OVER AT 02:"))
    evening.teach("run")
    desk.order("stop TR-1")
    desk.order("close XV-101")
    until(lambda: evening.store.desk.sentence is None)


def test_the_instructor_sees_what_a_seat_sees_and_nobody_else_does(evening: Evening) -> None:
    desk, field = evening.attach("control-room"), evening.attach("field")
    evening.teach("run", "skip 3 min", "freeze")
    for seat, far in (("field", field), ("control-room", desk)):
        evening.store.watch(seat)
        until(lambda far=far: evening.store.watched == far.snapshot)  # type: ignore[misc]
    desk.watch("field")
    evening.teach("run", "skip 5 s", "freeze")
    until(lambda: desk.snapshot.tick == evening.store.session.tick)
    assert desk.watched is None
    evening.store.watch("")
    until(lambda: evening.store.watched is None)


class Tap:
    """A trainee's terminal that keeps every byte it is sent."""

    def __init__(self, path: Path, seat: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.socket.sendall(codec.line({"seats": [seat]}))
        self.socket.settimeout(0.2)
        self.bytes = b""

    def drink(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self.bytes += self.socket.recv(1 << 20)
            except TimeoutError:
                continue

    def close(self) -> None:
        self.socket.close()


def test_no_inject_and_no_true_value_reaches_a_trainee(evening: Evening) -> None:
    tap = Tap(evening.server.path, "control-room")
    evening.teach(
        "run", "set LT-102.bias to 0.777 m", "when T-101.level > 14.31 m set LT-103.dead", "skip to 02:20", "speed 60"
    )
    tap.drink(1.0)
    evening.teach("back 2 min", "snap secret-name", "mark U detection: slow-witted", "run", "skip to 02:30", "freeze")
    tap.drink(1.0)
    text = tap.bytes.decode()
    assert text.count('"picture"') > 4
    assert '"run"' not in text, "before the end nobody is sent the run"
    assert "LT-101" in text, "its readings are there"
    for secret in (
        "sticks:",
        "repair did not hold",
        "bias",
        "dead",
        "inject",
        "armed",
        "secret-name",
        "slow-witted",
        evening.store.key,
        "stuck",
    ):
        assert secret not in text, secret
    recorder = evening.store.session.block.recorder
    assert recorder is not None
    board = evening.store.session.model.signals
    level = board.at["T-101.level"]
    for tick in range(120, evening.store.session.tick, 60):  # the gauge is stuck: the truth is told nowhere
        truth = float(recorder.signals[tick][0, level])
        assert repr(truth)[:8] not in text
        assert f"{truth:.3f}" not in text
    tap.close()


def test_a_seat_that_is_left_goes_to_the_plan_after_its_time_and_comes_back(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance, "GRACE_S", 2.0)
    desk = evening.attach("control-room")
    evening.teach("run")
    until(lambda: str(evening.store.desk.seats[0].state) == "attached")
    desk.stop()
    until(lambda: str(evening.store.desk.seats[0].state).startswith("away"))
    until(lambda: str(evening.store.desk.seats[0].state) == "plan")
    commands = [c.sentence for c in evening.store.session.commands]
    assert commands == ["take control-room", "hand control-room"]
    again = evening.attach("control-room")
    until(lambda: str(evening.store.desk.seats[0].state) == "attached")
    again.order("report T-101")
    until(lambda: any(c.sentence == "report T-101" for c in evening.store.session.commands))


def test_a_seat_is_taken_once_and_the_instructors_needs_owner_or_key(evening: Evening) -> None:
    evening.attach("field")
    with pytest.raises(Fault, match="somebody sits in field"):
        evening.attach("field")
    with pytest.raises(Fault, match="somebody sits in instructor"):
        evening.attach("instructor", key=evening.store.key)
    with pytest.raises(Fault, match="no post"):
        evening.attach("captain")
    if os.getuid() == 0:
        assert (
            _as_somebody_else(evening.server.path, "wrong") == "the instructor's seat needs the run's owner or its key."
        )
        assert _as_somebody_else(evening.server.path, evening.store.key) == "somebody sits in instructor already."


def _as_somebody_else(path: Path, key: str) -> str:
    """What another user of the machine is answered."""
    import subprocess
    import sys

    program = (
        "import os, socket, sys, json; os.setgid(65534); os.setuid(65534)\n"
        "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
        "s.sendall(json.dumps({'seats': ['instructor'], 'key': sys.argv[2]}).encode() + b'\\n')\n"
        "print(json.loads(s.makefile().readline())['refused'])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path), key], capture_output=True, text=True, check=True)
    return done.stdout.partition(". ")[0].strip().removesuffix(".") + "."


GARBAGE = [b"\n", b"{}\n", b"[1]\n", b"\xff\xfe\n", b'{"seats": 7}\n', b'{"seats": []}\n', b"x" * 10_000, b'{"seats":["field"]}\n{"order":7\n',
           b'{"seats":["field"]}\n{"order":"' + b"a" * 9_000, b'{"seats":["field"]}\n{"nothing":1}\n', b'{"seats":["field"]}\n[[[[[[[\n']  # fmt: skip


@pytest.mark.parametrize(
    "garbage",
    [pytest.param(g, marks=pytest.mark.long) if n % 2 else g for n, g in enumerate(GARBAGE)],
    ids=[str(g[:30]) for g in GARBAGE],
)
def test_garbage_ends_its_own_connection_alone(evening: Evening, garbage: bytes) -> None:
    desk = evening.attach("control-room")
    its = socket.socket(socket.AF_UNIX)
    its.connect(str(evening.server.path))
    its.settimeout(10)
    its.sendall(garbage)
    while True:  # until it is let go
        try:
            if not its.recv(1 << 20):
                break
        except ConnectionError:
            break
        except TimeoutError:
            its.shutdown(socket.SHUT_WR)
    its.close()
    evening.teach("run", "skip 5 s")
    until(lambda: desk.snapshot.tick == evening.store.session.tick or not desk.frozen)
    assert not evening.store.fault
    assert not desk.fault


def test_a_terminal_that_reads_nothing_holds_up_nobody(evening: Evening) -> None:
    lazy = socket.socket(socket.AF_UNIX)
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lazy.connect(str(evening.server.path))
    lazy.sendall(codec.line({"seats": ["field"]}))
    desk = evening.attach("control-room")
    evening.teach("run", "speed 60")
    began = evening.store.session.tick
    until(lambda: evening.store.session.tick > began + 120, 10)
    until(lambda: desk.snapshot.tick > began + 100)
    lazy.close()


SURROGATE = "\\ud800"


@pytest.mark.parametrize("field", ["order", "hint", "post", "complete", "want"])
@pytest.mark.parametrize("frozen", [True, False])
def test_text_that_cannot_be_written_is_answered_at_its_sender_alone(
    evening: Evening, field: str, *, frozen: bool
) -> None:
    """A lone surrogate is a string for JSON and none for a file."""
    desk, bad = evening.attach("control-room"), socket.socket(socket.AF_UNIX)
    bad.connect(str(evening.server.path))
    if not frozen:
        evening.teach("run")
    text = {"order": "acknowledge", field: f"x{SURROGATE}"}
    body = f'{{"{field}": ["{SURROGATE}"]}}' if field == "want" else None
    body = body or (f'{{"complete": "{SURROGATE}"}}' if field == "complete" else None)
    body = body or "{" + ", ".join(f'"{k}": "{v}"' for k, v in text.items()) + "}"
    bad.sendall(codec.line({"seats": ["field"]}) + body.encode() + b"\n")
    evening.teach("run", "skip 5 s")
    until(lambda: desk.snapshot.tick >= 5)
    assert not evening.store.fault
    evening.store.order("mark the plant goes on")
    until(lambda: any(r["body"].get("text") == "the plant goes on" for r in _records(evening.run)))
    bad.close()


def _records(run: Path) -> list[Any]:
    return [json.loads(line) for line in run.read_text().splitlines()]


def test_an_act_that_fails_is_answered_where_it_was_given_and_the_plant_goes_on(evening: Evening) -> None:
    desk = evening.attach("control-room")

    def fails() -> None:
        raise RuntimeError("nobody thought of this")

    evening.store.hand_in(fails, evening.store.here)
    evening.store.order("run")
    until(lambda: desk.snapshot.tick > 1)
    answer = ("that could not be done: a bug of ours (RuntimeError).", True)
    until(lambda: answer in [(str(said), bad) for said, bad in evening.store.answers])
    assert not evening.store.fault


def _send_until_let_go(its: socket.socket, line: bytes) -> None:
    with contextlib.suppress(OSError):
        for _ in range(300_000):
            its.sendall(line)


@pytest.mark.parametrize("message", [{"order": "dance"}, {"want": ["LT-101"]}], ids=["answered", "not answered"])
def test_a_terminal_that_sends_more_than_a_person_can_is_let_go(evening: Evening, message: dict[str, Any]) -> None:
    """It reads what it is answered, so that it is not let go for that: the others' pictures go on, nothing piles up."""
    desk, flood = evening.attach("control-room"), socket.socket(socket.AF_UNIX)
    flood.connect(str(evening.server.path))
    evening.teach("run", "speed 60")
    began = evening.store.session.tick
    flood.settimeout(10)
    flood.sendall(codec.line({"seats": ["field"]}))
    sending = threading.Thread(target=_send_until_let_go, args=(flood, codec.line(message)))
    sending.start()
    answered = b""
    with contextlib.suppress(OSError):
        while more := flood.recv(1 << 16):
            answered += more
    sending.join()
    flood.close()
    assert b"too many lines at once." in answered or b"dance" in answered  # or it was let go for its pile of answers
    assert answered.count(b'"answer"') < 200
    until(lambda: desk.snapshot.tick > began + 60, 5)
    until(lambda: any(str(s.state).startswith("away") for s in evening.store.desk.seats))


def test_terminals_that_say_nothing_lock_nobody_out(evening: Evening) -> None:
    silent = []
    for _ in range(2 * MOST_WAITING):
        its = socket.socket(socket.AF_UNIX)
        its.connect(str(evening.server.path))
        silent.append(its)
    desk = evening.attach("control-room")
    assert desk.snapshot.clock
    assert len(evening.server._links) <= MOST_WAITING + 2
    silent[-1].settimeout(3 * HELLO_S)
    assert b"no word came." in silent[-1].recv(4096)
    for its in silent:
        its.close()


def test_a_terminal_that_goes_while_it_is_let_in_leaves_its_seat_free(evening: Evening) -> None:
    for _ in range(20):
        its = socket.socket(socket.AF_UNIX)
        its.connect(str(evening.server.path))
        its.sendall(codec.line({"seats": ["field"]}))
        its.close()

    def sits() -> bool:
        try:
            return evening.attach("field").seats == ("field",)
        except Fault:
            return False  # one of them is just on its way out

    until(sits, 5)


def test_a_drill_is_open_to_whom_it_was_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(sessions.start(Setup("first-watch"), tmp_path / "run.twin"), ("control-room",))
    for who, mode in OPEN.items():
        server = Server(store, tmp_path / "run.twin", who)
        server.start()
        assert server.path is not None
        assert stat.S_IMODE(server.path.stat().st_mode) == mode
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        assert [path for path, _ in found(tmp_path / "run.twin")] == [server.path], "found again whatever TMPDIR says"
        server.stop()
        assert not server.path.exists()
    store.stop()


def test_a_folder_that_somebody_else_made_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, make in (("link", lambda p: p.symlink_to(tmp_path)), ("loose", lambda p: (p.mkdir(), p.chmod(0o777))),
                       ("file", lambda p: p.write_text(""))):  # fmt: skip
        make(tmp_path / name)
        monkeypatch.setattr(meeting, "_passable", lambda uid, name=name: tmp_path / name)
        with pytest.raises(Fault, match="not a folder of yours alone"):
            meeting.place(tmp_path / "run.twin", "group")
    assert stat.S_IMODE((tmp_path / "loose").stat().st_mode) == 0o777, "left as it was"


def test_without_a_drill_there_is_nothing_to_attach_to(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="there is no run"):
        Client(tmp_path / "none.twin", ("field",))
    (tmp_path / "done.twin").write_text("")
    with pytest.raises(Fault, match="no drill is open"):
        Client(tmp_path / "done.twin", ("field",))


def test_radio_comes_late_by_what_the_farm_says_and_sometimes_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "radio.yaml").write_text(
        "scenario: Bad radio\nlike: gauge-sticks\nfarm: {like: harbour, posts: {field: {radio: 20 s}, safety: {misses: 100 %}}}\n",
        encoding="utf-8",
    )
    its = Evening(tmp_path, str(tmp_path / "radio.yaml"))
    field, safety, desk = its.attach("field"), its.attach("safety"), its.attach("control-room")
    try:
        its.teach("run", "freeze")
        said = its.store.session.tick + 1
        its.teach('tell field "come back"', 'tell safety "come back"', 'tell control-room "come back"')
        its.teach("run", "freeze", f"skip to {its.store.session.model.clock.text(said + 19)}")
        until(lambda: field.snapshot.tick == desk.snapshot.tick == said + 19)
        assert [t for _, _, _, t in desk.snapshot.log if "come back" in str(t)]
        assert not [t for _, _, _, t in field.snapshot.log if "come back" in str(t)]
        its.teach("skip 1 s")
        until(lambda: field.snapshot.tick == safety.snapshot.tick == said + 20)
        assert [tick for tick, _, _, t in field.snapshot.log if "come back" in str(t)] == [said + 20]
        assert not [t for _, _, _, t in safety.snapshot.log if "come back" in str(t)]
    finally:
        its.close()
