"""The first page: the lobby."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.cells import Page
from tui.paint import frame
from tui.words import BADGE, SEATS, W, counts, keys, seat_name, told, word
from twin.seat.kept import HARM, Kept
from twin.seat.offers import Offer
from twin.text.say import Said, say, table

ROWS_BRIEFING = 5
SIDE, SIDE_WIDTH = 84, 35


@dataclass(frozen=True, slots=True)
class Board:
    """What the lobby shows: drills with their last finished run, the cursor, seats, mode and seed of what Enter begins."""

    rows: Sequence[tuple[Offer, Kept | None]]
    at: int
    seats: set[str]
    guided: bool
    seed: int
    unfinished: Kept | None
    sought: str
    answer: str
    seeking: bool = False


def paint_lobby(page: Page, board: Board) -> None:
    """The list, the briefing, what counts; seats, mode, this evening and the last at the side (below, in a narrow window)."""
    page.shade(0, "raised")
    page.put(0, 0, f"  {BADGE}  ".ljust(11), "badge")
    page.put(12, 0, W["training"], "strong")
    wide, tall = page.columns >= 120, page.rows >= 40
    left = 79 if wide else page.columns
    x = page.put(2, 2, W["lobby choose"], "strong")
    if board.seeking or board.sought:
        page.put(x + 2, 2, f"/{board.sought}{'_' if board.seeking else ''}", "key", width=left - x - 3)
    rows = 12 if tall else 7
    _list(page, board, rows, wide=wide)
    chosen, last = board.rows[board.at]
    y = rows + 5
    page.put(2, y, chosen.title or chosen.name, "strong", width=left - 4)
    text = chosen.briefing if chosen.sound else word("console.lobby mend", name=chosen.name)
    y = page.put_lines(2, y + 1, text, width=left - 6, bottom=y + 1 + ROWS_BRIEFING)
    if tall:
        page.put(2, y + 1, W["lobby counts"], "strong")
        for i, (digit, about) in enumerate(counts()):
            page.put(2, y + 2 + i, digit, "strong")
            page.put(6, y + 2 + i, about, "text")
    if wide:
        _side(page, board)
    if wide and tall:
        _evenings(page, board, chosen, last)
    else:
        _below(page, board, chosen, last, left)
    _last_row(page, board, chosen)
    frame.keys_row(page, keys("lobby"), gap=3 if wide else 2)


def _list(page: Page, board: Board, rows: int, *, wide: bool) -> None:
    """A row a drill: its title, how long one sits there, its level, what the last time came to, and when that was."""
    title, minutes, level, score, day = (38, 42, 52, 58, 69) if wide else (34, 37, 47, 53, 65)
    heads = zip((minutes, level - 1, score, day), [said for _, said in table("heads")], (8, 6, 9, 10), strict=True)
    for x, head, width in heads:
        page.put(x, 3, head, "dim", width=width, right=x != day)
    first = max(0, min(board.at - rows + 1, len(board.rows) - rows)) if board.at >= rows else 0
    for y, (its, last) in enumerate(board.rows[first : first + rows], start=4):
        here = first + y - 4 == board.at
        page.put(0, y, ">" if here else " ", "key")
        page.put(
            2, y, its.title or word("console.has mistakes", name=its.name), "strong" if here else "text", width=title
        )
        page.put(minutes, y, f"{max(1, its.lasts_s // 60)} min" if its.sound else "", "dim", width=8, right=True)
        page.put(level, y, "*" * its.level + "." * (5 - its.level), "text")
        role = "text" if last and last.clean else "p1" if last else "dim"
        page.put(score, y, last.score if last else W["lobby never"], role, width=9, right=True)
        page.put(day, y, f"{last.day:%Y-%m-%d}" if last else "", "dim", width=10)
        if here:
            page.shade(y, "sel", 0, 78 if wide else page.columns - 1)


def _last_row(page: Page, board: Board, chosen: Offer) -> None:
    mode = W["guided"].lower() if board.guided else W["assessed"].lower()
    seat = " + ".join(seat_name(s) for s in SEATS if s in board.seats) or "?"
    start = W["lobby start"].format(title=chosen.title or chosen.name, seat=seat, mode=mode)
    role = "p1" if board.answer else "strong"
    page.put(2, page.rows - 2, board.answer or start, role, width=page.columns - 3)


def _seats(board: Board) -> str:
    return "  ".join(f"({'x' if s in board.seats else ' '}) {s}" for s in SEATS)


def _below(page: Page, board: Board, chosen: Offer, last: Kept | None, left: int) -> None:
    """The evenings in a line, and what stands at the side where there is one."""
    y = page.rows - 5
    here = [word("console.lobby seed", seed=str(board.seed)), _lost(last) if last else "", told(chosen.weather)]
    page.put(2, y, " · ".join(part for part in here if part) if chosen.sound else "", "dim", width=left - 3)
    if page.columns < 120:
        page.put(2, y + 1, _seats(board), "text", width=left - 3)
    if board.unfinished:
        page.put(2, y + 2, _continues(board.unfinished), "key", width=left - 3)


def _side(page: Page, board: Board) -> None:
    """The seats and the mode."""
    for row in range(2, page.rows - 3):
        page.put(81, row, "│", "rule")
    page.put(SIDE, 2, W["lobby seat"], "strong")
    for y, post in enumerate(SEATS, start=4):
        mine = post in board.seats
        page.put(SIDE, y, f"({'x' if mine else ' '})", "key" if mine else "dim")
        page.put(SIDE + 4, y, seat_name(post), "strong" if mine else "text")
        page.put(SIDE, y, W["lobby you"] if mine else W["lobby plan"], "key" if mine else "dim", width=33, right=True)
    page.put_lines(SIDE, 11, W["lobby space"], "dim", width=SIDE_WIDTH, bottom=14)
    page.put(SIDE, 15, W["lobby mode"], "strong")
    for y, mine, mode in ((17, board.guided, W["lobby guided"]), (18, not board.guided, W["lobby assessed"])):
        page.put(SIDE, y, f"({'x' if mine else ' '}) {mode}", "text", width=SIDE_WIDTH + 1)


def _evenings(page: Page, board: Board, chosen: Offer, last: Kept | None) -> None:
    """At the side of a large window: this evening, the last one, and what was not brought to its end."""
    if chosen.sound:
        page.put(SIDE, 20, W["lobby evening"], "strong")
        says = (word("console.lobby seed", seed=str(board.seed)), told(chosen.weather), chosen.farm)
        for y, line in enumerate(says, start=22):
            page.put(SIDE, y, line, "text", width=SIDE_WIDTH)
    if last is not None:
        page.put(SIDE, 26, W["lobby last"].format(day=f"{last.day:%Y-%m-%d}"), "strong", width=SIDE_WIDTH)
        x = page.put(SIDE, 28, last.score, "text" if last.clean else "p1")
        page.put(x + 1, 28, W["lobby seed of"].format(seed=last.seed), "dim", width=SIDE + SIDE_WIDTH - x - 1)
        page.put_lines(SIDE, 29, _lost(last), width=SIDE_WIDTH, bottom=32)
    if board.unfinished:
        page.put(SIDE, 33, W["lobby unfinished"], "strong")
        page.put_lines(SIDE, 34, _continues(board.unfinished), "key", width=SIDE_WIDTH, bottom=36)


def _lost(last: Kept) -> str:
    """What the last time lost, in a line."""
    if last.clean:
        return W["lobby clean"]
    names = tuple(say("console.lobby harm") if m == HARM else Said(f"mark.{m}") for m in last.lost)
    return word("console.lobby lost", marks=names)


def _continues(its: Kept) -> str:
    return word("console.lobby continue", name=its.path.stem, minutes=str(its.lasted_s // 60))


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
