"""What sentences of farm and scenario files come to: tests, votes, cues, acts, objectives and measures. How they are read is `grammar.py`."""

from dataclasses import dataclass

from twin.base.fault import Place
from twin.language.sentence import Amount, Moment, Name, Path


@dataclass(frozen=True, slots=True)
class Derived:
    """`change of X over D`, `rate of X`, `gap of X and Y`, `difference of X and Y`, `time until X > v`."""

    form: str  # change, rate, gap, difference, time until
    of: Name | Path
    other: Name | None = None
    over_s: float = 0.0
    sign: str = ""
    limit: Amount | None = None


Reading = Path | Name | Derived


@dataclass(frozen=True, slots=True)
class Test:
    """A reading against a value; a bare one (sign "") is true when it is on."""

    reading: Reading
    sign: str = ""  # < or >
    limit: Amount | None = None
    or_equal: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """`2oo3 of X Y Z [> value]`."""

    needed: int
    of: tuple[Name, ...]
    sign: str
    limit: Amount | None
    place: Place
    or_equal: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """An event or a verb, of one thing or of any."""

    word: str
    thing: Name | None
    place: Place
    about: Name | None = None  # of a message: what it must name


@dataclass(frozen=True, slots=True)
class Proven:
    """`proven LINE`."""

    line: Name


@dataclass(frozen=True, slots=True)
class Drawn:
    """`drawn WORD`: what chance drew for this world."""

    word: Name


@dataclass(frozen=True, slots=True)
class At:
    """`start` (no moment) or `at MOMENT`."""

    moment: Moment | None


Atom = Test | Vote | Happened | Proven | Drawn | At


@dataclass(frozen=True, slots=True)
class Term:
    """One atom of a cue, or a cue in brackets: how it joins what stands before, and for how long it must have held."""

    atom: "Atom | Cue"
    joined: str = "and"  # and, or
    negated: bool = False
    then_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Cue:
    """Terms, read left to right without precedence."""

    terms: tuple[Term, ...]
    text: str
    place: Place

    @property
    def flat(self) -> "tuple[Plain, ...]":
        """Its atoms one after the other, those in brackets too, as if there were none."""
        found: list[Plain] = []
        for term in self.terms:
            if isinstance(term.atom, Cue):
                found += (
                    Plain(inner.atom, inner.joined if k else term.joined, inner.negated != term.negated, inner.then_s)
                    for k, inner in enumerate(term.atom.flat)
                )
            else:
                found.append(Plain(term.atom, term.joined, term.negated, term.then_s))
        return tuple(found)

    @property
    def bracketed(self) -> bool:
        """Whether it has brackets."""
        return any(isinstance(term.atom, Cue) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Plain:
    """One atom of a cue whose brackets are left out."""

    atom: Atom
    joined: str
    negated: bool
    then_s: float


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does: a verb and what stands behind it."""

    verb: str
    thing: Name | Path | None
    text: str  # the whole sentence, as written
    place: Place
    to: Amount | Name | None = None
    by: Amount | None = None
    over_s: float | None = None
    for_s: float | None = None
    with_: tuple[Name, ...] = ()
    from_: Name | None = None
    about: tuple[Name, ...] = ()
    says: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class That:
    """What an objective asks: a cue, and its relation to another."""

    no: bool
    cue: Cue
    relation: str = ""  # before, within, at the end, at
    other: Cue | None = None
    within_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Measure:
    """What a fact measures."""

    form: str  # time of, time from, max, min, mean, at
    cue: Cue | None = None
    other: Cue | None = None
    reading: Reading | None = None
    at_end: bool = False
