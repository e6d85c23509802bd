"""Half-terms are windows from a file; the file is checked, and says in good time when it must be renewed."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from states.half_terms import CalendarError, OwnDates, UnknownHalfTerm, calendar_from, load_calendar
from states.toml_file import parse_toml

CALENDAR = load_calendar()
YEAR = """\
name = "fenshire"
[[school_years]]
school_year = "2025-26"
standing = "published"
source = "https://example.org/term-dates"
half_terms = [
    { number = 1, opens = 2025-09-03, closes = 2025-10-24 },
    { number = 2, opens = 2025-11-04, closes = 2025-12-19 },
    { number = 3, opens = 2026-01-06, closes = 2026-02-13 },
    { number = 4, opens = 2026-02-23, closes = 2026-03-27 },
    { number = 5, opens = 2026-04-15, closes = 2026-05-22 },
    { number = 6, opens = 2026-06-01, closes = 2026-07-17 },
]
"""


def test_calendar_reaches_far_enough_ahead() -> None:
    soon = datetime.now(tz=UTC).date() + timedelta(days=120)
    assert soon <= CALENDAR.last.closes, (
        f"The calendar norfolk ends on {CALENDAR.last.closes}. Find the next year's dates on the council's "
        "term-dates page and add a [[school_years]] table to states/calendars/norfolk.toml, naming the page."
    )


@pytest.mark.parametrize(
    ("day", "key"),
    [
        pytest.param(date(2025, 11, 3), None, id="staff day before opening"),
        pytest.param(date(2025, 11, 4), "2025-26/2", id="first day"),
        pytest.param(date(2025, 12, 19), "2025-26/2", id="last day"),
        pytest.param(date(2025, 12, 20), None, id="holiday"),
        pytest.param(date(2026, 1, 6), "2025-26/3", id="first half of the spring term"),
        pytest.param(date(2024, 9, 4), None, id="before the calendar"),
        pytest.param(date(2031, 1, 1), None, id="after the calendar"),
    ],
)
def test_day_falls_in_its_half_term(day: date, key: str | None) -> None:
    half_term = CALENDAR.on(day)
    assert (half_term.key if half_term else None) == key


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("2025-26/1", "first half of the autumn term 2025 to 2026"),
        ("2025-26/2", "second half of the autumn term 2025 to 2026"),
        ("2025-26/3", "first half of the spring term 2025 to 2026"),
        ("2026-27/6", "second half of the summer term 2026 to 2027"),
    ],
)
def test_label_is_said_in_words(key: str, label: str) -> None:
    assert CALENDAR.half_term(key).label == label


@pytest.mark.parametrize("key", ["2025-26/7", "2025-26/0", "2025/26-2", "", "2031-32/1"])
def test_unknown_half_term_says_how_to_write_one(key: str) -> None:
    with pytest.raises(UnknownHalfTerm, match="for example 2026-27/6"):
        CALENDAR.half_term(key)


def test_before_leads_back_over_holidays_and_years() -> None:
    for earlier, later in pairwise(CALENDAR.half_terms):
        assert CALENDAR.before(later) == earlier


def test_nothing_comes_before_the_first() -> None:
    assert CALENDAR.before(CALENDAR.half_terms[0]) is None


def test_every_half_term_is_found_by_its_key() -> None:
    assert [CALENDAR.half_term(half_term.key) for half_term in CALENDAR.half_terms] == list(CALENDAR.half_terms)


def test_unpublished_year_is_marked_as_a_model() -> None:
    assert {half_term.school_year for half_term in CALENDAR.half_terms if half_term.standing == "model"} == {"2026-27"}


def test_published_dates_name_their_page() -> None:
    pages = {half_term.source for half_term in CALENDAR.half_terms if half_term.standing == "published"}
    assert all(page.startswith("https://") for page in pages)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param("closes = 2025-10-24", "closes = 2025-09-02", "closes before it opens", id="backwards"),
        pytest.param("opens = 2025-11-04", "opens = 2025-10-24", "Give a day after 2025-10-24", id="overlap"),
        pytest.param(
            "opens = 2025-11-04",
            "opens = 2025-10-24",
            "line 8: school_years[0].half_terms[1].opens",
            id="line",
        ),
        pytest.param("opens = 2025-09-03", "opens = 2025-08-31", "outside the school year", id="August"),
        pytest.param("closes = 2026-07-17", "closes = 2026-08-01", "from 2025-09-01 to 2026-07-31", id="next August"),
        pytest.param("number = 6", "number = 5", "not the numbers 1 to 6 in order", id="same number"),
        pytest.param("number = 6", "number = 7", "less than or equal to 6", id="seventh"),
        pytest.param('"2025-26"', '"2025-27"', "Write 2025-26.", id="years apart"),
        pytest.param('"2025-26"', '"2025/26"', "school_year = '2025/26'", id="slash"),
        pytest.param('"published"', '"publshed"', "Did you mean published?", id="standing"),
        pytest.param("source =", "page =", "this key is missing. Add source", id="no source"),
        pytest.param("opens = 2025-11-04, ", "", "half_terms[1].opens: this key is missing", id="no opening"),
        pytest.param("2026-07-17", "2026-07-32", "this is not TOML", id="impossible day"),
    ],
)
def test_wrong_calendar_names_place_and_fix(old: str, new: str, words: str) -> None:
    assert old in YEAR
    with pytest.raises(CalendarError) as caught:
        calendar_from(parse_toml(YEAR.replace(old, new), "fenshire.toml"))
    assert words in str(caught.value)


def test_years_stand_in_order() -> None:
    twice = YEAR + YEAR.split("\n", 1)[1]
    with pytest.raises(CalendarError, match="it does not follow 2025-26"):
        calendar_from(parse_toml(twice, "fenshire.toml"))


def test_unknown_calendar_offers_the_known() -> None:
    with pytest.raises(CalendarError, match="Did you mean norfolk"):
        load_calendar("norfulk")


@pytest.mark.parametrize(
    "day",
    [
        date(2024, 10, 25),
        date(2024, 11, 4),
        date(2025, 1, 6),
        date(2025, 4, 22),
        date(2025, 11, 3),
        date(2026, 4, 14),
    ],
    ids=str,
)
def test_published_staff_day_is_no_school_day(day: date) -> None:
    assert day in CALENDAR.staff_days
    assert not CALENDAR.is_school_day(day)


def test_pupil_days_of_each_half_term_are_known() -> None:
    windows = [half_term for half_term in CALENDAR.half_terms if half_term.school_year == "2025-26"]
    days = [[one.opens + timedelta(days=n) for n in range((one.closes - one.opens).days + 1)] for one in windows]
    assert [sum(map(CALENDAR.is_school_day, window)) for window in days] == [38, 34, 29, 25, 27, 35]


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        pytest.param(date(2025, 11, 17), date(2025, 11, 17), id="school day"),
        pytest.param(date(2025, 11, 22), date(2025, 11, 24), id="Saturday"),
        pytest.param(date(2025, 12, 24), date(2026, 1, 6), id="Christmas holidays"),
        pytest.param(date(2026, 5, 4), date(2026, 5, 5), id="bank holiday"),
        pytest.param(date(2013, 11, 23), date(2013, 11, 23), id="before the calendar"),
        pytest.param(date(2031, 1, 1), date(2031, 1, 1), id="after the calendar"),
    ],
)
def test_next_school_day_leads_out_of_holidays(day: date, moved: date) -> None:
    assert CALENDAR.next_school_day(day) == moved


def own(**dates: Any) -> OwnDates:
    return OwnDates("Aldermere Primary School", "https://example.org/dates", **dates)


def test_school_with_its_own_half_term_keeps_the_others() -> None:
    school = CALENDAR.for_school(
        own(half_terms={"2025-26/2": (date(2025, 11, 3), date(2025, 12, 18))}, staff_days=frozenset())
    )
    assert (school.is_school_day(date(2025, 11, 3)), school.is_school_day(date(2025, 12, 19))) == (True, False)
    assert school.half_term("2025-26/3") == CALENDAR.half_term("2025-26/3")


def test_school_with_its_own_staff_days_has_no_others() -> None:
    school = CALENDAR.for_school(own(staff_days=frozenset({date(2025, 11, 28)})))
    assert (school.is_school_day(date(2025, 11, 28)), school.staff_days) == (False, {date(2025, 11, 28)})


@pytest.mark.parametrize(
    ("key", "opens", "closes", "words"),
    [
        ("2025-26/2", date(2025, 10, 20), date(2025, 12, 19), "opens before 2025-26/1 has closed"),
        ("2025-26/2", date(2025, 12, 19), date(2025, 11, 3), "Aldermere Primary School: 2025-26/2 closes on"),
        ("2025-26/8", date(2025, 11, 3), date(2025, 12, 19), "has no half-term"),
    ],
    ids=["overlap", "backwards", "unknown"],
)
def test_own_dates_that_do_not_fit_are_refused(key: str, opens: date, closes: date, words: str) -> None:
    with pytest.raises(CalendarError, match=words):
        CALENDAR.for_school(own(half_terms={key: (opens, closes)}))


def test_staff_day_stands_in_its_own_school_year() -> None:
    wrong = YEAR + "staff_days = [2026-09-03]\n"
    with pytest.raises(CalendarError, match=r"staff_days\[0\].*another school year"):
        calendar_from(parse_toml(wrong, "fenshire.toml"))
