"""What a file may say of a transfer, and how much that is to move. What it moves is `transfer.py`."""

from dataclasses import dataclass

from twin.base.fault import Fault
from twin.base.units import UNITS
from twin.language import fields as f
from twin.language import readers as r
from twin.language.entry import Thing, key
from twin.language.sentence import Amount
from twin.language.syntax import Test
from twin.physics.substances import AT_15C_K, density, products

EVERYTHING = 1e12  # of rate or amount: all that there is


@dataclass(frozen=True, kw_only=True)
class Transfer(Thing):
    """Liquid on its way from one end to another."""

    start: str = key(f.name_of("nodes", "tanks"), "from", "where it comes from")
    end: str = key(f.name_of("nodes", "tanks"), "to", "where it goes")
    through: tuple[str, ...] = key(f.names_of("lines"), "through", "lines in order")
    amount: Amount | None = key(f.amount(), "amount", "what is to be moved: a volume, or a mass", default=None)
    amount_at: str = key(
        f.choice("the day", "15 degC"), "amount at", "how warm a volume is meant; 15 degC is the standard one of custody transfer (GSV)",
        default="the day", why="as meters count here",
    )  # fmt: skip
    rate_m3_s: float | None = key(f.quantity("volume flow", 0), "rate", "less than the sender offers", default=None)
    stops: str = key(
        f.choice("by hand", "by meter"), "stops", "who ends it", default="by hand", why="nobody ends it for you"
    )
    ends_at: Test | None = key(
        r.shown(),
        "ends at",
        "the reading at which the control system ends it",
        default=None,
        why="nobody ends it for you",
    )
    trickles_m3_s: float | None = key(
        f.quantity("volume flow", 1e-6),
        "trickles",
        "the rate at which the last 2 % of the amount run, so that it ends exactly",
        default=None,
        why="one stage: at full rate to the end",
    )
    late_costs_s: float = key(
        f.quantity("time", 0), "late costs", "what stopping early costs in trade", default=0.0, why="nothing"
    )


def amount_m3(its: Transfer, product: str, day_k: float) -> float:
    """What a transfer is to move as warm as the day, EVERYTHING where it does not say. Raises Fault for what is no volume or mass."""
    if its.amount is None:
        return EVERYTHING
    of = UNITS[its.amount.unit].dimension if its.amount.unit in UNITS else ""
    liquid = products().get(product)
    if of != "mass" and (its.amount_at == "the day" or liquid is None):
        return its.amount.si("volume")
    if liquid is None:
        raise Fault(f"nobody says what {its.name} moves: a mass has no volume then.", "Write a volume.", its.place)
    if of == "mass":
        return its.amount.si("mass") / float(density(liquid, day_k))
    return its.amount.si("volume") * float(density(liquid, AT_15C_K)) / float(density(liquid, day_k))
