"""What goes over the socket between a running drill and an attached terminal: one JSON object a line, no code, no pickle.

Dataclasses travel as lists in the order of their fields and are built again from their types; anything that does not fit
is refused in a sentence, and ends that connection alone.
"""

import dataclasses
import json
import types
import typing
from functools import cache, lru_cache
from typing import Any, Union, get_args, get_origin

from twin.base.fault import Fault
from twin.base.json import Json
from twin.engine.parts import part_words
from twin.text.say import Amount, Said, Value, of_part, sentence, sentences

LONGEST_LINE = 2_000_000
LONGEST_ASKED = 4_000  # what a terminal may send in one line


def pack(value: Any, known: dict[int, Any] | None = None) -> Any:
    """A value as JSON can say it; `known` keeps what several pictures of one moment share, while all of it is alive."""
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if known is not None and id(value) in known:
        return known[id(value)]
    if isinstance(value, Said):
        return _pack_said(value)
    if isinstance(value, (tuple, list)):
        made: Any = [pack(v) for v in value]
    elif dataclasses.is_dataclass(value):
        made = [pack(getattr(value, name), known) for name in _names(value.__class__)]
    else:
        return value.item()  # a number of NumPy
    if known is not None:
        known[id(value)] = made
    return made


@lru_cache(maxsize=4096)
def _pack_said(said: Said) -> str:
    """A sentence to be made, as text of its own: most of a log was in the picture before, and is known at both ends."""
    return json.dumps(_of_said(said), ensure_ascii=False)


def _of_said(said: Said) -> Json:
    return {"key": said.key, "values": {name: _of_value(v) for name, v in said.values}}


def _of_value(value: Value) -> Any:
    """What stands in a sentence: text and numbers as they are, an amount as a list, sentences as what they are."""
    if isinstance(value, Amount):
        return [value.value, value.dimension, value.digits]
    if isinstance(value, Said):
        return _of_said(value)
    if isinstance(value, tuple):
        return {"list": [_of_said(one) for one in value]}
    return value


@lru_cache(maxsize=4096)
def _unpack_said(text: str) -> Said:
    found = _said(parse(text.encode()))
    try:
        sentence(found)
    except (KeyError, ValueError, IndexError, AttributeError):  # its values do not fill it
        _fits(False)
    return found


@cache
def _of_parts() -> frozenset[str]:
    """Keys of what parts and verbs call things."""
    return frozenset(of_part(text).key for text in part_words())


def _said(data: Any) -> Said:
    """A sentence to be made, of what `_of_said` made of it."""
    _fits(isinstance(data, dict) and isinstance(data.get("key"), str) and isinstance(data.get("values"), dict))
    _fits(data["key"] in sentences("en") or data["key"] in _of_parts())
    return Said(data["key"], tuple((name, _value(v)) for name, v in data["values"].items()))


def _value(data: Any) -> Value:
    if isinstance(data, list):
        _fits(len(data) == 3 and isinstance(data[0], (int, float)) and isinstance(data[1], str))
        _fits(data[2] is None or (type(data[2]) is int and 0 <= data[2] <= 9))
        return Amount(float(data[0]), data[1], data[2])
    if isinstance(data, dict) and set(data) == {"list"}:
        _fits(isinstance(data["list"], list))
        return tuple(_said(one) for one in data["list"])
    if isinstance(data, dict):
        return _said(data)
    _fits(isinstance(data, (str, int)))
    found: Value = data
    return found


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(kind))


def unpack(kind: Any, data: Any) -> Any:
    """A value of a type from what `pack` made; raises Fault where it does not fit."""
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        choices = get_args(kind)
        if data is None and type(None) in choices:
            return None
        return unpack(next(c for c in choices if c is not type(None)), data)
    if kind is Said:
        _fits(isinstance(data, str))
        return _unpack_said(data)
    if origin is tuple:
        parts = get_args(kind)
        _fits(isinstance(data, list))
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(unpack(parts[0], d) for d in data)
        _fits(len(data) == len(parts))
        return tuple(unpack(p, d) for p, d in zip(parts, data, strict=True))
    if dataclasses.is_dataclass(kind):
        fields = dataclasses.fields(kind)
        hints = _hints(kind)  # type: ignore[arg-type]
        _fits(isinstance(data, list) and len(data) == len(fields))
        return kind(*(unpack(hints[f.name], d) for f, d in zip(fields, data, strict=True)))  # type: ignore[operator]
    if kind is float:
        _fits(isinstance(data, (int, float)) and not isinstance(data, bool))
        return float(data)
    _fits(type(data) is kind)
    return data


@cache
def _hints(kind: Any) -> Json:
    return typing.get_type_hints(kind)


def _fits(holds: bool) -> None:
    if not holds:
        raise Fault("the other end speaks another language.", "Both terminals need the same version of the twin.")


def line(message: Json) -> bytes:
    """A message as it is sent."""
    return (json.dumps(message, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def parse(raw: bytes) -> Json:
    """A message as it was sent; raises Fault when it is none."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Fault("this is no message.") from None
    if not isinstance(found, dict):
        raise Fault("this is no message.")
    return found
