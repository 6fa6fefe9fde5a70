"""The rules of the marks, on small farms where every tick is known: what counts, what comes too late, what is a tie."""

from pathlib import Path

import pytest
from farms import alone, opened, told

from twin.debrief import naming, outcome, score, wrong
from twin.engine import session as sessions
from twin.engine.checks import check_file
from twin.engine.completion import complete
from twin.engine.scan import Block
from twin.engine.setup import Setup
from twin.language.spec import Objective

FILLING = """\
scenario: Filling
farm:
  farm: One tank that a stuck gauge does not show
  nodes:
    ship: {product: gasoline, flow: 1000 m3/h, answers: 5 s}
    road: {receives: gasoline}
  places: {bund: {kind: bund, area: 900 m2, wall: 1 m, at: [0 m, 0 m]}}
  tanks: {TK: {product: gasoline, diameter: 6 m, height: 6 m, in: bund, at: [0 m, 0 m]}}
  valves: {XV: {kind: motor, stroke: 5 s}, XR: {kind: motor, stroke: 5 s, size: 500 mm}}
  lines:
    L-1: {from: ship, to: TK, through: [XV], enters: top}
    L-2: {from: TK, to: road, through: [XR], size: 500 mm, length: 2 m}
  instruments:
    LT: {measures: TK.level, range: 0 m .. 6 m, noise: 1 mm}
    LT-2: {measures: TK.level, range: 0 m .. 6 m, noise: 1 mm}
    ZT: {measures: XV.position, range: 0 % .. 100 %}
  alarms: {LAH: {when: LT-2 > 5 m}}
  transfers:
    TR: {from: ship, to: TK, through: [L-1]}
    OUT: {from: TK, to: road, through: [L-2]}
starts: 2026-01-01 10:00
lasts: 20 min
initially: {TK: {level: 4 m}, TR: {running: yes}}
timeline: {sticks: {cue: at +10 s, do: set LT.stuck}}
"""


def _mark(block: Block, name: str) -> score.Mark:
    return next(m for m in score.marks(block, 0) if m.mark == name)


def _spill_at(folder: Path) -> int:
    block = alone(opened(folder, FILLING))
    block.advance(600)
    return next(e.tick for e in block.events[0] if e.kind == "overflow")


@pytest.mark.parametrize(("beside", "met"), [(-2, True), (0, True), (1, False), (60, False)])
def test_a_name_counts_as_detection_until_the_spill_and_not_after(tmp_path: Path, beside: int, met: bool) -> None:
    spill = _spill_at(tmp_path)
    block = alone(opened(tmp_path, FILLING))
    block.advance(spill + beside - 1)
    assert told(block, "control-room", "doubt LT").accepted
    block.advance(spill + 120)
    assert _mark(block, "detection").met is met


def test_a_check_without_a_word_is_no_detection(tmp_path: Path) -> None:
    spill = _spill_at(tmp_path)
    block = alone(opened(tmp_path, FILLING))
    assert told(block, "control-room", "check LT").accepted
    block.advance(spill + 60)
    assert not _mark(block, "detection").met


@pytest.mark.parametrize(("that", "met"), [
    ("at +60 s before at +61 s", True),
    ("at +60 s before at +60 s", False),
    ("at +61 s before at +60 s", False),
    ("no at +60 s before at +60 s", True),
    ("no at +60 s before at +61 s", False),
    ("at +61 s before at +1 h", True),
])  # fmt: skip
def test_before_is_strict(tmp_path: Path, that: str, met: bool) -> None:
    text = FILLING + f"objectives: {{first: {{that: {that}, mark: containment}}}}\n"
    block = alone(opened(tmp_path, text))
    block.advance(120)
    its = block.model.spec.of(Objective)["first"]
    assert score.objective(block, 0, its)[0] is met


@pytest.mark.parametrize(("seconds", "met"), [(59, False), (60, True), (61, True)])
def test_within_counts_its_last_second(tmp_path: Path, seconds: int, met: bool) -> None:
    text = FILLING + f"objectives: {{soon: {{that: at +2 min within {seconds} s of at +60 s, mark: containment}}}}\n"
    block = alone(opened(tmp_path, text))
    block.advance(200)
    assert score.objective(block, 0, block.model.spec.of(Objective)["soon"])[0] is met


def test_a_spill_loses_containment_and_no_spill_keeps_it(tmp_path: Path) -> None:
    spill = _spill_at(tmp_path)
    for beside, met in ((-1, True), (0, False)):
        block = alone(opened(tmp_path, FILLING))
        block.advance(spill + beside)
        assert _mark(block, "containment").met is met
    assert outcome.totals(block, 0)["spilled_m3"] > 0.0


