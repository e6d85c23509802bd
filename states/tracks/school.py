"""The school track: from a good school through concern, audit and notice to an academy, or back to good.

Only rows and groups stand here. The letter A-F that officers see is the policy's label for a state, never the state.
Source: MI 269/13 (November 2013) for the activity; Education and Inspections Act 2006 Part 4 and Academies Act 2010 for
what the authority may do.
"""

from enum import StrEnum

from states.guards import general, notice, school
from states.track import Row, Track


class SchoolState(StrEnum):
    """Where a school stands with the authority."""

    UNCLASSIFIED = "unclassified"
    GOOD_OR_BETTER = "good_or_better"
    SYSTEM_LEADER = "system_leader"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    IN_TRANSITION = "in_transition"
    CAUSING_CONCERN = "causing_concern"
    UNDER_AUDIT = "under_audit"
    UNDER_WARNING_NOTICE = "under_warning_notice"
    INADEQUATE = "inadequate"
    CONVERTING = "converting"
    ACADEMY = "academy"
    CLOSED = "closed"


S = SchoolState

LABELS: dict[StrEnum, str] = {
    S.UNCLASSIFIED: "Not yet classified",
    S.GOOD_OR_BETTER: "Good or better",
    S.SYSTEM_LEADER: "System leader",
    S.REQUIRES_IMPROVEMENT: "Requires improvement",
    S.IN_TRANSITION: "In transition",
    S.CAUSING_CONCERN: "Causing concern",
    S.UNDER_AUDIT: "Under audit",
    S.UNDER_WARNING_NOTICE: "Under warning notice",
    S.INADEQUATE: "Inadequate",
    S.CONVERTING: "Converting to an academy",
    S.ACADEMY: "Opened as an academy",
    S.CLOSED: "Closed",
}

ENDED = (S.ACADEMY, S.CLOSED)
OPEN = tuple(state for state in S if state not in ENDED)
GOOD = (S.GOOD_OR_BETTER, S.SYSTEM_LEADER)
CONCERN = (S.CAUSING_CONCERN, S.UNDER_AUDIT)
NOT_YET_A_CONCERN = (S.UNCLASSIFIED, *GOOD, S.REQUIRES_IMPROVEMENT, S.IN_TRANSITION)


def _every(states: tuple[SchoolState, ...], *but: SchoolState) -> tuple[SchoolState, ...]:
    return tuple(state for state in states if state not in but)


EVIDENCE = (general.evidence_is_recorded,)
INSPECTION = (school.inspection_is_recorded,)
STATEMENT = (general.school_is_maintained, school.statement_was_sent)
NOTICE_ENDED = (school.notice_outcome_is_recorded,)
CATEGORY = ("category_notice",)
CLOSING = ("case_closed",)

