"""World k is the same bits alone and in any crowd, in any order of files, under any neighbours."""

import hashlib
from operator import attrgetter
from pathlib import Path
from random import Random

import numpy as np
import pytest
from farms import PAIR, Kept, opened, signal, told
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from twin.base import chance
from twin.engine import digest, flow
from twin.engine import snapshot as snapshots
from twin.engine.clock import Woken
from twin.engine.commands import order
from twin.engine.compile import open_model
from twin.engine.model import Model
from twin.engine.scan import Block
from twin.engine.world import Override, World
from twin.language.files import Files

SIXTY = list(range(60))
Past = dict[int, tuple[list[tuple[int, str]], list[object]]]
"""Of each world number: its digest at every 600 ticks, and its events."""


def _past(model: Model, numbers: list[int], of: list[Override] | None = None, seed: int = 5) -> Past:
    block = Block(model, seed, numbers, of)
    block.advance(model.spec.lasts_s)
    block.take_digest()
    return {
        number: ([(tick, row_digests[row]) for tick, row_digests in block.digests], list(block.events[row]))
        for row, number in enumerate(numbers)
    }


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return opened(tmp_path_factory.mktemp("pair"), PAIR)


EVERY_KIND = (Path(__file__).parents[1] / "house" / "every-kind.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return opened(tmp_path_factory.mktemp("every"), EVERY_KIND)


@pytest.fixture(scope="module")
def kept(pair: Model) -> Kept:
    return Kept(pair)


@pytest.fixture(scope="module")
def sixty(pair: Model) -> Past:
    return _past(pair, SIXTY)


@pytest.fixture(scope="module")
def first_watch() -> Model:
    return open_model(Files(), "first-watch", [])[0]


@pytest.mark.parametrize("posts", ["plan", "none"])
def test_a_world_of_first_watch_is_the_same_in_blocks_of_sixty_seven_and_one(first_watch: Model, posts: str) -> None:
    def of(count: int) -> list[Override]:
        return [Override(posts=posts)] * count

    whole = _past(first_watch, SIXTY, of(60))
    assert len({digests[-1][1] for digests, _ in whole.values()}) == 60, "worlds must differ, or this proves nothing"
    for k in (0, 17, 59):
        assert _past(first_watch, [k], of(1))[k] == whole[k]
    seven = _past(first_watch, SIXTY[14:21], of(7))
    assert all(seven[k] == whole[k] for k in seven)


def test_everything_that_can_wait_happens_somewhere_in_the_sixty(sixty: Past) -> None:
    kinds = {event.kind for _, events in sixty.values() for event in events}  # type: ignore[attr-defined]
    assert kinds >= {"inject", "power", "trip", "trip-proven", "trip-unproven", "overflow", "alarm", "order", "arrived"}


def test_a_world_is_the_same_in_blocks_of_sixty_seven_and_one(pair: Model, sixty: Past) -> None:
    assert len({digests[-1][1] for digests, _ in sixty.values()}) == 60
    for first in (0, 28):
        some = _past(pair, SIXTY[first : first + 7])
        assert all(some[k] == sixty[k] for k in some)
    for k in (3, 58):
        assert _past(pair, [k])[k] == sixty[k]


def test_a_farm_with_every_kind_is_the_same_alone_in_any_crowd_and_after_a_snapshot(
    every_kind: Model, tmp_path: Path
) -> None:
    whole = _past(every_kind, list(range(16)))
    assert len({digests[-1][1] for digests, _ in whole.values()}) == 16
    kinds = {event.kind for _, events in whole.values() for event in events}  # type: ignore[attr-defined]
    assert kinds >= {"pump", "pump-dry", "pump-low", "pressure-relief", "contaminated", "transfer", "power"}
    for numbers in ([5], [15, 2, 11], list(range(8, 14))):
        some = _past(every_kind, numbers)
        assert all(some[k] == whole[k] for k in some), numbers
    again = _past(opened(tmp_path, _shuffled(EVERY_KIND, 1)), [5, 9])
    assert all(again[k] == whole[k] for k in again)
    for at in (1, 431):
        block = Block(every_kind, 5, [5, 9])
        block.advance(at)
        kept = snapshots.take(block)
        block.advance(every_kind.spec.lasts_s)
        snapshots.restore(block, kept)
        block.advance(every_kind.spec.lasts_s)
        block.take_digest()
        assert [digests[0] for _, digests in block.digests][-1] == whole[5][0][-1][1]


def test_a_farm_with_every_kind_loses_and_makes_nothing(every_kind: Model) -> None:
    block = Block(every_kind, 5, SIXTY)
    block.advance(every_kind.spec.lasts_s)
    assert float(flow.balance_error(block.world).max()) <= 1e-9
    assert (block.world.tanks.volume_m3 >= -1e-9).all()


def test_the_order_of_worlds_in_a_block_changes_none(pair: Model, sixty: Past) -> None:
    shuffled = Random(1).sample(SIXTY, 60)
    assert _past(pair, shuffled) == sixty


def test_neighbours_under_other_overrides_change_none(pair: Model, sixty: Past) -> None:
    others = [
        Override(posts="none"),
        Override(posts="slow"),
        Override(dropped=frozenset({"ends", "dark"})),
        Override(delayed=(("ends", 90.0), ("sticks", -60.0))),
        Override(cells=(("TA", "level", "7.4 m"), ("LT-A", "bias", "-1 m"), ("SIS", "lost", "yes"))),
        Override(taken=frozenset({"field"})),
        Override(cells=(("TB", "level", "7.5 m"), ("LT-B", "drift", "10 mm/h"), ("LT-B", "bad", "yes"))),
    ]
    numbers, of = [], []
    for k in range(0, 60, 4):
        numbers += [k, k, 1000 + k]
        of += [others[k % 7], Override(), others[(k + 3) % 7]]
    block = Block(pair, 5, numbers, of)
    block.advance(pair.spec.lasts_s)
    block.take_digest()
    for row, (number, override) in enumerate(zip(numbers, of, strict=True)):
        if override == Override():
            assert [(t, d[row]) for t, d in block.digests] == sixty[number][0]
            assert block.events[row] == sixty[number][1]


def test_draws_named_by_row_would_be_caught(pair: Model, sixty: Past) -> None:
    """The control: keys by row instead of by world number give another past when the rows are shuffled."""
    numbers = Random(1).sample(SIXTY, 60)
    block = Block(pair, 5, numbers)
    block.keys = chance.keys(5, list(range(60)), [f"{name}.noise" for name in pair.instruments.names])
    block.advance(600)
    shared = [block.digests[0][1][row] == sixty[number][0][0][1] for row, number in enumerate(numbers)]
    assert sum(shared) == sum(row == number for row, number in enumerate(numbers))


class _InOrderOfHandingIn(Block):
    """A block whose inbox is drained in the order in which notes came, as a serial number would do."""

    def _scan(self) -> None:
        woken, self.stage.woken = self.stage.woken, []
        self.world.tick += 1
        for note in woken:
            self.inbox._wake(note)
        self.world.tick -= 1
        super()._scan()


def _one_block(kind: type[Block], model: Model, *, swapped: bool) -> list[str]:
    """Two acts due at the same tick, noted in one order or the other."""
    block = kind(model, 5, [0], [Override(posts="none")])
    block.advance(100)
    cells = [
        model.tasks.first("injects") + n for n, inject in enumerate(model.injects) if inject.name in {"dark", "sticks"}
    ]
    for cell in reversed(cells) if swapped else cells:
        block.stage.woken.append(Woken(0, cell, int(block.world.table.count[0, cell])))
    block.advance(600)
    return [event.text for event in block.events[0]] + block.digests[0][1]


def test_the_inbox_does_not_care_who_was_noted_first(pair: Model) -> None:
    assert _one_block(Block, pair, swapped=True) == _one_block(Block, pair, swapped=False)


def test_a_serial_number_in_the_inbox_would_be_caught(pair: Model) -> None:
    """The control: drained by a serial number, the same two acts give two pasts."""
    assert _one_block(_InOrderOfHandingIn, pair, swapped=True) != _one_block(_InOrderOfHandingIn, pair, swapped=False)


def test_a_fork_without_an_override_is_the_same_world(tmp_path: Path) -> None:
    (tmp_path / "law.yaml").write_text(PAIR)
    run = twin.open_scenario(str(tmp_path / "law.yaml"), seed=5, world=3)
    run.advance(300)
    run.command("control-room", "close XB")
    run.advance(650)
    other = run.fork()
    same = [a.block.digests[0][1] for a in (run._session, other._session)]
    assert same[0] == same[1]
    assert other.events == run.events
    assert run.outcome()["digest"] == other.outcome()["digest"]


def test_a_fork_with_an_override_is_another_course(tmp_path: Path) -> None:
    """The control: the digest does see what an override changes."""
    (tmp_path / "law.yaml").write_text(PAIR)
    run = twin.open_scenario(str(tmp_path / "law.yaml"), seed=5, world=3)
    run.advance(650)
    other = run.fork(Override(dropped=frozenset({"dips"})))
    assert run.outcome()["digest"] != other.outcome()["digest"]


@pytest.mark.parametrize("at", [1, 205, 333, 600, 700])
def test_a_restored_snapshot_goes_on_to_the_same_end(pair: Model, at: int) -> None:
    block = Block(pair, 5, [0, 3, 7, 12])
    block.advance(at)
    kept = snapshots.take(block)
    block.advance(pair.spec.lasts_s)
    block.take_digest()
    end, events = block.digests[-1], [list(e) for e in block.events]
    snapshots.restore(block, kept)
    block.advance(pair.spec.lasts_s)
    block.take_digest()
    assert block.digests[-1] == end
    assert block.events == events


def _shuffled(text: str, seed: int) -> str:
    """The same file with the entries of every section of its farm in another order."""
    lines, sections, at = text.split("\n"), [], 0
    while at < len(lines):
        block = [lines[at]]
        at += 1
        if lines[at - 1].startswith("  ") and lines[at - 1].endswith(":"):
            entries = []
            while at < len(lines) and lines[at].startswith("    "):
                entries.append(lines[at])
                at += 1
            block += Random(seed).sample(entries, len(entries))
        sections += block
    return "\n".join(sections)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_things_in_a_file_changes_nothing(tmp_path: Path, sixty: Past, seed: int) -> None:
    text = _shuffled(PAIR, seed)
    assert text != PAIR
    again = _past(opened(tmp_path, text), [3, 20])
    assert all(again[k] == sixty[k] for k in again)


def _ten_tanks() -> str:
    """Ten tanks that run over into one bund at their own rates, and drain into one pit."""
    numbers = range(10)
    tanks = "".join(
        f"    T-{n}: {{product: diesel, diameter: {7 + 0.31 * n:.2f} m, height: 6 m, in: bund, at: [{20 * n} m, 0 m]}}\n"
        for n in numbers
    )
    feeds = "".join(f"    F-{n}: {{from: ship, to: T-{n}, through: [V-{n}], enters: top}}\n" for n in numbers)
    drains = "".join(
        f"    D-{n}: {{from: T-{n}, to: sump, through: [W-{n}], size: {40 + 3 * n} mm, length: {5 + 3.7 * n:.1f} m}}\n"
        for n in numbers
    )
    valves = "".join(f"    V-{n}: {{normally: open}}\n    W-{n}: {{normally: open}}\n" for n in numbers)
    levels = "".join(f"  T-{n}: {{level: {5.99 - 0.013 * n:.3f} m}}\n" for n in numbers)
    return (
        "scenario: Ten\nfarm:\n  farm: Ten\n  places:\n    bund: {kind: bund, area: 900 m2}\n"
        "  nodes:\n    ship: {product: diesel, flow: 4000 m3/h, at: [0 m, 0 m]}\n    sump: {receives: diesel, holds: 40 m3}\n"
        f"  tanks:\n{tanks}  lines:\n{feeds}{drains}  valves:\n{valves}"
        "  transfers:\n    TR: {from: ship, to: T-0, through: [F-0]}\n"
        f"starts: 2026-01-01 10:00\nlasts: 10 min\ninitially:\n{levels}  TR: {{running: yes}}\n"
        "uncertain:\n  ship.flow: normal 4000 m3/h sd 300 m3/h\n"
    )


def test_sums_over_many_tanks_have_the_same_bits_in_every_block(tmp_path: Path) -> None:
    model = opened(tmp_path, _ten_tanks())
    whole = _past(model, SIXTY)
    assert sum(e.kind == "overflow" for e in whole[0][1]) >= 8  # type: ignore[attr-defined]
    for numbers in ([0], [59], SIXTY[20:22], SIXTY[30:37], SIXTY[10:19]):
        some = _past(model, numbers)
        assert all(some[k] == whole[k] for k in some), numbers


def test_a_running_neighbour_does_not_make_another_world_flow(tmp_path: Path) -> None:
    """Whatever a node is drawn to offer, a world whose sender does not pump receives nothing."""
    text = PAIR.replace("normal 700 m3/h sd 40 m3/h", "normal 10 m3/h sd 400 m3/h").replace(
        ", TR-1: {running: yes}", ""
    )
    model = opened(tmp_path, text)
    idle = [Override(posts="none", cells=(("XA", "position", "100 %"),))] * 12
    pumping = [Override(posts="none", cells=(("TR-1", "running", "yes"), ("XA", "position", "100 %")))]
    apart = _past(model, list(range(12)), idle)
    beside = _past(model, [*range(12), 99], idle + pumping)
    assert all(beside[k] == apart[k] for k in apart)


def test_nothing_that_a_world_draws_makes_a_tank_hold_less_than_nothing(tmp_path: Path) -> None:
    model = opened(tmp_path, PAIR.replace("normal 700 m3/h sd 40 m3/h", "normal 10 m3/h sd 4000 m3/h"))
    block = Block(model, 5, SIXTY, [Override(posts="none")] * 60)
    block.advance(600)
    assert (block.world.tanks.volume_m3 >= 0.0).all()
    assert (block.world.nodes.received_m3 >= 0.0).all()


def test_outside_commands_to_one_row_leave_the_others_alone(pair: Model, sixty: Past) -> None:
    numbers = [3, 8, 20]
    block = Block(pair, 5, numbers)
    block.advance(100)
    told(block, "control-room", "take control-room", row=1)
    told(block, "control-room", "stop TR-1", row=1)
    told(block, "principal", "trip ESD", row=1)
    told(block, "field", "take field", row=1)
    told(block, "field", "open HV", row=1)
    block.advance(pair.spec.lasts_s)
    block.take_digest()
    assert [d[0] for _, d in block.digests] == [d for _, d in sixty[3][0]]
    assert [d[2] for _, d in block.digests] == [d for _, d in sixty[20][0]]
    assert [d[1] for _, d in block.digests] != [d for _, d in sixty[8][0]]


def test_recording_changes_no_bit(pair: Model, sixty: Past) -> None:
    block = Block(pair, 5, [3], record=True)
    block.advance(pair.spec.lasts_s)
    block.take_digest()
    assert [(t, d[0]) for t, d in block.digests] == sixty[3][0]
    assert len(signal(block, "TA.level")) == pair.spec.lasts_s + 1


def test_every_array_of_a_world_is_in_its_digest(pair: Model) -> None:
    """The control: one bit of any array changes the bytes that are hashed."""
    block = Block(pair, 5, [3])
    block.advance(50)
    before = hashlib.sha256(next(digest.rows_bytes(digest.taker(block.world)(block.world), 1))).hexdigest()
    for place in digest.places(block.world):
        array = attrgetter(place)(block.world)
        if array.size and array.flags.c_contiguous and array.flags.writeable:
            flat = array.reshape(-1).view(np.uint8)
            flat[-1] ^= 1
            assert (
                hashlib.sha256(next(digest.rows_bytes(digest.taker(block.world)(block.world), 1))).hexdigest() != before
            )
            flat[-1] ^= 1


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100), st.booleans(), st.booleans()), min_size=2, max_size=9)
)
@settings(deadline=None, derandomize=True, database=None, max_examples=25)
def test_what_a_scan_of_the_plant_leaves_out_changes_no_bit(
    kept: Kept, rows: list[tuple[int, int, bool, bool]]
) -> None:
    """Each row of one flow step equals the step of that row alone, whatever its neighbours are busy with."""
    model = kept.model
    of = [
        Override(cells=(("TA", "filled", f"{a} %"), ("TB", "filled", f"{b} %"),
                        ("XB", "position", "100 %" if open_ else "0 %"), ("TR-1", "running", "yes" if runs else "no")))
        for a, b, open_, runs in rows
    ]  # fmt: skip
    together = _flowed(Block(model, 5, list(range(len(rows))), of))
    for row in range(len(rows)):
        alone = _flowed(Block(model, 5, [row], [of[row]]))
        for place in (p for p in digest.places(alone) if p.split(".")[0] in FLOWING):
            mine, its = attrgetter(place)(alone), attrgetter(place)(together)
            assert mine[0].tobytes() == its[row].tobytes(), place


FLOWING = ("tanks", "lines", "valves", "transfers", "nodes", "utilities")


def _flowed(block: Block) -> World:
    """Three ticks of the plant alone; only before the first were controls written."""
    for n in range(3):
        flow.step(block.model, block.world, n == 0, 1.0)
    return block.world


def test_an_answer_comes_for_every_command_in_the_order_of_handing_in(pair: Model) -> None:
    block = Block(pair, 5, [3, 4], [Override(posts="none")] * 2)
    answers: list[int] = []
    for n, row in enumerate([1, 0, 1, 0]):
        block.submit(
            row, order(pair, "control-room", "open XB" if n < 2 else "close XB"), lambda _, n=n: answers.append(n)
        )
    block.advance(1)
    assert answers == [1, 3, 0, 2]
    assert (block.world.controls.valves.target[:, pair.valves.names.index("XB")] == 0.0).all()
