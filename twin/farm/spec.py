"""What a farm or scenario file may say, as types: each field carries its reader, default and source.

These classes are the one table from which the loader, `check --explain`, the JSON Schema and the reference are made.
"""

from dataclasses import dataclass, field
from typing import Any

from twin.base.fault import Place
from twin.farm import fields as f
from twin.farm.grammar import Act, Amount, Chance, Cue, Measure, Name, Path, Reading, Test, That
from twin.farm.words import POSTS

Point = Name | tuple[float, ...]


def key(reader: f.Field, name: str, about: str, **more: Any) -> Any:
    """A field read under `name`; without a default it must be given."""
    default = more.pop("default", f.REQUIRED)
    meta = {"reader": reader, "name": name, "about": about, "why": more.pop("why", ""), "default": default}
    assert not more, more
    value = None if default is f.REQUIRED else default
    if isinstance(value, dict):
        return field(default_factory=lambda: dict(value), metadata=meta)
    return field(default=value, metadata=meta)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One named thing of a section."""

    name: str
    place: Place
    marks: dict[str, str] = field(default_factory=dict)
    """Key to mark, of the figures that say how they are known."""
    given: frozenset[str] = frozenset()
    """The keys that a file gave (the others hold defaults)."""


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
class Utility(Entry):
    """A power supply or a controller."""

    kind: str = key(f.choice("power", "controller"), "kind", "what it gives")
    power: str = key(f.name_of("utilities"), "power", "what a controller runs on", default="")
    source: str = key(f.name_of("utilities"), "from", "what feeds it", default="")
    lasts_s: float = key(f.quantity("time", 0), "lasts", "on its battery", default=0.0, why="no battery")


@dataclass(frozen=True, kw_only=True)
class PlaceSpec(Entry):
    """A bund, building, muster point or fire station."""

    kind: str = key(f.choice("bund", "building", "muster", "station"), "kind", "what it is")
    at: Point | None = key(f.point(), "at", "its middle", default=None)
    outline: tuple[tuple[float, ...], ...] = key(f.outline(), "outline", "its corners", default=())
    area_m2: float | None = key(f.quantity("area", 0), "area", "of the floor, tanks left out", default=None)
    wall_m: float = key(
        f.quantity("length", 0, 20), "wall", "height of the bund wall", default=1.0, why="assumed: low walls are common"
    )
    drain: str = key(f.name_of("nodes"), "drain", "where its drain leads when no line says so", default="")


@dataclass(frozen=True, kw_only=True)
class NodeSpec(Entry):
    """Where lines meet or end: a pipeline or ship, a manifold, a loading point, a pit."""

    product: str = key(f.product(), "product", "what it offers", default="")
    flow_m3_s: float | None = key(f.quantity("volume flow", 0), "flow", "what it offers", default=None)
    most_m3_s: float | None = key(f.quantity("volume flow", 0), "most", "highest credible flow", default=None)
    temperature_k: float | None = key(
        f.quantity("temperature", 100, 500), "temperature", "of what it offers", default=None
    )
    receives: str = key(f.product(), "receives", "what it takes without limit", default="")
    holds_m3: float | None = key(f.quantity("volume", 0), "holds", "what a pit holds", default=None)
    spills_to: str = key(f.name_of("nodes"), "spills to", "where a full pit runs over to", default="")
    protected: bool = key(f.flag(), "protected", "water or ground that nothing may reach", default=False)
    answers_s: float = key(
        f.quantity("time", 0, 7200),
        "answers",
        "time in which a sender starts or stops when asked",
        default=120.0,
        why="assumed: a call and a pump",
    )
    at: Point | None = key(f.point(), "at", "where it is", default=None)


@dataclass(frozen=True, kw_only=True)
class Tank(Entry):
    """An upright tank."""

    product: str = key(f.product(), "product", "what it holds")
    diameter_m: float = key(f.quantity("length", 1, 120), "diameter", "of the shell")
    height_m: float = key(f.quantity("length", 1, 40), "height", "of the shell")
    roof: str = key(f.choice("cone", "internal floating"), "roof", "its roof", default="cone", why="the plainest tank")
    lip_m: float | None = key(
        f.quantity("length", 0, 40),
        "overflows above",
        "level at which liquid leaves",
        default=None,
        why="the height of the shell",
    )
    bund: str = key(f.name_of("places"), "in", "the bund it stands in", default="", why="open ground")
    at: Point | None = key(f.point(), "at", "its middle", default=None)
    legs_m: float = key(
        f.quantity("length", 0, 10),
        "legs",
        "height of the landed roof",
        default=0.0,
        why="no floating roof, or legs not known",
    )
    roof_mass_kg: float = key(
        f.quantity("mass", 0),
        "roof mass",
        "of a floating roof",
        default=0.0,
        why="neglected: a deck of 10 kg/m2 lifts the level by 14 mm",
    )


@dataclass(frozen=True, kw_only=True)
class Line(Entry):
    """A pipe from one end to another through valves."""

    start: str = key(f.name_of("nodes", "tanks", "places"), "from", "its first end")
    end: str = key(f.name_of("nodes", "tanks", "places"), "to", "its second end")
    through: tuple[str, ...] = key(f.names_of("valves"), "through", "valves in order", default=())
    size_m: float = key(f.quantity("length", 0.01, 2), "size", "inner diameter", default=0.3, why="assumed: DN 300")
    length_m: float = key(f.quantity("length", 0, 1e5), "length", "along the pipe", default=100.0, why="assumed")
    roughness_m: float = key(
        f.quantity("length", 0, 0.01),
        "roughness",
        "of the pipe wall",
        default=4.5e-5,
        why="commercial steel (Moody 1944)",
    )
    holds_m3: float = key(
        f.quantity("volume", 0), "holds", "liquid in the pipe, always full", default=0.0, why="not counted"
    )
    enters: str = key(
        f.choice("top", "bottom"),
        "enters",
        "how it enters the tank at its end",
        default="bottom",
        why="usual for floating roofs",
    )
    leaves: str = key(
        f.choice("top", "bottom"), "leaves", "how it leaves the tank at its start", default="bottom", why="usual"
    )


@dataclass(frozen=True, kw_only=True)
class Valve(Entry):
    """A hand or motor valve."""

    kind: str = key(f.choice("hand", "motor"), "kind", "what moves it", default="hand", why="the plainest valve")
    size_m: float = key(f.quantity("length", 0.01, 2), "size", "nominal size", default=0.3, why="assumed: DN 300")
    stroke_s: float = key(
        f.quantity("time", 1, 3600),
        "stroke",
        "end to end",
        default=60.0,
        why="MOV gate 305 mm/min at DN 300 (recalled)",
    )
    power: str = key(f.name_of("utilities"), "power", "what its motor runs on", default="", why="never lost")
    on_power_loss: str = key(f.choice("stay"), "on power loss", "a motor valve stays where it is", default="stay")
    crank_s: float = key(
        f.quantity("time", 1, 7200),
        "crank",
        "end to end by hand",
        default=384.0,
        why="DN 300 geared, 160 turns at 25 a minute (recalled)",
    )
    normally: str = key(
        f.choice("open", "closed"),
        "normally",
        "how it stands at the start",
        default="closed",
        why="nothing flows that nobody asked for",
    )
    remote: bool | None = key(
        f.flag(), "remote", "whether the desk can move it", default=None, why="motor valves are, hand valves are not"
    )
    at: Point | None = key(f.point(), "at", "where it is", default=None)


@dataclass(frozen=True, kw_only=True)
class Instrument(Entry):
    """Something that shows a quantity, with its range, lag, noise and faults."""

    measures: Test = key(f.measured(), "measures", "THING.quantity, or THING.quantity > value for a switch")
    kind: str = key(f.words(), "kind", "for the record: servo, radar, float", default="")
    range: tuple[Amount, Amount] | None = key(
        f.amount_range(), "range", "what it can show", default=None, why="what the thing can be"
    )
    lag_s: float = key(f.quantity("time", 0, 3600), "lag", "time constant", default=0.0, why="none stated")
    sample_s: float = key(f.quantity("time", 1, 3600), "sample", "how often it looks", default=1.0, why="every scan")
    noise: Amount | None = key(f.amount(), "noise", "standard deviation", default=None, why="none stated")
    resolution: Amount | None = key(f.amount(), "resolution", "smallest step it shows", default=None, why="none stated")
    by_hand_s: float | None = key(
        f.quantity("time", 1, 7200), "by hand", "time a person needs to read it", default=None
    )
    system: str = key(
        f.name_of("utilities", "word:BPCS", "word:SIS"),
        "system",
        "the controller it is wired to",
        default="BPCS",
        why="basic control unless it says SIS",
    )
    tapping: str = key(f.words(), "tapping", "the nozzle it sits on", default="")
    cable: str = key(f.words(), "cable", "its cable", default="")
    power: str = key(f.name_of("utilities"), "power", "what it runs on", default="", why="never lost")
    tested: str = key(f.date(), "tested", "last proof test", default="")
    every_s: float | None = key(f.quantity("time", 0), "every", "proof-test interval", default=None)
    dangerous_failures: float | None = key(
        f.quantity("frequency", 0), "dangerous failures", "undetected, per hour", default=None
    )
    if_bad: str = key(
        f.choice("vote", "ignore", "trip"),
        "if bad",
        "how a vote takes its bad signal",
        default="vote",
        why="a lost signal counts as a demand: the safe side",
    )
    at: Point | None = key(f.point(), "at", "where a person reads it", default=None)


@dataclass(frozen=True, kw_only=True)
class Calculated(Entry):
    """What a control system, or a person, works out from readings."""

    value: Reading = key(f.derived(), "is", "change of …, rate of …, gap of …, time until …")
    by_hand_s: float | None = key(
        f.quantity("time", 1, 7200), "by hand", "time a person needs to work it out", default=None
    )


@dataclass(frozen=True, kw_only=True)
class Alarm(Entry):
    """An ISA-18.2 alarm."""

    when: Cue = key(f.cue(), "when", "what raises it")
    deadband: Amount | None = key(
        f.amount(), "deadband", "it clears this far inside the limit", default=None, why="none"
    )
    delay_s: float = key(f.quantity("time", 0, 3600), "delay", "before it is raised", default=0.0, why="none")
    off_delay_s: float = key(f.quantity("time", 0, 3600), "off delay", "before it clears", default=0.0, why="none")
    priority: str = key(
        f.choice("low", "medium", "high"),
        "priority",
        "how soon it must be answered",
        default="medium",
        why="the middle one",
    )
    cause: str = key(f.words(), "cause", "what usually raises it", default="")
    action: str = key(f.words(), "action", "what to do", default="")
    suppressed: Cue | None = key(f.cue(), "suppressed when", "by design, while this holds", default=None)


@dataclass(frozen=True, kw_only=True)
class Interlock(Entry):
    """What acts by itself, or at a button."""

    when: Cue | None = key(f.cue(), "when", "what trips it", default=None)
    then: tuple[Act, ...] = key(f.acts(), "then", "what it does")
    delay_s: float = key(f.quantity("time", 0, 3600), "delay", "before it trips", default=0.0, why="none")
    proof: Cue | None = key(f.cue(), "proof", "what shows that it acted", default=None)
    latch: bool = key(f.flag(), "latch", "stays until reset", default=True, why="a trip is let go by a person")
    reset_by: str = key(
        f.name_of("posts", *(f"word:{p}" for p in POSTS)),
        "reset by",
        "who may let it go",
        default="",
        why="any post that may reset",
    )
    system: str = key(
        f.name_of("utilities", "word:BPCS", "word:SIS"),
        "system",
        "the controller it runs in",
        default="SIS",
        why="protection stands apart from control",
    )
    target: str = key(f.words(), "target", "its integrity, such as SIL 1", default="")
    button: bool = key(f.flag(), "button", "an emergency stop that anybody may press", default=False)


@dataclass(frozen=True, kw_only=True)
class Transfer(Entry):
    """Liquid on its way from one end to another."""

    start: str = key(f.name_of("nodes", "tanks"), "from", "where it comes from")
    end: str = key(f.name_of("nodes", "tanks"), "to", "where it goes")
    through: tuple[str, ...] = key(f.names_of("lines"), "through", "lines in order")
    amount_m3: float | None = key(f.quantity("volume", 0), "amount", "what is to be moved", default=None)
    rate_m3_s: float | None = key(f.quantity("volume flow", 0), "rate", "less than the sender offers", default=None)
    stops: str = key(
        f.choice("by hand", "by meter"), "stops", "who ends it", default="by hand", why="nobody ends it for you"
    )
    late_costs_s: float = key(
        f.quantity("time", 0), "late costs", "what stopping early costs in trade", default=0.0, why="nothing"
    )


@dataclass(frozen=True, kw_only=True)
class Post(Entry):
    """What a post may do, and how fast it reacts."""

    may: tuple[str, ...] = key(f.verbs(), "may", "verbs, or any", default=())
    consent: dict[str, tuple[str, ...]] = key(f.consents(), "with consent", "verb: posts that must approve", default={})
    at: Point | None = key(f.point(), "at", "where it sits", default=None)
    reacts_s: float = key(
        f.quantity("time", 1, 3600), "reacts", "median time from cue to act", default=60.0, why="assumed"
    )
    radio_s: float = key(f.quantity("time", 0, 600), "radio", "how much later what is said to it is heard", default=0.0)
    misses: float = key(
        f.quantity("fraction", 0, 1), "misses", "share of what is said to it that is not heard", default=0.0
    )


@dataclass(frozen=True, kw_only=True)
class People(Entry):
    """One person or a team that stays together."""

    count: tuple[int, int] = key(f.head_count(), "count", "how many, by day and by night", default=(1, 1))
    post: str = key(f.name_of("posts", *(f"word:{p}" for p in POSTS)), "post", "the post they serve", default="")
    inside: str = key(f.name_of("places"), "in", "the place they are in", default="")
    at: Point | None = key(f.point(), "at", "where they are", default=None)
    kit: tuple[str, ...] = key(f.kit(), "kit", "what they can take along", default=())
    muster: str = key(f.name_of("places"), "muster", "where they gather", default="")
    turnout_s: float = key(
        f.quantity("time", 0, 7200),
        "turnout",
        "from a call to setting out",
        default=60.0,
        why="works brigade 45 to 80 s (recalled)",
    )


@dataclass(frozen=True, kw_only=True)
class Work(Entry):
    """A bypass in force."""

    kind: str = key(f.choice("bypass"), "kind", "what was done")
    of: str = key(f.name_of("interlocks"), "of", "the interlock")
    because: str = key(f.words(), "because", "why")
    by: str = key(f.words(), "by", "who", default="")
    approved: tuple[str, ...] = key(f.kit(), "approved", "who agreed", default=())
    since: str = key(f.date_time(), "from", "from when", default="")
    until: str = key(f.date_time(), "until", "when it ends by itself", default="")
    left: bool = key(f.flag(), "left", "not restored when its time was over", default=False)


@dataclass(frozen=True, kw_only=True)
class PlanLine(Entry):
    """One line of the emergency plan: on this cue, this post does this, within this time, because."""

    cue: Cue = key(f.cue(), "cue", "when")
    post: str = key(f.name_of("posts", *(f"word:{p}" for p in POSTS)), "post", "who")
    do: tuple[Act, ...] = key(f.acts(), "do", "what")
    within_s: float | None = key(f.quantity("time", 1), "within", "time allowed from the cue", default=None)
    proof: Cue | None = key(f.cue(), "proof", "what shows that it is done", default=None)
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

    cue: Cue = key(f.cue(), "cue", "when")
    do: tuple[Act, ...] = key(f.acts(), "do", "what")
    post: str = key(
        f.name_of("posts", *(f"word:{p}" for p in POSTS)), "post", "who does it; nobody: the world", default=""
    )
    because: str = key(f.words(), "because", "why", default="")
    delay_s: float = key(f.quantity("time", 0, 86400), "delay", "after the cue", default=0.0, why="none")


@dataclass(frozen=True, kw_only=True)
class Objective(Entry):
    """What a mark of the score asks in this scenario."""

    that: That = key(f.that(), "that", "what must be so")
    mark: str = key(
        f.choice("containment", "detection", "isolation", "call and muster", "environment", "plant saved"),
        "mark",
        "the mark it decides",
    )


@dataclass(frozen=True, kw_only=True)
class Fact(Entry):
    """A documented figure that the run must meet."""

    of: Measure = key(f.measure(), "of", "what is measured")
    band: f.Band = key(f.band(), "is", "low .. high")


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


FARM_SECTIONS: dict[str, type[Entry]] = {
    "references": Reference, "utilities": Utility, "places": PlaceSpec, "nodes": NodeSpec, "tanks": Tank,
    "lines": Line, "valves": Valve, "instruments": Instrument, "calculated": Calculated, "alarms": Alarm,
    "interlocks": Interlock, "transfers": Transfer, "posts": Post, "people": People, "works": Work,
    "plan": PlanLine,
}  # fmt: skip
SCENARIO_SECTIONS: dict[str, type[Entry]] = {
    "references": Reference, "timeline": Inject, "objectives": Objective, "facts": Fact,
}  # fmt: skip

LATER = {
    "products": "plant", "foams": "response", "vents": "plant", "pumps": "plant", "appliances": "response",
    "stocks": "response", "ignition": "fire", "units": "audit", "risks": "audit", "duties": "audit",
}  # fmt: skip
"""Sections of the language that this version does not build yet, and the part that brings them."""

LATER_KEYS = {
    "tanks": {"seal": "plant", "eaves": "plant", "shape": "plant", "length": "plant", "width": "plant",
              "heads": "plant", "bottom": "plant", "buried": "plant", "roof drain": "plant", "dam": "response",
              "pontoons": "plant", "believed": "plant", "wall": "fire", "steel": "fire", "insulated": "fire",
              "earth": "fire", "inerted": "plant"},
    "places": {"along": "fire", "radius": "fire", "vehicles": "fire", "class": "fire", "air changes": "fire",
               "strength": "fire", "offsite": "fire", "slope": "fire", "falls to": "fire"},
    "lines": {"kind": "plant"},
    "valves": {"air": "plant", "on air loss": "plant", "freezes": "plant"},
    "instruments": {"product": "fire", "along": "fire", "sees": "fire"},
    "people": {"duties": "audit", "comes after": "response", "from": "response", "engine": "response",
               "tires after": "response"},
    "works": {"lights": "fire", "at": "fire"},
    "utilities": {"holds": "plant", "pressure": "plant"},
    "weather": {"lightning": "fire"},
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FarmSpec:
    """A farm file, read."""

    title: str
    place: Place
    site: Site
    sections: dict[str, dict[str, Entry]]

    def of(self, section: str) -> dict[str, Any]:
        """The entries of a section, by name, sorted by name: the order in a file changes no result."""
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
    sections: dict[str, dict[str, Entry]]
    marks: dict[str, str]
    absent: tuple[str, ...] = ()  # posts that nobody fills today, not even by the plan

    def of(self, section: str) -> dict[str, Any]:
        """The entries of a section, by name, sorted by name."""
        return self.sections.get(section, {})
