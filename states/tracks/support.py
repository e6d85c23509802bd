"""The support track: a school's Education Challenge Partner or system leader, from offer to evaluation.

Source: MI 269/13, lines 18 to 20 and 40 to 48.
"""

from enum import StrEnum

from states.guards import general, steps
from states.track import Row, Track


class SupportState(StrEnum):
    """How far a school's support has come."""

    OFFERED = "offered"
    ALLOCATED = "allocated"
    PLAN_CHALLENGED = "plan_challenged"
    COMMISSIONED = "commissioned"
    UNDERTAKEN = "undertaken"
    EVALUATED = "evaluated"
    DECLINED = "declined"


S = SupportState

LABELS: dict[StrEnum, str] = {
    S.OFFERED: "Offered",
    S.ALLOCATED: "Partner allocated",
    S.PLAN_CHALLENGED: "Plan challenged",
    S.COMMISSIONED: "Activity commissioned",
    S.UNDERTAKEN: "Activity undertaken",
    S.EVALUATED: "Impact evaluated",
    S.DECLINED: "Not taken up",
}

EVIDENCE = (general.evidence_is_recorded,)

ROWS = (
    Row("allocate", (S.OFFERED,), S.ALLOCATED, "Allocate a partner", (steps.partner_is_named,),
        ("partner_allocation",)),
    Row("challenge_plan", (S.ALLOCATED,), S.PLAN_CHALLENGED, "The partner challenges the plan", EVIDENCE),
    Row("commission", (S.PLAN_CHALLENGED,), S.COMMISSIONED, "The school commissions activity",
        (steps.activity_is_named,), ("activity_agreed",)),
    Row("undertake", (S.COMMISSIONED,), S.UNDERTAKEN, "The activity is undertaken"),
    Row("evaluate", (S.UNDERTAKEN,), S.EVALUATED, "Its impact is evaluated", EVIDENCE, ("activity_evaluation",)),
    Row("decline", (S.OFFERED, S.ALLOCATED, S.PLAN_CHALLENGED, S.COMMISSIONED), S.DECLINED,
        "The school does not take it up", EVIDENCE),
)  # fmt: skip

SUPPORT = Track(
    name="support",
    opens_by="offer",
    states=SupportState,
    labels=LABELS,
    initial=S.OFFERED,
    ended=(S.EVALUATED, S.DECLINED),
    rows=ROWS,
)
