"""School years and their six half-terms, as windows read from a calendar file.

Here: what a half-term is, which one a day falls in, on which days pupils attend, where one school differs from its
county, and the checks on a calendar file. Not here: the working days of statutory clocks, which ignore school holidays
(working_days). Half-terms last from 4.7 to 7.4 weeks, so none is computed.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from states.errors import CaseworkError
from states.toml_file import (
    Complaint,
    Place,
    Problem,
    Table,
    TomlFile,
    nearest,
    problem_at,
    problems_in,
    read_toml,
)

Standing = Literal["published", "model"]

_FOLDER = Path(__file__).parent / "calendars"
_STATUTORY = "england-working-days"  # stands in the same folder, and is no school calendar
_WEEKEND = (5, 6)
_TERMS = ("autumn", "spring", "summer")
_HALVES = ("first", "second")


class CalendarError(CaseworkError):
    """A calendar file cannot be used; the text has one line for each thing to put right."""


class UnknownHalfTerm(CalendarError):
    """No such half-term in the calendar."""


class UnknownSchoolYear(CalendarError):
    """No such school year in the calendar."""


@dataclass(frozen=True, slots=True)
class HalfTerm:
    """One of the six windows of a school year: the first and last day for pupils, and who says so."""

    school_year: str
    number: int
    opens: date
    closes: date
    standing: Standing
    source: str

    @property
    def key(self) -> str:
        return f"{self.school_year}/{self.number}"

    @property
    def label(self) -> str:
        half, term = _HALVES[(self.number - 1) % 2], _TERMS[(self.number - 1) // 2]
        return f"{half} half of the {term} term {self.year_label}"

    @property
    def year_label(self) -> str:
        begins = _begins(self.school_year)
        return f"{begins} to {begins + 1}"


@dataclass(frozen=True, slots=True)
class OwnDates:
    """Where one school's year differs from its county's; who sets the dates depends on the type of school.

    `half_terms`: key → the first and last day for pupils. `staff_days`: all of the school's, in place of the county's;
    None keeps the county's.
    """

    school: str
    source: str
    half_terms: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    staff_days: frozenset[date] | None = None


@dataclass(frozen=True)
class SchoolCalendar:
    """The half-terms that are known, in order of time and without overlap, and the days without pupils beside them."""

    name: str
    half_terms: tuple[HalfTerm, ...]
    staff_days: frozenset[date] = frozenset()
    bank_holidays: frozenset[date] = frozenset()

    @property
    def last(self) -> HalfTerm:
        return self.half_terms[-1]

    def half_term(self, key: str) -> HalfTerm:
        """The half-term written as `key`, for example 2025-26/2; UnknownHalfTerm when there is none."""
        found = self._by_key.get(key.strip())
        if found is None:
            raise UnknownHalfTerm(
                f"The calendar {self.name} has no half-term “{key}”. Write the school year and a number from "
                f"1 to 6, for example {self.last.key}. The calendar runs from {self.half_terms[0].key} to "
                f"{self.last.key}; to go further, add the dates to states/calendars/{self.name}.toml."
            )
        return found

    def school_year(self, key: str) -> tuple[HalfTerm, ...]:
        """The six half-terms of a school year, for example of 2025-26; UnknownSchoolYear when there is none."""
        found = tuple(one for one in self.half_terms if one.school_year == key.strip())
        if not found:
            raise UnknownSchoolYear(
                f"The calendar {self.name} has no school year “{key}”. Write it like {self.last.school_year}. The "
                f"calendar runs from {self.half_terms[0].school_year} to {self.last.school_year}; to go further, add "
                f"the dates to states/calendars/{self.name}.toml."
            )
        return found

    def on(self, day: date) -> HalfTerm | None:
        """The half-term that `day` falls in; None in a holiday and outside the calendar."""
        opened = bisect_right(self.half_terms, day, key=lambda half_term: half_term.opens)
        latest = self.half_terms[opened - 1] if opened else None
        return latest if latest and day <= latest.closes else None

    def is_school_day(self, day: date) -> bool:
        """Whether pupils attend: a weekday of a half-term that is neither a staff day nor a bank holiday."""
        closed = day.weekday() in _WEEKEND or day in self.staff_days or day in self.bank_holidays
        return not closed and self.on(day) is not None

    def next_school_day(self, day: date) -> date:
        """`day` or the first school day after it; outside the calendar nothing is known, and `day` stands."""
        while self.half_terms[0].opens <= day <= self.last.closes and not self.is_school_day(day):
            day += timedelta(days=1)
        return day

    def before(self, half_term: HalfTerm) -> HalfTerm | None:
        """The half-term that came last before `half_term`; None before the first of the calendar."""
        earlier = bisect_right(self.half_terms, half_term.opens, key=lambda other: other.closes)
        return self.half_terms[earlier - 1] if earlier else None

    def for_school(self, own: OwnDates) -> "SchoolCalendar":
        """This calendar with one school's own dates; UnknownHalfTerm or CalendarError when they do not fit in."""
        moved = {self.half_term(key).key: days for key, days in own.half_terms.items()}
        half_terms = tuple(
            replace(one, opens=moved[one.key][0], closes=moved[one.key][1], standing="published", source=own.source)
            if one.key in moved
            else one
            for one in self.half_terms
        )
        if problems := list(_out_of_order(half_terms)):
            raise CalendarError("\n".join(f"{own.school}: {problem}" for problem in problems))
        staff_days = self.staff_days if own.staff_days is None else own.staff_days
        return replace(self, name=f"{self.name}, {own.school}", half_terms=half_terms, staff_days=staff_days)

    @cached_property
    def _by_key(self) -> dict[str, HalfTerm]:
        return {half_term.key: half_term for half_term in self.half_terms}


