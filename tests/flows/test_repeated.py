"""Everything that is tagged safe-to-repeat adds nothing the second time: the book is the same."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework import inbox
from casework.letters import Selection, approve_letters
from casework.office import Office
from flows.deployments import flow_of, listed
from flows.failures import SAFE
from tests.conftest import DEMO

DAY = date(2025, 12, 8)
WHO = {"by": "Ada Quill", "role": "Adviser"}
BATCH = "progress_request-2025-26-1"
CIRCULAR = {
    "number": "31/25",
    "heading": "Half-termly returns",
    "sections": [{"heading": "Why we ask", "text": "So that help comes early.\n\nIt is for every school."}],
    "contact_name": "Ada Quill",
}
Rows = Callable[[Path], dict[str, list[Any]]]


def put(kind: str, name: str) -> Callable[[Path], None]:
    """Put the demo's list into the inbox once more: a run that is cut off leaves the file where it was."""

    def copied(home: Path) -> None:
        inbox.prepare(home / "inbox")
        shutil.copy(DEMO / name, home / "inbox" / kind / name)

    return copied


def judged(home: Path) -> None:
    """Ofsted's list of one school that was judged inadequate in the summer of 2024."""
    inbox.prepare(home / "inbox")
    words = "URN,Overall effectiveness,Category of concern,Inspection start date,Publication date"
    (home / "inbox" / "inspections" / "outcomes.csv").write_text(f"{words}\n990022,4,SM,18/06/2024,12/07/2024\n")


def sign(_home: Path) -> None:
    office = Office()
    approve_letters(
        office.engine, Selection(batch=BATCH), office.stamp("Amara Stone", "Director", None), office.wording
    )


def a_second_later(_home: Path) -> None:
    """A copy is named by its second, and none is ever written over."""
    Office.now += timedelta(seconds=1)


def nothing(_home: Path) -> None:
    """There is nothing to prepare."""


# Deployment → what stands before each run, and what its form says.
REPEATED: dict[str, tuple[Callable[[Path], None], dict[str, Any]]] = {
    "daily-clocks": (nothing, {"on": DAY}),
    "half-termly-check": (nothing, {"half_term": "2025-26/2", "on": DAY}),
    "look-at-a-round": (nothing, {"half_term": "2025-26/1", "on": DAY}),
    "close-a-round": (nothing, {"half_term": "2025-26/1", "on": DAY} | WHO),
    "load-returns": (put("returns", "returns.csv"), {"on": date(2026, 1, 20)}),
    "load-the-register": (put("register", "register.csv"), {"la_code": "999", "on": DAY}),
    "load-inspection-outcomes": (judged, {"on": DAY}),
    "load-contacts": (put("contacts", "contacts.csv"), {"on": DAY}),
    "allocate-partners": (put("allocations", "allocations.csv"), {"on": DAY} | WHO),
    "prepare-a-letter": (nothing, {"kind": "circular", "school": "990022", "on": DAY}),
    "draft-letters": (nothing, WHO),
    "publish-a-circular": (nothing, CIRCULAR | {"on": DAY} | WHO),
    "list-letters-in-doubt": (nothing, {}),
    "yearly-classification": (nothing, {"school_year": "2025-26", "on": date(2026, 7, 1)} | WHO),
    "approve-letters": (sign, {"batch": BATCH}),
    "send-letters": (sign, {}),
    "look-at-a-school": (nothing, {"school": "990022", "on": DAY}),
    "list-what-is-due": (nothing, {"on": DAY}),
    "committee-report": (nothing, {"first": date(2025, 9, 1), "last": DAY, "with_names": True}),
    "verify-the-record": (nothing, {}),
    "back-up-the-record": (a_second_later, {}),
}

FLOWS = {one["name"]: flow_of(one) for one in listed()}


def test_everything_that_is_safe_to_repeat_is_tried() -> None:
    assert {one["name"] for one in listed() if SAFE in one["tags"]} == set(REPEATED)


@pytest.mark.usefixtures("same_clock")
@pytest.mark.parametrize("name", REPEATED)
def test_second_run_adds_nothing(home: Path, rows: Rows, name: str) -> None:
    before, said = REPEATED[name]
    seen = []
    for _ in range(2):
        before(home)
        asyncio.run(FLOWS[name](**said))
        seen.append((rows(home), (home / "seals.jsonl").read_bytes()))
    assert seen[0] == seen[1]
