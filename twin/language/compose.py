"""Trees laid over trees: series, `like`, overlays, `defaults`, settings. No field is read here."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from twin.base.fault import Fault, Place, nearest
from twin.base.units import UNITS
from twin.language.nodes import Node, Sequence, Table, Text

_STEPS = re.compile(r'"([^"]+)"|([^.\s][^."]*)')  # of a path in --set
_SERIES = re.compile(r"(\S*?)(\d+) \.\. (\S*?)(\d+)\Z")
MAX_SERIES = 500
MAX_LIKE = 8


def merge(below: Node | None, above: Node) -> Node:
    """`above` laid over `below`: tables key by key, everything else replaced whole."""
    if not isinstance(below, Table) or not isinstance(above, Table):
        return above
    items = []
    for key, node in below.items:
        over = above.get(key.text)
        items.append((key, node) if over is None else (above.key(key.text), merge(node, over)))
    items += [item for item in above.items if below.get(item[0].text) is None]
    return Table(tuple(items), above.place)


def _like(table: Table, what: str) -> Text | None:
    node = table.get("like")
    if node is None:
        return None
    if not isinstance(node, Text):
        raise Fault(f"the name of a {what} is wanted here.", "", node.place)
    return node


@dataclass(frozen=True, slots=True)
class Resolver:
    """Resolves the series and likes of one tree, section by section, above a tree already resolved."""

    sections: frozenset[str]

    def resolve(self, tree: Table, below: Table | None = None) -> Table:
        """The tree laid over `below`, with every series expanded and every entry's `like` merged in."""
        items: list[tuple[Text, Node]] = []
        for key, node in tree.items:
            lower = below.get(key.text) if below else None
            resolved = node
            if key.text in self.sections and isinstance(node, Table):
                resolved = self._section(node, lower if isinstance(lower, Table) else None)
            items.append((key, resolved))
        above = replace(tree, items=tuple(items))
        merged = merge(below, above)
        assert isinstance(merged, Table)
        return merged

    def _section(self, section: Table, below: Table | None) -> Table:
        expanded = self._expanded(section)
        names = {key.text for key, _ in expanded.items}
        items = []
        for key, node in expanded.items:
            items.append((key, self._entry(key, node, expanded, below, ())))
        assert len(names) == len(items)
        return replace(expanded, items=tuple(items))

    def _entry(self, key: Text, node: Node, section: Table, below: Table | None, chain: tuple[str, ...]) -> Node:
        if not isinstance(node, Table) or (like := _like(node, "thing of this section")) is None:
            return node
        if like.text in (*chain, key.text) or len(chain) > MAX_LIKE:
            raise Fault(f"{like.text} is like itself, round about.", "", like.place)
        source = section.get(like.text)
        if source is None:
            source = below.get(like.text) if below else None
        if source is None:
            known = [k.text for k, _ in section.items] + ([k.text for k, _ in below.items] if below else [])
            raise Fault(f"nothing here is called {like.text!r}.", nearest(like.text, known), like.place)
        source = self._entry(like, source, section, below, (*chain, key.text))
        return merge(source, node.without("like"))

    def _expanded(self, section: Table) -> Table:
        items: list[tuple[Text, Node]] = []
        seen: dict[str, Text] = {}
        for key, node in section.items:
            for name, entry in _series(key, node):
                if name.text in seen:
                    raise Fault(f"{name.text} stands here twice.", "", key.place)
                seen[name.text] = name
                items.append((name, entry))
        return replace(section, items=tuple(items))


