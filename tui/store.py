"""The one place of the console that talks to a session: a thread that owns it, a queue in, the latest picture out.

The engine never waits for a screen nor a screen for the engine: orders go through the queue, and a newer picture replaces
an unseen older one. One engine, many consoles: each is a `Console` with its seats and is shown what those may see.
"""

import os
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tui.attendance import Attendance
from tui.console import Console, answer_of, author_of
from tui.pictures import Pictures
from twin.base.fault import Fault, Faults
from twin.debrief import outcome
from twin.engine.completion import complete
from twin.engine.live import Live
from twin.engine.orders import INSTRUCTOR
from twin.engine.session import Session
from twin.seat import facts, teacher
from twin.seat.desk import Desk
from twin.seat.facts import Facts
from twin.seat.picture import Snapshot
from twin.seat.player import CLOCK, SEATS, Player, Refused, addressed
from twin.seat.traces import Trace
from twin.text.say import Said, say

TURN_S = 0.02
ACTS_A_TURN = 50  # so that pictures go out however much is typed
AHEAD_A_TURN = 40  # ticks of what will happen, for the instructor
PICTURES_A_SECOND = 10  # while few look on; a console more lengthens the time between them
PICTURE_S = 0.02  # what a picture for one console may take of that time
KEYS_SPEED = (0.1, 60.0)  # what the keys of slower and faster reach; in an assessed run nothing is slower than life
AHEAD_S = 0.2  # wall time (one scan at least) by which an act may bring its scan forward; the clock then waits


