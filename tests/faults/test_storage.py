"""A disk that is full or may not be written: one sentence, nothing half done, and the same command again ends it."""

import ctypes
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Say
from tests.faults.conftest import Prepared
from tests.faults.installation import Installation
from tests.faults.points import Fault
from tests.faults.test_kill_points import APPROVE, CHECK, SEND

CAPABILITIES = 0x20080522  # the version of Linux's own structure
KIB = 1024


SIZES = range(8 * KIB, 512 * KIB, 24 * KIB)
# Letters lie beside the database.
SIZES_OF_LETTERS = range(8 * KIB, 896 * KIB, 44 * KIB)


def no_file_beyond(size: int) -> None:
    """The kernel refuses what would make any file longer: to SQLite and to us the disk is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def without_privileges() -> None:
    """What root may do beyond the permissions of files is given up; Linux alone knows how."""
    header, nothing = (ctypes.c_uint32 * 2)(CAPABILITIES, 0), (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None).capset(header, nothing) == 0


def told_in_a_sentence(said: str) -> bool:
    return "Traceback" not in said and any(word in said for word in ("cannot be used", "Nothing half done was kept"))


def fails_until_there_is_room(at: Installation, command: str, sizes: range) -> tuple[int, int]:
    """Run under each limit, then without one: how often it failed, and how often that was right in every way."""
    with at.copied() as copy:
        copy.done(*command.split())
        wanted = copy.book()
    failed = right = 0
    for size in sizes:
        with at.copied() as copy:
            ended = copy.run(*command.split(), fault=Fault(before=partial(no_file_beyond, size), together=1))
            failed += bool(ended.code)
            whole = not copy.half_done() and not copy.faults()
            copy.done(*command.split())
            right += ended.code == 1 and told_in_a_sentence(ended.said) and whole and copy.book() == wanted
            assert ended.code in (0, 1), ended.said
    return failed, right


@pytest.mark.parametrize(
    ("command", "before", "sizes"),
    [(CHECK, (), SIZES), (SEND, (CHECK, APPROVE), SIZES_OF_LETTERS)],
    ids=["check", "letters send"],
)
@pytest.mark.slow
def test_full_disk_leaves_nothing_half_done(
    prepare: Prepared, command: str, before: tuple[str, ...], sizes: range, say: Say
) -> None:
    failed, right = fails_until_there_is_room(prepare("sqlite", 2, *before), command, sizes)
    say(f"{command}: the disk was full at {failed} of {len(sizes)} sizes, {right} told in a sentence and made good")
    assert 3 < failed == right < len(sizes)


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of one MiB; skips where we may not mount one."""
    at = folder / "small"
    at.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", at], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no small disk may be mounted here: a full disk was tried with the kernel's limit on files alone")
    yield at
    subprocess.run(["umount", at], check=True)


def test_full_small_disk_is_told_and_made_good(prepare: Prepared, small_disk: Path) -> None:
    at = prepare("sqlite", 2)
    on_disk = Installation(small_disk / "home")
    shutil.copytree(at.home, on_disk.home)
    rest = small_disk / "rest"
    with rest.open("wb", buffering=0) as filling, suppress(OSError):
        while filling.write(bytes(KIB)):
            pass
    ended = on_disk.run(*CHECK.split())
    rest.unlink()  # not even reading is sure on a disk without any room
    assert (ended.code, told_in_a_sentence(ended.said), on_disk.half_done()) == (1, True, [])
    on_disk.done(*CHECK.split())
    assert on_disk.faults() == []


@pytest.mark.parametrize("what", ["casework.db", "."], ids=["file", "folder"])
@pytest.mark.parametrize("command", [CHECK, SEND], ids=["check", "letters send"])
def test_read_only_record_is_told_and_untouched(prepare: Prepared, what: str, command: str) -> None:
    at = prepare("sqlite", 2, CHECK, APPROVE) if command == SEND else prepare("sqlite", 2)
    before = at.book()
    (at.home / what).chmod(0o555)
    ended = at.run(*command.split(), fault=Fault(before=without_privileges))
    at.home.chmod(0o755)
    assert (ended.code, told_in_a_sentence(ended.said)) == (1, True), ended.said
    # A letter may lie in the folder before its record could be written; it is put there again as the same file.
    assert at.book() | {"files": []} == before | {"files": []}
