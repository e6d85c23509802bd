"""Seals: how far each case had come, written outside the database after each piece of work, and chained.

A chain of hashes cannot show that its end was cut off together with the case's own count; the seals can, because
they are kept elsewhere: a file in CASEWORK_HOME, and its last hash in the report of each run.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from mmap import ACCESS_READ, mmap
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, bindparam, select, text, true, update
from sqlalchemy.orm import Session

from casework.chain import canonical, digest
from casework.tables import Case
from casework.unit_of_work import transact
from states.errors import CaseworkError

SEALED = update(Case).where(Case.id == bindparam("_id")).values(sealed=bindparam("_version"))


class SealsBroken(CaseworkError):
    """The file of seals cannot be read on; nothing was sealed."""


@dataclass(frozen=True, slots=True)
class Seal:
    """One line of the file: the hash of the content, then the content, canonical JSON.

    `cases` has for each case that moved since the seal before the count of its events and its head; `before` is the
    hash of that seal. A seal `anew` follows a restored backup and has every case as it then stood: what seals before
    it saw beyond that is lost, and stays on file as the evidence of what was.
    """

    number: int
    at: str
    work: str
    cases: dict[str, tuple[int, str]]
    before: str
    hash: str
    content: str
    anew: bool = False

    @classmethod
    def after(
        cls, last: "Seal | None", at: datetime, work: str, cases: dict[str, tuple[int, str]], *, anew: bool = False
    ) -> "Seal":
        number, before = (last.number + 1, last.hash) if last else (1, "")
        content = {"number": number, "at": at.isoformat(), "work": work, "cases": cases, "before": before}
        content |= {"anew": True} if anew else {}
        return cls.from_line(f"{digest(text := canonical(content))} {text}")

    @classmethod
    def from_line(cls, line: str) -> "Seal":
        """Raises ValueError, TypeError or KeyError for what is no seal."""
        written, content = line.rstrip("\n").split(" ", 1)
        return cls(**json.loads(content), hash=written, content=content)

    @property
    def holds(self) -> bool:
        """Whether it is as it was written."""
        return self.hash == digest(self.content)

    @property
    def sentence(self) -> str:
        return f"Sealed as number {self.number}: {self.hash}."

    @property
    def line(self) -> str:
        return f"{self.hash} {self.content}\n"


def seal(engine: Engine, file: Path, work: str, at: datetime) -> Seal | None:
    """Seal what has been recorded since the last seal; None where that is nothing.

    The line is on the disk before the database takes note of it: after a crash between the two, the next seal names
    the same cases once more.
    """

    def write(session: Session) -> Seal | None:
        one_at_a_time(session)
        return _seal(session, file, work, at, Case.version > Case.sealed)

    return transact(engine, write)


def seal_anew(session: Session, file: Path, work: str, at: datetime) -> Seal | None:
    """Seal every case as it stands, after a backup was put back; None where the record has none."""
    return _seal(session, file, work, at, true(), anew=True)


def _seal(
    session: Session, file: Path, work: str, at: datetime, which: ColumnElement[bool], *, anew: bool = False
) -> Seal | None:
    query = select(Case.id, Case.track, Case.subject, Case.version, Case.head).where(which)
    moved = session.execute(query.order_by(Case.track, Case.subject)).all()
    if not moved:
        return None
    cases = {f"{case.track} {case.subject}": (case.version, case.head.hex()) for case in moved}
    made = Seal.after(last_seal(file), at, work, cases, anew=anew)
    _append(file, made.line)
    session.connection().execute(SEALED, [{"_id": case.id, "_version": case.version} for case in moved])
    return made


def sealed_counts(file: Path) -> dict[str, int]:
    """Case → the most events that a seal saw of it, since the record was last begun anew."""
    counts: dict[str, int] = {}
    for one in seals(file):
        if one.anew:
            counts.clear()
        counts |= {name: max(count, counts.get(name, 0)) for name, (count, _) in one.cases.items()}
    return counts


def seals(file: Path) -> Iterator[Seal]:
    """Every seal of the file, oldest first. Raises SealsBroken at a line that is none."""
    if not file.exists():
        return
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.endswith(b"\n"):  # a last line without its end is one that a crash cut off: it sealed nothing
                yield _read(file, number, line)


def last_seal(file: Path) -> Seal | None:
    line, _ = _last_line(file)
    return _read(file, 0, line) if line else None


def length(file: Path) -> int:
    """How many bytes of the file are whole seals."""
    return _last_line(file)[1]


def _read(file: Path, number: int, line: bytes) -> Seal:
    try:
        return Seal.from_line(line.decode())
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        where = f"line {number}" if number else "the last line"
        raise SealsBroken(
            f"{file}, {where}, is no seal ({error}). Put the file back from a backup, or move it aside as evidence: "
            "the next piece of work then begins a new one."
        ) from error


def one_at_a_time(session: Session) -> None:
    """Nobody else seals until this transaction ends; SQLite lets one write at a time anyway, from its BEGIN on."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('casework seal'))"))


def _append(file: Path, line: str) -> None:
    """Add the line in the place of what a crash may have left of one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    end = length(file)
    with file.open("ab") as target:
        target.truncate(end)
        target.write(line.encode())
        target.flush()
        os.fsync(target.fileno())


def _last_line(file: Path) -> tuple[bytes, int]:
    """The last whole line, and where it ends."""
    if not file.exists() or not file.stat().st_size:
        return b"", 0
    with file.open("rb") as source, mmap(source.fileno(), 0, access=ACCESS_READ) as whole:
        end = whole.rfind(b"\n") + 1
        return whole[whole.rfind(b"\n", 0, max(end - 1, 0)) + 1 : end], end
