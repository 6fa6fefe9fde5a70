"""What people do away from their desks: go, look, read, turn, count, gather."""

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.base.arrays import NEVER
from twin.base.units import show
from twin.engine.orders import Order
from twin.response import crew, table
from twin.response.deed import Deed

if TYPE_CHECKING:
    from twin.engine.drain import Drain

PROVEN_WITHIN = 0.02
MUSTER_S = 600
GRACE_S = 120  # what people may take beyond walking and working (format, Orders)


@dataclass(frozen=True, slots=True)
class Begun:
    """An order under way (or done), with what proves it."""

    order: "Order"
    phase: int
    due: int = NEVER


def done(order: "Order") -> Begun:
    """An order that is over as soon as it is given."""
    return Begun(order, table.PROVEN)


def target(deed: Deed) -> float:
    """Where a valve is to stand, 0 closed to 1 open."""
    if deed.verb == "set":
        assert deed.value is not None
        return deed.value
    return 1.0 if deed.verb == "open" else 0.0


def people_go(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    """Somebody of the post goes to the thing; waits for a free person when all are busy."""
    here = drain.block.world.crews
    point = _point_of(drain, order.deed.thing)
    if point is None:
        return f"nobody knows where {order.deed.thing} is: give it `at` in the farm file."
    ours = [g for g, p in enumerate(drain.model.crews.post) if p == order.post]
    free = [g for g in ours if here.phase[row, g] == crew.FREE]
    if not ours:
        return "this post has nobody to send."
    if all(float(here.x_m[row, g]) >= crew.NOWHERE_M for g in ours):
        return "nobody says where the people of this post are: give the post `at` in the farm file."
    if not free:
        way = min(int(_away(drain, row, g, point) / crew.WALK_M_S) for g in ours)
        return Begun(order, table.WAIT, drain.block.world.tick + way + GRACE_S)
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
    drain.block.walks(row, g, arrives, point)
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


def send(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    """`send`: people set out for a place or a thing."""
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


def evacuate(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    """`evacuate` and `withdraw`: people, or all at a place, leave what they do and go."""
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
    left = {int(here.order[row, g]) for g in going if here.phase[row, g] == crew.BUSY}
    due = max(_set_out(drain, row, cell, g, point, order.deed.to, ()) for g in going)
    for other in sorted(left):  # whoever is called away leaves what he does: that order fails
        if (row, other) in drain.block.orders:
            drain.finish(row, other, table.FAILED, "called away")
    return Begun(dataclasses.replace(order, crews=tuple(going)), table.WALK, due)


def muster(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    """`muster`: heads are counted once everybody of that point is there."""
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
    hour = model.clock.hour(drain.block.world.tick)
    return int(model.crews.heads[0 if hour in crew.DAY_HOURS else 1, g])


def call(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    """`call`: it rings until somebody answers."""
    return Begun(order, table.WORK, drain.block.world.tick + crew.RING_S)


def check(drain: "Drain", row: int, cell: int, order: "Order") -> Begun | str:
    """`check`: reading by hand, working a value out, looking at a thing."""
    deed, model = order.deed, drain.model
    tick = drain.block.world.tick
    if deed.kind == "calculated":
        seconds = float(model.values.by_hand_s[model.values.names.index(deed.thing)])
        return Begun(order, table.WORK, tick + round(seconds)) if seconds else done(order)
    if deed.kind == "interlock":
        state = (
            "tripped"
            if drain.block.world.interlocks.tripped[row, model.interlocks.names.index(deed.thing)]
            else "not tripped"
        )
        if drain.controls.bypassed[row, model.interlocks.names.index(deed.thing)]:
            state += ", bypassed"
        drain.block.emit(row, "seen", deed.thing, f"{deed.thing} is {state}")
        return done(order)
    if drain.uses_hands(order):
        return people_go(drain, row, cell, order)
    if deed.kind == "instrument" and not model.gauges.by_hand_s[model.gauges.names.index(deed.thing)]:
        return done(order)
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
    waiting = [(other.issued, c) for c, other in drain.orders_in(row, table.WAIT)]
    for _, c in sorted(waiting):
        other = drain.block.orders[(row, c)]
        result = people_go(drain, row, c, other)
        if isinstance(result, Begun) and result.phase == table.WALK:
            drain.block.orders[(row, c)] = result.order
            drain.put(row, c, result.phase, result.due)
            return


def arrived(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    """People of an order have reached their place: they look round, and work begins."""
    verb = order.deed.verb
    here = [g for g in order.crews if drain.block.world.crews.order[row, g] == cell]
    for g in here:
        _arrive(drain, row, g)
        drain.look_round(row, g)
        name = drain.model.crews.names[g]
        where = order.deed.to or order.deed.thing
        kind = "evacuated" if verb in {"evacuate", "withdraw"} else "arrived"
        drain.block.emit(row, kind, name, f"{name} has reached {where}")
    _heads_may_be_complete(drain, row, here)
    if verb in {"send", "evacuate", "withdraw"}:
        drain.finish(row, cell, table.PROVEN)
        return
    drain.put(row, cell, table.WORK, drain.block.world.tick + _work_ticks(drain, row, order))


def _heads_may_be_complete(drain: "Drain", row: int, came: list[int]) -> None:
    """A count of heads begins when the last of its people has come."""
    crews = drain.model.crews
    for cell, other in drain.orders_in(row, table.PROVE):
        if other.deed.verb != "muster" or _absent(drain, row, other):
            continue
        if any(crews.muster[g] == crews.places.index(other.deed.thing) for g in came):
            drain.put(row, cell, table.PROVE, drain.block.world.tick + crew.COUNT_HEADS_S)


def _work_ticks(drain: "Drain", row: int, order: "Order") -> int:
    """How long the work at the thing takes; turning a valve begins now."""
    model, deed = drain.model, order.deed
    if deed.kind == "valve" and deed.verb != "check":
        v = model.plant.valves.index(deed.thing)
        controls = drain.write()
        controls.target[row, v] = target(deed)
        controls.by_hand[row, v] = True
        left = abs(float(drain.block.world.farm.position[row, v]) - target(deed))
        return int(np.ceil(left * float(model.plant.crank_s[v]))) + 2
    if deed.kind == "instrument" and model.gauges.by_hand_s[model.gauges.names.index(deed.thing)]:
        return round(float(model.gauges.by_hand_s[model.gauges.names.index(deed.thing)]))
    return crew.LOOK_S


def worked(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    """The work of an order is over."""
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
    if abs(position - target(order.deed)) < PROVEN_WITHIN:
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


def counted(drain: "Drain", row: int, cell: int, order: "Order") -> None:
    """The count of heads is over."""
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
