"""The chain of one case: the hash of each event is made from its text and the hash before it.

The canonical text is a JSON array of the columns FIELDS, in that order, each as text or null: days as 2013-11-18,
moments in UTC as 2013-11-18 09:30:00.000000, evidence as JSON text with sorted keys and no spaces, numbers in digits.
Anybody can check it with any tool that knows JSON and SHA-256. Checking the whole record is casework.verify.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from operator import itemgetter
from typing import Any

import orjson

FIELDS = (
    "seq", "kind", "trigger", "source", "destination", "occurred_on", "effective_on", "recorded_at", "actor", "role",
    "reason", "evidence", "once", "corrects", "policy", "policy_hash", "law_hash",
)  # fmt: skip

# A day, a moment or an object has no text of its own in the record: whoever keeps one says how it is written. A key may
# be one of our words (StrEnum) or SQLAlchemy's (the name of a table).
_AS_KEPT = (
    orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
)


class Canonical(str):
    """A text that is canonical JSON already, so that it need not be made twice."""

    __slots__ = ()


def canonical(value: Any) -> str:
    """JSON as the record keeps it everywhere, so that the same facts are the same bytes."""
    return value if type(value) is Canonical else orjson.dumps(value, option=_AS_KEPT).decode()


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def beginning(track: str, subject: str) -> bytes:
    """What the first event of a case is linked to: an event cannot be passed off as another case's."""
    return sha256(f"casework {track} {subject}".encode()).digest()


def link(before: bytes, texts: Iterable[str | None]) -> bytes:
    """The hash of an event, from the one before it and its FIELDS as canonical texts."""
    return link_text(before, orjson.dumps(list(texts)))


def link_text(before: bytes, text: bytes) -> bytes:
    """The hash of an event whose canonical text is made already."""
    return sha256(before + text).digest()


def texts(event: Mapping[str, Any]) -> list[str | None]:
    """The FIELDS of an event about to be written, as canonical texts."""
    return [value if value is None or isinstance(value, str) else _text(value) for value in _in_order(event)]


_in_order = itemgetter(*FIELDS)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return canonical(value)
