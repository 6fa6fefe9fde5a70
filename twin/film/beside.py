"""A recorded trend beside the twin's own signal, and what lies between them, in one figure."""

import matplotlib as mpl
from matplotlib.figure import Figure

from twin.debrief.trend import Compared
from twin.film import look
from twin.film.axis import Axis

HEIGHT_IN = 4.6


def figure(its: Compared, start_s: int, run: str) -> Figure:
    """Two curves above, their difference below, on one axis of time. `start_s` is the second of the day at which the run starts."""
    with mpl.rc_context(look.STYLE):
        fig = look.figure(HEIGHT_IN)
        time = Axis(int(its.t_s[0]), max(int(its.t_s[-1]), int(its.t_s[0]) + 1), None, start_s)
        at = time.at(its.t_s)
        above, below = (look.axes(fig, (0.1, y, 0.86, h), y_ticks=True) for y, h in ((0.43, 0.33), (0.15, 0.15)))
        above.plot(at, its.twin, color=look.SHOWN, lw=1.6)
        above.plot(at, its.recorded, color=look.INK, lw=1.0, ls=(0, (4, 2)))
        gap = its.recorded - its.twin
        below.fill_between(at, gap, 0.0, color=look.LATE_TINT, lw=0)
        below.plot(at, gap, color=look.LATE, lw=1.0)
        below.axhline(0.0, color=look.HAIRLINE, lw=0.8)
        marks = time.marks(0.86 * look.WIDTH_IN)
        for ax, labels in ((above, False), (below, True)):
            ax.set_xlim(0.0, 1.0)
            ax.set_xticks([float(time.at(tick)) for tick in marks], [time.clock(t) for t in marks] if labels else [])
            ax.locator_params(axis="y", nbins=4)
            low, high = ax.get_ylim()
            ax.set_yticks([y for y in ax.get_yticks() if low <= y <= high])
        above.set_title(f"twin: whole line, recorded: broken, {its.unit}".rstrip(", "), fontsize=9.5)
        below.set_title(f"recorded less twin, {its.unit}".rstrip(", "), fontsize=9.5)
        look.titled(
            fig, sentence(its, time.clock(float(its.t_s[its.worst]))), f"{run}: {its.signal}, {len(its.t_s)} points"
        )
    return fig


def sentence(its: Compared, worst: str) -> str:
    """What the comparison comes to."""
    return (
        f"{its.signal} was recorded {its.rms:.3g} {its.unit} (rms) beside the twin, at most {its.most:.3g} {its.unit} at {worst}"
    ).replace("  ", " ")
