"""What a file may say of a tank: its shape, its roof, its papers; and what else holds liquid. What is in it, and what that does, is `tank.py`."""

from dataclasses import dataclass

import numpy as np

from twin.language import fields as f
from twin.language import readers as r
from twin.language.entry import Point, Thing, height_of, key
from twin.language.sentence import Amount
from twin.physics import geometry
from twin.physics.shapes import SHAPES
from twin.physics.strapping import Strapping, of_pairs, of_shape

BOTTOMLESS_M3 = 1e12
PIT_DEPTH_M = 1.0
LEAST_M3 = 1e-3  # what holds anything holds a litre
FLOATING = ("internal floating", "external floating")
PRESSED = ("sphere", "bullet")


@dataclass(frozen=True, kw_only=True)
class Tank(Thing):
    """A tank: upright, a sphere, or a bullet that lies."""

    product: str = key(f.product(), "product", "what it holds")
    across_m: float | None = key(f.quantity("length", 1, 120), "diameter", "of the shell; not of a box", default=None)
    tall_m: float | None = key(f.quantity("length", 1, 40), "height", "of the shell of an upright tank", default=None)
    roof: str = key(
        f.choice("cone", "dome", *FLOATING, "open", *PRESSED), "roof", "its roof, or what it is", default="cone",
        why="the plainest tank",
    )  # fmt: skip
    shape: str = key(f.choice("round", "box"), "shape", "of an upright tank", default="round", why="usual")
    length_m: float | None = key(
        f.quantity("length", 1, 100), "length", "of a box, or of a bullet from tangent to tangent", default=None
    )
    width_m: float | None = key(f.quantity("length", 1, 100), "width", "of a box", default=None)
    heads: str = key(
        f.choice("flat", "ellipsoidal", "torispherical", "hemispherical"), "heads", "of a bullet", default="ellipsoidal",
        why="2:1, usual",
    )  # fmt: skip
    bottom: str = key(
        f.choice("flat", "cone down", "cone up"), "bottom", "of a round one", default="flat", why="the plainest"
    )
    cone_m: float = key(
        f.quantity("length", 0, 5), "bottom height", "of a conical bottom; levels count from its lowest point", default=0.0,
        why="none",
    )  # fmt: skip
    table: tuple[tuple[float, float], ...] = key(
        r.points("length", "volume"), "table", "[level, volume] of its strapping, straight between; else worked out of its shape",
        default=(),
    )  # fmt: skip
    believed: tuple[tuple[str, float], ...] = key(
        r.figures(capacity=f.quantity("volume", LEAST_M3), high=f.quantity("length", 0), low=f.quantity("length", 0)), "believed",
        "what the papers say, where that is wrong", default=(),
    )  # fmt: skip
    working: tuple[Amount, Amount] | None = key(
        f.amount_range(), "working", "levels between which it is worked", default=None
    )
    lip_m: float | None = key(
        f.quantity("length", 0.1, 40),
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
        "height of the landed roof, or of the supports of a sphere or bullet",
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
    insulated: bool = key(f.flag(), "insulated", "its wall and roof", default=False, why="bare, painted white")
    hole_m: float = key(
        f.quantity("length", 0, 40),
        "hole height",
        "of a hole in its shell, above its bottom",
        default=0.0,
        why="at the bottom",
    )
    collapses_pa: float = key(
        f.quantity("pressure", 10, 1e5), "collapses", "vacuum at which it is sucked in; counts where a vent is on it",
        default=2000.0, why="20 mbar: as little harms an atmospheric tank (EPSC)",
    )  # fmt: skip
    parts_pa: float = key(
        f.quantity("pressure", 10, 1e6), "parts", "pressure at which its roof parts from its shell; counts where a vent is on it",
        default=5000.0, why="assumed: 50 mbar, twice a usual design pressure",
    )  # fmt: skip
    slops: bool = key(
        f.flag(), "slops", "it takes whatever comes: nothing in it is wrong", default=False, why="a tank of its product"
    )

    @property
    def diameter_m(self) -> float:
        """Its diameter; of a box that of a round one of the same floor."""
        if self.shape == "box" and self.length_m and self.width_m:
            return float(np.sqrt(4.0 / geometry.PI * self.length_m * self.width_m))
        return self.across_m or 1.0

    @property
    def height_m(self) -> float:
        """From its lowest point to the top of the shell."""
        if self.roof in PRESSED:
            return self.diameter_m
        return (self.tall_m or 1.0) + (self.cone_m if self.bottom == "cone down" else 0.0)

    @property
    def lips_m(self) -> float:
        """The level at which liquid leaves it."""
        return self.height_m if self.lip_m is None else self.lip_m

    @property
    def capacity_m3(self) -> float:
        """The volume below its lip, a floating roof left out."""
        table = self.strapping
        if table is not None:
            return float(table.volume(np.array([self.lips_m]))[0])
        return float(geometry.circle_area(self.diameter_m)) * self.lips_m

    @property
    def stands_m(self) -> float:
        """Height of its lowest point above the ground of the farm: of where it stands, and of its supports."""
        return height_of(self.at) + (self.legs_m if self.roof in PRESSED else 0.0)

    @property
    def floats(self) -> bool:
        """Whether its roof floats."""
        return self.roof in FLOATING

    @property
    def strapping(self) -> Strapping | None:
        """Its table, None for an upright tank on a flat bottom."""
        if self.table:
            return of_pairs(self.table)
        name = {
            "sphere": "sphere",
            "bullet": f"horizontal, {self.heads} {'ends' if self.heads == 'flat' else 'heads'}",
        }.get(self.roof, "vertical" if self.bottom == "flat" or not self.cone_m else f"vertical, {self.bottom}")
        length = self.length_m if self.roof == "bullet" else self.tall_m
        return None if name == "vertical" else of_shape(SHAPES[name], self.diameter_m, length or 0.0, self.cone_m)


@dataclass(frozen=True, slots=True)
class Pool:
    """A vessel that is no tank: its floor, what it holds, and where it runs over to."""

    name: str
    area_m2: float
    capacity_m3: float
    spills_to: str = ""  # "": the ground
    base_m: float = 0.0
    is_sink: bool = False
    protected: bool = False
    rained_m2: float = 0.0  # on which rain falls into it
    separates: bool = False  # an interceptor: water runs over first
