"""Mistakes of sense in what holds and moves liquid: shapes that cannot be, pumps and valves that do not fit their place."""

from collections.abc import Iterator
from itertools import pairwise

from twin.base.fault import Fault
from twin.base.units import from_si, shown_unit
from twin.language.entry import Entry
from twin.language.load import Collector
from twin.language.spec import FarmSpec
from twin.parts.line_entry import Line
from twin.parts.node import Node
from twin.parts.place import Place
from twin.parts.pump import Pump
from twin.parts.tank_entry import PRESSED, Tank
from twin.parts.utility import Utility
from twin.parts.valve_entry import BY_AIR, BY_ITSELF, Valve
from twin.parts.vent import NEEDS, Vent


def check_plant(farm: FarmSpec, into: Collector) -> None:
    """Tanks, lines, pumps and valves, each for itself and where they stand."""
    for node in farm.of(Node).values():
        _check_node(node, into)
        _check_spills(node, farm.of(Node), into)
    for tank in farm.of(Tank).values():
        _check_shape(tank, into)
        _check_roof(tank, farm.of(Place), into)
    for line in farm.of(Line).values():
        _check_line(line, farm, into)
    for pump in farm.of(Pump).values():
        _check_pump(pump, farm, into)
    for valve in farm.of(Valve).values():
        _check_valve(valve, farm.of(Utility), into)
        if valve.kind in BY_ITSELF:
            _check_stands(valve, farm, into)
    for vent in farm.of(Vent).values():
        _check_vent(vent, farm, into)


def _length(value: float) -> str:
    return f"{from_si(value, 'm'):g} {shown_unit('length')}"


def _check_shape(tank: Tank, into: Collector) -> None:
    """What a shape needs, and what does not belong to it."""
    kind = tank.roof if tank.roof in PRESSED else tank.shape
    needs = {
        "round": ("diameter", "height"),
        "box": ("length", "width", "height"),
        "sphere": ("diameter",),
        "bullet": ("diameter", "length"),
    }
    for name in needs[kind]:
        if name not in tank.given:
            into.add(f"{tank.name} needs `{name}`: it is {_what(kind)}.", f"Write {name}: 20 m.", tank.place)
    if (tank.bottom != "flat") != (tank.cone_m > 0.0):
        into.add(
            f"{tank.name}: a conical bottom and its height go together.",
            "Write bottom: cone up, bottom height: 0.4 m.",
            tank.place,
        )
    pairs = tank.table
    if any(b[1] <= a[1] for a, b in pairwise(pairs)) or (pairs and pairs[0][0] < 0.0) or (pairs and pairs[0][1] < 0.0):
        into.add(f"the table of {tank.name} does not rise.", "A higher level holds more.", tank.place)
    elif pairs and (pairs[0][0] == 0.0) != (pairs[0][1] == 0.0):
        into.add(
            f"the table of {tank.name} does not begin at nothing: levels count from its lowest point.",
            "Begin with [0 m, 0 m3].", tank.place,
        )  # fmt: skip
    elif pairs and tank.lips_m > pairs[-1][0] + 1e-9:
        into.add(
            f"the table of {tank.name} ends at {_length(pairs[-1][0])}, below its lip at {_length(tank.lips_m)}.",
            "Go on to the lip, or write overflows above.", tank.place,
        )  # fmt: skip


def _check_roof(tank: Tank, places: dict[str, Place], into: Collector) -> None:
    if tank.lip_m is not None and tank.lip_m > tank.height_m:
        into.add(
            f"{tank.name} overflows above {_length(tank.lip_m)}, which is above its shell.", "Lower it or raise the height.",
            tank.place,
        )  # fmt: skip
    if tank.floats and tank.legs_m >= tank.lips_m:
        into.add(f"the roof of {tank.name} lands above its lip.", "Shorten the legs.", tank.place)
    if not tank.floats and (tank.roof_mass_kg or (tank.legs_m and tank.roof not in PRESSED)):
        into.add(
            f"{tank.name} has a {tank.roof} roof: legs and roof mass belong to a floating one.",
            "Write legs: none.",
            tank.place,
        )
    if tank.bund and tank.bund in places and places[tank.bund].kind != "bund":
        into.add(f"{tank.bund} is no bund.", "", tank.place)


