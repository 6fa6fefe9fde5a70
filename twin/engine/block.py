"""A block of worlds under one SimPy clock: the scan, the waiters, the events.

SimPy carries what happens at a moment, NumPy what happens all the time. The scan is an event with the lowest
priority, so it runs after all else that is due at its tick. A waiter is a short SimPy process of one cell of the
process table: it sleeps until the cell's time or its proof, puts a note into the inbox, and ends. Everything that
follows is worked out when the next scan drains the inbox, in the order (row, rank, source).
"""

import hashlib
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import simpy
from simpy.events import Event as Moment

from twin.base import chance
from twin.base.arrays import NEVER, Bools, Floats, same_bits, some
from twin.base.fault import Fault
from twin.engine import digest
from twin.engine import world as worlds_
from twin.engine.instructor import Standing
from twin.engine.model import Model
from twin.engine.orders import CELL, OUTSIDE, Act, Answer, Command, Event, Order
from twin.engine.world import Override, World
from twin.farm import flow
from twin.farm.words import EVENTS
from twin.instruments import calculated, gauge
from twin.protection import alarm, interlock, logic
from twin.response import table
from twin.response.deed import Deed

SCAN_S = 1.0
DIGEST_EVERY = 600
NOISE_AHEAD = 64
NOISE_CELLS = 20_000
_LAST = 1_000  # a priority behind all of SimPy's own


@dataclass(slots=True)
class Snapshot:
    """A block at the end of a tick; a cache, never truth."""

    world: World
    orders: dict[tuple[int, int], Order]
    inbox: list[tuple[Any, ...]]
    hashes: list[Any]
    event_counts: list[int]
    act_counts: list[int]
    firsts: Any
    asked: Any
    standing: list[Standing]


@dataclass(frozen=True, slots=True)
class Edges:
    """Where each block of edge columns starts."""

    announced: int
    tripped: int
    overflow: int
    closed: int
    opened: int
    alive: int
    flood: int
    metered: int
    landed: int
    holds: int  # the cue expressions come last


def _edges(model: Model) -> Edges:
    p = model.plant
    sizes = (len(model.alarms.names), len(model.interlocks.names), len(p.vessels.names), len(p.valves), len(p.valves),
             len(p.utilities), 1, len(p.transfers), p.vessels.n_tanks)  # fmt: skip
    return Edges(*(sum(sizes[:i]) for i in range(len(sizes) + 1)))


@dataclass(frozen=True, slots=True)
class Way:
    """A crew on its way: from where, to where, between which ticks."""

    row: int
    crew: int
    start: int
    arrives: int
    here: tuple[float, float]
    there: tuple[float, float]


@dataclass(slots=True)
class Recorder:
    """What a block keeps of its past besides the events."""

    board: list[Floats] = field(default_factory=list)  # one (W, C) a tick, row 0 the start
    ways: list[Way] = field(default_factory=list)


_NOTHING = np.zeros((0, 0), dtype=bool)


@dataclass(slots=True)
class _Kept:
    """Answers of the last scan and what they were made from: never truth, forgotten at any time without harm."""

    valid: Bools = field(default_factory=lambda: _NOTHING)
    valid_inputs: tuple[Any, ...] = ()
    readings: Bools = field(default_factory=lambda: _NOTHING)
    guard_inputs: tuple[Any, ...] = ()
    guards_say: Bools = field(default_factory=lambda: _NOTHING)
    protection_inputs: tuple[Any, ...] = ()
    edge_inputs: tuple[Any, ...] = ()
    landed: Bools = field(default_factory=lambda: _NOTHING)
    metered: Bools = field(default_factory=lambda: _NOTHING)
    cue_inputs: tuple[Any, ...] = ()
    someone_waits: bool = False


