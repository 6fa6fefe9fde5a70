"""One night of a shipped scenario, lived by its posts and by whoever says something."""

from twin.debrief import outcome
from twin.engine.commands import order
from twin.engine.compile import open_model
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.language.files import Files

Said = tuple[int, str, str]  # second, post, sentence


def lived(name: str, posts: str, *said: Said, settings: tuple[str, ...] = (), seed: int = 0) -> Block:
    """World 0 of a shipped scenario, with these orders."""
    block = Block(open_model(Files(), name, list(settings))[0], seed, [0], [Override(posts=posts)])
    for at_s, post, sentence in said:
        block.advance(at_s)
        block.submit(0, order(block.model, post, sentence))
    block.advance(block.model.spec.lasts_s)
    return block


def score(block: Block) -> int:
    return int(outcome.judged(block, 0)[1])
