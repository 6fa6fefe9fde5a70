"""Two accidents after their records and a night without power: what happens when nobody acts, and what helps."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.drills.living import lived
from twin.cli import validate
from twin.debrief import outcome
from twin.engine.commands import order
from twin.engine.compile import open_model
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.language.files import Files

ALL = 1000000
WORDS = ("black", "flicker", "compressor", "quiet")


@pytest.mark.parametrize("name", ["capeco-2009", "vacuum-collapse", "power-and-air-failure"])
def test_who_follows_the_plan_loses_nothing_even_when_slow(name: str) -> None:
    posts = ("plan", "plan", "slow", "slow", "none")
    block = Block(open_model(Files(), name, [])[0], 0, [0, 1, 0, 1, 0], [Override(posts=p) for p in posts])
    block.advance(block.model.spec.lasts_s)
    scores = [int(outcome.judged(block, row)[1]) for row in range(len(posts))]
    assert scores[:4] == [ALL] * 4
    assert scores[4] < ALL


def test_a_tank_that_is_read_an_hour_ago_is_not_full_and_runs_over() -> None:
    block = lived("capeco-2009", "none", (2400, "field", "check TAPE-409"))  # 23:00
    tape = float(block.world.instruments.shown[0, block.model.instruments.names.index("TAPE-409")])
    level = float(block.world.tanks.level_m[0, block.model.tanks.names.index("T-409")])
    assert 10.4 < tape < 10.8 < level == pytest.approx(11.53, abs=0.02)
    assert "overflow" in block.first[0]
    stopped = lived("capeco-2009", "none", (5400, "control-room", "stop TR-1"))  # 23:50: the ship needs five minutes
    assert "overflow" not in stopped.first[0]


def test_a_tank_under_plastic_is_saved_by_who_frees_its_vent_stops_in_time_or_doubts_a_gauge_that_stands_still() -> (
    None
):
    left = lived("vacuum-collapse", "none", settings=("PT-1.stuck=no",))
    assert left.first[0]["tank-collapsed"] == 1199  # the train begins at 1053
    freed = lived("vacuum-collapse", "none", (60, "field", "open PV-1"))
    stopped = lived("vacuum-collapse", "none", (1110, "control-room", "stop TR-1"))
    assert ["tank-collapsed" in block.first[0] for block in (freed, stopped)] == [False, False]


def _nights(*said: tuple[int, str]) -> list[set[str]]:
    """What happened in each of the nights of WORDS, nobody acting but the control room saying this."""
    model = open_model(Files(), "power-and-air-failure", [])[0]
    block = Block(model, 0, [0] * len(WORDS), [Override(posts="none", drawn=(word,)) for word in WORDS])
    for at_s, sentence in said:
        block.advance(at_s)
        for row in range(len(WORDS)):
            block.submit(row, order(model, "control-room", sentence))
    block.advance(1500)
    return [set(first) for first in block.first]


def test_the_air_that_runs_out_shuts_a_spring_against_the_ship_unless_she_was_told() -> None:
    burst = [
        ["burst" in night for night in _nights(*said)] for said in ((), ((900, "stop TR-1"),), ((485, "trip ESD-1"),))
    ]
    assert burst == [[True, False, True, False], [False] * 4, [True] * 4]


def _validate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "twin", "validate", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("named", "facts"), [
    (("vacuum-collapse", "first-watch"), {"vacuum-collapse": 1}),
    pytest.param((), {"buncefield-2005": 2, "capeco-2009": 3, "vacuum-collapse": 1}, marks=pytest.mark.long),
])  # fmt: skip
@pytest.mark.usefixtures("as_shipped")
def test_documented_figures_lie_in_their_bands(named: tuple[str, ...], facts: dict[str, int]) -> None:
    done = _validate("--json", *named)
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert Counter(row["scenario"] for row in found["facts"]) == facts
    assert all(row["inside"] for row in found["facts"])
    assert len(found["published"]) == (0 if named else 70)


def test_published_cases_lie_within_their_tolerance() -> None:
    cases = validate.published()
    assert len(cases) == 70
    assert all(case["inside"] for case in cases)


@pytest.mark.parametrize(("because", "status"), [("", 1), (", because: the twin has no plastic", 0)])
def test_what_lies_outside_needs_a_reason(tmp_path: Path, because: str, status: int) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "scenario: Mine\nlike: vacuum-collapse\nlasts: 20 min\n"
        f"facts: {{sucks: {{of: time from loads to tank-collapsed T-9208, is: 10 s .. 20 s{because}}}}}\n"
    )
    done = _validate(str(file))
    assert done.returncode == status, done.stderr
    assert "OUTSIDE documented sucks" in done.stdout
    assert ("because the twin has no plastic" in done.stdout) == (status == 0)
