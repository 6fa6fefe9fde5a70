"""A lived session as plain arrays: all that plan, section, trends and lanes draw. Pickles, so that processes share it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.base.arrays import Bools, Floats, Ints
from twin.base.fault import shown
from twin.base.json import Json
from twin.base.units import from_si
from twin.debrief import history
from twin.engine import cues
from twin.engine.model import Model
from twin.engine.parts import kinds
from twin.engine.session import Session
from twin.film import look, now
from twin.film.axis import Axis, axis
from twin.language.spec import FarmSpec, PlanLine
from twin.parts import people
from twin.parts.alarm import Alarm
from twin.parts.gauge_entry import Instrument
from twin.parts.line_entry import Line
from twin.parts.node import Node
from twin.parts.place import Place
from twin.parts.tank_entry import Tank
from twin.parts.transfer_entry import Transfer
from twin.parts.value import Calculated

FRAMES_MOST = 2000
FRAMES_LEAST = 480  # twenty seconds: a short drill is shown slower
STEP_S = 7.5  # eight frames a minute of the plant
PLAN_SHAPE = 480 / 308  # width to height of the plan's box
PAD = 0.08
LANES = 9
SECTION_NEAR_M = 12.0
_MARKED = kinds("marked")


@dataclass(frozen=True, slots=True)
class TankShape:
    """One tank on the plan."""

    name: str
    x: float
    y: float
    radius: float
    height: float
    lip: float
    roof: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What stands on the ground, in metres."""

    box: tuple[float, float, float, float]  # left, bottom, right, top
    tanks: tuple[TankShape, ...]
    bunds: tuple[tuple[str, Floats, float], ...]  # name, outline (n, 2), wall
    places: tuple[tuple[str, str, float, float], ...]  # name, kind, x, y
    pipes: tuple[Floats, ...]  # (n, 2) each
    valves: tuple[tuple[str, float, float], ...]
    nodes: tuple[tuple[str, float, float], ...]  # a junction of pipes has no name here
    section_y: float


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a trend."""

    name: str
    values: Floats  # a value a tick of the scene
    kind: str  # truth, shown, flow, spill


@dataclass(frozen=True, slots=True)
class Trend:
    """One panel: a unit, its lines, and the limits that are drawn across."""

    title: str
    curves: tuple[Curve, ...]
    limits: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """One time that the plan asked for an act. Ticks; `done` is None when nobody did it then."""

    cue: int
    due: int
    done: int | None

    @property
    def kept(self) -> bool:
        """Whether it was done in time."""
        return self.done is not None and self.done <= self.due


@dataclass(frozen=True, slots=True)
class Lane:
    """One act of a post: for each time that the plan asked for it, the box of time allowed and when it was done."""

    label: str
    post: str
    rounds: tuple[Round, ...]

    @property
    def kept(self) -> bool:
        """Whether it came in time, each time."""
        return all(r.kept for r in self.rounds)

    @property
    def one(self) -> Round:
        """The round that weighs most: the latest or missing one."""
        return max(self.rounds, key=lambda r: (not r.kept, r.done is None, (r.done or 0) - r.due))


@dataclass(frozen=True, slots=True)
class Moved:
    """What went into a tank since the first tick less what its gauge showed of it, and where the plan doubts."""

    gap_m3: Floats  # (ticks,)
    limits: tuple[tuple[str, float], ...]  # line of the plan, m3


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a film shows. Arrays are by tick from `first` to `last`, one row a second."""

    title: str
    footer: str
    first: int
    last: int
    time: Axis
    story_tank: str
    plan: Plan
    level_m: Floats  # (ticks, tanks)
    runs_over: Bools  # (ticks, tanks)
    lying_m3: Floats  # (ticks, bunds)
    open: Floats  # (ticks, valves)
    spilled_m3: Floats  # (ticks,)
    wind: Floats  # (ticks, 2) m/s and degrees it comes from
    stability: str
    heads: Ints  # (crews,)
    ways: tuple[tuple[int, int, int, tuple[float, float], tuple[float, float]], ...]  # crew, start, arrives, from, to
    standing: Floats  # (crews, 2) where each was at the start
    trends: tuple[Trend, ...]
    lanes: tuple[Lane, ...]
    sentences: tuple[tuple[int, str], ...]  # what is true, by the tick from which it is
    happened: tuple[tuple[int, str], ...]
    marks: tuple[tuple[int, str, str], ...]  # tick, kind, text: where the film can jump to
    moved: Moved | None = None  # pumped in less shown, where a gauge shows the tank of the story
    mustered: tuple[int, ...] = field(default=())

    def people(self, tick: int) -> Floats:
        """Where every crew is at a tick, (crews, 2), straight between the ends of its way."""
        where = self.standing.copy()
        for crew, start, arrives, here, there in self.ways:
            if start <= tick:
                share = min(1.0, (tick - start) / max(1, arrives - start))
                where[crew] = [a + (b - a) * share for a, b in zip(here, there, strict=True)]
        return where

    def frames(self) -> list[int]:
        """The tick of every frame: eight a minute, more for a short drill, fewer for a very long one."""
        span = self.last - self.first
        step = min(max(span / FRAMES_MOST, min(STEP_S, span / FRAMES_LEAST)), max(1.0, span))
        count = max(2, round(span / max(step, 1.0)) + 1)
        return [self.first + round(i * span / (count - 1)) for i in range(count)]


