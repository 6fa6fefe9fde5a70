"""What each verb does to a world: one small function a verb, found in one table.

`begin` is called when an order is given, `advance` when its time or its proof has come. A function answers with a
sentence when the order cannot be carried out.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twin.base.arrays import NEVER
from twin.base.units import show
from twin.engine import errands
from twin.engine.instructor import Standing
from twin.engine.orders import Order
from twin.protection import interlock
from twin.response import table
from twin.response.deed import Deed

if TYPE_CHECKING:
    from twin.engine.drain import Drain

LONGEST_SHELF_S = 12 * 3600
LONGEST_BYPASS_S = 24 * 3600


def begin(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    """Does what can be done at once, and says what the order waits for then."""
    return _BEGIN[order.deed.verb](drain, row, cell, order)


# valves and transfers


def _valve(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    model = drain.model
    v = model.plant.valves.index(order.deed.thing)
    if drain.uses_hands(order):
        return errands.people_go(drain, row, cell, order)
    if reason := _desk_is_dead(drain, row):
        return reason
    if not model.plant.remote[v]:
        return f"{order.deed.thing} is turned by hand at the valve: field can."
    target = errands.target(order.deed)
    held = interlock.forced(model.interlocks, drain.block.world.interlocks.tripped)[row, v]
    if held >= 0.0 and held != target:
        return f"a trip holds {order.deed.thing} {'closed' if held == 0.0 else 'open'}: reset it first."
    controls = drain.write()
    controls.target[row, v] = target
    controls.by_hand[row, v] = False
    return errands.Begun(
        dataclasses.replace(order, proof=_feedback(drain, order, v, target)), table.PROVE, _stroke_due(drain, v)
    )


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


def _start(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    return _transfer(drain, row, order, opens=True)


def _stop(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    return _transfer(drain, row, order, opens=False)


def _transfer(drain: "Drain", row: int, order: "Order", *, opens: bool) -> errands.Begun | str:
    plant = drain.model.plant
    x = plant.transfers.index(order.deed.thing)
    valves = plant.transfer_valves[x]
    if _desk_is_dead(drain, row):
        if opens or plant.transfer_sender[x] < 0:
            return _desk_is_dead(drain, row)
        valves = ()  # the telephone still works: the sender can be asked, the valves cannot be moved
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
        return errands.Begun(order, table.PROVE, max(strokes, answers + 60))
    controls.running[row, x] = opens
    proofs = [_feedback(drain, order, v, 1.0 if opens else 0.0) for v in valves]
    proof = next((p for p in proofs if p >= 0), -1)
    return (
        errands.Begun(dataclasses.replace(order, proof=proof), table.PROVE, strokes)
        if proof >= 0
        else errands.done(order)
    )


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


def _stop_work(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
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
    return errands.done(order)


def by_interlock(drain: "Drain", row: int, deed: Deed) -> None:
    """What a trip or a meter does besides holding valves: it stops and starts transfers, without a person."""
    if deed.kind != "transfer":
        return
    order = Order(0, deed, -1, by_plan=True, issued=drain.block.world.tick)
    _transfer(drain, row, order, opens=deed.verb == "start")
    drain.block.happen(row, deed.verb, deed.thing, observed=False)


# protection


def _trip(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    world = drain.block.world
    k = drain.model.interlocks.names.index(order.deed.thing)
    system = int(drain.model.interlocks.system[k])
    if not world.farm.alive[row, system]:
        return f"the controller of {order.deed.thing} is lost."
    tripped = world.interlocks.tripped.copy()
    tripped[row, k] = True
    world.interlocks = dataclasses.replace(world.interlocks, tripped=tripped)
    if drain.model.interlock_proof[k] < 0:
        return errands.done(order)
    proof = drain.block.at.holds + int(drain.model.interlock_proof[k])
    due = world.tick + int(drain.model.interlocks.proof_ticks[k])
    return errands.Begun(dataclasses.replace(order, proof=proof), table.PROVE, due)


def _reset(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
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
    return errands.done(order)


def _bypass(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
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
    return errands.done(order)


def _restore(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    k = drain.model.interlocks.names.index(order.deed.thing)
    if not drain.controls.bypassed[row, k]:
        return f"{order.deed.thing} is not bypassed."
    drain.write().bypassed[row, k] = False
    drain.put(row, drain.cells.bypasses + k, table.IDLE)
    drain.block.emit(row, "bypass", order.deed.thing, f"{order.deed.thing} is in service again")
    return errands.done(order)


def _approve(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    post = drain.model.authority.posts[order.post]
    for its_cell, other in drain.orders_in(row, table.CONSENT):
        if other.deed.thing == order.deed.thing and post in other.consents:
            _consent(drain, row, its_cell, other, post)
            return errands.done(order)
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
    drain.accepted(row, result.order)
    drain.block.orders[(row, cell)] = result.order
    drain.put(row, cell, result.phase, result.due)
    if result.phase == table.PROVEN:
        drain.finish(row, cell, table.PROVEN)


def _acknowledge(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
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
    return errands.done(order)


def _shelve(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    if not 0 < order.deed.for_ticks <= LONGEST_SHELF_S:
        return "an alarm is shelved for 1 s to 12 h."
    if not order.deed.because:
        return 'shelving needs a reason: because "…".'
    a = drain.model.alarms.names.index(order.deed.thing)
    drain.write().shelved[row, a] = True
    drain.put(row, drain.cells.shelves + a, table.WORK, drain.block.world.tick + order.deed.for_ticks)
    return errands.done(order)


def _isolate(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    drain.write().lost[row, drain.model.plant.utilities.index(order.deed.thing)] = True
    return errands.done(order)


# words


def _tell(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    who = drain.model.authority.posts[order.post]
    drain.block.emit(row, "said", order.deed.thing, f'{who} to {order.deed.thing}: "{order.deed.says}"')
    return errands.done(order)


def _report(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    who = drain.model.authority.posts[order.post]
    here = [g for g, p in enumerate(drain.model.crews.post) if p == order.post]
    seen = {thing for g in here for thing in drain.look_round(row, g)}
    what = f"{order.deed.thing} runs over" if order.deed.thing in seen else order.deed.says or "look at it"
    drain.block.emit(row, "said", order.deed.thing, f"{who} reports {order.deed.thing}: {what}")
    return errands.done(order)


def _doubt(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    who = drain.model.authority.posts[order.post]
    drain.block.emit(row, "said", order.deed.thing, f"{who} no longer trusts {order.deed.thing}")
    return errands.done(order)


def _declare(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    who = drain.model.authority.posts[order.post]
    drain.block.emit(row, "said", who, f'{who} declares: "{order.deed.says}"')
    return errands.done(order)


def _take(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    post = drain.model.authority.posts.index(order.deed.thing)
    if not drain.controls.on_plan[row, post]:
        return f"somebody sits in {order.deed.thing} already."
    drain.take(row, post)
    return errands.done(order)


def _hand(drain: "Drain", row: int, cell: int, order: "Order") -> errands.Begun | str:
    post = drain.model.authority.posts.index(order.deed.thing)
    if drain.controls.on_plan[row, post]:
        return f"the plan acts for {order.deed.thing} already."
    drain.hand(row, post)
    return errands.done(order)


# when time or proof has come


def advance(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    """The next step of an order whose cell woke."""
    phase = int(drain.block.world.table.phase[row, cell])
    if phase == table.WALK:
        errands.arrived(drain, row, cell, order)
    elif phase == table.WORK:
        errands.worked(drain, row, cell, order)
    elif phase == table.CONSENT:
        _consent_ends(drain, row, cell, order)
    elif phase == table.WAIT:
        drain.finish(row, cell, table.TIMED_OUT, "nobody was free")
    elif phase in {table.PROVE, table.TIMED_OUT}:
        _proved(drain, row, cell, order, phase)


def _proved(drain: "Drain", row: int, cell: int, order: "Order", phase: int) -> None:
    if order.deed.verb == "muster" and phase == table.PROVE:
        errands.counted(drain, row, cell, order)
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
            return (
                abs(float(drain.block.world.gauges.shown[row, i]) - errands.target(order.deed)) < errands.PROVEN_WITHIN
            )
    return False


def _consent_ends(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    """Posts on the plan approve what the plan asks, at their reaction; without every consent the order fails."""
    asked_by_plan = {p for p in order.consents if order.by_plan and drain.controls.on_plan[row, drain.model.post(p)]}
    for post in sorted(asked_by_plan):
        _consent(drain, row, cell, drain.block.orders[(row, cell)], post)
    missing = sorted(order.consents - asked_by_plan)
    if missing:
        drain.finish(row, cell, table.FAILED, f"{', '.join(missing)} did not approve")


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
        if isinstance(result, str):
            block.emit(row, "refused", subject, f"{its.name}: {deed.sentence}: {result}")
        return
    address = deed.address
    assert address is not None
    assert deed.value is not None
    cells = getattr(drain.write(), address.array)
    old = float(cells[row, address.index])
    _stop_ramps(drain, row, deed)
    ramp = next((r for r, (number, _) in enumerate(drain.model.ramps) if number == act), -1)
    if ramp >= 0:
        block.world.ramp_from[row, ramp] = old
        block.world.ramp_start[row, ramp] = block.world.tick
    else:
        cells[row, address.index] = address.bounded(old + deed.value) if deed.is_change else deed.value
    if deed.for_ticks:
        block.world.revert_to[row, act] = old
        drain.put(row, drain.cells.reverts + act, table.WORK, block.world.tick + deed.for_ticks)


def instructed(drain: "Drain", row: int, deed: Deed) -> str:
    """What the instructor does to the world at once; returns why not, or ""."""
    block = drain.block
    if deed.verb == "tell":
        block.emit(row, "inject", deed.thing, f"instructor: {deed.sentence}")
        block.emit(row, "said", deed.thing, f'to {deed.thing}: "{deed.says}"')
        return ""
    if deed.verb != "set":
        result = begin(drain, row, -1, _as_order(drain, deed))
        if isinstance(result, str):
            return result
        block.emit(row, "inject", deed.thing, f"instructor: {deed.sentence}")
        return ""
    address = deed.address
    assert address is not None
    assert deed.value is not None
    if deed.cell in block.sound[row]:
        return ""  # a copy in which this is mended
    block.emit(row, "inject", deed.thing, f"instructor: {deed.sentence}")
    _stop_ramps(drain, row, deed)
    block.standing = [
        s for s in block.standing if not (s.row == row and s.form != "when" and s.deed.address == address)
    ]
    cells = getattr(drain.write(), address.array)
    old = float(cells[row, address.index])
    if deed.over_ticks:
        due = block.world.tick + deed.over_ticks
        block.standing.append(Standing(row, deed, deed.sentence, block.world.tick, due=due, source=old, form="over"))
    else:
        cells[row, address.index] = address.bounded(old + deed.value) if deed.is_change else deed.value
    if deed.for_ticks:
        due = block.world.tick + deed.for_ticks
        block.standing.append(Standing(row, deed, deed.sentence, block.world.tick, due=due, source=old, form="back"))
    return ""


def on_its_way(drain: "Drain", its: Standing) -> None:
    """A quantity of the instructor on its way to a new value."""
    address, deed = its.deed.address, its.deed
    assert address is not None
    assert deed.value is not None
    target = address.bounded(its.source + deed.value) if deed.is_change else deed.value
    share = min(1.0, (drain.block.world.tick - its.armed) / deed.over_ticks)
    getattr(drain.write(), address.array)[its.row, address.index] = its.source + (target - its.source) * share


def back(drain: "Drain", its: Standing) -> None:
    """The end of the instructor's `for`."""
    address = its.deed.address
    assert address is not None
    getattr(drain.write(), address.array)[its.row, address.index] = its.source
    drain.block.emit(its.row, "inject", its.deed.thing, f"instructor: {its.deed.sentence}: over")


