"""The tables of the record. What may stand in them is bound to the tracks by tests/conformance.

`version` of a case is the number of its events: (case_id, seq) is unique, so two writers can never both win.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from notifications.letter import RecipientRole
from states.progress import Outcome
from states.tracks import TRACKS
from states.tracks.letter import LETTER

# A letter is a row of its own table, not a case with events.
CASE_TRACKS = {name: track for name, track in TRACKS.items() if track is not LETTER}


class EventKind(StrEnum):
    """What an event says happened to a case."""

    OPENED = "opened"
    MOVED = "moved"
    REFUSED = "refused"
    PROPOSED = "proposed"
    REQUESTED = "requested"
    RECEIVED = "received"
    EVALUATED = "evaluated"
    MISSING = "missing"
    ALLOCATED = "allocated"
    MIGRATED = "migrated"
    LETTER = "letter"
    CORRECTED = "corrected"
    REDACTED = "redacted"
    HELD = "held"
    RELEASED = "released"


class May(StrEnum):
    """What an officer may do at the console; each may also do what those before it may."""

    READER = "reader"
    OFFICER = "officer"
    SIGNATORY = "signatory"


def _one_of(column: str, *words: str) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


def _only(column: str) -> dict[str, Any]:
    """An index of nothing but the rows that have a value here: most events move no case and correct nothing."""
    where = text(f"{column} IS NOT NULL")
    return {"sqlite_where": where, "postgresql_where": where}


class Instant(TypeDecorator[datetime]):
    """A moment, kept in UTC and handed out with its zone: SQLite itself would drop the zone without a word."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value and value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can speak of it on any database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON, datetime: Instant}  # noqa: RUF012  -- SQLAlchemy's own form


class School(Base):
    """One school as the register last gave it: the fields of casework.schools.SchoolRecord, and nothing else."""

    __tablename__ = "school"

    urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    la_code: Mapped[str]
    la_name: Mapped[str]
    establishment_number: Mapped[int | None]
    name: Mapped[str]
    type_code: Mapped[str]
    type_name: Mapped[str]
    status: Mapped[str]
    phase: Mapped[str]
    open_date: Mapped[date | None]
    close_date: Mapped[date | None]
    low_age: Mapped[int | None]
    high_age: Mapped[int | None]
    religious_character: Mapped[str]
    diocese: Mapped[str]
    street: Mapped[str]
    locality: Mapped[str]
    address3: Mapped[str]
    town: Mapped[str]
    county: Mapped[str]
    postcode: Mapped[str]
    head_title: Mapped[str]
    head_first_name: Mapped[str]
    head_last_name: Mapped[str]
    head_job_title: Mapped[str]
    rating: Mapped[str]
    inspected_on: Mapped[date | None]


class Contact(Base):
    """A person at a school to whom the authority writes, from the authority's own list."""

    __tablename__ = "contact"
    __table_args__ = (CheckConstraint(_one_of("role", *RecipientRole), name="role"),)

    urn: Mapped[int] = mapped_column(ForeignKey("school.urn"), primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]


