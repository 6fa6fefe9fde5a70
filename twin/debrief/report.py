"""The debrief as one object: what `--json` prints and page, console and figures draw. Every number says where from."""

import dataclasses

from twin.base.arrays import NEVER
from twin.base.fault import shown
from twin.base.json import Json
from twin.debrief import alarm_load as load
from twin.debrief import outcome
from twin.debrief.acts import course
from twin.debrief.fate import Fate
from twin.debrief.headline import Finding, Headline, findings, headline, label, what
from twin.debrief.luck import Differed
from twin.debrief.misled import Misled, misled
from twin.debrief.naming import FalseAlarm, Judged
from twin.debrief.score import Mark
from twin.debrief.steps import Taken, steps
from twin.debrief.story import story
from twin.debrief.trade import Trade, trade
from twin.debrief.whatif import Answers
from twin.debrief.windows import Window
from twin.engine.replay import parents_course
from twin.engine.session import Session
from twin.seat.deeds import Deed
from twin.seat.yardstick import Asked
from twin.text.say import say, told

SEEN_M3 = 0.5  # a spill that differs by less is the same to people


def report(session: Session, answers: Answers | None = None) -> Json:
    """The debrief of a session where it stands, without the what-if answers when there are none yet."""
    measured = answers.course if answers else course(session, {})
    found = misled(session)
    marks, its_score = outcome.judged(session.block, 0) if session.over else ([], None)
    taken = steps(session, measured.asked)
    judged = Judged(session.block, 0)
    made: Json = {
        "scenario": session.setup.scenario, "title": session.model.spec.title, "seed": session.setup.seed,
        "world": session.setup.world, "course": session.course, "finished": session.over, "simulated_s": session.tick,
        "clock": [session.model.clock.iso(0), session.model.clock.iso(session.tick)],
        "digest": session.digest, "seal": session.seal, "score": its_score,
        "harm": outcome.harm(session.block, 0), "totals": outcome.totals(session.block, 0),
        "marks": [_mark(session, m) for m in marks],
        "story": [{"t_s": s.tick, "clock": session.model.clock.iso(s.tick), "text": shown(told(s.text)), "from": s.source}
                  for s in story(session, measured.asked, measured.deeds, found)],
        "acts": [_asked(session, a) for a in measured.asked],
        "deeds": [_deed(session, d) for d in measured.deeds],
        "hints": [{"t_s": s.tick, "line": s.hint, "from": "command"} for s in session.commands if s.hint],
        "ratings": _ratings(session, marks),
        "alarm_load": {"control-room": {**dataclasses.asdict(load.alarm_load(session)), "from": "events of kind alarm"}},
        "misled": [_misled(m) for m in found],
        "headline": _headline(headline(session, taken, answers.windows if answers else ())),
        "things": [_thing(t) for t in taken],
        "false_alarms": [_false_alarm(session, a) for a in judged.false_alarms(judged.shown(judged.wrong()))],
        "trade": [_trade(t) for t in trade(session.block, measured.deeds)],
    }  # fmt: skip
    made["totals"]["from"] = "signals spilled.volume and spilled.mass"
    if session.setup.parent is not None:
        made["second_chance"] = _second_chance(session)
    if answers:
        made.update(_answers(session, answers))
    return made


def _ratings(session: Session, marks: list[Mark]) -> list[Json]:
    """What evaluators marked, beside the machine's word on the same mark, which they never replace."""
    machine = {m.mark: ("met" if m.met else "not met") for m in marks}
    return [
        {"t_s": n.tick, "course": n.course, "by": n.fields.get("by", ""), "mark": n.fields.get("mark", ""),
         "rating": n.fields.get("rating", ""), "text": n.fields.get("text", ""),
         "machine": machine.get(n.fields.get("mark", ""), ""), "from": "mark in the run file"}
        for n in session.notes if n.fields.get("kind") == "mark"
    ]  # fmt: skip


def _event_at(session: Session, tick: int) -> str:
    """The number of the first event at a tick, as `event 12`; "" for none."""
    return next((f"event {n}" for n, e in enumerate(session.block.events[0], start=1) if e.tick == tick), "")


