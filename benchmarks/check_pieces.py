"""The pieces that check.py measures, each run in a process of its own: `python check_pieces.py PIECE ARGUMENT…`.

A piece prints one JSON object; its `seconds`, by the clock and of the processor, are those of the work alone, without
imports, opening or preparing. Those that are compared must have written the same rows, or the piece fails. Choosing,
repeating and comparing are check.py's.
"""

import csv
import json
import resource
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeVar

from made_register import write_national_register, write_register
from sqlalchemy import JSON, Engine, PoolProxiedConnection, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, sector_of
from casework.chain import link, texts
from casework.check import due_date, monitored_case_ids, run_check
from casework.database import initialise, open_database, open_initialised
from casework.drafting import progress_requests
from casework.record import CaseFile, Decisions, Stamp
from casework.register import load_register
from casework.returns import HeldReturn
from casework.schools import SchoolRecord
from casework.tables import Base, Case, Contact, Event, EventKind, Letter, Return, School
from notifications.letter import RecipientRole
from notifications.recipients import Contact as ContactFacts
from states.dates import in_words
from states.half_terms import load_calendar
from states.policy import load_policy

CALENDAR = load_calendar()
HALF_TERM = CALENDAR.half_term("2025-26/2")
STAMP = Stamp(
    actor="Benchmark",
    role="benchmark",
    on=date(2025, 12, 1),
    now=datetime(2025, 12, 1, 9, tzinfo=UTC),
    policy=load_policy(Path(__file__).with_name("monitor_every_category.toml")),
)
SEED = 26913
# Table → what of it a check has written.
WRITTEN = {"event": "kind = 'requested'", "return": "true", "letter": "kind = 'progress_request'"}

Said = dict[str, Any]
T = TypeVar("T")
Rows = list[tuple[Any, ...]]
Written = dict[str, Rows]


