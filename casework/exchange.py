"""The whole record as one file, to move it from one database to another: export, and import into an empty record.

The file is gzip of JSON Lines. The first line is the header; then one line a row, table by table, as its columns stand
in the header; the last line is the end. Before each line stand eight digits of the SHA-256 of all lines up to it, so
that a damaged, missing, moved or added line is named; the end has the whole of it. Evidence, facts and figures are kept
as the very text that their hashes were made from. What lies outside the database (seals, letters) is not in it.
"""

import gzip
import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn, Self

from sqlalchemy import JSON, Column, Engine, LargeBinary, Table, Text, cast, func, insert, select
from sqlalchemy import Date as DateColumn
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casework.chain import Canonical, canonical
from casework.chunks import CHUNK, chunks
from casework.database import record_version
from casework.errors import Contended
from casework.tables import RECORD, Case, Instant
from casework.unit_of_work import reading, transact
from casework.verify import prove
from states.errors import CaseworkError

Progress = Callable[[int], None]

FORMAT = 1
CHECK = 8
HEADER = {"casework", "record", "rows", "heads", "columns"}


class NotTakenIn(CaseworkError):
    """An exported record cannot be imported; nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class ExchangeReport:
    """What is in the file: rows of each table, and the digest of the heads of all cases."""

    rows: dict[str, int]
    heads: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def sentence(self) -> str:
        return f"{', '.join(f'{name} {count:,}' for name, count in self.rows.items())}. Heads: {self.heads}."


def export_record(engine: Engine, file: Path, progress: Progress = lambda _done: None) -> ExchangeReport:
    """Write the record as it stands at one moment. Nothing is left of a file that did not come to its end."""
    if file.exists():
        raise FileExistsError(17, "There is such a file already", str(file))
    with reading(engine) as session:
        report = ExchangeReport(
            {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in RECORD},
            _heads(session),
        )
        header = {"casework": FORMAT, "record": record_version(session.connection()), **report.as_dict()}
        header["columns"] = {table.name: list(table.c.keys()) for table in RECORD}
        with _whole_or_nothing(file) as target:
            _write(target, header, session, progress)
    return report


def _heads(session: Session) -> str:
    """Two records with the same digest here have the same history, event for event."""
    heads = sha256()
    query = select(Case.track, Case.subject, Case.version, Case.head).order_by(Case.track, Case.subject)
    for track, subject, version, head in session.execute(query):
        heads.update(f"{track} {subject} {version} {head.hex()}\n".encode())
    return heads.hexdigest()


@contextmanager
def _whole_or_nothing(file: Path) -> Iterator[gzip.GzipFile]:
    """A new compressed file, readable by its owner only, for it has names and addresses in it."""
    part = file.with_name(f"{file.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as target:
                yield target
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _write(target: gzip.GzipFile, header: dict[str, Any], session: Session, progress: Progress) -> None:
    so_far = sha256()

    def line(content: Any) -> None:
        text = canonical(content).encode()
        so_far.update(text)
        target.write(b"%s %s\n" % (so_far.hexdigest()[:CHECK].encode(), text))

    line(header)
    for table in RECORD:
        query = select(*map(_as_kept, table.c)).order_by(*table.primary_key).execution_options(yield_per=CHUNK)
        with session.execute(query) as found:
            for rows in found.partitions():
                for row in rows:
                    line([table.name, *map(_plain, row)])
                progress(len(rows))
    line({"end": so_far.hexdigest()})


def _as_kept(column: Column[Any]) -> Any:
    return cast(column, Text) if isinstance(column.type, JSON) else column


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value


def import_record(
    engine: Engine, file: Path, seals_file: Path, progress: Progress = lambda _done: None
) -> ExchangeReport:
    """Take an exported record into an empty one, in one transaction, and prove it before that is kept.

    The seals of the record must be in their place already: without them nobody could tell whether its end was cut off.
    Raises NotTakenIn.
    """
    return transact(engine, partial(_take_in, file, seals_file, progress))


def _take_in(file: Path, seals_file: Path, progress: Progress, session: Session) -> ExchangeReport:
    if any(session.scalar(select(func.count()).select_from(table)) for table in RECORD):
        raise NotTakenIn("The record here is not empty. Import into a new one: another database, and `casework init`.")
    with _Lines(file) as lines:
        header = _header(lines, record_version(session.connection()))
        report = ExchangeReport(header["rows"], header["heads"])
        for table in RECORD:
            rows = islice(_rows(lines, table), report.rows[table.name])
            for chunk in chunks(rows):
                _insert(session, table, chunk, lines)
                progress(len(chunk))
        lines.require_end()
    _prove(session, report, seals_file)
    return report


def _insert(session: Session, table: Table, rows: list[dict[str, Any]], lines: "_Lines") -> None:
    try:
        session.connection().execute(insert(table), rows)
    except (IntegrityError, Contended) as error:
        first = lines.number - len(rows) + 1
        lines.refuse(f"or one from line {first} on is there twice, or belongs to nothing ({error.__cause__ or error})")


def _prove(session: Session, report: ExchangeReport, seals_file: Path) -> None:
    if _heads(session) != report.heads:
        raise NotTakenIn("The heads of the cases are not those that the header names. Nothing was kept.")
    if faults := prove(session, seals_file).faults:
        first = f"{faults[0].place}: {faults[0].what}"
        raise NotTakenIn(
            f"The record in the file does not hold ({len(faults)} faults; the first: {first}) Nothing was kept. Put "
            f"the seals that belong to it at {seals_file} first; if they are there, export the record again."
        )


class _Lines:
    """The lines of an exported file one by one, each proved to be the one that was written there."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._so_far = sha256()
        self.number = 0

    def __enter__(self) -> Self:
        self._source = gzip.open(self._file, "rb")
        return self

    def __exit__(self, *_error: object) -> None:
        self._source.close()

    def next(self) -> Any:
        """The content of the next line. Raises NotTakenIn."""
        check, _, text = self._line().rstrip(b"\n").partition(b" ")
        if not check:
            self.refuse("is missing: the file was cut off")
        self._before = self._so_far.hexdigest()
        self._so_far.update(text)
        if check != self._so_far.hexdigest()[:CHECK].encode():
            self.refuse("is not what was written there: it was changed, moved, added, or one before it is missing")
        with self.as_written():
            return json.loads(text)

    def require_end(self) -> None:
        if self.next() != {"end": self._before}:
            self.refuse("should be the end: there are more rows than the header counts")
        if self._line():
            self.refuse("comes after the end")

    @contextmanager
    def as_written(self) -> Iterator[None]:
        """What cannot be understood here was not written by this program."""
        try:
            yield
        except (ValueError, TypeError, KeyError) as error:
            self.refuse(f"cannot be understood ({error})")

    def _line(self) -> bytes:
        self.number += 1
        try:
            return self._source.readline()
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self.refuse(f"cannot be read on ({error}): the file is damaged, cut off, or no export")

    def refuse(self, what: str) -> NoReturn:
        raise NotTakenIn(f"{self._file}, line {self.number}: {what}. Nothing was kept. Export the record again.")


