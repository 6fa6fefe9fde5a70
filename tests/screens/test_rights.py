"""Every verb from every post by every door (command file, standard input, line mode, console, socket) has one answer."""

import dataclasses
import io
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui.client import Client
from tui.console import Console
from tui.server import Server
from tui.store import Store
from twin import api
from twin.base.fault import Fault
from twin.cli.main import DONE, main
from twin.cli.plain import Plain
from twin.engine import replay
from twin.engine import session as sessions
from twin.engine.session import Session
from twin.engine.setup import Setup
from twin.journal import chain
from twin.language.words import POSTS, VERBS
from twin.seat import picture, view
from twin.seat.picture import take
from twin.seat.player import CLOCK

SENTENCES = (
    'tell field "law"', "report T-101", "doubt LT-101", "stop-work bund-1", "acknowledge",
    'shelve LAH-101 for 5 min because "law"', "open XV-102", "close XV-101", "set XV-102 to 50 %", "start TR-1", "stop TR-1",
    "trip LZ-101", "trip ESD-1", "reset LZ-101", "check LT-101", "call outside", "send outside to T-102",
    'bypass LZ-101 for 5 min because "law"', "restore LZ-101", "approve LZ-101", "isolate grid", "evacuate outside to gate",
    "muster gate", 'declare "law"', "withdraw outside to gate", "take principal",
)  # fmt: skip
HANDS = ("hand field", "hand control-room")
GIVEN = [
    *((post, do) for do in SENTENCES for post in POSTS),
    *((post, do) for do in HANDS for post in POSTS if do != f"hand {post}"),
    *((do.split()[1], do) for do in HANDS),
]
FIRST = 10  # the tick of the first order; by then everybody sits
Answers = list[tuple[str, str, bool, str]]


def test_every_verb_that_is_built_is_in_the_table() -> None:
    assert {do.split()[0] for _, do in GIVEN} == {name for name, verb in VERBS.items() if verb.since == "spine"}


def _answers(its: Session) -> Answers:
    """Every order of the table with its answer, without those that sat people down."""
    rows = [
        (c.post, c.sentence, its.answers[i].accepted, its.answers[i].reason)
        for i, c in enumerate(its.commands) if c.tick >= FIRST
    ]  # fmt: skip
    assert [(post, do) for post, do, _, _ in rows] == GIVEN
    return rows


def _text() -> str:
    return "".join(
        f"10:{(FIRST + n) // 60:02d}:{(FIRST + n) % 60:02d} {post} {do}\n" for n, (post, do) in enumerate(GIVEN)
    )


def _lived(run: Path) -> Answers:
    records, _ = chain.read(run)
    return _answers(replay.replay(records, check=True))


def by_file(folder: Path) -> Answers:
    (folder / "all.txt").write_text(_text(), encoding="utf-8")
    assert (
        main(["run", "first-watch", "--commands", str(folder / "all.txt"), "--out", str(folder / "file.twin")]) == DONE
    )
    return _lived(folder / "file.twin")


def by_standard_input(folder: Path) -> Answers:
    sits = "".join(f"10:00:01 {post} take {post}\n" for post in POSTS)
    before, sys.stdin = sys.stdin, io.StringIO(sits + _text())
    try:
        assert main(["run", "first-watch", "--commands", "-", "--out", str(folder / "input.twin")]) == DONE
    finally:
        sys.stdin = before
    return _lived(folder / "input.twin")


def by_lines(folder: Path) -> Answers:
    its = sessions.start(Setup("first-watch"), folder / "lines.twin")
    person = Plain(its, tuple(POSTS), Namespace(speed=1.0, mode=None))
    person.sit_down()
    its.advance(FIRST - 1)
    for post, do in GIVEN:
        person.posts = (post,)
        person.obey(do)
    its.close()
    return _answers(its)


@contextmanager
def _drill(run: Path) -> Iterator[Store]:
    its = sessions.start(Setup("first-watch"), run)
    store = Store(its, ("control-room",))
    server = Server(store, run)
    store.on_start, store.on_stop = server.start, server.stop
    store.start()
    _until(lambda: store.idle)
    store.order("freeze")
    _until(lambda: store.frozen and store.idle)
    try:
        yield store
    finally:
        store.stop()


def _until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.002)


