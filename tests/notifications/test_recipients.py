"""Who is written to, and under which name."""

import pytest

from notifications.letter import Recipient, RecipientRole
from notifications.recipients import Contact, recipient_for, why_not_emailed

HEAD, CHAIR, CLERK = RecipientRole


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
    ],
)
def test_unnamed_recipient_is_addressed_by_role(role: RecipientRole, addressee: str, greeting: str) -> None:
    recipient = recipient_for(role, None, "")
    assert (recipient.addressee, recipient.greeting) == (addressee, greeting)


def test_named_recipient_is_greeted_by_name() -> None:
    recipient = Recipient(role=HEAD, name="Mrs Okafor", email="")
    assert (recipient.addressee, recipient.greeting) == ("Mrs Okafor", "Mrs Okafor")


def test_missing_email_is_a_named_reason() -> None:
    reason = why_not_emailed(recipient_for(CHAIR, None, ""))
    assert reason == "No email address is recorded for the chair of governors."


def test_known_email_needs_no_reason() -> None:
    assert why_not_emailed(recipient_for(HEAD, _contact(HEAD, email="h@a.example"), "")) == ""
