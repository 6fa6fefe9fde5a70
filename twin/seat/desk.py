"""What the instructor's desk shows: truth beside the reading, what is broken, what is expected, who sits where."""

from dataclasses import dataclass

from twin.base.arrays import NEVER
from twin.base.units import from_si, shown_unit
from twin.engine.parts import PARTS, faults, offers
from twin.engine.session import Session
from twin.engine.start import cells as cells_of
from twin.language.sentence import Path as Written
from twin.language.sentence import spoken_path
from twin.parts.action import ACTIVE
from twin.parts.part import Path
from twin.seat import yardstick
from twin.seat.deeds import deeds
from twin.text.say import Said, of_part, plain, say

_STEPS = {"m": "0.3", "mm/h": "100", "K": "5"}  # what a fault is offered with; 10 of any other unit


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can break: what people see of it, what is so, and why they differ."""

    name: str
    kind: str
    seen: Said | None
    true: Said | None
    gap: str
    why: Said | None
    offers: tuple[tuple[str, str, Said], ...]  # quantity, sentence, about


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a list: what it says and its state; `role` says how bad, `kind` what kind of event or note it is."""

    text: Said
    state: Said | None = None
    role: str = "text"
    tick: int = -1
    kind: str = ""

    @classmethod
    def of(cls, text: str, state: Said | None = None, role: str = "text", tick: int = -1, kind: str = "") -> "Item":
        """A row of names and grammar words, which are the same in every language."""
        return cls(plain(text), state, role, tick, kind)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the instructor's screen draws."""

    title: str
    tick: int
    lasts: int
    start_s: int
    frozen: bool
    asked: float
    ratio: float
    sentence: Said | None  # what is about to go wrong, in truth
    things: tuple[Thing, ...]
    faults: tuple[Item, ...]
    expected: tuple[Item, ...]
    names: tuple[Item, ...]
    notes: tuple[Item, ...]
    seats: tuple[Item, ...]
    waits_for: tuple[str, ...]  # seats without which the drill does not begin
    log: tuple[Item, ...]
    score: str
    key: str
    course: int


Cells = dict[str, dict[str, tuple[str, int]]]  # of `fault_cells`: looked up once for a drill


def take_desk(
    session: Session,
    cells: Cells,
    seats: tuple[Item, ...],
    *,
    waits_for: tuple[str, ...],
    runs_over: tuple[str, int] | None,
    frozen: bool,
    asked: float,
    ratio: float,
    key: str,
    score: str,
) -> Desk:
    """The desk of a session as it stands. `runs_over`: what will, and when; `score`: what it comes to so far."""
    things = _things(session, cells)
    return Desk(
        title=session.model.spec.title, tick=session.tick, lasts=session.lasts,
        start_s=session.model.clock.of_day_s, frozen=frozen, asked=asked, ratio=ratio,
        sentence=_sentence(session, runs_over), things=things, faults=_faults(session, things), expected=_expected(session),
        names=tuple(Item.of(n, tick=t) for n, t in sorted(session.named().items(), key=lambda i: i[1])),
        notes=tuple(_note(n.fields, n.tick) for n in session.notes if n.fields.get("kind") in {"mark", "refused"}),
        seats=seats, waits_for=waits_for, log=tuple(Item(e.said, tick=e.tick, kind=e.kind) for e in session.block.events[0][-60:]),
        score=score, key=key, course=session.course,
    )  # fmt: skip


def _note(fields: object, tick: int) -> Item:
    its: dict[str, str] = dict(fields)  # type: ignore[call-overload]
    if its.get("kind") == "refused":
        return Item.of(f"{its.get('post', '')}: {its.get('text', '')}", None, "dim", tick, "refused")
    rating = f"{its['rating']} " if "rating" in its else ""
    return Item.of(f"{rating}{its.get('mark', '')} {its.get('text', '')}".strip(), None, "text", tick)


