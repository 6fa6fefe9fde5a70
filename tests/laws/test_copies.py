"""Copies of worlds: a copy without a change is the run, and a change changes nothing else."""

import dataclasses

import numpy as np
import pytest

from twin.debrief import outcome
from twin.debrief.acts import as_it_was, course
from twin.debrief.edits import beginning, moved, parts_at
from twin.engine import session as sessions
from twin.engine.commands import order
from twin.engine.copies import Beginning, Copy, Given, live
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.engine.world import Override

DRILLS = ("first-watch", "gauge-sticks", "valve-does-not-close", "keep-pumping", "power-dips")


def lived(
    name: str, *, posts: str = "plan", settings: tuple[str, ...] = (), orders: list[tuple[int, str, str]] = ()
) -> Session:  # type: ignore[assignment]
    its = sessions.start(Setup(name, posts=posts, settings=settings, taken=tuple({p for _, p, _ in orders})))
    for tick, post, sentence in orders:
        its.command(post, sentence, tick)
    its.finish(outcome.sealed)
    return its


def digest(its: Session, copy: Copy, begin: Beginning | None = None) -> str:
    block = live(its.model, its.setup.seed, [copy], its.tick, beginning=begin)
    return f"sha256:{block.digests[-1][1][0]}"


@pytest.mark.parametrize("name", DRILLS)
def test_a_copy_without_a_change_has_the_digest_of_the_run(name: str) -> None:
    its = lived(name)
    assert digest(its, as_it_was(its)) == its.digest


@pytest.mark.parametrize("name", DRILLS)
@pytest.mark.parametrize(("tick", "from_tick"), [(600, 600), (1100, 1080)])
def test_a_copy_gone_on_with_from_a_snapshot_has_the_digest_of_the_run(name: str, tick: int, from_tick: int) -> None:
    its = lived(name, orders=[(300, "control-room", "stop TR-1"), (720, "control-room", "doubt LT-101")])
    if tick >= its.tick:
        pytest.skip("this drill is shorter")
    begin = beginning(its, tick + 1)
    assert begin is not None
    assert begin.tick == from_tick  # there is one a minute
    assert digest(its, as_it_was(its), begin) == its.digest


def test_a_copy_parts_from_the_run_where_its_change_begins_and_not_before() -> None:
    its = lived("gauge-sticks", orders=[(900, "control-room", "stop TR-1")])
    measured = course(its, {})
    stop = next(d for d in measured.acts if d.sentence == "stop TR-1")
    earlier = moved(measured, stop, 700)
    assert parts_at(its, as_it_was(its), earlier) == 700
    assert parts_at(its, as_it_was(its), as_it_was(its)) == its.tick
    assert parts_at(its, as_it_was(its), Copy(1, as_it_was(its).override, as_it_was(its).commands)) == 0
    from_start, from_snapshot = digest(its, earlier), digest(its, earlier, beginning(its, 700))
    assert from_start == from_snapshot != its.digest


def test_copies_beside_each_other_do_not_touch() -> None:
    its = lived("gauge-sticks", orders=[(900, "control-room", "stop TR-1")])
    measured = course(its, {})
    stop = measured.acts[-1]
    copies = [as_it_was(its), moved(measured, stop, 400), moved(measured, stop, None), Copy(5, Override(posts="none"))]
    together = live(its.model, 0, copies, its.tick)
    for row, copy in enumerate(copies):
        assert f"sha256:{together.digests[-1][1][row]}" == digest(its, copy)


def test_an_act_given_for_the_plan_needs_nobody_in_the_seat() -> None:
    its = lived("first-watch", posts="none")
    given = Given(60, dataclasses.replace(order(its.model, "control-room", "stop TR-1"), for_plan=True))
    block = live(its.model, 0, [Copy(0, Override(), (given,))], its.tick)
    assert any(a.verb == "stop" and a.tick == 60 for a in block.acts[0])
    refused = live(its.model, 0, [Copy(0, Override(), (Given(60, order(its.model, "control-room", "stop TR-1")),))], 61)
    assert [e.kind for e in refused.events[0] if e.tick == 60] == ["refused"]


def test_what_is_repaired_starts_sound_and_no_inject_spoils_it() -> None:
    its = lived("gauge-sticks", posts="none")
    healthy = Copy(0, Override(posts="none", repaired=frozenset({("LT-101", "stuck"), ("LS-101", "dead")})))
    block = live(its.model, 0, [healthy], its.tick)
    assert not block.world.controls.instruments.stuck.any()
    assert not block.world.controls.instruments.dead.any()
    assert "inject" not in block.first[0], "an inject that would spoil only what is repaired does not happen"
    assert "trip" in block.first[0]


@pytest.mark.parametrize(("scenario", "setting"), [("gauge-sticks", "LS-101.dead"), ("buncefield-2005", "LS-912.dead")])
def test_a_repair_at_the_start_is_the_same_world_as_the_setting(scenario: str, setting: str) -> None:
    its = lived(scenario, posts="none", settings=("lasts=40 min",) if scenario == "buncefield-2005" else ())
    thing, quantity = setting.split(".")
    copy = Copy(0, Override(posts="none", repaired=frozenset({(thing, quantity)})))
    mended = lived(scenario, posts="none", settings=(*its.setup.settings, f"{setting}=no"))
    assert digest(its, copy) == mended.digest


def test_an_override_leaves_all_other_draws_alone() -> None:
    its = lived("gauge-sticks", posts="none")
    plain = live(its.model, 3, [Copy(w, Override()) for w in range(8)], 60)
    mended = live(its.model, 3, [Copy(w, Override(repaired=frozenset({("LS-101", "dead")}))) for w in range(8)], 60)
    assert np.array_equal(plain.world.controls.nodes.flow_m3_s, mended.world.controls.nodes.flow_m3_s)
    assert np.array_equal(plain.world.line_delay_s, mended.world.line_delay_s)
    assert np.array_equal(plain.world.instruments.shown[:, 1:4], mended.world.instruments.shown[:, 1:4])
