"""Sentences of cues to tables of tests, votes and expressions; every name resolved, every unit checked."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from twin.base.arrays import bools, floats, ints
from twin.base.fault import Fault, nearest
from twin.base.units import difference
from twin.engine.logic import Atoms, Expressions, Tests, Votes
from twin.engine.orders import names_of
from twin.engine.signals import Signals
from twin.language import grammar as g
from twin.language.names import Names
from twin.language.sentence import DAY_S, Amount, Moment, Name, Path, spoken, spoken_path
from twin.parts import alarm, interlock
from twin.parts.gauge_entry import Instrument
from twin.parts.part import Column

DRAWN = "drawn"
SEES_THE_TRUTH = frozenset({"objective", "truth"})  # scopes of sentences that nobody in the plant says
ON = 0.5  # a flag or switch is on above this


def derived_name(derived: g.Derived) -> str:
    """The name of a value that a sentence works out on the spot; no name of a file holds an " of "."""

    def word(of: Name | Path | None) -> str:
        return "" if of is None else spoken(of.text) if isinstance(of, Name) else spoken_path(of.thing, of.quantity)

    parts = [derived.form, "of", word(derived.of), word(derived.other), derived.sign]
    if derived.limit:
        parts.append(f"{derived.limit.number:g} {derived.limit.unit}")
    if derived.over_s:
        parts.append(f"over {derived.over_s:g} s")
    return " ".join(part for part in parts if part)


def derived_in(cues: Iterable[g.Cue | None]) -> dict[str, g.Derived]:
    """Every value that these cues work out on the spot, by name."""
    found = {}
    for cue in cues:
        for term in cue.flat if cue else ():
            if isinstance(term.atom, g.Test) and isinstance(term.atom.reading, g.Derived):
                found[derived_name(term.atom.reading)] = term.atom.reading
    return found


def read_name(cue: g.Cue) -> str:
    """The name of what the first atom of a cue reads, "" where it reads no name."""
    atom = cue.flat[0].atom
    reading = atom.reading if isinstance(atom, g.Test) else None
    return reading.text if isinstance(reading, Name) else ""


def read_limit(cue: g.Cue) -> Amount | None:
    """The limit that the first atom of a cue compares with, None where there is none."""
    atom = cue.flat[0].atom
    return atom.limit if isinstance(atom, g.Test) else None


@dataclass(frozen=True, slots=True)
class Clock:
    """The scenario's start: moments to ticks."""

    start: datetime.datetime

    @property
    def of_day_s(self) -> int:
        """The second of the day at the start."""
        return self.start.hour * 3600 + self.start.minute * 60 + self.start.second

    def tick(self, moment: Moment) -> int:
        """The tick of a moment; a bare time is the next one at or after the start."""
        if moment.after_start:
            return moment.seconds
        if not moment.date:
            return (moment.seconds - self.of_day_s) % DAY_S
        days = (datetime.date.fromisoformat(moment.date) - self.start.date()).days
        return days * DAY_S + moment.seconds - self.of_day_s

    def hour(self, tick: int) -> int:
        """The hour of the day at a tick."""
        return (self.of_day_s + tick) // 3600 % 24

    def text(self, tick: int) -> str:
        """The moment of a tick as people write it: 03:05:00."""
        return (self.start + datetime.timedelta(seconds=tick)).strftime("%H:%M:%S")

    def iso(self, tick: int) -> str:
        """The moment of a tick with its date."""
        return (self.start + datetime.timedelta(seconds=tick)).isoformat()


