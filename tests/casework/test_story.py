"""Reading the record: where a school stands, how it came there, and where everybody stood on a day."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.check import run_check
from casework.errors import NotFound
from casework.moves import move_school
from casework.record import Stamp
from casework.register import load_register
from casework.returns import load_returns
from casework.story import counts_as_of, history, standing, states_as_of
from casework.unit_of_work import UnitOfWork
from states.clocks import Calendars
from states.half_terms import SchoolCalendar, load_calendar
from states.policy import Policy
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
    with UnitOfWork(told) as uow:
        assert states_as_of(uow.session, date.fromisoformat(day)).get(URN) == state


def test_two_moves_of_one_day_leave_the_last(told: Engine, stamp: Callable[..., Stamp]) -> None:
    move_school(told, URN, "clear_audit", {}, "Nothing found", "", stamp("2025-11-03"))
    with UnitOfWork(told) as uow:
        assert states_as_of(uow.session, date(2025, 11, 3)) == {URN: "causing_concern"}


def test_refused_move_leaves_no_trace_in_the_states(told: Engine, stamp: Callable[..., Stamp]) -> None:
    move_school(told, URN, "settle", {}, "Too soon", "", stamp("2025-11-04"))
    with UnitOfWork(told) as uow:
        assert states_as_of(uow.session, date(2025, 11, 4)) == {URN: "under_audit"}


def test_states_of_today_are_the_states_of_the_cases(
    fenshire: Engine, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    now = {case[3]: case[4] for case in contents(fenshire)["case"]}
    with UnitOfWork(fenshire) as uow:
        assert states_as_of(uow.session, date(2026, 1, 1)) == now


def test_counts_follow_the_order_of_the_track(fenshire: Engine) -> None:
    with UnitOfWork(fenshire) as uow:
        counts = counts_as_of(uow.session, date(2025, 11, 4))
    assert list(counts.items()) == [
        ("unclassified", 3),
        ("good_or_better", 27),
        ("requires_improvement", 20),
        ("inadequate", 4),
    ]


def test_nobody_is_counted_before_the_first_load(fenshire: Engine) -> None:
    with UnitOfWork(fenshire) as uow:
        assert counts_as_of(uow.session, date(2025, 11, 3)) == {}


def test_history_tells_every_event_in_order(told: Engine) -> None:
    with UnitOfWork(told) as uow:
        events = history(uow.session, URN)
    assert [(event["seq"], event["from"], event["to"]) for event in events] == [
        (1, None, "unclassified"),
        (2, "unclassified", "requires_improvement"),
        (3, "requires_improvement", "causing_concern"),
        (4, "causing_concern", "under_audit"),
    ]
    assert (events[-1]["actor"], events[-1]["reason"]) == ("Ada Quill", "Because of 2025-11-03")


def test_standing_says_where_since_and_what_next(told: Engine, policy: Policy) -> None:
    with UnitOfWork(told) as uow:
        found = standing(uow.session, URN, policy, CALENDARS, TODAY)
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
    lines = [f"{URN},2025-26/2,{measure},100,30,2025-11-20" for measure in ("reading", "writing", "mathematics")]
    file = table_file("urn,half_term,measure,pupils,on_track,received", *lines)
    load_returns(told, file, calendar, stamp("2025-11-20"))
    run_check(told, calendar, calendar.half_term("2025-26/2"), stamp("2025-12-01"))
    with UnitOfWork(told) as uow:
        assert [one["trigger"] for one in standing(uow.session, URN, policy, CALENDARS, TODAY)["proposed"]] == [
            "begin_audit"
        ]
    move_school(told, URN, "begin_audit", {}, "As proposed", "", stamp("2025-12-02"))
    with UnitOfWork(told) as uow:
        assert standing(uow.session, URN, policy, CALENDARS, TODAY)["proposed"] == []


@pytest.mark.parametrize(
    ("urn", "why"),
    [
        (123456, r"There is no case for URN 123456\. Load the register, or check the number\."),
        (990054, r"no case for URN 990054\. .* \(Other independent school, open\) has no case under this policy\."),
    ],
    ids=["unknown", "not covered"],
)
def test_school_without_a_case_is_told_in_words(fenshire: Engine, policy: Policy, urn: int, why: str) -> None:
    with UnitOfWork(fenshire) as uow, pytest.raises(NotFound, match=why):
        standing(uow.session, urn, policy, CALENDARS, TODAY)


def test_reading_writes_nothing(
    told: Engine, policy: Policy, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    before = contents(told)
    with UnitOfWork(told) as uow:
        standing(uow.session, URN, policy, CALENDARS, TODAY)
        history(uow.session, URN)
        counts_as_of(uow.session, date(2025, 12, 1))
        uow.commit()
    assert contents(told) == before
