"""Moves liquid for one tick: supplies, valves, paths, vessels. Nothing is made or lost.

This is where the parts that hold and move liquid meet. Work that would change no bit is left out: while no valve moves,
no control was written and nothing levels, every tick moves the same. The test that a world is the same alone and beside
busy neighbours holds that.
"""

from dataclasses import replace

import numpy as np

from twin.base.arrays import Floats, some
from twin.engine.model import Model
from twin.engine.world import World
from twin.parts import interlock, line, node, spill, tank, transfer, utility, valve


def step(model: Model, world: World, afresh: bool, dt_s: float) -> None:
    """The plant of a block of worlds one tick later; `afresh` says that controls were written since the last tick."""
    set_ = world.controls
    supplies = utility.step(model.utilities, world.utilities, set_.utilities, dt_s)
    tripped = world.interlocks.tripped
    forced = interlock.forced(model.interlocks, tripped) if some(tripped) else None
    valves = valve.step(model.valves, world.valves, set_.valves, forced, supplies.alive, dt_s)
    moves = valves is not world.valves
    world.utilities, world.valves = supplies, valves
    if afresh or moves or line.some_level_out(model.lines, world.lines.opening):
        world.lines = flowing(model, world, dt_s)
        passed = transfer.passed(model.transfers, set_.transfers, world.lines.line_flow_m3_s, dt_s)
        world.transfers = replace(world.transfers, passed_m3=passed)
    was = world.tanks.spilled_m3
    world.tanks = tank.step(model.tanks, world.tanks, world.lines.gain_m3, dt_s)
    if world.tanks.spilled_m3 is not was:
        world.spilled = spill.step(model.spilled, world.tanks.spilled_m3)
    world.transfers = transfer.State(
        moved_m3=world.transfers.moved_m3 + world.transfers.passed_m3, passed_m3=world.transfers.passed_m3
    )
    world.nodes = node.State(received_m3=world.nodes.received_m3 + world.lines.given_m3)


def flowing(model: Model, world: World, dt_s: float) -> line.State:
    """What flows along every path in this tick, and what that moves."""
    its, set_, tanks = model.lines, world.controls, world.tanks
    n = its.n_senders
    opening = line.opening_of(its, world.valves.position, set_.valves.passing)
    flow = np.zeros(opening.shape)
    if some(set_.transfers.sending):
        wanted = transfer.wanted(model.transfers, set_.transfers)
        flow[:, :n] = node.flows(model.nodes, set_.nodes, wanted, opening[:, :n])
    levels_out = line.some_level_out(its, opening)
    if levels_out:
        flow[:, n:] = line.gravity_flows(
            its, tanks.level_m, tanks.total_m3, set_.transfers.running, opening[:, n:], dt_s
        )  # fmt: skip
    gain, given = line.moved(
        its, flow, model.nodes.share, tanks.volume_m3, tanks.total_m3, dt_s, levels_out=levels_out
    )  # fmt: skip
    return line.State(opening, flow, gain, given, line.line_flows(its, flow))


def balance_error(world: World) -> Floats:
    """Largest relative error of the mass balance over the products, (W,)."""
    now = world.tanks.volume_m3.sum(axis=-1)
    due = world.start_m3 + world.nodes.received_m3
    worst: Floats = (np.abs(now - due) / np.maximum(due, 1.0)).max(axis=-1)
    return worst
