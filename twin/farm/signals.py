"""The tables that rooms hand each other: what is tested, voted on and joined. Built by `cues.py`."""

from dataclasses import dataclass

from twin.base.arrays import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Tests:
    """Comparisons, (T,) each: (board[column] - limit) * sign > 0."""

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