def _detected(folder: Path, at: int, *acts: tuple[str, str], text: str = FILLING, until: int = 120) -> score.Mark:
    """The mark of detection after these acts of posts, all at one tick."""
    block = alone(opened(folder, text))
    block.advance(at - 1)
    for post, act in acts:
        assert told(block, post, act).accepted, act
    block.advance(max(until, at))
    return _mark(block, "detection")


STUCK_FROM, SEEN_FROM = 11, 20  # s: it sticks at 10 s; 0.6 m of a level rise 10 mm each second


@pytest.mark.parametrize(("tick", "met"), [(5, False), (STUCK_FROM, False), (SEEN_FROM, True), (60, True)])
def test_a_doubt_counts_once_the_board_shows_what_it_doubts(tmp_path: Path, tick: int, met: bool) -> None:
    assert _detected(tmp_path, tick, ("control-room", "doubt LT")).met is met


@pytest.mark.parametrize(("post", "act", "met"), [
    ("control-room", "doubt LT", True),
    ("control-room", "report LT", True),
    ("control-room", 'tell supervisor "LT stands still"', True),
    ("control-room", "tell supervisor about LT", True),
    ("control-room", 'tell supervisor "TK does not rise while the ship pumps"', True),
    ("control-room", 'report TK "does not rise"', True),
    ("control-room", 'tell supervisor "all well"', False),  # names nothing
    ("control-room", 'tell supervisor "LTX stands still"', False),  # another name begins like it
    ("control-room", "report TK", False),  # a look round, in no words
    ("control-room", "doubt ZT", False),  # of something else
    ("control-room", "stop TR", False),  # stopping is not naming
    ("control-room", "close XV", False),
    ("control-room", "stop-work", False),
    ("field", "doubt LT", False),  # who stands outside has no board
])  # fmt: skip
def test_what_is_wrong_is_named_by_somebody_who_had_seen_it(tmp_path: Path, post: str, act: str, met: bool) -> None:
    assert _detected(tmp_path, 60, (post, act), until=119).met is met


def test_who_was_told_knows_and_who_told_without_knowing_told_nothing(tmp_path: Path) -> None:
    text = FILLING.replace("  transfers:", "  posts: {field: {radio: 5 s}}\n  transfers:")
    for heard, met in ((64, True), (66, True)):  # naming it to the field was naming it already
        block = alone(opened(tmp_path, text))
        block.advance(59)
        assert told(block, "control-room", 'tell field "LT stands still"').accepted
        block.advance(heard - 1)
        assert told(block, "field", "doubt LT").accepted
        block.advance(120)
        assert _mark(block, "detection").met is met
        judged = naming.Judged(block, 0)
        alarms = judged.false_alarms(judged.shown(judged.wrong()))
        assert [a.act.post for a in alarms] == ([] if heard > 64 else ["field"]), "it had not heard it yet"
    blind = _detected(tmp_path, 5, ("field", 'tell control-room "LT stands still"'), ("control-room", "doubt LT"))
    assert not blind.met


def test_a_dip_shows_the_field_what_the_gauge_does_not(tmp_path: Path) -> None:
    text = FILLING.replace("    ZT:", "    DIP: {measures: TK.level, by hand: 5 s, at: TK}\n    ZT:").replace(
        "  transfers:", "  people: {man: {post: field, at: TK}}\n  transfers:"
    )
    block = alone(opened(tmp_path, text))
    block.advance(30)
    assert told(block, "field", "check DIP").accepted
    block.advance(60)
    assert told(block, "field", "doubt LT").accepted
    block.advance(100)
    assert _mark(block, "detection").met


@pytest.mark.parametrize(("acts", "met"), [
    (["doubt LT-2"], True),  # one is listed
    (["doubt LT-2", "doubt ZT"], False),  # two lose it
    (["doubt LT-2", "report XV"], False),
    (["acknowledge", "check LT"], True),  # no alarms
    (["open XR"], True),
])  # fmt: skip
def test_one_doubt_of_what_nothing_points_at_is_listed_and_two_lose_detection(
    tmp_path: Path, acts: list[str], met: bool
) -> None:
    text = FILLING.replace("timeline: {sticks: {cue: at +10 s, do: set LT.stuck}}\n", "").replace(
        "level: 4 m", "level: 1 m"
    )
    block = alone(opened(tmp_path, text))
    block.advance(20)
    for act in acts:
        told(block, "control-room", act)
    block.advance(40)
    assert _mark(block, "detection").met is met


