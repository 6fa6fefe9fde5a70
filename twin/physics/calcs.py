"""Every physics function by the name a person calls it: `twin calc NAME key=value`."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twin.base.fault import Fault, nearest
from twin.physics import gas, geometry, heat, hydraulics, pumps, substances
from twin.physics.shapes import SHAPES, Shape
from twin.physics.substances import Substance

Number = float | str
TEMPERATURES = {"temperature_k", "initial_k", "ambient_k", "boiling_k", "upstream_temperature_k"}


def _shape(name: str) -> Shape:
    found = SHAPES.get(name)
    if found is None:
        raise Fault(f"shape {name!r} is not among those of this version.", nearest(name, SHAPES))
    return found


def tank_capacity(shape: str, diameter_m: float, length_m: float = 0.0, cone_height_m: float = 0.0) -> object:
    """Volume up to the top of the shell, m3. length_m is the shell alone, of a lying tank from tangent to tangent."""
    its = _shape(shape)
    return its.volume(np.float64(its.top(diameter_m, length_m, cone_height_m)), diameter_m, length_m, cone_height_m)


def tank_volume(
    shape: str, diameter_m: float, level_m: float, cone_height_m: float = 0.0, length_m: float = 0.0
) -> object:
    """Volume below a level, m3. length_m bounds no upright shell: the range is the caller's."""
    return _shape(shape).volume(level_m, diameter_m, length_m, cone_height_m)


def tank_level(
    shape: str, diameter_m: float, volume_m3: float, cone_height_m: float = 0.0, length_m: float = 0.0
) -> object:
    """Level of a volume, m; without length_m an upright shell ends nowhere."""
    return _shape(shape).level(volume_m3, diameter_m, length_m, cone_height_m)


def tank_wetted_area(
    shape: str, diameter_m: float, level_m: float, cone_height_m: float = 0.0, length_m: float = 0.0
) -> object:
    """Shell, heads and bottom touched by liquid, m2."""
    return _shape(shape).wetted_area(level_m, diameter_m, length_m, cone_height_m)


def floating_roof_volume(
    diameter_m: float, gauge_height_m: float, floating_roof_mass_kg: float, liquid_density_kg_m3: float
) -> object:
    """Liquid under a floating roof at a gauged level, m3: the roof takes up its own weight of liquid (Archimedes)."""
    return geometry.circle_area(diameter_m) * gauge_height_m - floating_roof_mass_kg / liquid_density_kg_m3


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


def gas_orifice_flow(
    discharge_coefficient: float,
    hole_diameter_m: float,
    upstream_pressure_pa_abs: float,
    upstream_temperature_k: float,
    molar_mass_kg_mol: float,
    heat_capacity_ratio: float,
    ambient_pressure_pa_abs: float = 101325.0,
) -> object:
    """Mass flow of gas out of a round hole, kg/s."""
    area_m2 = geometry.circle_area(np.float64(hole_diameter_m))
    return gas.nozzle_mass_flow(
        discharge_coefficient, area_m2, upstream_pressure_pa_abs, ambient_pressure_pa_abs, upstream_temperature_k,
        molar_mass_kg_mol, heat_capacity_ratio,
    )  # fmt: skip


def vent_flow(
    vent_area_m2: float,
    upstream_pressure_pa_abs: float,
    downstream_pressure_pa_abs: float,
    molar_mass_kg_mol: float,
    temperature_k: float,
    heat_capacity_ratio: float,
    discharge_coefficient: float = 1.0,
) -> object:
    """Mass flow through a vent, kg/s, from its greater pressure to the smaller; the temperature is that upstream."""
    return gas.nozzle_mass_flow(
        discharge_coefficient, vent_area_m2, upstream_pressure_pa_abs, downstream_pressure_pa_abs, temperature_k,
        molar_mass_kg_mol, heat_capacity_ratio,
    )  # fmt: skip


def _substance(name: str) -> Substance:
    found = substances.substances().get(name)
    if found is None:
        raise Fault(f"no substance here is called {name[:40]!r}.", nearest(name, substances.substances()))
    return found


