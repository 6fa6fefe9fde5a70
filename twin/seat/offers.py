"""The drills on offer: one's own, then those of the house and shipped by level; and which of them is today's."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from twin.base.fault import Fault, Faults
from twin.base.units import from_si
from twin.engine.compile import open_model
from twin.engine.cues import Clock
from twin.language import files
from twin.language.load import start_of
from twin.language.spec import ScenarioSpec, Weather
from twin.seat.briefing import briefing
from twin.seat.kept import Kept, drill_of, last_of
from twin.text.say import Said, say, spoken


@dataclass(frozen=True, slots=True)
class Offer:
    """A drill that can be chosen. `night`: whether a seed draws what is wrong. `farm`: its title, empty with mistakes."""

    name: str
    title: str = ""
    lasts_s: int = 0  # from the moment the seat opens
    level: int = 0
    seat: str = "control-room"
    briefing: str = ""
    farm: str = ""
    weather: Said | None = None
    night: bool = False
    own: bool = False

    @property
    def drill(self) -> str:
        """Its name among the runs that were kept."""
        return drill_of(self.name)

    @property
    def sound(self) -> bool:
        """Whether it can be begun."""
        return bool(self.farm)


def offers() -> list[Offer]:
    """All of them in the language of this terminal; one whose file has mistakes is there, and not sound."""
    own = sorted(str(p) for p in files.own().glob("*.yaml")) if files.own().is_dir() else []
    shipped = [files.in_language(name, spoken()) for name in files.known_scenarios()]
    found = [*(_offer(name, own=True) for name in own), *(_offer(name, own=False) for name in shipped)]
    return sorted(found, key=lambda o: (not o.own, o.level, o.title))


def todays(drills: Sequence[Offer], runs: Sequence[Kept], day: datetime.date) -> tuple[Offer, int]:
    """The drill of a day and its seed, by the date, what was mastered and what was done last. Raises Fault with none.

    Only drills whose seed draws what is wrong, and of those: up to one level above the hardest whose last run was
    clean; not those that were clean the last time, while there is another; not the one done last, while there is
    another. Among what is left the date chooses. The seed is the date, so that a class lives the same evening.
    """
    drawn = sorted((o for o in drills if o.night and not o.own and o.sound), key=lambda o: (o.level, o.name))
    if not drawn:
        raise Fault(
            "no drill here draws what is wrong.", "Give `uncertain:` a choice of words in one (docs/format.md)."
        )
    clean = {o.name for o in drawn if (last := last_of(o.drill, runs)) and last.clean}
    reach = max((o.level for o in drawn if o.name in clean), default=drawn[0].level - 1) + 1
    pool = [o for o in drawn if o.level <= reach] or [o for o in drawn if o.level == drawn[0].level]
    pool = [o for o in pool if o.name not in clean] or pool
    pool = [o for o in pool if o.drill != next((r.drill for r in runs), "")] or pool
    return pool[day.toordinal() % len(pool)], day.year * 10000 + day.month * 100 + day.day


def _offer(name: str, *, own: bool) -> Offer:
    try:
        spec = open_model(files.Files(), name, [])[0].spec
    except (Fault, Faults):
        return Offer(name, own=own)
    return Offer(
        name, spec.title, _open_s(spec), spec.level, str(spec.drill.post), briefing(spec), spec.farm.title,
        _told(spec.weather), bool(spec.draws), own,
    )  # fmt: skip


def _open_s(spec: ScenarioSpec) -> int:
    """How long a person sits there."""
    opens = Clock(start_of(spec)).tick(spec.drill.start) if spec.drill.start else 0
    return int(spec.lasts_s - opens)


def _told(its: Weather) -> Said:
    wind, comes = f"{its.wind['speed']:g}", f"{from_si(its.wind['from'], 'deg'):.0f}"
    return say(
        "console.lobby weather",
        air=f"{from_si(its.air_k, 'degC'):.0f}",
        wind=wind,
        comes=comes,
        stability=its.stability,
    )
