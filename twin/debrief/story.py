"""The night in a dozen lines: what misled, what alarmed, what was done and how late, what was lost."""

from dataclasses import dataclass

from twin.base.units import show
from twin.debrief.misled import Misled
from twin.engine.orders import Event
from twin.engine.parts import WORDS
from twin.engine.session import Session
from twin.seat.yardstick import Asked
from twin.text.say import Said, plain, say

LINES = 12
NEVER_TOLD = 9
_NOTHING = plain("")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story, and what it was made from."""

    tick: int
    text: Said
    source: str


def story(session: Session, asked: tuple[Asked, ...], misleading: list[Misled]) -> list[Line]:
    """At most a dozen lines, in the order of time; where there are more, the lighter ones are left out."""
    found: list[tuple[int, int, Line]] = []
    seen: set[tuple[str, str]] = set()
    for number, event in enumerate(session.block.events[0], start=1):
        weight = WORDS.events[event.kind].weight
        if weight >= NEVER_TOLD or (event.kind, event.subject) in seen:
            continue
        seen.add((event.kind, event.subject))
        found.append((weight, number, Line(event.tick, _text(session, event), f"event {number}")))
    for m in misleading:
        found.append((1, 0, Line(m.onset, _misled(session, m), f"signals {m.thing}.{m.quantity} and {m.instrument}")))
    for line, rows in _by_line(asked).items():
        found.append((3 if any(r.late_s for r in rows) else 4, 0, _deed(session, line, rows)))
    found = [f for f in found if f[2].text is not _NOTHING]
    kept = sorted(found, key=lambda f: (f[0], f[2].tick, f[1]))[:LINES]
    return [line for _, _, line in sorted(kept, key=lambda f: (f[2].tick, f[0], f[1]))]


def _text(session: Session, event: Event) -> Said:
    if event.kind == "inject":
        inject = next((i for i in session.model.injects if i.name == event.said.get("name")), None)
        if inject is None:
            return _NOTHING
        if all(d.verb == "tell" for d in inject.actions):
            return plain(event.text.partition(": ")[2])
        acts = ", ".join(d.sentence for d in inject.actions)
        return plain(f"{acts}: {inject.because}" if inject.because else acts)
    return event.said


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


def _deed(session: Session, line: str, rows: list[Asked]) -> Line:
    first = min((r for r in rows if r.done is not None), key=lambda r: r.done or 0)
    assert first.done is not None
    late = max(r.late_s for r in rows)
    span = show(float(late), "time", 0) if late < 120 else f"{late // 60} min"
    when = say("story.late", span=span) if late else say("story.in-time")
    did = say("story.did", who=first.post, acts=", ".join(r.sentence for r in rows), line=line, when=when)
    return Line(first.done, did, f"plan.{line}")
