"""Every page looks as recorded, nothing overlaps or is cut; contrast and colour sight hold in every theme."""

import itertools

import pytest

from tests.screens import record
from tui.cells import Overrun, Page, shorten
from tui.roles import CHIPS, ROLES, THEMES, style

TEXT_ROLES = ("text", "dim", "strong", "p1", "p2", "p3", "dis", "key")
GROUNDS = ("ground", "raised", "sel")
PAPER = [t for t in THEMES if t != "mono"]


LONG = {
    "end-steps-80",
    "end-what-if-80",
    "second-chance-120",
    "desk-other-80",
    "end-what-if-120",
}  # other tests of `make test` play the same screens


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.long) if n in LONG else n for n in record.PAGES])
def test_looks_as_recorded(name: str) -> None:
    page, svg = record.drawn(name)
    kept = (record.HERE / f"{name}.txt").read_text(encoding="utf-8")
    assert record.as_text(page) == kept, "look at the difference; `make screens` records anew"
    assert "TRAINING" in page.text(0)
    assert svg.startswith("<svg")


def test_text_that_covers_other_text_is_caught() -> None:
    page = Page(20, 2, strict=True)
    page.put(0, 0, "T-101")
    with pytest.raises(Overrun):
        page.put(3, 0, "14.9")
    with pytest.raises(Overrun):
        page.put(15, 1, "too long a word")


def test_chinese_names_keep_the_columns() -> None:
    page = Page(30, 1, strict=True)
    page.put(0, 0, "一号罐", width=6)
    page.put(8, 0, "14.90")
    assert page.strip(0, "dark").cell_length == 30
    assert page.text(0).index("14.90") == 5  # three wide characters fill six cells
    assert shorten("T-8000000005", 6) == "T-80…5"
    assert shorten("the valve on the receipt line", 20) == "the valve on the…"


def test_ascii_pages_hold_ascii_only() -> None:
    page, _ = record.drawn("overview-80-ascii")
    assert all(page.text(y).isascii() for y in range(page.rows))


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return red, green, blue


def _contrast(one: str, other: str) -> float:
    light = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (_rgb(one), _rgb(other))]
    return (max(light) + 0.05) / (min(light) + 0.05)


@pytest.mark.parametrize("theme", PAPER)
def test_every_text_role_has_the_contrast_of_wcag_aa(theme: str) -> None:
    column = THEMES.index(theme)
    for role, ground in itertools.product(TEXT_ROLES, GROUNDS):
        assert _contrast(ROLES[role][column], ROLES[ground][column]) >= 4.5, (role, ground)
    for chip, looks in CHIPS.items():
        assert _contrast(*looks[column]) >= 4.5, chip


# Machado, Oliveira and Fernandes 2009, full dichromacy, on linear RGB
_SIGHT = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}


def _lab(colour: str, sight: str) -> tuple[float, float, float]:
    rgb = _rgb(colour)
    seen = [min(max(sum(m * c for m, c in zip(row, rgb, strict=True)), 0.0), 1.0) for row in _SIGHT[sight]]
    x = (0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.9505
    y = 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]
    z = (0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.089
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("sight", list(_SIGHT))
@pytest.mark.parametrize(("theme", "least"), [("dark", 23.0), ("colour-blind", 9.0)])
def test_priorities_stay_apart_for_colour_blind_eyes(theme: str, least: float, sight: str) -> None:
    column = THEMES.index(theme)
    for one, other in itertools.combinations(("p1", "p2", "p3"), 2):
        a, b = (_lab(ROLES[role][column], sight) for role in (one, other))
        assert sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5 >= least, (one, other)


def test_mono_uses_attributes_alone() -> None:
    for role in (*ROLES, *CHIPS):
        look = style("mono", role)
        assert look.color is None
        assert look.bgcolor is None
    assert style("mono", "p1 chip").reverse
    assert not style("mono", "p2 chip").reverse
