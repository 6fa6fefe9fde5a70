"""Copies of a world, each with one thing different, lived through together as the rows of one block.

What-if answers, luck and baselines are all made here: a copy is a world number, an override and the outside commands
that fall in it. There is no other path: a copy without a change has the digest of the run it was taken from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twin.engine import snapshot as snapshots
from twin.engine.model import Model
from twin.engine.orders import Command
from twin.engine.scan import Block
from twin.engine.snapshot import Snapshot
from twin.engine.world import Override

STEPS = 40  # how often progress is told


@dataclass(frozen=True, slots=True)
class Given:
    """An outside command of a copy."""

    tick: int  # of the scan that takes it
    command: Command

    @property
    def post(self) -> str:
        return self.command.post

    @property
    def for_plan(self) -> bool:
        return self.command.for_plan


@dataclass(frozen=True, slots=True)
class Copy:
    """One row: a world, what is different in it, and what people do in it."""

    world: int
    override: Override
    commands: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Beginning:
    """A snapshot of a block of one world, from which copies that begin alike go on."""

    block: Block
    snapshot: Snapshot

    @property
    def tick(self) -> int:
        return self.snapshot.world.tick


def live(
    model: Model, seed: int, copies: Sequence[Copy], end: int, progress: Callable[[float], None] | None = None,
    beginning: Beginning | None = None,
) -> Block:  # fmt: skip
    """Lives through all copies up to a tick; row i of the block is copy i. Digests are taken as in a run."""
    block = Block(model, seed, [c.world for c in copies], [c.override for c in copies])
    first = 0
    if beginning is not None:
        snapshots.go_on_from(block, beginning.block, beginning.snapshot)
        first = beginning.tick
    due: dict[int, list[tuple[int, Command]]] = {}
    for row, copy in enumerate(copies):
        for given in copy.commands:
            if first < max(1, given.tick) <= end:
                due.setdefault(max(1, given.tick), []).append((row, given.command))
    told = [first + round((end - first) * i / STEPS) for i in range(1, STEPS + 1)]
    for stop in sorted({t - 1 for t in due} | set(told)):
        block.advance(stop)
        for row, command in due.get(stop + 1, ()):
            block.submit(row, command)
        if progress:
            progress((stop - first) / (end - first) if end > first else 1.0)
    block.last_digest()
    return block
