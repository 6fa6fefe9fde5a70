"""What the instructor does to a world while it is lived: now, later, on a condition, or for somebody who is absent.

A line is `[at MOMENT | in DURATION | when CUE] DO`, or `DO when CUE`; DO is what a timeline entry may do, or `as POST DO`.
It goes into the journal as text and is read again from there. What waits (a condition, the end of `for`, a way of `over`)
is a `Standing` of the block: plain values, copied with every snapshot, looked at once a scan.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.base.arrays import NEVER
from twin.base.fault import Fault, Place
from twin.engine.model import WORLD_DOES, Model
from twin.engine.orders import Command
from twin.farm import grammar as g
from twin.farm.nodes import Text
from twin.farm.words import EVENTS
from twin.response.deed import Deed, resolve

if TYPE_CHECKING:
    from twin.engine.block import Block

INSTRUCTOR = "instructor"
MOST_STANDING = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the instructor, read: what, for whom, at which tick (None: the next scan), on which condition."""

    do: str  # the sentence that the journal keeps, without `at` and `in`
    tick: int | None
    command: Command


@dataclass(frozen=True, slots=True)
class Standing:
    """Something of the instructor that waits in one world."""

    row: int
    deed: Deed
    text: str
    armed: int  # tick
    cue: g.Cue | None = None  # fires when it first holds
    due: int = NEVER  # fires, or ends, at this tick
    source: float = 0.0  # of a way or a return: the value before
    form: str = "when"  # when, over, back


def order(model: Model, sentence: str, place: Place) -> Command:
    """A sentence of the instructor as the journal keeps it; raises Fault where it cannot be understood."""
    if sentence.startswith("as "):
        post, _, do = sentence[3:].strip().partition(" ")
        if post not in model.authority.posts:
            raise Fault(f"{post!r} is no post.", f"Posts: {', '.join(model.authority.posts)}.", place)
        deed = resolve(model.board, g.parse(g.act, Text(do, place)))
        if deed.verb in {"take", "hand"} or (deed.verb == "set" and deed.kind != "valve"):
            raise Fault("that is not for a post to do.", "Leave out `as` and the post.", place)
        return Command(INSTRUCTOR, sentence, deed, for_plan=True, acts_for=post)
    cue, do = _condition(sentence, place)
    deed = resolve(model.board, g.parse(g.act, Text(do, place)))
    if deed.verb not in WORLD_DOES or (deed.verb == "tell" and not deed.says):
        raise Fault(
            f"the instructor does not {deed.verb}.", f"Known: {', '.join(sorted(WORLD_DOES))}, as POST …", place
        )
    if cue is not None:
        _check_cue(model, cue)
    return Command(INSTRUCTOR, sentence, deed, cue=cue)


def told(model: Model, line: str, now: int) -> Told:
    """A typed line; `at` and `in` become the tick. Raises Fault where it cannot be understood."""
    place = Place("typed", 1, 1)
    text, tick = line.strip(), None
    words = text.split(maxsplit=1)
    if len(words) == 2 and words[0] in {"at", "in"}:
        s = g.Sentence(Text(words[1], place))
        tick = (
            model.clock.tick(s.moment())
            if words[0] == "at"
            else now + max(1, round(s.duration("a duration after `in`")))
        )
        if s.done():
            raise Fault("what is to be done is missing.", "Such as: in 5 min set LT-101.stuck", place)
        text = words[1][s.words[s.at].place.column - 1 :]
        if not now < tick <= model.spec.lasts_s:
            span = f"{model.clock.text(now + 1)} to {model.clock.text(model.spec.lasts_s)}"
            raise Fault("that moment has passed, or never comes.", f"There is {span}.", place)
    return Told(text, tick, order(model, text, place))


def _condition(sentence: str, place: Place) -> tuple[g.Cue | None, str]:
    """The cue before or behind an act, and the act."""
    words = g.Sentence(Text(sentence, place)).words
    if words and words[0].text == "when" and not words[0].quoted:
        for n in range(2, len(words)):
            if words[n].quoted or words[n].text not in WORLD_DOES:
                continue
            cut = words[n].place.column - place.column
            try:
                cue = g.parse(g.cue, Text(sentence[words[1].place.column - place.column : cut].strip(), place))
                g.parse(g.act, Text(sentence[cut:], place))
            except Fault:
                continue
            return cue, sentence[cut:]
        raise Fault("this is no condition and act.", "Such as: when T-101.level > 9 m set LT-101.stuck", place)
    behind = next((w for w in words[1:] if w.text == "when" and not w.quoted), None)
    if behind is None:
        return None, sentence
    cut = behind.place.column - place.column
    return g.parse(g.cue, Text(sentence[cut + 4 :].strip(), place)), sentence[:cut].strip()


