"""The radio as a supply: while it is lost nobody on it speaks or hears, and what he sees stays with him."""

from pathlib import Path

from farms import alone, opened, told

from twin.engine.scan import Block
from twin.seat import view

FARM = """\
scenario: Radio
farm:
  farm: One tank
  utilities:
    grid: {kind: power}
    mast: {kind: radio, from: grid, lasts: 1 min}
  places: {bund: {kind: bund, area: 400 m2, at: [0 m, 0 m]}}
  nodes: {ship: {product: diesel, flow: 300 m3/h}}
  tanks: {T: {product: diesel, diameter: 6 m, height: 6 m, in: bund, at: [0 m, 0 m]}}
  lines: {L: {from: ship, to: T, through: [HV]}}
  valves: {HV: {kind: hand, stroke: 20 s, normally: open, at: [6 m, 0 m]}}
  transfers: {TR: {from: ship, to: T, through: [L]}}
  posts: {field: {radio on: mast}}
  people: {outside: {post: field, at: [8 m, 0 m]}}
  plan:
    sees: {cue: overflow T, post: control-room, do: stop TR}
    told: {cue: tell field about HV, post: field, do: close HV}
starts: 2026-01-12 10:00
lasts: 20 min
initially: {T: {level: 5.5 m}, TR: {running: yes}}
timeline: {falls: {cue: at +5 s, do: set grid.lost}}
"""


def _block(tmp_path: Path, *, lost: bool, posts: str = "none") -> Block:
    text = FARM if lost else FARM.replace("set grid.lost", "set weather.air to 10 degC")
    return alone(opened(tmp_path, text), posts=posts)


def test_what_is_seen_is_heard_while_the_radio_lasts_and_stays_with_him_then(tmp_path: Path) -> None:
    for lost in (False, True):
        block = _block(tmp_path, lost=lost)
        block.advance(400)
        kinds = [e.kind for e in block.events[0] if e.subject == "T"]
        heard = [
            e for e in block.events[0] if view.hears(block.model, e, frozenset({"control-room"})) and e.subject == "T"
        ]
        assert ("overflow" in kinds, "unheard" in kinds, "seen" in kinds) == (True, lost, not lost)
        assert bool(heard) != lost
        own = [e for e in block.events[0] if e.kind == "unheard" and view.hears(block.model, e, frozenset({"field"}))]
        assert bool(own) == lost


def test_the_plan_learns_of_an_overflow_by_radio_alone(tmp_path: Path) -> None:
    for lost in (False, True):
        block = _block(tmp_path, lost=lost, posts="plan")
        block.advance(900)
        assert any(a.thing == "TR" for a in block.acts[0]) != lost


def test_who_cannot_hear_is_told_nothing_and_who_speaks_is_told_so(tmp_path: Path) -> None:
    block = _block(tmp_path, lost=True)
    block.advance(30)
    assert told(block, "control-room", 'tell supervisor "a storm"').accepted
    assert told(block, "control-room", "tell field about HV").accepted  # the battery lasts a minute
    block.advance(80)
    answer = told(block, "control-room", 'tell field "mind the wall"')
    assert not answer.accepted
    assert "the radio is dead" in str(answer.why)
    assert not told(block, "field", "report T").accepted
    assert told(block, "field", "check HV").accepted


def test_a_line_that_begins_with_a_message_does_not_begin_without_it(tmp_path: Path) -> None:
    for lost in (False, True):
        block = _block(tmp_path, lost=lost, posts="plan")
        block.advance(80)
        assert told(block, "control-room", "take control-room").accepted
        assert told(block, "control-room", "tell field about HV").accepted != lost
        block.advance(600)
        assert any(a.verb == "close" for a in block.acts[0]) != lost
