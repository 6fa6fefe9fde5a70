"""Tankfarm Twin: live through an emergency before it happens. The names below are the door for scripts."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.api import Run, calc, check, load, open_scenario, worlds
    from twin.base.fault import Fault, Faults

__all__ = ["Fault", "Faults", "Run", "calc", "check", "load", "open_scenario", "worlds"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'twin' has no attribute {name!r}")
    return getattr(import_module("twin.base.fault" if name.startswith("Fault") else "twin.api"), name)


def __dir__() -> list[str]:
    return __all__
