"""Draws are normal, independent and named: no other name, world or row changes one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.base import chance, elementary
from twin.base.arrays import Floats
from twin.campaign.run import wilson

NAMES = [f"LT-{n}.noise" for n in range(20)]
WORLDS = list(range(50))
TICKS = 200
DRAWS = len(NAMES) * len(WORLDS) * TICKS
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def noise() -> Floats:
    """Noise of 200 scans, 50 worlds, 20 instruments: (ticks, worlds, names)."""
    keys = chance.keys(7, WORLDS, NAMES)
    return np.stack([chance.noise(keys, tick) for tick in range(1, TICKS + 1)])


def test_noise_has_the_mean_the_spread_and_the_quantiles_of_a_normal(noise: Floats) -> None:
    assert noise.size == DRAWS
    assert abs(noise.mean()) < 4.5 / DRAWS**0.5
    assert abs(noise.std() - 1.0) < 4.5 / (2 * DRAWS) ** 0.5 + 5e-4  # the table's own spread is 0.9996
    for p in (0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999):
        share = float((noise < elementary.inverse_normal(np.float64(p))).mean())
        assert abs(share - p) < 4.5 * (p * (1 - p) / DRAWS) ** 0.5 + 1 / 4096
    assert np.abs(noise).max() < 3.7


def test_all_cells_of_the_table_are_drawn_equally_often(noise: Floats) -> None:
    table = chance._normals()
    counts = np.bincount(np.searchsorted(table, noise.ravel()), minlength=4096)
    expected = DRAWS / 4096
    chi_square = float(((counts - expected) ** 2 / expected).sum())
    assert abs(chi_square - 4095) < 4.5 * (2 * 4095) ** 0.5


def _correlation(a: Floats, b: Floats) -> float:
    """Correlation times the root of the count: standard normal when there is none."""
    return float((a * b).mean()) * a.size**0.5


def test_noise_does_not_remember_neighbour_or_repeat(noise: Floats) -> None:
    for lag in range(1, 11):
        assert abs(_correlation(noise[lag:], noise[:-lag])) < 4.5, lag
    assert abs(_correlation(noise[:, :, 1:], noise[:, :, :-1])) < 4.5
    assert abs(_correlation(noise[:, 1:], noise[:, :-1])) < 4.5
    assert abs(_correlation(noise[1:, 1:], noise[:-1, :-1])) < 4.5


def test_a_sum_in_place_of_the_hash_would_be_caught() -> None:
    """The control: keys that count up instead of being mixed make neighbours move together."""
    plain = np.arange(len(WORLDS) * len(NAMES), dtype=np.uint64).reshape(len(WORLDS), len(NAMES)) << np.uint64(48)
    words = [plain + np.uint64(tick << 50) for tick in range(1, TICKS + 1)]
    bad = np.stack([chance._normals()[(w >> np.uint64(52)).astype(np.int64)] for w in words])
    assert abs(_correlation(bad[:, :, 1:], bad[:, :, :-1])) > 4.5


@given(st.integers(0, 2**63), st.integers(0, 10**6), names, st.integers(0, 10**6))
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_scalar_and_array_forms_give_the_same_bits(seed: int, world: int, name: str, tick: int) -> None:
    key = chance.key(seed, world, name)
    keys = chance.keys(seed, [3, world], ["other", name])
    assert int(keys[1, 1]) == key
    cell = chance.mix(key + tick * chance._GOLDEN) >> (64 - chance.TABLE_BITS)
    assert chance.noise(keys, tick)[1, 1] == chance._normals()[cell]


def test_the_stored_normals_are_the_correctly_rounded_quantiles() -> None:
    import mpmath

    table = chance._normals()
    assert (np.diff(table) > 0).all()
    with mpmath.workdps(40):
        for cell in [*range(0, 4096, 16), 1, 2, 3, 2046, 2047, 2048, 2049, 4093, 4094, 4095]:
            p = (mpmath.mpf(cell) + mpmath.mpf(1) / 2) / 4096
            assert float(mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1)) == table[cell], cell
    assert (table == -table[::-1]).all()


@given(st.lists(names, min_size=2, max_size=6, unique=True), st.permutations(range(6)), st.integers(0, 5))
@settings(deadline=None, derandomize=True, database=None, max_examples=60)
def test_another_name_or_world_changes_no_other_draw(some: list[str], order: list[int], gone: int) -> None:
    whole = chance.noise(chance.keys(1, list(range(6)), some), 99)
    fewer = [w for w in order if w != gone]
    part = chance.noise(chance.keys(1, fewer, some[1:]), 99)
    assert (part == whole[fewer, 1:]).all()
    assert chance.uniform(1, 4, some[0], 3) == chance.uniform(1, 4, some[0], 3)


@given(st.integers(0, 1000), st.integers(0, 1000), names)
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_a_uniform_draw_lies_inside_its_ends(seed: int, world: int, name: str) -> None:
    assert 0.0 < chance.uniform(seed, world, name) < 1.0


def test_draws_of_one_name_are_uniform_over_worlds_and_counts() -> None:
    for draws in (
        np.array([chance.uniform(0, w, "control-room.reacts") for w in range(4000)]),
        np.array([chance.uniform(0, 0, "line.reaction", n) for n in range(4000)]),
    ):
        gap = np.abs(np.sort(draws) - (np.arange(4000) + 0.5) / 4000).max()
        assert gap < 2.0 / 4000**0.5  # Kolmogorov: 1 in 1500 by chance


def test_a_lognormal_draw_has_its_median_and_sigma() -> None:
    logs = np.log([chance.lognormal(60.0, 0.4, 0, w, "ends.reaction") for w in range(4000)])
    assert abs(np.median(logs) - np.log(60.0)) < 4.5 * 1.2533 * 0.4 / 4000**0.5
    assert abs(logs.std() - 0.4) < 4.5 * 0.4 / 8000**0.5


# shares of many worlds


@given(st.integers(1, 100_000))
@settings(deadline=None, derandomize=True, database=None, max_examples=300)
def test_what_never_or_always_happened_has_an_interval_that_ends_there_exactly(n: int) -> None:
    never, always = wilson(0, n), wilson(n, n)
    assert (never["p"], never["low"]) == (0.0, 0.0)
    assert (always["p"], always["high"]) == (1.0, 1.0)
    assert never["high"] == pytest.approx(1.0 - always["low"], abs=1e-12)
    assert never["high"] == pytest.approx(1.959963984540054**2 / (n + 1.959963984540054**2), rel=1e-9)


@given(st.integers(1, 10_000), st.data())
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_an_interval_holds_its_share(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    its = wilson(hits, n)
    assert 0.0 <= its["low"] <= its["p"] == hits / n <= its["high"] <= 1.0