def scene(session: Session, found: Json) -> Scene:
    """The scene of a session with its debrief, from where the seats open (or the start) to where it stands."""
    model, board = session.model, session.model.signals
    opens = model.spec.drill.start
    first = min(model.clock.tick(opens) if opens else 0, max(0, session.tick - 60))
    last = session.tick
    table = history.values(session)[first : last + 1]

    def cut(names: list[str]) -> Floats:
        return table[:, [board.at[n] for n in names]]

    story = story_tank(session, found)
    recorder = session.block.recorder
    assert recorder is not None
    plan = plan_of(model, story, [w.there for w in recorder.ways])
    interest = _interest(found, first)
    time = axis(first, last, interest, model.clock.of_day_s)
    tanks = [t.name for t in plan.tanks]
    return Scene(
        title=model.spec.title, footer=footer(found), first=first, last=last, time=time, story_tank=story, plan=plan,
        level_m=cut([f"{t}.level" for t in tanks]), runs_over=cut([f"{t}.overflow" for t in tanks]) > 0.0,
        lying_m3=cut([f"{b}.liquid" for b, _, _ in plan.bunds]), open=cut([f"{v}.position" for v, _, _ in plan.valves]),
        spilled_m3=cut(["spilled.volume"])[:, 0], wind=cut(["weather.wind.speed", "weather.wind.from"]),
        stability=str(model.spec.weather.stability),
        heads=np.array([people.heads(model.people, g, model.clock.hour(session.tick)) for g in range(len(model.people.names))], dtype=np.int64),
        ways=tuple((w.crew, w.start, w.arrives, w.here, w.there) for w in recorder.ways),
        standing=np.stack((model.people.start_x_m, model.people.start_y_m), axis=1),
        trends=_trends(session, found, story, table), lanes=_lanes(found, first), sentences=now.headlines(session, found, last),
        happened=now.happened(session), moved=_moved(session, first, last, story, table),
        marks=tuple((e.tick, e.kind, look.typeset(shown(e.text))) for e in session.block.events[0] if e.kind in _MARKED and e.tick >= first),
        mustered=tuple(e.tick for e in session.block.events[0] if e.kind == "mustered"),
    )  # fmt: skip


def footer(found: Json) -> str:
    """Scenario, seed, world and the head of the digest: what every export carries."""
    run = found["digest"].removeprefix("sha256:")[:6]
    return f"{found['scenario'].rsplit('/', 1)[-1]}, seed {found['seed']}, world {found['world']}, run {run}"


