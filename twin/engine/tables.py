"""Farms out of lists as plants keep them, and back: an alarm rationalisation table, lists of tanks, lines and instruments.

A list has a head of column names and a row a thing. Columns are the keys of the section (docs/format.md), or what tag lists call them;
`[m]` behind a name is the unit of bare numbers. What the farm needs and no list says is filled in with a figure marked (A1), to be replaced.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import NamedTuple

from twin.base import sheet
from twin.base.fault import Fault, Faults, Place, closest, shown
from twin.base.units import UNITS, show, spelled
from twin.engine.checks import farm_model
from twin.engine.parts import WORDS
from twin.language import dump
from twin.language.nodes import MAX_BYTES
from twin.language.sentence import NUMBER, spoken, spoken_path
from twin.language.spec import FarmSpec
from twin.parts.alarm import Alarm

NAMES = ("tag", "name", "alarm")
CALLED = {  # what tag lists call the keys of sections
    "description": "text", "service": "text", "setpoint": "limit", "set point": "limit", "operator action": "action",
    "corrective action": "action", "time to respond": "response time", "on delay": "delay", "units": "unit", "type": "letters",
    "location": "at", "bund": "in", "diameter of the shell": "diameter",
}  # fmt: skip
OF_ALARMS = ("limit", "unit", "instrument", "letters")
_DECIMAL = re.compile(
    r"\A([<>]?\s*[+-]?\d+),(\d+)(?=\s|\Z)"
)  # where cells are not parted by commas, one is a decimal point
_HEAD = re.compile(r"(.*?)\s*(?:[\[(]([^\])]*)[\])])?\Z")
_TAG = re.compile(r"([A-Z]+?)A(HH|H|LL|L)(?![A-Z])(.*)\Z")  # LAHH-101: of level, too high (ISA-5.1)
_PRIORITY = {"1": "high", "2": "medium", "3": "low", "h": "high", "m": "medium", "l": "low"}
_MEASURES = {"L": ("tanks", "T", "level"), "T": ("tanks", "T", "temperature"), "F": ("lines", "L", "flow")}
SUPPOSED = "(A1)"
Entry = dict[str, object]


class Row(NamedTuple):
    """One thing of a list: its name, its cells by key, and where it stands."""

    name: str
    cells: dict[str, str]
    place: Place


@dataclass(slots=True)
class Lists:
    """A farm being put together: sections of entries, where each stood, what was taken of no column, what had to be supposed."""

    title: str
    sections: dict[str, dict[str, Entry]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    untaken: list[str] = field(default_factory=list)
    supposed: int = 0
    faults: list[Fault] = field(default_factory=list)

    def of(self, section: str) -> dict[str, Entry]:
        """The entries of a section."""
        return self.sections.setdefault(section, {})

    def suppose(self, section: str, name: str, entry: Entry) -> None:
        """An entry that no list has."""
        if name not in self.of(section):
            self.of(section)[name] = entry
            self.supposed += 1


# reading lists


def rows(path: Path, known: Iterable[str], untaken: list[str]) -> list[Row]:
    """The rows of a list; columns that mean nothing here are told to `untaken`. Raises Fault with the place of what is no row."""
    read = sheet.read(path, MAX_BYTES)
    keys, names = [], set(known)
    for head in read.heads:
        match = _HEAD.fullmatch(head.replace("_", " ").casefold())
        said, unit = (match.group(1), match.group(2) or "") if match else (head, "")
        key = "name" if said in NAMES else CALLED.get(said, said)
        keys.append((key, unit))
        if key != "name" and key not in names:
            untaken.append(f"{path}: nothing is made of the column {head!r}. {closest(key, names)}".strip())
    if "name" not in {key for key, _ in keys}:
        raise Fault(f"{path} has no column of names.", f"Call it {' or '.join(NAMES)}.", Place(str(path), 1, 1))
    found = []
    for cells, place in zip(read.rows, read.places, strict=True):
        its = {
            key: _with_unit(cell if read.comma else _DECIMAL.sub(r"\1.\2", cell), unit)
            for (key, unit), cell in zip(keys, cells, strict=True)
            if cell and (key == "name" or key in names)
        }
        if "name" not in its:
            raise Fault("this row has no name.", "Give it one, or take the row out.", place)
        found.append(Row(its.pop("name"), its, place))
    twice = next((row for k, row in enumerate(found) if row.name in {r.name for r in found[:k]}), None)
    if twice is not None:
        raise Fault(f"{twice.name} stands here twice.", "Take one out.", twice.place)
    return found


def _with_unit(cell: str, unit: str) -> str:
    return f"{cell} {unit}" if unit and NUMBER.match(cell) else cell


def _keys_of(section: str) -> dict[str, bool]:
    """The keys of a section, and whether each takes a list."""
    metas = [item.metadata for item in fields(WORDS.sections[section]) if "reader" in item.metadata]
    return {meta["name"]: "array" in str(meta["reader"].schema(WORDS).get("type")) for meta in metas}


def _take(its: Lists, section: str, path: Path) -> None:
    """A list of tanks, lines or instruments: a column a key."""
    keys = _keys_of(section)
    for row in rows(path, [*keys, "x", "y"], its.untaken):
        entry: Entry = {}
        for key, cell in row.cells.items():
            entry[key] = [part.strip() for part in cell.split(";")] if keys.get(key) and ";" in cell else cell
            if keys.get(key) and key == "through" and ";" not in cell:
                entry[key] = [cell]
        x, y = entry.pop("x", None), entry.pop("y", None)
        if x is not None or y is not None:
            entry["at"] = [x or "0 m", y or "0 m"]
        its.of(section)[row.name], its.places[row.name] = entry, row.place


def _take_alarms(its: Lists, path: Path) -> list[Row]:
    """An alarm rationalisation table."""
    keys = set(_keys_of("alarms")) - {"when"}
    found = rows(path, [*keys, *OF_ALARMS], its.untaken)
    for row in found:
        try:
            when = _when(row)
        except Fault as fault:
            its.faults.append(fault)
            continue
        entry: Entry = {"when": when, **{k: v for k, v in row.cells.items() if k in keys}}
        if "priority" in entry:
            said = str(entry["priority"]).casefold()
            entry["priority"] = _PRIORITY.get(said, said)
        its.of("alarms")[row.name], its.places[row.name] = entry, row.place
    return found


def _when(row: Row) -> str:
    """What raises an alarm: a sentence as it stands, or a limit with what the tag's letters say of instrument and side."""
    limit = row.cells.get("limit", "")
    if not limit:
        raise Fault(f"{row.name} has no limit.", "Such as > 10.8 m, or LT-101 > 10.8 m.", row.place)
    match = _TAG.match(row.name)
    instrument = row.cells.get("instrument") or (f"{match.group(1)}T{match.group(3)}" if match else "")
    sign, value = (limit[0], limit[1:].strip()) if limit[0] in "<>" else ("", limit)
    if not sign and re.search(r"[<>]|\d+oo\d+", limit):
        return limit  # a whole sentence
    if not NUMBER.match(value.split()[0]):
        return limit
    letters = row.cells.get("letters", match.group(2) if match else "").upper()
    sign = sign or {"H": ">", "L": "<"}.get(letters[-1:], "")
    if not instrument or not sign:
        raise Fault(
            f"{row.name} does not tell {'which instrument it is of' if not instrument else 'whether it is high or low'}.",
            "Fill in a column `instrument`, and write the limit with < or >." , row.place,
        )  # fmt: skip
    if len(value.split()) == 1 and row.cells.get("unit"):
        value = f"{value} {row.cells['unit']}"
    return f"{spoken(instrument)} {sign} {value}"


