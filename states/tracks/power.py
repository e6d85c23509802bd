"""The power track: one power of intervention in use at one school, with its beginning, its reviews and its end.

Source: Education and Inspections Act 2006 ss63 to 66; the review of a suspended budget, School Standards and Framework
Act 1998 Sch 15 para 2. The fixed term of the seed (MI 269/13, line 37) is policy.
"""

from enum import StrEnum

from states.guards import general, power, school
from states.track import Row, Track


class PowerState(StrEnum):
    """How far the use of a power has come."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    UNDER_REVIEW = "under_review"
    ENDED = "ended"


S = PowerState

LABELS: dict[StrEnum, str] = {
    S.PROPOSED: "Proposed",
    S.IN_FORCE: "In force",
    S.UNDER_REVIEW: "Under review",
    S.ENDED: "Ended",
}

EVIDENCE = (general.evidence_is_recorded,)
# Of a suspended budget; each letter is about the power of its own section (casework.letters_due)
REVIEWED = ("budget_review_outcome",)

ROWS = (
    Row("begin", (S.PROPOSED,), S.IN_FORCE, "Use the power",
        (general.school_is_maintained, school.school_is_eligible_for_intervention, power.power_is_named,
         power.window_of_power_is_open, power.those_concerned_were_consulted,
         power.secretary_of_state_consents, power.suspension_was_received),
        ("additional_governors", "budget_suspension")),
    Row("give_up", (S.PROPOSED,), S.ENDED, "Give up the proposal", EVIDENCE),
    Row("review", (S.IN_FORCE,), S.UNDER_REVIEW, "Begin a review", (), ("budget_review",)),
    Row("continue", (S.UNDER_REVIEW,), S.IN_FORCE, "Continue after review", EVIDENCE, REVIEWED),
    Row("end", (S.IN_FORCE, S.UNDER_REVIEW), S.ENDED, "Give the power back", EVIDENCE, REVIEWED),
)  # fmt: skip

POWER = Track(
    name="power", opens_by="propose", states=PowerState, labels=LABELS, initial=S.PROPOSED, ended=(S.ENDED,), rows=ROWS
)
