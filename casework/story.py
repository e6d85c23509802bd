"""Reading the record: where a school stands, and where everybody stood on a day. Writes nothing.

How a school came to where it stands is casework.history.
"""

from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, other_cases, school_case
from casework.clockwork import school_deadlines
from casework.history import deadline_record, event_record
from casework.tables import Case, Event, EventKind, Letter, Return, School
from casework.timeline import as_corrected, last_move
from states.clocks import Calendars
from states.policy import Policy
from states.track import Track
from states.tracks import TRACKS
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
        "cases": [
            _beside(case.track, case.subject, case.state, case.last_moved_on) for case in other_cases(session, one)
        ],
        "deadlines": [deadline_record(due) for due in school_deadlines(session, urn, policy, calendars, now)],
        "proposed": _open_proposals(session, one),
        "returns": _returns(session, urn),
        "letters": _letters(session, urn),
    }


def worth_telling(deadlines: list[Record]) -> list[Record]:
    """The clocks that run, and of each kind the last that was missed: a yearly review may have been missed often."""
    running = [one for one in deadlines if one["state"] == "running"]
    missed = {(one["name"], one["subject"]): one for one in deadlines if one["state"] == "missed"}
    return [*running, *missed.values()]


def states_as_of(session: Session, day: date, known_on: date | None = None) -> dict[int, str]:
    """URN → the state in which the school was at the end of `day`; schools without a case by then are absent.

    With `known_on`, as the record told it at the end of that day: what was recorded or corrected later is left out.
    """
    state = last_move("destination", day, known_on)
    rows = session.execute(select(Case.urn, state).where(Case.track == SCHOOL.name).order_by(Case.urn))
    return {urn: found for urn, found in rows if found}


def counts_as_of(session: Session, day: date, known_on: date | None = None) -> dict[str, int]:
    """State → how many schools were in it at the end of `day`, in the track's order."""
    state = last_move("destination", day, known_on).label("state")
    # Without the word, SQLite works each state out twice: once to group by it, and once to name the group.
    each = select(state).where(Case.track == SCHOOL.name).cte("each").prefix_with("MATERIALIZED")
    counts = session.execute(select(each.c.state, func.count()).group_by(each.c.state))
    counted = {state: count for state, count in counts}  # noqa: C416
    return {state.value: counted[state.value] for state in SCHOOL.states if state.value in counted}


def caseload_as_of(session: Session, day: date, known_on: date | None = None) -> list[Record]:
    """School by school, by URN, where each was at the end of `day`; schools without a case by then are absent."""
    states = states_as_of(session, day, known_on)
    names = {urn: name for urn, name in session.execute(select(School.urn, School.name))}  # noqa: C416
    return [
        {"urn": urn, "name": names[urn], "state": state, "state_label": SCHOOL.label_of(state)}
        for urn, state in states.items()
    ]


def school_as_of(session: Session, urn: int, day: date, known_on: date | None = None) -> Record:
    """One school with all its cases that had begun by `day`, and since when each was where it was. Raises NotFound."""
    one = school_case(session, urn)
    state, since = last_move("destination", day, known_on), last_move("effective_on", day, known_on)
    rows = session.execute(
        select(Case.track, Case.subject, state, since)
        .where(Case.urn == urn)
        .order_by(Case.track != SCHOOL.name, Case.id)
    )
    cases = [_beside(TRACKS[track], subject, was, day) for track, subject, was, day in rows if was]
    own = next((case["state"] for case in cases if case["track"] == SCHOOL.name), None)
    return {"urn": urn, "name": one.school.name, "state": own, "cases": cases}


def _beside(track: Track, subject: str, state: str, since: date | None) -> Record:
    return {
        "track": track.name,
        "subject": subject,
        "state": state,
        "state_label": track.label_of(state),
        "since": since,
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


def _open_proposals(session: Session, one: SchoolCase) -> list[Record]:
    """Proposals made since the case last moved, the newest for each move: any move answers those before it."""
    events = session.scalars(select(Event).where(Event.case_id == one.case.id).order_by(Event.seq)).all()
    moved = max(event.seq for event in as_corrected(events) if event.destination)
    proposed = {event.trigger: event for event in events if event.kind == EventKind.PROPOSED and event.seq > moved}
    return [event_record(event) for event in sorted(proposed.values(), key=attrgetter("seq"))]


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
