"""How the database is opened and kept at the right version. The SQLite settings here are what makes it safe."""

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from casework.errors import DatabaseUnusable, NotInitialised

MIGRATIONS = Path(__file__).parent / "migrations"

# Seconds that a writer waits for another before it gives up.
BUSY_TIMEOUT = 30


def open_database(url: str) -> Engine:
    """An engine on which a transaction is really one, on SQLite too."""
    try:
        parsed = make_url(url)
        on_sqlite = parsed.get_backend_name() == "sqlite"
        engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT} if on_sqlite else {})
    except (ArgumentError, ModuleNotFoundError) as error:
        raise DatabaseUnusable(f"CASEWORK_DATABASE_URL cannot be used: {error}. Correct it, or unset it.") from error
    event.listen(engine, "handle_error", _say_what_is_wrong)
    if on_sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_immediately)
    return engine


def _say_what_is_wrong(context: ExceptionContext) -> None:
    """Damaged, locked, full, read-only or away is for a person to act on; a broken constraint is our own fault."""
    if type(context.sqlalchemy_exception) in (DatabaseError, OperationalError):
        raise DatabaseUnusable(
            f"The database cannot be used: {context.original_exception}. `casework settings` shows where it is: check "
            "that it is casework's own, that you may write there, and that nobody else holds it; or restore a backup."
        )


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # Python's own BEGIN comes too late and lets a savepoint commit an outer transaction; we send ours below.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Without this, INSERT OR REPLACE would slip past the triggers that keep events as they are.
    connection.execute("PRAGMA recursive_triggers = ON")


def _begin_immediately(connection: Connection) -> None:
    # The write lock is taken first, so that what was read is still true when it is written.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def initialise(url: str) -> bool:
    """Create the database or bring it up to date. True if anything was done."""
    engine = open_database(url)
    if file := _sqlite_file(engine):
        file.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _bring_up_to_date(engine)
    finally:
        engine.dispose()  # the file is whole then, without a log beside it


def _bring_up_to_date(engine: Engine) -> bool:
    if (version := _version(engine)) == _newest():
        return False
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise NotInitialised(
                f"The database is at version {version}, which this program does not know: run the one that made it."
            ) from error
    return True


def open_initialised(url: str) -> Engine:
    """The engine of a database whose tables are of this version; otherwise says what to do."""
    engine = open_database(url)
    if (file := _sqlite_file(engine)) and not file.exists():
        raise NotInitialised(f"There is no database at {file}. Run `casework init` first.")
    if (version := _version(engine)) != _newest():
        raise NotInitialised(
            f"The database is at version {version or 'none'}, this program needs {_newest()}. Run `casework init`."
        )
    return engine


def _sqlite_file(engine: Engine) -> Path | None:
    name = engine.url.database
    return Path(name) if engine.dialect.name == "sqlite" and name else None


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
