"""Three stories lived through in a process of their own, which prints their digests as one line of JSON.

Each argument plants one forbidden function: its values over the state go into a digest of that name.
"""

import hashlib
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bit_inputs
import numpy as np
from numpy._core._multiarray_umath import __cpu_features__

from twin.base.arrays import Floats
from twin.engine.compile import open_model
from twin.engine.scan import Block
from twin.language.files import Files

WORLDS = [0, 1, 2, 3, 4]
LOOK_EVERY = 60
HERE = Path(__file__).parent
STORIES = ("first-watch", str(HERE / "two-tanks.yaml"), str(HERE / "every-kind.yaml"))

# x is inside 0.25..1, where all of these are defined
FORBIDDEN: dict[str, Callable[[Floats], Any]] = {
    **{
        name: getattr(np, name)
        for name in (
            "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos",
            "arctan", "sinh", "cosh", "tanh", "cbrt",
        )
    },
    "power": lambda x: np.power(x, 1.7),
    "hypot": lambda x: np.hypot(x, 0.3),
    "arctan2": lambda x: np.arctan2(x, 0.3),
    "math.exp": lambda x: [math.exp(v) for v in x.tolist()],
    "math.log": lambda x: [math.log(v) for v in x.tolist()],
    "math.pow": lambda x: [math.pow(v, 1.7) for v in x.tolist()],
    "float ** float": lambda x: [v**1.7 for v in x.tolist()],
    "float64 ** 2": lambda x: [v**2 for v in x],
    "single exp": lambda x: np.float64(np.exp(x.astype(np.float32))),
}  # fmt: skip


def _between(values: Floats) -> Floats:
    """Any state as numbers inside 0.25..1, one after the other."""
    size = np.abs(values).reshape(-1)
    return 0.25 + 0.75 * (size / (1.0 + size))


def _lived(name: str, planted: dict[str, Any], kinds: set[str]) -> list[str]:
    """The digests of all worlds of a scenario; the kinds of events that came are added to `kinds`."""
    model, _ = open_model(Files(), name, [])
    block = Block(model, 7, WORLDS)
    for tick in range(LOOK_EVERY, model.spec.lasts_s + LOOK_EVERY, LOOK_EVERY):
        block.advance(min(tick, model.spec.lasts_s))
        state = _between(block.world.signals)
        for forbidden, running in planted.items():
            running.update(np.asarray(FORBIDDEN[forbidden](state), dtype=np.float64).tobytes())
    if block.digests[-1][0] != block.world.tick:
        block.take_digest()
    kinds.update(event.kind for events in block.events for event in events)
    return [digest for _, of_worlds in block.digests for digest in of_worlds]


def main(forbidden: list[str]) -> None:
    planted = {name: hashlib.sha256() for name in forbidden}
    kinds: set[str] = set()
    digests = [digest for name in STORIES for digest in _lived(name, planted, kinds)]
    for running in planted.values():
        running.update("".join(digests).encode())
    said = {
        "features": sorted(name for name, on in __cpu_features__.items() if on),
        "e": math.exp(1.0),
        "digests": digests,
        "kinds": sorted(kinds),
        "hashes": bit_inputs.hashes(),
        "planted": {name: running.hexdigest() for name, running in planted.items()},
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1:])
