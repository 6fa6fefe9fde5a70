"""`twin compare`: a recorded trend beside the twin's own signal, in one number and one figure."""

import sys
from argparse import Namespace
from pathlib import Path

from twin.base.fault import Fault, replaced
from twin.base.json import Json
from twin.cli.debrief import free, lived
from twin.cli.main import DONE, print_json
from twin.debrief import trend


def do_compare(args: Namespace) -> int:
    """`twin compare`."""
    out = Path(args.out) if args.out else None
    if out is not None and out.suffix not in {".png", ".svg"}:
        raise Fault(f"{out.name} is no picture.", "Name a file that ends in .png or .svg.")
    if out is not None:
        free(out, args.force)
    its = lived(Path(args.run), 0)
    clock = its.model.clock
    found = list(trend.compare(its, trend.read(Path(args.trend), clock), args.signal or ""))
    if out is not None and len(found) > 1:
        raise Fault(f"{len(found)} columns name a signal; a picture shows one.", f"Add --signal {found[0].signal}.")
    if args.json:
        print_json({"compared": [_row(one) for one in found]})
    else:
        for one in found:
            tick = round(float(one.t_s[one.worst]))
            print(
                f"{one.signal}: rms {one.rms:.4g} {one.unit}, recorded less twin {one.mean:+.4g} {one.unit}, at most {one.most:.4g} {one.unit}"
                f" at {clock.text(tick)}; {len(one.t_s)} points"
                + (f", {one.outside} outside the run" if one.outside else "")
            )
    if out is not None:
        _picture(found[0], clock.of_day_s, Path(args.run).stem, out)
    return DONE


def _row(one: trend.Compared) -> Json:
    return {
        "signal": one.signal, "unit": one.unit, "points": len(one.t_s), "outside": one.outside, "rms": one.rms, "mean": one.mean,
        "worst": {"t_s": float(one.t_s[one.worst]), "recorded": float(one.recorded[one.worst]), "twin": float(one.twin[one.worst])},
    }  # fmt: skip


def _picture(one: trend.Compared, start_s: int, run: str, out: Path) -> None:
    from twin.film import beside, page

    drawn = beside.figure(one, start_s, run)
    with replaced(out) as part:
        if out.suffix == ".svg":
            part.write_bytes(page.svg(drawn))
        else:
            drawn.savefig(part, dpi=150, format="png")
    sys.stderr.write(f"picture: {out}\n")
