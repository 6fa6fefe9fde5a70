"""The one error people see: where, what, and how to mend it."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MOST_LISTED = 30


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a text, counted from 1 as editors do."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{shown(self.file)}:{self.line}:{self.column}"


class Fault(Exception):
    """What a person can mend. `str()` is the one sentence (or two) that is shown."""

    def __init__(self, what: str, fix: str = "", place: Place | None = None, kind: str = "") -> None:
        super().__init__(what)
        self.what = shown(what)
        self.fix = shown(fix)
        self.place = place
        self.kind = kind  # one word for machines, "" where nobody asks for one

    @property
    def message(self) -> str:
        """What is wrong and how to mend it, without the place."""
        return f"{self.what} {self.fix}".strip()

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def at(self, place: Place) -> "Fault":
        """The same fault, at this place unless it already has one."""
        return self if self.place else Fault(self.what, self.fix, place, self.kind)

    def of_kind(self, kind: str) -> "Fault":
        """The same fault, of a kind."""
        return Fault(self.what, self.fix, self.place, kind)


class Faults(Exception):
    """Several faults found in one reading; never empty."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=_order)
        assert self.faults
        super().__init__("\n".join(map(str, self.faults)))


def _order(fault: Fault) -> tuple[bool, Place, str]:
    return (fault.place is None, fault.place or Place("", 0, 0), fault.message)


def shown(text: str) -> str:
    """Text from files and people, safe on a terminal and a page: what does not print is spelled."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)


def closest(word: str, known: Iterable[str]) -> str:
    """A remedy that names the closest known words, "" where none is close; capitals do not count."""
    from difflib import get_close_matches  # only when something is wrong

    names = {name.casefold(): name for name in sorted(set(known), reverse=True)}
    close = get_close_matches(word[:60].casefold(), sorted(names), n=2, cutoff=0.6)
    return "Did you mean " + " or ".join(names[one] for one in close) + "?" if close else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """A remedy that names the closest known words, else what is known: of many, first those with the same initial."""
    names = set(known)
    if (close := closest(word, names)) or not names:
        return close
    listed = sorted(
        names, key=lambda name: (len(names) > MOST_LISTED and name[:1].casefold() != word[:1].casefold(), name)
    )
    more = f" and {len(listed) - MOST_LISTED} more" if len(listed) > MOST_LISTED else ""
    return f"Known: {', '.join(listed[:MOST_LISTED])}{more}."


def regular(path: Path) -> None:
    """Raises Fault for what is there and is neither file nor folder: a pipe or a device, which may never end."""
    if not path.is_dir() and path.exists() and not path.is_file():
        raise Fault(f"{path} is no regular file.", "Save it as a file first.")


def vacant(path: Path, force: bool) -> None:
    """Raises Fault when a file is there already, unless `force` lets it be replaced; or what is no file at all."""
    if not path.is_symlink() and not path.exists():
        return
    if not path.is_file() or path.is_symlink():
        raise Fault(f"{path} exists already, and is no regular file.", "Name another one.")
    if not force:
        raise Fault(f"{path} exists already.", "Name another file, or add --force to replace it.")


def read_text(path: Path, limit_bytes: int) -> str:
    """A whole UTF-8 file of at most `limit_bytes`; raises Fault when that cannot be had."""
    try:
        regular(path)
        with path.open("rb") as stream:
            raw = stream.read(limit_bytes + 1)
    except IsADirectoryError:
        raise Fault(f"{path} is a folder.", "Name a file in it.") from None
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror}.") from None
    if len(raw) > limit_bytes:
        raise Fault(f"{path} is larger than {limit_bytes // 1024} KiB.", "Split it, or leave out what is not needed.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise Fault("this is no UTF-8 text.", "Save the file as UTF-8.", Place(str(path), line, column)) from None


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A file beside a path, to be written; it takes the path's place at the end: there whole, or not at all.

    Raises Fault when that cannot be.
    """
    part = path.with_name(f".{path.name[:40]}.{os.urandom(4).hex()}.part")  # its own: two may write the same path
    made = False
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        made = True
        yield part
        os.replace(part, path)
    except OSError as error:
        raise Fault(f"{path} cannot be written: {error.strerror or error}.", "Name another place with --out.") from None
    finally:
        if made:
            part.unlink(missing_ok=True)
