"""Mistakes of sense that single fields cannot see: names that do not exist, products that would mix, ends that do not meet."""

import dataclasses
import datetime
from collections.abc import Iterator

from twin.base.fault import Fault, nearest
from twin.engine.cues import Clock
from twin.engine.doubts import doubts
from twin.engine.sense_plant import check_plant, papers, spare_keys
from twin.language.entry import Entry
from twin.language.fields import Ref
from twin.language.load import Collector, start_of
from twin.language.names import Names
from twin.language.sentence import DAY_S, Name, Path
from twin.language.spec import SCENARIO_SECTIONS, Fact, FarmSpec, Reference, ScenarioSpec, Work
from twin.language.syntax import At, Cue
from twin.language.words import POSTS
from twin.parts.gauge_entry import Instrument
from twin.parts.interlock import Interlock
from twin.parts.line_entry import Line
from twin.parts.node import Node
from twin.parts.people import People
from twin.parts.place import Place
from twin.parts.tank_entry import Tank
from twin.parts.transfer_entry import Transfer
from twin.physics.substances import products


def check_references(scenario: ScenarioSpec, names: Names, into: Collector) -> None:
    """Every name that a field refers to exists in the right section, every mark has its reference."""
    farm = scenario.farm
    marks = set(farm.of(Reference)) | set(scenario.of(Reference))
    entries = [(e, kind) for s, kind in names.known.sections.items() for e in farm.named(s).values()]
    entries += [(e, kind) for s, kind in SCENARIO_SECTIONS.items() for e in scenario.sections[s].values()]
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
            into.add(f"{ref!r} is no product that can be stored here.", nearest(ref, products()), ref.place)
        return
    known = [n for s in sections if not s.startswith("word:") for n in names.farm.named(s)]
    known += [s.removeprefix("word:") for s in sections if s.startswith("word:")]
    if ref in known:
        return
    elsewhere = names.kind(ref)
    wanted = " or ".join(s for s in sections if not s.startswith("word:"))
    if elsewhere:
        into.add(f"{ref} is a {elsewhere}; one of {wanted} is wanted here.", nearest(ref, known), ref.place)
    else:
        into.add(f"nothing in {wanted} is called {str(ref)!r}.", nearest(ref, known), ref.place)


def check_sense(scenario: ScenarioSpec, into: Collector) -> None:
    """Figures that contradict each other, and connections that cannot be."""
    farm = scenario.farm
    check_plant(farm, into)
    _check_ends(farm, into)
    _check_watchers(farm, into)
    for work in farm.of(Work).values():
        _check_work(work, scenario, into)


def _check_work(work: Work, scenario: ScenarioSpec, into: Collector) -> None:
    """A bypass is of an interlock; what is out of service stays so through the run."""
    if work.since and work.until and work.until < work.since:
        into.add(f"{work.name} ends before it begins.", "", work.place)
    if work.of in scenario.farm.of(Interlock):
        return
    if work.kind == "bypass":
        into.add(f"{work.name}: only an interlock is bypassed.", "Write kind: out of service.", work.place)
    ends = start_of(scenario) + datetime.timedelta(seconds=scenario.lasts_s)
    if not work.left and scenario.starts < work.until < ends.isoformat():
        into.add(f"{work.name} ends while the run goes on: nobody puts {work.of} back then.",
                 f"Let it end later, and write `set {work.of}…` in the timeline.", work.place)  # fmt: skip


def _check_ends(farm: FarmSpec, into: Collector) -> None:
    """Nodes, bunds, products along lines, ways of transfers."""
    for node in farm.of(Node).values():
        if node.flow_m3_s is not None and not node.product:
            into.add(f"{node.name} offers a flow: of what?", "Give it a product.", node.place)
        if node.most_m3_s is not None and node.flow_m3_s is not None and node.most_m3_s < node.flow_m3_s:
            into.add(f"{node.name} offers more than its highest credible flow.", "Raise `most`.", node.place)
    for place in farm.of(Place).values():
        if place.kind == "bund" and not place.area_m2:
            into.add(f"{place.name} is a bund without an area.", "Write area: 5000 m2.", place.place)
    _check_lines(farm, into)
    for transfer in farm.of(Transfer).values():
        _check_way(transfer, farm, into)


