"""The letter track: no letter leaves unsigned, none leaves twice, and what became of it is known."""

from enum import StrEnum

from states.guards import general, letter
from states.track import Row, Track


class LetterState(StrEnum):
    """How far a letter has come on its way to the school."""

    DRAFTED = "drafted"
    CHECKED = "checked"
    APPROVED = "approved"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    RETURNED = "returned"
    FAILED = "failed"
    REJECTED = "rejected"


S = LetterState

LABELS: dict[StrEnum, str] = {
    S.DRAFTED: "Drafted",
    S.CHECKED: "Checked",
    S.APPROVED: "Approved",
    S.QUEUED: "Queued",
    S.SENT: "Sent",
    S.DELIVERED: "Delivered",
    S.RETURNED: "Returned",
    S.FAILED: "Failed",
    S.REJECTED: "Rejected",
}

ENDED = (S.DELIVERED, S.RETURNED, S.FAILED, S.REJECTED)
UNSIGNED = (S.DRAFTED, S.CHECKED)
EVIDENCE = (general.evidence_is_recorded,)

ROWS = (
    Row("check", (S.DRAFTED,), S.CHECKED, "Check the letter", (letter.second_officer_signs,)),
    Row("approve", UNSIGNED, S.APPROVED, "Sign the letter",
        (letter.signatory_is_named, letter.second_officer_signs)),
    Row("reject", UNSIGNED, S.REJECTED, "Reject the letter", EVIDENCE),
    # The folder takes a letter at once; a channel over a network queues it first
    Row("queue", (S.APPROVED,), S.QUEUED, "Queue the letter"),
    Row("send", (S.APPROVED, S.QUEUED), S.SENT, "Hand the letter to its channel"),
    Row("fail", (S.QUEUED, S.SENT), S.FAILED, "The channel refuses it", EVIDENCE),
    Row("deliver", (S.SENT,), S.DELIVERED, "It is known to have arrived"),
    Row("come_back", (S.SENT,), S.RETURNED, "It comes back undelivered", EVIDENCE),
)  # fmt: skip

LETTER = Track(
    name="letter", opens_by="draft", states=LetterState, labels=LABELS, initial=S.DRAFTED, ended=ENDED, rows=ROWS
)
