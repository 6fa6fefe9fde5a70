"""Transfers: liquid on its way by order, with the sender that pumps it and the meter that may end it."""

from dataclasses import dataclass, replace

from twin.base.arrays import Bools, Floats, Ints, array, bools, floats, ints, select, with_none
from twin.language import fields as f
from twin.language import readers as r
from twin.language.entry import Entry, key
from twin.language.grammar import Test
from twin.language.words import EventKind, Heard
from twin.parts.action import IDLE, PROVE, PROVEN, STARTING, STOPPING, Action, Begun, Order, Row, done
from twin.parts.part import THIS, Does, Edge, Part, Task, fault, readable, settable
from twin.text.say import Said, say

EVERYTHING = 1e12  # of rate or amount: all that there is
SENDER_MORE_S = 60  # a sender's answer is proven within so much more; a way without a remote valve likewise


@dataclass(frozen=True, kw_only=True)
class Transfer(Entry):
    """Liquid on its way from one end to another."""

    start: str = key(f.name_of("nodes", "tanks"), "from", "where it comes from")
    end: str = key(f.name_of("nodes", "tanks"), "to", "where it goes")
    through: tuple[str, ...] = key(f.names_of("lines"), "through", "lines in order")
    amount_m3: float | None = key(f.quantity("volume", 0), "amount", "what is to be moved", default=None)
    rate_m3_s: float | None = key(f.quantity("volume flow", 0), "rate", "less than the sender offers", default=None)
    stops: str = key(
        f.choice("by hand", "by meter"), "stops", "who ends it", default="by hand", why="nobody ends it for you"
    )
    ends_at: Test | None = key(
        r.shown(),
        "ends at",
        "the reading at which the control system ends it",
        default=None,
        why="nobody ends it for you",
    )
    late_costs_s: float = key(
        f.quantity("time", 0), "late costs", "what stopping early costs in trade", default=0.0, why="nothing"
    )


@dataclass(frozen=True, slots=True)
class Transfers:
    """Fixed facts, (X,) each."""

    names: tuple[str, ...]
    sender: Ints  # sender index or -1
    answers_s: Floats  # of its sender
    rate_m3_s: Floats  # what is asked for, EVERYTHING when all that is offered
    amount_m3: Floats
    metered: Bools
    preset: Ints  # test of the reading that ends it, -1 without
    ends_itself: bool  # some do
    last: Ints  # line whose flow it counts
    sign: Floats  # of that line towards its end
    valves: tuple[tuple[int, ...], ...]  # remote valves on its way
    all_valves: tuple[tuple[int, ...], ...]
    ends: tuple[frozenset[str], ...]  # where it begins and ends, and the bunds of these


@dataclass(frozen=True, slots=True)
class State:
    """(W, X)."""

    moved_m3: Floats = array(path=readable("moved", "volume", "moved since it started"))
    passed_m3: Floats = array()  # in this tick


@dataclass(slots=True)
class Controls:
    """(W, X)."""

    running: Bools = array(bool, path=settable("running", "flag", "asked for and not ended", reads=THIS))
    sending: Bools = array(bool)  # the sender pumps
    preset_off: Bools = array(
        bool,
        path=fault("preset-off", "flag", "its preset does not end it", "its preset off", "its preset does not act"),
    )


@dataclass(frozen=True, slots=True)
class Ways:
    """What a transfer must know of the lines on its way, by the name of the line."""

    index: dict[str, int]
    starts: dict[str, str]
    valves: dict[str, tuple[int, ...]]
    remote: Bools  # (V,)


def build(
    entries: dict[str, Transfer], ways: Ways, senders: tuple[str, ...], answers_s: Floats, bunds: dict[str, str]
) -> Transfers:
    """The transfers of a farm; `bunds` gives the bund of each tank. Their presets come with the tests of readings."""
    listed = list(entries.values())
    sender = [senders.index(t.start) if t.start in senders else -1 for t in listed]
    on_way = [[v for line in t.through for v in ways.valves[line]] for t in listed]
    metered = bools(t.stops == "by meter" for t in listed)
    return Transfers(
        names=tuple(entries),
        sender=ints(sender),
        answers_s=floats(float(answers_s[s]) if s >= 0 else 0.0 for s in sender),
        rate_m3_s=floats(EVERYTHING if t.rate_m3_s is None else t.rate_m3_s for t in listed),
        amount_m3=floats(EVERYTHING if t.amount_m3 is None else t.amount_m3 for t in listed),
        metered=metered,
        preset=ints(-1 for _ in listed),
        ends_itself=bool(metered.any()),
        last=ints(ways.index[t.through[-1]] for t in listed),
        sign=floats(-1.0 if ways.starts[t.through[-1]] == t.end else 1.0 for t in listed),
        valves=tuple(tuple(v for v in its if ways.remote[v]) for its in on_way),
        all_valves=tuple(tuple(its) for its in on_way),
        ends=tuple(
            frozenset(x for e in (str(t.start), str(t.end)) for x in (e, bunds.get(e, "")) if x) for t in listed
        ),
    )


