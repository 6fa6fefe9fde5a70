"""The debrief as one page that opens offline and prints on A4: story, film, figures, score, evidence, signatures.

Figures go in as pictures of their own (SVG in one document share ids); the film as a video with a slider in the time
of the plant. Everything from files and people is escaped; the page loads nothing from anywhere.
"""

import base64
import html
import io
import json
from dataclasses import dataclass
from typing import Any

from twin.base.fault import shown
from twin.base.json import Json
from twin.debrief.text import RATINGS, beside, in_time, matters, moment, verdict
from twin.film import look
from twin.film.panels import Drawn, Found
from twin.film.scene import Scene, footer

MINUTES_A_SECOND = (1.5, 3.0, 6.0)  # of the plant, the speeds of the film


@dataclass(frozen=True, slots=True)
class Reel:
    """A film inside a page: its bytes, what they are, and a still for print."""

    data: bytes
    kind: str  # video/mp4, image/webp
    still: bytes  # SVG of the plan, for paper
    still_tick: int


def page(found: Found, scene: Scene, figures: list[Drawn], reel: Reel | None) -> str:
    """The whole debrief as HTML."""
    first = [d for d in figures if d.name in {"truth-against-gauge", "windows", "lanes", "one-thing"}]
    parts = [
        _head(found, figures), _baselines(found), _story(found), _film(found, scene, reel), *map(_figure, first), _score(found),
        *(_figure(d) for d in figures if d not in first), _misled(found), _load(found), _best_and_worst(found), _ratings(found), _to_sign(found),
    ]  # fmt: skip
    return _shell(found, f"Debrief: {found['title']}", parts, reel)


def film_page(found: Found, scene: Scene, reel: Reel) -> str:
    """A page with the film alone, wide enough for a projector."""
    heading = f"<header>{_banner(found)}<h1>{_e(found['title'])}</h1></header>"
    return _shell(found, found["title"], [heading, _film(found, scene, reel)], reel, width="1320px")


def _shell(found: Found, title: str, parts: list[str], reel: Reel | None, width: str = "210mm") -> str:
    """A page that loads nothing: its policy says so to the browser."""
    policy = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    script = _SCRIPT if reel is not None and reel.kind.startswith("video") else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="viewport" content="width=device-width">'
        f"<title>{_e(title)}</title><style>{_css(found)} main {{ width: {width}; }}</style></head><body><main>"
        + "\n".join(p for p in parts if p)
        + f"</main><script>{script}</script></body></html>\n"
    )


def _banner(found: Found) -> str:
    return f'<p class="banner"><b>{look.TRAINING}</b><span>{_e(footer(found))}</span></p>'


def _e(text: Any) -> str:
    return html.escape(shown(str(text)))


def _head(found: Found, figures: list[Drawn]) -> str:
    """Banner, headline, what would have helped, the score large with the reason beside it."""
    lost = [m["mark"] for m in found["marks"] if not m["met"]]
    spilled = found["totals"]["spilled_m3"]
    headline = (
        f"{spilled:.0f} m³ were spilled; {_and(lost)} {'was' if len(lost) == 1 else 'were'} lost" if spilled > 0.5 and lost
        else f"{look.sentence(_and(lost))} {'was' if len(lost) == 1 else 'were'} lost" if lost
        else "Nothing was lost: every mark was kept"
    )  # fmt: skip
    helped = next((d.title for d in figures if d.name == "windows"), "")
    kept = 6 - len(lost)
    reason = "Nobody was killed or hurt." if found["score"].startswith("1") else "The 1 is lost: somebody was hurt."
    return (
        f"<header>{_banner(found)}"
        f"<h1>{_e(headline)}</h1><p>{_e(helped)}</p>"
        f'<div class="score"><strong>{_e(found["score"])}</strong><p><b>{_e(reason)}</b><br>{kept} of six marks were met'
        f"{'' if not lost else '; lost: ' + _e(', '.join(lost))}.</p></div></header>"
    )


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else ""


def _baselines(found: Found) -> str:
    if "baselines" not in found:
        return ""
    cells = "".join(
        f"<div><b>{_e(r['score'])}</b><br>{_e(name)}: {'no' if r['spilled_m3'] < 0.5 else format(r['spilled_m3'], '.0f')} m³ spilled</div>"
        for name, r in beside(found)
    )
    return f'<section class="three">{cells}</section>'


def _story(found: Found) -> str:
    rows = "".join(
        f"<tr><th>{_e(s['clock'][11:19])}</th><td>{_e(look.sentence(s['text']))}</td></tr>" for s in found["story"]
    )
    return f'<section><h2>What happened</h2><table class="story">{rows}</table></section>'


