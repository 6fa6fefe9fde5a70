"""Where the things of a scenario may leak, and what stands behind a line that may burst: what a leak must know of all other parts."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from twin.base.arrays import floats, ints, padded
from twin.language.sentence import Path as Spelled
from twin.language.spec import Inject, ScenarioSpec
from twin.parts.leak import Hole, Leaks
from twin.parts.line_entry import Line
from twin.parts.node import Node
from twin.parts.place import Place
from twin.parts.pump import Pump
from twin.parts.tank_entry import Tank
from twin.parts.transfer_entry import Transfer
from twin.parts.valve_entry import BY_ITSELF, Valve
from twin.physics import surge
from twin.physics.hydraulics import G_M_S2

WIDEST_M = 0.5  # of a hole in a shell
LONGEST_S = 60.0  # period that is remembered: 30 km of pipe
GROUND = "ground"


def holes(spec: ScenarioSpec) -> list[Hole]:
    """Where things of a scenario may leak: lines that withstand something or say where to, what is said to have a hole, and pumps that say where to."""
    farm, spoken = spec.farm, _spoken_of(spec)
    lines, tanks, nodes, valves = farm.of(Line), farm.of(Tank), farm.of(Node), farm.of(Valve)
    stores = {*tanks, *farm.named("places"), *(n for n, its in nodes.items() if its.takes)}
    bunds = [n for n, its in farm.of(Place).items() if n in spoken and its.kind == "bund"]
    found = [Hole(n, n, GROUND, (), 0.0, WIDEST_M) for n in bunds]  # in the wall, at the ground
    for name, its in lines.items():
        if its.withstands_pa is not None or its.leaks_to or name in spoken:
            joint = next((str(e) for e in (its.start, its.end) if e not in stores), "")
            shuts = () if joint else _shuts(its.through, valves)  # where nothing is stored, else behind its valves
            found.append(_beside(its, name, joint or str(its.start), shuts))
    for name, tank in tanks.items():
        if name in spoken:
            found.append(Hole(name, name, str(tank.bund) or GROUND, (), tank.hole_m, WIDEST_M))
    for name, pump in farm.of(Pump).items():
        for its in [line for line in lines.values() if name in line.through and pump.leaks_to][:1]:
            hole = _beside(its, name, str(its.start), _shuts(its.through[: its.through.index(name)], valves))
            found.append(replace(hole, end=str(pump.leaks_to)))
    return found


def _beside(its: Line, host: str, start: str, shuts: tuple[str, ...]) -> Hole:
    return Hole(
        host, start, str(its.leaks_to) or GROUND, shuts, its.height_m if start == its.start else 0.0, its.size_m
    )


def _shuts(through: tuple[str, ...], valves: dict[str, Valve]) -> tuple[str, ...]:
    return tuple(v for v in through if v in valves and valves[v].kind not in BY_ITSELF)


def _spoken_of(spec: ScenarioSpec) -> set[str]:
    """The things of whose holes a scenario speaks."""
    found = {i.thing for i in spec.initially if i.quantity == "hole"}
    found |= {u.path.thing for u in spec.uncertain if u.path.quantity == "hole"}
    acts = (act for inject in spec.of(Inject).values() for act in inject.do)
    return found | {a.thing.thing for a in acts if isinstance(a.thing, Spelled) and a.thing.quantity == "hole"}


def build(
    found: Iterable[Hole], lines: Mapping[str, Line], tanks: Container[str], transfers: Mapping[str, Transfer], senders: Mapping[str, Node],
    pumps: Mapping[str, Pump], density_kg_m3: Mapping[str, float], products: tuple[str, ...],
) -> Leaks:  # fmt: skip
    """What may let go.

    senders, pumps  in the order of their numbers
    density_kg_m3   of what stands in each line
    """
    hosts = [h.host for h in found]
    held = [n for n in hosts if n in lines and lines[n].withstands_pa is not None]
    ways = {n: _way(n, lines, transfers) for n in held}
    columns = [_column([lines[k] for k in ways[n][0]], density_kg_m3[n]) for n in held]
    return Leaks(
        names=tuple(hosts),
        lines=tuple(n for n in hosts if n in lines),
        tanks=tuple(n for n in hosts if n in tanks),
        bunds=tuple(n for n in hosts if not (n in lines or n in tanks or n in pumps)),
        seals=ints(list(pumps).index(n) for n in hosts if n in pumps),
        held=tuple(held),
        host=ints(hosts.index(n) for n in held),
        size_m=floats(lines[n].size_m for n in held),
        line=ints(list(lines).index(n) for n in held),
        withstands_pa=floats(lines[n].withstands_pa or 0.0 for n in held),
        pack_m3_pa=floats(lines[n].fill_m3 / (density_kg_m3[n] * lines[n].wave_m_s * lines[n].wave_m_s) for n in held),
        kick_pa_s_m3=floats(c.kick_pa_s_m3 for c in columns),
        memory=surge.window([min(c.period_s, LONGEST_S) for c in columns]),
        senders=padded([[list(senders).index(s) for s in ways[n][1] if s in senders] for n in held], len(senders)),
        pumps=padded(
            [[list(pumps).index(p) for k in ways[n][0] for p in lines[k].through if p in pumps] for n in held],
            len(pumps),
        ),
        presses_pa=floats([*(its.pressure_pa for its in senders.values()), 0.0]),
        lifts_pa=floats(
            [*(its.curve[0][1] * G_M_S2 * density_kg_m3[_stands(p, lines)] for p, its in pumps.items()), 0.0]
        ),
        products=products,
    )


def _stands(pump: str, lines: Mapping[str, Line]) -> str:
    return next(n for n, its in lines.items() if pump in its.through)


def _way(line: str, lines: Mapping[str, Line], transfers: Mapping[str, Transfer]) -> tuple[list[str], list[str]]:
    """The lines of the longest way that goes through one, and where all such ways come from."""
    on = [[str(k) for k in t.through] for t in transfers.values() if line in t.through]
    comes = [str(t.start) for t in transfers.values() if line in t.through]
    longest = max(on, key=lambda way: sum(lines[k].length_m for k in way), default=[line])
    return longest, [*comes, str(lines[line].start)]


def _column(through: list[Line], density_kg_m3: float) -> surge.Column:
    return surge.Column(
        length_m=sum(its.length_m for its in through),
        by_area_m=sum(its.length_m / its.bore_m2 for its in through),
        density_kg_m3=density_kg_m3,
        wave_speed_m_s=min(its.wave_m_s for its in through),
    )
