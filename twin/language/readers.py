"""Readers of fields that hold sentences: cues, acts, readings, measures, verbs. See `fields` for the plain ones."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from twin.base.fault import Fault, nearest
from twin.base.units import UNITS, difference
from twin.language import fields as f
from twin.language import grammar
from twin.language.fields import Ref
from twin.language.nodes import Node, Sequence, Table
from twin.language.sentence import Amount, Name, Path, Sentence, parse
from twin.language.words import POSTS, Words


@dataclass(frozen=True, slots=True)
class Band:
    """A documented value with its tolerance; unit "" for moments."""

    low: float
    high: float
    unit: str
    dimension: str  # moment, number, or a dimension of the units table
    written: tuple[Amount, Amount] | None = None  # None for moments

    def of(self, dimension: str) -> "Band":
        """The band as one of temperatures, or of their differences; of any other dimension it is what it is."""
        if self.written is None or difference(self.dimension) != difference(dimension):
            return self
        low, high = (its.si(dimension) for its in self.written)
        if low > high:
            raise Fault("the band must rise.", "", self.written[0].place)
        return replace(self, low=low, high=high, dimension=dimension)


def measured() -> f.Field:
    """What an instrument measures."""

    def read(node: Node, known: Words) -> grammar.Test:
        text = f.plain(node, "THING.quantity")
        if text.text in {"gas", "flame"}:
            raise Fault(f"{text.text} detectors come with the cloud and fire models.", "Take it out.", text.place)
        found = parse(grammar.atom, text, known)
        if not isinstance(found, grammar.Test) or not isinstance(found.reading, Path):
            raise Fault("THING.quantity is wanted here.", "Write T-101.level or T-101.level > 14 m.", text.place)
        return found

    return f.made(read, "THING.quantity, or THING.quantity > value")


def points(across: str, up: str) -> f.Field:
    """A list of at least two pairs, the first of each rising: `[[0 m3/h, 50 m], [300 m3/h, 40 m]]`; given in SI."""
    expects = f"a list of [{across}, {up}], rising"
    each = f.quantity(across), f.quantity(up)

    def read(node: Node, known: Words) -> tuple[tuple[float, float], ...]:
        if not isinstance(node, Sequence) or len(node.items) < 2:
            raise Fault(f"{expects} is wanted here, two pairs at least.", "", node.place)
        found: list[tuple[float, float]] = []
        for item in node.items:
            if not isinstance(item, Sequence) or len(item.items) != 2:
                raise Fault(f"[{across}, {up}] is wanted here.", "", item.place)
            pair = [reader.read(one, known) for reader, one in zip(each, item.items, strict=True)]
            if found and pair[0] <= found[-1][0]:
                raise Fault("the first of each pair must be more than that of the pair before.", "", item.place)
            found.append((pair[0], pair[1]))
        return tuple(found)

    return f.made(read, expects, {"type": "array", "items": {"type": "array"}})


def figures(**each: f.Field) -> f.Field:
    """A table of some of these figures: `{capacity: 6000 m3, high: 13 m}`; given in SI, sorted by name."""
    expects = "{" + ", ".join(f"{name}: a {its.dimension}" for name, its in each.items()) + "}"

    def read(node: Node, known: Words) -> tuple[tuple[str, float], ...]:
        if not isinstance(node, Table):
            raise Fault(f"{expects} is wanted here.", "", node.place)
        found = {}
        for name, value in node.items:
            if name.text not in each:
                raise Fault(f"{name.text[:40]!r} does not belong here.", nearest(name.text, each), name.place)
            found[name.text] = each[name.text].read(value, known)
        return tuple(sorted(found.items()))

    return f.made(read, expects, {"type": "object"})


def shown() -> f.Field:
    """A limit on what an instrument or a calculated value shows."""

    def read(node: Node, known: Words) -> grammar.Test:
        text = f.plain(node, "INSTRUMENT > value")
        found = parse(grammar.atom, text, known)
        if not isinstance(found, grammar.Test) or not isinstance(found.reading, Name):
            raise Fault("INSTRUMENT > value is wanted here.", "Write LT-101 > 14.2 m.", text.place)
        return found

    return f.made(read, "INSTRUMENT > value")


def derived() -> f.Field:
    """A calculated value."""

    def read(node: Node, known: Words) -> grammar.Derived:
        text = f.plain(node, "a calculated value")
        found = parse(grammar.reading, text, known)
        if not isinstance(found, grammar.Derived):
            raise Fault("change of …, rate of …, gap of … or time until … is wanted here.", "", text.place)
        return found

    return f.made(read, "change of …, rate of …, gap of … or time until …")


def cue() -> f.Field:
    """A cue."""
    return f.made(lambda node, known: parse(grammar.cue, f.plain(node, "a cue"), known), "a cue")


def that() -> f.Field:
    """What an objective asks."""
    return f.made(lambda node, known: parse(grammar.that, f.plain(node, "what must be so"), known), "what must be so")


def measure() -> f.Field:
    """What a fact measures."""
    return f.made(lambda node, known: parse(grammar.measure, f.plain(node, "a measure"), known), "a measure")


def acts() -> f.Field:
    """One act, or a list of acts."""

    def read(node: Node, known: Words) -> tuple[grammar.Act, ...]:
        items: Iterable[Any] = node.items if isinstance(node, Sequence) else (node,)
        if isinstance(node, Sequence) and not node.items:
            raise Fault("nothing is to be done here.", "Write an act such as close MOV-1.", node.place)
        return tuple(parse(grammar.act, f.plain(item, "an act such as close MOV-1"), known) for item in items)

    return f.made(read, "an act, or a list of acts", {"type": ["string", "array"]})


def band() -> f.Field:
    """`low .. high` of moments or amounts."""

    def read(node: Node, known: Words) -> Band:
        text = f.plain(node, "low .. high")

        def rule(s: Sentence) -> Band:
            if ":" in s.peek():
                begins = s.moment().seconds
                s.expect("..")
                return Band(begins, s.moment().seconds, "", "moment")
            first = s.amount()
            s.expect("..")
            second = s.amount()
            dimension = UNITS[second.unit].dimension if second.unit else "number"
            low, high = first.si(dimension), second.si(dimension)
            if low > high and (dimension != "temperature" or first.unit == second.unit):  # else see `of`
                raise Fault("the band must rise.", "", text.place)
            return Band(low, high, second.unit, dimension, (first, second))

        return parse(rule, text)

    return f.made(read, "low .. high")


def verbs() -> f.Field:
    """A list of verbs, or `[any]`."""

    def read(node: Node, known: Words) -> tuple[str, ...]:
        found = f.texts(node, "a list of verbs")
        for text in found:
            if text.text != "any" and text.text not in known.verbs:
                raise Fault(f"{text.text!r} is no verb.", nearest(text.text, [*known.verbs_built, "any"]), text.place)
        return tuple(known.verbs) if any(t.text == "any" for t in found) else tuple(t.text for t in found)

    return f.Field(
        read, "a list of verbs, or [any]", lambda known: {"type": "array", "items": {"enum": [*known.verbs, "any"]}}
    )


def consents() -> f.Field:
    """`{verb: [posts]}`."""

    def read(node: Node, known: Words) -> dict[str, tuple[str, ...]]:
        if not isinstance(node, Table):
            raise Fault("a table such as {bypass: [safety]} is wanted here.", "", node.place)
        found: dict[str, tuple[str, ...]] = {}
        for key, value in node.items:
            if key.text not in known.verbs:
                raise Fault(f"{key.text!r} is no verb.", nearest(key.text, known.verbs_built), key.place)
            found[key.text] = tuple(Ref(t.text, t.place) for t in f.texts(value, "a list of posts"))
        return found

    return f.made(read, "{verb: [posts]}", {"type": "object"}, sections=("posts", *(f"word:{p}" for p in POSTS)))
