"""Moves liquid for one tick: valves stroke, paths flow, vessels fill and run over. Nothing is made or lost.

Volumes keep the density of their product at its reference temperature: heat comes with the whole plant
(decision 0003). A sender offers a given rate and holds it; a closing valve passes its share of opening
(assumed linear: the sender's pump has head to spare until the last of the stroke). What is offered and not
taken stays with the sender.
"""

from dataclasses import replace

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, every, select, some
from twin.farm.plant import TABLE_CELLS, TABLE_HEAD_M, Plant
from twin.farm.state import Controls, State
from twin.physics import geometry, hydraulics

_CELLS_PER_ROOT = TABLE_CELLS / float(np.sqrt(TABLE_HEAD_M))


def start(plant: Plant, volume_m3: Floats, position: Floats) -> State:
    """The plant at tick 0 with these contents (W, Q, M) and valve positions (W, V)."""
    worlds, n_products, n_vessels = volume_m3.shape
    n_lines, n_transfers, n_utilities = len(plant.lines), len(plant.transfers), len(plant.utilities)
    total = total_of(volume_m3)
    return State(
        volume_m3=volume_m3,
        total_m3=total,
        level_m=level_of(plant, total),
        position=position,
        opening=np.zeros((worlds, len(plant.paths.names))),
        passing=np.zeros(0),
        flow_m3_s=np.zeros((worlds, len(plant.paths.names))),
        gain_m3=np.zeros(volume_m3.shape),
        given_m3=np.zeros((worlds, n_products)),
        passed_m3=np.zeros((worlds, n_transfers)),
        overflow_m3_s=np.zeros((worlds, n_vessels)),
        line_flow_m3_s=np.zeros((worlds, n_lines)),
        moved_m3=np.zeros((worlds, n_transfers)),
        received_m3=np.zeros((worlds, n_products)),
        spilled_m3=np.zeros((worlds, n_products)),
        spilled=np.zeros((worlds, 2)),
        escaped_m3=np.zeros((worlds, n_vessels)),
        battery_s=np.broadcast_to(plant.battery_s, (worlds, n_utilities)).copy(),
        alive=np.ones((worlds, n_utilities + 1), dtype=bool),
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
    bare = total_m3 / v.area_m2
    level: Floats = geometry.level_under_roof(bare, v.legs_m, v.draught_m) if v.any_draught else bare
    return level


def landed(plant: Plant, level_m: Floats) -> Bools:
    """Which floating roofs stand on their legs, (W, T) of levels (W, M)."""
    legs = plant.vessels.legs_m[: plant.vessels.n_tanks]
    stands: Bools = (level_m[:, : len(legs)] <= legs) & (legs > 0.0)
    return stands


def gathered(values: Floats, slots: Ints) -> Floats:
    """Sums of the slots of each thing: values (..., n) and slots (things, k), padded with n, to (..., things)."""
    wide = np.concatenate((values, np.zeros((*values.shape[:-1], 1))), axis=-1)
    total: Floats = wide[..., slots[:, 0]]
    for k in range(1, slots.shape[1]):  # one by one: a sum over gathered columns adds in another order for one world
        total = total + wide[..., slots[:, k]]
    return total + 0.0  # no -0


def supplies(plant: Plant, state: State, controls: Controls, dt_s: float) -> tuple[Floats, Bools]:
    """Battery charge left and which utilities are alive (W, U + 1); what feeds comes before what is fed."""
    if not (some(controls.lost) or not every(state.alive) or some(state.battery_s != plant.battery_s)):
        return state.battery_s, state.alive  # all is well and stays so: same bits
    battery_s = state.battery_s.copy()
    alive = np.ones_like(state.alive)
    for u in plant.utility_order:
        fed = alive[:, plant.utility_from[u]]
        if plant.battery_s[u] > 0.0:
            change = select(fed, dt_s, -dt_s)
            battery_s[:, u] = np.minimum(np.maximum(battery_s[:, u] + change, 0.0), plant.battery_s[u])
            fed = fed | (battery_s[:, u] > 0.0)
        alive[:, u] = fed & ~controls.lost[:, u]
    return battery_s, alive


def stroked(
    position: Floats,
    demand: Floats,
    powered: Bools,
    by_hand: Bools,
    stuck: Bools,
    stroke_s: Floats,
    crank_s: Floats,
    dt_s: float,
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
    wanted = select(controls.sending, plant.transfer_rate_m3_s, 0.0)
    wide = np.concatenate((wanted, np.zeros((len(wanted), 1))), axis=1)
    asked = np.minimum(wide[:, plant.slots_transfer].max(axis=-1), controls.node_flow_m3_s)
    share = gathered(opening, plant.slots_sender)
    offered = (asked / np.maximum(share, 1.0))[:, plant.paths.sender]
    flow: Floats = offered * opening
    return flow


def gravity_flows(
    plant: Plant, state: State, controls: Controls, opening: Floats, total_m3: Floats, dt_s: float
) -> Floats:
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
    if (paths.gate < len(plant.transfers)).any():
        gates = np.concatenate((controls.running, np.ones((len(opening), 1), dtype=bool)), axis=1)[:, paths.gate]
        flow = select(gates, flow, 0.0)
    giver = select(drive > 0.0, total_m3[:, paths.end_a], total_m3[:, end_b])
    flow = np.minimum(flow, size_m * paths.levelling_m2 / dt_s)
    flow = np.minimum(flow, giver / (dt_s * len(paths.end_a)))
    return select(drive > 0.0, flow, -flow) + 0.0  # no -0


def step(plant: Plant, state: State, controls: Controls, forced: Floats | None, dt_s: float) -> State:
    """The plant one tick later.

    forced  (W, V)  where trips hold valves, -1 where none does; None when nothing is tripped

    Work that would change no bit is left out: while no valve moves, no control was written and nothing levels, every
    tick moves the same. The test that a world is the same alone and beside busy neighbours holds that.
    """
    battery_s, alive = supplies(plant, state, controls, dt_s)
    demand = controls.target if forced is None else select(forced >= 0.0, forced, controls.target)
    position = state.position
    if some(demand != position):
        powered = alive[:, plant.valve_power] & plant.motor & ~controls.motor_fault
        position = stroked(
            position, demand, powered, controls.by_hand, controls.valve_stuck, plant.stroke_s, plant.crank_s, dt_s
        )
    moves = position is not state.position
    if moves or alive is not state.alive or battery_s is not state.battery_s:
        state = replace(state, position=position, battery_s=battery_s, alive=alive)
    levels_out = plant.paths.n_senders < state.opening.shape[1] and some(state.opening[:, plant.paths.n_senders :])
    if moves or levels_out or controls.passing is not state.passing:
        state = _flowing(plant, state, controls, dt_s)
    volume = state.volume_m3 + state.gain_m3
    total = total_of(volume)
    excess = np.maximum(total - plant.vessels.capacity_m3, 0.0)
    if some(excess):
        return _run_over(plant, state, volume, total, excess, dt_s)
    return _later(plant, state, volume, total, excess)


def _later(plant: Plant, state: State, volume: Floats, total: Floats, excess: Floats) -> State:
    """The state with these contents, nothing having run over."""
    return State(
        volume_m3=volume, total_m3=total, level_m=level_of(plant, total), position=state.position,
        opening=state.opening, passing=state.passing, flow_m3_s=state.flow_m3_s, gain_m3=state.gain_m3,
        given_m3=state.given_m3, passed_m3=state.passed_m3,
        overflow_m3_s=excess if some(state.overflow_m3_s) else state.overflow_m3_s,
        line_flow_m3_s=state.line_flow_m3_s, moved_m3=state.moved_m3 + state.passed_m3,
        received_m3=state.received_m3 + state.given_m3, spilled_m3=state.spilled_m3, spilled=state.spilled,
        escaped_m3=state.escaped_m3, battery_s=state.battery_s, alive=state.alive,
    )  # fmt: skip


def _flowing(plant: Plant, state: State, controls: Controls, dt_s: float) -> State:
    """What flows along every path in this tick, and what that moves."""
    paths = plant.paths
    n = paths.n_senders
    opening = np.concatenate((np.maximum(state.position, controls.passing), np.ones((len(state.position), 1))), axis=1)
    opening = opening[:, paths.valves].min(axis=-1)
    flow = np.zeros(opening.shape)
    if some(controls.sending):
        flow[:, :n] = sender_flows(plant, controls, opening[:, :n])
    levels_out = n < opening.shape[1] and some(opening[:, n:])
    if levels_out:
        flow[:, n:] = gravity_flows(plant, state, controls, opening[:, n:], state.total_m3, dt_s)
    gain, given = _moved(plant, state, flow, dt_s, levels_out=levels_out)
    line_flow = gathered(np.concatenate((flow, -flow), axis=1), plant.slots_line)
    passed = select(controls.running, plant.transfer_sign * line_flow[:, plant.transfer_last] * dt_s, 0.0)
    return replace(
        state, opening=opening, passing=controls.passing, flow_m3_s=flow, gain_m3=gain, given_m3=given,
        passed_m3=passed, line_flow_m3_s=line_flow,
    )  # fmt: skip


def _moved(plant: Plant, state: State, flow: Floats, dt_s: float, *, levels_out: bool) -> tuple[Floats, Floats]:
    """What every vessel gains (W, Q, M) by the flows of one tick, each product in its share; what senders give (W, Q)."""
    paths = plant.paths
    n = paths.n_senders
    in_flow = flow[:, None, :n] * (plant.sender_share * dt_s)
    between = np.zeros((*in_flow.shape[:2], 2 * len(paths.end_a)))
    if levels_out:
        levelling = flow[:, None, n:]
        share = state.volume_m3 / np.maximum(state.total_m3, 1e-9)[:, None, :]
        of_path = levelling * select(levelling > 0.0, share[..., paths.end_a], share[..., paths.end_b[n:]]) * dt_s
        between = np.concatenate((of_path, -of_path), axis=-1)
    return gathered(np.concatenate((in_flow, between), axis=-1), plant.slots_in), in_flow.sum(axis=-1)


def _run_over(plant: Plant, state: State, volume: Floats, total: Floats, excess: Floats, dt_s: float) -> State:
    """What stands above a lip goes to the bund, pit or ground below, in this tick."""
    over = excess[:, None, :] * (volume / np.maximum(total, 1e-9)[:, None, :])
    volume = volume - over + gathered(over, plant.slots_spill)
    spilled = state.spilled_m3 + over[..., : plant.vessels.n_tanks].sum(axis=-1)
    gross = np.stack((spilled.sum(axis=-1), (spilled * plant.density_kg_m3).sum(axis=-1)), axis=1)
    after = _later(plant, state, volume, total_of(volume), excess)
    return replace(
        after, overflow_m3_s=excess / dt_s, spilled_m3=spilled, spilled=gross, escaped_m3=state.escaped_m3 + excess
    )


def balance_error(plant: Plant, start_m3: Floats, state: State) -> Floats:
    """Largest relative error of the mass balance over the products, (W,).

    start_m3  m3  (W, Q) all that was there at tick 0
    """
    now = state.volume_m3.sum(axis=-1)
    due = start_m3 + state.received_m3
    worst: Floats = (np.abs(now - due) / np.maximum(due, 1.0)).max(axis=-1)
    return worst