def _figure(drawn: Drawn) -> str:
    """A figure with its title as the heading of its section."""
    data = base64.b64encode(svg(drawn.figure)).decode()
    return (
        f'<section class="figure"><h2>{_e(drawn.title)}</h2><img alt="{_e(drawn.title)}" '
        f'src="data:image/svg+xml;base64,{data}"></section>'
    )


def svg(figure: Any) -> bytes:
    """A figure as SVG, text as paths: the same on every machine."""
    import matplotlib as mpl

    stream = io.BytesIO()
    with mpl.rc_context(look.STYLE):
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


# the film


def _film(found: Found, scene: Scene, reel: Reel | None) -> str:
    if reel is None:
        return ""
    still = base64.b64encode(reel.still).decode()
    caption = f"The plan at {moment(found, reel.still_tick)}. The film is in the page on the screen."
    printed = f'<figure class="paper"><img alt="the plan" src="data:image/svg+xml;base64,{still}"><figcaption>{_e(caption)}</figcaption></figure>'
    data = base64.b64encode(reel.data).decode()
    if not reel.kind.startswith("video"):
        words = "The film as a moving picture: without ffmpeg there is no video with a slider. make film installs one."
        return (
            f'<section><h2>The film</h2><img class="screen" alt="film" src="data:{reel.kind};base64,{data}">'
            f'<p class="note screen">{words}</p>{printed}</section>'
        )
    frames = scene.frames()
    marks: list[Json] = [
        {"f": _share(scene, t), "t": shown(text), "c": moment(found, t)} for t, _, text in scene.marks
    ][:40]
    facts = json.dumps(
        {"first": scene.first, "last": scene.last, "start": scene.time.start_s, "frames": len(frames), "marks": marks,
         "speeds": [m * 60 * len(frames) / max(1, scene.last - scene.first) / 24 for m in MINUTES_A_SECOND]},
        ensure_ascii=True,
    ).replace("<", "\\u003c")  # fmt: skip
    ticks = "".join(f'<i style="left:{100 * m["f"]:.2f}%"></i>' for m in marks)
    buttons = "".join(
        f'<button data-mark="{n}" title="{_e(m["t"])}">{_e(m["c"][:5])} {_e(_brief(m["t"]))}</button>'
        for n, m in enumerate(marks[:8])
    )
    speeds = "".join(f'<button data-speed="{n}">{m:g} min/s</button>' for n, m in enumerate(MINUTES_A_SECOND))
    return (
        '<section><h2>The film</h2><div class="screen" id="film">'
        f'<video muted playsinline preload="auto" src="data:{reel.kind};base64,{data}"></video>'
        f'<div class="slide"><div class="marks">{ticks}</div><input type="range" min="0" max="10000" value="0" aria-label="moment"></div>'
        f'<p class="keys"><button data-play="1">Play</button><button data-next="1">Next event</button>{speeds}<output></output></p>'
        f'<p class="keys">{buttons}</p><script type="application/json" id="reel">{facts}</script></div>{printed}</section>'
    )


def _share(scene: Scene, tick: int) -> float:
    return (tick - scene.first) / max(1, scene.last - scene.first)


def _brief(text: str) -> str:
    plain = text.partition(",")[0].partition(" (")[0]
    return plain if len(plain) <= 22 else plain[:21].rstrip() + "…"


_SCRIPT = """
const box = document.getElementById('film'), video = box.querySelector('video'), slide = box.querySelector('input');
const facts = JSON.parse(document.getElementById('reel').textContent), out = box.querySelector('output');
const play = box.querySelector('[data-play]');
let speed = 1;
function clock(share) {
  const s = (facts.start + Math.round(facts.first + share * (facts.last - facts.first))) % 86400;
  return [s / 3600, s / 60 % 60, s % 60].map(v => String(Math.floor(v)).padStart(2, '0')).join(':');
}
function show() {
  if (!video.duration) return;
  const share = video.currentTime / video.duration;
  slide.value = Math.round(share * 10000); out.textContent = clock(share);
}
function go(share) {
  if (!video.duration) return;
  video.currentTime = Math.min(share, 0.9999) * video.duration; slide.value = Math.round(share * 10000);
  out.textContent = clock(share);
}
function pace(n) {
  speed = n; video.playbackRate = Math.min(16, Math.max(0.0625, facts.speeds[n]));
  box.querySelectorAll('[data-speed]').forEach(b => b.setAttribute('aria-pressed', b.dataset.speed == n));
}
video.addEventListener('loadedmetadata', () => { go(0); pace(1); });
video.addEventListener('timeupdate', show);
video.addEventListener('ended', () => { play.textContent = 'Play'; });
slide.addEventListener('input', () => go(slide.value / 10000));
box.addEventListener('click', event => {
  const d = event.target.dataset;
  if (d.play) { if (video.paused) { video.play(); play.textContent = 'Stop'; } else { video.pause(); play.textContent = 'Play'; } }
  if (d.mark) go(facts.marks[d.mark].f);
  if (d.speed) pace(Number(d.speed));
  if (d.next) {
    const now = video.currentTime / video.duration + 0.0005;
    const next = facts.marks.find(m => m.f > now);
    if (next) go(next.f);
  }
});
if (video.readyState >= 1) { go(0); pace(1); }
"""


