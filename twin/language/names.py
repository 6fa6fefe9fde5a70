"""Which names a farm has, of what kind, and where things are."""

import re
from dataclasses import dataclass, field

from twin.base.fault import Fault, Place, nearest
from twin.language.entry import Entry
from twin.language.fields import Ref
from twin.language.load import Collector
from twin.language.sentence import Name
from twin.language.spec import FarmSpec
from twin.language.words import POSTS, Words
from twin.physics.substances import products

LONGEST = 24
SPOKEN_OF = frozenset(
    {"tank", "line", "valve", "pump", "vent", "instrument", "calculated", "alarm", "interlock", "transfer", "utility"}
)
"""Kinds of things that are spoken of by their names alone: a ship or a gate is a word too."""

_WHOLE = r"(?<![a-z0-9_-]){}(?![a-z0-9_-])"  # a letter of another script may stand beside it
_FORBIDDEN = re.compile(r"""["'\[\]{}(),<>=;\\|]|[^\S ]|  |\.\.| of |^[ .#]|[ .:]$""")


@dataclass(slots=True)
class Names:
    """Name to section, for everything a sentence may speak of."""

    farm: FarmSpec
    known: Words
    section: dict[str, str] = field(default_factory=dict)
    timeline: dict[str, Entry] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)  # what else things are called, and their names

    def kind(self, name: str) -> str:
        """What a name stands for: tank, valve, …; "" when it stands for nothing."""
        section = self.section.get(name, "")
        if section == "places" and getattr(self.farm.named(section)[name], "kind", "") == "bund":
            return "bund"
        return self.known.kinds.get(section, "inject" if section == "timeline" else "")

    def real(self, text: str) -> str:
        """The name of what a text calls by its name or its alias."""
        return self.aliases.get(text, text)

    def need(self, name: Name | Ref, what: str, *kinds: str) -> str:
        """The name, when it is of one of these kinds; raises Fault at its place otherwise."""
        text = self.real(name.text if isinstance(name, Name) else str(name))
        kind = self.kind(text)
        if kind in kinds or ("place" in kinds and kind == "bund") or ("any" in kinds and kind):
            return text
        if kind:
            raise Fault(
                f"{text} is {_a(kind)}; {what} is wanted here.", nearest(text, self.of_kinds(*kinds)), name.place
            )
        fix = nearest(text, self.of_kinds(*kinds)) or "This farm has nothing of that kind."
        raise Fault(f"nothing here is called {text!r}.", fix, name.place)

    def of_kinds(self, *kinds: str) -> list[str]:
        """All names of these kinds."""
        return [
            n
            for n in self.section
            if "any" in kinds or self.kind(n) in kinds or ("place" in kinds and self.kind(n) == "bund")
        ]

    def spoken_of(self, text: str) -> frozenset[str]:
        """The things of the plant that a text names, whatever its case."""
        said = text.casefold()
        near = [
            n for n in (*self.section, *self.aliases) if n.casefold() in said and self.kind(self.real(n)) in SPOKEN_OF
        ]
        found = set()
        for name in sorted(near, key=len, reverse=True):
            whole = re.compile(_WHOLE.format(re.escape(name.casefold())))
            if whole.search(said):
                found.add(self.real(name))
                said = whole.sub('"', said)  # T-1/A does not speak of T-1
        return frozenset(found)

    def point(self, at: object) -> tuple[float, float] | None:
        """The coordinates of a point or of the thing it names; None where nobody said."""
        for _ in range(8):
            if isinstance(at, tuple):
                return float(at[0]), float(at[1])
            if not isinstance(at, str):
                return None
            entry = self.farm.named(self.section.get(at, "")).get(at)
            if entry is None:
                return None
            outline = getattr(entry, "outline", ())
            here = getattr(entry, "at", None)
            if here is None and outline:
                return sum(p[0] for p in outline) / len(outline), sum(p[1] for p in outline) / len(outline)
            at = here if here is not None else getattr(entry, "inside", None)
        return None


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def collect(farm: FarmSpec, timeline: dict[str, Entry], into: Collector, known: Words) -> Names:
    """All names, each fit and unique over all sections."""
    names = Names(farm, known)
    places: dict[str, Place] = {}
    for post in POSTS:
        names.section[post] = "posts"
    for section in (*known.sections, "timeline"):
        entries = timeline if section == "timeline" else farm.named(section)
        if section == "references":
            continue
        for name, entry in entries.items():
            _fit(name, entry.place, into, known)
            if name in places:
                into.add(f"{name} is the name of two things.", f"The other stands at {places[name]}.", entry.place)
            elif name in POSTS and section != "posts":
                into.add(f"{name} is a post.", "Take another name.", entry.place)
            places[name] = entry.place
            names.section[name] = section
    names.timeline = timeline
    for section in known.sections:
        for name, entry in farm.named(section).items():
            if alias := getattr(entry, "alias", ""):
                _fit(alias, entry.place, into, known)
                if alias in names.section or alias in names.aliases:
                    into.add(f"{alias} is the name of another thing.", "Take another alias.", entry.place)
                names.aliases[alias] = name
    return names


def _fit(name: str, place: Place, into: Collector, known: Words) -> None:
    if len(name) > LONGEST:
        into.add(f"{name[:LONGEST]}… is longer than {LONGEST} characters.", "Shorten it.", place)
    elif not name or not name.isprintable() or _FORBIDDEN.search(name):
        into.add(
            f"{name!r} cannot be a name.",
            "Names have no quotes, brackets, commas, and begin and end with a letter or figure.",
            place,
        )
    elif known.taken(name) or name in products():
        into.add(f"{name!r} is a word of the language.", "Take another name.", place)
    elif re.match(r"[+-]?[\d.]+\Z|\d+oo\d+\Z|[\d:]+\Z", name):
        into.add(f"{name!r} reads as a number.", "Take another name.", place)
