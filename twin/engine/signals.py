"""The signals: one row of numbers a world holds at a tick, true quantities first, then what is shown.

Paths, tests, history and films all speak of columns of these, so that there is one place where a name becomes an index.
`Address` is the other direction: the cell of the controls that a settable quantity writes. Both are made from the paths
of the parts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

import numpy as np

from twin.base.arrays import Floats
from twin.base.fault import Fault, nearest
from twin.base.units import TEMPERATURE_DIFFERENCE, difference, from_si, shown_unit
from twin.engine.parts import PARTS, Parts
from twin.language.names import Names
from twin.language.sentence import Amount, Name
from twin.language.sentence import Path as Written
from twin.language.words import Quantity
from twin.parts.action import Address
from twin.parts.part import Column, Part, Path

_RATES = {"length": "speed", TEMPERATURE_DIFFERENCE: "temperature rate"}

Facts = dict[str, Any]
"""The fixed facts of each part, by its section: of any kind, for the paths of a part know their own."""


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of one quantity: which array of a world they are read from, and how."""

    names: tuple[str, ...]
    dimension: str
    place: str
    read: Callable[[Any, Any], Any] | None
    facts: object


@dataclass(frozen=True, slots=True)
class Signals:
    """Names of all columns, and where each block starts."""

    known: Names
    parts: Parts
    facts: Facts
    blocks: tuple[Block, ...]
    names: tuple[str, ...]
    dimensions: tuple[str, ...]
    at: dict[str, int] = field(repr=False)
    first_instrument: int
    first_calculated: int
    _take: Callable[[object], tuple[Floats, ...]] = field(repr=False)
    _reads: tuple[tuple[int, Callable[[Any, Floats], Floats], object], ...] = field(repr=False)

    def column(self, path: Written) -> Column:
        """Where a true quantity stands; raises Fault when there is none."""
        path = replace(path, thing=self.known.real(path.thing))
        kind = self._kind_of(path)
        quantity = self._quantities().get((kind, path.quantity))
        if quantity is None:
            known = [q for of, q in self._quantities() if of == kind]
            raise Fault(f"{path.thing} has no {path.quantity!r}.", nearest(path.quantity, known), path.place)
        key = f"{path.thing}.{path.quantity}"
        if key in self.at:
            return Column(self.at[key], 1.0, quantity.dimension)
        found = self._path(kind, path.quantity)
        if found is not None and found[1].of and found[1].scale is not None:
            part, its = found
            index = getattr(self.facts[part.section], its.things).index(path.thing)
            scale = its.scale(self.facts[part.section], index)  # type: ignore[misc]  # asked above
            return Column(self.at[f"{path.thing}.{its.of}"], scale, quantity.dimension)
        if found is not None and found[1].reads and found[1].lacking[0]:
            raise Fault(f"{path.thing} {found[1].lacking[0]}", found[1].lacking[1], path.place)
        raise Fault(f"{key} can be set but not read in this version.", "Read what it changes instead.", path.place)

    def shown(self, name: Name | Written) -> Column:
        """Where an instrument's or a calculated value's reading stands."""
        if isinstance(name, Written):
            return self.column(name)
        if name.text not in self.at:
            known = self.names[self.first_instrument :]
            raise Fault(f"{name.text!r} is no instrument or calculated value.", nearest(name.text, known), name.place)
        index = self.at[name.text]
        return Column(index, 1.0, self.dimensions[index])

    def sets(self, thing: str, quantity: str) -> bool:
        """Whether a quantity of a thing can be set: another of its kind may have one that it lacks."""
        found = self._path(self.known.kind(thing), quantity)
        return found is not None and bool(found[1].writes) and thing in self.facts[found[0].section].names

    def address(self, path: Written) -> Address:
        """Where a settable quantity is written; raises Fault when it cannot be set."""
        path = replace(path, thing=self.known.real(path.thing))
        kind = self._kind_of(path)
        found = self._path(kind, path.quantity)
        if found is None or not found[1].writes:
            settable = [q for (of, q), its in self._quantities().items() if of == kind and its.settable]
            raise Fault(f"{path.thing}.{path.quantity} cannot be set.", nearest(path.quantity, settable), path.place)
        part, its = found
        facts = self.facts[part.section]
        if path.thing not in facts.names:
            raise Fault(f"{path.thing} {its.lacking[0] or 'has none.'}", its.lacking[1], path.place)
        index = facts.names.index(path.thing)
        dimension, scale, array = its.dimension, 1.0, its.writes
        if its.dimension_of is not None:
            dimension = its.dimension_of(facts, index)
            if not dimension:
                raise Fault(f"{path.thing} {its.lacking[0]}", its.lacking[1], path.place)
        elif dimension == "its":
            dimension = difference(self.dimensions[self.at[path.thing]])  # bias, drift and noise are
            if its.an_hour and dimension in _RATES:
                dimension, scale = _RATES[dimension], 3600.0
        if not array.startswith("content."):
            array = part.holds(array)
        most = its.most if its.most_of is None else its.most_of(facts, index)
        return Address(array, index, dimension, scale, its.least, most)

    def truth(self, world: object, out: Floats | None = None) -> Floats:
        """The true quantities of a world at one tick, (W, first instrument)."""
        columns = list(self._take(world))
        for n, read, facts in self._reads:
            columns[n] = read(facts, columns[n])
        return np.concatenate(columns, axis=1, out=out)

    @property
    def spans(self) -> tuple[int, int, int]:
        """Where instruments begin, where calculated values begin, and the end."""
        return self.first_instrument, self.first_calculated, len(self.names)

    def unit(self, index: int) -> str:
        """The unit in which a column is shown to people."""
        return shown_unit(self.dimensions[index])

    def for_people(self, index: int, value: float) -> float:
        """A value of a column in that unit."""
        name = self.unit(index)
        return from_si(value, name) if name else value

    def with_shown(self, instruments: dict[str, str], calculated: dict[str, str]) -> "Signals":
        """These signals with what is shown behind them: names to dimensions, in their order."""
        return _made(self.known, self.parts, self.facts, self.blocks, instruments, calculated)

    def _kind_of(self, path: Written) -> str:
        roots = [p.section for p in self.parts if p.entry is None and p.section == p.kind]
        if path.thing in roots:
            return path.thing
        kind = self.known.kind(path.thing)
        if not kind:
            raise Fault(f"nothing here is called {path.thing!r}.", nearest(path.thing, self.known.section), path.place)
        return kind

    def _quantities(self) -> dict[tuple[str, str], Quantity]:
        return self.known.known.quantities

    def _path(self, kind: str, quantity: str) -> tuple[Part, Path] | None:
        """The path of a quantity, the settable one where a quantity has two."""
        found = [
            (part, its) for part in self.parts for its in part.all_paths
            if (its.kind or part.kind) == kind and its.name == quantity
        ]  # fmt: skip
        return min(found, key=lambda pair: not pair[1].writes, default=None)


