"""Starting values and uncertain quantities: where each is written, and what it is in SI."""

from collections.abc import Iterable

import numpy as np

from twin.base import chance as chance_
from twin.base import elementary
from twin.base.fault import Fault, closest, nearest
from twin.base.units import difference
from twin.engine.signals import Signals, flag
from twin.language.distributions import Chance
from twin.language.nodes import Text
from twin.language.sentence import Amount, Name, Path, parse
from twin.language.spec import Draw, Initial, Uncertain
from twin.parts.action import Address


def initial_value(signals: Signals, initial: Initial) -> tuple[Address, float]:
    """Where a starting value is written, and the value in SI; raises Fault when it cannot be."""
    address = signals.address(Path(initial.thing, initial.quantity, initial.place))
    return address, value_of(Text(initial.value, initial.place), address)


def value_of(text: Text, address: Address) -> float:
    """A value for an address, from text."""
    if address.dimension == "flag":
        if text.text not in {"yes", "no"}:
            raise Fault(f"yes or no is wanted here, not {text.text!r}.", "", text.place)
        return float(text.text == "yes")
    if address.dimension == "time":
        return address.inside(parse(lambda s: s.duration(), text), text.text, text.place) * address.scale
    found = parse(lambda s: s.amount(dimension=address.dimension), text).si(address.dimension)
    return address.inside(found, text.text, text.place) * address.scale


def uncertain_target(signals: Signals, lines: tuple[str, ...], uncertain: Uncertain) -> tuple[str | Address, str]:
    """What an uncertain quantity writes, and its dimension: the delay of a line, by its name, or an address."""
    path, chance = uncertain.path, uncertain.chance
    target: str | Address
    if path.thing in lines:
        if path.quantity != "delay":
            raise Fault(
                f"of {path.thing} only the delay can be uncertain.", nearest(path.quantity, ["delay"]), path.place
            )
        target, dimension = path.thing, "time"
    else:
        if not signals.known.kind(path.thing) and closest(path.thing, lines):
            raise Fault(f"nothing here is called {path.thing!r}.", closest(path.thing, lines), path.place)
        target = signals.address(path)
        dimension = target.dimension
    for its in chance.values:
        if isinstance(its, Name):
            flag(its)
        elif dimension == "flag":
            raise Fault("yes or no is wanted here.", "", its.place)
    if dimension != "flag":
        _numbers(chance, dimension)
    return target, dimension


def night(draws: Iterable[Draw], seed: int, world: int, held: tuple[str, ...] = ()) -> dict[str, str]:
    """The word of each draw in one world; one that is held comes whatever chance says.

    From seed to seed the words are spread: the next seed is another evening, not by chance the same one.
    """
    found = {}
    for number, its in enumerate(draws):
        said = [word for word in its.words if word in held]
        drew = _picked(its.chance, chance_.spread(seed, world, its.name, number))
        assert isinstance(drew, Name)  # so says its reader
        found[its.name] = said[0] if said else drew.text
    return found


def _picked(its: Chance, u: float) -> Amount | Name:
    """The value of a choice at a number between 0 and 1."""
    total = 0.0
    for value, weight in zip(its.values, its.weights, strict=True):
        total += weight
        if u < total:
            return value
    return its.values[-1]


def _numbers(chance: Chance, dimension: str) -> list[float]:
    """The values of a distribution in SI; a standard deviation is a difference."""
    dimensions = [dimension, difference(dimension)] if chance.form == "normal" else [dimension] * len(chance.values)
    return [v.si(d) for v, d in zip(chance.values, dimensions, strict=True) if not isinstance(v, Name)]


def drawn(uncertain: Uncertain, dimension: str, seed: int, world: int) -> float:
    """The value of one uncertain quantity in one world, in SI."""
    its: Chance = uncertain.chance
    name = f"{uncertain.path.thing}.{uncertain.path.quantity}"
    u = chance_.uniform(seed, world, name)
    if its.form == "choice":
        value = _picked(its, u)
        return float(value.text == "yes") if isinstance(value, Name) else value.si(dimension)
    numbers = _numbers(its, dimension)
    if its.form == "uniform":
        return numbers[0] + (numbers[1] - numbers[0]) * u
    if its.form == "triangular":
        low, mode, high = numbers
        share = (mode - low) / (high - low) if high > low else 0.0
        if u < share:
            return low + float(np.sqrt(u * (high - low) * (mode - low)))
        return high - float(np.sqrt((1.0 - u) * (high - low) * (high - mode)))
    if its.form == "weibull":
        hazard = -float(elementary.log(np.float64(1.0 - u)))
        return numbers[0] * float(elementary.power(np.float64(hazard), np.float64(1.0 / its.weights[0])))
    z = chance_.normal(seed, world, name)
    if its.form == "lognormal":
        return numbers[0] * float(elementary.exp(np.float64(its.weights[0] * z)))
    return numbers[0] + numbers[1] * z
