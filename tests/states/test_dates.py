"""Dates as people read them."""

from datetime import date

import pytest

from states.dates import in_words


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
