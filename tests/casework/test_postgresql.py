"""What only PostgreSQL has: a server that may be away, and roles that may do less than the owner."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import InternalError

from casework.database import open_database, open_initialised
from casework.errors import DatabaseUnusable, NotStorable
from casework.grants import MAY, grants, quoted
from casework.moves import move_school
from casework.record import Stamp
from casework.tables import Base
from casework.unit_of_work import reading
from casework.verify import verify
from tests.conftest import DEMO
from tests.postgresql import LOCKED, OWNER, PORT, Server

pytestmark = [pytest.mark.only_on("postgresql")]

Casework = Callable[..., Any]
RUNBOOK = DEMO.parent / "docs" / "runbooks" / "postgresql.md"
SHELL = re.compile(r"^( *)```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
APP = 'the "app" role\\'
SIGNED = ("--by", "Ada Quill", "--role", "Senior Adviser")
WORK = [
    ("register", "load", DEMO / "register.csv", "--la", "999", "--on", "2025-11-05"),
    ("contacts", "load", DEMO / "contacts.csv"),
    ("check", "2025-26/1", "--on", "2025-11-05"),
    ("returns", "load", DEMO / "returns.csv", "--on", "2026-01-20"),
    ("check", "2025-26/2", "--on", "2026-01-20"),
    ("move", "990013", "raise_concern", *SIGNED, "--reason", "Off track", "--evidence", "Return", "--on", "2026-01-21"),
    ("allocate", DEMO / "allocations.csv", *SIGNED, "--on", "2026-01-22"),
    ("letters", "approve", "--batch", "category_notice-2025-11-04", *SIGNED),
    ("letters", "send", "CN-990013-2-H"),
    ("verify",),
]
FORBIDDEN = {
    "update": "UPDATE event SET reason = ''",
    "delete": "DELETE FROM event",
    "truncate": "TRUNCATE event",
    "disable trigger": "ALTER TABLE event DISABLE TRIGGER ALL",
    "drop trigger": "DROP TRIGGER event_refuses_update ON event",
    "replica": "SET session_replication_role = 'replica'",
    "drop table": "DROP TABLE event",
    "alter table": "ALTER TABLE event DROP COLUMN hash",
    "replace function": "ALTER FUNCTION casework_refuses() RENAME TO gone",
    "take the table": f"ALTER TABLE event OWNER TO {OWNER}",
    "be the owner": f"SET ROLE {OWNER}",
    "other case": 'UPDATE "case" SET urn = 990002',
    "delete letter": "DELETE FROM letter",
    "delete contact": "DELETE FROM contact",
    "version": "UPDATE alembic_version SET version_num = '0001'",
}


@pytest.fixture
def app(fenshire: Engine, postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The same record as the role that may do least."""
    postgresql.run(f"CREATE ROLE {quoted(APP)} LOGIN")
    with fenshire.begin() as connection:
        connection.exec_driver_sql(grants(APP))
    url = away(fenshire, username=APP)
    monkeypatch.setenv("CASEWORK_DATABASE_URL", url)
    engine = open_initialised(url)
    yield engine
    engine.dispose()
    with fenshire.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {quoted(APP)}")
    postgresql.run(f"DROP ROLE {quoted(APP)}")


def away(fenshire: Engine, **changes: Any) -> str:
    """The URL of the record with something else in it."""
    return fenshire.url.set(**changes).render_as_string(hide_password=False)


def test_app_role_does_all_the_work(app: Engine, casework: Casework) -> None:
    ran = {typed[:2]: casework(*typed) for typed in WORK}
    assert {typed: one.err for typed, one in ran.items() if "Traceback" in one.err or "refuses" in one.err} == {}
    assert [typed for typed, one in ran.items() if one.code] == []
    assert ": 0 faults." in ran["verify",].out


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_app_role_cannot_change_what_happened(app: Engine, statement: str) -> None:
    with (
        pytest.raises(DatabaseUnusable, match=r"refuses: (permission denied|must be owner)"),
        app.begin() as connection,
    ):
        connection.execute(text(statement))


def test_role_without_rights_is_told_who_gives_them(app: Engine, fenshire: Engine, casework: Casework) -> None:
    with fenshire.begin() as connection:
        connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted(APP)}"))
    ran = casework("show", "990013")
    assert (ran.code, "Its owner runs what `casework grants ROLE` prints." in ran.err) == (1, True)


def test_rights_are_said_for_every_table() -> None:
    assert {*MAY} == {"alembic_version", *Base.metadata.tables}
    assert not any(word in rights for rights in MAY.values() for word in ("DELETE", "TRUNCATE", "ALL", "TRIGGER"))


@pytest.mark.parametrize("role", ["", "x" * 64, "é" * 32], ids=["empty", "long", "long in bytes"])
def test_no_rights_for_a_name_that_would_be_cut(casework: Casework, role: str) -> None:
    ran = casework("grants", role)
    assert (ran.code, "at most 63 bytes" in ran.err) == (2, True)


AWAY = {
    "wrong password": ({"username": LOCKED, "password": "guess"}, "password authentication failed"),
    "no password": ({"username": LOCKED}, "no password supplied"),
    "no such role": ({"username": "nobody_known"}, 'role "nobody_known" does not exist'),
    "no such database": ({"database": "nowhere"}, 'database "nowhere" does not exist'),
    "no such host": ({"query": {}, "host": "nowhere.invalid"}, "nowhere.invalid"),
    "nobody listens": ({"query": {}, "host": "127.0.0.1", "port": 1}, "Connection refused"),
}


