"""A letter before it is written: the whole of its facts, and the plain JSON in which the database keeps them.

How the facts become words is not here (`render`), nor who is written to (`recipients`).
"""

import types
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from notifications.catalogue import CATALOGUE, LetterFields
from notifications.errors import LetterError


class RecipientRole(StrEnum):
    """Whom at a school a letter is written to."""

    head = "head"
    chair = "chair"
    clerk = "clerk"

    @property
    def label(self) -> str:
        """The role as officers and letters write it."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    RecipientRole.head: "Headteacher",
    RecipientRole.chair: "Chair of Governors",
    RecipientRole.clerk: "Clerk to the Governors",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One person at a school; `name` and `email` are "" where the authority does not know them."""

    role: RecipientRole
    name: str
    email: str

    @property
    def greeting(self) -> str:
        """What follows "Dear": the name if there is one, or else the role."""
        return self.name or self.role.label

    @property
    def addressee(self) -> str:
        """The first line of the address."""
        if self.name:
            return self.name
        return "The Headteacher" if self.role is RecipientRole.head else self.role.label


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolFacts:
    """The school as the letter names it; `address` is without the name and ends with the postcode."""

    urn: int
    name: str
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The authority on the letterhead, and the officer who signs; what is not known is ""."""

    authority: str
    department: str
    address: tuple[str, ...]
    telephone: str
    email: str
    website: str
    signatory_name: str
    signatory_title: str
    signatory_telephone: str
    signatory_email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything that one letter says to one person: the same letter always renders to the same bytes."""

    kind: str
    reference: str
    dated: date
    school: SchoolFacts
    recipient: Recipient
    sender: Sender
    copies: tuple[str, ...]
    fields: LetterFields

    def __post_init__(self) -> None:
        """Refuse fields that belong to another letter: the wording would print the wrong facts."""
        if self.kind != self.fields.folder:
            raise LetterError(
                f"Letter {self.reference}: it is a {self.kind!r}, but its fields are those of "
                f"{self.fields.folder!r}. Give it the fields of its own kind (notifications.catalogue)."
            )


_PLAIN = frozenset((str, int, bool, type(None)))


def to_json(letter: Letter) -> dict[str, Any]:
    """Plain JSON values only: dates as `2026-02-27`, tuples as lists; `from_json` gives the letter back."""
    return _object(letter)


def _object(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name in _names(value.__class__):
        item = getattr(value, name)
        plain[name] = item if item.__class__ in _PLAIN else _plain(item)
    return plain


def _plain(value: Any) -> Any:
    if value.__class__ in _PLAIN:
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else _object(value)


@cache
def _names(cls: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


def from_json(data: dict[str, Any]) -> Letter:
    """The letter that `to_json` wrote; raises LetterError naming the missing, unknown or wrong field."""
    where = f"Stored letter {data.get('reference', 'without a reference')}"
    kind = data.get("kind")
    if kind not in CATALOGUE:
        raise LetterError(f"{where}: kind {kind!r} is not in the catalogue. Known: {', '.join(CATALOGUE)}.")
    hints = _hints(Letter) | {"fields": CATALOGUE[kind]}
    return Letter(**_values(hints, data, where))


@cache
def _hints(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {name: hints[name] for name in _names(cls)}


def _values(hints: dict[str, Any], data: Any, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise LetterError(f"{where}: expected fields with names, found {data!r}.")
    if data.keys() != hints.keys():
        odd = ", ".join(sorted(data.keys() ^ hints.keys()))
        raise LetterError(f"{where}: missing or unknown fields: {odd}. Draft the letter again from the case.")
    return {name: _value(hint, data[name], f"{where}, {name}") for name, hint in hints.items()}


def _value(hint: Any, value: Any, where: str) -> Any:
    if get_origin(hint) is types.UnionType:
        return None if value is None else _value(get_args(hint)[0], value, where)
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_value(get_args(hint)[0], item, where) for item in value)
    if is_dataclass(hint) and isinstance(hint, type):
        return hint(**_values(_hints(hint), value, where))
    if value.__class__ is hint:
        return value
    return _worded(hint, value, where)


def _worded(hint: Any, value: Any, where: str) -> Any:
    """A date or a role from its word in the JSON."""
    read: Callable[[str], Any] | None = date.fromisoformat if hint is date else None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        read = hint
    try:
        if read is not None and isinstance(value, str):
            return read(value)
    except ValueError:
        pass
    raise LetterError(f"{where}: {value!r} cannot be read as {hint}. Draft the letter again from the case.")