def _stop_ramps(drain: "Drain", row: int, deed: Deed) -> None:
    """A new value ends every ramp that still moves the same cell."""
    for r, (_, other) in enumerate(drain.model.ramps):
        if other.cell == deed.cell:
            drain.block.world.ramp_start[row, r] = NEVER


def _as_order(drain: "Drain", deed: Deed) -> "Order":
    return Order(0, deed, -1, by_plan=True, issued=drain.block.world.tick)


def revert(drain: "Drain", row: int, act: int) -> None:
    """The end of `set … for`: the quantity goes back to what it was."""
    deed = [d for i in drain.model.injects for d in i.deeds][act]
    assert deed.address is not None
    cells = getattr(drain.write(), deed.address.array)
    _stop_ramps(drain, row, deed)
    old = float(drain.block.world.revert_to[row, act])
    cells[row, deed.address.index] = old
    drain.block.emit(row, "inject", deed.thing, f"{deed.sentence}: over")


Begin = Callable[["Drain", int, int, "Order"], errands.Begun | str]
_BEGIN: dict[str, Begin] = {
    "tell": _tell, "report": _report, "doubt": _doubt, "declare": _declare, "stop-work": _stop_work,
    "acknowledge": _acknowledge, "shelve": _shelve, "open": _valve, "close": _valve, "set": _valve,
    "start": _start, "stop": _stop, "trip": _trip, "reset": _reset, "bypass": _bypass, "restore": _restore,
    "approve": _approve, "isolate": _isolate, "check": errands.check, "call": errands.call, "send": errands.send,
    "evacuate": errands.evacuate, "withdraw": errands.evacuate, "muster": errands.muster, "take": _take, "hand": _hand,
}  # fmt: skip
