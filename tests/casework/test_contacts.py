"""Taking in the authority's own list of heads, chairs and clerks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from casework.caseload import school_case
from casework.contacts import load_contacts
from casework.record import Stamp
from casework.tables import Contact
from casework.unit_of_work import reading
from notifications.letter import RecipientRole

DEMO = Path(__file__).parents[2] / "demo" / "contacts.csv"
HEADER = "urn,role,name,email"


def people(engine: Engine, urn: int) -> dict[str, tuple[str, str]]:
    query = select(Contact.role, Contact.name, Contact.email).where(Contact.urn == urn)
    with engine.connect() as connection:
        return {role: (name, email) for role, name, email in connection.execute(query)}


def test_second_load_changes_nobody(
    fenshire: Engine, stamp: Callable[..., Stamp], contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    before = contents(fenshire)
    report = load_contacts(fenshire, DEMO, stamp())
    assert (report.added, report.changed, report.unchanged, len(report.rejected)) == (0, 0, 141, 1)
    assert contents(fenshire) == before


def test_changed_person_is_overwritten(
    fenshire: Engine, stamp: Callable[..., Stamp], table_file: Callable[..., Path]
) -> None:
    report = load_contacts(fenshire, table_file(HEADER, "990001,chair,Dr Ida Vale,ida.vale@example.org"), stamp())
    assert (report.added, report.changed, report.unchanged) == (0, 1, 0)
    assert people(fenshire, 990001)["chair"] == ("Dr Ida Vale", "ida.vale@example.org")


def test_nobody_is_removed_for_not_being_in_it(
    fenshire: Engine, stamp: Callable[..., Stamp], table_file: Callable[..., Path]
) -> None:
    load_contacts(fenshire, table_file(HEADER, "990001,chair,Dr Ida Vale,"), stamp())
    assert set(people(fenshire, 990001)) == {"head", "chair", "clerk"}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("123456,head,Mrs Vale,", "urn"),
        ("990001,bursar,Mrs Vale,", "role"),
        ("990001,head,,", "name"),
        ("990001,head,Mrs Vale,not an address", "email"),
    ],
    ids=["unknown school", "unknown role", "nobody", "no address"],
)
def test_unusable_line_is_named_and_the_rest_goes_in(
    fenshire: Engine, stamp: Callable[..., Stamp], table_file: Callable[..., Path], line: str, field: str
) -> None:
    report = load_contacts(fenshire, table_file(HEADER, line, "990001,chair,Dr Ida Vale,"), stamp())
    assert [(row.line, row.field) for row in report.rejected] == [(2, field)]
    assert (report.accepted, people(fenshire, 990001)["chair"][0]) == (1, "Dr Ida Vale")


def test_case_is_read_with_its_people(fenshire: Engine) -> None:
    with reading(fenshire) as session:
        contacts = school_case(session, 990001).contacts
    assert contacts[RecipientRole.chair].name == "Mr Alan Bexwell"