@pytest.mark.parametrize(("level", "act", "met"), [
    ("1 m", "stop TR", False),
    ("1 m", "close XV", False),
    ("1 m", "stop-work", False),
    ("1 m", "trip ESD", False),
    ("1 m", "call brigade", False),
    ("1 m", "close XR", True),  # nothing runs there
    ("5.2 m", "stop TR", True),  # past a limit stopping costs hours only
    ("5.2 m", "trip ESD", True),
])  # fmt: skip
def test_stopping_on_nothing_shown_loses_detection_and_past_a_limit_it_never_does(
    tmp_path: Path, level: str, act: str, met: bool
) -> None:
    text = FILLING.replace("timeline: {sticks: {cue: at +10 s, do: set LT.stuck}}\n", "").replace(
        "level: 4 m", f"level: {level}"
    )
    text = text.replace(
        "  transfers:",
        "  people: {brigade: {post: fire-crew, in: bund, muster: bund}}\n"
        "  interlocks: {ESD: {then: [close XV, stop TR], button: yes}}\n  transfers:",
    )
    block = alone(opened(tmp_path, text))
    block.advance(10)
    assert told(block, "control-room", act).accepted
    block.advance(40)
    assert _mark(block, "detection").met is met


def test_what_the_plan_asks_for_is_no_false_alarm(tmp_path: Path) -> None:
    text = FILLING.replace("timeline: {sticks: {cue: at +10 s, do: set LT.stuck}}\n", "").replace(
        "level: 4 m", "level: 1 m"
    )
    for plan, met in (("at +5 s", True), ("at +50 s", False)):
        asks = f"  plan: {{ends: {{cue: {plan}, post: control-room, do: [stop TR]}}}}\n  transfers:"
        block = alone(opened(tmp_path, text.replace("  transfers:", asks)))
        block.advance(10)
        assert told(block, "control-room", "stop TR").accepted
        block.advance(40)
        assert _mark(block, "detection").met is met


def test_the_default_rule_of_detection_holds_beside_an_objective(tmp_path: Path) -> None:
    text = FILLING + "objectives: {said: {that: doubt LT before at +100 s, mark: detection}}\n"
    assert not _detected(tmp_path, 5, ("control-room", "doubt LT"), text=text).met, "the objective alone is met"
    assert _detected(tmp_path, 60, ("control-room", "doubt LT"), text=text).met
    assert not _detected(tmp_path, 60, ("control-room", "report LT"), text=text).met, "the default rule alone is met"


def test_naming_a_lost_supply_names_all_that_hangs_on_it_and_stopping_the_flow_will_do(tmp_path: Path) -> None:
    text = (
        FILLING.replace("set LT.stuck", "set grid.lost")
        .replace("  nodes:", "  utilities: {grid: {kind: power}}\n  nodes:")
        .replace("LT: {measures: TK.level,", "LT: {measures: TK.level, power: grid,")
    )
    for act in ("report grid", "doubt LT", "tell supervisor about grid", "stop TR"):
        assert _detected(tmp_path, 60, ("control-room", act), text=text).met, act
        assert not _detected(tmp_path, 5, ("control-room", act), text=text).met, act
    assert not _detected(tmp_path, 60, ("control-room", "doubt ZT"), text=text).met


def test_an_order_that_nothing_follows_is_named_by_its_thing(tmp_path: Path) -> None:
    text = FILLING.replace("set LT.stuck", "set XV.motor-fault").replace("answers: 5 s", "answers: 10 min")
    for act, met in (
        ("report XV", True),
        ("tell field about XV", True),
        ("tell field about LT", False),
        ("close XV", False),
    ):
        block = alone(opened(tmp_path, text))
        block.advance(110)
        assert told(block, "control-room", "close XV").accepted  # LAH stands by then
        block.advance(130)
        assert told(block, "control-room", act).accepted
        block.advance(260)
        assert _mark(block, "detection").met is met, act


