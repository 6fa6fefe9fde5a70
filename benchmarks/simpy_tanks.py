"""The rival: the same quiet farm as one plain SimPy process a tank, in Python floats, one world after another.

The same arithmetic and no less: a valve strokes, the sender's flow fills the tank, the level under the roof, three
instruments with noise, two alarms with dead-band and delay, one interlock. Left out, in its favour: the balance by
product, supplies, events, history, the plan.
"""

import random
from collections.abc import Generator

import simpy

from benchmarks.farms import TANKS_A_PIPELINE

AREA_M2 = 706.858
LEGS_M, DRAUGHT_M = 1.8, 0.05
CAPACITY_M3 = AREA_M2 * 15.25
FLOW_M3_S = 600.0 / 3600.0
STROKE_S = 40.0
LAG_SHARE = 0.28347
ALARMS = ((14.4, 0.02, 3), (14.8, 0.02, 3))


class Tank:
    """One tank with its valve, instruments, alarms and interlock."""

    def __init__(self, level_m: float, target: float) -> None:
        self.volume_m3 = level_m * AREA_M2
        self.target = self.position = target
        self.lagged_m = level_m
        self.standing = [False, False]
        self.differs_for = [0, 0]
        self.tripped = False
        self.spilled_m3 = 0.0
        self.shown = (level_m, 0.0, target)

    def live(self, env: simpy.Environment) -> Generator[simpy.Event, None, None]:
        """One tick after another."""
        while True:
            yield env.timeout(1)
            self.tick()

    def tick(self) -> None:
        """Valve, flow, level, instruments, alarms, interlock."""
        demand = 0.0 if self.tripped else self.target
        gap = demand - self.position
        reach = 1.0 / STROKE_S
        self.position = demand if abs(gap) <= reach else self.position + (reach if gap > 0.0 else -reach)
        self.volume_m3 += FLOW_M3_S * self.position
        if self.volume_m3 > CAPACITY_M3:
            self.spilled_m3 += self.volume_m3 - CAPACITY_M3
            self.volume_m3 = CAPACITY_M3
        bare_m = self.volume_m3 / AREA_M2
        level_m = bare_m + min(max(bare_m - LEGS_M, 0.0), DRAUGHT_M)
        self.lagged_m += (level_m - self.lagged_m) * LAG_SHARE
        gauge_m = round((self.lagged_m + random.gauss(0.0, 0.001)) / 0.001) * 0.001
        gauge_m = min(max(gauge_m, 0.0), 16.0)
        switch = 1.0 if level_m + random.gauss(0.0, 0.0) > 15.0 else 0.0
        feedback = min(max(self.position + random.gauss(0.0, 0.001), 0.0), 1.0)
        self.shown = (gauge_m, switch, feedback)
        for a, (limit_m, deadband_m, delay) in enumerate(ALARMS):
            standing = self.standing[a]
            condition = gauge_m > (limit_m - deadband_m if standing else limit_m)
            self.differs_for[a] = self.differs_for[a] + 1 if condition != standing else 0
            if self.differs_for[a] > delay:
                self.standing[a] = condition
        if switch > 0.5:
            self.tripped = True


class World:
    """One world of n tanks under one SimPy clock."""

    def __init__(self, n: int) -> None:
        self.env = simpy.Environment()
        self.tanks = [Tank(3.5 + i % 4, 1.0 if i % TANKS_A_PIPELINE == 0 else 0.0) for i in range(n)]
        for tank in self.tanks:
            self.env.process(tank.live(self.env))
        self.env.run(until=0.5)

    def advance(self, ticks: int) -> None:
        self.env.run(until=self.env.now + ticks)
