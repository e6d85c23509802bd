"""One transaction: all of it, or none; and all of it again when somebody else was first. Reading takes no lock."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from casework.errors import Contended, StaleCase

T = TypeVar("T")

# Seconds. Of two writers one always gets on, so that each try has fewer rivals than the one before.
PATIENCE = 30.0
LONGEST_PAUSE = 0.5


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session on the record as it stands at one moment, for reading only."""
    with Session(engine.execution_options(reads=True)) as session:
        yield session


def transact(engine: Engine, work: Callable[[Session], T]) -> T:
    """Do `work` and commit it, or leave nothing of it.

    Where it met another writer it is done again from its start, so that it reads and decides anew: it must hand back
    what it found, and keep nothing from one try to the next. Raises StaleCase or Contended when patience ends.
    """
    ends, pause = time.monotonic() + PATIENCE, 0.01
    while True:
        try:
            with Session(engine) as session, session.begin():
                return work(session)
        except (StaleCase, Contended):
            if time.monotonic() > ends:
                raise
        time.sleep(random.uniform(0, pause))  # noqa: S311  -- a pause, not a secret
        pause = min(2 * pause, LONGEST_PAUSE)
