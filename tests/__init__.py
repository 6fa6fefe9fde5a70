"""Most tests are about machinery, not about drills: by name they open the five drills of tests/drills/kept/named.

So a drill may be rewritten without moving what the machinery is held to. What is about the shipped drills opens them by path.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEPT = Path(__file__).parent / "drills" / "kept" / "named"

os.environ["TWIN_SCENARIOS"] = str(KEPT)  # programs that tests start inherit it


@contextmanager
def as_shipped() -> Iterator[None]:
    """Meanwhile names mean what comes with the twin."""
    kept = os.environ.pop("TWIN_SCENARIOS")
    try:
        yield
    finally:
        os.environ["TWIN_SCENARIOS"] = kept
