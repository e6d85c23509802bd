"""The letter track: no letter leaves unsigned, none leaves twice, and what became of it is known, or asked."""

from enum import StrEnum

from states.guards import general, letter
from states.track import Row, Track


class LetterState(StrEnum):
    """How far a letter has come on its way to the school."""

    DRAFTED = "drafted"
    CHECKED = "checked"
    APPROVED = "approved"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
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
    S.SENDING: "Being sent",
    S.SENT: "Sent",
    S.UNKNOWN: "Not known whether it was sent",
    S.DELIVERED: "Delivered",
    S.RETURNED: "Returned",
    S.FAILED: "Failed",
    S.REJECTED: "Rejected",
}

ENDED = (S.DELIVERED, S.REJECTED)
UNSIGNED = (S.DRAFTED, S.CHECKED)
WAITING = (S.APPROVED, S.QUEUED)
# It did not reach the school, or nobody knows: a person decides what is done about it.
UNSETTLED = (S.UNKNOWN, S.RETURNED, S.FAILED)
# It has not left, whatever else happens to it: `letters stop` reaches it.
STOPPABLE = (*UNSIGNED, *WAITING)

EVIDENCE = (general.evidence_is_recorded,)
CHECKED = (letter.signatory_is_named, letter.another_officer_checks)
SIGNED = (letter.signatory_is_named, letter.second_officer_signs)

ROWS = (
    Row("check", (S.DRAFTED,), S.CHECKED, "Check the letter", CHECKED),
    Row("check", (S.CHECKED,), S.CHECKED, "Check once more what has changed since", CHECKED),
    Row("approve", (S.DRAFTED,), S.APPROVED, "Sign the letter", (*SIGNED, letter.act_asks_for_no_check)),
    Row("approve", (S.CHECKED,), S.APPROVED, "Sign the letter that was checked", SIGNED),
    Row("reject", UNSIGNED, S.REJECTED, "Reject the letter", EVIDENCE),
    # It is marked before it is handed over: whatever happens then, it cannot leave a second time unnoticed
    Row("begin_sending", WAITING, S.SENDING, "Hand the letter to its channel", (letter.letter_is_not_stopped,)),
    Row("wait", (S.SENDING,), S.QUEUED, "The channel cannot take it now", EVIDENCE),
    Row("send", (S.SENDING, S.UNKNOWN), S.SENT, "The channel has it"),
    Row("lose_sight", (S.SENDING,), S.UNKNOWN, "Nobody knows whether the channel took it", EVIDENCE),
    Row("fail", (S.SENDING, S.SENT), S.FAILED, "The channel refuses it", EVIDENCE),
    # What becomes of it afterwards
    Row("deliver", (S.SENT,), S.DELIVERED, "It is known to have arrived", EVIDENCE),
    Row("come_back", (S.SENT,), S.RETURNED, "It comes back undelivered", EVIDENCE),
    Row("resend", UNSETTLED, S.QUEUED, "It is to be sent again", EVIDENCE),
    Row("serve", (*WAITING, S.SENT, *UNSETTLED), S.DELIVERED, "It is served otherwise, with proof",
        (*EVIDENCE, letter.service_is_dated)),
)  # fmt: skip

LETTER = Track(
    name="letter", opens_by="draft", states=LetterState, labels=LABELS, initial=S.DRAFTED, ended=ENDED, rows=ROWS
)
