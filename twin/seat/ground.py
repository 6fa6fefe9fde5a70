"""The ground a farm stands on, as its drawing shows it: what never moves, in metres. No reading stands here."""

from dataclasses import dataclass
from functools import cache

from twin.engine.model import Model
from twin.parts.place import Place

SHOWN = ("tank", "place", "node")


@dataclass(frozen=True, slots=True)
class Spot:
    """A thing at a place."""

    name: str
    kind: str
    x_m: float
    y_m: float


@dataclass(frozen=True, slots=True)
class Bund:
    """A bund with its outline as a box: left, lower, right, upper."""

    name: str
    box_m: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Ground:
    """The spots and bunds of a farm."""

    spots: tuple[Spot, ...] = ()
    bunds: tuple[Bund, ...] = ()

    @property
    def box_m(self) -> tuple[float, float, float, float]:
        """The box around all of it."""
        boxes = [b.box_m for b in self.bunds]
        xs = [*(s.x_m for s in self.spots), *(b[i] for b in boxes for i in (0, 2))]
        ys = [*(s.y_m for s in self.spots), *(b[i] for b in boxes for i in (1, 3))]
        return min(xs), min(ys), max(xs), max(ys)


@cache
def of(model: Model) -> Ground:
    """The ground of a farm; empty where its file gives no positions."""
    names, farm = model.names, model.spec.farm
    spots = [
        Spot(name, kind, *point)
        for kind in SHOWN
        for name in names.of_kinds(kind)
        if names.kind(name) == kind and (point := names.point(name)) is not None
    ]
    bunds = []
    for name, its in farm.of(Place).items():
        if its.kind == "bund" and its.outline:
            xs, ys = [p[0] for p in its.outline], [p[1] for p in its.outline]
            bunds.append(Bund(name, (min(xs), min(ys), max(xs), max(ys))))
    return Ground(tuple(spots), tuple(bunds))
