"""What the screen itself remembers: where the cursor is, what lies open. Nothing of the plant."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Ui:
    """State of one room's screen."""

    guided: bool = True
    ascii_only: bool = False
    theme: str = "dark"
    speed: float = 1.0
    frozen: bool = False
    tab: str = "1"
    pane: str = "alarms"  # which list the arrows move in: tanks, alarms, log
    alarm: str = ""  # the alarm under the cursor, by name: it stays on its row once the arrows moved it
    moved: bool = False
    tank: str = ""
    scroll: int = 0
    help: bool = False
    step: int = 0
    keys: bool = False
    leaving: bool = False
    confirm: tuple[str, str] = ("", "")  # post and sentence that wait for their word
    answer: str = ""
    answer_is_bad: bool = False
    signals: list[str] = field(default_factory=list)
    hints_off: bool = False
    hidden: set[str] = field(default_factory=set)
    hints: list[str] = field(default_factory=list)
