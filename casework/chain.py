"""The chain of one case: the hash of each event is made from its text and the hash before it.

The canonical text is a JSON array of the columns FIELDS, in that order, each as text or null: days as 2013-11-18,
moments in UTC as 2013-11-18 09:30:00.000000, evidence as JSON text with sorted keys and no spaces, numbers in digits.
Anybody can check it with any tool that knows JSON and SHA-256. Checking the whole record is casework.verify.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

FIELDS = (
    "seq", "kind", "trigger", "source", "destination", "occurred_on", "effective_on", "recorded_at", "actor", "role",
    "reason", "evidence", "once", "corrects", "policy", "policy_hash", "law_hash",
)  # fmt: skip

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Canonical(str):
    """A text that is canonical JSON already, so that it need not be made twice."""

    __slots__ = ()


def canonical(value: Any) -> str:
    """JSON as the record keeps it everywhere, so that the same facts are the same bytes."""
    return value if type(value) is Canonical else _encode(value)


def composed(parts: Mapping[str, str]) -> Canonical:
    """The canonical JSON of an object, from the canonical JSON of each of its values."""
    return Canonical("{" + ",".join([f'"{name}":{parts[name]}' for name in sorted(parts)]) + "}")


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def beginning(track: str, subject: str) -> bytes:
    """What the first event of a case is linked to: an event cannot be passed off as another case's."""
    return sha256(f"casework {track} {subject}".encode()).digest()


def link(before: bytes, texts: Iterable[str | None]) -> bytes:
    """The hash of an event, from the one before it and its FIELDS as canonical texts."""
    return link_text(before, _encode(list(texts)).encode())


def link_text(before: bytes, text: bytes) -> bytes:
    """The hash of an event whose canonical text is made already."""
    return sha256(before + text).digest()


def texts(event: Mapping[str, Any]) -> list[str | None]:
    """The FIELDS of an event about to be written, as canonical texts."""
    return [_text(event[name]) for name in FIELDS]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return canonical(value)