def story_tank(session: Session, found: Json) -> str:
    """The tank that the night is about: the one that ran over, else the one that misled, else that of an alarm, else one
    that is filled."""
    tanks = session.model.spec.farm.of(Tank)
    events = session.block.events[0]
    subjects = [e.subject for e in events if e.kind == "overflow"] + [m["thing"] for m in found["misled"]]
    alarms = session.model.alarms.names
    subjects += [session.model.alarms.subjects[alarms.index(e.subject)] for e in events if e.kind == "alarm"]
    subjects += [str(t.end) for t in session.model.spec.farm.of(Transfer).values()]
    return next((s for s in subjects if s in tanks), next(iter(tanks), ""))


def _interest(found: Json, first: int) -> list[int]:
    """Ticks that matter, for the axis."""
    ticks = [m["onset_s"] for m in found["misled"]] + [m["first_doubt_s"] for m in found["misled"]]
    for a in found["acts"]:
        if a["expected_s"] > 60:
            ticks += [a["expected_s"], a["done_s"]]
    ticks += [m["t_s"] for m in found["marks"] if not m["met"]]
    return [t for t in ticks if t is not None and t >= first]


# the plan


def plan_of(model: Model, story: str, walked: list[tuple[float, float]]) -> Plan:
    """What a farm's file says of the ground, in a box that holds all of it and where people walked."""
    farm, names = model.spec.farm, model.names
    tanks = tuple(
        TankShape(n, *point, t.diameter_m / 2, t.height_m, t.lip_m or t.height_m, t.roof)
        for n, t in farm.of(Tank).items()
        if (point := names.point(n)) is not None
    )
    bunds = tuple(
        (n, np.array(p.outline if p.outline else _around(farm, n, tanks)), float(p.wall_m or 0.0))
        for n, p in farm.of(Place).items()
        if p.kind == "bund" and (p.outline or _around(farm, n, tanks))
    )
    places = tuple(
        (n, p.kind, *point) for n, p in farm.of(Place).items() if p.kind != "bund" and (point := names.point(n))
    )
    valves = tuple((n, *point) for n in model.valves.names if (point := names.point(n)) is not None)
    nodes = tuple(
        (n if node.flow_m3_s is not None or node.holds_m3 or node.receives or node.protected else "", *point)
        for n, node in farm.of(Node).items()
        if (point := names.point(n)) is not None
    )
    pipes = []
    for line in farm.of(Line).values():
        points = [p for n in (line.start, *line.through, line.end) if (p := names.point(str(n))) is not None]
        if len(points) > 1:
            pipes.append(np.array(points))
    section = next((t.y for t in tanks if t.name == story), tanks[0].y if tanks else 0.0)
    everything = [(t.x + dx * t.radius, t.y + dy * t.radius) for t in tanks for dx, dy in ((-1, -1), (1, 1))]
    everything += [tuple(p) for _, outline, _ in bunds for p in outline.tolist()]
    everything += [(x, y) for _, _, x, y in places] + [(x, y) for _, x, y in (*valves, *nodes)]
    everything += [there for there in walked if abs(there[0]) < people.NOWHERE_M]
    return Plan(_box(everything), tanks, bunds, places, tuple(pipes), valves, nodes, section)


def _around(farm: FarmSpec, bund: str, tanks: tuple[TankShape, ...]) -> list[tuple[float, float]]:
    """A bund without an outline: a rectangle of its area around its tanks, or none."""
    inside = [t for t in tanks if farm.of(Tank)[t.name].bund == bund]
    if not inside:
        return []
    left, right = min(t.x - t.radius for t in inside) - 8, max(t.x + t.radius for t in inside) + 8
    middle = sum(t.y for t in inside) / len(inside)
    half = max(float(farm.of(Place)[bund].area_m2 or 0.0) / (right - left) / 2, max(t.radius for t in inside) + 5)
    return [(left, middle - half), (right, middle - half), (right, middle + half), (left, middle + half)]