class _Window(Table):
    number: int = Field(ge=1, le=6)
    opens: date
    closes: date


class _Year(Table):
    school_year: str = Field(pattern=r"^20\d{2}-\d{2}$")
    standing: Standing
    source: str = Field(min_length=1)
    half_terms: tuple[_Window, ...]
    staff_days: tuple[date, ...] = ()
    bank_holidays: tuple[date, ...] = ()

    @property
    def begins(self) -> int:
        return _begins(self.school_year)


class _CalendarFile(Table):
    name: str
    school_years: tuple[_Year, ...] = Field(min_length=1)


@cache
def load_calendar(name: str = "norfolk") -> SchoolCalendar:
    """The packaged calendar called `name`; CalendarError when there is none or its file is wrong."""
    known = [file.stem for file in _FOLDER.glob("*.toml") if file.stem != _STATUTORY]
    if name not in known:
        raise CalendarError(f"There is no calendar “{name}”. {nearest(name, known)}")
    return calendar_from(read_toml(_FOLDER / f"{name}.toml"))


def calendar_from(file: TomlFile | Problem) -> SchoolCalendar:
    """The calendar that a file spells; CalendarError lists everything that is wrong with it."""
    if isinstance(file, Problem):
        raise CalendarError(str(file))
    try:
        said = _CalendarFile.model_validate(file.content)
    except ValidationError as error:
        raise _refusal(problems_in(error, _CalendarFile, [file])) from None
    if problems := [problem_at([file], *complaint) for complaint in _complaints(said)]:
        raise _refusal(problems)
    years = said.school_years
    return SchoolCalendar(
        said.name,
        tuple(chain.from_iterable(map(_half_terms_of, years))),
        staff_days=frozenset(chain.from_iterable(year.staff_days for year in years)),
        bank_holidays=frozenset(chain.from_iterable(year.bank_holidays for year in years)),
    )


def _out_of_order(half_terms: Iterable[HalfTerm]) -> Iterator[str]:
    for one in half_terms:
        if one.opens > one.closes:
            yield f"{one.key} closes on {one.closes}, before it opens on {one.opens}. Correct the dates."
    for earlier, later in pairwise(half_terms):
        if later.opens <= earlier.closes:
            yield f"{later.key} opens before {earlier.key} has closed. Give a day after {earlier.closes}."


def _refusal(problems: Iterable[Problem]) -> CalendarError:
    return CalendarError("\n".join(map(str, problems)))


def _half_terms_of(year: _Year) -> Iterator[HalfTerm]:
    name, standing, source = year.school_year, year.standing, year.source
    for window in year.half_terms:
        yield HalfTerm(name, window.number, window.opens, window.closes, standing, source)


def _complaints(said: _CalendarFile) -> Iterator[Complaint]:
    for index, year in enumerate(said.school_years):
        place = ("school_years", index)
        yield from _about_the_year(year, place)
        yield from _about_the_windows(year, (*place, "half_terms"))
        yield from _about_days_without_pupils(year, place)
    for index, (earlier, later) in enumerate(pairwise(said.school_years), start=1):
        if earlier.begins >= later.begins:
            problem = f"it does not follow {earlier.school_year}"
            yield ("school_years", index, "school_year"), problem, "Put the years in order."


def _about_the_year(year: _Year, place: Place) -> Iterator[Complaint]:
    """A school year is named for the two years that it joins, and has six half-terms."""
    name = f"{year.begins}-{(year.begins + 1) % 100:02}"
    if year.school_year != name:
        yield (*place, "school_year"), "the two years do not follow each other", f"Write {name}."
    if [window.number for window in year.half_terms] != [1, 2, 3, 4, 5, 6]:
        yield (*place, "half_terms"), "not the numbers 1 to 6 in order", "Give all six, once each."


def _about_the_windows(year: _Year, place: Place) -> Iterator[Complaint]:
    """Each window lies between 1 September and 31 July, and opens after the one before it has closed."""
    first, last = date(year.begins, 9, 1), date(year.begins + 1, 7, 31)
    for index, window in enumerate(year.half_terms):
        if window.opens > window.closes:
            yield (*place, index, "closes"), "it closes before it opens", "Exchange or correct the dates."
        if window.opens < first or window.closes > last:
            problem = f"{window.opens} to {window.closes} is outside the school year"
            yield (*place, index), problem, f"Give dates from {first} to {last}."
    for index, (earlier, later) in enumerate(pairwise(year.half_terms), start=1):
        if later.opens <= earlier.closes:
            problem = f"half-term {earlier.number} has not closed yet"
            yield (*place, index, "opens"), problem, f"Give a day after {earlier.closes}."


def _about_days_without_pupils(year: _Year, place: Place) -> Iterator[Complaint]:
    for key, days in (("staff_days", year.staff_days), ("bank_holidays", year.bank_holidays)):
        for index, day in enumerate(days):
            if not date(year.begins, 8, 1) <= day <= date(year.begins + 1, 7, 31):
                yield (*place, key, index), "this day is in another school year", "Move it there, or correct it."


def _begins(school_year: str) -> int:
    return int(school_year[:4])
