"""One run of one world with its journal: start, advance, command, go back, resume, close.

What is outside the deterministic function (wall time, files, people) meets it here. A command is stamped with the
next tick, written and fsynced, and only then acknowledged.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from twin.base.fault import Fault
from twin.base.json import Body, Json
from twin.engine import commands, instructor
from twin.engine import snapshot as snapshots
from twin.engine.compile import open_model
from twin.engine.model import Model
from twin.engine.orders import INSTRUCTOR, Answer, Command
from twin.engine.scan import Block
from twin.engine.setup import Setup, header
from twin.engine.snapshot import Snapshot
from twin.engine.world import Override
from twin.journal.chain import Journal, spoken
from twin.language.files import Files

SNAPSHOT_EVERY = 60  # a part of the ticks between two digests, at each of which one is kept
BALANCE = 1e-9  # relative, per product (design, section 8)
RATINGS = ("P", "S", "M", "U")  # HSEEP: performed without challenges, with some, with major, unable
Judge = Callable[["Session"], Body]


@dataclass(slots=True)
class Stamped:
    """An outside command, parsed once, with the tick of the scan that takes it."""

    tick: int
    command: Command
    record: int = 0
    hint: str = ""  # the plan line whose hint was taken

    @property
    def post(self) -> str:
        return self.command.post

    @property
    def sentence(self) -> str:
        return self.command.sentence

    @property
    def body(self) -> Json:
        """What the journal keeps of it."""
        body = {"tick": self.tick, "post": self.post, "do": self.sentence}
        return {**body, "hint": self.hint} if self.hint else body


@dataclass(frozen=True, slots=True)
class Note:
    """Something said about the run, outside the world: `fields` are text, by their name.

    kind: mark (with by, text, perhaps rating P S M U and mark), name (a snapshot), refused (post, text), end (by).
    """

    tick: int
    course: int
    fields: Mapping[str, str]

    @property
    def body(self) -> Json:
        """What the journal keeps of it."""
        return {"tick": self.tick, **self.fields}


@dataclass(slots=True)
class Session:
    """A world being lived through. `journal` is None for runs that nobody keeps."""

    setup: Setup
    model: Model
    meaning: str
    files: Files
    block: Block
    journal: Journal | None = None
    commands: list[Stamped] = field(default_factory=list)
    answers: dict[int, Answer] = field(default_factory=dict)
    snapshots: dict[int, Snapshot] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    outcome: Body | None = None
    course: int = 1
    ended: int = -1  # the tick at which the instructor ended it
    read_seal: str = ""  # the last seal of the file that this was lived again from
    foreign: str = ""  # how the machine or version that made this run differs from this one
    _next: int = 0
    _written_digests: int = 0

    @property
    def tick(self) -> int:
        return self.block.world.tick

    @property
    def lasts(self) -> int:
        """The tick at which it ends: that of the scenario, or where the instructor ended it."""
        return self.model.spec.lasts_s if self.ended < 0 else self.ended

    @property
    def header(self) -> Json:
        """The first record of this run, while it stands at its start."""
        return header(self.setup, dict(self.files.texts), self.meaning, self.block.bits(0))

    @property
    def seal(self) -> str:
        """The last seal of the run file, short enough to write down; "" for a run that nobody keeps."""
        return spoken(self.journal.records) if self.journal else self.read_seal

    @property
    def last_seal(self) -> tuple[str, int]:
        """The figures of the last seal, and its line."""
        figures, _, line = self.seal.rpartition(" at line ")
        return figures, int(line)

    @property
    def over(self) -> bool:
        return self.tick >= self.lasts

    def command(self, post: str, sentence: str, tick: int | None = None, hint: str = "") -> Stamped:
        """Hands in a command for the next scan (or a later tick) and waits until the journal has it.

        `hint` names the plan line whose hint was taken. Raises Fault when the command cannot be understood; whether
        it is accepted shows in `answers` after that scan.
        """
        return self.commands_together([(post, sentence, tick)], hint)[0]

    def commands_together(self, given: list[tuple[str, str, int | None]], hint: str = "") -> list[Stamped]:
        """Several commands with one wait for the disk."""
        if given and self.over:
            raise Fault("the run has ended.")
        stamped = []
        for post, sentence, tick in given:
            due = self.tick + 1 if tick is None else max(tick, self.tick + 1)
            stamped.append(Stamped(due, commands.order(self.model, post, sentence), hint=hint))
        if self.journal:
            first = len(self.journal.records) + 1
            self.journal.append(*(("command", s.body) for s in stamped))
            for i, one in enumerate(stamped):
                one.record = first + i
        self.enter(stamped)
        return stamped

    def person(self, post: str, sentence: str) -> Stamped:
        """An order of a person, who takes the seat with it; one that is refused for who gives it takes nothing.

        Raises Fault when it cannot be understood; then nothing was handed in.
        """
        order = commands.order(self.model, post, sentence)
        sits = post == INSTRUCTOR or not self.on_plan(post) or self.model.posts.refusal(post, order.action) is not None
        taking = [] if sits or order.action.verb == "take" else [(post, f"take {post}", None)]
        return self.commands_together([*taking, (post, sentence, None)])[-1]

    def on_plan(self, post: str) -> bool:
        """Whether the plan acts for a post, and nobody has asked for it."""
        asked = {c.sentence for c in self.commands if c.tick > self.tick}
        return bool(self.block.world.controls.posts.on_plan[0, self.model.post(post)]) and f"take {post}" not in asked

    def enter(self, stamped: list[Stamped]) -> None:
        """Commands that the journal holds already; they keep the order (tick, order of handing in)."""
        ahead = self.commands[self._next :] + stamped
        ahead.sort(key=lambda s: s.tick)  # stable
        self.commands[self._next :] = ahead

    def advance(self, tick: int) -> None:
        """Runs up to and including a tick, at most to the end."""
        tick = min(tick, self.lasts)
        while self.tick < tick:
            while self._next < len(self.commands) and self.commands[self._next].tick <= self.tick + 1:
                self._submit(self._next)
                self._next += 1
            stop = tick
            if self._next < len(self.commands):
                stop = min(stop, self.commands[self._next].tick - 1)
            due = (self.tick // SNAPSHOT_EVERY + 1) * SNAPSHOT_EVERY
            self.block.advance(min(stop, due))
            if self.tick % SNAPSHOT_EVERY == 0 and self.tick not in self.snapshots:
                self.snapshots[self.tick] = snapshots.take(self.block)
        self._write_digests()

    def _submit(self, index: int) -> None:
        one = self.commands[index]

        def answered(answer: Answer) -> None:
            self.answers[index] = answer

        self.block.submit(0, one.command, answered)

    def _write_digests(self) -> None:
        new = self.block.digests[self._written_digests :]
        if self.journal and new:
            self.journal.append(*(("digest", {"tick": t, "sha256": d[0]}) for t, d in new))
        self._written_digests = len(self.block.digests)

    def mark(self) -> None:
        """Notes the tick that a live drill has reached."""
        if self.journal:
            self.journal.append(("mark", {"tick": self.tick}))

    def instruct(self, line: str) -> Stamped:
        """A typed line of the instructor: now, at a moment, in a while, or on a condition; raises Fault like `command`."""
        told = instructor.told(self.model, line, self.tick)
        return self.command(INSTRUCTOR, told.do, told.tick)

    def note(self, **fields: str) -> Note:
        """Keeps something said about the run at this tick: a mark, a rating, a name for the moment, a refusal."""
        made = Note(self.tick, self.course, fields)
        if self.journal:
            self.journal.append(("mark", made.body))
        self.notes.append(made)
        return made

    def end(self, by: str) -> None:
        """The instructor ends it where it stands: it is finished, and scored to this moment."""
        if self.tick == 0:
            raise Fault("nothing was lived yet.")
        self.note(kind="end", by=by)
        self.ended = self.tick

    def accepted(self) -> Iterator[Stamped]:
        """The outside commands of the present course that were accepted so far."""
        return (one for i, one in enumerate(self.commands) if (a := self.answers.get(i)) is not None and a.accepted)

    def named(self) -> dict[str, int]:
        """Moments with a name that the present course has lived through."""
        return {n.fields["name"]: n.tick for n in self.notes if "name" in n.fields and n.tick <= self.tick}

    def rewind(self, tick: int) -> None:
        """Goes back: what came after that tick is void but stays in the journal."""
        if not 0 <= tick <= self.tick:
            raise Fault("one can only go back.", f"It is {self.model.clock.text(self.tick)}.")
        if self.journal:
            self.journal.append(("rewind", {"tick": self.tick, "to": tick}))
        self.go_back(tick)

    def go_back(self, tick: int) -> None:
        """Stands where it stood at a tick, or will stand, without a word in the journal; what was asked for later is void."""
        kept = [s for s in self.commands if s.tick <= tick]
        base = max((t for t in self.snapshots if t <= tick), default=-1)
        self.snapshots = {t: s for t, s in self.snapshots.items() if t <= tick}
        self.commands = kept
        self.outcome, self.ended = None, -1
        self.course += 1
        if self.tick <= tick:
            return
        if base >= 0:
            snapshots.restore(self.block, self.snapshots[base])
        else:
            self.block = block(self.model, self.setup, record=self.block.recorder is not None)
        self._next = sum(1 for s in kept if s.tick <= self.tick)
        self.answers = {i: a for i, a in self.answers.items() if i < self._next}
        self._written_digests = len(self.block.digests)
        journal, self.journal = self.journal, None
        try:
            self.advance(tick)
        finally:
            self.journal = journal
        self.snapshots.setdefault(tick, snapshots.take(self.block))  # one goes back to the same moment more than once
        self._written_digests = len(self.block.digests)

    def begin_as(self, other: "Session", tick: int) -> None:
        """Stands where another session of the same world stood at its last snapshot up to a tick: nothing is lived twice."""
        base = max((t for t in other.snapshots if t <= tick), default=0)
        mine, its = self.block.recorder, other.block.recorder
        if not base or mine is None or its is None:
            return
        mine.signals, mine.ways = its.signals[: base + 1], list(its.ways)
        snapshots.go_on_from(self.block, other.block, other.snapshots[base])
        self.block.digests = [d for d in other.block.digests if d[0] <= base]
        self.snapshots = {t: s for t, s in other.snapshots.items() if t <= base}
        self._next = sum(1 for s in self.commands if s.tick <= base)
        self.answers = {i: a for i, a in other.answers.items() if i < self._next}

    def finish(self, judge: Judge) -> Body:
        """Runs to the end and seals the outcome."""
        self.advance(self.lasts)
        if self.outcome is None:
            self.last_digest()
            error = float(self.block.balance_error()[0])
            if error > BALANCE:
                raise Fault(
                    f"the mass balance is off by {error:.1e}: this run is no evidence.", "Please report this scenario."
                )
            self.outcome = judge(self)
            if self.journal:
                self.journal.append(("outcome", dict(self.outcome)))
        return self.outcome

    def last_digest(self) -> None:
        """Takes a digest where the run stands, and notes it."""
        self.block.last_digest()
        self._write_digests()

    @property
    def digest(self) -> str:
        """The digest at the last tick at which one was taken."""
        return f"sha256:{self.block.digests[-1][1][0]}" if self.block.digests else ""

    def go_on_in(self, journal: Journal) -> None:
        """What comes now is written to this journal, which holds all that came before."""
        self._written_digests = len(self.block.digests)
        self.journal = journal

    def close(self) -> None:
        if self.journal:
            self.journal.close()


def block(model: Model, setup: Setup, *, record: bool) -> Block:
    """The one world of a setup at tick 0."""
    override = Override(posts=setup.posts, taken=frozenset(setup.taken))
    return Block(model, setup.seed, [setup.world], [override], record=record)


def start(setup: Setup, out: Path | None = None, *, record: bool = True, files: Files | None = None) -> Session:
    """A new run; with `out`, its journal is made and locked. Raises Faults when the files have mistakes."""
    files = files or Files()
    model, meaning = open_model(files, setup.scenario, list(setup.settings))
    for post in setup.taken:
        if post not in model.posts.names:
            raise Fault(f"{post!r} is no post.", f"Posts: {', '.join(model.posts.names)}.")
    session = Session(setup, model, meaning, files, block(model, setup, record=record))
    if out is not None:
        keep(session, out)
    return session


def keep(session: Session, out: Path, force: bool = False) -> None:
    """Makes and locks the run file of a session at its start; with `force` in place of one that nobody uses."""
    session.journal = Journal.create(out, session.header, force)
