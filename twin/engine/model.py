"""A scenario compiled: plant, tables and people as one value that every world shares and no run changes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from twin.base.arrays import Floats, Ints
from twin.base.fault import Fault, Faults, nearest
from twin.farm import board as boards
from twin.farm import check, cues, load, plant
from twin.farm import grammar as g
from twin.farm.files import Files
from twin.farm.names import Names, collect
from twin.farm.nodes import Text
from twin.farm.plant import floats, ints
from twin.farm.signals import Atoms, Expressions, Tests, Votes
from twin.farm.spec import Initial, ScenarioSpec
from twin.instruments import calculated, gauge
from twin.protection import alarm, interlock
from twin.response import crew, deed, table

WORLD_DOES = frozenset({"set", "tell", "open", "close", "start", "stop", "trip", "isolate"})
"""What a timeline entry without a post may do: the world itself acts."""

MARKS = ("containment", "detection", "isolation", "call and muster", "environment", "plant saved")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the plan."""

    name: str
    post: int
    deeds: tuple[deed.Deed, ...]
    orders: tuple[int, ...]  # cell of each deed's order
    has_proof: bool
    within_s: float | None
    every_ticks: int
    delay_s: float
    because: str
    cue_text: str


@dataclass(frozen=True, slots=True)
class Inject:
    """An entry of the timeline; post -1 is the world itself."""

    name: str
    post: int
    deeds: tuple[deed.Deed, ...]
    first_act: int  # number of its first act among all acts of the timeline
    delay_ticks: int
    because: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Sentences whose first times are kept: objectives, cues of calls and musters, facts. (J,) each; -1: none."""

    names: tuple[str, ...]
    first: Ints  # expression A
    second: Ints  # expression B


@dataclass(frozen=True, slots=True)
class FactsTable:
    """What facts measure, (F,) each."""

    names: tuple[str, ...]
    form: tuple[str, ...]
    at_end: tuple[bool, ...]  # read from the board when the run ends
    column: Ints  # of the board, -1 when it measures a time
    scale: Floats
    dimension: tuple[str, ...]
    low: Floats
    high: Floats

    @property
    def reads_any(self) -> bool:
        """Whether something has to be measured while the run goes on."""
        return any(c >= 0 and not end for c, end in zip(self.column.tolist(), self.at_end, strict=True))


@dataclass(frozen=True, slots=True)
class Model:
    """Everything a run reads and never writes."""

    spec: ScenarioSpec
    names: Names
    plant: plant.Plant
    board: boards.Board
    clock: cues.Clock
    gauges: gauge.Gauges
    values: calculated.Values
    tests: Tests
    votes: Votes
    atoms: Atoms
    guards: Expressions  # alarms, their suppressions, interlocks
    cues: Expressions  # plan cues, plan proofs, injects, judged A, judged B
    alarms: alarm.Alarms
    alarm_system: int
    interlocks: interlock.Interlocks
    interlock_proof: Ints  # (K,) expression, -1 without
    interlock_deeds: tuple[tuple[deed.Deed, ...], ...]
    happened: tuple[tuple[str, str, bool], ...]
    happened_at: dict[tuple[str, str, bool], int]
    moments: Ints
    lines: tuple[Line, ...]
    injects: tuple[Inject, ...]
    judged: Judged
    facts: FactsTable
    authority: deed.Authority
    crews: crew.Crews
    cells: table.Layout
    closed_test: Ints  # (V,) test that shows a valve closed, -1 without feedback
    open_test: Ints
    alarm_subject: tuple[str, ...]
    ramps: tuple[tuple[int, deed.Deed], ...]  # acts of the timeline with `over`: (act number, deed)
    warnings: tuple[Fault, ...] = field(default=())

    def post(self, name: str) -> int:
        return self.authority.posts.index(name)


def compile_scenario(spec: ScenarioSpec) -> Model:
    """The model of a spec; raises Faults with every mistake of sense."""
    into = load.Collector()
    names = collect(spec.farm, spec.of("timeline"), into)
    check.check_references(spec, names, into)
    check.check_sense(spec, into)
    into.raise_any()
    try:
        return _Compiler(spec, names, into).model()
    except Fault as fault:
        raise Faults([*into.faults, fault.at(spec.place)]) from None


def open_model(files: Files, name: str, settings: list[str]) -> tuple[Model, str]:
    """The model of a scenario by path or name, and the digest of what its files mean.

    Raises Faults with every mistake found.
    """
    try:
        tree = load.whole_tree(files, name, settings)
    except Fault as fault:
        raise Faults([fault]) from None
    into = load.Collector()
    short = name.rsplit("/", 1)[-1].removesuffix(".yaml")
    spec = load.scenario_from(tree, short, into)
    try:
        model = None if into.faults else compile_scenario(spec)
    except Faults as found:
        raise Faults([*into.faults, *found.faults]) from None
    into.raise_any()
    assert model is not None
    return model, load.meaning_digest(tree)


class _Compiler:
    """Builds a model step by step, collecting mistakes."""

    def __init__(self, spec: ScenarioSpec, names: Names, into: load.Collector) -> None:
        self.spec, self.names, self.into = spec, names, into
        self.plant = plant.build(spec.farm, names)
        self.authority = deed.authority(names)
        self.clock = cues.Clock(load.start_of(spec))

    def entries(self, section: str) -> list[Any]:
        source = self.spec if section in {"timeline", "objectives", "facts"} else self.spec.farm
        return list(source.of(section).values())

    def attempt(self, entry: Any, read: Callable[..., Any], *args: Any) -> Any:
        """What `read(*args)` returns; a mistake is kept, at the entry when it has no better place."""
        return self.into.attempt(entry.place, read, *args)

    def model(self) -> Model:
        """Instruments first, then what watches them, then what people do about it."""
        self._boards()
        tables = cues.Tables(self.board, self.clock, self._line_names(), len(self.gauges.names))
        guards = self._guards(tables)
        sentences = self._sentences(tables)
        closed, opened = self._valve_tests(tables)
        self.into.faults += deed.check_consents(self.names, self.authority)
        self.into.raise_any()
        atoms = tables.atoms(len(self.entries("alarms")), len(self.entries("interlocks")))
        frozen_tests, frozen_votes = tables.freeze()
        lines, injects, cells = self._people()
        deeds = tuple(tuple(self._deed(a, e) for a in e.then) for e in self.entries("interlocks"))
        self._initial_values()
        self.into.raise_any()
        subjects = {a.name: self._subject(a.when) for a in self.entries("alarms")}
        acts = [d for i in injects for d in i.deeds]
        return Model(
            spec=self.spec, names=self.names, plant=self.plant, board=self.board, clock=self.clock,
            gauges=self.gauges, values=self.values, tests=frozen_tests, votes=frozen_votes, atoms=atoms,
            guards=cues.expressions(guards, atoms), cues=cues.expressions(sentences.drafts, atoms),
            alarms=alarm.build(self.names, subjects),
            alarm_system=plant.index_of(self.plant.utilities, "BPCS" if "BPCS" in self.plant.utilities else ""),
            interlocks=interlock.build(self.plant), interlock_proof=ints(sentences.trip_proofs),
            interlock_deeds=deeds, happened=tuple(tables.happened),
            happened_at={key: i for i, key in enumerate(tables.happened)}, moments=ints(tables.moments),
            lines=lines, injects=injects, judged=sentences.judged, facts=self.facts, authority=self.authority,
            crews=crew.build(self.names, self.authority.posts), cells=self._cells(cells, len(tables.happened)),
            closed_test=closed, open_test=opened,
            alarm_subject=tuple(subjects.values()),
            ramps=tuple((i, d) for i, d in enumerate(acts) if d.over_ticks and d.address is not None),
            warnings=tuple(check.warnings(self.spec)),
        )  # fmt: skip

    # instruments and values

    def _boards(self) -> None:
        bare = boards.build(self.plant, {}, {})
        dimensions = {}
        for entry in self.entries("instruments"):
            column = self.attempt(entry, bare.column, entry.measures.reading)
            dimensions[entry.name] = "flag" if entry.measures.sign or column is None else column.dimension
        self.into.raise_any()
        half = boards.build(self.plant, dimensions, {})
        self.gauges = gauge.build(self.plant, half)
        wanted = [(e.name, e.value, e.by_hand_s or 0.0) for e in self.entries("calculated")]
        wanted += [(name, what, 0.0) for name, what in sorted(self._derived().items())]
        for name, what, _ in wanted:
            self._check_derived(name, what)
        self.into.raise_any()
        self.values = calculated.build(self.plant, half, wanted)
        known = dict(zip(self.values.names, self.values.dimensions, strict=True))
        self.board = boards.build(self.plant, dimensions, known)
        self.facts = FactsTable((), (), (), ints([]), floats([]), (), floats([]), floats([]))

    def _derived(self) -> dict[str, g.Derived]:
        found = [a.when for a in self.entries("alarms")] + [a.suppressed for a in self.entries("alarms")]
        found += [i.when for i in self.entries("interlocks")] + [i.proof for i in self.entries("interlocks")]
        found += [c for line in self.entries("plan") for c in (line.cue, line.proof)]
        found += [i.cue for i in self.entries("timeline")]
        found += [c for o in self.entries("objectives") for c in (o.that.cue, o.that.other)]
        measures = [f.of for f in self.entries("facts")]
        found += [c for m in measures for c in (m.cue, m.other)]
        listed = cues.derived_in(found)
        for m in measures:
            if isinstance(m.reading, g.Derived):
                listed[cues.derived_name(m.reading)] = m.reading
        return listed

    def _check_derived(self, name: str, what: g.Derived) -> None:
        for of in (what.of, what.other):
            if isinstance(of, g.Name):
                self.into.attempt(of.place, self.names.need, of, "an instrument", "instrument")

    # what watches

    def _guards(self, tables: cues.Tables) -> list[cues.Draft]:
        none = tables.compile(None, "when")
        drafts = [self.attempt(e, tables.compile, e.when, "when", e.deadband) or none for e in self.entries("alarms")]
        drafts += [self.attempt(e, tables.compile, e.suppressed, "when") or none for e in self.entries("alarms")]
        drafts += [self.attempt(e, tables.compile, e.when, "vote") or none for e in self.entries("interlocks")]
        return drafts

    def _sentences(self, tables: cues.Tables) -> "_Sentences":
        none = tables.compile(None, "plan")
        plan, timeline = self.entries("plan"), self.entries("timeline")
        drafts = [self.attempt(e, tables.compile, e.cue, "plan") or none for e in plan]
        drafts += [self.attempt(e, tables.compile, e.proof, "plan") or none for e in plan]
        drafts += [self.attempt(e, tables.compile, e.cue, "truth") or none for e in timeline]
        proofs = []
        for entry in self.entries("interlocks"):
            proofs.append(len(drafts) if entry.proof else -1)
            if entry.proof:
                drafts.append(self.attempt(entry, tables.compile, entry.proof, "when") or none)
        first, second, names = [], [], []

        def add(cue: g.Cue | None, entry: Any) -> int:
            if cue is None:
                return -1
            drafts.append(self.attempt(entry, tables.compile, cue, "truth") or none)
            return len(drafts) - 1

        for entry in self.entries("objectives"):
            names.append(entry.name)
            first.append(add(entry.that.cue, entry))
            second.append(add(entry.that.other, entry))
        for number, entry in enumerate(plan):
            if any(a.verb in {"call", "evacuate", "muster"} for a in entry.do):
                names.append(f"plan.{entry.name}")
                first.append(number)
                second.append(-1)
        for entry in self.entries("facts"):
            names.append(entry.name)
            first.append(add(entry.of.cue, entry))
            second.append(add(entry.of.other, entry))
        self._facts()
        return _Sentences(drafts, proofs, Judged(tuple(names), ints(first), ints(second)))

    def _facts(self) -> None:
        entries = self.entries("facts")
        columns: list[boards.Column | None] = [
            None if e.of.reading is None else self.attempt(e, self._reading, e.of.reading) for e in entries
        ]
        for entry, column in zip(entries, columns, strict=True):
            wanted = column.dimension if column else ("time" if entry.of.form == "time from" else "moment")
            if entry.band.dimension != wanted and not (wanted == "fraction" and entry.band.dimension == "number"):
                self.into.add(
                    f"{entry.name} measures a {wanted}, and its band is a {entry.band.dimension}.", "", entry.place
                )
        self.facts = FactsTable(
            names=tuple(e.name for e in entries),
            form=tuple(e.of.form for e in entries),
            at_end=tuple(e.of.at_end for e in entries),
            column=ints(-1 if c is None else c.index for c in columns),
            scale=floats(1.0 if c is None else c.scale for c in columns),
            dimension=tuple("moment" if c is None and e.of.form == "time of" else "time" if c is None else c.dimension
                            for e, c in zip(entries, columns, strict=True)),
            low=floats(e.band.low for e in entries),
            high=floats(e.band.high for e in entries),
        )  # fmt: skip

    def _reading(self, reading: g.Reading) -> boards.Column:
        if isinstance(reading, g.Derived):
            return self.board.shown(g.Name(cues.derived_name(reading), reading.of.place))
        return self.board.shown(reading)

    def _valve_tests(self, tables: cues.Tables) -> tuple[Ints, Ints]:
        """For every valve with position feedback, the tests that show it closed and open."""
        closed, opened = [-1] * len(self.plant.valves), [-1] * len(self.plant.valves)
        for entry in self.entries("instruments"):
            path = entry.measures.reading
            if path.quantity == "position" and not entry.measures.sign and entry.by_hand_s is None:
                v = self.plant.valves.index(path.thing)
                name = g.Name(entry.name, entry.place)
                closed[v] = tables.test(name, "<", g.Amount(2.0, "%", entry.place))
                opened[v] = tables.test(name, ">", g.Amount(98.0, "%", entry.place))
        return ints(closed), ints(opened)

    # what people do

    def _line_names(self) -> tuple[str, ...]:
        return (*self.spec.farm.of("plan"), *self.spec.of("timeline"))

    def _deed(self, act: g.Act, entry: Any) -> deed.Deed:
        found = self.attempt(entry, deed.resolve, self.board, act)
        return found if isinstance(found, deed.Deed) else deed.Deed(act.verb, "", "", act.text)

    def _may(self, post: str, acts: tuple[deed.Deed, ...], entry: Any, *, world_may: bool) -> None:
        for one in acts:
            if post and (one.verb != "set" or one.kind == "valve"):
                reason = self.authority.refusal(post, one, self.names)
                if reason:
                    self.into.add(f"{entry.name}: {reason}", "", one.place or entry.place)
            if not post and one.verb not in WORLD_DOES:
                self.into.add(f"{entry.name}: somebody does this: who?", "Write post: field.", one.place or entry.place)
            if one.verb == "set" and one.kind == "path" and not (world_may and not post):
                self.into.add(
                    f"{entry.name}: people set valves; quantities and faults are the timeline's.",
                    "",
                    one.place or entry.place,
                )

    def _people(self) -> tuple[tuple[Line, ...], tuple[Inject, ...], int]:
        lines, number = [], 0
        for entry in self.entries("plan"):
            deeds = tuple(self._deed(a, entry) for a in entry.do)
            self._may(entry.post, deeds, entry, world_may=False)
            orders = tuple(range(number, number + len(deeds)))
            number += len(deeds)
            lines.append(
                Line(entry.name, self._post(entry.post), deeds, orders, entry.proof is not None, entry.within_s,
                     round(entry.every_s or 0), entry.delay_s, entry.because, entry.cue.text)
            )  # fmt: skip
        injects, acts = [], 0
        for entry in self.entries("timeline"):
            deeds = tuple(self._deed(a, entry) for a in entry.do)
            self._may(entry.post, deeds, entry, world_may=True)
            post = self._post(entry.post) if entry.post else -1
            injects.append(Inject(entry.name, post, deeds, acts, round(entry.delay_s), entry.because))
            acts += len(deeds)
        return tuple(lines), tuple(injects), number

    def _post(self, name: str) -> int:
        return self.authority.posts.index(name)

    def _cells(self, plan_orders: int, n_happened: int) -> table.Layout:
        sizes = (
            len(self.entries("timeline")),
            sum(len(e.do) for e in self.entries("timeline")),
            len(self.plant.transfers),
            len(self.entries("interlocks")),
            len(self.entries("interlocks")),
            len(self.entries("alarms")),
            n_happened,
            len(self.entries("plan")),
            len(self.entries("plan")),
            plan_orders + table.SPARE_ORDERS,
        )
        return table.Layout(*(sum(sizes[:i]) for i in range(len(sizes) + 1)))

    # the start

    def _initial_values(self) -> None:
        for initial in self.spec.initially:
            self.into.attempt(initial.place, initial_value, self.board, initial)
        for uncertain in self.spec.uncertain:
            self.into.attempt(uncertain.path.place, uncertain_target, self.board, self._line_names(), uncertain)

    def _subject(self, cue: g.Cue) -> str:
        """The thing an alarm watches: that of its first reading."""
        for term in cue.terms:
            atom = term.atom
            reading = atom.of[0] if isinstance(atom, g.Vote) else getattr(atom, "reading", None)
            while isinstance(reading, g.Derived):
                reading = reading.of
            if isinstance(reading, g.Path):
                return reading.thing
            if isinstance(reading, g.Name):
                entry = self.spec.farm.of("instruments").get(reading.text)
                if entry is not None:
                    return str(entry.measures.reading.thing)
                value = self.spec.farm.of("calculated").get(reading.text)
                if value is not None:
                    return self._subject(g.Cue((g.Term(g.Test(value.value)),), "", cue.place))
                other = self.spec.farm.of("alarms").get(reading.text)
                if other is not None and other.when is not cue:
                    return self._subject(other.when)
        return "farm"


@dataclass(frozen=True, slots=True)
class _Sentences:
    drafts: list[cues.Draft]
    trip_proofs: list[int]
    judged: Judged


def initial_value(board: boards.Board, initial: Initial) -> tuple[boards.Address, float]:
    """Where a starting value is written, and the value in SI; raises Fault when it cannot be."""
    address = board.address(g.Path(initial.thing, initial.quantity, initial.place))
    text = Text(initial.value, initial.place)
    return address, value_of(text, address)


def value_of(text: Text, address: boards.Address) -> float:
    """A value for an address, from text."""
    if address.dimension == "flag":
        if text.text not in {"yes", "no"}:
            raise Fault(f"yes or no is wanted here, not {text.text!r}.", "", text.place)
        return float(text.text == "yes")
    if address.dimension == "time":
        return address.inside(g.parse(lambda s: s.duration(), text), text.text, text.place) * address.scale
    value = g.parse(lambda s: s.amount(), text).si(address.dimension)
    return address.inside(value, text.text, text.place) * address.scale


def uncertain_target(board: boards.Board, lines: tuple[str, ...], uncertain: Any) -> tuple[str, Any, str]:
    """What an uncertain quantity writes: ("delay", line, time) or ("cell", address, dimension)."""
    path, chance = uncertain.path, uncertain.chance
    if path.thing in lines:
        if path.quantity != "delay":
            raise Fault(
                f"of {path.thing} only the delay can be uncertain.", nearest(path.quantity, ["delay"]), path.place
            )
        kind, target, dimension = "delay", path.thing, "time"
    else:
        address = board.address(path)
        kind, target, dimension = "cell", address, address.dimension
    for value in chance.values:
        if isinstance(value, g.Name):
            boards.flag(value)
        elif dimension == "flag":
            raise Fault("yes or no is wanted here.", "", value.place)
        else:
            value.si(dimension)
    return kind, target, dimension