def blocks(facts: Facts, parts: Parts = PARTS) -> tuple[Block, ...]:
    """The blocks of columns that the paths of the parts make, in the order of the parts."""
    made = []
    for part in parts:
        if part.section not in facts:
            continue
        for path in part.all_paths:
            if path.reads:
                its = facts[part.section]
                names = getattr(its, path.spelled) if path.spelled else tuple(
                    f"{thing}.{path.name}" for thing in getattr(its, path.things)
                )  # fmt: skip
                if names:
                    made.append(Block(names, path.dimension, part.holds(path.reads), path.read, its))
    return tuple(made)


def build(known: Names, facts: Facts, parts: Parts = PARTS) -> Signals:
    """The true signals of a farm; instruments and calculated values come with `with_shown`."""
    return _made(known, parts, facts, blocks(facts, parts), {}, {})


def _made(
    known: Names, parts: Parts, facts: Facts, its: tuple[Block, ...], instruments: dict[str, str], calculated: dict[str, str]
) -> Signals:  # fmt: skip
    true = [(name, block.dimension) for block in its for name in block.names]
    rows = [*true, *instruments.items(), *calculated.items()]
    names = tuple(name for name, _ in rows)
    return Signals(
        known=known,
        parts=parts,
        facts=facts,
        blocks=its,
        names=names,
        dimensions=tuple(dimension for _, dimension in rows),
        at={name: i for i, name in enumerate(names)},
        first_instrument=len(true),
        first_calculated=len(true) + len(instruments),
        _take=attrgetter(*(block.place for block in its)),
        _reads=tuple((n, block.read, block.facts) for n, block in enumerate(its) if block.read is not None),
    )


def flag(value: Amount | Name | None) -> bool:
    """yes or no; without a value, yes."""
    if value is None:
        return True
    if isinstance(value, Name) and value.text in {"yes", "no"}:
        return value.text == "yes"
    raise Fault("yes or no is wanted here.", "", value.place)
