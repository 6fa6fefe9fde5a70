"""Every statement of a debrief against runs of its own: see `statements.py`, which lives sixty evenings by itself."""

import pytest
from statements import check

pytestmark = pytest.mark.long


@pytest.mark.parametrize("number", range(6))
def test_every_statement_of_an_evening_holds(number: int) -> None:
    assert check(number) == []
