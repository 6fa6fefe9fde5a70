"""Sentences of farm and scenario files, commands and settings: text to syntax trees.

The grammar is that of docs/format.md. This file knows words and shapes only; which names exist, and what unit a
reading has, is the business of `cues.py` and `response/deed.py`.
"""

import datetime
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from twin.base.fault import Fault, Place, nearest
from twin.base.units import UNITS, to_si, unit
from twin.farm.nodes import Text
from twin.farm.words import CONNECTIVES, EVENTS, VERBS

DAY_S = 86400
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\Z")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_VOTE = re.compile(r"(\d+)oo(\d+)\Z")
_TOKEN = re.compile(r'"([^"]*)"|\S+')
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Word:
    """One token: its text, where it stands, and whether it stood in double quotes."""

    text: str
    place: Place
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, not yet converted: the reader of the field knows the dimension."""

    number: float
    unit: str
    place: Place

    def si(self, dimension: str) -> float:
        """The value in SI; raises Fault (with the place) when the unit is of another dimension."""
        try:
            if not self.unit:
                if dimension in {"count", "number"}:
                    return self.number
                raise Fault(f"{self.number:g} needs a unit of {dimension}.", _units_of(dimension))
            if dimension in {"count", "number"}:
                raise Fault(f"a bare number is wanted here, not {self.unit}.")
            return to_si(self.number, self.unit, dimension)
        except Fault as fault:
            raise fault.at(self.place) from None


def _units_of(dimension: str) -> str:
    return "Units: " + ", ".join(u.name for u in UNITS.values() if u.dimension == dimension) + "."


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day, a date and time, or a span after the start ("+10 min")."""

    seconds: int  # of the day, or after the start
    date: str = ""
    after_start: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """`thing.quantity`, as written."""

    thing: str
    quantity: str
    place: Place