# tables


def _table(title: str, heads: tuple[str, ...], rows: str, below: str = "") -> str:
    """A section that is a table: its rows are markup already, escaped where they were made."""
    head = "".join(f"<th>{h}</th>" for h in heads)
    return f"<section><h2>{title}</h2><table><tr>{head}</tr>{rows}</table>{below}</section>"


def _score(found: Found) -> str:
    rows = "".join(
        f'<tr><td>{_e(m["mark"])}</td><td class="{"good" if m["met"] else "late"}">{"● met" if m["met"] else "◆ not met"}</td>'
        f"<td>{_e(m['clock'][11:])}</td><td>{_e(m['evidence'])} <small>({_e(m['from'])})</small></td></tr>"
        for m in found["marks"]
    )
    return _table("The score, line by line", ("Mark", "Result", "Time", "Evidence"), rows)


def _misled(found: Found) -> str:
    if not found["misled"]:
        return ""
    rows = ""
    for m in found["misled"]:
        gap = m["gap"]
        how = f"{gap['value']:.2f} {gap['unit']} at {moment(found, gap['at_s'])}" if gap else "it did not act"
        doubt = moment(found, m["first_doubt_s"]) if m["first_doubt_s"] is not None else "never"
        since = moment(found, m["since_s"]) if m["since_s"] else "the start"
        rows += f"<tr><td>{_e(m['instrument'])}</td><td>{since}</td><td>{moment(found, m['onset_s'])}</td><td>{_e(how)}</td><td>{doubt}</td></tr>"
    heads = ("Instrument", "Wrong since", "Misled from", "Largest gap", "First doubt")
    return _table("When the crew was misled", heads, rows)


def _load(found: Found) -> str:
    rows = ""
    for post, a in found["alarm_load"].items():
        soon = a["acknowledged_in_a_minute"]
        rows += (
            f"<tr><td>{_e(post)}</td><td>{a['alarms']}</td><td>{a['an_hour']:.1f}</td><td>{a['peak_10_min']}</td>"
            f"<td>{100 * a['flood_share']:.0f} %</td><td>{'none came' if soon is None else f'{100 * soon:.0f} %'}</td></tr>"
        )
    heads = ("Post", "Alarms", "An hour", "Peak in 10 min", "Time in flood", "Acknowledged within 1 min")
    note = "ISA-18.2: about 6 an hour for one operator, at most 10 in 10 min, under 1 % of the time in flood."
    return _table("Alarm load for one operator", heads, rows, f'<p class="note">{note}</p>')


def _best_and_worst(found: Found) -> str:
    """The acts with most time to spare, and those that came too late or never, by what they were worth."""
    if "windows" not in found:
        return ""
    shut = [w for w in found["windows"] if w["closes_s"] is not None]
    good = [w for w in shut if in_time(w)][:3]
    bad = [w for w in shut if not in_time(w)][:3]

    def listed(rows: list[Found]) -> str:
        return (
            "".join(f"<li><b>{moment(found, w['done_s'])[:5]}</b> {_e(w['act'])}: {_e(verdict(w))}</li>" for w in rows)
            or "<li>none</li>"
        )

    mends = [r for r in found["one_thing"] if r["kind"] in {"barrier", "fault-out"} and matters(found, r)][:4]
    mend = "".join(f"<tr><td>{_e(r['change'])} ({_e(r['was'])})</td><td></td><td></td></tr>" for r in mends)
    table = _table("To put right", ("What", "Who", "By"), mend) if mend else ""
    return (
        '<section><h2>Best and worst acts</h2><div class="two">'
        f'<div><h3 class="good">Best</h3><ul>{listed(good)}</ul></div><div><h3 class="late">Worst</h3><ul>{listed(bad)}</ul></div>'
        f"</div></section>{table}"
    )


def _ratings(found: Found) -> str:
    """The evaluators' marks beside the machine's, which they never replace."""
    if not found["ratings"]:
        return ""
    rows = "".join(
        f"<tr><td>{_e(r['mark'] or 'note')}</td><td>{_e(r['machine'])}</td>"
        f"<td>{_e(', '.join(p for p in (r['rating'], RATINGS.get(r['rating'], '')) if p))}</td><td>{_e(r['text'])}</td>"
        f"<td>{moment(found, r['t_s'])} {_e(r['by'])}</td></tr>"
        for r in found["ratings"]
    )
    return _table("Ratings", ("Mark", "Machine", "Evaluator", "Reason given", "When, by"), rows)


