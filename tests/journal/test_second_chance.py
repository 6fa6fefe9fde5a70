"""A second chance: a new run of the same world from a tick on, that verifies alone and knows its parent."""

import json
from pathlib import Path

import pytest

from twin.base.fault import Fault
from twin.cli.main import main
from twin.cli.run import verify
from twin.debrief import outcome, report
from twin.engine import replay
from twin.engine import session as sessions
from twin.engine.session import Session
from twin.engine.setup import Setup

ACTS = ((200, "control-room", "stop TR-1"), (900, "control-room", "doubt LT-101"))


@pytest.fixture
def parent(tmp_path: Path) -> Session:
    its = sessions.start(Setup("gauge-sticks", taken=("control-room",)), tmp_path / "first.twin")
    for tick, post, sentence in ACTS:
        its.command(post, sentence, tick)
    its.finish(outcome.sealed)
    its.close()
    return its


@pytest.mark.parametrize("tick", [0, 199, 200, 700, 1500])
def test_without_another_act_it_comes_to_what_the_parent_came_to(parent: Session, tmp_path: Path, tick: int) -> None:
    child = replay.second_chance(parent, tick, tmp_path / "second.twin")
    for later in [a for a in ACTS if a[0] > tick]:
        child.command(later[1], later[2], later[0])
    child.finish(outcome.sealed)
    child.close()
    assert child.digest == parent.digest
    assert verify(tmp_path / "second.twin") == {"verified": True, "finished": True}


def test_the_first_course_is_lived_again_from_the_childs_file_alone(parent: Session, tmp_path: Path) -> None:
    child = replay.second_chance(parent, 500, tmp_path / "second.twin", act="doubt LT-101", closes=620)
    child.command("control-room", "doubt LT-101")
    child.finish(outcome.sealed)
    child.close()
    (tmp_path / "first.twin").unlink()
    again, torn = replay.resume(tmp_path / "second.twin")
    assert torn == 0
    again.close()
    found = report.report(again)["second_chance"]
    assert found["proven"]
    assert (found["tick_s"], found["act"], found["closes_s"]) == (500, "doubt LT-101", 620)
    done = {a["act"]: a["done_s"] for a in found["parent"]["acts"]}
    assert parent.outcome is not None
    assert found["parent"]["score"] == parent.outcome["score"]
    assert done.get("doubt LT-101", 900) == 900


def test_it_begins_within_the_run(parent: Session, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="begins within the run"):
        replay.second_chance(parent, 1501, tmp_path / "second.twin")
    assert not (tmp_path / "second.twin").exists()


def test_a_header_with_a_parent_that_is_none_is_refused(parent: Session, tmp_path: Path) -> None:
    from twin.journal.chain import _sealed

    body = json.loads((tmp_path / "first.twin").read_text().splitlines()[0])["body"]
    (tmp_path / "odd.twin").write_text(_sealed(1, "header", {**body, "parent": {"digest": 7}}, "0" * 64)[0] + "\n")
    assert main(["debrief", str(tmp_path / "odd.twin")]) == 2
    assert verify(tmp_path / "odd.twin")["verified"] is False
