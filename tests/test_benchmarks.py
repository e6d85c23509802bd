"""The benchmarks run, compare like with like, and print what the README's figures are taken from."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.postgresql import Server

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
    assert [one["limit"] for one in check["claims"]] == ["at most 4", "at least 15", "at most 2.2"]
    assert all(one["peak_mib"] > 0 for one in check["caseloads"])


def test_record_benchmark_answers_and_proves_a_made_record() -> None:
    record = measured("record.py", "--schools", "40", "--half-terms", "6")
    assert [record["verify"][what] for what in ("cases", "events", "seals")] == [40, 240, 6]
    assert {one["what"].partition(", ")[2] for one in record["as_of"]} == {"early day", "middle day", "late day"}


def test_load_benchmark_loads_first_and_finds_nothing_new_again() -> None:
    load = measured("load.py", "--schools", "300")
    new = {one["name"]: one["schools"] for one in load["pieces"]}
    assert new == {"read": 0, "one_authority": 2, "again": 0, "everything": 300, "everything_again": 0}


@pytest.mark.postgresql
@pytest.mark.parametrize("script", ["check.py", "load.py", "record.py"])
def test_benchmarks_run_on_postgresql_too(script: str, postgresql: Server) -> None:
    small = ("--half-terms", "3") if script == "record.py" else ()
    ran = measured(script, "--schools", "30", "--postgresql", postgresql.url("postgres"), *small)
    assert ran["store"] == "PostgreSQL"


def test_letters_benchmark_makes_every_letter_and_says_what_it_left_out() -> None:
    letters = measured("letters.py", "--letters", "12", "--long-run", "40")
    names = [one["name"] for one in letters["pieces"]]
    assert names == ["typst", "one_thread"] + ["weasyprint"] * (not letters["left_out"])
    assert all(one["per_second"]["min"] > 0 and one["cpu_ms"]["min"] > 0 for one in letters["pieces"])
    assert [one["limit"] for one in letters["claims"]] == [100, *([] if letters["left_out"] else [8, 8]), 1.1]
    assert letters["memory"]["peak_mib"] >= letters["memory"]["first_mib"] > 0


def test_command_starts_within_its_limit() -> None:
    start = measured("start.py")
    assert start["met"], start["seconds"]


def test_move_costs_at_most_twice_the_bare_library() -> None:
    moved = measured("advance.py", "--rounds", "10")
    assert moved["met"], moved


@pytest.mark.postgresql
def test_workers_benchmark_measures_each_way_of_spreading_a_check() -> None:
    spread = measured("workers.py", "--schools", "60", "--sample", "10")
    assert set(spread["seconds"]) > {"plain", "flow", "each"}
    assert all(took["min"] > 0 for took in spread["seconds"].values())
    assert len(spread["ratios"]) == len(spread["seconds"]) - 2