def _check_watchers(farm: FarmSpec, into: Collector) -> None:
    """Instruments, interlocks, people."""
    for instrument in farm.of(Instrument).values():
        if instrument.measures.sign and instrument.range is not None:
            into.add(f"{instrument.name} is a switch: it has no range.", "Take out `range`.", instrument.place)
    for interlock in farm.of(Interlock).values():
        if interlock.when is None and not interlock.button:
            into.add(f"{interlock.name} can never act.", "Give it `when`, or `button: yes`.", interlock.place)
    for person in farm.of(People).values():
        if person.at is None and not person.inside:
            into.add(f"nobody says where {person.name} is.", "Write at: or in:.", person.place)


def _product_at(farm: FarmSpec, name: str) -> str:
    tank = farm.of(Tank).get(name)
    node = farm.of(Node).get(name)
    its = tank.product if tank is not None else node.product or node.receives if node is not None else ""
    return str(its) if its in products() else ""  # else said already


def _check_lines(farm: FarmSpec, into: Collector) -> None:
    """A line joins two ends."""
    for line in farm.of(Line).values():
        if line.start == line.end:
            into.add(f"{line.name} ends where it begins.", "", line.place)


def _tank_of(farm: FarmSpec, *names: str) -> str:
    return next((n for n in names if n in farm.of(Tank)), next(iter(farm.of(Tank)), "T-1"))


def _products_met(farm: FarmSpec) -> Iterator[Fault]:
    """Lines by which two products come together, directly or through a header; water may enter anything."""
    group = {name: name for s in ("nodes", "tanks", "places") for name in farm.named(s)}

    def root(name: str) -> str:
        while group.get(name, name) != name:
            name = group[name]
        return name

    first: dict[str, tuple[str, str]] = {}
    for name in group:
        product = _product_at(farm, name)
        tank = farm.of(Tank).get(name)
        if product and product != "water" and not (tank is not None and tank.slops):
            first[name] = (product, name)
    for line in farm.of(Line).values():
        a, b = root(line.start), root(line.end)
        one, other = first.get(a), first.get(b)
        if one and other and one[0] != other[0]:
            yield Fault(
                f"{line.name} joins {one[0]} ({one[1]}) with {other[0]} ({other[1]}).",
                f"What stands in a line goes first into the next tank: {_tank_of(farm, one[1], other[1])}.contamination tells how much.",
                line.place,
            )  # fmt: skip
        if a != b:
            group[a] = b
            if one and not other:
                first[b] = one


def _known(farm: FarmSpec, name: str) -> bool:
    return any(name in farm.named(section) for section in ("nodes", "tanks", "places"))


def _check_way(transfer: Transfer, farm: FarmSpec, into: Collector) -> None:
    here = str(transfer.start)
    for name in transfer.through:
        line = farm.of(Line).get(name)
        if line is None:
            return  # said already
        ends = {str(line.start), str(line.end)}
        if not all(_known(farm, end) for end in ends):
            return  # said already
        if not _known(farm, here):
            return  # said already
        if here not in ends:
            place = name.place if isinstance(name, Ref) else transfer.place
            into.add(f"{transfer.name}: {name} does not begin at {here}.", "List its lines in order.", place)
            return
        (here,) = ends - {here} or {here}
    if here != transfer.end:
        into.add(f"{transfer.name} ends at {here}, not at {transfer.end}.", "List its lines in order.", transfer.place)
    if not transfer.through:
        into.add(f"{transfer.name} goes through no line.", "Write through: [L-1].", transfer.place)


