"""Moves liquid for one tick: supplies, valves, lines, vessels. Nothing is made or lost.

This is where the parts that hold and move liquid meet. Work that would change no bit is left out: while no valve moves,
no control was written and nothing levels, every tick moves the same. The test that a world is the same alone and beside
busy neighbours holds that.
"""

from dataclasses import replace

import numpy as np

from twin.base.arrays import Floats, select, some, summed
from twin.engine.model import Model
from twin.engine.world import World
from twin.parts import interlock, leak, line, node, pump, spill, tank, transfer, utility, valve, vent, vessels
from twin.physics.mixing import LEAST


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
    anew = afresh or moves or model.transfers.some_slow_down or leak.some_let_go(model.leaks, world.leaks, pumps.worn)
    stored = world.tanks
    if anew or some(world.lines.levels) or line.stirs(model.lines, stored.volume_m3, stored.warmth_m3k):
        rates = transfer.rates(model.transfers, world.transfers.moved_m3)
        wants = _wants(model, world, rates) if anew else None
        world.lines = line.step(model.lines, world.lines, set_.lines, wants, _held(model, world), dt_s)
        world.valves = valve.swung(model.valves, world.valves, world.lines.line_flow_m3_s)
        flow_m3_s = world.lines.line_flow_m3_s[:, : len(model.lines.names)]  # holes left out
        world.transfers = transfer.counted(
            model.transfers, world.transfers, set_.transfers, rates, flow_m3_s, dt_s
        )  # fmt: skip
    if model.pumps.names:
        forth, _, _ = valve.opens(model.valves, world.valves, set_.valves)
        suction = line.suctions(model.lines, world.lines, forth, world.tanks.level_m)
        world.pumps = pump.felt(model.pumps, world.pumps, world.lines.line_flow_m3_s, suction, dt_s)
    spilled, leaked = world.tanks.spilled_m3, world.leaks.leaked_m3
    gain, received = world.lines.gain_m3, world.nodes.received_m3 + world.lines.given_m3
    if model.tanks.some_open and some(set_.weather.rain_m_s):
        fell = set_.weather.rain_m_s * model.tanks.open_m2 * dt_s
        gain = gain.copy()
        gain[:, model.tanks.water] += fell
        received[:, model.tanks.water] += summed(fell, 1)
    air, sun = set_.weather.air_k, set_.weather.sun_w_m2
    to = tank.around(model.tanks, world.tanks, set_.tanks, air, sun)
    world.tanks = tank.step(model.tanks, world.tanks, gain, to, dt_s)
    if model.vents.names:
        its = world.tanks
        outside = vent.Outside(
            its.total_m3, its.level_m, its.temperature_k, air, sun, set_.weather.rain_m_s, supplies.alive
        )
        world.vents = vent.step(model.vents, world.vents, set_.vents, outside, dt_s)
    if model.leaks.names:
        lines = world.lines
        flows = leak.Flows(
            lines.line_flow_m3_s, lines.leaked_m3[:, :-1], lines.asked_m3_s, lines.supply_m3_s, world.pumps.speed
        )
        world.leaks = leak.step(model.leaks, world.leaks, flows)
    if world.tanks.spilled_m3 is not spilled or world.leaks.leaked_m3 is not leaked:
        world.spilled = spill.step(model.spilled, world.tanks.spilled_m3 + world.leaks.leaked_m3)
    world.transfers = replace(world.transfers, moved_m3=world.transfers.moved_m3 + world.transfers.passed_m3)
    world.nodes = node.State(received_m3=received)


def flowing(model: Model, world: World, dt_s: float) -> line.State:
    """What flows in every line in this tick, asked afresh, and what that moves."""
    wants = _wants(model, world, transfer.rates(model.transfers, world.transfers.moved_m3))
    return line.step(model.lines, world.lines, world.controls.lines, wants, _held(model, world), dt_s)


def _wants(model: Model, world: World, rates_m3_s: Floats) -> line.Wants:
    """What drives and binds the lines, with these rates of transfers (W, X)."""
    set_ = world.controls
    return line.Wants(
        asked_m3_s=node.asked(model.nodes, set_.nodes, transfer.wanted(set_.transfers, rates_m3_s)),
        offered_k=set_.nodes.temperature_k - model.tanks.day_k[:1],
        most_m3_s=transfer.throttles(model.transfers, set_.transfers, rates_m3_s),
        running=set_.transfers.running,
        holes_m=leak.holes_m(model.leaks, world.leaks, set_.leaks, world.pumps.worn),
        fittings=line.Fittings(*valve.opens(model.valves, world.valves, set_.valves), world.pumps.speed),
    )


def _held(model: Model, world: World) -> line.Held:
    """What the vessels hold, as lines must know it."""
    its = world.tanks
    return line.Held(
        level_m=its.level_m, total_m3=its.total_m3, volume_m3=its.volume_m3, area_m2=vessels.surface_of(model.tanks, its.total_m3),
        warmer_k=tank.warmer_k(model.tanks, its), shrinks=select(its.total_m3 > 0.0, its.day_m3 / np.maximum(its.total_m3, LEAST), 1.0),
    )  # fmt: skip


def balance_error(world: World) -> Floats:
    """Largest relative error of the mass balance over the products, (W,): what is too much or missing, or held below nothing."""
    held = world.tanks.volume_m3
    now = held.sum(axis=-1) + world.lines.content_m3[:, :-1].sum(axis=(2, 3))
    due = world.start_m3 + world.nodes.received_m3[:, :-1]
    wrong = np.maximum(np.abs(now - due), -held.min(axis=-1, initial=0.0))
    worst: Floats = (wrong / np.maximum(due, 1.0)).max(axis=-1)
    return worst
