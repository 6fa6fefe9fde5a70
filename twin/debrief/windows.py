"""Windows: the last moment at which an act, a line of the plan as a whole, or either of several acts would still have helped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from twin.debrief.acts import Course, OneAct
from twin.debrief.edits import moved, moved_together
from twin.debrief.fate import Fate
from twin.engine.copies import Copy

GRID = 24  # moments of the first look at an act
FINER = 18  # moments of each further look, between the last that helped and the next
LOOKS = 3
ORDER = ("line", "either", "act")


class Batch(Protocol):
    """What lives copies: asked for first, known after its run."""

    fates: dict[tuple[Copy, tuple[str, ...]], Fate]

    def ask(self, copy: Copy, settings: tuple[str, ...] = ()) -> object:
        """Notes a copy to be lived."""
        ...


@dataclass(slots=True)
class Window:
    """Acts against their moment. Ticks; `closes` is None when the moment made no difference up to the end.

    `what`: act; line (all acts of a line of the plan, together); either (acts any one of which would do, together).
    """

    acts: tuple[OneAct, ...]
    opens: int
    what: str = "act"
    name: str = ""  # of the line
    due: int | None = None
    closes: int | None = None
    by: str = ""  # harm, marks or spill: what the closing is judged by
    curve: dict[int, Fate] = field(default_factory=dict)
    never: Fate | None = None
    looks: int = 0
    asked: tuple[int, ...] = ()

    @property
    def cue(self) -> int | None:
        """When the plan asked for it, None where it did not."""
        return min((a.cue for a in self.acts if a.cue is not None), default=None)

    @property
    def done(self) -> int | None:
        """When it was done: of a line the last of its acts, None while one is missing; of either the first."""
        ticks = [a.counts for a in self.acts]
        if self.what == "either":
            return min((t for t in ticks if t is not None), default=None)
        return None if None in ticks else max(t for t in ticks if t is not None)

    @property
    def at_cue(self) -> Fate:
        """What the act gives when it comes with its cue."""
        return self.curve[self.opens]

    @property
    def kind(self) -> str:
        """closed: it helped up to a moment; open: up to the end; harmful: never doing it is better; useless: it makes none.

        By harm and marks first; where these never differ, by a spill at least halved.
        """
        assert self.never is not None
        best, never = self.at_cue, self.never
        if self.closes is not None:
            return "closed"
        if best.rank[:2] != never.rank[:2]:
            return "open" if best.rank[:2] < never.rank[:2] else "harmful"
        if 2 * best.spilled_m3 <= never.spilled_m3 and never.spilled_m3 > 0.0:
            return "open"
        return "harmful" if 2 * never.spilled_m3 <= best.spilled_m3 and best.spilled_m3 > 0.0 else "useless"

    def worth(self, was: Fate) -> tuple[int, int, float]:
        """What acting on the cue would have saved: people, marks, m3."""
        best = self.at_cue
        return was.harmed - best.harmed, best.marks - was.marks, was.spilled_m3 - best.spilled_m3

    def loss(self) -> tuple[int, int, float]:
        """Most first: what it would have cost never to do it."""
        assert self.never is not None
        best = self.at_cue
        return best.harmed - self.never.harmed, self.never.marks - best.marks, best.spilled_m3 - self.never.spilled_m3


def single(course: Course) -> list[Window]:
    """A window for every act that the plan asked for or the crew did, and for every line that asked for several."""
    by_key = {a.key: a for a in course.acts}
    found = [Window((a,), (a.cue if a.cue is not None else a.done[0]) + 1, due=a.due) for a in course.acts]
    for line in dict.fromkeys(r.line for r in course.asked if not r.every):
        rows = [r for r in course.asked if r.line == line]
        acts = tuple(dict.fromkeys(by_key[r.key] for r in rows if r.key in by_key))
        if len(acts) > 1:
            found.append(Window(acts, rows[0].cue + 1, "line", line, rows[0].due))
    return [w for w in found if w.opens < course.session.tick]


def listed(found: Iterable[Window], was: Fate) -> list[Window]:
    """Windows by what they were worth; acts that make no difference alone are left to the group of which either would do."""
    of_group = {a for w in found if w.what == "either" for a in w.acts}
    kept = [w for w in found if not (w.what == "act" and w.kind == "useless" and w.acts[0] in of_group)]
    return sorted(kept, key=lambda w: (tuple(-v for v in w.worth(was)), w.loss(), ORDER.index(w.what), w.opens))


def without(course: Course, acts: Sequence[OneAct], tick: int | None) -> Copy:
    """The run with these acts all given at a tick instead of when they were, or (None) never."""
    return moved(course, acts[0], tick) if len(acts) == 1 else moved_together(course, [(a, tick) for a in acts])


def ask(course: Course, batch: Batch, found: Iterable[Window]) -> bool:
    """Asks for what each window has still to look at; whether there is any."""
    for w in found:
        w.asked = ()
        if w.looks == 0:
            w.asked = tuple(_between(w.opens, course.session.tick, GRID))
            batch.ask(without(course, w.acts, None))
        elif w.looks < LOOKS and w.closes is not None:
            after = min((t for t in w.curve if t > w.closes), default=course.session.tick)
            w.asked = tuple(_between(w.closes, after, FINER + 2)[1:-1])
        for tick in w.asked:
            batch.ask(without(course, w.acts, tick))
    return any(w.asked for w in found)


def _between(first: int, last: int, n: int) -> list[int]:
    """About n whole ticks from the first to the last, both among them."""
    return sorted({first + round((last - first) * i / (n - 1)) for i in range(n)})


def look(course: Course, batch: Batch, found: Iterable[Window]) -> None:
    """Takes in the fates that were asked for and says what each window is now known to be.

    A first look at GRID moments between cue and end, then twice FINER moments between the last that helped and the
    next: between two moments of the first look that both helped nothing is sought.
    """
    for w in found:
        if not w.asked:
            continue
        w.looks += 1
        for tick in w.asked:
            w.curve[tick] = batch.fates[(without(course, w.acts, tick), ())]
        w.never = batch.fates[(without(course, w.acts, None), ())]
        _close(w, w.never, course.session.tick)


def _close(w: Window, never: Fate, end: int) -> None:
    """The last moment known at which the acts still do what they do on their cue."""
    best = w.at_cue
    others = [never, *w.curve.values()]
    if not all(f.as_good_as(best) for f in others):
        w.by = "harm" if any(f.harmed > best.harmed for f in others) else "marks"
        good = [t for t, f in w.curve.items() if f.as_good_as(best)]
    elif never.spilled_m3 > 0.0 and best.spilled_m3 <= never.spilled_m3 / 2:
        w.by = "spill"
        good = [t for t, f in w.curve.items() if f.spilled_m3 <= never.spilled_m3 / 2]
    else:
        return
    w.closes = max(good) if max(good) < end else None
    w.by = w.by if w.closes is not None else ""
