"""A run that was killed goes on where its file ends, and ends as one that was never interrupted."""

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from twin.base.fault import Fault
from twin.cli.main import DONE, NO, USAGE, main
from twin.cli.run import verify
from twin.debrief import outcome
from twin.engine import replay, session
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.journal import chain
from twin.journal.chain import Journal

LASTS = "lasts=14 min"
TWIN = [sys.executable, "-m", "twin"]
SPEED = "1700"  # fourteen minutes in half a second
LINES = (
    "10:00:20 control-room check MOVE-101",
    '10:01:00 principal tell supervisor "I watch"',
    "10:01:30 field check DIP-101",
    '10:02:00 supervisor bypass LZ-101 for 90 s because "proof test"',
    "10:03:00 control-room open XV-102",
    "10:04:00 instructor rewind to 10:02:30",
    "10:02:40 control-room acknowledge",
    "10:04:30 field close XV-101",
    "10:05:00 control-room stop TR-1",
    "10:06:00 instructor rewind to 10:05:30",
    "10:06:30 control-room start TR-1",
    "10:07:00 safety trip ESD-1",
    "10:09:00 supervisor muster gate",
    "10:10:30 instructor rewind to 10:08:30",
    "10:09:00 supervisor reset ESD-1",
    "10:09:30 control-room start TR-1",
    "10:10:10 supervisor evacuate operator to gate",
    "10:10:40 field check XV-101",
    "10:11:30 control-room stop TR-1",
    "10:12:00 instructor rewind to 10:11:40",
    "10:12:30 supervisor muster gate",
)


class Typed(NamedTuple):
    """An outside command as its record keeps it."""

    tick: int
    post: str
    sentence: str


def _effective(records: Sequence[chain.Record]) -> list[Typed]:
    """The commands that count: what a rewind went back over is void."""
    found: list[Typed] = []
    for record in records:
        body = record.body
        if record.kind == "command":
            found.append(Typed(int(body["tick"]), str(body["post"]), str(body["do"])))
        elif record.kind == "rewind":
            found = [s for s in found if s.tick <= int(body["to"])]
    return found


def _uninterrupted(header: Mapping[str, Any], given: Sequence[Typed]) -> Mapping[str, Any]:
    """The outcome of a run that gets all commands before its first scan and is never interrupted."""
    its = replay.from_header(header, record=False)
    its.commands_together([(s.post, s.sentence, s.tick) for s in given])
    return its.finish(outcome.sealed)


