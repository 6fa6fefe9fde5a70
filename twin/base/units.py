"""The closed table of units, and the only conversions: SI inside, units at the door and on screen."""

from dataclasses import dataclass

from twin.base.fault import Fault, nearest


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: SI value = number * factor + offset."""

    name: str
    dimension: str
    factor: float
    offset: float = 0.0
    pint: str = ""  # how pint writes it, "" where pint has no such unit; a test compares the factors


_GAL = 231 * 0.0254 * 0.0254 * 0.0254  # US gallon: 231 cubic inches
_BBL = 42 * _GAL

_TABLE = (
    Unit("m", "length", 1.0, pint="m"),
    Unit("mm", "length", 1e-3, pint="mm"),
    Unit("cm", "length", 1e-2, pint="cm"),
    Unit("km", "length", 1e3, pint="km"),
    Unit("in", "length", 0.0254, pint="inch"),
    Unit("ft", "length", 0.3048, pint="ft"),
    Unit("m2", "area", 1.0, pint="m**2"),
    Unit("ha", "area", 1e4, pint="hectare"),
    Unit("ft2", "area", 0.3048 * 0.3048, pint="ft**2"),
    Unit("m3", "volume", 1.0, pint="m**3"),
    Unit("L", "volume", 1e-3, pint="L"),
    Unit("gal", "volume", _GAL, pint="gallon"),
    Unit("bbl", "volume", _BBL, pint="oil_bbl"),
    Unit("Nm3", "gas volume", 1.0, pint="m**3"),
    Unit("s", "time", 1.0, pint="s"),
    Unit("min", "time", 60.0, pint="min"),
    Unit("h", "time", 3600.0, pint="h"),
    Unit("d", "time", 86400.0, pint="day"),
    Unit("y", "time", 365.25 * 86400.0, pint="year"),
    Unit("kg", "mass", 1.0, pint="kg"),
    Unit("t", "mass", 1e3, pint="metric_ton"),
    Unit("K", "temperature", 1.0, pint="K"),
    Unit("degC", "temperature", 1.0, 273.15, pint="degC"),
    Unit("degF", "temperature", 5 / 9, 459.67 * 5 / 9, pint="degF"),
    Unit("K/min", "temperature rate", 1 / 60, pint="K/min"),
    Unit("K/h", "temperature rate", 1 / 3600, pint="K/h"),
    Unit("degC/min", "temperature rate", 1 / 60, pint="delta_degC/min"),
    Unit("degC/h", "temperature rate", 1 / 3600, pint="delta_degC/h"),
    Unit("degF/h", "temperature rate", 5 / 9 / 3600, pint="delta_degF/h"),
    Unit("Pa", "pressure", 1.0, pint="Pa"),
    Unit("mbar", "pressure", 1e2, pint="mbar"),
    Unit("kPa", "pressure", 1e3, pint="kPa"),
    Unit("bar", "pressure", 1e5, pint="bar"),
    Unit("MPa", "pressure", 1e6, pint="MPa"),
    Unit("m/s", "speed", 1.0, pint="m/s"),
    Unit("km/h", "speed", 1 / 3.6, pint="km/h"),
    Unit("mm/min", "speed", 1e-3 / 60, pint="mm/min"),
    Unit("mm/h", "speed", 1e-3 / 3600, pint="mm/h"),
    Unit("m/h", "speed", 1 / 3600, pint="m/h"),
    Unit("m3/s", "volume flow", 1.0, pint="m**3/s"),
    Unit("m3/h", "volume flow", 1 / 3600, pint="m**3/h"),
    Unit("L/s", "volume flow", 1e-3, pint="L/s"),
    Unit("L/min", "volume flow", 1e-3 / 60, pint="L/min"),
    Unit("gal/min", "volume flow", _GAL / 60, pint="gallon/min"),
    Unit("bbl/h", "volume flow", _BBL / 3600, pint="oil_bbl/h"),
    Unit("Nm3/h", "gas flow", 1 / 3600, pint="m**3/h"),
    Unit("kg/s", "mass flow", 1.0, pint="kg/s"),
    Unit("kg/min", "mass flow", 1 / 60, pint="kg/min"),
    Unit("t/h", "mass flow", 1 / 3.6, pint="metric_ton/h"),
    Unit("W", "power", 1.0, pint="W"),
    Unit("kW", "power", 1e3, pint="kW"),
    Unit("MW", "power", 1e6, pint="MW"),
    Unit("kW/m2", "heat flux", 1e3, pint="kW/m**2"),
    Unit("J", "energy", 1.0, pint="J"),
    Unit("MJ", "energy", 1e6, pint="MJ"),
    Unit("MJ/kg", "energy per mass", 1e6, pint="MJ/kg"),
    Unit("kg/m3", "density", 1.0, pint="kg/m**3"),
    Unit("mm2/s", "kinematic viscosity", 1e-6, pint="mm**2/s"),
    Unit("mPa.s", "viscosity", 1e-3, pint="mPa*s"),
    Unit("L/min/m2", "spray rate", 1e-3 / 60, pint="L/min/m**2"),
    Unit("deg", "angle", 1.0),  # compass degrees stay degrees: exact, and what people say
    Unit("rpm", "rotation", 1 / 60),  # turns a second
    Unit("V", "voltage", 1.0, pint="V"),
    Unit("%", "fraction", 0.01, pint="percent"),
    Unit("%vol", "volume fraction", 0.01, pint="percent"),
    Unit("%mass", "mass fraction", 0.01, pint="percent"),
    Unit("%dead", "lethality", 0.01, pint="percent"),
    Unit("%LFL", "flammable fraction", 0.01, pint="percent"),
    Unit("LFLm", "flammable path", 1.0),
    Unit("ppm", "gas fraction", 1e-6, pint="ppm"),
    Unit("mg/m3", "concentration", 1e-6, pint="mg/m**3"),
    Unit("/s", "frequency", 1.0, pint="1/s"),
    Unit("/min", "frequency", 1 / 60, pint="1/min"),
    Unit("/h", "frequency", 1 / 3600, pint="1/h"),
    Unit("/d", "frequency", 1 / 86400, pint="1/day"),
    Unit("/y", "frequency", 1 / (365.25 * 86400), pint="1/year"),
    Unit("%/min", "chance rate", 0.01 / 60, pint="percent/min"),
    Unit("/km2/h", "stroke density", 1 / 3.6e9, pint="1/km**2/h"),
)

UNITS = {unit.name: unit for unit in _TABLE}

TEMPERATURE_DIFFERENCE = "temperature difference"
"""What lies between two temperatures: in the units of temperature, without their zeros."""

SHOWN_IN = {
    "length": "m", "area": "m2", "volume": "m3", "time": "s", "mass": "t", "temperature": "degC",
    TEMPERATURE_DIFFERENCE: "K", "temperature rate": "K/h",
    "pressure": "kPa", "speed": "m/s", "volume flow": "m3/h", "fraction": "%", "angle": "deg",
    "flammable fraction": "%LFL", "chance rate": "%/min", "frequency": "/h",
    "power": "kW", "heat flux": "kW/m2", "density": "kg/m3", "mass flow": "kg/s", "gas flow": "Nm3/h", "rotation": "rpm",
}  # fmt: skip
"""The unit in which a dimension is shown to people where nobody chose one."""


_IN_WORDS = {
    "s": "sec secs second seconds", "min": "mins minute minutes", "h": "hr hrs hour hours", "d": "day days", "y": "yr year years",
    "m": "meter meters metre metres", "mm": "millimetre millimetres", "ft": "foot feet", "in": "inch inches", "t": "ton tons tonne tonnes",
    "m3": "cbm m^3 m³", "m2": "sqm m^2 m²", "m3/h": "m3/hr m³/h cbm/h", "L": "l litre litres liter liters", "degC": "C Celsius",
    "degF": "F Fahrenheit", "%": "percent pct", "bbl": "barrel barrels", "gal": "gallon gallons",
}  # fmt: skip
"""How people write a unit that has one spelling here: for the remedy alone."""


def unknown(name: str, dimension: str = "") -> Fault:
    """What is said to a unit that there is none of, where one of a dimension is wanted, or any."""
    meant = [its for its, words in _IN_WORDS.items() if name in words.split() or name.casefold() in words.split()]
    fix = f"Did you mean {meant[0]}?" if meant else nearest(name, units_of(dimension) or UNITS)
    return Fault(f"{name!r} is no known unit.", fix)


def spelled(name: str) -> str:
    """A unit as the table spells it: `°C` is degC."""
    return name.replace("°", "deg")


def unit(name: str) -> Unit:
    """The unit of that name; raises Fault with the nearest known one."""
    found = UNITS.get(spelled(name))
    if found is None:
        raise unknown(name)
    return found


def to_si(number: float, name: str, dimension: str) -> float:
    """A number in a named unit as SI; raises Fault when the unit is of another dimension."""
    if (its := UNITS.get(spelled(name))) is None:
        raise unknown(name, dimension)
    if dimension == TEMPERATURE_DIFFERENCE and its.dimension == "temperature":
        return number * its.factor
    if its.dimension != dimension:
        right = ", ".join(units_of(dimension))
        raise Fault(f"{name} is a unit of {its.dimension}; {dimension} is wanted here.", f"Use {right}.")
    return number * its.factor + its.offset


def units_of(dimension: str) -> list[str]:
    """The names of the units of a dimension."""
    of = "temperature" if dimension == TEMPERATURE_DIFFERENCE else dimension
    return [u.name for u in _TABLE if u.dimension == of]


def difference(dimension: str) -> str:
    """The dimension of what lies between two values of a dimension: 2 degC more is 2 K more, not 275.15 K."""
    return TEMPERATURE_DIFFERENCE if dimension == "temperature" else dimension


def from_si(value: float, name: str) -> float:
    """An SI value in the named unit."""
    its = unit(name)
    return (value - its.offset) / its.factor


def shown_unit(dimension: str) -> str:
    """The unit people see for this dimension, "" for a bare number."""
    return SHOWN_IN.get(dimension, "")


def show(value: float, dimension: str, digits: int = 2) -> str:
    """A value with its unit, as people read it: `14.38 m`, `550.00 m3/h`."""
    name = shown_unit(dimension)
    number = from_si(value, name) if name else value
    return f"{number:z.{digits}f} {name}".strip()


def clock(seconds: float) -> str:
    """A span as hh:mm:ss."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
