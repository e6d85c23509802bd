"""A letter's row repeats what events and facts say of it: whatever column is changed, verify names it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from casework.interventions import record_service, resume_batch, settle_by_resending, stop_batch
from casework.letter_proofs import LetterRow
from casework.tables import Letter
from notifications.channels import TurnedDown
from tests.casework.post_office import BATCH, HEAD, Carrier, PostOffice

RECORD = Path(__file__).parents[2] / "docs" / "record.md"
NOT_PROVED = {
    "occasion", "batch", "drafted_by", "drafted_at", "approved_at", "begun_at", "sent_at",
}  # fmt: skip
CHANGED: dict[str, Any] = {
    "kind": "category_notice",
    "recipient_role": "clerk",
    "state": "returned",
    "not_emailed": "",
    "approved_by": "",
    "approved_role": "Director",
    "digest": "0" * 64,
    "channel": "smtp",
    "attempt": 1,
    "provider_id": "<another@example.org>",
    "stopped": "A figure in it is wrong.",
    "served_on": date(2026, 1, 21),
}


@pytest.fixture
def served(office: PostOffice) -> PostOffice:
    """A letter that was stopped, let go, turned down as an email, sent by post and served: no column is empty."""
    stop_batch(office.engine, BATCH, "Wait", office.stamp)
    resume_batch(office.engine, BATCH, "Go on", office.stamp)
    post = office.room.post
    office.use(Carrier(says=[TurnedDown("550 no such person")]))
    office.send(HEAD)
    settle_by_resending(office.engine, HEAD, "The address is dead", office.stamp)
    office.use(Carrier(), post)
    office.send(HEAD)
    record_service(office.engine, HEAD, date(2026, 1, 20), "By hand", office.stamp, date(2026, 2, 2))
    return office


def test_letter_with_a_long_way_behind_it_has_no_fault(served: PostOffice, home: Path) -> None:
    letter = served.letter()
    assert (letter.state, letter.channel, letter.attempt, letter.served_on) == (
        "delivered",
        "folder",
        2,
        date(2026, 1, 20),
    )
    assert letter.not_emailed == "As an email it did not arrive: The address is dead"
    assert served.faults(home / "seals.jsonl") == []


@pytest.mark.parametrize("column", CHANGED)
def test_changed_column_is_named(served: PostOffice, home: Path, column: str) -> None:
    was = getattr(served.letter(), column)
    with served.engine.begin() as connection:
        connection.execute(update(Letter).where(Letter.reference == HEAD).values({column: CHANGED[column]}))
    [fault] = served.faults(home / "seals.jsonl")
    assert fault.place == f"letter {HEAD}"
    assert fault.what.startswith(f"has {column} ")
    assert str(was) in fault.what


@pytest.mark.parametrize("facts", [[], "x", 7, None, {"recipient": "x"}, {"kind": ["x"], "recipient": {"role": {}}}])
def test_facts_of_another_shape_are_a_fault_and_no_crash(served: PostOffice, home: Path, facts: Any) -> None:
    with served.engine.begin() as connection:
        connection.execute(update(Letter).where(Letter.reference == HEAD).values(facts=facts))
    faults = served.faults(home / "seals.jsonl")
    assert {fault.place for fault in faults} == {f"letter {HEAD}"}
    assert faults[0].what == "was changed: its facts are not those that the event names."


def test_every_column_is_proved_or_said_to_be_not() -> None:
    assert {"urn", "reference", "facts", *CHANGED} == set(LetterRow._fields)
    assert set(Letter.__table__.columns.keys()) - set(LetterRow._fields) == NOT_PROVED
    [told] = [line for line in RECORD.read_text(encoding="utf-8").split("\n\n") if line.startswith("Not proved:")]
    assert {name for name in NOT_PROVED if f"`{name}`" in told} == NOT_PROVED
