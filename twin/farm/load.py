"""Files to specs: trees laid over each other, then every field read once, all mistakes collected."""

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from twin.base.fault import Fault, Faults, Place, nearest
from twin.farm import fields, grammar, spec
from twin.farm.compose import Resolver, from_settings, merge, with_defaults
from twin.farm.files import Files
from twin.farm.nodes import Node, Sequence, Table, Text, compose
from twin.farm.words import POSTS, QUANTITIES

_FARM = frozenset(spec.FARM_SECTIONS)
_SCENARIO = frozenset(spec.SCENARIO_SECTIONS)
_FARM_KEYS = frozenset({"farm", "site", "like", "defaults", *_FARM})
_SCENARIO_KEYS = frozenset(
    {
        "scenario",
        "like",
        "farm",
        "starts",
        "lasts",
        "briefing",
        "level",
        "drill",
        "saved by",
        "absent",
        "weather",
        "initially",
        "uncertain",
        *_SCENARIO,
    }
)
_CONTENT = ("level", "volume", "mass", "filled")
MAX_LIKE = 8
LONGEST_S = 7 * 86400
E = TypeVar("E", bound=spec.Entry)


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


# trees


def _check_like(like: Node, what: str, depth: int) -> None:
    if not isinstance(like, Text):
        raise Fault(f"the name of a {what} is wanted here.", "", like.place)
    if depth >= MAX_LIKE:
        raise Fault(f"{like.text} is like itself, or like a long chain of others.", "", like.place)


def farm_tree(files: Files, name: str, place: Place | None = None, beside: Path | None = None, depth: int = 0) -> Table:
    """The tree of a farm file with its likes resolved."""
    label, text, folder = files.farm(name, place, beside)
    return farm_above(files, compose(text, label), folder, depth)


def farm_above(files: Files, tree: Table, folder: Path, depth: int) -> Table:
    """A farm's tree laid over the farm it is like."""
    below = None
    like = tree.get("like")
    if like is not None:
        _check_like(like, "farm", depth)
        assert isinstance(like, Text)
        below = farm_tree(files, like.text, like.place, folder, depth + 1)
        tree = tree.without("like")
    return Resolver(_FARM).resolve(tree, below)


def scenario_tree(
    files: Files, name: str, place: Place | None = None, beside: Path | None = None, depth: int = 0
) -> tuple[Table, Path]:
    """The tree of a scenario file with its own likes resolved, and its folder."""
    label, text, folder = files.scenario(name, place, beside)
    tree = compose(text, label)
    below = None
    like = tree.get("like")
    if like is not None:
        _check_like(like, "scenario", depth)
        assert isinstance(like, Text)
        below, _ = scenario_tree(files, like.text, like.place, folder, depth + 1)
        tree = tree.without("like")
    return Resolver(_SCENARIO).resolve(tree, below), folder


def whole_tree(files: Files, name: str, settings: list[str]) -> Table:
    """A scenario's tree with its farm's tree under `farm`, defaults filled in, settings laid over."""
    tree, folder = scenario_tree(files, name)
    farm = tree.get("farm")
    if farm is None:
        raise Fault("a scenario names its farm.", "Write farm: NAME.", tree.place)
    if isinstance(farm, Text):
        resolved = farm_tree(files, farm.text, farm.place, folder)
    elif isinstance(farm, Table):
        resolved = farm_above(files, farm, folder, 0)
    else:
        raise Fault("the name of a farm, or a table, is wanted here.", "", farm.place)
    top = Table(((tree.key("farm"), with_defaults(resolved, _FARM)),), tree.place)
    tree_with_farm = merge(tree.without("farm"), top)
    assert isinstance(tree_with_farm, Table)
    if not settings:
        return tree_with_farm
    over = from_settings(settings, lambda parts, place: setting_keys(parts, place, tree_with_farm))
    merged = merge(tree_with_farm, over)
    assert isinstance(merged, Table)
    return certain(merged, settings)


def certain(tree: Table, settings: list[str]) -> Table:
    """What a setting says is no longer uncertain."""
    paths = {setting.partition("=")[0].strip() for setting in settings}
    uncertain = tree.get("uncertain")
    if not isinstance(uncertain, Table) or not any(key.text in paths for key, _ in uncertain.items):
        return tree
    kept = uncertain.without(*paths)
    return Table(tuple((key, kept if key.text == "uncertain" else node) for key, node in tree.items), tree.place)


def setting_keys(parts: list[str], place: Place, tree: Table) -> list[str]:
    """The keys, from the top of a whole tree, that the path of a setting means."""
    first = parts[0]
    farm = tree.get("farm")
    assert isinstance(farm, Table)
    if first == "weather" or (len(parts) == 1 and first in _SCENARIO_KEYS):
        return parts
    if first in _SCENARIO:
        return parts
    if first in _FARM:
        return ["farm", *parts]
    for section, kind in spec.FARM_SECTIONS.items():
        entries = farm.get(section)
        listed = isinstance(entries, Table) and entries.get(first) is not None
        if section == "references" or not (listed or (section == "posts" and first in POSTS)):
            continue
        wanted = ".".join(parts[1:])
        names = [f.metadata["name"] for f in dataclasses.fields(kind) if "reader" in f.metadata]
        for field in names:
            if wanted in {field, field.replace(" ", "-")}:
                return ["farm", section, first, field]
        if any(q == wanted for _, q in QUANTITIES):
            return ["initially", first, wanted]
        raise Fault(f"{first} has no {wanted!r}.", nearest(wanted, [*names, *(q for _, q in QUANTITIES)]), place)
    known = [key.text for s in _FARM if isinstance(t := farm.get(s), Table) for key, _ in t.items]
    raise Fault(f"nothing here is called {first!r}.", nearest(first, known), place)


