"""Who is written to, and under which name."""

from datetime import date

import pytest

from notifications.letter import Recipient, RecipientRole
from notifications.recipients import Contact, recipient_for, why_not_emailed

HEAD, CHAIR, CLERK, GOVERNORS, OFSTED, *_ = RecipientRole
DAY = date(2013, 11, 18)


def _contact(role: RecipientRole, name: str = "", email: str = "") -> Contact:
    return Contact(role=role, name=name, email=email)


@pytest.mark.parametrize(
    ("role", "contact", "name"),
    [
        pytest.param(HEAD, None, "Mr Ives", id="head of the register"),
        pytest.param(HEAD, _contact(HEAD, "Mrs Okafor"), "Mrs Okafor", id="our own contact comes first"),
        pytest.param(HEAD, _contact(HEAD, email="h@a.example"), "Mr Ives", id="contact without a name"),
        pytest.param(CHAIR, None, "", id="chair unknown"),
        pytest.param(CHAIR, _contact(CHAIR, "Dr Quill"), "Dr Quill", id="chair known"),
    ],
)
def test_recipient_bears_the_best_known_name(role: RecipientRole, contact: Contact | None, name: str) -> None:
    assert recipient_for(role, contact, "Mr Ives").name == name


@pytest.mark.parametrize(
    ("role", "addressee", "greeting"),
    [
        (HEAD, "The Headteacher", "Headteacher"),
        (CHAIR, "Chair of Governors", "Chair of Governors"),
        (CLERK, "Clerk to the Governors", "Clerk to the Governors"),
        (GOVERNORS, "The Governing Body", "Members of the Governing Body"),
        (
            OFSTED,
            "Her Majesty's Chief Inspector of Education, Children's Services and Skills",
            "Chief Inspector",
        ),
    ],
)
def test_unnamed_recipient_is_addressed_by_role(role: RecipientRole, addressee: str, greeting: str) -> None:
    recipient = recipient_for(role, None, "")
    assert (recipient.addressee(DAY), recipient.greeting) == ((addressee,), greeting)


def test_named_recipient_is_greeted_by_name() -> None:
    recipient = Recipient(role=HEAD, name="Mrs Okafor", email="")
    assert (recipient.addressee(DAY), recipient.greeting) == (("Mrs Okafor", "Headteacher"), "Mrs Okafor")


def test_governing_body_is_written_to_as_a_body() -> None:
    recipient = Recipient(role=GOVERNORS, name="Mr Bexwell", email="")
    assert recipient.addressee(DAY) == ("The Governing Body", "c/o Mr Bexwell")
    assert not recipient.is_greeted_by_name


@pytest.mark.parametrize(
    ("day", "whose"), [(date(2022, 9, 7), "Her Majesty's"), (date(2022, 9, 8), "His Majesty's")], ids=str
)
def test_chief_inspector_is_the_sovereigns_of_the_day(day: date, whose: str) -> None:
    assert OFSTED.titled(day).startswith(whose)


def test_missing_email_is_a_named_reason() -> None:
    reason = why_not_emailed(recipient_for(CHAIR, None, ""))
    assert reason == "No email address is recorded for the chair of governors."


def test_known_email_needs_no_reason() -> None:
    assert why_not_emailed(recipient_for(HEAD, _contact(HEAD, email="h@a.example"), "")) == ""