def test_what_works_lists_is_known_and_nobody_has_to_find_it(tmp_path: Path) -> None:
    listed = "  works: {W-1: {kind: out of service, of: LS, because: test}}\n"
    text = (
        FILLING.replace("timeline: {sticks: {cue: at +10 s, do: set LT.stuck}}\n", "")
        .replace("    ZT:", "    LS: {measures: TK.level > 4.5 m}\n    ZT:")
        .replace("LAH: {when: LT-2 > 5 m}", "LAH: {when: LT-2 > 9 m}")
        .replace("range: 0 m .. 6 m, noise", "range: 0 m .. 10 m, noise")
    )
    for works, initially, thing in ((listed, "", []), ("", ", LS: {dead: yes}", ["LS"])):
        made = text.replace("  transfers:", works + "  transfers:").replace(
            "TR: {running: yes}", "TR: {running: yes}" + initially
        )
        block = alone(opened(tmp_path, made))
        block.advance(90)
        assert [w.thing for w in wrong.found(block, 0)] == thing


@pytest.mark.parametrize(("act", "met"), [
    (("control-room", "stop TR"), True),
    (("control-room", "close XV"), True),
    (("control-room", "trip ESD"), True),
    (("control-room", "close XR"), False),  # a shut valve elsewhere
    (("control-room", "stop OUT"), False),
    (("control-room", "doubt LT"), False),
])  # fmt: skip
def test_isolation_asks_for_the_source_that_flowed(tmp_path: Path, act: tuple[str, str], met: bool) -> None:
    text = FILLING.replace(
        "  transfers:", "  interlocks: {ESD: {then: [close XV, stop TR], button: yes, proof: ZT < 2 %}}\n  transfers:"
    )
    block = alone(opened(tmp_path, text))
    block.advance(_spill_at(tmp_path) - 20)
    assert told(block, *act).accepted
    block.advance(_spill_at(tmp_path) + 60)
    assert _mark(block, "isolation").met is met


def test_isolation_is_not_at_risk_where_no_limit_was_passed(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, FILLING))
    block.advance(20)
    assert _mark(block, "isolation").evidence.key == "evidence.no-risk"


@pytest.mark.parametrize(("spilt", "seen"), [(True, True), (True, False), (False, False)])
def test_a_call_is_at_risk_when_its_cue_came_true_whoever_looked(tmp_path: Path, spilt: bool, seen: bool) -> None:
    people = (
        "man: {post: field, at: [5 m, 0 m], muster: bund}"
        if seen
        else "man: {post: field, at: [9000 m, 0 m], muster: bund}"
    )
    text = FILLING.replace(
        "  transfers:",
        f"  people: {{{people}, brigade: {{post: fire-crew, at: [9000 m, 0 m], muster: bund}}}}\n"
        "  plan: {rings: {cue: overflow TK, post: supervisor, do: [call brigade], within: 1 min}}\n  transfers:",
    )
    block = alone(opened(tmp_path, text), posts="none")
    block.advance(_spill_at(tmp_path) + (120 if spilt else -5))
    mark = _mark(block, "call and muster")
    assert mark.met is not spilt
    assert (mark.evidence.key == "evidence.no-risk") is not spilt


def test_a_call_counts_when_it_is_made_and_a_muster_when_heads_are_counted(tmp_path: Path) -> None:
    text = FILLING.replace(
        "  transfers:",
        "  people: {brigade: {in: bund, muster: bund}}\n"
        "  plan: {rings: {cue: at +10 s, post: supervisor, do: [call brigade], within: 1 min}}\n"
        "  transfers:",
    )
    for tick, met in ((70, True), (71, False)):
        block = alone(opened(tmp_path, text))
        block.advance(tick - 1)
        assert told(block, "supervisor", "call brigade").accepted
        block.advance(200)
        assert _mark(block, "call and muster").met is met


def test_the_marks_of_nobody_harmed_are_zeros_behind_a_one_and_of_somebody_a_naught() -> None:
    met = [score.Mark("containment", True, 0, ""), score.Mark("detection", False, 0, "")]
    assert score.score_of(met) == "10"
    assert score.score_of(met, harmed=1) == "0"


PAST = """\
scenario: Moments
like: first-watch
timeline:
  early: {cue: at 09:59, do: set LT-101.stuck}
  last: {cue: at 10:12, do: set LT-102.stuck}
objectives:
  dry: none
  shut: none
  stopped: {that: stop TR-1 before at 10:45, mark: isolation}
facts:
  late: {of: time of overflow T-101, is: 10:30 .. 10:40}
"""


