"""The end of a drill as pages: the score and its windows, the story, what if, and two courses side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.cells import Page, wrap
from tui.paint import frame
from tui.words import BADGE, W, counts, keys, tabs, word
from twin.base.json import Json
from twin.debrief.text import beside, lanes, matters, moment, span

_DIGITS = {
    "0": (" ███ ", "█   █", "█   █", "█   █", " ███ "),
    "1": ("  █  ", " ██  ", "  █  ", "  █  ", " ███ "),
}
_LOST = (" ... ", ".   .", ".   .", ".   .", " ... ")


@dataclass(frozen=True, slots=True)
class End:
    """What the end shows: the debrief, and where the person is in it."""

    found: Json
    tab: str
    at: int  # the window under the cursor
    share: float  # of the what-if copies that are lived
    hints: tuple[str, ...]
    path: str
    answer: str


def pages(found: Json) -> list[str]:
    """Keys of the pages that there are."""
    return [key for key, _ in tabs("end") if key != "5" or "second_chance" in found]


def paint_end(page: Page, its: End) -> None:
    """One page of the end."""
    page.shade(0, "raised")
    page.put(0, 0, f"  {BADGE}  ".ljust(11), "badge")
    page.put(12, 0, W["training"], "strong")
    page.put(39, 0, its.found["title"], "text", width=page.columns - 40)
    page.put(2, 1, _beside(its.found), "dim", width=page.columns - 3, right=True)
    x = 2
    for key, name in tabs("end"):
        if key in pages(its.found):
            here = key == its.tab
            x = page.put(x, 2, f"{key} {name}", "strong" if here else "dim") + 3
    {"1": _score, "2": _story, "3": _steps, "4": _what_if, "5": _two_courses}[its.tab](page, its)
    frame.answer(page, its.answer or _next(its), "p2" if its.answer else "strong")
    frame.keys_row(page, keys("end"), gap=3)


def _beside(found: Json) -> str:
    """The score with the hours that stopping cost beside it, on every page."""
    hours = sum(t["costs_s"] for t in found["trade"]) / 3600.0
    return W["end beside"].format(score=found["score"], hours=f"{hours:.0f}")


def _next(its: End) -> str:
    if its.share < 1.0:
        return W["end wait"].format(share=100 * its.share)
    if its.tab == "1" and its.found.get("windows"):
        return W["end chance"]
    return W["end again"]


def _score(page: Page, its: End) -> None:
    """The score in large digits, a mark that was lost as an empty column, each with time and reason; then the windows."""
    found, y = its.found, 4
    if page.rows >= 40:
        y = _digits(page, found, y)
    page.put(2, y, str(found["score"]), "strong")
    page.put(12, y, counts()[0][1] if str(found["score"]).startswith("1") else W["end hurt"], "text")
    lost = found["totals"]
    page.put(44, y, W["end spilled"].format(m3=lost["spilled_m3"]), "text")
    page.put(2, y + 1, word("help.words.score"), "dim", width=page.columns - 3)
    y += 2
    for mark in found["marks"]:
        met = bool(mark["met"])
        page.put(2, y, "0" if met else "-", "strong" if met else "p1")
        page.put(5, y, word(f"mark.{mark['mark']}"), "text" if met else "p1", width=16)
        page.put(22, y, str(mark["clock"])[11:], "dim")
        for part in wrap(mark["evidence"], page.columns - 33):
            page.put(32, y, part, "dim" if met else "text")
            y += 1
    if found["trade"]:
        y = page.put_lines(2, y, found["trade"][0]["text"], "dim", width=page.columns - 3, bottom=y + 2) - 1
    y += 1
    _windows(page, its, y)
    if page.rows >= 30:
        hints = ", ".join(its.hints) or W["end none"]
        page.put(2, page.rows - 5, W["end hints"], "dim")
        page.put(14, page.rows - 5, hints, "dim", width=page.columns - 15)
        if its.path:
            page.put(2, page.rows - 4, W["end proof"].format(path=its.path), "dim", width=page.columns - 3)


def _digits(page: Page, found: Json, y: int) -> int:
    """The leading digit, then a column a mark in their fixed order: solid when met, dotted when lost."""
    harmed = not str(found["score"]).startswith("1")
    columns = [(_DIGITS["0" if harmed else "1"], "strong", W["end people"])]
    for mark in found["marks"]:
        met = bool(mark["met"])
        columns.append((_DIGITS["0"] if met else _LOST, "fill" if met else "p1", word(f"mark.{mark['mark']}")))
    for i, (shape, role, name) in enumerate(columns):
        x = 2 + 17 * i
        if x + 15 > page.columns:
            break
        for row, line in enumerate(shape):
            page.put(x + 4, y + row, line, role)
        page.put(x + max(0, (13 - cell_len(name)) // 2), y + 5, name, "p1" if role == "p1" else "dim", width=15)
    return y + 7


def _windows(page: Page, its: End, y: int) -> None:
    """Acts with the last moment at which each would still have helped; the cursor chooses a second chance."""
    page.put(2, y, W["end windows"], "strong", width=page.columns - 3)
    rows: Sequence[Json] = its.found.get("windows", ())
    if "windows" not in its.found:
        page.put(2, y + 1, W["end looking"], "dim")
        return
    wide = page.columns >= 100
    room = page.rows - y - (7 if page.rows >= 30 else 4)
    first = max(0, min(its.at - room + 1, len(rows) - room))
    page.put(3, y + 1, W["window act"], "dim")
    page.put(33, y + 1, W["window closed"], "dim")
    page.put(43, y + 1, W["window done"], "dim")
    page.put(53, y + 1, W["window worth"], "dim", width=page.columns - 54)
    below = y + 3 + len(rows)
    timed = [w for w in rows if w["closes_s"] is not None or w["done_s"] is not None][: max(0, page.rows - 7 - below)]
    if wide and timed:
        _time_line(page, its, timed, below)
    for i, w in enumerate(rows[first : first + room]):
        row, here = y + 2 + i, first + i == its.at
        page.put(1, row, ">" if here else " ", "key")
        page.put(3, row, _label(w), "strong" if here else "text", width=29)
        page.put(33, row, _closing(its, w), "text")
        page.put(
            43,
            row,
            moment(its.found, w["done_s"]) if w["done_s"] is not None else W["never"],
            "dim" if w["done_s"] is None else "text",
        )
        text, role = _verdict(its, w)
        page.put(53, row, text + (f"; {_worth(w)}" if wide and _worth(w) else ""), role, width=page.columns - 54)
        if here:
            page.shade(row, "sel")


def _time_line(page: Page, its: End, rows: Sequence[Json], y: int) -> None:
    """Each act against its moment: the stretch in which it would have helped, its end, and when it was done."""
    found, left = its.found, 33
    width = page.columns - left - 12
    times = [t for w in rows for t in (w["closes_s"], w["done_s"]) if t is not None]
    start, end = max(0, min(times) - 120), max(times) + 60
    x = page.put(2, y, W["time line"], "strong") + 2
    page.put(x, y, W["time line key"], "dim", width=page.columns - x - 1)
    page.put(left, y + 1, moment(found, start), "dim")
    page.put(left, y + 1, moment(found, end), "dim", width=width, right=True)
    for i, w in enumerate(rows):
        row, done = y + 2 + i, w["done_s"]
        page.put(3, row, _label(w), "text", width=29)
        closes = width - 1 if w["closes_s"] is None else _cell(w["closes_s"], start, end, width)
        page.put(left, row, "=" * closes, "dim")
        if w["closes_s"] is not None:
            page.put(left + closes, row, "|", "strong")
        if done is not None:
            at = left + _cell(done, start, end, width)
            late = w["closes_s"] is not None and done > w["closes_s"]
            page.clear(row, at, at)
            page.put(at, row, "x" if late else "o", "p1" if late else "key")


def _label(w: Json) -> str:
    """What a window is of, short."""
    if w["what"] == "act":
        return str(w["act"])
    return W["window line"].format(line=w["lines"][0]) if w["what"] == "line" else W["window or"].join(w["members"])


def _closing(its: End, w: Json) -> str:
    if w["closes_s"] is not None:
        return moment(its.found, w["closes_s"])
    return W["window stays"] if w["kind"] == "open" else "--"


def _verdict(its: End, w: Json) -> tuple[str, str]:
    if w["closes_s"] is None:
        return word(f"window.{w['kind']}"), "p2" if w["kind"] == "harmful" else "dim"
    if w["done_s"] is None:
        return W["window not all" if w["what"] == "line" else "window never"], "p2"
    late = w["done_s"] - w["closes_s"]
    return (
        (W["window late"].format(span=span(late)), "p2")
        if late > 0
        else (W["window spare"].format(span=span(-late)), "text")
    )


def _worth(w: Json) -> str:
    """What acting on the cue would have saved."""
    its = w["worth"]
    parts = [W["saves hurt"].format(count=its["harm"])] if its["harm"] > 0 else []
    parts += (
        [W["saves mark" if its["marks"] == 1 else "saves marks"].format(count=its["marks"])] if its["marks"] > 0 else []
    )
    parts += [f"{its['spilled_m3']:.0f} m3"] if its["spilled_m3"] > 0.5 else []
    return W["window saves"].format(what=", ".join(parts)) if parts else ""


def _story(page: Page, its: End) -> None:
    y = 4
    for part in wrap(its.found["headline"]["text"], page.columns - 4):
        page.put(2, y, part, "key")
        y += 1
    page.put(2, y, W["end story"], "strong")
    for line in its.found["story"]:
        page.put(2, y + 1, line["clock"][11:19], "dim")
        for part in wrap(line["text"], page.columns - 13):
            y += 1
            page.put(12, y, part, "text")
    y += 2
    for m in its.found["misled"]:
        if y >= page.rows - 3:
            return
        gap = m["gap"]
        by = W["misled gap"].format(value=gap["value"], unit=gap["unit"]) if gap else W["misled switch"]
        at = m["first_doubt_s"]
        doubt = W["misled never"] if at is None else W["misled doubt"].format(at=moment(its.found, at))
        text = W["misled"].format(name=m["instrument"], since=moment(its.found, m["onset_s"]), by=by, doubt=doubt)
        y = page.put_lines(2, y, text, "dis", width=page.columns - 3, bottom=page.rows - 3)
    load = its.found["alarm_load"]["control-room"]
    if y < page.rows - 3:
        page.put(2, y, W["alarm load"].format(**load), "dim", width=page.columns - 3)
    if its.path and y + 1 < page.rows - 3:
        page.put(2, y + 1, W["end proof"].format(path=its.path), "dim", width=page.columns - 3)


def _steps(page: Page, its: End) -> None:
    """Five steps for each thing that went wrong: when, until when, by whom, and what was shown to him then."""
    found, y, last = its.found, 4, page.rows - 3
    if not found["things"] and not found["false_alarms"]:
        page.put(2, y, found["headline"]["text"], "text", width=page.columns - 3)
    for t in found["things"]:
        if y + 7 > last:
            break
        page.put(2, y, t["text"], "strong", width=page.columns - 14)
        page.put(page.columns - 10, y, moment(found, t["onset_s"]), "dim")
        for s in t["steps"]:
            y += 1
            late = s["t_s"] is None or (s["due_s"] is not None and s["t_s"] > s["due_s"])
            page.put(4, y, word(f"step.{s['step']}"), "text", width=9)
            page.put(
                14, y, W["never"] if s["t_s"] is None else moment(found, s["t_s"]), "p2" if late else "text", width=9
            )
            page.put(24, y, moment(found, s["due_s"]) if s["due_s"] is not None else "", "dim")
            act = f"{s['by']}: {s['act']}" if s["by"] else ""
            page.put(34, y, act, "text", width=page.columns - 35)
            if s["showed"] and page.columns >= 100:
                page.put(36 + cell_len(act), y, s["showed"], "dim", width=max(0, page.columns - 37 - cell_len(act)))
        y += 2
    for a in found["false_alarms"]:
        if y < last:
            page.put(2, y, moment(found, a["t_s"]), "dim")
            page.put(12, y, a["text"], "p2" if a["loses"] else "text", width=page.columns - 13)
            y += 1


def _what_if(page: Page, its: End) -> None:
    found, y = its.found, 4
    if "one_thing" not in found:
        page.put(2, y, W["end looking"], "dim")
        return
    for finding in found["findings"][:2]:
        for part in wrap(finding["text"], page.columns - 4):
            page.put(2, y, part, "p2")
            y += 1
    for name, one in beside(found):
        page.put(2, y, word(f"beside.{name}"), "text", width=20)
        page.put(22, y, str(one["score"]), "strong", width=8, right=True)
        page.put(32, y, f"{one['spilled_m3']:.1f} m3", "text", width=10, right=True)
        y += 1
    luck = found["luck"]
    page.put(2, y + 1, W["luck"].format(**luck), "p2" if luck["near_miss"] else "text", width=page.columns - 3)
    if luck["near_miss"] or luck["bad_luck"]:
        page.put(2, y + 2, W["near miss" if luck["near_miss"] else "bad luck"], "p2", width=page.columns - 3)
        y += 1
    if luck["differed"]:
        page.put(2, y + 2, luck["differed"]["text"], "dim", width=page.columns - 3)
        y += 1
    y += 3
    page.put(2, y, W["one thing"], "strong", width=page.columns - 3)
    rows = [row for row in found["one_thing"] if matters(found, row)] or found["one_thing"][:1]
    for row in rows:
        if y >= page.rows - 4:
            break
        y += 1
        page.put(2, y, row["score"], "strong", width=8, right=True)
        page.put(12, y, f"{row['spilled_m3']:.1f} m3", "text", width=10, right=True)
        page.put(24, y, word(f"kind.{row['kind']}"), "dim", width=12)
        worse = W["one worse"] if row["effect"] == "worse" else ""
        for n, part in enumerate(wrap(f"{row['change']} ({row['was']}{worse})", page.columns - 38)):
            y += n > 0
            page.put(37, y, part, "p2" if worse else "text")


def _two_courses(page: Page, its: End) -> None:
    """Both courses of a second chance: two lanes an act, two scores."""
    found, chance = its.found, its.found["second_chance"]
    page.put(2, 4, W["two back"].format(back=moment(found, chance["tick_s"]), act=chance["act"], closed=moment(found, chance["closes_s"])), "text", width=page.columns - 3)  # fmt: skip
    first = chance["parent"]
    page.put(2, 6, W["two first"], "p2", width=18)
    page.put(20, 6, str(first["score"]), "p2", width=8, right=True)
    page.put(30, 6, W["end spilled"].format(m3=first["spilled_m3"]), "p2")
    page.put(2, 7, W["two second"], "strong", width=18)
    page.put(20, 7, str(found["score"]), "strong", width=8, right=True)
    page.put(30, 7, W["end spilled"].format(m3=found["totals"]["spilled_m3"]), "strong")
    rows = lanes(found)
    left, width = 32, page.columns - 34 - 20
    start, end = chance["tick_s"], max([chance["closes_s"] + 60, *(t for r in rows for t in r[1:] if t is not None)])
    page.put(left, 9, moment(found, start)[:5], "dim")
    page.put(left, 9, moment(found, end)[:5], "dim", width=width, right=True)
    shut = _cell(chance["closes_s"], start, end, width)
    for i, (act, before, after) in enumerate(rows[: (page.rows - 14) // 2]):
        y = 10 + 2 * i
        page.put(2, y, act, "text", width=29)
        for row, tick, mark, role in ((y, before, "#", "p2"), (y + 1, after, "o", "strong")):
            page.put(left, row, "─" * width, "rule")
            page.clear(row, left + shut, left + shut)
            page.put(left + shut, row, "|", "dim")
            if tick is not None:
                x = left + _cell(tick, start, end, width)
                page.clear(row, x, x)
                page.put(x, row, mark, role)
            page.put(
                left + width + 2,
                row,
                moment(found, tick) if tick is not None else W["never"],
                role if tick is not None else "dim",
            )
    y = 10 + 2 * min(len(rows), (page.rows - 14) // 2)
    page.put(2, y, W["two key"], "dim", width=page.columns - 3)


def _cell(tick: int, start: int, end: int, width: int) -> int:
    return min(width - 1, max(0, round((tick - start) / max(1, end - start) * (width - 1))))
