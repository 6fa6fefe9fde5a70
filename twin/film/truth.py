"""The figure of truth against gauge: what was so and what was shown; below, what was pumped in less what was shown of it."""

import numpy as np
from matplotlib.axes import Axes

from twin.base.arrays import Floats
from twin.debrief.text import moment, span
from twin.film import look
from twin.film.panels import Drawn, Found, axes_in, begun, clear_side, time_ticks
from twin.film.scene import Moved, Scene

HEIGHT_IN = 3.6
LEVEL, MOVED = (0.085, 0.465, 0.755, 0.445), (0.085, 0.145, 0.755, 0.195)  # boxes, of the figure below its title
LETTER = 0.0142  # width of a bold letter, of the panel
LABEL = 0.105  # height of a label, of the upper panel


def truth_against_gauge(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """What the gauge said beside what was so, the gap between them tinted; when it began and when somebody doubted."""
    its = next(
        (m for m in found["misled"] if m["gap"] and m["thing"] == scene.story_tank and m["gap"]["unit"] == "m"), None
    )
    curves = {c.kind: c.values for c in scene.trends[0].curves}
    if its is None or "shown" not in curves:
        return None
    drawn, top = begun("truth-against-gauge", found, _title(found, its), HEIGHT_IN, titles)
    ax = axes_in(drawn, top, LEVEL, HEIGHT_IN)
    truth, shown = curves["truth"], curves["shown"]
    ticks = np.arange(scene.first, scene.last + 1)
    time_ticks(ax, scene.time, labels=scene.moved is None)
    low, high = float(min(truth.min(), shown.min())), float(max(truth.max(), shown.max()))
    pad = max(high - low, 0.1)
    ax.set_ylim(low - 0.42 * pad, high + 0.30 * pad)
    at = scene.time.at(ticks)
    ax.fill_between(at, truth, shown, where=(ticks >= its["onset_s"]).tolist(), color=look.LATE_TINT, lw=0)
    ax.plot(at, truth, color=look.INK, lw=2.8, solid_capstyle="butt")
    ax.plot(at, shown, color=look.SHOWN, lw=1.6)
    ax.text(0, 1.02, f"Level of {its['thing']}, m", size=10, color=look.SECOND, transform=ax.transAxes, va="bottom")
    ax.set_yticks(_nice(low, high))
    _limits(ax, scene, at, [truth, shown])
    _ends(ax, float(truth[-1]), float(shown[-1]))
    _feet(ax, scene, found, its, shown)
    over = _flag(ax, scene, found)
    _gap(ax, scene, truth, shown, scene.last if over is None else over)
    if scene.moved is not None:
        below = axes_in(drawn, top, MOVED, HEIGHT_IN)
        _pumped(below, scene, found, scene.moved, its)
    return drawn


def _title(found: Found, its: Found) -> str:
    doubt, when = its["first_doubt_s"], moment(found, its["onset_s"])[:5]
    if doubt is None:
        return f"{its['instrument']} was wrong from {when}. Nobody doubted it."
    later = span(doubt - its["onset_s"])
    return f"{its['instrument']} was wrong from {when}. The crew first doubted it at {moment(found, doubt)[:5]}, {later} later."


def _limits(ax: Axes, scene: Scene, at: Floats, curves: list[Floats]) -> None:
    """Where the tank overflows and where its alarms stand, each named on the side that no curve crosses."""
    low, high = ax.get_ylim()
    for name, value in scene.trends[0].limits:
        if not low + LABEL * (high - low) <= value <= high:
            continue
        solid = name == "overflows"
        ax.axhline(value, color=look.INK if solid else look.SECOND, lw=1.0, ls="-" if solid else "--", zorder=1)
        x, align = clear_side(at, curves, value, LABEL * (high - low))
        tint = look.PAGE if align == "left" else look.LATE_TINT
        ax.text(
            x,
            value,
            f"{name} at {value:.2f}",
            size=9,
            ha=align,
            va="bottom",
            color=look.SECOND,
            path_effects=look.halo(tint),
        )


def _ends(ax: Axes, truth: float, shown: float) -> None:
    """The last values at the ends of the lines, moved apart where they would touch."""
    low, high = ax.get_ylim()
    middle, half = (truth + shown) / 2, max(abs(truth - shown), 2.1 * LABEL * (high - low)) / 2
    up = 1 if truth >= shown else -1
    ax.text(1.015, middle + up * half, f"truth\n{truth:.2f} m", weight="bold", va="center", size=9.5)
    ax.text(1.015, middle - up * half, f"gauge\n{shown:.2f} m", weight="bold", color=look.SHOWN, va="center", size=9.5)


def _feet(ax: Axes, scene: Scene, found: Found, its: Found, shown: Floats) -> None:
    """Rules from the line down: when it went wrong, on the lower row, and when somebody first doubted it, above it."""
    bottom, top = ax.get_ylim()
    feet = [(its["onset_s"], "goes wrong", 0.0)]
    if its["first_doubt_s"] is not None:
        feet.append((its["first_doubt_s"], "first doubt", 1.15 * LABEL))
    for tick, words, low in feet:
        x, row = float(scene.time.at(tick)), min(max(tick - scene.first, 0), len(shown) - 1)
        ax.plot([x, x], [bottom + low * (top - bottom), float(shown[row])], color=look.INK, lw=1.2)
        right = x > 0.7
        ax.text(x + (-0.008 if right else 0.008), low + 0.015, f"{moment(found, tick)[:5]} {words}", ha="right" if right else "left",
                va="bottom", weight="bold", transform=ax.get_xaxis_transform(), path_effects=look.halo())  # fmt: skip


def _flag(ax: Axes, scene: Scene, found: Found) -> int | None:
    """A flag where the tank of the story runs over, and its tick."""
    n = [t.name for t in scene.plan.tanks].index(scene.story_tank)
    over = np.flatnonzero(scene.runs_over[:, n])
    if not len(over):
        return None
    tick = scene.first + int(over[0])
    low, high = ax.get_ylim()
    lip, x = next(v for name, v in scene.trends[0].limits if name == "overflows"), float(scene.time.at(tick))
    ax.plot([x, x], [lip, lip + 0.06 * (high - low)], color=look.INK, lw=1.2)
    align = "right" if x > 0.85 else "left" if x < 0.15 else "center"
    ax.text(x, lip + 0.07 * (high - low), f"{moment(found, tick)[:5]} runs over", weight="bold", ha=align, va="bottom")
    return tick


def _gap(ax: Axes, scene: Scene, truth: Floats, shown: Floats, tick: int) -> None:
    """The size of the gap, inside it where there is room: in metres and, where a sum was made, in cubic metres."""
    row, (low, high) = tick - scene.first, ax.get_ylim()
    apart, x = abs(float(truth[row] - shown[row])), float(scene.time.at(tick))
    half = 0.55 * LABEL * (high - low)
    tank = next(t for t in scene.plan.tanks if t.name == scene.story_tank)
    volume = f" = {apart * np.pi * tank.radius**2:,.0f} m³" if scene.moved is not None else ""
    when = "at the end" if tick == scene.last else "when it runs over"
    marks = [v + up * LABEL * (high - low) for _, v in scene.trends[0].limits for up in (0.0, 0.5)]
    at = scene.time.at(np.arange(scene.first, scene.last + 1))
    for words in (f"gap {apart:.2f} m{volume} {when}", f"gap {apart:.2f} m{volume}", f"gap {apart:.2f} m"):
        begins = int(np.searchsorted(at, x - LETTER * len(words)))
        ends = [sorted((float(truth[i]), float(shown[i]))) for i in (begins, row)]
        room = max(e[0] for e in ends) + half, min(e[1] for e in ends) - half
        if x > LETTER * len(words) and room[0] < room[1]:
            y = max(np.linspace(*room, 15), key=lambda v: min([abs(v - m) for m in marks], default=0.0))
            ax.text(min(x, 0.985), y, words, ha="right", va="center", color=look.LATE, weight="bold",
                    path_effects=look.halo(look.LATE_TINT))  # fmt: skip
            return


def _pumped(ax: Axes, scene: Scene, found: Found, moved: Moved, its: Found) -> None:
    """Pumped in less shown, and when it passed what the plan doubts at."""
    ticks = np.arange(scene.first, scene.last + 1)
    at, gap = scene.time.at(ticks), moved.gap_m3
    time_ticks(ax, scene.time)
    most = float(gap.max())
    low, high = min(0.0, float(gap.min())), 1.25 * max(most, *(v for _, v in moved.limits), 1.0)
    ax.set_ylim(low, high)
    ax.fill_between(at, 0.0, gap, color=look.LATE_TINT, lw=0)
    ax.plot(at, gap, color=look.LATE, lw=1.8)
    ax.set_yticks(sorted({0.0, most}), [f"{v:,.0f}" for v in sorted({0.0, most})])
    since = moment(found, scene.first)[:5]
    ax.text(0, 1.06, f"Pumped in less shown by {its['instrument']} since {since}, m³", size=10, color=look.SECOND, va="bottom",
            transform=ax.transAxes)  # fmt: skip
    for line, value in moved.limits[:1]:
        ax.axhline(value, color=look.INK, lw=1.0, ls="--", zorder=3)
        ax.text(1.015, value, f"{value:.0f} m³", va="center", size=9.5)
        passed = np.flatnonzero(gap > value)
        if not len(passed):
            continue
        tick = scene.first + int(passed[0])
        x = float(scene.time.at(tick))
        right = x > 0.6
        ax.plot([x, x], [value, 0.66 * high], color=look.INK, lw=1.2)
        ax.text(x + (-0.006 if right else 0.006), 0.68 * high, f"{moment(found, tick)[:5]} passes {value:.0f} m³,\nthe cue of {line}",
                ha="right" if right else "left", va="center", weight="bold", linespacing=1.15, path_effects=look.halo())  # fmt: skip


def _nice(low: float, high: float) -> list[float]:
    """Two to five round values from one to another."""
    step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20) if (high - low) / s <= 4.5)
    return [float(round(v, 3)) for v in np.arange(np.ceil(low / step) * step, high + 1e-9, step)]
