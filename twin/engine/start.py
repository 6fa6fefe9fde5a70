"""How worlds start: starting values, draws, overrides, bypasses in force."""

import dataclasses
import datetime
from dataclasses import dataclass

import numpy as np

from twin.base import chance
from twin.base.arrays import Bools, Floats, fresh, select, some, summed
from twin.base.fault import Fault, Place, nearest
from twin.engine import flow, tasks
from twin.engine.cues import DRAWN
from twin.engine.model import Model
from twin.engine.parts import part_of
from twin.engine.starting import drawn, initial_value, night, uncertain_target
from twin.engine.world import Changes, Controls, Override, World, never, nothing
from twin.language.sentence import Path
from twin.language.spec import Initial, ScenarioSpec, Work
from twin.parts import (
    alarm,
    gauge,
    interlock,
    leak,
    line,
    line_facts,
    node,
    people,
    post,
    pump,
    spill,
    tank,
    transfer,
    utility,
    value,
    valve,
    vent,
    vessels,
    weather,
)
from twin.parts.action import WORK, Address
from twin.physics.mixing import LEAST

FULL = 1.0 - 1e-12  # of a tank that is warm: no rounding runs over


@dataclass(slots=True)
class _Start:
    """What starting values are written into."""

    model: Model
    controls: Controls
    volume_m3: Floats  # (W, Q, M)
    water_m3: Floats  # (W, M) of it, at the bottoms of tanks
    temperature_k: Floats  # (W, M)
    weighed: Bools  # (W, M) whose content is given as a mass
    delay_s: Floats  # (W, lines)
    said: set[tuple[int, str, int]] = dataclasses.field(default_factory=set)  # what was written: world, array, index

    def write(self, row: int, address: Address, given: float) -> None:
        """One starting value; a content becomes a volume."""
        model, array = self.model, address.array
        if array.startswith("content."):
            m, tanks = address.index, model.tanks
            if array == "content.water":
                self.water_m3[row, m] = vessels.content_m3(tanks, m, "water", given)
                return
            if array == "content.temperature":
                self.temperature_k[row, m] = given
                return
            q = int(tanks.product[m]) if m < tanks.n_tanks else tanks.products.index("water")
            self.volume_m3[row, :, m], self.weighed[row, m] = 0.0, array == "content.mass"
            self.volume_m3[row, q, m] = vessels.content_m3(tanks, m, array.removeprefix("content."), given)
            return
        cells(self.controls, array)[row, address.index] = given
        self.said.add((row, array, address.index))

    def open_ways(self) -> None:
        """Transfers that run have their way open and their pumps turning, save where something else is said of these themselves."""
        its, set_ = self.model.transfers, self.controls
        for row, x in np.argwhere(set_.transfers.running).tolist():
            for v in its.all_valves[x]:
                self._unsaid(row, "controls.valves.target", v, 1.0)
                self._unsaid(row, "controls.valves.automatic", v, bool(self.model.valves.reads[v] >= 0))
            for p in its.pumps[x]:
                self._unsaid(row, "controls.pumps.asked", p, True)

    def _unsaid(self, row: int, array: str, index: int, value: float) -> None:
        if (row, array, index) not in self.said:
            cells(self.controls, array)[row, index] = value

    def initial(self, row: int, thing: str, quantity: str, text: str) -> None:
        """One starting value laid over."""
        its = Initial(thing=thing, quantity=quantity, value=text, mark="", place=Place("override", 1, 1))
        address, number = initial_value(self.model.signals, its)
        self.write(row, address, number)

    def draw(self, row: int, seed: int, world: int) -> None:
        """The uncertain quantities of one world, by hashes of its number and their names."""
        for uncertain in self.model.spec.uncertain:
            target, dimension = uncertain_target(self.model.signals, self.model.line_names, uncertain)
            found = drawn(uncertain, dimension, seed, world)
            if isinstance(target, str):
                self.delay_s[row, self.model.line_names.index(target)] += found
            else:
                self.write(row, target, target.bounded(found) * target.scale)
        its = self.model.pumps
        for p, name in enumerate(its.names):
            if its.fails_to_start[p] > chance.uniform(seed, world, f"{name}.does-not-start"):
                self.controls.pumps.stubborn[row, p] = True

    def override(self, row: int, its: Override) -> None:
        """What is different in this copy."""
        names, model = self.model.line_names, self.model
        for thing, quantity, text in its.cells:
            self.initial(row, thing, quantity, text)
        for name in [n for n, _ in its.delayed] + sorted(its.dropped):
            if name not in names:
                raise Fault(f"no line of plan or timeline is called {name!r}.", nearest(name, names))
        for name, seconds in its.delayed:
            self.delay_s[row, names.index(name)] += seconds
        for array, index in repaired(model, its):
            cells(self.controls, array)[row, index] = 0
        for p, name in enumerate(model.posts.names):
            acts = its.posts != "none" and name not in (*its.taken, *model.spec.absent)
            self.controls.posts.on_plan[row, p] = acts


