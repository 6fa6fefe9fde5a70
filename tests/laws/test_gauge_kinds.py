"""Kinds of level gauge and what can be wrong with them: each has a law that its neighbour would break."""

from pathlib import Path

import numpy as np
import pytest
from farms import alone, opened, signal

from twin.base.arrays import Floats
from twin.base.fault import Faults
from twin.parts.gauge import SPIKES_ABOVE

FARM = """\
scenario: Gauges
farm:
  farm: One small tank
  nodes: {ship: {product: diesel, flow: 200 m3/h, answers: 1 s}, rack: {receives: diesel}}
  tanks: {T: {product: diesel, diameter: 4 m, height: 10 m, overflows above: 9.8 m}}
  lines: {L: {from: ship, to: T, size: 200 mm}, D: {from: T, to: rack, size: 200 mm}}
  instruments:
    RADAR: {measures: T.level, range: 0 m .. 10 m}
    SERVO: {measures: T.level, range: 0 m .. 10 m, follows: 120 mm/min}
    FLOAT: {measures: T.level, range: 0 m .. 10 m, hysteresis: 30 mm}
    HEAD: {measures: T.level, range: 0 m .. 12 m, density: 740 kg/m3}
    LS: {measures: T.level > 4 m}
  transfers: {TR: {from: ship, to: T, through: [L]}, OUT: {from: T, to: rack, through: [D], rate: 100 m3/h}}
starts: 2026-01-12 10:00
lasts: 40 min
weather: {air: 15 degC}
initially: {T: {level: 2 m}}
timeline:
  fills: {cue: at +1 min, do: start TR}
  ends: {cue: at +11 min, do: stop TR}
  empties: {cue: at +20 min, do: start OUT}
"""


def _shown(tmp_path: Path, name: str, more: str = "", text: str = FARM) -> tuple[Floats, Floats]:
    """What an instrument showed, and the level."""
    block = alone(opened(tmp_path, text + more))
    block.advance(2400)
    return signal(block, name)[1:], signal(block, "T.level")[1:]


def test_a_radar_shows_the_level(tmp_path: Path) -> None:
    shown, level = _shown(tmp_path, "RADAR")
    assert shown == pytest.approx(level)
    assert np.ptp(level) > 2.0


def test_a_servo_walks_after_the_level_no_faster_than_it_can(tmp_path: Path) -> None:
    shown, level = _shown(tmp_path, "SERVO")
    assert np.abs(np.diff(shown)).max() == pytest.approx(2e-3)
    assert (level - shown).max() > 1.0  # 4.4 mm/s fill it
    assert (shown <= np.maximum.accumulate(level) + 1e-12).all()
    late = shown[600:1200] - shown[600]
    assert late[:100] == pytest.approx(2e-3 * np.arange(100), abs=1e-9)


def test_a_float_with_friction_lags_by_its_play_and_turns_late(tmp_path: Path) -> None:
    shown, level = _shown(tmp_path, "FLOAT")
    rising = slice(120, 600)
    assert shown[rising] == pytest.approx(level[rising] - 0.03)
    turned = np.flatnonzero(np.diff(level) < 0.0)
    assert shown[turned[:20]] == pytest.approx(shown[turned[0]])  # it stands while the level turns back
    assert shown[turned[-1]] == pytest.approx(level[turned[-1]] + 0.03)


@pytest.mark.parametrize(
    ("initially", "density"),
    [("{level: 2 m}", 0.0), ("{level: 2 m, temperature: 60 degC}", -1.0), ("{level: 2 m, water: 1 m}", 1.0)],
)
def test_a_head_gauge_shows_what_it_weighs(tmp_path: Path, initially: str, density: float) -> None:
    text = FARM.replace("{level: 2 m}", initially) + "farm_more: 1\n"
    block = alone(
        opened(
            tmp_path,
            text.replace("farm_more: 1\n", "").replace(
                "    LS:",
                "    MASS: {measures: T.mass, range: 0 t .. 200 t}\n    VOL: {measures: T.volume, range: 0 m3 .. 200 m3}\n    LS:",
            ),
        )
    )
    block.advance(30)
    held = signal(block, "MASS")[-1] / signal(block, "VOL")[-1]
    assert signal(block, "HEAD")[-1] == pytest.approx(signal(block, "T.level")[-1] * held / 740.0)
    plain = 2.0 * 832.0 / 740.0
    assert np.sign(round(float(signal(block, "HEAD")[-1]) - plain, 1)) == density or density == 0.0


