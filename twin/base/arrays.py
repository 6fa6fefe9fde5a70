"""The array types of the model, how a dataclass declares its arrays, and the one way to choose between two of them."""

import dataclasses
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast

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


def throughout(values: Bools) -> Bools:
    """Which rows hold throughout: (W, n) to (W,)."""
    found: Bools = np.logical_and.reduce(values, axis=1)
    return found


def same_bits(one: npt.NDArray[np.generic], other: npt.NDArray[np.generic]) -> bool:
    """Whether two arrays hold the same bits."""
    return one is other or (one.shape == other.shape and one.tobytes() == other.tobytes())


def floats(values: Iterable[float]) -> Floats:
    """Numbers as an array."""
    return np.array(list(values), dtype=np.float64)


def ints(values: Iterable[int]) -> Ints:
    """Whole numbers as an array."""
    return np.array(list(values), dtype=np.int64)


def bools(values: Iterable[bool]) -> Bools:
    """Truths as an array."""
    return np.array(list(values), dtype=bool)


def padded(rows: Iterable[Iterable[int]], fill: int) -> Ints:
    """Rows of indices as one table, short ones filled up."""
    lists = [list(row) for row in rows]
    width = max([len(row) for row in lists], default=0) or 1
    return np.array([row + [fill] * (width - len(row)) for row in lists], dtype=np.int64).reshape(len(lists), width)


def index_of(names: tuple[str, ...], name: str) -> int:
    """Where a name stands, or the index behind the last for ""."""
    return names.index(name) if name else len(names)


def with_none(flags: Bools) -> Bools:
    """Flags (..., n) and one behind the last that never holds: what -1 or n means in a table of indices."""
    return np.concatenate((flags, np.zeros((*flags.shape[:-1], 1), dtype=bool)), axis=-1)


def gathered(values: Floats, slots: Ints) -> Floats:
    """Sums of the slots of each thing: values (..., n) and slots (things, k), padded with n, to (..., things)."""
    wide = np.concatenate((values, np.zeros((*values.shape[:-1], 1))), axis=-1)
    total: Floats = wide[..., slots[:, 0]]
    for k in range(1, slots.shape[1]):  # one by one: a sum over gathered columns adds in another order for one world
        total = total + wide[..., slots[:, k]]
    return total + 0.0  # no -0


def halved(
    below: Callable[[Element], Element], low: Element, high: Element, times: int = 60
) -> tuple[Element, Element]:
    """Bounds between which `below` ceases to hold, after so many halvings of low and high."""
    for _ in range(times):
        middle = (low + high) / 2.0
        so = below(middle)
        low, high = select(so, middle, low), select(so, high, middle)
    return low, high


def summed(values: Floats, axis: int) -> Floats:
    """Sums along an axis, added one by one: the same order whatever stands beside, which NumPy's own does not promise."""
    each = np.moveaxis(values, axis, 0)
    total: Floats = np.zeros(each.shape[1:])
    for its in each:
        total = total + its
    return total


def paired(rows: Iterable[Iterable[int]]) -> Ints:
    """Rows of indices as one table whose width is a power of two, filled up with -1: for `folded`."""
    table = padded(rows, -1)
    width = 1 << (table.shape[1] - 1).bit_length()
    return np.pad(table, ((0, 0), (0, width - table.shape[1])), constant_values=-1)


def folded(values: Floats, slots: Ints) -> Floats:
    """Sums of the slots of each thing, added by halves: values (..., n) and slots (things, 2^k), -1 for none, to (..., things).

    One order for any number of worlds, as `gathered`, and fewer steps where many meet.
    """
    wide = np.concatenate((values, np.zeros((*values.shape[:-1], 1))), axis=-1)
    its = wide.take(slots, axis=-1)
    while (half := its.shape[-1] // 2) >= 1:
        its = its[..., :half] + its[..., half:]
    found: Floats = its[..., 0]
    return found


# arrays that a dataclass declares

S = TypeVar("S")
_TYPES: dict[type, Any] = {float: np.float64, bool: np.bool_, int: np.int64}


class Declared(NamedTuple):
    """One array of a dataclass, worlds first: its type, what it starts with, its further axes.

    `along` names attributes of the fixed facts that it belongs to: tuples and arrays count by their length. `start` is a
    number, or the attribute that holds a row to start from. `path` says how people spell it; see `twin.parts.part`.
    """

    dtype: type
    start: float | str
    along: tuple[str, ...]
    path: Any
    in_place: bool


def array(
    dtype: type = float, *, start: float | str = 0, along: tuple[str, ...] = ("names",), path: Any = None,
    in_place: bool = False,
) -> Any:  # fmt: skip
    """Declares an array; `in_place` says that it is written into, so that a copy of the whole copies it."""
    return dataclasses.field(metadata={"array": Declared(dtype, start, along, path, in_place)})


@cache
def declared(kind: Any) -> dict[str, Declared]:
    """The arrays that a dataclass declares, by name, in their order."""
    found = {item.name: item.metadata.get("array") for item in dataclasses.fields(kind)}
    return {name: its for name, its in found.items() if its is not None}


def fresh(kind: type[S], its: object, worlds: int, **given: Any) -> S:
    """A dataclass of arrays at tick 0, for these facts; `given` are those that start otherwise than they declare."""
    made: dict[str, Any] = dict(given)
    for name, of in declared(cast("Any", kind)).items():
        if name in made:
            continue
        sizes = [_size(getattr(its, along)) for along in of.along]
        if isinstance(of.start, str):
            row = np.asarray(getattr(its, of.start), dtype=_TYPES[of.dtype])
            made[name] = np.tile(row, (worlds, 1)).reshape(worlds, *sizes)
        else:
            made[name] = np.full((worlds, *sizes), of.start, dtype=_TYPES[of.dtype])
    return kind(**made)


def _size(value: Any) -> int:
    return value if isinstance(value, int) else len(value)


def copied(value: S, *, all_of_it: bool = False) -> S:
    """A copy that shares only what is never written in place."""
    changed = {
        name: getattr(value, name).copy()
        for name, of in declared(cast("Any", type(value))).items()
        if of.in_place or all_of_it
    }  # fmt: skip
    return dataclasses.replace(value, **changed) if changed else value  # type: ignore[type-var]


def repeated(value: S, n: int) -> S:
    """A dataclass of arrays of one world as n worlds alike, nested ones too."""
    changed: dict[str, Any] = {}
    for item in dataclasses.fields(value):  # type: ignore[arg-type]
        found = getattr(value, item.name)
        if isinstance(found, np.ndarray):
            changed[item.name] = np.repeat(found, n, axis=0)
        elif dataclasses.is_dataclass(found):
            changed[item.name] = repeated(found, n)
    return dataclasses.replace(value, **changed)  # type: ignore[type-var]
