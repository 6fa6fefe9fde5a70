"""`twin debrief`, `twin export` and `twin replay`: what a run came to, for people and for other tools."""

import contextlib
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from twin.base.fault import Fault
from twin.cli.main import DONE, print_json
from twin.cli.progress import Progress
from twin.debrief import export, report, whatif
from twin.debrief.told import told
from twin.engine import session
from twin.engine.session import Session
from twin.journal import chain


def do_debrief(args: Namespace) -> int:
    """`twin debrief`: first what happened, which takes as long as living it again; then what would have helped."""
    its = lived(Path(args.run), args.course)
    if not args.json:
        sys.stdout.write("\n".join(told(report.report(its))) + "\n")
        sys.stdout.flush()
    if args.quick:
        if args.json:
            print_json(report.report(its))
        return DONE
    bar = Progress("what if")
    answers = whatif.answers(its, bar.show)
    bar.end()
    found = report.report(its, answers)
    if args.json:
        print_json(found)
    else:
        sys.stdout.write("\n".join(told(found, only_answers=True)) + "\n")
    return DONE


def lived(path: Path, course: int = 0) -> Session:
    """A run file lived again, its last course or an earlier one (from 1). Raises Fault when it cannot be."""
    try:
        records, torn = chain.read(path)
    except chain.Broken as broken:
        raise Fault(f"{path}: {broken.what}", "`twin verify` says the same.") from None
    if not records:
        raise Fault(f"{path} holds no whole record.")
    if torn:
        sys.stderr.write(f"{torn} bytes of a torn last line are left out.\n")
    rewinds = [i for i, r in enumerate(records) if r.kind == "rewind"]
    if course > len(rewinds) + 1:
        raise Fault(f"{path} has {len(rewinds) + 1} courses.", f"Name one from 1 to {len(rewinds) + 1}.")
    stop = None
    if 0 < course <= len(rewinds):
        stop = int(records[rewinds[course - 1]].body["tick"])
        records = records[: rewinds[course - 1]]
    bar = Progress("living it again")
    try:
        its = session.replay(records, check=False, progress=bar.show)
    except session.Differs as differs:
        raise Fault(f"{path}: line {differs.line}: {differs.reason}", "`twin verify` says more.") from None
    finally:
        bar.end()
    if stop is not None:
        its.advance(stop)
    if not its.block.digests or its.block.digests[-1][0] != its.tick:
        its.block.take_digest()
    return its


def do_export(args: Namespace) -> int:
    """`twin export`: signals, and the events beside them."""
    out = Path(args.out)
    if out.suffix == ".parquet":
        raise Fault("Parquet comes with the plant part and is not built yet.", "Name a file that ends in .csv.")
    if out.suffix != ".csv":
        raise Fault(f"{out.name} is no CSV file.", "Name a file that ends in .csv.")
    beside = out.with_name(f"{out.stem}-events.csv")
    its = lived(Path(args.run), args.course)
    with written(out) as stream:
        export.signals(its, stream)
    with written(beside) as stream:
        export.events(its, stream)
    if args.json:
        print_json({"signals": str(out), "events": str(beside)})
    else:
        print(f"{out}: every signal, a row a second\n{beside}: every event, by its number")
    return DONE


@contextlib.contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """A text file that is there whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        os.replace(part, path)
    except OSError as error:
        raise Fault(f"{path} cannot be written: {error.strerror}.", "Name another place with --out.") from None
    finally:
        part.unlink(missing_ok=True)
