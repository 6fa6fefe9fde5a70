"""Documented figures beside what the twin computes: value, band, and whether it lies in there."""

from dataclasses import dataclass

from twin.base.arrays import NEVER
from twin.base.json import Json
from twin.engine.scan import Block
from twin.language.spec import Fact
from twin.text.say import Amount, Said, Value, plain, say


@dataclass(frozen=True, slots=True)
class Documented:
    """One documented figure; values in SI, moments in seconds since the start."""

    name: str
    low: float
    high: float
    value: float | None  # None: what it measures never came
    dimension: str  # moment, time, or that of its reading
    because: str  # why the twin may lie outside, as its file says

    @property
    def inside(self) -> bool:
        """Whether the twin computes what is documented."""
        return self.value is not None and self.low <= self.value <= self.high

    @property
    def json(self) -> Json:
        """It as the journal seals it and `--json` prints it."""
        return {"name": self.name, "documented": [self.low, self.high], "computed": self.value, "inside": self.inside}

    def said(self, block: Block) -> Said:
        """It as a sentence: inside or outside, value and band."""
        key = "line.inside" if self.inside else "line.outside"
        shown = say("evidence.never") if self.value is None else self._shown(block, self.value)
        return say(
            key, name=self.name, value=shown, low=self._shown(block, self.low), high=self._shown(block, self.high)
        )

    def _shown(self, block: Block, value: float) -> Value:
        return (
            plain(block.model.clock.text(round(value))) if self.dimension == "moment" else Amount(value, self.dimension)
        )


def figures(block: Block, row: int) -> list[Documented]:
    """The documented figures of a scenario and what one world made of them."""
    table, entries = block.model.facts, block.model.spec.of(Fact)
    found = []
    for f, name in enumerate(table.names):
        low, high = float(table.low[f]), float(table.high[f])
        if table.dimension[f] == "moment":
            low, high = ((v - block.model.clock.of_day_s) % 86400 for v in (low, high))
        value = _value(block, row, f)
        found.append(Documented(name, low, high, value, table.dimension[f], entries[name].because))
    return found


def _value(block: Block, row: int, f: int) -> float | None:
    world, table, judged = block.world, block.model.facts, block.model.judged
    j = judged.names.index(table.names[f], len(judged.names) - len(table.names))
    first, second, after = (int(a[row, j]) for a in (world.judged_first, world.judged_second, world.judged_after))
    form = table.form[f]
    if form == "time of":
        return float(first) if first < NEVER else None
    if form == "time from":
        met = first < NEVER and after < NEVER
        return float(max(0, (second if second < NEVER else first) - first)) if met else None
    if table.at_end[f]:
        return float(world.signals[row, table.column[f]]) * float(table.scale[f])
    return float(world.fact_value[row, f]) if int(world.fact_count[row, f]) else None