ROWS = (
    # Classification of a school that has no category yet
    Row("classify_good_or_better", (S.UNCLASSIFIED,), S.GOOD_OR_BETTER,
        "Classify as good or better", EVIDENCE, CATEGORY),
    Row("classify_requires_improvement", (S.UNCLASSIFIED,), S.REQUIRES_IMPROVEMENT,
        "Classify as requires improvement", EVIDENCE, CATEGORY),
    Row("classify_inadequate", (S.UNCLASSIFIED,), S.INADEQUATE,
        "Classify as inadequate", EVIDENCE, CATEGORY),
    # Ofsted's judgements
    Row("judged_good_or_better",
        (S.REQUIRES_IMPROVEMENT, S.INADEQUATE, S.CAUSING_CONCERN, S.IN_TRANSITION), S.GOOD_OR_BETTER,
        "Ofsted judges the school good or better", INSPECTION, CATEGORY),
    Row("judged_requires_improvement",
        _every(OPEN, S.REQUIRES_IMPROVEMENT, S.CONVERTING), S.REQUIRES_IMPROVEMENT,
        "Ofsted judges that the school requires improvement", INSPECTION, CATEGORY),
    Row("judged_inadequate", _every(OPEN, S.INADEQUATE), S.INADEQUATE,
        "Ofsted judges the school inadequate", INSPECTION, CATEGORY),
    # The authority's own duty after such a report, which changes nothing but its clock (Education Act 2005 s15)
    Row("send_statement_of_action", (S.INADEQUATE,), S.INADEQUATE, "Written statement of action sent", STATEMENT),
    Row("send_statement_of_action", (S.CONVERTING,), S.CONVERTING,
        "Written statement of action sent, academy order already made", STATEMENT),
    # The authority's own view
    Row("enter_transition", (*GOOD, S.REQUIRES_IMPROVEMENT), S.IN_TRANSITION,
        "Place in transition", (), CATEGORY),
    Row("settle", (S.IN_TRANSITION,), S.GOOD_OR_BETTER, "Transition is over", EVIDENCE, CATEGORY),
    Row("raise_concern", NOT_YET_A_CONCERN, S.CAUSING_CONCERN, "Raise a concern", EVIDENCE, CATEGORY),
    Row("lift_concern", (*CONCERN, S.IN_TRANSITION), S.REQUIRES_IMPROVEMENT,
        "Lift the concern", EVIDENCE, CATEGORY),
    Row("make_system_leader", (S.GOOD_OR_BETTER,), S.SYSTEM_LEADER,
        "Name as a system leader", (), CATEGORY),
    Row("stand_down_system_leader", (S.SYSTEM_LEADER,), S.GOOD_OR_BETTER,
        "Stand down as a system leader", (), CATEGORY),
    # Audit and warning notice
    Row("begin_audit", (S.CAUSING_CONCERN,), S.UNDER_AUDIT, "Begin an audit", (), ("audit_notice",)),
    Row("clear_audit", (S.UNDER_AUDIT,), S.CAUSING_CONCERN, "Audit ends without a notice", (), ("audit_outcome",)),
    Row("give_notice", (S.UNDER_AUDIT,), S.UNDER_WARNING_NOTICE, "Give a warning notice (PSSWN)",
        (general.school_is_maintained, school.audit_or_evidence_is_recorded,
         notice.notice_is_complete, notice.notice_was_checked_by_second_officer)),
    Row("end_notice_concern_remains", (S.UNDER_WARNING_NOTICE,), S.CAUSING_CONCERN,
        "Notice over, concern remains", NOTICE_ENDED, CATEGORY),
    Row("end_notice_concern_lifted", (S.UNDER_WARNING_NOTICE,), S.REQUIRES_IMPROVEMENT,
        "Notice over, concern lifted", NOTICE_ENDED, CATEGORY),
    # Conversion, which the Secretary of State decides
    Row("record_academy_order", (S.INADEQUATE, S.UNDER_WARNING_NOTICE), S.CONVERTING,
        "Academy order made",
        (general.school_is_maintained, school.school_is_eligible_for_intervention,
         school.record_bears_out_the_door, school.academy_order_is_recorded),
        (*CATEGORY, "academy_order")),
    Row("revoke_order_to_inadequate", (S.CONVERTING,), S.INADEQUATE,
        "Order revoked, school still inadequate",
        (school.revocation_is_recorded, school.order_was_made_while_inadequate), CATEGORY),
    Row("revoke_order_to_notice", (S.CONVERTING,), S.UNDER_WARNING_NOTICE,
        "Order revoked, notice stands",
        (school.revocation_is_recorded, school.order_was_made_under_notice), CATEGORY),
    Row("open_as_academy", (S.CONVERTING,), S.ACADEMY, "Opens as an academy", (school.academy_has_opened,), CLOSING),
    Row("close", OPEN, S.CLOSED, "School closes", (school.closure_is_recorded,), CLOSING),
)  # fmt: skip

SCHOOL = Track(
    name="school", opens_by="open", states=SchoolState, labels=LABELS, initial=S.UNCLASSIFIED, ended=ENDED, rows=ROWS
)

# The same judgement on a school that already has a category is an Ofsted move, not a classification.
AT_A_LATER_INSPECTION = {
    "classify_good_or_better": "judged_good_or_better",
    "classify_requires_improvement": "judged_requires_improvement",
    "classify_inadequate": "judged_inadequate",
}

# From here a judgement of Ofsted moves a school by itself: it is where Ofsted's judgements put schools. Elsewhere the
# authority has a view or proceedings of its own, which no grade ends (MI 19564: a category forecasts no inspection).
RESTS_ON_OFSTED = (S.UNCLASSIFIED, *GOOD, S.REQUIRES_IMPROVEMENT, S.INADEQUATE)