def _mark(session: Session, m: Mark) -> Json:
    return {
        "mark": m.mark, "met": m.met, "t_s": m.tick, "clock": session.model.clock.iso(m.tick), "evidence": told(m.evidence),
        "from": _event_at(session, m.tick) or "the state at that tick",
    }  # fmt: skip


def _asked(session: Session, a: Asked) -> Json:
    cue = next(line.cue_text for line in session.model.plan if line.name == a.line)
    its = a.deed or a.tried
    return {
        "line": a.line, "post": a.post, "act": a.sentence, "expected_s": a.cue, "allowed_s": a.allowed_s, "done_s": a.done,
        "late_s": a.late_s if a.done is not None else None, **(_ending(its) if its else {}),
        "instead": {"post": a.instead.post, "act": a.instead.sentence, "t_s": a.instead.tick, "from": f"event {a.instead.event}"}
        if a.instead else None,
        "from": {
            "expected_s": f"cue of plan.{a.line}: {cue}" + (", in the plan's own course of this night" if a.elsewhere else ""),
            "allowed_s": f"plan.{a.line}.within", "done_s": f"event {its.event}" if its else "",
        },
    }  # fmt: skip


def _ending(d: Deed) -> Json:
    """How an act ended, and what became of it."""
    return {
        "tried_s": d.tick, "end": d.end, "end_s": d.ended, "why": told(d.why), "undone_s": d.undone, "undone_by": d.undone_by,
        "again_s": d.again,
    }  # fmt: skip


def _deed(session: Session, d: Deed) -> Json:
    """One act of the course."""
    return {
        "t_s": d.tick, "clock": session.model.clock.iso(d.tick), "post": d.post, "act": d.sentence,
        "by": "plan" if d.by_plan else "person", **_ending(d), "from": f"event {d.event}",
    }  # fmt: skip


def _misled(m: Misled) -> Json:
    gap = None
    if m.gap is not None:
        gap = {"value": m.gap.value, "unit": m.gap.unit, "at_s": m.gap.tick, "truth": m.gap.truth, "shown": m.gap.shown,
               "from": f"signals {m.thing}.{m.quantity} and {m.instrument}"}  # fmt: skip
    return {"instrument": m.instrument, "thing": m.thing, "since_s": m.since, "onset_s": m.onset, "gap": gap,
            "first_doubt_s": m.first_doubt, "from": f"signal {m.instrument}"}  # fmt: skip


def _second_chance(session: Session) -> Json:
    """The course that was left, beside this one: lived again from what this run's own file holds."""
    its = session.setup.parent
    assert its is not None
    first = parents_course(session)
    marks, its_score = outcome.judged(first.block, 0)
    return {
        "tick_s": its.tick, "act": its.act, "closes_s": its.closes, "digest": its.digest, "proven": first.digest == its.digest,
        "parent": {
            "score": its_score,
            "spilled_m3": outcome.totals(first.block, 0)["spilled_m3"],
            "marks": [_mark(first, m) for m in marks],
            "acts": [_asked(first, a) for a in course(first, {}).asked],
        },
    }  # fmt: skip


def _headline(its: Headline) -> Json:
    """The night in one sentence, and its parts."""
    chance = its.chance
    return {
        "text": told(its.text), "cause": told(its.cause),
        "gap": {"known_s": its.gap[0], "acted_s": its.gap[1]} if its.gap else None,
        "last_chance": {"closes_s": chance.closes, "text": told(label(chance))} if chance else None,
        "from": "things, windows",
    }  # fmt: skip


def _thing(t: Taken) -> Json:
    """One thing that went wrong, with the five steps."""
    gap = {"known_s": t.gap[0], "acted_s": t.gap[1], "seconds": t.gap[1] - t.gap[0]} if t.gap else None
    return {
        "thing": t.its.thing, "kind": t.its.kind.value, "text": told(what(t.its)), "onset_s": t.its.onset, "shown_s": t.shown, "gap": gap,
        "steps": [
            {"step": s.name, "t_s": s.tick, "by": s.post, "act": s.act, "due_s": s.due, "showed": s.showed, "from": "acts, plan, signals"}
            for s in t.steps
        ],
    }  # fmt: skip


def _false_alarm(session: Session, its: FalseAlarm) -> Json:
    """An act that nothing shown pointed at."""
    said = say("evidence.false-alarm", who=its.act.post, act=its.act.sentence)
    return {"t_s": its.act.tick, "post": its.act.post, "act": its.act.sentence, "loses": its.heavy, "text": told(said),
            "from": f"event {its.act.event}"}  # fmt: skip


