"""Distributions of uncertain quantities, as a scenario file writes them."""

import itertools
from dataclasses import dataclass

from twin.base.fault import Fault, nearest
from twin.language.sentence import NUMBER, Amount, Name, Sentence


@dataclass(frozen=True, slots=True)
class Chance:
    """A distribution: its name and its values in the order of the grammar."""

    form: str  # normal, lognormal, uniform, triangular, weibull, choice
    values: tuple[Amount | Name, ...]
    weights: tuple[float, ...] = ()


def chance(s: Sentence) -> Chance:
    """A distribution of an uncertain quantity."""
    word = s.take("a distribution")
    form = word.text
    if form == "normal":
        mean = s.amount()
        s.expect("sd")
        return Chance(form, (mean, _positive(s.amount(), "sd")))
    if form == "lognormal":
        median = s.amount()
        s.expect("sigma")
        return Chance(form, (median,), (_above_zero(s, "sigma"),))
    if form == "uniform":
        low = s.amount()
        s.expect("..")
        return Chance(form, _rising(low, s.amount()))
    if form == "triangular":
        low = s.amount()
        s.expect("..")
        mode = s.amount()
        s.expect("..")
        return Chance(form, _rising(low, mode, s.amount()))
    if form == "weibull":
        scale = s.amount()
        s.expect("shape")
        return Chance(form, (_positive(scale, "a scale"),), (_above_zero(s, "shape"),))
    if form == "choice":
        return _choice(s)
    known = ("normal", "lognormal", "uniform", "triangular", "weibull", "choice")
    raise Fault(f"{form!r} is no distribution.", nearest(form, known), word.place)


def _positive(value: Amount, what: str) -> Amount:
    if value.number < 0.0:
        raise Fault(f"{what} cannot be below zero.", "", value.place)
    return value


def _above_zero(s: Sentence, what: str) -> float:
    place = s.words[s.at].place if not s.done() else s.end
    number = s.number(what)
    if number <= 0.0:
        raise Fault(f"{what} must be above zero.", "", place)
    return number


def _rising(*values: Amount) -> tuple[Amount, ...]:
    """Values of one unit in rising order."""
    for before, after in itertools.pairwise(values):
        if (before.unit == after.unit and before.number > after.number) or bool(before.unit) != bool(after.unit):
            raise Fault("these values must rise.", "", values[0].place)
    return values


def _choice(s: Sentence) -> Chance:
    values: list[Amount | Name] = []
    weights = []
    while True:
        values.append(s.amount() if NUMBER.match(s.peek()) else s.name("a value"))
        weights.append(s.number("a probability"))
        if not s.accept("or"):
            break
    if min(weights) < 0.0 or abs(sum(weights) - 1.0) > 1e-9:
        raise Fault("the probabilities of a choice must add up to 1.", "", s.source.place)
    return Chance("choice", tuple(values), tuple(weights))
