"""The vapour space: gas is neither made nor lost, vents pass what they say, a tank that cannot breathe is sucked in or blown open."""

import pathlib

import numpy as np
import pytest
from farms import after, alone, happened, opened, orders, signal, told
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.base.arrays import floats, ints
from twin.engine.commands import order
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.physics import breathing
from twin.physics.breathing import ATMOSPHERE_PA, NORMAL_J_K, Side

MBAR = 100.0
VENT = "PV: {on: A, opens: 10 mbar, sucks: 5 mbar, capacity: 800 Nm3/h}"
FARM = """\
scenario: A tank that breathes
weather: {air: 15 degC}
farm:
  farm: A tank that breathes
  utilities: {N2: {kind: nitrogen}}
  tanks: {A: {product: water, diameter: 10 m, height: 12 m, at: [0 m, 0 m]}}
  vents: {%s}
  nodes: {sewer: {receives: water}, main: {product: water, flow: 500 m3/h, answers: 0 s}}
  lines:
    OUT: {from: A, to: sewer, through: [V], size: 100 mm, length: 1 m, roughness: 0 m}
    HURRY: {from: A, to: sewer, through: [W], size: 600 mm, length: 1 m}
    IN: {from: main, to: A, through: [X], size: 300 mm, enters: top}
  valves: {V: {kind: motor, size: 100 mm, stroke: 1 s}, W: {kind: motor, size: 600 mm, stroke: 1 s}, X: {kind: motor, stroke: 1 s}}
  transfers: {FILL: {from: main, to: A, through: [IN]}}
  people: {outside: {post: field, at: [5 m, 0 m]}}
starts: 2026-01-12 10:00
lasts: 2 h
initially: {A: {level: %s}}
"""


def _ran(
    tmp_path: pathlib.Path, *acts: str, vent: str = VENT, level: str = "6 m", seconds: int = 600, more: str = ""
) -> Block:
    return after(tmp_path, FARM % (vent, level) + more, *acts, seconds=seconds)


def _out_m3(block: Block) -> float:
    return float(signal(block, "A.volume")[0] - signal(block, "A.volume")[-1])


def test_a_tank_in_which_nothing_moves_neither_breathes_nor_presses(tmp_path: pathlib.Path) -> None:
    block = _ran(tmp_path)
    assert np.ptp(signal(block, "A.pressure")) == 0.0
    assert not signal(block, "PV.flow").any()


@pytest.mark.parametrize("valve", ["OUT", "HURRY"])
def test_a_vent_that_is_large_enough_for_a_small_outlet_is_not_for_a_manhole(
    tmp_path: pathlib.Path, valve: str
) -> None:
    """A18: 10 m of water through 4 in passes 253 m3/h and through 24 in 36 times more; the vent gives 2.5 mbar at 250 m3/h."""
    act = "open V" if valve == "OUT" else "open W"
    block = _ran(tmp_path, act, vent="PV: {on: A, kind: open, capacity: 250 Nm3/h}", level="10 m", seconds=60)
    lowest = signal(block, "A.pressure").min()
    flow = float(signal(block, f"{valve}.flow").max()) * 3600
    collapsed = happened(block, "tank-collapsed", "A")
    if valve == "OUT":
        assert 200 < flow < 320
        assert lowest > -4.0 * MBAR
        assert not collapsed
    else:
        assert flow > 20 * 253
        assert collapsed[0].tick < 15, "within 10 s"


def test_behind_a_blocked_vent_twenty_millibar_come_when_a_fiftieth_of_the_gas_is_gone(tmp_path: pathlib.Path) -> None:
    """A18: vent blocked, some 500 m3 of gas: 20 mbar after 10 m3."""
    block = _ran(tmp_path, "open V", level="5.634 m", more="timeline: {ice: {cue: start, do: set PV.blocked}}\n")
    collapse = happened(block, "tank-collapsed", "A")[0]
    gone = float(signal(block, "A.volume")[0] - signal(block, "A.volume")[collapse.tick])
    assert gone == pytest.approx(500 * (ATMOSPHERE_PA / (ATMOSPHERE_PA - 2000) - 1), rel=0.02)
    assert signal(block, "A.pressure")[-1] == 0.0, "what is torn breathes"


