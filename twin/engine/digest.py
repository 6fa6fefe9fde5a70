"""Which arrays make the digest of a world, and in which order: a list, so that moving an array moves no bit.

A digest is part of every run file. `DIGEST_1` names where each array of the first run format stands now; an array that
it does not name follows behind, in the order of its part.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

DIGEST_1 = tuple(
    """
    tanks.volume_m3 tanks.total_m3 tanks.level_m valves.position lines.opening lines.flow_m3_s lines.gain_m3 lines.given_m3
    transfers.passed_m3 tanks.overflow_m3_s lines.line_flow_m3_s transfers.moved_m3 nodes.received_m3 tanks.spilled_m3
    spilled.volume_m3 spilled.mass_kg tanks.escaped_m3 utilities.battery_s utilities.alive
    controls.valves.target controls.valves.by_hand controls.valves.stuck controls.valves.motor_fault controls.valves.passing
    controls.transfers.running controls.transfers.sending controls.nodes.flow_m3_s controls.utilities.lost
    controls.tanks.temperature_k controls.weather.wind_m_s controls.weather.comes_from_deg controls.weather.air_k
    controls.weather.humidity controls.weather.rain_m_s controls.weather.cloud
    controls.instruments.stuck controls.instruments.dead controls.instruments.bad controls.instruments.off_scale
    controls.instruments.bias controls.instruments.drift controls.instruments.noise
    controls.alarms.shelved controls.alarms.out_of_service controls.interlocks.bypassed controls.posts.reacts_s
    controls.posts.on_plan
    instruments.lagged instruments.drifted instruments.shown instruments.good instruments.onset
    calculated.ring calculated.flowed_m3 calculated.base_m3 calculated.shown calculated.known
    alarms.standing alarms.announced alarms.acknowledged alarms.suppressed alarms.differs_for alarms.first_out
    alarms.risen alarms.flood interlocks.tripped interlocks.demanded interlocks.demanded_for
    tests guard_since cue_since edges holds happened accepted proven
    table.phase_1 table.due_1 table.count_1 table.epoch_1
    people.x_m people.y_m people.place people.phase people.arrives people.to_x_m people.to_y_m people.to_place people.order
    changes.source_1 changes.began_1 changes.before_1 judged_first judged_second judged_after judged_at fact_value fact_count
    start_m3 line_delay_s line_dropped slow signals
    """.split()  # noqa: SIM905
)

IN_PART = frozenset(
    {"table.phase", "table.due", "table.count", "table.epoch", "changes.source", "changes.began", "changes.before",
     "changes.ways_1"}
)  # fmt: skip
"""Arrays of which the first format takes in what belongs to timeline and plan alone."""

COLUMNS_1 = ("tanks.level", "tanks.volume", "tanks.overflow", "tanks.temperature", "tanks.landed", "lines.flow",
             "valves.position", "transfers.running", "transfers.moved", "nodes.flow", "utilities.lost")  # fmt: skip
EDGES_1 = ("alarms.announced", "interlocks.tripped", "tanks.overflow", "valves.closed", "valves.opened", "utilities.alive",
           "alarms.flood", "transfers.metered", "tanks.landed")  # fmt: skip
TASKS_1 = ("injects", "reverts", "senders", "trips", "bypasses", "shelves", "sightings", "repeats", "lines", "orders")
"""The orders of the first run format: of the columns of signals, of edges, of what waits. What they do not name follows
behind, in the order of its part. They go with the second format, whose only order is that of the parts."""


def ranked(names: Iterable[str], order: tuple[str, ...]) -> list[str]:
    """Names in an order, those that it does not know behind the others as they came."""
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def places(value: object, before: str = "") -> Iterator[str]:
    """Where the arrays of a dataclass stand, nested ones too, in the order of its fields."""
    for item in dataclasses.fields(value):  # type: ignore[arg-type]
        found = getattr(value, item.name)
        if isinstance(found, np.ndarray):
            yield before + item.name
        elif dataclasses.is_dataclass(found):
            yield from places(found, f"{before}{item.name}.")


def taker(value: object) -> Callable[[Any], tuple[Array, ...]]:
    """What takes all arrays that a digest takes in, in its order, out of a value like this one."""
    return attrgetter(*DIGEST_1, *others(value))


def others(value: object) -> list[str]:
    """The places of the arrays that the first format does not name, in the order of their parts."""
    return [place for place in places(value) if place not in DIGEST_1 and place not in IN_PART]


def rows_bytes(arrays: tuple[Array, ...], rows: int) -> Iterator[bytes]:
    """The bits of each world's state, one after the other."""
    return (b"".join(array[row].tobytes() for array in arrays) for row in range(rows))
