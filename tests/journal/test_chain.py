"""A run file holds exactly what was written, or `twin verify` says in which line it does not."""

import json
import os
import random
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.base.fault import Fault
from twin.cli.main import DONE, NO, USAGE, main
from twin.cli.run import verify
from twin.debrief import outcome
from twin.engine import session
from twin.engine.setup import Setup
from twin.journal import chain
from twin.journal.chain import Broken, Journal

HEADER = {"scenario": "none"}
LIMITED = """\
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from twin.cli.main import main
sys.exit(main(sys.argv[2:]))
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(
    st.tuples(st.sampled_from(chain.KINDS[1:]), st.dictionaries(st.text(), JSON, max_size=3)), max_size=6
)


@pytest.fixture(scope="module")
def run_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real run: people acted, went back, and it was lived to its end."""
    path = tmp_path_factory.mktemp("run") / "whole.twin"
    its = session.start(Setup("first-watch", taken=("control-room",)), path, record=False)
    its.command("control-room", "check MOVE-101", 60)
    its.advance(100)
    its.command("control-room", 'tell principal "Zhāng 张: it rises"')
    its.advance(620)
    its.rewind(90)
    its.command("control-room", "stop TR-1", 130)
    its.finish(outcome.sealed)
    its.close()
    return path


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def _changed(path: Path, raw: bytes | list[bytes]) -> Path:
    copy = path.with_name("changed.twin")
    copy.write_bytes(raw if isinstance(raw, bytes) else b"".join(raw))
    return copy


def _refused_at(path: Path, raw: bytes | list[bytes]) -> int:
    """The line at which a changed run is refused, 0 when it is not."""
    answer = verify(_changed(path, raw))
    return 0 if answer["verified"] else int(answer["line"])


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    its = Journal.create(tmp_path / "run.twin", HEADER)
    yield its
    its.close()


# append and read


@settings(deadline=None, max_examples=40)
@given(entries=RECORDS, together=st.booleans())
def test_what_was_appended_is_read_back_in_order(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[str, dict[str, object]]], together: bool
) -> None:
    path = tmp_path_factory.mktemp("law") / "run.twin"
    journal = Journal.create(path, HEADER)
    for part in [entries] if together else [[one] for one in entries]:
        journal.append(*part)
    journal.close()
    records, torn = chain.read(path)
    assert torn == 0
    assert records == journal.records
    assert [(r.kind, r.body) for r in records[1:]] == entries
    assert [r.line for r in records] == list(range(1, len(entries) + 2))


@settings(deadline=None, max_examples=30)
@given(first=RECORDS, second=RECORDS)
def test_a_file_that_was_closed_and_opened_is_the_file_that_never_was(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[str, dict[str, object]]],
    second: list[tuple[str, dict[str, object]]],
) -> None:
    folder = tmp_path_factory.mktemp("law")
    once = Journal.create(folder / "once.twin", HEADER)
    once.append(*first, *second)
    once.close()
    twice = Journal.create(folder / "twice.twin", HEADER)
    twice.append(*first)
    twice.close()
    again, torn = Journal.open(folder / "twice.twin")
    again.append(*second)
    again.close()
    assert torn == 0
    assert once.path.read_bytes() == twice.path.read_bytes()


def test_a_number_that_is_none_is_not_written(journal: Journal) -> None:
    before = journal.path.read_bytes()
    with pytest.raises(ValueError, match="JSON"):
        journal.append(("mark", {"tick": float("nan")}))
    assert journal.path.read_bytes() == before


# what was changed


def test_a_whole_run_is_verified(run_file: Path) -> None:
    assert verify(run_file) == {"verified": True, "finished": True}
    kinds = {record.kind for record in chain.read(run_file)[0]}
    assert {"header", "command", "digest", "rewind", "outcome"} <= kinds


