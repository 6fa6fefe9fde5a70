"""First times of what objectives and facts name, and the readings that facts measure, worked out while a run goes on."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from twin.base.arrays import NEVER, Bools, with_none
from twin.engine.model import Model
from twin.engine.world import World

A = TypeVar("A", bound=np.generic)


def judge(model: Model, world: World) -> Bools:
    """Keeps when sentences first held; returns which cues of facts hold now, (W, F)."""
    judged, facts, tick = model.judged, model.facts, world.tick
    wide = with_none(world.holds)
    a, b = wide[:, judged.first], wide[:, judged.second]
    was_open = world.judged_second >= NEVER
    world.judged_first = np.minimum(world.judged_first, np.where(a, tick, NEVER))
    world.judged_second = np.minimum(world.judged_second, np.where(b, tick, NEVER))
    reached = world.judged_second <= tick
    world.judged_after = np.minimum(world.judged_after, np.where(a & reached, tick, NEVER))
    world.judged_at = np.where(was_open & reached, a, world.judged_at)
    of_facts: Bools = a[:, len(judged.names) - len(facts.names) :]
    return of_facts


def measure(model: Model, world: World, cue_holds: Bools) -> None:
    """Readings that facts ask for: extremes and means at every scan, others when their cue first holds."""
    facts = model.facts
    reading = world.signals[:, facts.column] * facts.scale
    for f, form in enumerate(facts.form):
        if facts.column[f] < 0 or facts.at_end[f]:
            continue
        old, count = world.fact_value[:, f], world.fact_count[:, f]
        take = cue_holds[:, f] & (count == 0) if form == "at" else np.ones(len(old), dtype=bool)
        value = reading[:, f]
        if form == "max":
            value = np.where(count == 0, value, np.maximum(old, value))
        elif form == "min":
            value = np.where(count == 0, value, np.minimum(old, value))
        elif form == "mean":
            value = old + (value - old) / (count + 1)
        world.fact_value = _with_column(world.fact_value, f, np.where(take, value, old))
        world.fact_count = _with_column(world.fact_count, f, count + take)


def _with_column(values: npt.NDArray[A], column: int, new: npt.NDArray[A]) -> npt.NDArray[A]:
    copy = values.copy()
    copy[:, column] = new
    return copy
