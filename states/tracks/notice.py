"""The notice track: a warning notice, of performance standards and safety or of pay, from draft to its end.

Source: Education and Inspections Act 2006 ss60 and 60A, in the words that applied on the day the notice is given. Its
clocks are states.clocks.notice; what must be in it, and who gets copies, states.law.notices.
"""

from enum import StrEnum

from states.guards import general, notice
from states.track import Row, Track


class NoticeState(StrEnum):
    """How far a warning notice has come."""

    DRAFTED = "drafted"
    CHECKED = "checked"
    GIVEN = "given"
    REPRESENTED = "represented"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    COMPLIED = "complied"
    NOT_COMPLIED = "not_complied"
    POWERS_OPEN = "powers_open"
    LIFTED = "lifted"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


S = NoticeState

LABELS: dict[StrEnum, str] = {
    S.DRAFTED: "Drafted",
    S.CHECKED: "Checked by a second officer",
    S.GIVEN: "Given",
    S.REPRESENTED: "Representations made",
    S.CONFIRMED: "Confirmed",
    S.NOT_CONFIRMED: "Not confirmed",
    S.COMPLIED: "Complied with",
    S.NOT_COMPLIED: "Not complied with",
    S.POWERS_OPEN: "Powers open",
    S.LIFTED: "Lifted",
    S.LAPSED: "Lapsed",
    S.WITHDRAWN: "Withdrawn",
    S.SUPERSEDED: "Ended by the Secretary of State's notice",
}

ENDED = (S.NOT_CONFIRMED, S.LIFTED, S.LAPSED, S.WITHDRAWN, S.SUPERSEDED)
OPEN = tuple(state for state in S if state not in ENDED)
RUNNING = (S.GIVEN, S.CONFIRMED)
STANDING = tuple(state for state in OPEN if state not in (S.DRAFTED, S.CHECKED))

EVIDENCE = (general.evidence_is_recorded,)
COMPLETE = (notice.notice_is_complete,)
# A notice is checked before it is served, and may be withdrawn before its day comes.
PLANNED = ("given_on",)
DECIDED = (notice.decision_is_recorded,)
ANSWERED = ("representations_outcome",)
ITS_END = ("notice_ended",)

ROWS = (
    Row("check", (S.DRAFTED,), S.CHECKED, "A second officer checks it",
        (*COMPLETE, notice.checker_is_a_second_officer), ("warning_notice",), planned=PLANNED),
    Row("give", (S.CHECKED,), S.GIVEN, "Give it to the governing body",
        (general.school_is_maintained, *COMPLETE, notice.no_notice_of_the_secretary_of_state_stands)),
    # To the Chief Inspector, of a pay notice to the authority: only for notices given before 18 April 2016
    Row("record_representations", (S.GIVEN,), S.REPRESENTED, "Representations are made",
        (notice.representations_were_made_in_time,)),
    Row("confirm", (S.REPRESENTED,), S.CONFIRMED, "It is confirmed", DECIDED, ANSWERED),
    Row("decline_to_confirm", (S.REPRESENTED,), S.NOT_CONFIRMED, "It is not confirmed", DECIDED, ANSWERED),
    # Compliance, to the authority's satisfaction
    Row("record_compliance", RUNNING, S.COMPLIED, "The governing body complied",
        (*EVIDENCE, notice.compliance_came_after_the_notice), ITS_END),
    Row("record_non_compliance", RUNNING, S.NOT_COMPLIED, "The governing body did not comply",
        (*EVIDENCE, notice.compliance_period_is_over), ("not_complied", "intention_to_use_powers")),
    Row("open_powers", (S.NOT_COMPLIED,), S.POWERS_OPEN, "Tell the governing body that powers will be used",
        (notice.intention_was_notified,)),
    # The ways it ends
    Row("lift", (S.COMPLIED, S.POWERS_OPEN), S.LIFTED, "Lift it", EVIDENCE, ITS_END),
    Row("lapse", (S.NOT_COMPLIED, S.POWERS_OPEN), S.LAPSED, "The two months for powers pass unused",
        (notice.window_of_powers_is_over,), ITS_END),
    Row("withdraw", OPEN, S.WITHDRAWN, "Withdraw it", EVIDENCE, ITS_END, planned=PLANNED),
    Row("supersede", STANDING, S.SUPERSEDED, "The Secretary of State gives a notice",
        (notice.notice_of_the_secretary_of_state_is_recorded,), ITS_END),
)  # fmt: skip

NOTICE = Track(
    name="notice", opens_by="draft", states=NoticeState, labels=LABELS, initial=S.DRAFTED, ended=ENDED, rows=ROWS
)
