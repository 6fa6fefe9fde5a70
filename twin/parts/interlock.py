"""Interlocks: votes, delays, latches, bypasses; a trip lies as a mask over what anybody asks of a valve.

A latched trip stays until a person resets it, and can only be reset when its cause is gone. A bypassed interlock
does not act; an emergency stop does whatever is bypassed. One whose controller is lost does nothing new and holds
what it holds.
"""

from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, array, bools, index_of, ints, padded, select, some, with_none
from twin.base.fault import Fault
from twin.language import fields as f
from twin.language import readers as r
from twin.language.entry import Thing, key
from twin.language.sentence import Name
from twin.language.syntax import Act, Cue
from twin.language.words import POSTS, EventKind, Heard
from twin.parts.action import (
    EXTRA_PROOF_S,
    FAILED,
    IDLE,
    PROVE,
    PROVEN,
    REACT,
    STROKES_ALLOWED,
    WORK,
    Begun,
    Order,
    Row,
    done,
)
from twin.parts.part import Does, Edge, Part, Path, Task, fault
from twin.text.say import Amount, Said, say

LONGEST_BYPASS_S = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Interlock(Thing):
    """What acts by itself, or at a button."""

    when: Cue | None = key(r.cue(), "when", "what trips it", default=None)
    then: tuple[Act, ...] = key(r.acts(), "then", "what it does", default=())
    permits: tuple[Act, ...] = key(
        r.acts(),
        "permits",
        "a permissive: what the desk may do only while its condition holds; it does nothing itself",
        default=(),
    )
    delay_s: float = key(f.quantity("time", 0, 3600), "delay", "before it trips", default=0.0, why="none")
    proof: Cue | None = key(r.cue(), "proof", "what shows that it acted", default=None)
    latch: bool = key(f.flag(), "latch", "stays until reset", default=True, why="a trip is let go by a person")
    reset_by: str = key(
        f.name_of("posts", *(f"word:{p}" for p in POSTS)),
        "reset by",
        "who may let it go",
        default="",
        why="any post that may reset",
    )
    system: str = key(
        f.name_of("utilities", "word:BPCS", "word:SIS"),
        "system",
        "the controller it runs in",
        default="SIS",
        why="protection stands apart from control",
    )
    target: str = key(f.words(), "target", "its integrity, such as SIL 1", default="")
    button: bool = key(f.flag(), "button", "an emergency stop that anybody may press", default=False)


@dataclass(frozen=True, slots=True)
class Interlocks:
    """Fixed facts, (K,) each."""

    names: tuple[str, ...]
    delay_ticks: Ints
    latched: Bools
    system: Ints
    closes: Ints  # (V, k) interlocks that close each valve
    opens: Ints  # (V, k)
    stops: Ints  # (P, k) interlocks that stop each pump and hold it off
    proof_ticks: Ints  # time in which the stroke must be proven
    reset_by: tuple[str, ...]  # the post that alone may, "" for any
    permissive: Bools  # does nothing itself
    permits: dict[tuple[str, str], tuple[int, ...]]  # by verb and thing: those that must hold


@dataclass(frozen=True, slots=True)
class State:
    """(W, K) each. Nothing is tripped before the first scan."""

    tripped: Bools = array(bool)
    demanded: Bools = array(bool)
    demanded_for: Ints = array(int)


@dataclass(slots=True)
class Controls:
    """(W, K)."""

    bypassed: Bools = array(bool, path=fault("bypassed", "flag", "does not act", "bypassed"))


def build(
    entries: dict[str, Interlock], utilities: tuple[str, ...], valves: tuple[str, ...], stroke_s: Floats,
    pumps: tuple[str, ...], ways: dict[str, frozenset[str]],
) -> Interlocks:  # fmt: skip
    """The interlocks of a farm, over its valves and their strokes, its pumps, and what stands on the way of each transfer."""
    listed = list(entries.values())
    for entry in listed:
        if bool(entry.then) == bool(entry.permits):
            what = "does nothing." if not entry.then else "both acts and permits."
            raise Fault(f"{entry.name} {what}", "Write then: [close XV-1], or permits: [open XV-1].", entry.place)
        if entry.permits and entry.when is None:
            raise Fault(f"{entry.name} permits on no condition.", "Write when: LT-1 < 10 m.", entry.place)

    def moves(verb: str, things: tuple[str, ...]) -> Ints:
        return padded(
            [[k for k, e in enumerate(listed) if any(a.verb == verb and _thing(a) == t for a in e.then)] for t in things],
            len(listed),
        )  # fmt: skip

    strokes = [
        max([stroke_s[valves.index(_thing(a))] for a in e.then if _thing(a) in valves], default=0.0) for e in listed
    ]
    return Interlocks(
        names=tuple(entries),
        delay_ticks=ints(round(e.delay_s) for e in listed),
        latched=bools(e.latch for e in listed),
        system=ints(index_of(utilities, e.system if e.system in utilities else "") for e in listed),
        closes=moves("close", valves),
        opens=moves("open", valves),
        stops=moves("stop", pumps),
        proof_ticks=ints(round(STROKES_ALLOWED * s + EXTRA_PROOF_S) for s in strokes),
        reset_by=tuple(str(e.reset_by) for e in listed),
        permissive=bools(bool(e.permits) for e in listed),
        permits=_permits(listed, ways),
    )


