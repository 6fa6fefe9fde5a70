"""The night in one sentence that a class understands: what went wrong, how long it was believed, the last chance, the plan's time."""

from collections.abc import Iterable
from dataclasses import dataclass

from twin.debrief.steps import Taken
from twin.debrief.windows import Window
from twin.debrief.wrong import Kind, Wrong
from twin.engine.session import Session
from twin.text.say import Said, plain, say

BELIEVED = frozenset({Kind.GAUGE})
_NOTHING = plain("")


@dataclass(frozen=True, slots=True)
class Headline:
    """The sentence and what it was made of; None where there is none."""

    text: Said
    cause: Said | None
    gap: tuple[int, int] | None  # known, acted on
    chance: Window | None


def headline(session: Session, taken: Iterable[Taken], windows: Iterable[Window]) -> Headline:
    """The headline of a run, from the five steps and the windows; of an unfinished one only that it is so."""
    clock = session.model.clock.text
    if not session.over:
        return Headline(say("headline.unfinished", at=clock(session.tick)), None, None, None)
    listed = list(taken)
    if not listed:
        return Headline(say("headline.nothing"), None, None, None)
    first = listed[0]
    cause = what(first.its)
    chance = next((w for w in windows if w.closes is not None), None)
    gap = first.gap
    text = say(
        "headline.all", cause=cause, at=clock(first.its.onset)[:5], known=_known(session, first), gap=_gap(session, gap),
        chance=_chance(session, chance),
    )  # fmt: skip
    return Headline(text, cause, gap, chance)


def what(its: Wrong) -> Said:
    """What went wrong."""
    return say(f"wrong.{its.kind.value}", thing=its.thing)


def _known(session: Session, first: Taken) -> Said:
    """How long it took until somebody named it."""
    named = next(s for s in first.steps if s.name == "named")
    if named.tick is None:
        return say("headline.never")
    believed = first.its.kind in BELIEVED
    return say("headline.believed" if believed else "headline.named", span=_span(named.tick - first.its.onset))


def _gap(session: Session, gap: tuple[int, int] | None) -> Said:
    if gap is None:
        return _NOTHING
    clock = session.model.clock.text
    return say("headline.gap", known=clock(gap[0])[:5], acted=clock(gap[1])[:5], span=_span(gap[1] - gap[0]))


def _chance(session: Session, its: Window | None) -> Said:
    if its is None or its.closes is None:
        return _NOTHING
    clock = session.model.clock.text
    said = say("headline.chance", act=label(its), at=clock(its.closes))
    if its.due is None:
        return said
    return say("headline.allowed", chance=said, at=clock(its.due))


def label(its: Window) -> Said:
    """What a window is of."""
    acts = tuple(plain(a.sentence) for a in its.acts)
    if its.what == "act":
        return acts[0]
    return say("window.of-line", line=its.name, acts=acts) if its.what == "line" else say("window.of-either", acts=acts)


def _span(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


@dataclass(frozen=True, slots=True)
class Finding:
    """The plan allows longer than the plant does. Ticks."""

    window: Window
    due: int
    closes: int


def findings(windows: Iterable[Window]) -> list[Finding]:
    """Lines and acts of the plan whose time allowed ends after their window closed, the widest first; a line speaks for its acts."""
    found = [
        Finding(w, w.due, w.closes) for w in windows if w.due is not None and w.closes is not None and w.due > w.closes
    ]
    lines = {a for f in found if f.window.what == "line" for a in f.window.acts}
    kept = [f for f in found if f.window.what == "line" or not set(f.window.acts) <= lines]
    return sorted(kept, key=lambda f: f.closes - f.due)
