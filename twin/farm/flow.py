"""Moves liquid for one tick: valves stroke, paths flow, vessels fill and run over. Nothing is made or lost.

Volumes keep the density of their product at its reference temperature: heat comes with the whole plant
(decision 0003). A sender offers a given rate and holds it; a closing valve passes its share of opening
(assumed linear: the sender's pump has head to spare until the last of the stroke). What is offered and not
taken stays with the sender.
"""

from dataclasses import replace

import numpy as np

from twin.base.arrays import Bools, Floats, select
from twin.farm.plant import TABLE_CELLS, TABLE_HEAD_M, Plant
from twin.farm.state import Controls, State
from twin.physics import geometry, hydraulics

HOUR_S = 3600.0
_CELLS_PER_ROOT = TABLE_CELLS / float(np.sqrt(TABLE_HEAD_M))


def start(plant: Plant, volume_m3: Floats, position: Floats) -> State:
    """The plant at tick 0 with these contents (W, Q, M) and valve positions (W, V)."""
    worlds, n_products, n_vessels = volume_m3.shape
    n_lines, n_transfers, n_utilities = len(plant.lines), len(plant.transfers), len(plant.utilities)
    return State(
        volume_m3=volume_m3,
        level_m=level_of(plant, total_of(volume_m3)),
        position=position,
        overflow_m3_s=np.zeros((worlds, n_vessels)),
        line_flow_m3_s=np.zeros((worlds, n_lines)),
        moved_m3=np.zeros((worlds, n_transfers)),
        received_m3=np.zeros((worlds, n_products)),
        spilled_m3=np.zeros((worlds, n_products)),
        escaped_m3=np.zeros((worlds, n_vessels)),
        battery_s=np.broadcast_to(plant.battery_s, (worlds, n_utilities)).copy(),
        alive=np.ones((worlds, n_utilities), dtype=bool),
    )


def total_of(volume_m3: Floats) -> Floats:
    """All products of each vessel, (W, Q, M) to (W, M); added one by one, so that the order is fixed."""
    total = volume_m3[:, 0]
    for q in range(1, volume_m3.shape[1]):
        total = total + volume_m3[:, q]
    return total


def level_of(plant: Plant, total_m3: Floats) -> Floats:
    """Levels (W, M) of total volumes (W, M)."""
    v = plant.vessels
    return geometry.level_under_roof(total_m3 / v.area_m2, v.legs_m, v.draught_m)


