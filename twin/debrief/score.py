"""Facts to marks: safety is the 1, every mark met a 0 behind it. Each mark with its time and evidence.

The rules are those of the design, section 7. A mark that nothing put at risk is met. An objective of the scenario
replaces the default rule of its mark; several of one mark must all be met.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.base.arrays import NEVER
from twin.engine.model import MARKS, Model
from twin.engine.orders import Act
from twin.engine.parts import fault_places
from twin.engine.scan import Block
from twin.engine.start import cells
from twin.language.grammar import At, Cue
from twin.language.spec import Objective
from twin.parts.alarm import Alarm
from twin.parts.gauge import Instrument
from twin.parts.line import Line
from twin.parts.tank import Tank
from twin.parts.transfer import Transfer
from twin.text.say import Amount, Said, plain, say, sentence

CALL_S = 600
HEADS_S = 900
DOUBTS_ALLOWED = 2


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
    if mark == "detection" and (lost_by := _too_many_doubts(block, row)) is not None:
        return lost_by
    objectives = [o for o in block.model.spec.of(Objective).values() if o.mark == mark]
    if not objectives:
        return _DEFAULT[mark](block, row, risk)
    results = [objective(block, row, o) for o in objectives]
    lost = [(tick, why) for met, tick, why in results if not met]
    if lost:
        tick, why = min(lost, key=_order)
        return Mark(mark, False, tick, why)
    tick, why = max(((tick, why) for _, tick, why in results), key=_order)
    return Mark(mark, True, tick, why)


def _past_the_end(model: Model, cue: Cue) -> bool:
    """Whether a cue is a moment that lies after the end of the run."""
    moments = [t.atom.moment for t in cue.terms if isinstance(t.atom, At)]
    return len(cue.terms) == 1 and any(m is not None and model.clock.tick(m) > model.spec.lasts_s for m in moments)


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

    if second >= NEVER and _past_the_end(model, that.other):
        second = world.tick  # a moment past the end counts as the end
    if second >= NEVER:
        return True, world.tick, say("evidence.never-came", other=other)
    if that.relation == "at":
        holds = bool(world.judged_at[row, j])
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


def _first_event(block: Block, row: int, *kinds: str) -> Risk | None:
    return next(((e.tick, e.subject) for e in block.events[row] if e.kind in kinds), None)


def _overfilling(block: Block, row: int) -> Risk | None:
    """A level that stood above an alarm limit, or ran over."""
    return _first_event(block, row, "overflow", "alarm", "trip")


def _onset(block: Block, row: int) -> Risk | None:
    """When something began to mislead; else when the first limit was passed."""
    onset = block.world.instruments.onset[row]
    if len(onset) and int(onset.min()) < NEVER:
        i = int(np.argmin(onset))
        return int(onset[i]), block.model.instruments.names[i]
    return _first_event(block, row, "overflow", "alarm", "trip")


def _mustering(block: Block, row: int) -> Risk | None:
    judged = block.model.judged.names
    first = [
        (int(block.world.judged_first[row, j]), n.removeprefix("plan."))
        for j, n in enumerate(judged)
        if n.startswith("plan.")
    ]
    first = [f for f in first if f[0] < NEVER]
    return min(first) if first else None


def _lying(block: Block, row: int) -> Risk | None:
    if not block.world.tanks.spilled_m3[row].any() and not block.world.tanks.escaped_m3[row].any():
        return None
    return _first_event(block, row, "overflow", "bund-full") or (block.world.tick, "bund")


def _never(block: Block, row: int) -> Risk | None:
    """Nothing burns or bursts in this version."""
    return None


_AT_RISK = {
    "containment": _overfilling,
    "detection": _onset,
    "isolation": _overfilling,
    "call and muster": _mustering,
    "environment": _lying,
    "plant saved": _never,
}


# the default rules


def _containment(block: Block, row: int, risk: Risk) -> Mark:
    spill = _first_event(block, row, "overflow")
    if spill:
        gross = Amount(float(block.world.tanks.spilled_m3[row].sum()), "volume", 1)
        return Mark("containment", False, spill[0], say("evidence.overflows", name=spill[1], volume=gross))
    return Mark("containment", True, block.world.tick, say("evidence.nothing-left"))


def _concerned(block: Block, subject: str) -> set[str]:
    """A misleading instrument or an alarm, what it watches, and what moves liquid there."""
    farm = block.model.spec.farm
    things = {subject}
    if subject in farm.of(Alarm):
        things.add(block.model.alarms.subjects[block.model.alarms.names.index(subject)])
    if subject in farm.of(Instrument):
        things.add(farm.of(Instrument)[subject].watched.thing)
    tanks = {t for t in things if t in farm.of(Tank)}
    for name, transfer in farm.of(Transfer).items():
        if tanks & {str(transfer.start), str(transfer.end)}:
            things.add(name)
    for line in farm.of(Line).values():
        if tanks & {str(line.start), str(line.end)}:
            things |= {str(v) for v in line.through}
    return things


def _doubts(acts: list[Act]) -> Iterator[Act]:
    return (a for a in acts if a.verb == "doubt" and not a.end)


def _detection(block: Block, row: int, risk: Risk) -> Mark:
    onset, subject = risk
    spill = _first_event(block, row, "overflow")
    until = spill[0] if spill else block.world.tick
    things = _concerned(block, subject)
    acts = block.acts[row]
    stops = {"doubt", "report", "stop", "close", "trip", "stop-work"}
    found = next(
        (
            a
            for a in acts
            if a.verb in stops and onset <= a.tick <= until and (a.thing in things or a.verb in {"trip", "stop-work"})
        ),
        None,
    )
    since = _at(block.model, onset)
    if found is None:
        return Mark("detection", False, until, say("evidence.nobody-acted", name=subject, at=since))
    sound = ", ".join(a.thing for a in _sound_doubts(block, row))
    key = "evidence.acted-and-doubted" if sound else "evidence.acted"
    listed = {"sound": sound} if sound else {}
    its = say(key, name=subject, at=since, who=found.post, act=f"{found.verb} {found.thing}", **listed)
    return Mark("detection", True, found.tick, its)


def _sound_doubts(block: Block, row: int) -> list[Act]:
    """Doubts of instruments with which nothing was wrong."""
    return [a for a in _doubts(block.acts[row]) if not _misled(block, row, a)]


def _too_many_doubts(block: Block, row: int) -> Mark | None:
    sound = _sound_doubts(block, row)
    if len(sound) <= DOUBTS_ALLOWED:
        return None
    names = ", ".join(a.thing for a in sound)
    return Mark(
        "detection", False, sound[DOUBTS_ALLOWED].tick, say("evidence.sound-doubts", count=len(sound), names=names)
    )


def _misled(block: Block, row: int, act: Act) -> bool:
    names = block.model.instruments.names
    if act.thing not in names:
        return False
    i = names.index(act.thing)
    faulty = any(cells(block.world.controls, fault)[row, i] for fault in fault_places("instrument", flags=True))
    since = int(block.world.instruments.onset[row, i])  # a bias or a drift counts once it misleads
    return since <= act.tick or (faulty and since >= NEVER)


def _isolation(block: Block, row: int, risk: Risk) -> Mark:
    world = block.world
    since, subject = risk
    things = _concerned(block, subject)
    acts = [a for a in block.acts[row] if a.tick >= since and a.end == "PROVEN" and a.verb in {"close", "stop", "trip"}]
    proven = [a.tick for a in acts if a.thing in things or a.verb == "trip"]
    proven += [e.tick for e in block.events[row] if e.kind == "trip-proven" and e.tick >= since]
    n_tanks = block.model.tanks.n_tanks
    if (
        proven
        and not bool((world.tanks.overflow_m3_s[row, :n_tanks] > 0.0).any())
        and not _still_filling(block, row, things)
    ):
        return Mark("isolation", True, min(proven), say("evidence.stopped"))
    return Mark("isolation", False, world.tick, say("evidence.not-stopped"))


def _still_filling(block: Block, row: int, things: set[str]) -> bool:
    """Whether anything still flows into a tank concerned."""
    vessels, gain = block.model.tanks, block.world.lines.gain_m3[row]
    return any(name in things and float(gain[:, m].sum()) > 1e-6 for m, name in enumerate(vessels.names))


def _call_and_muster(block: Block, row: int, risk: Risk) -> Mark:
    asked, line = risk
    plan = [n for n in block.model.plan if any(d.verb in {"call", "evacuate", "muster"} for d in n.actions)]
    for one in plan:
        j = block.model.judged.names.index(f"plan.{one.name}")
        cue = int(block.world.judged_first[row, j])
        if cue >= NEVER:
            continue
        for deed in one.actions:
            if deed.verb not in {"call", "muster"}:
                continue
            given = one.within_s or 0.0
            allowed = given if deed.verb == "call" and given else CALL_S if deed.verb == "call" else max(given, HEADS_S)
            end = next(
                (
                    a.tick
                    for a in block.acts[row]
                    if (a.verb, a.thing) == (deed.verb, deed.thing)
                    and (a.end == "PROVEN" or (deed.verb == "call" and not a.end))
                ),
                NEVER,
            )
            if end - cue > allowed:
                missed = cue + round(allowed)
                if missed > block.world.tick:
                    continue  # its time is not over yet
                return Mark(
                    "call and muster",
                    False,
                    missed,
                    say("evidence.not-within", act=deed.sentence, span=Amount(allowed, "time", 0)),
                )
    return Mark(
        "call and muster",
        True,
        block.world.tick,
        say("evidence.called", at=_at(block.model, asked), line=line),
    )


def _environment(block: Block, row: int, risk: Risk) -> Mark:
    farm, vessels = block.world.tanks, block.model.tanks
    spills = np.flatnonzero(farm.escaped_m3[row] > 0.0).tolist()
    for m in spills:
        target = int(vessels.spills_to[m])
        on_ground = m < vessels.n_tanks and target == vessels.ground
        if m >= vessels.n_tanks or on_ground:
            gross = Amount(float(farm.escaped_m3[row, m]), "volume", 1)
            key = "evidence.onto-ground" if on_ground else "evidence.past-wall"
            return Mark("environment", False, risk[0], say(key, volume=gross, name=vessels.names[m]))
    reached = [vessels.names[m] for m in np.flatnonzero(vessels.protected).tolist() if farm.total_m3[row, m] > 0.0]
    if reached:
        return Mark("environment", False, risk[0], say("evidence.reached", name=reached[0]))
    return Mark("environment", True, block.world.tick, say("evidence.in-its-bund"))


def _plant_saved(block: Block, row: int, risk: Risk) -> Mark:
    return Mark("plant saved", True, block.world.tick, say("evidence.nothing-burned"))


_DEFAULT = {
    "containment": _containment,
    "detection": _detection,
    "isolation": _isolation,
    "call and muster": _call_and_muster,
    "environment": _environment,
    "plant saved": _plant_saved,
}
