"""What the plant is now, and what people and the scenario have set: arrays `(worlds, things)`, worlds first."""

from dataclasses import dataclass

from twin.base.arrays import Bools, Floats


@dataclass(frozen=True, slots=True)
class State:
    """What liquid, valves and supplies are now."""

    volume_m3: Floats  # (W, Q, M) of each product in each vessel
    total_m3: Floats  # (W, M) all products
    level_m: Floats  # (W, M) as a gauge would meet it
    position: Floats  # (W, V) 0 closed, 1 open
    opening: Floats  # (W, P) of each path: its tightest valve
    passing: Floats  # (W, V) the controls' array of which `opening` was made
    flow_m3_s: Floats  # (W, P) along each path
    gain_m3: Floats  # (W, Q, M) what each vessel gained by paths in this tick
    given_m3: Floats  # (W, Q) what senders gave in this tick
    passed_m3: Floats  # (W, X) what each transfer moved in this tick
    overflow_m3_s: Floats  # (W, M) over lip, wall or brim
    line_flow_m3_s: Floats  # (W, L) from first end to second
    moved_m3: Floats  # (W, X) since the transfer started
    received_m3: Floats  # (W, Q) from senders
    spilled_m3: Floats  # (W, Q) over the lips of tanks, gross
    spilled: Floats  # (W, 2) volume and mass over the lips of tanks, gross
    escaped_m3: Floats  # (W, M) that left each vessel over its lip, gross
    battery_s: Floats  # (W, U) left
    alive: Bools  # (W, U + 1) supply or controller available; the last one always


@dataclass(slots=True)
class Controls:
    """What only the inbox writes: targets, requests, faults, settings. Copied before a command writes."""

    target: Floats  # (W, V) position asked for from the desk or by hand
    by_hand: Bools  # (W, V) a person turns it
    valve_stuck: Bools  # (W, V)
    motor_fault: Bools  # (W, V)
    passing: Floats  # (W, V)
    running: Bools  # (W, X) asked for and not ended
    sending: Bools  # (W, X) the sender pumps
    node_flow_m3_s: Floats  # (W, S) offered
    lost: Bools  # (W, U)
    temperature_k: Floats  # (W, T)
    weather: Floats  # (W, 6) in the order of the words table
    stuck: Bools  # (W, I)
    dead: Bools  # (W, I)
    bad: Bools  # (W, I)
    off_scale: Bools  # (W, I)
    bias: Floats  # (W, I)
    drift: Floats  # (W, I) per hour
    noise: Floats  # (W, I)
    shelved: Bools  # (W, A)
    out_of_service: Bools  # (W, A)
    bypassed: Bools  # (W, K)
    reacts_s: Floats  # (W, posts)
    on_plan: Bools  # (W, posts) the plan acts for it
