"""Tables as spreadsheets and historians write them: CSV with commas, semicolons or tabs, every cell with its place."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from twin.base.fault import Fault, Place, read_text, replaced

FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet takes for the beginning of one (OWASP, CSV injection)
BOM = "\ufeff"  # by which Excel knows UTF-8


class Sheet(NamedTuple):
    """A table as it was read: its heads, and its rows, each as long as the heads, with its place."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    places: tuple[Place, ...]
    comma: bool  # cells are parted by commas, so a comma is no decimal point


def read(path: Path, most_bytes: int) -> Sheet:
    """A table; empty lines are left out. Raises Fault where it is none, with its line."""
    text = read_text(path, most_bytes).replace("\r\n", "\n").replace("\r", "\n")
    first = text.partition("\n")[0]
    apart = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=apart))
    except csv.Error as error:
        raise Fault(
            f"{path} is no table: {error}.", "Look for a quote that is not closed.", Place(str(path), 1, 1)
        ) from None
    heads = tuple(cell.strip() for cell in rows[0]) if rows else ()
    kept: list[tuple[str, ...]] = []
    places: list[Place] = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        place = Place(str(path), line, 1)
        if len(row) != len(heads):
            raise Fault(f"this line has {len(row)} cells, the first {len(heads)}.", "", place)
        kept.append(tuple(unguarded(cell.strip()) for cell in row))
        places.append(place)
    return Sheet(heads, tuple(kept), tuple(places), apart == ",")


def write(path: Path, heads: Iterable[str], rows: Iterable[Iterable[float | str]], *, excel: bool = False) -> None:
    """A table as CSV, whole or not at all; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    with replaced(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        if excel:
            stream.write(BOM)
        made = csv.writer(stream, lineterminator="\n")
        made.writerow(map(guarded, heads))
        made.writerows([guarded(cell) if isinstance(cell, str) else repr(cell) for cell in row] for row in rows)


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = text.replace("\r", "\n")  # the writer quotes this one alone
    return f"'{text}" if text.startswith(FORMULA) else text


def unguarded(text: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text