def warnings(scenario: ScenarioSpec, names: Names) -> list[Fault]:
    """What is no mistake, but looks like one: things that nothing refers to, keys that do nothing."""
    farm = scenario.farm
    used: set[str] = set(POSTS)
    for section, kind in (*names.known.sections.items(), *SCENARIO_SECTIONS.items()):
        entries: dict[str, Entry] = {**farm.named(section), **scenario.sections.get(section, {})}
        for entry in entries.values():
            for field in dataclasses.fields(kind):
                if "reader" in field.metadata:  # what the file says of it, not its own name
                    _mentions(getattr(entry, field.name), used)
    used |= {i.thing for i in scenario.initially} | {u.path.thing for u in scenario.uncertain}
    ends = {*farm.of(Tank), *farm.of(Place)}  # a line of a tank, or the drain of a bund, is there for itself
    found = []
    for section in ("utilities", "places", "nodes", "valves", "lines"):  # a pump that nothing refers to is a mistake
        for entry in farm.named(section).values():
            joins = isinstance(entry, Line) and ({str(entry.start), str(entry.end)} & ends)
            if entry.name not in used and not joins:
                found.append(Fault(f"nothing refers to {entry.name}.", "", entry.place, "unused"))
    of_kinds = (
        ("trickles", _trickles(farm)), ("key-without-effect", spare_keys(farm)), ("papers", papers(farm)),
        ("products-meet", _products_met(farm)), ("moment-outside", _moments_outside(scenario)),
    )  # fmt: skip
    return [*found, *(fault.of_kind(kind) for kind, its in of_kinds for fault in its), *doubts(scenario, names)]


def _trickles(farm: FarmSpec) -> Iterator[Fault]:
    """Transfers of which the last runs slowly, and nobody knows when that is."""
    for its in farm.of(Transfer).values():
        if its.trickles_m3_s is None:
            continue
        if its.amount is None:
            yield Fault(
                f"{its.name} trickles for the last of its amount, and has none.", "Write amount: 500 m3.", its.place
            )
        elif its.stops != "by meter":
            yield Fault(
                f"{its.name} trickles for the last of its amount, and no meter ends it.", "Write stops: by meter.",
                its.place,
            )  # fmt: skip


def _moments_outside(scenario: ScenarioSpec) -> Iterator[Fault]:
    """Moments that lie before the start of the run or after its end."""
    clock, lasts = Clock(start_of(scenario)), scenario.lasts_s
    ends = f"The run is from {clock.text(0)} to {clock.text(lasts)}."
    for cue in _cues(scenario.sections):  # a plan is of every night: its moments need not lie in this one
        for moment in (t.atom.moment for t in cue.flat if isinstance(t.atom, At) and t.atom.moment):
            tick = clock.tick(moment)
            if not 0 <= tick <= lasts:
                its = clock.iso(tick).replace("T", " ")
                where = (
                    "before the start of the run: it counts from the first second"
                    if tick < 0
                    else "after the end of the run: it never comes"
                )
                yield Fault(f"`{cue.text}` names {its}, {where}.", ends, cue.place)
            elif tick == lasts:
                yield Fault(
                    f"`{cue.text}` comes with the last second of the run: nothing can follow it.", ends, cue.place
                )
    sits = scenario.drill.start
    if sits is not None and not 0 <= clock.tick(sits) < lasts:
        its = clock.iso(clock.tick(sits)).replace("T", " ")
        yield Fault(f"the drill begins at {its}, outside the run: nobody can sit down.", ends, scenario.drill.place)
    for fact in scenario.of(Fact).values():
        if fact.band.dimension == "moment" and (fact.band.low - clock.of_day_s) % DAY_S >= lasts:
            yield Fault(f"{fact.name} is documented at a moment outside the run.", ends, fact.place)


def _cues(value: object) -> Iterator[Cue]:
    """Every cue in entries, however deep."""
    if isinstance(value, Cue):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _cues(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _cues(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _cues(getattr(value, field.name))


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