@pytest.mark.parametrize(("changes", "words"), AWAY.values(), ids=AWAY)
@pytest.mark.parametrize("command", [("init",), ("show", "990013")], ids=["init", "show"])
def test_server_that_cannot_be_reached_is_told_in_a_sentence(
    fenshire: Engine,
    postgresql: Server,
    casework: Casework,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
    words: str,
    command: tuple[str, ...],
) -> None:
    postgresql.run(f"DROP ROLE IF EXISTS {LOCKED}", f"CREATE ROLE {LOCKED} LOGIN PASSWORD 'right'")
    monkeypatch.setenv("CASEWORK_DATABASE_URL", away(fenshire, **changes))
    ran = casework(*command)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith("The database cannot be reached: ")
    assert words in ran.err
    assert "guess" not in ran.err


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_database_that_cannot_keep_every_name_is_refused_in_a_sentence(
    fenshire: Engine, postgresql: Server, casework: Casework, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    postgresql.run(
        "DROP DATABASE IF EXISTS narrow", f"CREATE DATABASE narrow ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0"
    )
    monkeypatch.setenv("CASEWORK_DATABASE_URL", away(fenshire, database="narrow"))
    ran = casework("init")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"The database keeps its texts as {encoding}, ")
    assert "createdb --encoding=UTF8" in ran.err


def test_right_password_lets_in_and_is_never_printed(
    fenshire: Engine, postgresql: Server, casework: Casework, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgresql.run(f"DROP ROLE IF EXISTS {LOCKED}", f"CREATE ROLE {LOCKED} LOGIN SUPERUSER PASSWORD 'a@b:c/d'")
    monkeypatch.setenv("CASEWORK_DATABASE_URL", away(fenshire, username=LOCKED, password="a@b:c/d"))
    said = [casework(*typed) for typed in (("init",), ("settings",), ("settings", "--json"), ("show", "990013"))]
    assert [one.code for one in said] == [0, 0, 0, 0]
    assert not any("a%40b" in one.out or "a@b" in one.out for one in said)
    assert "***" in json.loads(said[2].out)["CASEWORK_DATABASE_URL"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_url_without_a_driver_is_understood(fenshire: Engine, scheme: str) -> None:
    url = fenshire.url.render_as_string(hide_password=False).replace("postgresql+psycopg", scheme)
    engine = open_initialised(url)
    assert engine.dialect.driver == "psycopg"
    engine.dispose()


def test_driver_that_is_not_there_is_told(fenshire: Engine) -> None:
    url = fenshire.url.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
    with pytest.raises(DatabaseUnusable, match="CASEWORK_DATABASE_URL cannot be used: No module named 'psycopg2'"):
        open_database(url)


def test_connection_lost_midway_is_told_in_a_sentence(
    fenshire: Engine, stamp: Callable[..., Stamp], contents: Callable[[Engine], dict[str, list[Any]]], home: Path
) -> None:
    before = contents(fenshire)
    ends = text("UPDATE contact SET name = 'half done' WHERE pg_terminate_backend(pg_backend_pid())")
    said = r"^The database cannot be used: terminating connection [^\n]*$"
    with pytest.raises(DatabaseUnusable, match=said), fenshire.begin() as connection:
        connection.execute(ends)
    assert contents(fenshire) == before
    move_school(fenshire, 990001, "enter_transition", {}, "A new head", "", stamp())
    assert verify(fenshire, home / "seals.jsonl").faults == []


def test_text_that_postgresql_cannot_keep_is_refused(
    fenshire: Engine, stamp: Callable[..., Stamp], contents: Callable[[Engine], dict[str, list[Any]]]
) -> None:
    before = contents(fenshire)
    with pytest.raises(NotStorable, match=r"cannot keep what it was given: .*NUL"):
        move_school(fenshire, 990001, "enter_transition", {}, "A new\0head", "", stamp())
    assert contents(fenshire) == before


def run_block(script: str, environ: dict[str, str], postgresql: Server) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), str(postgresql.programs), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=os.environ | environ | {"PATH": path, "PGHOST": str(postgresql.folder), "PGPORT": PORT, "PGUSER": OWNER},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_runbook_moves_an_installation(
    postgresql: Server, home: Path, fenshire_file: Path, casework: Casework, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(fenshire_file, home / "casework.db")
    assert casework("seal").code == 0
    urls = {f"{role.upper()}_URL": postgresql.url("casework", f"casework_{role}") for role in ("owner", "office")}
    urls = {name: url.replace("+psycopg", "") for name, url in urls.items()}
    done = [run_block(script, urls, postgresql) for _, script in SHELL.findall(RUNBOOK.read_text(encoding="utf-8"))]
    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 5
    assert done[1].stdout.rpartition(": ")[2] in done[3].stdout
    assert done[3].stdout.endswith(": 0 faults.\n")
    monkeypatch.setenv("CASEWORK_DATABASE_URL", urls["OFFICE_URL"])
    assert casework("move", "990001", "settle", *SIGNED, "--reason", "Settled").code == 1
    assert json.loads(casework("history", "990001", "--json").out)[-1]["kind"] == "refused"
    assert not (home / "casework.db").exists()
    postgresql.drop("casework")
    postgresql.run("DROP ROLE casework_owner", "DROP ROLE casework_office")


def test_reader_cannot_write(fenshire: Engine) -> None:
    with pytest.raises(InternalError, match="read-only transaction"), reading(fenshire) as session:
        session.execute(text("UPDATE contact SET name = ''"))
