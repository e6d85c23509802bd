"""The clocks of powers, returns, partners and inspection reports start, end and lapse as their rules say."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from states.clocks import Calendars, ClockState, Deadline, Happened, deadlines
from states.half_terms import load_calendar
from states.law import LAW
from states.policy import load_policy
from states.working_days import load_working_days

RUNNING, MET, MISSED, LAPSED = ClockState
POLICY = load_policy("norfolk-2013")
CALENDARS = Calendars(load_working_days(), load_calendar())
GIVEN = date(2013, 11, 18)
LATER = date(2030, 1, 1)


def event(track: str, trigger: str, on: date, subject: str = "S1", **facts: Any) -> Happened:
    return Happened(track, subject, trigger, on, facts)


def power(trigger: str, on: date, **facts: Any) -> Happened:
    return event("power", trigger, on, "P1", **({"section": "64"} | facts))


def clocks(*events: Happened) -> dict[str, Deadline]:
    return {one.name: one for one in deadlines(events, LAW, POLICY, CALENDARS, LATER)}


def reviews(began: date, *events: Happened, now: date = LATER) -> list[tuple[int, ClockState]]:
    begun = power("begin", began, section="66")
    found = deadlines([begun, *events], LAW, POLICY, CALENDARS, now)
    return [(one.date.year, one.state) for one in found if one.name == "budget_review_by" and one.date]


@pytest.mark.parametrize(
    ("began", "first"),
    [
        pytest.param(date(2014, 2, 1), 2014, id="two months before"),
        pytest.param(date(2014, 2, 2), 2015, id="less than two months before"),
        pytest.param(date(2014, 4, 1), 2015, id="on the first day of a financial year"),
    ],
)
def test_budget_is_reviewed_before_each_financial_year(began: date, first: int) -> None:
    assert reviews(began, now=began) == [(first, RUNNING)]


def test_budget_review_asks_again_each_year_until_the_end() -> None:
    done = power("review", date(2014, 3, 31))
    assert reviews(date(2014, 1, 6), done, power("end", date(2016, 5, 1))) == [
        (2014, MET),
        (2015, MISSED),
        (2016, MISSED),
        (2017, LAPSED),
    ]


@pytest.mark.parametrize(
    ("reviewed", "expected"),
    [
        pytest.param(date(2015, 4, 1), [(2015, MISSED), (2016, MET)], id="on the first day of the year before"),
        pytest.param(date(2015, 3, 31), [(2015, MET), (2016, RUNNING)], id="on the last day"),
    ],
)
def test_review_counts_for_the_financial_year_that_follows(
    reviewed: date, expected: list[tuple[int, ClockState]]
) -> None:
    assert reviews(date(2014, 4, 1), power("review", reviewed), now=date(2015, 4, 1)) == expected


def test_review_is_met_by_the_earliest_in_whatever_order_told() -> None:
    reviewed = [power("review", date(2014, 3, day)) for day in (20, 3)]
    found = deadlines([*reviewed, power("begin", date(2014, 1, 6), section="66")], LAW, POLICY, CALENDARS, LATER)
    assert found[0].met_on == date(2014, 3, 3)


def test_budget_given_back_on_the_first_day_of_a_year_has_its_last_review_lapsed() -> None:
    assert reviews(date(2014, 4, 1), power("end", date(2015, 4, 1))) == [(2015, MISSED), (2016, LAPSED)]


@pytest.mark.parametrize(
    ("facts", "ended", "expected"),
    [
        pytest.param({}, None, (date(2015, 1, 6), MISSED), id="never ended"),
        pytest.param({}, date(2015, 1, 6), (date(2015, 1, 6), MET), id="ended on its last day"),
        pytest.param({"term_ends": "2014-07-31"}, date(2014, 8, 1), (date(2014, 7, 31), MISSED), id="own term"),
    ],
)
def test_fixed_term_ends_when_the_policy_or_decision_says(
    facts: dict[str, str], ended: date | None, expected: tuple[date, ClockState]
) -> None:
    events = [power("begin", date(2014, 1, 6), **facts), *([power("end", ended)] if ended else [])]
    found = clocks(*events)["fixed_term_ends"]
    assert (found.date, found.state) == expected


@pytest.mark.parametrize("section", ["63", "65"])
def test_power_without_a_term_has_no_clock(section: str) -> None:
    assert clocks(power("propose", GIVEN), power("begin", LATER, section=section)) == {}


# Monitoring, support, inspection


def returned(trigger: str, on: date, **facts: Any) -> Happened:
    return event("monitoring", trigger, on, "990013 2025-26/2", **facts)


ASKED = returned("request", date(2025, 11, 10))


def test_return_is_due_reminded_and_chased_on_school_days() -> None:
    assert {name: one.date for name, one in clocks(ASKED).items()} == {
        "return_due": date(2025, 11, 24),
        "reminder_due": date(2025, 11, 27),
        "chase_due": date(2025, 12, 4),
    }
    assert clocks(returned("request", date(2025, 12, 10)))["return_due"].date == date(2026, 1, 6)


@pytest.mark.parametrize(
    ("events", "states"),
    [
        pytest.param([], (MISSED, MISSED, MISSED), id="silence on both sides"),
        pytest.param([returned("receive", date(2025, 11, 24))], (MET, LAPSED, LAPSED), id="on the last day"),
        pytest.param([returned("receive", date(2025, 11, 28))], (MISSED, MISSED, LAPSED), id="late"),
        pytest.param([returned("remind", date(2025, 11, 26))], (MISSED, MET, MISSED), id="reminded"),
        pytest.param([returned("miss", date(2025, 11, 25))], (MISSED, LAPSED, LAPSED), id="given up"),
    ],
)
def test_return_clocks_stand(events: Sequence[Happened], states: tuple[ClockState, ...]) -> None:
    assert tuple(one.state for one in clocks(ASKED, *events).values()) == states


def test_request_may_name_its_own_day() -> None:
    asked = returned("request", date(2025, 11, 10), due_on="2025-11-19")
    assert clocks(asked)["return_due"].date == date(2025, 11, 19)


@pytest.mark.parametrize(
    ("trigger", "on", "state"),
    [
        ("challenge_plan", date(2013, 12, 2), MET),
        ("challenge_plan", date(2013, 12, 3), MISSED),
        ("decline", date(2013, 11, 20), LAPSED),
    ],
)
def test_partner_gets_in_touch_within_the_policys_days(trigger: str, on: date, state: ClockState) -> None:
    found = clocks(event("support", "allocate", GIVEN), event("support", trigger, on))["first_contact_by"]
    assert (found.date, found.state) == (date(2013, 12, 2), state)


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        pytest.param({}, date(2013, 12, 2), id="ten working days"),
        pytest.param({"reported_on": "2013-12-20"}, date(2014, 1, 8), id="from the report"),
        pytest.param({"sector": "academy"}, None, id="an academy has none"),
    ],
)
def test_statement_of_action_follows_an_inadequate_report(facts: dict[str, str], due: date | None) -> None:
    found = clocks(event("school", "judged_inadequate", GIVEN, **facts)).get("statement_of_action_by")
    assert (found.date if found else None) == due


@pytest.mark.parametrize(
    ("trigger", "on", "state"),
    [
        ("send_statement_of_action", GIVEN, MET),
        ("send_statement_of_action", date(2013, 12, 3), MISSED),
        ("judged_good_or_better", date(2013, 12, 2), LAPSED),
        ("close", date(2013, 12, 3), MISSED),
    ],
)
def test_statement_of_action_clock_stands(trigger: str, on: date, state: ClockState) -> None:
    found = clocks(event("school", "judged_inadequate", GIVEN), event("school", trigger, on))
    assert found["statement_of_action_by"].state == state


def test_each_report_asks_for_a_statement_of_its_own() -> None:
    reports = [event("school", "judged_inadequate", day) for day in (GIVEN, date(2016, 3, 7))]
    sent = event("school", "send_statement_of_action", date(2013, 11, 22))
    found = deadlines([*reports, sent], LAW, POLICY, CALENDARS, LATER)
    assert [(one.starts, one.state, one.met_on) for one in found] == [
        (GIVEN, MET, date(2013, 11, 22)),
        (date(2016, 3, 7), MISSED, None),
    ]


def test_judgement_before_the_report_does_not_overtake_it() -> None:
    before = event("school", "judged_requires_improvement", GIVEN)
    found = clocks(before, event("school", "judged_inadequate", GIVEN))
    assert found["statement_of_action_by"].state == MISSED


def test_track_without_clocks_has_none() -> None:
    assert clocks(event("conversion", "make_order", GIVEN)) == {}


def test_late_return_says_so_at_the_end() -> None:
    said = clocks(ASKED, returned("receive", date(2025, 11, 28)))["return_due"].sentence
    assert said.startswith("The return is due on Monday 24 November 2025: 14 days after 10 November 2025")
    assert said.endswith("Missed: done only on 28 November 2025.")
