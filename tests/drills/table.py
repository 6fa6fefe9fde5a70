"""`python -m tests.drills.table` writes docs/drills.md: what every strategy keeps in the nights of every drill.

`make long` works the table out again and compares.
"""

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.drills import careful, strategies
from twin.engine.starting import night

PAGE = Path(__file__).parent.parent.parent / "docs" / "drills.md"
CAREFUL = "a careful player"
COLUMNS = ("nobody", "the plan", "the plan, slow", CAREFUL, *strategies.BLIND)
HEAD = """\
# The drills, and what wins them

Made by `python -m tests.drills.table`; `make long` works it out again. Seven drills, forty seeds each. A seed draws which tank
the ship fills, what is wrong (or nothing), when, how full the tanks are, how fast the ship pumps and how fast people react:

{nights}

In how many of the forty nights a way to play keeps all marks:

{table}

* *Nobody*: no order by anybody. Where it keeps all marks, nothing was wrong, or the preset still ended the receipt in time.
* *The plan*: every post by the farm's plan; *slow*: twice the reaction times.
* *A careful player* (`tests/drills/careful.py`): a script at the desk that gets the painted pages as text and nothing else; it
  looks every twenty seconds, compares in and out every three minutes, reports what the log says is lost. Its column is of the day
  on which the table was made: it moves with how pages are drawn.
* The others are blind: five seconds after the seat opens, once, and nothing after; the other posts follow the plan. They know
  which tank the ship fills. *Message to everybody* tells every post to look out for it.

No limit stands in a drill's first minute, so that what is done at once is done on nothing shown: a receipt stopped so is a false
alarm, and detection is lost ([debrief.md](debrief.md)). A doubt or a message costs nothing where nothing is wrong, and saves
nothing where something is.
"""


@dataclass(frozen=True)
class Night:
    """One night of one drill: what was drawn, and the marks that each strategy lost."""

    drill: str
    seed: int
    berth: str
    word: str
    lost: dict[str, frozenset[str]]


def lived(at: tuple[str, int, int]) -> Night:
    """One night, lived by every strategy, and by the careful player where it is early enough among the seeds."""
    name, seed, played = at
    model = strategies.drill(name)
    drew = night(model.spec.draws, seed, 0)
    lost = strategies.kept(model, seed)
    if seed < played:
        lost[CAREFUL] = careful.lost(strategies.path(name), seed)[0]
    return Night(name, seed, drew["berth"], drew["night"], lost)


def nights(played: int = strategies.SEEDS) -> list[Night]:
    """All nights, on two cores; the careful player lives the first of each drill."""
    listed = [(name, seed, played) for name in strategies.DRILLS for seed in range(strategies.SEEDS)]
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(lived, listed, chunksize=5))


def page(listed: list[Night]) -> str:
    """The page."""
    by_drill = {name: [n for n in listed if n.drill == name] for name in strategies.DRILLS}
    words = sorted({n.word for n in listed}, key=lambda w: (w == "calm", w))
    drawn = ["| drill | " + " | ".join(words) + " |", "|---" * (len(words) + 1) + "|"]
    table = ["| drill | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, its in by_drill.items():
        count = Counter(n.word for n in its)
        drawn.append(f"| {name} | " + " | ".join(str(count[w] or "") for w in words) + " |")
        kept = [sum(n.lost.get(c) == frozenset() for n in its) for c in COLUMNS]
        table.append(f"| {name} | " + " | ".join(map(str, kept)) + " |")
    return HEAD.format(nights="\n".join(drawn), table="\n".join(table))


if __name__ == "__main__":
    PAGE.write_text(page(nights()), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
