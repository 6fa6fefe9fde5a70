"""The alarm load of an operator, by the measures of ISA-18.2: rates, peaks, floods, priorities, how soon acknowledged.

Targets (ISA-18.2, EEMUA 191): about one alarm in ten minutes, at most ten in any ten, under 1 % of the time in flood,
about 5 / 15 / 80 % of high / medium / low priority, none chattering (three or more of one alarm in a minute).
"""

from dataclasses import dataclass

from twin.engine.session import Session
from twin.parts import people
from twin.parts.alarm import PRIORITIES

TEN_MINUTES_S = 600
FLOOD_ABOVE = 10  # in a closed window of ten minutes
ACKNOWLEDGED_WITHIN_S = 60
CHATTERS = (3, 60)  # so many of one alarm in so many seconds


@dataclass(frozen=True, slots=True)
class AlarmLoad:
    """What one operator of a post was asked to take in."""

    post: str
    operators: int
    alarms: int
    an_hour: float  # for each operator
    peak_10_min: int  # for each operator, rounded up
    peak_at: int
    flood_share: float  # of the time
    by_priority: dict[str, int]
    acknowledged_in_a_minute: float | None  # share, None without alarms
    chattering: tuple[str, ...]
    standing_at_end: int


def alarm_load(session: Session, post: str = "control-room") -> AlarmLoad:
    """The load of the post that sits at the alarm list."""
    model, block = session.model, session.block
    events = [e for e in block.events[0] if e.kind == "alarm"]
    ticks = [e.tick for e in events]
    crews = [g for g, p in enumerate(model.people.post) if model.posts.names[p] == post]
    operators = max(1, sum(people.heads(model.people, g, model.clock.hour(session.tick)) for g in crews))
    counts = [(sum(t - TEN_MINUTES_S <= other <= t for other in ticks), t) for t in ticks]
    peak, peak_at = max(counts, key=lambda c: (c[0], -c[1]), default=(0, 0))
    flood_from = [t for n, t in counts if -(-n // operators) > FLOOD_ABOVE]
    in_flood = len({s for t in flood_from for s in range(t, min(t + TEN_MINUTES_S, session.tick) + 1)})
    priority = [PRIORITIES[int(model.alarms.priority[model.alarms.names.index(e.subject)])] for e in events]
    soon = [_acknowledged(session, e.tick, e.subject) for e in events]
    return AlarmLoad(
        post=post,
        operators=operators,
        alarms=len(events),
        an_hour=len(events) / operators * 3600.0 / max(1, session.tick),
        peak_10_min=-(-peak // operators),
        peak_at=peak_at,
        flood_share=in_flood / max(1, session.tick),
        by_priority={p: priority.count(p) for p in PRIORITIES},
        acknowledged_in_a_minute=sum(soon) / len(soon) if soon else None,
        chattering=tuple(sorted({e.subject for e in events if _chatters([o.tick for o in events if o.subject == e.subject])})),
        standing_at_end=int(block.world.alarms.standing[0].sum()),
    )  # fmt: skip


def _acknowledged(session: Session, tick: int, alarm: str) -> bool:
    """Whether somebody took note of an alarm within a minute."""
    return any(
        a.verb == "acknowledge"
        and not a.end
        and a.thing in {alarm, ""}
        and tick <= a.tick <= tick + ACKNOWLEDGED_WITHIN_S
        for a in session.block.acts[0]
    )


def _chatters(ticks: list[int]) -> bool:
    many, span = CHATTERS
    return any(b - a <= span for a, b in zip(ticks, ticks[many - 1 :], strict=False))
