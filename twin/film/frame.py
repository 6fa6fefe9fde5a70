"""One frame of the film: sentence, clock, plan, section, trends and acts; drawn once, then only what moves.

Trends and acts cost nothing at any length: they are drawn whole once, and a frame copies their columns left of the
cursor. The future is not drawn, only its axis.
"""

from dataclasses import dataclass, field
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from twin.base.arrays import Floats
from twin.film import fonts, look
from twin.film import plan as plans
from twin.film.panels import clear_side
from twin.film.scene import Curve, Lane, Round, Scene, Trend

WIDTH_IN, HEIGHT_IN = 12.8, 7.2
DPI = 100
PLAN = (0.0125, 0.248, 0.55, 0.6275)
SECTION = (0.0125, 0.062, 0.55, 0.150)
LEFT, WIDE = 0.700, 0.222
TRENDS = ((0.665, 0.2105), (0.555, 0.070), (0.445, 0.070))  # bottom, height
ACTS = (LEFT, 0.062, WIDE, 0.335)
HEADLINE = 78  # characters beside the clock at full size
FACTS = 124  # characters of the line of facts
LAYERS_KEPT = 3  # of some seven megabytes each
SPRITES_KEPT = 400
ROWS_OF_TEXT = 360  # live values move in steps of two pixels
LABELS_APART = 0.085  # of a panel's height: live values closer than this show one


