"""Values that a control system, or a person by hand, works out from readings: change, rate, gap, time until."""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import Bools, Floats, Ints, select, some
from twin.base.fault import Fault
from twin.farm.board import Board
from twin.farm.grammar import Derived, Name, Path
from twin.farm.plant import Plant, floats, ints
from twin.physics import geometry

CELLS = 61
RATE_OVER_S = 60.0
LONGEST_S = 1e6  # what would take longer never comes
FORMS = ("gap", "change", "rate", "time until")
GAP, CHANGE, RATE, UNTIL = range(4)


@dataclass(frozen=True, slots=True)
class Values:
    """Fixed facts of the calculated values, (K,) each; gaps first, then what looks back over a window."""

    names: tuple[str, ...]
    dimensions: tuple[str, ...]
    form: Ints  # index into FORMS
    column: Ints  # of the board without calculated values
    scale: Floats
    stride: Ints  # ticks between two cells of the ring
    cells: Ints  # how many cells ago the older value stands
    window_s: Floats
    limit: Floats
    sign: Floats
    flow_column: Ints  # of a gap: the flow instrument
    area_m2: Floats  # of a gap: of the tank whose level is read
    legs_m: Floats
    draught_m: Floats
    by_hand_s: Floats
    any_by_hand: bool
    n_gaps: int
    starts_with: tuple[tuple[int, ...], ...]  # per transfer: gaps that start afresh with it


@dataclass(frozen=True, slots=True)
class State:
    """What is known now. `ring` is written in place by `step` (named exception: it is the largest array)."""

    ring: Floats  # (W, K - gaps, CELLS)
    flowed_m3: Floats  # (W, gaps) since the base
    base_m3: Floats  # (W, gaps) volume shown then
    shown: Floats  # (W, K)
    known: Bools  # (W, K)


def dimension_of(derived: Derived, of: str, place_of: Name | Path) -> str:
    """The dimension of a calculated value of a reading of dimension `of`; raises Fault where none fits."""
    if derived.form == "change":
        return of
    if derived.form == "time until":
        return "time"
    if derived.form == "gap":
        if of != "length":
            raise Fault("a gap is of a level instrument and a flow instrument.", "", place_of.place)
        return "volume"
    if of not in {"length", "volume"}:
        raise Fault("the rate of a level or a volume is wanted here.", "", place_of.place)
    return "speed" if of == "length" else "volume flow"


def build(plant: Plant, board: Board, wanted: list[tuple[str, Derived, float]]) -> Values:
    """Calculated values (name, what, seconds by hand) as arrays; the board need not hold them yet."""
    wanted = sorted(wanted, key=lambda w: (FORMS.index(w[1].form), w[0]))
    columns, dimensions, limits, areas = [], [], [], []
    legs, draughts, flows = [], [], []
    for _, derived, _ in wanted:
        column = board.shown(derived.of)
        columns.append(column)
        dimensions.append(dimension_of(derived, column.dimension, derived.of))
        limits.append(derived.limit.si(column.dimension) if derived.limit else 0.0)
        m = _tank_of(plant, board, derived) if derived.form == "gap" else 0
        areas.append(float(plant.vessels.area_m2[m]))
        legs.append(float(plant.vessels.legs_m[m]))
        draughts.append(float(plant.vessels.draught_m[m]))
        flows.append(_flow_column(board, derived))
    windows = [d.over_s if d.form == "change" else RATE_OVER_S for _, d, _ in wanted]
    strides = [max(1, round(w / (CELLS - 1))) for w in windows]
    cells = [min(CELLS - 1, max(1, round(w / s))) for w, s in zip(windows, strides, strict=True)]
    return Values(
        names=tuple(name for name, _, _ in wanted),
        dimensions=tuple(dimensions),
        form=ints(FORMS.index(d.form) for _, d, _ in wanted),
        column=ints(c.index for c in columns),
        scale=floats(c.scale for c in columns),
        stride=ints(strides),
        cells=ints(cells),
        window_s=floats(c * s for c, s in zip(cells, strides, strict=True)),
        limit=floats(limits),
        sign=floats(-1.0 if d.sign == "<" else 1.0 for _, d, _ in wanted),
        flow_column=ints(flows),
        area_m2=floats(areas),
        legs_m=floats(legs),
        draught_m=floats(draughts),
        by_hand_s=floats(s for _, _, s in wanted),
        any_by_hand=any(s > 0.0 for _, _, s in wanted),
        n_gaps=sum(d.form == "gap" for _, d, _ in wanted),
        starts_with=tuple(_gaps_of(plant, board, x, wanted) for x in plant.transfers),
    )


