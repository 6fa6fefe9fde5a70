"""The outcome of one world: what `twin run --json` prints and the journal seals."""

import math

import numpy as np

from twin.base.fault import shown
from twin.base.json import Json
from twin.debrief import facts, score
from twin.engine.parts import kinds
from twin.engine.scan import Block
from twin.engine.session import Session


def totals(block: Block, row: int) -> dict[str, float]:
    """What was lost, gross."""
    spilled = block.world.tanks.spilled_m3[row] + block.world.leaks.leaked_m3[row]
    return {
        "spilled_m3": float(spilled.sum()),
        "spilled_kg": float((spilled * block.model.tanks.density_kg_m3).sum()),
        "burned_kg": 0.0,
        "vapour_kg": 0.0,
    }


def harm(block: Block, row: int) -> dict[str, int]:
    """Who was killed and hurt. Nothing burns, bursts or poisons in this version, so nobody was."""
    return {"fatalities": 0, "injuries": 0}


def judged(block: Block, row: int) -> tuple[list[score.Mark], str]:
    """The six marks of a world as it stands, and its score."""
    found = score.marks(block, row)
    return found, score.score_of(found, sum(harm(block, row).values()))


def sealed(session: Session) -> Json:
    """The part of the outcome that the journal seals: nothing that depends on the machine or the hour."""
    block = session.block
    found, its_score = judged(block, 0)
    return {
        "tick": session.tick,
        "digest": session.digest,
        "totals": totals(block, 0),
        "harm": harm(block, 0),
        "score": its_score,
        "marks": [
            {
                "mark": m.mark,
                "met": m.met,
                "t_s": m.tick,
                "clock": block.model.clock.iso(m.tick),
                "evidence": str(m.evidence),
            }
            for m in found
        ],
        "facts": [f.json for f in facts.figures(block, 0)],
        "events": [{"t_s": e.tick, "kind": e.kind, "subject": e.subject} for e in block.events[0]],
        "signals": _at_digests(session),
        "mass_balance_error": float(block.balance_error()[0]),
    }


def _at_digests(session: Session) -> Json:
    """Every signal at the ticks of the digests, in SI: what another machine can compare where bits differ; null for none."""
    ticks = [tick for tick, _ in session.block.digests]
    boards = [
        (session.block.world if tick == session.tick else session.snapshots[tick].world).signals[0].tolist()
        for tick in ticks
    ]
    values = {
        name: [v if math.isfinite(v := board[i]) else None for board in boards]
        for i, name in enumerate(session.model.signals.names)
    }
    return {"t_s": ticks, "values": values}


def whole(session: Session, wall_s: float) -> Json:
    """Everything `twin run --json` prints: the sealed outcome, the events, the extremes of every signal."""
    assert session.outcome is not None
    clock = session.model.clock
    return {
        "scenario": session.setup.scenario,
        "seed": session.setup.seed,
        "world": session.setup.world,
        "simulated_s": session.tick,
        "wall_s": round(wall_s, 3),
        "events": [
            {"t_s": e.tick, "clock": clock.iso(e.tick), "kind": e.kind, "subject": e.subject, "text": e.text}
            for e in session.block.events[0]
        ],
        **{k: v for k, v in session.outcome.items() if k not in {"tick", "events", "signals"}},
        "signals": signals(session),
    }


def signals(session: Session) -> dict[str, Json]:
    """Every signal of the board in the unit people see: least, most and last value."""
    recorder = session.block.recorder
    if recorder is None or not recorder.signals:
        return {}
    values = np.concatenate(recorder.signals, axis=0)
    board = session.model.signals
    low, high, last = values.min(axis=0), values.max(axis=0), values[-1]
    return {
        name: {
            "unit": board.unit(i),
            "min": board.for_people(i, float(low[i])),
            "max": board.for_people(i, float(high[i])),
            "last": board.for_people(i, float(last[i])),
        }
        for i, name in enumerate(board.names)
    }


def story(session: Session, most: int = 40) -> list[str]:
    """The run in lines a person reads; the dull middle is counted, not shown."""
    clock, told = session.model.clock, kinds("told")
    events = [e for e in session.block.events[0] if e.kind in told or e.kind == "order"]
    lines = [f"{clock.text(e.tick)}  {shown(e.text)}" for e in events]
    if len(lines) <= most:
        return lines
    half = most // 2
    return [*lines[:half], f"          … {len(lines) - most} more …", *lines[-half:]]
