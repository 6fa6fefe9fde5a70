"""A snapshot is a cache: a block that goes back to one lives every later scan again, bit for bit."""

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import twin
from twin.engine import commands
from twin.engine import snapshot as snapshots
from twin.engine.compile import open_model
from twin.engine.digest import rows_bytes, taker
from twin.engine.model import Model
from twin.engine.orders import Event
from twin.engine.scan import Block
from twin.engine.snapshot import Snapshot
from twin.engine.world import Override
from twin.language.files import Files

BUSY = """\
scenario: Everything at once
farm:
  like: harbour
  nodes: {ship: {answers: 25 s}}
  valves: {XV-101: {crank: 50 s}, XV-102: {crank: 50 s}}
  instruments: {DIP-101: {by hand: 30 s}}
  calculated: {MOVE-101: {by hand: 15 s}}
  transfers: {TR-2: {from: ship, to: T-102, through: [L-S, L-2], amount: 30 m3, stops: by meter}}
  posts:
    control-room: {reacts: 10 s, with consent: {start: [supervisor]}}
    field: {reacts: 10 s}
    supervisor: {reacts: 15 s}
    principal: {with consent: {bypass: [safety]}}
  plan:
    tell-ship: none
    end-receipt: none
    reset-not: none
    round: {cue: LAH-101, post: control-room, do: tell principal "still rising", every: 40 s}
    dips: {cue: LAH-101, post: field, do: check DIP-101, every: 70 s}
    swap: {cue: LAHH-101, post: control-room, do: start TR-2, within: 3 min, proof: ZT-102 > 98 %}
    keep-shut: {cue: LAH-101, post: supervisor, do: close XV-102, proof: ZT-102 < 2 %, every: 50 s}
    by-hand: {cue: at 10:05, post: field, do: close XV-101, within: 7 min}
starts: 2026-01-12 10:00
lasts: 8 min
initially:
  T-101: {level: 14.76 m}
  T-102: {level: 6 m}
  TR-1: {running: yes}
uncertain:
  ship.flow: normal 1100 m3/h sd 20 m3/h
timeline:
  slower: {cue: at 10:00:30, do: set ship.flow to 700 m3/h over 3 min}
  wrong: {cue: at 10:01:10, do: set LT-102.bias to 0.3 m for 90 s}
  dark: {cue: at 10:02, do: set grid.lost to yes for 20 s}
  press: {cue: at 10:03, post: safety, do: trip ESD-1}
  high: {cue: at 10:04:40, do: set LT-101.bias to 0.4 m over 30 s}
"""
COMMANDS = {
    20: [("principal", 'shelve LAH-101 for 60 s because "busy"')],
    30: [("principal", 'bypass LZ-101 for 90 s because "proof test"')],
    70: [("safety", "approve LZ-101")],
    75: [("principal", "check MOVE-101")],
    100: [("principal", "open XV-102")],
    110: [("principal", "restore LZ-101")],
    150: [("principal", "close XV-102"), ("safety", "evacuate operator to gate")],
    200: [("safety", "muster gate")],
    226: [("safety", "reset ESD-1")],
    232: [("principal", "open XV-102")],
    245: [("principal", "close XV-102")],  # shows closed while the supervisor's next round still reacts
    265: [("principal", "start TR-1")],
    270: [("safety", 'bypass LZ-101 for 40 s because "again"')],
    280: [("principal", "stop TR-1")],
}
SEED = 3
TAKEN = frozenset({"principal", "safety"})
MINUTE = range(225, 285)  # holds a stroke, two walks, a reading by hand, a bypass, a ramp, a sender who answers
FIRST_RUN = ("shelve", "bypass", "ESD-1: the stroke is proven", "the sender of TR-2 pumps", "grid is lost", "has reached",
             "LT-102.bias to 0.3 m for 90 s: over", "check DIP-101 by field: PROVEN", "by principal: TIMED OUT",
             "ended by itself")  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return open_model(Files(), str(_file(tmp_path_factory.mktemp("busy"))), [])[0]


def _file(folder: Path) -> Path:
    path = folder / "busy.yaml"
    path.write_text(BUSY)
    return path


def _block(model: Model, *overrides: Override) -> Block:
    return Block(model, SEED, [0] * len(overrides), list(overrides), record=True)


def _live(block: Block, to: int, watch: Callable[[], None] = lambda: None) -> None:
    """Runs up to a tick; each row gets every command at its tick. `watch` is called after each scan."""
    while block.world.tick < to:
        for post, sentence in COMMANDS.get(block.world.tick + 1, ()):
            for row in range(len(block.numbers)):
                block.submit(row, commands.order(block.model, post, sentence))
        block.advance(block.world.tick + 1)
        watch()


