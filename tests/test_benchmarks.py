"""The benchmarks run, compare like with like, and print what the README's figures are taken from."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

pytestmark = pytest.mark.slow


def measured(script: str, *options: str) -> dict[str, Any]:
    command = [sys.executable, str(BENCHMARKS / script), "--rounds", "1", "--json", *options]
    result: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return result


@pytest.fixture(scope="module")
def check() -> dict[str, Any]:
    return measured("check.py", "--schools", "200")


def test_check_benchmark_checks_every_school(check: dict[str, Any]) -> None:
    sizes = [(one["schools"], one["checked"], one["letters"]) for one in check["caseloads"]]
    assert sizes == [(200, 200, 400), (400, 400, 800)]


def test_check_benchmark_times_each_piece(check: dict[str, Any]) -> None:
    compared, doubled = check["caseloads"]
    assert set(compared["seconds"]) == {"check", "again", "raw", "raw_at_once", "per_case"}
    assert set(doubled["seconds"]) == {"check", "again"}
    assert all(took["min"] > 0 for one in (compared, doubled) for took in one["seconds"].values())


def test_check_benchmark_states_claims_and_memory(check: dict[str, Any]) -> None:
    assert [one["limit"] for one in check["claims"]] == ["at most 6", "at least 8", "at most 2.3"]
    assert all(one["peak_mib"] > 0 for one in check["caseloads"])


def test_command_starts_within_its_limit() -> None:
    start = measured("start.py")
    assert start["met"], start["seconds"]


def test_move_costs_at_most_twice_the_bare_library() -> None:
    moved = measured("advance.py", "--rounds", "10")
    assert moved["met"], moved
