"""All that a block of worlds is at a tick, as one value of arrays; how it starts, and its bits for the digest."""

import dataclasses
import datetime
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.base import chance, elementary
from twin.base.arrays import NEVER, Bools, Floats, Ints
from twin.base.fault import Fault, Place, nearest
from twin.engine.model import Model, initial_value, uncertain_target
from twin.farm import flow, state
from twin.farm.grammar import Chance, Name, Path
from twin.farm.spec import Initial, Uncertain
from twin.instruments import calculated, gauge
from twin.physics.geometry import bare_level
from twin.protection import alarm, interlock
from twin.response import crew, table


@dataclass(frozen=True, slots=True)
class Override:
    """What makes one copy of a world differ from another. Nothing by default."""

    posts: str = "plan"  # who acts: everybody by the plan, slowly, or nobody
    taken: frozenset[str] = frozenset()  # posts that the plan does not act for from the first scan on
    delayed: tuple[tuple[str, float], ...] = ()  # lines of plan or timeline, seconds later
    dropped: frozenset[str] = frozenset()  # lines of plan or timeline that never act
    cells: tuple[tuple[str, str, str], ...] = ()  # (thing, quantity, value): starting values laid over
    acts_dropped: frozenset[tuple[str, str]] = frozenset()  # (line of the plan, sentence of its act) never given
    repaired: frozenset[tuple[str, str]] = frozenset()  # (thing, quantity): starts sound, and no inject spoils it


@dataclass(slots=True)
class World:
    """Everything that changes, worlds first."""

    tick: int
    farm: state.State
    controls: state.Controls
    gauges: gauge.State
    values: calculated.State
    alarms: alarm.State
    interlocks: interlock.State
    tests: Bools  # (W, T)
    guard_since: Ints  # (W, held atoms of the guards)
    cue_since: Ints
    edges: Bools  # (W, edge columns)
    holds: Bools  # (W, cue expressions)
    happened: Bools  # (W, H)
    accepted: Bools  # (W, lines)
    proven: Bools  # (W, lines)
    table: table.Table
    crews: crew.State
    ramp_from: Floats  # (W, ramps) value at the start of each `over`
    ramp_start: Ints  # tick, NEVER while it rests
    revert_to: Floats  # (W, acts of the timeline)
    judged_first: Ints  # (W, J) first tick of A
    judged_second: Ints  # of B
    judged_after: Ints  # of A at or after the first B
    judged_at: Bools  # A at the first B
    fact_value: Floats  # (W, F)
    fact_count: Ints
    start_m3: Floats  # (W, Q) all that was there at tick 0
    line_delay_s: Floats  # (W, lines) drawn or set
    line_dropped: Bools  # (W, lines)
    slow: Bools  # (W,)
    board: Floats = field(default_factory=lambda: np.zeros((0, 0)))  # (W, C) of the last scan


def copied(world: World) -> World:
    """A copy that shares only what is never written in place."""
    return dataclasses.replace(
        world,
        values=dataclasses.replace(world.values, ring=world.values.ring.copy()),
        table=world.table.copy(),
        crews=world.crews.copy(),
        controls=copied_controls(world.controls),
        happened=world.happened.copy(),
        accepted=world.accepted.copy(),
        proven=world.proven.copy(),
        ramp_from=world.ramp_from.copy(),
        ramp_start=world.ramp_start.copy(),
        revert_to=world.revert_to.copy(),
    )


def repeated(value: Any, n: int) -> Any:
    """A dataclass of arrays of one world as n worlds alike, nested ones too."""
    changed = {}
    for item in dataclasses.fields(value):
        found = getattr(value, item.name)
        if isinstance(found, np.ndarray):
            changed[item.name] = np.repeat(found, n, axis=0)
        elif dataclasses.is_dataclass(found):
            changed[item.name] = repeated(found, n)
    return dataclasses.replace(value, **changed)


