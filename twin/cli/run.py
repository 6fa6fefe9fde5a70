"""`twin run` and `twin verify`: one world without a person, kept in a run file."""

import dataclasses
import datetime
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import TextIO

from twin.base.fault import Fault, Faults, Place, read_text, shown
from twin.base.json import Json
from twin.cli.main import DONE, NO, print_json
from twin.cli.progress import Progress
from twin.debrief import facts, outcome
from twin.debrief.trade import trade
from twin.engine import commands, replay, session
from twin.engine.commands import Line
from twin.engine.orders import INSTRUCTOR
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.journal import chain
from twin.journal.chain import DiskFault
from twin.seat.deeds import deeds
from twin.seat.kept import RUNS
from twin.text.say import padded, told, word

STEP = 600
PACE_STEP_S = 0.1


def run_file(scenario: str) -> Path:
    """The default run file of a scenario: ./runs/SCENARIO-DATE-TIME.twin."""
    short = scenario.rsplit("/", 1)[-1].removesuffix(".yaml")
    stamp = datetime.datetime.now(tz=datetime.UTC).astimezone().strftime("%Y%m%d-%H%M%S")
    path = RUNS / f"{short}-{stamp}.twin"
    number = 1
    while path.exists():
        number += 1
        path = RUNS / f"{short}-{stamp}-{number}.twin"
    return path


def do_run(args: Namespace) -> int:
    """`twin run`: one world, headless, or a run gone on with."""
    began = time.monotonic()
    if args.resume:
        its, torn = replay.resume(Path(args.resume), outcome.sealed)
        if torn:
            sys.stderr.write(f"{torn} bytes of a torn last line were cut off.\n")
        lines = replay.lines_left(its)
        if args.commands and (lines or args.commands != "-"):
            its.close()
            raise Fault(
                "this run has lines of its own to live through first."
                if lines
                else "a run that is gone on with takes no file.",
                "Leave out --commands." if lines else "--commands - takes lines as they come.",
            )
    else:
        its, lines = _begin(args)
    try:
        runner = _Runner(its, args)
        if its.outcome is None:
            if args.commands == "-":
                its.advance(max((c.tick for c in its.commands), default=0) - 1)  # behind what was acknowledged
                runner.from_stream(sys.stdin)
            else:
                runner.from_file(lines)
            runner.to(its.lasts)
        its.finish(outcome.sealed)
        runner.bar.end()
        _print(its, args, time.monotonic() - began)
    finally:
        _where(its)
        its.close()
    return DONE


def _begin(args: Namespace) -> tuple[Session, list[Line]]:
    """A new run and the lines of its command file; no run file is made before every line was understood."""
    if not args.scenario:
        raise Fault("which scenario?", "See `twin list`.")
    setup = Setup(args.scenario, args.seed, args.world, tuple(args.settings), args.posts)
    its = session.start(setup)
    lines: list[Line] = []
    if args.commands and args.commands != "-":
        lines = commands.read(its.model, text_of(args.commands), args.commands)
        named = sorted({line.post for line in lines} - {INSTRUCTOR})  # the plan does not act for these
        raw = tuple(text for text in (line.strip() for line in text_of(args.commands).splitlines()) if text)
        its = session.start(dataclasses.replace(setup, taken=tuple(named), commands=raw))
    session.keep(its, Path(args.out) if args.out else run_file(args.scenario), args.force)
    return its, lines


def text_of(name: str) -> str:
    """A command file."""
    return read_text(Path(name), 1 << 22)


class _Runner:
    """Advances a session with progress, pace and commands."""

    def __init__(self, its: Session, args: Namespace) -> None:
        self.session = its
        self.args = args
        self.bar = Progress(its.setup.scenario)
        self.anchor = (time.monotonic(), its.tick)

    def to(self, tick: int) -> None:
        """Runs up to a tick, as fast as `--speed` lets it."""
        its = self.session
        while its.tick < min(tick, its.lasts):
            goal = min(tick, its.lasts, its.tick + STEP)
            if self.args.speed:
                owed = self.anchor[1] + int((time.monotonic() - self.anchor[0]) * self.args.speed)
                if owed <= its.tick:
                    time.sleep(min(PACE_STEP_S, 1.0 / self.args.speed))
                    continue
                goal = min(goal, owed)
            its.advance(goal)
            self.bar.show(its.tick / its.lasts)

    def from_file(self, lines: list[Line]) -> None:
        """Journals the lines up to each rewind as a whole, then lives through them."""
        part: list[Line] = []
        for line in [*lines, None]:
            if line is not None and line.rewind_to < 0:
                part.append(line)
                continue
            self.session.commands_together([(p.post, p.sentence, p.tick) for p in part])
            part = []
            if line is not None:
                self.to(line.tick)
                self.session.rewind(line.rewind_to)
                self.anchor = (time.monotonic(), self.session.tick)

    def from_stream(self, stream: TextIO) -> None:
        """Takes lines as they come; never passes a moment before a later line, or the end of input, was read."""
        out = sys.stderr if self.args.json else sys.stdout
        for number, raw in enumerate(stream, start=1):
            try:
                line = commands.line(self.session.model, raw, number, "-")
                if line is None:
                    continue
                self._take_in(line)
            except DiskFault:
                raise
            except Fault as fault:
                its = fault.at(Place("-", number, 1))
                out.write(f"error {number}: {its}\n")
                out.flush()
                continue
            out.write(f"ack {number}\n")
            out.flush()

    def _take_in(self, line: Line) -> None:
        its = self.session
        if line.tick > its.lasts:
            raise Fault("this moment lies after the end of the scenario.")
        self.to(line.tick if line.rewind_to >= 0 else line.tick - 1)
        if line.rewind_to >= 0:
            its.rewind(line.rewind_to)
            self.anchor = (time.monotonic(), its.tick)
            return
        if its.over:
            raise Fault("the scenario has ended.")
        its.person(line.post, line.sentence)


