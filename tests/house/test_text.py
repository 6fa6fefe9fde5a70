"""Every sentence that the code says stands in the language file with the values that it asks for, and none besides."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui
import twin
from twin.engine.parts import part_words
from twin.text import say as text
from twin.text.say import Amount, Said, say, sentence

ROOTS = [Path(twin.__file__).parent, Path(tui.__file__).parent]
OTHERS = [language for language in text.LANGUAGES if language != "en"]


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for root in ROOTS:
        for path in sorted(root.rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def _keys(key: ast.expr) -> Iterator[str]:
    if isinstance(key, ast.Constant):
        yield str(key.value)
    elif isinstance(key, ast.IfExp):
        yield from _keys(key.body)
        yield from _keys(key.orelse)


def _said() -> Iterator[tuple[str, str, set[str]]]:
    """Where something is said, its key and the names of its values; a word of the console with those it is filled with."""
    for path, tree in _trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or any(k.arg is None for k in node.keywords):
                continue
            where, names = f"{path.name}:{node.lineno}", {str(k.arg) for k in node.keywords}
            if isinstance(node.func, ast.Name) and node.func.id in {"say", "word"}:
                yield from ((where, key, names) for key in _keys(node.args[0]))
            elif isinstance(node.func, ast.Attribute) and node.func.attr == "format" and _is_word(node.func.value):
                assert isinstance(node.func.value, ast.Subscript)
                yield from ((where, f"console.{key}", names) for key in _keys(node.func.value.slice))


def _is_word(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "W"


def _reached() -> tuple[set[str], tuple[str, ...]]:
    """Keys that stand in the code, and the beginnings of those that are put together from a word of the field."""
    keys, begins = set[str](), set[str]()
    for _, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                keys.add(node.value)
            elif isinstance(node, ast.Subscript) and _is_word(node):
                keys |= {f"console.{key}" for key in _keys(node.slice)}
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begins.add(str(node.values[0].value))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"table", "keys", "tabs", "help_rows"} and node.args:  # fmt: skip
                before = {"table": "", "help_rows": "help."}.get(node.func.id, f"{node.func.id}.")
                begins |= {f"{before}{key}." for key in _keys(node.args[0])}
    return keys, tuple(b for b in begins if re.fullmatch(r"[a-z]+\.([a-z]+\.)?", b) and b != "console.")


def _asked(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


def test_what_is_said_has_its_sentence_with_its_values() -> None:
    known = text.sentences("en")
    found = list(_said())
    assert len(found) > 200
    for where, key, values in found:
        assert key in known, where
        assert _asked(known[key]) == values, where


def test_no_sentence_stands_unsaid() -> None:
    keys, begins = _reached()
    assert {key for key in text.sentences("en") if key not in keys and not key.startswith(begins)} == set()


# other languages


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_sentence_with_its_values_and_none_besides(language: str) -> None:
    english, here = text.sentences("en"), text.sentences(language)
    wanted = {**english, **{f"words.{word}": word for word in part_words()}}
    assert set(wanted) - set(here) == set(), "sentences that this language lacks"
    assert set(here) - set(wanted) == set(), "sentences that nobody says"
    for key, pattern in here.items():
        assert _asked(pattern) == _asked(wanted[key]), key


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_everything_in_its_own_words(language: str) -> None:
    """What stands there in English was forgotten; names, keys and what is only a value are the same in all."""
    english, here = text.sentences("en"), text.sentences(language)
    assert [
        k for k, says in here.items() if says == english.get(k) and re.search(r"[a-z]{3,}", re.sub(r"{.*?}", "", says))
    ] == []


def test_what_is_hashed_holds_numbers_by_their_bits_and_no_sentence() -> None:
    one, other = (say("overflow.ends", name="T-1", volume=Amount(flow, "volume")) for flow in (0.1, 0.1 + 2**-55))
    assert sentence(one) == sentence(other)
    assert one.bits != other.bits
    assert "overflows" not in one.bits


@pytest.mark.parametrize("hostile", ["{name}", "{0}", "%s", "}", "[bold]"])
def test_a_value_is_shown_as_it_is(hostile: str) -> None:
    assert sentence(say("said.to", who="field", to="supervisor", words=hostile)) == f'field to supervisor: "{hostile}"'


def test_bits_tell_values_apart() -> None:
    said = [Said("k", (("a", "x,b=y"),)), Said("k", (("a", "x"), ("b", "y"))), Said("k", (("a", "x"),)), Said("k", ())]
    assert len({its.bits for its in said}) == len(said)
