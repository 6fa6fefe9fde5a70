"""People may do what their post may, take the time they take, see what is near, and prove what they say."""

import datetime
from pathlib import Path

import numpy as np
import pytest
from farms import PAIR, alone, happened, opened, orders, signal, told
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.engine.model import Model
from twin.engine.parts import WORDS
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.language.words import MAY_BY_DEFAULT, POSTS, VERBS
from twin.parts import people, valve
from twin.parts.action import ACTIVE, IDLE, LEFT, REACT

QUIET = ("sticks", "dark", "jams", "surges")
CONSENT = PAIR.replace(
    "  plan:\n", "  posts:\n    supervisor: {with consent: {bypass: [safety, principal]}}\n  plan:\n"
)
AWAY = "".join(f"    {post}: {{at: [-900 m, 0 m]}}\n" for post in ("fire-crew", "safety", "principal"))
FOR_VERB = {
    "tell": 'tell field "law"', "report": "report TA", "doubt": "doubt LT-A", "stop-work": "stop-work bund",
    "acknowledge": "acknowledge", "shelve": 'shelve LAH for 5 min because "law"', "open": "open XB", "close": "close XB",
    "set": "set XB to 50 %", "start": "start TR-1", "stop": "stop TR-1", "trip": "trip LZ", "reset": "reset LZ",
    "check": "check LT-A", "call": "call walker", "send": "send walker to TB",
    "bypass": 'bypass LZ for 5 min because "law"', "restore": "restore LZ", "approve": "approve LZ", "isolate": "isolate grid",
    "evacuate": "evacuate hut to gate", "muster": "muster gate", "declare": 'declare "law"', "withdraw": "withdraw walker to gate",
    "take": "take principal", "hand": "hand principal",
}  # fmt: skip


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return opened(tmp_path_factory.mktemp("pair"), PAIR)


