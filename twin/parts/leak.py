"""What lets go: holes in lines, tanks and the walls of bunds, worn seals of pumps, lines that burst under a surge.

A hole is one more line of the network, from where it is to the bund, pit or ground below, as wide as the hole; so what leaves, what it
takes along and what it leaves the others is found with the rest. A line that says what it `withstands` bursts at more: what its sender
or pump presses, and the surge of a column of liquid that is stopped against it (`twin.physics.surge`). A flow that its own sender ends
makes none: so who tells the ship first, waits and then closes, bursts nothing.
"""

from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, array, select, some
from twin.base.fault import Place
from twin.language.words import EventKind, Heard
from twin.parts.action import Row, happens
from twin.parts.line_entry import HOLE, LEAKS_M3_S, Line
from twin.parts.part import Edge, Part, Path
from twin.physics import surge
from twin.text.say import say

SEAL_GAP_M = 8e-3  # hole that a failed seal is worth (assumed)
NOWHERE = Place("", 0, 0)
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
            name=HOLE.format(self.host), place=NOWHERE, start=self.start, end=self.end, through=self.through,
            size_m=self.size_m, length_m=0.0, height_m=self.height_m,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leaks:
    """Fixed facts: hosts (H,): bunds, lines, tanks, then pumps; and lines that withstand something (S,)."""

    names: tuple[str, ...]
    lines: tuple[str, ...]
    tanks: tuple[str, ...]
    bunds: tuple[str, ...]
    seals: Ints  # pump of each host behind these
    held: tuple[str, ...]
    host: Ints  # (S,) which host
    size_m: Floats  # (S,)
    line: Ints  # (S,) its number
    withstands_pa: Floats
    pack_m3_pa: Floats  # that a line takes up beyond its volume, by its pressure: K = density x wave speed squared
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


def some_let_go(its: Leaks, now: State, worn: Floats) -> bool:
    """Whether something is open that nobody set: what burst, or a failed seal."""
    return some(now.burst) or bool(len(its.seals) and some(worn[:, its.seals] >= 1.0))


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
    first = len(its.bunds)
    return values[:, first : first + len(its.lines)]


def _of_tanks(its: Leaks, values: Floats) -> Floats:
    first = len(its.bunds) + len(its.lines)
    return values[:, first : first + len(its.tanks)]


def _of_bunds(its: Leaks, values: Floats) -> Floats:
    return values[:, : len(its.bunds)]


PART = Part(
    "leaks", "leak", None, State, Controls,
    paths=(
        Path("hole", "length", "diameter of a hole in it", kind="line", writes="hole_m", unsound="holed", at_desk="hole", least=0, most=2, offer="to", value="20 mm", lacking=NO_HOLE),
        Path("hole", "length", "diameter of a hole in it", kind="tank", writes="hole_m", unsound="holed", at_desk="hole", least=0, most=0.5, offer="to", value="20 mm", lacking=NO_HOLE),
        Path("hole", "length", "diameter of a hole in its wall, at the ground", kind="bund", writes="hole_m", unsound="holed", at_desk="hole", least=0, most=0.5, offer="to", value="100 mm", lacking=NO_HOLE),
        Path("leak", "volume flow", "that leaks out of it", kind="bund", reads="flow_m3_s", read=_of_bunds, things="bunds", lacking=NO_HOLE),
        Path("pack", "volume", "that its pressure packs into it beyond its volume", kind="line", reads="pressure_pa",
             read=lambda its, pressure: pressure * its.pack_m3_pa, things="held",
             lacking=("says not what it withstands.", "Write withstands: 15 bar.")),
        Path("leak", "volume flow", "that leaks out of it", kind="line", reads="flow_m3_s", read=_of_lines, things="lines", lacking=NO_HOLE),
        Path("leak", "volume flow", "that leaks out of it", kind="tank", reads="flow_m3_s", read=_of_tanks, things="tanks", lacking=NO_HOLE),
        Path("pressure", "pressure", "at most in this second: of its sender or pump, and of a surge", kind="line", reads="pressure_pa",
             read=lambda its, pressure: pressure, things="held",
             lacking=("says not what it withstands.", "Write withstands: 15 bar.")),
    ),
    edges=(
        Edge("leaks", ("leaks.flow_m3_s",), lambda its, flow: flow > LEAKS_M3_S, _leaks, found=False),
        Edge("burst", ("leaks.burst",), lambda its, so: so, _bursts, things="held", found=False),
    ),
    events=(
        EventKind("burst", Heard.NEAR, "a line burst", weight=0, told=True, pictured=True, marked=True, counted=True),
        EventKind("leak", Heard.NEAR, "a line or tank leaks", "leak-ends", weight=1, told=True, pictured=True, marked=True, counted=True),
        EventKind("leak-ends", Heard.NEAR, "a leak stopped", weight=2, told=True, pictured=True),
    ),
    mended="{name} whole",
)  # fmt: skip
