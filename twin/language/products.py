"""Shipped products: the figures this version uses, from the table of substances (each with its source there)."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Product:
    """Density and viscosity at the reference temperature (15 °C for mixtures, 20 °C for pure substances)."""

    name: str
    density_kg_m3: float
    viscosity_pa_s: float
    source: str


@cache
def products() -> dict[str, Product]:
    """Every shipped product by name that is liquid at ambient pressure: what an upright tank can hold."""
    text = (resources.files("twin.language") / "substances.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # our own file
    found = {}
    for name, entry in table["substances"].items():
        liquid = entry.get("liquid") or {}
        density = liquid.get("density_15c_kg_m3") or liquid.get("density_20c_kg_m3")
        viscosity = liquid.get("viscosity_20c_pa_s")
        if density is not None and entry.get("storage") == "atmospheric":
            found[name] = Product(name, float(density), float(viscosity or 0.001), str(liquid.get("source", "")))
    return found
