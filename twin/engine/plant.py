"""The facts of a farm that several parts share: vessels, senders, lines, valves, transfers, people, put together."""

from collections.abc import Mapping
from dataclasses import dataclass

from twin.base.arrays import floats, ints
from twin.base.fault import Fault
from twin.base.units import difference
from twin.engine.holes import build as build_leaks
from twin.engine.holes import holes as found_holes
from twin.language.entry import height_of
from twin.language.names import Names
from twin.language.spec import FarmSpec, ScenarioSpec
from twin.parts import (
    interlock,
    leak,
    line_entry,
    line_facts,
    node,
    people,
    place,
    post,
    pump,
    spill,
    tank_entry,
    transfer,
    transfer_entry,
    utility,
    valve,
    valve_entry,
    vent,
    vessels,
    weather,
)
from twin.parts.gauge_entry import Instrument
from twin.physics import geometry, hydraulics, ways
from twin.physics.substances import products, viscosity

HANDS_OFF = 4.0  # ranges of its instrument: a controller without lag does not hunt in a band so wide


@dataclass(frozen=True, slots=True)
class Plant:
    """The facts of the parts that hold, move and feed."""

    utilities: utility.Utilities
    nodes: node.Senders
    tanks: vessels.Vessels
    lines: line_facts.Lines
    valves: valve.Valves
    pumps: pump.Pumps
    vents: vent.Vents
    leaks: leak.Leaks
    transfers: transfer.Transfers
    weather: weather.Day
    spilled: spill.Spills


def build(spec: ScenarioSpec, names: Names) -> Plant:
    """The facts of a farm whose names are known to be right; raises Fault where it cannot be."""
    farm = spec.farm
    listed = _products(farm)
    senders = tuple(n for n, its in farm.of(node.Node).items() if its.flow_m3_s is not None)
    holes = found_holes(spec)
    may_come = meets(farm, [(h.start, h.end) for h in holes])
    holding = vessels.build(
        farm.of(tank_entry.Tank), _pools(farm), listed, _mixed_tanks(spec, may_come), _taped(farm), spec.weather.air_k
    )
    utilities = utility.build(farm.of(utility.Utility))
    without = ints(-1 for _ in farm.of(valve_entry.Valve))
    stands_in = {str(v): n for n, its in enumerate(farm.of(line_entry.Line).values()) for v in its.through}
    entries, held = farm.of(transfer_entry.Transfer), liquids(farm)
    on_ways = {v for t in entries.values() for line in t.through for v in farm.of(line_entry.Line)[line].through}
    around = valve.Around(utilities.names, stands_in, _holds(names), frozenset(on_ways))
    valves = valve.build(farm.of(valve_entry.Valve), around, without, without)
    ends = _ends(farm, holding, senders, may_come, {h.line.name: h.line for h in holes})
    pumped = farm.of(pump.Pump)
    lines = line_facts.build(farm.of(line_entry.Line), ends)
    nodes = node.build(
        farm.of(node.Node), senders, holding.carried, [str(t.start) for t in entries.values()], spec.weather.air_k
    )
    bunds = {name: str(its.bund) for name, its in farm.of(tank_entry.Tank).items()}
    return Plant(
        utilities=utilities,
        nodes=nodes,
        tanks=holding,
        lines=lines,
        valves=valves,
        pumps=pump.build(pumped, utilities.names, ints(stands_in.get(p, 0) for p in pumped), _heights(farm, stands_in)),
        vents=vent.build(farm.of(vent.Vent), farm.of(tank_entry.Tank), holding, utilities.names),
        leaks=build_leaks(
            holes,
            farm.of(line_entry.Line),
            farm.of(tank_entry.Tank),
            entries,
            {n: farm.of(node.Node)[n] for n in senders},
            pumped,
            line_entry.densities(farm.of(line_entry.Line), ends),
            holding.products,
        ),
        transfers=transfer.build(
            entries,
            _ways(farm, valves, tuple(pumped), ends),
            senders,
            nodes.offers_m3_s,
            nodes.answers_s,
            bunds,
            floats(
                transfer_entry.amount_m3(t, held.get(str(t.start), ""), spec.weather.air_k) for t in entries.values()
            ),
        ),
        weather=weather.build(spec.weather),
        spilled=spill.Spills(("spilled",), holding.density_kg_m3),
    )


def _products(farm: FarmSpec) -> tuple[str, ...]:
    used = {str(t.product) for t in farm.of(tank_entry.Tank).values()}
    used |= {str(p) for n in farm.of(node.Node).values() for p in (n.product, n.receives) if p}
    used |= {str(its.product) for its in farm.of(line_entry.Line).values() if its.product}
    return tuple(sorted(used | {"water"}))


def _roofs_m2(farm: FarmSpec, bund: str) -> float:
    """The roofs in a bund that shed rain into it."""
    inside = [t for t in farm.of(tank_entry.Tank).values() if t.bund == bund and t.roof != "open"]
    return sum(float(geometry.circle_area(t.diameter_m)) for t in inside)


