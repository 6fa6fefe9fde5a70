"""The line mode: a control room in plain lines, for a serial line, a slow link, a screen reader, a script.

At a terminal, time runs; typed text is never torn, since lines above the prompt are drawn by prompt-toolkit. When the
input is no terminal, time stands still between lines and goes on by `skip` and `run` alone.
"""

import asyncio
import signal
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from twin.base.fault import Fault, Faults, nearest, shown
from twin.base.units import clock as span
from twin.cli.progress import Progress
from twin.cli.run import run_file, summary
from twin.debrief import outcome
from twin.engine import replay
from twin.engine import session as sessions
from twin.engine.completion import complete
from twin.engine.parts import WORDS, kinds
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.language.sentence import tokens
from twin.seat import view
from twin.seat.briefing import briefing
from twin.seat.examples import example
from twin.seat.facts import texts
from twin.seat.found import by_event
from twin.seat.player import CLOCK, Player, Refused, addressed, help_on, known_seats, seats_of
from twin.text.say import padded, say, table, told, word

LOCAL = ("show", "alarms", "plan", "pending", "help", "hint", "freeze", "run", "speed", "skip", "end", "leave")
"""What can be typed besides orders; `local.WORD` in the language file says what it does."""
STEP_S = 0.05
URGENT = kinds("urgent")


