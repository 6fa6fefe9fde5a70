"""Mistakes of sense that single fields cannot see: names that do not exist, products that would mix, ends that do not meet."""

import dataclasses
from typing import Any

from twin.base.fault import Fault, nearest
from twin.base.units import from_si, shown_unit
from twin.farm.fields import Ref
from twin.farm.grammar import Name, Path
from twin.farm.load import Collector
from twin.farm.names import Names
from twin.farm.products import products
from twin.farm.spec import FARM_SECTIONS, SCENARIO_SECTIONS, Entry, ScenarioSpec
from twin.farm.words import POSTS


def check_references(scenario: ScenarioSpec, names: Names, into: Collector) -> None:
    """Every name that a field refers to exists in the right section, every mark has its reference."""
    farm = scenario.farm
    marks = set(farm.of("references")) | set(scenario.of("references"))
    entries = [(e, kind) for s, kind in FARM_SECTIONS.items() for e in farm.of(s).values()]
    entries += [(e, kind) for s, kind in SCENARIO_SECTIONS.items() for e in scenario.of(s).values()]
    entries += [(scenario.weather, type(scenario.weather)), (scenario.drill, type(scenario.drill))]
    for entry, kind in entries:
        for field in dataclasses.fields(kind):
            reader = field.metadata.get("reader")
            if reader is not None and reader.sections:
                for ref in _refs(getattr(entry, field.name)):
                    _check_ref(ref, reader.sections, names, into)
    given = [i.mark for i in scenario.initially] + list(scenario.marks.values())
    given += [mark for entry, _ in entries for mark in entry.marks.values()]
    for mark in given:
        if mark and mark not in marks:
            place = mark.place if isinstance(mark, Ref) else scenario.place
            into.add(f"the mark ({mark}) is explained by no reference.", nearest(mark, marks), place)


def _refs(value: object) -> list[Ref]:
    if isinstance(value, Ref):
        return [value]
    if isinstance(value, tuple):
        return [item for item in value if isinstance(item, Ref)]
    if isinstance(value, dict):
        return [item for group in value.values() for item in _refs(group)]
    return []


def _check_ref(ref: Ref, sections: tuple[str, ...], names: Names, into: Collector) -> None:
    if sections == ("products",):
        if ref not in products():
            into.add(f"{ref!r} is no product for an upright tank.", nearest(ref, products()), ref.place)
        return
    known = [n for s in sections if not s.startswith("word:") for n in names.farm.of(s)]
    known += [s.removeprefix("word:") for s in sections if s.startswith("word:")]
    if ref in known:
        return
    elsewhere = names.kind(ref)
    wanted = " or ".join(s for s in sections if not s.startswith("word:"))
    if elsewhere:
        into.add(f"{ref} is a {elsewhere}; one of {wanted} is wanted here.", "", ref.place)
    else:
        into.add(f"nothing in {wanted} is called {str(ref)!r}.", nearest(ref, known), ref.place)


def check_sense(scenario: ScenarioSpec, into: Collector) -> None:
    """Figures that contradict each other, and connections that cannot be."""
    farm = scenario.farm
    for tank in farm.of("tanks").values():
        _check_tank(tank, farm.of("places"), into)
    _check_ends(farm, into)
    _check_watchers(farm, into)
    for work in farm.of("works").values():
        if work.since and work.until and work.until < work.since:
            into.add(f"{work.name} ends before it begins.", "", work.place)


def _check_ends(farm: Any, into: Collector) -> None:
    """Nodes, bunds, products along lines, ways of transfers."""
    for node in farm.of("nodes").values():
        if node.flow_m3_s is not None and not node.product:
            into.add(f"{node.name} offers a flow: of what?", "Give it a product.", node.place)
        if node.most_m3_s is not None and node.flow_m3_s is not None and node.most_m3_s < node.flow_m3_s:
            into.add(f"{node.name} offers more than its highest credible flow.", "Raise `most`.", node.place)
    for place in farm.of("places").values():
        if place.kind == "bund" and not place.area_m2:
            into.add(f"{place.name} is a bund without an area.", "Write area: 5000 m2.", place.place)
    _check_products(farm, into)
    for transfer in farm.of("transfers").values():
        _check_way(transfer, farm, into)


def _check_watchers(farm: Any, into: Collector) -> None:
    """Instruments, interlocks, people."""
    for instrument in farm.of("instruments").values():
        if instrument.measures.sign and instrument.range is not None:
            into.add(f"{instrument.name} is a switch: it has no range.", "Take out `range`.", instrument.place)
    for interlock in farm.of("interlocks").values():
        if interlock.when is None and not interlock.button:
            into.add(f"{interlock.name} can never act.", "Give it `when`, or `button: yes`.", interlock.place)
    for person in farm.of("people").values():
        if person.at is None and not person.inside:
            into.add(f"nobody says where {person.name} is.", "Write at: or in:.", person.place)


