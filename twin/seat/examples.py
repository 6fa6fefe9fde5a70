"""Examples of orders that name things of the farm one sits in, made of those in the verb table."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from twin.engine.model import Model
from twin.engine.parts import WORDS
from twin.parts.gauge_entry import Instrument
from twin.parts.interlock import Interlock
from twin.parts.place import Place

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@cache
def example(model: Model, verb: str) -> str:
    """An order with this verb that can be given on this farm; "" where the farm has no such thing."""
    missing = []

    def here(found: re.Match[str]) -> str:
        name = found.group()
        if name not in _STANDS_FOR:
            return name
        fitting = next(_STANDS_FOR[name](model), "")
        missing.extend([] if fitting else [name])
        return fitting

    text = _NAME.sub(here, WORDS.verbs[verb].example)
    return "" if missing else text


def examples(model: Model) -> dict[str, str]:
    """By verb: an example, where there is one."""
    return {
        name: text for name, verb in WORDS.verbs.items() if verb.since == "spine" and (text := example(model, name))
    }


def _of(kind: str) -> Callable[[Model], Iterator[str]]:
    return lambda model: iter(model.names.of_kinds(kind))


def _shown(model: Model) -> Iterator[str]:
    """Gauges on the board."""
    return (n for n, its in model.spec.farm.of(Instrument).items() if its.by_hand_s is None and not its.is_switch)


def _by_hand(model: Model) -> Iterator[str]:
    """What is read by hand, else what is worked out, else what hangs on the board."""
    yield from (n for n, its in model.spec.farm.of(Instrument).items() if its.by_hand_s is not None)
    yield from model.calculated.names
    yield from _shown(model)


def _muster(model: Model) -> Iterator[str]:
    return (n for n, its in model.spec.farm.of(Place).items() if its.kind == "muster")


def _button(model: Model) -> Iterator[str]:
    """An emergency stop, else any interlock."""
    its = model.spec.farm.of(Interlock)
    return iter(sorted(its, key=lambda name: not its[name].button))


def _kit(model: Model) -> Iterator[str]:
    return iter(sorted({k for kit in model.people.kits for k in kit}))


_STANDS_FOR: dict[str, Callable[[Model], Iterator[str]]] = {
    "T-912": _of("tank"), "MOV-912": _of("valve"), "LT-912": _shown, "DIP-912": _by_hand, "LAH-912": _of("alarm"),
    "LZ-912": _of("interlock"), "ESD-1": _button, "TR-1": _of("transfer"), "grid": _of("utility"), "muster-1": _muster,
    "works-brigade": _of("people"), "night-shift": _of("people"), "drivers": _of("people"), "gas-meter": _kit,
}  # fmt: skip
"""What the names in the verb table's examples stand for."""
