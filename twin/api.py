"""The Python door: what `import twin` gives to scripts. The command line uses the same."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from twin.base.arrays import Floats
from twin.base.fault import Fault, nearest
from twin.base.json import Json
from twin.campaign.run import Campaign
from twin.debrief import outcome, report, whatif
from twin.engine import replay
from twin.engine import session as sessions
from twin.engine.orders import Event
from twin.engine.scan import Block
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.engine.world import Override
from twin.journal import chain
from twin.physics.calcs import Number, calculate


class Run:
    """One world being lived through, kept in memory.

    >>> run = open_scenario("first-watch", posts="none")
    >>> run.advance(60)
    >>> round(float(run.signal("T-101.level")[-1]), 2)
    14.81
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def tick(self) -> int:
        """Seconds since the start."""
        return self._session.tick

    @property
    def lasts(self) -> int:
        """How many seconds the scenario lasts."""
        return self._session.lasts

    def advance(self, to: int | None = None) -> None:
        """Runs up to and including a second, or to the end."""
        self._session.advance(self.lasts if to is None else to)

    def command(self, post: str, do: str) -> None:
        """A post does something at the next second; raises Fault when that cannot be understood.

        The plan no longer acts for the post, unless this is refused for who gives it.
        """
        self._session.person(post, do)

    def signal(self, name: str) -> Floats:
        """A signal in SI, one value a second from the start: `T-101.level`, `LT-101`, `spilled.volume`."""
        board = self._session.model.signals
        if name not in board.at:
            raise Fault(f"there is no signal {name!r}.", nearest(name, board.at))
        recorder = self._session.block.recorder
        assert recorder is not None
        return np.array([row[0, board.at[name]] for row in recorder.signals])

    @property
    def events(self) -> list[Event]:
        """What happened so far, in order."""
        return list(self._session.block.events[0])

    def outcome(self) -> Json:
        """Runs to the end; totals, score, marks with evidence, digest."""
        return dict(self._session.finish(outcome.sealed))

    def debrief(self) -> Json:
        """Runs to the end; what `twin debrief --json` prints: story, acts, misled, windows, one thing different, luck.

        >>> run = open_scenario("gauge-sticks", posts="none")
        >>> run.debrief()["one_thing"][0]["change"]
        'LS-101 healthy'
        """
        self.outcome()
        return report.report(self._session, whatif.answers(self._session))

    def fork(self, override: Override | None = None) -> "Run":
        """The same world from its start with the same commands and one thing different, run up to this second."""
        mine = self._session
        setup = mine.setup
        taken = frozenset(setup.taken)
        override = override or Override(posts=setup.posts, taken=taken)
        block = Block(mine.model, setup.seed, [setup.world], [override], record=True)
        other = Session(setup, mine.model, mine.meaning, mine.files, block)
        other.enter([sessions.Stamped(s.tick, s.command) for s in mine.commands])
        other.advance(self.tick)
        return Run(other)


def open_scenario(
    name: str, *, seed: int = 0, world: int = 0, posts: str = "plan", settings: Iterable[str] = ()
) -> Run:
    """A world of a scenario, by path or shipped name, at its start. Raises Faults when its files have mistakes."""
    return Run(sessions.start(Setup(name, seed, world, tuple(settings), posts)))


def load(path: str | Path) -> Run:
    """A run file, simulated again up to its last record. Raises Fault when the file was changed."""
    records, _ = chain.read(Path(path))
    return Run(replay.replay(records, check=True))


def worlds(
    name: str, n: int, *, seed: int = 0, posts: str = "plan", settings: Iterable[str] = ()
) -> dict[str, list[Any]]:
    """Worlds 0 to n - 1 of a scenario as columns: world, digest, inputs, first times, totals, score."""
    campaign = Campaign.open(name, worlds=n, seed=seed, posts=posts, settings=tuple(settings))
    for _ in campaign.blocks():
        pass
    return campaign.columns()


def check(path: str | Path) -> list[Fault]:
    """Every mistake of a farm or scenario file; empty when it is right."""
    from twin.engine.checks import check_file

    return check_file(str(path)).mistakes


def calc(name: str, **args: Number) -> float:
    """A physics function by its name; arguments in SI. Raises Fault when they do not fit."""
    return float(calculate(name, args)["value"])  # type: ignore[arg-type]
