"""From the record to the clocks: the events of a school as things that happened, and what is due for it."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.tables import Case, Event, EventKind, School
from states.clocks import Calendars, Deadline, Happened, deadlines
from states.law import LAW
from states.policy import Policy
from states.school_types import school_type
from states.tracks.notice import NOTICE


def school_deadlines(
    session: Session, urn: int, policy: Policy, calendars: Calendars, now: date
) -> tuple[Deadline, ...]:
    """Every clock of one school as it stands `now`. Raises ImpossibleDates for a record that contradicts itself."""
    return deadlines(happened(session, urn), LAW, policy, calendars, now)


def happened(session: Session, urn: int) -> Iterator[Happened]:
    """What happened to the cases of one school, each case in the order in which it was recorded.

    Beside what was stated, an event carries what the clocks must know and only the record can say: the sector of the
    school, and the newest notice, under which a power that came after it was used.
    """
    school = session.get_one(School, urn)
    kind = school_type(school.type_code, school.type_name)
    known = {"sector": kind.sector.value} if kind else {}
    rows = session.execute(
        select(Case.track, Case.subject, Event)
        .join(Event, Event.case_id == Case.id)
        .where(Case.urn == urn, Event.kind.in_((EventKind.OPENED, EventKind.MOVED)))
        .order_by(Event.case_id, Event.seq)
    )
    for track, subject, event in rows:
        if track == NOTICE.name:
            known["notice"] = subject
        facts = known | {name: str(value) for name, value in event.evidence.items()}
        yield Happened(track, subject, event.trigger, event.effective_on, facts)
