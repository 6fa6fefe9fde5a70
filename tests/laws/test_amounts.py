"""An amount is a volume as warm as the day, one at 15 degC, or a mass: each ends a metered transfer where a scale would say so."""

from pathlib import Path

import pytest
from farms import alone, opened

from twin.base.fault import Faults
from twin.physics.substances import density, products

FARM = """\
scenario: Amounts
farm:
  farm: One tank
  nodes: {ship: {product: gasoline, flow: 600 m3/h, answers: 0 s}}
  tanks: {T: {product: gasoline, diameter: 12 m, height: 10 m}}
  lines: {L: {from: ship, to: T, size: 300 mm}}
  transfers: {TR: {from: ship, to: T, through: [L], amount: AMOUNT, stops: by meter, trickles: 5 m3/h}}
starts: 2026-01-12 10:00
lasts: 2 h
weather: {air: 35 degC}
initially: {T: {level: 1 m}, TR: {running: yes}}
"""


@pytest.mark.parametrize(
    ("amount", "kelvin"),
    [("100 m3", 308.15), ("100 m3, amount at: 15 degC", 288.15), ("75 t", None), ("75000 kg", None)],
)
def test_a_meter_ends_a_transfer_at_its_amount(tmp_path: Path, amount: str, kelvin: float | None) -> None:
    its = products()["gasoline"]
    block = alone(opened(tmp_path, FARM.replace("AMOUNT", amount)))
    before = float(block.world.tanks.day_m3[0, 0])
    block.advance(7200)
    moved_kg = (float(block.world.tanks.day_m3[0, 0]) - before) * float(density(its, 308.15))
    due_kg = 75e3 if kelvin is None else 100.0 * float(density(its, kelvin))
    assert moved_kg == pytest.approx(due_kg, rel=1e-3)


@pytest.mark.parametrize(
    ("amount", "said"), [("100 m", "is a unit of length"), ("100", "needs a unit"), ("-5 t", "outside what can be")]
)
def test_what_is_no_amount_is_answered(tmp_path: Path, amount: str, said: str) -> None:
    with pytest.raises(Faults, match=said):
        opened(tmp_path, FARM.replace("AMOUNT", amount))


def test_a_mass_of_nobody_knows_what_is_answered(tmp_path: Path) -> None:
    text = FARM.replace("AMOUNT", "75 t").replace(
        "transfers: {TR: {from: ship, to: T", "transfers: {TR: {from: M, to: T"
    )
    text = (
        text.replace("nodes: {", "nodes: {M: {}, ")
        .replace("  lines: {", "  lines: {K: {from: ship, to: M}, ")
        .replace("L: {from: ship", "L: {from: M")
    )
    with pytest.raises(Faults, match="nobody says what TR moves"):
        opened(tmp_path, text)
