"""Posts: who may do what and with whose consent, how fast they react, and what they say to each other."""

from dataclasses import dataclass

from twin.base.arrays import Bools, Floats, array, floats, index_of
from twin.base.fault import Fault, Place, nearest
from twin.language import fields as f
from twin.language import readers as r
from twin.language.entry import Entry, Point, key
from twin.language.fields import Ref
from twin.language.words import MAY_BY_DEFAULT, POSTS, EventKind, Heard
from twin.parts.action import CONSENT, HANDS, Action, Begun, Order, Row, done
from twin.parts.part import Does, Part, settable
from twin.text.say import Said, say

REACTS_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Post(Entry):
    """What a post may do, and how fast it reacts."""

    may: tuple[str, ...] = key(r.verbs(), "may", "verbs, or any", default=())
    consent: dict[str, tuple[str, ...]] = key(r.consents(), "with consent", "verb: posts that must approve", default={})
    at: Point | None = key(f.point(), "at", "where it sits", default=None)
    reacts_s: float = key(
        f.quantity("time", 1, 3600), "reacts", "median time from cue to act", default=60.0, why="assumed"
    )
    radio_on: str = key(
        f.name_of("utilities"), "radio on", "the radio by which it speaks and hears; while that is lost it does neither", default="",
        why="never lost",
    )  # fmt: skip
    radio_s: float = key(f.quantity("time", 0, 600), "radio", "how much later what is said to it is heard", default=0.0)
    misses: float = key(
        f.quantity("fraction", 0, 1), "misses", "share of what is said to it that is not heard", default=0.0
    )


@dataclass(frozen=True, slots=True)
class Authority:
    """What each post may do, and whose consent it needs."""

    names: tuple[str, ...]
    reacts_s: Floats
    may: dict[str, frozenset[str]]
    consent: dict[tuple[str, str], tuple[str, ...]]  # (post, verb) to the posts that must approve
    radio: tuple[int, ...]  # utility by which each speaks and hears, or the index behind the last
    always: frozenset[str]  # verbs that no post can be denied
    buttons: frozenset[str]  # emergency stops: everybody's

    def refusal(self, post: str, action: Action) -> Said | None:
        """Why this post may not do this, and who may; None when it may. A seat is handed back by who sits in it."""
        if action.verb == "hand" and action.thing != post:
            return say("why.not-your-seat", thing=action.thing)
        if action.verb in self.may[post] or action.verb in self.always:
            return None
        if action.verb == "trip" and action.thing in self.buttons:
            return None
        who = tuple(say("plain", text=p) for p in self.names if action.verb in self.may[p])
        if not who:
            return say("why.nobody-may", post=post, verb=action.verb)
        return say("why.may-not", post=post, verb=action.verb, who=who)


@dataclass(slots=True)
class Controls:
    """(W, posts)."""

    reacts_s: Floats = array(
        start="reacts_s", path=settable("reacts", "time", "median time to react", least=1, most=3600)
    )  # fmt: skip
    on_plan: Bools = array(bool, start=True)  # the plan acts for it


def all_posts(entries: dict[str, Post]) -> tuple[str, ...]:
    """The six posts, then further ones of the farm by name."""
    return (*POSTS, *(p for p in entries if p not in POSTS))


def build(
    entries: dict[str, Post], always: tuple[str, ...], buttons: frozenset[str], utilities: tuple[str, ...]
) -> Authority:
    """The posts of a farm: six with their defaults, replaced by what the file says."""
    names = all_posts(entries)
    may, consent = {}, {}
    for post in names:
        its = entries.get(post)
        listed = its.may if its is not None and "may" in its.given else MAY_BY_DEFAULT.get(post, ())
        may[post] = frozenset(listed)
        for verb, others in its.consent.items() if its is not None else ():
            consent[(post, verb)] = tuple(others)
    reacts = floats(entries[p].reacts_s if p in entries else REACTS_S for p in names)
    radio = tuple(index_of(utilities, entries[p].radio_on) if p in entries else len(utilities) for p in names)
    return Authority(names, reacts, may, consent, radio, frozenset(always), buttons)


def check_consents(its: Authority, farm: Place) -> list[Fault]:
    """Consents that can never be given: from a post that does not exist, or may not approve."""
    found = []
    for (post, _), others in its.consent.items():
        for other in others:
            place = other.place if isinstance(other, Ref) else farm
            if other not in its.names:
                found.append(Fault(f"{other!r} is no post.", nearest(other, its.names), place))
            elif "approve" not in its.may[other]:
                found.append(Fault(f"{other} may not approve, so {post} can never do this.", "Let it approve.", place))
    return found


# what people say


def _tell(row: Row, order: Order) -> Begun | Said:
    who = row.post(order)
    if not (row.speaks(who) and row.speaks(order.thing)):
        return say("why.radio-dead", who=who, thing=order.thing)
    row.emit("said", order.thing, say("said.to", who=who, to=order.thing, words=order.action.says), who)
    return done(order)


def _report(row: Row, order: Order) -> Begun | Said:
    who, thing = row.post(order), order.thing
    if who in HANDS and not row.speaks(who):
        return say("why.radio-dead", who=who, thing=thing)
    seen = row.look_round(order)
    words = say("plain", text=order.action.says) if order.action.says else say("said.look")
    what = say("said.runs-over", thing=thing) if thing in seen else words
    row.emit("said", thing, say("said.reports", who=who, thing=thing, what=what), who)
    return done(order)


def _declare(row: Row, order: Order) -> Begun | Said:
    who = row.post(order)
    row.emit("said", who, say("said.declares", who=who, words=order.action.says), who)
    return done(order)


def _approve(row: Row, order: Order) -> Begun | Said:
    who = row.post(order)
    for other in row.orders_in(CONSENT):
        if other.thing == order.thing and who in other.consents:
            row.approve(other, who)
            return done(order)
    return say("why.nobody-asks", post=who, thing=order.thing)


def _take(row: Row, order: Order) -> Begun | Said:
    post = row.facts(Authority).names.index(order.thing)
    if not row.controls(Controls).on_plan[row.at, post]:
        return say("why.somebody-sits", thing=order.thing)
    row.sit_down(post)
    return done(order)


def _hand(row: Row, order: Order) -> Begun | Said:
    post = row.facts(Authority).names.index(order.thing)
    if row.controls(Controls).on_plan[row.at, post]:
        return say("why.plan-acts", thing=order.thing)
    row.hand_back(post)
    return done(order)


PART = Part(
    "posts", "post", Post, controls=Controls,
    events=(
        EventKind("command", Heard.NOBODY, "an order was accepted", told=True, pictured=True),
        EventKind("refused", Heard.ASKER, "an order was refused", told=True, counted=True),
        EventKind("order", Heard.OWN, "an order was proven, failed or timed out"),
        EventKind("said", Heard.SAID, "somebody said something", told=True),
    ),
    verbs=(
        Does("tell", _tell), Does("report", _report, kinds=("any",)), Does("declare", _declare, kinds=("",)),
        Does("approve", _approve, kinds=("any",)), Does("take", _take), Does("hand", _hand),
    ),
)  # fmt: skip
