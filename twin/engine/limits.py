"""Limits as a file gives them: who waits for which reading, in SI, and what that instrument can show. For what asks whether it is meant."""

from collections.abc import Iterator
from typing import NamedTuple

from twin.base.fault import Place
from twin.base.units import show
from twin.language.entry import Entry
from twin.language.names import Names
from twin.language.sentence import Name
from twin.language.spec import ScenarioSpec
from twin.language.syntax import Cue, Test, Vote
from twin.parts.alarm import Alarm
from twin.parts.gauge_entry import Instrument
from twin.parts.interlock import Interlock
from twin.parts.tank_entry import Tank


class Limit(NamedTuple):
    """A limit on what an instrument shows, in SI."""

    by: Entry  # alarm, interlock, or a switch itself
    instrument: Instrument
    sign: str  # > or <
    at: float
    dimension: str
    place: Place
    voted: bool  # one of several

    @property
    def high(self) -> bool:
        """Whether it comes when there is more: of an ullage, when that is less."""
        return (self.sign == ">") == (self.instrument.watched.quantity != "ullage")

    @property
    def depth(self) -> float:
        """Where it stands on the way up."""
        return -self.at if self.instrument.watched.quantity == "ullage" else self.at

    @property
    def text(self) -> str:
        return said(self.at, self.dimension)


def said(value: float, dimension: str) -> str:
    """A value with as many digits as it needs."""
    return show(value, dimension, 2 if value == 0.0 or abs(value) >= 0.1 else 4)


class View:
    """A scenario that is known to be without mistakes, and what several doubts ask of it."""

    def __init__(self, scenario: ScenarioSpec, names: Names) -> None:
        self.scenario, self.farm, self.names = scenario, scenario.farm, names
        self.instruments = self.farm.of(Instrument)
        self.tanks = self.farm.of(Tank)
        self.limits = [
            limit
            for kind in (Alarm, Interlock)
            for entry in self.farm.of(kind).values()
            if (when := getattr(entry, "when", None)) is not None and not getattr(entry, "permits", ())
            for limit in self._limits(entry, when)
        ]

    def dimension(self, instrument: Instrument) -> str:
        """Of what an instrument measures."""
        of = instrument.watched
        quantity = self.names.known.quantities.get((self.names.kind(of.thing), of.quantity))
        return quantity.dimension if quantity is not None else "number"

    def range(self, instrument: Instrument) -> tuple[float, float] | None:
        """What it can show, None where nobody said."""
        if instrument.range is None:
            return None
        low, high = (value.si(self.dimension(instrument)) for value in instrument.range)
        return low, high

    def full(self, instrument: Instrument) -> float | None:
        """The reading of an instrument at the lip of the tank that it watches, None where it shows no content."""
        of = instrument.watched
        tank = self.tanks.get(of.thing)
        if tank is None:
            return None
        full = {
            "level": tank.lips_m, "innage": tank.lips_m, "volume": tank.capacity_m3, "filled": 1.0,
            "ullage": tank.height_m - tank.lips_m,
        }  # fmt: skip
        return full.get(of.quantity)

    def _limits(self, by: Entry, cue: Cue) -> Iterator[Limit]:
        for term in cue.flat:
            atom = term.atom
            if term.negated:
                continue
            if isinstance(atom, Vote):
                yield from (x for name in atom.of for x in self._limit(by, name, atom, atom.place))
            elif isinstance(atom, Test) and isinstance(atom.reading, Name):
                yield from self._limit(by, atom.reading, atom, atom.reading.place)

    def _limit(self, by: Entry, name: Name, atom: Test | Vote, place: Place) -> Iterator[Limit]:
        its = self.instruments.get(self.names.real(name.text))
        if its is None:
            return
        test = its.measures if its.is_switch else atom
        if test.limit is not None:
            dimension = self.dimension(its)
            at = test.limit.si(dimension)
            yield Limit(by, its, test.sign, at, dimension, place, isinstance(atom, Vote))

    @property
    def switches(self) -> Iterator[Limit]:
        """Where each switch switches."""
        for its in self.instruments.values():
            if its.measures.limit is not None:
                dimension = self.dimension(its)
                yield Limit(its, its, its.measures.sign, its.measures.limit.si(dimension), dimension, its.place, False)
