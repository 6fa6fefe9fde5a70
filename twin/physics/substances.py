"""Substances: the shipped table, read, and what follows from it at any temperature: density, vapour pressure, latent heat."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

from twin.base import elementary
from twin.base.arrays import Element, select

LEWIS = 0.2661
AT_15C_K, AT_20C_K = 288.15, 293.15


@dataclass(frozen=True, slots=True)
class Substance:
    """Figures of one substance; 0 or None where the table carries none. Its source stands there, figure by figure."""

    name: str
    pure: bool
    pressurised: bool
    density_kg_m3: float  # at 15 degC
    density_20c_kg_m3: float
    expansion_per_k: float  # of a mixture at 15 degC, of a pure substance at 20 degC
    viscosity_pa_s: float  # at 20 degC
    heat_j_kgk: float  # heat capacity at 20 degC
    boils_at_k: float | None
    flash_k: float | None  # flash point
    critical_k: float | None
    latent_j_kg: float | None  # of a pure substance where it boils
    watson: float
    logarithm: float  # ln 10 where the table gives decimal logarithms of the vapour pressure
    antoine: tuple[float, float, float] | None
    antoine_k: tuple[float, float]  # where these hold
    source: str

    @property
    def volatile(self) -> bool:
        """By API 2000: flash point below 37.8 degC, or boiling below 148.9 degC at normal pressure (recalled); water is none."""
        flashes = self.flash_k is not None and self.flash_k < 310.95
        boils = self.boils_at_k is not None and self.boils_at_k < 422.05
        return self.name != "water" and (flashes or boils)

    @property
    def evaporates_k(self) -> tuple[float, float]:
        """Where its latent heat holds: of a pure substance from half its critical temperature up to that."""
        return self.antoine_k if self.critical_k is None else (0.5 * self.critical_k, self.critical_k)


@cache
def substances() -> dict[str, Substance]:
    """Every shipped substance by name."""
    text = (resources.files("twin.physics") / "substances.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # our own file
    exponents = table["meta"]["watson_exponent"]
    return {name: _read(name, entry, exponents) for name, entry in table["substances"].items()}


@cache
def products() -> dict[str, Substance]:
    """Those that are liquid at ambient pressure: what a tank here can hold."""
    return {name: its for name, its in substances().items() if its.density_kg_m3 and not its.pressurised}


def _read(name: str, entry: dict[str, Any], exponents: dict[str, Any]) -> Substance:
    liquid, vapour = entry.get("liquid") or {}, entry.get("vapour_pressure") or {}
    low, high = float(liquid.get("density_15c_kg_m3") or 0.0), float(liquid.get("density_20c_kg_m3") or 0.0)
    expansion = liquid.get("thermal_expansion_20c_per_k") or liquid.get("thermal_expansion_15c_per_k") or 0.0
    decimal = str(vapour.get("form", "")).startswith("log10")
    return Substance(
        name=name,
        pure=entry["kind"] == "pure",
        pressurised=entry.get("storage") != "atmospheric",
        density_kg_m3=low or high,
        density_20c_kg_m3=high or low,
        expansion_per_k=float(expansion),
        viscosity_pa_s=float(liquid.get("viscosity_20c_pa_s") or 0.001),
        heat_j_kgk=float(liquid.get("heat_capacity_20c_j_kg_k") or 2000.0),
        boils_at_k=liquid.get("boiling_point_k"),
        flash_k=(entry.get("flammability") or {}).get("flash_point_k"),
        critical_k=liquid.get("critical_temperature_k"),
        latent_j_kg=liquid.get("latent_heat_at_boiling_j_kg") or liquid.get("latent_heat_j_kg"),
        watson=float(exponents.get(name, 0.38)),
        logarithm=2.302585092994046 if decimal else 1.0,
        antoine=(vapour["a"], vapour["b"], vapour.get("c", 0.0)) if vapour else None,
        antoine_k=(vapour.get("t_min_k", 0.0), vapour.get("t_max_k", 1e4)),
        source=str(liquid.get("source", "")),
    )


def volume_correction(expansion_per_k: Element, temperature_k: Element) -> Element:
    """CTL: volume at 15 degC by volume at a temperature, of a mixture of hydrocarbons.

    expansion_per_k  1/K  at 15 degC
    temperature_k    K    some 220 to 420
    returns          -

    API MPMS 11.1 (1980), tables 54: exp(-a dT (1 + 0.8 a dT)); there from 60 degF, which is 0.56 K more.
    """
    swells = expansion_per_k * (temperature_k - AT_15C_K)
    return elementary.exp(-swells * (1.0 + 0.8 * swells))


def viscosity(its: Substance, temperature_k: Element) -> Element:
    """Dynamic viscosity, Pa s, from the one figure at 20 degC: (mu / mPa s)^-0.2661 rises by T / 233 K.

    Lewis and Squires (1934), as given in Reid, Prausnitz and Poling, recalled; within some 10 % for hydrocarbons 60 K either way, 25 % for water.
    """
    at_20c = elementary.exp(-LEWIS * elementary.log(its.viscosity_pa_s * 1e3))
    rises = np.maximum(at_20c + (temperature_k - AT_20C_K) / 233.0, 0.02)  # colder than it pours
    found: Element = 1e-3 * elementary.exp(elementary.log(rises) / -LEWIS)
    return found


def density(its: Substance, temperature_k: Element) -> Element:
    """Density of the liquid, kg/m3: of a mixture by CTL, of a pure substance straight from 20 degC (within 1 % some 40 K around it)."""
    if its.pure:
        return its.density_20c_kg_m3 * (1.0 - its.expansion_per_k * (temperature_k - AT_20C_K))
    return its.density_kg_m3 * volume_correction(its.expansion_per_k, temperature_k)


def swells(its: Substance, base_kg_m3: float, base_k: float, temperature_k: Element) -> Element:
    """Volume at a temperature of what takes 1 m3 at another, where its density is `base_kg_m3`: 1 where they are the same, at most 2."""
    found = base_kg_m3 / np.maximum(density(its, temperature_k), 0.5 * base_kg_m3)
    return select(temperature_k == base_k, 1.0, found)


def vapour_pressure(its: Substance, temperature_k: Element) -> Element:
    """Saturated vapour pressure, Pa absolute: exp(k (a - b / (T + c))), Antoine's form; of a mixture that of its stated RVP (AP-42 7.1).

    Raises ValueError where the table carries none.
    """
    if its.antoine is None:
        raise ValueError(f"{its.name} carries no vapour pressure")
    a, b, c = its.antoine
    return elementary.exp(its.logarithm * (a - b / (temperature_k + c)))


def latent_heat(its: Substance, temperature_k: Element) -> Element:
    """Heat that evaporates a kilogram, J/kg: of a pure substance by Watson from where it boils to 0 at its critical point; of a
    mixture one typical value.

    Raises ValueError where the table carries none.
    """
    if its.latent_j_kg is None:
        raise ValueError(f"{its.name} carries no latent heat")
    if not its.pure or its.critical_k is None or its.boils_at_k is None:
        return its.latent_j_kg + 0.0 * temperature_k
    left = (its.critical_k - temperature_k) / (its.critical_k - its.boils_at_k)
    below = left > 0.0
    return its.latent_j_kg * select(below, elementary.power(select(below, left, 1.0), its.watson), 0.0)