def test_a_vent_passes_what_is_pushed_out_at_the_pressure_that_its_capacity_asks_for(tmp_path: pathlib.Path) -> None:
    block = _ran(tmp_path, "start FILL", seconds=900)
    flow = float(signal(block, "PV.flow")[-1])
    pressure = float(signal(block, "A.pressure")[-1])
    assert flow == pytest.approx(500 / 3600 * (ATMOSPHERE_PA + pressure) / ATMOSPHERE_PA * 273.15 / 288.15, rel=2e-3)
    assert pressure == pytest.approx(10 * MBAR * (1 + flow * 3600 / 800), rel=1e-3), (
        "straight up to twice its set pressure"
    )


def test_beyond_full_opening_it_grows_with_the_root(tmp_path: pathlib.Path) -> None:
    small = VENT.replace("800", "200")
    block = _ran(tmp_path, "start FILL", vent=small, seconds=900)
    flow, pressure = float(signal(block, "PV.flow")[-1]) * 3600, float(signal(block, "A.pressure")[-1])
    assert flow == pytest.approx(200 * np.sqrt(pressure / (20 * MBAR)), rel=1e-6)


def test_a_roof_parts_when_more_comes_than_a_blocked_vent_lets_out(tmp_path: pathlib.Path) -> None:
    block = _ran(tmp_path, "start FILL", more="timeline: {ice: {cue: start, do: set PV.blocked}}\n")
    parted = happened(block, "roof-parted", "A")
    assert len(parted) == 1
    came = 500 / 3600 * parted[0].tick
    assert came == pytest.approx(25 * np.pi * 6 * (1 - ATMOSPHERE_PA / (ATMOSPHERE_PA + 5000)), rel=0.05)


def test_a_sticking_vent_lifts_so_much_later(tmp_path: pathlib.Path) -> None:
    block = _ran(tmp_path, "start FILL", more="timeline: {frost: {cue: start, do: set PV.sticks to 15 mbar}}\n")
    pressure, flow = signal(block, "A.pressure"), signal(block, "PV.flow")
    assert pressure[np.flatnonzero(flow)[0] - 1] < 25 * MBAR <= pressure[np.flatnonzero(flow)[0]]


def test_a_relief_vent_lets_nothing_in_and_an_open_one_both_ways(tmp_path: pathlib.Path) -> None:
    relief = "PV: {on: A, kind: relief, opens: 10 mbar, capacity: 800 Nm3/h}"
    assert happened(_ran(tmp_path, "open V", vent=relief), "tank-collapsed")
    open_ = _ran(tmp_path, "open V", vent="PV: {on: A, kind: open, capacity: 800 Nm3/h}")
    assert signal(open_, "PV.flow").min() < 0.0
    both = _ran(tmp_path, "start FILL", vent="PV: {on: A, kind: open, capacity: 800 Nm3/h}")
    assert signal(both, "PV.flow").max() > 0.0


def test_nitrogen_keeps_up_a_blanket_until_it_is_lost(tmp_path: pathlib.Path) -> None:
    two = VENT + ", NR: {on: A, kind: nitrogen, opens: 2 mbar, capacity: 600 Nm3/h, nitrogen: N2}"
    block = _ran(tmp_path, "open V", vent=two, more="timeline: {out: {cue: at +5 min, do: set N2.lost}}\n")
    pressure = signal(block, "A.pressure")
    assert 1.8 * MBAR < pressure[250] < 2 * MBAR, "between its set pressure and a tenth below"
    assert not signal(block, "PV.flow")[:300].any()
    assert pressure[-1] < -5 * MBAR
    assert signal(block, "PV.flow")[-1] < 0.0, "then air comes in"