def _print(its: Session, args: Namespace, wall_s: float) -> None:
    if args.json:
        print_json(outcome.whole(its, wall_s))
        return
    for line in outcome.story(its):
        sys.stderr.write(line + "\n")
    print(summary(its))


def summary(its: Session) -> str:
    """The end of a run for people: score, reasons, losses."""
    assert its.outcome is not None
    found = its.outcome
    lines = [word("line.score", title=its.model.spec.title, score=str(found["score"]))]
    for mark in outcome.judged(its.block, 0)[0]:
        at = its.model.clock.text(mark.tick)
        lines.append(
            f"  {'+' if mark.met else '-'} {padded(word(f'mark.{mark.mark}'), 16)} {at}  {told(mark.evidence)}"
        )
    lost = found["totals"]
    lines.append("  " + word("line.spilled", m3=f"{lost['spilled_m3']:.1f}", t=f"{lost['spilled_kg'] / 1000:.1f}"))
    lines += [f"  {told(t.said)}" for t in trade(its.block, tuple(deeds(its)))]
    alone = its.setup.posts == "none" and not its.setup.settings and not its.setup.commands
    lines += [f"  {told(f.said(its.block))}" for f in (facts.figures(its.block, 0) if alone else ())]
    lines.append("  " + word("line.digest", digest=found["digest"]))
    return "\n".join(lines)


def _where(its: Session) -> None:
    if its.journal is None:
        return
    verb = "resume" if its.outcome is None else "replay"
    command = f"twin run --resume {its.journal.path}" if its.outcome is None else f"twin verify {its.journal.path}"
    sys.stderr.write(f"{verb}: {command}\n")
    if its.outcome is not None:
        sys.stderr.write(f"seal: {its.seal}\n")


def do_verify(args: Namespace) -> int:
    """`twin verify`."""
    bar = Progress("verify")
    answer, seal = verified(Path(args.run), bar)
    bar.end()
    if args.json:
        print_json({**answer, "seal": seal} if answer["verified"] else answer)
    elif answer["verified"]:
        note = "" if answer["finished"] else ", unfinished as far as it goes"
        print(f"{args.run}: verified{note}")
        print(f"  seal {seal}")
        if "compared" in answer:
            print(f"  {shown(answer['compared'])}")
    else:
        print(f"{args.run}: NOT verified, line {answer['line']}: {shown(answer['reason'])}")
    return DONE if answer["verified"] else NO


def verify(path: Path, bar: Progress | None = None) -> Json:
    """Simulates a run again and compares digests and outcome."""
    return verified(path, bar)[0]


def verified(path: Path, bar: Progress | None = None) -> tuple[Json, str]:
    """What `verify` finds, and the last seal of the very lines that it looked at."""
    try:
        records, torn = chain.read(path)
    except chain.Broken as broken:
        return {"verified": False, "line": broken.line, "reason": broken.reason}, ""
    return _compared(records, torn, bar), chain.spoken(records) if records else ""


def _compared(records: list[chain.Record], torn: int, bar: Progress | None) -> Json:
    if torn or not records:
        return {
            "verified": False,
            "line": len(records) + 1,
            "reason": "the last line is torn: it was not written whole.",
        }
    try:
        its = replay.replay(records, check=True, judge=outcome.sealed, progress=bar.show if bar else None)
    except replay.Differs as differs:
        return {"verified": False, "line": differs.line, "reason": differs.reason}
    except (Fault, Faults) as fault:
        return {"verified": False, "line": 1, "reason": f"the header cannot be lived through: {fault}"}
    answer: Json = {"verified": True, "finished": its.outcome is not None}
    if its.foreign and its.outcome is None:
        reason = f"not compared: this run was made with {its.foreign}, where other bits are no surprise, and holds no outcome."
        return {"verified": False, "line": len(records), "reason": reason}
    if its.foreign:
        answer["compared"] = f"the outcome, its values to 1e-9, not bits: this run was made with {its.foreign}"
    return answer
