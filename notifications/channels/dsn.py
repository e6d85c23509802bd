"""What mail systems send back (RFC 3464): which letter a report is of, and what became of it.

A report is known by the key of its letter, in the address it came to, in its envelope identifier, or in the Message-ID
of what it returns. Anybody can write to that address: a report says what a mail system claims.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

from notifications.channels import Fate

# RFC 3464 section 2.3.3. "relayed" and "expanded" say that the letter went on to where nothing more is told.
_FATES = {
    "delivered": Fate.DELIVERED,
    "failed": Fate.RETURNED,
    "delayed": Fate.ON_ITS_WAY,
    "relayed": Fate.ON_ITS_WAY,
    "expanded": Fate.ON_ITS_WAY,
}
_KEY = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """One report: the key of the letter (notifications.email.key_of), its fate, and the mail system's words."""

    key: str
    fate: Fate
    words: str


def read_report(raw: bytes) -> DeliveryReport | None:
    """The report in a message as it lies in a mailbox; None for anything else, or a letter that is not ours."""
    message = message_from_bytes(raw, policy=default)
    if message.get_content_type() != "multipart/report":
        return None
    fields = _status_fields(message)
    fate = _FATES.get(fields.get("action", "").strip().lower())
    key = next(_keys(message, fields), "")
    if fate is None or not key:
        return None
    words = " ".join(filter(None, (fields.get("status"), fields.get("diagnostic-code"))))
    return DeliveryReport(key, fate, " ".join(words.split()) or fate)


def _status_fields(message: EmailMessage | Message) -> dict[str, str]:
    """The fields of the report, for the message and for its recipient, by their names in lower case."""
    parts = (part for part in message.walk() if part.get_content_type() == "message/delivery-status")
    blocks = (block for part in parts for block in part.get_payload() if isinstance(block, Message))
    return {name.lower(): str(value) for block in blocks for name, value in block.items()}


def _keys(message: EmailMessage | Message, fields: dict[str, str]) -> Iterator[str]:
    told = [str(value) for name in ("To", "Delivered-To", "X-Original-To") for value in message.get_all(name, [])]
    told += [fields.get("original-envelope-id", ""), *_returned_ids(message)]
    for text in told:
        yield from _KEY.findall(text.lower())


def _returned_ids(message: EmailMessage | Message) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            headers = part.get_payload(decode=True)
            yield str(message_from_bytes(headers if isinstance(headers, bytes) else b"", policy=default)["Message-ID"])
        elif part is not message and "Message-ID" in part:
            yield str(part["Message-ID"])
