"""Commands from a file or a stream act at the tick they are stamped with, however fast the wall clock goes."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pytest

from twin.base.fault import Fault
from twin.cli.main import DONE, USAGE, main
from twin.debrief import outcome
from twin.engine import commands, session
from twin.engine.compile import open_model
from twin.engine.model import Model
from twin.engine.setup import Setup
from twin.journal import chain
from twin.language.files import Files

TWIN = [sys.executable, "-m", "twin"]
LINES = (
    "# a morning",
    "10:00:30 control-room check MOVE-101",
    "",
    "10:02 control-room stop TR-1",
    '10:02 control-room tell principal "it is ended"',
    "10:02:20 field close XV-101",
    "10:07 field check DIP-101",
)
TICKS = (30, 120, 120, 140, 420)


@pytest.fixture(scope="module")
def model() -> Model:
    return open_model(Files(), "first-watch", [])[0]


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _commands(path: Path) -> list[tuple[int, str, str]]:
    """The commands that a run file holds so far."""
    records, _ = chain.parse(path.read_bytes())
    return [(int(r.body["tick"]), str(r.body["post"]), str(r.body["do"])) for r in records if r.kind == "command"]


def _kinds(path: Path) -> list[str]:
    return [record.kind for record in chain.parse(path.read_bytes())[0]]


def _from_file(folder: Path, lines: Sequence[str], *more: str) -> tuple[int, Path]:
    """Runs first-watch with a command file; the exit status and the run file."""
    given, out = folder / "commands.txt", folder / "run.twin"
    given.write_text(_text(lines), encoding="utf-8")
    out.unlink(missing_ok=True)
    return main(["run", "first-watch", "--commands", str(given), "--out", str(out), "--json", *more]), out


def _from_stream(out: Path, lines: Sequence[str], *more: str) -> dict[str, Any]:
    done = subprocess.run(
        [*TWIN, "run", "first-watch", "--commands", "-", "--out", str(out), "--json", *more],
        input=_text(lines), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "answers": [a for a in done.stderr.splitlines() if a.startswith(("ack ", "error "))]}


# command files


def test_a_command_file_is_journaled_whole_before_the_first_scan(tmp_path: Path) -> None:
    status, out = _from_file(tmp_path, LINES)
    assert status == DONE
    assert [tick for tick, _, _ in _commands(out)] == list(TICKS)
    assert _kinds(out) == ["header", *["command"] * len(TICKS), "digest", "digest", "outcome"]
    assert chain.read(out)[0][0].body["taken"] == ["control-room", "field"]


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("noon control-room stop TR-1", 1, "noon"),
        ("10:03 nobody stop TR-1", 7, "is no post"),
        ("10:03 control-room", 19, "what is to be done"),
        ("10:03 control-room dance", 20, "dance"),
        ("10:03 control-room stop TR-9", 25, "TR-9"),
        ("10:03 control-room set LT-101.stuck to yes", 20, "people set valves"),
        ("10:03 control-room shelve LAH-101 for 5 min", 20, "needs a reason"),
        ("10:03 instructor freeze", 18, "freeze"),
        ("10:03 instructor rewind to later", 28, "later"),
        ("10:01 control-room stop TR-1", 1, "before the line above"),
        ("10:13 control-room stop TR-1", 1, "after the end"),
        ("10:03 instructor rewind to 10:05", 28, "go back"),
        ("   10:03 nobody stop TR-1", 10, "is no post"),
        ('10:03 control-room tell principal "\x07"', 1, "is no command"),
    ],
)
def test_a_mistake_in_a_command_file_is_told_with_its_place_before_anything_runs(
    tmp_path: Path, line: str, column: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out = _from_file(tmp_path, ["# one", "10:02 control-room check MOVE-101", line, "10:09 field report T-101"])
    told = capsys.readouterr().err
    assert status == USAGE
    assert f"commands.txt:3:{column}: " in told
    assert says in told
    assert not out.exists() or _kinds(out) == ["header"]


def test_a_mended_command_file_runs_under_the_same_name(tmp_path: Path) -> None:
    given, out = tmp_path / "commands.txt", tmp_path / "run.twin"
    for line, status in (("10:03 nobody stop TR-1", USAGE), ("10:03 control-room stop TR-1", DONE)):
        given.write_text(f"{line}\n")
        assert main(["run", "first-watch", "--commands", str(given), "--out", str(out)]) == status


def test_a_command_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        assert main(["run", "first-watch", "--commands", str(path), "--out", str(tmp_path / "run.twin")]) == USAGE
        assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("moment", ["10:02:00", "+2 min", "2026-01-12 10:02", "2026-01-12 10:02:00", "+120 s"])
def test_a_moment_may_be_written_in_any_of_its_forms(tmp_path: Path, moment: str) -> None:
    status, out = _from_file(tmp_path, [f"{moment} control-room stop TR-1"])
    assert status == DONE
    assert _commands(out) == [(120, "control-room", "stop TR-1")]
    assert chain.read(out)[0][0].body["taken"] == ["control-room"]


def test_a_rewind_in_a_file_voids_what_lies_after_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _from_file(tmp_path, ["10:01 control-room check MOVE-101", "10:08 control-room stop TR-1",
                          "10:09 instructor rewind to 10:07", "10:10 control-room close XV-101"])  # fmt: skip
    back = json.loads(capsys.readouterr().out)
    _from_file(tmp_path, ["10:01 control-room check MOVE-101", "10:10 control-room close XV-101"])
    never = json.loads(capsys.readouterr().out)
    assert back["digest"] == never["digest"]
    _from_file(tmp_path, ["10:01 control-room check MOVE-101", "10:08 control-room stop TR-1",
                          "10:10 control-room close XV-101"])  # fmt: skip
    assert json.loads(capsys.readouterr().out)["digest"] != never["digest"]  # control: had it not been void


# lines as they come


class _Live:
    """A run that reads commands from a pipe."""

    def __init__(self, out: Path, *more: str) -> None:
        self.out = out
        self.child = subprocess.Popen(
            [*TWIN, "run", "first-watch", "--commands", "-", "--out", str(out), *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.stdin: IO[str] = self.child.stdin
        self.stdout: IO[str] = self.child.stdout

    def say(self, line: str) -> str:
        """Hands in a line; the answer."""
        self.stdin.write(f"{line}\n")
        self.stdin.flush()
        return self.stdout.readline().rstrip("\n")

    def end(self) -> str:
        """Ends the input; what was still printed until the run was over."""
        if self.stdout.closed:
            return ""
        self.stdin.close()
        rest = self.stdout.read()
        self.stdout.close()
        self.child.wait()
        return rest


@pytest.fixture
def live(tmp_path: Path) -> Iterator[_Live]:
    its = _Live(tmp_path / "run.twin")
    yield its
    its.child.kill()
    its.end()


def test_each_line_is_acknowledged_in_order_once_it_is_in_the_file(live: _Live) -> None:
    for number in range(1, 31):
        line = f'10:00:{number:02} control-room tell principal "{number}"'
        assert live.say(line) == f"ack {number}"
        assert _commands(live.out)[-1] == (number, "control-room", f'tell principal "{number}"')
    assert _commands(live.out)[0] == (1, "control-room", "take control-room")
    assert len(_commands(live.out)) == 31


def test_a_line_that_cannot_be_understood_is_answered_and_the_next_one_taken(live: _Live) -> None:
    assert live.say("10:01 control-room dance").startswith("error 1: -:1:20: ")
    assert live.say("10:13 control-room stop TR-1").startswith("error 2: ")
    assert live.say("10:01 instructor rewind to 10:05").startswith("error 3: ")
    assert live.say("10:02 control-room stop TR-1") == "ack 4"
    assert _commands(live.out) == [(120, "control-room", "take control-room"), (120, "control-room", "stop TR-1")]
    assert "score" in live.end()


def test_the_run_never_passes_a_moment_before_it_has_read_a_later_line(live: _Live) -> None:
    assert live.say("10:09:59 field report T-101") == "ack 1"
    time.sleep(0.5)  # long enough for many minutes at full speed
    assert "digest" not in _kinds(live.out)  # that of 10:10
    assert live.say("10:10:00 field report T-101") == "ack 2"
    assert "digest" not in _kinds(live.out)
    assert live.say("10:11:00 field report T-101") == "ack 3"
    assert _kinds(live.out).count("digest") == 1  # control: now it may
    assert [tick for tick, _, _ in _commands(live.out)] == [599, 599, 600, 660]
    time.sleep(0.3)
    assert "outcome" not in _kinds(live.out)
    live.end()
    assert _kinds(live.out)[-1] == "outcome"


def test_a_line_whose_time_is_past_acts_at_the_next_scan(live: _Live) -> None:
    assert live.say("10:05 control-room check MOVE-101") == "ack 1"
    assert live.say("10:02 control-room stop TR-1") == "ack 2"
    assert live.say("10:05 control-room close XV-101") == "ack 3"
    assert live.say("10:06 control-room acknowledge") == "ack 4"
    assert [tick for tick, _, do in _commands(live.out) if not do.startswith("take")] == [300, 300, 300, 360]


def test_a_rewind_is_acknowledged_in_the_file_and_time_goes_on_from_there(live: _Live) -> None:
    assert live.say("10:08 control-room stop TR-1") == "ack 1"
    assert live.say("10:11 instructor rewind to 10:07") == "ack 2"
    record = chain.parse(live.out.read_bytes())[0][-1]
    assert (record.kind, record.body) == ("rewind", {"tick": 660, "to": 420})
    assert live.say("10:07:30 control-room check MOVE-101") == "ack 3"
    assert _commands(live.out)[-2:] == [
        (450, "control-room", "take control-room"),
        (450, "control-room", "check MOVE-101"),
    ]


# who may act


def test_a_command_for_a_post_on_the_plan_is_refused_until_the_post_is_taken() -> None:
    its = session.start(Setup("first-watch"), record=False)
    given = its.commands_together(
        [
            ("control-room", "stop TR-1", 10),
            ("control-room", "take control-room", 20),
            ("control-room", "stop TR-1", 20),
            ("control-room", "hand control-room", 30),
            ("control-room", "acknowledge", 31),
        ]
    )
    its.advance(40)
    assert [its.answers[i].accepted for i in range(len(given))] == [False, True, True, True, False]
    assert "take it first" in its.answers[0].reason
    refused = [e.tick for e in its.block.events[0] if e.kind == "refused"]
    assert refused == [10, 31]


def test_a_post_that_a_command_file_names_is_taken_from_the_first_scan_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _from_file(tmp_path, ["10:11 control-room stop TR-1"])
    named = json.loads(capsys.readouterr().out)
    acts = [e for e in named["events"] if e["kind"] in {"command", "refused"} and "control-room" in e["text"]]
    assert [(e["t_s"], e["kind"]) for e in acts] == [(660, "command")]
    _from_file(tmp_path, ["10:11 safety report T-101"])  # control: unnamed, the plan acts for it
    unnamed = json.loads(capsys.readouterr().out)
    assert [e for e in unnamed["events"] if e["kind"] == "command" and "control-room" in e["text"] and e["t_s"] < 660]


def test_a_post_of_the_farm_itself_is_taken_as_any_other(tmp_path: Path) -> None:
    scenario, given, out = tmp_path / "guarded.yaml", tmp_path / "commands.txt", tmp_path / "run.twin"
    scenario.write_text(
        "scenario: Guarded\nlike: first-watch\nfarm: {like: harbour, posts: {guard: {may: [any]}}}\n", encoding="utf-8"
    )
    given.write_text("10:02 guard stop TR-1\n")
    assert main(["run", str(scenario), "--commands", str(given), "--out", str(out)]) == DONE
    assert chain.read(out)[0][0].body["taken"] == ["guard"]


def test_a_command_that_cannot_be_understood_is_not_journaled(tmp_path: Path, model: Model) -> None:
    path = tmp_path / "run.twin"
    its = session.start(Setup("first-watch"), path, record=False)
    for post, sentence in (("nobody", "stop TR-1"), ("field", "dance"), ("field", "set LT-101.stuck to yes")):
        with pytest.raises(Fault):
            its.commands_together([("field", "report T-101", None), (post, sentence, None)])
    its.close()
    assert _kinds(path) == ["header"]
    assert its.commands == []


def test_commands_of_one_tick_act_in_the_order_in_which_they_were_handed_in() -> None:
    its = session.start(Setup("first-watch", taken=("control-room",)), record=False)
    said = ["c", "a", "b"]
    its.command("control-room", f'tell principal "{said[0]}"', 50)
    its.command("control-room", 'tell principal "first"', 40)
    its.commands_together([("control-room", f'tell principal "{word}"', 50) for word in said[1:]])
    its.advance(60)
    told = [
        e.text.split('"')[1] for e in its.block.events[0] if e.kind == "said" and e.text.startswith("control-room to")
    ]
    assert told == ["first", *said]


# the wall clock


def test_the_digest_depends_neither_on_pace_nor_on_how_lines_come(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at_once = _from_stream(tmp_path / "at-once.twin", LINES)
    assert at_once["answers"] == ["ack 2", "ack 4", "ack 5", "ack 6", "ack 7"]
    paced = _from_stream(tmp_path / "paced.twin", LINES, "--speed", "1500")
    live = _Live(tmp_path / "one-by-one.twin", "--speed", "4000")
    for line in LINES:
        if line[:1].isdigit():
            live.say(line)
            time.sleep(0.02)
    live.end()
    runs = [tmp_path / f"{name}.twin" for name in ("at-once", "paced", "one-by-one")]
    digests = {str(chain.read(path)[0][-1].body["digest"]) for path in runs}
    assert digests == {at_once["digest"]} == {paced["digest"]}
    later = [line.replace("10:02 control-room stop", "10:02:01 control-room stop") for line in LINES]
    status, _ = _from_file(tmp_path, [later[0], later[1], LINES[4], later[3], *later[5:]])
    assert status == DONE
    assert json.loads(capsys.readouterr().out)["digest"] != at_once["digest"]  # control: a second later is another run


def test_a_paced_run_takes_its_time(tmp_path: Path) -> None:
    began = time.monotonic()
    assert main(["run", "first-watch", "--speed", "720", "--out", str(tmp_path / "run.twin")]) == DONE
    assert time.monotonic() - began >= 0.95  # twelve minutes at 720 times real time


@pytest.mark.parametrize("steps", [[720], [1, 599, 600, 601, 720], list(range(0, 721, 7))])
def test_the_digest_does_not_depend_on_the_steps_in_which_time_is_lived(model: Model, steps: list[int]) -> None:
    its = session.start(Setup("first-watch", taken=("control-room", "field")), record=False)
    its.commands_together([(p.post, p.sentence, p.tick) for p in commands.read(model, _text(LINES), "lines")])
    for tick in steps:
        its.advance(tick)
    found = its.finish(outcome.sealed)
    whole = session.start(Setup("first-watch", taken=("control-room", "field")), record=False)
    whole.commands_together([(p.post, p.sentence, p.tick) for p in commands.read(model, _text(LINES), "lines")])
    assert found == whole.finish(outcome.sealed)
