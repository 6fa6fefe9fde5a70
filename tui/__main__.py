"""What `twin drill` calls: the options of the command line to a console."""

import os
import sys
from argparse import Namespace
from getpass import getpass
from pathlib import Path

from twin.base.fault import Fault


def start(args: Namespace) -> int:
    """Runs the console until the person leaves; prints the lines that resume or prove what was played."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Fault("the console needs a terminal.", "Without one, use twin drill --plain.")
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    os.environ.setdefault("TEXTUAL_FPS", "15")
    os.environ.setdefault("ESCDELAY", "50")
    from tui.app import Console

    console = Console(
        scenario=args.scenario or "",
        resume=Path(args.resume) if args.resume else None,
        out=Path(args.out) if args.out else None,
        seats=tuple(args.post),
        guided=args.mode != "assessed",
        seed=args.seed,
        world=args.world,
        settings=tuple(args.settings),
        speed=args.speed,
        look=look(args),
        attach=Path(args.attach) if args.attach else None,
        key=key_of(args),
        open_to=args.open or "",
        others=tuple(args.others),
        ascii_only=args.ascii or "UTF-8" not in (sys.stdout.encoding or "").upper().replace("UTF8", "UTF-8"),
    )
    status = console.run()
    if console.failed is not None:
        raise console.failed
    for line in console.said:
        sys.stdout.write(line + "\n")
    return status or 0


def key_of(args: Namespace) -> str:
    """The key of a run: asked for with `--key -`, else as given, else from TWIN_KEY, where no other user sees it."""
    if args.key == "-":
        return getpass("key: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    return str(args.key or os.environ.get("TWIN_KEY", ""))


def look(args: Namespace) -> str:
    """The theme: mono without colours, else what was asked for."""
    if args.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return "mono"
    return str(args.theme)
