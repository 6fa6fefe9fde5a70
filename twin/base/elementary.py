"""exp, log, power, the arc cosine and the inverse normal distribution, with the same bits on every machine.

Those of NumPy and of the C library differ from CPU to CPU (decision 0002). These use only what IEEE 754
rounds exactly (+ - * / sqrt, rint, frexp, ldexp), on numbers and arrays alike. Largest error against mpmath,
measured in `tests/laws/test_elementary.py`: exp 1, log 1, power 14 (0.1..50 to the -3..3), arc cosine 4 units
in the last place; inverse_normal 2e-15 relative.
"""

from collections.abc import Sequence

import numpy as np

from twin.base.arrays import Element, select

_LN2_HI = float.fromhex("0x1.62e42feep-1")  # ln 2, the low 32 bits cleared: k * _LN2_HI is exact
_LN2_LO = float.fromhex("0x1.a39ef35793c76p-33")
_PER_LN2 = float.fromhex("0x1.71547652b82fep+0")
_SQRT_HALF = float.fromhex("0x1.6a09e667f3bcdp-1")
LN10 = float.fromhex("0x1.26bb1bbb55516p+1")

# Remez polynomials of FDLIBM (Sun Microsystems 1993, e_exp.c and e_log.c), coefficient by coefficient
_EXP = (4.13813679705723846039e-08, -1.65339022054652515390e-06, 6.61375632143793436117e-05,
        -2.77777777770155933842e-03, 1.66666666666666019037e-01)  # fmt: skip
_LOG = (1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
        2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,
        6.666666666666735130e-01)  # fmt: skip


def _horner(x: Element, highest_first: Sequence[float]) -> Element:
    total = x * 0.0 + highest_first[0]
    for coefficient in highest_first[1:]:
        total = total * x + coefficient
    return total


def exp(x: Element) -> Element:
    """e to the x.

    x        -    -700 to 700; beyond, the answer is that of the nearer end
    returns  -
    """
    bounded = np.minimum(np.maximum(x, -700.0), 700.0)
    k = np.rint(bounded * _PER_LN2)
    high = bounded - k * _LN2_HI
    low = k * _LN2_LO
    r = high - low
    square = r * r
    c = r - square * _horner(square, _EXP)
    near_one = 1.0 - ((low - r * c / (2.0 - c)) - high)
    return np.ldexp(near_one, np.int64(k) if np.ndim(k) == 0 else k.astype(np.int64))


def log(x: Element) -> Element:
    """Natural logarithm.

    x        -    above 0 and normal (from 2.3e-308)
    returns  -
    """
    mantissa, exponent = np.frexp(x)
    small = mantissa < _SQRT_HALF
    m = select(small, mantissa * 2.0, mantissa)
    k = exponent - select(small, 1.0, 0.0)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    half = 0.5 * f * f
    rest = z * _horner(z, _LOG)
    return k * _LN2_HI - ((half - (s * (half + rest) + k * _LN2_LO)) - f)


def log10(x: Element) -> Element:
    """Decimal logarithm of x above 0."""
    return log(x) / LN10


def power(x: Element, y: Element) -> Element:
    """x to the y, for x above 0 (0 for x = 0 and y above 0)."""
    positive = x > 0.0
    return select(positive, exp(y * log(select(positive, x, 1.0))), 0.0)


PI = float.fromhex("0x1.921fb54442d18p+1")
_ATAN_TERMS = 13  # of the series below tan(pi / 16): the next is smaller than half a unit in the last place


def arc_cosine(x: Element) -> Element:
    """Angle whose cosine is x.

    x        -    -1 to 1; beyond, the answer is that of the nearer end
    returns  rad  0 to pi
    """
    near, far = np.maximum(1.0 - np.abs(x), 0.0), 1.0 + np.abs(x)
    tangent = np.sqrt(near / far)  # of half the angle from the nearer end, 0 to 1
    for _ in range(2):  # a half, and a half again
        tangent = tangent / (1.0 + np.sqrt(1.0 + tangent * tangent))
    square = tangent * tangent
    total = tangent * 0.0
    for n in range(_ATAN_TERMS, -1, -1):
        total = 1.0 / (2 * n + 1) - square * total
    angle = 8.0 * tangent * total
    return select(x >= 0.0, angle, PI - angle)


# Wichura 1988, algorithm AS 241 (PPND16), Applied Statistics 37, 477-484: relative error about 1e-16
_CENTRE = ((2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
            4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
            1.3314166789178437745e2, 3.3871328727963666080e0),
           (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
            2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
            4.2313330701600911252e1, 1.0))  # fmt: skip
_NEAR = ((7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
          1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
          4.63033784615654529590e0, 1.42343711074968357734e0),
         (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
          1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
          2.05319162663775882187e0, 1.0))  # fmt: skip
_FAR = ((2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
         2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
         5.46378491116411436990e0, 6.65790464350110377720e0),
        (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
         7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
         5.99832206555887937690e-1, 1.0))  # fmt: skip


def _ratio(x: Element, pair: tuple[Sequence[float], Sequence[float]]) -> Element:
    return _horner(x, pair[0]) / _horner(x, pair[1])


def inverse_normal(p: Element) -> Element:
    """The standard normal value below which a share p lies.

    p        -    inside 0..1, ends left out
    returns  -
    """
    q = p - 0.5
    centre = q * _ratio(0.180625 - q * q, _CENTRE)
    tail = np.minimum(p, 1.0 - p)
    r = np.sqrt(-log(tail))
    outer: Element = select(r <= 5.0, _ratio(r - 1.6, _NEAR), _ratio(r - 5.0, _FAR))
    return select(np.abs(q) <= 0.425, centre, select(q < 0.0, -outer, outer))