def _header(lines: _Lines, version: str | None) -> dict[str, Any]:
    header = lines.next()
    if not isinstance(header, dict) or header.get("casework") != FORMAT or header.keys() != HEADER:
        lines.refuse("is no header of an export that this program knows")
    if header["record"] != version:
        lines.refuse(
            f"the record is of version {header['record']}, the one here of {version}: run `casework init` with this "
            "program at both ends"
        )
    if header["columns"] != {table.name: list(table.c.keys()) for table in RECORD}:
        lines.refuse("names other tables or columns than this program has")
    return header


def _rows(lines: _Lines, table: Table) -> Iterator[dict[str, Any]]:
    read = [(column.name, _reader(column)) for column in table.c]
    while True:
        name, *values = lines.next()
        if name != table.name:
            lines.refuse(f"should be a row of {table.name}: the header counts more of them")
        with lines.as_written():
            pairs = zip(read, values, strict=True)
            row = {key: None if value is None else as_kept(value) for (key, as_kept), value in pairs}
        yield row


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    """What makes of the plain value the one that the column takes."""
    kinds: list[tuple[type, Callable[[Any], Any]]] = [
        (JSON, Canonical),
        (LargeBinary, bytes.fromhex),
        (Instant, datetime.fromisoformat),
        (DateColumn, date.fromisoformat),
    ]
    return next((read for kind, read in kinds if isinstance(column.type, kind)), lambda value: value)
