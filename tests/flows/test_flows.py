"""The flows on a real Prefect server: the same work as the command line, done once, with pictures of it."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.exceptions import ParameterTypeError

from casework.letters import Selection, approve_letters, list_letters
from casework.office import Office
from casework.unit_of_work import reading
from flows.forms import OPEN_NOW
from flows.half_termly_check import half_termly_check
from flows.send_letters import send_letters

pytestmark = pytest.mark.usefixtures("home")
DAY = date(2026, 1, 20)


def check(half_term: str = "2025-26/2", on: date = DAY) -> dict:
    return asyncio.run(half_termly_check(half_term, on))


async def newest_artifact(key: str) -> str:
    async with get_client() as client:
        found = [artifact for artifact in await client.read_artifacts() if artifact.key == key]
    return str(max(found, key=lambda artifact: artifact.created).data)


def approve_all() -> int:
    office = Office()
    signed = office.stamp("Amara Stone", "Director", None)
    return len(approve_letters(office.engine, Selection(), signed, office.wording).done)


def test_check_proposes_from_the_returns_that_came() -> None:
    assert {one["trigger"] for one in check()["proposed"]} == {"raise_concern"}


def test_second_check_adds_nothing() -> None:
    check()
    again = check()
    assert (again["requested"], again["evaluated"], again["missing"], again["proposed"]) == (0, [], [], [])


def test_check_without_half_term_takes_the_one_open_on_the_day() -> None:
    assert check(OPEN_NOW, date(2025, 12, 8))["half_term"] == "2025-26/2"


def test_nothing_is_checked_while_schools_are_closed() -> None:
    assert check(OPEN_NOW, date(2025, 12, 29)) == {"half_term": None, "on": "2025-12-29", "requested": 0}


def test_unknown_half_term_is_told_those_there_are() -> None:
    with pytest.raises(ParameterTypeError, match=r"half_term: Input should be .*'2025-26/1'"):
        check("2025-26/9")


def test_check_leaves_report_and_pictures(home: Path) -> None:
    check()
    page = (home / "reports" / "check-2025-26-2-on-2026-01-20.md").read_text(encoding="utf-8")
    shown = asyncio.run(newest_artifact("check-2025-26-2"))
    assert page in shown
    assert "stateDiagram-v2" in shown


def test_caseload_artifact_counts_every_school() -> None:
    check()
    assert "Requires improvement" in asyncio.run(newest_artifact("caseload"))


def test_only_approved_letters_are_sent_and_each_once(home: Path) -> None:
    assert asyncio.run(send_letters())["done"] == []
    approved = approve_all()
    assert len(asyncio.run(send_letters())["done"]) == approved == len(list(home.glob("letters/*/*.pdf")))
    assert asyncio.run(send_letters())["done"] == []


def test_one_batch_can_be_sent_alone() -> None:
    approve_all()
    asyncio.run(send_letters("progress_request-2025-26-1"))
    office = Office()
    with reading(office.engine) as session:
        sent = {one["batch"] for one in list_letters(session, Selection(), None) if one["state"] == "sent"}
    assert sent == {"progress_request-2025-26-1"}
