"""What would have helped: windows, one thing different, luck and baselines, all as copies of worlds in batches.

Every answer is a question about copies (design, section 7). `Batch` collects them, lives them together as rows of one
block, and gives each one's `Fate`. Nothing here knows how a run was made: a live drill, a headless run and a second
chance are a world number, an override and commands alike.
"""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from twin.base.arrays import NEVER
from twin.debrief import outcome
from twin.debrief.acts import Course, OneAct, as_it_was, course
from twin.debrief.changes import Change, changes
from twin.debrief.edits import beginning, moved, parts_at
from twin.engine.compile import open_model
from twin.engine.copies import Beginning, Copy, live
from twin.engine.model import Model
from twin.engine.scan import Block
from twin.engine.session import Session
from twin.engine.world import Override
from twin.language.files import Files
from twin.text.say import sentence

LUCK_WORLDS = 100
NEAR_MISS = 10  # of 100 other worlds that end worse
BAD_LUCK = 50  # of 100 that end better
GRID = 24  # moments of the first look at an act
FINER = 18  # moments of each further look, between the last that helped and the next
ROWS_A_BLOCK = 150  # a block costs as much as so many of its rows before its first one (measured, for progress alone)
MOST_ROWS = 600  # copies in one block: measured flat between 200 and 1 000


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


Question = tuple[Copy, tuple[str, ...]]
"""A copy, and the settings of its own that make it another model."""


