"""What the figures of a debrief share: an empty figure with its title, axes in it, the axis of time."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from twin.base.json import Json
from twin.film import look
from twin.film.axis import Axis
from twin.film.scene import footer

Found = Json


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure with its title as words, for a page that sets the title itself."""

    name: str
    title: str
    figure: Figure


def begun(name: str, found: Found, title: str, height: float, titles: bool) -> tuple[Drawn, float]:
    """An empty figure with title and footer, and how many inches at the top the title takes."""
    top = (0.85 if "\n" in look.wrapped(title, 58, 2) else 0.62) if titles else 0.1
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
    marks = time.marks()
    ax.set_xticks([float(time.at(t)) for t in marks], [time.clock(t) for t in marks] if labels else [""] * len(marks))
    if time.quiet is not None:
        a, b = (float(time.at(t)) for t in time.quiet)
        ax.axvspan(a, b, color=look.QUIET, lw=0, zorder=0)


def say_squeezed(ax: Axes, time: Axis) -> None:
    """Says that the quiet stretch is squeezed."""
    if time.quiet is not None:
        middle = sum(float(time.at(t)) for t in time.quiet) / 2
        ax.text(
            middle,
            0.01,
            "squeezed",
            size=9,
            color=look.SECOND,
            ha="center",
            va="bottom",
            transform=ax.get_xaxis_transform(),
        )


def cut(text: str, most: int) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def number(n: int) -> str:
    """A small number as a word."""
    words = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[n] if n < len(words) else str(n)