def _check_tank(tank: Any, places: dict[str, Any], into: Collector) -> None:
    if tank.lip_m is not None and tank.lip_m > tank.height_m:
        high = f"{from_si(tank.lip_m, 'm'):g} {shown_unit('length')}"
        into.add(
            f"{tank.name} overflows above {high}, which is above its shell.",
            "Lower it or raise the height.",
            tank.place,
        )
    lip = tank.height_m if tank.lip_m is None else tank.lip_m
    if tank.roof == "internal floating" and tank.legs_m >= lip:
        into.add(f"the roof of {tank.name} lands above its lip.", "Shorten the legs.", tank.place)
    if tank.roof == "cone" and (tank.legs_m or tank.roof_mass_kg):
        into.add(
            f"{tank.name} has a cone roof: legs and roof mass belong to a floating one.",
            "Write legs: none.",
            tank.place,
        )
    if tank.bund and tank.bund in places and places[tank.bund].kind != "bund":
        into.add(f"{tank.bund} is no bund.", "", tank.place)


def _product_at(farm: Any, name: str) -> str:
    tank = farm.of("tanks").get(name)
    if tank is not None:
        return str(tank.product)
    node = farm.of("nodes").get(name)
    return str(node.product or node.receives) if node is not None else ""


def _check_products(farm: Any, into: Collector) -> None:
    """Along connected lines only one product may stand; water may enter anything."""
    group = {name: name for s in ("nodes", "tanks", "places") for name in farm.of(s)}

    def root(name: str) -> str:
        while group.get(name, name) != name:
            name = group[name]
        return name

    first: dict[str, tuple[str, str]] = {}
    for name in group:
        product = _product_at(farm, name)
        if product and product != "water":
            first[name] = (product, name)
    for line in farm.of("lines").values():
        if line.start == line.end:
            into.add(f"{line.name} ends where it begins.", "", line.place)
            continue
        a, b = root(line.start), root(line.end)
        one, other = first.get(a), first.get(b)
        if one and other and one[0] != other[0]:
            into.add(
                f"{line.name} joins {one[0]} ({one[1]}) with {other[0]} ({other[1]}).",
                "Only water may enter another product.", line.place,
            )  # fmt: skip
            continue
        if a != b:
            group[a] = b
            if one and not other:
                first[b] = one


def _known(farm: Any, name: str) -> bool:
    return any(name in farm.of(section) for section in ("nodes", "tanks", "places"))


def _check_way(transfer: Any, farm: Any, into: Collector) -> None:
    here = str(transfer.start)
    for name in transfer.through:
        line = farm.of("lines").get(name)
        if line is None:
            return  # said already
        ends = {str(line.start), str(line.end)}
        if not all(_known(farm, end) for end in ends):
            return  # said already
        if here not in ends:
            into.add(f"{transfer.name}: {name} does not begin at {here}.", "List its lines in order.", name.place)
            return
        (here,) = ends - {here} or {here}
    if here != transfer.end:
        into.add(f"{transfer.name} ends at {here}, not at {transfer.end}.", "List its lines in order.", transfer.place)
    if not transfer.through:
        into.add(f"{transfer.name} goes through no line.", "Write through: [L-1].", transfer.place)


def warnings(scenario: ScenarioSpec) -> list[Fault]:
    """What is no mistake, but looks like one: things that nothing refers to."""
    farm = scenario.farm
    used: set[str] = set(POSTS)
    for section, kind in (*FARM_SECTIONS.items(), *SCENARIO_SECTIONS.items()):
        entries: dict[str, Entry] = {**farm.of(section), **scenario.of(section)}
        for entry in entries.values():
            for field in dataclasses.fields(kind):
                _mentions(getattr(entry, field.name), used)
    used |= {i.thing for i in scenario.initially} | {u.path.thing for u in scenario.uncertain}
    found = []
    for section in ("utilities", "places", "nodes", "valves", "lines"):
        for entry in farm.of(section).values():
            joins = section == "lines" and ({str(entry.start), str(entry.end)} & set(farm.of("tanks")))
            if entry.name not in used and not joins:
                found.append(Fault(f"nothing refers to {entry.name}.", "", entry.place))
    return found


def _mentions(value: object, into: set[str]) -> None:
    if isinstance(value, Name):
        into.add(value.text)
    elif isinstance(value, Path):
        into.add(value.thing)
    elif isinstance(value, str):
        into.add(str(value))
    elif isinstance(value, (tuple, list)):
        for item in value:
            _mentions(item, into)
    elif isinstance(value, dict):
        for item in value.values():
            _mentions(item, into)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            _mentions(getattr(value, field.name), into)
