"""`twin check`: every mistake and warning of a file, and what was filled in."""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path

from twin.base.fault import Fault, Faults, Place, nearest, read_text
from twin.base.units import show
from twin.engine import sense
from twin.engine.compile import compiled, open_model
from twin.engine.model import Model
from twin.engine.parts import WORDS
from twin.language import load
from twin.language.compose import with_defaults
from twin.language.files import Files, known_scenarios, shipped_farms
from twin.language.nodes import MAX_BYTES, Table, Text, compose
from twin.language.trees import farm_above


@dataclass(slots=True)
class Report:
    """What was found in one file."""

    file: str
    mistakes: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)


def check_file(name: str) -> Report:
    """Checks a farm or scenario by path or shipped name. Raises Fault when it cannot be opened."""
    report = Report(name)
    try:
        model = open_either(name)
    except Faults as faults:
        report.mistakes = _distinct(faults.faults)
        return report
    report.warnings = sense.warnings(model.spec, model.names)
    report.filled = _filled(model)
    return report


def _distinct(faults: list[Fault]) -> list[Fault]:
    seen: dict[str, Fault] = {str(f): f for f in faults}
    return list(seen.values())


def _is_farm(name: str) -> bool:
    """Whether a file is a farm on its own; raises Faults when it is no YAML, Fault when it is not there."""
    files = Files()
    path = Path(name)
    if path.exists() or "/" in name or name.endswith((".yaml", ".yml")):
        text, label = read_text(path, MAX_BYTES), name
    else:
        try:
            label, text, _ = files.scenario(name)
        except Fault:
            if name not in shipped_farms():
                raise Fault(
                    f"there is no scenario or farm called {name!r}.",
                    nearest(name, [*known_scenarios(), *shipped_farms()]),
                ) from None
            label, text, _ = files.farm(name)
    try:
        tree = compose(text, label)
    except Fault as fault:
        raise Faults([fault]) from None
    farm = tree.get("farm")
    return (
        tree.get("scenario") is None
        and isinstance(farm, Text)
        and tree.get("lasts") is None
        and (tree.get("like") is None or any(tree.get(s) is not None for s in WORDS.sections))
    )


def open_either(name: str) -> Model:
    """A farm or a scenario, by path or shipped name. Raises Faults with every mistake found, Fault when it cannot be opened."""
    return open_farm(name) if _is_farm(name) else open_model(Files(), name, [])[0]


def open_farm(name: str) -> Model:
    """A farm alone, by path or shipped name. Raises Faults with every mistake found."""
    path = Path(name)
    if path.exists():
        return farm_model(read_text(path, MAX_BYTES), name, path.parent)
    label, text, folder = Files().farm(name)
    return farm_model(text, label, folder)


def farm_model(text: str, label: str, folder: Path) -> Model:
    """The text of a farm, compiled as the farm of an empty scenario of a minute. Raises Faults."""
    files = Files()
    into = load.Collector()
    try:
        tree = farm_above(files, WORDS, compose(text, label), folder, 0)
        tree = with_defaults(tree, frozenset(WORDS.sections))
    except Fault as fault:
        raise Faults([fault]) from None
    place = Place(label, 1, 1)
    whole = Table(
        (
            (Text("scenario", place), Text("check", place)),
            (Text("starts", place), Text("2026-01-01 00:00", place)),
            (Text("lasts", place), Text("1 min", place)),
            (Text("farm", place), tree),
        ),
        place,
    )
    scenario = load.scenario_from(whole, "check", into, WORDS)
    return compiled(scenario, into)


def _filled(model: Model) -> list[str]:
    """Every default that was filled in, with its reason."""
    lines = []
    for section, kind in WORDS.sections.items():
        for entry in model.spec.farm.named(section).values():
            for item in dataclasses.fields(kind):
                meta = item.metadata
                if "reader" not in meta or meta["name"] in entry.given or not meta["why"]:
                    continue
                value = getattr(entry, item.name)
                lines.append(f"{entry.name}.{meta['name']} = {_said(value, meta['reader'].dimension)}  ({meta['why']})")
    return lines


def _said(value: object, dimension: str) -> str:
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and dimension:
        return show(value, dimension, 2 if value == 0.0 or abs(value) >= 0.005 else 6)
    return str(value)
