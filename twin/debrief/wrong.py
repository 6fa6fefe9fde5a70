"""What really went wrong in a world: each thing once, since when, by which names it is named, and what points at it.

A gauge that shows something else than the truth; a supply that readings, valves or the desk hang on, lost; a switch or an
interlock that should have acted and did not; an order that is unproven when its time is over; and where there is none of
these, the first limit passed (design, section 7). What follows from a lost supply is one thing with it. What `works` lists
as out of service is known, and no finding of anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from twin.base.arrays import NEVER
from twin.engine import relations
from twin.engine.orders import Act, Event
from twin.engine.parts import WORDS
from twin.engine.relations import Names, Relations
from twin.engine.scan import Block
from twin.parts.action import PHASES, PROVEN, TIMED_OUT

_MOVES = frozenset({"open", "close", "set", "start", "stop", "trip"})
"""Verbs whose order is proven by the plant itself."""


class Kind(Enum):
    """What kind of thing went wrong."""

    GAUGE = "gauge"
    SWITCH = "switch"
    SUPPLY = "supply"
    INTERLOCK = "interlock"
    ORDER = "order"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that went wrong. Ticks."""

    thing: str
    kind: Kind
    onset: int
    names: Names  # who says one of these has named it
    about: Names  # what points at any of these points there

    @property
    def stopping_names(self) -> bool:
        """Whether an act that stops its flow is as good as its name."""
        return self.kind in {Kind.LIMIT, Kind.SUPPLY}


def found(block: Block, row: int) -> list[Wrong]:
    """Everything that went wrong, by its onset; a limit passed only where there is nothing else."""
    its = relations.of(block.model)
    supplies = [*_supplies(block, row, its)]
    lost = {name: w.onset for w in supplies for name in its.supplies[w.thing]}
    others = [
        *_gauges(block, row, its),  # of a sound signal: what a lost supply holds shows that it is bad
        *(
            w
            for w in _interlocks(block, row, its)
            if not _for_lack_of(lost, w, its.moves(w.thing) | its.runs_on(w.thing))
        ),
        *(w for w in _orders(block, row, its) if not _for_lack_of(lost, w, w.names)),
    ]
    first: dict[str, Wrong] = {}
    for w in sorted((*supplies, *others), key=lambda w: (w.onset, w.thing)):
        if w.thing not in its.out_of_service:
            first.setdefault(w.thing, w)
    return list(first.values()) or _limits(block, row, its)


def _for_lack_of(lost: dict[str, int], w: Wrong, needs: Names) -> bool:
    """Whether a thing did not do what it should because what it needs hangs on a supply that was lost before."""
    return any(lost[name] <= w.onset for name in needs if name in lost)


def _made(its: Relations, thing: str, kind: Kind, onset: int) -> Wrong:
    return Wrong(thing, kind, onset, its.named_with(thing), its.about(thing))


def _supplies(block: Block, row: int, its: Relations) -> Iterator[Wrong]:
    """Supplies that were lost by themselves, not with what feeds them."""
    lost: dict[str, int] = {}
    for event in block.events[row]:
        if event.kind == "power" and event.said.key == "power.lost" and event.subject not in lost:
            above = any(event.subject in its.supplies[u] for u in lost)
            lost[event.subject] = event.tick
            if not above and len(its.supplies[event.subject]) > 1:
                yield _made(its, event.subject, Kind.SUPPLY, event.tick)


def _gauges(block: Block, row: int, its: Relations) -> Iterator[Wrong]:
    gauges, onset = block.model.instruments, block.world.instruments.onset[row]
    for i in np.flatnonzero(onset < NEVER).tolist():
        kind = Kind.SWITCH if gauges.is_switch[i] else Kind.GAUGE
        yield _made(its, gauges.names[i], kind, int(onset[i]))


def _interlocks(block: Block, row: int, its: Relations) -> Iterator[Wrong]:
    known: set[str] = set()
    for event in block.events[row]:
        if event.kind in {"no-trip", "trip-unproven"} and event.subject not in known:
            known.add(event.subject)
            yield _made(its, event.subject, Kind.INTERLOCK, event.tick)


def _orders(block: Block, row: int, its: Relations) -> Iterator[Wrong]:
    """Things that did not do what they were told, though nothing else was asked of them in between."""
    known: set[str] = set()
    for n, end in enumerate(block.acts[row]):
        if end.end != PHASES[TIMED_OUT] or end.verb not in _MOVES or end.thing in known:
            continue
        given = next(
            (
                a
                for a in reversed(block.acts[row][:n])
                if not a.end and (a.cell, a.sentence) == (end.cell, end.sentence)
            ),
            None,
        )
        if given is None or _overtaken(block.acts[row][:n], given):
            continue
        known.add(end.thing)
        yield _made(its, end.thing, Kind.ORDER, given.tick + _needs(block, end))


def _overtaken(acts: list[Act], given: Act) -> bool:
    """Whether somebody asked for something else of the same thing since."""
    later = acts[acts.index(given) + 1 :]
    return any(a.thing == given.thing and not a.end and WORDS.verbs[a.verb].undoes == given.verb for a in later)


def _needs(block: Block, act: Act) -> int:
    """Seconds that a sound thing needs to do what it is told: a stroke, or what its sender takes to answer."""
    model = block.model
    if act.thing in model.valves.names:
        return round(float(model.valves.stroke_s[model.valves.names.index(act.thing)]))
    if act.thing in model.transfers.names:
        return round(float(model.transfers.answers_s[model.transfers.names.index(act.thing)]))
    if act.thing in model.interlocks.names:
        return round(float(model.interlocks.proof_ticks[model.interlocks.names.index(act.thing)]) / 2)
    return 0


def _limits(block: Block, row: int, its: Relations) -> list[Wrong]:
    """The first limit that was passed."""
    event = first_event(block, row, "overflow", "alarm", "trip")
    return [] if event is None else [_made(its, event.subject, Kind.LIMIT, event.tick)]


def first_event(block: Block, row: int, *kinds: str) -> Event | None:
    """The first event of one of these kinds."""
    return next((e for e in block.events[row] if e.kind in kinds), None)


def ended_well(act: Act) -> bool:
    """Whether it was proven."""
    return act.end == PHASES[PROVEN]
