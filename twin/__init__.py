"""Tankfarm Twin: live through an emergency before it happens. The names below are the door for scripts."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.api import Documented, Event, Override, Run, World, calc, check, load, open_scenario, worlds
    from twin.base.fault import Fault, Faults

__all__ = [
    "Documented", "Event", "Fault", "Faults", "Override", "Run", "World", "calc", "check", "load", "open_scenario", "worlds",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'twin' has no attribute {name!r}")
    return getattr(import_module("twin.base.fault" if name.startswith("Fault") else "twin.api"), name)


def __dir__() -> list[str]:
    return __all__
