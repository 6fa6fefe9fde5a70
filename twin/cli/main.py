"""Words on a command line to the doors of the twin. Heavy imports wait until the command that needs them."""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TextIO

from twin.base.fault import Fault, Faults
from twin.text.say import LANGUAGES

DONE, NO, USAGE, BUG = 0, 1, 2, 70


class _Parser(argparse.ArgumentParser):
    """Wrong usage in one sentence, exit 2."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{self.prog}: {message}. See `{self.prog} --help`.\n")
        raise SystemExit(USAGE)


def _version() -> str:
    from importlib.metadata import version

    return version("tankfarm-twin")


def _world_options(its: argparse.ArgumentParser, *, posts: bool = True) -> None:
    its.add_argument("--seed", type=_count, default=0, metavar="N", help="chance of this run (default 0)")
    if posts:
        its.add_argument(
            "--posts", choices=("plan", "slow", "none"), default="plan", help="who acts (default: the plan)"
        )
    its.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="settings",
                     help="change a value, such as T-912.volume='161 m3' or lasts='2 h'")  # fmt: skip


def _run_file(its: argparse.ArgumentParser) -> None:
    its.add_argument("run")
    its.add_argument(
        "--course", type=_count, default=0, metavar="N", help="an earlier course, from 1 (default: the last)"
    )


def _force(its: argparse.ArgumentParser) -> None:
    its.add_argument("--force", action="store_true", help="replace what is there already")


def _count(text: str) -> int:
    if not text.isdigit() or int(text) >= 1 << 62:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no whole number from 0 on")
    return int(text)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no number above 0")
    return value


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(prog="twin", description="A digital twin of a tank farm in which emergencies can be lived through.")
    top.add_argument("--version", action="version", version=f"tankfarm-twin {_version()}")
    verbs = top.add_subparsers(dest="verb", metavar="COMMAND", required=True, parser_class=_Parser)

    def add(name: str, about: str) -> argparse.ArgumentParser:
        its = verbs.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        its.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else there")
        return its

    _about_files(add)
    _about_runs(add)
    _about_drills(add)
    return top


_Add = Callable[[str, str], argparse.ArgumentParser]


def _about_files(add: _Add) -> None:
    add("list", "scenarios (own ones first) and farms, a line each")

    its = add("new", "a short commented file that passes check")
    its.add_argument("kind", choices=("farm", "scenario"))
    its.add_argument("file")
    its.add_argument("--like", metavar="NAME", help="start from a shipped farm or scenario")
    its.add_argument(
        "--from", metavar="RUN", dest="source", help="keep the injects and messages of a run as a scenario"
    )
    its.add_argument("--from-csv", metavar="ALARMS.csv", dest="alarms", help="a farm out of an alarm rationalisation table: tag, limit, priority, "
                     "consequence, response time, action")  # fmt: skip
    for section in ("tanks", "lines", "instruments"):
        its.add_argument(
            f"--{section}",
            metavar="FILE.csv",
            help=f"and a list of {section}: tag, and the keys of docs/format.md as columns",
        )
    _force(its)

    its = add("check", "every mistake of a farm or scenario, with its place")
    its.add_argument("files", nargs="+", metavar="FILE")
    its.add_argument("--explain", action="store_true", help="print what was filled in, and why")
    its.add_argument("--strict", action="store_true", help="warnings are mistakes")
    its.add_argument("--sarif", action="store_true", help="SARIF 2.1.0 on stdout, for editors and code hosts")

    its = add("map", "the plan view of a farm, and what guards each of its tanks")
    its.add_argument("farm")
    its.add_argument("--out", metavar="FILE.png", help="as a picture (or .svg)")
    _force(its)

    its = add("schema", "JSON Schema of farm or scenario files")
    its.add_argument("kind", choices=("farm", "scenario"))


def _about_runs(add: _Add) -> None:
    its = add("run", "one world, without a person")
    its.add_argument("scenario", nargs="?")
    _world_options(its)
    its.add_argument("--world", type=_count, default=0, metavar="K", help="which course of the day (default 0)")
    its.add_argument("--commands", metavar="FILE|-", help="lines of `moment post do`; - reads them as they come")
    its.add_argument("--speed", type=_positive, metavar="X", help="times real time (default: as fast as it goes)")
    its.add_argument("--out", metavar="RUN", help="the run file (default ./runs/SCENARIO-DATE-TIME.twin)")
    _force(its)
    its.add_argument("--resume", metavar="RUN", help="go on with a run file after its last record")

    its = add("verify", "simulate a run again and compare")
    its.add_argument("run")

    its = add("debrief", "what happened, why, and what would have helped")
    _run_file(its)
    its.add_argument("--quick", action="store_true", help="only what happened, not what would have helped")
    its.add_argument("--out", metavar="FILE.html", help="a page with film and figures that opens offline and prints")
    its.add_argument("--figures", metavar="DIR", help="each figure alone, as PNG and SVG")
    _force(its)

    its = add("replay", "the film of a run: a window, or a file")
    _run_file(its)
    its.add_argument(
        "--out", metavar="FILE", help="a film (.html, .mp4, .gif, .webp) or a picture of one moment (.png)"
    )
    its.add_argument("--at", metavar="TIME", help="the moment of a picture, such as 05:20")
    _force(its)

    its = add("export", "signals and events of a run as CSV or Parquet; the alarms of a farm")
    _run_file(its)
    its.add_argument("--out", metavar="FILE.csv", help="or .parquet: signals; events go to FILE-events")
    its.add_argument(
        "--alarms", metavar="FILE.csv", help="of a farm or scenario instead of a run: its alarm rationalisation table"
    )
    its.add_argument("--excel", action="store_true", help="CSV that Excel reads as UTF-8")
    _force(its)

    its = add("compare", "a recorded trend (CSV) beside the twin's own signal, in one number")
    its.add_argument("run", metavar="RUN")
    its.add_argument("trend", metavar="TREND.csv", help="a column of time, and columns called like signals: LT-101 [m]")
    its.add_argument("--signal", metavar="NAME", help="the signal, where the column is called otherwise")
    its.add_argument("--out", metavar="FILE.png", help="both curves and what lies between (or .svg)")
    _force(its)


def _about_drills(add: _Add) -> None:
    its = add("drill", "sit in a post yourself")
    its.add_argument("scenario", nargs="?")
    its.add_argument(
        "--post", action="append", default=[], metavar="NAME", help="your seat (may be given more than once)"
    )
    its.add_argument("--mode", choices=("guided", "assessed"), help="with hints (default), or without")
    _world_options(its, posts=False)
    its.add_argument("--world", type=_count, default=0, metavar="K")
    its.add_argument("--speed", type=_positive, default=1.0, metavar="X", help="times real time (default 1)")
    its.add_argument("--out", metavar="RUN")
    its.add_argument("--resume", metavar="RUN")
    its.add_argument("--attach", metavar="RUN", help="a seat of a drill that runs in another terminal of this machine")
    its.add_argument(
        "--open", nargs="?", const="owner", choices=("owner", "group", "machine"),
        help="let other terminals attach: yours alone (default), your group's, everybody's on this machine",
    )  # fmt: skip
    its.add_argument("--with", action="append", default=[], metavar="POST", dest="others",
                     help="the clock stands until somebody sits there at another terminal, or it is run; may be repeated")  # fmt: skip
    its.add_argument("--key", default="", help="of the run, for the instructor's seat when the run is somebody else's: "
                     "- asks for it; TWIN_KEY in the environment is taken too")  # fmt: skip
    its.add_argument("--again", action="store_true", help="the next seed after the last run of this drill")
    its.add_argument("--daily", action="store_true",
                     help="the drill of this day: by the date, the levels mastered, and what was done last")  # fmt: skip
    its.add_argument("--plain", action="store_true", help="line mode, also for a serial line or a screen reader")
    its.add_argument("--language", choices=LANGUAGES, default="",
                     help="what is read: en, zh (default: as LANG says); names, units and orders are the same in all")  # fmt: skip
    its.add_argument("--theme", choices=("dark", "light", "contrast", "colour-blind", "mono"), default="dark")
    its.add_argument("--ascii", action="store_true", help="no characters beyond ASCII")
    its.add_argument("--no-color", action="store_true", help="no colours")

    its = add("validate", "documented figures and published cases against what the twin computes")
    its.add_argument(
        "scenarios",
        nargs="*",
        metavar="SCENARIO",
        help="only these (default: all shipped ones, and the published cases)",
    )

    its = add("calc", "a physics function by its name")
    its.add_argument("name", nargs="?")
    its.add_argument("values", nargs="*", metavar="key=value")
    its.add_argument("--batch", metavar="FILE|-", help='JSON lines {"calc","args"} in, {"value"} or {"error"} out')

    its = add("campaign", "many worlds: how often it ends how")
    its.add_argument("scenario")
    its.add_argument("--worlds", type=_count, required=True, metavar="N")
    _world_options(its)
    its.add_argument(
        "--block", type=_count, default=0, metavar="N", help="worlds a block (default: sized for the cache)"
    )
    its.add_argument("--out", metavar="DIR", help="folder for worlds.parquet")
    _force(its)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status. No traceback reaches a user."""
    _open_streams()
    try:
        args = parser().parse_args(arguments)
    except SystemExit:
        try:
            sys.stdout.flush()
        except OSError as error:
            _give_up(sys.stdout)
            sys.stderr.write(f"twin: {error.strerror}.\n")
            raise SystemExit(USAGE) from None
        raise
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="backslashreplace",
                encoding="ascii" if getattr(args, "ascii", False) and stream is not sys.stdin else None,
            )
    try:
        status = _guarded(args)
        sys.stderr.flush()
    except OSError:  # nobody can be told
        _give_up(sys.stderr)
        return USAGE
    return status


