"""The figures of what-if answers: one thing different, luck, and the two courses of a second chance."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from twin.debrief.text import lanes as both_courses
from twin.debrief.text import moment
from twin.film import look
from twin.film.axis import Axis, axis
from twin.film.panels import Drawn, Found, axes_in, begun, number, time_ticks, volume
from twin.film.scene import Scene

ROWS_ONE_THING = 8
ROW_IN = 0.43
SCORES_IN = 1.5  # two scores of a second chance, one above the other
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
    """A row a simulated night with one thing different, best first; what would have made it worse stands apart, and says so."""
    every = found.get("one_thing", ())
    if not every or found["score"] is None:
        return None
    rows = _chosen(found, every)
    rest = sum(r["effect"] == "same" for r in every) - sum(r["effect"] == "same" for r in rows)
    left_out = len(every) - len(rows) - rest
    spilled, harmed = found["totals"]["spilled_m3"], sum(found["harm"][k] for k in ("fatalities", "injuries"))
    height = ROW_IN * len(rows) + 1.2
    drawn, top = begun("one-thing", found, _one_title(found, every), height, titles)
    ax = axes_in(drawn, top, (0.40, 0.78 / height, 0.31, ROW_IN * len(rows) / height), height)
    most = max([spilled, *(r["spilled_m3"] for r in rows), 1.0])
    ax.set_xlim(0, most)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    heads = ((-0.03, "one thing different", "right"), (0.0, f"spilled, m³ (grey: as it was, {volume(spilled)})", "left"),
             (1.12, "hurt", "center"), (1.21, "score", "left"), (1.57, "night", "left"))  # fmt: skip
    for x, words, align in heads:
        ax.text(x, 1.015, words, size=9, color=look.SECOND, ha=align, va="bottom", transform=ax.transAxes)
    for n, row in enumerate(rows):
        _thing_row(ax, n, row, row["effect"], spilled, most)
        if n and row["effect"] == "worse" != rows[n - 1]["effect"]:
            ax.plot(
                [-1.0, 1.85],
                [n - 0.5, n - 0.5],
                color=look.SECOND,
                lw=0.9,
                clip_on=False,
                transform=ax.get_yaxis_transform(),
            )
    fig, whole = drawn.figure, height + top
    was = f"as it was: {harmed} hurt, {volume(spilled)} m³, score {found['score']}"
    was += f";   {rest} more made no difference" if rest else ""
    was += f";   {left_out} more changed it" if left_out else ""
    fig.text(0.02, 0.54 / whole, was, size=9, color=look.SECOND, va="bottom")
    fig.text(
        0.02,
        0.35 / whole,
        "■ a barrier mended   ● an act   ▲ a fault taken out",
        size=9,
        color=look.SECOND,
        va="bottom",
    )
    return drawn


def _chosen(found: Found, every: Sequence[Found]) -> list[Found]:
    """The rows that are drawn: the better ones first, then the worse, among which a barrier always has its place."""
    better = [r for r in every if r["effect"] == "better"]
    worse = [r for r in every if r["effect"] == "worse"]
    worse.sort(key=lambda r: r["kind"] != "barrier")
    room = max(ROWS_ONE_THING - len(better), min(2, len(worse)))
    return [*better[: ROWS_ONE_THING - min(room, len(worse))], *worse[:room]] or list(every[:1])


def _one_title(found: Found, every: Sequence[Found]) -> str:
    """The two cheapest changes that save most, and how many more do the same; or that none helps, or that only people are saved."""
    better = [r for r in every if r["effect"] == "better"]
    if not better:
        return f"No single change would have made this night better than {found['score']}."
    best, was = better[0], found["totals"]["spilled_m3"]
    alike = [r for r in better if (r["score"], r["spilled_m3"] < 0.5) == (best["score"], best["spilled_m3"] < 0.5)]
    end = "and nothing is spilled" if was > 0.5 and best["spilled_m3"] < 0.5 else f"and the score is {best['score']}"
    more = len(alike) - 2
    others = "" if more < 1 else f" {number(more)} more single change{' does' if more == 1 else 's do'} the same."
    harmed = sum(found["harm"][k] for k in ("fatalities", "injuries"))
    people = next((r for r in better if r["harm"] < harmed and r["spilled_m3"] >= was - 0.5), None)
    spared = f" {look.sentence(people['change'])} spares people, not the tank." if people is not None else ""
    return f"{look.sentence(', or '.join(r['change'] for r in alike[:2]))}, {end}.{others}{spared}"


def _thing_row(ax: Axes, n: int, row: Found, its_effect: str, was: float, most: float) -> None:
    beside = ax.get_yaxis_transform()
    ax.add_patch(Rectangle((0, n - 0.26), was, 0.52, facecolor=look.CLOSED, edgecolor="none"))
    spilled = row["spilled_m3"]
    ax.plot([-1.23], [n], _SYMBOL[row["kind"]], ms=6.5, color=look.INK if row["kind"] == "barrier" else look.SECOND,
            transform=beside, clip_on=False)  # fmt: skip
    change, before = look.act_label(row["change"], 37, 1), look.typeset(row["was"])
    if "\n" in change or len(before) > 42:  # no room for what it was: left out whole
        ax.text(-0.03, n, change, ha="right", va="center", size=9, transform=beside, linespacing=1.05)
    else:
        ax.text(-0.03, n - 0.02, change, ha="right", va="bottom", size=9.5, transform=beside)
        ax.text(-0.03, n + 0.06, before, ha="right", va="top", size=8.5, color=look.SECOND, transform=beside)
    if spilled < 0.05:
        ax.add_patch(Rectangle((0, n - 0.33), 0.008 * most, 0.66, facecolor=look.GOOD, edgecolor="none"))
        ax.text(0.02 * most, n, "none", color=look.GOOD, weight="bold", va="center")
    else:
        ax.add_patch(Rectangle((0, n - 0.3), spilled, 0.6, facecolor=look.SPILT, edgecolor="none"))
        inside = spilled > 0.8 * most
        ax.text(spilled + (-0.02 if inside else 0.02) * most, n, volume(spilled), color="white" if inside else look.SPILT,
                weight="bold", va="center", ha="right" if inside else "left")  # fmt: skip
    hurt = row["harm"]
    ax.text(1.12, n, f"{hurt} ✖" if hurt else "0", color=look.HURT if hurt else look.GOOD, weight="bold", va="center", ha="center",
            transform=beside)  # fmt: skip
    ax.text(1.21, n, row["score"], weight="bold", va="center", transform=beside)
    colour, shape = {"better": (look.GOOD, "●"), "worse": (look.LATE, "◆")}.get(its_effect, (look.SECOND, "○"))
    ax.text(1.57, n, f"{shape} {its_effect}", color=colour, weight="bold", va="center", transform=beside)


def luck(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """A hundred marks in order of outcome, the ring where this night stands."""
    its = found.get("luck")
    if not its or found["score"] is None:
        return None
    n, worse = its["worlds"], its["worse"]
    end = "It ended well." if found["score"] == "1000000" else f"The score was {found['score']}."
    title = f"{end} The same acts end worse in {worse} of {n} nights" + (
        ": a near miss." if its["near_miss"] else f", better in {its['better']}: bad luck." if its["bad_luck"] else "."
    )
    height = 2.3
    drawn, top = begun("luck", found, title, height, titles)
    ax = axes_in(drawn, top, (0.02, 0.24, 0.52, 0.72), height)
    ax.set_xlim(-0.7, 19.7)
    ax.set_ylim(4.8, -0.6)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    kinds = sorted((_kind(found, each) for each in its["each"]), key=[o[0] for o in _OUTCOMES].index)
    for place, kind in enumerate(kinds):
        _, _, shape, colour, solid = next(o for o in _OUTCOMES if o[0] == kind)
        ax.plot(
            [place // 5],
            [place % 5],
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
    ax.plot([max(here, 0) // 5] * 2, [max(here, 0) % 5 + 0.35, 4.75], color=look.INK, lw=1.2, clip_on=False)
    ax.text(max(here, 0) // 5, 4.85, "this night", weight="bold", ha="center", va="top")
    right = axes_in(drawn, top, (0.57, 0.24, 0.41, 0.72), height)
    right.set_xlim(0, 1)
    right.set_ylim(4.8, -0.6)
    right.set_xticks([])
    right.spines["bottom"].set_visible(False)
    listed = [o for o in _OUTCOMES if o[0] in kinds]
    for row, (kind, words, shape, colour, solid) in enumerate(listed):
        right.plot([0.03], [row], shape, ms=8, color=colour, mfc=colour if solid else "white", mew=1.4)
        right.text(0.20, row, f"{kinds.count(kind)}", weight="bold", size=11, ha="right", va="center")
        right.text(0.24, row, words, va="center")
    if its["differed"]:
        said = look.wrapped(look.typeset(its["differed"]["text"]), 44)
        right.text(0.0, len(listed) - 0.2, said, color=look.SECOND, size=9, va="top", linespacing=1.15)
    return drawn


def _kind(found: Found, each: Found) -> str:
    its, mine = int(each["score"]), int(found["score"])
    if its >= mine:
        return "better" if its > mine else "same"
    return "hurt" if each["harm"] else "over" if each["spilled_m3"] > 0 else "worse"


def second_chance(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """Two lanes an act, the first course and the second; both scores."""
    its = found.get("second_chance")
    if not its or found["score"] is None:
        return None
    rows = both_courses(found)
    back, closed = its["tick_s"], its["closes_s"]
    title = _second_title(found, rows)
    deep = max(0.5 * len(rows), SCORES_IN)
    places = max(len(rows), 1)
    height = deep + 1.2
    drawn, top = begun("second-chance", found, title, height, titles)
    ax = axes_in(drawn, top, (0.27, 0.78 / height, 0.44, deep / height), height)
    lead = max(60, round(0.25 * (found["simulated_s"] - back)))
    last = max([closed + 60, *(t for r in rows for t in r[1:] if t is not None)])
    last += round(0.25 * (last - back))  # room for the last moment's own label
    time = axis(max(0, back - lead), last, range(back, last, max(1, (last - back) // 6)), scene.time.start_s)
    time_ticks(ax, time)
    ax.set_ylim(places - 0.45, -0.6)
    here, shut = float(time.at(back)), float(time.at(closed))
    ax.axvspan(0, here, color=look.QUIET, lw=0, zorder=0)
    ax.axvline(here, color=look.INK, lw=1.8)
    ax.axvline(shut, color=look.SECOND, lw=1.2, ls="--")
    ax.text(
        here / 2, 0.5, "the same\nfor both", color=look.SECOND, ha="center", va="center", size=9, transform=ax.transAxes
    )
    for x, words, weight, align in (
        (here, f"back to {moment(found, back)}", "bold", "right"),
        (shut, f"closed {moment(found, closed)}", "normal", "left"),
    ):
        ax.text(x, 1.02, words, weight=weight, ha=align, va="bottom", transform=ax.get_xaxis_transform(), size=9)
    for n, row in enumerate(rows):
        _course_row(ax, found, time, n, row)
    _scores(drawn, 0.78, deep, found)
    return drawn


def _second_title(found: Found, rows: Sequence[tuple[str, int | None, int | None]]) -> str:
    """Back to when, what was done then, and what the score became."""
    its = found["second_chance"]
    done = next((t for act, _, t in rows if act == its["act"] and t is not None), None)
    deed = f"{its['act']} at {moment(found, done)}, and " if done is not None else ""
    less = its["parent"]["spilled_m3"] - found["totals"]["spilled_m3"]
    was, now = its["parent"]["score"], found["score"]
    score = f"the score stayed {now}" if was == now else f"the score went from {was} to {now}"
    spared = f", with {volume(less)} m³ less spilled" if less > 0.5 and int(now) > int(was) else ""
    return f"Second chance from {moment(found, its['tick_s'])}: {deed}{score}{spared}."


def _course_row(ax: Axes, found: Found, time: Axis, n: int, row: tuple[str, int | None, int | None]) -> None:
    act, before, after = row
    ax.text(-0.03, n, look.act_label(act, 26), ha="right", va="center")
    shut = float(time.at(found["second_chance"]["closes_s"]))
    for tick, dy, shape, colour in ((before, -0.17, "D", look.LATE), (after, 0.21, "o", look.GOOD)):
        if tick is not None:
            x = float(time.at(tick))
            if shape == "D" and x > shut:
                ax.plot([shut, x], [n + dy] * 2, color=colour, lw=2.6, solid_capstyle="butt", zorder=3)
            ax.plot([x], [n + dy], shape, ms=7, color=colour, mec="white", mew=0.8, zorder=5)
            ax.text(x + 0.03, n + dy, moment(found, tick), color=colour, va="center", size=9, path_effects=look.halo())
    if before is None:
        ax.text(
            shut + 0.02, n - 0.17, "never in the first", color=look.LATE, va="center", size=9, path_effects=look.halo()
        )


def _scores(drawn: Drawn, low: float, deep: float, found: Found) -> None:
    """Both scores at the right, each with what was spilled and, for the second, what was lost."""
    whole = drawn.figure.get_figheight()
    first = found["second_chance"]["parent"]
    rows = (
        (
            first["score"],
            f"first: {volume(first['spilled_m3'])} m³ spilled",
            first["marks"],
            look.LATE,
            low + 0.62 * deep,
        ),
        (
            found["score"],
            f"second: {volume(found['totals']['spilled_m3'])} m³ spilled",
            found["marks"],
            look.GOOD,
            low + 0.12 * deep,
        ),
    )
    for score, spilled, marks, colour, y in rows:
        lost = ", ".join(m["mark"] for m in marks if not m["met"])
        drawn.figure.text(0.75, y / whole, str(score), size=16, weight="bold", color=colour, va="bottom")
        drawn.figure.text(0.75, (y - 0.03) / whole, spilled, color=colour, va="top", size=9)
        drawn.figure.text(
            0.75, (y - 0.17) / whole, f"lost: {lost}" if lost else "nothing lost", color=look.SECOND, va="top", size=9
        )
    words = "◆ first course   ● second course, same world, same seat"
    drawn.figure.text(0.27, 0.34 / whole, words, size=9, color=look.SECOND, va="bottom")