@pytest.fixture(scope="module")
def never_killed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of a run of LINES that nobody disturbed."""
    path = tmp_path_factory.mktemp("whole") / "run.twin"
    done = subprocess.run(
        [*TWIN, "run", "first-watch", "--set", LASTS, "--commands", "-", "--out", str(path), "--json"],
        input="".join(f"{line}\n" for line in LINES), capture_output=True, text=True, check=True,
    )  # fmt: skip
    digest = str(json.loads(done.stdout)["digest"])
    records, _ = chain.read(path)
    given = _effective(records)
    assert _uninterrupted(records[0].body, given)["digest"] == digest
    # control: a command lost, and a command that should be void, would both show in the digest
    assert _uninterrupted(records[0].body, given[:-1])["digest"] != digest
    every = [Typed(int(r.body["tick"]), r.body["post"], r.body["do"]) for r in records if r.kind == "command"]
    assert _uninterrupted(records[0].body, every)["digest"] != digest
    return digest


def _killed(path: Path, chance: random.Random) -> int:
    """Starts a run of LINES and kills it at a random moment; returns how many lines it acknowledged."""
    child = subprocess.Popen(
        [*TWIN, "run", "first-watch", "--set", LASTS, "--commands", "-", "--speed", SPEED, "--out", str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("".join(f"{line}\n" for line in LINES))
    child.stdin.flush()  # and left open: the last line is never the end of input
    acks: list[str] = []
    reader = threading.Thread(target=lambda: acks.extend(child.stdout or ()))
    reader.start()
    while not path.exists() or path.stat().st_size == 0:
        time.sleep(0.01)
    time.sleep(chance.uniform(0.0, 0.9))
    child.kill()
    child.wait()
    reader.join()
    child.stdin.close()
    child.stdout.close()
    numbers = [int(line.split()[1]) for line in acks if line.startswith("ack ")]
    assert numbers == list(range(1, len(numbers) + 1))
    return len(numbers)


def _in_the_file(path: Path) -> list[str]:
    """Lines that the file holds, without their moments and without the seats taken on the way."""
    found = []
    for record in chain.parse(path.read_bytes())[0]:
        if record.kind == "command" and not str(record.body["do"]).startswith("take "):
            found.append(f"{record.body['post']} {record.body['do']}")
        elif record.kind == "rewind":
            found.append("instructor rewind")
    return found


def _said(line: str) -> str:
    said = line.split(" ", 1)[1]
    return "instructor rewind" if said.startswith("instructor") else said


def _live_kill_and_go_on(path: Path, seed: int, digest: str) -> None:
    chance = random.Random(seed)
    acked = _killed(path, chance)
    kept = _in_the_file(path)
    assert kept == [_said(line) for line in LINES[: len(kept)]]
    assert acked <= len(kept) <= acked + 1  # a line may be safe and not yet answered, never the other way round
    rest = LINES[len(kept) :] if chance.random() < 0.5 else ()  # half of them end without another word
    done = subprocess.run(
        [*TWIN, "run", "--resume", str(path), "--commands", "-", "--json"],
        input="".join(f"{line}\n" for line in rest), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == DONE, done.stderr
    found = json.loads(done.stdout)["digest"]
    records, torn = chain.read(path)
    assert torn == 0
    assert _in_the_file(path) == [_said(line) for line in (*LINES[: len(kept)], *rest)]
    expected = digest if rest else _uninterrupted(records[0].body, _effective(records))["digest"]
    assert found == expected
    assert verify(path) == {"verified": True, "finished": True}


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_run_goes_on_and_loses_no_acknowledged_command(tmp_path: Path, never_killed: str, seed: int) -> None:
    _live_kill_and_go_on(tmp_path / "run.twin", seed, never_killed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 200))
def test_a_hundred_killed_runs_go_on(tmp_path: Path, never_killed: str, seed: int) -> None:
    _live_kill_and_go_on(tmp_path / "run.twin", seed, never_killed)


def _begun(path: Path, *given: tuple[str, str, int]) -> Session:
    its = session.start(Setup("first-watch", taken=("control-room", "field")), path, record=False)
    its.commands_together(list(given))
    return its


def test_resuming_a_finished_run_prints_its_outcome(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.twin"
    assert main(["run", "first-watch", "--out", str(path), "--json"]) == DONE
    first = json.loads(capsys.readouterr().out)
    before = path.read_bytes()
    assert main(["run", "--resume", str(path), "--json"]) == DONE
    again = json.loads(capsys.readouterr().out)
    del first["wall_s"], again["wall_s"]
    assert again == first
    assert path.read_bytes() == before
    assert main(["run", "--resume", str(path)]) == DONE
    assert f"digest {first['digest']}" in capsys.readouterr().out


def test_a_file_that_ends_before_its_outcome_gets_the_same_outcome(tmp_path: Path) -> None:
    path, cut = tmp_path / "run.twin", tmp_path / "cut.twin"
    its = _begun(path, ("control-room", "stop TR-1", 200), ("field", "close XV-101", 610))
    its.finish(outcome.sealed)
    its.close()
    lines = path.read_bytes().splitlines(keepends=True)
    kinds = [record.kind for record in chain.read(path)[0]]
    assert kinds == ["header", "command", "command", "digest", "digest", "outcome"]
    for keep in (3, 4, 5):
        cut.write_bytes(b"".join(lines[:keep]))
        resumed, torn = replay.resume(cut)
        resumed.finish(outcome.sealed)
        resumed.close()
        assert torn == 0
        assert cut.read_bytes() == path.read_bytes()


def test_a_run_goes_on_after_a_rewind_at_the_moment_gone_back_to(tmp_path: Path) -> None:
    path = tmp_path / "run.twin"
    its = _begun(path, ("control-room", "check MOVE-101", 60), ("control-room", "stop TR-1", 200))
    its.advance(650)
    its.command("field", "close XV-101")
    its.advance(700)
    its.rewind(150)
    its.close()  # as a crash would, without an outcome
    resumed, _ = replay.resume(path)
    assert resumed.tick == 150
    assert [s.sentence for s in resumed.commands] == ["check MOVE-101"]
    resumed.command("field", "check DIP-101")
    found = resumed.finish(outcome.sealed)
    resumed.close()
    records, _ = chain.read(path)
    assert [s.tick for s in _effective(records)] == [60, 151]
    assert found == _uninterrupted(records[0].body, _effective(records))
    assert verify(path) == {"verified": True, "finished": True}


def test_a_resumed_run_does_not_act_before_what_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "run.twin"
    its = session.start(Setup("first-watch"), path, record=False)
    its.advance(539)  # what reads lines as they come had lived so far when it took this one
    its.commands_together([("control-room", "take control-room", None), ("control-room", "check MOVE-101", None)])
    its.close()
    done = subprocess.run(
        [*TWIN, "run", "--resume", str(path), "--commands", "-", "--json"],
        input="10:05 control-room doubt LT-101\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    commands = [r.body for r in chain.read(path)[0] if r.kind == "command"]
    assert commands[-1] == {"tick": 540, "post": "control-room", "do": "doubt LT-101"}
    assert [e["t_s"] for e in json.loads(done.stdout)["events"] if e["text"] == "control-room: doubt LT-101"] == [540]


def test_going_back_to_any_moment_and_on_is_never_having_been_further(tmp_path: Path) -> None:
    header = _begun_in_memory().header
    given = [Typed(60, "control-room", "check MOVE-101"), Typed(250, "control-room", "stop TR-1")]
    expected = _uninterrupted(header, given)
    its = _begun_in_memory()
    its.commands_together([(s.post, s.sentence, s.tick) for s in given])
    its.command("field", "close XV-101", 640)
    its.advance(645)
    for back, on in ((630, 720), (600, 601), (599, 720), (300, 610), (250, 251)):
        its.rewind(back)
        its.advance(on)
    assert its.finish(outcome.sealed) == expected
    broken = _begun_in_memory()
    broken.commands_together([(s.post, s.sentence, s.tick) for s in given])
    broken.advance(300)
    broken.rewind(249)  # control: one tick further and the second command is void
    assert broken.finish(outcome.sealed) != expected


def _begun_in_memory() -> Session:
    return session.start(Setup("first-watch", taken=("control-room", "field")), record=False)


def test_a_run_with_lines_of_its_own_left_is_no_drill_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ("10:01 control-room check MOVE-101", "10:05 instructor rewind to 10:02", "10:04 control-room stop TR-1")
    path = tmp_path / "run.twin"
    its = session.start(Setup("first-watch", taken=("control-room",), commands=lines), path)
    its.command("control-room", "check MOVE-101", 60)
    its.advance(100)
    its.close()
    for words in (["drill", "--plain", "--resume", str(path)], ["run", "--resume", str(path), "--commands", "-"]):
        assert main(words) == USAGE
        assert "lines of its own to live through first" in capsys.readouterr().err
    assert main(["run", "--resume", str(path)]) == DONE
    assert verify(path) == {"verified": True, "finished": True}


def test_one_can_only_go_back(tmp_path: Path) -> None:
    its = _begun_in_memory()
    its.advance(10)
    for tick in (11, -1):
        with pytest.raises(Fault, match="one can only go back"):
            its.rewind(tick)
    assert its.tick == 10


# what verify says


def test_an_unfinished_whole_file_is_fine_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.twin"
    its = _begun(path, ("control-room", "stop TR-1", 200))
    its.advance(610)
    its.mark()
    its.close()
    assert main(["verify", str(path), "--json"]) == DONE
    seal = chain.spoken(chain.read(path)[0])
    assert json.loads(capsys.readouterr().out) == {"verified": True, "finished": False, "seal": seal}
    assert main(["verify", str(path)]) == DONE
    assert "unfinished" in capsys.readouterr().out


def _resealed(path: Path, line: int, kind: str, body: Mapping[str, Any]) -> Path:
    """The same run with one record replaced (or added behind the end), every seal in order."""
    records = list(chain.read(path)[0])
    changed = [(r.kind, r.body) for r in records]
    changed[line - 1 : line] = [(kind, body)]
    copy = path.with_name(f"resealed-{line}-{kind}.twin")
    copy.unlink(missing_ok=True)
    journal = Journal.create(copy, changed[0][1])
    journal.append(*changed[1:])
    journal.close()
    assert len(chain.read(copy)[0]) == len(changed)
    return copy


def _courses(path: Path) -> list[chain.Record]:
    """A run lived to its end, gone back in, and lived to its end again."""
    its = _begun(path, ("control-room", "stop TR-1", 200))
    its.finish(outcome.sealed)
    its.rewind(640)
    its.command("control-room", "check MOVE-101")
    its.finish(outcome.sealed)
    its.close()
    return chain.read(path)[0]


def test_a_replaced_digest_or_outcome_is_refused_though_every_seal_fits(tmp_path: Path) -> None:
    path = tmp_path / "run.twin"
    records = _courses(path)
    assert verify(path) == {"verified": True, "finished": True}
    claims = [r for r in records if r.kind in {"digest", "outcome"}]
    assert [r.kind for r in claims] == ["digest", "digest", "outcome", "digest", "outcome"]  # of both courses
    found = {}
    for record in claims:
        wrong = {**record.body, **({"score": "-"} if record.kind == "outcome" else {"sha256": "0" * 64})}
        assert wrong != record.body
        copy = _resealed(path, record.line, record.kind, wrong)
        answer = verify(copy)
        found[record.line] = (answer["verified"], answer.get("line"))
    assert found == {record.line: (False, record.line) for record in claims}
    same = _resealed(path, claims[0].line, "digest", claims[0].body)  # control: sealing again changes nothing
    assert verify(same) == {"verified": True, "finished": True}


def test_a_replaced_command_shows_in_the_next_digest(tmp_path: Path) -> None:
    path = tmp_path / "run.twin"
    records = _courses(path)
    for body in ({**records[1].body, "tick": 201}, {**records[1].body, "do": "start TR-1"}):
        answer = verify(_resealed(path, 2, "command", body))
        assert (answer["verified"], answer["line"]) == (False, 3)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("command", {"tick": 0, "post": "control-room", "do": "stop TR-1"}),
        ("command", {"tick": 200, "post": "control-room", "do": "dance"}),
        ("command", {"tick": 200, "post": "nobody", "do": "stop TR-1"}),
        ("command", {"post": "control-room", "do": "stop TR-1"}),
        ("command", {"tick": "soon", "post": "control-room", "do": "stop TR-1"}),
        ("command", {"tick": 721, "post": "control-room", "do": "stop TR-1"}),
        ("mark", {}),
        ("rewind", {"tick": 10, "to": 20}),
        ("digest", {"tick": 601, "sha256": "0" * 64}),
        ("digest", {"tick": 600}),
    ],
)
def test_a_sealed_record_that_no_run_would_write_is_refused_with_its_line(
    tmp_path: Path, kind: str, body: Mapping[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.twin"
    its = _begun(path, ("control-room", "stop TR-1", 200))
    its.close()
    assert main(["verify", str(_resealed(path, 2, kind, body)), "--json"]) == NO
    answer = json.loads(capsys.readouterr().out)
    assert (answer["verified"], answer["line"]) == (False, 2)


@pytest.mark.parametrize("kind", ["command", "mark", "digest", "outcome"])
def test_nothing_but_a_rewind_follows_an_outcome(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "run.twin"
    its = _begun(path)
    its.finish(outcome.sealed)
    its.close()
    records = chain.read(path)[0]
    bodies: dict[str, Mapping[str, Any]] = {
        "command": {"tick": 721, "post": "control-room", "do": "stop TR-1"}, "mark": {"tick": 720},
        "digest": records[-2].body, "outcome": records[-1].body,
    }  # fmt: skip
    more = _resealed(path, len(records) + 1, kind, bodies[kind])
    answer = verify(more)
    assert (answer["verified"], answer.get("line")) == (False, len(records) + 1)


@pytest.mark.parametrize("missing", ["scenario", "files", "seed", "taken", "overrides"])
def test_a_header_with_something_missing_is_refused_and_no_bug(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "run.twin"
    its = _begun(path)
    its.close()
    body = {k: v for k, v in chain.read(path)[0][0].body.items() if k != missing}
    assert main(["verify", str(_resealed(path, 1, "header", body))]) in {NO, USAGE}


def test_resume_refuses_a_file_that_this_twin_computes_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.twin"
    its = _begun(path)
    its.advance(610)
    its.close()
    wrong = _resealed(path, 2, "digest", {"tick": 600, "sha256": "0" * 64})
    before = wrong.read_bytes()
    assert main(["run", "--resume", str(wrong)]) == USAGE
    assert "line 2" in capsys.readouterr().err
    assert wrong.read_bytes() == before


def test_a_run_of_the_first_format_is_refused_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = session.start(Setup("first-watch")).header
    Journal.create(tmp_path / "old.twin", {**header, "format": 1}).close()
    old = str(tmp_path / "old.twin")
    for words in (["verify", old], ["run", "--resume", old], ["debrief", old], ["drill", "--plain", "--resume", old]):
        assert main(words) in {NO, USAGE}, words
        told = "".join(capsys.readouterr())
        assert "this run is of format 1; this version reads format 2." in told, words
        assert "Replay it with the version that wrote it" in told, words
