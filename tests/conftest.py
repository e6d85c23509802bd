"""What tests of the services share: a real database in a folder of its own, made files, a stamp, and the command."""

import csv
import io
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, Select, Table, insert, select

from casework.cli import main
from casework.contacts import load_contacts
from casework.database import initialise, open_initialised
from casework.record import Stamp
from casework.register import load_register
from casework.settings import CHANNEL_VARIABLES, VARIABLES
from casework.tables import Base, Case, Event
from notifications.pdf import Typesetter
from notifications.wording import Wording
from states.half_terms import SchoolCalendar, load_calendar
from states.policy import Policy, load_policy
from tests.postgresql import Server, programs_or_skip, running

# A figure that a test counted, told to people.
Say = Callable[[str], None]

# A busy machine is no fault of the code: speed is measured in benchmarks/.
settings.register_profile("casework", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("casework")

DEMO = Path(__file__).parents[1] / "demo"
NOW = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
GIAS = {
    "urn": ("URN", "990001"),
    "la": ("LA (code)", "999"),
    "la_name": ("LA (name)", "Fenshire"),
    "name": ("EstablishmentName", "Aldermere Primary School"),
    "type": ("TypeOfEstablishment (code)", "01"),
    "status": ("EstablishmentStatus (name)", "Open"),
    "phase": ("PhaseOfEducation (name)", "Primary"),
    "closed": ("CloseDate", ""),
    "street": ("Street", "Mill Lane"),
    "postcode": ("Postcode", "ZZ1 1AA"),
    "religion": ("ReligiousCharacter (name)", "Does not apply"),
    "diocese": ("Diocese (name)", ""),
    "head": ("HeadLastName", "Okafor"),
    "rating": ("OfstedRating (name)", "Good"),
    "inspected": ("OfstedLastInsp", "17-06-2015"),
}

# Many cases of few ways through the record: on PostgreSQL only `make test-all` walks them all.
LONG_ON_POSTGRESQL = {
    "test_cli", "test_cli_history", "test_cli_policy", "test_clocks_are_fed", "test_corrections", "test_history",
    "test_interventions", "test_letters", "test_moves", "test_notices", "test_policy_change", "test_register",
    "test_retention", "test_story", "test_verify", "test_whereabouts", "test_worked_cases",
}  # fmt: skip


class Ran(NamedTuple):
    """What a command left behind: its exit code and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy("norfolk-2013")


@pytest.fixture(scope="session")
def emailing_policy(policy: Policy) -> Policy:
    """The same policy of an authority that has an address to send from."""
    authority = policy.authority.model_copy(update={"email": "schools@example.org"})
    return policy.model_copy(update={"authority": authority})


@pytest.fixture(scope="session")
def calendar() -> SchoolCalendar:
    return load_calendar()


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording()


@pytest.fixture(scope="session")
def typesetter() -> Typesetter:
    return Typesetter()


@pytest.fixture(scope="session")
def stamp(policy: Policy) -> Callable[..., Stamp]:
    """One officer's signature on a piece of work: `stamp("2025-12-01")`, or with another actor or policy."""

    def made(on: str = "2025-12-01", actor: str = "Ada Quill", **changes: Any) -> Stamp:
        values = {"role": "Senior Adviser", "now": NOW, "policy": policy} | changes
        return Stamp(actor=actor, on=date.fromisoformat(on), **values)

    return made


@pytest.fixture(scope="session")
def blank_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("blank") / "casework.db"
    initialise(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def fenshire_file(blank_file: Path, tmp_path_factory: pytest.TempPathFactory, stamp: Callable[..., Stamp]) -> Path:
    """The made-up authority of demo/ on 4 November 2025: its schools and their contacts, and nothing done yet."""
    file = Path(shutil.copy(blank_file, tmp_path_factory.mktemp("fenshire") / "casework.db"))
    engine = open_initialised(f"sqlite:///{file}")
    load_register(engine, DEMO / "register.csv", "999", stamp("2025-11-04", actor="Register load"))
    load_contacts(engine, DEMO / "contacts.csv", stamp("2025-11-04", actor="Contact list"))
    engine.dispose()
    return file


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """CASEWORK_HOME, with no setting left over from whoever runs the tests; no database yet."""
    for name in (*VARIABLES, *CHANNEL_VARIABLES):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("CASEWORK_HOME", str(folder))
    return folder


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test with a record runs on SQLite and on PostgreSQL, but for those that speak of the ways of one."""
    if "kept_on" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only_on")
        kinds = only.args if only else ("sqlite", "postgresql")
        quick = metafunc.definition.path.stem not in LONG_ON_POSTGRESQL
        marks = {
            "sqlite": [],
            "postgresql": [pytest.mark.postgresql] if quick else [pytest.mark.postgresql, pytest.mark.slow],
        }
        metafunc.parametrize("kept_on", [pytest.param(kind, marks=marks[kind]) for kind in kinds])


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One server for all tests."""
    with running(programs_or_skip()) as server:
        yield server


@pytest.fixture(scope="session")
def template(postgresql: Server, blank_file: Path) -> Callable[[Path], str]:
    """The name of a PostgreSQL database with what is in a prepared file, filled when it is first asked for."""
    blank = postgresql.database()
    initialise(postgresql.url(blank))
    filled = {blank_file: blank}

    def name(file: Path) -> str:
        if file not in filled:
            filled[file] = postgresql.database(blank)
            copy_rows(f"sqlite:///{file}", postgresql.url(filled[file]))
        return filled[file]

    return name


def in_order(table: Table) -> Select[Any]:
    return select(table).order_by(*table.primary_key)


def copy_rows(source: str, target: str) -> None:
    here, there = open_initialised(source), open_initialised(target)
    with here.connect() as reader, there.begin() as writer:
        for table in Base.metadata.sorted_tables:
            if rows := [dict(row._mapping) for row in reader.execute(select(table))]:
                writer.execute(insert(table), rows)
    here.dispose()
    there.dispose()


@pytest.fixture
def prepared(
    kept_on: str, home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Callable[[Path | None], str]]:
    """Makes a copy of a prepared database, or an empty one, that of this office, and says its URL."""
    made: list[str] = []

    def on_sqlite(file: Path | None) -> str:
        if file:
            shutil.copy(file, home / "casework.db")
        return f"sqlite:///{home / 'casework.db'}"

    def on_postgresql(file: Path | None) -> str:
        server: Server = request.getfixturevalue("postgresql")
        made.append(server.database(request.getfixturevalue("template")(file)) if file else server.database())
        monkeypatch.setenv("CASEWORK_DATABASE_URL", server.url(made[-1]))
        return server.url(made[-1])

    yield on_postgresql if kept_on == "postgresql" else on_sqlite
    for name in made:
        request.getfixturevalue("postgresql").drop(name)


@pytest.fixture
def empty_url(prepared: Callable[[Path | None], str]) -> str:
    """Where a database can be made, on SQLite or PostgreSQL."""
    return prepared(None)


@pytest.fixture
def database(prepared: Callable[[Path | None], str]) -> Iterator[Callable[[Path], Engine]]:
    """Opens a copy of a prepared database as the one of this office."""
    opened: list[Engine] = []

    def opened_copy(file: Path) -> Engine:
        opened.append(open_initialised(prepared(file)))
        return opened[-1]

    yield opened_copy
    for engine in opened:
        engine.dispose()


@pytest.fixture
def engine(database: Callable[[Path], Engine], blank_file: Path) -> Engine:
    return database(blank_file)


@pytest.fixture
def fenshire(database: Callable[[Path], Engine], fenshire_file: Path) -> Engine:
    return database(fenshire_file)


@pytest.fixture
def register(tmp_path: Path) -> Callable[..., Path]:
    """Writes a register of the schools given, each as what differs from an ordinary primary school."""

    def written(*schools: dict[str, str], name: str = "register.csv", encoding: str = "cp1252") -> Path:
        file = tmp_path / name
        with file.open("w", encoding=encoding, newline="") as target:
            writer = csv.writer(target)
            writer.writerow([column for column, _ in GIAS.values()])
            writer.writerows([[school.get(key, usual) for key, (_, usual) in GIAS.items()] for school in schools])
        return file

    return written


@pytest.fixture
def table_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CSV file: `table_file("urn,partner", "990001,Dr Vale")`."""

    def written(*lines: str, name: str = "list.csv") -> Path:
        file = tmp_path / name
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    return written


@pytest.fixture
def contents() -> Callable[[Engine], dict[str, list[Any]]]:
    """Every row of every table, to tell that something changed nothing."""

    def read(engine: Engine) -> dict[str, list[Any]]:
        with engine.connect() as connection:
            tables = Base.metadata.sorted_tables
            return {table.name: [tuple(row) for row in connection.execute(in_order(table))] for table in tables}

    return read


@pytest.fixture
def events_of() -> Callable[[Engine, int], list[Any]]:
    """The events of a school's case, oldest first."""

    def read(engine: Engine, urn: int) -> list[Any]:
        events = Event.__table__
        query = select(events).join(Case, Case.id == Event.case_id).where(Case.urn == urn).order_by(Event.seq)
        with engine.connect() as connection:
            return list(connection.execute(query))

    return read


@pytest.fixture
def state_of() -> Callable[[Engine, int], str]:
    def read(engine: Engine, urn: int) -> str:
        with engine.connect() as connection:
            return str(connection.scalar(select(Case.state).where(Case.urn == urn, Case.track == "school")))

    return read


@pytest.fixture
def assert_record_holds() -> Callable[[Engine], None]:
    """Every case is what the fold of its events says, and its events are numbered without a gap."""

    def check(engine: Engine) -> None:
        with engine.connect() as connection:
            cases = connection.execute(select(Case.id, Case.state, Case.version)).all()
            events = connection.execute(select(Event.case_id, Event.seq, Event.source, Event.destination)).all()
        assert cases
        for case in cases:
            own = sorted((seq, was, to) for case_id, seq, was, to in events if case_id == case.id)
            moves = [(was, to) for _, was, to in own if to]
            assert [seq for seq, *_ in own] == list(range(1, case.version + 1))
            assert moves[-1][1] == case.state
            assert [was for was, _ in moves] == [None, *(to for _, to in moves[:-1])]

    return check


@pytest.fixture
def casework(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs the command as the shell would, in CASEWORK_HOME: `casework("show", 990001)`."""

    def run(*typed: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["casework", *map(str, typed)])
        out, err, code = io.StringIO(), io.StringIO(), 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
        return Ran(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Say:
    """Keeps the figure for the end of the run: what one of several processes prints, nobody sees."""
    return lambda figure: request.node.user_properties.append(("figure", figure))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for found in terminalreporter.stats.values() for report in found]
    told = [one for report in reports if getattr(report, "when", "") == "call" for one in report.user_properties]
    if figures := [figure for name, figure in told if name == "figure"]:
        terminalreporter.section("figures")
        terminalreporter.write("".join(f"{figure}\n" for figure in sorted(figures)))
