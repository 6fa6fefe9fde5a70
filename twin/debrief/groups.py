"""Acts of which either would do: leaving one out changes nothing, leaving all out does. One window for all of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from twin.debrief.acts import Course, OneAct
from twin.debrief.fate import Fate
from twin.debrief.naming import NAMES, STOPS
from twin.debrief.windows import Batch, Window, without

MOST_ACTS = 10  # of a run that are tried together: pairs of so many are 45 copies
LARGEST = 3  # acts in a group
SAME_M3 = 0.05  # as they are shown


@dataclass(slots=True)
class Search:
    """Pairs first; after that threes of acts of one kind that are in no pair: a further look costs a run of its own."""

    course: Course
    acts: tuple[OneAct, ...] = field(init=False)
    size: int = 2
    asked: list[tuple[OneAct, ...]] = field(default_factory=list)
    known: list[tuple[OneAct, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        done = sorted((a for a in self.course.acts if a.done and not a.every), key=lambda a: a.done[0])
        self.acts = tuple(done[:MOST_ACTS])

    def ask(self, batch: Batch) -> bool:
        """Asks for what is still to be tried; whether there is any."""
        self.asked = []
        if self.size <= LARGEST:
            self.asked = list(combinations(self.acts, 2)) if self.size == 2 else list(self._larger(batch))
            for act in self.acts if self.size == 2 else ():
                batch.ask(without(self.course, (act,), None))
            for group in self.asked:
                batch.ask(without(self.course, group, None))
            self.size += 1
        return bool(self.asked)

    def _larger(self, batch: Batch) -> Iterator[tuple[OneAct, ...]]:
        """Groups of more than two: of acts that stop something, or that name something, each without effect alone."""
        for kind in (STOPS, NAMES):
            free = [a for a in self.acts if a.action.verb in kind and self._alone_without_effect(batch, a)]
            yield from (g for g in combinations(free, self.size) if not any(set(k) <= set(g) for k in self.known))

    def found(self, batch: Batch) -> list[Window]:
        """The windows of the groups that the last run showed."""
        new = [
            g for g in self.asked
            if all(self._alone_without_effect(batch, a) for a in g) and not self._same(batch, self._of(batch, g))
        ]  # fmt: skip
        self.asked = []
        self.known += new
        made = []
        for group in new:
            cues = [a.cue for a in group if a.cue is not None]
            opens = min(cues) if cues else min(a.done[0] for a in group)
            dues = [a.due for a in group if a.due is not None]
            made.append(Window(group, opens + 1, "either", due=min(dues, default=None)))
        return [w for w in made if w.opens < self.course.session.tick]

    def _of(self, batch: Batch, group: tuple[OneAct, ...]) -> Fate:
        return batch.fates[(without(self.course, group, None), ())]

    def _alone_without_effect(self, batch: Batch, act: OneAct) -> bool:
        return self._same(batch, self._of(batch, (act,)))

    def _same(self, batch: Batch, its: Fate) -> bool:
        """Whether a copy came to what the run came to."""
        was = batch.fates[(self.course.base, ())]
        return its.rank[:2] == was.rank[:2] and abs(its.spilled_m3 - was.spilled_m3) <= SAME_M3