def copied_controls(controls: state.Controls) -> state.Controls:
    """A copy that may be written."""
    return state.Controls(*(getattr(controls, name).copy() for name in state.Controls.__slots__))


def start(model: Model, seed: int, worlds: list[int], overrides: list[Override]) -> World:
    """The worlds of these numbers at tick 0, each with its override."""
    n = len(worlds)
    controls = _controls(model, n)
    volume = np.zeros((n, len(model.plant.products), len(model.plant.vessels.names)))
    names = [line.name for line in model.lines] + [inject.name for inject in model.injects]
    delay = np.zeros((n, len(names)))
    delay[:, : len(model.lines)] = [line.delay_s for line in model.lines]
    for initial in model.spec.initially:
        address, value = initial_value(model.board, initial)
        for row in range(n):
            _write(model, controls, volume, row, address, value)
    for row, (world, override) in enumerate(zip(worlds, overrides, strict=True)):
        _draw_row(model, controls, volume, delay, names, seed, world, row)
        _override_row(model, controls, volume, delay, names, override, row)
    position = controls.target.copy()
    farm = flow.start(model.plant, volume, position)
    controls.sending = controls.running & (model.plant.transfer_sender >= 0)
    farm = _flowing(model, farm, controls)
    board = model.board
    truth = board.truth(farm, controls)
    gauges = gauge.start(model.gauges, gauge.truth_of(model.gauges, truth), controls.dead)
    readings = np.concatenate((truth, gauges.shown), axis=1)
    judged = (n, len(model.judged.names))
    cells = table.start(n, model.cells)
    dropped = [_dropped(model, o) for o in overrides]
    made = World(
        tick=0,
        farm=farm,
        controls=controls,
        gauges=gauges,
        values=calculated.start(model.values, n, readings),
        alarms=alarm.start(model.alarms, n),
        interlocks=interlock.start(model.interlocks, n),
        tests=np.zeros((n, len(model.tests.column)), dtype=bool),
        guard_since=np.full((n, len(model.guards.held_atom)), NEVER),
        cue_since=np.full((n, len(model.cues.held_atom)), NEVER),
        edges=np.zeros((n, 0), dtype=bool),
        holds=np.zeros((n, len(model.cues)), dtype=bool),
        happened=np.zeros((n, len(model.happened)), dtype=bool),
        accepted=np.zeros((n, len(names)), dtype=bool),
        proven=np.zeros((n, len(names)), dtype=bool),
        table=cells,
        crews=crew.start(model.crews, n),
        ramp_from=np.zeros((n, len(model.ramps))),
        ramp_start=np.full((n, len(model.ramps)), NEVER),
        revert_to=np.zeros((n, sum(len(i.deeds) for i in model.injects))),
        judged_first=np.full(judged, NEVER),
        judged_second=np.full(judged, NEVER),
        judged_after=np.full(judged, NEVER),
        judged_at=np.zeros(judged, dtype=bool),
        fact_value=np.zeros((n, len(model.facts.names))),
        fact_count=np.zeros((n, len(model.facts.names)), dtype=np.int64),
        start_m3=volume.sum(axis=-1),
        line_delay_s=delay,
        line_dropped=np.array([[name in gone for name in names] for gone in dropped], dtype=bool).reshape(
            n, len(names)
        ),
        slow=np.array([o.posts == "slow" for o in overrides], dtype=bool),
    )
    made.board = np.concatenate((readings, made.values.shown), axis=1)
    _bypasses(model, made, overrides)
    return made


def _flowing(model: Model, farm: state.State, controls: state.Controls) -> state.State:
    """The start with its flows: what runs before the first scan shows on the instruments, but has moved nothing."""
    moving = flow.step(model.plant, farm, controls, None, 1.0)
    return dataclasses.replace(farm, line_flow_m3_s=moving.line_flow_m3_s)


