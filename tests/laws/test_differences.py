"""A difference of temperatures is the same in degC and K and 9/5 of it in degF, wherever a difference is meant."""

from pathlib import Path

import numpy as np
import pytest
from farms import alone, opened, signal, told

from twin.base.fault import Faults
from twin.base.units import show
from twin.debrief import export
from twin.debrief.changes import fault_cells
from twin.debrief.facts import figures
from twin.debrief.misled import misled
from twin.engine.session import Session, start
from twin.engine.setup import Setup
from twin.engine.starting import drawn, uncertain_target
from twin.seat.desk import take_desk

WARM = """\
scenario: Warm
weather: {{air: 20 degC}}
farm:
  farm: One warm tank
  tanks: {{T-1: {{product: gasoline, diameter: 20 m, height: 12 m}}}}
  instruments:
    TT-1: {{measures: T-1.temperature, range: -20 degC .. 60 degC{of}}}
  alarms:
    TAH-1: {{when: TT-1 > 30 degC, deadband: {four}}}
    TAR-1: {{when: change of TT-1 over 2 min > {four}}}
starts: 2026-01-12 10:00
lasts: 20 min
initially: {{T-1: {{level: 5 m, temperature: 20 degC}}}}
{more}
"""
FOUR = ["4 degC", "4 °C", "4 K", "7.2 degF", "7.2 °F"]


def _text(of: str = "", more: str = "", four: str = "4 K") -> str:
    return WARM.format(of=of, more=more, four=four)


def _session(folder: Path, text: str) -> Session:
    (folder / "warm.yaml").write_text(text)
    return start(Setup(str(folder / "warm.yaml"), posts="none"))


def _timeline(*acts: str) -> str:
    return "\n".join(
        ["timeline:", *(f"  a{i}: {{cue: at +{60 * (i + 1)} s, do: {act}}}" for i, act in enumerate(acts))]
    )


def test_a_tank_of_20_degrees_shows_20_degrees_through_a_resolution_of_half_a_degree(tmp_path: Path) -> None:
    for half in ("0.5 degC", "0.5 K", "0.9 degF"):
        block = alone(opened(tmp_path, _text(f", resolution: {half}")))
        block.advance(5)
        assert show(float(signal(block, "TT-1")[-1]), "temperature", 1) == "20.0 degC", half


@pytest.mark.parametrize("four", FOUR)
def test_noise_resolution_and_what_misleads_are_in_kelvins(tmp_path: Path, four: str) -> None:
    gauges = opened(tmp_path, _text(f", resolution: {four}, noise: {four}")).instruments
    assert (gauges.resolution[0], gauges.noise[0], gauges.allowed[0]) == pytest.approx((4, 4, 40))


@pytest.mark.parametrize("four", FOUR)
def test_bias_noise_and_by_are_differences(tmp_path: Path, four: str) -> None:
    block = alone(opened(tmp_path, _text(more=_timeline(f"set TT-1.bias to {four}", f"set TT-1.bias by {four}",
                                                        f"set TT-1.noise to {four}"))))  # fmt: skip
    block.advance(170)
    assert [signal(block, "TT-1")[tick] for tick in (50, 100, 170)] == pytest.approx([293.15, 297.15, 301.15])
    block.advance(190)
    assert block.world.controls.instruments.noise[0, 0] == pytest.approx(4)


@pytest.mark.parametrize("rate", ["60 degC/h", "60 °C/h", "60 K/h", "1 K/min", "1 degC/min", "108 degF/h", "108 °F/h"])
def test_a_temperature_drifts_by_degrees_an_hour(tmp_path: Path, rate: str) -> None:
    block = alone(opened(tmp_path, _text(more=_timeline(f"set TT-1.drift to {rate}"))))
    block.advance(60 + 300)
    assert signal(block, "TT-1")[-1] == pytest.approx(293.15 + 5, abs=0.02)


