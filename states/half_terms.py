"""School years and their six half-terms, as windows read from a calendar file.

Here: what a half-term is, which one a day falls in, and the checks on a calendar file. Not here: the working
days of statutory clocks, which ignore school holidays. Half-terms last from 4.7 to 7.4 weeks, so none is
computed.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
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
_TERMS = ("autumn", "spring", "summer")
_HALVES = ("first", "second")


class CalendarError(CaseworkError):
    """A calendar file cannot be used; the text has one line for each thing to put right."""


class UnknownHalfTerm(CalendarError):
    """No such half-term in the calendar."""


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
        begins = _begins(self.school_year)
        return f"{half} half of the {term} term {begins} to {begins + 1}"


@dataclass(frozen=True)
class SchoolCalendar:
    """The half-terms that are known, in order of time and without overlap."""

    name: str
    half_terms: tuple[HalfTerm, ...]

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

    def on(self, day: date) -> HalfTerm | None:
        """The half-term that `day` falls in; None in a holiday and outside the calendar."""
        opened = bisect_right(self.half_terms, day, key=lambda half_term: half_term.opens)
        latest = self.half_terms[opened - 1] if opened else None
        return latest if latest and day <= latest.closes else None

    def before(self, half_term: HalfTerm) -> HalfTerm | None:
        """The half-term that came last before `half_term`; None before the first of the calendar."""
        earlier = bisect_right(self.half_terms, half_term.opens, key=lambda other: other.closes)
        return self.half_terms[earlier - 1] if earlier else None

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

    @property
    def begins(self) -> int:
        return _begins(self.school_year)


class _CalendarFile(Table):
    name: str
    school_years: tuple[_Year, ...] = Field(min_length=1)


@cache
def load_calendar(name: str = "norfolk") -> SchoolCalendar:
    """The packaged calendar called `name`; CalendarError when there is none or its file is wrong."""
    known = [file.stem for file in _FOLDER.glob("*.toml")]
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
    return SchoolCalendar(said.name, tuple(chain.from_iterable(map(_half_terms_of, said.school_years))))


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


def _begins(school_year: str) -> int:
    return int(school_year[:4])