def _check_cue(model: Model, cue: g.Cue) -> None:
    """Whether every atom can be looked at while the run goes on; raises Fault otherwise."""
    for term in cue.terms:
        atom = term.atom
        if term.then_s:
            raise Fault("`then` is for cues of a scenario: what was before the condition was set is not kept.",
                        "Leave it out; give the act with `in` once the rest holds.", cue.place)  # fmt: skip
        if isinstance(atom, g.Vote):
            raise Fault("a vote is for interlocks.", "Name the instruments with and, or.", atom.place)
        if isinstance(atom, g.Test):
            if isinstance(atom.reading, g.Derived):
                raise Fault("this is worked out by the farm alone.", "Name a calculated value of the farm.", cue.place)
            if _mark_of(model, atom) is None:
                column = model.board.shown(atom.reading)
                if atom.limit is not None:
                    atom.limit.si(column.dimension)
                elif column.dimension != "flag" and not _switch(model, atom):
                    raise Fault("a limit is missing: this reading is a number.", "Write > or < and a value.", cue.place)
        elif isinstance(atom, g.Happened) and atom.thing is not None:
            model.names.need(atom.thing, "a thing", "any")
        elif isinstance(atom, g.Proven) and atom.line.text not in [line.name for line in model.lines]:
            raise Fault(f"{atom.line.text!r} is no line of the plan.", "", atom.line.place)


def _switch(model: Model, atom: g.Test) -> bool:
    name = getattr(atom.reading, "text", "")
    entry = model.spec.farm.of("instruments").get(name)
    return entry is not None and bool(entry.measures.sign)


def _lines(model: Model) -> list[str]:
    """Lines of the plan, then of the timeline."""
    return [line.name for line in model.lines] + [inject.name for inject in model.injects]


def _mark_of(model: Model, atom: g.Test) -> str | None:
    """alarm, interlock or line, when a bare name stands for one."""
    name = atom.reading.text if isinstance(atom.reading, g.Name) and not atom.sign else ""
    if name in model.alarms.names:
        return "alarm"
    if name in model.interlocks.names:
        return "interlock"
    return "line" if name in _lines(model) else None


def holds(block: "Block", its: Standing) -> bool:
    """Whether a condition holds at the end of a scan; joined from left to right, like every cue."""
    assert its.cue is not None
    answer = True
    for n, term in enumerate(its.cue.terms):
        one = _holds(block, its, term.atom) != term.negated
        answer = one if n == 0 else (answer or one) if term.joined == "or" else (answer and one)
    return answer


def _happened(block: "Block", row: int, atom: g.Happened) -> bool:
    """Whether an event stands or a verb was done; what undoes an event counts."""
    thing = atom.thing.text if atom.thing else ""
    if atom.word in EVENTS:
        kinds = {atom.word, EVENTS[atom.word].undone_by}
        last = {e.subject: e.kind for e in block.events[row] if e.kind in kinds}
        return any(kind == atom.word and thing in {"", subject} for subject, kind in last.items())
    return any(a.verb == atom.word and not a.end and thing in {"", a.thing} for a in block.acts[row])


def _holds(block: "Block", its: Standing, atom: g.Atom) -> bool:
    model, world, row = block.model, block.world, its.row
    if isinstance(atom, g.At):
        return world.tick >= (model.clock.tick(atom.moment) if atom.moment else 0)
    if isinstance(atom, g.Proven):
        return bool(world.proven[row, [line.name for line in model.lines].index(atom.line.text)])
    if isinstance(atom, g.Happened):
        return _happened(block, row, atom)
    assert isinstance(atom, g.Test)
    name = getattr(atom.reading, "text", "")
    mark = _mark_of(model, atom)
    if mark == "alarm":
        return bool(world.alarms.standing[row, model.alarms.names.index(name)])
    if mark == "interlock":
        return bool(world.interlocks.tripped[row, model.interlocks.names.index(name)])
    if mark == "line":
        return bool(world.accepted[row, _lines(model).index(name)])
    assert not isinstance(atom.reading, g.Derived)
    column = model.board.shown(atom.reading)
    value = float(world.board[row, column.index]) * column.scale
    if atom.limit is None:
        return value > 0.5
    limit = atom.limit.si(column.dimension)
    return value > limit if atom.sign == ">" else value < limit
