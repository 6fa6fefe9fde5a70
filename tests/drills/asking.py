"""Commands as a person types them, with their answers as JSON."""

import json
from typing import Any

import pytest

from twin.cli.main import main


def twin(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """A command with --json; its answer."""
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer
