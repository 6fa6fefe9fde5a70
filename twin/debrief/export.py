"""Signals and events of a run as tables: what every figure of a debrief can be worked out from again."""

from pathlib import Path
from typing import NamedTuple

from twin.base import sheet
from twin.base.fault import replaced
from twin.debrief import history
from twin.engine.session import Session


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
    """A table as CSV."""
    sheet.write(path, table.columns, zip(*table.columns.values(), strict=True), excel=excel)


def write_parquet(table: Table, path: Path) -> None:
    """A table as Parquet, whole or not at all."""
    import pyarrow as pa  # heavy: only where it is written
    from pyarrow import parquet

    with replaced(path) as part:
        parquet.write_table(pa.table(table.columns), part)
