"""Facts as officers type them, and as an event keeps them."""

import re
from datetime import date

import pytest

from states.facts import (
    FROM_THE_RECORD,
    STATED,
    EligibilityGround,
    Facts,
    NotAFact,
    NoticeOutcome,
    as_record,
    read_fact,
)
from states.school_types import Sector

DAY = date(2013, 11, 18)
READ = [
    ("inspected_on", "2013-11-18", DAY),
    ("academy_order_on", "2013-11-18", DAY),
    ("revoked_on", "2013-11-18", DAY),
    ("opened_on", "2013-11-18", DAY),
    ("closed_on", "2012-02-29", date(2012, 2, 29)),
    ("audit_outcome", "Leadership is weak", "Leadership is weak"),
    ("checked_by", "Ms Tate", "Ms Tate"),
    ("notice_complete", "yes", True),
    ("notice_complete", "Yes", True),
    ("notice_complete", "true", True),
    ("notice_complete", "no", False),
    ("notice_complete", "FALSE", False),
    *(("notice_outcome", outcome.value, outcome) for outcome in NoticeOutcome),
    *(("eligible_under", ground.value, ground) for ground in EligibilityGround),
]


@pytest.mark.parametrize(("name", "written", "value"), READ, ids=[f"{name}={written}" for name, written, _ in READ])
def test_fact_is_read_as_its_kind(name: str, written: str, value: object) -> None:
    read = read_fact(name, written)
    assert read == value
    assert type(read) is type(value)


def test_every_fact_an_officer_states_is_read() -> None:
    assert {name for name, _, _ in READ} == STATED.keys()


@pytest.mark.parametrize(
    ("name", "written", "sentence"),
    [
        ("inspected_on", "18/11/2013", "inspected_on is a date such as 2013-11-18, not '18/11/2013'."),
        ("inspected_on", "2013-02-30", "inspected_on is a date such as 2013-11-18, not '2013-02-30'."),
        ("closed_on", "", "closed_on is a date such as 2013-11-18, not ''."),
        ("notice_complete", "maybe", "notice_complete is answered with yes or no, not 'maybe'."),
        ("notice_complete", "1", "notice_complete is answered with yes or no, not '1'."),
        (
            "notice_outcome",
            "expired",
            "notice_outcome is one of complied, withdrawn, not_confirmed, lapsed, not 'expired'.",
        ),
        ("eligible_under", "s59", "eligible_under is one of s60, s60A, s61, s62, not 's59'."),
    ],
)
def test_unreadable_fact_is_told_what_would_be(name: str, written: str, sentence: str) -> None:
    with pytest.raises(NotAFact, match=f"^{re.escape(sentence)}$"):
        read_fact(name, written)


@pytest.mark.parametrize(
    "name", ["sector", "came_from", "last_moved_on", "drafted_by", "actor", "evidence", "weather", ""]
)
def test_officer_cannot_state_what_the_record_knows(name: str) -> None:
    with pytest.raises(NotAFact, match=r"The facts you can state: academy_order_on, .*revoked_on\.$"):
        read_fact(name, "yes")


def test_facts_from_the_record_are_facts() -> None:
    assert set(Facts.__slots__) >= FROM_THE_RECORD
    assert FROM_THE_RECORD.isdisjoint(STATED)


@pytest.mark.parametrize(("name", "written", "value"), READ, ids=[f"{name}={written}" for name, written, _ in READ])
def test_recorded_fact_reads_back_as_stated(name: str, written: str, value: object) -> None:
    kept = as_record(Facts(**{name: value}))  # type: ignore[arg-type]  # one fact, by name
    assert {one: read_fact(one, str(word)) for one, word in kept.items()} == ({name: value} if value else {})


def test_record_of_facts_is_plain_and_only_what_was_stated() -> None:
    facts = Facts(
        sector=Sector.MAINTAINED,
        came_from="inadequate",
        last_moved_on=DAY,
        drafted_by="Ms Tate",
        actor="Mr Lark",
        evidence="Visit",
        notice_complete=True,
        closed_on=DAY,
    )
    assert as_record(facts) == {"notice_complete": True, "closed_on": "2013-11-18"}
