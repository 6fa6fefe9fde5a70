"""The debrief as one page that opens offline and prints on four sheets of A4.

What happened; how it could be known and what was done; what would have helped; the score and who signs for it. Figures
go in as pictures of their own (SVG in one document share ids); the film as a video with a slider in the time of the
plant. Everything from files and people is escaped; the page loads nothing from anywhere.
"""

import base64
import io
from pathlib import Path
from typing import Any

from twin.base.fault import shown
from twin.debrief.text import moment
from twin.film import look, tables
from twin.film.panels import Drawn, Found, volume
from twin.film.player import Reel, film, script
from twin.film.scene import Scene, footer
from twin.film.section import (
    HEAD_LINE_MM,
    LINE,
    LINE_MM,
    NOTHING,
    SMALL_MM,
    Section,
    escaped,
    heading_mm,
    lines,
    marked,
)

SHEET_MM = 261.0  # of 267 between the margins of A4: some is left for what is not known, such as another font
WIDEST, LEAST = 0.92, 0.62  # of the sheet's width, for figures
FIGURE_MM = 182.0  # across the sheet
LONG_HEADLINE = 90  # characters
LEAST_M3 = 0.05  # what is written as more than nothing

__all__ = ["Reel", "film_page", "page", "svg"]


def page(found: Found, scene: Scene, figures: list[Drawn], reel: Reel | None) -> str:
    """The whole debrief as HTML."""
    drawn = {d.name: _figure(d) for d in figures}

    def of(name: str) -> Section:
        return drawn.get(name, NOTHING)

    sheets = [
        [_head(found, figures), tables.baselines(found), tables.story(found), film(found, scene, reel)],
        [tables.five_steps(found), of("truth-against-gauge"), of("lanes")],
        [tables.findings(found), of("windows"), of("one-thing"), of("second-chance")],
        [of("luck"), tables.score(found), tables.false_alarms(found), tables.best_and_worst(found), tables.alarm_load(found), tables.ratings(found),
         tables.to_put_right(found), tables.to_sign(found)],
    ]  # fmt: skip
    return _shell(found, f"Debrief: {found['title']}", "\n".join(_sheet(s) for s in sheets), reel)


def film_page(found: Found, scene: Scene, reel: Reel) -> str:
    """A page with the film alone, wide enough for a projector."""
    heading = f"<header>{_banner(found)}<h1>{escaped(found['title'])}</h1></header>"
    return _shell(found, found["title"], heading + film(found, scene, reel).markup, reel, width="1320px")


def _sheet(parts: list[Section]) -> str:
    """A sheet of paper: its figures as wide as leaves room for its words."""
    figures, words = sum(p.figure_mm for p in parts), sum(p.mm for p in parts)
    share = min(WIDEST, max(LEAST, (SHEET_MM - words) / figures)) if figures else WIDEST
    inside = "\n".join(p.markup for p in parts if p.markup)
    return f'<div class="sheet" style="--paper: {100 * share:.1f}%">{inside}</div>' if inside else ""


def _shell(found: Found, title: str, body: str, reel: Reel | None, width: str = "210mm") -> str:
    """A page that loads nothing: its policy says so to the browser."""
    policy = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(title)}</title><style>{_css(found)} main {{ width: {width}; }}</style></head><body><main>"
        f"{body}</main><script>{script(reel)}</script></body></html>\n"
    )


def _banner(found: Found) -> str:
    return f'<p class="banner"><b>{look.TRAINING}</b><span>{escaped(footer(found))}</span></p>'


def _head(found: Found, figures: list[Drawn]) -> Section:
    """Banner, headline with cause, gap and last chance, its price and what would have helped, the score, and the trade."""
    text = found["headline"]["text"]
    spilled, lost = found["totals"]["spilled_m3"], [m["mark"] for m in found["marks"] if not m["met"]]
    price = f"{volume(spilled)} m³ were spilled." if spilled > LEAST_M3 else "Nothing was spilled."
    helped = next((d.title for d in figures if d.name == "windows" and lost), "")
    told = f"{price} {helped}".strip()
    kind = ' class="long"' if len(text) > LONG_HEADLINE else ""
    markup = f"<header>{_banner(found)}<h1{kind}>{marked(text)}</h1><p>{marked(told)}</p>{_score(found)}</header>"
    mm = 30.0 + (HEAD_LINE_MM + 1.0) * lines(text, 58) + LINE_MM * lines(told, LINE)
    return Section(markup, mm + SMALL_MM * max(0, sum(lines(t["text"], 36) for t in found["trade"]) - 2))


def _score(found: Found) -> str:
    """The score large, its reason beside it, then what was not moved and what that costs."""
    if found["score"] is None:
        large, reason = "no score", f"Unfinished: it stands at {moment(found, found['simulated_s'])}."
    else:
        large = found["score"]
        safe = "Nobody was killed or hurt." if large.startswith("1") else "The 1 is lost: somebody was hurt."
        reason = f"{safe}</b><br><b>{escaped(tables.marks_met(found))}"
    trade = "<br>".join(marked(t["text"]) for t in found["trade"])
    cost = f'<div class="trade"><b>Trade</b><br>{trade}</div>' if trade else ""
    return f'<div class="score"><strong>{escaped(large)}</strong><p><b>{reason}</b></p>{cost}</div>'


def _figure(drawn: Drawn) -> Section:
    """A figure with its title as the heading of its section."""
    data = base64.b64encode(svg(drawn.figure)).decode()
    wide, high = drawn.figure.get_size_inches()
    markup = (
        f'<section class="figure"><h2>{marked(drawn.title)}</h2><div class="wide"><img alt="{escaped(drawn.title)}" '
        f'src="data:image/svg+xml;base64,{data}"></div></section>'
    )
    return Section(markup, heading_mm(drawn.title), FIGURE_MM * high / wide)


def svg(figure: Any) -> bytes:
    """A figure as SVG, text as paths: the same on every machine."""
    import matplotlib as mpl

    stream = io.BytesIO()
    with mpl.rc_context(look.STYLE):
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def _css(found: Found) -> str:
    """The style of the page, with the colours of the figures and the foot of each sheet."""
    foot = shown(f"{look.TRAINING}  {footer(found)}").replace("\\", "").replace('"', "")
    colours = "".join(f"--{name.lower()}: {getattr(look, name)}; " for name in COLOURS)
    margin = f"font: 7.5pt sans-serif; color: {look.SECOND};"
    return (
        f':root {{ {colours}}} @page {{ @bottom-left {{ content: "{foot}"; {margin} }} '
        f'@bottom-right {{ content: counter(page) " of " counter(pages); {margin} }} }}\n'
        + Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    )


COLOURS = ("INK", "SECOND", "HAIRLINE", "FAINT", "GROUND", "SHOWN", "LATE", "GOOD")