def _fault(name: str) -> str:
    return f"  breaks: {{cue: at +6 min, do: set {name}}}\n"


SINCE = 380


@pytest.mark.parametrize(("fault", "law"), [
    ("RADAR.sunk", lambda shown, level: (shown[SINCE:] == 0.0).all()),
    ("RADAR.off-scale", lambda shown, level: (shown[SINCE:] == 10.0).all()),
    ("RADAR.stuck", lambda shown, level: (shown[SINCE:] == shown[SINCE]).all() and shown[SINCE] > 2.5),
    ("RADAR.false-echo to 4.5 m", lambda shown, level: np.allclose(shown[SINCE:], np.maximum(level[SINCE:], 4.5))),
    ("RADAR.bias to 0.5 m", lambda shown, level: np.allclose(shown[SINCE:], level[SINCE:] + 0.5)),
])  # fmt: skip
def test_each_fault_has_its_own_law(tmp_path: Path, fault: str, law: object) -> None:
    shown, level = _shown(tmp_path, "RADAR", _fault(fault))
    assert shown[:350] == pytest.approx(level[:350])
    assert level.max() > 4.5
    assert law(shown, level)  # type: ignore[operator]


def test_a_spike_lasts_one_scan_and_comes_some_five_times_an_hour(tmp_path: Path) -> None:
    text = FARM.replace("lasts: 40 min", "lasts: 3 h") + "  spikes: {cue: at +1 s, do: set RADAR.spikes to 3 m}\n"
    block = alone(opened(tmp_path, text))
    block.advance(10800)
    beside = (signal(block, "RADAR") - signal(block, "T.level"))[3:]
    jumps = beside > 1e-6
    assert set(np.round(beside[jumps], 6)) <= {3.0} | set(np.round(10.0 - signal(block, "T.level")[3:][jumps], 6))
    assert 4 <= jumps.sum() <= 30  # 15 of 10 800 scans beyond three standard deviations
    assert SPIKES_ABOVE == 3.0
    assert (np.diff(np.flatnonzero(jumps)) > 1).mean() > 0.8


def test_a_sunk_switch_never_acts(tmp_path: Path) -> None:
    shown, level = _shown(tmp_path, "LS", "  breaks: {cue: at +1 s, do: set LS.sunk}\n")
    assert level.max() > 4.0
    assert not shown[5:].any()


def test_what_misleads_is_found_and_what_only_lags_is_not(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, FARM + _fault("RADAR.sunk")))
    block.advance(2400)
    names = block.model.instruments.names
    onset = dict(zip(names, block.world.instruments.onset[0].tolist(), strict=True))
    assert 360 <= onset["RADAR"] <= 363
    assert all(onset[n] > 2400 for n in ("SERVO", "FLOAT", "HEAD", "LS"))


@pytest.mark.parametrize(("old", "new", "said"), [
    ("RADAR: {measures: T.level", "RADAR: {density: 740 kg/m3, measures: T.temperature", "measures no level"),
    ("range: 0 m .. 10 m, follows: 120 mm/min", "follows: 2 mm", "speed is wanted"),
    ("LS: {measures: T.level > 4 m", "LS: {hysteresis: 1 mm, measures: T.level > 4 m", "is a switch"),
])  # fmt: skip
def test_what_cannot_be_is_answered(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = FARM.replace(old, new).replace("T.temperature, range: 0 m .. 10 m", "T.temperature")
    with pytest.raises(Faults, match=said):
        opened(tmp_path, text)
