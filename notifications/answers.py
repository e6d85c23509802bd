"""Reading a letter's form back: every answer as the letter holds it, and every fault at once, each at its place.

The form is written by notifications.form. What only the record can tell is wrong is for the caller to say.
"""

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_args, get_origin

from notifications.catalogue import LetterFields
from notifications.errors import LetterError
from notifications.form import hints_of, kind_of, may_be_empty
from notifications.letter import Recipient, RecipientRole
from notifications.values import is_postcode, printable
from states.errors import CaseworkError
from states.toml_file import Complaint, Place, nearest

FIELDS, RECIPIENTS = "fields", "recipients"

# Percentages, pupils, days: nothing that a letter counts is more.
NUMBERS = range(100_000)


@dataclass(slots=True)
class Answers:
    """The answers as far as they can be understood (None where not), and what is to be put right."""

    values: dict[str, Any]
    complaints: list[Complaint] = field(default_factory=list)


def read_fields(letter: type[LetterFields], given: Mapping[str, Any]) -> Answers:
    """Every field of the letter, with what the law of its day finds wrong in them."""
    answers = Answers({})
    hints = hints_of(letter)
    for name in given.keys() - hints.keys():
        answers.complaints.append(((FIELDS, name), "this letter has no such field", nearest(name, hints)))
    for name, hint in hints.items():
        answers.values[name] = _read(hint, given.get(name, ""), (FIELDS, name), answers.complaints)
    told = {place for place, _, _ in answers.complaints}
    lawful = [((FIELDS, name), problem, fix) for name, problem, fix in _faults(letter, answers.values)]
    answers.complaints += [one for one in lawful if one[0] not in told]
    told |= {place for place, _, _ in lawful}
    for name, hint in hints.items():
        empty = answers.values[name] in (None, "", ()) and name not in may_be_empty(letter)
        if empty and (FIELDS, name) not in told:
            answers.complaints.append(((FIELDS, name), "nothing is given", f"Give {kind_of(hint)}."))
    return answers


def made(letter: type[LetterFields], answers: Answers) -> LetterFields | None:
    """The fields, if all is right; what they contradict in each other becomes a complaint."""
    if answers.complaints:
        return None
    try:
        return letter(**answers.values)
    except LetterError as error:
        answers.complaints.append(((FIELDS,), str(error), "Correct the fields."))
        return None


Outside = dict[RecipientRole, Recipient]


def read_outside(given: Any, wanted: Sequence[RecipientRole]) -> tuple[Outside, list[Complaint]]:
    """Who is written to outside the school: each with an address that ends with a postcode."""
    found: Outside = {}
    tables = given if isinstance(given, dict) else {}
    complaints: list[Complaint] = [
        ((RECIPIENTS, name), "this letter does not go there", "Take the table out.")
        for name in tables.keys() - set(wanted)
    ]
    for role in wanted:
        place = (RECIPIENTS, role.value)
        table = tables.get(role.value)
        if not isinstance(table, dict):
            fix = f"Add [{RECIPIENTS}.{role.value}] with name, email and address."
            complaints.append((place, f"nothing is said of the {role.label}", fix))
            continue
        name, email = (_read(str, table.get(key, ""), (*place, key), complaints) for key in ("name", "email"))
        address = _read(tuple[str, ...], table.get("address", []), (*place, "address"), complaints)
        if len(address or ()) < 2 or not is_postcode(address[-1]):
            complaints.append(((*place, "address"), "no address", "Give its lines, the postcode last."))
        found[role] = Recipient(role=role, name=name or "", email=email or "", address=address or ())
    return found, complaints


def _faults(letter: type[LetterFields], values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    try:
        yield from letter.faults(values)
    except CaseworkError as error:  # a day before the law
        yield "given_on", str(error), "Correct the day."


def _read(hint: Any, value: Any, place: Place, complaints: list[Complaint]) -> Any:
    """The value as `hint` has it; None where it is empty or cannot be understood, which is then a complaint."""
    if get_origin(hint) is types.UnionType:
        empty = value == "" or (isinstance(value, dict) and not any(value.values()))
        return None if empty else _read(get_args(hint)[0], value, place, complaints)
    if get_origin(hint) is tuple:
        return _listed(get_args(hint)[0], value, place, complaints)
    if is_dataclass(hint):
        return _part(hint, value, place, complaints)
    if value == "":
        return "" if hint is str else None
    understood = _plain(hint, value)
    if understood is None:
        complaints.append((place, "it cannot be understood", f"Give {kind_of(hint)}."))
    return understood


def _listed(item: Any, value: Any, place: Place, complaints: list[Complaint]) -> Any:
    if value == "":
        return ()
    if not isinstance(value, list):
        complaints.append((place, "this is no list", f"Write [ … ]; each is {kind_of(item)}."))
        return None
    before = len(complaints)
    read = [_read(item, one, (*place, number), complaints) for number, one in enumerate(value)]
    for number, one in enumerate(read):
        if one in (None, "") and len(complaints) == before:
            complaints.append(((*place, number), "nothing is given", f"Give {kind_of(item)}, or take it out."))
    return tuple(read)


def _part(cls: Any, value: Any, place: Place, complaints: list[Complaint]) -> Any:
    """One table within a field: every key of it is needed."""
    hints = hints_of(cls)
    if value == "" or (isinstance(value, dict) and not any(value.values())):
        return None
    if not isinstance(value, dict) or value.keys() ^ hints.keys():
        complaints.append((place, "this is no such table", f"Write {kind_of(cls)}."))
        return None
    before = len(complaints)
    read = {name: _read(hint, value[name], (*place, name), complaints) for name, hint in hints.items()}
    if len(complaints) > before:
        return None
    if missing := [name for name, one in read.items() if one in (None, "", ())]:
        complaints.append((place, f"{', '.join(missing)}: nothing is given", f"Write {kind_of(cls)}."))
        return None
    return cls(**read)


def _plain(hint: Any, value: Any) -> Any:
    """A text, number, word or day; None for what is none."""
    if hint is str:
        return printable(value) if isinstance(value, str) else None
    if hint is date and isinstance(value, date):
        return None if isinstance(value, datetime) else value
    if value.__class__ is hint:
        return value if hint is not int or value in NUMBERS else None
    read = date.fromisoformat if hint is date else hint
    try:
        return read(value) if isinstance(value, str) and (hint is date or issubclass(hint, StrEnum)) else None
    except ValueError:
        return None
