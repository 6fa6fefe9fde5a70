"""Draws named by seed, world, name and count: nobody holds a stream.

A draw is a hash, so adding a quantity, a world or an instrument changes no other draw, and a world is the same
alone and in a crowd. The scalar form (Python ints) and the array form give the same bits.
"""

import hashlib
import math
from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np
import numpy.typing as npt

from twin.base import elementary
from twin.base.arrays import Floats

Keys = npt.NDArray[np.uint64]

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_TWO_TO_MINUS_53 = float.fromhex("0x1p-53")
TABLE_BITS = 12


def mix(word: int) -> int:
    """Spread the bits of a 64-bit word (finaliser of SplitMix64: Steele, Lea and Flood 2014)."""
    word &= _MASK
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _MASK
    return word ^ (word >> 31)


def _mix(words: Keys) -> Keys:
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


@cache
def name_key(name: str) -> int:
    """A name as 64 bits, the same on every machine."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


def key(seed: int, world: int, name: str) -> int:
    """What all draws of this name in this world start from."""
    return mix(mix(mix(seed + _GOLDEN) ^ name_key(name)) + (world + 1) * _GOLDEN)


def keys(seed: int, worlds: list[int], names: list[str]) -> Keys:
    """The same keys as an array (worlds, names)."""
    of_name = np.array([mix(mix(seed + _GOLDEN) ^ name_key(name)) for name in names], dtype=np.uint64)
    of_world = np.array([((world + 1) * _GOLDEN) & _MASK for world in worlds], dtype=np.uint64)
    return _mix(of_name[None, :] + of_world[:, None])


_STEPS = tuple(math.isqrt(p << 106) & ((1 << 53) - 1) for p in (2, 3, 5, 7, 11, 13, 17, 19))
"""The fractions of square roots of primes, in 2**-53: multiples of them fill 0..1 evenly, each its own way."""


def spread(seed: int, world: int, name: str, number: int) -> float:
    """A draw that successive seeds take evenly from 0..1 (Weyl 1916: multiples of an irrational step); by world a hash.

    Draws of different numbers take different steps, so that together they fill their square (to eight; then again).
    """
    start = key(0, world, name) >> 11
    return ((start + seed * _STEPS[number % len(_STEPS)]) % (1 << 53) + 0.5) * _TWO_TO_MINUS_53


def uniform(seed: int, world: int, name: str, count: int = 0) -> float:
    """The count-th draw of this name, inside 0..1 with the ends left out."""
    bits = mix(key(seed, world, name) + count * _GOLDEN) >> 11
    return (bits + 0.5) * _TWO_TO_MINUS_53


def normal(seed: int, world: int, name: str, count: int = 0) -> float:
    """The count-th standard normal draw of this name."""
    return float(elementary.inverse_normal(np.float64(uniform(seed, world, name, count))))


def lognormal(median: float, sigma: float, seed: int, world: int, name: str, count: int = 0) -> float:
    """The count-th draw about a median, sigma of the logarithm."""
    return median * float(elementary.exp(np.float64(sigma * normal(seed, world, name, count))))


@cache
def _normals() -> Floats:
    """4096 standard normal values, the middles of equal shares; stored, since libm would differ."""
    raw = (resources.files("twin.base") / "normals.npy").read_bytes()
    table: Floats = np.load(BytesIO(raw), allow_pickle=False)
    assert table.shape == (1 << TABLE_BITS,)
    return table


def noise_ahead(of: Keys, tick: int, scans: int) -> Floats:
    """Noise of several scans at once, (scans, ...): the bits of `noise` for each of them."""
    counts = [((tick + i) * _GOLDEN) & _MASK for i in range(scans)]
    return _table_values(_mix(of[None] + np.array(counts, dtype=np.uint64).reshape(-1, *[1] * of.ndim)))


def noise(of: Keys, tick: int) -> Floats:
    """Standard normal noise of every keyed thing in one scan.

    of       -    keys, an array of any shape
    tick     -    number of the scan
    returns  -    the same shape; range 3.67, from a table of 4096 values
    """
    return _table_values(_mix(of + np.uint64((tick * _GOLDEN) & _MASK)))


def _table_values(words: Keys) -> Floats:
    return _normals().take((words >> np.uint64(64 - TABLE_BITS)).astype(np.int64))
