"""Parts of a page: escaped text, tables, and how much of a sheet of paper each takes, so that four sheets hold them all."""

import html
import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from twin.base.fault import shown
from twin.film import look

LINE_MM, ROW_MM, SMALL_MM = 4.7, 1.7, 3.9  # a line of text; the space around a row of a table; a line in a table
HEAD_MM, HEAD_LINE_MM = 10.0, 5.6  # a heading with the space around its section; each further line of it
LINE, SMALL_LINE, HEAD_LINE = 98, 108, 62  # characters across a sheet: of text, in a table, of a heading


class Section(NamedTuple):
    """Markup, the paper it takes in mm, and how much of that is a figure that can be drawn smaller, in mm at full width."""

    markup: str
    mm: float
    figure_mm: float = 0.0


NOTHING = Section("", 0.0)


class Cell(NamedTuple):
    """A cell of a table: its text as people wrote it, and how it looks."""

    text: str
    look: str = ""  # good, late
    note: str = ""  # small, behind it


def escaped(text: Any) -> str:
    """Text of files and people as text: control characters shown, markup harmless."""
    return html.escape(look.typeset(shown(str(text))))


def marked(text: Any) -> str:
    """The same as markup in which no tag is broken at its hyphen, as browsers would."""
    return _TAG.sub(r'<span class="tag">\g<0></span>', escaped(text))


_TAG = re.compile(r"\b[A-Z]+-[A-Z0-9]+\b")


def heading_mm(title: str) -> float:
    """The paper that a heading takes with the space around its section, mm."""
    return HEAD_MM + HEAD_LINE_MM * (lines(title, HEAD_LINE) - 1)


def lines(text: str, width: int) -> int:
    """How many lines a text of this width in characters takes, at least one."""
    return max(1, math.ceil(len(text) / width))


def table(heads: Sequence[str], rows: Sequence[Sequence[Cell | str]], kind: str = "") -> Section:
    """A table of one group of rows."""
    return grouped(heads, [(NOTHING, rows)], kind)


def grouped(
    heads: Sequence[str], groups: Sequence[tuple[Section, Sequence[Sequence[Cell | str]]]], kind: str = ""
) -> Section:
    """A table of groups of rows, each below what it is about; on a phone a row becomes a card whose cells say their heads."""
    cells = [(about, [[c if isinstance(c, Cell) else Cell(c) for c in row] for row in rows]) for about, rows in groups]
    body = "".join(_group(heads, about, rows) for about, rows in cells)
    head = "".join(f"<th>{escaped(h)}</th>" for h in heads)
    name = f' class="{kind}"' if kind else ""
    every = [row for _, rows in cells for row in rows]
    mm = _rows_mm(heads, every) + ROW_MM + SMALL_MM + sum(about.mm for about, _ in cells)
    return Section(f"<table{name}><thead><tr>{head}</tr></thead>{body}</table>", mm)


def _group(heads: Sequence[str], about: Section, rows: Sequence[Sequence[Cell]]) -> str:
    first = f'<tr class="thing"><td colspan="{len(heads)}">{about.markup}</td></tr>' if about.markup else ""
    cells = ("<tr>" + "".join(_cell(h, c) for h, c in zip(heads, row, strict=True)) + "</tr>" for row in rows)
    return f"<tbody>{first}{''.join(cells)}</tbody>"


def _cell(head: str, cell: Cell) -> str:
    kind = f' class="{cell.look}"' if cell.look else ""
    note = f" <small>({escaped(cell.note)})</small>" if cell.note else ""
    return f'<td data-head="{escaped(head)}"{kind}><span>{marked(cell.text)}{note}</span></td>'


def _rows_mm(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> float:
    """As high as its text makes it: the widest column gives way where a line has no room for all."""

    def long(cell: Cell) -> int:
        return len(cell.text) + (len(cell.note) + 3 if cell.note else 0)

    widths = [max([len(head), *(long(row[n]) for row in rows)]) + 2 for n, head in enumerate(heads)]
    widest = widths.index(max(widths))
    room = max(SMALL_LINE - (sum(widths) - widths[widest]), SMALL_LINE // 4)
    return sum(ROW_MM + SMALL_MM * lines("x" * long(row[widest]), room) for row in rows)


def section(title: str, *parts: Section, kind: str = "") -> Section:
    """A section with its heading."""
    name = f' class="{kind}"' if kind else ""
    markup = f"<section{name}><h2>{marked(title)}</h2>" + "".join(p.markup for p in parts) + "</section>"
    return Section(markup, heading_mm(title) + sum(p.mm for p in parts), sum(p.figure_mm for p in parts))


def note(text: str) -> Section:
    """A line of second text."""
    return Section(f'<p class="note">{marked(text)}</p>', SMALL_MM * lines(text, LINE) + 1.5)