@dataclass(frozen=True, slots=True)
class Name:
    """One name: of a thing, a line, or a word such as `yes`."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Derived:
    """`change of X over D`, `rate of X`, `gap of X and Y`, `time until X > v`."""

    form: str  # change, rate, gap, time until
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
    sign: str = ""
    limit: Amount | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """`2oo3 of X Y Z [> value]`."""

    needed: int
    of: tuple[Name, ...]
    sign: str
    limit: Amount | None
    place: Place


@dataclass(frozen=True, slots=True)
class Happened:
    """An event or a verb, of one thing or of any."""

    word: str
    thing: Name | None
    place: Place


@dataclass(frozen=True, slots=True)
class Proven:
    """`proven LINE`."""

    line: Name


@dataclass(frozen=True, slots=True)
class At:
    """`start` (no moment) or `at MOMENT`."""

    moment: Moment | None


Atom = Test | Vote | Happened | Proven | At


@dataclass(frozen=True, slots=True)
class Term:
    """One atom of a cue: how it joins what stands before, and for how long it must have held."""

    atom: Atom
    joined: str = "and"  # and, or
    negated: bool = False
    then_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Cue:
    """Terms, read left to right without precedence."""

    terms: tuple[Term, ...]
    text: str
    place: Place


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


@dataclass(frozen=True, slots=True)
class Chance:
    """A distribution: its name and its values in the order of the grammar."""

    form: str  # normal, lognormal, uniform, triangular, weibull, choice
    values: tuple[Amount | Name, ...]
    weights: tuple[float, ...] = ()


def words(text: Text) -> list[Word]:
    """The tokens of a sentence, each at its own column where the text stands on one line."""
    shift = 1 if text.quoted else 0
    one_line = "\n" not in text.text
    found = []
    for match in _TOKEN.finditer(text.text):
        column = text.place.column + (shift + match.start() if one_line else 0)
        place = Place(text.place.file, text.place.line, column)
        quoted = match.group(1) is not None
        found.append(Word(match.group(1) if quoted else match.group(), place, quoted))
    return found


class Sentence:
    """Reads tokens from left to right; every `take_` raises a Fault at the token that does not fit."""

    def __init__(self, text: Text) -> None:
        self.source = text
        self.words = words(text)
        self.at = 0

    @property
    def end(self) -> Place:
        """Where the sentence stops: the place of what is missing."""
        if not self.words:
            return self.source.place
        last = self.words[-1]
        return Place(last.place.file, last.place.line, last.place.column + len(last.text))

    def peek(self, ahead: int = 0) -> str:
        """The text of a coming word, "" at the end or when it is quoted."""
        index = self.at + ahead
        return "" if index >= len(self.words) or self.words[index].quoted else self.words[index].text

    def done(self) -> bool:
        return self.at >= len(self.words)

    def take(self, what: str) -> Word:
        if self.done():
            raise Fault(f"{what} is missing here.", "", self.end)
        self.at += 1
        return self.words[self.at - 1]

    def accept(self, *options: str) -> str:
        """Takes one of these words when it comes next, else returns ""."""
        if self.peek() in options and self.peek():
            self.at += 1
            return self.words[self.at - 1].text
        return ""

    def expect(self, word: str) -> None:
        found = self.take(f"`{word}`")
        if found.text != word or found.quoted:
            raise Fault(f"`{word}` is wanted here, not {found.text!r}.", "", found.place)

    def finish(self) -> None:
        if not self.done():
            extra = self.words[self.at]
            raise Fault(f"{extra.text!r} does not belong here.", "Text with spaces goes in double quotes.", extra.place)

    # what stands in many sentences

    def number(self, what: str) -> float:
        word = self.take(what)
        if not _NUMBER.match(word.text):
            advice = "Put a space between number and unit." if word.text[:1].isdigit() else ""
            raise Fault(f"{what} is wanted here, not {word.text[:40]!r}.", advice, word.place)
        if len(word.text) > 24 or abs(float(word.text)) > 1e15:
            raise Fault(f"{word.text[:24]} is beyond what anything here can be.", "", word.place)
        return float(word.text)

    def amount(self, what: str = "a value") -> Amount:
        place = self.words[self.at].place if not self.done() else self.end
        number = self.number(what)
        if self.peek() in UNITS or self.peek() == "°C":
            return Amount(number, unit(self.take("a unit").text).name, place)
        following = self.peek()
        if following and following not in _AFTER_A_VALUE and not _NUMBER.match(following) and following[0] != "(":
            word = self.words[self.at]
            raise Fault(f"{word.text!r} is no known unit.", nearest(word.text, UNITS), word.place)
        return Amount(number, "", place)

    def duration(self, what: str = "a duration") -> float:
        """`1 h 30 min`, at least one pair of number and unit of time."""
        total = self.amount(what).si("time")
        while _NUMBER.match(self.peek()) and self.peek(1) in UNITS and UNITS[self.peek(1)].dimension == "time":
            total += self.amount().si("time")
        if total < 0.0:
            raise Fault("a duration cannot be negative.", "", self.source.place)
        return total

    def moment(self) -> Moment:
        """`HH:MM[:SS]`, `YYYY-MM-DD HH:MM[:SS]` or `+duration`."""
        word = self.take("a moment such as 03:05")
        if word.text.startswith("+"):
            if word.text != "+":
                self.at -= 1
                self.words[self.at] = Word(word.text[1:], word.place)
            return Moment(round(self.duration()), after_start=True)
        date = ""
        if _DATE.match(word.text):
            date, word = _real_date(word), self.take("a time of day")
        match = _CLOCK.match(word.text)
        hour, minute, second = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
        if hour > 23 or minute > 59 or second > 59:
            raise Fault(f"{word.text!r} is no moment.", "Write 03:05, 2005-12-11 03:05 or +10 min.", word.place)
        return Moment(hour * 3600 + minute * 60 + second, date)

    def name(self, what: str) -> Name:
        word = self.take(what)
        if word.text in {"<", ">"}:
            raise Fault(f"{what} is missing before `{word.text}`.", "", word.place)
        if word.quoted or ("." in word.text and not word.text.startswith(".")):
            raise Fault(f"{what} is wanted here, not {word.text!r}.", "", word.place)
        return Name(word.text, word.place)

    def thing(self, what: str) -> Name | Path:
        word = self.take(what)
        if word.quoted:
            raise Fault(f"{what} is wanted here, not a text.", "", word.place)
        first, dot, rest = word.text.partition(".")
        if not dot:
            return Name(word.text, word.place)
        if not first or not rest:
            raise Fault(f"{word.text!r} is no path.", "Write THING.quantity.", word.place)
        return Path(first, rest, word.place)


def _real_date(word: Word) -> str:
    try:
        return datetime.date.fromisoformat(word.text).isoformat()
    except ValueError:
        raise Fault(f"{word.text} is no day.", "", word.place) from None


_AFTER_A_VALUE = CONNECTIVES | {"sd", "sigma", "shape", ".."}


def reading(s: Sentence) -> Reading:
    """`path | instrument | calculated | change of … | gap of … | rate of … | time until …`."""
    if s.peek(1) in {"of", "until"} and s.peek() in {"change", "rate", "gap", "time"}:
        form = s.take("").text
        s.take("")
        if form == "change":
            of = s.thing("what changes")
            s.expect("over")
            return Derived("change", of, over_s=s.duration())
        if form == "rate":
            return Derived("rate", s.thing("what rises or falls"))
        if form == "gap":
            of = s.name("a level instrument")
            s.expect("and")
            return Derived("gap", of, other=s.name("a flow instrument"))
        of = s.thing("what rises or falls")
        sign = _sign(s)
        return Derived("time until", of, sign=sign, limit=s.amount())
    return s.thing("a reading")


def _sign(s: Sentence) -> str:
    sign = s.accept("<", ">")
    if not sign:
        place = s.words[s.at].place if not s.done() else s.end
        raise Fault("`<` or `>` is wanted here, with spaces around it.", "", place)
    return sign


def atom(s: Sentence) -> Atom:
    """One atom of a cue."""
    word = s.peek()
    if s.accept("start"):
        return At(None)
    if s.accept("at"):
        return At(s.moment())
    if s.accept("proven"):
        return Proven(s.name("a line of the plan"))
    if match := _VOTE.match(word):
        return _vote(s, int(match.group(1)), int(match.group(2)))
    if word in EVENTS or word in VERBS:
        return _happened(s)
    start = s.at
    what = reading(s)
    if s.peek() in {"<", ">"}:
        sign = _sign(s)
        return Test(what, sign, s.amount())
    if isinstance(what, Name) and s.peek() and s.peek() not in _AFTER_A_VALUE and s.peek() != "the":
        raise Fault(f"{what.text!r} is no event or verb.", nearest(what.text, [*EVENTS, *VERBS]), s.words[start].place)
    if s.peek() in {"=", "==", ">=", "<=", "is"}:
        raise Fault("only `<` and `>` compare.", "", s.words[s.at].place)
    return Test(what)


def _vote(s: Sentence, needed: int, among: int) -> Vote:
    place = s.take("").place
    if not 0 < needed <= among <= 8:
        raise Fault(f"{needed}oo{among} cannot be.", "Write 1oo1 to 8oo8.", place)
    s.expect("of")
    names = tuple(s.name("an instrument") for _ in range(among))
    if s.peek() in {"<", ">"}:
        sign = _sign(s)
        return Vote(needed, names, sign, s.amount(), place)
    return Vote(needed, names, "", None, place)


def _happened(s: Sentence) -> Happened:
    word = s.take("")
    following = s.peek()
    if not following or following in _AFTER_A_VALUE or s.done():
        return Happened(word.text, None, word.place)
    return Happened(word.text, s.name("a thing"), word.place)


def cue(s: Sentence) -> Cue:
    """`["not"] atom {("and" | "or") ["not"] atom}`, each atom perhaps with `then` duration."""
    place = s.words[s.at].place if not s.done() else s.end
    start = s.at
    terms = []
    joined = "and"
    while True:
        negated = bool(s.accept("not"))
        one = atom(s)
        then_s = s.duration("a duration after `then`") if s.accept("then") else 0.0
        terms.append(Term(one, joined, negated, then_s))
        joined = s.accept("and", "or")
        if not joined:
            break
    text = " ".join(word.text for word in s.words[start : s.at])
    return Cue(tuple(terms), text, place)


def act(s: Sentence) -> Act:
    """`verb [thing] {to | by | over | for | with | from …} ["text"] [because "text"]`."""
    verb = s.take("a verb")
    if verb.text not in VERBS or verb.quoted:
        raise Fault(f"{verb.text!r} is no verb.", nearest(verb.text, VERBS), verb.place)
    thing = None
    if not s.done() and not s.words[s.at].quoted and s.peek() not in _PREPOSITIONS:
        thing = s.thing("a thing")
    found: dict[str, object] = {}
    says = ""
    while not s.done():
        if s.words[s.at].quoted:
            says = s.take("").text
            continue
        word = s.take("")
        if word.text not in _PREPOSITIONS:
            raise Fault(f"{word.text!r} does not belong here.", "Text with spaces goes in double quotes.", word.place)
        if word.text in found:
            raise Fault(f"`{word.text}` stands here twice.", "", word.place)
        found[word.text] = _PREPOSITIONS[word.text](s)
    return Act(
        verb.text, thing, s.source.text, verb.place, says=says,
        to=found.get("to"), by=found.get("by"), over_s=found.get("over"), for_s=found.get("for"),  # type: ignore[arg-type]
        with_=found.get("with", ()), from_=found.get("from"), because=str(found.get("because", "")),  # type: ignore[arg-type]
    )  # fmt: skip


def _to(s: Sentence) -> Amount | Name:
    if _NUMBER.match(s.peek()) or (s.peek()[:1].isdigit() and not s.peek()[-1:].isalpha()):
        return s.amount()
    return s.name("a value or a name")


def _with(s: Sentence) -> tuple[Name, ...]:
    names = [s.name("a name")]
    while s.accept("and"):
        names.append(s.name("a name"))
    return tuple(names)


def _because(s: Sentence) -> str:
    if s.done():
        raise Fault("a reason is missing here.", 'Write because "…".', s.end)
    if s.words[s.at].quoted:
        return s.take("").text
    rest = " ".join(word.text for word in s.words[s.at :])
    s.at = len(s.words)
    return rest


_PREPOSITIONS: dict[str, Callable[[Sentence], object]] = {
    "to": _to,
    "by": lambda s: s.amount(),
    "over": lambda s: s.duration(),
    "for": lambda s: s.duration(),
    "with": _with,
    "from": lambda s: s.name("where it comes from"),
    "because": _because,
}


def that(s: Sentence) -> That:
    """`["no"] cue ["before" cue | "within" duration "of" cue | "at the end" | "at" cue]`."""
    no = bool(s.accept("no"))
    first = cue(s)
    if s.accept("before"):
        return That(no, first, "before", cue(s))
    if s.accept("within"):
        within_s = s.duration()
        s.expect("of")
        return That(no, first, "within", cue(s), within_s)
    if s.accept("at"):
        if s.accept("the"):
            s.expect("end")
            return That(no, first, "at the end")
        return That(no, first, "at", cue(s))
    return That(no, first)


def measure(s: Sentence) -> Measure:
    """`time of cue | time from cue to cue | max|min|mean reading | reading at (moment | cue | the end)`."""
    if s.peek() == "time" and s.peek(1) == "of":
        s.at += 2
        return Measure("time of", cue(s))
    if s.peek() == "time" and s.peek(1) == "from":
        s.at += 2
        first = cue(s)
        s.expect("to")
        return Measure("time from", first, cue(s))
    if form := s.accept("max", "min", "mean"):
        return Measure(form, reading=reading(s))
    if s.peek() == "reach" and s.peek(1) == "of":
        raise Fault("`reach of` comes with the cloud model.", "Take it out.", s.words[s.at].place)
    what = reading(s)
    s.expect("at")
    if s.accept("the"):
        s.expect("end")
        return Measure("at", reading=what, at_end=True)
    if _CLOCK.match(s.peek()) or s.peek().startswith("+") or _DATE.match(s.peek()):
        place = s.words[s.at].place
        moment = s.moment()
        return Measure("at", Cue((Term(At(moment)),), "at", place), reading=what)
    return Measure("at", cue(s), reading=what)


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
        values.append(s.amount() if _NUMBER.match(s.peek()) else s.name("a value"))
        weights.append(s.number("a probability"))
        if not s.accept("or"):
            break
    if min(weights) < 0.0 or abs(sum(weights) - 1.0) > 1e-9:
        raise Fault("the probabilities of a choice must add up to 1.", "", s.source.place)
    return Chance("choice", tuple(values), tuple(weights))


def parse(rule: Callable[[Sentence], T], text: Text) -> T:
    """A whole sentence by one rule; raises Fault at the first word that does not fit."""
    sentence = Sentence(text)
    found = rule(sentence)
    sentence.finish()
    return found