def _past(block: Block, row: int = 0) -> tuple[list[bytes], list[Event], str, bytes]:
    """All that a row can be compared by: every scan's board, the events, the digest, the state."""
    assert block.recorder is not None
    board = [scan[row].tobytes() for scan in block.recorder.signals]
    return (
        board,
        list(block.events[row]),
        block.digests[-1][1][row],
        list(rows_bytes(taker(block.world)(block.world), len(block.numbers)))[row],
    )


def _to_the_end(block: Block) -> tuple[list[bytes], list[Event], str, bytes]:
    _live(block, block.model.spec.lasts_s)
    block.take_digest()
    return _past(block)


def _with_snapshots(model: Model, ticks: Iterable[int]) -> tuple[Block, dict[int, Snapshot]]:
    block, wanted, kept = _block(model, Override(taken=TAKEN)), set(ticks), {}

    def keep() -> None:
        if block.world.tick in wanted:
            kept[block.world.tick] = snapshots.take(block)

    _live(block, model.spec.lasts_s, keep)
    block.take_digest()
    return block, kept


def _ticks_that_differ(block: Block, kept: dict[int, Snapshot]) -> list[int]:
    """Snapshots from which the block does not live the same scans, events and digest again."""
    expected = _past(block)
    wrong = []
    for tick, snapshot in sorted(kept.items(), reverse=True):
        snapshots.restore(block, snapshot)
        assert block.world.tick == tick
        if _to_the_end(block) != expected:
            wrong.append(tick)
    return wrong


def test_the_scenario_is_busy(model: Model) -> None:
    block, _ = _with_snapshots(model, ())
    told = "\n".join(event.text for event in block.events[0])
    assert [words for words in FIRST_RUN if words not in told] == []


def test_every_later_scan_after_a_snapshot_is_the_same(model: Model) -> None:
    block, taken = _with_snapshots(model, range(0, model.spec.lasts_s, 37))
    assert _ticks_that_differ(block, taken) == []


def test_a_snapshot_at_any_tick_of_a_busy_minute_is_whole(model: Model) -> None:
    block, taken = _with_snapshots(model, MINUTE)
    assert _ticks_that_differ(block, taken) == []


@pytest.mark.long
def test_a_snapshot_at_any_tick_at_all_is_whole(model: Model) -> None:
    block, taken = _with_snapshots(model, range(1, model.spec.lasts_s))
    assert _ticks_that_differ(block, taken) == []


def test_restoring_one_snapshot_twice_gives_the_same_run_twice(model: Model) -> None:
    block, taken = _with_snapshots(model, [100])
    assert _ticks_that_differ(block, taken) == _ticks_that_differ(block, taken) == []


def _without_inbox(snapshot: Snapshot) -> Snapshot:
    return dataclasses.replace(snapshot, woken=[], asked=[])


def _without_orders(snapshot: Snapshot) -> Snapshot:
    """Forgets what the orders under way wait for."""
    return dataclasses.replace(
        snapshot, orders={key: dataclasses.replace(o, proof=-1, crews=()) for key, o in snapshot.orders.items()}
    )


def _asleep(snapshot: Snapshot) -> Snapshot:
    """Forgets every time at which something is due."""
    table = snapshot.world.table.copy()
    table.due[:] += 1
    return dataclasses.replace(snapshot, world=dataclasses.replace(snapshot.world, table=table))


@pytest.mark.parametrize("damage", [_without_inbox, _without_orders, _asleep])
def test_a_snapshot_that_forgot_something_is_caught(model: Model, damage: Callable[[Snapshot], Snapshot]) -> None:
    # control: the comparison sees what a careless snapshot would lose; at some ticks there is nothing to lose
    block, taken = _with_snapshots(model, range(100, 230))
    damaged = {tick: damage(s) for tick, s in taken.items() if s.woken or s.asked}
    assert _ticks_that_differ(block, damaged) != []


def test_a_snapshot_that_shares_its_arrays_with_the_run_is_caught(model: Model) -> None:
    # control: what is written in place after the snapshot must not reach into it
    block = _block(model, Override(taken=TAKEN))
    _live(block, 100)
    kept = snapshots.take(block)
    shared = dataclasses.replace(kept, world=dataclasses.replace(kept.world, people=block.world.people))
    _to_the_end(block)
    assert _ticks_that_differ(block, {100: shared}) == [100]


