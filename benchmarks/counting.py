"""Counts NumPy calls by handing the scan arrays that count what is done with them.

Ufuncs (operators and reductions included), NumPy functions and indexing count once each; making an array out of
nothing, copies and reshapes do not.
"""

import dataclasses
from collections import Counter
from typing import Any

import numpy as np

from twin.engine.scan import Block

COUNTS: Counter[str] = Counter()


class Counted(np.ndarray):
    """An array whose calls are counted; what comes out of them counts too."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        COUNTS["ufunc"] += 1
        if "out" in kwargs:
            kwargs["out"] = tuple(_plain(o) for o in kwargs["out"])
        return counted(getattr(ufunc, method)(*(_plain(i) for i in inputs), **kwargs))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        COUNTS["function"] += 1
        return counted(func(*_plain(args), **_plain(kwargs)))

    def __getitem__(self, key: Any) -> Any:
        COUNTS["index"] += 1
        return super().__getitem__(key)


def _plain(value: Any) -> Any:
    if isinstance(value, Counted):
        return value.view(np.ndarray)
    if isinstance(value, (tuple, list)):
        return type(value)(_plain(v) for v in value)
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, dict) else value


def counted(value: Any) -> Any:
    """The same value with every array in it, dataclasses included, as one that counts."""
    if isinstance(value, np.ndarray):
        return value.view(Counted)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        arrays = {f.name: counted(getattr(value, f.name)) for f in dataclasses.fields(value) if f.init}
        return dataclasses.replace(value, **arrays)
    return value


def calls_a_scan(model: Any, scans: int = 60) -> dict[str, float]:
    """NumPy calls of one scan of one world, by kind, mean over some scans after the first ones."""
    block = Block(counted(model), 0, [0])
    block.world, block.keys = counted(block.world), counted(block.keys)
    block.advance(10)
    COUNTS.clear()
    block.advance(10 + scans)
    return {kind: count / scans for kind, count in sorted(COUNTS.items())}
