"""A school as the register describes it. What the authority thinks of it is a case, and lives elsewhere."""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any


class SchoolStatus(StrEnum):
    """Where a school is in its life, after the register's EstablishmentStatus."""

    OPEN = "open"
    CLOSED = "closed"
    PROPOSED_TO_CLOSE = "proposed_to_close"
    PROPOSED_TO_OPEN = "proposed_to_open"


OPEN_STATUSES = frozenset({SchoolStatus.OPEN, SchoolStatus.PROPOSED_TO_CLOSE})


@dataclass(frozen=True, slots=True)
class SchoolRecord:
    """One row of the register, every value checked; unknown text is "", an unknown number or day None."""

    urn: int
    la_code: str
    la_name: str
    establishment_number: int | None
    name: str
    type_code: str
    type_name: str
    status: SchoolStatus
    phase: str
    open_date: date | None
    close_date: date | None
    low_age: int | None
    high_age: int | None
    religious_character: str
    diocese: str
    street: str
    locality: str
    address3: str
    town: str
    county: str
    postcode: str
    head_title: str
    head_first_name: str
    head_last_name: str
    head_job_title: str
    rating: str
    inspected_on: date | None

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def address(self) -> tuple[str, ...]:
        """The lines below the school's name, postcode last."""
        lines = (self.street, self.locality, self.address3, self.town, self.county, self.postcode)
        return tuple(line for line in lines if line)

    @property
    def head_name(self) -> str:
        """For example "Mrs Amara Okafor", or "" when the register does not give a surname."""
        if not self.head_last_name:
            return ""
        return " ".join(part for part in (self.head_title, self.head_first_name, self.head_last_name) if part)

    def as_row(self) -> dict[str, Any]:
        # Not asdict(self): its deep copies would be a sixth of a whole load of the register.
        return {name: getattr(self, name) for name in _NAMES}


_NAMES = tuple(column.name for column in fields(SchoolRecord))
