"""Runs lived again from their records: verified, resumed, or gone on with from a moment as a second chance."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from twin.base.fault import Fault
from twin.base.json import Body
from twin.engine import commands
from twin.engine.orders import Command
from twin.engine.session import Judge, Note, Parent, Session, Setup, Stamped, block, header, start
from twin.engine.world import CREWS
from twin.journal.chain import FORMAT, Journal, Record
from twin.language.files import Files

MODES = ("guided", "assessed")
KEYS = {
    "header": {"format", "twin", "scenario", "files", "meaning", "products", "seed", "world", "set", "mode", "overrides", "taken",
               "commands", "numpy", "python", "platform", "parent"},
    "command": {"tick", "post", "do", "hint"},
    "digest": {"tick", "sha256"},
    "mark": {"tick", "kind", "by", "text", "name", "rating", "mark", "post"},
    "rewind": {"tick", "to"},
}  # fmt: skip
"""What a record of each kind may say; what nobody reads is refused, so that `verify` vouches for all that stands there."""


def _check_header(body: Body) -> None:
    """Raises Fault when a header is not what this version writes."""

    def texts(value: object) -> bool:
        return isinstance(value, list) and all(isinstance(v, str) for v in value)

    given = body.get("format")
    if type(given) is int and given != FORMAT:
        raise Fault(
            f"this run is of format {given}; this version reads format {FORMAT}.",
            "Replay it with the version that wrote it, or live its scenario again with `twin run`.",
        )
    files = body.get("files")
    if more := sorted(set(body) - KEYS["header"]):
        raise Fault(f"the header of this run says {more[0]!r}, which nothing here proves.")
    fits = (
        given == FORMAT
        and type(given) is int
        and isinstance(body.get("scenario"), str)
        and all(type(body.get(k)) is int and 0 <= body[k] < 1 << 62 for k in ("seed", "world"))
        and all(texts(body.get(k)) for k in ("set", "taken", "commands"))
        and body.get("mode") in MODES
        and isinstance(body.get("overrides"), dict)
        and body["overrides"].get("posts") in CREWS
        and isinstance(files, dict)
        and all(isinstance(v, str) for v in files.values())
    )
    if not fits:
        raise Fault("the header of this run is not one that this version writes.")


def from_header(body: Body, *, record: bool = True) -> Session:
    """The session that a header describes, at tick 0, from the texts that it holds."""
    _check_header(body)
    setup = Setup(
        scenario=body["scenario"], seed=body["seed"], world=body["world"], settings=tuple(body["set"]),
        posts=body["overrides"]["posts"], taken=tuple(body["taken"]), commands=tuple(body["commands"]),
        parent=Parent.read(body["parent"]) if "parent" in body else None, assessed=body["mode"] == "assessed",
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


def _compare_header(session: Session, first: Record) -> None:
    """What the files and products mean today must be what they meant when the run was made."""
    now = header(session)
    for key, what in (
        ("meaning", "the files in this run mean something else"),
        ("products", "the product table is another one"),
    ):
        if first.body.get(key) != now[key]:
            raise Differs(first.line, f"{what} to this version of the twin.")


def _check_record(session: Session, item: Record) -> None:
    """Raises Differs where a record says what nobody reads."""
    body = item.body
    if more := sorted(set(body) - KEYS.get(item.kind, set(body))):
        raise Differs(item.line, f"this record says {more[0]!r}, which nothing here proves.")
    if item.kind != "outcome" and type(body.get("tick")) is not int:
        raise Differs(item.line, "this record has no tick.")
    if item.kind == "command" and body.get("hint", "") not in ("", *session.model.line_names):
        raise Differs(item.line, "the hint of this command is no line of the plan.")


def _live_again(session: Session, item: Record, *, check: bool, judge: Judge | None) -> None:
    """One record of a run."""
    body = item.body
    _check_record(session, item)
    said_after = item.kind == "mark" and len(body) > 1  # a rating may follow the end
    if session.outcome is not None and item.kind != "rewind" and not said_after:
        raise Differs(item.line, "only going back can follow an outcome.")
    if item.kind == "command":
        command = _stamped(session, item)
        session.enter([Stamped(int(body["tick"]), command, item.line, str(body.get("hint", "")))])
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
        session.go_back(int(body["to"]))
    elif item.kind == "outcome":
        session.advance(session.lasts)
        session.last_digest()
        if judge and not _agrees(dict(judge(session)), dict(body), exactly=not session.foreign):
            raise Differs(item.line, "simulated again, the outcome differs.")
        session.outcome = body


def _stamped(session: Session, item: Record) -> Command:
    command = commands.order(session.model, str(item.body["post"]), str(item.body["do"]))
    if not session.tick < int(item.body["tick"]) <= session.lasts:
        raise Differs(item.line, "this command is stamped with a tick that had passed, or never comes.")
    return command


def _compare(session: Session, item: Record) -> None:
    tick = int(item.body["tick"])
    if session.over:
        session.last_digest()
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
    other.enter([replace(s) for s in child.commands if s.tick <= its.tick])
    other.enter([Stamped(t, commands.order(child.model, p, d)) for t, p, d in its.after])
    other.advance(its.end)
    other.last_digest()
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
    session.go_on_in(journal)
    return session, torn
