"""What the plan asked for and when it was done: one row an act of a line whose cue came. An act is a post, a verb and a thing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twin.engine.session import Session
from twin.parts.action import Action
from twin.seat.deeds import Deed, Key, key_of


@dataclass(frozen=True, slots=True)
class Asked:
    """One act that the plan asked for. Ticks; `done` is when its post did it, None for never.

    It counts when its post gave it on the cue and it did not fail; or before, and nothing had taken it back by then.
    `tried` is what failed instead or was taken back before its cue, `instead` what another post did.
    """

    line: str
    post: str
    action: Action
    cue: int
    allowed_s: float | None
    deed: Deed | None
    tried: Deed | None
    instead: Deed | None
    every: bool  # its line comes round again and again
    elsewhere: bool  # its cue came in the plan's own course alone

    @property
    def done(self) -> int | None:
        """When its post did it."""
        return None if self.deed is None else self.deed.tick

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


def asked(session: Session, by_plan: Mapping[int, int], done: Iterable[Deed]) -> list[Asked]:
    """Every act of every plan line whose cue came, by the time of the cue."""
    block, model = session.block, session.model
    cues = {**{n: t for n, t in by_plan.items() if t < session.tick}, **block.asked[0]}
    of_act: dict[tuple[str, str, str], list[Deed]] = {}
    for deed in done:
        of_act.setdefault(deed.key[1:], []).append(deed)
    rows = []
    for number, cue in sorted(cues.items(), key=lambda item: (item[1], item[0])):
        line = model.plan[number]
        post = model.posts.names[line.post]
        rows += [
            Asked(line.name, post, action, cue, line.within_s, *_counts(of_act.get(action.key, []), post, cue), bool(line.every_ticks),
                  number not in block.asked[0])
            for action in line.actions
        ]  # fmt: skip
    return rows


def _counts(found: list[Deed], post: str, cue: int) -> tuple[Deed | None, Deed | None, Deed | None]:
    """Of the deeds of one act: that which counts for a line of this post; what came to nothing; what another post did."""
    mine = [d for d in found if d.post == post]
    since = [d for d in mine if d.tick >= cue]
    done = next((d for d in since if not d.failed), None)
    if done is None:
        before = [d for d in mine if d.tick < cue and not d.failed]
        done = next((d for d in reversed(before) if d.undone is None or d.undone >= cue), None)
        tried = next(reversed([*before, *since]), None) if done is None else None
    else:
        tried = None
    instead = (
        next((d for d in found if d.post != post and d.tick >= cue and not d.failed), None) if done is None else None
    )
    return done, tried, instead
