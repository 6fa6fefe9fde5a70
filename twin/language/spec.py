"""Farm and scenario files, read: the sections that belong to no kind of thing, and the two values that hold them all."""

from dataclasses import dataclass
from typing import Any, TypeVar, cast

from twin.base.fault import Place
from twin.language import fields as f
from twin.language import readers as r
from twin.language.distributions import Chance
from twin.language.entry import Entry, key
from twin.language.sentence import Name, Path
from twin.language.syntax import Act, Cue, Measure, That
from twin.language.words import POSTS

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, kw_only=True)
class Site(Entry):
    """Where the farm lies."""

    latitude_deg: float | None = key(f.quantity("angle", -90, 90), "latitude", "of the site", default=None)
    longitude_deg: float | None = key(f.quantity("angle", -180, 180), "longitude", "of the site", default=None)
    roughness_m: float = key(f.quantity("length", 0), "roughness", "of the ground", default=0.1, why="assumed")
    origin: str = key(f.words(), "origin", "what stands at 0, 0", default="")
    as_of: str = key(f.date(), "as of", "the day audits refer to", default="")


@dataclass(frozen=True, kw_only=True)
class Reference(Entry):
    """How a marked figure is known: one of the three."""

    documented: str = key(f.words(), "documented", "the source", default="")
    inferred: str = key(f.words(), "inferred", "how it follows", default="")
    assumed: str = key(f.words(), "assumed", "why it was chosen", default="")


@dataclass(frozen=True, kw_only=True)
class Work(Entry):
    """Something that is known not to act: an interlock bypassed, or a thing out of service."""

    kind: str = key(f.choice("bypass", "out of service"), "kind", "what was done")
    of: str = key(
        f.name_of("interlocks", "instruments", "alarms", "valves"), "of", "the interlock, or the thing out of service"
    )
    because: str = key(f.words(), "because", "why")
    by: str = key(f.words(), "by", "who", default="")
    approved: tuple[str, ...] = key(f.kit(), "approved", "who agreed", default=())
    since: str = key(f.date_time(), "from", "from when", default="")  # "": long since
    until: str = key(f.date_time(), "until", "when it ends by itself", default="")
    left: bool = key(f.flag(), "left", "not restored when its time was over", default=False)


@dataclass(frozen=True, kw_only=True)
class PlanLine(Entry):
    """One line of the emergency plan: on this cue, this post does this, within this time, because."""

    cue: Cue = key(r.cue(), "cue", "when")
    post: str = key(f.name_of("posts", *(f"word:{p}" for p in POSTS)), "post", "who")
    do: tuple[Act, ...] = key(r.acts(), "do", "what")
    within_s: float | None = key(f.quantity("time", 1), "within", "time allowed from the cue", default=None)
    proof: Cue | None = key(r.cue(), "proof", "what shows that it is done", default=None)
    every_s: float | None = key(
        f.quantity("time", 1), "every", "do it again this often while the cue holds", default=None
    )
    because: str = key(f.words(), "because", "why", default="")
    delay_s: float = key(
        f.quantity("time", -86400, 86400), "delay", "later (or earlier) than the post would", default=0.0, why="none"
    )


@dataclass(frozen=True, kw_only=True)
class Inject(Entry):
    """One entry of a scenario's timeline."""

    cue: Cue = key(r.cue(), "cue", "when")
    do: tuple[Act, ...] = key(r.acts(), "do", "what")
    post: str = key(
        f.name_of("posts", *(f"word:{p}" for p in POSTS)), "post", "who does it; nobody: the world", default=""
    )
    because: str = key(f.words(), "because", "why", default="")
    delay_s: float = key(f.quantity("time", 0, 86400), "delay", "after the cue", default=0.0, why="none")


@dataclass(frozen=True, kw_only=True)
class Objective(Entry):
    """What a mark of the score asks in this scenario."""

    that: That = key(r.that(), "that", "what must be so")
    mark: str = key(
        f.choice("containment", "detection", "isolation", "call and muster", "environment", "plant saved"),
        "mark",
        "the mark it decides",
    )


@dataclass(frozen=True, kw_only=True)
class Fact(Entry):
    """A documented figure that the run must meet."""

    of: Measure = key(r.measure(), "of", "what is measured")
    band: r.Band = key(r.band(), "is", "low .. high")
    because: str = key(f.words(), "because", "why the twin may lie outside: what it leaves out", default="")


