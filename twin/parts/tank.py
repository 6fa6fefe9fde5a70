"""Tanks, and all else that holds liquid: bunds, pits, sinks and the ground around. They fill, run over, and lose nothing.

Volumes are kept at the temperature of the *day*, that of the air when a scenario starts, so that mixing makes and loses nothing; what
is seen of them (level, volume, what runs over) is as warm as they are. *Warmth* is such a volume times what it is warmer than the day
(decision 0019).
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from twin.base.arrays import Bools, Floats, array, fresh, gathered, select, some, summed
from twin.language.words import EventKind, Heard
from twin.parts.action import Row, happens, look, seen
from twin.parts.part import Does, Edge, Part, Path, readable, settable
from twin.parts.tank_entry import Tank
from twin.parts.vessels import (
    Vessels,
    at_15c,
    brim_m,
    brim_m3,
    contamination,
    density,
    landed,
    level_of,
    mass_kg,
    of_tanks,
    standard_m3,
    swells,
    total_of,
    ullage,
    water_m,
)
from twin.physics import geometry, heat
from twin.text.say import Amount, Said, say

SPOILT = 0.005  # share of something else from which a tank is off its specification (assumed; many products allow less)
GROUND_W_M2K = 0.5  # through a floor (an engineering figure)
FILM_M3 = 1e-9  # what is left of less is rounding, and as warm as so much would be
LOOK_S = 30  # to see the state of a thing that one stands at


_NOTHING_COMES = (
    "holds its product and nothing else in this farm.",
    "Give a tank water under `initially`, or join another product.",
)


@dataclass(frozen=True, slots=True)
class State:
    """What is in the vessels now."""

    volume_m3: Floats = array(  # (W, Q, M) of each product in each vessel
        along=("products", "names"),
        path=(
            readable("contamination", "fraction", "share of what does not belong there; water is none", read=contamination,
                     things="mixed", lacking=_NOTHING_COMES),
            readable("water", "length", "depth of the water at its bottom", read=water_m, things="mixed", lacking=_NOTHING_COMES,
                     writes="content.water", least=0, most=1000, most_of=brim_m, at_start=True),
        ),
    )  # fmt: skip
    warmth_m3k: Floats = array()  # (W, M) what they would be on the day, times what they are warmer
    temperature_k: Floats = array(  # (W, M)
        start="day_k",
        path=readable(
            "temperature", "temperature", "of the liquid", read=of_tanks, things="tanks", writes="content.temperature", least=200,
            most=500, at_start=True,
        ),
    )  # fmt: skip
    day_m3: Floats = array(  # (W, M) all products, as warm as the day
        path=readable(
            "day-volume", "volume", "what it would be as warm as the air at the start", read=of_tanks, things="tanks"
        )
    )
    total_m3: Floats = array(  # (W, M) all products, as warm as they are
        path=readable(
            "volume", "volume", "liquid held, as warm as it is", spelled="liquid_columns", writes="content.volume", least=0,
            most=1e7, most_of=brim_m3, at_start=True,
        )
    )  # fmt: skip
    level_m: Floats = array(  # (W, M) as a gauge would meet it
        path=readable(
            "level", "length", "liquid level above the bottom", read=of_tanks, things="tanks", writes="content.level",
            least=0, most=1000, most_of=brim_m, at_start=True,
        )
    )  # fmt: skip
    overflow_m3_s: Floats = array(
        path=readable("overflow", "volume flow", "over the lip")
    )  # (W, M) over lip, wall or brim
    escaped_m3: Floats = array()  # (W, M) that left each vessel over its lip, gross
    spilled_m3: Floats = array(along=("products",))  # (W, Q) over the lips of tanks, gross


@dataclass(slots=True)
class Controls:
    """(W, T)."""

    heater_w: Floats = array(
        along=("tanks",),
        path=settable("heater", "power", "what its coil gives to the liquid", things="tanks", least=0, most=1e8, offer="to", value="500 kW"),
    )  # fmt: skip


class Around(NamedTuple):
    """What is around tanks, (W, T) each."""

    given_w: Floats  # where they are as warm as the day
    loses_w_k: Floats  # for each kelvin that they are warmer


def start(its: Vessels, volume_m3: Floats, warmer_k: Floats) -> State:
    """Vessels that hold this, (W, Q, M) as warm as the day, and are so much warmer, (W, M)."""
    day = total_of(volume_m3)
    made = fresh(
        State, its, len(day), volume_m3=volume_m3, warmth_m3k=day * warmer_k, day_m3=day, total_m3=day, level_m=day
    )
    return _seen(its, made)


def warmer_k(its: Vessels, now: State) -> Floats:
    """What each vessel is warmer than the day, (W, M)."""
    return now.temperature_k - its.day_k


def step(its: Vessels, now: State, gain_m3: Floats, to: Around | None, dt_s: float) -> State:
    """The vessels one tick later, each having gained (W, Q + 1, M) of each product and of warmth.

    to  what is around tanks; None where that does nothing
    """
    volume, warmth = now.volume_m3 + gain_m3[:, :-1], now.warmth_m3k + gain_m3[:, -1]
    day = total = total_of(volume)
    if to is not None:
        warmth[:, : its.n_tanks] = _exposed(its, volume, day, warmth, to, dt_s)
    temperature = now.temperature_k
    if some(warmth) or some(now.warmth_m3k):
        temperature, total = _warmed(its, volume, day, warmth)
    excess = np.maximum(total - its.capacity_m3, 0.0)
    over = some(excess)
    overflow = now.overflow_m3_s if over or not some(now.overflow_m3_s) else excess
    level = now.level_m if over else level_of(its, total)
    new = State(volume, warmth, temperature, day, total, level, overflow, now.escaped_m3, now.spilled_m3)
    return _run_over(its, new, excess, dt_s) if over else new


def _seen(its: Vessels, now: State) -> State:
    """What follows from what vessels hold: how warm, how much, how high."""
    temperature, total = _warmed(its, now.volume_m3, now.day_m3, now.warmth_m3k)
    return replace(now, temperature_k=temperature, total_m3=total, level_m=level_of(its, total))


def _warmed(its: Vessels, volume_m3: Floats, day_m3: Floats, warmth_m3k: Floats) -> tuple[Floats, Floats]:
    """How warm vessels are, (W, M) K, and what they hold then, m3: liquid swells and shrinks."""
    temperature = its.day_k + warmth_m3k / np.maximum(day_m3, FILM_M3)
    total = np.zeros(day_m3.shape)
    for q in range(len(its.products)):
        if some(volume_m3[:, q]):
            total = total + volume_m3[:, q] * swells(its, q, temperature)
    return temperature, total


def around(its: Vessels, now: State, set_: Controls, air_k: Floats, sun_w_m2: Floats) -> Around | None:
    """What air, sun, ground and heaters do to tanks in this tick; None where nothing differs from the day.

    air_k, sun_w_m2  (W, 1)

    A tank loses through its wetted wall and its roof to the air, through its floor to ground as warm as the day; the sun shines on its
    roof and on half of its wetted wall's width (assumed). Bunds and pits keep what they have.
    """
    n = its.n_tanks
    heats = air_k - its.day_k[:1]
    if not (some(now.warmth_m3k) or some(heats) or some(sun_w_m2) or some(set_.heater_w)):
        return None
    roof, wall = its.area_m2[:n], its.across_m * now.level_m[:, :n]
    to_air = its.loses_w_m2k * (roof + geometry.PI * wall)
    given = to_air * heats + set_.heater_w + heat.WHITE * sun_w_m2 * (roof + 0.5 * wall)
    return Around(given, to_air + GROUND_W_M2K * roof)


def _exposed(its: Vessels, volume_m3: Floats, day_m3: Floats, warmth_m3k: Floats, to: Around, dt_s: float) -> Floats:
    """The warmth of tanks (W, T) after a tick among what is around them, each well mixed.

    By Euler backwards: whatever the step, nothing grows warmer than what heats it. No coil heats above its steam, or above where the
    product boils; what evaporates then is not taken off.
    """
    n = its.n_tanks
    held = day_m3[:, :n]
    warmer = warmth_m3k[:, :n] / np.maximum(held, FILM_M3)
    capacity = summed(volume_m3[:, :, :n] * its.heat_j_m3k[:, None], 1)
    after = (capacity * warmer + to.given_w * dt_s) / np.maximum(capacity + to.loses_w_k * dt_s, FILM_M3)
    after = np.minimum(after, np.maximum(warmer, its.hottest_k - its.day_k[:n]))
    found: Floats = select(held > FILM_M3, after * held, warmth_m3k[:, :n])
    return found


def _run_over(its: Vessels, now: State, excess: Floats, dt_s: float) -> State:
    """What stands above a lip goes to the bund, pit or ground below, in this tick, as warm as it is."""
    carried = np.concatenate((now.volume_m3, now.warmth_m3k[:, None]), axis=1)
    over = excess[:, None, :] * (carried / np.maximum(now.total_m3, 1e-9)[:, None, :])
    if its.some_separate:
        over = _water_first(its, now, carried, over)
    carried = carried - over + gathered(over, its.spilled_by)
    volume = carried[:, :-1]
    new = replace(
        now, volume_m3=volume, warmth_m3k=carried[:, -1], day_m3=total_of(volume), overflow_m3_s=excess / dt_s,
        escaped_m3=now.escaped_m3 + excess, spilled_m3=now.spilled_m3 + over[:, :-1, : its.n_tanks].sum(axis=-1),
    )  # fmt: skip
    return _seen(its, new)


def _water_first(its: Vessels, now: State, carried: Floats, over: Floats) -> Floats:
    """Of what runs over, (W, Q + 1, M), where an interceptor keeps what floats: water while there is any."""
    parts, day = over.copy(), total_of(over[:, :-1])
    water = np.minimum(day, now.volume_m3[:, its.water])
    floats = np.maximum(now.day_m3 - now.volume_m3[:, its.water], 1e-9)
    parts[:, :-1] = ((day - water) / floats)[:, None, :] * carried[:, :-1]
    parts[:, its.water] = water
    kept: Floats = select(its.separates, parts, over)
    return kept


# edges


def _overflow(row: Row, m: int, begins: bool) -> None:
    its, now = row.facts(Vessels), row.state(State)
    name = its.names[m]
    if m < its.n_tanks and begins:
        happens(row, "overflow", name, say("overflow.begins", name=name))  # how fast is known when a minute has passed
    elif m < its.n_tanks:
        gross = Amount(float(now.escaped_m3[row.at, m]), "volume", 1)
        happens(row, "overflow-ends", name, say("overflow.ends", name=name, volume=gross))
    elif begins:
        happens(row, "bund-full", name, say("overflow.bund", name=name))


def _spoilt(its: Vessels, volume_m3: Floats) -> Bools:
    spoilt: Bools = contamination(its, volume_m3) > SPOILT
    return spoilt


def _contaminated(row: Row, t: int, begins: bool) -> None:
    if begins:
        its = row.facts(Vessels)
        share = Amount(float(contamination(its, row.state(State).volume_m3)[row.at, t]), "fraction", 1)
        row.emit("contaminated", its.tanks[t], say("tanks.contaminated", name=its.tanks[t], share=share))


def _landed(row: Row, m: int, begins: bool) -> None:
    if begins:
        name = row.facts(Vessels).names[m]
        row.emit("roof-landed", name, say("overflow.landed", name=name))


# what people do


def _sees(row: Row, thing: str) -> Said:
    m = row.facts(Vessels).index(thing)
    runs = row.state(State).overflow_m3_s[row.at, m] > 0.0
    return say("seen.tank-over" if runs else "seen.tank", thing=thing)


PART = Part(
    "tanks", "tank", Tank, State, Controls,
    paths=(
        # worked out of all that is there where several products may come, else a multiple of one volume
        Path("standard-volume", "volume", "what it would be at 15 degC", of="day-volume", scale=at_15c),
        Path("standard-volume", "volume", "what it would be at 15 degC", reads="volume_m3", read=standard_m3, things="mixed"),
        Path("mass", "mass", "liquid held", reads="volume_m3", read=mass_kg, things="mixed"),
        Path("mass", "mass", "liquid held", of="day-volume", scale=density, writes="content.mass", least=0, most=1e10,
             most_of=lambda its, m: brim_m3(its, m) * density(its, m), at_start=True),
        Path("filled", "fraction", "share of the volume at the lip", of="volume",
             scale=lambda its, m: 1.0 / float(its.capacity_m3[m]), writes="content.filled", least=0, most=1,
             most_of=lambda its, m: 1.0, at_start=True),
        Path("innage", "length", "liquid by the tape, from the bottom up: a dip", of="level", scale=lambda its, m: 1.0),
        Path("ullage", "length", "from the top of the shell down to the liquid", reads="level_m", read=ullage, things="taped",
             lacking=("has no ullage where no instrument measures one.", "Give it one: `measures: T-1.ullage`.")),
        Path("by-papers", "fraction", "share of the capacity that its papers say", of="volume",
             scale=lambda its, m: 1.0 / float(its.papers_m3[m])),
        Path("landed", "flag", "whether its floating roof stands on the legs", reads="level_m", read=landed, things="tanks"),
        Path("liquid", "volume", "liquid lying in it", kind="bund", writes="content.liquid", least=0, most=1e7,
             most_of=brim_m3, at_start=True),
        Path("overflow", "volume flow", "over the wall", kind="bund"),
    ),
    edges=(
        Edge("overflow", ("tanks.overflow_m3_s",), lambda its, flow: flow > 0.0, _overflow, found=False),
        Edge("contaminated", ("tanks.volume_m3",), _spoilt, _contaminated, things="mixed", never=lambda its: not its.mixed),
        Edge("landed", ("tanks.level_m",), landed, _landed, things="tanks", never=lambda its: not its.some_legs),
    ),
    events=(
        EventKind("overflow", Heard.NEAR, "liquid runs over the lip of a tank", "overflow-ends", weight=0, told=True,
                  pictured=True, marked=True, counted=True),
        EventKind("overflow-ends", Heard.NEAR, "an overflow stopped", weight=2, told=True, pictured=True),
        EventKind("bund-full", Heard.NEAR, "liquid runs over the wall of a bund", weight=0, told=True, pictured=True,
                  marked=True, counted=True),
        EventKind("contaminated", Heard.NOBODY, "more than 0.5 % of something else has come into a tank", weight=2, told=True,
                  pictured=True, marked=True, counted=True),
        EventKind("roof-landed", Heard.NEAR, "a floating roof stands on its legs", told=True),
    ),
    verbs=(Does("check", look, work=lambda row, order: LOOK_S, worked=seen),),
    sees=_sees,
)  # fmt: skip
