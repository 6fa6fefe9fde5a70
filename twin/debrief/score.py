"""Facts to marks: safety is the 1, every mark met a 0 behind it. Each mark with its time and evidence.

The rules are those of the design, section 7. A mark that nothing put at risk is met. An objective of the scenario
replaces the default rule of its mark, except of detection, where the default rule must hold as well; several of one mark
must all be met.
"""

from dataclasses import dataclass

import numpy as np

from twin.base.arrays import NEVER
from twin.debrief import wrong
from twin.debrief.naming import FREE, Judged
from twin.engine import relations
from twin.engine.model import MARKS, Model
from twin.engine.orders import Act
from twin.engine.scan import Block
from twin.language.spec import Objective
from twin.language.syntax import At, Cue, Test, Vote
from twin.parts.action import Action
from twin.parts.alarm import Alarm
from twin.parts.line_entry import Line
from twin.parts.transfer_entry import Transfer
from twin.text.say import Amount, Said, plain, say, sentence

CALL_S = 600
HEADS_S = 900


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: whether it is met, when that was decided, and why."""

    mark: str
    met: bool
    tick: int
    evidence: Said


def score_of(marks: list[Mark], harmed: int = 0) -> str:
    """The score as a number: 1 (0 when somebody was harmed), then a 0 for every mark met."""
    if harmed:
        return "0"
    return "1" + "0" * sum(m.met for m in marks)


def marks(block: Block, row: int) -> list[Mark]:
    """The six marks of one world at the tick where it stands."""
    return [_judged(block, row, name) for name in MARKS]


def _judged(block: Block, row: int, mark: str) -> Mark:
    risk = _AT_RISK[mark](block, row)
    if risk is None:
        return Mark(mark, True, block.world.tick, say("evidence.no-risk"))
    objectives = [o for o in block.model.spec.of(Objective).values() if o.mark == mark]
    recognised = _DEFAULT[mark](block, row, risk) if mark == "detection" or not objectives else None
    if recognised is not None and not (objectives and recognised.met):
        return recognised  # recognition is asked for beside what the scenario asks
    results = [objective(block, row, o) for o in objectives]
    lost = [(tick, why) for met, tick, why in results if not met]
    if lost:
        tick, why = min(lost, key=_order)
        return Mark(mark, False, tick, why)
    if recognised is not None:
        return recognised
    tick, why = max(((tick, why) for _, tick, why in results), key=_order)
    return Mark(mark, True, tick, why)


def _still_to_come(model: Model, cue: Cue, tick: int) -> bool:
    """Whether a cue waits for a moment that has not come: of a run that was ended before its time."""
    moments = [t.atom.moment for t in cue.flat if isinstance(t.atom, At)]
    return any(m is not None and model.clock.tick(m) > tick for m in moments)


def _order(its: tuple[int, Said]) -> tuple[int, str]:
    return its[0], sentence(its[1])


def objective(block: Block, row: int, its: Objective) -> tuple[bool, int, Said]:
    """Whether an objective is met, the tick that decided it, and a sentence."""
    world, model = block.world, block.model
    j = model.judged.names.index(its.name)
    first, second = int(world.judged_first[row, j]), int(world.judged_second[row, j])
    after = int(world.judged_after[row, j])
    that = its.that
    says = that.cue.text
    if that.relation == "at the end":
        holds = bool(world.holds[row, model.judged.first[j]])
        return holds != that.no, world.tick, say("evidence.so-at-end" if holds else "evidence.not-so-at-end", says=says)
    if that.relation == "":
        holds = first < NEVER
        when = first if holds else world.tick
        return holds != that.no, when, say("evidence.came", says=says, at=_at(model, first))
    assert that.other is not None
    other = that.other.text

    def both(seen: int) -> Said:
        return say("evidence.both", says=says, at=_at(model, seen), other=other, then=_at(model, second))

    at = bool(world.judged_at[row, j])
    if second >= NEVER and _still_to_come(model, that.other, world.tick):
        second, at = world.tick, bool(world.holds[row, model.judged.first[j]])  # it counts as the end
        after = second if at else NEVER
    if second >= NEVER:
        return True, world.tick, say("evidence.never-came", other=other)
    if that.relation == "at":
        holds = at
        return (
            holds != that.no,
            second,
            say("evidence.so-at" if holds else "evidence.not-so-at", other=other, says=says),
        )
    if that.relation == "before":
        holds = first < second
        return holds != that.no, min(first, second), both(first)
    holds = after < NEVER and after - second <= that.within_s
    return holds != that.no, min(after, second + round(that.within_s)), both(after)


def _at(model: Model, tick: int) -> Said:
    return plain(model.clock.text(tick)) if tick < NEVER else say("evidence.never")


# what puts a mark at risk: (tick, subject), or None


Risk = tuple[int, str]
LET_GO = ("burst", "tank-collapsed", "roof-parted")


def _first_event(block: Block, row: int, *kinds: str) -> Risk | None:
    event = wrong.first_event(block, row, *kinds)
    return None if event is None else (event.tick, event.subject)


def _overfilling(block: Block, row: int) -> Risk | None:
    """A level that stood above an alarm limit, or what ran over or leaked."""
    return _first_event(block, row, "overflow", "leak", "alarm", "trip")


def _onset(block: Block, row: int) -> Risk | None:
    """When the first thing went wrong; else the first act that nothing pointed at."""
    judged = Judged(block, row)
    listed = judged.wrong()
    if listed:
        return listed[0].onset, listed[0].thing
    alarms = judged.false_alarms(judged.shown(listed))
    return min(((a.act.tick, a.act.thing or a.act.verb) for a in alarms), default=None)


def _filling(block: Block, row: int) -> Risk | None:
    """A vessel that took in more than it should: when it ran over or its first limit was passed, and which it is."""
    its, farm = relations.of(block.model), block.model.spec.farm
    fed = {str(t.end) for t in farm.of(Transfer).values()}
    for event in block.events[row]:
        if event.kind == "overflow":
            return event.tick, event.subject
        if event.kind in {"alarm", "trip"} and not _is_low(block, event.subject):
            names = its.reads.get(event.subject, frozenset())
            tanks = sorted({its.watched[n] for n in names} & fed)
            if tanks:
                return event.tick, tanks[0]
    return None


def _is_low(block: Block, name: str) -> bool:
    """Whether an alarm is of too little: its first limit is one below."""
    alarm = block.model.spec.farm.of(Alarm).get(name)
    atom = alarm.when.flat[0].atom if alarm is not None else None
    return isinstance(atom, (Test, Vote)) and atom.sign == "<"


def _mustering(block: Block, row: int) -> Risk | None:
    """The first cue that came true in the plant, whoever looked, of a line that calls, evacuates or musters."""
    names = block.model.judged.names
    first = [
        (int(block.world.judged_first[row, j]), n.removeprefix("plan."))
        for j, n in enumerate(names)
        if n.startswith("plan.")
    ]
    first = [f for f in first if f[0] < NEVER]
    return min(first) if first else None


def _lying(block: Block, row: int) -> Risk | None:
    its = block.world
    if not (its.tanks.spilled_m3[row].any() or its.tanks.escaped_m3[row].any() or its.leaks.leaked_m3[row].any()):
        return None
    return _first_event(block, row, "overflow", "leak", "bund-full") or (its.tick, "bund")


def _letting_go(block: Block, row: int) -> Risk | None:
    """What was torn, sucked in or burst."""
    return _first_event(block, row, *LET_GO)


_AT_RISK = {
    "containment": _overfilling,
    "detection": _onset,
    "isolation": _filling,
    "call and muster": _mustering,
    "environment": _lying,
    "plant saved": _letting_go,
}


# the default rules


def _containment(block: Block, row: int, risk: Risk) -> Mark:
    spill = _first_event(block, row, "overflow")
    if spill:
        gross = Amount(float(block.world.tanks.spilled_m3[row].sum()), "volume", 1)
        return Mark("containment", False, spill[0], say("evidence.overflows", name=spill[1], volume=gross))
    leak = _first_event(block, row, "leak")
    if leak:
        gross = Amount(float(block.world.leaks.leaked_m3[row].sum()), "volume", 1)
        return Mark("containment", False, leak[0], say("evidence.leaks", name=leak[1], volume=gross))
    return Mark("containment", True, block.world.tick, say("evidence.nothing-left"))


def _detection(block: Block, row: int, risk: Risk) -> Mark:
    """Recognition: what was wrong was named by somebody who had been shown it, in time; and nobody cried wolf."""
    judged = Judged(block, row)
    listed = judged.wrong()
    shown = judged.shown(listed)
    alarms = judged.false_alarms(shown)
    heavy = [a for a in alarms if a.heavy]
    light = [a for a in alarms if not a.heavy]
    if heavy:
        first = heavy[0].act
        return Mark("detection", False, first.tick, say("evidence.false-alarm", who=first.post, act=first.sentence))
    if len(light) > FREE:
        acts = tuple(say("evidence.by", who=a.act.post, act=a.act.sentence) for a in light)
        return Mark("detection", False, light[FREE].act.tick, say("evidence.false-alarms", acts=acts))
    spill = _first_event(block, row, "overflow")
    until = spill[0] if spill else block.world.tick
    named = [(w, judged.named(w, until, shown)) for w in judged.to_name(until)]
    for its, act in named:
        if act is None:
            return Mark(
                "detection", False, until, say("evidence.nobody-named", name=its.thing, at=_at(block.model, its.onset))
            )
    if not named:
        acts = tuple(say("evidence.by", who=a.act.post, act=a.act.sentence) for a in light)
        return Mark("detection", True, block.world.tick, say("evidence.one-false-alarm", acts=acts))
    its, last = named[-1]
    assert last is not None  # so was each
    who = say("evidence.by", who=last.post, act=last.sentence)
    return Mark(
        "detection", True, last.tick, say("evidence.named", name=its.thing, at=_at(block.model, its.onset), act=who)
    )


def _isolation(block: Block, row: int, risk: Risk) -> Mark:
    """The source of the vessel that took in too much was stopped and proven, and nothing flows in any more."""
    since, vessel = risk
    its, tanks = relations.of(block.model), block.model.tanks
    ways = {name for name, t in block.model.spec.farm.of(Transfer).items() if str(t.end) == vessel}
    source = frozenset().union(*(its.ways[name] for name in ways)) if ways else frozenset(_lines_at(block, vessel))
    proven = [a.tick for a in block.acts[row] if a.tick >= since and wrong.ended_well(a) and _ends(block, a, source)]
    proven += [
        e.tick for e in block.events[row] if e.tick >= since
        and ((e.kind == "trip-proven" and its.moves(e.subject) & source) or (e.said.key in {"transfer.metered", "transfer.preset"} and e.subject in ways))
    ]  # fmt: skip
    m = tanks.names.index(vessel)
    flows_in = float(block.world.lines.gain_m3[row][:, m].sum()) > 1e-6
    over = bool(block.world.tanks.overflow_m3_s[row, m] > 0.0)
    if proven and not flows_in and not over:
        return Mark("isolation", True, min(proven), say("evidence.stopped", name=vessel))
    return Mark("isolation", False, block.world.tick, say("evidence.not-stopped", name=vessel))


def _ends(block: Block, act: Act, source: frozenset[str]) -> bool:
    """Whether an act stops this source."""
    if act.verb in {"close", "stop"}:
        return act.thing in source
    return act.verb == "stop-work" or (act.verb == "trip" and bool(relations.of(block.model).moves(act.thing) & source))


def _lines_at(block: Block, vessel: str) -> list[str]:
    """The valves of the lines that begin or end at a vessel."""
    return [
        str(v)
        for line in block.model.spec.farm.of(Line).values()
        if vessel in {str(line.start), str(line.end)}
        for v in line.through
    ]


def _call_and_muster(block: Block, row: int, risk: Risk) -> Mark:
    asked, line = risk
    for one in (n for n in block.model.plan if any(d.verb in {"call", "evacuate", "muster"} for d in n.actions)):
        j = block.model.judged.names.index(f"plan.{one.name}")
        cue = int(block.world.judged_first[row, j])
        for deed in one.actions if cue < NEVER else ():
            if deed.verb not in {"call", "muster"}:
                continue
            allowed = _allowed_s(deed.verb, one.within_s or 0.0)
            missed = cue + round(allowed)
            if _done_at(block, row, deed) <= missed or missed > block.world.tick:
                continue  # in time, or its time is not over yet
            return Mark(
                "call and muster", False, missed, say("evidence.not-within", act=deed.sentence, span=Amount(allowed, "time", 0)),
            )  # fmt: skip
    return Mark(
        "call and muster",
        True,
        block.world.tick,
        say("evidence.called", at=_at(block.model, asked), line=line),
    )


def _allowed_s(verb: str, given_s: float) -> float:
    """The time for a call or a count of heads, where a line of the plan gives so much."""
    return (given_s or CALL_S) if verb == "call" else max(given_s, HEADS_S)


def _done_at(block: Block, row: int, deed: Action) -> int:
    """When somebody first called, or had counted all heads; NEVER where nobody did."""
    ends = [
        a.tick for a in block.acts[row]
        if (a.verb, a.thing) == (deed.verb, deed.thing) and (wrong.ended_well(a) or (deed.verb == "call" and not a.end))
    ]  # fmt: skip
    return min(ends, default=NEVER)


def _environment(block: Block, row: int, risk: Risk) -> Mark:
    farm, vessels = block.world.tanks, block.model.tanks
    spills = np.flatnonzero(farm.escaped_m3[row] > 0.0).tolist()
    for m in (m for m in spills if not vessels.separates[m]):  # what leaves an interceptor is judged where it comes to
        target = int(vessels.spills_to[m])
        on_ground = m < vessels.n_tanks and target == vessels.ground
        if m >= vessels.n_tanks or on_ground:
            gross = Amount(float(farm.escaped_m3[row, m]), "volume", 1)
            key = "evidence.onto-ground" if on_ground else "evidence.past-wall"
            return Mark("environment", False, risk[0], say(key, volume=gross, name=vessels.names[m]))
    oil = farm.volume_m3[row].sum(axis=0) - farm.volume_m3[row, vessels.water]  # rain is welcome
    if oil[vessels.ground] > 1e-9:
        lies = Amount(float(oil[vessels.ground]), "volume", 1)
        return Mark("environment", False, risk[0], say("evidence.onto-ground", volume=lies, name=risk[1]))
    reached = [vessels.names[m] for m in np.flatnonzero(vessels.protected).tolist() if oil[m] > 1e-9]
    if reached:
        return Mark("environment", False, risk[0], say("evidence.reached", name=reached[0]))
    return Mark("environment", True, block.world.tick, say("evidence.in-its-bund"))


def _plant_saved(block: Block, row: int, risk: Risk) -> Mark:
    return Mark("plant saved", False, risk[0], say("evidence.let-go", name=risk[1]))


_DEFAULT = {
    "containment": _containment,
    "detection": _detection,
    "isolation": _isolation,
    "call and muster": _call_and_muster,
    "environment": _environment,
    "plant saved": _plant_saved,
}
