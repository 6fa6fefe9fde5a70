"""What a file may say of a valve. How it moves and what it lets through is `valve.py`."""

from dataclasses import dataclass

from twin.language import fields as f
from twin.language.entry import Point, Thing, key
from twin.language.sentence import Amount

BY_ITSELF = ("check", "relief")
BY_AIR = ("pneumatic", "control")
FAILS_TO = {"closed": 0.0, "open": 1.0, "stay": -1.0}


@dataclass(frozen=True, kw_only=True)
class Valve(Thing):
    """A valve in a line."""

    kind: str = key(
        f.choice("hand", "motor", "pneumatic", "control", *BY_ITSELF),
        "kind",
        "what moves it",
        default="hand",
        why="the plainest valve",
    )
    size_m: float = key(f.quantity("length", 0.01, 2), "size", "nominal size", default=0.3, why="assumed: DN 300")
    stroke_s: float = key(
        f.quantity("time", 1, 3600),
        "stroke",
        "end to end",
        default=60.0,
        why="MOV gate 305 mm/min at DN 300 (recalled)",
    )
    power: str = key(
        f.name_of("utilities"), "power", "what its motor or its pilot runs on", default="", why="never lost"
    )
    on_power_loss: str = key(f.choice("stay"), "on power loss", "a motor valve stays where it is", default="stay")
    air: str = key(
        f.name_of("utilities"), "air", "what moves a pneumatic or control valve", default="", why="never lost"
    )
    on_air_loss: str = key(
        f.choice(*FAILS_TO),
        "on air loss",
        "where its spring takes a pneumatic or control valve without air or power",
        default="closed",
        why="usual on a tank: the safe side",
    )
    relief_pa: float | None = key(
        f.quantity("pressure", 100, 1e8), "relief", "pressure before a relief valve at which it lifts", default=None
    )
    control: str = key(
        f.name_of("instruments"), "control", "the instrument whose reading a control valve holds", default=""
    )
    set_point: Amount | None = key(f.amount(), "set point", "the reading that it holds", default=None)
    opening: str = key(
        f.choice("raises", "lowers"), "opening", "what opening it does to that reading", default="raises", why="usual"
    )
    band: Amount | None = key(
        f.amount(more_than_nothing=True),
        "band",
        "change of the reading that strokes it from end to end",
        default=None,
        why="four ranges of the instrument (assumed): narrower bands hunt where opening changes the reading much",
    )
    reset_s: float = key(
        f.quantity("time", 1, 36000),
        "reset time",
        "in which a standing difference moves it as far again",
        default=10.0,
        why="assumed: flow; some ten minutes suit a level",
    )
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
        f.flag(),
        "remote",
        "whether the desk can move it",
        default=None,
        why="hand valves are not, those with a drive are",
    )
    at: Point | None = key(f.point(), "at", "where it is", default=None)

    @property
    def from_desk(self) -> bool:
        """Whether the desk can move it."""
        return self.kind in {"motor", *BY_AIR} if self.remote is None else self.remote and self.kind not in BY_ITSELF
