"""What hangs together in a plant: what watches what, what lies on one way, what hangs on one supply.

Asked by those who judge what somebody could have known and what an act was about. Nothing here changes in a run.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from twin.engine.model import Model
from twin.language import grammar as g
from twin.language.sentence import Name
from twin.language.spec import FarmSpec, Work
from twin.parts.alarm import Alarm
from twin.parts.gauge_entry import Instrument
from twin.parts.interlock import Interlock
from twin.parts.line_entry import Line
from twin.parts.tank_entry import Tank
from twin.parts.transfer_entry import Transfer
from twin.parts.utility import Utility
from twin.parts.value import Calculated
from twin.parts.valve_entry import Valve

Names = frozenset[str]


def ways_of(farm: FarmSpec) -> dict[str, Names]:
    """By transfer: itself, its ends, and the lines, valves and pumps between them."""
    return {
        name: frozenset({name, str(its.start), str(its.end), *map(str, its.through),
                         *(str(v) for line in its.through for v in farm.of(Line)[line].through)})
        for name, its in farm.of(Transfer).items()
    }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Relations:
    """The relations of one farm, each worked out when it is first asked for."""

    model: Model

    @cached_property
    def watched(self) -> dict[str, str]:
        """By instrument: the thing that it watches."""
        return {name: its.watched.thing for name, its in self.model.spec.farm.of(Instrument).items()}

    @cached_property
    def reads(self) -> dict[str, Names]:
        """By alarm, interlock or calculated value: the instruments that it reads, directly or through others."""
        farm = self.model.spec.farm
        cues = {n: _named(a.when) for n, a in farm.of(Alarm).items()}
        cues |= {n: _named(i.when) for n, i in farm.of(Interlock).items() if i.when is not None}
        cues |= {n: _of(c.value) for n, c in farm.of(Calculated).items()}
        return {n: frozenset(_through(n, cues)) & self.watched.keys() for n in cues}

    @cached_property
    def ways(self) -> dict[str, Names]:
        """By transfer: itself, its ends, and the lines and valves between them."""
        return ways_of(self.model.spec.farm)

    @cached_property
    def supplies(self) -> dict[str, Names]:
        """By supply or controller: what is lost with it, itself among it."""
        farm = self.model.spec.farm
        feeds = {n: {u.source, u.power} - {""} for n, u in farm.of(Utility).items()}
        feeds |= {n: {i.power, i.system} - {""} for n, i in farm.of(Instrument).items()}
        feeds |= {n: {v.power} - {""} for n, v in farm.of(Valve).items()}
        return {u: frozenset(n for n in feeds if n == u or u in _through(n, feeds)) for u in farm.of(Utility)}

    @cached_property
    def out_of_service(self) -> Names:
        """What `works` lists as bypassed or out of service: it is known not to act."""
        return frozenset(str(w.of) for w in self.model.spec.farm.of(Work).values())

    def named_with(self, thing: str) -> Names:
        """The names that name a thing that is wrong: its own; of a supply those of all that hangs on it or that it hangs on."""
        if thing in self.supplies:
            above = {u for u, hangs in self.supplies.items() if thing in hangs}
            return self.supplies[thing] | above
        if thing in self.ways:
            return self.ways[thing] - self.model.spec.farm.of(Tank).keys()
        if thing in self.model.interlocks.names:
            return frozenset({thing}) | self.moves(thing) | self.reads.get(thing, frozenset())
        return frozenset({thing})

    def moves(self, interlock: str) -> Names:
        """What an interlock closes, opens, stops or starts; nothing for anything else."""
        names = self.model.interlocks.names
        return (
            frozenset(a.thing for a in self.model.interlock_acts[names.index(interlock)])
            if interlock in names
            else frozenset()
        )

    def runs_on(self, interlock: str) -> Names:
        """The controller that an interlock runs in; nothing for anything else."""
        its = self.model.spec.farm.of(Interlock).get(interlock)
        return frozenset({str(its.system)}) if its is not None else frozenset()

    def about(self, thing: str) -> Names:
        """A thing, what watches it or it watches, what is read of these, and the ways and supplies that it is part of."""
        near = {thing, *self.reads.get(thing, ()), *self.supplies.get(thing, ())}
        near |= {self.watched[i] for i in near & self.watched.keys()}
        for way in self.ways.values():
            near |= way if way & near else frozenset()
        near |= {i for i, of in self.watched.items() if of in near}
        near |= {n for n, read in self.reads.items() if read & near}
        near |= {u for u, hangs in self.supplies.items() if hangs & near}
        return frozenset(near)

    def spoken_of(self, text: str) -> Names:
        """The things of the plant that a text names."""
        return self.model.names.spoken_of(text)


@lru_cache(maxsize=32)
def of(model: Model) -> Relations:
    """The relations of a model, worked out once."""
    return Relations(model)


def _through(name: str, to: dict[str, set[str]] | dict[str, Iterable[str]]) -> set[str]:
    """All that a name leads to."""
    found: set[str] = set()
    waiting = list(to.get(name, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += to.get(one, ())
    return found


def _named(cue: g.Cue) -> set[str]:
    """The names that a cue reads."""
    return {name for term in cue.flat for name in _in(term.atom)}


def _in(atom: g.Atom) -> Iterator[str]:
    if isinstance(atom, g.Vote):
        yield from (name.text for name in atom.of)
    elif isinstance(atom, g.Test):
        if isinstance(atom.reading, g.Derived):
            yield from _of(atom.reading)
        elif isinstance(atom.reading, Name):
            yield atom.reading.text


def _of(what: g.Derived) -> set[str]:
    return {of.text for of in (what.of, what.other) if isinstance(of, Name)}