def _series(key: Text, node: Node) -> list[tuple[Text, Node]]:
    """The entries that `T-101 .. T-104` stands for, or the one entry."""
    match = _SERIES.match(key.text)
    if match is None:
        return [(key, node)]
    prefix, first, prefix_again, last = match.groups()
    if prefix != prefix_again or len(first) != len(last) or int(last) < int(first):
        raise Fault(f"{key.text!r} is no series.", "Write T-101 .. T-104.", key.place)
    if int(last) - int(first) >= MAX_SERIES:
        raise Fault(f"a series makes at most {MAX_SERIES} things.", "", key.place)
    if not isinstance(node, Table):
        raise Fault("a series needs a table {…}.", "", node.place)
    step = node.get("step")
    made: list[tuple[Text, Node]] = []
    for number in range(int(first), int(last) + 1):
        entry = node.without("step")
        if step is not None:
            entry = _stepped(entry, step, number - int(first))
        made.append((Text(f"{prefix}{number:0{len(first)}d}", key.place), entry))
    return made


def _stepped(entry: Table, step: Node, times: int) -> Table:
    at = entry.get("at")
    if not isinstance(at, Sequence) or not isinstance(step, Sequence) or len(at.items) != len(step.items):
        raise Fault("`step` needs `at: [x, y]` with as many numbers.", "", step.place)
    moved = tuple(_sum(one, other, times) for one, other in zip(at.items, step.items, strict=True))
    items = tuple((k, replace(at, items=moved) if k.text == "at" else n) for k, n in entry.items)
    return replace(entry, items=items)


def _sum(start: Node, step: Node, times: int) -> Text:
    values = []
    for node in (start, step):
        parts = node.text.split() if isinstance(node, Text) else []
        if len(parts) != 2 or parts[1] not in UNITS:
            raise Fault("a length such as 45 m is wanted here.", "", node.place)
        try:
            values.append((float(parts[0]), parts[1]))
        except ValueError:
            raise Fault(f"{parts[0]!r} is no number.", "", node.place) from None
    (first, unit), (second, its_unit) = values
    if unit != its_unit:
        raise Fault(f"`step` must be in {unit}, as `at` is.", "", step.place)
    return Text(f"{first + times * second:g} {unit}", start.place)


def with_defaults(tree: Table, sections: frozenset[str]) -> Table:
    """The tree with `defaults` filled into every entry of their sections that does not say otherwise."""
    defaults = tree.get("defaults")
    if defaults is None:
        return tree
    if not isinstance(defaults, Table):
        raise Fault("`defaults` is a table of sections.", "", defaults.place)
    for key, node in defaults.items:
        if key.text not in sections or not isinstance(node, Table):
            raise Fault(f"{key.text!r} is no section with defaults.", nearest(key.text, sections), key.place)
    items: list[tuple[Text, Node]] = []
    for key, node in tree.without("defaults").items:
        fill = defaults.get(key.text)
        filled = node
        if isinstance(fill, Table) and isinstance(node, Table):
            filled = replace(node, items=tuple((k, _filled(n, fill)) for k, n in node.items))
        items.append((key, filled))
    return replace(tree, items=tuple(items))


def _filled(entry: Node, fill: Table) -> Node:
    if not isinstance(entry, Table):
        return entry
    missing = tuple(item for item in fill.items if entry.get(item[0].text) is None)
    return replace(entry, items=entry.items + missing)


def from_settings(settings: list[str], where: Callable[[list[str], Place], list[str]]) -> Table:
    """The tree that `--set PATH=VALUE` options stand for; `where` turns a path into keys from the top."""
    tree: Node = Table((), Place("--set", 1, 1))
    for number, setting in enumerate(settings, start=1):
        place = Place("--set", number, 1)
        path, equals, value = setting.partition("=")
        if not equals or not path.strip() or not value.strip():
            raise Fault(f"{setting!r} is no setting.", "Write --set T-912.volume='161 m3'.", place)
        keys = where([quoted or plain for quoted, plain in _STEPS.findall(path)], place)
        node: Node = Text(value.strip(), Place("--set", number, len(path) + 2))
        for name in reversed(keys):
            node = Table(((Text(name, place), node),), place)
        tree = merge(tree, node)
    assert isinstance(tree, Table)
    return tree
