"""`twin check`: mistakes and warnings in words, as JSON, as SARIF."""

import os
import sys
from argparse import Namespace
from pathlib import Path

from twin.base.fault import Fault
from twin.base.json import Json
from twin.cli.main import DONE, NO, USAGE, print_json
from twin.engine.checks import Report, check_file
from twin.engine.setup import VERSION


def do_check(args: Namespace) -> int:
    """`twin check`."""
    reports, unreadable = [], False
    for name in args.files:
        try:
            reports.append(check_file(name))
        except Fault as fault:
            unreadable = True
            sys.stderr.write(f"{fault}\n")
    said: set[tuple[str, ...]] = set()
    mistakes = [_new(r.mistakes, said) for r in reports]
    warnings = [_new(r.warnings, said) for r in reports]
    if args.strict:
        mistakes = [[*wrong, *doubtful] for wrong, doubtful in zip(mistakes, warnings, strict=True)]
        warnings = [[] for _ in reports]
    flat = [[f for found in its for f in found] for its in (mistakes, warnings)]
    if args.json:
        print_json({"mistakes": [_located(f) for f in flat[0]], "warnings": [_located(f) for f in flat[1]]})
    elif args.sarif:
        print_json(_sarif(*flat))
    else:
        for report, wrong, doubtful in zip(reports, mistakes, warnings, strict=True):
            _print_report(report, wrong, doubtful, args.explain)
    if unreadable:
        return USAGE
    return NO if any(mistakes) else DONE


def _print_report(report: Report, wrong: list[Fault], doubtful: list[Fault], explain: bool) -> None:
    for mistake in wrong:
        print(mistake)
    for doubt in doubtful:
        print(f"{doubt.place}: warning: {doubt.message}")
    if explain:
        print("\n".join(report.filled))
    if not report.mistakes and not wrong:
        print(f"{report.file}: no mistakes")
    elif not wrong:
        print(f"{report.file}: its mistakes are said above")


def _new(faults: list[Fault], said: set[tuple[str, ...]]) -> list[Fault]:
    """What was not said before, of a farm that several scenarios name."""
    found = []
    for fault in faults:
        place = fault.place
        key = (os.path.realpath(place.file), str(place.line), str(place.column)) if place else ()
        if (*key, fault.message) not in said:
            said.add((*key, fault.message))
            found.append(fault)
    return found


def _located(fault: Fault) -> Json:
    place = fault.place
    return {
        "file": place.file if place else "", "line": place.line if place else 0,
        "column": place.column if place else 0, "message": fault.message, "kind": fault.kind or "mistake",
    }  # fmt: skip


def _sarif(mistakes: list[Fault], warnings: list[Fault]) -> Json:
    """Mistakes and warnings as a log of SARIF 2.1.0."""
    results: list[Json] = []
    for level, faults in (("error", mistakes), ("warning", warnings)):
        for fault in faults:
            its = _located(fault)
            region = {"startLine": max(1, int(its["line"])), "startColumn": max(1, int(its["column"]))}
            where = {"artifactLocation": {"uri": Path(str(its["file"])).as_posix()}, "region": region}
            results.append({"ruleId": its["kind"], "level": level, "message": {"text": fault.message},
                            "locations": [{"physicalLocation": where}]})  # fmt: skip
    rules = [{"id": kind} for kind in sorted({str(r["ruleId"]) for r in results})]
    tool = {"driver": {"name": "twin check", "version": VERSION, "rules": rules}}
    return {
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{"tool": tool, "results": results}],
    }
