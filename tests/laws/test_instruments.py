"""Instruments show the truth through range, lag, noise and faults; calculated values follow from what they show."""

from pathlib import Path

import numpy as np
import pytest
from farms import PAIR, Kept, alone, happened, opened, signal, told
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.base.arrays import NEVER, Floats
from twin.engine.model import Model
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.parts import gauge
from twin.parts.action import IDLE

BENCH = """\
scenario: Bench
farm:
  farm: Instruments on a bench
  utilities:
    grid: {kind: power}
    BPCS: {kind: controller, power: grid}
  tanks: {TK: {product: water, diameter: 10 m, height: 20 m}}
  instruments:
    plain: {measures: TK.level}
    short: {measures: TK.level, range: 2 m .. 8 m}
    slow: {measures: TK.level, lag: 20 s}
    rare: {measures: TK.level, lag: 20 s, sample: 5 s}
    coarse: {measures: TK.level, resolution: 50 mm}
    noisy: {measures: TK.level, noise: 10 mm}
    fed: {measures: TK.level, power: grid}
    high: {measures: TK.level > 5 m}
    low: {measures: TK.level < 1 m}
    dip: {measures: TK.level, by hand: 1 min, at: TK}
starts: 2026-01-01 10:00
lasts: 10 min
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(opened(tmp_path_factory.mktemp("bench"), BENCH))


class _Bench:
    """Instruments stepped by hand over levels of our choosing."""

    def __init__(self, model: Model, level: float) -> None:
        self.gauges = model.instruments
        block = Block(model, 0, [0])
        self.controls, self.alive = block.world.controls.instruments, block.world.utilities.alive.copy()
        self.tick = 0
        self.state = gauge.start(self.gauges, self._all(level), self.controls.dead)
        self.taken = np.zeros((1, len(self.gauges.names)), dtype=bool)

    def _all(self, level: float) -> Floats:
        return np.full((1, len(self.gauges.names)), level)

    def see(self, level: float, noise: float = 0.0) -> None:
        self.tick += 1
        its = gauge.faults(self.gauges, self.controls, self.alive)
        self.state = gauge.step(
            self.gauges, self.state, self._all(level), self.controls, its, self._all(noise), self.taken, self.tick
        )

    def at(self, name: str) -> int:
        return self.gauges.names.index(name)

    def shown(self, name: str) -> float:
        return float(self.state.shown[0, self.at(name)])

    def good(self, name: str) -> bool:
        return bool(self.state.good[0, self.at(name)])

    def set(self, fault: str, name: str, value: float = 1.0) -> None:
        getattr(self.controls, fault)[0, self.at(name)] = value


def test_nothing_is_shown_outside_the_range(bench: Kept) -> None:
    its = _Bench(bench.model, 5.0)
    for level, expected in ((1.0, 2.0), (5.0, 5.0), (19.0, 8.0)):
        its.see(level)
        assert its.shown("short") == expected


@pytest.mark.parametrize(("name", "sample"), [("slow", 1), ("rare", 5)])
def test_a_lagging_instrument_answers_a_step_as_the_closed_form_says(bench: Kept, name: str, sample: int) -> None:
    its = _Bench(bench.model, 2.0)
    for tick in range(1, 121):
        its.see(6.0)
        looks = tick // sample * sample
        assert its.shown(name) == pytest.approx(6.0 - 4.0 * np.exp(-looks / 20.0), rel=1e-12)


@given(st.floats(0, 20))
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_a_coarse_instrument_shows_whole_steps_next_to_the_truth(bench: Kept, level: float) -> None:
    its = _Bench(bench.model, level)
    its.see(level)
    steps = its.shown("coarse") / 0.05
    assert steps == pytest.approx(round(steps), abs=1e-9)
    assert abs(its.shown("coarse") - level) <= 0.025 + 1e-12


@given(st.floats(0, 20), st.floats(-3.6, 3.6))
@settings(deadline=None, derandomize=True, database=None, max_examples=60)
def test_noise_adds_its_standard_deviation(bench: Kept, level: float, draw: float) -> None:
    its = _Bench(bench.model, level)
    its.see(level, draw)
    assert its.shown("noisy") == pytest.approx(level + 0.01 * draw, abs=1e-12)
    assert its.shown("plain") == level


def test_a_bias_adds_at_once_and_a_drift_adds_more_each_hour(bench: Kept) -> None:
    its = _Bench(bench.model, 5.0)
    its.set("bias", "plain", -0.3)
    its.set("drift", "fed", 0.6)
    for _ in range(1800):
        its.see(5.0)
    assert its.shown("plain") == pytest.approx(4.7, rel=1e-12)
    assert its.shown("fed") == pytest.approx(5.3, rel=1e-9)


def test_a_drift_that_ends_takes_what_was_drifted_with_it_and_a_bias_keeps_an_offset(bench: Kept) -> None:
    its = _Bench(bench.model, 5.0)
    for name in ("plain", "fed"):
        its.set("drift", name, 6.0)
    for _ in range(300):
        its.see(5.0)
    assert its.shown("plain") == pytest.approx(5.5)
    for name in ("plain", "fed"):
        its.set("drift", name, 0.0)
    its.set("bias", "fed", 0.5)
    its.see(5.0)
    assert (its.shown("plain"), its.shown("fed")) == (5.0, 5.5)
    its.set("drift", "plain", 6.0)
    its.see(5.0)
    assert its.shown("plain") == pytest.approx(5.0 + 6.0 / 3600.0)


@pytest.mark.parametrize(("mends", "beside_m"), [
    ("set LT-A.drift to 0 m/h", 0.0), ("[set LT-A.drift to 0 m/h, set LT-A.bias to 0.5 m]", 0.5),
])  # fmt: skip
def test_a_gauge_whose_drift_was_mended_in_a_run_shows_the_truth_or_the_bias_it_was_left_with(
    tmp_path: Path, mends: str, beside_m: float
) -> None:
    text = PAIR.replace("at +2 min, do: set LT-A.stuck", "at +1 min, do: set LT-A.drift to 6 m/h")
    text = text.replace("timeline:\n", f"timeline:\n  mends: {{cue: at +8 min, do: {mends}}}\n")
    of = Override(posts="none", dropped=frozenset({"dark", "jams"}), delayed=(("sticks", -360.0),))
    block = Block(opened(tmp_path, text), 2, [0], [of], record=True)
    block.advance(560)
    gap = signal(block, "LT-A") - signal(block, "TA.level")
    assert gap[450] > 0.3
    assert gap[485:] == pytest.approx(beside_m, abs=0.02)


@pytest.mark.parametrize("fault", ["stuck", "dead"])
@pytest.mark.parametrize("name", ["plain", "noisy", "high"])
def test_a_stuck_or_dead_instrument_holds_its_value_and_looks_sound(bench: Kept, fault: str, name: str) -> None:
    its = _Bench(bench.model, 4.0)
    its.see(4.0, 1.5)
    held = its.shown(name)
    its.set(fault, name)
    for level in (4.5, 9.0, 0.0):
        its.see(level, -1.0)
        assert its.shown(name) == held
        assert its.good(name)
    its.set(fault, name, 0.0)
    its.see(9.0)
    assert its.shown(name) == (1.0 if name == "high" else 9.0)


def test_a_bad_signal_is_marked_and_comes_back(bench: Kept) -> None:
    its = _Bench(bench.model, 4.0)
    its.set("bad", "plain")
    its.see(5.0)
    assert not its.good("plain")
    assert its.good("fed")
    its.set("bad", "plain", 0.0)
    its.see(5.0)
    assert its.good("plain")


def test_an_off_scale_instrument_stands_at_the_top_of_its_range(bench: Kept) -> None:
    its = _Bench(bench.model, 4.0)
    its.set("off_scale", "short")
    its.set("off_scale", "high")
    its.see(4.0)
    assert its.shown("short") == 8.0
    assert its.shown("high") == 1.0


def test_an_instrument_without_power_holds_is_marked_and_comes_back(bench: Kept) -> None:
    its = _Bench(bench.model, 4.0)
    its.see(4.0)
    its.alive[0, bench.model.utilities.names.index("grid")] = False
    its.see(7.0)
    assert its.shown("fed") == 4.0
    assert not its.good("fed")
    assert its.good("plain")
    assert its.shown("plain") == 7.0
    its.alive[0, bench.model.utilities.names.index("grid")] = True
    its.see(7.0)
    assert its.shown("fed") == 7.0
    assert its.good("fed")


def test_an_instrument_without_its_controller_is_marked(tmp_path: Path) -> None:
    model = opened(tmp_path, PAIR)
    block = Block(model, 0, [0], [Override(posts="none", cells=(("SIS", "lost", "yes"),))])
    block.advance(5)
    good = dict(zip(model.instruments.names, block.world.instruments.good[0], strict=True))
    assert not good["LS-A"]
    assert good["LT-A"]


def test_a_switch_trips_past_its_point_and_not_at_it(bench: Kept) -> None:
    its = _Bench(bench.model, 3.0)
    for level, high, low in ((5.0, 0, 0), (5.0000001, 1, 0), (4.9, 0, 0), (1.0, 0, 0), (0.9999, 0, 1)):
        its.see(level)
        assert (its.shown("high"), its.shown("low")) == (high, low)


def test_what_is_read_by_hand_is_known_only_after_somebody_read_it(bench: Kept) -> None:
    its = _Bench(bench.model, 4.0)
    its.see(6.0)
    assert not its.good("dip")
    its.taken[0, its.at("dip")] = True
    its.see(7.0)
    its.taken[0, its.at("dip")] = False
    its.see(9.0)
    assert its.good("dip")
    assert its.shown("dip") == 7.0


def test_what_instruments_show_in_a_run_is_the_truth_within_their_noise(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, PAIR), world=1)
    block.advance(60)
    gap = signal(block, "LT-B")[5::5] - signal(block, "TB.level")[5::5]
    assert np.abs(gap).max() < 3.7 * 0.002
    assert np.abs(gap).max() > 0.0


# calculated values


WATCHED = PAIR.replace("    RISE:", "    FLOWED: {is: gap of LT-A and FT-S}\n    SPEED: {is: rate of LT-A}\n"
                       "    FULL: {is: time until LT-A > 7.5 m}\n    EMPTY: {is: time until LT-A < 1 m}\n    RISE:")  # fmt: skip


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Block, Floats]:
    """Five minutes of a receipt, and which calculated values were known at each tick."""
    model = opened(tmp_path_factory.mktemp("watched"), WATCHED)
    of = Override(posts="none", dropped=frozenset({"sticks", "dark", "jams"}))
    block = Block(model, 2, [0], [of], record=True)
    known = [block.world.calculated.known[0].copy()]
    for tick in range(1, 301):
        block.advance(tick)
        known.append(block.world.calculated.known[0].copy())
    return block, np.array(known)


def _known(watched: tuple[Block, Floats], name: str) -> Floats:
    return watched[1][:, watched[0].model.calculated.names.index(name)]


def test_a_change_is_that_of_the_readings_shown(watched: tuple[Block, Floats]) -> None:
    """Over 120 s in 60 cells: the older reading is the last whole cell, 120 or 121 s ago."""
    block, _ = watched
    level, change, known = signal(block, "LT-A"), signal(block, "RISE"), _known(watched, "RISE")
    for tick in range(1, 301):
        older = tick // 2 * 2 - 120
        assert known[tick] == (older >= 1), tick
        if known[tick]:
            assert change[tick] == pytest.approx(level[tick] - level[older], abs=1e-12)


def test_a_rate_is_the_mean_over_sixty_seconds(watched: tuple[Block, Floats]) -> None:
    block, _ = watched
    level, rate, known = signal(block, "LT-A"), signal(block, "SPEED"), _known(watched, "SPEED")
    for tick in range(1, 301):
        assert known[tick] == (tick > 60)
        if known[tick]:
            assert rate[tick] == pytest.approx((level[tick] - level[tick - 60]) / 60, abs=1e-15)


def test_time_until_follows_the_mean_rate_and_is_absent_when_it_would_never_come(watched: tuple[Block, Floats]) -> None:
    block, _ = watched
    level, full, known = signal(block, "LT-A"), signal(block, "FULL"), _known(watched, "FULL")
    for tick in range(61, 301):
        rate = (level[tick] - level[tick - 60]) / 60
        assert known[tick] == (rate > 1e-12)
        if known[tick]:
            assert full[tick] == pytest.approx(max(7.5 - level[tick], 0.0) / rate, rel=1e-9)
            assert not _known(watched, "EMPTY")[tick]


def test_a_gap_is_what_flowed_in_less_the_rise_of_the_volume_shown(watched: tuple[Block, Floats]) -> None:
    block, _ = watched
    level, flowed, gap = signal(block, "LT-A"), signal(block, "FT-S"), signal(block, "FLOWED")
    area = np.pi / 4 * 9**2
    brute = np.cumsum(flowed[1:]) - (level[1:] - level[0]) * area
    assert gap[1:] == pytest.approx(brute, rel=1e-9, abs=1e-9)


def test_a_gap_grows_when_the_gauge_sticks_and_starts_afresh_with_the_transfer(tmp_path: Path) -> None:
    model = opened(tmp_path, WATCHED.replace("at +2 min, do: set LT-A.stuck", "at +10 s, do: set LT-A.stuck"))
    of = Override(posts="none", dropped=frozenset({"dark", "jams"}), delayed=(("sticks", -360.0),))
    block = Block(model, 2, [0], [of], record=True)
    block.advance(200)
    assert signal(block, "FLOWED")[-1] > 25.0
    assert told(block, "control-room", "start TR-1").accepted
    assert abs(signal(block, "FLOWED")[-1]) > 25.0  # the reading of that scan still belongs to the old count
    block.advance(block.world.tick + 1)
    assert abs(signal(block, "FLOWED")[-1]) < 0.5


def test_a_value_worked_out_by_hand_is_known_when_somebody_has_done_it(tmp_path: Path) -> None:
    model = opened(tmp_path, PAIR)
    block = alone(model)
    move = model.calculated.names.index("MOVE")
    assert not block.world.calculated.known[0, move]
    assert told(block, "control-room", "check MOVE").accepted
    block.advance(30)
    assert not block.world.calculated.known[0, move]
    block.advance(33)
    assert block.world.calculated.known[0, move]
    held = signal(block, "MOVE")[-1]
    block.advance(90)
    assert signal(block, "MOVE")[-1] == held


def test_a_dip_in_a_run_shows_the_truth_of_its_moment(tmp_path: Path) -> None:
    model = opened(tmp_path, PAIR)
    block = alone(model)
    told(block, "field", "take field")
    told(block, "field", "check DIP-A")
    block.advance(120)
    done = [e.tick for e in happened(block, "order", "DIP-A")]
    assert len(done) == 1
    assert abs(signal(block, "DIP-A")[-1] - signal(block, "TA.level")[done[0]]) < 3.7 * 0.003


@pytest.mark.parametrize("world", range(4))
def test_the_onset_of_misleading_is_found_within_a_scan(tmp_path: Path, world: int) -> None:
    text = PAIR.replace("lag: 3 s, noise: 2 mm, resolution: 1 mm, power", "noise: 2 mm, power")
    model = opened(tmp_path, text)
    block = Block(model, 3, [world], [Override(posts="none", dropped=frozenset({"dark", "jams"}))], record=True)
    block.advance(800)
    shown, truth = signal(block, "LT-A"), signal(block, "TA.level")
    misled = np.flatnonzero(np.abs(shown - truth)[1:] > 10 * 0.002) + 1
    onset = int(block.world.instruments.onset[0, model.instruments.names.index("LT-A")])
    if len(misled):
        assert abs(onset - int(misled[0])) <= 1
    else:
        assert onset == NEVER


def test_a_sound_instrument_never_counts_as_misleading(tmp_path: Path) -> None:
    model = opened(tmp_path, PAIR)
    block = Block(model, 3, list(range(8)), [Override(posts="none", dropped=frozenset({"sticks", "jams"}))] * 8)
    block.advance(600)
    sound = [i for i, name in enumerate(model.instruments.names) if name in {"LT-A", "LT-B", "FT-S", "ZA"}]
    assert (block.world.instruments.onset[:, sound] == NEVER).all()
    assert (block.world.table.phase[:, model.tasks.first("injects") : model.tasks.first("reverts")] == IDLE).any()


@pytest.mark.parametrize("fault", ["bias", "drift"])
def test_a_bias_or_a_drift_does_not_move_the_point_of_a_switch(tmp_path: Path, fault: str) -> None:
    start = f"initially: {{TK: {{level: 4.9 m}}, high: {{{fault}: yes}}}}"
    block = alone(opened(tmp_path, BENCH.replace("lasts: 10 min", f"lasts: 2 h\n{start}")))
    block.advance(7000)  # a drift of 1 an hour would by then stand at almost 2
    assert not signal(block, "high").any()
