"""What stands of a case's events: its moves by the day that they count from, with every correction in its place.

One rule, told twice and bound by tests: in SQL for many cases at once (`last_move`), in Python for the story of one
(`as_corrected`). Nothing is written here: corrections are decided in casework.corrections.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, ScalarSelect, exists, select
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import AliasedClass

from casework.tables import Case, Event, EventKind
from states.errors import CaseworkError
from states.tracks.school import SCHOOL

# The authority's day: what was recorded at half past midnight in July was not known on the day before.
LONDON = ZoneInfo("Europe/London")

EVER = datetime.max.replace(tzinfo=UTC)

_NAME = re.compile(r"(?:(?P<track>[a-z]+)(?:/(?P<number>\d+))?#)?(?P<seq>\d+)")


# No event counts from a day further ahead of its recording: casework.record.Stamp refuses a slip of the year.
FURTHEST_AHEAD = timedelta(days=366)

# What states the facts of a case: each records all that was stated before.
ATTEMPTS = (EventKind.OPENED, EventKind.MOVED, EventKind.REFUSED)

# What puts a case into a state, or corrects what did.
MOVES = (EventKind.OPENED, EventKind.MOVED, EventKind.MIGRATED, EventKind.CORRECTED)


class Correction(StrEnum):
    """How an event of kind `corrected` puts another right; it is the trigger of that event."""

    REDATE = "redate"  # it counts from another day; facts may change with it
    RESTATE = "restate"  # other facts, same day
    VOID = "void"  # it never happened


class NotAnEvent(CaseworkError):
    """What was typed names no event; the message says how events are named."""


@dataclass(frozen=True, slots=True)
class Known:
    """One event as it is known now: its number as recorded, its day and facts as corrected.

    `word` is the number of the event that gave it its place, the one that a further correction names; `corrected_by`
    are the numbers of all that put it right; `void` says that it never happened.
    """

    seq: int
    kind: str
    trigger: str
    source: str | None
    destination: str | None
    on: date
    evidence: dict[str, Any]
    actor: str
    reason: str
    recorded_at: datetime
    word: int
    corrected_by: tuple[int, ...] = ()
    void: bool = False

    @property
    def is_in_order(self) -> bool:
        """Whether it belongs to the moves of a case, of which none counts from an earlier day than the one before."""
        return self.kind in (EventKind.OPENED, EventKind.MOVED) or self.destination is not None


def known_until(day: date) -> datetime:
    """The last moment of `day` as the authority counts days: what was recorded by then was known on that day."""
    return datetime.combine(day, time.max, LONDON)


def as_corrected(events: Iterable[Event]) -> list[Known]:
    """The events of one case, given in their order, as its corrections leave them: what was voided is not there."""
    return [one for one in with_corrections(events) if not one.void]


def with_corrections(events: Iterable[Event]) -> list[Known]:
    """Every event of one case but its corrections, each with what they put right in it, be it void."""
    told: dict[int, Known] = {}
    original: dict[int, int] = {}
    for event in events:
        if event.corrects is None:
            told[event.seq] = _as_recorded(event)
            continue
        about = original[event.seq] = original.get(event.corrects, event.corrects)
        how, one = Correction(event.trigger), told[about]
        on, word = (event.effective_on, event.seq) if how is Correction.REDATE else (one.on, one.word)
        by, void = (*one.corrected_by, event.seq), how is Correction.VOID
        told[about] = replace(one, on=on, word=word, corrected_by=by, void=void)
        if not void:
            _put_right(told, about, event.evidence)
    return list(told.values())


def _as_recorded(event: Event) -> Known:
    return Known(
        seq=event.seq,
        kind=event.kind,
        trigger=event.trigger,
        source=event.source,
        destination=event.destination,
        on=event.effective_on,
        evidence=event.evidence,
        actor=event.actor,
        reason=event.reason,
        recorded_at=event.recorded_at,
        word=event.seq,
    )


def _put_right(told: dict[int, Known], about: int, correction: dict[str, Any]) -> None:
    """Give the right facts to the event itself, and to each later attempt that repeated the wrong ones."""
    facts, were = correction["facts"], correction["were"]
    for seq, one in told.items():
        right = facts if seq == about else {}
        if seq > about and one.kind in ATTEMPTS:
            right = {name: value for name, value in facts.items() if one.evidence.get(name, "") == were[name]}
        if right:
            stated = {name: value for name, value in (one.evidence | right).items() if value != ""}
            told[seq] = replace(one, evidence=stated)


def in_order(told: Iterable[Known]) -> list[Known]:
    """The moves of a case as they happened; of those of one day, as they were recorded."""
    return sorted((one for one in told if one.is_in_order), key=lambda one: (one.on, one.word))


def last_move(wanted: str, day: date | None = None, known_on: date | None = None) -> ScalarSelect[Any]:
    """For each case of the query around it, the column `wanted` of the move that counts last; null without one.

    `day` leaves out what counts from a later day, `known_on` what was recorded later than that day.
    """
    move, known = aliased(Event), known_until(known_on) if known_on else None
    if known_on:  # spares the walk over years of events that nobody knew of then
        day = min(day or date.max, min(known_on, date.max - FURTHEST_AHEAD) + FURTHEST_AHEAD)
    conditions = [move.case_id == Case.id, move.destination.is_not(None), stands(move, known)]
    conditions += [move.effective_on <= day] if day else []
    conditions += [move.recorded_at <= known] if known else []
    found = select(getattr(move, wanted)).where(*conditions).order_by(move.effective_on.desc(), move.seq.desc())
    return found.limit(1).correlate(Case).scalar_subquery()


def stands(move: type[Event] | AliasedClass[Event], known: datetime | None = None) -> ColumnElement[bool]:
    """Whether nothing known took the place of a move: another day for it does, or its voiding; other facts do not."""
    later = aliased(Event)
    # Said even when all is known: without it SQLite looks through every event of a case, six times as long.
    is_known = later.recorded_at <= (known or EVER)
    corrects = (later.corrects == move.seq, later.trigger != Correction.RESTATE)
    return ~exists().where(later.case_id == move.case_id, *corrects, is_known)


def event_name(track: str, subject: str, seq: int) -> str:
    """How an officer calls an event of one school: school#4, notice/1#2."""
    _, slash, number = subject.partition("/")
    return f"{track}{slash}{number}#{seq}"


def read_event_name(urn: int, typed: str) -> tuple[str, str, int]:
    """Track, subject and number of the event that was typed; a bare number is one of the school's own case."""
    found = _NAME.fullmatch(typed.strip())
    if found is None:
        raise NotAnEvent(
            f"{typed!r} names no event. `casework history {urn}` shows their names, such as school#4 or notice/1#2."
        )
    track, number = found["track"] or SCHOOL.name, found["number"]
    return track, f"{urn}/{number}" if number else str(urn), int(found["seq"])
