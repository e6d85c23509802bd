"""The clocks of a notice, worked out a second time by other means: both agree on every day from 2007 to 2035.

The second way knows nothing of the first: it takes its bank holidays from the package `holidays`, its weekdays from a
Monday that is known, walks from day to day, and finds the end of two months by looking at the calendar's leaves.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import holidays
import pytest

from states.clocks import Calendars, Happened, ImpossibleDates, deadlines
from states.half_terms import load_calendar
from states.law import LAW
from states.policy import load_policy
from states.working_days import WorkingDays, load_working_days
from tests.conftest import Say

FIRST, LAST = date(2007, 4, 1), date(2035, 6, 30)
MONDAY = date(2007, 1, 1)
BANK_HOLIDAYS = set(holidays.country_holidays("GB", subdiv="ENG", years=range(2007, 2036)))
ONE = timedelta(days=1)
POLICY = load_policy("norfolk-2013")
SCHOOL = load_calendar()
CALENDARS = Calendars(load_working_days(), SCHOOL)
Answer = dict[str, tuple[date | None, int]]  # name → the day, and how many days were passed over
Case = dict[str, date]  # what happened → the day


def walk(day: date, count: int) -> tuple[date, int]:
    passed = 0
    while count:
        day += ONE
        free = (day - MONDAY).days % 7 in (5, 6) or day in BANK_HOLIDAYS
        passed, count = passed + free, count - (not free)
    return day, passed


def two_leaves_on(day: date) -> date:
    """Turn two leaves of the calendar, then go down to the same number, or to the foot of the leaf."""
    leaf = day.replace(day=1)
    for _ in range(2):
        leaf = (leaf + timedelta(days=31)).replace(day=1)
    found = leaf
    while found.day < day.day and (found + ONE).month == leaf.month:
        found += ONE
    return found


def second_way(case: Case) -> Answer:
    if "period_ends" in case:
        ends = case["period_ends"]
        return {"compliance_period_ends": (ends, 0), "powers_start_by": (two_leaves_on(ends), 0)}
    initial = walk(case["give"], 15)
    answer: Answer = {"initial_period_ends": initial, "representations_by": initial}
    compliance: tuple[date | None, int] = initial
    if case.get("record_representations", date.max) <= initial[0]:
        compliance = walk(case["confirm"], 15) if "confirm" in case else (None, 0)
    powers = two_leaves_on(compliance[0]) if compliance[0] else None
    return answer | {"compliance_period_ends": compliance, "powers_start_by": (powers, 0)}


def happened(case: Case) -> list[Happened]:
    facts = {"period_ends": case["period_ends"]} if "period_ends" in case else {}
    return [Happened("notice", "N1", trigger, day, facts) for trigger, day in case.items() if trigger != "period_ends"]


def first_way(case: Case, working_days: WorkingDays) -> Answer:
    now = max(day for trigger, day in case.items() if trigger != "period_ends")
    try:
        found = deadlines(happened(case), LAW, POLICY, Calendars(working_days, SCHOOL), now)
    except ImpossibleDates:
        return {}
    return {one.name: (one.date, len(one.skipped)) for one in found}


def cases(given: date) -> Iterator[Case]:
    """Every way that a notice given on this day can go, as far as its dates tell."""
    if given.isoformat() >= "2016-04-18":
        yield from ({"give": given, "period_ends": given + timedelta(days=days)} for days in (0, 5, 21, 92))
        return
    last = walk(given, 15)[0]
    yield {"give": given}
    yield {"give": given, "record_representations": given}
    yield {"give": given, "record_representations": last}
    yield {"give": given, "record_representations": last + ONE}
    for later in (0, 1, 10, 45):
        yield {"give": given, "record_representations": last, "confirm": last + timedelta(days=later)}


def differences(working_days: WorkingDays, first: date, last: date) -> tuple[int, list[Case]]:
    """How many cases were compared, and those on which the two ways differ."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    every = [case for day in days for case in cases(day)]
    return len(every), [case for case in every if first_way(case, working_days) != second_way(case)]


def test_both_ways_agree_on_every_day(say: Say) -> None:
    compared, differ = differences(load_working_days(), FIRST, LAST)
    say(f"{compared:,} notices given from {FIRST} to {LAST}: {len(differ)} differences")
    assert differ == []
    assert compared == 54_492


def standings(case: Case, now: date) -> dict[str, str]:
    """The second way to say where each clock stands."""
    days = {name: day for name, (day, _) in second_way(case).items()}
    after = {"initial_period_ends": "met", "compliance_period_ends": "missed"}
    said = {name: after.get(name, "lapsed") if day and now > day else "running" for name, day in days.items()}
    heard = days.get("representations_by")
    if heard and case.get("record_representations", date.max) <= heard:
        said["representations_by"] = "met"
    return said


def moments(case: Case) -> Iterator[date]:
    """The last day of each clock and the day after, once everything in the case has happened."""
    last = max(day for trigger, day in case.items() if trigger != "period_ends")
    for day in {day for day, _ in second_way(case).values() if day and day >= last}:
        yield from (day, day + ONE)


def test_both_ways_agree_where_each_clock_stands(say: Say) -> None:
    every_third_week = (FIRST + timedelta(days=n) for n in range(0, (LAST - FIRST).days, 23))
    every = [(case, now) for day in every_third_week for case in cases(day) for now in moments(case)]
    for case, now in every:
        found = deadlines(happened(case), LAW, POLICY, CALENDARS, now)
        assert {one.name: one.state for one in found} == standings(case, now), (case, now)
    say(f"{len(every):,} standings of clocks: 0 differences")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({date(2013, 11, 27): "Invented holiday"}, id="a holiday too many"),
        pytest.param({date(2013, 12, 25): ""}, id="Christmas Day forgotten"),
    ],
)
def test_wrong_holiday_is_noticed(wrong: dict[date, str]) -> None:
    right = load_working_days()
    believed = replace(right, not_working={**right.not_working, **wrong})
    compared, differ = differences(believed, date(2013, 11, 1), date(2013, 12, 31))
    assert 0 < len(differ) < compared


def test_month_that_ends_early_is_noticed() -> None:
    assert two_leaves_on(date(2013, 12, 31)) == date(2014, 2, 28)
    assert two_leaves_on(date(2015, 12, 30)) == date(2016, 2, 29)
