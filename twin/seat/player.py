"""A session that people live in: seats, the clock's words, orders, skips and hints, for line mode and console alike.

Nothing here draws, and nothing here waits: whoever holds a player calls `turn` often, and shows what came of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from twin.base.fault import Fault, Place, nearest
from twin.engine.live import Live
from twin.engine.orders import INSTRUCTOR
from twin.engine.parts import WORDS
from twin.engine.session import Judge, Session
from twin.language.nodes import Text
from twin.language.sentence import Sentence
from twin.language.words import Words
from twin.parts.post import Authority
from twin.seat import view
from twin.seat.skip import Skip
from twin.text.say import Said, of_part, say, sentence, word

CLOCK = ("freeze", "run", "speed", "skip", "end")
"""The clock's words."""

SEATS = ("take", "hand")
SLOWEST, FASTEST = 0.1, 600.0
TICKS_A_TURN = 120  # of a skip, and of the time before the drill


class Refused(Fault):
    """A refusal with a sentence in every language."""

    def __init__(self, said: Said) -> None:
        super().__init__(sentence(said))
        self.said = said


@dataclass(frozen=True, slots=True)
class Given:
    """An order handed in: which outside command it is, by whom, and the seats its giver holds from now on."""

    index: int
    post: str
    sentence: str
    seats: tuple[str, ...]


@dataclass(slots=True)
class Player:
    """People in the seats of a session. `opens`: the tick at which the seats are taken; before it runs at full speed.

    `scripted`: time stands between the lines of whoever types. `skipped`: why the last skip stopped early.
    """

    session: Session
    judge: Judge
    speed: float = 1.0
    opens: int = 0
    scripted: bool = False
    live: Live = field(init=False)
    skip: Skip | None = None
    skipped: Said | None = None
    is_open: bool = False

    def __post_init__(self) -> None:
        assessed = self.session.setup.assessed
        self.live = Live(self.session, max(1.0, self.speed) if assessed else self.speed)
        self.live.freeze()

    @property
    def skipping(self) -> bool:
        """Whether a skip is under way."""
        return self.skip is not None

    # seats

    def live_before(self, seats: Iterable[str]) -> bool:
        """A stretch of the time before the drill; at its end the seats that are still on the plan are taken.

        Returns whether the seats are open.
        """
        its = self.session
        if its.tick < self.opens:
            its.advance(min(self.opens, its.tick + TICKS_A_TURN))
        if its.tick >= self.opens:
            if its.outcome is None and not its.over:
                new = [post for post in seats if post != INSTRUCTOR and self.session.on_plan(post)]
                its.commands_together([(post, f"take {post}", None) for post in new])
            self.is_open = True
        return self.is_open

    @property
    def before(self) -> float:
        """The share of the time before that is lived, 1 when the seats are open."""
        return 1.0 if self.is_open else self.session.tick / max(1, self.opens)

    # orders

    def order(self, seats: tuple[str, ...], text: str, post: str = "", hint: str = "") -> Given:
        """An order of somebody in these seats: `as POST …` says in which; raises Fault where it cannot be handed in."""
        post, text = addressed(text, post)
        words = text.split()
        if hint and (self.session.setup.assessed or hint not in self.session.model.line_names):
            raise Fault("there is no such hint in this drill.")
        if post and post not in seats:
            raise Fault(f"you do not sit in {post}.", f"Your seats: {', '.join(seats)}.")
        if words[0] not in WORDS.verbs:
            known = [*WORDS.verbs, *CLOCK, *SEATS]
            raise Fault(f"{words[0]!r} is nothing that can be typed.", nearest(words[0], known))
        own = len(words) == 2 and words[0] == "hand" and words[1] in seats
        who = post or (words[1] if own else self.who_may(seats, words[0]))
        free = (
            len(words) == 2
            and words[0] == "take"
            and words[1] in self.session.model.posts.names
            and self.session.on_plan(words[1])
        )
        self.session.command(who, text, hint=hint)
        if free and words[1] not in seats:
            seats = (*seats, words[1])
        elif own:
            seats = tuple(s for s in seats if s != words[1]) or seats
        return Given(len(self.session.commands) - 1, who, text, seats)

    def who_may(self, seats: tuple[str, ...], verb: str) -> str:
        """The first of the seats that may do this, else the first, whose refusal says who may."""
        may = self.session.model.posts.may
        return next((s for s in seats if verb in may.get(s, ())), seats[0])

    # the clock

    def clock(self, seats: Iterable[str], text: str) -> bool:
        """One of the clock's words; whether it began a skip. Raises Fault where it cannot be."""
        s = Sentence(Text(text, Place("typed", 1, 1)))
        word = s.take("a word of the clock").text
        held = self._is_held(seats)
        if held and (word in {"freeze", "skip"} or (word == "run" and not s.done() and not self.scripted)):
            raise Refused(say("console.assessed clock"))
        if word == "freeze":
            self.live.freeze()
        elif word == "run" and not s.done():
            s.expect("for")
            self.skip_to(self.session.tick + round(s.duration()), seats)
        elif word == "run":
            self.live.run()
        elif word == "speed":
            speed = s.number("a speed such as 10")
            if not SLOWEST <= speed <= FASTEST:
                raise Fault(f"the speed is {SLOWEST:g} to {FASTEST:g}.")
            if held and speed < 1.0:
                raise Refused(say("console.assessed clock"))
            self.live.run(speed)
        elif word == "end":
            self.skip_to(self.session.lasts, seats)
        elif text.split()[1:4] == ["to", "next", "alarm"]:
            self.skip_to(self.session.lasts, seats, stops=True)
        elif s.accept("to"):
            self.skip_to(self.session.model.clock.tick(s.moment()), seats)
        else:
            ticks = round(s.duration("a duration, a moment, or `to next alarm`"))
            self.skip_to(self.session.tick + ticks, seats)
        return self.skipping

    def _is_held(self, seats: Iterable[str]) -> bool:
        """Whether the clock runs on by itself: in an assessed run trainees cannot stop it, slow it down or skip."""
        return self.session.setup.assessed and INSTRUCTOR not in seats

    def skip_to(self, tick: int, seats: Iterable[str], *, stops: bool = False) -> None:
        """As fast as it goes up to a tick, in the turns that follow."""
        if tick <= self.session.tick:
            raise Fault("that moment has passed.")
        if tick > self.session.lasts:
            ends = self.session.model.clock.text(self.session.lasts)
            raise Fault("that moment lies after the end of the drill.", f"It ends at {ends}.")
        self.skip, self.skipped = Skip(self.session, tick, stops, frozenset(seats)), None

    def turn(self) -> bool:
        """Lives what is owed, or a stretch of a skip; whether a skip ended in this turn."""
        if self.skip is None:
            self.live.step()
            return False
        return self._skip_on(self.skip)

    def _skip_on(self, its: Skip) -> bool:
        events = self.session.block.events[0]
        goal, done = min(its.to, self.session.tick + TICKS_A_TURN), False
        while self.session.tick < goal and not self.session.over and not done:
            known = len(events)
            self.session.advance(self.session.tick + 1)
            done = its.stopped(events[known:])
        if done or self.session.tick >= its.to or self.session.over:
            self.skip, self.skipped = None, its.why
            self.session.mark()
            self.live.anchor()
            return True
        return False

    def finish(self) -> str:
        """Seals what it came to; the score."""
        return str(self.session.finish(self.judge)["score"])

    # hints

    def due(self, seats: Iterable[str]) -> list[view.LineRow]:
        """The plan's lines of these seats whose cue holds and whose acts nobody has done."""
        return [r for r in view.lines(self.session, seats) if r.applies and not r.done and r.cue != "start"]


