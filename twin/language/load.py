"""Trees to specs: every field read once by its reader, all mistakes collected."""

import dataclasses
import datetime
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from twin.base.fault import Fault, Faults, Place, nearest
from twin.language import fields, spec
from twin.language.distributions import chance
from twin.language.entry import Entry
from twin.language.nodes import Node, Sequence, Table, Text
from twin.language.sentence import Path, parse, split_path
from twin.language.trees import SCENARIO_KEYS
from twin.language.words import NOTHING, POSTS, Words

_CONTENT = ("level", "volume", "mass", "filled")
LONGEST_S = 7 * 86400
E = TypeVar("E", bound=Entry)


class Collector:
    """Gathers faults so that all mistakes of a file come at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, what: str, fix: str, place: Place) -> None:
        self.faults.append(Fault(what, fix, place))

    def attempt(self, place: Place, read: Callable[..., Any], *args: Any) -> Any:
        """What `read(*args)` returns, or None when it raised a Fault, which is kept (at this place, without a better one)."""
        try:
            return read(*args)
        except Fault as fault:
            self.faults.append(fault.at(place))
            return None

    def raise_any(self) -> None:
        if self.faults:
            raise Faults(self.faults)


def read_entry(kind: type[E], name: Text, node: Node, section: str, into: Collector, known: Words) -> E | None:
    """One entry, every field by its reader; None when it is no table."""
    if not isinstance(node, Table):
        into.add(f"{name.text} needs a table {{key: value}}.", "", node.place)
        return None
    readers = {f.metadata["name"]: f for f in dataclasses.fields(kind) if "reader" in f.metadata}
    values: dict[str, Any] = {}
    marks: dict[str, str] = {}
    for key, value in node.items:
        if key.text not in readers:
            _unknown_key(key, section, list(readers), into)
            continue
        if isinstance(value, Text) and value.removes:
            continue
        field = readers[key.text]
        if isinstance(value, Text) and (mark := fields.split_mark(value)[1]):
            marks[key.text] = mark
        values[field.name] = into.attempt(value.place, field.metadata["reader"].read, value, known)
    for field_name, field in readers.items():
        if field.metadata["default"] is fields.REQUIRED and field.name not in values:
            into.add(f"{name.text} needs `{field_name}`: {field.metadata['about']}.", "", name.place)
    given = frozenset(n for n, f in readers.items() if f.name in values)
    return kind(name=name.text, place=name.place, marks=marks, given=given, **values)


def _unknown_key(key: Text, section: str, known: list[str], into: Collector) -> None:
    _refuse(key, spec.LATER_KEYS.get(section, {}).get(key.text), f"key of {section}", known, into)


def _refuse(key: Text, later: str | None, what: str, known: Iterable[str], into: Collector) -> None:
    if later:
        into.add(f"`{key.text}` comes with the {later} part and is not built yet.", "Take it out.", key.place)
    else:
        into.add(f"`{key.text[:60]}` is no {what}.", nearest(key.text, known), key.place)


def _rows(tree: Table, name: str, wanted: str, into: Collector) -> list[tuple[Text, Node]]:
    """The rows of one section without those taken away; nothing where the section is none."""
    node = tree.get(name)
    if node is None or (isinstance(node, Text) and node.removes):
        return []
    if not isinstance(node, Table):
        into.add(f"{wanted}.", "", node.place)
        return []
    return [(key, value) for key, value in node.items if not (isinstance(value, Text) and value.removes)]


def _section(tree: Table, name: str, kind: type[Entry], into: Collector, known: Words) -> dict[str, Entry]:
    found = {}
    for key, value in _rows(tree, name, f"{name} is a table of names", into):
        entry = read_entry(kind, key, value, name, into, known)
        if entry is not None:
            found[key.text] = entry
    return {key: found[key] for key in sorted(found)}


def _top_keys(tree: Table, known: frozenset[str], into: Collector) -> None:
    for key, _ in tree.items:
        if key.text not in known:
            _refuse(key, spec.LATER.get(key.text), "section", known, into)


def _title(tree: Table, key: str, into: Collector) -> str:
    node = tree.get(key)
    if not isinstance(node, Text):
        into.add("a title is missing.", f"Write {key}: a few words.", tree.place)
        return "?"
    return node.text


def farm_from(tree: Table, into: Collector, known: Words) -> spec.FarmSpec:
    """The spec of a farm's tree; mistakes go into the collector."""
    _top_keys(tree, frozenset({"farm", "site", "like", "defaults", *known.sections}), into)
    site_node = tree.get("site") or Table((), tree.place)
    site = read_entry(spec.Site, Text("site", site_node.place), site_node, "site", into, known)
    sections = {name: _section(tree, name, kind, into, known) for name, kind in known.sections.items()}
    return spec.FarmSpec(
        title=_title(tree, "farm", into),
        place=tree.place,
        site=site or spec.Site(name="site", place=tree.place),
        sections=sections,
        kinds={kind: name for name, kind in known.sections.items()},
    )


