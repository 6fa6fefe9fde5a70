"""Whatever stands in a file or a sentence, the answer is a list of mistakes or one Fault, and it comes soon."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.base.fault import Fault, Place
from twin.base.units import UNITS
from twin.engine.checks import check_file
from twin.engine.compile import open_model
from twin.engine.parts import WORDS as KNOWN
from twin.engine.scan import Block
from twin.language import distributions, files, grammar
from twin.language.nodes import Text
from twin.language.sentence import Sentence, parse
from twin.language.words import GRAMMAR, VERBS

SOON_S = 3.0
FARMS = sorted((files.shipped() / "farms").glob("*.yaml"))
SCENARIOS = sorted(files.shipped().glob("*.yaml"))
TEXTS = [path.read_text(encoding="utf-8") for path in (*FARMS, *SCENARIOS)]
NASTY = (
    "", " ", ":", ": ", ",", "{", "}", "[", "]", '"', "'", "#", "-", "- ", "|", ">", "&a", "*a", "!x", "%", "@", "`", "\t", "\n",
    "\r", "\x00", "\u202e", "\ufeff", "°C", "罐", "none", "yes", "no", "on", "like", "defaults", "..", "step", "0", "-1", "1e400",
    "1e15", ".nan", ".inf", "012", "12:30", "2026-02-30", "+", "(A1)", "()", "{}", "[]", "[{}]", "{a: {b: [c]}}", "2oo3 of", "T-101",
    "T-101.level", "LT-101", "TR-1", "XV-101", "ship", "bund-1", "9999999 m", "-5 m", "0 m", "1 mm", "0 s", "farm", "plan", "start",
)  # fmt: skip
SETTINGS = settings(
    deadline=None, max_examples=60, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip


def _check(folder: Path, text: str) -> None:
    """Checks a text as a file; anything but mistakes or a Fault is a bug of ours and fails by itself."""
    path = folder / "fuzzed.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    began = time.process_time()
    found = _faults(lambda: check_file(str(path)).mistakes)
    assert time.process_time() - began < SOON_S
    assert all(fault.message for fault in found)


def _faults(read: Callable[[], object]) -> list[Fault]:
    """The mistakes that `read` answers with or the Fault it raises; whatever else it raises goes on."""
    try:
        found = read()
    except Fault as fault:
        return [fault]
    return found if isinstance(found, list) else []


@st.composite
def _mutated(draw: st.DrawFn) -> str:
    """A shipped file after a few cuts, insertions and swaps of characters, tokens, values or lines."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 3))):
        text = draw(st.sampled_from(_MUTATIONS))(draw, text)
    return text


def _characters(draw: st.DrawFn, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(NASTY)) + text[at + draw(st.integers(0, 3)) :]


def _tokens(draw: st.DrawFn, text: str) -> str:
    tokens = text.split(" ")
    at = draw(st.integers(0, len(tokens) - 1))
    tokens[at : at + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from((*NASTY, *tokens[:200])), max_size=2))
    return " ".join(tokens)


def _lines(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    one, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
    how = draw(st.sampled_from(("delete", "double", "swap", "indent")))
    if how == "delete":
        del lines[one]
    elif how == "double":
        lines.insert(other, lines[one])
    elif how == "swap":
        lines[one], lines[other] = lines[other], lines[one]
    else:
        lines[one] = " " * draw(st.integers(1, 5)) + lines[one]
    return "\n".join(lines)


def _values(draw: st.DrawFn, text: str) -> str:
    """One value takes the place of another, so that the file stays YAML and the readers are reached."""
    parts = text.replace("}", ",}").split(": ")
    if len(parts) < 3:
        return text
    at = draw(st.integers(1, len(parts) - 1))
    value, comma, rest = parts[at].partition(",")
    new = draw(st.one_of(st.sampled_from(NASTY), st.sampled_from(parts[1:]).map(lambda p: p.partition(",")[0])))
    parts[at] = new + comma + rest if comma else new + "\n" + value.partition("\n")[2]
    return ": ".join(parts).replace(",}", "}")


_MUTATIONS: list[Callable[[st.DrawFn, str], str]] = [_characters, _tokens, _lines, _values, _values]


@SETTINGS
@given(text=_mutated())
def test_a_mutated_file_gets_mistakes_and_nothing_else(text: str, tmp_path: Path) -> None:
    _check(tmp_path, text)


@pytest.mark.long
@settings(SETTINGS, max_examples=5000)
@given(text=_mutated())
def test_thousands_of_mutated_files_get_mistakes_and_nothing_else(text: str, tmp_path: Path) -> None:
    _check(tmp_path, text)


@SETTINGS
@given(text=st.one_of(st.text(max_size=300), st.lists(st.sampled_from(NASTY), max_size=30).map("".join)))
def test_random_text_gets_mistakes_and_nothing_else(text: str, tmp_path: Path) -> None:
    _check(tmp_path, text)


KEYS = ("farm", "scenario", "starts", "lasts", "like", "defaults", "site", "weather", "drill", "initially", "uncertain", "tanks",
        "lines", "valves", "nodes", "places", "instruments", "alarms", "interlocks", "posts", "people", "plan", "timeline", "facts",
        "objectives", "level", "measures", "cue", "do", "post", "at", "outline", "may", "with consent", "count", "wind")  # fmt: skip
_SCALARS = st.sampled_from([n for n in NASTY if n.isprintable()])
_TREES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)),
    max_leaves=12,
)


