"""A careful player as a script: it is given the painted pages of the desk as text, what its duty card says, and nothing else.

It knows the tags of the terminal (a tank, its gauge, its valve and its receipt share a number), looks every twenty seconds,
compares in and out every three minutes, and acts on what the page says. It never sees the plant.
"""

import re
from dataclasses import dataclass, field

from tests.drills.strategies import DESK, opens
from tui.paint import room
from tui.state import Ui
from twin.debrief import score
from twin.engine import session as sessions
from twin.engine.setup import Setup
from twin.seat.picture import take

LOOKS_EVERY_S = 20
COMPARES_EVERY_S = 180
SIZE = (120, 40)
FLOW = re.compile(r"\+(\d+)[▲?]")
ROW = re.compile(r"^.{3,4}\s*T-(\d+) .*?(\d+\.\d\d)(\S?)")
LOST = re.compile(r"^\d\d:\d\d:\d\d\s+(?:\S+\s+)?(\S+) is lost")
GAP = re.compile(r"MOVE-(\d+) (-?\d+\.\d) m3")
STANDS = re.compile(r"^[> ]\s*\S+ [UA] (LAHH?)-(\d+)\b")
UNPROVEN = re.compile(r"close XV-(\d+) (?:TIMED OUT|NO PROOF|FAILED)")
PUMPS = re.compile(r"the sender of TR-(\d+) pumps")


@dataclass
class Careful:
    """What the player remembers between two looks."""

    compared_s: float = -1e9
    done: set[str] = field(default_factory=set)
    receives: set[str] = field(default_factory=set)  # numbers of the receipts that pump, as the log said

    def once(self, *orders: str) -> list[str]:
        """Those of these orders that it has not given yet."""
        new = [order for order in orders if order not in self.done]
        self.done.update(new)
        return new

    def look(self, now_s: float, overview: list[str], alarms: list[str], log: list[str]) -> list[str]:
        """The orders that follow from the pages."""
        orders: list[str] = []
        self.receives |= {m.group(1) for line in log if (m := PUMPS.search(line))}
        tanks = {m.group(1): (line, m.group(3)) for line in overview if (m := ROW.match(line))}
        filling = {k for k, (line, _) in tanks.items() if FLOW.search(line)}
        doubtful = {k for k, (_, mark) in tanks.items() if mark}
        for name in (m.group(1) for line in log if (m := LOST.match(line))):
            orders += self.once(f"report {name}")
            if name in {"grid", "BPCS"}:
                orders += self.once("stop-work")
            elif doubtful & filling:
                orders += [o for k in sorted(doubtful & filling) for o in self.end(k)]
        for line in [*overview, *alarms]:
            if (m := STANDS.match(line)) and m.group(2) in filling - doubtful:
                orders += self.end(m.group(2))
        for line in [*overview, *log]:
            if (m := GAP.search(line)) and float(m.group(2)) > 20.0 and m.group(1) in tanks:
                k = m.group(1)
                orders += [*self.once(f"doubt LT-{k}"), *self.end(k)]
            orders += [
                o for k in UNPROVEN.findall(line) for o in self.once(f'tell field about XV-{k} "It does not close. Turn it by hand."')
            ]  # fmt: skip
        if now_s - self.compared_s >= COMPARES_EVERY_S and filling:
            self.compared_s = now_s
            orders += [f"check MOVE-{k}" for k in sorted(filling - doubtful)]
        return orders

    def end(self, k: str) -> list[str]:
        """The receipt into a tank is ended."""
        return self.once(f"stop TR-{int(k) - 100}", f"close XV-{k}")


def lost(path: str, seed: int) -> tuple[frozenset[str], list[str]]:
    """The marks that the careful player loses in one night of a drill, and what it did."""
    its = sessions.start(Setup(path, seed, taken=(DESK,), assessed=True))
    player, gave = Careful(), []
    its.advance(opens(its.model))
    while its.tick < its.lasts:
        snap = take(its, (DESK,))
        pages = []
        for tab in ("1", "2", "3"):
            page = room.paint(snap, Ui(tab=tab, guided=False), *SIZE, traces={})
            pages.append([page.text(y) for y in range(page.rows)])
        for order in player.look(its.tick, *pages):
            gave.append(f"{its.model.clock.text(its.tick)} {order}")
            its.command(DESK, order)
        its.advance(min(its.lasts, its.tick + LOOKS_EVERY_S))
    return frozenset(m.mark for m in score.marks(its.block, 0) if not m.met), gave