@dataclass(slots=True)
class Store:
    """A session in its own thread, and the console of this very terminal."""

    session: Session
    first_seats: tuple[str, ...]
    speed: float = 1.0
    opens: int = 0  # the tick at which the seats are taken; what lies before is lived at full speed
    awaited: tuple[str, ...] = ()  # seats without which the clock stands until somebody runs it
    player: Player = field(init=False)
    here: Console = field(init=False)
    there: Attendance = field(init=False)
    waiting: bool = field(init=False)
    key: str = field(default_factory=lambda: secrets.token_hex(6))
    fault: str = ""
    ended: bool = False
    on_start: Callable[[], None] | None = None
    on_end: Callable[[str], None] | None = None  # with the score
    on_stop: Callable[[], None] | None = None
    _pictures: Pictures = field(init=False)
    _orders: "queue.Queue[Callable[[], None]]" = field(default_factory=queue.Queue)
    _asked: dict[int, tuple[Console, str, str]] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _skips: Console = field(init=False)  # whose skip it is
    _busy: int = 0
    _pictured: float = 0.0
    _acting: list[Console] = field(default_factory=list)  # who did something, or was answered, since their last picture
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.player = Player(self.session, outcome.sealed, self.speed, self.opens)
        self.here = Console(self.first_seats, author=author_of(os.getuid()))
        self.there = Attendance(self.session, [self.here], self.awaited)
        self.waiting = bool(self.there.missing)
        self._pictures = Pictures(self.session, self.there, self.live, self.key)
        self._skips = self.here
        self.picture()

    @property
    def live(self) -> Live:
        return self.player.live

    @property
    def consoles(self) -> list[Console]:
        return self.there.consoles

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
    def watched(self) -> Snapshot | None:
        return self.here.watched

    @property
    def assessed(self) -> bool:
        return self.session.setup.assessed

    @property
    def answers(self) -> list[tuple[Said, bool]]:
        return self.here.answers

    @property
    def traces(self) -> dict[str, Trace]:
        return self.here.traces

    @property
    def frozen(self) -> bool:
        return self.live.frozen

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Seats without which the drill does not begin; none once it did."""
        return self.there.missing if self.waiting else ()

    @property
    def pace(self) -> float:
        return self.live.speed

    def may(self, post: str, verb: str) -> bool:
        """Whether a post may do this."""
        return verb in self.session.model.posts.may.get(post, frozenset())

    @property
    def facts(self) -> Facts:
        """What every screen may know of the farm."""
        return facts.of(self.session.model)

    def of_kinds(self, *kinds: str) -> list[str]:
        """Names of things of these kinds."""
        return self.session.model.names.of_kinds(*kinds)

    @property
    def before(self) -> float:
        """The share of the time before that is lived, 1 when the seats are open."""
        return self.player.before

    @property
    def idle(self) -> bool:
        """Whether everything handed in has been done (for tests)."""
        known = self._pictures.ahead.ready or not self.there.taught
        return self.player.is_open and self._busy == 0 and self._orders.empty() and not self.player.skipping and known

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
        """A higher or lower speed."""
        speed = min(max(self.live.speed * factor, KEYS_SPEED[0]), KEYS_SPEED[1])
        self.order(f"speed {speed:g}", console=console)

    def complete(self, text: str, seats: tuple[str, ...] = ()) -> list[str]:
        """Words that may come next."""
        its = seats or self.seats
        local = teacher.WORDS if INSTRUCTOR in its else (*CLOCK, *SEATS)
        posts = tuple(s for s in its if s != INSTRUCTOR) or self.session.model.posts.names
        return complete(self.session.model, posts, text, local)

    def want(self, names: tuple[str, ...]) -> None:
        """Signals to draw against time, from the next picture on."""
        self.here.wanted = names
        self.hand_in(lambda: None, self.here)

    def watch(self, post: str, console: Console | None = None) -> None:
        """The instructor looks at what a post sees; at the desk again with ""."""
        its = console or self.here
        if not its.teaches or post not in ("", *self.session.model.posts.names):
            return

        def look() -> None:
            its.watches = post

        self.hand_in(look, its)

    def hand_in(self, act: Callable[[], None], console: Console) -> None:
        """Something for the plant's thread; a fault in it is answered at that console."""

        def guarded() -> None:
            began = self.session.tick
            try:
                act()
            except (Fault, Faults) as fault:
                console.say(answer_of(fault), bad=True)
            except Exception as error:
                if self.session.tick != began:  # the plant itself failed: nobody can go on with it
                    raise
                console.say(say("console.bug", kind=type(error).__name__), bad=True)
            self._acting.append(console)

        self._orders.put(guarded)
        self._wake.set()

    def attach(self, console: Console) -> None:
        """A further console. Raises Fault when somebody sits there."""
        self.there.attach(console)
        self._acting += self.consoles

    def detach(self, console: Console) -> None:
        """A console went away."""
        self.there.detach(console)
        self._acting += self.consoles

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
        if not self.player.is_open:
            if self.player.live_before([p for c in self.consoles for p in c.seats]) and not self.waiting:
                self.live.run()
            self.picture()
            return
        if self.waiting and not self.there.missing:
            self._begin()
            self.live.run()
        for _ in range(ACTS_A_TURN):
            try:
                act = self._orders.get_nowait()
            except queue.Empty:
                break
            act()
        before = self.session.tick
        if self.player.turn():
            if self.player.skipped is not None:
                self._skips.say(self.player.skipped)
            self.picture()
        self._answer()
        self.there.hand_back()
        if self.session.over and not self.ended:
            score = self.player.finish()
            self.ended = True
            self._pictured = 0.0
            if self.on_end:
                self.on_end(score)
        if self.there.taught and not self.player.skipping and self._pictures.ahead.look(AHEAD_A_TURN):
            self._acting += [c for c in self.consoles if c.teaches]
        self._show_what_is_new(before)

    def _show_what_is_new(self, before: int) -> None:
        """Everything to everybody when time went on and it is time; else what they did to those who did something."""
        now = time.monotonic()
        pause = max(1 / PICTURES_A_SECOND, PICTURE_S * len(self.consoles))
        if self.session.tick != before and now - self._pictured > pause:
            self._pictured = now
            self._acting = []
            self.picture()
        elif self._acting:
            acting = dict.fromkeys(self._acting)
            due = [c for c in acting if now - c.pictured >= TURN_S]  # who types in floods is not drawn for each line
            self._acting = [c for c in acting if c not in due]
            for console in due:
                console.pictured = now
            if due:
                self.picture(due)

    def picture(self, consoles: list[Console] | None = None) -> None:
        """A new picture for every screen, or for some that are still there."""
        self._pictures.draw([c for c in self.consoles if consoles is None or c in consoles], self.waits_for)

    # what was typed

    def _obey(self, console: Console, text: str, post: str, hint: str = "") -> None:
        words = text.split()
        if not words:
            return
        if not (text + post + hint).isprintable():
            raise Fault("only text that prints can be typed.")
        if words[0] in CLOCK:
            self._skips = console
        if console.teaches:
            self._teach(console, text)
        elif words[0] in CLOCK:
            if self.there.taught or console is not self.here:
                raise Refused(say("console.not yours"))
            self.player.clock(console.seats, text)
            self._moved(text)
        else:
            self._act(console, text, post, hint)

    def _act(self, console: Console, text: str, post: str, hint: str) -> None:
        """An order of somebody in a seat. While an instructor holds the plant still, it is refused and noted."""
        who, said = addressed(text, post)
        words = said.split()
        if self.waiting:
            raise Refused(say("console.not begun", posts=", ".join(self.there.missing)))
        if self.live.frozen and self.there.taught:
            self.session.note(kind="refused", post=who or self.player.who_may(console.seats, words[0]), text=said[:200])
            raise Refused(say("console.not now"))
        others = [c for c in self.consoles if c is not console and words[1:] and words[1] in c.seats]
        if words[0] == "take" and others and self.session.on_plan(words[1]):  # handed to the plan by the instructor
            raise Refused(say("why.somebody-sits", thing=words[1]))
        its = self.player.order(console.seats, text, post, hint)
        self._asked[its.index] = (console, its.post, its.sentence)
        console.seats = its.seats
        if self.live.frozen or -self.live.owed() < max(1, round(AHEAD_S * self.live.speed)):
            self.session.advance(self.session.tick + 1)

    # the instructor

    def _teach(self, console: Console, text: str) -> None:
        answer, index = teacher.obey(self.player, console.author, text)
        self._moved(text)
        if teacher.goes_back(text):
            self._asked.clear()
            self.ended = False
        if index is not None:
            self._asked[index] = (console, INSTRUCTOR, self.session.commands[index].sentence)
        if answer is not None:
            console.say(answer)

    def _moved(self, text: str) -> None:
        """Whoever has the clock said a word of it: every screen is drawn anew; one that runs it begins the drill."""
        word = text.split(maxsplit=1)[0]
        if word in teacher.CLOCK_WORDS:
            self._acting += self.consoles
        if self.waiting and word in teacher.BEGINS:
            self._begin()

    def _begin(self) -> None:
        self.waiting = False
        self._acting += self.consoles

    def _answer(self) -> None:
        for index in sorted(set(self._asked) & set(self.session.answers)):
            console, who, text = self._asked.pop(index)
            answer = self.session.answers[index]
            if answer.accepted:
                console.say(say("console.asked", sentence=text))
            else:
                console.say(say("console.refused", post=who, reason=answer.why or ""), bad=True)
            self._acting.append(console)
