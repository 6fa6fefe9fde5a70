"""What a file may say of a line: what it is, where it ends, what stands in it. What flows in it is `line.py`."""

from dataclasses import dataclass

from twin.language import fields as f
from twin.language.entry import Entry, key

HOSE_WALL_M = 1e-3  # roughness of a hose's inner wire (assumed)


@dataclass(frozen=True, kw_only=True)
class Line(Entry):
    """A pipe, hose or loading arm from one end to another, through valves and pumps."""

    kind: str = key(f.choice("pipe", "hose", "arm"), "kind", "what it is", default="pipe", why="the usual line")

    start: str = key(f.name_of("nodes", "tanks", "places"), "from", "its first end")
    end: str = key(f.name_of("nodes", "tanks", "places"), "to", "its second end")
    through: tuple[str, ...] = key(f.names_of("valves", "pumps"), "through", "valves and pumps in order", default=())
    size_m: float = key(f.quantity("length", 0.01, 2), "size", "inner diameter", default=0.3, why="assumed: DN 300")
    length_m: float = key(f.quantity("length", 0, 1e5), "length", "along the pipe", default=100.0, why="assumed")
    roughness_m: float = key(
        f.quantity("length", 0, 0.01),
        "roughness",
        "of the pipe wall",
        default=4.5e-5,
        why="commercial steel (Moody 1944); a hose has 1 mm (assumed)",
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
        f.choice("top", "bottom", "floating"),
        "leaves",
        "how it leaves the tank at its start; floating: by an arm that draws from under the surface",
        default="bottom",
        why="usual",
    )
    height_m: float = key(
        f.quantity("length", 0, 40),
        "height",
        "of its nozzle above the bottom of a tank it joins; below it nothing is drawn",
        default=0.0,
        why="at the bottom: no heel",
    )
    end_height_m: float | None = key(
        f.quantity("length", 0, 40),
        "end height",
        "of the nozzle at its end, where that is another",
        default=None,
        why="the same as `height`",
    )

    @property
    def wall_m(self) -> float:
        """Roughness of the wall."""
        return HOSE_WALL_M if self.kind == "hose" and "roughness" not in self.given else self.roughness_m

    def mouth_m(self, lip_m: float, *, at_end: bool) -> float:
        """Height of an end above the bottom of the tank there."""
        if (self.enters if at_end else self.leaves) == "top":
            return lip_m
        return self.end_height_m if at_end and self.end_height_m is not None else self.height_m
