"""The README is true: its farm passes, its commands run, its files exist; docs show real lines and real tables."""

import os
import re
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import twin
import twin.api
from twin.cli import reference
from twin.cli.main import parser as main_parser

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


pytestmark = pytest.mark.usefixtures("as_shipped")  # what people read is about the drills that come with it


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, flags=re.DOTALL)


def _locked(name: str) -> set[str]:
    """The packages of a lock file."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.partition("==")[0].lower().replace("_", "-") for line in lines if "==" in line}


def _tests_alone() -> list[str]:
    """The modules here of packages that `make test` installs and `make drill` does not."""
    drill = _locked("requirements.lock")
    tests = _locked("requirements-dev.lock") - drill
    found = {
        module: {its.lower().replace("_", "-") for its in packages}
        for module, packages in metadata.packages_distributions().items()
    }
    return sorted(module for module, packages in found.items() if packages <= tests)


AFTER_DRILL = """\
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
"""


def _shell(command: str, where: Path) -> subprocess.CompletedProcess[str]:
    """A command as it runs after `make drill` alone."""
    (where / "after-drill").mkdir(exist_ok=True)
    (where / "after-drill" / "sitecustomize.py").write_text(AFTER_DRILL.format(names=_tests_alone()))
    environment = {**os.environ, "PYTHONPATH": f"{where / 'after-drill'}:{ROOT}"}
    twin = f"{sys.executable} -m twin"
    ready = re.sub(r"(^|\| )twin ", rf"\1{twin} ", command)
    return subprocess.run(
        ["bash", "-c", ready], cwd=where, env=environment, capture_output=True, text=True, check=False
    )


def test_what_only_the_tests_bring_is_not_there_when_the_commands_run(tmp_path: Path) -> None:
    """The control of the test below."""
    assert {"hypothesis", "pytest", "mpmath"} <= set(_tests_alone())
    assert not {"numpy", "textual", "pyarrow", "yaml"} & set(_tests_alone())
    for module, code in (("mpmath", 1), ("numpy", 0)):
        assert _shell(f"{sys.executable} -c 'import {module}'", tmp_path).returncode == code, module


def test_the_console_and_the_page_need_nothing_that_only_the_tests_bring(tmp_path: Path) -> None:
    modules = "tui.app, twin.film.page, twin.film.figures, twin.film.encode, twin.campaign.run, twin.cli.nights, pyarrow.parquet"
    done = _shell(f"{sys.executable} -c 'import {modules}'", tmp_path)
    assert done.returncode == 0, done.stderr


PLACEHOLDERS = {
    "RUN": "a.twin",
    "FILE": "a.yaml",
    "FILE.csv": "a.csv",
    "FARM": "harbour",
    "SCENARIO": "first-watch",
    "NAME": "first-watch",
}
GUIDES = [README, *(p.read_text(encoding="utf-8") for p in sorted((ROOT / "docs").glob("*.md")))]
INLINE = sorted(
    {c for text in GUIDES for c in re.findall(r"`twin ([^`]*)`", text)}
    | {c for text in GUIDES for c in re.findall(r"^(?:\$ )?twin (.*)$", text, flags=re.MULTILINE)}
)


def _parses(command: str) -> bool:
    try:
        main_parser().parse_args([PLACEHOLDERS.get(word, word) for word in shlex.split(command)])
    except SystemExit as stopped:
        return stopped.code == 0
    return True


@pytest.mark.parametrize("command", INLINE)
def test_a_command_that_a_guide_names_is_one(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A bare name stands for the command, so what it cannot do without may be missing there."""
    bare = len(command.split()) <= 2
    assert _parses(command) or (bare and "are required" in capsys.readouterr().err)


def _prints_what_is_shown(page: str, where: Path) -> int:
    """Runs the commands of a page in their order, each of which must print what is shown; how many there are."""
    ran = 0
    for block in re.findall(r"```console\n(.*?)```", page, flags=re.DOTALL):
        for part in block.split("$ ")[1:]:
            command, *shown = part.strip().splitlines()
            done = _shell(command, where)
            assert done.returncode == 0, f"{command}\n{done.stderr}"
            for line in shown:
                assert line in done.stdout, f"{command} no longer prints {line!r}"
            ran += 1
    return ran


def test_every_command_runs_in_order_and_prints_what_is_shown(tmp_path: Path) -> None:
    farm, day = _blocks("yaml")
    assert len(farm.splitlines()) <= 20
    (tmp_path / "my-farm.yaml").write_text(farm, encoding="utf-8")
    (tmp_path / "my-day.yaml").write_text(day, encoding="utf-8")
    ran = _prints_what_is_shown(README, tmp_path)
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
    (printed,) = re.findall(r"```text\n(.*?)```", page, flags=re.DOTALL)
    assert done.stdout == printed, done.stderr


@pytest.mark.long
def test_the_engineers_day_runs_as_it_is_told(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "engineers-day.md").read_text(encoding="utf-8")
    for file in (ROOT / "docs" / "engineers-day").glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (night,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    (tmp_path / "night.yaml").write_text(night, encoding="utf-8")
    assert _prints_what_is_shown(page, tmp_path) == 7
    (script,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    (printed,) = re.findall(r"```text\n(.*?)```", page, flags=re.DOTALL)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout == printed, done.stderr
    assert (tmp_path / "highest.png").is_file()
    assert (tmp_path / "beside.png").is_file()


def test_every_example_of_the_python_door_is_true() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "doctest", twin.api.__file__], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    tried = {name for name in twin.__all__ if ">>>" in (getattr(twin, name).__doc__ or "")}
    assert tried >= {"Run", "calc", "check", "load", "open_scenario", "worlds"}
