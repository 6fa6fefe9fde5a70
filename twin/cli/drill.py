"""`twin drill`: sit in a post. The console when one is installed; the line mode with `--plain`."""

import datetime
import os
import sys
from argparse import Namespace
from importlib.metadata import entry_points

from twin.base.fault import Fault
from twin.cli.main import DONE
from twin.language.files import in_language
from twin.seat.kept import drill_of, newest, next_seed
from twin.seat.offers import offers, todays
from twin.text import say


def do_drill(args: Namespace) -> int:
    """`twin drill`."""
    if args.attach and (args.scenario or args.resume or args.plain):
        raise Fault("--attach joins a drill that runs already.", "twin drill --attach RUN --post NAME")
    if args.others and not (args.open or "instructor" in args.post):
        raise Fault("--with waits for other terminals, and none can attach here.", "Add --open, or --post instructor.")
    if args.mode and (args.attach or args.resume):
        raise Fault("whether a run is assessed was decided when it began.", "Leave out --mode.")
    if args.ascii and args.language not in {"", "en"}:
        raise Fault("this language has characters beyond ASCII.", "Leave out --ascii, or --language.")
    say.speak("en" if args.ascii else say.offered(args.language, os.environ))
    if args.scenario:
        args.scenario = in_language(args.scenario, say.spoken())
    if args.daily:
        _todays(args)
    if args.again:
        if not args.scenario:
            raise Fault("which drill again?", "twin drill first-watch --again")
        args.seed = next_seed(drill_of(args.scenario), newest(), int(args.seed) + 1)
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


def _todays(args: Namespace) -> None:
    """The drill of this day and its seed; raises Fault where something else was asked for as well."""
    if args.scenario or args.again or args.seed or args.attach or args.resume:
        raise Fault("--daily picks the drill and its seed itself.", "twin drill --daily")
    drill, args.seed = todays(offers(), newest(), today())
    args.scenario = drill.name


def today() -> datetime.date:
    """The date on this machine's calendar."""
    return datetime.datetime.now().astimezone().date()
