"""Signals and events of a run as tables: what every figure of a debrief can be worked out from again."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from twin.base.fault import replaced
from twin.debrief import history
from twin.engine.session import Session

FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet takes for the beginning of one (OWASP, CSV injection)
BOM = "\ufeff"  # by which Excel knows UTF-8


class Table(NamedTuple):
    """Columns of one length, by heading: whole numbers, numbers or texts."""

    columns: dict[str, list[int] | list[float] | list[str]]


def signals(session: Session) -> Table:
    """A row a second from the start: seconds, clock, then every signal in the unit of its heading, in full precision."""
    board, clock = session.model.signals, session.model.clock
    values = history.values(session)
    heads = [f"{name} [{board.unit(i)}]" if board.unit(i) else name for i, name in enumerate(board.names)]
    found: Table = Table({"t_s": list(range(len(values))), "clock": [clock.iso(t) for t in range(len(values))]})
    for i, head in enumerate(heads):
        found.columns[head] = [board.for_people(i, float(v)) for v in values[:, i]]
    return found


def events(session: Session) -> Table:
    """An event a row, by the number that `from` in a debrief names."""
    clock, its = session.model.clock, session.block.events[0]
    return Table({
        "event": list(range(1, len(its) + 1)), "t_s": [e.tick for e in its], "clock": [clock.iso(e.tick) for e in its],
        "kind": [e.kind for e in its], "subject": [e.subject for e in its], "text": [e.text for e in its],
    })  # fmt: skip


def write_csv(table: Table, path: Path, *, excel: bool = False) -> None:
    """A table as CSV, whole or not at all; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    with replaced(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        if excel:
            stream.write(BOM)
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(map(_safe, table.columns))
        rows.writerows(map(_cells, zip(*table.columns.values(), strict=True)))


def _cells(row: Iterable[float | str]) -> list[str]:
    return [_safe(cell) if isinstance(cell, str) else repr(cell) for cell in row]


def _safe(text: str) -> str:
    text = text.replace("\r", "\n")  # the writer quotes this one alone
    return f"'{text}" if text.startswith(FORMULA) else text


def write_parquet(table: Table, path: Path) -> None:
    """A table as Parquet, whole or not at all."""
    import pyarrow as pa  # heavy: only where it is written
    from pyarrow import parquet

    with replaced(path) as part:
        parquet.write_table(pa.table(table.columns), part)
