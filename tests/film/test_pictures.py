"""Frames and figures: nothing overlaps or leaves the frame, colours survive, pictures look as recorded."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.film import record
from tests.film.night import crew, full, late, other, second, unfinished
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


FIGURES = {
    "late": lambda: late()[1:], "half right": lambda: crew("half right")[1:], "wrong order": lambda: crew("wrong order")[1:],
    "foolish": lambda: crew("foolish")[1:], "second chance": lambda: second()[1:],
    "full": lambda: (full(crew("half right")[1]), crew("half right")[2]),
    "unfinished": lambda: (unfinished(crew("half right")[1]), crew("half right")[2]),
    "buncefield-2005, nobody": lambda: other("buncefield-2005", "none"), "valve-does-not-close": lambda: other("valve-does-not-close"),
}  # fmt: skip


@pytest.mark.parametrize("night", list(FIGURES))
def test_no_text_of_a_figure_covers_another_or_leaves_it(night: str) -> None:
    found, scene = FIGURES[night]()
    drawn = figures.all_of(found, scene)
    assert drawn
    for one in [*drawn, *figures.all_of(found, scene, titles=False)]:
        assert look.overlaps(one.figure) == [], one.name


def test_each_figure_is_there_where_its_debrief_has_something_for_it() -> None:
    _, found, scene = late()
    assert [d.name for d in figures.all_of(found, scene)] == [
        "truth-against-gauge",
        "lanes",
        "windows",
        "one-thing",
        "luck",
    ]
    assert "second-chance" in [d.name for d in figures.all_of(*second()[1:])]
    left = [d.name for d in figures.all_of(unfinished(found), scene)]
    assert not {"one-thing", "luck", "second-chance"} & set(left), "an unfinished run has no score to compare"


def test_names_of_posts_stand_clear_of_acts() -> None:
    found, scene = other("buncefield-2005", "none")
    drawn = figures.lanes(found, scene, True)
    assert drawn is not None
    drawn.figure.canvas.draw()
    boxes = {t.get_text(): t.get_window_extent() for t in look.texts_of(drawn.figure)}
    posts = [boxes[p] for p in {row.post for row in scene.lanes}]
    acts = [boxes[look.act_label(row.label, 21)] for row in scene.lanes]
    assert min(a.x0 for a in acts) - max(p.x1 for p in posts) > 8


def test_no_text_of_a_figure_is_too_small_for_a_phone() -> None:
    least = 11 / 96 * 72  # CSS pixels in points: figures keep their size on a phone, where their box moves sideways
    for one in figures.all_of(full(crew("foolish")[1]), crew("foolish")[2], titles=False):
        assert min(t.get_fontsize() for t in look.texts_of(one.figure)) >= least, one.name


def test_in_grey_print_what_is_good_and_what_is_late_differ_by_shape_and_word() -> None:
    """Shapes and words, for their greys are near each other: colours and grounds alone must differ enough to be seen."""
    _, found, scene = crew("foolish")
    for name, shapes in {"windows": {"D", "o"}, "lanes": {"D", "o"}, "luck": {"o"}}.items():
        drawn = next(d for d in figures.all_of(found, scene) if d.name == name)
        marks = {
            line.get_marker() for ax in drawn.figure.axes for line in ax.get_lines() if line.get_markersize() > 5
        } & {"D", "o", "X"}
        assert marks >= shapes - {"o"} or marks == shapes, name
    words = " ".join(t.get_text() for d in figures.all_of(found, scene) for t in look.texts_of(d.figure))
    for word in ("late", "in time", "never done", "● better", "◆ worse"):
        assert word in words

    def grey(colour: str) -> float:
        return sum(w * int(colour[i : i + 2], 16) for w, i in ((0.299, 1), (0.587, 3), (0.114, 5)))

    for text, ground in (
        (look.LATE, look.LATE_TINT),
        (look.GOOD, look.GOOD_TINT),
        (look.SPILT, look.CLOSED),
        (look.INK, look.LATE_TINT),
    ):
        assert abs(grey(text) - grey(ground)) > 80, (text, ground)
    assert abs(grey(look.SPILT) - grey(look.LIQUID)) > 60, "what is spilled and what lies in a tank"
    assert abs(grey(look.INK) - grey(look.SHOWN)) > 30, "truth is also the thicker line"


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


def test_the_pictures_of_the_readme_are_those_that_its_commands_make() -> None:
    for name, picture in record.of_the_readme().items():
        with Image.open(record.DOCS / f"{name}.png") as shown:
            kept = np.asarray(shown.convert("RGB"), dtype=float)
        assert float(np.sqrt(((np.asarray(picture, dtype=float) - kept) ** 2).mean())) < 6.0, name


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
    marks = its.marks(2.8)
    assert marks == sorted(set(marks))
    places = [float(its.at(m)) for m in marks]
    assert all(b - a > 0.45 / 2.8 for a, b in itertools.pairwise(places)), "hh:mm is some 0.45 in wide"
    assert all(first <= m <= last for m in marks)


def test_people_walk_between_the_ends_of_their_way() -> None:
    _, _, scene = late()
    crew, start, arrives, here, there = scene.ways[0]
    assert tuple(scene.people(start)[crew]) == here
    assert tuple(scene.people(arrives)[crew]) == there
    middle = scene.people((start + arrives) // 2)[crew]
    for m, a, b in zip(middle, here, there, strict=True):
        assert min(a, b) <= m <= max(a, b)


def test_the_headline_says_what_is_true_now_and_a_fact_whole() -> None:
    _, _, scene = crew("half right")

    def at(tick: int) -> str:
        return next(t for since, t in reversed(scene.sentences) if since <= tick)

    assert at(0) == "TR-1 fills T-101"
    assert at(400) == "LT-101 shows too little, nobody doubts it; TR-1 fills T-101"
    assert at(431) == "LT-101 shows too little and is doubted; TR-1 fills T-101"
    assert at(1310).startswith("T-101 runs over; ")
    assert "runs over" not in at(1400)
    over = scene.runs_over.any(axis=1)
    for tick in range(scene.first, scene.last + 1):
        assert ("runs over" in at(tick)) == bool(over[tick - scene.first]), tick
    for _, text in (*scene.sentences, *scene.happened):
        assert "…" not in text
        assert " m3" not in text


def test_the_lower_panel_adds_up_to_the_gap_of_the_upper() -> None:
    _, _, scene = crew("wrong order")  # nothing is spilled: all that was pumped in stands in the tank
    assert scene.moved is not None
    truth, shown = (c.values for c in scene.trends[0].curves)
    tank = next(t for t in scene.plan.tanks if t.name == scene.story_tank)
    assert scene.moved.gap_m3[-1] == pytest.approx((truth[-1] - shown[-1]) * np.pi * tank.radius**2, rel=0.02)
    assert scene.moved.limits == (("doubt-gauge", 20.0),)


def test_an_act_is_shortened_by_whole_facts() -> None:
    act = "check DIP-912 with breathing-air and gas-meter"
    assert look.act_label(act, 50) == act
    assert look.act_label(act, 26, 1) == "check DIP-912"
    assert look.act_label('tell principal "ten minutes to the end of T-101"', 20) == "tell principal"
    assert look.typeset("77 m3/h of 9000 m2 at XM3-1") == "77 m³/h of 9000 m² at XM3-1"
