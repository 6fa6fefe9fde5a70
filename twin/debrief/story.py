"""The night in a dozen lines: what misled, what alarmed, what was done and how late, what was lost."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.base.units import show
from twin.debrief import history
from twin.debrief.misled import Misled
from twin.engine.orders import INSTRUCTOR, Event
from twin.engine.parts import WORDS
from twin.engine.session import Session
from twin.seat.deeds import REFUSED, Deed
from twin.seat.yardstick import Asked
from twin.text.say import Amount, Said, plain, say

LINES = 12
MINUTE_S = 60
NEVER_TOLD = 9
TOLD_EACH_TIME = 1  # what is lost is told whenever it happens, other kinds once for each thing
STOPS = ("stop", "trip", "stop-work", "isolate")
_NOTHING = plain("")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story, and what it was made from."""

    tick: int
    text: Said
    source: str


def story(session: Session, asked: tuple[Asked, ...], done: tuple[Deed, ...], misleading: list[Misled]) -> list[Line]:
    """At most a dozen lines, in the order of time; where there are more, the lighter ones are left out."""
    found: list[tuple[int, int, Line]] = []
    seen: set[tuple[str, str]] = set()
    for number, event in enumerate(session.block.events[0], start=1):
        weight = WORDS.events[event.kind].weight
        again = (event.kind, event.subject) in seen
        if weight >= NEVER_TOLD or (again and weight > TOLD_EACH_TIME):
            continue
        seen.add((event.kind, event.subject))
        found.append((weight, number, Line(event.tick, _text(session, event), f"event {number}")))
    for m in misleading:
        found.append((1, 0, Line(m.onset, _misled(session, m), f"signals {m.thing}.{m.quantity} and {m.instrument}")))
    for line, rows in _by_line(asked).items():
        found.append((4 if all(_in_time(r) for r in rows) else 3, 0, _line(session, line, rows)))
    told = {r.deed for r in asked} | {r.tried for r in asked}
    taken_back = {(d.undone, d.undone_by): d for d in reversed(done) if d.undone is not None}
    for deed in done:
        if deed not in told and not deed.by_plan and not _idle(deed):
            undid = taken_back.get((deed.tick, f"{deed.post} {deed.sentence}"))
            matters = deed.end != REFUSED and (deed.verb in STOPS or deed.undone is not None or undid is not None)
            found.append((3 if matters else 5, deed.event, _deed(deed, undid)))
    found += [(0, 0, line) for line in _in_all(session)]
    found = [f for f in found if f[2].text is not _NOTHING]
    kept = sorted(found, key=lambda f: (f[0], f[2].tick, f[1]))[:LINES]
    return [line for _, _, line in sorted(kept, key=lambda f: (f[2].tick, f[0], f[1]))]


def _text(session: Session, event: Event) -> Said:
    if event.kind == "overflow":
        return _rate(session, event)
    if event.kind == "inject":
        inject = next((i for i in session.model.injects if i.name == event.said.get("name")), None)
        if inject is None:
            return event.said if event.by == INSTRUCTOR else _NOTHING
        if all(d.verb == "tell" for d in inject.actions):
            return plain(event.text.partition(": ")[2])
        acts = ", ".join(d.sentence for d in inject.actions)
        return plain(f"{acts}: {inject.because}" if inject.because else acts)
    return event.said


def _rate(session: Session, event: Event) -> Said:
    """An overflow with its rate over its first whole minute, or while it ran where that was shorter."""
    flow = history.column(session, session.model.signals.at[f"{event.subject}.overflow"])[
        event.tick : event.tick + MINUTE_S
    ]
    ran = flow[: int(np.argmin(flow > 0.0)) if (flow <= 0.0).any() else len(flow)]
    mean = Amount(float(ran.mean()) if len(ran) else 0.0, "volume flow", 0)
    if len(ran) < MINUTE_S:
        return say("story.overflows-short", name=event.subject, flow=mean, span=f"{len(ran)} s")
    return say("story.overflows", name=event.subject, flow=mean)


def _misled(session: Session, m: Misled) -> Said:
    clock = session.model.clock.text
    doubted = (
        say("story.doubted", at=clock(m.first_doubt)[:5]) if m.first_doubt is not None else say("story.not-doubted")
    )
    if m.gap is None:
        return say("story.did-not-act", name=m.instrument, doubted=doubted)
    gap = f"{m.gap.value:.2f} {m.gap.unit}"
    return say("story.misled", name=m.instrument, thing=m.thing, at=clock(m.gap.tick)[:5], gap=gap, doubted=doubted)


