"""Luck: the same acts in the next worlds of the seed, and which drawn quantity told the worse from the better ones."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from twin.base.units import show
from twin.debrief.fate import Fate
from twin.engine.copies import Copy
from twin.engine.model import Model
from twin.engine.starting import drawn, night, uncertain_target
from twin.language.sentence import spoken_path
from twin.text.say import Said, say

WORLDS = 100
NEAR_MISS = 10  # of 100 other worlds that end worse
BAD_LUCK = 50  # of 100 that end better
CLEAR = 0.75  # of two worlds, one of each side, so often the quantity tells which is which
FEWEST = 5  # worlds on each side


@dataclass(frozen=True, slots=True)
class Differed:
    """The drawn quantity that differed most between worlds that ended worse and better. Values in SI."""

    name: str
    dimension: str
    worse: float  # median
    better: float
    clear: float  # 0.5: it tells nothing; 1: it tells the sides apart in every pair of worlds

    @property
    def said(self) -> Said:
        """It as a sentence."""
        return say(
            "luck.differed", name=self.name, worse=_shown(self.worse, self.dimension), better=_shown(self.better, self.dimension)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Luck:
    """The same acts in other worlds, each with its fate, in the order of the worlds."""

    worlds: tuple[int, ...]
    fates: tuple[Fate, ...]
    worse: int
    same: int
    better: int
    near_miss: bool  # nothing was lost, and would have been in ten of a hundred worlds
    bad_luck: bool  # in half of them it would have ended better
    differed: Differed | None


def others(model: Model, seed: int, base: Copy) -> list[Copy]:
    """The same outside commands at the same ticks in the next worlds of the seed, the plan's reactions redrawn.

    The words that were drawn are held: what is wrong is the same night's, for acts about one tank say nothing in a night
    whose ship lies at another.
    """
    first = base.world + 1
    held = dataclasses.replace(base.override, drawn=tuple(night(model.spec.draws, seed, base.world).values()))
    return [dataclasses.replace(base, world=w, override=held) for w in range(first, first + WORLDS)]


def luck(model: Model, seed: int, copies: Sequence[Copy], fates: Sequence[Fate], was: Fate) -> Luck:
    """What the same acts come to in other worlds: whether a good end was a near miss, or a bad one bad luck."""
    values = [int(f.score) for f in fates]
    worse = sum(v < int(was.score) for v in values)
    better = sum(v > int(was.score) for v in values)
    lost_nothing = not was.lost and not was.harmed and was.spilled_m3 == 0.0
    worlds = tuple(c.world for c in copies)
    return Luck(
        worlds, tuple(fates), worse, sum(v == int(was.score) for v in values), better,
        lost_nothing and worse >= NEAR_MISS, better >= BAD_LUCK, differed(model, seed, worlds, fates),
    )  # fmt: skip


def differed(model: Model, seed: int, worlds: Sequence[int], fates: Sequence[Fate]) -> Differed | None:
    """The drawn quantity that tells best the worlds that ended worst from the others; None where none is clear.

    Worst and others are split at the median of harm and marks, the middle left to the better side; where all ended alike
    nothing is told. How clear it is, is the chance that of two worlds, one of each side, the quantity is larger on the one side.
    """
    ranks = [f.rank[:2] for f in fates]
    middle = sorted(ranks)[len(ranks) // 2]
    bad = [r > middle for r in ranks]
    if not any(bad):  # most ended alike, and badly: the few better ones are told from them
        bad = [r >= middle for r in ranks]
    if min(sum(bad), len(bad) - sum(bad)) < FEWEST:
        return None
    found = []
    for uncertain in model.spec.uncertain:
        _, dimension = uncertain_target(model.signals, model.line_names, uncertain)
        values = [drawn(uncertain, dimension, seed, w) for w in worlds]
        worse = [v for v, b in zip(values, bad, strict=True) if b]
        better = [v for v, b in zip(values, bad, strict=True) if not b]
        found.append(
            Differed(
                spoken_path(uncertain.path.thing, uncertain.path.quantity),
                dimension,
                median(worse),
                median(better),
                _clear(worse, better),
            )
        )
    best = max(found, key=lambda d: d.clear, default=None)
    return best if best is not None and best.clear >= CLEAR else None


def _clear(one: list[float], other: list[float]) -> float:
    """How often, of two values, one of each, the same side has the larger: 0.5 to 1 (ties half)."""
    wins = sum((a > b) + 0.5 * (a == b) for a in one for b in other) / (len(one) * len(other))
    return max(wins, 1.0 - wins)


def _shown(value: float, dimension: str) -> str:
    if dimension == "flag":
        return "yes" if value > 0.5 else "no"
    return show(value, dimension, 0 if dimension == "time" else 2)
