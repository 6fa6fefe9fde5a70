"""A spec to a model: every name found, every sentence compiled, every mistake of sense collected."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from twin.base.arrays import Ints, ints
from twin.base.fault import Fault, Faults
from twin.engine import cues, judging, plant, relations, sense, tasks
from twin.engine import signals as signals_
from twin.engine.model import Inject, Judged, Line, Model
from twin.engine.parts import WORDS
from twin.engine.resolve import resolve
from twin.engine.starting import initial_value, uncertain_target
from twin.language import grammar as g
from twin.language import load, spec
from twin.language.entry import Entry
from twin.language.files import Files
from twin.language.names import Names, collect
from twin.language.sentence import Amount, Name, Path
from twin.language.spec import ScenarioSpec
from twin.language.trees import meaning_digest, whole_tree
from twin.parts import alarm, gauge, interlock, post, transfer, transfer_entry, value, valve, vessels
from twin.parts.action import Action
from twin.parts.gauge_entry import Instrument
from twin.parts.part import Column

E = TypeVar("E", bound=Entry)
T = TypeVar("T")


def compile_scenario(its: ScenarioSpec) -> Model:
    """The model of a spec; raises Faults with every mistake of sense."""
    into = load.Collector()
    names = collect(its.farm, its.sections["timeline"], into, WORDS)
    sense.check_references(its, names, into)
    sense.check_sense(its, into)
    into.raise_any()
    try:
        return _Compiler(its, names, into).model()
    except Fault as fault:
        raise Faults([*into.faults, fault.at(its.place)]) from None


def open_model(files: Files, name: str, settings: list[str]) -> tuple[Model, str]:
    """The model of a scenario by path or name, and the digest of what its files mean.

    Raises Faults with every mistake found.
    """
    try:
        tree = whole_tree(files, WORDS, name, settings)
    except Fault as fault:
        raise Faults([fault]) from None
    into = load.Collector()
    short = name.rsplit("/", 1)[-1].removesuffix(".yaml")
    its = load.scenario_from(tree, short, into, WORDS)
    return compiled(its, into), meaning_digest(tree)


def compiled(its: ScenarioSpec, into: load.Collector) -> Model:
    """The model of a spec that was read with these mistakes; raises Faults with all, when there are any."""
    try:
        model = None if into.faults else compile_scenario(its)
    except Faults as found:
        raise Faults([*into.faults, *found.faults]) from None
    into.raise_any()
    assert model is not None
    return model


class _Compiler:
    """Builds a model step by step, collecting mistakes."""

    def __init__(self, its: ScenarioSpec, names: Names, into: load.Collector) -> None:
        self.spec, self.names, self.into = its, names, into
        self.plant = plant.build(its, names)
        self.posts = plant.authority(its.farm, WORDS.always, self.plant.utilities.names)
        self.clock = cues.Clock(load.start_of(its))

    def entries(self, kind: type[E]) -> list[E]:
        in_scenario = kind in spec.SCENARIO_SECTIONS.values()
        return list((self.spec.of(kind) if in_scenario else self.spec.farm.of(kind)).values())

    def attempt(self, entry: Entry, read: Callable[..., T], *args: Any) -> T | None:
        """What `read(*args)` returns; a mistake is kept, at the entry when it has no better place."""
        found: T | None = self.into.attempt(entry.place, read, *args)
        return found

    def model(self) -> Model:
        """Instruments first, then what watches them, then what people do about it."""
        self._signals()
        lines, shown = self._line_names(), len(self.instruments.names)
        tables = cues.Tables(self.signals, self.clock, self.spec.lasts_s, lines, shown, self.spec.drawn)
        guards = self._guards(tables)
        sentences = self._sentences(tables)
        valves, presets = self._valves(tables), self._presets(tables)
        self.into.faults += post.check_consents(self.posts, self.spec.farm.place)
        self.into.raise_any()
        atoms = tables.atoms(len(self.entries(alarm.Alarm)), len(self.entries(interlock.Interlock)))
        tests, votes = tables.freeze()
        plan, injects, n_orders = self._people()
        by_trips = tuple(tuple(self._action(a, e) for a in e.then) for e in self.entries(interlock.Interlock))
        acts = tuple(a for inject in injects for a in inject.actions)
        self._initial_values()
        self.into.raise_any()
        utilities = self.plant.utilities.names
        its = self.plant
        return Model(
            spec=self.spec, names=self.names, signals=self.signals, clock=self.clock,
            utilities=its.utilities, nodes=its.nodes, tanks=its.tanks, lines=its.lines, valves=valves, pumps=its.pumps, vents=its.vents, leaks=its.leaks, transfers=transfer.with_presets(its.transfers, presets),
            weather=its.weather, spilled=its.spilled, instruments=self.instruments, calculated=self.calculated,
            interlocks=interlock.build(
                self.spec.farm.of(interlock.Interlock), utilities, its.valves.names, its.valves.stroke_s, its.pumps.names, relations.ways_of(self.spec.farm)),
            alarms=self._alarms(), posts=self.posts, people=plant.crews(self.names, self.posts.names),
            tests=tests, votes=votes, atoms=atoms,
            guards=cues.expressions(guards, atoms), cues=cues.expressions(sentences.drafts, atoms),
            alarm_system=utilities.index("BPCS") if "BPCS" in utilities else len(utilities),
            interlock_proof=ints(sentences.trip_proofs), interlock_acts=by_trips, happened=tuple(tables.happened),
            happened_at={key: i for i, key in enumerate(tables.happened)}, moments=ints(tables.moments),
            plan=plan, injects=injects, judged=sentences.judged, facts=self.facts,
            tasks=self._tasks(n_orders, len(acts), len(tables.happened)), acts=acts,
        )  # fmt: skip

    # instruments and values

    def _signals(self) -> None:
        facts: dict[str, object] = {item.name: getattr(self.plant, item.name) for item in fields(self.plant)}
        bare = signals_.build(self.names, facts)
        entries = self.spec.farm.of(Instrument)
        columns = [self.attempt(e, bare.column, e.watched) for e in entries.values()]
        self.into.raise_any()
        watched = [c for c in columns if c is not None]
        dimensions = {
            n: "flag" if e.is_switch else c.dimension for (n, e), c in zip(entries.items(), watched, strict=True)
        }
        half = bare.with_shown(dimensions, {})
        self.instruments = gauge.build(entries, watched, self.plant.utilities.names, self._weighs(bare))
        wanted = {e.name: (e.value, e.by_hand_s or 0.0) for e in self.entries(value.Calculated)}
        wanted.update({name: (what, 0.0) for name, what in sorted(self._derived().items())})
        for name, (what, _) in wanted.items():
            self._check_derived(name, what)
        self.into.raise_any()
        ends = [(str(t.start), str(t.end)) for t in self.entries(transfer_entry.Transfer)]
        self.calculated = value.build([self._wanted(half, n, what, s) for n, (what, s) in wanted.items()], ends)
        known = dict(zip(self.calculated.names, self.calculated.dimensions, strict=True))
        facts |= {"instruments": self.instruments, "calculated": self.calculated, "posts": self.posts}
        facts |= {"alarms": _Named(tuple(self.spec.farm.of(alarm.Alarm)))}
        facts |= {"interlocks": _Named(tuple(self.spec.farm.of(interlock.Interlock)))}
        self.signals = half.with_shown(dimensions, known)

    def _weighs(self, bare: signals_.Signals) -> dict[str, tuple[Column, Column]]:
        """Mass and volume of the tank that a head gauge stands under."""
        heads = [e for e in self.entries(Instrument) if e.density is not None]
        found = {}
        for its in heads:
            tank = self.names.need(Name(its.watched.thing, its.place), "a tank", "tank")
            mass, volume = (bare.column(Path(tank, of, its.place)) for of in ("mass", "volume"))
            found[its.name] = (mass, volume)
        return found

    def _wanted(self, half: signals_.Signals, name: str, what: g.Derived, by_hand_s: float) -> value.Wanted:
        """A calculated value with the columns, and the tank of a gap."""
        column = half.shown(what.of)
        value.dimension_of(what, column.dimension)
        made = value.Wanted(name, what, by_hand_s, column)
        if what.form == "difference":
            assert what.other is not None
            other = half.shown(what.other)
            if other.dimension != column.dimension:
                raise Fault(f"{_said(what.of)} and {_said(what.other)} show different things: {column.dimension}, {other.dimension}.",
                            "A difference is of two of a kind.", what.other.place)  # fmt: skip
            return replace(made, other=other)
        if what.form != "gap":
            return made
        watched = self._watched(what.of)
        if watched is None or watched.quantity != "level":
            raise Fault("a gap needs a level instrument first.", "", what.of.place)
        assert what.other is not None
        flow = half.shown(what.other)
        if flow.dimension != "volume flow":
            raise Fault(f"{_said(what.other)} shows no flow.", "Name a flow instrument.", what.other.place)
        tanks: vessels.Vessels = self.plant.tanks
        m = tanks.index(watched.thing)
        return replace(
            made, other=flow, tank=watched.thing, area_m2=float(tanks.area_m2[m]), table=dict(tanks.tables).get(m), legs_m=float(tanks.legs_m[m]),
            draught_m=float(tanks.draught_m[m]),
        )  # fmt: skip

    def _watched(self, of: Name | Path) -> Path | None:
        """What a reading is of: the path itself, or what an instrument measures."""
        if isinstance(of, Path):
            return of
        entry = self.spec.farm.of(Instrument).get(of.text)
        return entry.watched if entry is not None else None

    def _derived(self) -> dict[str, g.Derived]:
        alarms, interlocks = self.entries(alarm.Alarm), self.entries(interlock.Interlock)
        found: list[g.Cue | None] = [a.when for a in alarms]
        found += [a.suppressed for a in alarms]
        found += [c for i in interlocks for c in (i.when, i.proof)]
        found += [c for line in self.entries(spec.PlanLine) for c in (line.cue, line.proof)]
        found += [i.cue for i in self.entries(spec.Inject)]
        found += [c for o in self.entries(spec.Objective) for c in (o.that.cue, o.that.other)]
        measures = [f.of for f in self.entries(spec.Fact)]
        found += [c for m in measures for c in (m.cue, m.other)]
        listed = cues.derived_in(found)
        for m in measures:
            if isinstance(m.reading, g.Derived):
                listed[cues.derived_name(m.reading)] = m.reading
        return listed

    def _check_derived(self, name: str, what: g.Derived) -> None:
        for of in (what.of, what.other):
            if isinstance(of, Name):
                self.into.attempt(of.place, self.names.need, of, "an instrument", "instrument")

    # what watches

    def _guards(self, tables: cues.Tables) -> list[cues.Draft]:
        none = tables.compile(None, "when")
        alarms, interlocks = self.entries(alarm.Alarm), self.entries(interlock.Interlock)
        drafts = [self.attempt(e, tables.compile, e.when, "when", e.deadband) or none for e in alarms]
        drafts += [self.attempt(e, tables.compile, e.suppressed, "when") or none for e in alarms]
        drafts += [self.attempt(e, tables.compile, e.when, "vote") or none for e in interlocks]
        return drafts

    def _sentences(self, tables: cues.Tables) -> "_Sentences":
        none = tables.compile(None, "plan")
        plan, timeline = self.entries(spec.PlanLine), self.entries(spec.Inject)
        drafts = [self.attempt(e, tables.compile, e.cue, "plan") or none for e in plan]
        drafts += [self.attempt(e, tables.compile, e.proof, "plan") or none for e in plan]
        drafts += [self.attempt(e, tables.compile, e.cue, "truth") or none for e in timeline]
        proofs = []
        for entry in self.entries(interlock.Interlock):
            proofs.append(len(drafts) if entry.proof else -1)
            if entry.proof:
                drafts.append(self.attempt(entry, tables.compile, entry.proof, "when") or none)
        judged: list[tuple[str, int, int]] = []

        def add(cue: g.Cue | None, entry: Entry, scope: str = "truth") -> int:
            if cue is None:
                return -1
            drafts.append(self.attempt(entry, tables.compile, cue, scope) or none)
            return len(drafts) - 1

        for o in self.entries(spec.Objective):
            judged.append((o.name, add(o.that.cue, o, "objective"), add(o.that.other, o, "objective")))
        for line in plan:
            if any(a.verb in {"call", "evacuate", "muster"} for a in line.do):
                judged.append((f"plan.{line.name}", add(line.cue, line), -1))  # true in the plant, whoever looked
        for fact in self.entries(spec.Fact):
            judged.append((fact.name, add(fact.of.cue, fact), add(fact.of.other, fact)))
        self._facts()
        names, first, second = ([j[i] for j in judged] for i in range(3))
        return _Sentences(drafts, proofs, Judged(tuple(map(str, names)), ints(map(int, first)), ints(map(int, second))))

    def _facts(self) -> None:
        entries = self.entries(spec.Fact)
        columns: list[Column | None] = [
            None if e.of.reading is None else self.attempt(e, self._reading, e.of.reading) for e in entries
        ]
        self.facts = judging.table(entries, columns, self.into)

    def _reading(self, reading: g.Reading) -> Column:
        if isinstance(reading, g.Derived):
            return self.signals.shown(Name(cues.derived_name(reading), reading.of.place))
        return self.signals.shown(reading)

    def _valves(self, tables: cues.Tables) -> valve.Valves:
        """The valves with the tests that show them closed and open, where there is position feedback."""
        its = self.plant.valves
        shut, opened = [-1] * len(its.names), [-1] * len(its.names)
        for entry in self.entries(Instrument):
            path = entry.watched
            if path.quantity == "position" and not entry.is_switch and entry.by_hand_s is None:
                v = its.names.index(path.thing)
                name = Name(entry.name, entry.place)
                shut[v] = tables.test(name, "<", Amount(2.0, "%", entry.place))
                opened[v] = tables.test(name, ">", Amount(98.0, "%", entry.place))
        return replace(its, shut_test=ints(shut), open_test=ints(opened))

    def _presets(self, tables: cues.Tables) -> Ints:
        """The tests of the readings that end transfers, -1 where none does."""
        listed = self.entries(transfer_entry.Transfer)
        found = [-1 if t.ends_at is None else self.attempt(t, tables.limit, t.ends_at) for t in listed]
        return ints(-1 if number is None else number for number in found)

    def _alarms(self) -> alarm.Alarms:
        entries = self.spec.farm.of(alarm.Alarm)
        return alarm.build(entries, {n: self._subject(e.when) for n, e in entries.items()},
                           {n: self._watches(e.when) for n, e in entries.items()})  # fmt: skip

    def _watches(self, when: g.Cue) -> int:
        """The column of the first reading of an alarm, -1 where it is on or off."""
        name = cues.read_name(when)
        column = self.signals.at.get(name)
        return -1 if column is None or self.signals.dimensions[column] == "flag" else column

    def _subject(self, cue: g.Cue) -> str:
        """The thing an alarm watches: that of its first reading."""
        for term in cue.flat:
            atom = term.atom
            reading: g.Reading | None = (
                atom.of[0] if isinstance(atom, g.Vote) else atom.reading if isinstance(atom, g.Test) else None
            )
            if isinstance(reading, g.Derived):
                reading = reading.of
            if isinstance(reading, Path):
                return reading.thing
            if isinstance(reading, Name):
                if (entry := self.spec.farm.of(Instrument).get(reading.text)) is not None:
                    return entry.watched.thing
                if (worked := self.spec.farm.of(value.Calculated).get(reading.text)) is not None:
                    return self._subject(g.Cue((g.Term(g.Test(worked.value)),), "", cue.place))
                other = self.spec.farm.of(alarm.Alarm).get(reading.text)
                if other is not None and other.when is not cue:
                    return self._subject(other.when)
        return "farm"

    # what people do

    def _line_names(self) -> tuple[str, ...]:
        return (*self.spec.farm.of(spec.PlanLine), *self.spec.of(spec.Inject))

    def _action(self, act: g.Act, entry: Entry) -> Action:
        return self.attempt(entry, resolve, self.signals, act) or Action(act.verb, "", "", act.text)

    def _may(self, who: str, acts: tuple[Action, ...], entry: Entry, *, world_may: bool) -> None:
        for one in acts:
            place = one.place or entry.place
            if who and (one.verb != "set" or one.kind == "valve"):
                why = self.posts.refusal(who, one)
                if why is not None:
                    self.into.add(f"{entry.name}: {why}", "", place)
            if not who and one.verb not in WORDS.of_the_world:
                self.into.add(f"{entry.name}: somebody does this: who?", "Write post: field.", place)
            if one.verb == "set" and one.kind == "path" and not (world_may and not who):
                self.into.add(f"{entry.name}: people set valves; quantities and faults are the timeline's.", "", place)

    def _people(self) -> tuple[tuple[Line, ...], tuple[Inject, ...], int]:
        lines, number = [], 0
        for line in self.entries(spec.PlanLine):
            acts = tuple(self._action(a, line) for a in line.do)
            self._may(line.post, acts, line, world_may=False)
            orders = tuple(range(number, number + len(acts)))
            number += len(acts)
            lines.append(
                Line(line.name, self.posts.names.index(line.post), acts, orders, line.proof is not None, line.within_s,
                     round(line.every_s or 0), line.delay_s, line.because, line.cue.text)
            )  # fmt: skip
        injects, n_acts = [], 0
        for its in self.entries(spec.Inject):
            acts = tuple(self._action(a, its) for a in its.do)
            self._may(its.post, acts, its, world_may=True)
            who = self.posts.names.index(its.post) if its.post else -1
            injects.append(Inject(its.name, who, acts, n_acts, round(its.delay_s), its.because))
            n_acts += len(acts)
        return tuple(lines), tuple(injects), number

    def _tasks(self, n_orders: int, n_acts: int, n_happened: int) -> tasks.Layout:
        n_lines = len(self.entries(spec.PlanLine))
        sizes = {
            "injects": len(self.entries(spec.Inject)), "reverts": n_acts, "sightings": n_happened, "repeats": n_lines,
            "lines": n_lines, "orders": n_orders + tasks.SPARE_ORDERS, "returns": tasks.SPARE_RETURNS,
            "senders": len(self.plant.transfers.names), "trips": len(self.entries(interlock.Interlock)),
            "bypasses": len(self.entries(interlock.Interlock)), "shelves": len(self.entries(alarm.Alarm)),
        }  # fmt: skip
        return tasks.layout(sizes)

    # the start

    def _initial_values(self) -> None:
        for initial in self.spec.initially:
            self.into.attempt(initial.place, initial_value, self.signals, initial)
        for uncertain in self.spec.uncertain:
            self.into.attempt(
                uncertain.path.place, uncertain_target, self.signals, self._line_names(), uncertain
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Named:
    """Names of things whose facts are not built yet: enough for an address."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sentences:
    drafts: list[cues.Draft]
    trip_proofs: list[int]
    judged: Judged


def _said(of: Name | Path) -> str:
    return of.text if isinstance(of, Name) else f"{of.thing}.{of.quantity}"
