"""What is on record when a move is asked for: the only thing that guards may look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, get_origin, get_type_hints

from states.errors import CaseworkError
from states.law.inspections import InadequateAs
from states.law.notices import Character, Content, Copy, Ground, NoticeKind
from states.law.powers import Door
from states.school_types import Sector


class NoticeOutcome(StrEnum):
    """How a warning notice ended (EIA 2006 s60; 'not confirmed' only before 18 April 2016, 'superseded' since)."""

    COMPLIED = "complied"
    WITHDRAWN = "withdrawn"
    NOT_CONFIRMED = "not_confirmed"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"


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
    doors: tuple[Door, ...] = ()
    on: date | None = None
    initial_ends: date | None = None
    compliance_ends: date | None = None
    window_ends: date | None = None
    reasonable_notice_ends: date | None = None
    stopped: str = ""
    under: str = ""
    dated: date | None = None
    served_on: date | None = None

    # The school: inspections, audit, conversion, closure
    inspected_on: date | None = None
    reported_on: date | None = None
    inadequate_as: InadequateAs | None = None
    statement_sent_on: date | None = None
    audit_outcome: str = ""
    notice_outcome: NoticeOutcome | None = None
    eligible_under: Door | None = None
    academy_order_on: date | None = None
    revoked_on: date | None = None
    opened_on: date | None = None
    closed_on: date | None = None

    # A warning notice; one that names no kind is of section 60
    kind: NoticeKind | None = None
    grounds: tuple[Ground, ...] = ()
    contents: tuple[Content, ...] = ()
    copies: tuple[Copy, ...] = ()
    period_ends: date | None = None
    checked_by: str = ""
    given_on: date | None = None
    represented_on: date | None = None
    decided_on: date | None = None
    complied_on: date | None = None
    intention_notified_on: date | None = None
    secretary_notice_on: date | None = None
    notice_permitted_on: date | None = None

    # A power in use
    section: PowerSection | None = None
    consulted_on: date | None = None
    consented_on: date | None = None
    received_on: date | None = None
    term_ends: date | None = None

    # Support, monitoring and conversion
    partner: str = ""
    activity: str = ""
    due_on: date | None = None
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
        "doors",
        "on",
        "initial_ends",
        "compliance_ends",
        "window_ends",
        "reasonable_notice_ends",
        "stopped",
        "under",
        "dated",
        "served_on",
    }
)

STATED = {name: kind for name, kind in get_type_hints(Facts).items() if name not in FROM_THE_RECORD}

# A day that a notice, a decision or a request fixes is usually still to come; on every other, something happened.
STILL_TO_COME = frozenset({"period_ends", "term_ends", "due_on"})

STATED_DATES = tuple(name for name, kind in STATED.items() if kind == date | None and name not in STILL_TO_COME)


class NotAFact(CaseworkError):
    """A fact that an officer stated cannot be understood; the message says what would be."""


def read_facts(typed: Mapping[str, str]) -> dict[str, Any]:
    """Every fact that was stated, as the value that Facts holds; an empty one (`name=`) is not stated, or no longer."""
    for name in typed:
        _require_known(name)
    return {name: read_fact(name, written) for name, written in typed.items() if written.strip()}


def read_fact(name: str, written: str) -> Any:
    """Turn `name=written`, as an officer types it, into the value that Facts holds.

    Dates are ISO (2013-11-18); an outcome is one of its list; several of a list are parted by commas.
    """
    _require_known(name)
    kind = STATED[name]
    if kind is str:
        return written
    if kind == date | None:
        return _day(name, written)
    choices = kind.__args__[0]
    if get_origin(kind) is tuple:
        return tuple(_one_of(name, word.strip(), choices) for word in written.split(",") if word.strip())
    return _one_of(name, written, choices)


def _require_known(name: str) -> None:
    if name not in STATED:
        raise NotAFact(f"There is no fact called {name!r}. The facts you can state: {', '.join(sorted(STATED))}.")


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
