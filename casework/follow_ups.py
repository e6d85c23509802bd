"""What follows a request for figures, all from the record: the reminder, the chaser to the chair, the outcome.

A daily run drafts each once; whatever it is asked again, it adds nothing. People sign them like any other letter. Only
the newest return of a monitored school is followed up: what an older one showed was said, or is no news any more.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import school_cases
from casework.check import monitored_case_ids
from casework.chunks import chunks, together
from casework.dossier import Dossier
from casework.letter_drafts import put_on_record
from casework.occasions import occasion_of, occasion_of_return
from casework.prefill import whole_letter
from casework.prefill.returns import day_of_reminder
from casework.record import Decisions, Stamp
from casework.returns import HeldReturn, held_returns
from casework.tables import Case, Letter
from casework.unit_of_work import transact
from notifications.catalogue import CATALOGUE
from notifications.catalogue.monitoring import ProgressChaser, ProgressOutcome, ProgressReminder
from states.clocks import Calendars
from states.tracks.letter import LetterState

REMINDER, CHASER, OUTCOME = (one.folder for one in (ProgressReminder, ProgressChaser, ProgressOutcome))

# The letters of a return that were drafted before, whatever became of them: (kind, occasion) → the letter.
Before = dict[tuple[str, str], Letter]


@dataclass(slots=True)
class FollowUps:
    """How many schools were written to, of each kind; `held_back` are chasers whose reminder has not gone out."""

    reminded: int = 0
    chased: int = 0
    told: int = 0
    letters: list[str] = field(default_factory=list)
    held_back: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_markdown(self) -> str:
        head = (
            f"{self.reminded} school(s) reminded, {self.chased} chased with the chair, {self.told} told what their "
            f"figures show: {len(self.letters)} letter(s) drafted."
        )
        return "\n".join([head, *(f"- {one['urn']}: {one['why']}" for one in self.held_back)])


def draft_follow_ups(
    engine: Engine, calendars: Calendars, stamp: Stamp, progress: Callable[[int], None] = lambda _done: None
) -> FollowUps:
    """Everything that is due on the stamp's day, some hundred schools to a transaction."""
    report = FollowUps()
    for case_ids in chunks(monitored_case_ids(engine, stamp.policy)):
        report = together(report, transact(engine, partial(_follow_up_some, case_ids, calendars, stamp)))
        progress(len(case_ids))
    return report


def _follow_up_some(case_ids: list[int], calendars: Calendars, stamp: Stamp, session: Session) -> FollowUps:
    report, decisions = FollowUps(), Decisions(stamp)
    monitored = Case.state.in_(stamp.policy.monitoring.states)
    cases = school_cases(session, Case.id.in_(case_ids), monitored)
    urns = [one.school.urn for one in cases]
    held, before = held_returns(session, urns), _before(session, urns)
    for one in cases:
        own = before.get(one.school.urn, {})
        asked = [each for each in held.get(one.school.urn, []) if each.requested_on and each.requested_on <= stamp.on]
        if asked and (kind := _due(asked[-1], own, calendars, stamp, report)):
            dossier = Dossier(session, one, stamp.policy, calendars, stamp.on)
            dossier.returns = asked
            _draft(kind, dossier, decisions, report)
    decisions.write(session)
    return report


def _before(session: Session, urns: list[int]) -> dict[int, Before]:
    query = select(Letter).where(Letter.urn.in_(urns), Letter.kind.in_((REMINDER, CHASER, OUTCOME)))
    found: dict[int, Before] = {}
    for letter in session.scalars(query):
        found.setdefault(letter.urn, {})[letter.kind, letter.occasion] = letter
    return found


def _due(held: HeldReturn, before: Before, calendars: Calendars, stamp: Stamp, report: FollowUps) -> str:
    """The kind of letter that is due about a return, or nothing."""
    if held.received_on:
        judged = held.outcome and held.received_on <= stamp.on
        return OUTCOME if judged and (OUTCOME, occasion_of_return(OUTCOME, held)) not in before else ""
    if held.outcome or held.due_on is None or (CHASER, held.half_term) in before:
        return ""
    reminder = before.get((REMINDER, held.half_term))
    if reminder is None:
        day = day_of_reminder(held.due_on, stamp.policy, calendars.school)
        return REMINDER if stamp.on >= day else ""
    return _chaser(reminder, stamp.on, report)


def _chaser(reminder: Letter, on: date, report: FollowUps) -> str:
    """A chaser says that there was a reminder: one that did not go out would make it untrue."""
    if reminder.state == LetterState.REJECTED or on < date.fromisoformat(reminder.facts["fields"]["send_by"]):
        return ""
    if reminder.sent_at:
        return CHASER
    why = f"The chaser is due, but its reminder {reminder.reference} is {reminder.state}. Sign and send that first."
    report.held_back.append({"urn": reminder.urn, "reminder": reminder.reference, "why": why})
    return ""


def _draft(kind: str, dossier: Dossier, decisions: Decisions, report: FollowUps) -> None:
    fields = whole_letter(kind, dossier)
    assert fields is not None, f"the record has all of {kind}: a test sees to it"
    why = f"{CATALOGUE[kind].title}: due by policy"
    rows = put_on_record(decisions, dossier, fields, occasion_of(kind, dossier), why, {})
    report.letters += [row["reference"] for row in rows]
    report.reminded += kind == REMINDER
    report.chased += kind == CHASER
    report.told += kind == OUTCOME
