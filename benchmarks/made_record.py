"""A made record of any length: schools whose cases have gone back and forth every half-term for years, and their seals.

It is written by the record's own write path, 500 cases a transaction, with a seal after each half-term. Every event
changes the state, which is the most that a question about a day can have to look through.
"""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from casework.caseload import own_cases, sector_of
from casework.chunks import chunks
from casework.record import CaseFile, Decisions, Stamp
from casework.register_file import read_register
from casework.rows import Rejected
from casework.schools import SchoolRecord
from casework.seals import seal
from casework.unit_of_work import transact
from states.policy import Policy

BEGINS = datetime(2016, 2, 22, 9, tzinfo=UTC)
BETWEEN = timedelta(days=61)
BACK_AND_FORTH = ("good_or_better", "in_transition")


def day_of(half_term: int) -> date:
    """The day on which the events of this half-term count, the first being 0."""
    return (BEGINS + half_term * BETWEEN).date()


def write_record(engine: Engine, register: Path, seals_file: Path, half_terms: int, policy: Policy) -> None:
    """A case for each school of the register, with as many events as there are half-terms."""
    schools = [one for one in read_register(register) if not isinstance(one, Rejected)]
    for half_term in range(half_terms):
        now = BEGINS + half_term * BETWEEN
        stamp = Stamp(actor="Benchmark", role="benchmark", on=now.date(), now=now, policy=policy)
        for chunk in chunks(enumerate(schools, start=1)):
            urns = [school.urn for _, school in chunk]
            transact(engine, partial(_go_on, urns, half_term, stamp) if half_term else partial(_open, chunk, stamp))
        seal(engine, seals_file, f"half-term {half_term + 1}", now)


def _open(schools: list[tuple[int, SchoolRecord]], stamp: Stamp, session: Session) -> None:
    decisions = Decisions(stamp)
    for number, school in schools:
        decisions.schools.append(school.as_row())
        case = CaseFile(number, school.urn, BACK_AND_FORTH[0], 0, sector_of(school))
        decisions.open_case(case, "On the register as open")
    decisions.write(session)


def _go_on(urns: list[int], half_term: int, stamp: Stamp, session: Session) -> None:
    decisions = Decisions(stamp)
    for case in own_cases(session, urns).values():
        visited = f"Visit of {stamp.on.isoformat()}: progress as the adviser expected at this time of the year"
        decisions.migrate(case, BACK_AND_FORTH[half_term % 2], visited, {"visits": half_term})
    decisions.write(session)
