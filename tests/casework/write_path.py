"""Who may write which table of the record; anybody else of the product who tries is stopped where he does it.

It listens where SQL leaves for the database, so that neither a name, nor text for Core, nor the ORM hides a write.
What a test writes itself, with none of the product's code in between, is the test's own business.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

PRODUCT = ("casework", "flows", "notifications", "states")
ROOT = Path(__file__).parents[2]
WRITE = re.compile(
    r'\s*(INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)"?\s*(.*)', re.IGNORECASE | re.DOTALL
)

STATE = ("case", "event", "letter", "return")
THE_PATH = "casework/record.py"
# Who else may write, and how its statements begin or read in full.
BESIDE_IT = {
    "casework/migrations/": re.compile(""),
    "casework/backup.py": re.compile("INSERT INTO"),  # a whole record comes back, into an empty one
    "casework/exchange.py": re.compile("INSERT INTO"),
    "casework/seals.py": re.compile(r'UPDATE "?case"? SET sealed=\S+ WHERE "?case"?.id = \S+$'),
}


class AnotherWritePath(AssertionError):
    """The product wrote to the record past casework.record."""


@contextmanager
def watched() -> Iterator[None]:
    event.listen(Engine, "before_cursor_execute", _look)
    yield
    event.remove(Engine, "before_cursor_execute", _look)


def _look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    found = WRITE.match(statement)
    if not found or found[2].lower() not in STATE:
        return
    writers = product_files(sys._getframe(1))
    if writers and not allowed(writers, statement):
        raise AnotherWritePath(f"{writers[0]} wrote {found[2]!r} past {THE_PATH}: {statement[:100]}")


def product_files(frame: FrameType | None) -> list[str]:
    """The files of the product that this call came through, the innermost first."""
    files: list[str] = []
    while frame:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in PRODUCT:
            files.append(path.relative_to(ROOT).as_posix())
        frame = frame.f_back
    return files


def allowed(writers: list[str], statement: str) -> bool:
    """By the innermost file: it is not enough that the one path was somewhere on the way."""
    return writers[0] == THE_PATH or any(
        writers[0].startswith(file) and words.match(statement) for file, words in BESIDE_IT.items()
    )