def _check_line(line: Line, farm: FarmSpec, into: Collector) -> None:
    """Mouths lie below lips, and only in tanks; one relief valve holds one line."""
    tanks, valves = farm.of(Tank), farm.of(Valve)
    if line.leaves != "bottom" and line.start not in tanks:
        into.add(f"{line.name} leaves no tank: `leaves` says nothing of it.", "Take it out.", line.place)
    if ("height" in line.given or "end height" in line.given) and not ({str(line.start), str(line.end)} & tanks.keys()):
        into.add(f"{line.name} joins no tank: a height of its nozzle says nothing.", "Take it out.", line.place)
    for end, at_end in ((line.start, False), (line.end, True)):
        its = tanks.get(end)
        if its is not None and line.mouth_m(0.0, at_end=at_end) >= its.lips_m:
            high = _length(line.mouth_m(0.0, at_end=at_end))
            into.add(
                f"the nozzle of {line.name} at {high} is above the lip of {end}.",
                "Write enters: top, or lower it.",
                line.place,
            )
    if sum(v in valves and valves[v].kind == "relief" for v in line.through) > 1:
        into.add(f"{line.name} has two relief valves.", "Give each a line of its own.", line.place)


def _check_node(node: Node, into: Collector) -> None:
    """Who offers does not take."""
    takes = sorted(node.given & {"holds", "receives", "protected"})
    if node.flow_m3_s is not None and takes:
        into.add(
            f"{node.name} offers a flow: `{takes[0]}` says nothing of it.",
            "Give what takes a node of its own.",
            node.place,
        )


def _check_spills(node: Node, nodes: dict[str, Node], into: Collector) -> None:
    """What a full pit runs over to takes it, and does not lead back."""
    target = nodes.get(node.spills_to)
    if target is None:
        return
    if node.holds_m3 is None:
        into.add(f"{node.name} holds nothing: `spills to` says nothing of it.", "Write holds: 20 m3.", node.place)
    elif not target.takes:
        into.add(
            f"{node.name} cannot run over to {target.name}, which holds and receives nothing.",
            f"Give {target.name} `holds` or `receives`, or name another.", node.place,
        )  # fmt: skip
    else:
        on = [node.name]
        while (name := str(nodes[on[-1]].spills_to)) in nodes and name not in on:
            on.append(name)
        if name == node.name == min(on):  # said once of a ring
            into.add(
                f"what runs over goes round: {', '.join(on)}, and {name} again.",
                "Take the last `spills to` out: it then runs onto the ground.", node.place,
            )  # fmt: skip


def _check_stands(entry: Pump | Valve, farm: FarmSpec, into: Collector) -> None:
    """What acts on the flow of its line stands in one."""
    lines = [its.name for its in farm.of(Line).values() for one in its.through if one == entry.name]
    if len(lines) != 1:
        where = f"stands in {' and in '.join(lines)}" if lines else "stands in no line"
        into.add(f"{entry.name} {where}.", "Name it once, in the `through` of its line.", entry.place)


def _check_pump(pump: Pump, farm: FarmSpec, into: Collector) -> None:
    _check_stands(pump, farm, into)
    heads = [head for _, head in pump.curve]
    if pump.curve[0][0] != 0.0:
        into.add(
            f"the curve of {pump.name} does not begin at no flow.", "Write curve: [[0 m3/h, 60 m], …].", pump.place
        )
    if any(b >= a for a, b in pairwise(heads)):
        into.add(f"the head of {pump.name} does not fall along its curve.", "More flow, less head.", pump.place)
    _check_supply(pump.name, pump.power, "power", farm.of(Utility), pump, into)


def _check_supply(
    name: str, supply: str, kind: str, utilities: dict[str, Utility], entry: Pump | Valve | Vent, into: Collector
) -> None:
    its = utilities.get(supply)
    if its is not None and its.kind != kind:
        into.add(f"{name} runs on {kind}, and {supply} gives {its.kind}.", "", entry.place)


def _check_valve(valve: Valve, utilities: dict[str, Utility], into: Collector) -> None:
    """What a kind of valve needs, and what does not belong to it."""
    _check_supply(valve.name, valve.power, "power", utilities, valve, into)
    _check_supply(valve.name, valve.air, "air", utilities, valve, into)
    needs = {
        "relief": (("relief", "relief: 6 bar"),),
        "control": (("control", "control: FT-1"), ("set point", "set point: 200 m3/h")),
    }
    for name, example in needs.get(valve.kind, ()):
        if name not in valve.given:
            into.add(f"{valve.name} is a {valve.kind} valve and needs `{name}`.", f"Write {example}.", valve.place)