def make(register: str, schools: str) -> Said:
    """A made register of schools that are all covered by policy and all have a grade: each is a case to check."""
    whole = Path(f"{register}.whole")
    write_register(whole, int(schools) * 13 // 10 + 100, SEED)
    with (
        whole.open(encoding="cp1252", newline="") as given,
        Path(register).open("w", encoding="cp1252", newline="") as kept,
    ):
        reader = csv.DictReader(given)
        writer = csv.DictWriter(kept, reader.fieldnames or (), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(islice((row for row in reader if _is_checked(row)), int(schools)))
    whole.unlink()
    return {}


def make_national(register: str, schools: str) -> Said:
    write_national_register(register, int(schools), SEED)
    return {}


def _is_checked(row: dict[str, str]) -> bool:
    policy = STAMP.policy
    return policy.covers(row["TypeOfEstablishment (code)"]) and bool(policy.classify(row["OfstedRating (name)"]))


def read(register: str) -> Said:
    """The limit of loading a register: a bare loop over its rows."""
    with Path(register).open(encoding="cp1252", newline="") as file:
        rows, seconds = timed(lambda: sum(1 for _ in csv.reader(file)))
    return seconds | {"rows": rows, "peak_mib": peak_mib()}


def load(register: str, url: str, authority: str = "") -> Said:
    initialise(url)
    engine = open_initialised(url)
    report, seconds = timed(lambda: load_register(engine, Path(register), authority or None, STAMP))
    engine.dispose()
    return seconds | {
        "schools": report.added,
        "rejected": len(report.rejected),
        "cases": report.cases_opened,
        "letters": report.letters_drafted,
        "peak_mib": peak_mib(),
    }


def check(url: str) -> Said:
    engine = open_initialised(url)
    report, seconds = timed(lambda: run_check(engine, CALENDAR, HALF_TERM, STAMP))
    engine.dispose()
    return seconds | {
        "checked": report.monitored,
        "requested": report.requested,
        "letters": report.letters_drafted,
        "peak_mib": peak_mib(),
    }


def raw(url: str, loaded: str, checked: str, per_transaction: str) -> Said:
    """The limit of a check: its own rows, ready made, through the driver under the same settings."""
    cases, written = _changed_cases(loaded, checked), {table: _new_rows(checked, table) for table in WRITTEN}
    transactions = -(-len(cases) // int(per_transaction))
    engine = open_database(url)
    with closing(engine.raw_connection()) as connection:
        _, seconds = timed(lambda: _write_raw(connection, engine.dialect.name, cases, written, transactions))
    engine.dispose()
    _fail_unless_part_of(checked, url)
    return seconds | {"rows": len(cases) + sum(map(len, written.values())), "transactions": transactions}


def _changed_cases(loaded: str, checked: str) -> Rows:
    """State, version and head that the check gave each case, with its id and the version before."""
    before = dict(_driver_rows(loaded, 'SELECT id, version FROM "case"'))
    now = _driver_rows(checked, 'SELECT state, version, head, id FROM "case" ORDER BY id')
    return [(*row, before[row[3]]) for row in now if row[1] != before[row[3]]]


def _new_rows(url: str, table: str) -> Rows:
    """What a check has written into the table, as the driver takes it."""
    columns = ", ".join(
        f'CAST("{column.name}" AS TEXT)' if isinstance(column.type, JSON) else f'"{column.name}"'
        for column in Base.metadata.tables[table].columns
    )
    keys = ", ".join(f'"{column.name}"' for column in Base.metadata.tables[table].primary_key)
    return _driver_rows(url, f'SELECT {columns} FROM "{table}" WHERE {WRITTEN[table]} ORDER BY {keys}')


def _driver_rows(url: str, query: str) -> Rows:
    engine = open_database(url)
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        found = cursor.fetchall()
    engine.dispose()
    return found


def _write_raw(connection: PoolProxiedConnection, dialect: str, cases: Rows, written: Written, parts: int) -> None:
    begin, mark = ("BEGIN IMMEDIATE", "?") if dialect == "sqlite" else ("BEGIN", "%s")
    update = 'UPDATE "case" SET state = ?, version = ?, head = ? WHERE id = ? AND version = ?'.replace("?", mark)
    cursor = connection.cursor()
    for number in range(parts):
        cursor.execute(begin)
        cursor.executemany(update, _part(cases, number, parts))
        for table, rows in written.items():
            marks = ", ".join([mark] * len(rows[0]))
            cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', _part(rows, number, parts))
        cursor.execute("COMMIT")


def _part(rows: Rows, number: int, parts: int) -> Rows:
    return rows[len(rows) * number // parts : len(rows) * (number + 1) // parts]


def commit_per_case(url: str, checked: str, sample: str) -> Said:
    """What is often written instead: a session, ORM objects and a commit for each case, deciding the same.

    The times are those of a sample, scaled to the whole caseload.
    """
    engine = open_initialised(url)
    monitored = monitored_case_ids(engine, STAMP.policy)
    chosen = monitored[: int(sample)]
    due = due_date(STAMP.on, STAMP.policy.monitoring.reply_within_days, CALENDAR)
    _, seconds = timed(lambda: _check_each(engine, chosen, due))
    engine.dispose()
    _fail_unless_part_of(checked, url)
    return {name: took * len(monitored) / len(chosen) for name, took in seconds.items()} | {"sample": len(chosen)}


def _check_each(engine: Engine, case_ids: list[int], due: date) -> None:
    for case_id in case_ids:
        with Session(engine) as session:
            _check_one(session, session.get_one(Case, case_id), due)
            session.commit()


def _check_one(session: Session, case: Case, due: date) -> None:
    one = _school_case(session, case)
    judged = session.scalars(select(Return).where(Return.urn == case.urn).order_by(Return.half_term)).all()
    letters = progress_requests(one, HALF_TERM, due, judged[-1].outcome if judged else "", STAMP)
    asked = HeldReturn(case.urn, HALF_TERM.key, requested_on=STAMP.on, due_on=due)
    decisions = Decisions(STAMP)
    decisions.note(
        one.case,
        EventKind.REQUESTED,
        f"Return for the {HALF_TERM.label} asked for, due {in_words(due)}",
        evidence={"due_on": due.isoformat()},
        once=f"requested {HALF_TERM.key}",
    )
    decisions.draft(letters)
    [event] = decisions.events
    session.add(Return(**asked.as_row()))
    session.add_all(Letter(**letter) for letter in letters)
    session.add(linked := Event(**event, hash=link(case.head, texts(event))))
    case.version, case.head = linked.seq, linked.hash


def _school_case(session: Session, case: Case) -> SchoolCase:
    stored = session.get_one(School, case.urn)
    school = SchoolRecord(**{column.name: getattr(stored, column.name) for column in fields(SchoolRecord)})
    stored_contacts = session.scalars(select(Contact).where(Contact.urn == case.urn))
    contacts = {
        role: ContactFacts(role=role, name=contact.name, email=contact.email)
        for contact in stored_contacts
        for role in (RecipientRole(contact.role),)
    }
    return SchoolCase(school, CaseFile(case.id, case.urn, case.state, case.version, sector_of(school)), contacts)


def _fail_unless_part_of(checked: str, url: str) -> None:
    """Speeds compare only if the work was the same: each row must be one that the check wrote, byte for byte."""
    for table in WRITTEN:
        if odd := set(_new_rows(url, table)) - set(_new_rows(checked, table)):
            raise SystemExit(f"The check did not write this row of {table}, so the speeds do not compare: {odd.pop()}")


def timed(work: Callable[[], T]) -> tuple[T, dict[str, float]]:
    clock, processor = perf_counter(), _processor_time()
    done = work()
    return done, {"seconds": perf_counter() - clock, "cpu_seconds": _processor_time() - processor}


def _processor_time() -> float:
    """Of this process, and of those that it started and that have ended."""
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + others.ru_utime + others.ru_stime


def peak_mib(whose: int = resource.RUSAGE_SELF) -> int:
    """The most memory that this process held, or one that it started; Linux counts in KiB, macOS in bytes."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(whose).ru_maxrss // unit


PIECES: dict[str, Callable[..., Said]] = {
    piece.__name__: piece for piece in (make, make_national, read, load, check, raw, commit_per_case)
}

if __name__ == "__main__":
    print(json.dumps(PIECES[sys.argv[1]](*sys.argv[2:])))
