"""What would have helped: windows, one thing different, luck and baselines, all as copies of worlds in batches.

Every answer is a question about copies (design, section 7). `Batch` collects them, lives them together as rows of one
block, and gives each one's `Fate`. Nothing here knows how a run was made: a live drill, a headless run and a second
chance are a world number, an override and commands alike.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from twin.debrief import groups, luck, windows
from twin.debrief.acts import Course, as_it_was, course
from twin.debrief.changes import Change, changes
from twin.debrief.edits import beginning, parts_at
from twin.debrief.fate import Fate, fate
from twin.debrief.windows import Window
from twin.engine.compile import open_model
from twin.engine.copies import Beginning, Copy, live
from twin.engine.model import Model
from twin.engine.session import Session
from twin.engine.world import Override
from twin.language.files import Files
from twin.text.say import sentence

ROWS_A_BLOCK = 150  # a block costs as much as so many of its rows before its first one (measured, for progress alone)
MOST_ROWS = 600  # copies in one block: measured flat between 200 and 1 000


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


# the answers


@dataclass(slots=True)
class Answers:
    """All what-if answers of a run."""

    was: Fate
    baselines: dict[str, Fate]
    course: Course
    windows: list[Window]
    one_thing: list[tuple[Change, Fate]]
    luck: luck.Luck


def answers(session: Session, progress: Callable[[float], None] | None = None) -> Answers:
    """Baselines first, for they tell what the plan asked for; then all other copies at once; then windows finer."""
    batch = Batch(session, progress)
    base, course_ = baselines(session, batch, 0.2)
    found, rows = windows.single(course_), changes(course_)
    others = luck.others(session.model, session.setup.seed, batch.base)
    for row in rows:
        batch.ask(row.copy, row.settings)
    for copy in others:
        batch.ask(copy)
    either = groups.Search(course_)
    share, done = 0.5, 0.2
    while windows.ask(course_, batch, found) | either.ask(batch):
        batch.run(share, done)
        share, done = min(0.15, (1.0 - done - share) / 2), done + share
        windows.look(course_, batch, found)
        found += either.found(batch)
    was = batch.fates[(batch.base, ())]
    return Answers(was, base, course_, windows.listed(found, was), _ranked(batch, rows), in_other_worlds(batch))


def in_other_worlds(batch: Batch) -> luck.Luck:
    """Luck: what the same acts come to in the next hundred worlds."""
    session = batch.session
    others = luck.others(session.model, session.setup.seed, batch.base)
    for copy in (batch.base, *others):
        batch.ask(copy)
    batch.run()
    fates = [batch.fates[(copy, ())] for copy in others]
    return luck.luck(session.model, session.setup.seed, others, fates, batch.fates[(batch.base, ())])


# one thing different


ORDER_OF_TIES = ("barrier", "act-moved", "act-added", "act-dropped", "fault-out")


def _ranked(batch: Batch, rows: list[Change]) -> list[tuple[Change, Fate]]:
    """What each single change would have made of the night, best first: by harm, marks, spill; barrier, act, fault."""
    found = [(row, batch.fates[(row.copy, row.settings)]) for row in rows]
    return sorted(found, key=lambda r: (r[1].rank, ORDER_OF_TIES.index(r[0].kind), sentence(r[0].what)))


# baselines


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
