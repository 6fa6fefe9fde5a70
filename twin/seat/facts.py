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
    texts: tuple[tuple[str, str], ...] = ()  # by thing, where its file has one

    def stakes_of(self, order: str) -> Stakes | None:
        """What an order, by its verb and thing, would do and cost; None for one that asks no word."""
        return dict(self.stakes).get(order)

    def text(self, thing: str) -> str:
        """What a thing is, as its file says; "" for nothing said."""
        return dict(self.texts).get(thing, "")

    def example(self, verb: str) -> str:
        """An order of this farm with a verb; "" for none."""
        return dict(self.examples).get(verb, "")


@cache
def of(model: Model) -> Facts:
    """The facts of a farm."""
    return Facts(
        tuple(stakes.of(model).items()), tuple(examples(model).items()), ground.of(model), tuple(texts(model).items())
    )


def texts(model: Model) -> dict[str, str]:
    """What the things of a farm are, as their `text` says."""
    farm, sections = model.spec.farm, model.names.section
    listed = ((name, getattr(farm.named(section).get(name), "text", "")) for name, section in sections.items())
    return {name: text for name, text in listed if text}
