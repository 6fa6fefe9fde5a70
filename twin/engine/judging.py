"""First times of what objectives and facts name, and the readings that facts measure, worked out while a run goes on."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from twin.base.arrays import NEVER, Bools, floats, ints, with_none
from twin.engine.model import FactsTable, Model
from twin.engine.world import World
from twin.language.load import Collector
from twin.language.spec import Fact
from twin.parts.part import Column

A = TypeVar("A", bound=np.generic)


def table(entries: list[Fact], columns: list[Column | None], into: Collector) -> FactsTable:
    """What the facts of a scenario measure, and their bands; columns[k] is None where a time is measured, or nothing that is."""
    bands = []
    for entry, column in zip(entries, columns, strict=True):
        wanted = column.dimension if column else ("time" if entry.of.form == "time from" else "moment")
        band = into.attempt(entry.place, entry.band.of, wanted) or entry.band
        bands.append(band)
        if entry.of.reading is not None and column is None:
            continue  # said already
        if band.dimension != wanted and not (wanted == "fraction" and band.dimension == "number"):
            into.add(f"{entry.name} measures a {wanted}, and its band is a {band.dimension}.", "", entry.place)
    return FactsTable(
        names=tuple(e.name for e in entries),
        form=tuple(e.of.form for e in entries),
        at_end=tuple(e.of.at_end for e in entries),
        column=ints(-1 if c is None else c.index for c in columns),
        scale=floats(1.0 if c is None else c.scale for c in columns),
        dimension=tuple(
            "moment" if c is None and e.of.form == "time of" else "time" if c is None else c.dimension
            for e, c in zip(entries, columns, strict=True)
        ),
        low=floats(b.low for b in bands),
        high=floats(b.high for b in bands),
    )


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
