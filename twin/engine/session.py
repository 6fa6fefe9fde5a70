"""One run of one world with its journal: start, advance, command, go back, resume, close.

What is outside the deterministic function (wall time, files, people) meets it here. A command is stamped with the
next tick, written and fsynced, and only then acknowledged.
"""

import hashlib
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from twin.base.fault import Fault
from twin.engine import commands, instructor
from twin.engine.block import Block, Snapshot
from twin.engine.model import Model, open_model
from twin.engine.orders import Answer
from twin.engine.world import Override
from twin.farm import products
from twin.farm.files import Files
from twin.journal.chain import FORMAT, Journal, Record

VERSION = version("tankfarm-twin")
SNAPSHOT_EVERY = 600
BALANCE = 1e-9  # relative, per product (design, section 8)
Judge = Callable[["Session"], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run is made from, besides the files."""

    scenario: str
    seed: int = 0
    world: int = 0
    settings: tuple[str, ...] = ()
    posts: str = "plan"  # plan, slow, none
    taken: tuple[str, ...] = ()  # posts that people act for from the first scan on
    commands: tuple[str, ...] = ()  # the lines of a command file, as read
    parent: "Parent | None" = None  # the run that this one is a second chance of


@dataclass(frozen=True, slots=True)
class Parent:
    """The course that a second chance left: its digest, the tick it was left at, and what people did after it.

    With the commands before that tick, which the child's journal holds as its own, the parent's course can be lived
    again from the child's file alone.
    """

    digest: str
    tick: int
    end: int  # the tick the parent stood at
    act: str  # the act whose window was about to close
    closes: int
    after: tuple[tuple[int, str, str], ...]  # tick, post, sentence

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Parent":
        """The parent of a header; raises Fault when it is none that this version writes."""
        try:
            after = tuple((int(c["tick"]), str(c["post"]), str(c["do"])) for c in body["after"])
            whole = [int(body[k]) for k in ("tick", "end", "closes")]
            return cls(str(body["digest"]), whole[0], whole[1], str(body["act"]), whole[2], after)
        except (KeyError, TypeError, ValueError):
            raise Fault("the header of this run names a parent that this version cannot read.") from None

    @property
    def body(self) -> dict[str, Any]:
        """What the header keeps of it."""
        after = [{"tick": t, "post": p, "do": d} for t, p, d in self.after]
        return {
            "digest": self.digest,
            "tick": self.tick,
            "end": self.end,
            "act": self.act,
            "closes": self.closes,
            "after": after,
        }


@dataclass(slots=True)
class Stamped:
    """An outside command with the tick of the scan that takes it."""

    tick: int
    post: str
    sentence: str
    record: int = 0
    hint: str = ""  # the plan line whose hint was taken

    @property
    def body(self) -> dict[str, Any]:
        """What the journal keeps of it."""
        body = {"tick": self.tick, "post": self.post, "do": self.sentence}
        return {**body, "hint": self.hint} if self.hint else body


@dataclass(frozen=True, slots=True)
class Note:
    """Something said about the run, outside the world: `fields` are text, by their name.

    kind: mark (with by, text, perhaps rating P S M U and mark), name (a snapshot), refused (post, text).
    """

    tick: int
    course: int
    fields: Mapping[str, str]

    @property
    def body(self) -> dict[str, Any]:
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
    outcome: Mapping[str, Any] | None = None
    course: int = 1
    foreign: str = ""  # how the machine or version that made this run differs from this one
    _next: int = 0
    _written_digests: int = 0

    @property
    def tick(self) -> int:
        return self.block.world.tick

    @property
    def lasts(self) -> int:
        return self.model.spec.lasts_s

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
        stamped = []
        for post, sentence, tick in given:
            commands.order(self.model, post, sentence)
            due = self.tick + 1 if tick is None else max(tick, self.tick + 1)
            stamped.append(Stamped(due, post, sentence, hint=hint))
        if self.journal:
            first = len(self.journal.records) + 1
            self.journal.append(*(("command", s.body) for s in stamped))
            for i, one in enumerate(stamped):
                one.record = first + i
        self._enter(stamped)
        return stamped

    def _enter(self, stamped: list[Stamped]) -> None:
        """Commands keep the order (tick, order of handing in)."""
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
                self.snapshots[self.tick] = self.block.snapshot()
        self._write_digests()

    def _submit(self, index: int) -> None:
        one = self.commands[index]

        def answered(answer: Answer) -> None:
            self.answers[index] = answer

        self.block.submit(0, commands.order(self.model, one.post, one.sentence), answered)

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
        return self.command(instructor.INSTRUCTOR, told.do, told.tick)

    def note(self, **fields: str) -> Note:
        """Keeps something said about the run at this tick: a mark, a rating, a name for the moment, a refusal."""
        made = Note(self.tick, self.course, fields)
        if self.journal:
            self.journal.append(("mark", made.body))
        self.notes.append(made)
        return made

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
        self._go_back(tick)

    def _go_back(self, tick: int) -> None:
        kept = [s for s in self.commands if s.tick <= tick]
        base = max((t for t in self.snapshots if t <= tick), default=-1)
        self.snapshots = {t: s for t, s in self.snapshots.items() if t <= tick}
        if base >= 0:
            self.block.restore(self.snapshots[base])
        else:
            self.block = _block(self.model, self.setup, record=self.block.recorder is not None)
        self.commands = kept
        self._next = sum(1 for s in kept if s.tick <= self.tick)
        self.answers = {i: a for i, a in self.answers.items() if i < self._next}
        self._written_digests = len(self.block.digests)
        self.outcome = None
        self.course += 1
        journal, self.journal = self.journal, None
        try:
            self.advance(tick)
        finally:
            self.journal = journal
        self._written_digests = len(self.block.digests)

    def _begin_as(self, other: "Session", tick: int) -> None:
        """Stands where another session of the same world stood at its last snapshot up to a tick: nothing is lived twice."""
        base = max((t for t in other.snapshots if t <= tick), default=0)
        mine, its = self.block.recorder, other.block.recorder
        if not base or mine is None or its is None:
            return
        mine.board, mine.ways = its.board[: base + 1], list(its.ways)
        self.block.go_on_from(other.block, other.snapshots[base])
        self.block.digests = [d for d in other.block.digests if d[0] <= base]
        self.snapshots = {t: s for t, s in other.snapshots.items() if t <= base}
        self._next = sum(1 for s in self.commands if s.tick <= base)
        self.answers = {i: a for i, a in other.answers.items() if i < self._next}

    def finish(self, judge: Judge) -> Mapping[str, Any]:
        """Runs to the end and seals the outcome."""
        self.advance(self.lasts)
        if self.outcome is None:
            self._last_digest()
            error = float(self.block.balance_error()[0])
            if error > BALANCE:
                raise Fault(
                    f"the mass balance is off by {error:.1e}: this run is no evidence.", "Please report this scenario."
                )
            self.outcome = judge(self)
            if self.journal:
                self.journal.append(("outcome", dict(self.outcome)))
        return self.outcome

    def _last_digest(self) -> None:
        self.block.last_digest()
        self._write_digests()

    @property
    def digest(self) -> str:
        """The digest at the last tick at which one was taken."""
        return f"sha256:{self.block.digests[-1][1][0]}" if self.block.digests else ""

    def close(self) -> None:
        if self.journal:
            self.journal.close()


def _block(model: Model, setup: Setup, *, record: bool) -> Block:
    override = Override(posts=setup.posts, taken=frozenset(setup.taken))
    return Block(model, setup.seed, [setup.world], [override], record=record)


def start(setup: Setup, out: Path | None = None, *, record: bool = True, files: Files | None = None) -> Session:
    """A new run; with `out`, its journal is made and locked. Raises Faults when the files have mistakes."""
    files = files or Files()
    model, meaning = open_model(files, setup.scenario, list(setup.settings))
    for post in setup.taken:
        if post not in model.authority.posts:
            raise Fault(f"{post!r} is no post.", f"Posts: {', '.join(model.authority.posts)}.")
    session = Session(setup, model, meaning, files, _block(model, setup, record=record))
    if out is not None:
        keep(session, out)
    return session


def keep(session: Session, out: Path) -> None:
    """Makes and locks the run file of a session at its start."""
    session.journal = Journal.create(out, header(session))


def header(session: Session) -> dict[str, Any]:
    """The first record of a run: all that is needed to simulate it again."""
    setup = session.setup
    return {
        "format": FORMAT,
        "twin": VERSION,
        "scenario": setup.scenario,
        "files": dict(session.files.texts),
        "meaning": session.meaning,
        "products": products_digest(),
        "seed": setup.seed,
        "world": setup.world,
        "set": list(setup.settings),
        "overrides": {"posts": setup.posts},
        "taken": list(setup.taken),
        "commands": list(setup.commands),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        **({"parent": setup.parent.body} if setup.parent else {}),
    }


def products_digest() -> str:
    """SHA-256 of the product table, by what it means here."""
    rows = [(p.name, p.density_kg_m3.hex(), p.viscosity_pa_s.hex()) for p in products.products().values()]
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()


def _check_header(body: Mapping[str, Any]) -> None:
    """Raises Fault when a header is not what this version writes."""

    def texts(value: object) -> bool:
        return isinstance(value, list) and all(isinstance(v, str) for v in value)

    files = body.get("files")
    fits = (
        body.get("format") == FORMAT
        and isinstance(body.get("scenario"), str)
        and all(type(body.get(k)) is int and 0 <= body[k] < 1 << 62 for k in ("seed", "world"))
        and all(texts(body.get(k)) for k in ("set", "taken", "commands"))
        and isinstance(body.get("overrides"), dict)
        and body["overrides"].get("posts") in {"plan", "slow", "none"}
        and isinstance(files, dict)
        and all(isinstance(v, str) for v in files.values())
    )
    if not fits:
        raise Fault("the header of this run is not one that this version writes.")


def from_header(body: Mapping[str, Any], *, record: bool = True) -> Session:
    """The session that a header describes, at tick 0, from the texts that it holds."""
    _check_header(body)
    setup = Setup(
        scenario=body["scenario"], seed=body["seed"], world=body["world"], settings=tuple(body["set"]),
        posts=body["overrides"]["posts"], taken=tuple(body["taken"]), commands=tuple(body["commands"]),
        parent=Parent.read(body["parent"]) if "parent" in body else None,
    )  # fmt: skip
    files = Files(dict(body["files"]))
    return start(setup, record=record, files=files)


class Differs(Exception):
    """A replay that does not agree with a record."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


def replay(
    records: list[Record],
    *,
    check: bool,
    record: bool = True,
    judge: Judge | None = None,
    progress: Callable[[float], None] | None = None,
) -> Session:
    """Simulates a run again from its records.

    With `check`, every digest is compared, with `judge` every outcome; Differs is raised at the first record that does
    not agree.
    """
    session = from_header(records[0].body, record=record)
    if check:
        session.foreign = _foreign(session, records[0])
        _compare_header(session, records[0])
    for item in records[1:]:
        try:
            _live_again(session, item, check=check, judge=judge)
        except (Fault, KeyError, TypeError, ValueError) as error:
            raise Differs(item.line, f"this record cannot be lived through: {error}") from None
        if progress:
            progress(session.tick / session.lasts)
    return session


def _foreign(session: Session, first: Record) -> str:
    """What made this run otherwise: version of twin, NumPy or Python (minor), platform; "" when it was the like of us."""
    now = header(session)

    def minor(text: object) -> str:
        return ".".join(str(text).split(".")[:2])

    differs = [
        f"{key} {first.body.get(key)} (here {now[key]})"
        for key in ("twin", "numpy", "python", "platform")
        if (
            first.body.get(key) != now[key]
            if key in {"twin", "platform"}
            else minor(first.body.get(key)) != minor(now[key])
        )
    ]
    return ", ".join(differs)


def _agrees(one: Any, other: Any, *, exactly: bool) -> bool:
    """Whether two outcomes are the same; from another machine or version, numbers to 1e-9 and no digests."""
    if exactly:
        return bool(one == other)
    if isinstance(one, dict) and isinstance(other, dict):
        keys = (set(one) | set(other)) - {"digest", "mass_balance_error"}
        return all(k in one and k in other and _agrees(one[k], other[k], exactly=False) for k in keys)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_agrees(a, b, exactly=False) for a, b in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, (int, float)):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one), abs(other))
    return bool(one == other)


