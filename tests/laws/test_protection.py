"""Alarms keep to ISA-18.2, votes to their truth tables, interlocks to latch, bypass and reset."""

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest
from farms import PAIR, Kept, alone, happened, opened, signal, told
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twin.base.arrays import Bools, fresh
from twin.engine import logic
from twin.engine.logic import Votes
from twin.engine.model import Model
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.parts import alarm, interlock

MANY = (
    "scenario: Many\nfarm:\n  farm: Many alarms\n  tanks: {T-01 .. T-15: {product: water, diameter: 5 m, height: 9 m}}\n  instruments:\n"
    + "".join(f"    LT-{n}: {{measures: T-{n:02d}.level}}\n" for n in range(1, 16))
    + "  alarms:\n"
    + "".join(f"    A-{n}: {{when: LT-{n} > 5 m}}\n" for n in range(1, 16))
    + "    H-1: {when: LT-1 > 7 m, priority: high}\n    D-1: {when: LT-1 > 6 m, delay: 4 s, off delay: 7 s}\n"
    + "    S-2: {when: LT-2 > 6 m, suppressed when: LT-3 > 8 m}\n"
    + "starts: 2026-01-01 10:00\nlasts: 1 h\n"
)
HH = """\
scenario: HH
farm:
  farm: One tank of 30 m
  tanks: {TK: {product: water, diameter: 30 m, height: 16 m}}
  instruments: {LT: {measures: TK.level}}
  alarms: {HH: {when: LT > 14.376 m, deadband: 20 mm, delay: 2 s}}
starts: 2026-01-01 10:00
lasts: 10 min
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(opened(tmp_path_factory.mktemp("many"), MANY))


@pytest.fixture(scope="module")
def hh(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return opened(tmp_path_factory.mktemp("hh"), HH)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return opened(tmp_path_factory.mktemp("pair"), PAIR)


class _Panel:
    """Alarms stepped by hand, all worlds at once: conditions in, states out."""

    def __init__(self, model: Model, worlds: int = 1) -> None:
        self.alarms = model.alarms
        self.state = fresh(alarm.State, self.alarms, worlds)
        self.shape = (worlds, len(self.alarms.names))
        self.hidden = np.zeros(self.shape, dtype=bool)
        self.suppressed = np.zeros(self.shape, dtype=bool)
        self.tick = 0

    def at(self, name: str) -> int:
        return self.alarms.names.index(name)

    def step(self, condition: Bools) -> None:
        self.tick += 1
        alive = np.ones((self.shape[0], 1), dtype=bool)
        self.state = alarm.step(self.alarms, self.state, condition, self.suppressed, self.hidden, alive, self.tick)

    def only(self, *names: str) -> None:
        condition = np.zeros(self.shape, dtype=bool)
        condition[:, [self.at(n) for n in names]] = True
        self.step(condition)

    def acknowledge(self, name: str, row: int = 0) -> None:
        acknowledged = self.state.acknowledged.copy()
        acknowledged[row, self.at(name)] = True
        self.state = dataclasses.replace(self.state, acknowledged=acknowledged)


def _levels(model: Model, levels: list[float]) -> list[bool]:
    """Whether the one alarm stands, scan by scan, while its gauge shows these levels."""
    panel, answers = _Panel(model), np.zeros((1, len(model.tests.column)), dtype=bool)
    board, valid, stands = np.zeros((1, len(model.signals.names))), np.ones((1, 9), dtype=bool), []
    for level in levels:
        board[0, model.signals.at["LT"]] = level
        answers = logic.tested(model.tests, answers, board, valid)
        panel.step(answers[:, :1])
        stands.append(bool(panel.state.standing[0, 0]))
    return stands


def test_a_splash_of_a_second_and_a_half_does_not_alarm(hh: Model) -> None:
    """On the scan of one second it is seen once or twice, and the delay is two seconds."""
    for scans in (1, 2):
        assert not any(_levels(hh, [14.3] * 3 + [14.40] * scans + [14.3] * 20))
    assert _levels(hh, [14.40] * 3) == [False, False, True]


def test_the_dead_band_acts_on_return_only(hh: Model) -> None:
    assert not any(_levels(hh, [14.3759, 14.376, 14.37] * 5))
    stands = _levels(hh, [14.377] * 4 + [14.370, 14.3561, 14.357] * 4)
    assert all(stands[2:])
    stands = _levels(hh, [14.377] * 4 + [14.3559, 14.37, 14.37])
    assert stands == [False, False, True, True, False, False, False]


@given(st.lists(st.booleans(), min_size=1, max_size=80))
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_delays_count_exact_ticks(many: Kept, conditions: list[bool]) -> None:
    """D-1 rises after its condition held for more than 4 scans without a break, and clears after more than 7."""
    panel, stands, run = _Panel(many.model), False, 0
    for holds in conditions:
        panel.only(*(["D-1"] if holds else []))
        run = run + 1 if holds != stands else 0
        if run > (7 if stands else 4):
            stands, run = not stands, 0
        assert bool(panel.state.standing[0, panel.at("D-1")]) == stands


def test_an_alarm_whose_condition_ends_in_the_scan_after_it_rose_waits_its_whole_off_delay(many: Kept) -> None:
    panel, stands = _Panel(many.model), []
    for holds in [True] * 5 + [False] * 9:
        panel.only(*(["D-1"] if holds else []))
        stands.append(bool(panel.state.standing[0, panel.at("D-1")]))
    assert stands == [False] * 4 + [True] * 8 + [False] * 2


def test_first_out_is_one_for_each_group(many: Kept) -> None:
    panel = _Panel(many.model)
    panel.only("A-1", "H-1", "A-2")
    assert _first_out(panel) == {"H-1", "A-2"}, "of those that rise together the highest priority is first"
    panel.only("A-1", "H-1", "A-2", "S-2")
    assert _first_out(panel) == {"H-1", "A-2"}


def _first_out(panel: _Panel) -> set[str]:
    return {panel.alarms.names[a] for a in np.flatnonzero(panel.state.first_out[0])}


@pytest.mark.parametrize("put_aside", ["hidden", "suppressed"])
def test_an_alarm_behind_one_that_nobody_sees_is_first_out(many: Kept, put_aside: str) -> None:
    """Shelved and out of service are hidden; suppressed is by design."""
    panel = _Panel(many.model)
    getattr(panel, put_aside)[0, panel.at("A-1")] = True
    panel.only("A-1")
    panel.only("A-1", "H-1")
    assert _first_out(panel) == {"H-1"}
    getattr(panel, put_aside)[0, panel.at("A-1")] = False
    panel.only("A-1", "H-1")
    assert panel.state.announced[0, panel.at("A-1")]
    assert _first_out(panel) == {"H-1"}, "what comes back into sight behind it is not first"


@pytest.mark.parametrize("put_aside", ["hidden", "suppressed"])
def test_a_first_out_that_is_put_aside_leaves_the_place_to_the_next(many: Kept, put_aside: str) -> None:
    panel = _Panel(many.model)
    panel.only("A-1")
    assert _first_out(panel) == {"A-1"}
    getattr(panel, put_aside)[0, panel.at("A-1")] = True
    panel.only("A-1")
    assert _first_out(panel) == set()
    panel.only("A-1", "H-1")
    assert _first_out(panel) == {"H-1"}


@pytest.mark.parametrize("settings_", [
    ["works.W-1.kind=out of service", "works.W-1.of=LAH", "works.W-1.because=repair", "works.W-1.by=shop"],
    ["LAH.out-of-service=yes"],
])  # fmt: skip
def test_a_run_says_first_out_of_the_alarm_behind_one_out_of_service(tmp_path: Path, settings_: list[str]) -> None:
    model = opened(tmp_path, PAIR, [*settings_, "TA.level=6.4 m", "LS-A.dead=yes"])
    block = Block(model, 0, [0], [Override(posts="none", dropped=frozenset({"sticks", "dark", "jams"}))])
    block.advance(600)
    (said,) = (str(e.said) for e in block.events[0] if e.kind == "alarm" and e.subject == "LAHH")
    assert said.endswith("first out")


one_look = st.tuples(*[st.frozensets(st.sampled_from(["A-1", "H-1", "D-1"]))] * 2, st.booleans())


@given(st.lists(one_look, min_size=5, max_size=30))
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_never_are_two_first_out_in_a_group_and_never_one_that_nobody_sees(
    many: Kept, steps: list[tuple[frozenset[str], frozenset[str], bool]]
) -> None:
    panel = _Panel(many.model)
    for names, hidden, acknowledges in steps:
        if acknowledges:
            panel.state = dataclasses.replace(panel.state, acknowledged=np.ones(panel.shape, dtype=bool))
        panel.hidden[:] = False
        panel.hidden[0, [panel.at(n) for n in hidden]] = True
        panel.only(*names)
        assert len(_first_out(panel)) <= 1
        assert not _first_out(panel) & hidden


@given(
    st.lists(st.tuples(st.frozensets(st.sampled_from(["A-1", "H-1", "D-1"])), st.booleans()), min_size=5, max_size=30)
)
@example(
    [
        (frozenset({"A-1"}), False),
        (frozenset(), False),
        (frozenset(), False),
        (frozenset(), True),
        (frozenset({"A-1", "H-1"}), False),
    ]
)
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_never_are_two_first_out_in_a_group(many: Kept, steps: list[tuple[frozenset[str], bool]]) -> None:
    panel = _Panel(many.model)
    for names, acknowledges in steps:
        if acknowledges:
            panel.state = dataclasses.replace(panel.state, acknowledged=np.ones(panel.shape, dtype=bool))
        panel.only(*names)
        assert panel.state.first_out[0, [panel.at(n) for n in ("A-1", "H-1", "D-1")]].sum() <= 1


one_step = st.tuples(
    st.lists(st.frozensets(st.sampled_from(["A-1", "H-1", "A-2", "S-2"])), min_size=2, max_size=2),
    st.lists(st.frozensets(st.sampled_from(["A-1", "H-1", "A-2", "S-2"])), min_size=2, max_size=2),
)


@given(st.lists(one_step, min_size=4, max_size=20))
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_an_alarm_is_the_same_beside_a_busy_neighbour(
    many: Kept, steps: list[tuple[list[frozenset[str]], list[frozenset[str]]]]
) -> None:
    """Two worlds stepped together end each scan as each of them stepped alone."""
    both, apart = _Panel(many.model, 2), [_Panel(many.model), _Panel(many.model)]
    for conditions, acknowledged in steps:
        together = np.zeros(both.shape, dtype=bool)
        for row in range(2):
            for name in acknowledged[row]:
                both.acknowledge(name, row)
                apart[row].acknowledge(name)
            together[row, [both.at(n) for n in conditions[row]]] = True
            apart[row].only(*conditions[row])
        both.step(together)
        for row in range(2):
            for field in dataclasses.fields(alarm.State):
                mine, ours = getattr(apart[row].state, field.name)[0], getattr(both.state, field.name)[row]
                assert (mine == ours).all(), field.name


def test_a_flood_starts_at_the_eleventh_in_ten_minutes_and_ends_below_five(many: Kept) -> None:
    panel, condition, floods = _Panel(many.model), np.zeros((1, len(many.model.alarms.names)), dtype=bool), []
    for tick in range(1, 1400):
        if tick % 59 == 0 and tick // 59 <= 15:
            condition = condition.copy()
            condition[0, panel.at(f"A-{tick // 59}")] = True
        panel.step(condition)
        floods.append(bool(panel.state.flood[0]))
    begins, ends = floods.index(True) + 1, len(floods) - floods[::-1].index(True) + 1
    assert begins == 11 * 59, "the eleventh rise falls into ten minutes of the first"
    assert abs(ends - (11 * 59 + 600)) <= 10, "four are left when the eleventh is ten minutes old"


def test_ten_alarms_in_ten_minutes_are_no_flood(many: Kept) -> None:
    panel = _Panel(many.model)
    names: list[str] = []
    for n in range(1, 11):
        names.append(f"A-{n}")
        for _ in range(20):
            panel.only(*names)
    assert not panel.state.flood[0]
    panel.only(*names, "A-11")
    assert panel.state.flood[0]


LEGAL = {
    "normal": {"unacknowledged", "shelved", "suppressed", "out of service"},
    "unacknowledged": {"acknowledged", "returned", "normal", "shelved", "suppressed", "out of service"},
    "acknowledged": {"normal", "shelved", "suppressed", "out of service"},
    "returned": {"normal", "unacknowledged", "shelved", "suppressed", "out of service"},
    "shelved": {"normal", "unacknowledged", "acknowledged", "returned", "suppressed", "out of service"},
    "suppressed": {"normal", "unacknowledged", "acknowledged", "returned", "shelved", "out of service"},
    "out of service": {"normal", "unacknowledged", "acknowledged", "returned", "shelved", "suppressed"},
}
moves = st.lists(st.sampled_from(["on", "off", "acknowledge", "shelve", "unshelve", "suppress", "unsuppress", "out", "in"]),
                 min_size=3, max_size=60)  # fmt: skip


def _states(model: Model, script: list[str]) -> list[str]:
    """The states that alarm A-1 passes through, one a scan."""
    panel, holds, shelved, suppressed, out, passed = _Panel(model), False, False, False, False, ["normal"]
    a = panel.at("A-1")
    for move in script:
        holds = {"on": True, "off": False}.get(move, holds)
        shelved = {"shelve": True, "unshelve": False}.get(move, shelved)
        suppressed = {"suppress": True, "unsuppress": False}.get(move, suppressed)
        out = {"out": True, "in": False}.get(move, out)
        if move == "acknowledge":
            panel.acknowledge("A-1")
        panel.hidden[0, a], panel.suppressed[0, a] = shelved or out, suppressed
        panel.hidden, panel.suppressed = panel.hidden.copy(), panel.suppressed.copy()
        panel.only(*(["A-1"] if holds else []))
        its = panel.state
        passed.append(
            alarm.state_of(
                bool(its.standing[0, a]), bool(its.acknowledged[0, a]), shelved, bool(its.suppressed[0, a]), out
            )
        )
    return passed


@given(moves)
@settings(deadline=None, derandomize=True, database=None, max_examples=200)
def test_only_legal_transitions_happen(many: Kept, script: list[str]) -> None:
    passed = _states(many.model, script)
    for before, after in itertools.pairwise(passed):
        assert after == before or after in LEGAL[before], (before, after)


@given(moves)
@settings(deadline=None, derandomize=True, database=None, max_examples=100)
def test_an_alarm_that_stands_in_the_open_was_announced(many: Kept, script: list[str]) -> None:
    """An alarm that nobody hides never goes from normal to acknowledged by itself."""
    for (before, after), move in zip(itertools.pairwise(_states(many.model, script)), script, strict=True):
        if after == "acknowledged" and before != "acknowledged":
            assert move == "acknowledge" or before in {"shelved", "suppressed", "out of service"}


def test_all_seven_states_are_reached(many: Kept) -> None:
    script = ["on", "acknowledge", "off", "on", "off", "shelve", "unshelve", "suppress", "unsuppress", "out", "in"]
    assert set(_states(many.model, script)) == set(alarm.STATES)


def test_an_alarm_whose_shelf_ends_is_announced_again(tmp_path: Path) -> None:
    model = opened(tmp_path, PAIR)
    of = Override(posts="none", dropped=frozenset({"sticks", "dark", "jams"}), cells=(("TA", "level", "6.8 m"),))
    block = Block(model, 0, [0], [of])
    assert told(block, "supervisor", 'shelve LAH for 100 s because "law"').accepted
    block.advance(99)
    assert not happened(block, "alarm", "LAH")
    assert block.world.alarms.standing[0, model.alarms.names.index("LAH")]
    block.advance(104)
    assert [e.tick for e in happened(block, "alarm", "LAH")] == [101]
    assert not block.world.alarms.acknowledged[0, model.alarms.names.index("LAH")]


def test_an_alarm_out_of_service_or_shelved_is_not_announced(tmp_path: Path) -> None:
    model = opened(tmp_path, PAIR)
    of = Override(posts="none", cells=(("TA", "level", "6.8 m"), ("LAH", "out-of-service", "yes")))
    block = Block(model, 0, [0], [of])
    block.advance(30)
    assert not happened(block, "alarm", "LAH")


# votes and interlocks


def _vote_says(needed: int, members: list[tuple[str, str]]) -> bool:
    """The specification, one vote at a time. A member is (what it shows, how its bad signal counts).

    A bad signal that votes counts as a demand; one that is left out leaves M of the rest, at most all of them; one
    that trips does so alone. A vote that nobody is left to cast does not trip.
    """
    if any(shows == "bad" and if_bad == "trip" for shows, if_bad in members):
        return True
    left = [m for m in members if m != ("bad", "ignore")]
    demands = sum(shows == "demand" or (shows == "bad" and if_bad == "vote") for shows, if_bad in left)
    return len(left) > 0 and demands >= min(needed, len(left))


def _votes(needed: int, if_bad: tuple[str, ...]) -> Votes:
    n = len(if_bad)
    one = np.arange(n)[None, :]
    return Votes(
        needed=np.array([needed]), among=np.array([n]), test=one, quality=one + 1, present=np.ones((1, n), dtype=bool),
        bad_votes=np.array([[b == "vote" for b in if_bad]]), bad_left_out=np.array([[b == "ignore" for b in if_bad]]),
        bad_trips=np.array([[b == "trip" for b in if_bad]]),
    )  # fmt: skip


@pytest.mark.parametrize(("m", "n"), [(m, n) for n in range(1, 5) for m in range(1, n + 1)])
def test_a_vote_keeps_its_truth_table(m: int, n: int) -> None:
    shown = list(itertools.product(["demand", "quiet", "bad"], repeat=n))
    for if_bad in itertools.product(["vote", "ignore", "trip"], repeat=n):
        for last in (False, True):  # what a bad signal last said changes nothing
            tests = np.array([[s == "demand" or (s == "bad" and last) for s in row] for row in shown])
            good = np.array([[True, *(s != "bad" for s in row)] for row in shown])
            said = logic.voted(_votes(m, if_bad), tests, good)[:, 0]
            wanted = [_vote_says(m, list(zip(row, if_bad, strict=True))) for row in shown]
            assert said.tolist() == wanted, if_bad


def test_a_vote_is_the_same_beside_a_bad_neighbour() -> None:
    votes = _votes(2, ("vote", "ignore", "vote"))
    tests = np.array(list(itertools.product([False, True], repeat=3)))
    good = np.ones((8, 4), dtype=bool)
    apart = logic.voted(votes, tests, good)[:, 0]
    beside = logic.voted(votes, np.vstack((tests, tests[:1])), np.vstack((good, ~good[:1])))[:-1, 0]
    assert apart.tolist() == beside.tolist()


def test_a_test_keeps_its_answer_while_its_reading_is_bad() -> None:
    tests = logic.Tests(
        np.array([0]), np.array([5.0]), np.array([1.0]), np.array([0.5]), np.array([1]), np.array([False])
    )
    board, bad, fine = np.array([[9.0]]), np.array([[True, False]]), np.array([[True, True]])
    for before in (False, True):
        assert logic.tested(tests, np.array([[before]]), board, bad)[0, 0] == before
    assert logic.tested(tests, np.array([[False]]), board, fine)[0, 0]
    absent = dataclasses.replace(tests, clears_when_absent=np.array([True]))
    assert not logic.tested(absent, np.array([[True]]), board, bad)[0, 0]


LOCKS = """\
scenario: Locks
farm:
  farm: Interlocks side by side
  utilities:
    SIS: {kind: controller}
  tanks: {TK: {product: water, diameter: 5 m, height: 9 m}}
  valves: {V1: {kind: motor, stroke: 10 s, at: [0 m, 0 m]}}
  instruments: {L1: {measures: TK.level}, Z1: {measures: V1.position}}
  interlocks:
    holds: {when: L1 > 5 m, then: close V1, proof: Z1 < 2 %}
    waits: {when: L1 > 5 m, then: close V1, delay: 3 s, latch: no}
    opens: {when: L1 > 6 m, then: open V1}
    halt: {then: close V1, button: yes}
