"""Runs lived again from their records: verified, resumed, or gone on with from a moment as a second chance."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from twin.base.fault import Fault
from twin.base.json import Body
from twin.engine import commands
from twin.engine import setup as setups
from twin.engine.orders import INSTRUCTOR
from twin.engine.scan import DIGEST_EVERY
from twin.engine.session import RATINGS, Judge, Note, Session, Stamped, block, start
from twin.engine.setup import Parent
from twin.journal.chain import Journal, Record
from twin.language.files import Files

KEYS = {
    "command": {"tick", "post", "do", "hint"},
    "digest": {"tick", "sha256"},
    "mark": {"tick", "kind", "by", "text", "name", "rating", "mark", "post"},
    "rewind": {"tick", "to"},
}  # fmt: skip
"""What a record of each kind may say; what nobody reads is refused, so that `verify` vouches for all that stands there."""

NOTES = ("mark", "name", "refused", "clock", "end")


def from_header(body: Body, *, record: bool = True) -> Session:
    """The session that a header describes, at tick 0, from the texts that it holds."""
    setup = setups.read(body)
    return start(setup, record=record, files=Files(dict(body["files"])))


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

    With `check`, the header and every digest are compared, with `judge` every outcome; Differs is raised at the first
    record that does not agree. What nothing is compared with is not lived: a course that was left before its first digest
    costs nothing, and neither does any that was left when nothing is checked.
    """
    its = _Replay(from_header(records[0].body, record=record), check, judge)
    if check:
        _compare_header(its.session, records)
    for item in records[1:]:
        try:
            its.take(item)
        except (Fault, KeyError, TypeError, ValueError) as error:
            raise Differs(item.line, f"this record cannot be lived through: {error}") from None
        if progress:
            progress(its.session.tick / its.session.lasts)
    its.session.advance(its.tick)
    return its.session


# the header


_MADE_WITH = ("twin", "numpy", "python", "platform")
_HEADER_DIFFERS = {
    "meaning": "the files in this run mean something else to this version of the twin.",
    "products": "the product table is another one to this version of the twin.",
    "start": "simulated again, the world begins otherwise.",
}


def _compare_header(session: Session, records: list[Record]) -> None:
    """What a header says is what this version would write of the same run, but for what it was made with."""
    first, now = records[0], session.header
    session.foreign = _foreign(now, first.body)
    for key in now:
        if key in _MADE_WITH or (key == "start" and session.foreign):
            continue
        if first.body.get(key) != now[key]:
            raise Differs(first.line, _HEADER_DIFFERS.get(key, f"the header says another {key!r} than the run has."))
    _compare_lines(session, records)
    _compare_parent(session, records)


def _foreign(now: Body, then: Body) -> str:
    """What made a run otherwise: version of twin, NumPy or Python (minor), platform; "" when it was the like of us."""

    def minor(text: object) -> str:
        return ".".join(str(text).split(".")[:2])

    differs = [
        f"{key} {then.get(key)} (here {now[key]})"
        for key in _MADE_WITH
        if (then.get(key) != now[key] if key in {"twin", "platform"} else minor(then.get(key)) != minor(now[key]))
    ]
    return ", ".join(differs)


def _compare_lines(session: Session, records: list[Record]) -> None:
    """The lines of a command file that a header holds are the first that the run was told, and these posts were taken."""
    setup = session.setup
    if not setup.commands:
        return
    lines = commands.read(session.model, "\n".join(setup.commands), "commands")
    if list(setup.taken) != sorted({line.post for line in lines} - {INSTRUCTOR}):
        raise Differs(1, "the posts taken from the plan are not those that its lines name.")
    told = [r for r in records if r.kind in {"command", "rewind"}]
    done = any(r.kind == "outcome" for r in records)
    standing = 0
    due: Body
    for i, line in enumerate(lines):
        if i == len(told):
            if done:
                raise Differs(1, f"line {line.number} of the commands in the header was never handed in.")
            return
        if line.rewind_to >= 0:
            due, standing = {"tick": line.tick, "to": line.rewind_to}, line.rewind_to
        else:
            due = {"tick": max(line.tick, standing + 1), "post": line.post, "do": line.sentence}
        if told[i].body != due:
            raise Differs(told[i].line, f"this is not line {line.number} of the commands in the header.")


