"""The plan view to scale, and the section A-A under it: what stands still once, what moves in every frame."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrow, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text

from twin.base.arrays import Floats
from twin.film import look
from twin.film.scene import SECTION_NEAR_M, Plan, Scene, TankShape

CASCADE_M = 1.2
LEVEL_MOVES_M = 1e-3
POOL_M3 = 0.5


@dataclass(slots=True)
class Movers:
    """The artists that change. Levels, people and the gauge change all the time, the others now and then."""

    pools: list[Any] = field(default_factory=list)
    fills: list[Any] = field(default_factory=list)
    rims: list[list[Any]] = field(default_factory=list)  # of each tank, drawn above its fill
    spills: list[Any] = field(default_factory=list)
    valves: list[Line2D] = field(default_factory=list)
    people: PathCollection | None = None
    section_fills: list[Any] = field(default_factory=list)
    section_rims: list[Any] = field(default_factory=list)
    section_pools: list[Any] = field(default_factory=list)
    section_gauge: Line2D | None = None
    section_label: Text | None = None


def restless(scene: Scene, movers: Movers) -> list[Any]:
    """The artists that may change in every frame: tanks whose level moves, people, the gauge."""
    found: list[Any] = []
    for n in np.flatnonzero(np.ptp(scene.level_m, axis=0) > LEVEL_MOVES_M).tolist():
        found += [movers.fills[n], *movers.rims[n], movers.section_fills[n], movers.section_rims[n]]
    found += [movers.people, movers.section_gauge, movers.section_label]
    return [a for a in found if a is not None and a.axes is not None]


def state(scene: Scene, tick: int) -> tuple[Any, ...]:
    """What changes now and then: while it is the same, all but the restless artists stands still."""
    row = _row(scene, tick)
    return (
        tuple((scene.lying_m3[row] > POOL_M3).tolist()), tuple(scene.runs_over[row].tolist()),
        tuple(_valve_face(v) for v in scene.open[row].tolist()),
        tuple(np.round(_depths(scene, row), 2).tolist()),
    )  # fmt: skip


def _row(scene: Scene, tick: int) -> int:
    return min(max(tick - scene.first, 0), scene.last - scene.first)


def _valve_face(position: float) -> str:
    return look.INK if position < 0.02 else "white" if position > 0.98 else look.LATE_TINT


class Drawn(Protocol):
    """What the plan draws of what never moves: a scene has it, and so has a farm alone."""

    @property
    def plan(self) -> Plan: ...
    @property
    def story_tank(self) -> str: ...
    @property
    def wind(self) -> Floats: ...  # (ticks, 2); none where nobody asks for the wind
    @property
    def stability(self) -> str: ...


def draw_plan(ax: Axes, scene: Drawn, movers: Movers) -> None:
    """Everything on the ground; what moves goes into `movers`."""
    plan = scene.plan
    left, bottom, right, top = plan.box
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    ax.set_aspect("equal")
    ax.set_xticks([])
    for side in ax.spines.values():
        side.set_visible(True)
    for pipe in plan.pipes:
        ax.plot(pipe[:, 0], pipe[:, 1], color=look.HAIRLINE, lw=2.2, solid_capstyle="round", zorder=2.5)
    _places(ax, scene)
    for name, outline, _ in plan.bunds:
        ax.add_patch(Polygon(outline, closed=True, facecolor="white", edgecolor="none", zorder=2))
        pool = Polygon(outline, closed=True, facecolor=look.SPILT, edgecolor="none", zorder=3, visible=False)
        movers.pools.append(ax.add_patch(pool))
        ax.add_patch(Polygon(outline, closed=True, fill=False, edgecolor="#8A9099", lw=1.8, zorder=4))
        x, y = float(outline[:, 0].max()), float(outline[:, 1].max())
        ax.text(x, y + 0.012 * (top - bottom), name, size=9, color=look.SECOND, ha="right", va="bottom", zorder=12)
    for tank in plan.tanks:
        _tank(ax, scene, tank, movers)
    for _, x, y in plan.valves:
        (mark,) = ax.plot([x], [y], marker=_BOW_TIE, ms=9, mew=1.1, color=look.INK, ls="none", zorder=9,
                          path_effects=look.halo("white", 3.0))  # fmt: skip
        movers.valves.append(mark)
    for name, x, y in plan.nodes:
        ax.plot([x], [y], marker="s", ms=4 if name else 2.5, color=look.SECOND, zorder=5)
        if name and not any(abs(x - a) < 1 and abs(y - b) < 1 for _, a, b in plan.valves):
            ax.text(x, y - 0.016 * (top - bottom), name, size=9, color=look.SECOND, ha="center", va="top", zorder=12)
    movers.people = ax.scatter([], [], s=16, color=look.INK, edgecolors="white", linewidths=0.6, zorder=11)
    _frame_of_plan(ax, scene)


_BOW_TIE = Path(np.array([[-1, -0.7], [1, 0.7], [1, -0.7], [-1, 0.7], [-1, -0.7]]), closed=True)


def _places(ax: Axes, scene: Drawn) -> None:
    """Buildings as steel boxes, muster points as dashed teal ones, each with its name under it."""
    left, _, right, _ = scene.plan.box
    half = 0.017 * (right - left)
    for name, kind, x, y in scene.plan.places:
        muster = kind == "muster"
        ax.add_patch(
            Rectangle((x - half, y - 0.7 * half), 2 * half, 1.4 * half, facecolor="none" if muster else look.STEEL, lw=1.2,
                      edgecolor=look.GOOD if muster else "#8A9099", ls="--" if muster else "-", zorder=5)
        )  # fmt: skip
        colour = look.GOOD if muster else look.SECOND
        ax.text(x, y - 1.0 * half, name, size=9, color=colour, ha="center", va="top", zorder=12)


def _tank(ax: Axes, scene: Drawn, tank: TankShape, movers: Movers) -> None:
    own = tank.name == scene.story_tank
    ax.add_patch(Circle((tank.x, tank.y), tank.radius, facecolor=look.STEEL, edgecolor="none", zorder=5))
    movers.fills.append(ax.add_patch(PathPatch(_chord(tank, 0.0), facecolor=look.LIQUID, edgecolor="none", zorder=6)))
    cascade = Circle(
        (tank.x, tank.y), tank.radius + CASCADE_M, fill=False, lw=4.0, edgecolor=look.SPILT, zorder=4.5, visible=False
    )
    movers.spills.append(ax.add_patch(cascade))
    rims = [Circle((tank.x, tank.y), tank.radius, fill=False, lw=2.0 if own else 1.1, edgecolor=look.INK, zorder=7)]
    inner = {"internal floating": "--", "external floating": "-"}.get(tank.roof)
    if inner:
        rims.append(
            Circle((tank.x, tank.y), 0.82 * tank.radius, fill=False, lw=0.9, ls=inner, edgecolor=look.INK, zorder=7)
        )
    else:
        rims.append(Circle((tank.x, tank.y), 0.06 * tank.radius, facecolor=look.INK, zorder=7))
    movers.rims.append([ax.add_patch(rim) for rim in rims])
    below = not any(
        abs(x - tank.x) < tank.radius and -1.6 < (y - tank.y) / tank.radius < -0.9 for _, x, y in scene.plan.valves
    )
    ax.text(
        tank.x, tank.y + (-1.08 if below else 1.1) * tank.radius, tank.name, size=9.5 if own else 9,
        weight="bold" if own else "normal", ha="center", va="top" if below else "bottom", zorder=12,
        path_effects=look.halo("white", 3.5),
    )  # fmt: skip


def _chord(tank: TankShape, share: float) -> Path:
    """The part of a circle below a height, as a sight glass shows it: height, not area."""
    share = min(max(share, 0.0), 1.0)
    half = float(np.arccos(1 - 2 * share))
    angles = np.linspace(-np.pi / 2 - half, -np.pi / 2 + half, 40)
    points = np.stack((tank.x + tank.radius * np.cos(angles), tank.y + tank.radius * np.sin(angles)), axis=1)
    return Path(points, closed=False)


def _frame_of_plan(ax: Axes, scene: Drawn) -> None:
    """Wind, scale bar, the line of the section."""
    left, bottom, right, top = scene.plan.box
    width, height = right - left, top - bottom
    bar = next(s for s in (500, 200, 100, 50, 20, 10, 5, 2, 1) if s <= 0.3 * width)
    x0, y0 = right - 0.03 * width - bar, bottom + 0.035 * height
    ax.plot([x0, x0 + bar], [y0, y0], color=look.INK, lw=1.3, zorder=12)
    ax.text(x0 + bar / 2, y0 + 0.012 * height, f"{bar} m", size=9, ha="center", va="bottom", zorder=12)
    if not len(scene.wind):
        return  # a farm alone: no day, and no section
    _wind(ax, scene)
    for end, align in ((left + 0.005 * width, "left"), (right - 0.005 * width, "right")):
        ax.text(end, scene.plan.section_y, "A", size=9, weight="bold", ha=align, va="center", zorder=12)


def _wind(ax: Axes, scene: Drawn) -> None:
    left, bottom, right, top = scene.plan.box
    width, height = right - left, top - bottom
    speed, comes = (float(v) for v in scene.wind[0])
    x, y, r = right - 0.07 * width, top - 0.09 * height, 0.026 * width
    ax.add_patch(Circle((x, y), r, fill=False, edgecolor=look.HAIRLINE, lw=1.1, zorder=12))
    angle = np.deg2rad(270.0 - comes)  # the way it blows
    dx, dy = r * np.cos(angle), r * np.sin(angle)
    ax.add_patch(
        FancyArrow(x - 0.8 * dx, y - 0.8 * dy, 1.6 * dx, 1.6 * dy, width=0.06 * r, head_width=0.5 * r, length_includes_head=True,
                   color=look.INK, zorder=12)
    )  # fmt: skip
    ax.text(x, y + 1.15 * r, "N", size=9, weight="bold", ha="center", va="bottom", zorder=12)
    words = f"wind {speed:.1f} m/s\nfrom {comes:.0f}°, {scene.stability}"
    ax.text(x - 1.4 * r, y, words, size=9, ha="right", va="center", zorder=12)


def draw_section(ax: Axes, scene: Scene, movers: Movers) -> float:
    """Tanks that the line A-A cuts, at the same x; returns how many times larger heights are drawn."""
    left, _, right, _ = scene.plan.box
    ax.set_xlim(left, right)
    cut = [t for t in scene.plan.tanks if abs(t.y - scene.plan.section_y) < SECTION_NEAR_M]
    most = max((t.height for t in cut), default=10.0)
    ax.set_ylim(-0.28 * most, 1.35 * most)
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([])
    ax.axhline(0.0, color=look.SECOND, lw=1.2)
    for _, outline, wall in scene.plan.bunds:
        if outline[:, 1].min() <= scene.plan.section_y <= outline[:, 1].max():
            a, b = float(outline[:, 0].min()), float(outline[:, 0].max())
            pool = Rectangle((a, 0.0), b - a, 0.0, facecolor=look.SPILT, edgecolor="none", zorder=3)
            movers.section_pools.append(ax.add_patch(pool))
            ax.plot([a, a], [0, wall], [b, b], [0, wall], color="#8A9099", lw=2.4, zorder=4)
        else:
            movers.section_pools.append(Rectangle((0, 0), 0, 0, visible=False))
    for tank in scene.plan.tanks:
        if tank not in cut:
            movers.section_fills.append(Rectangle((0, 0), 0, 0, visible=False))
            movers.section_rims.append(Rectangle((0, 0), 0, 0, visible=False))
            continue
        a = tank.x - tank.radius
        ax.add_patch(Rectangle((a, 0), 2 * tank.radius, tank.lip, facecolor=look.STEEL, edgecolor="none", zorder=2))
        fill = Rectangle((a, 0), 2 * tank.radius, 0.0, facecolor=look.LIQUID, edgecolor="none", zorder=4)
        movers.section_fills.append(ax.add_patch(fill))
        rim = Rectangle((a, 0), 2 * tank.radius, tank.lip, fill=False, edgecolor=look.INK, lw=1.1, zorder=6)
        movers.section_rims.append(ax.add_patch(rim))
        ax.text(tank.x, -0.05 * most, tank.name, size=9, ha="center", va="top", weight="bold" if tank.name == scene.story_tank else "normal")  # fmt: skip
    story = next((t for t in cut if t.name == scene.story_tank), None)
    if story is not None:
        (gauge,) = ax.plot([], [], color=look.SHOWN, lw=2.6, zorder=7)
        movers.section_gauge = gauge
        movers.section_label = ax.text(
            story.x, story.lip + 0.05 * most, "", size=9, ha="center", va="bottom", color=look.SHOWN, zorder=8
        )
    x = right - 0.02 * (right - left)
    tall = 10.0 if most > 6 else 5.0
    ax.plot([x, x], [0, tall], color=look.INK, lw=1.3)
    ax.text(x - 0.008 * (right - left), tall / 2, f"{tall:.0f} m", size=9, ha="right", va="center")
    box = ax.get_window_extent()
    return float((box.height / (1.63 * most)) / (box.width / (right - left)))


def move(scene: Scene, movers: Movers, tick: int) -> None:
    """Sets every mover to a tick."""
    move_plan(scene, movers, tick)
    row = _row(scene, tick)
    for n, tank in enumerate(scene.plan.tanks):
        movers.section_fills[n].set_height(min(float(scene.level_m[row, n]), tank.lip))
    for n, depth in enumerate(_depths(scene, row).tolist()):
        movers.section_pools[n].set_height(depth)
    if movers.section_gauge is not None and movers.section_label is not None:
        _gauge_bar(scene, movers, row)


def move_plan(scene: Scene, movers: Movers, tick: int) -> None:
    """Sets the movers of the plan to a tick."""
    row = _row(scene, tick)
    for n, tank in enumerate(scene.plan.tanks):
        movers.fills[n].set_path(_chord(tank, float(scene.level_m[row, n]) / tank.lip))
        movers.spills[n].set_visible(bool(scene.runs_over[row, n]))
    for n, pool in enumerate(movers.pools):
        pool.set_visible(bool(scene.lying_m3[row, n] > POOL_M3))
    for n, mark in enumerate(movers.valves):
        mark.set_markerfacecolor(_valve_face(float(scene.open[row, n])))
    assert movers.people is not None
    movers.people.set_offsets(_dots(scene, tick))


def _depths(scene: Scene, row: int) -> Floats:
    bunds = zip(scene.lying_m3[row].tolist(), scene.plan.bunds, strict=True)
    return np.array([_depth(lying, outline, wall) for lying, (_, outline, wall) in bunds])


def _depth(lying_m3: float, outline: Floats, wall: float) -> float:
    """How deep a pool lies: the shape of the outline; never above its wall, never thinner than a line."""
    x, y = outline[:, 0], outline[:, 1]
    area = 0.5 * abs(float((x * np.roll(y, 1) - y * np.roll(x, 1)).sum()))
    return min(max(lying_m3 / max(area, 1.0), 0.25), max(wall, 0.25)) if lying_m3 > POOL_M3 else 0.0


def _gauge_bar(scene: Scene, movers: Movers, row: int) -> None:
    story = next(t for t in scene.plan.tanks if t.name == scene.story_tank)
    shown = next((c.values for c in scene.trends[0].curves if c.kind == "shown"), None)
    truth = float(scene.trends[0].curves[0].values[row])
    assert movers.section_gauge is not None
    assert movers.section_label is not None
    if shown is None:
        movers.section_label.set_text(f"{truth:.1f} m")
        return
    level = float(shown[row])
    reach = 0.3 * story.radius
    movers.section_gauge.set_data([story.x - story.radius - reach, story.x + story.radius + reach], [level, level])
    movers.section_label.set_text(f"gauge {level:.1f} m, true {truth:.1f} m")


def _dots(scene: Scene, tick: int) -> Floats:
    """A dot a head; the heads of a crew stand in a small block around where it is."""
    where = scene.people(tick)
    width = scene.plan.box[2] - scene.plan.box[0]
    step = 0.011 * width
    dots: list[tuple[float, float]] = []
    taken: dict[tuple[int, int], int] = {}
    for (x, y), heads in zip(where.tolist(), scene.heads.tolist(), strict=True):
        cell = (round(x / step), round(y / step))
        for _ in range(int(heads)):
            n = taken.get(cell, 0)
            taken[cell] = n + 1
            dots.append((x + step * (n % 4 - 1.0), y + 0.9 * step * (0.6 - n // 4)))
    return np.array(dots or np.zeros((0, 2)))
