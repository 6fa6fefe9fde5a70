"""A block of worlds, advanced together: the tick, read from top to bottom. Here, and in `flow`, the parts meet.

What happened since the last scan is drained first; then liquid moves, instruments look, protection acts, edges and
sentences are found, and what follows from them waits for the next scan. Work whose inputs did not change is left out; what
is kept for that is never truth, and can be forgotten at any time without harm.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from twin.base import chance
from twin.base.arrays import NEVER, Bools, Floats, same_bits, some
from twin.base.fault import Fault
from twin.engine import digest, edges, flow, judging, logic, sentences
from twin.engine.clock import Clock, Woken
from twin.engine.inbox import Inbox
from twin.engine.model import Model
from twin.engine.orders import Act, Answer, Command, Event
from twin.engine.stage import Asked, Past, Recorder, Stage
from twin.engine.start import repaired, start
from twin.engine.world import Controls, Override, World
from twin.parts import alarm, gauge, interlock, value

SCAN_S = 1.0
DIGEST_EVERY = 600
NOISE_AHEAD = 64
NOISE_CELLS = 20_000

_NOTHING = np.zeros((0, 0), dtype=bool)


@dataclass(slots=True)
class _Kept:
    """Answers of the last scan and what they were made from."""

    valid: Bools = field(default_factory=lambda: _NOTHING)
    valid_inputs: tuple[object, ...] = ()
    readings: Bools = field(default_factory=lambda: _NOTHING)
    guard_inputs: tuple[object, ...] = ()
    guards_say: Bools = field(default_factory=lambda: _NOTHING)
    protection_inputs: tuple[object, ...] = ()
    cue_inputs: tuple[object, ...] = ()
    someone_waits: bool = False
    faults: tuple[object, object, gauge.Faults] | None = None
    flowed_with: Controls | None = None


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether two tuples hold the same objects."""
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