def cells(controls: Controls, array: str) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    """The array of the controls at a place such as controls.valves.target."""
    _, part, name = array.split(".")
    found: np.ndarray[tuple[int, ...], np.dtype[np.generic]] = getattr(getattr(controls, part), name)
    return found


def start(model: Model, seed: int, worlds: list[int], overrides: list[Override]) -> World:
    """The worlds of these numbers at tick 0, each with its override."""
    n = len(worlds)
    its = _Start(
        model, _controls(model, n), np.zeros((n, len(model.tanks.products), len(model.tanks.names))),
        np.zeros((n, len(model.tanks.names))), np.tile(model.tanks.day_k, (n, 1)),
        np.zeros((n, len(model.tanks.names)), dtype=bool), np.zeros((n, len(model.line_names))),
    )  # fmt: skip
    its.delay_s[:, : len(model.plan)] = [line.delay_s for line in model.plan]
    for initial in model.spec.initially:
        address, given = initial_value(model.signals, initial)
        for row in range(n):
            its.write(row, address, given)
    _works(model, its, n)
    for row, (world, override) in enumerate(zip(worlds, overrides, strict=True)):
        its.draw(row, seed, world)
        its.override(row, override)
    its.open_ways()
    _settle(model, its)
    made = _world(model, its, overrides)
    for row, (world, override) in enumerate(zip(worlds, overrides, strict=True)):
        for word in night(model.spec.draws, seed, world, override.drawn).values():
            made.happened[row, model.happened_at[(DRAWN, word, False)]] = True
    _flow_already(model, made)
    truth = model.signals.truth(made)
    gauges = gauge.start(model.instruments, gauge.truth_of(model.instruments, truth), made.controls.instruments.dead)
    made.instruments = gauges
    readings = np.concatenate((truth, gauges.shown), axis=1)
    made.calculated = fresh(value.State, model.calculated, n, base_m3=value.base_m3(model.calculated, readings))
    made.signals = np.concatenate((readings, made.calculated.shown), axis=1)
    _ends(model, made)
    return made


def _settle(model: Model, its: _Start) -> None:
    """The water that lies at the bottom of a tank is part of what it holds, an interceptor is full of it; what is seen is as warm as it is."""
    tanks = model.tanks
    its.volume_m3[:, tanks.water, tanks.separates] = tanks.capacity_m3[tanks.separates]
    for m in range(tanks.n_tanks):
        q = int(tanks.product[m])
        water = np.minimum(its.water_m3[:, m], its.volume_m3[:, q, m])
        its.volume_m3[:, q, m] -= water
        its.volume_m3[:, tanks.water, m] += water
        warm = its.temperature_k[:, m] != tanks.day_k[m]
        if some(warm):
            swells = np.stack(
                [vessels.swells(tanks, q, its.temperature_k[:, m]) for q in range(len(tanks.products))], axis=1
            )
            its.volume_m3[:, :, m] /= select((warm & ~its.weighed[:, m])[:, None], swells, 1.0)
            fits = tanks.capacity_m3[m] * FULL / np.maximum(summed(its.volume_m3[:, :, m] * swells, 1), LEAST)
            its.volume_m3[:, :, m] *= select(warm, np.minimum(fits, 1.0), 1.0)[:, None]


def _controls(model: Model, n: int) -> Controls:
    return Controls(
        utilities=fresh(utility.Controls, model.utilities, n),
        nodes=fresh(node.Controls, model.nodes, n),
        tanks=fresh(tank.Controls, model.tanks, n),
        lines=fresh(line.Controls, model.lines, n),
        valves=fresh(valve.Controls, model.valves, n),
        pumps=fresh(pump.Controls, model.pumps, n),
        vents=fresh(vent.Controls, model.vents, n),
        leaks=fresh(leak.Controls, model.leaks, n),
        transfers=fresh(transfer.Controls, model.transfers, n),
        weather=fresh(weather.Controls, model.weather, n),
        instruments=fresh(gauge.Controls, model.instruments, n),
        interlocks=fresh(interlock.Controls, model.interlocks, n),
        alarms=fresh(alarm.Controls, model.alarms, n),
        posts=fresh(post.Controls, model.posts, n),
    )


