"""The drills on the long jetty: how a ship is stopped matters, and what stands in a bund stays there only while its drain is shut."""

import pytest

from tests.drills.living import lived, score
from twin.debrief import outcome

AT_S = 900


def test_of_three_ways_to_stop_a_ship_one_bursts_the_hose_and_it_is_not_the_best() -> None:
    ways = {
        act: lived("hammer-at-the-jetty", "none", (AT_S, "control-room", act), settings=("night=forgotten",))
        for act in ("stop TR-1", "close MOV-301", "trip ESD-1")
    }
    assert [act for act, block in ways.items() if "burst" in block.first[0]] == ["trip ESD-1"]
    assert not any("overflow" in block.first[0] for block in ways.values())
    assert score(ways["trip ESD-1"]) < score(ways["stop TR-1"])
    kept = {m.mark for m in outcome.judged(ways["trip ESD-1"], 0)[0] if m.met}
    assert not {"containment", "environment", "plant saved"} & kept
    spilled = float(ways["trip ESD-1"].world.spilled.volume_m3[0, 0])
    assert spilled > 20.0
    assert outcome.totals(ways["trip ESD-1"], 0)["spilled_m3"] == pytest.approx(spilled, rel=1e-12)
    assert all(float(block.balance_error()[0]) <= 1e-9 for block in ways.values())


@pytest.mark.parametrize("word", ["forgotten", "drips", "both", "calm"])
def test_the_plan_keeps_the_tank_dry_and_the_hose_whole_on_every_night(word: str) -> None:
    block = lived("hammer-at-the-jetty", "plan", settings=(f"night={word}",))
    assert not {"overflow", "burst"} & block.first[0].keys()
    assert ("leak" in block.first[0]) == (word in {"drips", "both"})
    left = lived("hammer-at-the-jetty", "none", settings=(f"night={word}",))
    assert ("overflow" in left.first[0]) == (word in {"forgotten", "both"})
    assert (score(left) == 1000000) == (word == "calm")  # a hose that drips for long is no containment


def test_a_drain_left_open_lets_the_bund_into_the_ditch_until_somebody_shuts_it() -> None:
    found = {}
    for posts in ("plan", "slow", "none"):
        block = lived("drain-left-open", posts, settings=("DV-1.position=100 %",))
        its = block.model.tanks
        found[posts] = float(block.world.tanks.total_m3[0, its.index("ditch")])
    assert 0.0 < found["plan"] < found["slow"] < 0.3 * found["none"]
