"""How a school came to where it stands: every event as the record has it, and what it means as it is known now.

Letters are told beside the event that drafted them, deadlines beside the event that began or met them, a correction
beside what it corrects. Here everything is found; casework.cli.history puts it into words. Writes nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.caseload import school_case
from casework.clockwork import happenings
from casework.tables import Case, Event, EventKind, Letter
from casework.timeline import event_name, known_until, with_corrections
from states.clocks import Calendars, Deadline, Happened, Life, clocks_of_lives
from states.errors import CaseworkError
from states.law import LAW
from states.policy import Policy
from states.tracks.letter import LETTER

Record = dict[str, Any]


def event_record(event: Event) -> Record:
    """An event as it stands on record, whole."""
    return {
        "seq": event.seq,
        "kind": event.kind,
        "on": event.effective_on,
        "occurred_on": event.occurred_on,
        "recorded_at": event.recorded_at,
        "actor": event.actor,
        "role": event.role,
        "trigger": event.trigger,
        "from": event.source,
        "to": event.destination,
        "reason": event.reason,
        "evidence": event.evidence,
        "once": event.once,
        "corrects": event.corrects,
        "policy": event.policy,
        "policy_hash": event.policy_hash,
        "law_hash": event.law_hash,
        "hash": event.hash.hex(),
    }


def deadline_record(due: Deadline) -> Record:
    return {
        "name": due.name,
        "subject": due.subject,
        "date": due.date,
        "state": due.state.value,
        "sentence": due.sentence,
        "citation": due.citation,
    }


def history(
    session: Session, urn: int, policy: Policy, calendars: Calendars, now: date, known_on: date | None = None
) -> list[Record]:
    """Everything that happened to one school on any track, by the day that it counts for. Raises NotFound.

    Beside what event_record has: the event's name; `counts_on`, its day as corrected, `corrected_by` and `void`; the
    name of the event that it corrects; `letters` that it drafted, each with its steps since; the deadlines that it
    `began` and `met`. With `known_on` the story is told as it was known at the end of that day.
    """
    school_case(session, urn)
    known = known_until(known_on) if known_on else None
    recorded = [Event.recorded_at <= known] if known else []
    rows = session.execute(
        select(Case, Event)
        .join(Event, Event.case_id == Case.id)
        .where(Case.urn == urn, *recorded)
        .order_by(Case.id, Event.seq)
    )
    told: list[Record] = []
    for case, found in groupby(rows, itemgetter(0)):
        told += _of_one_case(case, [event for _, event in found])
    _add_letters(session, urn, told)
    _add_deadlines(list(happenings(session, urn, known)), told, policy, calendars, min(now, known_on or now))
    return sorted(told, key=lambda one: (one["counts_on"], one["recorded_at"]))


def _of_one_case(case: Case, events: list[Event]) -> Iterator[Record]:
    """A correction is told on the day on which it was made; what it corrects, on the day that is right."""
    name = partial(event_name, case.track, case.subject)
    known = {one.seq: one for one in with_corrections(events)}
    about = {seq: one.seq for one in known.values() for seq in one.corrected_by}
    for event in events:
        one = known.get(event.seq)
        yield event_record(event) | {
            "event": name(event.seq),
            "track": case.track,
            "subject": case.subject,
            "counts_on": one.on if one else event.occurred_on,
            "void": bool(one and one.void),
            "corrected_by": [name(seq) for seq in one.corrected_by] if one else [],
            "corrects_event": None if one else name(about[event.seq]),
            "letters": [],
            "began": [],
            "met": [],
        }


def _add_letters(session: Session, urn: int, told: list[Record]) -> None:
    """Each letter beside the event that drafted it, with every step that it took since."""
    columns = (Letter.reference, Letter.kind, Letter.recipient_role)
    letters = {row.reference: row._asdict() for row in session.execute(select(*columns).where(Letter.urn == urn))}
    drafted: dict[str, Record] = {}
    for one in sorted(told, key=lambda one: (one["recorded_at"], one["track"], one["subject"], one["seq"])):
        evidence = one["evidence"]
        for reference in evidence.get("letters", ()):
            if reference in letters and reference not in drafted:
                state = evidence.get("states", {}).get(reference, LETTER.initial.value)
                drafted[reference] = letters[reference] | {"state": state, "steps": []}
                one["letters"].append(drafted[reference])
        if one["kind"] == EventKind.LETTER and (letter := drafted.get(evidence.get("letter", ""))):
            letter["state"] = evidence.get("state", letter["state"])
            step = {"step": one["trigger"], "on": one["occurred_on"], "actor": one["actor"], "role": one["role"]}
            letter["steps"].append(step | {"event": one["event"]})


def _add_deadlines(
    happened: list[tuple[int, Happened]], told: list[Record], policy: Policy, calendars: Calendars, now: date
) -> None:
    """Each deadline beside the last event of the day that it was counted from, and of the day on which it was met.

    One that is counted from the end of another began where that one did.
    """
    try:
        clocks = list(clocks_of_lives([one for _, one in happened], LAW, policy, calendars, now))
    except CaseworkError:
        return  # what happened can be read whatever its days are; `casework show` says what is wrong with them
    by_name = {(one["track"], one["subject"], one["seq"]): one for one in told}
    by_day = {(one.track, one.subject, one.counts_on): by_name[one.track, one.subject, seq] for seq, one in happened}
    for life, clock in clocks:
        began = by_day.get((life.track, life.subject, clock.starts)) if clock.starts else None
        if began:
            began["began"].append(deadline_record(clock))
            if clock.date:
                by_day.setdefault((life.track, life.subject, clock.date), began)
        if clock.met_on and (met := _met_by(by_day, life, clock.met_on)):
            met["met"].append(deadline_record(clock))


def _met_by(by_day: Mapping[tuple[str, str, date], Record], life: Life, day: date) -> Record | None:
    """What met a deadline happened in the same life, or in that of a power that rests on it."""
    elsewhere = (one for (_, _, when), one in by_day.items() if when == day)
    return by_day.get((life.track, life.subject, day)) or next(elsewhere, None)
