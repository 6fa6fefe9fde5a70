"""The night of Buncefield, the same night saved, and first watch: what the documents say, and what arithmetic says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

AREA_M2 = 490.8739
NIGHT = 19 * 3600


def _run(scenario: str, where: Path, *options: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "twin", "run", scenario, "--json", *options],
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _first(run: dict[str, Any], kind: str) -> int | None:
    return next((int(e["t_s"]) for e in run["events"] if e["kind"] == kind), None)


def _poured_m3(since_s: float) -> float:
    """The documented rate from a moment to 06:01:32: 550 m3/h, rising to 890 between 05:50 and 06:00."""
    total = 0.0
    for t in range(round(since_s), 39692):
        share = min(max((t - (10 * 3600 + 3000)) / 600, 0.0), 1.0)
        total += (550 + 340 * share) / 3600
    return total


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return _run("buncefield-2005", tmp_path_factory.mktemp("night"), "--posts", "none")


def test_overflow_begins_between_0518_and_0537_when_nobody_acts(night: dict[str, Any]) -> None:
    began = _first(night, "overflow")
    assert began is not None
    assert 10 * 3600 + 18 * 60 <= began <= 10 * 3600 + 37 * 60
    assert all(fact["inside"] for fact in night["facts"])


def test_the_spill_is_the_integral_of_the_documented_rate(night: dict[str, Any]) -> None:
    began = _first(night, "overflow")
    assert began is not None
    assert night["totals"]["spilled_m3"] == pytest.approx(_poured_m3(began), rel=0.04)
    assert night["mass_balance_error"] <= 1e-9


def test_the_gauge_froze_and_no_alarm_came(night: dict[str, Any]) -> None:
    assert _first(night, "alarm") is None
    shown = night["signals"]["LT-912"]["last"]
    assert shown == pytest.approx(9.70, abs=0.15)  # accidents A1, run C
    assert {m["mark"]: m["met"] for m in night["marks"]} == {
        "containment": False,
        "detection": False,
        "isolation": False,
        "call and muster": False,
        "environment": True,
        "plant saved": True,
    }


@pytest.mark.parametrize(
    ("setting", "volume_m3", "rate_m3_h", "area_m2"),
    [
        ("T-912.volume=5960 m3", 5960, 550, AREA_M2),
        ("pipeline.flow=700 m3/h", 5940, 700, AREA_M2),
        ("T-912.diameter=25.1 m", 5940, 550, AREA_M2 * 25.1**2 / 25**2),
    ],
)
def test_another_heel_rate_or_diameter_moves_the_time_as_arithmetic_says(
    tmp_path: Path, setting: str, volume_m3: float, rate_m3_h: float, area_m2: float
) -> None:
    """The end of the night alone: nearly full at the start, so that it is over in minutes."""
    settings = ["--set", "T-912.volume=5940 m3", "--set", setting, "--set", "lasts=25 min"]
    run = _run("buncefield-2005", tmp_path, "--posts", "none", *settings)
    due_s = (area_m2 * 12.22 - volume_m3) / rate_m3_h * 3600
    assert _first(run, "overflow") == pytest.approx(due_s, abs=2)


def test_the_plan_spills_nothing_and_doubts_by_0415(tmp_path: Path) -> None:
    run = _run("buncefield-2005", tmp_path, "--posts", "plan")
    assert run["totals"]["spilled_m3"] == 0.0
    doubt = next(e for e in run["events"] if e["kind"] == "command" and e["subject"] == "LT-912")
    assert doubt["clock"] <= "2005-12-11T04:15:00"
    assert run["score"] == "1000000"


@pytest.mark.long
def test_a_healthy_switch_trips_before_anything_spills(tmp_path: Path) -> None:
    run = _run("overfill-saved", tmp_path, "--posts", "none")
    trip, proven = _first(run, "trip"), _first(run, "trip-proven")
    assert trip is not None
    assert proven is not None
    assert trip < proven < 10 * 3600 + 18 * 60
    assert _first(run, "overflow") is None
    assert run["totals"]["spilled_m3"] == 0.0
    assert {m["mark"] for m in run["marks"] if not m["met"]} <= {"detection"}


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_first_watch_is_lost_by_nobody_and_won_by_the_plan(tmp_path: Path, seed: int) -> None:
    lost = _run("first-watch", tmp_path, "--posts", "none", "--seed", str(seed))
    assert {m["mark"] for m in lost["marks"] if not m["met"]} == {"containment", "detection", "isolation"}
    kept = _run("first-watch", tmp_path, "--posts", "plan", "--seed", str(seed))
    assert kept["score"] == "1000000"
    slow = _run("first-watch", tmp_path, "--posts", "slow", "--seed", str(seed))
    assert slow["digest"] != kept["digest"]


def test_world_seven_of_a_campaign_is_the_run_of_world_seven(tmp_path: Path) -> None:
    from pyarrow import parquet

    for block in ("0", "7"):
        command = ["campaign", "first-watch", "--worlds", "20", "--block", block, "--out", f"c{block}", "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "twin", *command], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert json.loads(done.stdout)["worlds"] == 20
    rows = [parquet.read_table(tmp_path / f"c{block}" / "worlds.parquet").to_pylist() for block in ("0", "7")]
    assert rows[0] == rows[1]
    alone = _run("first-watch", tmp_path, "--world", "7")
    assert rows[0][7]["digest"] == alone["digest"]
    assert rows[0][7]["score"] == alone["score"]
    assert len({row["digest"] for row in rows[0]}) == 20
