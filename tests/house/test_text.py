"""Every sentence that the code says stands in the language file with the values that it asks for, and none besides."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import twin
from twin.engine.parts import WORDS
from twin.language.words import Heard
from twin.parts.action import PHASES
from twin.text import say as text
from twin.text.say import Amount, Said, say, sentence

ROOT = Path(twin.__file__).parent
BY_RULE = {f"about.{kind}" for kind, its in WORDS.events.items() if its.heard is Heard.NEAR} | {
    f"phase.{phase}" for phase in PHASES
}
"""Keys that are put together from a word of the field."""


def _keys(key: ast.expr) -> Iterator[str]:
    if isinstance(key, ast.Constant):
        yield str(key.value)
    elif isinstance(key, ast.IfExp):
        yield from _keys(key.body)
        yield from _keys(key.orelse)


def _said() -> Iterator[tuple[str, str, set[str]]]:
    """Where something is said, its key and the names of its values."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                for key in _keys(node.args[0]):
                    yield f"{path.name}:{node.lineno}", key, {str(k.arg) for k in node.keywords}


def _asked(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


def test_what_is_said_has_its_sentence_with_its_values() -> None:
    known = text.sentences("en")
    for where, key, values in _said():
        assert key in known, where
        assert _asked(known[key]) == values, where


def test_no_sentence_stands_unsaid() -> None:
    said = {key for _, key, _ in _said()} | BY_RULE | {"list"}
    assert set(text.sentences("en")) <= said


def test_what_is_hashed_holds_numbers_by_their_bits_and_no_sentence() -> None:
    one, other = (say("overflow.begins", name="T-1", flow=Amount(flow, "volume flow")) for flow in (0.1, 0.1 + 2**-55))
    assert sentence(one) == sentence(other)
    assert one.bits != other.bits
    assert "overflows" not in one.bits


@pytest.mark.parametrize("hostile", ["{name}", "{0}", "%s", "}", "[bold]"])
def test_a_value_is_shown_as_it_is(hostile: str) -> None:
    assert sentence(say("said.to", who="field", to="supervisor", words=hostile)) == f'field to supervisor: "{hostile}"'


def test_bits_tell_values_apart() -> None:
    said = [Said("k", (("a", "x,b=y"),)), Said("k", (("a", "x"), ("b", "y"))), Said("k", (("a", "x"),)), Said("k", ())]
    assert len({its.bits for its in said}) == len(said)
