"""Small farms as text, opened through the same door as everybody's files, and short ways to ask a block things."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from twin.base.arrays import Floats
from twin.engine.commands import order
from twin.engine.compile import open_model
from twin.engine.model import Model
from twin.engine.orders import Answer, Event
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.language.files import Files

PAIR = """\
scenario: Two tanks
farm:
  farm: Two tanks that level, with everything that can wait
  utilities:
    grid: {kind: power}
    UPS: {kind: power, from: grid, lasts: 60 s}
    BPCS: {kind: controller, power: UPS}
    SIS: {kind: controller, power: UPS}
  places:
    bund: {kind: bund, area: 400 m2, wall: 1 m, at: [10 m, 0 m]}
    hut: {kind: building, at: [-40 m, 0 m]}
    gate: {kind: muster, at: [-80 m, 0 m]}
  nodes:
    ship: {product: gasoline, flow: 700 m3/h, answers: 20 s, at: [-50 m, 0 m]}
  tanks:
    TA: {product: gasoline, diameter: 9 m, height: 8 m, overflows above: 7.5 m, in: bund, at: [0 m, 0 m]}
    TB: {like: TA, diameter: 11 m, at: [20 m, 0 m]}
  valves:
    XA: {kind: motor, size: 200 mm, stroke: 20 s, power: grid, crank: 60 s, at: [0 m, 6 m]}
    XB: {like: XA, stroke: 30 s, at: [10 m, 6 m]}
    XN: {like: XA, power: none, at: [30 m, 6 m]}
    HV: {kind: hand, stroke: 40 s, at: [20 m, 6 m]}
  lines:
    L-S: {from: ship, to: TA, through: [XA], size: 200 mm, enters: top}
    L-AB: {from: TA, to: TB, through: [XB], size: 150 mm, length: 30 m}
    L-BD: {from: TB, to: bund, through: [HV], size: 80 mm, length: 10 m}
    L-N: {from: TB, to: TA, through: [XN], size: 80 mm, length: 40 m}
  instruments:
    LT-A: {measures: TA.level, range: 0 m .. 8 m, lag: 3 s, noise: 2 mm, resolution: 1 mm, power: UPS}
    LT-B: {measures: TB.level, range: 0 m .. 8 m, sample: 5 s, noise: 2 mm}
    LS-A: {measures: TA.level > 7.2 m, system: SIS, power: UPS}
    FT-S: {measures: L-S.flow, range: 0 m3/h .. 1000 m3/h, lag: 2 s, noise: 1 m3/h}
    ZA: {measures: XA.position, range: 0 % .. 100 %, system: SIS}
    ZB: {measures: XB.position, range: 0 % .. 100 %}
    DIP-A: {measures: TA.level, by hand: 40 s, noise: 3 mm, at: TA}
  calculated:
    MOVE: {is: gap of LT-A and FT-S, by hand: 30 s}
    RISE: {is: change of LT-A over 2 min}
  alarms:
    LAH: {when: LT-A > 6.5 m, deadband: 20 mm, delay: 3 s, priority: medium}
    LAHH: {when: LT-A > 7 m, deadband: 20 mm, priority: high}
    LAB: {when: LT-B > 6 m, deadband: 20 mm}
  interlocks:
    LZ: {when: LS-A, then: [close XA, stop TR-1], proof: ZA < 2 %}
    ESD: {then: [close XA, close XB], button: yes}
  transfers:
    TR-1: {from: ship, to: TA, through: [L-S]}
  people:
    desk: {post: control-room, in: hut, muster: gate}
    walker: {post: field, at: [-30 m, 0 m], muster: gate, kit: [breathing-air]}
    boss: {post: supervisor, in: hut, muster: gate}
  plan:
    ends: {cue: LAH, post: control-room, do: [stop TR-1, close XA], within: 2 min, proof: ZA < 2 %}
    turns: {cue: ends then 60 s and not proven ends, post: field, do: close XA, within: 5 min}
    dips: {cue: start, post: field, do: [check DIP-A, check MOVE], every: 4 min}
    levels: {cue: LAHH, post: field, do: open HV}