def by_console(folder: Path) -> Answers:
    with _drill(folder / "console.twin") as store:
        its = {post: Console((post,)) for post in POSTS if post != "control-room"} | {"control-room": store.here}
        for post in POSTS[1:]:
            store.hand_in(lambda post=post: store.attach(its[post]), its[post])  # type: ignore[misc]
        _until(lambda: store.idle)
        store.order(f"run for {FIRST - 1 - store.session.tick} s")
        _until(lambda: store.session.tick == FIRST - 1 and store.idle)
        for post, do in GIVEN:
            store.order(do, console=its[post])
            _until(lambda: store.idle)
        return _answers(store.session)


def by_socket(folder: Path) -> Answers:
    run = folder / "socket.twin"
    with _drill(run) as store:
        far = {post: Client(run, (post,)) for post in POSTS[1:]}
        _until(lambda: store.idle)
        store.order(f"run for {FIRST - 1 - store.session.tick} s")
        _until(lambda: store.session.tick == FIRST - 1 and store.idle)
        for n, (post, do) in enumerate(GIVEN):
            (far.get(post, store)).order(do)
            _until(lambda n=n: store.session.tick == FIRST + n and store.idle)  # type: ignore[misc]
        found = _answers(store.session)
        for its in far.values():
            its.stop()
        return found


def test_every_verb_from_every_post_by_every_door_has_one_answer(tmp_path: Path) -> None:
    doors = (by_file, by_standard_input, by_lines, by_console, by_socket)
    found = {door.__name__: door(tmp_path) for door in doors}
    table = found["by_file"]
    for door, rows in found.items():
        assert rows == table, door
    its = sessions.start(Setup("first-watch")).model.posts
    for post, do, accepted, reason in table:
        verb, _, thing = do.partition(" ")
        if verb == "hand":
            assert accepted == (thing == post), (post, do)
        elif verb not in its.may[post] and verb not in its.always and thing not in its.buttons:
            assert not accepted, (post, do)
            assert reason.startswith(f"{post} may not {verb}."), (post, do)
        else:
            assert "may not" not in reason, (post, do)


# the clock


@pytest.mark.parametrize("word", CLOCK)
def test_the_clock_belongs_to_the_screen_that_runs_the_drill_and_to_the_instructor(tmp_path: Path, word: str) -> None:
    text = {"skip": "skip 5 s", "speed": "speed 10"}.get(word, word)
    with _drill(tmp_path / "run.twin") as store:
        far = Client(tmp_path / "run.twin", ("field",))
        _until(lambda: store.idle)
        tick, speed = store.session.tick, store.pace
        far.order(text)
        _until(lambda: far.answers)
        assert [(str(said), bad) for said, bad in far.answers[-1:]] == [
            ("the clock belongs to the screen that runs the drill, and to the instructor.", True)
        ]
        assert (store.session.tick, store.pace, store.frozen) == (tick, speed, True)
        far.run_or_freeze()
        _until(lambda: len(far.answers) == 2)
        assert store.frozen
        far.stop()


# what a seat without a board is shown


def test_a_seat_in_the_field_is_shown_no_board(tmp_path: Path) -> None:
    its = sessions.start(Setup("first-watch", taken=("control-room", "supervisor")))
    its.command("supervisor", 'bypass LZ-101 for 5 min because "law"', 5)
    its.command("control-room", "trip ESD-1", 10)
    its.advance(30)
    board, field = take(its, ("control-room",)), take(its, ("field",))
    assert board.tripped
    assert board.bypassed
    assert board.rate
    assert any(t.trip for t in board.tanks)
    assert not (field.tripped)
    assert not (field.bypassed)
    assert not (field.rate)
    assert not (any(field.rates))
    assert not (field.flood)
    assert not (field.alarms)
    assert not any(t.trip for t in field.tanks)
    assert all(t.level_m is None and not t.spark for t in field.tanks)


def test_a_seat_is_drawn_only_what_its_board_shows(tmp_path: Path) -> None:
    with _drill(tmp_path / "run.twin") as store:
        far, desk = Client(tmp_path / "run.twin", ("field",)), Client(tmp_path / "run.twin", ("supervisor",))
        for its in (far, desk):
            its.want(("LT-101", "T-101.level", "DIP-101"))
            its.order("whatever")
        _until(lambda: far.answers and desk.answers)  # both wants are known
        store.order("skip 5 s")
        _until(lambda: desk.traces and far.snapshot.tick == desk.snapshot.tick == 5)
        assert "LT-101" in desk.traces
        assert "T-101.level" not in desk.traces
        assert "LT-101" not in far.traces
        assert set(far.traces) <= {r.name for r in view.readings(store.session, ("field",))}
        far.stop()
        desk.stop()


