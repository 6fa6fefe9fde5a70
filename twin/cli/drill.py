"""`twin drill`: sit in a post. The console when one is installed; the line mode with `--plain`."""

import sys
from argparse import Namespace
from importlib.metadata import entry_points
from pathlib import Path

from twin.base.fault import Fault
from twin.cli.main import DONE


def do_drill(args: Namespace) -> int:
    """`twin drill`."""
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


def out_path(args: Namespace) -> Path:
    """Where a drill's run file goes."""
    from twin.cli.run import run_file

    return Path(args.out) if args.out else run_file(args.scenario)
