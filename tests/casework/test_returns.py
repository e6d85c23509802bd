"""Taking in returns of pupil progress: received, corrected, unchanged, or named and left out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.check import run_check
from casework.record import Stamp
from casework.returns import HeldReturn, ReturnsReport, held_returns, load_returns
from casework.unit_of_work import reading
from states.half_terms import SchoolCalendar

DEMO = Path(__file__).parents[2] / "demo" / "returns.csv"
HEADER = "urn,half_term,measure,pupils,on_track,received"
URN = 990002

Load = Callable[..., ReturnsReport]


@pytest.fixture
def load(
    fenshire: Engine, table_file: Callable[..., Path], calendar: SchoolCalendar, stamp: Callable[..., Stamp]
) -> Load:
    def loaded(*lines: str) -> ReturnsReport:
        return load_returns(fenshire, table_file(HEADER, *lines), calendar, stamp("2026-01-10"))

    return loaded


def whole(reading: int, received: str = "2026-01-05") -> list[str]:
    on_track = {"reading": reading, "writing": 90, "mathematics": 90}
    return [f"{URN},2025-26/2,{measure},100,{number},{received}" for measure, number in on_track.items()]


def held(engine: Engine) -> HeldReturn:
    with reading(engine) as session:
        [found] = held_returns(session, [URN])[URN]
    return found


def counts(report: ReturnsReport) -> tuple[int, int, int]:
    return report.received, report.corrected, report.unchanged


def test_demo_returns_are_all_received(fenshire: Engine, calendar: SchoolCalendar, stamp: Callable[..., Stamp]) -> None:
    report = load_returns(fenshire, DEMO, calendar, stamp("2026-01-20"))
    assert (counts(report), report.rejected) == ((45, 0, 0), [])


def test_same_return_again_changes_nothing(
    fenshire: Engine, load: Load, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    load(*whole(90))
    before = contents(fenshire)
    assert counts(load(*reversed(whole(90)))) == (0, 0, 1)
    assert contents(fenshire) == before


def test_different_figures_are_a_correction(fenshire: Engine, load: Load) -> None:
    assert counts(load(*whole(90))) == (1, 0, 0)
    assert counts(load(*whole(40))) == (0, 1, 0)
    assert held(fenshire).revision == 2


def test_corrected_return_is_evaluated_anew(
    fenshire: Engine, load: Load, calendar: SchoolCalendar, stamp: Callable[..., Stamp]
) -> None:
    outcomes = []
    for percent in (90, 40, 90):
        load(*whole(percent))
        run_check(fenshire, calendar, calendar.half_term("2025-26/2"), stamp("2026-01-20"))
        outcomes.append(held(fenshire).outcome)
    assert outcomes == ["on_track", "off_track", "on_track"]


def test_return_keeps_the_day_it_was_asked_for(
    fenshire: Engine, load: Load, calendar: SchoolCalendar, stamp: Callable[..., Stamp]
) -> None:
    run_check(fenshire, calendar, calendar.half_term("2025-26/2"), stamp("2025-12-01"))
    asked = held(fenshire)
    load(*whole(90))
    assert (held(fenshire).requested_on, held(fenshire).due_on) == (asked.requested_on, asked.due_on)
    assert asked.due_on is not None


def test_receipt_is_an_event_with_its_figures(
    fenshire: Engine, load: Load, events_of: Callable[[Engine, int], list[Any]]
) -> None:
    load(*whole(90))
    event = events_of(fenshire, URN)[-1]
    assert (event.kind, event.evidence["received_on"]) == ("received", "2026-01-05")
    assert {"measure": "reading", "pupils": 100, "on_track": 90} in event.evidence["figures"]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("123456,2025-26/2,reading,30,24,2026-01-05", "urn"),
        ("990002,2025-26/7,reading,30,24,2026-01-05", "half_term"),
        ("990002,2025-26/2,latin,30,24,2026-01-05", "measure"),
        ("990002,2025-26/2,reading,30,31,2026-01-05", "on_track"),
        ("990002,2025-26/2,reading,30,24,2026-02-30", "received"),
    ],
    ids=["unknown school", "unknown half-term", "unknown measure", "too many", "no such day"],
)
def test_unusable_line_is_named(load: Load, line: str, field: str) -> None:
    report = load(line, "990004,2025-26/2,reading,30,24,2026-01-05")
    assert [(row.line, row.field) for row in report.rejected] == [(2, field)]
    assert counts(report) == (1, 0, 0)


def test_school_without_a_case_cannot_return(load: Load) -> None:
    report = load("990054,2025-26/2,reading,30,24,2026-01-05")
    assert [(row.line, row.field) for row in report.rejected] == [(2, "urn")]
