"""A sentence as tokens, read from left to right: words, numbers with units, durations, moments, names.

Every file, command and setting is read by these few readers, so that the same mistake gets the same sentence everywhere.
"""

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from twin.base.fault import Fault, Place
from twin.base.units import UNITS, spelled, to_si, unit, units_of, unknown
from twin.language.nodes import Text
from twin.language.words import CONNECTIVES, NOTHING, Words

DAY_S = 86400
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\Z")
CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?\Z")
DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
AFTER_A_VALUE = CONNECTIVES | {"sd", "sigma", "shape", ".."}
_TOKEN = re.compile(r'"([^"]*)"(?:\.([^\s".]+))?|[()]|[^\s()]+')  # a quantity may follow a name in quotes
_NO_NAMES = frozenset({"<", ">", "<=", ">=", "(", ")"})
_ODD = re.compile(r"[\s.]")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Word:
    """One token: its text, where it stands, whether it stood in double quotes, and the quantity behind those."""

    text: str
    place: Place
    quoted: bool = False
    quantity: str = ""
    span: tuple[int, int] = (0, 0)  # in the sentence

    @property
    def written(self) -> str:
        """It as it stood."""
        return f'"{self.text}"' + (f".{self.quantity}" if self.quantity else "") if self.quoted else self.text


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
                raise Fault(
                    f"{self.number:g} needs a unit of {dimension}.", f"Units: {', '.join(units_of(dimension))}."
                )
            if dimension in {"count", "number"}:
                raise Fault(f"a bare number is wanted here, not {self.unit}.")
            return to_si(self.number, self.unit, dimension)
        except Fault as fault:
            raise fault.at(self.place) from None


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day, a date and time, or a span after the start ("+10 min")."""

    seconds: int  # of the day, or after the start
    date: str = ""
    after_start: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """One name: of a thing, a line, or a word such as `yes`."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Path:
    """`thing.quantity`, as written."""

    thing: str
    quantity: str
    place: Place


def words(text: Text) -> list[Word]:
    """The tokens of a sentence, each at its own column where the text stands on one line."""
    shift = 1 if text.quoted else 0
    one_line = "\n" not in text.text
    found = []
    for match in _TOKEN.finditer(text.text):
        column = text.place.column + (shift + match.start() if one_line else 0)
        place = Place(text.place.file, text.place.line, column)
        quoted = match.group(1) is not None
        found.append(
            Word(match.group(1) if quoted else match.group(), place, quoted, match.group(2) or "", match.span())
        )
    return found


def spoken(name: str) -> str:
    """A name as it stands in a sentence: in double quotes where it has a space or a full stop."""
    return f'"{name}"' if _ODD.search(name) else name


def spoken_path(thing: str, quantity: str) -> str:
    """A quantity of a thing as it stands in a sentence."""
    return f"{spoken(thing)}.{quantity}"


def tokens(text: str) -> list[str]:
    """The words of a sentence; names and texts without their quotes."""
    return [match.group() if match.group(1) is None else match.group(1) for match in _TOKEN.finditer(text)]


def split_path(text: str) -> tuple[str, str]:
    """Thing and quantity of a path, with or without quotes; the quantity is "" where there is none."""
    match = _TOKEN.fullmatch(text)
    if match is not None and match.group(1) is not None:
        return match.group(1), match.group(2) or ""
    thing, _, quantity = text.partition(".")
    return thing, quantity


class Sentence:
    """Reads tokens from left to right; every `take_` raises a Fault at the token that does not fit.

    `known` are the verbs and events that count as words of the language.
    """

    def __init__(self, text: Text, known: Words = NOTHING) -> None:
        self.source, self.known = text, known
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

    def said(self, first: int, end: int) -> str:
        """These words as they stood, with one space where there were more."""
        if first >= end:
            return ""
        return " ".join(self.source.text[self.words[first].span[0] : self.words[end - 1].span[1]].split())

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
        if not NUMBER.match(word.text):
            advice = "Put a space between number and unit." if word.text[:1].isdigit() else ""
            raise Fault(f"{what} is wanted here, not {word.text[:40]!r}.", advice, word.place)
        if len(word.text) > 24 or abs(float(word.text)) > 1e15:
            raise Fault(f"{word.text[:24]} is beyond what anything here can be.", "", word.place)
        return float(word.text)

    def amount(self, what: str = "a value", dimension: str = "") -> Amount:
        place = self.words[self.at].place if not self.done() else self.end
        number = self.number(what)
        if spelled(self.peek()) in UNITS:
            its = unit(self.take("a unit").text).name
            if its == "ft" and NUMBER.match(self.peek()) and self.peek(1) == "in":  # as a tape is read: 34 ft 9 in
                inches = self.number(what) / 12.0
                self.take("in")
                number = number + math.copysign(inches, number)
            return Amount(number, its, place)
        following = self.peek()
        if following and following not in AFTER_A_VALUE and not NUMBER.match(following) and following[0] != "(":
            word = self.words[self.at]
            raise unknown(word.text, dimension).at(word.place)
        return Amount(number, "", place)

    def duration(self, what: str = "a duration") -> float:
        """`1 h 30 min`, at least one pair of number and unit of time."""
        total = self.amount(what, "time").si("time")
        while NUMBER.match(self.peek()) and self.peek(1) in UNITS and UNITS[self.peek(1)].dimension == "time":
            total += self.amount(dimension="time").si("time")
        if total < 0.0:
            raise Fault("a duration cannot be negative.", "", self.source.place)
        return total

    def moment(self) -> Moment:
        """`HH:MM[:SS]`, `YYYY-MM-DD HH:MM[:SS]` or `+duration`."""
        word = self.take("a moment such as 03:05")
        if word.text.startswith("+"):
            if word.text != "+":
                self.at -= 1
                self.words[self.at] = Word(word.text[1:], word.place, span=word.span)
            return Moment(round(self.duration()), after_start=True)
        date = ""
        if DATE.match(word.text):
            date, word = _real_date(word), self.take("a time of day")
        match = CLOCK.match(word.text)
        hour, minute, second = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
        if hour > 23 or minute > 59 or second > 59:
            raise Fault(f"{word.text!r} is no moment.", "Write 03:05, 2005-12-11 03:05 or +10 min.", word.place)
        return Moment(hour * 3600 + minute * 60 + second, date)

    def name(self, what: str) -> Name:
        word = self.take(what)
        if not word.quoted and word.text in _NO_NAMES:
            raise Fault(f"{what} is missing before `{word.text}`.", "", word.place)
        if word.quantity or (not word.quoted and "." in word.text and not word.text.startswith(".")):
            advice = "" if word.quoted else "A name with a full stop stands in double quotes."
            raise Fault(f"{what} is wanted here, not {word.written!r}.", advice, word.place)
        return Name(word.text, word.place)

    def thing(self, what: str) -> Name | Path:
        word = self.take(what)
        if not word.quoted and word.text in _NO_NAMES:
            raise Fault(f"{what} is missing before `{word.text}`.", "", word.place)
        if word.quoted:
            return Path(word.text, word.quantity, word.place) if word.quantity else Name(word.text, word.place)
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


def parse(rule: Callable[[Sentence], T], text: Text, known: Words = NOTHING) -> T:
    """A whole sentence by one rule; raises Fault at the first word that does not fit."""
    sentence = Sentence(text, known)
    found = rule(sentence)
    sentence.finish()
    return found
