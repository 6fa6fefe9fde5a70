"""The night in a dozen lines: what misled, what alarmed, what was done and how late, what was lost."""

from dataclasses import dataclass

from twin.base.fault import shown
from twin.base.units import show
from twin.debrief.misled import Misled
from twin.engine.orders import Event
from twin.engine.parts import WORDS
from twin.engine.session import Session
from twin.seat.yardstick import Asked

LINES = 12
NEVER_TOLD = 9


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story, and what it was made from."""

    tick: int
    text: str
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
    found = [f for f in found if f[2].text]
    kept = sorted(found, key=lambda f: (f[0], f[2].tick, f[1]))[:LINES]
    return [line for _, _, line in sorted(kept, key=lambda f: (f[2].tick, f[0], f[1]))]


def _text(session: Session, event: Event) -> str:
    if event.kind == "inject":
        inject = next((i for i in session.model.injects if i.name == event.said.get("name")), None)
        if inject is None or all(d.verb == "tell" for d in inject.actions):
            return shown(event.text.partition(": ")[2]) if inject else ""
        return shown(
            f"{', '.join(d.sentence for d in inject.actions)}" + (f": {inject.because}" if inject.because else "")
        )
    return shown(event.text)


def _misled(session: Session, m: Misled) -> str:
    clock = session.model.clock.text
    doubted = f"; first doubted {clock(m.first_doubt)[:5]}" if m.first_doubt is not None else "; nobody doubted it"
    if m.gap is None:
        return f"{m.instrument} should have acted, and did not{doubted}."
    return (
        f"{m.instrument} no longer showed {m.thing}: by {clock(m.gap.tick)[:5]} it was "
        f"{m.gap.value:.2f} {m.gap.unit} beside the truth{doubted}."
    )


def _by_line(asked: tuple[Asked, ...]) -> dict[str, list[Asked]]:
    lines: dict[str, list[Asked]] = {}
    for row in asked:
        lines.setdefault(row.line, []).append(row)
    return {n: rows for n, rows in lines.items() if any(r.done is not None for r in rows)}


def _deed(session: Session, line: str, rows: list[Asked]) -> Line:
    first = min((r for r in rows if r.done is not None), key=lambda r: r.done or 0)
    assert first.done is not None
    late = max(r.late_s for r in rows)
    when = f"{show(float(late), 'time', 0) if late < 120 else f'{late // 60} min'} late" if late else "in time"
    return Line(first.done, f"{first.post}: {', '.join(r.sentence for r in rows)} ({line}), {when}.", f"plan.{line}")