def _scalar(tree: Table, key: str, reader: fields.Field, default: Any, into: Collector) -> Any:
    node = tree.get(key)
    if node is None:
        if default is fields.REQUIRED:
            into.add(f"`{key}` is missing: {reader.expects}.", "", tree.place)
            return None
        return default
    value = into.attempt(node.place, reader.read, node, NOTHING)
    return default if value is None and default is not fields.REQUIRED else value


def scenario_from(tree: Table, name: str, into: Collector, known: Words) -> spec.ScenarioSpec:
    """The spec of a whole scenario tree; mistakes go into the collector."""
    _top_keys(tree, SCENARIO_KEYS, into)
    farm_node = tree.get("farm")
    assert isinstance(farm_node, Table)
    farm = farm_from(farm_node, into, known)
    marks = {}
    for key in ("starts", "lasts"):
        node = tree.get(key)
        if isinstance(node, Text):
            marks[key] = fields.split_mark(node)[1]
    place = tree.place
    weather_node = tree.get("weather") or Table((), place)
    drill_node = tree.get("drill") or Table((), place)
    weather = read_entry(spec.Weather, Text("weather", weather_node.place), weather_node, "weather", into, known)
    drill = read_entry(spec.Drill, Text("drill", drill_node.place), drill_node, "drill", into, known)
    lasts_s = _scalar(tree, "lasts", fields.quantity("time", 1, LONGEST_S), fields.REQUIRED, into)
    return spec.ScenarioSpec(
        name=name,
        title=_title(tree, "scenario", into),
        place=place,
        farm=farm,
        starts=_scalar(tree, "starts", fields.date_time(), fields.REQUIRED, into) or "2026-01-01T00:00:00",
        lasts_s=round(lasts_s or 60),
        briefing=_scalar(tree, "briefing", fields.words(), "", into),
        level=int(_scalar(tree, "level", fields.choice("1", "2", "3", "4", "5"), "3", into)),
        drill=drill or spec.Drill(name="drill", place=place),
        saved_by=_scalar(tree, "saved by", fields.choice("protection"), "", into),
        weather=weather or spec.Weather(name="weather", place=place),
        initially=tuple(_initially(tree, into)),
        uncertain=tuple(_uncertain(tree, into)),
        draws=tuple(_draws(tree, into)),
        sections={n: _section(tree, n, kind, into, known) for n, kind in spec.SCENARIO_SECTIONS.items()},
        marks=marks,
        absent=_absent(tree, farm, into),
    )


def _absent(tree: Table, farm: spec.FarmSpec, into: Collector) -> tuple[str, ...]:
    """Posts that nobody fills: one name or a list."""
    node = tree.get("absent")
    if node is None:
        return ()
    names = node.items if isinstance(node, Sequence) else (node,)
    posts = [*POSTS, *(p for p in farm.named("posts") if p not in POSTS)]
    found = []
    for name in names:
        if not isinstance(name, Text) or name.text not in posts:
            into.add("the name of a post is wanted here.", f"Known: {', '.join(posts)}.", name.place)
        else:
            found.append(name.text)
    return tuple(sorted(set(found)))


