"""Tests, votes and sentences over readings, for all worlds at once.

A *test* compares a column of the signals with a limit, with a dead-band on return. A *vote* counts tests. *Atoms* are
all that can be true or false at a tick; an *expression* joins up to a few of them from left to right, each perhaps
only after it has held for a time. Tables are built by `twin.engine.cues`.
"""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import NEVER, Bools, Floats, Ints, every, select


@dataclass(frozen=True, slots=True)
class Tests:
    """Comparisons, (T,) each: (signals[column] - limit) * sign > 0."""

    column: Ints
    limit: Floats
    sign: Floats
    deadband: Floats
    quality: Ints  # into (nothing, instruments, calculated)
    clears_when_absent: Bools  # a calculated value that is not known tests false


@dataclass(frozen=True, slots=True)
class Votes:
    """MooN votes, (V,) or (V, members)."""

    needed: Ints
    among: Ints
    test: Ints
    quality: Ints
    present: Bools
    bad_votes: Bools
    bad_left_out: Bools
    bad_trips: Bools


@dataclass(frozen=True, slots=True)
class Expressions:
    """Sentences over atoms, (E, terms); atom indices past the atoms are those that must have held."""

    atom: Ints
    joined_by_or: Bools
    negated: Bools
    held_atom: Ints  # (H,)
    held_ticks: Ints
    groups: "Expressions | None" = None  # what stands in brackets: atoms behind all others

    def __len__(self) -> int:
        return len(self.atom)


@dataclass(frozen=True, slots=True)
class Atoms:
    """Where each block of atoms starts: nothing (always true), tests, votes, alarms, trips, then the rest."""

    tests: int
    votes: int
    alarms: int
    trips: int
    happened: int
    accepted: int
    proven: int
    moments: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A sentence that somebody asks for while a run goes on, compiled by itself; equal to itself alone."""

    tests: Tests
    sentence: Expressions
    happened: tuple[tuple[str, str, bool], ...]
    moments: tuple[int, ...]
    text: str


def tested(tests: Tests, before: Bools, signals: Floats, valid: Bools) -> Bools:
    """Whether each test holds; one whose reading is bad or absent keeps its last answer (absent: false).

    before  (W, T)      the answers of the last scan
    signals (W, C)
    valid   (W, 1+I+K)  quality of nothing, each instrument, each calculated value
    """
    beyond = (signals.take(tests.column, axis=1) - tests.limit) * tests.sign
    holds = beyond > select(before, -tests.deadband, 0.0)
    if every(valid):
        return holds
    good = valid[:, tests.quality]
    return select(good, holds, before & ~tests.clears_when_absent)


def voted(votes: Votes, tests: Bools, good: Bools) -> Bools:
    """Whether each vote trips, its bad signals taken as they say.

    tests  (W, T)  answers
    good   (W, 1+I+K)  quality
    """
    if not len(votes.needed):
        return tests[:, :0]
    if every(good):  # then no signal is left out, counted against its will, or trips by itself
        demands = tests[:, votes.test] & votes.present
        met: Bools = demands.sum(axis=-1) >= np.minimum(votes.needed, votes.among)
        return met
    is_good = good[:, votes.quality]  # (W, V, members)
    demands = tests[:, votes.test] & is_good
    counted = (demands | (~is_good & votes.bad_votes)) & votes.present
    left_out = (~is_good & votes.bad_left_out) & votes.present
    at_work = votes.among - left_out.sum(axis=-1)
    needed = np.minimum(votes.needed, at_work)
    forced = (~is_good & votes.bad_trips & votes.present).sum(axis=-1) > 0
    trips: Bools = ((counted.sum(axis=-1) >= needed) & (needed > 0)) | forced
    return trips


def grouped(table: Expressions, atoms: Bools) -> Bools:
    """The atoms, and behind them what stands in brackets; (W, all atoms) in, or the first of them where there are no brackets."""
    if table.groups is None:
        return atoms
    return np.concatenate((atoms, evaluated(table.groups, atoms, atoms[:, :0])), axis=1)


def held(table: Expressions, since: Ints, atoms: Bools, tick: int) -> tuple[Ints, Bools]:
    """For the atoms that must have held for a time: since when they hold, and whether that is long enough."""
    if not len(table.held_atom):
        return since, atoms[:, :0]
    now = atoms[:, table.held_atom]
    since = select(now, np.minimum(since, tick), NEVER)
    return since, (tick - since) >= table.held_ticks


def evaluated(table: Expressions, atoms: Bools, long_enough: Bools) -> Bools:
    """Whether each expression holds, (W, E)."""
    known = np.concatenate((atoms, long_enough), axis=1) if long_enough.shape[1] else atoms
    answer = known[:, table.atom[:, 0]] ^ table.negated[:, 0]
    for j in range(1, table.atom.shape[1]):
        term = known[:, table.atom[:, j]] ^ table.negated[:, j]
        answer = select(table.joined_by_or[:, j], answer | term, answer & term)
    return answer
