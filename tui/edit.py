"""The form of the lobby: weather, absences, faults, level and length of a drill, kept as a drill of one's own."""

from dataclasses import dataclass
from pathlib import Path

from twin.base.fault import Fault, Faults
from twin.base.units import from_si
from twin.engine import export_scenario
from twin.engine.checks import check_file
from twin.engine.compile import open_model
from twin.language import dump
from twin.language.files import Files, own
from twin.language.sentence import split_path
from twin.text.say import table


@dataclass(slots=True)
class Form:
    """What was typed, in the order of the form's words."""

    source: str
    values: list[str]
    at: int = 0

    @classmethod
    def of(cls, name: str) -> "Form":
        """The form of a scenario, filled with what it says; raises Faults when it has mistakes."""
        spec = open_model(Files(), name, [])[0].spec
        stem = Path(name).stem
        weather = spec.weather
        minutes = f"{spec.lasts_s // 60} min" if spec.lasts_s % 60 == 0 else f"{spec.lasts_s} s"
        return cls(
            name,
            [f"my-{stem}", str(spec.level), minutes, f"{weather.wind['speed']:g} m/s", f"{from_si(weather.wind['from'], 'deg'):g} deg",
             ", ".join(spec.absent), ""],
        )  # fmt: skip

    def rows(self) -> list[tuple[str, str, str]]:
        """Label, value, what it means."""
        return [(label, value, about) for (label, about), value in zip(table("form"), self.values, strict=True)]

    def save(self) -> Path:
        """Keeps the drill and checks it; raises Fault with the first mistake, and then keeps nothing."""
        name, level, lasts, wind, comes, absent, faults = (v.strip() for v in self.values)
        like = str(Path(self.source).stem) if self.source.endswith(".yaml") else self.source
        made: dict[str, object] = {
            "scenario": name.replace("-", " ").capitalize() or "?", "like": like, "level": level, "lasts": lasts,
            "weather": {"wind": {"speed": wind, "from": comes}},
        }  # fmt: skip
        if absent:
            made["absent"] = [a.strip() for a in absent.split(",") if a.strip()]
        broken: dict[str, dict[str, str]] = {}
        for fault in (f.strip() for f in faults.split(",") if f.strip()):
            thing, quantity = split_path(fault)
            if not quantity:
                raise Fault(f"{fault!r} is no fault.", "Write THING.fault, such as LT-101.stuck.")
            broken.setdefault(thing, {})[quantity] = "yes"
        if broken:
            made["initially"] = broken
        path = own() / f"{export_scenario.stem_of(name)}.yaml"
        export_scenario.write(path, dump.dump(made))
        try:
            mistakes = check_file(str(path)).mistakes
        except (Fault, Faults) as fault:
            mistakes = [fault if isinstance(fault, Fault) else fault.faults[0]]
        if mistakes:
            path.unlink(missing_ok=True)
            raise Fault(mistakes[0].what, mistakes[0].fix)
        return path
