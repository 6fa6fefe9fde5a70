"""What ran over the lips of tanks or leaked, all products together: `spilled.volume` and `spilled.mass`."""

from dataclasses import dataclass

from twin.base.arrays import Floats, array
from twin.parts.part import Part, readable


@dataclass(frozen=True, slots=True)
class Spills:
    """One thing, called spilled."""

    names: tuple[str, ...]
    density_kg_m3: Floats  # (Q,) of the farm's products


@dataclass(frozen=True, slots=True)
class State:
    """(W, 1), gross."""

    volume_m3: Floats = array(path=readable("volume", "volume", "all that ran over a lip or leaked, gross"))
    mass_kg: Floats = array(path=readable("mass", "mass", "all that ran over a lip or leaked, gross"))


def step(its: Spills, spilled_m3: Floats) -> State:
    """Volume and mass of what ran over the lips of tanks and leaked, (W, Q)."""
    return State(spilled_m3.sum(axis=-1)[:, None], (spilled_m3 * its.density_kg_m3).sum(axis=-1)[:, None])


PART = Part("spilled", "spilled", state=State)
