"""From the first version: every row is kept, the chain holds, and the tables are those of a new record."""

import re
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, MetaData, Table, insert, inspect, select, text

from casework import database as module
from casework.database import initialise, open_database, open_initialised
from casework.seals import seal
from casework.tables import Base
from casework.verify import verify
from tests.conftest import NOW, Say

SCHOOLS = (990001, 990002)
HOSTILE = 'O’Neil \\ "quoted" 👩🏽‍🏫 \u2028 line\nbreak \t\x7f'
MOMENT = datetime.fromisoformat("2025-09-08 09:30:00.000007")
EVENT = {
    "kind": "opened", "trigger": "open", "source": None, "destination": "unclassified", "occurred_on": date(2025, 9, 8),
    "effective_on": date(2025, 9, 8), "recorded_at": MOMENT, "actor": "Ada Quill",
    "role": "Senior Adviser", "reason": HOSTILE, "evidence": {"b": [1.5, None, HOSTILE], "a": {}}, "once": None,
    "policy": "norfolk-2013", "policy_hash": "p", "law_hash": "l",
}  # fmt: skip
NAMING = {number: {"letters": [f"CN-{number}-drafted"]} for number in (1, 2)}
MOVED = EVENT | {
    "kind": "moved", "trigger": "classify_good_or_better", "source": "unclassified", "destination": "good_or_better",
    "once": "classified",
}  # fmt: skip
LETTER = {
    "kind": "category_notice", "recipient_role": "head", "batch": "b", "facts": {"z": HOSTILE, "a": 1},
    "not_emailed": "", "drafted_by": "Ada Quill", "drafted_at": MOMENT, "approved_by": "",
    "approved_role": "", "approved_at": None, "digest": "", "sent_at": None,
}  # fmt: skip
SIGNED = {
    "approved_by": "Amara Stone", "approved_role": "Director", "approved_at": MOMENT, "digest": "d",
}  # fmt: skip
RETURN = {
    "urn": 990001, "half_term": "2025-26/1", "requested_on": date(2025, 9, 9), "due_on": None, "received_on": None,
    "figures": [{"measure": "reading", "pupils": 30}], "revision": 1, "outcome": "on_track", "findings": [HOSTILE],
}  # fmt: skip


def at_first_version(url: str) -> Engine:
    engine = open_database(url)
    with engine.begin() as connection:
        config = module._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    return engine


def tables_of(connection: Connection) -> dict[str, Table]:
    there = MetaData()
    there.reflect(connection)
    return dict(there.tables)


def school(tables: dict[str, Table], urn: int) -> dict[str, Any]:
    columns = tables["school"].c
    return {column.name: None if column.nullable else "" for column in columns} | {"urn": urn, "name": HOSTILE}


def fill(connection: Connection) -> None:
    """Rows as the first program wrote them: its events name no letter with a digest."""
    tables = tables_of(connection)
    put = {
        "school": [school(tables, urn) for urn in SCHOOLS],
        "contact": [{"urn": urn, "role": "head", "name": HOSTILE, "email": ""} for urn in SCHOOLS],
        "case": [
            {"id": number, "track": "school", "subject": str(urn), "urn": urn, "state": "good_or_better", "version": 2}
            for number, urn in enumerate(SCHOOLS, start=1)
        ],
        "event": [  # not in the order of the cases
            *({"case_id": number, "seq": 1, **EVENT, "evidence": NAMING[number]} for number in (1, 2)),
            *({"case_id": number, "seq": 2, **MOVED} for number in (2, 1)),
        ],
        "return": [RETURN],
        "letter": [
            {"reference": f"CN-{number}-{state}", "urn": urn, "occasion": state, "state": state, **LETTER, **signed}
            for number, urn in enumerate(SCHOOLS, start=1)
            for state, signed in (("drafted", {}), ("approved", SIGNED), ("sent", SIGNED))
        ],
    }  # fmt: skip
    for name, rows in put.items():
        connection.execute(insert(tables[name]), rows)