@pytest.mark.parametrize("flips", [60, pytest.param(1000, marks=pytest.mark.long)])
def test_every_flipped_bit_is_refused_with_its_line(run_file: Path, flips: int) -> None:
    whole = run_file.read_bytes()
    chance = random.Random(flips)
    wrong = []
    for _ in range(flips):
        at, bit = chance.randrange(len(whole)), chance.randrange(8)
        raw = bytearray(whole)
        raw[at] ^= 1 << bit
        line = whole.count(b"\n", 0, at) + 1
        found = _refused_at(run_file, bytes(raw))
        if found != line:
            wrong.append((at, bit, line, found))
    assert wrong == []


def test_a_flipped_bit_in_every_byte_of_a_short_line_is_refused(run_file: Path) -> None:
    lines = _lines(run_file)
    number = min(range(len(lines)), key=lambda i: len(lines[i])) + 1
    start = sum(map(len, lines[: number - 1]))
    whole = run_file.read_bytes()
    for at in range(start, start + len(lines[number - 1])):
        raw = bytearray(whole)
        raw[at] ^= 1 << at % 8
        with pytest.raises(Broken) as broken:
            chain.parse(bytes(raw))
        assert broken.value.line == number


def test_a_reader_that_does_not_look_at_seals_would_be_caught(run_file: Path) -> None:
    # control: a digit changed in place is still JSON, so that only the seal can tell
    lines = _lines(run_file)
    changed = lines[1].replace(b'"tick":60', b'"tick":61')
    assert json.loads(changed)["body"]["tick"] == 61
    assert _refused_at(run_file, [lines[0], changed, *lines[2:]]) == 2


def test_a_deleted_line_is_refused_where_it_is_missing(run_file: Path) -> None:
    lines = _lines(run_file)
    for i in range(len(lines) - 1):  # without its last line a run is a shorter run
        assert _refused_at(run_file, lines[:i] + lines[i + 1 :]) == i + 1


def test_swapped_lines_are_refused_at_the_first_of_them(run_file: Path) -> None:
    lines = _lines(run_file)
    for i in range(len(lines) - 1):
        assert _refused_at(run_file, [*lines[:i], lines[i + 1], lines[i], *lines[i + 2 :]]) == i + 1


def test_a_line_written_twice_is_refused_at_its_copy(run_file: Path) -> None:
    lines = _lines(run_file)
    for i in range(len(lines)):
        assert _refused_at(run_file, [*lines[: i + 1], *lines[i:]]) == i + 2


@pytest.mark.parametrize("more", [b"\n", b"{}\n", b"[]\n", b"null\n", b"more\n", b"\xff\n", b"[" * 100_000 + b"\n"])
def test_an_appended_line_is_refused(run_file: Path, more: bytes) -> None:
    lines = _lines(run_file)
    assert _refused_at(run_file, [*lines, more]) == len(lines) + 1


def test_a_line_of_another_run_is_refused(run_file: Path, journal: Journal) -> None:
    journal.append(*(("mark", {"tick": i}) for i in range(20)))
    lines, others = _lines(run_file), _lines(journal.path)
    assert _refused_at(run_file, [*lines, others[len(lines)]]) == len(lines) + 1


def test_a_sound_line_of_another_chain_at_its_own_number_is_refused(tmp_path: Path) -> None:
    """A seal vouches for all that stands before it: a line whose own seal is sound does not fit behind other lines."""
    for name, said in (("one", "stop TR-1"), ("other", "start TR-1")):
        its = Journal.create(tmp_path / name, HEADER)
        its.append(("command", {"do": said}))
        its.append(("mark", {"tick": 7}))
        its.close()
    one, other = _lines(tmp_path / "one"), _lines(tmp_path / "other")
    assert len(chain.parse(b"".join(one))[0]) == 3
    with pytest.raises(Broken, match="line 3"):
        chain.parse(b"".join([*one[:2], other[2]]))


@pytest.mark.parametrize("kind", ["header", "note"])
def test_a_sealed_record_that_does_not_belong_is_refused(journal: Journal, kind: str) -> None:
    journal.append(("mark", {"tick": 1}), (kind, {}))
    with pytest.raises(Broken, match="does not belong") as broken:
        chain.read(journal.path)
    assert broken.value.line == 3


