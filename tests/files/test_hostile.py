"""A hostile file gets one clear sentence, soon and in little memory; nothing it holds is done or reaches the terminal raw."""

import os
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from twin.base.fault import Fault
from twin.engine.checks import check_file

MOST_MIB = 200
SOON_S = 4.0  # of the processor, beyond what a sound file takes: neighbours do not count
HANGS_S = 8.0
_LAUNCH = """\
import re, sys, time
from twin.cli.main import main
status = main(sys.argv[2:])
text = open("/proc/self/status").read()
peak = re.search(r"VmHWM:\\s+(\\d+) kB", text).group(1)
open(sys.argv[1], "w").write(f"{peak} {time.process_time()}")
sys.exit(status)
"""
"""The command as a person starts it, then its highest memory and its share of the processor. (wait4 would count our memory.)"""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    out: str
    cpu_s: float
    peak_mib: float


def _ask(folder: Path, *command: str) -> _Answer:
    note = folder / "peak"
    try:
        done = subprocess.run(
            [sys.executable, "-c", _LAUNCH, str(note), *command],
            check=False, capture_output=True, text=True, timeout=HANGS_S, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.fail(f"still at it after {HANGS_S:g} s")
    peak_kib, cpu_s = note.read_text().split()
    return _Answer(done.returncode, done.stdout + done.stderr, float(cpu_s), int(peak_kib) / 1024)


@pytest.fixture(scope="module")
def usual_s(tmp_path_factory: pytest.TempPathFactory) -> float:
    """What a sound file takes, with the start of Python."""
    answer = _ask(tmp_path_factory.mktemp("usual"), "check", "harbour")
    assert answer.status == 0
    return answer.cpu_s


def _assert_one_sentence(answer: _Answer, usual_s: float, words: str) -> None:
    assert answer.status in {1, 2}, answer
    assert "Traceback" not in answer.out
    assert "bug of ours" not in answer.out
    lines = answer.out.splitlines()
    assert len(lines) == 1, lines
    assert len(lines[0]) < 600
    assert words in lines[0]
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in lines[0])
    assert answer.peak_mib < MOST_MIB
    assert answer.cpu_s - usual_s < SOON_S


_LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{n}: &{n} [{', '.join([f'*{b}'] * 9)}]\n" for b, n in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE: dict[str, tuple[bytes, str]] = {
    "alias bomb": (_LAUGHS.encode(), "anchors"),
    "merge key": (b"farm: x\ntanks:\n  <<: *tanks\n", "aliases"),
    "deep brackets": (b"a: " + b"[" * 100_000, "nested too deeply"),
    "deep braces": (b"a: " + b"{" * 100_000, "nested too deeply"),
    "deep keys": (b"{a: " * 100_000, "nested too deeply"),
    "deep dashes": (b"- " * 100_000, "nested too deeply"),
    "deep question marks": (b"? " * 100_000, "nested too deeply"),
    "many entries": (b"farm: x\ntanks: [" + b"a," * 400_000 + b"]", "too many entries"),
    "many keys": (b"farm: x\n" + b"".join(b"k%d: 1\n" % i for i in range(60_000)), "too many entries"),
    "one endless scalar": (b"farm: " + b"x" * 900_000, "longer than"),
    "one endless key": (b"k" * 900_000 + b": x", "longer than"),
    "an object": (b"farm: !!python/object/apply:os.system ['touch owned']\n", "tags"),
    "an object as the whole": (b"!!python/object/new:os.system [touch owned]\n", "tags"),
    "a tag of our own": (b"%TAG ! tag:example,2000:\n---\nfarm: !x y\n", "tags"),
    "control characters": (b"farm: x\ntanks:\n  T\x1b[2J\x07: {product: gasoline}\n", "U+001B does not print"),
    "escaped control characters": (b'farm: x\ntanks:\n  "T\\e[2J": {product: gasoline}\n', "U+001B does not print"),
    "bidi override": ("farm: x\ntanks:\n  T\u202e1: {product: gasoline}\n".encode(), "U+202E does not print"),
    "escaped bidi override": (b'farm: x\ntanks:\n  "T\\u202e1": {product: gasoline}\n', "U+202E does not print"),
    "zero bytes": (b"farm: x\n\x00\x00", "U+0000 does not print"),
    "no utf-8": (b"farm: x\ntanks: {\xff\xfe: {}}\n", "UTF-8"),
    "a surrogate": (b"farm: \xed\xa0\x80\n", "UTF-8"),
    "utf-16": ("farm: x\n".encode("utf-16"), "UTF-8"),
    "nothing": (b"", "empty"),
    "a comment": (b"# nothing\n", "empty"),
    "a list": (b"- farm\n", "table"),
    "a word": (b"farm\n", "table"),
    "climbing farm": (b"scenario: x\nfarm: ../../../../etc/passwd\nstarts: 2026-01-01\nlasts: 1 h\n", "outside the folder"),
    "absolute farm": (b"scenario: x\nfarm: /etc/passwd\nstarts: 2026-01-01\nlasts: 1 h\n", "outside the folder"),
    "climbing like": (b"like: ../../x.yaml\nscenario: x\n", "outside the folder"),
    "like of itself": (b"scenario: x\nlike: ./hostile.yaml\n", "like itself"),
    "long series": (b"farm: x\nplaces:\n  p1 .. p999999999: {kind: muster}\n", "no series"),
    "long even series": (b"farm: x\nplaces:\n  p000000001 .. p999999999: {kind: muster}\n", "at most 500"),
    "endless number": (b"scenario: x\nfarm: harbour\nstarts: 2026-01-01\nlasts: " + b"9" * 3900 + b" s\n", "beyond"),
}  # fmt: skip
SPAWNED = (
    "alias bomb", "deep brackets", "deep braces", "many entries", "an object", "control characters", "escaped bidi override",
    "zero bytes", "no utf-8", "nothing", "climbing farm",
)  # fmt: skip
"""Those that are tried by the command too; all are tried in process."""