def test_a_drift_of_temperature_without_an_hour_is_answered_with_the_units_of_a_drift(tmp_path: Path) -> None:
    with pytest.raises(
        Faults, match=r"2 degC.*temperature rate|degC is a unit of temperature; temperature rate.*K/h, degC"
    ):
        opened(tmp_path, _text(more=_timeline("set TT-1.drift to 2 degC")))


@pytest.mark.parametrize("four", FOUR)
def test_limits_on_a_change_and_dead_bands_are_differences(tmp_path: Path, four: str) -> None:
    tables = opened(tmp_path, _text(four=four)).tests
    high, rise = (int(np.flatnonzero(np.isclose(tables.limit, limit))[0]) for limit in (303.15, 4.0))
    assert tables.deadband[high] == pytest.approx(4)
    assert tables.limit[rise] == pytest.approx(4)


@pytest.mark.parametrize("four", FOUR)
def test_a_change_is_shown_exported_and_documented_as_a_difference(tmp_path: Path, four: str) -> None:
    facts = f"facts: {{rise: {{of: max change of TT-1 over 2 min, is: {four} .. 5 K}}}}"
    session = _session(tmp_path, _text(more=f"{_timeline('set TT-1.bias to 4.5 K')}\n{facts}"))
    session.advance(session.model.spec.lasts_s)
    (fact,) = [f.json for f in figures(session.block, 0)]
    assert (fact["documented"], fact["computed"], fact["inside"]) == (pytest.approx([4, 5]), pytest.approx(4.5), True)
    columns = export.signals(session).columns
    (head,) = [name for name in columns if name.startswith("change of TT-1")]
    assert head.endswith("[K]")
    assert max(map(float, columns[head])) == pytest.approx(4.5)


def test_how_far_a_thermometer_lay_beside_the_truth_is_a_difference(tmp_path: Path) -> None:
    session = _session(tmp_path, _text(more=_timeline("set TT-1.bias to 4 degC")))
    session.advance(session.model.spec.lasts_s)
    (its,) = misled(session)
    assert its.gap is not None
    assert (its.gap.value, its.gap.unit) == (pytest.approx(4), "K")


def test_a_band_of_differences_must_rise_as_one(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="the band must rise"):
        opened(tmp_path, _text(more="facts: {rise: {of: max change of TT-1 over 2 min, is: 2 K .. 1 degC}}"))


@pytest.mark.parametrize("four", FOUR)
def test_the_spread_of_a_temperature_is_a_difference_and_its_mean_is_not(tmp_path: Path, four: str) -> None:
    more = f"uncertain: {{T-1.temperature: normal 20 degC sd {four}, TT-1.bias: uniform 0 K .. {four}}}"
    model = opened(tmp_path, _text(more=more).replace(", temperature: 20 degC", ""))
    by_name = {u.path.quantity: u for u in model.spec.uncertain}
    values = {
        name: np.array([drawn(u, uncertain_target(model.signals, (), u)[1], 0, w) for w in range(400)])
        for name, u in by_name.items()
    }
    assert values["temperature"].mean() == pytest.approx(293.15, abs=1)
    assert values["temperature"].std() == pytest.approx(4, abs=0.5)
    assert 0 <= values["bias"].min() < values["bias"].max() <= 4 + 1e-9


def test_what_the_instructor_is_offered_for_a_thermometer_can_be_sent(tmp_path: Path) -> None:
    session = _session(tmp_path, _text())
    session.advance(5)
    (its,) = (
        thing
        for thing in take_desk(
            session,
            fault_cells(session.model),
            (),
            waits_for=(),
            runs_over=None,
            frozen=False,
            asked=1.0,
            ratio=1.0,
            key="",
            score="",
        ).things
        if thing.name == "TT-1"
    )
    offered = [sentence for _, sentence, _ in its.offers]
    assert "set TT-1.bias by 5 K" in offered
    assert "set TT-1.drift to 10 K/h" in offered
    for sentence in offered:
        assert told(session.block, "instructor", sentence).accepted, sentence
