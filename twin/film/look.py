"""Colours, type and the parts that every figure shares: a calm ground, colour only where it means something.

Every meaning has a shape, a line style or a word besides its colour; neighbours in a figure never differ by hue alone.
Worked out for grey print and colour-blind eyes (deutan, protan, tritan); only DejaVu Sans, which comes with matplotlib.
"""

import re
from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK = "#1F2328"  # truth, outlines, text
SECOND = "#5A616B"  # second text, ticks
HAIRLINE = "#C4C8CE"
FAINT = "#E6E7EA"
GROUND = "#F7F6F3"  # of the film: saves projector glare
PAGE = "#FFFFFF"
QUIET = "#ECEBE8"  # a squeezed stretch of time
STEEL = "#DADDE1"
LIQUID = "#7F9DB5"  # where it belongs
SPILT = "#123F63"  # where it does not
SHOWN = "#0072B2"  # what an instrument says
LATE, LATE_TINT = "#B8500C", "#F6D9BF"
GOOD, GOOD_TINT = "#00695C", "#CFE5E1"
HURT = "#C73E1D"
CLOSED = "#ECEDEF"  # behind a closing

TRAINING = "TRAINING, NOT LIVE PLANT"
WIDTH_IN = 7.1
TITLE_WIDTH = 58  # characters of a bold title across a figure
FOOTER_IN = 0.24

STYLE: Any = {
    "font.family": "DejaVu Sans", "font.size": 9.5, "text.color": INK, "axes.labelcolor": INK, "xtick.color": SECOND,
    "ytick.color": SECOND, "axes.edgecolor": HAIRLINE, "axes.linewidth": 0.8, "axes.spines.top": False,
    "axes.spines.right": False, "axes.spines.left": False, "xtick.major.size": 3.5, "ytick.major.size": 0,
    "xtick.major.width": 0.8, "svg.fonttype": "path", "svg.hashsalt": "tankfarm-twin", "text.hinting": "none",
    "axes.titlelocation": "left", "path.simplify": True, "figure.dpi": 100, "savefig.dpi": 100,
}  # fmt: skip

_METRES = re.compile(r"(?<![\w-])m[23](?![\w-])")
_RAISED = str.maketrans("23", "²³")


def figure(height_in: float, *, width_in: float = WIDTH_IN, ground: str = PAGE, dpi: int = 100) -> Figure:
    """An empty figure with a canvas of its own: no window, no global state."""
    with mpl.rc_context(STYLE):
        made = Figure(figsize=(width_in, height_in), facecolor=ground, dpi=dpi)
        FigureCanvasAgg(made)
    return made


def axes(fig: Figure, box: tuple[float, float, float, float], *, y_ticks: bool = False) -> Axes:
    """Bare axes in a box of figure fractions."""
    with mpl.rc_context(STYLE):
        ax = fig.add_axes(box)
        ax.set_facecolor("none")
        if not y_ticks:
            ax.set_yticks([])
    return ax


def titled(fig: Figure, title: str, footer: str) -> None:
    """The sentence at the top and the strip at the bottom."""
    height = fig.get_figheight()
    fig.text(0.02, 1 - 0.2 / height, wrapped(title), size=12.5, weight="bold", va="top", linespacing=1.3)
    fig.text(0.02, 0.09 / height, f"{TRAINING}  |  {footer}", size=8, color=SECOND, va="bottom")


def wrapped(text: str, width: int = TITLE_WIDTH) -> str:
    """A text in as many lines as it needs: a fact is never cut in the middle."""
    import textwrap

    return "\n".join(textwrap.wrap(text, width, break_on_hyphens=False))


def act_label(act: str, width: int, lines: int = 2) -> str:
    """An act in at most so many lines: what it is done with, why, and what was said are left out whole where they do not fit."""
    short = wrapped(act, width)
    for end in (' "', " because ", " with "):
        if short.count("\n") >= lines:
            short = wrapped(act.partition(end)[0], width)
    return short


def brief(text: str) -> str:
    """What happened, without the numbers and reasons behind it."""
    return text.partition(",")[0].partition(" (")[0]


def typeset(text: str) -> str:
    """Cubic and square metres as they are written: m³, m²."""
    return _METRES.sub(lambda m: m[0].translate(_RAISED), text)


def sentence(text: str) -> str:
    """A text that begins a sentence."""
    return text[:1].upper() + text[1:]


def halo(colour: str = PAGE, width: float = 2.5) -> list[patheffects.AbstractPathEffect]:
    """A rim around text, in the colour of what lies under it."""
    return [patheffects.withStroke(linewidth=width, foreground=colour)]


def texts_of(fig: Figure) -> list[Any]:
    """All texts that are shown and not empty."""
    from matplotlib.text import Text

    return [t for t in fig.findobj(Text) if t.get_visible() and t.get_text().strip()]


def overlaps(
    fig: Figure, ignore: Iterable[Any] = (), *, across: float = 2.0, down: float = 3.0
) -> list[tuple[str, str]]:
    """Pairs of texts that cover each other by more than so many pixels, and (text, "edge") for one outside the frame.

    It does not see lines that run through text.
    """
    fig.canvas.draw()
    renderer = fig.canvas.get_renderer()  # type: ignore[attr-defined]
    skip = {id(t) for t in ignore}
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts_of(fig) if id(t) not in skip]
    width, height = fig.bbox.width, fig.bbox.height
    found = []
    for i, (text, box) in enumerate(boxes):
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1:
            found.append((text, "edge"))
        for other, its in boxes[i + 1 :]:
            x = min(box.x1, its.x1) - max(box.x0, its.x0)
            y = min(box.y1, its.y1) - max(box.y0, its.y0)
            if x > across and y > down:
                found.append((text, other))
    return found