def _compare_parent(session: Session, records: list[Record]) -> None:
    """A second chance begins with what its parent's course had been told, and that course comes to the digest it names."""
    its = session.setup.parent
    if its is None:
        return
    told = [r.body for r in itertools.takewhile(lambda r: r.kind == "command", records[1:])]
    if [(b.get("tick"), b.get("post"), b.get("do")) for b in told] != [c for c in its.did if c[0] <= its.tick]:
        raise Differs(1, "this second chance does not begin with what its first course was told.")
    outside = any(not 0 <= c[0] <= its.end for c in its.did)
    if outside or not 0 <= its.tick <= its.end <= session.lasts or not 0 <= its.closes <= its.end:
        raise Differs(1, "this second chance lies outside its first course.")
    plan = session.model.plan
    acts = {d.sentence for line in plan for d in line.actions} | {line.name for line in plan} | {c[2] for c in its.did}
    if its.act and its.act not in acts:
        raise Differs(1, "the act of this second chance is none of the plan's, nor of its first course.")
    try:
        found = parents_course(session).digest
    except Fault as fault:
        raise Differs(1, f"the first course of this second chance cannot be lived through: {fault}") from None
    if found != its.digest and not session.foreign:
        raise Differs(1, "simulated again, the first course of this second chance comes to another digest.")


# the records