def addressed(text: str, post: str = "") -> tuple[str, str]:
    """The post that `as POST …` names, or the given one, and the order itself."""
    words = text.split(None, 2)
    return (words[1], words[2]) if words[0] == "as" and len(words) > 2 else (post, text)


def seats_of(its: Session, asked: tuple[str, ...]) -> tuple[str, ...]:
    """The seats that people hold in a resumed run: those asked for, else those held, asked for in it, or offered."""
    if asked:
        return asked
    held = tuple(p for i, p in enumerate(its.model.posts.names) if not its.block.world.controls.posts.on_plan[0, i])
    queued = tuple(c.post for c in its.commands if c.sentence == f"take {c.post}")
    return held or queued or (str(its.model.spec.drill.post),)


def known_seats(its: Session, seats: tuple[str, ...], *others: str) -> tuple[str, ...]:
    """The seats asked for, or the one that the drill offers; raises Fault where one is no post."""
    taken = seats or (str(its.model.spec.drill.post),)
    for post in taken:
        if post not in (*its.model.posts.names, *others):
            if post == INSTRUCTOR:
                raise Fault("the instructor's desk needs the console.", "Leave out --plain.")
            raise Fault(f"{post!r} is no post.", nearest(post, [*its.model.posts.names, *others]))
    return taken


def help_on(verb: str, posts: Authority, known: Words = WORDS, such: str = "") -> list[str]:
    """What can be said of a verb: what it does, an example (`such`: one of this farm), and who may."""
    its = known.verbs[verb]
    may = [p for p in posts.names if verb in posts.may[p]]
    who = say("plain", text=", ".join(may)) if may else say("line.everybody")
    about = of_part(its.about)
    return [
        word("line.verb", name=its.name, about=about, example=such or its.example),
        "  " + word("line.may", who=who),
    ]
