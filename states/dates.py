"""Dates as people read them."""

from datetime import date


def in_words(day: date) -> str:
    """27 February 2026: no leading nought, no th, no comma."""
    return f"{day.day} {day:%B %Y}"
