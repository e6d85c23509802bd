"""What a check tells the officer who ran it."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from casework.check_report import CheckReport
from casework.register_file import read_register
from casework.schools import SchoolRecord
from states.progress import Evaluation, Outcome


@pytest.fixture
def school(register: Callable[..., Path]) -> SchoolRecord:
    [found] = read_register(register({"name": "Up | Down & <b>Over</b> *School*"}))
    assert isinstance(found, SchoolRecord)
    return found


@pytest.fixture
def report(school: SchoolRecord) -> CheckReport:
    made = CheckReport(half_term="2025-26/2", label="second half", on=date(2025, 12, 1), cases=54, monitored=1)
    made.request([{"not_emailed": ""}, {"not_emailed": "No email address."}])
    made.evaluate(school, "2025-26/1", Evaluation(Outcome.OFF_TRACK, ("Reading: low.",)))
    made.flag_missing(school, "2025-26/2", date(2025, 11, 20))
    made.propose(school, "raise_concern", "Off track", ("Reading: low.",))
    return made


def test_reports_add_up(report: CheckReport) -> None:
    twice = report.plus(report)
    assert (twice.cases, twice.requested, twice.letters_drafted, len(twice.proposed)) == (108, 2, 4, 2)
    assert twice.outcomes == {"off_track": 2, "missing": 2}
    assert twice.not_emailed == {"No email address.": 2}


def test_adding_leaves_both_reports_as_they_were(report: CheckReport) -> None:
    before = report.as_dict()
    report.plus(report)
    assert report.as_dict() == before


def test_report_is_plain_json(report: CheckReport) -> None:
    data = json.loads(json.dumps(report.as_dict()))
    assert data["outcomes"] == {"off_track": 1, "missing": 1}
    assert (data["on"], data["not_emailed"]) == ("2025-12-01", {"No email address.": 1})


@pytest.mark.parametrize(
    "line",
    [
        "| Returns asked for now | 1 |",
        "| Returns off track | 1 |",
        "| Returns missing | 1 |",
        "| Letters for post only: No email address. | 1 |",
    ],
)
def test_page_counts_what_happened(report: CheckReport, line: str) -> None:
    assert line in report.as_markdown().splitlines()


def test_page_names_each_move_proposed(report: CheckReport) -> None:
    [row] = [line for line in report.as_markdown().splitlines() if "raise_concern" in line]
    assert row.endswith("| Raise a concern (`raise_concern`) | Off track. Reading: low. |")


def test_name_of_a_school_cannot_break_the_table(report: CheckReport) -> None:
    [row] = [line for line in report.as_markdown().splitlines() if "raise_concern" in line]
    assert r"Up \| Down &amp; \<b\>Over\</b\> \*School\*" in row


def test_page_of_a_run_is_kept(report: CheckReport, tmp_path: Path) -> None:
    path = report.save(tmp_path / "reports")
    assert path.name == "check-2025-26-2-on-2025-12-01.md"
    assert path.read_text(encoding="utf-8") == report.as_markdown()


def test_idle_run_leaves_the_page_before_it(report: CheckReport, tmp_path: Path) -> None:
    page = report.save(tmp_path).read_text(encoding="utf-8")
    idle = CheckReport(half_term=report.half_term, label=report.label, on=report.on, cases=54)
    assert idle.save(tmp_path).read_text(encoding="utf-8") == page


def test_report_comes_back_from_json_whole(report: CheckReport) -> None:
    sealed = report.plus(report)
    sealed.seal = "Sealed as number 3."
    again = CheckReport.from_dict(json.loads(json.dumps(sealed.as_dict(), default=str)))
    assert again == sealed
    assert again.plus(report).as_dict() == sealed.plus(report).as_dict()
