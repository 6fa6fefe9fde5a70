"""The six figures of a debrief, each from the report and (for one) the signals: titles are sentences with a number."""

import numpy as np
from matplotlib.axes import Axes

from twin.debrief.text import moment, span
from twin.film import look
from twin.film.answers import luck, one_thing, second_chance
from twin.film.frame import draw_lane
from twin.film.panels import Drawn, Found, axes_in, begun, cut, number, say_squeezed, time_ticks
from twin.film.scene import Lane, Scene
from twin.film.windows import windows


def all_of(found: Found, scene: Scene, *, titles: bool = True) -> list[Drawn]:
    """Every figure that this debrief has something for, in the order of the page."""
    makers = (truth_against_gauge, windows, lanes, one_thing, luck, second_chance)
    made = [maker(found, scene, titles) for maker in makers]
    return [m for m in made if m is not None]


# truth against gauge


def truth_against_gauge(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """What the gauge said beside what was so, the gap between them tinted; when it began and when somebody doubted."""
    its = next(
        (m for m in found["misled"] if m["gap"] and m["thing"] == scene.story_tank and m["gap"]["unit"] == "m"), None
    )
    curves = {c.kind: c.values for c in scene.trends[0].curves}
    if its is None or "shown" not in curves:
        return None
    height = 3.5
    drawn, top = begun("truth-against-gauge", found, _gauge_title(found, its), height, titles)
    ax = axes_in(drawn, top, (0.075, 0.155, 0.765, 0.765), height)
    ticks = np.arange(scene.first, scene.last + 1)
    at = scene.time.at(ticks)
    truth, shown = curves["truth"], curves["shown"]
    time_ticks(ax, scene.time)
    low, high = float(min(truth.min(), shown.min())), float(max(truth.max(), shown.max()))
    pad = 0.16 * max(high - low, 0.1)
    ax.set_ylim(low - 1.3 * pad, high + 1.1 * pad)
    ax.fill_between(at, truth, shown, where=(ticks >= its["onset_s"]).tolist(), color=look.LATE_TINT, lw=0)
    ax.plot(at, truth, color=look.INK, lw=2.8, solid_capstyle="butt")
    ax.plot(at, shown, color=look.SHOWN, lw=1.6)
    for name, value in scene.trends[0].limits:
        if low - pad <= value <= high + pad:
            solid = name == "overflows"
            ax.axhline(value, color=look.INK if solid else look.SECOND, lw=1.0, ls="-" if solid else "--", zorder=1)
            ax.text(
                0.01, value, f"{name} at {value:.2f}", size=9, va="bottom", color=look.SECOND, path_effects=look.halo()
            )
    ax.text(0, 1.02, f"Level of {its['thing']}, m", size=10, color=look.SECOND, transform=ax.transAxes, va="bottom")
    ax.set_yticks(_nice(low, high))
    ends = _apart([float(truth[-1]), float(shown[-1])], 0.13 * (high - low + 2.4 * pad))
    ax.text(1.015, ends[0], f"truth\n{truth[-1]:.2f} m", weight="bold", va="center", size=9.5)
    ax.text(1.015, ends[1], f"gauge\n{shown[-1]:.2f} m", weight="bold", color=look.SHOWN, va="center", size=9.5)
    _feet(ax, scene, found, its)
    _gap_label(ax, scene, its, least=0.12 * (high - low + 2.4 * pad))
    return drawn


def _gauge_title(found: Found, its: Found) -> str:
    doubt, when = its["first_doubt_s"], moment(found, its["onset_s"])[:5]
    if doubt is None:
        return f"{its['instrument']} was wrong from {when}. Nobody doubted it."
    later = span(doubt - its["onset_s"])
    return f"{its['instrument']} was wrong from {when}. The crew first doubted it at {moment(found, doubt)[:5]}, {later} later."


def _gap_label(ax: Axes, scene: Scene, its: Found, least: float) -> None:
    """The size of the gap, inside it where there is room."""
    gap = its["gap"]
    if gap["value"] <= least:
        return
    curves = {c.kind: c.values for c in scene.trends[0].curves}
    row = min(max(gap["at_s"] - scene.first, 0), scene.last - scene.first)
    x, y = float(scene.time.at(gap["at_s"])), (float(curves["truth"][row]) + float(curves["shown"][row])) / 2
    ax.text(min(x, 0.99) - 0.015, y, f"gap {gap['value']:.2f} m", ha="right", va="center", color=look.LATE, weight="bold",
            path_effects=look.halo(look.LATE_TINT))  # fmt: skip


def _feet(ax: Axes, scene: Scene, found: Found, its: Found) -> None:
    """Rules from the line down to the axis: when it froze, when somebody first doubted it."""
    begin = float(scene.time.at(its["onset_s"]))
    bottom = ax.get_ylim()[0]
    level = dict(zip(("truth", "shown"), (c.values for c in scene.trends[0].curves), strict=False))["shown"]
    moments = [(begin, its["onset_s"], "goes wrong", "left")]
    if its["first_doubt_s"] is not None:
        moments.append((float(scene.time.at(its["first_doubt_s"])), its["first_doubt_s"], "first doubt", "right"))
    far = len(moments) < 2 or moments[1][0] - moments[0][0] > 0.42
    for n, (x, tick, words, align) in enumerate(moments):
        row = min(max(tick - scene.first, 0), len(level) - 1)
        ax.plot([x, x], [bottom, float(level[row])], color=look.INK, lw=1.2)
        up = 0.04 if far or n == 0 else 0.115
        ax.text(x + (0.008 if align == "left" else -0.008), up, f"{moment(found, tick)[:5]} {words}", ha=align, va="bottom",
                weight="bold", transform=ax.get_xaxis_transform(), path_effects=look.halo())  # fmt: skip


def _nice(low: float, high: float) -> list[float]:
    step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20) if (high - low) / s <= 4.5)
    return [float(round(v, 3)) for v in np.arange(np.ceil(low / step) * step, high + 1e-9, step)]


