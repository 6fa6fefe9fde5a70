"""The closed words of the language: posts, verbs, and what a kind of event or a quantity is.

Verbs stand here, for several kinds of thing may share one. Events and quantities are declared by the parts; `Words` holds
all of them for a parser, help, completion, schema and reference.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

POSTS = ("control-room", "field", "supervisor", "fire-crew", "safety", "principal")
"""The six posts of every farm."""

EVERYBODY = POSTS
_OPERATORS = ("control-room", "field", "supervisor", "safety", "principal")
_MANAGERS = ("supervisor", "safety", "principal")


@dataclass(frozen=True, slots=True)
class Verb:
    """One row of the verb table.

    `on` are the kinds of thing it takes ("" among them: may stand alone); `needs` the prepositions it cannot do
    without, `takes` those it understands; `text` says that it needs words in quotes (or what they are about). `asks_word`: a console asks for
    the word once more. `world`: the world itself may do it, in a timeline. `always`: no post can be denied it. `idle`:
    it changes no plant and no mark. `undoes`: the verb whose work on the same thing it takes back. `since` is the part of the
    twin that brings it: "spine" is built.
    """

    name: str
    on: tuple[str, ...]
    about: str
    posts: tuple[str, ...] = _OPERATORS
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    text: bool = False
    example: str = ""
    asks_word: bool = False
    world: bool = False
    always: bool = False
    idle: bool = False
    undoes: str = ""
    since: str = "spine"


VERBS_TABLE = (
    Verb("tell", ("post",), "say something to a post", EVERYBODY, text=True,
         takes=("about",), always=True, world=True, example='tell supervisor "T-912 does not rise"'),
    Verb("report", ("any",), "say what you see at a thing", EVERYBODY, always=True, example="report T-912"),
    Verb("doubt", ("instrument",), "say that you no longer trust an instrument", EVERYBODY,
         always=True, example="doubt LT-912"),
    Verb("stop-work", ("", "place"), "end transfers at a place, or everywhere", EVERYBODY,
         always=True, example="stop-work"),
    Verb("acknowledge", ("", "alarm"), "take note of an alarm, or of all", idle=True, example="acknowledge LAH-912"),
    Verb("shelve", ("alarm",), "put an alarm aside for a time", needs=("for",), takes=("for", "because"),
         example='shelve LAH-912 for 30 min because "under repair"'),
    Verb("open", ("valve", "vent"), "open a valve: from the desk, or by hand at the valve; free a vent", world=True, undoes="close", example="open MOV-912"),
    Verb("close", ("valve",), "close a valve: from the desk, or by hand at the valve",
         world=True, undoes="open", example="close MOV-912"),
    Verb("set", ("path", "valve"), "set a position; in a timeline also a fault or a quantity",
         needs=(), takes=("to", "by", "over", "for"), world=True, example="set MOV-912 to 50 %"),
    Verb("start", ("transfer", "pump"), "open a transfer's way, start its pumps and ask the sender; start a pump", world=True, undoes="stop", example="start TR-1"),
    Verb("stop", ("transfer", "pump"), "stop a transfer's pumps, close its way and ask the sender; stop a pump", world=True, undoes="start", example="stop TR-1"),
    Verb("trip", ("interlock",), "act as the interlock would; an emergency stop is everybody's",
         world=True, asks_word=True, example="trip ESD-1"),
    Verb("reset", ("interlock",), "let go of a trip whose cause is gone", asks_word=True, undoes="trip", example="reset LZ-912"),
    Verb("check", ("instrument", "calculated", "valve", "pump", "vent", "tank", "line", "interlock"),
         "read by hand, work out a value, or look at the thing", takes=("with",), example="check DIP-912"),
    Verb("call", ("people",), "ring people up", example="call works-brigade"),
    Verb("send", ("people",), "send people to a place or a thing", needs=("to",), takes=("to", "with"),
         example="send night-shift to T-912 with gas-meter"),
    Verb("bypass", ("interlock",), "take an interlock out of service for a time", _MANAGERS,
         needs=("for",), takes=("for", "because"), asks_word=True, example='bypass LZ-912 for 8 h because "proof test"'),
    Verb("restore", ("interlock",), "put a bypassed interlock back in service", _MANAGERS, undoes="bypass",
         example="restore LZ-912"),
    Verb("approve", ("any",), "give the consent that somebody asked for", EVERYBODY,
         example="approve LZ-912"),
    Verb("isolate", ("utility",), "switch a power supply off", _MANAGERS, world=True, asks_word=True, example="isolate grid"),
    Verb("evacuate", ("people", "place"), "send people, or all at a place, to a muster point", _MANAGERS,
         needs=("to",), takes=("to",), asks_word=True, example="evacuate drivers to muster-1"),
    Verb("muster", ("place",), "count heads at a muster point", _MANAGERS, example="muster muster-1"),
    Verb("declare", ("",), "state the level of the emergency", _MANAGERS, text=True,
         example='declare "site emergency"'),
    Verb("withdraw", ("people",), "call people back to a place", ("fire-crew", *_MANAGERS), needs=("to",),
         takes=("to",), example="withdraw night-shift to muster-1"),
    Verb("take", ("post",), "sit down in a post: the plan no longer acts for it", EVERYBODY,
         always=True, idle=True, example="take field"),
    Verb("hand", ("post",), "hand a post back to the plan", EVERYBODY, always=True, idle=True, example="hand field"),
    Verb("cool", ("tank",), "cool a shell with water", ("fire-crew",), since="response"),
    Verb("foam", ("tank",), "lay foam", ("fire-crew",), since="response"),
    Verb("shelter", ("place",), "keep people indoors", _MANAGERS, since="fire"),
    Verb("ignite", ("any",), "light something", (), since="fire"),
    Verb("rupture", ("any",), "burst something", (), since="fire"),
)  # fmt: skip

VERBS = {verb.name: verb for verb in VERBS_TABLE}

MAY_BY_DEFAULT = {post: tuple(verb.name for verb in VERBS_TABLE if post in verb.posts) for post in POSTS}
MAY_BY_DEFAULT["fire-crew"] = (*MAY_BY_DEFAULT["fire-crew"], "stop", "check", "send", "call")


class Heard(Enum):
    """Who knows of a kind of event: `plan` is what a cue of the plan may ask for."""

    DESK = "desk"  # at once, by who has a board
    NEAR = "near"  # by people who see it; the desk when one of them has reported
    RADIO = "radio"  # by everybody who listens
    SAID = "said"  # by whom it is said to, and who says it
    OWN = "own"  # by the post that gave the order
    ASKER = "asker"  # by the post that was refused
    ALL = "all"  # by everybody: it is seen and heard all over the farm
    NOBODY = "nobody"

    @property
    def known_by(self) -> str:
        """What the reference says."""
        return _KNOWN_BY[self]

    @property
    def plan(self) -> bool:
        """Whether somebody in the plan's world ever knows of it."""
        return self not in {Heard.ASKER, Heard.NOBODY}

    @property
    def at_once(self) -> bool:
        """Whether the desk knows of it as it happens."""
        return self in {Heard.DESK, Heard.RADIO, Heard.SAID, Heard.OWN, Heard.ALL}


