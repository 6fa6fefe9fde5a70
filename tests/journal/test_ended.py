"""A run that the instructor ended is finished, scored to that moment, proven like any other, and takes no further order."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from twin.base.fault import Fault
from twin.cli.run import verify
from twin.debrief import outcome, report, whatif
from twin.engine import replay
from twin.engine import session as sessions
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.journal import chain
from twin.journal.chain import Journal

AT = 300


def _ended(run: Path) -> Session:
    its = sessions.start(Setup("first-watch"), run)
    its.command("control-room", "take control-room")
    its.advance(AT)
    its.end("trainer")
    return its


def _records(run: Path) -> list[tuple[str, Mapping[str, Any]]]:
    return [(r.kind, r.body) for r in chain.read(run)[0]]


def test_it_is_finished_and_scored_to_that_moment(tmp_path: Path) -> None:
    its = _ended(tmp_path / "run.twin")
    found = its.finish(outcome.sealed)
    assert (its.tick, found["tick"], its.over) == (AT, AT, True)
    assert found["score"] == outcome.judged(its.block, 0)[1]
    made = report.report(its, whatif.answers(its))
    assert made["finished"]
    assert made["score"] == found["score"]
    assert made["simulated_s"] == AT
    its.close()
    assert verify(tmp_path / "run.twin") == {"verified": True, "finished": True}
    again = replay.replay(chain.read(tmp_path / "run.twin")[0], check=False)
    assert (again.tick, again.over) == (AT, True)


def test_nothing_is_ordered_after_it_and_going_back_takes_it_back(tmp_path: Path) -> None:
    its = _ended(tmp_path / "run.twin")
    its.finish(outcome.sealed)
    with pytest.raises(Fault, match="has ended"):
        its.command("control-room", "stop TR-1")
    its.rewind(AT - 100)
    assert not its.over
    its.command("control-room", "stop TR-1")
    its.advance(AT + 100)
    assert its.tick == AT + 100
    its.end("trainer")
    its.finish(outcome.sealed)
    its.close()
    assert verify(tmp_path / "run.twin") == {"verified": True, "finished": True}


def test_one_that_was_killed_before_its_outcome_was_written_ends_there_too(tmp_path: Path) -> None:
    its = _ended(tmp_path / "run.twin")
    its.close()
    again, _ = replay.resume(tmp_path / "run.twin")
    assert again.finish(outcome.sealed)["tick"] == AT
    again.close()
    assert verify(tmp_path / "run.twin") == {"verified": True, "finished": True}


def test_an_outcome_before_the_end_that_nobody_asked_for_is_not_verified(tmp_path: Path) -> None:
    its = _ended(tmp_path / "run.twin")
    its.finish(outcome.sealed)
    its.close()
    lying = Journal.create(tmp_path / "lying.twin", dict(_records(tmp_path / "run.twin")[0][1]))
    lying.append(*((k, dict(b)) for k, b in _records(tmp_path / "run.twin")[1:] if b.get("kind") != "end"))
    lying.close()
    assert not verify(tmp_path / "lying.twin")["verified"]


def test_it_cannot_end_before_it_began(tmp_path: Path) -> None:
    its = sessions.start(Setup("first-watch"), tmp_path / "run.twin")
    with pytest.raises(Fault, match="nothing was lived yet"):
        its.end("trainer")
    its.close()
    kinds = [json.loads(line)["kind"] for line in (tmp_path / "run.twin").read_text().splitlines()]
    assert kinds == ["header"]
