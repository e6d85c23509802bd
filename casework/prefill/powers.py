"""What record and law say in letters about powers and about becoming an academy."""

from datetime import date
from typing import Any

from casework.dossier import Dossier
from casework.prefill.common import Source, day_when, or_blank, stated
from notifications.catalogue.parts import Eligibility
from notifications.form import BLANK
from states.clocks.counting import months_after
from states.law.academy_orders import AcademyOrder, academy_order_rule
from states.law.powers import REVIEW_BEFORE, REVIEW_SPARED_MONTHS, Door
from states.tracks.conversion import ConversionState

VOLUNTARY_AIDED = "02"


def _eligibility(of: Dossier) -> Any:
    """The section, and the day of the notice or of Ofsted's word."""
    door = of.stated.eligible_under or of.of_school.eligible_under
    if door is None:
        return BLANK
    since = of.of_notice.given_on if door in (Door.S60, Door.S60A) else of.of_school.inspected_on
    return Eligibility(door=door, since=since) if since else {"door": door, "since": BLANK}


def _term_ends(of: Dossier) -> date:
    return of.stated.term_ends or months_after(of.on, of.policy.deadlines.fixed_term_months)


def _review_before(of: Dossier) -> date:
    """The first day of the financial year before which a suspended budget is reviewed (SSFA 1998 Sch 15 para 2)."""
    begun = of.stated.received_on or of.on
    spared = months_after(begun, REVIEW_SPARED_MONTHS.value)
    years = (date(year, *REVIEW_BEFORE.value) for year in range(begun.year, of.on.year + 3))
    return next(day for day in years if day > of.on and day >= spared)


def _under_duty(of: Dossier) -> Any:
    door, made_on = of.of_school.eligible_under, of.of_school.academy_order_on
    return academy_order_rule(door, made_on) is AcademyOrder.MUST if door and made_on else BLANK


def _step(of: Dossier) -> Any:
    """The state of the conversion; the order itself has a letter of its own."""
    state = of.case.state if of.case else ConversionState.ORDER_MADE
    return BLANK if state == ConversionState.ORDER_MADE else ConversionState(state)


def _sponsor(of: Dossier) -> str:
    return "" if of.case and of.case.state == ConversionState.REVOKED else of.stated.sponsor


SOURCES: dict[str, Source] = {
    "eligibility": _eligibility,
    "from_on": lambda of: of.on,
    "term_ends": _term_ends,
    "may_be_matched": lambda of: of.one.school.type_code == VOLUNTARY_AIDED,
    "review_before": _review_before,
    "suspended_on": stated("received_on"),
    "budget_review_outcome.decided_on": lambda of: of.on,
    "made_on": lambda of: or_blank(of.of_school.academy_order_on),
    "under_duty": _under_duty,
    "step": _step,
    "taken_on": lambda of: or_blank(day_when(of.last_move(of.case))),
    "sponsor": _sponsor,
    "opens_on": lambda of: of.stated.opened_on,
}
