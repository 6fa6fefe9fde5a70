"""The drills on the long jetty: how a ship is stopped matters, and what stands in a bund stays there only while its drain is shut."""

import pytest

from twin.debrief import outcome
from twin.engine.commands import order
from twin.engine.compile import open_model
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.language.files import Files

AT_S = 900


def _lived(name: str, posts: str, *said: tuple[str, str], settings: tuple[str, ...] = ()) -> Block:
    """World 0 of a shipped scenario, with these orders a quarter of an hour after its start."""
    block = Block(open_model(Files(), name, list(settings))[0], 0, [0], [Override(posts=posts)])
    block.advance(AT_S)
    for post, sentence in said:
        block.submit(0, order(block.model, post, sentence))
    block.advance(block.model.spec.lasts_s)
    return block


def _score(block: Block) -> int:
    return int(outcome.judged(block, 0)[1])


def test_of_three_ways_to_stop_a_ship_one_bursts_the_hose_and_it_is_not_the_best() -> None:
    ways = {
        act: _lived("hammer-at-the-jetty", "none", ("control-room", act), settings=("night=forgotten",))
        for act in ("stop TR-1", "close MOV-301", "trip ESD-1")
    }
    assert [act for act, block in ways.items() if "burst" in block.first[0]] == ["trip ESD-1"]
    assert not any("overflow" in block.first[0] for block in ways.values())
    assert _score(ways["trip ESD-1"]) < _score(ways["stop TR-1"])
    spilled = float(ways["trip ESD-1"].world.spilled.volume_m3[0, 0])
    assert spilled > 20.0
    assert outcome.totals(ways["trip ESD-1"], 0)["spilled_m3"] == pytest.approx(spilled, rel=1e-12)
    assert all(float(block.balance_error()[0]) <= 1e-9 for block in ways.values())


@pytest.mark.parametrize("word", ["forgotten", "drips", "both", "calm"])
def test_the_plan_keeps_the_tank_dry_and_the_hose_whole_on_every_night(word: str) -> None:
    block = _lived("hammer-at-the-jetty", "plan", settings=(f"night={word}",))
    assert not {"overflow", "burst"} & block.first[0].keys()
    assert ("leak" in block.first[0]) == (word in {"drips", "both"})
    left = _lived("hammer-at-the-jetty", "none", settings=(f"night={word}",))
    assert ("overflow" in left.first[0]) == (word in {"forgotten", "both"})


def test_a_drain_left_open_lets_the_bund_into_the_ditch_until_somebody_shuts_it() -> None:
    found = {}
    for posts in ("plan", "slow", "none"):
        block = _lived("drain-left-open", posts, settings=("DV-1.position=100 %",))
        its = block.model.tanks
        found[posts] = float(block.world.tanks.total_m3[0, its.index("ditch")])
    assert 0.0 < found["plan"] < found["slow"] < 0.3 * found["none"]
