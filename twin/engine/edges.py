"""Edges: which columns there are, and what they say now. One comparison over all of them finds what begins or ends."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter, is_

import numpy as np

from twin.base.arrays import Bools, same_bits
from twin.engine.parts import PARTS, Parts
from twin.parts.part import Edge


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one edge, of each of its things."""

    edge: Edge
    first: int
    end: int
    facts: object


@dataclass(frozen=True, slots=True)
class Edges:
    """Every edge of the parts, in the order in which they are told; behind them stand the cue expressions."""

    columns: tuple[Columns, ...]
    at: dict[str, Columns]
    end: int

    def of(self, column: int) -> Columns:
        """The edge that a column belongs to."""
        return next(its for its in self.columns if column < its.end)

    def as_found(self, now: Bools) -> Bools:
        """Before the first scan: what is found so was so before, save what can only have begun with it."""
        found = now.copy()
        for its in self.columns:
            if not its.edge.found:
                found[:, its.first : its.end] = False
        return found


def build(facts_of: Callable[[str], object], parts: Parts = PARTS) -> Edges:
    """The edges of the parts; `facts_of` gives the facts of a section."""
    listed = {f"{part.section}.{edge.name}": (part, edge) for part in parts for edge in part.edges}
    made, first = {}, 0
    for name, (part, edge) in listed.items():
        facts = facts_of(part.section)
        end = first + len(getattr(facts, edge.things))
        made[name] = Columns(edge, first, end, facts)
        first = end
    return Edges(tuple(made.values()), made, first)


class Watch:
    """What the edges said last, and the arrays it was made from; what reads the same arrays says the same."""

    def __init__(self, its: Edges, worlds: int) -> None:
        self._columns = its.columns
        able = [
            n for n, c in enumerate(its.columns) if c.first < c.end and not (c.edge.never and c.edge.never(c.facts))
        ]
        self._able = [(n, its.columns[n].edge.when, its.columns[n].facts) for n in able]
        self._take = [attrgetter(*its.columns[n].edge.reads) for n in able]
        self._nothing = [np.zeros((worlds, c.end - c.first), dtype=bool) for c in its.columns]
        self.forget()

    def forget(self) -> None:
        """The next look works everything out."""
        self._inputs: list[object] = [None] * len(self._able)
        self._said = list(self._nothing)
        self._known = False

    def look(self, world: object) -> Bools | None:
        """What all columns say now, (W, columns); None when that is what they said last."""
        changed = not self._known
        for n, (at, when, facts) in enumerate(self._able):
            inputs, known = self._take[n](world), self._inputs[n]
            several = isinstance(inputs, tuple)
            if inputs is known or (several and isinstance(known, tuple) and all(map(is_, inputs, known))):
                continue
            self._inputs[n] = inputs
            said = when(facts, *inputs) if several else when(facts, inputs)
            if not same_bits(said, self._said[at]):
                self._said[at], changed = said, True
        if not changed:
            return None
        self._known = True
        return np.concatenate(self._said, axis=1)
