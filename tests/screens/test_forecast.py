"""What the desk says will run over is what then runs over, to the second, or nothing does."""

import pytest

from twin.engine import session as sessions
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.seat.forecast import Forecast

Given = list[tuple[int, str, str]]
SAT = (1, "control-room", "take control-room")
NIGHTS: dict[str, tuple[str, Given, bool]] = {
    "nobody ends it": ("first-watch", [SAT], True),
    "the plan ends it": ("first-watch", [], False),
    "the sender stops in time": ("first-watch", [SAT, (560, "control-room", "stop TR-1")], False),
    "the sender stops too late": ("first-watch", [SAT, (655, "control-room", "stop TR-1")], True),
    "the valve closes": ("first-watch", [SAT, (400, "control-room", "close XV-101")], False),
    "the valve stays half closed": ("first-watch", [SAT, (200, "control-room", "set XV-101 to 50 %")], True),
    "the valve stays nearly closed": ("first-watch", [SAT, (200, "control-room", "set XV-101 to 2 %")], False),
    "the gauge sticks and nobody sees it": (
        "gauge-sticks", [SAT, (2, "field", "take field"), (3, "supervisor", "take supervisor")], True,
    ),
    "the sender speeds up later": ("first-watch", [SAT, (30, "instructor", "set ship.flow to 2000 m3/h")], True),
    "a condition stops it": ("first-watch", [SAT, (20, "instructor", "when T-101.level > 15 m stop TR-1")], False),
}  # fmt: skip


def _lived(scenario: str, given: Given) -> Session:
    its = sessions.start(Setup(scenario, settings=("lasts=30 min",)))
    for tick, post, do in given:
        its.command(post, do, tick)
    its.advance(its.lasts)
    return its


@pytest.mark.parametrize("night", list(NIGHTS))
def test_the_forecast_is_what_then_happens(night: str) -> None:
    scenario, given, spills = NIGHTS[night]
    truth = [(e.subject, e.tick) for e in _lived(scenario, given).block.events[0] if e.kind == "overflow"]
    assert bool(truth) == spills, "the night is the one it is called"
    its = sessions.start(Setup(scenario, settings=("lasts=30 min",)))
    ahead = Forecast(its)
    told = list(given)
    acts = [tick for tick, _, _ in given]
    last = max(acts, default=1)
    for moment in (last, last + 7, last + 45):
        while told and told[0][0] <= moment:
            tick, post, do = told.pop(0)
            its.advance(tick - 1)
            its.command(post, do, tick)
            ahead.look(10)
        its.advance(moment)
        while not ahead.ready:
            ahead.look(100)
        assert ahead.next == next((t for t in truth if t[1] > moment), None), moment


def test_it_begins_anew_when_somebody_acts_or_goes_back() -> None:
    its = sessions.start(Setup("first-watch", taken=("control-room",)))
    its.advance(100)
    ahead = Forecast(its)
    seen = []
    for act in (lambda: None, lambda: its.command("control-room", "stop TR-1"), lambda: its.rewind(50)):
        act()
        ahead.look(1)
        assert not ahead.ready
        while not ahead.ready:
            ahead.look(100)
        seen.append(ahead.next)
    assert seen[0] is not None
    assert seen == [seen[0], None, seen[0]]