# what no list says


def _instruments(its: Lists, alarms: list[Row]) -> None:
    """Instruments of which alarms speak: by their letters, of the tank or line with the same number."""
    known = its.of("instruments")
    for row in (row for row in alarms if row.name in its.of("alarms")):
        for name in re.findall(r'"([^"]+)"|(\S+) [<>]', str(its.of("alarms")[row.name]["when"])):
            tag = name[0] or name[1]
            if tag in known or "." in tag or tag in its.of("calculated"):
                continue
            section, letter, quantity = _MEASURES.get(tag[0], ("", "", ""))
            thing = f"{letter}{re.sub(r'^[A-Z]+', '', tag)}"
            if section == "lines" and thing not in its.of("lines"):
                section = ""
            if not section:
                its.faults.append(
                    Fault(
                        f"nobody says what {tag} measures.",
                        "List it with --instruments: tag, measures, range.",
                        row.place,
                    )
                )
                continue
            if section == "tanks":
                its.suppose(
                    "tanks",
                    thing,
                    {
                        "product": "gasoline",
                        "diameter": f"20 m {SUPPOSED}",
                        "height": f"{_height(its, tag)} {SUPPOSED}",
                    },
                )
            known[tag] = {"measures": spoken_path(thing, quantity)}
            its.places.setdefault(tag, row.place)
            its.supposed += 1


