"""What each verb does to a world: one small function a verb, found in one table.

`begin` is called when an order is given, `advance` when its time or its proof has come. A function answers with a
sentence when the order cannot be carried out.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.base.arrays import NEVER
from twin.base.units import show
from twin.protection import interlock
from twin.response import crew, table
from twin.response.deed import Deed

if TYPE_CHECKING:
    from twin.engine.block import Order
    from twin.engine.drain import Drain

PROVEN_WITHIN = 0.02
LONGEST_SHELF_S = 12 * 3600
LONGEST_BYPASS_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Begun:
    """An order under way (or done), with what proves it."""

    order: "Order"
    phase: int
    due: int = NEVER


def begin(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    """Does what can be done at once, and says what the order waits for then."""
    return _BEGIN[order.deed.verb](drain, row, cell, order)


def _done(order: "Order") -> Begun:
    return Begun(order, table.PROVEN)


# valves and transfers


def _valve(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    model = drain.model
    v = model.plant.valves.index(order.deed.thing)
    if drain.uses_hands(order):
        return _people_go(drain, row, cell, order)
    if reason := _desk_is_dead(drain, row):
        return reason
    if not model.plant.remote[v]:
        return f"{order.deed.thing} is turned by hand at the valve: field can."
    target = _target(order.deed)
    held = interlock.forced(model.interlocks, drain.block.world.interlocks.tripped)[row, v]
    if held >= 0.0 and held != target:
        return f"a trip holds {order.deed.thing} {'closed' if held == 0.0 else 'open'}: reset it first."
    controls = drain.write()
    controls.target[row, v] = target
    controls.by_hand[row, v] = False
    return Begun(
        dataclasses.replace(order, proof=_feedback(drain, order, v, target)), table.PROVE, _stroke_due(drain, v)
    )


def _target(deed: Deed) -> float:
    if deed.verb == "set":
        assert deed.value is not None
        return deed.value
    return 1.0 if deed.verb == "open" else 0.0


def _stroke_due(drain: "Drain", v: int) -> int:
    allowed = interlock.STROKES_ALLOWED * float(drain.model.plant.stroke_s[v]) + interlock.EXTRA_PROOF_S
    return drain.block.world.tick + round(allowed)


def _feedback(drain: "Drain", order: "Order", v: int, target: float) -> int:
    """The edge column that proves a valve order: the line's proof, else the valve's own feedback."""
    if order.line >= 0 and drain.model.lines[order.line].has_proof:
        return drain.line_proof(order.line)
    at = drain.block.at
    if target == 0.0 and drain.model.closed_test[v] >= 0:
        return at.closed + v
    if target == 1.0 and drain.model.open_test[v] >= 0:
        return at.opened + v
    return -1


def _desk_is_dead(drain: "Drain", row: int) -> str:
    u = drain.model.alarm_system
    alive = drain.block.world.farm.alive
    if not alive[row, u]:
        return "the control system is lost: act at the thing itself."
    return ""


def _start(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    return _transfer(drain, row, order, opens=True)


def _stop(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    return _transfer(drain, row, order, opens=False)


def _transfer(drain: "Drain", row: int, order: "Order", *, opens: bool) -> Begun | str:
    plant = drain.model.plant
    x = plant.transfers.index(order.deed.thing)
    valves = plant.transfer_valves[x]
    if valves and (reason := _desk_is_dead(drain, row)):
        return reason
    held = interlock.forced(drain.model.interlocks, drain.block.world.interlocks.tripped)[row]
    if opens and any(held[v] == 0.0 for v in valves):
        return "a trip holds its way closed: reset it first."
    controls = drain.write()
    for v in valves:
        controls.target[row, v] = 1.0 if opens else 0.0
        controls.by_hand[row, v] = False
    strokes = max([_stroke_due(drain, v) for v in valves], default=drain.block.world.tick + 60)
    sender = int(plant.transfer_sender[x])
    if opens:
        _begin_transfer(drain, row, x)
    if sender >= 0:
        answers = drain.block.world.tick + round(float(plant.sender_answers_s[sender]))
        drain.put(row, drain.cells.senders + x, table.STARTING if opens else table.STOPPING, answers)
        return Begun(order, table.PROVE, max(strokes, answers + 60))
    controls.running[row, x] = opens
    proofs = [_feedback(drain, order, v, 1.0 if opens else 0.0) for v in valves]
    proof = next((p for p in proofs if p >= 0), -1)
    return Begun(dataclasses.replace(order, proof=proof), table.PROVE, strokes) if proof >= 0 else _done(order)


def _begin_transfer(drain: "Drain", row: int, x: int) -> None:
    """A transfer counts from nothing, and so do the gaps that belong to it."""
    world = drain.block.world
    controls = drain.write()
    controls.running[row, x] = True
    moved = world.farm.moved_m3.copy()
    moved[row, x] = 0.0
    world.farm = dataclasses.replace(world.farm, moved_m3=moved)
    gaps = list(drain.model.values.starts_with[x])
    if gaps:
        block = drain.block
        block.afresh = block.afresh.copy()
        block.afresh[row, gaps] = True


def _stop_work(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    """Ends the transfers whose ends lie at the place named, or all of them when the desk or supervisor says it."""
    plant = drain.model.plant
    name = drain.model.authority.posts[order.post]
    if not order.deed.thing and name not in {"control-room", "supervisor"}:
        return "everywhere is for control-room and supervisor: name a place."
    stopped = []
    for x, transfer in enumerate(plant.transfers):
        spec = drain.model.spec.farm.of("transfers")[transfer]
        ends = {str(spec.start), str(spec.end)}
        ends |= {t.bund for n, t in drain.model.spec.farm.of("tanks").items() if n in ends}
        if drain.controls.running[row, x] and (not order.deed.thing or order.deed.thing in ends):
            stopped.append(transfer)
            _transfer(
                drain,
                row,
                dataclasses.replace(order, deed=Deed("stop", "transfer", transfer, f"stop {transfer}")),
                opens=False,
            )
    return _done(order)


def by_interlock(drain: "Drain", row: int, deed: Deed) -> None:
    """What a trip or a meter does besides holding valves: it stops and starts transfers, without a person."""
    from twin.engine.block import Order

    if deed.kind != "transfer":
        return
    order = Order(0, deed, -1, by_plan=True, issued=drain.block.world.tick)
    _transfer(drain, row, order, opens=deed.verb == "start")
    drain.block.happen(row, deed.verb, deed.thing, observed=False)


# protection


def _trip(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    world = drain.block.world
    k = drain.model.interlocks.names.index(order.deed.thing)
    system = int(drain.model.interlocks.system[k])
    if not world.farm.alive[row, system]:
        return f"the controller of {order.deed.thing} is lost."
    tripped = world.interlocks.tripped.copy()
    tripped[row, k] = True
    world.interlocks = dataclasses.replace(world.interlocks, tripped=tripped)
    if drain.model.interlock_proof[k] < 0:
        return _done(order)
    proof = drain.block.at.holds + int(drain.model.interlock_proof[k])
    due = world.tick + int(drain.model.interlocks.proof_ticks[k])
    return Begun(dataclasses.replace(order, proof=proof), table.PROVE, due)


def _reset(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    world = drain.block.world
    name = order.deed.thing
    k = drain.model.interlocks.names.index(name)
    by = drain.model.spec.farm.of("interlocks")[name].reset_by
    if by and by != drain.model.authority.posts[order.post]:
        return f"{name} is reset by {by} alone."
    if not world.interlocks.tripped[row, k]:
        return f"{name} is not tripped."
    if world.interlocks.demanded[row, k]:
        return f"the cause of {name} still stands."
    tripped = world.interlocks.tripped.copy()
    tripped[row, k] = False
    world.interlocks = dataclasses.replace(world.interlocks, tripped=tripped)
    controls = drain.write()  # what was asked before the trip must not come back by itself
    for v in range(len(drain.model.plant.valves)):
        if k in drain.model.interlocks.closes[v]:
            controls.target[row, v] = 0.0
        elif k in drain.model.interlocks.opens[v]:
            controls.target[row, v] = 1.0
    return _done(order)


def _bypass(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    deed = order.deed
    if not deed.because:
        return 'a bypass needs a reason: because "…".'
    if not 0 < deed.for_ticks <= LONGEST_BYPASS_S:
        return "a bypass lasts from 1 s to 24 h."
    k = drain.model.interlocks.names.index(deed.thing)
    if drain.controls.bypassed[row, k]:
        return f"{deed.thing} is bypassed already."
    drain.write().bypassed[row, k] = True
    drain.put(row, drain.cells.bypasses + k, table.WORK, drain.block.world.tick + deed.for_ticks)
    hours = show(float(deed.for_ticks), "time", 0)
    drain.block.emit(row, "bypass", deed.thing, f"{deed.thing} is bypassed for {hours}: {deed.because}")
    return _done(order)


def _restore(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    k = drain.model.interlocks.names.index(order.deed.thing)
    if not drain.controls.bypassed[row, k]:
        return f"{order.deed.thing} is not bypassed."
    drain.write().bypassed[row, k] = False
    drain.put(row, drain.cells.bypasses + k, table.IDLE)
    drain.block.emit(row, "bypass", order.deed.thing, f"{order.deed.thing} is in service again")
    return _done(order)


def _approve(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    post = drain.model.authority.posts[order.post]
    for (its_row, its_cell), other in sorted(drain.block.orders.items()):
        waits = its_row == row and drain.block.world.table.phase[row, its_cell] == table.CONSENT
        if waits and other.deed.thing == order.deed.thing and post in other.consents:
            _consent(drain, row, its_cell, other, post)
            return _done(order)
    return f"nobody asks {post} for consent about {order.deed.thing}."


def _consent(drain: "Drain", row: int, cell: int, order: "Order", post: str) -> None:
    left = order.consents - {post}
    order = dataclasses.replace(order, consents=left)
    drain.block.orders[(row, cell)] = order
    if left:
        return
    result = begin(drain, row, cell, order)
    if isinstance(result, str):
        drain.finish(row, cell, table.FAILED, result)
        return
    drain.block.orders[(row, cell)] = result.order
    drain.put(row, cell, result.phase, result.due)
    if result.phase == table.PROVEN:
        drain.finish(row, cell, table.PROVEN)


def _acknowledge(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    world = drain.block.world
    acknowledged = world.alarms.acknowledged.copy()
    if order.deed.thing:
        a = drain.model.alarms.names.index(order.deed.thing)
        if acknowledged[row, a]:
            return f"{order.deed.thing} has nothing to acknowledge."
        acknowledged[row, a] = True
    else:
        acknowledged[row] = True
    world.alarms = dataclasses.replace(world.alarms, acknowledged=acknowledged)
    return _done(order)


def _shelve(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    if not 0 < order.deed.for_ticks <= LONGEST_SHELF_S:
        return "an alarm is shelved for 1 s to 12 h."
    if not order.deed.because:
        return 'shelving needs a reason: because "…".'
    a = drain.model.alarms.names.index(order.deed.thing)
    drain.write().shelved[row, a] = True
    drain.put(row, drain.cells.shelves + a, table.WORK, drain.block.world.tick + order.deed.for_ticks)
    return _done(order)


def _isolate(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    drain.write().lost[row, drain.model.plant.utilities.index(order.deed.thing)] = True
    return _done(order)


# words


def _tell(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    who = drain.model.authority.posts[order.post]
    drain.block.emit(row, "said", order.deed.thing, f'{who} to {order.deed.thing}: "{order.deed.says}"')
    return _done(order)


def _report(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    who = drain.model.authority.posts[order.post]
    here = [g for g, p in enumerate(drain.model.crews.post) if p == order.post]
    seen = {thing for g in here for thing in drain.look_round(row, g)}
    what = f"{order.deed.thing} runs over" if order.deed.thing in seen else order.deed.says or "look at it"
    drain.block.emit(row, "said", order.deed.thing, f"{who} reports {order.deed.thing}: {what}")
    return _done(order)


def _doubt(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    who = drain.model.authority.posts[order.post]
    drain.block.emit(row, "said", order.deed.thing, f"{who} no longer trusts {order.deed.thing}")
    return _done(order)


def _declare(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    who = drain.model.authority.posts[order.post]
    drain.block.emit(row, "said", who, f'{who} declares: "{order.deed.says}"')
    return _done(order)


def _take(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    post = drain.model.authority.posts.index(order.deed.thing)
    if not drain.controls.on_plan[row, post]:
        return f"somebody sits in {order.deed.thing} already."
    drain.take(row, post)
    return _done(order)


def _hand(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    post = drain.model.authority.posts.index(order.deed.thing)
    if drain.controls.on_plan[row, post]:
        return f"the plan acts for {order.deed.thing} already."
    drain.hand(row, post)
    return _done(order)


# people


def _people_go(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    """Somebody of the post goes to the thing; waits for a free person when all are busy."""
    here = drain.block.world.crews
    point = _point_of(drain, order.deed.thing)
    if point is None:
        return f"nobody knows where {order.deed.thing} is: give it `at` in the farm file."
    ours = [g for g, p in enumerate(drain.model.crews.post) if p == order.post]
    free = [g for g in ours if here.phase[row, g] == crew.FREE]
    if not ours:
        return "this post has nobody to send."
    if not free:
        return Begun(order, table.WAIT)
    g = min(free, key=lambda one: (_away(drain, row, one, point), one))
    due = _set_out(drain, row, cell, g, point, order.deed.thing, order.deed.kit)
    return Begun(dataclasses.replace(order, crews=(g,)), table.WALK, due)


def _point_of(drain: "Drain", thing: str) -> tuple[float, float] | None:
    """Where a person acts on a thing: its own place, or that of what it measures."""
    names = drain.model.names
    point = names.point(thing)
    if point is None and names.kind(thing) == "instrument":
        point = names.point(drain.model.spec.farm.of("instruments")[thing].measures.reading.thing)
    if point is None and names.kind(thing) == "line":
        point = names.point(str(drain.model.spec.farm.of("lines")[thing].end))
    return point


def _away(drain: "Drain", row: int, g: int, point: tuple[float, float]) -> float:
    here = drain.block.world.crews
    dx, dy = float(here.x_m[row, g]) - point[0], float(here.y_m[row, g]) - point[1]
    return float(np.sqrt(dx * dx + dy * dy))


def _set_out(
    drain: "Drain", row: int, cell: int, g: int, point: tuple[float, float], thing: str, kit: tuple[str, ...]
) -> int:
    """A crew sets out; returns the tick of its arrival."""
    here = drain.block.world.crews
    with_air = "breathing-air" in kit and "breathing-air" in drain.model.crews.kits[g]
    ticks = crew.way_ticks(float(here.x_m[row, g]), float(here.y_m[row, g]), point[0], point[1], with_air)
    arrives = drain.block.world.tick + max(1, ticks)
    here.phase[row, g] = crew.BUSY
    here.arrives[row, g] = arrives
    here.to_x_m[row, g], here.to_y_m[row, g] = point
    places = drain.model.crews.places
    here.to_place[row, g] = places.index(thing) if thing in places else -1
    here.order[row, g] = cell
    drain.block.emit(row, "crew", drain.model.crews.names[g], f"{drain.model.crews.names[g]} sets out for {thing}")
    return arrives


def _arrive(drain: "Drain", row: int, g: int) -> None:
    here = drain.block.world.crews
    here.x_m[row, g], here.y_m[row, g] = here.to_x_m[row, g], here.to_y_m[row, g]
    here.place[row, g] = here.to_place[row, g]
    here.arrives[row, g] = NEVER


def _send(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    g = drain.model.crews.index(order.deed.thing)
    if drain.block.world.crews.phase[row, g] != crew.FREE:
        return f"{order.deed.thing} is busy."
    missing = [k for k in order.deed.kit if k not in drain.model.crews.kits[g]]
    if missing:
        return f"{order.deed.thing} has no {missing[0]}."
    point = _point_of(drain, order.deed.to)
    if point is None:
        return f"nobody knows where {order.deed.to} is."
    due = _set_out(drain, row, cell, g, point, order.deed.to, order.deed.kit)
    return Begun(dataclasses.replace(order, crews=(g,)), table.WALK, due)


def _evacuate(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    model, here = drain.model, drain.block.world.crews
    if order.deed.kind == "people":
        going = [model.crews.index(order.deed.thing)]
    else:
        place = model.crews.places.index(order.deed.thing)
        going = [g for g in range(len(model.crews.names)) if here.place[row, g] == place]
    point = _point_of(drain, order.deed.to)
    if point is None:
        return f"nobody knows where {order.deed.to} is."
    if not going:
        return f"nobody is at {order.deed.thing}."
    for g in going:
        _leave_work(drain, row, g)
    due = max(_set_out(drain, row, cell, g, point, order.deed.to, ()) for g in going)
    return Begun(dataclasses.replace(order, crews=tuple(going)), table.WALK, due)


def _leave_work(drain: "Drain", row: int, g: int) -> None:
    """Whoever is called away leaves what he does: that order fails."""
    here = drain.block.world.crews
    cell = int(here.order[row, g])
    if here.phase[row, g] == crew.BUSY and cell >= 0 and (row, cell) in drain.block.orders:
        drain.finish(row, cell, table.FAILED, "called away")


def _muster(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    from twin.engine.drain import MUSTER_S

    return Begun(
        order,
        table.PROVE,
        drain.block.world.tick + (crew.COUNT_HEADS_S if not _absent(drain, row, order) else MUSTER_S),
    )


def _absent(drain: "Drain", row: int, order: "Order") -> list[int]:
    model, here = drain.model, drain.block.world.crews
    place = model.crews.places.index(order.deed.thing)
    return [g for g, m in enumerate(model.crews.muster) if m == place and here.place[row, g] != place]


def heads(drain: "Drain", g: int) -> int:
    """How many people a crew has at this hour."""
    model = drain.model
    hour = (model.start_hour + drain.block.world.tick // 3600) % 24
    return int(model.crews.heads[0 if hour in crew.DAY_HOURS else 1, g])


def _call(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    return Begun(order, table.WORK, drain.block.world.tick + crew.RING_S)


def _check(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    deed, model = order.deed, drain.model
    tick = drain.block.world.tick
    if deed.kind == "calculated":
        seconds = float(model.values.by_hand_s[model.values.names.index(deed.thing)])
        return Begun(order, table.WORK, tick + round(seconds)) if seconds else _done(order)
    if deed.kind == "interlock":
        state = (
            "tripped"
            if drain.block.world.interlocks.tripped[row, model.interlocks.names.index(deed.thing)]
            else "not tripped"
        )
        if drain.controls.bypassed[row, model.interlocks.names.index(deed.thing)]:
            state += ", bypassed"
        drain.block.emit(row, "seen", deed.thing, f"{deed.thing} is {state}")
        return _done(order)
    if drain.uses_hands(order):
        return _people_go(drain, row, cell, order)
    if deed.kind == "instrument" and not model.gauges.by_hand_s[model.gauges.names.index(deed.thing)]:
        return _done(order)
    return f"{deed.thing} is looked at where it stands: field can."


def release(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    """The people of an ended order are free; who waits longest gets them."""
    here = drain.block.world.crews
    for g in order.crews:
        if here.order[row, g] == cell:
            here.phase[row, g] = crew.FREE
            here.order[row, g] = -1
            here.arrives[row, g] = NEVER
    if not order.crews:
        return
    waiting = [
        (drain.block.orders[(row, c)].issued, c)
        for c in range(drain.cells.orders, drain.cells.end)
        if drain.block.world.table.phase[row, c] == table.WAIT and (row, c) in drain.block.orders
    ]
    for _, c in sorted(waiting):
        other = drain.block.orders[(row, c)]
        result = _people_go(drain, row, c, other)
        if isinstance(result, Begun) and result.phase == table.WALK:
            drain.block.orders[(row, c)] = result.order
            drain.put(row, c, result.phase, result.due)
            return


# when time or proof has come


def advance(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    """The next step of an order whose cell woke."""
    phase = int(drain.block.world.table.phase[row, cell])
    if phase == table.WALK:
        _arrived(drain, row, cell, order)
    elif phase == table.WORK:
        _worked(drain, row, cell, order)
    elif phase == table.CONSENT:
        _consent_ends(drain, row, cell, order)
    elif phase in {table.PROVE, table.TIMED_OUT}:
        _proved(drain, row, cell, order, phase)


def _proved(drain: "Drain", row: int, cell: int, order: "Order", phase: int) -> None:
    if order.deed.verb == "muster" and phase == table.PROVE:
        _counted(drain, row, cell, order)
    elif drain.shows(row, order.proof):
        drain.finish(row, cell, table.PROVEN, "late" if phase == table.TIMED_OUT else "")
    elif phase == table.PROVE:
        if order.deed.verb == "set" and _at_position(drain, row, order):
            drain.finish(row, cell, table.PROVEN)
        else:
            why = "" if order.proof >= 0 else f"nothing shows the state of {order.deed.thing}: send somebody to check"
            drain.finish(row, cell, table.TIMED_OUT, why)


def _at_position(drain: "Drain", row: int, order: "Order") -> bool:
    """Whether the feedback of a valve shows the position it was set to."""
    model = drain.model
    for i, name in enumerate(model.gauges.names):
        path = model.spec.farm.of("instruments")[name].measures.reading
        if path.thing == order.deed.thing and path.quantity == "position":
            return abs(float(drain.block.world.gauges.shown[row, i]) - _target(order.deed)) < PROVEN_WITHIN
    return False


def _counted(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    absent = _absent(drain, row, order)
    place = order.deed.thing
    if not absent:
        ours = [g for g, m in enumerate(drain.model.crews.muster) if m == drain.model.crews.places.index(place)]
        count = sum(heads(drain, g) for g in ours)
        drain.block.emit(row, "mustered", place, f"all {count} heads counted at {place}")
        drain.finish(row, cell, table.PROVEN)
    else:
        missing = ", ".join(drain.model.crews.names[g] for g in absent)
        drain.finish(row, cell, table.TIMED_OUT, f"missing at {place}: {missing}")


def _consent_ends(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    """Posts on the plan approve what the plan asks, at their reaction; without every consent the order fails."""
    asked_by_plan = {p for p in order.consents if order.by_plan and drain.controls.on_plan[row, drain.model.post(p)]}
    for post in sorted(asked_by_plan):
        _consent(drain, row, cell, drain.block.orders[(row, cell)], post)
    missing = sorted(order.consents - asked_by_plan)
    if missing:
        drain.finish(row, cell, table.FAILED, f"{', '.join(missing)} did not approve")


def _arrived(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    verb = order.deed.verb
    for g in order.crews:
        _arrive(drain, row, g)
        drain.look_round(row, g)
        name = drain.model.crews.names[g]
        where = order.deed.to or order.deed.thing
        kind = "evacuated" if verb in {"evacuate", "withdraw"} else "arrived"
        drain.block.emit(row, kind, name, f"{name} has reached {where}")
    _heads_may_be_complete(drain, row)
    if verb in {"send", "evacuate", "withdraw"}:
        drain.finish(row, cell, table.PROVEN)
        return
    drain.put(row, cell, table.WORK, drain.block.world.tick + _work_ticks(drain, row, order))


def _heads_may_be_complete(drain: "Drain", row: int) -> None:
    for (its_row, cell), other in sorted(drain.block.orders.items()):
        counts = its_row == row and other.deed.verb == "muster"
        if counts and drain.block.world.table.phase[row, cell] == table.PROVE and not _absent(drain, row, other):
            drain.put(row, cell, table.PROVE, drain.block.world.tick + crew.COUNT_HEADS_S)


def _work_ticks(drain: "Drain", row: int, order: "Order") -> int:
    """How long the work at the thing takes; turning a valve begins now."""
    model, deed = drain.model, order.deed
    if deed.kind == "valve" and deed.verb != "check":
        v = model.plant.valves.index(deed.thing)
        controls = drain.write()
        controls.target[row, v] = _target(deed)
        controls.by_hand[row, v] = True
        left = abs(float(drain.block.world.farm.position[row, v]) - _target(deed))
        return int(np.ceil(left * float(model.plant.crank_s[v]))) + 2
    if deed.kind == "instrument" and model.gauges.by_hand_s[model.gauges.names.index(deed.thing)]:
        return round(float(model.gauges.by_hand_s[model.gauges.names.index(deed.thing)]))
    return crew.LOOK_S


def _worked(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    deed, model, block = order.deed, drain.model, drain.block
    post = model.authority.posts[order.post]
    if deed.verb == "call":
        block.emit(row, "said", deed.thing, f"{deed.thing} answers the call of {post}")
        drain.finish(row, cell, table.PROVEN)
        return
    if deed.kind == "valve" and deed.verb != "check":
        _turned(drain, row, cell, order)
        return
    if deed.kind in {"instrument", "calculated"}:
        _read(drain, row, deed)
    else:
        block.emit(row, "seen", deed.thing, f"{post} sees: {state_of(drain, row, deed)}")
    drain.finish(row, cell, table.PROVEN)


def _turned(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    v = drain.model.plant.valves.index(order.deed.thing)
    position = float(drain.block.world.farm.position[row, v])
    drain.write().by_hand[row, v] = False
    drain.block.emit(
        row,
        "seen",
        order.deed.thing,
        f"{drain.model.authority.posts[order.post]} sees: {state_of(drain, row, order.deed)}",
    )
    if abs(position - _target(order.deed)) < PROVEN_WITHIN:
        drain.finish(row, cell, table.PROVEN)
    else:
        drain.finish(row, cell, table.FAILED, "it does not move")


def _read(drain: "Drain", row: int, deed: Deed) -> None:
    """A reading taken by hand enters the instruments in this very scan."""
    block, model = drain.block, drain.model
    block.taken = block.taken.copy()
    if deed.kind == "instrument":
        block.taken[row, model.gauges.names.index(deed.thing)] = True
    else:
        block.taken[row, len(model.gauges.names) + model.values.names.index(deed.thing)] = True


def state_of(drain: "Drain", row: int, deed: Deed) -> str:
    """What a person who stands at a thing sees of it: the truth."""
    model, farm = drain.model, drain.block.world.farm
    if deed.kind == "valve":
        v = model.plant.valves.index(deed.thing)
        stuck = ", and it does not move" if drain.controls.valve_stuck[row, v] else ""
        return f"{deed.thing} is {show(float(farm.position[row, v]), 'fraction', 0)} open{stuck}"
    if deed.kind == "tank":
        m = model.plant.vessel(deed.thing)
        runs = "liquid runs over its lip" if farm.overflow_m3_s[row, m] > 0.0 else "nothing runs over"
        return f"{deed.thing}: {runs}"
    if deed.kind == "line":
        flow = float(farm.line_flow_m3_s[row, model.plant.lines.index(deed.thing)])
        return f"{deed.thing} {'hums: it flows' if abs(flow) > 1e-4 else 'is quiet'}"
    return f"{deed.thing}: nothing unusual"


# the scenario


def inject(drain: "Drain", row: int, its: Any, act: int, deed: Deed) -> None:
    """The world itself does something."""
    block = drain.block
    subject = deed.thing
    block.emit(row, "inject", subject, f"{its.name}: {deed.sentence}" + (f" ({its.because})" if its.because else ""))
    if deed.verb == "tell":
        block.emit(row, "said", deed.thing, f'to {deed.thing}: "{deed.says}"')
        return
    if deed.verb != "set":
        order = _as_order(drain, deed)
        result = begin(drain, row, -1, order)
        del result
        return
    address = deed.address
    assert address is not None
    assert deed.value is not None
    cells = getattr(drain.write(), address.array)
    old = float(cells[row, address.index])
    ramp = next((r for r, (number, _) in enumerate(drain.model.ramps) if number == act), -1)
    if ramp >= 0:
        block.world.ramp_from[row, ramp] = old
        block.world.ramp_start[row, ramp] = block.world.tick
    else:
        cells[row, address.index] = old + deed.value if deed.is_change else deed.value
    if deed.for_ticks:
        block.world.revert_to[row, act] = old
        drain.put(row, drain.cells.reverts + act, table.WORK, block.world.tick + deed.for_ticks)


def _as_order(drain: "Drain", deed: Deed) -> "Order":
    from twin.engine.block import Order

    return Order(0, deed, -1, by_plan=True, issued=drain.block.world.tick)


def revert(drain: "Drain", row: int, act: int) -> None:
    """The end of `set … for`: the quantity goes back to what it was."""
    deed = [d for i in drain.model.injects for d in i.deeds][act]
    assert deed.address is not None
    cells = getattr(drain.write(), deed.address.array)
    old = float(drain.block.world.revert_to[row, act])
    cells[row, deed.address.index] = old
    drain.block.emit(row, "inject", deed.thing, f"{deed.sentence}: over")


Begin = Callable[["Drain", int, int, "Order"], Begun | str]
_BEGIN: dict[str, Begin] = {
    "tell": _tell, "report": _report, "doubt": _doubt, "declare": _declare, "stop-work": _stop_work,
    "acknowledge": _acknowledge, "shelve": _shelve, "open": _valve, "close": _valve, "set": _valve,
    "start": _start, "stop": _stop, "trip": _trip, "reset": _reset, "bypass": _bypass, "restore": _restore,
    "approve": _approve, "isolate": _isolate, "check": _check, "call": _call, "send": _send,
    "evacuate": _evacuate, "withdraw": _evacuate, "muster": _muster, "take": _take, "hand": _hand,
}  # fmt: skip
