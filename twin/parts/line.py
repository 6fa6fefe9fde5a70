"""Lines: pipes, hoses and loading arms from end to end, and what flows in them: pushed by senders and pumps, driven by levels.

Every scan in which something may flow, the heads of all joints and the flows of all lines are found together
(`twin.physics.piping`); where continuity alone decides, from what senders push, nothing is solved. Everything is sorted by name,
so the order in a file changes no result.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np

from twin.base.arrays import (
    Bools,
    Floats,
    Ints,
    array,
    every,
    folded,
    select,
    some,
    throughout,
)
from twin.parts.action import Row, look, seen
from twin.parts.line_entry import HOLE, LEAKS_M3_S, Line
from twin.parts.line_facts import Lines
from twin.parts.part import Does, Part, fault, readable
from twin.physics import fronts, hydraulics, network, piping
from twin.text.say import Said, say

FLOWS_M3_S = 1e-4  # what a person hears
LOOK_S = 30
LEAST_HOLE_M = 1e-5  # divides what is none
Array = TypeVar("Array", Floats, Bools)


class Fittings(NamedTuple):
    """How what stands in lines stands now."""

    forth: Floats  # (W, V) how far each valve is open from the start of its line to its end
    back: Floats  # (W, V) and back; the same array where no valve tells the two apart
    springs: Bools  # (W, V) relief valves whose spring holds them shut
    speed: Floats  # (W, P) of pumps


@dataclass(frozen=True, slots=True)
class Wants:
    """What others ask of the lines in this tick."""

    asked_m3_s: Floats  # (W, S) of each sender
    offered_k: Floats  # (W, S) what that is warmer than the day
    most_m3_s: Floats  # (W, L) to which a line is throttled
    running: Bools  # (W, X) transfers
    holes_m: Floats  # (W, H)
    fittings: Fittings


@dataclass(frozen=True, slots=True)
class Held:
    """What the vessels hold at the beginning of a tick."""

    level_m: Floats  # (W, M)
    total_m3: Floats  # (W, M) as warm as it is
    volume_m3: Floats  # (W, Q, M) on the day, as all flows
    area_m2: Floats  # (W, M) of the surface
    warmer_k: Floats  # (W, M) than the day
    shrinks: Floats  # (W, M) volume on the day by that as it is


@dataclass(frozen=True, slots=True)
class State:
    """What flows now."""

    opening: Floats = array(
        along=("both_ways", "links")
    )  # (W, 2, L) tightest valve forth and back; 0 where a gate is shut
    resists_s2_m5: Floats = array(along=("both_ways", "links"))  # (W, 2, L) of the valves
    holds_m: Floats = array(along=("links",))  # (W, L) head below which a relief valve holds it shut
    most_m3_s: Floats = array(along=("links",))  # (W, L) to which it is throttled
    speed: Floats = array(along=("pumps",))  # (W, P)
    asked_m3_s: Floats = array(along=("senders",))  # (W, S)
    offered_k: Floats = array(along=("senders",))  # (W, S) what that is warmer than the day
    taken_m3_s: Floats = array(along=("senders",))  # (W, S) of that, what the openings of their ways let them give
    known: Bools = array(bool, along=("links",))  # (W, L) whether continuity alone decides
    supply_m3_s: Floats = array(along=("senders",))  # (W, S) what senders give
    levels: Bools = array(bool, along=())  # (W,) whether levels drive something: the flow changes by itself
    line_flow_m3_s: Floats = array(  # (W, L)
        along=("links",),
        path=readable(
            "flow", "volume flow", "from its first end to its second", read=lambda its, flow: flow[:, : len(its.names)]
        ),
    )
    drift_m3_s: Floats = array(
        along=("links",)
    )  # (W, L) by how much levels changed it in this tick: the next begins from there
    content_m3: Floats = array(  # (W, Q + 1, T, K) what stands in lines, batch behind batch from start to end
        along=("carried", "fills", "slugs"),
        path=readable("density", "density", "of what stands at its second end", read=lambda its, content: fronts.density_at_end(content, its.density_kg_m3), things="fills",
                      lacking=("keeps no batches: one product alone comes to it, or it stands empty until something runs through.",
                               "Ask for the density of a product with twin calc liquid_density.")),
    )  # fmt: skip
    joints_m: Floats = array(along=("pumps",))  # (W, P) head where the line of each begins, while that is open
    gain_m3: Floats = array(along=("carried", "vessels"))  # (W, Q + 1, M) what each vessel gained in this tick
    given_m3: Floats = array(along=("carried",))  # (W, Q + 1) what senders gave in this tick
    leaked_m3: Floats = array(along=("carried",))  # (W, Q + 1) what left through holes


@dataclass(slots=True)
class Controls:
    """(W, L)."""

    uncoupled: Bools = array(
        bool,
        path=fault(
            "uncoupled", "flag", "a hose or arm is taken off and shut by its coupling, a pipe blinded: nothing passes",
            "uncoupled",
        ),
    )  # fmt: skip


# the flow of one tick


def step(its: Lines, now: State, set_: Controls, wants: Wants | None, held: Held, dt_s: float) -> State:
    """What flows in this tick, and what that moves; worlds in which nothing changed keep what they had.

    wants  None where nothing that drives or binds a line changed since the last tick, levels apart
    """
    new = now
    anew = np.zeros(len(held.level_m), dtype=bool)
    if wants is not None:
        new = _arranged(its, now, set_, wants)
        anew = ~throughout(np.concatenate([_same(new, now, name) for name in _ARRANGED], axis=1))
    known, taken, flow = now.known, now.taken_m3_s, now.line_flow_m3_s.copy()
    if some(anew):
        known, taken = known.copy(), taken.copy()
        taken[anew] = piping.taken(its.piping, new.opening[anew], new.asked_m3_s[anew])
        known[anew], flow[anew] = piping.by_continuity(its.piping, _ways(new, anew), taken[anew])
    levels = ~throughout(known)
    moves = anew | levels | _restless(its, now, held)
    if not some(moves):
        return now
    rows = _rows(moves)
    supply, drift, joints_m = taken.copy(), np.zeros(flow.shape), np.zeros(now.joints_m.shape)
    if some(levels):
        at = _rows(levels)
        stands = held.level_m[at], held.total_m3[at], held.area_m2[at], held.shrinks[at]
        push = piping.push(its.piping, _ways(new, at), taken[at], *stands, dt_s)
        begin = np.concatenate((now.line_flow_m3_s[at] + now.drift_m3_s[at], taken[at]), axis=1)
        found, heads_m = network.flows(its.piping.graph, its.piping.pipes, push, begin)
        bound = np.minimum(np.maximum(found, -push.back_m3_s), push.forth_m3_s)  # of what presses on a shut check
        n, solved = len(its.links), folded((~known[at]).astype(np.float64), its.piping.joined) > 0.0
        flow[at] = select(known[at], flow[at], bound[:, :n]) + 0.0  # no -0
        drift[at] = select(anew[at, None], 0.0, flow[at] - now.line_flow_m3_s[at])
        supply[at] = select(solved.take(its.piping.source_part, axis=1), found[:, n:], taken[at])
        joints_m[at] = heads_m.take(its.piping.graph.start[its.piping.pumped], axis=1)
    given, content = now.given_m3.copy(), now.content_m3.copy()
    gain = np.concatenate(
        (now.gain_m3, now.leaked_m3[:, :, None]), axis=2
    )  # what leaks stands behind what vessels gain
    mixes = moves & _mixes(its, new, held)
    if len(its.pure):
        gain[rows], given[rows] = piping.moved_alone(its.piping, its.offers, flow[rows], supply[rows], its.pure, dt_s)
    if some(mixes):
        rows = _rows(mixes)
        holds = held.volume_m3[rows], held.warmer_k[rows], held.shrinks[rows]
        draws = piping.drawn(its.piping, *holds, flow[rows], its.water, its.settles, dt_s)
        gain[rows], given[rows], content[rows] = piping.moved(
            its.piping, its.offers, flow[rows], supply[rows], new.offered_k[rows], draws, now.content_m3[rows], dt_s
        )  # fmt: skip
    return replace(
        new, taken_m3_s=taken, known=known, supply_m3_s=supply, levels=levels, line_flow_m3_s=flow, drift_m3_s=drift,
        content_m3=content, joints_m=joints_m, gain_m3=gain[:, :, :-1], given_m3=given, leaked_m3=gain[:, :, -1],
    )  # fmt: skip


def _restless(its: Lines, now: State, held: Held) -> Bools:
    """In which worlds what moves changes though the flows do not, (W,): batches in lines; where something leaves a vessel, water
    under it, and how warm it is."""
    if not stirs(its, held.volume_m3, held.warmer_k):
        return np.zeros(len(now.levels), dtype=bool)
    flow = now.line_flow_m3_s
    if its.fills:
        return ~throughout(flow == 0.0)
    leaves = ~throughout(select(its.from_vessel, flow <= 0.0, True) & select(its.to_vessel, flow >= 0.0, True))
    wet = ~throughout(held.volume_m3[:, its.water] * its.settles == 0.0)
    return leaves & (wet | ~throughout(held.warmer_k == 0.0))


def _mixes(its: Lines, now: State, held: Held) -> Bools:
    """Worlds in which more than one product may be about, or something warmer, (W,): each asks its own, not its neighbours'."""
    if not len(its.pure):
        return np.ones(len(held.volume_m3), dtype=bool)
    cool = throughout(held.warmer_k == 0.0) & throughout(now.offered_k == 0.0)
    return ~(cool & throughout(_water(its, held.volume_m3) == 0.0))


