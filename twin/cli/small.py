"""The short commands: list, new, schema, calc, campaign."""

import json
import sys
from argparse import Namespace
from pathlib import Path

from twin.base.fault import Fault, Faults, regular, vacant
from twin.base.json import Json
from twin.cli.main import DONE, print_json
from twin.cli.progress import Progress
from twin.language.spec import PlanLine


def do_list(args: Namespace) -> int:
    """`twin list`."""
    from twin.engine.parts import WORDS
    from twin.language import files, trees

    scenarios, farms = [], []
    own = sorted(str(p) for p in files.own().glob("*.yaml")) if files.own().is_dir() else []
    for name in [*own, *files.known_scenarios()]:
        scenarios.append(_scenario_row(name))
    for name in files.shipped_farms():
        tree = trees.farm_tree(files.Files(), WORDS, name)
        farms.append({"name": name, "title": getattr(tree.get("farm"), "text", "")})
    if args.json:
        print_json({"scenarios": scenarios, "farms": farms})
        return DONE
    for row in scenarios:
        length = f"{row['lasts_s'] // 60} min" if row["lasts_s"] else "?"
        print(f"{row['name']:<24} level {row['level']}  {length:>8}  {row['title']}")
    for row in farms:
        print(f"{row['name']:<24} farm               {row['title']}")
    return DONE


def _scenario_row(name: str) -> Json:
    from twin.engine.compile import open_model
    from twin.language.files import Files

    try:
        spec = open_model(Files(), name, [])[0].spec
    except (Fault, Faults):
        return {
            "name": name,
            "title": "(has mistakes: twin check)",
            "lasts_s": 0,
            "level": 0,
            "posts": [],
            "saved_by": None,
        }
    posts = sorted({line.post for line in spec.farm.of(PlanLine).values()})
    return {
        "name": name, "title": spec.title, "lasts_s": spec.lasts_s, "level": spec.level,
        "posts": [str(p) for p in posts], "saved_by": spec.saved_by or None,
    }  # fmt: skip


FARM = """\
# A first farm. `twin check --explain` prints what it leaves unsaid. See docs/format.md.
farm: My first farm
tanks:
  T-1: {product: gasoline, diameter: 20 m, height: 12 m, overflows above: 11.5 m, in: bund, at: [0 m, 0 m]}
places:
  bund: {kind: bund, area: 2500 m2, wall: 1.5 m}
nodes:
  ship: {product: gasoline, flow: 600 m3/h}
lines:
  L-1: {from: ship, to: T-1, through: [XV-1]}
valves:
  XV-1: {kind: motor, stroke: 40 s, at: [12 m, 0 m]}
instruments:
  LT-1: {measures: T-1.level, range: 0 m .. 12 m, noise: 1 mm}
  ZT-1: {measures: XV-1.position}
alarms:
  LAH-1: {when: LT-1 > 10.8 m, deadband: 20 mm, delay: 3 s, priority: high, action: end the receipt}
transfers:
  TR-1: {from: ship, to: T-1, through: [L-1]}
people:
  walker: {post: field, at: [40 m, 0 m]}
plan:
  end-it: {cue: LAH-1, post: control-room, do: [stop TR-1, close XV-1], within: 2 min, proof: ZT-1 < 2 %}
  look: {cue: end-it then 3 min and not proven end-it, post: field, do: close XV-1, within: 10 min}
"""

SCENARIO = """\
# A first scenario. See docs/format.md.
scenario: My first drill
farm: harbour
starts: 2026-01-12 10:00
lasts: 20 min
briefing: A ship pumps petrol into T-101. Nobody has said who ends it.
level: 1
drill: {from: 10:00, post: control-room}
initially:
  T-101: {level: 14.7 m}
  TR-1: {running: yes}
  LS-101: {dead: yes}
timeline:
  ship-calls: {cue: LAHH-101 then 30 s, do: tell control-room "Ship here. A few minutes more."}
objectives:
  dry: {that: no overflow T-101, mark: containment}
"""


def do_new(args: Namespace) -> int:
    """`twin new`."""
    from twin.language.files import Files

    path = Path(args.file)
    text = FARM if args.kind == "farm" else SCENARIO
    made = {k: Path(v) for k in ("tanks", "lines", "instruments", "alarms") if (v := getattr(args, k))}
    if made:
        text = _of_lists(args, made)
    elif args.source:
        text = _kept(args)
    elif args.like:
        files = Files()
        _, text, _ = files.farm(args.like) if args.kind == "farm" else files.scenario(args.like)
    from twin.engine import export_scenario

    export_scenario.write(path, text, args.force)
    if args.json:
        print_json({"file": str(path)})
    else:
        print(f"{path}: written. Next: twin check {path}")
    return DONE


