"""A progress line on stderr when that is a terminal; silence otherwise."""

import sys
import time

_WIDTH = 32


class Progress:
    """`show` a share between 0 and 1; redraws at most ten times a second."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.shown = sys.stderr.isatty()
        self.last = 0.0

    def show(self, share: float) -> None:
        now = time.monotonic()
        if not self.shown or (now - self.last < 0.1 and share < 1.0):
            return
        self.last = now
        full = round(_WIDTH * min(max(share, 0.0), 1.0))
        sys.stderr.write(f"\r{self.title} [{'#' * full}{'.' * (_WIDTH - full)}] {100 * share:3.0f} %")
        sys.stderr.flush()

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\r" + " " * (len(self.title) + _WIDTH + 10) + "\r")
            sys.stderr.flush()
