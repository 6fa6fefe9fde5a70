"""What sentences may say of readings: brackets, limits that count themselves, differences of two readings."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from farms import alone, opened, signal

from twin.base.fault import Faults, Place
from twin.engine.cues import Tables, expressions
from twin.engine.logic import evaluated, grouped
from twin.engine.parts import WORDS
from twin.language import grammar
from twin.language.nodes import Text
from twin.language.sentence import parse

FARM = """\
scenario: Sentences
farm:
  farm: Four tanks
  tanks:
    A: {product: diesel, diameter: 10 m, height: 10 m}
    B: {product: diesel, diameter: 10 m, height: 10 m}
    C: {product: diesel, diameter: 10 m, height: 10 m}
    D: {product: diesel, diameter: 10 m, height: 10 m}
  instruments:
    LA: {measures: A.level, range: 0 m .. 10 m}
    LB: {measures: B.level, range: 0 m .. 10 m}
    LC: {measures: C.level, range: 0 m .. 10 m}
    LD: {measures: D.level, range: 0 m .. 10 m}
    TB: {measures: B.temperature}
    SA: {measures: A.level >= 5 m}
  calculated:
    DIFF: {is: difference of LA and LB}
  alarms:
    X: {when: WHEN}
starts: 2026-01-12 10:00
lasts: 5 min
initially: {A: {level: 5 m}, B: {level: 3 m}, C: {level: 5 m}, D: {level: 3 m}}
"""


def _stands(tmp_path: Path, when: str) -> bool:
    block = alone(opened(tmp_path, FARM.replace("WHEN", when)))
    block.advance(60)
    return bool(block.world.alarms.standing[0, 0])


def _value(text: str, atoms: dict[str, bool]) -> bool:
    """A sentence by Python's own brackets, read from left to right where there are none."""
    answer: bool | None = None
    words = text.replace("(", " ( ").replace(")", " ) ").split()

    def chain(at: int) -> tuple[bool, int]:
        value, joined, negated = True, "and", False
        while at < len(words) and words[at] != ")":
            word = words[at]
            at += 1
            if word in {"and", "or"}:
                joined = word
            elif word == "not":
                negated = True
            else:
                if word == "(":
                    one, at = chain(at)
                    at += 1
                else:
                    one = atoms[word]
                one = one != negated
                value = (value and one) if joined == "and" else (value or one)
                negated = False
        return value, at

    answer, _ = chain(0)
    return answer


@pytest.mark.parametrize("text", [
    "a and b or c and d", "a and (b or c) and d", "(a or b) and (c or d)", "not (a and b) or c", "a or not (b or not c)", "(a and b) or (c and d)",
])  # fmt: skip
def test_brackets_bind_first_and_the_rest_is_read_from_left_to_right(tmp_path: Path, text: str) -> None:
    real = "".join(
        {"a": "LA > 4 m", "b": "LB > 4 m", "c": "LC > 4 m", "d": "LD > 4 m"}.get(c, c) if _alone(text, k) else c
        for k, c in enumerate(text)
    )
    model = opened(tmp_path, FARM.replace("WHEN", "LA > 9 m"))
    tables = Tables(model.signals, model.clock, 300, (), len(model.instruments.names), ())
    table = [tables.compile(parse(grammar.cue, Text(real, Place("x", 1, 1)), WORDS), "when")]
    order = [model.signals.names[row[0]] for row in tables.tests]
    its = tables.atoms(0, 0)
    said = expressions(table, its)
    for values in product((False, True), repeat=4):
        atoms = dict(zip("abcd", values, strict=True))
        row = [True, *(atoms[name[1].lower()] for name in order), *[False] * (its.end - 1 - len(order))]
        known = grouped(said, np.array([row]))
        assert bool(evaluated(said, known, known[:, :0])[0, 0]) == _value(text, atoms), (text, atoms)


def _alone(text: str, k: int) -> bool:
    near = text[max(0, k - 1) : k] + text[k + 1 : k + 2]
    return not any(c.isalpha() for c in near)


def test_each_sentence_has_its_own_brackets(tmp_path: Path) -> None:
    two = "LA > 4 m and (LB > 4 m or LC > 4 m)}\n    Y: {when: LA > 4 m and (LB > 4 m or LD > 4 m)}\n    Z: {when: (LC > 4 m and LA > 4 m)"
    block = alone(opened(tmp_path, FARM.replace("WHEN", two)))
    block.advance(60)
    assert block.world.alarms.standing[0].tolist() == [True, False, True]


def test_an_alarm_may_have_brackets_and_a_time_behind_them(tmp_path: Path) -> None:
    assert _stands(tmp_path, "LA > 4 m and (LB > 4 m or LC > 4 m)")
    assert not _stands(tmp_path, "LA > 4 m and (LB > 4 m or LD > 4 m)")
    block = alone(opened(tmp_path, FARM.replace("WHEN", "(LA > 4 m and LC > 4 m) then 30 s")))
    block.advance(25)
    assert not block.world.alarms.standing[0, 0]
    block.advance(40)
    assert block.world.alarms.standing[0, 0]


@pytest.mark.parametrize(("when", "so"), [
    ("LA > 5 m", False), ("LA >= 5 m", True), ("LB < 3 m", False), ("LB <= 3 m", True), ("LA >= 5.001 m", False), ("LB <= 2.999 m", False),
    ("SA", True), ("difference of LA and LB >= 2 m", True), ("difference of LA and LB > 2 m", False), ("difference of LB and LA < -1.9 m", True),
    ("DIFF > 1.9 m", True),
])  # fmt: skip
def test_a_limit_counts_itself_where_it_says_so_and_a_difference_has_a_side(
    tmp_path: Path, when: str, so: bool
) -> None:
    assert _stands(tmp_path, when) == so


def test_a_difference_is_known_at_once_and_follows_both(tmp_path: Path) -> None:
    block = alone(opened(tmp_path, FARM.replace("WHEN", "LA > 9 m")))
    block.advance(10)
    assert signal(block, "DIFF")[1:] == pytest.approx((signal(block, "LA") - signal(block, "LB"))[1:])


@pytest.mark.parametrize(("when", "said"), [
    ("LA > 4 m and (LB > 4 m or (LC > 4 m and LD > 4 m))", "brackets do not stand in brackets"),
    ("(LA > 4 m then 3 s) and LB > 4 m", "does not stand in brackets"),
    ("(LA > 4 m and LB > 4 m", "`)` is missing here"),
    ("LA > 4 m and LB > 4 m)", "')' does not belong here"),
    ("()", "is missing before `)`"),
    ("difference of LA and TB > 1 m", "show different things: length, temperature"),
    ("LA => 4 m", "only `<`, `>`, `<=` and `>=` compare"),
])  # fmt: skip
def test_what_cannot_be_read_is_answered(tmp_path: Path, when: str, said: str) -> None:
    with pytest.raises(Faults) as caught:
        opened(tmp_path, FARM.replace("WHEN", when))
    assert said in str(caught.value)
