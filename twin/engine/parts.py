"""All parts, and what follows from them. `PARTS` is a literal: its order is every derived order; there is no registry.

Every derivation takes a tuple of parts, all of them by default, so that a test can add one of its own.
"""

from collections.abc import Iterable, Iterator

from twin.language import spec
from twin.language.words import LATER_EVENTS, VERBS_TABLE, EventKind, Heard, Verb, Words
from twin.parts import (
    alarm,
    gauge,
    interlock,
    leak,
    line,
    node,
    people,
    place,
    post,
    pump,
    spill,
    tank,
    transfer,
    utility,
    value,
    valve,
    vent,
    weather,
)
from twin.parts.part import Does, Part, Path

Parts = tuple[Part, ...]

PARTS: Parts = (
    utility.PART, place.PART, node.PART, tank.PART, line.PART, valve.PART, pump.PART, vent.PART, leak.PART, transfer.PART, weather.PART, spill.PART, gauge.PART,
    value.PART, interlock.PART, alarm.PART, post.PART, people.PART,
)  # fmt: skip

OF_NO_PART = (
    EventKind(
        "inject", Heard.NOBODY, "the scenario or the instructor did something", weight=2, told=True, pictured=True
    ),
    EventKind("armed", Heard.NOBODY, "the instructor set a condition for an inject"),
    EventKind("out-of-range", Heard.NOBODY, "a model left its range"),
)
"""Kinds of events that no part causes."""


def words(parts: Parts = PARTS, verbs: Iterable[Verb] = VERBS_TABLE) -> Words:
    """The closed words of the language, and the sections of a farm file."""
    sections = {p.section: p.entry for p in parts if p.entry is not None}
    references, *behind = spec.OWN_SECTIONS
    events = [e for p in parts for e in p.events]
    quantities = [path.quantity(p.kind) for p in parts for path in p.all_paths]
    return Words(
        verbs={verb.name: verb for verb in verbs},
        events={e.name: e for e in (*events, *OF_NO_PART, *LATER_EVENTS)},
        quantities={(q.kind, q.name): q for q in quantities},
        sections={references: spec.OWN_SECTIONS[references], **sections, **{s: spec.OWN_SECTIONS[s] for s in behind}},
        kinds={**{p.section: p.kind for p in parts}, "works": "work", "plan": "line of the plan"},
    )


WORDS = words()


def kinds(told: str, parts: Parts = PARTS) -> frozenset[str]:
    """The kinds of events of which something is so: urgent, told, pictured, marked or counted."""
    listed = (*(e for p in parts for e in p.events), *OF_NO_PART)
    return frozenset(e.name for e in listed if getattr(e, told))


def counted(parts: Parts = PARTS) -> tuple[str, ...]:
    """The kinds of events whose first time is a column of a campaign."""
    return tuple(e.name for p in parts for e in p.events if e.counted)


def part_of(kind: str, parts: Parts = PARTS) -> Part | None:
    """The part whose things are of this kind; a bund is a place."""
    wanted = "place" if kind == "bund" else kind
    return next((p for p in parts if p.kind == wanted), None)


def does(verb: str, kind: str, parts: Parts = PARTS) -> Does | None:
    """What is done on a verb to a thing of a kind; None when no part does it."""
    for part in parts:
        for its in part.verbs:
            if its.verb == verb and (kind in (its.kinds or (part.kind,)) or "any" in its.kinds):
                return its
    return None


def faults(parts: Parts = PARTS) -> dict[tuple[str, str], Path]:
    """Every quantity that says that a thing is not sound, by kind and name: zero is sound."""
    return {(path.kind or p.kind, path.name): path for p in parts for path in p.all_paths if path.unsound}


def fault_places(kind: str, parts: Parts = PARTS, *, flags: bool = False) -> tuple[str, ...]:
    """Where the faults of a kind of thing stand in a world; with `flags` those that are there or not."""
    part = part_of(kind, parts)
    its = part.all_paths if part is not None else ()
    return tuple(
        part.holds(p.writes) for p in its if part is not None and p.unsound and (p.dimension == "flag" or not flags)
    )  # fmt: skip


def offers(kind: str, parts: Parts = PARTS) -> Iterator[Path]:
    """What the instructor is offered for a thing of a kind."""
    return (path for p in parts for path in p.all_paths if path.offer and (path.kind or p.kind) == kind)


def part_words(parts: Parts = PARTS) -> set[str]:
    """What parts and verbs call things, in English: the key of their words in another language."""
    found = {verb.about for verb in WORDS.verbs.values()} | {path.about for path in offers("weather", parts)}
    for part in parts:
        found |= {part.mended, *(path.about for path in part.all_paths if path.offer)}
        found |= {word for path in part.all_paths if path.unsound for word in (path.unsound, path.at_desk)}
    return found