def rows_of(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    with engine.connect() as connection:
        tables = tables_of(connection)
        return {
            name: [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for name, table in tables.items()
            if name != "alembic_version"
        }


@pytest.fixture
def first(empty_url: str) -> Iterator[tuple[str, dict[str, list[dict[str, Any]]]]]:
    """A database of the first program, and all that is in it."""
    engine = at_first_version(empty_url)
    with engine.begin() as connection:
        fill(connection)
    yield empty_url, rows_of(engine)
    engine.dispose()


@pytest.fixture
def migrated(first: tuple[str, Any]) -> Iterator[Engine]:
    assert initialise(first[0])
    engine = open_initialised(first[0])
    yield engine
    engine.dispose()


def test_every_row_is_kept(first: tuple[str, dict[str, list[dict[str, Any]]]], migrated: Engine) -> None:
    after = rows_of(migrated)
    for name, rows in first[1].items():
        kept = [{key: row[key] for key in rows[0]} for row in after[name] if row.get("trigger") != "name"]
        naming = {"version": 3} if name == "case" else {}
        assert kept == [row | naming for row in rows]


def test_letters_are_named_by_one_new_event_a_school(migrated: Engine) -> None:
    new = [row for row in rows_of(migrated)["event"] if row["seq"] == 3]
    assert [(row["case_id"], row["kind"], sorted(row["evidence"]["states"].values())) for row in new] == [
        (number, "letter", ["approved", "drafted", "sent"]) for number in (1, 2)
    ]


def test_migrated_record_proves_itself(migrated: Engine, home: Path) -> None:
    seal(migrated, home / "seals.jsonl", "init", NOW)
    report = verify(migrated, home / "seals.jsonl")
    assert (report.faults, report.events, report.letters, report.unsealed) == ([], 6, 6, 0)


def test_changed_event_of_a_migrated_record_is_found(migrated: Engine, home: Path, kept_on: str) -> None:
    drop = "DROP TRIGGER event_refuses_update" + (" ON event" if kept_on == "postgresql" else "")
    with migrated.begin() as connection:
        connection.execute(text(drop))
        connection.execute(text("UPDATE event SET actor = 'Someone' WHERE case_id = 2 AND seq = 1"))
    assert [one.place for one in verify(migrated, home / "seals.jsonl").faults] == ["school 990002, event 1"]


TRIGGERS = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql <> ''",
    "postgresql": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}
PARTS = ("get_columns", "get_check_constraints", "get_foreign_keys", "get_unique_constraints", "get_indexes")


def shape(engine: Engine) -> dict[str, Any]:
    """All that the database itself says of its triggers (on SQLite, of its indexes too), and of each table."""
    with engine.connect() as connection:
        found = inspect(connection)
        tables = {
            name: [found.get_pk_constraint(name), *(sorted(map(plain, getattr(found, part)(name))) for part in PARTS)]
            for name in found.get_table_names()
        }
        return {"triggers": sorted(connection.scalars(text(TRIGGERS[engine.dialect.name]))), **tables}


def plain(part: Any) -> str:
    """Without what a default is: the code has none where a migration had to fill old rows."""
    return re.sub(
        r"at 0x\w+|\s+", " ", str(sorted((key, str(value)) for key, value in part.items() if key != "default"))
    )


def test_migrated_tables_are_those_of_a_new_record(
    migrated: Engine, prepared: Callable[[Path | None], str], blank_file: Path
) -> None:
    ours = shape(migrated)
    migrated.dispose()
    new = open_initialised(prepared(blank_file))
    assert shape(new) == ours
    assert sum("TRIGGER" in one for one in ours["triggers"]) == {"sqlite": 7, "postgresql": 11}[new.dialect.name]
    new.dispose()


@pytest.mark.only_on("postgresql")
def test_tables_made_by_migrations_are_those_of_the_code(engine: Engine, empty_url: str) -> None:
    made = open_database(empty_url)
    Base.metadata.create_all(made)
    wanted, there = shape(made), shape(engine)
    made.dispose()
    assert {name: there[name] for name in wanted if name != "triggers"} == {
        name: found for name, found in wanted.items() if name != "triggers"
    }


@pytest.mark.slow
def test_large_record_migrates_in_flat_memory(empty_url: str, home: Path, say: Say) -> None:
    cases, each = 1000, 50
    engine = at_first_version(empty_url)
    with engine.begin() as connection:
        tables = tables_of(connection)
        urns = range(100001, 100001 + cases)
        connection.execute(insert(tables["school"]), [school(tables, urn) for urn in urns])
        case = {"track": "school", "state": "unclassified", "version": each}
        connection.execute(insert(tables["case"]), [{"id": n, "subject": str(n), "urn": n, **case} for n in urns])
        for urn in urns:
            later = EVENT | {"kind": "proposed", "destination": None}
            rows = [{"case_id": urn, "seq": seq, **(EVENT if seq == 1 else later)} for seq in range(1, each + 1)]
            connection.execute(insert(tables["event"]), rows)
    engine.dispose()
    tracemalloc.start()
    assert initialise(empty_url)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    engine = open_initialised(empty_url)
    report = verify(engine, home / "seals.jsonl")
    engine.dispose()
    say(f"{report.events:,} events migrated on {engine.dialect.name} with a peak of {peak:.1f} MiB")
    assert (report.events, report.faults) == (cases * each, [])
    assert peak < 16
