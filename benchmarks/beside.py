"""The scan of this tree beside that of another: `python -m benchmarks.beside TREE`, such as a worktree of an older commit.

Each round is a process of its own that times both trees' scans in turn with the other's; the figure is the median of the
ratios, so that what else the machine does falls on both.
"""

import statistics
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 20), (400, 20))  # worlds, tanks
ROUNDS = 11
HERE = Path(__file__).resolve().parent.parent

SCAN = """\
import sys, time
from benchmarks import farms
try:
    from twin.engine.scan import Block
except ImportError:
    from twin.engine.block import Block
w, n = int(sys.argv[1]), int(sys.argv[2])
block = Block(farms.model(n), 0, list(range(w)))
block.advance(20)
best = []
for _ in range(7):
    scans = 400 if w == 1 else 40
    began = time.process_time()
    block.advance(block.world.tick + scans)
    best.append((time.process_time() - began) / scans)
print(sorted(best)[len(best) // 2])
"""


def seconds(tree: Path, worlds: int, tanks: int) -> float:
    """Processor time of a scan in a process that imports from a tree."""
    done = subprocess.run(
        [sys.executable, "-c", SCAN, str(worlds), str(tanks)], cwd=tree, capture_output=True, text=True, check=True,
        # room at the top of the heap: else how its pages happen to lie moves 400 worlds by a third, one way, in every round
        env={"PYTHONPATH": str(tree), "PATH": "", "MALLOC_TOP_PAD_": str(1 << 26)},
    )  # fmt: skip
    return float(done.stdout)


def main(other: Path) -> None:
    for worlds, tanks in SIZES:
        ratios, ours, theirs = [], [], []
        for _ in range(ROUNDS):
            theirs.append(seconds(other, worlds, tanks))
            ours.append(seconds(HERE, worlds, tanks))
            ratios.append(ours[-1] / theirs[-1])
        us, them = (statistics.median(t) * 1e6 for t in (ours, theirs))
        print(f"W={worlds:4} N={tanks:3}: {us:8.1f} us beside {them:8.1f} us, ratio {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
