"""The one place of the console that talks to a session: a thread that owns it, a queue in, the latest picture out.

The engine never waits for a screen nor a screen for the engine: orders go through the queue, and a newer picture replaces
an unseen older one. One engine, many consoles: each is a `Console` with its seats and is shown what those may see.
"""

import hashlib
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from tui.desk import Cells, Desk, Item, take_desk
from tui.snapshot import Board, Snapshot, take
from tui.words import W
from twin.base.fault import Fault, Faults, Place, nearest
from twin.debrief import outcome
from twin.debrief.things import fault_cells
from twin.engine import keep, view
from twin.engine.completion import complete
from twin.engine.instructor import INSTRUCTOR
from twin.engine.live import Live
from twin.engine.session import Session
from twin.farm import grammar as g
from twin.farm.nodes import Text
from twin.farm.words import VERBS

TURN_S = 0.02
PICTURES_A_SECOND = 10  # while few look on; a console more lengthens the time between them
PICTURE_S = 0.02  # what a picture for one console may take of that time
SKIP_A_TURN = 120
STOPS_A_SKIP = frozenset({"alarm", "trip", "trip-unproven"})
CLOCK = ("freeze", "run", "speed", "skip", "end")
LOCAL = (*CLOCK, "take", "hand")
TEACHING = (*CLOCK, "step", "back", "snap", "mark", "save", "set", "tell", "as", "at", "in", "when", "start", "stop", "open", "close",
            "trip", "isolate")  # fmt: skip
RATINGS = ("P", "S", "M", "U")  # HSEEP: performed without challenges, with some, with major, unable
TREND_S = 1800
GRACE_S = 30.0  # wall time after which the plan takes a seat whose console went away
RATIO_OVER_S = 2.0
AHEAD_S = (
    0.2  # wall time (one scan at least) by which an act may bring its scan forward; the clock then waits for the wall
)


def author_of(uid: int) -> str:
    """An opaque key of a user of this machine: the same on every evening, and no name."""
    return hashlib.sha256(f"tankfarm-twin {os.uname().nodename} {uid}".encode()).hexdigest()[:8]


@dataclass(slots=True)
class Console:
    """One screen: its seats, what it was answered, what it is shown. `publish` is called after each new picture."""

    seats: tuple[str, ...]
    answers: list[tuple[str, bool]] = field(default_factory=list)  # text, whether it is bad
    wanted: tuple[str, ...] = ()
    traces: dict[str, tuple[np.ndarray, str, float]] = field(default_factory=dict)
    snapshot: Snapshot | None = None
    desk: Desk | None = None
    author: str = ""  # an opaque key of the person, for marks
    publish: Callable[["Console", dict[int, object]], None] | None = None

    @property
    def teaches(self) -> bool:
        return INSTRUCTOR in self.seats

    def say(self, text: str, *, bad: bool = False) -> None:
        """An answer to what was typed here."""
        self.answers.append((text, bad))