def with_presets(its: Transfers, preset: Ints) -> Transfers:
    """The transfers with the tests that end them."""
    return replace(its, preset=preset, ends_itself=its.ends_itself or bool((preset >= 0).any()))


def wanted(its: Transfers, set_: Controls) -> Floats:
    """What each transfer asks of its sender, (W, X) m3/s."""
    return select(set_.sending, its.rate_m3_s, 0.0)


def passed(its: Transfers, set_: Controls, line_flow_m3_s: Floats, dt_s: float) -> Floats:
    """What each transfer moves in one tick, (W, X) m3, of the flow of each line."""
    return select(set_.running, its.sign * line_flow_m3_s[:, its.last] * dt_s, 0.0)


# edges and tasks


def _ended(its: Transfers, moved_m3: Floats, running: Bools, off: Bools, tests: Bools) -> Bools:
    full = (moved_m3 >= its.amount_m3) & its.metered & running
    return full | (with_none(tests)[:, its.preset] & running & ~off)


def _end(row: Row, x: int, begins: bool) -> None:
    if begins and row.phase("senders", x) != STOPPING:  # a reading about its limit asks once
        its = row.facts(Transfers)
        name = its.names[x]
        full = bool(its.metered[x]) and row.state(State).moved_m3[row.at, x] >= its.amount_m3[x]
        row.emit("transfer", name, say("transfer.metered" if full else "transfer.preset", name=name))
        row.run(Action("stop", "transfer", name, f"stop {name}"))


def _sender_answers(row: Row, x: int) -> None:
    starts = row.phase("senders", x) == STARTING
    row.wait("senders", x, IDLE)
    name = row.facts(Transfers).names[x]
    set_ = row.write(Controls)
    set_.sending[row.at, x] = starts
    if not starts:
        set_.running[row.at, x] = False
    row.emit("transfer", name, say("transfer.pumps" if starts else "transfer.stopped", name=name))
    for order in row.orders_in(PROVE):
        if (order.thing, order.action.verb) == (name, "start" if starts else "stop"):
            row.finish(order, PROVEN)


# what people do


def _start(row: Row, order: Order) -> Begun | Said:
    return _run(row, order, starts=True)


def _stop(row: Row, order: Order) -> Begun | Said:
    return _run(row, order, starts=False)


def _run(row: Row, order: Order, *, starts: bool) -> Begun | Said:
    """Opens or closes the way of a transfer, and asks its sender to pump or to stop."""
    its = row.facts(Transfers)
    x = its.names.index(order.thing)
    valves = its.valves[x]
    if dead := row.desk_is_dead():
        if starts or its.sender[x] < 0:
            return dead
        valves = ()  # the telephone still works: the sender can be asked, the valves cannot be moved
    if starts and any(row.held(v) == 0.0 for v in valves):
        return say("why.way-held")
    for v in valves:
        row.ask(v, 1.0 if starts else 0.0)
    strokes = max([row.stroke_due(v) for v in valves], default=row.tick + SENDER_MORE_S)
    if starts:
        _count_afresh(row, x)
    if its.sender[x] >= 0:
        answers = row.tick + round(float(its.answers_s[x]))
        row.wait("senders", x, STARTING if starts else STOPPING, answers)
        return Begun(order, PROVE, max(strokes, answers + SENDER_MORE_S))
    row.write(Controls).running[row.at, x] = starts
    proofs = [row.feedback(order, v, 1.0 if starts else 0.0) for v in valves]
    proof = next((p for p in proofs if p >= 0), -1)
    return Begun(replace(order, proof=proof), PROVE, strokes) if proof >= 0 else done(order)


def _count_afresh(row: Row, x: int) -> None:
    """A transfer counts from nothing, and so do the gaps that belong to it."""
    row.write(Controls).running[row.at, x] = True
    now = row.state(State)
    moved = now.moved_m3.copy()
    moved[row.at, x] = 0.0
    row.replace(replace(now, moved_m3=moved))
    row.restart_gaps(x)


def _stop_work(row: Row, order: Order) -> Begun | Said:
    """Ends the transfers whose ends lie at the place named, or all of them when the desk or supervisor says it."""
    if not order.thing and row.post(order) not in {"control-room", "supervisor"}:
        return say("why.everywhere")
    its = row.facts(Transfers)
    for x, name in enumerate(its.names):
        if row.controls(Controls).running[row.at, x] and (not order.thing or order.thing in its.ends[x]):
            _run(row, replace(order, action=Action("stop", "transfer", name, f"stop {name}")), starts=False)
    return done(order)


PART = Part(
    "transfers", "transfer", Transfer, State, Controls,
    edges=(Edge("metered", ("transfers.moved_m3", "controls.transfers.running", "controls.transfers.preset_off", "tests"), _ended, _end,
             never=lambda its: not its.ends_itself),),
    events=(EventKind("transfer", Heard.DESK, "a transfer started or ended", weight=6, told=True, pictured=True),),
    verbs=(
        Does("start", _start), Does("stop", _stop), Does("stop-work", _stop_work, kinds=("", "place", "bund")),
    ),
    tasks=(Task("senders", _sender_answers),),
)  # fmt: skip
