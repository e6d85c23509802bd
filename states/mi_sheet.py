"""Management Information sheets: how Norfolk's circulars to schools are numbered, dated and addressed.

Here: what the head of a sheet says, and which citations of sheets in a policy are none. Not here: what a sheet asks
for, which the policies hold line by line. Source: the heads of sheets from 2001 to 2024 (domain notes, section 1.5).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

_NUMBER = re.compile(r"([1-9]\d{0,3})[/-](\d{2})")
_PAGE = re.compile(r"[1-9]\d{3,5}")
_CITATION = re.compile(r"\bMI (?:sheet )?(\w*\d[\w/-]*)")


class Reader(StrEnum):
    """To whom a sheet is addressed; SCHOOL where it names schools and no one in them."""

    HEAD = "head"
    CHAIR = "chair"
    ADMINISTRATOR = "administrator"
    SCHOOL = "school"


# In the words of the sheets; the last counts only where nobody is named.
_NAMED = {
    Reader.HEAD: re.compile(r"\bhead ?teachers?\b", re.IGNORECASE),
    Reader.CHAIR: re.compile(r"\bchairs?\b", re.IGNORECASE),
    Reader.ADMINISTRATOR: re.compile(r"\badministrators?\b", re.IGNORECASE),
}
_SCHOOLS = re.compile(r"\b(?:schools?|nurser(?:y|ies)|academ(?:y|ies))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class SheetNumber:
    """A running number within a calendar year, written 269/13; an older form is 150-03."""

    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.serial}/{self.year % 100:02}"


def read_number(written: str) -> SheetNumber | None:
    """The number of a sheet; None for what is none. The oldest that is known is of 2001."""
    found = _NUMBER.fullmatch(written.strip())
    return SheetNumber(2000 + int(found[2]), int(found[1])) if found else None


def read_published(written: str) -> date | None:
    """The day of `15/11/2013 12:00:00`, day before month; None for what is no such day."""
    try:
        return datetime.strptime(written.strip(), "%d/%m/%Y %H:%M:%S").date()  # noqa: DTZ007  # the day alone is kept
    except ValueError:
        return None


def readers_of(audience: str) -> tuple[Reader, ...]:
    """Everybody whom the free text of an audience names; empty when it names nobody that we know."""
    named = tuple(reader for reader, words in _NAMED.items() if words.search(audience))
    return named or ((Reader.SCHOOL,) if _SCHOOLS.search(audience) else ())


def wrong_citations(text: str) -> Iterator[str]:
    """Each `MI …` in a source that is neither a sheet's number (MI 269/13) nor that of its page (MI 19564)."""
    for cited in _CITATION.findall(text):
        if not (read_number(cited) or _PAGE.fullmatch(cited)):
            yield f"MI {cited}"