# assessed


def test_whether_a_run_is_assessed_belongs_to_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run.twin"
    its = sessions.start(Setup("first-watch", assessed=True), run)
    its.advance(30)
    seen, helped = take(its, ("control-room",)), sessions.start(Setup("first-watch"))
    helped.advance(30)
    guided = take(helped, ("control-room",))
    assert any(a.action for a in guided.alarms)
    assert any(r.applies for r in guided.lines)
    assert seen.alarms
    assert not any(a.action for a in seen.alarms)
    assert not any(r.applies for r in seen.lines)
    with pytest.raises(Fault, match="no such hint"):
        Plain(its, ("control-room",), Namespace(speed=1.0)).player.order(
            ("control-room",), "acknowledge", hint="tell-ship"
        )
    its.close()
    records, _ = chain.read(run)
    assert records[0].body["mode"] == "assessed"
    assert replay.from_header(records[0].body).setup.assessed
    assert main(["drill", "--plain", "--resume", str(run), "--mode", "guided"]) == 2
    assert "whether a run is assessed was decided when it began." in "".join(capsys.readouterr())


def test_a_hint_is_a_line_of_the_plan(tmp_path: Path) -> None:
    its = Plain(sessions.start(Setup("first-watch")), ("control-room",), Namespace(speed=1.0))
    for hint in ("x", "\ud800", "tell-ship " * 200):
        with pytest.raises(Fault, match="no such hint"):
            its.player.order(("control-room",), "acknowledge", hint=hint)
    its.player.order(("control-room",), "acknowledge", hint="tell-ship")


# who takes a seat


@pytest.mark.parametrize("bad", ["fly XV-101", "open LT-101", "trip LZ-101", "open XV-102", "hand field"])
def test_an_order_that_is_refused_takes_no_seat(bad: str) -> None:
    run = api.open_scenario("first-watch")
    its = run._session
    try:
        run.command("fire-crew", bad)
    except Fault:
        assert not its.commands
    run.advance(5)
    assert its.block.world.controls.posts.on_plan.all()
    run.command("fire-crew", 'tell field "law"')
    run.advance(10)
    assert not its.block.world.controls.posts.on_plan[0, its.model.post("fire-crew")]


def test_the_instructor_hands_a_seat_back_to_the_plan(tmp_path: Path) -> None:
    its = sessions.start(Setup("first-watch", taken=("field",)))
    its.instruct("as field hand field")
    its.advance(3)
    assert its.block.world.controls.posts.on_plan.all()


@pytest.mark.parametrize("posts", ["foo", "", "Plan"])
def test_an_unknown_crew_is_refused(posts: str) -> None:
    with pytest.raises(Fault, match="posts cannot be"):
        api.open_scenario("first-watch", posts=posts)
    with pytest.raises(Fault, match="posts cannot be"):
        api.worlds("first-watch", 2, posts=posts)


def test_lines_of_the_instructor_come_by_standard_input_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("10:00:05 instructor set LT-101.stuck\n10:00:06 instructor fly\n"))
    run = tmp_path / "run.twin"
    assert main(["run", "first-watch", "--commands", "-", "--out", str(run), "--json"]) == DONE
    records, _ = chain.read(run)
    assert [r.body["do"] for r in records if r.kind == "command"] == ["set LT-101.stuck"]


def test_an_assessed_seat_without_a_flow_meter_is_not_told_why() -> None:
    """The third part of the sentence over the tanks is the cause, whether there is a second or not."""
    its = sessions.start(Setup("first-watch", assessed=True))
    its.advance(60)
    snap = picture.take(its, ("control-room",))
    tanks = tuple(dataclasses.replace(t, flow_m3_h=None, to_limit_s=100.0, priority="high") for t in snap.tanks[:1])
    parts, _ = picture._sentence(tanks, ())
    assert [str(p) for p in parts[:2]] == ["T-101 IS FULL IN 0:01:40", ""]
    assert "inlet" in str(parts[2])
