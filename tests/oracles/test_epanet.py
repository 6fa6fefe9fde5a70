"""Flows against EPANET, through wntr: the same pipes, heads, valves and feeds, the losses placed alike.

EPANET takes Swamee and Jain where the twin takes Colebrook, and its valves as fittings: within one per cent in every line.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import wntr

from twin.engine.compile import open_model
from twin.engine.scan import Block
from twin.language.files import Files
from twin.physics import hydraulics
from twin.physics.substances import AT_15C_K, products, viscosity

WITHIN = 0.01
STILL_M3_H = 0.05  # below, both call it still
EPANET_NU_M2_S = 1.1e-5 * 0.3048**2  # of a viscosity of 1 in its input
SINK_M = -1.0  # what is out of the farm takes liquid a metre below the ground
LIP_M = 14.0


@dataclass(frozen=True)
class Pipe:
    start: str
    end: str
    mm: int = 300
    m: float = 100.0
    opens: float = 1.0  # share of opening of its valve, 0 for a pipe without one
    top: bool = False  # enters at the top
    pumps: tuple[tuple[float, float, float], ...] = ()  # shut-off head, and flow (m3/h) and head of a duty point
    check: bool = False  # a check valve, from start to end


@dataclass(frozen=True)
class Network:
    tanks: dict[str, float]  # levels
    pipes: tuple[Pipe, ...]
    feeds: dict[str, tuple[float, str, tuple[int, ...]]] = field(default_factory=dict)  # m3/h, to, by which pipes
    sinks: tuple[str, ...] = ()
    product: str = "gasoline"
    ground: dict[str, float] = field(default_factory=dict)  # height of the ground under a tank


def _star(level: float, *levels: float, mm: int = 300) -> Network:
    return Network(
        {"A": level} | {f"B{n}": high for n, high in enumerate(levels)},
        (Pipe("A", "H", mm), *(Pipe("H", f"B{n}", mm) for n in range(len(levels)))),
    )


P = Pipe
DUTY, SMALL, WEAK = (60.0, 400.0, 48.0), (40.0, 250.0, 28.0), (18.0, 200.0, 10.0)
NETWORKS = {
    "one to one": Network({"A": 10, "B": 2}, (P("A", "B", m=200),)),
    "two pipes in series": Network({"A": 10, "B": 2}, (P("A", "H", 400, 300), P("H", "B", 200, 50))),
    "a header with one receiver": _star(10, 2),
    "a header with two": _star(10, 2, 2),
    "a header with five": _star(10, 2, 2, 2, 2, 2),
    "a header with ten": _star(10, *[2.0] * 10),
    "ten that level": _star(6, 12.5, 0.4, 9, 3, 7.7, 5, 11, 2.2, 8, mm=250),
    "givers and takers of many sizes": Network(
        {"A": 12, "B": 11, "C": 3, "D": 1},
        (P("A", "H", 350, 80), P("B", "H", 150, 400), P("H", "C", 250, 60), P("H", "D", 100, 20)),
    ),
    "two headers and a link": Network(
        {"A": 12, "B": 9, "C": 3, "D": 1},
        (P("A", "H1", 300), P("C", "H1", 250), P("H1", "H2", 200, 250), P("B", "H2", 300), P("D", "H2", 150)),
    ),
    "parallel pipes": Network({"A": 9, "B": 4}, (P("A", "B", 300, 100), P("A", "B", 100, 100), P("B", "A", 200, 350))),
    "a ring main": Network(
        {"A": 11, "B": 3, "C": 5},
        (P("A", "R1"), P("R1", "R2", 250), P("R2", "R3", 250, 160), P("R3", "R4", 250), P("R4", "R1", 200, 240), P("R2", "B", 200),
         P("R4", "C", 200)),
    ),
    "a ring with a bridge": Network(
        {"A": 13, "B": 2, "C": 6, "D": 9},
        (P("A", "R1"), P("R1", "R2", 200, 300), P("R1", "R3", 250, 80), P("R2", "R3", 150, 40), P("R2", "R4", 200, 120),
         P("R3", "R4", 200, 200), P("R4", "B"), P("R3", "C", 150), P("R2", "D", 150)),
    ),
    "a long thin line of fuel oil": Network({"A": 12, "B": 1}, (P("A", "B", 250, 600),), product="fuel_oil"),
    "half open valves": Network(
        {"A": 10, "B": 2, "C": 4}, (P("A", "H", opens=0.5), P("H", "B", 200, opens=0.25), P("H", "C", 200, opens=0.8))
    ),
    "a seat that passes": Network({"A": 10, "B": 2}, (P("A", "B", m=200, opens=0.01),)),
    "over the lip of one, from below into the other": Network(
        {"A": 13.9, "B": 2, "C": 13}, (P("A", "H"), P("H", "B", top=True), P("C", "H", 200))
    ),
    "out of the farm": Network({"A": 9, "B": 5}, (P("A", "H"), P("B", "H", 200), P("H", "road", 200, 400)), sinks=("road",)),
    "a ship beside a gravity feed": Network(
        {"A": 12, "B": 2}, (P("ship", "H", 400, 300, 0), P("A", "H", 200), P("H", "B", 350)),
        {"ship": (900, "B", (0, 2))},
    ),
    "a ship into two that level": Network(
        {"A": 7, "B": 2, "C": 5}, (P("ship", "H", 400, 300, 0), P("H", "A"), P("H", "B"), P("H", "C", 150, 500)),
        {"ship": (1500, "B", (0, 2))},
    ),
    "a pump": Network({"A": 3, "B": 9}, (P("A", "B", 250, 400, pumps=(DUTY,)),)),
    "a pump onto a hill": Network({"A": 3, "B": 9}, (P("A", "H", 300, 50), P("H", "B", 250, 400, pumps=(DUTY,))), ground={"B": 22}),
    "two pumps in one line": Network({"A": 3, "B": 9}, (P("A", "B", 250, 900, pumps=(DUTY, SMALL)),), ground={"B": 45}),
    "two pumps one after the other": Network(
        {"A": 3, "B": 9}, (P("A", "H", 300, 60, pumps=(SMALL,)), P("H", "B", 250, 900, pumps=(DUTY,))), ground={"B": 30}
    ),
    "two pumps side by side into a header of three": Network(
        {"A": 3, "B": 9, "C": 4, "D": 12},
        (P("A", "S", 400, 20), P("S", "H", 250, 10, pumps=(DUTY,), check=True), P("S", "H", 200, 10, pumps=(SMALL,), check=True),
         P("H", "B", 200, 300), P("H", "C", 200, 150), P("H", "D", 250, 700)),
    ),
    "a pump too weak beside a strong one": Network(
        {"A": 3, "B": 12},
        (P("A", "H", 250, 10, pumps=(DUTY,), check=True), P("A", "H", 200, 10, pumps=(WEAK,), check=True), P("H", "B", 200, 900)),
        ground={"B": 25},
    ),
    "a check valve shuts": Network(
        {"A": 4, "B": 11, "C": 2}, (P("A", "H", check=True), P("B", "H", 250, 80, check=True), P("H", "C", 200, 300))
    ),
    "check valves in a ring": Network(
        {"A": 11, "B": 3, "C": 7},
        (P("A", "R1"), P("R1", "R2", 250, 50, check=True), P("R3", "R2", 250, 160, check=True), P("R1", "R3", 200, 240), P("R2", "B", 200),
         P("C", "R3", 200, 90, check=True)),
    ),
    "a pump beside a gravity feed": Network(
        {"A": 9, "B": 3, "C": 8}, (P("A", "H", 250, 300), P("B", "H", 250, 60, pumps=(SMALL,), check=True), P("H", "C", 300, 200))
    ),
    "tanks on a slope": Network(
        {"A": 3, "B": 9, "C": 5}, (P("A", "H"), P("H", "B", 200, 200), P("H", "C", 150, 500)), ground={"A": 12, "C": 4}
    ),
    "two senders on a ring": Network(
        {"A": 4, "B": 6},
        (P("ship", "R1", 400, 50, 0), P("line", "R3", 300, 900, 0), P("R1", "R2", 250), P("R2", "R3", 250, 180), P("R3", "R1", 200, 90),
         P("R2", "A"), P("R3", "B", 250)),
        {"ship": (1100, "A", (0, 2, 5)), "line": (500, "B", (1, 6))},
    ),
}  # fmt: skip


def _farm(its: Network) -> Iterator[str]:
    """The network as a scenario in which nobody does anything."""
    ends = {e for p in its.pipes for e in (p.start, p.end)}
    yield "scenario: A network\nfarm:\n  farm: A network\n  nodes:"
    yield from (f"    {s}: {{product: {its.product}, flow: {its.feeds[s][0]} m3/h}}" for s in its.feeds)
    yield from (f"    {s}: {{receives: {its.product}}}" for s in its.sinks)
    yield from (f"    {n}: {{}}" for n in sorted(ends - its.tanks.keys() - its.feeds.keys() - set(its.sinks)))
    yield "    nowhere: {}\n  tanks:"
    for n, t in enumerate(its.tanks):
        at = f"[{n * 100} m, 0 m, {its.ground.get(t, 0)} m]"
        yield f"    {t}: {{product: {its.product}, diameter: 90 m, height: {LIP_M} m, at: {at}}}"
    yield "  lines:"
    for n, p in enumerate(its.pipes):
        stands = [f"C{n}"] * p.check + [f"P{n}-{k}" for k in range(len(p.pumps))] + [f"V{n}"] * bool(p.opens)
        through, enters = f", through: [{', '.join(stands)}]", ", enters: top" if p.top else ""
        yield f"    L{n}: {{from: {p.start}, to: {p.end}, size: {p.mm} mm, length: {p.m} m{through}{enters}}}"
    yield "  valves:"
    yield from (f"    V{n}: {{kind: hand, size: {p.mm} mm}}" for n, p in enumerate(its.pipes) if p.opens)
    yield from (f"    C{n}: {{kind: check, size: {p.mm} mm}}" for n, p in enumerate(its.pipes) if p.check)
    if any(p.pumps for p in its.pipes):
        yield "  pumps:"
        for n, p in enumerate(its.pipes):
            for k, (shut, flow, head) in enumerate(p.pumps):
                yield f"    P{n}-{k}: {{curve: [[0 m3/h, {shut} m], [{flow} m3/h, {head} m]]}}"
    if its.feeds:
        yield "  transfers:"
        for name, (_, to, by) in its.feeds.items():
            yield f"    TR-{name}: {{from: {name}, to: {to}, through: [{', '.join(f'L{n}' for n in by)}]}}"
    yield "starts: 2026-01-12 10:00\nlasts: 1 min\ninitially:"
    yield from (f"  {t}: {{level: {level} m}}" for t, level in its.tanks.items())
    yield from (f"  V{n}: {{position: {p.opens * 100} %}}" for n, p in enumerate(its.pipes) if p.opens)
    yield from (f"  TR-{name}: {{running: yes}}" for name in its.feeds)
    yield from (f"  P{n}-{k}: {{running: yes}}" for n, p in enumerate(its.pipes) for k in range(len(p.pumps)))


def _ours(folder: Path, its: Network) -> list[float]:
    file = folder / "network.yaml"
    file.write_text("\n".join(_farm(its)) + "\n", encoding="utf-8")
    block = Block(open_model(Files(), str(file), [])[0], 0, [0])
    block.advance(1)
    flows = dict(zip(block.model.lines.names, block.world.lines.line_flow_m3_s[0].tolist(), strict=True))
    return [flows[f"L{n}"] * 3600 for n in range(len(its.pipes))]


def _theirs(folder: Path, its: Network, forth: list[bool]) -> list[float]:
    """What EPANET says, with the losses of entrance and exit for these directions."""
    liquid = products()[its.product]
    net = wntr.network.WaterNetworkModel()
    net.options.time.duration = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it does not convert roughness: there is none yet
        net.options.hydraulic.headloss = "D-W"
    net.options.hydraulic.accuracy = 1e-7
    net.options.hydraulic.trials = 500
    net.options.hydraulic.viscosity = (
        float(viscosity(liquid, np.float64(AT_15C_K))) / liquid.density_kg_m3 / EPANET_NU_M2_S
    )
    holds = dict(its.tanks) | dict.fromkeys(its.sinks, SINK_M)
    for name, level in holds.items():
        net.add_reservoir(name, base_head=level + its.ground.get(name, 0.0))
    for name in {e for p in its.pipes for e in (p.start, p.end)} - holds.keys():
        net.add_junction(name, base_demand=-its.feeds[name][0] / 3600 if name in its.feeds else 0.0)
    for n, (p, ahead) in enumerate(zip(its.pipes, forth, strict=True)):
        giver, taker = (p.start, p.end) if ahead else (p.end, p.start)
        minor = (
            (float(hydraulics.gate_valve_k(p.opens)) if p.opens else 0.0)
            + hydraulics.OPEN_VALVE_K * p.check
            + 0.5 * (giver in holds)
            + 1.0 * (taker in holds)
        )
        end = p.end
        if p.top:
            end = f"lip{n}"
            net.add_reservoir(end, base_head=LIP_M)
        net.add_pipe(
            f"L{n}",
            _behind_pumps(net, n, p),
            end,
            length=p.m,
            diameter=p.mm / 1000,
            roughness=4.5e-5,
            minor_loss=minor,
            check_valve=p.top or p.check,
        )
    net.add_junction("nowhere")  # EPANET takes no network without a joint
    net.add_pipe("dead", next(iter(its.tanks)), "nowhere")
    flows = wntr.sim.EpanetSimulator(net).run_sim(file_prefix=str(folder / "epanet")).link["flowrate"].iloc[0]
    return [float(flows[f"L{n}"]) * 3600 for n in range(len(its.pipes))]


def _behind_pumps(net: "wntr.network.WaterNetworkModel", n: int, p: Pipe) -> str:
    """The pumps of a pipe, each on its parabola in a hundred straight pieces: where the pipe itself begins."""
    start = p.start
    for k, (shut, flow, head) in enumerate(p.pumps):
        droop = (shut - head) / flow**2
        most = (shut / droop) ** 0.5
        points = [(most * s / 100 / 3600, shut - droop * (most * s / 100) ** 2) for s in range(100)]
        net.add_curve(f"c{n}-{k}", "HEAD", points)
        net.add_junction(f"behind{n}-{k}")
        net.add_pump(f"P{n}-{k}", start, f"behind{n}-{k}", pump_type="HEAD", pump_parameter=f"c{n}-{k}")
        start = f"behind{n}-{k}"
    return start


@pytest.mark.parametrize("name", NETWORKS)
def test_every_line_flows_as_in_epanet(name: str, tmp_path: Path) -> None:
    its = NETWORKS[name]
    first = _theirs(tmp_path, its, [True] * len(its.pipes))
    theirs = _theirs(tmp_path, its, [flow >= 0 for flow in first])
    ours = _ours(tmp_path, its)
    assert [flow >= 0 for flow in first] == [flow >= 0 for flow in theirs], (
        "the losses stand where the flow asks for them"
    )
    assert ours == [pytest.approx(flow, rel=WITHIN, abs=STILL_M3_H) for flow in theirs]
    assert max(abs(flow) for flow in ours) > 1.0
