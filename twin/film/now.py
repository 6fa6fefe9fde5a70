"""The headline of the film: what is true now, of what weighs most first; and the last thing that happened.

A sentence that stays on the screen says no number that changes; numbers stand in the line of facts. A fact that finds no
room is left out whole.
"""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from twin.base.arrays import Floats
from twin.base.fault import shown
from twin.base.json import Json
from twin.debrief import history
from twin.engine.orders import Event
from twin.engine.parts import kinds
from twin.engine.session import Session
from twin.film import look
from twin.parts.node import Node
from twin.parts.tank_entry import Tank
from twin.parts.transfer_entry import Transfer

WIDTH = 78  # characters of the headline beside the clock
GONE = 0.1  # of the largest gap: an instrument this near the truth shows it again
LIES_M3 = 0.05  # as much as the debrief rounds to nothing
_SAID = kinds("pictured") - {"seen"}  # what a person sees of an overflow stands in the headline already


class Clause(NamedTuple):
    """Something that is so from one tick up to another; the lighter the number, the more it weighs."""

    weight: int
    begin: int
    end: int
    text: str


def headlines(session: Session, found: Json, last: int) -> tuple[tuple[int, str], ...]:
    """What is true, by the tick from which it is, up to the last tick: (tick, sentence)."""
    clauses = [
        *_tanks(session, last), *_bunds(session, last), *_events(session, last), *_misled(session, found, last),
        *_transfers(session, last),
    ]  # fmt: skip
    title = session.model.spec.title
    ticks = sorted(t for t in {0, *(c.begin for c in clauses), *(c.end for c in clauses)} if t <= last)
    told = [(t, _sentence([c for c in clauses if c.begin <= t < c.end]) or title) for t in ticks]
    return tuple(next(same) for _, same in itertools.groupby(told, key=lambda pair: pair[1]))


def _sentence(clauses: list[Clause]) -> str:
    """The weightiest clauses, as many as there is room for."""
    said = ""
    for clause in sorted(clauses, key=lambda c: (c.weight, -c.begin, c.text)):
        longer = f"{said}; {clause.text}" if said else clause.text
        if not said or (len(longer) <= WIDTH and clause.text not in said):
            said = longer
    return look.sentence(shown(said))


def happened(session: Session) -> tuple[tuple[int, str], ...]:
    """What happened, in its own words: (tick, text)."""
    return tuple((e.tick, _plain(e)) for e in session.block.events[0] if e.kind in _SAID)


def _plain(event: Event) -> str:
    text = look.typeset(shown(event.text))
    return text.partition(": ")[2] or text if event.kind == "inject" else text


# clauses


def _while(values: Floats) -> Iterator[tuple[int, int]]:
    """From when to when a column is above zero."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], values > 0.0, [False])).astype(int)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _column(session: Session, name: str) -> Floats:
    return history.column(session, session.model.signals.at[name])


def _tanks(session: Session, last: int) -> Iterator[Clause]:
    for name in session.model.spec.farm.of(Tank):
        for begin, end in _while(_column(session, f"{name}.overflow")):
            yield Clause(0, begin, end, f"{name} runs over")


def _bunds(session: Session, last: int) -> Iterator[Clause]:
    """What was spilled, while nothing runs over any more: more than what rain can have brought, and not in an interceptor, which is full."""
    its = session.model.tanks
    fell_m = np.cumsum(_column(session, "weather.rain"))
    nodes = session.model.spec.farm.of(Node)
    taken = {name for name, its in nodes.items() if its.receives}  # what was sent there was not spilled
    for name in (n.removesuffix(".liquid") for n in session.model.signals.at if n.endswith(".liquid")):
        m = its.names.index(name)
        if name in taken or its.separates[m]:
            continue
        for begin, end in _while(_column(session, f"{name}.liquid") - fell_m * its.open_m2[m] - LIES_M3):
            yield Clause(4, begin, end, f"what was spilled lies in {name}")


def _events(session: Session, last: int) -> Iterator[Clause]:
    """What an event makes so until its undoing."""
    listed = session.block.events[0]
    undone = {"power": "power", "trip-unproven": "trip-proven", "alarm": "alarm-cleared"}
    for number, event in enumerate(listed):
        text = _lasting(event)
        if text:
            weight = {"alarm": 5, "mustered": 7}.get(event.kind, 2)
            end = next(
                (e.tick for e in listed[number + 1 :] if e.kind == undone.get(event.kind) and e.subject == event.subject), last + 1
            )  # fmt: skip
            yield Clause(weight, event.tick, end, text)


def _lasting(event: Event) -> str:
    """What is so after an event, "" where it is a thing of the moment."""
    name = event.subject
    if event.kind == "power":
        return shown(event.text) if event.said.key == "power.lost" else ""
    return {
        "bund-full": f"liquid has left {name}", "trip": f"{name} has tripped", "trip-unproven": f"the stroke of {name} is not proven",
        "alarm": f"{name} stands", "mustered": "all heads are counted",
    }.get(event.kind, "")  # fmt: skip


def _misled(session: Session, found: Json, last: int) -> Iterator[Clause]:
    """An instrument that shows something else than the truth, and whether somebody doubts it."""
    names = session.model.instruments.names
    for its in found["misled"]:
        if its["gap"] is None:
            continue
        i, begin, doubt = names.index(its["instrument"]), its["onset_s"], its["first_doubt_s"]
        apart = history.true_of(session, i) - history.column(session, session.model.signals.first_instrument + i)
        wrong = np.flatnonzero(np.abs(apart) > GONE * float(np.abs(apart[begin:]).max()))
        end = int(wrong.max()) + 1
        says = f"{its['instrument']} shows too {'little' if float(apart[wrong].mean()) > 0.0 else 'much'}"
        doubted = end if doubt is None else min(doubt, end)
        yield Clause(3, begin, doubted, f"{says}, nobody doubts it")
        yield Clause(3, doubted, end, f"{says} and is doubted")


def _transfers(session: Session, last: int) -> Iterator[Clause]:
    """What is filled; and that it has stopped."""
    tanks = session.model.spec.farm.of(Tank)
    for name, its in session.model.spec.farm.of(Transfer).items():
        runs = list(_while(_column(session, f"{name}.running")))
        for begin, end in runs:
            yield Clause(6, begin, end, f"{name} {'fills' if str(its.end) in tanks else 'goes to'} {its.end}")
        for (_, stopped), (again, _) in itertools.pairwise([*runs, (last + 1, 0)]):
            yield Clause(6, stopped, again, f"{name} has stopped")
