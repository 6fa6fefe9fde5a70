"""Nothing is made or lost, nothing becomes infinite, and no kernel writes what it was given."""

import dataclasses
from operator import attrgetter
from pathlib import Path
from random import Random

import numpy as np
import pytest
from farms import PAIR, happened, opened
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.engine import digest, flow
from twin.engine import world as worlds
from twin.engine.commands import order
from twin.engine.model import Model
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.parts import alarm, gauge, interlock

ROWS = 8
WET = PAIR.replace("area: 400 m2, wall: 1 m", "area: 40 m2, wall: 0.4 m").replace(
    "    ship:", "    creek: {protected: yes}\n    ship:"
).replace("  instruments:", "    L-D: {from: bund, to: creek, through: [DV], size: 60 mm, length: 20 m}\n  instruments:").replace(
    "    HV: {", "    DV: {kind: hand, stroke: 20 s, at: [30 m, 10 m]}\n    HV: {"
)  # fmt: skip
"""The two tanks in a bund that fills within minutes, with a drain to a creek."""

VALVES, THINGS = ["XA", "XB", "XN", "HV", "DV"], ["LT-A", "LT-B", "LS-A", "FT-S", "ZA"]
SENTENCES = [
    *(f"{verb} {valve}" for verb in ("open", "close") for valve in VALVES),
    *(f"set {valve} to {part} %" for valve in VALVES for part in (7, 50)),
    "start TR-1", "stop TR-1", "stop-work", "trip ESD", "trip LZ", "reset ESD", "reset LZ", "acknowledge",
    'bypass LZ for 5 min because "law"', "restore LZ", "isolate grid", 'shelve LAH for 2 min because "law"',
    "check DIP-A", "check MOVE", "check XA", "check TA", "send walker to TB", "evacuate hut to gate", "muster gate",
    "take field", "hand field", "take control-room", "hand control-room", "report TA", "doubt LT-A",
]  # fmt: skip
FAULTS = [
    *(f"{thing}.{fault}" for thing in THINGS for fault in ("stuck", "dead", "bad", "off-scale")),
    *(f"{valve}.stuck" for valve in VALVES),
    "grid.lost", "UPS.lost", "SIS.lost", "BPCS.lost",
]  # fmt: skip
QUANTITIES = ["ship.flow to 0 m3/h", "ship.flow to 3000 m3/h over 5 min", "XA.passing to 20 %", "LT-A.bias to -2 m",
              "XN.passing to 3 %", "LT-B.drift to 500 mm/h", "HV.passing to 100 %"]  # fmt: skip

act = st.tuples(
    st.integers(1, 2300), st.integers(0, ROWS - 1),
    st.sampled_from(["control-room", "field", "supervisor", "fire-crew", "safety", "principal"]), st.sampled_from(SENTENCES),
)  # fmt: skip
start = st.tuples(
    st.floats(0, 7.5),
    st.floats(0, 7.5),
    st.floats(0, 16),
    st.sampled_from(FAULTS),
    st.sampled_from(["plan", "slow", "none"]),
)
inject = st.tuples(st.integers(1, 2300), st.sampled_from([f"{f} for 6 min" for f in FAULTS] + QUANTITIES))


def _with_timeline(injects: list[tuple[int, str]]) -> str:
    lines = "".join(f"  fault-{n}: {{cue: at +{at} s, do: set {what}}}\n" for n, (at, what) in enumerate(injects))
    return WET.replace("lasts: 14 min", "lasts: 40 min").replace("timeline:\n", f"timeline:\n{lines}")


def _finite(block: Block) -> bool:
    return all(np.isfinite(a).all() for a in digest.taker(block.world)(block.world) if a.dtype == np.float64)


def _lived_through(folder: Path, acts: list[tuple[int, int, str, str]], starts: list[tuple[float, float, float, str, str]],
                   injects: list[tuple[int, str]]) -> Block:  # fmt: skip
    """Forty minutes of eight worlds under these acts, starts and faults."""
    model = opened(folder, _with_timeline(injects))
    of = [
        Override(posts=posts, cells=(("TA", "level", f"{a:.6f} m"), ("TB", "level", f"{b:.6f} m"), ("bund", "liquid", f"{lies:.6f} m3"),
                                     (*fault.split("."), "yes")))
        for a, b, lies, fault, posts in starts
    ]  # fmt: skip
    block = Block(model, 11, list(range(ROWS)), of)
    for tick, row, post, sentence in sorted(acts):
        block.advance(tick)
        block.submit(row, order(model, post, f"take {post}"))
        block.submit(row, order(model, post, sentence))
    for tick in range(block.world.tick, 2401, 300):
        block.advance(tick)
        assert _finite(block)
    block.advance(2400)
    return block


def _holds(block: Block) -> None:
    assert _finite(block)
    assert float(block.balance_error().max()) <= 1e-9
    assert float(block.world.tanks.volume_m3.min()) >= -1e-9


nights = given(
    st.lists(act, min_size=20, max_size=60),
    st.lists(start, min_size=ROWS, max_size=ROWS),
    st.lists(inject, max_size=12),
)


@nights
@settings(deadline=None, derandomize=True, database=None, max_examples=1)
def test_mass_is_kept_whatever_people_do_and_whatever_fails(
    tmp_path_factory: pytest.TempPathFactory,
    acts: list[tuple[int, int, str, str]], starts: list[tuple[float, float, float, str, str]], injects: list[tuple[int, str]],
) -> None:  # fmt: skip
    _holds(_lived_through(tmp_path_factory.mktemp("mass"), acts, starts, injects))


