"""The network: continuity at every joint, nothing runs uphill, one world is not another's business, whatever is built."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from farms import opened
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.base.arrays import paired
from twin.engine.model import Model
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.physics import network, ways

KEPT = 1e-9  # relative, of the mass
SAME = 1e-9  # of a flow
ROUNDING_M3 = 1e-15  # below nothing


# the solver


def _links(seed: int, nodes: int, links: int) -> tuple[list[int], list[int]]:
    chance = np.random.default_rng(seed)
    start = [int(chance.integers(n)) for n in range(1, nodes)] + chance.integers(nodes, size=links).tolist()
    end = [*range(1, nodes), *chance.integers(nodes, size=links).tolist()]
    return start, end


@pytest.mark.parametrize(("nodes", "links"), [(2, 0), (3, 1), (8, 0), (12, 9), (40, 25), (9, 40)])
def test_heads_are_those_of_a_dense_solution(nodes: int, links: int) -> None:
    chance = np.random.default_rng(nodes * 100 + links)
    start, end = _links(nodes, nodes, links)
    its = network.graph(nodes, start, end)
    conducts = chance.uniform(0.1, 10, (5, len(start)))
    ground = chance.uniform(0, 1, (5, nodes)) + np.eye(1, nodes)
    given_ = chance.uniform(-1, 1, (5, nodes))
    found = network.heads(its, ground, given_, conducts)
    for w in range(5):
        matrix = np.diag(ground[w])
        for a, b, g in zip(start, end, conducts[w], strict=True):
            matrix[a, a] += g
            matrix[b, b] += g
            matrix[a, b] -= g
            matrix[b, a] -= g
        assert found[w] == pytest.approx(np.linalg.solve(matrix, given_[w]), rel=1e-9, abs=1e-12)


def test_wide_and_narrow_links_keep_their_digits() -> None:
    """Two heads 1e9 apart in conductance: the middle is where a series of resistances puts it."""
    its = network.graph(3, [0, 1], [1, 2])
    ground = np.array([[1e12, 0.0, 1e12]])
    found = network.heads(its, ground, ground * np.array([[10.0, 0.0, 2.0]]), np.array([[1e3, 1e-6]]))[0]
    assert 10.0 - found[1] == pytest.approx(8.0 * 1e-9, rel=1e-6)


def test_a_node_that_hangs_on_nothing_has_no_head_and_breaks_nothing() -> None:
    its = network.graph(4, [0, 2], [1, 3])
    found = network.heads(
        its, np.array([[1.0, 0.0, 0.0, 0.0]]), np.array([[5.0, 0.0, 0.0, 0.0]]), np.array([[2.0, 0.0]])
    )
    assert found[0].tolist() == [5.0, 5.0, 0.0, 0.0]


def test_friction_has_no_jump_between_laminar_and_turbulent() -> None:
    reynolds = np.geomspace(500, 2e4, 20_001)
    for rough in (0.0, 1e-4, 0.01):
        factor = network.smooth_friction_factor(reynolds, np.float64(rough))
        assert np.abs(np.diff(factor) / factor[:-1]).max() < 3e-3
        assert (np.diff(factor * reynolds * reynolds) > 0).all(), "more flow never costs less"


def test_continuity_decides_a_tree_and_leaves_a_ring() -> None:
    start, end = np.array([2, 3, 3]), np.array([3, 0, 1])  # joints 2 and 3 behind two vessels
    joints = paired([[0], [1, 2, 3]])
    into = np.array([[0.25, 0.0]] * 3)
    open_ = np.array([[True, True, False], [True, True, True], [False, False, False]])
    known, flow = ways.decided(start, end, joints, 2, open_, into)
    assert known.tolist() == [[True] * 3, [True, False, False], [True] * 3]
    assert flow[0].tolist() == [0.25, 0.25, 0.0]
    assert flow[1, 0] == 0.25


def test_the_widest_way_is_as_wide_as_its_narrowest_place() -> None:
    start, end = np.array([2, 3, 2, 4]), np.array([3, 0, 4, 0])
    joints = paired([[0, 2], [1, 4], [3, 6]])
    wide = ways.widest(start, end, joints, 2, np.array([[[0.5, 1.0, 0.9, 0.3]] * 2]), 2)
    assert wide[0].tolist() == [0.5, 0.5, 0.9, 0.3]


# whole farms

ENDS = ["T-1", "T-2", "T-3", "T-4", "H-1", "H-2", "H-3", "ship", "line", "road", "bund"]
MOVES = ["open", "close"]
line = st.tuples(
    st.sampled_from(ENDS), st.sampled_from(ENDS), st.sampled_from([80, 150, 300, 600]), st.sampled_from([0, 1, 30, 800]),
    st.sampled_from(["top", "bottom"]), st.sampled_from(["", "valve", "valve", "check", "pump", "pump check", "relief"]),
).filter(lambda its: its[0] != its[1])  # fmt: skip
ROUND = [  # a pump with a spillback: what leaves it comes round again
    ("T-1", "H-1", 300, 30, "bottom", ""), ("H-1", "H-2", 300, 1, "bottom", "pump"),
    ("H-2", "H-1", 300, 0, "bottom", ""), ("H-2", "T-2", 80, 30, "top", ""),
]  # fmt: skip
farm = st.tuples(st.sampled_from([[], ROUND]), st.lists(line, min_size=3, max_size=14)).map(lambda its: its[0] + its[1])
second = st.sampled_from(["gasoline", "diesel"])
levels = st.lists(
    st.sampled_from([0.0, 0.001, 0.01]) | st.floats(0, 9.5), min_size=4, max_size=4
)  # nearly empty ones too
acts = st.lists(st.tuples(st.integers(1, 240), st.integers(0, 13), st.sampled_from([0, 3, 40, 100])), max_size=8)


def text_of(lines: list[tuple[str, str, int, int, str, str]], more: str = "", second: str = "gasoline") -> str:
    """A scenario of these lines, with a transfer along every line that leaves a sender, and one out of every tank."""
    drawn = []
    for n, (a, b, mm, m, enters, fit) in enumerate(lines):
        names = [f"{word[0].upper()}-{n}" for word in fit.split()]
        through = f", through: [{', '.join(names)}]" if fit else ""
        drawn.append(f"    L-{n}: {{from: {a}, to: {b}, size: {mm} mm, length: {m} m, enters: {enters}{through}}}\n")
    kinds = {"valve": "kind: motor, stroke: {} s", "check": "kind: check", "relief": "kind: relief, relief: {}0 kPa"}
    valves = "".join(
        f"    {word[0].upper()}-{n}: {{{kinds[word].format(5 + n)}}}\n"
        for n, its in enumerate(lines)
        for word in its[5].split()
        if word in kinds
    )
    pumped = [n for n, its in enumerate(lines) if "pump" in its[5]]
    pumps = "".join(
        f"    P-{n}: {{curve: [[0 m3/h, {20 + n} m], [300 m3/h, 15 m], [500 m3/h, 6 m]]}}\n" for n in pumped
    )
    running = "".join(f"  P-{n}: {{running: yes}}\n" for n in pumped)
    runs = [(n, a, b) for n, (a, b, *_) in enumerate(lines) if a in {"ship", "line"} and b[0] in "Tr"]
    runs += [(n, a, b) for n, (a, b, *_) in enumerate(lines) if a[0] == "T" and b == "road"]
    rate = (
        "",
        ", rate: 120 m3/h",
        ", amount: 9 m3, stops: by meter",
        ", amount: 9 m3, stops: by meter, trickles: 20 m3/h",
    )
    transfers = "".join(f"    TR-{n}: {{from: {a}, to: {b}, through: [L-{n}]{rate[n % 4]}}}\n" for n, a, b in runs)
    return (
        "scenario: Drawn\nfarm:\n  farm: Drawn\n  places: {bund: {kind: bund, area: 500 m2, wall: 1 m}}\n  nodes:\n"
        "    ship: {product: gasoline, flow: 700 m3/h, answers: 5 s}\n    line: {product: water, flow: 300 m3/h, answers: 5 s}\n"
        "    road: {receives: gasoline}\n    H-1: {}\n    H-2: {}\n    H-3: {}\n  tanks:\n"
        + "".join(
            f"    T-{n}: {{product: {its}, diameter: 8 m, height: 10 m, in: bund}}\n"
            for n, its in enumerate(("gasoline", second, "gasoline"), start=1)
        )
        + f"    T-4: {{product: gasoline, diameter: 3 m, height: 10 m}}\n{more}  lines:\n{''.join(drawn)}"
        + (f"  valves:\n{valves}" if valves else "")
        + (f"  pumps:\n{pumps}" if pumps else "")
        + (f"  transfers:\n{transfers}" if transfers else "")
        + "starts: 2026-01-01 10:00\nlasts: 5 min\n"
        + (
            "initially:\n" + "".join(f"  TR-{n}: {{running: yes}}\n" for n, _, _ in runs) + running
            if runs or running
            else ""
        )
    )


def _energy(block: Block) -> float:
    """Height energy of all tanks, in m4: what falls when liquid runs from one to another."""
    its = block.model.tanks
    n = its.n_tanks
    return float((its.area_m2[:n] * block.world.tanks.level_m[0, :n] ** 2).sum())


def cells(levels_m: list[float], water_m: float = 0.0) -> tuple[tuple[str, str, str], ...]:
    """Levels of the tanks, and water at the bottom of the first."""
    wet = (("T-1", "water", f"{min(water_m, levels_m[0]):.6f} m"),) if water_m else ()
    return (*((f"T-{n + 1}", "level", f"{level:.6f} m") for n, level in enumerate(levels_m)), *wet)


def turned(block: Block, moves: list[tuple[int, int, int]], advance: Callable[[int], None] | None = None) -> Block:
    """A block that has lived through these moves of its valves: (tick, which, to per cent)."""
    names, advance = block.model.valves.names, advance or block.advance
    for tick, n, to in sorted(moves):
        if names:
            advance(tick)
            block.stage.write("valves").target[0, n % len(names)] = to / 100
            block.stage.settled()
    return block


def _lived(model: Model, levels_m: list[float], moves: list[tuple[int, int, int]], water_m: float = 0.0) -> Block:
    return turned(Block(model, 0, [0], [Override(posts="none", cells=cells(levels_m, water_m))]), moves)


@given(farm, levels, acts, second, st.sampled_from([0.0, 0.4]))
@settings(deadline=None, derandomize=True, database=None, max_examples=36)
def test_whatever_is_built_runs_and_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str, int, int, str, str]], levels_m: list[float],
    moves: list[tuple[int, int, int]], second: str, water_m: float,
) -> None:  # fmt: skip
    model = opened(tmp_path_factory.mktemp("drawn"), text_of(lines, second=second))
    block = _lived(model, levels_m, moves, water_m)
    block.advance(300)
    assert float(block.balance_error()[0]) <= KEPT
    assert float(block.world.tanks.volume_m3.min()) >= -ROUNDING_M3
    assert np.isfinite(block.world.lines.line_flow_m3_s).all()


@given(farm, levels)
@settings(deadline=None, derandomize=True, database=None, max_examples=30)
def test_no_flow_makes_energy(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str, int, int, str, str]], levels_m: list[float]
) -> None:
    passive = [its for its in lines if not {its[0], its[1]} & {"ship", "line"}]
    if not passive:
        return
    model = opened(
        tmp_path_factory.mktemp("passive"),
        text_of([(*its[:5], its[5] if its[5] in {"check", "relief"} else "") for its in passive]),
    )
    block = _lived(model, levels_m, [])
    was = _energy(block)
    for tick in range(1, 61):
        block.advance(tick)
        now = _energy(block)
        assert now <= was * (1 + 1e-12) + 1e-9
        was = now


@given(farm, levels)
@settings(deadline=None, derandomize=True, database=None, max_examples=15)
def test_tanks_that_are_not_connected_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str, int, int, str, str]], levels_m: list[float]
) -> None:
    apart = "    Z-1 .. Z-5: {product: gasoline, diameter: 20 m, height: 10 m}\n"
    far = [*lines, ("Z-1", "Z-2", 300, 20, "bottom", ""), ("Z-3", "Z-4", 300, 20, "bottom", "")]
    alone = _lived(opened(tmp_path_factory.mktemp("alone"), text_of(lines)), levels_m, [])
    model = opened(tmp_path_factory.mktemp("beside"), text_of(far, apart))
    beside = Block(model, 0, [0], [Override(posts="none", cells=(*cells(levels_m), ("Z-1", "level", "7 m")))])
    for tick in (1, 20, 60):
        alone.advance(tick)
        beside.advance(tick)
        ours = dict(zip(alone.model.lines.names, alone.world.lines.line_flow_m3_s[0], strict=True))
        theirs = dict(zip(beside.model.lines.names, beside.world.lines.line_flow_m3_s[0], strict=True))
        assert [theirs[name] for name in ours] == pytest.approx(list(ours.values()), rel=1e-6, abs=SAME)


@given(farm, st.lists(levels, min_size=3, max_size=3), second)
@settings(deadline=None, derandomize=True, database=None, max_examples=16)
def test_a_world_flows_the_same_alone_and_beside_others(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[tuple[str, str, int, int, str, str]],
    crowd: list[list[float]],
    second: str,
) -> None:
    model = opened(tmp_path_factory.mktemp("crowd"), text_of(lines, second=second))
    of = [
        Override(posts="none", cells=cells(its, water_m)) for its, water_m in zip(crowd, (0.3, 0.0, 0.0), strict=True)
    ]
    together, lonely = Block(model, 0, [0, 1, 2], of), Block(model, 0, [1], of[1:2])
    for tick in (1, 2, 30):
        together.advance(tick)
        lonely.advance(tick)
        assert together.bits(1) == lonely.bits(0)


def test_what_has_nothing_to_give_settles_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty vessel before a joint that hangs on nothing else: rounding passes no limit, so none takes turns."""
    lines = [
        ("road", "H-1", 80, 0, "bottom", ""), ("H-2", "H-3", 300, 30, "top", "valve"), ("ship", "H-1", 150, 1, "bottom", "pump"),
        ("T-1", "H-2", 600, 0, "top", "relief"), ("road", "H-3", 300, 800, "bottom", "check"),
    ]  # fmt: skip
    rounds = []
    nearer = network._nearer
    monkeypatch.setattr(network, "_nearer", lambda *its: rounds.append(1) or nearer(*its))
    block = _lived(opened(tmp_path, text_of(lines)), [8.2, 7.2, 8.6, 6.5], [])
    block.advance(10)
    assert 0 < len(rounds) < 10 * 40
