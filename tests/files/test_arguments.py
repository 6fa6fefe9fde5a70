"""Whatever is named as a file, a sentence comes: a pipe that nobody writes, a device that never ends, a link to nowhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from twin.cli.main import DONE, USAGE, main
from twin.cli.run import verify
from twin.journal.chain import Journal

COMMANDS = [
    ["verify", "{}"], ["check", "{}"], ["run", "first-watch", "--commands", "{}"], ["run", "--resume", "{}"], ["debrief", "{}"],
    ["replay", "{}"], ["export", "{}", "--out", "x.csv"], ["drill", "--plain", "--resume", "{}"], ["calc", "--batch", "{}"],
    ["run", "first-watch", "--out", "{}"],
]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=[" ".join(c[:-1]) for c in COMMANDS])
def test_a_file_that_is_none_is_answered_in_a_sentence(tmp_path: Path, words: list[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    for name in ("pipe", "/dev/zero", "dangling", "."):
        done = subprocess.run(
            [sys.executable, "-m", "twin", *(w.format(name) for w in words)],
            cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        assert done.returncode == 2, (name, done)
        assert "Traceback" not in done.stderr
        assert "bug of ours" not in done.stderr
        assert done.stderr.strip().endswith("."), done.stderr


STREAMS = {
    "no output": ">&-",
    "no input": "<&-",
    "no errors": "2>&-",
    "nothing": ">&- 2>&- <&-",
    "full disk": ">/dev/full",
    "full disk for errors": "2>/dev/full",
    "both full": ">/dev/full 2>/dev/full",
}
SHORT = ["list", "schema farm", "calc --batch -", "run first-watch --commands -", "drill first-watch --plain", "verify run.twin",
         "debrief run.twin --quick", "export run.twin --out out.csv", "campaign first-watch --worlds 2"]  # fmt: skip


@pytest.fixture(scope="module")
def run_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "run.twin"
    assert main(["run", "first-watch", "--out", str(path)]) == DONE
    return path


@pytest.mark.parametrize("how", STREAMS)
def test_a_closed_stream_or_a_full_disk_is_no_crash(tmp_path: Path, run_file: Path, how: str) -> None:
    """Output that nobody can read is no mistake; output that could not be written is one, and is said where it can be."""
    for command in SHORT:
        folder = tmp_path / command.split()[0]
        folder.mkdir()
        shutil.copy(run_file, folder)
        done = subprocess.run(
            ["sh", "-c", f"exec {sys.executable} -m twin {command} {STREAMS[how]}"],
            cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        assert done.returncode in {DONE, USAGE}, (command, done)
        assert "Traceback" not in done.stderr, command
        assert "bug of ours" not in done.stderr, command
        if how == "full disk" and command not in {"calc --batch -"}:
            assert (done.returncode, "No space left" in done.stderr) == (USAGE, True), command
        for kept in folder.glob("runs/*.twin"):
            assert verify(kept)["verified"], command


NEW = {
    "new": ("new farm {}", "made.yaml"), "run": ("run first-watch --out {}", "made.twin"),
    "campaign": ("campaign first-watch --worlds 2 --out {}", "made/worlds.parquet"),
    "export": ("export run.twin --out {}", "made.csv"), "export beside": ("export run.twin --out made.csv", "made-events.csv"),
    "replay": ("replay run.twin --at 10:05 --out {}", "made.png"), "debrief": ("debrief run.twin --out {}", "made.html"),
    "figures": ("debrief run.twin --figures {}", "made/here.txt"),
}  # fmt: skip


@pytest.mark.parametrize("which", NEW)
def test_a_file_that_is_there_is_replaced_only_when_asked(
    tmp_path: Path, run_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(run_file, tmp_path)
    command, name = NEW[which]
    words = command.format(name.split("/")[0]).split()
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text("of value")
    assert main(words) == USAGE
    assert "exists already" in "".join(capsys.readouterr())
    assert Path(name).read_text() == "of value"
    assert main([*words, "--force"]) == DONE
    if which != "figures":
        assert Path(name).read_bytes()[:8] != b"of value"
    assert not list(Path().glob(".*"))


@pytest.mark.parametrize("which", NEW)
def test_what_is_no_file_is_never_replaced(
    tmp_path: Path, run_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    if which == "figures":
        pytest.skip("that one is a folder")
    monkeypatch.chdir(tmp_path)
    shutil.copy(run_file, tmp_path)
    command, name = NEW[which]
    Path(name).parent.mkdir(exist_ok=True)
    for make in (lambda: Path(name).symlink_to("nowhere"), lambda: os.mkfifo(name), lambda: Path(name).mkdir()):
        make()
        assert main([*command.format(name.split("/")[0]).split(), "--force"]) == USAGE
        assert "exists already" in "".join(capsys.readouterr())
        assert Path(name).is_symlink() or not Path(name).is_file()
        Path(name).rmdir() if Path(name).is_dir() else Path(name).unlink()


def test_what_a_debrief_cannot_write_is_said_before_the_work(
    tmp_path: Path, run_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("of value")
    for words, told in (
        (["debrief", str(run_file), "--quick", "--out", "p.html"], "a quick debrief has no page"),
        (["debrief", str(run_file), "--quick", "--figures", "f"], "a quick debrief has no page and no figures"),
        (
            ["debrief", str(run_file), "--quick", "--figures", "f", "--out", "p.html"],
            "Leave out --quick, or --out and --figures.",
        ),
        (["debrief", str(run_file), "--figures", "file", "--force"], "is no folder"),
        (["debrief", str(run_file), "--out", "nowhere/p.html"], "there is no folder nowhere"),
        (["export", str(run_file), "--out", "nowhere/s.csv"], "there is no folder nowhere"),
    ):
        assert main(words) == USAGE
        both = capsys.readouterr()
        assert told in both.err
        assert both.out == ""
    assert Path("file").read_text() == "of value"


def test_a_run_that_somebody_lives_is_not_replaced(
    tmp_path: Path, run_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "used.twin"
    shutil.copy(run_file, copy)
    before = copy.read_bytes()
    its, _ = Journal.open(copy)
    assert main(["run", "first-watch", "--out", str(copy), "--force"]) == USAGE
    assert "in use by another process" in capsys.readouterr().err
    its.close()
    assert copy.read_bytes() == before
