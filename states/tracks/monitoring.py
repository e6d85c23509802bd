"""The monitoring track: one school's half-termly return of pupil progress (MI 269/13, lines 33, 36 and 43)."""

from enum import StrEnum

from states.guards import general, steps
from states.track import Row, Track


class MonitoringState(StrEnum):
    """How far one return has come."""

    REQUESTED = "requested"
    REMINDED = "reminded"
    CHASED = "chased"
    RECEIVED = "received"
    QUERIED = "queried"
    EVALUATED = "evaluated"
    MISSING = "missing"


S = MonitoringState

LABELS: dict[StrEnum, str] = {
    S.REQUESTED: "Requested",
    S.REMINDED: "Headteacher reminded",
    S.CHASED: "Chased with the chair",
    S.RECEIVED: "Received",
    S.QUERIED: "Queried",
    S.EVALUATED: "Evaluated",
    S.MISSING: "Missing",
}

AWAITED = (S.REQUESTED, S.REMINDED, S.CHASED)

ROWS = (
    Row("remind", (S.REQUESTED,), S.REMINDED, "Remind the headteacher"),
    Row("chase", (S.REMINDED,), S.CHASED, "Chase with the chair of governors"),
    Row("receive", (*AWAITED, S.QUERIED), S.RECEIVED, "The return comes", (steps.return_was_received,)),
    Row("query", (S.RECEIVED,), S.QUERIED, "Query a figure", (general.evidence_is_recorded,)),
    Row("evaluate", (S.RECEIVED,), S.EVALUATED, "Evaluate against the targets"),
    Row("miss", (*AWAITED, S.QUERIED), S.MISSING, "The half-term closes without it"),
)  # fmt: skip

MONITORING = Track(
    name="monitoring",
    opens_by="request",
    states=MonitoringState,
    labels=LABELS,
    initial=S.REQUESTED,
    ended=(S.EVALUATED, S.MISSING),
    rows=ROWS,
)
