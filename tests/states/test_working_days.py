"""Working days count as the Act counts them, the list is right, and it says in good time when it must be renewed."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.half_terms import CalendarError, load_calendar
from states.toml_file import parse_toml
from states.working_days import BeyondWorkingDays, load_working_days, working_days_from

DAYS = load_working_days()
ENGLAND = holidays.country_holidays("GB", subdiv="ENG", years=range(2007, 2036))
any_day = st.dates(DAYS.since, DAYS.until - timedelta(days=200))
few = st.integers(0, 60)


def every_day() -> list[date]:
    return [DAYS.since + timedelta(days=n) for n in range((DAYS.until - DAYS.since).days + 1)]


def counted(after: date, until: date) -> int:
    return sum(DAYS.is_working(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))


def test_list_reaches_three_years_ahead() -> None:
    soon = datetime.now(tz=UTC).date() + timedelta(days=3 * 365)
    assert soon <= DAYS.until, (
        f"The working days end on {DAYS.until}. Compare with https://www.gov.uk/bank-holidays, add the next years to "
        "states/calendars/england-working-days.toml and raise `until`; its first lines say how."
    )


def test_list_agrees_with_the_package_on_every_day() -> None:
    other = [day for day in every_day() if DAYS.is_working(day) != (day.weekday() < 5 and day not in ENGLAND)]
    assert other == [], "a bank holiday was proclaimed or moved: see the first lines of england-working-days.toml"


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2011, 4, 29), id="Royal Wedding"),
        pytest.param(date(2012, 6, 4), id="spring holiday moved to the Diamond Jubilee"),
        pytest.param(date(2012, 6, 5), id="Diamond Jubilee"),
        pytest.param(date(2020, 5, 8), id="May holiday moved to VE Day"),
        pytest.param(date(2022, 6, 2), id="spring holiday moved to the Platinum Jubilee"),
        pytest.param(date(2022, 6, 3), id="Platinum Jubilee"),
        pytest.param(date(2022, 9, 19), id="State Funeral"),
        pytest.param(date(2023, 5, 8), id="Coronation"),
    ],
)
def test_one_off_day_does_not_count(day: date) -> None:
    assert not DAYS.is_working(day)


@pytest.mark.parametrize("day", [date(2012, 5, 28), date(2020, 5, 4), date(2022, 5, 30)], ids=str)
def test_day_that_a_holiday_was_moved_from_counts(day: date) -> None:
    assert DAYS.is_working(day)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2013, 11, 23), "Saturday"),
        (date(2013, 11, 24), "Sunday"),
        (date(2013, 12, 25), "Christmas Day"),
        (date(2014, 4, 18), "Good Friday"),
        (date(2010, 12, 28), "Boxing Day (substitute day)"),
        (date(2023, 5, 8), "Coronation of King Charles III"),
        (date(2013, 11, 25), ""),
    ],
    ids=str,
)
def test_day_says_why_it_does_not_count(day: date, why: str) -> None:
    assert DAYS.why_not(day) == why


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2025, 10, 27), id="half-term"),
        pytest.param(date(2025, 12, 22), id="school holiday"),
        pytest.param(date(2025, 11, 3), id="staff day"),
    ],
)
def test_day_without_pupils_counts_for_the_law(day: date) -> None:
    assert DAYS.is_working(day)
    assert not load_calendar().is_school_day(day)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2013, 11, 18), date(2013, 12, 9)),
        (date(2013, 12, 9), date(2014, 1, 2)),
        (date(2013, 12, 13), date(2014, 1, 8)),
        (date(2014, 4, 7), date(2014, 4, 30)),
        (date(2014, 5, 6), date(2014, 5, 28)),
        pytest.param(date(2013, 11, 23), date(2013, 12, 13), id="from a Saturday: Monday is the first"),
    ],
    ids=str,
)
def test_fifteenth_working_day_is_found(start: date, end: date) -> None:
    assert DAYS.add(start, 15)[0] == end


def test_skipped_days_are_named_with_their_reasons() -> None:
    end, skipped = DAYS.add(date(2013, 12, 23), 2)
    assert end == date(2013, 12, 27)
    assert skipped == ((date(2013, 12, 25), "Christmas Day"), (date(2013, 12, 26), "Boxing Day"))


@given(any_day, few, few)
def test_counting_adds_up(day: date, first: int, then: int) -> None:
    assert DAYS.add(DAYS.add(day, first)[0], then)[0] == DAYS.add(day, first + then)[0]


@given(any_day, any_day, few)
def test_later_start_never_ends_earlier(one: date, other: date, count: int) -> None:
    early, late = sorted((one, other))
    assert DAYS.add(early, count)[0] <= DAYS.add(late, count)[0] or count == 0


@given(any_day, st.integers(1, 60))
def test_counting_back_over_the_result_gives_the_count(day: date, count: int) -> None:
    end, skipped = DAYS.add(day, count)
    assert (DAYS.is_working(end), counted(day, end)) == (True, count)
    assert (end - day).days == count + len(skipped)


@given(any_day, st.integers(0, 59))
def test_one_more_day_ends_later(day: date, count: int) -> None:
    assert DAYS.add(day, count)[0] < DAYS.add(day, count + 1)[0]


def test_days_are_never_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        DAYS.add(date(2013, 11, 18), -1)


@pytest.mark.parametrize("day", [date(2006, 12, 31), date(2036, 1, 1)], ids=str)
def test_day_beyond_the_list_is_refused_with_the_remedy(day: date) -> None:
    with pytest.raises(BeyondWorkingDays, match=r"known from 1 January 2007 to 31 December 2035.*first lines say how"):
        DAYS.is_working(day)


def test_count_that_runs_off_the_list_is_refused() -> None:
    with pytest.raises(BeyondWorkingDays):
        DAYS.add(date(2035, 12, 20), 15)


def test_listed_days_stand_in_order_on_weekdays() -> None:
    listed = list(DAYS.not_working)
    assert all(earlier < later for earlier, later in pairwise(listed))
    assert {day.weekday() for day in listed} <= set(range(5))


def test_list_of_working_days_is_no_school_calendar() -> None:
    with pytest.raises(CalendarError, match="There is no calendar"):
        load_calendar("england-working-days")


def test_wrong_list_names_the_line_and_the_fix() -> None:
    wrong = parse_toml("since = 2007-01-01\n[not_working]\n2007-13-01 = 'x'\n", "days.toml")
    with pytest.raises(CalendarError, match=r"days.toml.*this key is missing. Add \[until\](?s:.*)line 3"):
        working_days_from(wrong)
