"""Tables of a run: one content in CSV, in CSV for Excel and in Parquet; text stays text."""

import csv
from pathlib import Path

import pytest
from pyarrow import parquet

from twin.cli.main import main
from twin.debrief import export


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    (folder / "acts.txt").write_text(
        '+20 s control-room tell field "=HYPERLINK(1)"\n+30 s control-room tell field "汽油 -1"\n', encoding="utf-8"
    )
    out = folder / "run.twin"
    arguments = [
        "run",
        "first-watch",
        "--set",
        "lasts=10 min",
        "--commands",
        str(folder / "acts.txt"),
        "--out",
        str(out),
    ]
    assert main(arguments) == 0
    return out


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_and_parquet_hold_the_same(run: Path, tmp_path: Path) -> None:
    for name in ("a.csv", "a.parquet"):
        assert main(["export", str(run), "--out", str(tmp_path / name)]) == 0
    text, table = _csv(tmp_path / "a.csv"), parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert len(text) == len(table) == 601
    assert list(text[0]) == list(table[0])
    for one, other in zip(text, table, strict=True):
        assert {k: v if k == "clock" else float(v) for k, v in one.items()} == pytest.approx(other, nan_ok=True)
    happened, kept = _csv(tmp_path / "a-events.csv"), parquet.read_table(tmp_path / "a-events.parquet").to_pylist()
    assert [int(row["t_s"]) for row in happened] == [row["t_s"] for row in kept]
    assert any("汽油" in row["text"] for row in kept)


def test_excel_knows_it_by_its_first_bytes(run: Path, tmp_path: Path) -> None:
    main(["export", str(run), "--out", str(tmp_path / "a.csv")])
    main(["export", str(run), "--excel", "--out", str(tmp_path / "e.csv")])
    plain, excel = (tmp_path / "a.csv").read_bytes(), (tmp_path / "e.csv").read_bytes()
    assert excel == b"\xef\xbb\xbf" + plain


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@A1", "\t=1"])
def test_no_text_is_a_formula_and_every_number_is_one(tmp_path: Path, begins: str) -> None:
    export.write_csv(export.Table({begins: [begins], "number": [-1.5]}), tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as stream:
        head, row = csv.reader(stream)
    assert head[0] == row[0] == f"'{begins}"
    assert float(row[1]) == -1.5


def test_a_line_break_stays_in_its_cell(tmp_path: Path) -> None:
    export.write_csv(export.Table({"text": ["one\rtwo", "three\nfour"]}), tmp_path / "t.csv")
    assert [row["text"] for row in _csv(tmp_path / "t.csv")] == ["one\ntwo", "three\nfour"]
