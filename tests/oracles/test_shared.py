"""Published and independently computed answers, through the same door a person uses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from twin import physics
from twin.physics.calcs import CALCS
from twin.physics.shapes import SHAPES

HERE = Path(__file__).parent
OURS, LATER = (
    [json.loads(line) for line in path.read_text().splitlines()]
    for path in (Path(physics.__file__).parent / "published.jsonl", HERE / "shared.jsonl")
)  # later ones come with the rooms that need them


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, float]]:
    lines = "".join(json.dumps({"calc": row["calc"], "args": row["args"]}) + "\n" for row in OURS)
    done = subprocess.run(
        [sys.executable, "-m", "twin", "calc", "--batch", "-"], input=lines, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(zip([row["id"] for row in OURS], found, strict=True))


def test_as_many_cases_are_ours_as_are_counted_here() -> None:
    assert len(OURS) == 70
    assert not [row["id"] for row in LATER if row["calc"] in CALCS and row["args"].get("shape", "vertical") in SHAPES]


@pytest.mark.parametrize("row", OURS, ids=[row["id"] for row in OURS])
def test_agrees_with_the_published_answer(row: dict[str, object], answers: dict[str, dict[str, float]]) -> None:
    assert answers[str(row["id"])]["value"] == pytest.approx(row["expect"], rel=row["rtol"])