def test_rain_on_a_tank_in_the_sun_draws_air_in(tmp_path: pathlib.Path) -> None:
    """Within what API 2000 asks vents to pass for a cooling tank, C V^0.7 with C = 3 Nm3/h (latitudes below 42 degrees)."""
    sunny = "weather: {air: 30 degC, sun: 1 kW/m2}"
    text = (FARM % (VENT, "1 m")).replace("weather: {air: 15 degC}", sunny)
    shower = "timeline: {rain: {cue: at +1 h, do: [set weather.rain to 20 mm/h, set weather.air to 22 degC]}}\n"
    block = after(tmp_path, text + shower, seconds=5400)
    flow = signal(block, "PV.flow")
    drawn = -float(flow[3600:].min()) * 3600
    bound = 3.0 * (25 * np.pi * 11) ** 0.7
    assert 0.25 * bound < drawn < bound
    alone = shower.replace(", set weather.air to 22 degC", "")
    assert signal(after(tmp_path, text + alone, seconds=5400), "PV.flow")[3600:].min() < 0.0, "rain on a sunny day"


def test_a_vent_begins_to_draw_at_its_vacuum_and_to_blow_at_its_pressure(tmp_path: pathlib.Path) -> None:
    for act, low, high in (("open V", -5.5 * MBAR, -5 * MBAR), ("start FILL", 10 * MBAR, 13 * MBAR)):
        block = _ran(tmp_path, act)
        assert low <= signal(block, "A.pressure")[np.flatnonzero(signal(block, "PV.flow"))[0]] <= high


def test_somebody_frees_a_blocked_vent_by_hand_and_the_desk_cannot(tmp_path: pathlib.Path) -> None:
    block = alone(opened(tmp_path, FARM % (VENT, "6 m") + "timeline: {ice: {cue: start, do: set PV.blocked}}\n"))
    block.advance(2)
    assert "field can" in told(block, "control-room", "open PV").reason
    told(block, "field", "check PV")
    told(block, "field", "open PV")
    block.advance(300)
    assert any("blocked: nothing can pass" in e.text for e in happened(block, "seen"))
    assert not block.world.controls.vents.blocked[0, 0]
    assert "open PV by field: PROVEN" in [text for _, text in orders(block)]


def test_pressure_is_asked_of_a_tank_with_a_vent(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Exception, match="has no vent: it breathes as it likes"):
        opened(tmp_path, (FARM % (VENT, "6 m")).replace("on: A", "on: B").replace(
            "tanks: {", "instruments: {PT: {measures: A.pressure}}\n  tanks: {B: {product: water, diameter: 5 m, height: 5 m}, "))  # fmt: skip


@given(
    st.lists(st.tuples(st.floats(0.0, 5e3), st.floats(1.0, 5e3), st.floats(0.0, 10.0), st.booleans()), min_size=1, max_size=4),
    st.floats(-5e4, 5e4), st.floats(1e-6, 1e4),
)  # fmt: skip
@settings(deadline=None, derandomize=True, database=None, max_examples=200)
def test_whatever_vents_there_are_the_answer_is_found(
    vents: list[tuple[float, float, float, bool]], closed_pa: float, rises: float
) -> None:
    out, into = (
        Side(floats(o for o, *_ in vents), floats(o + d for o, d, *_ in vents),
             floats(c * NORMAL_J_K * (way is outwards) for _, _, c, way in vents))
        for outwards in (True, False)
    )  # fmt: skip
    of, slots = ints(0 for _ in vents), ints(range(len(vents)))[None, :]
    at, each = breathing.settled(np.array([[closed_pa]]), np.array([[rises]]), of, slots, out, into)
    net, _, _ = breathing.net(at, of, slots, out, into)
    assert abs(float((at - closed_pa + rises * net)[0, 0])) <= 1e-6 + 1e-9 * abs(closed_pa)
    assert min(closed_pa, 0.0) <= float(at[0, 0]) <= max(closed_pa, 0.0), (
        "vents only bring it nearer to the air outside"
    )
    assert np.array_equal(each, breathing.net(at, of, slots, out, into)[2])