def _written(folder: Path, name: str) -> Path:
    path = folder / "hostile.yaml"
    path.write_bytes(HOSTILE[name][0])
    return path


@pytest.mark.parametrize("name", SPAWNED)
def test_the_command_answers_in_one_sentence(name: str, tmp_path: Path, usual_s: float) -> None:
    path = _written(tmp_path, name)
    answer = _ask(tmp_path, "check", str(path))
    print(f"{name}: {answer.cpu_s - usual_s:.2f} s beyond the usual, {answer.peak_mib:.0f} MiB")  # pytest -s shows it
    _assert_one_sentence(answer, usual_s, HOSTILE[name][1])
    assert {p.name for p in tmp_path.iterdir()} == {"hostile.yaml", "peak"}


@pytest.mark.parametrize("name", HOSTILE)
def test_every_hostile_file_is_refused_soon(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = _written(tmp_path, name)
    began = time.process_time()
    sentences = _sentences(path)
    assert time.process_time() - began < SOON_S
    assert len(sentences) == 1, sentences[:5]
    assert HOSTILE[name][1] in sentences[0]
    assert len(sentences[0]) < 600
    assert [p.name for p in tmp_path.iterdir()] == ["hostile.yaml"]


def _sentences(path: Path) -> list[str]:
    try:
        return [str(fault) for fault in check_file(str(path)).mistakes]
    except Fault as fault:
        return [str(fault)]


def test_a_hundred_megabytes_are_not_read(tmp_path: Path, usual_s: float) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as stream:
        stream.write(b"farm: x\n")
        stream.truncate(100 << 20)
    _assert_one_sentence(_ask(tmp_path, "check", str(path)), usual_s, "larger than 1024 KiB")


def test_a_folder_is_no_file(tmp_path: Path, usual_s: float) -> None:
    _assert_one_sentence(_ask(tmp_path, "check", str(tmp_path)), usual_s, "is a folder")


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path, usual_s: float) -> None:
    _assert_one_sentence(_ask(tmp_path, "check", str(tmp_path / "not-here.yaml")), usual_s, "not-here.yaml")


def test_an_endless_device_is_not_read_to_its_end(tmp_path: Path, usual_s: float) -> None:
    _assert_one_sentence(_ask(tmp_path, "check", "/dev/zero"), usual_s, "/dev/zero")


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "pipe.yaml"
    os.mkfifo(path)
    yield path
    path.unlink()


def test_a_pipe_that_nobody_writes_to_does_not_hang(pipe: Path, tmp_path: Path, usual_s: float) -> None:
    _assert_one_sentence(_ask(tmp_path, "check", str(pipe)), usual_s, "pipe.yaml")


def test_a_name_that_does_not_print_is_spelled_in_the_answer(tmp_path: Path, usual_s: float) -> None:
    _assert_one_sentence(_ask(tmp_path, "check", "no\x1b[2J\u202efile.yaml"), usual_s, "\\u001b")


_SECTIONS = ("references", "utilities", "places", "nodes", "tanks", "lines", "valves", "instruments", "calculated", "alarms",
             "interlocks", "transfers", "posts", "people", "works", "plan", "timeline", "objectives", "facts", "site", "weather",
             "drill", "initially", "uncertain", "defaults", "starts", "lasts", "briefing", "level", "saved by", "like",
             "farm", "scenario")  # fmt: skip
_WRONG = ("word", "''", "[]", "[a, {b: c}]", "{}", "{a: {b: {c: d}}}", "{a: [b]}", "12", "{x: none}", "none", "{x: word}", "{'': {}}")  # fmt: skip


@pytest.mark.parametrize("section", _SECTIONS)
def test_a_wrong_type_anywhere_is_a_mistake_and_no_crash(section: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    whole = {"farm": "{farm: x}", "scenario": "x", "starts": "2026-01-01 10:00", "lasts": "1 min"}
    for wrong in _WRONG:
        for top in (whole, {"farm": "x"}):
            lines = {**top, section: wrong}
            path.write_text("".join(f"{key}: {value}\n" for key, value in lines.items()), encoding="utf-8")
            for sentence in _sentences(path):
                assert "wrong.yaml:" in sentence, (wrong, sentence)


def test_the_memory_limit_sees_a_program_that_takes_too_much(tmp_path: Path, usual_s: float) -> None:
    """The control: the same measure, with a launcher that keeps 250 MiB, breaks the limit."""
    note = tmp_path / "peak"
    greedy = _LAUNCH.replace("status = main", 'kept = bytearray(b"x") * (250 << 20)\nstatus = main')
    subprocess.run(
        [sys.executable, "-c", greedy, str(note), "check", "harbour"], capture_output=True, check=True, timeout=60
    )
    answer = _Answer(1, "greedy", usual_s, int(note.read_text().split()[0]) / 1024)
    with pytest.raises(AssertionError, match="peak_mib"):
        _assert_one_sentence(answer, usual_s, "greedy")
