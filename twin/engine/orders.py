"""What happened, what was done, what was asked from outside and answered: the small records of one world."""

from dataclasses import dataclass
from typing import NamedTuple

from twin.base.arrays import Bools, Floats
from twin.engine.logic import Condition
from twin.parts.action import Action
from twin.text.say import Said, sentence

INSTRUCTOR = "instructor"


def names_of(post: str, about: str) -> str:
    """What a message to a post about something counts as, where a sentence asks for it."""
    return f"{post} about {about}"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in one world."""

    tick: int
    kind: str
    subject: str
    by: str  # who did, said or saw it; "" where nobody did
    said: Said

    @property
    def text(self) -> str:
        """What it says, in English; `twin.text.say.sentence` says it in another language."""
        return sentence(self.said)


class Board(NamedTuple):
    """What stood in the signals of one world when somebody acted: (C,) in SI, and the quality of its instruments, (I,)."""

    signals: Floats
    good: Bools


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did or finished: `end` is "" when it was accepted, else PROVEN, FAILED or TIMED OUT.

    `cell` is that of the order's process, which begins and ends once; `event` the number of the event that told it.
    """

    tick: int
    post: str
    verb: str
    thing: str
    to: str = ""
    end: str = ""
    sentence: str = ""
    by_plan: bool = False
    cell: int = -1
    line: int = -1  # of the plan that gave it, -1 for none
    event: int = 0
    why: Said | None = None  # it did not end PROVEN, or late
    board: "Board | None" = None  # of what people did outside the plan, and of checks


@dataclass(frozen=True, slots=True)
class Command:
    """An outside command: what a person, a script or the instructor wants done.

    `for_plan` is said by a what-if copy alone: the post does it as its plan would, and needs nobody in its seat.
    """

    post: str
    sentence: str
    action: Action
    for_plan: bool = False
    acts_for: str = ""  # the post that the instructor acts for
    condition: Condition | None = None  # of the instructor: the act waits for it


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an outside command."""

    accepted: bool
    why: Said | None = None  # it was not

    @property
    def reason(self) -> str:
        """Why it was not, in English; "" when it was."""
        return "" if self.why is None else sentence(self.why)
