"""The first page: the lobby."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.cells import Page, wrap
from tui.paint import frame
from tui.words import BADGE, SEATS, W, counts, keys, seat_name


@dataclass(frozen=True, slots=True)
class Choice:
    """One drill of the lobby."""

    name: str
    title: str
    length_s: int
    level: int
    last: str  # score of the last run, "" for none
    briefing: str
    mistakes: bool = False


def paint_lobby(
    page: Page, choices: Sequence[Choice], at: int, seats: set[str], guided: bool, unfinished: str, answer: str
) -> None:
    """The list, the briefing, what counts; seats and mode at the side (below, in a narrow window)."""
    page.shade(0, "raised")
    page.put(0, 0, f"  {BADGE}  ".ljust(11), "badge")
    page.put(12, 0, W["training"], "strong")
    wide = page.columns >= 120
    left = 78 if wide else page.columns
    page.put(2, 2, W["lobby choose"], "strong")
    rows = 12 if page.rows >= 40 else 7
    first = max(0, min(at - rows + 1, len(choices) - rows)) if at >= rows else 0
    for i, choice in enumerate(choices[first : first + rows]):
        y = 4 + i
        here = first + i == at
        page.put(0, y, ">" if here else " ", "key")
        page.put(2, y, choice.title, "strong" if here else "text", width=38 if wide else 34)
        page.put(42 if wide else 37, y, f"{max(1, choice.length_s // 60)} min", "dim", width=8, right=True)
        page.put(52 if wide else 47, y, "*" * choice.level + "." * (5 - choice.level), "text")
        page.put(
            59 if wide else 54,
            y,
            choice.last or W["lobby never"],
            "text" if choice.last else "dim",
            width=10,
            right=True,
        )
        if here:
            page.shade(y, "sel", 0, left - 1)
    chosen = choices[at]
    y = 4 + rows + 1
    page.put(2, y, chosen.title, "strong", width=left - 4)
    y += 1
    for part in wrap(chosen.briefing, left - 6)[:5]:
        page.put(2, y, part, "text")
        y += 1
    if page.rows >= 40:
        y += 1
        page.put(2, y, W["lobby counts"], "strong")
        for i, (digit, about) in enumerate(counts()):
            page.put(2, y + 1 + i, digit, "strong")
            page.put(6, y + 1 + i, about, "text")
    _side(page, seats, guided, unfinished, wide=wide)
    mode = W["guided"].lower() if guided else W["assessed"].lower()
    seat = " + ".join(seat_name(s) for s in sorted(seats)) or "?"
    page.put(
        2,
        page.rows - 2,
        answer or W["lobby start"].format(title=chosen.title, seat=seat, mode=mode),
        "p1" if answer else "strong",
        width=page.columns - 3,
    )
    frame.keys_row(page, keys("lobby"), gap=3)


def paint_form(page: Page, source: str, rows: Sequence[tuple[str, str, str]], at: int, answer: str) -> None:
    """A drill of one's own: a line a field, what it means beside it."""
    page.shade(0, "raised")
    page.put(0, 0, f"  {BADGE}  ".ljust(11), "badge")
    page.put(12, 0, W["training"], "strong")
    page.put(2, 2, W["edit title"].format(name=source), "strong", width=page.columns - 3)
    for i, (label, value, about) in enumerate(rows):
        y, here = 4 + 2 * i, i == at
        page.put(1, y, ">" if here else " ", "key")
        page.put(3, y, label, "strong" if here else "text", width=14)
        page.put(18, y, value + ("_" if here else ""), "key" if here else "text", width=page.columns - 19)
        page.put(18, y + 1, about, "dim", width=page.columns - 19)
    page.put(2, page.rows - 2, answer or W["edit keys"], "p1" if answer else "strong", width=page.columns - 3)


def _side(page: Page, seats: set[str], guided: bool, unfinished: str, *, wide: bool) -> None:
    if not wide:
        y = page.rows - 4
        text = "  ".join(f"({'x' if s in seats else ' '}) {s}" for s in SEATS)
        page.put(2, y, text, "text", width=page.columns - 3)
        if unfinished:
            page.put(2, y + 1, W["lobby continue"].format(name=unfinished), "key", width=page.columns - 3)
        return
    x = 84
    for row in range(2, page.rows - 3):
        page.put(81, row, "│", "rule")
    page.put(x, 2, W["lobby seat"], "strong")
    for i, post in enumerate(SEATS):
        mine = post in seats
        page.put(x, 4 + i, f"({'x' if mine else ' '})", "key" if mine else "dim")
        page.put(x + 4, 4 + i, seat_name(post), "strong" if mine else "text")
        page.put(x, 4 + i, W["lobby you"] if mine else W["lobby plan"], "key" if mine else "dim", width=33, right=True)
    for i, part in enumerate(wrap(W["lobby space"], 34)):
        page.put(x, 11 + i, part, "dim")
    page.put(x, 15, W["lobby mode"], "strong")
    page.put(x, 17, f"({'x' if guided else ' '}) {W['lobby guided']}", "text", width=36)
    page.put(x, 18, f"({' ' if guided else 'x'}) {W['lobby assessed']}", "text", width=36)
    if unfinished:
        page.put(x, 21, W["lobby unfinished"], "strong")
        page.put(x, 22, W["lobby continue"].format(name=unfinished), "key", width=36)
