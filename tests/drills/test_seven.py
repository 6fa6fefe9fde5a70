"""The seven drills: nobody loses what is wrong, the plan and a careful player keep it, and no blind order wins."""

import pytest

from tests.drills import careful, table
from tests.drills.strategies import AT_ONCE_S, BLIND, DRILLS, SEEDS, drill, kept, opens, path
from tests.drills.table import CAREFUL
from twin.debrief import wrong
from twin.engine.model import Model
from twin.engine.scan import Block
from twin.engine.starting import night
from twin.engine.world import Override

LEVELS = {"first-watch": 1, "gauge-sticks": 2, "valve-does-not-close": 3, "shift-change": 3, "keep-pumping": 4, "two-things": 4,
          "power-dips": 5}  # fmt: skip
LOST_BY_NOBODY = {"containment", "detection", "isolation"}
CALM = "calm"
MOST_WON_BLIND = 8
LEAST_WON = 36
PLAYED = 10  # nights of the careful player in `make long`
FEW = 3  # nights of `make test`; `make long` lives all of them


@pytest.fixture(scope="module", params=DRILLS)
def model(request: pytest.FixtureRequest) -> Model:
    return drill(request.param)


def test_has_its_level_a_length_and_a_briefing_that_says_nothing_of_the_night(model: Model) -> None:
    spec = model.spec
    assert spec.level == LEVELS[spec.name]
    assert 20 * 60 <= spec.lasts_s - opens(model) <= 35 * 60
    assert 15 <= len(spec.briefing.split()) <= 75
    assert not any(tag in spec.briefing for tag in (*model.tanks.names, *model.instruments.names, *model.valves.names))


def test_the_seeds_draw_every_tank_three_faults_and_calm_nights(model: Model) -> None:
    drawn = [night(model.spec.draws, seed, 0) for seed in range(SEEDS)]
    assert {d["berth"] for d in drawn} == {"into-1", "into-2", "into-3"}
    assert len({d["night"] for d in drawn} - {CALM}) >= 3
    assert 1 <= sum(d["night"] == CALM for d in drawn) <= MOST_WON_BLIND


def test_no_limit_stands_in_the_first_minute_and_what_goes_wrong_does_so_at_its_own_moment(model: Model) -> None:
    onsets = set()
    for seed in range(8):
        block = Block(model, seed, [0], [Override(posts="none")])
        block.advance(opens(model) + 60)
        assert not [e for e in block.events[0] if e.kind in {"alarm", "trip", "overflow"}], seed
        block.advance(model.spec.lasts_s)
        onsets |= {w.onset for w in wrong.found(block, 0)}
    assert len(onsets) >= 5


def test_what_nobody_the_plan_and_blind_orders_come_to(model: Model) -> None:
    for seed in range(FEW):
        lost = kept(model, seed)
        calm = night(model.spec.draws, seed, 0)["night"] == CALM
        assert not lost["the plan"], seed
        assert lost["nobody"] == (set() if calm else LOST_BY_NOBODY), seed
        for name in BLIND:
            heavy = name in {"stop and close at once", "ESD at once", "stop-work at once", "doubt everything"}
            assert lost[name] or (calm and not heavy), (seed, name)


def test_a_careful_player_wins_by_what_is_painted(model: Model) -> None:
    for seed in range(2):
        lost, gave = careful.lost(path(model.spec.name), seed)
        assert not lost, (seed, gave)


def test_a_blind_order_comes_before_anything_points_anywhere() -> None:
    assert AT_ONCE_S < 60


@pytest.mark.long
def test_all_nights_and_the_table_of_the_docs() -> None:
    """The careful player's column moves with how pages are drawn: here its first nights alone, in docs all of the day it was made."""
    every = table.nights(PLAYED)
    at = table.COLUMNS.index(CAREFUL) + 2
    for made, shown in zip(*(p.splitlines() for p in (table.page(every), table.PAGE.read_text("utf-8"))), strict=True):
        cells, kept = made.split("|"), shown.split("|")
        if len(cells) == len(table.COLUMNS) + 3:
            cells[at] = kept[at]
        assert cells == kept
    for name in DRILLS:
        nights = [n for n in every if n.drill == name]
        assert sum(not n.lost["the plan"] for n in nights) >= LEAST_WON, name
        assert sum(not n.lost[CAREFUL] for n in nights[:PLAYED]) >= PLAYED * LEAST_WON // SEEDS, name
        for way in BLIND:
            assert sum(not n.lost[way] for n in nights) <= MOST_WON_BLIND, (name, way)
        for n in nights:  # where the preset still ended the receipt, protection did
            assert n.lost["nobody"] in ((set(),) if n.word == CALM else (LOST_BY_NOBODY, {"detection"})), n
        assert sum(n.lost["nobody"] == {"detection"} for n in nights) <= 2, name
