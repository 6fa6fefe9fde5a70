"""Names as plants give them: with full stops, slashes, colons, number signs and spaces, in double quotes where a sentence needs it."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.screens.play import Player
from tui.app import Console
from tui.end import End
from twin.base.fault import Faults
from twin.cli.run import verify
from twin.debrief import outcome, report, whatif
from twin.engine.compile import open_model
from twin.engine.completion import begun_word, complete
from twin.engine.session import start
from twin.engine.setup import Setup
from twin.language.files import Files
from twin.language.sentence import split_path, spoken, tokens

ODD = Path(__file__).parent / "odd-names.yaml"


def _twin(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "twin", *arguments], capture_output=True, text=True, check=False, cwd=where
    )


def test_such_a_farm_is_run_verified_judged_and_every_sentence_of_its_debrief_can_be_typed(tmp_path: Path) -> None:
    commands = tmp_path / "c.cmd"
    commands.write_text(
        '10:02 control-room tell field about "LT 101.A"\n10:03 field check "LT 101.A"\n10:05 control-room stop "TR 1"\n'
        "10:05:10 control-room close XV-101/A\n"
    )
    done = _twin(tmp_path, "run", str(ODD), "--posts", "none", "--commands", str(commands), "--out", "r.twin", "--json")
    assert done.returncode == 0, done.stderr
    assert '"score": "1000000"' in done.stdout
    assert verify(tmp_path / "r.twin")["verified"]
    session = start(Setup(str(ODD), posts="none"))
    session.finish(outcome.sealed)
    found = report.report(session, whatif.answers(session))
    added = [row["change"] for row in found["one_thing"] if row["kind"] == "act-added"]
    assert 'stop "TR 1" at 10:06' in added
    assert 'tell field about "LT 101.A"' in str(found)


def test_settings_and_what_is_drawn_name_such_things(tmp_path: Path) -> None:
    model, _ = open_model(
        Files(), str(ODD), ['"TK 101.A".level=9 m', 'timeline."gets stuck"=none', 'plan."end it".delay=1 min']
    )
    assert [(u.path.thing, u.path.quantity) for u in model.spec.uncertain] == [("LT 101.A", "bias")]
    assert not model.spec.farm.named("timeline")
    with pytest.raises(Faults, match="LT 101"):
        open_model(Files(), str(ODD), ["LT 101.A.bias=1 mm"])


def test_a_completion_is_in_quotes_and_goes_on_from_the_quote() -> None:
    model, _ = open_model(Files(), str(ODD), [])
    assert complete(model, ["control-room"], "stop ") == ['"TR 1"']
    assert complete(model, ["control-room"], 'stop "T') == ['"TR 1"']
    assert complete(model, ["control-room"], "close X") == ["XV-101/A"]
    assert complete(model, ["control-room"], 'check "TK 101.A" w') == ["with"]
    assert [begun_word(t) for t in ('stop "T', 'stop "TR 1"', "close X", "close ", "")] == ['"T', '"TR 1"', "X", "", ""]


def test_a_message_speaks_of_the_longest_name_that_it_holds() -> None:
    names = open_model(Files(), str(ODD), [])[0].names
    names.section["LT"] = "instruments"
    assert names.spoken_of("the LT 101.A does not move") == {"LT 101.A"}
    assert names.spoken_of("see the east tank") == {"TK 101.A"}


@pytest.mark.parametrize("name", ["a", "LT 101.A", "XV-101/A", "L:1", "ZT#1", "罐 1"])
def test_a_name_in_a_sentence_is_read_as_it_was_said(name: str) -> None:
    assert tokens(f"close {spoken(name)} now") == ["close", name, "now"]
    assert split_path(f"{spoken(name)}.level") == (name, "level")


@pytest.mark.parametrize(
    "name",
    ["a,b", "a  b", " a", "a ", "a.", ".a", "1.5", "10:30", "a(b)", 'a"b', "a..b", "rate of LT-1", "a\tb", "a=b", "#1"],
)
def test_what_no_sentence_could_tell_apart_is_no_name(tmp_path: Path, name: str) -> None:
    text = ODD.read_text().replace('"TK 101.A": {product', f"{name!r}: {{product".replace("\\t", "\t"), 1)
    file = tmp_path / "broken.yaml"
    file.write_text(text)
    with pytest.raises(Faults) as caught:
        open_model(Files(), str(file), [])
    assert any(
        "cannot be a name" in str(f) or "reads as a number" in str(f) or "tabs" in str(f) or "does not print" in str(f)
        for f in caught.value.faults
    ), caught.value


def test_such_a_drill_is_won_at_the_console(tmp_path: Path) -> None:
    out = tmp_path / "run.twin"

    async def go() -> str:
        console = Console(scenario=str(ODD), out=out, strict=True)
        async with console.run_test(size=(120, 40)) as pilot:
            player = Player(console, pilot)
            await player.settle()
            await player.press("space")
            for line in (":skip to next alarm", ':stop "TR 1"', ":close XV-101/A", ":skip 1 min", ":end"):
                await player.give(line)
            assert isinstance(console.screen, End)
            return player.text()

    assert "1000000" in asyncio.run(go())
    assert verify(out)["verified"]