class Block:
    """Worlds of these numbers, advanced together.

    `advance(tick)` runs scans up to and including a tick. `submit` hands in an outside command for the next scan.
    """

    def __init__(
        self, model: Model, seed: int, numbers: list[int], overrides: list[Override] | None = None,
        record: bool = False,
    ) -> None:  # fmt: skip
        overrides = overrides or [Override()] * len(numbers)
        self.model, self.seed, self.numbers, self.overrides = model, seed, numbers, overrides
        self.keys = chance.keys(seed, numbers, [f"{name}.noise" for name in model.instruments.names])
        columns = edges.build(lambda section: getattr(model, section))
        world = start(model, seed, numbers, overrides)
        world.edges = np.zeros((len(numbers), columns.end), dtype=bool)
        self.stage = Stage(
            model, seed, numbers, overrides, [repaired(model, o) for o in overrides], world, columns, Past.of(len(numbers)),
            self._clock(0), Recorder() if record else None,
        )  # fmt: skip
        self.inbox = Inbox(self.stage)
        self.digests: list[tuple[int, list[str]]] = []
        self._noise_from, self._noise_ahead = 0, np.zeros((0, 0, 0))
        self._moments = frozenset(model.moments.tolist()) | {1}
        self._measures = model.facts.reads_any
        self._quality = np.ones((len(numbers), 1), dtype=bool)
        self._none_read = np.zeros((len(numbers), len(model.instruments.names)), dtype=bool)
        self._none_worked = np.zeros((len(numbers), len(model.calculated.names)), dtype=bool)
        self._arrays = digest.taker(world)
        self._edges = edges.Watch(columns, len(numbers))
        self.forget()
        if self.stage.recorder:
            self.stage.recorder.signals.append(world.signals)
        for row in range(len(numbers)):
            for cell in np.flatnonzero(world.table.due[row] < NEVER).tolist():
                self.inbox.plan.sleep(row, cell)

    # what others ask of a block

    @property
    def world(self) -> World:
        """Everything that changes, as it is at the end of the last scan."""
        return self.stage.world

    @property
    def events(self) -> list[list[Event]]:
        return self.stage.past.events

    @property
    def acts(self) -> list[list[Act]]:
        return self.stage.past.acts

    @property
    def first(self) -> list[dict[str, int]]:
        """The first tick of each kind of event."""
        return self.stage.past.first

    @property
    def asked(self) -> list[dict[int, int]]:
        """By line of the plan: when its cue first came."""
        return self.stage.past.asked

    @property
    def recorder(self) -> Recorder | None:
        return self.stage.recorder

    def forget(self) -> None:
        """Drops what is kept between scans only to leave out work."""
        self._kept = _Kept()
        self._edges.forget()
        self.stage.touched = True
        self._cues_of_facts = np.zeros((len(self.numbers), len(self.model.facts.names)), dtype=bool)

    def submit(self, row: int, command: Command, answer: Callable[[Answer], None] | None = None) -> None:
        """An outside command, taken by the next scan in the order of handing in."""
        self.stage.asked.append(Asked(row, command, answer))

    def advance(self, tick: int) -> None:
        """Runs every scan up to and including this tick."""
        while self.stage.world.tick < tick:
            self.stage.clock.step()

    def _clock(self, tick: int) -> Clock:
        return Clock(tick, self._scan, self._note)

    def _note(self, woken: Woken) -> None:
        self.stage.woken.append(woken)

    def clock_from(self, tick: int) -> None:
        """A new clock that stands at a tick, and nobody asleep."""
        self.stage.clock = self._clock(tick)
        self.stage.watchers.clear()

    # the scan

    def _scan(self) -> None:
        stage, world, model = self.stage, self.stage.world, self.model
        world.tick += 1
        tick = world.tick
        stage.taken, stage.afresh = {}, None
        if stage.asked or stage.woken or stage.standing or stage.moves:
            self.inbox.take()
        stage.settled()
        kept, set_ = self._kept, world.controls
        flow.step(model, world, set_ is not kept.flowed_with, SCAN_S)
        kept.flowed_with = set_
        first, second, end = model.signals.spans
        signals = np.empty((len(self.numbers), end))  # one array, filled as far as it is known
        model.signals.truth(world, signals[:, :first])
        world.instruments = gauge.step(
            model.instruments, world.instruments, gauge.truth_of(model.instruments, signals), set_.instruments, self._faults(),
            self._noise(tick), stage.taken.get("instruments", self._none_read), tick,
        )  # fmt: skip
        signals[:, first:second] = world.instruments.shown
        world.calculated = value.step(
            model.calculated, world.calculated, signals, stage.taken.get("calculated", self._none_worked),
            stage.gaps_afresh(self._none_worked), tick, SCAN_S,
        )  # fmt: skip
        signals[:, second:] = world.calculated.shown
        world.signals = signals
        self._protect(tick)
        self._notice(tick)
        self._say(tick)
        if stage.standing:
            self.inbox.look()
        if self._measures:
            judging.measure(model, world, self._cues_of_facts)
        if stage.recorder:
            stage.recorder.signals.append(world.signals)
        if tick % DIGEST_EVERY == 0:
            self.take_digest()

    def _faults(self) -> gauge.Faults:
        """What is wrong with the instruments; worked out anew only when controls or supplies changed."""
        set_, alive = self.stage.world.controls.instruments, self.stage.world.utilities.alive
        known = self._kept.faults
        if known is None or known[0] is not set_ or known[1] is not alive:
            known = self._kept.faults = (set_, alive, gauge.faults(self.model.instruments, set_, alive))
        return known[2]

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
        world, model, kept = self.stage.world, self.model, self._kept
        alive, set_ = world.utilities.alive, world.controls
        qualities = (world.instruments.good, world.calculated.known)
        valid = kept.valid
        if not _same(qualities, kept.valid_inputs):
            kept.valid_inputs = qualities
            valid = np.concatenate((self._quality, *qualities), axis=1)
            valid = kept.valid if same_bits(valid, kept.valid) else valid
        tests = logic.tested(model.tests, world.tests, world.signals, valid)
        if not (valid is kept.valid and same_bits(tests, world.tests)):
            world.tests, kept.valid = tests, valid
            kept.readings = np.concatenate((self._quality, tests, logic.voted(model.votes, tests, valid)), axis=1)
        inputs = (kept.readings, world.alarms, world.interlocks)
        if not (len(model.guards.held_atom) == 0 and _same(inputs, kept.guard_inputs)):
            atoms = np.concatenate((kept.readings, world.alarms.standing, world.interlocks.tripped), axis=1)
            if len(model.guards.held_atom) or model.guards.groups is not None:
                atoms = logic.grouped(model.guards, self._padded(atoms))
            world.guard_since, long_enough = logic.held(model.guards, world.guard_since, atoms, tick)
            kept.guards_say = logic.evaluated(model.guards, atoms, long_enough)
            kept.guard_inputs = inputs
        says, n = kept.guards_say, len(model.alarms.names)
        looked_at = (says, set_.alarms, set_.interlocks, alive, world.alarms, world.interlocks)
        if tick % 10 and _same(looked_at, kept.protection_inputs):
            return  # the last call changed nothing, and nothing it looks at has changed since
        hidden = set_.alarms.shelved | set_.alarms.out_of_service
        its = alive[:, model.alarm_system : model.alarm_system + 1]
        kept.protection_inputs = looked_at
        world.alarms = alarm.step(model.alarms, world.alarms, says[:, :n], says[:, n : 2 * n], hidden, its, tick)
        world.interlocks = interlock.step(
            model.interlocks, world.interlocks, says[:, 2 * n :], set_.interlocks.bypassed, alive
        )  # fmt: skip

    def _padded(self, atoms: Bools) -> Bools:
        """Guards know only the first blocks of atoms; their held atoms stand behind all of them."""
        missing = self.model.atoms.end - atoms.shape[1]
        return np.concatenate((atoms, np.zeros((len(atoms), missing), dtype=bool)), axis=1) if missing else atoms

    def _notice(self, tick: int) -> None:
        """Edges: what begins and ends becomes events, starts cells and wakes sleepers."""
        world, now = self.stage.world, self._edges.look(self.stage.world)
        if now is None:
            return
        if tick == 1:
            world.edges = self.stage.columns.as_found(now)
        changed = np.flatnonzero(now ^ world.edges)
        world.edges = now
        for row, column in zip(*divmod(changed, max(1, now.shape[1])), strict=True):
            self.inbox.edge(int(row), int(column), begins=bool(now[row, column]))

    def _say(self, tick: int) -> None:
        """Sentences: which began or ceased to hold."""
        world, says = self.stage.world, self._evaluate(tick)
        if says is None:
            return
        held, world.holds = world.holds, says
        changed = np.flatnonzero(held ^ says)
        for row, column in zip(*divmod(changed, max(1, says.shape[1])), strict=True):
            self.inbox.cue(int(row), int(column), begins=bool(says[row, column]))
        if len(changed) or tick == 1:
            self.stage.touched = True
            if self.model.judged.names:
                self._cues_of_facts = judging.judge(self.model, world)

    def _evaluate(self, tick: int) -> Bools | None:
        """What every sentence says; None when no atom changed, so that none can say anything else."""
        stage, world, model, kept = self.stage, self.stage.world, self.model, self._kept
        inputs = (kept.readings, world.alarms, world.interlocks, world.controls)
        if not (stage.touched or kept.someone_waits or tick in self._moments or not _same(inputs, kept.cue_inputs)):
            return None
        stage.touched, kept.cue_inputs = False, inputs
        moments = np.broadcast_to(model.moments <= tick, (len(self.numbers), len(model.moments)))
        atoms = logic.grouped(model.cues, sentences.atoms(model, world, kept.readings, world.happened, moments))
        world.cue_since, long_enough = logic.held(model.cues, world.cue_since, atoms, tick)
        kept.someone_waits = some((world.cue_since < NEVER) & ~long_enough)
        return logic.evaluated(model.cues, atoms, long_enough)

    # digests

    def take_digest(self) -> None:
        """Adds each world's state bits to its running hash and notes what it is now."""
        hashes = self.stage.past.hashes
        for running, bits in zip(hashes, digest.rows_bytes(self._arrays(self.stage.world), len(hashes)), strict=True):
            running.update(bits)
        self.digests.append((self.stage.world.tick, [h.hexdigest() for h in hashes]))
        self._check_finite()

    def bits(self, row: int) -> str:
        """SHA-256 of the state of one world as it stands, without what happened before."""
        return hashlib.sha256(
            b"".join(digest.rows_bytes(tuple(a[row : row + 1] for a in self._arrays(self.world)), 1))
        ).hexdigest()

    def last_digest(self) -> None:
        """Takes a digest where the block stands, unless there is one."""
        if not self.digests or self.digests[-1][0] != self.stage.world.tick:
            self.take_digest()

    def _check_finite(self) -> None:
        world, model = self.stage.world, self.model
        looked_at = (
            ("volume", world.tanks.volume_m3, model.tanks.names), ("level", world.tanks.level_m, model.tanks.names),
            ("line_flow", world.lines.line_flow_m3_s, model.lines.links), ("position", world.valves.position, model.valves.names),
        )  # fmt: skip
        for name, values, things in looked_at:
            if not np.isfinite(values).all():
                row, *where = (int(i) for i in np.argwhere(~np.isfinite(values))[0])
                raise Fault(
                    f"the model broke down: {name} of {things[where[-1]]} is no number at "
                    f"{model.clock.text(world.tick)} in world {self.numbers[row]}.",
                    "Please report this scenario.",
                )

    def balance_error(self) -> Floats:
        """Relative error of the mass balance of each world."""
        return flow.balance_error(self.stage.world)
