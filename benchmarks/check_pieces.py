"""The pieces that check.py measures, each run in a process of its own: `python check_pieces.py PIECE ARGUMENT…`.

A piece prints one JSON object; its `seconds` hold the work alone, without imports, opening or preparing. Those that
are compared must have written the same rows, or the piece fails. Choosing, repeating and comparing are check.py's.
"""

import csv
import json
import resource
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from made_register import write_register
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from casework.caseload import SchoolCase, sector_of
from casework.check import due_date, monitored_case_ids, run_check
from casework.chunks import CHUNK
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
Rows = list[tuple[object, ...]]


def make(register: str, schools: str) -> Said:
    """A made register of schools that are all covered by policy and all have a grade: each is a case to check."""
    whole = Path(f"{register}.whole")
    write_register(whole, int(schools) * 13 // 10 + 100, SEED)
    with whole.open(encoding="cp1252", newline="") as given, Path(register).open("w", encoding="cp1252") as kept:
        reader = csv.DictReader(given)
        writer = csv.DictWriter(kept, reader.fieldnames or (), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(islice(filter(_is_checked, reader), int(schools)))
    whole.unlink()
    return {}


def _is_checked(row: dict[str, str]) -> bool:
    policy = STAMP.policy
    return policy.covers(row["TypeOfEstablishment (code)"]) and bool(policy.classify(row["OfstedRating (name)"]))


def read(register: str) -> Said:
    """The limit of loading a register: a bare loop over its rows."""
    began = perf_counter()
    with Path(register).open(encoding="cp1252", newline="") as file:
        rows = sum(1 for _ in csv.reader(file))
    return {"seconds": perf_counter() - began, "rows": rows}


def load(register: str, database: str) -> Said:
    initialise(_url(database))
    engine = open_initialised(_url(database))
    began = perf_counter()
    report = load_register(engine, Path(register), None, STAMP)
    seconds = perf_counter() - began
    engine.dispose()
    return {
        "seconds": seconds,
        "schools": report.added,
        "rejected": len(report.rejected),
        "cases": report.cases_opened,
        "peak_mib": _peak_mib(),
    }


def check(database: str) -> Said:
    engine = open_initialised(_url(database))
    began = perf_counter()
    report = run_check(engine, CALENDAR, HALF_TERM, STAMP)
    seconds = perf_counter() - began
    engine.dispose()
    return {
        "seconds": seconds,
        "checked": report.monitored,
        "requested": report.requested,
        "letters": report.letters_drafted,
        "peak_mib": _peak_mib(),
    }


def raw(database: str, loaded: str, checked: str, per_transaction: str) -> Said:
    """The limit of a check: its own rows, ready made, through sqlite3 and the same settings."""
    cases, written = _written(loaded, checked)
    transactions = -(-len(cases) // int(per_transaction))
    with closing(open_database(_url(database)).raw_connection()) as pooled:
        connection = pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        began = perf_counter()
        for part in range(transactions):
            _write_raw(connection, cases[part::transactions], {t: r[part::transactions] for t, r in written.items()})
        seconds = perf_counter() - began
    _fail_unless_part_of(checked, database)
    return {"seconds": seconds, "rows": len(cases) + sum(map(len, written.values())), "transactions": transactions}
