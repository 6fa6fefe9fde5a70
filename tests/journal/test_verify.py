"""What `twin verify` vouches for: a record that says more than is proven is refused, and where nothing is compared it says so."""

import errno
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from twin.base.fault import Fault
from twin.cli.main import DONE, NO, main
from twin.cli.run import verify
from twin.debrief import outcome
from twin.engine import replay, session
from twin.engine.setup import Setup
from twin.journal import chain
from twin.journal.chain import Journal


def _sealed_anew(path: Path, records: list[tuple[str, Mapping[str, Any]]]) -> str:
    """The same run with other words in it, sealed as a liar would seal it."""
    its = Journal.create(path, dict(records[0][1]))
    its.append(*((kind, dict(body)) for kind, body in records[1:]))
    its.close()
    return str(path)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Mapping[str, Any]]]:
    path = tmp_path_factory.mktemp("lived") / "run.twin"
    its = session.start(Setup("first-watch", settings=("lasts=14 min",), taken=("control-room",)), path)
    its.command("control-room", "stop TR-1", 130)
    its.note(kind="mark", by="me", text="asked twice")
    its.finish(outcome.sealed)
    its.close()
    return [(r.kind, r.body) for r in chain.read(path)[0]]


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        ("header", {"signed": "the inspector"}, "which nothing here proves"),
        ("header", {"mode": "exam"}, "not one that this version writes"),
        ("header", {"platform": "Plan9 \x1b[31mred"}, "not one that this version writes"),
        ("header", {"python": "3.11. signed, the inspector!"}, "not one that this version writes"),
        ("mark", {"kind": "zz"}, "none that this version writes"),
        ("mark", {"rating": "A"}, "none that this version writes"),
        ("mark", {"text": 7}, "none that this version writes"),
        ("mark", {"tick": -5}, "stands at a tick that had passed"),
        ("command", {"because": "told to"}, "which nothing here proves"),
        ("command", {"hint": "\x1b[31mred"}, "is no line of the plan"),
        ("mark", {"score": "1000000"}, "which nothing here proves"),
        ("digest", {"good": "yes"}, "which nothing here proves"),
        ("header", {"taken": []}, "the world begins otherwise"),
        ("header", {"taken": ["nobody"]}, "is no post"),
        ("header", {"seed": 4}, "the world begins otherwise"),
        ("header", {"overrides": {"posts": "none"}}, "the world begins otherwise"),
        ("header", {"overrides": {"posts": "plan", "luck": "good"}}, "not one that this version writes"),
        ("header", {"files": {"farm:other": "farm: Other"}}, "the header says another 'files'"),
        ("header", {"start": "0" * 64}, "the world begins otherwise"),
        ("header", {"commands": ["10:02:10 control-room stop TR-1"]}, "DONE"),
        ("header", {"commands": ["10:02:11 control-room stop TR-1"]}, "this is not line 1 of the commands"),
        ("header", {"commands": ["10:02:10 field stop TR-1"]}, "are not those that its lines name"),
        ("header", {"commands": ["10:02:10 control-room stop TR-1"] * 2}, "was never handed in"),
        ("header", {"commands": ["to whom it may concern"]}, "cannot be lived through"),
    ],
)
def test_a_record_that_says_more_than_is_proven_is_refused(
    lived: list[tuple[str, Mapping[str, Any]]], tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str,
    more: dict[str, Any], told: str,
) -> None:  # fmt: skip
    assert main(["verify", _sealed_anew(tmp_path / "same.twin", lived)]) == DONE
    capsys.readouterr()
    at = next(n for n, (its, _) in enumerate(lived) if its == kind)
    if kind == "header":
        more = {k: {**lived[at][1][k], **v} if k == "files" else v for k, v in more.items()}
    changed = [(its, {**body, **more}) if n == at else (its, body) for n, (its, body) in enumerate(lived)]
    told_of = main(["verify", _sealed_anew(tmp_path / "more.twin", changed)])
    out = capsys.readouterr().out
    assert (told_of, told in out) == ((DONE, False) if told == "DONE" else (NO, True)), out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"digest": "sha256:" + "0" * 64}, "comes to another digest"),
        ({"tick": 100}, "does not begin with what its first course was told"),
        ({"did": []}, "does not begin with what its first course was told"),
        ({"end": 5000}, "lies outside its first course"),
        ({"score": 7}, "a parent that this version cannot read"),
        ({"closes": "late"}, "a parent that this version cannot read"),
        ({"act": "the trainee slept"}, "none of the plan's, nor of its first course"),
    ],
)
def test_a_second_chance_with_another_first_course_is_refused(tmp_path: Path, more: dict[str, Any], told: str) -> None:
    first = session.start(Setup("first-watch"), tmp_path / "first.twin")
    first.command("control-room", "check MOVE-101", 130)
    first.command("control-room", "stop TR-1", 300)
    first.finish(outcome.sealed)
    child = replay.second_chance(first, 200, tmp_path / "second.twin", act="stop TR-1", closes=320)
    child.finish(outcome.sealed)
    first.close()
    child.close()
    records: list[tuple[str, Mapping[str, Any]]] = [(r.kind, r.body) for r in chain.read(tmp_path / "second.twin")[0]]
    assert verify(Path(_sealed_anew(tmp_path / "same.twin", records)))["verified"]
    header = records[0][1]
    changed = [("header", {**header, "parent": {**header["parent"], **more}}), *records[1:]]
    answer = verify(Path(_sealed_anew(tmp_path / "other.twin", changed)))
    assert not answer["verified"]
    assert told in answer["reason"]