def stirs(its: Lines, volume_m3: Floats, warm: Floats) -> bool:
    """Whether what moves may change though nothing else does: batches, water, and what is warmer than the day, (W, M)."""
    return bool(its.fills) or some(_water(its, volume_m3)) or some(warm)


def _water(its: Lines, volume_m3: Floats) -> Floats:
    """Water where it would be something else, (W, wets)."""
    return volume_m3[:, its.water].take(its.wets, axis=1)


_ARRANGED = ("opening", "resists_s2_m5", "holds_m", "most_m3_s", "speed", "asked_m3_s", "offered_k")


def _rows(those: Bools) -> slice | Ints:
    """Those rows; all of them without a copy."""
    return slice(None) if every(those) else np.flatnonzero(those)


def _same(new: State, now: State, name: str) -> Bools:
    same: Bools = getattr(new, name) == getattr(now, name)
    return same.reshape(len(same), -1)


def _ways(now: State, rows: Bools | Ints | slice) -> piping.Ways:
    return piping.Ways(
        now.opening[rows], now.resists_s2_m5[rows], now.holds_m[rows], now.most_m3_s[rows], now.speed[rows]
    )


def _arranged(its: Lines, now: State, set_: Controls, wants: Wants) -> State:
    """How far each line is open forth and back, what its valves resist and hold, and what is asked of it."""
    its_now, w = wants.fittings, len(now.most_m3_s)
    always = np.ones((w, 1))
    runs = np.concatenate((wants.running, always > 0.0, always < 0.0), axis=1)[:, its.gates].any(axis=2)
    passes = runs & ~_and_holes(set_.uncoupled, its, False)
    forth = _through(its, its_now.forth, passes)
    back = forth if its_now.back is its_now.forth else _through(its, its_now.back, passes)
    if len(its.holes_m):
        forth, back = _through_holes(its, forth, wants.holes_m), _through_holes(its, back, 0.0 * wants.holes_m)
    holds = np.zeros(now.holds_m.shape)
    if some(its_now.springs):
        shut = np.concatenate((its_now.springs, always < 0.0), axis=1)
        holds = select(shut[:, its.spring], its.spring_m, 0.0)
    opening, resists = (np.stack((forth[k], back[k]), axis=1) for k in (0, 1))
    return replace(
        now, opening=opening, resists_s2_m5=resists, holds_m=holds, most_m3_s=_and_holes(wants.most_m3_s, its, piping.UNBOUND), speed=its_now.speed,
        asked_m3_s=wants.asked_m3_s, offered_k=wants.offered_k,
    )  # fmt: skip


