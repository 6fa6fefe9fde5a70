"""Moves liquid for one tick: supplies, valves, lines, vessels. Nothing is made or lost.

This is where the parts that hold and move liquid meet. Work that would change no bit is left out: while no valve moves,
no control was written and nothing levels, every tick moves the same. The test that a world is the same alone and beside
busy neighbours holds that.
"""

from dataclasses import replace

import numpy as np

from twin.base.arrays import Floats, some, summed
from twin.engine.model import Model
from twin.engine.world import World
from twin.parts import interlock, line, node, pump, spill, tank, transfer, utility, valve


def step(model: Model, world: World, afresh: bool, dt_s: float) -> None:
    """The plant of a block of worlds one tick later; `afresh` says that controls were written since the last tick."""
    set_ = world.controls
    supplies = utility.step(model.utilities, world.utilities, set_.utilities, dt_s)
    tripped = world.interlocks.tripped
    forced, off = None, None
    if some(tripped):
        forced, off = interlock.forced(model.interlocks, tripped), interlock.held_off(model.interlocks, tripped)
    seen = valve.Readings(
        world.instruments.shown, world.instruments.good, supplies.alive[:, model.alarm_system : model.alarm_system + 1]
    )
    valves = valve.step(model.valves, world.valves, set_.valves, forced, supplies.alive, seen, dt_s)
    pumps = pump.step(model.pumps, world.pumps, set_.pumps, off, supplies.alive, dt_s)
    moves = valves is not world.valves or pumps is not world.pumps
    world.utilities, world.valves, world.pumps = supplies, valves, pumps
    anew = afresh or moves or model.transfers.some_slow_down
    if anew or some(world.lines.levels) or line.stirs(model.lines, world.tanks.volume_m3):
        rates = transfer.rates(model.transfers, world.transfers.moved_m3)
        world.lines = flowing(model, world, rates if anew else None, dt_s)
        world.valves = valve.swung(model.valves, world.valves, world.lines.line_flow_m3_s)
        world.transfers = transfer.counted(
            model.transfers, world.transfers, set_.transfers, rates, world.lines.line_flow_m3_s, dt_s
        )  # fmt: skip
    if model.pumps.names:
        forth, _, _ = valve.opens(model.valves, world.valves, set_.valves)
        suction = line.suctions(model.lines, world.lines, forth, world.tanks.level_m)
        world.pumps = pump.felt(model.pumps, world.pumps, world.lines.line_flow_m3_s, suction, dt_s)
    was = world.tanks.spilled_m3
    gain, received = world.lines.gain_m3, world.nodes.received_m3 + world.lines.given_m3
    if model.tanks.some_open and some(set_.weather.rain_m_s):
        fell = set_.weather.rain_m_s * model.tanks.open_m2 * dt_s
        gain = gain.copy()
        gain[:, model.tanks.water] += fell
        received[:, model.tanks.water] += summed(fell, 1)
    world.tanks = tank.step(model.tanks, world.tanks, gain, dt_s)
    if world.tanks.spilled_m3 is not was:
        world.spilled = spill.step(model.spilled, world.tanks.spilled_m3)
    world.transfers = replace(world.transfers, moved_m3=world.transfers.moved_m3 + world.transfers.passed_m3)
    world.nodes = node.State(received_m3=received)


def flowing(model: Model, world: World, rates_m3_s: Floats | None, dt_s: float) -> line.State:
    """What flows in every line in this tick, and what that moves; the rates of transfers (W, X), None where nothing changed."""
    set_, tanks, wants = world.controls, world.tanks, None
    if rates_m3_s is not None:
        wants = line.Wants(
            asked_m3_s=node.asked(model.nodes, set_.nodes, transfer.wanted(set_.transfers, rates_m3_s)),
            most_m3_s=transfer.throttles(model.transfers, set_.transfers, rates_m3_s),
            running=set_.transfers.running,
            fittings=line.Fittings(*valve.opens(model.valves, world.valves, set_.valves), world.pumps.speed),
        )
    held = line.Held(tanks.level_m, tanks.total_m3, tanks.volume_m3, tank.surface_of(model.tanks, tanks.total_m3))
    return line.step(model.lines, world.lines, set_.lines, wants, held, dt_s)


def balance_error(world: World) -> Floats:
    """Largest relative error of the mass balance over the products, (W,): what is too much or missing, or held below nothing."""
    held = world.tanks.volume_m3
    now = held.sum(axis=-1) + world.lines.content_m3.sum(axis=(2, 3))
    due = world.start_m3 + world.nodes.received_m3
    wrong = np.maximum(np.abs(now - due), -held.min(axis=-1, initial=0.0))
    worst: Floats = (wrong / np.maximum(due, 1.0)).max(axis=-1)
    return worst
