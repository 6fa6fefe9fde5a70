"""Many worlds of one scenario: blocks sized for the cache, one row a world, probabilities with their intervals."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from twin.base.arrays import NEVER
from twin.base.fault import Fault, replaced
from twin.base.json import Json
from twin.debrief import outcome
from twin.engine.compile import open_model
from twin.engine.model import Model
from twin.engine.parts import counted
from twin.engine.scan import Block
from twin.engine.starting import drawn, night, uncertain_target
from twin.engine.world import Override
from twin.language.files import Files

TANKS_A_BLOCK = 8000  # tank-worlds: measured flat between 4 000 and 16 000 (docs/performance.md)
MOST_WORLDS_A_BLOCK = 1000
MOST_KEPT_BYTES = 512 * 1024 * 1024  # of a block whose signals are kept
KINDS = counted()
FILE = "worlds.parquet"
_Z95 = 1.959963984540054


@dataclass(slots=True)
class Campaign:
    """Worlds 0 to `worlds` - 1; `blocks()` runs them, `rows` holds what came of them."""

    name: str
    model: Model
    worlds: int
    seed: int
    posts: str
    block_worlds: int
    record: bool = False  # every signal of a block, for who measures
    rows: list[Json] = field(default_factory=list)

    @classmethod
    def open(
        cls, name: str, *, worlds: int, seed: int = 0, posts: str = "plan", settings: tuple[str, ...] = (),
        block_worlds: int = 0, files: Files | None = None, record: bool = False,
    ) -> "Campaign":  # fmt: skip
        """A campaign of a scenario. Raises Faults when its files have mistakes."""
        if not 1 <= worlds <= 10_000_000:
            raise Fault("a campaign has 1 to 10 000 000 worlds.")
        model, _ = open_model(files or Files(), name, list(settings))
        tanks = max(1, model.tanks.n_tanks)
        size = block_worlds or max(1, min(MOST_WORLDS_A_BLOCK, TANKS_A_BLOCK // tanks))
        if record:
            kept = len(model.signals.names) * (model.spec.lasts_s + 1) * 8
            size = max(1, min(size, MOST_KEPT_BYTES // kept))
        return cls(name, model, worlds, seed, posts, size, record)

    def blocks(self) -> Iterator[float]:
        """Runs block after block and yields the share of the work that is done."""
        for _, share in self._lived():
            yield share

    def ended(self) -> Iterator[Block]:
        """Runs block after block and yields each at its end."""
        for block, _ in self._lived():
            if block.world.tick == self.model.spec.lasts_s:
                yield block

    def _lived(self) -> Iterator[tuple[Block, float]]:
        lasts = self.model.spec.lasts_s
        for first in range(0, self.worlds, self.block_worlds):
            numbers = list(range(first, min(first + self.block_worlds, self.worlds)))
            block = Block(
                self.model, self.seed, numbers, [Override(posts=self.posts)] * len(numbers), record=self.record
            )
            step = max(1, lasts // 50)
            for tick in range(step, lasts + step, step):
                block.advance(min(tick, lasts))
                if tick >= lasts:
                    block.last_digest()
                    self.rows += [self._row(block, row) for row in range(len(numbers))]
                yield block, (first + len(numbers) * min(tick, lasts) / lasts) / self.worlds

    def _row(self, block: Block, row: int) -> Json:
        found, its_score = outcome.judged(block, row)
        made: Json = {"world": block.numbers[row], "digest": f"sha256:{block.digests[-1][1][row]}"}
        made.update(night(self.model.spec.draws, self.seed, block.numbers[row]))
        for uncertain in self.model.spec.uncertain:
            _, dimension = uncertain_target(self.model.signals, self.model.line_names, uncertain)
            made[f"{uncertain.path.thing}.{uncertain.path.quantity}"] = drawn(
                uncertain, dimension, self.seed, block.numbers[row]
            )
        for kind in KINDS:
            made[f"first.{kind}"] = float(block.first[row].get(kind, NEVER)) if kind in block.first[row] else None
        made.update(outcome.totals(block, row))
        made.update({**outcome.harm(block, row), "score": its_score})
        made.update({f"mark.{m.mark}": m.met for m in found})
        return made

    def columns(self) -> dict[str, list[Any]]:
        """The rows as columns."""
        return {key: [row[key] for row in self.rows] for key in (self.rows[0] if self.rows else {})}

    def summary(self) -> Json:
        """Probabilities with 95 % intervals (Wilson 1927), and the worst and the median world by spill and score."""
        n = len(self.rows)
        probability = {}
        for kind in KINDS:
            hits = sum(row[f"first.{kind}"] is not None for row in self.rows)
            probability[kind] = wilson(hits, n)
        for mark in [k for k in self.rows[0] if k.startswith("mark.")]:
            lost = sum(not row[mark] for row in self.rows)
            probability[f"lost {mark.removeprefix('mark.')}"] = wilson(lost, n)
        order = sorted(range(n), key=lambda i: (len(self.rows[i]["score"]), -self.rows[i]["spilled_m3"], i))
        return {
            "worlds": n,
            "probability": probability,
            "worst_world": self.rows[order[0]]["world"],
            "median_world": self.rows[order[n // 2]]["world"],
        }

    def write(self, folder: Path) -> Path:
        """`worlds.parquet` in a folder; raises Fault when that cannot be written."""
        import pyarrow as pa  # heavy: only where it is written
        from pyarrow import parquet

        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / FILE
            columns = self.columns()
            types = {k: pa.float64() for k in columns if k.startswith("first.") or k in {"spilled_m3", "spilled_kg"}}
            table = pa.table({k: pa.array(v, type=types.get(k)) for k, v in columns.items()})
            with replaced(path) as part:
                parquet.write_table(table, part)
        except OSError as error:
            raise Fault(f"{folder} cannot be written: {error.strerror}.") from None
        return path


def wilson(hits: int, n: int) -> dict[str, float]:
    """Share of hits with its 95 % interval (Wilson 1927)."""
    if not n:
        return {"p": 0.0, "low": 0.0, "high": 1.0}
    p = hits / n
    z2 = _Z95 * _Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 / (1 + z2 / n) * float(np.sqrt(p * (1 - p) / n + z2 / (4 * n * n)))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return {"p": p, "low": low if hits else 0.0, "high": high if hits < n else 1.0}  # these two are so, to the bit
