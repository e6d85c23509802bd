"""The conversion track: the authority working with a school as it becomes a sponsored academy (MI 269/13, line 32).

The Secretary of State decides each step; the authority records it. Source: Academies Act 2010 ss4 to 8.
"""

from enum import StrEnum

from states.guards import school, steps
from states.track import Row, Track


class ConversionState(StrEnum):
    """How far a school has come on its way to being an academy."""

    ORDER_MADE = "order_made"
    SPONSOR_MATCHED = "sponsor_matched"
    CONSULTATION = "consultation"
    FUNDING_AGREEMENT = "funding_agreement"
    OPENED = "opened"
    REVOKED = "revoked"


S = ConversionState

LABELS: dict[StrEnum, str] = {
    S.ORDER_MADE: "Academy order made",
    S.SPONSOR_MATCHED: "Sponsor matched",
    S.CONSULTATION: "Consultation",
    S.FUNDING_AGREEMENT: "Funding agreement signed",
    S.OPENED: "Opened",
    S.REVOKED: "Order revoked",
}

ENDED = (S.OPENED, S.REVOKED)
OPEN = tuple(state for state in S if state not in ENDED)
STEP = ("conversion_step",)

ROWS = (
    Row("match_sponsor", (S.ORDER_MADE,), S.SPONSOR_MATCHED, "A sponsor is matched", (steps.sponsor_is_named,), STEP),
    Row("consult", (S.SPONSOR_MATCHED,), S.CONSULTATION, "Consultation begins", (), STEP),
    # An order for a school that is eligible for intervention needs no consultation since 18 April 2016.
    Row("agree_funding", (S.SPONSOR_MATCHED, S.CONSULTATION), S.FUNDING_AGREEMENT, "Funding agreement signed",
        (steps.funding_agreement_is_signed,), STEP),
    # Whichever steps were recorded on the way: an academy that has opened has a funding agreement.
    Row("open", OPEN, S.OPENED, "The academy opens", (school.academy_has_opened, steps.funding_agreement_is_signed),
        STEP),
    Row("revoke", OPEN, S.REVOKED, "The Secretary of State revokes the order", (school.revocation_is_recorded,), STEP),
)  # fmt: skip

CONVERSION = Track(
    name="conversion",
    opens_by="make_order",
    states=ConversionState,
    labels=LABELS,
    initial=S.ORDER_MADE,
    ended=ENDED,
    rows=ROWS,
)
