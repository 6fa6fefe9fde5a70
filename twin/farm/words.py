"""The closed words of the language: verbs, events, quantities. Parser, help, completion and reference share them."""

from dataclasses import dataclass

POSTS = ("control-room", "field", "supervisor", "fire-crew", "safety", "principal")
"""The six posts of every farm."""

EVERYBODY = POSTS
_OPERATORS = ("control-room", "field", "supervisor", "safety", "principal")
_MANAGERS = ("supervisor", "safety", "principal")


@dataclass(frozen=True, slots=True)
class Verb:
    """One row of the verb table.

    `on` are the kinds of thing it takes ("" among them: may stand alone); `needs` the prepositions it cannot do
    without, `takes` those it understands; `text` says that it needs words in quotes. `since` is the part of the
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
    since: str = "spine"


_TABLE = (
    Verb("tell", ("post",), "say something to a post", EVERYBODY, text=True,
         example='tell supervisor "T-912 does not rise"'),
    Verb("report", ("any",), "say what you see at a thing", EVERYBODY, example="report T-912"),
    Verb("doubt", ("instrument",), "say that you no longer trust an instrument", EVERYBODY,
         example="doubt LT-912"),
    Verb("stop-work", ("", "place"), "end transfers at a place, or everywhere", EVERYBODY,
         example="stop-work"),
    Verb("acknowledge", ("", "alarm"), "take note of an alarm, or of all", example="acknowledge LAH-912"),
    Verb("shelve", ("alarm",), "put an alarm aside for a time", needs=("for",), takes=("for", "because"),
         example='shelve LAH-912 for 30 min because "under repair"'),
    Verb("open", ("valve",), "open a valve: from the desk, or by hand at the valve", example="open MOV-912"),
    Verb("close", ("valve",), "close a valve: from the desk, or by hand at the valve",
         example="close MOV-912"),
    Verb("set", ("path", "valve"), "set a position; in a timeline also a fault or a quantity",
         needs=(), takes=("to", "by", "over", "for"), example="set MOV-912 to 50 %"),
    Verb("start", ("transfer",), "open a transfer's way and ask the sender to pump", example="start TR-1"),
    Verb("stop", ("transfer",), "close a transfer's way and ask the sender to stop", example="stop TR-1"),
    Verb("trip", ("interlock",), "act as the interlock would; an emergency stop is everybody's",
         example="trip ESD-1"),
    Verb("reset", ("interlock",), "let go of a trip whose cause is gone", example="reset LZ-912"),
    Verb("check", ("instrument", "calculated", "valve", "tank", "line", "interlock"),
         "read by hand, work out a value, or look at the thing", takes=("with",), example="check DIP-912"),
    Verb("call", ("people",), "ring people up", example="call works-brigade"),
    Verb("send", ("people",), "send people to a place or a thing", needs=("to",), takes=("to", "with"),
         example="send night-shift to T-912 with gas-meter"),
    Verb("bypass", ("interlock",), "take an interlock out of service for a time", _MANAGERS,
         needs=("for",), takes=("for", "because"), example='bypass LZ-912 for 8 h because "proof test"'),
    Verb("restore", ("interlock",), "put a bypassed interlock back in service", _MANAGERS,
         example="restore LZ-912"),
    Verb("approve", ("any",), "give the consent that somebody asked for", EVERYBODY,
         example="approve LZ-912"),
    Verb("isolate", ("utility",), "switch a power supply off", _MANAGERS, example="isolate grid"),
    Verb("evacuate", ("people", "place"), "send people, or all at a place, to a muster point", _MANAGERS,
         needs=("to",), takes=("to",), example="evacuate drivers to muster-1"),
    Verb("muster", ("place",), "count heads at a muster point", _MANAGERS, example="muster muster-1"),
    Verb("declare", ("",), "state the level of the emergency", _MANAGERS, text=True,
         example='declare "site emergency"'),
    Verb("withdraw", ("people",), "call people back to a place", ("fire-crew", *_MANAGERS), needs=("to",),
         takes=("to",), example="withdraw night-shift to muster-1"),
    Verb("take", ("post",), "sit down in a post: the plan no longer acts for it", EVERYBODY,
         example="take field"),
    Verb("hand", ("post",), "hand a post back to the plan", EVERYBODY, example="hand field"),
    Verb("cool", ("tank",), "cool a shell with water", ("fire-crew",), since="response"),
    Verb("foam", ("tank",), "lay foam", ("fire-crew",), since="response"),
    Verb("shelter", ("place",), "keep people indoors", _MANAGERS, since="fire"),
    Verb("ignite", ("any",), "light something", (), since="fire"),
    Verb("rupture", ("any",), "burst something", (), since="fire"),
)  # fmt: skip

VERBS = {verb.name: verb for verb in _TABLE}

MAY_BY_DEFAULT = {
    post: tuple(verb.name for verb in _TABLE if post in verb.posts)
    for post in POSTS
}  # fmt: skip
MAY_BY_DEFAULT["fire-crew"] = (
    *(v for v in MAY_BY_DEFAULT["fire-crew"]), "stop", "check", "send", "call",
)  # fmt: skip
ALWAYS = tuple(verb.name for verb in _TABLE if verb.name in {"tell", "report", "doubt", "stop-work", "take", "hand"})
"""What no post can be denied."""


@dataclass(frozen=True, slots=True)
class EventWord:
    """One kind of event: who in the plan's world knows of it, and the word that undoes it."""

    name: str
    known_by: str  # "desk" at once, "near" by people who see it, "post" the post concerned, "nobody"
    about: str
    undone_by: str = ""
    since: str = "spine"


