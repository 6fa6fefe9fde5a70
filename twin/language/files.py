"""Where farm and scenario files come from: shipped ones by name, own ones by path, or the texts a run recorded."""

import os
from pathlib import Path

from twin.base.fault import Fault, Place, nearest, read_text
from twin.language.nodes import MAX_BYTES

SCRIPTED = "(script)"


def shipped() -> Path:
    """The folder of shipped scenarios: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent.parent / "scenarios"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "scenarios"


def own() -> Path:
    """The folder of one's own drills."""
    return Path("drills")


def folders() -> list[Path]:
    """Where scenarios are looked for by name: one's own, those of a house (`TWIN_SCENARIOS`), the shipped ones."""
    house = os.environ.get("TWIN_SCENARIOS")
    return [own(), *([Path(house)] if house else []), shipped()]


def known_scenarios() -> list[str]:
    """Scenarios that go by their name, of the house and shipped, without those that say one of them in another language."""
    return sorted({path.stem for folder in folders()[1:] for path in folder.glob("*.yaml") if "." not in path.stem})


def in_language(name: str, language: str) -> str:
    """The scenario that says this one in a language, NAME.LANGUAGE; itself where nobody wrote one."""
    other = f"{name}.{language}"
    return other if any((folder / f"{other}.yaml").is_file() for folder in folders()) else name


def shipped_farms() -> list[str]:
    """Names of the shipped farms."""
    return sorted(path.name.removesuffix(".yaml") for path in (shipped() / "farms").glob("*.yaml"))


class Files:
    """Reads files and remembers every text, so that a run carries what it was made from.

    With `recorded`, only those texts exist: a run is simulated again from its journal, not from today's files. `scripted` is
    the text of a scenario that a script made, by the name SCRIPTED.
    """

    def __init__(self, recorded: dict[str, str] | None = None, scripted: str = "") -> None:
        self.recorded, self.scripted = recorded, scripted
        self.texts: dict[str, str] = {}

    def scenario(self, name: str, place: Place | None = None, beside: Path | None = None) -> tuple[str, str, Path]:
        """Label, text and folder of a scenario by path or name; raises Fault when there is none."""
        return self._find("scenario", name, place, beside, folders(), known_scenarios())

    def farm(self, name: str, place: Place | None = None, beside: Path | None = None) -> tuple[str, str, Path]:
        """Label, text and folder of a farm by shipped name, or by path at or below `beside`."""
        folders = [shipped() / "farms"]
        return self._find("farm", name, place, beside, folders, shipped_farms())

    def _find(
        self, kind: str, name: str, place: Place | None, beside: Path | None, folders: list[Path], known: list[str]
    ) -> tuple[str, str, Path]:
        key = f"{kind}:{name}"
        if self.recorded is not None:
            if key not in self.recorded:
                raise Fault(f"the run does not hold the {kind} {name!r} that it names.", "", place)
            self.texts[key] = self.recorded[key]
            return name, self.recorded[key], Path()
        if name == SCRIPTED and kind == "scenario" and self.scripted:
            self.texts[key] = self.scripted
            return name, self.scripted, Path()
        path = self._path(name, place, beside, folders)
        if path is None:
            raise Fault(f"there is no {kind} called {name!r}.", nearest(name, known), place)
        if path.is_file() and os.path.realpath(path) != os.path.realpath("/dev/stdin"):
            text = read_text(path, MAX_BYTES)
        else:
            raise Fault(f"{path} is no file.", f"Name a {kind} file.", place)
        if self.texts.get(key, text) != text:
            raise Fault(f"two different files go by the name {name!r}.", "Rename one of them.", place)
        self.texts[key] = text
        return str(path), text, path.parent

    def _path(self, name: str, place: Place | None, beside: Path | None, folders: list[Path]) -> Path | None:
        looks_like_a_path = name.endswith((".yaml", ".yml")) or "/" in name or os.sep in name
        if looks_like_a_path and beside is None:
            path = Path(name)
            if not path.exists():
                raise Fault(f"there is no file {name}.", "", place)
            return path
        if looks_like_a_path:
            assert beside is not None
            path = (beside / name).resolve()
            if not path.is_relative_to(beside.resolve()):
                raise Fault(f"{name} lies outside the folder of this file.", "Name a file at or below it.", place)
            return path if path.exists() else None
        for folder in folders if beside is None else [beside, *folders]:
            for ending in (".yaml", ".farm.yaml"):
                path = folder / f"{name}{ending}"
                if path.is_file():
                    return path
        return None
