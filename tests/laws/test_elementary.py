"""exp, log, power, arc_cosine and inverse_normal keep their stated error against mpmath, rise, and meet exact identities."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.base import elementary
from twin.base.arrays import Floats

mpmath.mp.dps = 50
RNG = np.random.Generator(np.random.PCG64(20260101))


def _ulps(ours: Floats, exact: list[mpmath.mpf]) -> float:
    """Largest distance in units in the last place of the exact answer."""
    return max(float(abs(mpmath.mpf(float(a)) - b) / math.ulp(float(b))) for a, b in zip(ours, exact, strict=True))


def test_exp_is_within_one_ulp() -> None:
    x = np.concatenate((RNG.uniform(-700, 700, 2000), RNG.uniform(-1, 1, 2000), RNG.normal(0, 1e-6, 500)))
    assert _ulps(elementary.exp(x), [mpmath.exp(float(v)) for v in x]) <= 1.0


def test_log_is_within_one_ulp() -> None:
    x = np.concatenate((10.0 ** RNG.uniform(-300, 300, 2000), RNG.uniform(0.5, 2, 2000), 1 + RNG.normal(0, 1e-7, 500)))
    assert _ulps(elementary.log(x), [mpmath.log(float(v)) for v in x]) <= 1.0


def test_power_is_within_thirteen_ulps_where_it_says_so() -> None:
    x, y = RNG.uniform(0.1, 50, 4000), RNG.uniform(-3, 3, 4000)
    exact = [mpmath.power(float(a), float(b)) for a, b in zip(x, y, strict=True)]
    assert _ulps(elementary.power(x, y), exact) <= 13.0


def test_arc_cosine_is_within_four_ulps_and_meets_its_ends() -> None:
    x = np.concatenate((RNG.uniform(-1, 1, 3000), 1 - 10.0 ** RNG.uniform(-15, -1, 500), [-1.0, 0.0, 1.0]))
    assert _ulps(elementary.arc_cosine(x[:-3]), [mpmath.acos(float(v)) for v in x[:-3]]) <= 4.0
    assert elementary.arc_cosine(x[-3:]).tolist() == [elementary.PI, pytest.approx(elementary.PI / 2, rel=1e-15), 0.0]


def test_inverse_normal_is_within_two_parts_in_ten_to_the_fifteen() -> None:
    p = np.concatenate(
        (RNG.uniform(0, 1, 400), 10.0 ** RNG.uniform(-300, -1, 120), 0.5 + RNG.uniform(-1e-3, 1e-3, 100))
    )
    ours = elementary.inverse_normal(p)
    for share, value in zip(p, ours, strict=True):
        with mpmath.workdps(400 if share < 1e-40 else 50):
            # one Newton step from our value: its size is our error
            slope = mpmath.npdf(float(value))
            error = abs((mpmath.ncdf(float(value)) - mpmath.mpf(float(share))) / slope)
            assert error <= 2e-15 * abs(float(value)), share


@pytest.mark.parametrize("polynomial", [elementary._EXP, elementary._LOG])
def test_a_coefficient_that_is_off_would_be_seen(polynomial: tuple[float, ...]) -> None:
    """The control: the last polynomial coefficient off by one part in ten million costs more than one ulp."""
    x = RNG.uniform(0.75, 1.45, 500)
    broken = (*polynomial[:-1], polynomial[-1] * (1 + 1e-7))
    if polynomial is elementary._EXP:
        r = np.log(x)
        c = r - r * r * elementary._horner(r * r, broken)
        ours, exact = 1.0 + (r * c / (2.0 - c) + r), [mpmath.exp(float(v)) for v in r]
    else:
        s = (x - 1.0) / (x + 1.0)
        z, half = s * s, 0.5 * (x - 1.0) ** 2
        ours = (x - 1.0) - (half - s * (half + z * elementary._horner(z, broken)))
        exact = [mpmath.log(float(v)) for v in x]
    assert _ulps(ours, exact) > 1.0


@pytest.mark.parametrize(
    ("function", "low", "high"),
    [(elementary.exp, -700, 700), (elementary.log, 1e-6, 1e6), (elementary.inverse_normal, 1e-6, 1 - 1e-6)],
)
def test_each_function_rises_with_its_argument(function: type, low: float, high: float) -> None:
    for x in (np.linspace(low, high, 20_001), np.sort(RNG.uniform(low, high, 20_001))):
        assert (np.diff(function(x)) >= 0).all()


@given(st.floats(0.1, 50), st.floats(-3, 3), st.floats(1e-6, 1e-2))
@settings(deadline=None, derandomize=True, database=None, max_examples=200)
def test_power_rises_in_its_base_for_exponents_above_zero(x: float, y: float, more: float) -> None:
    low, high = elementary.power(np.array([x, x * (1 + more)]), np.array([abs(y), abs(y)]))
    assert high >= low * (1 - 1e-14)


def test_exact_identities_hold_exactly() -> None:
    assert elementary.exp(np.float64(0)) == 1.0
    assert elementary.log(np.float64(1)) == 0.0
    assert elementary.power(np.float64(0), np.float64(0.5)) == 0.0
    assert elementary.power(np.float64(7.3), np.float64(0)) == 1.0
    assert elementary.inverse_normal(np.float64(0.5)) == 0.0
    twos = np.array([2.0**k for k in range(-40, 41)])
    assert (np.abs(elementary.log(twos) / np.log(2.0) - np.arange(-40, 41)) < 1e-13).all()


@given(st.floats(1e-9, 0.5))
@settings(deadline=None, derandomize=True, database=None, max_examples=200)
def test_inverse_normal_is_odd_about_a_half(p: float) -> None:
    assert elementary.inverse_normal(np.float64(1.0 - (1.0 - p))) == -elementary.inverse_normal(np.float64(1.0 - p))


def test_beyond_seven_hundred_exp_answers_as_at_the_nearer_end() -> None:
    ends = elementary.exp(np.array([-1e9, -700.0, 700.0, 1e9]))
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]


@given(st.floats(-700, 700), st.floats(1e-300, 1e300), st.floats(1e-12, 1 - 1e-12))
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_numbers_and_arrays_give_the_same_bits(x: float, y: float, p: float) -> None:
    for function, value in ((elementary.exp, x), (elementary.log, y), (elementary.inverse_normal, p)):
        array = function(np.array([0.3, value, 0.7]))
        assert float(function(np.float64(value))).hex() == float(array[1]).hex()
