"""A backup is proved before it is kept; a restore brings back all of it, and says what is not in it."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from casework import backup as module
from casework.backup import NoBackup, NotRestored, backup, restore, seals_beside
from casework.database import open_initialised
from casework.moves import move_school
from casework.record import Stamp
from casework.seals import Seal, length, seal, seal_anew, seals
from casework.unit_of_work import transact
from casework.verify import verify
from states.errors import CaseworkError

# Most of them do to the file of a record what no database lets happen.
pytestmark = pytest.mark.only_on("sqlite")

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbooks" / "restore.md"
SHELL = re.compile(r"^( *)```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
URN = 990002
NOW = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)


class Installation:
    """A sealed record in CASEWORK_HOME, and a place for its backup on another disk."""

    def __init__(self, engine: Engine, home: Path, disk: Path, stamp: Stamp) -> None:
        self.engine, self.home, self.stamp = engine, home, stamp
        self.seals, self.database, self.backup = home / "seals.jsonl", home / "casework.db", disk / "backup.db"
        seal(engine, self.seals, "register load", stamp.now)

    def back_up(self) -> module.BackupReport:
        return backup(self.engine, self.seals, self.backup)

    def record(self, urn: int = URN, *, sealed: bool = True) -> None:
        move_school(self.engine, urn, "raise_concern", {}, "Two weak visits", "Visit of May", self.stamp)
        if sealed:
            seal(self.engine, self.seals, "move", self.stamp.now)

    def lose(self) -> None:
        self.engine.dispose()
        for file in self.home.glob("casework.db*"):
            file.unlink()

    def restore(self) -> module.RestoreReport:
        url, work = f"sqlite:///{self.database}", "restored by Ada Quill"
        return restore(url, self.seals, self.home / "letters", self.backup, work, self.stamp.now)


@pytest.fixture
def installed(fenshire: Engine, home: Path, tmp_path: Path, stamp: Callable[..., Stamp]) -> Installation:
    disk = tmp_path / "disk"
    disk.mkdir()
    return Installation(fenshire, home, disk, stamp("2025-12-01"))


def opened(file: Path) -> Engine:
    return open_initialised(f"sqlite:///{file}")


@pytest.mark.only_on("sqlite", "postgresql")
def test_backup_holds_every_row_and_seal(installed: Installation, contents: Callable[..., Any]) -> None:
    report = installed.back_up()
    engine = opened(installed.backup)
    assert contents(engine) == contents(installed.engine)
    engine.dispose()
    assert seals_beside(installed.backup).read_bytes() == installed.seals.read_bytes()
    assert (report.cases, report.seals) == (54, 1)


@pytest.mark.only_on("sqlite", "postgresql")
def test_backup_leaves_nothing_but_its_two_files(installed: Installation) -> None:
    installed.back_up()
    assert sorted(installed.backup.parent.iterdir()) == [installed.backup, seals_beside(installed.backup)]


@pytest.mark.only_on("sqlite", "postgresql")
def test_backup_tells_its_size_on_the_disk(installed: Installation) -> None:
    report = installed.back_up()
    assert report.bytes == sum(file.stat().st_size for file in installed.backup.parent.iterdir())
    assert f"{report.events} events of 54 cases, 102 letters and 1 seals, proved" in report.as_text()


@pytest.mark.parametrize("which", [Path, seals_beside], ids=["record", "seals"])
def test_backup_never_overwrites(installed: Installation, which: Callable[[Path], Path]) -> None:
    there = which(installed.backup)
    there.write_text("mine")
    with pytest.raises(NoBackup, match="is there already, and no backup is ever overwritten"):
        installed.back_up()
    assert list(installed.backup.parent.iterdir()) == [there]
    assert there.read_text() == "mine"


def change_an_event(installed: Installation) -> None:
    with sqlite3.connect(installed.database) as raw:
        raw.execute("DROP TRIGGER event_refuses_update")
        raw.execute("UPDATE event SET reason = 'Forged' WHERE seq = 1 AND case_id = 2")


def cut_the_seals(installed: Installation) -> None:
    installed.seals.write_bytes(b"")


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [(change_an_event, "event 1: was changed"), (cut_the_seals, "the seals: end before 54 case")],
    ids=["event changed", "seals cut"],
)
def test_record_that_is_not_proved_is_no_backup(
    installed: Installation, tamper: Callable[[Installation], None], fault: str
) -> None:
    tamper(installed)
    with pytest.raises(NoBackup, match=rf"(?s){fault}.*does not prove itself"):
        installed.back_up()
    assert list(installed.backup.parent.iterdir()) == []


def test_index_that_misleads_is_no_backup(installed: Installation) -> None:
    """Every row proves itself, and yet a question would be answered wrongly."""
    with closing(sqlite3.connect(installed.database)) as raw, raw:
        raw.execute("PRAGMA writable_schema = ON")
        definition = "replace(sql, 'IS NOT NULL', 'IS NULL')"
        raw.execute(f"UPDATE sqlite_master SET sql = {definition} WHERE name = 'ix_event_corrects'")
    with pytest.raises(NoBackup, match=r"The copy is damaged \("):
        installed.back_up()


def overwrite_pages(file: Path) -> None:
    """What a failing disk does: nothing but noise where the record was, behind a header that still looks right."""
    size = file.stat().st_size
    with file.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xa5" * (size - 8192))


def test_damaged_record_is_no_backup(installed: Installation, casework: Callable[..., Any]) -> None:
    installed.engine.dispose()
    overwrite_pages(installed.database)
    ran = casework("backup", installed.backup)
    assert (ran.code, ran.out) == (1, "")
    assert "Traceback" not in ran.err
    assert list(installed.backup.parent.iterdir()) == []


def test_nobody_writes_between_the_record_and_its_seals(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def length_while_others_wait(file: Path) -> int:
        other = sqlite3.connect(installed.database, timeout=0)
        with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        return length(file)

    monkeypatch.setattr(module, "length", length_while_others_wait)
    assert installed.back_up().seals == 1


def test_backup_is_of_one_moment(installed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is recorded and sealed while pages and seals are being copied is in neither."""

    def copy_late(source: Path, sealed: int, target: Path) -> None:
        installed.record()
        copy_seals(source, sealed, target)

    copy_seals = module._copy_seals
    monkeypatch.setattr(module, "_copy_seals", copy_late)
    events = verify(installed.engine, installed.seals).events
    report = installed.back_up()
    assert (report.events, report.seals) == (events, 1)


