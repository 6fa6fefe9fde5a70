"""A page of character cells with roles: painters put text, the widget turns rows into strips.

With `strict`, text that runs over its place or over other text raises: tests catch cut words so. Otherwise it is cut.
"""

import re
import textwrap

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from tui.roles import style

BLANK = ("", "text", "ground")
ASCII = {
    "▄": "=", "▖": "-", "│": "|", "┃": "X", "▲": "^", "▼": "v", "─": "-", "·": ".", "█": "#", "…": "~", "▌": "|", "╎": ":",
}  # fmt: skip


class Overrun(AssertionError):
    """A painter wrote outside its place, or over something."""


class Page:
    """Rows and columns of (character, role, ground); a wide character fills its second cell with an empty one."""

    def __init__(
        self, columns: int, rows: int, *, ascii_only: bool = False, mono: bool = False, strict: bool = False
    ) -> None:
        self.columns, self.rows = columns, rows
        self.ascii_only, self.mono, self.strict = ascii_only, mono, strict
        self.cells = [[(" ", "text", "ground")] * columns for _ in range(rows)]

    def put(
        self, x: int, y: int, text: str, role: str = "text", *, ground: str = "", width: int = 0, right: bool = False
    ) -> int:
        """Text at a place; `width` cuts it (with …), `right` aligns it at the right edge of the width.

        Returns the column after it.
        """
        length = cell_len(text)
        room = width or (self.columns - x)
        if length > room:
            if self.strict and not width:
                raise Overrun(f"{text!r} at {x},{y} is {length} wide, {room} are there")
            text = shorten(text, room)
            length = cell_len(text)
        if self.ascii_only:
            text = "".join(ASCII.get(c, c if c.isascii() or c.isalnum() else "?") for c in text)
        if right:
            x += room - length
        if not 0 <= y < self.rows:
            if self.strict:
                raise Overrun(f"{text!r} at row {y} of {self.rows}")
            return x
        self._write(x, y, text, role, ground)
        return x + length

    def _write(self, x: int, y: int, text: str, role: str, ground: str) -> None:
        row = self.cells[y]
        for character in text:
            wide = cell_len(character)
            if wide == 0:
                continue
            if x + wide > self.columns:
                return
            under = row[x]
            if self.strict and under[0] not in {" ", ""} and character != " ":
                raise Overrun(f"{text!r} covers {under[0]!r} at {x},{y}")
            row[x] = (character, role, ground or under[2])
            if wide == 2:
                row[x + 1] = ("", role, ground or under[2])
            x += wide

    def put_lines(self, x: int, y: int, text: str, role: str = "text", *, width: int, bottom: int) -> int:
        """A text wrapped into the rows from y up to (not with) `bottom`, never cut in a line; returns the row after it.

        Where it does not fit its last line ends in … .
        """
        lines = wrap(text, width)
        for i, line in enumerate(lines[: max(0, bottom - y)]):
            more = i + 1 < len(lines) and y + 1 >= bottom
            whole = set_cell_size(line, min(cell_len(line), width - 1)).rstrip() + "…" if more else line
            self.put(x, y, whole, role, width=width)
            y += 1
        return y

    def shade(self, y: int, ground: str, first: int = 0, last: int = -1) -> None:
        """Another ground under a stretch of a row."""
        row = self.cells[y]
        for x in range(first, self.columns if last < 0 else last + 1):
            character, role, _ = row[x]
            row[x] = (character, role, ground)

    def clear(self, y: int, first: int = 0, last: int = -1, ground: str = "ground") -> None:
        """Blanks a stretch of a row, for what lies over others."""
        for x in range(first, self.columns if last < 0 else last + 1):
            self.cells[y][x] = (" ", "text", ground)

    def text(self, y: int) -> str:
        """A row as plain text."""
        return "".join(c for c, _, _ in self.cells[y]).rstrip()

    def strip(self, y: int, theme: str) -> Strip:
        """A row as a strip: one segment for each run of one look."""
        segments: list[Segment] = []
        run, look = "", None
        for character, role, ground in self.cells[y]:
            now = style(theme, role, ground)
            if now is not look and run:
                segments.append(Segment(run, look))
                run = ""
            look = now
            run += character
        if run:
            segments.append(Segment(run, look))
        return Strip(segments, self.columns)


_PIECES = re.compile(r"\s+|(?:[!-\u2e7f]+|[^\s])[\u3001\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f\u201d\u300d\u300f]*")


def wrap(text: str, width: int) -> list[str]:
    """A text in lines of so many cells: broken between words, or between any two wide characters, never before a mark
    that closes."""
    if text.isascii():
        return textwrap.wrap(text, width)
    lines, line = [], ""
    for piece in _PIECES.findall(text):
        if cell_len(line) + cell_len(piece.rstrip()) > width and line.strip():
            lines.append(line.rstrip())
            line = ""
        line = (line + piece) if line or not piece.isspace() else ""
    return [*lines, line.rstrip()] if line.strip() else lines


def shorten(text: str, room: int) -> str:
    """A text cut to so many cells: a sentence behind a word, a tag in its middle, so that it keeps both ends: `T-8…5`."""
    if cell_len(text) <= room:
        return text
    if room <= 4:
        return set_cell_size(text, max(room, 0)).rstrip() if room > 0 else ""
    if " " not in text:
        tail = text[-1:]
        return set_cell_size(text, room - 1 - cell_len(tail)) + "…" + tail
    kept = set_cell_size(text, room - 1)
    whole = kept.rpartition(" ")[0] if not text.startswith(f"{kept} ") else kept
    return (whole if cell_len(whole) > room // 2 else kept).rstrip() + "…"
