"""The line mode: a control room in plain lines, for a serial line, a slow link, a screen reader, a script.

At a terminal, time runs; typed text is never torn, since lines above the prompt are drawn by prompt-toolkit. When the
input is no terminal, time stands still between lines and goes on by `skip` and `run` alone.
"""

import asyncio
import sys
from argparse import Namespace
from pathlib import Path
from typing import TextIO

from twin.base.fault import Fault, Faults, Place, nearest, shown
from twin.base.units import clock as span
from twin.cli.drill import out_path
from twin.cli.progress import Progress
from twin.cli.run import summary
from twin.debrief import outcome
from twin.engine import session as sessions
from twin.engine import view
from twin.engine.completion import complete
from twin.engine.live import Live
from twin.engine.session import Session, Setup
from twin.farm import grammar as g
from twin.farm.nodes import Text
from twin.farm.words import VERBS

LOCAL = {
    "show": "show [THING]: the tanks, or every reading of a thing",
    "alarms": "alarms: what stands, with its state",
    "plan": "plan: the lines of your role card and where they stand",
    "pending": "pending: orders that have not ended",
    "help": "help [VERB]: what can be typed",
    "hint": "hint: what the plan says now (guided mode; the end names each)",
    "freeze": "freeze: the clock stands still",
    "run": "run [for 2 min]: the clock goes on, or exactly that long",
    "speed": "speed 10: times real time",
    "skip": "skip to next alarm | skip to 10:05 | skip 5 min",
    "end": "end: live it to the end without you at the desk, then the score",
    "leave": "leave: keep everything and go; --resume goes on",
}
STEP_S = 0.05
STOPS_A_SKIP = frozenset({"alarm", "trip", "trip-unproven"})


