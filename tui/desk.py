"""What the instructor's desk shows: truth beside the reading, what is broken, what is expected, who sits where."""

from dataclasses import dataclass

from twin.base.units import from_si, shown_unit
from twin.debrief import acts, outcome
from twin.engine.session import Session
from twin.farm.words import QUANTITIES
from twin.response import table

KINDS = ("instrument", "valve", "utility", "node", "interlock", "alarm")
FAULT_WORDS = {
    "stuck": "stuck", "dead": "dead", "bad": "bad signal", "off_scale": "off scale", "bias": "bias", "drift": "drifts",
    "valve_stuck": "stuck", "motor_fault": "motor faulty", "passing": "passes", "lost": "lost", "bypassed": "bypassed",
    "out_of_service": "out of service",
}  # fmt: skip
SAYS = (("stuck", "yes"), ("dead", "yes"), ("bad", "yes"), ("off-scale", "yes"), ("bias", "by"), ("drift", "to"),
        ("motor-fault", "yes"), ("passing", "to"), ("lost", "yes"), ("flow", "to"), ("bypassed", "yes"),
        ("out-of-service", "yes"), ("wind.speed", "to"), ("wind.from", "to"))  # fmt: skip
VALUES = {"passing": "10 %", "flow": "900 m3/h", "wind.speed": "12 m/s", "wind.from": "270 deg"}


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can break: what people see of it, what is so, and why they differ."""

    name: str
    kind: str
    seen: str
    true: str
    gap: str
    why: str
    offers: tuple[tuple[str, str, str], ...]  # quantity, sentence, about


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a list: text and state; `role` says how bad."""

    text: str
    state: str
    role: str = "text"
    tick: int = -1


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
    sentence: str  # what is about to go wrong, in truth
    things: tuple[Thing, ...]
    faults: tuple[Item, ...]
    expected: tuple[Item, ...]
    names: tuple[Item, ...]
    notes: tuple[Item, ...]
    seats: tuple[Item, ...]
    log: tuple[Item, ...]
    score: str
    key: str
    course: int


Cells = dict[str, dict[str, tuple[str, int]]]  # of `fault_cells`: looked up once for a drill


def take_desk(
    session: Session, cells: Cells, seats: tuple[Item, ...], *, frozen: bool, asked: float, ratio: float, key: str
) -> Desk:
    """The desk of a session as it stands."""
    start = session.model.clock.start
    things = _things(session, cells)
    return Desk(
        title=session.model.spec.title, tick=session.tick, lasts=session.lasts,
        start_s=start.hour * 3600 + start.minute * 60 + start.second, frozen=frozen, asked=asked, ratio=ratio,
        sentence=_sentence(session), things=things, faults=_faults(session, things), expected=_expected(session),
        names=tuple(Item(n, "", tick=t) for n, t in sorted(session.named().items(), key=lambda i: i[1])),
        notes=tuple(_note(n.fields, n.tick) for n in session.notes if n.fields.get("kind") in {"mark", "refused"}),
        seats=seats, log=tuple(Item(e.text, e.kind, tick=e.tick) for e in session.block.events[0][-60:]),
        score=outcome.judged(session.block, 0)[1], key=key, course=session.course,
    )  # fmt: skip


def _note(fields: object, tick: int) -> Item:
    its: dict[str, str] = dict(fields)  # type: ignore[call-overload]
    if its.get("kind") == "refused":
        return Item(f"{its.get('post', '')}: {its.get('text', '')}", "refused", "dim", tick)
    rating = f"{its['rating']} " if "rating" in its else ""
    return Item(f"{rating}{its.get('mark', '')} {its.get('text', '')}".strip(), its.get("by", ""), "text", tick)


def _things(session: Session, cells: Cells) -> tuple[Thing, ...]:
    """Instruments that mislead first, then the others, then what else can break."""
    model, world = session.model, session.block.world
    names = [n for k in KINDS for n in model.names.section if model.names.kind(n) == k]
    rows = [_thing(session, cells.get(n, {}), n, model.names.kind(n)) for n in names]
    rows = [r for r in rows if r is not None]
    weather = world.controls.weather[0]
    offers = (("wind.speed", "set weather.wind.speed to 12 m/s", "wind speed"),
              ("wind.from", "set weather.wind.from to 270 deg", "where the wind comes from"))  # fmt: skip
    posts = tuple(
        Thing(p, "post", "plan" if world.controls.on_plan[0, i] else "somebody", "", "", "",
              (("message", f'tell {p} "…"', "say something to this post"), ("act", f"as {p} …", "do something for this post")))
        for i, p in enumerate(model.authority.posts)
    )  # fmt: skip
    return (*sorted((r for r in rows if r), key=lambda r: (not r.why, not r.gap)), *posts,
            Thing("weather", "weather", f"{weather[0]:.1f} m/s", f"from {weather[1]:.0f}", "", "", offers))  # fmt: skip


