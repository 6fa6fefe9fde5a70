"""Five steps for each thing that went wrong: noticed, checked, named, acted, told. Each with what was shown to whom then.

They are the rating by capability that an evaluator may overrule. The time allowed is that of the plan's line which asks for
such an act about this thing; where the plan asks for none there is none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from twin.debrief.naming import NAMES, STOPS, Judged
from twin.debrief.wrong import Wrong, ended_well
from twin.engine import relations
from twin.engine.orders import Act
from twin.engine.session import Session
from twin.language.sentence import tokens
from twin.parts.action import HANDS
from twin.seat.amounts import digits_of
from twin.seat.shown import Shown
from twin.seat.yardstick import Asked

STEPS = ("noticed", "checked", "named", "acted", "told")
TELLS = frozenset({"tell", "report", "call", "declare"})
MOST_READINGS = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One step. Ticks; `tick` is None when nobody took it, `due` where the plan allows no time for it."""

    name: str
    tick: int | None
    post: str
    act: str
    due: int | None
    showed: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A thing that went wrong with the five steps taken about it."""

    its: Wrong
    shown: int | None  # when something first pointed somebody there
    steps: tuple[Step, ...]

    @property
    def gap(self) -> tuple[int, int] | None:
        """From knowing (named) to acting, where that took the longest of all steps; the end stands for what never came."""
        by = {s.name: s.tick for s in self.steps}
        if by["named"] is None or by["acted"] is None or by["acted"] <= by["named"]:
            return None
        times = [self.its.onset, *(t for t in (by["noticed"], by["checked"], by["named"]) if t is not None)]
        before = max(b - a for a, b in zip(sorted(times), sorted(times)[1:], strict=False))
        return (by["named"], by["acted"]) if by["acted"] - by["named"] >= before else None


def steps(session: Session, asked: Iterable[Asked]) -> list[Taken]:
    """The five steps about everything that went wrong in a lived session."""
    judged = Judged(session.block, 0)
    listed = judged.wrong()
    shown = judged.shown(listed)
    return [_Of(session, judged, its, shown, tuple(asked)).taken() for its in listed]


@dataclass(slots=True)
class _Of:
    """One thing that went wrong, to be looked at."""

    session: Session
    judged: Judged
    its: Wrong
    shown: Shown
    asked: tuple[Asked, ...]

    def taken(self) -> Taken:
        """Its five steps."""
        named = self.judged.named(self.its, self.session.tick, self.shown)
        found = {
            "checked": self._first(self._checks),
            "named": named,
            "acted": self._first(lambda a: not a.end and a.verb in STOPS and self.judged.acts_about(a, self.its)),
            "told": self._first(lambda a: not a.end and a.verb in TELLS and self._speaks_of(a)),
        }
        seen = self._first(lambda a: not a.end and a.verb == "acknowledge" and self._near(a))
        begun = self._first(lambda a: not a.end and a.verb == "check" and a.thing in self.judged.looked_at(self.its))
        acts = [a for a in (*found.values(), seen, begun) if a is not None]
        found["noticed"] = min(acts, key=lambda a: a.tick, default=None)
        first = self.shown.first(self.its.names | self.its.about)
        return Taken(
            self.its,
            None if first is None else max(first[0], self.its.onset),
            tuple(self._step(n, found[n]) for n in STEPS),
        )

    def _first(self, counts: Callable[[Act], bool]) -> Act | None:
        return next((a for a in self.session.block.acts[0] if a.tick >= self.its.onset and counts(a)), None)

    def _checks(self, act: Act) -> bool:
        return act.verb == "check" and ended_well(act) and act.thing in self.judged.looked_at(self.its)

    def _near(self, act: Act) -> bool:
        return not act.thing or act.thing in self.its.about

    def _speaks_of(self, act: Act) -> bool:
        if act.verb in {"call", "declare"}:  # they carry no name: a call of the brigade is about what is wrong
            return act.verb == "declare" or self.judged.is_brigade(act)
        return bool({act.thing, *tokens(act.to)} & (self.its.names | self.its.about))

    def _step(self, name: str, act: Act | None) -> Step:
        due = min((r.due for r in self.asked if self._asks_for(name, r)), default=None)
        if act is None:
            return Step(name, None, "", "", due, "")
        return Step(name, act.tick, act.post, act.sentence, due, self._screen(act))

    def _asks_for(self, name: str, row: Asked) -> bool:
        """Whether a row of the yardstick asks for this step about this thing, from its onset on."""
        verbs = {"checked": frozenset({"check"}), "named": NAMES, "acted": STOPS, "told": TELLS}.get(name)
        near = self.its.about if name == "acted" else self.judged.looked_at(self.its)
        about = bool({row.action.thing, *tokens(row.action.to)} & near)
        return verbs is not None and row.action.verb in verbs and row.cue >= self.its.onset and about

    def _weight(self, name: str) -> tuple[bool, bool, bool, bool, str]:
        """Which readings tell most about a thing: itself, what shows the same, what lies on the way of a transfer; switches last."""
        its, gauges = relations.of(self.session.model), self.session.model.instruments
        on_way = any(its.watched.get(name) in way for way in its.ways.values())
        switch = name in gauges.names and bool(gauges.is_switch[gauges.names.index(name)])
        return name != self.its.thing, name not in self.judged.looked_at(self.its), not on_way, switch, name

    def _screen(self, act: Act) -> str:
        """What the post saw when it acted: the readings about this thing at a desk, the last thing heard outside."""
        if act.post in HANDS:
            heard = [
                s
                for s in self.shown.signs
                if s.event.tick <= act.tick and s.number < act.event - 1 and s.things & self.its.about
            ]
            return heard[-1].event.text if heard else ""
        model, recorder = self.session.model, self.session.block.recorder
        if recorder is None or act.tick < 1:
            return ""
        board, found = model.signals, []
        at = (
            act.tick if act.end else act.tick - 1
        )  # an act is given on what was there before; its end shows what it found
        gauges = model.instruments
        on_board = {n for n, by_hand in zip(gauges.names, gauges.read_by_hand, strict=True) if not by_hand}
        read = {
            a.thing for a in self.session.block.acts[0] if a.tick <= act.tick and a.verb == "check" and ended_well(a)
        }
        readings = on_board | (read & {*gauges.names, *model.calculated.names})
        near = sorted((n for n in readings if n in self.its.about), key=self._weight)
        for name in near[:MOST_READINGS]:
            column = board.at[name]
            unit = board.unit(column)
            value = board.for_people(column, float(recorder.signals[at][0, column]))
            if board.dimensions[column] == "flag":
                found.append(f"{name} {'on' if value > 0.5 else 'off'}")
            else:
                found.append(f"{name} {value:.{digits_of(unit)}f} {unit}".strip())
        return ", ".join(found)
