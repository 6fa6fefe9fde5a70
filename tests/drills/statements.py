"""Every statement of a debrief against runs of its own: random acts of random people, in all scenarios.

`python -m tests.drills.statements 60` lives so many evenings and says what does not hold; six are lived in `make long`. What
people type is typed again: a window by a run with its act at the closing second and one a second later, a group by runs
without all and without each of it, a row of one thing different by its `from`. Acts of posts that the plan fills cannot be
typed: they are lived alone from the start, as a copy. Story, table, course and steps must name the same acts.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin.debrief import outcome, report, whatif
from twin.debrief.edits import moved_together
from twin.debrief.fate import fate
from twin.debrief.windows import Window
from twin.engine import commands
from twin.engine import session as sessions
from twin.engine.copies import live
from twin.engine.orders import INSTRUCTOR
from twin.engine.session import Session
from twin.engine.setup import Setup

SCENARIOS = ("first-watch", "gauge-sticks", "keep-pumping", "power-dips", "valve-does-not-close")
POSTS = ("control-room", "field", "supervisor")
ACTS = (
    "stop TR-1", "close XV-101", "open XV-101", "doubt LT-101", "doubt FT-S", "report T-101", "check MOVE-101", "check DIP-101",
    "trip ESD-1", "start TR-1", "call outside", "tell field about XV-101", 'tell supervisor "LT-101 stands still"', "report grid",
    "reset LZ-101", "close XV-102", "acknowledge", "stop-work",
)  # fmt: skip
INJECTS = ("set XV-101.motor-fault", "set LT-101.bias to 200 mm", "set ship.flow to 1100 m3/h", "set FT-S.stuck")
SAME_M3 = 1e-9


@dataclass(frozen=True)
class Line:
    """One line of a command file."""

    tick: int
    post: str
    act: str

    @property
    def text(self) -> str:
        return f"+{self.tick} s {self.post} {self.act}\n"


@dataclass(slots=True)
class Evening:
    """One evening: what was typed, and what the debrief said."""

    number: int
    scenario: str
    lines: list[Line]
    until: int | None  # left then, None when it was played to its end
    back: tuple[int, int] | None  # at, to
    taken: tuple[str, ...] = ()
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.taken = tuple(sorted({line.post for line in self.lines} - {INSTRUCTOR}))

    def lived(self, lines: list[Line], settings: tuple[str, ...] = ()) -> Session:
        """A run of its own with these lines, typed anew."""
        its = sessions.start(Setup(self.scenario, taken=self.taken, settings=settings))
        for line in sorted(lines, key=lambda o: o.tick):
            its.command(line.post, line.act, line.tick)
        its.advance(its.lasts if self.until is None else self.until)
        its.last_digest()
        return its


def evening(number: int) -> Evening:
    """The evening of a number: the same on every machine."""
    dice = random.Random(number)
    scenario = SCENARIOS[number % len(SCENARIOS)]
    lasts = sessions.start(Setup(scenario)).lasts
    posts = dice.sample(POSTS, dice.randint(1, 3))
    lines = [
        Line(dice.randint(1, lasts - 30), dice.choice(posts), dice.choice(ACTS)) for _ in range(dice.randint(1, 6))
    ]
    lines += [Line(dice.randint(1, lasts // 2), INSTRUCTOR, dice.choice(INJECTS)) for _ in range(dice.randint(0, 1))]
    lines.sort(key=lambda o: o.tick)
    back = None
    if number % 3 == 2:
        at = dice.randint(lasts // 2, lasts - 60)
        back = at, dice.randint(30, at - 30)
    return Evening(number, scenario, lines, dice.randint(lasts // 3, lasts - 60) if number % 10 == 9 else None, back)


def check(number: int) -> list[str]:
    """What does not hold of the debrief of an evening."""
    its = evening(number)
    session = its.lived(its.lines)
    if its.back is not None:  # gone back to, and the rest typed again: the last course alone is debriefed
        at, to = its.back
        session = sessions.start(Setup(its.scenario, taken=its.taken))
        for line in (o for o in its.lines if o.tick < at):
            session.command(line.post, line.act, line.tick)
        session.advance(at)
        session.rewind(to)
        its.lines = [o for o in its.lines if o.tick <= to] + [
            Line(o.tick, o.post, o.act) for o in its.lines if o.tick > to and o.tick % 2
        ]
        for line in (o for o in its.lines if o.tick > to):
            session.command(line.post, line.act, line.tick)
        session.advance(session.lasts if its.until is None else its.until)
        session.last_digest()
    its.wrong += [f"{number}: {w}" for w in _statements(its, session)]
    return its.wrong


def _statements(its: Evening, session: Session) -> Iterator[str]:
    if its.until is not None and its.until < session.lasts:
        found = report.report(session)
        if found["score"] is not None or found["marks"] or "unfinished" not in found["headline"]["text"]:
            yield "an unfinished run is scored or praised"
        yield from _one_course(session, found)
        return
    answers = whatif.answers(session)
    found = report.report(session, answers)
    again = its.lived(its.lines)
    if (again.digest, outcome.judged(again.block, 0)[1]) != (session.digest, found["score"]):
        yield f"typed again it comes to {outcome.judged(again.block, 0)[1]}, not to {found['score']}"
    yield from _one_course(session, found)
    for window in answers.windows:
        yield from _closes(its, session, answers, window)
        if window.what == "either":
            yield from _either(its, found, window)
    for row in found["one_thing"]:
        yield from _typed(its, row)


# windows and groups


def _with(its: Evening, answers: whatif.Answers, window: Window, tick: int | None) -> tuple[int, int, float]:
    """Harm, marks lost and spill of a run with the acts of a window at a tick, or never: typed where that can be."""
    session = answers.course.session
    if all(a.post in its.taken and not a.every for a in window.acts):
        gone = {(a.post, a.sentence) for a in window.acts}
        kept = [o for o in its.lines if (o.post, o.act) not in gone]
        lines = kept + ([] if tick is None else [Line(tick, a.post, a.sentence) for a in window.acts])
        block = its.lived(lines).block
    else:
        copy = moved_together(answers.course, [(a, tick) for a in window.acts])
        block = live(session.model, session.setup.seed, [copy], session.tick)
    return fate(block, 0).rank


def _closes(its: Evening, session: Session, answers: whatif.Answers, window: Window) -> Iterator[str]:
    if window.closes is None or any(a.every for a in window.acts):
        return
    at, later = (_with(its, answers, window, t) for t in (window.closes, window.closes + 1))
    best, never = window.at_cue, window.never
    assert never is not None

    def good(rank: tuple[int, int, float]) -> bool:
        if window.by == "spill":
            return rank[2] <= never.spilled_m3 / 2
        return rank[0] <= best.harmed and rank[1] <= len(best.lost)

    names = ", ".join(a.sentence for a in window.acts)
    if not good(at):
        yield f"{names} at {window.closes} does not do what it does on its cue: {at}"
    if window.closes + 1 < session.tick and good(later):
        yield f"{names} a second after its window closed ({window.closes}) still does what it does on its cue: {later}"


def _either(its: Evening, found: dict[str, Any], window: Window) -> Iterator[str]:
    was = (0, 6 - sum(m["met"] for m in found["marks"]), found["totals"]["spilled_m3"])

    def without(gone: list[tuple[str, str]]) -> tuple[int, int, float]:
        return fate(its.lived([o for o in its.lines if (o.post, o.act) not in gone]).block, 0).rank

    acts = [(a.post, a.sentence) for a in window.acts]
    if not all(post in its.taken for post, _ in acts):
        return
    for one in acts:
        rank = without([one])
        if rank[:2] != was[:2] or abs(rank[2] - was[2]) > 0.05:
            yield f"without {one} alone it ends otherwise: {rank}"
    rank = without(acts)
    if rank[:2] == was[:2] and abs(rank[2] - was[2]) <= 0.05:
        yield f"without all of {acts} it ends as it did"


# one thing different


def _typed(its: Evening, row: dict[str, Any]) -> Iterator[str]:
    how = str(row["from"])
    lines = its.lines
    settings: tuple[str, ...] = ()
    parts = how.split("; ")
    if any(part.startswith(("--set ", f"{INSTRUCTOR} never: ")) for part in parts):
        for part in parts:
            act = part.removeprefix(f"{INSTRUCTOR} never: ")
            lines = [o for o in lines if (o.post, o.act) != (INSTRUCTOR, act)]
            settings += tuple(one.strip().strip("'") for one in part.split("--set ")[1:])
    elif how.endswith(" never"):
        settings = (how.removesuffix(" never") + "=none",)
    elif " never: " in how:
        post, _, act = how.partition(" never: ")
        if post not in (*its.taken, INSTRUCTOR):
            return
        lines = [o for o in lines if (o.post, o.act) != (post, act)]
    else:
        for part in parts:
            at, post, act = part.split(" ", 2)
            if post not in its.taken:
                return
            tick = commands.read(its.lived([]).model, f"{at} {post} {act}", "typed")[0].tick
            lines = [*(o for o in lines if (o.post, o.act) != (post, act)), Line(tick, post, act)]
    run = its.lived(lines, settings)
    figures = (outcome.judged(run.block, 0)[1], outcome.totals(run.block, 0)["spilled_m3"])
    if figures[0] != row["score"] or abs(figures[1] - row["spilled_m3"]) > SAME_M3:
        yield f"`{how}` typed gives {figures}, not {row['score']}, {row['spilled_m3']}"


# one course


def _one_course(session: Session, found: dict[str, Any]) -> Iterator[str]:
    """No two parts of a debrief disagree on an act."""
    events = session.block.events[0]
    deeds = {(d["t_s"], d["post"], d["act"]): d for d in found["deeds"]}
    for row in found["acts"]:
        if row["done_s"] is None:
            continue
        same = [d for (t, post, _), d in deeds.items() if (t, post) == (row["done_s"], row["post"])]
        if not any(d["end"] == row["end"] and d["end_s"] == row["end_s"] for d in same):
            yield f"the table's {row['act']} at {row['done_s']} is no act of the course"
        if row["late_s"] and row["done_s"] <= row["expected_s"] + (row["allowed_s"] or 0):
            yield f"{row['act']} is called late and was in time"
    for line in found["story"]:
        if line["from"].startswith("event "):
            event = events[int(line["from"].removeprefix("event ")) - 1]
            if event.tick != line["t_s"]:
                yield f"the story's {line['text']!r} is no event of its second"
    for t in found["things"]:
        for s in t["steps"]:
            given = any((s["t_s"], s["by"], s["act"]) == key for key in deeds)
            ended = any((d["end_s"], d["post"], d["act"]) == (s["t_s"], s["by"], s["act"]) for d in found["deeds"])
            if s["t_s"] is not None and not (given or ended):
                yield f"step {s['step']} of {t['thing']} is no act of the course: {s['act']} at {s['t_s']}"


if __name__ == "__main__":
    first, count = (int(a) for a in (sys.argv[2:3] or ["0"]) + sys.argv[1:2])
    complaints: list[str] = []
    with tempfile.TemporaryDirectory() as _:
        for n in range(first, first + count):
            new = check(n)
            complaints += new
            print(n, evening(n).scenario, "; ".join(new) or "holds", flush=True)
    Path("runs").mkdir(exist_ok=True)
    sys.exit(bool(complaints))
