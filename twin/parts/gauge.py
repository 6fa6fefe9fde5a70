"""What instruments show of the truth: range, lag, resolution, noise, and the faults stuck, bias, drift, dead, bad.

A switch shows 0 or 1. An instrument read by hand shows what somebody last read. A stuck or dead instrument holds its
last value and looks sound; one without power, without its controller or with a bad signal holds its last value and
shows that it is bad.
"""

from dataclasses import dataclass

import numpy as np

from twin.base import elementary
from twin.base.arrays import NEVER, Bools, Floats, Ints, array, bools, floats, index_of, ints, select, some
from twin.base.fault import Fault
from twin.base.units import difference, shown_unit, to_si
from twin.parts.action import Begun, Order, Row, done
from twin.parts.gauge_entry import Instrument
from twin.parts.part import Column, Does, Part, fault, settable
from twin.text.say import Said, say

_WIDEST = 1e12
LOOK_S = 30
LEAST_M3 = 1e-9
SPIKES_ABOVE = 3.0  # standard normal: once in 741 scans
_BESIDE = ("bad", "off_scale", "bias", "drift", "sunk", "false_echo", "spikes")
ONSET_FACTOR = 10.0  # a reading this many times its noise beside the truth misleads (design, section 7)


@dataclass(frozen=True, slots=True)
class Heads:
    """Head gauges, (H,): which instruments, and by what their level is weighed: mass / volume x scale."""

    at: Ints
    mass: Ints  # columns of the signals
    volume: Ints
    scale: Floats


@dataclass(frozen=True, slots=True)
class Gauges:
    """Fixed facts of the instruments, (I,) each."""

    names: tuple[str, ...]
    column: Ints  # of the signals
    scale: Floats
    plain_scale: bool  # every scale is 1
    trips_at: Floats  # of a switch, in SI of what it measures
    sign: Floats  # of a switch: +1 above, -1 below; 0 for a gauge
    low: Floats
    high: Floats
    resolution: Floats  # 0: none
    noise: Floats  # as built
    forget: Floats  # share of the gap that one sample closes: 1 - exp(-sample / lag)
    sample_ticks: Ints
    by_hand_s: Floats  # 0: not read by hand
    power: Ints
    system: Ints  # utility that is its controller, or the index behind the last
    is_switch: Bools
    any_switch: bool
    read_by_hand: Bools
    always_looks: Bools
    some_sample: bool
    some_by_hand: bool
    some_lag: bool
    simple: bool  # every one looks at every scan
    step: Floats  # resolution, 1 where there is none
    zero: Floats  # from which it counts its steps: that of the scale it is read on
    some_zero: bool
    rounds: Bools
    some_round: bool
    all_round: bool
    heads: Heads
    follows: Floats  # in one sample at most
    play: Floats  # hysteresis
    some_drag: bool  # either
    allowed: Floats  # further beside the truth it misleads


@dataclass(frozen=True, slots=True)
class State:
    """What instruments show now, (W, I) each."""

    lagged: Floats = array()  # the truth behind the lag: what a sound instrument without noise would show
    drifted: Floats = array()
    shown: Floats = array()
    good: Bools = array(bool)
    onset: Ints = array(int, start=NEVER)  # tick from which it misled, NEVER when it never did


@dataclass(slots=True)
class Controls:
    """What is wrong with them, and their noise, (W, I) each."""

    stuck: Bools = array(bool, path=fault("stuck", "flag", "shows its last value, looks sound", "stuck"))
    dead: Bools = array(bool, path=fault("dead", "flag", "never changes, looks sound", "dead"))
    bad: Bools = array(bool, path=fault("bad", "flag", "signal of bad quality", "a bad signal", "bad signal"))
    off_scale: Bools = array(bool, path=fault("off-scale", "flag", "stands at the top of its range", "off scale"))
    bias: Floats = array(path=fault("bias", "its", "added to what it sees", "beside the truth", "bias", offer="by"))
    drift: Floats = array(  # per hour
        path=fault(
            "drift", "its", "added to what it sees, more each hour", "drifting", "drifts", offer="to", an_hour=True
        )
    )  # fmt: skip
    sunk: Bools = array(
        bool, path=fault("sunk", "flag", "its float lies at the bottom: shows the end of its range", "sunk")
    )
    false_echo: Floats = array(
        path=fault(
            "false-echo",
            "its",
            "an echo of something else: shows no less than this",
            "at a false echo",
            "false echo",
            offer="to",
        )
    )
    spikes: Floats = array(
        path=fault(
            "spikes", "its", "jumps by so much for one scan, some five times an hour", "spiking", "spikes", offer="to"
        )
    )
    noise: Floats = array(start="noise", path=settable("noise", "its", "standard deviation", least=0, most=1e9))


