"""A run file: JSON lines, each sealed with the hash of the one before. Append, seal, read, verify.

One line is `{"body": …, "kind": …, "n": …, "prev": …, "seal": …}` in canonical form. Nothing else is truth: all that
happened is simulated again from it.
"""

import contextlib
import fcntl
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from twin.base.fault import Fault, regular, vacant
from twin.base.json import Body

FORMAT = 2
"""1 hashed English sentences; 2 hashes what an event says by key and values, and arrays in the order of their parts."""
KINDS = ("header", "command", "digest", "mark", "rewind", "outcome")
_START = "0" * 64


@dataclass(frozen=True, slots=True)
class Record:
    """One sealed line. `line` counts from 1."""

    line: int
    kind: str
    body: Body
    seal: str


class DiskFault(Fault):
    """The run file cannot be written: nothing more can be acknowledged."""


class Broken(Fault):
    """The chain breaks at a line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _sealed(number: int, kind: str, body: Body, prev: str) -> tuple[str, str]:
    """The line of a record and its seal."""
    core = {"body": body, "kind": kind, "n": number, "prev": prev}
    seal = hashlib.sha256(_canonical(core).encode()).hexdigest()
    return _canonical({**core, "seal": seal}), seal


def parse(raw: bytes) -> tuple[list[Record], int]:
    """All records of a run file, and how many bytes of a torn last line follow them.

    Raises Broken at the first line that is not exactly what was written.
    """
    records: list[Record] = []
    prev = _START
    whole = raw.rfind(b"\n") + 1
    for number, line in enumerate(raw[:whole].split(b"\n")[:-1], start=1):
        record = _read(number, line, prev)
        records.append(record)
        prev = record.seal
    return records, len(raw) - whole


def _read(number: int, line: bytes, prev: str) -> Record:
    try:
        text = line.decode("utf-8")
        found = json.loads(text)
        kind, body = found["kind"], found["body"]
        expected, seal = _sealed(found["n"], kind, body, found["prev"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Broken(number, "this is no record.") from None
    if text != expected or found["seal"] != seal:
        raise Broken(number, "this line was changed: its seal does not fit.")
    if found["prev"] != prev or found["n"] != number:
        raise Broken(number, "lines are missing or out of order before this one.")
    if kind not in KINDS or not isinstance(body, dict) or (number == 1) != (kind == "header"):
        raise Broken(number, "this record does not belong here.")
    return Record(number, kind, body, seal)


class Journal:
    """A run file open for appending by this process alone."""

    def __init__(self, path: Path, stream: IO[bytes], records: list[Record]) -> None:
        self.path = path
        self.records = records
        self._stream = stream

    @classmethod
    def create(cls, path: Path, header: Body, force: bool = False) -> "Journal":
        """A new run file (mode 0600) with its header; raises Fault when the file exists or cannot be made.

        With `force` it takes the place of a run that nobody is using.
        """
        if force and path.exists():
            return cls._in_place_of(path, header)
        try:
            _make_folder(path.parent)
            number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Fault(
                f"{path} exists already.",
                "Name another file with --out, go on with --resume, or replace it with --force.",
            ) from None
        except OSError as error:
            raise Fault(f"{path} cannot be made: {error.strerror}.", "Name another file with --out.") from None
        stream = os.fdopen(number, "r+b", buffering=0)
        _lock(stream, path)
        journal = cls(path, stream, [])
        try:
            journal.append(("header", header))
        except Fault:
            stream.close()
            path.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return journal

    @classmethod
    def _in_place_of(cls, path: Path, header: Body) -> "Journal":
        vacant(path, force=True)
        beside = path.with_name(f".{path.name[:40]}.{os.getpid()}.new")
        try:
            old = path.open("r+b", buffering=0)
        except OSError as error:
            raise Fault(f"{path} cannot be replaced: {error.strerror}.", "Name another file with --out.") from None
        _lock(old, path)  # held until the new one stands in its place
        with old:
            made = cls.create(beside, header)
            os.replace(beside, path)
        made.path = path
        return made

    @classmethod
    def open(cls, path: Path) -> tuple["Journal", int]:
        """An existing run file, and how many bytes of a torn last line were cut off."""
        regular(path)
        try:
            stream = path.open("r+b", buffering=0)
        except OSError as error:
            raise Fault(f"{path} cannot be opened: {error.strerror}.") from None
        _lock(stream, path)
        raw = stream.read()
        try:
            records, torn = parse(raw)
        except Broken as broken:
            stream.close()
            raise Fault(
                f"{path}: {broken.what}", "The file cannot be gone on with; `twin verify` says the same."
            ) from None
        if not records:
            stream.close()
            raise Fault(f"{path} holds no whole record.")
        if torn:
            os.ftruncate(stream.fileno(), len(raw) - torn)
            os.fsync(stream.fileno())
        stream.seek(0, os.SEEK_END)
        return cls(path, stream, records), torn

    def append(self, *entries: tuple[str, Body]) -> None:
        """Writes records and waits until the disk has them; raises Fault when it cannot."""
        made: list[Record] = []
        lines = []
        prev = self.records[-1].seal if self.records else _START
        for kind, body in entries:
            number = len(self.records) + len(made) + 1
            line, prev = _sealed(number, kind, body, prev)
            lines.append(line + "\n")
            made.append(Record(number, kind, body, prev))
        end = self._stream.seek(0, os.SEEK_END)
        try:
            data = "".join(lines).encode()
            if self._stream.write(data) != len(data):
                raise OSError(28, "the disk is full")
            os.fsync(self._stream.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._stream.fileno(), end)
            raise DiskFault(
                f"{self.path} cannot be written: {error.strerror}.", "Make room, then go on with --resume."
            ) from None
        self.records += made

    def close(self) -> None:
        """Lets go of the file and its lock."""
        self._stream.close()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise Fault(f"{folder} is in the way: it is no folder.", "Name another file with --out.") from None


def _lock(stream: IO[bytes], path: Path) -> None:
    try:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        raise Fault(f"{path} is in use by another process.", "End that one first.") from None
    except OSError as error:  # network disks: ENOLCK, EOPNOTSUPP
        stream.close()
        raise Fault(
            f"the disk of {path} has no locks ({error.strerror}): two could write one run.",
            "Keep the run on a disk of this machine with --out.",
        ) from None
    if not path.exists() or os.fstat(stream.fileno()).st_ino != path.stat().st_ino:
        stream.close()
        raise Fault(f"{path} was replaced just now.", "Try again.")


def spoken(records: list[Record]) -> str:
    """The last seal, short enough to write down: it vouches for every line before it."""
    seal = records[-1].seal
    return " ".join(seal[n : n + 4] for n in range(0, 16, 4)) + f" at line {records[-1].line}"


def read(path: Path) -> tuple[list[Record], int]:
    """The records of a run file without opening it for writing, and the bytes of a torn tail."""
    regular(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror}.") from None
    return parse(raw)