def test_a_moment_past_the_end_counts_as_the_end_and_is_warned_about(tmp_path: Path) -> None:
    """Nobody acting never meets an objective on it."""
    path = tmp_path / "past.yaml"
    path.write_text(PAST, encoding="utf-8")
    said = [str(w) for w in check_file(str(path)).warnings]
    assert len([w for w in said if "after the end of the run" in w]) == 2
    assert len([w for w in said if "comes with the last second" in w]) == 1
    assert len([w for w in said if "documented at a moment outside the run" in w]) == 1
    for posts, met in (("none", False), ("plan", True)):
        its = sessions.start(Setup(str(path), posts=posts))
        its.advance(its.lasts)
        mark = next(m for m in score.marks(its.block, 0) if m.mark == "isolation")
        assert mark.met is met, posts


@pytest.mark.parametrize(("begins", "warned"), [
    ("10:00", False), ("+11 min", False), ("10:12", True), ("09:59", True), ("2026-01-11 10:05", True),
])  # fmt: skip
def test_a_drill_that_begins_outside_the_run_is_warned_about(tmp_path: Path, begins: str, warned: bool) -> None:
    path = tmp_path / "sits.yaml"
    path.write_text(f"scenario: Late\nlike: first-watch\ndrill: {{from: {begins}, post: control-room}}\n")
    said = [str(w) for w in check_file(str(path)).warnings if "nobody can sit down" in str(w)]
    assert len(said) == warned


NEVER_COMES = """\
scenario: Objectives on moments that do not come
like: first-watch
objectives:
  dry: none
  shut: none
  its: {{that: {that}, mark: isolation}}
"""


@pytest.mark.parametrize("that", [
    "stop TR-1 before at 10:45",
    "stop TR-1 before at 10:45 and LAHH-101",
    "stop TR-1 before at 10:45 or overflow T-102",
    "stop TR-1 within 1 h of at 10:45",
    "stop TR-1 at at 10:45",
    "no LAHH-101 at at 10:45",
    "no overflow T-101 and at 10:45",
    "no LAHH-101 within 1 h of at 10:45",
    "stop TR-1 before at 09:59",
])  # fmt: skip
@pytest.mark.parametrize("ends", [None, 715])
def test_nobody_acting_meets_no_objective_on_a_moment_that_does_not_come(
    tmp_path: Path, that: str, ends: int | None
) -> None:
    """The run ends at 10:12, or the instructor ends it before: then all that is to come counts as the end."""
    path = tmp_path / "never.yaml"
    path.write_text(NEVER_COMES.format(that=that), encoding="utf-8")
    its = sessions.start(Setup(str(path), posts="none"))
    its.advance(ends or its.lasts)
    met, _, _ = score.objective(its.block, 0, its.model.spec.of(Objective)["its"])
    if ends is None or not that.startswith("no overflow"):
        assert not met
    (warned,) = [str(w) for w in check_file(str(path)).warnings if "after the end of the run" in str(w)]
    assert "2026-" in warned


LINES = FILLING.replace("timeline: {sticks: {cue: at +10 s, do: set LT.stuck}}\n", "").replace(
    "level: 4 m", "level: 1 m"
)


def _with_plan(folder: Path, plan: str, *, posts: str) -> Block:
    return alone(opened(folder, LINES.replace("  transfers:", f"  plan: {{{plan}}}\n  transfers:")), posts=posts)


@pytest.mark.parametrize(("message", "counts"), [
    ("tell field about XV", True),
    ('tell field "turn XV by hand"', True),
    ('tell field "LT and XV, both"', True),
    ('tell field "look out"', False),
    ("tell field about LT", False),
    ("tell supervisor about XV", False),
])  # fmt: skip
def test_a_message_counts_by_what_it_names(tmp_path: Path, message: str, counts: bool) -> None:
    plan = (
        "says: {cue: at +5 s, post: control-room, do: tell field about XV}, "
        "goes: {cue: tell field about XV, post: field, do: report XV}"
    )
    block = _with_plan(tmp_path, plan, posts="none")
    block.advance(10)
    assert told(block, "control-room", message).accepted
    block.advance(20)
    says, goes = ([n.name for n in block.model.plan].index(name) for name in ("says", "goes"))
    assert bool(block.world.accepted[0, says]) is counts
    assert bool(block.world.proven[0, says]) is counts
    assert (goes in block.asked[0]) is counts


def test_what_the_plan_does_for_one_line_is_for_that_alone(tmp_path: Path) -> None:
    plan = (
        "first: {cue: at +5 s, post: control-room, do: close XV}, "
        "second: {cue: at +5 s, post: control-room, do: [doubt LT, close XV], delay: 5 min}"
    )
    block = _with_plan(tmp_path, plan, posts="plan")
    block.advance(250)
    first, second = ([n.name for n in block.model.plan].index(name) for name in ("first", "second"))
    assert block.world.accepted[0, first]
    assert not block.world.accepted[0, second]
    block.advance(700)
    assert block.world.accepted[0, second]


