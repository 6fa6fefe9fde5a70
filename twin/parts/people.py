"""People: who they are, where they are, what they do, how long a way takes and what they can see."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import NEVER, Floats, Ints, array, floats, ints
from twin.language import fields as f
from twin.language.entry import Point, Thing, key
from twin.language.words import POSTS, EventKind, Heard
from twin.parts.action import (
    FAILED,
    PROVE,
    WAIT,
    WALK,
    WORK,
    Begun,
    Order,
    Row,
)
from twin.parts.part import Does, Part
from twin.text.say import Said, say

WALK_M_S = 1.4  # level ground; the same in gear with air 0.9 (standards, section 8: engineering default)
WALK_WITH_AIR_M_S = 0.9
DON_AIR_S = 75.0  # 60 to 90 s
RADIO_S = 15  # one exchange, 10 to 20 s
RING_S = 30  # a telephone that is answered
COUNT_HEADS_S = 60
MUSTER_S = 600
GRACE_S = 120  # what people may take beyond walking and working (format, Orders)
SEES_BY_DAY_M = 100.0
SEES_BY_NIGHT_M = 40.0
WALL_HIDES_M = 2.0
NEXT_TO_IT_M = 10.0
DAY_HOURS = range(7, 18)  # assumed; the sun's own times come with the weather of the cloud model
FREE, BUSY = 0, 1
NOWHERE_M = 1e9  # where people are of whom nobody says where they are: they see nothing and reach nothing


@dataclass(frozen=True, kw_only=True)
class People(Thing):
    """One person or a team that stays together."""

    count: tuple[int, int] = key(f.head_count(), "count", "how many, by day and by night", default=(1, 1))
    post: str = key(f.name_of("posts", *(f"word:{p}" for p in POSTS)), "post", "the post they serve", default="")
    inside: str = key(f.name_of("places"), "in", "the place they are in", default="")
    at: Point | None = key(f.point(), "at", "where they are", default=None)
    kit: tuple[str, ...] = key(f.kit(), "kit", "what they can take along", default=())
    muster: str = key(f.name_of("places"), "muster", "where they gather", default="")
    turnout_s: float = key(
        f.quantity("time", 0, 7200),
        "turnout",
        "from a call to setting out",
        default=60.0,
        why="works brigade 45 to 80 s (recalled)",
    )


@dataclass(frozen=True, slots=True)
class Stand:
    """One crew as a farm has it: where it stands, whom it serves."""

    name: str
    post: int
    heads: tuple[int, int]
    point: tuple[float, float] | None
    place: str
    muster: str
    kit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Crews:
    """Fixed facts of the people, (G,) each; a post that nobody fills has one person."""

    names: tuple[str, ...]
    post: Ints  # index of the post they serve, -1 for none
    heads: Ints  # (2, G) by day and by night
    start_x_m: Floats
    start_y_m: Floats
    start_place: Ints  # index into places, -1 in the open
    muster: Ints  # index into places, -1 for none
    places: tuple[str, ...]
    kits: tuple[frozenset[str], ...]

    def index(self, name: str) -> int:
        return self.names.index(name)


@dataclass(frozen=True, slots=True)
class State:
    """Where people are and whether they are busy, (W, G) each; written in place, between two scans alone."""

    x_m: Floats = array(start="start_x_m", in_place=True)
    y_m: Floats = array(start="start_y_m", in_place=True)
    place: Ints = array(int, start="start_place", in_place=True)
    phase: Ints = array(int, in_place=True)
    arrives: Ints = array(
        int, start=NEVER, in_place=True
    )  # tick at which they reach (to_x, to_y), NEVER when they stand
    to_x_m: Floats = array(start="start_x_m", in_place=True)
    to_y_m: Floats = array(start="start_y_m", in_place=True)
    to_place: Ints = array(int, start="start_place", in_place=True)
    order: Ints = array(int, start=-1, in_place=True)  # cell of the order they carry out, -1 for none


def build(stands: list[Stand], places: tuple[str, ...]) -> Crews:
    """The people of a farm."""
    rows = sorted(stands, key=lambda s: s.name)
    points = [s.point or (NOWHERE_M, NOWHERE_M) for s in rows]

    def at(name: str) -> int:
        return places.index(name) if name in places else -1

    return Crews(
        names=tuple(s.name for s in rows),
        post=ints(s.post for s in rows),
        heads=np.array([[s.heads[0] for s in rows], [s.heads[1] for s in rows]], dtype=np.int64),
        start_x_m=floats(p[0] for p in points),
        start_y_m=floats(p[1] for p in points),
        start_place=ints(at(s.place) for s in rows),
        muster=ints(at(s.muster) for s in rows),
        places=places,
        kits=tuple(frozenset(s.kit) for s in rows),
    )


def way_ticks(from_x_m: float, from_y_m: float, to_x_m: float, to_y_m: float, with_air: bool) -> int:
    """Whole ticks that people need from one point to another, putting on air first when they take it."""
    dx, dy = to_x_m - from_x_m, to_y_m - from_y_m
    metres = float(np.sqrt(dx * dx + dy * dy))
    if with_air:
        return int(np.ceil(DON_AIR_S + metres / WALK_WITH_AIR_M_S))
    return int(np.ceil(metres / WALK_M_S))


def sight_m(hour: int) -> float:
    """How far people see liquid run, by the hour of the day."""
    return SEES_BY_DAY_M if hour in DAY_HOURS else SEES_BY_NIGHT_M


def heads(crews: Crews, g: int, hour: int) -> int:
    """How many people a crew has at this hour."""
    return int(crews.heads[0 if hour in DAY_HOURS else 1, g])


# on their way


def goes(row: Row, order: Order) -> Begun | Said:
    """Somebody of the post goes to the thing; waits for a free person when all are busy."""
    crews, here = row.facts(Crews), row.state(State)
    point = row.point(order.thing)
    if point is None:
        return say("why.unknown-place-at", thing=order.thing)
    ours = [g for g, p in enumerate(crews.post) if p == order.post]
    free = [g for g in ours if here.phase[row.at, g] == FREE]
    if not ours:
        return say("why.nobody-to-send")
    if all(float(here.x_m[row.at, g]) >= NOWHERE_M for g in ours):
        return say("why.nowhere")
    if not free:
        way = min(int(_away(row, g, point) / WALK_M_S) for g in ours)
        return Begun(order, WAIT, row.tick + way + GRACE_S)
    g = min(free, key=lambda one: (_away(row, one, point), one))
    due = _set_out(row, order.cell, g, point, order.thing, order.action.kit)
    return Begun(replace(order, crews=(g,)), WALK, due)


def _away(row: Row, g: int, point: tuple[float, float]) -> float:
    here = row.state(State)
    dx, dy = float(here.x_m[row.at, g]) - point[0], float(here.y_m[row.at, g]) - point[1]
    return float(np.sqrt(dx * dx + dy * dy))


def _set_out(row: Row, cell: int, g: int, point: tuple[float, float], thing: str, kit: tuple[str, ...]) -> int:
    """A crew sets out; returns the tick of its arrival."""
    crews, here = row.facts(Crews), row.state(State)
    with_air = "breathing-air" in kit and "breathing-air" in crews.kits[g]
    ticks = way_ticks(float(here.x_m[row.at, g]), float(here.y_m[row.at, g]), point[0], point[1], with_air)
    arrives = row.tick + max(1, ticks)
    row.walks(g, arrives, point)
    here.phase[row.at, g] = BUSY
    here.arrives[row.at, g] = arrives
    here.to_x_m[row.at, g], here.to_y_m[row.at, g] = point
    here.to_place[row.at, g] = crews.places.index(thing) if thing in crews.places else -1
    here.order[row.at, g] = cell
    row.emit("crew", crews.names[g], say("crew.sets-out", name=crews.names[g], to=thing), crews.names[g])
    return arrives


def arrived(row: Row, order: Order) -> None:
    """People of an order have reached their place: they stand there and look round."""
    crews, here = row.facts(Crews), row.state(State)
    came = [g for g in order.crews if here.order[row.at, g] == order.cell]
    for g in came:
        here.x_m[row.at, g], here.y_m[row.at, g] = here.to_x_m[row.at, g], here.to_y_m[row.at, g]
        here.place[row.at, g] = here.to_place[row.at, g]
        here.arrives[row.at, g] = NEVER
        look_round(row, g)
        kind = "evacuated" if order.action.verb in {"evacuate", "withdraw"} else "arrived"
        reached = say("crew.reached", name=crews.names[g], to=order.action.to or order.thing)
        row.emit(kind, crews.names[g], reached, crews.names[g])
    _heads_may_be_complete(row, came)


def _heads_may_be_complete(row: Row, came: list[int]) -> None:
    """A count of heads begins when the last of its people has come."""
    crews = row.facts(Crews)
    for other in row.orders_in(PROVE):
        if other.action.verb != "muster" or _absent(row, other):
            continue
        if any(crews.muster[g] == crews.places.index(other.thing) for g in came):
            row.keep(Begun(other, PROVE, row.tick + COUNT_HEADS_S))


def release(row: Row, order: Order) -> None:
    """The people of an ended order are free; who waits longest gets them."""
    here = row.state(State)
    for g in order.crews:
        if here.order[row.at, g] == order.cell:
            here.phase[row.at, g] = FREE
            here.order[row.at, g] = -1
            here.arrives[row.at, g] = NEVER
    if not order.crews:
        return
    for other in sorted(row.orders_in(WAIT), key=lambda o: (o.issued, o.cell)):
        begun = goes(row, other)
        if isinstance(begun, Begun) and begun.phase == WALK:
            row.keep(begun)
            return


# what they see


def see(row: Row, word: str, thing: str) -> None:
    """People near enough see it; the desk knows when one of them has reported."""
    here = row.state(State)
    for g in range(len(row.facts(Crews).names)):
        if sees(row, g, thing) and here.arrives[row.at, g] >= NEVER:
            _saw(row, g, word, thing)
            return


def sees(row: Row, g: int, thing: str) -> bool:
    """Whether a crew can see liquid run at a thing from where it is."""
    point = row.point(thing)
    if point is None:
        return False
    if row.stands_in_walls(thing) > WALL_HIDES_M:
        return _away(row, g, point) <= NEXT_TO_IT_M
    return _away(row, g, point) <= sight_m(row.hour())


def _saw(row: Row, g: int, word: str, thing: str) -> None:
    """One crew saw an event: it says so, and after one exchange by radio the desk knows."""
    who = row.facts(Crews).names[g]
    row.emit("seen", thing, say("seen.event", who=who, about=say(f"about.{word}"), thing=thing), who)
    row.told_by_radio(word, thing, row.tick + RADIO_S, who)


def look_round(row: Row, g: int) -> list[str]:
    """What a crew that just arrived, or is asked, can see of overflows: the vessels concerned."""
    found = []
    for word, name in row.running_over():
        if sees(row, g, name):
            found.append(name)
            _saw(row, g, word, name)
    return found


# what people do


def _call(row: Row, order: Order) -> Begun | Said:
    """It rings until somebody answers."""
    return Begun(order, WORK, row.tick + RING_S)


def _answered(row: Row, order: Order) -> None:
    who = row.post(order)
    row.emit("said", order.thing, say("said.answers", thing=order.thing, who=who), order.thing)


def _send(row: Row, order: Order) -> Begun | Said:
    """People set out for a place or a thing."""
    crews = row.facts(Crews)
    g = crews.index(order.thing)
    if row.state(State).phase[row.at, g] != FREE:
        return say("why.busy", thing=order.thing)
    missing = [k for k in order.action.kit if k not in crews.kits[g]]
    if missing:
        return say("why.no-kit", thing=order.thing, kit=missing[0])
    point = row.point(order.action.to)
    if point is None:
        return say("why.unknown-place", thing=order.action.to)
    due = _set_out(row, order.cell, g, point, order.action.to, order.action.kit)
    return Begun(replace(order, crews=(g,)), WALK, due)


def _leave(going_of: Callable[[Row, Order], list[int]]) -> Callable[[Row, Order], Begun | Said]:
    """`evacuate` and `withdraw`: people, or all at a place, leave what they do and go."""

    def begin(row: Row, order: Order) -> Begun | Said:
        here, going = row.state(State), going_of(row, order)
        point = row.point(order.action.to)
        if point is None:
            return say("why.unknown-place", thing=order.action.to)
        if not going:
            return say("why.nobody-there", thing=order.thing)
        left = {int(here.order[row.at, g]) for g in going if here.phase[row.at, g] == BUSY}
        due = max(_set_out(row, order.cell, g, point, order.action.to, ()) for g in going)
        for other in sorted(left):  # whoever is called away leaves what he does: that order fails
            row.end_cell(other, FAILED, say("why.called-away"))
        return Begun(replace(order, crews=tuple(going)), WALK, due)

    return begin


def _one_crew(row: Row, order: Order) -> list[int]:
    return [row.facts(Crews).index(order.thing)]


def _all_there(row: Row, order: Order) -> list[int]:
    place = row.facts(Crews).places.index(order.thing)
    return np.flatnonzero(row.state(State).place[row.at] == place).tolist()


def _muster(row: Row, order: Order) -> Begun | Said:
    """Heads are counted once everybody of that point is there."""
    return Begun(order, PROVE, row.tick + (COUNT_HEADS_S if not _absent(row, order) else MUSTER_S))


def _absent(row: Row, order: Order) -> list[int]:
    crews, here = row.facts(Crews), row.state(State)
    place = crews.places.index(order.thing)
    return [g for g, m in enumerate(crews.muster) if m == place and here.place[row.at, g] != place]


def _counted(row: Row, order: Order) -> Said | bool:
    """The count of heads is over."""
    crews, absent = row.facts(Crews), _absent(row, order)
    if absent:
        names = tuple(say("plain", text=crews.names[g]) for g in absent)
        return say("why.missing", thing=order.thing, names=names)
    ours = np.flatnonzero(crews.muster == crews.places.index(order.thing)).tolist()
    count = sum(heads(crews, g, row.hour()) for g in ours)
    row.emit("mustered", order.thing, say("crew.counted", count=count, place=order.thing), row.post(order))
    return True


PART = Part(
    "people", "people", People, State,
    events=(
        EventKind("seen", Heard.RADIO, "somebody saw something", told=True, pictured=True),
        EventKind("unheard", Heard.OWN, "somebody saw something and could not say so: his radio is lost", told=True),
        EventKind("arrived", Heard.RADIO, "people reached the place they were sent to"),
        EventKind("evacuated", Heard.RADIO, "people reached their muster point"),
        EventKind("mustered", Heard.RADIO, "heads were counted", weight=4, told=True, pictured=True),
        EventKind("crew", Heard.RADIO, "people set out or are free again"),
    ),
    verbs=(
        Does("call", _call, worked=_answered),
        Does("send", _send),
        Does("evacuate", _leave(_one_crew)), Does("evacuate", _leave(_all_there), kinds=("place", "bund")),
        Does("withdraw", _leave(_one_crew)),
        Does("muster", _muster, due=_counted, kinds=("place", "bund")),
    ),
)  # fmt: skip
