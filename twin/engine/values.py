"""Settings given as values by a script: the text that `--set` would have, in SI units."""

from collections.abc import Iterable, Mapping
from dataclasses import fields

from twin.base.units import from_si, units_of
from twin.engine.model import Model
from twin.engine.parts import WORDS
from twin.language.entry import Entry
from twin.language.sentence import Path, split_path
from twin.language.spec import SCENARIO_SECTIONS, Weather

Value = str | float | bool
Settings = Mapping[str, Value] | Iterable[str]
"""`{"T-1.level": 9.2, "LS-1.dead": True, "ship.flow": "600 m3/h"}`, or texts such as `T-1.level=9.2 m`."""


def settings_of(model: Model, given: Settings) -> tuple[str, ...]:
    """Settings as texts; numbers are SI: metres, seconds, m3/s, K. Raises Fault for a quantity that cannot be set."""
    if not isinstance(given, Mapping):
        return tuple(given)
    return tuple(f"{path}={_text(model, path, value)}" for path, value in given.items())


def _text(model: Model, path: str, value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    units = units_of(_dimension(model, path))
    return f"{from_si(float(value), units[0])!r} {units[0]}" if units else f"{value:g}"


def _dimension(model: Model, path: str) -> str:
    """Of what a path sets."""
    thing, quantity = split_path(path)
    if not quantity:
        return "time" if thing == "lasts" else ""
    if thing in SCENARIO_SECTIONS or thing in WORDS.sections:
        kind: type[Entry] | None = SCENARIO_SECTIONS.get(thing) or WORDS.sections[thing]
        quantity = quantity.rpartition(".")[2]
    else:
        kind = (
            Weather if thing == "weather" else WORDS.sections.get(model.names.section.get(model.names.real(thing), ""))
        )
    for item in fields(kind) if kind is not None else ():
        if "reader" in item.metadata and item.metadata["name"] in {quantity, quantity.replace("-", " ")}:
            return str(item.metadata["reader"].dimension)
    return model.signals.address(Path(thing, quantity, model.spec.place)).dimension