def _same_objects(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


class Block:
    """Worlds of these numbers, advanced together.

    `advance(tick)` runs scans up to and including a tick. `submit` hands in an outside command for the next scan.
    """

    def __init__(
        self, model: Model, seed: int, numbers: list[int], overrides: list[Override] | None = None,
        record: bool = False,
    ) -> None:  # fmt: skip
        from twin.engine.drain import Drain  # the other half of this class: what commands do

        self.model, self.seed, self.numbers = model, seed, numbers
        overrides = overrides or [Override()] * len(numbers)
        self.overrides = overrides
        self.sound = [worlds_.repaired(model, o) for o in overrides]  # cells that no inject spoils
        self.keys = chance.keys(seed, numbers, [f"{name}.noise" for name in model.gauges.names])
        self.world = worlds_.start(model, seed, numbers, overrides)
        self.at = _edges(model)
        self.world.edges = np.zeros((len(numbers), self.at.holds), dtype=bool)
        self.events: list[list[Event]] = [[] for _ in numbers]
        self.acts: list[list[Act]] = [[] for _ in numbers]
        self.first: list[dict[str, int]] = [{} for _ in numbers]
        self.asked: list[dict[int, int]] = [{} for _ in numbers]  # by line of the plan: when its cue first came
        self.hashes = [hashlib.sha256() for _ in numbers]
        self.orders: dict[tuple[int, int], Order] = {}
        self.inbox: list[tuple[Any, ...]] = []
        self.standing: list[Standing] = []  # what of the instructor waits
        self.recorder = Recorder() if record else None
        self.digests: list[tuple[int, list[str]]] = []
        self.drain = Drain(self)
        self._faults_of: tuple[Any, Any] | None = None
        self._noise_from, self._noise_ahead = 0, np.zeros((0, 0, 0))
        self._moments = frozenset(model.moments.tolist()) | {1}
        self._some_legs = bool((model.plant.vessels.legs_m > 0.0).any())
        self._some_metered = bool(model.plant.transfer_metered.any())
        self._no_landed = np.zeros((len(numbers), model.plant.vessels.n_tanks), dtype=bool)
        self._no_metered = np.zeros((len(numbers), len(model.plant.transfers)), dtype=bool)
        self._forget()
        self._quality = np.ones((len(numbers), 1), dtype=bool)
        self._no_hand = np.zeros((len(numbers), len(model.gauges.names) + len(model.values.names)), dtype=bool)
        self._no_start = np.zeros((len(numbers), len(model.values.names)), dtype=bool)
        self.taken: Bools = self._no_hand
        self.afresh: Bools = self._no_start
        if self.recorder:
            self.recorder.board.append(self.world.board)
        self._begin(0)
        for row in range(len(numbers)):
            for cell in np.flatnonzero(self.world.table.due[row] < NEVER).tolist():
                self.wait(row, cell)

    def _forget(self) -> None:
        """Drops what is kept between scans only to leave out work."""
        self._kept = _Kept()
        self.touched = True
        self._cues_of_facts = np.zeros((len(self.numbers), len(self.model.facts.names)), dtype=bool)

    # the clock

    def _begin(self, tick: int) -> None:
        self.env = simpy.Environment(initial_time=tick)
        self.armed: dict[tuple[int, int], Moment] = {}
        self.watchers: dict[tuple[int, int], list[int]] = {}
        self._schedule_scan(1)

    def _schedule_scan(self, delay: int) -> None:
        due = Moment(self.env)
        due._ok, due._value = True, None  # a bare event; SimPy's own way to trigger one later
        due.callbacks = [self._scan]
        self.env.schedule(due, priority=_LAST, delay=delay)  # type: ignore[arg-type]

    def advance(self, tick: int) -> None:
        """Runs every scan up to and including this tick."""
        while self.world.tick < tick:
            self.env.step()

    def wait(self, row: int, cell: int) -> None:
        """Starts the waiter of a cell that has just been put into a phase with a time or a proof."""
        due = int(self.world.table.due[row, cell])
        proof = self.drain.proof_of(row, cell)
        self.armed.pop((row, cell), None)
        if due >= NEVER and proof < 0:
            return
        if proof >= 0:
            cells = self.watchers.setdefault((row, proof), [])
            if cell not in cells:
                cells.append(cell)
        moment = self.env.event()
        self.armed[(row, cell)] = moment
        count = int(self.world.table.count[row, cell])
        self.env.process(self._waiter(row, cell, due, count, moment))

    def _waiter(self, row: int, cell: int, due: int, count: int, moment: Moment) -> Generator[Moment, Any, None]:
        """Sleeps until a cell's time or its proof, then leaves a note for the next scan."""
        if due < NEVER:
            timeout = self.env.timeout(max(0, due - int(self.env.now)))
            assert timeout.callbacks is not None
            timeout.callbacks.append(lambda _: self.wake(row, cell) if self.armed.get((row, cell)) is moment else None)
        yield moment
        if self.armed.get((row, cell)) is moment:  # else the cell went on without this waiter
            del self.armed[(row, cell)]
            self.inbox.append((row, CELL, cell, count))

    def wake(self, row: int, cell: int) -> None:
        """Ends the sleep of a cell's waiter now."""
        moment = self.armed.get((row, cell))
        if moment is not None and not moment.triggered:
            moment.succeed()

    def submit(self, row: int, command: Command, answer: Callable[[Answer], None] | None = None) -> None:
        """An outside command, taken by the next scan in the order of handing in."""
        sequence = sum(1 for note in self.inbox if note[1] == OUTSIDE)
        self.inbox.append((row, OUTSIDE, sequence, command, answer))

    # the scan

    def _scan(self, _: Any) -> None:
        world, model = self.world, self.model
        tick = world.tick + 1
        world.tick = tick
        self.taken, self.afresh = self._no_hand, self._no_start
        notes, self.inbox = sorted(self.inbox, key=lambda note: note[:3]), []
        if self.standing:
            self.touched = True
            self.drain.stand()
        if notes:
            self.touched = True
            self.drain.run(notes)
        if model.ramps and some(world.ramp_start < NEVER):
            self.drain.ramp()
        self.drain.copy = None  # from here on a write makes new controls: the plant has read these
        n_gauges = len(model.gauges.names)
        forced = (
            interlock.forced(model.interlocks, world.interlocks.tripped) if some(world.interlocks.tripped) else None
        )
        world.farm = flow.step(model.plant, world.farm, world.controls, forced, SCAN_S)
        truth = model.board.truth(world.farm, world.controls)
        world.gauges = gauge.step(
            model.gauges, world.gauges, gauge.truth_of(model.gauges, truth), world.controls,
            self._faults(), self._noise(tick), self.taken[:, :n_gauges], tick,
        )  # fmt: skip
        readings = np.concatenate((truth, world.gauges.shown), axis=1)
        world.values = calculated.step(
            model.values, world.values, readings, self.taken[:, n_gauges:], self.afresh, tick, SCAN_S
        )
        world.board = np.concatenate((readings, world.values.shown), axis=1)
        self._protect(tick)
        self._notice(tick)
        if self.standing:
            self.drain.look()
        if model.facts.reads_any:
            self._measure()
        if self.recorder:
            self.recorder.board.append(world.board)
        if tick % DIGEST_EVERY == 0:
            self.take_digest()
        self._schedule_scan(1)

    def _faults(self) -> gauge.Faults:
        """What is wrong with the instruments; worked out anew only when controls or supplies changed."""
        seen = (self.world.controls, self.world.farm.alive)
        if self._faults_of is None or self._faults_of[0] is not seen[0] or self._faults_of[1] is not seen[1]:
            self._faults_of = seen
            self._known_faults = gauge.faults(self.model.gauges, *seen)
        return self._known_faults

    def _noise(self, tick: int) -> Floats:
        """Noise of one scan; worked out for several scans at once while that is cheap. Same bits either way."""
        if not self._noise_from <= tick < self._noise_from + len(self._noise_ahead):
            scans = max(1, min(NOISE_AHEAD, NOISE_CELLS // max(1, self.keys.size)))
            self._noise_from = tick
            self._noise_ahead = chance.noise_ahead(self.keys, tick, scans)
        ahead: Floats = self._noise_ahead[tick - self._noise_from]
        return ahead

    def _protect(self, tick: int) -> None:
        """Tests, votes, alarms, interlocks; what depends on nothing that changed keeps its answer."""
        world, model, kept = self.world, self.model, self._kept
        alive = world.farm.alive
        inputs: tuple[Any, ...] = (world.gauges.good, world.values.known)
        valid = kept.valid
        if not _same_objects(inputs, kept.valid_inputs):
            kept.valid_inputs = inputs
            valid = np.concatenate((self._quality, *inputs), axis=1)
            valid = kept.valid if same_bits(valid, kept.valid) else valid
        tests = logic.tested(model.tests, world.tests, world.board, valid)
        if not (valid is kept.valid and same_bits(tests, world.tests)):
            world.tests, kept.valid = tests, valid
            kept.readings = np.concatenate((self._quality, tests, logic.voted(model.votes, tests, valid)), axis=1)
        inputs = (kept.readings, world.alarms, world.interlocks)
        if not (len(model.guards.held_atom) == 0 and _same_objects(inputs, kept.guard_inputs)):
            atoms = np.concatenate((kept.readings, world.alarms.standing, world.interlocks.tripped), axis=1)
            world.guard_since, long_enough = logic.held(model.guards, world.guard_since, atoms, tick)
            padded = self._padded(atoms) if long_enough.shape[1] else atoms
            kept.guards_say = logic.evaluated(model.guards, padded, long_enough)
            kept.guard_inputs = inputs
        says, n = kept.guards_say, len(model.alarms.names)
        looked_at = (says, world.controls, alive, world.alarms, world.interlocks)
        if tick % 10 and _same_objects(looked_at, kept.protection_inputs):
            return  # the last call changed nothing, and nothing it looks at has changed since
        hidden = world.controls.shelved | world.controls.out_of_service
        its = alive[:, model.alarm_system : model.alarm_system + 1]
        kept.protection_inputs = looked_at
        world.alarms = alarm.step(model.alarms, world.alarms, says[:, :n], says[:, n : 2 * n], hidden, its, tick)
        world.interlocks = interlock.step(
            model.interlocks, world.interlocks, says[:, 2 * n :], world.controls.bypassed, alive
        )

    def _padded(self, atoms: Bools) -> Bools:
        """Guards know only the first blocks of atoms; their held atoms stand behind all of them."""
        missing = self.model.atoms.end - atoms.shape[1]
        return np.concatenate((atoms, np.zeros((len(atoms), missing), dtype=bool)), axis=1) if missing else atoms

    def _notice(self, tick: int) -> None:
        """Edges: one comparison over all columns; they become events, start cells and wake waiters."""
        world, model, at, kept = self.world, self.model, self.at, self._kept
        farm = world.farm
        landed, metered = self._no_landed, self._no_metered
        if self._some_legs:
            landed = flow.landed(model.plant, farm.level_m)
        if self._some_metered:
            full = farm.moved_m3 >= model.plant.transfer_amount_m3
            metered = full & model.plant.transfer_metered & world.controls.running
        inputs = (world.alarms, world.interlocks, world.tests, farm.overflow_m3_s, farm.alive)
        quiet = (
            _same_objects(inputs, kept.edge_inputs)
            and same_bits(landed, kept.landed)
            and same_bits(metered, kept.metered)
        )
        if not quiet:
            kept.edge_inputs, kept.landed, kept.metered = inputs, landed, metered
            tests = np.concatenate((world.tests, np.zeros((len(world.tests), 1), dtype=bool)), axis=1)
            now = np.concatenate(
                (
                    world.alarms.announced, world.interlocks.tripped, farm.overflow_m3_s > 0.0,
                    tests[:, model.closed_test], tests[:, model.open_test], farm.alive[:, :-1],
                    world.alarms.flood[:, None], metered, landed,
                ),
                axis=1,
            )  # fmt: skip
            if tick == 1:
                world.edges = self._as_found(now)
            changed = np.flatnonzero(now ^ world.edges)
            world.edges = now
            for row, column in zip(*divmod(changed, now.shape[1]), strict=True):
                self.drain.edge(int(row), int(column), bool(now[row, column]))
        if not self._evaluate(tick):
            return
        holds, world.holds = world.holds, self._says
        changed = np.flatnonzero(holds ^ world.holds)
        for row, column in zip(*divmod(changed, holds.shape[1]), strict=True):
            self.drain.cue_edge(int(row), int(column), bool(world.holds[row, column]))
            self._wake_watchers(int(row), at.holds + int(column), bool(world.holds[row, column]))
        if len(changed) or tick == 1:
            self.touched = True
            self._judge(tick)

    def _as_found(self, now: Bools) -> Bools:
        """Before the first scan alarms and trips count as false; everything else as it is found."""
        found = now.copy()
        found[:, : self.at.closed] = False
        return found

    def _wake_watchers(self, row: int, column: int, rising: bool) -> None:
        if rising:
            for cell in self.watchers.get((row, column), ()):
                if self.drain.proof_of(row, cell) == column:  # else it no longer waits for this
                    self.wake(row, cell)

    def _evaluate(self, tick: int) -> bool:
        """Works out what every sentence says; False when no atom changed, so that none can have."""
        world, model, kept = self.world, self.model, self._kept
        inputs = (kept.readings, world.alarms, world.interlocks, world.controls)
        if not (
            self.touched or kept.someone_waits or tick in self._moments or not _same_objects(inputs, kept.cue_inputs)
        ):
            return False
        self.touched, kept.cue_inputs = False, inputs
        alarms = world.alarms.standing & ~world.controls.out_of_service & ~world.alarms.suppressed
        moments = np.broadcast_to(model.moments <= tick, (len(self.numbers), len(model.moments)))
        atoms = np.concatenate(
            (kept.readings, alarms, world.interlocks.tripped, world.happened, world.accepted, world.proven, moments),
            axis=1,
        )
        world.cue_since, long_enough = logic.held(model.cues, world.cue_since, atoms, tick)
        kept.someone_waits = some((world.cue_since < NEVER) & ~long_enough)
        self._says = logic.evaluated(model.cues, atoms, long_enough)
        return True

    def _judge(self, tick: int) -> None:
        """First times of what objectives and facts name, and the readings that facts measure."""
        world, judged, facts = self.world, self.model.judged, self.model.facts
        if not judged.names:
            return
        wide = np.concatenate((world.holds, np.zeros((len(world.holds), 1), dtype=bool)), axis=1)
        a, b = wide[:, judged.first], wide[:, judged.second]
        was_open = world.judged_second >= NEVER
        world.judged_first = np.minimum(world.judged_first, np.where(a, tick, NEVER))
        world.judged_second = np.minimum(world.judged_second, np.where(b, tick, NEVER))
        reached = world.judged_second <= tick
        world.judged_after = np.minimum(world.judged_after, np.where(a & reached, tick, NEVER))
        now = was_open & reached
        world.judged_at = np.where(now, a, world.judged_at)
        self._cues_of_facts = a[:, len(judged.names) - len(facts.names) :]

    def _measure(self) -> None:
        """Readings that facts ask for: extremes and means at every scan, others when their cue first holds."""
        world, facts = self.world, self.model.facts
        cue_holds = self._cues_of_facts
        reading = world.board[:, facts.column] * facts.scale
        for f, form in enumerate(facts.form):
            if facts.column[f] < 0 or facts.at_end[f]:
                continue
            old, count = world.fact_value[:, f], world.fact_count[:, f]
            if form == "at":
                take = cue_holds[:, f] & (count == 0)
            else:
                take = np.ones(len(old), dtype=bool)
            value = reading[:, f]
            if form == "max":
                value = np.where(count == 0, value, np.maximum(old, value))
            elif form == "min":
                value = np.where(count == 0, value, np.minimum(old, value))
            elif form == "mean":
                value = old + (value - old) / (count + 1)
            world.fact_value = _with_column(world.fact_value, f, np.where(take, value, old))
            world.fact_count = _with_column(world.fact_count, f, count + take)

    # events and digests

    def note(self, row: int, post: int, deed: Deed, end: str = "") -> None:
        """Keeps what a person did or finished, for the judgement."""
        name = self.model.authority.posts[post]
        self.acts[row].append(Act(self.world.tick, name, deed.verb, deed.thing, deed.to, end))

    def walks(self, row: int, g: int, arrives: int, there: tuple[float, float]) -> None:
        """Keeps a way for pictures."""
        if self.recorder:
            here = float(self.world.crews.x_m[row, g]), float(self.world.crews.y_m[row, g])
            self.recorder.ways.append(Way(row, g, self.world.tick, arrives, here, there))

    def emit(self, row: int, kind: str, subject: str, text: str) -> None:
        """Something happened in one world at this tick."""
        tick = self.world.tick
        event = Event(tick, kind, subject, text)
        self.events[row].append(event)
        self.first[row].setdefault(kind, tick)
        self.hashes[row].update(f"{tick}|{kind}|{subject}|{text}\n".encode())
        self.drain.know(row, kind, subject)

    def happen(self, row: int, word: str, thing: str, *, observed: bool) -> None:
        """Marks that an event or verb happened, where some cue asks for it; its opposite is undone."""
        self.touched = True
        opposite = EVENTS[word].undone_by if word in EVENTS else ""
        for key in {(word, thing, observed), (word, "", observed)}:
            number = self.model.happened_at.get(key)
            if number is not None:
                self.world.happened[row, number] = True
        undone = [opposite] if opposite else [e.name for e in EVENTS.values() if e.undone_by == word]
        for other in undone:
            keys = [(other, thing, observed)]
            if not self._another_stands(row, other, word, thing):
                keys.append((other, "", observed))
            for key in keys:
                number = self.model.happened_at.get(key)
                if number is not None:
                    self.world.happened[row, number] = False

    def _another_stands(self, row: int, word: str, opposite: str, thing: str) -> bool:
        """Whether an event still stands for some other thing."""
        last = {e.subject: e.kind for e in self.events[row] if e.kind in {word, opposite}}
        return any(kind == word for subject, kind in last.items() if subject != thing)

    def take_digest(self) -> None:
        """Adds each world's state bits to its running hash and notes what it is now."""
        for running, bits in zip(self.hashes, digest.rows_bytes(self.world, len(self.hashes)), strict=True):
            running.update(bits)
        self.digests.append((self.world.tick, [h.hexdigest() for h in self.hashes]))
        self._check_finite()

    def last_digest(self) -> None:
        """Takes a digest where the block stands, unless there is one."""
        if not self.digests or self.digests[-1][0] != self.world.tick:
            self.take_digest()

    def _check_finite(self) -> None:
        farm = self.world.farm
        for name in ("volume_m3", "level_m", "line_flow_m3_s", "position"):
            values = getattr(farm, name)
            if not np.isfinite(values).all():
                row, *where = (int(i) for i in np.argwhere(~np.isfinite(values))[0])
                thing = self._thing(name, where[-1])
                raise Fault(
                    f"the model broke down: {name.rsplit('_', 1)[0]} of {thing} is no number at "
                    f"{self.model.clock.text(self.world.tick)} in world {self.numbers[row]}.",
                    "Please report this scenario.",
                )

    def _thing(self, name: str, index: int) -> str:
        plant = self.model.plant
        listed = {"line_flow_m3_s": plant.lines, "position": plant.valves}.get(name, plant.vessels.names)
        return listed[index]

    def balance_error(self) -> Floats:
        """Relative error of the mass balance of each world."""
        return flow.balance_error(self.model.plant, self.world.start_m3, self.world.farm)

    # snapshots

    def snapshot(self) -> Snapshot:
        """The block as it is at the end of this tick, to go back to."""
        return Snapshot(
            world=worlds_.copied(self.world),
            orders=dict(self.orders),
            inbox=[*self.inbox, *self._owed()],
            hashes=[h.copy() for h in self.hashes],
            event_counts=[len(e) for e in self.events],
            act_counts=[len(a) for a in self.acts],
            firsts=[dict(f) for f in self.first],
            asked=[dict(a) for a in self.asked],
            standing=list(self.standing),
        )

    def _owed(self) -> list[tuple[Any, ...]]:
        """Notes of waiters that are awake at this tick and have not yet written them."""
        count = self.world.table.count
        woken = sorted(key for key, moment in self.armed.items() if moment.triggered)
        return [(row, CELL, cell, int(count[row, cell])) for row, cell in woken]

    def go_on_from(self, other: "Block", snapshot: Snapshot) -> None:
        """Every row goes on from a snapshot of a block of one world: copies that begin alike begin once."""
        n = len(self.numbers)
        self.events = [other.events[0][: snapshot.event_counts[0]] for _ in range(n)]
        self.acts = [other.acts[0][: snapshot.act_counts[0]] for _ in range(n)]
        self.restore(
            Snapshot(
                world=worlds_.repeated(snapshot.world, n),
                orders={(row, cell): order for row in range(n) for (_, cell), order in snapshot.orders.items()},
                inbox=[(row, *note[1:]) for row in range(n) for note in snapshot.inbox],
                hashes=snapshot.hashes * n,
                event_counts=snapshot.event_counts * n,
                act_counts=snapshot.act_counts * n,
                firsts=snapshot.firsts * n,
                asked=snapshot.asked * n,
                standing=[replace(its, row=row) for row in range(n) for its in snapshot.standing],
            )
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Goes back to a snapshot of this block; waiters start anew at the phases of the table."""
        self.world = worlds_.copied(snapshot.world)
        self.orders = dict(snapshot.orders)
        self.inbox = list(snapshot.inbox)
        self.hashes = [h.copy() for h in snapshot.hashes]
        for row, known in enumerate(snapshot.event_counts):
            del self.events[row][known:]
            del self.acts[row][snapshot.act_counts[row] :]
        self.first = [dict(f) for f in snapshot.firsts]
        self.asked = [dict(a) for a in snapshot.asked]
        self.standing = list(snapshot.standing)
        tick = self.world.tick
        self.digests = [d for d in self.digests if d[0] <= tick]
        if self.recorder:
            del self.recorder.board[tick + 1 :]
            self.recorder.ways = [w for w in self.recorder.ways if w.start <= tick]
        self._forget()
        self._begin(tick)
        count = self.world.table.count
        noted = {(n[0], n[2]) for n in self.inbox if n[1] == CELL and count[n[0], n[2]] == n[3]}
        for row in range(len(self.numbers)):
            active = np.isin(self.world.table.phase[row], list(table.ACTIVE))
            late = self.drain.late_proofs(row)
            for cell in np.flatnonzero(active).tolist() + late:
                if (row, cell) not in noted:
                    self.wait(row, cell)


def _with_column(values: Any, column: int, new: Any) -> Any:
    copy = values.copy()
    copy[:, column] = new
    return copy
