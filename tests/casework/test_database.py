"""How the database is opened, and what it refuses of itself."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, delete, insert, select, text
from sqlalchemy.exc import IntegrityError

from casework import database as module
from casework.database import initialise, open_database, open_initialised
from casework.errors import DatabaseUnusable, NotInitialised
from casework.tables import Base

TABLES = Base.metadata.tables
EVENT = TABLES["event"]
ROWS: dict[str, dict[str, Any]] = {
    "contact": {"urn": 990060, "role": "head", "name": "Mrs Vale", "email": ""},
    "case": {"id": 9001, "track": "school", "subject": "x", "urn": 990001, "state": "closed", "version": 1},
    "return": {
        "urn": 990001, "half_term": "2025-26/1", "requested_on": None, "due_on": None, "received_on": None,
        "figures": [], "revision": 0, "outcome": "missing", "findings": [],
    },
}  # fmt: skip


def schema(file: Path) -> list[Any]:
    with sqlite3.connect(file) as raw:
        return raw.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()


def pretend_version(engine: Engine, version: str) -> str:
    """The URL of a database that says it is of this version."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def worked(fenshire: Engine) -> Engine:
    """A record with something in every table."""
    with fenshire.begin() as connection:
        connection.execute(insert(TABLES["return"]), [ROWS["return"]])
    return fenshire


def test_second_init_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "new" / "casework.db"
    assert initialise(f"sqlite:///{file}")
    first = schema(file)
    assert not initialise(f"sqlite:///{file}")
    assert schema(file) == first


def test_database_of_the_first_version_takes_the_new_roles(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'casework.db'}")
    with engine.begin() as connection:
        config = module._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        empty = {column.name: "" for column in TABLES["school"].columns if not column.nullable}
        connection.execute(insert(TABLES["school"]), empty | {"urn": 990001})
        connection.execute(text("INSERT INTO contact VALUES (990001, 'head', 'Mrs Vale', '')"))
        command.upgrade(config, "head")
        connection.execute(text("INSERT INTO contact VALUES (990001, 'diocese', '', '')"))
        kept = connection.execute(text("SELECT role, name FROM contact")).all()
    assert kept == [("head", "Mrs Vale"), ("diocese", "")]


def test_opening_a_missing_database_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotInitialised, match=r"no database at .*casework\.db. Run `casework init` first"):
        open_initialised(f"sqlite:///{tmp_path / 'casework.db'}")
    assert list(tmp_path.iterdir()) == []


def test_opening_an_older_database_says_what_to_do(engine: Engine) -> None:
    url = pretend_version(engine, "0000")
    with pytest.raises(NotInitialised, match=r"at version 0000, this program needs .*Run `casework init`"):
        open_initialised(url)


def test_database_of_a_newer_program_is_left_alone(engine: Engine) -> None:
    url = pretend_version(engine, "9999")
    with pytest.raises(
        NotInitialised, match=r"at version 9999, which this program does not know: run the one that made it"
    ):
        initialise(url)


def test_opening_an_empty_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "casework.db").touch()
    with pytest.raises(NotInitialised, match="at version none"):
        open_initialised(f"sqlite:///{tmp_path / 'casework.db'}")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1)],
)
def test_sqlite_runs_with_its_safe_settings(engine: Engine, pragma: str, value: object) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value


@pytest.mark.only_on("sqlite")
def test_reading_takes_the_write_lock_at_once(engine: Engine, home: Path) -> None:
    other = sqlite3.connect(home / "casework.db", timeout=0, isolation_level=None)
    with engine.connect() as connection:
        connection.execute(select(EVENT))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_savepoint_of_a_rolled_back_transaction_leaves_nothing(fenshire: Engine) -> None:
    contact = TABLES["contact"]
    with fenshire.connect() as connection:
        with connection.begin_nested():
            connection.execute(insert(contact), [ROWS["contact"]])
        connection.rollback()
        assert connection.execute(select(contact).where(contact.c.urn == 990060)).all() == []


def test_contact_of_an_unknown_school_is_refused(fenshire: Engine) -> None:
    with fenshire.begin() as connection, pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        connection.execute(insert(TABLES["contact"]), [ROWS["contact"] | {"urn": 111111}])


REWRITES = ["UPDATE event SET reason = 'better so'", "DELETE FROM event"]
REPLACEMENTS = ["INSERT OR REPLACE INTO event SELECT * FROM event LIMIT 1", "REPLACE INTO event SELECT * FROM event"]
REMOVALS = [f'DELETE FROM "{table}"' for table in ("school", "case", "return", "letter")]
EMPTYINGS = [f'TRUNCATE "{table}" CASCADE' for table in ("event", "school", "case", "return", "letter")]
NEVER = "an event is never changed or removed|nothing is removed from the record"