def test_verify_prints_the_line_and_exits_with_no(run_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = _changed(run_file, run_file.read_bytes().replace(b'"tick":60', b'"tick":61', 1))
    assert main(["verify", str(changed)]) == NO
    assert "NOT verified, line 2: " in capsys.readouterr().out
    assert main(["verify", str(changed), "--json"]) == NO
    answer = json.loads(capsys.readouterr().out)
    assert (answer["verified"], answer["line"]) == (False, 2)
    assert main(["verify", str(run_file)]) == DONE


# a torn tail


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_file_cut_anywhere_is_whole_lines_and_a_torn_rest(run_file: Path, data: st.DataObject) -> None:
    whole = run_file.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    records, torn = chain.parse(whole[:cut])
    assert len(records) == whole.count(b"\n", 0, cut)
    assert torn == cut - (whole.rfind(b"\n", 0, cut) + 1)


def test_a_torn_tail_is_refused_by_verify_with_its_line(run_file: Path) -> None:
    lines = _lines(run_file)
    for i in range(len(lines)):
        for rest in (lines[i][:1], lines[i][:-1]):
            assert _refused_at(run_file, [*lines[:i], rest]) == i + 1
    assert _refused_at(run_file, b"") == 1


def test_resume_cuts_a_torn_tail_and_reports_it(run_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = _lines(run_file)
    torn = _changed(run_file, [*lines[:-1], lines[-1][:-40]])
    assert main(["run", "--resume", str(torn)]) == DONE
    assert f"{len(lines[-1]) - 40} bytes of a torn last line were cut off" in capsys.readouterr().err
    assert torn.read_bytes() == run_file.read_bytes()
    assert main(["run", "--resume", str(torn)]) == DONE
    assert "torn" not in capsys.readouterr().err


@pytest.mark.parametrize("keep", [0, 100])
def test_a_file_without_a_whole_header_cannot_be_gone_on_with(
    run_file: Path, keep: int, capsys: pytest.CaptureFixture[str]
) -> None:
    torn = _changed(run_file, run_file.read_bytes()[:keep])
    assert main(["run", "--resume", str(torn)]) == USAGE
    assert "holds no whole record" in capsys.readouterr().err
    assert len(torn.read_bytes()) == keep


def test_a_broken_chain_is_not_gone_on_with_and_left_alone(run_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = _changed(run_file, run_file.read_bytes().replace(b'"tick":60', b'"tick":61', 1))
    before = changed.read_bytes()
    assert main(["run", "--resume", str(changed)]) == USAGE
    assert "line 2" in capsys.readouterr().err
    assert changed.read_bytes() == before
    assert main(["run", "--resume", str(_changed(run_file, run_file.read_bytes()))]) == DONE  # and not kept locked


# one writer, one owner


def test_a_second_writer_is_refused_while_one_writes(journal: Journal) -> None:
    with pytest.raises(Fault, match="in use by another process"):
        Journal.open(journal.path)
    other = [sys.executable, "-m", "twin", "run", "--resume", str(journal.path)]
    done = subprocess.run(other, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert "in use by another process" in done.stderr
    journal.append(("mark", {"tick": 1}))  # the first goes on undisturbed
    journal.close()
    again, _ = Journal.open(journal.path)  # control: nothing but the first writer stood in the way
    again.close()
    assert len(again.records) == 2


def test_a_file_that_is_being_written_can_be_read(journal: Journal) -> None:
    journal.append(("mark", {"tick": 1}))
    assert chain.read(journal.path)[0] == journal.records


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_a_run_file_is_for_its_owner_alone(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        journal = Journal.create(tmp_path / "new" / "run.twin", HEADER)
    finally:
        os.umask(before)
    journal.close()
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.twin"
    path.write_text("mine")
    assert main(["run", "first-watch", "--out", str(path)]) == USAGE
    assert "exists already" in capsys.readouterr().err
    assert path.read_text() == "mine"


def test_a_link_to_nowhere_is_not_followed(tmp_path: Path) -> None:
    link = tmp_path / "run.twin"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Fault, match="exists already"):
        Journal.create(link, HEADER)
    assert not (tmp_path / "elsewhere").exists()


# a full disk


def _on_a_small_disk(size: int, arguments: list[str], lines: str) -> subprocess.CompletedProcess[str]:
    """A run whose files cannot grow beyond a size."""
    return subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), *arguments],
        input=lines, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_on_a_full_disk_nothing_acknowledged_is_lost(run_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.twin"
    said = [f'principal tell supervisor "message {i}"' for i in range(40)]
    lines = "".join(f"10:{i // 6:02}:{i % 6 * 10:02} {do}\n" for i, do in enumerate(said))
    done = _on_a_small_disk(
        len(_lines(run_file)[0]) + 4000, ["run", "first-watch", "--commands", "-", "--out", str(path)], lines
    )
    acked = [int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("ack ")]
    assert 5 < len(acked) < 40  # control: the disk did become full
    assert done.returncode == USAGE
    assert "the disk is full" in done.stderr + done.stdout
    assert "bug" not in done.stderr
    kept = [str(r.body["do"]) for r in chain.read(path)[0] if r.kind == "command"]
    assert kept == ["take principal", *(said[n - 1].removeprefix("principal ") for n in acked)]
    assert verify(path) == {"verified": True, "finished": False}
    assert main(["run", "--resume", str(path)]) == DONE
    assert verify(path) == {"verified": True, "finished": True}


def test_a_full_disk_is_one_sentence(tmp_path: Path, run_file: Path) -> None:
    for size in (1000, len(_lines(run_file)[0]) + 50):  # the header does not fit; the first digest does not
        path = tmp_path / f"{size}.twin"
        done = _on_a_small_disk(size, ["run", "first-watch", "--out", str(path)], "")
        told = [line for line in done.stderr.splitlines() if not line.startswith("resume: ")]
        assert (done.returncode, done.stdout) == (USAGE, "")
        assert len(told) == 1
        assert "cannot be written: the disk is full" in told[0]


def test_a_run_that_could_not_begin_leaves_no_file_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "run.twin"
    _on_a_small_disk(1000, ["run", "first-watch", "--out", str(path)], "")
    assert not path.exists()


def _calls(act: Callable[[], object]) -> list[str]:
    """The names of the functions of the system that something called, in order: watched, not replaced."""
    seen: list[str] = []

    def watch(_: object, event: str, called: object) -> None:
        if event == "c_call":
            seen.append(getattr(called, "__name__", ""))

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        act()
    finally:
        sys.setprofile(before)
    return [name for name in seen if name in {"write", "fsync", "ftruncate"}]


def test_what_is_appended_is_on_the_disk_before_it_is_acknowledged(journal: Journal) -> None:
    assert _calls(lambda: journal.append(("mark", {"tick": 1}))) == ["write", "fsync"]
    assert _calls(lambda: journal.append(("mark", {"tick": 2}), ("mark", {"tick": 3}))) == ["write", "fsync"]


def test_a_new_file_and_its_name_are_on_the_disk(tmp_path: Path) -> None:
    made: list[Journal] = []
    calls = _calls(lambda: made.append(Journal.create(tmp_path / "new.twin", {"format": 1})))
    assert calls == ["write", "fsync", "fsync"]  # the file, then the folder that names it
    made[0].close()


def test_a_torn_tail_is_cut_off_on_the_disk_too(journal: Journal) -> None:
    journal.close()
    with journal.path.open("ab") as stream:
        stream.write(b"torn")
    opened: list[Journal] = []
    assert _calls(lambda: opened.append(Journal.open(journal.path)[0])) == ["ftruncate", "fsync"]
    opened[0].close()