OVERRIDES = (
    Override(taken=TAKEN),
    Override(taken=TAKEN, posts="slow"),
    Override(taken=TAKEN, dropped=frozenset({"dark", "swap"})),
    Override(taken=TAKEN, delayed=(("press", 45.0), ("keep-shut", 20.0))),
    Override(taken=TAKEN | {"field"}),
    Override(posts="none"),
)


def test_one_world_in_rows_of_overrides_is_each_row_simulated_alone(model: Model) -> None:
    together = _block(model, *OVERRIDES)
    _to_the_end(together)
    for row, override in enumerate(OVERRIDES):
        alone = _block(model, override)
        assert _past(together, row) == _to_the_end(alone)


def test_rows_go_back_together(model: Model) -> None:
    together = _block(model, *OVERRIDES)
    _live(together, 250)
    kept = snapshots.take(together)
    _to_the_end(together)
    expected = [_past(together, row) for row in range(len(OVERRIDES))]
    assert len({past[2] for past in expected}) == len(OVERRIDES)  # control: no two rows are the same run
    snapshots.restore(together, kept)
    _to_the_end(together)
    assert [_past(together, row) for row in range(len(OVERRIDES))] == expected


def test_a_fork_is_the_same_world_from_its_start_with_one_thing_different(model: Model, tmp_path: Path) -> None:
    run = twin.open_scenario(str(_file(tmp_path)), seed=SEED)
    for tick in (100, 232):
        run.advance(tick - 1)
        run.command("principal", "open XV-102")
    run.advance(400)
    same, other = run.fork(), run.fork(Override(dropped=frozenset({"keep-shut"})))
    assert same.events == run.events
    assert other.events != run.events
    alone = Block(model, SEED, [0], [Override(dropped=frozenset({"keep-shut"}))], record=True)
    for tick, sentence in ((100, "take principal"), (100, "open XV-102"), (232, "open XV-102")):
        alone.advance(tick - 1)
        alone.submit(0, commands.order(model, "principal", sentence))
    alone.advance(400)
    assert other.events == alone.events[0]
    column = model.signals.at["T-102.level"]
    assert alone.recorder is not None
    assert other.signal("T-102.level").tobytes() == b"".join(s[0, column].tobytes() for s in alone.recorder.signals)


# what goes on must not be ended by a waiter of what is over


def _texts(block: Block, since: int = 0) -> list[str]:
    return [event.text for event in block.events[0] if event.tick >= since]


def test_a_bypass_taken_back_by_hand_does_not_end_a_second_time(model: Model) -> None:
    block = _block(model, Override(taken=TAKEN))
    for tick, sentence in ((10, 'bypass LZ-101 for 60 s because "test"'), (20, "restore LZ-101")):
        block.advance(tick - 1)
        block.submit(0, commands.order(model, "safety", sentence))
    block.advance(20)
    assert "LZ-101 is in service again" in _texts(block)
    block.advance(100)
    assert not [text for text in _texts(block, since=21) if "LZ-101" in text]


def test_a_sender_asked_to_stop_as_he_answers_still_takes_his_time(model: Model) -> None:
    stops = {}
    for asked in (39, 40):  # 25 s after the start he answers, in scan 40
        block = _block(model, Override(posts="none"))
        for tick, sentence in ((1, "stop TR-1"), (15, "start TR-1"), (asked, "stop TR-1")):
            block.advance(tick - 1)
            for one in ("take principal", sentence) if tick == 1 else (sentence,):
                block.submit(0, commands.order(model, "principal", one))
        block.advance(120)
        ends = [e.tick for e in block.events[0] if e.tick >= asked and e.text == "the sender of TR-1 has stopped"]
        stops[asked] = ends
    assert stops == {39: [64], 40: [65]}


def test_the_proof_of_a_round_that_is_over_does_not_hurry_the_next(model: Model) -> None:
    """The plan closes XV-102 again and again; that somebody else closed it meanwhile is no cue to act at once."""

    def acts(*others: tuple[int, str]) -> list[int]:
        block = _block(model, Override(taken=TAKEN, dropped=frozenset({"swap", "press", "dark"})))
        for tick, sentence in others:
            block.advance(tick - 1)
            block.submit(0, commands.order(model, "principal", sentence))
        block.advance(250)
        return [e.tick for e in block.events[0] if e.kind == "command" and e.text == "supervisor: close XV-102"]

    assert acts((206, "open XV-102"), (212, "close XV-102")) == acts() == [12, 67, 128, 172, 232]
