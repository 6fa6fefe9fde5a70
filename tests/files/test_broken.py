"""Every broken file gets exactly one mistake, at the place where the offending text stands, in words that help."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from twin.cli.main import DONE, NO, main
from twin.engine.checks import check_file

HERE = Path(__file__).parent / "broken"
FILES = sorted(HERE.glob("*.yaml"))
BY_COMMAND = [
    path for path in FILES if path.stem[3:] in {"unknown-key", "key-twice", "alias", "series-backwards", "bad-date"}
]
_EXPECTS = re.compile(r"# expects (\d+):(\d+) (.+)\Z")


@dataclass(frozen=True, slots=True)
class _Expected:
    line: int
    column: int
    words: tuple[str, ...]  # in this order, anything between


def _expected(path: Path) -> _Expected:
    match = _EXPECTS.match(path.read_text(encoding="utf-8").splitlines()[0])
    assert match, f"{path.name} does not say what it expects"
    return _Expected(int(match.group(1)), int(match.group(2)), tuple(match.group(3).split(" ... ")))


def _in_order(words: tuple[str, ...], text: str) -> bool:
    at = 0
    for word in words:
        found = text.find(word, at)
        if found < 0:
            return False
        at = found + len(word)
    return True


def test_there_are_forty_broken_files_or_more() -> None:
    assert len(FILES) >= 40


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_one_mistake_at_its_place(path: Path) -> None:
    expected = _expected(path)
    found = check_file(str(path)).mistakes
    shown = [str(fault) for fault in found]
    assert len(found) == 1, shown
    place = found[0].place
    assert place is not None, shown
    assert place.file == str(path)
    assert _in_order(expected.words, found[0].message), shown
    assert (place.line, place.column) == (expected.line, expected.column), shown


@pytest.mark.parametrize("path", BY_COMMAND, ids=[path.stem for path in BY_COMMAND])
def test_the_command_prints_the_same_and_says_no(path: Path) -> None:
    expected = _expected(path)
    command = [sys.executable, "-m", "twin", "check", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"{path}:{expected.line}:{expected.column}: ")
    assert _in_order(expected.words, lines[0])


def test_a_mended_file_has_no_mistake(tmp_path: Path) -> None:
    """The control: what the files share is sound, so the mistake found is the one that was put in."""
    first = next(path for path in FILES if path.stem.endswith("-unknown-key"))
    mended = tmp_path / "mended.yaml"
    mended.write_text(first.read_text(encoding="utf-8").replace("overflow above", "overflows above"), encoding="utf-8")
    assert check_file(str(mended)).mistakes == []


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    text = FILES[0].read_text(encoding="utf-8")
    worse = tmp_path / "worse.yaml"
    worse.write_text(text.replace("stroke: 40 s", "stroke: 40").replace("latch: yes", "latch: on"), encoding="utf-8")
    found = [fault.message for fault in check_file(str(worse)).mistakes]
    assert len(found) == 3
    assert any("overflow above" in message for message in found)
    assert any("unit of time" in message for message in found)
    assert any("yes or no" in message for message in found)


SHARED = """\
farm: Shared
tanks:
  T-1: {product: gasoline, diameter: 20 q, height: 12 m}
places: {idle: {kind: bund, area: 20 m2}}
"""
NIGHT = "scenario: Night\nfarm: shared\nstarts: 2026-01-12 10:00\nlasts: 20 min\n"


def test_a_mistake_of_a_farm_that_several_scenarios_name_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shared.yaml").write_text(SHARED)
    Path("one.yaml").write_text(NIGHT)
    Path("two.yaml").write_text(NIGHT + "levle: 3\n")
    words = ["check", "shared.yaml", "one.yaml", str(tmp_path / "two.yaml")]
    assert main(words) == NO
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if "'q' is no known unit" in line]) == 1
    assert len([line for line in lines if "levle" in line]) == 1
    assert "one.yaml: its mistakes are said above" in lines
    assert main([*words, "--json"]) == NO
    found = json.loads(capsys.readouterr().out)["mistakes"]
    assert [(m["file"].rpartition("/")[2], m["line"]) for m in found] == [("shared.yaml", 3), ("two.yaml", 5)]


def test_a_warning_of_a_farm_that_several_scenarios_name_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shared.yaml").write_text(SHARED.replace("20 q", "20 m"))
    for name in ("one.yaml", "two.yaml"):
        Path(name).write_text(NIGHT)
    assert main(["check", "one.yaml", "shared.yaml", "two.yaml"]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if "nothing refers to idle" in line]) == 1
    assert len([line for line in lines if line.endswith("no mistakes")]) == 3
