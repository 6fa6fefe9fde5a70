"""A run kept as a new scenario: its start, its settings, and what the instructor did in its last course."""

from pathlib import Path

from twin.base.fault import Fault, Place, replaced, vacant
from twin.engine.orders import INSTRUCTOR
from twin.engine.parts import WORDS
from twin.engine.session import Session
from twin.language import dump, trees
from twin.language.compose import from_settings, merge
from twin.language.files import Files, own, shipped_farms
from twin.language.nodes import Table, Text

LONGEST_NAME = 60


def scenario(session: Session, title: str) -> str:
    """The YAML of a scenario that lives through the same injects and messages. Raises Fault when there is no title."""
    if not title.strip() or not title.isprintable():
        raise Fault("a scenario needs a title.", "Such as: An evening in November")
    files = Files(dict(session.files.texts))
    setup = session.setup
    tree, _ = trees.scenario_tree(files, setup.scenario)
    farm = tree.get("farm")
    place = Place("kept", 1, 1)
    if isinstance(farm, Text) and farm.text not in shipped_farms():
        farm = trees.farm_tree(files, WORDS, farm.text)
    if setup.settings:
        whole = trees.whole_tree(files, WORDS, setup.scenario, [])
        over = from_settings(list(setup.settings), lambda parts, at: trees.setting_keys(parts, at, whole, WORDS))
        changed = over.get("farm")
        if changed is not None and isinstance(farm, Text):
            farm = Table(((Text("like", place), farm),), place)
        farm = farm if changed is None else merge(farm, changed)
        merged = merge(tree.without("farm"), over.without("farm"))
        assert isinstance(merged, Table)
        tree = trees.certain(merged, list(setup.settings))
    made = dump.plain(tree.without("scenario", "farm"))
    assert isinstance(made, dict)
    assert farm is not None
    timeline = made.get("timeline")
    kept = dict(timeline) if isinstance(timeline, dict) else {}
    kept.update(_entries(session, set(kept)))
    head = {"scenario": title.strip(), "farm": dump.plain(farm)}
    return dump.dump(
        {**head, **{k: v for k, v in made.items() if k != "timeline"}, **({"timeline": kept} if kept else {})}
    )


def _entries(session: Session, taken: set[str]) -> dict[str, dict[str, str]]:
    """What the instructor did, as entries of a timeline that act in the same scan."""
    found: dict[str, dict[str, str]] = {}
    for index, one in enumerate(session.commands):
        answer = session.answers.get(index)
        if one.post != INSTRUCTOR or (answer is not None and not answer.accepted):
            continue  # what still waits for its scan is kept too
        command = one.command
        number = len(found) + 1
        while f"inject-{number}" in taken | set(found):
            number += 1
        moment = f"at +{max(0, one.tick - 1)} s"  # what a scan notices acts in the next one
        cue = moment if command.condition is None else f"{command.condition.text} and {moment}"
        entry = {"cue": cue}
        if command.acts_for:
            entry["post"] = command.acts_for
        entry["do"] = command.action.sentence
        found[f"inject-{number}"] = entry
    return found


def save(session: Session, name: str, folder: Path | None = None) -> Path:
    """Writes ./drills/NAME.yaml; raises Fault when the name is none, or taken."""
    path = (folder or own()) / f"{stem_of(name)}.yaml"
    write(path, scenario(session, name.replace("-", " ").strip().capitalize()))
    return path


def stem_of(name: str) -> str:
    """The name of a drill's file; raises Fault when it cannot be one."""
    stem = "-".join(name.lower().split())
    if not stem or len(stem) > LONGEST_NAME or not all(c.isalnum() or c in "-_" for c in stem):
        raise Fault(f"{name!r} cannot be the name of a drill.", "Letters, digits and hyphens: evening-of-november")
    return stem


def write(path: Path, text: str, force: bool = False) -> None:
    """A new file, there whole or not at all; raises Fault when it is there already or cannot be made."""
    vacant(path, force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Fault(f"{path} cannot be written: {error.strerror}.", "Name another place.") from None
    with replaced(path) as part:
        part.write_text(text, encoding="utf-8")
