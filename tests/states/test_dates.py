"""Dates as people read them, and years between them."""

from datetime import date

import pytest

from states.dates import in_words, years_before


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 27), "27 February 2026"),
        (date(2013, 11, 1), "1 November 2013"),
        (date(2012, 2, 29), "29 February 2012"),
        (date(2000, 5, 9), "9 May 2000"),
    ],
    ids=str,
)
def test_day_is_written_without_leading_nought(day: date, words: str) -> None:
    assert in_words(day) == words


@pytest.mark.parametrize(
    ("day", "years", "before"),
    [
        (date(2026, 2, 27), 6, date(2020, 2, 27)),
        (date(2024, 2, 29), 4, date(2020, 2, 29)),
        (date(2024, 2, 29), 6, date(2018, 2, 28)),
    ],
    ids=["plain", "leap day to leap day", "leap day to none"],
)
def test_years_before_end_on_the_same_day(day: date, years: int, before: date) -> None:
    assert years_before(day, years) == before
