"""What the plan asked for and when it was done: one row an act of a line whose cue came. An act is a post, a verb and a thing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twin.base.arrays import NEVER
from twin.engine.scan import Block
from twin.engine.session import Session
from twin.parts.action import Action, answers
from twin.seat.deeds import Deed, Key, key_of


@dataclass(frozen=True, slots=True)
class Asked:
    """One act that the plan asked for. Ticks; `done` is when its post did it, None for never.

    It counts when its post gave it on the cue and it did not fail; or before, and nothing had taken it back by then.
    `tried` is what failed instead or was taken back before its cue, `instead` what another post did, or a trip that somebody
    gave and which does the same.
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
    """Every act of every plan line whose cue came, by the time of the cue; one that repeats once a round."""
    block, model = session.block, session.model
    cues = {**{n: [t] for n, t in by_plan.items() if t < session.tick}, **_asked_for(block)}
    of_act: dict[tuple[str, str], list[Deed]] = {}
    given = list(done)
    interlocks = zip(model.interlocks.names, model.interlock_acts, strict=True)
    moved = {name: {a.key for a in acts} for name, acts in interlocks}
    for deed in given:
        of_act.setdefault((deed.verb, deed.thing), []).append(deed)
    rows = []
    for number, ticks in sorted(cues.items()):
        line = model.plan[number]
        for cue, until in zip(ticks, [*ticks[1:], NEVER], strict=True):
            for action in line.actions:
                found = [
                    d
                    for d in of_act.get(action.key[:2], [])
                    if answers(d.key[1:], action.key) and d.line in {-1, number}
                ]
                its, tried, instead = _counts(
                    [d for d in found if d.tick < until], model.posts.names[line.post], cue, again=len(ticks) > 1
                )
                if its is None and instead is None:
                    trips = (
                        d for d in given if d.verb == "trip" and not d.failed and action.key in moved.get(d.thing, ())
                    )
                    instead = next((d for d in trips if cue <= d.tick < until), None)
                rows.append(
                    Asked(line.name, model.posts.names[line.post], action, cue, line.within_s, its, tried, instead, bool(line.every_ticks),
                          number not in block.asked[0])
                )  # fmt: skip
    return sorted(rows, key=lambda r: r.cue)


def _asked_for(block: Block) -> dict[int, list[int]]:
    """By line of the plan: when it asked for its acts, by round where it comes round again and again."""
    rounds = block.stage.past.rounds[0]
    return {n: rounds.get(n, [t]) for n, t in block.asked[0].items()}


def _counts(found: list[Deed], post: str, cue: int, *, again: bool) -> tuple[Deed | None, Deed | None, Deed | None]:
    """Of the deeds of one act: that which counts for a line of this post; what came to nothing; what another post did.

    `again`: the line comes round again and again, and what was done in one round is no answer to the next.
    """
    mine = [d for d in found if d.post == post and not (again and d.tick < cue)]
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