_EVENTS = (
    EventWord("alarm", "desk", "an alarm stands", "alarm-cleared"),
    EventWord("alarm-cleared", "desk", "an alarm returned to normal"),
    EventWord("trip", "desk", "an interlock acted"),
    EventWord("trip-proven", "desk", "the stroke of a trip was proven"),
    EventWord("trip-unproven", "desk", "the stroke of a trip was not proven in time"),
    EventWord("command", "nobody", "an order was accepted"),
    EventWord("refused", "nobody", "an order was refused"),
    EventWord("inject", "nobody", "the scenario or the instructor did something"),
    EventWord("armed", "nobody", "the instructor set a condition for an inject"),
    EventWord("valve", "desk", "a valve with position feedback came to an end of its stroke"),
    EventWord("order", "post", "an order was proven, failed or timed out"),
    EventWord("power", "desk", "a supply or a controller was lost or came back"),
    EventWord("transfer", "desk", "a transfer started or ended"),
    EventWord("flood", "desk", "alarms come faster than one person can take them", "flood-ends"),
    EventWord("flood-ends", "desk", "alarms come slowly again"),
    EventWord("bypass", "desk", "an interlock was bypassed or restored"),
    EventWord("overflow", "near", "liquid runs over the lip of a tank", "overflow-ends"),
    EventWord("overflow-ends", "near", "an overflow stopped"),
    EventWord("bund-full", "near", "liquid runs over the wall of a bund"),
    EventWord("roof-landed", "near", "a floating roof stands on its legs"),
    EventWord("said", "post", "somebody said something"),
    EventWord("seen", "post", "somebody saw something"),
    EventWord("arrived", "post", "people reached the place they were sent to"),
    EventWord("evacuated", "post", "people reached their muster point"),
    EventWord("mustered", "post", "heads were counted"),
    EventWord("crew", "post", "people set out or are free again"),
    EventWord("out-of-range", "nobody", "a model left its range"),
    EventWord("leak", "near", "a line or tank leaks", "leak-ends", since="plant"),
    EventWord("leak-ends", "near", "a leak stopped", since="plant"),
    EventWord("pump", "desk", "a pump started or stopped", since="plant"),
    EventWord("pressure-relief", "desk", "a vent blows", since="plant"),
    EventWord("vacuum-relief", "desk", "a vent draws air", since="plant"),
    EventWord("roof-sunk", "near", "a floating roof sank", since="plant"),
    EventWord("tank-collapsed", "near", "a tank was sucked in", since="plant"),
    EventWord("tank-ruptured", "near", "a tank burst", since="fire"),
    EventWord("gas-detected", "desk", "a gas detector sees gas", since="fire"),
    EventWord("ignition", "all", "something was lit", since="fire"),
    EventWord("explosion", "all", "a cloud exploded", since="fire"),
    EventWord("fire", "all", "a thing burns", "fire-out", since="fire"),
    EventWord("fire-out", "all", "a fire is out", since="fire"),
    EventWord("escalation", "all", "fire took a further thing", since="fire"),
    EventWord("boilover", "all", "a tank boiled over", since="fire"),
    EventWord("bleve", "all", "a vessel burst in fire", since="fire"),
    EventWord("fireball", "all", "a fireball rose", since="fire"),
    EventWord("injury", "near", "a person was hurt", since="fire"),
    EventWord("fatality", "near", "a person died", since="fire"),
    EventWord("foam-on", "post", "foam flows", since="response"),
    EventWord("foam-out", "post", "foam ran out", since="response"),
    EventWord("water-out", "post", "water ran out", since="response"),
)

