"""YAML to nodes whose scalars stay text, each with its place; nothing is ever evaluated.

YAML itself would read a key `on` as true, `12:30` as 750 and `012` as 10. Here the reader of each field decides.
Aliases and tags are refused, size and depth are limited: a hostile file gets one sentence, soon.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

import yaml

from twin.base.fault import Fault, Place

MAX_BYTES = 1 << 20
MAX_DEPTH = 16
MAX_NODES = 100_000
MAX_SCALAR = 4000

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as written. `quoted` says that it stood in quotes or on a block line."""

    text: str
    place: Place
    quoted: bool = False

    @property
    def removes(self) -> bool:
        """Whether this is the value `none`, which takes a key or an entry away."""
        return self.text == "none" and not self.quoted


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping: keys in the order of the file."""

    items: tuple[tuple[Text, "Node"], ...]
    place: Place

    def get(self, name: str) -> "Node | None":
        return next((node for key, node in self.items if key.text == name), None)

    def key(self, name: str) -> Text:
        return next(key for key, _ in self.items if key.text == name)

    def without(self, *names: str) -> "Table":
        return replace(self, items=tuple(item for item in self.items if item[0].text not in names))


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    place: Place


Node = Text | Table | Sequence


def compose(text: str, file: str) -> Table:
    """The tree of a file; raises Fault at the first place where it is no plain YAML mapping."""
    _refuse_unprintable(text, file)
    try:
        tree = _Composer(file, yaml.parse(text, Loader=_Loader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
        advice = _advice(error, _character_at(text, place))
        raise Fault(f"this is no YAML: {error.problem or error.context}.", advice, place) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Fault(f"this is no YAML: {str(error)[:120]}.", "", Place(file, 1, 1)) from None
    if not isinstance(tree, Table):
        raise Fault("a farm or scenario is a table of `key: value` lines.", "", tree.place)
    return tree


def _character_at(text: str, place: Place) -> str:
    lines = text.splitlines()
    return lines[place.line - 1][place.column - 1 : place.column] if place.line <= len(lines) else ""


def _advice(error: yaml.MarkedYAMLError, character: str) -> str:
    problem = f"{error.problem} {error.context}"
    if character == "\t":
        return "This is a tab: indent with spaces."
    if "mapping values are not allowed" in problem:
        return "Put text that holds a colon in quotes."
    if "tab" in problem or "\\t" in problem:
        return "Indent with spaces."
    if "flow" in problem or "',' or" in problem:
        return "Look for a missing comma, brace or bracket; text with a comma or a colon goes in quotes."
    return "Look for a missing quote, bracket or space before this place."


_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _refuse_unprintable(text: str, file: str) -> None:
    found = [c for c in set(text) if c not in "\n\r\t" and unicodedata.category(c) in _UNPRINTABLE]
    if found:
        at = min(text.index(character) for character in found)
        character = text[at]
        line = text.count("\n", 0, at) + 1
        raise Fault(
            f"the character U+{ord(character):04X} does not print.",
            "Take it out.",
            Place(file, line, at - text.rfind("\n", 0, at)),
        )


class _Composer:
    """Builds nodes from the event stream with a depth and a count, so that hostile input ends early."""

    def __init__(self, file: str, events: Iterator[yaml.Event]) -> None:
        self.file = file
        self.events = events
        self.count = 0

    def document(self) -> Node:
        next(self.events)  # stream start
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            raise Fault("this file is empty.", "See `twin new`.", Place(self.file, 1, 1))
        node = self.node(next(self.events), 0)
        next(self.events)  # document end
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise Fault("only one document may stand in a file.", "Take out the `---`.", self._place(after))
        return node

    def node(self, event: yaml.Event, depth: int) -> Node:
        place = self._place(event)
        self.count += 1
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            raise Fault("this is nested too deeply or holds too many entries.", "", place)
        if isinstance(event, yaml.AliasEvent):
            raise Fault("aliases (*name) are not read.", "Use `like: NAME`.", place)
        assert isinstance(event, yaml.NodeEvent)
        if event.anchor is not None:
            raise Fault("anchors (&name) are not read.", "Use `like: NAME`.", place)
        if getattr(event, "tag", None) is not None:
            raise Fault("tags (!name) are not read.", "Take it out.", place)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place, depth)
        return self._table(place, depth, in_braces=bool(getattr(event, "flow_style", False)))

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        assert mark is not None
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> Text:
        if len(event.value) > MAX_SCALAR:
            raise Fault(f"this text is longer than {MAX_SCALAR} characters.", "", place)
        for character in event.value:
            if character != "\n" and not character.isprintable() and unicodedata.category(character) != "Zs":
                raise Fault(f"the character U+{ord(character):04X} does not print.", "Take it out.", place)
        return Text(event.value, place, quoted=bool(event.style))

    def _sequence(self, place: Place, depth: int) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return Sequence(tuple(items), place)

    def _table(self, place: Place, depth: int, *, in_braces: bool) -> Table:
        items: list[tuple[Text, Node]] = []
        seen: dict[str, Place] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key, Text):
                raise Fault("a key must be a name.", "Put text that holds brackets in quotes.", key.place)
            if key.text in seen:
                raise Fault(f"{key.text} stands here twice (first in line {seen[key.text].line}).", "", key.place)
            seen[key.text] = key.place
            value = self.node(next(self.events), depth + 1)
            if isinstance(value, Text) and value.text == "" and not value.quoted:
                self._no_value(key, in_braces=in_braces)
            items.append((key, value))
        return Table(tuple(items), place)

    def _no_value(self, key: Text, *, in_braces: bool) -> None:
        shown = key.text if len(key.text) <= 40 else key.text[:37] + "..."
        advice = (
            "If it belongs to the text before the comma, put this text in quotes."
            if in_braces
            else "Write one after the colon, or `none` to remove it."
        )
        raise Fault(f"{shown!r} has no value.", advice, key.place)
