"""Strapping tables: volume by level as pairs, straight between them. Of a tank's papers, or worked out of its shape."""

from typing import NamedTuple

import numpy as np

from twin.base.arrays import Floats
from twin.physics.shapes import Shape

CELLS = 512  # of a shape's table, closer where it begins and ends; within 2 mm of the level of every shape


class Strapping(NamedTuple):
    """Levels and volumes, (K,) each, both rising. Beyond its ends the first and last pieces go on."""

    level_m: Floats
    volume_m3: Floats

    def level(self, volume_m3: Floats) -> Floats:
        """Levels of volumes."""
        k = self._piece(self.volume_m3, volume_m3)
        return self.level_m[k] + (volume_m3 - self.volume_m3[k]) / self._area(k)

    def volume(self, level_m: Floats) -> Floats:
        """Volumes at levels."""
        k = self._piece(self.level_m, level_m)
        found: Floats = self.volume_m3[k] + (level_m - self.level_m[k]) * self._area(k)
        return np.maximum(found, 0.0)

    def surface(self, volume_m3: Floats) -> Floats:
        """Area of the surface of volumes, m2."""
        return self._area(self._piece(self.volume_m3, volume_m3))

    def _piece(self, rising: Floats, at: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        return np.minimum(np.maximum(np.searchsorted(rising, at, side="right") - 1, 0), len(rising) - 2)

    def _area(self, k: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Floats:
        found: Floats = (self.volume_m3[k + 1] - self.volume_m3[k]) / (self.level_m[k + 1] - self.level_m[k])
        return found


def of_pairs(pairs: tuple[tuple[float, float], ...]) -> Strapping:
    """A table as papers give it; where its first pair is above nothing, straight down to nothing at the bottom."""
    whole = pairs if pairs[0][0] == 0.0 else ((0.0, 0.0), *pairs)
    return Strapping(np.array([level for level, _ in whole]), np.array([volume for _, volume in whole]))


def of_shape(shape: Shape, diameter_m: float, length_m: float, cone_height_m: float) -> Strapping:
    """The table of a shape: steps of its height that are short at both ends, where the surface changes fastest."""
    share = np.arange(CELLS + 1) / CELLS
    eased = share * share * (3.0 - 2.0 * share)
    level = eased * shape.top(diameter_m, length_m, cone_height_m)
    return Strapping(level, np.asarray(shape.volume(level, diameter_m, length_m, cone_height_m)) + 0.0)