EVENTS = {event.name: event for event in _EVENTS}


@dataclass(frozen=True, slots=True)
class Quantity:
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


_QUANTITIES = (
    Quantity("tank", "level", "length", "liquid level above the bottom", settable=True, least=0, most=1000),
    Quantity("tank", "volume", "volume", "liquid held", settable=True, least=0, most=1e07),
    Quantity("tank", "mass", "mass", "liquid held", settable=True, least=0, most=1e10),
    Quantity("tank", "filled", "fraction", "share of the volume at the lip", settable=True, least=0, most=1),
    Quantity("tank", "temperature", "temperature", "of the liquid", settable=True, least=150, most=700),
    Quantity("tank", "overflow", "volume flow", "over the lip"),
    Quantity("tank", "landed", "flag", "whether its floating roof stands on the legs"),
    Quantity("bund", "liquid", "volume", "liquid lying in it", settable=True, least=0, most=1e07),
    Quantity("bund", "overflow", "volume flow", "over the wall"),
    Quantity("place", "people", "count", "people there"),
    Quantity("node", "flow", "volume flow", "what it offers", settable=True, least=0, most=100),
    Quantity("node", "liquid", "volume", "liquid held"),
    Quantity("line", "flow", "volume flow", "from its first end to its second"),
    Quantity("valve", "position", "fraction", "0 closed, 100 % open", settable=True, least=0, most=1),
    Quantity("valve", "stuck", "flag", "does not move", settable=True),
    Quantity("valve", "motor-fault", "flag", "its motor does not turn; by hand it moves", settable=True),
    Quantity("valve", "passing", "fraction", "opening that remains when it is closed", settable=True, least=0, most=1),
    Quantity("instrument", "stuck", "flag", "shows its last value, looks sound", settable=True),
    Quantity("instrument", "dead", "flag", "never changes, looks sound", settable=True),
    Quantity("instrument", "bad", "flag", "signal of bad quality", settable=True),
    Quantity("instrument", "bias", "its", "added to what it sees", settable=True),
    Quantity("instrument", "drift", "its", "added to what it sees, more each hour", settable=True),
    Quantity("instrument", "noise", "its", "standard deviation", settable=True, least=0, most=1e09),
    Quantity("instrument", "off-scale", "flag", "stands at the top of its range", settable=True),
    Quantity("alarm", "out-of-service", "flag", "taken out by a permit", settable=True),
    Quantity("alarm", "shelved", "flag", "put aside for a time"),
    Quantity("interlock", "bypassed", "flag", "does not act", settable=True),
    Quantity("interlock", "tripped", "flag", "acts"),
    Quantity("transfer", "running", "flag", "asked for and not ended", settable=True),
    Quantity("transfer", "moved", "volume", "moved since it started"),
    Quantity("utility", "lost", "flag", "not available", settable=True),
    Quantity("post", "reacts", "time", "median time to react", settable=True, least=1, most=3600),
    Quantity("spilled", "volume", "volume", "all that ran over a lip, gross"),
    Quantity("spilled", "mass", "mass", "all that ran over a lip, gross"),
    Quantity("weather", "wind.speed", "speed", "at 10 m", settable=True, least=0, most=100),
    Quantity("weather", "wind.from", "angle", "where it comes from", settable=True, least=0, most=360),
    Quantity("weather", "air", "temperature", "air temperature", settable=True, least=200, most=340),
    Quantity("weather", "humidity", "fraction", "relative", settable=True, least=0, most=1),
    Quantity("weather", "rain", "speed", "rain rate", settable=True, least=0, most=1),
    Quantity("weather", "cloud", "fraction", "sky covered", settable=True, least=0, most=1),
)

QUANTITIES = {(q.kind, q.name): q for q in _QUANTITIES}

ROOTS = ("weather", "spilled", "cloud", "plan", "timeline")
"""First words of a path that are no thing."""

INSTRUCTOR = ("freeze", "run", "step", "speed", "skip", "rewind", "snapshot", "mark", "save", "end")
CONNECTIVES = frozenset(("and", "or", "not", "then", "to", "by", "over", "for", "with",
    "from", "because", "before", "within", "at", "of", "no"))  # fmt: skip
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
        "all",
        *INSTRUCTOR,
    }
)


def quantities_of(kind: str) -> list[str]:
    """The names of the quantities of one kind of thing."""
    return [name for (of, name) in QUANTITIES if of == kind]
