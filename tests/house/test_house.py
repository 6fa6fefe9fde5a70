"""House rules that linters cannot see: sizes, what the model's arithmetic may use, clocks, mocks, machine paths.

Every rule has its control: planted source that the same checker must catch.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import house_rules as rules
import pytest

from tests import mutants
from twin.engine.checks import check_file
from twin.engine.compile import open_model
from twin.language.files import Files, shipped, shipped_farms

ROOT = Path(__file__).resolve().parents[2]
OURS = sorted([*(ROOT / "twin").rglob("*.py"), *(ROOT / "tui").rglob("*.py")])
MODEL = [path for path in OURS if path.relative_to(ROOT).parts[1] in rules.MODEL_ROOMS]
AROUND = sorted([*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])
CLI = ROOT / "twin" / "cli"
PACER = ROOT / "twin" / "engine" / "live.py"  # outside the deterministic function: it says when, never what

LONGEST_FILE = 400
LONGEST_FUNCTION = 70
MAY_BREAK_LINK_RULE = {
    "LICENSE",
    "tests/oracles/shared.jsonl",
    "twin/physics/published.jsonl",
    "twin/physics/substances.yaml",
}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _broken(paths: list[Path], rule: Callable[[str], list[str]]) -> list[str]:
    return [f"{_name(path)}:{what}" for path in paths for what in rule(path.read_text(encoding="utf-8"))]


def _longer(lengths: dict[str, int], most: int) -> list[str]:
    return [f"{name} has {n} lines" for name, n in lengths.items() if n > most]


def _tracked() -> dict[str, str]:
    """Every text file that git keeps, by name."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    texts = {}
    for name in filter(None, listed.split("\0")):
        raw = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b"\0"
        if b"\0" not in raw:
            texts[name] = raw.decode("utf-8")
    return texts


def test_the_rooms_are_where_the_rules_look() -> None:
    assert {_name(path).split("/")[1] for path in MODEL} == set(rules.MODEL_ROOMS)
    assert len(MODEL) > 20


def test_every_package_but_the_door_has_an_empty_init() -> None:
    inits = [path for path in OURS if path.name == "__init__.py"]
    full = [_name(path) for path in inits if path.read_text(encoding="utf-8").strip()]
    assert full == ["twin/__init__.py"]
    folders = {path.parent for path in OURS}
    assert folders == {path.parent for path in inits}


def test_no_file_is_long() -> None:
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in OURS}
    assert _longer(lengths, LONGEST_FILE) == []


def test_no_function_is_long() -> None:
    lengths = {
        f"{_name(path)} {function}": lines
        for path in OURS
        for function, lines in rules.function_lengths(path.read_text(encoding="utf-8")).items()
    }
    assert _longer(lengths, LONGEST_FUNCTION) == []


def test_what_is_long_is_caught() -> None:
    body = "    x = 1\n" * 70
    source = f"def short(): ...\nclass C:\n  async def f(self):\n{body}"
    assert _longer(rules.function_lengths(source), LONGEST_FUNCTION) == ["f has 71 lines"]
    assert _longer({"twin/a.py": LONGEST_FILE, "twin/b.py": LONGEST_FILE + 1}, LONGEST_FILE) == [
        "twin/b.py has 401 lines"
    ]


def test_the_model_computes_with_exact_operations_alone() -> None:
    assert _broken(MODEL, rules.arithmetic) == []


@pytest.mark.parametrize(
    "planted",
    [
        "y = x ** 2", "x **= 0.5", "TINY = 2.0**-53", "y = a @ b", "a @= b",
        "import math\ny = math.exp(x)", "from math import log", "import math as m\ny = m.sin(x)", "from math import pow as p",
        "import math\ny = math.hypot(a, b)", "import math\nf = math.tanh", "import math\ny = math.log1p(x)",
        "import numpy as np\ny = np.exp(x)", "import numpy as np\ny = np.log10(x)", "import numpy\ny = numpy.cos(x)",
        "from numpy import tanh", "import numpy as np\ny = np.power(x, 1.5)", "import numpy as np\ny = np.cbrt(x)",
        "import numpy as np\ny = np.hypot(a, b)", "import numpy as np\ny = np.arctan2(a, b)", "import numpy as np\nf = np.expm1",
        "import numpy as np\ny = np.dot(a, b)", "import numpy as np\ny = np.matmul(a, b)", "y = a.dot(b)",
        "import numpy as np\ny = np.einsum('ij,j', a, b)", "import numpy as np\ny = np.linalg.norm(a)",
        "from numpy.linalg import solve", "from numpy import linalg", "import numpy.fft as f\ny = f.rfft(x)",
        "import numpy as np\ny = np.vdot(a, b)", "import numpy as np\ny = np.inner(a, b)", "import numpy as np\ny = np.tensordot(a, b)",
        "import random", "from random import gauss", "import numpy as np\nr = np.random.default_rng(1)",
        "from numpy.random import Generator", "import statistics", "from statistics import NormalDist",
        "k = hash(name)", "y = pow(x, 2)", "import time\nt = time.time()",
        "import datetime\nt = datetime.datetime.now()", "from datetime import datetime\nt = datetime.now()",
        "import datetime as dt\nt = dt.date.today()", "import numpy as np\ni = np.argsort(x)", "i = x.argsort(axis=-1)",
        "import numpy as np\ni = np.argsort(x, kind='quicksort')", "y = x[::-1]", "y = x[:, ::-1]", "y = x[5:2:-1]",
        "import numpy as np\ny = np.flip(x)", "import numpy as np\ny = np.partition(x, 3)",
    ],
)  # fmt: skip
def test_inexact_arithmetic_is_caught(planted: str) -> None:
    within = f"def step(x, a, b):\n    {planted.splitlines()[-1]}\n"
    assert len(rules.arithmetic(planted)) >= 1
    assert len(rules.arithmetic("\n".join([*planted.splitlines()[:-1], within]))) >= 1