def _things(session: Session, cells: Cells) -> tuple[Thing, ...]:
    """Instruments that mislead first, then the others, then what else can break."""
    model, world = session.model, session.block.world
    kinds = [p.kind for p in sorted((p for p in PARTS if p.rank < 99), key=lambda p: p.rank)]
    names = [n for k in kinds for n in model.names.section if model.names.kind(n) == k]
    rows = [_thing(session, cells.get(n, {}), n, model.names.kind(n)) for n in names]
    rows = [r for r in rows if r is not None]
    day = world.controls.weather
    of_the_day = tuple(
        (p.name, f"set weather.{p.name} {p.offer} {p.value}", of_part(p.about)) for p in offers("weather")
    )
    posts = tuple(
        Thing(p, "post", say("desk.plan" if world.controls.posts.on_plan[0, i] else "desk.somebody"), None, "", None,
              (("message", f'tell {p} "…"', say("desk.message")), ("act", f"as {p} …", say("desk.act"))))
        for i, p in enumerate(model.posts.names)
    )  # fmt: skip
    return (*sorted((r for r in rows if r), key=lambda r: (not r.why, not r.gap)), *posts,
            Thing("weather", "weather", plain(f"{day.wind_m_s[0, 0]:.1f} m/s"), say("desk.from", degrees=f"{day.comes_from_deg[0, 0]:.0f}"), "", None, of_the_day))  # fmt: skip


def _thing(session: Session, cells: dict[str, tuple[str, int]], name: str, kind: str) -> Thing | None:
    model, world, board = session.model, session.block.world, session.model.signals
    broken = {q for q, (a, index) in cells.items() if float(cells_of(world.controls, a)[0, index])}
    offered = _offers(session, broken, name, kind)
    if not offered:
        return None
    seen: Said | None = None
    true: Said | None = None
    gap = ""
    if kind == "instrument":
        i = model.instruments.names.index(name)
        if model.instruments.read_by_hand[i]:
            return None
        column = board.first_instrument + i
        shown = float(world.signals[0, column])
        truth = float(world.signals[0, model.instruments.column[i]]) * float(model.instruments.scale[i])
        if model.instruments.is_switch[i]:
            truth = float((truth - model.instruments.trips_at[i]) * model.instruments.sign[i] > 0)
            seen, true = (say("reading.on" if v > 0.5 else "reading.off") for v in (shown, truth))
            gap = "!" if shown != truth else ""
        else:
            unit = board.unit(column)
            a, b = (from_si(v, unit) if unit else v for v in (shown, truth))
            digits = 2 if unit == "m" else 1
            seen, true = plain(f"{a:.{digits}f} {unit}"), plain(f"{b:.{digits}f} {unit}")
            gap = f"{a - b:+.{digits}f}" if abs(shown - truth) > float(model.instruments.allowed[i]) else ""
    elif kind == "pump":
        true = plain(f"{100 * float(world.pumps.speed[0, model.pumps.names.index(name)]):.0f} %")
    elif kind == "valve":
        true = plain(f"{100 * float(world.valves.position[0, model.valves.names.index(name)]):.0f} %")
    elif kind == "node":
        true = plain(
            f"{from_si(float(world.controls.nodes.flow_m3_s[0, model.nodes.names.index(name)]), 'm3/h'):.0f} m3/h"
        )
    listed = faults()
    causes = tuple(of_part(listed[(kind, q)].at_desk) for q in cells if q in broken)
    why = say("desk.why", what=causes) if causes else None
    return Thing(name, kind, seen, true, gap, why, offered)


def _offers(session: Session, broken: set[str], name: str, kind: str) -> tuple[tuple[str, str, Said], ...]:
    """What can be made of a thing, each as a sentence to send; what is broken already is offered sound again."""
    found = []
    model = session.model
    for path in (its for its in offers(kind) if model.signals.sets(name, its.name)):
        if path.offer == "yes":
            sound = path.name in broken
            sentence, about = (
                f"set {spoken_path(name, path.name)}" + (" to no" if sound else ""),
                say("desk.sound-again") if sound else of_part(path.about),
            )
        else:
            sentence, about = (
                f"set {spoken_path(name, path.name)} {path.offer} {_value(session, name, path)}",
                of_part(path.about),
            )
        found.append((path.name, sentence, about))
    return tuple(found)