class Plain:
    """One person at a line."""

    def __init__(self, session: Session, posts: tuple[str, ...], args: Namespace) -> None:
        start = session.model.spec.drill.start
        self.session, self.posts = session, posts
        self.player = Player(session, outcome.sealed, args.speed, session.model.clock.tick(start) if start else 0)
        self.guided = not session.setup.assessed
        self.heard = len(session.block.events[0])
        self.hinted: set[str] = set()
        self.hints: list[str] = []
        self.answered = len(session.answers)
        self.given: dict[int, str] = {}
        self.done = False
        self._questions: dict[str, Callable[[str], None]] = {
            "show": self._show, "alarms": self._alarms, "plan": self._plan, "pending": self._pending, "help": self._help,
            "hint": self._hint, "leave": self._leave,
        }  # fmt: skip

    @classmethod
    def begin(cls, args: Namespace) -> "Plain":
        setup = Setup(args.scenario, args.seed, args.world, tuple(args.settings), assessed=args.mode == "assessed")
        its = sessions.start(setup)
        posts = known_seats(its, tuple(args.post))
        sessions.keep(its, Path(args.out) if args.out else run_file(args.scenario))
        return cls(its, posts, args)

    @classmethod
    def resume(cls, args: Namespace) -> "Plain":
        its, torn = replay.resume_for_people(Path(args.resume), outcome.sealed)
        if torn:
            print(word("line.torn", count=torn))
        return cls(its, seats_of(its, tuple(args.post)), args)

    def sit_down(self) -> None:
        """What lies before the drill is lived at full speed; then the seats are taken, unless they are already."""
        bar = Progress("the time before")
        while not self.player.live_before(self.posts):
            bar.show(self.player.before)
        bar.end()
        self.heard = len(self.session.block.events[0])
        self.player.live.anchor()

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
            if self.session.outcome is None:
                print(word("line.resume", more="--plain ", path=str(path)))
            else:
                print(word("line.proof", path=str(path)))
            if self.session.outcome is not None:
                figures, line = self.session.last_seal
                print(word("line.seal", figures=figures, line=line))
        self.session.close()

    def _greet(self) -> None:
        spec = self.session.model.spec
        print(word("console.training"))
        print(f"{spec.title}. {briefing(spec)}")
        print(word("line.you-are", posts=", ".join(self.posts), now=self._clock(), end=self._clock(self.session.lasts)))
        print(word("line.type-help"))
        if self.session.outcome is None:
            self._show("")

    def _clock(self, tick: int | None = None) -> str:
        return self.session.model.clock.text(self.session.tick if tick is None else tick)

    def _from_lines(self, stream: TextIO) -> None:
        self.player.live.freeze()
        self.player.scripted = True
        for raw in stream:
            line = raw.strip()
            if line and not line.startswith("#"):
                print(f"> {shown(line)}")
                self.obey(line)
            if self.done:
                return
        self._live_on("end")

    async def _at_terminal(self) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import Completer, Completion
        from prompt_toolkit.patch_stdout import patch_stdout

        plain = self

        class Words(Completer):
            def get_completions(self, document, complete_event):  # type: ignore[no-untyped-def]
                text = document.text_before_cursor
                begun = "" if not text or text[-1].isspace() else text.split()[-1]
                for its in complete(plain.session.model, plain.posts, text, LOCAL):
                    yield Completion(its, start_position=-len(begun))

        prompt: PromptSession[str] = PromptSession(completer=Words(), complete_while_typing=False)

        def sent_away() -> None:
            if prompt.app.is_running:
                prompt.app.exit(exception=EOFError())

        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, sent_away)
        self.player.live.run()
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
        pace = word("line.frozen") if self.player.live.frozen else f"x{self.player.live.speed:g}"
        return f"{self._clock()} {pace}> "

    async def _tick(self, prompt: object) -> None:
        app = prompt.app  # type: ignore[attr-defined]
        while not self.done and not self.session.over:
            if self.player.live.step():
                self._hear()
                app.invalidate()
            await asyncio.sleep(STEP_S)
        if app.is_running:
            app.exit(result="")

    def obey(self, line: str) -> None:
        """One typed line: a question, the clock, or a command that goes into the journal."""
        word, _, rest = line.partition(" ")
        try:
            if word in self._questions:
                self._questions[word](rest.strip())
            elif word in CLOCK:
                self._live_on(line)
            else:
                self._order(line)
        except Refused as refused:
            print(f"? {told(refused.said)}")
        except Fault as fault:
            print(f"? {fault.message}")
        except Faults as faults:
            print(f"? {faults.faults[0].message}")

    def _order(self, line: str) -> None:
        _, text = addressed(line)
        if text.split()[0] not in WORDS.verbs:
            raise Fault(
                f"{text.split()[0]!r} is nothing that can be typed.", nearest(text.split()[0], [*WORDS.verbs, *LOCAL])
            )
        its = self.player.order(self.posts, line)
        self.given[its.index], self.posts = its.sentence, its.seats
        if self.player.live.frozen:
            self.session.advance(self.session.tick + 1)
        else:
            self.player.turn()
        self._hear()

    # what is heard

    def _hear(self) -> None:
        events, self.heard = view.messages(self.session, frozenset(self.posts), self.heard, by_event(self.session))
        for event in events:
            mark = "!" if event.kind in URGENT else "?" if event.kind == "refused" else " "
            print(f"{self._clock(event.tick)} {mark} {shown(told(event.said))}")
        for index in sorted(self.session.answers):
            if index >= self.answered and index in self.given and self.session.answers[index].accepted:
                print(f"{self._clock()}   {word('line.accepted', act=self.given[index])}")
        self.answered = max(self.answered, len(self.session.answers))
        if self.guided:
            self._offer_hints()

    def _offer_hints(self) -> None:
        for row in self.player.due(self.posts):
            if row.name not in self.hinted:
                self.hinted.add(row.name)
                print(f"          {word('line.has-hint', cue=row.cue)}")

    # questions

    def _help(self, rest: str) -> None:
        if rest in WORDS.verbs:
            print("\n".join(help_on(rest, self.session.model.posts, such=example(self.session.model, rest))))
            return
        if rest in LOCAL:
            print(word(f"local.{rest}"))
            return
        if rest:
            raise Fault(f"{rest!r} is nothing that can be typed.", nearest(rest, [*WORDS.verbs, *LOCAL]))
        print("\n".join(f"  {text}" for _, text in table("local")))
        words = complete(self.session.model, self.posts, "")
        print("  " + word("line.orders", verbs=", ".join(words)))

    def _show(self, rest: str) -> None:
        rows = view.readings(self.session, self.posts)
        rest = " ".join(tokens(rest))
        things = {r.name for r in rows} | {r.thing for r in rows}
        if rest and rest not in things:
            raise Fault(f"nothing shows {rest!r}.", nearest(rest, things))
        if text := texts(self.session.model).get(rest):
            print(f"  {text}")
        chosen = [r for r in rows if not rest or rest in {r.name, r.thing}]
        for r in chosen:
            if rest or r.quantity in {"level", "flow", "position", "calculated"}:
                what = f"{r.thing} {r.quantity}" if r.thing else word("line.worked-out")
                print(f"  {r.name:<12} {padded(what, 18)} {told(r.says)}{word('line.by-hand') if r.by_hand else ''}")

    def _alarms(self, rest: str) -> None:
        rows = view.alarms(self.session, self.posts)
        if not rows:
            print(f"  {word('console.no alarm')}")
        for r in rows:
            priority, state = word(f"priority.{r.priority}"), word(f"state.{r.state}")
            now = word("line.first-out" if r.first_out else "line.now", value=r.value or "")
            print(f"  {padded(priority, 7)} {padded(state, 14)} {r.name:<12} {self._clock(r.since)}  {r.limit}, {now}")
            if self.guided and r.action:
                print(f"          {word('line.cause', cause=r.cause, action=r.action)}")

    def _plan(self, rest: str) -> None:
        for r in view.lines(self.session, self.posts):
            state = "proven" if r.proven else "done" if r.done else "now-due" if r.applies else "waits"
            key = "line.plan-within" if r.within_s else "line.plan"
            within = {"span": span(r.within_s)} if r.within_s else {}
            print("  " + word(key, state=say(f"line.{state}"), name=r.name, cue=r.cue, acts="; ".join(r.do), **within))
            if r.because:
                print(f"          {word('console.because', because=r.because)}")

    def _hint(self, rest: str) -> None:
        if not self.guided:
            raise Fault("there are no hints in an assessed drill.")
        due = [r for r in view.lines(self.session, self.posts) if r.applies and not r.proven and r.cue != "start"]
        if not due:
            print(f"  {word('line.nothing-asked')}")
        for r in due:
            self.hints.append(f"{self._clock()} {r.name}")
            print(f"  {'; '.join(r.do)}" + (f"  ({word('console.because', because=r.because)})" if r.because else ""))

    def _pending(self, rest: str) -> None:
        rows = view.orders(self.session, self.posts)
        if not rows:
            print(f"  {word('console.nothing pending')}")
        for r in rows:
            print(f"  {r.sentence}: {word(f'phase.{r.phase}')}")

    # the clock

    def _live_on(self, line: str) -> None:
        """One of the clock's words; what it skips is lived before the next line is read."""
        player = self.player
        frozen = player.live.frozen
        if not player.clock(self.posts, line):
            frozen_at = word("line.frozen-at", now=self._clock())
            print(f"  {frozen_at if player.live.frozen else word('line.running', speed=f'{player.live.speed:g}')}")
            return
        while not player.turn():
            pass
        player.live.frozen = frozen or self.session.over
        self._hear()
        if player.skipped is not None:
            print(f"  {told(player.skipped)}")
        if line.split(maxsplit=1)[0] != "end":
            print(f"  {word('line.it-is', now=self._clock())}")
        if self.session.over:
            self._end()

    def _end(self) -> None:
        self.player.finish()
        self.done = True
        print(summary(self.session))
        print("  " + word("help.words.score"))
        if self.hints:
            print("  " + word("line.hints", hints=", ".join(self.hints)))

    def _leave(self, rest: str) -> None:
        self.session.mark()
        self.done = True