def _pools(farm: FarmSpec) -> list[tank_entry.Pool]:
    """Bunds, pits, sinks: all that holds liquid and is no tank, in this order."""
    nodes = farm.of(node.Node)
    bunds = [
        tank_entry.Pool(n, p.area_m2 or 0.0, (p.area_m2 or 0.0) * p.wall_m, rained_m2=(p.area_m2 or 0.0) + _roofs_m2(farm, n))
        for n, p in farm.of(place.Place).items() if p.kind == "bund"
    ]  # fmt: skip
    pits = [
        tank_entry.Pool(n, its.holds_m3 / tank_entry.PIT_DEPTH_M, its.holds_m3, str(its.spills_to), height_of(its.at) - tank_entry.PIT_DEPTH_M,
                  protected=its.protected, separates=its.separates)
        for n, its in nodes.items() if its.holds_m3 is not None
    ]  # fmt: skip
    sinks = [
        tank_entry.Pool(n, tank_entry.BOTTOMLESS_M3, tank_entry.BOTTOMLESS_M3, base_m=height_of(its.at) - tank_entry.PIT_DEPTH_M, is_sink=True, protected=its.protected)
        for n, its in nodes.items()
        if its.takes and its.holds_m3 is None
    ]  # fmt: skip
    return [*bunds, *pits, *sinks]


def _ends(
    farm: FarmSpec, holding: vessels.Vessels, senders: tuple[str, ...], may_come: Mapping[str, frozenset[str]],
    holes: dict[str, line_entry.Line],
) -> line_entry.Ends:  # fmt: skip
    known, nodes, transfers = products(), farm.of(node.Node), list(farm.of(transfer_entry.Transfer).values())
    held = liquids(farm)
    day_k = holding.day_k[0]
    thin = {name: float(viscosity(known[its], day_k)) / known[its].density_kg_m3 for name, its in held.items()}
    at = {
        name: tuple(x for x, t in enumerate(transfers) if name in {t.start, t.end})
        for name in holding.names
        if name in nodes
    }
    joins = _joins(farm) | {name: (str(its.start), str(its.end)) for name, its in holes.items()}
    water = known["water"]
    return line_entry.Ends(
        vessels=holding.names,
        joins=joins,
        groups=ways.groups(joins, frozenset(holding.names)),
        base_m=holding.base_m,
        lip_m={name: its.lips_m for name, its in farm.of(tank_entry.Tank).items()},
        below_m3=lambda name, level_m: vessels.below_m3(holding, holding.index(name), level_m),
        viscosity_m2_s=thin,
        densities=holding.density_kg_m3,
        density_kg_m3={name: known[its].density_kg_m3 for name, its in held.items()},
        thin=(float(viscosity(water, day_k)) / water.density_kg_m3, water.density_kg_m3),
        gates=at,
        senders={name: str(nodes[name].product) for name in senders},
        products=holding.products,
        carried=holding.carried,
        bore_m={name: its.size_m for name, its in farm.of(valve_entry.Valve).items()},
        globes=frozenset(name for name, its in farm.of(valve_entry.Valve).items() if its.kind == "control"),
        opens_pa={
            name: its.relief_pa or 0.0 for name, its in farm.of(valve_entry.Valve).items() if its.kind == "relief"
        },
        curves=pump.curves(farm.of(pump.Pump)),
        transfers=len(transfers),
        liquids=held,
        meets=may_come,
        holes=holes,
    )


def _joins(farm: FarmSpec) -> dict[str, tuple[str, str]]:
    """Where each line begins and ends."""
    return {name: (str(its.start), str(its.end)) for name, its in farm.of(line_entry.Line).items()}


def _heights(farm: FarmSpec, stands_in: Mapping[str, int]) -> list[float]:
    """How high each pump stands: as its place says, else as high as the end at which its line begins."""
    tanks, nodes = farm.of(tank_entry.Tank), farm.of(node.Node)
    starts = [str(its.start) for its in farm.of(line_entry.Line).values()]
    found = []
    for name, its in farm.of(pump.Pump).items():
        start = starts[stands_in[name]]
        of_start = tanks[start].stands_m if start in tanks else height_of(nodes[start].at) if start in nodes else 0.0
        found.append(height_of(its.at, of_start))
    return found


def liquids(farm: FarmSpec) -> dict[str, str]:
    """What each tank holds and each sender offers."""
    found = {name: str(its.product) for name, its in farm.of(tank_entry.Tank).items()}
    return found | {n: str(its.product) for n, its in farm.of(node.Node).items() if its.flow_m3_s is not None}


