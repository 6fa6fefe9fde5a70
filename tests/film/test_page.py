"""What the page says: each part of a debrief, what an unfinished run leaves out, text of people as text."""

import re
from html import unescape
from typing import Any

import pytest

from tests.film.night import crew, full, late, second, unfinished
from twin.film import figures, page
from twin.film.scene import Scene

REEL = page.Reel(b"", "image/webp", b"<svg xmlns='http://www.w3.org/2000/svg'/>", 0)


def markup(found: dict[str, Any], scene: Scene) -> str:
    return page.page(found, scene, figures.all_of(found, scene, titles=False), REEL)


def words(text: str) -> str:
    return unescape(
        re.sub(
            r"<[^>]+>",
            " ",
            re.sub(
                r'<span class="tag">(.*?)</span>', r"\1", re.sub(r"<(style|script).*?</\\1>", "", text, flags=re.DOTALL)
            ),
        )
    )


def test_every_part_of_a_debrief_stands_on_its_sheet() -> None:
    _, found, scene = crew("half right")
    text = markup(full(found), scene)
    sheets = text.split('<div class="sheet"')[1:]
    assert len(sheets) == 4
    one, two, three, four = (words(s) for s in sheets)
    for said in (
        "and the plan allowed until 02:20:00.",
        "1.7 m³ were spilled. ",
        "To stop TR-1 or close XV-101 by 02:31:24 would have kept 1 more mark.",
        "it costs 12 h in trade.",
        "1200 m³",
        "What happened",
        "5 marks of 6 met",
        "nobody acts: none hurt, 59 m³",
    ):
        assert said in one, said
    for said in (
        "Noticed",
        "Told",
        "◆ never",
        "02:31:30, 11 min late",
        "● 02:17:10",
        "LT-101 14.34 m, FT-S 1040 m³/h, XV-101 open",
        "14 min from knowing to acting",
    ):
        assert said in two, said
    assert three.index("The plan allows longer than the plant does") < three.index(
        "To stop TR-1 or close XV-101 by 02:31:24"
    )
    for said in (
        "False alarms",
        "at <b>1050 m³/h</b>, and nothing",
        "◆ loses a mark",
        "○ costs nothing",
        "The score, line by line",
        "evaluator, date",
    ):
        assert said in four, said
    assert "<b>1050" not in text


def test_an_unfinished_run_has_no_score_and_no_praise() -> None:
    _, found, scene = crew("half right")
    text = words(markup(unfinished(full(found)), scene))
    assert "The run is unfinished: it stands at 02:35:00 and is not scored." in text
    assert "Unfinished: it stands at 02:35:00." in text
    for never in ("The score, line by line", "Nobody was killed", "● Best", "marks of 6", "None of"):
        assert never not in text


def test_what_would_have_made_it_worse_says_so_and_is_not_put_right() -> None:
    _, found, scene = late()
    worse = {**found["one_thing"][0], "score": "1000", "effect": "worse"}
    its = {**found, "one_thing": [*found["one_thing"][1:], worse]}
    drawn = next(d for d in figures.all_of(its, scene) if d.name == "one-thing")
    said = [t.get_text() for ax in drawn.figure.axes for t in ax.texts]
    assert worse["kind"] == "barrier"
    row = said.index(worse["change"])
    assert "◆ worse" in said[row : row + 8]
    assert worse["change"] not in words(markup(its, scene)).partition("To put right")[2]


@pytest.mark.parametrize("night", ["half right", "wrong order", "foolish"])
def test_titles_are_sentences_with_nothing_cut(night: str) -> None:
    _, found, scene = crew(night)
    for drawn in [*figures.all_of(found, scene), *figures.all_of(*second()[1:])]:
        assert drawn.title[0] == drawn.title[0].upper()
        assert drawn.title.endswith(".")
        assert "…" not in drawn.title


def test_a_line_of_which_a_part_was_done_is_not_called_never_done() -> None:
    _, found, scene = crew("half right")
    line = {
        **found["windows"][0],
        "what": "line",
        "act": "all of doubt-gauge",
        "members": ["doubt LT-101", "stop TR-1"],
        "done_s": None,
    }
    its = {**found, "windows": [line]}
    drawn = next(d for d in figures.all_of(its, scene) if d.name == "windows")
    assert drawn.title.startswith("To doubt LT-101 and stop TR-1 by ")
    assert drawn.title.endswith("Not all of it was done.")
    assert "never done" not in [t.get_text() for ax in drawn.figure.axes for t in ax.texts]
    assert "not all done doubt LT-101 and stop TR-1" in " ".join(words(markup(its, scene)).split())
