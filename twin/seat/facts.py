"""What every screen of a drill may know of the farm itself, whoever sits there: no reading stands here."""

from dataclasses import dataclass, field
from functools import cache

from twin.engine.model import Model
from twin.seat import ground, stakes
from twin.seat.examples import examples
from twin.seat.ground import Ground
from twin.seat.stakes import Stakes


@dataclass(frozen=True, slots=True)
class Facts:
    """What orders would do and cost, examples of orders, the ground."""

    stakes: tuple[tuple[str, Stakes], ...] = ()  # by verb and thing
    examples: tuple[tuple[str, str], ...] = ()  # by verb
    ground: Ground = field(default_factory=Ground)

    def stakes_of(self, order: str) -> Stakes | None:
        """What an order, by its verb and thing, would do and cost; None for one that asks no word."""
        return dict(self.stakes).get(order)

    def example(self, verb: str) -> str:
        """An order of this farm with a verb; "" for none."""
        return dict(self.examples).get(verb, "")


@cache
def of(model: Model) -> Facts:
    """The facts of a farm."""
    return Facts(tuple(stakes.of(model).items()), tuple(examples(model).items()), ground.of(model))