def _initially(tree: Table, into: Collector) -> list[spec.Initial]:
    found: list[spec.Initial] = []
    for key, entry in _rows(tree, "initially", "`initially` is a table of things", into):
        if not isinstance(entry, Table):
            into.add(f"{key.text} needs a table {{quantity: value}}.", "", entry.place)
            continue
        found += _initial_values(key, entry, into)
    return sorted(found, key=lambda i: (i.thing, i.quantity))


def _initial_values(thing: Text, entry: Table, into: Collector) -> list[spec.Initial]:
    values: list[spec.Initial] = []
    for quantity, value in entry.items:
        if isinstance(value, Table) and quantity.text == "wind":
            continue
        if not isinstance(value, Text):
            into.add("one value is wanted here.", "", value.place)
            continue
        if value.removes:
            continue
        text, mark = fields.split_mark(value)
        if quantity.text in _CONTENT:
            values = [v for v in values if v.quantity not in _CONTENT or _clash(v, value, into)]
        values.append(
            spec.Initial(thing=thing.text, quantity=quantity.text, value=text.text, mark=mark, place=value.place)
        )
    return values


def _clash(before: spec.Initial, now: Text, into: Collector) -> bool:
    """A content said twice is a mistake in one file; from another file the later one replaces it."""
    if before.place.file == now.place.file:
        into.add("a tank's content is said once.", f"It stands in line {before.place.line} too.", now.place)
    return False


def _uncertain(tree: Table, into: Collector) -> list[spec.Uncertain]:
    found: list[spec.Uncertain] = []
    timeline = tree.get("timeline")
    gone = (
        {k.text for k, n in timeline.items if isinstance(n, Text) and n.removes}
        if isinstance(timeline, Table)
        else set()
    )
    for key, value in _rows(tree, "uncertain", "`uncertain` is a table of paths", into):
        if split_path(key.text)[0] in gone:
            continue  # an entry taken out of the timeline takes its own uncertainty with it
        if not isinstance(value, Text):
            into.add("a distribution is wanted here.", "", value.place)
            continue
        first, rest = split_path(key.text)
        if not rest:
            continue  # a word that is drawn
        drawn = into.attempt(value.place, parse, chance, fields.split_mark(value)[0])
        if drawn is not None:
            found.append(spec.Uncertain(path=Path(first, rest, key.place), chance=drawn))
    return sorted(found, key=lambda u: (u.path.thing, u.path.quantity))


def _draws(tree: Table, into: Collector) -> list[spec.Draw]:
    """The words that are drawn: entries of `uncertain` that are no path."""
    found: dict[str, spec.Draw] = {}
    said: dict[str, str] = {}  # the draw of each word
    for key, value in _rows(tree, "uncertain", "`uncertain` is a table of paths", into):
        if split_path(key.text)[1] or not isinstance(value, Text):
            continue
        drawn = into.attempt(value.place, parse, chance, fields.split_mark(value)[0])
        if drawn is None:
            continue
        its = spec.Draw(name=key.text, chance=drawn, place=key.place)
        if len(its.words) != len(drawn.values) or drawn.form != "choice":
            into.add("a path THING.quantity is wanted here, or a choice of words.",
                     f"{key.text}: choice sticks 0.5 or healthy 0.5", key.place)  # fmt: skip
            continue
        for word in its.words:
            if word in said:
                into.add(f"the word {word!r} is drawn twice.", f"It stands in {said[word]} too.", value.place)
            said[word] = key.text
        found[key.text] = its
    return [found[name] for name in sorted(found)]


def start_of(scenario: spec.ScenarioSpec) -> datetime.datetime:
    """When the scenario starts."""
    return datetime.datetime.fromisoformat(scenario.starts)
