"""Dates as people read them, and years between them."""

from datetime import date


def in_words(day: date) -> str:
    """27 February 2026: no leading nought, no th, no comma."""
    return f"{day.day} {day:%B %Y}"


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes the 28th where that year has none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