starts: 2026-01-01 10:00
lasts: 20 min
initially: {TK: {level: 1 m}, V1: {position: 100 %}}
"""


@pytest.fixture(scope="module")
def locks(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return opened(tmp_path_factory.mktemp("locks"), LOCKS)


class _Relay:
    """Interlocks stepped by hand."""

    def __init__(self, model: Model) -> None:
        self.names = model.interlocks.names
        self.interlocks = model.interlocks
        self.state = fresh(interlock.State, model.interlocks, 1)
        self.bypassed = np.zeros((1, len(self.names)), dtype=bool)
        self.alive = np.ones((1, len(model.utilities.names) + 1), dtype=bool)

    def step(self, *demanded: str) -> set[str]:
        wants = np.array([[n in demanded for n in self.names]])
        self.state = interlock.step(self.interlocks, self.state, wants, self.bypassed, self.alive)
        return {n for n, tripped in zip(self.names, self.state.tripped[0], strict=True) if tripped}


def test_a_latched_trip_stays_and_one_without_latch_lets_go(locks: Model) -> None:
    relay = _Relay(locks)
    for _ in range(5):
        tripped = relay.step("holds", "waits")
    assert tripped == {"holds", "waits"}
    assert relay.step() == {"holds"}
    assert relay.step() == {"holds"}


def test_a_delay_counts_scans_without_a_break(locks: Model) -> None:
    relay = _Relay(locks)
    assert [relay.step("waits") for _ in range(4)] == [set(), set(), set(), {"waits"}]
    relay.step()
    assert [relay.step("waits") for _ in range(3)] == [set()] * 3
    relay.step()
    assert [relay.step("waits") for _ in range(3)] == [set()] * 3


def test_a_bypassed_interlock_does_not_act_and_acts_when_it_is_back_while_the_cause_stands(locks: Model) -> None:
    relay = _Relay(locks)
    relay.bypassed[0, relay.names.index("holds")] = True
    assert relay.step("holds") == set()
    relay.bypassed = np.zeros_like(relay.bypassed)
    assert relay.step("holds") == {"holds"}


def test_an_interlock_whose_controller_is_lost_does_nothing_new_and_holds_what_it_holds(locks: Model) -> None:
    relay = _Relay(locks)
    relay.alive[0, locks.utilities.names.index("SIS")] = False
    assert relay.step("holds") == set()
    relay.alive[:] = True
    for _ in range(4):
        relay.step("holds", "waits")
    relay.alive = relay.alive.copy()
    relay.alive[0, locks.utilities.names.index("SIS")] = False
    assert relay.step() == {"holds", "waits"}
    relay.alive = np.ones_like(relay.alive)
    assert relay.step() == {"holds"}


def test_closing_wins_over_opening(locks: Model) -> None:
    names = locks.interlocks.names

    def forced(*tripped: str) -> float:
        return float(interlock.forced(locks.interlocks, np.array([[n in tripped for n in names]]))[0, 0])

    assert forced() == -1.0
    assert forced("opens") == 1.0
    assert forced("holds") == 0.0
    assert forced("opens", "holds") == 0.0


def _with_level(model: Model, level: str) -> Block:
    return Block(model, 0, [0], [Override(posts="none", cells=(("TK", "level", level),))], record=True)


def test_a_trip_closes_the_valve_and_nobody_can_open_it(locks: Model) -> None:
    block = _with_level(locks, "5.5 m")
    block.advance(20)
    assert signal(block, "V1.position")[-1] == 0.0
    answer = told(block, "control-room", "open V1")
    assert not answer.accepted
    assert "trip" in answer.reason
    block.advance(60)
    assert signal(block, "V1.position")[-1] == 0.0
    assert happened(block, "trip-proven", "holds")


def test_a_reset_is_refused_while_the_cause_stands(locks: Model) -> None:
    block = _with_level(locks, "5.5 m")
    block.advance(5)
    answer = told(block, "control-room", "reset holds")
    assert not answer.accepted
    assert "cause" in answer.reason


def test_a_reset_lets_go_and_the_valve_stays_until_somebody_opens_it(locks: Model) -> None:
    block = _with_level(locks, "1 m")
    assert told(block, "field", "trip halt").accepted
    block.advance(20)
    assert told(block, "control-room", "reset halt").accepted
    block.advance(60)
    assert signal(block, "V1.position")[-1] == 0.0
    assert told(block, "control-room", "open V1").accepted
    block.advance(80)
    assert signal(block, "V1.position")[-1] == 1.0


def test_an_emergency_stop_acts_whatever_is_bypassed(locks: Model) -> None:
    block = _with_level(locks, "1 m")
    assert told(block, "supervisor", 'bypass halt for 1 h because "law"').accepted
    assert told(block, "fire-crew", "trip halt").accepted
    block.advance(20)
    assert signal(block, "V1.position")[-1] == 0.0


def test_a_bypass_ends_by_itself_and_says_so(locks: Model) -> None:
    block = _with_level(locks, "1 m")
    assert told(block, "supervisor", 'bypass holds for 5 min because "proof test"').accepted
    k = locks.interlocks.names.index("holds")
    block.advance(300)
    assert block.world.controls.interlocks.bypassed[0, k]
    block.advance(302)
    assert not block.world.controls.interlocks.bypassed[0, k]
    assert [e.tick for e in happened(block, "bypass", "holds")] == [1, 301]


def test_a_bypass_needs_a_reason_and_an_end(pair: Model) -> None:
    from twin.base.fault import Fault

    block = alone(pair)
    for sentence in ("bypass LZ for 5 min", 'bypass LZ because "law"'):
        with pytest.raises(Fault):
            told(block, "supervisor", sentence)
    assert not told(block, "supervisor", 'bypass LZ for 25 h because "law"').accepted


def test_a_dead_switch_does_not_trip_and_a_bad_one_does(tmp_path: Path) -> None:
    model = opened(tmp_path, PAIR)
    of = [
        Override(
            posts="none", dropped=frozenset({"dark", "jams"}), cells=(("LS-A", fault, "yes"), ("TA", "level", "7.15 m"))
        )
        for fault in ("dead", "bad")
    ]
    block = Block(model, 4, [0, 0], of)
    block.advance(60)
    assert [bool(happened(block, "trip", "LZ", row=row)) for row in range(2)] == [False, True]