def _measured(board: Board, name: Name | Path) -> Path | None:
    if isinstance(name, Path):
        return name
    entry = board.plant.names.farm.of("instruments").get(name.text)
    return entry.measures.reading if entry is not None else None


def _tank_of(plant: Plant, board: Board, derived: Derived) -> int:
    path = _measured(board, derived.of)
    if path is None or path.quantity != "level":
        raise Fault("a gap needs a level instrument first.", "", derived.of.place)
    return plant.vessel(path.thing)


def _flow_column(board: Board, derived: Derived) -> int:
    if derived.form != "gap":
        return 0
    assert derived.other is not None
    column = board.shown(derived.other)
    if column.dimension != "volume flow":
        raise Fault(f"{derived.other.text} shows no flow.", "Name a flow instrument.", derived.other.place)
    return column.index


def _gaps_of(plant: Plant, board: Board, transfer: str, wanted: list[tuple[str, Derived, float]]) -> tuple[int, ...]:
    ends = plant.names.farm.of("transfers")[transfer]
    found = []
    for k, (_, derived, _) in enumerate(wanted):
        path = _measured(board, derived.of) if derived.form == "gap" else None
        if path is not None and path.thing in {ends.start, ends.end}:
            found.append(k)
    return tuple(found)


def start(values: Values, worlds: int, readings: Floats) -> State:
    """Nothing is known yet; gaps count from here."""
    n = len(values.names)
    return State(
        ring=np.zeros((worlds, n - values.n_gaps, CELLS)),
        flowed_m3=np.zeros((worlds, values.n_gaps)),
        base_m3=_shown_volume(values, readings[:, values.column])[:, : values.n_gaps],
        shown=np.zeros((worlds, n)),
        known=np.zeros((worlds, n), dtype=bool),
    )


def _shown_volume(values: Values, level_m: Floats) -> Floats:
    volume: Floats = geometry.bare_level(level_m, values.legs_m, values.draught_m) * values.area_m2
    return volume


def step(values: Values, state: State, readings: Floats, taken: Bools, afresh: Bools, tick: int, dt_s: float) -> State:
    """Calculated values one tick later.

    readings  (W, C)  board without calculated values
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
        flowed = flowed + readings[:, values.flow_column[:n]] * dt_s
        shown[:, :n], known[:, :n] = flowed - (volume - base), True
        if some(taken) or some(afresh):
            renew = afresh[:, :n] | taken[:, :n]
            flowed, base = select(renew, 0.0, flowed), select(renew, volume, base)
    if n < len(values.names):
        _windowed(values, state.ring, now, shown, known, tick)
    if values.any_by_hand:
        by_hand = values.by_hand_s > 0.0
        shown = select(by_hand & ~taken, state.shown, shown)
        known = select(by_hand, state.known | taken, known)
    return State(state.ring, flowed, base, shown, known)


def _windowed(values: Values, ring: Floats, now: Floats, shown: Floats, known: Bools, tick: int) -> None:
    """Fills in change, rate and time until, which look back over a window."""
    n = values.n_gaps
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
    n = values.n_gaps
    stride, cells = values.stride[n:], values.cells[n:]
    lap = tick // stride
    which = np.arange(len(stride))
    due = np.flatnonzero(tick % stride == 0)
    ring[:, which[due], lap[due] % CELLS] = now[:, n + due]
    older = ring[:, which, (lap - cells) % CELLS]
    return older, (lap - cells) >= 1
