"""Reading the record: where a school stands, how it came there, and where everybody stood on a day. Writes nothing."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from casework.caseload import SchoolCase, other_cases, school_case
from casework.clockwork import school_deadlines
from casework.record import CaseFile
from casework.tables import Case, Event, EventKind, Letter, Return
from states.clocks import Calendars, Deadline
from states.policy import Policy
from states.tracks.school import SCHOOL

Record = dict[str, Any]


def standing(session: Session, urn: int, policy: Policy, calendars: Calendars, now: date) -> Record:
    """One school as an officer asks for it: state, clocks, what may come next, what waits. Raises NotFound."""
    one = school_case(session, urn)
    category = policy.category_of(one.case.state)
    return {
        "urn": urn,
        "name": one.school.name,
        "type": one.school.type_name,
        "sector": one.case.sector.value,
        "phase": one.school.phase,
        "address": list(one.school.address),
        "rating": one.school.rating,
        "inspected_on": one.school.inspected_on,
        "state": one.case.state,
        "state_label": SCHOOL.label_of(one.case.state),
        "since": one.case.last_moved_on,
        "category": category.letter if category else "",
        "category_label": category.label if category else "",
        "monitored": policy.is_monitored(one.case.state),
        "moves": [
            {"trigger": row.trigger, "label": row.label}
            for row in SCHOOL.from_state(one.case.state)
            if policy.uses(row.to)
        ],
        "cases": [_beside(case) for case in other_cases(session, one)],
        "deadlines": [_clock(due) for due in school_deadlines(session, urn, policy, calendars, now)],
        "proposed": _open_proposals(session, one),
        "returns": _returns(session, urn),
        "letters": _letters(session, urn),
    }


def history(session: Session, urn: int) -> list[Record]:
    """Everything that happened to one school on any track, oldest first. Raises NotFound."""
    school_case(session, urn)
    rows = session.execute(
        select(Case.track, Case.subject, Event)
        .join(Event, Event.case_id == Case.id)
        .where(Case.urn == urn)
        .order_by(Event.effective_on, Event.recorded_at, Case.id, Event.seq)
    )
    return [{"track": track, "subject": subject} | _told(event) for track, subject, event in rows]


def states_as_of(session: Session, day: date) -> dict[int, str]:
    """URN → the state in which the school was at the end of `day`; schools without a case by then are absent."""
    last = aliased(Event)
    state = (
        select(last.destination)
        .where(last.case_id == Case.id, last.effective_on <= day, last.destination.is_not(None))
        .order_by(last.effective_on.desc(), last.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(select(Case.urn, state).where(Case.track == SCHOOL.name).order_by(Case.urn))
    return {urn: found for urn, found in rows if found}


def counts_as_of(session: Session, day: date) -> dict[str, int]:
    """State → how many schools were in it at the end of `day`, in the track's order."""
    counted = Counter(states_as_of(session, day).values())
    return {state.value: counted[state.value] for state in SCHOOL.states if counted[state.value]}


def _beside(case: CaseFile) -> Record:
    return {
        "track": case.track.name,
        "subject": case.subject,
        "state": case.state,
        "state_label": case.track.label_of(case.state),
        "since": case.last_moved_on,
    }


def _clock(due: Deadline) -> Record:
    return {
        "name": due.name,
        "subject": due.subject,
        "date": due.date,
        "state": due.state.value,
        "sentence": due.sentence,
        "citation": due.citation,
    }


def caseload_table(session: Session, policy: Policy) -> list[Record]:
    """Where the caseload stands now: a line for each state that has schools."""
    query = select(Case.state, func.count()).where(Case.track == SCHOOL.name).group_by(Case.state)
    counted = {state: count for state, count in session.execute(query)}  # noqa: C416
    return [
        {
            "state": SCHOOL.label_of(state),
            "category": category.letter if (category := policy.category_of(state)) else "",
            "schools": counted[state],
            "monitored": "yes" if policy.is_monitored(state) else "no",
        }
        for state in SCHOOL.states
        if state in counted
    ]


def _told(event: Event) -> Record:
    return {
        "seq": event.seq,
        "kind": event.kind,
        "on": event.effective_on,
        "recorded_at": event.recorded_at,
        "actor": event.actor,
        "role": event.role,
        "trigger": event.trigger,
        "from": event.source,
        "to": event.destination,
        "reason": event.reason,
        "evidence": event.evidence,
        "policy": event.policy,
        "policy_hash": event.policy_hash,
    }


def _open_proposals(session: Session, one: SchoolCase) -> list[Record]:
    """Proposals made since the case last moved: a move, whichever it is, answers those before it."""
    events = session.scalars(select(Event).where(Event.case_id == one.case.id).order_by(Event.seq))
    waiting: list[Record] = []
    for event in events:
        if event.destination:
            waiting.clear()
        elif event.kind == EventKind.PROPOSED:
            waiting.append(_told(event))
    return waiting


def _returns(session: Session, urn: int) -> list[Record]:
    rows = session.scalars(select(Return).where(Return.urn == urn).order_by(Return.half_term.desc()))
    return [
        {
            "half_term": row.half_term,
            "due_on": row.due_on,
            "received_on": row.received_on,
            "outcome": row.outcome,
            "findings": row.findings,
        }
        for row in rows
    ]


def _letters(session: Session, urn: int) -> list[Record]:
    columns = (Letter.reference, Letter.kind, Letter.recipient_role, Letter.state, Letter.not_emailed)
    rows = session.execute(select(*columns).where(Letter.urn == urn).order_by(Letter.drafted_at, Letter.reference))
    return [row._asdict() for row in rows]
