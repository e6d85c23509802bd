"""What is on record when a move is asked for: the only thing that guards may look at."""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, get_type_hints

from states.errors import CaseworkError
from states.school_types import Sector


class NoticeOutcome(StrEnum):
    """How a warning notice ended (EIA 2006 s60; 'not confirmed' and representations only before 18 April 2016)."""

    COMPLIED = "complied"
    WITHDRAWN = "withdrawn"
    NOT_CONFIRMED = "not_confirmed"
    LAPSED = "lapsed"


class EligibilityGround(StrEnum):
    """Why a school is eligible for intervention under Part 4 of the Education and Inspections Act 2006."""

    S60 = "s60"  # a warning notice not complied with
    S60A = "s60A"  # teachers' pay and conditions warning notice
    S61 = "s61"  # requires significant improvement
    S62 = "s62"  # requires special measures


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts of one move. The officer gives most; the sector and the state before come from the record."""

    sector: Sector | None = None
    came_from: str = ""
    last_moved_on: date | None = None
    drafted_by: str = ""
    actor: str = ""
    evidence: str = ""
    inspected_on: date | None = None
    audit_outcome: str = ""
    notice_complete: bool = False
    checked_by: str = ""
    notice_outcome: NoticeOutcome | None = None
    eligible_under: EligibilityGround | None = None
    academy_order_on: date | None = None
    revoked_on: date | None = None
    opened_on: date | None = None
    closed_on: date | None = None


# The record supplies these; an officer cannot claim them.
FROM_THE_RECORD = frozenset({"sector", "came_from", "last_moved_on", "drafted_by", "actor", "evidence"})

STATED = {name: kind for name, kind in get_type_hints(Facts).items() if name not in FROM_THE_RECORD}

STATED_DATES = tuple(name for name, kind in STATED.items() if kind == date | None)


class NotAFact(CaseworkError):
    """A fact that an officer stated cannot be understood; the message says what would be."""


def read_fact(name: str, written: str) -> Any:
    """Turn `name=written`, as an officer types it, into the value that Facts holds.

    Dates are ISO (2013-11-18); yes and no are words; a ground or an outcome is one of its list.
    """
    if name not in STATED:
        raise NotAFact(f"There is no fact called {name!r}. The facts you can state: {', '.join(sorted(STATED))}.")
    kind = STATED[name]
    if kind is str:
        return written
    if kind is bool:
        return _yes_or_no(name, written)
    if kind == date | None:
        return _day(name, written)
    return _one_of(name, written, kind.__args__[0])


def _yes_or_no(name: str, written: str) -> bool:
    answers = {"yes": True, "true": True, "no": False, "false": False}
    if written.lower() not in answers:
        raise NotAFact(f"{name} is answered with yes or no, not {written!r}.")
    return answers[written.lower()]


def _day(name: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise NotAFact(f"{name} is a date such as 2013-11-18, not {written!r}.") from None


def _one_of(name: str, written: str, choices: type[StrEnum]) -> StrEnum:
    try:
        return choices(written)
    except ValueError:
        raise NotAFact(f"{name} is one of {', '.join(choices)}, not {written!r}.") from None


def as_record(facts: Facts) -> dict[str, str | bool]:
    """The facts that were stated, as the plain values which an event keeps."""
    stated = ((field.name, getattr(facts, field.name)) for field in fields(Facts))
    return {
        name: value if isinstance(value, bool) else str(value)
        for name, value in stated
        if value and name not in FROM_THE_RECORD
    }
