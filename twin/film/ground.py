"""The plan view of a farm alone, to scale, with every name: what its file says of the ground."""

from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from twin.base.arrays import Floats
from twin.engine.model import Model
from twin.film import look
from twin.film.plan import Movers, draw_plan
from twin.film.scene import Plan, plan_of

HEIGHT_IN = 6.2


@dataclass(frozen=True, slots=True)
class _Alone:
    plan: Plan
    wind: Floats
    story_tank: str = ""
    stability: str = ""


def figure(model: Model, name: str) -> Figure:
    """A farm as it stands: no level, no wind, the names of its valves."""
    with mpl.rc_context(look.STYLE):
        fig = look.figure(HEIGHT_IN)
        ax = look.axes(fig, (0.02, 0.06, 0.96, 0.84))
        ground, movers = plan_of(model, "", []), Movers()
        draw_plan(ax, _Alone(ground, np.zeros((0, 2))), movers)
        for fill in movers.fills:
            fill.set_visible(False)
        down = 0.014 * (ground.box[3] - ground.box[1])
        for valve, x, y in ground.valves:
            ax.text(x, y - down, valve, size=7, color=look.SECOND, ha="center", va="top", zorder=12)
        left_out = _thinned(fig, ax, {its.name for its in ground.tanks})
        note = f", {left_out} names left out where they would cover others" if left_out else ""
        look.titled(fig, model.spec.farm.title, name + note)
    return fig


def _thinned(fig: Figure, ax: Axes, tanks: set[str]) -> int:
    """Takes out names that would cover another, those of tanks last; returns how many."""
    kept: list[Bbox] = []
    gone = 0
    renderer = fig.canvas.get_renderer()  # type: ignore[attr-defined]
    for text in sorted(ax.texts, key=lambda its: (its.get_text() not in tanks, -float(its.get_fontsize()))):
        box = text.get_window_extent(renderer)
        if any(box.overlaps(other) for other in kept):
            text.remove()
            gone += 1
        else:
            kept.append(box)
    return gone
