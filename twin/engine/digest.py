"""Which arrays make the digest of a world, and in which order: a list, so that moving an array moves no bit.

A digest is part of every run file. `DIGEST_1` names where each array of the first run format stands now; an array that
it does not name follows behind, in the order of its part.
"""

import dataclasses
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

DIGEST_1 = tuple(
    """
    farm.volume_m3 farm.total_m3 farm.level_m farm.position farm.opening farm.flow_m3_s farm.gain_m3 farm.given_m3
    farm.passed_m3 farm.overflow_m3_s farm.line_flow_m3_s farm.moved_m3 farm.received_m3 farm.spilled_m3 farm.spilled
    farm.escaped_m3 farm.battery_s farm.alive
    controls.target controls.by_hand controls.valve_stuck controls.motor_fault controls.passing controls.running
    controls.sending controls.node_flow_m3_s controls.lost controls.temperature_k controls.weather controls.stuck
    controls.dead controls.bad controls.off_scale controls.bias controls.drift controls.noise controls.shelved
    controls.out_of_service controls.bypassed controls.reacts_s controls.on_plan
    gauges.lagged gauges.drifted gauges.shown gauges.good gauges.onset
    values.ring values.flowed_m3 values.base_m3 values.shown values.known
    alarms.standing alarms.announced alarms.acknowledged alarms.suppressed alarms.differs_for alarms.first_out
    alarms.risen alarms.flood interlocks.tripped interlocks.demanded interlocks.demanded_for
    tests guard_since cue_since edges holds happened accepted proven
    table.phase table.due table.count table.epoch
    crews.x_m crews.y_m crews.place crews.phase crews.arrives crews.to_x_m crews.to_y_m crews.to_place crews.order
    ramp_from ramp_start revert_to judged_first judged_second judged_after judged_at fact_value fact_count start_m3
    line_delay_s line_dropped slow board
    """.split()  # noqa: SIM905
)

LEFT_OUT = frozenset({"farm.passing"})
"""Only tells whether the controls were written since; what it holds is there itself."""


def places(value: object, before: str = "") -> Iterator[str]:
    """Where the arrays of a dataclass stand, nested ones too, in the order of its fields."""
    for item in dataclasses.fields(value):  # type: ignore[arg-type]
        found = getattr(value, item.name)
        if isinstance(found, np.ndarray):
            yield before + item.name
        elif dataclasses.is_dataclass(found):
            yield from places(found, f"{before}{item.name}.")


def order_of(value: object) -> tuple[str, ...]:
    """The places of all arrays that a digest takes in, in its order."""
    others = (place for place in places(value) if place not in DIGEST_1 and place not in LEFT_OUT)
    return (*DIGEST_1, *others)


def arrays(value: object) -> Iterator[Array]:
    """All arrays that a digest takes in, in its order."""
    return (attrgetter(place)(value) for place in order_of(value))


def rows_bytes(value: object, rows: int) -> Iterator[bytes]:
    """The bits of each world's state, one after the other."""
    listed = list(arrays(value))
    return (b"".join(array[row].tobytes() for array in listed) for row in range(rows))
