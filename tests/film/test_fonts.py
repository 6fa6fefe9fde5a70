"""Chinese names in pictures: with a font of this machine, or with a sentence that says which package brings one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image, ImageChops

FARM = """\
scenario: 夜班演练
like: first-watch
farm:
  like: harbour
  tanks: {罐甲: {like: T-101, at: [90 m, 20 m]}}
"""
SHORT = ("--set", "lasts=2 min")


def _font(path: Path, characters: str) -> None:
    """A font in which each of these characters is a solid bar of its own height, for no machine of ours has a real one."""
    made = FontBuilder(1000, isTTF=True)
    names = [".notdef", *(f"u{ord(c):04X}" for c in characters)]
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord(c): f"u{ord(c):04X}" for c in characters})
    glyphs = {}
    for i, name in enumerate(names):
        pen = TTGlyphPen(None)
        for n, (x, y) in enumerate(((100, 0), (100, 700 - 20 * i), (900, 700 - 20 * i), (900, 0))):
            (pen.lineTo if n else pen.moveTo)((x, y))
        pen.closePath()
        glyphs[name] = pen.glyph()
    made.setupGlyf(glyphs)
    made.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    made.setupHorizontalHeader(ascent=900, descent=-100)
    made.setupNameTable({"familyName": "Bars CJK", "styleName": "Regular"})
    made.setupOS2(sTypoAscender=900, usWinAscent=900, usWinDescent=100)
    made.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(path)


def _twin(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "MPLCONFIGDIR": str(home / "mpl"),
    }
    return subprocess.run(
        [sys.executable, "-m", "twin", *words], cwd=home, env=environment, capture_output=True, text=True, check=True
    )


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "cn.yaml").write_text(FARM, encoding="utf-8")
    _twin(tmp_path, "run", "cn.yaml", "--posts", "none", *SHORT, "--out", "run.twin")
    return tmp_path / "run.twin"


def test_with_a_font_names_are_drawn_and_without_one_a_sentence_says_what_to_install(run: Path) -> None:
    home = run.parent
    from matplotlib import font_manager

    if any("cjk" in path.lower() for path in font_manager.findSystemFonts()):
        pytest.skip("this machine has such a font")
    without = _twin(home, "replay", "run.twin", "--at", "10:01", "--out", "without.png")
    assert "fonts-noto-cjk" in without.stderr
    assert "pictures show ? instead" in without.stderr
    assert "Glyph" not in without.stderr
    assert "Warning" not in without.stderr
    _font(home / ".local/share/fonts/bars-cjk.ttf", "夜班演练罐甲")
    with_it = _twin(
        home, "replay", "run.twin", "--at", "10:01", "--out", "with.png"
    )  # the fonts known before do not hide it
    assert with_it.stderr == ""
    with Image.open(home / "without.png") as one, Image.open(home / "with.png") as other:
        assert ImageChops.difference(one.convert("L"), other.convert("L")).getbbox() is not None


def test_one_character_that_nothing_draws_leaves_the_others_alone(run: Path) -> None:
    home = run.parent
    (home / "cn.yaml").write_text(FARM.replace("夜班演练", "夜班演练 \U0001f6e2"), encoding="utf-8")
    _font(home / ".local/share/fonts/bars-cjk.ttf", "夜班演练罐甲")
    _twin(home, "run", "cn.yaml", "--posts", "none", *SHORT, "--out", "oil.twin")
    told = _twin(home, "replay", "oil.twin", "--at", "10:01", "--out", "oil.png").stderr
    assert "夜" not in told
    assert told == "" or "\U0001f6e2" in told


@pytest.mark.long
def test_the_page_and_its_film_carry_chinese_names(run: Path) -> None:
    home = run.parent
    _font(home / ".local/share/fonts/bars-cjk.ttf", "夜班演练罐甲")
    done = _twin(home, "debrief", "run.twin", "--out", "page.html", "--figures", "figures")
    assert "Install" not in done.stderr
    assert "Glyph" not in done.stderr
    assert "夜班演练" in (home / "page.html").read_text(encoding="utf-8")
