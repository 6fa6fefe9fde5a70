"""The Python door: what `import twin` gives to scripts. The command line uses the same."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from twin.base.arrays import Floats
from twin.base.fault import Fault, nearest
from twin.base.json import Json
from twin.campaign.run import Campaign
from twin.debrief import outcome, report, whatif
from twin.debrief.facts import Documented
from twin.debrief.facts import figures as documented
from twin.engine import replay
from twin.engine import session as sessions
from twin.engine.compile import open_model
from twin.engine.orders import Event
from twin.engine.scan import Block
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.engine.values import Settings, settings_of
from twin.engine.world import Override
from twin.journal import chain
from twin.language.dump import dump
from twin.language.files import SCRIPTED, Files
from twin.physics.calcs import Number, calculate

__all__ = ["Documented", "Event", "Override", "Run", "World", "calc", "check", "load", "open_scenario", "worlds"]
Scenario = str | Path | Mapping[str, Any]


class Run:
    """One world being lived through, kept in memory.

    >>> run = open_scenario("first-watch", posts="none")
    >>> run.advance(60)
    >>> round(float(run.signal("T-101.level")[-1]), 2)
    13.71
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

    @property
    def signals(self) -> dict[str, str]:
        """Every signal by name, and the dimension of its values: `{"T-101.level": "length", …}`.

        >>> open_scenario("first-watch").signals["LT-101"]
        'length'
        """
        board = self._session.model.signals
        return dict(zip(board.names, board.dimensions, strict=True))

    def signal(self, name: str) -> Floats:
        """A signal in SI, one value a second from the start: `T-101.level`, `LT-101`, `spilled.volume`."""
        return _signal(self._session.block, 0, name)

    @property
    def events(self) -> list[Event]:
        """What happened so far, in order: tick, kind, subject, by whom, and the sentence.

        >>> run = open_scenario("vacuum-collapse", posts="none")
        >>> run.advance(1300)
        >>> [(event.tick, event.subject) for event in run.events if event.kind == "tank-collapsed"]
        [(1199, 'T-9208')]
        """
        return list(self._session.block.events[0])

    def facts(self) -> list[Documented]:
        """Runs to the end; the documented figures of the scenario: name, value, low, high, whether inside.

        They are those of what happened: a run with `posts="none"` and nothing changed follows the documented course.

        >>> [fact.inside for fact in open_scenario("vacuum-collapse", posts="none").facts()]
        [True]
        """
        self.outcome()
        return documented(self._session.block, 0)

    def outcome(self) -> Json:
        """Runs to the end; totals, score, marks with evidence, digest."""
        return dict(self._session.finish(outcome.sealed))

    def debrief(self) -> Json:
        """Runs to the end; what `twin debrief --json` prints: story, acts, misled, windows, one thing different, luck.

        >>> run = open_scenario("gauge-sticks", posts="none")
        >>> run.debrief()["one_thing"][0]["change"]
        'LT-102 healthy'
        """
        self.outcome()
        return report.report(self._session, whatif.answers(self._session))

    def fork(self, override: Override | None = None) -> "Run":
        """The same world from its start with the same commands and one thing different, run up to this second.

        >>> late = open_scenario("first-watch").fork(Override(delayed=(("end-receipt-102", 60.0),)))
        >>> late.outcome()["score"]
        '1000000'
        """
        mine = self._session
        setup = mine.setup
        taken = frozenset(setup.taken)
        override = override or Override(posts=setup.posts, taken=taken)
        block = Block(mine.model, setup.seed, [setup.world], [override], record=True)
        other = Session(setup, mine.model, mine.meaning, mine.files, block)
        other.enter([sessions.Stamped(s.tick, s.command) for s in mine.commands])
        other.advance(self.tick)
        return Run(other)


class World:
    """One of many worlds that was lived to its end, for measures of one's own: see `worlds`."""

    def __init__(self, block: Block, row: int) -> None:
        self._block, self._row = block, row

    def signal(self, name: str) -> Floats:
        """A signal in SI, one value a second from the start."""
        return _signal(self._block, self._row, name)

    @property
    def events(self) -> list[Event]:
        """What happened in it, in order."""
        return list(self._block.events[self._row])

    def facts(self) -> list[Documented]:
        """The documented figures of the scenario, and what this world made of them."""
        return documented(self._block, self._row)