@dataclass(slots=True)
class Film:
    """A figure with its still layers and its movers."""

    scene: Scene
    dpi: int = DPI
    figure: Figure = field(init=False)
    movers: plans.Movers = field(default_factory=plans.Movers)
    panels: list[Axes] = field(default_factory=list)
    live: list[tuple[Text, Curve, Axes]] = field(default_factory=list)
    texts: dict[str, Text] = field(default_factory=dict)
    clock: list[Text] = field(default_factory=list)
    cursors: list[Line2D] = field(default_factory=list)
    _layers: dict[tuple[Any, ...], tuple[Any, Any]] = field(default_factory=dict)
    _sprites: dict[tuple[Any, ...], tuple[Any, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with mpl.rc_context(look.STYLE):
            self._build()

    def _build(self) -> None:
        """The figure, once."""
        (self.scene,), _ = fonts.fitted(self.scene)  # in each process: what it needs to draw names is found there
        self.figure = look.figure(HEIGHT_IN, width_in=WIDTH_IN, ground=look.GROUND, dpi=self.dpi)
        plans.draw_plan(look.axes(self.figure, PLAN), self.scene, self.movers)
        taller = plans.draw_section(look.axes(self.figure, SECTION), self.scene, self.movers)
        fig = self.figure
        fig.text(PLAN[0], 0.222, f"Section A-A, heights x{taller:.1f}", size=10, color=look.SECOND, va="center")
        for trend, (bottom, height) in zip(self.scene.trends, TRENDS, strict=True):
            self.panels.append(self._trend(trend, (LEFT, bottom, WIDE, height)))
        self.panels.append(self._acts())
        self.texts = {
            "sentence": fig.text(PLAN[0], 0.978, "", size=17, weight="bold", va="top"),
            "facts": fig.text(PLAN[0], 0.926, "", size=11, color=look.SECOND, va="top"),
        }
        self.clock = self._clock()
        fig.text(PLAN[0], 0.018, look.TRAINING, size=9, weight="bold", color=look.SECOND)
        fig.text(
            0.195,
            0.018,
            _roomy(f"{self.scene.title}: {self.scene.footer}", self.scene.footer),
            size=9,
            color=look.SECOND,
        )

    def _clock(self) -> list[Text]:
        """Hours, minutes and seconds apart: each comes from few pictures."""
        parts, right = [], 0.9875
        for sample in ("00", "00:", "00:"):
            text = self.figure.text(right, 0.98, sample, size=24, weight="bold", va="baseline", ha="right")
            text.set_y(0.98 - 0.034)
            renderer: Any = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
            right -= text.get_window_extent(renderer).width / self.figure.bbox.width + 0.0008
            parts.append(text)
        return parts[::-1]

    # the still parts

    def _trend(self, trend: Trend, box: tuple[float, float, float, float]) -> Axes:
        ax = self._timed(box)
        ax.set_title(trend.title, size=10, loc="left", pad=4, color=look.INK)
        low, high = _range(trend)
        ax.set_ylim(low, high)
        ax.set_yticks([v for v in _round_values(low, high) if low <= v <= high])
        ax.tick_params(axis="y", labelsize=9, length=0)
        at = self.scene.time.at(np.arange(self.scene.first, self.scene.last + 1))
        truth = next((c for c in trend.curves if c.kind == "truth"), None)
        told = next((c for c in trend.curves if c.kind == "shown"), None)
        if truth is not None and told is not None:
            ax.fill_between(at, truth.values, told.values, color=look.LATE_TINT, lw=0, zorder=1, gid="past")
        for curve in trend.curves:
            self._curve(ax, at, curve)
        for name, value in trend.limits:
            if low <= value <= high:
                ax.axhline(value, color=look.INK if name == "overflows" else look.SECOND, lw=1.0, ls="-" if name == "overflows" else "--", zorder=3)  # fmt: skip
        for name, value in _apart(trend.limits, low, high, LABELS_APART * 1.2):
            x, align = clear_side(at, [c.values for c in trend.curves], value, LABELS_APART * (high - low))
            ax.text(x, value, f"{name} {value:.1f}", size=9, color=look.SECOND, ha=align, va="bottom", zorder=4,
                    path_effects=look.halo(look.GROUND, 2.0))  # fmt: skip
        return ax

    def _curve(self, ax: Axes, at: Floats, curve: Curve) -> None:
        style = {
            "truth": {"color": look.INK, "lw": 2.7}, "shown": {"color": look.SHOWN, "lw": 1.5}, "flow": {"color": look.INK, "lw": 2.0},
        }  # fmt: skip
        if curve.kind == "spill":
            ax.fill_between(at, 0.0, curve.values, color=look.SPILT, lw=0, gid="past")
        else:
            ax.plot(at, curve.values, gid="past", zorder=2, solid_capstyle="butt", **style[curve.kind])  # type: ignore[arg-type]
        colour = {"truth": look.INK, "shown": look.SHOWN, "flow": look.INK, "spill": look.SPILT}[curve.kind]
        weight = "normal" if curve.kind == "shown" else "bold"
        text = self.figure.text(0, 0, "", size=9.5, color=colour, weight=weight, va="center")
        self.live.append((text, curve, ax))

    def _timed(self, box: tuple[float, float, float, float]) -> Axes:
        """Axes over the one axis of time, its squeezed stretch grey, with a cursor."""
        ax = look.axes(self.figure, box)
        ax.set_xlim(0, 1)
        ax.set_xticks([float(self.scene.time.at(t)) for t in self.scene.time.marks(WIDE * WIDTH_IN)], [])
        if self.scene.time.quiet is not None:
            a, b = (float(self.scene.time.at(t)) for t in self.scene.time.quiet)
            ax.axvspan(a, b, color=look.QUIET, lw=0, zorder=0)
        (cursor,) = ax.plot([0, 0], [0, 1], color=look.INK, lw=1.4, transform=ax.get_xaxis_transform(), zorder=20)
        self.cursors.append(cursor)
        return ax

    def _acts(self) -> Axes:
        ax = self._timed(ACTS)
        ax.set_title("Acts of the plan: box = time allowed", size=10, loc="left", pad=4, color=look.INK)
        lanes = self.scene.lanes
        ax.set_ylim(max(len(lanes), 1) - 0.5, -0.5)
        marks = self.scene.time.marks(WIDE * WIDTH_IN)
        ax.set_xticks([float(self.scene.time.at(t)) for t in marks], [self.scene.time.clock(t) for t in marks])
        ax.tick_params(axis="x", labelsize=9)
        if self.scene.time.quiet is not None:
            middle = sum(float(self.scene.time.at(t)) for t in self.scene.time.quiet) / 2
            ax.text(middle, max(len(lanes), 1) - 0.52, "squeezed", size=9, color=look.SECOND, ha="center", va="bottom")
        for n, lane in enumerate(lanes):
            ax.axhline(n, color=look.FAINT, lw=0.8, zorder=0)
            draw_lane(ax, self.scene, lane, n)
            ax.text(-0.03, n, look.act_label(lane.label, 22), size=9, ha="right", va="center", linespacing=1.0)
        if not lanes:
            ax.text(0.5, 0, "the plan asked for nothing", size=9, color=look.SECOND, ha="center", va="center")
        return ax

    # frames

    def _still(self, tick: int) -> tuple[Any, Any]:
        """What stands still at a tick, without and with the past of trends and acts; drawn once for each state of it."""
        key = plans.state(self.scene, tick)
        if key not in self._layers:
            if len(self._layers) >= LAYERS_KEPT:
                self._layers.pop(next(iter(self._layers)))
            self.set(tick)
            for artist in self._moving():
                artist.set_animated(True)
            past = [a for ax in self.panels for a in ax.get_children() if a.get_gid() == "past"]
            drawn = []
            for shown in (False, True):
                for artist in past:
                    artist.set_visible(shown)
                self.figure.canvas.draw()
                drawn.append(np.array(self._buffer()))
            self._layers[key] = drawn[0], drawn[1]
        return self._layers[key]

    def _buffer(self) -> Any:
        canvas: Any = self.figure.canvas
        return np.asarray(canvas.buffer_rgba())

    def _moving(self) -> list[Any]:
        texts = [*self.texts.values(), *self.clock, *(t for t, _, _ in self.live)]
        return [*plans.restless(self.scene, self.movers), *self.cursors, *texts]

    def draw(self, tick: int) -> Any:
        """The frame of a tick, (rows, columns, 4) bytes; valid until the next call."""
        still, whole = self._still(tick)
        buffer = self._buffer()
        buffer[...] = still
        columns = buffer.shape[1]
        left = int(LEFT * columns)
        cursor = left + round(WIDE * columns * float(self.scene.time.at(tick)))
        buffer[:, left - 1 : cursor] = whole[:, left - 1 : cursor]
        self.set(tick)
        canvas: Any = self.figure.canvas
        renderer = canvas.get_renderer()
        for artist in sorted(self._moving(), key=_order):
            if not artist.get_visible():
                continue
            if isinstance(artist, Text) and artist.axes is None:
                self._draw_text(artist, buffer, renderer)
            else:
                artist.draw(renderer)
        return buffer

    def _draw_text(self, text: Text, buffer: Any, renderer: Any) -> None:
        """A text of the figure, which lies on bare ground: its pixels are kept, for letters cost most of a frame."""
        if not text.get_text():
            return
        key = (id(text), text.get_text(), text.get_position())
        if key not in self._sprites:
            if len(self._sprites) >= SPRITES_KEPT:
                self._sprites.pop(next(iter(self._sprites)))
            text.draw(renderer)
            box = text.get_window_extent(renderer)
            rows, columns = buffer.shape[:2]
            top, bottom = max(0, rows - int(box.y1) - 3), min(rows, rows - int(box.y0) + 3)
            left, right = max(0, int(box.x0) - 3), min(columns, int(box.x1) + 4)
            self._sprites[key] = (slice(top, bottom), slice(left, right)), buffer[top:bottom, left:right].copy()
            return
        where, pixels = self._sprites[key]
        buffer[where] = pixels

    def show_panel(self, number: int, shown: bool) -> None:
        """Shows or hides one trend with its live values."""
        ax = self.panels[number]
        ax.set_visible(shown)
        for text, _, its in self.live:
            if its is ax:
                text.set_visible(shown)
        self.cursors[number].set_visible(shown)
        self._layers.clear()

    def set(self, tick: int) -> None:
        """Sets everything that moves to a tick."""
        scene = self.scene
        plans.move(scene, self.movers, tick)
        x = float(scene.time.at(tick))
        for cursor in self.cursors:
            cursor.set_xdata([x, x])
        row = min(max(tick - scene.first, 0), scene.last - scene.first)
        self._values(row)
        self._say(next(t for at, t in reversed(scene.sentences) if at <= tick))
        self.texts["facts"].set_text(_facts(scene, tick, row))
        whole = (scene.time.start_s + tick) % 86400
        for text, shown in zip(
            self.clock, (f"{whole // 3600:02d}:", f"{whole // 60 % 60:02d}:", f"{whole % 60:02d}"), strict=True
        ):
            text.set_text(shown)

    def _say(self, sentence: str) -> None:
        """The headline, smaller where long names make it long: it is never cut."""
        text = self.texts["sentence"]
        text.set_fontsize(min(17.0, 17.0 * HEADLINE / max(len(sentence), 1)))
        text.set_text(sentence)

    def _values(self, row: int) -> None:
        """Live values in the gutter right of the panels; of two too close together the truth is shown."""
        placed: list[tuple[Axes, float]] = []
        for text, curve, ax in self.live:
            value = float(curve.values[row])
            low, high = ax.get_ylim()
            box = ax.get_position()
            y = box.y0 + box.height * min(max((value - low) / (high - low), 0.0), 1.0)
            near = any(other is ax and abs(at - y) < 0.022 for other, at in placed)
            placed.append((ax, y))
            digits = 2 if curve.kind in {"truth", "shown"} else 0
            text.set_text(
                "" if near else f"{curve.name if curve.kind in {'truth', 'shown'} else ''} {value:.{digits}f}".strip()
            )
            text.set_position((LEFT + WIDE + 0.006, round(y * ROWS_OF_TEXT) / ROWS_OF_TEXT))


def plan_alone(scene: Scene, tick: int) -> Figure:
    """The plan of one moment for paper: there a whole frame would have type of four points."""
    fig = look.figure(4.95, width_in=7.04)
    movers = plans.Movers()
    plans.draw_plan(look.axes(fig, (0.005, 0.06, 0.99, 0.93)), scene, movers)
    plans.move_plan(scene, movers, tick)
    fig.text(0.01, 0.01, f"{look.TRAINING}  |  {scene.footer}", size=8, color=look.SECOND, va="bottom")
    return fig


def _order(artist: Any) -> tuple[int, float]:
    """Figure texts last, else by their layer."""
    return (0 if getattr(artist, "axes", None) is not None else 1, artist.get_zorder())


def draw_lane(ax: Axes, scene: Scene, lane: Lane, y: float) -> None:
    """Each time that an act was asked for; how late the last one is reaches to the end, of others to the next."""
    ends = [float(scene.time.at(r.cue)) for r in lane.rounds[1:]]
    for one, until in zip(lane.rounds, [*ends, 1.0], strict=True):
        _draw_round(ax, scene, one, y, until)


def _draw_round(ax: Axes, scene: Scene, lane: Round, y: float, until: float) -> None:
    """The box of time allowed, then how late: a circle in time, a diamond late, dashes never."""
    time = scene.time
    a, b = float(time.at(lane.cue)), float(time.at(max(lane.due, lane.cue + 1)))
    ax.barh(
        y,
        max(b - a, 0.006),
        left=a,
        height=0.5,
        color=look.GOOD_TINT,
        edgecolor=look.GOOD,
        lw=1.0,
        zorder=3,
        gid="past",
    )
    for patch in ax.containers[-1]:
        patch.set_gid("past")
    if lane.done is None:
        if until > b:
            ax.plot([b, until], [y, y], color=look.LATE, lw=1.8, ls=(0, (2, 1.5)), zorder=2, gid="past")
        return
    done = float(time.at(lane.done))
    if lane.done > lane.due:
        ax.plot([b, done], [y, y], color=look.LATE, lw=3.2, solid_capstyle="butt", zorder=2, gid="past")
    late = lane.done > lane.due
    ax.plot([done], [y], marker="D" if late else "o", ms=6 if late else 6.5, color=look.LATE if late else look.GOOD,
            markeredgecolor="white", mew=0.8, zorder=5, gid="past", ls="none")  # fmt: skip


def _facts(scene: Scene, tick: int, row: int) -> str:
    people = int(scene.heads.sum())
    spilled = float(scene.spilled_m3[row])
    parts = [f"spilled {spilled:,.0f} m³" if spilled >= 0.5 else "nothing spilled", f"{people} people on site"]
    if any(t <= tick for t in scene.mustered):
        parts.append("all counted at muster")
    facts = ",  ".join(parts)
    last = next(((t, text) for t, text in reversed(scene.happened) if scene.first <= t <= tick), None)
    return facts if last is None else _roomy(f"{facts};  {scene.time.clock(last[0])} {last[1]}", facts)


def _roomy(text: str, without: str) -> str:
    """A text where there is room for it, else the one without its last fact."""
    return text if len(text) <= FACTS else without


def _range(trend: Trend) -> tuple[float, float]:
    values = np.concatenate([c.values for c in trend.curves])
    low, high = float(values.min()), float(values.max())
    if trend.limits:
        near = [v for _, v in trend.limits if v <= high + 1.5 * max(high - low, 1.0)]
        high = max([high, *near])
        pad = 0.10 * max(high - low, 0.2)
        return low - pad, high + pad
    return 0.0, max(high * 1.15, 1.0)


def _round_values(low: float, high: float) -> list[float]:
    """Two or three round numbers inside a range."""
    span = max(high - low, 1e-6)
    step = 10.0 ** np.floor(np.log10(span / 2))
    step = next(step * f for f in (1, 2, 5, 10) if span / (step * f) <= 3.2)
    first = np.ceil(low / step) * step
    return [float(v) for v in np.arange(first, high, step)][:3]


def _apart(limits: tuple[tuple[str, float], ...], low: float, high: float, share: float) -> list[tuple[str, float]]:
    """Limits whose labels do not touch, the highest first."""
    kept: list[tuple[str, float]] = []
    for name, value in sorted(limits, key=lambda item: -item[1]):
        if low <= value <= high and all(abs(value - v) > share * (high - low) for _, v in kept):
            kept.append((name, value))
    return kept
