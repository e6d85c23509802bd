"""Reading cases: a school, its case and its contacts together, for one school or for hundreds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from casework.errors import NotFound
from casework.record import CaseFile
from casework.schools import SchoolRecord, SchoolStatus
from casework.tables import Case, Contact, Event, School
from casework.timeline import stands
from notifications.letter import RecipientRole
from notifications.recipients import Contact as ContactFacts
from states.school_types import Sector, school_type
from states.tracks import TRACKS
from states.tracks.school import SCHOOL

_SCHOOL_COLUMNS = [getattr(School, column.name) for column in fields(SchoolRecord)]


@dataclass(slots=True)
class SchoolCase:
    """One school of the caseload with everything that a decision or a letter needs."""

    school: SchoolRecord
    case: CaseFile
    contacts: dict[RecipientRole, ContactFacts] = field(default_factory=dict)


def sector_of(school: SchoolRecord) -> Sector:
    return _sector(school.type_code, school.type_name)


def _sector(type_code: str, type_name: str) -> Sector:
    kind = school_type(type_code, type_name)
    return kind.sector if kind else Sector.OTHER


def schools(session: Session, urns: Iterable[int]) -> dict[int, SchoolRecord]:
    rows = session.execute(select(*_SCHOOL_COLUMNS).where(School.urn.in_(list(urns))))
    return {row[0]: _school(row) for row in rows}


def school_cases(session: Session, *conditions: ColumnElement[bool]) -> list[SchoolCase]:
    """The cases of the school track that meet the conditions, by id, so that writers never wait for one another."""
    rows = session.execute(
        select(Case.id, Case.state, Case.version, Case.head, *_SCHOOL_COLUMNS)
        .join(School, School.urn == Case.urn)
        .where(Case.track == SCHOOL.name, *conditions)
        .order_by(Case.id)
    )
    found = [_school_case(row[0], row[1], row[2], row[3], _school(row[4:])) for row in rows]
    _attach_contacts(session, found)
    return found


def school_case(session: Session, urn: int) -> SchoolCase:
    """The case of one school, with the state that it came from; raises NotFound."""
    found = school_cases(session, Case.urn == urn)
    if not found:
        known = session.get(School, urn)
        why = (
            f"{known.name} ({known.type_name}, {known.status}) has no case under this policy."
            if known
            else "Load the register, or check the number."
        )
        raise NotFound(f"There is no case for URN {urn}. {why}")
    [one] = found
    one.case.came_from, one.case.last_moved_on = _last_move(session, one.case)
    return one


def own_cases(session: Session, urns: Iterable[int]) -> dict[int, CaseFile]:
    """URN → the school's own case, without what a decision about the school would need besides."""
    rows = session.execute(
        select(Case.id, Case.urn, Case.state, Case.version, Case.head, School.type_code, School.type_name)
        .join(School, School.urn == Case.urn)
        .where(Case.track == SCHOOL.name, Case.urn.in_(set(urns)))
    )
    return {
        row.urn: CaseFile(row.id, row.urn, row.state, row.version, _sector(row.type_code, row.type_name), head=row.head)
        for row in rows
    }


def other_cases(session: Session, one: SchoolCase) -> list[CaseFile]:
    """The school's cases on the other tracks, open and ended, oldest first."""
    rows = session.execute(
        select(Case.id, Case.track, Case.subject, Case.state, Case.version, Case.head)
        .where(Case.urn == one.school.urn, Case.track != SCHOOL.name)
        .order_by(Case.id)
    )
    found = [
        CaseFile(
            row.id,
            one.school.urn,
            row.state,
            row.version,
            one.case.sector,
            TRACKS[row.track],
            row.subject,
            head=row.head,
        )
        for row in rows
    ]
    for case in found:
        case.came_from, case.last_moved_on = _last_move(session, case)
    return found


def next_case_id(session: Session) -> int:
    return (session.scalar(select(func.max(Case.id))) or 0) + 1


def _last_move(session: Session, case: CaseFile) -> tuple[str, date | None]:
    """The state before the last move, what an academy order, say, was made from; and the day it counts from."""
    found = session.execute(
        select(Event.source, Event.effective_on)
        .where(Event.case_id == case.id, Event.destination.is_not(None), stands(Event))
        .order_by(Event.effective_on.desc(), Event.seq.desc())
        .limit(1)
    ).one()
    return found.source or "", found.effective_on


def _school(row: Sequence[object]) -> SchoolRecord:
    values = list(row)
    values[_STATUS] = SchoolStatus(str(values[_STATUS]))
    return SchoolRecord(*values)  # type: ignore[arg-type]  # the columns are the fields, bound by a conformance test


_STATUS = [column.name for column in fields(SchoolRecord)].index("status")


def _school_case(case_id: int, state: str, version: int, head: bytes, school: SchoolRecord) -> SchoolCase:
    return SchoolCase(school, CaseFile(case_id, school.urn, state, version, sector_of(school), head=head))


def _attach_contacts(session: Session, found: list[SchoolCase]) -> None:
    by_urn = {one.school.urn: one for one in found}
    rows = session.execute(
        select(Contact.urn, Contact.role, Contact.name, Contact.email).where(Contact.urn.in_(list(by_urn)))
    )
    for urn, role, name, email in rows:
        known = RecipientRole(role)
        by_urn[urn].contacts[known] = ContactFacts(role=known, name=name, email=email)
