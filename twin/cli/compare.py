"""`twin compare`: a recorded trend beside the twin's own signal, in one number and one figure."""

from argparse import Namespace
from pathlib import Path

from twin.base.fault import Fault
from twin.base.json import Json
from twin.cli.debrief import asked_picture, keep_picture, lived
from twin.cli.main import DONE, print_json
from twin.debrief import trend


def do_compare(args: Namespace) -> int:
    """`twin compare`."""
    out = asked_picture(args)
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
        from twin.film import beside  # heavy: only where it is drawn

        keep_picture(beside.figure(found[0], clock.of_day_s, Path(args.run).stem), out)
    return DONE


def _row(one: trend.Compared) -> Json:
    return {
        "signal": one.signal, "unit": one.unit, "points": len(one.t_s), "outside": one.outside, "rms": one.rms, "mean": one.mean,
        "worst": {"t_s": float(one.t_s[one.worst]), "recorded": float(one.recorded[one.worst]), "twin": float(one.twin[one.worst])},
    }  # fmt: skip
