"""How the database is opened and kept at the right version. The SQLite settings here are what makes it safe."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, OperationalError

from casework.chain import canonical
from casework.errors import Contended, DatabaseUnusable, NotInitialised, NotStorable
from states.errors import CaseworkError

MIGRATIONS = Path(__file__).parent / "migrations"

# Seconds that a writer waits for another before it gives up.
BUSY_TIMEOUT = 30

# PostgreSQL's words for two writers in each other's way: serialization, deadlock, lock not had, and the same key twice.
OVERTAKEN = ("40001", "40P01", "55P03", "23505")
NOT_PERMITTED = "42501"

# What the driver warns of arrives as an error too: it is for a log, if somebody keeps one, and not for officers.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


def open_database(url: str) -> Engine:
    """An engine on which a transaction is really one, on SQLite too."""
    try:
        parsed = _with_our_driver(make_url(url))
        on_sqlite = parsed.get_backend_name() == "sqlite"
        engine = create_engine(
            parsed, connect_args={"timeout": BUSY_TIMEOUT} if on_sqlite else {}, json_serializer=canonical
        )
    except (ArgumentError, ModuleNotFoundError) as error:
        raise DatabaseUnusable(f"CASEWORK_DATABASE_URL cannot be used: {error}. Correct it, or unset it.") from error
    event.listen(engine, "handle_error", _say_what_is_wrong)
    if on_sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_on_sqlite)
    else:
        # Of a lost connection the driver warns beside the error that we tell in a sentence.
        logging.getLogger("psycopg").setLevel(logging.ERROR)
        event.listen(engine, "connect", _require_unicode, insert=True)  # before SQLAlchemy reads what it cannot
        event.listen(engine, "begin", _begin_elsewhere)
    return engine


def _with_our_driver(url: URL) -> URL:
    """PostgreSQL's own tools and hosts hand out postgres://… and postgresql://…, which name no driver."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgres", "postgresql") else url


def _say_what_is_wrong(context: ExceptionContext) -> None:
    """Damaged, locked, full, read-only or away is for a person to act on; a broken constraint is our own fault."""
    original, found = context.original_exception, context.sqlalchemy_exception
    state, said = getattr(original, "sqlstate", None), " ".join(str(original).split()).rstrip(".")
    if state in OVERTAKEN or "database is locked" in said:
        raise Contended(
            f"Somebody else was writing at that moment ({said}). Try again; if it stays so, check that nobody else "
            "holds the database."
        )
    if state == NOT_PERMITTED:
        raise DatabaseUnusable(f"The database refuses: {said}. Its owner runs what `casework grants ROLE` prints.")
    if isinstance(found, DataError):
        raise NotStorable(f"The database cannot keep what it was given: {said}. Nothing was written. Correct it.")
    if context.connection is None and context.dialect.name == "postgresql":
        raise DatabaseUnusable(
            f"The database cannot be reached: {said}. Check host, port, database, role and password in "
            "CASEWORK_DATABASE_URL; that the server runs; and that its owner has made the database (`createdb`)."
        )
    if type(found) in (DatabaseError, OperationalError):
        raise DatabaseUnusable(
            f"The database cannot be used: {said}. `casework settings` shows where it is: check "
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


def _require_unicode(connection: Any, _record: Any) -> None:
    if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
        connection.close()
        raise DatabaseUnusable(
            f"The database keeps its texts as {encoding}, which has no place for every name. Let its owner make "
            "another: createdb --encoding=UTF8 --template=template0 NAME."
        )


def _begin_on_sqlite(connection: Connection) -> None:
    # The write lock is taken first, so that what was read is still true when it is written.
    connection.exec_driver_sql("BEGIN" if _only_reads(connection) else "BEGIN IMMEDIATE")


def _begin_elsewhere(connection: Connection) -> None:
    if _only_reads(connection):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _only_reads(connection: Connection) -> bool:
    """What casework.unit_of_work.reading asks for."""
    return bool(connection.get_execution_options().get("reads"))


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
    try:
        _require_newest(engine)
    except CaseworkError:
        engine.dispose()
        raise
    return engine


def _require_newest(engine: Engine) -> None:
    if (file := _sqlite_file(engine)) and not file.exists():
        raise NotInitialised(f"There is no database at {file}. Run `casework init` first.")
    if (version := _version(engine)) != _newest():
        raise NotInitialised(
            f"The database is at version {version or 'none'}, this program needs {_newest()}. Run `casework init`."
        )


def compact(engine: Engine) -> str:
    """Write a SQLite file anew, without what was overwritten in it; returns what is left for somebody else to do."""
    if engine.dialect.name != "sqlite":
        return "PostgreSQL keeps what was overwritten until its owner runs: VACUUM FULL contact, letter, school;"
    with closing(engine.raw_connection()) as connection:
        try:
            connection.cursor().execute("VACUUM")
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise DatabaseUnusable(
                f"What was done is recorded, but the database's file still has what was taken away in places that it "
                f"freed ({error}). Make room, let nobody else hold it, and give the same command again."
            ) from error
    return ""


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
        return record_version(connection)


def record_version(connection: Connection) -> str | None:
    """The version of the tables; None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()
