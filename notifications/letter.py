"""A letter before it is written: the whole of its facts, and the plain JSON in which the database keeps them.

How the facts become words is not here (`render`), nor who is written to (`recipients`).
"""

import types
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from notifications.catalogue import CATALOGUE, LetterFields
from notifications.errors import LetterError
from notifications.roles import RecipientRole

__all__ = ["Letter", "Recipient", "RecipientRole", "SchoolFacts", "Sender", "field_names", "from_json", "to_json"]


# What stands in a letter where the name or address of a person was taken away.
REDACTED = "[redacted]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One person or body; `name` and `email` are "" where the authority does not know them.

    `address` is that of somebody outside the school, without the name and with the postcode last; () at the school.
    """

    role: RecipientRole
    name: str
    email: str
    address: tuple[str, ...] = ()

    @property
    def is_greeted_by_name(self) -> bool:
        """A governing body is written to as a body, whoever takes its letters in."""
        return bool(self.name) and self.role is not RecipientRole.governing_body

    @property
    def is_redacted(self) -> bool:
        """Whether nobody can know any more whom the letter was for: it can be read, not signed or sent."""
        return REDACTED in (self.name, self.email)

    @property
    def greeting(self) -> str:
        """What follows "Dear": the name if there is one, or else the role."""
        return self.name if self.is_greeted_by_name else self.role.greeting

    def addressee(self, on: date) -> tuple[str, ...]:
        """The first line or two of the address, for a letter of that day."""
        if self.role is RecipientRole.governing_body:
            return ("The Governing Body", f"c/o {self.name}") if self.name else ("The Governing Body",)
        title = self.role.titled(on)
        if self.name:
            return self.name, title
        return ("The Headteacher",) if self.role is RecipientRole.head else (title,)


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


def to_json(part: Any) -> Any:
    """Plain JSON values of a letter, or of a part of one: dates as `2026-02-27`, tuples as lists.

    `from_json` gives the letter back. A value that is its field's default is left out, so a letter kept before the
    field existed stays what was signed.
    """
    if part.__class__ in _PLAIN:
        return part
    if isinstance(part, tuple):
        return [to_json(item) for item in part]
    if isinstance(part, date):
        return part.isoformat()
    return str(part) if isinstance(part, StrEnum) else _object(part)


def _object(part: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    defaults = _defaults(part.__class__)
    for name in field_names(part.__class__):
        value = getattr(part, name)
        if name not in defaults or value != defaults[name]:
            plain[name] = value if value.__class__ in _PLAIN else to_json(value)
    return plain


@cache
def field_names(cls: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass, in the order in which they are written down."""
    return tuple(field.name for field in fields(cls))


@cache
def _defaults(cls: type[Any]) -> dict[str, Any]:
    return {field.name: field.default for field in fields(cls) if field.default is not MISSING}


def from_json(data: dict[str, Any]) -> Letter:
    """The letter that `to_json` wrote; raises LetterError naming the missing, unknown or wrong field."""
    where = f"Stored letter {data.get('reference', 'without a reference')}"
    kind = data.get("kind")
    if kind not in CATALOGUE:
        raise LetterError(f"{where}: kind {kind!r} is not in the catalogue. Known: {', '.join(CATALOGUE)}.")
    return Letter(**_values(Letter, _hints(Letter) | {"fields": CATALOGUE[kind]}, data, where))


@cache
def _hints(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {name: hints[name] for name in field_names(cls)}


def _values(cls: Any, hints: dict[str, Any], data: Any, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise LetterError(f"{where}: expected fields with names, found {data!r}.")
    if odd := (data.keys() | _defaults(cls)) ^ hints.keys():
        named = ", ".join(sorted(odd))
        raise LetterError(f"{where}: missing or unknown fields: {named}. Draft the letter again from the case.")
    return {name: _value(hints[name], item, f"{where}, {name}") for name, item in data.items()}


def _value(hint: Any, value: Any, where: str) -> Any:
    if get_origin(hint) is types.UnionType:
        return None if value is None else _value(get_args(hint)[0], value, where)
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_value(get_args(hint)[0], item, where) for item in value)
    if is_dataclass(hint) and isinstance(hint, type):
        return hint(**_values(hint, _hints(hint), value, where))
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