@pytest.mark.slow
def test_backups_while_others_write_all_prove_themselves(installed: Installation) -> None:
    stop = threading.Event()

    def keep_moving() -> None:
        for urn in [*range(990001, 990061)] * 3:
            if stop.is_set():
                return
            try:
                installed.record(urn)
            except CaseworkError:  # a school without a case
                continue

    writer = threading.Thread(target=keep_moving)
    writer.start()
    for number in range(8):
        installed.backup = installed.backup.with_name(f"backup-{number}.db")
        installed.back_up()
    stop.set()
    writer.join()
    assert not verify(installed.engine, installed.seals).faults


def test_restore_brings_every_row_back(installed: Installation, contents: Callable[..., Any]) -> None:
    before = {name: sorted(map(repr, rows)) for name, rows in contents(installed.engine).items()}
    installed.back_up()
    installed.lose()
    report = installed.restore()
    assert {name: sorted(map(repr, rows)) for name, rows in contents(installed.engine).items()} == before
    assert (report.lost, report.sent_since, report.proof.faults) == ({}, [], [])


def test_restore_names_what_was_recorded_after_the_backup(installed: Installation) -> None:
    installed.back_up()
    installed.record()
    installed.lose()
    assert installed.restore().lost == {f"school {URN}": 1}


def test_every_later_proof_tells_of_the_restore(installed: Installation) -> None:
    installed.back_up()
    installed.record()
    installed.lose()
    installed.restore()
    installed.record(990003)
    proof = verify(installed.engine, installed.seals)
    assert proof.faults == []
    assert proof.restored == ["seal 3: restored by Ada Quill; 1 event(s) of 1 case(s), sealed before, are not in it."]


def test_restored_record_cannot_be_cut_again_unseen(installed: Installation) -> None:
    installed.back_up()
    installed.lose()
    installed.restore()
    installed.record()
    with sqlite3.connect(installed.database) as raw:
        raw.execute("DROP TRIGGER event_refuses_delete")
        raw.execute("DELETE FROM event WHERE case_id = 2 AND seq = 3")
    assert verify(installed.engine, installed.seals).faults[0].place == "school 990002, event 3"