def _yaml(tree: Any) -> str:
    """A tree in flow style, scalars in quotes only where YAML needs them."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {_yaml(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(_yaml(value) for value in tree) + "]"
    plain = tree and not set(tree) & set(":,{}[]\"'#&*!|>%@`") and tree.strip() == tree and tree[0] not in "-?"
    return str(tree if plain else "'" + tree.replace("'", "''") + "'")


@SETTINGS
@given(tree=st.dictionaries(st.sampled_from(KEYS), _TREES, min_size=1, max_size=8))
def test_any_type_at_any_key_gets_mistakes_and_nothing_else(tree: dict[str, Any], tmp_path: Path) -> None:
    _check(tmp_path, "\n".join(f"{key}: {_yaml(value)}" for key, value in tree.items()))


_DAY = """\
scenario: A day
farm:
  farm: Small farm
  nodes: {ship: {product: gasoline, flow: 600 m3/h}}
  tanks: {T-1: {product: gasoline, diameter: 20 m, height: 12 m}}
  lines: {L-1: {from: ship, to: T-1}}
  transfers: {TR-1: {from: ship, to: T-1, through: [L-1]}}
starts: 2026-01-12 10:00
lasts: 1 min
initially: {TR-1: {running: yes}}
uncertain:
  ship.flow: """
_FLOWS = st.sampled_from(["0 m3/h", "-5 m3/h", "500 m3/h", "700 m3/h", "1e15 m3/s", "3 m", "5"])
_NUMBERS = st.sampled_from(["0", "-1", "0.5", "2", "1e9", "1e-300"])
_CHANCES = st.one_of(
    st.builds("normal {} sd {}".format, _FLOWS, _FLOWS),
    st.builds("lognormal {} sigma {}".format, _FLOWS, _NUMBERS),
    st.builds("uniform {} .. {}".format, _FLOWS, _FLOWS),
    st.builds("triangular {} .. {} .. {}".format, _FLOWS, _FLOWS, _FLOWS),
    st.builds("weibull {} shape {}".format, _FLOWS, _NUMBERS),
    st.builds("choice {} {} or {} {}".format, _FLOWS, _NUMBERS, _FLOWS, _NUMBERS),
)


@SETTINGS
@given(chance=_CHANCES)
def test_a_distribution_without_a_mistake_can_be_drawn_and_run(chance: str, tmp_path: Path) -> None:
    path = tmp_path / "day.yaml"
    path.write_text(f"{_DAY}{chance}\n", encoding="utf-8")
    if check_file(str(path)).mistakes:
        return
    block = Block(open_model(files.Files(), str(path), [])[0], 0, list(range(20)))
    block.advance(2)
    assert np.isfinite(block.world.signals).all()
    assert (block.world.controls.nodes.flow_m3_s >= 0.0).all()


RULES: dict[str, Callable[[Sentence], Any]] = {
    "cue": grammar.cue, "act": grammar.act, "that": grammar.that, "measure": grammar.measure, "chance": distributions.chance,
    "reading": grammar.reading, "moment": Sentence.moment, "duration": Sentence.duration,
    "amount": Sentence.amount,
}  # fmt: skip
WORDS = (
    *VERBS, *KNOWN.events, *sorted(GRAMMAR), *UNITS, "°C", "<", ">", "<=", "=", "..", "the", "end", "max", "min", "mean", "normal",
    "lognormal", "uniform", "triangular", "weibull", "choice", "sd", "sigma", "shape", "reach", "2oo3", "0oo0", "1oo1", "9oo9", "1",
    "0", "-1", "1e3", "1e999", "1e-999", "012", "03:05", "25:00", "2005-12-11", "2005-13-41", "+", "+10", "++", '"words"', '"', '""',
    "(R1)", "T-1", "T-1.level", ".x", "x.", "a.b.c", "罐.液位", "weather.wind.speed",
)  # fmt: skip
SENTENCES = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)


@pytest.mark.parametrize("rule", RULES, ids=list(RULES))
@settings(SETTINGS, max_examples=150)
@given(sentence=st.one_of(SENTENCES, st.text(max_size=40)), quoted=st.booleans())
def test_a_random_sentence_is_read_or_refused_with_a_fault(rule: str, sentence: str, quoted: bool) -> None:
    text = Text(sentence, Place("here", 3, 7), quoted)
    for fault in _faults(lambda: parse(RULES[rule], text, KNOWN)):
        assert fault.message
        assert fault.place is not None
        assert fault.place.line == 3
        assert fault.place.column >= 7


def test_a_reader_that_raises_something_else_is_caught() -> None:
    """The control: the harness above lets nothing but Fault pass."""
    with pytest.raises(ValueError, match="invalid literal"):
        _faults(lambda: parse(_careless, Text("eleven", Place("here", 3, 7))))


def _careless(s: Sentence) -> int:
    return int(s.take("a number").text)
