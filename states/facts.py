"""What is on record when a move is asked for: the only thing that guards may look at."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, get_origin, get_type_hints

from states.errors import CaseworkError
from states.law.notices import Character, Content, Copy, Ground
from states.law.powers import Door
from states.school_types import Sector


class NoticeOutcome(StrEnum):
    """How a warning notice ended (EIA 2006 s60; 'not confirmed' and representations only before 18 April 2016)."""

    COMPLIED = "complied"
    WITHDRAWN = "withdrawn"
    NOT_CONFIRMED = "not_confirmed"
    LAPSED = "lapsed"


class PowerSection(StrEnum):
    """The power by the section of the Act that gives it (states.law.powers says what each asks for first)."""

    ARRANGEMENTS = "63"
    GOVERNORS = "64"
    INTERIM_BOARD = "65"
    BUDGET = "66"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts of one move. Most are stated by an officer; the record supplies those that nobody may claim."""

    # From the record
    actor: str = ""
    evidence: str = ""
    sector: Sector | None = None
    character: Character | None = None
    came_from: str = ""
    last_moved_on: date | None = None
    drafted_by: str = ""
    on: date | None = None
    initial_ends: date | None = None
    compliance_ends: date | None = None
    window_ends: date | None = None
    reasonable_notice_ends: date | None = None

    # The school: inspections, audit, conversion, closure
    inspected_on: date | None = None
    audit_outcome: str = ""
    notice_outcome: NoticeOutcome | None = None
    eligible_under: Door | None = None
    academy_order_on: date | None = None
    revoked_on: date | None = None
    opened_on: date | None = None
    closed_on: date | None = None

    # A warning notice
    grounds: tuple[Ground, ...] = ()
    contents: tuple[Content, ...] = ()
    copies: tuple[Copy, ...] = ()
    period_ends: date | None = None
    checked_by: str = ""
    given_on: date | None = None
    represented_on: date | None = None
    decided_on: date | None = None
    intention_notified_on: date | None = None
    secretary_notice_on: date | None = None

    # A power in use
    section: PowerSection | None = None
    consulted_on: date | None = None
    consented_on: date | None = None
    received_on: date | None = None

    # Support and conversion
    partner: str = ""
    activity: str = ""
    sponsor: str = ""
    agreed_on: date | None = None


# An officer cannot claim these.
FROM_THE_RECORD = frozenset(
    {
        "actor",
        "evidence",
        "sector",
        "character",
        "came_from",
        "last_moved_on",
        "drafted_by",
        "on",
        "initial_ends",
        "compliance_ends",
        "window_ends",
        "reasonable_notice_ends",
    }
)

STATED = {name: kind for name, kind in get_type_hints(Facts).items() if name not in FROM_THE_RECORD}

# A day that a notice states is usually still to come; every other day is one on which something happened.
STILL_TO_COME = frozenset({"period_ends"})

STATED_DATES = tuple(name for name, kind in STATED.items() if kind == date | None and name not in STILL_TO_COME)


class NotAFact(CaseworkError):
    """A fact that an officer stated cannot be understood; the message says what would be."""


def read_fact(name: str, written: str) -> Any:
    """Turn `name=written`, as an officer types it, into the value that Facts holds.

    Dates are ISO (2013-11-18); an outcome is one of its list; several of a list are parted by commas.
    """
    if name not in STATED:
        raise NotAFact(f"There is no fact called {name!r}. The facts you can state: {', '.join(sorted(STATED))}.")
    kind = STATED[name]
    if kind is str:
        return written
    if kind == date | None:
        return _day(name, written)
    choices = kind.__args__[0]
    if get_origin(kind) is tuple:
        return tuple(_one_of(name, word.strip(), choices) for word in written.split(",") if word.strip())
    return _one_of(name, written, choices)


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


def as_record(facts: Facts) -> dict[str, str]:
    """The facts that were stated, as the plain words which an event keeps."""
    stated = ((name, getattr(facts, name)) for name in STATED)
    return {name: ",".join(value) if isinstance(value, tuple) else str(value) for name, value in stated if value}
