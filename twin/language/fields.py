"""Readers of single fields: a node in, a value out, or a Fault at its place that says what would be right."""

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from twin.base.fault import Fault, Place, closest
from twin.base.units import UNITS, from_si, shown_unit
from twin.language.nodes import Node, Sequence, Table, Text
from twin.language.sentence import Amount, Sentence, parse
from twin.language.words import Words

REQUIRED: Final = object()
_MARK = re.compile(r"\s*\(([A-Za-z]\w{0,11})\)\Z")
_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d{1,2}:\d\d(?::\d\d)?))?\Z")


class Ref(str):
    """A name that must stand elsewhere, with the place where it was written."""

    place: Place

    def __new__(cls, text: str, place: Place) -> "Ref":
        made = super().__new__(cls, text)
        made.place = place
        return made


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is read. `sections` are those its names must stand in; `schema` is its JSON Schema."""

    read: Callable[[Node, Words], Any]
    expects: str
    schema: Callable[[Words], dict[str, Any]]
    sections: tuple[str, ...] = ()
    dimension: str = ""
    span: str = ""  # least and most, where there are any


def split_mark(text: Text) -> tuple[Text, str]:
    """A text without its trailing `(R1)`, and that mark, "" where there is none."""
    match = _MARK.search(text.text)
    if match is None:
        return text, ""
    place = text.place
    if "\n" not in text.text:
        shift = match.start() + match.group().index("(") + (1 if text.quoted else 0)
        place = Place(place.file, place.line, place.column + shift)
    return Text(text.text[: match.start()], text.place, text.quoted), Ref(match.group(1), place)


def text_of(node: Node, what: str) -> Text:
    """A scalar; raises Fault at a list or a table."""
    if not isinstance(node, Text):
        raise Fault(
            f"{what} is wanted here, not a {'list' if isinstance(node, Sequence) else 'table'}.", "", node.place
        )
    return node


def plain(node: Node, what: str) -> Text:
    """A scalar with its mark taken off."""
    return split_mark(text_of(node, what))[0]


def string_schema(**more: Any) -> dict[str, Any]:
    """The JSON Schema of a scalar, quoted or not."""
    return {"type": ["string", "number", "boolean"], **more}


def made(read: Callable[[Node, Words], Any], expects: str, schema: dict[str, Any] | None = None, **more: Any) -> Field:
    """A field whose schema is the same whatever words there are."""
    its = schema or {"type": "string"}
    return Field(read, expects, lambda known: its, **more)


def quantity(dimension: str, least: float = -1e15, most: float = 1e15) -> Field:
    """A number with a unit of this dimension, or a bare number for `count`; given in SI."""
    sample = next((u.name for u in UNITS.values() if u.dimension == dimension), "")
    expects = f"a {dimension}, such as 10 {sample}".strip(", ") if sample else "a number"

    def read(node: Node, known: Words) -> float:
        text = plain(node, expects)
        if dimension == "time":
            value = parse(lambda s: s.duration(), text)
        else:
            value = parse(lambda s: s.amount(expects, dimension), text).si(dimension)
        if not least <= value <= most:
            raise Fault(f"{text.text} is outside {_span(least, most, dimension)}.", "", text.place)
        return value

    bounded = least > -1e14 or most < 1e14
    span = _span(least, most, dimension).removeprefix("what can be: ") if bounded else ""
    return made(read, expects, string_schema(description=expects), dimension=dimension, span=span)


def _span(least: float, most: float, dimension: str) -> str:
    name = shown_unit(dimension)
    low, high = (from_si(v, name) if name else v for v in (least, most))
    if most > 1e14:
        return f"what can be: {low:g} {name} or more".strip()
    return f"what can be: {low:g} .. {high:g} {name}".strip()


def amount(*, more_than_nothing: bool = False) -> Field:
    """A number with a unit whose dimension the context knows, not below zero."""

    def read(node: Node, known: Words) -> Amount:
        text = plain(node, "a value with a unit")
        found = parse(lambda s: s.amount(), text)
        if found.number < 0.0 or (more_than_nothing and found.number == 0.0):
            least = "more than 0" if more_than_nothing else "0 or more"
            raise Fault(f"{text.text} is outside what can be: {least}.", "", node.place)
        return found

    return made(read, "a value with a unit", string_schema())


def amount_range() -> Field:
    """`low .. high`, each with a unit."""

    def read(node: Node, known: Words) -> tuple[Amount, Amount]:
        text = plain(node, "low .. high")

        def rule(s: Sentence) -> tuple[Amount, Amount]:
            low = s.amount()
            s.expect("..")
            high = s.amount()
            if low.unit == high.unit and low.number >= high.number:
                raise Fault("the range must rise.", "", text.place)
            return low, high

        return parse(rule, text)

    return made(read, "low .. high, such as 0 m .. 14 m")


def words() -> Field:
    """Free text."""
    return made(lambda node, known: text_of(node, "a text").text, "a text", string_schema())


def choice(*options: str) -> Field:
    """One of these words."""
    expects = " or ".join(options)

    def read(node: Node, known: Words) -> str:
        text = plain(node, expects)
        if text.text not in options:
            raise Fault(
                f"{text.text[:40]!r} is not one of {', '.join(options)}.", closest(text.text, options), text.place
            )
        return text.text

    pattern = f"^({'|'.join(re.escape(o) for o in options)})( \\(\\w+\\))?$"
    return made(read, expects, {"anyOf": [{"enum": list(options)}, {"type": "string", "pattern": pattern}]})


def flag() -> Field:
    """yes or no."""

    def read(node: Node, known: Words) -> bool:
        text = plain(node, "yes or no")
        if text.text not in {"yes", "no"}:
            raise Fault(f"yes or no is wanted here, not {text.text!r}.", "", text.place)
        return text.text == "yes"

    marked = {"type": "string", "pattern": "^(yes|no)( \\(\\w+\\))?$"}
    return made(read, "yes or no", {"anyOf": [{"enum": [True, False]}, marked]})


def date() -> Field:
    """YYYY-MM-DD."""

    def read(node: Node, known: Words) -> str:
        text = plain(node, "a date")
        try:
            return datetime.date.fromisoformat(text.text).isoformat()
        except ValueError:
            raise Fault(f"{text.text!r} is no date.", "Write 2005-12-11.", text.place) from None

    return made(read, "a date, such as 2005-12-11", string_schema())


def date_time() -> Field:
    """YYYY-MM-DD HH:MM."""

    def read(node: Node, known: Words) -> str:
        text = plain(node, "a date and time")
        match = _DATE_TIME.match(text.text)
        try:
            if match is None:
                raise ValueError
            stamp = f"{match.group(1)}T{(match.group(2) or '00:00'):0>5}"
            return datetime.datetime.fromisoformat(stamp).isoformat()
        except ValueError:
            raise Fault(f"{text.text!r} is no date and time.", "Write 2005-12-10 19:00.", text.place) from None

    return made(read, "a date and time, such as 2005-12-10 19:00", string_schema())


def moment() -> Field:
    """A moment of the scenario."""
    return made(lambda node, known: parse(lambda s: s.moment(), plain(node, "a moment")), "a moment", string_schema())


def name_of(*sections: str) -> Field:
    """A name of one of these sections; `word:X` admits the word X too."""
    expects = "a name of " + ", ".join(s for s in sections if not s.startswith("word:"))

    def read(node: Node, known: Words) -> Ref:
        text = plain(node, expects)
        return Ref(text.text, text.place)

    return made(read, expects, {"type": "string"}, sections=sections)


def names_of(*sections: str) -> Field:
    """A list of names of these sections."""
    expects = "a list of names of " + ", ".join(sections)

    def read(node: Node, known: Words) -> tuple[Ref, ...]:
        return tuple(Ref(t.text, t.place) for t in texts(node, expects))

    return made(read, expects, {"type": "array", "items": {"type": "string"}}, sections=sections)


def texts(node: Node, what: str) -> list[Text]:
    """A list of scalars, or one."""
    items: Iterable[Node] = node.items if isinstance(node, Sequence) else (node,)
    return [plain(item, what) for item in items]


def product() -> Field:
    """A shipped product."""

    def read(node: Node, known: Words) -> Ref:
        text = plain(node, "a product")
        return Ref(text.text, text.place)

    return made(read, "a product, such as gasoline", {"type": "string"}, sections=("products",))


def kit() -> Field:
    """A list of free words."""
    return made(
        lambda node, known: tuple(t.text for t in texts(node, "a list of words")),
        "a list of words",
        {"type": "array", "items": {"type": "string"}},
    )


def head_count() -> Field:
    """A number, or `{day: n, night: n}`."""

    def one(node: Node) -> int:
        text = plain(node, "a number of people")
        if not text.text.isdigit() or len(text.text) > 5:
            raise Fault(f"a number of people is wanted here, not {text.text!r}.", "", text.place)
        return int(text.text)

    def read(node: Node, known: Words) -> tuple[int, int]:
        if isinstance(node, Table):
            for key, _ in node.items:
                if key.text not in {"day", "night"}:
                    raise Fault(f"{key.text!r} does not belong here.", "Write {day: 40, night: 2}.", key.place)
            day, night = node.get("day"), node.get("night")
            if day is None or night is None:
                raise Fault("both day and night are wanted here.", "", node.place)
            return one(day), one(night)
        return one(node), one(node)

    return made(read, "a number of people, or {day: n, night: n}", {"type": ["integer", "string", "object"]})


def _coordinates(node: Node) -> tuple[float, ...]:
    if not isinstance(node, Sequence) or not 2 <= len(node.items) <= 3:
        raise Fault("[x, y] is wanted here, each with a unit of length.", "", node.place)
    return tuple(parse(lambda s: s.amount(), plain(n, "a length")).si("length") for n in node.items)


def point() -> Field:
    """`[x, y]`, `[x, y, z]`, or the name of a thing."""

    def read(node: Node, known: Words) -> Ref | tuple[float, ...]:
        if isinstance(node, Text):
            text = plain(node, "a place")
            return Ref(text.text, text.place)
        return _coordinates(node)

    return made(
        read,
        "[x, y] or the name of a thing",
        {"type": ["array", "string"]},
        sections=("tanks", "places", "valves", "nodes", "instruments"),
    )


def outline() -> Field:
    """A list of corners."""

    def read(node: Node, known: Words) -> tuple[tuple[float, ...], ...]:
        if not isinstance(node, Sequence) or len(node.items) < 3:
            raise Fault("a list of at least three corners [x, y] is wanted here.", "", node.place)
        return tuple(_coordinates(item) for item in node.items)

    return made(read, "a list of corners [x, y]", {"type": "array"})


def wind() -> Field:
    """`{speed: …, from: …}`."""
    speed, angle = quantity("speed", 0, 100), quantity("angle", 0, 360)

    def read(node: Node, known: Words) -> dict[str, float]:
        if not isinstance(node, Table):
            raise Fault("{speed: …, from: …} is wanted here.", "", node.place)
        found = {"speed": 3.0, "from": 240.0}
        for key, value in node.items:
            if key.text not in found:
                raise Fault(f"{key.text!r} does not belong here.", "Wind has speed and from.", key.place)
            found[key.text] = (speed if key.text == "speed" else angle).read(value, known)
        return found

    return made(read, "{speed: …, from: …}", {"type": "object"})
