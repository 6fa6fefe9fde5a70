"""What makes the digest of a world: every array of it, in the order of its fields and, within a part, of the part's."""

import dataclasses
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def places(value: object, before: str = "") -> Iterator[str]:
    """Where the arrays of a dataclass stand, nested ones too, in the order of its fields."""
    for item in dataclasses.fields(value):  # type: ignore[arg-type]
        found = getattr(value, item.name)
        if isinstance(found, np.ndarray):
            yield before + item.name
        elif dataclasses.is_dataclass(found):
            yield from places(found, f"{before}{item.name}.")


def taker(value: object) -> Callable[[Any], tuple[Array, ...]]:
    """What takes all arrays out of a value like this one, in the order of the digest."""
    return attrgetter(*places(value))


def rows_bytes(arrays: tuple[Array, ...], rows: int) -> Iterator[bytes]:
    """The bits of each world's state, one after the other."""
    return (b"".join(array[row].tobytes() for array in arrays) for row in range(rows))
