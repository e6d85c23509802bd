"""Keeping the record safe: a copy that is proved before it is kept, and the record put back from such a copy.

A backup is a SQLite file, whatever database the record is in, with the seals in a second file beside it. Letters,
reports, a policy and templates of one's own are plain files, for the machine's ordinary backup: docs/runbooks.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import JSON, Connection, Engine, Table, Text, cast, func, insert, select
from sqlalchemy.orm import Session

from casework.chain import Canonical
from casework.chunks import CHUNK
from casework.database import initialise, open_database, open_initialised
from casework.seals import Seal, last_seal, length, one_at_a_time, seal_anew, sealed_counts, seals
from casework.tables import RECORD, Case, Letter, School
from casework.unit_of_work import reading, transact
from casework.verify import VerifyReport, verify
from notifications.files import file_stem
from states.errors import CaseworkError


class NoBackup(CaseworkError):
    """No backup was made, and nothing of one was left behind."""


class NotRestored(CaseworkError):
    """The backup was not put back; the record is as it was."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds, as it was proved; `bytes` are those of its two files together."""

    file: str
    seals_file: str
    cases: int
    events: int
    letters: int
    seals: int
    bytes: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        return (
            f"{self.file}: {self.events:,} events of {self.cases:,} cases, {self.letters:,} letters and {self.seals:,} "
            f"seals, proved; {self.bytes / 1e6:,.1f} MB with {self.seals_file}."
        )


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What came back, and what did not: `lost` is case → events that had been sealed after the backup.

    `sent_since` are letters that lie in the letters folder, but that the record now takes for unsent or does not know.
    """

    lost: dict[str, int]
    sent_since: list[str]
    seal: str
    proof: VerifyReport

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        lines = [f"Restored. {self.seal}"]
        lines += [f"  lost of {name}: {count:,} event(s) after the backup" for name, count in self.lost.items()]
        lines += [f"  sent after the backup, do not send again: {reference}" for reference in self.sent_since]
        return "\n".join([*lines, self.proof.as_text()])


def seals_beside(file: Path) -> Path:
    """Where the seals of a backup are."""
    return file.with_name(f"{file.name}.seals.jsonl")


def backup(engine: Engine, seals_file: Path, file: Path) -> BackupReport:
    """Copy the record as it stands at one moment, while others go on writing. Raises NoBackup."""
    _require_new(file)
    with TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
        made = Path(folder) / file.name
        with _one_moment(engine, seals_file) as (record, sealed):
            _copy_seals(seals_file, sealed, seals_beside(made))
            _copy_record(record, made)
        proof = _prove(made)
        size = sum(_put_in_place(one, file.parent) for one in (seals_beside(made), made))
    return BackupReport(str(file), str(seals_beside(file)), proof.cases, proof.events, proof.letters, proof.seals, size)


def _require_new(file: Path) -> None:
    there = file if file.exists() else seals_beside(file)
    if there.exists():
        raise NoBackup(f"{there} is there already, and no backup is ever overwritten. Give the backup a new name.")


@contextmanager
def _one_moment(engine: Engine, seals_file: Path) -> Iterator[tuple[Connection, int]]:
    """The record between two pieces of work, to be read at leisure, and the length that the seals had then."""
    with engine.execution_options(reads=True).connect() as record:
        with Session(engine) as others_wait:
            one_at_a_time(others_wait)
            record.execute(select(func.count()).select_from(Case))  # from its first question on it sees this moment
            sealed = length(seals_file)
        yield record, sealed


def _copy_seals(source: Path, sealed: int, target: Path) -> None:
    """The first `sealed` bytes; the file only grows."""
    if not sealed:
        target.touch()
        return
    shutil.copyfile(source, target)
    os.truncate(target, sealed)


def _copy_record(record: Connection, made: Path) -> None:
    if record.dialect.name == "sqlite":
        _copy_pages(record, made)
        return
    url = _url(made)
    initialise(url)
    with _opened(open_database(url)) as engine, engine.begin() as target:
        _copy_rows(record, target)


def _copy_pages(record: Connection, made: Path) -> None:
    source = record.connection.driver_connection
    assert isinstance(source, sqlite3.Connection)
    try:
        with closing(sqlite3.connect(made)) as target:
            source.backup(target)
            _leave_out_the_officers(target)
    except sqlite3.Error as error:
        raise NoBackup(
            f"No backup was made: {error}. Check that there is room for it, and the record with `casework verify`."
        ) from error


def _leave_out_the_officers(copy: sqlite3.Connection) -> None:
    """Who may sign in is no part of the record; their hashes are overwritten, not only let go."""
    copy.execute("PRAGMA secure_delete = ON")
    with copy:
        copy.execute("DELETE FROM officer")


def _copy_rows(source: Connection, target: Connection) -> None:
    """Every row of every table, unchanged: JSON goes over as the text that it is."""
    for table in RECORD:
        as_text = {column.name for column in table.c if isinstance(column.type, JSON)}
        columns = [cast(one, Text).label(one.name) if one.name in as_text else one for one in table.c]
        rows = source.execution_options(yield_per=CHUNK).execute(select(*columns).order_by(*table.primary_key))
        for part in rows.mappings().partitions():
            _insert(target, table, [{**row, **{name: Canonical(row[name]) for name in as_text}} for row in part])


def _insert(target: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    target.execute(insert(table), rows)


def _prove(file: Path) -> VerifyReport:
    """Open the copy as the record that it may have to become."""
    with _opened(open_initialised(_url(file))) as engine:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        proof = verify(engine, seals_beside(file))
    if found != "ok":
        raise NoBackup(f"The copy is damaged ({found}). Nothing was kept of it.")
    if proof.faults:
        raise NoBackup(f"{proof.as_text()}\nThe copy does not prove itself. Nothing was kept of it.")
    return proof


def _put_in_place(made: Path, folder: Path) -> int:
    """Give a finished file its name, once its bytes are on the disk; returns how many."""
    with made.open("rb") as content:
        os.fsync(content.fileno())
    return made.replace(folder / made.name).stat().st_size


def restore(url: str, seals_file: Path, letters_folder: Path, file: Path, work: str, at: datetime) -> RestoreReport:
    """Put a backup back as the record at `url`, which must hold none.

    It is proved before and afterwards; a new seal says that the record goes on from here, and why (`work`). Seals that
    outlived the record are kept: they tell what was lost. Raises NotRestored, NoBackup or SealsBroken.
    """
    seals_file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".restore-", dir=seals_file.parent) as folder:
        copy = Path(folder) / "casework.db"
        _take_copy(file, copy)
        initialise(_url(copy))  # an older backup is brought up to date, and stays itself as it is
        _prove(copy)
        initialise(url)
        with _opened(open_initialised(url)) as engine:
            before, made = transact(engine, partial(_put_back, copy, seals_file, work, at))
            return _restored(engine, seals_file, letters_folder, before, made)


def _take_copy(file: Path, copy: Path) -> None:
    for source, target in ((file, copy), (seals_beside(file), seals_beside(copy))):
        shutil.copyfile(source, target)


def _join_seals(seals_file: Path, of_backup: Path) -> None:
    """Where the seals are lost too, those of the backup take their place; seals of another record stop everything."""
    last = last_seal(of_backup)
    if not length(seals_file):
        shutil.copyfile(of_backup, seals_file)
    elif last and all(one.hash != last.hash for one in seals(seals_file)):
        raise NotRestored(
            f"{seals_file} does not go on from the seals of the backup: it belongs to another record. Move it aside as "
            "evidence, and restore again."
        )


def _put_back(
    copy: Path, seals_file: Path, work: str, at: datetime, session: Session
) -> tuple[dict[str, int], Seal | None]:
    """What had been sealed of each case, and the seal that begins anew."""
    one_at_a_time(session)
    if session.scalar(select(func.count()).select_from(School)):
        raise NotRestored(
            "There is a record here already, and it is never overwritten. Move its database aside as evidence, "
            "and restore again (docs/runbooks/restore.md)."
        )
    _join_seals(seals_file, seals_beside(copy))
    before = sealed_counts(seals_file)
    with _opened(open_initialised(_url(copy))) as source, source.connect() as record:
        _copy_rows(record, session.connection())
    return before, seal_anew(session, seals_file, work, at)


def _restored(
    engine: Engine, seals_file: Path, letters_folder: Path, before: dict[str, int], made: Seal | None
) -> RestoreReport:
    kept = made.cases if made else {}
    lost = {name: count - kept.get(name, (0, ""))[0] for name, count in sorted(before.items())}
    with reading(engine) as session:
        sent = {file_stem(one) for one in session.scalars(select(Letter.reference).where(Letter.sent_at.is_not(None)))}
    return RestoreReport(
        lost={name: count for name, count in lost.items() if count > 0},
        sent_since=sorted({one.stem for one in letters_folder.rglob("*.pdf")} - sent),
        seal=made.sentence if made else "",
        proof=verify(engine, seals_file),
    )


def _url(file: Path) -> str:
    return f"sqlite:///{file}"


@contextmanager
def _opened(engine: Engine) -> Iterator[Engine]:
    """Close every connection at the end, so that the file is whole, without a log beside it."""
    try:
        yield engine
    finally:
        engine.dispose()
