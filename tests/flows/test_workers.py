"""Several workers share a check and end in the same book as one process, whichever of them is killed."""

import hashlib
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, Table, func, select

from casework.check import run_check
from casework.database import initialise, open_initialised
from casework.record import Stamp
from casework.register import load_register
from casework.tables import RECORD, Event, EventKind
from states.half_terms import SchoolCalendar
from states.policy import load_policy
from tests.postgresql import Server
from tests.servers.serving import until
from tests.servers.workers import Site, site

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
POLICY = BENCHMARKS / "monitor_every_category.toml"
SCHOOLS = 24_000
ON = date(2025, 12, 1)
ROUND = "2025-26/2"

# A killed worker is missed after 90 seconds; then its part, or the whole check, is done again.
WITHIN = 900.0

# When it was written, and what follows from that: two checks can never be equal in these.
OF_THE_MOMENT = {"recorded_at", "hash", "head", "sealed", "drafted_at"}

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]


Book = dict[str, tuple[int, str]]


def book(engine: Engine) -> Book:
    """Table → how many rows it has, and the digest of all of them but for when they were recorded."""
    with engine.connect() as connection:
        return {table.name: _told(connection, table) for table in RECORD}


def _told(connection: Connection, table: Table) -> tuple[int, str]:
    kept = [column for column in table.columns if column.name not in OF_THE_MOMENT]
    count, digest = 0, hashlib.sha256()
    for row in connection.execute(select(*kept).order_by(*table.primary_key)):
        count += 1
        digest.update(repr(tuple(row)).encode())
    return count, digest.hexdigest()


@pytest.fixture(scope="module")
def loaded(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of made schools, each of which is monitored."""
    sys.path.insert(0, str(BENCHMARKS))
    import check_pieces  # noqa: PLC0415  -- the benchmarks are no package

    name, register = postgresql.database(), tmp_path_factory.mktemp("made") / "register.csv"
    initialise(postgresql.url(name))
    engine = open_initialised(postgresql.url(name))
    check_pieces.make(str(register), str(SCHOOLS))
    load_register(engine, register, None, check_pieces.STAMP)
    engine.dispose()
    return name


@pytest.fixture(scope="module")
def expected(postgresql: Server, loaded: str, calendar: SchoolCalendar, stamp: Callable[..., Stamp]) -> Book:
    """What one process makes of it."""
    engine = open_initialised(postgresql.url(postgresql.database(loaded)))
    signed = stamp(ON.isoformat(), actor="Half-termly check", role="check", policy=load_policy(str(POLICY)))
    assert run_check(engine, calendar, calendar.half_term(ROUND), signed).requested == SCHOOLS
    made = book(engine)
    engine.dispose()
    return made


@pytest.fixture
def office(postgresql: Server, loaded: str, tmp_path: Path) -> Iterator[tuple[Site, Engine]]:
    """A console on a fresh copy of the record, with two workers, of which the first takes the check itself."""
    url = postgresql.url(postgresql.database(loaded))
    with site(postgresql, tmp_path, url, POLICY) as made:
        engine = open_initialised(url)
        yield made, engine
        engine.dispose()


def start_check(made: Site, parts: int) -> str:
    """The check on the first worker; only when it is there does the second come, which would take it as well."""
    made.start_worker("first", limit=2)
    run = made.start("half-termly-check", half_term=ROUND, on=ON.isoformat(), spread_over=parts)
    until(lambda: made.runs_of("first") & {run} or None)
    made.start_worker("second", limit=1)
    return run


def requested(engine: Engine) -> int:
    with engine.connect() as connection:
        found = connection.scalar(select(func.count()).where(Event.kind == EventKind.REQUESTED))
    return found or 0


@pytest.mark.parametrize("parts", [2, 4])
def test_two_workers_make_the_same_book_as_one_process(office: tuple[Site, Engine], expected: Book, parts: int) -> None:
    made, engine = office
    made.start_worker("first", limit=2)
    made.start_worker("second", limit=1)
    run = made.start("half-termly-check", half_term=ROUND, on=ON.isoformat(), spread_over=parts)
    assert made.ended(run, WITHIN)["state_name"] == "Completed"
    done = {one["id"] for name in ("half-termly-check", "half-termly-check-part") for one in made.runs(name)}
    assert made.runs_of("first") & done
    assert made.runs_of("second") & done
    assert book(engine) == expected


@pytest.mark.parametrize("killed", ["first", "second"])
def test_worker_killed_in_the_middle_changes_nothing(office: tuple[Site, Engine], expected: Book, killed: str) -> None:
    """`first` has the check itself, `second` a part of it."""
    made, engine = office
    run = start_check(made, parts=4)
    middle_of(made, engine)
    made.kill(killed)
    left = requested(engine)
    assert 0 < left < SCHOOLS
    assert made.ended(run, WITHIN)["state_name"] == "Completed"
    assert book(engine) == expected


def middle_of(made: Site, engine: Engine) -> None:
    """Some schools are done, and the second worker is at work on a part."""
    ends = time.monotonic() + WITHIN
    while requested(engine) < SCHOOLS // 8 or not running_on(made, "second"):
        assert time.monotonic() < ends, made.logs
        time.sleep(0.2)


def running_on(made: Site, name: str) -> set[str]:
    parts = made.runs("half-termly-check-part")
    return made.runs_of(name) & {run["id"] for run in parts if run["state_type"] == "RUNNING"}
