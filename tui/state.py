"""What the screen itself remembers: where the cursor is, what lies open. Nothing of the plant."""

from dataclasses import dataclass, field

from twin.seat.ground import Ground
from twin.seat.stakes import Stakes


@dataclass(slots=True)
class Ui:
    """State of one room's screen."""

    guided: bool = True
    ascii_only: bool = False
    theme: str = "dark"
    speed: float = 1.0
    frozen: bool = False
    waits_for: tuple[str, ...] = ()
    tab: str = "1"
    pane: str = "alarms"  # which list the arrows move in: tanks, alarms, log
    alarm: str = ""  # the alarm under the cursor, by name: it stays on its row once the arrows moved it
    moved: bool = False
    tank: str = ""
    scroll: int = 0
    cursor: int = 0  # of the trends: so many seconds ago
    help: bool = False
    step: int = 0
    keys: bool = False
    leaving: bool = False
    confirm: tuple[str, str] = ("", "")  # post and sentence that wait for their word
    stakes: Stakes | None = None  # what it would do and cost
    radio: tuple[int, int] | None = None  # the post and the message under the cursor, while that list lies open
    cleared: set[int] = field(default_factory=set)  # failed orders that were seen, by number
    answer: str = ""
    answer_is_bad: bool = False
    signals: list[str] = field(default_factory=list)
    hints_off: bool = False
    hidden: set[str] = field(default_factory=set)
    posts: tuple[str, ...] = ()  # whom one can speak to
    ground: Ground = field(default_factory=Ground)  # what the farm's drawing shows
    hints: list[str] = field(default_factory=list)
