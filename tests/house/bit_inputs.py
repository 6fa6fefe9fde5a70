"""Fixed inputs for every exact function, and a hash of what it gives: the same on every machine and CPU level."""

import hashlib
from collections.abc import Callable

import numpy as np

from twin.base import chance, elementary
from twin.base.arrays import Floats

# PCG64 and its 53-bit draws are integer work and one exact multiplication; ldexp is exact
_DRAWS = np.random.Generator(np.random.PCG64(7)).random(4096)
_MORE = np.random.Generator(np.random.PCG64(8)).random(4096)
_COUNT = np.arange(4096)
_LEAST_NORMAL = float.fromhex("0x1p-1022")
_LEAST_SHARE = float.fromhex("0x1p-54")

EXPONENTS = np.concatenate(([-700.0, -1.0, 0.0, 1.0, 700.0], (_DRAWS - 0.5) * 1400.0, (_MORE - 0.5) * 4.0))
ABOVE_ZERO = np.concatenate(
    ([_LEAST_NORMAL, 0.5, 1.0, 2.0, 1e300], np.ldexp(_DRAWS + 0.5, _COUNT % 600 - 300), _MORE * 2.0)
)
BASES = np.concatenate(([0.0, 1.0, 2.0], 0.1 + _DRAWS * 49.9))
POWERS = np.concatenate(([2.0, -3.0, 0.5], (_MORE - 0.5) * 6.0))
SHARES = np.concatenate(([_LEAST_SHARE, 0.075, 0.5, 0.925], _DRAWS, np.ldexp(_MORE + 0.5, -2 - _COUNT % 50)))

ELEMENTARY: dict[str, tuple[Callable[..., Floats], tuple[Floats, ...]]] = {
    "exp": (elementary.exp, (EXPONENTS,)),
    "log": (elementary.log, (ABOVE_ZERO,)),
    "log10": (elementary.log10, (ABOVE_ZERO,)),
    "power": (elementary.power, (BASES, POWERS)),
    "inverse_normal": (elementary.inverse_normal, (SHARES,)),
}
SEEDS = (0, 1, 7, 1 << 63)
WORLDS = [0, 1, 2, 9_999]
NAMES = ["LT-101.noise", "ship.flow", "储罐.noise"]


def of_floats(values: object) -> str:
    """SHA-256 of float64 bits."""
    return hashlib.sha256(np.asarray(values, dtype="<f8").tobytes()).hexdigest()


def of_words(values: object) -> str:
    """SHA-256 of 64-bit words."""
    return hashlib.sha256(np.asarray(values, dtype="<u8").tobytes()).hexdigest()


def _draws(draw: Callable[[int, int, str, int], float]) -> list[float]:
    return [draw(s, w, n, count) for s in SEEDS for w in WORLDS for n in NAMES for count in range(20)]


def hashes() -> dict[str, str]:
    """The hash of what each function of `elementary` and `chance` gives for its inputs."""
    found = {name: of_floats(function(*given)) for name, (function, given) in ELEMENTARY.items()}
    keys = chance.keys(7, WORLDS, NAMES)
    found["mix"] = of_words([chance.mix(i * 0x0123456789ABCDEF) for i in range(1000)])
    found["name_key"] = of_words([chance.name_key(name) for name in NAMES])
    found["key"] = of_words([chance.key(s, w, n) for s in SEEDS for w in WORLDS for n in NAMES])
    found["keys"] = of_words(np.stack([chance.keys(s, WORLDS, NAMES) for s in SEEDS]))
    found["uniform"] = of_floats(_draws(chance.uniform))
    found["normal"] = of_floats(_draws(chance.normal))
    found["lognormal"] = of_floats(_draws(lambda s, w, n, count: chance.lognormal(45.0, 0.5, s, w, n, count)))
    found["noise"] = of_floats(np.stack([chance.noise(keys, tick) for tick in range(1000)]))
    return found