def _world(model: Model, its: _Start, overrides: list[Override]) -> World:
    """Everything at rest, with these contents."""
    n, names = len(overrides), model.line_names
    controls = its.controls
    controls.transfers.sending[:] = controls.transfers.running & (model.transfers.sender >= 0)
    contents = line_facts.at_start(model.lines, n)
    gone = [_dropped(model, o) for o in overrides]
    slots = len(model.acts) + tasks.SPARE_RETURNS
    judged = len(model.judged.names)
    tanks = tank.start(model.tanks, its.volume_m3, its.temperature_k - model.tanks.day_k)
    return World(
        tick=0,
        controls=controls,
        utilities=fresh(utility.State, model.utilities, n),
        nodes=fresh(node.State, model.nodes, n),
        tanks=tanks,
        lines=fresh(line.State, model.lines, n, content_m3=contents),
        valves=valve.at_start(model.valves, controls.valves),
        pumps=fresh(pump.State, model.pumps, n, speed=pump.at_start(model.pumps, controls.pumps)),
        vents=vent.begins(model.vents, fresh(vent.State, model.vents, n), tanks.total_m3),
        leaks=fresh(leak.State, model.leaks, n),
        transfers=fresh(transfer.State, model.transfers, n),
        spilled=fresh(spill.State, model.spilled, n),
        instruments=fresh(gauge.State, model.instruments, n),
        calculated=fresh(value.State, model.calculated, n),
        interlocks=fresh(interlock.State, model.interlocks, n),
        alarms=fresh(alarm.State, model.alarms, n),
        people=fresh(people.State, model.people, n),
        table=tasks.start(n, model.tasks),
        changes=Changes(
            source=np.zeros((n, slots)),
            began=never(n, slots),
            before=np.zeros((n, slots)),
        ),
        tests=nothing(n, len(model.tests.column)),
        guard_since=never(n, len(model.guards.held_atom)),
        cue_since=never(n, len(model.cues.held_atom)),
        edges=nothing(n, 0),
        holds=nothing(n, len(model.cues)),
        happened=nothing(n, len(model.happened)),
        accepted=nothing(n, len(names)),
        proven=nothing(n, len(names)),
        judged_first=never(n, judged),
        judged_second=never(n, judged),
        judged_after=never(n, judged),
        judged_at=nothing(n, judged),
        fact_value=np.zeros((n, len(model.facts.names))),
        fact_count=np.zeros((n, len(model.facts.names)), dtype=np.int64),
        start_m3=its.volume_m3.sum(axis=-1) + summed(summed(contents[:, :-1], 3), 2),
        line_delay_s=its.delay_s,
        line_dropped=np.array([[name in left for name in names] for left in gone], dtype=bool).reshape(n, len(names)),
        slow=np.array([o.posts == "slow" for o in overrides], dtype=bool),
    )


def _flow_already(model: Model, world: World) -> None:
    """What runs before the first scan shows on the instruments, but has moved nothing."""
    moving = flow.flowing(model, world, 1.0)
    world.lines = dataclasses.replace(world.lines, line_flow_m3_s=moving.line_flow_m3_s)
    world.leaks = leak.begins(model.leaks, world.leaks, moving.line_flow_m3_s)


def repaired(model: Model, override: Override) -> frozenset[tuple[str, int]]:
    """The cells (array of the controls, index) of what an override repairs: there zero is sound."""
    place = Place("override", 1, 1)
    addresses = [model.signals.address(Path(t, q, place)) for t, q in sorted(override.repaired)]
    return frozenset(a.cell for a in addresses)


def _dropped(model: Model, override: Override) -> frozenset[str]:
    """Lines that never act: those named, and injects that would do nothing but spoil what is repaired."""
    sound = repaired(model, override)
    void = {its.name for its in model.injects if sound and all(a.cell in sound for a in its.actions)}
    return override.dropped | void


def _works(model: Model, its: _Start, rows: int) -> None:
    """What the farm file lists as bypassed or out of service when the scenario starts, save where `initially` says it."""
    said = {(i.thing, i.quantity) for i in model.spec.initially}
    for work in in_force(model.spec):
        if (cell := (str(work.of), quantity_of(model, work))) not in said:
            for row in range(rows):
                its.write(row, model.signals.address(Path(*cell, work.place)), 1.0)


def in_force(spec: ScenarioSpec) -> list[Work]:
    """The works that are so when the scenario starts: begun, and not over, or over and not restored."""
    now, listed = spec.starts, spec.farm.of(Work).values()
    return [w for w in listed if w.since <= now and (not w.until or w.until > now or w.left)]


def quantity_of(model: Model, work: Work) -> str:
    """The fault that a thing has while it is bypassed or out of service."""
    kind = model.names.kind(str(work.of))
    part = part_of(kind)
    assert part is not None
    assert part.out_of_service is not None
    return part.out_of_service(model.spec.farm.named(model.names.section[str(work.of)])[str(work.of)])


def _ends(model: Model, world: World) -> None:
    """Bypasses that end by themselves while the scenario goes on."""
    for work in in_force(model.spec):
        if work.of in model.interlocks.names and work.until > model.spec.starts:
            k = model.interlocks.names.index(str(work.of))
            left = datetime.datetime.fromisoformat(work.until) - model.clock.start
            cell = model.tasks.first("bypasses") + k
            for row in np.flatnonzero(world.controls.interlocks.bypassed[:, k]).tolist():
                world.table.put(row, cell, WORK, round(left.total_seconds()))
