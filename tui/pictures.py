"""What each console of a drill is shown: a seat what its post may see, the instructor the truth, and a seat when asked."""

from dataclasses import dataclass, field

from tui.attendance import Attendance
from tui.console import Console
from tui.pace import Pace
from twin.debrief import outcome
from twin.debrief.changes import fault_cells
from twin.engine.live import Live
from twin.engine.session import Session
from twin.seat import traces
from twin.seat.desk import Cells, take_desk
from twin.seat.forecast import Forecast
from twin.seat.picture import Board, take


@dataclass(slots=True)
class Pictures:
    """Draws the consoles of one session, in the plant's thread."""

    session: Session
    there: Attendance
    live: Live
    key: str
    ahead: Forecast = field(init=False)
    _fault_cells: Cells = field(init=False)
    _pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self.ahead = Forecast(self.session)
        self._fault_cells = fault_cells(self.session.model)

    def draw(self, consoles: list[Console], waits_for: tuple[str, ...]) -> None:
        """A new picture for each of these; what several share at one tick is made once."""
        self._pace.note(self.session.tick)
        boards: dict[bool, Board] = {}
        packed: dict[int, object] = {}
        for console in consoles:
            if console.teaches:
                self._draw_desk(console, waits_for, boards)
            else:
                console.snapshot = take(self.session, console.seats, boards)
                console.traces = traces.of_board(self.session, console.snapshot.readings, console.wanted)
        for console in consoles:
            if console.publish:
                console.publish(console, packed)

    def _draw_desk(self, console: Console, waits_for: tuple[str, ...], boards: dict[bool, Board]) -> None:
        console.desk = take_desk(
            self.session, self._fault_cells, self.there.rows(), waits_for=waits_for, runs_over=self.ahead.next,
            frozen=self.live.frozen, asked=self.live.speed, ratio=0.0 if self.live.frozen else self._pace.ratio, key=self.key,
            score=outcome.judged(self.session.block, 0)[1],
        )  # fmt: skip
        seats = self.there.seats_with(console.watches)
        console.watched = take(self.session, seats, boards) if console.watches else None
