"""`twin replay` and the page: every kind of file, what is said without ffmpeg, what is refused; no traceback."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import twin
from tests.film.night import late
from twin.cli.main import main
from twin.film import look, now, window
from twin.journal import chain

SHORT = ("--set", "T-101.level=15.25 m", "--set", "lasts=3 min", "--set", "plan.end-receipt.within=1 s")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "short.twin"
    assert main(["run", "first-watch", *SHORT, "--out", str(path)]) == 0
    return path


def test_a_picture_of_one_moment(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "moment.png"
    assert main(["replay", str(run), "--out", str(out), "--at", "10:01"]) == 0
    with Image.open(out) as picture:
        assert picture.size == (1280, 720)


def test_a_farm_with_every_kind_has_a_picture_and_a_debrief_that_is_true(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    farm = Path(__file__).parents[1] / "house" / "every-kind.yaml"
    run = tmp_path / "every.twin"
    assert main(["run", str(farm), "--set", "lasts=6 min", "--out", str(run)]) == 0
    assert main(["replay", str(run), "--out", str(tmp_path / "moment.png"), "--at", "10:05"]) == 0
    capsys.readouterr()
    assert main(["debrief", str(run), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["score"] is not None
    its = twin.open_scenario(str(farm), seed=0)
    its.advance(360)
    assert its._session.block.world.tanks.total_m3[0, its._session.model.tanks.index("road")] > 1.0
    assert [c.text for c in now._bunds(its._session, 360)] == [], "what was sent away was not spilled"


@pytest.mark.parametrize("ending", [pytest.param("mp4", marks=pytest.mark.long), "html"])
def test_a_film_in_a_file(run: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"film.{ending}"
    assert main(["replay", str(run), "--out", str(out)]) == 0
    data = out.read_bytes()
    if ending == "mp4":
        assert data[4:8] == b"ftyp"
    else:
        assert b"data:video/mp4;base64," in data
        assert not re.search(rb"(src|href)=\"(?!data:)", data), "the page loads nothing from anywhere"


def test_the_debrief_page_holds_every_figure_and_escapes_what_people_wrote(tmp_path: Path) -> None:
    run, out = tmp_path / "odd.twin", tmp_path / "page.html"
    odd = tmp_path / "odd.yaml"
    odd.write_text("scenario: \"<script>alert(1)</script> 'n'\"\nlike: first-watch\n", encoding="utf-8")
    assert main(["run", str(odd), *SHORT, "--out", str(run)]) == 0
    assert main(["debrief", str(run), "--out", str(out), "--figures", str(tmp_path / "figures")]) == 0
    text = out.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert f"Seal of this run: <b>{chain.spoken(chain.read(run)[0])}</b>" in text
    names = {"windows", "lanes", "one-thing", "luck"}
    assert {p.stem for p in (tmp_path / "figures").iterdir()} == names
    assert {p.suffix for p in (tmp_path / "figures").iterdir()} == {".png", ".svg"}
    assert text.count("data:image/svg+xml;base64,") == len(names) + 1  # and the plan for paper


@pytest.mark.long
def test_without_ffmpeg_the_film_is_a_moving_picture_and_says_so(run: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['imageio_ffmpeg'] = None\nfrom twin.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    empty = tmp_path / "bin"
    empty.mkdir()
    out = tmp_path / "film.html"
    command = [sys.executable, "-c", program, "replay", str(run)]
    done = subprocess.run([*command, "--out", str(out)], capture_output=True, text=True, check=False,
                          env={**os.environ, "PATH": str(empty)})  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "No ffmpeg is here" in done.stderr
    assert b"data:image/webp;base64," in out.read_bytes()
    done = subprocess.run([*command, "--out", str(tmp_path / "film.mp4")], capture_output=True, text=True, check=False,
                          env={**os.environ, "PATH": str(empty)})  # fmt: skip
    assert done.returncode == 2
    assert "MP4 needs ffmpeg" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["replay", "RUN", "--out", "film.avi"], "is no film"),
        (["replay", "RUN", "--out", "film.png", "--at", "09:00"], "lies outside the run"),
        (["replay", "RUN", "--out", "film.png", "--at", "noon"], "noon"),
        (["replay", "RUN", "--out", "film.mp4", "--at", "10:01"], "--at is for a picture"),
        (["replay", "RUN", "--out", "nowhere/film.png"], "there is no folder nowhere"),
        (["replay", "nothing.twin", "--out", "film.png"], "cannot be read"),
        (["debrief", "RUN", "--out", "page.pdf"], "is no page"),
        (["export", "RUN", "--out", "a.txt"], "is no table"),
        (["export", "RUN", "--out", "a.parquet", "--excel"], "--excel is about CSV"),
        (["debrief", "RUN", "--course", "9"], "has 1 courses"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([str(run) if w == "RUN" else w for w in words]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert len([line for line in err.splitlines() if line.strip()]) == 1
    assert list(tmp_path.iterdir()) == [], "nothing half made is left"


def test_a_changed_run_is_debriefed_by_nobody(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = run.read_text().splitlines()
    record = json.loads(lines[1])
    record["body"]["sha256"] = "0" * 64
    odd = tmp_path / "odd.twin"
    odd.write_text("\n".join([lines[0], json.dumps(record), *lines[2:]]) + "\n")
    assert main(["debrief", str(odd)]) == 2
    assert "twin verify" in capsys.readouterr().err


@pytest.mark.parametrize("lived_s", [0, 1, 5, 61])
def test_a_run_left_early_is_debriefed_as_far_as_it_goes(run: Path, tmp_path: Path, lived_s: int) -> None:
    from twin.engine import session as sessions
    from twin.engine.setup import Setup

    path = tmp_path / "early.twin"
    its = sessions.start(Setup("gauge-sticks"), path)
    its.advance(lived_s)
    its.mark()
    its.close()
    words = [["debrief", str(path)], ["replay", str(path), "--out", str(tmp_path / "a.png")],
             ["replay", str(path), "--out", str(tmp_path / "a.gif")], ["export", str(path), "--out", str(tmp_path / "a.csv")]]  # fmt: skip
    for command in words:
        assert main(command) == (0 if lived_s else 2)


def test_the_controls_of_the_window_move_the_film() -> None:
    scene = late()[2]
    player = window.Player(scene, look.figure(8.1, width_in=12.8))
    player.build()
    player.next_event()
    assert scene.time.clock(player.tick) == "02:31"
    player.play()
    before = player.tick
    player.turn()
    assert player.tick == before + 7  # three minutes a second, 40 ms a turn
    player.faster()
    player.turn()
    assert player.tick == before + 21
    with_trend = player.film.draw(player.tick).copy()
    player.choose(0)
    assert (player.film.draw(player.tick) != with_trend).any()
    player.choose(0)
    assert (player.film.draw(player.tick) == with_trend).all()
    player.go(10**9)
    assert player.tick == scene.last


def test_without_a_display_the_window_says_what_to_do(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        pytest.skip("there is a display")
    assert main(["replay", str(run)]) == 2
    assert "--out film.html" in capsys.readouterr().err
