"""Log and radio, the procedure, trends, the keys: lists that fill a page or a pane."""

from rich.cells import cell_len

from tui.cells import Page, wrap
from tui.paint.tanks import found_text
from tui.state import Ui
from tui.words import W, help_rows, told, word, word_rows
from twin.language.sentence import tokens
from twin.seat.picture import Snapshot, span
from twin.seat.view import LineRow

_ROLE = {"alarm": "p2", "trip": "p1", "trip-unproven": "p1", "refused": "p1", "alarm-cleared": "dim", "valve": "dim",
         "crew": "dim", "power": "p2", "said": "text", "seen": "strong"}  # fmt: skip


def paint_log(page: Page, snap: Snapshot, ui: Ui, x: int, y: int, width: int, height: int) -> None:
    """Newest first: clock, and what was seen, said or done; what does not fit a row goes on in the next."""
    page.put(x, y, "[3]", "dim")
    page.put(x + 4, y, W["log"], "strong")
    entries = list(reversed(snap.log))[ui.scroll if ui.tab == "3" else 0 :]
    row, bottom = y + 1, y + height
    for tick, kind, speaker, said in entries:
        who = speaker or word(f"log.{kind}")
        left = 10 + max(13, cell_len(who) + 1)
        says = told(said).removeprefix(who).lstrip(": ：") if speaker else told(said)  # his name stands before it
        lines = wrap(says, width - left)
        if row >= bottom or (row + len(lines) > bottom and row > y + 1):
            return
        page.put(x, row, snap.moment(tick), "dim")
        page.put(x + 10, row, who, "dim", width=left - 10)
        row = page.put_lines(x + left, row, says, _ROLE.get(kind, "text"), width=width - left, bottom=bottom)


def paint_plan(
    page: Page, snap: Snapshot, ui: Ui, x: int, y: int, width: int, height: int, *, brief: bool = False
) -> None:
    """The lines of the seats: ticked only on proof, with what is missing at the right and what their checks found below.

    `brief`: when and why stand only with the line that is due.
    """
    page.put(x, y, "[6]", "dim")
    page.put(x + 4, y, W["procedure"], "strong")
    if not snap.lines:
        page.put_lines(x + 4, y + 1, W["no lines"], "dim", width=width - 4, bottom=y + height)
        return
    row, bottom = y + 1, y + height
    lines = sorted(snap.lines, key=lambda r: (not (r.applies and not r.proven), r.proven, r.name))
    for line in lines[ui.scroll if ui.tab == "6" else 0 :]:
        if row >= bottom:
            return
        now = line.applies and not line.proven and ui.guided
        box = "[x]" if line.proven else "[>]" if now else "[ ]"
        missing = "" if line.proven else W["no proof"] if line.done else ""
        page.put(x, row, box, "key" if now else "dim")
        room = width - 4 - (cell_len(missing) + 1 if missing else 0)
        if missing:
            page.put(x, row, missing, "p1", width=width, right=True)
        row = page.put_lines(x + 4, row, "; ".join(line.do), "strong" if now else "text", width=room, bottom=bottom)
        for found in snap.found:
            if ["check", found.name] in [tokens(do)[:2] for do in line.do]:
                row = page.put_lines(
                    x + 4, row, found_text(snap, found), "key" if now else "text", width=width - 4, bottom=bottom
                )
        if now or not brief:
            row = _line_details(page, line, x + 4, row, width - 4, bottom)


def _line_details(page: Page, line: LineRow, x: int, row: int, width: int, bottom: int) -> int:
    where = {"post": line.post, "cue": line.cue}
    text = (
        W["plan line within"].format(**where, span=span(line.within_s))
        if line.within_s
        else W["plan line"].format(**where)
    )
    row = page.put_lines(x, row, text, "dim", width=width, bottom=bottom)
    because = W["because"].format(because=line.because) if line.because else ""
    return page.put_lines(x, row, because, "dim", width=width, bottom=bottom)


def key_rows() -> list[tuple[str, str]]:
    """Every key, then what the words and marks on the screen mean."""
    return [*help_rows("room"), ("", ""), *word_rows()]


def paint_keys(page: Page, y: int, height: int, scroll: int = 0) -> None:
    """Every key, and that each act is also a command; what the words mean. In two columns where there is room."""
    page.put(0, y, W["keys title"], "strong")
    rows, columns = key_rows()[scroll:], 2 if page.columns >= 120 else 1
    width = page.columns // columns
    place, x, row = 0, 0, y + 1
    for key, about in rows:
        lines = wrap(about, width - 26) or [""]
        if row + len(lines) > y + height:
            place += 1
            x, row = place * width, y + 1
        if place >= columns:
            page.put(
                0,
                y,
                W["more below"].format(count=len(rows) - rows.index((key, about))),
                "dim",
                width=page.columns,
                right=True,
            )
            return
        page.put(x + 2, row, key, "key", width=21)
        for line in lines:
            page.put(x + 24, row, line, "text")
            row += 1