def _to_sign(found: Found) -> str:
    """Where three people sign, beside the seal of the run that they sign for."""
    lines = "".join(f"<div>{who}, date</div>" for who in ("apprentice", "mentor", "evaluator"))
    seal = (
        f"<p>Seal of this run: <b>{_e(found['seal'])}</b>. <code>twin verify</code> prints the same.</p>"
        if found["seal"]
        else ""
    )
    return f'{seal}<section class="sign">{lines}</section>'


def _css(found: Found) -> str:
    foot = shown(f"{look.TRAINING}  {footer(found)}").replace("\\", "").replace('"', "")
    return f"""
@page {{ size: A4; margin: 14mm 14mm 16mm; @bottom-left {{ content: "{foot}"; font: 7.5pt sans-serif; color: {look.SECOND}; }}
  @bottom-right {{ content: counter(page) " of " counter(pages); font: 7.5pt sans-serif; color: {look.SECOND}; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: {look.GROUND}; color: {look.INK}; font: 10.5pt/1.45 "DejaVu Sans", Verdana, sans-serif;
  font-variant-numeric: tabular-nums; }}
main {{ max-width: 100%; margin: 0 auto; padding: 10mm 14mm; background: #fff; }}
h1 {{ font-size: 19pt; line-height: 1.25; margin: 6pt 0; text-wrap: balance; }}
h2 {{ font-size: 12pt; border-top: 1.5pt solid {look.INK}; padding-top: 4pt; margin: 0 0 6pt; text-wrap: balance; }}
h3 {{ font-size: 10.5pt; margin: 0; }}
section {{ break-inside: avoid; margin: 16pt 0; }}
.banner {{ display: flex; justify-content: space-between; gap: 12pt; font-size: 9pt; margin: 0; }}
.banner span, .note, small, figcaption {{ color: {look.SECOND}; font-size: 9pt; }}
.score {{ display: flex; gap: 16pt; align-items: center; }} .score strong {{ font-size: 30pt; line-height: 1; }} .score p {{ margin: 0; }}
.three, .two {{ display: flex; gap: 18pt; border-top: 1pt solid {look.HAIRLINE}; padding-top: 6pt; }} .two {{ border: 0; padding: 0; }}
.three div, .two div {{ flex: 1; }} .three b {{ font-size: 13pt; }} ul {{ margin: 4pt 0; padding-left: 14pt; }}
table {{ border-collapse: collapse; width: 100%; font-size: 9.5pt; }} td, th {{ text-align: left; vertical-align: top; padding: 3pt 8pt 3pt 0;
  border-bottom: .75pt solid {look.FAINT}; }} .story th {{ width: 58pt; }} .story td, .story th {{ border: 0; padding: 1.5pt 8pt 1.5pt 0; }}
.good {{ color: {look.GOOD}; }} .late {{ color: {look.LATE}; font-weight: bold; }}
img, video {{ width: 100%; display: block; }} .figure img {{ width: 96%; }}
.slide {{ position: relative; padding-top: 9pt; }} input[type=range] {{ width: 100%; margin: 0; accent-color: {look.SHOWN}; }}
.marks {{ position: absolute; inset: 0 7pt auto; height: 9pt; }} .marks i {{ position: absolute; width: 2px; height: 8pt; background: {look.LATE}; }}
.keys {{ display: flex; flex-wrap: wrap; gap: 5pt; margin: 5pt 0; align-items: center; }} output {{ font-weight: bold; font-size: 12pt; margin-left: auto; }}
button {{ font: inherit; font-size: 9pt; padding: 3pt 8pt; border: 1pt solid {look.SECOND}; background: #fff; color: {look.INK}; border-radius: 3pt; cursor: pointer; }}
button[aria-pressed=true] {{ background: {look.INK}; color: #fff; }} figure {{ margin: 0; }} .paper {{ display: none; }}
.sign {{ display: flex; gap: 24pt; margin-top: 40pt; }} .sign div {{ flex: 1; border-top: 1pt solid {look.INK}; padding-top: 3pt; color: {look.SECOND}; font-size: 9pt; }}
@media print {{ body {{ background: #fff; font-size: 9.5pt; }} main {{ width: auto !important; padding: 0; }} .screen {{ display: none; }} .paper {{ display: block; }} .paper img {{ width: 86%; }}
  .figure img {{ width: 90%; }} }}
"""
