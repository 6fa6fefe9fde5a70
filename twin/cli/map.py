"""`twin map`: the plan view of what a farm's file says, and what guards each of its tanks; in the terminal or as a picture."""

import shutil
from argparse import Namespace
from importlib.metadata import entry_points
from pathlib import Path

from twin.base.json import Json
from twin.base.units import show
from twin.cli.debrief import asked_picture, keep_picture
from twin.cli.main import DONE, print_json
from twin.engine import checks, relations
from twin.engine.model import Model
from twin.parts.alarm import Alarm
from twin.parts.gauge_entry import Instrument
from twin.parts.interlock import Interlock
from twin.parts.tank_entry import Tank
from twin.parts.transfer_entry import Transfer

LEAST_COLUMNS, ROWS = 40, 30


def do_map(args: Namespace) -> int:
    """`twin map`."""
    out = asked_picture(args)
    model = checks.open_either(args.farm)
    listed = [_tank(model, name) for name in model.spec.farm.of(Tank)]
    if args.json:
        print_json({"farm": model.spec.farm.title, "tanks": listed})
    else:
        print(model.spec.farm.title)
        for view in entry_points(group="twin.map"):
            width = max(LEAST_COLUMNS, min(shutil.get_terminal_size().columns, 120))
            print(view.load()(model, width, ROWS))
        for row in listed:
            print(_line(row))
    if out is not None:
        from twin.film import ground  # heavy: only where it is drawn

        keep_picture(ground.figure(model, Path(args.farm).stem), out)
    return DONE


def _tank(model: Model, name: str) -> Json:
    """A tank: what it holds up to its lip, and what watches it."""
    farm, its = model.spec.farm, model.tanks
    watched = relations.of(model).watched
    gauges = [n for n in farm.of(Instrument) if watched.get(n) == name]
    reads = relations.of(model).reads

    def of(kind: type[Alarm] | type[Interlock]) -> list[str]:
        return [n for n in farm.of(kind) if any(g in reads.get(n, frozenset()) for g in gauges)]

    return {
        "name": name, "text": farm.of(Tank)[name].text, "product": str(farm.of(Tank)[name].product), "holds_m3": float(its.capacity_m3[its.index(name)]),
        "fed_by": [n for n, t in farm.of(Transfer).items() if str(t.end) == name],
        "instruments": gauges, "alarms": of(Alarm), "interlocks": of(Interlock),
    }  # fmt: skip


def _line(row: Json) -> str:
    parts = [f"{row['name']}: {row['product']}, {show(row['holds_m3'], 'volume', 0)}"]
    if row["text"]:
        parts.append(row["text"])
    for key in ("fed_by", "instruments", "alarms", "interlocks"):
        if row[key]:
            parts.append(f"{key.replace('_', ' ')} {', '.join(row[key])}")
    if not row["instruments"]:
        parts.append("nothing watches it")
    return "; ".join(parts)
