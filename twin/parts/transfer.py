"""Transfers: liquid on its way by order, with the sender that pumps it and the meter that may end it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, array, bools, floats, gathered, ints, padded, select, with_none
from twin.language.sentence import spoken
from twin.language.words import EventKind, Heard
from twin.parts.action import IDLE, PROVE, PROVEN, STARTING, STOPPING, Action, Begun, Order, Row, done
from twin.parts.part import THIS, Does, Edge, Part, Task, fault, readable, settable
from twin.parts.transfer_entry import EVERYTHING, Transfer
from twin.physics import hydraulics
from twin.text.say import Amount, Said, say

HEARD_M3 = 1e-4  # in a second: less is no flow to anybody
SHORT_OF = 0.95  # of the rate that was asked for
COASTING_STEPS = 200
PUMP_COASTS_S = (
    5.0  # a pump that runs down in twice that gives half of its flow on the way (assumed: static head counts little)
)
TRICKLES_FROM = 0.98  # of the amount: the rest runs slowly
SENDER_MORE_S = 60  # a sender's answer is proven within so much more; a way without a remote valve likewise


@dataclass(frozen=True, slots=True)
class Transfers:
    """Fixed facts, (X,) each."""

    names: tuple[str, ...]
    sender: Ints  # sender index or -1
    answers_s: Floats  # of its sender
    rate_m3_s: Floats  # what is asked for, EVERYTHING when all that is offered
    amount_m3: Floats
    metered: Bools
    slow_m3_s: Floats  # the rate of the last of the amount, EVERYTHING without one
    some_slow_down: bool
    coasts_s: Floats  # so many seconds of the flow still pass when it has been told to stop
    preset: Ints  # test of the reading that ends it, -1 without
    ends_itself: bool  # some do
    counts: Ints  # (X, K) lines into its end: l for a flow to their ends, L + l to their starts, padded with 2 L
    of_line: Ints  # (L, K) transfers that end by each line, padded with X
    rivals: Ints  # (X, K) transfers that end by the same line as each, itself among them
    some_rivals: bool
    usual_m3_s: Floats  # what its source gives, 1 where levels drive it: by that, and by their rates, rivals share
    most_m3_s: Floats  # (L,) to which a line is throttled while nothing runs through it
    some_rates: bool
    valves: tuple[tuple[int, ...], ...]  # remote valves on its way
    pumps: tuple[tuple[int, ...], ...]  # on its way
    all_valves: tuple[tuple[int, ...], ...]
    way: Ints  # (X, K) the same, padded with the index behind the last valve
    ends: tuple[frozenset[str], ...]  # where it begins and ends, and the bunds of these


@dataclass(frozen=True, slots=True)
class State:
    """(W, X)."""

    moved_m3: Floats = array(path=readable("moved", "volume", "moved since it started"))
    passed_m3: Floats = array()  # in this tick
    counts: Bools = array(bool)  # it runs, or what it let through is still coming


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
    """What a transfer must know of the lines, by name, and of the valves on them."""

    ends: Mapping[str, tuple[str, str]]  # from, to
    groups: Mapping[str, str]  # by end of a line: what it is joined to without passing anything that holds liquid
    valves: Mapping[str, tuple[int, ...]]
    pumps: Mapping[str, tuple[int, ...]]
    remote: Bools  # (V,)
    stroke_s: Floats  # (V,)
    valve_s2_m5: Floats  # (V,) what a loss coefficient of 1 takes there
    line_s2_m5: Mapping[str, float]  # what a line takes, its valves open
    out_of_farm: frozenset[str]  # ends at which nothing flows but while a transfer runs


def build(
    entries: dict[str, Transfer],
    ways: Ways,
    senders: tuple[str, ...],
    offers_m3_s: Floats,
    answers_s: Floats,
    bunds: dict[str, str],
    amounts_m3: Floats,
) -> Transfers:
    """The transfers of a farm; `bunds` gives the bund of each tank, `amounts_m3` what each is to move. Their presets come with the tests of readings."""
    listed, lines = list(entries.values()), list(ways.ends)
    sender = [senders.index(t.start) if t.start in senders else -1 for t in listed]
    on_way = [[v for line in t.through for v in ways.valves[line]] for t in listed]
    last = [lines.index(t.through[-1]) for t in listed]
    rates = floats(EVERYTHING if t.rate_m3_s is None else t.rate_m3_s for t in listed)
    slow = floats(EVERYTHING if t.trickles_m3_s is None else t.trickles_m3_s for t in listed)
    of_line = [[x for x, its in enumerate(last) if its == k] for k in range(len(lines))]
    answers = floats(float(answers_s[s]) if s >= 0 else 0.0 for s in sender)
    metered = bools(t.stops == "by meter" for t in listed)
    return Transfers(
        names=tuple(entries),
        sender=ints(sender),
        answers_s=answers,
        rate_m3_s=rates,
        amount_m3=amounts_m3,
        metered=metered,
        slow_m3_s=slow,
        some_slow_down=bool((slow < EVERYTHING).any()),
        coasts_s=floats(
            _coasts(t, ways, None if s < 0 else float(a)) for t, a, s in zip(listed, answers, sender, strict=True)
        ),
        preset=ints(-1 for _ in listed),
        ends_itself=bool(metered.any()),
        counts=padded([_counted(t, lines, last, ways) for t in listed], 2 * len(lines)),
        of_line=padded(of_line, len(listed)),
        rivals=padded([of_line[k] for k in last], len(listed)),
        usual_m3_s=floats(float(offers_m3_s[s]) if s >= 0 else 1.0 for s in sender),
        some_rivals=any(len(its) > 1 for its in of_line),
        most_m3_s=floats(max([float(rates[x]) for x in its], default=EVERYTHING) for its in of_line),
        some_rates=bool((np.minimum(rates, slow) < EVERYTHING).any()),
        valves=tuple(tuple(v for v in its if ways.remote[v]) for its in on_way),
        pumps=tuple(tuple(p for line in t.through for p in ways.pumps[line]) for t in listed),
        all_valves=tuple(tuple(its) for its in on_way),
        way=padded(on_way, len(ways.remote)),
        ends=tuple(
            frozenset(x for e in (str(t.start), str(t.end)) for x in (e, bunds.get(e, "")) if x) for t in listed
        ),
    )


def _coasts(its: Transfer, ways: Ways, answers_s: float | None) -> float:
    """Seconds of its flow that still pass when it is told to stop, while its remote valves close.

    A sender, None for none, passes their share of opening until it has answered; levels drive what the valves let through.
    """
    closing = [v for line in its.through for v in ways.valves[line] if ways.remote[v]]
    over = min([float(ways.stroke_s[v]) for v in closing], default=np.inf)
    if answers_s is not None:
        upto = min(answers_s, over)
        return upto - upto * upto / (2.0 * over)
    if not closing or its.end in ways.out_of_farm:
        return 0.0
    if any(ways.pumps[line] for line in its.through):
        over = min(over, PUMP_COASTS_S)
    steps = (np.arange(COASTING_STEPS) + 0.5) * (over / COASTING_STEPS)
    open_ = sum(ways.line_s2_m5[line] for line in its.through)
    tight = sum(
        (hydraulics.gate_valve_k(1.0 - steps / float(ways.stroke_s[v])) - hydraulics.OPEN_VALVE_K) * float(ways.valve_s2_m5[v])
        for v in closing
    )  # fmt: skip
    return float(np.cumsum(np.sqrt(open_ / (open_ + tight)))[-1]) * (over / COASTING_STEPS)


def _counted(its: Transfer, lines: list[str], last: list[int], ways: Ways) -> list[int]:
    """What a transfer counts: its last line, and the lines beside it that no transfer calls its last."""
    own = its.through[-1]

    def other(line: str) -> str:
        start, end = ways.ends[line]
        return ways.groups[start if end == its.end else end]

    beside = [n for k, n in enumerate(lines) if its.end in ways.ends[n] and k not in last and other(n) == other(own)]
    return [lines.index(n) + (0 if ways.ends[n][1] == its.end else len(lines)) for n in (own, *beside)]


def with_presets(its: Transfers, preset: Ints) -> Transfers:
    """The transfers with the tests that end them."""
    return replace(its, preset=preset, ends_itself=its.ends_itself or bool((preset >= 0).any()))


def rates(its: Transfers, moved_m3: Floats) -> Floats:
    """The rate that each transfer asks for, (W, X) m3/s: slower for the last of its amount."""
    full = np.broadcast_to(its.rate_m3_s, moved_m3.shape)
    if not its.some_slow_down:
        return full
    return select(moved_m3 >= TRICKLES_FROM * its.amount_m3, np.minimum(its.slow_m3_s, full), full)


def wanted(set_: Controls, rates_m3_s: Floats) -> Floats:
    """What each transfer asks of its sender, (W, X) m3/s."""
    return select(set_.sending, rates_m3_s, 0.0)


def throttles(its: Transfers, set_: Controls, rates_m3_s: Floats) -> Floats:
    """The flow to which each line is throttled, (W, L) m3/s: what the transfers that end by it ask for together."""
    if not its.some_rates:
        return np.broadcast_to(its.most_m3_s, (len(rates_m3_s), len(its.most_m3_s)))
    asked = gathered(select(set_.running, rates_m3_s, 0.0), its.of_line)
    return select(asked > 0.0, asked, its.most_m3_s)


def counted(
    its: Transfers, now: State, set_: Controls, rates_m3_s: Floats, line_flow_m3_s: Floats, dt_s: float
) -> State:  # fmt: skip
    """What each transfer moves in this tick: what comes to its end; those that share a line share by their rates."""
    arrives = gathered(np.concatenate((line_flow_m3_s, -line_flow_m3_s), axis=1), its.counts)
    counts = set_.running | (now.counts & (arrives != 0.0))
    if its.some_rivals:
        another = gathered(set_.running.astype(np.float64), its.rivals) > 0.0
        counts = counts & (set_.running | ~another)
        weight = select(counts, np.minimum(rates_m3_s, its.usual_m3_s), 0.0)
        arrives = arrives * (weight / np.maximum(gathered(weight, its.rivals), 1e-12))
    return State(now.moved_m3, select(counts, arrives * dt_s, 0.0), counts)


# edges and tasks


def _full(its: Transfers, moved_m3: Floats, passed_m3: Floats) -> Bools:
    """Which have moved their amount, less what still comes while they stop; `passed_m3` of one second."""
    full: Bools = moved_m3 + its.coasts_s * passed_m3 >= its.amount_m3
    return full


def _ended(its: Transfers, moved_m3: Floats, passed_m3: Floats, running: Bools, off: Bools, tests: Bools) -> Bools:
    full = _full(its, moved_m3, passed_m3) & its.metered & running
    return full | (with_none(tests)[:, its.preset] & running & ~off)


def _end(row: Row, x: int, begins: bool) -> None:
    if begins and row.phase("senders", x) != STOPPING:  # a reading about its limit asks once
        its = row.facts(Transfers)
        name = its.names[x]
        full = bool(its.metered[x]) and _full(its, row.state(State).moved_m3, row.state(State).passed_m3)[row.at, x]
        row.emit("transfer", name, say("transfer.metered" if full else "transfer.preset", name=name))
        row.run(Action("stop", "transfer", name, f"stop {spoken(name)}"))


def _backwards(its: Transfers, passed_m3: Floats) -> Bools:
    return passed_m3 < -HEARD_M3


def _runs_back(row: Row, x: int, begins: bool) -> None:
    name = row.facts(Transfers).names[x]
    row.emit("transfer", name, say("transfer.backwards" if begins else "transfer.no-longer-back", name=name))


def _short(its: Transfers, passed_m3: Floats, running: Bools, sending: Bools, position: Floats) -> Bools:
    """Which run with all their valves open at less than the rate that they ask for."""
    due = np.minimum(its.rate_m3_s, its.slow_m3_s)
    wide = np.concatenate((position, np.ones((len(position), 1))), axis=1)
    open_ = wide[:, its.way].min(axis=2) >= 1.0
    pumped = sending | (its.sender < 0)
    short: Bools = running & pumped & open_ & (due < EVERYTHING) & (passed_m3 < SHORT_OF * due)
    return short


def _runs_short(row: Row, x: int, begins: bool) -> None:
    if begins:
        its = row.facts(Transfers)
        flow = Amount(float(row.state(State).passed_m3[row.at, x]), "volume flow", 0)
        asked = Amount(float(its.rate_m3_s[x]), "volume flow", 0)
        row.emit("transfer", its.names[x], say("transfer.short", name=its.names[x], flow=flow, asked=asked))


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
    valves, pumps = its.valves[x], its.pumps[x]
    if dead := row.desk_is_dead():
        if starts or its.sender[x] < 0:
            return dead
        valves, pumps = (), ()  # the telephone still works: the sender can be asked, the valves cannot be moved
    if starts and any(row.held(v) == 0.0 for v in valves):
        return say("why.way-held")
    if starts and any(row.held_off(p) for p in pumps):
        return say("why.way-held")
    for v in valves:
        if starts:
            row.make_way(v)
        else:
            row.ask(v, 0.0)
    for p in pumps:
        row.drive(p, runs=starts)
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
            _run(row, replace(order, action=Action("stop", "transfer", name, f"stop {spoken(name)}")), starts=False)
    return done(order)


PART = Part(
    "transfers", "transfer", Transfer, State, Controls,
    edges=(
        Edge("metered", ("transfers.moved_m3", "transfers.passed_m3", "controls.transfers.running", "controls.transfers.preset_off",
             "tests"), _ended, _end, never=lambda its: not its.ends_itself),
        Edge("backwards", ("transfers.passed_m3",), _backwards, _runs_back, found=False),
        Edge("short", ("transfers.passed_m3", "controls.transfers.running", "controls.transfers.sending", "valves.position"),
             _short, _runs_short, found=False, never=lambda its: not its.some_rates),
    ),
    events=(EventKind("transfer", Heard.DESK, "a transfer started or ended", weight=6, told=True, pictured=True),),
    verbs=(
        Does("start", _start), Does("stop", _stop), Does("stop-work", _stop_work, kinds=("", "place", "bund")),
    ),
    tasks=(Task("senders", _sender_answers),),
)  # fmt: skip
