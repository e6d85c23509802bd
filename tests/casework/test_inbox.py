"""The inbox: which files are ready, in what order, and where they lie once they are taken."""

import csv
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework.inbox import Kind, prepare, take, waiting
from casework.rows import Rejected

NOW = datetime(2025, 12, 1, 9, 30, 5, tzinfo=UTC)
ODD = ["Returns, autumn (final) — v2.csv", "école & co.csv", "a'b\"c.csv", "[x](y)|*.csv", "line\nbreak.csv", "-rf.csv"]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    prepare(tmp_path)
    return tmp_path


@pytest.fixture
def put(inbox: Path) -> Callable[..., Path]:
    """`put("a.csv", at=3)`: a file of returns, last changed three seconds after the others."""

    def file(name: str, at: int = 0, words: str = "urn\n") -> Path:
        path = inbox / "returns" / name
        path.write_text(words, encoding="utf-8")
        os.utime(path, (at, at))
        return path

    return file


def test_each_kind_has_a_folder(inbox: Path) -> None:
    prepare(inbox)
    assert {one.name for one in inbox.iterdir()} == {str(kind) for kind in Kind}
    assert all(waiting(inbox, kind) == [] for kind in Kind)


def test_oldest_file_comes_first(inbox: Path, put: Callable[..., Path]) -> None:
    put("a.csv", at=30)
    put("b.csv", at=20)
    put("c.csv", at=20)
    assert [one.name for one in waiting(inbox, Kind.RETURNS)] == ["b.csv", "c.csv", "a.csv"]


@pytest.mark.parametrize("name", [".hidden.csv", "~$open in a spreadsheet.csv", "still copied.csv.part", ".DS_Store"])
def test_what_is_hidden_or_being_copied_is_left(inbox: Path, put: Callable[..., Path], name: str) -> None:
    put(name)
    assert waiting(inbox, Kind.RETURNS) == []


def test_folders_and_what_lies_in_them_are_left(inbox: Path) -> None:
    (inbox / "returns" / "last year").mkdir()
    (inbox / "returns" / "last year" / "a.csv").touch()
    (inbox / "returns" / "taken" / "b.csv").touch()
    assert waiting(inbox, Kind.RETURNS) == []


def test_no_folder_is_nothing_waiting(tmp_path: Path) -> None:
    assert waiting(tmp_path / "nowhere", Kind.REGISTER) == []


@pytest.mark.parametrize("name", ODD)
def test_file_of_any_name_is_taken_once(inbox: Path, put: Callable[..., Path], name: str) -> None:
    [file] = [put(name, words="what it says")] and waiting(inbox, Kind.RETURNS)
    place = take(file, [], NOW)
    assert place == inbox / "returns" / "taken" / f"2025-12-01T093005-{name}"
    assert place.read_text(encoding="utf-8") == "what it says"
    assert waiting(inbox, Kind.RETURNS) == []


def test_second_file_of_the_same_name_takes_nothing_away(inbox: Path, put: Callable[..., Path]) -> None:
    places = [take(put("a.csv", words=words), [], NOW) for words in ("first", "second", "third")]
    assert [place.read_text(encoding="utf-8") for place in places] == ["first", "second", "third"]


def test_name_as_long_as_a_disk_allows_can_be_taken(inbox: Path, put: Callable[..., Path]) -> None:
    place = take(put("é" * 125 + ".csv"), [Rejected(2, "URN", "1", "wrong")], NOW)
    assert place.exists()
    assert place.name.endswith(".csv")
    assert len(list(place.parent.iterdir())) == 2


def test_rows_left_out_are_listed_beside_the_file(inbox: Path, put: Callable[..., Path]) -> None:
    rows = [Rejected(2, "URN", "99", "is no URN"), Rejected(7, "row", "", 'a quotation mark "opened", not closed')]
    place = take(put("a.csv"), rows, NOW)
    with place.with_name(f"{place.name}.left-out.csv").open(encoding="utf-8", newline="") as listed:
        found = list(csv.DictReader(listed))
    assert found == [
        {"line": "2", "field": "URN", "value": "99", "problem": "is no URN"},
        {"line": "7", "field": "row", "value": "", "problem": 'a quotation mark "opened", not closed'},
    ]


def test_nothing_is_listed_where_nothing_was_left_out(inbox: Path, put: Callable[..., Path]) -> None:
    place = take(put("a.csv"), [], NOW)
    assert [one.name for one in place.parent.iterdir()] == [place.name]
