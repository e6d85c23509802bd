"""Allocating Education Challenge Partners, each once and only where policy has them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from casework.allocations import allocate_partners
from casework.record import Stamp
from casework.tables import Letter

DEMO = Path(__file__).parents[2] / "demo" / "allocations.csv"
HEADER = "urn,partner,first_contact_by"

Events = Callable[[Engine, int], list[Any]]


def letters(engine: Engine, urn: int) -> list[Any]:
    query = select(Letter.reference, Letter.facts).where(Letter.urn == urn, Letter.kind == "partner_allocation")
    with engine.connect() as connection:
        return list(connection.execute(query.order_by(Letter.drafted_at, Letter.reference)))


def test_allocation_drafts_a_letter_to_head_and_chair(fenshire: Engine, stamp: Callable[..., Stamp]) -> None:
    report = allocate_partners(fenshire, DEMO, stamp())
    assert (report.allocated, report.unchanged, report.letters_drafted) == (6, 0, 12)
    first, second = letters(fenshire, 990002)
    assert {first.facts["recipient"]["role"], second.facts["recipient"]["role"]} == {"head", "chair"}
    assert first.facts["fields"]["partner_name"] == "Mrs Ruth Amberley"


def test_same_allocation_again_changes_nothing(
    fenshire: Engine, stamp: Callable[..., Stamp], contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    allocate_partners(fenshire, DEMO, stamp())
    before = contents(fenshire)
    report = allocate_partners(fenshire, DEMO, stamp("2026-01-10"))
    assert (report.allocated, report.unchanged, report.letters_drafted) == (0, 6, 0)
    assert contents(fenshire) == before


def test_another_partner_is_told_in_a_letter_of_its_own(
    fenshire: Engine, stamp: Callable[..., Stamp], table_file: Callable[..., Path], events_of: Events
) -> None:
    for partner in ("Dr Vale", "Dr Moor", "Dr Vale"):
        allocate_partners(fenshire, table_file(HEADER, f"990002,{partner},"), stamp())
    told = [event.evidence["partner"] for event in events_of(fenshire, 990002) if event.kind == "allocated"]
    assert told == ["Dr Vale", "Dr Moor", "Dr Vale"]
    assert len({row.reference for row in letters(fenshire, 990002)}) == 6


@pytest.mark.parametrize(
    ("typed", "day"), [("12/12/2025", "2025-12-12"), ("", "2025-12-15")], ids=["as agreed", "by policy"]
)
def test_first_contact_has_a_date(
    fenshire: Engine,
    stamp: Callable[..., Stamp],
    table_file: Callable[..., Path],
    events_of: Events,
    typed: str,
    day: str,
) -> None:
    allocate_partners(fenshire, table_file(HEADER, f"990002,Dr Vale,{typed}"), stamp("2025-12-01"))
    assert events_of(fenshire, 990002)[-1].evidence["first_contact_by"] == day


@pytest.mark.parametrize(
    ("urn", "label"), [(990001, "Good or better"), (990007, "Inadequate")], ids=["good", "inadequate"]
)
def test_school_without_claim_to_a_partner_is_refused(
    fenshire: Engine, stamp: Callable[..., Stamp], table_file: Callable[..., Path], urn: int, label: str
) -> None:
    report = allocate_partners(fenshire, table_file(HEADER, f"{urn},Dr Vale,"), stamp())
    [refusal] = report.refused
    assert refusal["sentence"] == (f"No Education Challenge Partner under this policy for a school that is “{label}”.")
    assert letters(fenshire, urn) == []
