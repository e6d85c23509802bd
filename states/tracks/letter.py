"""The letter track: no letter leaves unsigned, and none leaves twice."""

from enum import StrEnum

from states import guards
from states.track import Row, Track


class LetterState(StrEnum):
    """How far a letter has come on its way to the school."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    SENT = "sent"


S = LetterState

LABELS: dict[StrEnum, str] = {S.DRAFTED: "Drafted", S.APPROVED: "Approved", S.SENT: "Sent"}

ROWS = (
    Row("approve", (S.DRAFTED,), S.APPROVED, "Sign the letter",
        (guards.signatory_is_named, guards.second_officer_signs)),
    Row("send", (S.APPROVED,), S.SENT, "Hand the letter to its channel"),
)  # fmt: skip

LETTER = Track(name="letter", states=LetterState, labels=LABELS, initial=S.DRAFTED, ended=(S.SENT,), rows=ROWS)
