"""What is told, ordered, done and answered in one world: the small records that block, drain and verbs share."""

from dataclasses import dataclass

from twin.farm.grammar import Cue
from twin.response.deed import Deed

OUTSIDE, CELL = 0, 1  # ranks in the inbox


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in one world."""

    tick: int
    kind: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did or finished: `end` is "" when it was accepted, else PROVEN, FAILED or TIMED OUT."""

    tick: int
    post: str
    verb: str
    thing: str
    to: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody was told to do, or does; its phase and times stand in the process table."""

    post: int
    deed: Deed
    line: int  # of the plan, -1 outside it
    by_plan: bool
    issued: int
    proof: int = -1  # column of the edges that proves it
    crews: tuple[int, ...] = ()
    consents: frozenset[str] = frozenset()  # posts that must still approve


@dataclass(frozen=True, slots=True)
class Command:
    """An outside command: what a person, a script or the instructor wants done.

    `for_plan` is said by a what-if copy alone: the post does it as its plan would, and needs nobody in its seat.
    """

    post: str
    sentence: str
    deed: Deed
    for_plan: bool = False
    acts_for: str = ""  # the post that the instructor acts for
    cue: Cue | None = None  # the instructor's condition


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an outside command."""

    accepted: bool
    reason: str = ""
