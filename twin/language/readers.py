"""Readers of fields that hold sentences: cues, acts, readings, measures, verbs. See `fields` for the plain ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from twin.base.fault import Fault, nearest
from twin.base.units import UNITS
from twin.language import fields as f
from twin.language import grammar
from twin.language.fields import Ref
from twin.language.nodes import Node, Sequence, Table
from twin.language.sentence import Path, Sentence, parse
from twin.language.words import POSTS, Words


@dataclass(frozen=True, slots=True)
class Band:
    """A documented value with its tolerance; unit "" for moments."""

    low: float
    high: float
    unit: str
    dimension: str  # moment, number, or a dimension of the units table


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
                low = s.moment().seconds
                s.expect("..")
                return Band(low, s.moment().seconds, "", "moment")
            first = s.amount()
            s.expect("..")
            second = s.amount()
            dimension = UNITS[second.unit].dimension if second.unit else "number"
            if first.si(dimension) > second.si(dimension):
                raise Fault("the band must rise.", "", text.place)
            return Band(first.si(dimension), second.si(dimension), second.unit, dimension)

        return parse(rule, text)

    return f.made(read, "low .. high")


def verbs() -> f.Field:
    """A list of verbs, or `[any]`."""

    def read(node: Node, known: Words) -> tuple[str, ...]:
        found = f.texts(node, "a list of verbs")
        for text in found:
            if text.text != "any" and text.text not in known.verbs:
                raise Fault(f"{text.text!r} is no verb.", nearest(text.text, [*known.verbs, "any"]), text.place)
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
                raise Fault(f"{key.text!r} is no verb.", nearest(key.text, known.verbs), key.place)
            found[key.text] = tuple(Ref(t.text, t.place) for t in f.texts(value, "a list of posts"))
        return found

    return f.made(read, "{verb: [posts]}", {"type": "object"}, sections=("posts", *(f"word:{p}" for p in POSTS)))
