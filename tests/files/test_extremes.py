"""Whatever a key is set to, nought or more than can be: a mistake with its place, or a farm that runs and loses nothing."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from twin.base.fault import Fault, Faults
from twin.base.units import shown_unit
from twin.engine.compile import open_model
from twin.engine.parts import PARTS
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.language.files import Files

FARM = Path(__file__).parent.parent / "house" / "every-kind.yaml"


OTHERS = (
    ("valves", "band", "m3/h"),
    ("valves", "set point", "m3/h"),
    ("tanks", "believed", "{{capacity: {} m3}}"),
)  # read elsewhere


def _keys() -> list[tuple[str, str, str]]:
    """Section, key and unit of every quantity that a file may give."""
    found = list(OTHERS)
    for part in PARTS:
        for item in fields(part.entry) if part.entry is not None else ():
            reader = item.metadata.get("reader")
            if reader is not None and reader.dimension:
                found.append((part.section, item.metadata["name"], shown_unit(reader.dimension)))
    return found


def _farm() -> dict[str, Any]:
    tree: dict[str, Any] = yaml.load(FARM.read_text(encoding="utf-8"), yaml.BaseLoader)
    for tank in tree["farm"]["tanks"]:
        for quantity in ("filled", "by-papers"):
            tree["farm"]["instruments"][f"{tank}-{quantity}"] = {
                "measures": f"{tank}.{quantity}",
                "range": "0 % .. 100 %",
            }
    tree["farm"]["nodes"] |= {
        "pit": {"holds": "20 m3", "spills to": "low"},
        "low": {"holds": "30 m3", "protected": "yes"},
    }
    tree["farm"]["lines"]["D-1"] = {"from": "X-1", "to": "pit", "size": "80 mm", "height": "0.5 m"}
    tree["farm"]["lines"]["D-2"] = {"from": "low", "to": "X-1", "through": ["P-4"], "enters": "top"}
    tree["farm"]["pumps"]["P-4"] = {"curve": [["0 m3/h", "20 m"], ["60 m3/h", "9 m"]]}
    tree["initially"] |= {"P-4": {"running": "yes"}, "X-1": {"level": "2 m"}}
    return tree


def _lived(folder: Path, tree: dict[str, Any]) -> bool:
    """Opens and lives a farm, if it can be; anything but mistakes is a bug of ours and fails by itself."""
    path = folder / "law.yaml"
    path.write_text(json.dumps(tree), encoding="utf-8")  # a kind of YAML
    try:
        block = Block(open_model(Files(), str(path), [])[0], 0, [0], [Override(posts="none")])
    except (Fault, Faults):
        return False
    block.advance(90)
    assert float(block.balance_error()[0]) <= 1e-9
    return True


def _given(unit: str, value: str) -> object:
    return yaml.load(unit.format(value), yaml.BaseLoader) if "{" in unit else f"{value} {unit}".strip()


@pytest.mark.long
def test_the_farm_itself_lives(tmp_path: Path) -> None:
    assert _lived(tmp_path, _farm())


@pytest.mark.long
@pytest.mark.parametrize("value", ["0", "1e-9", "1e9"])
@pytest.mark.parametrize(("section", "key", "unit"), _keys())
def test_a_farm_takes_or_refuses_any_value(tmp_path: Path, section: str, key: str, unit: str, value: str) -> None:
    for name in list(_farm()["farm"].get(section, {})):
        changed = _farm()
        changed["farm"][section][name][key] = _given(unit, value)
        _lived(tmp_path, changed)
