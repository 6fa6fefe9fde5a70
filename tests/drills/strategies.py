"""Ways to sit at the desk without looking: what each of them comes to in every night of a drill.

Nobody and the plan are measures, not ways to sit; the others are blind: what they do is decided before the seat opens.
"""

from collections.abc import Callable

from twin.debrief import score
from twin.engine.commands import order
from twin.engine.compile import open_model
from twin.engine.copies import Copy, Given, live
from twin.engine.model import Model
from twin.engine.starting import night
from twin.engine.world import Override
from twin.language.files import Files, shipped

DRILLS = (
    "first-watch",
    "gauge-sticks",
    "valve-does-not-close",
    "keep-pumping",
    "power-dips",
    "two-things",
    "shift-change",
)
SEEDS = 40
DESK = "control-room"
AT_ONCE_S = 5  # after the seat opens


def path(name: str) -> str:
    """Where a shipped drill stands, whatever goes by its name in tests."""
    return str(shipped() / f"{name}.yaml")


def drill(name: str) -> Model:
    """A shipped drill."""
    return open_model(Files(), path(name), [])[0]


def opens(model: Model) -> int:
    """The tick at which the seat opens."""
    return model.clock.tick(model.spec.drill.start)


def receiving(model: Model, seed: int) -> str:
    """The number of the tank that the ship fills in this night: what a blind player is told, and no more."""
    return night(model.spec.draws, seed, 0)["berth"].removeprefix("into-")


Acts = Callable[[Model, int], list[str]]

BLIND: dict[str, Acts] = {
    "stop and close at once": lambda model, seed: [
        f"stop TR-{receiving(model, seed)}", f"close XV-10{receiving(model, seed)}"],
    "ESD at once": lambda model, seed: ["trip ESD-1"],
    "stop-work at once": lambda model, seed: ["stop-work"],
    "doubt everything": lambda model, seed: [f"doubt {name}" for name in model.instruments.names],
    "doubt the right thing": lambda model, seed: [f"doubt LT-10{receiving(model, seed)}"],
    "message to everybody": lambda model, seed: [
        f'tell {post} about T-10{receiving(model, seed)} "look out"' for post in model.posts.names if post != DESK],
}  # fmt: skip
MEASURES = {"nobody": Override(posts="none"), "the plan": Override(), "the plan, slow": Override(posts="slow")}


def kept(model: Model, seed: int) -> dict[str, frozenset[str]]:
    """The marks that each strategy loses in one night, all strategies lived side by side."""
    end, at = model.spec.lasts_s, opens(model) + AT_ONCE_S
    copies = {name: Copy(0, override) for name, override in MEASURES.items()}
    seated = Override(taken=frozenset({DESK}))
    for name, acts in BLIND.items():
        given = tuple(Given(at, order(model, DESK, text)) for text in acts(model, seed))
        copies[name] = Copy(0, seated, given)
    block = live(model, seed, list(copies.values()), end)
    return {
        name: frozenset(m.mark for m in score.marks(block, row) if not m.met) for row, name in enumerate(copies)
    }  # fmt: skip
