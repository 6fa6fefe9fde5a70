"""What every test has: the kept drills by their names, also where its folder is no package; on request the shipped ones."""

from collections.abc import Iterator

import pytest

import tests

assert tests.KEPT.is_dir()


@pytest.fixture
def as_shipped() -> Iterator[None]:
    """For what is about the shipped drills."""
    with tests.as_shipped():
        yield
