"""One screen of a drill, here or at the far end of a socket: its seats, what it was answered, what it is shown."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from twin.base.fault import Fault, Faults
from twin.engine.orders import INSTRUCTOR
from twin.seat.desk import Desk
from twin.seat.picture import Snapshot
from twin.seat.player import Refused
from twin.seat.traces import Trace
from twin.text.say import Said, plain


def answer_of(fault: Fault | Faults) -> Said:
    """What a fault is answered with; what is wrong with a line or a file is said in English."""
    if isinstance(fault, Refused):
        return fault.said
    return plain(fault.message if isinstance(fault, Fault) else str(fault))


def author_of(uid: int) -> str:
    """An opaque key of a user of this machine: the same on every evening, and no name."""
    return hashlib.sha256(f"tankfarm-twin {os.uname().nodename} {uid}".encode()).hexdigest()[:8]


@dataclass(slots=True, eq=False)
class Console:
    """One screen: its seats, what it was answered, what it is shown. `publish` is called after each new picture."""

    seats: tuple[str, ...]
    answers: list[tuple[Said, bool]] = field(default_factory=list)  # what, whether it is bad
    wanted: tuple[str, ...] = ()
    traces: dict[str, Trace] = field(default_factory=dict)
    snapshot: Snapshot | None = None
    desk: Desk | None = None
    watches: str = ""  # the post whose screen the instructor looks at
    watched: Snapshot | None = None
    author: str = ""  # an opaque key of the person, for marks
    pictured: float = 0.0  # when something it did was last drawn for it
    publish: Callable[["Console", dict[int, object]], None] | None = None

    @property
    def teaches(self) -> bool:
        return INSTRUCTOR in self.seats

    def say(self, what: Said, *, bad: bool = False) -> None:
        """An answer to what was typed here, in the words of whoever reads it."""
        self.answers.append((what, bad))