def _permits(listed: list[Interlock], ways: dict[str, frozenset[str]]) -> dict[tuple[str, str], tuple[int, ...]]:
    """By what somebody may order: the permissives of it; starting a transfer opens valves and starts pumps on its way."""
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for k, entry in enumerate(listed):
        for act in entry.permits:
            orders = {(act.verb, _thing(act)), *([("set", _thing(act))] if act.verb == "open" else [])}
            orders |= {("start", name) for name, things in ways.items() if _thing(act) in things}
            for order in sorted(orders):
                found[order] = (*found.get(order, ()), k)
    return found


def _thing(act: Act) -> str:
    """The name that an act speaks of, "" for a path or nothing."""
    return act.thing.text if isinstance(act.thing, Name) else ""


def step(interlocks: Interlocks, state: State, demanded: Bools, bypassed: Bools, alive: Bools) -> State:
    """Interlocks one tick later.

    demanded  (W, K)     what their sentences say
    bypassed  (W, K)
    alive     (W, U + 1)
    """
    if not interlocks.names:
        return state
    if not (some(demanded) or some(state.demanded) or some(state.tripped)):
        return state  # nothing changes: same bits
    works = alive[:, interlocks.system]
    demanded_for = select(demanded, state.demanded_for + 1, 0)
    acts = (demanded_for > interlocks.delay_ticks) & ~bypassed & works & ~interlocks.permissive
    keeps = state.tripped & (interlocks.latched | demanded | ~works)
    return replace(state, tripped=keeps | acts, demanded=demanded, demanded_for=demanded_for)


def forced(interlocks: Interlocks, tripped: Bools) -> Floats:
    """Where trips hold the valves, (W, V): 0 closed, 1 open, -1 free. Closing wins."""
    wide = with_none(tripped)
    closed = wide[:, interlocks.closes].any(axis=-1)
    opened = wide[:, interlocks.opens].any(axis=-1)
    return select(closed, 0.0, select(opened, 1.0, -1.0))


def held_off(interlocks: Interlocks, tripped: Bools) -> Bools:
    """Which pumps trips hold off, (W, P)."""
    found: Bools = np.logical_or.reduce(with_none(tripped)[:, interlocks.stops], axis=-1)
    return found


def idle(interlocks: Interlocks, demanded_for: Ints, tripped: Bools) -> Bools:
    """Those that should have acted by now and have not, (W, K)."""
    found: Bools = (demanded_for > interlocks.delay_ticks) & ~tripped & ~interlocks.permissive
    return found


# edges and tasks


def _idle(row: Row, k: int, begins: bool) -> None:
    if begins:
        name = row.facts(Interlocks).names[k]
        row.emit("no-trip", name, say("trip.missing", name=name))


def _tripped(row: Row, k: int, begins: bool) -> None:
    if begins:
        name = row.facts(Interlocks).names[k]
        row.emit("trip", name, _trips(row, k))
        row.wait("trips", k, REACT, row.tick)


def _trips(row: Row, k: int) -> Said:
    acts = tuple(say("plain", text=a.sentence) for a in row.trip_acts(k))
    return say("trip.acts", name=row.facts(Interlocks).names[k], acts=acts)


def _trip_goes_on(row: Row, k: int) -> None:
    """A trip acts in the scan after it was noticed; then its stroke is to be proven in time."""
    name, proof = row.facts(Interlocks).names[k], row.trip_proof(k)
    if row.phase("trips", k) == REACT:
        for action in row.trip_acts(k):
            row.run(action)
        if proof < 0:
            row.wait("trips", k, IDLE)
            return
        row.wait("trips", k, PROVE, row.tick + int(row.facts(Interlocks).proof_ticks[k]))
        if not row.shows(proof):
            return
    if row.shows(proof):
        row.wait("trips", k, PROVEN)
        row.emit("trip-proven", name, say("trip.proven", name=name))
    else:
        row.wait("trips", k, FAILED)
        row.emit("trip-unproven", name, say("trip.unproven", name=name))


def _bypass_ends(row: Row, k: int) -> None:
    row.wait("bypasses", k, IDLE)
    name = row.facts(Interlocks).names[k]
    row.write(Controls).bypassed[row.at, k] = False
    row.emit("bypass", name, say("bypass.ends", name=name))


# what people do


def refusal(row: Row, order: Order) -> Said | None:
    """Why an order from a desk is not permitted; None where it is. Whoever turns a thing by hand asks no permissive."""
    its = row.facts(Interlocks)
    asked = its.permits.get((order.action.verb, order.thing), ())
    if not asked or row.by_hand(order):
        return None
    now, bypassed = row.state(State).demanded, row.controls(Controls).bypassed
    for k in asked:
        holds = bool(now[row.at, k]) and row.alive(int(its.system[k]))
        if not (holds or bypassed[row.at, k]):
            return say("why.not-permitted", thing=order.thing, name=its.names[k])
    return None


