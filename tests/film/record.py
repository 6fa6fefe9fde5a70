"""Draws the pictures that are compared; `python -m tests.film.record` (make screens) records them anew: look at them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from tests.film.night import Told, late, of_readme
from twin.film import figures
from twin.film.frame import DPI, HEIGHT_IN, LEFT, PLAN, Film
from twin.film.scene import Scene

HERE = Path(__file__).parent / "baseline"
DOCS = Path(__file__).parent.parent.parent / "docs"
MOMENT = 1380  # 02:33, after the overflow
README_MOMENT = 1860  # 02:33 in the night of the README


def frame() -> Image.Image:
    """The whole frame of the moment."""
    return _frame(late()[2], MOMENT)


def _frame(of: Scene, tick: int) -> Image.Image:
    return Image.fromarray(np.array(Film(of).draw(tick))[..., :3])


def plan() -> Image.Image:
    """The plan view alone."""
    its = frame()
    left, bottom, wide, tall = PLAN
    top = round((1 - bottom - tall) * HEIGHT_IN * DPI)
    return its.crop(
        (round(left * its.width), top, round((left + wide) * its.width), round((1 - bottom) * HEIGHT_IN * DPI))
    )


def trends() -> Image.Image:
    """Trends and acts of the film."""
    its = frame()
    return its.crop((round((LEFT - 0.13) * its.width), 70, its.width, its.height))


def _figure(name: str, night: Told | None = None) -> Image.Image:
    """One figure of a night."""
    _, found, scene = night or late()
    drawn = next(d for d in figures.all_of(found, scene) if d.name == name)
    drawn.figure.canvas.draw()
    return Image.fromarray(np.asarray(drawn.figure.canvas.buffer_rgba())[..., :3].copy())  # type: ignore[attr-defined]


def lanes() -> Image.Image:
    """The figure of the posts' lanes."""
    return _figure("lanes")


def truth() -> Image.Image:
    """The figure of truth against gauge."""
    return _figure("truth-against-gauge")


def of_the_readme() -> dict[str, Image.Image]:
    """What the README shows, by the name of the file in docs."""
    night = of_readme()
    return {"film": _frame(night[2], README_MOMENT), "windows": _figure("windows", night)}


PICTURES: dict[str, Callable[[], Image.Image]] = {"plan": plan, "trends": trends, "lanes": lanes, "truth": truth}


def main() -> None:
    HERE.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        draw().quantize(64).save(HERE / f"{name}.png", optimize=True)
    for name, picture in of_the_readme().items():
        picture.quantize(128).save(DOCS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
