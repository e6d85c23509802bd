"""What the record says in letters of the half-termly return."""

from datetime import date, timedelta
from typing import Any

from casework.dossier import Dossier
from casework.prefill.common import (
    Source,
    or_blank,
    time_to_reply,
)
from notifications.catalogue.monitoring import ProgressMeasure
from notifications.form import BLANK
from states.half_terms import SchoolCalendar
from states.policy import Policy
from states.progress import Outcome
from states.tracks.school import SCHOOL


def _half_term(of: Dossier) -> Any:
    return of.calendars.school.half_term(of.held.half_term).label if of.held else BLANK


def _held(name: str) -> Source:
    return lambda of: or_blank(getattr(of.held, name, None))


def day_of_reminder(due: date, policy: Policy, calendar: SchoolCalendar) -> date:
    """So many days after a return was due, or the next school day."""
    return calendar.next_school_day(due + timedelta(days=policy.deadlines.reminder_after_days))


def _day_of_chaser(of: Dossier) -> Any:
    """The same for the chaser; a reminder that is late leaves as much time as one that is not."""
    if not (of.held and of.held.due_on):
        return BLANK
    planned = of.held.due_on + timedelta(days=of.policy.deadlines.chase_after_days)
    return max(of.calendars.school.next_school_day(planned), _as_long_again(of))


def _as_long_again(of: Dossier) -> date:
    """As many days from the letter as policy leaves between reminder and chaser, or the next school day."""
    days = of.policy.deadlines.chase_after_days - of.policy.deadlines.reminder_after_days
    return of.calendars.school.next_school_day(of.on + timedelta(days=max(days, 1)))


def _reminded_on(of: Dossier) -> Any:
    reminder = of.letter("progress_reminder", of.held.half_term) if of.held else None
    return date.fromisoformat(reminder.facts["dated"]) if reminder else BLANK


def _outcome(of: Dossier) -> Any:
    """What came of the return, unless none came: that is no outcome to write about."""
    judged = of.held and of.held.received_on and of.held.outcome
    return Outcome(of.held.outcome) if of.held and judged else BLANK


def _next_steps(of: Dossier) -> tuple[str, ...]:
    """What policy proposes after such a run of outcomes; a person decides on it."""
    outcomes = [one.outcome for one in reversed(of.returns) if one.outcome]
    rule = of.policy.proposal(of.one.case.state, outcomes)
    label = next((row.label for row in SCHOOL.rows if rule and row.trigger == rule.trigger), "")
    return (f"We will consider this step: {label[0].lower()}{label[1:]}.",) if label else ()


def _measures(of: Dossier) -> tuple[ProgressMeasure, ...]:
    measures = of.policy.measures_for(of.one.school.phase)
    return tuple(ProgressMeasure(label=one.label, target_percent=one.target_percent) for one in measures)


def _return_email(of: Dossier) -> str:
    return of.policy.signatory_of("progress_request").email or of.policy.authority.email


SOURCES: dict[str, Source] = {
    "half_term_label": _half_term,
    "asked_on": _held("requested_on"),
    "due": _held("due_on"),
    "received_on": _held("received_on"),
    "outcome": _outcome,
    "progress_outcome.findings": _held("findings"),
    "reminded_on": _reminded_on,
    "minimum_pupils": lambda of: of.policy.monitoring.minimum_pupils,
    "return_email": _return_email,
    "progress_request.measures": _measures,
    "progress_reminder.measures": lambda of: tuple(one.label for one in _measures(of)),
    "progress_outcome.next_steps": _next_steps,
    "progress_reminder.send_by": _day_of_chaser,
    "progress_chaser.send_by": _as_long_again,
    "progress_request.previous_outcome": lambda of: of.held.outcome if of.held else "",
    "answer_by": time_to_reply,
}
