"""Whatever is named as a file, a sentence comes: a pipe that nobody writes, a device that never ends, a link to nowhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
