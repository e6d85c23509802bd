"""One at a time: work that must not be done twice at once on the same record, whoever starts it.

A turn ends with the process that has it, however that ends: what stands half done in the record afterwards was left by
one that is dead, and may be taken up.
"""

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from states.errors import CaseworkError


class AnotherTurn(CaseworkError):
    """Somebody else is doing the same work at this moment."""


@contextmanager
def turn(engine: Engine, work: str) -> Iterator[None]:
    """Hold the turn for `work` (a word) as long as the context lasts. Raises AnotherTurn; never waits."""
    hold = _on_postgresql if engine.dialect.name == "postgresql" else _on_sqlite
    with hold(engine, work):
        yield


@contextmanager
def _on_sqlite(engine: Engine, work: str) -> Iterator[None]:
    """A lock on a file beside the database; the system takes it away with the process."""
    database = engine.url.database
    assert database, "a record is kept in a file"
    with Path(f"{database}.{work}").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _not_now(work) from None
        yield


@contextmanager
def _on_postgresql(engine: Engine, work: str) -> Iterator[None]:
    """An advisory lock of one session, which the server takes away with the connection."""
    key = {"key": zlib.crc32(f"casework {work}".encode())}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key):
            raise _not_now(work)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def _not_now(work: str) -> AnotherTurn:
    return AnotherTurn(f"Another {work} is under way on this record. Wait until it has ended, then try again.")