def _by_line(asked: tuple[Asked, ...]) -> dict[str, list[Asked]]:
    lines: dict[str, list[Asked]] = {}
    for row in asked:
        lines.setdefault(row.line, []).append(row)
    return {n: rows for n, rows in lines.items() if any(r.done is not None for r in rows)}


def _line(session: Session, line: str, rows: list[Asked]) -> Line:
    """A line of the plan: each of its acts with how late it came and what came of it."""
    first = min((r for r in rows if r.done is not None), key=lambda r: r.done or 0)
    assert first.done is not None
    hows = [_how(session, r) for r in rows]
    if first.every and len(rows) > 1:
        kept = sum(_in_time(r) for r in rows)
        did = say("story.rounds", who=first.post, acts=first.sentence, line=line, kept=kept, rounds=len(rows))
    elif len(set(hows)) == 1:
        acts = ", ".join(_words(r) for r in rows)
        did = say("story.did", who=first.post, acts=acts, line=line, when=hows[0])
    else:
        each = tuple(say("story.act", act=_words(r), how=how) for r, how in zip(rows, hows, strict=True))
        did = say("story.did-each", who=first.post, acts=each, line=line)
    return Line(first.done, did, f"plan.{line}")


def _words(row: Asked) -> str:
    """The act as it was given; as the plan has it where it was not."""
    its = row.deed or row.tried
    return row.sentence if its is None else its.sentence


def _in_time(row: Asked) -> bool:
    return row.done is not None and not row.late_s and row.deed is not None and row.deed.undone is None


def _how(session: Session, row: Asked) -> Said:
    """When an act that the plan asked for was done, and what became of it."""
    clock = session.model.clock.text
    if row.deed is None:
        if row.tried is not None and row.tried.failed:
            return _ended(row.tried)
        if row.tried is not None and row.tried.undone is not None:
            how, at = say("story.before"), clock(row.tried.undone)[:5]
            return say("story.undone", how=how, at=at, by=row.tried.undone_by)
        if row.instead is not None:
            its = row.instead
            who = its.post if its.verb == row.action.verb else f"{its.post}: {its.sentence}"
            return say("story.instead", who=who, at=clock(its.tick)[:5])
        return say("story.never")
    late = row.late_s
    span = show(float(late), "time", 0) if late < 120 else f"{late // 60} min"
    before = row.deed.tick < row.cue
    how = say("story.late", span=span) if late else say("story.before") if before else say("story.in-time")
    if row.deed.why is not None:
        how = say("story.ended-why", act=how, end=say(f"phase.{row.deed.end}"), why=row.deed.why)
    if row.deed.undone is not None:
        how = say("story.undone", how=how, at=clock(row.deed.undone)[:5], by=row.deed.undone_by)
    return how


def _idle(deed: Deed) -> bool:
    return deed.verb not in WORDS.verbs or WORDS.verbs[deed.verb].idle


def _ended(deed: Deed) -> Said:
    if deed.end == REFUSED:
        return say("story.refused")
    return say(f"phase.{deed.end}") if deed.end else say("story.under-way")


def _in_all(session: Session) -> Iterator[Line]:
    """What was spilled, where a tank ran over more than once or still does: the last number of an event is not all of it."""
    tanks, model = session.block.world.tanks, session.model.tanks
    began = [e.subject for e in session.block.events[0] if e.kind == "overflow"]
    still = [name for m, name in enumerate(model.names[: model.n_tanks]) if tanks.overflow_m3_s[0, m] > 0.0]
    if still or len(began) > 1:
        gross = Amount(float(tanks.spilled_m3[0].sum()), "volume", 1)
        names = ", ".join(still)
        text = say("story.still-over", names=names, volume=gross) if still else say("story.in-all", volume=gross)
        yield Line(session.tick, text, "signal spilled.volume")


def _deed(deed: Deed, undid: Deed | None) -> Line:
    """An act outside the plan, with what came of it."""
    act = plain(deed.sentence) if deed.at_once else say("story.ended", act=deed.sentence, end=_ended(deed))
    if undid is not None:
        did = say("story.undid", who=deed.post, act=act, other=f"{undid.post} {undid.sentence}")
    else:
        did = say("story.outside", who=deed.post, act=act)
    return Line(deed.tick, did, f"event {deed.event}")