def gathered(values: Floats, slots: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Floats:
    """Sums of the slots of each thing: values (W, n) and slots (things, k), padded with n, to (W, things)."""
    wide = np.concatenate((values, np.zeros((len(values), 1))), axis=1)
    if slots.shape[1] == 1:
        return wide[:, slots[:, 0]]
    return wide[:, slots].sum(axis=-1)


def supplies(plant: Plant, state: State, controls: Controls, dt_s: float) -> tuple[Floats, Bools]:
    """Battery charge left and which utilities are alive; what feeds comes before what is fed."""
    battery_s = state.battery_s.copy()
    alive = np.ones((len(battery_s), len(plant.utilities) + 1), dtype=bool)
    for u in plant.utility_order:
        fed = alive[:, plant.utility_from[u]]
        if plant.battery_s[u] > 0.0:
            change = select(fed, dt_s, -dt_s)
            battery_s[:, u] = np.minimum(np.maximum(battery_s[:, u] + change, 0.0), plant.battery_s[u])
            fed = fed | (battery_s[:, u] > 0.0)
        alive[:, u] = fed & ~controls.lost[:, u]
    return battery_s, alive


def stroked(
    position: Floats, demand: Floats, powered: Bools, by_hand: Bools, stuck: Bools, stroke_s: Floats, crank_s: Floats, dt_s: float
) -> Floats:
    """Where valves are after one tick on their way to a demand.

    position, demand  -  0 closed, 1 open
    powered, by_hand, stuck  -  bool
    stroke_s, crank_s, dt_s  s  end to end by motor, by hand; the tick
    returns           -
    """
    by_motor = select(powered, dt_s / stroke_s, 0.0)
    reach = select(by_hand, dt_s / crank_s, by_motor)
    reach = select(stuck, 0.0, reach)
    gap = demand - position
    return select(np.abs(gap) <= reach, demand, position + select(gap > 0.0, reach, -reach))


def sender_flows(plant: Plant, controls: Controls, opening: Floats) -> Floats:
    """Flow along each sender path, (W, P of senders)."""
    paths = plant.paths
    wanted = select(controls.sending, plant.transfer_rate_m3_s, 0.0)
    wide = np.concatenate((wanted, np.zeros((len(wanted), 1))), axis=1)
    asked = np.minimum(wide[:, plant.slots_transfer].max(axis=-1), controls.node_flow_m3_s)
    share = gathered(opening, plant.slots_sender)
    offered = (asked / np.maximum(share, 1.0))[:, paths.sender]
    return offered * opening


def gravity_flows(plant: Plant, state: State, controls: Controls, opening: Floats, total_m3: Floats, dt_s: float) -> Floats:
    """Flow along each path between vessels, (W, G), from first end to second; capped by what levels them."""
    paths, vessels = plant.paths, plant.vessels
    head = state.level_m + vessels.base_m
    end_b = paths.end_b[paths.n_senders :]
    drive = np.maximum(head[:, paths.end_a], paths.crest_m) - np.maximum(head[:, end_b], paths.crest_m)
    size_m = np.abs(drive)
    cells = np.minimum(np.sqrt(size_m) * _CELLS_PER_ROOT, TABLE_CELLS - 1e-9)
    low = np.floor(cells).astype(np.int64)
    flat = paths.open_flow_m3_s.reshape(-1)
    offset = low + np.arange(len(paths.end_a)) * (TABLE_CELLS + 1)
    below = flat[offset]
    open_flow = below + (flat[offset + 1] - below) * (cells - low)
    flow = hydraulics.throttled_flow(size_m, open_flow, paths.valve_resistance_s2_m5, opening)
    gates = np.concatenate((controls.running, np.ones((len(opening), 1), dtype=bool)), axis=1)[:, paths.gate]
    flow = select(gates, flow, 0.0)
    giver = select(drive > 0.0, total_m3[:, paths.end_a], total_m3[:, end_b])
    flow = np.minimum(flow, size_m * paths.levelling_m2 / dt_s)
    flow = np.minimum(flow, giver / (dt_s * len(paths.end_a)))
    return select(drive > 0.0, flow, -flow)


def step(plant: Plant, state: State, controls: Controls, forced: Floats, dt_s: float) -> State:
    """The plant one tick later. `forced` (W, V) is where trips hold valves, -1 where none does."""
    paths, vessels = plant.paths, plant.vessels
    worlds = len(forced)
    battery_s, alive = supplies(plant, state, controls, dt_s)
    demand = select(forced >= 0.0, forced, controls.target)
    powered = alive[:, plant.valve_power] & plant.motor
    position = stroked(
        state.position, demand, powered, controls.by_hand, controls.valve_stuck, plant.stroke_s, plant.crank_s, dt_s
    )
    opening = np.concatenate((np.maximum(position, controls.passing), np.ones((worlds, 1))), axis=1)
    path_opening = opening[:, paths.valves].min(axis=-1)
    total_m3 = total_of(state.volume_m3)
    sent = sender_flows(plant, controls, path_opening[:, : paths.n_senders])
    parts = [sent]
    if len(paths.end_a):
        parts.append(gravity_flows(plant, state, controls, path_opening[:, paths.n_senders :], total_m3, dt_s))
    flow = np.concatenate(parts, axis=1)
    volume, received = _moved(plant, state, flow, total_m3, dt_s)
    volume, overflow, spilled = _run_over(plant, state, volume, dt_s)
    line_flow = gathered(np.concatenate((flow, -flow), axis=1), plant.slots_line)
    moved = state.moved_m3
    if len(plant.transfers):
        moved = moved + select(controls.running, plant.transfer_sign * line_flow[:, plant.transfer_last] * dt_s, 0.0)
    return replace(
        state,
        volume_m3=volume,
        level_m=level_of(plant, total_of(volume)),
        position=position,
        overflow_m3_s=overflow,
        line_flow_m3_s=line_flow,
        moved_m3=moved,
        received_m3=received,
        spilled_m3=spilled,
        escaped_m3=state.escaped_m3 + overflow * dt_s,
        battery_s=battery_s,
        alive=alive[:, :-1],
    )


def _moved(plant: Plant, state: State, flow: Floats, total_m3: Floats, dt_s: float) -> tuple[Floats, Floats]:
    """Volumes after the flows of one tick, each product in its share, and what senders gave."""
    paths = plant.paths
    sent, between = flow[:, : paths.n_senders], flow[:, paths.n_senders :]
    end_b = paths.end_b[paths.n_senders :]
    moved, received = [], []
    for q in range(len(plant.products)):
        of_sender = select(plant.sender_product == q, 1.0, 0.0)[paths.sender]
        in_flow = sent * of_sender * dt_s
        received.append(state.received_m3[:, q] + in_flow.sum(axis=-1))
        parts = [in_flow]
        if len(paths.end_a):
            share = state.volume_m3[:, q] / np.maximum(total_m3, 1e-9)
            giving = select(between > 0.0, share[:, paths.end_a], share[:, end_b])
            of_path = between * giving * dt_s
            parts += [of_path, -of_path]
        moved.append(state.volume_m3[:, q] + gathered(np.concatenate(parts, axis=1), plant.slots_in))
    return np.stack(moved, axis=1), np.stack(received, axis=1)


def _run_over(plant: Plant, state: State, volume_m3: Floats, dt_s: float) -> tuple[Floats, Floats, Floats]:
    """What stands above a lip goes to the bund, pit or ground below, in this tick."""
    vessels = plant.vessels
    total = total_of(volume_m3)
    excess = np.maximum(total - vessels.capacity_m3, 0.0)
    kept, spilled = [], []
    for q in range(len(plant.products)):
        over = excess * (volume_m3[:, q] / np.maximum(total, 1e-9))
        kept.append(volume_m3[:, q] - over + gathered(over, plant.slots_spill))
        spilled.append(state.spilled_m3[:, q] + over[:, : vessels.n_tanks].sum(axis=-1))
    return np.stack(kept, axis=1), excess / dt_s, np.stack(spilled, axis=1)


def balance_error(plant: Plant, start_m3: Floats, state: State) -> Floats:
    """Largest relative error of the mass balance over the products, (W,).

    start_m3  m3  (W, Q) all that was there at tick 0
    """
    now = state.volume_m3.sum(axis=-1)
    due = start_m3 + state.received_m3
    return (np.abs(now - due) / np.maximum(due, 1.0)).max(axis=-1)


