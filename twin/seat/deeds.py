"""The one course of what people did: every act at its own second, by whom, and how it ended. All pages read it.

A deed begins when it was accepted and ends once: PROVEN, FAILED, TIMED OUT (and perhaps proven later), or not yet. What was
refused stands in it too. A later act whose verb undoes it (`undoes` in the verb table), or which asks for the same again
before it ended, is said with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from twin.engine.parts import WORDS
from twin.engine.scan import Block
from twin.engine.session import Session
from twin.parts.action import Action
from twin.text.say import Said

REFUSED = "REFUSED"
Key = tuple[str, str, str, str]  # post, verb, thing, to


def key_of(post: str, action: Action) -> Key:
    """The act that an action of a post is."""
    return post, *action.key


@dataclass(frozen=True, slots=True)
class Deed:
    """One act of somebody. Ticks; `ended` is None while it is under way, or where nothing tells how it ended."""

    tick: int
    post: str
    verb: str
    thing: str
    to: str
    sentence: str
    by_plan: bool
    event: int  # the number of the event that told it
    line: int = -1  # of the plan that gave it, -1 for none
    end: str = ""  # PROVEN, FAILED, TIMED OUT, REFUSED; "" for not yet
    ended: int | None = None
    why: Said | None = None
    undone: int | None = None  # when something took it back
    undone_by: str = ""  # post and sentence of what did
    again: int | None = None  # when the same was asked for again, before it had ended

    @property
    def key(self) -> Key:
        """The act that it is."""
        return self.post, self.verb, self.thing, self.to

    @property
    def at_once(self) -> bool:
        """Whether it was done in the second in which it was given: said, noted, agreed to."""
        return self.ended == self.tick and self.end == "PROVEN"

    @property
    def failed(self) -> bool:
        """Whether nothing came of it."""
        return self.end in {"FAILED", "TIMED OUT", REFUSED}


def deeds(session: Session) -> list[Deed]:
    """Every act of the present course, in the order of their seconds."""
    block = session.block
    found = [*_accepted(block), *_refused(block)]
    found.sort(key=lambda d: (d.tick, d.event))
    at: dict[str, list[Deed]] = {}
    for deed in reversed(found):
        at.setdefault(deed.thing, []).append(deed)  # what came later at the same thing, the last first
    made = []
    for deed in found:
        at[deed.thing].pop()
        made.append(_with_what_followed(deed, at[deed.thing][::-1]))
    return made


def _accepted(block: Block) -> Iterator[Deed]:
    acts = block.acts[0]
    taken: set[int] = set()
    for n, act in enumerate(acts):
        if act.end:
            continue
        deed = Deed(act.tick, act.post, act.verb, act.thing, act.to, act.sentence, act.by_plan, act.event, act.line)
        for m in range(n + 1, len(acts)):
            its = acts[m]
            if its.end and its.cell == act.cell and its.sentence == act.sentence and m not in taken:
                taken.add(m)
                deed = replace(deed, end=its.end, ended=its.tick, why=its.why)
                if its.end != "TIMED OUT":  # one that timed out may still be proven, late
                    break
            elif not its.end and its.cell == act.cell:
                break  # the process is another order's from here on
        yield deed


def _refused(block: Block) -> Iterator[Deed]:
    for number, event in enumerate(block.events[0], start=1):
        if event.kind == "refused":
            act, why = str(event.said.get("act")), event.said.get("why")
            verb, _, rest = act.partition(" ")
            yield Deed(
                event.tick, event.by, verb, rest.partition(" ")[0], "", act, False, number, -1, REFUSED, event.tick,
                why if isinstance(why, Said) else None,
            )  # fmt: skip


def _with_what_followed(deed: Deed, later: list[Deed]) -> Deed:
    """The deed, with what took it back or asked for it again."""
    if deed.end == REFUSED:
        return deed
    verbs = WORDS.verbs
    for its in later:
        if its.end == REFUSED:
            continue
        if its.verb in verbs and verbs[its.verb].undoes == deed.verb:
            return replace(deed, undone=its.tick, undone_by=f"{its.post} {its.sentence}")
        if (its.verb, its.to) == (deed.verb, deed.to) and (deed.ended is None or its.tick < deed.ended):
            deed = replace(deed, again=its.tick)
    return deed
