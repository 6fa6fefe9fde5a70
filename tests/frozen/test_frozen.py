"""Moving code moves no bit: every case of the frozen file comes to what it came to."""

import pytest

from tests.frozen import record


def test_every_case_is_frozen() -> None:
    assert sorted(record.known()) == sorted(record.cases())


LONG = ("overfill-saved none", "buncefield-2005 plan")  # eleven hours each; their neighbours are lived at every test


@pytest.mark.parametrize(
    "case", [pytest.param(c, marks=pytest.mark.long) if c.endswith(" slow") or c in LONG else c for c in record.cases()]
)
def test_a_case_comes_to_what_it_came_to(case: str) -> None:
    assert record.lived(case) == record.known()[case]


def test_a_difference_would_show() -> None:
    kept = record.known()
    assert len({str(found["events"]) for found in kept.values()}) > len(kept) * 2 // 3
    assert all(len(str(found["digests"])) == 32 for found in kept.values())
