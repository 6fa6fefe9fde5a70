"""What the plan asked for and when it was done: one row an act of a line whose cue came. An act is a post, a verb and a thing."""

from collections.abc import Mapping
from dataclasses import dataclass

from twin.engine.scan import Block
from twin.engine.session import Session
from twin.parts.action import Action

Key = tuple[str, str, str, str]  # post, verb, thing, to


@dataclass(frozen=True, slots=True)
class Asked:
    """One act that the plan asked for. Ticks; `done` is None when nobody did it."""

    line: str
    post: str
    action: Action
    cue: int
    allowed_s: float | None
    done: int | None
    every: bool  # its line comes round again and again
    elsewhere: bool  # its cue came in the plan's own course alone

    @property
    def key(self) -> Key:
        return key_of(self.post, self.action)

    @property
    def sentence(self) -> str:
        return self.action.sentence

    @property
    def due(self) -> int:
        """The last tick that counts as in time; the cue itself where the plan names no time."""
        return self.cue + round(self.allowed_s or 0.0)

    @property
    def late_s(self) -> int:
        """Seconds behind the time allowed, 0 when in time or never done."""
        return max(0, self.done - self.due) if self.done is not None else 0


def key_of(post: str, action: Action) -> Key:
    """The act that an action of a post is."""
    return post, *action.key


def asked(session: Session, by_plan: Mapping[int, int]) -> list[Asked]:
    """Every act of every plan line whose cue came, by the time of the cue."""
    block, model = session.block, session.model
    cues = {**{n: t for n, t in by_plan.items() if t < session.tick}, **block.asked[0]}
    rows = []
    for number, cue in sorted(cues.items(), key=lambda item: (item[1], item[0])):
        line = model.plan[number]
        post = model.posts.names[line.post]
        rows += [
            Asked(line.name, post, action, cue, line.within_s, _done(block, key_of(post, action), cue), bool(line.every_ticks),
                  number not in block.asked[0])
            for action in line.actions
        ]  # fmt: skip
    return rows


def _done(block: Block, key: Key, cue: int) -> int | None:
    """When an act was given: by its post since the cue, else by another post, else by its post before."""
    acts = [a for a in block.acts[0] if not a.end and (a.verb, a.thing, a.to) == key[1:]]
    mine = [a.tick for a in acts if a.post == key[0]]
    since = [t for t in mine if t >= cue] or [a.tick for a in acts if a.tick >= cue]
    if since:
        return min(since)
    return max(mine) if mine else None
