"""What a kind of thing declares about itself: the one interface between a part and the rest of the twin.

A part is one file: what a file may say of its things (`Entry`), what never changes (facts), what changes (`State`), what
only people and the scenario set (`Controls`), and beside its step the rows below. From them follow, and are written
nowhere else: signals and addresses, edges and events, what waits, what verbs do, faults, help and reference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from twin.base.arrays import Bools, declared
from twin.language.entry import Entry
from twin.language.words import EventKind, Quantity
from twin.parts.action import Begun, Order, Row
from twin.text.say import Said

THIS = "*"  # of `reads` and `writes`: the array that a path is declared on
UNBOUND = 1e15


class Path(NamedTuple):
    """How one quantity of a kind of thing is spelled, which array it is read from, and which it is written to.

    `reads` and `writes` are arrays of the part, the state's first; "" where it cannot be read or set. `read` makes the
    columns of that array, one a thing of `things`; `spelled` names the fact that holds their full names where they are
    not THING.name. A path that is `of` another is that one times `scale`. `unsound` makes it a fault: what a debrief
    calls it when it is not zero; `at_desk` what the instructor's desk does. `offer` is how the instructor is offered it:
    yes (on and off), by or to a `value`.
    """

    name: str
    dimension: str  # of the units table, "flag", or "its": that of what the instrument measures
    about: str
    kind: str = ""  # of thing; "" for the part's own
    reads: str = ""
    writes: str = ""
    read: Callable[[Any, Any], Any] | None = None
    things: str = "names"
    spelled: str = ""
    of: str = ""
    scale: Callable[[Any, int], float] | None = None
    least: float = -UNBOUND
    most: float = UNBOUND
    most_of: Callable[[Any, int], float] | None = None
    at_start: bool = False  # only `initially` sets it
    lacking: tuple[str, str] = ("", "")  # what is wrong with a thing of this kind that has none, and the remedy
    unsound: str = ""
    at_desk: str = ""
    offer: str = ""
    value: str = ""
    an_hour: bool = False  # of an instrument: a change with time
    dimension_of: Callable[[Any, int], str] | None = None  # where "its" is another for each thing: "" where it has none

    def quantity(self, kind: str) -> Quantity:
        """Its row of the language."""
        its = self.kind or kind
        return Quantity(its, self.name, self.dimension, self.about, bool(self.writes), self.least, self.most)


def readable(name: str, dimension: str, about: str, **more: Any) -> Path:
    """A quantity that is read from the array it is declared on."""
    return Path(name, dimension, about, reads=THIS, **more)


def settable(name: str, dimension: str, about: str, **more: Any) -> Path:
    """A quantity that is written to the array it is declared on."""
    return Path(name, dimension, about, writes=THIS, **more)


def fault(
    name: str, dimension: str, about: str, unsound: str, at_desk: str = "", offer: str = "yes", **more: Any
) -> Path:
    """A quantity that says that a thing is not sound: zero is sound."""
    return Path(
        name, dimension, about, writes=THIS, unsound=unsound, at_desk=at_desk or unsound, offer=offer, **more
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the signals as the value of a quantity: value = column * scale."""

    index: int
    scale: float
    dimension: str


class Edge(NamedTuple):
    """Something that begins and ends to be so, of each of `things`: found once a scan, in all worlds at once.

    `reads` are places of a world (`tanks.overflow_m3_s`, `controls.transfers.running`, `tests`); `when` makes of the facts
    and these arrays one column a thing; `turned` says what follows in one world: (row, number, begins). `found` says
    that a thing which is so at the first scan was so before: no edge then. `never` says of which facts it can never be.
    """

    name: str
    reads: tuple[str, ...]
    when: Callable[..., Bools]
    turned: Callable[[Row, int, bool], None]
    things: str = "names"
    found: bool = True
    never: Callable[[Any], bool] | None = None


class Task(NamedTuple):
    """Something of each of `things` that waits for a time or a proof: what it does when that has come."""

    name: str
    wake: Callable[[Row, int], None]
    things: str = "names"
    proof: Callable[[Row, int], int] | None = None  # column of what proves it, -1 for none


class Does(NamedTuple):
    """What a part does on a verb: `begin` at once; `work` seconds at the thing, and `worked` when they are over.

    `kinds` are those of the thing, of the part alone by default; "" for a verb that stands alone. `begin` and `worked`
    answer with a sentence when it cannot be. `due`: its time has come while it waits for a proof: whether it is proven
    otherwise, or why not.
    """

    verb: str
    begin: Callable[[Row, Order], Begun | Said]
    work: Callable[[Row, Order], int] | None = None
    worked: Callable[[Row, Order], Said | None] | None = None
    due: Callable[[Row, Order], Said | bool] | None = None
    kinds: tuple[str, ...] = ()


class Part(NamedTuple):
    """One kind of thing. `section` is its section of a farm file and the name of its state in a world."""

    section: str
    kind: str
    entry: type[Entry] | None = None
    state: type | None = None
    controls: type | None = None
    paths: tuple[Path, ...] = ()  # those that are no array of their own
    edges: tuple[Edge, ...] = ()
    events: tuple[EventKind, ...] = ()
    verbs: tuple[Does, ...] = ()
    tasks: tuple[Task, ...] = ()
    sees: Callable[[Row, str], Said] | None = None  # what a person who stands at a thing sees of it: the truth
    mended: str = "{name} healthy"  # what a debrief calls it without its faults
    mending: str = "barrier"  # or fault-out: what kind of change that is
    out_of_service: Callable[[Any], str] | None = None  # of an entry: the fault that it has then
    rank: int = 99  # place in the instructor's list, 99: not in it

    @property
    def all_paths(self) -> tuple[Path, ...]:
        """Every path: of the state's arrays, of the controls', then the others; `*` put in full."""
        found = []
        for kind in (self.state, self.controls):
            for name, its in declared(kind).items() if kind is not None else ():
                listed = its.path if isinstance(its.path, tuple) and not isinstance(its.path, Path) else (its.path,)
                for path in listed:
                    if path is not None:
                        reads, writes = (name if v == THIS else v for v in (path.reads, path.writes))
                        found.append(path._replace(reads=reads, writes=writes))
        return (*found, *self.paths)

    def holds(self, name: str) -> str:
        """Where an array of this part stands in a world: `tanks.level_m`, `controls.valves.target`."""
        if self.state is not None and name in declared(self.state):
            return f"{self.section}.{name}"
        assert self.controls is not None
        assert name in declared(self.controls), name
        return f"controls.{self.section}.{name}"