def refused(engine: Engine, statement: str) -> None:
    with pytest.raises(IntegrityError, match=NEVER), engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("statement", [*REWRITES, *REMOVALS])
def test_record_refuses_to_be_rewritten(
    worked: Engine, statement: str, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    before = contents(worked)
    refused(worked, statement)
    assert contents(worked) == before


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("statement", EMPTYINGS)
def test_record_refuses_to_be_emptied(
    worked: Engine, statement: str, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    before = contents(worked)
    refused(worked, statement)
    assert contents(worked) == before


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("statement", REPLACEMENTS)
def test_events_refuse_to_be_replaced(fenshire: Engine, statement: str) -> None:
    refused(fenshire, statement)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("statement", [*REWRITES, *REPLACEMENTS, *REMOVALS])
def test_any_other_program_is_refused_too(worked: Engine, home: Path, statement: str) -> None:
    """Such as the sqlite3 shell, which sets none of our pragmas."""
    other = sqlite3.connect(home / "casework.db")
    with pytest.raises(sqlite3.IntegrityError, match=NEVER):
        other.execute(statement)
    other.close()


def test_migrated_schema_is_the_schema_of_the_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.only_on("sqlite")
def test_migrated_checks_are_the_checks_of_the_tables(engine: Engine, home: Path, tmp_path: Path) -> None:
    made = open_database(f"sqlite:///{tmp_path / 'made.db'}")
    Base.metadata.create_all(made)
    made.dispose()
    wanted = {line.strip(" ,") for [sql] in schema(tmp_path / "made.db") if sql for line in sql.splitlines()}
    there = {line.strip(" ,") for [sql] in schema(home / "casework.db") if sql for line in sql.splitlines()}
    assert {line for line in wanted if "CHECK" in line} == {line for line in there if "CHECK" in line}


def a_row(engine: Engine, table: str) -> dict[str, Any]:
    """A row that the table would take."""
    if table in ROWS:
        return ROWS[table]
    with engine.connect() as connection:
        row = dict(connection.execute(select(TABLES[table]).limit(1)).one()._mapping)
    new = {"event": {"seq": 999, "once": "another"}, "letter": {"reference": "X", "occasion": "another"}}
    return row | new[table]


@pytest.mark.only_on("sqlite")
def test_cases_of_a_school_are_found_by_an_index(engine: Engine) -> None:
    with engine.connect() as connection:
        plan = connection.exec_driver_sql('EXPLAIN QUERY PLAN SELECT * FROM "case" WHERE urn = 990001').one().detail
    assert "USING INDEX ix_case_urn_track" in plan


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("contact", "role"), ("case", "state"), ("case", "track"), ("event", "kind"), ("return", "outcome"),
        ("letter", "state"),
    ],
)  # fmt: skip
def test_only_known_words_can_be_stored(fenshire: Engine, table: str, column: str) -> None:
    row = a_row(fenshire, table)
    with pytest.raises(IntegrityError, match=r"(?i)check constraint"), fenshire.begin() as connection:
        connection.execute(insert(TABLES[table]), [row | {column: "unheard-of"}])
    with fenshire.begin() as connection:
        connection.execute(insert(TABLES[table]), [row])


def test_damaged_database_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "casework.db").write_bytes(b"no database at all " * 200)
    with pytest.raises(DatabaseUnusable, match=r"file is not a database.*`casework settings`"):
        open_initialised(f"sqlite:///{tmp_path / 'casework.db'}")


@pytest.mark.only_on("sqlite")
def test_locked_database_is_told_in_words(
    home: Path, blank_file: Path, database: Callable[[Path], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT", 0)
    engine = database(blank_file)
    other = sqlite3.connect(home / "casework.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnusable, match=r"locked.*nobody else holds the database"):
        engine.connect().begin()
    other.close()


@pytest.mark.only_on("sqlite")
def test_read_only_database_is_told_in_words(engine: Engine, home: Path) -> None:
    read_only = open_database(f"sqlite:///file:{home / 'casework.db'}?mode=ro&uri=true")
    connection = read_only.connect()
    with pytest.raises(DatabaseUnusable, match=r"readonly database.*you may write there"):
        connection.execute(delete(TABLES["contact"]))
    connection.close()
    read_only.dispose()
