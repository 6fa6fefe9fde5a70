"""Every physics function by the name a person calls it: `twin calc NAME key=value`."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twin.base.fault import Fault, nearest
from twin.physics import geometry, hydraulics

Number = float | str


@dataclass(frozen=True, slots=True)
class Shape:
    """The four answers that a tank shape gives, each of (level or volume, diameter, cone height)."""

    volume: Callable[..., object]
    level: Callable[..., object]
    wetted_area: Callable[..., object]
    on_top_of_cone: bool  # whether the shell stands above the cone, so that both heights add


SHAPES = {
    "vertical": Shape(geometry.flat_volume, geometry.flat_level, geometry.flat_wetted_area, on_top_of_cone=False),
    "vertical, cone down": Shape(
        geometry.cone_down_volume,
        geometry.cone_down_level,
        geometry.cone_down_wetted_area,
        on_top_of_cone=True,
    ),
    "vertical, cone up": Shape(
        geometry.cone_up_volume, geometry.cone_up_level, geometry.cone_up_wetted_area, on_top_of_cone=False
    ),
}


def _shape(name: str) -> Shape:
    found = SHAPES.get(name)
    if found is None:
        raise Fault(f"shape {name!r} is not among those of this version.", nearest(name, SHAPES))
    return found


def tank_capacity(shape: str, diameter_m: float, length_m: float, cone_height_m: float = 0.0) -> object:
    """Volume up to the top of the shell, m3. length_m is the shell alone."""
    its = _shape(shape)
    top_m = length_m + (cone_height_m if its.on_top_of_cone else 0.0)
    return its.volume(top_m, diameter_m, cone_height_m)


def tank_volume(
    shape: str, diameter_m: float, level_m: float, cone_height_m: float = 0.0, length_m: float = 0.0
) -> object:
    """Volume below a level, m3. length_m bounds nothing: the range is the caller's."""
    return _shape(shape).volume(level_m, diameter_m, cone_height_m)


def tank_level(
    shape: str, diameter_m: float, volume_m3: float, cone_height_m: float = 0.0, length_m: float = 0.0
) -> object:
    """Level of a volume, m."""
    return _shape(shape).level(volume_m3, diameter_m, cone_height_m)


def tank_wetted_area(
    shape: str, diameter_m: float, level_m: float, cone_height_m: float = 0.0, length_m: float = 0.0
) -> object:
    """Shell and bottom touched by liquid, m2."""
    return _shape(shape).wetted_area(level_m, diameter_m, cone_height_m)


def liquid_orifice_flow(
    discharge_coefficient: float,
    hole_diameter_m: float,
    liquid_density_kg_m3: float,
    liquid_head_m: float,
    overpressure_pa: float = 0.0,
) -> object:
    """Mass flow of liquid out of a round hole, kg/s."""
    area_m2 = geometry.circle_area(np.float64(hole_diameter_m))
    return hydraulics.hole_mass_flow(
        np.float64(liquid_head_m),
        np.float64(overpressure_pa),
        area_m2,
        np.float64(liquid_density_kg_m3),
        np.float64(discharge_coefficient),
    )


@dataclass(frozen=True, slots=True)
class Calc:
    """A function that may be called by name, its unit, and the ranges of its model."""

    function: Callable[..., object]
    unit: str
    ranges: dict[str, tuple[float, float]]


_LEVEL = {"diameter_m": (0.0, 120.0), "level_m": (0.0, 30.0)}
CALCS = {
    "tank_capacity": Calc(tank_capacity, "m3", {"diameter_m": (0.0, 120.0), "length_m": (0.0, 30.0)}),
    "tank_volume": Calc(tank_volume, "m3", _LEVEL),
    "tank_level": Calc(tank_level, "m", {"diameter_m": (0.0, 120.0), "volume_m3": (0.0, 4e5)}),
    "tank_wetted_area": Calc(tank_wetted_area, "m2", _LEVEL),
    "liquid_orifice_flow": Calc(
        liquid_orifice_flow, "kg/s", {"discharge_coefficient": (0.0, 1.0), "liquid_head_m": (0.0, 1e3)}
    ),
    "drain_time": Calc(hydraulics.drain_time, "s", {"final_head_m": (0.0, 1e3)}),
    "gravity_pipe_flow": Calc(hydraulics.gravity_pipe_flow, "m3/s", {"head_difference_m": (1e-9, 1e3)}),
    "friction_factor": Calc(
        hydraulics.friction_factor, "1", {"reynolds": (1.0, 1e8), "relative_roughness": (0.0, 0.05)}
    ),
}


def calculate(name: str, args: dict[str, Number]) -> dict[str, object]:
    """One answer: `value` and `unit`, and `in_range: false` where the model was left.

    Raises Fault when the name or an argument is not known, missing, or not a finite number.
    """
    calc = CALCS.get(name)
    if calc is None:
        raise Fault(f"no calculation is called {name!r}.", nearest(name, CALCS))
    wanted = inspect.signature(calc.function).parameters
    for key in args:
        if key not in wanted:
            raise Fault(f"{name} takes no {key!r}.", nearest(key, wanted))
    for key, parameter in wanted.items():
        if key not in args and parameter.default is parameter.empty:
            raise Fault(f"{name} needs {key!r}.", f"It takes {', '.join(wanted)}.")
    values = {key: _number(name, key, value) for key, value in args.items()}
    with np.errstate(all="ignore"):
        value = float(calc.function(**values))  # type: ignore[arg-type]
    if not np.isfinite(value):
        raise Fault(f"{name} has no finite answer for these arguments.", "Look at their signs and zeros.")
    answer: dict[str, object] = {"value": value, "unit": calc.unit}
    limits = [(values[k], low, high) for k, (low, high) in calc.ranges.items() if k in values]
    if not all(low <= float(v) <= high for v, low, high in limits):
        answer["in_range"] = False
    return answer


def _number(name: str, key: str, value: object) -> np.float64 | str:
    if key == "shape":
        return str(value)
    try:
        number = np.float64(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise Fault(f"{name}: {key} must be a number, not {str(value)[:40]!r}.") from None
    if not np.isfinite(number):
        raise Fault(f"{name}: {key} must be a finite number.")
    return number
