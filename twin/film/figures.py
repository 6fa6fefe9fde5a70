"""The six figures of a debrief, each from the report and (for one) the signals: titles are sentences with a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from twin.debrief.told import in_time, matters, moment, span, verdict
from twin.debrief.told import lanes as both_courses
from twin.film import look
from twin.film.axis import Axis, axis
from twin.film.frame import draw_lane
from twin.film.scene import Lane, Scene, footer

Found = dict[str, Any]
ROWS_ONE_THING = 9
ROWS_WINDOWS = 8
_SYMBOL = {"barrier": "s", "act-moved": "o", "act-added": "o", "act-dropped": "o", "fault-out": "^"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure with its title as words, for a page that sets the title itself."""

    name: str
    title: str
    figure: Figure


def all_of(found: Found, scene: Scene, *, titles: bool = True) -> list[Drawn]:
    """Every figure that this debrief has something for, in the order of the page."""
    makers = (truth_against_gauge, windows, lanes, one_thing, luck, second_chance)
    made = [maker(found, scene, titles) for maker in makers]
    return [m for m in made if m is not None]


def _begun(name: str, found: Found, title: str, height: float, titles: bool) -> tuple[Drawn, float]:
    """An empty figure with title and footer, and how many inches at the top the title takes."""
    top = (0.85 if "\n" in look.wrapped(title, 58, 2) else 0.62) if titles else 0.1
    fig = look.figure(height + top)
    if titles:
        look.titled(fig, title, footer(found))
    return Drawn(name, title, fig), top


def _axes(drawn: Drawn, top: float, box: tuple[float, float, float, float], height: float) -> Axes:
    """Axes in a box given in shares of the figure below its title."""
    whole = height + top
    left, bottom, wide, tall = box
    return look.axes(drawn.figure, (left, bottom * height / whole, wide, tall * height / whole))


def _time_ticks(ax: Axes, time: Axis, labels: bool = True) -> None:
    ax.set_xlim(0, 1)
    marks = time.marks()
    ax.set_xticks([float(time.at(t)) for t in marks], [time.clock(t) for t in marks] if labels else [""] * len(marks))
    if time.quiet is not None:
        a, b = (float(time.at(t)) for t in time.quiet)
        ax.axvspan(a, b, color=look.QUIET, lw=0, zorder=0)


def _say_squeezed(ax: Axes, time: Axis) -> None:
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
    drawn, top = _begun("truth-against-gauge", found, _gauge_title(found, its), height, titles)
    ax = _axes(drawn, top, (0.075, 0.155, 0.765, 0.765), height)
    ticks = np.arange(scene.first, scene.last + 1)
    at = scene.time.at(ticks)
    truth, shown = curves["truth"], curves["shown"]
    _time_ticks(ax, scene.time)
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
    for number, (x, tick, words, align) in enumerate(moments):
        row = min(max(tick - scene.first, 0), len(level) - 1)
        ax.plot([x, x], [bottom, float(level[row])], color=look.INK, lw=1.2)
        up = 0.04 if far or number == 0 else 0.115
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


# windows


