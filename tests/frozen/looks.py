"""The pages of every seat as text and roles, at one moment of a run: what the frozen cases compare."""

from tests.screens.record import as_text
from tui.cells import Page
from tui.paint import desk as desk_paint
from tui.paint import room
from tui.state import Ui
from twin.debrief import outcome
from twin.debrief.changes import fault_cells
from twin.engine.session import Session
from twin.seat.desk import take_desk
from twin.seat.picture import take

SEATS = (("control-room",), ("field",), ("supervisor", "safety"))
TABS = ("1", "2", "3", "6")
SIZE = (120, 40)


def at(session: Session) -> list[str]:
    """Every page of every seat, and the instructor's desk, as they are now."""
    pages = []
    for seats in SEATS:
        snap = take(session, seats)
        for tab in TABS:
            alarm = snap.alarms[0].name if snap.alarms else ""
            ui = Ui(tab=tab, alarm=alarm, help=bool(alarm) and tab == "2")
            pages.append(as_text(room.paint(snap, ui, *SIZE, traces={})))
    page = Page(*SIZE)
    desk = take_desk(
        session,
        fault_cells(session.model),
        (),
        waits_for=(),
        runs_over=None,
        frozen=True,
        asked=1.0,
        ratio=0.0,
        key="key",
        score=outcome.judged(session.block, 0)[1],
    )
    desk_paint.paint(page, desk, desk_paint.DeskUi(thing=desk.things[0].name))
    return [*pages, as_text(page)]
