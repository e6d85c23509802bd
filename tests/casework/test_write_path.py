"""No code but casework.record writes a state, an event, a letter or a return: write_path.py listens."""

import ast
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from casework.moves import move_school
from casework.record import Stamp
from casework.tables import Case, Letter
from tests.casework.write_path import PRODUCT, ROOT, AnotherWritePath, product_files

ROGUES = {
    "core": "session.execute(update(Case).values(state='closed'))",
    "text": "session.execute(text(\"UPDATE 'case' SET state = 'closed'\".replace(\"'case'\", '\"case\"')))",
    "orm": "session.get(Case, 1).state = 'closed'; session.flush()",
    "replace": "session.execute(text('INSERT OR REPLACE INTO event SELECT * FROM event'))",
    "letter": "session.execute(update(Letter).values(state='sent'))",
    "return": "session.execute(text('DELETE FROM \"return\"'))",
}


@pytest.mark.parametrize("code", ROGUES.values(), ids=ROGUES)
@pytest.mark.parametrize("file", ["casework/rogue.py", "flows/rogue.py", "casework/seals.py", "casework/backup.py"])
def test_any_other_writer_is_stopped(fenshire: Engine, code: str, file: str) -> None:
    names: dict[str, Any] = {"Case": Case, "Letter": Letter}
    exec("from sqlalchemy import text, update", names)  # the rogue is made here
    with Session(fenshire) as session, pytest.raises(AnotherWritePath, match=file):
        exec(compile(code, str(ROOT / file), "exec"), names | {"session": session})


def test_the_one_path_is_let_through(fenshire: Engine, stamp: Callable[..., Stamp]) -> None:
    move_school(fenshire, 990001, "enter_transition", {}, "A new head", "", stamp())
    assert product_files(None) == []


# A session's own ways of writing many rows.
BULK = ("bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings")


def writers_of_sql() -> set[str]:
    """Every file of the product that could write at all: by a name from SQLAlchemy, or by a text of SQL."""
    return {
        file.relative_to(ROOT).as_posix()
        for package in PRODUCT
        for file in (ROOT / package).rglob("*.py")
        if any(_writes(node) for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    }


def _writes(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
        return any(name.name in ("insert", "update", "delete") for name in node.names)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.startswith(("INSERT ", "UPDATE ", "DELETE ", "REPLACE "))
    if not isinstance(node, ast.Attribute):
        return False
    own = isinstance(node.value, ast.Name) and node.value.id == "session"
    return node.attr in ("add_all", "merge", *BULK) or (own and node.attr == "add")


def test_only_these_files_can_write_at_all() -> None:
    """A new one here is a new hand in the record: it must say in its docstring what it may touch."""
    assert {file for file in writers_of_sql() if not file.startswith("casework/migrations/")} == {
        "casework/backup.py",  # a whole record, into an empty one
        "casework/contacts.py",  # who is written to, which is no state
        "casework/exchange.py",  # a whole record, into an empty one
        "casework/officers.py",  # who may sign in, which is no part of the record
        "casework/record.py",
        "casework/seals.py",  # how far a case was sealed
    }
