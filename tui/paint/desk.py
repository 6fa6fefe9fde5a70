"""The instructor's page: truth and faults at the left, the run at the right; in a narrow window one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.cells import Page
from tui.paint import frame
from tui.words import WHENS, W, help_rows, keys, told, whens
from twin.seat.desk import Desk, Item
from twin.seat.picture import Snapshot

DAY_S = 86400
WIDE = 110  # columns from which both halves stand beside each other


@dataclass(slots=True)
class Form:
    """The form that breaks a thing: which offer, which value, when."""

    thing: str
    at: int = 0
    when: int = 0
    value: str | None = None  # typed over the offered one


@dataclass(slots=True)
class DeskUi:
    """What the instructor's screen remembers."""

    page: str = "1"
    thing: str = ""
    form: Form | None = None
    answer: str = ""
    answer_is_bad: bool = False
    question: str = ""  # what the open line is for
    asks_for: str = ""  # the word that must be typed there
    keys: bool = False
    leaving: bool = False
    watches: str = ""  # the post whose screen is looked at


def clock(desk: Desk, tick: int) -> str:
    """The moment of a tick."""
    whole = (desk.start_s + tick) % DAY_S
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def sentence(desk: Desk, form: Form) -> str:
    """What the form would send, without its moment."""
    thing = next((t for t in desk.things if t.name == form.thing), None)
    if thing is None or not thing.offers:
        return ""
    text = thing.offers[form.at % len(thing.offers)][1]
    if form.value is None or (" by " not in text and " to " not in text):
        return text
    head = text.rsplit(" by ", 1)[0] + " by" if " by " in text else text.rsplit(" to ", 1)[0] + " to"
    return f"{head} {form.value}".rstrip()


