"""The same check run twice, at once, late, or made up for ends in the same book; so does a clock that jumps back."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from casework.check import run_check
from casework.database import open_initialised
from casework.moves import move_school
from casework.record import Stamp
from casework.returns import load_returns
from casework.seals import seal
from casework.story import states_as_of
from casework.unit_of_work import reading
from casework.verify import verify
from states.half_terms import SchoolCalendar
from states.policy import Policy
from tests.faults.book import Book, book
from tests.faults.installation import DEMO

NOW = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
MONTH = timedelta(days=31)
FIRST, SECOND, THIRD = ("2025-26/1", "2025-10-20"), ("2025-26/2", "2025-12-08"), ("2025-26/3", "2026-01-20")

# How the three checks are run → each run as half-term, the day that it counts for, and how late the clock is.
RUNS: dict[str, list[tuple[tuple[str, str], timedelta]]] = {
    "each twice": [(check, timedelta()) for check in (FIRST, FIRST, SECOND, SECOND, THIRD, THIRD)],
    "each a month late": [(check, MONTH) for check in (FIRST, SECOND, THIRD)],
    "each again a month later": [*((check, timedelta()) for check in (FIRST, SECOND, THIRD)), (THIRD, MONTH)],
    "the first again after the last": [(check, timedelta()) for check in (FIRST, SECOND, THIRD, FIRST)],
    "with the clock going backwards": [(FIRST, MONTH), (SECOND, timedelta()), (THIRD, -MONTH)],
}


class Caseload:
    """Fenshire with its returns, and its checks run in any way."""

    def __init__(self, file: Path, calendar: SchoolCalendar, policy: Policy) -> None:
        self.file, self.calendar, self.policy = file, calendar, policy
        self.engine: Engine = open_initialised(f"sqlite:///{file}")

    def stamp(self, on: str, late: timedelta = timedelta(), actor: str = "Prefect") -> Stamp:
        return Stamp(actor=actor, role="check", on=date.fromisoformat(on), now=NOW + late, policy=self.policy)

    def check(self, check: tuple[str, str], late: timedelta = timedelta()) -> None:
        half_term, on = check
        run_check(self.engine, self.calendar, self.calendar.half_term(half_term), self.stamp(on, late))

    def returns(self) -> None:
        load_returns(self.engine, DEMO / "returns.csv", self.calendar, self.stamp("2025-12-05"))

    def book(self) -> Book:
        return book(f"sqlite:///{self.file}", self.file.parent / "letters")

    def faults(self) -> list[str]:
        seal(self.engine, self.file.with_suffix(".seals"), "check", NOW)
        return [fault.place for fault in verify(self.engine, self.file.with_suffix(".seals")).faults]


Begun = Callable[[str], Caseload]


@pytest.fixture
def begun(
    fenshire_file: Path, tmp_path: Path, calendar: SchoolCalendar, policy: Policy, request: pytest.FixtureRequest
) -> Begun:
    def made(name: str) -> Caseload:
        caseload = Caseload(Path(shutil.copy(fenshire_file, tmp_path / f"{name}.db")), calendar, policy)
        request.addfinalizer(caseload.engine.dispose)
        return caseload

    return made


@pytest.fixture
def once(begun: Begun) -> Book:
    """The book after each check was run once, in time."""
    caseload = begun("once")
    caseload.returns()
    for check in (FIRST, SECOND, THIRD):
        caseload.check(check)
    return caseload.book()


@pytest.mark.parametrize("runs", RUNS.values(), ids=RUNS)
def test_however_often_run_the_book_is_one(
    begun: Begun, once: Book, runs: list[tuple[tuple[str, str], timedelta]]
) -> None:
    caseload = begun("again")
    caseload.returns()
    for check, late in runs:
        caseload.check(check, late)
    assert caseload.book() == once
    assert caseload.faults() == []


def test_checks_at_the_same_time_make_one_book(begun: Begun, once: Book) -> None:
    caseload = begun("at once")
    caseload.returns()
    for check in (FIRST, SECOND, THIRD):
        with ThreadPoolExecutor(3) as runs:
            list(runs.map(caseload.check, [check] * 3))
    assert caseload.book() == once
    assert caseload.faults() == []


def test_check_left_out_is_made_up_for(begun: Begun) -> None:
    """States, letters and what was asked for are the same; what fell due is flagged by the run that came first."""
    in_time, made_up = begun("in time"), begun("made up")
    for caseload, checks in ((in_time, (FIRST, SECOND, SECOND)), (made_up, (SECOND, FIRST, SECOND))):
        caseload.returns()
        for check in checks:
            caseload.check(check)
    first, second = in_time.book(), made_up.book()
    assert first["case"] == second["case"]
    assert first["return"] == second["return"]
    assert {line.split("'reference': ")[1].split(",")[0] for line in first["letter"]} == {
        line.split("'reference': ")[1].split(",")[0] for line in second["letter"]
    }


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=365)], ids=["an hour", "a year"])
def test_clock_that_jumps_back_confuses_nothing(begun: Begun, back: timedelta) -> None:
    caseload = begun("back")
    move_school(caseload.engine, 990001, "enter_transition", {}, "A new head", "", caseload.stamp("2025-12-01"))
    move_school(caseload.engine, 990001, "settle", {}, "Settled", "Seen", caseload.stamp("2026-01-20", -back))
    assert caseload.faults() == []
    with reading(caseload.engine) as session:
        states = [states_as_of(session, date.fromisoformat(day)) for day in ("2025-11-30", "2025-12-01", "2026-01-20")]
    assert states[0] == states[2] != states[1]
