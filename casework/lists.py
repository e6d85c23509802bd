"""The authority's own lists, as CSV files: contacts, returns of pupil progress, and allocated partners.

Files in, values out. Which schools, half-terms and measures are known, the caller says.
"""

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from casework.rows import Layout, Rejected, read_each
from casework.values import BadValue, day, urn, whole_number
from notifications.letter import RecipientRole
from states.dates import in_words
from states.progress import Figure

CONTACTS = Layout(
    columns={"urn": ("urn",), "role": ("role",), "name": ("name",), "email": ("email",)},
    required=(("urn",), ("role",), ("name", "email")),
)
RETURNS = Layout(
    columns={
        "urn": ("urn",),
        "half_term": ("half_term", "half term"),
        "measure": ("measure",),
        "pupils": ("pupils",),
        "on_track": ("on_track", "on track"),
        "received": ("received",),
    },
    required=(("urn",), ("half_term",), ("measure",), ("pupils",), ("on_track",), ("received",)),
    unwelcome=frozenset(
        {
            "name",
            "pupil",
            "pupil name",
            "first name",
            "forename",
            "forenames",
            "last name",
            "surname",
            "upn",
            "dob",
            "date of birth",
        }
    ),
    because="send numbers of pupils, not pupils",
)
ALLOCATIONS = Layout(
    columns={
        "urn": ("urn",),
        "partner": ("partner",),
        "first_contact_by": ("first_contact_by", "first contact by"),
    },
    required=(("urn",), ("partner",)),
)
_ROLES = {
    "head": RecipientRole.head,
    "headteacher": RecipientRole.head,
    "head teacher": RecipientRole.head,
    "principal": RecipientRole.head,
    "chair": RecipientRole.chair,
    "chair of governors": RecipientRole.chair,
    "clerk": RecipientRole.clerk,
    "clerk to the governors": RecipientRole.clerk,
}
_LONGEST_EMAIL = 254
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One person to write to at one school; the name or the email may be "", never both."""

    urn: int
    role: RecipientRole
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One school's return for one half-term, e.g. "2025-26/2": numbers of pupils by measure, never pupils."""

    urn: int
    half_term: str
    received: date
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """The partner that a school is to work with, and by when they meet if that is settled."""

    urn: int
    partner: str
    first_contact_by: date | None


def read_contacts(path: str | Path, schools: Container[int]) -> Iterator[ContactRow | Rejected]:
    """Stream who is head, chair and clerk of which of our schools; one person for each role of a school."""

    def contact(row: Mapping[str, str]) -> ContactRow:
        return _contact(known_school(row, schools), row)

    return read_each(path, CONTACTS, contact, key=lambda row: (row.urn, row.role), key_field="role")


def read_returns(
    path: str | Path, schools: Container[int], half_terms: Container[str], measures: Collection[str], until: date
) -> Iterator[ReturnRow | Rejected]:
    """Yield each line left out, then one return for each school and half-term, in the order of the file.

    The file has a line for each measure. A return is received when the last of its lines was; a line left out
    costs its measure, not the return. None can have come after the day `until`.
    """

    def return_of_one_measure(row: Mapping[str, str]) -> ReturnRow:
        number = known_school(row, schools)
        half_term = _half_term(row["half_term"], half_terms)
        figure = _figure(_measure(row["measure"], measures), row)
        return ReturnRow(number, half_term, _received(row, until), (figure,))

    parts = read_each(path, RETURNS, return_of_one_measure, key=_measure_of_return, key_field="measure")
    return _joined(parts)


def read_allocations(path: str | Path, schools: Container[int]) -> Iterator[AllocationRow | Rejected]:
    """Stream which partner goes to which of our schools; one partner for a school."""

    def allocation(row: Mapping[str, str]) -> AllocationRow:
        return _allocation(known_school(row, schools), row)

    return read_each(path, ALLOCATIONS, allocation, key=lambda row: row.urn, key_field="urn")


def known_school(row: Mapping[str, str], schools: Container[int]) -> int:
    """The URN of a row, which must be that of one of these schools; raises BadValue."""
    number = urn(row)
    if number not in schools:
        raise BadValue("urn", row["urn"], "no such school on record; load the register, or check the number")
    return number


def _contact(number: int, row: Mapping[str, str]) -> ContactRow:
    role = _ROLES.get(row["role"].casefold())
    if role is None:
        raise BadValue("role", row["role"], "the role is head, chair or clerk")
    name, email = row.get("name", ""), row.get("email", "")
    if not name and not email:
        raise BadValue("name", "", "a name or an email address is needed")
    if email and not is_email(email):
        raise BadValue("email", email, "not an email address; one address like office@school.example is expected")
    return ContactRow(number, role, name, email)


def is_email(value: str) -> bool:
    """Whether this is one plain ASCII address, without a display name, that a mail server will take."""
    return len(value) <= _LONGEST_EMAIL and _EMAIL.fullmatch(value) is not None


def _half_term(value: str, half_terms: Container[str]) -> str:
    if value not in half_terms:
        raise BadValue("half_term", value, "no such half-term in the calendar; write it like 2025-26/2")
    return value


def _measure(value: str, measures: Collection[str]) -> str:
    measure = value.casefold()
    if not measure:
        raise BadValue("measure", value, "every line needs its measure")
    if measure not in measures:
        known = ", ".join(sorted(measures))
        raise BadValue("measure", value, f"policy asks for no such measure, only {known}")
    return measure


def _received(row: Mapping[str, str], until: date) -> date:
    received = day(row, "received")
    if received is None:
        raise BadValue("received", row["received"], "the day on which the return came is needed")
    if received > until:
        raise BadValue("received", row["received"], f"this is after {in_words(until)}, the day of this load")
    return received


def _figure(measure: str, row: Mapping[str, str]) -> Figure:
    pupils, on_track = whole_number(row, "pupils", longest=4), whole_number(row, "on_track", longest=4)
    if pupils is None or on_track is None:
        raise BadValue("pupils" if pupils is None else "on_track", "", "a number of pupils is needed")
    if on_track > pupils:
        raise BadValue("on_track", row["on_track"], f"more pupils on track than the {pupils} there are")
    return Figure(measure, pupils, on_track)


def _measure_of_return(row: ReturnRow) -> tuple[int, str, str]:
    return row.urn, row.half_term, row.figures[0].measure


def _joined(parts: Iterable[ReturnRow | Rejected]) -> Iterator[ReturnRow | Rejected]:
    returns: dict[tuple[int, str], ReturnRow] = {}
    for part in parts:
        if isinstance(part, Rejected):
            yield replace(part, problem=f"{part.problem}; the other lines of this return are kept")
        else:
            key = (part.urn, part.half_term)
            returns[key] = _with(returns[key], part) if key in returns else part
    yield from returns.values()


def _with(first: ReturnRow, part: ReturnRow) -> ReturnRow:
    received = max(first.received, part.received)
    return replace(first, received=received, figures=first.figures + part.figures)


def _allocation(number: int, row: Mapping[str, str]) -> AllocationRow:
    if not row["partner"]:
        raise BadValue("partner", "", "the partner's name is needed")
    return AllocationRow(number, row["partner"], day(row, "first_contact_by"))