starts: 2026-01-01 10:00
lasts: 14 min
initially: {TA: {level: 5.6 m}, TB: {level: 4 m}, TR-1: {running: yes}, XB: {position: 100 %}}
uncertain:
  ship.flow: normal 700 m3/h sd 40 m3/h
  TB.level: uniform 2 m .. 6.5 m
  sticks.delay: uniform 0 s .. 6 min
  dark.delay: lognormal 3 min sigma 0.6
  jams.delay: weibull 4 min shape 1.5
  LS-A.dead: choice yes 0.4 or no 0.6
  field.reacts: triangular 10 s .. 40 s .. 90 s
timeline:
  sticks: {cue: at +2 min, do: set LT-A.stuck}
  dark: {cue: at +1 min, do: set grid.lost for 3 min}
  jams: {cue: at +1 min, do: set XA.stuck to yes for 4 min}
  surges: {cue: LT-B > 5 m, do: set ship.flow to 900 m3/h over 2 min}
"""
"""Most of what can happen by chance, by people and by itself, in fourteen minutes."""


class Kept:
    """A model for many examples; prints short (no dataclass, which would print whole), as failing examples need."""

    def __init__(self, model: Model) -> None:
        self.model = model


def opened(folder: Path, text: str, settings: Sequence[str] = ()) -> Model:
    """The model of a scenario given as text."""
    path = folder / "law.yaml"
    path.write_text(text, encoding="utf-8")
    return open_model(Files(), str(path), list(settings))[0]


def alone(model: Model, *, posts: str = "none", seed: int = 0, world: int = 0, record: bool = True) -> Block:
    """One world, nobody acting by the plan unless asked."""
    return Block(model, seed, [world], [Override(posts=posts)], record=record)


def told(block: Block, post: str, sentence: str, row: int = 0) -> Answer:
    """The answer to a command that the next scan takes."""
    answers: list[Answer] = []
    block.submit(row, order(block.model, post, sentence), answers.append)
    block.advance(block.world.tick + 1)
    return answers[0]


def signal(block: Block, name: str, row: int = 0) -> Floats:
    """A recorded signal, one value a tick from the start."""
    assert block.recorder is not None
    column = block.model.signals.at[name]
    return np.array([board[row, column] for board in block.recorder.signals])


def happened(block: Block, kinds: str | Iterable[str], subject: str = "", row: int = 0) -> list[Event]:
    """The events of these kinds, of one subject when it is named."""
    wanted = {kinds} if isinstance(kinds, str) else set(kinds)
    return [e for e in block.events[row] if e.kind in wanted and subject in {"", e.subject}]


def orders(block: Block, row: int = 0) -> list[tuple[int, str]]:
    """How orders ended: (tick, text)."""
    return [(e.tick, e.text) for e in happened(block, "order", row=row)]


# a pump between two tanks, and what a desk says to it

M3_H = 3600.0

LIFT = """\
scenario: A pump between two tanks
farm:
  farm: A pump between two tanks
  utilities: {grid: {kind: power}, compressor: {kind: power}, air: {kind: air, from: compressor, holds: 20 s}, BPCS: {kind: controller}}
  tanks: {A: {product: gasoline, diameter: 20 m, height: 14 m}, B: {product: gasoline, diameter: 20 m, height: 14 m, at: [50 m, 0 m, 6 m]}}
  lines: {L: {from: A, to: B, through: [S, P, V], size: 250 mm, length: 200 m}}
  pumps: {P: {curve: [[0 m3/h, 40 m], [400 m3/h, 25 m]], power: grid, at: [25 m, 0 m]}}
  valves: {S: {kind: motor, stroke: 10 s, normally: open}, V: {kind: motor, stroke: 10 s}}
  transfers: {TR: {from: A, to: B, through: [L]}}
  people: {outside: {post: field, at: [25 m, 5 m]}}
starts: 2026-01-12 10:00
lasts: 1 h
initially: {A: {level: 6 m}, B: {level: 6 m}}
"""


def flow_m3_h(block: Block, line: str = "L") -> float:
    return float(signal(block, f"{line}.flow")[-1]) * M3_H


def after(tmp_path: Path, text: str, *acts: str, seconds: int = 60, **cells: str) -> Block:
    """A block in which the desk says these things in the first second, nobody else acts, so many seconds later."""
    of = tuple((*path.split("_", 1), value) for path, value in cells.items())
    block = Block(opened(tmp_path, text), 0, [0], [Override(posts="none", cells=of)], record=True)
    for act in acts:
        told(block, "control-room", act)
    block.advance(seconds)
    return block