def _of_lists(args: Namespace, made: dict[str, Path]) -> str:
    """A farm out of lists; what was made of them, and of which columns nothing, is told beside."""
    from twin.engine import tables

    if args.kind != "farm" or args.like or args.source:
        raise Fault("lists make a farm.", "twin new farm FILE --from-csv ALARMS.csv --tanks TANKS.csv")
    text, its = tables.farm(Path(args.file).stem.replace("-", " ").capitalize(), made)
    for said in its.untaken:
        sys.stderr.write(f"{said}\n")
    counted = ", ".join(f"{len(its.of(section))} {section}" for section in tables.ORDER if its.sections.get(section))
    supposed = f"; {its.supposed} things no list has, with figures marked {tables.SUPPOSED}" if its.supposed else ""
    sys.stderr.write(f"{counted}{supposed}\n")
    return text


def _kept(args: Namespace) -> str:
    """The scenario that a run comes to: its start, and what the instructor did."""
    from twin.cli.debrief import lived
    from twin.engine import export_scenario

    if args.kind != "scenario" or args.like:
        raise Fault("--from makes a scenario of a run.", "twin new scenario FILE --from RUN")
    return export_scenario.scenario(lived(Path(args.source)), Path(args.file).stem.replace("-", " ").capitalize())


def do_schema(args: Namespace) -> int:
    """`twin schema`."""
    from twin.cli import schema

    print(json.dumps(getattr(schema, args.kind)(), ensure_ascii=False, indent=1))
    return DONE


def do_calc(args: Namespace) -> int:
    """`twin calc`."""
    from twin.physics.calcs import CALCS, calculate

    if args.batch:
        return _batch(args.batch)
    if not args.name:
        raise Fault("which calculation?", "Known: " + ", ".join(CALCS) + ".")
    given = {}
    for pair in args.values:
        key, equals, value = pair.partition("=")
        if not equals:
            raise Fault(f"{pair!r} is no key=value.")
        given[key] = value
    answer = calculate(args.name, given)
    if args.json:
        print_json(answer)
    else:
        note = "" if answer.get("in_range", True) else "   (outside the range of the model)"
        print(f"{answer['value']:.10g} {answer['unit']}{note}")
    return DONE


def _batch(source: str) -> int:
    from twin.physics.calcs import calculate

    try:
        if source != "-":
            regular(Path(source))
        stream = sys.stdin if source == "-" else Path(source).open(encoding="utf-8")  # noqa: SIM115
        for line in stream:
            if not line.strip():
                continue
            try:
                asked = json.loads(line)
                args = asked["args"]
                if not isinstance(args, dict):
                    raise TypeError
                print_json(calculate(str(asked["calc"]), args))
            except Fault as fault:
                print_json({"error": fault.message})
            except (ValueError, KeyError, TypeError, RecursionError):
                print_json({"error": 'a line is {"calc": NAME, "args": {…}}.'})
    except BrokenPipeError:
        raise
    except (OSError, UnicodeDecodeError):
        raise Fault(f"{source} cannot be read.") from None
    return DONE


def do_campaign(args: Namespace) -> int:
    """`twin campaign`."""
    from twin.campaign.run import FILE, Campaign

    if args.out:
        vacant(Path(args.out) / FILE, args.force)
    campaign = Campaign.open(
        args.scenario, worlds=args.worlds, seed=args.seed, posts=args.posts, settings=tuple(args.settings),
        block_worlds=args.block,
    )  # fmt: skip
    bar = Progress(f"{args.worlds} worlds")
    for share in campaign.blocks():
        bar.show(share)
    bar.end()
    summary = campaign.summary()
    if args.out:
        summary["file"] = str(campaign.write(Path(args.out)))
    if args.json:
        print_json(summary)
        return DONE
    print(f"{summary['worlds']} worlds of {args.scenario}, posts {args.posts}, seed {args.seed}")
    for name, its in summary["probability"].items():
        print(f"  {name:<24} {100 * its['p']:6.2f} %   ({100 * its['low']:.2f} .. {100 * its['high']:.2f} %)")
    print(f"  worst world {summary['worst_world']}, median world {summary['median_world']}")
    print(
        f"  as a run: twin run {args.scenario} --seed {args.seed} --posts {args.posts} --world {summary['worst_world']}"
    )
    return DONE
