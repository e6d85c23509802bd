"""A working morning: checked once a day, late things named, signatures asked for, and a page of it kept."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.daily import DailyReport, Waiting, last_look, waiting_batches
from casework.unit_of_work import reading
from states.policy import Policy
from tests.casework.post_office import BATCH, PostOffice

Run = Callable[..., Any]


@pytest.fixture
def morning(fenshire: Engine, casework: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`morning("2025-12-01")`: the command, and what it told as JSON."""

    def done(on: str) -> dict[str, Any]:
        ran = casework("daily", "--on", on, "--json")
        assert ran.code == 0, ran.err
        return dict(json.loads(ran.out))

    return done


def without_seals(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: rows for name, rows in found.items() if name != "seal"}


def test_second_look_adds_nothing_and_leaves_the_page(
    morning: Run, fenshire: Engine, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    first = morning("2025-12-01")
    page, once = Path(first["report"]).read_text(encoding="utf-8"), contents(fenshire)
    again = morning("2025-12-01")
    assert (first["check"]["requested"], again["check"]["requested"]) == (24, 0)
    assert contents(fenshire) == once
    assert Path(again["report"]).read_text(encoding="utf-8") == page


def test_morning_after_a_month_names_what_is_late_once(morning: Run) -> None:
    told = {on: morning(on)["late"] for on in ("2025-11-04", "2026-02-16", "2026-02-17")}
    assert [len(late) for late in told.values()] == [0, 1, 0]
    [missed] = told["2026-02-16"]
    assert missed == (
        "First half of the spring term 2025 to 2026 (2025-26/3), open from 6 January 2026 to 13 February 2026: "
        "no return was asked for while it was open."
    )


def test_second_look_of_a_day_names_what_the_first_one_named(morning: Run) -> None:
    morning("2025-11-04")
    assert morning("2026-02-16")["late"] == morning("2026-02-16")["late"] != []


def test_nothing_is_checked_while_schools_are_closed(morning: Run) -> None:
    told = morning("2025-12-29")
    assert told["check"] is None
    page = Path(told["report"]).read_text(encoding="utf-8")
    assert "Schools are closed: no return is asked for." in page
    assert "This is the first look." in page


def test_page_tells_what_waits_for_a_signature_and_what_is_due(morning: Run) -> None:
    morning("2025-11-04")
    told = morning("2025-12-01")
    page = Path(told["report"]).read_text(encoding="utf-8")
    assert {"batch": BATCH, "letters": 48} in told["waiting"]
    assert f"- {BATCH}: 48 letter(s) to be signed" in page
    assert "Last looked on 4 November 2025." in page
    assert [line for line in page.splitlines() if line.startswith("# ")] == ["# 1 December 2025"]


def test_batch_is_a_link_where_it_can_be_signed() -> None:
    report = DailyReport(on=date(2025, 12, 1), since=None, waiting=[Waiting(BATCH, "progress_request", 2, True)])
    page = report.as_markdown({BATCH: "/v2/runs/flow-run/1"})
    assert f"- [{BATCH}: 2 letter(s) to be signed, by a second officer](/v2/runs/flow-run/1)" in page


def test_signed_and_stopped_letters_wait_for_nobody(office: PostOffice, policy: Policy) -> None:
    with reading(office.engine) as session:
        assert [one for one in waiting_batches(session, policy) if one.batch == BATCH] == []


@pytest.mark.parametrize(
    ("names", "looked"),
    [
        ([], None),
        (["daily-on-2025-11-04.md", "daily-on-2025-11-10.md"], "2025-11-10"),
        (["daily-on-2025-12-01.md", "daily-on-2025-12-02.md"], None),
        (["daily-on-2025-11-04.md.bak", "my daily-on-2025-11-05.md", "daily-on-later.md"], None),
        (["daily-on-2025-11-04.md", "check-2025-26-2-on-2025-11-20.md"], "2025-11-04"),
    ],
    ids=["none", "the newest", "of the day and after", "other files", "other reports"],
)
def test_last_look_is_the_newest_page_from_before(tmp_path: Path, names: list[str], looked: str | None) -> None:
    for name in names:
        (tmp_path / name).touch()
    found = last_look(tmp_path, date(2025, 12, 1))
    assert (found.isoformat() if found else None) == looked


def test_no_look_where_there_is_no_folder(tmp_path: Path) -> None:
    assert last_look(tmp_path / "reports", date(2025, 12, 1)) is None
