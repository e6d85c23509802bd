"""The register of schools: the establishment extract of Get Information about Schools (GIAS), row by row.

The one place that knows the extract's column names and codes. Storing schools, and comparing them with those
already there, is elsewhere.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from casework.rows import Layout, Rejected, read_each
from casework.schools import SchoolRecord, SchoolStatus
from casework.values import BadValue, day, urn, whole_number
from states.school_types import SchoolType, school_type

# The names of the 2018 form; that of late 2025 has them all but Ofsted's two, dropped in January 2025.
REGISTER = Layout(
    columns={
        "urn": ("URN",),
        "la_code": ("LA (code)",),
        "la_name": ("LA (name)",),
        "establishment_number": ("EstablishmentNumber",),
        "name": ("EstablishmentName",),
        "type_code": ("TypeOfEstablishment (code)",),
        "type_name": ("TypeOfEstablishment (name)",),
        "status_code": ("EstablishmentStatus (code)",),
        "status_name": ("EstablishmentStatus (name)",),
        "phase": ("PhaseOfEducation (name)",),
        "open_date": ("OpenDate",),
        "close_date": ("CloseDate",),
        "low_age": ("StatutoryLowAge",),
        "high_age": ("StatutoryHighAge",),
        "religious_character": ("ReligiousCharacter (name)",),
        "diocese": ("Diocese (name)",),
        "street": ("Street",),
        "locality": ("Locality",),
        "address3": ("Address3",),
        "town": ("Town",),
        "county": ("County (name)",),
        "postcode": ("Postcode",),
        "head_title": ("HeadTitle (name)",),
        "head_first_name": ("HeadFirstName",),
        "head_last_name": ("HeadLastName",),
        "head_job_title": ("HeadPreferredJobTitle",),
        "rating": ("OfstedRating (name)",),
        "inspected_on": ("OfstedLastInsp",),
    },
    required=(
        ("urn",),
        ("la_code",),
        ("name",),
        ("type_code", "type_name"),
        ("status_code", "status_name"),
    ),
)
_TEXTS = (
    "la_name",
    "phase",
    "religious_character",
    "diocese",
    "street",
    "locality",
    "address3",
    "town",
    "county",
    "postcode",
    "head_title",
    "head_first_name",
    "head_last_name",
    "head_job_title",
)
_STATUSES = {
    "1": SchoolStatus.OPEN,
    "2": SchoolStatus.CLOSED,
    "3": SchoolStatus.PROPOSED_TO_CLOSE,
    "4": SchoolStatus.PROPOSED_TO_OPEN,
    "open": SchoolStatus.OPEN,
    "closed": SchoolStatus.CLOSED,
    "open, but proposed to close": SchoolStatus.PROPOSED_TO_CLOSE,
    "proposed to open": SchoolStatus.PROPOSED_TO_OPEN,
}
# The register wrote the two kinds of inadequate as ratings of their own; grade 9 is Ofsted's "not judged".
_RATINGS = {
    "outstanding": "Outstanding",
    "good": "Good",
    "requires improvement": "Requires improvement",
    "satisfactory": "Satisfactory",
    "inadequate": "Inadequate",
    "serious weaknesses": "Inadequate",
    "special measures": "Inadequate",
    "not judged": "",
    "insufficient evidence": "",
    "9": "",
    "": "",
}
_LA_CODE = re.compile(r"[0-9]{3}")


def read_register(path: str | Path, la_code: str | None = None) -> Iterator[SchoolRecord | Rejected]:
    """Stream the schools of one authority (of every authority: None), and each row that had to be left out.

    Of two rows with one URN the first good one stands. Rows whose authority cannot be told are reported, not
    skipped: a damaged code must not hide a school. Raises UnreadableFile.
    """

    def school_here(row: Mapping[str, str]) -> SchoolRecord | None:
        return None if _is_elsewhere(row["la_code"], la_code) else school_from(row)

    return read_each(path, REGISTER, school_here, key=lambda school: school.urn, key_field="urn")


def school_from(row: Mapping[str, str]) -> SchoolRecord:
    """Turn one row of clean text (by the fields of REGISTER) into a school, or raise BadValue."""
    kind = _kind(row)
    return SchoolRecord(
        urn=urn(row),
        la_code=_la_code(row["la_code"]),
        establishment_number=whole_number(row, "establishment_number", longest=4),
        name=_name(row["name"]),
        type_code=kind.code,
        type_name=kind.name,
        status=_status(row.get("status_code", ""), row.get("status_name", "")),
        open_date=day(row, "open_date"),
        close_date=day(row, "close_date"),
        low_age=whole_number(row, "low_age", longest=2),
        high_age=whole_number(row, "high_age", longest=2),
        rating=read_rating(row.get("rating", "")),
        inspected_on=day(row, "inspected_on"),
        **{field: row.get(field, "") for field in _TEXTS},
    )


def _is_elsewhere(found: str, wanted: str | None) -> bool:
    return wanted is not None and found != wanted and _LA_CODE.fullmatch(found) is not None


def _la_code(value: str) -> str:
    if not _LA_CODE.fullmatch(value):
        raise BadValue("la_code", value, "the code of an authority is three digits")
    return value


def _name(value: str) -> str:
    if not value:
        raise BadValue("name", value, "every school needs a name")
    return value


def _kind(row: Mapping[str, str]) -> SchoolType:
    code, name = row.get("type_code", ""), row.get("type_name", "")
    kind = school_type(code, name)
    if kind is None:
        field = "type_code" if code else "type_name"
        raise BadValue(field, f"{code} {name}".strip(), "no such type of school is known")
    return kind


@lru_cache(maxsize=64)
def _status(code: str, name: str) -> SchoolStatus:
    """Read code and name, of which either may be missing; they must not contradict each other."""
    given = {"status_code": code, "status_name": name}
    found = {_known_status(field, value) for field, value in given.items() if value}
    if len(found) == 1:
        return found.pop()
    problem = "code and name contradict each other" if found else "every school needs a status"
    raise BadValue("status_code", f"{code} {name}".strip(), problem)


def _known_status(field: str, value: str) -> SchoolStatus:
    try:
        return _STATUSES[value.casefold()]
    except KeyError:
        raise BadValue(field, value, "no such status of a school is known") from None


def read_rating(value: str) -> str:
    """An overall grade in words, "" for none; raises BadValue."""
    try:
        return _RATINGS[value.casefold()]
    except KeyError:
        raise BadValue("rating", value, "no such inspection grade is known") from None