def test_seals_before_a_restore_still_bind(installed: Installation) -> None:
    """A restore forgives what is missing, not what is otherwise than it was sealed."""
    first = Seal.after(None, NOW, "check", {"school 990001": (1, "00" * 32)})
    installed.seals.write_text(first.line)
    transact(installed.engine, partial(seal_anew, file=installed.seals, work="restored", at=NOW))
    [fault] = verify(installed.engine, installed.seals).faults
    assert fault == ("school 990001, event 1", "is not the one that was sealed: the case was written anew.")


def test_second_restore_counts_only_its_own_loss(installed: Installation) -> None:
    installed.back_up()
    installed.record()
    for _ in range(2):
        installed.lose()
        report = installed.restore()
    assert report.lost == {}


def test_restore_names_letters_sent_since(installed: Installation) -> None:
    installed.back_up()
    folder = installed.home / "letters" / "category_notice-2025-12-01"
    folder.mkdir(parents=True)
    (folder / "CN-990002-2-H.pdf").touch()
    installed.lose()
    assert installed.restore().sent_since == ["CN-990002-2-H"]


def test_restore_overwrites_no_record(installed: Installation, contents: Callable[..., Any]) -> None:
    installed.back_up()
    before, sealed = contents(installed.engine), installed.seals.read_bytes()
    with pytest.raises(NotRestored, match="There is a record here already"):
        installed.restore()
    assert (contents(installed.engine), installed.seals.read_bytes()) == (before, sealed)


def test_lost_seals_are_those_of_the_backup(installed: Installation) -> None:
    installed.back_up()
    installed.lose()
    installed.seals.unlink()
    assert installed.restore().proof.faults == []
    assert [one.anew for one in seals(installed.seals)] == [False, True]


def test_seals_of_another_record_stop_the_restore(installed: Installation, fenshire_file: Path, tmp_path: Path) -> None:
    installed.back_up()
    installed.lose()
    installed.seals.unlink()
    other = opened(Path(shutil.copy(fenshire_file, tmp_path / "other.db")))
    seal(other, installed.seals, "another record", installed.stamp.now)
    other.dispose()
    with pytest.raises(NotRestored, match="belongs to another record"):
        installed.restore()


def test_backup_changed_since_is_not_restored(installed: Installation) -> None:
    installed.back_up()
    with closing(sqlite3.connect(installed.backup)) as raw, raw:
        raw.execute("UPDATE letter SET state = 'approved' WHERE reference = 'CN-990002-2-H'")
    installed.lose()
    with pytest.raises(NoBackup, match="does not prove itself"):
        installed.restore()
    assert not installed.database.exists()


def test_restore_leaves_the_backup_as_it_is(installed: Installation) -> None:
    installed.back_up()
    before = {file: file.read_bytes() for file in installed.backup.parent.iterdir()}
    installed.lose()
    installed.restore()
    assert {file: file.read_bytes() for file in installed.backup.parent.iterdir()} == before


def test_seal_command_closes_the_gap_once(installed: Installation, casework: Callable[..., Any]) -> None:
    installed.record(sealed=False)
    assert "Sealed as number 2" in casework("seal").out
    assert casework("seal").out == "Nothing has been recorded since the last seal.\n"


def run_block(number: int, installed: Installation) -> subprocess.CompletedProcess[str]:
    """One block of commands of the runbook, as somebody would paste it into a shell."""
    _, script = SHELL.findall(RUNBOOK.read_text(encoding="utf-8"))[number]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=os.environ | {"PATH": path, "BACKUPS": str(installed.backup.parent)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def remove(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("damage", [remove, pytest.param(overwrite_pages, marks=pytest.mark.slow)])
def test_runbook_brings_a_damaged_installation_back(installed: Installation, damage: Callable[[Path], None]) -> None:
    done = [run_block(number, installed) for number in (0, 1)]
    installed.record()
    installed.engine.dispose()
    damage(installed.database)
    done += [run_block(number, installed) for number in (2, 3, 4)]
    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 5
    assert f"lost of school {URN}: 1 event(s)" in done[3].stdout
    assert done[4].stdout.endswith("102 letters and 3 seals: 0 faults.\n")


def test_runbook_says_who_it_is_for() -> None:
    for page in RUNBOOK.parent.glob("*.md"):
        assert page.read_text(encoding="utf-8").splitlines()[2].startswith("For ")
