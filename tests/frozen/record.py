"""What the twin came to before the house was put in order: digests, events, outcomes and screens, as hashes.

`python -m tests.frozen.record NAME …` adds cases that are not in the file yet. A case that is there is never written
again: a mend that changes one is a commit of its own that names the line and says why. A new array of a part changes the
digests of every farm that has such a thing, and nothing else; a page that is drawn otherwise changes the screens alone:
`python -m tests.frozen.record --digests` (or `--screens`) takes those in, and refuses where anything else differs.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.frozen import looks
from twin.debrief import outcome
from twin.engine import commands
from twin.engine import session as sessions
from twin.engine.scan import Block
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.engine.world import Override

HERE = Path(__file__).parent
FILE = HERE / "frozen.json"
BUSY = str(HERE / "busy.yaml")
NAMES = (
    "buncefield-2005",
    "first-watch",
    "gauge-sticks",
    "keep-pumping",
    "overfill-saved",
    "power-dips",
    "valve-does-not-close",
)
POSTS = ("plan", "slow", "none")
WORLDS = (0, 1, 2, 3, 4)
LOOKS = 4  # how often the screens are looked at in a run


def cases() -> list[str]:
    """Every case: a scenario with its crew, the busy farm with people at work, and many worlds of it."""
    return [*(f"{name} {posts}" for name in NAMES for posts in POSTS), "busy people", "busy worlds"]


def _hash(parts: Iterable[str]) -> str:
    running = hashlib.sha256()
    for part in parts:
        running.update(part.encode())
        running.update(b"\n")
    return running.hexdigest()[:32]


def _events(block: Block, row: int) -> Iterator[str]:
    """What happened, by tick; what happens within one tick may be told in another order."""
    yield from sorted(f"{e.tick:09d}|{e.kind}|{e.subject}|{e.text}" for e in block.events[row])


def lived(case: str) -> dict[str, object]:
    """What a case comes to, part by part, so that a difference says where it lies."""
    name, crew = case.split()
    if crew == "worlds":
        return _worlds()
    its = sessions.start(Setup(BUSY if name == "busy" else name, 3, posts="plan" if crew == "people" else crew))
    given: list[commands.Line] = []
    if crew == "people":
        given = commands.read(its.model, (HERE / "busy.txt").read_text(encoding="utf-8"), "busy.txt")
        its.commands_together([(g.post, g.sentence, g.tick) for g in given])
    screens: list[str] = []
    for i in range(1, LOOKS + 1):
        its.advance(its.lasts * i // LOOKS)
        screens += looks.at(its)
    its.finish(outcome.sealed)
    return {**_kept(its), "screens": _hash(screens), "accepted": sum(a.accepted for a in its.answers.values())}


def _kept(its: Session) -> dict[str, object]:
    assert its.outcome is not None
    return {
        "events": _hash(_events(its.block, 0)),
        "how many": len(its.block.events[0]),
        "digests": _hash(f"{tick} {found[0]}" for tick, found in its.block.digests),
        "outcome": _hash(
            [
                json.dumps(
                    {k: v for k, v in {**its.outcome, "digest": ""}.items() if k not in {"events", "signals"}},
                    sort_keys=True,
                )
            ]
        ),
        "signals": _hash([json.dumps(outcome.signals(its), sort_keys=True)]),
    }


def _judged(block: Block, row: int) -> str:
    """The marks of a world as they were said when the case was frozen."""
    marks, score = outcome.judged(block, row)
    said = [f"Mark(mark={m.mark!r}, met={m.met}, tick={m.tick}, evidence={str(m.evidence)!r})" for m in marks]
    return f"([{', '.join(said)}], {score!r})"


def _worlds() -> dict[str, object]:
    """Five worlds at once, each with another crew, and the same commands for all."""
    its = sessions.start(Setup(BUSY, 5))
    crews = [Override(posts=p) for p in ("plan", "slow", "none", "plan", "slow")]
    block = Block(its.model, 5, list(WORLDS), crews)
    lines = commands.read(its.model, (HERE / "busy.txt").read_text(encoding="utf-8"), "busy.txt")
    for line in lines:
        block.advance(line.tick - 1)
        for row in range(len(WORLDS)):
            block.submit(row, commands.order(its.model, line.post, line.sentence))
    block.advance(its.lasts)
    block.last_digest()
    return {
        "events": _hash(text for row in range(len(WORLDS)) for text in _events(block, row)),
        "digests": _hash(" ".join([str(tick), *found]) for tick, found in block.digests),
        "judged": _hash(_judged(block, row) for row in range(len(WORLDS))),
        "totals": _hash(str(outcome.totals(block, row)) for row in range(len(WORLDS))),
    }


def known() -> dict[str, dict[str, object]]:
    """The frozen file."""
    if not FILE.exists():
        return {}
    found: dict[str, dict[str, object]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def _alone(kept: dict[str, dict[str, object]], part: str) -> None:
    """Takes in a part (digests, screens) that changed alone; raises SystemExit where more did."""
    for case, before in kept.items():
        now = lived(case)
        others = [name for name in before if name != part and now[name] != before[name]]
        if others:
            raise SystemExit(f"{case}: not the {part} alone differ, but {', '.join(others)}")
        if part in before:
            before[part] = now[part]


def main(names: list[str]) -> None:
    kept = known()
    if names in (["--digests"], ["--screens"]):
        _alone(kept, names[0].removeprefix("--"))
    for case in cases():
        if case not in kept and (not names or case in names):
            kept[case] = lived(case)
    FILE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