@pytest.mark.parametrize(
    "sound",
    [
        "import math\ny = math.ceil(math.fsum(x)) + math.floor(z) if math.isfinite(z) else 0",
        "import numpy as np\ni = np.argsort(x, kind='stable')\ny = np.sqrt(x) + x.sum(axis=-1)",
        "from twin.base import elementary\ny = elementary.exp(x) * elementary.power(x, 1.5)",
        "def f(*a, **k):\n    return g(*a, **{**k})", "y = x[::2]", "y = x[-1]", "head, dot, rest = name.partition('.')",
        "@decorated\ndef f(): ...", "import datetime\nt = datetime.datetime.fromisoformat(text)", "time = step.time()",
    ],
)  # fmt: skip
def test_sound_source_is_let_through(sound: str) -> None:
    assert rules.arithmetic(sound) == []


def test_only_the_command_line_reads_the_wall_clock() -> None:
    assert _broken([path for path in OURS if CLI not in path.parents], rules.clocks) == []


def test_only_the_pacer_of_a_live_drill_measures_wall_time() -> None:
    assert _broken([path for path in MODEL if path != PACER], rules.wall_time) == []


def test_a_measured_wall_time_is_caught() -> None:
    for planted in ("import time\ntime.monotonic()", "from time import sleep", "import time as t\nt.perf_counter()"):
        assert rules.wall_time(planted)
    assert not rules.wall_time("time = step.time()\nx.time.monotonic()")


def test_a_wall_clock_is_caught() -> None:
    for planted in (
        "import time\ntime.time()",
        "from datetime import datetime as d\nd.now()",
        "import datetime\ndatetime.date.today()",
    ):
        assert rules.clocks(planted)
    assert not rules.clocks("import time\ntime.monotonic()")


def test_nothing_is_mocked() -> None:
    assert _broken([*OURS, *AROUND], rules.mocks) == []


def test_a_mock_is_caught() -> None:
    for planted in (
        "import unittest.mock",
        "from unittest import mock",
        "from unittest.mock import patch as p",
        "import mock",
        "import pytest_mock",
    ):
        assert rules.mocks(planted)
    assert not rules.mocks("mock = 1\nmock.x = 2")


@pytest.mark.parametrize("path", sorted(shipped().glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_scenario_loads(path: Path) -> None:
    model, meaning = open_model(Files(), str(path), [])
    assert model.spec.lasts_s > 0
    assert len(meaning) == 64


@pytest.mark.parametrize("name", shipped_farms())
def test_every_shipped_farm_loads(name: str) -> None:
    assert check_file(name).mistakes == []


def test_a_scenario_with_a_slip_does_not_load(tmp_path: Path) -> None:
    slipped = tmp_path / "slipped.yaml"
    slipped.write_text("scenario: A slip\nfarm: harbour\nstarts: 2026-01-12 10:00\nlasts: 12 mim\n", encoding="utf-8")
    assert check_file(str(slipped)).mistakes


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    found = {
        name: paths for name, text in _tracked().items() if name != "LICENSE" and (paths := rules.machine_paths(text))
    }
    assert found == {}


def test_no_tracked_file_names_a_package_index() -> None:
    texts = {name: text for name, text in _tracked().items() if name not in MAY_BREAK_LINK_RULE}
    assert len(texts) > 50
    assert {name: links for name, text in texts.items() if (links := rules.package_indexes(text))} == {}


# the planted names are put together here, since this file is tracked too
@pytest.mark.parametrize("folder", ["work", "root", "tmp", "home/ann"])
@pytest.mark.parametrize("before", ["", " ", '"', "'", "=", "file://", ":", "`", "("])
def test_a_path_of_one_machine_is_caught(folder: str, before: str) -> None:
    assert rules.machine_paths(f"cd {before}/{folder}/x")
    assert rules.machine_paths(f"{before}/{folder}")


def test_other_paths_are_let_through() -> None:
    for text in (
        "docs/work.md",
        "https://example.org/work/x",
        "./tmp/x",
        "$ROOT/tmp",
        "/workshop",
        "a/root b/tmp",
        "m3/h",
    ):
        assert not rules.machine_paths(text), text


def test_a_package_index_is_caught() -> None:
    scheme = "https" + "://"
    for host in (
        "py" + "pi.org/project",
        "files.python" + "hosted.org/x",
        "repo.example/simple/",
        "10.0.0.7:8080/x",
        "mirror" + ".example",
    ):
        assert rules.package_indexes(f"-i {scheme}{host} numpy"), host
    assert rules.package_indexes("pip install -" + "-index-url x")
    assert not rules.package_indexes(f"{scheme}json-schema.org/draft/2020-12/schema {scheme}github.com/a/b")


def test_every_planted_mistake_has_its_place() -> None:
    places = {
        its.name: (mutants.ROOT / its.file).read_text(encoding="utf-8").count(its.sound) for its in mutants.MUTANTS
    }
    assert {name: count for name, count in places.items() if count != 1} == {}