def build(
    entries: dict[str, Instrument],
    columns: list[Column],
    utilities: tuple[str, ...],
    weighs: dict[str, tuple[Column, Column]],
) -> Gauges:
    """The instruments of a farm as arrays, each with the column that it watches; raises Fault at what cannot be.

    weighs  mass and volume of what a head gauge stands under
    """
    listed = list(entries.values())
    for entry, column in zip(listed, columns, strict=True):
        _check_level(entry, column)
    dimension = ["flag" if e.is_switch else c.dimension for e, c in zip(listed, columns, strict=True)]
    limits = [_limit(e, c.dimension) for e, c in zip(listed, columns, strict=True)]
    ranges = [_range(e, d) for e, d in zip(listed, dimension, strict=True)]
    sample = [max(1, round(e.sample_s)) for e in listed]
    lag = floats(e.lag_s for e in listed)
    slow = lag > 0.0
    share = 1.0 - elementary.exp(-floats(sample) / select(slow, lag, 1.0))
    is_switch = bools(e.is_switch for e in listed)
    by_hand = bools(e.by_hand_s is not None for e in listed)
    resolution = floats(
        0.0 if e.resolution is None else e.resolution.si(difference(d)) for e, d in zip(listed, dimension, strict=True)
    )
    noise = floats(
        0.0 if e.noise is None or e.is_switch else e.noise.si(difference(d))
        for e, d in zip(listed, dimension, strict=True)
    )
    return Gauges(
        names=tuple(entries),
        column=ints(c.index for c in columns),
        scale=floats(c.scale for c in columns),
        plain_scale=all(c.scale == 1.0 for c in columns),
        trips_at=floats(limits),
        sign=floats({"": 0.0, ">": 1.0, "<": -1.0}[e.measures.sign] for e in listed),
        low=floats(low for low, _ in ranges),
        high=floats(high for _, high in ranges),
        resolution=resolution,
        noise=noise,
        forget=select(slow & ~by_hand, share, 1.0),
        sample_ticks=ints(sample),
        by_hand_s=floats(e.by_hand_s or 0.0 for e in listed),
        power=ints(index_of(utilities, e.power) for e in listed),
        system=ints(index_of(utilities, e.system if e.system in utilities else "") for e in listed),
        is_switch=is_switch,
        any_switch=bool(is_switch.any()),
        read_by_hand=by_hand,
        always_looks=~by_hand,
        some_sample=max(sample, default=1) > 1,
        some_by_hand=bool(by_hand.any()),
        some_lag=bool(slow.any()),
        simple=max(sample, default=1) == 1 and not by_hand.any(),
        step=select(resolution > 0.0, resolution, 1.0),
        zero=(zero := floats(_zero(e, d) for e, d in zip(listed, dimension, strict=True))),
        some_zero=bool(zero.any()),
        rounds=resolution > 0.0,
        some_round=bool((resolution > 0.0).any()),
        all_round=bool((resolution > 0.0).all()),
        heads=_heads(entries, weighs),
        follows=floats(_WIDEST if e.follows is None else e.follows * s for e, s in zip(listed, sample, strict=True)),
        play=floats(
            0.0 if e.hysteresis is None else e.hysteresis.si(difference(c.dimension))
            for e, c in zip(listed, columns, strict=True)
        ),
        some_drag=any(e.follows is not None or e.hysteresis is not None for e in listed),
        allowed=select(is_switch, 0.5, np.maximum(ONSET_FACTOR * noise, 1.5 * resolution) + 1e-9),
    )


def _range(entry: Instrument, dimension: str) -> tuple[float, float]:
    """What it can show, in SI."""
    if entry.range is None or entry.is_switch:
        return -_WIDEST, _WIDEST
    low, high = (end.si(dimension) for end in entry.range)
    if low >= high:
        raise Fault("the range must rise.", "", entry.place)
    return low, high


def _check_level(entry: Instrument, column: Column) -> None:
    if column.dimension != "length" and (entry.density is not None or entry.follows is not None):
        what = "density" if entry.density is not None else "follows"
        raise Fault(f"{entry.name} measures no level: it has no `{what}`.", "Take it out.", entry.place)
    if entry.hysteresis is not None and entry.is_switch:
        raise Fault(f"{entry.name} is a switch: it has no hysteresis.", "Give its alarm a deadband.", entry.place)


def _heads(entries: dict[str, Instrument], weighs: dict[str, tuple[Column, Column]]) -> Heads:
    listed = [(i, e, *weighs[n]) for i, (n, e) in enumerate(entries.items()) if e.density is not None]
    return Heads(
        ints(i for i, *_ in listed), ints(m.index for _, _, m, _ in listed), ints(v.index for *_, v in listed),
        floats(m.scale / (v.scale * (e.density or 1.0)) for _, e, m, v in listed),
    )  # fmt: skip


def _limit(entry: Instrument, dimension: str) -> float:
    its = entry.measures
    if its.limit is None:
        return 0.0
    at = its.limit.si(dimension)
    return float(np.nextafter(at, -np.inf if its.sign == ">" else np.inf)) if its.or_equal else at


def _zero(entry: Instrument, dimension: str) -> float:
    """The zero of its scale: of the unit of its range, else of the unit that people see."""
    name = entry.range[0].unit if entry.range is not None else shown_unit(dimension)
    return to_si(0.0, name, dimension) if dimension == "temperature" else 0.0


def truth_of(gauges: Gauges, signals: Floats) -> Floats:
    """What each instrument could see, (W, I), of the signals (W, C)."""
    found = signals.take(gauges.column, axis=1)
    found = found if gauges.plain_scale else found * gauges.scale
    its = gauges.heads
    if len(its.at):
        heavier = signals[:, its.mass] / np.maximum(signals[:, its.volume], LEAST_M3) * its.scale
        found[:, its.at] = found[:, its.at] * heavier
    return found


def start(gauges: Gauges, truth: Floats, dead: Bools) -> State:
    """Instruments at tick 0: settled on the truth, without noise. A switch that is dead already has not acted."""
    seen = _seen(gauges, truth)
    shape = seen.shape
    shown = np.minimum(np.maximum(seen, gauges.low), gauges.high)
    shown = select(dead & gauges.is_switch, 0.0, shown)
    return State(
        lagged=seen,
        drifted=np.zeros(shape),
        shown=shown,
        good=np.broadcast_to(gauges.by_hand_s == 0.0, shape).copy(),
        onset=np.full(shape, NEVER),
    )


def _seen(gauges: Gauges, truth: Floats) -> Floats:
    """What is there to be shown: the quantity, or 1 past the point of a switch."""
    if not gauges.any_switch:
        return truth
    return select(gauges.is_switch, (truth - gauges.trips_at) * gauges.sign > 0.0, truth)


def healthy(lagged: Floats, noise: Floats, step: Floats, low: Floats, high: Floats) -> Floats:
    """What an instrument shows of a lagged value.

    lagged, noise, low, high  its   in the unit of what it measures
    step                      its   resolution, above 0
    returns                   its   rounded to the resolution, kept inside the range
    """
    return np.minimum(np.maximum(np.rint((lagged + noise) / step) * step, low), high)


def _rounded(gauges: Gauges, lagged: Floats, noise: Floats) -> Floats:
    if not gauges.some_zero:
        return healthy(lagged, noise, gauges.step, gauges.low, gauges.high)
    its = healthy(lagged - gauges.zero, noise, gauges.step, gauges.low - gauges.zero, gauges.high - gauges.zero)
    return its + gauges.zero


def _unrounded(lagged: Floats, noise: Floats, low: Floats, high: Floats) -> Floats:
    return np.minimum(np.maximum(lagged + noise, low), high)


