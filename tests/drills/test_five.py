"""The five drills on one farm: each ends badly when nobody acts, well by the plan, and otherwise with another seed."""

import pytest

from twin.debrief import score
from twin.engine.compile import open_model
from twin.engine.model import Model
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.language.files import Files

DRILLS = {"first-watch": 1, "gauge-sticks": 2, "valve-does-not-close": 3, "keep-pumping": 4, "power-dips": 5}
LOST_BY_NOBODY = {"containment", "detection", "isolation"}
COURSES = 20


def _lived(model: Model, posts: str) -> Block:
    block = Block(model, 0, list(range(COURSES)), [Override(posts=posts)] * COURSES)
    block.advance(model.spec.lasts_s)
    return block


@pytest.fixture(scope="module", params=list(DRILLS))
def drill(request: pytest.FixtureRequest) -> Model:
    return open_model(Files(), request.param, [])[0]


def test_is_short_has_its_level_and_a_briefing_of_half_a_minute(drill: Model) -> None:
    assert drill.spec.level == DRILLS[drill.spec.name]
    assert 10 * 60 <= drill.spec.lasts_s <= 25 * 60
    assert 15 <= len(drill.spec.briefing.split()) <= 75
    assert len(drill.tanks.names[: drill.tanks.n_tanks]) == 8


def test_nobody_loses_the_same_three_marks_every_time(drill: Model) -> None:
    block = _lived(drill, "none")
    for row in range(COURSES):
        assert {m.mark for m in score.marks(block, row) if not m.met} == LOST_BY_NOBODY


def test_the_plan_keeps_every_mark(drill: Model) -> None:
    block = _lived(drill, "plan")
    for row in range(COURSES):
        assert score.score_of(score.marks(block, row)) == "1000000", score.marks(block, row)


def test_no_two_courses_are_alike(drill: Model) -> None:
    block = _lived(drill, "none")
    block.take_digest()
    assert len(set(block.digests[-1][1])) == COURSES
    assert len({block.first[row]["overflow"] for row in range(COURSES)}) >= 5
