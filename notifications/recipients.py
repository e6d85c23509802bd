"""Who gets a letter, and why somebody gets no email. Addresses were checked at import."""

from collections.abc import Mapping
from dataclasses import dataclass

from notifications.letter import Recipient, RecipientRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One line of the authority's own list of contacts; `name` and `email` may be ""."""

    role: RecipientRole
    name: str
    email: str


def in_care_of(role: RecipientRole) -> RecipientRole:
    """Who takes the letter in: that of a governing body goes to its chair."""
    return RecipientRole.chair if role is RecipientRole.governing_body else role


def contact_for(role: RecipientRole, contacts: Mapping[RecipientRole, Contact]) -> Contact | None:
    """Whom the authority's list names for a letter to this role."""
    return contacts.get(in_care_of(role))


def recipient_for(role: RecipientRole, contact: Contact | None, head_name: str) -> Recipient:
    """The person to write to: the authority's own contact; for a head not named there, the register's."""
    name = contact.name if contact else ""
    if role is RecipientRole.head:
        name = name or head_name
    return Recipient(role=role, name=name, email=contact.email if contact else "")


def why_not_emailed(recipient: Recipient) -> str:
    """The reason, for the record and for the officer who posts the letter; "" if there is none."""
    if recipient.email:
        return ""
    return f"No email address is recorded for the {recipient.role.label.lower()}."
