"""People: who they are, where they are, what they do, how long a way takes and what they can see."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.base.arrays import NEVER, Floats, Ints
from twin.farm.names import Names
from twin.farm.plant import floats, ints

WALK_M_S = 1.4  # level ground; the same in gear with air 0.9 (standards, section 8: engineering default)
WALK_WITH_AIR_M_S = 0.9
DON_AIR_S = 75.0  # 60 to 90 s
RADIO_S = 15  # one exchange, 10 to 20 s
RING_S = 30  # a telephone that is answered
LOOK_S = 30  # to see the state of a thing that one stands at
COUNT_HEADS_S = 60
SEES_BY_DAY_M = 100.0
SEES_BY_NIGHT_M = 40.0
WALL_HIDES_M = 2.0
NEXT_TO_IT_M = 10.0
DAY_HOURS = range(7, 18)  # assumed; the sun's own times come with the weather of the cloud model
FREE, BUSY = 0, 1
NOWHERE_M = 1e9  # where people are of whom nobody says where they are: they see nothing and reach nothing


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


@dataclass(slots=True)
class State:
    """Where people are and whether they are busy, (W, G) each; written in place, by the drain alone."""

    x_m: Floats
    y_m: Floats
    place: Ints
    phase: Ints
    arrives: Ints  # tick at which they reach (to_x, to_y), NEVER when they stand
    to_x_m: Floats
    to_y_m: Floats
    to_place: Ints
    order: Ints  # cell of the order they carry out, -1 for none

    def copy(self) -> "State":
        return State(*(getattr(self, name).copy() for name in self.__slots__))


def build(names: Names, posts: tuple[str, ...]) -> Crews:
    """The people of a farm."""
    farm = names.farm
    people: dict[str, Any] = dict(farm.of("people"))
    filled = {p.post for p in people.values()}
    rows: list[tuple[str, int, tuple[int, int], object, str, str, tuple[str, ...]]] = [
        (n, posts.index(p.post) if p.post else -1, p.count, p.at or p.inside, p.inside, p.muster, p.kit)
        for n, p in people.items()
    ]
    for i, post in enumerate(posts):
        if post not in filled:
            at = farm.of("posts")[post].at if post in farm.of("posts") else None
            inside = str(at) if isinstance(at, str) and at in farm.of("places") else ""
            rows.append((post, i, (1, 1), at, inside, "", ("breathing-air",)))
    rows.sort(key=lambda r: r[0])
    places = tuple(farm.of("places"))
    points = [names.point(r[3]) or (NOWHERE_M, NOWHERE_M) for r in rows]
    return Crews(
        names=tuple(r[0] for r in rows),
        post=ints(r[1] for r in rows),
        heads=np.array([[r[2][0] for r in rows], [r[2][1] for r in rows]], dtype=np.int64),
        start_x_m=floats(p[0] for p in points),
        start_y_m=floats(p[1] for p in points),
        start_place=ints(places.index(r[4]) if r[4] in places else -1 for r in rows),
        muster=ints(places.index(r[5]) if r[5] in places else -1 for r in rows),
        places=places,
        kits=tuple(frozenset(r[6]) for r in rows),
    )


def start(crews: Crews, worlds: int) -> State:
    """Everybody stands where the farm says, free."""

    def of(values: np.ndarray[Any, Any]) -> Any:
        return np.repeat(values[None, :], worlds, axis=0)

    n = len(crews.names)
    return State(
        x_m=of(crews.start_x_m),
        y_m=of(crews.start_y_m),
        place=of(crews.start_place),
        phase=np.zeros((worlds, n), dtype=np.int64),
        arrives=np.full((worlds, n), NEVER),
        to_x_m=of(crews.start_x_m),
        to_y_m=of(crews.start_y_m),
        to_place=of(crews.start_place),
        order=np.full((worlds, n), -1),
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
