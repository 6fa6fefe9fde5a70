"""The one place of the console that talks to a session: a thread that owns it, a queue in, the latest picture out.

The engine never waits for the screen nor the screen for the engine: orders go through the queue, and a newer picture
replaces an unseen older one.
"""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui.snapshot import Snapshot, take
from twin.base.fault import Fault, Faults, Place, nearest
from twin.debrief import outcome
from twin.engine import view
from twin.engine.completion import complete
from twin.engine.live import Live
from twin.engine.session import Session
from twin.farm import grammar as g
from twin.farm.nodes import Text
from twin.farm.words import VERBS

TURN_S = 0.02
PICTURES_A_SECOND = 10
SKIP_A_TURN = 120
STOPS_A_SKIP = frozenset({"alarm", "trip", "trip-unproven"})
LOCAL = ("freeze", "run", "speed", "skip", "end", "take", "hand")
TREND_S = 1800


@dataclass(slots=True)
class Store:
    """A session in its own thread. `snapshot` is what the screens draw; `answers` what was said to what was typed."""

    session: Session
    seats: tuple[str, ...]
    speed: float = 1.0
    opens: int = 0  # the tick at which the seats are taken; what lies before is lived at full speed
    live: Live = field(init=False)
    snapshot: Snapshot = field(init=False)
    answers: list[tuple[str, bool]] = field(default_factory=list)  # text, whether it is bad
    fault: str = ""
    outcome: Mapping[str, Any] | None = None
    traces: dict[str, tuple[np.ndarray, str, float]] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()
    _orders: "queue.Queue[Callable[[], None]]" = field(default_factory=queue.Queue)
    _asked: dict[int, tuple[str, str]] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _busy: int = 0
    _skip_to: int = -1
    _skip_stops: frozenset[str] = frozenset()
    _pictured: float = 0.0
    _open: bool = False
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.live = Live(self.session, self.speed)
        self.live.freeze()
        self.snapshot = take(self.session, self.seats)

    # from the screen's thread

    def start(self) -> None:
        """Begins to live."""
        self._thread = threading.Thread(target=self._run, name="plant", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and lets go of the run file; everything given is kept."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self.session.close()

    @property
    def before(self) -> float:
        """The share of the time before that is lived, 1 when the seats are open."""
        return 1.0 if self._open else self.session.tick / max(1, self.opens)

    @property
    def idle(self) -> bool:
        """Whether everything handed in has been done (for tests)."""
        return self._open and self._busy == 0 and self._orders.empty() and self._skip_to < 0

    def order(self, text: str, post: str = "", hint: str = "") -> None:
        """What a person typed or chose: an order, or one of the clock's words; `hint`: the plan line that said so."""
        self._hand_in(lambda: self._obey(text, post, hint))

    def run_or_freeze(self) -> None:
        """The space bar."""
        self._hand_in(lambda: self._freeze() if not self.live.frozen else self.live.run())

    def faster(self, factor: float) -> None:
        """A higher or lower speed, 0.1 to 60."""
        self._hand_in(lambda: self.live.run(min(60.0, max(0.1, self.live.speed * factor))))

    def complete(self, text: str) -> list[str]:
        """Words that may come next."""
        return complete(self.session.model, self.seats, text, LOCAL)

    def _hand_in(self, act: Callable[[], None]) -> None:
        self._orders.put(act)

    def order_picture(self) -> None:
        """A picture soon, with the traces that are wanted."""
        self._hand_in(lambda: None)

    # in the plant's thread

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._busy = 1
                self.turn()
            except Fault as fault:
                self.fault = str(fault)
                self._stop.set()
            except Exception as error:  # the plant stops, the screen stays and says so
                self.fault = f"a bug of ours ({type(error).__name__}: {error})"
                self._stop.set()
            finally:
                self._busy = 0
            self._stop.wait(TURN_S)
        if not self.fault and self.session.outcome is None:
            self._try_mark()

    def _try_mark(self) -> None:
        try:
            self.session.mark()
        except Fault as fault:
            self.fault = str(fault)

    def turn(self) -> None:
        """One round: take in what was given, live what is owed, make a picture when it is time."""
        if not self._open:
            self._live_before()
            return
        acted = False
        while True:
            try:
                act = self._orders.get_nowait()
            except queue.Empty:
                break
            acted = True
            try:
                act()
            except (Fault, Faults) as fault:
                self.answers.append((fault.message if isinstance(fault, Fault) else str(fault), True))
        before = self.session.tick
        if self._skip_to >= 0:
            self._skip()
        else:
            self.live.step()
        self._answer()
        if self.session.over and self.outcome is None:
            self.outcome = self.session.finish(outcome.sealed)
            acted = True
        now = time.monotonic()
        if acted or (self.session.tick != before and now - self._pictured > 1 / PICTURES_A_SECOND):
            self._pictured = now
            self.picture()

    def _live_before(self) -> None:
        """A stretch of the time before; at its end the seats that are still on the plan are taken."""
        if self.session.tick < self.opens:
            self.session.advance(min(self.opens, self.session.tick + SKIP_A_TURN))
        if self.session.tick >= self.opens:
            on_plan = self.session.block.world.controls.on_plan[0]
            asked = {c.sentence for c in self.session.commands if c.tick > self.session.tick}
            new = [p for p in self.seats if on_plan[self.session.model.post(p)] and f"take {p}" not in asked]
            if not self.session.over:
                self.session.commands_together([(post, f"take {post}", None) for post in new])
            self._open = True
            self.live.run()
        self.picture()

    def picture(self) -> None:
        """A new picture for the screen."""
        self.traces = {name: trace for name in self.wanted if (trace := self._trace(name)) is not None}
        self.snapshot = take(self.session, self.seats)

    def _skip(self) -> None:
        events = self.session.block.events[0]
        goal = min(self._skip_to, self.session.tick + SKIP_A_TURN)
        while self.session.tick < goal and not self.session.over:
            known = len(events)
            self.session.advance(self.session.tick + 1)
            seats = frozenset(self.seats)
            if any(e.kind in self._skip_stops and view.hears(self.session, e, seats) for e in events[known:]):
                self._skip_to = self.session.tick
        if self.session.tick >= self._skip_to or self.session.over:
            self._skip_to = -1
            self.session.mark()
            self.live.anchor()
            self.picture()

    def _freeze(self) -> None:
        self.live.freeze()

    def _obey(self, text: str, post: str, hint: str = "") -> None:
        words = text.split()
        if not words:
            return
        if words[0] in {"freeze", "run", "speed", "skip", "end"}:
            self._clock(words, text)
            return
        if words[0] == "as" and len(words) > 2:
            post, text = words[1], text.split(None, 2)[2]
            words = text.split()
        if post and post not in self.seats:
            raise Fault(f"you do not sit in {post}.", f"Your seats: {', '.join(self.seats)}.")
        if words[0] not in VERBS:
            raise Fault(f"{words[0]!r} is nothing that can be typed.", nearest(words[0], [*VERBS, *LOCAL]))
        who = post or self._who_may(words[0])
        self.session.command(who, text, hint=hint)
        self._asked[len(self.session.commands) - 1] = (who, text)
        if words[0] == "take" and len(words) == 2 and words[1] not in self.seats:
            self.seats = (*self.seats, words[1])
        if words[0] == "hand" and len(words) == 2:
            self.seats = tuple(s for s in self.seats if s != words[1]) or self.seats
        if self.live.frozen:
            self.session.advance(self.session.tick + 1)

    def _who_may(self, verb: str) -> str:
        """The first of the seats that may do this, else the first, whose refusal says who may."""
        may = self.session.model.authority.may
        return next((s for s in self.seats if verb in may[s]), self.seats[0])

    def _clock(self, words: list[str], text: str) -> None:
        s = g.Sentence(Text(text, Place("typed", 1, 1)))
        s.take("")
        if words[0] == "freeze":
            self._freeze()
        elif words[0] == "run":
            self.live.run()
        elif words[0] == "speed":
            speed = s.number("a speed such as 10")
            if not 0.1 <= speed <= 60:
                raise Fault("the speed is 0.1 to 60.")
            self.live.run(speed)
        elif words[0] == "end":
            self._to(self.session.lasts, frozenset())
        elif words[1:4] == ["to", "next", "alarm"]:
            self._to(self.session.lasts, STOPS_A_SKIP)
        elif s.accept("to"):
            self._to(self.session.model.clock.tick(s.moment()), frozenset())
        else:
            self._to(self.session.tick + round(s.duration("a duration, a moment, or `to next alarm`")), frozenset())

    def _to(self, tick: int, stops: frozenset[str]) -> None:
        if tick <= self.session.tick:
            raise Fault("that moment has passed.")
        if tick > self.session.lasts:
            raise Fault("that moment lies after the end of the drill.")
        self._skip_to, self._skip_stops = tick, stops

    def _answer(self) -> None:
        for index in sorted(set(self._asked) & set(self.session.answers)):
            who, text = self._asked.pop(index)
            answer = self.session.answers[index]
            said = f"asked: {text}" if answer.accepted else f"{who}: {answer.reason}"
            self.answers.append((said, not answer.accepted))

    def _trace(self, name: str) -> tuple[np.ndarray, str, float] | None:
        """The last half hour of an instrument, in the unit people see, with its nearest alarm limit."""
        board, recorder = self.session.model.board, self.session.block.recorder
        if name not in board.at or recorder is None or board.at[name] < board.first_instrument:
            return None
        column = board.at[name]
        step = max(1, min(TREND_S, self.session.tick) // 600)
        ticks = range(max(0, self.session.tick - TREND_S), self.session.tick + 1, step)
        values = np.array([board.for_people(column, float(recorder.board[t][0, column])) for t in ticks])
        limits = [
            board.for_people(column, atom.limit.si(board.dimensions[column]))
            for alarm in self.session.model.spec.farm.of("alarms").values()
            if (atom := alarm.when.terms[0].atom)
            and getattr(getattr(atom, "reading", None), "text", "") == name
            and getattr(atom, "limit", None) is not None
        ]
        limit = min(limits, key=lambda v: abs(v - values[-1])) if limits else float("nan")
        return values, board.unit(column), limit
