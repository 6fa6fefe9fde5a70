"""The Python door: settings as values, scenarios as tables, measures of one's own, facts; what a script may get wrong."""

from pathlib import Path

import numpy as np
import pytest

import twin

pytestmark = pytest.mark.usefixtures("as_shipped")
SHORT = {"scenario": "Short", "like": "first-watch", "lasts": "8 min"}


def test_settings_are_values_in_si(tmp_path: Path) -> None:
    given = {
        "T-101.level": 9.2, "ship.flow": 0.25, "berth": "into-1", "night": "calm", "weather.air": 290.0,
        "lasts": 420, "control-room.reacts": 33.0,
    }  # fmt: skip
    run = twin.open_scenario(SHORT, posts="none", settings=given)
    run.advance()
    assert run.lasts == 420
    assert run.signal("T-101.level")[0] == 9.2
    assert run.signal("T-101.level")[-1] > 9.2
    assert run.signal("L-S.flow")[-1] == pytest.approx(0.25)
    assert run.signal("weather.air")[-1] == pytest.approx(290.0)
    assert run.signals["weather.air"] == "temperature"
    stuck = twin.open_scenario(SHORT, posts="none", settings={"LT-101.stuck": True})
    stuck.advance()
    assert np.ptp(stuck.signal("LT-101")[2:]) == 0.0


def test_texts_and_values_come_to_the_same() -> None:
    texts = twin.open_scenario(
        "first-watch", posts="none", settings=("T-101.level=9.2 m", "LT-101.stuck=yes")
    ).outcome()
    values = twin.open_scenario(
        "first-watch", posts="none", settings={"T-101.level": 9.2, "LT-101.stuck": True}
    ).outcome()
    assert texts["digest"] == values["digest"]


def test_a_table_is_a_scenario_and_a_run_of_it_forks() -> None:
    run = twin.open_scenario(
        {**SHORT, "timeline": {"beside": {"cue": "at +1 min", "do": "set LT-101.bias to 1 m"}}}, posts="none"
    )
    run.advance(90)
    assert run.signal("LT-101")[-1] == pytest.approx(run.signal("T-101.level")[-1] + 1.0, abs=0.02)
    other = run.fork(twin.Override(posts="none", dropped=frozenset({"beside"})))
    assert other.signal("LT-101")[-1] == pytest.approx(other.signal("T-101.level")[-1], abs=0.02)


def test_measures_are_of_each_world_and_the_columns_of_a_campaign_stay() -> None:
    last = {
        "last": lambda world: float(world.signal("T-102.level")[-1]),
        "kinds": lambda world: {e.kind for e in world.events},
    }
    found = twin.worlds(SHORT, 6, posts="none", measures=last)
    plain = twin.worlds(SHORT, 6, posts="none")
    assert {k: v for k, v in found.items() if k not in last} == plain
    assert len(set(found["last"])) == 6
    one = twin.open_scenario(SHORT, world=4, posts="none")
    one.advance()
    assert found["last"][4] == one.signal("T-102.level")[-1]


def test_facts_come_with_value_and_band() -> None:
    (fact,) = twin.open_scenario("vacuum-collapse", posts="none").facts()
    assert (fact.name, fact.low, fact.high, fact.inside) == ("sucks", 130.0, 170.0, True)
    assert fact.value is not None
    assert 130.0 < fact.value < 170.0
    other = twin.worlds("vacuum-collapse", 2, posts="none", measures={"sucks": lambda world: world.facts()[0].value})
    assert other["sucks"][0] == fact.value
    assert np.isfinite(other["sucks"]).all()


@pytest.mark.parametrize(("scenario", "settings", "said"), [
    ({"scenario": "No farm"}, {}, "names its farm"),
    ({**SHORT, "timelin": {}}, {}, "timelin"),
    (SHORT, {"T-101.levl": 3.0}, "T-101"),
    (SHORT, {"T-999.level": 3.0}, "T-999"),
    (SHORT, {"T-101.level": float("nan")}, "nan"),
    (SHORT, {"T-101.level": 99.0}, "outside what can be"),
    ("no-such", {}, "no-such"),
])  # fmt: skip
def test_what_is_wrong_is_a_fault(scenario: object, settings: dict[str, float], said: str) -> None:
    with pytest.raises((twin.Fault, twin.Faults)) as caught:
        twin.open_scenario(scenario, settings=settings)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_a_measure_may_not_hide_a_column() -> None:
    with pytest.raises(twin.Fault, match="score is a column already"):
        twin.worlds(SHORT, 1, measures={"score": lambda world: 0})
