"""What lets go: holes in lines and tanks, worn seals of pumps, lines that burst under a surge.

A hole is one more line of the network, from where it is to the bund, pit or ground below, as wide as the hole; so what leaves, what it
takes along and what it leaves the others is found with the rest. A line that says what it `withstands` bursts at more: what its sender
or pump presses, and the surge of a column of liquid that is stopped against it (`twin.physics.surge`). A flow that its own sender ends
makes none: so who tells the ship first, waits and then closes, bursts nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, array, floats, ints, padded, select, some
from twin.base.fault import Place
from twin.language.sentence import Path as Spelled
from twin.language.spec import Inject, ScenarioSpec
from twin.language.words import EventKind, Heard
from twin.parts.action import Row, happens
from twin.parts.line_entry import Line
from twin.parts.node import Node
from twin.parts.part import Edge, Part, Path
from twin.parts.pump import Pump
from twin.parts.tank_entry import Tank
from twin.parts.transfer import Transfer
from twin.parts.valve_entry import BY_ITSELF, Valve
from twin.physics import surge
from twin.physics.hydraulics import G_M_S2
from twin.text.say import say

SEAL_GAP_M = 8e-3  # hole that a failed seal is worth (assumed)
GROUND = "ground"
NOWHERE = Place("", 0, 0)
FLOWS_M3_S = 1e-6
WIDEST_M = 0.5  # of a hole in a shell
LONGEST_S = 60.0  # period that is remembered: 30 km of pipe
NO_HOLE = (
    "cannot leak in this scenario.",
    "Say where it would leak to (leaks to: bund), or what hole it has under `initially` or in the timeline.",
)


@dataclass(frozen=True, slots=True)
class Hole:
    """Where a thing may leak: between what, through which valves, how high above the floor of a tank, how large at most."""

    host: str
    start: str
    end: str
    through: tuple[str, ...]
    height_m: float
    size_m: float

    @property
    def line(self) -> Line:
        """It as a line of the network."""
        return Line(
            name=f"hole in {self.host}", place=NOWHERE, start=self.start, end=self.end, through=self.through,
            size_m=self.size_m, length_m=0.0, height_m=self.height_m,
        )  # fmt: skip


def holes(spec: ScenarioSpec) -> list[Hole]:
    """Where things of a scenario may leak: lines that withstand something or say where to, what is said to have a hole, and pumps that say where to."""
    farm, spoken = spec.farm, _spoken_of(spec)
    lines, tanks, nodes, valves = farm.of(Line), farm.of(Tank), farm.of(Node), farm.of(Valve)
    stores = {*tanks, *farm.named("places"), *(n for n, its in nodes.items() if its.takes)}
    found = []
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


@dataclass(frozen=True, slots=True)
class Leaks:
    """Fixed facts: hosts (H,): lines, tanks, then pumps; and lines that withstand something (S,)."""

    names: tuple[str, ...]
    lines: tuple[str, ...]
    tanks: tuple[str, ...]
    seals: Ints  # pump of each host behind these
    held: tuple[str, ...]
    host: Ints  # (S,) which host
    size_m: Floats  # (S,)
    line: Ints  # (S,) its number
    withstands_pa: Floats
    kick_pa_s_m3: Floats
    memory: surge.Window
    senders: Ints  # (S, K) that press on it, padded with the number of senders
    pumps: Ints  # (S, K)
    presses_pa: Floats  # (senders + 1,)
    lifts_pa: Floats  # (pumps + 1,)
    products: tuple[str, ...]

    @property
    def ticks(self) -> int:
        """How many seconds of flow are remembered."""
        return self.memory.ticks


@dataclass(frozen=True, slots=True)
class State:
    """(W, H), (W, S)."""

    flow_m3_s: Floats = array()  # that leaks out
    leaked_m3: Floats = array(along=("products",))
    flows_m3_s: Floats = array(along=("held", "ticks"))  # of the last seconds
    pressure_pa: Floats = array(along=("held",))
    burst: Bools = array(bool, along=("held",))


@dataclass(slots=True)
class Controls:
    """(W, H)."""

    hole_m: Floats = array()


def build(
    found: Iterable[Hole], lines: Mapping[str, Line], transfers: Mapping[str, Transfer], senders: Mapping[str, Node],
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
        tanks=tuple(n for n in hosts if n not in lines and n not in pumps),
        seals=ints(list(pumps).index(n) for n in hosts if n in pumps),
        held=tuple(held),
        host=ints(hosts.index(n) for n in held),
        size_m=floats(lines[n].size_m for n in held),
        line=ints(list(lines).index(n) for n in held),
        withstands_pa=floats(lines[n].withstands_pa or 0.0 for n in held),
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


def begins(its: Leaks, now: State, line_m3_s: Floats) -> State:
    """Worlds at the start: what flows has flowed before; line_m3_s (W, L)."""
    flows = np.abs(line_m3_s[:, its.line])[:, :, None]
    return replace(now, flows_m3_s=np.broadcast_to(flows, now.flows_m3_s.shape)) if its.held else now


def holes_m(its: Leaks, now: State, set_: Controls, worn: Floats) -> Floats:
    """How large each hole is, (W, H); worn (W, P) of seals."""
    found = set_.hole_m
    if some(now.burst):
        found = found.copy()
        found[:, its.host] = np.maximum(found[:, its.host], now.burst * its.size_m)
    if len(its.seals):
        found = found.copy()
        found[:, len(its.names) - len(its.seals) :] = SEAL_GAP_M * (worn[:, its.seals] >= 1.0)
    return found


@dataclass(frozen=True, slots=True)
class Flows:
    """What flowed in this tick."""

    line_m3_s: Floats  # (W, L), and then through holes
    leaked_m3: Floats  # (W, Q)
    asked_m3_s: Floats  # (W, senders)
    given_m3_s: Floats  # (W, senders)
    speed: Floats  # (W, P) of pumps


def step(its: Leaks, now: State, to: Flows) -> State:
    """What leaked, and what burst."""
    if not its.names:
        return now
    leaked = now.leaked_m3 + to.leaked_m3 if some(to.leaked_m3) else now.leaked_m3
    new = replace(now, flow_m3_s=to.line_m3_s[:, to.line_m3_s.shape[1] - len(its.names) :], leaked_m3=leaked)
    if not its.held:
        return new
    flows = np.concatenate((np.abs(to.line_m3_s[:, its.line])[:, :, None], now.flows_m3_s[:, :, :-1]), axis=2)
    none = np.zeros((len(flows), 1))
    pushes = np.concatenate((to.asked_m3_s > 0.0, none > 0.0), axis=1)
    kept_back = np.concatenate((select(pushes[:, :-1], to.asked_m3_s - to.given_m3_s, 0.0), none), axis=1)
    speed = np.concatenate((to.speed, none), axis=1)
    presses = np.maximum(
        (pushes * its.presses_pa)[:, its.senders].max(axis=2), (speed * speed * its.lifts_pa)[:, its.pumps].max(axis=2)
    )
    turns = (speed > 0.0)[:, its.pumps].any(axis=2)
    against = select(turns, np.inf, kept_back[:, its.senders].max(axis=2))
    rises = its.kick_pa_s_m3 * np.minimum(surge.fell(its.memory, flows), np.maximum(against, 0.0))
    pressure = select(now.burst, 0.0, presses + rises)
    return replace(new, flows_m3_s=flows, pressure_pa=pressure, burst=now.burst | (pressure > its.withstands_pa))


# edges


def _leaks(row: Row, h: int, begins: bool) -> None:
    name = row.facts(Leaks).names[h]
    kind, said = ("leak", "leaks.begins") if begins else ("leak-ends", "leaks.ends")
    happens(row, kind, name, say(said, name=name))


def _bursts(row: Row, s: int, begins: bool) -> None:
    if begins:
        name = row.facts(Leaks).held[s]
        happens(row, "burst", name, say("leaks.burst", name=name))


def _of_lines(its: Leaks, values: Floats) -> Floats:
    return values[:, : len(its.lines)]


def _of_tanks(its: Leaks, values: Floats) -> Floats:
    return values[:, len(its.lines) : len(its.lines) + len(its.tanks)]


PART = Part(
    "leaks", "leak", None, State, Controls,
    paths=(
        Path("hole", "length", "diameter of a hole in it", kind="line", writes="hole_m", unsound="holed", at_desk="hole", least=0, most=2, offer="to", value="20 mm", lacking=NO_HOLE),
        Path("hole", "length", "diameter of a hole in it", kind="tank", writes="hole_m", unsound="holed", at_desk="hole", least=0, most=0.5, offer="to", value="20 mm", lacking=NO_HOLE),
        Path("leak", "volume flow", "that leaks out of it", kind="line", reads="flow_m3_s", read=_of_lines, things="lines", lacking=NO_HOLE),
        Path("leak", "volume flow", "that leaks out of it", kind="tank", reads="flow_m3_s", read=_of_tanks, things="tanks", lacking=NO_HOLE),
        Path("pressure", "pressure", "at most in this second: of its sender or pump, and of a surge", kind="line", reads="pressure_pa",
             read=lambda its, pressure: pressure, things="held",
             lacking=("says not what it withstands.", "Write withstands: 15 bar.")),
    ),
    edges=(
        Edge("leaks", ("leaks.flow_m3_s",), lambda its, flow: flow > FLOWS_M3_S, _leaks, found=False),
        Edge("burst", ("leaks.burst",), lambda its, so: so, _bursts, things="held", found=False),
    ),
    events=(
        EventKind("burst", Heard.NEAR, "a line burst", weight=0, told=True, pictured=True, marked=True, counted=True),
        EventKind("leak", Heard.NEAR, "a line or tank leaks", "leak-ends", weight=1, told=True, pictured=True, marked=True, counted=True),
        EventKind("leak-ends", Heard.NEAR, "a leak stopped", weight=2, told=True, pictured=True),
    ),
    mended="{name} whole",
)  # fmt: skip