def _mixed_tanks(spec: ScenarioSpec, may_come: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """All tanks where something else may come into one of them, or water is spoken of; else none."""
    farm = spec.farm
    tanks = farm.of(tank_entry.Tank)
    watered = any(i.quantity == "water" for i in spec.initially) or any(t.roof == "open" for t in tanks.values())
    return tuple(tanks) if watered or any(len(may_come.get(t, ())) > 1 for t in tanks) else ()


def _taped(farm: FarmSpec) -> tuple[str, ...]:
    """The tanks of which an instrument measures the ullage."""
    watched = {its.watched.thing for its in farm.of(Instrument).values() if its.watched.quantity == "ullage"}
    return tuple(name for name in farm.of(tank_entry.Tank) if name in watched)


def meets(farm: FarmSpec, leaks: list[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """What may come to each end of a line: what is held, offered or stands in a line anywhere that it is joined to.

    What runs over or leaks goes one way: from a tank into its bund, from a pit into the one that takes what it spills.

    leaks  where things may leak: from, to
    """
    joins = _joins(farm)
    group = ways.groups(joins, frozenset())
    stands = [(str(its.start), str(its.product)) for its in farm.of(line_entry.Line).values() if its.product]
    held: dict[str, set[str]] = {}
    for end, liquid in (*liquids(farm).items(), *stands):
        held.setdefault(group.get(end, end), set()).add(liquid)
    spills = [(name, str(its.bund)) for name, its in farm.of(tank_entry.Tank).items() if its.bund]
    spills += [(name, str(its.spills_to)) for name, its in farm.of(node.Node).items() if its.spills_to]
    spills += leaks
    for _ in spills:  # from pit to pit
        for over, into in spills:
            held.setdefault(group.get(into, into), set()).update(held.get(group.get(over, over), ()))
    group |= {end: group.get(end, end) for way in leaks for end in way}
    return {end: frozenset(held.get(its, ())) for end, its in group.items()}


def _ways(farm: FarmSpec, valves: valve.Valves, pumps: tuple[str, ...], ends: line_entry.Ends) -> transfer.Ways:
    entries = farm.of(line_entry.Line)
    return transfer.Ways(
        ends=_joins(farm),
        groups=ends.groups,
        valves={
            n: tuple(valves.names.index(v) for v in its.through if v in valves.names) for n, its in entries.items()
        },
        pumps={n: tuple(pumps.index(p) for p in its.through if p in pumps) for n, its in entries.items()},
        remote=valves.remote,
        stroke_s=valves.stroke_s,
        valve_s2_m5=floats(hydraulics.per_k_s2_m5(its) for its in ends.bore_m.values()),
        line_s2_m5=line_entry.costs(entries, ends),
        out_of_farm=frozenset(ends.gates),
    )


def _holds(names: Names) -> dict[str, valve.Hold]:
    """What each control valve holds: its instrument's number, and set point and band in SI."""
    farm, found = names.farm, {}
    instruments = farm.of(Instrument)
    for name, its in farm.of(valve_entry.Valve).items():
        if its.kind != "control" or its.control not in instruments or its.set_point is None:
            continue
        measured = instruments[its.control]
        of = measured.watched
        quantity = names.known.quantities.get((names.kind(of.thing), of.quantity))
        dimension = quantity.dimension if quantity is not None else "number"
        if its.band is not None:
            band = its.band.si(difference(dimension))
        elif measured.range is not None:
            low, high = (v.si(dimension) for v in measured.range)
            band = HANDS_OFF * (high - low)
        else:
            raise Fault(f"{name} has no band, and {its.control} no range.", "Write band: 100 m3/h.", its.place)
        found[name] = valve.Hold(list(instruments).index(its.control), dimension, its.set_point.si(dimension), band)
    return found


def crews(names: Names, posts: tuple[str, ...]) -> people.Crews:
    """The people of a farm; a post that nobody fills has one person."""
    farm = names.farm
    entries, filled = farm.of(people.People), {p.post for p in farm.of(people.People).values()}
    stands = [
        people.Stand(n, posts.index(p.post) if p.post else -1, p.count, names.point(p.at or p.inside), str(p.inside),
                     str(p.muster), p.kit)
        for n, p in entries.items()
    ]  # fmt: skip
    places = tuple(farm.of(place.Place))
    for i, name in enumerate(posts):
        if name not in filled:
            its = farm.of(post.Post).get(name)
            at = its.at if its is not None else None
            inside = str(at) if isinstance(at, str) and at in places else ""
            stands.append(people.Stand(name, i, (1, 1), names.point(at), inside, "", ("breathing-air",)))
    return people.build(stands, places)


def authority(farm: FarmSpec, always: tuple[str, ...], utilities: tuple[str, ...]) -> post.Authority:
    """What each post of a farm may do."""
    buttons = frozenset(name for name, its in farm.of(interlock.Interlock).items() if its.button)
    return post.build(farm.of(post.Post), always, buttons, utilities)


def where(names: Names, thing: object) -> tuple[float, float] | None:
    """Where a person acts on a thing: its own place, or that of what it measures, or a line's end."""
    point = names.point(thing)
    if point is None and isinstance(thing, str):
        kind = names.kind(thing)
        if kind == "instrument":
            point = names.point(names.farm.of(Instrument)[thing].watched.thing)
        elif kind == "vent":
            point = names.point(str(names.farm.of(vent.Vent)[thing].on))
        elif kind == "line":
            point = names.point(str(names.farm.of(line_entry.Line)[thing].end))
    return point