def _compare_header(session: Session, first: Record) -> None:
    """What the files and products mean today must be what they meant when the run was made."""
    now = header(session)
    for key, what in (
        ("meaning", "the files in this run mean something else"),
        ("products", "the product table is another one"),
    ):
        if first.body.get(key) != now[key]:
            raise Differs(first.line, f"{what} to this version of the twin.")


def _live_again(session: Session, item: Record, *, check: bool, judge: Judge | None) -> None:
    """One record of a run."""
    body = item.body
    if item.kind != "outcome" and type(body.get("tick")) is not int:
        raise Differs(item.line, "this record has no tick.")
    said_after = item.kind == "mark" and len(body) > 1  # a rating may follow the end
    if session.outcome is not None and item.kind != "rewind" and not said_after:
        raise Differs(item.line, "only going back can follow an outcome.")
    if item.kind == "command":
        _check_stamp(session, item)
        one = Stamped(int(body["tick"]), str(body["post"]), str(body["do"]), item.line, str(body.get("hint", "")))
        session._enter([one])
    elif item.kind in {"mark", "digest"}:
        session.advance(int(body["tick"]))
        said = {str(k): str(v) for k, v in body.items() if k != "tick"}
        if item.kind == "mark" and said:
            session.notes.append(Note(int(body["tick"]), session.course, said))
        if check and item.kind == "digest":
            _compare(session, item)
    elif item.kind == "rewind":
        session.advance(int(body["tick"]))
        if not 0 <= int(body["to"]) <= session.tick == int(body["tick"]):
            raise Differs(item.line, "this goes back to where the run had not been.")
        session._go_back(int(body["to"]))
    elif item.kind == "outcome":
        session.advance(session.lasts)
        session._last_digest()
        if judge and not _agrees(dict(judge(session)), dict(body), exactly=not session.foreign):
            raise Differs(item.line, "simulated again, the outcome differs.")
        session.outcome = body