def _value(session: Session, name: str, path: Path) -> str:
    """A value to start from, in the unit that people see."""
    if path.value:
        return path.value
    model = session.model
    dimension = model.signals.address(Written(name, path.name, model.spec.place)).dimension
    unit = "mm/h" if path.an_hour and dimension == "speed" else shown_unit(dimension)
    return f"{_STEPS.get(unit, '10')} {unit}".strip()


def _faults(session: Session, things: tuple[Thing, ...]) -> tuple[Item, ...]:
    """What is broken now, what waits on a condition, and what the timeline and the instructor have still in store."""
    model, block = session.model, session.block
    found = [
        Item(say("desk.broken", name=t.name, why=t.why), say("desk.present"), "p1") for t in things if t.why and t.kind != "post"
    ]  # fmt: skip
    found += [Item.of(its.command.sentence, say("desk.armed"), "key") for its in block.stage.standing if its.row == 0]
    found += _lasting(session)
    for one in session.commands:
        if one.post == "instructor" and one.tick > session.tick:
            found.append(Item.of(one.sentence, say("desk.at", moment=model.clock.text(one.tick)), "key", one.tick))
    for i, inject in enumerate(model.injects):
        if not block.world.accepted[0, len(model.plan) + i]:
            cell = model.tasks.first("injects") + i
            due = int(block.world.table.due[0, cell])
            waits = int(block.world.table.phase[0, cell]) in ACTIVE and due > session.tick
            state = say("desk.in", seconds=due - session.tick) if waits else say("desk.not-yet")
            found.append(Item.of(f"{inject.name}: {', '.join(d.sentence for d in inject.actions)}", state, "dim"))
    return tuple(found)


def _lasting(session: Session) -> list[Item]:
    """What the instructor set for a time, or that is on its way."""
    model, stage = session.model, session.block.stage
    found = []
    for (_, slot), action in stage.lasting.items():
        cell = model.tasks.first("returns") + slot - len(model.acts)
        ends = int(stage.world.table.due[0, cell])
        began = int(stage.world.changes.began[0, slot])
        if began < NEVER:
            ends = began + action.over_ticks if ends >= NEVER else ends
        if ends < NEVER:
            found.append(Item.of(action.sentence, say("desk.until", moment=model.clock.text(ends)), "key"))
    return found


def _expected(session: Session) -> tuple[Item, ...]:
    """The acts that the plan asks for, with the time that is left or how late they came."""
    rows = []
    for a in yardstick.asked(session, {}, deeds(session)):
        if a.done is not None:
            late = a.done - a.due
            state, role = (say("desk.late", seconds=late), "p2") if late > 0 else (say("desk.done"), "dim")
        elif a.allowed_s is not None and session.tick > a.due:
            state, role = say("desk.late", seconds=session.tick - a.due), "p1"
        elif a.allowed_s is None:
            state, role = say("desk.asked"), "text"
        else:
            state, role = say("desk.left", seconds=a.due - session.tick), "strong"
        rows.append(Item.of(f"{a.sentence} ({a.post})", state, role, a.cue))
    return tuple(reversed(rows))


def _sentence(session: Session, runs_over: tuple[str, int] | None) -> Said | None:
    """What runs over in truth, or else what will, and when."""
    model, world, vessels = session.model, session.block.world, session.model.tanks
    for m in range(vessels.n_tanks):
        if float(world.tanks.overflow_m3_s[0, m]) > 0.0:
            return say("desk.runs-over", name=vessels.names[m])
    if runs_over is None:
        return None
    name, tick = runs_over
    return say("desk.will-run-over", name=name, moment=model.clock.text(tick))
