"""A composed letter as an email: text and HTML, with the PDF attached. Handing it over is `channels`."""

import hashlib
from datetime import UTC, datetime, time
from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from typing import Any

from notifications.errors import LetterError
from notifications.files import file_stem
from notifications.letter import Letter
from notifications.render import Composed
from notifications.values import printable


class _Headers(HeaderRegistry):
    """The standard library makes a class for each header of each email: a third of the time that an email takes."""

    @cache  # noqa: B019  -- one registry, for as long as the program runs
    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name)


_POLICY = SMTP.clone(header_factory=_Headers())


def email_message(letter: Letter, composed: Composed, pdf: bytes) -> EmailMessage:
    """The email, the same bytes each time; raises LetterError if an address is missing or cannot be used.

    Boundaries, Message-ID and Date come from the letter, not from chance or the clock: a letter that is made
    again is the same file, and mail programs that meet it twice can fold it into one.
    """
    message = EmailMessage(policy=_POLICY)
    sender, recipient = letter.sender, letter.recipient
    message["From"] = _address(letter, "sender", sender.authority, sender.email)
    message["To"] = _address(letter, "recipient", recipient.name or recipient.role.label, recipient.email)
    message["Subject"] = f"{composed.subject} ({printable(letter.reference)})"
    message["Date"] = format_datetime(datetime.combine(letter.dated, time(9), UTC))
    message["Message-ID"] = message_id(letter)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(composed.text, cte="quoted-printable")
    key = key_of(letter.reference)
    message.make_alternative(boundary=f"=1={key}")
    message.add_alternative(composed.html, subtype="html", cte="quoted-printable")
    message.make_mixed(boundary=f"=0={key}")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{file_stem(letter.reference)}.pdf")
    message["Content-Language"] = "en-GB"  # last: a message that becomes multipart hands such headers to a part
    return message


def _address(letter: Letter, whose: str, name: str, email: str) -> Address:
    """Raises LetterError for an address that is none: white space in it would be a header of its own."""
    try:
        address = Address(printable(name), addr_spec=email)
    except (ValueError, MessageError, IndexError) as error:
        raise _unusable(letter, whose, email) from error
    if not email.isascii() or not email.isprintable() or " " in email or not address.domain:
        raise _unusable(letter, whose, email)
    return address


def _unusable(letter: Letter, whose: str, email: str) -> LetterError:
    return LetterError(
        f"Letter {letter.reference}: {email!r} cannot be used as the {whose}'s email address. "
        "Correct it in the list of contacts or in the policy, or send the letter by post."
    )


def message_id(letter: Letter) -> str:
    """The Message-ID, known before the email is made: by it a relay's log or a journal is searched."""
    return f"<{key_of(letter.reference)}@{letter.sender.email.rpartition('@')[2]}>"


def key_of(reference: str) -> str:
    """32 hexadecimal digits that stand for a letter wherever its reference itself might not fit."""
    return hashlib.sha256(reference.encode("utf-8", "replace")).hexdigest()[:32]
