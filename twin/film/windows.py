"""The figure of windows: for each act, what acting at every moment would have come to, and when it was done.

A window is of one act, of all acts of a line, or of either of two (`what`); its name in a sentence is made of its members.
"""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from twin.debrief.text import in_time, moment, span, verdict
from twin.film import look
from twin.film.axis import Axis, axis
from twin.film.panels import Drawn, Found, axes_in, begun, plural, say_squeezed, time_ticks
from twin.film.scene import Scene

ROWS_WINDOWS = 6
STEP_LEAST_S = 60  # drawn evenly on either side of a closing, at least
STEP_SHARE = 0.10  # of the time from the cue to the closing
PANEL_IN, PANELS_APART_IN, BAND_IN = 0.86, 1.02, 0.40
LEFT, WIDE, NEVER = 0.17, 0.655, (0.855, 0.075)  # of the figure
DOTS_APART_PT = 5.0


class Measure(NamedTuple):
    """What is drawn over the moment of an act."""

    name: str
    key: str
    colour: str


MEASURES = (
    Measure("People\nhurt", "harm", look.INK),
    Measure("Marks\nmet", "marks", look.INK),
    Measure("Spilled,\nm³", "spilled_m3", look.SPILT),
)


def windows(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """The act that mattered most against its moment, each dot a copy of the drill; below, every act as a window."""
    rows = [w for w in found.get("windows", ()) if w["closes_s"] is not None]
    if not rows:
        return None
    mattered, listed = rows[0], rows[:ROWS_WINDOWS]
    measures = [m for m in MEASURES if len({p[m.key] for p in mattered["curve"]}) > 1]
    bands = BAND_IN * len(listed)
    below = 0.58 + bands + 0.58  # inches: footer and axis, the bands, their heading
    height = below + 0.62 + PANELS_APART_IN * len(measures) + 0.14
    drawn, top = begun("windows", found, _title(found, mattered), height, titles)
    time = _around_the_step(found, mattered, scene)
    for n, measure in enumerate(measures):
        bottom = below + 0.62 + PANELS_APART_IN * (len(measures) - 1 - n)
        ax = axes_in(drawn, top, (LEFT, bottom / height, WIDE, PANEL_IN / height), height)
        beside = axes_in(drawn, top, (NEVER[0], bottom / height, NEVER[1], PANEL_IN / height), height)
        _curve(ax, mattered, time, measure)
        _never(beside, mattered, measure, ax.get_ylim(), last=n == len(measures) - 1)
        _marks(ax, found, mattered, time, first=n == 0)
        time_ticks(ax, time, labels=n == len(measures) - 1)
        if n == len(measures) - 1:
            say_squeezed(ax, time, 0.42)
    fig, whole = drawn.figure, height + top
    words = f"moment of: {act_name(mattered)}; each dot is one simulated copy of the drill; drawn to {moment(found, time.last)[:5]}"
    fig.text(
        0.02, (below + 0.30) / whole, look.wrapped(words, 96), size=9, color=look.SECOND, va="top", linespacing=1.1
    )
    fig.text(
        0.02,
        (below - 0.10) / whole,
        "Every act: its window, and what acting on its cue was worth",
        size=10,
        weight="bold",
        va="top",
    )
    key = "band: open until the bar   box: time allowed   ◆ too late   ● in time   dashes: not done"
    fig.text(0.02, (below - 0.31) / whole, key, size=9, color=look.SECOND, va="top")
    _bands(look.axes(fig, (0.30, 0.58 / whole, 0.44, bands / whole)), found, listed, scene)
    return drawn


def act_name(w: Found) -> str:
    """A window in words: its act, or its acts."""
    members, what = w["members"], w["what"]
    if what == "act" or len(members) < 2:
        return str(members[0])
    return f"{', '.join(members[:-1])} {'or' if what == 'either' else 'and'} {members[-1]}"


def not_done(w: Found) -> str:
    """What is so of a window whose act, or not all of whose acts, were done."""
    return "not all done" if w["what"] == "line" else "never done"


def _title(found: Found, w: Found) -> str:
    digits = _digits(w)
    closed = moment(found, w["closes_s"])[:digits]
    if in_time(w):
        spare = span(w["closes_s"] - w["done_s"])
        return f"The window to {act_name(w)} closed at {closed}. It was done at {moment(found, w['done_s'])[:digits]}, with {spare} to spare."
    start = f"To {act_name(w)} by {closed} would have {_gain(w)}."
    if w["done_s"] is None:
        return f"{start} {'Not all of it was done' if w['what'] == 'line' else 'It was never done'}."
    late = span(w["done_s"] - w["closes_s"])
    return f"{start} It was done at {moment(found, w['done_s'])[:digits]}, {late} after the window closed."


def _digits(w: Found) -> int:
    """Of hh:mm:ss, as many as tell deed and closing apart."""
    return 8 if w["done_s"] is not None and abs(w["done_s"] - w["closes_s"]) < 120 else 5


def _gain(w: Found) -> str:
    """What acting up to the closing still gives: people by harm, marks by marks, a spill at most half as large by spill."""
    if w["by"] == "harm":
        return (
            "spared people" if w["worth"]["harm"] <= 0 else f"spared {plural(w['worth']['harm'], 'person', 'people')}"
        )
    if w["by"] == "marks":
        return "kept marks" if w["worth"]["marks"] <= 0 else f"kept {plural(w['worth']['marks'], 'more mark')}"
    return "at least halved the spill"


def _around_the_step(found: Found, w: Found, scene: Scene) -> Axis:
    """From the cue, the time allowed, to a while after closing and deed; what lies between, long and flat, is squeezed."""
    closes, end = w["closes_s"], found["simulated_s"]
    first = min(p["at_s"] for p in w["curve"] if p["at_s"] is not None)
    around = max(STEP_LEAST_S, round(STEP_SHARE * (closes - first)))
    done = w["done_s"] if w["done_s"] is not None and w["done_s"] > closes else closes
    last = min(end, max(done + around // 2, closes + around))
    due = w["due_s"] if w["due_s"] is not None and w["due_s"] < closes else first
    early = [t for t in (due, w["done_s"]) if t is not None and first <= t < closes - around]
    return axis(first, max(last, first + 2), [*early, closes - around, closes, done], scene.time.start_s)


def _curve(ax: Axes, w: Found, time: Axis, measure: Measure) -> None:
    """The dots: one a copy, thinned where they touch and say the same."""
    values = [float(p[measure.key]) for p in w["curve"]]
    low, high = min(values), max(values)
    if measure.key == "spilled_m3":
        low = 0.0
    ax.set_ylim(low - 0.14 * (high - low), high + 0.28 * (high - low))
    levels = sorted(set(values)) if measure.key != "spilled_m3" else [0.0, high]
    kept = levels if len(levels) <= 4 else [low, high]
    ax.set_yticks(kept, [f"{v:.1f}" if 0.0 < v < 2.0 and measure.key == "spilled_m3" else f"{v:.0f}" for v in kept])
    ax.text(
        -0.235, 0.5, measure.name, transform=ax.transAxes, weight="bold", color=measure.colour, va="center", ha="left"
    )
    width_pt = 72 * ax.get_position().width * look.WIDTH_IN
    shown: list[tuple[float, float]] = []
    points = [
        (float(time.at(p["at_s"])), float(p[measure.key]))
        for p in w["curve"]
        if p["at_s"] is not None and p["at_s"] <= time.last
    ]
    for x, y in points:
        near = bool(shown) and (x - shown[-1][0]) * width_pt < DOTS_APART_PT
        if not near or abs(y - shown[-1][1]) > 0.12 * max(high - low, 1e-9):
            shown.append((x, y))
    ax.plot([x for x, _ in shown], [y for _, y in shown], "o", ms=4.2, color=measure.colour, clip_on=False, zorder=5)


def _marks(ax: Axes, found: Found, w: Found, time: Axis, *, first: bool) -> None:
    """The time allowed, the closing and the deed, named above the first panel."""
    closed, done, digits = float(time.at(w["closes_s"])), w["done_s"], _digits(w)
    ax.axvspan(closed, 1, color=look.CLOSED, lw=0, zorder=0)
    ax.axvline(closed, color=look.INK, lw=1.8, zorder=4)
    names = [(closed, f"closed {moment(found, w['closes_s'])[:digits]}", look.INK)]
    if w["due_s"] is not None and time.first < w["due_s"] <= time.last:
        due = float(time.at(w["due_s"]))
        ax.axvspan(0, due, color=look.GOOD_TINT, lw=0, zorder=0.5)
        ax.axvline(due, color=look.GOOD, lw=1.0, zorder=3)
        names.append((due, f"allowed to {moment(found, w['due_s'])[:5]}", look.GOOD))
    if done is not None and time.first <= done <= time.last:
        colour = look.GOOD if in_time(w) else look.LATE
        ax.axvline(float(time.at(done)), color=colour, lw=1.8, ls="-" if in_time(w) else (0, (4, 1.2)), zorder=4)
        names.append((float(time.at(done)), f"done {moment(found, done)[:digits]}", colour))
    if first:
        _names(ax, sorted(names))


def _names(ax: Axes, names: list[tuple[float, str, str]]) -> None:
    """The rules' names, on a second line where two would touch."""
    ends = [-1.0, -1.0]
    for x, words, colour in names:
        wide = 0.0165 * len(words)
        begin = min(max(x - wide / 2, 0.0), 1.0 - wide)
        row = 0 if begin > ends[0] else 1
        ends[row] = begin + wide + 0.02
        ax.text(
            begin,
            1.03 + 0.21 * row,
            words,
            size=9,
            weight="bold",
            color=colour,
            ha="left",
            va="bottom",
            transform=ax.transAxes,
        )


def _never(ax: Axes, w: Found, measure: Measure, limits: tuple[float, float], *, last: bool) -> None:
    """What never acting comes to, in a box of its own right of a gap."""
    ax.set_xlim(0, 1)
    ax.set_ylim(limits)
    ax.set_facecolor(look.CLOSED)
    value = next(float(p[measure.key]) for p in w["curve"] if p["at_s"] is None)
    ax.plot([0.25], [value], "o", ms=6, mfc=look.CLOSED, mec=measure.colour, mew=1.8)
    ax.text(0.42, value, f"{value:.0f}", weight="bold", color=measure.colour, va="center")
    ax.set_xticks([0.5] if last else [], ["never"] if last else [])


def _bands(ax: Axes, found: Found, rows: Sequence[Found], scene: Scene) -> None:
    """Every act on one axis: open until the bar, the time allowed as a box, then what was done."""
    opens = [w["cue_s"] if w["cue_s"] is not None else w["done_s"] for w in rows]
    ticks = [
        t
        for w, o in zip(rows, opens, strict=True)
        for t in (o, w["due_s"], w["closes_s"], w["done_s"])
        if t is not None
    ]
    time = axis(max(0, min(ticks) - 30), found["simulated_s"], ticks, scene.time.start_s)
    time_ticks(ax, time)
    say_squeezed(ax, time)
    ax.set_ylim(len(rows) - 0.45, -0.5)
    for n, (w, begin) in enumerate(zip(rows, opens, strict=True)):
        start, closes = float(time.at(begin)), float(time.at(w["closes_s"]))
        ax.barh(n, closes - start, left=start, height=0.5, color=look.GOOD_TINT, lw=0, zorder=2)
        if w["due_s"] is not None:
            due = min(float(time.at(w["due_s"])), 1.0)
            ax.barh(n, due - start, left=start, height=0.5, facecolor="none", edgecolor=look.GOOD, lw=1.0, zorder=2.5)
        ax.plot([closes, closes], [n - 0.36, n + 0.36], color=look.INK, lw=1.8, zorder=4)
        _deed(ax, w, n, closes, time)
        ax.text(-0.02, n, look.act_label(act_name(w), 28), ha="right", va="center", size=9, linespacing=1.05)
        words, colour = _words(w)
        ax.text(1.03, n, words, va="center", size=9, color=colour, linespacing=1.1)


def _deed(ax: Axes, w: Found, n: int, closes: float, time: Axis) -> None:
    """When an act was done: a circle in time, a bar and a diamond late, dashes never."""
    if w["done_s"] is None:
        ax.plot([closes, 1], [n, n], color=look.LATE, lw=1.8, ls=(0, (2, 1.5)), zorder=3)
        return
    late, x = not in_time(w), float(time.at(w["done_s"]))
    colour = look.LATE if late else look.GOOD
    if late:
        ax.plot([closes, x], [n, n], color=colour, lw=3.4, solid_capstyle="butt", zorder=3)
    ax.plot([x], [n], "D" if late else "o", ms=6.5, color=colour, mec="white", mew=0.9, zorder=5)


def _words(w: Found) -> tuple[str, str]:
    its = w["worth"]
    worth = [f"{its['harm']} hurt"] if its["harm"] > 0 else []
    worth += [plural(its["marks"], "mark")] if its["marks"] > 0 else []
    worth += [f"{its['spilled_m3']:.0f} m³"] if its["spilled_m3"] > 0.5 else []
    second = "\n" + ", ".join(worth) if worth else ""
    return (not_done(w) if w["done_s"] is None else verdict(w)) + second, look.GOOD if in_time(w) else look.LATE