def _apart(values: list[float], least: float) -> list[float]:
    """Two values moved apart where they would touch."""
    a, b = values
    if abs(a - b) >= least:
        return values
    middle, half = (a + b) / 2, least / 2
    return [middle + half, middle - half] if a >= b else [middle - half, middle + half]


# lanes


def lanes(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """Each post's acts: the box of time allowed, and when each was done."""
    rows = list(scene.lanes)
    if not rows:
        return None
    kept = sum(r.done is not None and r.done <= r.due for r in rows)
    late = max(
        (r for r in rows if r.done is not None and r.done > r.due), key=lambda r: (r.done or 0) - r.due, default=None
    )
    never = next((r for r in rows if r.done is None), None)
    title = f"{number(kept)} of {number(len(rows)).lower()} acts came in time."
    if late is not None:
        title += f" {look.sentence(late.label)} came {span((late.done or 0) - late.due)} late."
    elif never is not None:
        title += f" {look.sentence(never.label)} was never done."
    posts = list(dict.fromkeys(r.post for r in rows))
    ordered = [r for p in posts for r in rows if r.post == p]
    height = 0.34 * len(ordered) + 0.16 * len(posts) + 1.15
    drawn, top = begun("lanes", found, title, height, titles)
    ax = axes_in(drawn, top, (0.36, 0.75 / height, 0.40, 1 - 1.1 / height), height)
    time_ticks(ax, scene.time)
    places, y = {}, 0.0
    for post in posts:
        ax.text(-0.85, y, post, weight="bold", va="center", size=9.5)
        for row in (r for r in ordered if r.post == post):
            places[id(row)] = y
            y += 1.0
        y += 0.5
    ax.set_ylim(y - 0.9, -0.6)
    for row in ordered:
        _lane_row(ax, scene, found, row, places[id(row)])
    for tick, kind, _ in scene.marks:
        if kind == "overflow":
            x = float(scene.time.at(tick))
            ax.axvline(x, color=look.SPILT, lw=1.5, zorder=1)
            ax.text(x, 1.01, "overflow", color=look.SPILT, weight="bold", ha="center", va="bottom", transform=ax.get_xaxis_transform(), size=9)  # fmt: skip
            break
    say_squeezed(ax, scene.time)
    drawn.figure.text(0.02, 0.34 / (height + top), "box = time allowed by the plan   ● done in time   ◆ done late   dashes: never done",
                      size=9, color=look.SECOND, va="bottom")  # fmt: skip
    return drawn


def _lane_row(ax: Axes, scene: Scene, found: Found, row: Lane, y: float) -> None:
    ax.axhline(y, color=look.FAINT, lw=0.8, zorder=0)
    draw_lane(ax, scene, row, y)
    ax.text(-0.03, y, cut(row.label, 26), ha="right", va="center", size=9)
    if row.done is None:
        ax.text(1.03, y, "never done", color=look.LATE, weight="bold", va="center", size=9)
        return
    late = row.done - row.due
    words = f"{moment(found, row.done)[:5]}  {f'{span(late)} late' if late > 0 else 'in time'}"
    ax.text(
        1.03,
        y,
        words,
        color=look.LATE if late > 0 else look.GOOD,
        weight="bold" if late > 0 else "normal",
        va="center",
        size=9,
    )
