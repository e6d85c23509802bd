"""Working days in England, as statutory clocks count them.

Here: which days count, why another day does not, and counting on from a day. Not here: school years, staff days and
holidays, which these clocks ignore (half_terms), and what is counted from when (clocks). The days themselves stand in
calendars/england-working-days.toml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from pydantic import ValidationError

from states.dates import in_words
from states.errors import CaseworkError
from states.half_terms import CalendarError
from states.toml_file import Problem, Table, TomlFile, problems_in, read_toml

FILE = Path(__file__).parent / "calendars" / "england-working-days.toml"
WEEKEND = {5: "Saturday", 6: "Sunday"}
_NEXT = timedelta(days=1)


class BeyondWorkingDays(CaseworkError):
    """A clock was to be counted over days that the list of working days does not cover."""


class Skipped(NamedTuple):
    """A day that a count passed over, and why."""

    day: date
    why: str


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The days that count between `since` and `until`; asked about any other day, it refuses to guess.

    EIA 2006 s60(10), before 18 April 2016: not a Saturday, a Sunday, Christmas Day, Good Friday or a bank holiday in
    England under the Banking and Financial Dealings Act 1971. School holidays and staff days do count.
    """

    since: date
    until: date
    not_working: Mapping[date, str]

    def is_working(self, day: date) -> bool:
        return not self.why_not(day)

    def why_not(self, day: date) -> str:
        """Why `day` is no working day: Saturday, Sunday or the name of the holiday; empty when it is one."""
        if not self.since <= day <= self.until:
            raise BeyondWorkingDays(
                f"Working days are known from {in_words(self.since)} to {in_words(self.until)}, and {in_words(day)} "
                "lies beyond. Add the bank holidays of England to states/calendars/england-working-days.toml (its "
                "first lines say how), or correct the date."
            )
        return self.not_working.get(day) or WEEKEND.get(day.weekday(), "")

    def add(self, day: date, count: int) -> tuple[date, tuple[Skipped, ...]]:
        """The working day that comes `count` after `day`, and the days passed over on the way.

        The count begins on the day that follows, whatever day `day` itself is; a count of 0 ends where it began.
        """
        if count < 0:
            raise ValueError(f"working days are counted forwards, not by {count}")
        skipped = []
        while count:
            day += _NEXT
            if why := self.why_not(day):
                skipped.append(Skipped(day, why))
            else:
                count -= 1
        return day, tuple(skipped)


class _File(Table):
    since: date
    until: date
    not_working: dict[date, str]


@cache
def load_working_days() -> WorkingDays:
    """The packaged list for England; CalendarError when its file is wrong."""
    return working_days_from(read_toml(FILE))


def working_days_from(file: TomlFile | Problem) -> WorkingDays:
    """The list that a file spells; CalendarError names each thing that is wrong with it."""
    if isinstance(file, Problem):
        raise CalendarError(str(file))
    try:
        said = _File.model_validate(file.content)
    except ValidationError as error:
        raise CalendarError("\n".join(map(str, problems_in(error, _File, [file])))) from None
    return WorkingDays(said.since, said.until, MappingProxyType(said.not_working))