@pytest.fixture(scope="module")
def consenting(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return opened(tmp_path_factory.mktemp("consent"), CONSENT)


def _quiet(model: Model, *cells: tuple[str, str, str], posts: str = "none", world: int = 0) -> Block:
    """One world without the faults of the timeline."""
    of = Override(posts=posts, dropped=frozenset(QUIET), cells=cells)
    return Block(model, 0, [world], [of], record=True)


# who may


def test_every_verb_that_is_built_is_tried_here() -> None:
    assert set(FOR_VERB) == {name for name, verb in VERBS.items() if verb.since == "spine"}


@pytest.mark.parametrize("post", POSTS)
def test_what_a_post_may_not_do_is_refused_with_who_may(pair: Model, post: str) -> None:
    block, refused = alone(pair, record=False), 0
    for verb, sentence in FOR_VERB.items():
        if verb in MAY_BY_DEFAULT[post] or verb in WORDS.always:
            continue
        answer = told(block, post, sentence)
        who = [p for p in POSTS if verb in MAY_BY_DEFAULT[p]]
        assert not answer.accepted
        assert answer.reason == f"{post} may not {verb}. {', '.join(who)} may."
        assert happened(block, "refused")[-1].tick == block.world.tick
        refused += 1
    assert refused == len(set(FOR_VERB) - set(MAY_BY_DEFAULT[post]) - set(WORDS.always))


@pytest.mark.parametrize("post", POSTS)
def test_what_a_post_may_do_is_never_refused_for_who_it_is(pair: Model, post: str) -> None:
    block = alone(pair, record=False)
    for verb in (*MAY_BY_DEFAULT[post], *WORDS.always):
        if verb in FOR_VERB:
            assert "may not" not in told(block, post, FOR_VERB[verb]).reason


@pytest.mark.parametrize("post", POSTS)
def test_anybody_may_press_the_emergency_stop(pair: Model, post: str) -> None:
    assert told(alone(pair, record=False), post, "trip ESD").accepted


def test_the_rights_in_a_farm_file_replace_the_list(tmp_path: Path) -> None:
    text = PAIR.replace("  plan:\n", "  posts:\n    fire-crew: {may: [bypass, approve]}\n  plan:\n")
    block = alone(opened(tmp_path, text))
    assert told(block, "fire-crew", FOR_VERB["bypass"]).accepted
    assert told(block, "fire-crew", "stop TR-1").reason.startswith("fire-crew may not stop.")
    assert told(block, "fire-crew", FOR_VERB["tell"]).accepted


def test_a_post_on_the_plan_takes_no_orders_from_outside(pair: Model) -> None:
    block = alone(pair, posts="plan")
    answer = told(block, "control-room", "open XB")
    assert not answer.accepted
    assert "take it first" in answer.reason
    assert told(block, "control-room", "take control-room").accepted
    assert told(block, "control-room", "open XB").accepted


# reaction, orders, proof


@pytest.mark.parametrize(("posts", "median"), [("plan", 60.0), ("slow", 120.0)])
def test_reactions_are_lognormal_about_their_median(tmp_path: Path, posts: str, median: float) -> None:
    text = PAIR.replace(
        "levels: {cue: LAHH, post: field",
        'says: {cue: start, post: principal, do: declare "law"}\n    levels: {cue: LAHH, post: field',
    )
    model = opened(tmp_path, text)
    n = 400
    block = Block(model, 0, list(range(n)), [Override(posts=posts, dropped=frozenset({"dips", "ends", *QUIET}))] * n)
    block.advance(500)
    acts = [next((a.tick for a in acts if a.verb == "declare"), 10**6) for acts in block.acts]
    logs = np.log(np.array(acts) - 1.5)  # the cue is seen by scan 1; whole ticks are on average half a second late
    assert abs(np.median(logs) - np.log(median)) < 4.5 * 1.2533 * 0.4 / n**0.5
    quartiles = np.quantile(logs, [0.25, 0.75])
    assert np.ptp(quartiles) == pytest.approx(2 * 0.67449 * 0.4, rel=0.25)


def test_an_order_to_a_valve_with_feedback_is_proven_when_it_shows_its_end(pair: Model) -> None:
    block = _quiet(pair)
    told(block, "control-room", "close XA")
    block.advance(60)
    tick, text = orders(block)[0]
    assert text == "close XA by control-room: PROVEN"
    assert np.flatnonzero(signal(block, "ZA") < 0.02)[0] + 1 == tick


def test_an_order_to_a_valve_without_feedback_times_out_after_twice_the_stroke_and_thirty_seconds(pair: Model) -> None:
    block = _quiet(pair)
    told(block, "control-room", "open XN")
    block.advance(120)
    assert signal(block, "XN.position")[25] == 1.0
    assert [tick for tick, _ in orders(block)] == [1 + 2 * 20 + 30]
    assert "TIMED OUT" in orders(block)[0][1]


def test_an_order_to_a_stuck_valve_times_out_and_a_later_proof_makes_it_proven(pair: Model) -> None:
    block = _quiet(pair, ("XA", "stuck", "yes"))
    told(block, "control-room", "close XA")
    block.advance(100)
    assert [text for _, text in orders(block)] == ["close XA by control-room: TIMED OUT"]
    block.stage.write("valves").stuck[:] = False
    block.advance(130)
    assert orders(block)[1][1] == "close XA by control-room: PROVEN, late"


def test_an_order_timed_out_is_not_proven_while_nothing_proves_it(pair: Model) -> None:
    """The control of the one above: left stuck, it stays timed out."""
    block = _quiet(pair, ("XA", "stuck", "yes"))
    told(block, "control-room", "close XA")
    block.advance(400)
    assert len(orders(block)) == 1


def test_a_person_who_finds_a_stuck_valve_says_that_it_failed(pair: Model) -> None:
    block = _quiet(pair, ("XA", "stuck", "yes"))
    told(block, "field", "close XA")
    block.advance(200)
    assert [text for _, text in orders(block)] == ["close XA by field: FAILED, it does not move"]
    assert "does not move" in happened(block, "seen", "XA")[0].text


def test_a_person_turns_a_valve_without_power_in_its_cranking_time(pair: Model) -> None:
    block = _quiet(pair, ("grid", "lost", "yes"))
    told(block, "field", "close XA")
    block.advance(200)
    arrived = happened(block, "arrived", "walker")[0].tick
    position = signal(block, "XA.position")
    assert position[arrived - 1] == 1.0
    closed = int(np.flatnonzero(position == 0.0)[0])
    assert 60 <= closed - arrived + 1 <= 61
    assert orders(block)[0][1] == "close XA by field: PROVEN"


def test_what_has_nothing_to_prove_is_proven_when_done(pair: Model) -> None:
    block = _quiet(pair)
    told(block, "control-room", "doubt LT-A")
    assert [(a.verb, a.end) for a in block.acts[0]] == [("doubt", ""), ("doubt", "PROVEN")]


def test_an_impossible_order_is_refused_and_never_under_way(pair: Model) -> None:
    block = _quiet(pair)
    answer = told(block, "control-room", "open HV")
    assert not answer.accepted
    assert "field" in answer.reason
    assert not np.isin(block.world.table.phase[0, pair.tasks.first("orders") :], list(ACTIVE)).any()


@given(st.floats(-500, 500), st.floats(-500, 500), st.booleans())
@settings(deadline=None, derandomize=True, database=None, max_examples=200)
def test_walking_takes_distance_over_speed(x: float, y: float, air: bool) -> None:
    metres = float(np.hypot(x, y))
    ticks = people.way_ticks(0.0, 0.0, x, y, air)
    exact = people.DON_AIR_S + metres / 0.9 if air else metres / 1.4
    assert exact - 1e-6 <= ticks < exact + 1 + 1e-6


def test_a_person_arrives_after_the_walk(pair: Model) -> None:
    block = _quiet(pair)
    told(block, "control-room", "send walker to gate")
    block.advance(100)
    assert [e.tick for e in happened(block, "arrived", "walker")] == [1 + int(np.ceil(50 / 1.4))]
    told(block, "field", "check TB")
    block.advance(300)
    assert happened(block, "arrived", "walker")[1].tick == 101 + int(np.ceil(100 / 1.4))
    assert happened(block, "seen", "TB")[0].tick == happened(block, "arrived", "walker")[1].tick + valve.LOOK_S


def test_a_person_with_a_second_errand_does_it_after_the_first(pair: Model) -> None:
    block = _quiet(pair)
    told(block, "field", "check TA")
    told(block, "field", "check TB")
    block.advance(300)
    first, second = (e.tick for e in happened(block, "arrived", "walker"))
    assert second >= first + valve.LOOK_S + int(np.ceil(20 / 1.4))
    assert [text for _, text in orders(block)] == ["check TA by field: PROVEN", "check TB by field: PROVEN"]


def test_an_errand_that_nobody_is_free_for_times_out(pair: Model) -> None:
    """Orders to people end after their walking and working time and two minutes, also when nobody was free."""
    block = _quiet(pair, ("grid", "lost", "yes"))
    told(block, "field", "close XA")
    told(block, "field", "check TB")
    block.stage.write("valves").stuck[:] = False
    told(block, "supervisor", "send boss to gate")
    block.advance(840)
    assert {text.split(":")[1].strip()[:6] for _, text in orders(block)} <= {"PROVEN", "TIMED ", "FAILED"}
    assert not np.isin(block.world.table.phase[0, pair.tasks.first("orders") :], list(ACTIVE)).any()


# consent


def _consent_row(block: Block, asks: int, approvals: list[tuple[int, str]], until: int) -> list[str]:
    """Asks for a bypass and hands in these approvals; how the bypass ended."""
    block.advance(asks - 1)
    told(block, "supervisor", FOR_VERB["bypass"])
    for tick, post in approvals:
        block.advance(tick - 1)
        told(block, post, "approve LZ")
    block.advance(until)
    return [e.text for e in happened(block, "order", "LZ")]


def _is_bypassed(block: Block) -> bool:
    return bool(block.world.controls.interlocks.bypassed[0, block.model.interlocks.names.index("LZ")])


def test_a_bypass_acts_only_when_both_have_approved(consenting: Model) -> None:
    block = _quiet(consenting)
    assert told(block, "supervisor", FOR_VERB["bypass"]).accepted
    assert not _is_bypassed(block)
    assert told(block, "safety", "approve LZ").accepted
    assert not _is_bypassed(block)
    assert not told(block, "safety", "approve LZ").accepted, "one post's consent counts once"
    assert told(block, "principal", "approve LZ").accepted
    assert _is_bypassed(block)


@pytest.mark.parametrize(
    ("approvals", "works"),
    [([(20, "safety"), (300, "principal")], True), ([(20, "safety"), (320, "principal")], False), ([(20, "safety")], False),
     ([], False), ([(200, "principal"), (299, "safety")], True)],
)  # fmt: skip
def test_consent_must_come_within_five_minutes(
    consenting: Model, approvals: list[tuple[int, str]], works: bool
) -> None:
    block = _quiet(consenting)
    ends = _consent_row(block, 10, approvals, 330)
    assert _is_bypassed(block) == works
    assert ("PROVEN" in ends[0]) == works
    if not works:
        assert "FAILED" in ends[0]
        assert "did not approve" in ends[0]


def test_nobody_approves_what_nobody_asked(consenting: Model) -> None:
    answer = told(_quiet(consenting), "safety", "approve LZ")
    assert not answer.accepted
    assert "nobody asks" in answer.reason


def test_a_post_on_the_plan_refuses_what_no_line_asks(consenting: Model) -> None:
    of = Override(posts="plan", taken=frozenset({"supervisor"}), dropped=frozenset(QUIET))
    block = Block(consenting, 0, [0], [of])
    answer = told(block, "supervisor", FOR_VERB["bypass"])
    assert not answer.accepted
    assert not _is_bypassed(block)


def test_posts_on_the_plan_approve_what_a_line_asks(tmp_path: Path) -> None:
    text = CONSENT.replace(
        "    levels: {", '    tests: {cue: start, post: supervisor, do: bypass LZ for 1 h because "law"}\n    levels: {'
    )
    block = _quiet(opened(tmp_path, text), posts="plan")
    block.advance(600)
    assert _is_bypassed(block)


# take and hand


def _line(block: Block, name: str) -> int:
    number = [line.name for line in block.model.plan].index(name)
    return int(block.world.table.phase[0, block.model.tasks.first("lines") + number])


def test_taking_a_seat_leaves_its_running_lines(pair: Model) -> None:
    block = _quiet(pair, ("TA", "level", "6.8 m"), posts="plan")
    block.advance(6)
    assert _line(block, "ends") == REACT
    told(block, "control-room", "take control-room")
    assert _line(block, "ends") == LEFT
    block.advance(300)
    assert not [e for e in happened(block, "command") if e.text.startswith("control-room: stop")]


def test_handing_a_seat_back_starts_the_lines_whose_cue_stands(pair: Model) -> None:
    block = _quiet(pair, ("TA", "level", "6.8 m"), posts="plan")
    block.advance(6)
    told(block, "control-room", "take control-room")
    block.advance(60)
    told(block, "control-room", "hand control-room")
    assert _line(block, "ends") == REACT
    assert _line(block, "levels") != LEFT
    block.advance(500)
    assert [e for e in happened(block, "command") if e.text.startswith("control-room: close XA")]
    assert block.world.proven[0, [line.name for line in pair.plan].index("ends")]


def test_handing_a_seat_back_starts_no_line_whose_cue_does_not_stand(pair: Model) -> None:
    block = _quiet(pair, ("TA", "level", "3 m"), ("TR-1", "running", "no"), posts="plan")
    told(block, "control-room", "take control-room")
    told(block, "control-room", "hand control-room")
    assert _line(block, "ends") == IDLE


# what is seen


def _seen_from(folder: Path, metres: int, start: str) -> bool:
    """Whether somebody this far away sees a tank that runs over."""
    text = (
        PAIR.replace("  plan:\n", f"  posts:\n{AWAY}  plan:\n")
        .replace("walker: {post: field, at: [-30 m, 0 m]", f"walker: {{post: field, at: [0 m, -{metres} m]")
        .replace("hut: {kind: building, at: [-40 m, 0 m]}", "hut: {kind: building, at: [-900 m, 0 m]}")
        .replace("starts: 2026-01-01 10:00", f"starts: 2026-01-01 {start}")
    )
    model = opened(folder, text)
    of = Override(
        posts="none",
        dropped=frozenset(QUIET),
        cells=(("TA", "level", "7.45 m"), ("TB", "level", "7.5 m"), ("LZ", "bypassed", "yes")),
    )
    block = Block(model, 0, [0], [of])
    block.advance(120)
    assert happened(block, "overflow", "TA")
    return any("walker sees" in e.text for e in happened(block, "seen", "TA"))


@pytest.mark.parametrize(("start", "metres", "sees"),
                         [("10:00", 99, True), ("10:00", 101, False), ("23:00", 39, True), ("23:00", 41, False)])  # fmt: skip
def test_an_overflow_is_seen_from_a_hundred_metres_by_day_and_forty_at_night(
    tmp_path: Path, start: str, metres: int, sees: bool
) -> None:
    assert _seen_from(tmp_path, metres, start) == sees


def test_a_person_of_whom_nobody_says_where_they_are_sees_nothing(tmp_path: Path) -> None:
    """A post that nobody fills and that has no place stands nowhere, not at the middle of the map."""
    away = PAIR.replace("[-30 m, 0 m]", "[0 m, -900 m]").replace("[-40 m, 0 m]", "[-900 m, 0 m]")
    of = Override(
        posts="none",
        dropped=frozenset(QUIET),
        cells=(("TA", "level", "7.45 m"), ("TB", "level", "7.5 m"), ("LZ", "bypassed", "yes")),
    )
    block = Block(opened(tmp_path, away), 0, [0], [of])
    block.advance(120)
    assert happened(block, "overflow", "TA")
    assert not happened(block, "seen", "TA")


@pytest.mark.parametrize("start", ["06:30", "06:59", "17:30", "17:58"])
def test_day_turns_to_night_at_the_same_minute_wherever_the_run_began(tmp_path: Path, start: str) -> None:
    """The hour of the day is that of the clock, whatever minute the scenario starts at."""
    began = datetime.datetime.fromisoformat(f"2026-01-01T{start}")
    model = opened(
        tmp_path, PAIR.replace("10:00", start).replace("[-30 m, 0 m]", "[0 m, -70 m]").replace("[-40 m", "[-900 m")
    )
    for after in (20, 100, 115, 125, 500):
        block = _quiet(model)
        block.world.tick = after
        hour = (began + datetime.timedelta(seconds=after)).hour
        g = model.people.index("walker")
        assert people.sees(block.inbox.plan.rows[0], g, "TA") == (people.sight_m(hour) >= 70.0)


def test_a_wall_taller_than_two_metres_hides_what_is_not_next_to_it(tmp_path: Path) -> None:
    for n, (wall, metres, sees) in enumerate([("2.5 m", 50, False), ("2.5 m", 9, True), ("2 m", 50, True)]):
        folder = tmp_path / str(n)
        folder.mkdir()
        model = opened(folder, PAIR.replace("wall: 1 m", f"wall: {wall}"))
        g = model.people.index("walker")
        block = _quiet(model)
        block.world.people.x_m[0, g], block.world.people.y_m[0, g] = 0.0, float(metres)
        assert people.sees(block.inbox.plan.rows[0], g, "TA") == sees


# the plan knows what is shown


def test_the_plan_acts_on_readings_only(pair: Model) -> None:
    """With the gauge stuck below its limit nobody ends the receipt, however full the tank is."""
    full = (("LS-A", "dead", "yes"), ("TA", "level", "6.3 m"), ("TB", "level", "7.2 m"))
    sound, stuck = _quiet(pair, *full, posts="plan"), _quiet(pair, *full, ("LT-A", "stuck", "yes"), posts="plan")
    for block in (sound, stuck):
        block.advance(800)
    assert [e for e in happened(sound, "command") if e.text == "control-room: stop TR-1"]
    assert not happened(stuck, "alarm", "LAH")
    assert not [e for e in happened(stuck, "command") if e.text == "control-room: stop TR-1"]
    assert happened(stuck, "overflow", "TA")
    assert not happened(sound, "overflow", "TA")


def test_a_false_reading_makes_the_plan_act_too(pair: Model) -> None:
    block = _quiet(pair, ("TA", "level", "3 m"), ("LT-A", "bias", "4 m"), posts="plan")
    block.advance(400)
    assert [e for e in happened(block, "command") if e.text == "control-room: stop TR-1"]
