"""The pieces that check.py measures, each run in a process of its own: `python check_pieces.py PIECE ARGUMENT…`.

A piece prints one JSON object; its `seconds`, by the clock and of the processor, are those of the work alone, without
imports, opening or preparing. Those that are compared must have written the same rows, or the piece fails. Choosing,
repeating and comparing are check.py's.
"""

import csv
import json
import resource
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeVar

from made_register import write_register
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, sector_of
from casework.check import due_date, monitored_case_ids, run_check
from casework.database import initialise, open_database, open_initialised
from casework.drafting import progress_requests
from casework.record import CaseFile, Decisions, Stamp
from casework.register import load_register
from casework.returns import HeldReturn
from casework.schools import SchoolRecord
from casework.tables import Case, Contact, Event, EventKind, Letter, Return, School
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
WRITTEN = ("event", "return", "letter")

Said = dict[str, Any]
T = TypeVar("T")
Rows = list[tuple[object, ...]]


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


def _is_checked(row: dict[str, str]) -> bool:
    policy = STAMP.policy
    return policy.covers(row["TypeOfEstablishment (code)"]) and bool(policy.classify(row["OfstedRating (name)"]))


def read(register: str) -> Said:
    """The limit of loading a register: a bare loop over its rows."""
    with Path(register).open(encoding="cp1252", newline="") as file:
        rows, seconds = _timed(lambda: sum(1 for _ in csv.reader(file)))
    return seconds | {"rows": rows}


def load(register: str, database: str) -> Said:
    initialise(_url(database))
    engine = open_initialised(_url(database))
    report, seconds = _timed(lambda: load_register(engine, Path(register), None, STAMP))
    engine.dispose()
    return seconds | {
        "schools": report.added,
        "rejected": len(report.rejected),
        "cases": report.cases_opened,
        "peak_mib": _peak_mib(),
    }


def check(database: str) -> Said:
    engine = open_initialised(_url(database))
    report, seconds = _timed(lambda: run_check(engine, CALENDAR, HALF_TERM, STAMP))
    engine.dispose()
    return seconds | {
        "checked": report.monitored,
        "requested": report.requested,
        "letters": report.letters_drafted,
        "peak_mib": _peak_mib(),
    }


def raw(database: str, loaded: str, checked: str, per_transaction: str) -> Said:
    """The limit of a check: its own rows, ready made, through sqlite3 under the same settings."""
    cases, written = _rows_of_check(loaded, checked)
    transactions = -(-len(cases) // int(per_transaction))
    with closing(open_database(_url(database)).raw_connection()) as pooled:
        connection = pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        _, seconds = _timed(lambda: _write_raw(connection, cases, written, transactions))
    _fail_unless_part_of(checked, database)
    return seconds | {"rows": len(cases) + sum(map(len, written.values())), "transactions": transactions}


def _rows_of_check(loaded: str, checked: str) -> tuple[Rows, dict[str, Rows]]:
    """What the check wrote: cases as (state, version, id, version before), and new rows by table, cases in order."""
    with closing(sqlite3.connect(checked)) as connection:
        connection.execute("ATTACH ? AS loaded", [loaded])
        cases = connection.execute(
            'SELECT now.state, now.version, now.id, was.version FROM main."case" now'
            ' JOIN loaded."case" was ON was.id = now.id WHERE now.version <> was.version ORDER BY now.id'
        ).fetchall()
        written = {
            table: connection.execute(f'SELECT * FROM main."{table}" EXCEPT SELECT * FROM loaded."{table}"').fetchall()
            for table in WRITTEN
        }
    return cases, written


def _write_raw(connection: sqlite3.Connection, cases: Rows, written: dict[str, Rows], transactions: int) -> None:
    for number in range(transactions):
        connection.execute("BEGIN IMMEDIATE")
        update = 'UPDATE "case" SET state = ?, version = ? WHERE id = ? AND version = ?'
        connection.executemany(update, _part(cases, number, transactions))
        for table, rows in written.items():
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', _part(rows, number, transactions))
        connection.execute("COMMIT")


def _part(rows: Rows, number: int, parts: int) -> Rows:
    return rows[len(rows) * number // parts : len(rows) * (number + 1) // parts]


def commit_per_case(database: str, checked: str, sample: str) -> Said:
    """What is often written instead: a session, ORM objects and a commit for each case, deciding the same.

    The times are those of a sample, scaled to the whole caseload.
    """
    engine = open_initialised(_url(database))
    monitored = monitored_case_ids(engine, STAMP.policy)
    chosen = monitored[: int(sample)]
    due = due_date(STAMP.on, STAMP.policy.monitoring.reply_within_days, CALENDAR)
    _, seconds = _timed(lambda: _check_each(engine, chosen, due))
    engine.dispose()
    _fail_unless_part_of(checked, database)
    return {name: took * len(monitored) / len(chosen) for name, took in seconds.items()} | {"sample": len(chosen)}


def _check_each(engine: Engine, case_ids: list[int], due: date) -> None:
    for case_id in case_ids:
        with Session(engine) as session:
            _check_one(session, session.get_one(Case, case_id), due)
            session.commit()


def _check_one(session: Session, case: Case, due: date) -> None:
    one = _school_case(session, case)
    letters = progress_requests(one, HALF_TERM, due, "", STAMP)
    asked = HeldReturn(case.urn, HALF_TERM.key, requested_on=STAMP.on, due_on=due)
    decisions = Decisions(STAMP)
    decisions.note(
        one.case,
        EventKind.REQUESTED,
        f"Return for the {HALF_TERM.label} asked for, due {in_words(due)}",
        evidence={"due_on": due.isoformat(), "letters": [letter["reference"] for letter in letters]},
        once=f"requested {HALF_TERM.key}",
    )
    case.version = one.case.version
    session.add(Return(**asked.as_row()))
    session.add_all(Event(**event) for event in decisions.events)
    session.add_all(Letter(**letter) for letter in letters)


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


def _fail_unless_part_of(checked: str, database: str) -> None:
    """Speeds compare only if the work was the same: each row must be one that the check wrote, byte for byte."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("ATTACH ? AS checked", [checked])
        for table in WRITTEN:
            others = f'SELECT * FROM main."{table}" EXCEPT SELECT * FROM checked."{table}"'
            if odd := connection.execute(f"SELECT * FROM ({others}) LIMIT 1").fetchone():
                raise SystemExit(f"The check did not write this row of {table}, so the speeds do not compare: {odd}")


def _timed(work: Callable[[], T]) -> tuple[T, dict[str, float]]:
    clock, processor = perf_counter(), process_time()
    done = work()
    return done, {"seconds": perf_counter() - clock, "cpu_seconds": process_time() - processor}


def _url(database: str) -> str:
    return f"sqlite:///{database}"


def _peak_mib() -> int:
    """The most memory that this process has held; Linux counts in KiB, macOS in bytes."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


PIECES: dict[str, Callable[..., Said]] = {
    piece.__name__: piece for piece in (make, read, load, check, raw, commit_per_case)
}

if __name__ == "__main__":
    print(json.dumps(PIECES[sys.argv[1]](*sys.argv[2:])))