def _open_streams() -> None:
    """What was closed before we began is nothing: no file of ours shall get its number."""
    for number, (name, how) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, open(number, how, encoding="utf-8", closefd=False))  # noqa: SIM115


def _give_up(stream: TextIO) -> None:
    """What cannot be written any more is not tried again when Python ends."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _guarded(args: argparse.Namespace) -> int:
    """One command; whatever it raises is a sentence and a status."""
    try:
        status = _run(args)
        sys.stdout.flush()
        return status
    except Faults as faults:
        _complain(faults.faults, args)
        return USAGE
    except Fault as fault:
        _complain([fault], args)
        return USAGE
    except BrokenPipeError:
        _give_up(sys.stdout)
        return DONE
    except OSError as error:
        _give_up(sys.stdout)
        sys.stderr.write(f"twin: {error.strerror or error}.\n")
        return USAGE
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted.\n")
        return 130
    except Exception:  # the last line of defence: a bug is one sentence and a file
        return _crashed()


def _run(args: argparse.Namespace) -> int:
    from importlib import import_module

    module = import_module(_MODULES[args.verb])
    status: int = getattr(module, f"do_{args.verb}")(args)
    return status


_MODULES = {
    "list": "twin.cli.small", "new": "twin.cli.small", "check": "twin.cli.check", "schema": "twin.cli.small",
    "calc": "twin.cli.small", "campaign": "twin.cli.small", "run": "twin.cli.run", "verify": "twin.cli.run",
    "validate": "twin.cli.validate", "map": "twin.cli.map", "compare": "twin.cli.compare", "drill": "twin.cli.drill", "debrief": "twin.cli.debrief", "replay": "twin.cli.debrief", "export": "twin.cli.debrief",
}  # fmt: skip


def _complain(faults: list[Fault], args: argparse.Namespace) -> None:
    shown = list(dict.fromkeys(str(f) for f in faults))
    if getattr(args, "json", False):
        print_json({"error": shown})
    for line in shown[:50]:
        sys.stderr.write(line + "\n")
    if len(shown) > 50:
        sys.stderr.write(f"… and {len(shown) - 50} more.\n")


def print_json(value: Any) -> None:
    """One JSON object on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _crashed() -> int:
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="twin-crash-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write(traceback.format_exc())
    sys.stderr.write(f"twin: this is a bug of ours; what happened is in {file.name}.\n")
    return BUG


def run() -> NoReturn:
    """The console script."""
    raise SystemExit(main())
