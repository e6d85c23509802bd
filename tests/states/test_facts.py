"""Facts as officers type them, and as an event keeps them."""

import re
from datetime import date

import pytest

from states.facts import (
    FROM_THE_RECORD,
    STATED,
    Facts,
    NotAFact,
    NoticeOutcome,
    PowerSection,
    as_record,
    read_fact,
)
from states.law.inspections import InadequateAs
from states.law.notices import Content, Copy, Ground, NoticeKind
from states.law.powers import Door
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
    ("given_on", "2013-11-18", DAY),
    ("period_ends", "2013-11-18", DAY),
    ("represented_on", "2013-11-18", DAY),
    ("decided_on", "2013-11-18", DAY),
    ("intention_notified_on", "2013-11-18", DAY),
    ("secretary_notice_on", "2013-11-18", DAY),
    ("consulted_on", "2013-11-18", DAY),
    ("consented_on", "2013-11-18", DAY),
    ("received_on", "2013-11-18", DAY),
    ("agreed_on", "2013-11-18", DAY),
    *((name, "2013-11-18", DAY) for name in ("reported_on", "statement_sent_on", "complied_on", "term_ends", "due_on")),
    ("notice_permitted_on", "2013-11-18", DAY),
    ("kind", "s60", NoticeKind.S60),
    ("kind", "s60A", NoticeKind.S60A),
    *(("inadequate_as", one.value, one) for one in InadequateAs),
    ("partner", "Rosalind Achterberg", "Rosalind Achterberg"),
    ("activity", "Coaching in phonics", "Coaching in phonics"),
    ("sponsor", "Bittern Fen Trust", "Bittern Fen Trust"),
    ("grounds", "safety, breakdown", (Ground.SAFETY, Ground.BREAKDOWN)),
    ("grounds", "", ()),
    ("grounds", " , ", ()),
    ("contents", "matters,action_required", (Content.MATTERS, Content.ACTION_REQUIRED)),
    ("copies", "head_teacher", (Copy.HEAD_TEACHER,)),
    *(("section", section.value, section) for section in PowerSection),
    *(("notice_outcome", outcome.value, outcome) for outcome in NoticeOutcome),
    *(("eligible_under", ground.value, ground) for ground in Door),
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
        ("period_ends", "soon", "period_ends is a date such as 2013-11-18, not 'soon'."),
        ("grounds", "safety, gossip", "grounds is one of low_standards, breakdown, safety, not 'gossip'."),
        ("section", "67", "section is one of 63, 64, 65, 66, not '67'."),
        (
            "notice_outcome",
            "expired",
            "notice_outcome is one of complied, withdrawn, not_confirmed, lapsed, superseded, not 'expired'.",
        ),
        ("eligible_under", "s59", "eligible_under is one of s60, s60A, s61, s62, not 's59'."),
    ],
)
def test_unreadable_fact_is_told_what_would_be(name: str, written: str, sentence: str) -> None:
    with pytest.raises(NotAFact, match=f"^{re.escape(sentence)}$"):
        read_fact(name, written)


@pytest.mark.parametrize("name", [*sorted(FROM_THE_RECORD), "weather", ""])
def test_officer_cannot_state_what_the_record_knows(name: str) -> None:
    with pytest.raises(NotAFact, match=r"The facts you can state: academy_order_on, .*term_ends\.$"):
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
        grounds=(Ground.SAFETY, Ground.BREAKDOWN),
        closed_on=DAY,
    )
    assert as_record(facts) == {"grounds": "safety,breakdown", "closed_on": "2013-11-18"}