def _controls(model: Model, n: int) -> state.Controls:
    plant, gauges = model.plant, model.gauges
    valves = list(model.spec.farm.of("valves").values())
    n_valves, n_transfers, n_gauges = len(plant.valves), len(plant.transfers), len(gauges.names)
    n_tanks = plant.vessels.n_tanks
    n_alarms, n_interlocks = len(model.alarms.names), len(model.interlocks.names)
    weather = model.spec.weather
    nodes = model.spec.farm.of("nodes")
    posts = model.spec.farm.of("posts")

    def no(count: int) -> Bools:
        return np.zeros((n, count), dtype=bool)

    def same(values: list[float]) -> Floats:
        return np.tile(np.array(values, dtype=np.float64), (n, 1)).reshape(n, len(values))

    return state.Controls(
        target=same([1.0 if v.normally == "open" else 0.0 for v in valves]),
        by_hand=no(n_valves),
        valve_stuck=no(n_valves),
        motor_fault=no(n_valves),
        passing=np.zeros((n, n_valves)),
        running=no(n_transfers),
        sending=no(n_transfers),
        node_flow_m3_s=same([nodes[s].flow_m3_s for s in plant.senders]),
        lost=no(len(plant.utilities)),
        temperature_k=same([weather.air_k] * n_tanks),
        weather=same([weather.wind["speed"], weather.wind["from"], weather.air_k, weather.humidity, weather.rain_m_s,
                      weather.cloud]),
        stuck=no(n_gauges),
        dead=no(n_gauges),
        bad=no(n_gauges),
        off_scale=no(n_gauges),
        bias=np.zeros((n, n_gauges)),
        drift=np.zeros((n, n_gauges)),
        noise=same(list(gauges.noise)),
        shelved=no(n_alarms),
        out_of_service=no(n_alarms),
        bypassed=no(n_interlocks),
        reacts_s=same([posts[p].reacts_s if p in posts else 60.0 for p in model.authority.posts]),
        on_plan=np.ones((n, len(model.authority.posts)), dtype=bool),
    )  # fmt: skip


def _write(model: Model, controls: state.Controls, volume: Floats, row: int, address: Any, value: float) -> None:
    """One starting value into its cell; a content becomes a volume, a running transfer opens its way."""
    if not address.array.startswith("content."):
        getattr(controls, address.array)[row, address.index] = value
        if address.array == "running" and value:
            controls.target[row, list(model.plant.transfer_valves[address.index])] = 1.0
            for line in model.spec.farm.of("transfers")[model.plant.transfers[address.index]].through:
                for valve in model.spec.farm.of("lines")[line].through:
                    controls.target[row, model.plant.valves.index(valve)] = 1.0
        return
    vessels = model.plant.vessels
    m = address.index
    quantity = address.array.removeprefix("content.")
    q = int(vessels.product[m]) if m < vessels.n_tanks else model.plant.products.index("water")
    if quantity == "level":
        value = float(bare_level(np.float64(value), vessels.legs_m[m], vessels.draught_m[m])) * float(
            vessels.area_m2[m]
        )
    elif quantity == "mass":
        value = value / float(model.plant.density_kg_m3[q])
    elif quantity == "filled":
        value = value * float(vessels.capacity_m3[m])
    volume[row, :, m] = 0.0
    volume[row, q, m] = min(max(value, 0.0), float(vessels.capacity_m3[m]))


def _draw_row(
    model: Model,
    controls: state.Controls,
    volume: Floats,
    delay: Floats,
    names: list[str],
    seed: int,
    world: int,
    row: int,
) -> None:
    """The uncertain quantities of one world, by hashes of its number and their names."""
    for uncertain in model.spec.uncertain:
        kind, target, dimension = uncertain_target(model.board, tuple(names), uncertain)
        value = drawn(uncertain, dimension, seed, world)
        if kind == "delay":
            delay[row, names.index(target)] += value
        else:
            _write(model, controls, volume, row, target, target.bounded(value) * target.scale)


