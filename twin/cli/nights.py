"""`make drill`: First watch at a terminal; without one the Buncefield night, nobody acting, and the same night saved."""

import sys
import time

from twin.cli.main import main
from twin.cli.progress import Progress
from twin.cli.run import run_file, summary
from twin.debrief import outcome
from twin.engine import session
from twin.engine.setup import Setup
from twin.seat.briefing import briefing

NIGHTS = (("buncefield-2005", "nobody acts"), ("overfill-saved", "nobody acts, the high switch is healthy"))


def run() -> int:
    """Both nights, one after the other, with story and outcome."""
    for name, what in NIGHTS:
        began = time.monotonic()
        its = session.start(Setup(name, posts="none"), run_file(name), record=False)
        print(f"\n{its.model.spec.title} ({what})\n{briefing(its.model.spec)}\n", flush=True)
        bar = Progress(name)
        while not its.over:
            its.advance(its.tick + 600)
            bar.show(its.tick / its.lasts)
        bar.end()
        its.finish(outcome.sealed)
        print("\n".join(outcome.story(its)))
        print(summary(its))
        assert its.journal is not None
        print(f"  {its.lasts} s lived in {time.monotonic() - began:.1f} s; proof: twin verify {its.journal.path}")
        its.close()
    print("\nTo sit in the control room yourself: make drill at a terminal, or .venv/bin/twin drill")
    return 0


def drill() -> int:
    """`make drill`: First watch at a terminal, the two nights without one."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return main(["drill", "first-watch"])
    return run()


if __name__ == "__main__":
    sys.exit(drill())
