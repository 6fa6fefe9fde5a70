"""`twin validate`: documented figures and published cases against what the twin computes."""

import json
from argparse import Namespace
from importlib import resources

from twin.base.json import Json
from twin.cli.main import DONE, NO, print_json
from twin.cli.progress import Progress
from twin.debrief import facts
from twin.engine.compile import open_model
from twin.engine.scan import Block
from twin.engine.world import Override
from twin.language.files import Files, known_scenarios
from twin.language.spec import Fact
from twin.physics.calcs import CALCS, calculate
from twin.text.say import told


def do_validate(args: Namespace) -> int:
    """`twin validate`."""
    named = args.scenarios or known_scenarios()
    models = {name: open_model(Files(), name, [])[0] for name in named}
    models = {name: model for name, model in models.items() if model.spec.of(Fact)}
    rows: list[Json] = []
    for name, model in models.items():
        block = Block(model, 0, [0], [Override(posts="none")])
        _lived(block, name)
        for its in facts.figures(block, 0):
            rows.append({"scenario": name, **its.json, "because": its.because})
            if not args.json:
                reason = f"   because {its.because}" if its.because and not its.inside else ""
                print(f"{name:<20} {told(its.said(block))}{reason}")
    cases = [] if args.scenarios else published()
    wrong = [r for r in rows if not (r["inside"] or r["because"])] + [c for c in cases if not c["inside"]]
    if args.json:
        print_json({"facts": rows, "published": cases, "valid": not wrong})
        return NO if wrong else DONE
    for case in [c for c in cases if not c["inside"]]:
        print(f"{case['calc']:<20} {case['id']}: {case['computed']}, published {case['expect']} ({case['source']})")
    if cases:
        right = sum(c["inside"] for c in cases)
        print(
            f"{right} of {len(cases)} published cases of {len({c['calc'] for c in cases})} calculations within tolerance"
        )
    elif not rows:
        print("no documented figures there.")
    return NO if wrong else DONE


def _lived(block: Block, name: str) -> None:
    bar, lasts = Progress(name), block.model.spec.lasts_s
    for tick in range(600, lasts + 600, 600):
        block.advance(min(tick, lasts))
        bar.show(min(tick, lasts) / lasts)
    bar.end()


def published() -> list[Json]:
    """Every published case, beside what the twin computes: `twin/physics/published.jsonl` with its sources and tolerances."""
    lines = resources.files("twin.physics").joinpath("published.jsonl").read_text(encoding="utf-8").splitlines()
    found = []
    for case in map(json.loads, lines):
        assert case["calc"] in CALCS, case
        value = float(calculate(case["calc"], case["args"])["value"])  # type: ignore[arg-type]
        inside = abs(value - case["expect"]) <= case["rtol"] * abs(case["expect"])
        found.append(
            {**{k: case[k] for k in ("id", "calc", "expect", "rtol", "source")}, "computed": value, "inside": inside}
        )
    return found