def _through(its: Lines, open_: Floats, passes: Bools) -> tuple[Floats, Floats]:
    """How far each line is open, (W, L), and what its valves resist."""
    each = np.concatenate((open_, np.ones((len(open_), 1))), axis=1)[:, its.valves]
    opening: Floats = select(passes, each.min(axis=2), 0.0)
    costs = hydraulics.gate_valve_k(each)
    if its.globes.shape[1]:
        costs = select(its.globes, hydraulics.control_valve_k(each), costs)
    costs = costs * its.valve_s2_m5
    resists = costs[:, :, 0]
    for k in range(1, costs.shape[2]):
        resists = resists + costs[:, :, k]
    return opening, resists


def _through_holes(its: Lines, lines: tuple[Floats, Floats], holes_m: Floats) -> tuple[Floats, Floats]:
    """How far each line is open and what that resists, its holes so wide, (W, H): a share of the line's bore, and a sharp edge."""
    opening, resists = (of.copy() for of in lines)
    n, wide = len(its.names), np.minimum(holes_m / its.holes_m, 1.0)
    opening[:, n:] = opening[:, n:] * (wide * wide)
    resists[:, n:] = resists[:, n:] + hydraulics.per_k_s2_m5(np.maximum(holes_m, LEAST_HOLE_M)) / (
        hydraulics.SHARP * hydraulics.SHARP
    )
    return opening, resists


def _and_holes(values: Array, its: Lines, else_: float) -> Array:
    """Values of lines, and one for all holes behind them."""
    holes = np.full((len(values), len(its.holes_m)), else_, dtype=values.dtype)
    return np.concatenate((values, holes), axis=1) if len(its.holes_m) else values


def suctions(its: Lines, now: State, forth: Floats, level_m: Floats) -> Floats:
    """Head at the suction of each pump above the ground, (W, P); far below where nothing reaches it.

    forth    (W, V)  how far each valve is open
    level_m  (W, M)
    """
    before = np.concatenate((forth, np.ones((len(forth), 1))), axis=1)[:, its.before].min(axis=2)
    stands = piping.suctions(its.piping, now.opening[:, 0], now.joints_m, level_m)
    found: Floats = select(before > 0.0, stands, -piping.UNBOUND)
    return found


def _sees(row: Row, thing: str) -> Said:
    its, flows = row.facts(Lines), row.state(State).line_flow_m3_s[row.at]
    if (hole := HOLE.format(thing)) in its.links and flows[its.links.index(hole)] > LEAKS_M3_S:
        return say("seen.line-leaks", thing=thing)
    flow = float(flows[its.names.index(thing)])
    return say("seen.line-flows" if abs(flow) > FLOWS_M3_S else "seen.line", thing=thing)


PART = Part(
    "lines", "line", Line, State, Controls,
    verbs=(Does("check", look, work=lambda row, order: LOOK_S, worked=seen),),
    sees=_sees,
)  # fmt: skip