def _height(its: Lists, tag: str) -> str:
    """A tank that is higher than every limit on its level."""
    limits = [12.0]
    for entry in its.of("alarms").values():
        for number, unit in re.findall(re.escape(spoken(tag)) + r" [<>] ([\d.]+) (\S+)", str(entry["when"])):
            if spelled(unit) in UNITS and UNITS[spelled(unit)].dimension == "length":
                limits.append(1.1 * float(number) * UNITS[spelled(unit)].factor)
    return show(max(limits), "length", 1)


def _ends(its: Lists) -> None:
    """Nodes, valves, pumps and bunds that lines and tanks name."""
    stores = {*its.of("tanks"), *its.of("places"), *its.of("nodes")}
    begins = {str(e["from"]) for e in its.of("lines").values() if "from" in e}
    ends = {str(e["to"]) for e in its.of("lines").values() if "to" in e}
    for name in sorted((begins | ends) - stores):
        joint = name in begins and name in ends
        if joint:
            its.of("nodes")[name] = {}
        elif name in begins:
            its.suppose(
                "nodes",
                name,
                {"product": _product(its), "flow": f"600 m3/h {SUPPOSED}", "answers": f"2 min {SUPPOSED}"},
            )
        else:
            its.suppose("nodes", name, {"receives": _product(its)})
    for entry in its.of("lines").values():
        through = entry.get("through", [])
        for one in through if isinstance(through, list) else [through]:
            if re.match(r"P[^A-Za-z]", str(one)):
                its.suppose("pumps", str(one), {"curve": [["0 m3/h", "60 m"], ["400 m3/h", "45 m"]]})
            else:
                its.suppose("valves", str(one), {"kind": "motor", "stroke": f"60 s {SUPPOSED}"})
    for entry in its.of("tanks").values():
        if "in" in entry:
            its.suppose(
                "places", str(entry["in"]), {"kind": "bund", "area": f"5000 m2 {SUPPOSED}", "wall": f"1.5 m {SUPPOSED}"}
            )


def _product(its: Lists) -> str:
    return next((str(e["product"]) for e in its.of("tanks").values() if "product" in e), "gasoline")


def _transfers(its: Lists) -> None:
    """A receipt into every tank that lines lead to from a sender."""
    lines = its.of("lines")
    senders = [n for n, e in its.of("nodes").items() if "flow" in e]
    for tank in its.of("tanks"):
        for sender in senders:
            way = _way(lines, sender, tank)
            if way:
                name = f"TR-{tank}"[:24]
                its.of("transfers").setdefault(name, {"from": sender, "to": tank, "through": way, "stops": "by hand"})


def _way(lines: dict[str, Entry], start: str, end: str) -> list[str]:
    """The shortest way from line to line."""
    ways, seen = [(start, [])], {start}  # type: tuple[list[tuple[str, list[str]]], set[str]]
    for here, way in ways:
        for name, entry in lines.items():
            there = str(entry.get("to", ""))
            if str(entry.get("from", "")) == here and there not in seen:
                if there == end:
                    return [*way, name]
                seen.add(there)
                ways.append((there, [*way, name]))
    return []