class Case(Base):
    """Where one subject stands on its track. Written only by casework.record.

    `head` is the hash of its last event (32 bytes); `sealed` is the version that the newest seal has seen.
    """

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("track", "subject"),
        CheckConstraint(_one_of("track", *CASE_TRACKS), name="track"),
        *(
            CheckConstraint(f"track <> '{name}' OR {_one_of('state', *track.states)}", name=f"{name}_state")
            for name, track in CASE_TRACKS.items()
        ),
        Index(None, "track", "state"),
        Index(None, "urn", "track"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    track: Mapped[str]
    subject: Mapped[str]
    urn: Mapped[int] = mapped_column(ForeignKey("school.urn"))
    state: Mapped[str]
    version: Mapped[int]
    head: Mapped[bytes]
    sealed: Mapped[int] = mapped_column(server_default="0")


class Event(Base):
    """What happened, never changed afterwards: triggers refuse an update or a deletion.

    `once` names what may happen once only to a case, such as "requested 2025-26/2"; empty for what may recur.
    `effective_on` is when it counts, `recorded_at` when we knew; `corrects` is the number of the event that this one
    puts right. `hash` is the link of the case's chain: see casework.chain.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("case_id", "once"),
        CheckConstraint(_one_of("kind", *EventKind), name="kind"),
        Index("ix_event_as_of", "case_id", "effective_on", "seq", "destination", "recorded_at", **_only("destination")),
        Index("ix_event_corrects", "case_id", "corrects", "recorded_at", **_only("corrects")),
        {"sqlite_with_rowid": False},
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    trigger: Mapped[str]
    source: Mapped[str | None]
    destination: Mapped[str | None]
    occurred_on: Mapped[date]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    actor: Mapped[str]
    role: Mapped[str]
    reason: Mapped[str]
    evidence: Mapped[dict[str, Any]]
    once: Mapped[str | None]
    corrects: Mapped[int | None]
    policy: Mapped[str]
    policy_hash: Mapped[str]
    law_hash: Mapped[str]
    hash: Mapped[bytes]


class Return(Base):
    """One school's half-termly return of pupil progress: numbers of pupils only, never pupils."""

    __tablename__ = "return"
    __table_args__ = (CheckConstraint(_one_of("outcome", "", *Outcome), name="outcome"),)

    urn: Mapped[int] = mapped_column(ForeignKey("school.urn"), primary_key=True, autoincrement=False)
    half_term: Mapped[str] = mapped_column(primary_key=True)
    requested_on: Mapped[date | None]
    due_on: Mapped[date | None]
    received_on: Mapped[date | None]
    figures: Mapped[list[Any]]
    revision: Mapped[int]
    outcome: Mapped[str]
    findings: Mapped[list[Any]]


class Letter(Base):
    """A letter to one person at one school, with every fact it was written from.

    `channel`, `attempt` and `begun_at` are of its last way out; `provider_id` is by what it can be found there.
    `stopped` says why its batch must not leave, and `served_on` is the day of service that somebody proved.
    """

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("urn", "kind", "occasion", "recipient_role"),
        CheckConstraint(_one_of("state", *LETTER.states), name="state"),
        CheckConstraint(_one_of("recipient_role", *RecipientRole), name="recipient_role"),
        Index(None, "batch", "state"),
    )

    reference: Mapped[str] = mapped_column(primary_key=True)
    urn: Mapped[int] = mapped_column(ForeignKey("school.urn"))
    kind: Mapped[str]
    occasion: Mapped[str]
    recipient_role: Mapped[str]
    batch: Mapped[str]
    state: Mapped[str]
    facts: Mapped[dict[str, Any]]
    not_emailed: Mapped[str]
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    approved_by: Mapped[str]
    approved_role: Mapped[str]
    approved_at: Mapped[datetime | None]
    digest: Mapped[str]
    sent_at: Mapped[datetime | None]
    channel: Mapped[str] = mapped_column(server_default="")
    attempt: Mapped[int] = mapped_column(server_default="0")
    begun_at: Mapped[datetime | None]
    provider_id: Mapped[str] = mapped_column(server_default="", index=True)
    stopped: Mapped[str] = mapped_column(server_default="")
    served_on: Mapped[date | None]


class Officer(Base):
    """A person who may sign in at the console. No part of the record: neither exported nor backed up.

    `name` and `title` are what events say of whoever decided; `password` is a hash by argon2, never a password.
    """

    __tablename__ = "officer"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint(_one_of("may", *May), name="may"),
        {"info": {"recorded": False}},
    )

    sign_in: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    title: Mapped[str]
    may: Mapped[str]
    password: Mapped[str]
    added_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


# Every table of the record, each after those that it refers to.
RECORD = [table for table in Base.metadata.sorted_tables if table.info.get("recorded", True)]
