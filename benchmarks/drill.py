"""A quiet drill of 20 tanks with people and a plan: how many times real time, and which room costs most."""

import statistics
import time

from benchmarks import farms, rooms
from benchmarks.record import Record
from twin.engine.session import Session, start
from twin.engine.setup import Setup
from twin.language.files import Files

TANKS = 20
GOAL = 8000.0
TICKS = 3600
ROUNDS = 5


def _session() -> Session:
    texts = {"scenario:quiet": farms.scenario(TANKS), "farm:bench": farms.farm_with_people(TANKS)}
    return start(Setup("quiet"), files=Files(texts))


def run(record: Record) -> None:
    """An hour in each round, in processor time; history is kept, as a console keeps it."""
    its = _session()
    its.advance(TICKS)
    seconds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        its.advance(its.tick + TICKS)
        seconds.append((time.process_time() - began) / TICKS)
    us = statistics.median(seconds) * 1e6
    print(f"quiet drill, N = {TANKS}, plan and people, history kept: {us:.0f} us a scan, {1e6 / us:,.0f} x real time")
    record.add(f"drill N={TANKS}", us, "us")
    record.add(f"drill N={TANKS} speed", 1e6 / us, "x")
    record.goal("drill speed", 1e6 / us, GOAL, "x real time", least=True)
    again = _session()
    again.advance(60)
    stats = rooms.profiled(lambda: again.advance(60 + TICKS))
    found = rooms.shares(stats)
    print("share of rooms (cProfile): " + ", ".join(f"{room} {share:.0%}" for room, share in found.items()))
    for room, share in found.items():
        record.add(f"drill N={TANKS} share {room}", share, "1")
    print(*rooms.top(stats), sep="\n")
