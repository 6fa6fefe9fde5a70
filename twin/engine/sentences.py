"""What sentences over readings, alarms, events and lines say now: one evaluator, for scenario, plan and instructor alike."""

import numpy as np

from twin.base.arrays import Bools
from twin.base.fault import Fault
from twin.engine import cues, logic
from twin.engine.logic import Condition
from twin.engine.model import Model
from twin.engine.orders import Act, Event, names_of
from twin.engine.world import World
from twin.language import grammar as g
from twin.language.sentence import tokens


def atoms(model: Model, world: World, readings: Bools, happened: Bools, moments: Bools) -> Bools:
    """All that can be true or false at a tick, (W, atoms), in the order of `logic.Atoms`.

    readings  (W, 1 + tests + votes)
    """
    alarms, hidden = world.alarms, world.controls.alarms.out_of_service
    stands = alarms.standing & ~hidden & ~alarms.suppressed
    return np.concatenate(
        (readings, stands, world.interlocks.tripped, happened, world.accepted, world.proven, moments), axis=1
    )  # fmt: skip


def condition(model: Model, cue: g.Cue) -> Condition:
    """A cue of the instructor, compiled; raises Fault where it cannot be looked at while the run goes on."""
    for term in cue.flat:
        if term.then_s:
            raise Fault("`then` is for cues of a scenario: what was before the condition was set is not kept.",
                        "Leave it out; give the act with `in` once the rest holds.", cue.place)  # fmt: skip
        if isinstance(term.atom, g.Vote):
            raise Fault("a vote is for interlocks.", "Name the instruments with and, or.", term.atom.place)
        if isinstance(term.atom, g.Test) and isinstance(term.atom.reading, g.Derived):
            raise Fault("this is worked out by the farm alone.", "Name a calculated value of the farm.", cue.place)
    tables = cues.Tables(
        model.signals,
        model.clock,
        model.spec.lasts_s,
        model.line_names,
        len(model.instruments.names),
        model.spec.drawn,
    )
    draft = tables.compile(cue, "truth")
    its = tables.atoms(len(model.alarms.names), len(model.interlocks.names))
    tests, _ = tables.freeze()
    return Condition(tests, cues.expressions([draft], its), tuple(tables.happened), tuple(tables.moments), cue.text)


def holds(model: Model, world: World, row: int, its: Condition, events: list[Event], acts: list[Act]) -> bool:
    """Whether a condition holds in one world at the end of a scan."""
    signals = world.signals[row : row + 1]
    no = np.zeros((1, len(its.tests.column)), dtype=bool)
    tests = logic.tested(its.tests, no, signals, np.ones((1, 1), dtype=bool))
    readings = np.concatenate((np.ones((1, 1), dtype=bool), tests), axis=1)
    happened = np.array([[
        bool(world.happened[row, model.happened_at[(word, thing, False)]]) if word == cues.DRAWN
        else _stands(model, word, thing, events, acts)
        for word, thing, _ in its.happened
    ]], dtype=bool)  # fmt: skip
    moments = np.array([[world.tick >= tick for tick in its.moments]], dtype=bool)
    here = atoms(model, world, np.repeat(readings, len(world.proven), axis=0), np.repeat(happened, len(world.proven), axis=0),
                 np.repeat(moments, len(world.proven), axis=0))[row : row + 1]  # fmt: skip
    here = logic.grouped(its.sentence, here)
    return bool(logic.evaluated(its.sentence, here, here[:, :0])[0, 0])


def _stands(model: Model, word: str, thing: str, events: list[Event], acts: list[Act]) -> bool:
    """Whether an event stands or a verb was done; what undoes an event counts."""
    known = model.names.known.events.get(word)
    if known is None:
        return any(
            a.verb == word and not a.end and thing in {"", a.thing, *(names_of(a.thing, n) for n in tokens(a.to))}
            for a in acts
        )
    last = {e.subject: e.kind for e in events if e.kind in {word, known.undone_by}}
    return any(kind == word and thing in {"", subject} for subject, kind in last.items())
