"""Reading the authority's own lists: contacts, returns and allocations."""

from datetime import date
from pathlib import Path

import pytest

from casework.lists import (
    AllocationRow,
    ContactRow,
    ReturnRow,
    is_email,
    read_allocations,
    read_contacts,
    read_returns,
)
from casework.rows import Rejected, UnreadableFile
from notifications.letter import RecipientRole
from states.progress import Figure

OURS = range(990001, 990061)
HALF_TERMS = ("2025-26/1", "2025-26/2")
MEASURES = ("reading", "writing", "mathematics")
RETURN_HEADER = "urn,half_term,measure,pupils,on_track,received"


def written(folder: Path, *lines: str) -> Path:
    file = folder / "list.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def contacts(folder: Path, *lines: str) -> list[ContactRow | Rejected]:
    return list(read_contacts(written(folder, "urn,role,name,email", *lines), OURS))


def returns(folder: Path, *lines: str) -> list[ReturnRow | Rejected]:
    return list(read_returns(written(folder, RETURN_HEADER, *lines), OURS, HALF_TERMS, MEASURES, date(2026, 1, 31)))


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("head", RecipientRole.head),
        ("Headteacher", RecipientRole.head),
        ("Chair of Governors", RecipientRole.chair),
        ("CHAIR", RecipientRole.chair),
        ("Clerk", RecipientRole.clerk),
    ],
)
def test_roles_are_read_as_officers_write_them(tmp_path: Path, word: str, role: RecipientRole) -> None:
    assert contacts(tmp_path, f"990001,{word},Ms A Tate,") == [ContactRow(990001, role, "Ms A Tate", "")]


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        ("12,head,Ms A Tate,", "urn", "five to seven digits"),
        ("990001,caretaker,Ms A Tate,", "role", "head, chair or clerk"),
        ("990001,,Ms A Tate,", "role", "head, chair or clerk"),
        ("990001,head,,", "name", "a name or an email address"),
        ("990001,head,Ms A Tate,tate@example", "email", "not an email address"),
        ("990001,head,Ms A Tate", "row", "3 columns, expected 4"),
    ],
)
def test_bad_contact_is_rejected(tmp_path: Path, line: str, field: str, words: str) -> None:
    [rejected] = contacts(tmp_path, line)
    assert isinstance(rejected, Rejected)
    assert (rejected.line, rejected.field) == (2, field)
    assert words in rejected.problem


def test_second_person_in_a_role_is_rejected(tmp_path: Path) -> None:
    _, second = contacts(tmp_path, "990001,head,Ms A Tate,", "990001,Headteacher,Mr B Poole,")
    assert second == Rejected(3, "role", "Headteacher", "already on line 2")


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("head@school.example.org", True),
        ("o'hara+office@a-b.example", True),
        ("head@@school.example", False),
        ("head@example", False),
        ("head@.example", False),
        ("head.@school.example", False),
        ("hé@school.example", False),
        ("a b@school.example", False),
        ("a,b@school.example", False),
        ("Head <head@school.example>", False),
        ("head@school.example\nBcc: x@y.example", False),
        ("head@school.example\n", False),
        ("x" * 250 + "@a.uk", False),
    ],
    ids=repr,
)
def test_only_one_plain_address_is_an_email(address: str, *, good: bool) -> None:
    assert is_email(address) is good


def test_lines_of_one_return_are_joined(tmp_path: Path) -> None:
    lines = (
        "990001,2025-26/2,reading,30,24,06/01/2026",
        "990002,2025-26/2,reading,20,11,2026-01-06",
        "990001,2025-26/2,Mathematics,30,21,08/01/2026",
    )
    first, second = returns(tmp_path, *lines)
    figures = (Figure("reading", 30, 24), Figure("mathematics", 30, 21))
    assert first == ReturnRow(990001, "2025-26/2", date(2026, 1, 8), figures)
    assert isinstance(second, ReturnRow)


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        ("990001,2025-26/7,writing,30,24,06/01/2026", "half_term", "like 2025-26/2"),
        ("990001,2025-27/2,writing,30,24,06/01/2026", "half_term", "like 2025-26/2"),
        ("990001,2025-26/2,,30,24,06/01/2026", "measure", "needs its measure"),
        ("990001,2025-26/2,writing,30,31,06/01/2026", "on_track", "more pupils on track"),
        ("990001,2025-26/2,writing,-1,0,06/01/2026", "pupils", "a whole number"),
        ("990001,2025-26/2,writing,SUPP,0,06/01/2026", "pupils", "a whole number"),
        ("990001,2025-26/2,writing,,0,06/01/2026", "pupils", "a number of pupils is needed"),
        ("990001,2025-26/2,writing,30,,06/01/2026", "on_track", "a number of pupils is needed"),
        ("990001,2025-26/2,writing,30,24,", "received", "the day on which"),
        ("990001,2025-26/2,writing,30,24,06/01/26", "received", "four digits"),
        ("990001,2025-26/2,reading,30,24,06/01/2026", "measure", "already on line 2"),
    ],
)
def test_rejected_line_leaves_the_rest_of_its_return(tmp_path: Path, line: str, field: str, words: str) -> None:
    rejected, kept = returns(tmp_path, "990001,2025-26/2,reading,30,24,06/01/2026", line)
    assert isinstance(rejected, Rejected)
    assert (rejected.line, rejected.field) == (3, field)
    assert words in rejected.problem
    assert rejected.problem.endswith("the other lines of this return are kept")
    assert isinstance(kept, ReturnRow)


@pytest.mark.parametrize("column", ["Name", "UPN", "Surname", "forename", "Date of birth"])
def test_file_with_pupils_is_refused(tmp_path: Path, column: str) -> None:
    file = written(tmp_path, f"{RETURN_HEADER},{column}", "990001,2025-26/2,reading,30,24,06/01/2026,x")
    with pytest.raises(UnreadableFile, match="send numbers of pupils, not pupils"):
        read_returns(file, OURS, HALF_TERMS, MEASURES, date(2026, 1, 31))


def test_allocations_need_no_date_of_contact(tmp_path: Path) -> None:
    file = written(tmp_path, "urn,partner,first_contact_by", "990002,Ms H Stroud,12/12/2025", "990004,Mr D Quaye,")
    assert list(read_allocations(file, OURS)) == [
        AllocationRow(990002, "Ms H Stroud", date(2025, 12, 12)),
        AllocationRow(990004, "Mr D Quaye", None),
    ]


@pytest.mark.parametrize(
    ("line", "field"), [("990002,,", "partner"), ("990002,Ms H Stroud,31/02/2026", "first_contact_by")]
)
def test_bad_allocation_is_rejected(tmp_path: Path, line: str, field: str) -> None:
    [rejected] = read_allocations(written(tmp_path, "urn,partner,first_contact_by", line), OURS)
    assert isinstance(rejected, Rejected)
    assert rejected.field == field
