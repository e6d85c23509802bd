"""The made-up authority in demo/: what its files are said to hold, they hold."""

import runpy
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from casework.lists import AllocationRow, ContactRow, ReturnRow, read_allocations, read_contacts, read_returns
from casework.register_file import read_register
from casework.rows import Rejected
from casework.schools import SchoolRecord, SchoolStatus
from states.half_terms import load_calendar
from states.policy import load_policy
from states.progress import Outcome, evaluate

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo"
MEASURES = ("reading", "writing", "english", "mathematics")


def schools() -> dict[int, SchoolRecord]:
    found = read_register(DEMO / "register.csv", "999")
    return {item.urn: item for item in found if isinstance(item, SchoolRecord)}


def monitored() -> set[int]:
    return {s.urn for s in schools().values() if s.is_open and s.rating in {"Requires improvement", "Inadequate"}}


def returns() -> list[ReturnRow]:
    return [
        item
        for item in read_returns(
            DEMO / "returns.csv", schools(), ("2025-26/1", "2025-26/2"), MEASURES, date(2026, 1, 20)
        )
        if isinstance(item, ReturnRow)
    ]


def test_register_has_sixty_schools() -> None:
    assert sorted(schools()) == list(range(990001, 990061))


def test_register_has_three_rejections() -> None:
    found = read_register(DEMO / "register.csv", "999")
    rejected = [(item.line, item.field) for item in found if isinstance(item, Rejected)]
    assert rejected == [(33, "row"), (46, "OpenDate"), (65, "URN")]


def test_register_has_two_schools_of_another_authority() -> None:
    found = read_register(DEMO / "register.csv", "998")
    assert len([item for item in found if isinstance(item, SchoolRecord)]) == 2


def test_register_has_every_kind_of_school() -> None:
    kinds = {school.type_code for school in schools().values()}
    assert kinds == {"01", "02", "03", "05", "07", "11", "12", "14", "15", "18", "28", "34", "35", "40", "44"}


def test_register_has_every_status() -> None:
    statuses = Counter(school.status for school in schools().values())
    assert statuses == {
        SchoolStatus.OPEN: 56,
        SchoolStatus.CLOSED: 2,
        SchoolStatus.PROPOSED_TO_CLOSE: 1,
        SchoolStatus.PROPOSED_TO_OPEN: 1,
    }


def test_register_has_every_rating() -> None:
    ratings = Counter(school.rating for school in schools().values() if school.is_open)
    assert ratings == {"Good": 22, "Requires improvement": 20, "Outstanding": 6, "": 5, "Inadequate": 4}


@pytest.mark.parametrize(
    ("urn", "name"),
    [
        (990009, "Netherwick Community Primary School"),
        (990010, "Upfleet | Downfleet Federation Primary School"),
        (990016, "St Brénainn’s Catholic Primary School"),
        (990019, "St Mary's & All Angels <Junior>"),
        (990038, "The “Old Granary” Nursery School"),
    ],
)
def test_awkward_names_are_read_as_written(urn: int, name: str) -> None:
    assert schools()[urn].name == name


def test_contacts_have_one_rejection() -> None:
    found = list(read_contacts(DEMO / "contacts.csv", schools()))
    rejected = [(item.line, item.field) for item in found if isinstance(item, Rejected)]
    urns = {item.urn for item in found if isinstance(item, ContactRow)}
    assert rejected == [(72, "email")]
    assert len(urns) == 50
    assert urns <= set(schools())


def test_returns_are_of_monitored_schools() -> None:
    by_half_term = Counter(row.half_term for row in returns())
    assert {row.urn for row in returns()} <= monitored()
    assert (len(monitored()), by_half_term) == (24, {"2025-26/1": 23, "2025-26/2": 22})


def test_returns_come_after_their_half_term() -> None:
    calendar = load_calendar()
    assert all(row.received > calendar.half_term(row.half_term).closes for row in returns())


@pytest.mark.parametrize("half_term", ["2025-26/1", "2025-26/2"])
def test_returns_show_every_outcome(half_term: str) -> None:
    policy, register = load_policy("norfolk-2013"), schools()
    outcomes = {
        evaluate(row.figures, policy.measures_for(register[row.urn].phase), policy.monitoring.minimum_pupils).outcome
        for row in returns()
        if row.half_term == half_term
    }
    assert outcomes == {Outcome.ON_TRACK, Outcome.OFF_TRACK, Outcome.INSUFFICIENT}


def test_allocations_are_of_schools_requiring_improvement() -> None:
    found = [item for item in read_allocations(DEMO / "allocations.csv", schools()) if isinstance(item, AllocationRow)]
    assert len(found) == 6
    assert {schools()[row.urn].rating for row in found} == {"Requires improvement"}


def test_made_register_is_repeatable_and_sound(tmp_path: Path) -> None:
    write_register = runpy.run_path(str(ROOT / "benchmarks" / "made_register.py"))["write_register"]
    for name in ("first.csv", "second.csv"):
        write_register(tmp_path / name, 200, seed=7)
    assert (tmp_path / "first.csv").read_bytes() == (tmp_path / "second.csv").read_bytes()
    assert len([item for item in read_register(tmp_path / "first.csv") if isinstance(item, SchoolRecord)]) == 200