def _plan(its: Lists) -> None:
    """Who answers a high level: the receipt into that tank is ended, within the response time of the table."""
    of_tank: dict[str, list[str]] = {}
    for name, entry in its.of("transfers").items():
        of_tank.setdefault(str(entry["to"]), []).append(name)
    watched = {spoken(n): str(e.get("measures", "")) for n, e in its.of("instruments").items()}
    for alarm, entry in its.of("alarms").items():
        match = re.match(r'("[^"]+"|\S+) > ', str(entry["when"]))
        measures = watched.get(match.group(1), "") if match else ""
        tank = next((t for t in of_tank if measures == spoken_path(t, "level")), "")
        if tank:
            its.of("plan")[f"ends {alarm}"[:24]] = {
                "cue": spoken(alarm), "post": "control-room", "do": [f"stop {spoken(t)}" for t in of_tank[tank]],
                "within": entry.get("response time", f"3 min {SUPPOSED}"), **({"because": entry["action"]} if "action" in entry else {}),
            }  # fmt: skip


# a farm


def farm(title: str, lists: dict[str, Path]) -> tuple[str, Lists]:
    """The YAML of a farm made of lists by section (`alarms`, `tanks`, `lines`, `instruments`), and what it was made of.

    Raises Faults where a row cannot be meant, with its file, line and remedy.
    """
    its = Lists(title)
    alarms: list[Row] = []
    try:
        for section in ("tanks", "lines", "instruments"):
            if section in lists:
                _take(its, section, lists[section])
        if "alarms" in lists:
            alarms = _take_alarms(its, lists["alarms"])
        _instruments(its, alarms)
    except Fault as fault:
        its.faults.append(fault)
    if its.faults:
        raise Faults(its.faults)
    for fill in (_ends, _transfers, _plan):
        fill(its)
    text, places = _written(its, lists)
    try:
        farm_model(text, "farm", Path())
    except Faults as faults:
        raise Faults(
            [
                Fault(f.what, f.fix, places.get(f.place.line, f.place) if f.place else None, f.kind)
                for f in faults.faults
            ]
        ) from None
    return text, its


ORDER = ("places", "nodes", "tanks", "lines", "pumps", "valves", "instruments", "alarms", "transfers", "plan")


def _written(its: Lists, lists: dict[str, Path]) -> tuple[str, dict[int, Place]]:
    """The file, and which of its lines came from which row."""
    sources = shown(", ".join(path.name for path in lists.values())).replace("\n", " ")
    head = [
        f"# Made from {sources}. {SUPPOSED} marks what no list said: put in what is so, then twin check --explain.",
        f"farm: {dump.one_line(its.title)}",
    ]
    if its.supposed:
        head.append("references: {A1: {assumed: in none of the lists}}")
    lines, places = head, {}
    for section in ORDER:
        if its.sections.get(section):
            lines.append(f"{section}:")
            for name, entry in its.sections[section].items():
                lines.append(f"  {dump.one_line(name)}: {dump.one_line(entry)}")
                if name in its.places:
                    places[len(lines)] = its.places[name]
    return "\n".join(lines) + "\n", places


# and back


HEADS = ("tag", "text", "limit", "priority", "cause", "consequence", "response time", "action", "deadband", "delay")


def alarm_rows(its: FarmSpec) -> Iterator[tuple[str, ...]]:
    """The alarms of a farm as a rationalisation table with the columns HEADS; `limit` is the whole sentence."""
    for name, alarm in its.of(Alarm).items():
        deadband = f"{alarm.deadband.number:g} {alarm.deadband.unit}" if alarm.deadband else ""
        response = "" if alarm.response_s is None else _span(alarm.response_s)
        delay = _span(alarm.delay_s) if alarm.delay_s else ""
        yield (
            name,
            alarm.text,
            alarm.when.text,
            alarm.priority,
            alarm.cause,
            alarm.consequence,
            response,
            alarm.action,
            deadband,
            delay,
        )


def _span(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds and seconds % 60 == 0 else f"{seconds:g} s"