def test_an_act_before_its_cue_counts_where_nothing_took_it_back(tmp_path: Path) -> None:
    plan = "ends: {cue: at +60 s, post: control-room, do: close XV}"
    for acts, counts in ((["close XV"], True), (["close XV", "open XV"], False), (["open XV"], False)):
        block = _with_plan(tmp_path, plan, posts="none")
        block.advance(10)
        for act in acts:
            assert told(block, "control-room", act).accepted
            block.advance(block.world.tick + 12)
        assert not block.world.accepted[0, 0], "its cue has not come"
        block.advance(70)
        assert bool(block.world.accepted[0, 0]) is counts
    block = _with_plan(tmp_path, plan, posts="none")
    block.advance(10)
    assert told(block, "supervisor", "close XV").accepted  # another post's act
    block.advance(70)
    assert not block.world.accepted[0, 0]


def test_the_radio_form_offers_what_a_message_may_be_about(tmp_path: Path) -> None:
    model = opened(tmp_path, FILLING)
    assert "about" in complete(model, ["control-room"], "tell field ")
    assert {"TK", "XV", "LT", "TR"} <= set(complete(model, ["control-room"], "tell field about "))
    assert complete(model, ["control-room"], "tell field about X") == ["XR", "XV"]


@pytest.mark.parametrize(("bund", "met"), [("area: 900 m2, wall: 1 m", True), ("area: 1 m2, wall: 100 mm", False)])
def test_environment_is_lost_when_liquid_passes_its_bund(tmp_path: Path, bund: str, met: bool) -> None:
    spill = _spill_at(tmp_path)
    block = alone(opened(tmp_path, FILLING.replace("area: 900 m2, wall: 1 m", bund)))
    block.advance(spill - 5)
    assert _mark(block, "environment").evidence.key == "evidence.no-risk"
    block.advance(spill + 60)
    assert _mark(block, "environment").met is met


def test_nothing_burns_in_this_version_so_that_the_plant_is_saved(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, FILLING))
    block.advance(_spill_at(tmp_path) + 60)
    assert _mark(block, "plant saved").met


def test_a_gauge_that_sticks_while_a_battery_feeds_it_is_a_thing_of_its_own(tmp_path: Path) -> None:
    text = (
        FILLING.replace(
            "  nodes:", "  utilities: {grid: {kind: power}, UPS: {kind: power, from: grid, lasts: 30 min}}\n  nodes:"
        )
        .replace("LT: {measures: TK.level,", "LT: {measures: TK.level, power: UPS,")
        .replace("timeline: {", "timeline: {dark: {cue: at +5 s, do: set grid.lost}, ")
    )
    block = alone(opened(tmp_path, text))
    block.advance(60)
    assert [w.thing for w in wrong.found(block, 0)] == ["grid", "LT"]
    assert told(block, "control-room", "report grid").accepted
    block.advance(200)
    assert not _mark(block, "detection").met, "the gauge was seen for two minutes, and nobody named it"


def test_a_valve_without_power_is_one_thing_with_its_supply(tmp_path: Path) -> None:
    text = (
        FILLING.replace("  nodes:", "  utilities: {grid: {kind: power}}\n  nodes:")
        .replace("XV: {kind: motor,", "XV: {kind: motor, power: grid,")
        .replace("set LT.stuck", "set grid.lost")
        .replace("answers: 5 s", "answers: 10 min")
    )
    block = alone(opened(tmp_path, text))
    block.advance(30)
    assert told(block, "control-room", "close XV").accepted
    block.advance(120)
    assert [w.thing for w in wrong.found(block, 0)] == ["grid"]


def test_an_emergency_stop_that_does_not_stop_is_named_by_what_it_moves(tmp_path: Path) -> None:
    esd = "  interlocks: {ESD: {then: [close XV], button: yes, proof: ZT < 2 %}}\n  transfers:"
    text = FILLING.replace("set LT.stuck", "set XV.motor-fault").replace("  transfers:", esd)
    for act, met in (("tell field about XV", True), ("report ESD", True), ("report ZT", False)):
        block = alone(opened(tmp_path, text))
        block.advance(110)
        assert told(block, "control-room", "trip ESD").accepted
        block.advance(160)
        assert told(block, "control-room", act).accepted
        block.advance(200)
        assert _mark(block, "detection").met is met, act
