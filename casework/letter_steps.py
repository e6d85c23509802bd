"""The events that one letter has been through, read from the case of its school: who checked, signed and sent it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.tables import Case, Event, EventKind, Letter


def signature_of(session: Session, letter: Letter) -> Event | None:
    """The event that says who signed the letter last, and what."""
    return next((one for one in reversed(steps_of(session, letter)) if one.trigger == "approve"), None)


def steps_of(session: Session, letter: Letter) -> list[Event]:
    """Every event that is about this letter alone, oldest first."""
    query = select(Event).join(Case, Case.id == Event.case_id)
    about = query.where(Case.urn == letter.urn, Event.kind == EventKind.LETTER).order_by(Event.case_id, Event.seq)
    return [event for event in session.scalars(about) if event.evidence.get("letter") == letter.reference]
