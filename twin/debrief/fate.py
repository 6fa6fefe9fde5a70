"""What came of one world, as the what-if answers compare worlds."""

from dataclasses import dataclass

from twin.base.arrays import NEVER
from twin.debrief import outcome
from twin.engine.scan import Block


@dataclass(frozen=True, slots=True)
class Fate:
    """What came of one copy."""

    score: str
    lost: tuple[str, ...]  # marks
    harmed: int  # killed and hurt
    spilled_m3: float
    first_overflow: int  # tick, NEVER for none
    digest: str

    @property
    def marks(self) -> int:
        """Marks met."""
        return 6 - len(self.lost)

    @property
    def rank(self) -> tuple[int, int, float]:
        """Smaller is better: harm, then marks, then spill."""
        return self.harmed, len(self.lost), self.spilled_m3

    def as_good_as(self, other: "Fate") -> bool:
        """As few people harmed and as many marks."""
        return self.harmed <= other.harmed and len(self.lost) <= len(other.lost)


def fate(block: Block, row: int) -> Fate:
    """The fate of one row of a block that stands at its end."""
    found, its_score = outcome.judged(block, row)
    return Fate(
        its_score, tuple(m.mark for m in found if not m.met), sum(outcome.harm(block, row).values()),
        outcome.totals(block, row)["spilled_m3"], block.first[row].get("overflow", NEVER),
        f"sha256:{block.digests[-1][1][row]}",
    )  # fmt: skip
