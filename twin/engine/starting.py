"""Starting values and uncertain quantities: where each is written, and what it is in SI."""

import numpy as np

from twin.base import chance as chance_
from twin.base import elementary
from twin.base.fault import Fault, nearest
from twin.engine.signals import Signals, flag
from twin.language.distributions import Chance
from twin.language.nodes import Text
from twin.language.sentence import Name, Path, parse
from twin.language.spec import Initial, Uncertain
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
    found = parse(lambda s: s.amount(), text).si(address.dimension)
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
        target = signals.address(path)
        dimension = target.dimension
    for its in chance.values:
        if isinstance(its, Name):
            flag(its)
        elif dimension == "flag":
            raise Fault("yes or no is wanted here.", "", its.place)
        else:
            its.si(dimension)
    return target, dimension


def drawn(uncertain: Uncertain, dimension: str, seed: int, world: int) -> float:
    """The value of one uncertain quantity in one world, in SI."""
    its: Chance = uncertain.chance
    name = f"{uncertain.path.thing}.{uncertain.path.quantity}"
    u = chance_.uniform(seed, world, name)
    if its.form == "choice":
        total = 0.0
        for value, weight in zip(its.values, its.weights, strict=True):
            total += weight
            if u < total or value is its.values[-1]:
                return float(value.text == "yes") if isinstance(value, Name) else value.si(dimension)
    numbers = [v.si(dimension) for v in its.values if not isinstance(v, Name)]
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