def _box(points: list[Any]) -> tuple[float, float, float, float]:
    """The box of all that happens, padded, in the shape of the plan."""
    xs, ys = [p[0] for p in points] or [0.0, 100.0], [p[1] for p in points] or [0.0, 60.0]
    width, height = max(xs) - min(xs) or 60.0, max(ys) - min(ys) or 40.0
    width, height = width * (1 + 2 * PAD), height * (1 + 2 * PAD) + 0.06 * width
    width, height = max(width, height * PLAN_SHAPE), max(height, width / PLAN_SHAPE)
    x, y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


# trends and lanes


def _trends(session: Session, found: Json, tank: str, table: Floats) -> tuple[Trend, ...]:
    model, board = session.model, session.model.signals
    spec = model.spec.farm.of(Tank)[tank]

    def of(name: str) -> Floats:
        column = board.at[name]
        unit = board.unit(column)
        return np.asarray(from_si(table[:, column], unit) if unit else table[:, column])  # type: ignore[arg-type]

    gauges = _gauges(session, tank)
    limits = [("overflows", float(spec.lip_m or spec.height_m))]
    for name, alarm in model.spec.farm.of(Alarm).items():
        limit = cues.read_limit(alarm.when)
        if cues.read_name(alarm.when) in gauges and limit is not None:
            limits.append((name, limit.si("length")))
    level = Trend(
        f"Level of {tank}, m",
        (Curve("truth", of(f"{tank}.level"), "truth"), *(Curve("gauge", of(g), "shown") for g in gauges[:1])), tuple(limits),
    )  # fmt: skip
    inflow = sum(
        (of(f"{n}.flow") for n, line in model.spec.farm.of(Line).items() if str(line.end) == tank), np.zeros(len(table))
    )
    return (
        level, Trend(f"Into {tank}, m³/h", (Curve("flow", inflow, "flow"),)),
        Trend("Spilled, m³", (Curve("spilled", of("spilled.volume"), "spill"),)),
    )  # fmt: skip


def _gauges(session: Session, tank: str) -> list[str]:
    """The instruments that show the level of a tank all the time."""
    return [
        n for n, i in session.model.spec.farm.of(Instrument).items()
        if (i.watched.thing, i.watched.quantity) == (tank, "level") and not i.is_switch and i.by_hand_s is None
    ]  # fmt: skip


def _moved(session: Session, first: int, last: int, tank: str, table: Floats) -> Moved | None:
    """Pumped in less shown by the gauge: the sum that nobody need trust the gauge for."""
    farm, board = session.model.spec.farm, session.model.signals
    gauge = next(iter(_gauges(session, tank)), "")
    if not gauge:
        return None
    into = np.zeros(len(table))
    for name, line in farm.of(Line).items():
        into += table[:, board.at[f"{name}.flow"]] * ((str(line.end) == tank) - float(str(line.start) == tank))
    shown_m3 = table[:, board.at[gauge]] * np.pi * farm.of(Tank)[tank].diameter_m ** 2 / 4
    gaps = {
        n for n, c in farm.of(Calculated).items() if c.value.form == "gap" and getattr(c.value.of, "text", "") == gauge
    }
    limits = [
        (name, limit.si("volume")) for name, line in farm.of(PlanLine).items()
        if cues.read_name(line.cue) in gaps and (limit := cues.read_limit(line.cue)) is not None
    ]  # fmt: skip
    pumped = np.concatenate(([0.0], np.cumsum(into[1:])))  # a row a second
    return Moved(pumped - (shown_m3 - shown_m3[0]), tuple(limits))


def _lanes(found: Json, first: int) -> tuple[Lane, ...]:
    """Acts of the plan, one lane each; late ones stay where there are too many, what was over before is left out."""
    asked: dict[tuple[str, str], list[Round]] = {}
    for a in found["acts"]:
        due = a["expected_s"] + round(a["allowed_s"] or 0)
        if due >= first if a["done_s"] is None else a["done_s"] >= first:
            asked.setdefault((a["post"], a["act"]), []).append(Round(a["expected_s"], due, a["done_s"]))
    rows = [Lane(act, post, tuple(rounds)) for (post, act), rounds in asked.items()]
    late = sorted(rows, key=lambda r: (r.kept, r.rounds[0].cue))[:LANES]
    return tuple(r for r in rows if r in late)