def paint(page: Page, desk: Desk, ui: DeskUi) -> None:
    """The whole page."""
    _top(page, desk)
    if ui.keys:
        for i, (key, about) in enumerate(help_rows("desk")):
            if 4 + i < page.rows - 3:
                page.put(2, 4 + i, _of_farm(desk, key), "key", width=24)
                page.put(27, 4 + i, _of_farm(desk, about), "text", width=page.columns - 28)
    elif ui.form is not None:
        _form(page, desk, ui.form)
    elif page.columns >= WIDE:
        _left(page, desk, ui, 2, page.columns * 62 // 100 - 4)
        _right(page, desk, page.columns * 62 // 100 + 2, page.columns * 38 // 100 - 4)
    elif ui.page == "1":
        _left(page, desk, ui, 1, page.columns - 3)
    else:
        _right(page, desk, 1, page.columns - 3)
    _bottom(page, desk, ui)


def paint_watched(page: Page, seen: Snapshot, ui: DeskUi) -> None:
    """Over the page that a seat has: whose it is, and the desk's own keys."""
    for y in (page.rows - 2, page.rows - 1):
        page.clear(y)
    text, role = (W["leave?"], "strong") if ui.leaving else (W["watched"].format(post=", ".join(seen.seats)), "badge")
    page.put(0, page.rows - 2, f" {text} ", role, width=page.columns)
    if ui.question:
        page.clear(page.rows - 3, ground="sel")
        page.put(1, page.rows - 3, ui.question, "p2" if ui.asks_for else "strong", width=page.columns - 2)
    frame.keys_row(page, keys("desk"))


def _bottom(page: Page, desk: Desk, ui: DeskUi) -> None:
    """The question or what is waited for, the answer, the keys."""
    question = ui.question or (W["waits for"].format(posts=", ".join(desk.waits_for)) if desk.waits_for else "")
    if question:
        page.clear(page.rows - 3, ground="sel")
        page.put(1, page.rows - 3, question, "p2" if ui.asks_for else "strong", width=page.columns - 2)
    page.put(0, page.rows - 2, ":", "key")
    if ui.leaving:
        frame.answer(page, W["leave?"], "strong")
    else:
        frame.answer(page, ui.answer, "p1" if ui.answer_is_bad else "dim")
    frame.keys_row(page, keys("desk"))


def _of_farm(desk: Desk, text: str) -> str:
    """A line with `INSTRUMENT`, `TANK`, `VALVE` in it as one that names things of this farm."""
    for kind in ("instrument", "tank", "valve"):
        text = text.replace(kind.upper(), next((t.name for t in desk.things if t.kind == kind), kind.upper()))
    return text


def _top(page: Page, desk: Desk) -> None:
    for y in (0, 1):
        page.shade(y, "raised")
    page.put(0, 0, f" {W['instructor']} ", "badge")
    page.put(13, 0, W["training"], "strong")
    wide = page.columns >= WIDE
    if wide:
        page.put(40, 0, desk.title, "text", width=28)
    state = W["waiting"] if desk.waits_for else W["frozen"] if desk.frozen else W["run"].format(speed=desk.asked)
    x = 70 if wide else 40
    page.put(x, 0, state, "strong", width=9)
    page.put(x + 10, 0, clock(desk, desk.tick), "strong")
    page.put(x + 20, 0, f"/ {clock(desk, desk.lasts)}", "dim", width=page.columns - x - 20)
    page.put(0, 1, f" {W['truth shown']} ", "badge")
    page.put(14, 1, W["asked true"].format(asked=desk.asked, ratio=desk.ratio), "text", width=26)
    sitting = ", ".join(f"{told(s.text)} {told(s.state)}" for s in desk.seats if s.role != "dim") or W["nobody sits"]
    page.put(40, 1, sitting, "text", width=page.columns - 41)
    if desk.sentence:
        page.put(0, 2, " " * page.columns, "p1 chip")
        page.put(1, 2, f"!! {told(desk.sentence)}", "p1 chip", width=page.columns - 2)


def _left(page: Page, desk: Desk, ui: DeskUi, x: int, width: int) -> None:
    """Things with reading and truth; then faults and injects; then the acts that are expected."""
    room = page.rows - 8
    n_things = max(4, room * 45 // 100)
    n_faults = max(2, room * 25 // 100)
    y = 4
    page.put(x, y, W["reading and truth"], "strong")
    page.put(x + 20, y, W["desk choose"], "dim", width=width - 20)
    names = [t.name for t in desk.things]
    at = names.index(ui.thing) if ui.thing in names else 0
    first = max(0, min(at - n_things + 2, len(names) - n_things))
    for thing in desk.things[first : first + n_things]:
        y += 1
        here = thing.name == (ui.thing or names[0])
        page.put(x - 1, y, ">" if here else " ", "key")
        page.put(x + 1, y, thing.name, "strong" if here else "text", width=14)
        page.put(x + 16, y, told(thing.seen), "text", width=11, right=True)
        page.put(x + 28, y, told(thing.true), "key", width=11, right=True)
        page.put(x + 40, y, thing.gap, "dis", width=8, right=True)
        page.put(x + 50, y, told(thing.why), "p1", width=width - 50)
        if here:
            page.shade(y, "sel", x - 1, x + width)
    y = _list(page, W["faults and injects"], desk.faults, x, y + 2, width, n_faults)
    _list(page, W["expected acts"], desk.expected, x, y + 1, width, page.rows - 4 - y - 1)


def _list(page: Page, title: str, items: Sequence[Item], x: int, y: int, width: int, most: int) -> int:
    if y >= page.rows - 3:
        return y
    page.put(x, y, title, "strong")
    for item in items[: max(0, min(most, page.rows - 3 - y - 1))]:
        y += 1
        page.put(x + 1, y, told(item.text), "text" if item.role != "dim" else "dim", width=width - 16)
        page.put(x + width - 14, y, told(item.state), item.role, width=14)
    return y + 1


def _right(page: Page, desk: Desk, x: int, width: int) -> None:
    """Snapshots, who sits where, marks, the score so far, and what was said."""
    y = _list(page, W["seats"], desk.seats, x, 4, width, 7)
    y = _timed(page, desk, W["snapshots"], desk.names[-4:], x, y + 1, width)
    y = _timed(page, desk, W["desk marks"], desk.notes[-5:], x, y + 1, width)
    if y + 2 < page.rows - 3:
        page.put(x, y + 1, W["score so far"], "strong")
        page.put(x + 16, y + 1, desk.score, "strong", width=width - 16)
        page.put(x + 26, y + 1, W["course"].format(n=desk.course), "dim", width=max(1, width - 26))
        y += 3
    _timed(page, desk, W["log"], [i for i in desk.log if i.kind != "order"][-max(1, page.rows - 5 - y) :], x, y, width)


def _timed(page: Page, desk: Desk, title: str, items: Sequence[Item], x: int, y: int, width: int) -> int:
    if y >= page.rows - 3:
        return y
    page.put(x, y, title, "strong")
    for item in items:
        y += 1
        if y >= page.rows - 3:
            return y
        page.put(x + 1, y, clock(desk, item.tick), "dim")
        page.put(
            x + 10,
            y,
            told(item.text) + (f"  ({W['noted refused']})" if item.kind == "refused" else ""),
            item.role,
            width=width - 10,
        )
    return y + 1


def _form(page: Page, desk: Desk, form: Form) -> None:
    """What can break on the thing, in a list; what is sent stands below as a sentence."""
    thing = next((t for t in desk.things if t.name == form.thing), None)
    if thing is None:
        return
    page.put(2, 4, W["form title"].format(thing=thing.name, kind=thing.kind), "strong")
    page.put(2, 5, W["form keys"], "dim", width=page.columns - 3)
    for i, (quantity, _, about) in enumerate(thing.offers):
        here = i == form.at % len(thing.offers)
        page.put(2, 7 + i, ">" if here else " ", "key")
        page.put(4, 7 + i, quantity, "strong" if here else "text", width=16)
        page.put(21, 7 + i, told(about), "dim", width=page.columns - 22)
    y = 8 + len(thing.offers)
    page.put(2, y, W["form when"], "dim")
    x = 10
    for i, label in enumerate(whens()):
        x = page.put(x, y, f"[{label}]" if i == form.when else f" {label} ", "strong" if i == form.when else "dim") + 1
    page.put(2, y + 2, W["form sends"], "dim")
    page.put(10, y + 2, f"{WHENS[form.when]}{sentence(desk, form)}", "key", width=page.columns - 11)
