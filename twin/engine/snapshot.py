"""A block at the end of a tick, to go back to: a cache, never truth."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from twin.base.arrays import NEVER, repeated
from twin.engine import world as worlds
from twin.engine.clock import Woken
from twin.engine.scan import Block
from twin.engine.stage import Asked, Standing
from twin.engine.world import World
from twin.parts.action import ACTIVE, Action, Order


@dataclass(slots=True)
class Snapshot:
    """All that a block is."""

    world: World
    orders: dict[tuple[int, int], Order]
    asked: list[Asked]
    woken: list[Woken]
    standing: list[Standing]
    lasting: dict[tuple[int, int], Action]
    hashes: list[Any]
    event_counts: list[int]
    act_counts: list[int]
    firsts: list[dict[str, int]]
    cues: list[dict[int, int]]
    rounds: list[dict[int, list[int]]]


def take(block: Block) -> Snapshot:
    """The block as it is at the end of this tick."""
    stage, past = block.stage, block.stage.past
    return Snapshot(
        world=worlds.copy(stage.world),
        orders=dict(stage.orders),
        asked=list(stage.asked),
        woken=[*stage.woken, *stage.clock.owed()],
        standing=list(stage.standing),
        lasting=dict(stage.lasting),
        hashes=[h.copy() for h in past.hashes],
        event_counts=[len(e) for e in past.events],
        act_counts=[len(a) for a in past.acts],
        firsts=[dict(f) for f in past.first],
        cues=[dict(a) for a in past.asked],
        rounds=[{n: list(ticks) for n, ticks in r.items()} for r in past.rounds],
    )


def go_on_from(block: Block, other: Block, snapshot: Snapshot) -> None:
    """Every row goes on from a snapshot of a block of one world: copies that begin alike begin once."""
    n, past = len(block.numbers), block.stage.past
    past.events = [other.events[0][: snapshot.event_counts[0]] for _ in range(n)]
    past.acts = [other.acts[0][: snapshot.act_counts[0]] for _ in range(n)]
    world = repeated(replace(snapshot.world), n)
    restore(
        block,
        Snapshot(
            world=world,
            orders={(row, cell): order for row in range(n) for (_, cell), order in snapshot.orders.items()},
            asked=[its._replace(row=row) for row in range(n) for its in snapshot.asked],
            woken=[replace(its, row=row) for row in range(n) for its in snapshot.woken],
            standing=[replace(its, row=row) for row in range(n) for its in snapshot.standing],
            lasting={(row, slot): action for row in range(n) for (_, slot), action in snapshot.lasting.items()},
            hashes=snapshot.hashes * n,
            event_counts=snapshot.event_counts * n,
            act_counts=snapshot.act_counts * n,
            firsts=snapshot.firsts * n,
            cues=snapshot.cues * n,
            rounds=snapshot.rounds * n,
        ),
    )


def restore(block: Block, snapshot: Snapshot) -> None:
    """Goes back to a snapshot of this block; sleepers start anew at the phases of the table."""
    stage, past = block.stage, block.stage.past
    stage.world = worlds.copy(snapshot.world)
    stage.orders, stage.lasting = dict(snapshot.orders), dict(snapshot.lasting)
    stage.asked, stage.woken, stage.standing = list(snapshot.asked), list(snapshot.woken), list(snapshot.standing)
    past.hashes = [h.copy() for h in snapshot.hashes]
    for row, known in enumerate(snapshot.event_counts):
        del past.events[row][known:]
        del past.acts[row][snapshot.act_counts[row] :]
    past.first = [dict(f) for f in snapshot.firsts]
    past.asked = [dict(a) for a in snapshot.cues]
    past.rounds = [{n: list(ticks) for n, ticks in r.items()} for r in snapshot.rounds]
    stage.moves = bool((stage.world.changes.began < NEVER).any())
    tick = stage.world.tick
    block.digests = [d for d in block.digests if d[0] <= tick]
    if stage.recorder:
        del stage.recorder.signals[tick + 1 :]
        stage.recorder.ways = [w for w in stage.recorder.ways if w.start <= tick]
    block.forget()
    block.clock_from(tick)
    table = stage.world.table
    noted = {(w.row, w.cell) for w in stage.woken if table.count[w.row, w.cell] == w.count}
    for row in range(len(block.numbers)):
        active = np.flatnonzero(np.isin(table.phase[row], list(ACTIVE))).tolist()
        for cell in active + block.inbox.plan.late(row):
            if (row, cell) not in noted:
                block.inbox.plan.sleep(row, cell)