@dataclass(slots=True)
class Store:
    """A session in its own thread, and the console of this very terminal."""

    session: Session
    first_seats: tuple[str, ...]
    speed: float = 1.0
    opens: int = 0  # the tick at which the seats are taken; what lies before is lived at full speed
    live: Live = field(init=False)
    here: Console = field(init=False)
    consoles: list[Console] = field(init=False)
    key: str = field(default_factory=lambda: secrets.token_hex(6))
    fault: str = ""
    ended: bool = False
    on_start: Callable[[], None] | None = None
    on_end: Callable[[str], None] | None = None  # with the score
    on_stop: Callable[[], None] | None = None
    _fault_cells: Cells = field(init=False)
    _orders: "queue.Queue[Callable[[], None]]" = field(default_factory=queue.Queue)
    _asked: dict[int, tuple[Console, str, str]] = field(default_factory=dict)
    _away: dict[str, float] = field(default_factory=dict)  # post to when its console went away
    _stop: threading.Event = field(default_factory=threading.Event)
    _busy: int = 0
    _skip_to: int = -1
    _skip_stops: frozenset[str] = frozenset()
    _skips_for: Console | None = None
    _pictured: float = 0.0
    _acting: list[Console] = field(default_factory=list)  # who did something, or was answered, since their last picture
    _wake: threading.Event = field(default_factory=threading.Event)
    _open: bool = False
    _pace: list[tuple[float, int]] = field(default_factory=list)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self._fault_cells = fault_cells(self.session.model)
        self.live = Live(self.session, self.speed)
        self.live.freeze()
        self.here = Console(self.first_seats, author=author_of(os.getuid()))
        self.consoles = [self.here]
        self._show(self.here)

    # what the screen of this terminal sees

    @property
    def snapshot(self) -> Snapshot:
        assert self.here.snapshot is not None
        return self.here.snapshot

    @property
    def desk(self) -> Desk:
        assert self.here.desk is not None
        return self.here.desk

    @property
    def seats(self) -> tuple[str, ...]:
        return self.here.seats

    @property
    def answers(self) -> list[tuple[str, bool]]:
        return self.here.answers

    @property
    def traces(self) -> dict[str, tuple[np.ndarray, str, float]]:
        return self.here.traces

    @property
    def frozen(self) -> bool:
        return self.live.frozen

    @property
    def pace(self) -> float:
        return self.live.speed

    def may(self, post: str, verb: str) -> bool:
        """Whether a post may do this."""
        return verb in self.session.model.authority.may.get(post, frozenset())

    def of_kinds(self, *kinds: str) -> list[str]:
        """Names of things of these kinds."""
        return self.session.model.names.of_kinds(*kinds)

    @property
    def before(self) -> float:
        """The share of the time before that is lived, 1 when the seats are open."""
        return 1.0 if self._open else self.session.tick / max(1, self.opens)

    @property
    def idle(self) -> bool:
        """Whether everything handed in has been done (for tests)."""
        return self._open and self._busy == 0 and self._orders.empty() and self._skip_to < 0

    # from the screens' threads

    def start(self) -> None:
        """Begins to live."""
        self._thread = threading.Thread(target=self._run, name="plant", daemon=True)
        self._thread.start()
        if self.on_start:
            self.on_start()

    def stop(self) -> None:
        """Ends the thread and lets go of the run file; everything given is kept."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        if self.on_stop:
            self.on_stop()
        self.session.close()

    def order(self, text: str, post: str = "", hint: str = "", console: Console | None = None) -> None:
        """What a person typed or chose: an order, or one of the clock's words; `hint`: the plan line that said so."""
        its = console or self.here
        self.hand_in(lambda: self._obey(its, text, post, hint), its)

    def run_or_freeze(self, console: Console | None = None) -> None:
        """The space bar."""
        self.order("run" if self.live.frozen else "freeze", console=console)

    def faster(self, factor: float, console: Console | None = None) -> None:
        """A higher or lower speed, 0.1 to 60."""
        speed = min(60.0, max(0.1, self.live.speed * factor))
        self.order(f"speed {speed:g}", console=console)

    def complete(self, text: str, seats: tuple[str, ...] = ()) -> list[str]:
        """Words that may come next."""
        its = seats or self.seats
        local = TEACHING if INSTRUCTOR in its else LOCAL
        posts = tuple(s for s in its if s != INSTRUCTOR) or self.session.model.authority.posts
        return complete(self.session.model, posts, text, local)

    def want(self, names: tuple[str, ...]) -> None:
        """Signals to draw against time, from the next picture on."""
        self.here.wanted = names
        self.hand_in(lambda: None, self.here)

    def hand_in(self, act: Callable[[], None], console: Console) -> None:
        """Something for the plant's thread; a fault in it is answered at that console."""

        def guarded() -> None:
            try:
                act()
            except (Fault, Faults) as fault:
                console.say(fault.message if isinstance(fault, Fault) else str(fault), bad=True)
            self._acting.append(console)

        self._orders.put(guarded)
        self._wake.set()

    def attach(self, console: Console) -> None:
        """A further console; its seat is taken when the plan has it. Raises Fault when somebody sits there."""
        for seat in console.seats:
            if any(seat in other.seats for other in self.consoles):
                raise Fault(f"somebody sits in {seat} already.", "Take another seat with --post.")
        self.consoles.append(console)
        for seat in console.seats:
            self._away.pop(seat, None)
            if seat != INSTRUCTOR and self._on_plan(seat) and not self.session.over:
                self.session.command(seat, f"take {seat}")
        self.picture()

    def detach(self, console: Console) -> None:
        """A console went away; the plan takes its seats after the grace time."""
        if console in self.consoles:
            self.consoles.remove(console)
            self._away.update(dict.fromkeys((s for s in console.seats if s != INSTRUCTOR), time.monotonic()))

    def _on_plan(self, post: str) -> bool:
        asked = {c.sentence for c in self.session.commands if c.tick > self.session.tick}
        return (
            bool(self.session.block.world.controls.on_plan[0, self.session.model.post(post)])
            and f"take {post}" not in asked
        )

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
            self._wake.wait(TURN_S)
            self._wake.clear()
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
        while True:
            try:
                act = self._orders.get_nowait()
            except queue.Empty:
                break
            act()
        before = self.session.tick
        if self._skip_to >= 0:
            self._skip()
        else:
            self.live.step()
        self._answer()
        self._mind_the_seats()
        if self.session.over and not self.ended:
            self.session.finish(outcome.sealed)
            self.ended = True
            self._pictured = 0.0
            if self.on_end:
                self.on_end(str(self.session.outcome["score"] if self.session.outcome else ""))
        now = time.monotonic()
        if self.session.tick != before and now - self._pictured > max(
            1 / PICTURES_A_SECOND, PICTURE_S * len(self.consoles)
        ):
            self._pictured = now
            self._acting = []
            self.picture()
        elif self._acting:
            acting, self._acting = list({id(c): c for c in self._acting}.values()), []
            self.picture(acting)

    def _mind_the_seats(self) -> None:
        """Seats whose console went away are handed to the plan when their time is over."""
        for post, since in list(self._away.items()):
            if time.monotonic() - since > GRACE_S:
                del self._away[post]
                if not self._on_plan(post) and not self.session.over:
                    self.session.command(post, f"hand {post}")
                    for console in self.consoles:
                        console.say(f"nobody came back to {post}: the plan acts there now")

    def _live_before(self) -> None:
        """A stretch of the time before; at its end the seats that are still on the plan are taken."""
        if self.session.tick < self.opens:
            self.session.advance(min(self.opens, self.session.tick + SKIP_A_TURN))
        if self.session.tick >= self.opens:
            new = [p for c in self.consoles for p in c.seats if p != INSTRUCTOR and self._on_plan(p)]
            if not self.session.over:
                self.session.commands_together([(post, f"take {post}", None) for post in new])
            self._open = True
            self.live.run()
        self.picture()

    def picture(self, consoles: list[Console] | None = None) -> None:
        """A new picture for every screen, or for some."""
        self._pace = [
            *[p for p in self._pace if time.monotonic() - p[0] < RATIO_OVER_S],
            (time.monotonic(), self.session.tick),
        ]
        boards: dict[bool, Board] = {}
        packed: dict[int, object] = {}
        shown = [c for c in self.consoles if consoles is None or c in consoles]
        for console in shown:
            self._show(console, boards)
        for console in shown:
            if console.publish:
                console.publish(console, packed)

    def _show(self, console: Console, boards: dict[bool, Board] | None = None) -> None:
        if console.teaches:
            console.desk = take_desk(
                self.session,
                self._fault_cells,
                self._sitting(),
                frozen=self.live.frozen,
                asked=self.live.speed,
                ratio=self._ratio(),
                key=self.key,
            )
            return
        console.traces = {name: trace for name in console.wanted if (trace := self._trace(name)) is not None}
        console.snapshot = take(self.session, console.seats, boards)

    def _ratio(self) -> float:
        """How many seconds of the plant went by in one of the wall, lately."""
        if len(self._pace) < 2 or self.live.frozen:
            return 0.0
        (t0, k0), (t1, k1) = self._pace[0], self._pace[-1]
        return (k1 - k0) / (t1 - t0) if t1 > t0 else 0.0

    def _sitting(self) -> tuple[Item, ...]:
        """Every post: who sits there."""
        rows = []
        for i, post in enumerate(self.session.model.authority.posts):
            if any(post in c.seats for c in self.consoles):
                rows.append(Item(post, "attached", "strong"))
            elif post in self._away:
                left = max(0, round(GRACE_S - (time.monotonic() - self._away[post])))
                rows.append(Item(post, f"away, {left} s", "p2"))
            else:
                plan = bool(self.session.block.world.controls.on_plan[0, i])
                rows.append(Item(post, "plan" if plan else "nobody", "dim" if plan else "p2"))
        return tuple(rows)

    def _skip(self) -> None:
        events = self.session.block.events[0]
        goal = min(self._skip_to, self.session.tick + SKIP_A_TURN)
        seats = frozenset(self._skips_for.seats if self._skips_for else self.seats)
        while self.session.tick < goal and not self.session.over:
            known = len(events)
            self.session.advance(self.session.tick + 1)
            heard = (e for e in events[known:] if INSTRUCTOR in seats or view.hears(self.session, e, seats))
            if any(e.kind in self._skip_stops for e in heard):
                self._skip_to = self.session.tick
        if self.session.tick >= self._skip_to or self.session.over:
            self._skip_to = -1
            self.session.mark()
            self.live.anchor()
            self.picture()

    # what was typed

    @property
    def taught(self) -> bool:
        """Whether somebody sits in the instructor's seat."""
        return any(c.teaches for c in self.consoles)

    def _obey(self, console: Console, text: str, post: str, hint: str = "") -> None:
        words = text.split()
        if not words:
            return
        if console.teaches:
            self._teach(console, words, text)
        elif words[0] in CLOCK:
            if self.taught:
                raise Fault(W["not yours"])
            self._clock(console, words, text)
        else:
            self._act(console, text, post, hint)

    def _act(self, console: Console, text: str, post: str, hint: str) -> None:
        """An order of somebody in a seat. While an instructor holds the plant still, it is refused and noted."""
        words = text.split()
        if words[0] == "as" and len(words) > 2:
            post, text = words[1], text.split(None, 2)[2]
            words = text.split()
        if post and post not in console.seats:
            raise Fault(f"you do not sit in {post}.", f"Your seats: {', '.join(console.seats)}.")
        if words[0] not in VERBS:
            raise Fault(f"{words[0]!r} is nothing that can be typed.", nearest(words[0], [*VERBS, *LOCAL]))
        who = post or self._who_may(console, words[0])
        if self.live.frozen and self.taught:
            self.session.note(kind="refused", post=who, text=text[:200])
            raise Fault(W["not now"])
        if (
            words[0] == "take"
            and len(words) == 2
            and any(words[1] in c.seats for c in self.consoles if c is not console)
        ):
            raise Fault(f"somebody sits in {words[1]} already.")
        self.session.command(who, text, hint=hint)
        self._asked[len(self.session.commands) - 1] = (console, who, text)
        if words[0] == "take" and len(words) == 2 and words[1] not in console.seats:
            console.seats = (*console.seats, words[1])
        if words[0] == "hand" and len(words) == 2:
            console.seats = tuple(s for s in console.seats if s != words[1]) or console.seats
        if self.live.frozen or -self.live.owed() < max(1, round(AHEAD_S * self.live.speed)):
            self.session.advance(self.session.tick + 1)

    def _who_may(self, console: Console, verb: str) -> str:
        """The first of the seats that may do this, else the first, whose refusal says who may."""
        return next((s for s in console.seats if self.may(s, verb)), console.seats[0])

    def _clock(self, console: Console, words: list[str], text: str) -> None:
        s = g.Sentence(Text(text, Place("typed", 1, 1)))
        s.take("")
        if words[0] == "freeze":
            self.live.freeze()
        elif words[0] == "run":
            self.live.run()
        elif words[0] == "speed":
            speed = s.number("a speed such as 10")
            if not 0.1 <= speed <= 60:
                raise Fault("the speed is 0.1 to 60.")
            self.live.run(speed)
        elif words[0] == "end":
            self._to(console, self.session.lasts, frozenset())
        elif words[1:4] == ["to", "next", "alarm"]:
            self._to(console, self.session.lasts, STOPS_A_SKIP)
        elif s.accept("to"):
            self._to(console, self.session.model.clock.tick(s.moment()), frozenset())
        else:
            ticks = round(s.duration("a duration, a moment, or `to next alarm`"))
            self._to(console, self.session.tick + ticks, frozenset())

    def _to(self, console: Console, tick: int, stops: frozenset[str]) -> None:
        if tick <= self.session.tick:
            raise Fault("that moment has passed.")
        if tick > self.session.lasts:
            raise Fault("that moment lies after the end of the drill.")
        self._skip_to, self._skip_stops, self._skips_for = tick, stops, console

    # the instructor

    def _teach(self, console: Console, words: list[str], text: str) -> None:
        word, rest = words[0], text.partition(" ")[2].strip()
        if word in CLOCK:
            self._clock(console, words, text)
            self.session.note(kind="clock", by=console.author, text=text[:80])
        elif word == "step":
            self.live.freeze()
            self.session.note(kind="clock", by=console.author, text="step")
            self.session.advance(self.session.tick + 1)
        elif word in {"back", "rewind"}:
            self._back(rest)
        elif word in {"snap", "snapshot"}:
            self._snap(console, rest)
        elif word == "mark":
            self._mark(console, rest)
        elif word == "save":
            name = rest.removeprefix("as ").strip()
            console.say(f"kept: {keep.save(self.session, name)}")
        else:
            line = text.removeprefix("inject ").strip()
            one = self.session.instruct(line)
            self._asked[self.session.commands.index(one)] = (console, INSTRUCTOR, one.sentence)
            console.say(f"{self.session.model.clock.text(one.tick)}  {one.sentence}")

    def _back(self, where: str) -> None:
        """To a moment, a while ago, or a name; the plant then stands still."""
        named = self.session.named()
        s = g.Sentence(Text(where.removeprefix("to ").strip() or "2 min", Place("typed", 1, 1)))
        if where.removeprefix("to ").strip() in named:
            tick = named[where.removeprefix("to ").strip()]
        elif ":" in where:
            tick = self.session.model.clock.tick(s.moment())
        else:
            tick = max(
                0, self.session.tick - round(s.duration("a time such as 10:05, 2 min, or the name of a snapshot"))
            )
        self.session.rewind(tick)
        self._asked.clear()
        self.ended = False
        self.live.freeze()

    def _snap(self, console: Console, name: str) -> None:
        given = name or f"moment {len(self.session.named()) + 1}"
        if len(given) > 40 or not given.isprintable():
            raise Fault("a name is at most 40 characters that print.")
        self.session.note(kind="name", name=given, by=console.author)
        console.say(f"{self.session.model.clock.text(self.session.tick)} is called {given}")

    def _mark(self, console: Console, text: str) -> None:
        """A note, perhaps with a rating before it and the mark of the score that it is about: `S isolation: asked twice`."""
        if not text or len(text) > 400 or not text.isprintable():
            raise Fault("a mark needs a few words.", "Such as: mark S isolation: asked twice")
        rating, _, rest = text.partition(" ")
        fields = {"kind": "mark", "by": console.author, "text": text}
        if rating in RATINGS and rest:
            mark, colon, note = rest.partition(":")
            fields = {
                **fields,
                "rating": rating,
                "text": (note if colon else rest).strip(),
                **({"mark": mark.strip()} if colon else {}),
            }
        self.session.note(**fields)
        console.say("noted")

    def _answer(self) -> None:
        for index in sorted(set(self._asked) & set(self.session.answers)):
            console, who, text = self._asked.pop(index)
            answer = self.session.answers[index]
            console.say(f"asked: {text}" if answer.accepted else f"{who}: {answer.reason}", bad=not answer.accepted)
            self._acting.append(console)

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
