"""Draws the pictures that are compared; `python -m tests.film.record` (make screens) records them anew: look at them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from tests.film.night import late
from twin.film import figures
from twin.film.frame import DPI, HEIGHT_IN, LEFT, PLAN, Film

HERE = Path(__file__).parent / "baseline"
DOCS = Path(__file__).parent.parent.parent / "docs"
MOMENT = 1380  # 02:33, after the overflow


def frame() -> Image.Image:
    """The whole frame of the moment."""
    return Image.fromarray(np.array(Film(late()[2]).draw(MOMENT))[..., :3])


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


def lanes() -> Image.Image:
    """The figure of the posts' lanes."""
    _, found, scene = late()
    drawn = figures.lanes(found, scene, True)
    assert drawn is not None
    drawn.figure.canvas.draw()
    return Image.fromarray(np.asarray(drawn.figure.canvas.buffer_rgba())[..., :3].copy())  # type: ignore[attr-defined]


def windows() -> Image.Image:
    """The figure of the windows."""
    _, found, scene = late()
    drawn = figures.windows(found, scene, True)
    assert drawn is not None
    drawn.figure.canvas.draw()
    return Image.fromarray(np.asarray(drawn.figure.canvas.buffer_rgba())[..., :3].copy())  # type: ignore[attr-defined]


PICTURES: dict[str, Callable[[], Image.Image]] = {"plan": plan, "trends": trends, "lanes": lanes}


def main() -> None:
    HERE.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        draw().quantize(64).save(HERE / f"{name}.png", optimize=True)
    for name, draw in {"film": frame, "windows": windows}.items():  # what the README shows
        draw().quantize(128).save(DOCS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
