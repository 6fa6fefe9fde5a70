"""What the console offers and keeps back: procedure, pending orders, skips, asked words, radio, examples."""

from pathlib import Path

import pytest

from tests.screens.small import DAY, DESK, KEPT, SIZES, drawn, lived, small_day, text
from tui.paint import frame
from tui.state import Ui
from twin.debrief import outcome
from twin.engine import commands
from twin.engine import session as sessions
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.language.words import VERBS
from twin.seat import stakes, view
from twin.seat.examples import examples
from twin.seat.picture import take
from twin.seat.player import Player, Refused
from twin.seat.radio import messages


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A day on a farm whose tanks share one meter."""
    return small_day(tmp_path)


# the procedure


def test_an_assessed_procedure_holds_no_line_of_this_night() -> None:
    """`doubt-gauge` and `dip` stand in the drill's own file: they tell which gauge sticks. Rounds are a duty."""
    names = [{line.name for line in take(lived(KEPT, t, assessed=a), DESK).lines} for a, t in ((True, 5), (False, 5))]
    assert names[0] == names[1] == {"movement", "end-receipt", "tell-ship", "reset-not"}
    late = [lived(KEPT, 900, (600, "control-room", "check MOVE-101"), assessed=a) for a in (True, False)]
    assert "doubt-gauge" not in {line.name for line in take(late[0], DESK).lines}
    assert "doubt-gauge" in {line.name for line in take(late[1], DESK).lines}


def test_lines_of_the_farm_are_always_there(small: Path) -> None:
    (small.parent / "small.yaml").write_text(
        (small.parent / "small.yaml").read_text()
        + "plan:\n  late: {cue: LAH-1, post: control-room, do: stop TR-1, within: 2 min}\n"
    )
    assert [line.name for line in take(lived(small, 5, assessed=True), DESK).lines] == ["late"]


# orders


def test_the_worst_of_what_is_pending_stands_first(small: Path) -> None:
    its = lived(small, 300, (5, "instructor", "set XV-1.stuck"), (10, "control-room", "close XV-1"),
              (280, "control-room", "close XV-2"))  # fmt: skip
    shown = frame.waiting(take(its, DESK), Ui())
    assert (shown[0].sentence, shown[0].phase) == ("close XV-1", "TIMED OUT")
    seen = frame.waiting(take(its, DESK), Ui(cleared={shown[0].number}))
    assert "close XV-1" not in [o.sentence for o in seen]
    its.advance(2000)
    assert [o.sentence for o in frame.waiting(take(its, DESK), Ui())] == ["close XV-1"], "failed stays, proven goes"


def test_what_is_proven_late_is_no_longer_called_timed_out(small: Path) -> None:
    its = lived(small, 400, (5, "instructor", "set XV-1.stuck for 3 min"), (10, "control-room", "close XV-1"))
    assert [(o.sentence, o.phase) for o in view.ended(its, DESK)] == [("close XV-1", "PROVEN")]


# the skip


def _skipped(its: Session, seats: tuple[str, ...] = DESK) -> tuple[int, str]:
    player = Player(its, outcome.sealed)
    player.clock(seats, "skip to next alarm")
    while not player.turn():
        pass
    return its.tick, str(player.skipped or "")


def test_a_skip_stops_at_an_alarm_and_says_which(small: Path) -> None:
    tick, why = _skipped(lived(small, 60))
    assert why.startswith("Stopped: LAH-1: LT-1 > 14.4 m")
    assert 400 < tick < 700


def test_a_skip_stops_where_a_limit_is_passed_and_its_alarm_keeps_silent(small: Path) -> None:
    its = lived(small, 60, (10, "control-room", 'shelve LAH-1 for 2 h because "test"'))
    tick, why = _skipped(its)
    assert why == "Stopped: LT-1 stands past the limit of LAH-1, and it does not ring"
    assert tick < 700


