"""A made-up part, fault and verb are found by every derivation that takes parts; the real ones are named where they meet."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from twin.base.arrays import Bools, Floats, array, copied, declared, fresh, repeated
from twin.cli import reference, schema
from twin.debrief import changes
from twin.engine import digest, edges, parts, signals, tasks
from twin.engine.compile import open_model
from twin.engine.completion import complete
from twin.engine.model import Model
from twin.engine.parts import PARTS
from twin.engine.world import Controls as AllControls
from twin.engine.world import World
from twin.language import fields as f
from twin.language.entry import Entry, key
from twin.language.files import Files
from twin.language.sentence import Path as Written
from twin.language.words import VERBS_TABLE, EventKind, Heard, Verb
from twin.parts import gauge
from twin.parts.action import IDLE, Begun, Order, Row, done
from twin.parts.part import Does, Edge, Part, Task, fault, readable, settable
from twin.seat.player import help_on
from twin.text.say import Said, say


@dataclass(frozen=True, kw_only=True)
class Bagpipe(Entry):
    """What howls."""

    loud: float = key(f.quantity("number", 0, 200), "loud", "in decibels", default=100.0, why="usual")


@dataclass(frozen=True, slots=True)
class Bagpipes:
    names: tuple[str, ...]
    loud: Floats


@dataclass(frozen=True, slots=True)
class State:
    howling: Floats = array(path=readable("howling", "fraction", "how loud it is now"))


@dataclass(slots=True)
class Controls:
    asked: Bools = array(bool, path=settable("asked", "flag", "asked to howl"))
    hoarse: Bools = array(bool, path=fault("hoarse", "flag", "does not howl", "hoarse"))


def _turned(row: Row, number: int, begins: bool) -> None:
    row.emit("howl", row.facts(Bagpipes).names[number], say("plain", text="it howls" if begins else "it is quiet"))


def _howl(row: Row, order: Order) -> Begun | Said:
    row.write(Controls).asked[row.at, row.facts(Bagpipes).names.index(order.thing)] = True
    return done(order)


BAGPIPE = Part(
    "bagpipes", "bagpipe", Bagpipe, State, Controls,
    edges=(Edge("howls", ("bagpipes.howling",), lambda its, howling: howling > 0.5, _turned),),
    events=(EventKind("howl", Heard.ALL, "a bagpipe howls", weight=2, urgent=True, told=True, counted=True),),
    verbs=(Does("howl", _howl),),
    tasks=(Task("breaths", lambda row, number: row.wait("breaths", number, IDLE)),),
    mended="{name} in voice", rank=7,
)  # fmt: skip
HOWL = Verb("howl", ("bagpipe",), "let a bagpipe howl", asks_word=True, example="howl S-1")
MORE: parts.Parts = (*PARTS, BAGPIPE)
WORDS = parts.words(MORE, (*VERBS_TABLE, HOWL))
ITS = Bagpipes(("S-1", "S-2"), np.array([100.0, 90.0]))


@pytest.fixture(scope="module")
def model() -> Model:
    return open_model(Files(), "first-watch", [])[0]


def _with_bagpipes(model: Model) -> Model:
    """The model as its derivations would have it with two bagpipes: names and signals."""
    names = dataclasses.replace(
        model.names, known=WORDS, section={**model.names.section, "S-1": "bagpipes", "S-2": "bagpipes"}
    )  # fmt: skip
    facts = {**model.signals.facts, "bagpipes": ITS}
    its = model.signals
    shown = [{n: its.dimensions[its.at[n]] for n in of.names} for of in (model.instruments, model.calculated)]
    return dataclasses.replace(model, names=names, signals=signals.build(names, facts, MORE).with_shown(*shown))


def test_the_schema_takes_its_section_and_refuses_what_it_does_not_say() -> None:
    its = schema.farm(WORDS)
    jsonschema.validate({"farm": "x", "bagpipes": {"S-1": {"loud": "90"}}}, its)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"farm": "x", "bagpipes": {"S-1": {"shrill": "90"}}}, its)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"farm": "x", "bagpipes": {"S-1": {"loud": "90"}}}, schema.farm())


def test_the_reference_has_verb_event_quantities_and_section() -> None:
    told = reference.text(WORDS)
    for line in ("| `howl` | let a bagpipe howl |", "| `howl` | a bagpipe howls | all |", "| bagpipe | `hoarse` | flag | yes |",
                 "## Farm: `bagpipes`"):  # fmt: skip
        assert line in told
        assert line not in reference.text()


def test_completion_offers_the_verb_and_then_its_things(model: Model) -> None:
    its = _with_bagpipes(model)
    its = dataclasses.replace(
        its, posts=dataclasses.replace(its.posts, may={**its.posts.may, "field": frozenset({"howl"})})
    )
    assert "howl" in complete(its, ["field"], "ho", known=WORDS)
    assert complete(its, ["field"], "howl ", known=WORDS) == ["S-1", "S-2"]
    assert WORDS.verbs["howl"].asks_word


def test_a_verb_finds_what_its_part_does() -> None:
    found = parts.does("howl", "bagpipe", MORE)
    assert found is not None
    assert found.begin is _howl
    assert parts.does("howl", "valve", MORE) is None
    assert parts.does("howl", "bagpipe") is None


def test_help_tells_of_the_verb(model: Model) -> None:
    its = dataclasses.replace(
        model.posts, may={p: frozenset({"howl"}) if p == "field" else m for p, m in model.posts.may.items()}
    )
    assert help_on("howl", its, WORDS) == ["howl: let a bagpipe howl. Such as: howl S-1", "  may: field"]


@dataclass(slots=True)
class Duller(gauge.Controls):
    dull: Bools = array(bool, path=fault("dull", "flag", "shows half", "dull"))


def test_a_made_up_fault_of_an_instrument_is_one_that_misleads() -> None:
    more = tuple(p._replace(controls=Duller) if p is gauge.PART else p for p in PARTS)
    assert parts.fault_places("instrument", more)[-1] == "controls.instruments.dull"
    assert parts.fault_places("instrument", more, flags=True)[-1] == "controls.instruments.dull"
    assert parts.fault_places("instrument", flags=True) == tuple(
        f"controls.instruments.{name}" for name in ("stuck", "dead", "bad", "off_scale", "sunk")
    )
    assert parts.faults(more)[("instrument", "dull")].unsound == "dull"
    assert "dull" in [path.name for path in parts.offers("instrument", more)]
    assert "dull" in parts.words(more).quantities_of("instrument")


def test_the_instructors_form_offers_the_fault() -> None:
    assert [path.name for path in parts.offers("bagpipe", MORE)] == ["hoarse"]
    assert list(parts.offers("bagpipe")) == []


def test_a_barrier_is_mended_by_name_and_counts_as_a_fault(model: Model) -> None:
    its = _with_bagpipes(model)
    found = changes.fault_cells(its, MORE)
    assert found["S-2"] == {"hoarse": ("controls.bagpipes.hoarse", 1)}
    assert parts.faults(MORE)[("bagpipe", "hoarse")].unsound == "hoarse"
    assert ("bagpipe", "hoarse") not in parts.faults()
    part = parts.part_of("bagpipe", MORE)
    assert part is not None
    assert part.mended.format(name="S-1") == "S-1 in voice"


def test_story_skip_and_campaign_know_its_event() -> None:
    assert WORDS.events["howl"].weight == 2
    assert "howl" in parts.kinds("urgent", MORE)
    assert "howl" in parts.kinds("told", MORE)
    assert parts.counted(MORE)[-1] == "howl"
    assert "howl" not in parts.counted()
    assert WORDS.events["howl"].heard.at_once


def test_its_signals_stand_behind_the_others_and_its_cells_can_be_set(model: Model) -> None:
    before, its = signals.build(model.names, model.signals.facts), _with_bagpipes(model).signals
    assert its.names[: len(before.names)] == before.names
    assert its.names[len(before.names) : its.first_instrument] == ("S-1.howling", "S-2.howling")
    place = model.spec.place
    assert its.address(Written("S-2", "hoarse", place)).cell == ("controls.bagpipes.hoarse", 1)
    assert its.column(Written("S-1", "howling", place)).dimension == "fraction"


def test_its_edges_and_tasks_have_columns_and_cells_behind_the_others(model: Model) -> None:
    def facts_of(section: str) -> object:
        return ITS if section == "bagpipes" else getattr(model, section)

    made, before = edges.build(facts_of, MORE), edges.build(facts_of)
    assert made.at["bagpipes.howls"].first == before.end
    assert made.end == before.end + 2
    layout = tasks.layout({"breaths": 2, "returns": 3, "orders": 4}, MORE)
    assert layout.kind(layout.first("breaths") + 1) == ("breaths", 1)
    assert layout.first("breaths") >= layout.after("orders") - 0


def test_its_arrays_are_made_copied_repeated_and_hashed() -> None:
    now, set_ = fresh(State, ITS, 3), fresh(Controls, ITS, 3)
    assert now.howling.shape == (3, 2)
    assert set_.hoarse.dtype == bool
    apart = copied(set_, all_of_it=True)
    apart.hoarse[0, 0] = True
    assert not set_.hoarse.any()
    assert repeated(fresh(State, ITS, 1), 4).howling.shape == (4, 2)

    @dataclass
    class Both:
        bagpipes: State
        controls: Controls

    assert list(digest.places(Both(now, set_))) == ["bagpipes.howling", "controls.asked", "controls.hoarse"]
    assert len(digest.taker(Both(now, set_))(Both(now, set_))) == 3


def test_world_controls_and_model_name_every_part() -> None:
    """What the type checker needs said once more says the same as the tuple."""
    hints = World.__dataclass_fields__
    for part in PARTS:
        if part.state is not None:
            assert hints[part.section].type is part.state, part.section
        if part.controls is not None:
            assert AllControls.__dataclass_fields__[part.section].type is part.controls, part.section
        if part.state is not None or part.controls is not None:
            assert part.section in Model.__dataclass_fields__, part.section
    named = {name for name, its in AllControls.__dataclass_fields__.items()}
    assert named == {part.section for part in PARTS if part.controls is not None}


def test_every_array_of_a_part_that_people_name_is_one_that_it_declares() -> None:
    for part in PARTS:
        arrays = {n for kind in (part.state, part.controls) if kind is not None for n in declared(kind)}
        for path in part.all_paths:
            for name in (path.reads, path.writes):
                assert not name or name in arrays or name.startswith("content."), (part.section, path.name)


def test_every_kind_of_event_that_the_code_emits_is_declared() -> None:
    import re

    source = Path(__file__).parents[2] / "twin"
    said = {
        kind
        for path in source.rglob("*.py")
        for kind in re.findall(r"\.emit\((?:row, )?\"([a-z-]+)\"", path.read_text(encoding="utf-8"))
    }
    assert len(said) > 12
    assert said <= set(parts.WORDS.events)