def _check_vent(vent: Vent, farm: FarmSpec, into: Collector) -> None:
    """What a kind of vent needs, and a tank that has a vapour space."""
    tank = farm.of(Tank).get(vent.on)
    if tank is not None and tank.roof not in BREATHES:
        into.add(
            f"{vent.on} has a {tank.roof} roof: no vent keeps the gas above its liquid.", f"Take {vent.name} out.", vent.place
        )  # fmt: skip
    examples = {"opens": "20 mbar", "sucks": "5 mbar", "capacity": "600 Nm3/h", "nitrogen": "N2"}
    for name in NEEDS[vent.kind]:
        if name not in vent.given:
            into.add(
                f"{vent.name} is a {vent.kind} vent and needs `{name}`.", f"Write {name}: {examples[name]}.", vent.place
            )
        elif name in {"opens", "sucks"} and not getattr(vent, f"{name}_pa"):
            into.add(f"{vent.name} {name} at nothing.", f"Write {name}: {examples[name]}, or kind: open.", vent.place)
    _check_supply(vent.name, vent.nitrogen, "nitrogen", farm.of(Utility), vent, into)


def spare_keys(farm: FarmSpec) -> Iterator[Fault]:
    """Keys that say nothing of a thing of its kind: what a `like` leaves over is no mistake, but somebody may have meant it."""
    for tank in farm.of(Tank).values():
        kind = tank.roof if tank.roof in PRESSED else tank.shape
        for name in sorted(tank.given & _SPARE[kind]):
            yield _says_nothing(tank, _what(kind), name)
    for valve in farm.of(Valve).values():
        for name in sorted(valve.given & _BELONGS.keys()):
            if valve.kind not in _BELONGS[name]:
                yield _says_nothing(valve, f"a {valve.kind} valve", name)
    for vent in farm.of(Vent).values():
        for name in sorted(vent.given & _VENTS.keys()):
            if vent.kind not in _VENTS[name]:
                yield _says_nothing(vent, f"a {vent.kind} vent", name)
    breathing = {vent.on for vent in farm.of(Vent).values()}
    for tank in farm.of(Tank).values():
        for name in sorted(tank.given & {"collapses", "parts"}):
            if tank.name not in breathing:
                yield Fault(
                    f"{tank.name} has no vent: it breathes as it likes, and `{name}` says nothing of it.",
                    f"Write vents: {{PV-1: {{on: {tank.name}, opens: 20 mbar, sucks: 5 mbar}}}}.", tank.place,
                )  # fmt: skip


def papers(farm: FarmSpec) -> Iterator[Fault]:
    """Tanks of which the papers allow more than they take."""
    for tank in farm.of(Tank).values():
        says = dict(tank.believed)
        if (capacity := says.get("capacity", 0.0)) > tank.capacity_m3:
            yield Fault(
                f"the papers of {tank.name} say {capacity:.0f} m3; below its lip it holds {tank.capacity_m3:.0f} m3.",
                "",
                tank.place,
            )
        low, high = (value.si("length") for value in tank.working) if tank.working else (0.0, tank.lips_m)
        for said, limit, more in (("high", high, True), ("low", low, False)):
            if said in says and (says[said] > limit if more else says[said] < limit):
                yield Fault(
                    f"the papers of {tank.name} work it at {_length(says[said])}, beyond its true {_length(limit)}.",
                    "",
                    tank.place,
                )
        if high > tank.lips_m:
            yield Fault(
                f"{tank.name} is worked up to {_length(high)}, above its lip at {_length(tank.lips_m)}.", "", tank.place
            )


def _says_nothing(entry: Entry, what: str, name: str) -> Fault:
    return Fault(f"{entry.name} is {what}: `{name}` says nothing of it.", f"Write {name}: none.", entry.place)


def _what(kind: str) -> str:
    return {"round": "an upright round tank", "box": "a box"}.get(kind, f"a {kind}")


_SPARE = {
    "round": {"length", "width", "heads"}, "box": {"diameter", "heads", "bottom"}, "sphere": {"height", "length", "width", "heads", "bottom"},
    "bullet": {"height", "width", "bottom"},
}  # fmt: skip
BREATHES = ("cone", "dome")
_VENTS: dict[str, tuple[str, ...]] = {
    "opens": ("pressure/vacuum", "relief", "nitrogen"), "sucks": ("pressure/vacuum",), "nitrogen": ("nitrogen",),
    "overpressure": ("pressure/vacuum", "relief"), "size": ("pressure/vacuum", "relief", "open"),
}  # fmt: skip
_BELONGS: dict[str, tuple[str, ...]] = {
    "air": BY_AIR, "on air loss": BY_AIR, "relief": ("relief",), "control": ("control",), "set point": ("control",),
    "opening": ("control",), "band": ("control",), "reset time": ("control",), "power": ("motor", *BY_AIR), "crank": ("motor",),
    "normally": ("hand", "motor", *BY_AIR), "remote": ("hand", "motor", *BY_AIR), "stroke": ("hand", "motor", *BY_AIR),
}  # fmt: skip