def windows(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """The act that mattered most against its moment, each dot a copy of the drill; below, every act as a window."""
    rows = [w for w in found.get("windows", ()) if w["closes_s"] is not None]
    if not rows:
        return None
    mattered, shown = rows[0], rows[:ROWS_WINDOWS]
    measures = _measures(mattered)
    bands = 0.42 * len(shown)
    below = 0.62 + bands + 0.62  # inches: footer and axis, the bands, their heading
    height = below + 0.62 + 1.12 * len(measures) + 0.22
    drawn, top = _begun("windows", found, _window_title(found, mattered), height, titles)
    first = min(p["at_s"] for p in mattered["curve"] if p["at_s"] is not None)
    time = _zoomed(found, mattered, first)
    for number, (name, key, most) in enumerate(measures):
        bottom = below + 0.62 + 1.12 * (len(measures) - 1 - number)
        box = (0.17, bottom / height, 0.655, 0.86 / height)
        _curve(
            drawn,
            top,
            height,
            box,
            found,
            mattered,
            time,
            name,
            key,
            most,
            last=number == len(measures) - 1,
            first=number == 0,
        )
    fig, whole = drawn.figure, height + top
    fig.text(
        0.02,
        (below - 0.1) / whole,
        "Every act: its window, and what acting on its cue was worth",
        size=10,
        weight="bold",
        va="top",
    )
    fig.text(0.02, (below - 0.31) / whole, "band: open until the bar   ◆ too late   ● in time   dashes: never done", size=9, color=look.SECOND, va="top")  # fmt: skip
    ax = look.axes(fig, (0.30, 0.62 / whole, 0.44, bands / whole))
    _bands(ax, found, shown, scene)
    return drawn


def _window_title(found: Found, w: Found) -> str:
    close = w["done_s"] is not None and abs(w["done_s"] - w["closes_s"]) < 120
    shown = 8 if close else 5  # seconds where they tell the two apart
    closed = moment(found, w["closes_s"])[:shown]
    kept = {
        "harm": "would have spared people",
        "marks": "would have kept its marks",
        "spill": "would have halved the spill",
    }[w["by"]]
    start = look.sentence(f"{w['act']} by {closed} {kept}.")
    if w["done_s"] is None:
        return f"{start} It was never done."
    late = w["done_s"] - w["closes_s"]
    done = moment(found, w["done_s"])[:shown]
    if late > 0:
        return f"{start} It was done at {done}, {span(late)} after the window closed."
    return f"{start} It was done at {done}, with {span(-late)} to spare."


def _measures(w: Found) -> list[tuple[str, str, float]]:
    """What is drawn: people when anybody is hurt, marks, and what was spilled."""
    curve = w["curve"]
    rows = [("People\nhurt", "harm"), ("Marks\nmet", "marks"), ("Spilled,\nm³", "spilled_m3")]
    most = {key: max(float(p[key]) for p in curve) for _, key in rows}
    return [(n, k, most[k]) for n, k in rows if k != "harm" or most[k] > 0]


def _zoomed(found: Found, w: Found, first: int) -> Axis:
    """The stretch around the closing: from the cue, or from three times as long before the closing as after it."""
    last = found["simulated_s"]
    after = last - w["closes_s"]
    start = max(first, w["closes_s"] - max(2 * after, 900))
    whole = sum(int(p) * f for p, f in zip(found["clock"][0][11:19].split(":"), (3600, 60, 1), strict=True))
    return axis(start, last, range(start, last, max(1, (last - start) // 8)), whole)


def _curve(
    drawn: Drawn, top: float, height: float, box: tuple[float, float, float, float], found: Found, w: Found, time: Axis,
    name: str, key: str, most: float, *, last: bool, first: bool,
) -> None:  # fmt: skip
    ax = _axes(drawn, top, box, height)
    _time_ticks(ax, time, labels=last)
    high = max(most * 1.25, 1.0)
    ax.set_ylim(-0.08 * high, high)
    closed = float(time.at(w["closes_s"]))
    ax.axvspan(closed, 1, color=look.CLOSED, lw=0, zorder=0)
    ax.axvline(closed, color=look.INK, lw=1.8)
    colour = look.SPILT if key == "spilled_m3" else look.INK
    points = [p for p in w["curve"] if p["at_s"] is not None and p["at_s"] >= time.first]
    ax.plot(
        [float(time.at(p["at_s"])) for p in points], [p[key] for p in points], "o", ms=4.5, color=colour, clip_on=False
    )
    ax.set_yticks(sorted({0.0, round(most) if most >= 2 else most}))
    ax.text(-0.21, 0.5, name, transform=ax.transAxes, weight="bold", color=colour, va="center", ha="left")
    done = w["done_s"]
    if done is not None and time.first <= done <= time.last:
        ax.axvline(float(time.at(done)), color=look.LATE if done > w["closes_s"] else look.GOOD, lw=1.8)
    if first:
        near = closed > 0.7
        ax.text(closed + (-0.01 if near else 0.01), 1.02, f"closed {moment(found, w['closes_s'])[:5]}", weight="bold", va="bottom",
                ha="right" if near else "left", transform=ax.get_xaxis_transform())  # fmt: skip
        if done is not None and time.first <= done <= time.last and abs(float(time.at(done)) - closed) > 0.3:
            x = float(time.at(done))
            ax.text(x, 1.02, f"done {moment(found, done)[:5]}", weight="bold", va="bottom", ha="center",
                    color=look.LATE if done > w["closes_s"] else look.GOOD, transform=ax.get_xaxis_transform())  # fmt: skip
    if last:
        drawn.figure.text(box[0], (box[1] * height - 0.36) / (height + top), f"moment of {w['act']}; each dot is one simulated copy of the drill",
                          size=9, color=look.SECOND, va="top")  # fmt: skip
    never = _axes(drawn, top, (0.855, box[1], 0.075, box[3]), height)
    never.set_xlim(0, 1)
    never.set_ylim(-0.08 * high, high)
    never.set_facecolor(look.CLOSED)
    value = next(float(p[key]) for p in w["curve"] if p["at_s"] is None)
    never.plot([0.25], [value], "o", ms=6, mfc=look.CLOSED, mec=colour, mew=1.8)
    never.text(0.42, value, f"{value:.0f}", weight="bold", color=colour, va="center")
    never.set_xticks([0.5] if last else [], ["never"] if last else [])


def _bands(ax: Axes, found: Found, rows: Sequence[Found], scene: Scene) -> None:
    """Every act on one axis: open until the bar, then what was done."""
    ticks = [t for w in rows for t in (w["cue_s"] or w["done_s"], w["closes_s"], w["done_s"]) if t is not None]
    time = axis(max(0, min(ticks) - 30), found["simulated_s"], ticks, scene.time.start_s)
    _time_ticks(ax, time)
    _say_squeezed(ax, time)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    for n, w in enumerate(rows):
        opens, closes = (
            float(time.at(t)) for t in ((w["cue_s"] if w["cue_s"] is not None else w["done_s"]), w["closes_s"])
        )
        ax.barh(n, closes - opens, left=opens, height=0.5, color=look.GOOD_TINT, lw=0, zorder=2)
        ax.plot([closes, closes], [n - 0.34, n + 0.34], color=look.INK, lw=1.8, zorder=4)
        done = w["done_s"]
        if done is None:
            ax.plot([closes, 1], [n, n], color=look.LATE, lw=1.8, ls=(0, (2, 1.5)), zorder=3)
        else:
            late, x = done > w["closes_s"], float(time.at(done))
            if late:
                ax.plot([closes, x], [n, n], color=look.LATE, lw=3.4, solid_capstyle="butt", zorder=3)
            ax.plot(
                [x],
                [n],
                "D" if late else "o",
                ms=7,
                color=look.LATE if late else look.GOOD,
                mec="white",
                mew=0.9,
                zorder=5,
            )
        ax.text(-0.02, n, _cut(w["act"], 30), ha="right", va="center", size=9.5)
        words, colour = _window_words(w)
        ax.text(1.03, n, words, va="center", size=9, color=colour, linespacing=1.1)


def _window_words(w: Found) -> tuple[str, str]:
    its = w["worth"]
    worth = [f"{its['harm']} hurt"] if its["harm"] > 0 else []
    worth += [f"{its['marks']} mark{'s' if its['marks'] > 1 else ''}"] if its["marks"] > 0 else []
    worth += [f"{its['spilled_m3']:.0f} m³"] if its["spilled_m3"] > 0.5 else []
    second = "\n" + ", ".join(worth) if worth else ""
    return verdict(w) + second, look.GOOD if in_time(w) else look.LATE


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


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
    title = f"{_number(kept)} of {_number(len(rows)).lower()} acts came in time."
    if late is not None:
        title += f" {look.sentence(late.label)} came {span((late.done or 0) - late.due)} late."
    elif never is not None:
        title += f" {look.sentence(never.label)} was never done."
    posts = list(dict.fromkeys(r.post for r in rows))
    ordered = [r for p in posts for r in rows if r.post == p]
    height = 0.34 * len(ordered) + 0.16 * len(posts) + 1.15
    drawn, top = _begun("lanes", found, title, height, titles)
    ax = _axes(drawn, top, (0.36, 0.75 / height, 0.40, 1 - 1.1 / height), height)
    _time_ticks(ax, scene.time)
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
    _say_squeezed(ax, scene.time)
    drawn.figure.text(0.02, 0.34 / (height + top), "box = time allowed by the plan   ● done in time   ◆ done late   dashes: never done",
                      size=9, color=look.SECOND, va="bottom")  # fmt: skip
    return drawn


def _lane_row(ax: Axes, scene: Scene, found: Found, row: Lane, y: float) -> None:
    ax.axhline(y, color=look.FAINT, lw=0.8, zorder=0)
    draw_lane(ax, scene, row, y)
    ax.text(-0.03, y, _cut(row.label, 26), ha="right", va="center", size=9)
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


def _number(n: int) -> str:
    words = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[n] if n < len(words) else str(n)


# one thing different


def one_thing(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """A row a simulated night with one thing different, best first."""
    every = found.get("one_thing", ())
    if not every:
        return None
    rows = [r for r in every if matters(found, r)][:ROWS_ONE_THING] or every[:1]
    rest = len(every) - len(rows)
    spilled, harmed = found["totals"]["spilled_m3"], sum(found["harm"][k] for k in ("fatalities", "injuries"))
    height = 0.46 * len(rows) + 1.35
    drawn, top = _begun("one-thing", found, _one_title(found, rows), height, titles)
    ax = _axes(drawn, top, (0.40, 0.72 / height, 0.33, 1 - 1.15 / height), height)
    most = max([spilled, *(r["spilled_m3"] for r in rows), 1.0])
    ax.set_xlim(0, most)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    heads = ((-0.03, "one thing different", "right"), (0.0, f"spilled, m³ (grey: as it was, {spilled:.0f})", "left"),
             (1.13, "hurt", "center"), (1.24, "score", "left"))  # fmt: skip
    for x, words, align in heads:
        ax.text(x, 1.01, words, size=9, color=look.SECOND, ha=align, va="bottom", transform=ax.transAxes)
    for n, row in enumerate(rows):
        _thing_row(ax, n, row, spilled, most)
    fig, whole = drawn.figure, height + top
    more = f"   {rest} more made no difference" if rest else ""
    was = f"as it was: {harmed} hurt, {spilled:.0f} m³, score {found['score']}{more}"
    fig.text(0.02, 0.52 / whole, was, size=9, color=look.SECOND, va="bottom")
    fig.text(
        0.02,
        0.33 / whole,
        "■ a barrier mended   ● an act   ▲ a fault taken out",
        size=9,
        color=look.SECOND,
        va="bottom",
    )
    return drawn


def _one_title(found: Found, rows: Sequence[Found]) -> str:
    best, was = rows[0], found["totals"]["spilled_m3"]
    better = int(best["score"]) > int(found["score"]) or best["spilled_m3"] < was - 0.5
    if not better:
        return f"No single change would have made this night better than {found['score']}."
    spared = "and nothing is spilled" if was > 0.5 and best["spilled_m3"] < 0.5 else f"and the score is {best['score']}"
    saving = [r for r in rows if r["score"] == best["score"]]
    more = (
        f" So would {len(saving) - 1} other single change{'s' if len(saving) > 2 else ''}." if len(saving) > 1 else ""
    )
    return look.sentence(f"{best['change']}, {spared}.{more}")


def _thing_row(ax: Axes, n: int, row: Found, was: float, most: float) -> None:
    ax.add_patch(Rectangle((0, n - 0.26), was, 0.52, facecolor=look.CLOSED, edgecolor="none"))
    spilled = row["spilled_m3"]
    ax.plot([-1.13], [n], _SYMBOL[row["kind"]], ms=6.5, color=look.INK if row["kind"] == "barrier" else look.SECOND,
            transform=ax.get_yaxis_transform(), clip_on=False)  # fmt: skip
    ax.text(
        -0.03, n - 0.03, _cut(row["change"], 38), ha="right", va="bottom", size=9.5, transform=ax.get_yaxis_transform()
    )
    ax.text(
        -0.03,
        n + 0.06,
        _cut(row["was"], 46),
        ha="right",
        va="top",
        size=8.5,
        color=look.SECOND,
        transform=ax.get_yaxis_transform(),
    )
    if spilled < 0.5:
        ax.add_patch(Rectangle((0, n - 0.33), 0.008 * most, 0.66, facecolor=look.GOOD, edgecolor="none"))
        ax.text(0.02 * most, n, "none", color=look.GOOD, weight="bold", va="center")
    else:
        ax.add_patch(Rectangle((0, n - 0.3), spilled, 0.6, facecolor=look.SPILT, edgecolor="none"))
        inside = spilled > 0.8 * most
        ax.text(spilled + (-0.02 if inside else 0.02) * most, n, f"{spilled:.0f}", color="white" if inside else look.SPILT,
                weight="bold", va="center", ha="right" if inside else "left")  # fmt: skip
    hurt = row["harm"]
    ax.text(1.13, n, f"{hurt} ✖" if hurt else "0", color=look.HURT if hurt else look.GOOD, weight="bold", va="center", ha="center",
            transform=ax.get_yaxis_transform())  # fmt: skip
    ax.text(1.24, n, row["score"], weight="bold", va="center", transform=ax.get_yaxis_transform())


# luck


_OUTCOMES = (
    ("better", "better than this night", "o", look.GOOD, False),
    ("same", "as this night", "o", look.GOOD, True),
    ("worse", "worse, nothing ran over", "D", look.LATE, False),
    ("over", "worse, a tank ran over", "D", look.LATE, True),
    ("hurt", "worse, somebody hurt", "X", look.HURT, True),
)
"""What another world can come to beside this one: shape before colour."""


def luck(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """A hundred marks in order of outcome, the ring where this night stands."""
    its = found.get("luck")
    if not its:
        return None
    n, worse = its["worlds"], its["worse"]
    end = "It ended well." if found["score"] == "1000000" else f"The score was {found['score']}."
    title = f"{end} The same acts end worse in {worse} of {n} nights" + (": a near miss." if its["near_miss"] else ".")
    height = 2.6
    drawn, top = _begun("luck", found, title, height, titles)
    ax = _axes(drawn, top, (0.02, 0.20, 0.52, 0.72), height)
    ax.set_xlim(-0.7, 19.7)
    ax.set_ylim(4.8, -0.6)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    kinds = sorted((_kind(found, each) for each in its["each"]), key=[o[0] for o in _OUTCOMES].index)
    for number, kind in enumerate(kinds):
        _, _, shape, colour, solid = next(o for o in _OUTCOMES if o[0] == kind)
        ax.plot(
            [number // 5],
            [number % 5],
            shape,
            ms=8,
            color=colour,
            mfc=colour if solid else "white",
            mew=1.4,
            clip_on=False,
        )
    same = [i for i, k in enumerate(kinds) if k == "same"]
    here = same[len(same) // 2] if same else len([k for k in kinds if k == "better"]) - 1
    ax.plot([max(here, 0) // 5], [max(here, 0) % 5], "o", ms=15, mfc="none", mec=look.INK, mew=1.8, clip_on=False)
    ax.text(max(here, 0) // 5, 4.85, "this night", weight="bold", ha="center", va="top")
    right = _axes(drawn, top, (0.57, 0.20, 0.41, 0.72), height)
    right.set_xlim(0, 1)
    right.set_ylim(4.8, -0.6)
    right.set_xticks([])
    right.spines["bottom"].set_visible(False)
    listed = [o for o in _OUTCOMES if o[0] in kinds]
    for row, (kind, words, shape, colour, solid) in enumerate(listed):
        right.plot([0.03], [row], shape, ms=8, color=colour, mfc=colour if solid else "white", mew=1.4)
        right.text(0.20, row, f"{kinds.count(kind)}", weight="bold", size=11, ha="right", va="center")
        right.text(0.24, row, words, va="center")
    return drawn


def _kind(found: Found, each: Found) -> str:
    its, mine = int(each["score"]), int(found["score"])
    if its >= mine:
        return "better" if its > mine else "same"
    return "hurt" if each["harm"] else "over" if each["spilled_m3"] > 0 else "worse"


# second chance


def second_chance(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """Two lanes an act, the first course and the second; both scores."""
    its = found.get("second_chance")
    if not its:
        return None
    rows = both_courses(found)
    back, closed = its["tick_s"], its["closes_s"]
    first, second = its["parent"], found
    better = int(second["score"]) > int(first["score"])
    title = f"Second chance from {moment(found, back)[:5]}: the score went from {first['score']} to {second['score']}" + (
        f", and {first['spilled_m3'] - second['totals']['spilled_m3']:.0f} m³ less were spilled."
        if better and first["spilled_m3"] > second["totals"]["spilled_m3"] + 0.5 else "."
    )  # fmt: skip
    height = 0.62 * max(len(rows), 1) + 1.5
    drawn, top = _begun("second-chance", found, title, height, titles)
    ax = _axes(drawn, top, (0.27, 0.82 / height, 0.46, 1 - 1.3 / height), height)
    lead = max(60, round(0.25 * (found["simulated_s"] - back)))
    last = max([closed + 60, *(t for r in rows for t in r[1:] if t is not None)])
    time = axis(
        max(0, back - lead), max(last + 30, back + 1), range(back, last, max(1, (last - back) // 6)), scene.time.start_s
    )
    _time_ticks(ax, time)
    ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    ax.axvspan(0, float(time.at(back)), color=look.QUIET, lw=0, zorder=0)
    ax.axvline(float(time.at(back)), color=look.INK, lw=1.8)
    ax.axvline(float(time.at(closed)), color=look.SECOND, lw=1.2, ls="--")
    ax.text(float(time.at(back)), 1.02, f"back to {moment(found, back)}", weight="bold", ha="right", va="bottom", transform=ax.get_xaxis_transform(), size=9)  # fmt: skip
    ax.text(float(time.at(closed)), 1.02, f"closed {moment(found, closed)}", ha="left", va="bottom", color=look.SECOND, transform=ax.get_xaxis_transform(), size=9)  # fmt: skip
    for n, row in enumerate(rows):
        _course_row(ax, found, time, n, row)
    _scores(drawn, height, top, first, second)
    return drawn


def _course_row(ax: Axes, found: Found, time: Axis, n: int, row: tuple[str, int | None, int | None]) -> None:
    act, before, after = row
    ax.text(-0.03, n, _cut(act, 28), ha="right", va="center")
    for tick, dy, shape, colour in ((before, -0.16, "D", look.LATE), (after, 0.2, "o", look.GOOD)):
        if tick is not None:
            x = float(time.at(tick))
            ax.plot([x], [n + dy], shape, ms=7.5, color=colour, mec="white", mew=0.8, zorder=5)
            ax.text(x + 0.025, n + dy, moment(found, tick), color=colour, va="center", size=9)
    if before is None:
        back = found["second_chance"]["tick_s"]
        ax.text(float(time.at(back)) + 0.02, n - 0.16, "never in the first", color=look.LATE, va="center", size=9)


def _scores(drawn: Drawn, height: float, top: float, first: Found, second: Found) -> None:
    """Both scores at the right, each with what was spilled."""
    whole = height + top
    rows = (("first", first["score"], first["spilled_m3"], look.LATE, 0.72),
            ("second", second["score"], second["totals"]["spilled_m3"], look.GOOD, 0.16))  # fmt: skip
    for name, score, spilled, colour, at in rows:
        y = at * (height - 1.3)
        drawn.figure.text(0.78, (0.82 + y) / whole, str(score), size=17, weight="bold", color=colour, va="bottom")
        drawn.figure.text(0.78, (0.78 + y) / whole, f"{name}: {spilled:.0f} m³ spilled", color=colour, va="top", size=9)
    words = "◆ first course   ● second course, same world, same seat"
    drawn.figure.text(0.27, 0.34 / whole, words, size=9, color=look.SECOND, va="bottom")
