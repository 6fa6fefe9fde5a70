"""What fits to be said over the radio now: to whom, in which words; made of what the seats are shown alone."""

from collections.abc import Iterator

from twin.language.sentence import tokens
from twin.parts.action import HANDS
from twin.seat.picture import Snapshot
from twin.seat.view import ASIDE
from twin.text.say import say, told

MOST = 8
_VALVE_VERBS = frozenset({"open", "close", "set"})


def messages(snap: Snapshot, post: str) -> list[str]:
    """Orders that say something to a post, the nearest at hand first."""
    return list(dict.fromkeys(_messages(snap, post)))[:MOST]


def _messages(snap: Snapshot, post: str) -> Iterator[str]:
    due = sorted(snap.lines, key=lambda line: not line.applies)
    standing = [a for a in snap.alarms if a.state not in ASIDE]
    yield from (do for line in due if line.applies for do in line.do if do.startswith(f"tell {post} "))
    if post in HANDS:
        yield from (_to(post, told(say("radio.look", thing=thing))) for thing in _to_look_at(snap))
        yield from (_to(post, told(say("radio.by-hand", thing=thing))) for thing in _valves(snap))
    for alarm in standing[:3]:
        value = alarm.value if alarm.value is not None else say("reading.none")
        yield _to(post, told(say("radio.alarm", name=alarm.name, limit=alarm.limit, value=value)))
    for its in snap.found:
        if its.means is not None:
            yield _to(post, told(say("radio.found", name=its.name, value=its.value, means=its.means)))
    yield from (do for line in due for do in line.do if do.startswith(f"tell {post} "))


def _to_look_at(snap: Snapshot) -> Iterator[str]:
    """Tanks that something is the matter with, or that something flows into."""
    yield from (t.name for t in snap.tanks if t.priority or not t.good or t.flow_m3_h)


def _valves(snap: Snapshot) -> Iterator[str]:
    """Valves that these seats have given orders about."""
    said = (tokens(order.sentence) for order in reversed(snap.orders))
    yield from (words[1] for words in said if words[0] in _VALVE_VERBS)


def _to(post: str, words: str) -> str:
    return f'tell {post} "{words.replace(chr(34), "")}"'
