"""What `casework verify` finds in a chain of events whose corrections cannot be."""

import json
from typing import Any

import pytest

from casework.chain import beginning, link_text
from casework.proofs import CaseRow, EventTexts, case_faults

MOVES = (
    {"kind": "opened", "trigger": "open", "destination": "unclassified", "effective_on": "2025-09-01"},
    {
        "kind": "moved",
        "trigger": "raise_concern",
        "source": "unclassified",
        "destination": "causing_concern",
        "effective_on": "2025-10-01",
    },
)
REDATED = {**MOVES[1], "kind": "corrected", "trigger": "redate", "effective_on": "2025-10-08", "corrects": 2}
VOID = {"kind": "corrected", "trigger": "void", "effective_on": "2025-10-01", "corrects": 2}
RESTATED = {**VOID, "trigger": "restate"}
NOTE = {"kind": "proposed", "trigger": "settle", "effective_on": "2025-10-01"}


def chained(*events: dict[str, Any]) -> list[EventTexts]:
    """The events as they would stand on record, numbered and linked."""
    head, made = beginning("school", "990001"), []
    for number, event in enumerate(events, start=1):
        blank = {"case_id": 1, "source": None, "destination": None, "corrects": None, "evidence": ""}
        text = json.dumps([number, *event.values()]).encode()
        head = link_text(head, text)
        made.append(EventTexts(**(blank | {"hash": head, "text": text, "seq": number} | event)))
    return made


def found(state: str, *events: dict[str, Any]) -> list[str]:
    told = chained(*MOVES, *events)
    case = CaseRow(1, 990001, "school", "990001", state, len(told), told[-1].hash, 0)
    return [f"{fault.place}: {fault.what}" for fault in case_faults(case, told, {})]


@pytest.mark.parametrize(
    ("state", "events"),
    [
        ("causing_concern", [REDATED]),
        ("causing_concern", [REDATED, REDATED | {"corrects": 3}]),
        ("causing_concern", [RESTATED, RESTATED]),
        ("unclassified", [VOID]),
        ("unclassified", [REDATED, RESTATED | {"corrects": 3}, VOID | {"corrects": 3}]),
    ],
    ids=["redated", "redated twice", "restated twice", "void", "redated, restated, void"],
)
def test_correction_of_what_stands_holds(state: str, events: list[dict[str, Any]]) -> None:
    assert found(state, *events) == []


@pytest.mark.parametrize(
    ("state", "events", "fault"),
    [
        ("causing_concern", [REDATED, REDATED], "event 4: corrects event 2, which is no move that stands."),
        ("unclassified", [VOID, VOID], "event 4: corrects event 2, which is no move that stands."),
        ("unclassified", [NOTE, VOID | {"corrects": 3}], "event 4: corrects event 3, which is no move that stands."),
        ("causing_concern", [RESTATED | {"corrects": 9}], "event 3: corrects event 9, which is no move that stands."),
        ("closed", [REDATED | {"destination": "closed"}], "event 3: does not lead where event 2 led."),
        ("causing_concern", [VOID], "is causing_concern, but its events make it unclassified."),
    ],
    ids=["twice the same", "void twice", "of a note", "of nothing", "to elsewhere", "void and not gone back"],
)
def test_correction_that_cannot_be_is_named(state: str, events: list[dict[str, Any]], fault: str) -> None:
    assert any(one.startswith("school 990001") and one.endswith(fault) for one in found(state, *events))
