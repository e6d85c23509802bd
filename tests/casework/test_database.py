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


def pretend_version(file: Path, version: str) -> None:
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", [version])


def test_second_init_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "new" / "casework.db"
    assert initialise(f"sqlite:///{file}")
    first = schema(file)
    assert not initialise(f"sqlite:///{file}")
    assert schema(file) == first


def test_opening_a_missing_database_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotInitialised, match=r"no database at .*casework\.db. Run `casework init` first"):
        open_initialised(f"sqlite:///{tmp_path / 'casework.db'}")
    assert list(tmp_path.iterdir()) == []


def test_opening_an_older_database_says_what_to_do(engine: Engine, home: Path) -> None:
    pretend_version(home / "casework.db", "0000")
    with pytest.raises(NotInitialised, match=r"at version 0000, this program needs .*Run `casework init`"):
        open_initialised(str(engine.url))


def test_database_of_a_newer_program_is_left_alone(engine: Engine, home: Path) -> None:
    pretend_version(home / "casework.db", "9999")
    with pytest.raises(
        NotInitialised, match=r"at version 9999, which this program does not know: run the one that made it"
    ):
        initialise(str(engine.url))


def test_opening_an_empty_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "casework.db").touch()
    with pytest.raises(NotInitialised, match="at version none"):
        open_initialised(f"sqlite:///{tmp_path / 'casework.db'}")


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1)],
)
def test_sqlite_runs_with_its_safe_settings(engine: Engine, pragma: str, value: object) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value


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
    with fenshire.begin() as connection, pytest.raises(IntegrityError, match="FOREIGN KEY"):
        connection.execute(insert(TABLES["contact"]), [ROWS["contact"] | {"urn": 111111}])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET reason = 'better so'",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event SELECT * FROM event LIMIT 1",
        "REPLACE INTO event SELECT * FROM event LIMIT 1",
    ],
)
def test_events_refuse_to_be_rewritten(
    fenshire: Engine, statement: str, contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    before = contents(fenshire)
    with pytest.raises(IntegrityError, match="an event is never changed or removed"), fenshire.begin() as connection:
        connection.execute(text(statement))
    assert contents(fenshire) == before


def test_migrated_schema_is_the_schema_of_the_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


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


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("contact", "role"), ("case", "state"), ("case", "track"), ("event", "kind"), ("return", "outcome"),
        ("letter", "state"),
    ],
)  # fmt: skip
def test_only_known_words_can_be_stored(fenshire: Engine, table: str, column: str) -> None:
    row = a_row(fenshire, table)
    with pytest.raises(IntegrityError, match="CHECK constraint failed"), fenshire.begin() as connection:
        connection.execute(insert(TABLES[table]), [row | {column: "unheard-of"}])
    with fenshire.begin() as connection:
        connection.execute(insert(TABLES[table]), [row])


def test_downgrade_and_upgrade_give_the_same_schema(engine: Engine, home: Path) -> None:
    before = schema(home / "casework.db")
    config = module._config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    engine.dispose()
    assert initialise(str(engine.url))
    assert schema(home / "casework.db") == before


def test_damaged_database_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "casework.db").write_bytes(b"no database at all " * 200)
    with pytest.raises(DatabaseUnusable, match=r"file is not a database.*`casework settings`"):
        open_initialised(f"sqlite:///{tmp_path / 'casework.db'}")


def test_locked_database_is_told_in_words(
    home: Path, blank_file: Path, database: Callable[[Path], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_TIMEOUT", 0)
    engine = database(blank_file)
    other = sqlite3.connect(home / "casework.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnusable, match=r"locked.*nobody else holds it"):
        engine.connect().begin()
    other.close()


def test_read_only_database_is_told_in_words(engine: Engine, home: Path) -> None:
    read_only = open_database(f"sqlite:///file:{home / 'casework.db'}?mode=ro&uri=true")
    connection = read_only.connect()
    with pytest.raises(DatabaseUnusable, match=r"readonly database.*you may write there"):
        connection.execute(delete(TABLES["contact"]))
    connection.close()
    read_only.dispose()
