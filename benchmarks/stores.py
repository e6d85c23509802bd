"""Where the measured records stand: in SQLite files, or in databases of a PostgreSQL server that are made for it."""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from sqlalchemy import create_engine, make_url, text

OWN = "own"


class Store(Protocol):
    """Hands out the URLs of databases by their names; one that was there under the name goes."""

    name: str

    def new(self, database: str) -> str: ...

    def copy(self, source: str, database: str) -> str: ...


class Files:
    """SQLite, a file for each database."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, database: str) -> str:
        for left in self._folder.glob(f"{database}.db*"):
            left.unlink()
        return f"sqlite:///{self._folder / database}.db"

    def copy(self, source: str, database: str) -> str:
        """On the disk before anything is timed: a commit must not pay for it."""
        copied = self.new(database)
        shutil.copy(make_url(source).database or "", make_url(copied).database or "")
        os.sync()
        return copied


class Server:
    """PostgreSQL; the role of the URL must be allowed to create databases."""

    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT")

    def new(self, database: str) -> str:
        return self._create(database, "template1")

    def copy(self, source: str, database: str) -> str:
        return self._create(database, make_url(source).database or "")

    def _create(self, database: str, template: str) -> str:
        name = f"casework_benchmark_{database}"
        with self._engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
            connection.execute(text("CHECKPOINT"))
        return self._url.set(database=name).render_as_string(hide_password=False)


def add_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--postgresql",
        metavar="URL",
        help=f"measure on PostgreSQL instead of SQLite; “{OWN}” starts a server as the tests do (without fsync)",
    )


@contextmanager
def place(postgresql: str | None) -> Iterator[tuple[Path, Store]]:
    """A folder for files, and the store that was asked for."""
    with TemporaryDirectory(prefix="casework-benchmark-") as folder:
        if postgresql == OWN:
            with _own_server() as url:
                yield Path(folder), Server(url)
        else:
            yield Path(folder), Server(postgresql) if postgresql else Files(Path(folder))


@contextmanager
def _own_server() -> Iterator[str]:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.postgresql import programs, running  # noqa: PLC0415  -- the tests are no part of the installation

    if (found := programs()) is None:
        raise SystemExit("PostgreSQL's programs are not here: apt-get install postgresql, or give a URL.")
    with running(found) as server:
        yield server.url("postgres")
