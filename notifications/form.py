"""A letter's form: a TOML file with every field of the letter, what each one is, and what is known of it already.

Here it is written; notifications.answers reads it back. What is known, the caller says. A field may stay empty where a
worked example leaves it empty: the examples take every branch of the wording.
"""

import json
import types
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from textwrap import wrap
from typing import Any, get_args, get_origin, get_type_hints

from notifications.catalogue import LetterFields
from notifications.letter import Recipient, field_names

WIDTH = 118
TO_FILL_IN = "TO FILL IN"


class _Blank:
    """What nobody has said yet."""


BLANK = _Blank()


def written_form(
    letter: type[LetterFields],
    head: str,
    about: Mapping[str, Any],
    known: Mapping[str, Any],
    outside: Mapping[str, Recipient],
) -> str:
    """The form as text: `about` says which letter it is, `known` has values of fields, `outside` who is written to."""
    parts = [
        *_comment(f"{letter.title} ({letter.folder}). {' '.join((letter.__doc__ or '').split())}"),
        *_comment(f"Under: {letter.statutory or 'no Act'}."),
        *(line for part in head.splitlines() for line in _comment(part)),
        "\n[letter]",
        *(f"{name} = {spelt(value)}" for name, value in about.items()),
        "\n[fields]",
        *(line for name in field_names(letter) for line in _field(letter, name, known.get(name, BLANK))),
    ]
    for role, recipient in outside.items():
        parts += _recipient(role, recipient)
    return "\n".join(parts) + "\n"


def hints_of(cls: Any) -> dict[str, Any]:
    """Field → its type, in the order in which the fields stand."""
    hints = get_type_hints(cls)
    return {name: hints[name] for name in field_names(cls)}


@cache
def may_be_empty(letter: type[LetterFields]) -> frozenset[str]:
    """The fields that a worked example leaves empty, those for a day that need not come, and those named optional."""
    examples = [fields for _, fields in letter.examples()]
    return frozenset(letter.optional) | frozenset(
        name
        for name, hint in hints_of(letter).items()
        if get_origin(hint) is types.UnionType or any(getattr(one, name) in ("", ()) for one in examples)
    )


def kind_of(hint: Any) -> str:
    """What is to be written into a field, in words."""
    if get_origin(hint) is types.UnionType:
        return kind_of(get_args(hint)[0])
    if get_origin(hint) is tuple:
        return f"a list; each is {kind_of(get_args(hint)[0])}"
    if is_dataclass(hint):
        return f"{{ {', '.join(_key(name, one) for name, one in hints_of(hint).items())} }}"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return f"one of {', '.join(hint)}"
    return {str: "text", int: "a whole number", bool: "true or false", date: "a day such as 2026-11-06"}[hint]


def _key(name: str, hint: Any) -> str:
    """A key of a table, with the words or days that it takes where any text does not do."""
    return name if hint is str else f"{name} ({kind_of(hint)})"


def spelt(value: Any) -> str:
    """A value as TOML; a list has a line for each of its items."""
    if isinstance(value, tuple) and value:
        return "\n".join(["[", *(f"    {_in_line(item)}," for item in value), "]"])
    return _in_line(value)


def _in_line(value: Any) -> str:
    if value is None or value is BLANK:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | date):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_in_line, value))}]"
    if is_dataclass(value):
        return _table({name: getattr(value, name) for name in field_names(value.__class__)})
    return _table(value) if isinstance(value, dict) else json.dumps(str(value), ensure_ascii=False)


def _table(values: Mapping[str, Any]) -> str:
    return f"{{ {', '.join(f'{name} = {_in_line(value)}' for name, value in values.items())} }}"


def blank_of(hint: Any) -> Any:
    """An empty value of the right shape, to be filled in."""
    if get_origin(hint) is tuple:
        return ()
    if is_dataclass(hint) and isinstance(hint, type):
        return {name: blank_of(one) for name, one in hints_of(hint).items()}
    return BLANK


def empty_of(hint: Any) -> Any:
    """What a field of this type holds where nothing is said."""
    return () if get_origin(hint) is tuple else "" if hint is str else None


def _field(letter: type[LetterFields], name: str, known: Any) -> Iterator[str]:
    hint = hints_of(letter)[name]
    optional = name in may_be_empty(letter)
    given = known is not BLANK and (optional or known not in ("", (), None))
    asked = is_partly_blank(known) if given else not optional
    said = [f"{kind_of(hint)}{', may stay empty' if optional else ''}."]
    said += [] if given and not asked else [f"For example: {_example(letter, name)}"]
    yield ""
    yield from _comment(f"{f'{TO_FILL_IN}. ' if asked else ''}{name}: {' '.join(said)}")
    yield f"{name} = {spelt(known if known is not BLANK else blank_of(hint))}"


def is_partly_blank(value: Any) -> bool:
    """Whether a table, or one of a list, has a part that nobody knows yet."""
    if isinstance(value, tuple):
        return any(map(is_partly_blank, value))
    if isinstance(value, dict):
        return BLANK in value.values()
    return is_dataclass(value) and any(getattr(value, name) == "" for name in field_names(value.__class__))


def _example(letter: type[LetterFields], name: str) -> str:
    """A value from the worked examples; of a list, its first item."""
    values = [value for _, fields in letter.examples() if (value := getattr(fields, name)) not in ("", (), None)]
    return _in_line(values[0][0] if isinstance(values[0], tuple) else values[0]) if values else '""'


def _recipient(role: str, recipient: Recipient) -> Iterator[str]:
    yield f"\n[recipients.{role}]"
    asked = "" if recipient.address else f"{TO_FILL_IN}. "
    yield from _comment(f"{asked}{recipient.role.label}: name and email may stay empty; address: lines, postcode last.")
    yield f"name = {spelt(recipient.name)}"
    yield f"email = {spelt(recipient.email)}"
    yield f"address = {_in_line(recipient.address)}"


def _comment(text: str) -> Iterator[str]:
    yield from (f"# {line}" for line in wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))
