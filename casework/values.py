"""One value of one row: text, whole numbers, URNs and dates as spreadsheets and exports write them.

Files and rows are in casework.rows; what values mean together is for register_file and lists.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

UNKNOWN_DAY = date(1900, 1, 1)
LONGEST_URN = 7  # digits
_URN = re.compile(r"[1-9][0-9]{4,6}")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([1-9][0-9]{3})")
_YEAR_FIRST = re.compile(r"([1-9][0-9]{3})(-?)([0-9]{2})\2([0-9]{2})")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{2}")
_SPREADSHEET_NUMBER = re.compile(r"[0-9]+\.0*|[0-9.]+[eE]\+?[0-9]+")


class BadValue(Exception):
    """One value of a row cannot be used; the reader of the file turns it into a Rejected."""

    def __init__(self, field: str, value: str, problem: str) -> None:
        super().__init__(f"{field}={value!r}: {problem}")
        self.field = field
        self.value = value
        self.problem = problem


def text(value: str) -> str:
    """Collapse white space (also non-breaking), drop unprintable characters, and read NULL as nothing.

    Tags, bars and quotation marks stay as they are: making a name safe is for the place that prints it.
    """
    if not value or value == "NULL":
        return ""
    collapsed = " ".join(value.split())
    if collapsed.isprintable():
        return collapsed
    return " ".join("".join(filter(str.isprintable, collapsed)).split())


def urn(row: Mapping[str, str]) -> int:
    """Read the school's unique reference number: five to seven digits."""
    value = row["urn"]
    if _URN.fullmatch(value):
        return int(value)
    if not value:
        raise BadValue("urn", value, "every school needs its URN")
    if _SPREADSHEET_NUMBER.fullmatch(value):
        raise BadValue("urn", value, "a spreadsheet has saved this as a number; format the column as text")
    raise BadValue("urn", value, "a URN is five to seven digits")


def whole_number(row: Mapping[str, str], field: str, longest: int) -> int | None:
    """Read a whole number, nought or more, of at most `longest` digits; None where the file says nothing."""
    value = row.get(field, "")
    if not value:
        return None
    if value.isascii() and value.isdigit() and len(value) <= longest:
        return int(value)
    raise BadValue(field, value, f"a whole number of at most {longest} digits is expected")


def day(row: Mapping[str, str], field: str) -> date | None:
    """Read dd-mm-yyyy, dd/mm/yyyy, yyyy-mm-dd or yyyymmdd; nothing and 01-01-1900 mean that the day is unknown."""
    value = row.get(field, "")
    if not value:
        return None
    try:
        found = _day(value)
    except ValueError as error:
        raise BadValue(field, value, str(error)) from error
    return None if found == UNKNOWN_DAY else found


@lru_cache(maxsize=4096)
def _day(value: str) -> date:
    """Raise ValueError with a sentence for the sender of the file."""
    if match := _DAY_FIRST.fullmatch(value):
        day_of_month, _, month, year = match.groups()
    elif match := _YEAR_FIRST.fullmatch(value):
        year, _, month, day_of_month = match.groups()
    elif _SHORT_YEAR.fullmatch(value):
        raise ValueError("write the year with four digits")
    else:
        raise ValueError("not a date; write it as dd/mm/yyyy")
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError as error:
        raise ValueError("there is no such day") from error
