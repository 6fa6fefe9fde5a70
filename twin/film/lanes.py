"""The figure of the posts' lanes: for each act the time allowed, when it was done, and why it was not."""

from matplotlib.axes import Axes

from twin.debrief.text import moment, span, who_did
from twin.film import look
from twin.film.frame import draw_lane
from twin.film.panels import Drawn, Found, axes_in, begun, number, say_squeezed, time_ticks
from twin.film.scene import Lane, Scene

ROW_IN, BETWEEN_IN, LINE_IN = 0.33, 0.1, 0.13  # of an act; more between two posts; a line of a reason
POST_X, LEFT, WIDE = 0.02, 0.385, 0.325  # of the figure: names of posts; the axis of time


def lanes(found: Found, scene: Scene, titles: bool) -> Drawn | None:
    """Each post's acts: the box of time allowed, and when each was done."""
    if not scene.lanes:
        return None
    posts = list(dict.fromkeys(r.post for r in scene.lanes))
    places: list[tuple[Lane, float]] = []
    y = 0.0
    for post in posts:
        for row in (r for r in scene.lanes if r.post == post):
            places.append((row, y))
            y += 1.0 + LINE_IN / ROW_IN * max(0, _verdict(found, row)[1].count("\n") - 1)
        y += BETWEEN_IN / ROW_IN
    depth = y - BETWEEN_IN / ROW_IN  # rows, with the gaps
    height = ROW_IN * depth + 1.2
    drawn, top = begun("lanes", found, _title(found, scene.lanes), height, titles)
    ax = axes_in(drawn, top, (LEFT, 0.78 / height, WIDE, ROW_IN * depth / height), height)
    time_ticks(ax, scene.time)
    ax.set_ylim(depth - 0.5, -0.5)
    for row, at in places:
        _row(ax, scene, found, row, at)
    for post in posts:
        at = next(y for row, y in places if row.post == post)
        ax.text((POST_X - LEFT) / WIDE, at, look.wrapped(post, 14), weight="bold", va="center", size=9.5, linespacing=1.05,
                transform=ax.get_yaxis_transform())  # fmt: skip
    _events(ax, scene)
    say_squeezed(ax, scene.time)
    words = "box = time allowed by the plan   ● done in time   ◆ done late   dashes: not done"
    drawn.figure.text(0.02, 0.34 / (height + top), words, size=9, color=look.SECOND, va="bottom")
    return drawn


def _title(found: Found, rows: tuple[Lane, ...]) -> str:
    """How many acts came in time; which came latest, and what a copy of the night shows of it."""
    kept = sum(r.kept for r in rows)
    title = f"{number(kept)} of {number(len(rows)).lower()} acts came in time."
    end = found["simulated_s"]
    missed = [r for r in rows if (end if r.one.done is None else r.one.done) > r.one.due]
    if not missed:
        return title
    worst = max(
        missed, key=lambda r: (int(_in_time(found, r) or 0), (end if r.one.done is None else r.one.done) - r.one.due)
    )
    done, rounds = worst.one.done, len(worst.rounds)
    how = "was never done" if done is None else f"came {span(done - worst.one.due)} late"
    if rounds > 1:
        how = f"came in time in {number(sum(r.kept for r in worst.rounds)).lower()} of {number(rounds).lower()} rounds"
    saved = _in_time(found, worst)
    more = f"; in time it would have made the score {saved}" if saved is not None else ""
    return f"{title} {look.sentence(worst.label)} {how}{more}."


def _in_time(found: Found, row: Lane) -> str | None:
    """The better score that a copy came to in which this act alone came in time, None where none did."""
    return next(
        (r["score"] for r in found.get("one_thing", ()) if r["kind"] in {"act-moved", "act-added"}
         and r["change"].startswith(f"{row.label} at ") and found["score"] and int(r["score"]) > int(found["score"])), None
    )  # fmt: skip


def _events(ax: Axes, scene: Scene) -> None:
    """A rule where a tank ran over first."""
    tick = next((t for t, kind, _ in scene.marks if kind == "overflow"), None)
    if tick is not None:
        x = float(scene.time.at(tick))
        ax.axvline(x, color=look.SPILT, lw=1.5, zorder=1)
        ax.text(x, 1.01, "overflow", color=look.SPILT, weight="bold", ha="center", va="bottom", transform=ax.get_xaxis_transform(), size=9)  # fmt: skip


def _row(ax: Axes, scene: Scene, found: Found, row: Lane, y: float) -> None:
    ax.axhline(y, color=look.FAINT, lw=0.8, zorder=0)
    draw_lane(ax, scene, row, y)
    ax.text(-0.035, y, look.act_label(row.label, 21), ha="right", va="center", size=9, linespacing=1.05)
    words, why = _verdict(found, row)
    good = row.kept
    bold = "normal" if good else "bold"
    ax.text(
        1.03, y, words, color=look.GOOD if good else look.LATE, weight=bold, va="bottom" if why else "center", size=9
    )
    if why:
        ax.text(1.03, y + 0.04, why, color=look.SECOND, va="top", size=8.5, linespacing=1.0)


def _verdict(found: Found, row: Lane) -> tuple[str, str]:
    """How late an act came, and the reason that the run gives for it, "" where it gives none."""
    its = row.one
    if len(row.rounds) > 1:
        return f"{sum(r.kept for r in row.rounds)} of {len(row.rounds)} in time", ""
    asked = next(a for a in found["acts"] if (a["act"], a["post"], a["expected_s"]) == (row.label, row.post, its.cue))
    if its.done is None:
        words = "never done" if its.due < found["simulated_s"] else "not done yet"
    else:
        late = its.done - its.due
        words = f"{moment(found, its.done)[:5]}  {f'{span(late)} late' if late > 0 else 'in time'}"
    return words, look.wrapped(_reason(found, row, asked), 28)


def _reason(found: Found, row: Lane, asked: Found) -> str:
    """Why an act was not done, or did not last."""
    if row.one.done is None and asked["instead"]:
        by = asked["instead"]
        return f"{who_did(asked)} did it {moment(found, by['t_s'])[:5]}"
    undone = (
        f"taken back {moment(found, asked['undone_s'])[:5]} by {asked['undone_by']}"
        if asked.get("undone_s") is not None
        else ""
    )
    if row.one.done is None and "tried_s" in asked:
        undone = undone.rpartition(" by ")[0] if undone else ""
        return f"tried {moment(found, asked['tried_s'])[:5]}, " + (
            undone or ": ".join(p for p in (asked["end"], asked["why"]) if p)
        )
    if undone:
        return undone
    return f"{asked['end']}: {asked['why']}" if asked.get("why") else ""
