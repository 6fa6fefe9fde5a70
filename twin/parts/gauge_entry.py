"""What a file may say of an instrument: what it measures, how it shows that, what it hangs on. What it shows is `gauge.py`."""

from dataclasses import dataclass

from twin.language import fields as f
from twin.language import readers as r
from twin.language.entry import Point, Thing, key
from twin.language.sentence import Amount, Path
from twin.language.syntax import Test


@dataclass(frozen=True, kw_only=True)
class Instrument(Thing):
    """Something that shows a quantity, with its range, lag, noise and faults."""

    measures: Test = key(r.measured(), "measures", "THING.quantity, or THING.quantity > value for a switch")
    kind: str = key(f.words(), "kind", "for the record: servo, radar, float", default="")
    range: tuple[Amount, Amount] | None = key(
        f.amount_range(), "range", "what it can show", default=None, why="what the thing can be"
    )
    lag_s: float = key(f.quantity("time", 0, 3600), "lag", "time constant", default=0.0, why="none stated")
    sample_s: float = key(f.quantity("time", 1, 3600), "sample", "how often it looks", default=1.0, why="every scan")
    noise: Amount | None = key(f.amount(), "noise", "standard deviation", default=None, why="none stated")
    density: float | None = key(
        f.quantity("density", 100, 3000), "density", "of a head gauge (differential pressure): the density it was set to; it shows what it weighs",
        default=None,
    )  # fmt: skip
    follows: float | None = key(
        f.quantity("speed", 1e-5, 1), "follows", "how fast it follows a level at most: a servo that walks", default=None,
        why="at once",
    )  # fmt: skip
    hysteresis: Amount | None = key(
        f.amount(), "hysteresis", "so far what it measures may turn back before it follows: friction of float and tape",
        default=None, why="none",
    )  # fmt: skip
    resolution: Amount | None = key(f.amount(), "resolution", "smallest step it shows", default=None, why="none stated")
    by_hand_s: float | None = key(
        f.quantity("time", 1, 7200), "by hand", "time a person needs to read it", default=None
    )
    system: str = key(
        f.name_of("utilities", "word:BPCS", "word:SIS"),
        "system",
        "the controller it is wired to",
        default="BPCS",
        why="basic control unless it says SIS",
    )
    tapping: str = key(f.words(), "tapping", "the nozzle it sits on", default="")
    cable: str = key(f.words(), "cable", "its cable", default="")
    power: str = key(f.name_of("utilities"), "power", "what it runs on", default="", why="never lost")
    tested: str = key(f.date(), "tested", "last proof test", default="")
    every_s: float | None = key(f.quantity("time", 0), "every", "proof-test interval", default=None)
    dangerous_failures: float | None = key(
        f.quantity("frequency", 0), "dangerous failures", "undetected, per hour", default=None
    )
    if_bad: str = key(
        f.choice("vote", "ignore", "trip"),
        "if bad",
        "how a vote takes its bad signal",
        default="vote",
        why="a lost signal counts as a demand: the safe side",
    )
    at: Point | None = key(f.point(), "at", "where a person reads it", default=None)

    @property
    def watched(self) -> Path:
        """The quantity that it measures."""
        assert isinstance(self.measures.reading, Path)  # so says its reader
        return self.measures.reading

    @property
    def is_switch(self) -> bool:
        return bool(self.measures.sign)
