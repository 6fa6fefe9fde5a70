"""What stopping cost in trade: shown beside the score, never in it."""

from dataclasses import dataclass

from twin.engine import relations
from twin.engine.scan import Block
from twin.parts.transfer_entry import Transfer
from twin.seat.deeds import Deed
from twin.text.say import Amount, Said, say

ENDS = frozenset({"stop", "trip", "stop-work", "close", "isolate"})


@dataclass(frozen=True, slots=True)
class Trade:
    """A transfer that somebody ended before its amount was moved."""

    transfer: str
    moved_m3: float
    amount_m3: float
    costs_s: float

    @property
    def said(self) -> Said:
        """It as a sentence."""
        moved, amount = (Amount(v, "volume", 0) for v in (self.moved_m3, self.amount_m3))
        return say("trade.early", transfer=self.transfer, moved=moved, amount=amount, hours=f"{self.costs_s / 3600:g}")


def trade(block: Block, deeds: tuple[Deed, ...]) -> list[Trade]:
    """The transfers that were ended early, with what that costs: no transfer that still runs, and none that nobody ended."""
    model, world = block.model, block.world
    found = []
    for x, name in enumerate(model.transfers.names):
        its = model.spec.farm.of(Transfer)[name]
        moved = float(world.transfers.moved_m3[0, x])
        amount_m3 = float(model.transfers.amount_m3[x])
        early = its.amount is not None and 0.0 < moved < amount_m3 and its.late_costs_s > 0.0
        ended = not world.controls.transfers.running[0, x] or not world.controls.transfers.sending[0, x]
        if early and ended and any(_ends(block, d, name) for d in deeds):
            found.append(Trade(name, moved, amount_m3, its.late_costs_s))
    return found


def _ends(block: Block, deed: Deed, transfer: str) -> bool:
    """Whether an act of somebody ends a transfer: itself, a valve on its way, or a trip of one of these."""
    if deed.verb not in ENDS or deed.failed:
        return False
    its = relations.of(block.model)
    return deed.verb == "stop-work" or bool(({deed.thing} | its.moves(deed.thing)) & its.ways[transfer])
