"""What chance draws for a night, what ends a receipt by itself, and who moves a valve that several ask to move."""

from pathlib import Path

import numpy as np
import pytest
from farms import PAIR, happened, opened, signal, told

from twin.base.fault import Faults
from twin.debrief import luck, score
from twin.engine.compile import open_model
from twin.engine.copies import Copy
from twin.engine.cues import DRAWN
from twin.engine.model import Model
from twin.engine.scan import Block
from twin.engine.starting import night
from twin.engine.world import Override
from twin.language.files import Files
from twin.language.spec import Objective

NIGHT = """\
like: law
scenario: A night
uncertain: {night: choice sticks 0.5 or dies 0.25 or healthy 0.25, sticks.delay: none, dark.delay: none, jams.delay: none}
timeline:
  sticks: {cue: drawn sticks and at +1 min, do: set LT-A.stuck}
  dark: {cue: drawn dies, do: set grid.lost}
  jams: none
  surges: none
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("nights")
    opened(made, PAIR)
    (made / "night.yaml").write_text(NIGHT, encoding="utf-8")
    return made


def _night(folder: Path, *settings: str) -> Model:
    return open_model(Files(), str(folder / "night.yaml"), list(settings))[0]


# what is drawn


def test_each_world_has_one_word_of_a_draw_and_only_its_entries_act(folder: Path) -> None:
    model = _night(folder)
    block = Block(model, 0, list(range(60)), [Override(posts="none")] * 60)
    block.advance(70)
    words = [night(model.spec.draws, 0, world)["night"] for world in block.numbers]
    assert set(words) == {"sticks", "dies", "healthy"}
    for row, word in enumerate(words):
        assert bool(happened(block, "inject", "LT-A", row)) == (word == "sticks")
        assert bool(happened(block, "inject", "grid", row)) == (word == "dies")


def test_objectives_and_facts_may_ask_what_was_drawn(folder: Path) -> None:
    asks = folder / "asks.yaml"
    asks.write_text(
        "like: night\nscenario: Asks\nobjectives: {well: {that: no drawn dies, mark: environment}}\n"
        "facts: {stuck: {of: time of drawn sticks, is: 10:00 .. 10:01}}\n", encoding="utf-8",
    )  # fmt: skip
    for word, met in (("dies", False), ("healthy", True)):
        model = open_model(Files(), str(asks), [f"night={word}"])[0]
        block = Block(model, 0, [0], [Override(posts="none")])
        block.advance(60)
        its = model.spec.of(Objective)["well"]
        assert score.objective(block, 0, its)[0] == met


def test_words_come_as_often_as_they_are_likely(folder: Path) -> None:
    draws = _night(folder).spec.draws
    words = [night(draws, seed, 0)["night"] for seed in range(2000)]
    assert abs(words.count("sticks") - 1000) < 100  # 4.5 standard deviations
    assert abs(words.count("dies") - 500) < 87


def test_a_setting_holds_a_word_and_refuses_another(folder: Path) -> None:
    model = _night(folder, "night=dies")
    assert {night(model.spec.draws, seed, 0)["night"] for seed in range(50)} == {"dies"}
    with pytest.raises(Faults, match="never drawn as 'storms'"):
        _night(folder, "night=storms")
    with pytest.raises(Faults, match=r"Did you mean night\?"):
        _night(folder, "nigth=dies")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("uncertain: {night: choice a 0.5 or b 0.4}", "add up to 1"),
        ("uncertain: {night: normal 1 m sd 1 m}", "a choice of words"),
        ("uncertain: {night: choice a 0.5 or b 0.5, day: choice b 0.5 or c 0.5}", "drawn twice"),
        ("timeline: {sticks: {cue: drawn stciks, do: set LT-A.stuck}}", "Did you mean sticks"),
        ("farm: {plan: {ends: {cue: drawn sticks}}}", "nobody in the plant knows"),
    ],
)
def test_a_draw_that_cannot_be_is_said_at_its_place(folder: Path, change: str, says: str) -> None:
    odd = folder / "odd.yaml"
    odd.write_text(f"like: night\nscenario: Odd\n{change}\n", encoding="utf-8")
    with pytest.raises(Faults) as found:
        open_model(Files(), str(odd), [])
    assert says in str(found.value)
    assert "odd.yaml:3:" in str(found.value)


def test_luck_keeps_the_night_and_redraws_the_rest(folder: Path) -> None:
    model = _night(folder)
    base = Copy(0, Override(posts="none"))
    copies = luck.others(model, 0, base)
    block = Block(model, 0, [c.world for c in copies], [c.override for c in copies])
    word = night(model.spec.draws, 0, 0)["night"]
    assert block.world.happened[:, model.happened_at[(DRAWN, word, False)]].all()
    flows = block.world.controls.nodes.flow_m3_s[:, 0]
    assert len(set(flows.tolist())) > 90


# what ends by itself


def test_a_receipt_ends_at_its_preset_and_never_where_its_gauge_sticks_or_it_is_off(folder: Path) -> None:
    text = PAIR.replace("through: [L-S]}", "through: [L-S], ends at: LT-A > 6 m}").replace(
        "ends: {cue: LAH", "ends: {cue: LAHH"
    )
    model = opened(folder, text.replace("scenario: Two tanks", "scenario: Preset"))
    still = frozenset({"sticks", "dark", "jams", "surges"})
    sound: tuple[tuple[str, str, str], ...] = ()
    for cells in (sound, (("LT-A", "stuck", "yes"),), (("TR-1", "preset-off", "yes"),)):
        block = Block(model, 0, [0], [Override(posts="none", dropped=still, cells=cells)], record=True)
        block.advance(800)
        level, over = signal(block, "TA.level"), np.flatnonzero(signal(block, "LT-A") > 6.0)
        ends = [e.tick for e in happened(block, "transfer", "TR-1") if e.said.key == "transfer.preset"]
        if cells:
            assert not ends
            assert level[-1] > 7.1
        else:
            assert ends == [int(over[0])]
            assert level[-1] < 6.6
            assert signal(block, "XA.position")[-1] == 0.0
    opened(folder, PAIR)  # for those that are like it


# who moves a valve


def _at_the_wheel(model: Model, *cells: tuple[str, str, str]) -> Block:
    """A man turns XA shut by hand, and has begun."""
    still = frozenset({"sticks", "dark", "jams", "surges"})
    block = Block(model, 0, [0], [Override(posts="none", dropped=still, cells=cells)], record=True)
    told(block, "field", "close XA")
    while not happened(block, "arrived", "walker"):
        block.advance(block.world.tick + 1)
    block.advance(block.world.tick + 10)
    return block


def _shut_at(block: Block) -> int:
    block.advance(block.world.tick + 120)
    return int(np.flatnonzero(signal(block, "XA.position") == 0.0)[0])


def test_asking_a_dead_motor_does_not_stop_the_man_at_its_wheel(folder: Path) -> None:
    model = opened(folder, PAIR)
    alone = _shut_at(_at_the_wheel(model, ("XA", "motor-fault", "yes")))
    for asked in ("stop TR-1", "close XA", "trip ESD"):
        block = _at_the_wheel(model, ("XA", "motor-fault", "yes"))
        told(block, "control-room", asked)
        assert _shut_at(block) == alone, asked


def test_a_man_at_the_wheel_does_not_slow_a_motor_that_turns(folder: Path) -> None:
    model = opened(folder, PAIR)
    alone = _shut_at(_at_the_wheel(model))
    for asked in ("trip ESD", "close XA"):
        block = _at_the_wheel(model)
        now = block.world.tick
        told(block, "control-room", asked)
        assert _shut_at(block) - now <= 21 < alone - now, asked


def test_a_man_who_finds_the_motor_on_its_way_leaves_it_to_the_motor(folder: Path) -> None:
    text = PAIR.replace("XA: {kind: motor, size: 200 mm, stroke: 20 s", "XA: {kind: motor, size: 200 mm, stroke: 120 s")
    model = opened(folder, text.replace("crank: 60 s", "crank: 600 s"))
    still = frozenset({"sticks", "dark", "jams", "surges"})
    block = Block(model, 0, [0], [Override(posts="none", dropped=still)], record=True)
    told(block, "field", "close XA")
    told(block, "control-room", "close XA")
    assert _shut_at(block) <= 123
    opened(folder, PAIR)