@dataclass(frozen=True, kw_only=True)
class Weather(Entry):
    """The day."""

    wind: dict[str, float] = key(
        f.wind(), "wind", "speed and where it comes from", default={"speed": 3.0, "from": 240.0}, why="a light wind"
    )
    stability: str = key(
        f.choice("A", "B", "C", "D", "E", "F"), "stability", "Pasquill class", default="D", why="neutral"
    )
    air_k: float = key(f.quantity("temperature", 200, 340), "air", "air temperature", default=288.15, why="15 degC")
    humidity: float = key(f.quantity("fraction", 0, 1), "humidity", "relative", default=0.7, why="usual")
    rain_m_s: float = key(f.quantity("speed", 0), "rain", "rain rate", default=0.0, why="dry")
    sun_w_m2: float = key(
        f.quantity("heat flux", 0, 1500), "sun", "what shines on level ground", default=0.0, why="night, or overcast"
    )
    cloud: float = key(f.quantity("fraction", 0, 1), "cloud", "sky covered", default=0.5, why="half")


@dataclass(frozen=True, kw_only=True)
class Drill(Entry):
    """Where a person sits down."""

    start: Any = key(f.moment(), "from", "what lies before runs at full speed", default=None)
    post: str = key(
        f.name_of("posts", *(f"word:{p}" for p in POSTS)),
        "post",
        "the seat offered first",
        default="control-room",
        why="the desk",
    )


OWN_SECTIONS: dict[str, type[Entry]] = {"references": Reference, "works": Work, "plan": PlanLine}
"""Sections of a farm file that no part brings."""

SCENARIO_SECTIONS: dict[str, type[Entry]] = {
    "references": Reference, "timeline": Inject, "objectives": Objective, "facts": Fact,
}  # fmt: skip

LATER = {
    "products": "plant", "foams": "response", "vents": "plant", "appliances": "response",
    "stocks": "response", "ignition": "fire", "units": "audit", "risks": "audit", "duties": "audit",
}  # fmt: skip
"""Sections of the language that this version does not build yet, and the part that brings them."""

LATER_KEYS = {
    "tanks": {"seal": "plant", "eaves": "plant", "buried": "plant", "roof drain": "plant", "dam": "response",
              "pontoons": "plant", "wall": "fire", "steel": "fire", "insulated": "fire",
              "earth": "fire", "inerted": "plant"},
    "places": {"along": "fire", "radius": "fire", "vehicles": "fire", "class": "fire", "air changes": "fire",
               "strength": "fire", "offsite": "fire", "slope": "fire", "falls to": "fire"},
    "valves": {"freezes": "plant"},
    "instruments": {"product": "fire", "along": "fire", "sees": "fire"},
    "people": {"duties": "audit", "comes after": "response", "from": "response", "engine": "response",
               "tires after": "response"},
    "works": {"lights": "fire", "at": "fire"},
    "utilities": {"pressure": "plant"},
    "weather": {"lightning": "fire"},
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FarmSpec:
    """A farm file, read."""

    title: str
    place: Place
    site: Site
    sections: dict[str, dict[str, Entry]]
    kinds: dict[type[Entry], str]  # the section of each kind of entry

    def of(self, kind: type[E]) -> dict[str, E]:
        """The entries of a kind, by name, sorted by name: the order in a file changes no result."""
        return cast("dict[str, E]", self.sections.get(self.kinds[kind], {}))

    def named(self, section: str) -> dict[str, Entry]:
        """The entries of a section, by name, sorted by name."""
        return self.sections.get(section, {})


@dataclass(frozen=True, kw_only=True)
class Initial:
    """One starting value: `THING: {quantity: value}`."""

    thing: str
    quantity: str
    value: str
    mark: str
    place: Place


@dataclass(frozen=True, kw_only=True)
class Uncertain:
    """One quantity drawn for each world."""

    path: Path
    chance: Chance


@dataclass(frozen=True, kw_only=True)
class Draw:
    """One word of several, drawn for each world: `night: choice sticks 0.5 or none 0.5`."""

    name: str
    chance: Chance
    place: Place

    @property
    def words(self) -> tuple[str, ...]:
        """What it may come to."""
        return tuple(v.text for v in self.chance.values if isinstance(v, Name))


@dataclass(frozen=True, kw_only=True)
class ScenarioSpec:
    """A scenario file with its farm, read."""

    name: str
    title: str
    place: Place
    farm: FarmSpec
    starts: str
    lasts_s: int
    briefing: str
    level: int
    drill: Drill
    saved_by: str
    weather: Weather
    initially: tuple[Initial, ...]
    uncertain: tuple[Uncertain, ...]
    draws: tuple[Draw, ...]
    sections: dict[str, dict[str, Entry]]
    marks: dict[str, str]
    absent: tuple[str, ...] = ()  # posts that nobody fills today, not even by the plan

    @property
    def drawn(self) -> tuple[str, ...]:
        """All words that may be drawn."""
        return tuple(word for draw in self.draws for word in draw.words)

    def of(self, kind: type[E]) -> dict[str, E]:
        """The entries of a kind that a scenario holds itself, by name, sorted by name."""
        section = next(name for name, its in SCENARIO_SECTIONS.items() if its is kind)
        return cast("dict[str, E]", self.sections.get(section, {}))