def _outcome(records: list[tuple[str, Mapping[str, Any]]], path: tuple[Any, ...], value: Any) -> list[Any]:
    """The records with one value of the outcome changed, as made on another machine."""
    body = json.loads(json.dumps(dict(records[-1][1])))
    at = body
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value(at[path[-1]])
    return [("header", {**records[0][1], "platform": "Plan9"}), *records[1:-1], ("outcome", body)]


@pytest.mark.parametrize(
    ("path", "value", "agrees"),
    [
        (("signals", "values", "LT-101", 0), lambda v: v * (1 + 1e-12), True),
        (("signals", "values", "LT-101", 0), lambda v: v * (1 + 1e-7), False),
        (("signals", "values", "LT-101", 1), lambda v: None, False),
        (("signals", "t_s", 0), lambda v: v + 1, False),
        (("events", 3, "t_s"), lambda v: v + 1, False),
        (("events", 3, "kind"), lambda v: "spill", False),
        (("events", 3, "subject"), lambda v: "T-102", False),
        (("digest",), lambda v: "sha256:elsewhere", True),
    ],
)
def test_from_another_machine_events_and_signals_are_compared(
    lived: list[tuple[str, Mapping[str, Any]]], tmp_path: Path, path: tuple[Any, ...], value: Any, agrees: bool
) -> None:
    answer = verify(Path(_sealed_anew(tmp_path / "far.twin", _outcome(lived, path, value))))
    assert answer["verified"] is agrees


def test_a_digest_that_is_missing_is_missed(lived: list[tuple[str, Mapping[str, Any]]], tmp_path: Path) -> None:
    """Else orders could be changed where nothing is compared any more."""
    without = [(kind, body) for kind, body in lived if kind not in {"digest", "outcome"}] + [("mark", {"tick": 700})]
    told = verify(Path(_sealed_anew(tmp_path / "none.twin", without)))
    assert not told["verified"]
    assert "the digest at 10:10:00 is missing" in told["reason"]
    finished = [(kind, body) for kind, body in lived if kind != "digest"]
    assert not verify(Path(_sealed_anew(tmp_path / "last.twin", finished)))["verified"]


def test_an_assessed_run_holds_no_hint(tmp_path: Path) -> None:
    its = session.start(Setup("first-watch", assessed=True), tmp_path / "a.twin")
    its.command("control-room", "stop TR-1", 130, hint="end-receipt")
    its.close()
    assert "gives no hints" in verify(tmp_path / "a.twin")["reason"]


@pytest.mark.parametrize(("back", "on"), [(590, 610), (540, 599), (10, 11)])
def test_a_thousand_rewinds_are_verified_in_a_few_seconds(tmp_path: Path, back: int, on: int) -> None:
    its = session.start(Setup("gauge-sticks"), tmp_path / "class.twin", record=False)
    its.advance(on)
    for _ in range(1000):
        its.rewind(back)
        its.advance(on)
    its.finish(outcome.sealed)
    its.close()
    began = time.monotonic()
    assert verify(tmp_path / "class.twin") == {"verified": True, "finished": True}
    assert time.monotonic() - began < 30.0  # 2 to 3 s alone; 75 s before there were snapshots to go back to


def test_where_nothing_can_be_compared_verify_does_not_say_yes(
    lived: list[tuple[str, Mapping[str, Any]]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = [("header", {**lived[0][1], "platform": "Plan9 mips"}), *lived[1:]]
    assert main(["verify", _sealed_anew(tmp_path / "whole.twin", elsewhere)]) == DONE
    out = capsys.readouterr().out
    assert "values to 1e-9, not bits: this run was made with platform Plan9" in out
    assert "\x1b" not in out
    assert main(["verify", _sealed_anew(tmp_path / "part.twin", elsewhere[:-1])]) == NO
    assert "not compared" in capsys.readouterr().out


def test_the_last_seal_is_told_at_the_end_and_by_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(tmp_path / "run.twin")
    assert main(["run", "first-watch", "--out", run]) == DONE
    seal = chain.spoken(chain.read(Path(run))[0])
    assert f"seal: {seal}" in capsys.readouterr().err
    assert main(["verify", run]) == DONE
    assert f"seal {seal}" in capsys.readouterr().out
    assert len(seal.split()) == 7  # four groups of four, "at line N"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_disk_without_locks_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """What the kernel answers on some network disks, which no test machine has."""

    def none(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(chain.fcntl, "flock", none)
    with pytest.raises(Fault, match="has no locks") as told:
        Journal.create(tmp_path / "run.twin", {})
    assert "on a disk of this machine" in str(told.value)