def _trip(row: Row, order: Order) -> Begun | Said:
    its, now = row.facts(Interlocks), row.state(State)
    k = its.names.index(order.thing)
    if its.permissive[k]:
        return say("why.nothing-to-trip", thing=order.thing)
    if not row.alive(int(its.system[k])):
        return say("why.controller-lost", thing=order.thing)
    tripped = now.tripped.copy()
    tripped[row.at, k] = True
    row.replace(replace(now, tripped=tripped))
    proof = row.trip_proof(k)
    if proof < 0:
        return done(order)
    return Begun(replace(order, proof=proof), PROVE, row.tick + int(its.proof_ticks[k]))


def _reset(row: Row, order: Order) -> Begun | Said:
    its, now = row.facts(Interlocks), row.state(State)
    k = its.names.index(order.thing)
    by = its.reset_by[k]
    if by and by != row.post(order):
        return say("why.reset-by", thing=order.thing, post=by)
    if not now.tripped[row.at, k]:
        return say("why.not-tripped", thing=order.thing)
    if now.demanded[row.at, k]:
        return say("why.cause-stands", thing=order.thing)
    tripped = now.tripped.copy()
    tripped[row.at, k] = False
    row.replace(replace(now, tripped=tripped))
    for v in range(len(its.closes)):  # what was asked before the trip must not come back by itself
        if k in its.closes[v]:
            row.ask(v, 0.0, by_hand=None)
        elif k in its.opens[v]:
            row.ask(v, 1.0, by_hand=None)
    for p in range(len(its.stops)):
        if k in its.stops[p]:
            row.drive(p, runs=False)
    return done(order)


def _bypass(row: Row, order: Order) -> Begun | Said:
    action = order.action
    if not action.because:
        return say("why.bypass-reason")
    if not 0 < action.for_ticks <= LONGEST_BYPASS_S:
        return say("why.bypass-span")
    k = row.facts(Interlocks).names.index(order.thing)
    if row.controls(Controls).bypassed[row.at, k]:
        return say("why.bypassed-already", thing=order.thing)
    row.write(Controls).bypassed[row.at, k] = True
    row.wait("bypasses", k, WORK, row.tick + action.for_ticks)
    span = Amount(float(action.for_ticks), "time", 0)
    row.emit(
        "bypass",
        order.thing,
        say("bypass.begins", name=order.thing, span=span, because=action.because),
        row.post(order),
    )
    return done(order)


def _restore(row: Row, order: Order) -> Begun | Said:
    k = row.facts(Interlocks).names.index(order.thing)
    if not row.controls(Controls).bypassed[row.at, k]:
        return say("why.not-bypassed", thing=order.thing)
    row.write(Controls).bypassed[row.at, k] = False
    row.wait("bypasses", k, IDLE)
    row.emit("bypass", order.thing, say("bypass.restored", name=order.thing), row.post(order))
    return done(order)


def _check(row: Row, order: Order) -> Begun | Said:
    k = row.facts(Interlocks).names.index(order.thing)
    if row.state(State).tripped[row.at, k]:
        told = say("seen.tripped", thing=order.thing)
    else:
        told = say("seen.not-tripped", thing=order.thing)
    if row.controls(Controls).bypassed[row.at, k]:
        told = say("seen.bypassed", what=told)
    row.emit("seen", order.thing, told, row.post(order))
    return done(order)


PART = Part(
    "interlocks", "interlock", Interlock, State, Controls,
    paths=(Path("tripped", "flag", "acts"),),
    edges=(Edge("tripped", ("interlocks.tripped",), lambda its, tripped: tripped, _tripped, found=False),
           Edge("idle", ("interlocks.demanded_for", "interlocks.tripped"), idle, _idle)),
    events=(
        EventKind("trip", Heard.DESK, "an interlock acted", weight=1, urgent=True, told=True, pictured=True, marked=True,
                  counted=True),
        EventKind("trip-proven", Heard.DESK, "the stroke of a trip was proven", weight=5, told=True, pictured=True),
        EventKind("trip-unproven", Heard.DESK, "the stroke of a trip was not proven in time", weight=0, urgent=True,
                  told=True, pictured=True, marked=True, counted=True),
        EventKind("no-trip", Heard.NOBODY, "an interlock should have acted and did not"),
        EventKind("bypass", Heard.DESK, "an interlock was bypassed or restored", told=True),
    ),
    verbs=(
        Does("trip", _trip), Does("reset", _reset), Does("bypass", _bypass), Does("restore", _restore), Does("check", _check),
    ),
    tasks=(
        Task("trips", _trip_goes_on, proof=lambda row, k: row.trip_proof(k)),
        Task("bypasses", _bypass_ends),
    ),
    mended="{name} in service", rank=5, out_of_service=lambda its: "bypassed",
)  # fmt: skip
