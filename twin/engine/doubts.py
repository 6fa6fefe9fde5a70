"""What a file may say and cannot mean: limits nobody can show, trips that feed what they guard, bunds smaller than their tank.

A doubt is no mistake: somebody may have a reason, and writes it beside. Each says the number that makes it so and what would be right.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations

from twin.base.fault import Fault, Place
from twin.base.units import difference, show
from twin.engine.limits import View, said
from twin.engine.parts import does
from twin.engine.plant import where
from twin.language.grammar import Act, Cue, Happened, Proven, Test, Vote
from twin.language.names import Names
from twin.language.sentence import Name
from twin.language.spec import Objective, PlanLine, ScenarioSpec
from twin.parts.action import HANDS
from twin.parts.alarm import Alarm
from twin.parts.gauge import Instrument
from twin.parts.interlock import Interlock
from twin.parts.line_entry import Line
from twin.parts.node import Node
from twin.parts.people import People
from twin.parts.place import Place as PlaceEntry
from twin.parts.post import Post
from twin.parts.transfer import Transfer
from twin.physics import geometry

FASTEST_M_S = 7.0  # liquid that charges itself by flowing (IEC TS 60079-32-1, recalled)


# what instruments show


def _out_of_range(its: View) -> Iterator[Fault]:
    for limit in its.limits:
        shows = its.range(limit.instrument)
        if shows is None or (shows[0] <= limit.at <= shows[1] and limit.at != shows[1 if limit.sign == ">" else 0]):
            continue
        low, high = (said(value, limit.dimension) for value in shows)
        yield Fault(
            f"{limit.by.name} waits for {limit.instrument.name} {limit.sign} {limit.text}, and that shows {low} .. {high}.",
            "Move the limit inside, or widen the range.", limit.place,
        )  # fmt: skip


def _above_the_lip(its: View) -> Iterator[Fault]:
    above = "it runs over before that. Move it below."
    for limit in its.limits:
        full = its.full(limit.instrument)
        if full is not None and limit.sign == ">" and limit.at >= full:
            lip = show(full, limit.dimension)
            yield Fault(
                f"{limit.by.name} waits for {limit.text}, and {limit.instrument.watched.thing} is full at {lip}:", above,
                limit.place,
            )  # fmt: skip
    for instrument in its.instruments.values():
        full, at = its.full(instrument), instrument.measures.limit
        if full is not None and at is not None and instrument.measures.sign == ">":
            dimension = its.dimension(instrument)
            if at.si(dimension) >= full:
                yield Fault(
                    f"{instrument.name} switches at {show(at.si(dimension), dimension)}, and {instrument.watched.thing} is full at "
                    f"{show(full, dimension)}:",
                    above, instrument.place,
                )  # fmt: skip


def _short_range(its: View) -> Iterator[Fault]:
    for instrument in its.instruments.values():
        full, shows = its.full(instrument), its.range(instrument)
        if full is not None and shows is not None and shows[1] < full:
            dimension = its.dimension(instrument)
            yield Fault(
                f"{instrument.name} shows up to {said(shows[1], dimension)}, and {instrument.watched.thing} is full at "
                f"{show(full, dimension)}: above its range it stands still.",
                "Widen the range.", instrument.place,
            )  # fmt: skip


def _deadband(its: View) -> Iterator[Fault]:
    for alarm in its.farm.of(Alarm).values():
        first = next((limit for limit in its.limits if limit.by is alarm), None)
        if alarm.deadband is None or first is None or first.sign not in {"<", ">"}:
            continue
        wide = alarm.deadband.si(difference(first.dimension))
        low, high = its.range(first.instrument) or (0.0, float("inf"))
        clears = first.at - wide if first.sign == ">" else first.at + wide
        if clears <= low if first.sign == ">" else clears >= high:
            yield Fault(
                f"{alarm.name} comes at {first.text} and clears {show(wide, difference(first.dimension))} inside: never.",
                "Make the deadband narrower than the limit.", alarm.place,
            )  # fmt: skip


# limits beside one another


_TAG = re.compile(r"A(H{1,2}|L{1,2})(?![A-Z])")


def _order(its: View) -> Iterator[Fault]:
    called = [(m.group(1), x) for x in its.limits if isinstance(x.by, Alarm) and (m := _TAG.search(x.by.name))]
    rises = {x.by.name for word, x in called if x.sign == {"H": ">", "L": "<"}[word[0]]}
    for word, limit in called:
        if limit.by.name not in rises:
            high = {"H": "high", "L": "low"}[word[0]]
            yield Fault(
                f"{limit.by.name} is called a {high} alarm, and comes with {limit.instrument.name} {limit.sign} {limit.text}.",
                "Turn the sign, or call it otherwise.", limit.place,
            )  # fmt: skip
    for (one, a), (other, b) in combinations(called, 2):
        if one[0] != other[0] or len(one) == len(other) or a.instrument is not b.instrument or a.sign != b.sign:
            continue
        second, first = (a, b) if len(one) == 2 else (b, a)
        if second.at <= first.at if one[0] == "H" else second.at >= first.at:
            yield Fault(
                f"{second.by.name} comes at {second.text}, before {first.by.name} at {first.text}.",
                "Put the second alarm behind the first.", second.place,
            )  # fmt: skip
    for trip in (x for x in its.limits if isinstance(x.by, Interlock)):
        warns = [
            x.at
            for x in its.limits
            if isinstance(x.by, Alarm) and x.instrument.watched == trip.instrument.watched and x.sign == trip.sign
        ]
        first_at = (min if trip.sign == ">" else max)(warns, default=trip.at)
        if first_at > trip.at if trip.sign == ">" else first_at < trip.at:
            yield Fault(
                f"{trip.by.name} trips at {trip.text}, before any alarm warns: the first comes at {show(first_at, trip.dimension)}.",
                "Let an alarm come first.", trip.place,
            )  # fmt: skip


def _never(its: View) -> Iterator[Fault]:
    for kind in (Alarm, Interlock):
        for entry in its.farm.of(kind).values():
            cue: Cue | None = getattr(entry, "when", None)
            terms = cue.terms if cue is not None else ()
            if cue is None or any(t.joined == "or" for t in terms[1:]) or any(t.then_s for t in terms):
                continue
            mine = [x for x in its.limits if x.by is entry]
            for a, b in combinations(mine, 2):
                over, under = (a, b) if a.sign == ">" else (b, a)
                if a.instrument is b.instrument and (over.sign, under.sign) == (">", "<") and over.at >= under.at:
                    yield Fault(
                        f"{entry.name} can never come: {a.instrument.name} cannot be above {over.text} and below {under.text} at once.",
                        "Write or, or turn a sign.", cue.place,
                    )  # fmt: skip


# what acts


def _moved_by(its: View, acts: tuple[Act, ...]) -> set[str]:
    """The valves, pumps, lines and other things that acts move or name."""
    things = {its.names.real(a.thing.text) for a in acts if isinstance(a.thing, Name)}
    lines, transfers = its.farm.of(Line), its.farm.of(Transfer)
    for name in tuple(things):
        if name in transfers:
            way = transfers[name].through
            things |= {*way, *(v for line in way for v in lines[line].through)}
            things |= {transfers[name].start, transfers[name].end}
    return {str(name) for name in things}


def _proof(its: View) -> Iterator[Fault]:
    for interlock in its.farm.of(Interlock).values():
        if interlock.proof is None:
            continue
        read = {
            x.watched.thing
            for t in interlock.proof.terms
            if isinstance(t.atom, Test) and isinstance(t.atom.reading, Name)
            and (x := its.instruments.get(its.names.real(t.atom.reading.text))) is not None
        }  # fmt: skip
        moved = _moved_by(its, interlock.then)
        if read and not read & moved:
            what, does_ = ", ".join(sorted(read)), "; ".join(a.text for a in interlock.then)
            yield Fault(
                f"{interlock.name} is proven by what is read of {what}, and it does: {does_}.",
                "Prove it by the position of what it moves.", interlock.proof.place,
            )  # fmt: skip


def _feeds(its: View) -> Iterator[Fault]:
    lines = its.farm.of(Line)
    for limit in its.limits:
        tank = limit.instrument.watched.thing
        if not isinstance(limit.by, Interlock) or its.full(limit.instrument) is None or limit.sign != ">":
            continue
        yield from _opens_into(limit.by, tank, limit.text, lines, limit.place)
    for interlock in its.farm.of(Interlock).values():
        for switch in _switches(its, interlock):
            if its.full(switch) is not None and switch.measures.sign == ">":
                limit_ = switch.measures.limit
                at = show(limit_.si(its.dimension(switch)), its.dimension(switch)) if limit_ is not None else ""
                yield from _opens_into(interlock, switch.watched.thing, at, lines, interlock.place)


def _opens_into(interlock: Interlock, tank: str, at: str, lines: Mapping[str, Line], place: Place) -> Iterator[Fault]:
    for act in interlock.then:
        valve = act.thing.text if isinstance(act.thing, Name) else ""
        line = next((k for k in lines.values() if valve in k.through and k.end == tank), None)
        if act.verb == "open" and line is not None:
            yield Fault(
                f"{interlock.name} opens {valve} when {tank} is above {at}, and {valve} fills {tank} by {line.name}.",
                f"Write close {valve}.", place,
            )  # fmt: skip


def _switches(its: View, interlock: Interlock) -> Iterator[Instrument]:
    for term in interlock.when.terms if interlock.when is not None else ():
        atom = term.atom
        names = atom.of if isinstance(atom, Vote) else (atom.reading,) if isinstance(atom, Test) else ()
        for name in names:
            found = its.instruments.get(its.names.real(name.text)) if isinstance(name, Name) else None
            if found is not None and found.is_switch:
                yield found


# what flows and what holds


def _flow_of(its: View, transfer: Transfer) -> float | None:
    """What a transfer pushes through its lines, None where only levels drive it."""
    node = its.farm.of(Node).get(transfer.start)
    offers = node.flow_m3_s if node is not None else None
    rates = [flow for flow in (offers, transfer.rate_m3_s) if flow is not None]
    return min(rates, default=None)


def _velocity(its: View) -> Iterator[Fault]:
    lines, told = its.farm.of(Line), set()
    for transfer in its.farm.of(Transfer).values():
        flow = _flow_of(its, transfer)
        for line in (lines[name] for name in transfer.through):
            speed = 0.0 if flow is None else flow / float(geometry.circle_area(line.size_m))
            if flow is not None and speed > FASTEST_M_S and line.name not in told:
                told.add(line.name)
                wide = 2.0 * math.sqrt(flow / (math.pi * FASTEST_M_S))
                yield Fault(
                    f"{transfer.name} sends {show(flow, 'volume flow', 0)} through {line.name} of {show(line.size_m, 'length', 3)}: "
                    f"{show(speed, 'speed', 1)}, above {FASTEST_M_S:g} m/s.",
                    f"Make it {show(wide, 'length', 3)} wide, or lower the rate.", line.place,
                )  # fmt: skip


def _amounts(its: View) -> Iterator[Fault]:
    for transfer in its.farm.of(Transfer).values():
        tank, node = its.tanks.get(transfer.end), its.farm.of(Node).get(transfer.start)
        if tank is not None and transfer.amount_m3 is not None and transfer.amount_m3 > tank.capacity_m3:
            yield Fault(
                f"{transfer.name} moves {show(transfer.amount_m3, 'volume', 0)} into {tank.name}, which holds "
                f"{show(tank.capacity_m3, 'volume', 0)}.",
                "Lower the amount.", transfer.place,
            )  # fmt: skip
        offers = node.flow_m3_s if node is not None else None
        if offers is not None and transfer.rate_m3_s is not None and transfer.rate_m3_s > offers:
            yield Fault(
                f"{transfer.name} asks for {show(transfer.rate_m3_s, 'volume flow', 0)}, and {transfer.start} offers "
                f"{show(offers, 'volume flow', 0)}.",
                "Lower the rate.", transfer.place,
            )  # fmt: skip


def _bunds(its: View) -> Iterator[Fault]:
    for place in its.farm.of(PlaceEntry).values():
        inside = [tank for tank in its.tanks.values() if tank.bund == place.name]
        if place.kind != "bund" or not inside or place.area_m2 is None:
            continue
        holds = place.area_m2 * place.wall_m
        largest = max(inside, key=lambda tank: tank.capacity_m3)
        if holds < largest.capacity_m3:
            wall = largest.capacity_m3 / place.area_m2
            yield Fault(
                f"{place.name} holds {show(holds, 'volume', 0)}, and {largest.name} in it {show(largest.capacity_m3, 'volume', 0)}.",
                f"A wall of {show(wall, 'length', 1)} would hold it.", place.place,
            )  # fmt: skip


# who does what


def _nowhere(its: View) -> Iterator[Fault]:
    filled = {str(p.post) for p in its.farm.of(People).values()}
    for line in its.farm.of(PlanLine).values():
        acts = [a for a in line.do if line.post in HANDS and _on_foot(its, a)]
        post = its.farm.of(Post).get(line.post)
        if acts and line.post not in filled and (post is None or post.at is None):
            yield Fault(
                f"{line.name} sends {line.post} to {acts[0].text}, and nobody says where {line.post} is: the order will fail.",
                f"Write people: {{walker: {{post: {line.post}, at: [0 m, 0 m]}}}}.", line.place,
            )  # fmt: skip
        for act in acts:
            thing = its.names.real(act.thing.text) if isinstance(act.thing, Name) else ""
            if where(its.names, thing) is None:
                yield Fault(
                    f"{line.name} sends {line.post} to {act.text}, and nobody says where {thing} is: the order will fail.",
                    "Give it at: [0 m, 0 m].", line.place,
                )  # fmt: skip


def _on_foot(its: View, act: Act) -> bool:
    """Whether somebody must go to a thing for it."""
    found = does(act.verb, its.names.kind(its.names.real(act.thing.text))) if isinstance(act.thing, Name) else None
    return found is not None and found.work is not None


def _shared(its: View) -> Iterator[Fault]:
    lines = its.farm.of(PlanLine)
    for a, b in combinations(lines.values(), 2):
        shared = {_what(act) for act in a.do} & {_what(act) for act in b.do} if a.post == b.post else set()
        starts = next((y for x, y in ((a, b), (b, a)) if _waits_for(y.cue, x)), None)
        if shared and starts is not None:
            act = " ".join(min(shared)).strip()
            yield Fault(
                f"{a.name} and {b.name} both ask to {act}, and one of them begins with the other: who does it for one has done both.",
                "Give the second another cue, or leave the act out of one.", starts.place,
            )  # fmt: skip


def _what(act: Act) -> tuple[str, str]:
    return act.verb, act.thing.text if isinstance(act.thing, Name) else ""


def _waits_for(cue: Cue, line: PlanLine) -> bool:
    """Whether a cue comes with what a line of the plan does."""
    acts = {_what(act) for act in line.do}
    return any(
        (isinstance(t.atom, Proven) and t.atom.line.text == line.name)
        or (isinstance(t.atom, Happened) and (t.atom.word, t.atom.thing.text if t.atom.thing else "") in acts)
        for t in cue.terms
    )


def _wants_harm(its: View) -> Iterator[Fault]:
    for objective in its.scenario.of(Objective).values():
        that = objective.that
        atom = that.cue.terms[0].atom
        if that.no or that.relation or not isinstance(atom, Happened) or that.cue.terms[0].negated:
            continue
        kind = its.names.known.events.get(atom.word)
        if kind is not None and kind.counted and kind.weight <= 1:
            yield Fault(
                f"{objective.name} is met when this happens: {that.cue.text}.",
                f"Write that: no {that.cue.text}.", objective.place,
            )  # fmt: skip


# names


_SAME = str.maketrans(
    "АВЕЅІЈКМНОРСТУХасеіјорѕхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧο0lI|", "ABESIJKMHOPCTYXaceijopsxyABEZHIKMNOPTYXoO111"
)  # of other scripts and figures, the letters that look like them


def _look_alike(its: View) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for name in its.names.section:
        looks = unicodedata.normalize("NFKC", name).translate(_SAME)
        other = seen.setdefault(looks, name)
        if other != name:
            entry = its.farm.named(its.names.section[name])[name]
            odd = [c for a, b in ((name, other), (other, name)) for c in a if c not in b]
            spelled = ", ".join(f"{c} is {unicodedata.name(c, 'a sign').lower()}" for c in dict.fromkeys(odd))
            yield Fault(f"{name} and {other} look alike: {spelled}.", "Call one of them otherwise.", entry.place)


DOUBTS: tuple[tuple[str, Callable[[View], Iterator[Fault]]], ...] = (
    ("limit-out-of-range", _out_of_range), ("limit-above-lip", _above_the_lip), ("range-too-short", _short_range),
    ("deadband-too-wide", _deadband), ("order-of-limits", _order), ("never-true", _never), ("proof-by-another", _proof),
    ("trip-fills", _feeds), ("too-fast", _velocity), ("amount", _amounts), ("bund-too-small", _bunds), ("nobody-there", _nowhere),
    ("shared-act", _shared), ("wants-harm", _wants_harm), ("look-alike", _look_alike),
)  # fmt: skip


def doubts(scenario: ScenarioSpec, names: Names) -> list[Fault]:
    """Every doubt of a scenario and its farm, with its kind."""
    its = View(scenario, names)
    return [fault.of_kind(kind) for kind, found in DOUBTS for fault in found(its)]
