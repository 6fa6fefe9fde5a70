"""Places: bunds, buildings, muster points, fire stations. What lies in a bund is the vessels' (`tank.py`)."""

from dataclasses import dataclass

from twin.language import fields as f
from twin.language.entry import Point, Thing, key
from twin.parts.part import Part, Path


@dataclass(frozen=True, kw_only=True)
class Place(Thing):
    """A bund, building, muster point or fire station."""

    kind: str = key(f.choice("bund", "building", "muster", "station"), "kind", "what it is")
    at: Point | None = key(f.point(), "at", "its middle", default=None)
    outline: tuple[tuple[float, ...], ...] = key(f.outline(), "outline", "its corners", default=())
    area_m2: float | None = key(f.quantity("area", 0), "area", "of the floor, tanks left out", default=None)
    wall_m: float = key(
        f.quantity("length", 0, 20), "wall", "height of the bund wall", default=1.0, why="assumed: low walls are common"
    )
    drain: str = key(f.name_of("nodes"), "drain", "where its drain leads when no line says so", default="")


PART = Part("places", "place", Place, paths=(Path("people", "count", "people there"),))
