"""Reading the record: where a school stands, and where everybody stood on a day."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.check import run_check
from casework.errors import NotFound
from casework.moves import Ask, move_school, open_case
from casework.record import Stamp
from casework.register import load_register
from casework.returns import load_returns
from casework.story import caseload_as_of, counts_as_of, school_as_of, standing, states_as_of
from casework.unit_of_work import reading
from states.clocks import Calendars
from states.half_terms import SchoolCalendar, load_calendar
from states.policy import Policy
from states.tracks.notice import NOTICE
from states.working_days import load_working_days

CALENDARS = Calendars(load_working_days(), load_calendar())
TODAY = date(2026, 2, 2)
URN = 990001


@pytest.fixture
def told(engine: Engine, register: Callable[..., Path], stamp: Callable[..., Stamp]) -> Engine:
    """A school: on the register from 1 September, a concern from 1 October, an audit from 3 November."""
    load_register(engine, register({"rating": "Requires improvement"}), "999", stamp("2025-09-01"))
    for trigger, day in (("raise_concern", "2025-10-01"), ("begin_audit", "2025-11-03")):
        move_school(engine, URN, trigger, {}, f"Because of {day}", "Visits", stamp(day))
    return engine


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2025-08-31", None),
        ("2025-09-01", "requires_improvement"),
        ("2025-09-30", "requires_improvement"),
        ("2025-10-01", "causing_concern"),
        ("2025-11-02", "causing_concern"),
        ("2025-11-03", "under_audit"),
        ("2031-01-01", "under_audit"),
    ],
)
def test_state_is_known_for_any_day(told: Engine, day: str, state: str | None) -> None:
    with reading(told) as session:
        assert states_as_of(session, date.fromisoformat(day)).get(URN) == state


def test_move_of_a_day_to_come_is_known_now(told: Engine, stamp: Callable[..., Stamp]) -> None:
    move_school(told, URN, "clear_audit", {}, "Ends with the year", "", stamp("2027-02-03"))
    with reading(told) as session:
        found = [states_as_of(session, date(2027, 2, day), TODAY)[URN] for day in (2, 3)]
    assert found == ["under_audit", "causing_concern"]


def test_two_moves_of_one_day_leave_the_last(told: Engine, stamp: Callable[..., Stamp]) -> None:
    move_school(told, URN, "clear_audit", {}, "Nothing found", "", stamp("2025-11-03"))
    with reading(told) as session:
        assert states_as_of(session, date(2025, 11, 3)) == {URN: "causing_concern"}


def test_refused_move_leaves_no_trace_in_the_states(told: Engine, stamp: Callable[..., Stamp]) -> None:
    move_school(told, URN, "settle", {}, "Too soon", "", stamp("2025-11-04"))
    with reading(told) as session:
        assert states_as_of(session, date(2025, 11, 4)) == {URN: "under_audit"}


def test_states_of_today_are_the_states_of_the_cases(
    fenshire: Engine, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    now = {case[3]: case[4] for case in contents(fenshire)["case"]}
    with reading(fenshire) as session:
        assert states_as_of(session, date(2026, 1, 1)) == now


def test_counts_follow_the_order_of_the_track(fenshire: Engine) -> None:
    with reading(fenshire) as session:
        counts = counts_as_of(session, date(2025, 11, 4))
    assert list(counts.items()) == [
        ("unclassified", 3),
        ("good_or_better", 27),
        ("requires_improvement", 20),
        ("inadequate", 4),
    ]


def test_nobody_is_counted_before_the_first_load(fenshire: Engine) -> None:
    with reading(fenshire) as session:
        assert counts_as_of(session, date(2025, 11, 3)) == {}


def test_caseload_as_of_names_each_school(fenshire: Engine) -> None:
    with reading(fenshire) as session:
        caseload = caseload_as_of(session, date(2025, 11, 4))
    assert len(caseload) == 54
    assert caseload[0] == {
        "urn": URN,
        "name": "Aldermere Primary School",
        "state": "good_or_better",
        "state_label": "Good or better",
    }


def test_school_as_of_shows_every_case_and_since_when(told: Engine, stamp: Callable[..., Stamp]) -> None:
    open_case(told, URN, NOTICE, Ask("draft", {}, "The audit found it inadequate"), stamp("2025-11-10"))
    with reading(told) as session:
        before, after = (school_as_of(session, URN, date(2025, 11, day)) for day in (9, 10))
    assert [(one["subject"], one["state"], one["since"]) for one in after["cases"]] == [
        ("990001", "under_audit", date(2025, 11, 3)),
        ("990001/1", "drafted", date(2025, 11, 10)),
    ]
    assert (before["state"], len(before["cases"])) == ("under_audit", 1)


@pytest.mark.parametrize(
    ("recorded", "known_on", "known"),
    [
        ("2026-01-15T23:59:59", "2026-01-15", True),
        ("2026-01-16T00:00:00", "2026-01-15", False),
        ("2026-07-15T22:59:59", "2026-07-15", True),
        ("2026-07-15T23:00:00", "2026-07-15", False),
    ],
    ids=["winter", "winter, past midnight", "summer", "summer, past midnight in London"],
)
def test_day_of_knowing_ends_at_midnight_in_london(
    told: Engine, stamp: Callable[..., Stamp], recorded: str, known_on: str, known: bool
) -> None:
    now = datetime.fromisoformat(recorded).replace(tzinfo=UTC)
    move_school(told, URN, "clear_audit", {}, "Nothing found", "", stamp("2025-11-05", now=now))
    # The fixture's own moves were recorded on 2 February: only the newest move is asked after.
    with reading(told) as session:
        found = states_as_of(session, date(2025, 11, 5), date.fromisoformat(known_on)).get(URN)
    assert (found == "causing_concern") is known


def test_standing_says_where_since_and_what_next(told: Engine, policy: Policy) -> None:
    with reading(told) as session:
        found = standing(session, URN, policy, CALENDARS, TODAY)
    assert (found["state"], found["category"], found["since"]) == ("under_audit", "C", date(2025, 11, 3))
    assert {"clear_audit", "give_notice", "lift_concern"} <= {move["trigger"] for move in found["moves"]}
    assert found["monitored"] is True


def test_proposal_waits_until_the_case_moves(
    told: Engine,
    policy: Policy,
    calendar: SchoolCalendar,
    stamp: Callable[..., Stamp],
    table_file: Callable[..., Path],
) -> None:
    move_school(told, URN, "clear_audit", {}, "Nothing found", "", stamp("2025-11-05"))
    for on_track in (30, 31):  # a correction is judged anew, and proposes the same again
        lines = [f"{URN},2025-26/2,{one},100,{on_track},2025-11-20" for one in ("reading", "writing", "mathematics")]
        file = table_file("urn,half_term,measure,pupils,on_track,received", *lines)
        load_returns(told, file, calendar, stamp("2025-11-20"))
        run_check(told, calendar, calendar.half_term("2025-26/2"), stamp("2025-12-01"))
    with reading(told) as session:
        [one] = standing(session, URN, policy, CALENDARS, TODAY)["proposed"]
        assert one["trigger"] == "begin_audit"
        assert "31 of 100" in str(one)
    move_school(told, URN, "begin_audit", {}, "As proposed", "", stamp("2025-12-02"))
    with reading(told) as session:
        assert standing(session, URN, policy, CALENDARS, TODAY)["proposed"] == []


@pytest.mark.parametrize(
    ("urn", "why"),
    [
        (123456, r"There is no case for URN 123456\. Load the register, or check the number\."),
        (990054, r"no case for URN 990054\. .* \(Other independent school, open\) has no case under this policy\."),
    ],
    ids=["unknown", "not covered"],
)
def test_school_without_a_case_is_told_in_words(fenshire: Engine, policy: Policy, urn: int, why: str) -> None:
    with reading(fenshire) as session, pytest.raises(NotFound, match=why):
        standing(session, urn, policy, CALENDARS, TODAY)


def test_reading_writes_nothing(
    told: Engine, policy: Policy, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    before = contents(told)
    with reading(told) as session:
        standing(session, URN, policy, CALENDARS, TODAY)
        school_as_of(session, URN, date(2025, 12, 1), TODAY)
        counts_as_of(session, date(2025, 12, 1))
    assert contents(told) == before
