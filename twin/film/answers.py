"""The figures of what-if answers: one thing different, luck, and the two courses of a second chance."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from twin.debrief.text import lanes as both_courses
from twin.debrief.text import matters, moment
from twin.film import look
from twin.film.axis import Axis, axis
from twin.film.panels import Drawn, Found, axes_in, begun, cut, time_ticks
from twin.film.scene import Scene

ROWS_ONE_THING = 9
_SYMBOL = {"barrier": "s", "act-moved": "o", "act-added": "o", "act-dropped": "o", "fault-out": "^"}


_OUTCOMES = (
    ("better", "better than this night", "o", look.GOOD, False),
    ("same", "as this night", "o", look.GOOD, True),
    ("worse", "worse, nothing ran over", "D", look.LATE, False),
    ("over", "worse, a tank ran over", "D", look.LATE, True),
    ("hurt", "worse, somebody hurt", "X", look.HURT, True),
)
"""What another world can come to beside this one: shape before colour."""


def one_thing(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """A row a simulated night with one thing different, best first."""
    every = found.get("one_thing", ())
    if not every:
        return None
    rows = [r for r in every if matters(found, r)][:ROWS_ONE_THING] or every[:1]
    rest = len(every) - len(rows)
    spilled, harmed = found["totals"]["spilled_m3"], sum(found["harm"][k] for k in ("fatalities", "injuries"))
    height = 0.46 * len(rows) + 1.35
    drawn, top = begun("one-thing", found, _one_title(found, rows), height, titles)
    ax = axes_in(drawn, top, (0.40, 0.72 / height, 0.33, 1 - 1.15 / height), height)
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
        -0.03, n - 0.03, cut(row["change"], 38), ha="right", va="bottom", size=9.5, transform=ax.get_yaxis_transform()
    )
    ax.text(
        -0.03,
        n + 0.06,
        cut(row["was"], 46),
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


def luck(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """A hundred marks in order of outcome, the ring where this night stands."""
    its = found.get("luck")
    if not its:
        return None
    n, worse = its["worlds"], its["worse"]
    end = "It ended well." if found["score"] == "1000000" else f"The score was {found['score']}."
    title = f"{end} The same acts end worse in {worse} of {n} nights" + (
        ": a near miss." if its["near_miss"] else f", better in {its['better']}: bad luck." if its["bad_luck"] else "."
    )
    height = 2.6
    drawn, top = begun("luck", found, title, height, titles)
    ax = axes_in(drawn, top, (0.02, 0.20, 0.52, 0.72), height)
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
    right = axes_in(drawn, top, (0.57, 0.20, 0.41, 0.72), height)
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
    drawn, top = begun("second-chance", found, title, height, titles)
    ax = axes_in(drawn, top, (0.27, 0.82 / height, 0.46, 1 - 1.3 / height), height)
    lead = max(60, round(0.25 * (found["simulated_s"] - back)))
    last = max([closed + 60, *(t for r in rows for t in r[1:] if t is not None)])
    time = axis(
        max(0, back - lead), max(last + 30, back + 1), range(back, last, max(1, (last - back) // 6)), scene.time.start_s
    )
    time_ticks(ax, time)
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
    ax.text(-0.03, n, cut(act, 28), ha="right", va="center")
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