def _carried(what: Callable[[Substance, Number], object], substance: str, temperature_k: Number) -> object:
    try:
        return what(_substance(substance), temperature_k)
    except ValueError as lacks:
        raise Fault(f"{lacks}.") from None


def liquid_density(substance: str, temperature_k: float) -> object:
    """Density of a liquid, kg/m3; of a mixture by API MPMS 11.1."""
    return _carried(substances.density, substance, temperature_k)


def vapour_pressure(substance: str, temperature_k: float) -> object:
    """Saturated vapour pressure, Pa absolute."""
    return _carried(substances.vapour_pressure, substance, temperature_k)


def latent_heat(substance: str, temperature_k: float) -> object:
    """Heat of evaporation, J/kg."""
    return _carried(substances.latent_heat, substance, temperature_k)


@dataclass(frozen=True, slots=True)
class Calc:
    """A function that may be called by name, its unit, and the ranges of its model."""

    function: Callable[..., object]
    unit: str
    ranges: dict[str, tuple[float, float]]
    holds_k: Callable[[Substance], tuple[float, float]] | None = None  # temperatures, where the substance says them


_LEVEL = {"diameter_m": (0.0, 120.0), "level_m": (0.0, 40.0)}
_GAS = {"heat_capacity_ratio": (1.0 + 1e-6, 1.7), "discharge_coefficient": (0.0, 1.0)}
_FIRE = {"wetted_area_m2": (0.0, 260.0), "environment_factor": (0.0, 1.0)}
CALCS = {
    "tank_capacity": Calc(tank_capacity, "m3", {"diameter_m": (0.0, 120.0), "length_m": (0.0, 100.0)}),
    "tank_volume": Calc(tank_volume, "m3", _LEVEL),
    "tank_level": Calc(tank_level, "m", {"diameter_m": (0.0, 120.0), "volume_m3": (0.0, 4e5)}),
    "tank_wetted_area": Calc(tank_wetted_area, "m2", _LEVEL),
    "tank_temperature": Calc(heat.lumped, "K", {"mass_kg": (1e-9, 1e12), "elapsed_s": (0.0, 1e9)}),
    "floating_roof_volume": Calc(
        floating_roof_volume, "m3", {"diameter_m": (0.0, 120.0), "gauge_height_m": (0.0, 40.0)}
    ),
    "gas_orifice_flow": Calc(gas_orifice_flow, "kg/s", _GAS),
    "vent_flow": Calc(vent_flow, "kg/s", _GAS),
    "liquid_density": Calc(liquid_density, "kg/m3", {"temperature_k": (220.0, 420.0)}),
    "vapour_pressure": Calc(vapour_pressure, "Pa", {}, lambda its: its.antoine_k),
    "latent_heat": Calc(latent_heat, "J/kg", {}, lambda its: its.evaporates_k),
    "fire_heat_input": Calc(heat.fire_heat_input, "W", _FIRE),
    "fire_time_to_boil": Calc(heat.fire_time_to_boil, "s", _FIRE),
    "fire_boil_off_rate": Calc(heat.fire_boil_off_rate, "kg/s", _FIRE),
    "pump_flow": Calc(
        pumps.operating_flow, "m3/s", {"pump_curve_a_m_per_m3s2": (0.0, 1e9), "static_head_m": (-1e3, 1e3)}
    ),
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
    if calc.holds_k is not None:
        limits.append((values["temperature_k"], *calc.holds_k(_substance(str(values["substance"])))))
    if not all(low <= float(v) <= high for v, low, high in limits):
        answer["in_range"] = False
    return answer


def _number(name: str, key: str, value: object) -> np.float64 | str:
    if key in {"shape", "substance"}:
        return str(value)
    try:
        number = np.float64(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise Fault(f"{name}: {key} must be a number, not {str(value)[:40]!r}.") from None
    if not np.isfinite(number):
        raise Fault(f"{name}: {key} must be a finite number.")
    if key in TEMPERATURES and number <= 0.0:
        raise Fault(f"{name}: {key} is a temperature in kelvin, above 0.")
    return number
