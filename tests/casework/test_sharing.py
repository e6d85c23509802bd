"""A long record is proved by several processes: they find what one finds, and none outlives the work."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import active_children
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import casework.verify as module
from casework.database import open_database
from casework.errors import CutShort, DatabaseUnusable
from casework.moves import move_school
from casework.record import Stamp
from casework.seals import seal
from casework.sharing import PROCESSES, shared_out
from casework.verify import VerifyReport, verify
from tests.conftest import NOW

ROUND = 10  # schools that are proved together


@pytest.fixture(autouse=True)
def long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORTH_SHARING", 1)
    monkeypatch.setattr(module, "PROCESSES", 2)
    monkeypatch.setattr(module, "TOGETHER", ROUND)


def alone(engine: Engine, seals: Path) -> VerifyReport:
    with Session(engine.execution_options(reads=True)) as session:
        return module.prove(session, seals)


def change(engine: Engine) -> None:
    """In schools that different processes prove: an event, a state, an event that is gone; and a case of nobody."""
    triggers = ("event_refuses_update", "event_refuses_delete", "case_refuses_delete")
    with engine.begin() as connection:
        on_table = {"sqlite": "", "postgresql": " ON "}[engine.dialect.name]
        for trigger in triggers:
            of = f'{on_table}"{trigger.partition("_")[0]}"' if on_table else ""
            connection.execute(text(f"DROP TRIGGER {trigger}{of}"))
        for statement in (
            "UPDATE event SET reason = 'Made up' WHERE case_id = 2 AND seq = 1",
            "UPDATE \"case\" SET state = 'inadequate' WHERE id = 25",
            "DELETE FROM event WHERE case_id = 40 AND seq = 2",
        ):
            assert connection.execute(text(statement)).rowcount == 1, statement


def test_several_find_what_one_finds(fenshire: Engine, home: Path) -> None:
    file = home / "seals.jsonl"
    seal(fenshire, file, "register", NOW)
    assert verify(fenshire, file).as_dict() == alone(fenshire, file).as_dict()
    change(fenshire)
    found = verify(fenshire, file)
    assert found.as_dict() == alone(fenshire, file).as_dict()
    assert len(found.faults) >= 3
    assert active_children() == []


def test_what_is_recorded_while_they_read_is_no_fault(
    fenshire: Engine, home: Path, stamp: Callable[..., Stamp]
) -> None:
    """Each reads later than the one that shares out, and sees more events than it; and seals are added meanwhile."""
    file, moved = home / "seals.jsonl", []
    seal(fenshire, file, "register", NOW)

    def meanwhile(_done: int) -> None:
        if not moved:  # schools that are yet to be proved, and one that is proved
            moved.extend(
                move_school(fenshire, urn, "enter_transition", {}, "A new head", "", stamp("2026-01-21"))
                for urn in (990001, 990031, 990050)
            )
            seal(fenshire, file, "moves", NOW)

    assert verify(fenshire, file, meanwhile).faults == []
    assert moved
    assert verify(fenshire, file).faults == []


def die(_session: Session, _part: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_one_that_is_killed_is_told_in_a_sentence(fenshire: Engine) -> None:
    said = r"^One of \d+ processes .* memory ran out\. Nothing was changed, .*give the same command again\.$"
    with pytest.raises(CutShort, match=said), shared_out(fenshire, die) as shared:
        list(shared(range(100)))
    assert active_children() == []


def refuse(_session: Session, part: int) -> int:
    raise DatabaseUnusable(f"Part {part} cannot be read. Restore a backup.")


def test_what_one_raises_is_raised_as_it_stands(fenshire: Engine) -> None:
    with (
        pytest.raises(DatabaseUnusable, match=r"^Part 1 cannot be read\. Restore a backup\.$"),
        shared_out(fenshire, refuse) as shared,
    ):
        list(shared(range(1, 100)))
    assert active_children() == []


def hold(_session: Session, part: str) -> None:
    """Keeps a lock for as long as this process lives."""
    with Path(part).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        file.write(".")
        file.flush()
        time.sleep(600)


KILLED = """
from casework.database import open_database
from casework.sharing import shared_out
from tests.casework.test_sharing import hold
with shared_out(open_database("sqlite://"), hold) as shared:
    list(shared([{0!r}, {0!r}]))
"""


def test_none_outlives_one_that_was_killed(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.touch()
    first = subprocess.Popen([sys.executable, "-c", KILLED.format(str(lock))], cwd=Path(__file__).parents[2])
    while lock.stat().st_size < PROCESSES:
        assert first.poll() is None
        time.sleep(0.05)
    first.kill()
    first.wait()
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # is had when all of them are gone


def what_is_known(session: Session, _part: int) -> tuple[str | None, str]:
    """The password that this process has, and what a list of processes shows of it."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    return engine.url.password, Path("/proc/self/cmdline").read_text()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="there is no /proc here to look into")
def test_password_is_in_no_list_of_processes() -> None:
    engine = open_database("postgresql://ann:open-sesame@nowhere.invalid/record")
    with shared_out(engine, what_is_known) as shared:
        [(password, shown)] = shared([1])
    assert password == "open-sesame"
    assert "spawn" in shown
    assert "sesame" not in shown