def _trade(t: Trade) -> Json:
    """What ending a transfer early cost."""
    return {"transfer": t.transfer, "moved_m3": t.moved_m3, "amount_m3": t.amount_m3, "costs_s": t.costs_s, "text": told(t.said),
            "from": f"signal {t.transfer}.moved"}  # fmt: skip


# what-if answers


def _answers(session: Session, its: Answers) -> Json:
    return {
        "windows": [_window(w, its.was) for w in its.windows],
        "findings": [_finding(session, f) for f in findings(its.windows)],
        "one_thing": [
            {"change": told(t.what), "kind": t.kind, "was": told(t.was), "effect": _effect(f, its.was), **_fate(f), "from": t.how}
            for t, f in its.one_thing
        ],
        "luck": {
            "worlds": len(its.luck.worlds), "worse": its.luck.worse, "same": its.luck.same, "better": its.luck.better,
            "differed": _differed(its.luck.differed), "near_miss": its.luck.near_miss, "bad_luck": its.luck.bad_luck,
            "each": [{"world": w, **_fate(f)} for w, f in zip(its.luck.worlds, its.luck.fates, strict=True)],
            "from": f"the same commands in worlds {its.luck.worlds[0]} to {its.luck.worlds[-1]} of seed {session.setup.seed}"
            + (", of the same night" if session.model.spec.draws else ""),
        },
        "baselines": {name: {**_fate(f), "from": _BASELINES[name]} for name, f in its.baselines.items()},
    }  # fmt: skip


_BASELINES = {"none": "--posts none, no commands", "plan": "--posts plan, no commands, no stated delays"}


def _finding(session: Session, f: Finding) -> Json:
    """The plan allows longer than the plant does."""
    clock = session.model.clock.text
    said = say("finding.plan-too-long", act=label(f.window), due=clock(f.due), closes=clock(f.closes))
    return {"text": told(said), "line": f.window.name or next((line for line, _ in f.window.acts[0].lines), ""), "allowed_s": f.due,
            "closes_s": f.closes, "from": "window and plan"}  # fmt: skip


def _effect(its: Fate, was: Fate) -> str:
    """Whether a change made the night better or worse: by harm, marks, and a spill that people would see to differ."""
    if its.rank[:2] != was.rank[:2]:
        return "better" if its.rank[:2] < was.rank[:2] else "worse"
    if abs(its.spilled_m3 - was.spilled_m3) <= SEEN_M3:
        return "same"
    return "better" if its.spilled_m3 < was.spilled_m3 else "worse"


def _differed(its: Differed | None) -> Json | None:
    """The drawn quantity that told the worse worlds from the better ones."""
    if its is None:
        return None
    return {
        "name": its.name,
        "worse": its.worse,
        "better": its.better,
        "clear": its.clear,
        "text": told(its.said),
        "from": "worlds",
    }


def _fate(f: Fate) -> Json:
    return {
        "score": f.score, "harm": f.harmed, "marks": f.marks, "lost": list(f.lost), "spilled_m3": f.spilled_m3,
        "overflow_s": f.first_overflow if f.first_overflow < NEVER else None, "digest": f.digest,
    }  # fmt: skip


def _window(w: Window, was: Fate) -> Json:
    people, marks, spilled = w.worth(was)
    assert w.never is not None
    points: list[tuple[int | None, Fate]] = [*sorted(w.curve.items()), (None, w.never)]
    return {
        "what": w.what, "act": told(label(w)), "members": [a.sentence for a in w.acts], "post": w.acts[0].post,
        "lines": sorted({line for a in w.acts for line, _ in a.lines}) if w.what == "act" else [w.name] if w.name else [],
        "cue_s": w.cue, "due_s": w.due, "done_s": w.done,
        "closes_s": w.closes, "kind": w.kind, "by": w.by, "worth": {"harm": people, "marks": marks, "spilled_m3": spilled},
        "curve": [{"at_s": t, "harm": f.harmed, "spilled_m3": f.spilled_m3, "marks": f.marks} for t, f in points],
        "from": "copies of this world with this act at each at_s (null: never)",
    }  # fmt: skip
