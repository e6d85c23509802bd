"""Events become a chain, letters a part of it, and nothing of the record can be removed.

Events on record are kept word for word; each gets its link. Letters that no event names yet are named by one new event
in the case of their school.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from alembic import op

# The canonical text of an event is fixed for good, so this may follow the code.
from casework.chain import beginning, canonical, digest, link, texts

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EVENT_KINDS = (
    "opened moved refused proposed requested received evaluated missing allocated migrated letter corrected redacted "
    "held released"
)
ROLES = "head chair clerk governing_body ofsted diocese foundation_appointer secretary_of_state"
LETTER_STATES = "drafted checked approved queued sending sent unknown delivered returned failed rejected"
KEPT = ("school", "case", "return", "letter")
NEVER_CHANGED = "an event is never changed or removed: record a correction"
NEVER_REMOVED = "nothing is removed from the record: redact it"
TOGETHER = 500


def upgrade() -> None:
    op.add_column("case", sa.Column("head", sa.LargeBinary(), nullable=False, server_default=""))
    op.add_column("case", sa.Column("sealed", sa.Integer(), nullable=False, server_default="0"))
    _widen_roles()
    _widen_letter()
    _put_the_old_table_aside()
    _create_event()
    _chain()
    op.drop_table("event_0001")
    _guard()


def _widen_roles() -> None:
    """Letters go to governing bodies and outside the school as well. SQLite changes a check by copying the table."""
    for table, column in (("contact", "role"), ("letter", "recipient_role")):
        name = op.f(f"ck_{table}_{column}")
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, _one_of(column, ROLES))


def _widen_letter() -> None:
    """More states, and how each letter left. SQLite changes a check only by copying the table."""
    name = op.f("ck_letter_state")
    with op.batch_alter_table("letter") as letter:
        letter.drop_constraint(name, type_="check")
        letter.create_check_constraint(name, _one_of("state", LETTER_STATES))
        letter.add_column(sa.Column("channel", sa.String(), nullable=False, server_default=""))
        letter.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"))
        letter.add_column(sa.Column("begun_at", sa.DateTime(), nullable=True))
        letter.add_column(sa.Column("provider_id", sa.String(), nullable=False, server_default=""))
        letter.add_column(sa.Column("stopped", sa.String(), nullable=False, server_default=""))
        letter.add_column(sa.Column("served_on", sa.Date(), nullable=True))
    op.create_index("ix_letter_provider_id", "letter", ["provider_id"])


def _one_of(column: str, words: str) -> str:
    return f"{column} IN ({', '.join(map(repr, words.split()))})"


def _put_the_old_table_aside() -> None:
    op.drop_index("ix_event_as_of", table_name="event")
    op.rename_table("event", "event_0001")
    if op.get_bind().dialect.name == "postgresql":  # where the name of a constraint is that of an index too
        for name in ("pk_event", "uq_event_case_id_once", "fk_event_case_id", "ck_event_kind"):
            op.execute(f"ALTER TABLE event_0001 DROP CONSTRAINT {name}")


def _create_event() -> None:
    op.create_table(
        "event",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("destination", sa.String(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("once", sa.String(), nullable=True),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("policy_hash", sa.String(), nullable=False),
        sa.Column("law_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(_one_of("kind", EVENT_KINDS), name=op.f("ck_event_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_event_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_event"),
        sa.UniqueConstraint("case_id", "once", name="uq_event_case_id_once"),
        sqlite_with_rowid=False,
    )
    for name, *columns in (
        ("as_of", "destination", "effective_on", "seq", "destination", "recorded_at"),
        ("corrects", "corrects", "corrects", "recorded_at"),
    ):
        present, *rest = columns
        where = sa.text(f"{present} IS NOT NULL")
        op.create_index(f"ix_event_{name}", "event", ["case_id", *rest], sqlite_where=where, postgresql_where=where)


def _chain() -> None:
    """Copy every event with its link, then name the letters; a case at a time, so that memory stays flat."""
    connection = op.get_bind()
    tables = sa.MetaData()
    old, new, case, letter = (
        sa.Table(name, tables, autoload_with=connection) for name in ("event_0001", "event", "case", "letter")
    )
    cases = {row.id: row for row in connection.execute(sa.select(case.c.id, case.c.track, case.c.subject, case.c.urn))}
    letters: dict[int, dict[str, tuple[str, str]]] = {}
    for told in connection.execute(_all_of(letter, "reference")).mappings():
        letters.setdefault(told["urn"], {})[told["reference"]] = (digest(canonical(told["facts"])), told["state"])
    waiting: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    for case_id, events in groupby(
        connection.execute(_all_of(old, "case_id", "seq")).mappings(), itemgetter("case_id")
    ):
        one = cases[case_id]
        rows = [{**row, "corrects": None} for row in events]
        if one.track == "school" and (unnamed := letters.get(one.urn)):
            rows.append(_naming(rows[-1], unnamed))
        head = beginning(one.track, one.subject)
        for row in rows:
            row["evidence"] = json.loads(canonical(row["evidence"]))
            head = row["hash"] = link(head, texts({**row, "recorded_at": row["recorded_at"].replace(tzinfo=UTC)}))
        waiting += rows
        heads.append({"_id": case_id, "head": head, "version": len(rows)})
        if len(waiting) >= TOGETHER:
            _write(connection, new, case, waiting, heads)
    _write(connection, new, case, waiting, heads)


def _all_of(table: sa.Table, *order: str) -> sa.Select[Any]:
    """The order is said by name: on PostgreSQL the old table has lost its primary key."""
    return sa.select(table).order_by(*(table.c[name] for name in order)).execution_options(yield_per=TOGETHER)


def _naming(last: dict[str, Any], letters: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """An event that names the letters of a school with the digest of their facts, and the state of each."""
    evidence = {
        "letters": {reference: facts for reference, (facts, _) in letters.items()},
        "states": {reference: state for reference, (_, state) in letters.items()},
    }
    return last | {
        "seq": last["seq"] + 1,
        "kind": "letter",
        "trigger": "name",
        "source": None,
        "destination": None,
        "recorded_at": datetime.now(UTC).replace(tzinfo=None),
        "actor": "casework init",
        "role": "migration 0002",
        "reason": "Letters on record before events named them",
        "evidence": evidence,
        "once": None,
    }


def _write(
    connection: sa.Connection,
    new: sa.Table,
    case: sa.Table,
    rows: list[dict[str, Any]],
    heads: list[dict[str, Any]],
) -> None:
    if rows:
        connection.execute(sa.insert(new), rows)
        connection.execute(sa.update(case).where(case.c.id == sa.bindparam("_id")), heads)
    rows.clear()
    heads.clear()


def _guard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    for table, act, why in _refusals():
        op.execute(
            f'CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
    # INSERT OR REPLACE takes the old row away without a DELETE, unless the connection asks for it.
    there = "EXISTS (SELECT 1 FROM event WHERE case_id = NEW.case_id AND (seq = NEW.seq OR once = NEW.once))"
    refuse = f"SELECT RAISE(ABORT, '{NEVER_CHANGED}')"
    op.execute(f"CREATE TRIGGER event_refuses_replacement BEFORE INSERT ON event WHEN {there} BEGIN {refuse}; END")


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION casework_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table, act, why in _refusals():
        op.execute(
            f'CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON "{table}" '
            f"FOR EACH STATEMENT EXECUTE FUNCTION casework_refuses('{why}')"
        )
    for table in ("event", *KEPT):
        op.execute(
            f'CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON "{table}" '
            f"FOR EACH STATEMENT EXECUTE FUNCTION casework_refuses('{NEVER_REMOVED}')"
        )


def _refusals() -> Iterator[tuple[str, str, str]]:
    yield "event", "UPDATE", NEVER_CHANGED
    yield "event", "DELETE", NEVER_CHANGED
    for table in KEPT:
        yield table, "DELETE", NEVER_REMOVED
