"""The array types of the model, and the one way to choose between two of them."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

Element: TypeAlias = Any
"""A number or an array of numbers: what an element function takes and gives (decision 0001)."""

select = np.where
"""`select(test, a, b)`: element functions choose with this, so that the same source can later be
lifted into loops (decision 0001)."""

NEVER = 1 << 40
"""A tick no run reaches: the due time of what waits for nothing."""


def some(values: npt.NDArray[np.generic]) -> bool:
    """Whether anything is true or not zero: six times cheaper than `any` on small arrays."""
    return bool(np.count_nonzero(values))


def every(values: npt.NDArray[np.bool_]) -> bool:
    """Whether everything is true."""
    return bool(np.count_nonzero(values) == values.size)


def same_bits(one: npt.NDArray[np.generic], other: npt.NDArray[np.generic]) -> bool:
    """Whether two arrays hold the same bits."""
    return one is other or (one.shape == other.shape and one.tobytes() == other.tobytes())