@dataclass(slots=True)
class Tables:
    """Collects what cues need while they are compiled; `freeze` makes the arrays."""

    signals: Signals
    clock: Clock
    lasts: int
    lines: tuple[str, ...]  # of the plan, then of the timeline
    n_instruments: int
    drawn: tuple[str, ...]  # words that chance may draw
    tests: list[tuple[int, float, float, float, int, bool]] = field(default_factory=list)
    votes: list[tuple[int, list[tuple[int, int, str]]]] = field(default_factory=list)
    happened: list[tuple[str, str, bool]] = field(default_factory=list)
    moments: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.happened += [(DRAWN, word, False) for word in self.drawn]

    @property
    def names(self) -> Names:
        return self.signals.known

    # atoms are (block, number) until all blocks have their final size

    def test(
        self,
        reading: g.Reading,
        sign: str,
        limit: Amount | None,
        deadband: Amount | None = None,
        or_equal: bool = False,
    ) -> int:
        """The number of a test, made once for each different one."""
        column = self._column(reading)
        if limit is None:
            if column.dimension != "flag" and not self._is_switch(reading):
                place = reading.of.place if isinstance(reading, g.Derived) else reading.place
                raise Fault("a limit is missing: this reading is a number.", "Write > or < and a value.", place)
            at, direction = ON, 1.0
        else:
            if column.dimension == "flag":
                raise Fault("this is on or off: it has no limit.", "Leave out the comparison.", limit.place)
            at, direction = limit.si(column.dimension), 1.0 if sign == ">" else -1.0
        band = abs(deadband.si(difference(column.dimension))) if deadband else 0.0
        quality = self._quality(column.index)
        at = at / column.scale
        if or_equal:  # beyond the next number before it
            at = float(np.nextafter(at, -direction * np.inf))
        row = (column.index, at, direction, band / column.scale, quality, quality > self.n_instruments)
        if row not in self.tests:
            self.tests.append(row)
        return self.tests.index(row)

    def limit(self, its: g.Test) -> int:
        """The number of a limit on what an instrument or a calculated value shows."""
        assert isinstance(its.reading, Name)  # so says its reader
        self.names.need(its.reading, "an instrument or a calculated value", "instrument", "calculated")
        return self.test(its.reading, its.sign, its.limit, or_equal=its.or_equal)

    def _column(self, reading: g.Reading) -> Column:
        if isinstance(reading, g.Derived):
            return self.signals.shown(Name(derived_name(reading), reading.of.place))
        return self.signals.shown(reading)

    def _is_switch(self, reading: g.Reading) -> bool:
        if not isinstance(reading, Name):
            return False
        entry = self.names.farm.of(Instrument).get(reading.text)
        return entry is not None and bool(entry.measures.sign)

    def _quality(self, column: int) -> int:
        first = self.signals.first_instrument
        return column - first + 1 if column >= first else 0

    def atom(self, atom: g.Atom, scope: str, deadband: Amount | None = None) -> tuple[str, int]:
        """An atom as (block, number). `scope` is when (protection), vote (interlocks), plan, objective, or truth."""
        if isinstance(atom, g.At):
            return self._moment(atom, scope)
        if isinstance(atom, g.Vote):
            return "votes", self._vote(atom, scope)
        if isinstance(atom, g.Happened):
            return self._happening(atom, scope)
        if isinstance(atom, g.Drawn):
            return "happened", self._drawn(atom.word, scope)
        if isinstance(atom, g.Proven):
            return "proven", self._line(atom.line, scope)
        return self._test_atom(atom, scope, deadband)

    def _moment(self, atom: g.At, scope: str) -> tuple[str, int]:
        if scope in {"when", "vote"}:
            raise Fault("protection watches readings, not the clock.", "", self.names.farm.place)
        tick = self.clock.tick(atom.moment) if atom.moment else 0
        if scope == "objective":
            tick = min(tick, self.lasts)  # a moment past the end counts as the end
        if tick not in self.moments:
            self.moments.append(tick)
        return "moments", self.moments.index(tick)

    def _vote(self, vote: g.Vote, scope: str) -> int:
        members = []
        for name in vote.of:
            self.names.need(name, "an instrument", "instrument")
            limit = None if self._is_switch(name) and not vote.sign else vote.limit
            number = self.test(name, vote.sign, limit, or_equal=vote.or_equal)
            members.append((number, self.tests[number][4], self._if_bad(name.text)))
        self.votes.append((vote.needed, members))
        return len(self.votes) - 1

    def _if_bad(self, instrument: str) -> str:
        return str(self.names.farm.of(Instrument)[instrument].if_bad)

    def _happening(self, atom: g.Happened, scope: str) -> tuple[str, int]:
        if scope in {"when", "vote"}:
            raise Fault(f"protection watches readings, not {atom.word!r}.", "", atom.place)
        known = self.names.known
        word = known.events.get(atom.word)
        since = word.since if word else known.verbs[atom.word].since
        if since != "spine":
            raise Fault(f"{atom.word!r} comes with the {since} part and is not built yet.", "", atom.place)
        if word and scope == "plan" and not word.heard.plan:
            raise Fault(f"nobody in the plan's world sees {atom.word!r}.", "", atom.place)
        thing = self.names.need(atom.thing, "a thing", "any") if atom.thing else ""
        if atom.about is not None:
            thing = names_of(thing, self._named_in(atom, atom.about))
        observed = scope == "plan" and word is not None
        key = (atom.word, thing, observed)
        if key not in self.happened:
            self.happened.append(key)
        return "happened", self.happened.index(key)

    def _drawn(self, word: Name, scope: str) -> int:
        """What chance drew is known to the world alone."""
        if scope not in SEES_THE_TRUTH:
            raise Fault(
                "nobody in the plant knows what was drawn.", "Timelines, objectives and facts may ask.", word.place
            )
        if word.text not in self.drawn:
            raise Fault(f"no word {word.text!r} is drawn.", nearest(word.text, self.drawn), word.place)
        return self.happened.index((DRAWN, word.text, False))

    def _named_in(self, atom: g.Happened, about: Name) -> str:
        """What a message must name."""
        if "about" not in self.names.known.verbs[atom.word].takes:
            raise Fault(f"`{atom.word}` is about nothing.", "`tell field about XV-101` is.", about.place)
        return self.names.need(about, "a thing of the farm", "any")

    def _line(self, name: Name, scope: str) -> int:
        known = self._lines_for(scope)
        if name.text not in known:
            raise Fault(f"{name.text!r} is no line that this cue may name.", nearest(name.text, known), name.place)
        return self.lines.index(name.text)

    def _lines_for(self, scope: str) -> list[str]:
        """The lines that a cue may name: protection none, the plan none of the timeline."""
        if scope in {"when", "vote"}:
            return []
        return [n for n in self.lines if scope != "plan" or n not in self.names.timeline]

    def _test_atom(self, atom: g.Test, scope: str, deadband: Amount | None) -> tuple[str, int]:
        reading = atom.reading
        if isinstance(reading, Name) and not atom.sign:
            kind = self.names.kind(reading.text)
            farm = self.names.farm
            if kind == "alarm":
                return "alarms", list(farm.of(alarm.Alarm)).index(reading.text)
            if kind == "interlock":
                return "trips", list(farm.of(interlock.Interlock)).index(reading.text)
            if reading.text in self.lines:
                return "accepted", self._line(reading, scope)
        if isinstance(reading, Name):
            if not atom.sign and not self.names.kind(reading.text):
                known = [
                    *self.names.of_kinds("instrument", "calculated", "alarm", "interlock"),
                    *self._lines_for(scope),
                ]
                raise Fault(f"nothing here is called {reading.text!r}.", nearest(reading.text, known), reading.place)
            self.names.need(reading, "an instrument, a calculated value, an alarm or an interlock",
                            "instrument", "calculated")  # fmt: skip
        path = reading if isinstance(reading, Path) else reading.of if isinstance(reading, g.Derived) else None
        if isinstance(path, Path) and scope not in SEES_THE_TRUTH:
            who = "the plan" if scope == "plan" else "protection"
            raise Fault(f"{who} sees instruments, not the truth.", "Name an instrument that shows it.", path.place)
        number = self.test(reading, atom.sign, atom.limit, deadband, atom.or_equal)
        if scope == "vote" and isinstance(reading, Name) and self.names.kind(reading.text) == "instrument":
            self.votes.append((1, [(number, self.tests[number][4], self._if_bad(reading.text))]))
            return "votes", len(self.votes) - 1
        return "tests", number

    def compile(self, cue: g.Cue | None, scope: str, deadband: Amount | None = None) -> "Draft":
        """A cue with its atoms found; None never holds."""
        if cue is None:
            return Draft((("nothing", 0, False, True, 0),))
        rows: list[tuple[str, int, bool, bool, int]] = []
        groups: list[Draft] = []
        for term in cue.terms:
            if isinstance(term.atom, g.Cue):
                block, number = "groups", len(groups)
                groups.append(self._group(term.atom, scope, deadband))
            else:
                block, number = self.atom(term.atom, scope, deadband)
            rows.append((block, number, term.joined == "or", term.negated, round(term.then_s)))
        return Draft(tuple(rows), tuple(groups))

    def _group(self, cue: g.Cue, scope: str, deadband: Amount | None) -> "Draft":
        """What stands in brackets: atoms alone."""
        for term in cue.terms:
            if term.then_s:
                raise Fault("`then` does not stand in brackets.", "Write it behind them.", cue.place)
            if isinstance(term.atom, g.Cue):
                raise Fault(
                    "brackets do not stand in brackets.",
                    "Give the inner part an alarm or a line of its own.",
                    cue.place,
                )
        return self.compile(cue, scope, deadband)

    def atoms(self, n_alarms: int, n_interlocks: int) -> Atoms:
        """Where each block of atoms starts, now that all cues are known."""
        sizes = (1, len(self.tests), len(self.votes), n_alarms, n_interlocks, len(self.happened), len(self.lines),
                 len(self.lines), len(self.moments))  # fmt: skip
        at = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
        return Atoms(*at[1:])

    def freeze(self) -> tuple[Tests, Votes]:
        """The tables of tests and votes."""
        rows = self.tests
        width = max([len(m) for _, m in self.votes], default=1)
        shape = (len(self.votes), width)
        test, quality = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        flags = {word: np.zeros(shape, dtype=bool) for word in ("present", "vote", "ignore", "trip")}
        for v, (_, members) in enumerate(self.votes):
            for i, (number, its_quality, if_bad) in enumerate(members):
                test[v, i], quality[v, i] = number, its_quality
                flags["present"][v, i] = True
                flags[if_bad][v, i] = True
        return Tests(
            column=ints(r[0] for r in rows),
            limit=floats(r[1] for r in rows),
            sign=floats(r[2] for r in rows),
            deadband=floats(r[3] for r in rows),
            quality=ints(r[4] for r in rows),
            clears_when_absent=bools(r[5] for r in rows),
        ), Votes(
            needed=ints(n for n, _ in self.votes),
            among=ints(len(m) for _, m in self.votes),
            test=test, quality=quality, present=flags["present"], bad_votes=flags["vote"],
            bad_left_out=flags["ignore"], bad_trips=flags["trip"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A cue whose atoms are (block, number, joined by or, negated, held for ticks); what stands in brackets are drafts of their own."""

    rows: tuple[tuple[str, int, bool, bool, int], ...]
    groups: "tuple[Draft, ...]" = ()


def expressions(drafts: list[Draft], atoms: Atoms) -> Expressions:
    """Drafts as one table; short ones are padded with `and true`."""
    first = {"nothing": 0, "tests": atoms.tests, "votes": atoms.votes, "alarms": atoms.alarms, "trips": atoms.trips,
             "happened": atoms.happened, "accepted": atoms.accepted, "proven": atoms.proven, "moments": atoms.moments}  # fmt: skip
    groups = [group for draft in drafts for group in draft.groups]
    held: list[tuple[int, int]] = []
    width = max([len(d.rows) for d in drafts], default=1)
    atom = np.zeros((len(drafts), width), dtype=np.int64)
    by_or = np.zeros((len(drafts), width), dtype=bool)
    negated = np.zeros((len(drafts), width), dtype=bool)
    before = 0  # groups of the drafts above
    for e, draft in enumerate(drafts):
        for j, (block, number, is_or, is_not, ticks) in enumerate(draft.rows):
            index = atoms.end + before + number if block == "groups" else first[block] + number
            if ticks:
                if (index, ticks) not in held:
                    held.append((index, ticks))
                index = -1 - held.index((index, ticks))
            atom[e, j], by_or[e, j], negated[e, j] = index, is_or, is_not
        before += len(draft.groups)
    return Expressions(
        atom=np.where(atom < 0, -1 - atom + atoms.end + len(groups), atom),
        joined_by_or=by_or,
        negated=negated,
        held_atom=ints(i for i, _ in held),
        held_ticks=ints(t for _, t in held),
        groups=expressions(groups, atoms) if groups else None,
    )