# entries


def read_entry(kind: type[E], name: Text, node: Node, section: str, into: Collector) -> E | None:
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
        values[field.name] = into.attempt(value.place, field.metadata["reader"].read, value)
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


def _section(tree: Table, name: str, kind: type[spec.Entry], into: Collector) -> dict[str, spec.Entry]:
    found = {}
    for key, value in _rows(tree, name, f"{name} is a table of names", into):
        entry = read_entry(kind, key, value, name, into)
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


def farm_from(tree: Table, into: Collector) -> spec.FarmSpec:
    """The spec of a farm's tree; mistakes go into the collector."""
    _top_keys(tree, _FARM_KEYS, into)
    site_node = tree.get("site") or Table((), tree.place)
    site = read_entry(spec.Site, Text("site", site_node.place), site_node, "site", into)
    sections = {name: _section(tree, name, kind, into) for name, kind in spec.FARM_SECTIONS.items()}
    return spec.FarmSpec(
        title=_title(tree, "farm", into),
        place=tree.place,
        site=site or spec.Site(name="site", place=tree.place),
        sections=sections,
    )


def _scalar(tree: Table, key: str, reader: fields.Field, default: Any, into: Collector) -> Any:
    node = tree.get(key)
    if node is None:
        if default is fields.REQUIRED:
            into.add(f"`{key}` is missing: {reader.expects}.", "", tree.place)
            return None
        return default
    value = into.attempt(node.place, reader.read, node)
    return default if value is None and default is not fields.REQUIRED else value


def scenario_from(tree: Table, name: str, into: Collector) -> spec.ScenarioSpec:
    """The spec of a whole scenario tree; mistakes go into the collector."""
    _top_keys(tree, _SCENARIO_KEYS, into)
    farm_node = tree.get("farm")
    assert isinstance(farm_node, Table)
    farm = farm_from(farm_node, into)
    marks = {}
    for key in ("starts", "lasts"):
        node = tree.get(key)
        if isinstance(node, Text):
            marks[key] = fields.split_mark(node)[1]
    place = tree.place
    weather_node = tree.get("weather") or Table((), place)
    drill_node = tree.get("drill") or Table((), place)
    weather = read_entry(spec.Weather, Text("weather", weather_node.place), weather_node, "weather", into)
    drill = read_entry(spec.Drill, Text("drill", drill_node.place), drill_node, "drill", into)
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
        sections={n: _section(tree, n, kind, into) for n, kind in spec.SCENARIO_SECTIONS.items()},
        marks=marks,
        absent=_absent(tree, farm, into),
    )


def _absent(tree: Table, farm: spec.FarmSpec, into: Collector) -> tuple[str, ...]:
    """Posts that nobody fills: one name or a list."""
    node = tree.get("absent")
    if node is None:
        return ()
    names = node.items if isinstance(node, Sequence) else (node,)
    known = [*POSTS, *(p for p in farm.of("posts") if p not in POSTS)]
    found = []
    for name in names:
        if not isinstance(name, Text) or name.text not in known:
            into.add("the name of a post is wanted here.", f"Known: {', '.join(known)}.", name.place)
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
    for key, value in _rows(tree, "uncertain", "`uncertain` is a table of paths", into):
        if not isinstance(value, Text):
            into.add("a distribution is wanted here.", "", value.place)
            continue
        first, dot, rest = key.text.partition(".")
        if not dot:
            into.add("a path THING.quantity is wanted here.", "", key.place)
            continue
        chance = into.attempt(value.place, grammar.parse, grammar.chance, fields.split_mark(value)[0])
        if chance is not None:
            found.append(spec.Uncertain(path=grammar.Path(first, rest, key.place), chance=chance))
    return sorted(found, key=lambda u: (u.path.thing, u.path.quantity))


# meaning


def canonical(node: Node) -> object:
    """What a tree means: keys sorted, marks kept, places and quoting left out."""
    if isinstance(node, Text):
        return node.text if node.removes or node.text != "none" else "'none'"
    if isinstance(node, Sequence):
        return [canonical(item) for item in node.items]
    return {key.text: canonical(value) for key, value in sorted(node.items, key=lambda item: item[0].text)}


def meaning_digest(tree: Table) -> str:
    """SHA-256 of what a tree means; the same after reformatting."""
    text = json.dumps(canonical(tree), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def start_of(scenario: spec.ScenarioSpec) -> datetime.datetime:
    """When the scenario starts."""
    return datetime.datetime.fromisoformat(scenario.starts)
