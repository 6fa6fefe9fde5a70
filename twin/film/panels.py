"""What the figures of a debrief share: an empty figure with its title, axes in it, the axis of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from twin.base.arrays import Bools, Floats
from twin.base.json import Json
from twin.film import look
from twin.film.axis import Axis
from twin.film.scene import footer

Found = Json
LABEL_WIDE = 0.3  # of a panel's width, for the name of a limit


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure with its title as words, for a page that sets the title itself."""

    name: str
    title: str
    figure: Figure


def begun(name: str, found: Found, title: str, height: float, titles: bool) -> tuple[Drawn, float]:
    """An empty figure with title and footer, and how many inches at the top the title takes."""
    top = 0.4 + 0.23 * (1 + look.wrapped(title).count("\n")) if titles else 0.1
    fig = look.figure(height + top)
    if titles:
        look.titled(fig, title, footer(found))
    return Drawn(name, title, fig), top


def axes_in(drawn: Drawn, top: float, box: tuple[float, float, float, float], height: float) -> Axes:
    """Axes in a box given in shares of the figure below its title."""
    whole = height + top
    left, bottom, wide, tall = box
    return look.axes(drawn.figure, (left, bottom * height / whole, wide, tall * height / whole))


def time_ticks(ax: Axes, time: Axis, labels: bool = True) -> None:
    """The axis of time, its quiet stretch tinted."""
    ax.set_xlim(0, 1)
    marks = time.marks(ax.get_position().width * ax.get_figure(root=True).get_figwidth())  # type: ignore[union-attr]
    ax.set_xticks([float(time.at(t)) for t in marks], [time.clock(t) for t in marks] if labels else [""] * len(marks))
    if time.quiet is not None:
        a, b = (float(time.at(t)) for t in time.quiet)
        ax.axvspan(a, b, color=look.QUIET, lw=0, zorder=0)


def say_squeezed(ax: Axes, time: Axis, up: float = 0.01) -> None:
    """Says that the quiet stretch is squeezed, so far up the panel."""
    if time.quiet is not None:
        middle = sum(float(time.at(t)) for t in time.quiet) / 2
        ax.text(middle, up, "squeezed", size=9, color=look.SECOND, ha="center", va="bottom", zorder=6,
                transform=ax.get_xaxis_transform(), path_effects=look.halo(look.QUIET))  # fmt: skip


def clear_side(
    at: Floats, curves: Sequence[Floats], value: float, height: float
) -> tuple[float, Literal["left", "right"]]:
    """Where a label of this height stands on a line across a panel: at its left, or at its right where curves cross it there.

    at      (n,)  share of the width
    curves  (n,)  each, in the unit of `value` and `height`
    """

    def free(part: Bools) -> float:
        return min(float(np.abs(c[part] - value - height / 2).min()) for c in curves)

    left, right = free(at <= LABEL_WIDE), free(at >= 1 - LABEL_WIDE)
    return (0.01, "left") if left >= 0.8 * height or left >= right else (0.99, "right")


def number(n: int) -> str:
    """A small number as a word."""
    words = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[n] if n < len(words) else str(n)


def plural(n: int, one: str, more: str = "") -> str:
    """So many of something: 1 mark, 2 marks."""
    return f"{n} {one if n == 1 else more or one + 's'}"


def volume(m3: float) -> str:
    """A volume, with a decimal where it is small."""
    return f"{m3:.1f}" if 0.05 <= m3 < 10.0 else f"{m3:.0f}"
