"""What officers put into the inbox is taken once, file by file; what cannot be used stays, and is named."""

import asyncio
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casework import inbox
from casework.office import Office
from casework.verify import verify
from flows.intake import (
    NothingUsable,
    allocate_challenge_partners,
    load_the_contacts,
    load_the_register,
    load_the_returns,
)
from tests.conftest import DEMO

DAY, ADA = date(2026, 1, 20), ("Ada Quill", "Adviser")
Rows = Callable[[Path], dict[str, list[Any]]]


@pytest.fixture
def put(home: Path) -> Callable[..., Path]:
    """`put("returns", "returns.csv")`: a file of the demo in the inbox; with `words`, one that says those."""
    inbox.prepare(home / "inbox")

    def file(kind: str, name: str, words: str = "", as_name: str = "") -> Path:
        target = home / "inbox" / kind / (as_name or name)
        target.write_text(words, encoding="utf-8") if words else shutil.copy(DEMO / name, target)
        return target

    return file


def taken(home: Path, kind: str) -> list[str]:
    """Names without the moment before them."""
    return sorted(one.name[len("2026-01-20T000000-") :] for one in (home / "inbox" / kind / "taken").iterdir())


def test_file_is_taken_and_its_bad_rows_are_listed(home: Path, put: Callable[..., Path]) -> None:
    file = put("register", "register.csv")
    done = asyncio.run(load_the_register("999", DAY))
    assert (done["register.csv"]["added"], len(done["register.csv"]["rejected"])) == (0, 3)
    assert not file.exists()
    assert taken(home, "register") == ["register.csv", "register.csv.left-out.csv"]


def test_same_file_again_changes_nothing_and_is_taken_too(home: Path, put: Callable[..., Path], rows: Rows) -> None:
    for kind, name, load in (
        ("contacts", "contacts.csv", load_the_contacts),
        ("returns", "returns.csv", load_the_returns),
    ):
        before = rows(home)
        file = put(kind, name)
        done = asyncio.run(load(DAY))
        assert done[name]["unchanged"] > 0
        assert not file.exists()
        assert rows(home) == before


def test_one_bad_file_keeps_no_other_back(home: Path, put: Callable[..., Path]) -> None:
    good, empty = put("contacts", "contacts.csv"), put("contacts", "a.csv", words="urn,role,name,email\n")
    no_table = put("contacts", "b.csv", words="Dear colleague,\n")
    strange = put("contacts", "c.csv", words="urn,role,name,email\n123456,head,Mrs X,x@example.org\n")
    with pytest.raises(NothingUsable) as told:
        asyncio.run(load_the_contacts())
    said = str(told.value)
    assert "a.csv: not one row could be used; it has none for a school of ours." in said
    assert "b.csv: no column “urn”" in said
    assert "c.csv: not one row could be used; the page “contacts-left-out” says why." in said
    assert [one.exists() for one in (good, empty, no_table, strange)] == [False, True, True, True]


def test_partners_that_are_refused_are_told(
    home: Path, put: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    put("allocations", "allocations.csv")
    done = asyncio.run(allocate_challenge_partners(date(2025, 12, 9), *ADA))
    assert done["allocations.csv"]["allocated"] > 0
    put("allocations", "x.csv", words="urn,partner\n990001,Mrs Ruth Amberley\n")
    with pytest.raises(NothingUsable, match=r"x\.csv: not one row could be used; 990001 Aldermere Primary School: No "):
        asyncio.run(allocate_challenge_partners(date(2025, 12, 9), *ADA))


@pytest.mark.parametrize("name", ["école — (v2) & |co|.csv", "line\nbreak.csv", os.fsdecode(b"caf\xe9.csv")])
def test_file_of_any_name_is_taken_and_sealed(home: Path, put: Callable[..., Path], name: str) -> None:
    newer = (
        (DEMO / "register.csv")
        .read_text(encoding="cp1252")
        .replace("17-06-2015", "18-11-2025")
        .replace('"Good"', '"Inadequate"')
    )
    file = put("register", "register.csv", words=newer, as_name=name)
    asyncio.run(load_the_register("999", DAY))
    assert not file.exists()
    office = Office()
    assert verify(office.engine, office.settings.seals_file).faults == []
    assert "register load" in (home / "seals.jsonl").read_text(encoding="utf-8").splitlines()[-1]


def test_empty_inbox_is_nothing(home: Path, rows: Rows) -> None:
    before = rows(home)
    assert asyncio.run(load_the_returns(DAY)) == {}
    assert rows(home) == before
