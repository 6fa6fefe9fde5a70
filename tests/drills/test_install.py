"""The wheel in an empty environment and an empty folder; a Python without venv; half an hour of a thousand worlds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from twin.language import files

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.machine
def test_the_wheel_in_an_empty_environment_knows_every_scenario_and_runs(tmp_path: Path) -> None:
    def run(*words: str, where: Path = tmp_path) -> str:
        done = subprocess.run(words, cwd=where, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("tankfarm_twin-*.whl")
    run(sys.executable, "-m", "venv", str(tmp_path / "env"))
    run(str(tmp_path / "env/bin/pip"), "install", "-q", str(wheel))
    (tmp_path / "empty").mkdir()
    listed = json.loads(run(str(tmp_path / "env/bin/twin"), "list", "--json", where=tmp_path / "empty"))
    assert {row["name"] for row in listed["scenarios"]} == set(files.known_scenarios())
    assert all(row["lasts_s"] > 0 for row in listed["scenarios"])
    ran = run(str(tmp_path / "env/bin/twin"), "run", "first-watch", "--json", where=tmp_path / "empty")
    assert json.loads(ran)["score"] == "1000000"


def test_a_python_without_venv_is_answered_with_the_sentence_that_helps(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    bare.chmod(0o755)
    environment = {"PATH": os.environ["PATH"]}
    for target in ("drill", "test"):
        done = subprocess.run(
            ["make", "-s", target, f"PYTHON={bare}", f"VENV={tmp_path}/none"],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode != 0
        assert "install its venv package" in done.stdout
        assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.long
@pytest.mark.parametrize("block", ["0", "64"])
def test_world_seven_of_a_thousand_half_hours_is_the_run_of_world_seven(tmp_path: Path, block: str) -> None:
    from pyarrow import parquet

    half_hour = ["--set", "lasts=30 min", "--set", "T-101.level=14.0 m"]
    command = [
        sys.executable,
        "-m",
        "twin",
        "campaign",
        "first-watch",
        "--worlds",
        "1000",
        "--block",
        block,
        "--out",
        "c",
        *half_hour,
    ]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    row = parquet.read_table(tmp_path / "c" / "worlds.parquet").to_pylist()[7]
    alone = [sys.executable, "-m", "twin", "run", "first-watch", "--world", "7", "--json", *half_hour]
    done = subprocess.run(alone, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["digest"] == row["digest"]