def _check_stamp(session: Session, item: Record) -> None:
    commands.order(session.model, str(item.body["post"]), str(item.body["do"]))
    if not session.tick < int(item.body["tick"]) <= session.lasts:
        raise Differs(item.line, "this command is stamped with a tick that had passed, or never comes.")


def _compare(session: Session, item: Record) -> None:
    tick = int(item.body["tick"])
    if session.over:
        session._last_digest()
    found = dict(session.block.digests).get(tick)
    if session.foreign and found is not None:
        return  # other bits are no surprise there; the outcome is compared by its values
    if found is None or found[0] != item.body["sha256"]:
        raise Differs(item.line, f"simulated again, the digest at {session.model.clock.text(tick)} differs.")


def second_chance(parent: Session, tick: int, out: Path, *, act: str = "", closes: int = 0) -> Session:
    """A new run of the same world, gone on with from a tick of another: its commands up to then are the parent's.

    The new run knows its parent and verifies alone. Raises Fault when the tick lies outside the parent's course.
    """
    if not 0 <= tick <= parent.tick:
        raise Fault("a second chance begins within the run.", f"It reached {parent.model.clock.text(parent.tick)}.")
    before = [s for s in parent.commands if s.tick <= tick]
    after = tuple((s.tick, s.post, s.sentence) for s in parent.commands if s.tick > tick)
    its = Parent(parent.digest, tick, parent.tick, act, closes, after)
    files = Files(dict(parent.files.texts))
    child = start(replace(parent.setup, parent=its), out, files=files)
    assert child.journal is not None
    if before:
        child.journal.append(*(("command", s.body) for s in before))
        child._enter([replace(s, record=i + 2) for i, s in enumerate(before)])
    child._begin_as(parent, tick)
    child.advance(tick)
    child.mark()
    return child


def parents_course(child: Session) -> Session:
    """The course that a second chance left, lived again from what the child's own file holds."""
    its = child.setup.parent
    assert its is not None
    setup = replace(child.setup, parent=None)
    block = _block(child.model, setup, record=True)
    other = Session(setup, child.model, child.meaning, child.files, block)
    other._enter([replace(s) for s in child.commands if s.tick <= its.tick])
    other._enter([Stamped(t, p, d) for t, p, d in its.after])
    other.advance(its.end)
    other._last_digest()
    return other


def resume(path: Path, judge: Judge | None = None) -> tuple[Session, int]:
    """Goes on with a run file after its last record; also how many torn bytes were cut off."""
    journal, torn = Journal.open(path)
    try:
        session = replay(journal.records, check=True, judge=judge)
    except Differs as differs:
        journal.close()
        raise Fault(
            f"{path}: line {differs.line}: {differs.reason}",
            "The run was made by another version, or on a machine that computes otherwise.",
        ) from None
    except BaseException:
        journal.close()
        raise
    session._written_digests = len(session.block.digests)
    session.journal = journal
    return session, torn
