"""The figure of windows: for each act, what acting at every moment would have come to, and when it was done."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from twin.debrief.text import in_time, moment, span, verdict
from twin.film import look
from twin.film.axis import Axis, axis
from twin.film.panels import Drawn, Found, axes_in, begun, cut, say_squeezed, time_ticks
from twin.film.scene import Scene

ROWS_WINDOWS = 8


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
    drawn, top = begun("windows", found, _window_title(found, mattered), height, titles)
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
    ax = axes_in(drawn, top, box, height)
    time_ticks(ax, time, labels=last)
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
    never = axes_in(drawn, top, (0.855, box[1], 0.075, box[3]), height)
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
    time_ticks(ax, time)
    say_squeezed(ax, time)
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
        ax.text(-0.02, n, cut(w["act"], 30), ha="right", va="center", size=9.5)
        words, colour = _window_words(w)
        ax.text(1.03, n, words, va="center", size=9, color=colour, linespacing=1.1)


def _window_words(w: Found) -> tuple[str, str]:
    its = w["worth"]
    worth = [f"{its['harm']} hurt"] if its["harm"] > 0 else []
    worth += [f"{its['marks']} mark{'s' if its['marks'] > 1 else ''}"] if its["marks"] > 0 else []
    worth += [f"{its['spilled_m3']:.0f} m³"] if its["spilled_m3"] > 0.5 else []
    second = "\n" + ", ".join(worth) if worth else ""
    return verdict(w) + second, look.GOOD if in_time(w) else look.LATE