def test_a_skip_stops_where_nothing_moves_any_more(small: Path) -> None:
    small.write_text(DAY.replace("TR-1: {running: yes}", "XV-1: {position: 0 %}"))
    tick, why = _skipped(lived(small, 60))
    assert why.endswith("so nothing more will ring")
    assert tick <= 60 + 320


def test_a_skip_stops_after_a_quiet_while(small: Path) -> None:
    its = lived(small, 60, (5, "instructor", "set LT-1.stuck"))
    tick, why = _skipped(its)
    assert (tick, why) == (660, "Stopped: no alarm for 10 min")


def test_a_skip_to_a_moment_stops_nowhere_else(small: Path) -> None:
    player = Player(lived(small, 60), outcome.sealed)
    player.clock(DESK, "skip 15 min")
    while not player.turn():
        pass
    assert player.session.tick == 960
    assert player.skipped is None


@pytest.mark.parametrize("words", ["freeze", "skip 5 min", "skip to next alarm", "run for 2 min", "speed 0.5"])
def test_an_assessed_run_is_not_stopped_slowed_or_skipped(small: Path, words: str) -> None:
    player = Player(lived(small, 60, assessed=True), outcome.sealed)
    with pytest.raises(Refused, match="no freeze, no skip"):
        player.clock(DESK, words)
    player.clock(("instructor",), words)  # who teaches may


def test_an_assessed_run_begins_no_slower_than_life(small: Path) -> None:
    assert Player(lived(small, 60, assessed=True), outcome.sealed, 0.2).live.speed == 1.0
    assert Player(lived(small, 60), outcome.sealed, 0.2).live.speed == 0.2


# orders that are asked for twice, and the radio


def test_stakes_tell_what_hangs_on_a_supply_and_what_a_battery_feeds() -> None:
    its = stakes.of(sessions.start(Setup("first-watch")).model)["isolate grid"]
    assert str(its.does) == "off at once: XV-101, XV-102"
    assert [str(c) for c in its.costs][1:] == ["UPS-1 lasts 30 min on its battery", "UPS-2 lasts 30 min on its battery"]


def test_every_order_that_asks_its_word_has_stakes() -> None:
    model = sessions.start(Setup("first-watch")).model
    for verb in (v for v in VERBS.values() if v.asks_word):
        for thing in model.names.of_kinds(*(k for k in verb.on if k)):
            assert f"{verb.name} {thing}" in stakes.of(model)


def test_messages_are_made_of_what_the_seat_is_shown(small: Path) -> None:
    its = lived(small, 700, (300, "control-room", "check MOVE-1"), (5, "instructor", "set LT-1.stuck"))
    said = messages(take(its, DESK), "field")
    assert 'tell field "go and look at T-1"' in said
    assert any("FT-S counted more than LT-1 shows" in s for s in said)
    assert not any("MOVE-1" in s for s in messages(take(its, ("fire-crew",)), "field"))


@pytest.mark.parametrize("size", SIZES)
def test_a_long_message_is_read_whole(small: Path, size: tuple[int, int]) -> None:
    words = " ".join(f"word{n}" for n in range(60))
    its = lived(small, 100, (60, "control-room", f'tell field "{words}"'))
    page = " ".join(text(drawn(take(its, DESK), size, tab="3")).split())
    assert words in page
    answered = " ".join(text(drawn(take(its, DESK), size, answer=words[:200])).replace(":", " ").split())
    assert words[:200] in answered


# examples


@pytest.mark.parametrize("scenario", ["first-watch", "buncefield-2005", "small"])
def test_examples_are_orders_that_can_be_given_on_this_farm(small: Path, scenario: str) -> None:
    model = sessions.start(Setup(str(small) if scenario == "small" else scenario)).model
    found = examples(model)
    assert {"close", "check", "doubt", "tell", "stop", "isolate"} <= set(found)
    for verb, order in found.items():
        assert order.split()[0] == verb
        commands.order(
            model, next(p for p in model.posts.names if verb in model.posts.may[p] | model.posts.always), order
        )
        if scenario != "buncefield-2005":
            assert "912" not in order
