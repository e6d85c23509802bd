"""What the record says in letters about a category, an audit and the end of a case."""

from typing import Any

from casework.dossier import Dossier
from casework.prefill.common import Source, ask, day_of, or_blank, reason_of, time_to_reply
from notifications.catalogue.audit import AuditResult
from notifications.catalogue.categories import FactOnRecord
from notifications.catalogue.other import CaseClosing
from notifications.form import BLANK
from states.dates import in_words
from states.policy import Category
from states.school_types import Sector
from states.tracks.school import SchoolState


def _category(of: Dossier) -> Category | None:
    return of.policy.category_of(of.one.case.state)


def _letter_of_category(of: Dossier) -> Any:
    category = _category(of)
    return category.letter if category else BLANK


def _label_of_category(of: Dossier) -> Any:
    category = _category(of)
    return category.printed_label if category else BLANK


def _previous_label(of: Dossier) -> Any:
    category = of.policy.category_of(of.one.case.came_from)
    return category.printed_label if category else BLANK


def _activities(of: Dossier) -> Any:
    category = _category(of)
    return tuple(one.sentence for one in category.activities_for(of.one.case.sector)) if category else ()


def _facts_of_register(of: Dossier) -> tuple[FactOnRecord, ...]:
    school = of.one.school
    when = f", {in_words(school.inspected_on)}" if school.inspected_on else ""
    facts = (
        ("Type of school", school.type_name, "Register of schools"),
        ("Phase", school.phase, "Register of schools"),
        ("Last graded inspection", school.rating and f"{school.rating}{when}", "Ofsted, in the register of schools"),
        ("Headteacher", school.head_name, "Register of schools"),
    )
    return tuple(FactOnRecord(name=name, value=value, source=source) for name, value, source in facts if value)


def _school_year(of: Dossier) -> Any:
    """The school year that the day of the letter falls in, or that begins next."""
    following = [one for one in of.calendars.school.half_terms if one.closes >= of.on]
    if not following:
        return BLANK
    begins = int(following[0].school_year[:4])
    return f"{begins} to {begins + 1}"


def _audit_result(of: Dossier) -> Any:
    return BLANK if of.one.case.state == SchoolState.UNDER_AUDIT else AuditResult.NO_NOTICE


def _closing(of: Dossier) -> CaseClosing:
    ways = {SchoolState.ACADEMY: CaseClosing.BECAME_ACADEMY, SchoolState.CLOSED: CaseClosing.SCHOOL_CLOSED}
    return ways.get(SchoolState(of.one.case.state), CaseClosing.CONCERN_OVER)


def _successor(of: Dossier) -> Any:
    return BLANK if of.one.case.state == SchoolState.ACADEMY else ""


SOURCES: dict[str, Source] = {
    "category_letter": _letter_of_category,
    "category_label": _label_of_category,
    "previous_label": _previous_label,
    "effective_from": lambda of: or_blank(of.one.case.last_moved_on),
    "activities": _activities,
    "maintained": lambda of: of.one.case.sector is Sector.MAINTAINED,
    "monitored": lambda of: of.policy.is_monitored(of.one.case.state),
    "reply_by": time_to_reply,
    "meeting_invitation.reply_by": ask,
    "interim_board_consultation.reply_by": ask,
    "category_notice.basis": lambda of: reason_of()(of)[0],
    "concern_raised.reasons": reason_of("raise_concern"),
    "step_down.reasons": reason_of(),
    "accuracy_check.facts": _facts_of_register,
    "accuracy_check.school_year": _school_year,
    "case_closed.opened_on": day_of("raise_concern", "open"),
    "case_closed.closed_on": day_of(),
    "case_closed.closing": _closing,
    "case_closed.successor": _successor,
    "audit_notice.reasons": reason_of("raise_concern"),
    "audited_on": day_of("begin_audit"),
    "result": _audit_result,
}
