"""Commands as a person types them, with their answers as JSON; runs made of lines of a command file."""

import json
from typing import Any

import pytest

from twin.cli.main import main
from twin.engine import commands
from twin.engine import session as sessions
from twin.engine.setup import Setup


def twin(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """A command with --json; its answer."""
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def lived(scenario: str, text: str, until: int | None = None) -> sessions.Session:
    """A run in which the posts that are named take their seats and give these lines, rewound where a line says so."""
    posts = sorted({line.split()[2] for line in text.splitlines()} - {"instructor"})
    its = sessions.start(Setup(scenario, taken=tuple(posts)))
    for line in commands.read(its.model, text, "commands"):
        if line.rewind_to >= 0:
            its.advance(line.tick)
            its.rewind(line.rewind_to)
        else:
            its.command(line.post, line.sentence, line.tick)
    its.advance(its.lasts if until is None else until)
    its.last_digest()
    return its