def _shown(gauges: Gauges, lagged: Floats, noise: Floats) -> Floats:
    """What sound instruments show: gauges rounded where they round, switches 0 or 1."""
    if gauges.all_round:
        value = _rounded(gauges, lagged, noise)
    else:
        value = _unrounded(lagged, noise, gauges.low, gauges.high)
        if gauges.some_round:
            value = select(gauges.rounds, _rounded(gauges, lagged, noise), value)
    return select(gauges.is_switch, lagged > 0.5, value) if gauges.any_switch else value


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with the instruments, (W, I); worked out anew only when somebody changed something."""

    sound: bool  # nothing at all is wrong, in no world
    holds: Bools  # stuck, dead, or without supply
    supplied: Bools
    supplied_and_not_bad: Bools


def faults(gauges: Gauges, controls: Controls, alive: Bools) -> Faults:
    """The faults as the controls and supplies have them now."""
    supplied = alive[:, gauges.power] & alive[:, gauges.system]
    holds = controls.stuck | controls.dead | ~supplied
    wrong = some(holds) or any(some(getattr(controls, name)) for name in _BESIDE)
    changed = some(controls.noise != gauges.noise)
    return Faults(not (wrong or changed), holds, supplied, supplied & ~controls.bad)


def step(
    gauges: Gauges, state: State, truth: Floats, controls: Controls, its: Faults, noise: Floats, taken: Bools, tick: int
) -> State:
    """The instruments one tick later.

    truth  (W, I)  what each could see now
    noise  (W, I)  standard normal noise of this scan
    taken  (W, I)  read by hand in this tick
    """
    sees = _seen(gauges, truth)
    all_look = gauges.simple or not (some(taken) or gauges.some_sample or gauges.some_by_hand)
    looks = gauges.always_looks
    if not all_look:
        looks = ((tick % gauges.sample_ticks == 0) & ~gauges.read_by_hand) | taken
    lagged = _moved(gauges, state.lagged, sees)
    lagged = lagged if all_look else select(looks, lagged, state.lagged)
    if its.sound and not some(state.drifted):  # leaves out what would add nothing
        value = _shown(gauges, lagged, noise * controls.noise)
        good = its.supplied_and_not_bad if gauges.simple else its.supplied_and_not_bad & (state.good | looks)
        return State(lagged, state.drifted, value if all_look else select(looks, value, state.shown), good, state.onset)
    drifted = select(controls.drift == 0.0, 0.0, state.drifted + controls.drift / 3600.0)  # mended is sound
    value = _shown(gauges, lagged + (controls.bias + drifted), noise * controls.noise)
    value = select(gauges.is_switch, lagged > 0.5, value)  # a bias does not move the point of a switch
    value = value + controls.spikes * (noise > SPIKES_ABOVE)
    value = select(controls.false_echo > 0.0, np.maximum(value, controls.false_echo), value)
    value = select(controls.sunk, select(gauges.is_switch, 0.0, gauges.low), value)
    value = select(controls.off_scale, select(gauges.is_switch, 1.0, gauges.high), value)
    shown = select(its.holds | ~looks, state.shown, value)
    good = its.supplied_and_not_bad & (state.good & its.supplied | looks)
    clean = np.minimum(np.maximum(lagged, gauges.low), gauges.high)
    misleads = (np.abs(shown - clean) > gauges.allowed) & good & ~gauges.read_by_hand
    onset = np.minimum(state.onset, select(misleads, tick, NEVER))
    return State(lagged, drifted, shown, good, onset)


def _moved(gauges: Gauges, before: Floats, sees: Floats) -> Floats:
    """Where it has come from where it was: behind its lag, as fast as it follows, over its play."""
    now = sees
    if gauges.some_lag or not gauges.simple:
        now = before + (sees - before) * gauges.forget
    if gauges.some_drag:
        walks = before + np.minimum(np.maximum(now - before, -gauges.follows), gauges.follows)
        now = select(gauges.follows < _WIDEST, walks, now)
        now = select(gauges.play > 0.0, np.minimum(np.maximum(before, now - gauges.play), now + gauges.play), now)
    return now


# what people do


def _check(row: Row, order: Order) -> Begun | Said:
    """Reading by hand, from where it stands; the desk has what is shown anyway."""
    its = row.facts(Gauges)
    if row.by_hand(order):
        return row.somebody_goes(order)
    i = its.names.index(order.thing)
    if not its.by_hand_s[i]:
        return done(order) if row.state(State).good[row.at, i] else say("why.stale", thing=order.thing)
    return say("why.looked-at", thing=order.thing)


def _reading_takes(row: Row, order: Order) -> int:
    its = row.facts(Gauges)
    seconds = float(its.by_hand_s[its.names.index(order.thing)])
    return round(seconds) if seconds else LOOK_S


def _read(row: Row, order: Order) -> None:
    row.take_reading("instruments", row.facts(Gauges).names.index(order.thing))


def _doubt(row: Row, order: Order) -> Begun | Said:
    who = row.post(order)
    row.emit("said", order.thing, say("said.doubts", who=who, thing=order.thing), who)
    return done(order)


PART = Part(
    "instruments", "instrument", Instrument, State, Controls,
    verbs=(Does("check", _check, work=_reading_takes, worked=_read), Does("doubt", _doubt)),
    rank=1, out_of_service=lambda its: "dead" if its.is_switch else "bad",
)  # fmt: skip
