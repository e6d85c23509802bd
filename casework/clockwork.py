"""From the record to the clocks: the events of a school as things that happened, and what is due for it."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from casework.chunks import chunks
from casework.tables import Case, Event, EventKind, School
from casework.timeline import Known, as_corrected
from states.clocks import Calendars, Deadline, Happened, deadlines
from states.law import LAW
from states.law.notices import NoticeKind
from states.policy import Policy
from states.school_types import school_type
from states.tracks.notice import NOTICE
from states.tracks.power import POWER
from states.tracks.school import SchoolState

# What the clocks are counted from; every other event of a case leaves it where it was.
HAPPENED = (EventKind.OPENED, EventKind.MOVED)

# A school in one of these may still owe its statement of action; in any other its own case has no clock that runs.
JUDGED = (SchoolState.INADEQUATE, SchoolState.CONVERTING)


def school_deadlines(
    session: Session, urn: int, policy: Policy, calendars: Calendars, now: date
) -> tuple[Deadline, ...]:
    """Every clock of one school as it stands `now`. Raises ImpossibleDates for a record that contradicts itself."""
    return deadlines(happened(session, urn), LAW, policy, calendars, now)


def happened(session: Session, urn: int) -> Iterator[Happened]:
    """What happened to the cases of one school, as corrected, each case in the order in which it was recorded."""
    return (happening for _, happening in happenings(session, urn))


def happenings(session: Session, urn: int, known: datetime | None = None) -> Iterator[tuple[int, Happened]]:
    """The same, each with the number of its event; `known` leaves out what was recorded at a later moment."""
    school = session.get_one(School, urn)
    recorded = [Event.recorded_at <= known] if known else []
    rows = session.execute(_events().where(Case.urn == urn, *recorded))
    return _as_happened(rows, school.type_code, school.type_name)


def happened_to(session: Session, urns: Iterable[int]) -> Iterator[tuple[int, list[Happened]]]:
    """What happened to each of many schools, 500 at a time; events that move no case are not even read."""
    for part in chunks(sorted(set(urns))):
        types = select(School.urn, School.type_code, School.type_name).where(School.urn.in_(part))
        type_of = {urn: (code, name) for urn, code, name in session.execute(types)}
        rows = session.execute(_events().where(Case.urn.in_(part), Event.kind.in_((*HAPPENED, EventKind.CORRECTED))))
        for urn, of_school in groupby(rows, lambda row: row.Case.urn):
            yield urn, [one for _, one in _as_happened(of_school, *type_of[urn])]


def _events() -> Select[Case, Event]:
    query = select(Case, Event).join(Event, Event.case_id == Case.id)
    return query.order_by(Case.urn, Case.id, Event.seq)


def _as_happened(rows: Iterable[Row[Case, Event]], type_code: str, type_name: str) -> Iterator[tuple[int, Happened]]:
    """Beside what was stated, an event carries what the clocks must know and only the record can say.

    That is the sector of the school, and of a power the notice that it was used under: the newest before it of the
    section that it names.
    """
    kind = school_type(type_code, type_name)
    sector = {"sector": kind.sector.value} if kind else {}
    notices: dict[str, str] = {}
    for case, event in _standing(rows):
        if event.kind not in HAPPENED:
            continue
        facts = sector | {name: str(value) for name, value in event.evidence.items()}
        if (case.track, event.trigger) == (NOTICE.name, "give"):
            notices[facts.get("kind", NoticeKind.S60)] = case.subject
        if case.track == POWER.name:
            facts["notice"] = notices.get(facts.get("eligible_under", ""), "")
        yield event.seq, Happened(case.track, case.subject, event.trigger, event.on, facts)


def _standing(rows: Iterable[Row[Case, Event]]) -> Iterator[tuple[Case, Known]]:
    for case, events in groupby(rows, itemgetter(0)):
        yield from ((case, one) for one in as_corrected(event for _, event in events))
