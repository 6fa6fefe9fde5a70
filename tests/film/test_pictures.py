"""Frames and figures: nothing overlaps or leaves the frame, colours survive, pictures look as recorded."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.film import record
from tests.film.night import late, other
from twin.film import encode, figures, look
from twin.film.axis import axis
from twin.film.frame import Film

SHORT = ("T-101.level=15.25 m", "lasts=3 min", "plan.end-receipt.within=1 s")
NIGHTS = {
    "gauge-sticks, late": lambda: late()[1:],
    "power-dips": lambda: other("power-dips"),
    "valve-does-not-close": lambda: other("valve-does-not-close"),
    "keep-pumping, nobody": lambda: other("keep-pumping", "none"),
}


@pytest.mark.parametrize("night", list(NIGHTS))
def test_no_text_of_a_frame_covers_another_or_leaves_it(night: str) -> None:
    _, scene = NIGHTS[night]()
    film = Film(scene)
    for tick in scene.frames()[::40]:
        film.set(tick)
        assert look.overlaps(film.figure) == [], scene.time.clock(tick)


def test_no_text_of_a_figure_covers_another_or_leaves_it() -> None:
    _, found, scene = late()
    drawn = figures.all_of(found, scene)
    assert [d.name for d in drawn] == ["truth-against-gauge", "windows", "lanes", "one-thing", "luck"]
    for one in [*drawn, *figures.all_of(found, scene, titles=False)]:
        assert look.overlaps(one.figure) == [], one.name


def test_texts_that_cover_each_other_are_caught() -> None:
    fig = look.figure(2.0)
    fig.text(0.2, 0.5, "one")
    fig.text(0.21, 0.5, "two")
    fig.text(0.99, 0.5, "outside")
    assert {pair[1] for pair in look.overlaps(fig)} == {"two", "edge"}


@pytest.mark.parametrize("name", list(record.PICTURES))
def test_looks_as_recorded(name: str) -> None:
    drawn = np.asarray(record.PICTURES[name]().convert("RGB"), dtype=float)
    with Image.open(record.HERE / f"{name}.png") as picture:
        kept = np.asarray(picture.convert("RGB"), dtype=float)
    assert drawn.shape == kept.shape
    apart = float(np.sqrt(((drawn - kept) ** 2).mean()))
    assert apart < 6.0, f"{apart:.1f} apart (RMS of 255): look at the difference; `make screens` records anew"


@pytest.mark.parametrize(("name", "draw"), [("film", record.frame), ("windows", record.windows)])
def test_the_pictures_of_the_readme_are_those_that_its_commands_make(
    name: str, draw: Callable[[], Image.Image]
) -> None:
    with Image.open(record.DOCS / f"{name}.png") as picture:
        kept = np.asarray(picture.convert("RGB"), dtype=float)
    assert float(np.sqrt(((np.asarray(draw(), dtype=float) - kept) ** 2).mean())) < 6.0


def test_a_frame_is_the_same_whatever_was_drawn_before() -> None:
    _, _, scene = late()
    film = Film(scene)
    ticks = scene.frames()
    wanted = ticks[-30]
    alone = np.array(Film(scene).draw(wanted))
    for tick in (ticks[0], ticks[-1], ticks[200]):
        film.draw(tick)
    assert np.array_equal(film.draw(wanted), alone)


def test_the_future_is_not_drawn() -> None:
    _, _, scene = late()
    film = Film(scene)
    first, last = np.array(film.draw(scene.first)), np.array(film.draw(scene.last))
    right = slice(round(0.75 * first.shape[1]), round(0.90 * first.shape[1]))
    rust = np.array([int(look.LATE[i : i + 2], 16) for i in (1, 3, 5)])
    for frame, wanted in ((first, False), (last, True)):
        assert bool((np.abs(frame[:, right, :3].astype(int) - rust).max(axis=-1) < 8).any()) is wanted


@pytest.mark.parametrize("ending", ["gif", "png", pytest.param("webp", marks=pytest.mark.long)])
def test_key_colours_survive_the_file(ending: str, tmp_path: Path) -> None:
    _, scene = other("first-watch", settings=SHORT)
    path = tmp_path / f"film.{ending}"
    if ending == "png":
        encode.png(scene, scene.last, path)
        with Image.open(path) as film:
            picture = np.asarray(film.convert("RGB")).astype(int)
    else:
        encode.moving_picture(scene, path)
        with Image.open(path) as film:
            film.seek(film.n_frames - 1)  # type: ignore[attr-defined]
            picture = np.asarray(film.convert("RGB")).astype(int)
    for colour in (look.LATE, look.GOOD, look.SPILT, look.SHOWN, look.LIQUID):
        wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
        assert int(np.abs(picture - wanted).max(axis=-1).min()) <= 26, colour


def test_a_short_drill_lasts_twenty_seconds_and_a_long_night_no_more_than_frames_allow() -> None:
    _, _, scene = late()
    assert len(scene.frames()) == 481
    frames = scene.frames()
    assert (frames[0], frames[-1]) == (scene.first, scene.last)
    assert frames == sorted(frames)


@given(
    st.integers(0, 1000), st.integers(1200, 50_000), st.lists(st.integers(0, 60_000), max_size=12),
)  # fmt: skip
def test_the_axis_never_goes_back_and_spans_the_width(first: int, last: int, interest: list[int]) -> None:
    its = axis(first, last, interest, 3600)
    at = np.asarray(its.at(np.arange(first, last + 1, max(1, (last - first) // 500))))
    assert float(its.at(first)) == 0.0
    assert float(its.at(last)) == pytest.approx(1.0)
    assert (np.diff(at) > 0).all()
    marks = its.marks()
    assert marks == sorted(set(marks))
    assert all(first <= m <= last for m in marks)


def test_people_walk_between_the_ends_of_their_way() -> None:
    _, _, scene = late()
    crew, start, arrives, here, there = scene.ways[0]
    assert tuple(scene.people(start)[crew]) == here
    assert tuple(scene.people(arrives)[crew]) == there
    middle = scene.people((start + arrives) // 2)[crew]
    for m, a, b in zip(middle, here, there, strict=True):
        assert min(a, b) <= m <= max(a, b)
