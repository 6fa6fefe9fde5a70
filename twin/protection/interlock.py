"""Interlocks: votes, delays, latches, bypasses; a trip lies as a mask over what anybody asks of a valve.

A latched trip stays until a person resets it, and can only be reset when its cause is gone. A bypassed interlock
does not act; an emergency stop does whatever is bypassed. One whose controller is lost does nothing new and holds
what it holds.
"""

from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, select, some
from twin.farm.plant import Plant, index_of, ints, padded

STROKES_ALLOWED = 2.0
EXTRA_PROOF_S = 30.0


@dataclass(frozen=True, slots=True)
class Interlocks:
    """Fixed facts, (K,) each."""

    names: tuple[str, ...]
    delay_ticks: Ints
    latched: Bools
    system: Ints
    closes: Ints  # (V, k) interlocks that close each valve
    opens: Ints  # (V, k)
    proof_ticks: Ints  # time in which the stroke must be proven


@dataclass(frozen=True, slots=True)
class State:
    """(W, K) each."""

    tripped: Bools
    demanded: Bools
    demanded_for: Ints


def build(plant: Plant) -> Interlocks:
    """The interlocks of a farm."""
    entries = plant.names.farm.of("interlocks")
    listed = tuple(entries)

    def moves(verb: str) -> Ints:
        return padded(
            [
                [k for k, e in enumerate(entries.values()) if any(a.verb == verb and _thing(a) == v for a in e.then)]
                for v in plant.valves
            ],
            len(listed),
        )

    strokes = [
        max([plant.stroke_s[plant.valves.index(_thing(a))] for a in e.then if _thing(a) in plant.valves], default=0.0)
        for e in entries.values()
    ]
    return Interlocks(
        names=listed,
        delay_ticks=ints(round(e.delay_s) for e in entries.values()),
        latched=np.array([e.latch for e in entries.values()], dtype=bool),
        system=ints(
            index_of(plant.utilities, e.system if e.system in plant.utilities else "") for e in entries.values()
        ),
        closes=moves("close"),
        opens=moves("open"),
        proof_ticks=ints(round(STROKES_ALLOWED * s + EXTRA_PROOF_S) for s in strokes),
    )


def _thing(act: object) -> str:
    thing = act.thing  # type: ignore[attr-defined]
    return getattr(thing, "text", "")


def start(interlocks: Interlocks, worlds: int) -> State:
    """Nothing is tripped before the first scan."""
    shape = (worlds, len(interlocks.names))
    return State(
        tripped=np.zeros(shape, dtype=bool),
        demanded=np.zeros(shape, dtype=bool),
        demanded_for=np.zeros(shape, dtype=np.int64),
    )


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
    acts = (demanded_for > interlocks.delay_ticks) & ~bypassed & works
    keeps = state.tripped & (interlocks.latched | demanded | ~works)
    return replace(state, tripped=keeps | acts, demanded=demanded, demanded_for=demanded_for)


def forced(interlocks: Interlocks, tripped: Bools) -> Floats:
    """Where trips hold the valves, (W, V): 0 closed, 1 open, -1 free. Closing wins."""
    wide = np.concatenate((tripped, np.zeros((len(tripped), 1), dtype=bool)), axis=1)
    closed = wide[:, interlocks.closes].any(axis=-1)
    opened = wide[:, interlocks.opens].any(axis=-1)
    return select(closed, 0.0, select(opened, 1.0, -1.0))
