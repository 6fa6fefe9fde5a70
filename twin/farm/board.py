"""The board: one row of numbers a world holds at a tick, true quantities first, then what is shown.

Paths, tests, history and signals all speak of columns of this board, so that there is one place where a name becomes
an index. `Address` is the other direction: the array cell of the controls that a settable quantity writes.
"""

from dataclasses import dataclass, field

import numpy as np

from twin.base.arrays import Floats
from twin.base.fault import Fault, Place, nearest
from twin.base.units import from_si, shown_unit
from twin.farm import flow
from twin.farm.grammar import Amount, Name, Path
from twin.farm.names import Names
from twin.farm.plant import Plant
from twin.farm.state import Controls, State
from twin.farm.words import POSTS, QUANTITIES, quantities_of
from twin.physics import geometry

WEATHER = ("wind.speed", "wind.from", "air", "humidity", "rain", "cloud")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board as the value of a quantity: value = column * scale."""

    index: int
    scale: float
    dimension: str


@dataclass(frozen=True, slots=True)
class Address:
    """A cell of an array that a settable quantity writes: array value = given value * scale."""

    array: str
    index: int
    dimension: str  # a dimension of the units table, or "flag"
    scale: float = 1.0
    least: float = -1e15
    most: float = 1e15

    @property
    def cell(self) -> tuple[str, int]:
        """Which cell it is: array and index."""
        return self.array, self.index

    def inside(self, value: float, said: str, place: Place) -> float:
        """The value, when it can be; raises Fault otherwise."""
        if not self.least <= value <= self.most:
            raise Fault(
                f"{said} is outside what can be, {self._shown(self.least)} to {self._shown(self.most)}.", "", place
            )
        return value

    def bounded(self, value: float) -> float:
        """A drawn value, kept inside what can be."""
        return min(max(value, self.least), self.most)

    def _shown(self, value: float) -> str:
        name = shown_unit(self.dimension)
        return f"{from_si(value, name) if name else value:.6g} {name}".strip()


@dataclass(frozen=True, slots=True)
class Board:
    """Names of all columns, and where each block starts."""

    plant: Plant
    names: tuple[str, ...]
    dimensions: tuple[str, ...]
    at: dict[str, int] = field(repr=False)
    first_instrument: int
    first_calculated: int

    def column(self, path: Path) -> Column:
        """Where a true quantity stands; raises Fault when there is none."""
        plant, names = self.plant, self.plant.names
        kind = _kind_of(names, path)
        quantity = QUANTITIES.get((kind, path.quantity))
        if quantity is None:
            raise Fault(
                f"{path.thing} has no {path.quantity!r}.", nearest(path.quantity, quantities_of(kind)), path.place
            )
        key = f"{path.thing}.{path.quantity}"
        if key in self.at:
            return Column(self.at[key], 1.0, quantity.dimension)
        if kind == "tank" and path.quantity in {"mass", "filled"}:
            m = plant.vessel(path.thing)
            density = float(plant.density_kg_m3[plant.vessels.product[m]])
            scale = density if path.quantity == "mass" else 1.0 / float(plant.vessels.capacity_m3[m])
            return Column(self.at[f"{path.thing}.volume"], scale, quantity.dimension)
        raise Fault(f"{key} can be set but not read in this version.", "Read what it changes instead.", path.place)

    def shown(self, name: Name | Path) -> Column:
        """Where an instrument's or a calculated value's reading stands."""
        if isinstance(name, Path):
            return self.column(name)
        if name.text not in self.at:
            raise Fault(f"{name.text!r} is no instrument or calculated value.", "", name.place)
        index = self.at[name.text]
        return Column(index, 1.0, self.dimensions[index])

    def address(self, path: Path) -> Address:
        """Where a settable quantity is written; raises Fault when it cannot be set."""
        names, plant = self.plant.names, self.plant
        kind = _kind_of(names, path)
        quantity = QUANTITIES.get((kind, path.quantity))
        if quantity is None or not quantity.settable:
            known = [q for q in quantities_of(kind) if QUANTITIES[(kind, q)].settable]
            raise Fault(f"{path.thing}.{path.quantity} cannot be set.", nearest(path.quantity, known), path.place)
        dimension = quantity.dimension
        if dimension == "its":
            dimension = self.dimensions[self.at[path.thing]]
            if path.quantity == "drift" and dimension == "length":
                return Address("drift", _index(self, path.thing), "speed", 3600.0)
        array, index = _cell(plant, kind, path, self)
        most = quantity.most
        if array.startswith("content."):
            most = _brim(plant, index, path.quantity)
        return Address(array, index, dimension, least=quantity.least, most=most)

    def truth(self, state: State, controls: Controls) -> Floats:
        """The true quantities of one tick, (W, first instrument)."""
        plant = self.plant
        n_tanks = plant.vessels.n_tanks
        level = state.level_m
        landed = flow.landed(plant, level)
        return np.concatenate(
            (
                level[:, :n_tanks], state.total_m3, state.overflow_m3_s, controls.temperature_k, landed, state.line_flow_m3_s,
                state.position, controls.running, state.moved_m3, controls.node_flow_m3_s, ~state.alive[:, :-1],
                controls.weather, state.spilled,
            ),
            axis=1,
        )  # fmt: skip

    def unit(self, index: int) -> str:
        """The unit in which a column is shown to people."""
        return shown_unit(self.dimensions[index])

    def for_people(self, index: int, value: float) -> float:
        """A value of a column in that unit."""
        name = self.unit(index)
        return from_si(value, name) if name else value


def build(plant: Plant, instruments: dict[str, str], calculated: dict[str, str]) -> Board:
    """The board of a plant; `instruments` and `calculated` map names to dimensions, sorted."""
    v = plant.vessels
    tanks = v.names[: v.n_tanks]
    rows: list[tuple[str, str]] = [(f"{t}.level", "length") for t in tanks]
    rows += [(f"{n}.volume" if i < v.n_tanks else f"{n}.liquid", "volume") for i, n in enumerate(v.names)]
    rows += [(f"{n}.overflow", "volume flow") for n in v.names]
    rows += [(f"{t}.temperature", "temperature") for t in tanks]
    rows += [(f"{t}.landed", "flag") for t in tanks]
    rows += [(f"{n}.flow", "volume flow") for n in plant.lines]
    rows += [(f"{n}.position", "fraction") for n in plant.valves]
    rows += [(f"{n}.running", "flag") for n in plant.transfers]
    rows += [(f"{n}.moved", "volume") for n in plant.transfers]
    rows += [(f"{n}.flow", "volume flow") for n in plant.senders]
    rows += [(f"{n}.lost", "flag") for n in plant.utilities]
    rows += [(f"weather.{q}", QUANTITIES[("weather", q)].dimension) for q in WEATHER]
    rows += [("spilled.volume", "volume"), ("spilled.mass", "mass")]
    first_instrument = len(rows)
    rows += list(instruments.items()) + list(calculated.items())
    names = tuple(name for name, _ in rows)
    return Board(
        plant=plant,
        names=names,
        dimensions=tuple(dimension for _, dimension in rows),
        at={name: i for i, name in enumerate(names)},
        first_instrument=first_instrument,
        first_calculated=first_instrument + len(instruments),
    )


def _brim(plant: Plant, m: int, quantity: str) -> float:
    """The most of a content quantity that a vessel can hold: what stands at its lip."""
    vessels = plant.vessels
    volume = float(vessels.capacity_m3[m])
    if quantity == "level":
        bare = np.array([volume / float(vessels.area_m2[m])])
        return float(geometry.level_under_roof(bare, vessels.legs_m[m], vessels.draught_m[m])[0]) + 1e-9
    if quantity == "mass":
        return volume * float(plant.density_kg_m3[vessels.product[m]])
    return 1.0 if quantity == "filled" else volume


def _kind_of(names: Names, path: Path) -> str:
    if path.thing in {"weather", "spilled"}:
        return path.thing
    kind = names.kind(path.thing)
    if not kind:
        raise Fault(f"nothing here is called {path.thing!r}.", nearest(path.thing, names.section), path.place)
    return kind


def _index(board: Board, instrument: str) -> int:
    return board.at[instrument] - board.first_instrument


def _cell(plant: Plant, kind: str, path: Path, board: Board) -> tuple[str, int]:
    """Array and index of a settable quantity."""
    thing, quantity = path.thing, path.quantity
    if kind in {"tank", "bund"}:
        if quantity == "temperature":
            return "temperature_k", plant.vessel(thing)
        return f"content.{quantity}", plant.vessel(thing)
    if kind == "node":
        if thing not in plant.senders:
            raise Fault(f"{thing} offers no flow.", "Give the node a flow first.", path.place)
        return "node_flow_m3_s", plant.senders.index(thing)
    if kind == "valve":
        array = {"position": "target", "stuck": "valve_stuck", "motor-fault": "motor_fault", "passing": "passing"}[
            quantity
        ]
        return array, plant.valves.index(thing)
    if kind == "instrument":
        return quantity.replace("-", "_"), _index(board, thing)
    if kind == "weather":
        return "weather", WEATHER.index(quantity)
    farm = plant.names.farm
    if kind == "alarm":
        return "out_of_service", list(farm.of("alarms")).index(thing)
    if kind == "interlock":
        return "bypassed", list(farm.of("interlocks")).index(thing)
    if kind == "transfer":
        return "running", plant.transfers.index(thing)
    if kind == "utility":
        return "lost", plant.utilities.index(thing)
    assert kind == "post", kind
    return "reacts_s", all_posts(plant.names).index(thing)


def all_posts(names: Names) -> tuple[str, ...]:
    """The six posts, then further ones of the farm by name."""
    return (*POSTS, *(p for p in names.farm.of("posts") if p not in POSTS))


def flag(value: Amount | Name | None) -> bool:
    """yes or no; without a value, yes."""
    if value is None:
        return True
    if isinstance(value, Name) and value.text in {"yes", "no"}:
        return value.text == "yes"
    raise Fault("yes or no is wanted here.", "", value.place)
