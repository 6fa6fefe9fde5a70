"""Signals and events of a run as CSV: what every figure of a debrief can be worked out from again."""

import csv
from typing import TextIO

from twin.debrief import history
from twin.engine.session import Session


def signals(session: Session, stream: TextIO) -> None:
    """A row a second from the start: seconds, clock, then every signal in the unit of its heading, in full precision."""
    board, clock = session.model.signals, session.model.clock
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(
        ["t_s", "clock", *(f"{n} [{board.unit(i)}]" if board.unit(i) else n for i, n in enumerate(board.names))]
    )
    for tick, values in enumerate(history.values(session)):
        rows.writerow([tick, clock.iso(tick), *(repr(board.for_people(i, float(v))) for i, v in enumerate(values))])


def events(session: Session, stream: TextIO) -> None:
    """An event a row, by the number that `from` in a debrief names."""
    clock = session.model.clock
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(["event", "t_s", "clock", "kind", "subject", "text"])
    for number, e in enumerate(session.block.events[0], start=1):
        rows.writerow([number, e.tick, clock.iso(e.tick), e.kind, e.subject, e.text])
