"""A recorded trend beside the twin's own signal: one number that can be worked out again, one figure, and what is no trend."""

import datetime
import json
import math
from pathlib import Path

import pytest

from twin.cli.main import main
from twin.film import look
from twin.film.beside import figure

SAW = [0.02, -0.03, 0.05, 0.0, -0.01]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("compare") / "run.twin"
    assert main(["run", "first-watch", "--set", "lasts=10 min", "--out", str(out)]) == 0
    assert main(["export", str(out), "--out", str(out.with_suffix(".csv"))]) == 0
    return out


def _shown(run: Path, name: str) -> list[float]:
    head, *rows = run.with_suffix(".csv").read_text(encoding="utf-8").splitlines()
    at = head.split(",").index(name)
    return [float(row.split(",")[at]) for row in rows]


def _compared(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, float]:
    capsys.readouterr()
    assert main(["compare", *arguments, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["compared"]
    return dict(found)


def test_its_own_signal_lies_nowhere_beside_itself(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _compared(capsys, str(run), str(run.with_suffix(".csv")), "--signal", "LT-101")
    assert (found["points"], found["rms"], found["outside"]) == (601, 0.0, 0)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("t_s,LT-101 [m]", lambda n, v: f"{n},{v!r}"),
        ("Time;LT-101 [mm]", lambda n, v: f"{n};{v * 1000!r}".replace(".", ",")),
        ("clock\tLT-101", lambda n, v: f"{2 + (n + 0) // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}\t{v!r}"),
        ("timestamp,LT-101 [m]", lambda n, v: f"2026-01-12T02:{n // 60:02d}:{n % 60:02d},{v!r}"),
    ],
)  # fmt: skip
def test_the_number_is_the_root_of_the_mean_square(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], head: str, line: object
) -> None:
    shown = _shown(run, "LT-101 [m]")
    start = run.with_suffix(".csv").read_text(encoding="utf-8").splitlines()[1].split(",")[1]
    rows = [line(n, shown[n] + SAW[k % 5]) for k, n in enumerate(range(0, 600, 60))]  # type: ignore[operator]
    text = "\n".join([head, *rows]).replace("2026-01-12T02", start[:13]).replace("\n02:", f"\n{start[11:13]}:")
    (tmp_path / "t.csv").write_text(text, encoding="utf-8-sig")
    found = _compared(capsys, str(run), str(tmp_path / "t.csv"))
    assert found["rms"] == pytest.approx(math.sqrt(sum(d * d for d in SAW) / 5), rel=1e-6)
    assert found["mean"] == pytest.approx(sum(SAW) / 5, rel=1e-6)
    assert found["worst"]["t_s"] == 120.0  # type: ignore[index]


def test_what_lies_outside_the_run_or_is_missing_is_left_out_and_counted(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text("t_s,LT-101\n-5,1\n0,14\n1,\n2,14\n9999,14\n")
    found = _compared(capsys, str(run), str(tmp_path / "t.csv"))
    assert (found["points"], found["outside"]) == (2, 2)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_times_of_day_before_the_start_are_before_it_and_any_line_end_will_do(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], ends: str
) -> None:
    first = run.with_suffix(".csv").read_text(encoding="utf-8").splitlines()[1].split(",")[1]
    start = datetime.datetime.fromisoformat(first)
    rows = [f"{start + datetime.timedelta(minutes=m):%H:%M:%S},14" for m in (-420, 1, 3)]
    (tmp_path / "t.csv").write_bytes(ends.join(["clock,LT-101", *rows, ""]).encode())
    found = _compared(capsys, str(run), str(tmp_path / "t.csv"))
    assert (found["points"], found["outside"]) == (2, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no column of time"), ("a,b\n1,2\n", "has no column of time"), ("t_s,LT-101\n", "holds no values"),
        ("t_s,LT-101\n0,x\n", "t.csv:2:1: 'x' is no number"), ("t_s,LT-101\n0,1\n0,1\n", "t.csv:3:1: times must rise"),
        ("t_s,LT-101\n0\n", "t.csv:2:1: this line has 1 cells, the first 2"), ("t_s,LT-101\nnoon,1\n", "'noon' is no time"),
        ("t_s,LT-101 [degC]\n0,1\n", "degC is a unit of temperature"), ("t_s,foo\n0,1\n", "is called like a signal"),
        ("t_s\n1\n", "a column of time and nothing else"), ("t_s,LT-101\n1,\n", "LT-101 holds no value"),
        ("clock,LT-101\n99:99:99,1\n", "is no time"), ('t_s,LT-101,note\n1,13.7,"open\n' + "x" * 200_000, "is no table"),
        ("t_s,LT-101\nnan,1\n", "is no time"), ("t_s,LT-101\n7200,1\n", "no point of LT-101 lies in the run"), ("t_s,LT-101 [furlong]\n0,1\n", "is no known unit"),
    ],
)  # fmt: skip
def test_what_is_no_trend_is_said_in_a_sentence(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    (tmp_path / "t.csv").write_text(text)
    capsys.readouterr()
    assert main(["compare", str(run), str(tmp_path / "t.csv")]) == 2
    assert says in capsys.readouterr().err


def test_the_figure_says_the_number_and_nothing_in_it_overlaps(run: Path, tmp_path: Path) -> None:
    from twin.cli.debrief import lived
    from twin.debrief import trend

    (tmp_path / "t.csv").write_text(
        "t_s,LT-101\n" + "".join(f"{n},{14 + SAW[n // 60 % 5]}\n" for n in range(0, 600, 60))
    )
    its = lived(run, 0)
    (one,) = trend.compare(its, trend.read(tmp_path / "t.csv", its.model.clock))
    drawn = figure(one, 7200, "run")
    words = [text.get_text() for text in look.texts_of(drawn)]
    assert any(f"{one.rms:.3g} m (rms)" in text.replace("\n", " ") for text in words)
    assert look.overlaps(drawn) == []
    for name in ("a.png", "a.svg"):
        assert main(["compare", str(run), str(tmp_path / "t.csv"), "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).stat().st_size > 5000
    assert main(["compare", str(run), str(tmp_path / "t.csv"), "--out", str(tmp_path / "a.png")]) == 2, (
        "it is there already"
    )
