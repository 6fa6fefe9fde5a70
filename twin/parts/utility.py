"""Supplies, controllers and radio: power, instrument air and nitrogen, what feeds what, batteries and receivers, and what is lost.

A controller or supply is alive while it is fed (or lives on its battery) and nothing has cut it off.
"""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, array, every, floats, index_of, ints, select, some
from twin.base.fault import Fault
from twin.language import fields as f
from twin.language.entry import Thing, key
from twin.language.words import EventKind, Heard
from twin.parts.action import Begun, Order, Row, done
from twin.parts.part import Does, Edge, Part, fault
from twin.text.say import Said, say


@dataclass(frozen=True, kw_only=True)
class Utility(Thing):
    """A power supply, instrument air, nitrogen, a controller, or the radio."""

    kind: str = key(f.choice("power", "air", "nitrogen", "controller", "radio"), "kind", "what it gives")
    power: str = key(f.name_of("utilities"), "power", "what a controller runs on", default="")
    source: str = key(f.name_of("utilities"), "from", "what feeds it", default="")
    lasts_s: float = key(f.quantity("time", 0), "lasts", "on its battery", default=0.0, why="no battery")
    holds_s: float = key(
        f.quantity("time", 0),
        "holds",
        "a receiver or bundle, when what feeds it stands",
        default=0.0,
        why="no receiver",
    )


@dataclass(frozen=True, slots=True)
class Utilities:
    """Fixed facts, (U,) each."""

    names: tuple[str, ...]
    source: Ints  # utility that feeds it, or the index behind the last
    battery_s: Floats
    order: tuple[int, ...]  # feeding ones first

    @property
    def and_none(self) -> int:
        """All of them and the one behind the last, which is never lost."""
        return len(self.names) + 1


@dataclass(frozen=True, slots=True)
class State:
    """(W, U), and (W, U + 1): the last one is always alive."""

    battery_s: Floats = array(start="battery_s")  # left
    alive: Bools = array(bool, start=True, along=("and_none",))


@dataclass(slots=True)
class Controls:
    """(W, U)."""

    lost: Bools = array(
        bool,
        path=fault("lost", "flag", "not available", "lost")._replace(
            reads="alive", read=lambda its, alive: ~alive[:, :-1]
        ),
    )


def build(entries: dict[str, Utility]) -> Utilities:
    """The utilities of a farm; raises Fault where one feeds itself."""
    names = tuple(entries)
    return Utilities(
        names=names,
        source=ints(index_of(names, u.source or u.power) for u in entries.values()),
        battery_s=floats(max(u.lasts_s, u.holds_s) for u in entries.values()),
        order=_feeding_order(entries, names),
    )


def _feeding_order(entries: dict[str, Utility], names: tuple[str, ...]) -> tuple[int, ...]:
    order: list[str] = []
    waiting = list(names)
    while waiting:
        ready = [n for n in waiting if (entries[n].source or entries[n].power) in {"", *order}]
        if not ready:
            raise Fault(f"{waiting[0]} feeds itself, round about.", "", entries[waiting[0]].place)
        order += ready
        waiting = [n for n in waiting if n not in ready]
    return tuple(names.index(n) for n in order)


def step(its: Utilities, now: State, set_: Controls, dt_s: float) -> State:
    """Battery charge left and which utilities are alive; what feeds comes before what is fed."""
    if not (some(set_.lost) or not every(now.alive) or some(now.battery_s != its.battery_s)):
        return now  # all is well and stays so: same bits
    battery_s = now.battery_s.copy()
    alive = np.ones_like(now.alive)
    for u in its.order:
        fed = alive[:, its.source[u]]
        if its.battery_s[u] > 0.0:
            change = select(fed, dt_s, -dt_s)
            battery_s[:, u] = np.minimum(np.maximum(battery_s[:, u] + change, 0.0), its.battery_s[u])
            fed = fed | (battery_s[:, u] > 0.0)
        alive[:, u] = fed & ~set_.lost[:, u]
    return State(battery_s, alive)


def _alive(row: Row, u: int, begins: bool) -> None:
    name = row.facts(Utilities).names[u]
    row.emit("power", name, say("power.back" if begins else "power.lost", name=name))


def _isolate(row: Row, order: Order) -> Begun | Said:
    row.write(Controls).lost[row.at, row.facts(Utilities).names.index(order.thing)] = True
    return done(order)


PART = Part(
    "utilities", "utility", Utility, State, Controls,
    edges=(Edge("alive", ("utilities.alive",), lambda its, alive: alive[:, :-1], _alive),),
    events=(
        EventKind("power", Heard.DESK, "a supply or a controller was lost or came back", weight=2, told=True, pictured=True,
                  marked=True),
    ),
    verbs=(Does("isolate", _isolate),),
    mended="{name} not lost", mending="fault-out", rank=3,
)  # fmt: skip
