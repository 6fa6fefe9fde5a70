"""The README is true: its farm passes, its commands run, its files exist; docs show real lines and real tables."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from twin.cli import reference

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, flags=re.DOTALL)


def _shell(command: str, where: Path) -> subprocess.CompletedProcess[str]:
    twin = f"{sys.executable} -m twin"
    ready = re.sub(r"(^|\| )twin ", rf"\1{twin} ", command)
    return subprocess.run(["bash", "-c", ready], cwd=where, capture_output=True, text=True, check=False)


def test_every_command_runs_in_order_and_prints_what_is_shown(tmp_path: Path) -> None:
    farm, day = _blocks("yaml")
    assert len(farm.splitlines()) <= 20
    (tmp_path / "my-farm.yaml").write_text(farm, encoding="utf-8")
    (tmp_path / "my-day.yaml").write_text(day, encoding="utf-8")
    ran = 0
    for block in _blocks("console"):
        for part in block.split("$ ")[1:]:
            command, *shown = part.strip().splitlines()
            done = _shell(command, tmp_path)
            assert done.returncode == 0, f"{command}\n{done.stderr}"
            for line in shown:
                assert line in done.stdout, f"{command} no longer prints {line!r}"
            ran += 1
    assert ran >= 11
    assert (tmp_path / "runs" / "campaign" / "worlds.parquet").is_file()


def test_names_only_files_that_exist() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target
    for target in re.findall(r"`((?:twin|scenarios|tests)/[\w/]*)`", README):
        assert (ROOT / target).is_dir(), target


def test_where_simpy_is_shows_real_lines() -> None:
    text = (ROOT / "docs" / "where-simpy-is.md").read_text(encoding="utf-8")
    shown = ("engine/clock", "engine/inbox", "parts/valve", "parts/interlock")
    source = "".join((ROOT / "twin" / f"{name}.py").read_text(encoding="utf-8") for name in shown)
    lines = [
        line.strip()
        for block in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(lines) == 15
    for line in lines:
        assert line in source, line


@pytest.mark.parametrize("name", list(reference.files()))
def test_generated_docs_are_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == reference.files()[name], "run `make docs`"


def test_the_scripting_page_runs() -> None:
    page = (ROOT / "docs" / "scripting.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 6
