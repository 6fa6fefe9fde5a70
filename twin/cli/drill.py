"""`twin drill`: sit in a post. The console when one is installed; the line mode with `--plain`."""

import os
import sys
from argparse import Namespace
from importlib.metadata import entry_points
from pathlib import Path

from twin.base.fault import Fault
from twin.cli.main import DONE
from twin.language.files import in_language
from twin.text import say


def do_drill(args: Namespace) -> int:
    """`twin drill`."""
    if args.attach and (args.scenario or args.resume or args.plain):
        raise Fault("--attach joins a drill that runs already.", "twin drill --attach RUN --post NAME")
    if args.mode and (args.attach or args.resume):
        raise Fault("whether a run is assessed was decided when it began.", "Leave out --mode.")
    if args.ascii and args.language not in {"", "en"}:
        raise Fault("this language has characters beyond ASCII.", "Leave out --ascii, or --language.")
    say.speak("en" if args.ascii else say.offered(args.language, os.environ))
    if args.scenario:
        args.scenario = in_language(args.scenario, say.spoken())
    if args.again:
        args.seed = _next_seed(args)
    consoles = [] if args.plain else list(entry_points(group="twin.console"))
    if consoles:
        status: int = consoles[0].load()(args)
        return status
    from twin.cli.plain import Plain

    if not args.scenario and not args.resume:
        raise Fault("which drill?", "See `twin list`; then twin drill first-watch --plain.")
    its = Plain.resume(args) if args.resume else Plain.begin(args)
    try:
        its.play(sys.stdin)
    finally:
        its.leave()
    return DONE


def _next_seed(args: Namespace) -> int:
    """The seed after that of the last run of a scenario; the next one after --seed where there is none."""
    import json

    if not args.scenario:
        raise Fault("which drill again?", "twin drill first-watch --again")
    runs = sorted(Path("runs").glob("*.twin"), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in runs[:500]:
        try:
            with path.open(encoding="utf-8") as stream:
                header = json.loads(stream.readline())["body"]
            if header["scenario"].partition(".")[0] == args.scenario.partition(".")[0]:
                return int(header["seed"]) + 1
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return int(args.seed) + 1
