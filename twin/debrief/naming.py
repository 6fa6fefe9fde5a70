"""Recognition and false alarms: who named what was wrong, having been shown it, and who acted on nothing shown.

The rules stand in the design, section 7. What somebody did because the plan asked his post for it, or as the plan, was done
on something shown: the cue came.
"""

from dataclasses import dataclass, field

from twin.debrief import wrong
from twin.debrief.wrong import Kind, Wrong
from twin.engine import relations
from twin.engine.orders import Act
from twin.engine.relations import Names, Relations
from twin.engine.scan import Block
from twin.language.sentence import tokens
from twin.parts.action import answers
from twin.parts.tank_entry import Tank
from twin.seat.shown import Shown

NAMES = frozenset({"doubt", "report", "tell"})
STOPS = frozenset({"stop", "close", "trip", "stop-work", "isolate"})
FREE = 1  # doubts or reports of what nothing pointed at that are only listed
TIME_TO_NAME_S = (
    120  # what was shown later than this before the first spill, or the end, nobody could name in time (assumed)
)


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """An act that nothing shown to its post pointed at; `heavy`: one of them loses the mark."""

    act: Act
    heavy: bool


@dataclass(slots=True)
class Judged:
    """One world, with what went wrong in it and what its posts had been shown."""

    block: Block
    row: int
    _its: Relations = field(init=False)

    def __post_init__(self) -> None:
        self._its = relations.of(self.block.model)

    def shown(self, listed: list[Wrong]) -> Shown:
        """What its posts had been shown, where this is what went wrong."""
        return Shown(self.block, self.row, frozenset().union(*(w.names for w in listed)))

    # what was wrong, and who named it

    def wrong(self) -> list[Wrong]:
        """What went wrong, by its onset."""
        return wrong.found(self.block, self.row)

    def named(self, its: Wrong, until: int, shown: Shown) -> Act | None:
        """The first act that named a thing, of somebody who had been shown something of it."""
        since = 0 if its.kind is Kind.LIMIT else its.onset  # a limit may be seen on the board before its alarm comes
        for act in self.block.acts[self.row]:
            if act.end or not since <= act.tick <= until:
                continue
            names = act.verb in NAMES and bool(self._named_by(act) & self._naming(its, act))
            if (names or (its.stopping_names and act.verb in STOPS and self.acts_about(act, its))) and self._had_seen(
                act, its, shown
            ):
                return act
        return None

    def _named_by(self, act: Act) -> Names:
        """The things that an act names: what it is about, and what its words speak of."""
        if act.verb == "tell":
            return frozenset(tokens(act.to))
        return frozenset({act.thing}) | self._its.spoken_of(act.sentence)

    def _naming(self, its: Wrong, act: Act) -> Names:
        """What names it: of a gauge, in words, also the tank whose level it no longer shows."""
        in_words = act.verb == "tell" or '"' in act.sentence
        watched = self._its.watched.get(its.thing, "")
        tank = {watched} & self.block.model.spec.farm.of(Tank).keys() if in_words else set()
        return its.names | tank

    def acts_about(self, act: Act, its: Wrong) -> bool:
        """Whether an act is about this thing, or about everything."""
        return not act.thing or bool(({act.thing} | self._its.moves(act.thing)) & its.about)

    def _had_seen(self, act: Act, its: Wrong, shown: Shown) -> bool:
        return self.asked(act) or bool(
            shown.at(act) & (its.names | its.about if its.stopping_names else self._signs(its))
        )

    def _signs(self, its: Wrong) -> Names:
        """What points at a thing itself: its names, what it watches, what is worked out of it."""
        reading = {n for n, read in self._its.reads.items() if its.thing in read}
        return its.names | reading | ({self._its.watched[its.thing]} if its.thing in self._its.watched else set())

    def looked_at(self, its: Wrong) -> Names:
        """What a check of a thing looks at: itself, what is worked out of it, and what else shows the same."""
        of = self._its.watched.get(its.thing, its.thing)
        return self._signs(its) | frozenset(i for i, thing in self._its.watched.items() if thing == of)

    def to_name(self, until: int) -> list[Wrong]:
        """What somebody could have named in time; the first of all where nobody could have."""
        listed = self.wrong()
        return [w for w in listed if until - w.onset >= TIME_TO_NAME_S and self._can_be_seen(w)] or listed[:1]

    def _can_be_seen(self, its: Wrong) -> bool:
        """Whether the plant has something that shows it: of a gauge another instrument on the same thing or way."""
        if its.kind is Kind.GAUGE:
            thing = self._its.watched[its.thing]
            near = {thing}.union(*(way for way in self._its.ways.values() if thing in way))
            return any(of in near and name != its.thing for name, of in self._its.watched.items())
        return its.kind in {Kind.SUPPLY, Kind.ORDER, Kind.LIMIT}

    # who acted on nothing

    def asked(self, act: Act) -> bool:
        """Whether the plan did it, or had asked its post for it by then."""
        if act.by_plan:
            return True
        model, cues = self.block.model, self.block.asked[self.row]
        return any(
            cue <= act.tick and model.posts.names[model.plan[n].post] == act.post
            and any(answers((act.verb, act.thing, act.to), a.key) for a in model.plan[n].actions)
            for n, cue in cues.items()
        )  # fmt: skip

    def false_alarms(self, shown: Shown) -> list[FalseAlarm]:
        """Every act that would be an alarm, of somebody who had been shown nothing that points there."""
        found = []
        for act in self.block.acts[self.row]:
            if act.end or self.asked(act):
                continue
            heavy = self._heavy(act)
            if heavy is None:
                continue
            seen = shown.at(act)
            about = (
                self._its.about(act.thing)
                if act.verb in {"stop", "close"}
                else frozenset({act.thing}) | self._watching(act)
            )
            everywhere = act.verb in {"trip", "stop-work", "call"}
            if not (seen if everywhere else seen & about):
                found.append(FalseAlarm(act, heavy))
        return found

    def _watching(self, act: Act) -> Names:
        """What a report of a thing may rest on: what watches it."""
        return frozenset(i for i, thing in self._its.watched.items() if thing == act.thing)

    def _heavy(self, act: Act) -> bool | None:
        """Whether an act raises an alarm that stops work; False for a doubt or a report, None for any other."""
        if act.verb in {"doubt", "report"}:
            return False
        if act.verb == "call":
            return True if self.is_brigade(act) else None
        if act.verb in {"trip", "stop-work"}:
            return True
        if act.verb in {"stop", "close"} and act.board is not None:
            running = self._running(act)
            return True if running else None
        return None

    def is_brigade(self, act: Act) -> bool:
        """Whether an act is about people of the fire crew."""
        model, crews = self.block.model, self.block.model.people.names
        return act.thing in crews and model.posts.names[int(model.people.post[crews.index(act.thing)])] == "fire-crew"

    def _running(self, act: Act) -> bool:
        """Whether a transfer that the act would end was running, and not yet at the end of its amount."""
        model, board = self.block.model, act.board
        assert board is not None
        for x, name in enumerate(model.transfers.names):
            ends = act.thing == name if act.verb == "stop" else act.thing in self._its.ways[name]
            moved = float(board.signals[model.signals.at[f"{name}.moved"]])
            over = moved >= float(model.transfers.amount_m3[x])
            if ends and board.signals[model.signals.at[f"{name}.running"]] > 0.0 and not over:
                return True
        return False