@dataclass(slots=True)
class _Replay:
    """A session that takes one record after the other. `tick` is where the run stands; the session may lag behind."""

    session: Session
    check: bool
    judge: Judge | None
    tick: int = 0
    digested: int = 0  # the tick of the last digest of this course, or where it began

    def take(self, item: Record) -> None:
        """One record of a run."""
        body, its = item.body, self.session
        self._legible(item)
        said_after = item.kind == "mark" and len(body) > 1  # a rating may follow the end
        if its.outcome is not None and item.kind != "rewind" and not said_after:
            raise Differs(item.line, "only going back can follow an outcome.")
        if item.kind == "outcome":
            self.tick = its.lasts
            self._digested(item.line)
            self._outcome(body, item.line)
            return
        tick = int(body["tick"])
        if item.kind == "command":
            self._command(tick, item)
            return
        if not self.tick <= tick <= its.lasts:
            raise Differs(item.line, "this record stands at a tick that had passed, or never comes.")
        self.tick = tick
        if item.kind == "digest":
            self.digested = tick
        else:
            self._digested(item.line)
        if item.kind == "mark" and len(body) > 1:
            its.notes.append(Note(tick, its.course, {str(k): str(v) for k, v in body.items() if k != "tick"}))
            if body.get("kind") == "end":
                its.ended = tick
        elif item.kind == "digest" and self.check:
            its.advance(self.tick)
            _compare(its, item)
        elif item.kind == "rewind":
            if not 0 <= int(body["to"]) <= self.tick == tick:
                raise Differs(item.line, "this goes back to where the run had not been.")
            its.go_back(int(body["to"]))
            self.tick = self.digested = int(body["to"])

    def _digested(self, line: int) -> None:
        """Raises Differs where the run had reached a tick at which it takes a digest, and there is none."""
        due = (self.digested // DIGEST_EVERY + 1) * DIGEST_EVERY
        if due <= self.tick:
            raise Differs(line, f"the digest at {self.session.model.clock.text(due)} is missing before this.")

    def _legible(self, item: Record) -> None:
        """Raises Differs where a record says what nobody reads."""
        body = item.body
        if more := sorted(set(body) - KEYS.get(item.kind, set(body))):
            raise Differs(item.line, f"this record says {more[0]!r}, which nothing here proves.")
        if item.kind != "outcome" and type(body.get("tick")) is not int:
            raise Differs(item.line, "this record has no tick.")
        if item.kind == "command" and body.get("hint", "") not in ("", *self.session.model.line_names):
            raise Differs(item.line, "the hint of this command is no line of the plan.")
        if body.get("hint") and self.session.setup.assessed:
            raise Differs(item.line, "an assessed run gives no hints.")
        if item.kind == "mark" and (
            not all(isinstance(v, str) for k, v in body.items() if k != "tick")
            or body.get("kind", "mark") not in NOTES
            or body.get("rating", "") not in ("", *RATINGS)
        ):
            raise Differs(item.line, "this mark is none that this version writes.")

    def _command(self, tick: int, item: Record) -> None:
        command = commands.order(self.session.model, str(item.body["post"]), str(item.body["do"]))
        if not self.tick < tick <= self.session.lasts:
            raise Differs(item.line, "this command is stamped with a tick that had passed, or never comes.")
        self.session.enter([Stamped(tick, command, item.line, str(item.body.get("hint", "")))])

    def _outcome(self, body: Body, line: int) -> None:
        its = self.session
        its.outcome = body
        if not self.check:
            return
        its.advance(its.lasts)
        its.last_digest()
        if self.judge and not _agrees(dict(self.judge(its)), dict(body), exactly=not its.foreign):
            raise Differs(line, "simulated again, the outcome differs.")


def _compare(session: Session, item: Record) -> None:
    tick = int(item.body["tick"])
    if session.over:
        session.last_digest()
    found = dict(session.block.digests).get(tick)
    if session.foreign and found is not None:
        return  # other bits are no surprise there; the outcome is compared by its values
    if found is None or found[0] != item.body["sha256"]:
        raise Differs(item.line, f"simulated again, the digest at {session.model.clock.text(tick)} differs.")


def _agrees(one: object, other: object, *, exactly: bool) -> bool:
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


# a second chance


def second_chance(parent: Session, tick: int, out: Path, *, act: str = "", closes: int = 0) -> Session:
    """A new run of the same world, gone on with from a tick of another: its commands up to then are the parent's.

    The new run knows its parent and verifies alone. Raises Fault when the tick lies outside the parent's course.
    """
    if not 0 <= tick <= parent.tick:
        raise Fault("a second chance begins within the run.", f"It reached {parent.model.clock.text(parent.tick)}.")
    before = [s for s in parent.commands if s.tick <= tick]
    did = tuple((s.tick, s.post, s.sentence) for s in parent.commands if s.tick <= parent.tick)
    its = Parent(parent.digest, tick, parent.tick, act, closes, did)
    files = Files(dict(parent.files.texts))
    child = start(replace(parent.setup, parent=its, commands=()), out, files=files)
    assert child.journal is not None
    if before:
        child.journal.append(*(("command", s.body) for s in before))
        child.enter([replace(s, record=i + 2) for i, s in enumerate(before)])
    child.begin_as(parent, tick)
    child.advance(tick)
    child.mark()
    return child


def parents_course(child: Session) -> Session:
    """The course that a second chance left, lived again from what the child's own file holds."""
    its = child.setup.parent
    assert its is not None
    setup = replace(child.setup, parent=None)
    other = Session(setup, child.model, child.meaning, child.files, block(child.model, setup, record=True))
    other.enter([Stamped(t, commands.order(child.model, p, d)) for t, p, d in its.did])
    other.advance(its.end)
    other.last_digest()
    return other


def lines_left(session: Session) -> list[commands.Line]:
    """The lines of a resumed run's command file that it was not told yet: those that it was are its first, in their order."""
    lines = commands.read(session.model, "\n".join(session.setup.commands), "commands")
    records = session.journal.records if session.journal else []
    return lines[sum(r.kind in {"command", "rewind"} for r in records) :]


def resume_for_people(path: Path, judge: Judge | None = None) -> tuple[Session, int]:
    """Like `resume`; raises Fault for a run that has lines of its own to live through first."""
    session, torn = resume(path, judge)
    if lines_left(session):
        session.close()
        raise Fault("this run has lines of its own to live through first.", f"twin run --resume {path}")
    return session, torn


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
    session.go_on_in(journal)
    return session, torn
