"""Seals: a file that only grows, each line bound to the one before, whatever a crash cuts off."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from casework.moves import move_school
from casework.record import Stamp
from casework.seals import Seal, SealsBroken, last_seal, seal, seals
from casework.tables import Case
from casework.verify import verify

NOW = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
MOVES = ("enter_transition", "settle")

Stamped = Callable[..., Stamp]


@pytest.fixture
def file(home: Path) -> Path:
    return home / "kept" / "seals.jsonl"


@pytest.fixture
def move(fenshire: Engine, stamp: Stamped) -> Callable[[int], None]:
    """Moves one school, there or back."""

    def moved(number: int) -> None:
        move_school(fenshire, 990001, MOVES[number % 2], {}, "A new head", "Seen", stamp("2026-01-20"))

    return moved


def test_seal_names_each_case_that_moved(fenshire: Engine, file: Path, move: Callable[[int], None]) -> None:
    first = seal(fenshire, file, "register", NOW)
    move(0)
    second = seal(fenshire, file, "move", NOW)
    assert first
    assert second
    assert len(first.cases) == 54
    with fenshire.connect() as connection:
        version, head = connection.execute(select(Case.version, Case.head).where(Case.urn == 990001)).one()
    assert second.cases == {"school 990001": [version, head.hex()]}


def test_nothing_new_makes_no_seal(fenshire: Engine, file: Path) -> None:
    seal(fenshire, file, "register", NOW)
    before = file.read_bytes()
    assert seal(fenshire, file, "again", NOW) is None
    assert file.read_bytes() == before


def test_each_seal_holds_and_follows_the_last(fenshire: Engine, file: Path, move: Callable[[int], None]) -> None:
    for number in range(4):
        move(number)
        seal(fenshire, file, f"move {number}", NOW)
    found = list(seals(file))
    assert [(one.number, one.holds) for one in found] == [(1, True), (2, True), (3, True), (4, True)]
    assert [one.before for one in found] == ["", *(one.hash for one in found[:-1])]
    assert last_seal(file) == found[-1]


def test_line_cut_off_anywhere_sealed_nothing(fenshire: Engine, file: Path, move: Callable[[int], None]) -> None:
    """Each length that a crash can leave of the last line; the next seal takes its place."""
    seal(fenshire, file, "register", NOW)
    whole = file.read_bytes()
    move(0)
    torn = Seal.after(last_seal(file), NOW, "torn", {"school 990001": (3, "00")}).line.encode()
    for length in range(len(torn)):
        file.write_bytes(whole + torn[:length])
        assert [one.number for one in seals(file)] == [1]
    assert seal(fenshire, file, "move", NOW)
    assert file.read_bytes().startswith(whole)
    assert [one.work for one in seals(file)] == ["register", "move"]
    assert verify(fenshire, file).faults == []


def test_crash_before_the_mark_seals_again(fenshire: Engine, file: Path) -> None:
    """The line is on the disk, the database knows nothing of it: the cases are named once more, and all holds."""
    seal(fenshire, file, "register", NOW)
    with fenshire.begin() as connection:
        connection.execute(Case.__table__.update().values(sealed=0))
    again = seal(fenshire, file, "register", NOW)
    assert again
    assert (again.number, len(again.cases)) == (2, 54)
    assert verify(fenshire, file).faults == []


@pytest.mark.parametrize("line", ["\n", "x\n", "0 {}\n", "0 []\n", '0 {"number":1}\n', "0 \xff\n"])
def test_line_that_is_no_seal_is_named(fenshire: Engine, file: Path, line: str) -> None:
    seal(fenshire, file, "register", NOW)
    with file.open("a", encoding="latin-1") as broken:
        broken.write(line)
    with pytest.raises(SealsBroken, match=r"seals.jsonl, line 2, is no seal .*Put the file back from a backup"):
        list(seals(file))
    with pytest.raises(SealsBroken, match=r"the last line, is no seal"):
        last_seal(file)


def test_two_who_seal_at_once_make_one_chain(fenshire: Engine, file: Path, move: Callable[[int], None]) -> None:
    def work(number: int) -> None:
        move(number)
        seal(fenshire, file, f"move {number}", NOW)

    with ThreadPoolExecutor(4) as officers:
        list(officers.map(work, range(12)))
    seal(fenshire, file, "last", NOW)
    report = verify(fenshire, file)
    assert (report.faults, report.unsealed) == ([], 0)