_KNOWN_BY = {
    Heard.DESK: "desk", Heard.NEAR: "near", Heard.RADIO: "post", Heard.SAID: "post", Heard.OWN: "post",
    Heard.ASKER: "nobody", Heard.ALL: "all", Heard.NOBODY: "nobody",
}  # fmt: skip


class EventKind(NamedTuple):
    """A kind of event: who hears it, the word that undoes it, and what the twin makes of it.

    `weight`: place in a debrief's story, smaller stays longer, 9 never stands there. `urgent`: a skip to the next alarm
    stops at it. `told`: the story of `twin run` has it. `pictured`, `marked`: the films say it, or can jump to it.
    `counted`: a campaign has its first time as a column.
    """

    name: str
    heard: Heard
    about: str
    undone_by: str = ""
    weight: int = 9
    urgent: bool = False
    told: bool = False
    pictured: bool = False
    marked: bool = False
    counted: bool = False
    since: str = "spine"


class Quantity(NamedTuple):
    """A quantity of a kind of thing, as spelled in a path.

    `dimension` may be "flag" (yes or no) or "its" (that of what the instrument measures). `settable` quantities
    are those that `initially`, `set` and `--set` take.
    """

    kind: str
    name: str
    dimension: str
    about: str
    settable: bool = False
    least: float = -1e15
    most: float = 1e15


