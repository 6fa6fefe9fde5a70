"""Feet and inches: a length as it is read off a tape."""

from pathlib import Path

import pytest
from farms import alone, happened, opened, signal

from twin.base.fault import Place
from twin.language.nodes import Text
from twin.language.sentence import parse


@pytest.mark.parametrize(
    ("said", "metres"),
    [("34 ft 9 in", 34.75 * 0.3048), ("0 ft 6.25 in", 6.25 / 12 * 0.3048), ("-3 ft 6 in", -3.5 * 0.3048), ("-0 ft 6 in", -0.1524),
     ("34 ft", 34 * 0.3048), ("9 in", 9 * 0.0254)],
)  # fmt: skip
def test_a_length_may_be_as_it_is_read_off_a_tape(said: str, metres: float) -> None:
    found = parse(lambda s: s.amount(), Text(said, Place("tape", 1, 1)))
    assert found.si("length") == pytest.approx(metres, rel=1e-14)


def test_a_tank_may_be_measured_in_feet_and_inches(tmp_path: Path) -> None:
    text = """\
scenario: Tape
farm: {farm: Tape, tanks: {T-1: {product: diesel, diameter: 60 ft, height: 34 ft 9 in, overflows above: 33 ft 6 in}},
  instruments: {LT: {measures: T-1.level, range: 0 ft .. 34 ft 9 in}}, alarms: {H: {when: LT > 31 ft 6 in}}}
starts: 2026-01-12 10:00
lasts: 1 min
initially: {T-1: {level: 31 ft 7 in}}
"""
    block = alone(opened(tmp_path, text))
    block.advance(2)
    assert signal(block, "LT")[-1] == pytest.approx((31 + 7 / 12) * 0.3048)
    assert happened(block, "alarm", "H")