acts = st.lists(
    st.tuples(st.integers(1, 240), st.sampled_from(
        ["open V", "close V", "open W", "close W", "start FILL", "stop FILL", "set PV.blocked to yes", "set PV.blocked to no",
         "set PV.sticks to 8 mbar", "set weather.sun to 1 kW/m2", "set weather.rain to 20 mm/h", "set weather.air to 2 degC"])),
    max_size=8,
)  # fmt: skip


@given(acts, st.sampled_from(["0 m", "1 m", "6 m", "11.99 m", "12 m"]), st.sampled_from(["PV", "both", "open"]))
@settings(deadline=None, derandomize=True, database=None, max_examples=20)
def test_whatever_is_done_gas_is_neither_made_nor_lost_and_worlds_have_their_own_bits(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[int, str]], level: str, kind: str
) -> None:
    vents = {"PV": VENT, "both": VENT + ", NR: {on: A, kind: nitrogen, opens: 2 mbar, size: 50 mm, capacity: 90 Nm3/h, nitrogen: N2}",
             "open": "PV: {on: A, kind: open}"}[kind]  # fmt: skip
    model = opened(tmp_path_factory.mktemp("breath"), FARM % (vents, level))
    other = Override(posts="none", cells=(("A", "level", "3 m"), ("V", "position", "100 %"), ("PV", "blocked", "yes")))
    both, lonely = Block(model, 0, [0, 1], [Override(posts="none"), other]), Block(model, 0, [1], [other])
    done = dict(acts)
    for tick in range(1, 260):
        if act := done.get(tick):
            post = "instructor" if act.startswith("set") else "control-room"
            both.submit(0, order(model, post, act))
        before = both.world.vents.gas_j_k.copy()
        both.advance(tick)
        now = both.world.vents
        torn = now.collapsed | now.parted
        left = now.flow_j_k_s[:, model.vents.vents_of[0][: len(model.vents.names)]].sum(axis=1, keepdims=True)
        wrong = np.abs(now.gas_j_k - (before - left)) > 1e-9 * before + 1e-9
        assert not (wrong & ~torn).any()
        assert (now.pressure_pa > -ATMOSPHERE_PA).all()
    lonely.advance(259)
    assert both.bits(1) == lonely.bits(0)


@pytest.mark.parametrize(
    ("product", "times"), [("water", 1.0), ("diesel", 1.0), ("gasoline", 2.0), ("methanol", 2.0), ("n_pentane", 2.0)]
)
def test_filling_with_what_is_volatile_drives_out_twice_as_much(
    tmp_path: pathlib.Path, product: str, times: float
) -> None:
    text = f"""\
scenario: Filling
farm:
  farm: One tank
  nodes: {{ship: {{product: {product}, flow: 300 m3/h, answers: 0 s}}}}
  tanks: {{A: {{product: {product}, diameter: 10 m, height: 12 m, parts: 500 mbar}}}}
  lines: {{L: {{from: ship, to: A, size: 200 mm}}}}
  vents: {{PV: {{on: A, kind: open, capacity: 5000 Nm3/h}}}}
  transfers: {{TR: {{from: ship, to: A, through: [L]}}}}
starts: 2026-01-12 10:00
lasts: 20 min
weather: {{air: 0 degC}}
initially: {{A: {{level: 4 m}}, TR: {{running: yes}}}}
"""
    block = alone(opened(tmp_path, text))
    block.advance(600)
    assert float(signal(block, "PV.flow")[-1]) * 3600 == pytest.approx(300 * times, rel=5e-3)
