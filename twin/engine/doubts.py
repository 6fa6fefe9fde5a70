"""What a file may say and cannot mean: limits nobody can show, trips that feed what they guard, bunds smaller than their tank.

A doubt is no mistake: somebody may have a reason, and writes it beside. Each says the number that makes it so and what would be right.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import combinations

from twin.base.fault import Fault
from twin.base.units import difference, show
from twin.engine.limits import View, said
from twin.engine.parts import does
from twin.engine.plant import liquids, where
from twin.language.names import Names
from twin.language.sentence import Amount, Name
from twin.language.spec import Objective, PlanLine, ScenarioSpec
from twin.language.syntax import Act, Cue, Happened, Proven, Test
from twin.parts.action import HANDS
from twin.parts.alarm import Alarm
from twin.parts.interlock import Interlock
from twin.parts.line_entry import Line
from twin.parts.node import Node
from twin.parts.people import People
from twin.parts.place import Place as PlaceEntry
from twin.parts.post import Post
from twin.parts.transfer_entry import Transfer
from twin.parts.transfer_entry import amount_m3 as asked_m3
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
    waits = [(f"{x.by.name} waits for", x) for x in its.limits if not x.instrument.is_switch]
    for begins, limit in [*waits, *((f"{x.by.name} switches at", x) for x in its.switches)]:
        full = its.full(limit.instrument)
        if full is None or not limit.high:
            continue
        if limit.at >= full if limit.sign == ">" else limit.at <= full:
            yield Fault(
                f"{begins} {limit.text}, and {limit.instrument.watched.thing} is full at {said(full, limit.dimension)}:",
                "it runs over before that. Move it below.", limit.place,
            )  # fmt: skip


def _short_range(its: View) -> Iterator[Fault]:
    for instrument in its.instruments.values():
        full, shows = its.full(instrument), its.range(instrument)
        if full is None or shows is None:
            continue
        ullage = instrument.watched.quantity == "ullage"
        if shows[0] > full if ullage else shows[1] < full:
            dimension, end = its.dimension(instrument), said(shows[0 if ullage else 1], its.dimension(instrument))
            yield Fault(
                f"{instrument.name} shows {'down' if ullage else 'up'} to {end}, and {instrument.watched.thing} is full at "
                f"{said(full, dimension)}: beyond its range it stands still.",
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


_TAG = re.compile(r"(?<![A-Z])[A-Z][DFISTZ]?A(H{1,2}|L{1,2})(?![A-Z])")  # LAH, PDALL: as ISA-5.1 letters them


def _order(its: View) -> Iterator[Fault]:
    called = [(m.group(1), x) for x in its.limits if isinstance(x.by, Alarm) and (m := _TAG.search(x.by.name))]
    sound = {x.by.name for word, x in called if x.high == (word[0] == "H")}
    for word, limit in called:
        if limit.by.name not in sound:
            yield Fault(
                f"{limit.by.name} is called a {'high' if word[0] == 'H' else 'low'} alarm, and comes with {limit.instrument.name} "
                f"{limit.sign} {limit.text}.",
                "Turn the sign, or call it otherwise.", limit.place,
            )  # fmt: skip
    for (one, a), (other, b) in combinations(called, 2):
        if one[0] != other[0] or len(one) == len(other) or a.instrument is not b.instrument or a.sign != b.sign:
            continue
        second, first = (a, b) if len(one) == 2 else (b, a)
        if second.depth <= first.depth if second.high else second.depth >= first.depth:
            yield Fault(
                f"{second.by.name} comes at {second.text}, before {first.by.name} at {first.text}.",
                "Put the second alarm behind the first.", second.place,
            )  # fmt: skip
    yield from _trips_first(its)


def _trips_first(its: View) -> Iterator[Fault]:
    """Trips at one limit that come before any alarm; one that lets go by itself is control, one of several conditions is no limit."""
    for trip in its.limits:
        by = trip.by
        if not isinstance(by, Interlock) or not by.latch or by.when is None or len(by.when.flat) > 1:
            continue
        warns = [
            x
            for x in its.limits
            if isinstance(x.by, Alarm) and x.instrument.watched.thing == trip.instrument.watched.thing
            and x.instrument.watched.quantity == trip.instrument.watched.quantity and x.sign == trip.sign
        ]  # fmt: skip
        first = min(warns, key=lambda x: x.depth if x.high else -x.depth, default=None)
        if first is not None and (first.depth > trip.depth if trip.high else first.depth < trip.depth):
            yield Fault(
                f"{by.name} trips at {trip.text}, before any alarm warns: the first comes at {first.text}.",
                "Let an alarm come first.", trip.place,
            )  # fmt: skip


def _never(its: View) -> Iterator[Fault]:
    for kind in (Alarm, Interlock):
        for entry in its.farm.of(kind).values():
            cue: Cue | None = getattr(entry, "when", None)
            terms = cue.flat if cue is not None else ()
            if cue is None or cue.bracketed or any(t.joined == "or" for t in terms[1:]) or any(t.then_s for t in terms):
                continue
            mine = [x for x in its.limits if x.by is entry and not x.voted]
            for a, b in combinations(mine, 2):
                over, under = (a, b) if a.sign == ">" else (b, a)
                if a.instrument is b.instrument and (over.sign, under.sign) == (">", "<") and over.at >= under.at:
                    yield Fault(
                        f"{entry.name} can never come: {a.instrument.name} cannot be above {over.text} and below {under.text} at once.",
                        "Write or, or turn a sign.", cue.place,
                    )  # fmt: skip


# what acts


def _moved_by(its: View, acts: tuple[Act, ...], depth: int = 3) -> set[str]:
    """The valves, pumps, lines and other things that acts move or name, also by a trip that trips another."""
    things = {its.names.real(a.thing.text) for a in acts if isinstance(a.thing, Name)}
    lines, transfers, interlocks = its.farm.of(Line), its.farm.of(Transfer), its.farm.of(Interlock)
    for name in tuple(things):
        if name in transfers:
            way = transfers[name].through
            things |= {*way, *(v for line in way for v in lines[line].through)}
            things |= {transfers[name].start, transfers[name].end}
        if name in interlocks and depth:
            things |= _moved_by(its, interlocks[name].then, depth - 1)
    things |= {line.name for line in lines.values() if things & set(line.through)}
    return {str(name) for name in things}


def _proof(its: View) -> Iterator[Fault]:
    for interlock in its.farm.of(Interlock).values():
        if interlock.proof is None:
            continue
        read = {
            x.watched.thing
            for t in interlock.proof.flat
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
    for limit in its.limits:
        if isinstance(limit.by, Interlock) and its.full(limit.instrument) is not None and limit.high:
            tank = limit.instrument.watched.thing
            for act in limit.by.then:
                way = _fills(its, act, tank)
                if way:
                    yield Fault(
                        f"{limit.by.name} says {act.text} when {tank} is at {limit.text}, and that fills {tank} by {way}.",
                        f"Write {'stop' if act.verb == 'start' else 'close'} instead.", limit.place,
                    )  # fmt: skip


def _fills(its: View, act: Act, tank: str) -> str:
    """The line by which an act lets liquid into a tank, "" where it does not."""
    _, name = _what(act)
    transfer = its.farm.of(Transfer).get(name)
    if act.verb == "start" and transfer is not None and transfer.end == tank:
        return str(transfer.through[-1])
    opens = act.verb == "open" or (act.verb == "set" and isinstance(act.to, Amount) and act.to.number > 0.0)
    found = (k.name for k in its.farm.of(Line).values() if opens and name in k.through and k.end == tank)
    return next(found, "")


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
                wide = math.ceil(2000.0 * math.sqrt(flow / (math.pi * FASTEST_M_S)) + 1e-6) / 1000.0
                yield Fault(
                    f"{transfer.name} sends {show(flow, 'volume flow', 0)} through {line.name} of {show(line.size_m, 'length', 3)}: "
                    f"{show(speed, 'speed', 1)}, above {FASTEST_M_S:g} m/s.",
                    f"Make it {show(wide, 'length', 3)} wide, or lower the rate.", line.place,
                )  # fmt: skip


def _amounts(its: View) -> Iterator[Fault]:
    held = liquids(its.farm)
    for transfer in its.farm.of(Transfer).values():
        tank, node = its.tanks.get(transfer.end), its.farm.of(Node).get(transfer.start)
        source = its.tanks.get(transfer.start)
        amount_m3 = asked_m3(transfer, held.get(str(transfer.start), ""), its.scenario.weather.air_k)
        for end, word in ((tank, "into"), (source, "out of")):
            if end is not None and transfer.amount is not None and amount_m3 > end.capacity_m3:
                yield Fault(
                    f"{transfer.name} moves {show(amount_m3, 'volume', 0)} {word} {end.name}, which holds "
                    f"{show(end.capacity_m3, 'volume', 0)}.",
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
            wall = math.ceil(10.0 * largest.capacity_m3 / place.area_m2 + 1e-6) / 10.0
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
            thing = its.names.real(_what(act)[1])
            if where(its.names, thing) is None:
                yield Fault(
                    f"{line.name} sends {line.post} to {act.text}, and nobody says where {thing} is: the order will fail.",
                    "Give it at: [0 m, 0 m].", line.place,
                )  # fmt: skip


def _on_foot(its: View, act: Act) -> bool:
    """Whether somebody must go to a thing for it."""
    verb, name = _what(act)
    found = does(verb, its.names.kind(its.names.real(name))) if name else None
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
        for t in cue.flat
        if not t.negated
    )


def _slower(its: View) -> Iterator[Fault]:
    for alarm in its.farm.of(Alarm).values():
        for line in its.farm.of(PlanLine).values():
            first = line.cue.flat[0].atom
            answers = isinstance(first, Test) and isinstance(first.reading, Name) and first.reading.text == alarm.name
            if answers and alarm.response_s is not None and (line.within_s or 0.0) > alarm.response_s:
                given, asked = (show(v, "time", 0) for v in (line.within_s or 0.0, alarm.response_s))
                yield Fault(
                    f"{line.name} may take {given} to answer {alarm.name}, whose response time is {asked}.",
                    "Shorten the line, or rationalise the alarm anew.", line.place,
                )  # fmt: skip


def _wants_harm(its: View) -> Iterator[Fault]:
    for objective in its.scenario.of(Objective).values():
        that = objective.that
        atom = that.cue.flat[0].atom
        if that.no or that.relation or not isinstance(atom, Happened) or that.cue.flat[0].negated:
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
            why = spelled or "one has a figure where the other has a letter"
            yield Fault(f"{name} and {other} look alike: {why}.", "Call one of them otherwise.", entry.place)


DOUBTS: tuple[tuple[str, Callable[[View], Iterator[Fault]]], ...] = (
    ("limit-out-of-range", _out_of_range), ("limit-above-lip", _above_the_lip), ("range-too-short", _short_range),
    ("deadband-too-wide", _deadband), ("order-of-limits", _order), ("never-true", _never), ("proof-by-another", _proof),
    ("trip-fills", _feeds), ("too-fast", _velocity), ("amount", _amounts), ("bund-too-small", _bunds), ("nobody-there", _nowhere),
    ("shared-act", _shared), ("slower-than-alarm", _slower), ("wants-harm", _wants_harm), ("look-alike", _look_alike),
)  # fmt: skip


def doubts(scenario: ScenarioSpec, names: Names) -> list[Fault]:
    """Every doubt of a scenario and its farm, with its kind."""
    its = View(scenario, names)
    return [fault.of_kind(kind) for kind, found in DOUBTS for fault in found(its)]
