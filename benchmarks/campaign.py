"""A campaign of first-watch with everybody on the plan, what events cost in it, and which size of block is best.

Processor time of one process.
"""

import statistics
import time

from benchmarks import farms, rooms
from benchmarks.record import Record
from twin.campaign.run import Campaign
from twin.engine.scan import Block

NAME = "first-watch"
WORLDS = 1000
SIZES = (50, 100, 200, 500, 1000, 2000)
LEAST_WORLDS = 400  # small blocks run several
QUIET_TANKS = 20
QUIET_SCANS = 20
ROUNDS = 3
EVENTS = (
    ("drain.py", "run"),
    ("drain.py", "edge"),
    ("drain.py", "cue_edge"),
    ("block.py", "_waiter"),
    ("block.py", "_wake_watchers"),
)


def run(record: Record) -> None:
    """The campaign as the command line runs it, then the sweeps."""
    its = Campaign.open(NAME, worlds=WORLDS)
    tanks, ticks = its.model.tanks.n_tanks, its.model.spec.lasts_s
    seconds = _whole(its)
    ns = seconds / (WORLDS * tanks * ticks) * 1e9
    print(f"campaign of {NAME}, {WORLDS} worlds, {tanks} tanks, {ticks} scans, one process: {seconds:.2f} s, "
          f"{WORLDS / seconds:.0f} worlds a second, {ns:.0f} ns a tank-scan")  # fmt: skip
    record.add(f"campaign {NAME}", WORLDS / seconds, "worlds/s")
    record.add(f"campaign {NAME} a tank", ns, "ns")
    _events(record)
    _sweep_first_watch(record, tanks, ticks)
    _sweep_quiet(record)


def _whole(its: Campaign) -> float:
    began = time.process_time()
    for _ in its.blocks():
        pass
    return time.process_time() - began


def _events(record: Record) -> None:
    """Share of the time that goes to what happens in single worlds."""
    model = Campaign.open(NAME, worlds=1).model
    block = Block(model, 0, list(range(WORLDS)))
    stats = rooms.profiled(lambda: block.advance(model.spec.lasts_s))
    share = sum(rooms.cumulative(stats, *f) for f in EVENTS) / stats.total_tt  # type: ignore[attr-defined]
    a_world = sum(len(events) for events in block.events) / WORLDS
    print(f"events: {a_world:.1f} a world; {share:.0%} of the time is theirs (cProfile: inbox, edges, waiters)")
    print("share of rooms (cProfile): " + ", ".join(f"{room} {part:.0%}" for room, part in rooms.shares(stats).items()))
    record.add(f"campaign {NAME} share of events", share, "1")
    record.add(f"campaign {NAME} events a world", a_world, "1")


def _sweep_first_watch(record: Record, tanks: int, ticks: int) -> None:
    print(f"\nblock size, {NAME} (N = {tanks}), whole runs with all events")
    for size in SIZES:
        worlds = max(size, LEAST_WORLDS // size * size)
        seconds = _whole(Campaign.open(NAME, worlds=worlds, block_worlds=size))
        ns = seconds / (worlds * tanks * ticks) * 1e9
        print(
            f"  {size:5} worlds a block: {ns:6.1f} ns a tank-scan, {worlds / seconds:6.0f} worlds a second", flush=True
        )
        record.add(f"campaign {NAME} block of {size}", ns, "ns")


def _sweep_quiet(record: Record) -> None:
    """A stretch in which every world has some orders under way, sizes interleaved."""
    model = farms.model_with_people(QUIET_TANKS)
    print(f"\nblock size, quiet farm (N = {QUIET_TANKS}) while people go their round")
    blocks = {size: Block(model, 0, list(range(size))) for size in SIZES}
    times: dict[int, list[float]] = {size: [] for size in SIZES}
    for block in blocks.values():
        block.advance(130)  # by now half the worlds have begun their round
    for _ in range(ROUNDS):
        for size, block in blocks.items():
            scans = max(QUIET_SCANS, 4000 // size)
            began = time.process_time()
            block.advance(block.world.tick + scans)
            times[size].append((time.process_time() - began) / (scans * size * QUIET_TANKS) * 1e9)
    for size in SIZES:
        ns = statistics.median(times[size])
        print(f"  {size:5} worlds a block: {ns:6.1f} ns a tank-scan")
        record.add(f"scan N={QUIET_TANKS} block of {size}", ns, "ns")
