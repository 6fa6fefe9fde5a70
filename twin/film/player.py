"""The film inside a page: a video with a slider in the time of the plant, or a moving picture; and the plan for paper."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from twin.base.json import Json
from twin.debrief.text import moment
from twin.film import look
from twin.film.panels import Found
from twin.film.scene import Scene
from twin.film.section import HEAD_MM, LINE_MM, NOTHING, Section, escaped

MINUTES_A_SECOND = (1.5, 3.0, 6.0)  # of the plant, the speeds of the film
BUTTONS = 8
STILL_MM = 128.0  # as high as the plan is across a whole sheet


@dataclass(frozen=True, slots=True)
class Reel:
    """A film inside a page: its bytes, what they are, and a still for print."""

    data: bytes
    kind: str  # video/mp4, image/webp
    still: bytes  # SVG of the plan, for paper
    still_tick: int

    @property
    def is_video(self) -> bool:
        """Whether it can be sought in."""
        return self.kind.startswith("video")


def script(reel: Reel | None) -> str:
    """What a page with a video runs."""
    return (
        Path(__file__).with_name("player.js").read_text(encoding="utf-8") if reel is not None and reel.is_video else ""
    )


def film(found: Found, scene: Scene, reel: Reel | None) -> Section:
    """The section of the film; on paper the plan stands in its place."""
    if reel is None:
        return NOTHING
    still = base64.b64encode(reel.still).decode()
    caption = f"The plan at {moment(found, reel.still_tick)}. The film is in the page on the screen."
    printed = (
        f'<figure class="paper"><img alt="the plan" src="data:image/svg+xml;base64,{still}">'
        f"<figcaption>{escaped(caption)}</figcaption></figure>"
    )
    data = base64.b64encode(reel.data).decode()
    markup = f"<section><h2>The film</h2>{_video(found, scene, reel, data) if reel.is_video else _picture(reel, data)}{printed}</section>"
    return Section(markup, HEAD_MM + LINE_MM, STILL_MM)


def _picture(reel: Reel, data: str) -> str:
    words = "The film as a moving picture: without ffmpeg there is no video with a slider. make film installs one."
    return f'<div class="screen wide"><img alt="film" src="data:{reel.kind};base64,{data}"></div><p class="note screen">{words}</p>'


def _video(found: Found, scene: Scene, reel: Reel, data: str) -> str:
    frames = len(scene.frames())
    marks: list[Json] = [{"f": _share(scene, t), "t": text, "c": moment(found, t)} for t, _, text in scene.marks][:40]
    facts = json.dumps(
        {"first": scene.first, "last": scene.last, "start": scene.time.start_s, "frames": frames, "marks": marks,
         "said": [{"f": max(0.0, _share(scene, t)), "t": text} for t, text in scene.sentences],
         "speeds": [m * 60 * frames / max(1, scene.last - scene.first) / 24 for m in MINUTES_A_SECOND]},
        ensure_ascii=True,
    ).replace("<", "\\u003c")  # fmt: skip
    ticks = "".join(f'<i style="left:{100 * m["f"]:.2f}%"></i>' for m in marks)
    buttons = "".join(
        f'<button data-mark="{n}">{escaped(m["c"][:5])} {escaped(look.brief(m["t"]))}</button>'
        for n, m in enumerate(marks[:BUTTONS])
    )
    speeds = "".join(f'<button data-speed="{n}">{m:g} min/s</button>' for n, m in enumerate(MINUTES_A_SECOND))
    return (
        f'<div class="screen" id="film"><div class="wide"><video muted playsinline preload="auto" src="data:{reel.kind};base64,{data}"></video></div>'
        f'<div class="slide"><div class="marks">{ticks}</div><input type="range" min="0" max="10000" value="0" aria-label="moment"></div>'
        f'<p class="says"></p><p class="keys"><button data-play="1">Play</button><button data-next="1">Next event</button>{speeds}<output></output></p>'
        f'<p class="keys">{buttons}</p><script type="application/json" id="reel">{facts}</script></div>'
    )


def _share(scene: Scene, tick: int) -> float:
    return (tick - scene.first) / max(1, scene.last - scene.first)
