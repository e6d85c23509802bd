"""Counting on from a day in months and in school days. Working days count themselves (states.working_days)."""

from calendar import monthrange
from datetime import date, timedelta

from states.clocks.values import ImpossibleDates
from states.dates import in_words
from states.policy_terms import MonthsEnd


def months_after(day: date, months: int, convention: MonthsEnd = "corresponding_date") -> date:
    """The last day of a period of so many months following `day`.

    The Act does not say how months end. By the corresponding date, two months following 9 December end with 9
    February, and following 31 December with the last day of February; "day_before" stops one day short of that, for
    an authority that wants to be safe.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        raise ImpossibleDates(f"No calendar has a day {months} months after {in_words(day)}. Correct the date.")
    end = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return end if convention == "corresponding_date" else end - timedelta(days=1)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    tens, units = divmod(number, 10)
    return f"{number}{'th' if tens % 10 == 1 else {1: 'st', 2: 'nd', 3: 'rd'}.get(units, 'th')}"
