"""Values that a control system, or a person by hand, works out from readings: change, rate, gap, difference, time until."""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, array, floats, ints, select, some
from twin.base.fault import Fault
from twin.base.units import difference
from twin.language import fields as f
from twin.language import readers as r
from twin.language.entry import Thing, key
from twin.language.syntax import Derived
from twin.parts.action import WORK, Begun, Order, Row, done
from twin.parts.part import Column, Does, Part
from twin.physics import geometry
from twin.physics.strapping import Strapping
from twin.text.say import Said, say

CELLS = 61
RATE_OVER_S = 60.0
LONGEST_S = 1e6  # what would take longer never comes
FORMS = ("gap", "difference", "change", "rate", "time until")
GAP, DIFFERENCE, CHANGE, RATE, UNTIL = range(5)


@dataclass(frozen=True, kw_only=True)
class Calculated(Thing):
    """What a control system, or a person, works out from readings."""

    value: Derived = key(r.derived(), "is", "change of …, rate of …, gap of …, difference of …, time until …")
    by_hand_s: float | None = key(
        f.quantity("time", 1, 7200), "by hand", "time a person needs to work it out", default=None
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value to be worked out, with what it needs of the farm."""

    name: str
    derived: Derived
    by_hand_s: float
    column: Column  # of what it is made from
    other: Column | None = None  # of a gap: the flow instrument; of a difference: what is taken off
    tank: str = ""  # of a gap: whose level is read
    area_m2: float = 1.0
    table: Strapping | None = None  # of a tank that is no upright cylinder
    legs_m: float = 0.0
    draught_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Values:
    """Fixed facts of the calculated values, (K,) each; gaps first, then differences, then what looks back over a window."""

    names: tuple[str, ...]
    dimensions: tuple[str, ...]
    form: Ints  # index into FORMS
    column: Ints  # of the signals without calculated values
    scale: Floats
    stride: Ints  # ticks between two cells of the ring
    cells: Ints  # how many cells ago the older value stands
    window_s: Floats
    limit: Floats
    sign: Floats
    other_column: Ints  # of a gap: the flow instrument; of a difference: what is taken off
    other_scale: Floats
    area_m2: Floats  # of a gap: of the tank whose level is read
    tables: tuple[tuple[int, Strapping], ...]  # by value, of such tanks
    legs_m: Floats
    draught_m: Floats
    by_hand_s: Floats
    any_by_hand: bool
    n_gaps: int
    n_present: int  # gaps and differences: what is known at once
    starts_with: tuple[tuple[int, ...], ...]  # per transfer: gaps that start afresh with it

    @property
    def windowed(self) -> int:
        """How many look back over a window."""
        return len(self.names) - self.n_present

    def made_from(self, k: int) -> tuple[int, ...]:
        """The columns of the signals that a value is worked out of."""
        return (int(self.column[k]), *((int(self.other_column[k]),) if k < self.n_present else ()))

    @property
    def ring_cells(self) -> int:
        return CELLS


@dataclass(frozen=True, slots=True)
class State:
    """What is known now. `ring` is written in place by `step` (named exception: it is the largest array)."""

    ring: Floats = array(along=("windowed", "ring_cells"), in_place=True)  # (W, windowed, CELLS)
    flowed_m3: Floats = array(along=("n_gaps",))  # (W, gaps) since the base
    base_m3: Floats = array(along=("n_gaps",))  # (W, gaps) volume shown then
    shown: Floats = array()  # (W, K)
    known: Bools = array(bool)  # (W, K)


def dimension_of(derived: Derived, of: str) -> str:
    """The dimension of a calculated value of a reading of dimension `of`; raises Fault where none fits."""
    if derived.form in {"change", "difference"}:
        return difference(of)
    if derived.form == "time until":
        return "time"
    if derived.form == "gap":
        if of != "length":
            raise Fault("a gap is of a level instrument and a flow instrument.", "", derived.of.place)
        return "volume"
    if of not in {"length", "volume"}:
        raise Fault("the rate of a level or a volume is wanted here.", "", derived.of.place)
    return "speed" if of == "length" else "volume flow"


def build(wanted: list[Wanted], ends: list[tuple[str, str]]) -> Values:
    """Calculated values as arrays; `ends` are start and end of each transfer."""
    wanted = sorted(wanted, key=lambda w: (FORMS.index(w.derived.form), w.name))
    derived = [w.derived for w in wanted]
    windows = [d.over_s if d.form == "change" else RATE_OVER_S for d in derived]
    strides = [max(1, round(w / (CELLS - 1))) for w in windows]
    cells = [min(CELLS - 1, max(1, round(w / s))) for w, s in zip(windows, strides, strict=True)]
    return Values(
        names=tuple(w.name for w in wanted),
        dimensions=tuple(dimension_of(w.derived, w.column.dimension) for w in wanted),
        form=ints(FORMS.index(d.form) for d in derived),
        column=ints(w.column.index for w in wanted),
        scale=floats(w.column.scale for w in wanted),
        stride=ints(strides),
        cells=ints(cells),
        window_s=floats(c * s for c, s in zip(cells, strides, strict=True)),
        limit=floats(w.derived.limit.si(w.column.dimension) if w.derived.limit else 0.0 for w in wanted),
        sign=floats(-1.0 if d.sign == "<" else 1.0 for d in derived),
        other_column=ints(w.other.index if w.other else 0 for w in wanted),
        other_scale=floats(w.other.scale if w.other else 1.0 for w in wanted),
        area_m2=floats(w.area_m2 for w in wanted),
        tables=tuple((k, w.table) for k, w in enumerate(wanted) if w.table is not None),
        legs_m=floats(w.legs_m for w in wanted),
        draught_m=floats(w.draught_m for w in wanted),
        by_hand_s=floats(w.by_hand_s for w in wanted),
        any_by_hand=any(w.by_hand_s > 0.0 for w in wanted),
        n_gaps=sum(d.form == "gap" for d in derived),
        n_present=sum(d.form in {"gap", "difference"} for d in derived),
        starts_with=tuple(tuple(k for k, w in enumerate(wanted) if w.tank and w.tank in its) for its in ends),
    )


def base_m3(values: Values, readings: Floats) -> Floats:
    """The volumes from which gaps count, (W, gaps), of the signals (W, C) at the start."""
    volume = _shown_volume(values, readings[:, values.column])
    return volume[:, : values.n_gaps]


def _shown_volume(values: Values, level_m: Floats) -> Floats:
    bare = geometry.bare_level(level_m, values.legs_m, values.draught_m)
    volume: Floats = bare * values.area_m2
    for k, table in values.tables:
        volume[:, k] = table.volume(bare[:, k])
    return volume


def step(values: Values, state: State, readings: Floats, taken: Bools, afresh: Bools, tick: int, dt_s: float) -> State:
    """Calculated values one tick later.

    readings  (W, C)  signals without calculated values
    taken     (W, K)  worked out by hand in this tick
    afresh    (W, K)  gaps that start again in this tick
    """
    if not values.names:
        return state
    now = readings[:, values.column] * values.scale
    n = values.n_gaps
    shown, known = np.empty_like(state.shown), np.empty_like(state.known)
    flowed, base = state.flowed_m3, state.base_m3
    if n:
        volume = _shown_volume(values, now)[:, :n]
        flowed = flowed + readings[:, values.other_column[:n]] * dt_s
        shown[:, :n], known[:, :n] = flowed - (volume - base), True
        if some(taken) or some(afresh):
            renew = afresh[:, :n] | taken[:, :n]
            flowed, base = select(renew, 0.0, flowed), select(renew, volume, base)
    if values.n_present > n:
        both = slice(n, values.n_present)
        less = readings[:, values.other_column[both]] * values.other_scale[both]
        shown[:, both], known[:, both] = now[:, both] - less, True
    if values.n_present < len(values.names):
        _windowed(values, state.ring, now, shown, known, tick)
    if values.any_by_hand:
        by_hand = values.by_hand_s > 0.0
        shown = select(by_hand & ~taken, state.shown, shown)
        known = select(by_hand, state.known | taken, known)
    return State(state.ring, flowed, base, shown, known)


def _windowed(values: Values, ring: Floats, now: Floats, shown: Floats, known: Bools, tick: int) -> None:
    """Fills in change, rate and time until, which look back over a window."""
    n = values.n_present
    older, old_enough = _from_ring(values, ring, now, tick)
    recent = now[:, n:]
    change = recent - older
    rate = change / values.window_s[n:]
    form = values.form[n:]
    to_go = (values.limit[n:] - recent) * values.sign[n:]
    speed = rate * values.sign[n:]
    comes = (speed > 1e-12) | (to_go <= 0.0)
    until = np.minimum(np.maximum(to_go, 0.0) / select(speed > 1e-12, speed, 1.0), LONGEST_S)
    have = old_enough & (comes | (form != UNTIL))
    value = select(form == CHANGE, change, select(form == RATE, rate, until))
    shown[:, n:], known[:, n:] = select(have, value, 0.0), have


def _from_ring(values: Values, ring: Floats, now: Floats, tick: int) -> tuple[Floats, Bools]:
    """The value one window ago, and whether there is one yet; files the present one in its cell."""
    n = values.n_present
    stride, cells = values.stride[n:], values.cells[n:]
    lap = tick // stride
    which = np.arange(len(stride))
    due = np.flatnonzero(tick % stride == 0)
    ring[:, which[due], lap[due] % CELLS] = now[:, n + due]
    older = ring[:, which, (lap - cells) % CELLS]
    return older, (lap - cells) >= 1


# what people do


def _check(row: Row, order: Order) -> Begun | Said:
    """Working a value out takes its time at the desk."""
    its = row.facts(Values)
    seconds = float(its.by_hand_s[its.names.index(order.thing)])
    if seconds:
        return Begun(order, WORK, row.tick + round(seconds))
    return _stale(row, its.names.index(order.thing)) or done(order)


def _worked_out(row: Row, order: Order) -> Said | None:
    """Out of readings that are old nothing can be worked out."""
    k = row.facts(Values).names.index(order.thing)
    stale = _stale(row, k)
    if stale is None:
        row.take_reading("calculated", k)
    return stale


def _stale(row: Row, k: int) -> Said | None:
    its = row.facts(Values)
    if all(row.sound(column) for column in its.made_from(k)):
        return None
    return say("why.stale", thing=its.names[k])


PART = Part(
    "calculated", "calculated", Calculated, State, verbs=(Does("check", _check, worked=_worked_out),)
)  # fmt: skip