@dataclass(slots=True)
class Batch:
    """Copies that are asked for, each lived once. A copy with settings of its own is a block of its own model."""

    session: Session
    progress: Callable[[float], None] | None = None
    fates: dict[Question, Fate] = field(default_factory=dict)
    asked: dict[Copy, dict[int, int]] = field(default_factory=dict)  # when the cue of each plan line came
    base: Copy = field(init=False)  # the run itself
    _wanted: dict[Question, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.base = as_it_was(self.session)

    def ask(self, copy: Copy, settings: tuple[str, ...] = ()) -> Question:
        """Notes a copy to be lived; the key of its fate."""
        key = (copy, settings)
        if key not in self.fates:
            self._wanted[key] = None
        return key

    def run(self, share: float = 1.0, done: float = 0.0) -> None:
        """Lives all that was asked for and is not known; `share` and `done` tell what part of the whole work this is."""
        blocks = list(self._blocks())
        self._wanted = {}
        costs = [
            (len(keys) + ROWS_A_BLOCK) * (1.0 - (begin.tick if begin else 0) / self.session.tick)
            for begin, keys in blocks
        ]
        before = 0.0
        for (begin, keys), cost in zip(blocks, costs, strict=True):

            def told(part: float, before: float = before, cost: float = cost) -> None:
                if self.progress:
                    self.progress(done + share * (before + cost * part) / (sum(costs) or 1.0))

            model = self._model(keys[0][1])
            block = live(model, self.session.setup.seed, [c for c, _ in keys], self.session.tick, told, begin)
            for row, key in enumerate(keys):
                self.fates[key] = fate(block, row)
                self.asked[key[0]] = block.asked[row]
            before += cost

    def _blocks(self) -> Iterator[tuple[Beginning | None, list[Question]]]:
        """What is asked for, by the settings of its model and by whether it begins as the run did."""
        groups: dict[tuple[tuple[str, ...], bool], list[Question]] = {}
        parting = {key: parts_at(self.session, self.base, key[0]) for key in self._wanted}
        for key in self._wanted:
            shares = not key[1] and beginning(self.session, parting[key]) is not None
            groups.setdefault((key[1], shares), []).append(key)
        for (_, shares), keys in groups.items():
            for i in range(0, len(keys), MOST_ROWS):
                part = keys[i : i + MOST_ROWS]
                yield beginning(self.session, min(parting[k] for k in part)) if shares else None, part

    def _model(self, settings: tuple[str, ...]) -> Model:
        if not settings:
            return self.session.model
        files = Files(dict(self.session.files.texts))
        return open_model(files, self.session.setup.scenario, [*self.session.setup.settings, *settings])[0]


# windows


@dataclass(slots=True)
class Window:
    """One act against its moment. Ticks; `closes` is None when the moment made no difference up to the end."""

    act: OneAct
    opens: int
    closes: int | None = None
    by: str = ""  # harm, marks or spill: what the closing is judged by
    curve: dict[int, Fate] = field(default_factory=dict)
    never: Fate | None = None

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


@dataclass(slots=True)
class Answers:
    """All what-if answers of a run."""

    was: Fate
    baselines: dict[str, Fate]
    course: Course
    windows: list[Window]
    one_thing: list[tuple[Change, Fate]]
    luck: Luck


def answers(session: Session, progress: Callable[[float], None] | None = None) -> Answers:
    """Baselines first, for they tell what the plan asked for; then all other copies at once; then windows finer."""
    batch = Batch(session, progress)
    base, course_ = baselines(session, batch, 0.2)
    found, rows, others = _open(course_), changes(course_), _others(batch.base)
    for w in found:
        _ask(course_, batch, w, [*_grid(w, session.tick), None])
    for row in rows:
        batch.ask(row.copy, row.settings)
    for copy in others:
        batch.ask(copy)
    batch.run(0.5, 0.2)
    for w in found:
        _look(course_, batch, w, _grid(w, session.tick))
    for done in (0.7, 0.85):
        steps = [(w, _finer(w, session.tick)) for w in found if w.closes is not None]
        for w, ticks in steps:
            _ask(course_, batch, w, list(ticks))
        batch.run(0.15, done)
        for w, ticks in steps:
            _look(course_, batch, w, ticks)
    was = batch.fates[(batch.base, ())]
    return Answers(
        was, base, course_, sorted(found, key=lambda w: (tuple(-v for v in w.worth(was)), _loss(w), w.opens)),
        _ranked(batch, rows), luck(batch),
    )  # fmt: skip


def _open(course: Course) -> list[Window]:
    """A window for every act that the plan asked for or the crew did."""
    opens = [(d, (d.cue if d.cue is not None else d.done[0]) + 1) for d in course.acts]
    return [Window(d, tick) for d, tick in opens if tick < course.session.tick]


def _loss(w: Window) -> tuple[int, int, float]:
    """Most first: what it would have cost never to do it."""
    assert w.never is not None
    best = w.at_cue
    return best.harmed - w.never.harmed, w.never.marks - best.marks, best.spilled_m3 - w.never.spilled_m3


def _grid(w: Window, end: int) -> list[int]:
    return _between(w.opens, end, GRID)


def _between(first: int, last: int, n: int) -> list[int]:
    """About n whole ticks from the first to the last, both among them."""
    return sorted({first + round((last - first) * i / (n - 1)) for i in range(n)})


def _ask(course: Course, batch: Batch, w: Window, ticks: list[int | None]) -> None:
    for tick in ticks:
        batch.ask(moved(course, w.act, tick))


def _look(course: Course, batch: Batch, w: Window, ticks: list[int]) -> None:
    """Takes in the fates at these ticks and says what the window is now known to be.

    A first look at GRID moments between cue and end, then twice FINER moments between the last that helped and the
    next: between two moments of the first look that both helped nothing is sought.
    """
    for tick in ticks:
        w.curve[tick] = batch.fates[(moved(course, w.act, tick), ())]
    w.never = never = batch.fates[(moved(course, w.act, None), ())]
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
    w.closes = max(good) if max(good) < course.session.tick else None
    w.by = w.by if w.closes is not None else ""


def _finer(w: Window, end: int) -> list[int]:
    """Moments between the last that is known to help and the next that was looked at."""
    assert w.closes is not None
    after = min((t for t in w.curve if t > w.closes), default=end)
    return _between(w.closes, after, FINER + 2)[1:-1]


# one thing different


ORDER_OF_TIES = ("barrier", "act-moved", "act-added", "act-dropped", "fault-out")


def _ranked(batch: Batch, rows: list[Change]) -> list[tuple[Change, Fate]]:
    """What each single change would have made of the night, best first: by harm, marks, spill; barrier, act, fault."""
    found = [(row, batch.fates[(row.copy, row.settings)]) for row in rows]
    return sorted(found, key=lambda r: (r[1].rank, ORDER_OF_TIES.index(r[0].kind), sentence(r[0].what)))


# luck and baselines


def _others(base: Copy) -> list[Copy]:
    """The same outside commands at the same ticks in the next worlds of the seed, the plan's reactions redrawn."""
    first = base.world + 1
    return [dataclasses.replace(base, world=w) for w in range(first, first + LUCK_WORLDS)]


def luck(batch: Batch) -> Luck:
    """What the same acts come to in other worlds: whether a good end was a near miss, or a bad one bad luck."""
    others, mine = _others(batch.base), batch.base
    for copy in (*others, mine):
        batch.ask(copy)
    batch.run()
    was = batch.fates[(mine, ())]
    fates = tuple(batch.fates[(copy, ())] for copy in others)
    values = [int(f.score) for f in fates]
    worse = sum(v < int(was.score) for v in values)
    better = sum(v > int(was.score) for v in values)
    return Luck(
        tuple(c.world for c in others), fates, worse, sum(v == int(was.score) for v in values),
        better, near_miss=not was.lost and not was.harmed and was.spilled_m3 == 0.0 and worse >= NEAR_MISS, bad_luck=better >= BAD_LUCK,
    )  # fmt: skip


def baselines(session: Session, batch: Batch, share: float = 1.0, done: float = 0.0) -> tuple[dict[str, Fate], Course]:
    """The same world with nobody acting, and with the plan in time; and the course of the run measured by the latter.

    In time: every post on the plan, no outside command, the stated delays of its lines taken out.
    """
    in_time = tuple((line.name, -line.delay_s) for line in session.model.plan if line.delay_s)
    copies = {
        "none": Copy(session.setup.world, Override(posts="none")),
        "plan": Copy(session.setup.world, Override(delayed=in_time)),
    }
    for copy in (*copies.values(), batch.base):
        batch.ask(copy)
    batch.run(share, done)
    measured = course(session, batch.asked[copies["plan"]])
    return {name: batch.fates[(copy, ())] for name, copy in copies.items()}, measured