def _signal(block: Block, row: int, name: str) -> Floats:
    board, recorder = block.model.signals, block.recorder
    if name not in board.at:
        raise Fault(f"there is no signal {name!r}.", nearest(name, board.at))
    assert recorder is not None
    return np.array([values[row, board.at[name]] for values in recorder.signals])


def open_scenario(
    scenario: Scenario, *, seed: int = 0, world: int = 0, posts: str = "plan", settings: Settings = ()
) -> Run:
    """A world of a scenario at its start: by path, by shipped name, or a table as its file would hold.

    Numbers in `settings` are SI. Raises Faults where file or table have mistakes.

    >>> short = {"scenario": "Short", "like": "first-watch", "lasts": "10 min"}
    >>> run = open_scenario(short, posts="none", settings={"T-101.level": 9.2})
    >>> run.lasts, float(run.signal("T-101.level")[0])
    (600, 9.2)
    """
    name, files = _named(scenario)
    return Run(sessions.start(Setup(name, seed, world, _texts(name, files, settings), posts), files=files))


def _named(scenario: Scenario) -> tuple[str, Files]:
    if isinstance(scenario, Mapping):
        return SCRIPTED, Files(scripted=dump(dict(scenario)))
    return str(scenario), Files()


def _texts(name: str, files: Files, given: Settings) -> tuple[str, ...]:
    return settings_of(open_model(files, name, [])[0], given) if isinstance(given, Mapping) else tuple(given)


def load(path: str | Path) -> Run:
    """A run file, simulated again up to its last record. Raises Fault when the file was changed, or is none.

    >>> load("no-such.twin")
    Traceback (most recent call last):
    twin.base.fault.Fault: no-such.twin cannot be read: No such file or directory.
    """
    records, _ = chain.read(Path(path))
    return Run(replay.replay(records, check=True))


def worlds(
    scenario: Scenario, n: int, *, seed: int = 0, posts: str = "plan", settings: Settings = (),
    measures: Mapping[str, Callable[[World], Any]] | None = None,
) -> dict[str, list[Any]]:  # fmt: skip
    """Worlds 0 to n - 1 of a scenario as columns: world, digest, inputs, first times, totals, score, and measures of one's own.

    A measure is a function of a `World` at its end. Whoever measures keeps every signal of a block of worlds in memory.

    >>> found = worlds("first-watch", 3, measures={"highest": lambda world: world.signal("T-101.level").max()})
    >>> [round(float(level), 2) for level in found["highest"]]
    [13.71, 13.57, 13.64]
    """
    name, files = _named(scenario)
    campaign = Campaign.open(
        name,
        worlds=n,
        seed=seed,
        posts=posts,
        settings=_texts(name, files, settings),
        files=files,
        record=bool(measures),
    )
    columns: dict[str, list[Any]] = {key: [] for key in measures or {}}
    for block in campaign.ended():
        for row in range(len(block.numbers)):
            for key, measure in (measures or {}).items():
                columns[key].append(measure(World(block, row)))
    found = campaign.columns()
    if taken := sorted(columns.keys() & found.keys()):
        raise Fault(f"{taken[0]} is a column already.", "Call the measure otherwise.")
    return {**found, **columns}


def check(path: str | Path) -> list[Fault]:
    """Every mistake of a farm or scenario file; empty when it is right.

    >>> check("harbour")
    []
    """
    from twin.engine.checks import check_file

    return check_file(str(path)).mistakes


def calc(name: str, **args: Number) -> float:
    """A physics function by its name; arguments in SI. Raises Fault when they do not fit.

    >>> round(calc("vapour_pressure", substance="propane", temperature_k=300.0) / 1e5, 1)
    10.0
    """
    return float(calculate(name, args)["value"])  # type: ignore[arg-type]