def drawn(uncertain: Uncertain, dimension: str, seed: int, world: int) -> float:
    """The value of one uncertain quantity in one world, in SI."""
    its: Chance = uncertain.chance
    name = f"{uncertain.path.thing}.{uncertain.path.quantity}"
    u = chance.uniform(seed, world, name)
    if its.form == "choice":
        total = 0.0
        for value, weight in zip(its.values, its.weights, strict=True):
            total += weight
            if u < total or value is its.values[-1]:
                return float(value.text == "yes") if isinstance(value, Name) else value.si(dimension)
    numbers = [v.si(dimension) for v in its.values if not isinstance(v, Name)]
    if its.form == "uniform":
        return numbers[0] + (numbers[1] - numbers[0]) * u
    if its.form == "triangular":
        low, mode, high = numbers
        share = (mode - low) / (high - low) if high > low else 0.0
        if u < share:
            return low + float(np.sqrt(u * (high - low) * (mode - low)))
        return high - float(np.sqrt((1.0 - u) * (high - low) * (high - mode)))
    if its.form == "weibull":
        hazard = -float(elementary.log(np.float64(1.0 - u)))
        return numbers[0] * float(elementary.power(np.float64(hazard), np.float64(1.0 / its.weights[0])))
    z = chance.normal(seed, world, name)
    if its.form == "lognormal":
        return numbers[0] * float(elementary.exp(np.float64(its.weights[0] * z)))
    return numbers[0] + numbers[1] * z


def _override_row(
    model: Model,
    controls: state.Controls,
    volume: Floats,
    delay: Floats,
    names: list[str],
    override: Override,
    row: int,
) -> None:
    for thing, quantity, value in override.cells:
        place = Place("override", 1, 1)
        initial = Initial(thing=thing, quantity=quantity, value=value, mark="", place=place)
        address, number = initial_value(model.board, initial)
        _write(model, controls, volume, row, address, number)
    for name in [n for n, _ in override.delayed] + sorted(override.dropped):
        if name not in names:
            raise Fault(f"no line of plan or timeline is called {name!r}.", nearest(name, names))
    for name, seconds in override.delayed:
        delay[row, names.index(name)] += seconds
    for array, index in repaired(model, override):
        getattr(controls, array)[row, index] = 0
    for p, post in enumerate(model.authority.posts):
        controls.on_plan[row, p] = override.posts != "none" and post not in (*override.taken, *model.spec.absent)


def repaired(model: Model, override: Override) -> frozenset[tuple[str, int]]:
    """The cells (array of the controls, index) of what an override repairs: there zero is sound."""
    place = Place("override", 1, 1)
    addresses = [model.board.address(Path(t, q, place)) for t, q in sorted(override.repaired)]
    return frozenset(a.cell for a in addresses)


def _dropped(model: Model, override: Override) -> frozenset[str]:
    """Lines that never act: those named, and injects that would do nothing but spoil what is repaired."""
    sound = repaired(model, override)
    void = {
        its.name for its in model.injects
        if sound and all(d.cell in sound for d in its.deeds)
    }  # fmt: skip
    return override.dropped | void


def _bypasses(model: Model, world: World, overrides: list[Override]) -> None:
    """Bypasses of the farm file that are in force when the scenario starts, save where they are repaired."""
    start_iso = model.spec.starts
    for work in model.spec.farm.of("works").values():
        if work.since and work.since > start_iso:
            continue
        over = bool(work.until) and work.until <= start_iso
        if over and not work.left:
            continue
        k = model.interlocks.names.index(work.of)
        rows = [row for row, o in enumerate(overrides) if (str(work.of), "bypassed") not in o.repaired]
        world.controls.bypassed[rows, k] = True
        if work.until and not over:
            left = datetime.datetime.fromisoformat(work.until) - model.clock.start
            for row in rows:
                world.table.put(row, model.cells.bypasses + k, table.WORK, round(left.total_seconds()))