def _thing(session: Session, cells: dict[str, tuple[str, int]], name: str, kind: str) -> Thing | None:
    model, world, board = session.model, session.block.world, session.model.board
    broken = {a for a, index in cells.values() if float(getattr(world.controls, a)[0, index])}
    offers = _offers(session, broken, name, kind)
    if not offers:
        return None
    seen = true = gap = ""
    if kind == "instrument":
        i = model.gauges.names.index(name)
        if model.gauges.read_by_hand[i]:
            return None
        column = board.first_instrument + i
        shown = float(world.board[0, column])
        truth = float(world.board[0, model.gauges.column[i]]) * float(model.gauges.scale[i])
        if model.gauges.is_switch[i]:
            truth = float((truth - model.gauges.trips_at[i]) * model.gauges.sign[i] > 0)
            seen, true = ("ON" if v > 0.5 else "off" for v in (shown, truth))
            gap = "!" if shown != truth else ""
        else:
            unit = board.unit(column)
            a, b = (from_si(v, unit) if unit else v for v in (shown, truth))
            digits = 2 if unit == "m" else 1
            seen, true = f"{a:.{digits}f} {unit}", f"{b:.{digits}f} {unit}"
            gap = f"{a - b:+.{digits}f}" if abs(shown - truth) > float(model.gauges.allowed[i]) else ""
    elif kind == "valve":
        true = f"{100 * float(world.farm.position[0, model.plant.valves.index(name)]):.0f} %"
    elif kind == "node":
        true = f"{from_si(float(world.controls.node_flow_m3_s[0, model.plant.senders.index(name)]), 'm3/h'):.0f} m3/h"
    why = ", ".join(FAULT_WORDS[a] for a, _ in cells.values() if a in broken)
    return Thing(name, kind, seen, true, gap, why, offers)


def _offers(session: Session, broken: set[str], name: str, kind: str) -> tuple[tuple[str, str, str], ...]:
    """What can be made of a thing, each as a sentence to send; what is broken already is offered sound again."""
    found = []
    model = session.model
    if kind == "node" and name not in model.plant.senders:
        return ()
    for quantity, how in SAYS:
        its = QUANTITIES.get((kind, quantity))
        if its is None:
            continue
        array = {"stuck": "valve_stuck" if kind == "valve" else "stuck"}.get(quantity, quantity.replace("-", "_"))
        if how == "yes":
            sound = array in broken
            found.append(
                (
                    quantity,
                    f"set {name}.{quantity}" + (" to no" if sound else ""),
                    "sound again" if sound else its.about,
                )
            )
        else:
            found.append((quantity, f"set {name}.{quantity} {how} {_value(session, name, kind, quantity)}", its.about))
    return tuple(found)


def _value(session: Session, name: str, kind: str, quantity: str) -> str:
    """A value to start from, in the unit that people see."""
    if quantity in VALUES:
        return VALUES[quantity]
    board = session.model.board
    unit = shown_unit(board.dimensions[board.at[name]])
    if quantity == "drift" and unit == "m":
        return "100 mm/h"
    return f"{'0.3' if unit == 'm' else '10'} {unit}".strip()


def _faults(session: Session, things: tuple[Thing, ...]) -> tuple[Item, ...]:
    """What is broken now, what waits on a condition, and what the timeline and the instructor have still in store."""
    model, block = session.model, session.block
    found = [
        Item(f"{t.name} {t.why}", "ON", "p1") for t in things if t.why and t.kind != "post"
    ]  # fmt: skip
    for its in block.standing:
        word = "armed" if its.form == "when" else f"until {model.clock.text(its.due)}"
        found.append(Item(its.text, word, "key"))
    for one in session.commands:
        if one.post == "instructor" and one.tick > session.tick:
            found.append(Item(one.sentence, f"at {model.clock.text(one.tick)}", "key", one.tick))
    for i, inject in enumerate(model.injects):
        if not block.world.accepted[0, len(model.lines) + i]:
            cell = model.cells.injects + i
            due = int(block.world.table.due[0, cell])
            waits = int(block.world.table.phase[0, cell]) in table.ACTIVE and due > session.tick
            state = f"in {due - session.tick} s" if waits else "not yet"
            found.append(Item(f"{inject.name}: {', '.join(d.sentence for d in inject.deeds)}", state, "dim"))
    return tuple(found)


def _expected(session: Session) -> tuple[Item, ...]:
    """The acts that the plan asks for, with the time that is left or how late they came."""
    rows = []
    for a in acts.asked(session, {}):
        if a.done is not None:
            late = a.done - a.due
            state, role = (f"LATE {late} s", "p2") if late > 0 else ("done", "dim")
        elif a.allowed_s is not None and session.tick > a.due:
            state, role = f"LATE {session.tick - a.due} s", "p1"
        elif a.allowed_s is None:
            state, role = "asked", "text"
        else:
            state, role = f"{a.due - session.tick} s left", "strong"
        rows.append(Item(f"{a.sentence} ({a.post})", state, role, a.cue))
    return tuple(reversed(rows))


def _sentence(session: Session) -> str:
    """The next overflow in truth, at the present rate."""
    model, farm = session.model, session.block.world.farm
    vessels = model.plant.vessels
    for m in range(vessels.n_tanks):
        if float(farm.overflow_m3_s[0, m]) > 0.0:
            return f"IN TRUTH {vessels.names[m]} RUNS OVER"
    soonest = []
    for m in range(vessels.n_tanks):
        gain = float(farm.gain_m3[0, :, m].sum())
        if gain > 1e-6:
            soonest.append(((float(vessels.capacity_m3[m]) - float(farm.total_m3[0, m])) / gain, vessels.names[m]))
    if not soonest:
        return ""
    seconds, name = min(soonest)
    return f"IN TRUTH {name} RUNS OVER AT {model.clock.text(session.tick + int(seconds))}" if seconds < 7200 else ""