@pytest.mark.long
@nights
@settings(deadline=None, derandomize=True, database=None, max_examples=40)
def test_mass_is_kept_through_many_more_nights(
    tmp_path_factory: pytest.TempPathFactory,
    acts: list[tuple[int, int, str, str]], starts: list[tuple[float, float, float, str, str]], injects: list[tuple[int, str]],
) -> None:  # fmt: skip
    _holds(_lived_through(tmp_path_factory.mktemp("mass"), acts, starts, injects))


def test_the_bund_fills_runs_over_and_drains_to_the_creek(tmp_path: Path) -> None:
    starts = [(7.2, 7.2, 0.0, "LS-A.dead", "none")] * ROWS
    acts = [(60, row, "field", "open DV") for row in range(0, ROWS, 2)] + [
        (5, row, "field", "open HV") for row in range(ROWS)
    ]
    block = _lived_through(tmp_path, acts, starts, [])
    _holds(block)
    names = list(block.model.tanks.names)
    held = block.world.tanks.total_m3
    assert (held[0::2, names.index("creek")] > 1.0).all()
    assert (held[1::2, names.index("creek")] == 0.0).all()
    assert (held[:, names.index("ground")] > 0.1).any()
    assert happened(block, "bund-full", "bund", row=1)


def test_a_litre_that_vanishes_would_be_caught(tmp_path: Path) -> None:
    """The control: one litre less in one tank breaks the balance."""
    block = _lived_through(tmp_path, [], [(5.0, 5.0, 0.0, "LS-A.dead", "none")] * ROWS, [])
    tanks = block.world.tanks
    lost = tanks.volume_m3.copy()
    lost[:, :, 0] -= 0.001 * (lost[:, :, 0] > 1.0)
    block.world.tanks = dataclasses.replace(tanks, volume_m3=lost)
    assert (block.balance_error() > 1e-9).all()


@pytest.fixture(scope="module")
def wet(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return opened(tmp_path_factory.mktemp("wet"), WET)


def _sealed(value: object) -> object:
    """The same value with its arrays closed to writing: a kernel that writes one raises."""
    for place in digest.places(value):
        attrgetter(place)(value).setflags(write=False)
    return value


@pytest.mark.parametrize("seed", range(4))
def test_kernels_leave_what_they_are_given_untouched(wet: Model, seed: int) -> None:
    chance = Random(seed)
    faults = [(*chance.choice(FAULTS).split("."), "yes") for _ in range(4)]
    of = [Override(cells=(*tuple(faults[:n]), ("TA", "level", "7.3 m"))) for n in range(5)]
    block = Block(wet, seed, list(range(5)), of)
    for tick in (30, 300, 500):
        block.advance(tick)
        world = block.world
        before = list(digest.rows_bytes(digest.taker(world)(world), 5))
        tripped = np.array([[chance.random() < 0.5 for _ in wet.interlocks.names] for _ in range(5)])
        states = worlds.copy(world)
        _sealed(states.tanks), _sealed(states.lines), _sealed(states.valves), _sealed(states.controls)
        gauges = _sealed(
            dataclasses.replace(
                world.instruments,
                **{f.name: getattr(world.instruments, f.name).copy() for f in dataclasses.fields(world.instruments)},
            )
        )
        alarms = _sealed(
            dataclasses.replace(
                world.alarms, **{f.name: getattr(world.alarms, f.name).copy() for f in dataclasses.fields(world.alarms)}
            )
        )
        locks = _sealed(interlock.State(tripped, tripped.copy(), tripped.astype(np.int64)))
        forced = interlock.forced(wet.interlocks, tripped)
        flow.step(wet, dataclasses.replace(states, interlocks=locks), True, 1.0)  # type: ignore[arg-type]
        truth = wet.signals.truth(states)[:, wet.instruments.column] * wet.instruments.scale
        taken = np.array([[chance.random() < 0.3 for _ in wet.instruments.names] for _ in range(5)])
        set_, alive = states.controls.instruments, states.utilities.alive
        its = gauge.faults(wet.instruments, set_, alive)
        noise = np.array([[chance.gauss(0, 1) for _ in wet.instruments.names] for _ in range(5)])
        for array in (truth, taken, noise, forced):
            array.setflags(write=False)
        gauge.step(wet.instruments, gauges, truth, set_, its, noise, taken, tick + 1)  # type: ignore[arg-type]
        condition = np.array([[chance.random() < 0.5 for _ in wet.alarms.names] for _ in range(5)])
        condition.setflags(write=False)
        alarm.step(wet.alarms, alarms, condition, ~condition, condition, alive[:, -1:], tick + 1)  # type: ignore[arg-type]
        wants = np.array([[chance.random() < 0.5 for _ in wet.interlocks.names] for _ in range(5)])
        wants.setflags(write=False)
        interlock.step(wet.interlocks, locks, wants, ~wants, alive)  # type: ignore[arg-type]
        assert list(digest.rows_bytes(digest.taker(world)(world), 5)) == before


def test_a_sealed_array_does_catch_a_write(wet: Model) -> None:
    """The control: a step that writes its input raises."""
    world = Block(wet, 0, [0]).world
    _sealed(world.tanks)
    with pytest.raises(ValueError, match="read-only"):
        world.tanks.volume_m3[0, 0, 0] = 1.0