ROOTS = ("weather", "spilled", "cloud", "plan", "timeline")
"""First words of a path that are no thing."""

INSTRUCTOR = ("freeze", "run", "step", "speed", "skip", "rewind", "snapshot", "mark", "save", "end")
CONNECTIVES = frozenset(("and", "or", "not", "then", "to", "by", "over", "for", "with",
    "from", "about", "because", "before", "within", "at", "of", "no"))  # fmt: skip
"""Words that join the parts of a sentence."""

GRAMMAR = CONNECTIVES | frozenset(
    {
        "yes",
        "none",
        "start",
        "proven",
        "change",
        "rate",
        "gap",
        "time",
        "until",
        "as",
        "when",
        "instructor",
        "drawn",
        "all",
        *INSTRUCTOR,
    }
)


LATER_EVENTS = (
    EventKind("vacuum-relief", Heard.DESK, "a vent draws air", since="plant"),
    EventKind("roof-sunk", Heard.NEAR, "a floating roof sank", since="plant"),
    EventKind("tank-ruptured", Heard.NEAR, "a tank burst", since="fire"),
    EventKind("gas-detected", Heard.DESK, "a gas detector sees gas", since="fire"),
    EventKind("ignition", Heard.ALL, "something was lit", since="fire"),
    EventKind("explosion", Heard.ALL, "a cloud exploded", since="fire"),
    EventKind("fire", Heard.ALL, "a thing burns", "fire-out", since="fire"),
    EventKind("fire-out", Heard.ALL, "a fire is out", since="fire"),
    EventKind("escalation", Heard.ALL, "fire took a further thing", since="fire"),
    EventKind("boilover", Heard.ALL, "a tank boiled over", since="fire"),
    EventKind("bleve", Heard.ALL, "a vessel burst in fire", since="fire"),
    EventKind("fireball", Heard.ALL, "a fireball rose", since="fire"),
    EventKind("injury", Heard.NEAR, "a person was hurt", since="fire"),
    EventKind("fatality", Heard.NEAR, "a person died", since="fire"),
    EventKind("foam-on", Heard.RADIO, "foam flows", since="response"),
    EventKind("foam-out", Heard.RADIO, "foam ran out", since="response"),
    EventKind("water-out", Heard.RADIO, "water ran out", since="response"),
)
"""Kinds of events of the language that this version does not build yet, and the part that brings them."""


@dataclass(frozen=True, slots=True)
class Words:
    """All closed words that a reader of sentences knows, and the sections of a farm file. `NOTHING` knows none."""

    verbs: dict[str, Verb] = field(default_factory=dict)
    events: dict[str, EventKind] = field(default_factory=dict)
    quantities: dict[tuple[str, str], Quantity] = field(default_factory=dict)
    sections: dict[str, type[Any]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # section to what one of its things is called

    def quantities_of(self, kind: str) -> list[str]:
        """The names of the quantities of one kind of thing."""
        return [name for (of, name) in self.quantities if of == kind]

    @property
    def verbs_built(self) -> list[str]:
        """Verbs that this version does: what a remedy may offer."""
        return [verb.name for verb in self.verbs.values() if verb.since == "spine"]

    @property
    def events_built(self) -> list[str]:
        """Kinds of events that this version knows."""
        return [event.name for event in self.events.values() if event.since == "spine"]

    @property
    def always(self) -> tuple[str, ...]:
        """Verbs that no post can be denied."""
        return tuple(verb.name for verb in self.verbs.values() if verb.always)

    @property
    def of_the_world(self) -> tuple[str, ...]:
        """Verbs that the world itself may do in a timeline."""
        return tuple(verb.name for verb in self.verbs.values() if verb.world)

    def taken(self, name: str) -> bool:
        """Whether a name is a word of the language, so that no thing may be called so."""
        return name in self.verbs or name in self.events or name in ROOTS or name in GRAMMAR


NOTHING = Words()