class Plain:
    """One person at a line."""

    def __init__(self, session: Session, posts: tuple[str, ...], args: Namespace) -> None:
        self.session = session
        self.posts = posts
        self.guided = args.mode == "guided"
        self.live = Live(session, args.speed)
        self.heard = len(session.block.events[0])
        self.hinted: set[str] = set()
        self.hints: list[str] = []
        self.answered = len(session.answers)
        self.given: dict[int, str] = {}
        self.done = False

    @classmethod
    def begin(cls, args: Namespace) -> "Plain":
        its = sessions.start(Setup(args.scenario, args.seed, args.world, tuple(args.settings)))
        posts = tuple(args.post) or (str(its.model.spec.drill.post),)
        for post in posts:
            if post not in its.model.authority.posts:
                raise Fault(f"{post!r} is no post.", nearest(post, its.model.authority.posts))
        sessions.keep(its, out_path(args))
        return cls(its, posts, args)

    @classmethod
    def resume(cls, args: Namespace) -> "Plain":
        its, torn = sessions.resume(Path(args.resume), outcome.sealed)
        if torn:
            print(f"{torn} bytes of a torn last line were cut off.")
        names = its.model.authority.posts
        held = tuple(p for i, p in enumerate(names) if not its.block.world.controls.on_plan[0, i])
        return cls(its, tuple(args.post) or held or (str(its.model.spec.drill.post),), args)

    def sit_down(self) -> None:
        """What lies before the drill is lived at full speed; then the seats are taken, unless they are already."""
        its, spec = self.session, self.session.model.spec
        opens = its.model.clock.tick(spec.drill.start) if spec.drill.start else 0
        bar = Progress("the time before")
        while its.tick < opens:
            its.advance(min(opens, its.tick + 600))
            bar.show(its.tick / max(1, opens))
        bar.end()
        on_plan = its.block.world.controls.on_plan[0]
        asked = {c.sentence for c in its.commands if c.tick > its.tick}
        new = [p for p in self.posts if on_plan[its.model.post(p)] and f"take {p}" not in asked]
        if its.outcome is None and not its.over:
            its.commands_together([(post, f"take {post}", None) for post in new])
        self.heard = len(its.block.events[0])
        self.live.anchor()

    # the conversation

    def play(self, stream: TextIO) -> None:
        """From the first line to the score, or until the person leaves."""
        self.sit_down()
        self._greet()
        if self.session.outcome is None and not self.session.over:
            if stream.isatty() and sys.stdout.isatty():
                asyncio.run(self._at_terminal())
            else:
                self._from_lines(stream)
        if not self.done and self.session.over:
            self._end()

    def leave(self) -> None:
        """Lets go of the run file and says how to go on."""
        if self.session.journal:
            path = self.session.journal.path
            what = "resume: twin drill --plain --resume" if self.session.outcome is None else "proof: twin verify"
            print(f"{what} {path}")
        self.session.close()

    def _greet(self) -> None:
        spec = self.session.model.spec
        print("TRAINING, NOT LIVE PLANT")
        print(f"{spec.title}. {spec.briefing}")
        print(
            f"You are {', '.join(self.posts)}. It is {self._clock()}; the drill ends at {self._clock(self.session.lasts)}."
        )
        print("Type help for what can be typed.")
        if self.session.outcome is None:
            self._show("")

    def _clock(self, tick: int | None = None) -> str:
        return self.session.model.clock.text(self.session.tick if tick is None else tick)

    def _from_lines(self, stream: TextIO) -> None:
        self.live.freeze()
        for raw in stream:
            line = raw.strip()
            if line and not line.startswith("#"):
                print(f"> {shown(line)}")
                self.obey(line)
            if self.done:
                return
        self._skip_to(self.session.lasts, frozenset())

    async def _at_terminal(self) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import Completer, Completion
        from prompt_toolkit.patch_stdout import patch_stdout

        plain = self

        class Words(Completer):
            def get_completions(self, document, complete_event):  # type: ignore[no-untyped-def]
                text = document.text_before_cursor
                begun = "" if not text or text[-1].isspace() else text.split()[-1]
                for word in complete(plain.session.model, plain.posts, text, LOCAL):
                    yield Completion(word, start_position=-len(begun))

        prompt: PromptSession[str] = PromptSession(completer=Words(), complete_while_typing=False)
        self.live.run()
        ticking = asyncio.create_task(self._tick(prompt))
        try:
            with patch_stdout(raw=True):
                while not self.done and not self.session.over:
                    try:
                        line = await prompt.prompt_async(self._prompt)
                    except (EOFError, KeyboardInterrupt):
                        return
                    if line and line.strip():
                        self.obey(line.strip())
        finally:
            ticking.cancel()

    def _prompt(self) -> str:
        pace = "frozen" if self.live.frozen else f"x{self.live.speed:g}"
        return f"{self._clock()} {pace}> "

    async def _tick(self, prompt: object) -> None:
        app = prompt.app  # type: ignore[attr-defined]
        while not self.done and not self.session.over:
            if self.live.step():
                self._hear()
                app.invalidate()
            await asyncio.sleep(STEP_S)
        if app.is_running:
            app.exit(result="")

    def obey(self, line: str) -> None:
        """One typed line: a question, the clock, or a command that goes into the journal."""
        word = line.split(maxsplit=1)[0]
        try:
            if word in LOCAL and not (word in {"run"} and len(line.split()) > 1 and line.split()[1] != "for"):
                getattr(self, f"_{word}")(line[len(word) :].strip())
            else:
                self._order(line)
        except Fault as fault:
            print(f"? {fault.message}")
        except Faults as faults:
            print(f"? {faults.faults[0].message}")

    def _order(self, line: str) -> None:
        words = line.split()
        post = self.posts[0]
        if words[0] == "as" and len(words) > 2:
            post, line = words[1], line.split(None, 2)[2]
            if post not in self.posts:
                raise Fault(f"you do not sit in {post}.", f"Your seats: {', '.join(self.posts)}.")
        if line.split()[0] not in VERBS:
            raise Fault(f"{words[0]!r} is nothing that can be typed.", nearest(words[0], [*VERBS, *LOCAL]))
        its = self.session.command(post, line)
        self.given[len(self.session.commands) - 1] = its.sentence
        if line.split()[0] == "take" and len(words) == 2:
            self.posts = (*self.posts, words[1]) if words[1] not in self.posts else self.posts
        if self.live.frozen:
            self.session.advance(self.session.tick + 1)
        else:
            self.live.step()
        self._hear()

    # what is heard

    def _hear(self) -> None:
        events, self.heard = view.messages(self.session, frozenset(self.posts), self.heard)
        for event in events:
            mark = {"alarm": "!", "trip": "!", "trip-unproven": "!", "refused": "?"}.get(event.kind, " ")
            print(f"{self._clock(event.tick)} {mark} {shown(event.text)}")
        for index in sorted(self.session.answers):
            if index >= self.answered and index in self.given and self.session.answers[index].accepted:
                print(f"{self._clock()}   accepted: {self.given[index]}")
        self.answered = max(self.answered, len(self.session.answers))
        if self.guided:
            self._offer_hints()

    def _offer_hints(self) -> None:
        for row in view.lines(self.session, self.posts):
            if row.applies and not row.done and row.name not in self.hinted and row.cue != "start":
                self.hinted.add(row.name)
                print(f"          the plan has a line for this ({row.cue}): type hint")

    # questions

    def _help(self, rest: str) -> None:
        if rest in VERBS:
            verb = VERBS[rest]
            print(f"{verb.name}: {verb.about}. Such as: {verb.example}")
            who = [p for p in self.session.model.authority.posts if rest in self.session.model.authority.may[p]]
            print(f"  may: {', '.join(who) or 'everybody' if rest in VERBS else ''}")
            return
        if rest in LOCAL:
            print(LOCAL[rest])
            return
        if rest:
            raise Fault(f"{rest!r} is nothing that can be typed.", nearest(rest, [*VERBS, *LOCAL]))
        print("\n".join(f"  {text}" for text in LOCAL.values()))
        words = complete(self.session.model, self.posts, "")
        print("  orders: " + ", ".join(words) + " (help VERB tells more)")

    def _show(self, rest: str) -> None:
        rows = view.readings(self.session, self.posts)
        things = {r.name for r in rows} | {r.thing for r in rows}
        if rest and rest not in things:
            raise Fault(f"nothing shows {rest!r}.", nearest(rest, things))
        chosen = [r for r in rows if not rest or rest in {r.name, r.thing}]
        for r in chosen:
            if rest or r.quantity in {"level", "flow", "position", "calculated"}:
                what = f"{r.thing} {r.quantity}" if r.thing else "worked out"
                print(f"  {r.name:<12} {what:<18} {r.text}{'  (by hand)' if r.by_hand else ''}")

    def _alarms(self, rest: str) -> None:
        rows = view.alarms(self.session, self.posts)
        if not rows:
            print("  no alarm")
        for r in rows:
            first = " first out" if r.first_out else ""
            print(
                f"  {r.priority:<7} {r.state:<14} {r.name:<12} {self._clock(r.since)}  {r.limit}, now {r.value}{first}"
            )
            if self.guided and r.action:
                print(f"          cause: {r.cause}. action: {r.action}")

    def _plan(self, rest: str) -> None:
        for r in view.lines(self.session, self.posts):
            state = "proven" if r.proven else "done, not proven" if r.done else "NOW" if r.applies else "waits"
            within = f" within {span(r.within_s)}" if r.within_s else ""
            print(f"  [{state}] {r.name}: when {r.cue}: {'; '.join(r.do)}{within}")
            if r.because:
                print(f"          because {r.because}")

    def _hint(self, rest: str) -> None:
        if not self.guided:
            raise Fault("there are no hints in an assessed drill.")
        due = [r for r in view.lines(self.session, self.posts) if r.applies and not r.proven and r.cue != "start"]
        if not due:
            print("  the plan asks nothing of you now")
        for r in due:
            self.hints.append(f"{self._clock()} {r.name}")
            print(f"  {'; '.join(r.do)}" + (f"  (because {r.because})" if r.because else ""))

    def _pending(self, rest: str) -> None:
        rows = view.orders(self.session, self.posts)
        if not rows:
            print("  nothing is pending")
        for r in rows:
            print(f"  {r.sentence}: {r.phase}")

    # the clock

    def _freeze(self, rest: str) -> None:
        self.live.freeze()
        print(f"  frozen at {self._clock()}")

    def _run(self, rest: str) -> None:
        if not rest:
            self.live.run()
            print(f"  running at x{self.live.speed:g}")
            return
        words = g.Sentence(Text(rest, Place("typed", 1, 1)))
        words.expect("for")
        self._skip_to(self.session.tick + round(words.duration()), frozenset())

    def _speed(self, rest: str) -> None:
        try:
            value = float(rest)
        except ValueError:
            raise Fault("a number is wanted: speed 10.") from None
        if not 0.1 <= value <= 600:
            raise Fault("the speed is 0.1 to 600.")
        self.live.run(value)

    def _skip(self, rest: str) -> None:
        words = rest.split()
        if words[:3] == ["to", "next", "alarm"]:
            self._skip_to(self.session.lasts, STOPS_A_SKIP)
            return
        s = g.Sentence(Text(rest, Place("typed", 1, 1)))
        if s.accept("to"):
            tick = self.session.model.clock.tick(s.moment())
        else:
            tick = self.session.tick + round(s.duration("a duration, or `to next alarm`"))
        if tick <= self.session.tick:
            raise Fault("that moment has passed.")
        if tick > self.session.lasts:
            raise Fault(
                "that moment lies after the end of the drill.", f"It ends at {self._clock(self.session.lasts)}."
            )
        self._skip_to(tick, frozenset())

    def _skip_to(self, tick: int, stops: frozenset[str]) -> None:
        frozen = self.live.frozen
        seats = frozenset(self.posts)
        self.live.skip(min(tick, self.session.lasts), lambda e: e.kind in stops and view.hears(self.session, e, seats))
        self.live.frozen = frozen or self.session.over
        self._hear()
        print(f"  it is {self._clock()}")
        if self.session.over:
            self._end()

    def _end(self, rest: str = "") -> None:
        self.live.skip(self.session.lasts)
        self._hear()
        self.session.finish(outcome.sealed)
        self.done = True
        print(summary(self.session))
        if self.hints:
            print("  hints taken: " + ", ".join(self.hints))

    def _leave(self, rest: str) -> None:
        self.session.mark()
        self.done = True
