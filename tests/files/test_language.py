"""The words of the files mean what they say: units, verbs, names in any script, schemas, and trees laid over trees."""

import json
import math
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pint
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.base.fault import Fault, Faults, Place
from twin.base.units import UNITS, Unit, from_si, to_si
from twin.engine.checks import check_file
from twin.engine.compile import open_model
from twin.engine.parts import PARTS, WORDS, does
from twin.engine.resolve import resolve
from twin.engine.scan import Block
from twin.engine.session import start
from twin.engine.setup import Setup
from twin.language import compose, files, grammar, load, spec
from twin.language.entry import Entry
from twin.language.files import Files
from twin.language.nodes import Node, Sequence, Table, Text
from twin.language.nodes import compose as nodes_of
from twin.language.sentence import parse
from twin.language.spec import PlanLine
from twin.language.trees import canonical, meaning_digest
from twin.language.words import VERBS
from twin.parts.action import Action
from twin.parts.tank_entry import Tank
from twin.parts.transfer_entry import Transfer
from twin.parts.valve_entry import Valve

HERE = Path(__file__).parent
SETTINGS = settings(
    deadline=None, max_examples=40, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip

# units

SI = {
    "length": "m", "area": "m**2", "volume": "m**3", "gas volume": "m**3", "time": "s", "mass": "kg", "temperature": "K",
    "temperature rate": "K/s",
    "pressure": "Pa", "speed": "m/s", "volume flow": "m**3/s", "gas flow": "m**3/s", "mass flow": "kg/s", "power": "W",
    "heat flux": "W/m**2", "energy": "J", "energy per mass": "J/kg", "density": "kg/m**3", "kinematic viscosity": "m**2/s",
    "viscosity": "Pa*s", "spray rate": "m/s", "voltage": "V", "fraction": "", "volume fraction": "", "mass fraction": "",
    "lethality": "", "flammable fraction": "", "gas fraction": "", "concentration": "kg/m**3", "frequency": "1/s",
    "chance rate": "1/s", "stroke density": "1/m**2/s",
}  # fmt: skip
NOT_IN_PINT = {"deg": 1.0, "rpm": 1 / 60, "LFLm": 1.0}
CLOSED = """mm cm m km in ft m2 ha ft2 L m3 Nm3 gal bbl s min h d y kg t degC degF K K/min K/h degC/min degC/h degF/h Pa kPa MPa bar mbar m/s km/h mm/min mm/h m/h
L/s L/min m3/s m3/h gal/min bbl/h Nm3/h kg/s kg/min t/h W kW MW kW/m2 J MJ MJ/kg kg/m3 mm2/s mPa.s L/min/m2 deg rpm V
% %LFL LFLm %vol %mass %dead ppm mg/m3 /s /min /h /d /y %/min /km2/h"""


@cache
def _registry() -> Any:
    return pint.UnitRegistry()


def _by_pint(unit: Unit) -> tuple[float, float]:
    """Factor and offset to SI as pint has them."""
    ureg = _registry()
    if unit.name in NOT_IN_PINT:
        return NOT_IN_PINT[unit.name], 0.0
    zero, one = (float(ureg.Quantity(n, unit.pint).to(SI[unit.dimension]).magnitude) for n in (0.0, 1.0))
    return one - zero, zero


def _agrees(unit: Unit) -> bool:
    factor, offset = _by_pint(unit)
    return math.isclose(unit.factor, factor, rel_tol=1e-12) and math.isclose(unit.offset, offset, rel_tol=1e-12)


def test_the_table_of_units_is_the_closed_one() -> None:
    assert set(UNITS) == set(CLOSED.split())


@pytest.mark.parametrize("name", sorted(UNITS))
def test_a_unit_is_what_pint_says(name: str) -> None:
    assert _agrees(UNITS[name])


def test_a_unit_wrong_in_the_eleventh_place_is_caught() -> None:
    """The control of the test above."""
    gallon = UNITS["gal"]
    assert not _agrees(Unit("gal", gallon.dimension, gallon.factor * (1 + 1e-11), pint=gallon.pint))
    assert not _agrees(Unit("degC", "temperature", 1.0, 273.16, pint="degC"))


@SETTINGS
@given(name=st.sampled_from(sorted(UNITS)), number=st.floats(-1e6, 1e6))
def test_there_and_back_is_the_same_number(name: str, number: float) -> None:
    its = UNITS[name]
    back = from_si(to_si(number, name, its.dimension), name)
    assert math.isclose(back, number, rel_tol=1e-12, abs_tol=1e-12 * abs(its.offset / its.factor))


# verbs

BUILT = sorted(name for name, verb in VERBS.items() if verb.since == "spine")


@cache
def _signals() -> list[Any]:
    return [open_model(Files(), name, [])[0].signals for name in ("first-watch", "buncefield-2005")]


def _resolved(sentence: str) -> list[Action]:
    """The actions of a sentence on the harbour and on the north terminal, where its names exist."""
    act = parse(grammar.act, Text(sentence, Place("example", 1, 1)), WORDS)
    found = []
    for signals in _signals():
        try:
            found.append(resolve(signals, act))
        except Fault:
            continue
    return found


@pytest.mark.parametrize("name", BUILT)
def test_the_example_of_a_verb_can_be_done_on_a_shipped_farm(name: str) -> None:
    found = _resolved(VERBS[name].example)
    assert found, VERBS[name].example
    assert {its.verb for its in found} == {name}


def test_an_example_whose_thing_is_not_there_is_caught() -> None:
    """The control of the test above."""
    assert _resolved("open MOV-913") == []


def test_the_engine_does_every_verb_that_is_built_and_no_other() -> None:
    assert {its.verb for part in PARTS for its in part.verbs} == set(BUILT)
    for name in BUILT:
        for kind in VERBS[name].on:
            if kind not in {"path", "any"}:
                assert does(name, kind) is not None, (name, kind)


# any script


def test_a_farm_with_chinese_names_has_no_mistake_and_no_warning() -> None:
    for name in ("罐区.yaml", "夜班.yaml"):
        report = check_file(str(HERE / name))
        assert report.mistakes == []
        assert report.warnings == []


def test_a_farm_with_chinese_names_runs_to_its_end_by_the_plan() -> None:
    run = start(Setup(str(HERE / "夜班.yaml"), posts="plan"))
    run.advance(run.lasts)
    assert run.over
    told = [event for event in run.block.events[0] if event.kind == "alarm"]
    assert [event.subject for event in told][:1] == ["汽油罐1"] or "液位高" in told[0].text
    v = run.model.valves.names.index("进罐阀")
    assert run.block.world.valves.position[0, v] == 0.0
    assert not any(event.kind == "overflow" for event in run.block.events[0])
    assert float(run.block.balance_error()[0]) < 1e-9


def test_without_the_plan_the_chinese_tank_runs_over() -> None:
    """The control: it is the plan, by its Chinese names, that ends the receipt (and the switch, here dead)."""
    settings_ = ("高液位开关.dead=yes", "汽油罐1.level=11.1 m", "lasts=14 min")
    run = start(Setup(str(HERE / "夜班.yaml"), posts="none", settings=settings_))
    run.advance(run.lasts)
    assert any(event.kind == "overflow" and event.subject == "汽油罐1" for event in run.block.events[0])


# schemas


def _as_written(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # every scalar as it stands


@cache
def _schema(kind: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "twin", "schema", kind], capture_output=True, text=True, check=True)
    schema: dict[str, Any] = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def _refusals(kind: str, tree: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(_schema(kind)).iter_errors(tree)]


SHIPPED = [("farm", path) for path in sorted((files.shipped() / "farms").glob("*.yaml"))]
SHIPPED += [("scenario", path) for path in sorted(files.shipped().glob("*.yaml"))]
SHIPPED += [("farm", HERE / "罐区.yaml"), ("scenario", HERE / "夜班.yaml")]


@pytest.mark.parametrize(("kind", "path"), SHIPPED, ids=[path.stem for _, path in SHIPPED])
def test_the_schema_takes_the_shipped_files(kind: str, path: Path) -> None:
    assert _refusals(kind, _as_written(path)) == []


@pytest.mark.parametrize(("kind", "path"), SHIPPED, ids=[path.stem for _, path in SHIPPED])
def test_the_schema_refuses_an_unknown_key(kind: str, path: Path) -> None:
    section = "tanks" if kind == "farm" else "objectives"
    entries = _as_written(path).get(section, {})  # what says a scenario in another language has none
    for where in ((), *((section, name) for name in list(entries)[:1])):
        tree = _as_written(path)
        inner = tree
        for key in where:
            inner = inner[key]
        if isinstance(inner, dict):
            inner["diametre"] = "20 m"
            assert _refusals(kind, tree) != []


def test_a_schema_that_lets_every_key_pass_is_caught() -> None:
    """The control of the test above."""
    loose = json.loads(
        json.dumps(_schema("farm")).replace('"additionalProperties": false', '"additionalProperties": true')
    )
    tree = {**_as_written(SHIPPED[0][1]), "diametre": "20 m"}
    assert list(jsonschema.Draft202012Validator(loose).iter_errors(tree)) == []


@pytest.mark.parametrize("kind", ["farm", "scenario"])
def test_the_schema_names_every_section(kind: str) -> None:
    table = WORDS.sections if kind == "farm" else spec.SCENARIO_SECTIONS
    assert set(table) <= set(_schema(kind)["properties"])


# the same meaning, written otherwise


def _rewritten(node: Node, depth: int = 0) -> str:
    """A tree in other words: keys and sections in reverse, block style outside, comments, other quoting."""
    pad = "  " * depth
    if isinstance(node, Text):
        return _scalar(node.text)
    if isinstance(node, Sequence):
        return "".join(f"\n{pad}- {_inline(item)}" for item in node.items) if node.items else "[]"
    lines = []
    for key, value in reversed(node.items):
        opened = depth < 2 and not isinstance(value, Text)
        text = _rewritten(value, depth + 1) if opened else _inline(value)
        lines.append(f"\n{pad}# a comment\n{pad}{_scalar(key.text)}: {text}")
    return "".join(lines)


def _inline(node: Node) -> str:
    if isinstance(node, Text):
        return _scalar(node.text)
    if isinstance(node, Sequence):
        return "[ " + " , ".join(_inline(item) for item in node.items) + " ]"
    return "{ " + " , ".join(f"{_scalar(k.text)}: {_inline(v)}" for k, v in reversed(node.items)) + " }"


def _scalar(text: str) -> str:
    """Quoted, save `none` and marked figures, which only mean something plain."""
    marked = text.endswith(")") and " (" in text and not set(text) & set("',:")
    return text if marked or text == "none" else "'" + text.replace("'", "''") + "'"


def _copied(folder: Path, *, rewrite: bool) -> Path:
    """First watch and its farm, as they are or rewritten."""
    for kind, name in (("farms", "jetty"), ("", "first-watch")):
        text = (files.shipped() / kind / f"{name}.yaml").read_text(encoding="utf-8")
        if rewrite:
            text = _rewritten(nodes_of(text, name)).lstrip() + "\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "first-watch.yaml"


def _digests(path: Path) -> tuple[str, str]:
    run = start(Setup(str(path)), record=False)
    run.advance(run.lasts)
    run.last_digest()
    return run.meaning, run.digest


def test_a_reformatted_farm_means_the_same_and_runs_to_the_same_bits(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    before, after = _copied(tmp_path / "a", rewrite=False), _copied(tmp_path / "b", rewrite=True)
    farm = tmp_path / "b" / "jetty.yaml"
    assert farm.read_text(encoding="utf-8").index("'plan'") < farm.read_text(encoding="utf-8").index("'tanks'")
    assert _digests(before) == _digests(after)
    farm.write_text(farm.read_text(encoding="utf-8").replace("22 m (A1)", "22.001 m (A1)"), encoding="utf-8")
    other = _digests(after)  # the control: another diameter is another meaning and another run
    assert other[0] != _digests(before)[0]
    assert other[1] != _digests(before)[1]


def test_a_marked_figure_in_quotes_means_the_same(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text(_SMALL, encoding="utf-8")
    quoted = _SMALL.replace("diameter: 20 m (A1)", 'diameter: "20 m (A1)"')
    assert quoted != _SMALL
    (tmp_path / "quoted.yaml").write_text(quoted, encoding="utf-8")
    assert check_file(str(tmp_path / "quoted.yaml")).mistakes == []
    meanings = {meaning_digest(nodes_of(text, "x")) for text in (_SMALL, quoted)}
    assert len(meanings) == 1


def test_a_quoted_none_is_a_word_and_means_another_thing() -> None:
    plain, quoted = nodes_of("farm: none\n", "x"), nodes_of("farm: 'none'\n", "x")
    assert meaning_digest(plain) != meaning_digest(quoted)


# trees laid over trees

FARM = frozenset(WORDS.sections)
KEYS = st.sampled_from(["product", "diameter", "height", "roof", "in", "legs"])
VALUES = st.sampled_from(["gasoline", "20 m", "16 m (A1)", "cone", "bund-1", "1.8 m"])
ENTRIES = st.dictionaries(KEYS, VALUES, max_size=5)


def _farm(**sections: dict[str, Any]) -> Table:
    return nodes_of(json.dumps({"farm": "x", **sections}, ensure_ascii=False).replace('"none"', "none"), "x")


def _meaning(tree: Table, below: Table | None = None) -> object:
    return canonical(compose.with_defaults(compose.Resolver(FARM).resolve(tree, below), FARM))


@SETTINGS
@given(base=ENTRIES, over=ENTRIES, more=ENTRIES)
def test_like_copies_an_entry_and_merges_what_follows(
    base: dict[str, str], over: dict[str, str], more: dict[str, str]
) -> None:
    with_like = _farm(tanks={"T-3": {"like": "T-2", **more}, "T-1": base, "T-2": {"like": "T-1", **over}})
    in_full = _farm(tanks={"T-1": base, "T-2": {**base, **over}, "T-3": {**base, **over, **more}})
    assert _meaning(with_like) == _meaning(in_full)


@SETTINGS
@given(
    entry=ENTRIES, first=st.integers(0, 95), count=st.integers(1, 5), x=st.integers(-50, 50), step=st.integers(-50, 50)
)
def test_a_series_is_its_entries_written_out(entry: dict[str, str], first: int, count: int, x: int, step: int) -> None:
    last = first + count - 1
    at = {"at": [f"{x} m", "0.5 m"]}
    series = {f"T-{first:02d} .. T-{last:02d}": {**entry, **at, "step": [f"{step} m", "0 m"]}}
    written = {f"T-{n:02d}": {**entry, "at": [f"{x + (n - first) * step} m", "0.5 m"]} for n in range(first, last + 1)}
    assert _meaning(_farm(tanks=series)) == _meaning(_farm(tanks=written))
    alike = {"X": {"like": f"T-{last:02d}"}}
    assert _meaning(_farm(tanks={**series, **alike})) == _meaning(_farm(tanks={**written, **alike}))


@SETTINGS
@given(fill=ENTRIES, entries=st.dictionaries(st.sampled_from(["T-1", "T-2", "T-3"]), ENTRIES, max_size=3))
def test_defaults_fill_only_what_an_entry_does_not_say(
    fill: dict[str, str], entries: dict[str, dict[str, str]]
) -> None:
    filled = _farm(defaults={"tanks": fill}, tanks=entries)
    written = _farm(tanks={name: {**fill, **entry} for name, entry in entries.items()})
    assert _meaning(filled) == _meaning(written)


@SETTINGS
@given(fill=ENTRIES, entry=ENTRIES, over=ENTRIES)
def test_defaults_come_after_likes_and_overlays(
    fill: dict[str, str], entry: dict[str, str], over: dict[str, str]
) -> None:
    below = compose.Resolver(FARM).resolve(_farm(defaults={"tanks": fill}, tanks={"T-1": entry}))
    above = _farm(tanks={"T-2": {"like": "T-1", **over}})
    assert _meaning(above, below) == _meaning(_farm(tanks={"T-1": {**fill, **entry}, "T-2": {**fill, **entry, **over}}))


@SETTINGS
@given(base=ENTRIES, over=ENTRIES)
def test_an_overlay_changes_what_it_names_and_nothing_else(base: dict[str, str], over: dict[str, str]) -> None:
    below = compose.Resolver(FARM).resolve(
        _farm(tanks={"T-1": base, "T-2": base}, lines={"L-1": {"through": ["A", "B"]}})
    )
    above = _farm(tanks={"T-1": over}, lines={"L-1": {"through": ["C"]}})
    whole = _farm(tanks={"T-1": {**base, **over}, "T-2": base}, lines={"L-1": {"through": ["C"]}})
    assert _meaning(above, below) == _meaning(whole)


_SMALL = """\
farm: Small farm
references:
  A1: {assumed: a figure for a test}
places:
  bund: {kind: bund, area: 2000 m2}
nodes:
  ship: {product: gasoline, flow: 600 m3/h}
tanks:
  T-1: {product: gasoline, diameter: 20 m (A1), height: 12 m, overflows above: 11.5 m, in: bund}
lines:
  L-1: {from: ship, to: T-1, through: [XV-1], enters: top}
valves:
  XV-1: {kind: motor, stroke: 40 s}
transfers:
  TR-1: {from: ship, to: T-1, through: [L-1]}
"""
_DAY = """\
scenario: A receipt that nobody ends
farm: small
starts: 2026-01-12 10:00
lasts: 2 h
initially:
  T-1: {level: 11.4 m}
  TR-1: {running: yes}
"""


def _spec_of(text: str) -> spec.FarmSpec:
    into = load.Collector()
    tree = compose.with_defaults(compose.Resolver(FARM).resolve(nodes_of(text, "x")), FARM)
    found = load.farm_from(tree, into, WORDS)
    assert into.faults == []
    return found


def _values_of(entry: Entry) -> dict[str, object]:
    return {name: value for name, value in vars(entry).items() if name not in {"place", "marks"}}


@pytest.mark.parametrize("key", ["overflows above: 11.5 m", "in: bund", "product: gasoline"])
def test_none_takes_a_key_away_as_if_nobody_had_written_it(key: str) -> None:
    name = key.partition(":")[0]
    if name == "product":  # a key that must be given is missing then
        into = load.Collector()
        load.farm_from(nodes_of(_SMALL.replace(f"T-1: {{{key}", f"T-1: {{{name}: none"), "x"), into, WORDS)
        assert ["product" in fault.message for fault in into.faults] == [True]
        return
    removed, unsaid = _SMALL.replace(key, f"{name}: none"), _SMALL.replace(f", {key}", "")
    assert removed != _SMALL != unsaid
    assert _values_of(_spec_of(removed).of(Tank)["T-1"]) == _values_of(_spec_of(unsaid).of(Tank)["T-1"])


def test_none_takes_an_entry_and_a_section_away() -> None:
    assert _spec_of(_SMALL + "  TR-2: none\n").of(Transfer).keys() == {"TR-1"}
    assert _spec_of(_SMALL + "plan: none\n").of(PlanLine) == {}


def test_defaults_do_not_refill_what_none_removed() -> None:
    text = "farm: x\ndefaults: {tanks: {legs: 1 m, height: 9 m}}\ntanks:\n  T-1: {product: gasoline, diameter: 9 m, legs: none}\n"
    tank = _spec_of(text).of(Tank)["T-1"]
    assert (tank.legs_m, tank.height_m) == (0.0, 9.0)
    filled = _spec_of(text.replace("legs: none", "roof: internal floating")).of(Tank)["T-1"]
    assert filled.legs_m == 1.0  # the control: without `none` it is filled


def test_a_scenario_may_change_its_farm(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(_SMALL, encoding="utf-8")
    changed = _DAY.replace("farm: small", "farm: {like: small, valves: {XV-1: {stroke: 90 s}}}")
    (tmp_path / "day.yaml").write_text(changed, encoding="utf-8")
    model, _ = open_model(Files(), str(tmp_path / "day.yaml"), [])
    assert model.valves.stroke_s.tolist() == [90.0]
    assert model.spec.farm.of(Valve)["XV-1"].kind == "motor"


# settings


def _runs_over_at(folder: Path, *given_settings: str) -> int:
    """Second at which T-1 runs over."""
    (folder / "small.yaml").write_text(_SMALL, encoding="utf-8")
    (folder / "day.yaml").write_text(_DAY, encoding="utf-8")
    model, _ = open_model(Files(), str(folder / "day.yaml"), list(given_settings))
    block = Block(model, 0, [0])
    for tick in range(50, model.spec.lasts_s, 50):
        block.advance(tick)
        for event in block.events[0]:
            if event.kind == "overflow" and event.subject == "T-1":
                return event.tick
    pytest.fail("T-1 never runs over")


def _by_hand(
    diameter_m: float = 20.0, lip_m: float = 11.5, heel_m3: float | None = None, flow_m3_h: float = 600.0
) -> int:
    area = math.pi * diameter_m**2 / 4
    held = area * 11.4 if heel_m3 is None else heel_m3
    return math.floor((area * lip_m - held) / (flow_m3_h / 3600)) + 1


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ((), _by_hand()),
        (("T-1.diameter=25 m",), _by_hand(diameter_m=25.0)),
        (("tanks.T-1.diameter=25 m",), _by_hand(diameter_m=25.0)),
        (("T-1.diameter=82 ft",), _by_hand(diameter_m=82 * 0.3048)),
        (("T-1.overflows above=11.45 m",), _by_hand(lip_m=11.45)),
        (("T-1.overflows-above=11.45 m",), _by_hand(lip_m=11.45)),
        (("ship.flow=900 m3/h",), _by_hand(flow_m3_h=900.0)),
        (("TR-1.rate=300 m3/h",), _by_hand(flow_m3_h=300.0)),
        (("TR-1.rate=5 m3/min",), None),
        (("T-1.volume=3590 m3",), _by_hand(heel_m3=3590.0)),
        (("T-1.level=11.45 m", "ship.flow=100 L/s"), _by_hand(heel_m3=math.pi * 100 * 11.45, flow_m3_h=360.0)),
        (("T-1.diameter=25 m", "T-1.filled=99.5 %"), _by_hand(25.0, heel_m3=math.pi * 12.5**2 * 11.5 * 0.995)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_setting_moves_the_overflow_as_arithmetic_says(
    setting: tuple[str, ...], expected: int | None, tmp_path: Path
) -> None:
    if expected is None:  # no such unit
        with pytest.raises(Faults, match="m3/min"):
            _runs_over_at(tmp_path, *setting)
        return
    assert abs(_runs_over_at(tmp_path, *setting) - expected) <= 1


@settings(SETTINGS, max_examples=8)
@given(flow=st.integers(400, 3000), heel=st.integers(3580, 3610))
def test_any_rate_and_heel_run_over_when_arithmetic_says(flow: int, heel: int, tmp_path: Path) -> None:
    found = _runs_over_at(tmp_path, f"ship.flow={flow} m3/h", f"T-1.volume={heel} m3")
    assert abs(found - _by_hand(heel_m3=float(heel), flow_m3_h=float(flow))) <= 1


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("T-1.diametre=25 m", "diameter"),
        ("T-9.diameter=25 m", "T-1"),
        ("T-1.diameter=25 kg", "length"),
        ("T-1.diameter", "no setting"),
        ("=25 m", "no setting"),
        ("T-1.diameter=", "no setting"),
        ("lasts=soon", "soon"),
    ],
)
def test_a_wrong_setting_is_refused_at_its_place(setting: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Faults, match=words) as caught:
        _runs_over_at(tmp_path, setting)
    assert "--set:1:" in str(caught.value)
