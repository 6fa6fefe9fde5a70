"""Files to trees: farms and scenarios laid over each other, settings over all, and what a tree means as a digest."""

import dataclasses
import hashlib
import json
from pathlib import Path

from twin.base.fault import Fault, Place, nearest
from twin.language import spec
from twin.language.compose import Resolver, from_settings, merge, with_defaults
from twin.language.distributions import chance
from twin.language.fields import split_mark
from twin.language.files import Files
from twin.language.nodes import Node, Sequence, Table, Text, compose
from twin.language.sentence import Name, parse
from twin.language.words import POSTS, Words

_SCENARIO = frozenset(spec.SCENARIO_SECTIONS)
SCENARIO_KEYS = frozenset(
    {"scenario", "like", "farm", "starts", "lasts", "briefing", "level", "drill", "saved by", "absent", "weather", "initially",
     "uncertain", *_SCENARIO}
)  # fmt: skip
MAX_LIKE = 8


def _check_like(like: Node, what: str, depth: int) -> None:
    if not isinstance(like, Text):
        raise Fault(f"the name of a {what} is wanted here.", "", like.place)
    if depth >= MAX_LIKE:
        raise Fault(f"{like.text} is like itself, or like a long chain of others.", "", like.place)


def farm_tree(
    files: Files, known: Words, name: str, place: Place | None = None, beside: Path | None = None, depth: int = 0
) -> Table:
    """The tree of a farm file with its likes resolved."""
    label, text, folder = files.farm(name, place, beside)
    return farm_above(files, known, compose(text, label), folder, depth)


def farm_above(files: Files, known: Words, tree: Table, folder: Path, depth: int) -> Table:
    """A farm's tree laid over the farm it is like."""
    below = None
    like = tree.get("like")
    if like is not None:
        _check_like(like, "farm", depth)
        assert isinstance(like, Text)
        below = farm_tree(files, known, like.text, like.place, folder, depth + 1)
        tree = tree.without("like")
    return Resolver(frozenset(known.sections)).resolve(tree, below)


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


def whole_tree(files: Files, known: Words, name: str, settings: list[str]) -> Table:
    """A scenario's tree with its farm's tree under `farm`, defaults filled in, settings laid over."""
    tree, folder = scenario_tree(files, name)
    farm = tree.get("farm")
    if farm is None:
        raise Fault("a scenario names its farm.", "Write farm: NAME.", tree.place)
    if isinstance(farm, Text):
        resolved = farm_tree(files, known, farm.text, farm.place, folder)
    elif isinstance(farm, Table):
        resolved = farm_above(files, known, farm, folder, 0)
    else:
        raise Fault("the name of a farm, or a table, is wanted here.", "", farm.place)
    top = Table(((tree.key("farm"), with_defaults(resolved, frozenset(known.sections))),), tree.place)
    tree_with_farm = merge(tree.without("farm"), top)
    assert isinstance(tree_with_farm, Table)
    if not settings:
        return tree_with_farm
    tree_with_farm, settings = held(tree_with_farm, settings)
    over = from_settings(settings, lambda parts, place: setting_keys(parts, place, tree_with_farm, known))
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


def held(tree: Table, settings: list[str]) -> tuple[Table, list[str]]:
    """The tree with the words that settings hold (`--set night=sticks`), and the other settings."""
    draws = _draws(tree)
    others = []
    for number, setting in enumerate(settings, start=1):
        name, _, word = (part.strip() for part in setting.partition("="))
        draw, place = draws.get(name), Place("--set", number, 1)
        if not isinstance(draw, Text):
            others.append(setting)
            continue
        words = [its.text for its in parse(chance, split_mark(draw)[0]).values if isinstance(its, Name)]
        if word not in words:
            raise Fault(f"{name} is never drawn as {word!r}.", f"Known: {', '.join(words)}.", place)
        choice = Text("choice " + " or ".join(f"{its} {int(its == word)}" for its in words), place)
        over = Table(((Text(name, place), choice),), place)
        merged = merge(tree, Table(((Text("uncertain", place), over),), place))
        assert isinstance(merged, Table)
        tree = merged
    return tree, others


def _draws(tree: Table) -> dict[str, Node]:
    """The words that a scenario draws, by their names."""
    uncertain = tree.get("uncertain")
    return {k.text: n for k, n in uncertain.items if "." not in k.text} if isinstance(uncertain, Table) else {}


def setting_keys(parts: list[str], place: Place, tree: Table, known: Words) -> list[str]:
    """The keys, from the top of a whole tree, that the path of a setting means."""
    first = parts[0]
    farm = tree.get("farm")
    assert isinstance(farm, Table)
    if first == "weather" or (len(parts) == 1 and first in SCENARIO_KEYS):
        return parts
    if first in _SCENARIO:
        return _entry_there(parts, place, tree)
    if first in known.sections:
        return ["farm", *_entry_there(parts, place, farm)]
    for section, kind in known.sections.items():
        entries = farm.get(section)
        listed = isinstance(entries, Table) and entries.get(first) is not None
        if section == "references" or not (listed or (section == "posts" and first in POSTS)):
            continue
        wanted = ".".join(parts[1:])
        names = [f.metadata["name"] for f in dataclasses.fields(kind) if "reader" in f.metadata]
        for field in names:
            if wanted in {field, field.replace(" ", "-")}:
                return ["farm", section, first, field]
        if any(q == wanted for _, q in known.quantities):
            return ["initially", first, wanted]
        raise Fault(f"{first} has no {wanted!r}.", nearest(wanted, [*names, *(q for _, q in known.quantities)]), place)
    there = [key.text for s in sorted(known.sections) if isinstance(t := farm.get(s), Table) for key, _ in t.items]
    raise Fault(f"nothing here is called {first!r}.", nearest(first, [*there, *_draws(tree)]), place)


def _entry_there(parts: list[str], place: Place, tree: Table) -> list[str]:
    """The path of an entry; one that is taken out, the only setting of a whole entry, must be there."""
    section = tree.get(parts[0])
    there = [key.text for key, _ in section.items] if isinstance(section, Table) else []
    if len(parts) == 2 and parts[1] not in there:
        raise Fault(f"nothing in {parts[0]} is called {parts[1]!r}.", nearest(parts[1], there), place)
    return parts


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
